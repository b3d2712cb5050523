# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles that earlier programs sealed (`golden/bundles`) are read by this one, and what a newer program adds to a
bundle survives the way through this one: village, PPT, and back.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from desks import NOELBAKI, Desks, enrolled, resident
from golden.bundle_set import HERE, NEWER, keys_of
from labs.fuzz_world import World
from sync_tools import Device, forged, head, lines_of, member, trust, written_once, xz

from trafficwatch.models.exchange import Delivery, Peer
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync import manifest, restoring, wire
from trafficwatch.sync.bundle import Opened, open_bundle
from trafficwatch.sync.devices import own_keys, peers
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.manifest import FORMAT

SETS = sorted(path.name for path in HERE.iterdir())
BUNDLES = [(made_by, path.name) for made_by in SETS for path in sorted((HERE / made_by).glob("*.twb"))]


def expected(made_by: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / made_by / "expected.json").read_text("utf-8"))[name]
    return found


def opened(made_by: str, name: str) -> Opened:
    """The bundle as the desk for which it was made opens it."""
    keys = keys_of(HERE / made_by)
    sender, receiver = (keys["village"], keys["ppt"])
    if name in {"receipt.twb", "reply.twb"}:
        sender, receiver = receiver, sender
    return open_bundle((HERE / made_by / name).read_bytes(), receiver.identity, trust(receiver, sender.peer()))


def test_there_is_a_golden_bundle_of_this_format() -> None:
    assert SETS[-1] == f"{FORMAT[0]}.{FORMAT[1]}"
    assert {name for made_by, name in BUNDLES if made_by == SETS[-1]} >= {"report.twb", "receipt.twb", "reply.twb"}


@pytest.mark.parametrize(("made_by", "name"), BUNDLES)
def test_every_line_of_a_golden_bundle_is_read_as_it_was_meant(made_by: str, name: str) -> None:
    found, said = opened(made_by, name), expected(made_by, name)
    assert (found.manifest.kind.value, found.manifest.number) == (said["kind"], said["number"])
    assert found.lines.refused == ()
    records = [json.loads(wire.encode_record(each.state, each.home)) for each in found.lines.records]
    controls = [json.loads(wire.encode_control(each)) for each in found.lines.control]
    assert sorted(map(repr, records + controls)) == sorted(repr(dict(sorted(line.items()))) for line in said["lines"])


def test_the_golden_report_was_taken_in_by_a_desk_of_today(tmp_path: Path) -> None:
    """The desk of the laboratories has taken it in, and takes in one of every type with fields of a newer program."""
    world = World(tmp_path)
    assert world.take(Side.PPT, (HERE / "1.0/everything.twb").read_bytes()) == ""
    rows = world.dump(Side.PPT)
    assert {"Yohanis Bere", "Maria Goreti Bano"} <= {value for row in rows["person"] for value in row}
    world.check()
    assert world.findings == []
    world.close()


# -- what a newer program adds -----------------------------------------------------------------------------------------


def newer_bundle(desks: Desks, lines: list[str]) -> Path:
    """A report of the village, as a program of a later minor version would make it."""
    with desks.village.work() as work:
        own, ppt = own_keys(work), next(peer for peer in peers(work) if peer.side == Side.PPT)
    village = Device(own.device, Side.VILLAGE, NOELBAKI[0], False, own.signing_seed, own.identity)
    text, members = wire.join(lines), [("records.jsonl.xz", xz(wire.join(lines))), ("padding", b"")]
    listed = tuple(member(*each) for each in members)
    claims = head(village, as_device(ppt), count=len(lines), unpacked=len(text), members=listed)
    spelled = json.loads(manifest.encode(claims)) | {"format": [1, 99], "of_a_newer_program": {"deep": [1]}}
    spelled["sender"]["of_a_newer_program"] = True
    path = desks.stick / "newer.twb"
    path.write_bytes(forged(village, as_device(ppt), msgspec.json.encode(spelled), members))
    return path


def as_device(peer: Peer) -> Any:
    """What sealing asks of a receiver: its recipient string."""
    return type("Receiver", (), {"recipient": peer.recipient})


def test_what_a_newer_program_adds_is_kept_and_passed_on(tmp_path: Path) -> None:
    """Fields travel on with their record; control lines and record types that nobody knows are named and kept aside."""
    with enrolled(tmp_path) as desks:
        person = resident(desks.village)
        with desks.village.work() as work:
            state = work.records.state("person", person)
            assert state is not None
        added = written_once("person", NEWER)
        full = type(state)(state.type, state.id, {**state.fields, **added.fields})
        line = json.loads(lines_of([full])[0]) | {"part_of_a_newer_line": 1}
        unknown = [{"type": "newer_control", "say": "x"}, {"type": "newer_record", "id": person, "home": NOELBAKI[0]}]
        path = newer_bundle(desks, [json.dumps(each) for each in (line, *unknown)])
        done = take_in(desks.ppt, path)
        first, *others = done.results
        assert (first.type, first.state) == ("person", Delivery.RECEIVED)
        assert [each.reason for each in others] == ["line_malformed", "record_type_unknown"]
        with desks.ppt.work() as work:
            here = work.records.state("person", person)
            village = next(peer for peer in peers(work) if peer.side == Side.VILLAGE)
        assert here is not None
        assert {key: here.fields[key] for key in NEWER} == {key: full.fields[key] for key in NEWER}
        restoring.expect(desks.village)
        [back] = restoring.restore(desks.ppt, village.device, "Laptop rusak", desks.stick)
        take_in(desks.village, back.path)
        with desks.village.work() as work:
            home = work.records.state("person", person)
    assert home is not None
    assert {key: home.fields[key] for key in NEWER} == {key: full.fields[key] for key in NEWER}


def test_every_record_type_keeps_fields_of_a_newer_program_in_the_golden_bundle() -> None:
    lines = expected("1.0", "everything.twb")["lines"]
    kept = {line["type"] for line in lines if line["fields"].items() >= NEWER.items()}
    assert len(kept) > 10
    assert kept <= RECORD_TYPES.keys()
