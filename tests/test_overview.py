# SPDX-License-Identifier: GPL-3.0-or-later
"""Care and screenings as screens read them, and referring in one step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import Desks, agree, dump, enrolled, resident, screen, shared_case

from trafficwatch.casework.consents import withdraw_consent
from trafficwatch.casework.lifecycle import StepNotPossible
from trafficwatch.casework.overview import ReferralRow, care_of, institutions, open_referrals, referral_of
from trafficwatch.casework.referral_form import referral_form
from trafficwatch.casework.referrals import ReferralInput, ReferralNotAgreed, advance_referral, hand_over, refer
from trafficwatch.models.casework import Answered, Consent, ConsentScope, Handover, Referral, Urgency
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.directory import Service
from trafficwatch.models.institution import Institution
from trafficwatch.models.screening import Answer, Kind, Risk, Value
from trafficwatch.registry.residents import record_person
from trafficwatch.screening.overview import screenings_of, worrying
from trafficwatch.screening.questionnaires import newest
from trafficwatch.screening.sessions import record_screening
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import enrolling
from trafficwatch.sync.devices import peers
from trafficwatch.sync.importing import take_in


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


@pytest.fixture
def village(desks: Desks) -> Store:
    return desks.village


# -- institutions ------------------------------------------------------------------------------------------------------


def add_institution(ppt: Store, name: str, area: str | None, *services: Service, confirmed: bool = False) -> None:
    with ppt.work() as work:
        work.write(
            Institution,
            None,
            name=name,
            kind="puskesmas",
            area_code=area,
            services={service.value: True for service in services},
            contacts={"phone:0380-1": {"note": None, "sources": 1}, "phone:0380-2": {"note": None, "sources": 2}},
            confirmed_on="2026-11-01" if confirmed else None,
        )


def test_institutions_that_serve_this_place_the_nearest_first(desks: Desks) -> None:
    add_institution(desks.ppt, "Puskesmas Tarus", "53.01.08", Service.HEALTH_REHABILITATION, confirmed=True)
    add_institution(desks.ppt, "Bidan desa", "53.01.08.2008")
    add_institution(desks.ppt, "Rumah aman", "53.01", Service.TEMPORARY_SHELTER)
    add_institution(desks.ppt, "Desa lain", "53.01.08.2001")
    add_institution(desks.ppt, "Kecamatan lain", "53.01.0")

    with desks.ppt.work() as work:
        [peer] = peers(work)
    take_in(desks.village, enrolling.reply(desks.ppt, peer.device, desks.stick))
    with desks.village.work() as work:
        everything, for_shelter = institutions(work), institutions(work, Service.TEMPORARY_SHELTER)
    national = [row.name for row in everything if row.is_national]
    assert [row.name for row in everything] == ["Bidan desa", "Puskesmas Tarus", "Rumah aman", *national]
    assert len(national) == 6
    assert national == sorted(national, key=str.casefold)
    assert [row.name for row in for_shelter][:2] == ["Rumah aman", "Bidan desa"]
    assert set(for_shelter) == set(everything)
    puskesmas, shelter = everything[1], everything[2]
    assert (puskesmas.services, puskesmas.contacts) == ({"health_rehabilitation"}, ("0380-1", "0380-2"))
    assert (puskesmas.confirmed_on, puskesmas.kind, puskesmas.area_code) == ("2026-11-01", "puskesmas", "53.01.08")
    assert (shelter.contacts, shelter.confirmed_on) == (("0380-2",), None)
    assert everything[-1].services <= set(Service)


# -- referring ---------------------------------------------------------------------------------------------------------


def ask(work: Work, **fields: Any) -> ReferralInput:
    return ReferralInput(institutions(work)[0].id, {"purpose": "Pendampingan", **fields})


def test_referring_is_one_step(village: Store) -> None:
    person = resident(village)
    agree(village, person, ConsentScope.REFERRAL)
    with village.work() as work:
        first = refer(work, person, ask(work, services={"return": True, "legal_aid": True}))
        second = refer(work, person, ask(work))
        care = care_of(work, person)
    assert (first.handover, first.person_id, first.services) == (
        "consented",
        person,
        {"return": True, "legal_aid": True},
    )
    assert first.case_id == second.case_id
    assert [case.id for case in care.cases] == [first.case_id]
    assert [row.id for row in care.referrals] == [second.id, first.id]
    with village.work() as work:
        changed = refer(work, person, ask(work, purpose="Pemulangan", services={"return": True}), first.id)
        assert (changed.id, changed.purpose, changed.services) == (first.id, "Pemulangan", {"return": True})
        assert changed.handover == "consented"
        assert hand_over(work, first.id).handover == "handed_over"
        with pytest.raises(StepNotPossible):
            refer(work, person, ask(work), first.id)


def test_a_change_writes_only_what_differs(village: Store) -> None:
    person = resident(village)
    agree(village, person, ConsentScope.REFERRAL)

    def written(work: Work, referral: str) -> dict[str, Any]:
        state = work.records.state("referral", referral)
        assert state is not None
        return dict(state.fields)

    with village.work() as work:
        form = {"companion": "Maria", "services": {"return": True, "legal_aid": True}}
        referral = refer(work, person, ask(work, **form)).id
    with village.work() as work:
        before = written(work, referral)
        refer(work, person, ask(work, **form), referral)
        assert written(work, referral) == before
    with village.work() as work:
        refer(work, person, ask(work, **form | {"companion": " Maria ", "services": {"return": True}}), referral)
        after = written(work, referral)
    assert {name for name in after if after[name] != before.get(name)} == {"handover", "services/legal_aid"}


def test_a_referral_is_read_with_the_code_of_its_case(village: Store) -> None:
    shared_case(village)
    with village.work() as work:
        [row] = open_referrals(work)
        referral, code = referral_of(work, row.id)
        assert (referral.id, code) == (row.id, row.case_code)
        with pytest.raises(RecordUnknown):
            referral_of(work, row.person_id)


def test_a_draft_is_taken_up(village: Store) -> None:
    person = shared_case(village)
    with village.work() as work:
        [known] = work.records.select(Referral)
        draft = work.write(
            Referral,
            None,
            case_id=known.case_id,
            person_id=person,
            institution_id=known.institution_id,
            referred_on="2026-11-20",
            referred_by=known.referred_by,
            handover="draft",
        )
        assert refer(work, person, ask(work, purpose="Selesai ditulis"), draft).purpose == "Selesai ditulis"


def test_without_consent_or_training_nothing_is_written(desks: Desks) -> None:
    person, other = resident(desks.village), resident(desks.village, "Agnes")
    agree(desks.village, other, ConsentScope.REFERRAL)
    with desks.village.work() as work:
        theirs = refer(work, other, ask(work)).id
    before = dump(desks.village)
    with pytest.raises(ReferralNotAgreed), desks.village.work() as work:
        refer(work, person, ask(work))
    with pytest.raises(RecordUnknown), desks.village.work() as work:
        refer(work, person, ask(work), theirs)
    with pytest.raises(TrainingNeeded), desks.helper().work() as work:
        refer(work, other, ask(work), theirs)
    assert dump(desks.village) == before


def test_consent_that_ended_stops_a_change_and_the_handing_over(village: Store) -> None:
    person = resident(village)
    consent = agree(village, person, ConsentScope.REFERRAL)
    with village.work() as work:
        referral = refer(work, person, ask(work)).id
        withdraw_consent(work, consent, "tidak mau lagi")
    before = dump(village)
    with pytest.raises(ReferralNotAgreed), village.work() as work:
        refer(work, person, ask(work, purpose="lain"), referral)
    with pytest.raises(ReferralNotAgreed), village.work() as work:
        hand_over(work, referral)
    assert dump(village) == before


# -- care --------------------------------------------------------------------------------------------------------------


def test_care_of_one_person(village: Store) -> None:
    person, other = shared_case(village), shared_case(village, "Agnes Kelen")
    mistaken = agree(village, person, ConsentScope.SERVICE)
    with village.work() as work:
        work.write(Consent, mistaken, deleted="salah orang")
    last = agree(village, person, ConsentScope.SERVICE)
    with village.work() as work:
        care, row = care_of(work, person), care_of(work, person).referrals[0]
        nobody = care_of(work, resident_without_anything(work))
    assert care.agreement.scopes == {"service"}
    assert (care.consents[0].id, len(care.consents)) == (last, 2)
    assert all(consent.person_id == person for consent in care.consents)
    assert (len(care.cases), len(care.referrals)) == (1, 1)
    assert row.case_code == care.cases[0].code
    assert (row.person_id, row.person_name, row.status) == (person, "Yohanis Bere", "handed_over")
    assert row.institution_name
    assert (row.referred_on, row.answered_on) == ("2026-11-21", None)
    assert row.person_id != other
    assert (nobody.consents, nobody.cases, nobody.referrals, nobody.agreement.scopes) == ((), (), (), set())


def resident_without_anything(work: Work) -> str:

    return record_person(work, name="Petrus").person.id


def test_the_paper_shows_the_consent_written_last(desks: Desks) -> None:
    """Even if the clock fell back in between: the same one that decides."""
    village = desks.village
    person = resident(village)
    agree(village, person, ConsentScope.REFERRAL, witness="Saksi lama")
    desks.clock.move(days=-3)
    agree(village, person, ConsentScope.REFERRAL, witness="Saksi baru")
    with village.work() as work:
        form = referral_form(work, refer(work, person, ask(work)).id, "id")
    assert form.consent is not None
    assert form.consent.witness == "Saksi baru"
    assert form.consent.given[0].on == PartialDate(2026, 11, 18)


def test_a_corrected_day_does_not_bring_an_ended_consent_back(village: Store) -> None:
    person = resident(village)
    old = agree(village, person, ConsentScope.REFERRAL)
    agree(village, person)
    with village.work() as work:
        work.write(Consent, old, given_on="2026-11-20")
        assert care_of(work, person).agreement.scopes == set()


# -- open referrals ----------------------------------------------------------------------------------------------------


def rows(store: Store) -> tuple[ReferralRow, ...]:
    with store.work() as work:
        return open_referrals(work)


def test_open_referrals_the_most_urgent_and_the_oldest_first(desks: Desks) -> None:
    village = desks.village
    ids: dict[str, str] = {}
    for name, urgency in (
        ("Satu", None),
        ("Dua", Urgency.SOON),
        ("Tiga", Urgency.IMMEDIATE),
        ("Empat", Urgency.IMMEDIATE),
        ("Lima", Urgency.NORMAL),
    ):
        person = resident(village, name)
        agree(village, person, ConsentScope.REFERRAL)
        with village.work() as work:
            ids[name] = refer(work, person, ask(work, urgency=urgency.value if urgency else None)).id
        desks.clock.move(days=1)
    with village.work() as work:
        advance_referral(work, ids["Dua"], Handover.WITHDRAWN)
    found = rows(village)
    assert [row.person_name for row in found] == ["Tiga", "Empat", "Satu", "Lima"]
    assert [row.urgency for row in found] == ["immediate", "immediate", None, "normal"]
    helper = rows(desks.helper())
    assert [row.person_name for row in helper] == ["Satu", "Tiga", "Empat", "Lima"]
    assert {(row.institution_name, row.urgency) for row in helper} == {("", None)}
    assert {row.status for row in helper} == {"consented"}
    assert all(row.case_code for row in helper)


@pytest.mark.parametrize(("answered", "is_open"), [(each, each is not Answered.FINISHED) for each in Answered])
def test_what_the_ppt_answered_is_where_a_referral_stands(desks: Desks, answered: Answered, is_open: bool) -> None:
    shared_case(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, answered=answered.value, answered_on="2026-11-22")
        found = open_referrals(work)
    assert [(row.status, row.answered_on) for row in found] == [(answered.value, "2026-11-22")] * is_open


# -- screenings --------------------------------------------------------------------------------------------------------


def test_screenings_the_newest_first(desks: Desks) -> None:
    person, other = resident(desks.village), resident(desks.village, "Agnes")
    first = screen(desks.village, person)
    screen(desks.village, other)
    desks.clock.move(days=1)
    with desks.village.work() as work:
        calm = record_screening(work, person, {"E-PRO-RECRUIT": Answer(Value.NO)}).screening.id
        again = record_screening(work, person, {}).screening.id
        found, all_worrying = screenings_of(work, person), worrying(work)
    assert [row.id for row in found] == [again, calm, first]
    assert [row.screened_on for row in found] == ["2026-11-22", "2026-11-22", "2026-11-21"]
    assert [row.answers for row in found] == [0, 1, 4]
    assert (found[2].finding, found[1].finding) == ("suspected", "not_enough_information")
    assert all(row.questionnaire and row.person_id == person for row in found)
    assert {(row.person_id, row.finding) for row in all_worrying} == {(person, "suspected"), (other, "suspected")}


def test_danger_alone_is_worrying_too(village: Store) -> None:

    danger = next(entry.code for entry in newest().entries if entry.kind is Kind.TRIAGE and entry.risk is Risk.MEDIUM)
    with village.work() as work:
        person = resident_without_anything(work)
        screening = record_screening(work, person, {danger: Answer(Value.YES)}).screening
        assert screening.finding != "suspected"
        assert [(row.id, row.risk) for row in worrying(work)] == [(screening.id, screening.risk)]


def test_without_the_case_key_only_that_there_was_one(desks: Desks) -> None:
    person = resident(desks.village)
    screen(desks.village, person)
    with desks.helper().work() as work:
        [row] = screenings_of(work, person)
        assert worrying(work) == ()
    assert (row.screened_on, row.finding, row.risk, row.answers) == ("2026-11-21", None, None, 0)
