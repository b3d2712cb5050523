# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening in a child process: the same verdicts as here, and whatever becomes of the child is one named error."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sync_tools import (
    EPOCH,
    device,
    forged,
    full_record,
    head,
    lines_of,
    member,
    packed,
    sealed,
    trust,
    with_records,
    xz,
)

from trafficwatch.errors import ExpectedError
from trafficwatch.models.exchange import FieldState, PeerStatus, RecordState, Stamp
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.sync import opener, wire
from trafficwatch.sync.bundle import SEALED_LIMIT, Opened, Trust, open_bundle
from trafficwatch.sync.opener import OpenerFailed, open_apart

if TYPE_CHECKING:
    from pathlib import Path

VILLAGE = device("laptop")
PPT = device("ppt", Side.PPT, "53.01")
TRUST = trust(PPT, VILLAGE.peer())
DIFFERENCE = RecordState(
    "person",
    "00000000-0000-4000-8000-0000000000aa",
    {
        "name": FieldState({Stamp(2, "a" * 16): frozenset({'"Maria"'}), Stamp(3, "b" * 16): frozenset({"null"})},
                           {"a" * 16: 2, "b" * 16: 3}),
        "nik": FieldState({}, {"a" * 16: 1}),
        "zzz": FieldState({Stamp(3, "b" * 16): frozenset({'{"a":[1.5,null,"é"]}', "true"})}, {"b" * 16: 3}),
    },
)  # fmt: skip
LINES = [
    *lines_of([*(full_record(name) for name in RECORD_TYPES), DIFFERENCE]),
    wire.encode_control(wire.ReceiptLine("b", "e", 2**53, "m", "r")),
    wire.encode_control(wire.ResultLine("person", "x", "refused", "link_missing")),
    wire.encode_control(wire.DeviceLine("a" * 16, "53.01", "active")),
    '{"type":"nope","id":"x","home":"x"}',
]
SOUND = sealed(VILLAGE, PPT, LINES)

limited = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system does not hold a child to all limits")


# --- the same verdict


def test_the_same_answer_as_in_this_process() -> None:
    apart = open_apart(SOUND, PPT.identity, TRUST)
    assert apart == open_bundle(SOUND, PPT.identity, TRUST)
    assert (len(apart.lines.records), len(apart.lines.control), len(apart.lines.refused)) == (
        len(RECORD_TYPES) + 1,
        3,
        1,
    )


def test_what_was_received_before_is_known_to_the_child() -> None:
    place, manifest_hash = (VILLAGE.id, EPOCH, 1), packed(VILLAGE, PPT, LINES)[1]
    assert open_apart(SOUND, PPT.identity, trust(PPT, VILLAGE.peer(), received={place: manifest_hash})).again
    assert not open_apart(SOUND, PPT.identity, TRUST).again


UNSIGNED = head(VILLAGE, PPT, count=0, members=(member("records.jsonl.xz", b""), member("padding", b"")))
REFUSED: list[tuple[str, bytes, Trust]] = [
    ("bundle_too_large", bytes(SEALED_LIMIT + 1), TRUST),
    ("not_a_bundle", b"halo", TRUST),
    ("bundle_damaged", SOUND[:-1], TRUST),
    ("not_for_this_recipient", sealed(VILLAGE, VILLAGE, LINES), TRUST),
    ("format_newer", forged(VILLAGE, PPT, b'{"format": [7, 5]}', []), TRUST),
    ("manifest_malformed", forged(VILLAGE, PPT, b"{}", []), TRUST),
    ("sender_unknown", SOUND, trust(PPT)),
    ("sender_revoked", SOUND, trust(PPT, VILLAGE.peer(PeerStatus.REVOKED))),
    ("signature_invalid", forged(PPT, PPT, UNSIGNED, []), TRUST),
    ("for_another_recipient", sealed(VILLAGE, PPT, LINES, recipients=("0" * 64,)), TRUST),
    ("practice_refused", sealed(VILLAGE, PPT, LINES, practice=True), TRUST),
    ("bundle_forked", SOUND, trust(PPT, VILLAGE.peer(), received={(VILLAGE.id, EPOCH, 1): "0" * 64})),
    ("content_damaged", with_records(VILLAGE, PPT, b"x", unpacked=1, count=1), TRUST),
    ("content_damaged", with_records(VILLAGE, PPT, xz(bytes(60_000_000), 0), unpacked=9, count=1), TRUST),
]  # fmt: skip


@pytest.mark.parametrize(("key", "content", "known"), REFUSED)
def test_the_same_refusal_as_in_this_process_with_its_parameters(key: str, content: bytes, known: Trust) -> None:
    with pytest.raises(ExpectedError) as here:
        open_bundle(content, PPT.identity, known)
    with pytest.raises(ExpectedError) as apart:
        open_apart(content, PPT.identity, known)
    assert type(apart.value) is type(here.value)
    assert apart.value.params == here.value.params
    assert apart.value.key == key


# --- what the child is given


def child(code: str) -> tuple[str, ...]:
    """A child that runs this code after the imports of the real one."""
    return (sys.executable, "-I", "-c", f"import os, sys, msgspec\nfrom trafficwatch.sync import opener\n{code}")


