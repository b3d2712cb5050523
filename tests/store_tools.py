# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores for tests: real parts with key stretching at the floor, a clock that stands, and values for every field.

Setting up and stretching is done once per run; every test works on a copy that is opened with the keys known from then.
Tests of unlocking use the passphrases or the recovery code. Nobody in here exists.
"""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from trafficwatch.casework.attachments import place
from trafficwatch.models.checks import tidy
from trafficwatch.models.dates import FIRST_YEAR, LAST_YEAR
from trafficwatch.models.exchange import FieldState, Stamp, canonical
from trafficwatch.models.fields import Field, Record, Shape, Side, Value
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local, metadata
from trafficwatch.store import vault
from trafficwatch.store.connection import connect
from trafficwatch.store.files import StagedFiles
from trafficwatch.store.records import type_of
from trafficwatch.store.unlock import DATABASE, VAULT, create_store, stage_volunteer_slot
from trafficwatch.store.vault import Keys, Stretching
from trafficwatch.store.work import Store, Work

PASSPHRASE = "lima kata sandi yang panjang"
HELPER_PASSPHRASE = "kata sandi relawan pembantu"
VILLAGE = "53.01.08.2008"
MORNING = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
FAST = Stretching()
A_FEW = settings(max_examples=10)
"""For properties whose every example writes to an encrypted store."""


def add_volunteer_slot(
    store: Store, passphrase: str, volunteer: str, *, trained: bool = False, stretching: Stretching | None = None
) -> None:
    """A slot for one more volunteer, at once."""
    with StagedFiles() as files:
        stage_volunteer_slot(store, files, passphrase, volunteer, trained=trained, stretching=stretching)


def record_id(number: int) -> str:
    """A record id that looks like a random one and is the same in every run."""
    return str(uuid.UUID(int=number, version=4))


VOLUNTEER, HELPER = record_id(101), record_id(102)
"""The trained volunteer who set the store up, and the untrained one who was added."""


def clock() -> datetime:
    return MORNING


# -- stores ------------------------------------------------------------------------------------------------------------


def make_store(folder: Path, passphrase: str = PASSPHRASE, *, trained: bool = True) -> tuple[Store, str]:
    """A new village store and its recovery code; stretches a passphrase once."""
    return create_store(
        folder,
        passphrase,
        VOLUNTEER,
        trained=trained,
        side=Side.VILLAGE,
        code=VILLAGE,
        name="Noelbaki",
        practice=True,
        clock=clock,
        stretching=FAST,
    )


@dataclass(frozen=True)
class Template:
    """A closed store that nobody changes; `keys` are the trained volunteer's, `helper` the untrained one's."""

    folder: Path
    code: str
    keys: Keys
    helper: Keys


@cache
def template() -> Template:
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store, code = make_store(folder / "store")
    add_volunteer_slot(store, HELPER_PASSPHRASE, HELPER, trained=False, stretching=FAST)
    store.close()
    found = vault.decode((store.folder / VAULT).read_bytes())
    return Template(store.folder, code, store.keys, vault.open_with_passphrase(found, HELPER_PASSPHRASE))


def copied(folder: Path) -> Path:
    """A folder with a copy of the template, closed."""
    return Path(shutil.copytree(template().folder, folder / "store"))


def reopened(folder: Path, keys: Keys) -> Store:
    """A store opened with keys that are known already."""
    found = vault.decode((folder / VAULT).read_bytes())
    return Store(folder, connect(folder / DATABASE, vault.store_keys(found, keys)[0]), keys, clock)


@contextmanager
def trained_store(folder: Path) -> Iterator[Store]:
    """A copy as the trained volunteer has it open."""
    store = reopened(copied(folder), template().keys)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def helper_store(store_folder: Path) -> Iterator[Store]:
    """A store in this folder as the untrained volunteer has it open."""
    store = reopened(store_folder, template().helper)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def scratch(store: Store) -> Iterator[Work]:
    """Work on a store that is undone at the end, so that many examples can share one."""
    with store.work() as work, work.tried():
        yield work


@contextmanager
def filled_store(folder: Path) -> Iterator[tuple[Store, dict[str, str]]]:
    """A copy with one record of each type, and their ids by type."""
    with trained_store(folder) as store:
        with store.work() as work:
            made = one_of_each(work)
        yield store, made


@contextmanager
def small_disk(tmp_path: Path, size: str) -> Iterator[Path]:
    """A real disk of this size, in the spelling of tmpfs; skips the test where none can be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root on Linux only")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


# -- looking -----------------------------------------------------------------------------------------------------------


