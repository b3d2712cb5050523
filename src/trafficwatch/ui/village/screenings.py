# SPDX-License-Identifier: GPL-3.0-or-later
"""Screening: begin one by choosing a person, go on with one that was begun, see those that worry.

Who has no training finds here, kindly, why screening waits for someone who has, and what can be done without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.dates import PartialDate
from trafficwatch.registry.browse import names_of
from trafficwatch.screening.overview import ScreeningRow, worrying
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.screening import ScreeningPage
from trafficwatch.ui.village.screening_result import FINDING_ICONS, FINDING_TONES
from trafficwatch.ui.village.screening_steps import risk_chip
from trafficwatch.ui.village.screening_stop import about_screening, stopped_words
from trafficwatch.ui.widgets.parts import button, card, chip, label, rule
from trafficwatch.ui.widgets.person_picker import PersonPicker
from trafficwatch.village.drafts import Draft, drafts


@dataclass(frozen=True, slots=True)
class Screenings:
    """What the page lists; `names` maps the people it speaks of to their names."""

    begun: tuple[Draft, ...]
    worrying: tuple[ScreeningRow, ...]
    names: Mapping[str, str]


def screenings(work: Any) -> Screenings:
    """The volunteer's own drafts of screenings that can be opened, and all screenings that worry."""
    begun = tuple(draft for draft in drafts(work) if draft.form == ScreeningPage.name and draft.content is not None)
    rows = worrying(work)
    people = {row.person_id for row in rows} | {draft.subject for draft in begun if draft.subject}
    return Screenings(begun, rows, names_of(work, people))


class ScreeningsPage(Page):
    """Begin, go on, look."""

    name = "screenings"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("screening_desk.list_title"), t("screening_desk.list_lead"))
        practice = button(t("training.open_list"), lambda: desk.go("training"), icon_name="practice")
        self.corner.addWidget(practice)
        if not desk.state.trained:
            self.body.addWidget(GateCard(desk))
            self.body.addStretch(1)
            return
        frame, column = card(t("screening_desk.start_title"))
        column.addWidget(label(t("screening_desk.start_lead"), "soft"))
        self.picker = PersonPicker(desk)
        self.picker.picked.connect(lambda person_id, _: desk.go("screening", person_id=person_id))
        column.addWidget(self.picker)
        self.body.addWidget(frame)
        copy = button(t("paper_entry.begin"), lambda: desk.go("paper_entry"), icon_name="document")
        notes = button(t("signs.to_list"), lambda: desk.go("sign_notes"), icon_name="eye")
        self.body.addLayout(side_by_side(copy, notes))
        self._begun_card, self._begun = card(t("screening_desk.begun_title"))
        self._begun_card.hide()
        self.body.addWidget(self._begun_card)
        self._worrying_card, self._worrying = card(
            t("screening_desk.worrying_title"), t("screening_desk.worrying_lead")
        )
        self._worrying_card.hide()
        self.body.addWidget(self._worrying_card)
        self.body.addStretch(1)

    def enter(self, **_: Any) -> None:
        if self.desk.state.trained:
            self.picker.setFocus(Qt.FocusReason.OtherFocusReason)
            self.desk.tasks.work(self, screenings, self.show_found)

    def show_found(self, found: Screenings) -> None:
        """Fill the page."""
        for number, draft in enumerate(found.begun):
            if number:
                self._begun.addWidget(rule())
            self._begun.addWidget(self._draft(draft, found.names))
        self._begun_card.setVisible(bool(found.begun))
        for number, row in enumerate(found.worrying):
            if number:
                self._worrying.addWidget(rule())
            self._worrying.addWidget(self._worry(row, found.names))
        if not found.worrying:
            self._worrying.addWidget(label(t("screening_desk.worrying_none")))
        self._worrying_card.show()

    def _draft(self, draft: Draft, names: Mapping[str, str]) -> QWidget:
        name = names.get(draft.subject or "", "")
        saved = datetime.fromisoformat(draft.saved_at).astimezone()
        day = PartialDate.from_edtf(f"{saved:%Y-%m-%d}").format(current_language())
        when = f"{day}, {saved:%H.%M}"
        go_on = button(t("screening_desk.go_on"), lambda: self.desk.go("screening", draft=draft))
        go_on.setAccessibleName(f"{go_on.text()}: {name}")
        stopped = str((draft.content or {}).get("stopped") or "")
        more = [t("screening_desk.begun_when", when=when), stopped_words(stopped)[0] if stopped else ""]
        return _line(name, " · ".join(filter(None, more)), [], go_on)

    def _worry(self, row: ScreeningRow, names: Mapping[str, str]) -> QWidget:
        name = names.get(row.person_id, "")
        day = PartialDate.from_edtf(row.screened_on or "").format(current_language())
        see = button(t("screening_desk.see_result"), lambda: self.desk.go("screening_result", screening_id=row.id))
        see.setAccessibleName(f"{see.text()}: {name}")
        chips = [
            chip(words_for("finding", finding), FINDING_TONES[finding], FINDING_ICONS[finding])
            for finding in FINDING_TONES
            if row.finding == finding
        ]
        if row.risk:
            chips.append(risk_chip(row.risk))
        return _line(name, " · ".join((t("screening_desk.screened_on", day=day), about_screening(row))), chips, see)


def _line(name: str, more: str, chips: list[QFrame], action: QWidget) -> QWidget:
    """Name and day, what was found, one button; one below the other when the letters are big."""
    made = QWidget()
    is_stacked = look().zoom >= COMPACT_FROM
    row: QBoxLayout = QVBoxLayout(made) if is_stacked else QHBoxLayout(made)
    row.setContentsMargins(0, px(2), 0, px(2))
    row.setSpacing(px(10))
    words = QVBoxLayout()
    words.setSpacing(px(3))
    words.addWidget(label(name, "strong"))
    words.addWidget(label(more, "small"))
    row.addLayout(words, 1)
    for each in chips:
        row.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft if is_stacked else Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(action, 0, Qt.AlignmentFlag.AlignLeft if is_stacked else Qt.AlignmentFlag.AlignVCenter)
    return made
