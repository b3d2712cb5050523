# SPDX-License-Identifier: GPL-3.0-or-later
"""The enrolment ceremony (design 7), for both desks: by files, or by QR codes (`enrolment_qr`) of the same bytes.

PPT writes its pack -> the village compares the 30 digits and answers with a request -> the PPT compares the village's
digits and approves -> the approval, a sealed `reply` bundle with device list, directory and published questionnaires,
is accepted by the village. Digits are typed as they are read out, never shown to be nodded at.

A village that has lost its laptop enrols the next one; the PPT sees which it had, and may revoke it in the same step.
A device that is known with other keys is refused, unless somebody says expressly that it has them now (`renewed`): it
was put back to a state from before its keys were replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.places import UnknownPlace
from trafficwatch.store.files import StagedFiles, check_new, check_outside, read_limited, write_whole
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import enrolment, moving, outgoing
from trafficwatch.sync.devices import (
    DeviceUnknown,
    NotEnrolled,
    former_keys,
    note_use,
    opening_keys,
    own_keys,
    peers,
    put_keys,
    require_side,
    save_peer,
    set_status,
)
from trafficwatch.sync.enrolment import Enrolment
from trafficwatch.sync.importing import Imported, take_in
from trafficwatch.sync.inbox import VillageRow, villages
from trafficwatch.sync.manifest import FORMAT, recipient_hash
from trafficwatch.sync.network.settings import learn, own_inbox
from trafficwatch.sync.replies import make_reply
from trafficwatch.village.places import Places


class PackOutdated(BundleError):
    """The request answers a pack of ours from before our keys were replaced, or a pack of another PPT."""

    key = "pack_outdated"
    catalogue = "errors_enrolment"


Source = Path | bytes
"""An enrolment file, or what is in one, as QR codes give it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a desk says of itself: `content` to be shown as QR codes, with name, day and the digits to read out."""

    kind: enrolment.Kind
    name: str
    day: str
    content: bytes
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Written:
    """An enrolment file that was written, and the digits to read out for it."""

    path: Path
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who a request claims to be from. `place` is what the official list says of the claimed code, '' if it is not in
    it: compare it with `name`, which the applicant typed. Nothing of it is proved before the digits are. `known` are
    the devices of that code that are here already, this very one included.
    """

    code: str
    place: str
    name: str
    device: str
    known: tuple[VillageRow, ...] = ()


def require_ppt(work: Work) -> None:
    """Raise WrongDesk at a village desk."""
    require_side(work, Side.PPT)


def write_pack(store: Store, path: Path) -> Written:
    """PPT: who we are, for villages to enrol with."""
    check_new(path, store.folder)
    sheet = pack(store)
    write_whole(path, sheet.content)
    return Written(path, sheet.fingerprint)


def pack(store: Store) -> Sheet:
    """PPT: who we are, to be shown or printed."""
    with store.work() as work:
        require_side(work, Side.PPT)
        return _sheet(work, "ppt_pack")


def read_applicant(store: Store, source: Source) -> Applicant:
    """PPT: who a request says it is from, to see before the digits are typed; only they prove it."""
    untrusted_bytes = _read(source)
    with store.work() as work:
        found = enrolment.decode(untrusted_bytes, "village_request", practice=work.info.practice)
        known = tuple(row for row in villages(work) if row.code == found.code or row.device == found.device)
    try:
        place = Places.load().get(found.code).path
    except UnknownPlace:
        place = ""
    return Applicant(found.code, place, found.name, found.device, known)


def read_pack_name(source: Source, *, practice: bool) -> str:
    """Village: the name that a PPT's pack gives, to see before the digits are typed; only they prove it."""
    return enrolment.decode(_read(source), "ppt_pack", practice=practice).name


def write_request(store: Store, source: Source, digits: str, path: Path, *, renewed: bool = False) -> Written:
    """Village: take the PPT's pack, whose digits were read out by the PPT, and ask to be enrolled."""
    check_new(path, store.folder)
    sheet = request(store, source, digits, renewed=renewed)
    write_whole(path, sheet.content)
    return Written(path, sheet.fingerprint)


def request(store: Store, source: Source, digits: str, *, renewed: bool = False) -> Sheet:
    """Village: take the PPT's pack, and give the request to be shown or printed."""
    untrusted_bytes = _read(source)
    with store.work() as work:
        require_side(work, Side.VILLAGE)
        found = enrolment.decode(untrusted_bytes, "ppt_pack", practice=work.info.practice)
        enrolment.check_digits(found, digits)
        known = next((peer for peer in peers(work) if peer.device == found.device), None)
        same = known is not None and known.status is PeerStatus.ACTIVE and known.signing_key == found.signing_key
        if not same:
            _save(work, found.peer(PeerStatus.PENDING), renewed=renewed)
        else:
            learn(work, found.device, found.address, found.pin)
        return _sheet(work, "village_request", hashlib.sha256(untrusted_bytes).hexdigest(), found.recipient)


def waiting_request(store: Store) -> Sheet:
    """Village: the request once more, for a PPT that has not approved yet. Raises NotEnrolled without one."""
    with store.work() as work:
        require_side(work, Side.VILLAGE)
        asked = [peer for peer in peers(work) if peer.side == Side.PPT and peer.status is PeerStatus.PENDING]
        if not asked:
            raise NotEnrolled
        return _sheet(work, "village_request", "", asked[-1].recipient)


