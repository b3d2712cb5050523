# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose paper it is: the place of a desk as it stands above village letters."""

from __future__ import annotations

from typing import Protocol

from trafficwatch.models.fields import Side
from trafficwatch.models.forms import Letterhead
from trafficwatch.models.places import UnknownPlace, kind_of

_WRITTEN_OUT = {"Kab.": "Kabupaten", "Kec.": "Kecamatan"}


class Desk(Protocol):
    """Which desk it is, as the settings of its store say."""

    @property
    def side(self) -> Side: ...

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...


def letterhead_of(desk: Desk) -> Letterhead:
    """The place of this desk as on village letters; an office that is no village stands by its name alone.

    A desk's name is its place, smallest first: `Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur`.
    """
    name, *around = (part.strip() for part in desk.name.split(","))
    if desk.side is not Side.VILLAGE:
        return Letterhead(unit=desk.name)
    above = tuple(_written_out(part) for part in reversed(around[:2]))
    return Letterhead(above, _village(desk.code, name), ", ".join(around[2:]) or None)


def _village(code: str, name: str) -> str:
    try:
        return f"{kind_of(code).replace('_', ' ')} {name}".upper()
    except UnknownPlace:
        return name.upper()


def _written_out(place: str) -> str:
    short, _, name = place.partition(" ")
    return f"{_WRITTEN_OUT.get(short, short)} {name}".strip().upper()
