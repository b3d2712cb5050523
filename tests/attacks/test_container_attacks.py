# SPDX-License-Identifier: GPL-3.0-or-later
"""What someone can do to a bundle on its way, or put into one with a key of his own: all of it is refused by name.

Nothing here may end in another exception than a BundleError, and nothing changed may pass as sound.
"""

from __future__ import annotations

import io
import random
import tarfile
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampling import every

from trafficwatch.errors import BundleError
from trafficwatch.sync import age, sshsig, ustar
from trafficwatch.sync.age import BundleDamaged, NotABundle, NotForThisRecipient
from trafficwatch.sync.sshsig import SignatureInvalid, SignatureMalformed
from trafficwatch.sync.ustar import BLOCK, ContainerMalformed

if TYPE_CHECKING:
    from collections.abc import Callable

PLAINTEXT = b"isi paket"
IDENTITY = age.generate_identity()
SEALED = age.encrypt(PLAINTEXT, [IDENTITY.recipient()])
HEADER_END = SEALED.index(b"\n--- ") + 1

MEMBERS = [("manifest.json", b"{}"), ("empty", b"")]
ARCHIVE = ustar.write(MEMBERS)

PRIVATE_KEY = bytes(range(32))
PUBLIC_KEY = sshsig.public_key_of(PRIVATE_KEY)
SIGNATURE = sshsig.sign(b"{}", private_key=PRIVATE_KEY, namespace="n")


def flips(content: bytes) -> list[tuple[int, bytes]]:
    """(position, content) with each single bit turned over."""
    changed = []
    for position in range(len(content)):
        for bit in range(8):
            other = bytearray(content)
            other[position] ^= 1 << bit
            changed.append((position, bytes(other)))
    return changed


# --- the sealed file


def refusal(content: bytes) -> type[BundleError]:
    with pytest.raises((BundleDamaged, NotABundle, NotForThisRecipient)) as caught:
        age.decrypt(content, [IDENTITY])
    return caught.type


def test_every_bit_of_a_sealed_file() -> None:
    for position, content in every(flips(SEALED), 3):
        error = refusal(content)
        if position < 22:
            assert error is NotABundle
        elif position >= HEADER_END:
            assert error is BundleDamaged


def test_cut_at_every_length() -> None:
    for length in range(len(SEALED)):
        assert refusal(SEALED[:length]) is BundleDamaged


def test_tail_of_zeros_as_a_stick_pulled_too_early_leaves_it() -> None:
    for kept in range(0, len(SEALED), 7):
        zeros = len(SEALED) - kept
        assert refusal(SEALED[:kept] + bytes(zeros)) in (BundleDamaged, NotABundle)


def test_lengthened_and_joined() -> None:
    rng = random.Random(1)
    for count in range(1, 65):
        assert refusal(SEALED + bytes(count)) is BundleDamaged
        assert refusal(SEALED + rng.randbytes(count)) is BundleDamaged
        assert refusal(bytes(count) + SEALED) is NotABundle
    assert refusal(SEALED + SEALED) is BundleDamaged


def test_header_of_one_file_on_the_payload_of_another() -> None:
    other = age.encrypt(PLAINTEXT, [IDENTITY.recipient()])
    assert refusal(SEALED[: HEADER_END + 48] + other[HEADER_END + 48 :]) is BundleDamaged


def test_stanza_of_one_file_before_the_rest_of_another() -> None:
    """The file key of the other file opens, so only the header MAC can tell."""
    other = age.encrypt(PLAINTEXT, [IDENTITY.recipient()])
    assert refusal(SEALED[:HEADER_END] + other[HEADER_END:]) is BundleDamaged


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_version_line(content: bytes) -> None:
    refusal(b"age-encryption.org/v1\n" + content)


@given(st.lists(st.sampled_from([b"-> ", b"---", b"A", b"A" * 64, b"mlkem768x25519", b" ", b"\n", b"\r", b"=", b"\0"])))
def test_any_header_of_the_right_words(words: list[bytes]) -> None:
    refusal(b"age-encryption.org/v1\n" + b"".join(words))


def test_hundred_thousand_stanzas_cost_nothing() -> None:
    """More than a header may hold, and more stanzas of our kind than are tried."""
    stanza = SEALED[22:HEADER_END]
    assert refusal(SEALED[:22] + b"-> a\n\n" * 100_000 + SEALED[22:]) is BundleDamaged
    assert refusal(SEALED[:22] + stanza * age.MAX_STANZAS + SEALED[22:]) is BundleDamaged


# --- the archive


def archive_refusal(content: bytes, *, max_members: int = 10, max_bytes: int = 10_000) -> str:
    with pytest.raises(ContainerMalformed) as caught:
        list(ustar.read(content, max_members=max_members, max_bytes=max_bytes))
    return str(caught.value.params["reason"])


