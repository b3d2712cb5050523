# SPDX-License-Identifier: GPL-3.0-or-later
"""Administrative areas of Indonesia as values: provinsi, kabupaten/kota, kecamatan, desa/kelurahan.

A code is the official one of the Ministry of Home Affairs, dotted: `53`, `53.01`, `53.01.08`, `53.01.08.2008`
(Permendagri 137/2017 art. 4). It tells the kind: a second part of 71 and above is a kota; the last part starts with 1
for a kelurahan, 2 for a desa and 3 for a desa adat. The data behind it is loaded by `village.places`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from trafficwatch.errors import InputError

_CODE = re.compile(r"\d\d(?:\.\d\d(?:\.\d\d(?:\.\d{4})?)?)?", re.ASCII)
_DIGITS = re.compile(r"(\d\d)(\d\d)?(\d\d)?(\d{4})?", re.ASCII)
_SHORT = {"Kabupaten ": "Kab. "}
_PAPUA = range(91, 97)


class UnknownPlace(InputError):
    """No area has this code; params: `code`."""

    key = "unknown_place"


class PlaceKind(StrEnum):
    """What an area is, in the words of the law."""

    PROVINSI = "provinsi"
    KABUPATEN = "kabupaten"
    KOTA = "kota"
    KECAMATAN = "kecamatan"
    DESA = "desa"
    KELURAHAN = "kelurahan"
    DESA_ADAT = "desa_adat"


_VILLAGE_KINDS = {"1": PlaceKind.KELURAHAN, "2": PlaceKind.DESA, "3": PlaceKind.DESA_ADAT}


@dataclass(frozen=True, slots=True)
class Place:
    """One area with the names of its parents; names of levels below it are empty.

    `kabupaten` is the official name with its kind ("Kabupaten Kupang", "Kota Kupang"), `desa` the name of a desa,
    kelurahan or desa adat.
    """

    code: str
    kind: PlaceKind
    provinsi: str
    kabupaten: str = ""
    kecamatan: str = ""
    desa: str = ""

    @property
    def name(self) -> str:
        """The area's own name, as officially written."""
        return self.desa or self.kecamatan or self.kabupaten or self.provinsi

    @property
    def path(self) -> str:
        """One line for people: `Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur`."""
        kabupaten = self.kabupaten
        for long, short in _SHORT.items():
            kabupaten = kabupaten.replace(long, short, 1)
        # In Papua a kecamatan is called distrik (UU 21/2001 art. 1).
        word = "Distrik" if int(self.code[:2]) in _PAPUA else "Kec."
        kecamatan = self.kecamatan and f"{word} {self.kecamatan}"
        return ", ".join(part for part in (self.desa, kecamatan, kabupaten, self.provinsi) if part)

    def lies_in(self, code: str) -> bool:
        """Whether this area is the area `code` or lies in it."""
        return self.code == code or self.code.startswith(f"{code}.")


def kind_of(code: str) -> PlaceKind:
    """What an area with this dotted code is; UnknownPlace if it can't be a code."""
    if not _CODE.fullmatch(code):
        raise UnknownPlace(code=code[:13])
    parts = code.split(".")
    if len(parts) == 4:
        kind = _VILLAGE_KINDS.get(parts[3][0])
        if kind is None:
            raise UnknownPlace(code=code)
        return kind
    if len(parts) == 2:
        return PlaceKind.KOTA if int(parts[1]) > 70 else PlaceKind.KABUPATEN
    return PlaceKind.PROVINSI if len(parts) == 1 else PlaceKind.KECAMATAN


def dotted(code: str) -> str:
    """A code typed with or without dots (`5301082008`) in its dotted form; UnknownPlace if it can't be one."""
    digits = _DIGITS.fullmatch(code.replace(".", "").strip())
    if digits is None:
        raise UnknownPlace(code=code[:13])
    whole = ".".join(part for part in digits.groups() if part)
    kind_of(whole)
    return whole
