# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory on the screen: the PPT keeps it by keyboard, the village reads whom to call and who checked it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QFrame, QPushButton
from referral_tools import pages

from trafficwatch.models.directory import Service
from trafficwatch.models.institution import Institution
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.ppt.directory import Gone, directory, retire, save_institution
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.gallery.directory import rows_of
from trafficwatch.ui.gallery.referral import read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.directory import COUNTRY, DUE, RETIRED, DirectoryPage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.ppt.institution import InstitutionPage
from trafficwatch.ui.ppt.institution_parts import VILLAGE
from trafficwatch.ui.village.directory import InstitutionsPage
from trafficwatch.ui.village.emergency import EmergencyPage

StageOf = Callable[[str], Stage]
TODAY = "2026-11-21"
NOELBAKI = "53.01.08.2008"


def write(stage: Stage, institution_id: str | None, **fields: Any) -> Institution:
    return read(stage, lambda work: save_institution(work, institution_id, fields))


def institution(stage: Stage, institution_id: str) -> Institution:
    found: Institution = read(stage, lambda work: work.records.get(Institution, institution_id))
    return found


def sapa(stage: Stage) -> str:
    return next(row.id for row in rows_of(stage) if row.name.startswith("SAPA"))


def names(page: DirectoryPage) -> list[str]:
    return [line.name for line in page.list.lines]


def type_into(widget: Any, text: str) -> None:
    widget.setFocus()
    QTest.keyClicks(widget, text)


# -- the PPT -----------------------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_words_service_area_and_state(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    read(stage, lambda work: retire(work, sapa_of(work), Gone.CLOSED))
    page = stage.page(DirectoryPage)
    everything = len(page.list.lines)
    assert not any(name.startswith("SAPA") for name in names(page))
    type_into(page.search, "0840-0000-0802")
    assert names(page) == ["Puskesmas (latihan)"]
    page.search.clear()
    page.service.choose(Service.HEALTH_REHABILITATION)
    assert names(page) == ["Puskesmas (latihan)"]
    page.area.choose(COUNTRY)
    assert not page.list.lines
    assert page.nobody.isVisible()
    page.service.choose(None)
    assert 0 < len(page.list.lines) < everything
    page.area.choose(None)
    page.state.choose(RETIRED)
    [line] = page.list.lines
    assert t("directory.gone.closed") in line.more
    where = page.where()
    again = stage.page(DirectoryPage, **where)
    assert again.where() == where
    assert names(again) == [line.name]


def sapa_of(work: Any) -> str:
    return next(row.id for row in directory(work) if row.name.startswith("SAPA"))