def said(monkeypatch: pytest.MonkeyPatch, code: str) -> str:
    """What a child finds out, told as the parameter of an error."""
    told = f"""
def find():
    {code}
opener._warm_up()
opener._limit()
sys.stdin.buffer.read()
answer = opener._Answer(error="bundle_forked", params={{"number": str(find())}})
sys.stdout.buffer.write(msgspec.msgpack.encode(answer))
"""
    monkeypatch.setattr(opener, "_COMMAND", child(told))
    with pytest.raises(ExpectedError) as caught:
        open_apart(SOUND, PPT.identity, TRUST)
    assert caught.value.key == "bundle_forked"
    return str(caught.value.params["number"])


def test_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAFFICWATCH_STORE", "/tmp/desa")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    found = said(monkeypatch, "return sorted(os.environ)")
    assert "TRAFFICWATCH" not in found
    assert "HOME" not in found
    assert "LD_LIBRARY_PATH" in found


@limited
def test_no_file_can_be_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"rahasia")
    attempt = f"""
    try:
        return open({str(tmp_path / "store.db")!r}).read()
    except OSError as error:
        return type(error).__name__ + str(error.errno)
"""
    assert said(monkeypatch, attempt.strip()) == "OSError24"
    listing = attempt.replace("open(", "os.listdir(").replace(".read()", "").strip()
    assert said(monkeypatch, listing) == "OSError24"
    dialling = (
        attempt[: attempt.index("return")]
        + "import socket; return socket.socket()"
        + attempt[attempt.index("\n    except") :]
    )
    assert said(monkeypatch, dialling.strip()) == "OSError24"


@limited
def test_no_open_file_of_ours_is_inherited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "store.db").open("wb") as store:
        os.set_inheritable(store.fileno(), True)
        found = said(monkeypatch, f"""
    try:
        return os.fstat({store.fileno()})
    except OSError as error:
        return error.errno
""".strip())  # fmt: skip
    assert found == "9"


# --- what becomes of the child


def failing(monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.setattr(opener, "_COMMAND", command)
    with pytest.raises(OpenerFailed) as caught:
        open_apart(SOUND, PPT.identity, TRUST)
    assert caught.value.params == {}
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


ANSWER = "sys.stdin.buffer.read(); sys.stdout.buffer.write({})"


@pytest.mark.parametrize(
    "code",
    [
        "raise ValueError('rahasia')",
        "os._exit(3)",
        "os.abort()",
        "os.kill(os.getpid(), 9)",
        "sys.stdin.buffer.read()",
        ANSWER.format("b'halo'"),
        ANSWER.format("b'\\xc1'"),
        ANSWER.format("msgspec.msgpack.encode([])"),
        ANSWER.format("msgspec.msgpack.encode({})"),
        ANSWER.format("msgspec.msgpack.encode({'error': 'no_such_error'})"),
        ANSWER.format("msgspec.msgpack.encode({'error': 'bundle_forked', 'params': {'number': [1]}})"),
        ANSWER.format("msgspec.msgpack.encode({'error': 5})"),
        ANSWER.format("b'\\x81\\xa5error\\xa1\\xff'"),
        ANSWER.format("b'\\x81\\xa3zzz' + b'\\x91' * 100000"),
        ANSWER.format("b'\\x81\\xa7records' + b'\\x91' * 100000"),
        "opener.main(); x = 1 / 0",
    ],
)
def test_a_child_that_fails_or_answers_nonsense(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    failing(monkeypatch, child(code))


def test_a_child_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener, "SECONDS", 0.3)
    failing(monkeypatch, child("import signal; signal.pause()"))


@limited
def test_a_child_that_burns_its_time_is_stopped_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, child("opener.SECONDS = 1; opener._limit()\nwhile True: pass"))


@limited
def test_a_child_that_takes_more_memory_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, child("opener.MEMORY = 300_000_000; opener._limit(); x = bytes(400_000_000); print(len(x))"))


def test_a_program_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ("/nowhere/python",))


def genuine() -> dict[str, Any]:
    """The answer that the real child gives, to be bent."""
    request = opener._Request(SOUND, PPT.identity, PPT.recipient, False, list(TRUST.peers), [], TRUST.counter)
    answer: dict[str, Any] = msgspec.msgpack.decode(msgspec.msgpack.encode(opener._answer(request)))
    return answer


@pytest.mark.parametrize(
    "bent",
    [
        {"stamp": None},
        {"stamp": [2**60, "a" * 16]},
        {"context": {}},
        {"type": "nope"},
        {"id": "../../etc/passwd"},
        {"fields": {"name": 5}},
        {"others": {"name": [[1, "a" * 16, "x" * 300]]}},
    ],
)
def test_records_that_break_the_rules_are_believed_to_no_child(
    monkeypatch: pytest.MonkeyPatch, bent: dict[str, Any]
) -> None:
    answer = genuine()
    person = next(line for line in answer["records"] if line["type"] == "person")
    person |= bent
    failing(monkeypatch, child(ANSWER.format(repr(msgspec.msgpack.encode(answer)))))


def test_the_bent_answer_is_good_unbent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opener, "_COMMAND", child(ANSWER.format(repr(msgspec.msgpack.encode(genuine())))))
    found: Opened = open_apart(SOUND, PPT.identity, TRUST)
    assert found == open_bundle(SOUND, PPT.identity, TRUST)
