# SPDX-License-Identifier: GPL-3.0-or-later
"""Escrow: the PPT as the last way back into a village's laptop, by telephone (decision 0009).

At the village `set_up` gives the vault a second code that nobody sees and seals it for the PPT; `request` copies the
sealed file out of a locked laptop. At the PPT `open_request` says whose file it is, and `read_out` gives the code once
the digits were compared with a known number, after noting it in the journal. A code that was used has been heard on a
telephone: `settle` makes it void, with all copies of the vault that it opened, and escrow is set up anew.

What an unlocked laptop knows of its escrow is kept in the store (`store_info`, key `escrow`): the hash of the file, so
that a single changed bit shows as long as somebody can still act on it, and for which PPT it was sealed.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec
from sqlalchemy import delete, insert, select

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import FileError, StoreError
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store import backup, rotation, vault
from trafficwatch.store.files import FileExists, StagedFiles, check_outside, read_limited, write_whole
from trafficwatch.store.folder import read_vault, stage_vault
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import escrow_file
from trafficwatch.sync.devices import (
    DeviceRevoked,
    NotEnrolled,
    known_keys,
    opening_keys,
    own_keys,
    own_ppt,
    require_side,
)
from trafficwatch.sync.enrolment import check_spoken
from trafficwatch.sync.escrow_file import FILE_LIMIT, Escrow, fingerprint
from trafficwatch.sync.manifest import FORMAT, recipient_hash

ESCROW = "escrow.age"
_KEY = "escrow"
_ON, _OFF, _USED, _READ = "escrow_on", "escrow_off", "escrow_used", "escrow_read"


class EscrowNotSetUp(StoreError):
    """This laptop has no escrow: the PPT can't help to open it."""

    key = "escrow_not_set_up"


class EscrowMissing(StoreError):
    """The vault has an escrow slot, but the sealed file beside it is gone."""

    key = "escrow_missing"


class EscrowStatus(StrEnum):
    """Where this village laptop stands."""

    NOT_CONNECTED = "not_connected"
    OFF = "off"
    READY = "ready"
    BROKEN = "broken"
    OTHER_PPT = "other_ppt"
    USED = "used"


WANTS_RENEWAL = frozenset({EscrowStatus.BROKEN, EscrowStatus.OTHER_PPT, EscrowStatus.USED})
"""There was escrow, and it helps nobody any more: to be set up anew, or turned off."""


@dataclass(frozen=True, slots=True)
class EscrowState:
    """`ppt` is the name of the PPT that is meant now, `since` when escrow was set up or used; both may be ''."""

    status: EscrowStatus
    ppt: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A copy of the sealed file to send, and its digits to read out."""

    path: Path
    digits: str


@dataclass(frozen=True, slots=True)
class EscrowRequest:
    """Whose file it is, as proved by its signature. `read_before`: when a code of this laptop was read out last."""

    village: str
    name: str
    device: str
    made_at: str
    read_before: str
    sealed: bytes = field(repr=False)


class _Kept(msgspec.Struct, frozen=True):
    since: str
    file: str = ""
    recipient: str = ""
    used: bool = False


# -- the village, unlocked ---------------------------------------------------------------------------------------------


def state(store: Store) -> EscrowState:
    """Whether the PPT could help to open this laptop today."""
    with store.work() as work:
        require_side(work, Side.VILLAGE)
        kept = _kept(work)
        try:
            ppt = own_ppt(work)
        except (NotEnrolled, DeviceRevoked):
            return EscrowState(EscrowStatus.NOT_CONNECTED)
    if kept is None:
        return EscrowState(EscrowStatus.OFF, ppt.name)
    if kept.used:
        return EscrowState(EscrowStatus.USED, ppt.name, kept.since)
    if not (_has_slot(store.folder) and _hash_of(store.folder / ESCROW) == kept.file):
        return EscrowState(EscrowStatus.BROKEN, ppt.name, kept.since)
    is_ours = kept.recipient == recipient_hash(ppt.recipient)
    return EscrowState(EscrowStatus.READY if is_ours else EscrowStatus.OTHER_PPT, ppt.name, kept.since)


def set_up(store: Store) -> EscrowState:
    """Give the vault a code for the PPT, in place of an earlier one, and seal it at once; nobody sees it.

    Where there was an earlier one all keys are renewed, for who knows it may have a copy of the vault; the new code
    stays. Raises WrongDesk, NotEnrolled, DeviceRevoked, and CaseKeyNotHere: the code opens case text too.
    """
    with StagedFiles() as files, store.work() as work:
        require_side(work, Side.VILLAGE)
        ppt, own = own_ppt(work), own_keys(work)
        current = read_vault(store.folder)
        grown, code = vault.add_escrow(current, store.keys)
        escrow = Escrow(
            FORMAT,
            work.info.practice,
            work.info.code,
            own.device,
            grown.vault,
            code,
            recipient_hash(ppt.recipient),
            work.now,
        )
        sealed = escrow_file.seal(escrow, own.signing_seed, ppt.recipient)
        _keep(work, _Kept(work.now, hashlib.sha256(sealed).hexdigest(), escrow.recipient))
        work.note(_ON, "device", own.device, f"PPT {ppt.code}")
        if had_code := any(slot.kind == "escrow" for slot in current.slots):
            rotation.want(work)
        stage_vault(files, store.folder, current, grown)
        files.add(store.folder / ESCROW, sealed, private=True)  # last: a file without its slot would promise too much
    backup.rewrap_all(store, read_vault(store.folder), store.keys)
    if had_code:
        rotation.rotate_if_possible(store)
    return state(store)


def turn_off(store: Store) -> EscrowState:
    """Take the PPT's way in back: its code opens nothing any more, a copied vault neither."""
    with StagedFiles() as files, store.work() as work:
        require_side(work, Side.VILLAGE)
        _forget(work)
        work.note(_OFF, "device", work.info.device, "escrow")
        rotation.want(work)
        current = read_vault(store.folder)
        stage_vault(files, store.folder, current, vault.without(current, store.keys, kinds={"escrow"}))
    _remove_file(store.folder)
    backup.rewrap_all(store, read_vault(store.folder), store.keys)
    rotation.rotate_if_possible(store)
    return state(store)


