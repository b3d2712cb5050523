# SPDX-License-Identifier: GPL-3.0-or-later
"""Ties of a volunteer to the person or to who recruited (P2/2024 Lampiran II.D.2.h).

Who has one is warned wherever the case is open, and neither takes the person's consent nor shares without it; the rest
stays possible: in a small village nobody else may be near when help is needed. Only others take a tie back.
"""

from __future__ import annotations

from trafficwatch.errors import ConsentError
from trafficwatch.models.care import ConflictOfInterest
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.training import readable
from trafficwatch.store.work import Work

_TABLE = RECORD_TABLES["conflict_of_interest"]


class ConflictThere(ConsentError):
    """The volunteer at work is tied to this case: somebody else takes the consent, or does without."""

    key = "conflict_there"
    catalogue = "errors_care"


def conflict_of(work: Work, person_id: str) -> ConflictOfInterest | None:
    """What ties the volunteer at work to this person's case, None for nothing; what it is needs the case key."""
    where = (_TABLE.c.person_id == person_id, _TABLE.c.volunteer_id == (work.volunteer or ""))
    found = readable(work).select(ConflictOfInterest, *where)
    return found[-1] if found else None


def require_no_conflict(work: Work, person_id: str) -> None:
    """Raise ConflictThere if the volunteer at work is tied to this person's case."""
    if conflict_of(work, person_id) is not None:
        raise ConflictThere
