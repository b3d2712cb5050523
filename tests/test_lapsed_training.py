# SPDX-License-Identifier: GPL-3.0-or-later
"""A training that has run out reads no case text any more, though the key's slot is still in the vault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desks import SHARED, Clock, Desks, agree, enrolled, refer, resident, screen

from trafficwatch.casework.overview import Care, ReferralRow, care_of, open_referrals
from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Category, Training, TrainingKind
from trafficwatch.screening.overview import ScreeningRow, screenings_of, worrying
from trafficwatch.screening.sessions import evaluate_screening
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.training import TrainingNeeded, may_read_cases
from trafficwatch.store.vault import Stretching
from trafficwatch.store.work import Store
from trafficwatch.sync.inbox import CaseRow, received_case, received_cases
from trafficwatch.ui.village.screening_result import result
from trafficwatch.village.founding import NewMember, TrainingProof, found_desk

LAST_DAY = "2026-12-31"
YEAR = 365


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    """Both desks' trainings hold until LAST_DAY."""
    with enrolled(tmp_path) as found:
        for store in (found.village, found.ppt):
            with store.work() as work:
                [training] = (each for each in work.records.select(Training) if each.volunteer_id == work.volunteer)
                work.write(Training, training.id, valid_until=LAST_DAY)
        yield found


def read(store: Store, person: str) -> tuple[Care, tuple[ReferralRow, ...], tuple[ScreeningRow, ...], int]:
    with store.work() as work:
        return care_of(work, person), open_referrals(work), screenings_of(work, person), len(worrying(work))


def handled(store: Store) -> tuple[str, str]:
    """Somebody with a spoken consent, a screening and a referral; person and screening."""
    person = resident(store)
    agree(store, person, *SHARED, explained="Dibacakan", witness="Ibu Rika")
    screening = screen(store, person)
    refer(store, person, urgency="immediate")
    return person, screening


def test_the_proof_given_at_founding_lapses(tmp_path: Path) -> None:
    proof = TrainingProof(TrainingKind.TPPO_TRAINING.value, "2025-03", valid_until=LAST_DAY)
    member, clock = NewMember("Maria Tefa", Category.COORDINATOR, "empat kata di desa", proof), Clock()
    store, _ = found_desk(
        tmp_path / "d",
        member,
        side=Side.VILLAGE,
        code="53.01.08.2008",
        name="Noelbaki",
        practice=False,
        clock=clock,
        stretching=Stretching(),
    )
    with store.work() as work:
        assert may_read_cases(work)
    clock.move(days=YEAR)
    with store.work() as work:
        assert work.sealer.able
        assert not may_read_cases(work)
    store.close()


def test_the_village_reads_what_who_has_no_key_reads(desks: Desks) -> None:
    person, _ = handled(desks.village)
    trained = read(desks.village, person)
    assert (trained[0].consents[0].witness, trained[1][0].urgency, trained[3]) == ("Ibu Rika", "immediate", 1)
    desks.clock.move(days=YEAR)
    lapsed = read(desks.village, person)
    assert (lapsed[2][0].finding, lapsed[2][0].answers, lapsed[3]) == (None, 0, 0)
    assert lapsed == read(desks.helper(), person)


def test_a_result_is_refused_instead_of_read_as_nothing(desks: Desks) -> None:
    _, screening = handled(desks.village)
    desks.clock.move(days=YEAR)
    for use_case in (evaluate_screening, result):
        with pytest.raises(TrainingNeeded), desks.village.work() as work:
            use_case(work, screening)
    helper = desks.helper()
    for use_case in (evaluate_screening, result):
        with pytest.raises(CaseKeyNeeded), helper.work() as work:
            use_case(work, screening)


def test_the_ppt_opens_no_case_and_reads_no_urgency(desks: Desks) -> None:
    handled(desks.village)
    desks.exchange()
    [before] = cases(desks.ppt)
    with desks.ppt.work() as work:
        assert received_case(work, before.case_id).referrals[0].urgency == before.urgency == "immediate"
    desks.clock.move(days=YEAR)
    assert cases(desks.ppt) == (replace(before, urgency=None),)
    with pytest.raises(TrainingNeeded), desks.ppt.work() as work:
        received_case(work, before.case_id)


def cases(store: Store) -> tuple[CaseRow, ...]:
    with store.work() as work:
        return received_cases(work)
