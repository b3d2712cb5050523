# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a case and a card are kept, what is due, and that erasing it leaves nothing but that it happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from case_paper_tools import filled
from desks import Desks, agree, enrolled, refer, resident, screen
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.casework.exposure import exposure
from trafficwatch.casework.papers_breach import Loss, breach_form
from trafficwatch.casework.retention import (
    KEEP_YEARS,
    MOST_YEARS,
    Clock,
    Kept,
    NotDue,
    Years,
    due_for_erasure,
    end_of,
    erase_due,
    goes_with,
    keep_years,
    kept_of,
)
from trafficwatch.models.aftercare import CarePolicy
from trafficwatch.models.care import Account, Closure, FirstAid
from trafficwatch.models.case_papers import CaseForm, Ticks
from trafficwatch.models.casework import CaseRecord, Consent, ConsentScope, Screening
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.reporting import Custody, EvidenceItem
from trafficwatch.store.check import check
from trafficwatch.store.erasure import CoordinatorNeeded, is_erased
from trafficwatch.store.work import Store
from trafficwatch.sync import enrolling

CLOSED = {"reason": "recovered"}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def kept(store: Store, person: str) -> dict[str, Kept]:
    with store.work() as work:
        return {each.type: each for each in kept_of(work, person)}


def close(store: Store, person: str, on: str) -> str:
    """Close the person's case on a day; gives the case."""
    with store.work() as work:
        case = next(each for each in work.records.select(CaseRecord) if each.person_id == person)
        about = {"person_id": person, "case_id": case.id, "closed_by": work.volunteer}
        work.write(Closure, None, **about, **CLOSED, closed_on=on)
    return case.id


def a_case(desks: Desks, closed_on: str | None = "2021-11-20") -> tuple[str, str]:
    """Somebody with a screening and a case; the person and the case."""
    person = resident(desks.village, "Yohanis Bere")
    agree(desks.village, person, *ConsentScope)
    screen(desks.village, person)
    referral = refer(desks.village, person, purpose="Pendampingan")
    with desks.village.work() as work:
        about = {"person_id": person, "case_id": referral.case_id}
        filled(work, Account, **about)
        filled(work, FirstAid, person_id=person, given_by=work.volunteer)
        filled(work, Custody, person_id=person, evidence_id=filled(work, EvidenceItem, **about))
    if closed_on:
        close(desks.village, person, closed_on)
    return person, referral.case_id or ""


# -- the rule ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2021-11-21", "2026-11-21"),
        ("2020-02-29", "2025-03-01"),
        ("2021-11", "2026-11-30"),
        ("2021", "2026-12-31"),
        ("", None),
        (None, None),
    ],
)
def test_the_latest_day_that_is_possible_counts(since: str | None, until: str | None) -> None:
    assert end_of(since, 5) == until


@pytest.mark.parametrize(
    ("said", "years"),
    [
        (None, Years(KEEP_YEARS, is_ours=True)),
        (0, Years(KEEP_YEARS, is_ours=True)),
        (-3, Years(KEEP_YEARS, is_ours=True)),
        (2, Years(2, is_ours=False)),
        (99, Years(MOST_YEARS, is_ours=False)),
    ],
)
def test_the_newest_rule_of_the_ppt_counts(said: int | None, years: Years) -> None:
    older = CarePolicy(id="a", set_on="2025-01-01", keep_years=9)
    assert keep_years([CarePolicy(id="b", set_on="2026-01-01", keep_years=said), older]) == years


@given(st.dates(min_value=datetime(1990, 1, 1, tzinfo=UTC).date()), st.integers(1, MOST_YEARS))
def test_a_time_never_ends_before_its_years_are_over(since: Any, years: int) -> None:
    if since.year + years < 2100:
        until = end_of(since.isoformat(), years)
        assert until is not None
        assert until[:4] == str(since.year + years)
        assert until[5:] >= since.isoformat()[5:]


def test_whatever_is_about_a_person_goes_with_the_case_or_the_card() -> None:
    for name, record_type in RECORD_TYPES.items():
        about_one = name == "person" or "person_id" in record_type.fields
        assert (goes_with(record_type) != "desk") == about_one, name
    assert {goes_with(RECORD_TYPES[name]) for name in ("screening", "account", "attachment", "disclosure")} == {"case"}
    assert {goes_with(RECORD_TYPES[name]) for name in ("person", "consent", "journey", "sign_note")} == {"card"}


# -- the clocks --------------------------------------------------------------------------------------------------------


def test_an_open_case_has_no_end_and_a_reopened_one_neither(desks: Desks) -> None:
    person, _ = a_case(desks, closed_on=None)
    assert (kept(desks.village, person)["case_record"].clock, kept(desks.village, person)["case_record"].until) == (
        Clock.CASE_OPEN,
        None,
    )
    close(desks.village, person, "2019-05-01")
    assert kept(desks.village, person)["case_record"].until == "2024-05-01"
    with desks.village.work() as work:
        [closure] = work.records.select(Closure)
        work.write(Closure, closure.id, reopened_on="2026-11-20")
        assert due_for_erasure(work) == ()
    assert kept(desks.village, person)["case_record"].clock is Clock.CASE_OPEN


