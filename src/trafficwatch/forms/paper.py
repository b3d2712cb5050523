# SPDX-License-Identifier: GPL-3.0-or-later
"""Paper, fonts and the page around the text: what all printed forms share.

`build` lays a story of flowables on A4 or F4 (215 x 330 mm) and returns the PDF: the bundled font embedded, page x of y
with form and case code at the foot, practice marks where asked. The same input gives the same bytes; nothing but the
title is in the metadata, no file is written. Viewers are told to print at 100 % and on one side: the reply slip is cut
off, and its back must not carry another page's text.

`printable` decides what a text becomes on paper, so that no character vanishes unnoticed.
"""

from __future__ import annotations

import io
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from trafficwatch.resources import resource

MM = 72 / 25.4
REGULAR = "NotoSans-Regular"
BOLD = "NotoSans-Bold"
REPLACEMENT = "�"
INK, GREY, PALE = 0.0, 0.35, 0.91

_SHAPELESS = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_WRITE = 30 * MM
_SAFE_EDGE = 10 * MM  # cheap printers lose what lies nearer to the edge


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet, portrait; all lengths in points. `text_pt` is the size of running text: 9.5, or 10 to 12 for old eyes.

    Margins left and right as in village letters (1.78 cm); above and below they hold the running lines.
    """

    name: str
    width: float
    height: float
    text_pt: float = 9.5
    margin_x: float = 17.8 * MM
    margin_top: float = 16 * MM
    margin_bottom: float = 15.5 * MM

    @property
    def text_width(self) -> float:
        return self.width - 2 * self.margin_x

    @property
    def text_height(self) -> float:
        return self.height - self.margin_top - self.margin_bottom


A4 = Paper("A4", 210 * MM, 297 * MM)
F4 = Paper("F4", 215 * MM, 330 * MM)
PAPERS = {"a4": A4, "f4": F4}


@dataclass(frozen=True, slots=True)
class PageMarks:
    """The lines around the text. `page` holds `{page}` and `{total}`; `practice` is None for a real case.

    `write` labels a box to write in at the head of every page but the first.
    """

    title: str
    running: str
    foot: str
    confidential: str
    page: str
    language: str
    practice: str | None = None
    watermark: str = ""
    write: str = ""


@dataclass(frozen=True, slots=True)
class Styles:
    """Text styles of one text size."""

    text: ParagraphStyle
    bold: ParagraphStyle
    small: ParagraphStyle
    big: ParagraphStyle
    kop: ParagraphStyle
    kop_big: ParagraphStyle
    kop_small: ParagraphStyle
    cell: ParagraphStyle
    cell_bold: ParagraphStyle


@cache
def styles(text_pt: float) -> Styles:
    """Styles for this size of running text; registers the fonts."""
    font_face()

    def style(name: str, size: float, font: str = REGULAR, **more: Any) -> ParagraphStyle:
        size *= text_pt / 9.5
        leading = more.pop("leading", 1.32) * size
        base = {"fontName": font, "fontSize": size, "leading": leading, "bulletFontName": REGULAR}
        return ParagraphStyle(
            name, **base, bulletFontSize=size, splitLongWords=1, allowWidows=0, allowOrphans=0, **more
        )

    return Styles(
        text=style("text", 9.5),
        bold=style("bold", 9.5, BOLD),
        small=style("small", 7.8, textColor=(GREY,) * 3, spaceBefore=3),
        big=style("big", 11.5, BOLD),
        kop=style("kop", 11, BOLD, alignment=1, leading=1.22),
        kop_big=style("kop_big", 14, BOLD, alignment=1, leading=1.22),
        kop_small=style("kop_small", 8.4, alignment=1, leading=1.22),
        cell=style("cell", 8.6, leading=1.2),
        cell_bold=style("cell_bold", 8.6, BOLD, leading=1.2),
    )


@cache
def font_face() -> Any:
    """Register the bundled family once; gives the regular face."""
    fonts = {name: TTFont(name, str(resource("fonts", f"{name}.ttf"))) for name in (REGULAR, BOLD)}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return fonts[REGULAR].face


def printable(text: str) -> str:
    """The text as the paper can show it, composed (NFC), with plain spaces and at most one empty line in a row.

    Every character that the font lacks, and every control character, becomes a visible U+FFFD. Only marks without any
    shape of their own (direction, joiners, soft hyphens, variation selectors: pasted from chats) are left out.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = unicodedata.normalize("NFC", text)
    text = re.sub("\r\n|[\r\u0085\u2028\u2029]", "\n", text)
    text = "".join(_shown(char) for char in text)
    return re.sub(r"\s*\n\s*\n\s*", "\n\n", text).strip()


