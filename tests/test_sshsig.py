# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH signatures: ssh-keygen agrees byte for byte and both ways, and keys that prove nothing are refused."""

from __future__ import annotations

import base64
import os
import subprocess
from typing import TYPE_CHECKING

import interop_tools
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.sync import sshsig
from trafficwatch.sync.key_errors import KeyMalformed, UnsafeKey
from trafficwatch.sync.sshsig import BUNDLE_NAMESPACE, SignatureInvalid, SignatureMalformed

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = bytes(range(32))
PUBLIC = sshsig.public_key_of(PRIVATE)
OTHER_PUBLIC = sshsig.public_key_of(bytes(32))
MESSAGE = b'{"format": [1, 0]}\n'
SIGNATURE = sshsig.sign(MESSAGE, private_key=PRIVATE, namespace=BUNDLE_NAMESPACE)

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """PRIVATE as ssh-keygen wants it: a private and a public file."""
    path = tmp_path / "device"
    key = Ed25519PrivateKey.from_private_bytes(PRIVATE)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    path.touch(mode=0o600)
    path.write_bytes(text)
    path.with_suffix(".pub").write_text(sshsig.public_key_line(PUBLIC, "desa-01") + "\n", "ascii")
    return path


def ssh_keygen(*arguments: str, stdin: bytes = b"") -> bytes:
    return interop_tools.run(interop_tools.tool("ssh-keygen"), *arguments, stdin=stdin)


# --- ssh-keygen


@pytest.mark.parametrize("message", [b"", MESSAGE, os.urandom(100_000)], ids=["empty", "manifest", "long"])
def test_same_bytes_as_ssh_keygen_and_each_verifies_the_other(key_file: Path, tmp_path: Path, message: bytes) -> None:
    (tmp_path / "message").write_bytes(message)
    ssh_keygen("-Y", "sign", "-q", "-f", str(key_file), "-n", BUNDLE_NAMESPACE, str(tmp_path / "message"))
    theirs = (tmp_path / "message.sig").read_bytes()
    assert sshsig.sign(message, private_key=PRIVATE, namespace=BUNDLE_NAMESPACE) == theirs
    sshsig.verify(theirs, message, public_key=PUBLIC, namespace=BUNDLE_NAMESPACE)


def verify_with_ssh_keygen(folder: Path, *, principal: str, namespace: str, message: bytes) -> None:
    (folder / "allowed").write_text(
        sshsig.allowed_signers_line("32.04.05.2001/laptop2", OTHER_PUBLIC, BUNDLE_NAMESPACE)
        + "\n"
        + sshsig.allowed_signers_line("32.04.05.2001/laptop1", PUBLIC, BUNDLE_NAMESPACE)
        + "\n",
        "ascii",
    )
    (folder / "manifest.sig").write_bytes(SIGNATURE)
    files = ("-f", str(folder / "allowed"), "-s", str(folder / "manifest.sig"))
    ssh_keygen("-Y", "verify", "-I", principal, "-n", namespace, *files, stdin=message)


def test_ssh_keygen_verifies_ours_with_our_allowed_signers_line(tmp_path: Path) -> None:
    verify_with_ssh_keygen(tmp_path, principal="32.04.05.2001/laptop1", namespace=BUNDLE_NAMESPACE, message=MESSAGE)


@pytest.mark.parametrize(
    ("principal", "namespace", "message"),
    [
        ("32.04.05.2001/laptop3", BUNDLE_NAMESPACE, MESSAGE),
        ("32.04.05.2001/laptop2", BUNDLE_NAMESPACE, MESSAGE),
        ("32.04.05.2001/laptop1", "file", MESSAGE),
        ("32.04.05.2001/laptop1", BUNDLE_NAMESPACE, MESSAGE + b" "),
    ],
)
def test_ssh_keygen_refuses_what_the_line_does_not_allow(
    tmp_path: Path, principal: str, namespace: str, message: bytes
) -> None:
    with pytest.raises(subprocess.SubprocessError, match="ssh-keygen"):
        verify_with_ssh_keygen(tmp_path, principal=principal, namespace=namespace, message=message)


def test_fingerprint_and_public_key_line(key_file: Path) -> None:
    shown = ssh_keygen("-l", "-f", str(key_file.with_suffix(".pub"))).decode()
    assert shown == f"256 {sshsig.fingerprint(PUBLIC)} desa-01 (ED25519)\n"
    derived = ssh_keygen("-y", "-f", str(key_file)).decode()
    assert derived.strip() == sshsig.public_key_line(PUBLIC)


# --- values


