# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of one import below its bar: which are done, which is under way and how far, which are to come."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QWidget

from trafficwatch.sync.importing import Stage
from trafficwatch.texts import t
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.widgets.parts import empty, label, picture

_STAGES = tuple(Stage)


class ImportSteps(QWidget):
    """Nothing until a file is taken in."""

    def __init__(self) -> None:
        super().__init__()
        is_stacked = look().zoom >= COMPACT_FROM
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(px(2) if is_stacked else px(14))
        self.setLayout(self._row)
        self._stage: Stage | None = None

    def clear(self) -> None:
        """Before the first file."""
        self._stage = None
        empty(self._row)
        self.setAccessibleName("")

    def put(self, stage: Stage, done: int, total: int) -> None:
        """This step is under way."""
        if stage is not self._stage:
            self._stage = stage
            self._build(_STAGES.index(stage))
        here = _words(stage, done, total)
        self._here.setText(here)
        self.setAccessibleName(t("import_steps.at", number=_STAGES.index(stage) + 1, total=len(_STAGES), what=here))

    def _build(self, current: int) -> None:
        empty(self._row)
        for place, stage in enumerate(_STAGES):
            words = label(_words(stage, 0, 0), "strong" if place == current else "soft", wraps=False)
            if place == current:
                self._here = words
            line = QWidget()
            beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, line)
            beside.setContentsMargins(0, 0, 0, 0)
            beside.setSpacing(px(5))
            if place <= current:
                is_done, colours = place < current, look().colours
                mark = picture("check", 18, colours.ok.ink) if is_done else picture("forward", 18, colours.accent_ink)
            else:
                mark = label()
                mark.setFixedSize(px(18), px(18))
            beside.addWidget(mark)
            beside.addWidget(words)
            beside.addStretch(1)
            self._row.addWidget(line)
        self._row.addStretch(1)


def _words(stage: Stage, done: int, total: int) -> str:
    words = t(f"import_steps.{stage.value}")
    return t("import_steps.of", what=words, done=done, total=total) if stage is Stage.MERGE and total else words
