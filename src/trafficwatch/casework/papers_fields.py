# SPDX-License-Identifier: GPL-3.0-or-later
"""Any field of any record in the words of a paper, by its declaration alone: no record type is known by name.

`Worded` gives the name of a field and its value: choices and elements by their word groups, links by the name of what
they point to, dates in words. What has no words is given as it is written. `lines` are fields of one record as label
lines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from trafficwatch.casework.papers_shared import Subject
from trafficwatch.errors import InputError
from trafficwatch.models.care import TO_PPT
from trafficwatch.models.case_papers import Line, Lines
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Field, Record, Shape
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.records import RecordUnknown, type_of
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, catalogue, t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.labels import label
from trafficwatch.texts.trail import field_words

_NAMED = ("name", "code", "words")
"""The field by which a record that a link points to is known, the first that it has."""
_QUESTIONS = {("journey", "answers"): "procedural", ("check_in", "answers"): "check_in"}
"""Where the questions stand that elements answer, in `journey_rules`."""
_OF_A_FIELD = frozenset({"refused_fields", "lifted"})
"""Maps whose elements are `record_type.field`."""


@dataclass(frozen=True, slots=True)
class Worded:
    """Fields and values in one language. `asked` has the wording of questions by their code."""

    work: Work | None
    language: Language
    asked: Mapping[str, str] = field(default_factory=dict)

    def name(self, type_name: str, name: str) -> str:
        return field_words(type_name, name, self.language)

    def value(self, type_name: str, name: str, value: Any) -> str | None:
        """A field's value, one line for each element; None for nothing."""
        spec = RECORD_TYPES[type_name].fields[name]
        if value is None or value == {}:
            return None
        match spec.shape:
            case Shape.CHOICE:
                return self._word(spec.group, value)
            case Shape.DATE:
                return self._day(value)
            case Shape.FLAG:
                return self._yes_or_no(on=value)
            case Shape.LINK:
                return self._linked(spec.target, value)
            case Shape.ELEMENTS:
                found = (self._element(type_name, spec, *each) for each in value.items())
                return "\n".join(text for text in found if text) or None
        if name == "destination_country" and value in catalogue("countries"):
            return t(f"countries.{value}", language=self.language)
        return str(value)

    def _element(self, type_name: str, spec: Field, element: str, value: Any) -> str:
        of = self._of(type_name, spec, element)
        said = self._said(spec, value)
        return "" if value is False and spec.group else ": ".join(part for part in (of, said) if part)

    def _of(self, type_name: str, spec: Field, element: str) -> str:
        question = f"{_QUESTIONS.get((type_name, spec.name), '')}.{element}.question"
        if question in catalogue("journey_rules"):
            return t(f"journey_rules.{question}", language=self.language)
        if spec.name in _OF_A_FIELD:
            of_type, _, name = element.partition(".")
            return f"{type_words(of_type, self.language)}: {self.name(of_type, name)}"
        if spec.name == "recipients":
            return "PPT" if element == TO_PPT else self._linked("institution", element) or element
        if spec.name == "states":
            return self.name(type_name, element)
        return self._word(spec.group, element) if spec.group else self.asked.get(element, element)

    def _said(self, spec: Field, value: Any) -> str:
        """What stands behind an element; nothing where being there says it."""
        if isinstance(value, dict):  # an answer of a screening
            found: tuple[Any, ...] = (
                self._word("answer", value.get("value")),
                self._word("by", value.get("by")),
                value.get("note"),
            )
            return ", ".join(str(part) for part in found if part)
        if isinstance(value, bool):
            return "" if value else self._yes_or_no(on=False)
        if spec.value_group:
            return self._word(spec.value_group, value)
        return self._word("answer", value) if spec.name in {"answers", "readiness"} else self._day(str(value))

    def _linked(self, target: str, record_id: str) -> str | None:
        if self.work is None:
            return None
        try:
            found: Record = self.work.records.get(RECORD_TYPES[target].cls, record_id)
        except RecordUnknown:
            return None
        return next((text for name in _NAMED if (text := getattr(found, name, None))), None)

    def _yes_or_no(self, *, on: bool) -> str:
        return label("answer", "yes" if on else "no", self.language)

    def _word(self, group: str, value: str | None) -> str:
        try:
            return label(group, value, self.language)
        except KeyError:  # of a newer program
            return str(value)

    def _day(self, value: str) -> str:
        try:
            return PartialDate.from_edtf(value).format(self.language)
        except InputError:
            return value


def lines(of: Subject, found: Record, *names: str, half: Collection[str] = (), rows: int = 1) -> Lines:
    """Some fields of a record as label lines, with so many `rows` to write on in a blank form."""
    return Lines(each_line(of, found, *names, half=half, rows=rows))


def each_line(of: Subject, found: Record, *names: str, half: Collection[str] = (), rows: int = 1) -> tuple[Line, ...]:
    """The same one by one, to stand among others."""
    type_name, worded = type_of(type(found)).name, Worded(of.work, of.language)
    return tuple(
        Line(worded.name(type_name, name), worded.value(type_name, name, getattr(found, name)), rows, name in half)
        for name in names
    )
