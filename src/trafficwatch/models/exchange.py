# SPDX-License-Identifier: GPL-3.0-or-later
"""What devices exchange: stamps, fields with their history, records, devices and the two delivery lifecycles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from trafficwatch.models.fields import Value

Context = Mapping[str, int]
"""Device id -> the highest counter of that device that is known."""


class Stamp(NamedTuple):
    """When a value was written: a Lamport counter and the device (design 5). Compares by counter, then device."""

    counter: int
    device: str


def canonical(value: Value) -> str:
    """The one spelling of a JSON value, so that equal values compare and hash equal."""
    return _spelled(value)


_spelled = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
"""Built once: that takes longer than to spell a short value."""


@dataclass(frozen=True, slots=True)
class FieldState:
    """One field with its history: the values that nothing known has replaced, by stamp, and what is known.

    `values` holds canonical JSON: one text normally, more when one stamp was used twice (a forked device).
    """

    values: Mapping[Stamp, frozenset[str]]
    context: Context

    @property
    def differs(self) -> bool:
        """More than one value stands: a person has to settle it."""
        return len({text for texts in self.values.values() for text in texts}) > 1


@dataclass(frozen=True, slots=True)
class RecordState:
    """One shared record: wire keys (`field` or `field/element`) with their history. A missing key was not sent."""

    type: str
    id: str
    fields: Mapping[str, FieldState] = field(default_factory=dict)


class BundleKind(StrEnum):
    """What a bundle is for (interfaces: bundle kinds)."""

    REPORT = "report"
    RECEIPT = "receipt"
    REPLY = "reply"
    PEER = "peer"
    RESTORE = "restore"
    TRANSFER = "transfer"


class Delivery(StrEnum):
    """How far a record's way to the PPT is (interfaces: lifecycles)."""

    DRAFT = "draft"
    WAITING = "waiting"
    IN_BUNDLE = "in_bundle"
    RECEIVED = "received"
    REFUSED = "refused"
    REMOVED = "removed"
    """The recipient has erased what it had of it, as it was told."""


class PeerStatus(StrEnum):
    """Whether another device is trusted."""

    PENDING = "pending"
    ACTIVE = "active"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Peer:
    """Another device as this one knows it: keys, whose it is, and whether it is trusted.

    `signing_key` are the 32 bytes of an Ed25519 public key, `recipient` is an `age1pq1...` string, `code` the village's
    wilayah code or the PPT's code. `address` is the HTTPS address of a PPT's inbox and `pin` the SHA-256 (hex) of its
    certificate, '' without one.
    """

    device: str
    side: str
    code: str
    name: str
    signing_key: bytes
    recipient: str
    status: PeerStatus
    practice: bool
    address: str = ""
    pin: str = ""


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What became of one record of a bundle: received, or refused with the reason's key."""

    type: str
    id: str
    state: Delivery
    reason: str = ""
