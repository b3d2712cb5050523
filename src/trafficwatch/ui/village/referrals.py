# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Rujukan': begin a referral for a resident, and see which are open, the most urgent first."""

from __future__ import annotations

from typing import Any

from trafficwatch.casework.overview import ReferralRow, open_referrals
from trafficwatch.models.casework import Urgency
from trafficwatch.models.dates import PartialDate
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.referral_life import day_words
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import card, label
from trafficwatch.ui.widgets.person_picker import PersonPicker

_TONES = {Urgency.IMMEDIATE.value: Tone.DANGER, Urgency.SOON.value: Tone.WARN}


class ReferralsPage(Page):
    """All open referrals of this village."""

    name = "referrals"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("referral.list_title"), t("referral.list_subtitle"))
        self._people: dict[str, str] = {}
        if desk.state.trained:
            box, inside = card(t("referral.begin"), t("referral.begin_more"))
            self.picker = PersonPicker(desk)
            self.picker.picked.connect(lambda person_id, _: desk.go("referral", person_id=person_id))
            inside.addWidget(self.picker)
            self.body.addWidget(box)
        else:
            notice = Notice(t("referral.untrained"), Tone.INFO, more=t("referral.untrained_more"))
            notice.add_action(t("referral.to_emergency"), lambda: desk.go("emergency"))
            self.body.addWidget(notice)
        box, inside = card(t("referral.open"))
        self.empty = label(t("referral.none"))
        self.empty.hide()
        inside.addWidget(self.empty)
        self.list = Lines(t("referral.open"), height=560)
        self.list.opened.connect(self._open)
        self.list.hide()
        inside.addWidget(self.list)
        self.body.addWidget(box)
        self.body.addStretch(1)

    def enter(self, **_about: Any) -> None:
        self.desk.tasks.work(self, open_referrals, self.show_rows, slot="referrals")

    def show_rows(self, rows: tuple[ReferralRow, ...]) -> None:
        """Fill the list."""
        self._people = {row.id: row.person_id for row in rows}
        self.empty.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self.list.put([_line(row) for row in rows])

    def _open(self, referral_id: str) -> None:
        self.desk.go("referral", person_id=self._people[referral_id], referral_id=referral_id)


def _line(row: ReferralRow) -> Line:
    """Urgency first, then where it stands, where it goes, and each step with its day."""
    answered_on = row.answered_on or row.heard_on
    day = PartialDate.from_edtf(row.referred_on or "").format(current_language())
    parts = [
        word("urgency", row.urgency),
        word("referral_status", row.status),
        t("referral_life.list_waits") if row.waits else "",
        row.institution_name,
        t("referral.made_on", day=day),
        t("referral_life.list_given", day=day_words(row.handed_over_on)) if row.handed_over_on else "",
        t("referral_life.list_answered", day=day_words(answered_on)) if answered_on else "",
    ]
    tone = _TONES.get(row.urgency or "", Tone.WARN if row.waits else Tone.INFO)
    name = f"{row.person_name} · {row.case_code}"
    return Line(row.id, name, " · ".join(part for part in parts if part), tone)
