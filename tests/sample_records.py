# SPDX-License-Identifier: GPL-3.0-or-later
"""A record of any type with something in every field, made from its declaration."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from trafficwatch.models.fields import Field, Shape
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.work import Work

DAY = "2026-11-20"


def write_sample(work: Work, type_name: str, /, **fields: Any) -> str:
    """Write such a record of the desk's own side; links go to the first record of their type, if there is one."""
    record_type = RECORD_TYPES[type_name]
    values = {
        field.name: sample(work, type_name, field)
        for field in record_type.fields.values()
        if field.owner is work.info.side and field.name != "deleted"
    }
    return work.write(record_type.cls, None, **values | fields)


def sample(work: Work, type_name: str, field: Field) -> Any:
    """A value for one field: a text names its field, so that it can be searched for."""
    canary = f"kenari {type_name} {field.name}"
    match field.shape:
        case Shape.TEXT:
            return canary[: field.limit]
        case Shape.CHOICE:
            return field.choices[0]
        case Shape.DATE:
            return DAY
        case Shape.FLAG:
            return True
        case Shape.NUMBER:
            return 3
        case Shape.LINK:
            return work.connection.execute(select(RECORD_TABLES[field.target].c.id)).scalars().first()
        case Shape.ELEMENTS:
            return {field.options[0] if field.options else canary: True}