def test_every_bit_outside_the_contents() -> None:
    """A change of the content itself is for the member hashes of the manifest to find."""
    for position, content in flips(ARCHIVE):
        if BLOCK <= position < BLOCK + 2:
            assert len(list(ustar.read(content, max_members=2, max_bytes=2))) == 2
        else:
            archive_refusal(content)


def test_archive_cut_at_every_length() -> None:
    for length in range(len(ARCHIVE)):
        archive_refusal(ARCHIVE[:length])


def test_archive_lengthened() -> None:
    for more in (b"\0", bytes(BLOCK), bytes(10_240 - len(ARCHIVE)), b"x", ARCHIVE):
        assert archive_refusal(ARCHIVE + more) == "end"
    assert archive_refusal(ARCHIVE[: -2 * BLOCK] + ARCHIVE[-BLOCK:]) == "end"
    assert archive_refusal(b"") == "end"


def with_checksum(header: bytearray) -> bytes:
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode("ascii")
    return bytes(header)


def changed_header(offset: int, field: bytes) -> bytes:
    """The header of an empty member `a` with one field changed and a sound checksum."""
    header = bytearray(ustar._header("a", 0))
    header[offset : offset + len(field)] = field
    return with_checksum(header)


def test_the_attacks_below_differ_from_a_sound_archive_only_in_their_flaw() -> None:
    assert changed_header(0, b"a") + bytes(2 * BLOCK) == ustar.write([("a", b"")])


TYPE, LINK_NAME, MAGIC = 156, 157, 257


@pytest.mark.parametrize(
    ("flaw", "header"),
    [
        ("old regular file", changed_header(TYPE, b"\0")),
        ("hard link", changed_header(TYPE, b"1manifest.json")),
        ("symbolic link", changed_header(TYPE, b"2/etc/passwd")),
        ("character device", changed_header(TYPE, b"3")),
        ("block device", changed_header(TYPE, b"4")),
        ("folder", changed_header(TYPE, b"5")),
        ("pipe", changed_header(TYPE, b"6")),
        ("contiguous file", changed_header(TYPE, b"7")),
        ("pax header", changed_header(TYPE, b"x")),
        ("global pax header", changed_header(TYPE, b"g")),
        ("GNU long name", changed_header(TYPE, b"L")),
        ("GNU long link", changed_header(TYPE, b"K")),
        ("GNU sparse file", changed_header(TYPE, b"S")),
        ("link name of a regular file", changed_header(LINK_NAME, b"x")),
        ("GNU magic", changed_header(MAGIC, b"ustar  \0")),
        ("before ustar", changed_header(MAGIC, bytes(8))),
        ("mode", changed_header(100, b"0000755")),
        ("set-user-id", changed_header(100, b"0004644")),
        ("owner number", changed_header(108, b"0001750")),
        ("group number", changed_header(116, b"0001750")),
        ("time", changed_header(136, b"00000000001")),
        ("owner name", changed_header(265, b"desa")),
        ("group name", changed_header(297, b"desa")),
        ("device number", changed_header(329, b"0000001")),
        ("first part of the name", changed_header(345, b"b")),
        ("behind the last field", changed_header(511, b"x")),
    ],
)
def test_header_that_we_do_not_write(flaw: str, header: bytes) -> None:
    assert archive_refusal(header + bytes(2 * BLOCK)) == "header"


@pytest.mark.parametrize(
    ("format_", "pax_headers"),
    [(tarfile.PAX_FORMAT, {}), (tarfile.GNU_FORMAT, {}), (tarfile.PAX_FORMAT, {"path": "b", "size": "1"})],
)
@pytest.mark.parametrize("name", ["a" * 200, "a/" * 100 + "b"])
def test_real_archives_with_extensions(format_: int, pax_headers: dict[str, str], name: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format_) as archive:
        info = tarfile.TarInfo(name)
        info.pax_headers = pax_headers
        archive.addfile(info)
    assert archive_refusal(buffer.getvalue()) == "name"


@pytest.mark.parametrize(
    "name", [b"/etc/passwd", b"../a", b"a/../../b", b"..", b".", b"a//b", b"a/./b", b"a/", b"C:a", b"a\\b", b"~ a"]
)
def test_names_that_lead_elsewhere(name: bytes) -> None:
    assert archive_refusal(forged_header(name) + bytes(2 * BLOCK)) == "name"


def forged_header(name: bytes = b"a", size: bytes = b"00000000000\0") -> bytes:
    """A header with these raw fields and a sound checksum."""
    header = bytearray(ustar._header("a", 0))
    header[:100], header[124:136] = name.ljust(100, b"\0"), size
    return with_checksum(header)


