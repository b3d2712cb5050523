# SPDX-License-Identifier: GPL-3.0-or-later
"""The first three steps of a screening: is it safe to talk, is there danger now, may questions be asked.

A step shows what the `Talk` holds and writes into it; `touched` tells the page, which evaluates and hands the outcome
back with `show_evaluation`. Up and Down walk from line to line; `arrived` asks the page to bring a line into sight,
`ended` says that they went beyond the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from trafficwatch.models.casework import Decision, Risk
from trafficwatch.models.screening import Entry, Evaluation, Kind, Track
from trafficwatch.screening.explanation import open_dangers
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.screening_help import CallCard, to_call
from trafficwatch.ui.village.screening_talk import Talk
from trafficwatch.ui.widgets.answer_line import AnswerLine
from trafficwatch.ui.widgets.choice_line import NO, YES, ChoiceLine, Option, walk_from
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, chip, empty, label, rule

SAFETY = ("place", "alone", "unheard", "language")
STEPS = ("safety", "triage", "consent", "questions")
BODY_NEEDS_HELP = frozenset({"medical_help", "stay_near"})
"""Duties for which a health worker is called as well."""


class Step(QWidget):
    """One step of a screening."""

    touched = Signal()
    arrived = Signal(QWidget)
    ended = Signal()
    grown = Signal()
    """Something to go to with the Tab key has come."""
    paper_wanted = Signal(str)
    """Print this paper on what was told: `report` or `summary`; what is new is saved first."""

    def __init__(self, desk: Desk, talk: Talk) -> None:
        super().__init__()
        self.desk, self.talk = desk, talk
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(px(14))

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show what the answers say now."""

    def walk(self, here: QWidget, way: int) -> None:
        """Go to the next or previous line."""
        target = walk_from(self, here, way)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            self.arrived.emit(target)
        elif way > 0:
            self.ended.emit()

    def begin(self) -> None:
        """Put the focus where the step begins."""
        first = walk_from(self, self, 1)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def tab_stops(self) -> list[QWidget]:
        """What the Tab key reaches, from top to bottom; Qt itself puts late comers last."""
        return [
            widget
            for widget in self.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not widget.focusProxy()
            and widget.window() is self.window()
        ]

    def walks(self, line: ChoiceLine) -> None:
        line.step.connect(lambda way: self.walk(line, way))

    def answer_line(self, entry: Entry) -> AnswerLine:
        """A line that keeps its answer in the talk."""
        modules = self.talk.opened.questionnaire.modules
        opens = ", ".join(each.label.of(current_language()) for each in modules if each.gate == entry.code)
        line = AnswerLine(entry, self.talk.answers.get(entry.code), opens=opens)
        self.walks(line)
        line.answered.connect(lambda _: self._answered(line))
        return line

    def _answered(self, line: AnswerLine) -> None:
        if not self.talk.take(line.code, line.answer):
            self.desk.say(t("screening_desk.kept_answer"))
        line.show_answer(self.talk.answers.get(line.code))
        if line.hasFocus():
            self.arrived.emit(line)  # with what has unfolded; a danger that has come up goes before it
        self.touched.emit()


class SafetyStep(Step):
    """Is this a safe place and moment? Whoever says no is not asked on. A danger told another day still comes first."""

    def __init__(self, desk: Desk, talk: Talk) -> None:
        super().__init__(desk, talk)
        self.danger = Danger(desk, talk, self.paper_wanted.emit)
        self.column.addWidget(self.danger)
        frame, column = card(t("screening_desk.safety_title"), t("screening_desk.safety_lead"))
        self.lines: dict[str, ChoiceLine] = {}
        options = [Option(YES, words_for("answer", YES)), Option(NO, words_for("answer", NO))]
        for key in SAFETY:
            help_text = t(f"screening_desk.safe_{key}_help")
            line = ChoiceLine(t(f"screening_desk.safe_{key}"), options, help_text=help_text)
            line.show_value(talk.safety.get(key, ""))
            line.chosen.connect(lambda value, key=key: self._chosen(key, value))
            self.walks(line)
            self.lines[key] = line
        _put(column, self.lines.values())
        self._unsafe = Notice(t("screening_desk.unsafe"), Tone.WARN, more=t("screening_desk.unsafe_more"))
        self.column.addWidget(self._unsafe)
        self._unsafe.setVisible(self.is_safe is False)
        self.column.addWidget(frame)

    @property
    def is_safe(self) -> bool | None:
        """None while something is not answered."""
        said = [self.talk.safety.get(key, "") for key in SAFETY]
        return False if NO in said else True if all(said) else None

    def show_evaluation(self, evaluation: Evaluation) -> None:
        if self.talk.answers:
            self.danger.show_evaluation(evaluation)

    def begin(self) -> None:
        """At the first question without an answer."""
        line = next((line for line in self.lines.values() if not line.value), self.lines[SAFETY[0]])
        line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen(self, key: str, value: str) -> None:
        self.talk.safety[key] = value
        was_hidden = self._unsafe.isHidden()
        self._unsafe.setVisible(self.is_safe is False)
        if self.is_safe is False and was_hidden:
            self._unsafe.announce()
            self.arrived.emit(self._unsafe)
        self.touched.emit()


