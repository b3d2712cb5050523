# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of somebody from elsewhere: why here, with whom, how long, and whether it is a known recruiter.

Where the same number or name stands elsewhere, that is pointed out, without a judgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from trafficwatch.errors import ExpectedError
from trafficwatch.models.migration import Seen
from trafficwatch.models.recruiting import Visitor
from trafficwatch.registry.recruiters import RecruiterPage, recruiters
from trafficwatch.registry.visitors import VisitorCard, remove_visitor, save_visitor, visitor_card
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.record_form import RecordForm
from trafficwatch.ui.village.recruiter_form import phones
from trafficwatch.ui.village.recruiter_words import Mentions, licence_words, offer_words, short
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.widgets.parts import Choice, button, card, label
from trafficwatch.ui.widgets.tab_order import put_in_order

AT_MOST = 500
"""Recruiters to choose from."""


class VisitorPage(Page):
    """One of them, to be read and written."""

    name = "visitor"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("visitors.form_new"), t("visitors.form_subtitle"), can_go_back=True)
        self._visitor_id = ""
        self.record = RecordForm(self, "visitor", area="visitors", write=save_visitor, saved=self._saved)
        form = self.form = self.record.form
        box, inside = card(t("visitors.who"))
        seen = [(each.value, words("seen", each.value)) for each in Seen]
        beside(inside, form.line("visitor.name", required=True), form.line("visitor.origin"))
        field, self.phones = phones(form, "visitor.phones")
        self.phones.rebuilt.connect(partial(put_in_order, self))
        beside(inside, field)
        beside(inside, form.choice("visitor.identity_seen", seen))
        self.body.addWidget(box)
        box, inside = card(t("visitors.why"))
        beside(inside, form.line("visitor.purpose"), form.line("visitor.host"))
        arrived = form.date("visitor.arrived_on", desk.today, allows_today=True)
        beside(inside, arrived, form.date("visitor.left_on", desk.today, allows_today=True))
        beside(inside, form.choice("visitor.recruiter_id", []))
        beside(inside, form.text("visitor.remark", 3))
        self.body.addWidget(box)
        self._linked_box, inside = card()
        self._linked = QVBoxLayout()
        inside.addLayout(self._linked)
        self._same_box, inside = card(t("recruiters.same.title"), t("recruiters.same.more"))
        self.same = Mentions(desk)
        inside.addWidget(self.same)
        self.delete = button(t("visitors.delete"), self._ask_delete, role="quiet", icon_name="trash")
        self._ask, inside = card(t("visitors.delete_ask"), t("visitors.delete_more"))
        self.sure = button(t("visitors.delete_sure"), self._delete, role="danger", icon_name="trash")
        inside.addLayout(side_by_side(self.sure, button(t("recruiters.delete_not"), self._keep_it)))
        for part in (self._linked_box, self._same_box):
            self.body.addWidget(part)
        self.body.addLayout(side_by_side(self.delete))
        self.body.addWidget(self._ask)
        for hidden in (self._linked_box, self._same_box, self.delete, self._ask):
            hidden.hide()
        self.body.addStretch(1)
        self.save = self.record.save
        self.footer(primary=self.save)

    def enter(self, *, visitor_id: str | None = None, name: str = "") -> None:  # type: ignore[override]
        self.desk.tasks.work(self, lambda work: recruiters(work, limit=AT_MOST), self._offer)
        if visitor_id is None:
            self.record.begin(name=name)
            return
        self._visitor_id = visitor_id
        self.title.setText(t("visitors.form_known"))
        self.record.load(visitor_id, visitor_card, self._show)

    def unsaved(self) -> Unsaved | None:
        return self.record.unsaved()

    def restore(self, content: Mapping[str, Any]) -> None:
        self.record.restore(content)

    def _offer(self, found: RecruiterPage) -> None:
        """The recruiters to choose from; what is chosen already stays, under its name."""
        entry: Choice = self.form.entries["visitor.recruiter_id"].widget  # type: ignore[assignment]
        entry.blockSignals(True)  # noqa: FBT003 - Qt's signature
        for row in found.rows:
            name = short(f"{row.name} · {row.company}" if row.company else row.name)
            there = entry.findData(row.id)
            if there < 0:
                entry.addItem(name, row.id)
            else:
                entry.setItemText(there, name)
        entry.blockSignals(False)  # noqa: FBT003

    def _show(self, found: VisitorCard) -> None:
        self.title.setText(found.visitor.name or t("visitors.form_known"))
        self.same.put(found.same)
        self._same_box.setVisible(bool(found.same))
        self._show_recruiter(found)
        self.delete.show()
        self.record.show(found.visitor)

    def _show_recruiter(self, found: VisitorCard) -> None:
        one = found.recruiter
        self._linked_box.setVisible(one is not None)
        if one is None:
            return
        opens = button(short(one.name or ""), partial(self.desk.go, "recruiter", recruiter_id=one.id), role="link")
        opens.setAccessibleName(t("visitors.to_recruiter", name=one.name or ""))
        self._linked.addWidget(label(t("visitors.recruiter"), "strong"))
        self._linked.addWidget(opens)
        said = licence_words(one.licence_found, one.licence_checked_on, one.licence_checked_with)
        self._linked.addWidget(label(said))
        for offer in found.offers:
            self._linked.addWidget(label(t("visitors.offers", what=offer_words(offer)), "soft"))

    def _saved(self, _: Visitor) -> None:
        self.desk.say(t("visitors.saved"))
        self.desk.go("visitors")

    def _ask_delete(self) -> None:
        self.delete.hide()
        self._ask.show()
        put_in_order(self)
        bring(self, self.sure)

    def _keep_it(self) -> None:
        self._ask.hide()
        self.delete.show()
        self.delete.setFocus()

    def _delete(self) -> None:
        visitor_id = self._visitor_id
        self.sure.setEnabled(False)
        self.submit(lambda work: remove_visitor(work, visitor_id), lambda _: self._deleted(), self._not_deleted)

    def _deleted(self) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(t("visitors.deleted"))
        self.desk.go("visitors")

    def _not_deleted(self, error: ExpectedError) -> None:
        self.sure.setEnabled(True)
        self._keep_it()
        self.failed(error)
