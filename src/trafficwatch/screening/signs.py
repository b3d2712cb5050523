# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs that were noticed, and to whom they were told (P2/2024 art. 4, 7): for everyone at the laptop, trained or not.

To notice is not to screen: nobody is asked, nothing is evaluated, no finding comes of it. The signs are those of the
newest questionnaire, the general ones (JUKNIS, 'Kenalilah!') and those by place (P2/2024 Lampiran I.A), in its words; a
note keeps their codes, which are permanent. A note is never sent: it is told by mouth, and to whom is kept with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from trafficwatch.errors import InputError
from trafficwatch.models.people import Person
from trafficwatch.models.screening import Entry, Kind, Questionnaire, UnknownCodeError
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.models.watching import SignNote
from trafficwatch.screening import library
from trafficwatch.screening.days import require_past
from trafficwatch.screening.standing import standing
from trafficwatch.store.belonging import person_there
from trafficwatch.store.records import FieldMissing
from trafficwatch.store.work import Work

GENERAL = "general"
PLACES = {"origin": "P2-ORI-", "transit": "P2-TRA-", "destination": "P2-DES-"}
"""Where a sign shows, and how the numbers of its indicators begin."""

_NOTE, _PERSON, _VOLUNTEER = (RECORD_TABLES[name] for name in ("sign_note", "person", "volunteer"))


class NothingNoted(InputError):
    """A note says something: a sign, or a few words."""

    key = "nothing_noted"
    catalogue = "errors_screening"


@dataclass(frozen=True, slots=True)
class SignGroup:
    """Signs that stand together: the general ones, or those of one place."""

    code: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One line of the list; names are '' where nobody is named or known."""

    id: str
    noted_on: str | None
    noted_by: str
    person_name: str
    place: str | None
    signs: int
    told_to: str | None
    told_on: str | None


@dataclass(frozen=True, slots=True)
class NotePage:
    """Some lines of the list, how many there are in all, and how many of all were told to nobody yet."""

    rows: tuple[NoteRow, ...]
    total: int
    untold: int


@dataclass(frozen=True, slots=True)
class NoteCard:
    """One note with the names it stands for."""

    note: SignNote
    person_name: str
    noted_by: str


def sign_groups(questionnaire: Questionnaire) -> tuple[SignGroup, ...]:
    """The signs that may be noted, each once, in the order of the questionnaire; groups without any are left out."""
    found: dict[str, list[Entry]] = {code: [] for code in (GENERAL, *PLACES)}
    for entry in questionnaire.entries:
        if (code := _group_of(entry)) is not None:
            found[code].append(entry)
    return tuple(SignGroup(code, tuple(entries)) for code, entries in found.items() if entries)


def save_note(work: Work, fields: Mapping[str, Any], note_id: str | None = None) -> SignNote:
    """Save a new note, made today by who is at work unless it says otherwise, or what changes in a known one.

    Of `signs` only those that change are given, None for one that is taken back. Raises NothingNoted, NotedAhead,
    UnknownCodeError, FieldMissing for a day of telling without anybody told, RecordUnknown.
    """
    before = standing(work, SignNote, note_id) if note_id else None
    if person_id := fields.get("person_id"):
        standing(work, Person, person_id)
    started = {} if before else {"noted_on": work.today, "noted_by": work.volunteer}
    changes = {**started, **fields}
    after = {name: changes.get(name, getattr(before, name, None)) for name in ("words", "told_to", "told_on")}
    signs: Mapping[str, Any] = changes.get("signs") or {}
    _require_known(work, before, signs)
    if not (_filled(after["words"]) or any({**(before.signs if before else {}), **signs}.values())):
        raise NothingNoted
    if _filled(after["told_on"]) and not _filled(after["told_to"]):
        raise FieldMissing(field="told_to")
    for name in ("noted_on", "told_on"):
        require_past(work, changes.get(name))
    return work.records.get(SignNote, work.write(SignNote, note_id, **changes))


def told(work: Work, note_id: str, to: str, on: str | None = None) -> SignNote:
    """Keep to whom a note was told, today unless it says otherwise. Raises as `save_note`."""
    if not to.strip():
        raise FieldMissing(field="told_to")
    return save_note(work, {"told_to": to, "told_on": on or work.today}, note_id)


def notes(work: Work, offset: int = 0, limit: int = 50) -> NotePage:
    """The notes, first those that were told to nobody yet, then the latest."""
    names = (_PERSON.c.name.label("person"), _VOLUNTEER.c.name.label("volunteer"))
    query = (
        select(_NOTE, *names)
        .outerjoin(_PERSON, _PERSON.c.id == _NOTE.c.person_id)
        .outerjoin(_VOLUNTEER, _VOLUNTEER.c.id == _NOTE.c.noted_by)
        .where(_there())
        .order_by(_NOTE.c.told_to.is_not(None), _NOTE.c.noted_on.desc(), _NOTE.c.id)
    )
    rows = work.connection.execute(query.offset(offset).limit(limit))
    total = work.connection.execute(select(func.count()).select_from(_NOTE).where(_there())).scalar_one()
    return NotePage(tuple(_row(row) for row in rows), total, untold(work))


def untold(work: Work) -> int:
    """How many notes were told to nobody yet."""
    query = select(func.count()).select_from(_NOTE).where(_there(), _NOTE.c.told_to.is_(None))
    return work.connection.execute(query).scalar_one()


def note_card(work: Work, note_id: str) -> NoteCard:
    """One note; raises RecordUnknown, also when it or its person is deleted."""
    note = standing(work, SignNote, note_id)
    person = work.records.get(Person, note.person_id).name if note.person_id else ""
    return NoteCard(note, person or "", work.records.get(Volunteer, note.noted_by or "").name or "")


def _group_of(entry: Entry) -> str | None:
    if entry.kind is Kind.GENERAL:
        return GENERAL
    return next((code for code, begin in PLACES.items() if any(i.startswith(begin) for i in entry.indicators)), None)


def _row(row: Any) -> NoteRow:
    signs = sum(map(bool, json.loads(row.signs or "{}").values()))
    about = (row.id, row.noted_on, row.volunteer or "", row.person or "", row.place)
    return NoteRow(*about, signs, row.told_to, row.told_on)


def _there() -> ColumnElement[bool]:
    """Notes that are there, about nobody by name or about people who are."""
    return _NOTE.c.deleted.is_(None) & (_NOTE.c.person_id.is_(None) | person_there("sign_note"))


def _require_known(work: Work, before: SignNote | None, signs: Mapping[str, Any]) -> None:
    """What is new among the signs can be noted now; what was noted under an older version may stay or go."""
    groups = sign_groups(library.newest(work))
    known = {entry.code for group in groups for entry in group.entries} | set(before.signs if before else ())
    for code in signs:
        if code not in known:
            raise UnknownCodeError(code=code[:40])


def _filled(value: str | None) -> bool:
    return bool(value and value.strip())
