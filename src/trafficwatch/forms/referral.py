# SPDX-License-Identifier: GPL-3.0-or-later
"""The printed referral ('surat rujukan'), filled or blank, on A4 or F4.

Order, as offices ask it: how to contact the person safely (first, in a black frame) - letterhead - title, case code, QR
- addressee and referrer - date and urgency - identity - purpose - chronology - condition - services given - services
requested - needs and hopes - documents - companion - consent - signatures - reply slip to cut off.

A value that is None or blank is absent with its label; a section without values is absent; letters and numbers count
only what is there, so that a gap tells nothing. Without a contact rule the paper says to ask the referrer first.
The blank form has every section and label, with lines to write on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportlab.platypus import Spacer

from trafficwatch.forms import qr
from trafficwatch.forms.boxes import Box, ReplySlip, Rule, Signatures, SlipTexts, TitleBlock
from trafficwatch.forms.paper import F4, REPLACEMENT, PageMarks, Paper, build, printable, styles
from trafficwatch.forms.parts import (
    ROW,
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
    ticked,
)
from trafficwatch.models.casework import ConsentMethod, ConsentScope, Urgency
from trafficwatch.models.dates import UNKNOWN, PartialDate
from trafficwatch.models.directory import Service
from trafficwatch.models.forms import (
    ConsentGiven,
    ContactRule,
    FormHead,
    FormKind,
    FormLanguage,
    Letterhead,
    ReferralForm,
    lines,
)
from trafficwatch.texts import t

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle

WIDE, MIDDLE, CONTACT, NARROW, SHORT = 16.3, 12.2, 9.2, 5.6, 4.4
"""Widths of the label columns, in text sizes."""

_URGENCIES = (Urgency.IMMEDIATE, Urgency.SOON, Urgency.NORMAL)


def referral_pdf(form: ReferralForm, paper: Paper) -> bytes:
    """The referral as a PDF; the same form and paper give the same bytes. Any text can be printed."""
    return _Referral(form, paper).pdf()


def blank_referral_pdf(paper: Paper, language: FormLanguage, letterhead: Letterhead | None = None) -> bytes:
    """The same form without a case, ruled for handwriting; `letterhead` is printed where given."""
    return _Referral(ReferralForm(FormHead(FormKind.REFERRAL, "", language, letterhead)), paper).pdf()


class _Referral:
    """One form being laid out."""

    def __init__(self, form: ReferralForm, paper: Paper) -> None:
        self.form, self.paper, self.head = form, paper, form.head
        self.blank = not form.head.case_code
        self.style = styles(paper.text_pt)
        self.em = paper.text_pt
        self.wide, self.middle, self.narrow = WIDE * self.em, MIDDLE * self.em, NARROW * self.em
        self.payload = "" if self.blank else qr.payload(self.head.kind, self.head.case_code)
        self.sections = 0
        self.replaced = False
        self.story: list[Any] = []

    def say(self, key: str, **params: str | int) -> str:
        return t(f"forms.{key}", language=self.head.language, **params)

    def record(self, key: str) -> str:
        return t(f"records.{key}", language=self.head.language)

    def date(self, day: PartialDate | None) -> str:
        return day.format(self.head.language) if day and day != UNKNOWN else ""

    def pdf(self) -> bytes:
        self._top()
        self._to_and_from()
        self._identity()
        self._account()
        self._services()
        self._consent()
        self._end()
        return build(self.story, self.paper, self._marks())

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

    def section(self, key: str, body: list[Any]) -> None:
        if not body:
            return
        letter = chr(ord("A") + self.sections)
        self.sections += 1
        hint = self.say(f"hint.{key}") if self.blank else ""
        self.story += [
            opening(body, self.style.text, self.paper.text_width),
            Heading(f"{letter}.  {self.say(f'section.{key}')}", 0.95 * self.em, hint),
            *body,
        ]

    # Sections in their order

    def _top(self) -> None:
        head, letterhead = self.head, self.head.letterhead
        self.story.append(Framed(self.say("contact.title"), self.say("confidential"), self._contact()))
        if letterhead:
            small = [text for text in map(self.text, letterhead.government) if text]
            self.story += [paragraph(text, self.style.kop) for text in small]
            for value, style in ((letterhead.unit, self.style.kop_big), (letterhead.address, self.style.kop_small)):
                if shown := self.text(value):
                    self.story.append(paragraph(shown, style))
        elif self.blank:
            self.story += [WriteLine(self.say(f"kop.{line}"), self.middle, self.em) for line in (1, 2)]
        title = TitleBlock(
            self.say("referral.title"),
            number=f"{self.say('number')}: {self.text(head.number)}",
            code_label=self.say("case_code"),
            code=head.case_code,
            payload=self.payload,
        )
        self.story += [Rule(), title]
        if head.number and not title.shows_number(self.paper.text_width):
            self.story += self.field(self.say("number"), head.number, self.narrow)

    def _contact(self) -> list[Any]:
        rule = self.form.contact or ContactRule()
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
            return [ban_text, paragraph(self.say("contact.ask"), self.style.text), *never]
        left, right = (
            [
                row
                for name in names
                for row in self.field(self.say(f"contact.{name}"), getattr(rule, name), CONTACT * self.em)
            ]
            for names in (("way", "number", "through"), ("hours", "code_word"))
        )
        ways = self.pair(left, right, self.paper.text_width - 2 * Framed.PAD)
        return [*(ways or [paragraph(self.say("contact.unknown"), self.style.bold)]), *never]

    def _to_and_from(self) -> None:
        form = self.form
        left = [row for name, value in lines(form.addressee) for row in self._line("to", name, value)]
        right = [row for name, value in lines(form.referrer) for row in self._line("person", name, value)]
        left[:0] = [paragraph(self.say("to"), self.style.bold)] if left else []
        right[:0] = [paragraph(self.say("from"), self.style.bold)] if right else []
        self.story += self.pair(left, right, self.paper.text_width, ruled=True)
        day = self.field(self.say("day"), self.date(form.referred_on), self.narrow)
        ticks: list[Any] = []
        if self.blank or form.urgency:
            levels = [(self.record(f"urgency.{level}"), level is form.urgency) for level in _URGENCIES]
            down = [Spacer(0, ROW - 1.5 * self.em)] if self.blank else []
            ticks = [*down, Ticks(levels, 0, self.em, label=self.say("urgency"), indent=SHORT * self.em)]
        self.story += self.pair(day, ticks, self.paper.text_width)

    def _line(self, group: str, name: str, value: str | None) -> list[Any]:
        return self.field(self.say(f"{group}.{name}"), value, self.narrow)

    def _identity(self) -> None:
        rows: list[Any] = []
        number = 1
        for name, value in lines(self.form.identity):
            pad = "\u2007" if number < 10 else ""  # as wide as a digit, so that labels stand in one line
            label = f"{pad}{number}. {self.say(f'identity.{name}')}"
            row = self.field(label, value, self.wide)
            number += bool(row)
            rows += row
        self.section("identity", rows)

    def _account(self) -> None:
        form = self.form
        tall = self.paper.height >= F4.height
        self.section("purpose", self.body(form.purpose, 4 if tall else 2))
        self.section("chronology", self.body(form.chronology, 10 if tall else 9))
        rows = [
            row
            for name, value in lines(form.condition)
            for row in self.field(self.say(f"condition.{name}"), value, rows=2)
        ]
        self.section("condition", rows)

    def _services(self) -> None:
        form = self.form
        self.section("services_given", self.items(form.services_given, 3))
        asked: list[Any] = []
        if self.blank or form.services_requested:
            ticks = [(self.record(f"service.{kind}"), kind in form.services_requested) for kind in Service]
            asked.append(Ticks(ticks, 3, self.em))
        asked += self.field(self.say("service.note"), form.services_note)
        self.section("services_requested", asked)
        self.section("needs", self.body(form.needs_and_hopes, 3))
        self.section("documents", self.items(form.documents, 3))
        who, role, phone = (self._line("person", name, value) for name, value in lines(form.companion))
        self.section("companion", self.pair([*who, *role], phone, self.paper.text_width))

    def _consent(self) -> None:
        consent = self.form.consent
        rows: list[Any] = []
        if self.blank:
            scopes = [(self.record(f"consent_scope.{scope}"), False) for scope in ConsentScope]
            rows.append(Ticks(scopes, 1, self.em))
            methods = [(self.record(f"consent_method.{method}"), False) for method in ConsentMethod]
            rows.append(Ticks(methods, 0, self.em, label=self.say("consent.how"), indent=self.middle))
            rows += self.field(self.say("day"), None)
        rows += [self._given(given) for given in consent.given]
        told = self.field(self.say("consent.language"), consent.language)
        seen = self.field(self.say("consent.witness"), consent.witness, self.narrow)
        rows += self.pair(told, seen, self.paper.text_width)
        for name in ("guardian", "duty"):
            rows += self.field(self.say(f"consent.{name}"), getattr(consent, name))
        if rows:
            rows.append(paragraph(self.say("consent.note"), self.style.small))
        self.section("consent", rows)

    def _given(self, given: ConsentGiven) -> Any:
        details = [text for text in (self.date(given.on), self.text(given.how)) if text]
        text = self.text(given.scope)
        return ticked(f"{text} ({', '.join(details)})" if details else text, self.style.text)

    def _end(self) -> None:
        form = self.form
        name, role, day = self.say("sign.name"), self.say("sign.role"), self.say("day")
        acting, signing = form.referrer, self.text(form.signer)
        if self.replaced:
            self.story.append(paragraph(self.say("replaced", mark=REPLACEMENT), self.style.small))
        referrer = Box(
            self.say("sign.referrer"), ((name, self.text(acting.name)), (role, self.text(acting.role)), (day, ""))
        )
        person = Box(
            self.say("sign.person"),
            ((name, signing), (self.say("sign.witness"), ""), (day, "")),
            self.say("sign.thumb"),
        )
        receiver = Box(self.say("sign.receiver"), ((name, ""), (role, ""), (day, "")))
        self.section("signatures", [Signatures((referrer, person, receiver))])
        texts = {key: self.say(f"slip.{key}") for key in SlipTexts.__dataclass_fields__}
        self.story.append(ReplySlip(SlipTexts(**texts), self.head.case_code, self.payload))

    def _marks(self) -> PageMarks:
        head = self.head
        code = f"TW-{head.kind.code}"
        foot = f"{code} · {head.case_code}" if head.case_code else code
        if head.printed_at:
            at = head.printed_at
            printed = self.say(
                "printed", date=self.date(PartialDate.of(at.date())), hour=f"{at.hour:02}", minute=f"{at.minute:02}"
            )
            foot = f"{foot} · {printed}"
        title = self.say("referral.title")
        return PageMarks(
            title=f"{code} {head.case_code}".strip(),
            running=f"{title} · {head.case_code}" if head.case_code else title,
            foot=foot,
            confidential=self.say("confidential"),
            page=self.say("page", page="{page}", total="{total}"),
            language=head.language,
            practice=self.say("practice") if head.practice else None,
            watermark="LATIHAN / PRACTICE",
        )
