# SPDX-License-Identifier: GPL-3.0-or-later
"""What to keep in mind at one moment: a quiet line of a few words, which opens to plain sentences and their source."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.casework.principles import Moment, Principle, at
from trafficwatch.texts import current_language, t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.parts import label


class PrinciplesLine(Fold):
    """The principles of a moment."""

    def __init__(self, moment: Moment) -> None:
        self.principles = at(moment)
        titles = " · ".join(each.title.of(current_language()) for each in self.principles)
        super().__init__(t("case_page.keep_in_mind", titles=titles), self._words, "info")

    def _words(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(px(10), px(4), px(10), px(4))
        column.setSpacing(px(8))
        for each in self.principles:
            column.addWidget(_said(each))
        return made


def _said(principle: Principle) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label(principle.words.of(current_language())))
    column.addWidget(label(principle.source, "small"))
    return made