class TriageStep(Step):
    """Is there danger now? From medium risk up it first shows whom to call."""

    more_told = Signal()
    """Take down what was told already, although there is danger."""

    def __init__(self, desk: Desk, talk: Talk) -> None:
        super().__init__(desk, talk)
        self.danger = Danger(desk, talk, self.paper_wanted.emit)
        self.column.addWidget(self.danger)
        frame, column = card(t("screening_desk.triage_title"), t("screening_desk.triage_lead"))
        column.addWidget(label(t("screening_desk.keys"), "small"))
        entries = (entry for entry in talk.opened.questionnaire.entries if entry.kind is Kind.TRIAGE)
        _put(column, [self.answer_line(entry) for entry in entries if talk.concerns(entry)])
        self.column.addWidget(frame)
        self._more = QWidget()
        below = QVBoxLayout(self._more)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(label(t("screening_desk.told_already")))
        if talk.evaluate().track is Track.CHILD:
            below.addWidget(label(f"{t('screening_desk.child_is')} {t('screening_desk.child_beside')}"))
        write = button(t("screening_desk.write_told"), self.more_told.emit)
        below.addWidget(write, 0, Qt.AlignmentFlag.AlignLeft)
        self._more.hide()
        self.column.addWidget(self._more)

    def show_evaluation(self, evaluation: Evaluation) -> None:
        rose = self.danger.show_evaluation(evaluation)
        self._more.setVisible(self.talk.is_danger(evaluation))
        if rose:
            self.arrived.emit(self.danger)


class ConsentStep(Step):
    """May questions be asked? Words to say, and a plain yes or no."""

    def __init__(self, desk: Desk, talk: Talk) -> None:
        super().__init__(desk, talk)
        frame, column = card(t("screening_desk.consent_title"), t("screening_desk.consent_lead"))
        said = QFrame()
        said.setProperty("box", "sunken")
        words = QVBoxLayout(said)
        words.setContentsMargins(px(16), px(12), px(16), px(12))
        words.setSpacing(px(6))
        for key in ("what", "free", "kept"):
            words.addWidget(label(t(f"screening_desk.consent_{key}"), "lead"))
        column.addWidget(said)
        if talk.evaluate().track is not Track.ADULT:
            column.addWidget(label(t("screening_desk.consent_child")))
        if talk.opened.has_agreed:
            column.addWidget(label(t("screening_desk.consent_before"), "soft"))
        options = [Option(YES, words_for("decision", "agreed")), Option(NO, words_for("decision", "refused"))]
        self.line = ChoiceLine(t("screening_desk.consent_question"), options)
        self.line.show_value({Decision.AGREED.value: YES, Decision.REFUSED.value: NO}.get(talk.consent, ""))
        self.line.chosen.connect(self._chosen)
        self.walks(self.line)
        column.addWidget(self.line)
        self.column.addWidget(frame)
        self._refused = Notice(t("screening_desk.refused"), Tone.INFO, more=t("screening_desk.refused_more"))
        self._refused.setVisible(talk.consent == Decision.REFUSED)
        self.column.addWidget(self._refused)

    def _chosen(self, value: str) -> None:
        self.talk.consent = {YES: Decision.AGREED.value, NO: Decision.REFUSED.value}.get(value, "")
        self._refused.setVisible(value == NO)
        if value == NO:
            self._refused.announce()
            self.arrived.emit(self._refused)
        self.touched.emit()


