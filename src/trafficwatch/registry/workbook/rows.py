# SPDX-License-Identifier: GPL-3.0-or-later
"""From the rows of a sheet to residents: each row with what it says, why it is refused, and what is odd about it.

A row is refused for every cell that can't be taken, each by its column: what is refused is not half taken in. What is
only unlikely (a NIK that says another day of birth) is kept, with a remark. Nothing about migration is read out of
anybody's work. Rows that are no residents are counted: those above a family, repeated headings, what follows OpenSID's
`###`. Pure: the tables and today are parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, cast

from trafficwatch.models.checks import TextTooLong, ValueImpossible, check_value, flatten, tidy
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.identity import check_nik, clean_name
from trafficwatch.models.people import NikStatus, Residency
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.registry.workbook import values
from trafficwatch.registry.workbook.cells import SheetRow
from trafficwatch.registry.workbook.codes import Codes
from trafficwatch.registry.workbook.layouts import Found, Layout, key_of
from trafficwatch.registry.workbook.values import Family, Odd

_PERSON = RECORD_TYPES["person"]
_ADDRESS = ("street", "hamlet", "rt", "rw", "village", "district")
_CODED = (
    "household_role",
    "marital_status",
    "religion",
    "education",
    "occupation",
    "nationality",
    "residency",
)
_END = "###"
_NUMBERING = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a row is refused, or what is odd about it: row and column as the office program shows them, a key of the
    texts `workbook.reason.*`, and its parameters.
    """

    row: int
    column: str
    reason: str
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A row that is a resident: `fields` as in `models.people.Person`, empty ones left out."""

    number: int
    cells: tuple[str, ...]
    fields: Mapping[str, Any]
    refusals: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()
    family: Family | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What the rows below the header are; their sum is all of them."""

    people: int = 0
    families: int = 0
    headings: int = 0
    after_end: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole sheet, read; `headings` are the names of the columns by field."""

    rows: tuple[PersonRow, ...] = ()
    counted: Counted = field(default_factory=Counted)
    headings: Mapping[str, str] = field(default_factory=dict)


def read_rows(rows: Iterable[SheetRow], found: Found, columns: Mapping[int, str], codes: Codes, today: date) -> Reading:
    """Read the rows below the header with `columns` (column -> one of `layouts.FIELDS`)."""
    header = [key_of(cell) for cell in found.header]
    names = {
        name: (found.header[column] if column < len(found.header) else "") or _letters(column)
        for column, name in columns.items()
    }
    people: list[PersonRow] = []
    families = headings = after_end = 0
    family: Family | None = None
    for row in rows:
        if after_end or (found.layout.name == "opensid" and any(cell.startswith(_END) for cell in row.cells[:2])):
            after_end += 1
        elif not row.broken and _is_heading(row.cells, header):
            headings += 1
        elif not row.broken and found.layout.grouped and (above := _family_above(row.cells, columns, today)):
            families, family = families + 1, above
        else:
            people.append(_Row(row, found.layout, columns, names, codes, today, family).read())
    return Reading(tuple(people), Counted(len(people), families, headings, after_end), names)


def _is_heading(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row repeats the header, or numbers the columns as printed books do."""
    filled = [cell for cell in cells if cell]
    if all(cell.isascii() and cell.isdecimal() for cell in filled) and len(filled) >= _NUMBERING:
        numbers = [int(cell) for cell in filled]
        return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return [key_of(cell) for cell in cells if cell] == [key for key in header if key]


def _family_above(cells: Sequence[str], columns: Mapping[int, str], today: date) -> Family | None:
    """The family whose members follow. Residents may say "No KK" in any cell: only the first one counts, and no row
    with two of a name, a NIK and a date of birth is taken for a family.
    """
    filled = [cell for cell in cells if cell]
    family = values.family_of(" ".join(filled)) if filled and values.names_family(filled[0]) else None
    if family is None:
        return None
    texts = {name: cells[column] for column, name in columns.items() if column < len(cells) and cells[column]}
    looks = (
        values.looks_like_name(texts.get("name", "")),
        values.looks_like_nik(texts.get("nik", ""), " ".join(filled)),
        values.looks_like_birth(texts.get("birth_date", ""), today),
    )
    return None if sum(looks) > 1 else family


