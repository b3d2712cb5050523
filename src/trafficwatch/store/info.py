# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a store, typed: which desk it is, whose, which device and epoch, and the Lamport counter."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from trafficwatch.models.exchange import canonical
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local


@dataclass(frozen=True, slots=True)
class Info:
    """`code` is the village's wilayah code or the PPT's; `epoch` changes when a store is put back to an older state.

    So does `author`, '' until then: under it values are stamped. A context says 'all of this author up to here', which
    a store that has forgotten some of what it wrote must not claim of itself. `parent` is the epoch before this one.

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
    author: str = ""
    parent: str = ""

    @property
    def stamps_as(self) -> str:
        """Whose stamp the values carry that are written here."""
        return self.author or self.device


_MOVE_COUNTER = update(local.store_info).where(local.store_info.c.key == "counter")


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


def start_epoch(connection: Connection, info: Info, epoch: str, counter: int) -> Info:
    """Go on as a store that was put back to an older state; the epoch is the author too."""
    put(connection, {"epoch": epoch, "author": epoch, "counter": counter, "parent": info.epoch})
    return replace(info, epoch=epoch, author=epoch, counter=counter, parent=info.epoch)


def get(connection: Connection, key: str) -> Any:
    """One row, None if there is none."""
    table = local.store_info
    found = connection.execute(select(table.c.value).where(table.c.key == key)).scalar_one_or_none()
    return None if found is None else json.loads(found)


def put(connection: Connection, values: dict[str, Any]) -> None:
    """Set rows by key; None takes one away."""
    table = local.store_info
    connection.execute(delete(table).where(table.c.key.in_(list(values))))
    rows = [{"key": key, "value": canonical(value)} for key, value in values.items() if value is not None]
    if rows:
        connection.execute(insert(table), rows)


def set_counter(connection: Connection, info: Info, counter: int) -> Info:
    """Move the Lamport counter forward; it never goes back."""
    moved = replace(info, counter=max(info.counter, counter))
    connection.execute(_MOVE_COUNTER, {"value": canonical(moved.counter)})
    return moved
