# SPDX-License-Identifier: GPL-3.0-or-later
"""The printed summary of a screening, on A4 or F4: for the village's file and for the PPT, which checks it.

Order: letterhead - title, code, QR - that it was broken off, if so - the finding in its careful words, with the risk -
when danger is known what to do - proses, cara, tujuan side by side with the answers that decide, direct ones before
signs, and the law behind them - what else explains the finding and what is missing - what to do - what to ask next -
signatures. The person is not named: the code is enough for who has the case. It fills one page where it can.
"""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Spacer

from trafficwatch.forms.boxes import Box, Signatures
from trafficwatch.forms.elements import element_columns, room_to_open
from trafficwatch.forms.paper import MM, Paper
from trafficwatch.forms.parts import Columns, Framed, item, paragraph
from trafficwatch.forms.sheet import Sheet, fitted
from trafficwatch.models.screening_papers import SummaryForm, labelled
from trafficwatch.texts import t

LABELS = 8.4
"""Width of the label columns, in text sizes."""
SMALLEST = 8.5
_TITLE = "screening_forms.summary.title"
_SHORT = 30
"""Characters up to which a value may stand in half the width."""


def summary_pdf(form: SummaryForm, paper: Paper) -> bytes:
    """The summary as a PDF; the same values and paper give the same bytes. Any text can be printed."""
    return fitted(lambda sheet: _Summary(form, sheet), paper, SMALLEST).built(t(_TITLE, language=form.head.language))


class _Summary(Sheet):
    """One summary being laid out."""

    replaced_note = "papers.replaced"

    def __init__(self, form: SummaryForm, paper: Paper) -> None:
        super().__init__(form.head, paper)
        self.form = form
        self.top(self.phrase(_TITLE), self.word("code"), self.say("number"), self.head.number)
        self._about()
        self._finding()
        duties = [item("•", text, self.style.text) for text in map(self.text, form.duties)]
        if form.duties_first:
            self.part("duties", duties)
        columns = element_columns(self, form.elements)
        self.story += [room_to_open(self, columns)] if columns else []
        self.part("elements", columns)
        self.part("why", self._why())
        if not form.duties_first:
            self.part("duties", duties)
        self.part("next", self._next())
        self.story += [Spacer(0, 6), self._signatures()]
        self.note_replaced()

    def word(self, key: str, **params: str | int) -> str:
        return self.phrase(f"screening_forms.{key}", **params)

    def part(self, key: str, body: list[Any]) -> None:
        self.section(self.word(f"summary.{key}"), body)

    def _about(self) -> None:
        """Label lines in their order, two short ones that follow each other side by side."""
        waiting: list[Any] = []
        for name, value in labelled(self.form.about):
            line = self.field(self.word(f"about.{name}"), value, LABELS * self.em)
            if not line:
                continue
            if len(value or "") > _SHORT:
                self.story += [*waiting, *line]
                waiting = []
            elif waiting:
                self.story.append(Columns(waiting, line))
                waiting = []
            else:
                waiting = line
        self.story += waiting

    def _finding(self) -> None:
        form, style = self.form, self.style
        said = ((form.stopped, style.bold), (form.finding, style.big), (form.risk, style.bold))
        more = ((form.initial, style.text), (form.second, style.bold))
        lines = [paragraph(shown, look) for text, look in (*said, *more) if (shown := self.text(text))]
        frame = Framed(self.word("summary.finding"), self.say("confidential"), lines)
        frame.spaceBefore = 4
        self.story.append(frame)

    def _why(self) -> list[Any]:
        older = "; ".join(map(self.text, self.form.older))
        lines = [*self.form.why, self.word("summary.older", facts=older) if older else ""]
        return [paragraph(shown, self.style.text) for line in lines if (shown := self.text(line))]

    def _next(self) -> list[Any]:
        form = self.form
        title = [paragraph(self.text(form.next_title), self.style.text)] if form.next_title else []
        return [*title, *self.items(form.next, 0)]

    def _signatures(self) -> Any:
        name, role, day = self.say("sign.name"), self.say("sign.role"), self.say("day")
        volunteer = Box(self.word("summary.sign_volunteer"), ((name, self.text(self.form.signer)), (day, "")))
        ppt = Box(self.word("summary.sign_ppt"), ((name, ""), (role, "")))
        return _Low((volunteer, ppt))


class _Low(Signatures):
    """Boxes to sign in that leave room for the text."""

    ROOM = 18 * MM
