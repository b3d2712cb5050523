# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of two laptops say more together: finding and risk follow, and are never made less by a merge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desks, enrolled, resident
from store_tools import standing

from trafficwatch.models.casework import Screening
from trafficwatch.models.exchange import Delivery, RecordResult, RecordState
from trafficwatch.models.screening import Answer, By, Value
from trafficwatch.screening.sessions import record_screening
from trafficwatch.store.work import Work
from trafficwatch.sync.merge import merge_records
from trafficwatch.sync.rereading import reread, second_look


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as both:
        yield both


def screened(work: Work, person: str, *codes: str) -> str:
    answers = {code: Answer(Value.YES, By.PERSON, "pelabuhan") for code in codes}
    return record_screening(work, person, answers, age_at_events=35).screening.id


def bring(work: Work, screening: str, **fields: object) -> None:
    """The other laptop's share, merged as an import does it."""
    known = work.records.state("screening", screening)
    assert known is not None
    theirs = {key: standing((50, "b", value)) for key, value in fields.items()}  # type: ignore[arg-type]
    work.take_in(merge_records(known, RecordState("screening", screening, theirs)), work.info.code)
    reread(work, [RecordResult("screening", screening, Delivery.RECEIVED)])


def test_answers_of_two_laptops_are_read_together(desks: Desks) -> None:
    said = {"value": "yes", "by": "person", "event": "pelabuhan"}
    person = resident(desks.village)
    with desks.village.work() as work:
        screening = screened(work, person, "E-PRO-RECRUIT")
        before = work.records.get(Screening, screening)
        more = {f"answers/{code}": said for code in ("E-CAR-DECEIT", "E-TUJ-LABOUR", "L-TUJ-2")}
        bring(work, screening, **more)
        after = work.records.get(Screening, screening)
        assert second_look(work) == ()
    assert (before.finding, after.finding) == ("not_enough_information", "suspected")


def test_a_merge_makes_nothing_less(desks: Desks) -> None:
    person = resident(desks.village)
    with desks.village.work() as work:
        screening = screened(work, person, "E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR", "L-TUJ-2")
        risk = work.records.get(Screening, screening).risk
        known = work.records.state("screening", screening)
        assert known is not None
        seen = max(counter for field in known.fields.values() for counter in field.context.values())
        field = standing((99, "b", {"value": "no"}), seen={work.info.device[0]: seen})
        context = {**field.context, **known.fields["answers/E-TUJ-LABOUR"].context}
        theirs = type(field)(field.values, context)
        work.take_in(
            merge_records(known, RecordState("screening", screening, {"answers/E-TUJ-LABOUR": theirs})), work.info.code
        )
        reread(work, [RecordResult("screening", screening, Delivery.RECEIVED)])
        after = work.records.get(Screening, screening)
        assert (after.finding, after.risk) == ("suspected", risk)
        assert after.answers["E-TUJ-LABOUR"]["value"] == "no"
