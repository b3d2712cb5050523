# SPDX-License-Identifier: GPL-3.0-or-later
"""The enrolment ceremony by files (design 7), for both desks.

PPT writes its pack -> the village compares the 30 digits and answers with a request -> the PPT compares the village's
digits and approves -> the approval, a sealed `reply` bundle with device list, directory and published questionnaires,
is accepted by the village. Digits are typed as they are read out, never shown to be nodded at.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import InputError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.places import UnknownPlace
from trafficwatch.store.files import StagedFiles, check_new, check_outside, read_limited, write_whole
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import enrolment, outgoing
from trafficwatch.sync.devices import own_keys, peers, require_side, save_peer, set_status
from trafficwatch.sync.enrolment import Enrolment
from trafficwatch.sync.importing import Imported, take_in
from trafficwatch.sync.manifest import FORMAT
from trafficwatch.sync.replies import make_reply
from trafficwatch.village.places import Places


class DeviceUnknown(InputError):
    """No such device is enrolled here; parameter `device`."""

    key = "device_unknown"


@dataclass(frozen=True, slots=True)
class Written:
    """An enrolment file that was written, and the digits to read out for it."""

    path: Path
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who a request claims to be from. `place` is what the official list says of the claimed code, '' if it is not in
    it: compare it with `name`, which the applicant typed. Nothing of it is proved before the digits are.
    """

    code: str
    place: str
    name: str
    device: str
    digits_needed: bool = True


def require_ppt(work: Work) -> None:
    """Raise WrongDesk at a village desk."""
    require_side(work, Side.PPT)


def write_pack(store: Store, path: Path) -> Written:
    """PPT: who we are, for villages to enrol with."""
    check_new(path, store.folder)
    with store.work() as work:
        require_side(work, Side.PPT)
        return _write(work, path, "ppt_pack", "")


def read_applicant(path: Path, *, practice: bool) -> Applicant:
    """PPT: who a request says it is from, to see before the digits are typed; only they prove it."""
    found = enrolment.decode(read_limited(path, enrolment.FILE_LIMIT), "village_request", practice=practice)
    try:
        place = Places.load().get(found.code).path
    except UnknownPlace:
        place = ""
    return Applicant(found.code, place, found.name, found.device)


def read_pack_name(path: Path, *, practice: bool) -> str:
    """Village: the name that a PPT's pack gives, to see before the digits are typed; only they prove it."""
    return enrolment.decode(read_limited(path, enrolment.FILE_LIMIT), "ppt_pack", practice=practice).name


def write_request(store: Store, pack_path: Path, digits: str, path: Path) -> Written:
    """Village: take the PPT's pack, whose digits were read out by the PPT, and ask to be enrolled."""
    check_new(path, store.folder)
    untrusted_bytes = read_limited(pack_path, enrolment.FILE_LIMIT)
    with store.work() as work:
        require_side(work, Side.VILLAGE)
        pack = enrolment.decode(untrusted_bytes, "ppt_pack", practice=work.info.practice)
        enrolment.check_digits(pack, digits)
        known = next((peer for peer in peers(work) if peer.device == pack.device), None)
        if known is None or known.status is not PeerStatus.ACTIVE:
            save_peer(work, pack.peer(PeerStatus.PENDING))
        return _write(work, path, "village_request", hashlib.sha256(untrusted_bytes).hexdigest())


def approve(store: Store, request_path: Path, digits: str, folder: Path) -> tuple[Peer, Path]:
    """PPT: enrol the village device whose digits were read out by the village; writes the approval for it."""
    check_outside(folder, store.folder)
    untrusted_bytes = read_limited(request_path, enrolment.FILE_LIMIT)
    with store.work() as work:
        require_side(work, Side.PPT)
        request = enrolment.decode(untrusted_bytes, "village_request", practice=work.info.practice)
        enrolment.check_digits(request, digits)
        village = request.peer(PeerStatus.ACTIVE)
        save_peer(work, village)
        bundle_id = make_reply(work, village)
    return village, outgoing.write_answer(store, bundle_id, folder)


def reply(store: Store, device: str, folder: Path) -> Path:
    """PPT: a fresh reply for one village device, as often as there is news."""
    check_outside(folder, store.folder)
    with store.work() as work:
        require_side(work, Side.PPT)
        bundle_id = make_reply(work, _village(work, device))
    return outgoing.write_answer(store, bundle_id, folder)


def revoke(store: Store, device: str, folder: Path) -> Path:
    """PPT: nothing of this device is taken in any more; writes the notice for it."""
    check_outside(folder, store.folder)
    with store.work() as work:
        require_side(work, Side.PPT)
        set_status(work, _village(work, device).device, PeerStatus.REVOKED)
        bundle_id = make_reply(work, _village(work, device))
    return outgoing.write_answer(store, bundle_id, folder)


def accept(store: Store, path: Path) -> Imported:
    """Village: take in the approval of the PPT whose digits were compared before."""
    with store.work() as work:
        require_side(work, Side.VILLAGE)
    return take_in(store, path, accept_pending=True)


def export_identity(store: Store, path: Path, reason: str) -> None:
    """PPT: the age identity that opens bundles for it, readable by the owner alone; journalled with the reason.

    Who holds this file reads every bundle of every village: for a sealed envelope, or to open a bundle without us.
    """
    if not reason.strip():
        raise ReasonMissing
    check_new(path, store.folder)
    with StagedFiles() as files, store.work() as work:
        require_side(work, Side.PPT)
        own = own_keys(work)
        work.note("key_export", "device", own.device, reason.strip())
        files.add(path, f"# public key: {own.recipient}\n{own.identity}\n".encode(), private=True)


def _write(work: Work, path: Path, kind: str, answers: str) -> Written:
    own = own_keys(work)
    found = Enrolment(
        format=FORMAT,
        kind="ppt_pack" if kind == "ppt_pack" else "village_request",
        practice=work.info.practice,
        side=work.info.side,
        code=work.info.code,
        name=work.info.name,
        device=own.device,
        signing_key=own.signing_key,
        recipient=own.recipient,
        created_at=work.now,
        answers=answers,
    )
    write_whole(path, enrolment.encode(found, own.signing_seed))
    return Written(path, enrolment.fingerprint(own.signing_key, own.recipient))


def _village(work: Work, device: str) -> Peer:
    found = next((peer for peer in peers(work) if peer.device == device), None)
    if found is None:
        raise DeviceUnknown(device=device)
    return found
