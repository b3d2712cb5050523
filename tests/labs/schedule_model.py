# SPDX-License-Identifier: GPL-3.0-or-later
"""What ought to be true in a schedule: a naive reference that knows every write, and who has seen which.

Every value that somebody writes gets a number of its own, and remembers which numbers its writer had seen in that
field. A device knows a set of numbers per field; a bundle carries what its sender knew of each field in it; who takes
it in knows that too. So a value stands where no known write had seen it, and nothing else is needed: no stamps, no
contexts, no hashes of forms. A store that is put back knows what its copy knew.

`Model` is told of writes by the journal of the writing device and of bundles as they are made (`Message`), and holds
stores against what it expects.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from schedule_world import PPT, Device
from sqlalchemy import select

from trafficwatch.models.exchange import FieldState, canonical
from trafficwatch.models.fields import ANY
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store import clearing, journal
from trafficwatch.store.erasure import tombstone_links
from trafficwatch.store.work import Work

Record = tuple[str, str]
Key = tuple[str, str, str]
"""Type, id and wire key of one field."""


class Write(NamedTuple):
    """One value that was written: what, and which writes of this field its writer had seen."""

    text: str
    seen: frozenset[int]
    device: str


@dataclass
class Message:
    """One bundle on its way: what its sender knew of every field in it, and what it answers."""

    bundle: str
    kind: str
    sender: str
    recipient: str
    life: int
    carried: dict[Record, dict[str, frozenset[int]]]
    answers: str = ""
    sealed: Any = None


@dataclass
class Mind:
    """What one device knows, and what it was told that the PPT has. `life` counts how often it was put back."""

    known: dict[Key, frozenset[int]] = field(default_factory=dict)
    erased: set[Record] = field(default_factory=set)
    removed: set[Record] = field(default_factory=set)
    """Of a PPT: what it had, and took out when no consent covered it any more."""
    acked: set[tuple[Key, int]] = field(default_factory=set)
    aside: set[tuple[str, str, str]] = field(default_factory=set)
    sequence: int = 0
    life: int = 0
    heard: int = 0
    """Of a village: the latest life of the PPT from which it has taken anything in."""

    def copy(self) -> Mind:
        known, erased, acked, aside = dict(self.known), set(self.erased), set(self.acked), set(self.aside)
        return Mind(known, erased, set(self.removed), acked, aside, self.sequence, self.life, self.heard)


class Broken(AssertionError):
    """What ought to be true is not."""


class Model:
    """The expected knowledge of all devices, and the checks of stores against it."""

    def __init__(self, devices: Mapping[str, Device]) -> None:
        self.devices = devices
        self.minds = {name: Mind() for name in devices}
        self.writes: list[Write] = []
        self.messages: dict[str, Message] = {}
        self.born: dict[Record, str] = {}
        self.about: dict[Record, str] = {}
        self.homes: dict[Record, str] = {}
        self.put_back: set[str] = set()
        self.tallies: dict[Key, frozenset[int]] = {}
        self.forms: dict[tuple[str, Record, str], dict[str, frozenset[int]]] = {}
        self.names: dict[str, str] = {device.id: name for name, device in devices.items()}

    def fork(self, devices: Mapping[str, Device]) -> Model:
        """The same knowledge, for another schedule."""
        other = Model(devices)
        other.minds = {name: mind.copy() for name, mind in self.minds.items()}
        other.writes, other.born, other.about = list(self.writes), dict(self.born), dict(self.about)
        other.homes = dict(self.homes)
        other.messages = {made: replace(message) for made, message in self.messages.items()}
        return other

    def begin(self) -> None:
        """What the desks know when they were just enrolled: what they wrote, and of the rest what the PPT wrote."""
        for name in sorted(self.devices, key=lambda name: name != PPT):
            with self.devices[name].store.work() as work:
                self.absorb(name, work)
                for row in work.connection.execute(select(local.bundle_out)):
                    self.messages[row.bundle] = Message(row.bundle, row.kind, name, self.names[row.recipient], 0, {})
                known = self.minds[name].known
                for type_name in RECORD_TYPES:
                    for state in work.records.states(type_name):
                        for key in state.fields:
                            if (type_name, state.id, key) not in known:
                                self._began_with(name, (type_name, state.id, key), state.fields[key])

    def _began_with(self, name: str, key: Key, state: FieldState) -> None:
        """What came with the program, or from the PPT when the village was enrolled."""
        at_ppt = self.minds[PPT].known.get(key)
        if at_ppt is None:
            [[text]] = state.values.values()
            self.writes.append(Write(text, frozenset(), name))
            at_ppt = frozenset({len(self.writes) - 1})
            self.born[key[:2]] = PPT
            self.homes[key[:2]] = self.devices[PPT].code
        self.minds[name].known[key] = at_ppt

    # -- what happens ------------------------------------------------------------------------------------------------

    def absorb(self, name: str, work: Work) -> None:
        """What the journal of this device tells of writes since it was last asked."""
        mind, table = self.minds[name], local.journal
        rows = work.connection.execute(
            select(table)
            .where(table.c.device == work.info.device, table.c.sequence > mind.sequence)
            .order_by(table.c.sequence)
        ).all()
        for row in rows:
            mind.sequence = row.sequence
            if row.changes is None or row.action not in {"create", "change", clearing.REMOVED}:
                continue
            changes = json.loads(row.changes)
            if row.sealed is not None:
                place = journal.place(row.device, row.sequence)
                opened: Any = work.sealer.open(row.type, row.id, place, row.sealed)
                changes |= opened["changes"]
            if row.action == clearing.REMOVED:
                self._forget(name, (row.type, row.id), changes)
                mind.removed.add((row.type, row.id))
                continue
            for key, (_, value) in changes.items():
                self.write(name, (row.type, row.id, key), value)
        self._forget_erased(name, work)

    def write(self, name: str, key: Key, value: Any) -> None:
        """A device writes a value, having seen all that it knows of this field."""
        known, number = self.minds[name].known, len(self.writes)
        seen = known.get(key, frozenset())
        if key[0] == "tally":  # a count replaces every earlier one of its device, also one that this has forgotten
            seen |= self.tallies.get(key, frozenset())
            self.tallies[key] = seen | {number}
        self.writes.append(Write(canonical(value), seen, name))
        known[key] = seen | {number}
        self.born.setdefault(key[:2], name)
        self.homes.setdefault(key[:2], self.devices[name].code)
        if key[2] == "person_id" and isinstance(value, str):
            self.about[key[:2]] = value

    def _forget_erased(self, name: str, work: Work) -> None:
        """Of what is erased here for good only the tombstone is known on."""
        mind = self.minds[name]
        there = {(row.type, row.id) for row in work.connection.execute(select(local.erasure))}
        for record in there - mind.erased:
            self._forget(name, record, {*tombstone_links(record[0]), "deleted"})
            if work.records.exists(*record):
                self.write(name, (*record, "deleted"), "erased")
        mind.erased |= there

    def _forget(self, name: str, record: Record, left: Container[str]) -> None:
        known = self.minds[name].known
        for key in [key for key in known if key[:2] == record and key[2] not in left]:
            del known[key]

    def sent(
        self, work: Work, recipient: str, kind: str, lines: Iterable[str], made: str, more: dict[str, Any]
    ) -> None:
        """A bundle was made: what its sender knows of every field in it goes along."""
        name = self.names[work.info.device]
        if kind != "receipt":  # that one is made while a bundle is taken in, of which is learned afterwards
            self.absorb(name, work)
        mind, to = self.minds[name], self.names[recipient]
        carried: dict[Record, dict[str, frozenset[int]]] = {}
        for line in map(json.loads, lines):
            if "id" in line and "home" in line:
                record = (line["type"], line["id"])
                carried[record] = {key: mind.known.get((*record, key), frozenset()) for key in line["fields"]}
                if to != PPT:
                    self._check_reader(record, to)
        for record, form in (more.get("records") or {}).items():
            type_name, _, record_id = record.partition("/")
            self.forms[name, (type_name, record_id), form] = carried.get((type_name, record_id), {})
        self.messages[made] = Message(made, kind, name, to, mind.life, carried, more.get("answers") or "")

    def _check_reader(self, record: Record, village: str) -> None:
        """Nothing of one village's people is ever written to another."""
        about = ("person", self.about.get(record, ""))
        owners = {self.homes.get(record), self.homes.get(about)} - {self.devices[PPT].code, None}
        if not owners <= {self.devices[village].code}:
            raise Broken(f"{record} of {owners} goes to {village}")

    def taken(self, message: Message, results: Iterable[tuple[Record, bool]], work: Work) -> list[Record]:
        """A bundle was taken in: of each record that was received all is known here that its sender knew of it, and so
        of each that had been set aside and went in now. Gives those.
        """
        name = message.recipient
        mind = self.minds[name]
        aside = {(row.bundle, row.type, row.id) for row in work.connection.execute(select(local.quarantine))}
        settled = sorted(mind.aside - aside)
        mind.aside = aside
        for made, type_name, record_id in settled:
            self._learn(mind, (type_name, record_id), self.messages[made].carried[type_name, record_id])
        if message.kind == "receipt" and message.sender == PPT:
            answered = self.messages[message.answers]
            for record, is_received in results:
                if is_received and message.life == self.minds[PPT].life:
                    told = answered.carried[record].items()
                    mind.acked |= {((*record, key), number) for key, numbers in told for number in numbers}
        elif message.kind != "receipt":
            gone = {(row.type, row.id) for row in work.connection.execute(select(local.erasure))}
            for record, is_received in results:
                if is_received and record in message.carried and record not in gone:
                    self._learn(mind, record, message.carried[record])
        if message.sender == PPT:
            mind.heard = max(mind.heard, message.life)
        self.absorb(name, work)
        return [(type_name, record_id) for _, type_name, record_id in settled]

    def _learn(self, mind: Mind, record: Record, carried: Mapping[str, frozenset[int]]) -> None:
        for key, numbers in carried.items():
            mind.known[(*record, key)] = mind.known.get((*record, key), frozenset()) | numbers

    # -- what ought to be --------------------------------------------------------------------------------------------

    def standing(self, name: str, key: Key) -> list[int]:
        """The writes that no known write had seen."""
        known = self.minds[name].known.get(key, frozenset())
        replaced: set[int] = set()
        for number in known:
            replaced |= self.writes[number].seen
        return sorted(known - replaced)

    def knows(self, name: str, key: Key, numbers: Iterable[int]) -> bool:
        """Whether a device knows these writes of a field, as standing or as replaced."""
        known = self.minds[name].known.get(key, frozenset())
        return set(numbers) <= known.union(*(self.writes[number].seen for number in known))

    def check(self, name: str, work: Work, records: Iterable[Record]) -> int:
        """Just these values stand in these records, and a protective one is shown before others; gives the number of
        open differences.
        """
        known: dict[Record, list[str]] = {record: [] for record in records}
        for key in self.minds[name].known:
            if key[:2] in known:
                known[key[:2]].append(key[2])
        differences = 0
        for record, keys in known.items():
            state = work.records.state(*record)
            fields = state.fields if state else {}
            if fields.keys() != set(keys):
                raise Broken(f"{name}: fields of {record}: {fields.keys() ^ set(keys)}")
            row = work.records.get(RECORD_TYPES[record[0]].cls, record[1]) if state else None
            for key in keys:
                expected = sorted(self.writes[number].text for number in self.standing(name, (*record, key)))
                found = sorted(text for texts in fields[key].values.values() for text in texts)
                if found != expected:
                    raise Broken(f"{name}: {record} {key}: {found} stand, expected {expected}")
                differences += len(set(expected)) > 1
                self._check_shown(name, record, key, row, expected)
        return differences

    def _check_shown(self, name: str, record: Record, key: str, row: Any, expected: list[str]) -> None:
        spec = RECORD_TYPES[record[0]].field_of(key)
        assert spec is not None
        values = [json.loads(text) for text in expected]
        base, slash, element = key.partition("/")
        shown = getattr(row, base)
        shown = shown.get(element) if slash else shown
        if spec.protective == (ANY,):
            protective = [value for value in values if value is not None]
        else:
            strongest = max((spec.protective.index(value) for value in values if value in spec.protective), default=-1)
            protective = [spec.protective[strongest]] if strongest >= 0 else []
        if canonical(shown) not in {canonical(value) for value in protective or values}:
            raise Broken(f"{name}: {record} {key} shows {shown!r} of {values!r}")

    def check_told(self, name: str, work: Work) -> None:
        """What this village calls received is at the PPT, unless the PPT was put back and it has not heard of that."""
        mind, ppt = self.minds[name], self.minds[PPT]
        if mind.heard < ppt.life:
            return
        table, to_ppt = local.delivery, local.delivery.c.recipient == self.devices[PPT].id
        for row in work.connection.execute(select(table).where(to_ppt, table.c.received_hash > "")):
            record = (row.type, row.id)
            for key, numbers in self.forms[name, record, row.received_hash].items():
                if not self.knows(PPT, (*record, key), numbers) and record not in ppt.erased | ppt.removed:
                    raise Broken(f"{name}: {record} {key} is called received, and the PPT does not have it")

    def check_kept(self, name: str, leaving: Mapping[Record, Iterable[str]]) -> None:
        """All that a receipt confirmed is known to the PPT: standing, or replaced by somebody who had seen it. A PPT
        that was put back gets again what may still leave.
        """
        ppt = self.minds[PPT]
        for key, number in self.minds[name].acked:
            record = key[:2]
            if self.knows(PPT, key, [number]) or record in ppt.erased | ppt.removed | self.minds[name].erased:
                continue
            if ppt.life == 0 or key[2] in leaving.get(record, ()):
                raise Broken(f"{name}: {key}: {self.writes[number].text} was received, and is lost")
