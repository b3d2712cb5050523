# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory on paper: by area, each institution with its numbers, what it offers, and who checked it when.

The numbers stand large at the left. A usual village's list is one page; a longer one goes on, nothing is left out.
Nothing personal is on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reportlab.lib.styles import ParagraphStyle

from trafficwatch.forms.boxes import Rule
from trafficwatch.forms.paper import BOLD, GREY, REGULAR, PageMarks, Paper, build, styles
from trafficwatch.forms.parts import Columns, Heading, opening, paragraph
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.forms import FormLanguage
from trafficwatch.texts import t


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One institution; without `contacts` the sheet says to ask the PPT. `checked` says when and who."""

    name: str
    contacts: tuple[str, ...]
    more: tuple[str, ...]
    checked: str


@dataclass(frozen=True, slots=True)
class DirectorySheet:
    """What the sheet says: groups of (area, institutions), the nearest first; `service` if only one was asked for."""

    place: str
    service: str
    groups: tuple[tuple[str, tuple[SheetEntry, ...]], ...]
    printed_on: PartialDate
    practice: bool = False


def directory_pdf(values: DirectorySheet, paper: Paper, language: FormLanguage) -> bytes:
    """The sheet as a PDF; the same values give the same bytes."""
    em, found = paper.text_pt, styles(paper.text_pt)
    title = t("directory.sheet.title", language=language)
    body: list[Any] = [
        paragraph(title, _style("title", 1.8 * em, BOLD)),
        paragraph(" · ".join(filter(None, (values.place, values.service))), found.text),
        paragraph(t("directory.sheet.note", language=language), found.small),
        Rule(),
    ]
    for area, entries in values.groups:
        rows = [_row(entry, paper, language) for entry in entries]
        body += [opening(rows, found.text, paper.text_width), Heading(area, 1.15 * em), *rows]
    marks = PageMarks(
        title=title,
        running=title,
        foot=t("directory.sheet.printed", language=language, day=values.printed_on.format(language)),
        confidential="",
        page=t("forms.page", language=language, page="{page}", total="{total}"),
        language=language,
        practice=t("forms.practice", language=language) if values.practice else None,
        watermark="LATIHAN / PRACTICE",
    )
    return build(body, paper, marks)


def _row(entry: SheetEntry, paper: Paper, language: FormLanguage) -> Columns:
    """The numbers at the left, whose they are at the right."""
    em = paper.text_pt
    large, other = _style("number", 1.5 * em, BOLD), _style("other", 1.1 * em)
    name, small = _style("name", 1.1 * em, BOLD), _style("more", 0.95 * em)
    soft = _style("checked", 0.9 * em, textColor=(GREY,) * 3)
    contacts = [paragraph(each, other if place else large) for place, each in enumerate(entry.contacts)]
    left = contacts or [paragraph(t("emergency.no_number", language=language), other)]
    checked = [paragraph(entry.checked, soft)] if entry.contacts else []
    made = Columns(left, [paragraph(entry.name, name), *(paragraph(each, small) for each in entry.more), *checked])
    made.spaceBefore = 0.6 * em
    return made


def _style(name: str, size: float, font: str = REGULAR, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=1.25 * size, splitLongWords=1, **more)
