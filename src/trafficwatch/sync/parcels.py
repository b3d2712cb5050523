# SPDX-License-Identifier: GPL-3.0-or-later
"""Records on their way to one recipient: in which form, in bundles of at most 1 MB, noted as sent (design 7).

Whole records go into consecutive bundles. A bundle takes its number in the transaction that names its records; only
when it is safely on the stick is that transaction committed, and only then the file appears under its name. A full disk
therefore writes nothing and loses nothing, not even a number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, update

from trafficwatch.models.exchange import BundleKind, Delivery, Peer, RecordState, canonical
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store.files import StagedFiles, check_new
from trafficwatch.store.records import is_sealed
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import bundle, outgoing, wire
from trafficwatch.sync.devices import OwnKeys, own_keys

RAW_LIMIT = 900_000
"""Bytes of record lines in one bundle: even if nothing compresses, the sealed file stays under 1 MB."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One record that leaves, `form` the hash by which a receipt confirms this very form of it."""

    state: RecordState
    home: str
    form: str

    @property
    def key(self) -> str:
        return f"{self.state.type}/{self.state.id}"


@dataclass(frozen=True, slots=True)
class Made:
    """One bundle that was made: its sealed bytes."""

    bundle: str
    sealed: bytes
    records: int

    @property
    def name(self) -> str:
        return f"{self.bundle[:8]}.twb"


@dataclass(frozen=True, slots=True)
class Exported:
    """One bundle that was written."""

    path: Path
    bundle: str
    records: int


def write_bundles(store: Store, folder: Path, make: Callable[[Work], Iterable[Made]]) -> list[Exported]:
    """Write what `make` makes in one transaction into a folder; raises what it raises, DiskFull and the like."""
    with StagedFiles() as files, store.work() as work:
        exported = []
        for made in make(work):
            check_new(folder / made.name, store.folder)
            files.add(folder / made.name, made.sealed)
            exported.append(Exported(folder / made.name, made.bundle, made.records))
    store.mark()
    return exported


def make_bundles(
    work: Work, recipient: Peer, kind: BundleKind, parcels: Iterable[Parcel], control: Sequence[str] = ()
) -> Iterator[Made]:
    """Bundles of these records, each noted as sent; `control` lines go into the first, or one of their own."""
    own, first = own_keys(work), list(control)
    for part in _split(parcels):
        yield _make(work, recipient, kind, part, first, own)
        first = []
    if first:
        yield _make(work, recipient, kind, [], first, own)


def _make(
    work: Work, recipient: Peer, kind: BundleKind, part: Sequence[Parcel], control: Sequence[str], own: OwnKeys
) -> Made:
    lines = [*control, *(wire.encode_record(parcel.state, parcel.home) for parcel in part)]
    records = {parcel.key: parcel.form for parcel in part}
    bundle_id, archive = outgoing.make(work, own, recipient, kind, lines, records=records)
    for parcel in part:
        _note_sent(work, recipient, parcel, bundle_id)
    return Made(bundle_id, bundle.seal(archive, [recipient.recipient]), len(part))


def is_form(known: str | None, line_hash: str) -> bool:
    """Whether what went out then holds all of what leaves now, in the same form. Sealed fields tell only where they
    leave: who lacks the case key does not see them, and that they leave no longer is nothing to send.
    """
    return known is not None and known.startswith(line_hash)


def form_hash(state: RecordState) -> str:
    """A hash of which open fields leave with which stamps, and behind it that of the sealed ones if any leave. It holds
    no content: a stamp names a value.
    """
    record_type = RECORD_TYPES[state.type]
    sealed = {key for key in state.fields if is_sealed(record_type, key)} if record_type.sealed else set()
    open_hash = _stamps_hash(state, state.fields.keys() - sealed)
    return open_hash + _stamps_hash(state, sealed) if sealed else open_hash


def _stamps_hash(state: RecordState, keys: Collection[str]) -> str:
    stamps = {key: sorted(state.fields[key].values) for key in keys}
    return hashlib.sha256(canonical(stamps).encode()).hexdigest()[:32]


def _split(parcels: Iterable[Parcel]) -> Iterator[list[Parcel]]:
    part: list[Parcel] = []
    size = 0
    for parcel in parcels:
        length = len(wire.encode_record(parcel.state, parcel.home).encode()) + 1
        if part and size + length > RAW_LIMIT:
            yield part
            part, size = [], 0
        part.append(parcel)
        size += length
    if part:
        yield part


def _note_sent(work: Work, recipient: Peer, parcel: Parcel, bundle_id: str) -> None:
    table = local.delivery
    key = {"recipient": recipient.device, "type": parcel.state.type, "id": parcel.state.id}
    values = {"sent_hash": parcel.form, "bundle": bundle_id, "state": Delivery.IN_BUNDLE.value, "reason": ""}
    where = [table.c[column] == value for column, value in key.items()]
    if work.connection.execute(update(table).where(*where).values(**values)).rowcount == 0:
        work.connection.execute(insert(table).values(**key, **values))
