# SPDX-License-Identifier: GPL-3.0-or-later
"""The three elements of trafficking as columns that fill while answers come in. Read-only; values in.

Each has its state in words, and below it the facts that decide, direct ones before signs. At great zoom, or beside
something else, the columns stand one below the other. With `detail` every fact can be opened, and shows what that
gives below itself.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.screening import Element, ElementResult, Entry, Evaluation, Kind, Questionnaire, State, Track
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.parts import card, chip, empty, label, picture

TONES = {State.STATED: Tone.WARN, State.INDICATED: Tone.INFO, State.UNKNOWN: Tone.NEUTRAL}


class ElementColumns(QWidget):
    """Proses, cara, tujuan; `most` is how many facts are named before only their number is."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        *,
        stacked: bool = False,
        most: int = 0,
        detail: Callable[[Entry], QWidget] | None = None,
    ) -> None:
        super().__init__()
        self._questionnaire = questionnaire
        self._most = most
        self._detail = detail
        is_stacked = stacked or look().zoom >= COMPACT_FROM
        row: QBoxLayout = QVBoxLayout(self) if is_stacked else QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(12))
        self._columns: dict[Element, tuple[QFrame, QVBoxLayout]] = {}
        for element in Element:
            frame, column = card()
            column.setContentsMargins(px(14), px(12), px(14), px(12))
            column.setSpacing(px(8))
            self._columns[element] = (frame, column)
            row.addWidget(frame, 1)

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show what is known now."""
        for element, result in evaluation.elements.items():
            frame, column = self._columns[element]
            empty(column)
            name, state = t(f"screening.element.{element}"), words_for("state", result.state)
            column.addWidget(label(name, "strong"))
            column.addWidget(chip(state, TONES[result.state], f"chip-{result.state}"), 0, Qt.AlignmentFlag.AlignLeft)
            shown = self._shown(result)
            spoken = [_words(entry) for entry in shown]
            for entry in shown:
                self._put(column, entry)
            if len(shown) < len(result.by):
                spoken.append(t("screening_desk.more_facts", count=len(result.by) - len(shown)))
                column.addLayout(_fact("plus", spoken[-1]))
            if element is Element.CARA and evaluation.track is Track.CHILD:
                column.addWidget(label(t("screening_desk.child_needs_no_means"), "small"))
            column.addStretch(1)
            facts = "; ".join(spoken) or "–"
            frame.setAccessibleName(t("screening_desk.column_name", element=name, state=state, facts=facts))

    def _shown(self, result: ElementResult) -> list[Entry]:
        codes = result.by[: self._most] if self._most else result.by
        return [self._questionnaire.entry(code) for code in codes]

    def _put(self, column: QVBoxLayout, entry: Entry) -> None:
        icon_name, detail = "chip-stated" if entry.kind is Kind.ELEMENT else "chip-indicated", self._detail
        if detail is None:
            column.addLayout(_fact(icon_name, _words(entry)))
        else:
            column.addWidget(Fold(_words(entry), lambda: detail(entry), icon_name))


def _words(entry: Entry) -> str:
    return entry.short.of(current_language())


def _fact(icon_name: str, words: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(px(6))
    dot = picture(icon_name, 15)
    dot.setContentsMargins(0, px(3), 0, 0)  # in the middle of the first line
    dot.setFixedHeight(px(18))
    row.addWidget(dot, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(words), 1)
    return row
