# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces that printed forms are built from: flowables for reportlab.

Running text, label lines and frames split over pages and take text of any length. All texts given to them pass
`printable` and are escaped here, so that '<b>' prints as it was typed. Tick grids, headings and lines to write on never
split.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import CondPageBreak, Flowable, Paragraph

from trafficwatch.forms.paper import BOLD, GREY, INK, MM, PALE, REGULAR, Paper, fit, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportlab.pdfgen.canvas import Canvas

ROW = 7 * MM  # a line to write on by hand
SMALL = 7.2


class Part(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A piece with a fixed height that fills the width and never splits."""

    def __init__(self, height: float, before: float = 0.0, after: float = 0.0) -> None:
        super().__init__()
        self.height, self.spaceBefore, self.spaceAfter = height, before, after
        self.width = 0.0
        self.canv: Canvas

    def wrap(self, avail_width: float, _avail_height: float) -> tuple[float, float]:
        self.width = avail_width
        return avail_width, self.height

    def label(
        self, text: str, x: float, y: float, font: str = REGULAR, size: float = SMALL, *, grey: float = GREY
    ) -> None:
        self.canv.setFillGray(grey)
        self.canv.setFont(font, size)
        self.canv.drawString(x, y, text)
        self.canv.setFillGray(INK)

    def dots(self, x: float, y: float, end: float) -> None:
        """A dotted line to write on."""
        self.canv.saveState()
        self.canv.setLineWidth(0.6)
        self.canv.setStrokeGray(GREY)
        self.canv.setDash(0.6, 1.8)
        self.canv.setLineCap(1)
        self.canv.line(x, y, end, y)
        self.canv.restoreState()


def tick(canvas: Canvas, x: float, y: float, size: float, *, on: bool) -> None:
    """A tick box with its lower left corner at (x, y)."""
    canvas.saveState()
    canvas.setStrokeGray(INK)
    canvas.setLineWidth(0.8)
    canvas.rect(x, y, size, size)
    if on:
        canvas.setLineWidth(1.7)
        canvas.setLineCap(1)
        path = canvas.beginPath()
        path.moveTo(x + 0.2 * size, y + 0.5 * size)
        path.lineTo(x + 0.42 * size, y + 0.22 * size)
        path.lineTo(x + 0.95 * size, y + 1.05 * size)
        canvas.drawPath(path)
    canvas.restoreState()


def paragraph(text: str, style: ParagraphStyle, **more: Any) -> Paragraph:
    """A text of any length and content; line breaks are kept."""
    return Paragraph(escape(printable(text)).replace("\n", "<br/>"), style, **more)


def labelled(label: str, text: str, style: ParagraphStyle) -> Paragraph:
    """A text of any length with its label in bold at its beginning."""
    label, text = (escape(printable(each)).replace("\n", "<br/>") for each in (label, text))
    return Paragraph(f"<b>{label}:</b> {text}", style)


def field(label: str, value: str, style: ParagraphStyle, indent: float) -> Paragraph:
    """`label : value`, the value in a column of its own that begins `indent` points from the left."""
    colon = pdfmetrics.stringWidth(": ", style.fontName, style.fontSize)
    hanging = ParagraphStyle(
        "field",
        parent=style,
        leftIndent=indent + colon,
        firstLineIndent=-colon,
        leading=1.28 * style.fontSize,
        spaceAfter=0.06 * style.fontSize,
        bulletFontName=REGULAR,
    )
    return paragraph(f": {printable(value)}", hanging, bulletText=label)


def item(mark: str, text: str, style: ParagraphStyle) -> Paragraph:
    """An entry of a list, `mark` hanging at its left."""
    hanging = ParagraphStyle("item", parent=style, leftIndent=1.7 * style.fontSize, spaceAfter=0.06 * style.fontSize)
    return paragraph(text, hanging, bulletText=mark)


class _Ticked(Paragraph):  # type: ignore[misc]  # reportlab has no types
    on = True

    def draw(self) -> None:
        super().draw()
        if self.bulletText:  # only the first piece of a split paragraph has it
            size = self.style.fontSize
            tick(self.canv, 0, self.height - 1.06 * size, 0.9 * size, on=self.on)


class _Unticked(_Ticked):
    on = False


def ticked(text: str, style: ParagraphStyle, *, on: bool = True) -> Paragraph:
    """An entry with a box before it, ticked if `on`."""
    hanging = ParagraphStyle("ticked", parent=style, leftIndent=1.7 * style.fontSize, spaceAfter=0.06 * style.fontSize)
    kind = _Ticked if on else _Unticked
    return kind(escape(printable(text)).replace("\n", "<br/>"), hanging, bulletText=" ")


class Heading(Part):
    """A section's heading on a pale band; `hint` says in small print what belongs there (blank forms)."""

    def __init__(self, text: str, size: float, hint: str = "") -> None:
        super().__init__(1.6 * size, before=5.5, after=3)
        self.text, self.size, self.hint = text, size, hint

    def draw(self) -> None:
        self.canv.setFillGray(PALE)
        self.canv.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        self.label(self.text, 4, 0.45 * self.size, BOLD, self.size, grey=INK)
        start = pdfmetrics.stringWidth(self.text, BOLD, self.size) + 11
        self.label(fit(self.hint, REGULAR, SMALL, self.width - start - 4), start, 0.45 * self.size)


class WriteLine(Part):
    """One dotted line for handwriting, with an optional label and colon before it."""

    def __init__(self, label: str = "", indent: float = 0.0, size: float = 9.5, colon: str = ":") -> None:
        super().__init__(ROW)
        self.text, self.indent, self.size, self.colon = label, indent, size, colon

    def draw(self) -> None:
        if self.text:
            self.label(self.text, 0, 2.5, REGULAR, self.size, grey=INK)
            self.label(self.colon, self.indent, 2.5, REGULAR, self.size, grey=INK)
        self.dots(self.indent + 5 if self.text else self.indent, 1.2, self.width)


class Ticks(Part):
    """Tick boxes with labels in `columns`, filled column by column, or one after the other when `columns` is 0.

    A label may stand before them, its colon `indent` points from the left as in `field`.
    """

    def __init__(
        self, entries: Sequence[tuple[str, bool]], columns: int, size: float, *, label: str = "", indent: float = 0.0
    ) -> None:
        super().__init__(0, after=1)
        self.entries, self.columns, self.size, self.text, self.indent = entries, columns, size, label, indent
        self.places: list[tuple[float, int]] = []

    def wrap(self, avail_width: float, _avail_height: float) -> tuple[float, float]:
        start = self.indent + 0.8 * self.size if self.text else 0.0
        self.places = []
        widths = [1.4 * self.size + pdfmetrics.stringWidth(text, BOLD, self.size) for text, _ in self.entries]
        if self.columns:
            columns = max(1, min(self.columns, int((avail_width - start) // (max(widths) + 4))))
            rows = -(-len(self.entries) // columns)
            step = (avail_width - start) / columns
            self.places = [(start + number // rows * step, number % rows) for number in range(len(self.entries))]
        else:
            x, row = start, 0
            for text, on in self.entries:
                width = 1.4 * self.size + pdfmetrics.stringWidth(text, BOLD if on else REGULAR, self.size)
                if x > start and x + width > avail_width:
                    x, row = start, row + 1
                self.places.append((x, row))
                x += width + 0.7 * self.size
        self.width, self.height = avail_width, (1 + max(row for _, row in self.places)) * 1.5 * self.size
        return self.width, self.height

    def draw(self) -> None:
        size, top = self.size, self.height - self.size - 1
        if self.text:
            self.label(self.text, 0, top, REGULAR, size, grey=INK)
            self.label(":", self.indent, top, REGULAR, size, grey=INK)
        for (text, on), (x, row) in zip(self.entries, self.places, strict=True):
            y = top - row * 1.5 * size
            tick(self.canv, x, y - 1.2, 0.95 * size, on=on)
            self.label(text, x + 1.4 * size, y, BOLD if on else REGULAR, size, grey=INK)


class Framed(Part):
    """Flowables in a thick frame under a black strip; splits between and inside them when a page is too short."""

    PAD = 6.0
    STRIP = 15.5

    def __init__(self, strip: str, mark: str, children: Sequence[Any]) -> None:
        super().__init__(0, after=5)
        self.strip, self.mark, self.children = strip, mark, list(children)

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        self.width = avail_width
        inner = avail_width - 2 * self.PAD
        self.height = self.STRIP + 2 * self.PAD + sum(_height(child, inner, avail_height) for child in self.children)
        return avail_width, self.height

    def split(self, avail_width: float, avail_height: float) -> list[Any]:
        inner, room = avail_width - 2 * self.PAD, avail_height - self.STRIP - 2 * self.PAD
        head, rest = split_stack(self.children, inner, room)
        if not head or not rest:
            return []
        return [Framed(self.strip, self.mark, head), Framed(self.strip, self.mark, rest)]

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFillGray(INK)
        canvas.rect(0, self.height - self.STRIP, self.width, self.STRIP, stroke=0, fill=1)
        self.label(self.strip, self.PAD, self.height - self.STRIP + 4.3, BOLD, 9.5, grey=1)
        mark_width = pdfmetrics.stringWidth(self.mark, BOLD, 8)
        self.label(self.mark, self.width - self.PAD - mark_width, self.height - self.STRIP + 4.6, BOLD, 8, grey=1)
        y, inner = self.height - self.STRIP - self.PAD, self.width - 2 * self.PAD
        for child in self.children:
            y -= child.wrapOn(canvas, inner, self.height)[1]
            child.drawOn(canvas, self.PAD, y)
            y -= child.getSpaceAfter()
        canvas.setLineWidth(1.6)
        canvas.rect(0.8, 0.8, self.width - 1.6, self.height - 1.6)


class Columns(Part):
    """Two stacks of flowables side by side, with a hairline between if `ruled`; for short texts, never splits."""

    GAP = 14.0

    def __init__(self, left: Sequence[Any], right: Sequence[Any], *, ruled: bool = False) -> None:
        super().__init__(0, after=2 if ruled else 1)
        self.stacks, self.ruled = (list(left), list(right)), ruled

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        self.width = avail_width
        half = (avail_width - self.GAP) / 2
        self.height = max(sum(_height(child, half, avail_height) for child in stack) for stack in self.stacks)
        return avail_width, self.height

    def draw(self) -> None:
        half = (self.width - self.GAP) / 2
        for x, stack in zip((0.0, half + self.GAP), self.stacks, strict=True):
            y = self.height
            for child in stack:
                y -= child.wrapOn(self.canv, half, self.height)[1]
                child.drawOn(self.canv, x, y)
                y -= child.getSpaceAfter()
        if self.ruled:
            self.canv.setLineWidth(0.4)
            self.canv.line(self.width / 2, 2, self.width / 2, self.height)


def side_by_side(
    left: Sequence[Any], right: Sequence[Any], width: float, limit: float, *, ruled: bool = False
) -> list[Any]:
    """Two columns when they stay under `limit` points of height; else one below the other, free to split."""
    columns = Columns(left, right, ruled=ruled)
    return [columns] if columns.wrap(width, limit)[1] <= limit else [*left, *right]


def split_stack(children: Sequence[Any], width: float, room: float) -> tuple[list[Any], list[Any]]:
    """What of a stack finds room, and what goes on: the piece between is split if it can be."""
    head: list[Any] = []
    rest = list(children)
    while rest and _height(rest[0], width, room) <= room:
        room -= _height(rest[0], width, room)
        head.append(rest.pop(0))
    pieces = rest[0].split(width, room) if rest and room > 0 else []
    if len(pieces) > 1:
        head.append(pieces[0])
        rest[:1] = pieces[1:]
    return head, rest


def opening(body: Sequence[Any], style: ParagraphStyle, width: float) -> CondPageBreak:
    """A new page unless a heading and what opens its body find room: two rows, two lines, or a whole piece."""
    need = 2.2 * style.fontSize + 7
    for part in body[: 3 if len(body) == 3 else 2]:  # no single row may be left over
        height = part.wrap(width, 0)[1]
        need += height if isinstance(part, Part) else min(height, 2 * style.leading)
    return CondPageBreak(need)


def stack_height(flowables: Sequence[Any], paper: Paper) -> float:
    """The room that these take below each other on a page, with the gaps between them at their widest."""
    return sum(
        float(each.wrap(paper.text_width, paper.text_height)[1] + each.getSpaceBefore() + each.getSpaceAfter())
        for each in flowables
    )


def _height(flowable: Any, width: float, room: float) -> float:
    return float(flowable.wrap(width, room)[1] + flowable.getSpaceAfter())
