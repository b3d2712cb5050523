# SPDX-License-Identifier: GPL-3.0-or-later
"""What an enrolled sender can put inside a bundle that it really signed: records that are too many, too deep or no
numbers, history from the future, files that belong to nothing, and what was sent before.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from desks import Desks, agree, dump, enrolled, make_bundle, resident
from sync_tools import (
    device,
    forged,
    head,
    lines_of,
    member,
    members_of,
    packed,
    record_id,
    trust,
    with_records,
    written_once,
    xz,
)

from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import BundleKind
from trafficwatch.models.fields import Side
from trafficwatch.models.people import Person
from trafficwatch.models.tables import local
from trafficwatch.sync import bundle, outgoing
from trafficwatch.sync.bundle import BundleForked, ContentDamaged, open_bundle
from trafficwatch.sync.devices import peers
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.manifest import RECORDS_LIMIT, ManifestMalformed
from trafficwatch.sync.opener import open_apart
from trafficwatch.sync.wire import BundleOverfull

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VILLAGE = device("laptop")
PPT = device("ppt", Side.PPT, "53.01")
TRUST = trust(PPT, VILLAGE.peer())
TINY = lines_of([written_once("tally", {"people": 3})])[0]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def shared(desks: Desks) -> str:
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    return person


def own_device(desks: Desks, name: str) -> str:
    with getattr(desks, name).work() as work:
        return str(work.info.device)


# -- too much ----------------------------------------------------------------------------------------------------------


def test_a_million_records() -> None:
    text = (TINY + "\n").encode() * (1_000_000 * 10 // len(TINY))
    count = text.count(b"\n")
    for claimed, refused in ((1_000_000, ManifestMalformed), (RECORDS_LIMIT, ContentDamaged)):
        content = with_records(VILLAGE, PPT, xz(text, 0), unpacked=len(text), count=claimed)
        assert count > RECORDS_LIMIT or claimed != count
        with pytest.raises(refused):
            open_bundle(content, PPT.identity, TRUST)


@pytest.mark.parametrize("where", ["keys", "values", "contexts", "records"])
def test_more_keys_values_contexts_or_records_than_any_bundle(where: str) -> None:
    """A megabyte of xz, and hundreds of megabytes once read: stopped in the child before it is held."""
    at = {"home": VILLAGE.code, "stamp": [1, "a" * 16], "context": {"a" * 16: 1}}
    many = {
        "keys": [{"fields": {f"z{key}": 1 for key in range(4_000)}}] * 60,
        "values": [{"fields": {"z": [[]] * 60_000}}] * 5,
        "contexts": [
            {"fields": {f"z{key}": 1 for key in range(100)}, "contexts": {
                f"z{key}": {f"{number:016x}": 1 for number in range(200)} | {"a" * 16: 1} for key in range(100)
            }}
        ] * 12,
        "records": [{"fields": {"name": "M"}}] * 45_000,
    }[where]  # fmt: skip
    lines = [{"type": "person", "id": record_id(number), **at, **parts} for number, parts in enumerate(many)]
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode()
    content = with_records(VILLAGE, PPT, xz(text, 0), unpacked=len(text), count=len(lines))
    assert len(content) < 2_000_000
    with pytest.raises(BundleOverfull):
        open_bundle(content, PPT.identity, TRUST)


def test_the_child_names_what_is_too_much() -> None:
    fields = {f"z{key}": 1 for key in range(4_000)}
    line = json.dumps({"type": "person", "id": record_id(1), "home": "x", "fields": fields})
    text = f"{line}\n".encode() * 55
    with pytest.raises(BundleOverfull):
        open_apart(with_records(VILLAGE, PPT, xz(text, 0), unpacked=len(text), count=55), PPT.identity, TRUST)


# -- no values ---------------------------------------------------------------------------------------------------------

ODD = {
    "deep JSON": ("[" * 100_000 + "]" * 100_000, "line_malformed"),
    "JSON deeper than any value": ("[" * 25 + "]" * 25, "value_impossible"),
    "NaN": ("NaN", "line_malformed"),
    "a number beyond all bounds": ("1e999", "line_malformed"),
    "a whole number of a thousand digits": ("9" * 1_000, "value_impossible"),
    "a whole number that readers round": (str(2**53 + 1), "value_impossible"),
    "a lone surrogate": ('"\\ud800"', "line_malformed"),
    "a text that is no text": ('"\\u0000"', "value_impossible"),
}


def test_values_that_are_none_are_set_aside_and_named_in_the_receipt(desks: Desks) -> None:
    at = f'"home":"53.01.08.2008","stamp":[1,"{"a" * 16}"],"context":{{"{"a" * 16}":1}}'
    lines = [
        f'{{"type":"person","id":"{record_id(number)}",{at},"fields":{{"name":{spelled}}}}}'
        for number, (spelled, _) in enumerate(ODD.values(), start=5)
    ]
    bundled = [TINY, *lines]
    path = make_bundle(desks.village, own_device(desks, "ppt"), BundleKind.REPORT, bundled, desks.stick / "odd.twb")
    done, _ = desks.deliver(path)
    assert done.received == 1
    found = dict(zip(ODD, (each.reason for each in done.results if each.state == "refused"), strict=True))
    assert found == {attack: reason for attack, (_, reason) in ODD.items()}
    with desks.ppt.work() as work:
        assert work.records.count("person") == 0


def test_stamps_far_in_the_future_do_not_push_others_out(desks: Desks) -> None:
    person = shared(desks)
    desks.exchange()
    for counter, reason in ((2**52, "stamp_far_ahead"), (2**53, "history_malformed")):
        at = {"home": "53.01.08.2008", "stamp": [counter, "a" * 16], "context": {"a" * 16: counter}}
        bad = json.dumps({"type": "person", "id": person, **at, "fields": {"name": "Orang lain"}})
        path = make_bundle(desks.village, own_device(desks, "ppt"), BundleKind.REPORT, [bad], desks.stick / "far.twb")
        done, _ = desks.deliver(path)
        assert [result.reason for result in done.results] == [reason]
        path.unlink()
    with desks.ppt.work() as work:
        assert work.info.counter < 10_000


# -- files -------------------------------------------------------------------------------------------------------------

PADDING = ("padding", b"")


@pytest.mark.parametrize("attack", ["another name", "another content", "twice", "after the padding", "not listed"])
def test_a_file_that_is_not_what_its_name_says(attack: str) -> None:
    archive, _ = bundle.pack(head(VILLAGE, PPT, count=0), b"", VILLAGE.signing_seed, [b"foto"])
    found = members_of(archive)
    records, (name, content) = ("records.jsonl.xz", found["records.jsonl.xz"]), list(found.items())[3]
    assert name.startswith("files/")
    listed, there = {
        "another name": ([records, ("files/" + "a" * 64, content), PADDING],) * 2,
        "another content": ([records, (name, content), PADDING], [records, (name, b"lain"), PADDING]),
        "twice": ([records, (name, content), (name, content), PADDING], [records, (name, content), PADDING]),
        "after the padding": ([records, PADDING, (name, content)],) * 2,
        "not listed": ([records, PADDING], [records, (name, content), PADDING]),
    }[attack]
    claims = head(VILLAGE, PPT, count=0, members=tuple(member(*each) for each in listed))
    with pytest.raises((ManifestMalformed, ContentDamaged)):
        open_bundle(forged(VILLAGE, PPT, claims, there), PPT.identity, TRUST)


def test_a_file_without_a_record_is_not_kept(desks: Desks) -> None:
    with desks.village.work() as work:
        ppt = next(peer for peer in peers(work) if peer.side == Side.PPT)
        _, archive = outgoing.make(work, ppt, BundleKind.REPORT, [TINY], files=[b"foto"])
    path = desks.stick / "file.twb"
    path.write_bytes(bundle.seal(archive, [ppt.recipient]))
    assert desks.deliver(path)[0].refused == 0
    with desks.ppt.work() as work:
        assert work.connection.execute(local.attachment_content.select()).all() == []


# -- again, and by the wrong one ---------------------------------------------------------------------------------------


def test_an_older_bundle_sent_again_takes_nothing_back(desks: Desks) -> None:
    person = shared(desks)
    [older] = desks.send()
    kept = older.read_bytes()
    desks.deliver(older)
    with desks.village.work() as work:
        work.write(Person, person, name="Yohanis Nahak")
    desks.exchange()
    older.write_bytes(kept)
    before = dump(desks.ppt)
    assert take_in(desks.ppt, older).again
    assert dump(desks.ppt) == before


def test_a_receipt_replayed_confirms_nothing_new(desks: Desks) -> None:
    person = shared(desks)
    [sent] = desks.send()
    _, receipt = desks.deliver(sent)
    take_in(desks.village, receipt)
    with desks.village.work() as work:
        work.write(Person, person, name="Yohanis Nahak")
    [again] = desks.send()
    before = dump(desks.village)
    assert take_in(desks.village, receipt).again
    assert dump(desks.village) == before
    assert again.exists()


def test_a_history_that_forks_is_refused_from_either_end() -> None:
    """Two bundles that name different predecessors under one number, whichever came first."""
    first, other = packed(VILLAGE, PPT, [TINY])[1], packed(VILLAGE, PPT, [])[1]
    for known, named in ((first, other), (other, first)):
        received = trust(PPT, VILLAGE.peer(), received={(VILLAGE.id, "e" * 16, 1): known})
        second = bundle.seal(packed(VILLAGE, PPT, [TINY], number=2, previous=named)[0], [PPT.recipient])
        with pytest.raises(BundleForked):
            open_bundle(second, PPT.identity, received)
