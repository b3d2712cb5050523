# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a screening, step by step (P2/2024 II.C, mechanism 1): safe to talk, danger now, may one ask, questions.

It can be left at any time: what was told stays as a sealed draft. It can be broken off in every step but the first:
what was told is kept as a screening that says so, or as a draft when nothing was. Danger comes first: whom to call is
shown before anything else, nothing more is proposed, and the result may be saved from there, or printed as a report at
once. Y, T, U, D and the arrows are enough.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from trafficwatch.models.casework import Decision, StopReason
from trafficwatch.models.screening import Evaluation
from trafficwatch.models.staff import Ability
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.screening_questions import QuestionsStep
from trafficwatch.ui.village.screening_steps import (
    STEPS,
    ConsentStep,
    Danger,
    RiskView,
    SafetyStep,
    Step,
    TriageStep,
    bring_card,
    steps_row,
)
from trafficwatch.ui.village.screening_stop import StopStep, stopped_words
from trafficwatch.ui.village.screening_talk import Opened, Talk, open_talk, save_talk, this_minute
from trafficwatch.ui.widgets.choice_line import ChoiceLine
from trafficwatch.ui.widgets.parts import button, empty

SAFETY, TRIAGE, CONSENT, QUESTIONS = range(len(STEPS))
WIDEST = 1240
"""Width of the steps: the last one has the columns beside its questions (pixels at 100 %)."""


