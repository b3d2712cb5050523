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
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Category
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.shell.training_form import Answer, TrainingForm
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import Choice, Field, line_edit
from trafficwatch.ui.widgets.secret import NewPassphrase

if TYPE_CHECKING:
    from trafficwatch.village.founding import NewMember

CATEGORIES = {
    Side.VILLAGE: (Category.COORDINATOR, Category.VOLUNTEER, Category.PROFESSIONAL),
    Side.PPT: (Category.OFFICER, Category.PROFESSIONAL),
}


@dataclass(frozen=True, slots=True)
class Joining:
    """What was typed, ready for founding or adding; empty texts mean not given."""

    name: str
    category: Category
    phone: str
    training: Answer
    passphrase: str

    def member(self) -> NewMember:
        """For `village.founding`; called on the worker, since it brings the store along."""
        from trafficwatch.village.founding import NewMember

        return NewMember(self.name, self.category, self.passphrase, self.training.proof(), self.phone or None)


class MemberForm(QWidget):
    """The form; `check` says what is wrong and gives the widget to mend, `joining` is what was typed."""

    changed = Signal()

    def __init__(self, side: Side, today: str, names: Callable[[], Iterable[str]] = tuple) -> None:
        """`today` is an ISO date; `names` gives names that must not be the passphrase besides the member's own."""
        super().__init__()
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
        self.training = TrainingForm(today)
        column.addWidget(self.training)
        self.passphrase = NewPassphrase(lambda: (self.name.text(), *names()))
        column.addWidget(self.passphrase)
        self.setFocusProxy(self.name)
        for line in (self.name, self.phone):
            line.textEdited.connect(self.changed)
        self.name.textEdited.connect(lambda: self._name.wrong(""))
        self.category.activated.connect(self.changed)
        self.training.changed.connect(self.changed)

    @property
    def joining(self) -> Joining:
        """What was typed; complete only when `check` finds nothing."""
        return Joining(
            name=_text(self.name.text()),
            category=Category(self.category.value or Category.VOLUNTEER),
            phone=_text(self.phone.text()),
            training=self.training.answer,
            passphrase=self.passphrase.value,
        )

    def check(self) -> QWidget | None:
        """Say everything that is wrong; gives the first widget to mend."""
        wrong: list[QWidget] = []
        has_name = bool(_text(self.name.text()))
        self._name.wrong("" if has_name else t("setup.name_missing"))
        if not has_name:
            wrong.append(self.name)
        in_training = self.training.check()
        if in_training is not None:
            wrong.append(in_training)
        in_passphrase = self.passphrase.check()
        if in_passphrase is not None:
            wrong.append(in_passphrase)
        return wrong[0] if wrong else None

    def content(self) -> dict[str, Any]:
        """What was typed, without the passphrase."""
        return {
            "name": self.name.text(),
            "category": self.category.value,
            "phone": self.phone.text(),
            **self.training.content(),
        }

    def restore(self, content: dict[str, Any]) -> None:
        """Show again what `content` gave."""
        self.name.setText(content["name"])
        self.category.choose(content["category"])
        self.phone.setText(content["phone"])
        self.training.restore(content)


def _text(typed: str) -> str:
    return " ".join(typed.split())
