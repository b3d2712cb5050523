# SPDX-License-Identifier: GPL-3.0-or-later
"""What a shared record is made of: one declaration serves table, journal, merge, bundle and consent.

A record type is a frozen dataclass decorated with `@record`. Its fields are made with `text`, `choice`, `date`, `flag`,
`number`, `link` and `elements`, which keep what the rest of the program asks of a field: who owns it (village or PPT),
under which consent it may leave, whether it is sealed under the case key, which of its values are protective.

Values are JSON scalars. `elements` is a set or map merged element by element: on the wire, in stamps and in the journal
each element is a field of its own, named `field/element`; None removes the element.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, dataclass_transform

Value = str | int | bool | None | dict[str, Any] | list[Any]

ANY = "*"
TEXT_LIMIT = 2_000
NARRATIVE_LIMIT = 20_000


class Side(StrEnum):
    """Who may change a field; the other side reads it."""

    VILLAGE = "village"
    PPT = "ppt"


class Leaving(StrEnum):
    """Under which agreement a field may leave the laptop (`sync.leaving` decides)."""

    ALWAYS = "always"
    CARD = "card"
    CASE = "case"
    NEVER = "never"


class Shape(StrEnum):
    """The form of a field's value."""

    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    FLAG = "flag"
    NUMBER = "number"
    LINK = "link"
    ELEMENTS = "elements"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record type.

    `choices` are the values a CHOICE may take, `target` the record type of a LINK. `protective` lists the values
    that win the display while a difference is open, weakest first; ANY stands for every value but None. A field
    that `follows` goes after a record that went out even when consent has ended: the recipient must learn of a
    stop. One that `needs` a flag of its record leaves only while that flag says yes. A `private` one is a
    volunteer's own note, which not even the other laptop of the village gets. A sealed one that is part of the
    `stub` stays on the laptop when case text is put away (`models.stub`). `options` are the elements that a map may
    have, where they are known; `group` and `value_group` name the words of choices or elements, and of their
    values.
    """

    name: str
    shape: Shape
    leaving: Leaving
    owner: Side
    sealed: bool
    required: bool
    protective: tuple[Value, ...]
    choices: tuple[str, ...]
    target: str
    limit: int
    follows: bool
    needs: str
    private: bool
    stub: bool
    options: tuple[str, ...]
    group: str
    value_group: str


@dataclass(frozen=True, slots=True)
class RecordType:
    """A kind of shared record: its wire name, its frozen class and its fields in order."""

    name: str
    cls: type
    fields: Mapping[str, Field]
    leaving: Leaving

    def field_of(self, key: str) -> Field | None:
        """The field that a wire key (`field` or `field/element`) belongs to, None if this version doesn't know it."""
        name, slash, _ = key.partition("/")
        field = self.fields.get(name)
        return field if field is not None and (field.shape is Shape.ELEMENTS) == bool(slash) else None

    @property
    def sealed(self) -> bool:
        """Whether any field of this type is under the case key."""
        return any(field.sealed for field in self.fields.values())

    @property
    def links(self) -> Iterator[Field]:
        return (field for field in self.fields.values() if field.shape is Shape.LINK)


DECLARED: dict[str, RecordType] = {}
"""Every record type that was declared so far; the program reads `models.record_types`, which has them all."""

T = TypeVar("T")


def text(**rules: Any) -> Any:
    """Free text of at most `limit` characters; empty text is stored as None."""
    return _declare(Shape.TEXT, **rules)


def choice(options: type[StrEnum], **rules: Any) -> Any:
    """One of the values of an enum."""
    rules.setdefault("group", _group(options))
    return _declare(Shape.CHOICE, choices=tuple(option.value for option in options), **rules)


def date(**rules: Any) -> Any:
    """A date with its precision, as an EDTF string (`models.dates`)."""
    return _declare(Shape.DATE, **rules)


def flag(**rules: Any) -> Any:
    """Yes, no, or None for not known."""
    return _declare(Shape.FLAG, **rules)


def number(**rules: Any) -> Any:
    """A whole number."""
    return _declare(Shape.NUMBER, **rules)


def link(target: str, **rules: Any) -> Any:
    """The id of another record, which must exist."""
    return _declare(Shape.LINK, target=target, **rules)


def elements(of: type[StrEnum] | None = None, values: type[StrEnum] | None = None, **rules: Any) -> Any:
    """A map of elements, each merged on its own; `of` and `values` are the enums of elements and values, if any."""
    options = tuple(option.value for option in of or ())
    groups = {"group": _group(of) if of else "", "value_group": _group(values) if values else ""}
    return _declare(Shape.ELEMENTS, options=options, **groups, **rules)


def _group(options: type[StrEnum]) -> str:
    """The name under which `texts.labels` has the words of an enum: `contact_way` for ContactWay."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", options.__name__).lower()


def _declare(shape: Shape, **rules: Any) -> Any:
    default: Any = {"default_factory": dict} if shape is Shape.ELEMENTS else {"default": None}
    return dataclasses.field(metadata={"shape": shape, **rules}, **default)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(name: str, leaving: Leaving, owner: Side = Side.VILLAGE) -> Callable[[type[T]], type[T]]:
    """Declare a frozen dataclass, a subclass of `Record`, as the record type `name`."""

    def decorate(cls: type[T]) -> type[T]:
        frozen = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        fields = {}
        for declared in dataclasses.fields(frozen):  # type: ignore[arg-type]
            if "shape" not in declared.metadata:
                continue
            rules = dict(declared.metadata)
            fields[declared.name] = Field(
                name=declared.name,
                shape=rules["shape"],
                leaving=rules.get("leaving", leaving),
                owner=rules.get("owner", owner),
                sealed=rules.get("sealed", False),
                required=rules.get("required", False),
                protective=rules.get("protective", ()),
                choices=rules.get("choices", ()),
                target=rules.get("target", ""),
                limit=rules.get("limit", TEXT_LIMIT),
                follows=rules.get("follows", False),
                needs=rules.get("needs", ""),
                private=rules.get("private", False),
                stub=rules.get("stub", False),
                options=rules.get("options", ()),
                group=rules.get("group", ""),
                value_group=rules.get("value_group", ""),
            )
        DECLARED[name] = RecordType(name, frozen, fields, leaving)
        return frozen

    return decorate


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every shared record has: a random UUID, and the reason of its deletion once it is deleted."""

    id: str
    deleted: str | None = text(protective=(ANY,), follows=True)
