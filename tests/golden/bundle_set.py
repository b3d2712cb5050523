# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the golden bundles of a format: in `tests`, `python -m golden.bundle_set`, once for every format and release.

A village's report with a bit of everything, the PPT's receipt and reply to it, and a report with a record of every type
and every field, a difference and a field of a newer program, as this program seals them, in
`tests/golden/bundles/MAJOR.MINOR/`; `keys.json` holds the keys of both desks, `expected.json` the head and the lines of
each bundle. Nobody in them exists. `tests/test_golden_bundles.py` holds every later program to them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import desks
import sync_tools
from golden import make
from sync_tools import Device

from trafficwatch import __version__
from trafficwatch.models.exchange import BundleKind, FieldState, RecordState, Stamp
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.registry.residents import plan_journey
from trafficwatch.store.work import Store
from trafficwatch.sync import outgoing
from trafficwatch.sync.devices import own_keys
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.manifest import FORMAT
from trafficwatch.sync.publishing import write_replies

HERE = Path(__file__).parent / "bundles"
NEWER = {"field_of_a_newer_program": {"deep": [1, None, "é"]}, "map_of_a_newer_program/key": "kept"}
"""Fields that no program knows yet."""


def make_set() -> Path:
    target = HERE / f"{FORMAT[0]}.{FORMAT[1]}"
    if target.exists():
        raise SystemExit(f"{target} is there: a golden bundle is never made again")
    with tempfile.TemporaryDirectory() as name:
        found = _exchange(Path(name))
    target.mkdir(parents=True)
    for name, (content, _) in found["bundles"].items():
        (target / name).write_bytes(content)
    _write(target / "keys.json", {"made_by": __version__, **found["keys"]})
    _write(target / "expected.json", {name: expected for name, (_, expected) in found["bundles"].items()})
    return target


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def _exchange(folder: Path) -> dict[str, Any]:
    clock, stick = desks.Clock(), folder / "stick"
    stick.mkdir()
    village = desks.found_village(folder / "village", clock, practice=True)
    ppt = desks.found_ppt(folder / "ppt", clock, practice=True)
    desks.enrol(village, ppt, folder)
    pair = desks.Desks(folder, stick, village, ppt, clock)
    for person in (desks.shared_case(village, "Yohanis Bere"), desks.shared_case(village, "Maria Goreti Bano")):
        with village.work() as work:
            journey = plan_journey(work, person, stage="returned", destination_country="MY", work="kebun")
            make._register(work, person, journey.id)
            make._screenings(work, person)
    bundles: dict[str, Any] = {}

    def keep(name: str, path: Path, receiver: Store) -> None:
        manifest, lines = desks.content(receiver, path)
        head = {"kind": manifest.kind.value, "number": manifest.number, "format": list(manifest.format)}
        bundles[name] = (path.read_bytes(), {**head, "bundle": manifest.bundle, "lines": lines})

    report, *more = pair.send()
    keep("report.twb", report, ppt)
    done = take_in(ppt, report)
    keep("receipt.twb", outgoing.write_answer(ppt, done.receipt or "", stick), village)
    for number, path in enumerate(more, start=2):
        keep(f"report-{number}.twb", path, ppt)
        take_in(ppt, path)
    make._second_readings(ppt)
    keep("reply.twb", write_replies(ppt, stick)[0], village)
    lines = sync_tools.lines_of([*_of_every_type(), _difference()])
    with ppt.work() as work:
        device = work.info.device
    keep("everything.twb", desks.make_bundle(village, device, BundleKind.REPORT, lines, stick / "every.twb"), ppt)
    keys = {"village": _keys(village), "ppt": _keys(ppt)}
    pair.close()
    return {"bundles": bundles, "keys": keys}


def _of_every_type() -> list[RecordState]:
    """One of each type that a village writes part of, linked to the first record of the linked type."""
    found = []
    for number, (name, record_type) in enumerate(RECORD_TYPES.items(), start=1):
        if any(spec.owner is Side.VILLAGE for spec in record_type.fields.values()):
            found.append(sync_tools.full_record(name, number=number, **NEWER))
    return found


def _difference() -> RecordState:
    one, other = Stamp(2, "a" * 16), Stamp(3, "b" * 16)
    both = {one: frozenset({'"Maria"'}), other: frozenset({'"Mariana"'})}
    return RecordState("person", sync_tools.record_id(500), {"name": FieldState(both, {"a" * 16: 2, "b" * 16: 3})})


def _keys(store: Store) -> dict[str, str]:
    with store.work() as work:
        own, info = own_keys(work), work.info
    said = {"device": own.device, "side": info.side.value, "code": info.code}
    return {**said, "signing_seed": own.signing_seed.hex(), "identity": own.identity}


def keys_of(folder: Path) -> dict[str, Device]:
    """The two devices of a golden set."""
    kept = json.loads((folder / "keys.json").read_text("utf-8"))
    return {name: _device(each) for name, each in kept.items() if isinstance(each, dict)}


def _device(each: dict[str, str]) -> Device:
    seed = bytes.fromhex(each["signing_seed"])
    return Device(each["device"], Side(each["side"]), each["code"], True, seed, each["identity"])


if __name__ == "__main__":
    sys.stdout.write(f"{make_set()}\n")
