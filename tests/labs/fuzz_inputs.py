# SPDX-License-Identifier: GPL-3.0-or-later
"""The fuzzer's inputs: bundles that are wrong on one layer and sound on all around it.

    age       bytes, lines and stanzas of the sealed file
    archive   sealed with the PPT's public key, as anyone can: the ustar inside changed byte by byte or member by member
    manifest  signed by an enrolled device: the manifest's JSON changed
    xz        signed: a records member that is no xz, several, cut, changed, or unpacks to something else
    lines     signed: lines of JSON, changed or generated
    records   signed: lines of the right shape that mean harm

Number and seed give the input, whatever was made before; the keys are those of the golden bundles, and the file key is
always the same one, so that the same number gives the same bytes in every run.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from golden.bundle_set import keys_of
from labs.fuzz_json import Line, bytes_changed, hostile_record, mutated_line, raw, spell, value
from sync_tools import Device, full_record, head, lines_of, members_of

from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync import age, bundle, manifest, sshsig, ustar, wire

GOLDEN = Path(__file__).parents[1] / "golden/bundles/1.0"
LAYERS = {"age": 48, "archive": 24, "manifest": 18, "xz": 7, "lines": 2, "records": 1}
"""How many of a hundred inputs are wrong on which layer."""
REPLIES = 0.3
"""The part of inputs that a village receives from its PPT; the others go the other way."""
_PADDING = ("padding", b"")
_STANZA_TYPES = ("mlkem768x25519", "X25519", "scrypt", "-grease a", "MLKEM768X25519", "")


@dataclass(frozen=True)
class Input:
    """One bundle for one side: `layer` is where it is wrong."""

    number: int
    layer: str
    side: Side
    content: bytes


@dataclass(frozen=True)
class _Way:
    """From whom to whom, with sound bundles of that way to start from."""

    sender: Device
    receiver: Device
    kinds: tuple[str, ...]
    lines: tuple[Line, ...]
    file_key: bytes
    stanza: Any
    sealed: tuple[bytes, ...]


class Inputs:
    """All inputs of a seed by number."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        keys, expected = keys_of(GOLDEN), json.loads((GOLDEN / "expected.json").read_text("utf-8"))
        village, ppt = keys["village"], keys["ppt"]
        every = [json.loads(line) for line in lines_of(full_record(name) for name in RECORD_TYPES)]
        controls = [json.loads(wire.encode_control(line)) for line in _controls(village)]

        def way(sender: Device, receiver: Device, kinds: tuple[str, ...], names: tuple[str, ...]) -> _Way:
            sound = tuple((GOLDEN / name).read_bytes() for name in names)
            lines = [line for name in names for line in expected[name]["lines"]]
            return _Way(sender, receiver, kinds, (*lines, *every, *controls), *_opened(sound[0], receiver), sound)

        self._to_ppt = way(village, ppt, ("report", "peer", "transfer"), ("report.twb", "everything.twb"))
        self._to_village = way(ppt, village, ("receipt", "reply", "restore"), ("receipt.twb", "reply.twb"))
        lines = self._to_ppt.lines
        self._ids = [(line["type"], line["id"]) for line in lines if line["type"] in RECORD_TYPES]

    def make(self, number: int) -> Input:
        rng = Random(f"{self._seed}/{number}")
        layer = rng.choices(list(LAYERS), list(LAYERS.values()))[0]
        way = self._to_village if rng.random() < REPLIES else self._to_ppt
        content = getattr(self, f"_{layer}")(rng, way, f"{number:016x}")
        return Input(number, layer, way.receiver.side, content)

    # -- the layers, from outside --------------------------------------------------------------------------------

    def _age(self, rng: Random, way: _Way, _epoch: str) -> bytes:
        content = rng.choice(way.sealed)
        if rng.random() < 0.45:
            return bytes_changed(rng, content)
        header, mark, payload = content.partition(b"\n--- ")
        lines = header.split(b"\n")
        for _ in range(rng.randrange(1, 3)):
            at = rng.randrange(len(lines))
            match rng.randrange(7):
                case 0:
                    lines.insert(at, lines[rng.randrange(len(lines))])
                case 1 if len(lines) > 1:
                    del lines[at]
                case 2:
                    lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
                case 3:
                    lines[at] += rng.choice((b"=", b" ", b"\r", b"A", b"A" * 64, b"\0"))
                case 4:
                    stanza = f"-> {rng.choice(_STANZA_TYPES)} {'QUFB' * rng.randrange(20)}".encode()
                    lines[at:at] = [stanza, b"A" * rng.choice((0, 22, 43, 64))] * rng.choice((1, 1, 2, 40))
                case 5:
                    lines[at] = bytes_changed(rng, lines[at], 1)
                case _:
                    other = rng.choice(way.sealed).partition(b"\n--- ")
                    header, payload = (b"\n".join(lines), other[2]) if rng.random() < 0.5 else (other[0], payload)
                    lines = header.split(b"\n")
        if rng.random() < 0.2:
            payload = bytes_changed(rng, payload, 2)
        return b"\n".join(lines) + mark + payload

    def _archive(self, rng: Random, way: _Way, epoch: str) -> bytes:
        claims, members = self._sound(rng, way, epoch)
        archive = self._signed(way, claims, members)
        match rng.randrange(4):
            case 0:
                archive = bytes_changed(rng, archive)
            case 1:
                archive = _with_header_changed(rng, archive)
            case 2:
                archive = archive[: rng.randrange(len(archive))] + rng.choice((b"", bytes(512), bytes(1024), b"x"))
            case _:
                archive = _members_changed(rng, archive)
        return self._sealed(way, archive)

    def _manifest(self, rng: Random, way: _Way, epoch: str) -> bytes:
        claims, members = self._sound(rng, way, epoch)
        found = json.loads(manifest.encode(claims))
        for _ in range(rng.randrange(1, 3)):
            holder = found if rng.random() < 0.6 else rng.choice([found["sender"], *found["members"]])
            key = rng.choice(list(holder) or ["format"])
            match rng.randrange(4):
                case 0:
                    holder.pop(key, None)
                case 1:
                    holder[rng.choice(("unknown", "parent", "files", ""))] = value(rng)
                case _:
                    holder[key] = rng.choice((raw(rng), value(rng), str(holder.get(key)) + "0", [holder.get(key)]))
            if not isinstance(found.get("sender"), dict) or not isinstance(found.get("members"), list):
                break
            if not all(isinstance(each, dict) for each in found["members"]):
                break
        text = spell(found).encode("utf-8", "surrogatepass")
        return self._sealed(
            way, self._signed(way, bytes_changed(rng, text, 1) if rng.random() < 0.1 else text, members)
        )

    def _xz(self, rng: Random, way: _Way, epoch: str) -> bytes:
        text = self._text(rng, way)
        packed = _packed(text)
        match rng.randrange(6):
            case 0 | 1:
                packed = bytes_changed(rng, packed, 3)
            case 2:
                packed = packed[: rng.randrange(len(packed))]
            case 3:
                packed += rng.choice((bytes(4), packed, b"x", _packed(b"")))
            case 4:
                filters = [
                    {"id": lzma.FILTER_DELTA, "dist": rng.randrange(1, 256)},
                    {"id": lzma.FILTER_LZMA2, "preset": 0},
                ]
                packed = lzma.compress(text, format=lzma.FORMAT_XZ, check=rng.choice((0, 1, 4, 10)), filters=filters)
            case _:
                packed = lzma.compress(text, format=lzma.FORMAT_ALONE, preset=0)
        size = rng.choice((len(text), len(text), len(text) - 1, 0, 10 * len(text), 60_000_000))
        return self._whole(rng, way, epoch, packed, size, text.count(b"\n"))

    def _lines(self, rng: Random, way: _Way, epoch: str) -> bytes:
        lines = [mutated_line(rng, way.lines) for _ in range(rng.randrange(1, 5))]
        text = b"".join(line.replace(b"\n", b" ") + b"\n" for line in lines)
        return self._whole(rng, way, epoch, _packed(text), len(text), text.count(b"\n"))

    def _records(self, rng: Random, way: _Way, epoch: str) -> bytes:
        homes = (way.sender.code, way.sender.code, way.sender.code, way.receiver.code, "53.01.08.2001", "x", "")
        found = [hostile_record(rng, homes, self._ids) for _ in range(rng.randrange(1, 4))]
        found += [rng.choice(way.lines) for _ in range(rng.randrange(3))]
        text = "".join(spell(line) + "\n" for line in found).encode("utf-8", "surrogatepass")
        return self._whole(rng, way, epoch, _packed(text), len(text), text.count(b"\n"))

    # -- what is sound -------------------------------------------------------------------------------------------

    def _sound(self, rng: Random, way: _Way, epoch: str) -> tuple[manifest.Manifest, list[tuple[str, bytes]]]:
        text = self._text(rng, way)
        return self._claims(rng, way, epoch, _packed(text), len(text), text.count(b"\n"))

    def _text(self, rng: Random, way: _Way) -> bytes:
        return "".join(json.dumps(rng.choice(way.lines)) + "\n" for _ in range(rng.randrange(3))).encode()

    def _claims(
        self, rng: Random, way: _Way, epoch: str, packed: bytes, size: int, count: int
    ) -> tuple[manifest.Manifest, list[tuple[str, bytes]]]:
        members = [("records.jsonl.xz", packed), _PADDING]
        listed = tuple(manifest.Member(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in members)
        known = rng.random() < 0.05  # under an epoch and a number that may have been used before
        claims = head(
            way.sender,
            way.receiver,
            count=count,
            kind=rng.choice(way.kinds[:1] * 8 + way.kinds if way.receiver.side is Side.PPT else way.kinds),
            bundle=f"{epoch[:8]}-0000-4000-8000-{epoch[4:16]}",
            epoch="1" * 16 if known else epoch,
            number=rng.randrange(1, 9) if known else 1,
            unpacked=size,
            members=listed,
        )
        return claims, members

    def _whole(self, rng: Random, way: _Way, epoch: str, packed: bytes, size: int, count: int) -> bytes:
        return self._sealed(way, self._signed(way, *self._claims(rng, way, epoch, packed, size, count)))

    def _signed(self, way: _Way, claims: manifest.Manifest | bytes, members: list[tuple[str, bytes]]) -> bytes:
        signed = claims if isinstance(claims, bytes) else manifest.encode(claims)
        signature = sshsig.sign(signed, private_key=way.sender.signing_seed, namespace=bundle.NAMESPACE)
        return ustar.write([("manifest.json", signed), ("manifest.sig", signature), *members])

    def _sealed(self, way: _Way, archive: bytes) -> bytes:
        return age._encrypt_from_parts(archive, way.file_key, b"n" * 16, [way.stanza])


def _opened(sound: bytes, receiver: Device) -> tuple[bytes, Any]:
    """The file key of a sound bundle and its one stanza."""
    lines = sound[len(age._VERSION_LINE) : sound.index(b"\n---") + 1]
    [stanza] = age._parse_stanzas(lines)
    file_key = age._unwrap([stanza], [age.Identity.from_string(receiver.identity)])
    assert file_key is not None
    return file_key, stanza


def _packed(text: bytes) -> bytes:
    return lzma.compress(text, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, preset=0)


def _controls(village: Device) -> list[wire.ControlLine]:
    return [
        wire.ReceiptLine("b", "e", 1, "m", "r"),
        wire.ResultLine("person", "x", "received"),
        wire.DeviceLine(village.id, village.code, "revoked"),
        wire.DeviceLine(village.id, village.code, "active"),
        wire.EraseLine("person", "00000000-0000-4000-8000-000000000001", "withdrawn"),
        wire.KeysLine(village.id, "0" * 64, village.recipient, "x"),
        wire.SuccessorLine("a" * 16, "QUFB"),
        wire.CodeLine(village.code, "53.01.08.2009"),
        wire.InboxLine("https://ppt.example:8443", "0" * 64),
    ]


def _with_header_changed(rng: Random, archive: bytes) -> bytes:
    """One field of one member's header changed, its checksum made right again."""
    places = [at for at in range(0, len(archive), 512) if archive[at + 257 : at + 262] == b"ustar"]
    at = rng.choice(places)
    header = bytearray(archive[at : at + 512])
    offset = rng.choice((0, 100, 108, 116, 124, 136, 156, 157, 257, 263, 265, 297, 329, 337, 345, 500))
    odd = (
        b"../a",
        b"/etc/passwd\0",
        b"77777777777\0",
        b"\x80" + bytes(11),
        b"1",
        b"2",
        b"5",
        b"x",
        b"L",
        b"00000000001\0",
    )
    piece = rng.choice((*odd, rng.randbytes(rng.randrange(1, 12))))[: 512 - offset]
    header[offset : offset + len(piece)] = piece
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode("ascii")
    return archive[:at] + bytes(header) + archive[at + 512 :]


def _members_changed(rng: Random, archive: bytes) -> bytes:
    """Members dropped, doubled, renamed, put in another order, added or given another content."""
    members = list(members_of(archive).items())
    for _ in range(rng.randrange(1, 3)):
        at = rng.randrange(len(members) + 1) if members else 0
        match rng.randrange(5):
            case 0 if at < len(members):
                del members[at]
            case 1:
                rng.shuffle(members)
            case 2 if at < len(members):
                members[at] = (rng.choice(("a", "manifest.json", "padding", "files/" + "a" * 64)), members[at][1])
            case 3 if at < len(members):
                members[at] = (members[at][0], bytes_changed(rng, members[at][1] or b"\0", 2))
            case _:
                name = rng.choice(("zusatz", "files/" + "b" * 64, "records.jsonl", "manifest.json"))
                members.insert(at, (name, rng.randbytes(rng.randrange(700))))
    parts = [ustar.write([each])[:-1024] for each in members]  # a name may come twice
    return b"".join(parts) + bytes(1024)
