# SPDX-License-Identifier: GPL-3.0-or-later
"""What may happen in a schedule, one step at a time, and the rest at its end: people at two villages and a PPT record,
change, agree, withdraw, merge, delete, erase and settle; bundles are lost, doubled and late; stores are put back to
older copies; clocks jump by years. After each step that a bundle took part in, and at the end, `Model` decides.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from schedule_desks import LAPTOPS, ROUNDS, TYPES, VILLAGES, AtDesks
from schedule_model import Broken, Message, Model, Record
from schedule_world import PPT, desks

from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store import check
from trafficwatch.store.work import Work
from trafficwatch.sync import exporting, importing, outgoing, peering, replies
from trafficwatch.sync.devices import peers
from trafficwatch.sync.exporting import NothingToSend
from trafficwatch.sync.parcels import is_form


class Schedule(AtDesks):
    """One schedule under way."""

    # -- sticks --------------------------------------------------------------------------------------------------------

    def export(self, name: str) -> bool:
        """The village exports; whether there was anything to send."""
        try:
            made = exporting.export(self.devices[name].store, self.folder)
        except NothingToSend:
            return False
        except ExpectedError as error:
            raise Broken(f"{name}: no export: {error.key}") from error
        finally:
            with self.devices[name].store.work() as work:
                self.model.absorb(name, work)
        for each in made:
            self._send(each.bundle, each.path.read_bytes())
            each.path.unlink()
        return True

    def hand(self, name: str) -> bool:
        """A laptop exports for the other one of its village; whether there was anything to send."""
        if LAPTOPS.get(name) not in self.villages:
            return False
        try:
            made = peering.export(self.devices[name].store, self.devices[LAPTOPS[name]].id, self.folder)
        except NothingToSend:
            return False
        for each in made:
            self._send(each.bundle, each.path.read_bytes())
            each.path.unlink()
        return True

    def reply(self) -> None:
        """The PPT writes a reply for every village."""
        with self.devices[PPT].store.work() as work:
            ready = replies.ready_replies(work)
        for each in ready:
            if self.model.messages[each].recipient in self.villages:
                self._answer(PPT, each)

    def _answer(self, name: str, made: str) -> None:
        path = outgoing.write_answer(self.devices[name].store, made, self.folder)
        self._send(made, path.read_bytes())
        path.unlink()

    def _send(self, made: str, sealed: bytes) -> None:
        message = self.model.messages[made]
        message.sealed = sealed
        self.waiting.append(message)
        self.counts["bundles"] += 1

    def deliver(self, name: str, *, certainly: bool = False) -> None:
        """Any bundle for this device arrives, is lost on the way, or arrives and comes once more later."""
        here = [message for message in self.waiting if message.recipient == name]
        if not here:
            return
        message = self.chance.choice(here)
        self.counts["reordered"] += message is not here[0]
        fate = 1.0 if certainly else self.chance.random()
        if fate < 0.15:
            self.waiting.remove(message)
            self.counts["lost"] += 1
            return
        if fate < 0.35:
            self.counts["duplicated"] += 1
        else:
            self.waiting.remove(message)
        self.take(message)

    def take(self, message: Message) -> None:
        """A device takes a bundle in, and answers it; then all that it changed is held against the model."""
        name = message.recipient
        store, path = self.devices[name].store, self.folder / "arrived.twb"
        path.write_bytes(message.sealed)
        try:
            done = importing.take_in(store, path)
        except ExpectedError as error:
            self._refused(message, error)
            return
        if done.again:
            self.counts["came again"] += 1
        else:
            self._taken(message, done)
        for answer in (done.receipt, *getattr(done, "later", ())):
            if answer:
                self._answer(name, answer)

    def _taken(self, message: Message, done: importing.Imported) -> None:
        name = message.recipient
        results = [((result.type, result.id), self._is_merged(message, result)) for result in done.results]
        for result in done.results:
            if result.state != "received":
                self.counts[f"set aside: {result.reason}"] += 1
        with self.devices[name].store.work() as work:
            changed = [record for record, is_received in results if is_received]
            changed += self.model.taken(message, results, work)
            if message.kind != "receipt":
                self.counts["differences shown"] += self.model.check(name, work, changed)
            if name != PPT:
                self.model.check_told(name, work)

    @staticmethod
    def _is_merged(message: Message, result: Any) -> bool:
        """Whether a record went in. What no consent covers any more went in too, and was taken out again at once."""
        swept = result.state == "removed" or result.reason == "consent_withdrawn"
        return result.state == "received" or (message.kind != "receipt" and swept)

    def _refused(self, message: Message, error: ExpectedError) -> None:
        """A receipt for what a store has forgotten is the only bundle that is refused whole."""
        self.counts[f"refused: {error.key}"] += 1
        was_put_back = self.model.minds[message.recipient].life > 0
        if error.key != "receipt_for_nothing" or not was_put_back:
            raise Broken(f"{message.recipient}: {message.kind} of {message.sender}: {error.key}") from error

    # -- accidents -----------------------------------------------------------------------------------------------------

    def keep_copy(self, name: str) -> None:
        device = self.devices[name]
        device.copies.append((device.copy(), self.model.minds[name].copy()))
        self.counts["copies"] += 1

    def put_back(self, name: str) -> None:
        """An older copy takes the place of the store."""
        device = self.devices[name]
        if not device.copies:
            return
        held, mind = self.chance.choice(device.copies)
        lives = self.model.minds[name].life
        is_older = device.put_back(held)
        self.model.minds[name] = mind.copy()
        self.model.minds[name].life = lives + is_older
        if is_older:
            self.model.put_back.add(name)
        with device.store.work() as work:
            self.model.absorb(name, work)
        self.counts["restores"] += 1

    def jump(self, name: str) -> None:
        days = self.chance.choice((-7300, -400, -2, 1, 3, 400, 7300))
        clock = self.devices[name].clock
        clock.now = max(
            min(clock.now + timedelta(days=days), clock.now.replace(year=2090)), clock.now.replace(year=1990)
        )
        self.counts["clock jumps"] += 1

    # -- the end -------------------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """Everything is delivered until nothing is left to send; then all desks agree, and nothing is amiss."""
        self.reply()
        for _ in range(ROUNDS):
            self._deliver_all()
            sent = [self.hand(name) for name in self.villages]
            self._deliver_all()
            sent += [self.export(name) for name in self.villages]
            self._deliver_all()
            with self.devices[PPT].store.work() as work:
                is_due = bool({each.device for each in replies.replies_due(work)} & self._present())
            if not is_due and not any(sent):
                break
            self.reply()
        else:
            raise Broken("no rest: there is always something to send")
        if "a2" in self.villages:
            self._check_laptops()
        for name in (*self.villages, PPT):
            with self.devices[name].store.work() as work:
                self.counts["differences left"] += self.model.check(
                    name, work, {key[:2] for key in self.model.minds[name].known}
                )
                self._check_whole(name, work)
                if name != PPT:
                    self._check_one_content(name, work)

    def _present(self) -> set[str]:
        return {self.devices[name].id for name in self.villages}

    def _deliver_all(self) -> None:
        while self.waiting:
            self.deliver(self.chance.choice(self.waiting).recipient, certainly=True)

    def _check_whole(self, name: str, work: Work) -> None:
        """Journal, histories, stamps and exchange hold together (`store.check` but for the pages of a file)."""
        assert {row.type for row in work.connection.execute(local.record_state.select())} <= TYPES
        found = [*check._of_journal(work, None), *check._of_records(work), *check.of_exchange(work)]
        if found:
            raise Broken(f"{name}: check finds {found[:3]}")
        if name != PPT:
            homes = {row.home for row in work.connection.execute(local.record_state.select())}
            if homes & {device.code for device in self.devices.values()} - {work.info.code, self.devices[PPT].code}:
                raise Broken(f"{name}: records of {homes}")

    def _check_one_content(self, name: str, work: Work) -> None:
        """Of all that may leave this village the PPT has just what stands here; of what the PPT owns the reverse."""
        mind, ppt = self.model.minds[name], self.model.minds[PPT]
        [recipient] = [peer for peer in peers(work) if peer.side == Side.PPT]
        table = local.delivery
        told = table.select().where(table.c.recipient == recipient.device)
        rows = {(row.type, row.id): row for row in work.connection.execute(told)}
        leaving: dict[Record, list[str]] = {}
        with exporting.as_if_exported(work, exporting.known_today(work, recipient)) as standings:
            for standing in standings:
                record = (standing.state.type, standing.state.id)
                if standing.goes:
                    raise Broken(f"{name}: {record} is still waiting")
                if standing.departure is None:
                    continue
                row = rows[record]
                if (row.state, row.reason) == ("refused", "link_missing"):
                    continue  # of what never arrived, and may leave no more, the end is told once
                if not is_form(row.received_hash, standing.line_hash) and record not in ppt.erased:
                    raise Broken(f"{name}: {record} stands as {row.state} {row.reason}")
                if record in ppt.erased:
                    continue
                leaving[record] = list(standing.departure.state.fields)
                for key in leaving[record]:
                    self._check_agree(name, (*record, key))
        if mind.heard < ppt.life:
            raise Broken(f"{name} has not heard that the PPT was put back")
        self.model.check_told(name, work)
        self.model.check_kept(name, leaving)
        for key, numbers in ppt.known.items():
            spec = RECORD_TYPES[key[0]].field_of(key[2])
            if spec and spec.owner is Side.PPT and key in mind.known and not self.model.knows(name, key, numbers):
                raise Broken(f"{name}: {key} of the PPT has not come")

    def _check_laptops(self) -> None:
        """Both laptops of the village hold the same, but for private notes and tallies."""
        one, other = self.model.minds["a"], self.model.minds["a2"]
        for key in one.known.keys() | other.known.keys():
            spec = RECORD_TYPES[key[0]].field_of(key[2])
            is_shared = spec and not spec.private and spec.owner is Side.VILLAGE and key[0] != "tally"
            if (
                is_shared
                and self.model.homes[key[:2]] == self.devices["a"].code
                and not {key[:2]} & (one.erased | other.erased)
                and self.model.standing("a", key) != self.model.standing("a2", key)
            ):
                raise Broken(f"the laptops differ in {key}")

    def _check_agree(self, name: str, key: Any) -> None:
        if not self.model.knows(PPT, key, self.model.standing(name, key)):
            raise Broken(f"{name}: the PPT lacks of {key} what stands here")
        if not self.model.put_back & {name, LAPTOPS.get(name)} and self.model.standing(
            name, key
        ) != self.model.standing(PPT, key):
            raise Broken(f"{name}: {key} differs from the PPT's")


_AT_VILLAGE = {
    Schedule.resident: 3,
    Schedule.edit: 18,
    Schedule.contact: 4,
    Schedule.consent: 10,
    Schedule.withdraw: 3,
    Schedule.case: 5,
    Schedule.withdraw_referral: 2,
    Schedule.delete: 3,
    Schedule.erase: 1,
    Schedule.merge: 3,
    Schedule.settle: 5,
    Schedule.export: 14,
    Schedule.deliver: 18,
    Schedule.hand: 10,
    Schedule.keep_copy: 4,
    Schedule.put_back: 4,
    Schedule.jump: 2,
}
_AT_PPT = {
    Schedule.deliver: 26,
    Schedule.answer: 5,
    Schedule.part: 3,
    Schedule.policy: 1,
    Schedule.keep_copy: 4,
    Schedule.put_back: 3,
    Schedule.settle: 1,
    Schedule.jump: 1,
}


@cache
def _begun() -> Model:
    """What all know who were just enrolled."""
    with desks(0, Path("/nowhere")) as devices:
        model = Model(devices)
        model.begin()
    return model


@contextmanager
def schedule(seed: int, folder: Path) -> Iterator[Schedule]:
    """A schedule on fresh desks, its model told of every bundle that is made."""
    begun = _begun()
    with desks(seed, folder) as devices:
        model = begun.fork(devices)
        make = outgoing.make

        def made(work: Work, *given: Any, **more: Any) -> tuple[str, bytes]:
            bundle_id, archive = make(work, *given, **more)
            recipient, kind, lines = given
            model.sent(work, recipient.device, kind.value, lines, bundle_id, more)
            return bundle_id, archive

        with ExitStack() as stack:
            stack.enter_context(patch.object(outgoing, "make", made))
            for module in (exporting, peering, replies, check):
                types = {name: known for name, known in RECORD_TYPES.items() if name in TYPES}
                stack.enter_context(patch.object(module, "RECORD_TYPES", types))
            yield Schedule(devices, model, random.Random(seed), folder)


def run(seed: int, steps: int, folder: Path) -> Counter[str]:
    """One random schedule to its end; raises Broken."""
    with schedule(seed, folder) as under_way:
        chance = under_way.chance
        under_way.villages = chance.choice((("a",), ("a", "a2"), ("a", "a2"), ("a", "b"), VILLAGES))
        for name in under_way.villages:
            if name == "a2":
                under_way.hand("a")
                under_way.deliver("a2", certainly=True)
            else:
                for step in (Schedule.resident, Schedule.consent, Schedule.case, Schedule.contact):
                    step(under_way, name)
        for _ in range(steps):
            name = chance.choice((*under_way.villages, *under_way.villages, PPT))
            if name == PPT and chance.random() < 0.1:
                under_way.reply()
            else:
                weights = _AT_PPT if name == PPT else _AT_VILLAGE
                chance.choices(list(weights), list(weights.values()))[0](under_way, name)
            under_way.counts["steps"] += 1
        under_way.rest()
        return under_way.counts
