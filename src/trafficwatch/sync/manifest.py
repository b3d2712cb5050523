# SPDX-License-Identifier: GPL-3.0-or-later
"""`manifest.json`: what a bundle is, by whom, for whom, its place in the sequence, the hash of every member. Pure.

Decoding is strict in shape and bounds. An unknown major version is refused with 'update the program'; an unknown minor
one is read, members that this version does not know are ignored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Annotated

import msgspec

from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import BundleKind

FORMAT = (1, 1)
RECORDS, PADDING, FILES = "records.jsonl.xz", "padding", "files/"
MANIFEST_LIMIT = 65_536
MEMBERS_LIMIT = 200
UNPACKED_LIMIT = 16_000_000
RECORDS_LIMIT = 50_000
_HEX = {16: re.compile(r"[0-9a-f]{16}"), 64: re.compile(r"[0-9a-f]{64}")}
_CODE = re.compile(r"[0-9A-Za-z.\-]{1,20}")


class ManifestMalformed(BundleError):
    """The manifest is not what the format says."""

    key = "manifest_malformed"


class FormatNewer(BundleError):
    """A newer program made the bundle; parameter `format`."""

    key = "format_newer"


class Member(msgspec.Struct, frozen=True):
    """One file of the archive after `manifest.sig`."""

    name: str
    bytes: int
    sha256: str


class Sender(msgspec.Struct, frozen=True):
    """Who made the bundle: side, village or PPT code, device and the fingerprint of its signing key."""

    side: str
    code: str
    device: str
    key: str


class Manifest(msgspec.Struct, frozen=True, omit_defaults=False):
    """The signed head of a bundle; `recipients` are SHA-256 of recipient strings, `previous` of the last manifest.
    `parent` is the epoch in which the sender was before its store was put back, '' for the first one (since 1.1).
    """

    format: tuple[int, int]
    bundle: str
    kind: BundleKind
    practice: bool
    sender: Sender
    recipients: tuple[str, ...]
    epoch: str
    number: int
    previous: str
    created_at: str
    journal_head: str
    records: int
    unpacked: int
    members: tuple[Member, ...] = ()
    parent: str = ""


def encode(manifest: Manifest) -> bytes:
    """The exact bytes that are signed."""
    return msgspec.json.encode(manifest, order="sorted")


def digest(manifest_bytes: bytes) -> str:
    """SHA-256 of the manifest's bytes in hex: the identity of a bundle's content."""
    return hashlib.sha256(manifest_bytes).hexdigest()


def recipient_hash(recipient: str) -> str:
    """How the manifest names a recipient: SHA-256 in hex of its `age1pq1...` string."""
    return hashlib.sha256(recipient.encode()).hexdigest()


def decode(untrusted_bytes: bytes) -> Manifest:
    """The manifest in these bytes; raises FormatNewer or ManifestMalformed."""
    try:
        head = msgspec.json.decode(untrusted_bytes, type=Versioned)
        if head.format[0] > FORMAT[0]:
            raise FormatNewer(format=f"{head.format[0]}.{head.format[1]}")
        manifest = msgspec.json.decode(untrusted_bytes, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ManifestMalformed from None
    if not _holds(manifest):
        raise ManifestMalformed
    return manifest


class Versioned(msgspec.Struct):
    """What every version of a format can be asked first."""

    format: tuple[Annotated[int, msgspec.Meta(ge=0, le=9_999)], Annotated[int, msgspec.Meta(ge=0, le=9_999)]]


def _holds(manifest: Manifest) -> bool:
    hashes = [*manifest.recipients, *(member.sha256 for member in manifest.members)]
    return (
        manifest.format[0] == FORMAT[0]
        and re.fullmatch(r"[0-9a-f\-]{36}", manifest.bundle) is not None
        and _HEX[16].fullmatch(manifest.sender.device) is not None
        and _HEX[16].fullmatch(manifest.epoch) is not None
        and _CODE.fullmatch(manifest.sender.code) is not None
        and (not manifest.parent or _HEX[16].fullmatch(manifest.parent) is not None)
        and all(_HEX[64].fullmatch(found) for found in hashes)
        and all(not found or _HEX[64].fullmatch(found) for found in (manifest.previous, manifest.journal_head))
        and 0 < manifest.number < 2**53
        and 0 < len(manifest.recipients) <= 10
        and 0 < len(manifest.members) <= MEMBERS_LIMIT
        and 0 <= manifest.records <= RECORDS_LIMIT
        and 0 <= manifest.unpacked <= UNPACKED_LIMIT
        and 0 < len(manifest.created_at) <= 32
        and all(member.bytes >= 0 for member in manifest.members)
        and _in_order(manifest.members)
    )


def _in_order(members: Sequence[Member]) -> bool:
    """The records, then files under the names of their hashes, each once, then the padding."""
    names, files = [member.name for member in members], members[1:-1]
    return names == [RECORDS, *(FILES + file.sha256 for file in files), PADDING] and len({*names}) == len(names)
