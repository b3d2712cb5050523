# SPDX-License-Identifier: GPL-3.0-or-later
"""The age file: key texts, round trips, limits, and exchange with age's reference implementation both ways."""

from __future__ import annotations

from pathlib import Path

import interop_tools
import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.sync import age, bech32
from trafficwatch.sync.age import BundleDamaged, Identity, NotABundle, NotForThisRecipient, Recipient
from trafficwatch.sync.key_errors import KeyMalformed, UnsafeKey

# The example pair of C2SP age.md.
SPEC_IDENTITY = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"
SPEC_RECIPIENT_BEGINS = "age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95paef6caq5aap"
SPEC_RECIPIENT_ENDS = "rm9efhxpfqdkmhh6gjtqmwze9pyyzk3tlhl53k2ykx3qheyty7saeq0d3fzv49zc0k"

OURS = age.generate_identity()
OTHERS = age.generate_identity()
CHUNK = 64 * 1024
SEALED = age.encrypt(b"isi paket", [OURS.recipient()])


@pytest.fixture(scope="module")
def reference() -> interop_tools.AgeReference:
    return interop_tools.age_reference()


# --- keys


def test_example_pair_of_the_specification() -> None:
    identity = Identity.from_string(SPEC_IDENTITY)
    recipient = identity.recipient().to_string()
    assert identity.to_string() == SPEC_IDENTITY
    assert recipient.startswith(SPEC_RECIPIENT_BEGINS)
    assert recipient.endswith(SPEC_RECIPIENT_ENDS)
    assert Recipient.from_string(recipient) == identity.recipient()


def test_keys_do_not_show_in_their_repr() -> None:
    assert repr(OURS) == "Identity()"
    assert repr(OURS.recipient()) == "Recipient()"


@pytest.mark.parametrize(
    ("flaw", "text"),
    [
        ("empty", ""),
        ("lower case", SPEC_IDENTITY.lower()),
        ("space around", SPEC_IDENTITY + " "),
        ("one letter wrong", SPEC_IDENTITY.replace("XX76", "XX77")),
        ("classical identity", bech32.encode("AGE-SECRET-KEY-", bytes(32))),
        ("another prefix, same length", bech32.encode("AGE-SECRET-KEY-QP-", bytes(32))),
        ("longer prefix, shorter key, same length", bech32.encode("AGE-SECRET-KEY-PQXX-", bytes(31))),
        ("very long", "A" * 1_000_000),
    ],
)
def test_identity_text_refused(flaw: str, text: str) -> None:
    with pytest.raises(KeyMalformed):
        Identity.from_string(text)


def test_recipient_text_refused() -> None:
    good = OURS.recipient()
    for text in (good.to_string().upper(), good.to_string()[:-1], OURS.to_string(), bech32.encode("age", bytes(32))):
        with pytest.raises(KeyMalformed):
            Recipient.from_string(text)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_identity_of_another_length(length: int) -> None:
    with pytest.raises(KeyMalformed):
        Identity(bytes(length))


def test_recipient_of_another_length_or_not_reduced() -> None:
    raw = OURS.recipient().raw
    for wrong in (b"", raw[:-1], raw + b"\0", b"\xff" * 1184 + raw[1184:]):
        with pytest.raises(KeyMalformed):
            Recipient(wrong)


@pytest.mark.parametrize("point", [0, 1, 2**255 - 19, 2**255 - 20, 2**255 - 18])
def test_recipient_whose_x25519_half_protects_nothing(point: int) -> None:
    mlkem_key = MLKEM768PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(UnsafeKey):
        Recipient(mlkem_key + point.to_bytes(32, "little"))


