# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether and how a member was trained: one question, and for a yes when, by whom and with which certificate.

Training that is only planned does not count yet. The abilities that the certificate names open their tasks (P2/2024
Lampiran II.D.2); where none is ticked nothing was said of them, and all count, as the form says. Without the answer
"not yet" it is the form of a training to record.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QVBoxLayout, QWidget

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.staff import Ability, TrainingKind
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.parts import Field, label, line_edit

if TYPE_CHECKING:
    from trafficwatch.village.founding import TrainingProof


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; empty texts mean not given, `kind` '' no training."""

    kind: str
    completed_on: str = ""
    organiser: str = ""
    certificate: str = ""
    abilities: frozenset[Ability] = frozenset()

    def proof(self) -> TrainingProof | None:
        """For the use cases; called on the worker, since it brings the store along."""
        from trafficwatch.village.founding import TrainingProof

        if not self.kind:
            return None
        texts = self.organiser or None, self.certificate or None
        return TrainingProof(self.kind, self.completed_on, *texts, abilities=self.abilities)


class TrainingForm(QWidget):
    """The form; `check` says what is wrong and gives the widget to mend, `answer` is what was typed."""

    changed = Signal()

    def __init__(self, today: str, *, may_be_untrained: bool = True) -> None:
        """`today` is an ISO date."""
        super().__init__()
        self._today = today
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        self.kinds = QButtonGroup(self)
        answers = {
            TrainingKind.TPPO_TRAINING.value: t("setup.training_yes"),
            TrainingKind.PROFESSIONAL_EDUCATION.value: t("setup.training_professional"),
            **({"": t("setup.training_no")} if may_be_untrained else {}),
        }
        choices = QVBoxLayout()
        choices.setSpacing(px(2))
        choices.addWidget(label(t("setup.training"), "strong"))
        choices.addWidget(label(t("setup.training_why"), "small"))
        choices.addSpacing(px(4))
        for kind, words in answers.items():
            radio = QRadioButton(words)
            radio.setProperty("kind", kind)
            self.kinds.addButton(radio)
            choices.addWidget(radio)
        column.addLayout(choices)
        self._unanswered = label(t("setup.training_unanswered"), "error")
        self._untrained = label(t("setup.training_without"), "soft")
        for words_below in (self._unanswered, self._untrained):
            words_below.hide()
            column.addWidget(words_below)
        self._build_proof(column)
        self.kinds.buttonToggled.connect(self._answered)
        self.setFocusProxy(self.kinds.buttons()[0])

    @property
    def answer(self) -> Answer:
        """What was typed; complete only when `check` finds nothing."""
        kind = self.kind
        if not kind:
            return Answer("")
        texts = _text(self.organiser.text()), _text(self.certificate.text())
        return Answer(kind, self.date.edtf or "", *texts, self.named)

    @property
    def kind(self) -> str:
        """The kind of training that was ticked; '' for none."""
        checked = self.kinds.checkedButton()
        return str(checked.property("kind")) if checked is not None else ""

    @property
    def named(self) -> frozenset[Ability]:
        """The abilities that were ticked."""
        return frozenset(ability for ability, tick in self.abilities.items() if tick.isChecked())

    def check(self) -> QWidget | None:
        """Say everything that is wrong; gives the first widget to mend."""
        is_answered = self.kinds.checkedButton() is not None
        self._unanswered.setVisible(not is_answered)
        problem = self._date_problem()
        self._wrong_date.setText(problem)
        self._wrong_date.setVisible(bool(problem))
        if not is_answered:
            return self.kinds.buttons()[0]
        if problem or (self.kind and not self.date.is_valid):
            self.date.show_problem()
            return self.date
        return None

    def content(self) -> dict[str, Any]:
        """What was typed, for a draft."""
        return {
            "kind": None if self.kinds.checkedButton() is None else self.kind,
            "completed_on": self.date.typed,
            "organiser": self.organiser.text(),
            "certificate": self.certificate.text(),
            "abilities": sorted(self.named),
        }

    def restore(self, content: dict[str, Any]) -> None:
        """Show again what `content` gave."""
        self.date.typed = content["completed_on"]
        self.organiser.setText(content["organiser"])
        self.certificate.setText(content["certificate"])
        for ability, tick in self.abilities.items():
            tick.setChecked(ability in content.get("abilities", ()))
        for each in self.kinds.buttons():
            each.setChecked(each.property("kind") == content["kind"])

    def _build_proof(self, column: QVBoxLayout) -> None:
        self._proof = QWidget()
        proof = QVBoxLayout(self._proof)
        proof.setContentsMargins(px(28), 0, 0, 0)
        proof.setSpacing(px(12))
        self.date = DateField(t("setup.trained_on"), today=self._today)
        self.organiser = line_edit(limit=200)
        self.certificate = line_edit(limit=100)
        proof.addWidget(Field(t("setup.trained_on"), self.date))
        self._wrong_date = label("", "error")
        self._wrong_date.hide()
        proof.addWidget(self._wrong_date)
        proof.addWidget(Field(t("setup.organiser"), self.organiser, optional=t("setup.optional")))
        proof.addWidget(Field(t("setup.certificate"), self.certificate, optional=t("setup.optional")))
        self._build_abilities(proof)
        self._proof.hide()
        column.addWidget(self._proof)
        for line in (self.organiser, self.certificate):
            line.textEdited.connect(self.changed)
        self.date.changed.connect(self.changed)

    def _build_abilities(self, proof: QVBoxLayout) -> None:
        column = QVBoxLayout()
        column.setSpacing(px(2))
        column.addWidget(label(t("ability.ask"), "strong"))
        column.addWidget(label(t("ability.ask_why"), "small"))
        column.addSpacing(px(4))
        self.abilities: dict[Ability, QCheckBox] = {}
        for ability in Ability:
            tick = QCheckBox(word("ability", ability))
            tick.setAccessibleDescription(t(f"ability.opens.{ability}"))
            tick.toggled.connect(self._ticked)
            self.abilities[ability] = tick
            column.addWidget(tick)
            opens = label(t(f"ability.opens.{ability}"), "small")
            opens.setContentsMargins(px(28), 0, 0, px(4))
            column.addWidget(opens)
        self._none_named = label(t("ability.none_named"), "soft")
        column.addWidget(self._none_named)
        proof.addLayout(column)

    def _ticked(self) -> None:
        self._none_named.setVisible(not self.named)
        self.changed.emit()

    def _answered(self) -> None:
        is_answered = self.kinds.checkedButton() is not None
        self._proof.setVisible(bool(self.kind))
        self._untrained.setVisible(is_answered and not self.kind)
        self._unanswered.hide()
        self.changed.emit()

    def _date_problem(self) -> str:
        """What this form has against the date; what is no date at all, its field says."""
        if not self.kind or not self.date.is_valid:
            return ""
        if self.date.edtf is None:
            return t("setup.trained_on_missing")
        done = PartialDate.from_edtf(self.date.edtf).earliest()
        return t("setup.trained_on_ahead") if done is not None and done.isoformat() > self._today else ""


def ability_words(abilities: Container[Ability]) -> str:
    """Abilities in the order of the law."""
    return ", ".join(word("ability", ability) for ability in Ability if ability in abilities)


def _text(typed: str) -> str:
    return " ".join(typed.split())