@pytest.mark.parametrize(
    ("flaw", "reason", "header"),
    [
        ("something hidden behind the name", "header", forged_header(name=b"a\0b")),
        ("no name", "header", forged_header(name=b"")),
        ("name outside ASCII", "header", forged_header(name="d\u00e9sa".encode())),
        ("name of 100 letters is the longest", "cut off", forged_header(name=b"a" * 100, size=b"00000002001\0")),
        ("binary size", "header", forged_header(size=b"\x80" + bytes(10) + b"\x01")),
        ("negative size", "header", forged_header(size=b"-0000000001\0")),
        ("size with spaces", "header", forged_header(size=b"          0\0")),
        ("size of twelve digits", "header", forged_header(size=b"000000000000")),
        ("size with a digit 8", "header", forged_header(size=b"00000000008\0")),
        ("size that ends in a space", "header", forged_header(size=b"00000000000 ")),
        ("8 GiB that are not there", "too large", forged_header(size=b"77777777777\0")),
        ("one byte more than there is", "cut off", forged_header(size=b"00000002001\0")),
    ],
)
def test_forged_fields(flaw: str, reason: str, header: bytes) -> None:
    assert archive_refusal(header + bytes(2 * BLOCK)) == reason


def test_checksum_as_other_programs_write_it() -> None:
    header = bytearray(ustar._header("a", 0))
    for checksum in (b" " + header[148:154] + b"\0", header[148:154] + b" \0", header[148:155] + b"\0", b"0" * 8):
        header[148:156] = checksum
        assert archive_refusal(bytes(header) + bytes(2 * BLOCK)) == "header"


def test_two_members_of_one_name() -> None:
    one = ustar.write([("manifest.json", b"{}")])[: -2 * BLOCK]
    assert archive_refusal(one + one + bytes(2 * BLOCK)) == "name twice"


def test_a_million_empty_members_stop_at_the_limit() -> None:
    archive = ustar.write([(str(number), b"") for number in range(2_000)])
    assert archive_refusal(archive, max_members=1_999) == "too many members"


def test_sizes_are_added_up() -> None:
    archive = ustar.write([("a", bytes(600)), ("b", bytes(600))])
    assert archive_refusal(archive, max_bytes=1_199) == "too large"


def test_bytes_between_members() -> None:
    archive = bytearray(ustar.write([("a", b"x"), ("b", b"")]))
    archive[2 * BLOCK - 1] = 1
    assert archive_refusal(bytes(archive)) == "fill bytes"


HEADERS = st.builds(
    forged_header,
    name=st.binary(max_size=100) | st.sampled_from([b"a", b"b", b"../a", b"/a"]),
    size=st.sampled_from([b"00000000000\0", b"00000000001\0", b"00000001000\0", b"77777777777\0", b"\x80" + bytes(11)]),
)
BLOCKS = HEADERS | st.just(bytes(BLOCK)) | st.binary(max_size=3).map(lambda start: start.ljust(BLOCK, b"\0"))


@given(st.lists(BLOCKS, max_size=8).map(b"".join) | st.binary(max_size=2_000))
def test_what_is_accepted_is_exactly_what_we_write(content: bytes) -> None:
    try:
        members = [(name, bytes(view)) for name, view in ustar.read(content, max_members=8, max_bytes=4_096)]
    except BundleError:
        return
    assert ustar.write(members) == content


# --- lengths that only cost something


@pytest.mark.parametrize(
    "refuse",
    [
        lambda letters: age.Identity.from_string("AGE-SECRET-KEY-PQ-1" + letters),
        lambda letters: age.Recipient.from_string("age1pq1" + letters.lower()),
        lambda letters: sshsig.claimed_public_key(sshsig._BEGIN + letters.encode() + sshsig._END),
    ],
)
def test_a_text_of_a_million_letters_is_not_unpacked(refuse: Callable[[str], object]) -> None:
    letters = "Q" * 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(BundleError):
            refuse(letters)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_500_000  # the text itself, once joined and once in the other form


# --- the signature


def refuse_signature(signature: bytes, message: bytes = b"{}") -> None:
    with pytest.raises((SignatureInvalid, SignatureMalformed)):
        sshsig.verify(signature, message, public_key=PUBLIC_KEY, namespace="n")


def test_every_bit_of_a_signature_and_every_length() -> None:
    sshsig.verify(SIGNATURE, b"{}", public_key=PUBLIC_KEY, namespace="n")
    for _, changed in flips(SIGNATURE):
        refuse_signature(changed)
    for length in range(len(SIGNATURE)):
        refuse_signature(SIGNATURE[:length])
    for more in (b"\0", b"\n", b" ", SIGNATURE):
        refuse_signature(SIGNATURE + more)
    for _, changed in flips(b"{}"):
        refuse_signature(SIGNATURE, changed)


@given(st.binary(max_size=600))
def test_any_bytes_as_a_signature(content: bytes) -> None:
    refuse_signature(content)
    refuse_signature(sshsig._armor(content))
