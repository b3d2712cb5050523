# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheet that stays with the family of somebody who leaves, filled or blank, on A4 or F4, in big letters.

Order: title - where to keep it - who leaves and where to, as told, with lines to write what is not known yet - numbers
to call - the next days to hear from each other - what to do when something happens - papers to copy and where the
copies lie - the code word, written by hand if at all, never what it means. Whoever comes to the house may read it: it
carries no number of any paper, nothing that was found and nothing about safe contact. Two pages; of the numbers to call
as many as `OFFICES`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import CondPageBreak, Spacer

from trafficwatch.forms.paper import BOLD, GREY, INK, MM, REGULAR, Paper, fit
from trafficwatch.forms.parts import ROW, Framed, Part, Ticks, WriteLine, paragraph, tick
from trafficwatch.forms.sheet import Sheet
from trafficwatch.models.forms import FormHead, FormKind, FormLanguage, Letterhead
from trafficwatch.models.papers import FamilyForm, Office, labelled

TEXT_PT = 11.5
LABELS = 8.6
"""Width of the label column, in text sizes; `CALL_LABELS` that beside the numbers to call."""
CALL_LABELS = 12.5
OFFICES = 5
SITUATIONS = ("passport", "silent", "money", "help")
"""`papers.family.when.*` says what happened, `papers.family.do.*` what to do."""
TALL_ROW = 9 * MM
_BLANK_PAPERS, _FEW_PAPERS = 9, 12
_DATE_COLUMNS = 3
_GAP = 5.0


def family_sheet_pdf(form: FamilyForm, paper: Paper) -> bytes:
    """The sheet as a PDF; the same sheet and paper give the same bytes. Any text can be printed."""
    return _Family(form, replace(paper, text_pt=TEXT_PT)).pdf()


def blank_family_sheet_pdf(paper: Paper, language: FormLanguage, letterhead: Letterhead | None = None) -> bytes:
    """The same sheet for handwriting; `letterhead` is printed where given."""
    form = FamilyForm(FormHead(FormKind.FAMILY, "", language, letterhead))
    return _Family(form, replace(paper, text_pt=TEXT_PT)).pdf()


