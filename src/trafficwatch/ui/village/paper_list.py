# SPDX-License-Identifier: GPL-3.0-or-later
"""All questions in the order of the paper form, answered by single keys: Y T U D, then O K D L for who says so.

D is 'declined' until there is a yes, and 'a document' from then on: who says so is asked beside a yes alone. Delete
takes an answer back. Letters never search the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent

from trafficwatch.models.screening import Answer, By, Entry, Mode, Value
from trafficwatch.screening.paper_entry import SOURCES, VALUES, Entered
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.theme.look import COMPACT_FROM, look
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line, Lines

HEIGHT, COMPACT_HEIGHT = 420, 200
"""Pixels at 100 %; in large letters the question below has to be in sight too."""
_ICONS = {
    Value.YES: ("chip-stated", Tone.INFO),
    Value.NO: ("close", Tone.NEUTRAL),
    Value.UNKNOWN: ("question", Tone.NEUTRAL),
    Value.DECLINED: ("minus", Tone.NEUTRAL),
}


def answer_words(value: Value, by: By | None) -> str:
    """`Ya (Keluarga)`."""
    words = words_for("answer", value)
    return t("paper_entry.answer_by", answer=words, by=words_for("by", by)) if by else words


class PaperList(Lines):
    """The questions; `answered` carries what was typed, `taken_back` the code of an answer to be removed."""

    answered = Signal(object)
    taken_back = Signal(str)

    def __init__(self) -> None:
        super().__init__(t("paper_entry.list_name"), height=HEIGHT if look().zoom < COMPACT_FROM else COMPACT_HEIGHT)
        self.setAccessibleDescription(f"{t('paper_entry.keys_answer')}. {t('paper_entry.keys_by')}")
        self._entries: dict[str, Entry] = {}
        self._answers: Mapping[str, Answer] = {}

    def show_questions(self, entries: Sequence[Entry], answers: Mapping[str, Answer]) -> None:
        """Show these; the first one without an answer is chosen. `answers` is looked at again by `show_answer`."""
        self._entries, self._answers = {entry.code: entry for entry in entries}, answers
        self.put([self._line(entry) for entry in entries])
        first = next((entry.code for entry in entries if entry.code not in answers), "")
        self.point(first or (entries[0].code if entries else ""))

    def show_answer(self, code: str) -> None:
        """The answer to a question has changed."""
        self.change(self._line(self._entries[code]))
        answer = self._answers.get(code)
        words = answer_words(answer.value, answer.by) if answer else t("screening_desk.taken_back")
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def step(self, way: int) -> bool:
        """Go to the next (+1) or the previous question; whether there is one."""
        row = self.currentIndex().row() + way
        is_there = 0 <= row < len(self.lines)
        if is_there:
            self.point(self.lines[row].key)
        return is_there

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if not is_plain or not self.current:
            super().keyPressEvent(event)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.step(1)
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.taken_back.emit(self.current)
        elif not self._typed(event.text().upper()) and not event.text().isalnum():
            super().keyPressEvent(event)

    def _typed(self, letter: str) -> bool:
        """An answer or its source by one letter."""
        answer = self._answers.get(self.current)
        if letter in SOURCES and answer is not None and answer.value is Value.YES:
            self.answered.emit(Entered(self.current, Value.YES, SOURCES[letter]))
        elif letter in VALUES:
            self.answered.emit(Entered(self.current, VALUES[letter]))
        else:
            return False
        return True

    def _line(self, entry: Entry) -> Line:
        question = entry.text.of(current_language())
        if entry.mode is Mode.OBSERVE:
            question = f"{question} ({t('screening_desk.observe')})"
        answer = self._answers.get(entry.code)
        if answer is None:
            return Line(entry.code, entry.code, question, Tone.NEUTRAL, "chip-unknown")
        icon, tone = _ICONS[answer.value]
        words = answer_words(answer.value, answer.by)
        return Line(entry.code, t("paper_entry.row", code=entry.code, answer=words), question, tone, icon)
