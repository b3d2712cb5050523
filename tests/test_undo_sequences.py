# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is taken in, undone and taken in again, in whatever order: nothing is lost, and an undo gives what was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desks import Desks, enrolled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sync_tools import record_id

from trafficwatch.models.exchange import BundleKind, FieldState, RecordState, Stamp, canonical
from trafficwatch.models.history import written
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store.work import Work
from trafficwatch.sync import quarantine, reports, undoing, wire
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.merge import merge_records
from trafficwatch.sync.undoing import ImportBuiltOn, UndoNotPossible

HOME = "53.01.08.2008"
PERSON, JOURNEY, NOTE = (("person", record_id(1)), ("journey", record_id(2)), ("sign_note", record_id(3)))
DEVICES = ("a" * 16, "b" * 16)
Known = dict[tuple[str, str], RecordState]


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with enrolled(tmp_path_factory.mktemp("sequences")) as found:
        yield found


def histories(edits: list[tuple[int, int, str]]) -> list[Known]:
    """Bundles that a village with two laptops could have sent: each carries all that its laptop knows by then."""
    laptops: list[Known] = [{}, {}]
    counters = [0, 0]
    sent = []
    for laptop, what, value in edits:
        known = laptops[laptop]
        if what == 2:  # the other laptop's bundle is taken in
            for key, state in laptops[1 - laptop].items():
                known[key] = merge_records(known[key], state) if key in known else state
            counters[laptop] = max(counters)
        else:
            key = (PERSON, JOURNEY)[what]
            names = {"name": value} if what == 0 else {"stage": value, "person_id": PERSON[1]}
            fields = dict(known[key].fields) if key in known else {}
            counters[laptop] += 1
            for name, written_now in names.items():
                fields[name] = written(fields.get(name), written_now, Stamp(counters[laptop], DEVICES[laptop]))
            known[key] = RecordState(*key, fields)
        sent.append(dict(known))
    return [bundle for bundle in sent if bundle]


def merged(states: list[RecordState]) -> RecordState:
    found = states[0]
    for state in states[1:]:
        found = merge_records(found, state)
    return found


def present(work: Work) -> Known:
    found = {key: work.records.state(*key) for key in (PERSON, JOURNEY)}
    return {key: state for key, state in found.items() if state is not None}


def aside(work: Work) -> list[RecordState]:
    rows = work.connection.execute(select(local.quarantine)).all()
    texts = (work.sealer.open("quarantine", row.sender, f"{row.bundle}/{row.line}", row.content) for row in rows)
    return [wire.split(str(text).encode(), 10**6).records[0].state for text in texts]


class Bundles:
    """Taking made-up bundles in as the importer does, in one transaction for all of it."""

    def __init__(self, work: Work, device: str, contents: list[Known]) -> None:
        self.work, self.device, self.contents = work, device, contents
        self.came: set[int] = set()

    def name(self, number: int) -> str:
        return f"bundle-{number}"

    def take_in(self, number: int) -> None:
        opened = self._opened(number)
        with undoing.noting(self.work, self.name(number)):
            for key in sorted(self.contents[number], key=lambda key: key[0] != "person"):
                assert not reports.merge(self.work, opened, self.contents[number][key], HOME).reason
        self.came.add(number)

    def _opened(self, number: int) -> Opened:
        row = {"sender": self.device, "epoch": "e", "number": number + 1, "bundle": self.name(number), "results": "[]"}
        row |= {"kind": BundleKind.REPORT.value, "manifest_hash": str(number), "received_at": self.work.now}
        self.work.connection.execute(insert(local.bundle_in).values(**row))
        return quarantine._as_opened(self.work, self.name(number), self.device)[0]


stages = st.sampled_from(["plan", "documents", "abroad"])
names = st.sampled_from(["Ani", "Ani Seran", "Ana"])
edit = st.one_of(
    st.tuples(st.integers(0, 1), st.just(0), names),
    st.tuples(st.integers(0, 1), st.just(1), stages),
    st.tuples(st.integers(0, 1), st.just(2), st.just("")),
)
moves = st.lists(st.tuples(st.sampled_from(["in", "undo", "again"]), st.integers(0, 5)), min_size=3, max_size=14)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(edit, min_size=1, max_size=6), moves)
def test_nothing_is_lost_and_an_undo_gives_what_was(
    desks: Desks, edits: list[tuple[int, int, str]], steps: list[tuple[str, int]]
) -> None:
    with desks.village.work() as village:
        device = village.info.device
    contents = [
        {key: state for key, state in bundle.items() if key == PERSON or PERSON in bundle}
        for bundle in histories([(0, 0, "Ani"), *edits])
    ]
    with desks.ppt.work() as work, work.tried():
        bundles = Bundles(work, device, [bundle for bundle in contents if PERSON in bundle])
        before: dict[int, Known] = {}
        for move, chosen in steps:
            number = chosen % len(bundles.contents)
            if move == "in" and number not in bundles.came:
                before[number] = present(work)
                bundles.take_in(number)
            elif move == "undo" and number in bundles.came:
                _undo(work, bundles, number)
            elif move == "again":
                quarantine.try_again(work, [each.place for each in quarantine.kept_aside(work)])
            _nothing_lost(work, bundles)
        for _ in range(2):
            quarantine.try_again(work, [each.place for each in quarantine.kept_aside(work)])
        assert aside(work) == []
        everything = {key: state for key, state in _all(bundles).items() if state is not None}
        assert {key: _plain(state) for key, state in present(work).items()} == {
            key: _plain(state) for key, state in everything.items()
        }


def _undo(work: Work, bundles: Bundles, number: int) -> None:
    now = present(work)
    kept = {}
    if bundles.name(number) in undoing.undoable(work):
        kept = {each.key: each.before for each in undoing._kept(work, bundles.name(number))}
    try:
        undoing.undo_in(work, bundles.name(number), "latihan")
    except (ImportBuiltOn, UndoNotPossible):
        assert present(work) == now
    else:
        then = present(work)
        assert {key: then.get(key) for key in kept} == kept
        assert {key: state for key, state in then.items() if key not in kept} == {
            key: state for key, state in now.items() if key not in kept
        }


def _all(bundles: Bundles) -> dict[tuple[str, str], RecordState | None]:
    found = {}
    for key in (PERSON, JOURNEY):
        states = [bundles.contents[number][key] for number in bundles.came if key in bundles.contents[number]]
        found[key] = merged(states) if states else None
    return found


def _nothing_lost(work: Work, bundles: Bundles) -> None:
    """What stands here and what is set aside hold together all that ever came."""
    here, waiting = present(work), aside(work)
    for key, expected in _all(bundles).items():
        states = [here[key]] if key in here else []
        states += [state for state in waiting if (state.type, state.id) == key]
        assert expected is None or _plain(merged(states)) == _plain(expected)


def _plain(state: RecordState) -> dict[str, tuple[object, object]]:
    def said(field: FieldState) -> tuple[object, object]:
        return sorted((stamp, sorted(texts)) for stamp, texts in field.values.items()), canonical(dict(field.context))

    assert set(state.fields) <= set(RECORD_TYPES[state.type].fields)
    return {key: said(field) for key, field in state.fields.items()}
