# SPDX-License-Identifier: GPL-3.0-or-later
"""This device's keys, and the other devices that it knows. Keys live in the encrypted store only.

Either side may replace its keys (`sync.rotation`). Until a former key's `until` it still opens and verifies what was
made before; which of our keys a partner knows is what it sealed its last bundle to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, literal_column, select, update

from trafficwatch.errors import BundleError, InputError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store import info
from trafficwatch.store.check_exchange import PARTNER, partner_words
from trafficwatch.store.work import Work
from trafficwatch.sync import age, sshsig
from trafficwatch.sync.bundle import NAMESPACE
from trafficwatch.sync.manifest import recipient_hash

OVERLAP_DAYS = 180
"""How long keys that were replaced still open and verify what was made with them."""
_USES, _TOLD_REVOKED = "partner_uses", "told_revoked"
"""Rows of `store_info`: per partner the hash of our recipient that it seals to, and since when; devices of our village
that the PPT has revoked."""


class WrongDesk(InputError):
    """This is done at the other desk; parameter `side`."""

    key = "wrong_desk"


class NotEnrolled(BundleError):
    """There is no partner yet, or the partner has not approved this device."""

    key = "not_enrolled"


class DeviceKeyChanged(BundleError):
    """The device is known here with other keys or for another office, or its key belongs to another device."""

    key = "device_key_changed"


class DeviceUnknown(InputError):
    """No such device is enrolled here; parameter `device`."""

    key = "device_unknown"


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
    return _keys(row)


def former_keys(work: Work) -> list[OwnKeys]:
    """Keys of this device that were replaced and still open what was sealed to them, the oldest first."""
    return [keys for keys, until in _replaced(work) if until > work.now]


def opening_keys(work: Work) -> list[OwnKeys]:
    """The present keys and all former ones that are still kept, to open with; a PPT keeps all (`sync.rotation`)."""
    return [own_keys(work), *(keys for keys, _ in _replaced(work))]


def _replaced(work: Work) -> list[tuple[OwnKeys, str]]:
    table = local.own_key
    query = select(table).where(table.c.device == work.info.device).order_by(table.c.since)
    return [(_keys(row), row.until) for row in work.connection.execute(query)]


def keys_for(work: Work, peer: Peer) -> OwnKeys:
    """The keys of this device that a partner knows: the present ones, unless it still seals to former ones."""
    own, known = own_keys(work), partner_uses(work).get(peer.device)
    return next((keys for keys in former_keys(work) if known and recipient_hash(keys.recipient) == known[0]), own)


def partner_uses(work: Work) -> Mapping[str, tuple[str, str]]:
    """By device the hash of our recipient that it seals to, and since when; none is there before the first rotation."""
    return {device: (used, since) for device, (used, since) in (info.get(work.connection, _USES) or {}).items()}


def note_use(work: Work, device: str, used: str) -> None:
    """Keep which of our recipients a partner seals to."""
    known = dict(partner_uses(work))
    if known.get(device, ("", ""))[0] != used:
        info.put(work.connection, {_USES: {**known, device: (used, work.now)}})


def _keys(row: Row[Any]) -> OwnKeys:
    recipient = age.Identity.from_string(row.identity).recipient().to_string()
    return OwnKeys(row.device, row.signing_seed, sshsig.public_key_of(row.signing_seed), row.identity, recipient)


def peers(work: Work) -> list[Peer]:
    """All devices known here, active or not, each with its present keys."""
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


def known_keys(work: Work, *, ever: bool = False) -> list[Peer]:
    """All devices known here, and each once more with every key that it has replaced and that still holds, or `ever`
    held: what it signed before is still its own.
    """
    known, table = peers(work), local.peer_key
    by_device = {peer.device: peer for peer in known}
    rows = work.connection.execute(select(table).order_by(table.c.since))
    return known + [
        replace(by_device[row.device], signing_key=row.signing_key, recipient=row.recipient)
        for row in rows
        if row.device in by_device and (ever or row.until > work.now)
    ]


def save_peer(work: Work, peer: Peer) -> None:
    """Add a device, or renew what is known of it; another key under a known name is refused, never replaced.

    Raises DeviceKeyChanged, and DeviceRevoked for a device of which the PPT has said so.
    """
    table = local.peer
    if peer.device in told_revoked(work) and peer.status is not PeerStatus.REVOKED:
        raise DeviceRevoked
    for known in peers(work):
        same = (known.device == peer.device, known.signing_key == peer.signing_key)
        if any(same) and (not all(same) or known.code != peer.code or known.side != peer.side):
            raise DeviceKeyChanged
        if known == peer:
            return
    if any(each.signing_key == peer.signing_key and each.device != peer.device for each in known_keys(work, ever=True)):
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
    note_partner(work, peer.device)


def replace_keys(work: Work, peer: Peer, signing_key: bytes, recipient: str) -> None:
    """Put a partner's next keys in the place of the present ones, which hold until the overlap is over. Nothing for
    keys that it has, or had before: they never come back. Raises DeviceKeyChanged for keys of another device.
    """
    owners = {known.device for known in known_keys(work, ever=True) if known.signing_key == signing_key}
    if owners == {peer.device} and (peer.signing_key != signing_key or peer.recipient == recipient):
        return
    if owners:
        raise DeviceKeyChanged
    _put_keys(work, peer, signing_key, recipient, overlap_until(work))


def put_keys(work: Work, peer: Peer, signing_key: bytes, recipient: str) -> None:
    """Put keys whose digits were compared in the place of a partner's present ones, which it has lost: they hold no
    more. Raises DeviceKeyChanged for keys of another device.
    """
    if any(each.signing_key == signing_key and each.device != peer.device for each in known_keys(work, ever=True)):
        raise DeviceKeyChanged
    if (signing_key, recipient) != (peer.signing_key, peer.recipient):
        _put_keys(work, peer, signing_key, recipient, work.now)


def _put_keys(work: Work, peer: Peer, signing_key: bytes, recipient: str, until: str) -> None:
    if signing_key in {keys.signing_key for keys in (own_keys(work), *former_keys(work))}:
        raise DeviceKeyChanged
    table, former = local.peer, local.peer_key
    replaced = (former.c.device == peer.device, former.c.signing_key.in_([signing_key, peer.signing_key]))
    work.connection.execute(former.delete().where(*replaced))
    work.connection.execute(
        insert(former).values(
            device=peer.device,
            signing_key=peer.signing_key,
            recipient=peer.recipient,
            since=work.now,
            until=until,
        )
    )
    work.connection.execute(
        update(table).where(table.c.device == peer.device).values(signing_key=signing_key, recipient=recipient)
    )
    note_partner(work, peer.device)


def overlap_until(work: Work) -> str:
    """When an overlap that begins now is over."""
    return (datetime.fromisoformat(work.now) + timedelta(days=OVERLAP_DAYS)).isoformat(timespec="seconds")


def told_revoked(work: Work) -> frozenset[str]:
    """Devices that the PPT has said are revoked, whether they were known here or not."""
    return frozenset(info.get(work.connection, _TOLD_REVOKED) or ())


def put_told_revoked(work: Work, devices: frozenset[str]) -> None:
    """Keep what the PPT's newest word of revoked devices is."""
    if devices != told_revoked(work):
        info.put(work.connection, {_TOLD_REVOKED: sorted(devices)})