def settle(store: Store) -> bool:
    """After somebody came in with a code and got a new passphrase: whether it was the PPT's, which is void from now on.

    Its slot went with the new passphrase. All keys are renewed after either code, so that who knows the passphrase that
    was replaced, or heard the code, can't use it on a copied vault or on a backup either; only a full disk must not
    keep somebody out who has just come in.
    """
    was_used = store.keys.kind == "escrow"
    if was_used:
        with store.work() as work:
            _keep(work, _Kept(used=True, since=work.now))
            work.note(_USED, "device", work.info.device, "escrow")
        _remove_file(store.folder)
    rotation.rotate_if_possible(store)
    return was_used


# -- the village, locked -----------------------------------------------------------------------------------------------


def request(folder: Path, target: Path) -> Request:
    """Copy the sealed file of the locked store in `folder` to a folder or under a new name.

    Raises EscrowNotSetUp, EscrowMissing, EscrowDamaged, and what the vault or the target say.
    """
    check_outside(target, folder)
    if not _has_slot(folder):
        raise EscrowNotSetUp
    if not (folder / ESCROW).exists():
        raise EscrowMissing
    sealed = read_limited(folder / ESCROW, FILE_LIMIT)
    escrow_file.check_whole(sealed)
    path = target / f"permintaan-buka-{hashlib.sha256(sealed).hexdigest()[:8]}.twe" if target.is_dir() else target
    if not path.exists():
        write_whole(path, sealed)
    elif read_limited(path, FILE_LIMIT) != sealed:
        raise FileExists(file=path.name)
    return Request(path, fingerprint(sealed))


# -- the PPT -----------------------------------------------------------------------------------------------------------


def open_request(store: Store, path: Path) -> EscrowRequest:
    """Whose request for help this is; the code stays sealed. Raises the first doubt (`escrow_file.unseal`)."""
    untrusted_bytes = read_limited(path, FILE_LIMIT)
    with store.work() as work:
        escrow, name = _unseal(work, untrusted_bytes)
        read_before = _last_read(work, escrow.device)
    return EscrowRequest(escrow.village, name, escrow.device, escrow.made_at, read_before, untrusted_bytes)


def read_out(store: Store, request: EscrowRequest, digits: str, reason: str) -> str:
    """The code to read out to the village, once the digits are those that a known number has read out.

    It is journalled with the reason before anybody sees it. Raises FingerprintMismatch, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    check_spoken(fingerprint(request.sealed), digits)
    with store.work() as work:
        escrow, _ = _unseal(work, request.sealed)
        work.note(_READ, "device", escrow.device, reason.strip())
    return escrow.code


def _unseal(work: Work, untrusted_bytes: bytes) -> tuple[Escrow, str]:
    require_side(work, Side.PPT)
    identities = [keys.identity for keys in opening_keys(work)]
    known = known_keys(work, ever=True)  # the file says which device made it long ago, not what it does today
    escrow, peer = escrow_file.unseal(untrusted_bytes, identities, known, practice=work.info.practice)
    return escrow, peer.name


def _last_read(work: Work, device: str) -> str:
    table = local.journal
    earlier = select(table.c.at).where(
        table.c.device == work.info.device, table.c.action == _READ, table.c.type == "device", table.c.id == device
    )
    return work.connection.execute(earlier.order_by(table.c.sequence.desc()).limit(1)).scalar_one_or_none() or ""


# -- what is kept ------------------------------------------------------------------------------------------------------


def _kept(work: Work) -> _Kept | None:
    table = local.store_info
    found = work.connection.execute(select(table.c.value).where(table.c.key == _KEY)).scalar_one_or_none()
    return msgspec.json.decode(found, type=_Kept) if found is not None else None


def _keep(work: Work, kept: _Kept) -> None:
    _forget(work)
    value = msgspec.json.encode(kept, order="sorted").decode()
    work.connection.execute(insert(local.store_info).values(key=_KEY, value=value))


def _forget(work: Work) -> None:
    work.connection.execute(delete(local.store_info).where(local.store_info.c.key == _KEY))


def _has_slot(folder: Path) -> bool:
    return any(slot.kind == "escrow" for slot in read_vault(folder).slots)


def _hash_of(path: Path) -> str:
    try:
        return hashlib.sha256(read_limited(path, FILE_LIMIT)).hexdigest()
    except FileError:
        return ""


def _remove_file(folder: Path) -> None:
    """Without its slot the file opens nothing: that it can't be removed stops nobody."""
    with suppress(OSError):
        (folder / ESCROW).unlink(missing_ok=True)
