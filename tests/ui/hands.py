# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten fingers and two ears on the real window: keys where the focus is, and what a screen reader says there.

Keys enter as the window system delivers them, so Qt itself decides which widget, shortcut or popup gets them; no widget
is looked up to be typed into, and there is no mouse. `settle` waits until the program has nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.shell.window import Shell

MOST_TABS = 300
Key, Modifier = Qt.Key, Qt.KeyboardModifier


class Hands:
    """One person at one desk."""

    def __init__(self, qtbot: QtBot, shell: Shell, tasks: Tasks) -> None:
        self._qtbot, self._shell, self._tasks = qtbot, shell, tasks
        shell.show()
        self.settle()

    # -- keys ----------------------------------------------------------------------------------------------------------

    def press(self, key: Key, modifiers: Modifier = Modifier.NoModifier) -> None:
        """One key, where the focus is."""
        QTest.keyClick(self._front(), key, modifiers)

    def do(self, key: Key, modifiers: Modifier = Modifier.NoModifier) -> None:
        """One key that sets something going, and wait for it."""
        self.press(key, modifiers)
        self.settle()

    def type(self, text: str) -> None:
        """Every letter by its key."""
        for letter in text:
            QTest.sendKeyEvent(
                QTest.KeyAction.Click,
                self._front(),
                Key(ord(letter.upper())),
                letter,
                Modifier.ShiftModifier if letter.isupper() else Modifier.NoModifier,
            )

    def reach(self, words: str) -> None:
        """Go on with Tab to what a screen reader calls so."""
        passed: list[str] = []
        while words not in self.name:
            passed.append(self.name)
            assert len(passed) < MOST_TABS, f"Tab never reaches '{words}', only {list(dict.fromkeys(passed))}"
            self.press(Key.Key_Tab)

    def fill(self, words: str, text: str) -> None:
        """Reach an input and write into it."""
        self.reach(words)
        self.type(text)

    def choose(self, words: str, value: str) -> None:
        """Reach a choice and go down in it from the top until it shows this value."""
        self.reach(words)
        self.press(Key.Key_Home)
        self._go_until(lambda: self._heard(QAccessible.Text.Value) == value, value)

    def pick(self, words: str, value: str, way: Key = Key.Key_Down) -> None:
        """Reach a group of radio buttons by its first one, and go in it to another one."""
        self.reach(words)
        self._go_until(lambda: self.name == value, value, way)
        self.press(Key.Key_Space)

    def point(self, words: str) -> None:
        """Go down in the list that has the focus to the entry that is called so."""
        self._go_until(lambda: words in self.entry, words)

    def press_button(self, words: str) -> None:
        """Reach a button and press it with Enter."""
        self.reach(words)
        self.do(Key.Key_Return)

    def answer_dialog(self, path: str) -> None:
        """Type a path into the file dialog that is open, and take it."""
        assert QApplication.activeModalWidget() is not None, "no dialog is open"
        self.press(Key.Key_A, Modifier.ControlModifier)
        self.type(path)
        self.press(Key.Key_Return)
        self._qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
        self.settle()

    # -- ears ----------------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What a screen reader calls the widget that has the focus; on Linux Qt gives a choice's value as its name."""
        return self._focused().accessibleName() or self._heard(QAccessible.Text.Name)

    @property
    def entry(self) -> str:
        """What a screen reader calls the current entry of the list that has the focus."""
        child = QAccessible.queryAccessibleInterface(self._focused()).focusChild()
        return child.text(QAccessible.Text.Name) if child is not None else ""

    def sees(self, words: str) -> bool:
        """Whether these words stand on the screen."""
        labels = self._shell.findChildren(QLabel)
        return any(words in each.text() for each in labels if each.isVisible())

    def picture(self, path: Path) -> None:
        """Keep what is on the screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        assert self._shell.grab().save(str(path))

    # -- waiting -------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until the worker is idle, no page waits for more typing, and nothing is left to draw or deliver."""
        self._qtbot.waitUntil(self._is_at_rest)

    def _is_at_rest(self) -> bool:
        for _ in range(2):  # the first round may bring widgets that are shown in the second
            QApplication.processEvents()
            if not self._tasks.is_idle or self._is_pausing():
                return False
        return True

    def _is_pausing(self) -> bool:
        page = self._shell.frame.page if self._shell.frame is not None else None
        timers = page.findChildren(QTimer) if page is not None else []
        return any(timer.isActive() and timer.isSingleShot() for timer in timers)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _front(self) -> QWindow:
        """The window in front; it must have the keys, which a bare X server gives to none by itself.

        While a popup is open, Qt hands on to it the keys of any window.
        """
        self._qtbot.waitUntil(self._is_in_front)
        assert QApplication.focusWidget() is not None, "nothing has the focus: keys go nowhere"
        return self._window()

    def _is_in_front(self) -> bool:
        if QApplication.activePopupWidget() is None and self._window() != QGuiApplication.focusWindow():
            (QApplication.activeModalWidget() or self._shell).activateWindow()
            return False
        return True

    def _window(self) -> QWindow:
        window = (QApplication.activeModalWidget() or self._shell).windowHandle()
        assert window is not None
        return window

    def _focused(self) -> QWidget:
        self._front()
        focused = QApplication.focusWidget()
        assert focused is not None
        return focused

    def _heard(self, what: QAccessible.Text) -> str:
        interface = QAccessible.queryAccessibleInterface(self._focused())
        return interface.text(what) if interface is not None else ""

    def _go_until(self, is_there: Callable[[], bool], words: str, way: Key = Key.Key_Down) -> None:
        for _ in range(MOST_TABS):
            if is_there():
                return
            self.press(way)
        raise AssertionError(f"going on never comes to '{words}'; it ends at '{self.name}'")
