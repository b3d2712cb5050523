# SPDX-License-Identifier: GPL-3.0-or-later
"""The fifteen principles of handling (P2/2024 Lampiran II.D.2 a-o), each at the moments at which it matters.

Data in `resources/care/principles.json`, worded by us; a page shows the two or three of its moment, never all fifteen.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import msgspec

from trafficwatch.resources import resource
from trafficwatch.texts import Language

MOST = 3
"""Of one moment: more are not read."""


class Moment(StrEnum):
    """What somebody is about to do for a person."""

    OUTREACH = "outreach"
    FIRST_AID = "first_aid"
    SCREENING = "screening"
    INFORMING = "informing"
    CONSENT = "consent"
    ACCOUNT = "account"
    NEEDS = "needs"
    PLAN = "plan"
    REFERRAL = "referral"
    REPORT = "report"
    ACCOMPANIMENT = "accompaniment"
    SUPPORT = "support"
    VISIT = "visit"
    RETURN_HOME = "return_home"
    PLACEMENT = "placement"
    FOLLOW_UP = "follow_up"
    CLOSURE = "closure"
    MINOR = "minor"
    CONFLICT = "conflict"


class Bilingual(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    id: str
    en: str

    def of(self, language: Language) -> str:
        return self.id if language == "id" else self.en


class Principle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One principle: a few words to remember it by, and a plain sentence; `code` is its letter in the law."""

    code: str
    title: Bilingual
    words: Bilingual
    source: str
    moments: tuple[Moment, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    principles: tuple[Principle, ...]


@cache
def principles() -> tuple[Principle, ...]:
    """All of them in the order of the law."""
    return msgspec.json.decode(resource("care", "principles.json").read_bytes(), type=_File).principles


def at(moment: Moment) -> tuple[Principle, ...]:
    """What to keep in mind at one moment, in the order of the law."""
    return tuple(principle for principle in principles() if moment in principle.moments)
