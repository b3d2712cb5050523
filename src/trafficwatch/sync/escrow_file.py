# SPDX-License-Identifier: GPL-3.0-or-later
"""The escrow file: a second code to a village's vault, sealed to its PPT (docs/bundle.md, decision 0009).

An age v1 file to the PPT's recipient; inside, as in enrolment files, a plain ustar of `escrow.json` and `escrow.sig`,
signed by the village's device. Nobody has seen the code: it was made and sealed in one step. Without the PPT's key the
file is noise, without the laptop the code opens nothing, so the file may be sent by any messenger.

Order of trust: size; age header for us and every chunk; archive; signature by a device that is enrolled here, looked up
by the key it claims; device not revoked; format; typed JSON; practice or real as we are; device and village are those
of the key; sealed for us. Values in, values out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from trafficwatch.errors import BundleError, InputError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.store import recovery_code
from trafficwatch.sync import age, sshsig, ustar
from trafficwatch.sync.enrolment import spoken
from trafficwatch.sync.manifest import FORMAT, FormatNewer, Versioned, recipient_hash

NAMESPACE = "trafficwatch-escrow"
FILE_LIMIT = 65_536
SEALED_BYTES = 4_731
"""What every escrow file measures: its parts are shorter than the archive's blocks."""
_BODY, _SIGNATURE = "escrow.json", "escrow.sig"
_AGE = b"age-encryption.org/v1\n"
_HEX = re.compile(r"[0-9a-f]{16}")


class EscrowDamaged(BundleError):
    """The escrow file is cut off or was changed."""

    key = "escrow_damaged"


class EscrowUnexpected(BundleError):
    """The file is something else than an escrow file."""

    key = "escrow_unexpected"


class EscrowForAnotherPpt(BundleError):
    """The escrow file was sealed for another PPT."""

    key = "escrow_for_another_ppt"


class EscrowOfUnknownDevice(BundleError):
    """The escrow file was signed by a device that is not enrolled here."""

    key = "escrow_of_unknown_device"


class EscrowOfRevokedDevice(BundleError):
    """The escrow file is of a device that this PPT has revoked; parameter `village` (code)."""

    key = "escrow_of_revoked_device"


class EscrowOfOtherVillage(BundleError):
    """The device that signed the escrow file is enrolled for another village; parameters `village` and `claimed`."""

    key = "escrow_of_other_village"


class EscrowPracticeRefused(BundleError):
    """A practice desk's escrow file met a real PPT, or the other way round."""

    key = "escrow_practice_refused"


class Escrow(msgspec.Struct, frozen=True):
    """What the village seals: `code` opens the vault `vault` of `device`; `recipient` is the PPT's, hashed."""

    format: tuple[int, int]
    practice: bool
    village: str
    device: str
    vault: str
    code: str
    recipient: str
    made_at: str

    def __repr__(self) -> str:
        return "Escrow(...)"


def seal(escrow: Escrow, signing_seed: bytes, recipient: str) -> bytes:
    """The file: signed by the village's device, sealed to the PPT."""
    body = msgspec.json.encode(escrow)
    signature = sshsig.sign(body, private_key=signing_seed, namespace=NAMESPACE)
    archive = ustar.write([(_BODY, body), (_SIGNATURE, signature)])
    return age.encrypt(archive, [age.Recipient.from_string(recipient)])


def check_whole(untrusted_bytes: bytes) -> None:
    """Raise EscrowDamaged for a file that can't be whole: all that can be told without the PPT's key."""
    if len(untrusted_bytes) != SEALED_BYTES or not untrusted_bytes.startswith(_AGE):
        raise EscrowDamaged


def fingerprint(sealed: bytes) -> str:
    """30 digits in 6 groups of the file itself, to be read out by who asks and typed by who is asked."""
    return spoken(hashlib.sha256(b"trafficwatch/escrow/1" + sealed).digest())


def unseal(
    untrusted_bytes: bytes, identities: Sequence[str], peers: Sequence[Peer], *, practice: bool
) -> tuple[Escrow, Peer]:
    """The escrow in a file for one of our identities and the enrolled device it is of; raises the first doubt."""
    ours = [age.Identity.from_string(identity) for identity in identities]
    body, signature = _open(untrusted_bytes, ours)
    peer = _verify(body, signature, peers)
    try:
        head = msgspec.json.decode(body, type=Versioned)
        if head.format[0] > FORMAT[0]:
            raise FormatNewer(format=f"{head.format[0]}.{head.format[1]}")
        escrow = msgspec.json.decode(body, type=Escrow)
        recovery_code.read(escrow.code)
        made_at = datetime.fromisoformat(escrow.made_at)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, InputError):
        raise EscrowDamaged from None
    if not _HEX.fullmatch(escrow.vault) or made_at.tzinfo is None:
        raise EscrowDamaged
    if escrow.practice != practice or peer.practice != practice:
        raise EscrowPracticeRefused
    if (escrow.device, escrow.village) != (peer.device, peer.code):
        raise EscrowOfOtherVillage(village=peer.code, claimed=escrow.village)
    if escrow.recipient not in {recipient_hash(each.recipient().to_string()) for each in ours}:
        raise EscrowForAnotherPpt
    return escrow, peer


def _open(untrusted_bytes: bytes, identities: Sequence[age.Identity]) -> tuple[bytes, bytes]:
    """Body and signature, as far as the age layer vouches for them."""
    if len(untrusted_bytes) > FILE_LIMIT:
        raise EscrowUnexpected
    try:
        archive = age.decrypt(untrusted_bytes, identities)
        members = dict(ustar.read(archive, max_members=2, max_bytes=FILE_LIMIT))
        return bytes(members[_BODY]), bytes(members[_SIGNATURE])
    except age.NotForThisRecipient:
        raise EscrowForAnotherPpt from None
    except age.BundleDamaged:
        raise EscrowDamaged from None
    except (age.NotABundle, ustar.ContainerMalformed, KeyError):
        raise EscrowUnexpected from None


def _verify(body: bytes, signature: bytes, peers: Sequence[Peer]) -> Peer:
    """The enrolled village device that signed this body: nothing of the body is read before."""
    try:
        claimed = sshsig.claimed_public_key(signature)
        peer = next((peer for peer in peers if peer.signing_key == claimed), None)
        if peer is None or peer.side != Side.VILLAGE or peer.status is PeerStatus.PENDING:
            raise EscrowOfUnknownDevice
        sshsig.verify(signature, body, public_key=peer.signing_key, namespace=NAMESPACE)
    except (sshsig.SignatureMalformed, sshsig.SignatureInvalid):
        raise EscrowDamaged from None
    if peer.status is PeerStatus.REVOKED:
        raise EscrowOfRevokedDevice(village=peer.code)
    return peer
