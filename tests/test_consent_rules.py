# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may say yes for whom, on which day and to whom; what a tie, a child or a name that is like another's asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from care_tools import save
from desks import Desks, enrolled, resident
from store_tools import scratch

from trafficwatch.casework.care_warnings import CareWarning, care_warnings
from trafficwatch.casework.conflicts import ConflictThere
from trafficwatch.casework.consents import (
    ConsentDayMissing,
    GuardianMissing,
    agreement_of,
    record_consent,
    withdraw_consent,
)
from trafficwatch.casework.disclosures import disclose, end_disclosure
from trafficwatch.casework.guardians import GuardianSuspected, is_suspected
from trafficwatch.models.agreement import BY_DUTY, TO_INSTITUTIONS
from trafficwatch.models.care import TO_PPT, Duty
from trafficwatch.models.casework import Consent, ConsentScope
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.institution import Institution
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Training, Volunteer
from trafficwatch.registry.residents import plan_journey
from trafficwatch.registry.trash import OwnTie, Reason, delete
from trafficwatch.store.records import FieldMissing
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.work import Work

CARD = {"share_card": "agreed"}


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with enrolled(Path(tmp_path_factory.mktemp("rules"))) as found:
        yield found


@pytest.fixture
def work(desks: Desks) -> Iterator[Work]:
    with scratch(desks.village) as opened:
        yield opened


@pytest.fixture(scope="module")
def maria(desks: Desks) -> str:
    return resident(desks.village, "Maria Tefa", birth_date="1990-02-01")


@pytest.fixture(scope="module")
def child(desks: Desks) -> str:
    return resident(desks.village, "Sela Anak", birth_date="2012-01-01")


def warned(work: Work, person: str) -> set[CareWarning]:
    return {each.warning for each in care_warnings(work, person)}


# -- to whom -----------------------------------------------------------------------------------------------------------


def test_a_limited_yes_goes_to_nobody_unknown_and_is_widened_by_no_blind_yes(tmp_path: Path) -> None:
    with enrolled(tmp_path) as desks:
        person = resident(desks.village)
        with desks.village.work() as work:
            one, other = (each.id for each in work.records.select(Institution)[:2])
            record_consent(work, person, dict.fromkeys(TO_INSTITUTIONS, "agreed"), recipients={one: True})
            for scope in TO_INSTITUTIONS:
                assert [agreement_of(work, person).allows(scope, to) for to in (one, other, None)] == [
                    True,
                    False,
                    False,
                ]
        with desks.helper().work() as work:
            for scope in TO_INSTITUTIONS:
                with pytest.raises(TrainingNeeded):
                    record_consent(work, person, {scope: "agreed"})
            work.write(Training, None, volunteer_id=work.volunteer, kind="tppo_training", completed_on="2025-03")
            for scope in TO_INSTITUTIONS:
                with pytest.raises(CaseKeyNeeded):
                    record_consent(work, person, {scope: "agreed"})
            record_consent(work, person, {"share_case": "agreed", "report": "refused"})
        with desks.trained().work() as work:
            assert agreement_of(work, person).named == {"referral": frozenset({one})}


