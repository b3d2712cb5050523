# SPDX-License-Identifier: GPL-3.0-or-later
"""Unlocking on a real vault: kind about slips, nothing wiped, and a way back with the printed sheet."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from desks import NOELBAKI, TRAINING, VILLAGE_PASSPHRASE, Clock
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Category
from trafficwatch.store.tries import note_wrong, wait_after
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.vault import Stretching
from trafficwatch.store.work import Store
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.shell.unlock import WAYS, UnlockPage
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.village.founding import NewMember, found_desk, renew_passphrase

NEW = "lumbung padi biru sembilan"


@dataclass
class Locked:
    """A real locked desk and its screen; `opened` is what was unlocked, `chosen` the settings that were asked for."""

    folder: Path
    code: str
    tasks: Tasks
    page: UnlockPage = field(init=False)
    clock: Clock = field(default_factory=Clock)
    opened: list[Store] = field(default_factory=list)
    chosen: list[Settings] = field(default_factory=list)

    def show(self, qtbot: QtBot, *, practice: str | None = None, ways: tuple[str, ...] = tuple(WAYS)) -> UnlockPage:
        self.page = UnlockPage(
            self.tasks,
            unlock=lambda passphrase: open_store(self.folder, passphrase, clock=self.clock),
            unlocked=self.opened.append,
            recover=self._recover,
            practice_passphrase=practice,
            settings=Settings(),
            change=self.chosen.append,
            other=None,
            ways=ways,
        )
        qtbot.addWidget(self.page)
        self.page.resize(1180, 720)
        self.page.show()
        self.page.activateWindow()
        return self.page

    def _recover(self, code: str, name: str, passphrase: str) -> Store:
        store = recover_store(self.folder, code)
        renew_passphrase(store, name, passphrase, stretching=Stretching())
        return store


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("locked")
    member = NewMember("Maria Tefa", Category.COORDINATOR, VILLAGE_PASSPHRASE, TRAINING)
    store, code = found_desk(
        folder, member, side=Side.VILLAGE, code=NOELBAKI[0], name=NOELBAKI[1], practice=False, stretching=Stretching()
    )
    store.close()
    return folder, code


@pytest.fixture
def locked(qapp: QApplication, vault: tuple[Path, str]) -> Iterator[Locked]:
    wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=False))
    made = Locked(*vault, Tasks())
    yield made
    made.tasks.close()
    for store in made.opened:
        store.close()


def test_enter_opens_and_the_field_is_emptied(qtbot: QtBot, locked: Locked) -> None:
    page = locked.show(qtbot)
    assert page.focusWidget() is page.passphrase.line
    QTest.keyClicks(page.passphrase.line, VILLAGE_PASSPHRASE)
    QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(locked.opened))
    assert page.passphrase.text == ""


def test_a_wrong_passphrase_is_told_kindly_and_can_be_tried_again(qtbot: QtBot, locked: Locked) -> None:
    page = locked.show(qtbot)
    QTest.keyClicks(page.passphrase.line, "Empat kata di desa")
    QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Tidak ada yang terhapus" in page.passphrase.field._error.text())
    assert locked.opened == []
    assert page.passphrase.line.hasSelectedText()
    QTest.keyClicks(page.passphrase.line, VILLAGE_PASSPHRASE)
    QTest.keyClick(page.open, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(locked.opened))


def test_after_some_wrong_ones_the_button_waits_and_comes_back(
    qtbot: QtBot, locked: Locked, vault: tuple[Path, str], tmp_path: Path
) -> None:
    locked.folder = tmp_path / "copy"
    shutil.copytree(vault[0], locked.folder)
    page = locked.show(qtbot)
    for tries in range(1, 6):
        page.passphrase.wrong("")
        page.passphrase.line.setText(f"salah nomor {tries} sekali")
        QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(page.passphrase.field._error.text()) and locked.tasks.is_idle)
        assert page.open.isEnabled() is (tries < 5)
    page._seconds.stop()
    wait = page._wait
    assert 1 <= wait <= wait_after(4)
    assert page.open.text() == f"Tunggu {wait} detik"
    page.passphrase.line.setText(VILLAGE_PASSPHRASE)
    QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
    assert locked.tasks.is_idle
    for left in range(wait, 0, -1):
        assert (page.open.isEnabled(), page._wait) == (False, left)
        page._seconds.timeout.emit()
    assert (page.open.isEnabled(), page.open.text()) == (True, "Buka")
    locked.clock.move(seconds=3)
    QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(locked.opened))


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        (("recovery", "escrow"), "lembar pemulihan, atau dengan bantuan PPT"),
        (("recovery",), "hanya dapat dibuka dengan lembar pemulihan."),
        ((), "Tidak seorang pun"),
    ],
)
def test_after_a_panic_wipe_it_says_who_can_still_open(
    qtbot: QtBot, locked: Locked, ways: tuple[str, ...], words: str
) -> None:
    page = locked.show(qtbot, ways=ways)
    assert any(words in label.text() for label in page.findChildren(QLabel) if label.isVisible())
    for _ in range(2):
        assert not page.entrance.isVisible()
        assert page.recovery.isVisible() is bool(ways)
        QTest.keyClick(page, Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("letter", "has_shift", "is_on"), [("E", False, True), ("e", True, True), ("e", False, False), ("E", True, False)]
)
def test_caps_lock_is_noticed_by_the_case_of_letters(
    qtbot: QtBot, locked: Locked, letter: str, has_shift: bool, is_on: bool
) -> None:
    secret = locked.show(qtbot).passphrase
    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    press = QEvent.Type.KeyPress
    QApplication.sendEvent(secret.line, QKeyEvent(press, Qt.Key.Key_E, shift if has_shift else none, letter))
    QApplication.sendEvent(secret.line, QKeyEvent(press, Qt.Key.Key_1, none, "1"))
    assert secret.caps_notice.isVisible() is is_on
    QApplication.sendEvent(secret.line, QKeyEvent(press, Qt.Key.Key_CapsLock, none))
    assert not secret.caps_notice.isVisible()


def test_the_passphrase_is_hidden_until_it_is_shown(qtbot: QtBot, locked: Locked) -> None:
    field = locked.show(qtbot).passphrase
    QTest.keyClicks(field.line, "rahasia")
    assert field.line.displayText() == "●" * 7
    assert field.toggle is not None
    QTest.keyClick(field.toggle, Qt.Key.Key_Space)
    assert field.line.displayText() == "rahasia"
    assert field.toggle.text() == "Sembunyikan"


def test_one_click_opens_practice(qtbot: QtBot, locked: Locked) -> None:
    page = locked.show(qtbot, practice=VILLAGE_PASSPHRASE)
    words = [label.text() for label in page.entrance.findChildren(QPushButton)]
    assert words[0] == "Buka latihan"
    QTest.mouseClick(page.entrance.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(locked.opened))


def test_language_and_size_can_be_changed_before_unlocking(qtbot: QtBot, locked: Locked) -> None:
    page = locked.show(qtbot)
    buttons = {button.accessibleName() or button.text(): button for button in page.findChildren(QPushButton)}
    QTest.keyClick(buttons["English"], Qt.Key.Key_Space)
    QTest.keyClick(buttons["Huruf lebih besar"], Qt.Key.Key_Space)
    assert not buttons["Huruf lebih kecil"].isEnabled()
    assert locked.chosen == [Settings(language="en"), Settings(zoom=110)]


def test_the_sheet_opens_by_keyboard_and_gives_a_new_passphrase(
    qtbot: QtBot, locked: Locked, vault: tuple[Path, str], tmp_path: Path
) -> None:
    locked.folder = tmp_path / "copy"
    shutil.copytree(vault[0], locked.folder)
    page = locked.show(qtbot)
    QTest.keyClick(page.forgot, Qt.Key.Key_Space)
    assert page.focusWidget() is page.code.line
    QTest.keyClicks(page.code.line, locked.code.replace("-", "").lower())
    assert page.code.code == locked.code
    for widget, typed in ((page.name, "maria tefa"), (page.new.first.line, NEW), (page.new.second.line, NEW)):
        QTest.keyClicks(widget, typed)
    QTest.keyClick(page.new.second.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(locked.opened))
    assert page.code.code == page.new.value == page.new.second.text == ""
    locked.opened.pop().close()
    locked.opened.append(open_store(locked.folder, NEW))


def test_a_wait_is_told_on_the_card_that_is_seen(
    qtbot: QtBot, locked: Locked, vault: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked.folder = tmp_path / "copy"
    shutil.copytree(vault[0], locked.folder)

    def recover(code: str, name: str, passphrase: str) -> Store:
        Locked._recover(locked, code, name, passphrase).close()
        for _ in range(9):  # somebody guesses at the same time
            note_wrong(locked.folder, locked.clock())
        return open_store(locked.folder, passphrase, clock=locked.clock)

    monkeypatch.setattr(locked, "_recover", recover)
    page = locked.show(qtbot)
    page.forgot.click()
    QTest.keyClicks(page.code.line, locked.code)
    for widget, typed in ((page.name, "Maria Tefa"), (page.new.first.line, NEW), (page.new.second.line, NEW)):
        QTest.keyClicks(widget, typed)
    page.renew.click()
    qtbot.waitUntil(lambda: page.notices.count() == 1)
    seconds = str(wait_after(9))
    assert seconds in page.notices.itemAt(0).widget().text  # type: ignore[union-attr]
    assert page.recovery.isVisible()
    assert page.renew.isEnabled()
    page.cancel.click()
    assert (page.open.isEnabled(), page.open.text()) == (False, f"Tunggu {seconds} detik")


def test_a_mistyped_group_is_named_and_stays_for_mending(qtbot: QtBot, locked: Locked) -> None:
    page = locked.show(qtbot)
    page.forgot.click()
    wrong = locked.code[:-1] + ("0" if locked.code[-1] != "0" else "1")
    QTest.keyClicks(page.code.line, wrong)
    for widget, typed in ((page.name, "Maria Tefa"), (page.new.first.line, NEW), (page.new.second.line, NEW)):
        QTest.keyClicks(widget, typed)
    page.renew.click()
    qtbot.waitUntil(lambda: page.notices.count() == 1)
    assert "Kelompok ke-7" in page.notices.itemAt(0).widget().text  # type: ignore[union-attr]
    assert (page.code.code, page.new.value) == (wrong, NEW)
    QTest.keyClick(page.code.line, Qt.Key.Key_Escape)
    assert page.entrance.isVisible()


def test_nothing_is_asked_of_the_store_before_the_form_is_complete(qtbot: QtBot, locked: Locked) -> None:
    page = locked.show(qtbot)
    page.forgot.click()
    QTest.keyClicks(page.code.line, "ABCDE")
    page.renew.click()
    assert locked.tasks.is_idle
    assert page.code.field._error.text() == "Kode belum lengkap; ketik ketujuh kelompok."
    assert page._name_field._error.text() == "Tulis nama Anda."
    assert page.new.first.field._error.text().startswith("Terlalu pendek")


def test_a_code_is_regrouped_while_it_is_mended(qtbot: QtBot, locked: Locked) -> None:
    page = locked.show(qtbot)
    page.forgot.click()
    line = page.code.line
    QTest.keyClicks(line, "abcdefghij")
    line.setCursorPosition(2)
    QTest.keyClicks(line, "1")
    assert (line.text(), line.cursorPosition()) == ("AB1CD-EFGHI-J", 3)
    assert page.code._count.text() == "11 dari 35 huruf"


def test_the_locked_screen_brings_nothing_heavy() -> None:
    code = (
        "import sys, trafficwatch.ui.shell.unlock, trafficwatch.ui.shell.first_run;"
        "print(sorted({'sqlalchemy', 'sqlcipher3', 'reportlab', 'rapidfuzz', 'alembic', 'msgspec', 'PySide6.QtPdf'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
