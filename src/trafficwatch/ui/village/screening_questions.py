# SPDX-License-Identifier: GPL-3.0-or-later
"""The fourth step of a screening: the questions themselves.

First the few that decide most, new ones following as answers come in; then all of them by group, each group built when
it is opened, those of known modi last. Beside them the three elements fill. Nothing has to be answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from trafficwatch.models.casework import Decision
from trafficwatch.models.screening import Element, Entry, Evaluation, Kind, Track
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.screening_groups import QuestionGroup
from trafficwatch.ui.village.screening_steps import Danger, RiskView, Step
from trafficwatch.ui.village.screening_talk import OLDEST, Talk
from trafficwatch.ui.widgets.answer_line import AnswerLine
from trafficwatch.ui.widgets.element_columns import ElementColumns
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, card, label, line_edit, text_edit
from trafficwatch.ui.widgets.sticky import Sticky

SIDE = 300
"""Width of the columns beside the questions (pixels at 100 %)."""
MOST = 4
"""Facts named per column there."""


class QuestionsStep(Step):
    """All questions, the best first."""

    def __init__(self, desk: Desk, talk: Talk, scroll: QScrollArea) -> None:
        super().__init__(desk, talk)
        self.danger = Danger(desk, talk, self.paper_wanted.emit)
        self._lines: dict[str, list[AnswerLine]] = {}
        self._asked: dict[str, AnswerLine] = {}
        left = QVBoxLayout()
        left.setSpacing(px(14))
        left.addWidget(self.danger)
        self._child = Notice(t("screening_desk.child_is"), Tone.INFO, more=t("screening_desk.child_beside"))
        left.addWidget(self._child)
        left.addWidget(self._next_card())
        left.addWidget(self._age_field())
        self.groups = list(self._build_groups(left))
        note = Field(t("screening_desk.own_note"), text_edit(talk.note), t("screening_desk.own_note_hint"))
        self._note = note.entry
        self._note.textChanged.connect(self._noted)  # type: ignore[attr-defined]
        left.addWidget(_in_order(note))
        left.addStretch(1)
        self._risk = RiskView(talk)
        self._columns = ElementColumns(talk.opened.questionnaire, stacked=True, most=MOST)
        panel = self._panel()
        if look().zoom >= COMPACT_FROM:
            left.addWidget(panel)
            self.column.addLayout(left)
        else:
            row = QHBoxLayout()
            row.setSpacing(px(18))
            row.addLayout(left, 1)
            row.addWidget(Sticky(scroll, panel, px(SIDE)))
            self.column.addLayout(row)

    def begin(self) -> None:
        """At the first question that is asked, else at the age."""
        first = next(iter(self._asked.values()), None)
        (first or self.age).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_evaluation(self, evaluation: Evaluation) -> None:
        rose = self.danger.show_evaluation(evaluation)
        self._columns.show_evaluation(evaluation)
        self._risk.show_evaluation(evaluation)
        self._child.setVisible(evaluation.track is Track.CHILD)
        self._show_next(evaluation)
        for code, lines in self._lines.items():
            for line in lines:
                line.show_answer(self.talk.answers.get(code))
        for group in self.groups:
            group.refresh()
        if rose:
            self.arrived.emit(self.danger)

    # -- the next questions --------------------------------------------------------------------------------------------

    def _next_card(self) -> QWidget:
        frame, self._next = card(t("screening_desk.next_title"))
        self._next.addWidget(label(t("screening_desk.keys"), "small"))
        self._no_next = label("", "soft")
        self._next.addWidget(self._no_next)
        return frame

    def _show_next(self, evaluation: Evaluation) -> None:
        """Answered questions stay where they are; new ones follow; what is no longer worth asking goes.

        Who was not asked whether they agree, because danger came first, is asked nothing when it turns out to be none.
        """
        has_agreed = self.talk.consent == Decision.AGREED
        proposed = evaluation.next if has_agreed else ()
        for code, line in list(self._asked.items()):
            has_focus = line.isAncestorOf(line.window().focusWidget() or self)
            if code not in proposed and code not in self.talk.answers and not has_focus:
                del self._asked[code]
                self._lines[code].remove(line)
                line.hide()
                line.deleteLater()
        for code in proposed:
            if code not in self._asked:
                line = self.line_for(self.talk.opened.questionnaire.entry(code))
                self._asked[code] = line
                self._next.insertWidget(self._next.count() - 1, line)
        calm = "next_none" if has_agreed else "next_consent"
        key = "next_danger" if self.talk.is_danger(evaluation) else calm
        self._no_next.setText(t(f"screening_desk.{key}"))
        self._no_next.setVisible(not proposed)

    def line_for(self, entry: Entry) -> AnswerLine:
        """A line for a question, beside others that may show the same one."""
        line = self.answer_line(entry)
        self._lines.setdefault(entry.code, []).append(line)
        return line

    # -- age, groups, note, columns ------------------------------------------------------------------------------------

    def _age_field(self) -> QWidget:
        self.age = line_edit("" if self.talk.age is None else str(self.talk.age), limit=3)
        self.age.setValidator(QIntValidator(0, OLDEST, self.age))
        self.age.setMaximumWidth(px(110))
        self.age.textEdited.connect(self._aged)
        opened = self.talk.opened
        if opened.age is None:
            hint = t("screening_desk.age_unknown")
        elif opened.age_is_recorded:
            hint = t("screening_desk.age_recorded")
        elif opened.age_is_at_departure:
            hint = t("screening_desk.age_at_departure")
        else:
            hint = t("screening_desk.age_today")
        return _in_order(Field(t("screening_desk.age"), self.age, hint, optional=t("screening_desk.optional")))

    def _aged(self, text: str) -> None:
        self.talk.age = int(text) if self.age.hasAcceptableInput() else None
        self.touched.emit()

    def _noted(self) -> None:
        self.talk.note = self._note.toPlainText().strip()  # type: ignore[attr-defined]
        self.touched.emit()

    def _build_groups(self, column: QVBoxLayout) -> Iterator[QuestionGroup]:
        language, questionnaire = current_language(), self.talk.opened.questionnaire
        entries = [each for each in questionnaire.entries if each.kind is not Kind.TRIAGE and not each.module]
        column.addWidget(label(t("screening_desk.all_title"), "heading"))
        column.addWidget(label(t("screening_desk.all_lead"), "soft"))
        for element in Element:
            column.addWidget(label(t(f"screening.element.{element}"), "strong"))
            for group in questionnaire.groups:
                fitting = [entry for entry in entries if entry.groups[:1] == (group.code,)]
                if group.element is element and fitting:
                    yield self._group(column, group.label.of(language), fitting)
        column.addWidget(label(t("screening_desk.group_signs"), "strong"))
        for kind in (Kind.GENERAL, Kind.CONTEXT):
            fitting = [entry for entry in entries if not entry.places and entry.kind is kind]
            if fitting:
                yield self._group(column, t(f"screening_desk.group_{kind}"), fitting)
        if questionnaire.modules:
            column.addWidget(label(t("screening_desk.group_modules"), "strong"))
            column.addWidget(label(t("screening_desk.group_modules_lead"), "soft"))
        for module in questionnaire.modules:
            fitting = [entry for entry in questionnaire.entries if entry.module == module.code]
            yield self._group(column, module.label.of(language), fitting, questionnaire.entry(module.gate))

    def _group(self, column: QVBoxLayout, title: str, entries: list[Entry], gate: Entry | None = None) -> QuestionGroup:
        made = QuestionGroup(self, title, entries, gate)
        made.head.step.connect(lambda way: self.walk(made.head, way))
        column.addWidget(made)
        return made

    def _panel(self) -> QWidget:
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(10))
        column.addWidget(self._risk)
        column.addWidget(self._columns)
        return panel


def _in_order(made: Field) -> Field:
    """Without its proxy: Tab would take the field for its proxy's place and skip the questions that come before it."""
    made.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
    return made