def set_status(work: Work, device: str, status: PeerStatus) -> None:
    table = local.peer
    work.connection.execute(update(table).where(table.c.device == device).values(status=status.value, since=work.now))
    note_partner(work, device)


def note_partner(work: Work, device: str) -> None:
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
    found = latest_ppt(work)
    if found is None or found.status is PeerStatus.PENDING:
        raise NotEnrolled
    if found.status is PeerStatus.REVOKED:
        raise DeviceRevoked
    return found


def latest_ppt(work: Work) -> Peer | None:
    """The PPT of this village device: an active one before a revoked one before one that was only asked, and of several
    the one enrolled with last.
    """
    table, order = local.peer, (PeerStatus.ACTIVE, PeerStatus.REVOKED, PeerStatus.PENDING)
    latest_first = select(table.c.device).where(table.c.side == Side.PPT.value).order_by(literal_column("rowid").desc())
    known = {peer.device: peer for peer in peers(work)}
    found = [known[device] for device in work.connection.execute(latest_first).scalars()]
    return min(found, key=lambda peer: order.index(peer.status), default=None)


def since_when(work: Work, device: str) -> str:
    """Since when a device has its status here."""
    table = local.peer
    return str(work.connection.execute(select(table.c.since).where(table.c.device == device)).scalar_one())


def allowed_signers(own: OwnKeys, code: str) -> str:
    """The line for `ssh-keygen -Y verify`: principal = code and device."""
    return sshsig.allowed_signers_line(f"{code}/{own.device}", own.signing_key, NAMESPACE)
