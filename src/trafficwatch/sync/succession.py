# SPDX-License-Identifier: GPL-3.0-or-later
"""A PPT office that goes on at a new machine with a new store (design 7, decision 0020).

Whoever moves the store itself, by backup and restore, moves its keys too and needs nothing of this. Otherwise:

1. the new PPT reads the old one's pack and types its digits: `expect`;
2. the old PPT reads the new one's pack and types its digits: `hand_over` writes a `transfer` bundle with the devices
   that are enrolled, and from now on every reply to a village names the successor;
3. a village that hears it from the PPT that it sends to trusts the new one without another ceremony, sends there from
   then on, and goes on reading the old one until the new one says that it is revoked: `dismiss`.

Records are not handed over: villages send the new PPT everything that it has not confirmed.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import BundleError, InputError
from trafficwatch.models.exchange import BundleKind, Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.store import info
from trafficwatch.store.files import read_limited
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import age, enrolment, sshsig, wire
from trafficwatch.sync.devices import (
    former_keys,
    known_keys,
    note_use,
    own_keys,
    peers,
    replace_keys,
    require_side,
    save_peer,
    set_status,
)
from trafficwatch.sync.manifest import Sender, recipient_hash
from trafficwatch.sync.parcels import Exported, Made, make_bundles, write_bundles

_SUCCESSOR, _PREDECESSOR = "successor", "predecessor"
"""Rows of `store_info` of a PPT: the pack of the one that follows (base64), the device of the one before."""
_NOTE = "succession"


class SuccessorElsewhere(InputError):
    """The pack is of this very PPT, or of an office with another code: it can't take over here; parameter `code`."""

    key = "successor_elsewhere"
    catalogue = "errors_enrolment"


class SuccessorNotBelieved(BundleError):
    """Who is not the PPT of this village named a successor, or handed devices over without being the predecessor."""

    key = "successor_not_believed"
    catalogue = "errors_enrolment"


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a PPT: who was named its successor, and whom it succeeds; None if nobody."""

    successor: Peer | None
    predecessor: Peer | None


def standing(work: Work) -> Standing:
    """Where this PPT is in a succession."""
    by_device = {peer.device: peer for peer in peers(work)}
    successor = _successor(work)
    return Standing(
        by_device.get(successor.device) if successor else None,
        by_device.get(info.get(work.connection, _PREDECESSOR) or ""),
    )


# -- the two PPTs ------------------------------------------------------------------------------------------------------


def expect(store: Store, pack_path: Path, digits: str) -> Peer:
    """New PPT: trust the old one, whose digits were read out, to hand its villages over.

    Raises SuccessorElsewhere, and what an enrolment file and its digits say.
    """
    untrusted_bytes = read_limited(pack_path, enrolment.FILE_LIMIT)
    with store.work() as work:
        old = _partner(work, untrusted_bytes, digits)
        info.put(work.connection, {_PREDECESSOR: old.device})
        return old


def hand_over(store: Store, pack_path: Path, digits: str, folder: Path) -> list[Exported]:
    """Old PPT: name the new one, whose digits were read out, as successor, and write the villages' devices for it.

    Raises SuccessorElsewhere, and what an enrolment file, its digits and the folder say.
    """
    untrusted_bytes = read_limited(pack_path, enrolment.FILE_LIMIT)

    def make(work: Work) -> Iterator[Made]:
        new = _partner(work, untrusted_bytes, digits)
        info.put(work.connection, {_SUCCESSOR: b64encode(untrusted_bytes).decode()})
        lines = [wire.encode_control(line) for line in _lines(work)]
        yield from make_bundles(work, new, BundleKind.TRANSFER, [], lines)

    return write_bundles(store, folder, make)


def dismiss(store: Store, reason: str) -> None:
    """New PPT: the old one is trusted no more; the villages hear it with their next replies. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    with store.work() as work:
        old = standing(work).predecessor
        if old is not None and old.status is not PeerStatus.REVOKED:
            work.note("revoked", "device", old.device, reason.strip())
            set_status(work, old.device, PeerStatus.REVOKED)


