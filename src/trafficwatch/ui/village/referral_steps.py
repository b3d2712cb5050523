# SPDX-License-Identifier: GPL-3.0-or-later
"""The first two steps of a referral: what the person needs, and which institution is asked for it.

Each step takes and gives its part of the referral as plain values (`put`, `content`) and says what is still missing
(`problem`, which is also shown on the step).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QCheckBox, QFrame, QLabel, QRadioButton, QVBoxLayout, QWidget

from trafficwatch.casework.overview import InstitutionRow
from trafficwatch.models.casework import Urgency
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.directory import Service
from trafficwatch.models.institution import doubt, in_order_to_call
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.institution_words import checked_words, is_checked
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, chip, empty, label, text_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

Way = QBoxLayout.Direction
URGENCIES = (Urgency.IMMEDIATE, Urgency.SOON, Urgency.NORMAL)


class Step(QWidget):
    """One step of the referral."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.first: QWidget | None = None  # what takes the focus when the step is shown
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(px(14))

    @property
    def content(self) -> dict[str, Any]:
        """This step's part of the referral."""
        return {}

    def put(self, content: Mapping[str, Any]) -> None:
        """Show what was kept or recorded earlier."""

    def is_complete(self) -> bool:
        """Whether one can go on; else the step says what is missing and puts the focus there."""
        return True


class NeedStep(Step):
    """Services, urgency and purpose."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        box, inside = card(t("referral.services"), t("referral.services_more"))
        self._no_service = _problem()
        inside.addWidget(self._no_service)
        self.services: dict[str, QCheckBox] = {}
        for service in Service:
            tick = QCheckBox(word("service", service))
            tick.toggled.connect(lambda _: self.changed.emit())
            inside.addWidget(_explained(tick, t(f"referral.service.{service}")))
            self.services[service.value] = tick
        self.column.addWidget(box)
        box, inside = card(t("referral.urgency"))
        self._no_urgency = _problem()
        inside.addWidget(self._no_urgency)
        self.urgencies: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        for urgency in URGENCIES:
            radio = QRadioButton(word("urgency", urgency))
            radio.toggled.connect(self._urgency_chosen)
            self._group.addButton(radio)
            inside.addWidget(_explained(radio, t(f"referral.urgency.{urgency}")))
            self.urgencies[urgency.value] = radio
        self._now = Notice(t("referral.now"), Tone.DANGER, more=t("referral.now_more"))
        self._now.add_action(t("referral.to_emergency"), lambda: desk.go("emergency"))
        self._now.hide()
        inside.addWidget(self._now)
        self.column.addWidget(box)
        box, inside = card()
        self.purpose = text_edit(lines=3)
        self.purpose.textChanged.connect(self.changed)
        inside.addWidget(Field(t("referral.purpose"), self.purpose, t("referral.purpose_hint")))
        self.column.addWidget(box)
        self.first = self.services[Service.HEALTH_REHABILITATION]

    @property
    def chosen(self) -> list[str]:
        """The services that are ticked."""
        return [service for service, tick in self.services.items() if tick.isChecked()]

    @property
    def content(self) -> dict[str, Any]:
        urgency = next((name for name, radio in self.urgencies.items() if radio.isChecked()), None)
        return {"services": self.chosen, "urgency": urgency, "purpose": self.purpose.toPlainText().strip()}

    def put(self, content: Mapping[str, Any]) -> None:
        for service, tick in self.services.items():
            tick.setChecked(service in (content.get("services") or ()))
        if (urgency := content.get("urgency")) in self.urgencies:
            self.urgencies[urgency].setChecked(True)
        self.purpose.setPlainText(content.get("purpose") or "")

    def is_complete(self) -> bool:
        has_urgency = self.content["urgency"] is not None
        _say(self._no_service, "" if self.chosen else t("referral.no_service"))
        _say(self._no_urgency, "" if has_urgency else t("referral.no_urgency"))
        if not self.chosen:
            self.services[Service.HEALTH_REHABILITATION].setFocus()
        elif not has_urgency:
            self.urgencies[Urgency.IMMEDIATE].setFocus()
        return bool(self.chosen) and has_urgency

    def _urgency_chosen(self) -> None:
        self._now.setVisible(self.urgencies[Urgency.IMMEDIATE].isChecked())
        self.changed.emit()


class InstitutionStep(Step):
    """Which institution; those that offer the most of what is needed stand first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.radios: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self._wanted: str | None = None
        self._rows: dict[str, InstitutionRow] = {}
        self._today = desk.today
        self._doubt = QVBoxLayout()
        self._called: set[str] = set()
        self.declined = ""
        """The institution that said no to this referral."""
        self._missing = _problem()

    @property
    def content(self) -> dict[str, Any]:
        chosen = next((of_id for of_id, radio in self.radios.items() if radio.isChecked()), self._wanted)
        return {"institution_id": chosen}

    def put(self, content: Mapping[str, Any]) -> None:
        self._wanted = content.get("institution_id")
        if self._wanted in self.radios:
            self.radios[self._wanted].setChecked(True)

    def offer(self, rows: Iterable[InstitutionRow], services: Iterable[str]) -> None:
        """Show the institutions for these services; the choice stays if it is still among them."""
        self._wanted = self.content["institution_id"]
        self._clear()
        self._rows = {row.id: row for row in rows}
        rows, needed = self._rows.values(), frozenset(services)
        self._missing = _problem()
        self.column.addWidget(self._missing)
        self._doubt = QVBoxLayout()
        self.column.addLayout(self._doubt)
        ordered = sorted(rows, key=lambda row: (row.id == self.declined, -len(row.services & needed)))
        fitting = [row for row in ordered if row.services & needed]
        others = [row for row in ordered if not row.services & needed]
        if not fitting:
            self.column.addWidget(Notice(t("referral.none_offers"), Tone.WARN, more=t("referral.none_offers_more")))
        for key, group in (("offering", fitting), ("others", others)):
            if group:
                box, inside = card(t(f"referral.{key}"))
                for row in group:
                    inside.addWidget(self._option(row, needed))
                self.column.addWidget(box)
        directory = button(t("directory.title"), lambda: self._desk.go("institutions"), icon_name="building")
        self.column.addWidget(directory, 0, Qt.AlignmentFlag.AlignLeft)
        self.put({"institution_id": self._wanted})
        self._warn()
        self.first = self.radios.get(self._wanted or "") or next(iter(self.radios.values()), None)

    def is_complete(self) -> bool:
        is_chosen = self.content["institution_id"] in self.radios
        _say(self._missing, "" if is_chosen else t("referral.no_institution"))
        if not is_chosen and self.first is not None:
            self.first.setFocus()
        return is_chosen

    def doubt_about(self, institution_id: str | None) -> Notice | None:
        """The warning to call first, where nobody knows whether the institution still serves and nobody has called."""
        row = self._rows.get(institution_id or "")
        doubtful = doubt(row.confirmed_on, self._today) if row and row.id not in self._called else ""
        if row is None or not doubtful:
            return None
        contacts = ", ".join(in_order_to_call(row.contacts)) or t("referral.no_contact")
        why = t(f"referral_life.call_first_{doubtful}", day=_day(row.confirmed_on))
        more = "\n".join((why, contacts, t("referral_life.call_first_way")))
        return Notice(t("referral_life.call_first", institution=row.name), Tone.WARN, more=more)

    def _warn(self) -> None:
        empty(self._doubt)
        chosen = self.content["institution_id"]
        if (notice := self.doubt_about(chosen)) is not None:
            notice.add_action(t("referral_life.call_first_done"), partial(self._has_called, chosen))
            self._doubt.addWidget(notice)
            put_in_order(self.window())

    def _has_called(self, chosen: str) -> None:
        self._called.add(chosen)
        self._warn()
        self.radios[chosen].setFocus()

    def _option(self, row: InstitutionRow, needed: frozenset[str]) -> QWidget:
        radio = QRadioButton(row.name)
        self._group.addButton(radio)
        self.radios[row.id] = radio
        lines = [
            ", ".join(in_order_to_call(row.contacts)) or t("referral.no_contact"),
            word("institution_kind", row.kind),
        ]
        if row.services & needed:
            offered = ", ".join(word("service", name) for name in Service if name in row.services & needed)
            lines[1:] = [t("referral.offers", services=offered)]
        checked = checked_words(row)
        sign = chip(checked, Tone.OK) if is_checked(row) else chip(checked, Tone.NEUTRAL, "question")
        if row.id == self.declined:
            checked = t("referral_life.has_declined")
            sign = chip(checked, Tone.WARN)
        made = _explained(radio, "\n".join(line for line in lines if line), sign)
        radio.setAccessibleDescription(". ".join([*(line for line in lines if line), checked]))
        radio.toggled.connect(self._chosen)
        return made

    def _chosen(self, is_chosen: bool) -> None:  # noqa: FBT001 - Qt's signal
        if is_chosen:
            self._warn()
            self.changed.emit()

    def _clear(self) -> None:
        self.radios.clear()
        for radio in self._group.buttons():
            self._group.removeButton(radio)
        empty(self.column)