def approve(
    store: Store,
    source: Source,
    digits: str,
    folder: Path,
    *,
    revoked: Collection[str] = (),
    reason: str = "",
    renewed: bool = False,
) -> tuple[Peer, Path]:
    """PPT: enrol the village device whose digits were read out by the village; writes the approval for it.

    `revoked` are other devices of that village that are trusted no more from now on, with the reason. Raises
    PackOutdated for a request that answers a pack from before our keys were replaced, beside what `revoke` raises.
    """
    check_outside(folder, store.folder)
    untrusted_bytes = _read(source)
    with store.work() as work:
        require_side(work, Side.PPT)
        found = enrolment.decode(untrusted_bytes, "village_request", practice=work.info.practice)
        enrolment.check_digits(found, digits)
        village = found.peer(PeerStatus.ACTIVE)
        if found.code in moving.codes(work) and all(peer.device != found.device for peer in peers(work)):
            raise moving.CodeTaken(code=found.code)  # its records would be those of the village that had this code
        _save(work, village, renewed=renewed)
        if found.knows:
            ours = {recipient_hash(keys.recipient) for keys in (own_keys(work), *former_keys(work))}
            if found.knows not in ours:
                raise PackOutdated
            note_use(work, village.device, found.knows)
        for device in revoked:
            _revoke(work, device, reason, code=village.code)
        bundle_id = make_reply(work, village)
    return village, outgoing.write_answer(store, bundle_id, folder)


def reply(store: Store, device: str, folder: Path) -> Path:
    """PPT: a fresh reply for one village device, as often as there is news."""
    check_outside(folder, store.folder)
    with store.work() as work:
        require_side(work, Side.PPT)
        bundle_id = make_reply(work, _village(work, device))
    return outgoing.write_answer(store, bundle_id, folder)


def revoke(store: Store, device: str, folder: Path, reason: str) -> Path:
    """PPT: nothing of this device is taken in any more; writes the notice for it. Raises ReasonMissing."""
    check_outside(folder, store.folder)
    with store.work() as work:
        require_side(work, Side.PPT)
        _revoke(work, device, reason)
        bundle_id = make_reply(work, _village(work, device))
    return outgoing.write_answer(store, bundle_id, folder)


def accept(store: Store, path: Path) -> Imported:
    """Village: take in the approval of the PPT whose digits were compared before."""
    with store.work() as work:
        require_side(work, Side.VILLAGE)
    return take_in(store, path, accept_pending=True)


def export_identity(store: Store, path: Path, reason: str) -> None:
    """PPT: the age identity that opens bundles for it, and former ones that still do, readable by the owner alone;
    journalled with the reason.

    Who holds this file reads every bundle of every village: for a sealed envelope, or to open a bundle without us.
    """
    if not reason.strip():
        raise ReasonMissing
    check_new(path, store.folder)
    with StagedFiles() as files, store.work() as work:
        require_side(work, Side.PPT)
        own = own_keys(work)
        work.note("key_export", "device", own.device, reason.strip())
        keys = opening_keys(work)
        lines = "".join(f"# public key: {each.recipient}\n{each.identity}\n" for each in keys)
        files.add(path, lines.encode(), private=True)


def introduce(work: Work, kind: enrolment.Kind, answers: str = "", knows: str = "") -> bytes:
    """The enrolment file of this desk."""
    own, (address, pin) = own_keys(work), own_inbox(work) if kind == "ppt_pack" else ("", "")
    found = Enrolment(
        format=FORMAT,
        kind=kind,
        practice=work.info.practice,
        side=work.info.side,
        code=work.info.code,
        name=work.info.name,
        device=own.device,
        signing_key=own.signing_key,
        recipient=own.recipient,
        created_at=work.now,
        answers=answers,
        knows=knows,
        address=address,
        pin=pin,
    )
    return enrolment.encode(found, own.signing_seed)


def _sheet(work: Work, kind: enrolment.Kind, answers: str = "", recipient: str = "") -> Sheet:
    content = introduce(work, kind, answers, recipient_hash(recipient) if recipient else "")
    own = own_keys(work)
    return Sheet(kind, work.info.name, work.today, content, enrolment.fingerprint(own.signing_key, own.recipient))


def _read(source: Source) -> bytes:
    return source if isinstance(source, bytes) else read_limited(source, enrolment.FILE_LIMIT)


def _save(work: Work, peer: Peer, *, renewed: bool) -> None:
    """Know a device from now on, by keys whose digits were compared."""
    known = next((each for each in peers(work) if each.device == peer.device), None)
    if renewed and known is not None and (known.side, known.code) == (peer.side, peer.code):
        put_keys(work, known, peer.signing_key, peer.recipient)
    save_peer(work, peer)


def _revoke(work: Work, device: str, reason: str, *, code: str = "") -> None:
    """Trust a village device no more, of this village if `code` is given; journalled with the reason."""
    if not reason.strip():
        raise ReasonMissing
    found = _village(work, device)
    if code and found.code != code:
        raise DeviceUnknown(device=device)
    work.note("revoked", "device", device, reason.strip())
    set_status(work, device, PeerStatus.REVOKED)


def _village(work: Work, device: str) -> Peer:
    found = next((peer for peer in peers(work) if peer.device == device and peer.side == Side.VILLAGE), None)
    if found is None:
        raise DeviceUnknown(device=device)
    return found
