# SPDX-License-Identifier: GPL-3.0-or-later
"""The resident's card on paper ('kartu kendali'), filled or blank, on A4 or F4.

Order: how to contact the person safely - letterhead - title, code, QR - that it holds personal data - identity - family
and dependants - the journey that counts now - other journeys, a line each - papers and how they were checked.
A usual card fills one page or two.
"""

from __future__ import annotations

from typing import Any

from trafficwatch.forms.paper import Paper
from trafficwatch.forms.parts import Columns, paragraph
from trafficwatch.forms.sheet import Sheet
from trafficwatch.forms.tables import table
from trafficwatch.models.forms import FormHead, FormKind, FormLanguage, Letterhead
from trafficwatch.models.papers import CardForm, CardIdentity, CardJourney, labelled

LABELS = 10.8
"""Width of the label column, in text sizes."""
_SHORT = 32
"""Characters up to which a value may stand in half the width."""
_LONG = frozenset(
    {"name", "address", "phones", "guardian", "destination", "employer", "employer_contact", "recruiter", "terms"}
    | {"costs", "debts", "motive", "trainings", "skills"}
)
"""What is given a whole line on the blank card."""
_KIN = ("name", "relation", "phone", "about")
_PAPER = ("kind", "details", "seen", "checked", "found")


def resident_card_pdf(form: CardForm, paper: Paper) -> bytes:
    """The card as a PDF; the same card and paper give the same bytes. Any text can be printed."""
    return _Card(form, paper).pdf()


def blank_resident_card_pdf(paper: Paper, language: FormLanguage, letterhead: Letterhead | None = None) -> bytes:
    """The same card for handwriting; `letterhead` is printed where given."""
    return _Card(CardForm(FormHead(FormKind.CARD, "", language, letterhead)), paper).pdf()


class _Card(Sheet):
    """One card being laid out."""

    contact_ask = "papers.contact.ask"
    contact_unknown = "papers.contact.unknown"
    replaced_note = "papers.replaced"
    kop = ("papers.kop.village", "papers.kop.district")

    def __init__(self, form: CardForm, paper: Paper) -> None:
        super().__init__(form.head, paper)
        self.form = form

    def word(self, key: str) -> str:
        return self.phrase(f"papers.{key}")

    def pdf(self) -> bytes:
        title, form = self.word("card.title"), self.form
        self.safe_contact(form.contact)
        self.top(title, self.word("card.code"), self.word("date"), self.head.number)
        self.story.append(paragraph(self.word("personal"), self.style.cell_bold))
        self.part("identity", self._facts("identity", form.identity))
        self.part("relatives", self._relatives())
        self.part("journey", self._facts("journey", form.journey))
        self.part("earlier", self.items(form.earlier, 2))
        self.part("papers", self._papers())
        self.note_replaced()
        return self.built(title)

    def part(self, key: str, body: list[Any]) -> None:
        self.section(self.word(f"section.{key}"), body, self.word(f"hint.{key}") if self.blank else "")

    def _facts(self, group: str, part: CardIdentity | CardJourney) -> list[Any]:
        """Label lines in their order, two short ones that follow each other side by side."""
        rows: list[Any] = []
        waiting: list[Any] = []
        for name, value in labelled(part):
            line = self.field(self.word(f"{group}.{name}"), value, LABELS * self.em)
            is_short = name not in _LONG if self.blank else len(value or "") <= _SHORT
            if not line:
                continue
            if not is_short:
                rows += [*waiting, *line]
                waiting = []
            elif waiting:
                rows.append(Columns(waiting, line))
                waiting = []
            else:
                waiting = line
        return [*rows, *waiting]

    def _relatives(self) -> list[Any]:
        rows = [[self.text(getattr(each, name)) for name in _KIN] for each in self.form.relatives]
        return self._table([f"kin.{name}" for name in _KIN], rows, (30, 17, 21, 32), empty=3)

    def _papers(self) -> list[Any]:
        rows = [[self.text(getattr(each, name)) for name in _PAPER] for each in self.form.papers]
        return self._table([f"paper.{name}" for name in _PAPER], rows, (23, 29, 12, 22, 14), empty=8, bold=4)

    def _table(
        self, heads: list[str], rows: list[list[str]], shares: tuple[int, ...], *, empty: int, bold: int = -1
    ) -> list[Any]:
        if not rows and not self.blank:
            return []
        styles = (self.style.cell, self.style.cell_bold)
        names = [self.word(head) for head in heads]
        return [table(names, rows, shares, self.paper.text_width, styles, bold=bold, empty=empty if self.blank else 0)]
