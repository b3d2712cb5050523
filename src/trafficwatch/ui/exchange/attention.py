# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the exchange waits for a person: differences, records that were set aside, bundles that have not come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.sync import differences, quarantine
from trafficwatch.sync.gaps import Gap, gaps, ranges
from trafficwatch.sync.inbox import names
from trafficwatch.texts import t
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import button, card, empty, label

MOST = 5
"""Senders by name; of the others only their number."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How many differences and set aside records there are, and the gaps, with the names of their senders by device."""

    differences: int
    set_aside: int
    gaps: tuple[Gap, ...]
    names: Mapping[str, str]


def waits(work: Any) -> Waits:
    """Read what waits."""
    now = tuple(gap for gap in gaps(work) if gap.is_current)
    return Waits(differences.count_open(work), quarantine.count(work), now, names(work))


def numbers_words(numbers: Sequence[int]) -> str:
    """Numbers as a list of stretches: 3, 5–7."""
    said = [
        str(first) if first == last else t("exchange_attention.stretch", first=first, last=last)
        for first, last in ranges(numbers)
    ]
    return ", ".join(said)


class AttentionCard(QWidget):
    """The card on a page; hidden while nothing waits."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        frame, column = card(t("exchange_attention.title"))
        outside.addWidget(frame)
        self.differences = button("", lambda: page.desk.go("open_differences"), icon_name="question")
        self.set_aside = button("", lambda: page.desk.go("set_aside"), icon_name="folder")
        column.addLayout(side_by_side(self.differences, self.set_aside))
        self.gaps = QVBoxLayout()
        self.gaps.setSpacing(px(4))
        column.addLayout(self.gaps)
        self.hide()

    def read(self) -> None:
        """Read and show what waits."""
        self._page.desk.tasks.work(self, waits, self.put, slot="waits")

    def failed(self, error: Any) -> None:
        """What keeps it from being read the page says."""
        self._page.failed(error)

    def put(self, found: Waits) -> None:
        """Show this."""
        self.differences.setText(t("exchange_attention.differences", count=found.differences))
        self.differences.setVisible(bool(found.differences))
        self.set_aside.setText(t("exchange_attention.set_aside", count=found.set_aside))
        self.set_aside.setVisible(bool(found.set_aside))
        empty(self.gaps)
        for gap in found.gaps[:MOST]:
            name = found.names.get(gap.device, gap.device)
            self.gaps.addWidget(label(t("exchange_attention.gap", name=name, numbers=numbers_words(gap.missing))))
        if len(found.gaps) > MOST:
            self.gaps.addWidget(label(t("exchange_attention.more_gaps", count=len(found.gaps) - MOST), "soft"))
        if found.gaps:
            self.gaps.addWidget(label(t("exchange_attention.gap_how"), "soft"))
        self.setVisible(bool(found.differences or found.set_aside or found.gaps))
