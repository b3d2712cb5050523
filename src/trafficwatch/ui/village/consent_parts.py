# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the consent page: the questions, what must not be passed on, how it was given, and earlier consents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QGridLayout, QRadioButton, QVBoxLayout, QWidget

from trafficwatch.models.agreement import Agreement
from trafficwatch.models.casework import Consent, ConsentMethod, ConsentScope, Decision
from trafficwatch.models.dates import PartialDate
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.reason_question import QuestionWords, ReasonQuestion
from trafficwatch.ui.village.refusable import is_of_case, refused_names
from trafficwatch.ui.widgets.choice_line import NO, YES, ChoiceLine, Option, walk_from
from trafficwatch.ui.widgets.parts import chip, empty, label, rule

NEEDS_TRAINING = frozenset({ConsentScope.REFERRAL, ConsentScope.SHARE_CASE})
"""To agree about a case is part of handling a person; refusing is open to all."""
_DECISION = {YES: Decision.AGREED.value, NO: Decision.REFUSED.value}
_ANSWER = {decision: answer for answer, decision in _DECISION.items()}


class Questions(QWidget):
    """One yes or no for each scope, none chosen beforehand."""

    changed = Signal()

    def __init__(self, *, trained: bool) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        self.lines: dict[str, ChoiceLine] = {}
        for scope in ConsentScope:
            may_agree = trained or scope not in NEEDS_TRAINING
            line = ChoiceLine(
                t(f"consent.ask.{scope}"),
                [Option(YES, t("consent.yes")), Option(NO, t("consent.no"))]
                if may_agree
                else [Option(NO, t("consent.no"))],
                help_text=t(f"consent.ask_more.{scope}") if may_agree else t("consent.trained_only"),
            )
            line.chosen.connect(lambda _: self.changed.emit())
            line.step.connect(lambda way, line=line: self._walk(line, way))
            self.lines[scope.value] = line
            column.addWidget(line)
        self.setFocusProxy(next(iter(self.lines.values())))

    @property
    def scopes(self) -> dict[str, str]:
        """What was answered: scope -> decision."""
        return {scope: _DECISION[line.value] for scope, line in self.lines.items() if line.value}

    def put(self, scopes: dict[str, str]) -> None:
        for scope, line in self.lines.items():
            line.show_value(_ANSWER.get(scopes.get(scope, ""), ""))

    def refuse_all(self) -> None:
        for line in self.lines.values():
            line.choose(NO)

    def _walk(self, line: ChoiceLine, way: int) -> None:
        stop = walk_from(self, line, way)
        if stop is not None:
            stop.setFocus()
        else:
            line.focusNextChild() if way > 0 else line.focusPreviousChild()


class NotPassedOn(QWidget):
    """What the person does not want to be passed on. An earlier refusal stands ticked; taking the tick away allows it
    again, what is of the case only where `trained`.
    """

    changed = Signal()

    def __init__(self, groups: Iterable[str], *, trained: bool) -> None:
        super().__init__()
        self._trained = trained
        self._kept: set[str] = set()
        self._allowed: set[str] = set()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(2))
        columns = 2 if look().zoom < 150 else 1
        self.boxes: dict[str, QCheckBox] = {}
        for place, group in enumerate(groups):
            box = QCheckBox(t(f"consent.field.{group}"))
            box.toggled.connect(lambda _, group=group: self._toggled(group))
            self.boxes[group] = box
            grid.addWidget(box, place // columns, place % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)

    @property
    def groups(self) -> list[str]:
        """What was ticked now."""
        return [group for group, box in self.boxes.items() if box.isChecked() and group not in self._kept]

    @property
    def allowed(self) -> list[str]:
        """What was refused earlier, and may be passed on again."""
        if not self._kept:
            return sorted(self._allowed)
        return [group for group, box in self.boxes.items() if group in self._kept and not box.isChecked()]

    def put(self, groups: Iterable[str], allowed: Iterable[str] = ()) -> None:
        wanted, self._allowed = set(groups), set(allowed)
        for group, box in self.boxes.items():
            box.setChecked(group not in self._allowed if group in self._kept else group in wanted)

    def keep(self, groups: Iterable[str]) -> None:
        """These were refused earlier."""
        self._kept = set(groups)
        for group in self._kept:
            box = self.boxes[group]
            box.setChecked(group not in self._allowed)
            box.setEnabled(self._trained or not is_of_case(group))
            self._name(group)

    def _toggled(self, group: str) -> None:
        self._name(group)
        self.changed.emit()

    def _name(self, group: str) -> None:
        words, box = t(f"consent.field.{group}"), self.boxes[group]
        if group in self._kept:
            words = t("consent.field_kept" if box.isChecked() else "consent.field_allowed", field=words)
        box.setText(words)


class Methods(QWidget):
    """How it was given, one of four."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(2))
        columns = 2 if look().zoom < 150 else 1
        self._group = QButtonGroup(self)
        self.radios: dict[str, QRadioButton] = {}
        for place, method in enumerate(ConsentMethod):
            radio = QRadioButton(t(f"consent.method.{method}"))
            radio.toggled.connect(lambda _: self.changed.emit())
            self._group.addButton(radio)
            self.radios[method.value] = radio
            grid.addWidget(radio, place // columns, place % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        self.setFocusProxy(next(iter(self.radios.values())))

    @property
    def value(self) -> str | None:
        return next((method for method, radio in self.radios.items() if radio.isChecked()), None)

    def put(self, method: str | None) -> None:
        if method in self.radios:
            self.radios[method].setChecked(True)


class EarlierConsents(QFrame):
    """What holds today, and every consent so far; each that still stands can be taken back with a reason."""

    withdrawn = Signal(str, str)
    """A consent's id and the reason."""
    edited = Signal()
    """A reason was typed."""
    asked = Signal(QWidget)
    """The question whether to take one back came up in this widget."""

    def __init__(self, *, keeps_reason: bool) -> None:
        super().__init__()
        self.setProperty("box", "card")
        self._keeps_reason = keeps_reason
        self._lines: dict[str, _Earlier] = {}
        self._reasons: dict[str, str] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(18), px(14), px(18), px(16))
        self._column.setSpacing(px(10))

    @property
    def reasons(self) -> dict[str, str]:
        """Typed and not yet sent on: a consent's id -> the reason. Empty where a reason is not kept anyway."""
        return {of: reason for of, reason in self._reasons.items() if reason.strip()} if self._keeps_reason else {}

    def keep(self, reasons: dict[str, str]) -> None:
        """These were typed earlier; their questions are open again, now or once the consents are there."""
        self._reasons = dict(reasons)
        for of, reason in reasons.items():
            if of in self._lines:
                self._lines[of].question.put_reason(reason)

    def forget(self, consent_id: str) -> None:
        """This one was taken back."""
        self._reasons.pop(consent_id, None)

    def _note(self, consent_id: str, reason: str) -> None:
        self._reasons[consent_id] = reason
        self.edited.emit()

    def put(self, agreement: Agreement, consents: Iterable[Consent], names: Mapping[str, str]) -> None:
        """Show these, the latest first; `names` are those of institutions by id."""
        empty(self._column)
        self._lines.clear()
        self._column.addWidget(label(t("consent.today"), "heading"))
        given = [scope for scope in ConsentScope if scope in agreement.scopes]
        for scope in given:
            self._column.addWidget(chip(word("consent_scope", scope), Tone.OK))
        if not given:
            self._column.addWidget(label(t("consent.nothing_today")))
        if agreement.refused:
            self._column.addWidget(label(t("consent.refused_today", fields=refused_names(agreement.refused)), "soft"))
        for consent in consents:
            self._column.addWidget(rule())
            facts = _facts(consent, names)
            does = (self.withdrawn.emit, self._note, self.asked.emit)
            line = _Earlier(consent, facts, *does, keeps_reason=self._keeps_reason)
            self._column.addWidget(line)
            if line.can_end:
                self._lines[consent.id] = line
        self.keep({of: reason for of, reason in self._reasons.items() if of in self._lines and reason.strip()})