def test_known_answer() -> None:
    """RFC 8032, 7.1, test 1: the key; the line and the fingerprint follow from it."""
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert sshsig.public_key_of(private) == public
    line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
    assert sshsig.public_key_line(public) == line
    assert sshsig.allowed_signers_line("desa", public, "n") == f'desa namespaces="n" {line}'


def test_fresh_keys_differ() -> None:
    keys = {sshsig.generate_private_key() for _ in range(20)}
    assert {len(key) for key in keys} == {32}
    assert len(keys) == 20


@given(message=st.binary(max_size=200), private_key=st.binary(min_size=32, max_size=32))
def test_round_trip(message: bytes, private_key: bytes) -> None:
    public = sshsig.public_key_of(private_key)
    signature = sshsig.sign(message, private_key=private_key, namespace="n")
    sshsig.verify(signature, message, public_key=public, namespace="n")
    assert sshsig.claimed_public_key(signature) == public


@pytest.mark.parametrize(
    "word", ["", "two words", 'quo"te', "a,b", "*", "!a", "#a", "-a", "a\nb", "d\u00e9sa", "a" * 101]
)
def test_words_that_would_change_the_meaning_of_a_line(word: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the word is the whole message
        sshsig.allowed_signers_line(word, PUBLIC, "n")
    with pytest.raises(ValueError):  # noqa: PT011
        sshsig.allowed_signers_line("desa", PUBLIC, word)
    with pytest.raises(ValueError):  # noqa: PT011
        sshsig.sign(MESSAGE, private_key=PRIVATE, namespace=word)
    if word:
        with pytest.raises(ValueError):  # noqa: PT011
            sshsig.public_key_line(PUBLIC, word)


# --- refused signatures


def test_of_another_key_namespace_or_message() -> None:
    for message, key, namespace in (
        (MESSAGE, OTHER_PUBLIC, BUNDLE_NAMESPACE),
        (MESSAGE, PUBLIC, "trafficwatch-enrol"),
        (MESSAGE + b"\n", PUBLIC, BUNDLE_NAMESPACE),
    ):
        with pytest.raises(SignatureInvalid):
            sshsig.verify(SIGNATURE, message, public_key=key, namespace=namespace)


def test_signature_with_its_scalar_raised_by_the_group_order() -> None:
    """S + L is the same number modulo L: a second spelling, which RFC 8032 forbids."""
    envelope = sshsig._unarmor(SIGNATURE)
    raised = int.from_bytes(envelope[-32:], "little") + 2**252 + 27742317777372353535851937790883648493
    with pytest.raises(SignatureInvalid):
        verify_envelope(envelope[:-32] + raised.to_bytes(32, "little"))


def replaced(old: bytes, new: bytes) -> bytes:
    """The good signature with one piece of its envelope replaced."""
    envelope = sshsig._unarmor(SIGNATURE)
    assert envelope.count(old) == 1
    return envelope.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"SSHSIG\0\0\0\1", b"SSHSIG\0\0\0\2"),
        (b"\0\0\0\6sha512", b"\0\0\0\6sha256"),
        (b"\0\0\0\0\0\0\0\6sha512", b"\0\0\0\1x\0\0\0\6sha512"),
        (b"\0\0\0\x53\0\0\0\x0bssh-ed25519", b"\0\0\0\x53\0\0\0\x0bssh-ed25518"),
        (b"\0\0\0\x13" + BUNDLE_NAMESPACE.encode(), b"\xff\xff\xff\xff" + BUNDLE_NAMESPACE.encode()),
    ],
)
def test_other_fields(old: bytes, new: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        verify_envelope(replaced(old, new))


def verify_envelope(envelope: bytes) -> None:
    sshsig.verify(sshsig._armor(envelope), MESSAGE, public_key=PUBLIC, namespace=BUNDLE_NAMESPACE)


@pytest.mark.parametrize(
    ("flaw", "text"),
    [
        ("empty", b""),
        ("without armour", sshsig._unarmor(SIGNATURE)),
        ("in one line", SIGNATURE.replace(b"\n", b"")),
        ("CRLF", SIGNATURE.replace(b"\n", b"\r\n")),
        ("without the last line feed", SIGNATURE[:-1]),
        ("text before", b" " + SIGNATURE),
        ("text after", SIGNATURE + b"\n"),
        ("twice", SIGNATURE * 2),
        ("another alphabet", SIGNATURE.replace(b"U1NIU0lH", b"U1NIU0l_")),
        ("wrong padding", sshsig._armor(b"a").replace(b"YQ==", b"YQ=")),
        ("bits behind the last byte", sshsig._armor(b"ab").replace(b"YWI=", b"YWJ=")),
        ("very long", sshsig._BEGIN + b"A" * 10_000_000 + b"\n" + sshsig._END),
    ],
)
def test_malformed_armour(flaw: str, text: bytes) -> None:
    with pytest.raises(SignatureMalformed):
        sshsig.verify(text, MESSAGE, public_key=PUBLIC, namespace=BUNDLE_NAMESPACE)
    with pytest.raises(SignatureMalformed):
        sshsig.claimed_public_key(text)


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"SSHSIG\0\0\0\1",
        sshsig._envelope(b"short", "n", bytes(64))[:38],
        sshsig._MAGIC_AND_VERSION + sshsig._string(sshsig._key_blob(b"short")),
        replaced(b"SSHSIG", b"sshsig"),
    ],
)
def test_no_key_claimed(envelope: bytes) -> None:
    with pytest.raises(SignatureMalformed):
        sshsig.claimed_public_key(sshsig._armor(envelope))


