# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of residents that leave the screen: printed, or as a workbook for an office program.

A list stays in the village office and asks for no consent; taking it out as a workbook is journalled with its reason.
Where somebody must not be contacted, the list says so in place of a number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from trafficwatch.errors import InputError
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.forms import FormKind
from trafficwatch.models.papers import Column, ListForm, ResidentsSheet
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry import listing
from trafficwatch.registry.browse import EVERYONE, latest_journeys
from trafficwatch.registry.listing import ResidentFilter, Sort
from trafficwatch.registry.papers import country_words, day_words, head_of, phone_words
from trafficwatch.registry.where import destination
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, catalogue, t
from trafficwatch.texts.labels import label

COLUMNS = (Column.NAME, Column.BIRTH, Column.ADDRESS, Column.DESTINATION, Column.STAGE)
"""What a printed list shows unless more is asked for: no number of anybody."""
ROWS_LIMIT = 5_000
"""Residents on a printed list."""
EXPORTED = (
    "name",
    "aliases",
    "nik",
    "kk_number",
    "household_role",
    "sex",
    "birth_place",
    "birth_date",
    "address",
    "marital_status",
    "religion",
    "education",
    "occupation",
    "nationality",
    "residency",
    "phones",
    "destination",
    "stage",
    "departure_on",
)
"""Columns of the workbook; texts: `papers.export.*`."""

_PERSON, _CONTACT = RECORD_TABLES["person"], RECORD_TABLES["safe_contact"]
_AT_ONCE, _ALL = 500, 1_000_000
_GROUPS = {"household_role": "household_role", "sex": "sex", "marital_status": "marital", "residency": "residency"}


class ListTooLong(InputError):
    """More residents than a printed list takes; parameters `count`, `limit`."""

    key = "list_too_long"


class ListReasonMissing(InputError):
    """A list is not taken out without a reason."""

    key = "list_reason_missing"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which residents are listed, as on the screen: what was typed into the search, narrowed and ordered; or some by
    their ids, in this order.
    """

    text: str = ""
    narrowed: ResidentFilter = EVERYONE
    sort: Sort = Sort.NAME
    ids: tuple[str, ...] | None = None


def list_form(work: Work, wanted: Wanted, language: Language, columns: Sequence[Column] = COLUMNS) -> ListForm:
    """A printed list. Raises ListTooLong."""
    ids, total = _found(work, wanted, ROWS_LIMIT)
    if total > ROWS_LIMIT:
        raise ListTooLong(count=total, limit=ROWS_LIMIT)
    rows = tuple(tuple(_cell(column, person, language) or "" for column in columns) for person in _people(work, ids))
    head = head_of(work, FormKind.LIST, work.today, language)
    return ListForm(head, tuple(columns), rows, _about(wanted, language))


def export_list(work: Work, wanted: Wanted, reason: str, language: Language) -> ResidentsSheet:
    """What the register holds of these residents, as text for a workbook; journalled. Raises ListReasonMissing."""
    if not reason.strip():
        raise ListReasonMissing
    ids, _ = _found(work, wanted, _ALL)
    rows = tuple(tuple(_exported(name, person, language) or "" for name in EXPORTED) for person in _people(work, ids))
    work.note("export", "device", work.info.device, f"{reason.strip()} ({len(rows)})")
    notes = [
        ("village", work.info.name),
        ("day", PartialDate.from_edtf(work.today).format(language)),
        ("count", str(len(rows))),
        ("reason", reason.strip()),
        ("personal", t("papers.personal", language=language)),
    ]
    if work.info.practice:
        notes.append(("practice", t("forms.practice", language=language)))
    return ResidentsSheet(
        t("papers.export.sheet", language=language),
        tuple(t(f"papers.export.{name}", language=language) for name in EXPORTED),
        rows,
        t("papers.export.notes", language=language),
        tuple((t(f"papers.note.{name}", language=language), value) for name, value in notes),
    )


def _found(work: Work, wanted: Wanted, limit: int) -> tuple[Sequence[str], int]:
    """The residents by id, and how many there are beyond the limit."""
    if wanted.ids is not None:
        return wanted.ids[:limit], len(wanted.ids)
    found = listing.ids(work, wanted.text, wanted.narrowed, wanted.sort, 0, limit)
    return found.ids, found.total


def _about(wanted: Wanted, language: Language) -> str | None:
    """Which residents these are, in words; None for all, and for some that were picked."""
    if wanted.ids is not None:
        return None
    narrowed = wanted.narrowed
    said = [
        _searched(wanted.text.strip(), language),
        label("stage", narrowed.stage, language),
        country_words(narrowed.country, language),
        label("residency", narrowed.residency, language),
        t("papers.list.warned", language=language) if narrowed.warned else None,
        t("papers.list.overdue", language=language) if narrowed.overdue else None,
    ]
    return ", ".join(part for part in said if part) or None


def _searched(text: str, language: Language) -> str | None:
    """What was typed; of a number, which the list promises not to show, only that something was."""
    if any(char.isdecimal() for char in text):
        return t("papers.list.by_number", language=language)
    return t("papers.list.of", language=language, text=text) if text else None


def _people(work: Work, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The residents with what the lists say of them; who is deleted or unknown is left out."""
    for start in range(0, len(ids), _AT_ONCE):
        yield from _rows(work, ids[start : start + _AT_ONCE])


def _rows(work: Work, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    there = select(_PERSON).where(_PERSON.c.id.in_(ids), _PERSON.c.deleted.is_(None))
    people = {row.id: row._asdict() for row in work.connection.execute(there)}
    asked = select(_CONTACT.c.person_id).where(_CONTACT.c.person_id.in_(ids), _CONTACT.c.do_not_contact.is_(True))
    banned = set(work.connection.execute(asked.where(_CONTACT.c.deleted.is_(None))).scalars())
    journeys = latest_journeys(work, ids)
    for of_id in ids:
        if of_id in people:
            person = people[of_id]
            for name in ("phones", "aliases"):
                person[name] = json.loads(person[name] or "{}")
            yield {**person, "banned": of_id in banned, "journey": journeys.get(of_id)}


def _cell(column: Column, person: dict[str, Any], language: Language) -> str | None:
    """One cell of a printed list, in words."""
    journey = person["journey"]
    match column:
        case Column.BIRTH:
            return day_words(person["birth_date"], language)
        case Column.DEPARTURE:
            return day_words(journey.departure_on, language) if journey else None
        case Column.PHONE:
            return _exported("phones", person, language)
        case Column.KK:
            return _exported("kk_number", person, language)
    return _exported(column.value, person, language)


def _exported(name: str, person: dict[str, Any], language: Language) -> str | None:
    """One cell of the workbook: numbers as they are, dates in their stored form."""
    journey = person["journey"]
    if name in _GROUPS:
        official = f"word.{name}.{person[name]}"  # so that the village's own program, and our import, know the word
        if official in catalogue("papers"):
            return t(f"papers.{official}", language=language)
        return label(_GROUPS[name], person[name], language)
    match name:
        case "aliases":
            return ", ".join(alias for alias, there in person["aliases"].items() if there)
        case "phones":
            return t("papers.no_contact", language=language) if person["banned"] else phone_words(person["phones"])
        case "destination":
            return country_words(destination(journey), language) if journey else None
        case "stage":
            return label("stage", journey.stage, language) if journey else None
        case "departure_on":
            return journey.departure_on if journey else None
    found: str | None = person[name]
    return found
