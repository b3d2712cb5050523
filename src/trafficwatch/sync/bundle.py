# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle from records to sealed bytes and back: bytes in, verdict out (design 7; docs/bundle.md).

Opening trusts in this order, and stops at the first doubt: size, age header for us, manifest, signature by an enrolled
and unrevoked device, the recipient is us, practice or real as we are, place in the sequence, hash of every member,
bounded unpacking, typed lines. Nothing counts before the last age chunk is verified (`age.decrypt`: all or nothing).
No clock, no files, no store: what is known of senders comes in as `Trust`.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from trafficwatch.errors import BundleError
from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.sync import age, sshsig, ustar
from trafficwatch.sync.manifest import (
    FILES,
    MANIFEST_LIMIT,
    MEMBERS_LIMIT,
    PADDING,
    RECORDS,
    UNPACKED_LIMIT,
    Manifest,
    ManifestMalformed,
    Member,
    decode,
    digest,
    encode,
    recipient_hash,
)
from trafficwatch.sync.padme import padded_size
from trafficwatch.sync.wire import Lines, split

NAMESPACE = "trafficwatch-bundle"
SEALED_LIMIT = 32_000_000
_XZ_MEMORY = 80_000_000
_XZ_TEXT = [{"id": lzma.FILTER_LZMA2, "preset": 6 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]
"""As `xz -6e`, tuned for text: 5 % smaller than `xz -6` (benchmarks/bundle.py); any xz opens it."""
Members = Iterator[tuple[str, memoryview]]


class BundleTooLarge(BundleError):
    """The file is larger than any bundle; parameter `megabytes`."""

    key = "bundle_too_large"


class SenderUnknown(BundleError):
    """The sender is not enrolled here."""

    key = "sender_unknown"


class SenderRevoked(BundleError):
    """The sender's device was revoked."""

    key = "sender_revoked"


class ForAnotherRecipient(BundleError):
    """The signed manifest names another recipient: somebody passed the bundle on."""

    key = "for_another_recipient"


class PracticeRefused(BundleError):
    """A practice bundle met a real desk, or the other way round."""

    key = "practice_refused"


class BundleForked(BundleError):
    """Another bundle with this sender's number was received before; parameter `number`."""

    key = "bundle_forked"


class ContentDamaged(BundleError):
    """A member is not what the signed manifest says."""

    key = "content_damaged"


@dataclass(frozen=True, slots=True)
class Trust:
    """What the receiver knows: itself, its peers, what it received (device, epoch, number -> manifest hash).

    A device may stand among the peers more than once, with keys that it has replaced; `former` are identities that the
    receiver has replaced: what was signed or sealed with either still holds. `codes` are administrative codes that were
    replaced, each with today's.
    """

    recipient: str
    practice: bool
    peers: Sequence[Peer]
    received: Mapping[tuple[str, str, int], str]
    counter: int
    former: Sequence[str] = field(default=(), repr=False)
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle that passed every check. `again`: this very bundle was received before; `files` by SHA-256 in hex."""

    manifest: Manifest
    manifest_hash: str
    again: bool
    lines: Lines
    files: Mapping[str, bytes] = field(default_factory=dict)


def pack(manifest: Manifest, records: bytes, signing_seed: bytes, files: Iterable[bytes] = ()) -> tuple[bytes, str]:
    """The signed archive (manifest, signature, records, files, padding up to a Padme size), its manifest's hash."""
    packed = lzma.compress(records, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=_XZ_TEXT)
    files = list(files)
    hashed = [_member("", content) for content in files]
    body = [_member(RECORDS, packed), *(Member(FILES + each.sha256, each.bytes, each.sha256) for each in hashed)]
    carried = list(zip((member.name for member in body[1:]), files, strict=True))
    padding = b""
    while True:
        head = encode(
            msgspec.structs.replace(manifest, unpacked=len(records), members=(*body, _member(PADDING, padding)))
        )
        signature = sshsig.sign(head, private_key=signing_seed, namespace=NAMESPACE)
        members = [
            ("manifest.json", head),
            ("manifest.sig", signature),
            (RECORDS, packed),
            *carried,
            (PADDING, padding),
        ]
        size = ustar.archive_size(len(content) for _, content in members)
        missing = padded_size(size) - size
        if missing == 0:
            return ustar.write(members), digest(head)
        padding += bytes(missing)


def seal(archive: bytes, recipients: Sequence[str]) -> bytes:
    """The archive as an age file that only these recipients open."""
    return age.encrypt(archive, [age.Recipient.from_string(recipient) for recipient in recipients])


def unseal(untrusted_bytes: bytes, identity: str, former: Sequence[str] = ()) -> bytes:
    """The archive inside a bundle, as far as the age layer vouches for it."""
    if len(untrusted_bytes) > SEALED_LIMIT:
        raise BundleTooLarge(megabytes=SEALED_LIMIT // 1_000_000)
    return age.decrypt(untrusted_bytes, [age.Identity.from_string(each) for each in (identity, *former)])


def open_bundle(untrusted_bytes: bytes, identity: str, trust: Trust) -> Opened:
    """Verify and read a bundle; raises the first doubt as a BundleError."""
    archive = unseal(untrusted_bytes, identity, trust.former)
    members = ustar.read(archive, max_members=MEMBERS_LIMIT, max_bytes=SEALED_LIMIT)
    head = _take(members, "manifest.json", MANIFEST_LIMIT)
    signature = _take(members, "manifest.sig", MANIFEST_LIMIT)
    manifest = decode(head)
    sender = _verify_sender(manifest, head, signature, trust)
    if not any(recipient_hash(ours) in manifest.recipients for ours in _recipients(trust)):
        raise ForAnotherRecipient
    if manifest.practice != trust.practice or sender.practice != trust.practice:
        raise PracticeRefused
    manifest_hash = digest(head)
    _verify_place(manifest, manifest_hash, trust.received)
    content = _verify_members(manifest, members)
    records = _unpack(content[RECORDS], manifest.unpacked)
    if records.count(b"\n") != manifest.records:
        raise ContentDamaged
    lines = split(records, trust.counter)
    if len(lines.records) + len(lines.control) + len(lines.refused) != manifest.records:
        raise ContentDamaged
    again = (sender.device, manifest.epoch, manifest.number) in trust.received
    files = {name.removeprefix(FILES): each for name, each in content.items() if name.startswith(FILES)}
    return Opened(manifest, manifest_hash, again, lines, files)


def _recipients(trust: Trust) -> Iterator[str]:
    """Our recipient strings, the present one first."""
    yield trust.recipient
    for identity in trust.former:
        yield age.Identity.from_string(identity).recipient().to_string()


def _verify_sender(manifest: Manifest, head: bytes, signature: bytes, trust: Trust) -> Peer:
    """The enrolled device that signed this manifest, by one of its keys that hold."""
    claimed = (manifest.sender.device, manifest.sender.key)
    known = ((peer, (peer.device, sshsig.fingerprint(peer.signing_key))) for peer in trust.peers)
    sender = next((peer for peer, keys in known if keys == claimed), None)
    if sender is None:
        raise SenderUnknown
    sshsig.verify(signature, head, public_key=sender.signing_key, namespace=NAMESPACE)
    if sender.status is PeerStatus.REVOKED:
        raise SenderRevoked
    codes = {trust.codes.get(code, code) for code in (sender.code, manifest.sender.code)}
    if sender.status is not PeerStatus.ACTIVE or sender.side != manifest.sender.side or len(codes) > 1:
        raise SenderUnknown
    return sender


def _verify_place(manifest: Manifest, manifest_hash: str, received: Mapping[tuple[str, str, int], str]) -> None:
    """No other bundle was received under this number, nor under the one before it that this bundle names."""
    device, epoch, number = manifest.sender.device, manifest.epoch, manifest.number
    if received.get((device, epoch, number), manifest_hash) != manifest_hash:
        raise BundleForked(number=number)
    if received.get((device, epoch, number - 1), manifest.previous) != manifest.previous:
        raise BundleForked(number=number - 1)


def _take(members: Members, name: str, limit: int) -> bytes:
    found, content = next(members, ("", memoryview(b"")))
    if found != name or len(content) > limit:
        raise ManifestMalformed
    return bytes(content)


def _verify_members(manifest: Manifest, members: Members) -> dict[str, bytes]:
    content: dict[str, bytes] = {}
    for expected in manifest.members:
        name, data = next(members, ("", memoryview(b"")))
        if _member(name, data) != expected:
            raise ContentDamaged
        content[name] = bytes(data)
    if next(members, None) is not None:
        raise ContentDamaged
    return content


def _unpack(packed: bytes, size: int) -> bytes:
    """At most `size` bytes from an xz stream, in bounded memory; exactly `size`, or the content is refused."""
    reader = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    try:
        records = reader.decompress(packed, max_length=min(size, UNPACKED_LIMIT) + 1)
    except lzma.LZMAError:
        raise ContentDamaged from None
    if len(records) != size or not reader.eof or reader.unused_data:
        raise ContentDamaged
    return records


def _member(name: str, content: bytes | memoryview) -> Member:
    return Member(name, len(content), hashlib.sha256(content).hexdigest())
