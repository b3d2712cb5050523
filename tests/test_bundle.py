# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle from records to sealed bytes and back, and every refusal by its own name in the order of trust."""

from __future__ import annotations

import lzma
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sync_tools import (
    EPOCH,
    device,
    forged,
    full_record,
    head,
    lines_of,
    member,
    members_of,
    packed,
    sealed,
    trust,
    with_records,
    written_once,
    xz,
)

from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import BundleKind, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync import bundle, manifest, ustar, wire
from trafficwatch.sync.age import BundleDamaged, NotABundle, NotForThisRecipient
from trafficwatch.sync.bundle import (
    SEALED_LIMIT,
    BundleForked,
    BundleTooLarge,
    ContentDamaged,
    ForAnotherRecipient,
    Opened,
    PracticeRefused,
    SenderRevoked,
    SenderUnknown,
    Trust,
    open_bundle,
)
from trafficwatch.sync.manifest import MANIFEST_LIMIT, FormatNewer, Manifest, ManifestMalformed
from trafficwatch.sync.padme import padded_size
from trafficwatch.sync.sshsig import SignatureInvalid, SignatureMalformed
from trafficwatch.sync.ustar import ContainerMalformed

VILLAGE = device("laptop")
OTHER_LAPTOP = device("laptop 2")
OTHER_VILLAGE = device("tetangga", code="53.01.08.2001")
PPT = device("ppt", Side.PPT, "53.01")
OTHER_PPT = device("ppt 2", Side.PPT, "53.03")
LINES = lines_of([written_once("person", {"name": "Maria"}), written_once("tally", {"people": 3}, number=2)])
TRUST = trust(PPT, VILLAGE.peer())


def opened(content: bytes, known: Trust = TRUST) -> Opened:
    return open_bundle(content, PPT.identity, known)


def refused(content: bytes, by: type[BundleError], known: Trust = TRUST) -> BundleError:
    with pytest.raises(BundleError) as caught:
        opened(content, known)
    assert type(caught.value) is by
    return caught.value


# --- round trip


def test_what_was_packed_is_opened() -> None:
    states = [full_record(name, zzz=1) for name in RECORD_TYPES]
    found = opened(sealed(VILLAGE, PPT, lines_of(states)))
    assert [incoming.state for incoming in found.lines.records] == states
    assert {incoming.home for incoming in found.lines.records} == {VILLAGE.code}
    assert not found.again
    assert found.manifest.sender.device == VILLAGE.id
    assert found.manifest_hash == packed(VILLAGE, PPT, lines_of(states))[1]


def test_packing_is_repeatable_and_sealing_is_not() -> None:
    assert packed(VILLAGE, PPT, LINES) == packed(VILLAGE, PPT, LINES)
    assert sealed(VILLAGE, PPT, LINES) != sealed(VILLAGE, PPT, LINES)


@pytest.mark.parametrize("kind", BundleKind)
def test_every_kind_and_no_records_at_all(kind: BundleKind) -> None:
    found = opened(sealed(VILLAGE, PPT, [], kind=kind))
    assert found.manifest.kind is kind
    assert found.lines == wire.Lines((), (), ())


def test_several_recipients() -> None:
    hashes = tuple(manifest.recipient_hash(each.recipient) for each in (PPT, OTHER_PPT))
    archive, _ = packed(VILLAGE, PPT, LINES, recipients=hashes)
    content = bundle.seal(archive, [PPT.recipient, OTHER_PPT.recipient])
    assert opened(content) == open_bundle(content, OTHER_PPT.identity, trust(OTHER_PPT, VILLAGE.peer()))


def test_a_bad_line_does_not_spoil_the_bundle() -> None:
    found = opened(sealed(VILLAGE, PPT, [*LINES, "{}"]))
    assert len(found.lines.records) == 2
    assert [each.reason for each in found.lines.refused] == ["line_malformed"]


def test_the_known_counter_bounds_the_stamps() -> None:
    far = '{"type":"person","id":"%s","home":"x","stamp":[1000011,"%s"],"context":{"%s":1000011},"fields":{"name":"M"}}'
    line = far % ("00000000-0000-4000-8000-000000000001", "a" * 16, "a" * 16)
    assert opened(sealed(VILLAGE, PPT, [line])).lines.refused[0].reason == "stamp_far_ahead"
    assert opened(sealed(VILLAGE, PPT, [line]), trust(PPT, VILLAGE.peer(), counter=11)).lines.records


