# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a store, typed: which desk it is, whose, which device and epoch, and the Lamport counter."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy import Connection, delete, insert, select

from trafficwatch.models.exchange import canonical
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local


@dataclass(frozen=True, slots=True)
class Info:
    """`code` is the village's wilayah code or the PPT's; `epoch` changes when a store is put back to an older state.

    `practice` marks a store of invented people: its bundles say so, and a real PPT refuses them. `written_by` is the
    program version that last changed the schema.
    """

    side: Side
    code: str
    name: str
    device: str
    epoch: str
    practice: bool
    written_by: str
    created_at: str
    counter: int = 0


def load(connection: Connection) -> Info:
    rows = connection.execute(select(local.store_info.c.key, local.store_info.c.value))
    known = {field.name for field in fields(Info)}
    values = {key: json.loads(value) for key, value in rows if key in known}
    return Info(**{**values, "side": Side(values["side"])})


def save(connection: Connection, info: Info) -> None:
    connection.execute(delete(local.store_info))
    connection.execute(
        insert(local.store_info), [{"key": key, "value": canonical(value)} for key, value in asdict(info).items()]
    )


def set_counter(connection: Connection, info: Info, counter: int) -> Info:
    """Move the Lamport counter forward; it never goes back."""
    moved = replace(info, counter=max(info.counter, counter))
    table = local.store_info
    connection.execute(table.update().where(table.c.key == "counter").values(value=canonical(moved.counter)))
    return moved
