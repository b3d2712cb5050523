# SPDX-License-Identifier: GPL-3.0-or-later
"""Any paper of case work on A4 or F4, filled or blank: it lays out a `CaseForm` and knows no form by name.

Order: how to contact the person safely - letterhead - title, code, QR, number under its classification code - lines
about who and when - sections with letters - signatures - notes. The letters get a little smaller, never less than
`SMALLEST`, where that saves a page.
"""

from __future__ import annotations

from itertools import chain, compress
from typing import TYPE_CHECKING, Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import CondPageBreak, Spacer

from trafficwatch.forms.boxes import Box
from trafficwatch.forms.boxes import Signatures as Boxes
from trafficwatch.forms.case_parts import DecisionRow, ScaleRows
from trafficwatch.forms.paper import BOLD, MM, REGULAR, Paper
from trafficwatch.forms.parts import (
    Columns,
    Framed,
    Heading,
    WriteLine,
    item,
    labelled,
    paragraph,
    stack_height,
    ticked,
)
from trafficwatch.forms.parts import Ticks as TickGrid
from trafficwatch.forms.sheet import Sheet, fitted, page_count
from trafficwatch.forms.tables import table
from trafficwatch.models.case_papers import (
    CaseForm,
    Decisions,
    Fixed,
    Items,
    Line,
    Lines,
    Notice,
    Part,
    Prose,
    Scale,
    Section,
    Signature,
    Table,
    Ticks,
    file_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SMALLEST = 8.5
PAGES = 2
_WIDEST_LABEL = 0.42
"""What of the width labels may take; a longer one stands above its value."""
_TOGETHER = 0.28
_AFTER_LABEL = 4.0
_IN_A_ROW = 3
_LAST_LINES = 7
_LEAST, _LESS, _MOST = -4, -2, 10
"""How many lines a blank form has less (a few to save a page, more to stay within `PAGES`), or more, for each long
text, list and table than its builder asks for.
"""
_LONG = 3
_FEW = 4
"""How many lines more for the long ones bring one more for the others that have more than one."""
_GAP = 5


def case_paper_pdf(form: CaseForm, paper: Paper) -> bytes:
    """The paper as a PDF; the same form and sheet give the same bytes. Any text can be printed."""
    sheet = _filled(form, paper) if form.head.case_code else _roomy(form, paper)
    title = " · ".join(filter(None, (form.title, sheet.text(form.subtitle))))
    write = sheet.code_label if sheet.blank else ""
    return sheet.built(title, None if form.confidential else "", write)


def _filled(form: CaseForm, paper: Paper) -> _CasePaper:
    return fitted(lambda each: _CasePaper(form, each), paper, SMALLEST, PAGES)


def _roomy(form: CaseForm, paper: Paper) -> _CasePaper:
    """A blank form with as many lines to write on as find room on the fewest pages that it can well do with."""
    fewest = next((count for spare in (_LESS, _LEAST) if (count := _pages(form, paper, spare)) <= PAGES), PAGES + 1)
    fits = (spare for spare in range(_MOST, _LEAST, -1) if _pages(form, paper, spare) <= fewest)
    return _CasePaper(form, paper, next(fits, _LEAST))


def _pages(form: CaseForm, paper: Paper, spare: int) -> int:
    return page_count(_CasePaper(form, paper, spare).story, paper)


class _CasePaper(Sheet):
    """One paper being laid out."""

    contact_ask = "case_forms.contact.ask"
    contact_unknown = "case_forms.contact.unknown"
    replaced_note = "papers.replaced"
    kop = ("case_forms.kop.1", "case_forms.kop.2")

    def __init__(self, form: CaseForm, paper: Paper, spare: int = 0) -> None:
        super().__init__(form.head, paper)
        self.form, self.spare = form, spare
        about_one = form.contact is not None
        self.code_label = self.say("case_code") if about_one else self.phrase("case_forms.code")
        if about_one:
            self.safe_contact(form.contact)
        self.top(form.title, self.code_label, self.say("number"), file_number(form.head))
        if subtitle := self.text(form.subtitle):
            self.story += [paragraph(subtitle, self.style.kop_small), Spacer(0, _GAP)]
        self.story += self._lines(Lines(form.about), self._indent(form.about))
        for notice in form.notices:
            self.story += self._notice(notice)
        if text := self.text(form.text):
            self.story += [Spacer(0, _GAP), paragraph(text, self.style.text)]
        for section in form.sections:
            self._section(section)
        self._signatures(form.signatures)
        self.story += [paragraph(note, self.style.small) for note in map(self.text, form.notes) if note]
        self.note_replaced()

    def _section(self, section: Section) -> None:
        groups = [part for part in section.parts if isinstance(part, Lines)]
        lines = chain.from_iterable(group.lines for group in groups)
        labels = [part.label for part in section.parts if isinstance(part, Ticks)]
        indent = self._indent(lines, labels, is_numbered=any(group.numbered for group in groups))
        body: list[Any] = []
        for part in section.parts:
            laid = self._part(part, indent)
            if body and laid:
                body.append(Spacer(0, 4 if self.blank else 2.5))
            body += laid
        if self.blank:  # a short section stays together where somebody writes
            whole = stack_height(body, self.paper) + 3 * self.em
            self.story.append(CondPageBreak(min(whole, _TOGETHER * self.paper.text_height)))
        self.section(self.text(section.title), body, section.hint if self.blank else "")

    def _part(self, part: Part, indent: float) -> list[Any]:
        match part:
            case Lines():
                return self._lines(part, indent)
            case Prose():
                return self._prose(part)
            case Items():
                return self._items(part)
            case Table():
                return self._table(part)
            case Ticks():
                return self._ticks(part, indent)
            case Scale():
                return self._scale(part)
            case Decisions():
                return self._decisions(part)
            case Notice():
                return self._notice(part)
            case Fixed():
                mark = "" if len(part.texts) == 1 else "\u2022"
                return [
                    item(mark, text, self.style.text) if mark else paragraph(text, self.style.text)
                    for text in part.texts
                ]

    def _prose(self, part: Prose) -> list[Any]:
        """The label stands at the beginning of the text, so that no page ends with it."""
        label, rows = self.text(part.label), self._rows(part.rows)
        if self.blank:
            return [*([paragraph(f"{label}:", self.style.bold)] if label else []), *self.body(None, rows)]
        if not label or not self.text(part.text):
            return self.body(part.text, rows)
        return [labelled(label, self.text(part.text), self.style.text)]

    def _items(self, part: Items) -> list[Any]:
        items = self.items(part.items, self._rows(part.rows))
        if not part.label or not items:
            return items
        label = ParagraphStyle("label", parent=self.style.bold, keepWithNext=1)
        return [paragraph(f"{self.text(part.label)}:", label), *items]

    def _rows(self, asked: int) -> int:
        """How many lines to write on there are for so many: long texts give and take first, then a few lines."""
        if asked >= _LONG:
            return max(2, asked + self.spare)
        more = self.spare // _FEW if self.spare > 0 else -(self.spare == _LEAST)
        return max(1, asked + more) if asked > 1 else asked

    # Label lines

    def _measured(self, label: str) -> float:
        return float(pdfmetrics.stringWidth(label, REGULAR, self.em))

    def _indent(self, lines: Iterable[Line], labels: Iterable[str] = (), *, is_numbered: bool = False) -> float:
        """Where values begin: behind the longest label that is not too long."""
        widest = _WIDEST_LABEL * self.paper.text_width
        number = self._measured("10. ") if is_numbered else 0.0
        shown = [line.label for line in lines if self.blank or self.text(line.value)]
        widths = [self._measured(label) + number + _AFTER_LABEL for label in (*shown, *labels)]
        return max((width for width in widths if width <= widest), default=0.0)

    def _lines(self, part: Lines, indent: float) -> list[Any]:
        shown = [line for line in part.lines if self.blank or self.text(line.value)]
        labels = [self.text(line.label) for line in shown]
        if part.numbered:
            digits = len(str(len(labels)))
            labels = [f"{_right(number, digits)}. {label}" for number, label in enumerate(labels, start=1)]
        pairs = self._pairs(list(zip(labels, shown, strict=True)), indent)
        right = max((self._measured(pair[1][0]) for pair in pairs if len(pair) > 1), default=0.0) + _AFTER_LABEL
        rows: list[Any] = []
        for pair in pairs:
            if len(pair) == 1:
                rows += self._line(*pair[0], indent)
            else:
                rows.append(Columns(self._line(*pair[0], indent), self._line(*pair[1], right)))
        return rows

    def _line(self, label: str, line: Line, indent: float) -> list[Any]:
        if self._measured(label) + _AFTER_LABEL <= indent + 0.1:
            return self.field(label, line.value, indent, rows=self._rows(line.rows))
        above = [paragraph(f"{label}:", self.style.text)]
        if self.blank:
            return above + [WriteLine() for _ in range(line.rows)]
        return [*above, item("", self.text(line.value), self.style.text)]

    def _pairs(self, lines: list[tuple[str, Line]], indent: float) -> list[tuple[tuple[str, Line], ...]]:
        """The lines one by one, and two halves that follow each other together where both have room."""
        half = (self.paper.text_width - Columns.GAP) / 2
        pairs: list[tuple[tuple[str, Line], ...]] = []
        for label, line in lines:
            last = pairs[-1] if pairs else ()
            can_join = line.half and len(last) == 1 and last[0][1].half
            if can_join and self._has_room(last[0], half, indent) and self._has_room((label, line), half):
                pairs[-1] = (*last, (label, line))
            else:
                pairs.append(((label, line),))
        return pairs

    def _has_room(self, labelled: tuple[str, Line], half: float, indent: float = 0.0) -> bool:
        label, line = labelled
        start = max(indent, self._measured(label) + _AFTER_LABEL) + self._measured(": ")
        room = 0.3 * half if self.blank else self._measured(self.text(line.value))
        return start + room <= half

    # What stands in a form of its own

    def _table(self, part: Table) -> list[Any]:
        if self.blank:
            stubs = [(stub, *[""] * (len(part.columns) - 1)) for stub in part.stubs]
            styles = (self.style.cell, self.style.cell_bold)
            return [
                table(
                    part.columns,
                    stubs,
                    part.shares,
                    self.paper.text_width,
                    styles,
                    empty=self._rows(part.empty),
                    tall=True,
                )
            ]
        rows = [row for row in (tuple(map(self.text, each)) for each in part.rows) if any(row)]
        if not rows:
            return []
        used = [any(row[place] for row in rows) for place in range(len(part.columns))]
        heads, shares = list(compress(part.columns, used)), list(compress(part.shares, used))
        cells = [list(compress(row, used)) for row in rows]
        return [table(heads, cells, shares, self.paper.text_width, (self.style.cell, self.style.cell_bold))]

    def _ticks(self, part: Ticks, indent: float) -> list[Any]:
        options = [(self.text(text), on) for text, on in part.options]
        if not options or not (self.blank or any(on for _, on in options)):
            return []
        is_beside = bool(part.label) and self._measured(part.label) + _AFTER_LABEL <= indent + 0.1
        room = self.paper.text_width - (indent + self.em if is_beside else 0)
        is_wide = any(pdfmetrics.stringWidth(text, BOLD, self.em) + 2 * self.em > room for text, _ in options)
        if is_beside and not is_wide:
            return [TickGrid(options, part.columns, self.em, label=part.label, indent=indent)]
        above = [paragraph(f"{part.label}:", self.style.text)] if part.label else []
        if is_wide:
            return above + [ticked(text, self.style.text, on=on) for text, on in options]
        return [*above, TickGrid(options, part.columns, self.em)]

    def _scale(self, part: Scale) -> list[Any]:
        rows = [(self.text(label), value) for label, value in part.rows if self.blank or value is not None]
        return [ScaleRows(rows, (part.low, part.high), self.em)] if rows else []

    def _decisions(self, part: Decisions) -> list[Any]:
        rows = [row for row in part.rows if self.blank or row.agreed is not None]
        return [
            DecisionRow(
                (self.text(row.text), self.text(row.about)),
                (self.style.big, self.style.cell) if row.picture else (self.style.text, self.style.small),
                ((part.yes, row.agreed is True), (part.no, row.agreed is False)),
                row.picture,
            )
            for row in rows
        ]

    def _notice(self, part: Notice) -> list[Any]:
        shown = "" if self.blank else self.text(part.text)
        if not shown:
            return []
        frame = Framed(self.text(part.title), "", [paragraph(shown, self.style.bold)])
        frame.spaceBefore = _GAP
        return [frame]

    def _signatures(self, boxes: Sequence[Signature]) -> None:
        """Three in a row at most, all with the same lines under them. The end of what stands above goes with them to
        the next page: nobody shall sign a sheet that says nothing.
        """
        has_role = any(box.role is not None for box in boxes)
        rows = -(-len(boxes) // _IN_A_ROW)
        laid: list[Any] = []
        for row in range(rows):
            some = boxes[row * len(boxes) // rows : (row + 1) * len(boxes) // rows]
            laid += [Spacer(0, _GAP), _Boxes([self._box(box, has_role=has_role) for box in some])]
        end = -2 if isinstance(self.story[-2], Heading) else -1
        last = min(stack_height(self.story[end:], self.paper), _LAST_LINES * self.em)
        self.story.insert(len(self.story) + end, CondPageBreak(last + stack_height(laid, self.paper)))
        self.story += laid

    def _box(self, box: Signature, *, has_role: bool) -> Box:
        under = [(self.say("sign.name"), self.text(box.name))]
        if has_role:
            under.append(("", "") if box.role is None else (self.say("sign.role"), self.text(box.role)))
        under.append((self.say("day"), ""))
        return Box(self.text(box.caption), tuple(under), self.say("sign.thumb") if box.thumb else "")


class _Boxes(Boxes):
    """Boxes to sign in that leave room for the text, and a thumbprint."""

    ROOM = 23 * MM


def _right(number: int, digits: int) -> str:
    """The number with figure spaces before it, which are as wide as a digit: labels stand in one line."""
    return str(number).rjust(digits, "\u2007")
