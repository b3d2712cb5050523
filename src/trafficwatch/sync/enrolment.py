# SPDX-License-Identifier: GPL-3.0-or-later
"""Enrolment files: how two desks learn each other's keys (design 7; docs/bundle.md). Pure.

A `.twe` file is a plain ustar of `enrolment.json` and `enrolment.sig`, signed by the key that it introduces. Nothing in
it is secret or personal, and the signature alone proves nothing about who made it: that is what the 30 digits are for.
They are read out in person or by telephone to a known number, and typed in by the other side; a pack or request whose
digits do not match is refused. Small-order and non-canonical keys are refused here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import Literal

import msgspec

from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.sync import age, sshsig, ustar
from trafficwatch.sync.manifest import FORMAT, FormatNewer, Versioned

NAMESPACE = "trafficwatch-enrolment"
FILE_LIMIT = 65_536
DIGITS = 30
_DEVICE = re.compile(r"[0-9a-f]{16}")
_CODE = re.compile(r"[0-9A-Za-z.\-]{1,20}")
_HASH = re.compile(r"([0-9a-f]{64})?")
_ADDRESS = re.compile(r"(https://[!-~]{1,280})?")
_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class EnrolmentMalformed(BundleError):
    """The file is no enrolment file, or it was changed."""

    key = "enrolment_malformed"


class EnrolmentUnexpected(BundleError):
    """A pack where a request belongs, or the other way round."""

    key = "enrolment_unexpected"


class FingerprintMismatch(BundleError):
    """The digits that were read out are not those of this file."""

    key = "fingerprint_mismatch"


class EnrolmentPracticeRefused(BundleError):
    """A practice desk and a real desk can't be enrolled with each other."""

    key = "enrolment_practice_refused"


Kind = Literal["ppt_pack", "village_request", "laptop"]


class Enrolment(msgspec.Struct, frozen=True):
    """What one desk tells the other about itself. `answers` is the SHA-256 of the pack that a request answers.

    Since 1.1: `knows` is the SHA-256 of the recipient string in that pack, `address` and `pin` are where a PPT takes
    bundles in over the network, and the kind `laptop` introduces a laptop to the others of its village.
    """

    format: tuple[int, int]
    kind: Kind
    practice: bool
    side: Side
    code: str
    name: str
    device: str
    signing_key: bytes
    recipient: str
    created_at: str
    answers: str = ""
    knows: str = ""
    address: str = ""
    pin: str = ""

    def peer(self, status: PeerStatus) -> Peer:
        return Peer(
            self.device,
            self.side,
            self.code,
            self.name,
            self.signing_key,
            self.recipient,
            status,
            self.practice,
            self.address,
            self.pin,
        )


def fingerprint(signing_key: bytes, recipient: str) -> str:
    """30 digits in 6 groups over both public keys: 99.7 bits of SHA-256, for people to compare."""
    return spoken(hashlib.sha256(b"trafficwatch/enrolment/1" + signing_key + recipient.encode()).digest())


def spoken(hashed: bytes) -> str:
    """A hash as 30 digits in 6 groups, to be read out."""
    digits = f"{int.from_bytes(hashed, 'big') % 10**DIGITS:0{DIGITS}}"
    return " ".join(digits[start : start + 5] for start in range(0, DIGITS, 5))


def encode(enrolment: Enrolment, signing_seed: bytes) -> bytes:
    """The file, signed by the key it introduces."""
    body = msgspec.json.encode(enrolment)
    signature = sshsig.sign(body, private_key=signing_seed, namespace=NAMESPACE)
    return ustar.write([("enrolment.json", body), ("enrolment.sig", signature)])


def decode(untrusted_bytes: bytes, kind: str, *, practice: bool) -> Enrolment:
    """The enrolment in a file, keys and self-signature checked; who made it is still open until the digits match."""
    if len(untrusted_bytes) > FILE_LIMIT:
        raise EnrolmentMalformed
    try:
        members = dict(ustar.read(untrusted_bytes, max_members=2, max_bytes=FILE_LIMIT))
        body, signature = bytes(members["enrolment.json"]), bytes(members["enrolment.sig"])
        head = msgspec.json.decode(body, type=Versioned)
        if head.format[0] > FORMAT[0]:
            raise FormatNewer(format=f"{head.format[0]}.{head.format[1]}")
        enrolment = msgspec.json.decode(body, type=Enrolment)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, ustar.ContainerMalformed):
        raise EnrolmentMalformed from None
    side = Side.PPT if enrolment.kind == "ppt_pack" else Side.VILLAGE
    shaped = _DEVICE.fullmatch(enrolment.device) and _CODE.fullmatch(enrolment.code) and enrolment.side is side
    shaped = shaped and all(_HASH.fullmatch(each) for each in (enrolment.answers, enrolment.knows, enrolment.pin))
    shaped = shaped and _ADDRESS.fullmatch(enrolment.address) and bool(enrolment.address) == bool(enrolment.pin)
    shaped = shaped and 0 < len(enrolment.created_at) <= 32
    if not shaped or not is_name(enrolment.name):
        raise EnrolmentMalformed
    sshsig.check_public_key(enrolment.signing_key)
    age.Recipient.from_string(enrolment.recipient)
    sshsig.verify(signature, body, public_key=enrolment.signing_key, namespace=NAMESPACE)
    if enrolment.kind != kind:
        raise EnrolmentUnexpected
    if enrolment.practice != practice:
        raise EnrolmentPracticeRefused
    return enrolment


def is_name(text: str) -> bool:
    """One line of at most 200 characters without control or direction marks: it is shown beside the digits."""
    return 0 < len(text) <= 200 and not any(unicodedata.category(char) in _UNSHOWABLE for char in text)


def check_digits(enrolment: Enrolment, typed: str) -> None:
    """Raise FingerprintMismatch unless the typed digits are those of this file."""
    check_spoken(fingerprint(enrolment.signing_key, enrolment.recipient), typed)


def check_spoken(wanted: str, typed: str) -> None:
    """Raise FingerprintMismatch unless these digits were typed; blanks and dashes don't matter."""
    digits = "".join(char for char in typed if char.isascii() and char.isdigit())
    if not hmac.compare_digest(digits, wanted.replace(" ", "")):
        raise FingerprintMismatch
