# SPDX-License-Identifier: GPL-3.0-or-later
"""A record of a case in words: the line that names it, and each of its fields as it is read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trafficwatch.casework.plans import Waiting
from trafficwatch.models.care import TO_PPT
from trafficwatch.models.fields import Field, Record, Shape
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.labels import label as words
from trafficwatch.texts.trail import field_words
from trafficwatch.ui.village.care_fields import DAYS, FORMS, MONEY, field_of, is_scale
from trafficwatch.ui.village.care_inputs import in_thousands
from trafficwatch.ui.village.resident_parts import date_words

Names = Mapping[str, str]
"""The words for the records that others link to, by id."""
LONGEST = 120
"""Letters of one thing in a line; all of it stands in the record."""


def value_words(field: Field, value: Any, names: Names) -> str:
    """What is stored in a field, in words; '' for nothing."""
    if value is None or value == {}:
        return ""
    match field.shape:
        case Shape.CHOICE:
            return _word(field.group, value)
        case Shape.DATE:
            return date_words(value)
        case Shape.FLAG:
            return words("answer", "yes" if value else "no")
        case Shape.NUMBER:
            return _number(field, value)
        case Shape.LINK:
            return names.get(value, t("care_fields.not_here"))
        case Shape.ELEMENTS:
            return "\n".join(part for name, said in value.items() if (part := _element(field, name, said, names)))
    return str(value)


def known_fields(type_name: str, record: Record, names: Names) -> list[tuple[str, str]]:
    """Words and value of every field that is known, in the order of the form."""
    said = [
        (name, value_words(field_of(type_name, name), getattr(record, name), names)) for name in FORMS[type_name].fields
    ]
    return [(field_words(type_name, name), value) for name, value in said if value]


def what(type_name: str, record: Record, names: Names) -> str:
    """What a record is, as short as its line needs."""
    form = FORMS[type_name]
    parts = (value_words(field_of(type_name, name), getattr(record, name), names) for name in form.what)
    return " · ".join(_short(part) for part in parts if part) or t("care_fields.nothing_said")


def waiting_words(row: Waiting) -> str:
    """What waits in a case, for whom and until when; what it is stays out for who may not read it."""
    said: dict[str, Any] = {"name": row.person_name, "day": date_words(row.day)}
    if row.record is None:
        return t("case_page.home_short", **said)
    called = what(row.type, row.record, {})
    if row.type == "plan_action":
        return t("case_page.home_line", action=called, **said)
    kind = type_words(row.type)
    return t("case_page.home_waits", type=kind[:1].upper() + kind[1:], what=called, **said)


def day_of(type_name: str, record: Record) -> str:
    """The stored day by which a record stands among others, '' for none."""
    return next((day for name in FORMS[type_name].days if (day := getattr(record, name))), "")


def when_and_who(type_name: str, record: Record, names: Names) -> str:
    """The day of a record and who did it, as far as they are known."""
    by = FORMS[type_name].by
    who = value_words(field_of(type_name, by), getattr(record, by), names) if by else ""
    return " · ".join(part for part in (date_words(day_of(type_name, record)), who) if part)


def _element(field: Field, name: str, said: Any, names: Names) -> str:
    if not said:
        return ""
    called = _word(field.group, name) if field.options else _recipient(name, names)
    if said is True:
        return called
    value = date_words(said) if field.name in DAYS else _word(field.value_group, said)
    return t("care_fields.element", name=called, value=value)


def _recipient(name: str, names: Names) -> str:
    """Of maps without words of their own: who receives (an id), or which field (`type.field`)."""
    if name == TO_PPT:
        return t("care_fields.ppt")
    type_name, dot, field = name.partition(".")
    return field_words(type_name, field) if dot else names.get(name, t("care_fields.not_here"))


def _number(field: Field, value: int) -> str:
    if field.name in MONEY:
        return t("care_fields.rupiah", amount=in_thousands(value))
    return t(f"care_fields.scale.{value}") if is_scale(field) and 1 <= value <= 5 else str(value)


def _word(group: str, value: str) -> str:
    """A value's word; one that only a newer version knows is named as such."""
    try:
        return words(group, value)
    except KeyError:
        return t("care_fields.newer")


def _short(text: str) -> str:
    line = ", ".join(text.splitlines())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rstrip()}…"
