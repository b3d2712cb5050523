# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting up: founding a real desk by keyboard, going on after an interruption, and refusing what is easy to guess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Ability, Training
from trafficwatch.store.unlock import open_store
from trafficwatch.store.vault import Stretching
from trafficwatch.store.work import Store
from trafficwatch.texts import t
from trafficwatch.ui.shell.first_run import FirstRun
from trafficwatch.ui.shell.first_run_steps import MemberStep, PlaceStep, Welcome
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.widgets.strength import Weakness, is_strong, weakness
from trafficwatch.village.founding import NewMember, found_desk
from trafficwatch.village.places import Places
from trafficwatch.village.setup import desk_members, setup_state

PASSPHRASE = "lumbung padi biru sembilan"


@dataclass
class Laptop:
    """A laptop without a store, and what setting it up led to."""

    qtbot: QtBot
    folder: Path
    tasks: Tasks
    settings: Settings = field(default_factory=Settings)
    founded: list[tuple[Store, str]] = field(default_factory=list)
    practised: list[bool] = field(default_factory=list)

    def start(self, side: Side = Side.VILLAGE, **more: Any) -> FirstRun:
        """The screen as the program shows it when it starts now."""
        made = FirstRun(
            self.tasks,
            side=side,
            found=lambda member, code, name, practice: self._found(side, member, code, name, practice),
            founded=lambda store, code: self.founded.append((store, code)),
            practice=lambda: self.practised.append(True),
            settings=self.settings,
            change=self._change,
            places=Places.load,
            **more,
        )
        self.qtbot.addWidget(made)
        made.resize(1180, 720)
        made.show()
        made.activateWindow()
        self.qtbot.waitUntil(made.isActiveWindow)
        return made

    def pick(self, made: FirstRun, typed: str) -> None:
        """Type a place and take the first one found."""
        assert isinstance(made.step, PlaceStep)
        picker = made.step.picker
        QTest.keyClicks(picker.line, typed)
        self.qtbot.waitUntil(lambda: self.tasks.is_idle and bool(picker.results.lines))
        QTest.keyClick(picker.line, Qt.Key.Key_Return)

    def _found(self, side: Side, member: NewMember, code: str, name: str, practice: bool) -> tuple[Store, str]:
        return found_desk(
            self.folder, member, side=side, code=code, name=name, practice=practice, stretching=Stretching()
        )

    def _change(self, settings: Settings) -> None:
        self.settings = settings


@pytest.fixture
def laptop(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Laptop]:
    wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=False))
    made = Laptop(qtbot, tmp_path / "desk", Tasks())
    yield made
    made.tasks.close()
    for store, _ in made.founded:
        store.close()


def member_form(made: FirstRun) -> Any:
    assert isinstance(made.step, MemberStep)
    return made.step.form


def ctrl_enter(made: FirstRun) -> None:
    QTest.keyClick(made.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def key(typed: str) -> None:
    """Type where the focus is."""
    QTest.keyClicks(QApplication.focusWidget(), typed)


def press(which: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget(), which)


def test_a_village_desk_is_founded_by_keyboard_alone(qtbot: QtBot, laptop: Laptop) -> None:
    made = laptop.start()
    assert isinstance(made.step, Welcome)
    press(Qt.Key.Key_Return)
    laptop.pick(made, "noelbaki")
    ctrl_enter(made)
    form = member_form(made)
    assert form.name.hasFocus()
    key("Maria  Tefa ")
    for _ in range(3):
        press(Qt.Key.Key_Tab)
    assert isinstance(QApplication.focusWidget(), QRadioButton)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Tab)
    key("Maret 2025")
    press(Qt.Key.Key_Return)
    key("Dinas PPPA")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    for ability in Ability:  # the first one is ticked, the others are passed
        assert form.training.abilities[ability].hasFocus()
        if ability is Ability.SCREENING:
            press(Qt.Key.Key_Space)
        press(Qt.Key.Key_Tab)
    assert form.joining.training.abilities == {Ability.SCREENING}
    key(PASSPHRASE)
    press(Qt.Key.Key_Tab)  # the button that shows it
    press(Qt.Key.Key_Tab)
    key(PASSPHRASE)
    ctrl_enter(made)
    qtbot.waitUntil(lambda: bool(laptop.founded))
    store, code = laptop.founded[0]
    assert len(code.replace("-", "")) == 35
    with store.work() as work:
        state = setup_state(work)
        [training] = work.records.select(Training)
    assert (state.code, state.name.partition(",")[0], state.volunteer_name) == (
        "53.01.08.2008",
        "Noelbaki",
        "Maria Tefa",
    )
    assert (state.trained, state.recovery_checked, state.practice) == (True, False, False)
    assert (training.completed_on, training.organiser, training.certificate) == ("2025-03", "Dinas PPPA", None)
    store.close()
    laptop.founded.append((open_store(laptop.folder, PASSPHRASE), ""))


