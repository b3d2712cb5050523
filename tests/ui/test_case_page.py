# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's case on one page: what waits, its sections, deleting and taking back, closing; and who sees none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from copies import copied
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from trafficwatch.casework.care import RULES, care_of_person, protection_requests, save_care
from trafficwatch.casework.case_forms import PAPERS
from trafficwatch.casework.plans import waiting
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.registry.browse import residents
from trafficwatch.registry.residents import record_person
from trafficwatch.registry.trash import Reason
from trafficwatch.store.vault import Keys
from trafficwatch.texts import set_language, t
from trafficwatch.ui.gallery.care import CARED, DAY, NEW, RECORDS, people
from trafficwatch.ui.gallery.journeys import do
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.village.care_entry import CareEntryPage
from trafficwatch.ui.village.care_fields import ENTERED, FIXED, FORMS
from trafficwatch.ui.village.case import PersonCasePage
from trafficwatch.ui.village.case_paper import CasePaperPage
from trafficwatch.ui.village.case_records import RecordsCard
from trafficwatch.ui.village.case_sections import SECTIONS, section_of
from trafficwatch.ui.village.closing import ClosingPage
from trafficwatch.ui.village.home import MOST, HomePage
from trafficwatch.ui.village.protection import ProtectionPage
from trafficwatch.ui.village.todo import TodoPage

StageOf = Callable[[str], Stage]
TEXTS = [value for _, fields in RECORDS for value in fields.values() if isinstance(value, str) and " " in value]
"""Case text, as somebody would look for it."""


@pytest.fixture(scope="module")
def stage(
    qapp: QApplication, founded: dict[str, tuple[Path, Keys]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """A desk with the gallery's case; what a test changes it takes back, or it records somebody of its own."""
    store = copied(founded["village"], tmp_path_factory.mktemp("case") / "village")
    made = Stage(store, Settings(theme=Theme.LIGHT))
    set_language("id")
    wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=False))
    people(made)
    yield made
    made.finish()
    store.close()


def opened(stage: Stage, name: str = CARED, **about: Any) -> PersonCasePage:
    return stage.page(PersonCasePage, person_id=people(stage)[name], **about)


def words(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget))


def cards(page: PersonCasePage) -> list[RecordsCard]:
    """Those of the section that is open."""
    return [each for each in page.findChildren(RecordsCard) if each.isVisibleTo(page)]


def button_of(widget: QWidget, said: str) -> QPushButton:
    return next(each for each in widget.findChildren(QPushButton) if each.text() == said and each.isVisibleTo(widget))


def test_every_field_stands_on_a_form_once_and_every_kind_in_a_section() -> None:
    for name, form in FORMS.items():
        assert sorted(form.fields) == sorted(set(RECORD_TYPES[name].fields) - FIXED), name
        assert {*form.what, *form.days, *filter(None, [form.by])} <= set(form.fields), name
    assert set(ENTERED) == set(RULES) - {"follow_up"}
    sections = [name for each in SECTIONS for name in each.types]
    assert sorted(sections) == sorted(set(FORMS) - {"protection_request"})


def test_every_record_is_found_in_its_section_and_opens_to_what_is_known(stage: Stage) -> None:
    page, person = opened(stage), people(stage)[CARED]
    there = do(stage, lambda work: care_of_person(work, person))
    said = ""
    for place, section in enumerate(SECTIONS):
        page.show_section(place)
        stage.settle()
        for each in cards(page):
            assert set(each.folds) == {record.id for record in there[each.type_name]}
            for fold in each.folds.values():
                QTest.keyClick(fold.head, Qt.Key.Key_Space)
        stage.settle()
        said += words(page)
        assert page.list is not None
        count = sum(len(there[name]) for name in section.types)
        assert (f"({count})" in page.list.buttons[place].text()) == bool(count)
    for text in TEXTS:
        assert text in said, text
    assert t("case_page.loss_total", amount="10.750.000") in said
    assert "UPTD PPA: 11 Februari 2025" in said


def test_what_waits_and_what_comes_next(stage: Stage) -> None:
    page = opened(stage)
    said = words(page)
    assert "lewat 11 Februari 2025" in said
    assert "Antar ke puskesmas" in said
    assert "Tanya gaji ke BP2MI" not in said  # done
    assert t("case_page.next.consent") in said
    assert t("case_page.next.informing") not in said  # done
    button_of(page, t("home.open")).click()
    assert stage.went[-1][0] == "care_entry"
    said = words(opened(stage, NEW))
    assert t("case_page.now.nothing") in said
    assert t("case_page.next.informing") in said


