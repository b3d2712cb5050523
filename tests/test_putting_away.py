# SPDX-License-Identifier: GPL-3.0-or-later
"""Village-safe memory: after the PPT's receipt no case text is left on the laptop but the follow-up stub (design 6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from canaries import CANARY, hidden_in
from desks import SHARED, Desks, agree, content, deliveries, enrolled, resident, screen, sent, shared_case
from sqlalchemy import insert, select
from store_tools import standing
from stub_tools import canary_case, everything, read_here

from trafficwatch.casework.care import save_care
from trafficwatch.casework.follow_up_visits import record_follow_up
from trafficwatch.casework.follow_ups import follow_up_of, plan_follow_ups
from trafficwatch.models.aftercare import FollowUp, Placement
from trafficwatch.models.care import Account, PlanAction
from trafficwatch.models.casework import CaseRecord, Consent, Referral, Screening
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.people import SafeContact
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.stub import TextAtPpt
from trafficwatch.models.tables import local
from trafficwatch.store import backup
from trafficwatch.store.check import check
from trafficwatch.store.erasure import CoordinatorNeeded, holding
from trafficwatch.sync import pinning, putting_away
from trafficwatch.sync.exporting import NothingToSend, export
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.merge import merge_records
from trafficwatch.sync.pinning import PinReason, PinReasonMissing
from trafficwatch.sync.putting_away import GraceImpossible, Stay, TextHeld
from trafficwatch.village import drafts


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    read_here(monkeypatch)
    with enrolled(tmp_path) as both:
        yield both


def stays(desks: Desks, person: str) -> set[Stay]:
    with desks.village.work() as work:
        return set(putting_away.state(work, person).stays)


def told(desks: Desks, name: str = "Yohanis Bere") -> str:
    """Somebody whose shared case has an account, and whose home-coming makes a plan of visits."""
    person = shared_case(desks.village, name)
    with desks.village.work() as work:
        work.write(SafeContact, None, person_id=person, way="phone", number="0812")
        save_care(
            work, "account", None, {"asked_by": "ppt", "asked_for": "rujukan", "exploitation": CANARY}, person_id=person
        )
        assessed = {"security": "aman", "return_verdict": "safe"}
        save_care(work, "return_safety", None, assessed, person_id=person)
        home = {"placement": "family", "chosen_by": "person", "placed_on": "2026-11-20", "place": CANARY}
        save_care(work, "placement", None, home, person_id=person)
    return person


# -- gone means gone ---------------------------------------------------------------------------------------------------


def test_after_the_receipt_no_case_text_is_left(desks: Desks) -> None:
    """Each sealed field of each type of a case holds a canary; pages, log, journal and all that opens are looked at."""
    person = canary_case(desks.village)
    desks.exchange()
    assert hidden_in(everything(desks.village))
    before = check(desks.village).findings
    done = putting_away.put_away(desks.village, person)
    assert (done.people, done.records >= 27, done.compacted) == (1, True, True)
    assert hidden_in(everything(desks.village)) == []
    assert before == check(desks.village).findings == ()
    with desks.village.work() as work:
        known = putting_away.state(work, person)
        case = work.records.select(CaseRecord)[0]
        [screening] = work.records.select(Screening)
    assert (known.here, known.away, known.due_on) == (0, done.records, None)
    assert (bool(case.code), screening.risk, screening.finding, screening.answers) == (True, "high", None, {})
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)


def test_the_ppt_keeps_what_the_village_put_away(desks: Desks) -> None:
    person = told(desks)
    desks.exchange()
    putting_away.put_away(desks.village, person)
    with desks.village.work() as work:  # an open field of the same record goes on its way alone
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, handover="withdrawn")
    desks.exchange()
    with desks.ppt.work() as work:
        [known] = work.records.select(Referral)
        [account] = work.records.select(Account)
    assert (known.handover, known.purpose, account.exploitation) == ("withdrawn", "Pendampingan", CANARY)
    assert deliveries(desks.village)["referral", referral.id][0] == Delivery.RECEIVED
    with desks.village.work() as work:
        work.write(Referral, referral.id, deleted="mistake")
    desks.exchange()


def test_backups_that_held_the_text_go_and_others_are_listed(desks: Desks, tmp_path: Path) -> None:
    person = told(desks)
    stick = tmp_path / "backups"
    stick.mkdir()
    desks.clock.move(days=1)
    by_hand = backup.make(desks.village, stick, backup.Reason.BY_HAND)
    daily = backup.make_daily(desks.village)
    desks.exchange()
    done = putting_away.put_away(desks.village, person)
    assert daily is not None
    assert [each.id for each in done.backups] == [by_hand.id]
    assert not Path(daily.place).exists()
    with desks.village.work() as work:
        standing = [row for row in backup.backups(work) if row.gone_at is None]
        assert [each.id for each in holding(work)] == [by_hand.id]
    assert by_hand.id in {row.id for row in standing}
    assert max(row.sequence for row in standing) > daily.sequence  # a new one took its place


# -- what holds it -----------------------------------------------------------------------------------------------------


def test_nothing_goes_before_every_record_is_confirmed(desks: Desks) -> None:
    person = told(desks)
    assert stays(desks, person) == {Stay.UNSENT}
    [path, *_] = desks.send()
    assert stays(desks, person) == {Stay.UNSENT}
    _, receipt = desks.deliver(path)
    with pytest.raises(TextHeld):
        putting_away.put_away(desks.village, person)
    take_in(desks.village, receipt)
    assert stays(desks, person) == set()
    with desks.village.work() as work:
        [account] = work.records.select(Account)
        work.write(Account, account.id, before="lain")
    assert stays(desks, person) == {Stay.UNSENT}
    assert putting_away.run(desks.village).records == 0


def test_what_is_half_done_holds_the_text(desks: Desks) -> None:
    person = told(desks)
    with desks.village.work() as work:
        fields = {"action": "cari kerja", "doer": "relawan", "due_on": "2026-12-01"}
        [case] = work.records.select(CaseRecord)
        plan = work.write(PlanAction, None, person_id=person, case_id=case.id, **fields)
    desks.exchange()
    assert stays(desks, person) == {Stay.PLAN_OPEN}
    with desks.village.work() as work:
        work.write(PlanAction, plan, done_on="2026-11-21")
    desks.exchange()
    assert stays(desks, person) == set()
    with desks.village.work() as work:
        draft = drafts.keep(work, "screening", {"person": person, "note": CANARY}, case_text=True)
    assert stays(desks, person) == {Stay.DRAFT}
    with desks.village.work() as work:
        drafts.drop(work, draft)
        text = work.sealer.seal("quarantine", "f" * 16, "b/1", f"{CANARY} {person}")
        values = {"sender": "f" * 16, "bundle": "b", "line": 1, "type": "consent", "id": "x", "reason": "link_missing"}
        work.connection.execute(insert(local.quarantine).values(**values, content=text))
    assert stays(desks, person) == {Stay.QUARANTINE}


def test_a_pin_with_a_reason_keeps_the_text(desks: Desks) -> None:
    person, other = told(desks), shared_case(desks.village, "Maria Seran")
    desks.exchange()
    with desks.village.work() as work:
        with pytest.raises(PinReasonMissing):
            pinning.pin(work, person, PinReason.OTHER, "  ")
        pinning.pin(work, person, PinReason.OTHER, f"sidang {CANARY}")
        known = pinning.pinned(work, person)
    assert known is not None
    assert (known.why, known.words, known.volunteer) == (
        PinReason.OTHER,
        f"sidang {CANARY}",
        desks.village.keys.volunteer,
    )
    desks.clock.move(days=30)
    assert putting_away.run(desks.village).people == 1
    assert stays(desks, person) == {Stay.PINNED}
    assert stays(desks, other) == set()
    with desks.village.work() as work:
        pinning.unpin(work, person)
    assert putting_away.run(desks.village).people == 1
    assert hidden_in(everything(desks.village)) == ["utf-8"]  # the reason of the pin, in the change log
    with desks.village.work() as work:
        actions = work.connection.execute(select(local.journal.c.action).where(local.journal.c.id == person))
        assert {"pin", "unpin"} <= set(actions.scalars())


def test_what_is_nowhere_else_stays(desks: Desks) -> None:
    """A private note never leaves, nor what the person refused to pass on."""
    person = resident(desks.village)
    agree(desks.village, person, *SHARED, refused=("screening.answers",))
    screening = screen(desks.village, person)
    with desks.village.work() as work:
        work.write(Screening, screening, note="catatan sendiri")
    desks.exchange()
    putting_away.put_away(desks.village, person)
    with desks.village.work() as work:
        found = work.records.get(Screening, screening)
    assert (found.note, bool(found.answers), found.finding) == ("catatan sendiri", True, None)
    assert stays(desks, person) == {Stay.NEVER_LEAVES}
    assert check(desks.village).findings == ()


# -- by itself ---------------------------------------------------------------------------------------------------------


def test_the_text_goes_by_itself_when_the_days_are_over(desks: Desks) -> None:
    person = told(desks)
    desks.exchange()
    with desks.village.work() as work:
        assert putting_away.state(work, person).due_on == "2026-11-28"
    desks.clock.move(days=6)
    assert putting_away.run(desks.village).records == 0
    desks.clock.move(days=1)
    assert putting_away.run(desks.village).people == 1
    assert hidden_in(everything(desks.village)) == []


def test_the_coordinator_sets_the_days(desks: Desks) -> None:
    with desks.village.work() as work:
        with pytest.raises(GraceImpossible):
            putting_away.set_grace(work, 3)
        putting_away.set_grace(work, 0)
    person = told(desks)
    desks.exchange()
    with desks.village.work() as work:
        assert putting_away.state(work, person).away > 0  # with the receipt itself
    with desks.helper().work() as work, pytest.raises(CoordinatorNeeded):
        putting_away.set_grace(work, 30)
    assert putting_away.run(desks.village).records == 0


def test_a_receipt_by_a_clock_of_another_century_is_no_reason_to_wait(desks: Desks, tmp_path: Path) -> None:
    person = told(desks)
    [path] = desks.send()
    desks.clock.move(days=40_000)
    _, receipt = desks.deliver(path)
    desks.clock.move(days=-40_000)
    take_in(desks.village, receipt)
    with desks.village.work() as work:
        assert putting_away.state(work, person).due_on == "2026-11-28"


# -- afterwards --------------------------------------------------------------------------------------------------------


def test_the_follow_up_goes_on_from_the_stub(desks: Desks) -> None:
    person = told(desks)
    with desks.village.work() as work:
        before = follow_up_of(work, person)
    desks.exchange()
    putting_away.put_away(desks.village, person)
    with desks.village.work() as work:
        found = follow_up_of(work, person)
        plan_follow_ups(work, person)
        after = follow_up_of(work, person)
    assert [each.planned_on for each in found.waiting] == [each.planned_on for each in before.waiting] != []
    assert (after.waiting, after.is_outdated, found.contact is not None) == (found.waiting, False, True)
    desks.clock.move(days=31)
    with desks.village.work() as work:
        visit = record_follow_up(
            work, found.waiting[0].id, {"follow_up_way": "phone", "items": {"no_stigma": "yes"}, "mind_scale": 4}
        )
    [done] = desks.exchange()
    assert done.refused == 0
    with desks.ppt.work() as work:
        assert work.records.get(FollowUp, visit.id).mind_scale == 4
    assert deliveries(desks.village)["follow_up", visit.id][0] == Delivery.RECEIVED


def test_what_is_not_here_is_not_written_over(desks: Desks) -> None:
    person = told(desks)
    desks.exchange()
    putting_away.put_away(desks.village, person)
    with desks.village.work() as work:
        [account] = work.records.select(Account)
        [referral] = work.records.select(Referral)
        [placement] = work.records.select(Placement)
        with pytest.raises(TextAtPpt):
            work.write(Account, account.id, exploitation="lain")
        with pytest.raises(TextAtPpt):
            save_care(work, "placement", placement.id, {"place": "rumah lain"})
        work.write(Referral, referral.id, heard="accepted", heard_on="2026-11-21", heard_reason="kata petugas")
        new = save_care(
            work, "account", None, {"asked_by": "ppt", "asked_for": "rujukan", "wishes": "pulang"}, person_id=person
        )
    assert stays(desks, person) == {Stay.UNSENT}
    desks.exchange()
    assert stays(desks, person) == set()
    putting_away.put_away(desks.village, person)
    with desks.ppt.work() as work:
        assert work.records.get(Account, new.id).wishes == "pulang"  # type: ignore[attr-defined]
        assert work.records.get(Account, account.id).exploitation == CANARY


def test_an_old_copy_does_not_bring_the_text_back_but_new_text_comes(desks: Desks) -> None:
    """As the other laptop would send it: the same states again, and one with a change that nobody here has seen."""
    person = told(desks)
    with desks.village.work() as work:
        copies = [(state, work.info.code) for name in RECORD_TYPES for state in work.records.states(name)]
    desks.exchange()
    putting_away.put_away(desks.village, person)
    with desks.village.work() as work:
        for state, home in copies:
            known = work.records.state(state.type, state.id)
            work.take_in(merge_records(known, state) if known else state, home)
    assert hidden_in(everything(desks.village)) == []
    with desks.village.work() as work:
        [account] = work.records.select(Account)
        known = work.records.state("account", account.id)
        assert known is not None
        fields = {"exploitation": standing((99, "b", "baru")), "controls/debt": standing((99, "b", True))}
        theirs = type(known)("account", account.id, fields)
        work.take_in(merge_records(known, theirs), work.info.code)
        [account] = work.records.select(Account)
    assert (account.exploitation, account.controls) == ("baru", {"debt": True})
    assert stays(desks, person) == {Stay.UNSENT}


def test_text_comes_back_on_purpose_only(desks: Desks) -> None:
    """A copy from the PPT of somebody who is pinned; of others it stays away."""
    person = told(desks)
    desks.exchange()
    putting_away.put_away(desks.village, person)
    with desks.ppt.work() as work:
        copies = [state for name in ("account", "screening", "referral") for state in work.records.states(name)]

    def bring() -> None:
        with desks.village.work() as work:
            for state in copies:
                known = pinning.for_merge(work, work.records.state(state.type, state.id), state)
                work.take_in(merge_records(known, state) if known else state, work.info.code)

    bring()
    assert hidden_in(everything(desks.village)) == []
    with desks.village.work() as work:
        pinning.pin(work, person, PinReason.HANDLING)
    bring()
    with desks.village.work() as work:
        assert [each.exploitation for each in work.records.select(Account)] == [CANARY]
        assert work.records.select(Screening)[0].answers
    assert check(desks.village).findings == ()
    with desks.village.work() as work:
        pinning.unpin(work, person)
    assert putting_away.run(desks.village).records == 0
    assert stays(desks, person) <= {Stay.NO_COPY, Stay.UNSENT}


def test_consents_speak_as_before(desks: Desks) -> None:
    """What a stub keeps of a consent still says for whom it holds: nothing opens because a field went."""
    person = resident(desks.village)
    with desks.village.work() as work:
        institution = work.records.values("institution", "id")[0]
    agree(desks.village, person, *SHARED, recipients={institution: True}, explained=CANARY)
    screen(desks.village, person)
    desks.exchange()
    putting_away.put_away(desks.village, person)
    with desks.village.work() as work:
        [consent] = work.records.select(Consent)
    assert (consent.recipients, consent.explained) == ({institution: True}, None)


def test_nothing_of_a_stub_is_sent_as_empty(desks: Desks) -> None:
    person = told(desks)
    desks.exchange()
    putting_away.put_away(desks.village, person)
    with desks.village.work() as work:
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, handover="withdrawn")
    [path] = desks.send()
    [line] = [each for each in content(desks.ppt, path)[1] if each["type"] == "referral"]
    assert {"purpose", "chronology"}.isdisjoint(line["fields"])
    assert set(sent(desks.ppt, path)) == {"referral"}
