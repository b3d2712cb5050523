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

from sqlalchemy.dialects.sqlite import insert

from trafficwatch.models.exchange import BundleKind, Delivery, Peer, RecordState, canonical
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store.files import StagedFiles, check_new
from trafficwatch.store.records import is_sealed
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import attaching, bundle, outgoing, wire

RAW_LIMIT = 900_000
"""Bytes of record lines in one bundle: even if nothing compresses, the sealed file stays under 1 MB."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One record that leaves, `form` the hash by which a receipt confirms this very form of it; an attachment that was
    not received yet goes `with_file`.
    """

    state: RecordState
    home: str
    form: str
    with_file: bool = False

    @property
    def key(self) -> str:
        return f"{self.state.type}/{self.state.id}"


_Spelled = tuple[Parcel, str]
"""A parcel with its line."""


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
            if not _lies_there(folder / made.name, made.sealed):
                check_new(folder / made.name, store.folder)
                files.add(folder / made.name, made.sealed)
            exported.append(Exported(folder / made.name, made.bundle, made.records))
    store.mark()
    return exported


def _lies_there(path: Path, sealed: bytes) -> bool:
    """Whether a bundle that goes again is on the stick already."""
    try:
        return path.is_file() and path.read_bytes() == sealed
    except OSError:
        return False


def make_bundles(
    work: Work, recipient: Peer, kind: BundleKind, parcels: Iterable[Parcel], control: Sequence[str] = ()
) -> Iterator[Made]:
    """Bundles of these records, each noted as sent; `control` lines go into the first, or one of their own."""
    first = list(control)
    for part in _split(parcels):
        yield _make(work, recipient, kind, part, first)
        first = []
    if first:
        yield _make(work, recipient, kind, [], first)


def _make(work: Work, recipient: Peer, kind: BundleKind, part: Sequence[_Spelled], control: Sequence[str]) -> Made:
    lines = [*control, *(line for _, line in part)]
    records = {parcel.key: parcel.form for parcel, _ in part}
    files = [attaching.file_of(work, parcel.state) for parcel, _ in part if parcel.with_file]
    bundle_id, archive = outgoing.make(work, recipient, kind, lines, records=records, files=files)
    _note_sent(work, recipient, [parcel for parcel, _ in part], bundle_id)
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
    keys = {key for key, field in state.fields.items() if field.values}
    sealed = {key for key in keys if is_sealed(record_type, key)} if record_type.sealed else set()
    open_hash = _stamps_hash(state, keys - sealed)
    return open_hash + _stamps_hash(state, sealed) if sealed else open_hash


def _stamps_hash(state: RecordState, keys: Collection[str]) -> str:
    stamps = {key: sorted(state.fields[key].values) for key in keys}
    return hashlib.sha256(canonical(stamps).encode()).hexdigest()[:32]


def _split(parcels: Iterable[Parcel]) -> Iterator[list[_Spelled]]:
    part: list[_Spelled] = []
    size = 0
    for parcel in parcels:
        line = wire.encode_record(parcel.state, parcel.home)
        length = len(line.encode()) + 1
        if part and (size + length > RAW_LIMIT or parcel.with_file or part[-1][0].with_file):
            yield part
            part, size = [], 0
        part.append((parcel, line))
        size += length
    if part:
        yield part


def _note_sent(work: Work, recipient: Peer, parcels: Iterable[Parcel], bundle_id: str) -> None:
    said = {"recipient": recipient.device, "bundle": bundle_id, "state": Delivery.IN_BUNDLE.value, "reason": ""}
    rows = [{**said, "type": each.state.type, "id": each.state.id, "sent_hash": each.form} for each in parcels]
    if rows:
        new = insert(local.delivery)
        sent = {name: new.excluded[name] for name in ("sent_hash", "bundle", "state", "reason")}
        work.connection.execute(new.on_conflict_do_update(index_elements=list(_DELIVERY_KEY), set_=sent), rows)


_DELIVERY_KEY = ("recipient", "type", "id")
