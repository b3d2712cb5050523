# SPDX-License-Identifier: GPL-3.0-or-later
"""Screenings as screens read them. Who may not read cases learns that there was one and when, no more."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from trafficwatch.models.casework import Finding, Risk, Screening
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.belonging import person_there
from trafficwatch.store.training import may_read_cases, readable
from trafficwatch.store.work import Work


@dataclass(frozen=True, slots=True)
class ScreeningRow:
    """One screening; `answers` is how many questions have one. Why it was broken off is for who may read cases."""

    id: str
    person_id: str
    screened_on: str | None
    questionnaire: str
    finding: str | None
    risk: str | None
    answers: int
    way: str | None = None
    stopped: str | None = None


def screenings_of(work: Work, person_id: str) -> tuple[ScreeningRow, ...]:
    """All screenings of one person, the newest first."""
    return _newest_first(work, RECORD_TABLES["screening"].c.person_id == person_id)


def worrying(work: Work) -> tuple[ScreeningRow, ...]:
    """Screenings with a suspicion or a danger, the newest first; none for who may not read cases."""
    if not may_read_cases(work):
        return ()
    return tuple(
        row
        for row in _newest_first(work, person_there("screening"))
        if row.finding == Finding.SUSPECTED or row.risk in {Risk.MEDIUM.value, Risk.HIGH.value}
    )


def _newest_first(work: Work, *where: ColumnElement[bool]) -> tuple[ScreeningRow, ...]:
    found = reversed(readable(work).select(Screening, *where))
    rows = (
        ScreeningRow(
            each.id,
            each.person_id or "",
            each.screened_on,
            each.questionnaire or "",
            each.finding,
            each.risk,
            len(each.answers),
            each.way,
            each.stopped,
        )
        for each in found
    )
    return tuple(sorted(rows, key=lambda row: row.screened_on or "", reverse=True))
