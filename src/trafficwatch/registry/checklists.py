# SPDX-License-Identifier: GPL-3.0-or-later
"""The two lists of a home visit before a departure, as data in `resources/checklists/`.

`home_visit`: what to talk over and make sure of (P2/2024 II.B.1.f.1; mental readiness P11/2012 III.C.2.a.7); answers
go to `HomeVisit.readiness`. `departure_information`: what a person is owed to know before leaving (PP 59/2021
art. 4(4)); what was explained goes to `HomeVisit.explained`. Codes are permanent: an item that is no longer asked keeps
its code for visits that have it. Groups have words in `journey_rules.checklist.group.*`.
"""

from __future__ import annotations

from functools import cache

import msgspec

from trafficwatch.resources import resource
from trafficwatch.texts import Language


class Bilingual(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence in both languages."""

    id: str
    en: str

    def said(self, language: Language) -> str:
        """The sentence in one language."""
        return self.id if language == "id" else self.en


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a list; `source` is its place, `[ours]` where no seed has it."""

    code: str
    group: str
    words: Bilingual
    source: str
    hint: Bilingual | None = None


class Checklist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list in the order in which it is talked over."""

    version: int
    items: tuple[Item, ...]


@cache
def home_visit() -> Checklist:
    """Readiness: each item is answered yes, no or unknown."""
    return _read("home-visit")


@cache
def departure_information() -> Checklist:
    """What is explained before the departure."""
    return _read("departure-information")


def _read(name: str) -> Checklist:
    return msgspec.json.decode(resource("checklists", f"{name}.json").read_bytes(), type=Checklist)
