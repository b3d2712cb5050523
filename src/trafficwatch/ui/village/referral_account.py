# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps three and four of a referral: whether the person agrees, and what the letter tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout

from trafficwatch.models.agreement import Agreement
from trafficwatch.models.casework import ConsentScope
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.referral_steps import Step
from trafficwatch.ui.village.refusable import refused_names
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, chip, empty, label, line_edit, row, text_edit

_LINES = {
    "chronology": 6,
    "condition_body": 2,
    "condition_mind": 2,
    "condition_social": 2,
    "condition_spiritual": 2,
    "condition_family": 2,
    "services_given": 2,
    "needs_and_hopes": 2,
    "attachments": 2,
}
_GROUPS = (
    ("story", ("chronology",)),
    (
        "condition",
        ("condition_body", "condition_mind", "condition_social", "condition_spiritual", "condition_family"),
    ),
    ("so_far", ("services_given", "needs_and_hopes", "attachments", "companion")),
)
ACCOUNT = tuple(name for _, names in _GROUPS for name in names)
"""The fields of a referral that step four fills, in the order of the form."""


class ConsentStep(Step):
    """What holds today; without consent to be referred one can't go on."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._person_id = desk, ""
        self._is_agreed = False
        box, self._inside = card(t("referral.consent"))
        self.column.addWidget(box)
        self.open = button(t("referral.to_consent"), self._go, icon_name="consent")
        self._said = QVBoxLayout()
        self._said.setSpacing(px(8))
        self._inside.addLayout(self._said)
        self._inside.addLayout(row(self.open))
        self.first = self.open

    def show_agreement(self, person_id: str, agreement: Agreement, institution_id: str | None = None) -> None:
        """What the person agrees to today, for this institution."""
        self._person_id = person_id
        self._is_agreed = agreement.allows(ConsentScope.REFERRAL, institution_id)
        empty(self._said)
        if agreement.agrees(ConsentScope.REFERRAL, institution_id):
            self._said.addWidget(Notice(t("referral.agreed"), Tone.OK))
        elif duty := agreement.duty(institution_id):
            words = t("referral_life.by_duty", duty=word("duty", duty))
            self._said.addWidget(Notice(words, Tone.DANGER, more=t("referral_life.by_duty_more")))
        elif ConsentScope.REFERRAL in agreement.scopes:
            more = t("referral_life.not_this_one_more")
            self._said.addWidget(Notice(t("referral_life.not_this_one"), Tone.WARN, more=more))
        else:
            self._said.addWidget(Notice(t("referral.not_agreed"), Tone.WARN, more=t("referral.not_agreed_more")))
        given = [scope for scope in ConsentScope if scope in agreement.scopes]
        for scope in given:
            self._said.addWidget(chip(word("consent_scope", scope), Tone.OK))
        if self._is_agreed and ConsentScope.SHARE_CASE not in agreement.scopes:
            self._said.addWidget(label(t("referral.not_shared")))
        refused = refused_names(agreement.refused)
        if refused:
            self._said.addWidget(label(t("referral.refused", fields=refused)))
        self.open.setText(t("referral.change_consent" if self._is_agreed else "referral.to_consent"))

    def is_complete(self) -> bool:
        if not self._is_agreed:
            self.open.setFocus()
        return self._is_agreed

    def _go(self) -> None:
        self._desk.go("consent", person_id=self._person_id)


class AccountStep(Step):
    """What the letter tells, in the order in which offices ask; all of it may stay empty."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self._refused: dict[str, QFrame] = {}
        self.column.addWidget(Notice(t("referral.ask_once"), Tone.INFO, more=t("referral.ask_once_more")))
        for group, names in _GROUPS:
            box, inside = card(t(f"referral.{group}"))
            columns = 1 if len(names) == 1 or look().zoom >= 150 else 2
            grid = QGridLayout()
            grid.setHorizontalSpacing(px(18))
            grid.setVerticalSpacing(px(10))
            for place, name in enumerate(names):
                field = Field(t(f"referral.{name}"), self._entry(name), t(f"referral.{name}_hint"))
                self.fields[name] = field
                self._refused[name] = chip(t("referral.not_printed"), Tone.NEUTRAL, "eye-off")
                self._refused[name].hide()
                _place_below(field, self._refused[name])
                grid.addWidget(field, place // columns, place % columns, Qt.AlignmentFlag.AlignTop)
            for column in range(columns):
                grid.setColumnStretch(column, 1)
            inside.addLayout(grid)
            self.column.addWidget(box)
        self.first = self.fields["chronology"].entry

    @property
    def content(self) -> dict[str, Any]:
        return {name: _text(field.entry) for name, field in self.fields.items()}

    def put(self, content: Mapping[str, Any]) -> None:
        for name, field in self.fields.items():
            text = content.get(name) or ""
            if isinstance(field.entry, QLineEdit):
                field.entry.setText(text)
            elif isinstance(field.entry, QPlainTextEdit):
                field.entry.setPlainText(text)

    def show_refused(self, refused: frozenset[str]) -> None:
        """Say at each field that it will not be on the letter, if the person does not want it to be."""
        for name, sign in self._refused.items():
            sign.setVisible(f"referral.{name}" in refused)

    def _entry(self, name: str) -> QLineEdit | QPlainTextEdit:
        if name in _LINES:
            entry = text_edit(lines=_LINES[name])
            entry.textChanged.connect(self.changed)
            return entry
        line = line_edit(limit=200)
        line.textChanged.connect(self.changed)
        return line


def _place_below(field: Field, sign: QFrame) -> None:
    """Put a sign under an input."""
    below = field.layout()
    if isinstance(below, QVBoxLayout):
        below.addWidget(sign, 0, Qt.AlignmentFlag.AlignLeft)


def _text(entry: object) -> str:
    if isinstance(entry, QPlainTextEdit):
        return entry.toPlainText().strip()
    return entry.text().strip() if isinstance(entry, QLineEdit) else ""
