# SPDX-License-Identifier: GPL-3.0-or-later
"""A printed list of residents on A4 or F4: numbered rows, the chosen columns, page x of y, its head on every page.

Without a number of anybody unless the columns ask for it. A cell takes four lines; what is longer ends in an ellipsis.
"""

from __future__ import annotations

from typing import Any

from trafficwatch.forms.paper import Paper
from trafficwatch.forms.parts import paragraph
from trafficwatch.forms.sheet import Sheet
from trafficwatch.forms.tables import listed
from trafficwatch.models.papers import Column, ListForm

SHARES = {
    Column.NAME: 30,
    Column.BIRTH: 21,
    Column.SEX: 12,
    Column.ADDRESS: 28,
    Column.PHONE: 24,
    Column.DESTINATION: 16,
    Column.STAGE: 19,
    Column.DEPARTURE: 21,
    Column.NIK: 22,
    Column.KK: 22,
}
"""How wide a column is beside the others."""
_NUMBER = 6
_TEXT, _SMALL, _MANY = 0.9, 0.76, 130
"""Size of the text, the smaller one for many columns, and how many that is, in shares."""


def resident_list_pdf(form: ListForm, paper: Paper) -> bytes:
    """The list as a PDF; the same list and paper give the same bytes. Any text can be printed."""
    return _List(form, paper).pdf()


class _List(Sheet):
    """One list being laid out."""

    replaced_note = "papers.replaced"

    def __init__(self, form: ListForm, paper: Paper) -> None:
        super().__init__(form.head, paper)
        self.form = form

    def word(self, key: str, **params: str | int) -> str:
        return self.phrase(f"papers.{key}", **params)

    def pdf(self) -> bytes:
        title, form = self.word("list.title"), self.form
        self.top(title, self.word("list.code"), self.say("number"), self.head.number)
        about = self.text(form.about)
        count = f"{len(form.rows):,}".replace(",", "." if self.head.language == "id" else ",")
        said = self.word("list.count_of", count=count, about=about) if about else self.word("list.count", count=count)
        self.story += [
            paragraph(said, self.style.bold),
            paragraph(self.word("personal"), self.style.cell_bold),
        ]
        if not form.rows:
            self.story.append(paragraph(self.word("list.none"), self.style.text))
            return self.built(title)
        rows = [(str(number), *map(self.text, row)) for number, row in enumerate(form.rows, start=1)]
        heads = (self.word("list.number"), *(self.word(f"column.{column}") for column in form.columns))
        shares = (_NUMBER, *(SHARES[column] for column in form.columns))
        width, height = self.paper.text_width, self.paper.text_height
        page = (width, height, _height(self.story, width, height))
        self.story += listed(heads, rows, shares, page, (_TEXT if sum(shares) <= _MANY else _SMALL) * self.em)
        self.note_replaced()
        return self.built(title)


def _height(story: list[Any], width: float, height: float) -> float:
    """The room that these take below each other, with the gaps between them at their widest."""
    return sum(float(each.wrap(width, height)[1] + each.getSpaceBefore() + each.getSpaceAfter()) for each in story)
