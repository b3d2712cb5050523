# SPDX-License-Identifier: GPL-3.0-or-later
"""A resident's card, read-only: how to reach the person safely stands first, then all that is known, then what to do.

Everyone may read and change it. Screening and referral are for trained volunteers: to others the buttons stay
disabled, with the reason in words, and the sections say that there was one and when, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from trafficwatch.casework.attachments import attachment_count
from trafficwatch.casework.overview import Care, care_of
from trafficwatch.models.casework import Risk
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import Found
from trafficwatch.registry.browse import ResidentCard, resident_card
from trafficwatch.registry.unsafe import warned
from trafficwatch.registry.warnings import Warning  # noqa: A004
from trafficwatch.screening.overview import ScreeningRow, screenings_of
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.contact_first import before_all
from trafficwatch.ui.village.resident_parts import (
    RISK_TONES,
    age_words,
    care_cards,
    chips,
    documents_card,
    family_card,
    identity_card,
    journeys_card,
    relatives_card,
)
from trafficwatch.ui.village.residents_table import STAGE_TONES
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button
from trafficwatch.ui.widgets.tab_order import put_in_order

ADULT = 18


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the page shows."""

    card: ResidentCard
    care: Care
    screenings: tuple[ScreeningRow, ...]
    attachments: int
    worst: Mapping[str, Warning]
    """The heaviest warning of each journey that has one."""


class ResidentPage(Page):
    """One resident."""

    name = "resident"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("resident.title"), can_go_back=True)
        self._person = ""
        self.case = button(t("case_page.title"), lambda: self._go("person_case"), icon_name="folder")
        self.corner.addWidget(self.case)
        self.evidence = button(t("evidence.title"), lambda: self._go("attachments"), icon_name="evidence")
        self.corner.addWidget(self.evidence)
        self.print = button(t("resident.print"), self._print, icon_name="print")
        self.corner.addWidget(self.print)
        self.more = button(t("resident.more"), icon_name="menu")
        menu = QMenu(self.more)
        self.trail = menu.addAction(icons.icon("clock", look().colours.accent_ink), t("trail_page.title"))
        self.rights = menu.addAction(icons.icon("shield", look().colours.accent_ink), t("own_data.title"))
        self.rights.triggered.connect(lambda: self._go("own_data"))
        self.delete = menu.addAction(icons.icon("trash", look().colours.accent_ink), t("trash.delete"))
        self.trail.triggered.connect(lambda: self._go("trail"))
        self.delete.triggered.connect(lambda: self._go("resident_delete"))
        self.more.setMenu(menu)
        self.corner.addWidget(self.more)
        self.inside = QWidget()
        self.body.addWidget(self.inside)
        self.body.addStretch(1)
        trained = desk.state.trained
        role = "" if trained else "primary"
        self.edit = button(t("resident.edit"), self._edit, role=role, icon_name="card", hint=t("resident.edit_hint"))
        self.consent = button(t("resident.consent"), lambda: self._go("consent"), icon_name="consent")
        self.refer = button(t("resident.refer"), lambda: self._go("referral"), icon_name="referral")
        role = "primary" if trained else ""
        self.screening = button(t("resident.screen"), lambda: self._go("screening"), role=role, icon_name="screening")
        if trained:
            self.footer(self.edit, self.consent, self.refer, primary=self.screening)
        else:
            for each in (self.refer, self.screening, self.evidence):
                each.setToolTip(t("resident.untrained"))
                each.setAccessibleDescription(t("resident.untrained"))
            self.footer(self.screening, self.refer, self.consent, primary=self.edit)
        self._enable(loaded=False)

    def enter(self, *, person_id: str) -> None:  # type: ignore[override]
        self._person = person_id
        self.desk.tasks.work(self, lambda work: load(work, person_id), self._show)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_F2 and self.edit.isEnabled():
            self._edit()
        else:
            super().keyPressEvent(event)

    def _enable(self, *, loaded: bool) -> None:
        for each in (self.edit, self.consent, self.print, self.delete, self.case):
            each.setEnabled(loaded)
        for each in (self.refer, self.screening, self.evidence):
            each.setEnabled(loaded and self.desk.state.trained)

    def _go(self, page: str) -> None:
        self.desk.go(page, person_id=self._person)

    def _edit(self) -> None:
        self._go("resident_edit")

    def _print(self) -> None:
        self.desk.go("paper", kind="card", person_id=self._person)

    def _show(self, loaded: Loaded) -> None:
        card, care = loaded.card, loaded.care
        person = card.person
        self.title.setText(person.name or "")
        place = self.desk.state.name.partition(",")[0] if person.wilayah_code == self.desk.state.code else ""
        about = (age_words(person.birth_date, self.desk.today), words("sex", person.sex), person.address or "", place)
        self.subtitle.setText(" · ".join(" ".join(part.split()) for part in about if part))
        self.subtitle.setVisible(bool(self.subtitle.text()))
        if loaded.attachments:
            self.evidence.setText(t("evidence.count", count=loaded.attachments))
        column = QVBoxLayout(self.inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        if status := self._status(loaded):
            column.addLayout(chips(status))
        for each in before_all(self.desk, card.contact, in_trash=person.deleted is not None):
            column.addWidget(each)
        if not self.desk.state.trained:
            column.addWidget(Notice(t("resident.untrained"), Tone.INFO))
        column.addWidget(identity_card(person))
        column.addWidget(family_card(person))
        column.addWidget(relatives_card(card.relatives))
        column.addWidget(journeys_card(card.journeys, loaded.worst, self.desk, self._person))
        column.addWidget(documents_card(card.documents))
        for each in care_cards(care, loaded.screenings, self.desk, self._person):
            column.addWidget(each)
        put_in_order(self)
        self._enable(loaded=person.deleted is None)
        self.edit.setFocus()

    def _status(self, loaded: Loaded) -> list[tuple[str, Tone]]:
        """What must be seen at a glance: a child, a danger, the journey, papers in doubt."""
        found: list[tuple[str, Tone]] = []
        born = PartialDate.from_edtf(loaded.card.person.birth_date or "")
        if born.is_under(ADULT, date.fromisoformat(self.desk.today)):
            found.append((t("resident.child"), Tone.WARN))
        risk = loaded.screenings[0].risk if loaded.screenings else None
        if risk in {Risk.MEDIUM.value, Risk.HIGH.value}:
            found.append((words("risk", risk), RISK_TONES[risk]))
        if loaded.card.journeys and (stage := loaded.card.journeys[0].stage):
            found.append((words("stage", stage), STAGE_TONES[stage]))
        doubtful = sum(paper.found in {Found.DOUBTFUL, Found.FALSE} for paper in loaded.card.documents)
        if doubtful:
            found.append((t("residents.list.doubtful", count=doubtful), Tone.WARN))
        return found


def load(work: Any, person_id: str) -> Loaded:
    card = resident_card(work, person_id)
    found = warned(work, [each.id for each in card.journeys])
    return Loaded(
        card,
        care_of(work, person_id),
        screenings_of(work, person_id),
        attachment_count(work, person_id),
        {each.journey.id: each.warnings[0] for each in found if each.warnings},
    )