def test_practice_is_one_key(laptop: Laptop) -> None:
    laptop.start()
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Return)
    assert laptop.practised == [True]
    assert not laptop.folder.exists()


def test_after_an_interruption_it_goes_on_at_the_place(qtbot: QtBot, laptop: Laptop) -> None:
    first = laptop.start()
    first.step.start.click()  # type: ignore[attr-defined]
    laptop.pick(first, "noelbaki")
    assert laptop.settings.place == "53.01.08.2008"
    again = laptop.start()
    step = again.step
    assert isinstance(step, PlaceStep)
    qtbot.waitUntil(step.picker.change.isVisible)
    ctrl_enter(again)
    assert isinstance(again.step, MemberStep)


def test_another_language_or_size_loses_nothing_but_the_passphrase(laptop: Laptop) -> None:
    laptop.settings = replace(laptop.settings, place="53.01.08.2008")
    made = laptop.start()
    made.next.click()
    form = member_form(made)
    QTest.keyClicks(form.name, "Maria Tefa")
    form.training.kinds.buttons()[0].click()
    QTest.keyClicks(form.training.date.entry, "2025")
    QTest.keyClicks(form.passphrase.first.line, PASSPHRASE)
    again = member_form(laptop.start(kept=made.kept))
    assert (again.name.text(), again.training.kind, again.training.date.edtf) == ("Maria Tefa", "tppo_training", "2025")
    assert again.passphrase.value == ""
    assert PASSPHRASE not in str(made.kept)


def test_what_is_missing_is_said_and_the_first_gap_gets_the_focus(laptop: Laptop) -> None:
    made = laptop.start()
    made.step.start.click()  # type: ignore[attr-defined]
    made.next.click()
    assert isinstance(made.step, PlaceStep)
    assert made.step._place._error.text() == "Pilih tempat dari daftar dahulu."
    made.kept.code = "53.01.08.2008"
    made.next.click()
    form = member_form(made)
    made.next.click()
    assert form.name.hasFocus()
    assert form.training._unanswered.isVisible()
    assert made.next.isEnabled()
    QTest.keyClicks(form.name, "Maria Tefa")
    form.training.kinds.buttons()[0].click()
    QTest.keyClicks(form.training.date.entry, "2999")
    made.next.click()
    assert form.training.date.entry.hasFocus()
    form.training.date.typed = "2025"
    QTest.keyClicks(form.passphrase.first.line, PASSPHRASE)
    QTest.keyClicks(form.passphrase.second.line, PASSPHRASE[:-1])
    made.next.click()
    assert form.passphrase.second.line.hasFocus()
    assert form.passphrase.second.field._error.text() == t("setup.passphrases_differ")
    assert made.next.isEnabled()  # it is not while a desk is being founded


def test_training_that_is_still_ahead_does_not_count(laptop: Laptop) -> None:
    laptop.settings = replace(laptop.settings, place="53.01.08.2008")
    made = laptop.start()
    made.next.click()
    form = member_form(made)
    form.training.kinds.buttons()[1].click()
    ahead = datetime.now(UTC) + timedelta(days=2)
    form.training.date.typed = f"{ahead:%d-%m-%Y}"
    form.check()
    assert form.training._wrong_date.text() == t("setup.trained_on_ahead")
    form.training.date.typed = "21-11-2026"
    form.check()
    assert form.training._wrong_date.text() == ""


