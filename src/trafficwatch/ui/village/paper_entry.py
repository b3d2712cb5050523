# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying a screening from the paper form: by codes typed one after the other, or down the list by single keys.

For trained volunteers. `enter(person_id=None)`; without one the person is chosen first. What was told is recorded also
where there is danger: whom to call then stands above, and entry goes on. A draft is sealed, like any screening's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.casework.consents import record_consent
from trafficwatch.errors import ExpectedError
from trafficwatch.models.casework import ConsentScope, Decision, ScreeningWay, StopReason
from trafficwatch.models.paper_order import paper_order
from trafficwatch.models.screening import Answer, Entry, Value
from trafficwatch.models.staff import Ability
from trafficwatch.screening.overview import ScreeningRow, screenings_of
from trafficwatch.screening.paper_entry import Entered, answer
from trafficwatch.screening.sessions import record_screening
from trafficwatch.texts import t
from trafficwatch.ui.exchange.rows import bring
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.paper_list import PaperList
from trafficwatch.ui.village.paper_parts import HeadCard, QuickCard, without_proxies
from trafficwatch.ui.village.screening_steps import Danger
from trafficwatch.ui.village.screening_talk import Opened, Talk, open_talk
from trafficwatch.ui.widgets.answer_line import AnswerLine
from trafficwatch.ui.widgets.parts import Field, button, card, label, text_edit
from trafficwatch.ui.widgets.person_picker import PersonPicker
from trafficwatch.ui.widgets.tab_order import put_in_order
from trafficwatch.village.drafts import Draft

PERSONAL = frozenset({"age", "age_typed"})
"""What of the content is read anew for another person."""
MOVED = "moved"
"""Marks content that was carried over from another person's page."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the store knows when a form is copied."""

    opened: Opened
    before: tuple[ScreeningRow, ...]


def load(work: Any, person_id: str) -> Loaded:
    """The person with the newest questions, and the screenings there are."""
    return Loaded(open_talk(work, person_id, None), screenings_of(work, person_id))


def save_copy(work: Any, talk: Talk, answers: Mapping[str, Answer], *, on: str, decision: str, stopped: str) -> str:
    """Record a copied form under the day of its interview, and the decision that stands on it; gives the screening.

    An old form does not end what the person agreed to since.
    """
    person_id = talk.opened.person.id
    if decision and not talk.opened.has_agreed:
        said = t("paper_entry.consent_record" if decision == Decision.AGREED else "paper_entry.refused_record")
        record_consent(work, person_id, {ConsentScope.SERVICE.value: decision}, explained=said, given_on=on)
    done = record_screening(
        work,
        person_id,
        answers,
        age_at_events=talk.age,
        questionnaire=talk.opened.questionnaire,
        note=talk.note or None,
        way=ScreeningWay.PAPER,
        stopped=StopReason(stopped) if stopped else None,
        screened_on=on,
    )
    return done.screening.id