def test_an_overdue_action_stands_on_the_home_page(stage: Stage) -> None:
    person = people(stage)[CARED]
    page = stage.page(HomePage)
    said = f"Rencana untuk {CARED}, sampai 11 Februari 2025: Antar ke puskesmas"
    assert said in words(page)
    assert "Tanya gaji" not in words(page)
    go = next(each for each in page.findChildren(QPushButton) if each.accessibleName().endswith(said))
    go.click()
    there = ("person_case", {"person_id": person, "of_type": "plan_action"})
    assert stage.went[-1] == there
    many = do(stage, lambda work: record_person(work, name="Marta Latihan", sex="f").person.id)
    for number in range(MOST):
        action = {"action": f"Langkah {number}", "doer": "Maria Tefa", "due_on": DAY}
        do(stage, lambda work, fields=action: save_care(work, "plan_action", None, fields, person_id=many))
    page = stage.page(HomePage)
    button_of(page, t("case_page.home_all", count=len(do(stage, waiting)))).click()
    assert stage.went[-1] == ("todo", {"kind": "case"})
    todo = stage.page(TodoPage, kind="case")
    lines = [line.name for line in todo.list.lines]
    assert said in lines
    todo.list.opened.emit(str(lines.index(said)))
    assert stage.went[-1] == there


def test_a_deleted_record_is_gone_and_can_be_taken_back(stage: Stage) -> None:
    page = opened(stage, of_type="support")
    assert page.section == section_of("support")

    def supports() -> RecordsCard:
        return next(each for each in cards(page) if each.type_name == "support")

    (fold,) = supports().folds.values()
    fold.head.click()
    button_of(fold, t("case_page.delete")).click()
    inside: Any = fold.findChildren(QPushButton)[-1].parentWidget().parentWidget()
    inside.sure.click()
    assert t("trash.delete_missing") in words(page)
    inside.reason.choose(Reason.ENTERED_TWICE.value)
    inside.sure.click()
    stage.settle()
    assert supports().folds == {}
    button_of(page, t("trash.take_back")).click()
    stage.settle()
    assert len(supports().folds) == 1


def test_the_way_on_names_the_record(stage: Stage) -> None:
    person = people(stage)[CARED]
    page = opened(stage, section="reports")
    items = next(each for each in cards(page) if each.type_name == "evidence_item")
    (item,) = items.folds
    items.folds[item].head.click()
    button_of(items.folds[item], t("case_page.edit")).click()
    about = {"of_type": "evidence_item", "person_id": person}
    assert stage.went[-1] == ("care_entry", {**about, "record_id": item})
    button_of(items.folds[item], t("case_page.hand_on")).click()
    assert stage.went[-1] == (
        "care_entry",
        {"of_type": "custody", "person_id": person, "evidence_id": item, "from_whom": "Maria Tefa"},
    )
    items.add.click()
    assert stage.went[-1] == ("care_entry", about)


def test_every_paper_of_the_case_is_offered_and_drawn(stage: Stage) -> None:
    page = opened(stage)
    menu = page.print.menu()
    offered = {each.text() for each in menu.actions()}
    assert t("case_page.paper.intake") in offered
    assert t("case_page.paper.needs") in offered
    assert t("case_page.paper.consent") not in offered  # there is none
    blank = next(each.menu() for each in menu.actions() if each.menu() is not None)
    kinds = [kind for kind, paper in PAPERS.items() if paper.of not in {"", "protection_request"}]
    assert [each.text() for each in blank.actions()] == [t(f"case_page.paper.{kind}") for kind in kinds]  # type: ignore[union-attr]
    menu.actions()[0].trigger()
    name, about = stage.went[-1]
    assert name == "case_paper"
    paper = stage.page(CasePaperPage, **about)
    assert paper.preview.sheets
    assert CARED in paper.preview.document.getAllText(0).text()
    QTest.keyClicks(paper.number, "17/2026")
    QTest.keyClick(paper.number, Qt.Key.Key_Return)
    stage.settle()
    assert "17/2026" in paper.preview.document.getAllText(0).text()


