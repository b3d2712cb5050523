# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Kembalikan data desa': after a laptop was lost, all that this PPT has of a village goes to a new one.

Reached from the page of villages, for one device. It says which other laptops of that village still count as trusted,
for the lost one may be among them, and asks for a reason that stands in the journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from trafficwatch.models.exchange import Peer
from trafficwatch.sync import restoring
from trafficwatch.sync.devices import DeviceUnknown, peers
from trafficwatch.sync.parcels import Exported
from trafficwatch.texts import t
from trafficwatch.ui.exchange.laptops import short
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, empty, label, line_edit


@dataclass(frozen=True, slots=True)
class Village:
    """The device that gets everything, and the others of its village that are trusted."""

    device: Peer
    others: tuple[Peer, ...]


def village(work: Any, device: str) -> Village:
    """Read one device; raises DeviceUnknown."""
    found = next((peer for peer in peers(work) if peer.device == device), None)
    if found is None:
        raise DeviceUnknown(device=device)
    return Village(found, restoring.other_devices(work, device))


class BringBackPage(Page):
    """One village device and a reason; then a stick."""

    name = "bring_back"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("laptops.desk.title"), t("laptops.desk.subtitle"), can_go_back=True)
        self._device = ""
        frame, column = card(t("laptops.desk.what"), t("laptops.desk.what_how"))
        self.village = label("", "lead")
        column.addWidget(self.village)
        self.others = QVBoxLayout()
        column.addLayout(self.others)
        self.reason = line_edit(limit=300)
        self.field = Field(t("laptops.desk.reason"), self.reason, t("laptops.desk.reason_hint"))
        column.addWidget(self.field)
        self.body.addWidget(frame)
        self.body.addStretch(1)
        self.next = button(t("laptops.desk.write"), self._ask, role="primary")
        self.footer(primary=self.next)

    def enter(self, device: str = "", **_: Any) -> None:
        self._device = device
        self.desk.tasks.work(self, lambda work: village(work, device), self.show_village, slot="village")

    def where(self) -> dict[str, Any]:
        return {"device": self._device}

    def show_village(self, found: Village) -> None:
        """Say for whom it is, and who else is trusted."""
        self.village.setText(t("laptops.desk.for", name=found.device.name, device=short(found.device.device)))
        devices = ", ".join(short(each.device) for each in found.others)
        empty(self.others)
        if found.others:
            self.others.addWidget(Notice(t("laptops.desk.others", devices=devices), Tone.WARN))

    def _ask(self) -> None:
        if not self.reason.text().strip():
            self.field.wrong(t("laptops.desk.reason_needed"))
            self.reason.setFocus()
            return
        self.field.wrong("")
        self.desk.open_folder(self, t("laptops.choose_stick"), self._write)

    def _write(self, folder: Path) -> None:
        device, reason = self._device, self.reason.text()
        self.clear_notices()
        self.next.setEnabled(False)
        self.desk.tasks.store(self, lambda store: restoring.restore(store, device, reason, folder), self._written)

    def _written(self, made: Sequence[Exported]) -> None:
        self.next.setEnabled(True)
        self.reason.clear()
        words = t("laptops.desk.written", records=sum(each.records for each in made), files=len(made))
        self.tell(words, Tone.OK, more=t("laptops.desk.written_next"))
        self.desk.say(words)

    def failed(self, error: Any) -> None:
        self.next.setEnabled(True)
        super().failed(error)
