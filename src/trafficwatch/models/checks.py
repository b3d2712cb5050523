# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a value may stand in a field: the same rule for typed input and for records from a bundle. Pure.

Tidy first, then judge: texts lose outer blanks, empty texts become None. What can't be is refused by name; what is only
unlikely (a NIK of 15 digits) is kept, and pointed out elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from trafficwatch.errors import InputError
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.exchange import canonical
from trafficwatch.models.fields import Field, RecordType, Shape, Value

KEY_LIMIT = 160
DEPTH_LIMIT = 4
"""How deep an element's value may be nested; an answer has two levels."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_WHOLE = 2**53


class FieldUnknown(InputError):
    """This version knows no such field; parameter `field`."""

    key = "field_unknown"


class ValueImpossible(InputError):
    """The value is of the wrong kind or not among the choices; parameter `field`."""

    key = "value_impossible"


class TextTooLong(InputError):
    """The text is longer than the field holds; parameters `field` and `limit` (characters)."""

    key = "text_too_long"


def is_record_id(text: str) -> bool:
    """Whether this is a UUID in its one spelling."""
    return _UUID.fullmatch(text) is not None


def tidy(value: Value) -> Value:
    """A text without outer blanks in Unicode NFC, None for an empty one; anything else as it is."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value).strip() or None


def flatten(record_type: RecordType, changes: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """Changes by field as changes by wire key, tidied: elements become `field/element`."""
    for name, value in changes.items():
        field = record_type.fields.get(name)
        if field is None:
            raise FieldUnknown(field=name)
        if field.shape is Shape.ELEMENTS:
            if not isinstance(value, Mapping):
                raise ValueImpossible(field=name)
            for element, part in value.items():
                yield f"{name}/{element}", tidy(part)
        else:
            yield name, tidy(value)


def check_value(field: Field, key: str, value: Value) -> None:
    """Raise what is wrong with a value for this field; None is always possible."""
    if field.shape is Shape.ELEMENTS and not (len(field.name) + 1 < len(key) <= KEY_LIMIT and _printable(key)):
        raise ValueImpossible(field=field.name)
    if value is None:
        return
    if isinstance(value, str) and len(value) > field.limit:
        raise TextTooLong(field=field.name, limit=field.limit)
    if not _fits(field, value):
        raise ValueImpossible(field=field.name)


def _fits(field: Field, value: Value) -> bool:
    match field.shape:
        case Shape.FLAG:
            return isinstance(value, bool)
        case Shape.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _WHOLE
        case Shape.ELEMENTS:
            return not isinstance(value, list) and _plain(value, DEPTH_LIMIT) and _length(value) <= field.limit
        case _ if not isinstance(value, str) or not _printable(value):
            return False
        case Shape.CHOICE:
            return value in field.choices
        case Shape.LINK:
            return is_record_id(value)
        case Shape.DATE:
            PartialDate.from_edtf(value)
    return True


def _plain(value: Value, depth: int) -> bool:
    """Whether this is JSON that every device spells alike: no fractions, no huge numbers, nothing unprintable."""
    match value:
        case str():
            return _printable(value)
        case int():
            return abs(value) <= _WHOLE
        case list():
            return depth > 0 and all(_plain(part, depth - 1) for part in value)
        case dict():
            return depth > 0 and all(_printable(key) and _plain(part, depth - 1) for key, part in value.items())
    return value is None


def _length(value: Value) -> int:
    """Characters of a text, or of the canonical spelling of anything else."""
    return len(value) if isinstance(value, str) else len(canonical(value))


def _printable(text: str) -> bool:
    """No control characters but line ends and tabs, no lone surrogates."""
    return text.isprintable() or all(char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"} for char in text)
