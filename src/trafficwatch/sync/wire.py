# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of `records.jsonl`: one JSON object each, typed and bounded. Pure.

A line is a shared record with its history (`models.history_code`), or one of the control lines of receipts and replies
(`receipt`, `result`, `device`). A line that can't be taken in is named with its reason and kept apart; others go on.
Fields that this version does not know stay with their record and travel on; unknown members of a line are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, get_args

import msgspec

from trafficwatch.errors import BundleError, ExpectedError
from trafficwatch.models.checks import KEY_LIMIT, check_value, is_record_id
from trafficwatch.models.exchange import RecordState, Stamp, canonical
from trafficwatch.models.history_code import pack, unpack
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync.merge import FAR_AHEAD, highest_counter

LINE_LIMIT = 1_000_000
KEYS_LIMIT = 5_000
CONTEXT_LIMIT = 200
PARTS_LIMIT = 200_000
"""Lines, keys, values, stamps and devices in contexts of one bundle: what it takes to hold them is bounded, however
small they are on the wire.
"""
VALUE_DEPTH = 20
_WHOLE_LIMIT = 2**53
_DEVICE = re.compile(r"[0-9a-f]{16}")
_HOME = re.compile(r"[0-9A-Za-z.\-]{1,20}")
_CODE = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z.\-]{1,20}\Z")]
_HEX16 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{16}\Z")]
_HEX64 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class BundleOverfull(BundleError):
    """The bundle holds more keys and values than any bundle."""

    key = "bundle_overfull"


class Refused(NamedTuple):
    """A line that was not taken in: its number from 1, what it claims to be, and the reason's key."""

    line: int
    type: str
    id: str
    reason: str
    content: str


class RecordLine(msgspec.Struct, frozen=True):
    """A shared record as it travels; `home` is the code of the village or PPT that it belongs to."""

    type: str
    id: str
    home: str
    stamp: tuple[int, str] | None = None
    context: dict[str, int] = {}
    fields: dict[str, Any] = {}
    stamps: dict[str, tuple[int, str]] = {}
    contexts: dict[str, dict[str, int]] = {}
    others: dict[str, list[tuple[int, str, Any]]] = {}


class ReceiptLine(msgspec.Struct, frozen=True, tag_field="type", tag="receipt"):
    """First line of a receipt: which bundle it answers, by id, place in the sequence and hash of its manifest."""

    bundle: str
    epoch: str
    number: Annotated[int, msgspec.Meta(ge=1, le=_WHOLE_LIMIT)]
    manifest: str
    received_at: str


class ResultLine(msgspec.Struct, frozen=True, tag_field="type", tag="result"):
    """What became of one record: `state` is received or refused, `reason` the key of an error."""

    of: str
    id: str
    state: str
    reason: str = ""


class DeviceLine(msgspec.Struct, frozen=True, tag_field="type", tag="device"):
    """How a PPT stands to one device: active or revoked."""

    device: str
    code: str
    status: Annotated[str, msgspec.Meta(pattern=r"\A(active|revoked)\Z")]


class EraseLine(msgspec.Struct, frozen=True, tag_field="type", tag="erase"):
    """A record that the sender has erased for good and asks the recipient to erase; `reason` as in its erasure list."""

    of: str
    id: str
    reason: str = ""


class KeysLine(msgspec.Struct, frozen=True, tag_field="type", tag="keys"):
    """The sending device's next keys: Ed25519 public key in hex, recipient string, and a signature of the new key."""

    device: _HEX16
    signing_key: _HEX64
    recipient: Annotated[str, msgspec.Meta(max_length=2_100)]
    proof: Annotated[str, msgspec.Meta(max_length=2_000)]


class SuccessorLine(msgspec.Struct, frozen=True, tag_field="type", tag="successor"):
    """The PPT device that takes over from the sending one; `pack` is its enrolment file in base64."""

    device: _HEX16
    pack: Annotated[str, msgspec.Meta(max_length=20_000)]


class CodeLine(msgspec.Struct, frozen=True, tag_field="type", tag="code"):
    """An administrative code that was replaced by another one."""

    old: _CODE
    new: _CODE


class InboxLine(msgspec.Struct, frozen=True, tag_field="type", tag="inbox"):
    """Where the sending PPT takes bundles in over the network, and its certificate's SHA-256; both '' if nowhere."""

    address: Annotated[str, msgspec.Meta(max_length=300)]
    pin: Annotated[str, msgspec.Meta(pattern=r"\A([0-9a-f]{64})?\Z")]


class EnrolledLine(msgspec.Struct, frozen=True, tag_field="type", tag="enrolled"):
    """A village device that is enrolled at the sending PPT, handed over to the PPT that succeeds it."""

    device: _HEX16
    code: _CODE
    name: Annotated[str, msgspec.Meta(max_length=200)]
    signing_key: _HEX64
    recipient: Annotated[str, msgspec.Meta(max_length=2_100)]
    status: Annotated[str, msgspec.Meta(pattern=r"\A(active|revoked)\Z")]


ControlLine = (
    ReceiptLine | ResultLine | DeviceLine | EraseLine | KeysLine | SuccessorLine | CodeLine | InboxLine | EnrolledLine
)
CONTROL_TYPES = frozenset(str(each.__struct_config__.tag) for each in get_args(ControlLine))


