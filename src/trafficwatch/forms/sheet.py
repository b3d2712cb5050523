# SPDX-License-Identifier: GPL-3.0-or-later
"""What all forms about a person share: label lines that know whether they are filled by hand, sections with letters,
the safe contact in its black frame, letterhead, title with QR code, and the lines around the text.

A value that is None or blank is absent with its label; a section without values is absent; letters and numbers count
only what is there, so that a gap tells nothing. A blank form has every section and label, with lines to write on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from reportlab.platypus import CondPageBreak

from trafficwatch.forms import qr
from trafficwatch.forms.boxes import Rule, TitleBlock
from trafficwatch.forms.paper import REPLACEMENT, PageMarks, Paper, build, printable, styles
from trafficwatch.forms.parts import (
    Columns,
    Framed,
    Heading,
    Ticks,
    WriteLine,
    field,
    item,
    opening,
    paragraph,
    side_by_side,
    stack_height,
)
from trafficwatch.models.dates import UNKNOWN, PartialDate
from trafficwatch.models.forms import ContactRule, FormHead
from trafficwatch.texts import t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reportlab.lib.styles import ParagraphStyle

WIDE, MIDDLE, CONTACT, NARROW, SHORT = 16.3, 12.2, 9.2, 5.6, 4.4
"""Widths of the label columns, in text sizes."""


class Sheet:
    """One form being laid out; `built` makes the PDF of what was added.

    `contact_ask`, `contact_unknown` and `replaced_note` are the texts that say whom to ask, `kop` the labels of the
    letterhead that is written by hand.
    """

    contact_ask = "forms.contact.ask"
    contact_unknown = "forms.contact.unknown"
    replaced_note = "forms.replaced"
    kop = ("forms.kop.1", "forms.kop.2")

    def __init__(self, head: FormHead, paper: Paper) -> None:
        self.head, self.paper = head, paper
        self.blank = not head.case_code
        self.style = styles(paper.text_pt)
        self.em = paper.text_pt
        self.wide, self.middle, self.narrow = WIDE * self.em, MIDDLE * self.em, NARROW * self.em
        self.payload = "" if self.blank else qr.payload(head.kind, head.case_code)
        self.sections = 0
        self.replaced = False
        self.story: list[Any] = []

    def say(self, key: str, **params: str | int) -> str:
        return t(f"forms.{key}", language=self.head.language, **params)

    def phrase(self, key: str, **params: str | int) -> str:
        return t(key, language=self.head.language, **params)

    def record(self, key: str) -> str:
        return t(f"records.{key}", language=self.head.language)

    def date(self, day: PartialDate | None) -> str:
        return day.format(self.head.language) if day and day != UNKNOWN else ""

    # Pieces that know whether they are written by hand

    def text(self, value: str | None) -> str:
        """What of a value is printed; empty when there is nothing."""
        shown = printable(value or "")
        self.replaced = self.replaced or REPLACEMENT in shown
        return shown

    def field(
        self, label: str, value: str | None, indent: float = 0, *, rows: int = 1, style: ParagraphStyle | None = None
    ) -> list[Any]:
        width = indent or self.middle
        if self.blank:
            more = [WriteLine("", width + 5) for _ in range(rows - 1)]
            return [WriteLine(label, width, self.em), *more]
        shown = self.text(value)
        return [field(label, shown, style or self.style.text, width)] if shown else []

    def body(self, value: str | None, rows: int) -> list[Any]:
        if self.blank:
            return [WriteLine() for _ in range(rows)]
        shown = self.text(value)
        return [paragraph(shown, self.style.text)] if shown else []

    def items(self, values: tuple[str, ...], rows: int) -> list[Any]:
        if self.blank:
            return [WriteLine(f"{number}.", 8, self.em, colon="") for number in range(1, rows + 1)]
        shown = [text for text in map(self.text, values) if text]
        return [item(f"{number}.", text, self.style.text) for number, text in enumerate(shown, start=1)]

    def pair(self, left: list[Any], right: list[Any], width: float, *, ruled: bool = False) -> list[Any]:
        """Two short stacks side by side; long ones, or one alone, below each other."""
        if left and right:
            return side_by_side(left, right, width, 0.3 * self.paper.text_height, ruled=ruled)
        return [*left, *right]

    def section(self, title: str, body: list[Any], hint: str = "") -> None:
        """A section with the next letter, unless there is nothing in it."""
        if not body:
            return
        letter = chr(ord("A") + self.sections)
        self.sections += 1
        self.story += [
            opening(body, self.style.text, self.paper.text_width),
            Heading(f"{letter}.  {title}", 0.95 * self.em, hint),
            *body,
        ]

    # What stands at the top

    def safe_contact(self, rule: ContactRule | None) -> None:
        """How to reach the person safely, first of all; without a rule that it has to be asked."""
        self.story.append(Framed(self.say("contact.title"), self.say("confidential"), self._contact(rule)))

    def _contact(self, agreed: ContactRule | None) -> list[Any]:
        rule = agreed or ContactRule()
        if self.blank:
            ban = Ticks([(self.say("contact.forbidden"), False)], 1, self.em)
            way, hours, hidden = (
                WriteLine(self.say(f"contact.{name}"), CONTACT * self.em, self.em)
                for name in ("way", "hours", "never_tell")
            )
            return [ban, Columns([way], [hours]), hidden]
        never = self.field(self.say("contact.never_tell"), rule.never_tell, CONTACT * self.em, style=self.style.bold)
        if rule.do_not_contact:
            ban_text = paragraph(self.say("contact.forbidden"), self.style.big)
            return [ban_text, paragraph(self.phrase(self.contact_ask), self.style.text), *never]
        left, right = (
            [
                row
                for name in names
                for row in self.field(self.say(f"contact.{name}"), getattr(rule, name), CONTACT * self.em)
            ]
            for names in (("way", "number", "through"), ("hours", "code_word"))
        )
        ways = self.pair(left, right, self.paper.text_width - 2 * Framed.PAD)
        return [*(ways or [paragraph(self.phrase(self.contact_unknown), self.style.bold)]), *never]

    def top(self, title: str, code_label: str, number_label: str, number: str | None) -> None:
        """Letterhead, rule and title block; a number that finds no room below the title stands under the block."""
        letterhead = self.head.letterhead
        if letterhead:
            small = [text for text in map(self.text, letterhead.government) if text]
            self.story += [paragraph(text, self.style.kop) for text in small]
            for value, style in ((letterhead.unit, self.style.kop_big), (letterhead.address, self.style.kop_small)):
                if shown := self.text(value):
                    self.story.append(paragraph(shown, style))
        elif self.blank:
            self.story += [WriteLine(self.phrase(label), self.middle, self.em) for label in self.kop]
        block = TitleBlock(
            title,
            number=f"{number_label}: {self.text(number)}",
            code_label=code_label,
            code=self.head.case_code,
            payload=self.payload,
        )
        self.story += [Rule(), block]
        if number and not block.shows_number(self.paper.text_width):
            self.story += self.field(number_label, number, self.narrow)

    # The end

    def note_replaced(self) -> None:
        """Say what the mark for a missing character means, where one was printed."""
        if self.replaced:
            self.story.append(paragraph(self.phrase(self.replaced_note, mark=REPLACEMENT), self.style.small))

    def built(self, title: str, confidential: str | None = None, write: str = "") -> bytes:
        """The finished PDF; above every page but the first stand `confidential` and a box to write in named `write`."""
        head = self.head
        code = f"TW-{head.kind.code}"
        foot = f"{code} · {head.case_code}" if head.case_code else code
        if head.printed_at:
            at = head.printed_at
            printed = self.say(
                "printed", date=self.date(PartialDate.of(at.date())), hour=f"{at.hour:02}", minute=f"{at.minute:02}"
            )
            foot = f"{foot} · {printed}"
        marks = PageMarks(
            title=f"{code} {head.case_code}".strip(),
            running=f"{title} · {head.case_code}" if head.case_code else title,
            foot=foot,
            confidential=self.say("confidential") if confidential is None else confidential,
            page=self.say("page", page="{page}", total="{total}"),
            language=head.language,
            practice=self.say("practice") if head.practice else None,
            watermark="LATIHAN / PRACTICE",
            write=write,
        )
        return build(self.story, self.paper, marks)


S = TypeVar("S", bound=Sheet)
_STEP = 0.25


def fitted(lay_out: Callable[[Paper], S], paper: Paper, smallest: float, pages: int = 1) -> S:
    """The form in the largest letters, down to `smallest`, in which it fills one page, or else as few as it can up to
    `pages`; else in usual ones.
    """
    if pages > 1 and stack_height(lay_out(replace(paper, text_pt=smallest)).story, paper) > pages * paper.text_height:
        return lay_out(paper)  # a long paper is not tried in every size
    for count in range(1, pages + 1):
        size = paper.text_pt
        while size >= smallest:
            sheet = lay_out(replace(paper, text_pt=size))
            if stack_height(sheet.story, paper) <= paper.text_height or page_count(sheet.story, paper) <= count > 1:
                return sheet
            size -= _STEP
    return lay_out(paper)


def page_count(story: Sequence[Any], paper: Paper) -> int:
    """How many pages a story takes, found by laying it out without drawing."""
    waiting, pages, height = list(story), 1, paper.text_height
    room, width = height, paper.text_width
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, CondPageBreak):
            is_full = room < min(part.height, height)
        else:
            need = part.wrap(width, room)[1] + (part.getSpaceBefore() if room < height else 0.0)
            is_full = need > room
            if not is_full:
                room -= need + part.getSpaceAfter()
            elif room < height:
                waiting[:0] = part.split(width, room)[1:] or [part]
            else:
                waiting[:0] = part.split(width, room)[1:]
        if is_full:
            pages, room = pages + 1, height
    return pages