def dump(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in metadata.sorted_tables
    }


def content(folder: Path) -> dict[str, bytes]:
    """Every file in a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def history_of(work: Work, type_name: str, of_id: str) -> dict[str, Any]:
    """The stored history of a record, as it lies in its column."""
    table = local.record_state
    found = work.connection.execute(select(table.c.history).where(table.c.type == type_name, table.c.id == of_id))
    history: dict[str, Any] = json.loads(found.scalar_one())
    return history


# -- values ------------------------------------------------------------------------------------------------------------

LETTERS = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t /@é́")
DATES = st.builds(
    lambda day, length, about: str(day)[:length] + "~" * (about and length > 0),
    st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)),
    st.sampled_from([0, 4, 7, 10]),
    st.booleans(),
)
PARTS = st.one_of(
    st.booleans(),
    st.text(LETTERS, max_size=12),
    st.fixed_dictionaries({"value": st.sampled_from(["yes", "no"])}, optional={"note": st.text(LETTERS, max_size=12)}),
)


def values_for(field: Field, targets: Mapping[str, str]) -> st.SearchStrategy[Any]:
    """Values that may be typed into a field, None included; `targets` gives the record that a link may point to."""
    possible: dict[Shape, st.SearchStrategy[Any]] = {
        Shape.TEXT: st.text(LETTERS, max_size=30).filter(lambda text: len(str(tidy(text))) <= field.limit),
        Shape.CHOICE: st.sampled_from(field.choices or ("",)),
        Shape.DATE: DATES,
        Shape.FLAG: st.booleans(),
        Shape.NUMBER: st.integers(-(2**53), 2**53),
        Shape.LINK: st.just(targets.get(field.target)),
        Shape.ELEMENTS: st.dictionaries(st.text(LETTERS, min_size=1, max_size=12), PARTS | st.none(), max_size=4),
    }
    if field.shape is Shape.ELEMENTS:
        return possible[field.shape]
    if field.required:
        return possible[field.shape].filter(lambda value: tidy(value) is not None)
    return st.none() | possible[field.shape]


def example(field: Field, targets: Mapping[str, str]) -> Value:
    """One value for a field, whatever its shape."""
    values: dict[Shape, Value] = {
        Shape.TEXT: "Isi kolom"[: field.limit],
        Shape.CHOICE: field.choices[0] if field.choices else None,
        Shape.DATE: "2026-03-01",
        Shape.FLAG: True,
        Shape.NUMBER: 7,
        Shape.LINK: targets.get(field.target),
        Shape.ELEMENTS: {"satu": True, "dua": {"value": "yes"}},
    }
    return values[field.shape]


def write(work: Work, cls: type[Record], record_id: str | None = None, /, **values: Any) -> str:
    """`Work.write` of all fields, what the PPT owns as its device would have written it; gives the id."""
    record_type = type_of(cls)
    theirs = {name: values.pop(name) for name in list(values) if record_type.fields[name].owner is Side.PPT}
    of_id = record_id or str(uuid.uuid4())
    if values:
        work.write(cls, of_id, **values)
    if theirs:
        home = work.records.home(record_type.name, of_id) or "53.01"
        work.records.write(record_type.name, of_id, theirs, Stamp(work.info.counter + 1, "f" * 16), home)
    return of_id


def one_of_each(work: Work) -> dict[str, str]:
    """One record of every type with all its fields filled; type -> id."""
    made: dict[str, str] = {}
    for record_type in RECORD_TYPES.values():
        values = {field.name: example(field, made) for field in record_type.fields.values() if field.name != "deleted"}
        made[record_type.name] = write(work, record_type.cls, **values)
    return made


def standing(*entries: tuple[int, str, Value], seen: Mapping[str, int] | None = None) -> FieldState:
    """A field in which these values stand, each as (counter, device letter, value); `seen` adds to the context."""
    context: dict[str, int] = {letter * 16: counter for letter, counter in (seen or {}).items()}
    values: dict[Stamp, frozenset[str]] = {}
    for counter, letter, value in entries:
        stamp = Stamp(counter, letter * 16)
        values[stamp] = values.get(stamp, frozenset()) | {canonical(value)}
        context[stamp.device] = max(context.get(stamp.device, 0), counter)
    return FieldState(values, context)


def keep_file(work: Work, attachment_id: str, content: bytes) -> None:
    """The file of an attachment whose record a test has written by itself."""
    sealed = work.sealer.seal_bytes(*place(attachment_id), content)
    work.connection.execute(insert(local.attachment_content).values(id=attachment_id, content=sealed))
