# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole interview in the real window, by keyboard alone, in Indonesian: with a grown-up, and with a child.

`PICTURES=FOLDER` keeps a picture of each step there.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from desks import Clock, reopened
from hands import Hands, Key, Modifier
from pytestqt.qtbot import QtBot
from seats import sitting

from trafficwatch.models.casework import Finding, Risk, Screening
from trafficwatch.models.fields import Side
from trafficwatch.models.screening import Questionnaire
from trafficwatch.registry.residents import record_person
from trafficwatch.screening import questionnaires
from trafficwatch.store.vault import Keys
from trafficwatch.texts import t
from trafficwatch.texts.labels import label

CTRL = Modifier.ControlModifier
PICTURES = os.environ.get("PICTURES")
GROWN_UP, CHILD = "Melkianus Taneo", "Yasinta Nenobais"


@pytest.fixture
def folder(founded: dict[str, tuple[Path, Keys]], tmp_path: Path) -> Path:
    shutil.copytree(founded["village"][0], tmp_path / "village")
    store = reopened(tmp_path / "village", founded["village"][1], Clock())
    with store.work() as work:
        record_person(work, name=GROWN_UP, sex="m", birth_date="1994-02-01")
        record_person(work, name=CHILD, sex="f", birth_date="2012-05-20")
    store.close()
    return tmp_path / "village"


def test_an_interview_with_a_grown_up_and_one_with_a_child(
    qtbot: QtBot, folder: Path, founded: dict[str, tuple[Path, Keys]]
) -> None:
    with sitting(qtbot, folder, Side.VILLAGE) as seat:
        hands = seat.unlock()
        grown_up(hands)
        child(hands)
    store = reopened(folder, founded["village"][1], Clock())
    with store.work() as work:
        first, second = work.records.select(Screening)[-2:]
        assert first.questionnaire == second.questionnaire == questionnaires.newest().ref
        assert (first.finding, first.risk) == (Finding.SUSPECTED, Risk.LOW)
        assert first.answers["E-CAR-DECEIT"]["value"] == "yes"
        assert first.answers["M-FISH-2"]["value"] == "yes"
        assert first.answers["E-PRO-TRANSPORT"]["value"] == "unknown"
        assert (second.finding, second.risk, second.age_at_events) == (Finding.SUSPECTED, Risk.HIGH, 14)
        assert all(answer["at"] for answer in (*first.answers.values(), *second.answers.values()))
        assert not any(code.startswith("E-CAR-") and said["value"] == "yes" for code, said in second.answers.items())
    store.close()


def grown_up(hands: Hands) -> None:
    """Safe, no danger, agrees; what the program asks next, then the module that the ship opens."""
    begin(hands, GROWN_UP)
    answer_all(hands, "y")
    keep(hands, "dewasa-1-aman")
    hands.do(Key.Key_Return)
    assert hands.sees(t("screening_desk.triage_title"))
    answer_all(hands, "t")
    keep(hands, "dewasa-2-bahaya")
    hands.do(Key.Key_Return)
    assert t("screening_desk.consent_question") in hands.name
    hands.type("y")
    keep(hands, "dewasa-3-persetujuan")
    hands.do(Key.Key_Return, CTRL)
    asked = questionnaires.newest()
    answers = {"E-PRO-RECRUIT": "y", "E-CAR-DECEIT": "y", "E-TUJ-LABOUR": "y", "E-PRO-TRANSPORT": "u"}
    told: set[str] = set()
    while code := asked_now(hands, asked):
        hands.type(answers.get(code, "t"))
        hands.press(Key.Key_Down)
        told.add(code)
    assert told >= {"E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR"}
    keep(hands, "dewasa-4-pertanyaan")
    open_group(hands, t("screening_desk.group_context"))
    tell(hands, asked, "C-FISH", "y")
    open_group(hands, next(each.label.id for each in asked.modules if each.code == "fishing"))
    tell(hands, asked, "M-FISH-2", "y")
    if "E-PRO-TRANSPORT" not in told:
        open_group(hands, asked.group("transport").label.id)
        tell(hands, asked, "E-PRO-TRANSPORT", "u")
    keep(hands, "dewasa-5-modul")
    hands.do(Key.Key_Return, CTRL)
    assert hands.sees(label("finding", Finding.SUSPECTED))
    keep(hands, "dewasa-6-hasil")


def child(hands: Hands) -> None:
    """A child is danger by itself: whom to call comes first, and what was told already is still written down."""
    begin(hands, CHILD)
    answer_all(hands, "y")
    hands.do(Key.Key_Return)
    assert hands.sees(t("screening_desk.call_now"))
    keep(hands, "anak-1-hubungi")
    hands.press_button(t("screening_desk.write_told"))
    asked = questionnaires.newest()
    assert not asked_now(hands, asked), "questions are proposed although there is danger"
    open_group(hands, asked.group("recruitment").label.id)
    tell(hands, asked, "E-PRO-RECRUIT", "y")
    open_group(
        hands, next(group.label.id for group in asked.groups if group.code in groups_of(asked, "E-TUJ-UNDERAGE"))
    )
    tell(hands, asked, "E-TUJ-UNDERAGE", "y")
    keep(hands, "anak-2-diceritakan")
    hands.do(Key.Key_Return, CTRL)
    assert hands.sees(label("finding", Finding.SUSPECTED))
    assert hands.sees(t("screening_desk.child_needs_no_means"))
    keep(hands, "anak-3-hasil")


# -- moves -------------------------------------------------------------------------------------------------------------


def begin(hands: Hands, name: str) -> None:
    """To the person's card, and from there to a screening."""
    hands.do(Key.Key_2, CTRL)
    hands.type(name)
    hands.settle()
    hands.press(Key.Key_Tab)
    while name not in hands.entry and name not in hands.name:
        hands.press(Key.Key_Tab)
    hands.do(Key.Key_Return)
    hands.press_button(t("resident.screen"))


def answer_all(hands: Hands, key: str) -> None:
    """The same answer to every line of a step."""
    while t("screening_desk.no_answer") in hands.name:
        hands.type(key)
        hands.press(Key.Key_Down)


def asked_now(hands: Hands, asked: Questionnaire) -> str:
    """The code of the question that has the focus, '' if none has."""
    return next((each.code for each in asked.entries if hands.name.startswith(each.text.id)), "")


def open_group(hands: Hands, name: str) -> None:
    hands.press_button(name)


def tell(hands: Hands, asked: Questionnaire, code: str, key: str) -> None:
    hands.reach(asked.entry(code).text.id)
    hands.type(key)


def groups_of(asked: Questionnaire, code: str) -> tuple[str, ...]:
    return asked.entry(code).groups


def keep(hands: Hands, name: str) -> None:
    if PICTURES:
        hands.settle()
        hands.picture(Path(PICTURES) / f"{name}.png")