def _partner(work: Work, untrusted_bytes: bytes, digits: str) -> Peer:
    """The PPT of the same office that a pack introduces, trusted from now on."""
    require_side(work, Side.PPT)
    pack = enrolment.decode(untrusted_bytes, "ppt_pack", practice=work.info.practice)
    enrolment.check_digits(pack, digits)
    if pack.code != work.info.code or pack.device == work.info.device:
        raise SuccessorElsewhere(code=pack.code)
    found = pack.peer(PeerStatus.ACTIVE)
    save_peer(work, found)
    _note(work, pack)
    return found


def _lines(work: Work) -> Iterator[wire.EnrolledLine]:
    """Every village device, its former keys before its present ones: the village may still sign with them."""
    rank = {(peer.device, peer.signing_key): 1 for peer in peers(work)}
    known = [peer for peer in known_keys(work) if peer.side == Side.VILLAGE and peer.status is not PeerStatus.PENDING]
    for peer in sorted(known, key=lambda peer: (peer.device, rank.get((peer.device, peer.signing_key), 0))):
        yield wire.EnrolledLine(
            peer.device, peer.code, peer.name, peer.signing_key.hex(), peer.recipient, peer.status.value
        )


def take_over(work: Work, sender: Sender, line: wire.EnrolledLine) -> None:
    """New PPT: enrol a village device that the predecessor has handed over."""
    if sender.side != Side.PPT or sender.device != info.get(work.connection, _PREDECESSOR):
        raise SuccessorNotBelieved
    signing_key = bytes.fromhex(line.signing_key)
    sshsig.check_public_key(signing_key)
    age.Recipient.from_string(line.recipient)
    if not enrolment.is_name(line.name):
        raise enrolment.EnrolmentMalformed
    known = next((peer for peer in peers(work) if peer.device == line.device), None)
    if known is None:
        status = PeerStatus(line.status)
        practice = work.info.practice
        save_peer(
            work, Peer(line.device, Side.VILLAGE, line.code, line.name, signing_key, line.recipient, status, practice)
        )
    elif known.side == Side.VILLAGE and known.code == line.code:
        replace_keys(work, known, signing_key, line.recipient)


# -- the villages ------------------------------------------------------------------------------------------------------


def said(work: Work) -> Iterator[wire.SuccessorLine]:
    """PPT: who takes over from us, for every village."""
    pack = _successor(work)
    if pack is not None:
        yield wire.SuccessorLine(pack.device, info.get(work.connection, _SUCCESSOR))


def heard(work: Work, sender: Sender, line: wire.SuccessorLine, *, is_of_ppt: bool) -> None:
    """Village: trust the successor that our PPT names. Nothing for one that is known already, revoked or not.

    Raises SuccessorNotBelieved, DeviceKeyChanged, and what an enrolment file says.
    """
    pack = _read(line.pack, practice=work.info.practice)
    known = next((peer for peer in peers(work) if peer.device == pack.device), None)
    if known is not None and known.signing_key == pack.signing_key and known.status is not PeerStatus.PENDING:
        return
    if not is_of_ppt or (pack.device, pack.code) != (line.device, sender.code):
        raise SuccessorNotBelieved
    save_peer(work, pack.peer(PeerStatus.ACTIVE))
    oldest = [*former_keys(work), own_keys(work)][0]
    note_use(work, pack.device, recipient_hash(oldest.recipient))
    _note(work, pack)


def _successor(work: Work) -> enrolment.Enrolment | None:
    kept = info.get(work.connection, _SUCCESSOR)
    return None if kept is None else _read(kept, practice=work.info.practice)


def _read(untrusted_text: str, *, practice: bool) -> enrolment.Enrolment:
    try:
        untrusted_bytes = b64decode(untrusted_text, validate=True)
    except (Base64Error, ValueError):
        raise enrolment.EnrolmentMalformed from None
    return enrolment.decode(untrusted_bytes, "ppt_pack", practice=practice)


def _note(work: Work, pack: enrolment.Enrolment) -> None:
    """The journal keeps the digits of who was trusted."""
    digits = enrolment.fingerprint(pack.signing_key, pack.recipient)
    work.note(_NOTE, "device", pack.device, f"{pack.name}: {digits}")
