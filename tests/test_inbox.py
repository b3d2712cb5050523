# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's page 'Kotak masuk': villages, bundles, what was refused, and a received case as far as it was shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import (
    NOELBAKI,
    SHARED,
    TARUS,
    Desks,
    agree,
    dump,
    enrol,
    enrolled,
    found_village,
    make_bundle,
    refer,
    resident,
    screen,
    screen_worked_case,
    shared_case,
)

from trafficwatch.casework.referrals import advance_referral
from trafficwatch.models import casework
from trafficwatch.models.casework import ConsentScope, Handover, Referral, Urgency
from trafficwatch.models.exchange import BundleKind, PeerStatus
from trafficwatch.models.screening import Finding, Risk
from trafficwatch.registry.residents import agree_safe_contact, check_document, plan_journey
from trafficwatch.screening.explanation import explain
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.sealing import CaseKeyNeeded, Sealer
from trafficwatch.sync import enrolling
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.inbox import (
    CaseRow,
    ReceivedCase,
    RefusedRow,
    bundles,
    received_case,
    received_cases,
    refused_of,
    villages,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def cases(desks: Desks) -> tuple[CaseRow, ...]:
    with desks.ppt.work() as work:
        return received_cases(work)


def case(desks: Desks) -> ReceivedCase:
    [found] = cases(desks)
    with desks.ppt.work() as work:
        return received_case(work, found.case_id)


# -- villages and bundles ----------------------------------------------------------------------------------------------


def test_a_village_that_sent_nothing_yet(desks: Desks) -> None:
    with desks.ppt.work() as work:
        [found] = villages(work)
        assert bundles(work) == ()
        assert received_cases(work) == ()
    assert (found.code, found.name, found.status) == (*NOELBAKI, PeerStatus.ACTIVE)
    assert (found.since[:10], found.last_bundle_at) == ("2026-11-21", None)
    assert (found.bundles, found.received, found.refused) == (0, 0, 0)


def test_what_came_is_counted(desks: Desks) -> None:
    shared_case(desks.village)
    [first] = desks.exchange()
    with desks.ppt.work() as work:
        device = work.info.device
    desks.clock.move(hours=3)
    path = make_bundle(desks.village, device, BundleKind.REPORT, ["no record at all"], desks.stick / "odd.twb")
    second, _ = desks.deliver(path)
    with desks.ppt.work() as work:
        [village] = villages(work)
        newest, oldest = bundles(work)
        assert bundles(work, 1, 1) == (oldest,)
        assert refused_of(work, second.bundle) == (RefusedRow("", "", "line_malformed"),)
        assert (refused_of(work, first.bundle), refused_of(work, "unknown")) == ((), ())
    assert (village.bundles, village.received, village.refused) == (2, first.received, 1)
    assert village.last_bundle_at == newest.received_at == "2026-11-21T04:00:00+00:00"
    assert (newest.bundle, newest.number, newest.received, newest.refused) == (second.bundle, 2, 0, 1)
    assert (oldest.bundle, oldest.kind, oldest.received, oldest.refused) == (first.bundle, "report", first.received, 0)
    assert (oldest.sender_name, oldest.receipt, newest.receipt) == (NOELBAKI[1], first.receipt, second.receipt)


def test_a_revoked_village_stays_in_the_list(desks: Desks) -> None:
    with desks.village.work() as work:
        device = work.info.device
    enrolling.revoke(desks.ppt, device, desks.stick, "hilang")
    with desks.ppt.work() as work:
        assert [(each.device, each.status) for each in villages(work)] == [(device, PeerStatus.REVOKED)]


# -- cases -------------------------------------------------------------------------------------------------------------


def test_open_and_urgent_cases_come_first(desks: Desks) -> None:
    people = {}
    for name, urgency in (("Biasa", None), ("Segera", Urgency.IMMEDIATE), ("Ditarik", Urgency.IMMEDIATE)):
        people[name] = resident(desks.village, name)
        agree(desks.village, people[name], *SHARED)
        referral = refer(desks.village, people[name], urgency=urgency.value if urgency else None)
        if name == "Ditarik":
            with desks.village.work() as work:
                advance_referral(work, referral.id, Handover.WITHDRAWN)
    desks.exchange()
    desks.clock.move(days=1)
    shared_case(desks.village, "Baru")
    desks.exchange()
    found = cases(desks)
    assert [(each.person_name, each.urgency, each.status) for each in found] == [
        ("Segera", "immediate", "handed_over"),
        ("Baru", None, "handed_over"),
        ("Biasa", None, "handed_over"),
        ("Ditarik", "immediate", "withdrawn"),
    ]
    assert [each.received_at[:10] for each in found] == ["2026-11-21", "2026-11-22", "2026-11-21", "2026-11-21"]
    assert {each.village_name for each in found} == {NOELBAKI[1]}
    assert all(each.code.count("-") == 2 for each in found)


def test_two_villages_are_told_apart(desks: Desks) -> None:
    other = found_village(desks.folder / "tarus", desks.clock, TARUS)
    enrol(other, desks.ppt, desks.stick)
    for store, name in ((desks.village, "Orang Noelbaki"), (other, "Orang Tarus")):
        shared_case(store, name)
        [made] = export(store, desks.stick)
        take_in(desks.ppt, made.path)
    other.close()
    assert {each.person_name: each.village_name for each in cases(desks)} == {
        "Orang Noelbaki": NOELBAKI[1],
        "Orang Tarus": TARUS[1],
    }


def test_a_received_case_has_all_that_was_shared(desks: Desks) -> None:
    person = resident(desks.village, "Yohanis Bere", address="Dusun 2")
    with desks.village.work() as work:
        journey = plan_journey(work, person, destination_country="MY")
        check_document(work, person, journey.id, kind="ktp", found="true")
        agree_safe_contact(work, person, through="Bibi Rosa")
    agree(desks.village, person, *SHARED)
    screen_worked_case(desks.village, person)
    referral = refer(desks.village, person, purpose="Pendampingan", urgency="soon")
    desks.exchange()
    found = case(desks)
    assert (found.person.id, found.person.address, found.village_name) == (person, "Dusun 2", NOELBAKI[1])
    assert found.contact
    assert found.contact.through == "Bibi Rosa"
    assert ConsentScope.SHARE_CASE in found.agreement.scopes
    assert len(found.consents) == 1
    assert [each.destination_country for each in found.journeys] == ["MY"]
    assert [each.kind for each in found.documents] == ["ktp"]
    assert [(each.id, each.purpose) for each in found.referrals] == [(referral.id, "Pendampingan")]
    assert found.recorded
    assert found.screening
    assert found.explanation
    evaluation = found.screening.evaluation
    assert (found.recorded.finding, found.recorded.risk) == (evaluation.finding, evaluation.risk)
    assert evaluation.finding is Finding.SUSPECTED
    inputs = found.explanation
    with desks.village.work() as work:
        answers = work.records.select(casework.Screening)[0].answers
    assert inputs.answers.keys() == answers.keys()
    assert explain(evaluation, inputs.questionnaire, inputs.rules, inputs.answers, "id")


def test_what_was_refused_is_none(desks: Desks) -> None:
    """No answers came: the finding of the village stands, and none is made up from nothing."""
    person = resident(desks.village, "Yohanis Bere", address="Dusun 2", sex="m")
    agree(desks.village, person, *SHARED, refused=("person.address", "person.name", "screening.answers"))
    screen(desks.village, person)
    refer(desks.village, person)
    desks.exchange()
    assert cases(desks)[0].person_name is None
    found = case(desks)
    assert (found.person.name, found.person.address, found.person.sex, found.contact) == (None, None, "m", None)
    assert found.recorded
    assert (found.recorded.finding, found.recorded.risk, found.recorded.answers) == (Finding.SUSPECTED, Risk.LOW, {})
    assert (found.screening, found.explanation) == (None, None)


def test_a_questionnaire_of_a_newer_program_hides_nothing_else(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, *SHARED)
    screening = screen(desks.village, person)
    refer(desks.village, person, purpose="Pendampingan")
    with desks.village.work() as work:
        work.write(casework.Screening, screening, questionnaire="tppo@9")
    desks.exchange()
    found = case(desks)
    assert found.recorded
    assert found.recorded.finding == Finding.SUSPECTED
    assert (found.screening, found.explanation, found.referrals[0].purpose) == (None, None, "Pendampingan")


def test_a_case_without_screening_or_referral(desks: Desks) -> None:
    person = shared_case(desks.village)
    with desks.village.work() as work:
        for each in work.records.select(Referral):
            work.write(Referral, each.id, deleted="Salah lembaga")
        for screening in work.records.select(casework.Screening):
            work.write(casework.Screening, screening.id, deleted="Salah orang")
    desks.exchange()
    [row] = cases(desks)
    assert (row.status, row.urgency, row.referred_on) == (None, None, None)
    assert row.received_at == "2026-11-21T01:00:00+00:00"
    found = case(desks)
    assert (found.person.id, found.recorded, found.screening, found.referrals) == (person, None, None, ())


def test_a_case_does_not_open_without_the_case_key(desks: Desks) -> None:
    shared_case(desks.village)
    desks.exchange()
    [row] = cases(desks)
    with desks.ppt.work() as work:
        work.sealer = work.records._sealer = Sealer(None)
        with pytest.raises(CaseKeyNeeded):
            received_case(work, row.case_id)
        assert received_cases(work)[0].urgency is None


def test_an_unknown_case(desks: Desks) -> None:
    with pytest.raises(RecordUnknown), desks.ppt.work() as work:
        received_case(work, "00000000-0000-4000-8000-000000000000")


def test_looking_changes_nothing(desks: Desks) -> None:
    shared_case(desks.village)
    desks.exchange()
    before = dump(desks.ppt)
    case(desks)
    with desks.ppt.work() as work:
        villages(work)
        bundles(work)
    assert dump(desks.ppt) == before