def test_what_waits_to_be_called_is_counted_and_shown(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    count = sum(row.is_due for row in rows_of(stage))
    inbox = stage.page(InboxPage)
    assert inbox.directory.text() == t("directory.title_due", count=count)
    inbox.directory.click()
    assert stage.went[-1] == ("directory", {})
    page = stage.page(DirectoryPage)
    show = next(each for each in page.findChildren(QPushButton) if each.text() == t("directory.due_show"))
    show.click()
    assert page.state.value == DUE
    assert len(page.list.lines) == count
    assert all(t("records.unconfirmed") in line.more for line in page.list.lines)


def test_a_new_institution_is_typed_called_and_saved(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    listing = stage.page(DirectoryPage)
    type_into(listing.search, "Rumah Aman Tarus")
    listing.new.click()
    target, about = stage.went[-1]
    assert (target, about) == ("institution", {"name": "Rumah Aman Tarus"})
    page = stage.page(InstitutionPage, **about)
    page.confirm.click()
    assert institution_named(stage, "Rumah Aman Tarus") == []  # there is nothing yet that could have been called
    row = page.contacts.rows[0]
    type_into(row.value, "0380-821234")
    type_into(row.note, "siang")
    page.contacts.add.click()
    page.contacts.rows[1].kind.choose("whatsapp")
    type_into(page.contacts.rows[1].value, "0812-0000-0999")
    assert page.area.code == "53.01"
    assert page.area.choice.currentText() == "Kab. Kupang"
    page.area.choice.choose("53.01.08")
    page.services.boxes[Service.TEMPORARY_SHELTER].click()
    type_into(page.form.entries["institution.hours"].widget, "24 jam")
    page.confirm.click()
    stage.settle()
    assert stage.went[-1] == ("directory", {})
    assert stage.said[-1] == t("directory.confirmed")
    [saved] = institution_named(stage, "Rumah Aman Tarus")
    assert saved.contacts == {
        "phone:0380-821234": {"note": "siang", "sources": 1},
        "whatsapp:0812-0000-0999": {"note": None, "sources": 1},
    }
    assert (saved.area_code, saved.hours, saved.services) == ("53.01.08", "24 jam", {"temporary_shelter": True})
    assert saved.confirmed_on == TODAY
    assert saved.checked_by


def institution_named(stage: Stage, name: str) -> list[Institution]:
    return [each for each in read(stage, lambda work: work.records.select(Institution)) if each.name == name]


def test_a_form_that_is_wrong_is_neither_saved_nor_checked(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    known = sapa(stage)
    page = stage.page(InstitutionPage, institution_id=known)
    page.contacts.rows[0].value.setText("tanya Pak Camat")
    page.confirm.click()
    stage.settle()
    assert page.form.problems() == {"institution.contacts": t("directory.contact.wrong")}
    page.contacts.rows[0].value.setText("129")
    page.save.click()  # what was stopped once does not come back with the next press
    stage.settle()
    assert stage.said[-1] == t("directory.saved")
    assert institution(stage, known).confirmed_on is None


def test_saving_touches_only_what_was_changed_and_keeps_its_sources(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    known = sapa(stage)
    before = institution(stage, known)
    page = stage.page(InstitutionPage, institution_id=known)
    assert page.title.text() == before.name
    row = next(row for row in page.contacts.rows if row.value.text() == "08111-129-129")
    row.remove.click()
    page.contacts.rows[0].note.setText("gratis")
    write(stage, known, contacts={"phone:0380-1": {"note": None, "sources": 1}})  # meanwhile
    type_into(page.form.entries["institution.address"].widget, "Jakarta")
    page.save.click()
    stage.settle()
    saved = institution(stage, known)
    assert saved.address == "Jakarta"
    assert set(saved.contacts) == {"phone:129", "phone:0380-1"}
    assert saved.contacts["phone:129"] == {"note": "gratis", "sources": before.contacts["phone:129"]["sources"]}
    assert (saved.area_code, saved.name, saved.source) == (None, before.name, before.source)


def test_a_draft_comes_back_on_what_is_stored_now(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    known = sapa(stage)
    page = stage.page(InstitutionPage, institution_id=known)
    page.contacts.add.click()
    type_into(page.contacts.rows[-1].value, "0380-555")
    page.area.choice.choose("53.01.08")
    unsaved = page.unsaved()
    assert unsaved is not None
    write(stage, known, contacts={"phone:0380-1": {"note": None, "sources": 1}})
    back = stage.page(InstitutionPage, institution_id=known, draft=dict(unsaved.content))
    assert {row.value.text() for row in back.contacts.rows} == {"129", "08111-129-129", "0380-1", "0380-555"}
    assert back.area.code == "53.01.08"
    back.save.click()
    stage.settle()
    saved = institution(stage, known)
    assert set(saved.contacts) == {"phone:129", "whatsapp:08111-129-129", "phone:0380-1", "phone:0380-555"}
    assert saved.area_code == "53.01.08"


def test_one_village_is_chosen_from_the_official_list(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    page = stage.page(InstitutionPage, name="Kantor desa")
    page.area.choice.choose(VILLAGE)
    page.save.click()
    assert page.form.problems() == {"institution.area_code": t("directory.village_missing")}
    page.area.picker.search("Noelbaki")
    stage.settle()
    QTest.keyClick(page.area.picker.line, Qt.Key.Key_Return)
    assert page.area.code == NOELBAKI
    page.save.click()
    stage.settle()
    [saved] = institution_named(stage, "Kantor desa")
    assert saved.area_code == NOELBAKI
    again = stage.page(InstitutionPage, institution_id=saved.id)
    assert (again.area.code, again.record.unsaved()) == (NOELBAKI, None)


def test_retiring_asks_once_more_and_can_be_taken_back(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    known = sapa(stage)
    page = stage.page(InstitutionPage, institution_id=known)
    page.retiring.reason.choose(Gone.ENTERED_TWICE)
    page.retiring.wanted.click()
    page.retiring.no.click()
    stage.settle()
    assert not page.retiring.question.isVisible()
    assert institution(stage, known).deleted is None
    page.retiring.wanted.click()
    page.retiring.yes.click()
    stage.settle()
    assert institution(stage, known).deleted == "entered_twice"
    page = stage.page(InstitutionPage, institution_id=known)
    assert not page.save.isEnabled()
    assert not page.contacts.isEnabled()
    back = next(each for each in page.findChildren(QPushButton) if each.text() == t("directory.take_back"))
    back.click()
    stage.settle()
    assert institution(stage, known).deleted is None
    assert page.save.isEnabled()
    assert page.contacts.isEnabled()


# -- the village -------------------------------------------------------------------------------------------------------


def told(page: InstitutionsPage) -> list[str]:
    """What a screen reader is told of each card, in order."""
    cards = (each for each in page.findChildren(QFrame) if each.property("box") == "call" and not each.isHidden())
    return [each.accessibleName() for each in cards]


def test_the_village_reads_whom_to_call_and_who_checked_it(stage_of: StageOf) -> None:
    stage = stage_of("village")
    rows = read(stage, lambda work: {each.name: each.id for each in work.records.select(Institution)})

    def checked(work: Any) -> None:  # as a reply of the PPT leaves it
        table = RECORD_TABLES["institution"]
        for name, day in (("Puskesmas (latihan)", "2026-11-02"), ("UPTD PPA Kabupaten (latihan)", "2025-03-02")):
            values = {"confirmed_on": day, "checked_by": "Petrus Nenobais", "hours": "24 jam"}
            work.connection.execute(table.update().where(table.c.id == rows[name]).values(values))

    read(stage, checked)
    page = stage.page(InstitutionsPage)
    found = told(page)
    assert len(found) == len(rows)
    near = next(each for each in found if each.startswith("Puskesmas"))
    assert "0840-0000-0802" in near
    assert t("records.confirmed_on", day="2 November 2026") in near
    assert t("directory.by", by="Petrus Nenobais") in near
    assert t("directory.village.hours", hours="24 jam") in near
    old = next(each for each in found if each.startswith("UPTD"))
    assert t("directory.checked_old", day="2 Maret 2025") in old
    assert sum(t("records.unconfirmed") in each for each in found) == len(rows) - 4  # two checked, two without number
    assert page._unsure.isVisible()
    page.service.choose(Service.HEALTH_REHABILITATION)
    stage.settle()
    assert [each.partition(".")[0] for each in told(page)] == ["Puskesmas (latihan)"]
    assert not page._unsure.isVisible()


def test_where_nobody_offers_a_service_it_says_so(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = stage.page(InstitutionsPage, service=Service.LEGAL_AID)
    assert page.paper.save.isEnabled()
    page.show_rows(tuple(row for row in page._rows if not row.services), {None: t("directory.whole_country")})
    stage.settle()
    assert page.nobody.isVisible()
    assert not page.paper.save.isEnabled()


def test_the_village_takes_the_list_along_on_paper(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = stage.page(InstitutionsPage, service=Service.LEGAL_AID)
    page.paper.save.click()
    dialog = page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    path = tmp_path / "daftar.pdf"
    dialog.fileSelected.emit(str(path))
    stage.settle()
    [text] = pages(path.read_bytes())
    assert "0840-0000-0801" in text
    assert "0840-0000-0802" not in text
    assert words("service", Service.LEGAL_AID) in text
    assert "Kab. Kupang" in text


@pytest.mark.parametrize(("desk", "page_name"), [("village", "institutions"), ("ppt", "directory")])
def test_the_emergency_page_leads_to_the_directory(stage_of: StageOf, desk: str, page_name: str) -> None:
    stage = stage_of(desk)
    stage.page(EmergencyPage).directory.click()
    assert stage.went[-1] == (page_name, {})
