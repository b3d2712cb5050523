# SPDX-License-Identifier: GPL-3.0-or-later
"""The desks of the laboratory of schedules: real stores, real bundles, in one process and without a disk.

Real are schema, use cases, journal, export, sealing, signing, opening, merging, receipts, replies and the high-water
mark. Replaced are, for speed alone: the cipher of the database (the same SQLite in memory), the child process in which
a bundle is opened (`open_bundle` is called here), the backup before an import, and the strength of xz. Randomness of
ids and epochs comes from the seed of the schedule. Desks are founded and enrolled once per process; every schedule
begins with copies of them.
"""

from __future__ import annotations

import random
import secrets
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlcipher3
from desks import MORNING, TARUS, Clock, enrol, found_ppt, found_village
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from trafficwatch.models.fields import Side
from trafficwatch.store import mark, unlock
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store
from trafficwatch.sync import age, bech32, bundle, importing, pairing

PPT = "ppt"
HOMES = {"a": "53.01.08.2008", "a2": "53.01.08.2008", "b": "53.01.08.2001", PPT: "53.01"}
"""Every device of the laboratory, and whose it is."""
_PRAGMAS = ("temp_store = MEMORY", "trusted_schema = OFF", "foreign_keys = ON", "secure_delete = OFF")


@dataclass
class Device:
    """One desk: its store, its own clock, and the copies that were made of its store."""

    name: str
    store: Store
    clock: Clock
    id: str
    copies: list[Any] = field(default_factory=list)

    @property
    def is_ppt(self) -> bool:
        return self.name == PPT

    @property
    def code(self) -> str:
        return HOMES[self.name]

    def copy(self) -> Any:
        """The whole database as it is now."""
        held = _memory()
        with self.store.bare() as driver:
            driver.backup(held)
        return held

    def put_back(self, held: Any) -> bool:
        """A copy takes the place of the store, and the mark outside is looked at as at every unlock; whether the copy
        is older, so that a new epoch begins.
        """
        with self.store.work() as work:
            reached = mark._reached(work, "0" * 16)
        with self.store.bare() as driver:
            held.backup(driver)
        signed = mark.Mark(**{**{name: getattr(reached, name) for name in reached.__struct_fields__}, "mac": "1"})
        mark._compare(self.store, signed)
        with self.store.work() as work:
            return work.info.parent != "" and work.info.epoch != reached.epoch


@dataclass(frozen=True)
class _Template:
    keys: Keys
    held: Any
    id: str


def _memory() -> Any:
    return sqlcipher3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=1_000)


def _creator() -> Any:
    connection = _memory()
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _connect(_path: Path | None = None, _key: bytes = b"") -> Engine:
    engine = create_engine(
        "sqlite+pysqlite://", module=sqlcipher3, creator=_creator, poolclass=StaticPool, query_cache_size=2_000
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


@cache
def _templates() -> dict[str, _Template]:
    """Two villages enrolled at one PPT, each as a database in memory."""
    with tempfile.TemporaryDirectory() as place, patch.object(unlock, "connect", _connect), _in_process():
        folder, clock = Path(place), Clock()
        stores = {
            PPT: found_ppt(folder / PPT, clock),
            "a": found_village(folder / "a", clock),
            "a2": found_village(folder / "a2", clock),
            "b": found_village(folder / "b", clock, TARUS),
        }
        for name in ("a", "a2", "b"):
            enrol(stores[name], stores[PPT], folder)
        for one, other in (("a", "a2"), ("a2", "a")):
            pack = pairing.write_pack(stores[other], folder / f"{other}.twe")
            pairing.pair(stores[one], pack.path, pack.fingerprint)
        found = {}
        for name, store in stores.items():
            held = _memory()
            with store.bare() as driver:
                driver.backup(held)
            with store.work() as work:
                assert (work.info.code, work.info.side) == (HOMES[name], Side.PPT if name == PPT else Side.VILLAGE)
                found[name] = _Template(store.keys, held, work.info.device)
            store.close()
    return found


@cache
def _engine(name: str) -> Engine:
    """One engine per desk and process: compiled statements are kept."""
    return _connect()


_encode, _decode = lru_cache(256)(bech32.encode), lru_cache(256)(bech32.decode)
_recipient, _private = lru_cache(256)(age.Identity.recipient), lru_cache(256)(age._private_keys)


@contextmanager
def _in_process() -> Iterator[None]:
    """What a schedule costs most is done once, or here."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(bech32, "encode", _encode))
        stack.enter_context(patch.object(bech32, "decode", _decode))
        stack.enter_context(patch.object(age.Identity, "recipient", lambda self: _recipient(self)))  # noqa: PLW0108 - a method
        stack.enter_context(patch.object(age, "_private_keys", _private))
        stack.enter_context(patch.object(importing, "open_apart", bundle.open_bundle))
        stack.enter_context(patch.object(importing.backup, "make_before", lambda *_: None))
        stack.enter_context(patch.object(bundle, "_XZ_TEXT", [{**each, "preset": 0} for each in bundle._XZ_TEXT]))
        yield


@contextmanager
def _from(chance: random.Random) -> Iterator[None]:
    """Ids and epochs follow from the seed, so that a failure can be repeated."""

    def new_id() -> uuid.UUID:
        return uuid.UUID(int=chance.getrandbits(128), version=4)

    with (
        patch.object(uuid, "uuid4", new_id),
        patch.object(secrets, "token_hex", lambda size=16: chance.randbytes(size).hex()),
    ):
        yield


@contextmanager
def desks(seed: int, folder: Path, start: datetime = MORNING) -> Iterator[dict[str, Device]]:
    """Fresh copies of all desks, for one schedule."""
    found = {}
    for name, template in _templates().items():
        clock = Clock(start)
        store = Store(folder / name, _engine(name), template.keys, clock)
        with store.bare() as driver:
            template.held.backup(driver)
        found[name] = Device(name, store, clock, template.id)
    with _in_process(), _from(random.Random(seed)):
        yield found
