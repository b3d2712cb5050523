# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables on printed forms: one whose cells hold texts of any length, and the rows of a long list.

A `table` splits over pages between its rows, and inside a row that is taller than a page; its head is repeated. A list
of thousands of rows is laid out by hand (`listed`), which takes a hundredth of the time: its cells take `CELL_LINES`
lines, and what is longer ends in an ellipsis.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import PageBreak, Table

from trafficwatch.forms.paper import BOLD, INK, PALE, REGULAR, fit
from trafficwatch.forms.parts import ROW, Part, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reportlab.lib.styles import ParagraphStyle

CELL_LINES = 4
PAD = 3.0
_LINE = 1.22
_ABOVE = 5.0
_HAIR = 0.4


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    width: float,
    styles: tuple[ParagraphStyle, ParagraphStyle],
    *,
    bold: int = -1,
    empty: int = 0,
    tall: bool = False,
) -> Any:
    """A ruled table; `shares` divide the width, the column `bold` is in the second style, `empty` rows to write in come
    last; with `tall` there is room to write in every row.
    """
    text, strong = styles
    cells = [[paragraph(head, strong) for head in heads]]
    cells += [[paragraph(cell, strong if place == bold else text) for place, cell in enumerate(row)] for row in rows]
    cells += [[""] * len(heads)] * empty
    heights = [None] + [1.5 * ROW if tall else None] * len(rows) + [ROW] * empty
    widths = [width * share / sum(shares) for share in shares]
    look = [
        ("GRID", (0, 0), (-1, -1), _HAIR, (INK,) * 3),
        ("BACKGROUND", (0, 0), (-1, 0), (PALE,) * 3),
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),  # also of empty cells: every font that a page names is embedded
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), PAD),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    return Table(cells, widths, heights, style=look, repeatRows=1, splitInRow=1, hAlign="LEFT", spaceAfter=2)


class Row(Part):
    """One row of a long list."""

    def __init__(self, cells: Sequence[str], widths: Sequence[float], size: float, *, is_head: bool = False) -> None:
        self.font = BOLD if is_head else REGULAR
        self.lines = [_few(cell, self.font, size, width - 2 * PAD) for cell, width in zip(cells, widths, strict=True)]
        super().__init__(max(map(len, self.lines)) * _LINE * size + 4.5, before=_ABOVE if is_head else 0)
        self.widths, self.size, self.is_head = widths, size, is_head

    def draw(self) -> None:
        canvas = self.canv
        if self.is_head:
            canvas.setFillGray(PALE)
            canvas.rect(0, 0, sum(self.widths), self.height, stroke=0, fill=1)
        canvas.setLineWidth(0.8 if self.is_head else _HAIR)
        canvas.line(0, 0, sum(self.widths), 0)
        x = 0.0
        for lines, width in zip(self.lines, self.widths, strict=True):
            for number, line in enumerate(lines, start=1):
                y = self.height - number * _LINE * self.size - 0.5
                self.label(line, x + PAD, y, self.font, self.size, grey=INK)
            x += width


def listed(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    shares: Sequence[float],
    page: tuple[float, float, float],
    size: float,
) -> list[Any]:
    """The rows of a list, already `printable`, with its head on every page; `page` is width, height, and what is taken
    on the first page.
    """
    width, height, taken = page
    widths = [width * share / sum(shares) for share in shares]
    head = Row(heads, widths, size, is_head=True)
    story: list[Any] = [head]
    room = height - taken - _ABOVE - head.height
    for cells in rows:
        row = Row(cells, widths, size)
        if row.height > room:
            story += [PageBreak(), head]
            room = height - head.height
        story.append(row)
        room -= row.height
    return story


def _few(text: str, font: str, size: float, width: float) -> list[str]:
    """The text in lines of this width; a word that is too wide goes on in the next one, so that no number is cut."""
    split = [part for line in simpleSplit(text, font, size, width) for part in _pieces(line, font, size, width)]
    if len(split) > CELL_LINES:
        split[CELL_LINES - 1 :] = [fit(" ".join(split[CELL_LINES - 1 :]), font, size, width)]
    return split or [""]


def _pieces(line: str, font: str, size: float, width: float) -> Iterator[str]:
    while line and pdfmetrics.stringWidth(line, font, size) > width:
        fits = bisect_right(range(len(line)), width, key=lambda end: pdfmetrics.stringWidth(line[:end], font, size))
        end = max(1, fits - 1)
        yield line[:end]
        line = line[end:]
    if line:
        yield line
