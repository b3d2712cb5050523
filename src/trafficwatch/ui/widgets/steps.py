# SPDX-License-Identifier: GPL-3.0-or-later
"""Where one is in a sequence of steps: done, here, still to come; in words, weight and shape, not in colour alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.widgets.parts import label, picture, rule


class StepBar(QWidget):
    """The steps; `current` counts from 0, all are done when it is beyond the last."""

    def __init__(self, names: Sequence[str], current: int) -> None:
        super().__init__()
        beside = QHBoxLayout(self)
        beside.setContentsMargins(0, 0, 0, px(4))
        beside.setSpacing(px(8))
        here = names[min(current, len(names) - 1)]
        said = t("setup.step_of", number=min(current + 1, len(names)), total=len(names), name=here)
        self.setAccessibleName(said)
        if look().zoom >= COMPACT_FROM:
            beside.addWidget(label(said, "soft"), 1)
            return
        for number, name in enumerate(names):
            if number:
                line = rule()
                line.setFixedWidth(px(28))
                beside.addWidget(line)
            if number < current:
                beside.addWidget(picture("check", 18, look().colours.ok.ink))
                beside.addWidget(label(name, "soft", wraps=False))
            else:
                words = f"{number + 1}  {name}"
                beside.addWidget(label(words, "strong" if number == current else "soft", wraps=False))
        beside.addStretch(1)
