# SPDX-License-Identifier: GPL-3.0-or-later
"""The emergency card for the wall: whom to call when, on one page, to be read from two metres.

Above stand the four situations with what to do, below the numbers, each with the day on which it was checked or that
nobody has; at the foot lines for the village's own. What finds no room is left out from the end. Nothing personal is
on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reportlab.lib.styles import ParagraphStyle

from trafficwatch.forms.boxes import Rule
from trafficwatch.forms.paper import BOLD, GREY, REGULAR, PageMarks, Paper, build, styles
from trafficwatch.forms.parts import Columns, Framed, Heading, WriteLine, paragraph, stack_height
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.forms import FormLanguage
from trafficwatch.texts import t

SITUATIONS = ("danger", "hurt", "trafficking", "abroad")
"""When to call whom: `emergency.when.*` says when, `emergency.do.*` what to do."""
OWN = ("police", "health", "volunteer")


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """One office; without `contacts` the card says to ask the PPT. `checked` says when somebody confirmed it."""

    name: str
    contacts: tuple[str, ...]
    checked: str


@dataclass(frozen=True, slots=True)
class EmergencyCard:
    """What the card says, the most important number first."""

    place: str
    numbers: tuple[EmergencyNumber, ...]
    printed_on: PartialDate
    practice: bool = False


def emergency_pdf(values: EmergencyCard, paper: Paper, language: FormLanguage) -> bytes:
    """The card as a PDF of exactly one page; the same values give the same bytes."""
    head, own = _head(values, paper, language), _own(paper, language)
    rows = [_row(number, paper, language) for number in values.numbers]
    room = paper.text_height - stack_height([*head, *own], paper)
    while rows and stack_height(rows, paper) > room:
        rows.pop()
    title = t("emergency.card.title", language=language)
    marks = PageMarks(
        title=title,
        running=title,
        foot=t("emergency.card.printed", language=language, day=values.printed_on.format(language)),
        confidential="",
        page=t("forms.page", language=language, page="{page}", total="{total}"),
        language=language,
        practice=t("forms.practice", language=language) if values.practice else None,
        watermark="LATIHAN / PRACTICE",
    )
    return build([*head, *rows, *own], paper, marks)


def _head(values: EmergencyCard, paper: Paper, language: FormLanguage) -> list[Any]:
    em, found = paper.text_pt, styles(paper.text_pt)
    title = _style("title", 2.5 * em, BOLD, alignment=1)
    place = _style("place", 1.2 * em, alignment=1)
    when = _style("when", 1.25 * em, BOLD, spaceBefore=2)
    what = _style("what", 1.25 * em, leftIndent=1.2 * em, spaceAfter=3)
    lines = [
        each
        for number, key in enumerate(SITUATIONS, start=1)
        for each in (
            paragraph(f"{number}. {t(f'emergency.when.{key}', language=language)}", when),
            paragraph(t(f"emergency.do.{key}", language=language), what),
        )
    ]
    return [
        paragraph(t("emergency.card.title", language=language), title),
        paragraph(values.place, place),
        Rule(),
        Framed(t("emergency.card.when", language=language), "", lines),
        Heading(t("emergency.card.numbers", language=language), 1.2 * em),
        paragraph(t("emergency.card.note", language=language), found.small),
    ]


def _own(paper: Paper, language: FormLanguage) -> list[Any]:
    """Lines for the numbers that only the village knows."""
    em = paper.text_pt
    names = [t(f"emergency.card.own.{key}", language=language) for key in OWN]
    heading = Heading(t("emergency.card.own", language=language), 1.2 * em)
    return [heading, *(WriteLine(name, 10 * em, 1.2 * em) for name in names)]


def _row(number: EmergencyNumber, paper: Paper, language: FormLanguage) -> Columns:
    """The number large at the left, whose it is at the right."""
    em = paper.text_pt
    large, more = _style("number", 2 * em, BOLD), _style("more", 1.35 * em, BOLD)
    name, small = _style("name", 1.2 * em), _style("checked", 0.9 * em, textColor=(GREY,) * 3)
    ask = _style("ask", 1.2 * em)
    contacts = [paragraph(each, more if place else large) for place, each in enumerate(number.contacts)]
    left = contacts or [paragraph(t("emergency.no_number", language=language), ask)]
    checked = [paragraph(number.checked, small)] if number.contacts else []
    row = Columns(left, [paragraph(number.name, name), *checked], ruled=True)
    row.spaceBefore = 0.7 * em
    return row


def _style(name: str, size: float, font: str = REGULAR, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=1.28 * size, splitLongWords=1, **more)
