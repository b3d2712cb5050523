# SPDX-License-Identifier: GPL-3.0-or-later
"""Two laptops of one village, or two PPTs, learn to trust each other (design 5, 7).

Each writes an enrolment file of itself, the other reads it, and somebody types the 30 digits that are read out there;
whoever is introduced on both sides can exchange. No office stands between them: so it is for coordinators, at the PPT
for officers, and it stands in the journal who did it. The laptops of a village hold the same people's data by design;
a laptop of another village is refused here, and a copy of this one, which would write under the same name.

Who is not trusted any more is cut off with a reason. A device that the PPT has revoked can't be paired again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.store.files import check_new, read_limited, write_whole
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import enrolling, enrolment
from trafficwatch.sync.devices import own_keys, save_peer, set_status
from trafficwatch.sync.enrolling import Written
from trafficwatch.sync.partners import partner, require_coordinator

_KINDS: Mapping[Side, enrolment.Kind] = {Side.VILLAGE: "laptop", Side.PPT: "ppt_pack"}


class NotOneVillage(BundleError):
    """The other laptop is of another village; parameter `code`."""

    key = "not_one_village"
    catalogue = "errors_pairing"


class NotAnotherPpt(BundleError):
    """The other desk is of this very PPT; parameter `code`."""

    key = "not_another_ppt"
    catalogue = "errors_pairing"


class PairedWithItself(BundleError):
    """The file is of this laptop, or of a copy of it."""

    key = "paired_with_itself"
    catalogue = "errors_pairing"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a file says it is from; only the digits prove it."""

    name: str
    code: str
    device: str


def write_pack(store: Store, path: Path) -> Written:
    """Who this desk is, for the other one to read; gives the digits to read out."""
    check_new(path, store.folder)
    with store.work() as work:
        require_coordinator(work)
        own = own_keys(work)
        write_whole(path, enrolling.introduce(work, _KINDS[work.info.side]))
        return Written(path, enrolment.fingerprint(own.signing_key, own.recipient))


def read_claim(store: Store, path: Path) -> Claim:
    """Who a file says it is from, to see before the digits are typed; raises what `pair` raises of the file."""
    untrusted_bytes = read_limited(path, enrolment.FILE_LIMIT)
    with store.work() as work:
        found = _read(work, untrusted_bytes)
    return Claim(found.name, found.code, found.device)


def pair(store: Store, path: Path, digits: str) -> Peer:
    """Trust the desk whose digits were read out there; raises CoordinatorsPair, NotOneVillage, NotAnotherPpt,
    PairedWithItself, FingerprintMismatch, DeviceRevoked.
    """
    untrusted_bytes = read_limited(path, enrolment.FILE_LIMIT)
    with store.work() as work:
        require_coordinator(work)
        found = _read(work, untrusted_bytes)
        enrolment.check_digits(found, digits)
        trusted = found.peer(PeerStatus.ACTIVE)
        save_peer(work, trusted)
    return trusted


def part(store: Store, device: str, reason: str) -> None:
    """Trust a partner no more: nothing of it is taken in, nothing is written to it."""
    with store.work() as work:
        require_coordinator(work)
        if not reason.strip():
            raise ReasonMissing
        set_status(work, partner(work, device).device, PeerStatus.REVOKED)
        work.note("revoked", "device", device, reason.strip())


def _read(work: Work, untrusted_bytes: bytes) -> enrolment.Enrolment:
    found = enrolment.decode(untrusted_bytes, _KINDS[work.info.side], practice=work.info.practice)
    own = own_keys(work)
    if found.device == own.device or found.signing_key == own.signing_key:
        raise PairedWithItself
    if work.info.side is Side.VILLAGE and found.code != work.info.code:
        raise NotOneVillage(code=found.code)
    if work.info.side is Side.PPT and found.code == work.info.code:
        raise NotAnotherPpt(code=found.code)
    return found
