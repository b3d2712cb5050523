# SPDX-License-Identifier: GPL-3.0-or-later
"""Column types shared by all tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A value sealed under the case key, bound to its record and field (`store.sealing`)."""

    data: bytes


class Sealed(TypeDecorator[Ciphertext]):
    """A column that takes and gives nothing but `Ciphertext`: plain text can't be written to it by mistake."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Ciphertext | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        if value is None:
            return None
        if not isinstance(value, Ciphertext):
            raise TypeError("a sealed column takes Ciphertext only")
        return value.data

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Ciphertext | None:  # noqa: ARG002
        return None if value is None else Ciphertext(bytes(value))
