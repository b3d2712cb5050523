# SPDX-License-Identifier: GPL-3.0-or-later
"""Two desks that receive the fuzzer's bundles: real stores with the keys of the golden bundles.

The PPT has taken in the golden report, the village holds those records and knows that it sent them, so that records,
links, replies and receipts meet something. Nothing is opened in a child process here, but by `apart`.
"""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

import desks
from golden.bundle_set import keys_of
from labs.fuzz_inputs import GOLDEN
from sqlalchemy import insert, update
from sync_tools import Device

from trafficwatch.errors import BundleError, ExpectedError
from trafficwatch.models.exchange import canonical
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store import backup
from trafficwatch.store.check import check
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store
from trafficwatch.sync import age, importing, opener
from trafficwatch.sync.bundle import Opened, Trust, open_bundle
from trafficwatch.sync.devices import save_peer

RENEWED_AFTER = 200
"""Bundles that one copy of the stores takes in before it is checked and a fresh one takes its place."""


@dataclass(frozen=True)
class Verdict:
    """What became of an input: the key of a refusal, or 'taken'; `merged` is whether it reached the store."""

    outcome: str
    merged: bool
    records: int = 0
    set_aside: int = 0


class World:
    """Both desks; `findings` is what a check of their stores found."""

    def __init__(self, folder: Path) -> None:
        self.findings: list[str] = []
        self.checked = 0
        self._folder = folder
        self._keys = keys_of(GOLDEN)
        self._template: dict[str, Keys] = {}
        self._found()
        self._taken = 0
        self._open()

    def feed(self, side: Side, content: bytes) -> Verdict:
        """Hand a bundle to a desk; anything but an expected error goes through."""
        name = side.value
        try:
            opened = open_bundle(content, self._keys[name].identity, self._trust[name])
        except BundleError as refused:
            return Verdict(refused.key, merged=False)
        self._path.write_bytes(content)
        store = self._stores[name]
        before = _last_rows(store)
        try:
            done = importing.take_in(store, self._path)
        except ExpectedError as refused:
            if _last_rows(store) != before:
                self.findings.append(f"{name}: {refused.key} has written something")
            return Verdict(refused.key, merged=True)
        self._taken += 1
        place = (opened.manifest.sender.device, opened.manifest.epoch, opened.manifest.number)
        self._trust[name].received[place] = opened.manifest_hash
        if self._taken >= RENEWED_AFTER:
            self.check()
            self._open()
        return Verdict("again" if done.again else "taken", True, len(done.results), done.refused)

    def take(self, side: Side, content: bytes) -> str:
        """Import a file as the desk does; the key of the refusal, '' for none."""
        self._path.write_bytes(content)
        try:
            importing.take_in(self._stores[side.value], self._path)
        except BundleError as refused:
            return refused.key
        return ""

    def dump(self, side: Side) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table of a desk."""
        return desks.dump(self._stores[side.value])

    def apart(self, side: Side, content: bytes) -> str:
        """How the child process judges it: the key of a refusal, '' for none."""
        try:
            opener.open_apart(content, self._keys[side.value].identity, self._trust[side.value])
        except BundleError as refused:
            return refused.key
        return ""

    def here(self, side: Side, content: bytes) -> str:
        """The same in this process."""
        try:
            open_bundle(content, self._keys[side.value].identity, self._trust[side.value])
        except BundleError as refused:
            return refused.key
        return ""

    def check(self) -> None:
        """Look whether the stores still hold what holds for every store."""
        for name, store in self._stores.items():
            found = check(store)
            self.checked += 1
            self.findings += [f"{name}: {each.key} {canonical(each.where)}" for each in found.findings]

    def close(self) -> None:
        self._closing.close()

    # -- the stores ----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """A fresh copy of both stores."""
        if self._stores:
            self._closing.close()
        self._closing, self._taken = ExitStack(), 0
        self._closing.enter_context(patch.object(importing, "open_apart", _open_here))
        self._closing.enter_context(patch.object(backup, "make_before", lambda *_: None))
        for cls, name in ((age.Recipient, "to_string"), (age.Identity, "recipient")):  # four times a bundle, 2 ms each
            self._closing.enter_context(patch.object(cls, name, cache(getattr(cls, name))))
        self._trust: dict[str, Trust] = {}
        for name, keys in self._template.items():
            here = self._folder / f"{name}-now"
            shutil.rmtree(here, ignore_errors=True)
            shutil.copytree(self._folder / name, here)
            self._stores[name] = store = desks.reopened(here, keys, desks.Clock())
            self._closing.callback(store.close)
            with store.work() as work:
                self._trust[name] = importing._trust(work, accept_pending=False)

    def _found(self) -> None:
        self._stores: dict[str, Store] = {}
        self._closing = ExitStack()
        self._path = self._folder / "bundle.twb"
        clock = desks.Clock()
        village = desks.found_village(self._folder / "village", clock, practice=True)
        ppt = desks.found_ppt(self._folder / "ppt", clock, practice=True)
        _become(village, self._keys["village"], self._keys["ppt"])
        _become(ppt, self._keys["ppt"], self._keys["village"])
        with patch.object(importing, "open_apart", _open_here):
            importing.take_in(ppt, GOLDEN / "report.twb")
        with village.work() as work:
            opened = _open_golden(self._keys["ppt"], self._keys["village"])
            for incoming in opened.lines.records:
                work.take_in(incoming.state, incoming.home)
            sent = {f"{each.state.type}/{each.state.id}": "0" * 32 for each in opened.lines.records}
            row = {
                "bundle": opened.manifest.bundle,
                "recipient": self._keys["ppt"].id,
                "kind": "report",
                "epoch": opened.manifest.epoch,
                "number": opened.manifest.number,
                "manifest_hash": opened.manifest_hash,
                "created_at": work.now,
                "records": canonical(sent),
            }
            work.connection.execute(insert(local.bundle_out).values(**row))
        self._template = {"village": village.keys, "ppt": ppt.keys}
        village.close()
        ppt.close()


def _open_here(untrusted_bytes: bytes, identity: str, trust: Trust) -> Opened:
    return open_bundle(untrusted_bytes, identity, trust)


def _open_golden(receiver: Device, sender: Device) -> Opened:
    trust = Trust(receiver.recipient, True, [sender.peer()], {}, 100)
    return open_bundle((GOLDEN / "report.twb").read_bytes(), receiver.identity, trust)


def _become(store: Store, own: Device, other: Device) -> None:
    """Give a store the name and keys of a golden device, enrolled with the other one."""
    with store.work() as work:
        work.connection.execute(
            update(local.store_info).where(local.store_info.c.key == "device").values(value=json.dumps(own.id))
        )
        keys = {"device": own.id, "signing_seed": own.signing_seed, "identity": own.identity, "created_at": work.now}
        work.connection.execute(insert(local.own_device).values(**keys))
    with store.work() as work:
        save_peer(work, other.peer())


def _last_rows(store: Store) -> tuple[object, ...]:
    """The newest row of every table that an import writes."""
    tables = (local.journal, local.bundle_in, local.bundle_out, local.record_state, local.quarantine, local.delivery)
    newest = ", ".join(f"(SELECT max(rowid) FROM {table.name})" for table in tables)
    with store.work() as work:
        return tuple(work.connection.exec_driver_sql(f"SELECT {newest}").one())