@dataclass(frozen=True, slots=True)
class Incoming:
    """One record of a bundle, checked; `home` as claimed."""

    state: RecordState
    home: str


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines of a bundle by kind."""

    records: tuple[Incoming, ...]
    control: tuple[ControlLine, ...]
    refused: tuple[Refused, ...]


def encode_record(state: RecordState, home: str) -> str:
    """A record as its line, without the line end. A field in which no value stands is not sent."""
    standing = {key: field for key, field in state.fields.items() if field.values}
    return canonical({"type": state.type, "id": state.id, "home": home, **pack(standing)})


def encode_control(line: ControlLine) -> str:
    return canonical(msgspec.to_builtins(line))


def join(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def split(untrusted_bytes: bytes, known_counter: int) -> Lines:
    """All lines of `records.jsonl`. `known_counter` is the highest counter known here, to spot stamps far ahead. Raises
    BundleOverfull.
    """
    records: list[Incoming] = []
    control: list[ControlLine] = []
    refused: list[Refused] = []
    seen: set[tuple[str, str]] = set()
    parts = 0
    for number, untrusted_line in enumerate(_lines(untrusted_bytes), start=1):
        try:
            text = untrusted_line.decode()
            type_name = _type(untrusted_line)
            if type_name in CONTROL_TYPES:
                control.append(msgspec.json.decode(untrusted_line, type=ControlLine))
                continue
            line = msgspec.json.decode(untrusted_line, type=RecordLine)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            refused.append(Refused(number, "", "", "line_malformed", ""))
            continue
        parts += _parts(line)
        if parts > PARTS_LIMIT:
            raise BundleOverfull
        judged = "record_twice" if (line.type, line.id) in seen else judge(line, known_counter)
        seen.add((line.type, line.id))
        if isinstance(judged, str):
            refused.append(Refused(number, line.type[:40], line.id[:36], judged, text))
        else:
            records.append(Incoming(judged, line.home))
    return Lines(tuple(records), tuple(control), tuple(refused))


class _Type(msgspec.Struct):
    type: str


def _type(untrusted_line: bytes) -> str:
    return msgspec.json.decode(untrusted_line, type=_Type).type


def _lines(untrusted_bytes: bytes) -> Iterator[bytes]:
    for line in untrusted_bytes.split(b"\n"):
        if line:
            yield line if len(line) <= LINE_LIMIT else b""


def _parts(line: RecordLine) -> int:
    """How much there is in a record, whatever becomes of it."""
    count = 4 + len(line.stamps) + sum(map(len, line.contexts.values())) + len(line.context)
    waiting: list[Any] = [line.fields, *line.others.values()]
    while waiting:
        value = waiting.pop()
        count += len(value)
        waiting += [
            each for each in (value.values() if isinstance(value, dict) else value) if each and type(each) in _NESTED
        ]
    return count


_NESTED = frozenset({dict, list, tuple})


def line_of(state: RecordState, home: str) -> RecordLine:
    """A record as `judge` takes it."""
    return RecordLine(state.type, state.id, home, **pack(state.fields))


def judge(line: RecordLine, known_counter: int) -> RecordState | str:
    """The record of a line, or why it can't be taken in, as a key."""
    record_type = RECORD_TYPES.get(line.type)
    if record_type is None:
        return "record_type_unknown"
    if not is_record_id(line.id) or _HOME.fullmatch(line.home) is None:
        return "record_malformed"
    if not _history_holds(line):
        return "history_malformed"
    values = [*line.fields.items(), *((key, entry[2]) for key, entries in line.others.items() for entry in entries)]
    if not all(_is_bounded(value, VALUE_DEPTH) for _, value in values):
        return "value_impossible"
    state = RecordState(line.type, line.id, unpack(msgspec.structs.asdict(line)))
    if highest_counter(state) > known_counter + FAR_AHEAD:
        return "stamp_far_ahead"
    for field_state in state.fields.values():
        if any(field_state.context.get(stamp.device, 0) < stamp.counter for stamp in field_state.values):
            return "history_malformed"
    for key, value in values:
        field = record_type.field_of(key)
        try:
            if field is not None:
                check_value(field, key, value)
        except ExpectedError as error:
            return error.key
    return state


def _is_bounded(value: Any, depth: int) -> bool:
    """Nested no deeper than that, so that it can be spelled again, and no whole number that JSON readers round."""
    if isinstance(value, dict | list):
        children = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_is_bounded(child, depth - 1) for child in children)
    return not isinstance(value, int) or abs(value) <= _WHOLE_LIMIT


def _history_holds(line: RecordLine) -> bool:
    """Whether stamps and contexts are well formed, bounded, there for every value and for nothing else."""
    if not line.others.keys() | line.stamps.keys() | line.contexts.keys() <= line.fields.keys():
        return False
    if len(line.fields) > KEYS_LIMIT or any(not 0 < len(key) <= KEY_LIMIT for key in line.fields):
        return False
    if line.stamp is None and not line.fields.keys() <= line.stamps.keys():
        return False
    stamps = [Stamp(*pair) for pair in line.stamps.values()] + ([Stamp(*line.stamp)] if line.stamp else [])
    stamps += [Stamp(counter, device) for values in line.others.values() for counter, device, _ in values]
    contexts = [line.context, *line.contexts.values()]
    stamps += [Stamp(counter, device) for context in contexts for device, counter in context.items()]
    return all(0 < stamp.counter < _WHOLE_LIMIT and _DEVICE.fullmatch(stamp.device) for stamp in stamps) and all(
        len(context) <= CONTEXT_LIMIT for context in contexts
    )
