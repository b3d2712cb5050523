# SPDX-License-Identifier: GPL-3.0-or-later
"""The head of a bundle: what it says is read exactly, what it can't be is refused, what is newer is named."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sync_tools import as_json, device, head, json_values, member

from trafficwatch.models.exchange import BundleKind
from trafficwatch.models.fields import Side
from trafficwatch.sync.manifest import (
    RECORDS_LIMIT,
    UNPACKED_LIMIT,
    FormatNewer,
    ManifestMalformed,
    decode,
    digest,
    encode,
    recipient_hash,
)

VILLAGE, PPT = device("laptop"), device("ppt", Side.PPT, "53.01")
RECORDS, PADDING = member("records.jsonl.xz", b"x"), member("padding", b"")
SOUND = head(VILLAGE, PPT, count=3, members=(RECORDS, PADDING), unpacked=40)


def changed(**parts: Any) -> bytes:
    """The sound manifest as JSON with some parts replaced; a part that is ... is left out."""
    parts = json.loads(encode(SOUND)) | parts
    return as_json({key: value for key, value in parts.items() if value is not ...})


def sender(**parts: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(encode(SOUND))["sender"]
    return found | parts


def listed(**parts: Any) -> list[dict[str, Any]]:
    """Records, with some parts replaced, and padding."""
    records = {"name": "records.jsonl.xz", "bytes": 1, "sha256": "a" * 64}
    return [records | parts, records | {"name": "padding"}]


@pytest.mark.parametrize("kind", BundleKind)
def test_what_was_encoded_is_decoded(kind: BundleKind) -> None:
    manifest = msgspec.structs.replace(SOUND, kind=kind, previous="a" * 64, journal_head="b" * 64)
    assert decode(encode(manifest)) == manifest
    assert encode(decode(encode(manifest))) == encode(manifest)


def test_files_stand_between_the_records_and_the_padding() -> None:
    members = [listed()[0], *listed(name="files/" + "a" * 64)]
    assert [member.name for member in decode(changed(members=members)).members] == [each["name"] for each in members]


def test_known_hashes() -> None:
    assert digest(b"{}") == hashlib.sha256(b"{}").hexdigest()
    assert recipient_hash("age1pq1x") == hashlib.sha256(b"age1pq1x").hexdigest()


def test_the_layout_is_the_documented_one() -> None:
    found = json.loads(encode(SOUND))
    assert list(found) == sorted(found)
    assert found["format"] == [1, 1]
    assert found["sender"].keys() == {"side", "code", "device", "key"}
    assert found["members"][0].keys() == {"name", "bytes", "sha256"}
    assert found.keys() == {
        *("format", "bundle", "kind", "practice", "sender", "recipients", "epoch", "number", "previous"),
        *("created_at", "journal_head", "records", "unpacked", "members", "parent"),
    }


def test_a_manifest_of_format_1_0_has_no_parent() -> None:
    assert decode(changed(format=[1, 0], parent=...)) == msgspec.structs.replace(SOUND, format=(1, 0))
    for bad in ("e" * 15, "E" * 16, None, 7):
        with pytest.raises(ManifestMalformed):
            decode(changed(parent=bad))


@pytest.mark.parametrize("part", [key for key in json.loads(encode(SOUND)) if key not in {"members", "parent"}])
def test_no_part_may_be_missing(part: str) -> None:
    for absent in (..., None):
        with pytest.raises(ManifestMalformed):
            decode(changed(**{part: absent}))


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"\xef\xbb\xbf" + encode(SOUND),
        encode(SOUND) + b"x",
        encode(SOUND)[:-1],
        encode(SOUND).decode().encode("utf-16"),
        changed(created_at="\ud800"),
        encode(SOUND).replace(b'"practice":false', b'"practice":NaN'),
        encode(SOUND).replace(b'"records":3', b'"records":3e999'),
        b'{"format": ' + b"[" * 100_000,
        changed(zzz=...)[:-1] + b', "zzz": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        changed(format=[0, 9]),
        changed(format=[-1, 0]),
        changed(format=[1, -1]),
        changed(format=[1]),
        changed(format=[1, 0, 0]),
        changed(format="1.0"),
        changed(format=[1.5, 0]),
        changed(format=[True, 0]),
        changed(format=[10_000, 0]),
        changed(format=[10**4_000, 0]),
        changed(bundle="1"),
        changed(bundle="A" * 36),
        changed(bundle="../../../../../../../etc/passwd-----"),
        changed(bundle=SOUND.bundle + "\n"),
        changed(kind="gossip"),
        changed(practice=0),
        changed(practice="false"),
        changed(sender="53.01"),
        changed(sender=sender(code="")),
        changed(sender=sender(code="5" * 21)),
        changed(sender=sender(code="53.01\n")),
        changed(sender=sender(code="53 01")),
        changed(sender=sender(device="A" * 16)),
        changed(sender=sender(device="a" * 17)),
        changed(sender=sender(device="a" * 16 + "\n")),
        changed(sender=sender(device=None)),
        changed(recipients=[]),
        changed(recipients=["a" * 64] * 11),
        changed(recipients=["a" * 63]),
        changed(recipients=["A" * 64]),
        changed(recipients="a" * 64),
        changed(epoch=""),
        changed(epoch="e" * 15),
        changed(epoch="e" * 16 + "\n"),
        changed(number=0),
        changed(number=-1),
        changed(number=2**53),
        changed(number=10**400),
        changed(number=1.5),
        changed(number=True),
        changed(previous="x"),
        changed(previous="a" * 65),
        changed(journal_head="a" * 63),
        changed(created_at=""),
        changed(created_at="2" * 33),
        changed(records=-1),
        changed(records=RECORDS_LIMIT + 1),
        changed(unpacked=-1),
        changed(unpacked=UNPACKED_LIMIT + 1),
        changed(members=...),
        changed(members=[]),
        changed(members=listed(name="padding")),
        changed(members=listed()[:1]),
        changed(members=listed()[::-1]),
        changed(members=[*listed(), *listed()[1:]]),
        changed(members=[*listed(name="files/" + "a" * 64)[:1], listed()[1]]),
        changed(members=[listed()[0], *listed(name="files/" + "b" * 64)]),
        changed(members=[listed()[0], *2 * listed(name="files/" + "a" * 64)[:1], listed()[1]]),
        changed(members=[*listed(), *listed(name="files/" + "a" * 64)[:1]]),
        changed(members=[listed()[0], *listed(name="../" + "a" * 64)]),
        changed(members=listed(bytes=-1)),
        changed(members=listed(sha256="a" * 63)),
        changed(members=listed(sha256="")),
        changed(members=[listed()[0], listed(name="padding", sha256="z" * 64)[0]]),
        changed(members=listed() * 200),
    ],
)
def test_malformed(bad: bytes) -> None:
    with pytest.raises(ManifestMalformed) as caught:
        decode(bad)
    assert caught.value.params == {}


@pytest.mark.parametrize(
    "good",
    [
        changed(sender=sender(code="53.01.08.2008-A")),
        changed(recipients=["a" * 64] * 10),
        changed(number=2**53 - 1),
        changed(records=0, unpacked=0),
        changed(created_at="2"),
        changed(records=RECORDS_LIMIT, unpacked=UNPACKED_LIMIT),
        changed(created_at="2" * 32),
        changed(members=listed(bytes=2**60)),
    ],
)
def test_just_inside_the_limits(good: bytes) -> None:
    decode(good)


# --- versions


@pytest.mark.parametrize(("major", "minor"), [(2, 0), (2, 7), (9_999, 9_999)])
def test_a_newer_major_version_is_refused_by_name_whatever_else_it_says(major: int, minor: int) -> None:
    for newer in (changed(format=[major, minor]), as_json({"format": [major, minor], "members": "elsewhere"})):
        with pytest.raises(FormatNewer) as caught:
            decode(newer)
        assert caught.value.params == {"format": f"{major}.{minor}"}


def test_a_newer_minor_version_is_read_and_what_it_adds_is_ignored() -> None:
    newer = changed(format=[1, 7], zzz={"baru": [1]}, sender=sender(zzz=1), members=listed(zzz=1))
    manifest = decode(newer)
    assert manifest.format == (1, 7)
    assert manifest.sender == SOUND.sender
    assert manifest.members[0].name == "records.jsonl.xz"


# --- anything at all


def check(content: bytes) -> None:
    try:
        manifest = decode(content)
    except (ManifestMalformed, FormatNewer):
        return
    assert decode(encode(manifest)) == manifest
    assert manifest.members[0].name == "records.jsonl.xz"


@given(st.binary(max_size=100))
def test_any_bytes(content: bytes) -> None:
    check(content)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.binary(max_size=3)), max_size=4))
def test_a_sound_manifest_with_bytes_changed(edits: list[tuple[float, int, bytes]]) -> None:
    content = encode(SOUND)
    for place, dropped, added in edits:
        start = int(place * len(content))
        content = content[:start] + added + content[start + dropped :]
    check(content)


@given(st.sampled_from(sorted(json.loads(encode(SOUND)))), json_values())
def test_one_part_replaced_by_any_json(part: str, value: Any) -> None:
    check(changed(**{part: value}))
