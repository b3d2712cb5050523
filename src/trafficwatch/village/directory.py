# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of institutions that comes with the program, as files and as shared records of a desk.

The file is JSON: `{"format": 1, "edition": 1, "institutions": [...]}` in the shape of
`models.directory.DirectoryEntry`; names and notes are `{"id": ..., "en": ...}`. Unknown fields are ignored, so that a
newer file can still be read. Whoever changes the national file counts its edition up.

Every desk makes the same records of an edition, so they merge without a difference. A newer edition replaces an older
one, but for what a PPT has written: that wins over every edition. An older program leaves a newer edition alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select

from trafficwatch.errors import InputError, StoreError
from trafficwatch.models.directory import DirectoryEntry
from trafficwatch.models.exchange import FieldState, RecordState, Stamp, canonical
from trafficwatch.models.fields import Value
from trafficwatch.models.history import merge_contexts
from trafficwatch.models.tables import local
from trafficwatch.resources import resource
from trafficwatch.store.work import Store, Work

FORMAT = 1
NATIONAL = "national"
"""The home of the records that come with the program."""
WITHDRAWN = "withdrawn"
"""Why an entry is deleted that a newer edition has no more."""
_PROGRAM = "0" * 16
"""Who stamps them: no device has this id."""


class DirectoryUnreadable(InputError):
    """A directory file isn't JSON of the shape we know."""

    key = "directory_unreadable"


@dataclass(frozen=True, slots=True)
class _File:
    format: int
    institutions: tuple[DirectoryEntry, ...]
    edition: int = 1


def load_national() -> tuple[DirectoryEntry, ...]:
    """The national hotlines and institutions that come with the program, in the order to show them."""
    return parse_directory(_national())


def load_practice() -> tuple[DirectoryEntry, ...]:
    """The invented institutions of the practice village."""
    return parse_directory(resource("practice", "village.json").read_bytes())


def parse_directory(content: bytes) -> tuple[DirectoryEntry, ...]:
    """The institutions of a directory file; DirectoryUnreadable if it isn't one."""
    return _parse(content).institutions


def renew_directory(work: Work) -> None:
    """Put this program's edition into the store, whole or where an older one stands; nothing if it is there already."""
    entries = (*load_national(), *(load_practice() if work.info.practice else ()))
    put_edition(work, entries, _parse(_national()).edition)


def renew_at_opening(store: Store) -> None:
    """`renew_directory` when a desk is opened; a full or failing disk keeps nobody out."""
    with suppress(StoreError), store.work() as work:
        renew_directory(work)


def put_edition(work: Work, entries: tuple[DirectoryEntry, ...], edition: int) -> None:
    """Let the store's national records say what an edition says of them."""
    wanted = {str(entry.id): dict(_values(entry)) for entry in entries}
    table = local.record_state
    national = (table.c.type == "institution", table.c.home == NATIONAL)
    known = set(work.connection.execute(select(table.c.id).where(*national)).scalars())
    for record_id in sorted(wanted.keys() | known):
        state = work.records.state("institution", record_id)
        values = wanted.get(record_id, {"deleted": WITHDRAWN})
        if state is None or (_edition_of(state) <= edition and not (record_id not in wanted and _is_ppts(state))):
            work.take_in(renewed(state, record_id, values, edition), NATIONAL)


def renewed(state: RecordState | None, record_id: str, values: dict[str, Value], edition: int) -> RecordState:
    """A record once an edition has said its values; what a PPT has written stays, and is known to replace them."""
    fields = dict(state.fields) if state else {}
    stamp = Stamp(edition, _PROGRAM)
    for key in fields.keys() | values.keys():
        before = fields.get(key)
        known, theirs = before.context if before else {}, _of_ppt(before)
        if key in values or _PROGRAM in known:
            said = theirs or {stamp: frozenset({canonical(values.get(key))})}
            fields[key] = FieldState(said, merge_contexts(known, {_PROGRAM: edition}))
    return RecordState("institution", record_id, fields)


def _of_ppt(field: FieldState | None) -> dict[Stamp, frozenset[str]]:
    """The values of a field that did not come with a program."""
    values = field.values.items() if field else ()
    return {stamp: texts for stamp, texts in values if stamp.device != _PROGRAM}


def _is_ppts(state: RecordState) -> bool:
    """Whether a PPT has written anything of it."""
    return any(_of_ppt(field) for field in state.fields.values())


def _edition_of(state: RecordState) -> int:
    """The newest edition that a record knows."""
    return max((field.context.get(_PROGRAM, 0) for field in state.fields.values()), default=0)


def _values(entry: DirectoryEntry) -> Iterator[tuple[str, Value]]:
    """An entry as the fields of a record."""
    yield "name", entry.name.id
    yield "kind", entry.kind.value
    yield "area_code", entry.area_code
    yield "source", "; ".join(entry.sources.names) or None
    yield "checked_on", entry.checked_on.isoformat() if entry.checked_on else None
    for service in entry.services:
        yield f"services/{service.value}", True
    for contact in entry.contacts:
        note = contact.note.id if contact.note else None
        known: dict[str, Value] = {"note": note, "sources": contact.sources or entry.sources.count}
        yield f"contacts/{contact.kind.value}:{contact.value}", known


def _national() -> bytes:
    return resource("directory", "national.json").read_bytes()


def _parse(content: bytes) -> _File:
    import msgspec

    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DirectoryUnreadable from error
    if file.format != FORMAT:
        raise DirectoryUnreadable
    return file
