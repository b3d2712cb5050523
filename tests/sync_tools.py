# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices, manifests, records and bundles for tests of the exchange, without a store: plain functions, real keys.

`Device` holds fixed keys made from its name, so that a failure can be repeated. `sealed` makes an honest bundle;
`forged` signs and seals whatever the test wants to have inside one.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st

from trafficwatch.models.exchange import BundleKind, FieldState, Peer, PeerStatus, RecordState, Stamp, canonical
from trafficwatch.models.fields import Field, Shape, Side, Value
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync import age, bundle, manifest, sshsig, ustar, wire
from trafficwatch.sync.bundle import Trust
from trafficwatch.sync.manifest import FORMAT, Manifest, Member, Sender, recipient_hash

EPOCH = "e" * 16


@dataclass(frozen=True)
class Device:
    """A device of either desk with its keys."""

    id: str
    side: Side
    code: str
    practice: bool
    signing_seed: bytes
    identity: str

    @property
    def signing_key(self) -> bytes:
        return sshsig.public_key_of(self.signing_seed)

    @property
    def recipient(self) -> str:
        return _recipient(self.identity)

    def peer(self, status: PeerStatus = PeerStatus.ACTIVE, **changes: Any) -> Peer:
        """How another device knows this one."""
        known = Peer(self.id, self.side, self.code, self.code, self.signing_key, self.recipient, status, self.practice)
        return replace(known, **changes)


@cache
def device(name: str, side: Side = Side.VILLAGE, code: str = "53.01.08.2008", *, practice: bool = False) -> Device:
    """A device whose id and keys follow from its name."""
    seed = hashlib.sha256(f"device {name}".encode()).digest()
    return Device(seed.hex()[:16], side, code, practice, seed, age.Identity(seed).to_string())


@cache
def _recipient(identity: str) -> str:
    return age.Identity.from_string(identity).recipient().to_string()


# -- records -----------------------------------------------------------------------------------------------------------


def record_id(number: int) -> str:
    """A record id that looks like a random one and is the same in every run."""
    return str(uuid.UUID(int=number, version=4))


def example(field: Field) -> Value:
    """A value that may stand in this field, whatever its shape."""
    values: dict[Shape, Value] = {
        Shape.TEXT: "Isi kolom"[: field.limit],
        Shape.CHOICE: field.choices[0] if field.choices else None,
        Shape.DATE: "2026-03-01",
        Shape.FLAG: True,
        Shape.NUMBER: 7,
        Shape.LINK: record_id(1),
        Shape.ELEMENTS: True,
    }
    return values[field.shape]


def key_of(field: Field) -> str:
    """A wire key of this field."""
    return f"{field.name}/satu" if field.shape is Shape.ELEMENTS else field.name


def written_once(
    type_name: str, values: Mapping[str, Value], *, number: int = 1, stamp: Stamp | None = None
) -> RecordState:
    """A record whose fields one device wrote at one moment."""
    at = stamp or Stamp(1, "a" * 16)
    fields = {
        key: FieldState({at: frozenset({canonical(value)})}, {at.device: at.counter}) for key, value in values.items()
    }
    return RecordState(type_name, record_id(number), fields)


def full_record(type_name: str, /, *, number: int = 1, **others: Value) -> RecordState:
    """A record with a value in every field that its type declares; `others` are added or take their place."""
    fields = RECORD_TYPES[type_name].fields.values()
    return written_once(type_name, {key_of(field): example(field) for field in fields} | others, number=number)


# -- bundles -----------------------------------------------------------------------------------------------------------


def trust(
    receiver: Device, *senders: Peer, counter: int = 10, received: Mapping[tuple[str, str, int], str] | None = None
) -> Trust:
    """What the receiver knows when a bundle arrives."""
    return Trust(receiver.recipient, receiver.practice, senders, received or {}, counter)


def head(sender: Device, receiver: Device, /, *, count: int, **changes: Any) -> Manifest:
    """The manifest of an honest first report."""
    honest = Manifest(
        format=FORMAT,
        bundle=record_id(900),
        kind=BundleKind.REPORT,
        practice=sender.practice,
        sender=Sender(sender.side, sender.code, sender.id, sshsig.fingerprint(sender.signing_key)),
        recipients=(recipient_hash(receiver.recipient),),
        epoch=EPOCH,
        number=1,
        previous="",
        created_at="2026-11-21T01:00:00+00:00",
        journal_head="",
        records=count,
        unpacked=0,
    )
    return msgspec.structs.replace(honest, **changes)


def lines_of(states: Iterable[RecordState], home: str = "53.01.08.2008") -> list[str]:
    return [wire.encode_record(state, home) for state in states]


def packed(sender: Device, receiver: Device, lines: Sequence[str], /, **changes: Any) -> tuple[bytes, str]:
    """The archive of an honest bundle and the hash of its manifest; `changes` are signed with the rest."""
    return bundle.pack(head(sender, receiver, count=len(lines), **changes), wire.join(lines), sender.signing_seed)


def sealed(sender: Device, receiver: Device, lines: Sequence[str], /, **changes: Any) -> bytes:
    """An honest bundle."""
    return bundle.seal(packed(sender, receiver, lines, **changes)[0], [receiver.recipient])


def members_of(archive: bytes) -> dict[str, bytes]:
    """The members of an archive by name, in order."""
    return {name: bytes(data) for name, data in ustar.read(archive, max_members=300, max_bytes=len(archive))}


def member(name: str, content: bytes) -> Member:
    return Member(name, len(content), hashlib.sha256(content).hexdigest())


def forged(
    signer: Device,
    receiver: Device,
    claims: Manifest | bytes,
    members: Sequence[tuple[str, bytes]],
    *,
    namespace: str = bundle.NAMESPACE,
) -> bytes:
    """A bundle that holds just these members behind a manifest that this device really signed."""
    signed = claims if isinstance(claims, bytes) else manifest.encode(claims)
    signature = sshsig.sign(signed, private_key=signer.signing_seed, namespace=namespace)
    archive = ustar.write([("manifest.json", signed), ("manifest.sig", signature), *members])
    return bundle.seal(archive, [receiver.recipient])


def with_records(
    sender: Device, receiver: Device, packed_records: bytes, /, *, unpacked: int, count: int, **changes: Any
) -> bytes:
    """A bundle of a real sender whose records member is this, with what its manifest claims about it."""
    members = [("records.jsonl.xz", packed_records), ("padding", b"")]
    claims = head(sender, receiver, count=count, unpacked=unpacked, members=tuple(member(*each) for each in members))
    return forged(sender, receiver, msgspec.structs.replace(claims, **changes), members)


def xz(content: bytes, preset: int = 6) -> bytes:
    return lzma.compress(content, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, preset=preset)


def as_json(content: Any) -> bytes:
    """JSON as another program would write it: not canonical, NaN and lone surrogates included if asked for."""
    return json.dumps(content).encode()


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value with what is hard about it: whole numbers too large, odd texts, nesting."""
    plain = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=5)
    return st.recursive(
        plain | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    )
