# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk that was put back to an older state goes on exchanging: nothing lost, nothing merged silently, no fork."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import (
    PPT_PASSPHRASE,
    VILLAGE_PASSPHRASE,
    Desks,
    _stretched,
    agree,
    content,
    deliveries,
    enrolled,
    resident,
)

from trafficwatch.models.casework import ConsentScope, Tally
from trafficwatch.models.exchange import PeerStatus
from trafficwatch.models.people import Person
from trafficwatch.registry.residents import record_person
from trafficwatch.store import backup, restore, vault_slots
from trafficwatch.store.check import check
from trafficwatch.store.unlock import open_store
from trafficwatch.store.work import Store
from trafficwatch.sync import enrolling
from trafficwatch.sync.bundle import SenderRevoked
from trafficwatch.sync.devices import peers
from trafficwatch.sync.importing import take_in


class PutBack:
    """Two desks, with backups of each and marks."""

    def __init__(self, desks: Desks) -> None:
        self.desks, self.marks = desks, desks.folder / "marks"
        (desks.folder / "backups").mkdir()

    def back_up(self, name: str) -> Path:
        return Path(backup.make(self._store(name), self.desks.folder / "backups", "by_hand").place)

    def restore(self, name: str, place: Path, *, marks: bool = True) -> None:
        """Close, restore and unlock again, as the desk does it."""
        self._store(name).close()
        folder, passphrase = self.desks.folder / name, VILLAGE_PASSPHRASE if name == "village" else PPT_PASSPHRASE
        known = self.marks if marks else None
        restore.restore(folder, place, passphrase, discard_newer=True, marks=known, clock=self.desks.clock)
        setattr(self.desks, name, open_store(folder, passphrase, clock=self.desks.clock, marks=known))

    def _store(self, name: str) -> Store:
        found: Store = getattr(self.desks, name)
        return found

    def carry(self) -> None:
        """Everything out, in, and back; nothing may be refused."""
        for done in self.desks.exchange():
            assert (done.refused, done.again) == (0, False)


@pytest.fixture
def back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PutBack]:
    monkeypatch.setattr(vault_slots, "_stretch", _stretched)
    with enrolled(tmp_path) as desks:
        yield PutBack(desks)


def shared(store: Store, name: str) -> str:
    person = resident(store, name)
    agree(store, person, ConsentScope.SHARE_CARD)
    return person


def change(store: Store, person: str, **values: Any) -> None:
    with store.work() as work:
        record_person(work, person, **values)


def standing(store: Store, person: str, field: str) -> set[str]:
    """All values that stand for one field of a person: more than one is a difference that a person has to settle."""
    with store.work() as work:
        state = work.records.state("person", person)
    return set() if state is None else {text for texts in state.fields[field].values.values() for text in texts}


def test_what_a_restored_village_records_reaches_the_ppt_beside_what_it_forgot(back: PutBack) -> None:
    desks = back.desks
    one, two = shared(desks.village, "Maria"), shared(desks.village, "Yosef")
    place = back.back_up("village")
    back.carry()
    change(desks.village, one, address="RT 1")
    change(desks.village, two, address="RT 2")
    lost = shared(desks.village, "Elisabet")
    back.carry()
    back.restore("village", place)
    change(desks.village, one, address="RT 9")
    new = shared(desks.village, "Kornelis")
    [path] = desks.send()
    manifest, _ = content(desks.ppt, path)
    assert manifest.number == 1  # of another epoch
    done, receipt = desks.deliver(path)
    assert (done.refused, done.gap, done.again) == (0, 0, False)
    take_in(desks.village, receipt)
    assert standing(desks.ppt, one, "address") == {'"RT 1"', '"RT 9"'}  # a difference, no silent merge
    assert standing(desks.ppt, two, "address") == {'"RT 2"'}  # what the village forgot stays
    with desks.ppt.work() as work:
        assert work.records.get(Person, one).address == "RT 9"
        assert {work.records.get(Person, person).name for person in (lost, new)} == {"Elisabet", "Kornelis"}
    assert {state for state, _ in deliveries(desks.village).values()} == {"received"}
    assert check(desks.village).findings == check(desks.ppt).findings == ()


