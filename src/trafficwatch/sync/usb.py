# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick as a network: writing onto it, reading back what really lies there, and clearing away what was answered.

A bundle is written under another name, flushed, read back and renamed (`store.files`); what then lies under its name is
read once more, from the stick and not from memory where the system can do that, and has to open as an age file. A stick
that is pulled out loses nothing: what was noted as sent has no receipt, and goes again with the next bundle.

`check_code` is the beginning of a file's SHA-256 in groups: whoever has the same file reads the same code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from trafficwatch.errors import BundleError, FileError
from trafficwatch.models.exchange import BundleKind
from trafficwatch.models.slips import check_code
from trafficwatch.models.tables import local
from trafficwatch.store.files import FileNotReadable, FileNotWritable, WriteNotVerified, read_limited, regular_files
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import age
from trafficwatch.sync.age import NotForThisRecipient
from trafficwatch.sync.bundle import SEALED_LIMIT
from trafficwatch.sync.exporting import export, preview
from trafficwatch.sync.outgoing import write_answer

ROOM = 1_500_000
"""Bytes that have to be free at least: one bundle and its shadow."""
_PER_RECORD = 1_000
_MEGABYTE = 1_000_000


class StickGone(FileError):
    """The stick is not there any more; parameter `file` is its folder's name."""

    key = "stick_gone"


class StickFull(FileError):
    """There is less room than the bundles may need; parameters `megabytes` that are needed and `free`."""

    key = "stick_full"


@dataclass(frozen=True, slots=True)
class Written:
    """One bundle as it lies on the stick; of a receipt, `number` is that of the bundle that it answers."""

    path: Path
    bundle: str
    number: int
    records: int
    size: int
    code: str


@dataclass(frozen=True, slots=True)
class Old:
    """A bundle of ours from an earlier time; `answered` when its receipt is here."""

    path: Path
    bundle: str
    number: int
    made_at: str
    answered: bool


def write(store: Store, folder: Path) -> tuple[Written, ...]:
    """Make the bundles, write and read them back; raises StickFull, StickGone and what `export` raises."""
    with store.work() as work:
        records = sum(preview(work).counts.values())
    with _stick(folder):
        _check_room(folder, records)
        made = export(store, folder)
        with store.work() as work:
            told = _told(work, [each.bundle for each in made])
        return tuple(_checked(each.path, each.bundle, *told[each.bundle]) for each in made)


def write_answers(store: Store, answers: Sequence[str], folder: Path) -> tuple[Written, ...]:
    """Write these receipts and replies and read them back; raises StickGone and what `write_answer` raises."""
    with _stick(folder):
        _check_room(folder, 0)
        paths = {answer: write_answer(store, answer, folder) for answer in answers}
        with store.work() as work:
            told = _told(work, answers)
        return tuple(_checked(path, answer, *told[answer]) for answer, path in paths.items())


def check_file(path: Path) -> tuple[int, str]:
    """Size and check code of what lies under this name; raises WriteNotVerified unless it opens as an age file."""
    _forget_pages(path)
    content = read_limited(path, SEALED_LIMIT)
    try:
        age.decrypt(content, [])
    except NotForThisRecipient:  # the header is whole, and sealed to somebody
        return len(content), check_code(hashlib.sha256(content).hexdigest())
    except BundleError:
        raise WriteNotVerified(file=path.name) from None
    raise WriteNotVerified(file=path.name)


def codes_of(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """The check codes of files by their name, as far as they are bundles; raises StickGone."""
    found = {}
    with _stick(folder):
        for path in paths:
            with contextlib.suppress(WriteNotVerified, FileNotReadable):
                found[path.name] = check_file(path)[1]
        if not folder.is_dir():
            raise StickGone(file=folder.name)
    return found


def identify(work: Work, paths: Iterable[Path]) -> tuple[Written, ...]:
    """Files that this desk has made, by the names that it gave them; raises FileNotReadable for any other file."""
    rows = {
        f"{bundle[:8]}.twb": bundle for bundle in work.connection.execute(select(local.bundle_out.c.bundle)).scalars()
    }
    bundles = {path: rows.get(path.name) for path in paths}
    unknown = next((path for path, bundle in bundles.items() if bundle is None), None)
    if unknown is not None:
        raise FileNotReadable(file=unknown.name)
    told = _told(work, [bundle for bundle in bundles.values() if bundle])
    return tuple(_checked(path, bundle, *told[bundle]) for path, bundle in bundles.items() if bundle)


def old_bundles(store: Store, folder: Path) -> tuple[Old, ...]:
    """Reports of this laptop that lie on the stick, by number; files of others are none."""
    with _stick(folder), store.work() as work:
        made = local.bundle_out
        rows = work.connection.execute(select(made).where(made.c.kind == BundleKind.REPORT.value))
        known = {f"{row.bundle[:8]}.twb": row for row in rows}
        found = [
            Old(path, row.bundle, row.number, row.created_at, bool(row.received_at))
            for path in regular_files(folder, ".twb")
            if (row := known.get(path.name)) is not None
        ]
    return tuple(sorted(found, key=lambda old: (old.made_at, old.number)))


def clear(store: Store, folder: Path, names: Collection[str]) -> int:
    """Delete those of the named files that are reports of this laptop with a receipt; gives how many."""
    answered = [old.path for old in old_bundles(store, folder) if old.answered and old.path.name in names]
    with _stick(folder):
        for path in answered:
            try:
                path.unlink()
            except OSError:
                raise FileNotWritable(file=path.name) from None
    return len(answered)


@contextlib.contextmanager
def _stick(folder: Path) -> Iterator[None]:
    """Whatever goes wrong with the files of a stick that is gone, is that it is gone."""
    try:
        yield
    except FileError:
        if not folder.is_dir():
            raise StickGone(file=folder.name) from None
        raise


def _check_room(folder: Path, records: int) -> None:
    needed = ROOM + _PER_RECORD * records
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        raise FileNotWritable(file=folder.name) from None
    if free < needed:
        raise StickFull(megabytes=-(-needed // _MEGABYTE), free=free // _MEGABYTE)


def _checked(path: Path, bundle: str, number: int, records: int) -> Written:
    size, code = check_file(path)
    return Written(path, bundle, number, records, size, code)


def _told(work: Work, bundles: Collection[str]) -> dict[str, tuple[int, int]]:
    """The number of each bundle made here and how many records it is about; of a receipt those of what it answers."""
    made, came = local.bundle_out, local.bundle_in
    query = (
        select(made.c.bundle, made.c.number, made.c.records, came.c.number.label("answered"), came.c.results)
        .outerjoin(came, came.c.bundle == made.c.answers)
        .where(made.c.bundle.in_(bundles))
    )
    return {
        row.bundle: (row.number, len(json.loads(row.records)))
        if row.answered is None
        else (row.answered, len(json.loads(row.results)))
        for row in work.connection.execute(query)
    }


def _forget_pages(path: Path) -> None:
    """Let the system forget what it holds of a file in memory, so that reading it asks the stick."""
    if not hasattr(os, "posix_fadvise"):
        return
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)