class _Earlier(QWidget):
    """One consent: when and how, what was said, and the way to take it back."""

    def __init__(
        self,
        consent: Consent,
        facts: Iterable[str],
        withdraw: Callable[[str, str], None],
        typed: Callable[[str, str], None],
        asked: Callable[[QWidget], None],
        *,
        keeps_reason: bool,
    ) -> None:
        super().__init__()
        self.can_end = consent.withdrawn_on is None and Decision.AGREED in consent.scopes.values()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(4))
        day = _day(consent.given_on)
        how = f" · {word('consent_method', consent.method)}" if consent.method else ""
        self._column.addWidget(label(f"{day}{how}", "strong"))
        for decision in Decision:
            said = [word("consent_scope", scope) for scope in ConsentScope if consent.scopes.get(scope) == decision]
            if said:
                self._column.addWidget(
                    label(t("consent.said", decision=word("decision", decision), what="; ".join(said)))
                )
        for words in facts:
            self._column.addWidget(label(words, "soft"))
        if consent.withdrawn_on is not None:
            self._column.addWidget(chip(t("consent.withdrawn", day=_day(consent.withdrawn_on)), Tone.NEUTRAL, "undo"))
            return
        if not self.can_end:
            return
        question_words = QuestionWords(
            ask=t("consent.withdraw"),
            ask_this=t("consent.withdraw_this", day=day),
            title=t("consent.withdraw_title"),
            more=t("consent.withdraw_more"),
            sure=t("consent.withdraw_now"),
            keep=t("consent.keep"),
            role="danger",
        )
        self.question = ReasonQuestion(question_words, partial(withdraw, consent.id), keeps_reason=keeps_reason)
        self.question.typed.connect(partial(typed, consent.id))
        self.question.asked.connect(asked)
        self._column.addWidget(self.question)


def _facts(consent: Consent, names: Mapping[str, str]) -> list[str]:
    """What else one consent says, a sentence each."""
    said: list[str] = []
    for is_refused, key in ((True, "consent.refused_then"), (False, "consent.allowed_then")):
        if found := refused_names(name for name, value in consent.refused_fields.items() if bool(value) is is_refused):
            said.append(t(key, fields=found))
    if to := [names[each] for each, is_named in consent.recipients.items() if is_named and each in names]:
        said.append(t("consent.only_to", names="; ".join(to)))
    if consent.valid_until:
        said.append(t("consent.until_line", day=_day(consent.valid_until)))
    if consent.guardian:
        relation = f" ({consent.guardian_relation})" if consent.guardian_relation else ""
        said.append(t("consent.guardian_line", name=f"{consent.guardian}{relation}"))
    return said


def _day(edtf: str | None) -> str:
    return PartialDate.from_edtf(edtf or "").format(current_language())