def test_a_closed_case_is_due_from_its_day_on_and_not_before(desks: Desks) -> None:
    _, case = a_case(desks, "2021-11-22")
    with desks.village.work() as work:
        assert (work.today, due_for_erasure(work)) == ("2026-11-21", ())
    desks.clock.move(days=1)
    with desks.village.work() as work:
        assert [each.id for each in due_for_erasure(work)] == [case]


def test_a_card_is_kept_while_somebody_lives_here(desks: Desks) -> None:
    person = resident(desks.village)
    assert kept(desks.village, person)["person"].clock is Clock.LIVES_HERE
    with desks.village.work() as work:
        work.write(Person, person, residency="moved")
    gone = kept(desks.village, person)["person"]
    assert (gone.clock, gone.since, gone.until) == (Clock.GONE, "2026-11-21", "2031-11-21")
    desks.clock.move(days=5 * 366)
    with desks.village.work() as work:
        assert [(each.type, each.id) for each in due_for_erasure(work)] == [("person", person)]
        filled(work, Consent, person_id=person, withdrawn_on=None)  # something was written: the time begins anew
        assert due_for_erasure(work) == ()


def test_a_card_waits_for_an_open_case(desks: Desks) -> None:
    person, _ = a_case(desks, closed_on=None)
    with desks.village.work() as work:
        work.write(Person, person, residency="dead")
    desks.clock.move(days=40 * 366)
    with desks.village.work() as work:
        assert due_for_erasure(work) == ()


# -- erasing -----------------------------------------------------------------------------------------------------------


def test_erasing_a_case_leaves_the_card_and_what_was_agreed(desks: Desks) -> None:
    person, case = a_case(desks)
    done = erase_due(desks.village, "case_record", case)
    assert done.records >= 7
    with desks.village.work() as work:
        for cls in (CaseRecord, Screening, Account, FirstAid, EvidenceItem, Custody, Closure):
            assert work.records.select(cls) == [], cls
        assert work.records.get(Person, person).name == "Yohanis Bere"
        assert len(work.records.select(Consent)) == 1
        assert due_for_erasure(work) == ()
        assert is_erased(work.connection, "case_record", case)
    assert check(desks.village).findings == ()
    with pytest.raises(NotDue):
        erase_due(desks.village, "case_record", case)


def test_what_names_no_case_stays_for_another_case_of_the_person(desks: Desks) -> None:
    person, case = a_case(desks)
    with desks.village.work() as work:
        filled(work, CaseRecord, person_id=person, opened_by=work.volunteer)
    erase_due(desks.village, "case_record", case)
    with desks.village.work() as work:
        assert (work.records.count("screening"), work.records.count("first_aid")) == (1, 1)
        assert [work.records.count(name) for name in ("account", "custody", "referral", "closure")] == [0, 0, 0, 0]


def test_nothing_is_erased_before_its_time_or_by_who_is_no_coordinator(desks: Desks) -> None:
    _, case = a_case(desks, "2025-01-01")
    with pytest.raises(NotDue):
        erase_due(desks.village, "case_record", case)
    with pytest.raises(CoordinatorNeeded):
        erase_due(desks.helper(), "case_record", case)


# -- a lost laptop -----------------------------------------------------------------------------------------------------


def test_a_lost_laptop_is_told_by_what_the_ppt_has_and_the_ppt_of_an_erasure(desks: Desks) -> None:
    _, case = a_case(desks)
    desks.exchange()
    hidden = resident(desks.village, "Siti Aminah")  # did not agree: nothing of her ever left
    with desks.village.work() as work:
        found = exposure(work)
        held = {each.type: each for each in found.held}
    assert (found.people, held["person"].records, held["person"].confirmed, held["person"].only_there) == (2, 2, 1, 1)
    assert held["account"].only_there == 0
    assert {each.name: each.with_case for each in found.openers} == {"Maria Tefa": True, "Serafina Manek": False}
    assert found.codes == ("recovery",)
    with desks.ppt.work() as work:
        there = exposure(work, found.device)
    assert (there.people, there.revoked, there.openers) == (1, False, ())
    assert hidden not in repr(there)
    erase_due(desks.village, "case_record", case)
    desks.exchange()
    with desks.ppt.work() as work:
        assert work.records.get(CaseRecord, case).deleted == "erased"


def test_a_revoked_laptop_says_so_by_itself(desks: Desks) -> None:
    with desks.village.work() as work:
        device = work.info.device
    enrolling.revoke(desks.ppt, device, desks.stick, "hilang")
    with desks.ppt.work() as work:
        form = breach_form(work, Loss(device, "2026-11-20", how="Hilang di kapal", done={"police"}), "id")
    ticked = [text for text, on in _ticks(form) if on]
    assert len(ticked) == 2
    assert "20 November 2026" in repr(form)


def _ticks(form: CaseForm) -> list[tuple[str, bool]]:
    parts = (part for section in form.sections for part in section.parts)
    return [each for part in parts if isinstance(part, Ticks) for each in part.options]
