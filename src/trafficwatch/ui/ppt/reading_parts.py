# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the second reading: an answer that the reader may see differently; what a case shows of all readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from trafficwatch.models.casework import Reading, Screening
from trafficwatch.models.screening import Answer, Entry, Questionnaire, UnknownCodeError, Value
from trafficwatch.screening.second_reading import ReadingRow
from trafficwatch.screening.sessions import answers_of
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.exchange.moments import day
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.answer_words import about_answer
from trafficwatch.ui.widgets.choice_line import ChoiceLine, Option
from trafficwatch.ui.widgets.parts import button, card, chip, label, rule

RISK_TONES = {"high": Tone.DANGER, "medium": Tone.WARN, "low": Tone.NEUTRAL}
_SIGNS = {Reading.CONFIRMED.value: (Tone.OK, "check"), Reading.CHANGED.value: (Tone.WARN, "question")}


class MarkLine(ChoiceLine):
    """A question with its recorded value chosen; choosing another marks it, Delete takes the mark back."""

    marked = Signal()

    def __init__(self, code: str, entry: Entry | None, first: Answer | None) -> None:
        language = current_language()
        note = t("second_reading.note", note=first.note) if first is not None and first.note else ""
        about = about_answer(first, with_source=True) if first is not None else ""
        super().__init__(
            entry.text.of(language) if entry else t("second_reading.unknown_question", code=code),
            [Option(value.value, words_for("answer", value)) for value in Value],
            help_text="\n".join(filter(None, (about, note))),
            beside=True,
        )
        self.code = code
        self._first = first.value.value if first is not None else ""
        words = words_for("answer", self._first) if self._first else t("second_reading.not_asked_yet")
        self._was = chip(t("second_reading.recorded", answer=words) if self._first else words, Tone.WARN, "question")
        self.column.addWidget(self._was, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_mark(None)
        self.chosen.connect(self._chosen)

    @property
    def mark(self) -> Value | None:
        """The value that the reader would have given, None where it is the recorded one."""
        return Value(self.value) if self.value and self.value != self._first else None

    def show_mark(self, mark: Value | None) -> None:
        """Show a mark from elsewhere, without telling anybody."""
        self.show_value(mark.value if mark else self._first)
        self._was.setVisible(self.mark is not None)

    def _chosen(self, value: str) -> None:
        self.show_mark(Value(value) if value else None)
        self.marked.emit()


def readings_card(
    first: Screening, questionnaire: Questionnaire | None, rows: Sequence[ReadingRow], read: Callable[[], object] | None
) -> QFrame:
    """Every second reading below the first finding, which stays; `read` begins another one, None for who may not."""
    frame, column = card(t("second_reading.card.title"))
    if rows and first.finding and first.risk:
        finding, risk = words_for("finding", first.finding), words_for("risk", first.risk)
        column.addWidget(label(t("second_reading.first_is", finding=finding, risk=risk)))
    if not rows:
        column.addWidget(label(t("second_reading.card.none"), "soft"))
    for place, row in enumerate(rows):
        if place:
            column.addWidget(rule())
        _reading(column, first, questionnaire, row)
    if read is not None:
        column.addLayout(side_by_side(button(t("second_reading.card.open"), read, icon_name="search")))
    return frame


def finding_chips(finding: str | None, risk: str | None) -> list[QFrame]:
    """Finding and risk in words, as far as they are known."""
    found = [chip(words_for("finding", finding), Tone.INFO, "screening")] if finding else []
    words = t("second_reading.risk_is", risk=words_for("risk", risk))
    return found + ([chip(words, RISK_TONES[risk], "warning")] if risk else [])


def question_words(questionnaire: Questionnaire | None, code: str) -> str:
    """A question in its words, or its code where nobody here knows it."""
    try:
        return questionnaire.entry(code).text.of(current_language()) if questionnaire else code
    except UnknownCodeError:
        return code


def _reading(column: QVBoxLayout, first: Screening, questionnaire: Questionnaire | None, row: ReadingRow) -> None:
    record, given = row.record, answers_of(first)
    reader = row.reader or t("second_reading.card.nobody")
    column.addWidget(label(t("second_reading.card.by", day=day(record.read_on), reader=reader), "strong"))
    tone, icon_name = _SIGNS[record.reading or Reading.CHANGED]
    said = chip(words_for("reading", record.reading), tone, icon_name)
    column.addLayout(side_by_side(said, *finding_chips(record.finding, record.risk)))
    if record.reason:
        column.addWidget(label(record.reason))
    if record.answers:
        column.addWidget(label(t("second_reading.card.differ"), "soft"))
    for code, value in record.answers.items():
        before = given.get(code)
        words = t(
            "second_reading.card.differs",
            question=question_words(questionnaire, code),
            first=words_for("answer", before.value) if before else t("second_reading.differences.not_asked"),
            second=words_for("answer", value),
        )
        column.addWidget(label(f"•  {words}"))
