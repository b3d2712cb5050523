# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's data and rights, and the desk's duties about data, by hand on real stores."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import StageOf
from PySide6.QtWidgets import QLabel

from trafficwatch.models.care import Closure
from trafficwatch.models.casework import CaseRecord
from trafficwatch.models.people import Person
from trafficwatch.store.erasure import is_erased
from trafficwatch.texts import t
from trafficwatch.ui.gallery.data_rights import own_data, protection
from trafficwatch.ui.gallery.keeping import ask, first_resident
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings_page import SettingsPage
from trafficwatch.ui.village.resident import ResidentPage


def words(page: Page) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())


def closed_long_ago(work: Any) -> str:
    [case] = work.records.select(CaseRecord)
    about = {"person_id": case.person_id, "case_id": case.id, "closed_by": work.volunteer}
    work.write(Closure, None, **about, closed_on="2015-03-01", reason="recovered", person_part="Setuju")
    return str(case.id)


def erased(stage: Stage, of_type: str, of_id: str) -> bool:
    return bool(ask(stage, lambda work: is_erased(work.connection, of_type, of_id)))


def test_a_copy_is_prepared_when_it_is_asked_for(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = own_data(stage, "Yohanis")
    assert page.paper.isHidden()
    assert "UPTD PPA" in words(page)  # who received it
    page.copy.click()
    stage.settle()
    assert page.paper.preview.sheets
    assert page.paper.tools.print.isEnabled()
    assert page.paper.tools.file_name.endswith(".pdf")


def test_all_data_are_erased_after_asking_once_more(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = first_resident(stage, "Yohanis")
    page = own_data(stage, "Yohanis")
    page.erase.click()
    page.no.click()
    stage.settle()
    assert not erased(stage, "person", person)
    page.erase.click()
    page.yes.click()
    stage.settle()
    assert erased(stage, "person", person)
    assert "Yohanis" not in words(page)
    assert t("own_data.copy") not in words(page)


def test_who_is_no_coordinator_is_taken_to_the_trash(stage_of: StageOf) -> None:
    from trafficwatch.models.staff import Volunteer

    stage = stage_of("village")
    ask(stage, lambda work: work.write(Volunteer, work.volunteer, category="volunteer"))
    person = first_resident(stage)
    page = own_data(stage)
    page.erase.click()
    assert stage.went[-1] == ("resident_delete", {"person_id": person})


def test_untrained_volunteers_see_the_way_on_and_nothing_else(stage_of: StageOf) -> None:
    page = own_data(stage_of("untrained"), "Yohanis")
    assert "Yohanis" not in words(page)
    assert t("ability.can") in words(page)


def test_the_report_on_a_lost_laptop_is_prepared_from_what_was_typed(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = protection(stage)
    page.lost_on.typed = "31 Februari 2026"
    page.breach.click()
    stage.settle()
    assert page.paper.isHidden()
    page.lost_on.typed = "20 November 2026"
    page.how.setPlainText("Tas hilang di kapal feri")
    page.steps["police"].setChecked(True)
    page.breach.click()
    stage.settle()
    assert page.paper.preview.sheets
    kept = page.unsaved()
    assert kept is not None
    again = protection(stage)
    assert again.unsaved() is None
    again.restore(dict(kept.content))
    assert again.unsaved() == kept


def test_the_register_can_be_had_without_training(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = protection(stage)
    assert page.erasers == []
    page.register.click()
    stage.settle()
    assert page.paper.preview.sheets


def test_a_case_whose_time_is_over_is_listed_and_erased_after_asking(stage_of: StageOf) -> None:
    stage = stage_of("village")
    case = ask(stage, closed_long_ago)
    page = protection(stage)
    assert t("data_protection.nothing_due") not in words(page)
    [eraser] = page.erasers
    eraser.click()
    page.no.click()
    stage.settle()
    assert not erased(stage, "case_record", case)
    eraser.click()
    page.yes.click()
    stage.settle()
    assert erased(stage, "case_record", case)
    assert t("data_protection.nothing_due") in words(page)
    assert ask(
        stage, lambda work: [each.name for each in work.records.select(Person) if "Yohanis" in (each.name or "")]
    )


@pytest.mark.parametrize("store", ["village", "ppt"])
def test_settings_lead_to_it(stage_of: StageOf, store: str) -> None:
    stage = stage_of(store)
    stage.page(SettingsPage).protection.click()
    assert stage.went[-1] == ("data_protection", {})


def test_a_resident_leads_to_the_own_data(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = first_resident(stage)
    stage.page(ResidentPage, person_id=person).rights.trigger()
    assert stage.went[-1] == ("own_data", {"person_id": person})
