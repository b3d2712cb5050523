# SPDX-License-Identifier: GPL-3.0-or-later
"""Proses, cara and tujuan side by side on paper: the state in words, what says so, and the law behind it.

A direct fact has a full square before it, a sign an empty one. Columns that are longer than a page go on on the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import CondPageBreak, Flowable, Paragraph

from trafficwatch.forms.paper import INK, PALE, printable
from trafficwatch.forms.parts import Columns, paragraph, split_stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportlab.pdfgen.canvas import Canvas

    from trafficwatch.forms.sheet import Sheet
    from trafficwatch.models.screening_papers import ElementShown

_SIDE = 0.55
_OPENING = 5.0
"""Lines of the columns that stand below their heads at least, before they go on on the next page."""


def element_columns(sheet: Sheet, elements: Sequence[ElementShown]) -> list[Any]:
    """The three columns, with what the squares mean below them; nothing where they were refused."""
    if not elements:
        return []
    heads = [
        [
            paragraph(sheet.phrase(f"screening.element.{each.element}"), sheet.style.cell_bold),
            paragraph(sheet.text(each.state), sheet.style.bold),
        ]
        for each in elements
    ]
    grid = _Grid(heads, [_column(sheet, each) for each in elements])
    if not any(each.facts or each.signs for each in elements):
        return [grid]
    direct, sign = (sheet.phrase(f"screening_forms.mark.{key}") for key in ("direct", "sign"))
    return [grid, Columns([_Direct.of(direct, sheet.style.cell)], [_Sign.of(sign, sheet.style.cell)])]


def _column(sheet: Sheet, element: ElementShown) -> list[Any]:
    style = sheet.style.cell
    found = [_Direct.of(text, style) for text in map(sheet.text, element.facts)]
    found += [_Sign.of(text, style) for text in map(sheet.text, element.signs)]
    law = sheet.phrase("screening_forms.law", law="; ".join(element.law)) if element.law else ""
    told = [paragraph(text, sheet.style.small) for text in (sheet.text(law), sheet.text(element.note)) if text]
    return [*(found or [paragraph(sheet.phrase("screening_forms.nothing"), style)]), *told]


def room_to_open(sheet: Sheet, columns: Sequence[Any]) -> CondPageBreak:
    """A new page unless the section's heading, the heads of these columns and their first lines find room."""
    grid = columns[0]
    height = grid.wrap(sheet.paper.text_width, sheet.paper.text_height)[1]
    lines = _OPENING * sheet.style.cell.leading
    return CondPageBreak(3 * sheet.em + min(height, grid.head + 2 * grid.PAD + lines))


class _Grid(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Stacks of text side by side under heads that come again on the next page.

    No `Part`: those stand on one page, and a section does not open before they do.
    """

    PAD = 4.0

    def __init__(self, heads: Sequence[Sequence[Any]], stacks: Sequence[Sequence[Any]]) -> None:
        super().__init__()
        self.spaceAfter = 2
        self.canv: Canvas
        self.heads, self.stacks = heads, stacks
        self.column = self.inner = self.head = 0.0

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        self.column = avail_width / len(self.stacks)
        self.inner = self.column - 2 * self.PAD
        self.head = self._tallest(self.heads, avail_height)
        self.width, self.height = avail_width, self.head + self._tallest(self.stacks, avail_height)
        return self.width, self.height

    def _tallest(self, stacks: Sequence[Sequence[Any]], room: float) -> float:
        heights = (sum(each.wrap(self.inner, room)[1] + each.getSpaceAfter() for each in stack) for stack in stacks)
        return float(max(heights)) + 2 * self.PAD

    def split(self, avail_width: float, avail_height: float) -> list[Any]:
        self.wrap(avail_width, avail_height)
        room = avail_height - self.head - 2 * self.PAD
        pieces = [split_stack(stack, self.inner, room) for stack in self.stacks]
        if not any(first for first, _ in pieces):
            return []
        return [_Grid(self.heads, [first for first, _ in pieces]), _Grid(self.heads, [rest for _, rest in pieces])]

    def draw(self) -> None:
        canvas, floor = self.canv, self.height - self.head
        canvas.setFillGray(PALE)
        canvas.rect(0, floor, self.width, self.head, stroke=0, fill=1)
        canvas.setFillGray(INK)
        for number, (head, stack) in enumerate(zip(self.heads, self.stacks, strict=True)):
            x = number * self.column
            self._stack(head, x + self.PAD, self.height - self.PAD)
            self._stack(stack, x + self.PAD, floor - self.PAD)
            canvas.setLineWidth(0.6)
            canvas.rect(x, 0, self.column, self.height)

    def _stack(self, parts: Sequence[Any], x: float, y: float) -> None:
        for each in parts:
            y -= each.wrapOn(self.canv, self.inner, self.height)[1]
            each.drawOn(self.canv, x, y)
            y -= each.getSpaceAfter()


class _Sign(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """An entry with an empty square before it."""

    fill = 0

    @classmethod
    def of(cls, text: str, style: ParagraphStyle) -> _Sign:
        size = style.fontSize
        hanging = ParagraphStyle("marked", parent=style, leftIndent=1.1 * size, spaceAfter=0.2 * size)
        return cls(escape(printable(text)).replace("\n", "<br/>"), hanging, bulletText=" ")

    def draw(self) -> None:
        super().draw()
        if self.bulletText:  # only the first piece of a split paragraph has it
            size = self.style.fontSize
            self.canv.setLineWidth(0.7)
            self.canv.rect(0.5, self.height - 0.98 * size, _SIDE * size, _SIDE * size, fill=self.fill)


class _Direct(_Sign):
    """An entry with a full square before it."""

    fill = 1