class Danger(QWidget):
    """Whom to call now, as long as the risk asks for it; `paper` saves what is new and prints a paper of this kind."""

    def __init__(self, desk: Desk, talk: Talk, paper: Callable[[str], object]) -> None:
        super().__init__()
        self._desk, self._talk, self._paper = desk, talk, paper
        self._shown: tuple[object, ...] = ()
        self._has_begun = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_evaluation(self, evaluation: Evaluation) -> bool:
        """Show it or not; tells whether the last answer has brought it up."""
        by = evaluation.risk_by if self._talk.is_danger(evaluation) else ()
        came_up = self._has_begun and self.isHidden() and bool(by)
        self._has_begun = True
        shown = (by, bool(self._talk.answers), self._talk.is_saved) if by else ()
        if shown == self._shown:
            return False
        self._shown = shown
        empty(self._column)
        self.setVisible(bool(by))
        if not by:
            return False
        medical = not BODY_NEEDS_HELP.isdisjoint(evaluation.duties)
        rows = to_call(self._talk.opened.institutions, medical=medical)
        words = t(f"screening.risk.{evaluation.risk}", dangers=self._words(by))
        self._column.addWidget(CallCard(words, rows, *self._actions()))
        if came_up:
            self._desk.say(t("screening_desk.call_now"))
        return came_up

    def _actions(self) -> Iterator[QPushButton]:
        """Nothing can be reported before anything was told."""
        words = t("screening_desk.emergency")
        yield button(words, lambda: self._desk.go("emergency"), role="danger", icon_name="emergency")
        if self._talk.is_saved:
            for kind in ("report", "summary"):
                yield button(t(f"screening_desk.print_{kind}"), partial(self._paper, kind), icon_name="print")
        elif self._talk.answers:
            yield button(t("screening_desk.save_and_report"), partial(self._paper, "report"), icon_name="print")

    def _words(self, codes: Iterable[str]) -> str:
        entry = self._talk.opened.questionnaire.entry
        return "; ".join(entry(code).short.of(current_language()) for code in codes)


def risk_chip(risk: str, open_questions: int = 0) -> QFrame:
    """The risk in words; a low one says that it is so as far as is known, or that it is not certain."""
    if risk != Risk.LOW:
        words = t("screening_desk.risk", level=words_for("risk", risk))
        return chip(words, Tone.DANGER if risk == Risk.HIGH else Tone.WARN, "warning")
    if open_questions:
        return chip(t("screening_desk.risk_open"), Tone.NEUTRAL, "question")
    return chip(t("screening_desk.risk_low"), Tone.NEUTRAL, "shield")


class RiskView(QWidget):
    """The risk of a screening that is being taken, and how much about danger is still open."""

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self._talk = talk
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(3))

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show the risk as it is now."""
        empty(self._column)
        count = open_dangers(evaluation, self._talk.opened.questionnaire, self._talk.answers)
        self._column.addWidget(risk_chip(evaluation.risk, count), 0, Qt.AlignmentFlag.AlignLeft)
        if count and evaluation.risk == Risk.LOW:
            self._column.addWidget(label(t("screening_desk.risk_open_count", count=count), "small", wraps=False))


def bring_card(scroll: QScrollArea, widget: QWidget) -> None:
    """What is read first, from its top on unless all of it is in sight: large letters make it high."""
    view, bar = scroll.viewport(), scroll.verticalScrollBar()
    top = widget.mapTo(view, QPoint(0, 0)).y()
    if not 0 <= top <= view.height() - widget.height():
        bar.setValue(bar.value() + top - px(8))


def steps_row(now: int) -> QWidget:
    """Where one is: all steps by name, or only the present one when the letters are big."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(px(18))
    names = [t(f"screening_desk.step_{name}") for name in STEPS]
    where = t("screening_desk.step", number=now + 1, count=len(STEPS), name=names[now])
    made.setAccessibleName(where)
    if look().zoom >= COMPACT_FROM:
        row.addWidget(label(where, "soft"))
        return made
    for number, name in enumerate(names):
        words = f"{number + 1}  {name}"
        row.addWidget(label(words, "strong" if number == now else "soft", wraps=False))
    row.addStretch(1)
    return made


def _put(column: QVBoxLayout, lines: Iterable[QWidget]) -> None:
    for number, line in enumerate(lines):
        if number:
            column.addWidget(rule())
        column.addWidget(line)
