# SPDX-License-Identifier: GPL-3.0-or-later
"""Which abilities a training names: asked where it is recorded, shown with the member; what stays closed says why."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit
from screening_tools import StageOf, line_of, pressed, somebody, words

from trafficwatch.models.screening import Answer, Value
from trafficwatch.models.staff import Ability, Training
from trafficwatch.screening.overview import screenings_of
from trafficwatch.screening.sessions import record_screening
from trafficwatch.texts import t
from trafficwatch.texts.labels import label
from trafficwatch.ui.gallery.members import of
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings_page import SettingsPage
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.paper_entry import PaperEntryPage
from trafficwatch.ui.village.referral import ReferralPage
from trafficwatch.ui.village.screening import TRIAGE, ScreeningPage
from trafficwatch.ui.village.screening_result import ScreeningResultPage
from trafficwatch.village.setup import setup_state

SCREENING = label("ability", "screening", "id")


def trained_for(stage: Stage, *abilities: Ability) -> None:
    """Let the certificate of who is at work name these and no others."""

    def change(work: Any) -> Any:
        [mine] = (each for each in work.records.select(Training) if each.volunteer_id == work.volunteer)
        work.write(Training, mine.id, abilities={ability.value: ability in abilities for ability in Ability})
        return setup_state(work)

    stage.desk.state = ask(stage, change)


def test_what_a_certificate_names_is_ticked_recorded_and_shown(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = of(stage, is_me=False)
    form = page.training
    assert form is not None
    form.kinds.buttons()[0].click()
    form.date.typed = "2025-03"
    assert "kelimanya dianggap tercakup" in words(page)  # nothing is ticked, and the form says what that means
    for ability in (Ability.MONITORING, Ability.SCREENING):
        form.abilities[ability].click()
    assert "kelimanya dianggap tercakup" not in words(page)
    left = page.unsaved()
    assert left is not None
    assert left.content["abilities"] == ["monitoring", "screening"]
    form.restore({**left.content, "abilities": ["follow_up", "screening"]})
    assert form.named == {Ability.FOLLOW_UP, Ability.SCREENING}
    page.record.click()
    stage.settle()
    shown = f"Untuk: {label('ability', 'screening')}, {label('ability', 'follow_up')}"
    assert shown in words(page)
    assert "Ada pelatihan lain?" in words(page)  # which opens the rest
    assert shown in words(stage.page(SettingsPage))
    page = of(stage, is_me=False)
    assert page.training is not None
    page.training.kinds.buttons()[0].click()
    page.training.date.typed = "2026-01"
    page.record.click()
    stage.settle()
    assert page.training is None
    assert "kemampuan tidak disebut" in words(page)
    assert "Untuk:" not in words(stage.page(SettingsPage))


@pytest.mark.parametrize("page_class", [ScreeningPage, PaperEntryPage, ReferralPage])
def test_a_task_that_the_training_does_not_open_says_who_may_and_the_way_on(
    stage_of: StageOf, page_class: type[Page]
) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    trained_for(stage, Ability.MONITORING)
    page = stage.page(page_class, person_id=person)
    shown = words(page)
    assert f"Pelatihan Anda mencakup: {label('ability', 'monitoring')}. Tugas ini memerlukan: {SCREENING}." in shown
    assert "Serahkan kepada PPT" in shown
    assert [line for line in page.findChildren(QLineEdit) if line.isVisibleTo(page)] == []
    assert page.unsaved() is None
    pressed(page, t("signs.title")).click()
    pressed(page, "Kartu darurat").click()
    assert stage.went == [("sign_note", {}), ("emergency", {})]
    helper = of(stage, is_me=False)
    assert helper.training is not None
    helper.training.kinds.buttons()[0].click()
    helper.training.date.typed = "2025-03"
    helper.record.click()
    stage.settle()
    assert "boleh melakukannya di sini: Serafina" in words(stage.page(page_class, person_id=person))


def test_each_ability_has_its_card_and_whoever_is_trained_may_read(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    told = {"T-HURT": Answer(Value.NO)}
    known = ask(stage, lambda work: record_screening(work, person, told)).screening.id
    trained_for(stage, Ability.FOLLOW_UP)
    result = stage.page(ScreeningResultPage, screening_id=known)
    assert result.findChildren(GateCard) == []
    assert "Marselina" in "\n".join((words(result), result.title.text()))
    titles = [GateCard(stage.desk, ability).accessibleName() for ability in Ability]
    assert len(set(titles)) == len(Ability)
    stage.settle()


def test_a_page_that_was_open_is_refused_at_saving_and_keeps_what_was_typed(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = somebody(stage)
    safe = dict.fromkeys(("place", "alone", "unheard", "language"), "yes")
    draft = {"step": TRIAGE, "safety": safe, "answers": {"T-HELD": {"value": "yes"}}}
    page = stage.page(ScreeningPage, draft=draft, person_id=person)
    trained_for(stage, Ability.MONITORING)
    pressed(page, "Simpan hasil").click()
    stage.settle()
    assert f"Pelatihan Anda belum mencakup tugas ini: {SCREENING}" in words(page)
    assert line_of(page, "T-HELD").value == "yes"
    assert ask(stage, lambda work: screenings_of(work, person)) == ()