# -- on which day ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "error"),
    [
        ({"given_on": " 2026-11-30"}, ValueImpossible),
        ({"given_on": "2026-11"}, ConsentDayMissing),
        ({"given_on": "2026-11-20~"}, ConsentDayMissing),
        ({"given_on": None}, FieldMissing),
        ({"given_on": " "}, FieldMissing),
        ({"given_on": "2026-11-20", "valid_until": "2026-11-19"}, ValueImpossible),
        ({"given_on": "2026-11-20", "valid_until": "2026-10"}, ValueImpossible),
    ],
)
def test_a_yes_is_of_a_day_that_has_come(work: Work, maria: str, days: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        record_consent(work, maria, CARD, **days)
    assert work.records.select(Consent) == []


def test_a_no_of_a_month_holds_and_a_day_is_kept_tidy(work: Work, maria: str) -> None:
    assert record_consent(work, maria, CARD, given_on=" 2026-11-20 ", valid_until="2026-11").given_on == "2026-11-20"
    assert agreement_of(work, maria).card
    record_consent(work, maria, {"share_card": "refused"}, given_on="2026-03")
    assert not agreement_of(work, maria).card


def test_what_is_withdrawn_keeps_its_day_and_reason(work: Work, maria: str) -> None:
    consent = record_consent(work, maria, CARD, given_on="2026-11-01")
    withdraw_consent(work, consent.id, "Takut")
    work.write(Consent, consent.id, withdrawn_on="2026-11-19")
    again = withdraw_consent(work, consent.id, "Lain")
    assert (again.withdrawn_on, again.withdrawn_reason) == ("2026-11-19", "Takut")


# -- for a child -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ConsentScope)
def test_what_leaves_about_a_child_needs_a_guardian_and_help_does_not(work: Work, child: str, scope: str) -> None:
    if scope in BY_DUTY:
        for more in ({}, {"guardian": " "}, {"method": "guardian"}):
            with pytest.raises(GuardianMissing):
                record_consent(work, child, {scope: "agreed"}, **more)
    else:
        record_consent(work, child, {scope: "agreed"})
    record_consent(work, child, {scope: "agreed"}, guardian="Rosa Anak")
    record_consent(work, child, {scope: "refused"})


def test_without_the_case_key_the_way_says_that_there_was_a_guardian(tmp_path: Path) -> None:
    with enrolled(tmp_path) as desks:
        child = resident(desks.village, birth_date="2012-01-01")
        unsure = resident(desks.village, birth_date="2008")
        with desks.helper().work() as work:
            with pytest.raises(GuardianMissing):
                record_consent(work, child, CARD, method="signature")
            record_consent(work, child, CARD, method="guardian")
            record_consent(work, unsure, CARD, method="signature")


def test_a_duty_towards_a_child_is_to_be_ended_when_the_child_has_grown_up(work: Work, child: str) -> None:
    shared = disclose(work, child, Duty.CHILD_IN_DANGER, [TO_PPT], "Diancam")
    assert warned(work, child) == set()
    work.write(Person, child, birth_date="2008-11-21")
    assert [(each.warning, each.id) for each in care_warnings(work, child)] == [(CareWarning.CHILD_GROWN, shared.id)]
    end_disclosure(work, shared.id, "Sudah dewasa")
    assert warned(work, child) == set()


# -- who is tied -------------------------------------------------------------------------------------------------------


def test_who_is_tied_neither_shares_without_consent_nor_frees_themselves(work: Work, maria: str) -> None:
    other = work.write(Volunteer, None, name="Rosa")
    of_other = save(work, maria, "conflict_of_interest", volunteer_id=other)
    disclose(work, maria, Duty.DANGER_TO_LIFE, [TO_PPT], "Diancam")
    own = save(work, maria, "conflict_of_interest")
    with pytest.raises(ValueImpossible):
        save(work, maria, "conflict_of_interest", own.id, volunteer_id=other)
    with pytest.raises(OwnTie):
        delete(work, "conflict_of_interest", own.id, Reason.ENTERED_WRONGLY)
    with pytest.raises(ConflictThere):
        disclose(work, maria, Duty.DANGER_TO_LIFE, [TO_PPT], "Diancam")
    assert delete(work, "conflict_of_interest", of_other.id, Reason.ENTERED_WRONGLY) == 1
    assert delete(work, "person", maria, Reason.OTHER) > 1


# -- names that are one ------------------------------------------------------------------------------------------------

SAME = """
Yanto Bere; Bere, Yanto; Janto Berre; Om Yanto Bere; Pakde Yanto Bere; Yanto Bere (paman); Yanto Bere, S.Pd., M.Si
Sdr. Yanto Bere alias Kobus; Anto; Kakak Anto; Max Tefa; Markus; Rosa / Yanto Bere
"""
LIKE = "Yanto; Y. Bere; Yanto D. Bere; YantoBere; Yanto/Bere; Yanto Bere Seran"
OTHER = "Maria Bere; Rosa; Om; Paman; A."


def test_a_guardian_under_another_spelling_is_refused_or_pointed_out(work: Work, child: str) -> None:
    save(work, child, "perpetrator", name="Yanto Bere", known_as="Anto")
    save(work, child, "perpetrator", name="Markus alias Max Tefa")

    def names(text: str) -> list[str]:
        return [name.strip() for line in text.strip().splitlines() for name in line.split(";")]

    assert [name for name in names(SAME) if not is_suspected(work, child, name)] == []
    assert [name for name in names(f"{LIKE};{OTHER}") if is_suspected(work, child, name)] == []
    pointed_out = []
    for name in names(f"{LIKE};{OTHER}"):
        consent = record_consent(work, child, CARD, guardian=name)
        pointed_out += [name] if CareWarning.GUARDIAN_SIMILAR in warned(work, child) else []
        withdraw_consent(work, consent.id, "Ditanyakan lagi")
    assert pointed_out == names(LIKE)


def test_a_guardian_who_recruited_as_told_later_is_pointed_out(work: Work, child: str) -> None:
    record_consent(work, child, CARD, guardian="Om Yanto Bere")
    assert warned(work, child) == set()
    plan_journey(work, child, destination_country="MY", recruiter_name="Yanto Bere")
    assert warned(work, child) == {CareWarning.GUARDIAN_SUSPECTED}
    with pytest.raises(GuardianSuspected):
        record_consent(work, child, CARD, guardian="Paman Yanto Bere")
