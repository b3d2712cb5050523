# SPDX-License-Identifier: GPL-3.0-or-later
"""How it stands with the PPT, at the head of the page 'Kirim': in one sentence, in numbers, and which bundles have no
receipt yet. It says only what `sync.outbox` says: a record counts as received when a receipt says so, never before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from trafficwatch.models.exchange import Delivery, PeerStatus
from trafficwatch.sync.outbox import WITHHELD, Outbox, Unanswered
from trafficwatch.texts import t
from trafficwatch.texts.exchange import delivery_words, status_words
from trafficwatch.texts.labels import label as value_label
from trafficwatch.ui.exchange.moments import moment, moment_day
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.send_cards import STATES
from trafficwatch.ui.widgets.parts import button, chip, label, rule

MOST = 5
"""Bundles without a receipt that are named; more are only counted."""
_STATUS_TONES = {PeerStatus.ACTIVE: Tone.OK, PeerStatus.PENDING: Tone.WARN, PeerStatus.REVOKED: Tone.DANGER}


class StandingCard(QFrame):
    """How it stands: with whom, in one sentence, in numbers, and since when."""

    refused_wanted = Signal()
    """Somebody wants to see what the PPT refused."""
    again_wanted = Signal()
    """Somebody wants to make the bundles again."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("box", "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(18), px(14), px(18), px(16))
        self._column.setSpacing(px(10))
        self._content: QWidget | None = None
        self.hide()

    def put(self, found: Outbox, today: str) -> None:
        """Show it as it is on this day (ISO date)."""
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
        self._content = QWidget()
        self._column.addWidget(self._content)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(10))
        name = found.ppt_name or t("exchange_desk.send.no_ppt")
        column.addWidget(label(name, "heading"))
        if found.ppt_status is not None:
            column.addWidget(chip(status_words(found.ppt_status.value), _STATUS_TONES[found.ppt_status]))
        column.addWidget(label(sentence(found), "lead"))
        column.addLayout(_numbers(found.by_state))
        if found.by_state.get(Delivery.REFUSED):
            see = button(t("exchange_desk.send.see_refused"), self.refused_wanted.emit, icon_name="error")
            column.addLayout(side_by_side(see))
        for words in _dates(found):
            column.addWidget(label(words, "soft"))
        if found.erased:
            words = t("exchange_desk.send.erased", count=found.erased, removed=found.removed)
            column.addWidget(label(words, "soft"))
        if found.drafts:
            column.addWidget(label(t("exchange_desk.send.drafts", count=found.drafts), "soft"))
        if found.unanswered and found.ppt_status is PeerStatus.ACTIVE:
            self._put_unanswered(column, found.unanswered, today)
        self.show()

    def _put_unanswered(self, column: QVBoxLayout, found: Sequence[Unanswered], today: str) -> None:
        """Which bundles have no receipt, since when, and when one makes them again."""
        column.addWidget(rule())
        column.addWidget(label(t("exchange_desk.send.unanswered"), "strong"))
        for each in found[:MOST]:
            column.addWidget(label(_bundle(each, today)))
        if len(found) > MOST:
            column.addWidget(label(t("exchange_desk.send.unanswered_more", count=len(found) - MOST), "soft"))
        column.addWidget(label(t("exchange_desk.send.again_when"), "soft"))
        again = button(t("exchange_desk.send.again"), self.again_wanted.emit, icon_name="refresh")
        column.addLayout(side_by_side(again))


def sentence(found: Outbox) -> str:
    """How it stands, in one sentence that promises nothing a receipt has not said."""
    waiting = found.by_state.get(Delivery.WAITING, 0)
    if found.ppt_status is not PeerStatus.ACTIVE:
        return t(f"exchange_desk.send.stands.{found.ppt_status.value if found.ppt_status else 'nobody'}")
    if found.by_state.get(Delivery.REFUSED):
        return t("exchange_desk.send.stands.refused", count=found.by_state[Delivery.REFUSED])
    if waiting:
        since = moment_day(found.waiting_since)
        if since:
            return t("exchange_desk.send.stands.waiting_since", count=waiting, day=since)
        return t("exchange_desk.send.stands.waiting", count=waiting)
    if found.unconfirmed_bundles:
        return t("exchange_desk.send.stands.unconfirmed", count=found.unconfirmed_bundles)
    return t("exchange_desk.send.stands.all_received")


def _numbers(by_state: Mapping[str, int]) -> QGridLayout:
    """A number per state with its words; states that are not shown hold nothing."""
    made = QGridLayout()
    made.setHorizontalSpacing(px(18))
    made.setVerticalSpacing(px(4))
    shown: list[Delivery | None] = [*STATES[:3]]
    shown += [state for state in STATES[3:] if by_state.get(state)]
    shown += [None] if by_state.get(WITHHELD) else []
    is_stacked = look().zoom >= COMPACT_FROM
    for position, state in enumerate(shown):
        number = label(str(by_state.get(state.value if state else WITHHELD, 0)), "number", wraps=False)
        words = label(value_label("delivery", state.value) if state else delivery_words(None), "soft")
        if is_stacked:
            made.addWidget(number, position, 0)
            made.addWidget(words, position, 1)
        else:
            made.addWidget(number, 0, position)
            made.addWidget(words, 1, position, Qt.AlignmentFlag.AlignTop)
            made.setColumnStretch(position, 1)
    if is_stacked:
        made.setColumnStretch(1, 1)
    return made


def _dates(found: Outbox) -> list[str]:
    said = []
    if found.last_sent_at:
        said.append(t("exchange_desk.send.last_sent", at=moment(found.last_sent_at)))
    if found.last_receipt_at:
        said.append(t("exchange_desk.send.last_receipt", at=moment(found.last_receipt_at)))
    elif found.last_sent_at:
        said.append(t("exchange_desk.send.no_receipt"))
    return said


def _bundle(each: Unanswered, today: str) -> str:
    """One bundle without a receipt, and for how many days."""
    days = (date.fromisoformat(today) - datetime.fromisoformat(each.made_at).astimezone().date()).days
    since = t("exchange_desk.send.days", count=days) if days > 0 else t("exchange_desk.send.today")
    at = moment(each.made_at)
    return t("exchange_desk.send.unanswered_one", number=each.number, at=at, count=each.records, since=since)
