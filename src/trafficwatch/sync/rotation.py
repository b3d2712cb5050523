# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing the keys of this device, and hearing that a partner has replaced its own (design 7, decision 0020).

The new keys are told in a `keys` line of every bundle until the partner uses them; such bundles are signed with the
keys that the partner knows, and the new signing key signs the line. For OVERLAP_DAYS both sides go on opening what was
made with the former keys; then this device erases its former ones. A partner that has heard nothing by then is enrolled
anew. Who has stolen a key could announce a next one as well: a stolen laptop is revoked, never rotated.

A line is taken from the newest bundle of its sender only, and keys that were replaced once never come back by a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import delete, func, insert, select, update

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import Peer, PeerStatus, canonical
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import age, sshsig, wire
from trafficwatch.sync.devices import (
    OwnKeys,
    keys_for,
    note_use,
    overlap_until,
    own_keys,
    partner_uses,
    peers,
    replace_keys,
)
from trafficwatch.sync.manifest import recipient_hash

NAMESPACE = "trafficwatch-keys"
_ROTATED = "keys_changed"


class KeysNotProven(BundleError):
    """Next keys were announced for another device, or without a signature of the next key."""

    key = "keys_not_proven"
    catalogue = "errors_enrolment"


@dataclass(frozen=True, slots=True)
class KeyState:
    """Since when this device has its keys, until when former ones still open ('' if there are none), and by name the
    partners that have not yet used the present ones.
    """

    since: str
    former_until: str
    waiting: tuple[str, ...]


def state(work: Work) -> KeyState:
    """How far a replacement of keys is."""
    forget(work)
    own, table = own_keys(work), local.own_device
    since = work.connection.execute(select(table.c.created_at).where(table.c.device == own.device)).scalar_one()
    until = work.connection.execute(
        select(func.max(local.own_key.c.until)).where(local.own_key.c.device == own.device)
    ).scalar_one()
    waiting = [peer.name for peer in peers(work) if peer.status is PeerStatus.ACTIVE and keys_for(work, peer) != own]
    return KeyState(since, until or "", tuple(waiting))


def rotate(store: Store, reason: str) -> KeyState:
    """Make new keys, keep the present ones until the overlap is over, and journal why. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    with store.work() as work:
        forget(work)
        own, device, former = own_keys(work), local.own_device, local.own_key
        for peer in peers(work):
            if peer.device not in partner_uses(work):
                note_use(work, peer.device, recipient_hash(own.recipient))
        row = work.connection.execute(select(device).where(device.c.device == own.device)).one()
        work.connection.execute(
            insert(former).values(
                device=own.device,
                signing_seed=row.signing_seed,
                identity=row.identity,
                since=row.created_at,
                until=overlap_until(work),
            )
        )
        work.connection.execute(
            update(device)
            .where(device.c.device == own.device)
            .values(
                signing_seed=sshsig.generate_private_key(),
                identity=age.generate_identity().to_string(),
                created_at=work.now,
            )
        )
        work.note(_ROTATED, "device", own.device, reason.strip())
        return state(work)


def forget(work: Work) -> None:
    """Erase our former keys whose overlap is over. A PPT keeps its own: what villages keep sealed to it, for the day on
    which it is put back to an older state, opens with no others (docs/decisions/0017).
    """
    if work.info.side is Side.PPT:
        return
    table = local.own_key
    work.connection.execute(delete(table).where(table.c.device == work.info.device, table.c.until <= work.now))


# -- telling and hearing ---------------------------------------------------------------------------------------------


def said(work: Work, peer: Peer) -> Iterator[wire.KeysLine]:
    """Our present keys, for a partner that does not know them yet."""
    own = own_keys(work)
    if keys_for(work, peer) != own:
        yield line_of(own)


def line_of(own: OwnKeys) -> wire.KeysLine:
    """Keys as they are announced, with the proof that who announces them has them."""
    proof = sshsig.sign(
        _proven(own.device, own.signing_key.hex(), own.recipient),
        private_key=own.signing_seed,
        namespace=NAMESPACE,
    )
    return wire.KeysLine(own.device, own.signing_key.hex(), own.recipient, proof.decode("ascii"))


def heard(work: Work, sender: str, line: wire.KeysLine) -> None:
    """Take over the next keys of the device that sent them; what it signed with its former ones still holds for a
    while. Nothing for keys known already. Raises KeysNotProven, DeviceKeyChanged, UnsafeKey, KeyMalformed and the like.
    """
    peer = next(peer for peer in peers(work) if peer.device == sender)
    check(line, sender)
    replace_keys(work, peer, bytes.fromhex(line.signing_key), line.recipient)


def check(line: wire.KeysLine, sender: str) -> None:
    """Raise unless the line is of that device and its keys are sound and proven."""
    if line.device != sender:
        raise KeysNotProven
    signing_key = bytes.fromhex(line.signing_key)
    sshsig.check_public_key(signing_key)
    age.Recipient.from_string(line.recipient)
    try:
        sshsig.verify(
            line.proof.encode(),
            _proven(line.device, line.signing_key, line.recipient),
            public_key=signing_key,
            namespace=NAMESPACE,
        )
    except (sshsig.SignatureMalformed, sshsig.SignatureInvalid):
        raise KeysNotProven from None


def _proven(device: str, signing_key: str, recipient: str) -> bytes:
    """What the next key signs: the line without its proof."""
    line = msgspec.to_builtins(wire.KeysLine(device, signing_key, recipient, ""))
    return canonical({key: value for key, value in line.items() if key != "proof"}).encode()
