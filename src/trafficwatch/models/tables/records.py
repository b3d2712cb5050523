# SPDX-License-Identifier: GPL-3.0-or-later
"""One table per shared record type, derived from its declaration in `models`: field = column.

Sealed fields are `Sealed` columns, elements are canonical JSON, links are indexed foreign keys without cascade: a
record is deleted by a tombstone, never by the database.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text
from sqlalchemy.types import TypeEngine

from trafficwatch.models.fields import Field, RecordType, Shape
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables.columns import Sealed, metadata


def _column(field: Field) -> Column[object]:
    if field.sealed:
        return Column(field.name, Sealed())
    if field.shape is Shape.LINK:
        return Column(field.name, String(36), ForeignKey(f"{field.target}.id"), index=True)
    kind: TypeEngine[object] = {Shape.FLAG: Boolean, Shape.NUMBER: Integer}.get(field.shape, Text)()
    return Column(field.name, kind)


def _table(record_type: RecordType) -> Table:
    columns = [_column(field) for field in record_type.fields.values()]
    return Table(record_type.name, metadata, Column("id", String(36), primary_key=True), *columns)


RECORD_TABLES: dict[str, Table] = {name: _table(record_type) for name, record_type in RECORD_TYPES.items()}
