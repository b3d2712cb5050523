# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of a recruiter, new or known: who it is, how to be reached, and what was found about the licence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from trafficwatch.models.migration import Found, Seen
from trafficwatch.models.recruiting import Recruiter, RecruiterKind
from trafficwatch.registry.recruiters import RecruiterCard, recruiter_card, save_recruiter
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.record_form import RecordForm
from trafficwatch.ui.village.recruiter_form import phones
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.widgets.parts import card
from trafficwatch.ui.widgets.tab_order import put_in_order


class RecruiterEditPage(Page):
    """One recruiter, to be written."""

    name = "recruiter_edit"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("recruiters.form_new"), t("recruiters.form_subtitle"), can_go_back=True)
        self.record = RecordForm(
            self,
            "recruiter",
            area="recruiters",
            write=save_recruiter,
            saved=self._saved,
        )
        form = self.form = self.record.form
        box, inside = card(t("recruiters.who"))
        kinds = [(each.value, words("recruiter_kind", each.value)) for each in RecruiterKind]
        beside(inside, form.line("recruiter.name", required=True), form.choice("recruiter.kind", kinds))
        beside(inside, form.listed("recruiter.aliases"), form.line("recruiter.company"))
        field, self.phones = phones(form, "recruiter.phones")
        self.phones.rebuilt.connect(partial(put_in_order, self))
        beside(inside, field)
        beside(inside, form.text("recruiter.address"))
        beside(inside, form.listed("recruiter.places"))
        self.body.addWidget(box)
        box, inside = card(t("recruiters.licence"), t("recruiters.licence_more"))
        seen = [(each.value, words("seen", each.value)) for each in Seen]
        found = [(each.value, t(f"recruiters.choice.{each.value}")) for each in Found]
        beside(inside, form.line("recruiter.licence", 100), form.choice("recruiter.licence_seen", seen))
        beside(inside, form.line("recruiter.licence_checked_with"), form.choice("recruiter.licence_found", found))
        beside(inside, form.date("recruiter.licence_checked_on", desk.today, allows_today=True))
        self.body.addWidget(box)
        box, inside = card(t("recruiters.notes"))
        beside(inside, form.text("recruiter.remark", 3))
        beside(inside, form.line("recruiter.told_by"))
        self.body.addWidget(box)
        self.body.addStretch(1)
        self.save = self.record.save
        self.footer(primary=self.save)

    def enter(self, *, recruiter_id: str | None = None, name: str = "") -> None:  # type: ignore[override]
        if recruiter_id is None:
            self.record.begin(name=name)
            return
        self.title.setText(t("recruiters.form_known"))
        self.record.load(recruiter_id, recruiter_card, self._show)

    def unsaved(self) -> Unsaved | None:
        return self.record.unsaved()

    def restore(self, content: Mapping[str, Any]) -> None:
        self.record.restore(content)

    def _show(self, found: RecruiterCard) -> None:
        self.record.show(found.recruiter)

    def _saved(self, recruiter: Recruiter) -> None:
        self.desk.say(t("recruiters.saved"))
        self.desk.go("recruiter", recruiter_id=recruiter.id)
