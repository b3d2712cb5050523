# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screening says, in careful words: a suspicion, a need to look closer, or not enough known; never an all-clear.

Danger and what to do stand first, then the three elements, then why, at last every answer. It is initial: the PPT
checks it. Each fact opens its legal basis. From medium risk up a report is ready to print; a summary always is.

A talk that was broken off is told kindly, with how to go on. A record of an older version offers the newest questions,
and is moved to them only when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.casework.overview import InstitutionRow, institutions
from trafficwatch.models.casework import Finding
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.people import Person
from trafficwatch.models.screening import Answer, Entry, Questionnaire, Rules
from trafficwatch.screening import library
from trafficwatch.screening.explanation import Explained, Line, explain_in_parts, open_dangers
from trafficwatch.screening.library import Told
from trafficwatch.screening.sessions import Screened, answers_of, evaluate_screening, upgrade_screening
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.screening_answers import AllAnswers, fact_details
from trafficwatch.ui.village.screening_help import CallCard, to_call
from trafficwatch.ui.village.screening_steps import BODY_NEEDS_HELP, bring_card, risk_chip
from trafficwatch.ui.village.screening_stop import stopped_words
from trafficwatch.ui.widgets.element_columns import ElementColumns
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, chip, label, picture
from trafficwatch.ui.widgets.tab_order import put_in_order

FINDING_TONES = {
    Finding.SUSPECTED: Tone.DANGER,
    Finding.NEEDS_CLARIFICATION: Tone.WARN,
    Finding.NOT_ENOUGH: Tone.NEUTRAL,
}
FINDING_ICONS = {
    Finding.SUSPECTED: "warning",
    Finding.NEEDS_CLARIFICATION: "search",
    Finding.NOT_ENOUGH: "question",
}
"""Sign and colour of a finding; its words always stand beside."""


@dataclass(frozen=True, slots=True)
class Result:
    """One screening with all that its page says; `newest` is the version that is asked now."""

    screened: Screened
    person: Person
    questionnaire: Questionnaire
    rules: Rules
    newest: int
    answers: Mapping[str, Answer]
    told: tuple[Told, ...]
    institutions: tuple[InstitutionRow, ...]


def result(work: Any, screening_id: str) -> Result:
    """Read a screening by the rules of its own questionnaire."""
    screened = evaluate_screening(work, screening_id)
    found = screened.screening
    person = work.records.get(Person, found.person_id or "")
    asked, told = library.get(work, found.questionnaire or ""), answers_of(found)
    return Result(
        screened,
        person,
        asked,
        library.rules(work, asked),
        library.newest(work).version,
        library.known_answers(asked, told),
        library.told(work, asked.ref, told),
        institutions(work),
    )


