# SPDX-License-Identifier: GPL-3.0-or-later
"""Two parts of copying a paper form: what stands at its top, and the line in which its answers are typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QIntValidator, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from trafficwatch.models.casework import Decision, StopReason
from trafficwatch.models.dates import PartialDate, Precision
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
from trafficwatch.ui.widgets.parts import Choice, Field, card, empty, label, line_edit

MOST_CODES = 8
"""Codes named when a line may mean many."""


class HeadCard(QWidget):
    """Day, age, consent and whether it was stopped; `before` are the person's earlier screenings."""

    changed = Signal()
    aged = Signal()

    def __init__(self, desk: Desk, talk: Talk, before: tuple[ScreeningRow, ...]) -> None:
        super().__init__()
        self._desk, self._talk, self._before = desk, talk, before
        self._born = PartialDate.from_edtf(talk.opened.person.birth_date or "")
        self._is_age_typed = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame, inside = card(t("paper_entry.head"))
        column.addWidget(frame)
        inside.addWidget(label(t("paper_entry.version", version=talk.opened.questionnaire.version), "soft"))
        self.on = DateField(t("paper_entry.on"), today=desk.today, allows_today=True)
        self.age = line_edit("" if talk.age is None else str(talk.age), limit=3)
        self.age.setValidator(QIntValidator(0, OLDEST, self.age))
        self._day = Field(t("paper_entry.on"), self.on)
        age = Field(t("screening_desk.age"), self.age, optional=t("screening_desk.optional"))
        self._day_hint, self._age_hint = label(t("paper_entry.whole_day"), "small"), label("", "small")
        self._day_hint.hide()
        for made, hint in ((self._day, self._day_hint), (age, self._age_hint)):
            cast("QVBoxLayout", made.layout()).addWidget(hint)
        self._hint_age()
        beside(inside, without_proxies(self._day), without_proxies(age))
        self._same = _room(inside)
        reasons = [(each.value, words_for("stop_reason", each)) for each in StopReason]
        self.stopped = Choice(reasons, empty=t("paper_entry.not_stopped"))
        stopped = without_proxies(Field(t("paper_entry.stopped"), self.stopped))
        decisions = [(each.value, words_for("decision", each)) for each in Decision]
        self.agreed = Choice(decisions, empty=t("paper_entry.not_written"))
        asks = without_proxies(Field(t("paper_entry.consent"), self.agreed, t("paper_entry.agreed_more")))
        beside(inside, *((stopped, asks) if talk.opened.has_agreed else (asks, stopped)))
        asks.setVisible(not talk.opened.has_agreed)
        self._refused = _room(inside)
        self.on.changed.connect(self._dated)
        self.age.textEdited.connect(self._aged)
        self.agreed.currentIndexChanged.connect(self._decided)
        self.stopped.currentIndexChanged.connect(self.changed)

    @property
    def problem(self) -> str:
        """What is wrong with the day, '' if nothing is; says it under the field as well."""
        on = PartialDate.from_edtf(self.on.edtf or "")
        first, last, born = on.earliest(), on.latest(), self._born.earliest()
        if not self.on.is_valid:
            return self.on.problem
        words = "" if first else t("paper_entry.need_on")
        if first and first.isoformat() > self._desk.today:
            words = t("paper_entry.on_ahead")
        elif last and born and last < born:
            words = t("paper_entry.on_unborn")
        self._day.wrong(words)
        return words

    def content(self) -> dict[str, Any]:
        """What stands here, for drafts."""
        return {"on": self.on.typed, "agreed": self.agreed.value, "stopped": self.stopped.value}

    @property
    def typed_age(self) -> dict[str, Any]:
        """Whether the age was typed by hand, for drafts: nothing computes it anew then."""
        return {"age_typed": self._is_age_typed}

    def put(self, content: Mapping[str, Any]) -> None:
        self._is_age_typed = content.get("age_typed", self._talk.age != self._talk.opened.age)
        self.on.typed = content.get("on", "")
        agreed = content.get("agreed")
        self.agreed.choose(Decision.AGREED.value if agreed is True else agreed or None)  # older drafts had a tick
        self.stopped.choose(content.get("stopped"))
        self._show_age()

    def _dated(self) -> None:
        """A form that was copied already is the likeliest mistake; the age is that of the day."""
        empty(self._same)
        on = PartialDate.from_edtf(self.on.edtf or "")
        if (row := self._same_time(on)) is not None:
            key = "same_day" if row.screened_on == on.edtf else "same_time"
            told = Notice(t(f"paper_entry.{key}"), Tone.WARN, more=t("paper_entry.same_day_more"))
            told.add_action(t("paper_entry.see_it"), lambda: self._desk.go("screening_result", screening_id=row.id))
            self._same.addWidget(told)
            told.announce()
        self._day.wrong("")
        self._day_hint.setVisible(on.precision in {Precision.MONTH, Precision.YEAR})
        if not self._is_age_typed and not self._talk.opened.age_is_at_departure:
            before = self._talk.age
            self._talk.age = self._age_on(on)
            self._show_age()
            if self._talk.age != before:
                self.aged.emit()
        self.changed.emit()

    def _same_time(self, on: PartialDate) -> ScreeningRow | None:
        """An earlier screening that may be of this day; rather one of the very same."""
        first, last = on.earliest(), on.latest()
        found: ScreeningRow | None = None
        for row in self._before:
            other = PartialDate.from_edtf(row.screened_on or "")
            start, end = other.earliest(), other.latest()
            if first and last and start and end and start <= last and first <= end:
                found = row if found is None or row.screened_on == on.edtf else found
        return found

    def _age_on(self, on: PartialDate) -> int | None:
        """The age when the interview was held; None if the dates can't tell for certain."""
        first, last = on.earliest(), on.latest()
        if not first or not last:
            return self._talk.opened.age
        ages = {
            self._born.age_on(first),
            self._born.age_on(min(last, max(first, date.fromisoformat(self._desk.today)))),
        }
        return ages.pop() if len(ages) == 1 else None

    def _aged(self, text: str) -> None:
        self._is_age_typed = True
        self._talk.age = int(text) if self.age.hasAcceptableInput() else None
        self.aged.emit()

    def _show_age(self) -> None:
        self.age.setText("" if self._talk.age is None else str(self._talk.age))
        self._hint_age()

    def _hint_age(self) -> None:
        """Say where the age is from."""
        hint = t("screening_desk.age_today")
        if self._talk.age is None:
            hint = t("screening_desk.age_unknown")
        elif self._talk.opened.age_is_at_departure:
            hint = t("screening_desk.age_at_departure")
        elif self.on.edtf:
            hint = t("paper_entry.age_then")
        self._age_hint.setText(hint)
        self.age.setAccessibleDescription(hint)

    def _decided(self) -> None:
        """What was asked against a refusal is not kept."""
        empty(self._refused)
        if self.agreed.value == Decision.REFUSED:
            told = Notice(t("paper_entry.refused"), Tone.WARN, more=t("paper_entry.refused_more"))
            self._refused.addWidget(told)
            told.announce()
        self.changed.emit()


def _room(column: QVBoxLayout) -> QVBoxLayout:
    """Room for a notice; comes before what is below it in the order of Tab, whenever it is filled."""
    holder = QWidget()
    made = QVBoxLayout(holder)
    made.setContentsMargins(0, 0, 0, 0)
    column.addWidget(holder)
    return made


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
