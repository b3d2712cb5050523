# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting a record back to a state before the present one: row, history and differences as if nothing had come since.

Only for what a merge made and nobody has seen leave: a history that others know is never shortened (`sync.undoing`).
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, update

from trafficwatch.models.exchange import RecordState
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store import search
from trafficwatch.store.records import Records

TAKEN_BACK = "taken_back"
"""The journal's action; of a record that is gone by it all values are None."""


def put_back(
    connection: Connection, records: Records, present: RecordState, before: RecordState | None, home: str
) -> None:
    """Make a record's row, history and differences say what `before` says; without it there is no such record."""
    table, kept, beside = RECORD_TABLES[present.type], local.record_state, local.difference
    known = (kept.c.type == present.type, kept.c.id == present.id)
    if before is not None:
        nothing = {column.name: None for column in table.columns if column.name != "id"}
        connection.execute(update(table).where(table.c.id == present.id).values(**nothing))
        connection.execute(update(kept).where(*known).values(sealed=None, unknown=None))
        records.put_state(before, present, home)
        return
    if present.type == "person":
        search.forget(connection, present.id)
    connection.execute(delete(beside).where(beside.c.type == present.type, beside.c.id == present.id))
    connection.execute(delete(kept).where(*known))
    connection.execute(delete(table).where(table.c.id == present.id))
