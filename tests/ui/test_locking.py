# SPDX-License-Identifier: GPL-3.0-or-later
"""The desk locks by every way there is, hides at F12, and after unlocking one is where one was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hands import Key, Modifier
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from seats import Seat, Sit, seating, sitting
from store_tools import small_disk

from trafficwatch.app import Next
from trafficwatch.cli.practice import PPT_PASSPHRASE, VILLAGE_PASSPHRASE
from trafficwatch.models.fields import Side
from trafficwatch.registry.browse import residents
from trafficwatch.store import ballast
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store
from trafficwatch.texts import t
from trafficwatch.ui.shell.idle import WARNING
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.unlock import UnlockPage

NAME = "Adolfina Seubelan"
CTRL = Modifier.ControlModifier


@pytest.fixture
def sit(qtbot: QtBot, founded: dict[str, tuple[Path, Keys]], tmp_path: Path) -> Iterator[Sit]:
    with seating(qtbot, founded, tmp_path) as found:
        yield found


def write_name(seat: Seat, name: str = NAME) -> None:
    assert seat.shell.frame is not None
    seat.shell.frame.go("resident_edit")
    seat.hands.settle()
    seat.hands.fill(t("resident.field.name"), name)


def line(seat: Seat) -> QLineEdit:
    focused = QApplication.focusWidget()
    assert isinstance(focused, QLineEdit)
    return focused


# -- by itself ---------------------------------------------------------------------------------------------------------


def test_before_it_locks_by_itself_it_says_so_and_any_key_keeps_it_open(sit: Sit) -> None:
    seat = sit()
    hands, timer = seat.unlock(), seat.shell._idle.timer
    whole = Settings().lock_after * 60_000
    assert (timer.isActive(), timer.interval()) == (True, whole - WARNING)
    timer.timeout.emit()
    assert hands.sees(t("shell.locks_soon"))
    assert timer.interval() == WARNING == 30_000
    hands.press(Key.Key_Shift)
    assert not hands.sees(t("shell.locks_soon"))
    assert timer.interval() == whole - WARNING
    for _ in range(2):
        timer.timeout.emit()
    assert seat.is_locked()


def test_in_a_dialog_somebody_is_there_too(sit: Sit) -> None:
    seat = sit()
    hands = seat.unlock()
    seat.shell._idle.timer.timeout.emit()
    assert seat.shell.desk is not None
    seat.shell.desk.open_file(seat.shell, "Berkas", lambda _: None)
    hands.press(Key.Key_A)
    assert not hands.sees(t("shell.locks_soon"))


def test_it_locks_when_the_laptop_was_left(sit: Sit) -> None:
    seat = sit()
    seat.unlock()
    write_name(seat)
    seat.shell._watch.left.emit()
    seat.shell._watch.left.emit()
    assert seat.is_locked()
    assert seat.restarts == [Next(practice=False)]
    (draft,) = seat.drafts()
    assert NAME in str(draft.content)


# -- F12 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "modifier"), [(Key.Key_F12, Modifier.NoModifier), (Key.Key_L, CTRL)])
def test_the_keys_work_in_dialogs_and_menus_too(sit: Sit, key: Key, modifier: Modifier) -> None:
    seat = sit()
    hands = seat.unlock()
    write_name(seat)
    assert seat.shell.desk is not None
    chosen: list[Path] = []
    seat.shell.desk.save_file(seat.shell, "Simpan", chosen.append, name="surat.pdf")
    menu = QMenu(QApplication.activeModalWidget())
    menu.addAction(NAME)
    menu.popup(seat.shell.pos())
    hands.press(key, modifier)
    assert seat.is_locked()
    assert seat.restarts == [Next(practice=False, hidden=key is Key.Key_F12)]
    assert chosen == []
    assert NAME in str(seat.drafts()[0].content)


def test_what_is_hidden_says_nothing_and_only_f12_shows_it(sit: Sit) -> None:
    seat = sit(hidden=True)
    shell = seat.shell

    def said() -> str:
        labels = [each.text() for each in shell.findChildren(QLabel) if each.isVisible()]
        return " ".join([shell.windowTitle(), *labels])

    assert said() == t("shell.neutral")
    for key in (Key.Key_Return, Key.Key_Escape, Key.Key_A, Key.Key_Space):
        QTest.keyClick(shell, key)
    assert said() == t("shell.neutral")
    QTest.keyClick(shell, Key.Key_F12)
    seat.hands.settle()
    assert "TrafficWatch" in said()
    assert seat.hands.name == t("unlock.passphrase")
    seat.unlock()
    assert shell.frame is not None
    assert seat.restarts == []


def test_the_locked_page_can_be_covered_even_while_it_opens(sit: Sit) -> None:
    seat = sit()
    seat.hands.type(VILLAGE_PASSPHRASE)
    seat.hands.press(Key.Key_Return)
    QTest.keyClick(seat.shell, Key.Key_F12)
    assert seat.shell.windowTitle() == t("shell.neutral")
    assert not any(each.isVisible() for each in seat.shell.findChildren(UnlockPage))
    assert seat.is_locked()
    assert seat.restarts == [Next(practice=False, hidden=True)]


def test_the_cover_takes_no_passphrase(sit: Sit) -> None:
    seat = sit()
    seat.hands.press(Key.Key_F12)
    QTest.keyClicks(seat.shell, VILLAGE_PASSPHRASE)
    QTest.keyClick(seat.shell, Key.Key_Return)
    assert seat.tasks.is_idle
    QTest.keyClick(seat.shell, Key.Key_F12)
    assert seat.hands.name == t("unlock.passphrase")
    assert line(seat).text() == ""


# -- back where one was ------------------------------------------------------------------------------------------------


def test_after_unlocking_one_is_in_the_same_field_at_the_same_letter(sit: Sit) -> None:
    seat = sit()
    hands = seat.unlock()
    write_name(seat)
    hands.fill(t("resident.field.address"), "RT 03")
    hands.reach(t("resident.field.name"))
    for _ in range(4):
        hands.press(Key.Key_Left)
    hands.press(Key.Key_L, CTRL)
    assert seat.is_locked()
    seat = sit()
    hands = seat.unlock()
    assert hands.name == t("resident.field.name")
    assert (line(seat).text(), line(seat).cursorPosition()) == (NAME, len(NAME) - 4)
    hands.type("x")
    assert line(seat).text() == "Adolfina Seubxelan"


def test_with_nothing_typed_one_is_at_the_same_record(sit: Sit) -> None:
    seat = sit()
    hands = seat.unlock()
    store = seat.tasks._store
    assert isinstance(store, Store)
    with store.work() as work:
        person = residents(work, "Yohanis").rows[0]
    assert seat.shell.frame is not None
    seat.shell.frame.go("resident", person_id=person.id)
    hands.settle()
    hands.reach(t("resident.screen"))
    hands.press(Key.Key_L, CTRL)
    assert seat.is_locked()
    (left,) = seat.drafts()
    assert (left.content or {})["about"] == {"person_id": person.id}
    seat = sit()
    hands = seat.unlock()
    assert hands.sees(person.name)
    assert hands.name == t("resident.screen")
    assert seat.drafts() == ()


def test_no_name_and_no_code_is_kept_as_a_place(sit: Sit) -> None:
    seat = sit()
    seat.unlock()
    assert seat.shell.frame is not None
    seat.shell.frame.go("recovery", code="CHJPH-CSV83-D5N6V-PV3DR-DSQQF-0WBJ3-EDT7V")
    seat.hands.settle()
    seat.hands.press(Key.Key_L, CTRL)
    assert seat.is_locked()
    (left,) = seat.drafts()
    assert "CSV83" not in str(left)


def test_who_is_at_work_already_is_not_moved(sit: Sit) -> None:
    seat = sit(Side.PPT)
    hands = seat.unlock(PPT_PASSPHRASE)
    hands.do(Key.Key_6, CTRL)
    hands.reach(t("settings.lock_now"))
    hands.press(Key.Key_L, CTRL)
    assert seat.is_locked()
    seat = sit(Side.PPT)
    hands = seat.unlock(PPT_PASSPHRASE)
    assert hands.name == t("settings.lock_now")
    hands.press(Key.Key_Tab)
    moved = QApplication.focusWidget()
    seat.drafts()
    assert QApplication.focusWidget() is moved


# -- a full disk -------------------------------------------------------------------------------------------------------


def test_the_draft_is_kept_even_when_the_disk_is_full(
    qtbot: QtBot, founded: dict[str, tuple[Path, Keys]], tmp_path: Path
) -> None:
    with small_disk(tmp_path, "160m") as disk:
        shutil.copytree(founded["village"][0], disk / "village")
        with sitting(qtbot, disk / "village", Side.VILLAGE) as seat:
            seat.unlock()
            assert ballast.is_kept(disk / "village")
            write_name(seat, NAME * 5)
            with (disk / "rubbish").open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(1 << 12))
            seat.hands.press(Key.Key_L, CTRL)
            assert seat.is_locked()
            assert seat.restarts == [Next(practice=False)]
            assert not ballast.is_kept(disk / "village")
            assert NAME * 5 in str(seat.drafts()[0].content)