class _Family(Sheet):
    """One sheet being laid out."""

    replaced_note = "papers.replaced"
    kop = ("papers.kop.village", "papers.kop.district")

    def __init__(self, form: FamilyForm, paper: Paper) -> None:
        super().__init__(form.head, paper)
        self.form = form

    def word(self, key: str, **params: str | int) -> str:
        return self.phrase(f"papers.{key}", **params)

    def pdf(self) -> bytes:
        title = self.word("family.title")
        self.top(title, self.word("family.code"), self.word("date"), self.head.number)
        self.story.append(paragraph(self.word("family.keep"), self.style.bold))
        self._told()
        self._call()
        self._dates()
        self._do()
        self._copies()
        self._word()
        self.note_replaced()
        return self.built(title, confidential="")

    def part(self, key: str, body: list[Any]) -> None:
        self.section(self.word(f"family.{key}"), body)

    def _told(self) -> None:
        rows = [row for name, value in labelled(self.form.told) for row in self._line(f"told.{name}", value, LABELS)]
        self.part("told", [*rows, paragraph(self.word("family.told_note"), self.style.small)])

    def _call(self) -> None:
        phone = self.text(self.form.volunteer_phone)
        known = (("volunteer", phone and f"{phone}, {self.text(self.form.volunteer)}".rstrip(", ")),)
        rows = [
            row
            for name, value in (*known, ("there", None), ("police", None))
            for row in self._line(f"call.{name}", value, CALL_LABELS)
        ]
        offices = [row for office in self.form.offices[:OFFICES] if office.contacts for row in self._office(office)]
        self.part("call", [*offices, Spacer(0, 4), *rows])

    def _line(self, key: str, value: str | None, labels: float) -> list[Any]:
        """What is known, or a line to write it on."""
        label, indent = self.word(key), labels * self.em
        return self.field(label, value, indent) or [WriteLine(label, indent, self.em)]

    def _office(self, office: Office) -> list[Any]:
        """The number large at the left, whose it is at the right."""
        large = ParagraphStyle("number", parent=self.style.big, fontName=BOLD, fontSize=1.35 * self.em)
        large.leading = 1.25 * large.fontSize
        small = ParagraphStyle("checked", parent=self.style.cell, textColor=(GREY,) * 3)
        first, *more = (self.text(contact) for contact in office.contacts)
        left = [paragraph(first, large), *(paragraph(each, self.style.bold) for each in more)]
        whose = [paragraph(self.text(office.name), self.style.cell), paragraph(self.text(office.checked), small)]
        return [Spacer(0, 3), *self.pair(left, whose, self.paper.text_width, ruled=True)]

    def _do(self) -> None:
        apart = ParagraphStyle("apart", parent=self.style.text, spaceAfter=_GAP)
        lines = [
            each
            for key in SITUATIONS
            for each in (
                paragraph(self.word(f"family.when.{key}"), self.style.bold),
                paragraph(self.word(f"family.do.{key}"), apart),
            )
        ]
        frame = Framed(self.word("family.do"), "", lines)
        height = frame.wrap(self.paper.text_width, self.paper.text_height)[1]
        self.story += [CondPageBreak(height + 2 * _GAP), Spacer(0, _GAP), frame]

    def _copies(self) -> None:
        papers = [self.text(paper) for paper in self.form.papers] or [""] * _BLANK_PAPERS
        height = TALL_ROW if len(papers) <= _FEW_PAPERS else ROW
        where = self.word("family.papers_where")
        lines = [CopyLine(paper, where, self.em, height) for paper in papers]
        self.part("papers", [paragraph(self.word("family.papers_note"), self.style.text), *lines])

    def _word(self) -> None:
        line = WriteLine(self.word("family.word_line"), 4 * self.em, self.em)
        self.part("word", [paragraph(self.word("family.word_note"), self.style.text), line])

    def _dates(self) -> None:
        form = self.form
        shown = [(self.date(day), False) for day in form.dates]
        if form.days is None:
            words = self.word("family.blank_dates")
        else:
            words = self.word("family.every" if shown else "family.no_dates", days=form.days)
        dates: list[Any] = [Ticks(shown, _DATE_COLUMNS, self.em)] if shown else [DateLines(), DateLines()]
        ask = paragraph(self.word("family.ask"), self.style.bold)
        self.part("dates", [paragraph(words, self.style.text), *dates, ask])


class CopyLine(Part):
    """A box to tick, a paper, and a line to write where its copy lies; an empty paper is a line to write on, too."""

    SHARE = 0.52

    def __init__(self, paper: str, where: str, size: float, height: float) -> None:
        super().__init__(height)
        self.paper, self.where, self.size = paper, where, size

    def draw(self) -> None:
        size, split = self.size, self.SHARE * self.width
        tick(self.canv, 0, 2, 0.9 * size, on=False)
        start, room = 1.6 * size, split - 1.6 * size - 6
        if self.paper:
            size = max(0.75 * size, min(size, size * room / pdfmetrics.stringWidth(self.paper, REGULAR, size)))
            self.label(fit(self.paper, REGULAR, size, room), start, 3, REGULAR, size, grey=INK)
        else:
            self.dots(start, 1.2, split - 6)
        self.label(self.where, split, 3, REGULAR, 0.78 * self.size)
        self.dots(split + pdfmetrics.stringWidth(self.where, REGULAR, 0.78 * self.size) + 5, 1.2, self.width)


class DateLines(Part):
    """Boxes to tick with lines to write a date on."""

    def __init__(self) -> None:
        super().__init__(1.1 * ROW, after=3)

    def draw(self) -> None:
        step = self.width / _DATE_COLUMNS
        for place in range(_DATE_COLUMNS):
            tick(self.canv, place * step, 2, 10, on=False)
            self.dots(place * step + 17, 1.2, (place + 1) * step - 14)
