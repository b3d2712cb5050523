# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole questionnaire on paper, for handwriting, on A4 or F4, in usual or in large print.

The first page has kind instructions, whether the place is safe, and when to break off. Then, as in an interview: danger
now, and what to do on a yes - may one ask - the few questions that matter most - by element and group, direct questions
before signs - circumstances, with the gates of the modules - general signs. Each module stands on a page of its own: it
is taken along and filled in only if its gate was answered yes. Nobody is named on any page: each has a box for the case
code. The QR code says which version it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reportlab.platypus import CondPageBreak, PageBreak, Spacer

from trafficwatch.forms.boxes import Rule, TitleBlock
from trafficwatch.forms.paper import Paper
from trafficwatch.forms.parts import ROW, Columns, Framed, Ticks, WriteLine, item, paragraph, stack_height
from trafficwatch.forms.question_table import LARGE_PT, Asked, Heading, question_table
from trafficwatch.forms.sheet import Sheet
from trafficwatch.models.casework import Decision, StopReason
from trafficwatch.models.forms import FormHead, FormKind, FormLanguage
from trafficwatch.models.paper_order import Part, sections
from trafficwatch.models.people import Sex
from trafficwatch.models.screening import Element, Entry, Module, Questionnaire, Value
from trafficwatch.texts.labels import label

RULES = ("own_words", "free", "no_names", "mark", "one_journey")
SAFETY = ("place", "alone", "unheard", "language")
CALLS = ("police", "health", "ppt")
ON_YES = ("stop", "call", "told", "suspect")
NOTE_LINES = 7
LABELS, CALL_LABELS, GUARDIAN = 11.0, 13.5, 15.0
"""Widths of the label columns, in text sizes."""
_CODE = 16


def paper_pdf(questionnaire: Questionnaire, language: FormLanguage, paper: Paper, *, large: bool = False) -> bytes:
    """The blank form as a PDF; the same questionnaire and paper give the same bytes. `large` is print of 16 points."""
    return _Questions(questionnaire, language, replace(paper, text_pt=LARGE_PT) if large else paper).pdf()


def version_code(questionnaire: Questionnaire) -> str:
    """What names the version in the QR code and at the foot: `SCREENING-2`."""
    number = f"-{questionnaire.version}"
    return f"{questionnaire.id.upper()[: _CODE - len(number)]}{number}"