@lru_cache(maxsize=4_096)
def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if char in "\n\t" or category == "Zs":
        return "\n" if char == "\n" else " "
    if _SHAPELESS.fullmatch(char):
        return ""
    known = ord(char) in font_face().charToGlyph and ord(char) <= 0xFFFF
    return char if known and category[0] != "C" else REPLACEMENT


def fit(text: str, font: str, size: float, width: float) -> str:
    """One line of the text that is at most `width` points wide; what is cut off shows as an ellipsis."""
    font_face()
    line = " ".join(printable(text).split())
    if pdfmetrics.stringWidth(line, font, size) <= width:
        return line
    room = width - pdfmetrics.stringWidth("…", font, size)
    cut = bisect_right(range(len(line)), room, key=lambda end: pdfmetrics.stringWidth(line[:end], font, size))
    return f"{line[: max(0, cut - 1)].rstrip()}…"


def build(story: list[Any], paper: Paper, marks: PageMarks) -> bytes:
    """The finished PDF of this story; text that can't be placed anywhere is a bug (LayoutError)."""
    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=(paper.width, paper.height),
        invariant=1,
        title=marks.title,
        lang=marks.language,
        initialFontName=REGULAR,
    )
    frame = Frame(
        paper.margin_x,
        paper.margin_bottom,
        paper.text_width,
        paper.text_height,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )

    def behind(canvas: Canvas, _document: object) -> None:
        if marks.practice:
            _watermark(canvas, paper, marks.watermark)

    document.addPageTemplates(PageTemplate("page", [frame], onPage=behind))
    document.build(story, canvasmaker=lambda *args, **kwargs: _PagedCanvas(paper, marks, *args, **kwargs))
    return target.getvalue()


class _PagedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Keeps every page open until the number of pages is known, then adds the lines around the text."""

    def __init__(self, paper: Paper, marks: PageMarks, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper, self.marks = paper, marks
        self.pages: list[dict[str, Any]] = []
        self.setViewerPreference("PrintScaling", "None")
        self.setViewerPreference("Duplex", "Simplex")

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self.pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, state in enumerate(self.pages, start=1):
            self.__dict__.update(state)
            _lines_around(self, self.paper, self.marks, number, len(self.pages))
            super().showPage()
        for leave_empty in (self.setAuthor, self.setCreator, self.setProducer, self.setSubject):
            leave_empty("")
        super().save()


def _lines_around(canvas: Canvas, paper: Paper, marks: PageMarks, page: int, total: int) -> None:
    left, right = paper.margin_x, paper.width - paper.margin_x
    foot = _SAFE_EDGE + 1
    canvas.setFillGray(INK)
    canvas.setStrokeGray(INK)
    canvas.setLineWidth(0.5)
    canvas.line(left, foot + 11, right, foot + 11)
    canvas.setFont(REGULAR, 7.5)
    canvas.drawString(left, foot + 2, marks.foot)
    canvas.drawRightString(right, foot + 2, marks.page.format(page=page, total=total))
    head = paper.height - _SAFE_EDGE - 9
    if page > 1:
        canvas.setFont(REGULAR, 7.5)
        canvas.drawString(left, head, marks.running)
        canvas.setFont(BOLD, 7.5)
        canvas.drawRightString(right, head, marks.confidential)
        if marks.write:
            _box_to_write_in(canvas, marks.write, right - 70, head)
    if marks.practice:
        half = pdfmetrics.stringWidth(marks.practice, BOLD, 8.5) / 2
        taken = left + pdfmetrics.stringWidth(marks.running, REGULAR, 7.5) if page > 1 else 0.0
        middle = max(paper.width / 2, taken + half + 16)
        canvas.setLineWidth(1.2)
        canvas.rect(middle - half - 10, head - 3.5, 2 * half + 20, 12.5)
        canvas.setFont(BOLD, 8.5)
        canvas.drawCentredString(middle, head, marks.practice)


def _box_to_write_in(canvas: Canvas, label: str, right: float, floor: float) -> None:
    """A box as long as a case code, its label at its left."""
    canvas.setFont(REGULAR, 7.5)
    canvas.drawRightString(right - _WRITE - 4, floor, label)
    canvas.setLineWidth(0.8)
    canvas.rect(right - _WRITE, floor - 5.5, _WRITE, 15)


def _watermark(canvas: Canvas, paper: Paper, text: str) -> None:
    size = 0.94 * paper.width / pdfmetrics.stringWidth(text, BOLD, 1)
    canvas.saveState()
    canvas.translate(paper.width / 2, paper.height / 2)
    canvas.rotate(54)
    canvas.setFillGray(0.87)
    canvas.setFont(BOLD, size)
    canvas.drawCentredString(0, -size / 3, text)
    canvas.restoreState()
