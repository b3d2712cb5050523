# SPDX-License-Identifier: GPL-3.0-or-later
"""The boxes of printed forms: rule under the letterhead, title block, signatures, reply slip.

They never split over pages. A name or role under a signature may take three lines; what is longer ends in an ellipsis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics

from trafficwatch.forms import qr
from trafficwatch.forms.paper import BOLD, INK, MM, REGULAR, fit
from trafficwatch.forms.parts import ROW, SMALL, Part, tick

if TYPE_CHECKING:
    from collections.abc import Sequence


_TWO = 2


class Rule(Part):
    """A thick and a thin line under the letterhead, as on village letters."""

    def __init__(self) -> None:
        super().__init__(4.5, before=3, after=1)

    def draw(self) -> None:
        self.canv.setLineWidth(2)
        self.canv.line(0, 3.2, self.width, 3.2)
        self.canv.setLineWidth(0.6)
        self.canv.line(0, 0.6, self.width, 0.6)


class TitleBlock(Part):
    """Case code at the left, title and number in the middle, QR code at the right; boxes to write in when blank."""

    QR = 25 * MM  # with its quiet zone, which is the white around it
    CODE = 42 * MM
    SIZE = 9.5

    def __init__(self, title: str, *, number: str, code_label: str, code: str, payload: str) -> None:
        super().__init__(self.QR)
        self.title, self.number, self.code_label, self.code, self.payload = title, number, code_label, code, payload

    def shows_number(self, width: float) -> bool:
        """Whether the number fits under the title; where it does not, it belongs below the block."""
        room = width - 2 * self.CODE - 16
        return bool(pdfmetrics.stringWidth(self.number, REGULAR, self.SIZE) <= room)

    def draw(self) -> None:
        canvas, middle, centre = self.canv, self.height / 2, self.width / 2
        canvas.setLineWidth(1)
        canvas.rect(0.5, middle - 19, self.CODE, 38)
        self.label(self.code_label, 6, middle + 8)
        drop = self._title(centre, middle)
        if self.payload:
            qr.draw(canvas, self.payload, self.width - self.QR + 7, 0, self.QR)
        if not self.code:
            start, end = self.CODE + 16, self.width - self.CODE - 16
            self.label(self.number, start, middle - 17 - drop, REGULAR, self.SIZE, grey=INK)
            self.dots(start + pdfmetrics.stringWidth(self.number, REGULAR, self.SIZE), middle - 18 - drop, end)
            return
        size = min(17.0, 17.0 * (self.CODE - 12) / pdfmetrics.stringWidth(self.code, BOLD, 17))
        self.label(self.code, 6, middle - 11, BOLD, size, grey=INK)
        if not self.number.endswith(": ") and self.shows_number(self.width):
            half = pdfmetrics.stringWidth(self.number, REGULAR, self.SIZE) / 2
            self.label(self.number, centre - half, middle - 15 - drop, REGULAR, self.SIZE, grey=INK)

    def _title(self, centre: float, middle: float) -> float:
        """The title underlined, in two smaller lines when it is long; gives how much lower the number stands."""
        size, room = 15.0, self.width - 2 * self.CODE - 12
        lines = [self.title]
        if pdfmetrics.stringWidth(self.title, BOLD, size) > room:
            size = 12.5
            lines = _balanced(simpleSplit(self.title, BOLD, size, room), size)
        drop = 5.0 * (len(lines) - 1)
        y = middle + 2 - drop + 1.2 * size * (len(lines) - 1)
        for line in lines:
            half = pdfmetrics.stringWidth(line, BOLD, size) / 2
            self.label(line, centre - half, y, BOLD, size, grey=INK)
            y -= 1.2 * size
        below = y + 1.2 * size - 3.5
        self.canv.line(centre - half, below, centre + half, below)
        return drop


@dataclass(frozen=True, slots=True)
class Box:
    """One box to sign in. `under` are (label, text) lines below the signature; an empty text is a line to write on, or
    nothing where it has no label.
    """

    caption: str
    under: tuple[tuple[str, str], ...]
    thumb: str = ""


class Signatures(Part):
    """Boxes for signatures or thumbprints side by side."""

    GAP = 6.0
    ROOM = 28 * MM
    SIZE = 7.8

    def __init__(self, boxes: Sequence[Box]) -> None:
        super().__init__(0, after=4)
        self.boxes = boxes
        self.box_width = 0.0
        self.texts: list[list[list[str]]] = []
        self.rows: list[float] = []

    def wrap(self, avail_width: float, _avail_height: float) -> tuple[float, float]:
        self.box_width = (avail_width - self.GAP * (len(self.boxes) - 1)) / len(self.boxes)
        self.texts = [
            [_few_lines(text, self.SIZE, self.box_width - self._indent(box) - 5) for _, text in box.under]
            for box in self.boxes
        ]
        self.rows = [3.5 + 9.2 * max(len(lines) for lines in row) for row in zip(*self.texts, strict=True)]
        self.width, self.height = avail_width, self.ROOM + sum(self.rows) + 5
        return self.width, self.height

    def _indent(self, box: Box) -> float:
        return 10 + max(float(pdfmetrics.stringWidth(label, REGULAR, SMALL)) for label, _ in box.under)

    def draw(self) -> None:
        canvas, width, floor = self.canv, self.box_width, self.height - self.ROOM
        for number, (box, texts) in enumerate(zip(self.boxes, self.texts, strict=True)):
            x = number * (width + self.GAP)
            canvas.setLineWidth(0.8)
            canvas.rect(x, 0, width, self.height)
            self.label(box.caption, x + 6, self.height - 12, BOLD, 9, grey=INK)
            if box.thumb:
                self._thumb(box.thumb, x + width - 5, floor + 4)
            canvas.setLineWidth(0.4)
            canvas.line(x, floor, x + width, floor)
            start, y = x + self._indent(box), floor - 2.0
            for (label, _), lines, height in zip(box.under, texts, self.rows, strict=True):
                self.label(label, x + 6, y - 9.2)
                for row, text in enumerate(lines, start=1):
                    self.label(text, start, y - 9.2 * row, BOLD, self.SIZE, grey=INK)
                if lines == [""] and label:
                    self.dots(start, y - 9.7, x + width - 6)
                y -= height

    def _thumb(self, label: str, right: float, floor: float) -> None:
        width = 21 * MM
        self.canv.setLineWidth(0.6)
        self.canv.setDash(2, 2)
        self.canv.roundRect(right - width, floor, width, self.height - floor - 17, 8)
        self.canv.setDash()
        label_width = pdfmetrics.stringWidth(label, REGULAR, 6.5)
        self.label(label, right - (width + label_width) / 2, floor + 3, REGULAR, 6.5)


def _balanced(lines: list[str], size: float) -> list[str]:
    """The same lines; of two the first gives words to the second while that makes them more alike."""
    if len(lines) != _TWO:
        return lines
    words = " ".join(lines).split()
    splits = ((" ".join(words[:end]), " ".join(words[end:])) for end in range(1, len(words)))
    return list(min(splits, key=lambda pair: max(pdfmetrics.stringWidth(line, BOLD, size) for line in pair)))


def _few_lines(text: str, size: float, width: float) -> list[str]:
    split: list[str] = simpleSplit(text, BOLD, size, width)
    lines = [*split[:2], " ".join(split[2:])]
    return [fit(line, BOLD, size, width) for line in lines if line] or [""]


@dataclass(frozen=True, slots=True)
class SlipTexts:
    """The fixed texts of the reply slip."""

    cut: str
    title: str
    code: str
    accepted: str
    declined: str
    reason: str
    officer: str
    role: str
    date: str
    signature: str
    notice: str


class ReplySlip(Part):
    """The slip that is cut off and sent back, at the foot of the last page: the case code and nothing personal."""

    def __init__(self, texts: SlipTexts, code: str, payload: str) -> None:
        self.slip = 47 + 5 * ROW
        super().__init__(self.slip, before=6)
        self.texts, self.code, self.payload = texts, code, payload

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        self.width, self.height = avail_width, max(self.slip, avail_height)
        return self.width, self.height

    def draw(self) -> None:
        canvas, texts, top = self.canv, self.texts, self.slip
        self._scissors(top - 5)
        side = TitleBlock.QR if self.payload else 0.0
        y = top - 27
        self.label(texts.title, 0, y, BOLD, 12, grey=INK)
        start = pdfmetrics.stringWidth(texts.title, BOLD, 12) + 16
        self.label(f"{texts.code}:", start, y, REGULAR, 9.5, grey=INK)
        start += pdfmetrics.stringWidth(f"{texts.code}:", REGULAR, 9.5) + 6
        if self.code:
            self.label(self.code, start, y, BOLD, 12, grey=INK)
            qr.draw(canvas, self.payload, self.width - side + 7, top - 6 - side, side)
        else:
            self.dots(start, y - 1, start + 150)
        y -= ROW
        for x, text in ((0.0, texts.accepted), (0.17 * self.width, texts.declined)):
            tick(canvas, x, y - 1.5, 10, on=False)
            self.label(text, x + 15, y, BOLD, 9.5, grey=INK)
        self._line(texts.reason, 0.34 * self.width, y, self.width - side)
        y -= ROW
        self.dots(0, y - 1, self.width - side)
        split = 0.6 * self.width
        for row, text in enumerate((texts.officer, texts.role, texts.date), start=1):
            self._line(text, 0, y - row * ROW, split - 10)
        canvas.setLineWidth(0.8)
        canvas.rect(split, y - 3 * ROW - 2, self.width - split, 3 * ROW - 9)
        self.label(texts.signature, split + 5, y - 20)
        self.label(texts.notice, 0, 1, REGULAR, 7)

    def _line(self, text: str, x: float, y: float, end: float) -> None:
        self.label(f"{text}:", x, y, REGULAR, 9, grey=INK)
        self.dots(x + pdfmetrics.stringWidth(f"{text}:", REGULAR, 9) + 5, y - 1, end)

    def _scissors(self, y: float) -> None:
        canvas = self.canv
        canvas.saveState()
        canvas.setLineWidth(0.9)
        for side in (1, -1):
            canvas.circle(3, y + 2.6 * side, 1.9)
            canvas.line(4.6, y + 1.7 * side, 14, y - 2.6 * side)
        text_width = pdfmetrics.stringWidth(self.texts.cut, REGULAR, 7)
        canvas.setDash(4, 3)
        canvas.line(18, y, self.width - text_width - 5, y)
        canvas.restoreState()
        self.label(self.texts.cut, self.width - text_width, y - 2.3, REGULAR, 7)