class _Questions(Sheet):
    """One blank form being laid out."""

    kop = ("papers.kop.village", "papers.kop.district")

    def __init__(self, questionnaire: Questionnaire, language: FormLanguage, paper: Paper) -> None:
        super().__init__(FormHead(FormKind.SCREENING_PAPER, version_code(questionnaire), language), paper)
        self.questionnaire = questionnaire
        self.is_large = self.em >= LARGE_PT
        self.gates = {module.gate: number for number, module in enumerate(questionnaire.modules, start=1)}
        self.parts = sections(questionnaire)

    def word(self, key: str, **params: str | int) -> str:
        return self.phrase(f"screening_forms.paper.{key}", **params)

    def pdf(self) -> bytes:
        title = self.word("title")
        self._head(title)
        self._safety()
        self._end()
        self.story += [] if self.is_large else [PageBreak()]
        self._triage()
        self._consent()
        self.story += [Spacer(0, 6), question_table(self, self._main())]
        for section in self.parts:
            if section.module is not None:
                self._module(self.gates[section.module.gate], section.module, section.entries)
        return self.built(title, confidential=self.say("confidential"), write=self.phrase("screening_forms.code"))

    def part(self, key: str, body: list[Any]) -> None:
        self.section(self.word(f"section.{key}"), body)

    def heading(self, text: str, hint: str = "") -> Heading:
        """The next section among the questions."""
        letter = chr(ord("A") + self.sections)
        self.sections += 1
        return Heading(f"{letter}.  {text}", hint)

    # Before the questions

    def _head(self, title: str) -> None:
        kop = [WriteLine(self.phrase(key), self.middle, self.em) for key in self.kop]
        block = TitleBlock(
            title,
            number=f"{self.say('day')}: ",
            code_label=self.phrase("screening_forms.code"),
            code="",
            payload=self.payload,
        )
        version = self.word(
            "version", title=self.questionnaire.title.of(self.head.language), ref=self.questionnaire.ref
        )
        self.story += [*kop, Spacer(0, 4), Rule(), block, paragraph(version, self.style.bold)]
        self.story += [item("•", self.word(f"rule.{key}"), self.style.text) for key in RULES]
        sexes = [(label("sex", sex, self.head.language), False) for sex in Sex]
        sex = Ticks(sexes, 0, self.em, label=self.word("sex"), indent=LABELS * self.em)
        age, volunteer, start = (
            WriteLine(self.word(key), LABELS * self.em, self.em) for key in ("age", "volunteer", "start")
        )
        self.story += [*self._beside(age, sex), *self._beside(volunteer, start)]

    def _beside(self, line: WriteLine, other: WriteLine | Ticks) -> list[Any]:
        """Two short rows beside each other at one height, or below each other in large print."""
        if self.is_large:
            return [line, other]
        down = [Spacer(0, ROW - 1.5 * self.em)] if isinstance(other, Ticks) else []
        return [Columns([line], [*down, other])]

    def _safety(self) -> None:
        yes_no = [(label("answer", value, self.head.language), False) for value in (Value.YES, Value.NO)]
        rows: list[Any] = []
        for key in SAFETY:
            rows += self._asked(self.phrase(f"screening_desk.safe_{key}"), yes_no)
        self.part("safety", [*rows, paragraph(self.word("unsafe"), self.style.bold)])

    def _asked(self, question: str, ticks: list[tuple[str, bool]]) -> list[Any]:
        """A question with its boxes beside it, or below it in large print."""
        asked, boxes = paragraph(question, self.style.text), Ticks(ticks, 0, self.em)
        return [asked, boxes] if self.is_large else [Columns([asked], [boxes])]

    def _end(self) -> None:
        """How the interview ended, on the first page, so that the reasons to break off are in sight from the start."""
        reasons = [(label("stop_reason", reason, self.head.language), False) for reason in StopReason]
        ended = Ticks([(self.word("finished"), False), (self.word("stopped"), False)], 0, self.em)
        end = WriteLine(self.word("end"), LABELS * self.em, self.em)
        why = [paragraph(self.word("stopped_why"), self.style.text), Ticks(reasons, 2, self.em)]
        keep = paragraph(self.word("keep"), self.style.bold)
        body = [*self._beside(end, ended), *why, *self._notes(), keep]
        # in large print it would begin on the first page and go on on the next; 3 em are its heading
        self.story += [CondPageBreak(stack_height(body, self.paper) + 3 * self.em)] if self.is_large else []
        self.part("end", body)

    def _triage(self) -> None:
        triage = (entry for section in self.parts if section.part is Part.TRIAGE for entry in section.entries)
        lines = [Asked(entry, label("risk", entry.risk, self.head.language)) for entry in triage]
        hint = self.word("hint.triage")
        self.story += [Spacer(0, 6), question_table(self, [self.heading(self.word("section.triage"), hint), *lines])]
        steps = [
            item(f"{number}.", self.word(f"on_yes.{key}"), self.style.text) for number, key in enumerate(ON_YES, 1)
        ]
        calls = [WriteLine(self.word(f"call.{key}"), CALL_LABELS * self.em, self.em) for key in CALLS]
        frame = Framed(self.word("on_yes"), "", [*steps[:2], *calls, *steps[2:]])
        height = frame.wrap(self.paper.text_width, self.paper.text_height)[1]
        self.story += [CondPageBreak(height + 12), Spacer(0, 5), frame]

    def _consent(self) -> None:
        said = [self.phrase(f"screening_desk.consent_{key}") for key in ("what", "free")]
        decisions = [(label("decision", decision, self.head.language), False) for decision in Decision]
        self.part(
            "consent",
            [
                paragraph(self.phrase("screening_desk.consent_lead"), self.style.text),
                *(item("•", text, self.style.bold) for text in (*said, self.word("consent_kept"))),
                *self._asked(self.phrase("screening_desk.consent_question"), decisions),
                paragraph(self.word("consent_refused"), self.style.text),
                paragraph(self.phrase("screening_desk.consent_child"), self.style.text),
                WriteLine(self.word("guardian"), GUARDIAN * self.em, self.em),
            ],
        )

    # The questions

    def _main(self) -> Iterator[Heading | Asked]:
        """All questions but triage and modules, under their headings."""
        before: Element | None = None
        for section in self.parts:
            if section.group is not None:
                if section.group.element is not before:
                    before = section.group.element
                    yield self.heading(self.phrase(f"screening.element.{before}"))
                yield Heading(section.group.label.of(self.head.language), is_group=True)
            elif section.part in {Part.KEY, Part.AROUND, Part.GENERAL}:
                hint = self.word(f"hint.{section.part}") if self.gates or section.part is not Part.AROUND else ""
                yield self.heading(self.word(f"section.{section.part}"), hint)
            else:
                continue
            yield from (Asked(entry, on_yes=self._sheet_of(entry)) for entry in section.entries)

    def _sheet_of(self, entry: Entry) -> str:
        """On which page a yes to this gate goes on."""
        number = self.gates.get(entry.code)
        return self.word("on_yes.gate", number=number) if number else ""

    def _module(self, number: int, module: Module, entries: tuple[Entry, ...]) -> None:
        """A page of its own, with room to write."""
        language, gate = self.head.language, self.questionnaire.entry(module.gate)
        title = self.word("module", number=number, module=module.label.of(language))
        only = self.word("module_only", code=gate.code, question=gate.text.of(language))
        self.story += [PageBreak(), question_table(self, [Heading(title, only), *map(Asked, entries)])]
        self.story += [] if self.is_large else self._notes()

    def _notes(self) -> list[Any]:
        lines = (WriteLine() for _ in range(NOTE_LINES))
        return [Spacer(0, 4), paragraph(self.word("notes"), self.style.cell_bold), *lines]