def test_an_untrained_ppt_officer_founds_a_desk_that_opens_no_case(qtbot: QtBot, laptop: Laptop) -> None:
    made = laptop.start(Side.PPT)
    made.step.start.click()  # type: ignore[attr-defined]
    laptop.pick(made, "kupang")
    assert isinstance(made.step, PlaceStep)
    assert made.step.office is not None
    assert made.step.office.text() == "UPTD PPA Kabupaten Kupang"
    made.step.office.clear()
    made.next.click()
    assert made.step.office.hasFocus()
    QTest.keyClicks(made.step.office, "UPTD PPA Kabupaten Kupang")
    made.next.click()
    form = member_form(made)
    assert form.category.value == "officer"
    QTest.keyClicks(form.name, "Petrus Nenobais")
    form.training.kinds.buttons()[2].click()
    assert form.training._untrained.isVisible()
    for line in (form.passphrase.first.line, form.passphrase.second.line):
        QTest.keyClicks(line, PASSPHRASE)
    made.next.click()
    qtbot.waitUntil(lambda: bool(laptop.founded))
    with laptop.founded[0][0].work() as work:
        state = setup_state(work)
        [member] = desk_members(work)
    assert (state.code, state.name, state.trained, member.trained) == (
        "53.01",
        "UPTD PPA Kabupaten Kupang",
        False,
        False,
    )


def test_a_folder_that_holds_a_desk_is_left_alone_and_nothing_typed_is_lost(qtbot: QtBot, laptop: Laptop) -> None:
    laptop.settings = replace(laptop.settings, place="53.01.08.2008")
    laptop.folder.mkdir()
    (laptop.folder / "vault.json").write_bytes(b"{}")
    made = laptop.start()
    made.next.click()
    form = member_form(made)
    QTest.keyClicks(form.name, "Maria Tefa")
    form.training.kinds.buttons()[2].click()
    for line in (form.passphrase.first.line, form.passphrase.second.line):
        QTest.keyClicks(line, PASSPHRASE)
    made.next.click()
    qtbot.waitUntil(lambda: made.notices.count() == 1)
    assert "sudah ada data" in made.notices.itemAt(0).widget().text  # type: ignore[union-attr]
    assert (form.name.text(), form.passphrase.value, made.next.isEnabled()) == ("Maria Tefa", PASSPHRASE, True)


def test_escape_goes_back_step_by_step(laptop: Laptop) -> None:
    laptop.settings = replace(laptop.settings, place="53.01.08.2008")
    made = laptop.start()
    made.next.click()
    steps: list[type[QWidget]] = []
    for _ in range(3):
        QTest.keyClick(made.focusWidget(), Qt.Key.Key_Escape)
        steps.append(type(made.step))
    assert steps == [PlaceStep, Welcome, Welcome]


@pytest.mark.parametrize(
    ("passphrase", "found"),
    [
        ("", Weakness.SHORT),
        ("kuda  jati  x", Weakness.SHORT),
        ("aaaaaaaaaaaaaaa", Weakness.REPEATED),
        ("batu kali batu kali", Weakness.REPEATED),
        ("1234567890123", Weakness.COMMON),
        ("Rahasia 123456", Weakness.COMMON),
        ("aku cinta indonesia", Weakness.COMMON),
        ("qwertyuiop2026", Weakness.COMMON),
        ("bismillah merdeka!", Weakness.COMMON),
        ("maria tefa 1990", Weakness.NAMES),
        ("Desa Noelbaki 2026", Weakness.NAMES),
        ("Pisang Lampu Kuda Hujan", Weakness.EXAMPLE),
        ("banana lamp horse rain", Weakness.EXAMPLE),
        ("empat kata di desa", None),
        ("maria suka pepaya", None),
        ("lumbung padi biru sembilan", None),
    ],
)
def test_what_people_type_first_is_refused(passphrase: str, found: Weakness | None) -> None:
    names = ("Maria Tefa", "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur")
    assert weakness(passphrase, names) is found
    assert is_strong(passphrase, names) is (found is None and len(passphrase) >= 20)
