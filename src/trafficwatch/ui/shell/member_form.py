# SPDX-License-Identifier: GPL-3.0-or-later
"""Who joins a desk: name, category, phone, training, and a passphrase of their own.

Only recorded training opens screening and cases (P2/2024 art. 5); the form says so in plain words and blocks nobody.
Training that is only planned does not count yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Category, TrainingKind
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.parts import Choice, Field, label, line_edit
from trafficwatch.ui.widgets.secret import NewPassphrase

if TYPE_CHECKING:
    from trafficwatch.village.founding import NewMember

CATEGORIES = {
    Side.VILLAGE: (Category.COORDINATOR, Category.VOLUNTEER, Category.PROFESSIONAL),
    Side.PPT: (Category.OFFICER, Category.PROFESSIONAL),
}


@dataclass(frozen=True, slots=True)
class Joining:
    """What was typed, ready for founding or adding; empty texts mean not given, `kind` '' no training."""

    name: str
    category: Category
    phone: str
    kind: str
    completed_on: str
    organiser: str
    certificate: str
    passphrase: str

    def member(self) -> NewMember:
        """For `village.founding`; called on the worker, since it brings the store along."""
        from trafficwatch.village.founding import NewMember, TrainingProof

        training = None
        if self.kind:
            training = TrainingProof(
                self.kind, self.completed_on, self.organiser or None, self.certificate or None, None
            )
        return NewMember(self.name, self.category, self.passphrase, training, self.phone or None)


class MemberForm(QWidget):
    """The form; `check` says what is wrong and gives the widget to mend, `joining` is what was typed."""

    changed = Signal()

    def __init__(self, side: Side, today: str, names: Callable[[], Iterable[str]] = tuple) -> None:
        """`today` is an ISO date; `names` gives names that must not be the passphrase besides the member's own."""
        super().__init__()
        self._today = today
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        self.name = line_edit(limit=200)
        self._name = Field(t("setup.name"), self.name, t("setup.name_hint"))
        self.category = Choice([(each.value, word("category", each.value)) for each in CATEGORIES[side]])
        self.phone = line_edit(limit=40)
        column.addWidget(self._name)
        column.addWidget(Field(t("setup.category"), self.category))
        column.addWidget(Field(t("setup.phone"), self.phone, optional=t("setup.optional")))
        self._build_training(column)
        self.passphrase = NewPassphrase(lambda: (self.name.text(), *names()))
        column.addWidget(self.passphrase)
        self.setFocusProxy(self.name)
        for line in (self.name, self.phone, self.organiser, self.certificate):
            line.textEdited.connect(self.changed)
        self.name.textEdited.connect(lambda: self._name.wrong(""))
        self.category.activated.connect(self.changed)
        self.date.changed.connect(self.changed)

    @property
    def joining(self) -> Joining:
        """What was typed; complete only when `check` finds nothing."""
        kind = self.kind
        return Joining(
            name=_text(self.name.text()),
            category=Category(self.category.value or Category.VOLUNTEER),
            phone=_text(self.phone.text()),
            kind=kind,
            completed_on=(self.date.edtf or "") if kind else "",
            organiser=_text(self.organiser.text()) if kind else "",
            certificate=_text(self.certificate.text()) if kind else "",
            passphrase=self.passphrase.value,
        )

    @property
    def kind(self) -> str:
        """The kind of training that was ticked; '' for none."""
        checked = self._kinds.checkedButton()
        return str(checked.property("kind")) if checked is not None else ""

    def check(self) -> QWidget | None:
        """Say everything that is wrong; gives the first widget to mend."""
        wrong: list[QWidget] = []
        has_name = bool(_text(self.name.text()))
        self._name.wrong("" if has_name else t("setup.name_missing"))
        if not has_name:
            wrong.append(self.name)
        is_answered = self._kinds.checkedButton() is not None
        self._unanswered.setVisible(not is_answered)
        if not is_answered:
            wrong.append(self._kinds.buttons()[0])
        problem = self._date_problem()
        self._wrong_date.setText(problem)
        self._wrong_date.setVisible(bool(problem))
        if problem or (self.kind and not self.date.is_valid):
            self.date.show_problem()
            wrong.append(self.date)
        in_passphrase = self.passphrase.check()
        if in_passphrase is not None:
            wrong.append(in_passphrase)
        return wrong[0] if wrong else None

    def content(self) -> dict[str, Any]:
        """What was typed, without the passphrase."""
        checked = self._kinds.checkedButton()
        return {
            "name": self.name.text(),
            "category": self.category.value,
            "phone": self.phone.text(),
            "kind": None if checked is None else self.kind,
            "completed_on": self.date.typed,
            "organiser": self.organiser.text(),
            "certificate": self.certificate.text(),
        }

    def restore(self, content: dict[str, Any]) -> None:
        """Show again what `content` gave."""
        self.name.setText(content["name"])
        self.category.choose(content["category"])
        self.phone.setText(content["phone"])
        self.date.typed = content["completed_on"]
        self.organiser.setText(content["organiser"])
        self.certificate.setText(content["certificate"])
        for each in self._kinds.buttons():
            each.setChecked(each.property("kind") == content["kind"])

    def _build_training(self, column: QVBoxLayout) -> None:
        self._kinds = QButtonGroup(self)
        answers = {
            TrainingKind.TPPO_TRAINING.value: t("setup.training_yes"),
            TrainingKind.PROFESSIONAL_EDUCATION.value: t("setup.training_professional"),
            "": t("setup.training_no"),
        }
        choices = QVBoxLayout()
        choices.setSpacing(px(2))
        choices.addWidget(label(t("setup.training"), "strong"))
        choices.addWidget(label(t("setup.training_why"), "small"))
        choices.addSpacing(px(4))
        for kind, words in answers.items():
            radio = QRadioButton(words)
            radio.setProperty("kind", kind)
            self._kinds.addButton(radio)
            choices.addWidget(radio)
        column.addLayout(choices)
        self._unanswered = label(t("setup.training_unanswered"), "error")
        self._unanswered.hide()
        column.addWidget(self._unanswered)
        self._untrained = label(t("setup.training_without"), "soft")
        self._untrained.hide()
        column.addWidget(self._untrained)
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
        self._proof.hide()
        column.addWidget(self._proof)
        self._kinds.buttonToggled.connect(self._answered)

    def _answered(self) -> None:
        is_answered = self._kinds.checkedButton() is not None
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


def _text(typed: str) -> str:
    return " ".join(typed.split())
