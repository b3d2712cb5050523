# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks on a real sealed bundle: by who carries it, by another recipient, by an enrolled sender who means harm.

Whoever carries it can change, cut, lengthen, repeat and mix files; the PPT's public key lets anyone seal anything for
it. A recipient can open a bundle and seal its inside again. An enrolled sender can sign whatever it likes. With
TRAFFICWATCH_LONG=1 every bit and every length is tried.
"""

from __future__ import annotations

import lzma
import os
import tracemalloc
import zlib
from functools import cache

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampling import every
from sync_tools import (
    EPOCH,
    Device,
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
from trafficwatch.sync import bundle, sshsig, ustar, wire
from trafficwatch.sync.age import BundleDamaged, NotABundle, NotForThisRecipient
from trafficwatch.sync.bundle import (
    BundleForked,
    ContentDamaged,
    ForAnotherRecipient,
    Opened,
    SenderRevoked,
    SenderUnknown,
    Trust,
    open_bundle,
)
from trafficwatch.sync.key_errors import UnsafeKey
from trafficwatch.sync.manifest import RECORDS_LIMIT, UNPACKED_LIMIT
from trafficwatch.sync.sshsig import SignatureInvalid

LONG = os.environ.get("TRAFFICWATCH_LONG") == "1"
VILLAGE = device("laptop")
OTHER_LAPTOP = device("laptop 2")
OTHER_VILLAGE = device("tetangga", code="53.01.08.2001")
PPT = device("ppt", Side.PPT, "53.01")
OTHER_PPT = device("ppt 2", Side.PPT, "53.03")
LINES = lines_of([full_record("referral"), written_once("person", {"name": "Maria"})])
ARCHIVE, MANIFEST_HASH = packed(VILLAGE, PPT, LINES)
SEALED = bundle.seal(ARCHIVE, [PPT.recipient])
EVERYBODY = (VILLAGE.peer(), OTHER_LAPTOP.peer(), OTHER_VILLAGE.peer(), OTHER_PPT.peer(), PPT.peer())
TRUST = trust(PPT, *EVERYBODY)


def refusal(content: bytes, known: Trust = TRUST, receiver: Device = PPT) -> type[BundleError]:
    """How a bundle is refused; fails if it is taken in or ends in anything but an expected error."""
    with pytest.raises(BundleError) as caught:
        open_bundle(content, receiver.identity, known)
    return caught.type


def resealed(archive: bytes, *receivers: Device) -> bytes:
    return bundle.seal(archive, [receiver.recipient for receiver in receivers or (PPT,)])


def opened(content: bytes, known: Trust = TRUST) -> Opened:
    return open_bundle(content, PPT.identity, known)


def flips(content: bytes, step: int) -> list[bytes]:
    """The content with one bit of every `step`th byte turned over; with TRAFFICWATCH_LONG every bit."""
    found = []
    for position in range(0, len(content), 1 if LONG else step):
        for bit in range(8) if LONG else [position % 8]:
            changed = bytearray(content)
            changed[position] ^= 1 << bit
            found.append(bytes(changed))
    return found


def test_the_bundle_that_is_attacked_is_sound() -> None:
    assert len(opened(SEALED).lines.records) == 2
    assert opened(resealed(ARCHIVE)).manifest_hash == MANIFEST_HASH


# --- whoever carries it


def test_a_bit_of_every_byte() -> None:
    found = flips(SEALED, step=1)
    for changed in found if LONG else every(found, 3):
        assert refusal(changed) in {BundleDamaged, NotABundle, NotForThisRecipient}


def test_cut_at_any_length() -> None:
    for length in range(0, len(SEALED), 1 if LONG else 5):
        assert refusal(SEALED[:length]) in {BundleDamaged, NotABundle}


def test_lengthened_and_joined() -> None:
    for more in (b"\0", b"\n", bytes(512), SEALED):
        assert refusal(SEALED + more) is BundleDamaged
        assert refusal(more + SEALED) in {BundleDamaged, NotABundle}


def test_a_bit_of_every_byte_inside_sealed_again_with_the_public_key() -> None:
    for changed in flips(ARCHIVE, step=11):
        refusal(resealed(changed))


def test_the_inside_cut_or_lengthened_and_sealed_again() -> None:
    for length in range(0, len(ARCHIVE), 1 if LONG else 37):
        refusal(resealed(ARCHIVE[:length]))
    for more in (b"\0", bytes(512), ARCHIVE):
        refusal(resealed(ARCHIVE + more))


def test_repeated() -> None:
    known = trust(PPT, *EVERYBODY, received={(VILLAGE.id, EPOCH, 1): MANIFEST_HASH})
    for content in (SEALED, resealed(ARCHIVE)):
        again = opened(content, known)
        assert again.again
        assert again.manifest_hash == MANIFEST_HASH


def test_the_content_of_another_bundle_behind_this_head() -> None:
    here = members_of(ARCHIVE)
    there = members_of(packed(VILLAGE, PPT, lines_of([full_record("referral", number=2)]), number=2)[0])
    for names in (["records.jsonl.xz"], ["padding"], ["records.jsonl.xz", "padding"]):
        mixed = here | {name: there[name] for name in names}
        if mixed != here:
            assert refusal(resealed(ustar.write(list(mixed.items())))) is ContentDamaged
    for name in ("manifest.json", "manifest.sig"):
        assert refusal(resealed(ustar.write(list((here | {name: there[name]}).items())))) is SignatureInvalid


def test_sent_back_to_its_sender() -> None:
    assert refusal(resealed(ARCHIVE, VILLAGE), trust(VILLAGE, *EVERYBODY), VILLAGE) is ForAnotherRecipient
    assert refusal(resealed(ARCHIVE, VILLAGE), trust(VILLAGE, PPT.peer()), VILLAGE) is SenderUnknown


# --- another recipient


def test_a_recipient_seals_a_bundle_again_for_somebody_else() -> None:
    """PPT A passes what a village told it on to PPT B, as if the village had sent it there."""
    inside = bundle.unseal(sealed(VILLAGE, OTHER_PPT, LINES), OTHER_PPT.identity)
    assert refusal(resealed(inside)) is ForAnotherRecipient
    assert refusal(resealed(inside, PPT, OTHER_PPT)) is ForAnotherRecipient
    assert refusal(resealed(inside), trust(PPT, OTHER_PPT.peer())) is SenderUnknown


def test_a_recipient_signs_what_another_sent_as_its_own() -> None:
    """It may: but then it speaks for itself, by its own name, code and key."""
    inside = members_of(ARCHIVE)
    members = list(inside.items())[2:]
    assert refusal(forged(OTHER_PPT, PPT, inside["manifest.json"], members)) is SignatureInvalid
    claims = head(OTHER_PPT, PPT, count=2, members=tuple(member(*each) for each in members), unpacked=unpacked_size())
    assert opened(forged(OTHER_PPT, PPT, claims, members)).manifest.sender.code == OTHER_PPT.code


def unpacked_size() -> int:
    return len(wire.join(LINES))


# --- an enrolled sender


def test_another_villages_code() -> None:
    own = head(OTHER_VILLAGE, PPT, count=0).sender
    for claims in (
        msgspec.structs.replace(own, code=VILLAGE.code),
        msgspec.structs.replace(own, side=Side.PPT.value, code=PPT.code),
    ):
        assert refusal(sealed(OTHER_VILLAGE, PPT, LINES, sender=claims)) is SenderUnknown


def test_another_devices_name() -> None:
    own, other = head(OTHER_VILLAGE, PPT, count=0).sender, head(VILLAGE, PPT, count=0).sender
    assert refusal(sealed(OTHER_VILLAGE, PPT, LINES, sender=other)) is SignatureInvalid
    with_own_key = msgspec.structs.replace(other, key=own.key)
    assert refusal(sealed(OTHER_VILLAGE, PPT, LINES, sender=with_own_key)) is SenderUnknown


def test_a_record_of_another_village_is_named_with_the_home_it_claims() -> None:
    """Who sent it is proved, what it claims is not: the import compares the two."""
    found = opened(sealed(OTHER_VILLAGE, PPT, lines_of([full_record("person")], home=VILLAGE.code)))
    assert found.manifest.sender.code == OTHER_VILLAGE.code
    assert [incoming.home for incoming in found.lines.records] == [VILLAGE.code]


@pytest.mark.parametrize("kind", BundleKind)
def test_a_revoked_device_sends_nothing_any_more(kind: BundleKind) -> None:
    known = trust(PPT, VILLAGE.peer(PeerStatus.REVOKED), *EVERYBODY[1:])
    assert refusal(sealed(VILLAGE, PPT, LINES, kind=kind, epoch="f" * 16), known) is SenderRevoked


def test_two_contents_under_one_number() -> None:
    known = trust(PPT, *EVERYBODY, received={(VILLAGE.id, EPOCH, 1): MANIFEST_HASH})
    assert refusal(sealed(VILLAGE, PPT, LINES[:1]), known) is BundleForked
    assert refusal(sealed(VILLAGE, PPT, LINES, created_at="2026-11-22T01:00:00+00:00"), known) is BundleForked


def test_a_key_for_which_anyone_can_sign_is_refused_even_if_it_was_enrolled() -> None:
    zero_key = bytes([1, *bytes(31)])
    claims = msgspec.structs.replace(head(VILLAGE, PPT, count=0).sender, key=sshsig.fingerprint(zero_key))
    content = sealed(VILLAGE, PPT, LINES, sender=claims)
    assert refusal(content, trust(PPT, VILLAGE.peer(signing_key=zero_key))) is UnsafeKey


EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.binary(max_size=3)), min_size=1, max_size=4)
TEXT = wire.join(lines_of(full_record(name, number=place) for place, name in enumerate(RECORD_TYPES, start=1)))


@given(EDITS)
def test_any_content_that_an_enrolled_sender_really_signed(edits: list[tuple[float, int, bytes]]) -> None:
    text = TEXT
    for place, dropped, added in edits:
        start = int(place * len(text))
        text = text[:start] + added + text[start + dropped :]
    content = with_records(VILLAGE, PPT, xz(text, preset=0), unpacked=len(text), count=text.count(b"\n"))
    try:
        found = opened(content).lines
    except ContentDamaged:
        return
    assert len(found.records) + len(found.control) + len(found.refused) == text.count(b"\n")


# --- bombs


def test_a_stream_that_wants_a_dictionary_of_a_gigabyte() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    content = bytearray(lzma.compress(TEXT, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=filters))
    where = content.index(b"\x21\x01") + 2
    content[where] = 38  # 1.5 GiB
    content[20:24] = zlib.crc32(bytes(content[12:20])).to_bytes(4, "little")
    assert refusal(with_records(VILLAGE, PPT, bytes(content), unpacked=len(TEXT), count=1)) is ContentDamaged


@cache
def bomb() -> bytes:
    return xz(bytes(UNPACKED_LIMIT + 1_000_000), preset=0)


@pytest.mark.parametrize("claimed", [10, 1_000_000, UNPACKED_LIMIT])
def test_a_bomb_unpacks_no_further_than_claimed(claimed: int) -> None:
    content = with_records(VILLAGE, PPT, bomb(), unpacked=claimed, count=1)
    tracemalloc.start()
    try:
        assert refusal(content) is ContentDamaged
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2.5 * claimed + 5_000_000


@pytest.mark.parametrize("filler", [b"\n", b"{}\n"])
def test_millions_of_lines_are_counted_before_they_are_read(filler: bytes) -> None:
    text = filler * (UNPACKED_LIMIT // len(filler))
    content = with_records(VILLAGE, PPT, xz(text, preset=0), unpacked=len(text), count=RECORDS_LIMIT)
    tracemalloc.start()
    try:
        assert refusal(content) is ContentDamaged
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * UNPACKED_LIMIT
