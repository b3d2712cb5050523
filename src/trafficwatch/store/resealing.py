# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealing everything again under another case key, wherever it lies: each sealed column of each table is found in the
metadata, and each place that a value is bound to is spelled here.

A value that opens with none of the keys is left as it is: nobody could read it before either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, bindparam, func, literal_column, or_, select, update

from trafficwatch.models.tables import RECORD_TABLES, Ciphertext, Sealed, local, metadata
from trafficwatch.store import journal
from trafficwatch.store.sealing import SealedValueDamaged, Sealer

Progress = Callable[[int, int], None]
"""Called with how much is done, and how much there is."""

Place = tuple[str, str, str]
_PLACES: Mapping[str, Callable[[Any, str], Place]] = {
    local.record_state.name: lambda row, _: (row.type, row.id, "state"),
    local.journal.name: lambda row, _: (row.type, row.id, journal.place(row.device, row.sequence)),
    local.draft.name: lambda row, _: ("draft", row.id, "content"),
    local.quarantine.name: lambda row, _: ("quarantine", row.sender, f"{row.bundle}/{row.line}"),
    local.attachment_content.name: lambda row, _: ("attachment", row.id, "content"),
    local.pinned.name: lambda row, _: ("pinned", row.person_id, "reason"),
    local.before_import.name: lambda row, _: ("before_import", row.bundle, f"{row.type}/{row.id}"),
}
_BATCH = {local.attachment_content.name: 1}
_ROWID: ColumnElement[int] = literal_column("rowid")


def sealed_tables() -> dict[Table, list[Column[Any]]]:
    """The sealed columns of every table that has any."""
    found = {
        table: [column for column in table.columns if isinstance(column.type, Sealed)]
        for table in metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


def place(table: Table, row: Any, column: str) -> Place:
    """What the value in a sealed column of a row is bound to."""
    if table.name in RECORD_TABLES:
        return table.name, row.id, column
    return _PLACES[table.name](row, column)


def count(connection: Connection) -> int:
    """How many rows hold something sealed."""
    return sum(
        connection.execute(select(func.count()).select_from(table).where(_holds(columns))).scalar_one()
        for table, columns in sealed_tables().items()
    )


def reseal(connection: Connection, keys: Sequence[bytes], tell: Callable[[int], None]) -> None:
    """Bring all under the first of these case keys, in the caller's transaction; `tell` hears how far it is."""
    present, *earlier = (Sealer(key) for key in keys)
    done = 0
    for table, columns in sealed_tables().items():
        last, batch = 0, _BATCH.get(table.name, 200)
        names = [column.name for column in columns]
        change = update(table).where(bindparam("of_row") == _ROWID)
        change = change.values({name: bindparam(f"new_{name}") for name in names})
        while rows := connection.execute(_after(table, columns, last, batch)).all():
            changes = []
            for row in rows:
                values = row._asdict()
                sealed = {name: values[name] for name in names}
                new = {name: _moved(place(table, row, name), sealed[name], present, earlier) for name in names}
                if new != sealed:
                    changes.append({"of_row": row.of_row} | {f"new_{name}": new[name] for name in names})
            if changes:
                connection.execute(change, changes)
            last, done = rows[-1].of_row, done + len(rows)
            tell(done)


def _after(table: Table, columns: Sequence[Column[Any]], last: int, batch: int) -> Any:
    query = select(_ROWID.label("of_row"), table).where(last < _ROWID, _holds(columns))
    return query.order_by(_ROWID).limit(batch)


def _holds(columns: Sequence[Column[Any]]) -> Any:
    return or_(*(column.is_not(None) for column in columns))


def _moved(of_place: Place, sealed: Ciphertext | None, present: Sealer, earlier: Sequence[Sealer]) -> Ciphertext | None:
    if sealed is None or present.opens(*of_place, sealed):
        return sealed
    for former in earlier:
        try:
            return former.move(present, *of_place, sealed)
        except SealedValueDamaged:
            continue
    return sealed
