# SPDX-License-Identifier: GPL-3.0-or-later
"""Enrolment files: nothing changed or unsafe is read, and nobody is believed before the 30 digits were compared."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampling import every
from sync_tools import Device, as_json, device, members_of

from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.sync import sshsig, ustar
from trafficwatch.sync.enrolment import (
    FILE_LIMIT,
    NAMESPACE,
    Enrolment,
    EnrolmentMalformed,
    EnrolmentPracticeRefused,
    EnrolmentUnexpected,
    FingerprintMismatch,
    check_digits,
    decode,
    encode,
    fingerprint,
)
from trafficwatch.sync.key_errors import KeyMalformed, UnsafeKey
from trafficwatch.sync.manifest import FORMAT, FormatNewer
from trafficwatch.sync.sshsig import SignatureInvalid, SignatureMalformed

VILLAGE = device("laptop")
PPT = device("ppt", Side.PPT, "53.01")


def introduction(of: Device = PPT, **changes: Any) -> Enrolment:
    kind: Literal["ppt_pack", "village_request"] = "ppt_pack" if of.side is Side.PPT else "village_request"
    honest = Enrolment(
        format=FORMAT,
        kind=kind,
        practice=of.practice,
        side=of.side,
        code=of.code,
        name="UPTD PPA Kabupaten Kupang",
        device=of.id,
        signing_key=of.signing_key,
        recipient=of.recipient,
        created_at="2026-11-21T01:00:00+00:00",
    )
    return msgspec.structs.replace(honest, **changes)


def file(of: Device = PPT, **changes: Any) -> bytes:
    return encode(introduction(of, **changes), of.signing_seed)


def refused(content: bytes, kind: str = "ppt_pack", *, practice: bool = False) -> BundleError:
    with pytest.raises(BundleError) as caught:
        decode(content, kind, practice=practice)
    return caught.value


# --- round trip


@pytest.mark.parametrize(("of", "kind"), [(PPT, "ppt_pack"), (VILLAGE, "village_request")])
def test_what_was_written_is_read(of: Device, kind: str) -> None:
    answers = "" if of is PPT else "a" * 64
    found = decode(file(of, answers=answers), kind, practice=False)
    assert found == introduction(of, answers=answers)
    assert found.peer(PeerStatus.PENDING) == Peer(
        of.id,
        of.side,
        of.code,
        "UPTD PPA Kabupaten Kupang",
        of.signing_key,
        of.recipient,
        PeerStatus.PENDING,
        of.practice,
    )


def test_the_layout_is_the_documented_one() -> None:
    members = members_of(file())
    assert list(members) == ["enrolment.json", "enrolment.sig"]
    assert set(msgspec.json.decode(members["enrolment.json"])) == {
        *("format", "kind", "practice", "side", "code", "name", "device", "signing_key", "recipient"),
        *("created_at", "answers", "knows", "address", "pin"),
    }
    sshsig.verify(members["enrolment.sig"], members["enrolment.json"], public_key=PPT.signing_key, namespace=NAMESPACE)


# --- the digits


def test_thirty_digits_in_six_groups() -> None:
    assert re.fullmatch(r"(\d{5} ){5}\d{5}", fingerprint(PPT.signing_key, PPT.recipient), re.ASCII)


def test_the_digits_of_known_keys() -> None:
    """SHA-256 of the documented bytes, done by sha256sum and perl."""
    assert fingerprint(bytes(32), "age1pq1") == "33802 17529 41822 80974 98875 26667"


@given(st.binary(min_size=32, max_size=32), st.text(max_size=9))
def test_always_thirty_digits(key: bytes, recipient: str) -> None:
    assert re.fullmatch(r"(\d{5} ){5}\d{5}", fingerprint(key, recipient), re.ASCII)


def test_the_digits_hang_on_both_keys() -> None:
    found = {fingerprint(one.signing_key, other.recipient) for one in (PPT, VILLAGE) for other in (PPT, VILLAGE)}
    assert len(found) == 4


@pytest.mark.parametrize(
    "spelled",
    [
        lambda digits: digits,
        lambda digits: digits.replace(" ", ""),
        lambda digits: digits.replace(" ", "-"),
        lambda digits: f"\t{digits.replace(' ', chr(0xA0))}\n",
        lambda digits: digits.replace(" ", ". "),
    ],
)
def test_digits_as_people_type_them(spelled: Any) -> None:
    check_digits(introduction(), spelled(fingerprint(PPT.signing_key, PPT.recipient)))


DIGITS = fingerprint(PPT.signing_key, PPT.recipient)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        DIGITS[:-1],
        DIGITS[1:],
        DIGITS + "0",
        "0" + DIGITS,
        DIGITS[::-1],
        DIGITS[6:] + " " + DIGITS[:5],
        fingerprint(VILLAGE.signing_key, VILLAGE.recipient),
        fingerprint(PPT.signing_key, VILLAGE.recipient),
        DIGITS.translate({ord(str(digit)): chr(0x0660 + digit) for digit in range(10)}),
        "\ud800",
    ],
)
def test_digits_of_another_file(typed: str) -> None:
    with pytest.raises(FingerprintMismatch):
        check_digits(introduction(), typed)


@given(st.integers(0, 29), st.integers(1, 9))
def test_one_digit_misheard(place: int, off: int) -> None:
    digits = DIGITS.replace(" ", "")
    heard = digits[:place] + str((int(digits[place]) + off) % 10) + digits[place + 1 :]
    with pytest.raises(FingerprintMismatch):
        check_digits(introduction(), heard)


# --- changed on its way


def test_a_bit_of_every_byte() -> None:
    content = file()
    for position in every(range(len(content)), 3):
        changed = bytearray(content)
        changed[position] ^= 1 << position % 8
        refused(bytes(changed))


def test_cut_and_lengthened() -> None:
    content = file()
    for length in range(0, len(content), 7):
        assert type(refused(content[:length])) is EnrolmentMalformed
    for more in (b"\0", bytes(512), content):
        assert type(refused(content + more)) is EnrolmentMalformed


BODY = msgspec.to_builtins(introduction())


def made(body: bytes, signer: Device = PPT, *, namespace: str = NAMESPACE) -> bytes:
    """A file with this body and a true signature over it."""
    signature = sshsig.sign(body, private_key=signer.signing_seed, namespace=namespace)
    return ustar.write([("enrolment.json", body), ("enrolment.sig", signature)])


def test_a_file_is_never_larger_than_the_limit() -> None:
    def of_size(size: int) -> bytes:
        spare = size - len(made(as_json(BODY | {"zzz": ""})))
        return made(as_json(BODY | {"zzz": "x" * spare}))

    assert len(of_size(FILE_LIMIT)) == FILE_LIMIT
    assert decode(of_size(FILE_LIMIT), "ppt_pack", practice=False) == introduction()
    assert type(refused(of_size(FILE_LIMIT + 512))) is EnrolmentMalformed
    assert type(refused(bytes(FILE_LIMIT + 1))) is EnrolmentMalformed


def test_a_third_member_behind_a_sound_file() -> None:
    members = [*members_of(file()).items(), ("more", b"")]
    assert type(refused(ustar.write(members))) is EnrolmentMalformed


@pytest.mark.parametrize(
    "members",
    [
        [],
        [("enrolment.json", b"{}")],
        [("enrolment.sig", b"")],
        [("enrolment.json", b"{}"), ("other", b"")],
        [("enrolment.json", b"{}"), ("enrolment.sig", b""), ("more", b"")],
        [("manifest.json", b"{}"), ("manifest.sig", b"")],
    ],
)
def test_other_members(members: list[tuple[str, bytes]]) -> None:
    assert type(refused(ustar.write(members))) is EnrolmentMalformed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 60_000,
        b'{"format": [1, 0]}',
        as_json(BODY | {"format": [10**400, 0]}),
        as_json(BODY | {"format": [1, -1]}),
        as_json(BODY | {"kind": "ppt"}),
        as_json(BODY | {"side": "village"}),
        as_json(BODY | {"kind": "village_request"}),
        as_json(BODY | {"practice": 0}),
        as_json(BODY | {"code": ""}),
        as_json(BODY | {"code": "53.01\n"}),
        as_json(BODY | {"code": "5" * 21}),
        as_json(BODY | {"device": "A" * 16}),
        as_json(BODY | {"device": "a" * 15}),
        as_json(BODY | {"device": "a" * 16 + "\n"}),
        as_json(BODY | {"name": ""}),
        as_json(BODY | {"name": "x" * 201}),
        as_json(BODY | {"name": "UPTD\n\nSidik kunci cocok"}),
        as_json(BODY | {"name": "UPTD \u202egnapuK"}),
        as_json(BODY | {"name": "UPTD\u2028"}),
        as_json(BODY | {"created_at": ""}),
        as_json(BODY | {"created_at": "2" * 33}),
        as_json(BODY | {"answers": "x"}),
        as_json(BODY | {"answers": "a" * 64 + "\n"}),
        as_json(BODY | {"signing_key": "not base64"}),
        as_json(BODY | {"signing_key": 5}),
        as_json(BODY | {"recipient": None}),
    ],
)
def test_a_body_that_cannot_be(body: bytes) -> None:
    assert type(refused(made(body))) is EnrolmentMalformed


def test_a_name_as_offices_have_them() -> None:
    for name in ("x", "x" * 200, "Pusat Pelayanan Terpadu \u201cHarapan\u201d, Kab. Kupang \u2013 NTT", "Désa Oèbelo"):
        assert decode(file(name=name), "ppt_pack", practice=False).name == name


@pytest.mark.parametrize("created_at", ["2", "2" * 32])
def test_a_time_is_any_short_text_for_it_decides_nothing(created_at: str) -> None:
    assert decode(file(created_at=created_at), "ppt_pack", practice=False).created_at == created_at


# --- keys and signature


def low_order_recipient() -> str:
    """A recipient whose X25519 half lets anyone open what is sealed to it."""
    from trafficwatch.sync import age, bech32

    raw = age.Recipient.from_string(PPT.recipient).raw
    return bech32.encode("age1pq", raw[:-32] + bytes(32))


@pytest.mark.parametrize(
    ("error", "changes"),
    [
        (UnsafeKey, {"signing_key": bytes(32)}),
        (UnsafeKey, {"signing_key": bytes([1, *bytes(31)])}),
        (UnsafeKey, {"signing_key": b"\xff" * 32}),
        (KeyMalformed, {"signing_key": b""}),
        (KeyMalformed, {"signing_key": bytes(33)}),
        (KeyMalformed, {"recipient": ""}),
        (KeyMalformed, {"recipient": "age1pq1x"}),
        (KeyMalformed, {"recipient": PPT.identity}),
        (KeyMalformed, {"recipient": PPT.recipient.upper()}),
        (KeyMalformed, {"recipient": PPT.recipient + "\n"}),
        (UnsafeKey, {"recipient": low_order_recipient()}),
    ],
)
def test_keys_that_protect_nothing(error: type[BundleError], changes: dict[str, Any]) -> None:
    assert type(refused(file(**changes))) is error


def test_signed_by_somebody_else() -> None:
    body = msgspec.json.encode(introduction())
    assert type(refused(made(body, VILLAGE))) is SignatureInvalid
    assert type(refused(made(body, namespace="trafficwatch-bundle"))) is SignatureInvalid
    unsigned = ustar.write([("enrolment.json", body), ("enrolment.sig", b"")])
    assert type(refused(unsigned)) is SignatureMalformed
    assert decode(made(body), "ppt_pack", practice=False)


def test_anothers_key_with_ones_own_name_has_no_signature() -> None:
    """Nobody can hand out an office's key as his own: only its owner signs for it."""
    assert type(refused(file(PPT, signing_key=VILLAGE.signing_key))) is SignatureInvalid


# --- where it belongs


def test_a_pack_where_a_request_belongs_and_the_reverse() -> None:
    assert type(refused(file(PPT), "village_request")) is EnrolmentUnexpected
    assert type(refused(file(VILLAGE), "ppt_pack")) is EnrolmentUnexpected


def test_practice_and_real_never_meet() -> None:
    practice = device("ppt latihan", Side.PPT, "53.01", practice=True)
    assert type(refused(file(practice))) is EnrolmentPracticeRefused
    assert type(refused(file(PPT), practice=True)) is EnrolmentPracticeRefused
    assert decode(file(practice), "ppt_pack", practice=True).practice


def test_versions() -> None:
    for newer in (file(format=(2, 3)), made(as_json({"format": [2, 3], "keys": []}))):
        error = refused(newer)
        assert type(error) is FormatNewer
        assert error.params == {"format": "2.3"}
    found = decode(made(as_json(BODY | {"format": [1, 9], "zzz": {"baru": 1}})), "ppt_pack", practice=False)
    assert found == introduction(format=(1, 9))


@given(st.binary(max_size=2_000))
def test_any_bytes(content: bytes) -> None:
    refused(content)


@given(st.binary(max_size=300))
def test_any_body(body: bytes) -> None:
    refused(made(body))