class _Row:
    """One row while it is read."""

    def __init__(
        self,
        row: SheetRow,
        layout: Layout,
        columns: Mapping[int, str],
        names: Mapping[str, str],
        codes: Codes,
        today: date,
        family: Family | None,
    ) -> None:
        self._row, self._layout, self._codes, self._today, self._family = row, layout, codes, today, family
        self._names = names
        self._refusals: list[Finding] = []
        self._remarks: list[Finding] = []
        self._texts: dict[str, str] = {}
        if row.broken:
            self._refuse("name", row.broken, lines=row.lines)
        for column, name in columns.items():
            cell = row.cells[column] if column < len(row.cells) else ""
            if column in row.odd:
                self._refuse(name, row.odd[column])
            self._texts[name] = "" if column in row.odd else values.bare(cell)

    def read(self) -> PersonRow:
        fields: dict[str, Any] = {"name": clean_name(self._texts.get("name", ""))}
        if not fields["name"] and not self._has_refused("name"):
            self._refuse("name", "name_missing")
        elif any(char.isdecimal() for char in fields["name"]):
            self._remark("name", "name_with_digits")
        fields["sex"] = self._coded("sex")
        birth = self._birth_date()
        fields["birth_date"] = birth.edtf
        fields |= self._numbers(birth, cast("Literal['f', 'm'] | None", fields["sex"]))
        fields["birth_place"] = self._texts.get("birth_place")
        fields |= {name: self._coded(name) for name in _CODED}
        fields["address"] = values.address_of({name: self._texts.get(name, "") for name in _ADDRESS})
        fields["phones"] = self._phones()
        if self._family is not None:
            fields["kk_number"] = fields["kk_number"] or self._family.kk_number
            fields["address"] = fields["address"] or self._family.address
            if not fields["kk_number"]:
                self._remark("kk_number", "family_without_kk")
        kept = {name: tidy(value) for name, value in fields.items() if value and tidy(value)}
        self._check(kept)
        return PersonRow(
            self._row.number,
            self._row.cells,
            kept,
            tuple(self._refusals),
            tuple(self._remarks),
            self._family,
        )

    # -- fields ------------------------------------------------------------------------------------------------------

    def _coded(self, name: str) -> str | None:
        text = self._texts.get(name, "")
        if text.strip("0") == "":  # programs write 0 for nothing chosen
            return None
        if self._codes.is_invalid(name, text):
            self._refuse(name, "record_invalid", value=text)
            return None
        meaning = self._codes.meaning(name, text, self._layout.name)
        if meaning is None:
            self._refuse(name, "code_unknown", value=_short(text))
            return None
        if meaning.trap and meaning.value == Residency.DEAD:
            self._remark(name, "dead_by_export_words", value=text)
        return meaning.value

    def _birth_date(self) -> PartialDate:
        text = self._texts.get("birth_date", "")
        try:
            born = values.birth_date_of(text, self._today) if text else PartialDate()
        except Odd as odd:
            self._refuse("birth_date", odd.reason, **odd.params)
            return PartialDate()
        if values.is_very_old(born, self._today):
            self._remark("birth_date", "very_old")
        return born

    def _numbers(self, birth: PartialDate, sex: Literal["f", "m"] | None) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, read in (("nik", values.nik_of), ("kk_number", values.kk_number_of)):
            fields[name] = ""
            try:
                fields[name] = read(self._texts.get(name, ""))
            except Odd as odd:
                self._refuse(name, odd.reason, **odd.params)
        if fields["nik"]:
            fields["nik_status"] = NikStatus.TOLD.value
            for warning in check_nik(fields["nik"], birth, sex).warnings:
                self._remark("nik", f"nik_{warning.value}")
        elif self._texts.get("nik"):
            fields["nik_status"] = NikStatus.NONE.value
        return fields

    def _phones(self) -> dict[str, str]:
        text = self._texts.get("phone", "")
        try:
            return values.phones_of(text) if text else {}
        except Odd as odd:
            self._remark("phone", odd.reason)
            return {}

    def _check(self, kept: Mapping[str, Any]) -> None:
        """The same rule as for what is typed."""
        for key, value in flatten(_PERSON, kept):
            name = key.partition("/")[0]
            try:
                check_value(_PERSON.fields[name], key, value)
            except TextTooLong as error:
                self._refuse(name, error.key, limit=error.params["limit"])
            except ValueImpossible as error:
                self._refuse(name, error.key)

    # -- findings ----------------------------------------------------------------------------------------------------

    def _refuse(self, name: str, reason: str, **params: str | int) -> None:
        self._refusals.append(Finding(self._row.number, self._column(name), reason, params))

    def _remark(self, name: str, reason: str, **params: str | int) -> None:
        self._remarks.append(Finding(self._row.number, self._column(name), reason, params))

    def _has_refused(self, name: str) -> bool:
        return any(finding.column == self._column(name) for finding in self._refusals)

    def _column(self, name: str) -> str:
        """The column that a field came from; an address from the first of its columns."""
        sources = {"address": _ADDRESS, "phones": ("phone",)}.get(name, (name,))
        return next((self._names[source] for source in sources if source in self._names), "")


def _letters(column: int) -> str:
    """A column without a name as the office program calls it: 0 is A, 26 is AA."""
    letters = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        letters = chr(ord("A") + rest) + letters
        column -= 1
    return letters


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