class ScreeningResultPage(Page):
    """The outcome of one screening."""

    name = "screening_result"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("screening_desk.result_title"), can_go_back=True)
        if desk.state.trained:
            self._summary = button(t("screening_desk.print_summary"), icon_name="print")
            words = t("screening_desk.emergency")
            emergency = button(words, lambda: desk.go("emergency"), role="danger", icon_name="emergency")
            for each in (self._summary, emergency):
                self.corner.addWidget(each)

    def enter(self, **about: Any) -> None:
        """`screening_id`."""
        if self.desk.state.trained:
            screening_id = about["screening_id"]
            self.desk.tasks.work(self, lambda work: result(work, screening_id), self.show_found)
        else:
            self.body.addWidget(GateCard(self.desk))
            self.body.addStretch(1)

    def show_found(self, found: Result) -> None:
        """Fill the page."""
        evaluation, screening = found.screened.evaluation, found.screened.screening
        language = current_language()
        day = PartialDate.from_edtf(screening.screened_on or "").format(language)
        self.subtitle.setText(t("screening_desk.result_of", name=found.person.name or "", day=day))
        self.subtitle.show()
        self._summary.clicked.connect(lambda: self._print("summary", screening.id))
        explained = explain_in_parts(evaluation, found.questionnaire, found.rules, found.answers, language)
        risk, *duties = explained.action
        if explained.is_danger:
            medical = not BODY_NEEDS_HELP.isdisjoint(evaluation.duties)
            rows = to_call(found.institutions, medical=medical)
            report = button(t("screening_desk.print_report"), icon_name="print")
            report.clicked.connect(lambda: self._print("report", screening.id))
            calls = CallCard(risk.text, rows, report)
            self.body.addWidget(calls)
            # once everything has its place: lines that wrap take a second round of the layout
            bring = partial(bring_card, self._scroll, calls)
            QTimer.singleShot(0, calls, lambda: QTimer.singleShot(0, calls, bring))
        if screening.stopped:
            words, more = stopped_words(screening.stopped)
            go_on = t("screening_desk.stopped_more", button=t("screening_desk.go_on_talking"))
            self.body.addWidget(Notice(words, Tone.INFO, more=f"{more} {go_on}"))
        self.body.addWidget(_headline(found, explained))
        self.body.addWidget(_told(t("screening_desk.do_now"), (line for line in duties if line.is_item)))
        self.body.addWidget(label(t("screening_desk.columns_title"), "heading"))
        if any(each.by for each in evaluation.elements.values()):
            self.body.addWidget(label(t("screening_desk.columns_open"), "soft"))

        def detail(entry: Entry) -> QWidget:
            return fact_details(entry, found.questionnaire, found.answers.get(entry.code))

        columns = ElementColumns(found.questionnaire, detail=detail)
        columns.show_evaluation(evaluation)
        self.body.addWidget(columns)
        self.body.addWidget(_told(t("screening_desk.why"), explained.why[1:]))
        if explained.next:
            self.body.addWidget(_told(explained.next[0].text, explained.next[1:]))
        if found.questionnaire.version < found.newest:
            self.body.addWidget(self._newer(found))
        self.body.addWidget(AllAnswers(found.questionnaire, found.told))
        self.body.addStretch(1)
        self._foot(found, is_clear_next=evaluation.finding is Finding.NOT_ENOUGH and not explained.is_danger)
        put_in_order(self)

    def _print(self, kind: str, screening_id: str) -> None:
        self.desk.go("screening_print", screening_id=screening_id, kind=kind)

    def _newer(self, found: Result) -> QFrame:
        """There are newer questions; whoever wants may go on with them."""
        screening_id = found.screened.screening.id
        frame, column = card(t("screening_desk.newer_title"))
        words = t("screening_desk.newer", version=found.questionnaire.version, newest=found.newest)
        column.addWidget(label(words))

        def go_on(_: Screened) -> None:
            self.desk.go("screening", person_id=found.person.id, screening_id=screening_id)

        def upgrade() -> None:
            self.desk.tasks.work(self, lambda work: upgrade_screening(work, screening_id), go_on)

        column.addWidget(button(t("screening_desk.upgrade"), upgrade), 0, Qt.AlignmentFlag.AlignLeft)
        return frame

    def _foot(self, found: Result, *, is_clear_next: bool) -> None:
        """To refer is what comes next, or to ask more while next to nothing is known."""
        person_id, screening_id = found.person.id, found.screened.screening.id
        desk = self.desk
        card_of = button(t("screening_desk.to_card"), lambda: desk.go("resident", person_id=person_id))
        is_stopped = bool(found.screened.screening.stopped)
        more = button(
            t("screening_desk.go_on_talking") if is_stopped else t("screening_desk.add_answers"),
            lambda: desk.go("screening", person_id=person_id, screening_id=screening_id),
        )
        refer = button(t("screening_desk.refer"), lambda: desk.go("referral", person_id=person_id))
        if is_clear_next:
            self.footer(card_of, refer, primary=more)
        else:
            self.footer(card_of, more, primary=refer)


def _headline(found: Result, explained: Explained) -> QFrame:
    """The finding in few words, what it means, and that it is initial."""
    frame, column = card()
    evaluation = found.screened.evaluation
    finding = evaluation.finding
    head = QHBoxLayout()
    head.setSpacing(px(10))
    ink = look().colours.tone(FINDING_TONES[finding]).ink
    head.addWidget(picture(FINDING_ICONS[finding], 28, ink))
    head.addWidget(label(words_for("finding", finding), "title"), 1)
    column.addLayout(head)
    is_suspected = finding is Finding.SUSPECTED
    column.addWidget(label(explained.why[0].text if is_suspected else t(f"screening_desk.means_{finding}"), "lead"))
    chips: QBoxLayout = QVBoxLayout() if look().zoom >= COMPACT_FROM else QHBoxLayout()
    chips.setSpacing(px(8))
    count = open_dangers(evaluation, found.questionnaire, found.answers)
    track = chip(words_for("track", evaluation.track), Tone.NEUTRAL, "person")
    for made in (risk_chip(evaluation.risk, count), track):
        chips.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
    chips.addStretch(1)
    column.addLayout(chips)
    if count and not explained.is_danger:
        column.addWidget(label(explained.action[0].text))
    column.addWidget(label(t("screening_desk.initial"), "strong"))
    return frame


def _told(title: str, lines: Iterable[Line]) -> QFrame:
    """Sentences as paragraphs, items with a point before them."""
    frame, column = card(title)
    for line in lines:
        if line.is_item:
            row = QHBoxLayout()
            row.setSpacing(px(8))
            row.addWidget(label("•", wraps=False), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(label(line.text), 1)
            column.addLayout(row)
        else:
            column.addWidget(label(line.text))
    return frame