def test_a_case_is_closed_by_keys_with_the_persons_word_and_opened_again(stage: Stage) -> None:
    person = do(stage, lambda work: record_person(work, name="Bernadus Latihan", sex="m").person.id)
    need, task = {"needs": {"body": "soon"}}, {"task": "health_access", "due_on": DAY}
    do(stage, lambda work: save_care(work, "needs_assessment", None, need, person_id=person))
    do(stage, lambda work: save_care(work, "accompaniment", None, task, person_id=person))
    page = stage.page(ClosingPage, person_id=person)
    QTest.keyClick(page.reasons.radios["recovered"], Qt.Key.Key_Space)
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    assert page.focusWidget() is page.texts["person_part"]
    QTest.keyClicks(page.texts["person_part"], "Ia setuju")
    draft = page.unsaved()
    assert draft is not None
    again = stage.page(ClosingPage, person_id=person, draft=dict(draft.content))
    assert again.unsaved() == draft
    again.save.click()
    stage.settle()
    assert stage.went[-1] == ("person_case", {"person_id": person, "section": "closing"})
    case = stage.page(PersonCasePage, person_id=person, section="needs")
    assert t("case_page.state.closed") in words(case)
    asking = {t("case_page.add"), t("follow_up.state_write")}
    for section in ("needs", "home"):
        case = stage.page(PersonCasePage, person_id=person, section=section)
        assert not [each for each in case.findChildren(QPushButton) if each.text() in asking]
    case = stage.page(PersonCasePage, person_id=person, section="now")
    assert t("case_page.now.nothing") in words(case)
    entry = stage.page(CareEntryPage, of_type="first_aid", person_id=person)
    entry.form.entries["first_aid.companion"].write("Ibu RT")
    entry.save.click()
    stage.settle()
    button_of(entry, t("closing.reopen_now")).click()
    assert stage.went[-1] == ("closing", {"person_id": person})
    page = stage.page(ClosingPage, person_id=person)
    page.save.click()
    stage.settle()
    assert page.focusWidget() is page.reason_again
    QTest.keyClicks(page.reason_again, "Ia minta dibantu lagi")
    page.save.click()
    stage.settle()
    case = stage.page(PersonCasePage, person_id=person, section="closing")
    assert t("case_page.state.reopened") in words(case)
    assert "Ia setuju" in words(case)


def test_what_stands_against_closing_is_said_before(stage: Stage) -> None:
    person = people(stage)[CARED]
    page = stage.page(ClosingPage, person_id=person)
    said = words(page)
    assert "1 langkah mendesak" in said
    page.reasons.choose("recovered")
    page.texts["person_part"].setPlainText("Setuju")
    page.save.click()
    stage.settle()
    assert page.save.isEnabled()
    assert do(stage, lambda work: care_of_person(work, person)["closure"]) == ()


def test_protection_stands_apart_from_the_case(stage: Stage) -> None:
    people(stage)
    page = stage.page(ProtectionPage)
    for each in page.findChildren(QPushButton):
        if each.property("role") == "row":
            each.click()
    stage.settle()
    assert "Didatangi malam hari" in words(page)
    (request,) = do(stage, protection_requests)
    button_of(page, t("case_page.print")).click()
    name, about = stage.went[-1]
    assert name == "case_paper"
    button_of(page, t("case_page.edit")).click()
    assert stage.went[-1] == ("care_entry", {"of_type": "protection_request", "record_id": request.id})
    paper = stage.page(CasePaperPage, **about)
    assert "Didatangi malam hari" in paper.preview.document.getAllText(0).text()
    case = opened(stage)
    for place in range(len(SECTIONS)):
        case.show_section(place)
        assert "Didatangi malam hari" not in words(case)


def test_who_is_not_trained_sees_that_there_is_a_case_and_no_more(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    someone = do(stage, lambda work: residents(work, "Yohanis", 0, 1).rows[0].id)
    page = stage.page(PersonCasePage, person_id=someone)
    said = words(page)
    assert t("case_page.there") in said
    assert "Cara aman menghubungi" in said
    assert "Melkianus" in said  # to whom to hand over
    assert page.list is None
    assert not page.print.isEnabled()
    assert t("case_page.section.story") not in said
    protection = stage.page(ProtectionPage)
    assert t("protection.untrained") in words(protection)
    assert "Melkianus" in words(protection)
    button_of(protection, t("protection.blank")).click()
    assert stage.page(CasePaperPage, **stage.went[-1][1]).preview.sheets
    assert t("ability.title.any") in words(stage.page(CareEntryPage, of_type="protection_request"))
    closing = stage.page(ClosingPage, person_id=someone)
    assert not closing.closing.isVisible()
    assert not closing.save.isVisible()
    paper = stage.page(CasePaperPage, kind="intake", person_id=someone, of_id=someone)
    assert not paper.preview.sheets