# --- sealing and opening


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_round_trip_around_the_chunk_size(size: int) -> None:
    plaintext = bytes(range(251)) * (size // 251 + 1)
    sealed = age.encrypt(plaintext[:size], [OURS.recipient()])
    assert age.decrypt(sealed, [OURS]) == plaintext[:size]


@given(st.binary(max_size=300))
def test_round_trip(plaintext: bytes) -> None:
    assert age.decrypt(age.encrypt(plaintext, [OURS.recipient()]), [OURS]) == plaintext


def test_each_of_several_recipients_opens_it_with_any_of_his_identities() -> None:
    sealed = age.encrypt(b"isi", [OTHERS.recipient(), OURS.recipient()])
    stranger = age.generate_identity()
    for identities in ([OURS], [OTHERS], [stranger, OURS]):
        assert age.decrypt(sealed, identities) == b"isi"


@pytest.mark.parametrize("identities", [[], [OTHERS]])
def test_no_identity_opens_it(identities: list[Identity]) -> None:
    with pytest.raises(NotForThisRecipient):
        age.decrypt(SEALED, identities)


def test_nothing_outside_tells_two_bundles_or_their_recipients_apart() -> None:
    """Same plaintext, same recipient: share, body, MAC, nonce and payload are all fresh."""
    seen: set[bytes] = set()
    for _ in range(50):
        sealed = age.encrypt(b"isi", [OURS.recipient()])
        assert len(sealed) == len(age.encrypt(b"lain", [OTHERS.recipient()])) - 1
        header, _, payload = sealed.partition(b"\n--- ")
        version, stanza, body = header.split(b"\n")
        assert version == b"age-encryption.org/v1"
        assert stanza.startswith(b"-> mlkem768x25519 ")
        parts = {stanza[18:], body, payload[:43], payload[44:60], payload[60:]}
        assert len(parts) == 5
        assert not seen & parts
        seen |= parts


@pytest.mark.parametrize("count", [0, age.MAX_STANZAS + 1])
def test_number_of_recipients(count: int) -> None:
    with pytest.raises(ValueError, match=str(count)):
        age.encrypt(b"", [OURS.recipient()] * count)


def test_as_many_recipients_as_allowed_fit_into_the_header() -> None:
    sealed = age.encrypt(b"isi", [OTHERS.recipient()] * (age.MAX_STANZAS - 1) + [OURS.recipient()])
    assert sealed.index(b"\n--- ") < age.MAX_HEADER_BYTES
    assert age.decrypt(sealed, [OURS]) == b"isi"


# --- refusals


@pytest.mark.parametrize(
    "content",
    [b"\0" * 5_000, b"PK\x03\x04", b"age-encryption.org/v2\n", b"-----BEGIN AGE ENCRYPTED FILE-----\n", b"\n" + SEALED],
)
def test_another_kind_of_file(content: bytes) -> None:
    with pytest.raises(NotABundle):
        age.decrypt(content, [OURS])


def test_a_header_without_end_is_not_searched_to_its_end() -> None:
    stanza = b"-> grease\n" + b"A" * 64 + b"\n"
    long = SEALED.replace(b"-> ", stanza + (b"A" * 64 + b"\n") * 1_100 + b"\n-> ", 1)
    with pytest.raises(BundleDamaged, match="bundle_damaged") as caught:
        age.decrypt(long, [OURS])
    assert caught.value.params == {"reason": "header"}


@pytest.mark.parametrize(
    ("reason", "old", "new"),
    [
        ("header", b"-> mlkem768x25519", b"-> grease\n\n" * age.MAX_STANZAS + b"-> mlkem768x25519"),
        ("header", b"-> mlkem768x25519", b"->  mlkem768x25519"),
        ("header", b"\n--- ", b"\n---"),
        ("stanza", b"-> mlkem768x25519", b"-> mlkem768x25519 AAAA"),
        ("base64", b"-> mlkem768x25519 ", b"-> mlkem768x25519 ="),
        ("stanza", b"\n--- ", b"A\n--- "),  # a body of 33 bytes
        ("base64", b"\n--- ", b"AA\n--- "),
        ("header MAC", b"-> mlkem768x25519", b"-> grease\n\n-> mlkem768x25519"),
    ],
)
def test_damaged_header(reason: str, old: bytes, new: bytes) -> None:
    with pytest.raises(BundleDamaged) as caught:
        age.decrypt(SEALED.replace(old, new, 1), [OURS])
    assert caught.value.params == {"reason": reason}


@pytest.mark.parametrize(
    ("flaw", "share", "body"),
    [
        ("share a byte short", bytes(1088) + b"\x09" * 31, bytes(32)),
        ("share a byte long", bytes(1088) + b"\x09" * 33, bytes(32)),
        ("share of low order", bytes(1088) + b"\x01" + bytes(31), bytes(32)),
        ("body that wraps a longer file key", bytes(1088) + b"\x09" * 32, bytes(48)),
        ("body without room for a file key", bytes(1088) + b"\x09" * 32, bytes(16)),
    ],
)
def test_stanza_against_the_specification(flaw: str, share: bytes, body: bytes) -> None:
    """Beside a sound one that would open: a malformed stanza of our kind is refused, not passed over."""
    file_key = b"k" * 16
    malformed = age._Stanza(("mlkem768x25519", age._encode_base64(share).decode()), body)
    sealed = age._encrypt_from_parts(b"isi", file_key, b"n" * 16, [age._wrap(file_key, OURS.recipient()), malformed])
    with pytest.raises(BundleDamaged) as caught:
        age.decrypt(sealed, [OURS])
    assert caught.value.params == {"reason": "stanza"}


def test_other_kinds_of_stanza_are_passed_over() -> None:
    file_key = b"k" * 16
    others = [
        age._Stanza(("grease",), bytes(100)),
        age._Stanza(("scrypt", "x"), b""),
        age._Stanza(("a/b", "!~"), bytes(48)),
    ]
    sealed = age._encrypt_from_parts(b"isi", file_key, b"n" * 16, [*others, age._wrap(file_key, OURS.recipient())])
    assert age.decrypt(sealed, [OURS]) == b"isi"


def test_header_without_a_stanza() -> None:
    with pytest.raises(BundleDamaged) as caught:
        age.decrypt(SEALED[:22] + SEALED[SEALED.index(b"---") :], [OURS])
    assert caught.value.params == {"reason": "header"}


def test_chunks_in_another_order() -> None:
    sealed = age.encrypt(b"A" * CHUNK + b"B" * CHUNK + b"C", [OURS.recipient()])
    start = sealed.index(b"\n--- ") + 49 + 16
    first, second, rest = sealed[start:][: CHUNK + 16], sealed[start + CHUNK + 16 :][: CHUNK + 16], 2 * (CHUNK + 16)
    for payload in (second + first + sealed[start + rest :], second + sealed[start + rest :], first + second, first):
        with pytest.raises(BundleDamaged):
            age.decrypt(sealed[:start] + payload, [OURS])


def test_empty_last_chunk_after_a_full_one() -> None:
    """Sealed with the right key and marks, yet against the specification: two spellings of one plaintext."""
    file_key, nonce = b"k" * 16, b"n" * 16
    stanzas = [age._wrap(file_key, OURS.recipient())]
    short = age._encrypt_from_parts(b"", file_key, nonce, stanzas)
    header = short[: -16 - 16]
    cipher = ChaCha20Poly1305(age._derive(file_key, salt=nonce, info=b"payload"))
    first = cipher.encrypt(bytes(12), b"A" * CHUNK, None)
    last = cipher.encrypt((1).to_bytes(11, "big") + b"\x01", b"", None)
    with pytest.raises(BundleDamaged):
        age.decrypt(header + nonce + first + last, [OURS])
    assert age.decrypt(short, [OURS]) == b""


# --- the reference implementation


def test_a_file_that_the_reference_sealed_once_opens_for_ever() -> None:
    golden = Path(__file__).parent / "interop" / "sealed_by_age_encryption.age"
    assert age.decrypt(golden.read_bytes(), [Identity.from_string(SPEC_IDENTITY)]) == b"Paket contoh.\n"


@pytest.mark.parametrize("size", [0, 1_000, CHUNK, 2 * CHUNK + 1])
def test_the_reference_opens_ours(reference: interop_tools.AgeReference, tmp_path: Path, size: int) -> None:
    plaintext = bytes(range(256)) * (size // 256 + 1)
    (tmp_path / "b.twb").write_bytes(age.encrypt(plaintext[:size], [OTHERS.recipient(), OURS.recipient()]))
    (tmp_path / "key.txt").write_text(f"# cadangan\n{OURS.to_string()}\n", "utf-8")
    assert reference.open(tmp_path / "b.twb", tmp_path / "key.txt") == plaintext[:size]


@pytest.mark.parametrize("size", [0, 1_000, CHUNK, 2 * CHUNK + 1])
def test_we_open_what_the_reference_sealed(reference: interop_tools.AgeReference, tmp_path: Path, size: int) -> None:
    plaintext = bytes(range(256)) * (size // 256 + 1)
    (tmp_path / "plain").write_bytes(plaintext[:size])
    (tmp_path / "recipients.txt").write_text("\n".join(key.recipient().to_string() for key in (OTHERS, OURS)), "utf-8")
    sealed = reference.seal(tmp_path / "plain", tmp_path / "recipients.txt")
    assert age.decrypt(sealed, [OURS]) == age.decrypt(sealed, [OTHERS]) == plaintext[:size]


def test_key_pairs_of_the_reference(reference: interop_tools.AgeReference) -> None:
    identity, recipient = reference.new_key_pair()
    assert Identity.from_string(identity).recipient().to_string() == recipient
