# SPDX-License-Identifier: GPL-3.0-or-later
"""One recruiter: how the licence was checked, who else has the same number or name, journeys, and what was offered.

Offers are written down here, as they are heard. Nothing on this page says that somebody can be trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.registry.recruiters import (
    JourneyOf,
    RecruiterCard,
    recruiter_card,
    remove_offer,
    remove_recruiter,
    save_offer,
)
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.countries import country_name
from trafficwatch.ui.village.recruiter_form import OfferForm
from trafficwatch.ui.village.recruiter_words import (
    Mentions,
    day_words,
    licence_sign,
    licence_words,
    offer_more,
    offer_words,
    short,
)
from trafficwatch.ui.village.resident_parts import facts
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, empty, label, rule
from trafficwatch.ui.widgets.phone_list import show_number, shown_owner
from trafficwatch.ui.widgets.tab_order import put_in_order


class RecruiterPage(Page):
    """What the register knows of one recruiter."""

    name = "recruiter"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("recruiters.one"), can_go_back=True)
        self._recruiter_id = ""
        self._waiting: Mapping[str, Any] | None = None
        self.edit = button(t("recruiters.edit"), self._edit, hint=t("recruiters.edit_hint"))
        self.corner.addWidget(self.edit)
        self._licence = QVBoxLayout()
        self.body.addLayout(self._licence)
        self._same_box, inside = card(t("recruiters.same.title"), t("recruiters.same.more"))
        self.same = Mentions(desk)
        inside.addWidget(self.same)
        self._same_box.hide()
        self.body.addWidget(self._same_box)
        box, inside = card(t("recruiters.facts"))
        self._facts = _column(inside)
        self.body.addWidget(box)
        box, inside = card(t("recruiters.offer.title"), t("recruiters.offer.more"))
        self._offers = _column(inside)
        self.add = button(t("recruiters.offer.add"), self._open, icon_name="plus")
        inside.addLayout(side_by_side(self.add))
        self.offer = OfferForm(self)
        self.offer.form.changed.connect(self.changed)
        inside.addWidget(self.offer)
        self.keep = button(t("recruiters.offer.save"), self._keep, icon_name="save")
        self.close_offer = button(t("recruiters.offer.cancel"), self._close, role="quiet")
        self._keeping = QWidget()
        buttons = side_by_side(self.keep, self.close_offer)
        buttons.setContentsMargins(0, 0, 0, 0)
        self._keeping.setLayout(buttons)
        inside.addWidget(self._keeping)
        for part in (self.offer, self._keeping):
            part.hide()
        self.body.addWidget(box)
        box, inside = card(t("recruiters.journeys_title"), t("recruiters.journeys_more"))
        self._journeys = _column(inside)
        self.body.addWidget(box)
        self.delete = button(t("recruiters.delete"), self._ask_delete, role="quiet", icon_name="trash")
        self.body.addLayout(side_by_side(self.delete))
        self._ask, inside = card(t("recruiters.delete_ask"), t("recruiters.delete_more"))
        self.sure = button(t("recruiters.delete_sure"), self._delete, role="danger", icon_name="trash")
        inside.addLayout(side_by_side(self.sure, button(t("recruiters.delete_not"), self._keep_it)))
        self._ask.hide()
        self.body.addWidget(self._ask)
        self.body.addStretch(1)

    def enter(self, *, recruiter_id: str) -> None:  # type: ignore[override]
        self._recruiter_id = recruiter_id
        self._read()

    def unsaved(self) -> Unsaved | None:
        typed = self.offer.form.typed()
        if self._waiting is not None or typed:
            return Unsaved({"typed": dict(typed) if typed else self._waiting, "name": self.title.text()})
        return None

    def restore(self, content: Mapping[str, Any]) -> None:
        self._open()
        self.offer.form.write(content["typed"] or {})

    # -- showing -------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        recruiter_id = self._recruiter_id
        self.desk.tasks.work(self, lambda work: recruiter_card(work, recruiter_id), self._show, slot="card")

    def _show(self, found: RecruiterCard) -> None:
        one = found.recruiter
        self.title.setText(one.name or "")
        self.subtitle.setText(" · ".join(part for part in (words("recruiter_kind", one.kind), one.company) if part))
        self.subtitle.setVisible(bool(self.subtitle.text()))
        empty(self._licence)
        self._licence.addWidget(licence_notice(one, found.checked))
        same = (*found.same_phone, *found.same_name)
        self.same.put(same)
        self._same_box.setVisible(bool(same))
        empty(self._facts)
        known = facts_of(one)
        holder = QWidget()
        pairs = facts([(t(f"recruiters.field.{name}"), value) for name, value in known])
        pairs.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(pairs)
        self._facts.addWidget(holder if known else label(t("recruiters.no_facts"), "soft"))
        self._show_offers(found)
        empty(self._journeys)
        for number, journey in enumerate(found.journeys):
            if number:
                self._journeys.addWidget(rule())
            self._journeys.addWidget(self._journey(journey))
        if not found.journeys:
            self._journeys.addWidget(label(t("recruiters.no_journeys"), "soft"))
        put_in_order(self)

    def _show_offers(self, found: RecruiterCard) -> None:
        empty(self._offers)
        for number, offer in enumerate(found.offers):
            if number:
                self._offers.addWidget(rule())
            line = QWidget()
            column = QVBoxLayout(line)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(px(2))
            column.addWidget(label(offer_words(offer), "strong"))
            if more := offer_more(offer):
                column.addWidget(label(more, "soft"))
            away = button(t("recruiters.offer.remove"), role="quiet", icon_name="trash")
            away.setAccessibleName(f"{away.text()}: {offer_words(offer)}")
            away.clicked.connect(partial(self._remove_offer, away, offer.id))
            column.addLayout(side_by_side(away))
            self._offers.addWidget(line)
        if not found.offers:
            self._offers.addWidget(label(t("recruiters.offer.none"), "soft"))

    def _journey(self, journey: JourneyOf) -> QWidget:
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(2))
        opens = button(short(journey.name), partial(self.desk.go, "resident", person_id=journey.person_id), role="link")
        column.addWidget(opens)
        about = (words("stage", journey.stage), country_name(journey.destination), day_words(journey.departure_on))
        column.addWidget(label(" · ".join(part for part in about if part), "soft"))
        return line

    def _edit(self) -> None:
        self.desk.go("recruiter_edit", recruiter_id=self._recruiter_id)

    # -- offers --------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self.add.hide()
        for part in (self.offer, self._keeping):
            part.show()
        put_in_order(self)
        bring(self, self.offer.first)

    def _close(self) -> None:
        had_typed = bool(self.offer.form.typed())
        self.offer.empty()
        for part in (self.offer, self._keeping):
            part.hide()
        self.add.show()
        self.add.setFocus()
        if had_typed:
            self.settled.emit()

    def _keep(self) -> None:
        if self.offer.form.problems():
            return
        fields = {name: value for name, value in self.offer.form.values("offer", whole=True).items() if value}
        if not fields:
            self.offer.say_empty()
            return
        recruiter_id = self._recruiter_id
        self.keep.setEnabled(False)
        self.submit(lambda work: save_offer(work, recruiter_id, fields), lambda _: self._kept(), self._not_kept)

    def _kept(self) -> None:
        self.keep.setEnabled(True)
        self.clear_notices()
        self._close()
        self.settled.emit()
        self.desk.say(t("recruiters.offer.saved"))
        self._read()

    def _not_kept(self, error: ExpectedError) -> None:
        self.keep.setEnabled(True)
        self.failed(error)

    def _remove_offer(self, pressed: Any, offer_id: str, _: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's signal
        """The first press asks, in place; the second removes."""
        if pressed.text() != t("recruiters.offer.remove_sure"):
            pressed.setText(t("recruiters.offer.remove_sure"))
            pressed.setAccessibleName(f"{pressed.text()}: {pressed.accessibleName()}")
            return
        pressed.setEnabled(False)
        self.desk.tasks.work(self, lambda work: remove_offer(work, offer_id), lambda _: self._read())

    # -- deleting ------------------------------------------------------------------------------------------------------

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
        recruiter_id = self._recruiter_id
        self.sure.setEnabled(False)
        self.submit(lambda work: remove_recruiter(work, recruiter_id), lambda _: self._deleted(), self._not_deleted)

    def _deleted(self) -> None:
        self.offer.empty()
        self.settled.emit()
        self.desk.say(t("recruiters.deleted"))
        self.desk.go("recruiters")

    def _not_deleted(self, error: ExpectedError) -> None:
        self.sure.setEnabled(True)
        self._keep_it()
        self.failed(error)


def licence_notice(one: Recruiter, checked: str | None) -> Notice:
    """How the licence was checked; what to do as long as nobody has."""
    tone, _ = licence_sign(one.licence_found)
    said = licence_words(one.licence_found, checked, one.licence_checked_with)
    is_checked = said != t("recruiters.unchecked")
    more = t("recruiters.checked_more") if is_checked else t("recruiters.unchecked_more")
    return Notice(said, Tone.INFO if tone is Tone.NEUTRAL else tone, more=more)


def facts_of(one: Recruiter) -> list[tuple[str, str]]:
    """What the form holds, as (field, words)."""
    phones = ", ".join(
        f"{show_number(number)} ({shown_owner(owner)})" if shown_owner(owner) else show_number(number)
        for number, owner in one.phones.items()
    )
    found = [
        ("aliases", ", ".join(one.aliases)),
        ("phones", phones),
        ("address", one.address),
        ("places", ", ".join(one.places)),
        ("licence", one.licence),
        ("licence_seen", words("seen", one.licence_seen)),
        ("remark", one.remark),
        ("told_by", one.told_by),
    ]
    return [(name, value) for name, value in found if value]


def _column(inside: QVBoxLayout) -> QVBoxLayout:
    """Room for lines that come later, where Tab finds them before what stands below."""
    holder = QWidget()
    made = QVBoxLayout(holder)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(px(8))
    inside.addWidget(holder)
    return made
