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

from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Spacer

from trafficwatch.forms.boxes import Box, ReplySlip, Signatures, SlipTexts
from trafficwatch.forms.paper import F4, Paper
from trafficwatch.forms.parts import ROW, Ticks, paragraph, ticked
from trafficwatch.forms.sheet import SHORT, Sheet
from trafficwatch.models.casework import ConsentMethod, ConsentScope, Urgency
from trafficwatch.models.directory import Service
from trafficwatch.models.forms import (
    ConsentGiven,
    FormHead,
    FormKind,
    FormLanguage,
    Letterhead,
    ReferralForm,
    lines,
)

_RED = (0.65, 0.0, 0.0)
"""Of a duty: dark enough to be read on a grey copy."""
_URGENCIES = (Urgency.IMMEDIATE, Urgency.SOON, Urgency.NORMAL)


def referral_pdf(form: ReferralForm, paper: Paper) -> bytes:
    """The referral as a PDF; the same form and paper give the same bytes. Any text can be printed."""
    return _Referral(form, paper).pdf()


def blank_referral_pdf(paper: Paper, language: FormLanguage, letterhead: Letterhead | None = None) -> bytes:
    """The same form without a case, ruled for handwriting; `letterhead` is printed where given."""
    return _Referral(ReferralForm(FormHead(FormKind.REFERRAL, "", language, letterhead)), paper).pdf()


class _Referral(Sheet):
    """One referral being laid out."""

    def __init__(self, form: ReferralForm, paper: Paper) -> None:
        super().__init__(form.head, paper)
        self.form = form

    def pdf(self) -> bytes:
        title = self.say("referral.title")
        self.safe_contact(self.form.contact)
        self.top(title, self.say("case_code"), self.say("number"), self.head.number)
        self._to_and_from()
        self._identity()
        self._account()
        self._services()
        self._consent()
        self._end()
        return self.built(title)

    def part(self, key: str, body: list[Any]) -> None:
        self.section(self.say(f"section.{key}"), body, self.say(f"hint.{key}") if self.blank and body else "")

    # Sections in their order

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
        self.part("identity", rows)

    def _account(self) -> None:
        form = self.form
        tall = self.paper.height >= F4.height
        self.part("purpose", self.body(form.purpose, 4 if tall else 2))
        self.part("chronology", self.body(form.chronology, 10 if tall else 9))
        rows = [
            row
            for name, value in lines(form.condition)
            for row in self.field(self.say(f"condition.{name}"), value, rows=2)
        ]
        self.part("condition", rows)

    def _services(self) -> None:
        form = self.form
        self.part("services_given", self.items(form.services_given, 3))
        asked: list[Any] = []
        if self.blank or form.services_requested:
            ticks = [(self.record(f"service.{kind}"), kind in form.services_requested) for kind in Service]
            asked.append(Ticks(ticks, 3, self.em))
        asked += self.field(self.say("service.note"), form.services_note)
        self.part("services_requested", asked)
        self.part("needs", self.body(form.needs_and_hopes, 3))
        self.part("documents", self.items(form.documents, 3))
        who, role, phone = (self._line("person", name, value) for name, value in lines(form.companion))
        self.part("companion", self.pair([*who, *role], phone, self.paper.text_width))

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
        rows += self.field(self.say("consent.guardian"), consent.guardian)
        red = ParagraphStyle("duty", parent=self.style.bold, textColor=_RED)
        rows += self.field(self.say("consent.duty"), consent.duty, style=red)
        if rows:
            rows.append(paragraph(self.say("consent.note"), self.style.small))
        self.part("consent", rows)

    def _given(self, given: ConsentGiven) -> Any:
        details = [text for text in (self.date(given.on), self.text(given.how)) if text]
        text = self.text(given.scope)
        return ticked(f"{text} ({', '.join(details)})" if details else text, self.style.text)

    def _end(self) -> None:
        form = self.form
        name, role, day = self.say("sign.name"), self.say("sign.role"), self.say("day")
        acting, signing = form.referrer, self.text(form.signer)
        self.note_replaced()
        referrer = Box(
            self.say("sign.referrer"), ((name, self.text(acting.name)), (role, self.text(acting.role)), (day, ""))
        )
        person = Box(
            self.say("sign.person"),
            ((name, signing), (self.say("sign.witness"), ""), (day, "")),
            self.say("sign.thumb"),
        )
        receiver = Box(self.say("sign.receiver"), ((name, ""), (role, ""), (day, "")))
        self.part("signatures", [Signatures((referrer, person, receiver))])
        texts = {key: self.say(f"slip.{key}") for key in SlipTexts.__dataclass_fields__}
        self.story.append(ReplySlip(SlipTexts(**texts), self.head.case_code, self.payload))
