# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Kirim': how it stands, the ways to the PPT (a stick step by step, the internet, a folder), what would leave
and why, and every record's way. Nothing counts as received before its receipt was taken in here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trafficwatch.models.exchange import Delivery, PeerStatus
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import SenderPending
from trafficwatch.sync.outbox import Outbox, deliveries, outbox, what_leaves
from trafficwatch.sync.parcels import Exported
from trafficwatch.texts import t
from trafficwatch.ui.exchange.intake import Intake, Outcome
from trafficwatch.ui.exchange.moments import size
from trafficwatch.ui.exchange.results import lines, summary
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.network_card import NetworkCard
from trafficwatch.ui.village.send_cards import PAGE, DeliveriesCard, PreviewCard
from trafficwatch.ui.village.send_standing import StandingCard
from trafficwatch.ui.widgets.lines import Lines
from trafficwatch.ui.widgets.parts import button, card
from trafficwatch.ui.widgets.progress import Progress
from trafficwatch.ui.widgets.tab_order import put_in_order


class SendPage(Page):
    """What goes to the PPT, and what came back."""

    name = "send"
    reads_outbox = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("exchange_desk.send.title"), t("exchange_desk.send.subtitle"))
        self.progress = Progress()
        self.intake = Intake(self, self.progress)
        self.intake.finished.connect(self.show_outcome)
        self.result, result = card(t("exchange_desk.result.title"))
        self.result_list = Lines(t("exchange_desk.result.title"))
        result.addWidget(self.result_list)
        self.result.hide()
        self.standing = StandingCard()
        self.standing.refused_wanted.connect(self._see_refused)
        self.standing.again_wanted.connect(lambda: desk.go("usb"))
        self.network = NetworkCard(self)
        self.network.settled.connect(self._load)
        self.leaving = PreviewCard()
        self.leaving.wanted.connect(self._list_leaving)
        self.each = DeliveriesCard()
        self.each.wanted.connect(self._list_each)
        self._build_folder()
        for widget in (self.progress, self.result, self.standing, self.network, self.leaving, self.each, self.folder):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.usb = button("", self._go_on, role="primary", icon_name="stick")
        self.footer(primary=self.usb)
        self._is_enrolled = desk.state.ppt is PeerStatus.ACTIVE
        self._set_buttons(ready=False)

    def _build_folder(self) -> None:
        """For who knows how: straight into a folder, and out of one."""
        self.folder, column = card(t("exchange_desk.send.folder"), t("exchange_desk.send.folder_what"))
        self.make = button(t("exchange_desk.send.make"), self._make, icon_name="send")
        self.receipts = button(t("exchange_desk.send.receipts"), self._ask_receipts, icon_name="receipt")
        self.one_receipt = button(t("exchange_desk.send.one_file"), self._ask_file, icon_name="receipt")
        column.addLayout(side_by_side(self.make, self.receipts, self.one_receipt))

    def enter(self, **_: Any) -> None:
        self._load()
        if self._is_enrolled:
            self.network.read()

    def _load(self) -> None:
        self.desk.tasks.work(self, outbox, self._show, super().failed, slot="outbox")
        self.each.ask(0)

    def _show(self, found: Outbox) -> None:
        self._is_enrolled = found.ppt_status is PeerStatus.ACTIVE
        self.outbox_read.emit(found)
        self.show_standing(found, self.desk.today)
        self.leaving.setVisible(found.preview is not None)
        if found.preview is not None:
            self.leaving.put(found.preview)
            if self.leaving.toggle.isChecked():
                self._list_leaving(0)
        has_something = found.preview is not None and bool(found.preview.counts)
        self._set_buttons(ready=True, has_something=has_something)

    def show_standing(self, found: Outbox, today: str) -> None:
        """Show how it stands on this day (ISO date)."""
        self.standing.put(found, today)
        put_in_order(self)

    def _set_buttons(self, *, ready: bool, has_something: bool = False) -> None:
        is_pending = self.desk.state.ppt is PeerStatus.PENDING
        connect = t("exchange_desk.send.go_on") if is_pending else t("exchange_desk.send.connect")
        self.usb.setText(t("exchange_desk.send.usb") if self._is_enrolled else connect)
        self.folder.setVisible(self._is_enrolled)
        self.make.setEnabled(ready and has_something)
        for widget in (self.receipts, self.one_receipt):
            widget.setEnabled(ready)

    def _go_on(self) -> None:
        if not self.intake.is_running:
            self.desk.go("usb" if self._is_enrolled else "connect")

    def _list_leaving(self, offset: int) -> None:
        self.desk.tasks.work(
            self,
            lambda work: what_leaves(work, offset, PAGE),
            lambda rows: self.leaving.put_list(offset, rows),
            super().failed,
            slot="leaving",
        )

    def _list_each(self, state: Delivery | None, offset: int) -> None:
        self.desk.tasks.work(
            self,
            lambda work: deliveries(work, state, offset, PAGE),
            lambda page: self.each.put(offset, page),
            super().failed,
            slot="deliveries",
        )

    def _see_refused(self) -> None:
        self.each.show_state(Delivery.REFUSED)
        bring(self, self.each.list)

    # -- making bundles ----------------------------------------------------------------------------------------------

    def _make(self) -> None:
        if not self.intake.is_running:
            self.desk.open_folder(self, t("exchange_desk.send.choose_stick"), self._write)

    def _write(self, folder: Path) -> None:
        self._set_buttons(ready=False)
        self.clear_notices()
        self.result.hide()
        self.desk.tasks.store(
            self, lambda store: [(made, _length(made.path)) for made in export(store, folder)], self._written
        )

    def _written(self, made: Sequence[tuple[Exported, int]]) -> None:
        files = "; ".join(
            t("exchange_desk.send.file", file=each.path.name, count=each.records, size=size(length))
            for each, length in made
        )
        words = t("exchange_desk.send.written", count=len(made))
        self.tell(words, Tone.OK, more=t("exchange_desk.send.written_more", files=files))
        self.desk.say(words)
        self._load()

    def failed(self, error: Any) -> None:
        super().failed(error)
        if isinstance(error, SenderPending):
            self.tell(t("exchange_desk.send.stands.pending"), Tone.WARN).add_action(
                t("exchange_desk.send.go_on"), lambda: self.desk.go("connect")
            )
        self._load()

    # -- taking in receipts ------------------------------------------------------------------------------------------

    def _ask_receipts(self) -> None:
        self.desk.open_folder(self, t("exchange_desk.send.choose_receipts"), self.take_folder)

    def _ask_file(self) -> None:
        self.desk.open_file(self, t("exchange_desk.send.choose_receipt"), self._take_file, kinds="*.twb")

    def take_folder(self, folder: Path) -> None:
        """Take in every receipt of a folder."""
        self._start()
        self.intake.take_folder(folder)

    def _take_file(self, path: Path) -> None:
        self._start()
        self.intake.take_file(path)

    def _start(self) -> None:
        self._set_buttons(ready=False)
        self.result.hide()

    def show_outcome(self, outcome: Outcome) -> None:
        """Say what came of the files."""
        words, more, tone = summary(outcome)
        self.tell(words, tone, more=more)
        self.desk.say(words)
        if outcome.files:
            ppt = {done.sender: t("exchange_desk.send.the_ppt") for done in outcome.taken}
            self.result_list.put(lines(outcome, ppt))
            self.result.show()
        self._load()


def _length(path: Path) -> int:
    """The size of a file that was just written, 0 if the stick is gone already."""
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0