def _explained(choice: QCheckBox | QRadioButton, more: str, sign: QFrame | None = None) -> QWidget:
    """A choice with a softer lines below it that say what it means; a sign stands beside the first of them."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, px(4))
    column.setSpacing(px(1))
    column.addWidget(choice)
    below = QVBoxLayout()
    below.setContentsMargins(px(31), 0, 0, 0)
    below.setSpacing(px(4))
    first, _, rest = more.partition("\n")
    beside = QBoxLayout(Way.LeftToRight if look().zoom < 150 else Way.TopToBottom)
    beside.setSpacing(px(10))
    beside.addWidget(label(first, "small", wraps=sign is None or look().zoom >= 150))
    if sign is not None:
        beside.addWidget(sign, 0, Qt.AlignmentFlag.AlignLeft)
        beside.addStretch(1)
    below.addLayout(beside)
    if rest:
        below.addWidget(label(rest, "small"))
    column.addLayout(below)
    choice.setAccessibleDescription(more)
    return made


def _day(edtf: str | None) -> str:
    return PartialDate.from_edtf(edtf).format(current_language()) if edtf else ""


def _problem() -> QLabel:
    made = label("", "error")
    made.hide()
    return made


def _say(where: QLabel, sentence: str) -> None:
    where.setText(sentence)
    where.setVisible(bool(sentence))
