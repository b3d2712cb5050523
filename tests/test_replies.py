# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reply of the PPT carries and to whom, what a village takes in of it, and what the PPT writes of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import NOELBAKI, TARUS, Desks, content, dump, enrol, enrolled, files, found_village, make_bundle, shared_case
from sync_tools import written_once

from trafficwatch.models.accompanying import CasePart, DeepAssessment
from trafficwatch.models.aftercare import CarePolicy, FollowUpStart
from trafficwatch.models.casework import Answered, CaseRecord, Reading, Referral, Screening, SecondReading
from trafficwatch.models.exchange import BundleKind, Delivery, Stamp
from trafficwatch.models.institution import Institution
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Volunteer
from trafficwatch.ppt.answers import answer_referral
from trafficwatch.ppt.care import (
    CareDayAhead,
    CareDaysReversed,
    PolicyOutOfRange,
    own_of,
    policy_of,
    save_own,
    set_policy,
)
from trafficwatch.screening.second_reading import Seen, read_again
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import FieldOwnedElsewhere
from trafficwatch.sync import wire
from trafficwatch.sync.enrolling import reply, revoke
from trafficwatch.sync.exporting import NothingToSend
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.publishing import write_replies
from trafficwatch.sync.replies import ReplyNeedsCaseKey, replies_due, villages
from trafficwatch.village.setup import desk_members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trafficwatch.store.work import Store

ABOUT_PEOPLE = {"referral", "second_reading", "case_part", "deep_assessment", "volunteer"}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def worked_on(desks: Desks) -> dict[str, str]:
    """A case that came, which the PPT has read again, assessed, shared out and answered; gives the records' ids."""
    person = shared_case(desks.village)
    desks.exchange()
    with desks.ppt.work() as work:
        case, first, referral = (work.records.select(cls)[0] for cls in (CaseRecord, Screening, Referral))
        institution = work.records.select(Institution)[0].id
        reading = read_again(work, first.id, Reading.CONFIRMED, seen=Seen.of(first))
        part = save_own(
            work, CasePart, case.id, None, {"institution_id": institution, "since": "2026-11-20", "part": "Rumah aman"}
        )
        deep = save_own(
            work, DeepAssessment, case.id, None, {"assessed_on": "2026-11-21", "summary": "Perlu pendampingan lama"}
        )
        answer_referral(work, referral.id, Answered.ACCEPTED, "Dijemput Senin")
        set_policy(work, FollowUpStart.REINTEGRATION, 9, 30, 5)
    return {"person": person, "case": case.id, "referral": referral.id} | {
        "reading": reading.id,
        "part": part.id,
        "deep": deep.id,
    }


def test_all_that_the_ppt_wrote_comes_back(desks: Desks) -> None:
    made = worked_on(desks)
    with desks.ppt.work() as work:
        assert [each.answers for each in replies_due(work)] == [4]  # the officer who read again comes along
    came = take_in(desks.village, write_replies(desks.ppt, desks.stick)[0])
    assert (came.refused, {(each.type, each.status) for each in came.news}) == (
        0,
        {("referral", "accepted"), ("case_part", ""), ("deep_assessment", ""), ("second_reading", "")},
    )
    for cls, key in ((Referral, "referral"), (SecondReading, "reading"), (CasePart, "part"), (DeepAssessment, "deep")):
        with desks.village.work() as here, desks.ppt.work() as there:
            assert here.records.get(cls, made[key]) == there.records.get(cls, made[key])
    with desks.village.work() as work:
        policy = policy_of(work)
        assert policy is not None
        assert (policy.follow_up_start, policy.follow_up_months, policy.keep_years) == ("reintegration", 9, 5)
        reader = work.records.get(SecondReading, made["reading"]).read_by
        assert work.records.get(Volunteer, reader or "").name == "Petrus Nenobais"
        assert "Petrus Nenobais" not in {member.name for member in desk_members(work)}
    with pytest.raises(NothingToSend):  # nothing of it is ours to send, nor the officer who came with it
        desks.send()


def test_nothing_of_one_village_goes_to_another(desks: Desks, tmp_path: Path) -> None:
    other = found_village(tmp_path / "tarus", desks.clock, TARUS)
    try:
        enrol(other, desks.ppt, tmp_path)
        made = worked_on(desks)
        with desks.village.work() as work:
            name = work.records.get(Person, made["person"]).name or ""
        with desks.ppt.work() as work:
            codes = [peer.code for peer in villages(work)]
        paths = dict(zip(codes, write_replies(desks.ppt, desks.stick), strict=True))
        theirs = paths[TARUS[0]]
        lines = content(other, theirs)[1]
        assert not ABOUT_PEOPLE & {line["type"] for line in lines}
        assert not any(text in str(lines) for text in (*made.values(), name, "Dijemput Senin", "Petrus Nenobais"))
        assert "care_policy" in {line["type"] for line in lines}
        assert types_in(desks.village, paths[NOELBAKI[0]]) >= ABOUT_PEOPLE
        assert take_in(other, theirs).news == ()
    finally:
        other.close()


def types_in(store: Store, path: Path) -> set[str]:
    return {line["type"] for line in content(store, path)[1]}


def test_a_revoked_device_hears_of_nobody(desks: Desks) -> None:
    worked_on(desks)
    with desks.village.work() as work:
        device = work.info.device
    notice = revoke(desks.ppt, device, desks.stick, "hilang")
    assert not ABOUT_PEOPLE & types_in(desks.village, notice)
    assert not ABOUT_PEOPLE & types_in(desks.village, reply(desks.ppt, device, desks.stick))