class ScreeningPage(Page):
    """A new screening of a person, or more answers to an earlier one."""

    name = "screening"
    is_wide = True
    minute = staticmethod(this_minute)
    """When an answer is given."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("screening_desk.title"), can_go_back=True)
        self._about: dict[str, Any] = {}
        self._talk: Talk | None = None
        self._waiting: dict[str, Any] | None = None
        self._is_saving = False
        self.step: Step | None = None
        self._risk = QVBoxLayout()
        self.corner.addLayout(self._risk)
        self._stage = QWidget()
        self._stage.setMaximumWidth(px(WIDEST))
        self._stage_column = QVBoxLayout(self._stage)
        self._stage_column.setContentsMargins(0, 0, 0, 0)
        self._stage_column.setSpacing(px(14))
        self.body.addWidget(self._stage)
        self.body.addStretch(1)
        if desk.may(Ability.SCREENING):
            is_compact = look().zoom >= COMPACT_FROM
            later = t("screening_desk.later_short") if is_compact else t("screening_desk.later")
            self._later = button(later, self._leave)
            self._stop = button(t("screening_desk.break_off"), self.ask_why)
            self._previous = button(t("screening_desk.previous"), self._go_back, icon_name="back")
            self._on = button("", self._go_on)
            self.footer(self._later, self._stop, self._previous, primary=self._on)
            self._footer.hide()

    def enter(self, **about: Any) -> None:
        """`person_id`, and `screening_id` to add to an earlier screening."""
        self._about = {"person_id": about["person_id"], "screening_id": about.get("screening_id")}
        if self.desk.may(Ability.SCREENING):
            self._load()
        else:
            self._stage_column.addWidget(GateCard(self.desk))

    def unsaved(self) -> Unsaved | None:
        if self._talk is None:
            content = self._waiting
        else:
            content = {**self._talk.content(), "about": self._about} if self._talk.is_touched else None
        return Unsaved(content, self._about["person_id"], case_text=True) if content is not None else None

    def restore(self, content: dict[str, Any]) -> None:
        if not self.desk.may(Ability.SCREENING):
            return
        self._waiting = content
        about = {**self._about, **content.get("about", {})}
        if about != self._about:
            self._about, self._talk = about, None
            self._load()
        elif self._talk is not None:
            self._take_up()

    # -- loading and saving --------------------------------------------------------------------------------------------

    def _load(self) -> None:
        person_id, screening_id = self._about["person_id"], self._about["screening_id"]
        self.desk.tasks.work(self, lambda work: open_talk(work, person_id, screening_id), self._show, slot="open")

    def _show(self, opened: Opened) -> None:
        self._talk = Talk.begin(opened, self.minute)
        self.subtitle.setText(opened.person.name or "")
        self.subtitle.show()
        self._footer.show()
        self._take_up()

    def _take_up(self) -> None:
        if self._talk is None:
            return
        changed: tuple[str, ...] = ()
        if self._waiting is not None:
            changed = self._talk.take_up(self._waiting)
            self._waiting = None
        if self._talk.stopping is None:
            self._show_step(self._talk.step)
        else:
            self.ask_why()
        for sentence in changed:
            self.tell(sentence, Tone.WARN, more=t("screening_desk.draft_check"))

    def _save(self, stopped: StopReason | None = None, *, paper: str = "") -> None:
        """Record what was told, broken off or not, and go where it is shown; or on to a paper on it."""
        talk, screening_id = self._talk, self._about["screening_id"]
        if talk is None or self._is_saving:
            return
        if not talk.answers:
            self.clear_notices()
            self.tell(t("screening_desk.nothing_told"), Tone.INFO, more=t("screening_desk.nothing_told_more"))
            return
        kept = replace(talk, answers=dict(talk.answers))  # the worker never reads what the page goes on changing
        self._wait(is_saving=True)

        def saved(screening: str) -> None:
            self._saved(screening)
            if paper:
                self.desk.go("screening_print", screening_id=screening, kind=paper)

        self.submit(lambda work: save_talk(work, kept, screening_id, stopped), saved)

    def _print(self, paper: str) -> None:
        """A paper on what was told; without anything new there is nothing to save first."""
        if self._talk is not None and self._talk.is_saved:
            self.desk.go("screening_print", screening_id=self._about["screening_id"], kind=paper)
        else:
            self._save(paper=paper)

    def failed(self, error: Any) -> None:
        self._wait(is_saving=False)
        super().failed(error)

    def _wait(self, *, is_saving: bool) -> None:
        """While it is saved nothing can be answered that would be in neither the screening nor its draft."""
        was_saving, self._is_saving = self._is_saving, is_saving
        for widget in (self.step, self._stop, self._previous, self._on):
            if widget is not None:
                widget.setEnabled(not is_saving)
        if was_saving and not is_saving:
            self._on.setFocus()

    def _saved(self, screening_id: str) -> None:
        self.settled.emit()
        self._talk = None
        self.desk.say(t("screening_desk.saved"))
        self.desk.go("screening_result", screening_id=screening_id)

    def _leave(self) -> None:
        """The shell keeps what is unsaved as a draft."""
        self.changed.emit()
        self.desk.back()

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _show_step(self, number: int) -> None:
        if self._talk is None:
            return
        self.clear_notices()
        if self._talk.stopped:
            words, more = stopped_words(self._talk.stopped)
            self.tell(words, Tone.INFO, more=more)
        self._talk.step, self._talk.stopping = number, None
        self._put_step(self._build(number, self._talk))

    def _put_step(self, step: Step) -> None:
        """Show a step in place of the one before."""
        talk = self._talk
        if talk is None:
            return
        empty(self._stage_column)
        self._stage_column.addWidget(steps_row(talk.step))
        step.touched.connect(self._touched)
        step.arrived.connect(self._bring)
        step.grown.connect(self._order_tabs)
        step.ended.connect(lambda: self._on.setFocus(Qt.FocusReason.TabFocusReason))
        step.paper_wanted.connect(self._print)
        self.step = step
        self._stage_column.addWidget(step)
        evaluation = talk.evaluate()
        self._evaluated(evaluation)
        self._scroll.verticalScrollBar().setValue(0)
        step.begin()
        if talk.is_danger(evaluation) and (danger := step.findChild(Danger)) is not None:
            self._bring(danger)
        elif (focused := step.focusWidget()) is not None:
            self._bring(focused)

    def _build(self, number: int, talk: Talk) -> Step:
        if number == SAFETY:
            return SafetyStep(self.desk, talk)
        if number == TRIAGE:
            triage = TriageStep(self.desk, talk)
            triage.more_told.connect(lambda: self._show_step(QUESTIONS))
            return triage
        if number == CONSENT:
            return ConsentStep(self.desk, talk)
        return QuestionsStep(self.desk, talk, self._scroll)

    def _touched(self) -> None:
        if self._talk is not None:
            self._talk.stopped = ""  # it goes on
            self._evaluated(self._talk.evaluate())
            self.changed.emit()

    def _evaluated(self, evaluation: Evaluation) -> None:
        if self._talk is None or self.step is None:
            return
        self.step.show_evaluation(evaluation)
        empty(self._risk)
        if self._talk.step in {TRIAGE, CONSENT}:
            risk = RiskView(self._talk)
            risk.show_evaluation(evaluation)
            self._risk.addWidget(risk)
        is_stopping = isinstance(self.step, StopStep)
        self._previous.setVisible(self._talk.step > SAFETY)
        self._previous.setText(t("screening_desk.back_to_talk") if is_stopping else t("screening_desk.previous"))
        self._later.setVisible(not self._must_stop and not is_stopping)
        self._stop.setVisible(self._talk.step > SAFETY and not self._must_stop and not is_stopping)
        if is_stopping:
            words = t("screening_desk.break_off_now")
        elif self._must_stop:
            words = t("screening_desk.stop")
        elif self._saves(evaluation):
            words = t("screening_desk.save")
        else:
            words = t("screening_desk.next")
        self._on.setText(words)
        self._order_tabs()

    def _order_tabs(self) -> None:
        if self.step is not None:
            chain = [*self.step.tab_stops(), self._later, self._stop, self._previous, self._on]
            for first, second in pairwise(chain):
                self.setTabOrder(first, second)

    @property
    def _must_stop(self) -> bool:
        """It is not safe to talk, or the person doesn't want to be asked."""
        step = self.step
        if isinstance(step, SafetyStep):
            return step.is_safe is False
        return isinstance(step, ConsentStep) and step.talk.consent == Decision.REFUSED

    def _saves(self, evaluation: Evaluation) -> bool:
        """The last step ends in a result, and so does danger."""
        step = self.step
        return isinstance(step, QuestionsStep) or (isinstance(step, TriageStep) and step.talk.is_danger(evaluation))

    def _go_on(self) -> None:
        step, talk = self.step, self._talk
        if talk is None or step is None:
            return
        if isinstance(step, StopStep):
            self._break_off(step, talk)
        elif self._must_stop:
            self._leave()
        elif self._saves(talk.evaluate()):
            self._save()
        elif isinstance(step, SafetyStep) and step.is_safe is None:
            self._ask_first(step, t("screening_desk.answer_safety"))
        elif isinstance(step, ConsentStep) and not talk.consent:
            self._ask_first(step, t("screening_desk.answer_consent"))
        else:
            self._show_step(talk.step + 1)

    def ask_why(self) -> None:
        """Break it off: first the reason, beside what becomes of what was told."""
        if self._talk is not None:
            self.clear_notices()
            self._talk.stopping = self._talk.stopping or ""
            self._put_step(StopStep(self.desk, self._talk))

    def _break_off(self, step: StopStep, talk: Talk) -> None:
        if step.reason is None:
            self._ask_first(step, t("screening_desk.stop_why"))
        elif talk.new_answers:
            self._save(step.reason)
        else:
            talk.stopped = step.reason.value
            self._leave()

    def _go_back(self) -> None:
        if self._talk is not None and isinstance(self.step, StopStep):
            self._show_step(self._talk.step)
        elif self._talk is not None:
            is_danger = self._talk.is_danger(self._talk.evaluate())
            skips_consent = self._talk.step == QUESTIONS and self._talk.consent != Decision.AGREED and is_danger
            self._show_step(TRIAGE if skips_consent else self._talk.step - 1)

    def _ask_first(self, step: Step, sentence: str) -> None:
        self.clear_notices()
        self.tell(sentence, Tone.INFO)
        step.begin()

    def _bring(self, widget: QWidget) -> None:
        """Into sight, once everything has its place: lines that wrap take a second round of the layout.

        A focus that whom to call has pushed out of sight goes along: no key shall answer a question that nobody sees.
        """

        def bring() -> None:
            if not isinstance(widget, Danger):
                self.show_widget(widget)
                return
            bring_card(self._scroll, widget)
            focused = self.focusWidget()
            action = widget.findChild(QPushButton)
            if isinstance(focused, ChoiceLine) and focused.visibleRegion().isEmpty() and action is not None:
                action.setFocus(Qt.FocusReason.OtherFocusReason)

        QTimer.singleShot(0, widget, lambda: QTimer.singleShot(0, widget, bring))
