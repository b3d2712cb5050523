# SPDX-License-Identifier: GPL-3.0-or-later
"""One question of the questionnaire with its answer.

After 'yes' two optional fields unfold: who says so, and a note; below them stands when it was told, and what else
belongs to the answer. What is only looked at is marked as such and counts as seen unless another source is chosen. The
course of events that an answer belongs to is kept as it was. A question that opens others says which, once it was
answered yes.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.screening import Answer, By, Entry, Mode, Value
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.widgets.answer_words import about_answer
from trafficwatch.ui.widgets.choice_line import ChoiceLine, Option
from trafficwatch.ui.widgets.parts import Choice, label, line_edit

NOTE_LIMIT = 500


class AnswerLine(ChoiceLine):
    """A question by its code; `answer` is None while it was not asked."""

    answered = Signal(str)
    """The answer to this code was given, changed or taken back."""

    def __init__(self, entry: Entry, answer: Answer | None = None, *, opens: str = "") -> None:
        """`opens` names the circumstances whose questions a yes makes worth asking."""
        language = current_language()
        super().__init__(
            entry.text.of(language),
            [Option(value.value, words_for("answer", value)) for value in Value],
            help_text=entry.help.of(language),
            mark=t("screening_desk.observe") if entry.mode is Mode.OBSERVE else "",
        )
        self.code = entry.code
        self._opens = opens
        self._default_by = By.OBSERVED if entry.mode is Mode.OBSERVE else None
        self._answer: Answer | None = None
        self._details: QWidget | None = None
        self.chosen.connect(self._chosen)
        self.show_answer(answer)

    @property
    def answer(self) -> Answer | None:
        return self._answer

    def show_answer(self, answer: Answer | None) -> None:
        """Show an answer from elsewhere, without telling anybody."""
        if answer == self._answer and self.value == (answer.value.value if answer else ""):
            return
        self._answer = answer
        self.show_value(answer.value.value if answer else "")
        self._unfold()

    def _chosen(self, value: str) -> None:
        before = self._answer
        if not value:
            self._answer = None
        elif before is not None:
            self._answer = replace(before, value=Value(value), by=before.by or self._source(value))
        else:
            self._answer = Answer(Value(value), self._source(value))
        self._unfold()
        self.answered.emit(self.code)

    def _source(self, value: str) -> By | None:
        return self._default_by if value == Value.YES else None

    def _unfold(self) -> None:
        answer = self._answer
        is_yes = answer is not None and answer.value is Value.YES
        if is_yes and self._details is None:
            self._details = self._build_details()
        if self._details is None:
            return
        self._details.setVisible(is_yes)
        if answer is not None and is_yes:
            self._by.blockSignals(True)  # noqa: FBT003 - Qt's signature
            self._by.choose(answer.by)
            self._by.blockSignals(False)  # noqa: FBT003
            if self._note.text().strip() != (answer.note or ""):
                self._note.setText(answer.note or "")
            self._about.setText(about_answer(answer))
            self._about.setVisible(bool(self._about.text()))

    def _build_details(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, px(2), 0, 0)
        column.setSpacing(px(4))
        row: QBoxLayout = QVBoxLayout() if look().zoom >= COMPACT_FROM else QHBoxLayout()
        row.setSpacing(px(8))
        self._by = Choice([(by.value, words_for("by", by)) for by in By], empty=t("screening_desk.by_empty"))
        self._by.setMinimumContentsLength(max(len(self._by.itemText(row)) for row in range(self._by.count())))
        self._by.setAccessibleName(t("screening_desk.by_name", question=self.question))
        self._note = line_edit(placeholder=t("screening_desk.note_hint"), limit=NOTE_LIMIT)
        self._note.setAccessibleName(t("screening_desk.note_name", question=self.question))
        self._by.currentIndexChanged.connect(lambda _: self._detailed())
        self._note.textEdited.connect(lambda _: self._detailed())
        row.addWidget(label(t("screening_desk.by"), "soft", wraps=False))
        row.addWidget(self._by)
        row.addWidget(label(t("screening_desk.note"), "soft", wraps=False))
        row.addWidget(self._note, 1)
        column.addLayout(row)
        self._about = label("", "small")
        column.addWidget(self._about)
        if self._opens:
            column.addWidget(label(t("screening_desk.opens", module=self._opens), "strong"))
        self.column.addWidget(made)
        return made

    def _detailed(self) -> None:
        if self._answer is not None:
            by = self._by.value
            note = self._note.text().strip() or None
            self._answer = replace(self._answer, by=By(by) if by else None, note=note)
            self.answered.emit(self.code)