def test_without_the_case_key_nothing_is_changed(desks: Desks) -> None:
    made = worked_on(desks)
    [path] = write_replies(desks.ppt, desks.stick)
    village = desks.helper()
    before, backups = dump(village), files(village.folder / "backups") if (village.folder / "backups").is_dir() else {}
    with pytest.raises(ReplyNeedsCaseKey) as caught:
        take_in(village, path)
    assert isinstance(caught.value, CaseKeyNeeded)
    assert dump(village) == before
    assert (files(village.folder / "backups") if (village.folder / "backups").is_dir() else {}) == backups
    came = take_in(desks.trained(), path)
    assert (came.again, came.refused) == (False, 0)
    with desks.village.work() as work:
        assert work.records.get(Referral, made["referral"]).answer_reason == "Dijemput Senin"


def test_a_reply_without_case_text_needs_no_key(desks: Desks) -> None:
    """As the replies of earlier versions, which carried the directory alone."""
    with desks.ppt.work() as work:
        set_policy(work, FollowUpStart.RETURN, 6, 14, None)
    [path] = write_replies(desks.ppt, desks.stick)
    village = desks.helper()
    assert take_in(village, path).refused == 0
    with village.work() as work:
        assert len(work.records.select(CarePolicy)) == 1


def test_what_is_not_the_ppts_is_refused_record_by_record(desks: Desks) -> None:
    made = worked_on(desks)
    with desks.village.work() as work:
        code, device = work.info.code, work.info.device
        before = work.records.get(Referral, made["referral"])
        person = work.records.get(Person, made["person"])
    stamp = Stamp(500, "b" * 16)

    def line(type_name: str, record_id: str, home: str, **fields: str) -> str:
        state = written_once(type_name, fields, stamp=stamp)
        return wire.encode_record(type(state)(type_name, record_id, state.fields), home)

    unknown = "00000000-0000-4000-8000-000000000077"
    lines = [
        line("person", made["person"], code, name="Nama Lain"),
        line("referral", made["referral"], code, purpose="Diganti PPT", answered="declined"),
        line("referral", unknown, code, answered="accepted"),
        line("second_reading", made["reading"], "53.01.08.2001", reading="changed"),
        line("person", unknown, "53.01", name="Orang Baru"),
        line("deep_assessment", unknown, "53.01", case_id=unknown, person_id=made["person"], summary="x"),
    ]
    path = make_bundle(desks.ppt, device, BundleKind.REPLY, lines, desks.stick / "aneh.twb")
    came = take_in(desks.village, path)
    assert sorted((each.type, each.state, each.reason) for each in came.results) == sorted(
        [
            ("person", Delivery.REFUSED, "field_owned_elsewhere"),
            ("referral", Delivery.RECEIVED, ""),
            ("referral", Delivery.REFUSED, "link_missing"),
            ("second_reading", Delivery.REFUSED, "record_of_another_village"),
            ("person", Delivery.REFUSED, "record_of_another_village"),
            ("deep_assessment", Delivery.REFUSED, "link_missing"),
        ]
    )
    with desks.village.work() as work:
        after = work.records.get(Referral, made["referral"])
        assert (after.purpose, after.answered) == (before.purpose, "declined")
        assert work.records.get(Person, made["person"]) == person
        assert not work.records.exists("person", unknown)


def test_a_village_writes_none_of_it_and_days_must_be_possible(desks: Desks) -> None:
    made = worked_on(desks)
    with desks.ppt.work() as work:
        part = {"since": "2026-11-20", "until": "2026-11-19"}
        with pytest.raises(CareDaysReversed):
            save_own(work, CasePart, made["case"], made["part"], part)
        with pytest.raises(CareDayAhead):
            save_own(work, DeepAssessment, made["case"], made["deep"], {"assessed_on": "2026-11-22"})
        with pytest.raises(RecordUnknown):
            save_own(work, CasePart, made["case"], made["deep"], {})
        changed = save_own(work, CasePart, made["case"], made["part"], {"until": "2026-12", "result": "Pindah"})
        assert (changed.result, own_of(work, CasePart, made["case"])) == ("Pindah", (changed,))
        for months, days, years in ((5, 30, None), (61, 30, None), (6, 0, None), (6, 30, 51)):
            with pytest.raises(PolicyOutOfRange):
                set_policy(work, FollowUpStart.RETURN, months, days, years)
        set_policy(work, FollowUpStart.RETURN, 6, 30, None)
        assert work.records.count("care_policy") == 1
    for attempt in (
        lambda work: set_policy(work, FollowUpStart.RETURN, 6, 30, None),
        lambda work: save_own(work, DeepAssessment, made["case"], None, {"assessed_on": "2026-11-21", "summary": "x"}),
    ):
        with pytest.raises(FieldOwnedElsewhere), desks.village.work() as work:
            attempt(work)


def test_another_record_of_the_case_is_not_reached_by_its_id(desks: Desks) -> None:
    made = worked_on(desks)
    with desks.ppt.work() as work:
        other = work.write(
            CaseRecord, None, person_id=made["person"], code="X", opened_on="2026-11-21", opened_by=work.volunteer
        )
        with pytest.raises(RecordUnknown):
            save_own(work, CasePart, other, made["part"], {"result": "x"})