@pytest.mark.parametrize("marks", [True, False])
def test_a_count_is_no_difference(back: PutBack, marks: bool) -> None:
    """The tally is counted anew each time, also by a village that forgot the last one."""
    desks = back.desks
    place = back.back_up("village")
    for name in ("Maria", "Yosef", "Elisabet"):
        shared(desks.village, name)
        back.carry()
    back.restore("village", place, marks=marks)
    shared(desks.village, "Kornelis")
    back.carry()
    with desks.ppt.work() as work:
        [tally] = work.records.select(Tally)
        assert tally.people == 1
        [state] = work.records.states("tally")
        assert not any(field.differs for field in state.fields.values())


def test_an_old_receipt_of_what_was_forgotten_harms_nothing(back: PutBack) -> None:
    desks = back.desks
    shared(desks.village, "Maria")
    place = back.back_up("village")
    [path] = desks.send()
    _, receipt = desks.deliver(path)
    back.restore("village", place)
    with pytest.raises(Exception, match="receipt_for_nothing"):
        take_in(desks.village, receipt)
    back.carry()
    assert {state for state, _ in deliveries(desks.village).values()} == {"received"}


def test_a_restored_ppt_gets_again_what_it_forgot(back: PutBack) -> None:
    desks = back.desks
    before = shared(desks.village, "Maria")
    back.carry()
    place = back.back_up("ppt")
    desks.clock.move(days=1)
    after = shared(desks.village, "Yosef")
    change(desks.village, before, address="RT 1")
    back.carry()
    back.restore("ppt", place)
    with desks.ppt.work() as work:
        assert not work.records.exists("person", after)
    shared(desks.village, "Elisabet")
    back.carry()  # the receipt is the first word of the new epoch
    back.carry()
    with desks.ppt.work() as work:
        assert work.records.get(Person, after).name == "Yosef"
        assert work.records.get(Person, before).address == "RT 1"
        assert work.records.count("person") == 3
    assert {state for state, _ in deliveries(desks.village).values()} == {"received"}


def test_a_restored_ppt_trusts_nobody_again_and_its_word_is_heard(back: PutBack) -> None:
    desks = back.desks
    shared(desks.village, "Maria")
    back.carry()
    place = back.back_up("ppt")
    with desks.village.work() as work:
        device = work.info.device
    notice = enrolling.revoke(desks.ppt, device, desks.stick, "hilang")
    back.restore("ppt", place)
    shared(desks.village, "Yosef")
    [path] = desks.send()
    with pytest.raises(SenderRevoked):
        take_in(desks.ppt, path)
    assert check(desks.ppt).findings == ()
    take_in(desks.village, notice)
    with desks.village.work() as work:
        [ppt] = peers(work)
    assert ppt.status is PeerStatus.REVOKED


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
def test_schedules_of_restores_lose_nothing_that_was_confirmed(back: PutBack, seed: int) -> None:
    """Every value that the PPT ever confirmed stands there, or gave way to one whose author had seen it."""
    chance, desks = random.Random(seed), back.desks
    people = [shared(desks.village, name) for name in ("Maria", "Yosef")]
    places = [back.back_up("village")]
    back.carry()
    written: dict[str, set[str]] = {}
    confirmed: set[tuple[str, str]] = set()
    village: dict[str, str | None] = dict.fromkeys(people)
    kept = [dict(village)]
    count = 0

    def write() -> None:
        nonlocal count
        count += 1
        person, value = chance.choice(people), f"RT {count}"
        seen = village[person]
        written[value] = written.get(seen, set()) | {seen} if seen else set()
        change(desks.village, person, address=value)
        village[person] = value

    def carry() -> None:
        desks.clock.move(hours=1)
        write()  # so that there is something to send
        back.carry()
        confirmed.update((person, value) for person, value in village.items() if value)

    def save() -> None:
        places.append(back.back_up("village"))
        kept.append(dict(village))

    def go_back() -> None:
        chosen = chance.randrange(len(places))
        back.restore("village", places[chosen], marks=chance.random() < 0.7)
        village.update(kept[chosen])

    steps: list[Callable[[], None]] = [write, carry, save, go_back]
    for step in chance.choices(steps, weights=[3, 3, 1, 2], k=10):
        step()
    carry()
    for person, value in confirmed:
        now = {text.strip('"') for text in standing(desks.ppt, person, "address")}
        assert value in now or any(value in written[text] for text in now)
