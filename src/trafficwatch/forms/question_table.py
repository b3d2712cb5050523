# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions on paper with boxes to tick: the answer, and who said so. Every question carries its permanent code.

In usual print the boxes stand beside the question, under a head that is repeated on every page; in large print below
it, each with its word; what the letters mean stands there under the first heading and on top of every further page.
What is only looked at stands on a shaded band. Headings stay with what follows them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Table

from trafficwatch.forms.paper import BOLD, GREY, INK, PALE, REGULAR
from trafficwatch.forms.parts import Part, paragraph, tick
from trafficwatch.forms.sheet import Sheet
from trafficwatch.models.screening import By, Entry, Kind, Mode, Value

LARGE_PT = 16.0
ANSWERS = {Value.YES: "Y", Value.NO: "T", Value.UNKNOWN: "U", Value.DECLINED: "D"}
SOURCES = {By.PERSON: "O", By.FAMILY: "K", By.DOCUMENT: "D", By.OBSERVED: "L"}
"""The letters in the boxes, by which a copied form is typed in, whatever its language."""
_LETTERS = [*ANSWERS.values(), *SOURCES.values()]
_CODE, _BOXES = 60.0, 167.0
_CODE_PT = 6.8
_STEP, _BY_STEP, _GAP = 25.0, 14.2, 5.0
_PAD = 3.0
_BOX = 10.5
_HEAD = 6.6
_SHADE = 0.95
_LETTER = 8.0
"""Least size of a letter in its box: it is what a form is typed in by."""
_SMALL_IN_LARGE = 0.8
"""Size of what stands beside a question in large print, to that of the question."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line over questions: of a section, or lighter, of a group; `hint` says in small print what belongs there."""

    text: str
    hint: str = ""
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `tag` stands beside its code, `on_yes` says below it what to do on a yes."""

    entry: Entry
    tag: str = ""
    on_yes: str = ""


def question_table(sheet: Sheet, lines: Iterable[Heading | Asked]) -> Table:
    """Questions with their headings, each once, in this order; a heading comes first."""
    is_large = sheet.em >= LARGE_PT
    said = f"{_word(sheet, 'from')} {' · '.join(_sources(sheet))}"
    rows: list[list[Any]] = [] if is_large else [["", "", _Heads(sheet)]]
    look: list[Any] = [
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PAD),
        ("TOPPADDING", (0, 0), (-1, -1), 1.4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, (GREY,) * 3),
    ]
    for line in lines:
        row = len(rows)
        if isinstance(line, Heading):
            rows.append([_heading(sheet, line), *[""] * (0 if is_large else 2)])
            look += [("SPAN", (0, row), (-1, row)), ("NOSPLIT", (0, row), (0, row + 1))]
            look += [] if line.is_group else [("BACKGROUND", (0, row), (-1, row), (PALE,) * 3)]
            if is_large and row == 0:
                rows.append([paragraph(said, sheet.style.small)])
            continue
        rows.append([_large(sheet, line)] if is_large else _row(sheet, line))
        if line.entry.mode is Mode.OBSERVE:
            look.append(("BACKGROUND", (0, row), (-1, row), (_SHADE,) * 3))
    width = sheet.paper.text_width
    widths = [width] if is_large else [_CODE, width - _CODE - _BOXES, _BOXES]
    return Table(rows, widths, style=look, repeatRows=(1,) if is_large else 1)


def _word(sheet: Sheet, key: str, **params: str | int) -> str:
    return sheet.phrase(f"screening_forms.paper.{key}", **params)


def _heading(sheet: Sheet, line: Heading) -> list[Any]:
    hint = [paragraph(line.hint, sheet.style.small)] if line.hint else []
    return [paragraph(line.text, sheet.style.cell_bold if line.is_group else sheet.style.bold), *hint]


def _row(sheet: Sheet, line: Asked) -> list[Any]:
    code = ParagraphStyle("code", parent=sheet.style.small, fontSize=_CODE_PT, leading=8, textColor=(INK,) * 3)
    tag = [paragraph(line.tag, sheet.style.cell_bold)] if line.tag else []
    return [[paragraph(_fitting(line.entry.code), code), *tag], _words(sheet, line), _Boxes()]


def _fitting(code: str) -> str:
    """A code in its column; a long one goes on after its last hyphen."""
    if pdfmetrics.stringWidth(code, REGULAR, _CODE_PT) <= _CODE - 2 * _PAD:
        return code
    start, _, end = code.rpartition("-")
    return f"{start}-\n{end}"


def _large(sheet: Sheet, line: Asked) -> list[Any]:
    code = ParagraphStyle("code", parent=sheet.style.small, fontSize=0.62 * sheet.em, textColor=(INK,) * 3)
    name = f"{line.entry.code} · {line.tag}" if line.tag else line.entry.code
    return [paragraph(name, code), *_words(sheet, line), _BoxLine(sheet)]


def _words(sheet: Sheet, line: Asked) -> list[Any]:
    """The question below what it says of itself, and above what to do on a yes."""
    entry, strong, style = line.entry, sheet.style.cell_bold, _style(sheet)
    marks = [_word(sheet, "observe")] if entry.mode is Mode.OBSERVE else []
    if entry.max_age is not None and entry.kind is not Kind.TRIAGE:  # whether it is a child is asked of everybody
        marks.append(_word(sheet, "child", years=entry.max_age))
    if entry.sex is not None:
        marks.append(_word(sheet, f"sex.{entry.sex}"))
    said = [paragraph(" · ".join(marks), strong)] if marks else []
    then = [paragraph(line.on_yes, strong)] if line.on_yes else []
    return [*said, paragraph(entry.text.of(sheet.head.language), style), *then]


def _style(sheet: Sheet) -> ParagraphStyle:
    return ParagraphStyle("question", parent=sheet.style.text, leading=1.2 * sheet.em)


def _answers(sheet: Sheet) -> list[str]:
    """The words above the boxes, or beside them; short enough for a narrow column."""
    return [_word(sheet, f"answer.{value}") for value in Value]


def _sources(sheet: Sheet) -> list[str]:
    """What the letters in the boxes stand for."""
    return [f"{letter} = {_word(sheet, f'by.{by}')}" for by, letter in SOURCES.items()]


def _centres() -> tuple[list[float], list[float]]:
    """Where the boxes stand: those of the answers, those of who said so."""
    answers = [_STEP * (number + 0.5) for number in range(len(Value))]
    start = _STEP * len(Value) + _GAP
    return answers, [start + _BY_STEP * (number + 0.5) for number in range(len(By))]


class _Boxes(Part):
    """A box with its letter for each answer, and for each who may have said so."""

    def __init__(self) -> None:
        super().__init__(_BOX + 3)

    def draw(self) -> None:
        for x, letter in zip([x for places in _centres() for x in places], _LETTERS, strict=True):
            _box(self, letter, x - _BOX / 2, _BOX)


class _Heads(Part):
    """What the boxes below stand for."""

    LINE = 7.6

    def __init__(self, sheet: Sheet) -> None:
        self.answers = [simpleSplit(answer, BOLD, _HEAD, _STEP - 1) for answer in _answers(sheet)]
        self.sources = [_word(sheet, "from"), *_sources(sheet)]
        super().__init__(self.LINE * len(self.sources) + 1)

    def draw(self) -> None:
        centres, sources = _centres()
        for x, lines in zip(centres, self.answers, strict=True):
            for number, line in enumerate(reversed(lines)):
                half = pdfmetrics.stringWidth(line, BOLD, _HEAD) / 2
                self.label(line, x - half, 1.5 + number * self.LINE, BOLD, _HEAD, grey=INK)
        for number, line in enumerate(self.sources):
            y = self.height - (number + 1) * self.LINE
            self.label(line, sources[0] - _BY_STEP / 2, y, REGULAR if number else BOLD, _HEAD, grey=INK)


class _BoxLine(Part):
    """The boxes below a question in large print, those of the answers with their words."""

    def __init__(self, sheet: Sheet) -> None:
        self.size = _SMALL_IN_LARGE * sheet.em
        self.answers = _answers(sheet)
        super().__init__(1.7 * self.size)

    def draw(self) -> None:
        size, x = self.size, 0.0
        for letter, answer in zip(ANSWERS.values(), self.answers, strict=True):
            _box(self, letter, x, 1.1 * size)
            self.label(answer, x + 1.4 * size, 4.5, REGULAR, size, grey=INK)
            x += 2.0 * size + pdfmetrics.stringWidth(answer, REGULAR, size)
        for number, letter in enumerate(reversed(SOURCES.values()), start=1):
            _box(self, letter, self.width - 1.6 * number * size, 1.1 * size)


def _box(part: Part, letter: str, x: float, size: float) -> None:
    """A box of this size with its letter in it."""
    tick(part.canv, x, 1.5, size, on=False)
    letter_pt = max(_LETTER, 0.62 * size)
    half = pdfmetrics.stringWidth(letter, REGULAR, letter_pt) / 2
    part.label(letter, x + size / 2 - half, 1.5 + (size - 0.71 * letter_pt) / 2, size=letter_pt, grey=INK)