# --- refused keys


def encodings_of_small_order() -> list[bytes]:
    """All 14 encodings of the eight points whose order divides 8, found from the curve equation."""
    order_4 = {(SQRT_MINUS_1, 0), (P - SQRT_MINUS_1, 0)}
    # A point doubles to y = 0 just if x^2 = -y^2, so 2 y^2 = 1 - d y^4, a quadratic in y^2.
    root = square_root(1 + D)
    squares = [(-1 + sign * root) * pow(D, -1, P) % P for sign in (1, -1)]
    ys = [y for square in squares if (y := square_root(square)) or square == 0]
    order_8 = {(x, z) for y in ys for z in (y, P - y) for x in (y * SQRT_MINUS_1 % P, -y * SQRT_MINUS_1 % P)}
    points = {(0, 1), (0, P - 1), *order_4, *order_8}
    assert len(points) == 8
    assert all((-x * x + y * y - 1 - D * x * x * y * y) % P == 0 for x, y in points)
    found = set()
    for x, y in points:
        for written_y in {y, y + P} if y + P < 2**255 else {y}:
            for sign in {x % 2} if x else {0, 1}:
                found.add((written_y | sign << 255).to_bytes(32, "little"))
    return sorted(found)


def square_root(value: int) -> int:
    """A square root modulo P, or 0 if there is none (RFC 8032, 5.1.3)."""
    value %= P
    root = pow(value, (P + 3) // 8, P)
    for candidate in (root, root * SQRT_MINUS_1 % P):
        if candidate * candidate % P == value:
            return candidate
    return 0


SMALL_ORDER = encodings_of_small_order()


def test_there_are_fourteen() -> None:
    assert len(SMALL_ORDER) == 14


@pytest.mark.parametrize("key", SMALL_ORDER, ids=lambda key: key.hex()[:8] + key.hex()[-4:])
def test_small_order_key_refused_although_it_verifies_a_signature_that_nobody_made(key: bytes) -> None:
    """With S = 0 and R of small order the library says yes for many messages; that is why we must say no."""
    forged = [
        (signature, message)
        for signature in (point + bytes(32) for point in SMALL_ORDER)
        for message in (bytes([number]) for number in range(16))
        if library_accepts(key, signature, message)
    ]
    assert forged
    with pytest.raises(UnsafeKey):
        sshsig.check_public_key(key)
    signature, message = forged[0]
    armor = sshsig._armor(sshsig._envelope(key, "n", signature))
    assert sshsig.claimed_public_key(armor) == key
    with pytest.raises(UnsafeKey):
        sshsig.verify(armor, message, public_key=key, namespace="n")


def library_accepts(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("offset", range(19))
def test_key_with_a_y_that_is_not_reduced(offset: int, sign: int) -> None:
    with pytest.raises(UnsafeKey):
        sshsig.check_public_key((P + offset | sign << 255).to_bytes(32, "little"))


def test_key_that_is_no_point() -> None:
    refused = 0
    for y in range(2, 40):
        x_squared = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
        if not square_root(x_squared):
            refused += 1
            with pytest.raises(UnsafeKey):
                sshsig.check_public_key(y.to_bytes(32, "little"))
        else:
            sshsig.check_public_key(y.to_bytes(32, "little"))
    assert 5 < refused < 35


@pytest.mark.parametrize("length", [0, 31, 33])
def test_key_of_another_length(length: int) -> None:
    with pytest.raises(KeyMalformed):
        sshsig.check_public_key(PUBLIC[:1] * length)


@given(st.binary(min_size=32, max_size=32))
def test_every_real_key_is_accepted(private_key: bytes) -> None:
    sshsig.check_public_key(sshsig.public_key_of(private_key))


def test_line_of_a_real_key_is_base64_of_its_blob() -> None:
    blob = base64.b64decode(sshsig.public_key_line(PUBLIC).split()[1])
    assert blob == b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + PUBLIC
