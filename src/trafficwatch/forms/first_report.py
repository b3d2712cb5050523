# SPDX-License-Identifier: GPL-3.0-or-later
"""The first report to the authorities, ready to be handed over, on A4 or F4 (P2/2024 art. 7, Lampiran II.C.1 and II.E).

Order: how to contact the person safely - letterhead - title, code, QR - to whom and from whom, a report or information,
through which channel - the danger and where the person is now - the elements, form, modus, place, parties - who needs
protection, and on what ground the name stands there - what can be handed over - signature and receipt.
What only the volunteer knows is written by hand. A usual report fills one page: the letters get a little smaller for
that, never less than `SMALLEST`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reportlab.platypus import Spacer

from trafficwatch.forms.boxes import Box, Signatures
from trafficwatch.forms.paper import MM, Paper
from trafficwatch.forms.parts import Ticks, WriteLine, paragraph
from trafficwatch.forms.sheet import SHORT, Sheet, fitted
from trafficwatch.models.screening_papers import ElementShown, ReportForm, labelled
from trafficwatch.texts import t

LABELS, PERSON, LONGER = 10.2, 7.4, 3.8
"""Widths of the label columns, in text sizes: of what happened, of who; and how much wider one of them is."""
SMALLEST = 8.0
TO = ("bhabin", "polres", "task_force", "ppt")
CHANNELS = ("direct", "service", "online", "other")
EVIDENCE = ("letter", "witness", "electronic")
_BY_HAND = frozenset({"place", "parties"})
_TITLE = "screening_forms.report.title"


def report_pdf(form: ReportForm, paper: Paper) -> bytes:
    """The report as a PDF; the same values and paper give the same bytes. Any text can be printed."""
    return fitted(lambda sheet: _Report(form, sheet), paper, SMALLEST).built(t(_TITLE, language=form.head.language))


class _Report(Sheet):
    """One report being laid out."""

    contact_ask = "screening_forms.report.contact_ask"
    contact_unknown = "screening_forms.report.contact_unknown"
    replaced_note = "papers.replaced"

    def __init__(self, form: ReportForm, paper: Paper) -> None:
        super().__init__(form.head, paper)
        self.form = form
        self.safe_contact(form.contact)
        self.top(self.phrase(_TITLE), self.word("code"), self.say("number"), self.head.number)
        self._to_and_from()
        self.part("danger", self._danger())
        self.part("known", self._known())
        self.part("person", self._person())
        self.story.append(self._ticks("evidence", EVIDENCE, LABELS))
        self.story += self._signatures()
        self.note_replaced()

    def word(self, key: str, **params: str | int) -> str:
        return self.phrase(f"screening_forms.{key}", **params)

    def part(self, key: str, body: list[Any]) -> None:
        self.section(self.word(f"report.{key}"), body)

    def _to_and_from(self) -> None:
        to = [(self.word(f"report.to.{key}"), False) for key in TO]
        left = [paragraph(self.say("to"), self.style.bold), Ticks(to, 0, self.em)]
        left.append(WriteLine(self.word("report.office"), PERSON * self.em, self.em))
        left.append(self._ticks("kind", ("report", "information"), PERSON))
        right = [paragraph(self.word("report.from"), self.style.bold)]
        for name in ("name", "role", "phone"):
            right += self.field(self.say(f"person.{name}"), getattr(self.form.reporter, name), SHORT * self.em)
        right.append(paragraph(self.word("report.protection"), self.style.small))
        self.story += self.pair(left, right, self.paper.text_width, ruled=True)
        self.story.append(self._ticks("channel", CHANNELS, PERSON))

    def _ticks(self, group: str, keys: tuple[str, ...], labels: float) -> Any:
        ticks = [(self.word(f"report.{group}.{key}"), False) for key in keys]
        return Ticks(ticks, 0, self.em, label=self.word(f"report.{group}"), indent=labels * self.em)

    def _danger(self) -> list[Any]:
        risk = self.text(self.form.risk)
        where = WriteLine(self.word("report.now_at"), (LABELS + LONGER) * self.em, self.em)
        return [*([paragraph(risk, self.style.bold)] if risk else []), where]

    def _known(self) -> list[Any]:
        form = self.form
        finding = " ".join(text for text in (self.text(form.finding), self.text(form.initial)) if text)
        rows = [paragraph(finding, self.style.text)] if finding else []
        for element in form.elements:
            name = self.phrase(f"screening.element.name.{element.element}")
            rows += self.field(name, self._said(element), LABELS * self.em)
        parties = self.word("events.unproven", parties=form.events.parties) if form.events.parties else None
        events = {key: self._event(key, value) for key, value in labelled(replace(form.events, parties=parties))}
        beside = self.pair(events.pop("place"), events.pop("since"), self.paper.text_width)
        about = [("about.screened_on", form.screened_on), ("about.questionnaire", form.questionnaire)]
        left, right = (self.field(self.word(key), value, LABELS * self.em) for key, value in about)
        rows += [*(row for lines in events.values() for row in lines), *beside]
        return [*rows, *self.pair(left, right, self.paper.text_width)]

    def _event(self, key: str, value: str | None) -> list[Any]:
        """What is known of the course of events; place and parties are asked for, so that there are lines for them."""
        label = self.word(f"events.{key}")
        line = self.field(label, value, LABELS * self.em)
        return line or ([WriteLine(label, LABELS * self.em, self.em)] if key in _BY_HAND else [])

    def _said(self, element: ElementShown) -> str:
        """The state, direct facts, and signs apart from them."""
        facts, signs = ". ".join(element.facts), ". ".join(element.signs)
        said = self.word("report.stated", state=element.state, facts=facts) if facts else f"{element.state}."
        more = [self.word("report.signs", signs=signs) if signs else "", element.note or ""]
        return " ".join(text for text in (said, *more) if text)

    def _person(self) -> list[Any]:
        form = self.form
        if form.reported is None:
            lines = [
                WriteLine(self.word(f"reported.{name}"), PERSON * self.em, self.em) for name in ("name", "age", "sex")
            ]
            ask = paragraph(self.word("report.person_ask"), self.style.cell_bold)
            return [ask, lines[0], *self.pair([lines[1]], [lines[2]], self.paper.text_width)]
        name, age, sex = (
            self.field(self.word(f"reported.{key}"), value, PERSON * self.em) for key, value in labelled(form.reported)
        )
        ground = [self.field(self.word("report.ground"), text, PERSON * self.em) for text in form.grounds]
        return [*name, *self.pair(age, sex, self.paper.text_width), *(row for rows in ground for row in rows)]

    def _signatures(self) -> list[Any]:
        name, role, day = self.say("sign.name"), self.say("sign.role"), self.say("day")
        reporter = self.form.reporter
        under = ((name, self.text(reporter.name)), (role, self.text(reporter.role)), (day, ""), ("", " "))
        keys = ("name", "office", "day", "number")
        received = tuple((self.word(f"report.receiver.{key}"), "") for key in keys)
        boxes = (Box(self.word("report.reporter"), under), Box(self.word("report.receiver"), received))
        return [Spacer(0, 4), _Low(boxes)]


class _Low(Signatures):
    """Boxes to sign in that leave room for the report."""

    ROOM = 14 * MM
