# SPDX-License-Identifier: GPL-3.0-or-later
"""An import can be undone until something builds on it; nothing is lost by it, and taken in again all is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aside_tools import all_lines, known, send_lines, split
from desks import SHARED, Desks, agree, dump, enrolled, resident, shared_case
from sqlalchemy import func, select

from trafficwatch.models.casework import Answered, Referral
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import local
from trafficwatch.store import resealing
from trafficwatch.store.check import check
from trafficwatch.store.erasure import CoordinatorNeeded, Ground, erase, never_take_in
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.sync import importing, quarantine, undoing
from trafficwatch.sync.bundle import open_bundle
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.undoing import ImportBuiltOn, Obstacle, ReasonNeeded, UndoNotPossible, undo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REASON = "paket data dari latihan"


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    monkeypatch.setattr(importing, "open_apart", open_bundle)  # the same reader, without a process of its own
    with enrolled(tmp_path) as found:
        yield found


def places(desks: Desks) -> list[quarantine.Place]:
    with desks.ppt.work() as work:
        return [each.place for each in quarantine.kept_aside(work)]


def take_again(desks: Desks) -> quarantine.Settled:
    wanted = places(desks)
    with desks.ppt.work() as work:
        return quarantine.try_again(work, wanted)


def kept(desks: Desks) -> int:
    with desks.ppt.work() as work:
        return work.connection.execute(select(func.count()).select_from(local.before_import)).scalar_one()


def test_undone_all_is_as_before_and_taken_in_again_as_after(desks: Desks) -> None:
    person = shared_case(desks.village)
    [first] = desks.exchange()
    with desks.village.work() as work:
        work.write(Person, person, name="Yohanis Bere Tefa")
    shared_case(desks.village, "Maria Seran")
    before = known(desks.ppt)
    [second] = desks.exchange()
    after = known(desks.ppt)
    assert before != after
    done = undo(desks.ppt, second.bundle, REASON)
    assert known(desks.ppt) == before
    assert len(places(desks)) == done.records > 0
    assert check(desks.ppt).findings == ()
    with desks.ppt.work() as work:
        assert {each.reason for each in quarantine.kept_aside(work)} == {"undone"}
        assert work.connection.execute(
            select(local.bundle_in.c.undone_at).where(local.bundle_in.c.bundle == second.bundle)
        ).scalar_one()
    with pytest.raises(UndoNotPossible):
        undo(desks.ppt, second.bundle, REASON)
    settled = take_again(desks)
    assert (settled.done, settled.left, settled.receipts) == (done.records, 0, ())
    assert known(desks.ppt) == after
    assert check(desks.ppt).findings == ()
    undo(desks.ppt, second.bundle, REASON)  # and so on, as often as anybody wants
    undo(desks.ppt, first.bundle, REASON)
    take_again(desks)
    assert known(desks.ppt) == after


def test_the_same_file_again_says_that_it_was_undone(desks: Desks) -> None:
    shared_case(desks.village)
    [path] = desks.send()
    done = take_in(desks.ppt, path)
    undo(desks.ppt, done.bundle, REASON)
    again = take_in(desks.ppt, path)
    assert (again.again, again.undone, again.receipt) == (True, True, done.receipt)
    take_again(desks)
    assert not take_in(desks.ppt, path).undone


def refused(desks: Desks, bundle: str) -> tuple[Obstacle, ...]:
    before = dump(desks.ppt)
    with pytest.raises(ImportBuiltOn) as caught:
        undo(desks.ppt, bundle, REASON)
    assert dump(desks.ppt) == before
    assert caught.value.params == {"count": sum(each.count for each in caught.value.obstacles)}
    return caught.value.obstacles


def test_what_was_changed_since_is_in_the_way(desks: Desks) -> None:
    shared_case(desks.village)
    [done] = desks.exchange()
    with desks.ppt.work() as work:
        [referral] = work.records.select(Referral)
        work.write(Referral, referral.id, answered=Answered.ARRIVED)
    assert Obstacle("changed", "referral", 1) in refused(desks, done.bundle)


def test_what_links_to_it_is_in_the_way_until_it_is_undone_too(desks: Desks) -> None:
    shared_case(desks.village)
    person, rest = split(all_lines(desks), {"person"})
    first, _ = desks.deliver(send_lines(desks, person))
    second, _ = desks.deliver(send_lines(desks, rest))
    assert {each.why for each in refused(desks, first.bundle)} == {"linked"}
    assert Obstacle("linked", "screening", 1) in refused(desks, first.bundle)
    undo(desks.ppt, second.bundle, REASON)
    undo(desks.ppt, first.bundle, REASON)
    take_again(desks)
    assert places(desks) == []


def test_a_draft_about_it_is_in_the_way(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, *SHARED)
    [done] = desks.exchange()
    with desks.ppt.work() as work:
        work.connection.execute(
            local.draft.insert().values(id="d", form="note", subject=person, saved_at=work.now, content="{}")
        )
    assert refused(desks, done.bundle) == (Obstacle("draft", "person", 1),)


def test_who_may_undo(desks: Desks) -> None:
    resident(desks.village)
    [done] = desks.exchange()
    with pytest.raises(ReasonNeeded):
        undo(desks.ppt, done.bundle, " ")
    with desks.ppt.work() as work:
        work.sealer = type(work.sealer)(None)
        with pytest.raises(CaseKeyNeeded):
            undoing.undo_in(work, done.bundle, REASON)
    with desks.ppt.work() as work:
        work.write(Volunteer, work.volunteer, category="volunteer")
        with pytest.raises(CoordinatorNeeded):
            undoing.undo_in(work, done.bundle, REASON)


def test_an_erased_record_is_in_nothing_that_was_kept_and_does_not_come_back(desks: Desks) -> None:
    person = shared_case(desks.village)
    [done] = desks.exchange()
    erase(desks.ppt, "person", person, Ground.PERSON_ASKED)
    with desks.ppt.work() as work:
        rows = work.connection.execute(select(local.before_import.c.type, local.before_import.c.id)).all()
        assert not [row for row in rows if row.type in {"person", "screening", "consent", "case_record", "referral"}]
    assert {each.why for each in refused(desks, done.bundle)} == {"linked"}  # who wrote it came with it
    assert check(desks.ppt).findings == ()


def test_what_was_undone_can_be_erased_where_it_waits(desks: Desks) -> None:
    person = shared_case(desks.village)
    [done] = desks.exchange()
    undo(desks.ppt, done.bundle, REASON)
    with desks.ppt.work() as work:
        never_take_in(work, ("person", person), Ground.PERSON_ASKED)
        assert not [each for each in quarantine.kept_aside(work) if each.type == "person" and each.is_kept]
    assert check(desks.ppt).findings == ()
    assert take_again(desks).left
    with desks.ppt.work() as work:
        assert not work.records.exists("person", person)


def test_what_is_kept_is_bounded(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        resident(desks.village, f"Warga {number}")
        desks.exchange()
    monkeypatch.setattr(undoing, "KEPT", 2)
    resident(desks.village, "Warga 3")
    desks.exchange()
    with desks.ppt.work() as work:
        assert len(undoing.undoable(work)) == 2
    monkeypatch.setattr(undoing, "BYTES", 1)
    resident(desks.village, "Warga 4")
    [newest] = desks.exchange()
    with desks.ppt.work() as work:
        assert undoing.undoable(work) == {newest.bundle}
    monkeypatch.undo()


def test_after_a_month_only_the_newest_import_can_be_undone(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    resident(desks.village)
    desks.exchange()
    desks.clock.move(days=31)
    resident(desks.village, "Warga baru")
    [newest] = desks.exchange()
    with desks.ppt.work() as work:
        assert undoing.undoable(work) == {newest.bundle}
        undoing.forget(work, "tally", work.records.values("tally", "id")[0])
        assert undoing.undoable(work) == frozenset()


def test_what_went_in_late_can_be_undone_with_its_bundle(desks: Desks) -> None:
    shared_case(desks.village)
    screening, rest = split(all_lines(desks), {"screening"})
    _, rest = split(rest, {"referral"})
    person, rest = split(rest, {"person"})
    first, _ = desks.deliver(send_lines(desks, screening + rest))
    before = known(desks.ppt)
    second, _ = desks.deliver(send_lines(desks, person))
    assert second.settled
    assert {each.why for each in refused(desks, second.bundle)} == {"linked"}
    undo(desks.ppt, first.bundle, REASON)
    undo(desks.ppt, second.bundle, REASON)
    take_again(desks)
    assert places(desks) == []
    assert before != known(desks.ppt)
    assert check(desks.ppt).findings == ()


def test_the_states_that_are_kept_move_to_a_new_case_key(desks: Desks) -> None:
    resident(desks.village)
    desks.exchange()
    assert kept(desks)
    with desks.ppt.work() as work:
        row = work.connection.execute(select(local.before_import)).first()
        place = ("before_import", row.bundle, f"{row.type}/{row.id}")
        assert work.sealer.opens(*place, row.state)
    assert resealing.place(local.before_import, row, "state") == place
