# SPDX-License-Identifier: GPL-3.0-or-later
"""The card that screening shows before all questions when there is danger: whom to call now."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from trafficwatch.casework.overview import InstitutionRow
from trafficwatch.models.directory import InstitutionKind
from trafficwatch.texts import t
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import label

_POLICE = (InstitutionKind.POLICE, InstitutionKind.TASK_FORCE)
_CENTRE = (InstitutionKind.PPT, InstitutionKind.UPTD_PPA)
_MEDICAL = (InstitutionKind.PUSKESMAS, InstitutionKind.HOSPITAL)
_HOTLINE = (InstitutionKind.NATIONAL_HOTLINE,)
MOST = 2
"""Of each kind: who is in a hurry reads no directory."""


def to_call(rows: Iterable[InstitutionRow], *, medical: bool) -> list[InstitutionRow]:
    """Whom to call now, nearest first: help for the body if that is needed, police, the PPT, the national number."""
    found, all_rows = [], list(rows)
    for kinds in ((_MEDICAL,) if medical else ()) + (_POLICE, _CENTRE, _HOTLINE):
        fitting = [row for row in all_rows if row.kind in {kind.value for kind in kinds}]
        found += ([row for row in fitting if row.contacts] or fitting)[:MOST]
    return found


class CallCard(QFrame):
    """Whom to call now and why; below it what else can be done at once."""

    def __init__(self, words: str, rows: Iterable[InstitutionRow], *actions: QPushButton) -> None:
        super().__init__()
        self.setProperty("box", "bar")
        self.setProperty("tone", Tone.DANGER.value)
        self.setAccessibleName(f"{t('screening_desk.call_now')} {words}")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(12), px(16), px(14))
        column.setSpacing(px(8))
        column.addWidget(label(t("screening_desk.call_now"), "heading"))
        column.addWidget(label(words))
        for each in rows:
            line: QBoxLayout = QVBoxLayout() if look().zoom >= COMPACT_FROM else QHBoxLayout()
            line.setSpacing(px(2 if look().zoom >= COMPACT_FROM else 12))
            line.addWidget(label(each.name), 1)
            numbers = " · ".join(each.contacts)
            line.addWidget(label(numbers, "digits") if numbers else label(t("screening_desk.call_in_person")), 1)
            column.addLayout(line)
        column.addWidget(label(t("screening_desk.call_rules")))
        if actions:
            beside: QBoxLayout = QVBoxLayout() if look().zoom >= COMPACT_FROM else QHBoxLayout()
            beside.setSpacing(px(10))
            for action in actions:
                beside.addWidget(action, 0, Qt.AlignmentFlag.AlignLeft)
            beside.addStretch(1)
            column.addLayout(beside)
