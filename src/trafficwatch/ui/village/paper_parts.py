# SPDX-License-Identifier: GPL-3.0-or-later
"""Two parts of copying a paper form: what stands at its top, and the line in which its answers are typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QIntValidator, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from trafficwatch.models.casework import StopReason
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.screening import Questionnaire
from trafficwatch.screening.overview import ScreeningRow
from trafficwatch.screening.paper_entry import Entered, Problem, Trouble, parse
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.paper_list import answer_words
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.village.screening_talk import OLDEST, Talk
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Choice, Field, card, label, line_edit

MOST_CODES = 8
"""Codes named when a line may mean many."""


class HeadCard(QWidget):
    """Day, age, consent and whether it was stopped; `before` are the person's earlier screenings."""

    changed = Signal()
    aged = Signal()

    def __init__(self, desk: Desk, talk: Talk, before: tuple[ScreeningRow, ...]) -> None:
        super().__init__()
        self._desk, self._talk, self._before = desk, talk, before
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame, inside = card(t("paper_entry.head"))
        column.addWidget(frame)
        inside.addWidget(label(t("paper_entry.version", version=talk.opened.questionnaire.version), "soft"))
        self.on = DateField(t("paper_entry.on"), today=desk.today, allows_today=True)
        self.age = line_edit("" if talk.age is None else str(talk.age), limit=3)
        self.age.setValidator(QIntValidator(0, OLDEST, self.age))
        hint = t("screening_desk.age_unknown") if talk.age is None else t("screening_desk.age_today")
        if talk.age is not None and talk.opened.age_is_at_departure:
            hint = t("screening_desk.age_at_departure")
        self._day = Field(t("paper_entry.on"), self.on)
        age = Field(t("screening_desk.age"), self.age, hint, optional=t("screening_desk.optional"))
        beside(inside, without_proxies(self._day), without_proxies(age))
        holder = QWidget()  # comes before what is below it in the order of Tab, whenever it is filled
        self._same = QVBoxLayout(holder)
        self._same.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(holder)
        reasons = [(each.value, words_for("stop_reason", each)) for each in StopReason]
        self.stopped = Choice(reasons, empty=t("paper_entry.not_stopped"))
        stopped = without_proxies(Field(t("paper_entry.stopped"), self.stopped))
        self.agreed = QCheckBox(t("paper_entry.agreed"))
        asks = without_proxies(Field(t("paper_entry.consent"), self.agreed, t("paper_entry.agreed_more")))
        beside(inside, *((stopped, asks) if talk.opened.has_agreed else (asks, stopped)))
        asks.setVisible(not talk.opened.has_agreed)
        self.on.changed.connect(self._dated)
        self.age.textEdited.connect(self._aged)
        self.agreed.toggled.connect(self.changed)
        self.stopped.currentIndexChanged.connect(self.changed)

    @property
    def problem(self) -> str:
        """What is wrong with the day, '' if nothing is; says it under the field as well."""
        first = PartialDate.from_edtf(self.on.edtf or "").earliest()
        if not self.on.is_valid:
            return self.on.problem
        words = "" if first else t("paper_entry.need_on")
        if first and first.isoformat() > self._desk.today:
            words = t("paper_entry.on_ahead")
        self._day.wrong(words)
        return words

    def content(self) -> dict[str, Any]:
        """What stands here, for drafts."""
        return {"on": self.on.typed, "agreed": self.agreed.isChecked(), "stopped": self.stopped.value}

    def put(self, content: Mapping[str, Any]) -> None:
        self.on.typed = content.get("on", "")
        self.agreed.setChecked(bool(content.get("agreed")))
        self.stopped.choose(content.get("stopped"))
        self.age.setText("" if self._talk.age is None else str(self._talk.age))

    def _dated(self) -> None:
        """A form that was copied already is the likeliest mistake."""
        while (item := self._same.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        same = next((row.id for row in self._before if row.screened_on == self.on.edtf), None)
        if same is not None and self.on.edtf:
            told = Notice(t("paper_entry.same_day"), Tone.WARN, more=t("paper_entry.same_day_more"))
            told.add_action(t("paper_entry.see_it"), lambda: self._desk.go("screening_result", screening_id=same))
            self._same.addWidget(told)
            told.announce()
        self._day.wrong("")
        self.changed.emit()

    def _aged(self, text: str) -> None:
        self._talk.age = int(text) if self.age.hasAcceptableInput() else None
        self.aged.emit()


class CodeLine(QLineEdit):
    """One line: Enter takes it, Up and Down go through the list without leaving it."""

    entered = Signal()
    step = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if is_plain and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.entered.emit()
        elif is_plain and event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.step.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class QuickCard(QFrame):
    """Where codes and answers are typed; `entered` carries a line that was understood."""

    entered = Signal(object)
    typed = Signal()

    def __init__(self, questionnaire: Questionnaire, here: Callable[[], str]) -> None:
        """`here` gives the code of the question that an answer without a code is for."""
        super().__init__()
        self._questionnaire, self._here = questionnaire, here
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame, inside = card(t("paper_entry.quick"), t("paper_entry.quick_lead"))
        outer.addWidget(frame)
        self.line = CodeLine()
        self.line.setMaxLength(80)
        self._field = without_proxies(Field(t("paper_entry.quick_name"), self.line))
        self.taken = label("", "strong")
        self.words = label("")
        self.count = label("", "soft")
        keys = [label(t(f"paper_entry.{key}"), "small") for key in ("keys_answer", "keys_by")]
        for each in (self._field, self.taken, self.words, *keys, self.count):
            inside.addWidget(each)
        self.taken.hide()
        self.line.entered.connect(self._enter)
        self.line.textEdited.connect(self._edited)
        self.show_here()

    def show_here(self) -> None:
        """Say what the line means now; while it is empty, which question is chosen."""
        here = self._here()
        found = parse(self.line.text(), self._questionnaire, here)
        words = ""
        if not self.line.text().strip() and here:
            words = t("paper_entry.chosen_now", code=here, question=self._question(here))
        elif isinstance(found, Entered):
            words = self._means(found)
        elif found.trouble is Trouble.AMBIGUOUS:
            words = self._refusal(found)
        self._say(words)

    def take(self, entered: Entered) -> None:
        """An answer was kept: say so and begin a new line."""
        if entered.value is not None:
            words = t("paper_entry.taken", code=entered.code, answer=answer_words(entered.value, entered.by))
            self.taken.setText(words)
            self.taken.show()
        self.line.clear()
        self.show_here()

    def _enter(self) -> None:
        found = parse(self.line.text(), self._questionnaire, self._here())
        if isinstance(found, Entered):
            self.entered.emit(found)
            return
        self.taken.hide()
        self._say("", wrong=self._refusal(found))
        self.line.selectAll()

    def _edited(self) -> None:
        self.show_here()
        self.typed.emit()

    def _say(self, words: str, *, wrong: str = "") -> None:
        """What the line means, or why it is refused."""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self._field.wrong(wrong)
        if wrong:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.line, wrong))

    def _question(self, code: str) -> str:
        return self._questionnaire.entry(code).text.of(current_language())

    def _means(self, found: Entered) -> str:
        question = self._question(found.code)
        if found.value is None:
            return t("paper_entry.looked_up", code=found.code, question=question)
        words = answer_words(found.value, found.by)
        return t("paper_entry.would_be", code=found.code, answer=words, question=question)

    def _refusal(self, found: Problem) -> str:
        named = ", ".join(found.codes[:MOST_CODES])
        if (more := len(found.codes) - MOST_CODES) > 0:
            named = f"{named} {t('paper_entry.and_more', count=more)}"
        return t(f"paper_entry.trouble.{found.trouble}", typed=found.typed, codes=named)


def without_proxies(made: Field) -> Field:
    """Without proxies: `put_in_order` can't move their owners."""
    for each in (made, made.entry):
        each.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
    return made
