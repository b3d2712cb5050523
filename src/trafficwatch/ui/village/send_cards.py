# SPDX-License-Identifier: GPL-3.0-or-later
"""Two cards of the page 'Kirim': what would leave and why, and every record with its way.

They say only what `sync.outbox` says. A record counts as received when a receipt says so, never before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from trafficwatch.models.exchange import Delivery
from trafficwatch.sync.exporting import Preview
from trafficwatch.sync.leaving import DUTY
from trafficwatch.sync.outbox import DeliveryPage, DeliveryRow, LeavingRow
from trafficwatch.texts import t
from trafficwatch.texts.exchange import delivery_words, leaving_words, reason_words, type_words
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.refusable import touched_groups
from trafficwatch.ui.widgets.lines import Line, Lines, Pager
from trafficwatch.ui.widgets.parts import Choice, Field, button, label

PAGE = 50
TONES: Mapping[Delivery | None, tuple[Tone, str]] = {
    Delivery.WAITING: (Tone.INFO, "clock"),
    Delivery.IN_BUNDLE: (Tone.INFO, "stick"),
    Delivery.RECEIVED: (Tone.OK, "receipt"),
    Delivery.REFUSED: (Tone.DANGER, "error"),
    Delivery.REMOVED: (Tone.NEUTRAL, "trash"),
    None: (Tone.NEUTRAL, "lock"),
}
STATES = (Delivery.WAITING, Delivery.IN_BUNDLE, Delivery.RECEIVED, Delivery.REFUSED, Delivery.REMOVED)
_TODO = {
    "link_missing": "again",
    "record_type_unknown": "update",
    **dict.fromkeys(("record_of_another_village", "field_owned_elsewhere"), "ask"),
    **dict.fromkeys(
        ("value_impossible", "text_too_long", "unreadable_date", "impossible_date", "year_out_of_range"), "correct"
    ),
    **dict.fromkeys(("no_such_month", "no_such_day"), "correct"),
}
"""Reason of a refusal -> what the volunteer can do about it; anything else is sent once more."""


def todo_words(reason: str) -> str:
    """What to do about a record that the PPT refused."""
    return t(f"exchange_desk.todo.{_TODO.get(reason, 'again')}")


class PreviewCard(QFrame):
    """What the next bundle would carry and why; `wanted` asks for the list, record by record, from an offset."""

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("box", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("exchange_desk.send.leaving"), "heading"))
        self._column = QVBoxLayout()
        self._column.setSpacing(px(10))
        column.addLayout(self._column)
        self._content: QWidget | None = None
        self.toggle = button(t("exchange_desk.send.show_each"), self._toggled, icon_name="eye")
        self.toggle.setCheckable(True)
        column.addLayout(side_by_side(self.toggle))
        self.list = Lines(t("exchange_desk.send.leaving"))
        self.pager = Pager(PAGE)
        self.pager.turned.connect(self.wanted)
        column.addWidget(self.list)
        column.addWidget(self.pager)
        self.list.hide()
        self._total = 0
        self.hide()

    def put(self, preview: Preview) -> None:
        self._total = sum(preview.counts.values())
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
        self._content = QWidget()
        self._column.addWidget(self._content)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(10))
        if self._total:
            column.addWidget(label(t("exchange_desk.send.what", count=self._total)))
            column.addLayout(_table({type_words(kind): count for kind, count in preview.counts.items()}))
            column.addWidget(label(t("exchange_desk.send.why"), "strong"))
            reasons = {leaving_words(reason): count for reason, count in preview.reasons.items()}
            column.addLayout(_table(reasons, red=leaving_words(DUTY)))
        else:
            column.addWidget(label(t("exchange_desk.send.nothing_leaves")))
        if preview.withheld:
            column.addWidget(label(t("exchange_desk.send.stays", count=preview.withheld), "strong"))
        if preview.waiting_for_training:
            column.addWidget(
                label(t("exchange_desk.send.needs_training", count=preview.waiting_for_training), "strong")
            )
        self.toggle.setVisible(bool(self._total))
        if not self._total:
            self.toggle.setChecked(False)
            self._toggled()
        self.show()

    def put_list(self, offset: int, rows: tuple[LeavingRow, ...]) -> None:
        self.list.put([_leaving(row) for row in rows])
        self.pager.put(offset, len(rows), self._total)

    def _toggled(self) -> None:
        is_open = self.toggle.isChecked()
        self.toggle.setText(t("exchange_desk.send.hide_each") if is_open else t("exchange_desk.send.show_each"))
        self.list.setVisible(is_open)
        self.pager.setVisible(False)
        if is_open:
            self.wanted.emit(0)


class DeliveriesCard(QFrame):
    """Every record with how far it is; `wanted` asks for a state (None for all) from an offset."""

    wanted = Signal(object, int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("box", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("exchange_desk.send.each"), "heading"))
        options = [(state.value, delivery_words(state.value)) for state in STATES]
        self.filter = Choice(options, empty=t("exchange_desk.send.all"))
        self.filter.activated.connect(lambda _: self.ask(0))
        column.addWidget(Field(t("exchange_desk.send.show"), self.filter))
        self.list = Lines(t("exchange_desk.send.each"))
        self.empty = label(t("exchange_desk.send.none_such"), "soft")
        self.pager = Pager(PAGE)
        self.pager.turned.connect(self.ask)
        for widget in (self.list, self.empty, self.pager):
            column.addWidget(widget)
        self.empty.hide()
        self.hide()

    def show_state(self, state: Delivery) -> None:
        """Show the records of one state."""
        self.filter.choose(state.value)
        self.ask(0)

    def ask(self, offset: int) -> None:
        self.wanted.emit(Delivery(self.filter.value) if self.filter.value else None, offset)

    def put(self, offset: int, page: DeliveryPage) -> None:
        self.list.put([_delivery(row) for row in page.rows])
        self.list.setVisible(bool(page.rows))
        self.empty.setVisible(not page.rows)
        self.pager.put(offset, len(page.rows), page.total)
        self.show()


def _table(counts: Mapping[str, int], red: str = "") -> QGridLayout:
    """Words and their count, one line each; what leaves without consent in red."""
    made = QGridLayout()
    made.setHorizontalSpacing(px(14))
    made.setVerticalSpacing(px(2))
    made.setColumnStretch(1, 1)
    for position, (words, count) in enumerate(counts.items()):
        number = label(str(count), "strong", wraps=False)
        made.addWidget(number, position, 0)
        made.addWidget(label(words, "error" if words == red else ""), position, 1)
    return made


def _named(type_name: str, name: str) -> str:
    return t("exchange_desk.send.record", type=type_words(type_name), name=name) if name else type_words(type_name)


def _leaving(row: LeavingRow) -> Line:
    said = [t("exchange_desk.send.fields", count=row.fields)]
    said += [t("exchange_desk.sentence", words=leaving_words(reason)) for reason in row.reasons]
    if row.held_back:
        said.append(t("exchange_desk.send.fields_refused", fields=_field_words(row.held_back)))
    tone, icon = (Tone.DANGER, "warning") if DUTY in row.reasons else (Tone.INFO, "send")
    return Line(f"{row.type}/{row.id}", _named(row.type, row.label), " ".join(said), tone, icon)


def _field_words(names: Iterable[str]) -> str:
    """What was refused, by the groups in which it was asked."""
    return ", ".join(t(f"consent.field.{group}") for group in touched_groups(names))


def _delivery(row: DeliveryRow) -> Line:
    tone, icon = TONES[row.state]
    said = [t("exchange_desk.sentence", words=delivery_words(row.state.value if row.state else None))]
    if row.state is None:
        said = [reason_words(row.reason)]
    elif row.reason:
        said.append(reason_words(row.reason))
    if row.state is Delivery.REFUSED:
        said.append(todo_words(row.reason))
    if row.since:
        said.append(t("exchange_desk.send.since", at=moment(row.since)))
    if row.sent_at and row.number is not None and row.state is not None:
        said.append(t("exchange_desk.send.last_bundle", number=row.number, at=moment(row.sent_at)))
    return Line(f"{row.type}/{row.id}", _named(row.type, row.label), " ".join(said), tone, icon)
