# SPDX-License-Identifier: GPL-3.0-or-later
"""Two pieces of the papers of case work: a scale from 1 to 5, and a decision with its boxes for yes and no.

Their texts wrap; a row never splits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics

from trafficwatch.forms import pictograms
from trafficwatch.forms.paper import BOLD, GREY, INK, MM, REGULAR
from trafficwatch.forms.parts import SMALL, Part, paragraph, tick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportlab.lib.styles import ParagraphStyle

    from trafficwatch.models.case_papers import Picture

STEPS = 5


class ScaleRows(Part):
    """A row of five boxes behind each label; the chosen one is black. The ends are named above the boxes."""

    BOX = 17.0
    GAP = 7.0

    def __init__(self, rows: Sequence[tuple[str, int | None]], ends: tuple[str, str], size: float) -> None:
        super().__init__(0, before=2, after=3)
        self.rows, self.ends, self.size = rows, ends, size
        self.lines: list[list[str]] = []
        self.start = 0.0

    def wrap(self, avail_width: float, _avail_height: float) -> tuple[float, float]:
        room = STEPS * self.BOX + (STEPS - 1) * self.GAP
        side = max(pdfmetrics.stringWidth(text, REGULAR, SMALL) for text in self.ends)
        self.start = avail_width - room - max(0.0, side - self.BOX / 2)
        self.lines = [simpleSplit(label, REGULAR, self.size, self.start - side) for label, _ in self.rows]
        self.width, self.height = avail_width, 1.5 * SMALL + sum(map(self._tall, self.lines))
        return self.width, self.height

    def _tall(self, lines: Sequence[str]) -> float:
        return max(0.85 * self.BOX + 4.5, 1.25 * self.size * len(lines) + 4)

    def draw(self) -> None:
        canvas, y = self.canv, self.height - SMALL
        last = self.start + (STEPS - 1) * (self.BOX + self.GAP)
        for text, x in zip(self.ends, (self.start, last), strict=True):
            half = pdfmetrics.stringWidth(text, REGULAR, SMALL) / 2
            self.label(text, x + self.BOX / 2 - half, y)
        y -= 0.5 * SMALL
        for (_, value), lines in zip(self.rows, self.lines, strict=True):
            for number, line in enumerate(lines, start=1):
                self.label(line, 0, y - 1.25 * self.size * number, REGULAR, self.size, grey=INK)
            for step in range(1, STEPS + 1):
                x, floor = self.start + (step - 1) * (self.BOX + self.GAP), y - 0.85 * self.BOX
                on = step == value
                canvas.setFillGray(INK)
                canvas.setLineWidth(0.8)
                canvas.rect(x, floor, self.BOX, 0.85 * self.BOX, fill=int(on))
                half = pdfmetrics.stringWidth(str(step), BOLD, 8.5) / 2
                grey = 1.0 if on else GREY
                self.label(str(step), x + self.BOX / 2 - half, floor + 4.2, BOLD, 8.5, grey=grey)
            y -= self._tall(lines)


class DecisionRow(Part):
    """One thing to say yes or no to. With a pictogram it is tall, and a tick and a cross stand over the two boxes."""

    COLUMN = 17 * MM
    PICTURE = 17 * MM
    PAD = 3.0

    def __init__(
        self,
        texts: tuple[str, str],
        styles: tuple[ParagraphStyle, ParagraphStyle],
        answers: tuple[tuple[str, bool], tuple[str, bool]],
        picture: Picture | None = None,
    ) -> None:
        super().__init__(0)
        text, about = texts
        self.texts = [paragraph(text, styles[0])] + ([paragraph(about, styles[1])] if about else [])
        self.answers, self.picture = answers, picture
        self.tall = 0.0

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        self.width = avail_width
        self.tall = sum(each.wrap(self._room, avail_height)[1] for each in self.texts)
        self.height = max(self.tall, self.PICTURE if self.picture else 13) + 2 * self.PAD
        return self.width, self.height

    @property
    def _left(self) -> float:
        return self.PICTURE + 12 if self.picture else 0.0

    @property
    def _room(self) -> float:
        return self.width - self._left - 2 * self.COLUMN - 8

    def draw(self) -> None:
        canvas, middle = self.canv, self.height / 2
        if self.picture:
            pictograms.draw(canvas, self.picture, 2, middle - self.PICTURE / 2, self.PICTURE)
        y = middle + self.tall / 2
        for each in self.texts:
            y -= each.wrapOn(canvas, self._room, self.height)[1]
            each.drawOn(canvas, self._left, y)
        for number, (word, on) in enumerate(self.answers):
            self._answer(self.width - (2 - number) * self.COLUMN, middle, word, on=on, is_yes=number == 0)
        canvas.setLineWidth(0.4)
        canvas.line(0, 0, self.width, 0)

    def _answer(self, x: float, middle: float, word: str, *, on: bool, is_yes: bool) -> None:
        if not self.picture:
            tick(self.canv, x + 4, middle - 5, 10, on=on)
            self.label(word, x + 19, middle - 3.5, BOLD if on else REGULAR, 9, grey=INK)
            return
        box = 21.0
        tick(self.canv, x + (self.COLUMN - box) / 2, middle - box / 2 - 7.5, box, on=on)
        width = pdfmetrics.stringWidth(word, BOLD, 10)
        start = x + (self.COLUMN - width - 14) / 2
        mark = pictograms.yes_mark if is_yes else pictograms.no_mark
        mark(self.canv, start, middle + 10, 9)
        self.label(word, start + 14, middle + 10.5, BOLD, 10, grey=INK)
