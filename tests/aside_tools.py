# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles that carry a part of what a village has, for tests of what waits, of undoing and of differences."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from desks import Desks, content, dump

from trafficwatch.models.exchange import BundleKind
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.work import Store
from trafficwatch.sync import wire
from trafficwatch.sync.devices import own_ppt
from trafficwatch.sync.parcels import Parcel, form_hash, make_bundles

RECORDS = frozenset({*RECORD_TYPES, "record_state", "difference"})
"""The tables that say what is known."""


def all_lines(desks: Desks) -> list[dict[str, Any]]:
    """What the village would send now, line by line, as a bundle that never arrives."""
    return [line for path in desks.send() for line in content(desks.ppt, path)[1] if line["type"] in RECORD_TYPES]


def send_lines(desks: Desks, lines: Iterable[dict[str, Any]]) -> Path:
    """One bundle of the village with these records, noted as sent."""
    read = wire.split("".join(f"{json.dumps(line)}\n" for line in lines).encode(), 1_000_000).records
    states = [(each.state, each.home) for each in read]
    with desks.village.work() as work:
        parcels = [Parcel(state, home, form_hash(state)) for state, home in states]
        [made] = make_bundles(work, own_ppt(work), BundleKind.REPORT, parcels)
    path = desks.stick / made.name
    path.write_bytes(made.sealed)
    return path


def split(lines: Iterable[dict[str, Any]], types: Collection[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The lines of these types, and the others."""
    known = list(lines)
    return [line for line in known if line["type"] in types], [line for line in known if line["type"] not in types]


def known(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """What a store knows of records, with what is sealed as its history opened: seals differ each time."""
    with store.work() as work:
        states = {
            name: sorted(
                (
                    (
                        each.id,
                        work.records.home(name, each.id),
                        sorted(
                            (key, repr(sorted(f.values.items())), sorted(f.context.items()))
                            for key, f in each.fields.items()
                        ),
                    )
                    for each in work.records.each_state(name)
                ),
                key=repr,
            )
            for name in RECORD_TYPES
        }
        rows = {
            name: sorted(map(repr, work.records.select(each.cls, with_deleted=True)))
            for name, each in RECORD_TYPES.items()
        }
    tables = dump(store)
    return {"states": [tuple(states.items())], "rows": [tuple(rows.items())], "difference": tables["difference"]}