class PaperEntryPage(Page):
    """One form, from its top to its last answer."""

    name = "paper_entry"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("paper_entry.title"), can_go_back=True)
        self._person: str | None = None
        self._talk: Talk | None = None
        self._waiting: dict[str, Any] | None = None
        self._entries: tuple[Entry, ...] = ()
        self.line: AnswerLine | None = None
        self.other = button(t("paper_entry.other"), self._choose_other, icon_name="person")
        self.other.hide()
        self.corner.addWidget(self.other)
        self._stage = QWidget()
        self._column = QVBoxLayout(self._stage)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(14))
        self.body.addWidget(self._stage)
        self.body.addStretch(1)
        self.save = button(t("paper_entry.save"), self._save, role="primary", icon_name="save")
        if desk.may(Ability.SCREENING):
            self.footer(primary=self.save)
            self._footer.hide()

    def enter(self, *, person_id: str | None = None) -> None:  # type: ignore[override]
        self._person = person_id
        if not self.desk.may(Ability.SCREENING):
            self._column.addWidget(GateCard(self.desk))
        elif person_id is None:
            self._column.addWidget(self._choosing())
        else:
            self.desk.tasks.work(self, lambda work: load(work, person_id), self._show)

    def unsaved(self) -> Unsaved | None:
        content = self._waiting if self._talk is None else self._content(self._talk)
        return Unsaved(content, self._person, case_text=True) if content else None

    def restore(self, content: dict[str, Any]) -> None:
        if content.pop(MOVED, False):
            self.changed.emit()  # has no draft in the store yet
        if self._talk is None:
            self._waiting = content
            return
        self._waiting = None
        kept = {"age": self._talk.opened.age, **content}
        self._talk.take_up({name: kept[name] for name in ("answers", "age", "note") if name in kept})
        self.head.put(content)
        self.note.setPlainText(self._talk.note)
        self.list.show_questions(self._entries, self._talk.answers)
        self._answered("")

    # -- building ------------------------------------------------------------------------------------------------------

    def _choosing(self) -> QWidget:
        frame, inside = card(t("paper_entry.who"), t("paper_entry.who_lead"))
        self.picker = PersonPicker(self.desk)
        self.picker.picked.connect(lambda person_id, _: self._carry(self._waiting, person_id=person_id))
        inside.addWidget(self.picker)
        QTimer.singleShot(0, self.picker, self.picker.entry.setFocus)
        return frame

    def _choose_other(self) -> None:
        """It was another person's form: choose again, and take along what was typed of the form."""
        if self._talk is None or not self._stage.isEnabled():
            return
        content = self._content(self._talk) or {}
        self._talk = None
        self._carry({name: value for name, value in content.items() if name not in PERSONAL} or None)

    def _carry(self, content: Mapping[str, Any] | None, **about: Any) -> None:
        """Begin again with what was typed; what was left here is over, so that no second draft of it remains."""
        if content:
            self.settled.emit()
            left = {name: value for name, value in content.items() if name != "about"}
            about["draft"] = Draft(str(uuid4()), self.name, about.get("person_id"), "", {**left, MOVED: True})
        self.desk.go(self.name, **about)

    def _show(self, loaded: Loaded) -> None:
        opened = loaded.opened
        talk = self._talk = Talk.begin(opened)
        self.subtitle.setText(opened.person.name or "")
        self.subtitle.show()
        self._entries = paper_order(opened.questionnaire)
        self.head = HeadCard(self.desk, talk, loaded.before)
        self.danger = Danger(self.desk, talk, self._save)
        self.list = PaperList()
        self.list.show_questions(self._entries, talk.answers)
        self.quick = QuickCard(opened.questionnaire, lambda: self.list.current)
        self.note = text_edit(talk.note)
        note = without_proxies(Field(t("paper_entry.own_note"), self.note, t("screening_desk.own_note_hint")))
        for part in (self.head, self.danger, self.quick, self._list_card(), note):
            self._column.addWidget(part)
        self.head.changed.connect(self._headed)
        self.head.aged.connect(lambda: self._answered(""))
        self.quick.entered.connect(self._typed)
        self.quick.typed.connect(lambda: self.show_widget(self.quick.line))
        self.quick.line.step.connect(self.list.step)
        self.list.answered.connect(self._enter)
        self.list.taken_back.connect(lambda code: self._take(code, None))
        self.list.pointed.connect(lambda _: self._pointed())
        self.note.textChanged.connect(self._noted)
        self._footer.show()
        self.other.show()
        self._pointed()
        self._answered("")
        if self._waiting is not None:
            self.restore(self._waiting)
        if self.hasFocus():
            self.head.on.setFocus()

    def _list_card(self) -> QWidget:
        frame, inside = card(t("paper_entry.list"))
        inside.addWidget(label(t("paper_entry.keys_list"), "small"))
        inside.addWidget(self.list)
        self._chosen = QVBoxLayout()
        inside.addLayout(self._chosen)
        return frame

    def _pointed(self) -> None:
        """Another question is chosen: it stands below the list, with room for a note."""
        talk, code = self._talk, self.list.current
        if talk is None or not code or (self.line is not None and self.line.code == code):
            return
        if self.line is not None:
            self._chosen.removeWidget(self.line)
            self.line.hide()
            self.line.deleteLater()
        line = self.line = AnswerLine(talk.opened.questionnaire.entry(code), talk.answers.get(code))
        line.answered.connect(lambda code: self._take(code, line.answer))
        line.step.connect(self._walk)
        self._chosen.addWidget(line)
        line.show()  # now: what is not shown yet takes no focus
        self.quick.show_here()
        put_in_order(self)

    def _walk(self, way: int) -> None:
        """Up and Down from the question below the list."""
        if self.list.step(way) and self.line is not None:
            self.line.setFocus(Qt.FocusReason.TabFocusReason)

    # -- answers -------------------------------------------------------------------------------------------------------

    def _typed(self, entered: Entered) -> None:
        """A line was understood: keep its answer and go on behind it, or go to its question."""
        self.list.point(entered.code)
        if entered.value is not None:
            self._enter(entered)
            if not self.list.step(1):
                self.desk.say(t("paper_entry.last"))
        self.quick.take(entered)

    def _enter(self, entered: Entered) -> None:
        if self._talk is not None:
            entry = self._talk.opened.questionnaire.entry(entered.code)
            self._take(entered.code, answer(entered, entry, self._talk.answers.get(entered.code)))

    def _take(self, code: str, given: Answer | None) -> None:
        """Keep an answer, or take one back."""
        if self._talk is None:
            return
        if given is None:
            self._talk.answers.pop(code, None)
        else:
            self._talk.answers[code] = given
        self.list.show_answer(code)
        if self.line is not None and self.line.code == code:
            self.line.show_answer(given)
        self._answered(code)
        self.changed.emit()

    def _answered(self, code: str) -> None:
        """Count anew, and say whom to call if it comes to that; a `code` has just been answered."""
        talk = self._talk
        if talk is None:
            return
        answered, expected = len(talk.answers), sum(_is_expected(entry, talk) for entry in self._entries)
        self.quick.count.setText(t("paper_entry.count", answered=answered, expected=expected))
        if self.danger.show_evaluation(talk.evaluate()) and code:
            # lines that wrap have their place after a second round of the layout
            QTimer.singleShot(0, self.danger, lambda: QTimer.singleShot(0, self.danger, self._bring_danger))
        put_in_order(self)

    def _bring_danger(self) -> None:
        """Whom to call, and as far as there is room the line on which entry goes on."""
        self.show_widget(self.quick.line)
        self.show_widget(self.danger)
        top = self.danger.mapTo(self._stage, QPoint(0, 0)).y() + self._stage.y()
        self._scroll.ensureVisible(0, top, 0, px(8))  # in large letters the card is higher than the window

    def _headed(self) -> None:
        put_in_order(self)  # a form that may have been copied already brings a button
        self.changed.emit()

    def _noted(self) -> None:
        if self._talk is not None:
            self._talk.note = self.note.toPlainText().strip()
            self.changed.emit()

    def _content(self, talk: Talk) -> dict[str, Any] | None:
        """As JSON for a draft; None while nothing was written."""
        head = self.head.content()
        if not (talk.answers or talk.note or any(head.values()) or talk.age != talk.opened.age):
            return None
        return {"answers": talk.content()["answers"], "age": talk.age, "note": talk.note, **head, **self.head.typed_age}

    # -- saving --------------------------------------------------------------------------------------------------------

    def _save(self, paper: str = "") -> None:
        """Record the form, and show what it says; or go on to a paper on it, such as the report."""
        talk = self._talk
        if talk is None or not self._stage.isEnabled():
            return
        self.clear_notices()
        if self.head.problem:
            bring(self, self.head.on.entry)
            return
        if not talk.answers:
            self.tell(t("screening_desk.nothing_told"), Tone.INFO, more=t("screening_desk.nothing_told_more"))
            return
        answers, day = dict(talk.answers), self.head.on.edtf or ""
        decision, stopped = self.head.agreed.value or "", self.head.stopped.value or ""

        def saved(screening_id: str) -> None:
            self._saved(screening_id)
            if paper:
                self.desk.go("screening_print", screening_id=screening_id, kind=paper)

        self._wait(is_saving=True)
        self.submit(lambda work: save_copy(work, talk, answers, on=day, decision=decision, stopped=stopped), saved)

    def failed(self, error: ExpectedError) -> None:
        self._wait(is_saving=False)
        self.save.setFocus()
        super().failed(error)

    def _wait(self, *, is_saving: bool) -> None:
        """While it is saved nothing can be answered that would be in neither the screening nor its draft."""
        self._stage.setEnabled(not is_saving)
        self.save.setEnabled(not is_saving)
        self.other.setEnabled(not is_saving)

    def _saved(self, screening_id: str) -> None:
        self.settled.emit()
        self._talk = None
        self.desk.say(t("screening_desk.saved"))
        self.desk.go("screening_result", screening_id=screening_id)


def _is_expected(entry: Entry, talk: Talk) -> bool:
    """Whether the form is likely to have an answer: questions of a modus only where its first question was a yes."""
    if entry.module is None or entry.code in talk.answers:
        return talk.concerns(entry)
    gates = {module.code: module.gate for module in talk.opened.questionnaire.modules}
    opened = talk.answers.get(gates.get(entry.module, ""))
    return opened is not None and opened.value is Value.YES and talk.concerns(entry)
