# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile JSON for the fuzzer: texts that are no JSON, JSON that is no record, records that mean harm.

Everything follows from the random source that is handed in. Values are spelled by `spell`, in which a `Raw` stands for
itself, so that what no writer would write (NaN, lone surrogates, numbers of a thousand digits, a key twice) comes in
at any place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from sync_tools import example, key_of, record_id

from trafficwatch.models.record_types import RECORD_TYPES

Line = dict[str, Any]
DEVICES = ("a" * 16, "b" * 16, "0" * 16, "f" * 16)
COUNTERS = (0, 1, 2, 3, 10, 900_000, 1_000_010, 2**31, 2**53 - 1, 2**53, 2**63, 2**64, -1)
TEXTS = ("", " ", "Maria", "\x00", "\u202e", "a/b", "../a", "é", "\u0000", "null", "[]", "ﷺ" * 20, "-" * 5_000)
DATES = ("2026-03-01", "2026", "2026-13", "0000", "9999-99-99", "1990~", "2026-02-30", "+1", "2026-03-01T00:00:00")
WORDS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b"null",
    b"true",
    b"1",
    b"-",
    b"e9",
    b'"type"',
    b'"id"',
    b"\\u",
    b" ",
)


class Raw(str):
    """A piece of JSON text that is written as it is."""

    __slots__ = ()


def raw(rng: Random) -> Raw:
    """A piece of text where a value is due: most are no JSON, or no value that a record may hold."""
    odd = [
        "NaN",
        "-Infinity",
        "1e999",
        "1.5",
        "-0",
        "1E400",
        "01",
        "0x1",
        '"\\ud800"',
        '"\\udc00\\ud800"',
        '"\\x41"',
        '"a\nb"',
        "'a'",
        '{"a":1,"a":2}',
        '{"":1}',
        "[1,]",
        "",
        "tru",
        '"\\u0000"',
    ]
    match rng.randrange(5):
        case 0:
            return Raw("9" * rng.choice((16, 17, 20, 400, 5_000)))
        case 1:
            depth = rng.choice((3, 19, 20, 21, 100, 1_000, 20_000))
            inner = rng.choice(("1", "null", '""'))
            return Raw(
                "[" * depth + inner + "]" * depth if rng.random() < 0.5 else '{"a":' * depth + inner + "}" * depth
            )
        case _:
            return Raw(rng.choice(odd))


def value(rng: Random, depth: int = 3) -> Any:
    """Any value, in which some parts may be raw."""
    kind = rng.randrange(12 if depth else 8)
    if kind < 6:
        scalars = (None, True, False, rng.choice(COUNTERS), -rng.choice(COUNTERS), rng.choice(TEXTS), rng.choice(DATES))
        return rng.choice(scalars)
    if kind == 6:
        return record_id(rng.randrange(1, 40))
    if kind == 7:
        return raw(rng)
    if kind < 10:
        return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice((*TEXTS, *DEVICES, "a", "b")): value(rng, depth - 1) for _ in range(rng.randrange(4))}


def spell(found: Any) -> str:
    """The value as JSON text, raw pieces as they are."""
    if isinstance(found, Raw):
        return str(found)
    if isinstance(found, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{spell(part)}" for key, part in found.items()) + "}"
    if isinstance(found, list | tuple):
        return "[" + ",".join(map(spell, found)) + "]"
    return json.dumps(found)


def bytes_changed(rng: Random, content: bytes, most: int = 4) -> bytes:
    """Some bytes flipped, dropped, added, doubled or moved."""
    text = bytearray(content)
    for _ in range(rng.randrange(1, most + 1)):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice((1, 1, 2, 8, 64, 512)))
        match rng.randrange(6):
            case 0 if at < len(text):
                text[at] ^= 1 << rng.randrange(8)
            case 1:
                del text[at:end]
            case 2:
                text[at:at] = rng.randbytes(rng.choice((1, 2, 16)))
            case 3:
                text[at:at] = text[at:end]
            case 4:
                text[at:end] = bytes(end - at)
            case _:
                piece = bytes(text[at:end])
                del text[at:end]
                where = rng.randrange(len(text) + 1)
                text[where:where] = piece
    return bytes(text)


def mutated_line(rng: Random, lines: Sequence[Line]) -> bytes:
    """A sound line with one to three parts replaced, dropped, added or given twice; or words of JSON in any order."""
    if rng.random() < 0.1:
        return b"".join(rng.choice(WORDS) for _ in range(rng.randrange(30)))
    line = json.loads(json.dumps(rng.choice(lines)))
    for _ in range(rng.randrange(1, 4)):
        _change(rng, line)
    text = spell(line).encode("utf-8", "surrogatepass")
    return bytes_changed(rng, text, 2) if rng.random() < 0.3 else text


def _change(rng: Random, line: Line) -> None:
    holder: Any = line
    while True:  # walk down to some part
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            break
        key = rng.choice(keys)
        inner = holder[key]
        if not isinstance(inner, dict | list) or rng.random() < 0.4:
            break
        holder = inner
    match rng.randrange(4):
        case 0 if keys:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[rng.choice((*TEXTS, "unknown", "type", "id", "others"))] = value(rng)
        case _ if keys:
            holder[key] = value(rng)


def hostile_record(rng: Random, homes: Sequence[str], ids: Sequence[tuple[str, str]]) -> Line:
    """A record of the right shape by somebody who may sign: others' records, links to nowhere, forged history."""
    known_type, known_id = rng.choice(ids)
    is_known = rng.random() < 0.5
    type_name = known_type if is_known else rng.choice((*RECORD_TYPES, "unknown_type"))
    record_type = RECORD_TYPES.get(type_name)
    keys: dict[str, Any] = {}
    if record_type is not None:
        for field in record_type.fields.values():
            if rng.random() < 0.4:
                keys[key_of(field)] = example(field) if rng.random() < 0.8 else value(rng, 2)
    for _ in range(rng.randrange(3)):
        keys[rng.choice(("new_field", "new_map/key", "/", "a/b/c", "deleted", "id", "home", "x" * 160))] = value(rng, 2)
    device, counter = rng.choice(DEVICES), rng.choice(COUNTERS[:6] if rng.random() < 0.9 else COUNTERS)
    line: Line = {
        "type": type_name,
        "id": known_id if is_known else record_id(rng.randrange(1, 40)),
        "home": rng.choice(homes),
        "stamp": [counter, device],
        "context": {device: counter + rng.choice((0, 0, 0, 1, -1))},
        "fields": keys,
    }
    if keys and rng.random() < 0.4:
        key, other = rng.choice(list(keys)), rng.choice(DEVICES)
        line["stamps"] = {key: [counter + 1, other]}
        line["contexts"] = {key: {other: counter + rng.choice((0, 1, 1, 1)), device: counter}}
        if rng.random() < 0.5:
            line["others"] = {key: [[counter, device, value(rng, 1)] for _ in range(rng.randrange(1, 4))]}
    return line
