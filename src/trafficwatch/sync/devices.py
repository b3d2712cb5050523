# SPDX-License-Identifier: GPL-3.0-or-later
"""This device's keys, and the other devices that it knows. Keys live in the encrypted store only."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import insert, literal_column, select, update

from trafficwatch.errors import BundleError, InputError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store.check_exchange import PARTNER, partner_words
from trafficwatch.store.work import Work
from trafficwatch.sync import age, sshsig
from trafficwatch.sync.bundle import NAMESPACE


class WrongDesk(InputError):
    """This is done at the other desk; parameter `side`."""

    key = "wrong_desk"


class NotEnrolled(BundleError):
    """There is no partner yet, or the partner has not approved this device."""

    key = "not_enrolled"


class DeviceKeyChanged(BundleError):
    """The device is known here with other keys or for another office, or its key belongs to another device."""

    key = "device_key_changed"


class DeviceRevoked(BundleError):
    """The PPT has revoked this device."""

    key = "device_revoked"


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """This device: Ed25519 seed and public key (32 bytes each), age identity and recipient strings."""

    device: str
    signing_seed: bytes = field(repr=False)
    signing_key: bytes
    identity: str = field(repr=False)
    recipient: str


def require_side(work: Work, side: Side) -> None:
    """Raise WrongDesk unless this is a desk of that side."""
    if work.info.side is not side:
        raise WrongDesk(side=side.value)


def own_keys(work: Work) -> OwnKeys:
    """The keys of this device, made on first use."""
    table = local.own_device
    row = work.connection.execute(select(table).where(table.c.device == work.info.device)).one_or_none()
    if row is None:
        values = {
            "device": work.info.device,
            "signing_seed": sshsig.generate_private_key(),
            "identity": age.generate_identity().to_string(),
            "created_at": work.now,
        }
        work.connection.execute(insert(table).values(**values))
        return own_keys(work)
    recipient = age.Identity.from_string(row.identity).recipient().to_string()
    return OwnKeys(row.device, row.signing_seed, sshsig.public_key_of(row.signing_seed), row.identity, recipient)


def peers(work: Work) -> list[Peer]:
    """All devices known here, active or not."""
    table = local.peer
    return [
        Peer(
            row.device,
            row.side,
            row.code,
            row.name,
            row.signing_key,
            row.recipient,
            PeerStatus(row.status),
            row.practice,
            row.address,
            row.pin,
        )
        for row in work.connection.execute(select(table).order_by(table.c.device))
    ]


def save_peer(work: Work, peer: Peer) -> None:
    """Add a device, or renew what is known of it; another key under a known name is refused, never replaced."""
    table = local.peer
    for known in peers(work):
        same = (known.device == peer.device, known.signing_key == peer.signing_key)
        if any(same) and (not all(same) or known.code != peer.code or known.side != peer.side):
            raise DeviceKeyChanged
    work.connection.execute(table.delete().where(table.c.device == peer.device))
    work.connection.execute(
        insert(table).values(
            device=peer.device,
            side=peer.side,
            code=peer.code,
            name=peer.name,
            signing_key=peer.signing_key,
            recipient=peer.recipient,
            status=peer.status.value,
            practice=peer.practice,
            since=work.now,
            address=peer.address,
            pin=peer.pin,
        )
    )
    _note(work, peer.device)


def set_status(work: Work, device: str, status: PeerStatus) -> None:
    table = local.peer
    work.connection.execute(update(table).where(table.c.device == device).values(status=status.value, since=work.now))
    _note(work, device)


def _note(work: Work, device: str) -> None:
    """Journal what a device is to us from now on: who trusted it or no more is asked later, and `store.check` holds the
    table against it.
    """
    table = local.peer
    row = work.connection.execute(select(table).where(table.c.device == device)).one_or_none()
    if row is not None:
        work.note(PARTNER, "device", device, partner_words(row))


def own_ppt(work: Work) -> Peer:
    """The PPT that has approved this village device, of several the one enrolled with last: an office that replaced its
    laptop is sent to at its new one. Raises NotEnrolled or DeviceRevoked.
    """
    table = local.peer
    latest_first = select(table.c.device).where(table.c.side == Side.PPT.value).order_by(literal_column("rowid").desc())
    known = {peer.device: peer for peer in peers(work)}
    found = [known[device] for device in work.connection.execute(latest_first).scalars()]
    if any(peer.status is PeerStatus.ACTIVE for peer in found):
        return next(peer for peer in found if peer.status is PeerStatus.ACTIVE)
    if any(peer.status is PeerStatus.REVOKED for peer in found):
        raise DeviceRevoked
    raise NotEnrolled


def allowed_signers(own: OwnKeys, code: str) -> str:
    """The line for `ssh-keygen -Y verify`: principal = code and device."""
    return sshsig.allowed_signers_line(f"{code}/{own.device}", own.signing_key, NAMESPACE)