@settings(max_examples=60)
@given(st.integers(0, 60_000), st.integers(0, 3))
def test_the_size_is_a_padme_size_whatever_is_inside(size: int, seed: int) -> None:
    """What does not compress, so that the size of the content decides."""
    content = b"".join(manifest.digest(b"%d %d" % (seed, number)).encode() for number in range(size // 64 + 1))[:size]
    archive, _ = bundle.pack(head(VILLAGE, PPT, count=0), content, VILLAGE.signing_seed)
    assert len(archive) == padded_size(len(archive))
    members = members_of(archive)
    assert list(members) == ["manifest.json", "manifest.sig", "records.jsonl.xz", "padding"]
    assert not any(members["padding"])
    assert lzma.decompress(members["records.jsonl.xz"]) == content


# --- the order of trust


def test_larger_than_any_bundle() -> None:
    error = refused(b"age-encryption.org/v1\n" + bytes(SEALED_LIMIT), BundleTooLarge)
    assert error.params == {"megabytes": 32}
    refused(bytes(SEALED_LIMIT), NotABundle)


def test_not_for_us() -> None:
    refused(sealed(VILLAGE, OTHER_PPT, LINES), NotForThisRecipient)
    refused(b"halo", NotABundle)
    refused(sealed(VILLAGE, PPT, LINES)[:-1], BundleDamaged)


def sealed_archive(*members: tuple[str, bytes]) -> bytes:
    return bundle.seal(ustar.write(members), [PPT.recipient])


def test_not_an_archive() -> None:
    refused(bundle.seal(b"", [PPT.recipient]), ContainerMalformed)
    refused(bundle.seal(b"x" * 2_000, [PPT.recipient]), ContainerMalformed)


SOUND = members_of(packed(VILLAGE, PPT, LINES)[0])
HEAD, SIGNATURE = SOUND["manifest.json"], SOUND["manifest.sig"]


@pytest.mark.parametrize(
    "members",
    [
        [],
        [("manifest.json", HEAD)],
        [("manifest.sig", SIGNATURE), ("manifest.json", HEAD)],
        [("records.jsonl.xz", b"x"), ("manifest.json", HEAD), ("manifest.sig", SIGNATURE)],
        [("manifest.json", HEAD + b" " * MANIFEST_LIMIT), ("manifest.sig", SIGNATURE)],
        [("manifest.json", HEAD), ("manifest.sig", SIGNATURE + b" " * MANIFEST_LIMIT)],
        [("manifest.json", b"{}"), ("manifest.sig", SIGNATURE)],
    ],
)
def test_no_manifest_and_signature_first(members: list[tuple[str, bytes]]) -> None:
    refused(sealed_archive(*members), ManifestMalformed)


def test_a_newer_format_is_named_before_anything_is_believed() -> None:
    content = forged(OTHER_VILLAGE, PPT, b'{"format": [2, 1]}', [])
    assert refused(content, FormatNewer).params == {"format": "2.1"}


def test_who_may_send() -> None:
    content = sealed(VILLAGE, PPT, LINES)
    refused(content, SenderUnknown, trust(PPT))
    refused(content, SenderUnknown, trust(PPT, OTHER_LAPTOP.peer()))
    refused(content, SenderUnknown, trust(PPT, VILLAGE.peer(PeerStatus.PENDING)))
    refused(content, SenderRevoked, trust(PPT, VILLAGE.peer(PeerStatus.REVOKED)))
    refused(content, SenderUnknown, trust(PPT, VILLAGE.peer(signing_key=OTHER_LAPTOP.signing_key)))
    assert opened(content, trust(PPT, OTHER_VILLAGE.peer(), VILLAGE.peer(), OTHER_LAPTOP.peer()))


def test_that_a_device_was_revoked_is_told_to_nobody_who_only_claims_to_be_it() -> None:
    claims = head(VILLAGE, PPT, count=0, members=(member("records.jsonl.xz", b""), member("padding", b"")))
    known = trust(PPT, VILLAGE.peer(PeerStatus.REVOKED))
    refused(forged(OTHER_LAPTOP, PPT, claims, []), SignatureInvalid, known)


@pytest.mark.parametrize("changes", [{"code": OTHER_VILLAGE.code}, {"side": Side.PPT.value}, {"side": "kantor"}])
def test_a_device_speaks_for_its_own_office_only(changes: dict[str, Any]) -> None:
    claims = msgspec.structs.replace(head(VILLAGE, PPT, count=0).sender, **changes)
    refused(sealed(VILLAGE, PPT, LINES, sender=claims), SenderUnknown)


def test_a_key_that_is_not_the_senders() -> None:
    claims = msgspec.structs.replace(
        head(VILLAGE, PPT, count=0).sender, key=head(OTHER_LAPTOP, PPT, count=0).sender.key
    )
    refused(sealed(VILLAGE, PPT, LINES, sender=claims), SenderUnknown)


def signed_again(signature: bytes, head_bytes: bytes = HEAD) -> bytes:
    members = SOUND | {"manifest.json": head_bytes, "manifest.sig": signature}
    return sealed_archive(*members.items())


def test_signatures_of_something_else() -> None:
    other_head = HEAD.replace(b'"number":1', b'"number":2')
    refused(signed_again(SIGNATURE, other_head), SignatureInvalid)
    refused(signed_again(members_of(packed(VILLAGE, PPT, LINES, number=2)[0])["manifest.sig"]), SignatureInvalid)
    refused(signed_again(members_of(packed(OTHER_LAPTOP, PPT, LINES)[0])["manifest.sig"]), SignatureInvalid)
    refused(signed_again(b""), SignatureMalformed)
    refused(forged(VILLAGE, PPT, HEAD, list(SOUND.items())[2:], namespace="file"), SignatureInvalid)
    refused(forged(VILLAGE, PPT, HEAD, list(SOUND.items())[2:], namespace="trafficwatch-enrolment"), SignatureInvalid)
    assert opened(forged(VILLAGE, PPT, HEAD, list(SOUND.items())[2:]))


def test_signed_for_another_recipient() -> None:
    refused(bundle.seal(packed(VILLAGE, OTHER_PPT, LINES)[0], [PPT.recipient]), ForAnotherRecipient)


def test_practice_and_real_never_meet() -> None:
    rehearsing = device("latihan", practice=True)
    practice_ppt = device("ppt latihan", Side.PPT, "53.01", practice=True)
    refused(sealed(rehearsing, PPT, LINES), PracticeRefused, trust(PPT, rehearsing.peer()))
    refused(sealed(rehearsing, PPT, LINES, practice=False), PracticeRefused, trust(PPT, rehearsing.peer()))
    refused(sealed(VILLAGE, PPT, LINES, practice=True), PracticeRefused)
    for sender, changes in ((VILLAGE, {}), (VILLAGE, {"practice": True}), (rehearsing, {"practice": False})):
        content = sealed(sender, practice_ppt, LINES, **changes)
        with pytest.raises(PracticeRefused):
            open_bundle(content, practice_ppt.identity, trust(practice_ppt, sender.peer()))
    content = sealed(rehearsing, practice_ppt, LINES)
    assert open_bundle(content, practice_ppt.identity, trust(practice_ppt, rehearsing.peer())).manifest.practice


def test_the_same_bundle_again_and_another_under_its_number() -> None:
    content, manifest_hash = sealed(VILLAGE, PPT, LINES), packed(VILLAGE, PPT, LINES)[1]
    known = trust(PPT, VILLAGE.peer(), received={(VILLAGE.id, EPOCH, 1): manifest_hash})
    assert opened(content, known).again
    assert refused(sealed(VILLAGE, PPT, LINES[:1]), BundleForked, known).params == {"number": 1}
    assert not opened(sealed(VILLAGE, PPT, LINES, epoch="f" * 16), known).again
    elsewhere = trust(PPT, VILLAGE.peer(), received={(OTHER_LAPTOP.id, EPOCH, 1): "0" * 64})
    assert not opened(content, elsewhere).again


def test_a_bundle_names_the_one_before_it() -> None:
    """A copied laptop whose first bundle got lost is found by its second one."""
    first = packed(VILLAGE, PPT, LINES)[1]
    known = trust(PPT, VILLAGE.peer(), received={(VILLAGE.id, EPOCH, 1): first})
    assert opened(sealed(VILLAGE, PPT, LINES, number=2, previous=first), known)
    for other in ("0" * 64, ""):
        error = refused(sealed(VILLAGE, PPT, LINES, number=2, previous=other), BundleForked, known)
        assert error.params == {"number": 1}
    assert opened(sealed(VILLAGE, PPT, LINES, number=3, previous="0" * 64), known)
    assert opened(sealed(VILLAGE, PPT, LINES, number=2, previous="0" * 64))
    assert opened(sealed(VILLAGE, PPT, LINES, number=2, previous="0" * 64, epoch="f" * 16), known)


# --- members

PADDED = [("records.jsonl.xz", xz(wire.join(LINES))), ("padding", bytes(64))]


def listing(members: list[tuple[str, bytes]], /, **changes: Any) -> Manifest:
    listed = tuple(member(*each) for each in members)
    unpacked = len(wire.join(LINES))
    return msgspec.structs.replace(head(VILLAGE, PPT, count=2, members=listed, unpacked=unpacked), **changes)


def test_members_as_listed() -> None:
    assert len(opened(forged(VILLAGE, PPT, listing(PADDED), PADDED)).lines.records) == 2


@pytest.mark.parametrize(
    "there",
    [
        PADDED[:1],
        PADDED[1:],
        [],
        PADDED[::-1],
        [*PADDED, ("more", b"")],
        [("more", b""), *PADDED],
        [PADDED[0], ("files/" + "a" * 64, b"foto"), PADDED[1]],
        [("records.jsonl.xz", xz(b"")), PADDED[1]],
        [("records.jsonl", PADDED[0][1]), PADDED[1]],
        [PADDED[0], ("padding2", PADDED[1][1])],
        [PADDED[0], ("padding", bytes(63) + b"x")],
        [PADDED[0], ("padding", bytes(65))],
        [PADDED[0], ("padding", bytes(63))],
    ],
)
def test_members_that_are_not_as_listed(there: list[tuple[str, bytes]]) -> None:
    refused(forged(VILLAGE, PPT, listing(PADDED), there), ContentDamaged)


@pytest.mark.parametrize(
    "listed", [[], PADDED[:1], PADDED[::-1], [PADDED[0], ("files/" + "a" * 64, b"foto"), PADDED[1]]]
)
def test_other_members_than_the_format_has(listed: list[tuple[str, bytes]]) -> None:
    refused(forged(VILLAGE, PPT, listing(listed), listed), ManifestMalformed)


@pytest.mark.parametrize("there", [0, 63, 65, 2**40])
def test_a_listed_size_that_lies(there: int) -> None:
    lying = (member(*PADDED[0]), msgspec.structs.replace(member(*PADDED[1]), bytes=there))
    refused(forged(VILLAGE, PPT, listing(PADDED, members=lying), PADDED), ContentDamaged)


def test_what_follows_the_last_member() -> None:
    archive = bundle.unseal(forged(VILLAGE, PPT, listing(PADDED), PADDED), PPT.identity)
    for tail in (b"\0", bytes(512), b"x" * 512, archive):
        refused(bundle.seal(archive + tail, [PPT.recipient]), ContainerMalformed)


# --- unpacking

TEXT = wire.join(LINES)


@pytest.mark.parametrize(
    ("packed_records", "unpacked"),
    [
        (xz(TEXT), len(TEXT) - 1),
        (xz(TEXT), len(TEXT) + 1),
        (xz(TEXT), 0),
        (xz(TEXT) + b"\0\0\0\0", len(TEXT)),
        (xz(TEXT) + b"x", len(TEXT)),
        (xz(TEXT) + xz(b""), len(TEXT)),
        (xz(TEXT[:20]) + xz(TEXT[20:]), len(TEXT)),
        (xz(TEXT)[:-1], len(TEXT)),
        (xz(TEXT)[:-40], len(TEXT)),
        (TEXT, len(TEXT)),
        (b"", 0),
        (b"", len(TEXT)),
        (lzma.compress(TEXT, format=lzma.FORMAT_ALONE), len(TEXT)),
        (lzma.compress(b"", format=lzma.FORMAT_XZ, preset=9), 1),
    ],
)
def test_records_that_do_not_unpack_to_what_is_claimed(packed_records: bytes, unpacked: int) -> None:
    refused(with_records(VILLAGE, PPT, packed_records, unpacked=unpacked, count=2), ContentDamaged)


def test_a_checksum_of_the_stream_that_is_wrong() -> None:
    broken = bytearray(xz(TEXT))
    broken[-20] ^= 1
    refused(with_records(VILLAGE, PPT, bytes(broken), unpacked=len(TEXT), count=2), ContentDamaged)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_more_or_fewer_records_than_claimed(count: int) -> None:
    refused(with_records(VILLAGE, PPT, xz(TEXT), unpacked=len(TEXT), count=count), ContentDamaged)


@pytest.mark.parametrize("text", [b"\n\n", TEXT[:-1], TEXT + b"\n", TEXT.replace(b"\n", b"\r")])
def test_a_line_feed_ends_each_record_and_nothing_else(text: bytes) -> None:
    refused(with_records(VILLAGE, PPT, xz(text), unpacked=len(text), count=2), ContentDamaged)
