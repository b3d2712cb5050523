# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick as a network: what is written is read back, what is gone is said so, and nothing of others is touched."""

from __future__ import annotations

import hashlib
import shutil
from collections import namedtuple
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desks import Desks, deliveries, enrolled, shared_case

from trafficwatch.errors import FileError
from trafficwatch.models.slips import check_code
from trafficwatch.store.files import FileNotReadable, WriteNotVerified
from trafficwatch.sync import usb
from trafficwatch.sync.ejecting import eject, is_removable
from trafficwatch.sync.exporting import NothingToSend
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.usb import StickFull, StickGone

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        shared_case(found.village)
        yield found


def test_what_lies_there_is_what_was_written(desks: Desks) -> None:
    [written] = usb.write(desks.village, desks.stick)
    digest = hashlib.sha256(written.path.read_bytes()).hexdigest()
    assert (written.code.replace(" ", "").lower(), written.size) == (digest[:16], written.path.stat().st_size)
    assert (written.number, written.records) == (1, len(deliveries(desks.village)))
    assert [path.name for path in desks.stick.iterdir()] == [written.path.name]
    [answer] = usb.write_answers(desks.ppt, [take_in(desks.ppt, written.path).receipt or ""], desks.stick)
    assert (answer.number, answer.records) == (1, written.records)
    with desks.ppt.work() as work:
        assert usb.identify(work, [answer.path]) == (answer,)
    take_in(desks.village, answer.path)
    with pytest.raises(NothingToSend):
        usb.write(desks.village, desks.stick)


def test_the_code_is_the_beginning_of_the_hash() -> None:
    assert check_code("7f3a09c211b4e0d9" + "0" * 48) == "7F3A 09C2 11B4 E0D9"


@pytest.mark.parametrize("content", [b"", b"age-encryption.org/v1\n", b"halo", None])
def test_a_file_that_is_no_bundle_is_not_said_to_be_whole(desks: Desks, content: bytes | None) -> None:
    [written] = usb.write(desks.village, desks.stick)
    whole = written.path.read_bytes()
    written.path.write_bytes(whole[:60] if content is None else content)
    with pytest.raises(WriteNotVerified):
        usb.check_file(written.path)


def test_a_stick_that_is_gone_is_said_to_be_gone(desks: Desks) -> None:
    before = deliveries(desks.village)
    [written] = usb.write(desks.village, desks.stick)
    receipt = take_in(desks.ppt, written.path).receipt or ""
    shutil.rmtree(desks.stick)
    for step in (
        lambda: usb.write(desks.village, desks.stick),
        lambda: usb.write_answers(desks.ppt, [receipt], desks.stick),
        lambda: usb.old_bundles(desks.village, desks.stick),
        lambda: usb.codes_of(desks.stick, [written.path]),
    ):
        with pytest.raises(StickGone):
            step()
    desks.stick.mkdir()
    [again] = usb.write(desks.village, desks.stick)  # begins where it was, and holds all of it
    assert not before
    assert (again.number > written.number, again.records) == (True, written.records)


def test_a_stick_pulled_out_between_writing_and_naming(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    stick = desks.stick

    def pulled(self: Path, _: Path) -> None:
        shutil.rmtree(stick)
        raise OSError(5, "gone")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", pulled)
        with pytest.raises(StickGone):
            usb.write(desks.village, stick)
    assert {state for state, _ in deliveries(desks.village).values()} == {"in_bundle"}  # under way, never 'received'
    stick.mkdir()
    assert usb.write(desks.village, stick)[0].records == len(deliveries(desks.village))


def test_too_little_room_is_told_before_anything_is_written(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(4_000_000, 3_000_000, 1_000_000))
    with pytest.raises(StickFull) as told:
        usb.write(desks.village, desks.stick)
    assert told.value.params == {"megabytes": 2, "free": 1}
    assert not deliveries(desks.village)
    assert not list(desks.stick.iterdir())


def test_only_own_bundles_with_a_receipt_can_be_cleared_away(desks: Desks) -> None:
    [written] = usb.write(desks.village, desks.stick)
    stranger = desks.stick / "deadbeef.twb"
    stranger.write_bytes(b"of somebody else")
    photo = desks.stick / "foto.jpg"
    photo.write_bytes(b"photo")
    [old] = usb.old_bundles(desks.village, desks.stick)
    assert (old.path, old.number, old.answered) == (written.path, 1, False)
    names = [path.name for path in desks.stick.iterdir()]
    assert usb.clear(desks.village, desks.stick, names) == 0
    [answer] = usb.write_answers(desks.ppt, [take_in(desks.ppt, written.path).receipt or ""], desks.stick)
    take_in(desks.village, answer.path)
    assert usb.clear(desks.village, desks.stick, []) == 0
    assert usb.clear(desks.village, desks.stick, [path.name for path in desks.stick.iterdir()]) == 1
    assert {path.name for path in desks.stick.iterdir()} == {stranger.name, photo.name, answer.path.name}
    with desks.village.work() as work, pytest.raises(FileNotReadable):
        usb.identify(work, [stranger])


@pytest.mark.parametrize(
    ("place", "flag", "expected"),
    [
        ("pci0/usb1/1-2/host6/block/sdb/sdb1", "0", True),  # a disk in a USB case says that it is not removable
        ("pci0/mmc_host/mmc0/block/mmcblk0/mmcblk0p1", "1", True),
        ("pci0/ata1/host0/block/sda/sda1", "0", False),
    ],
)
def test_which_drives_are_sticks(tmp_path: Path, place: str, flag: str, expected: bool) -> None:
    drive = tmp_path / place
    drive.mkdir(parents=True)
    (drive.parent / "removable").write_text(f"{flag}\n")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / drive.name).symlink_to(drive)
    assert is_removable(Path("/media/x"), f"/dev/{drive.name}", tmp_path / "class") is expected
    assert not is_removable(Path("/media/x"), "/dev/unknown", tmp_path / "class")
    assert not is_removable(Path("/media/x"), "server:/share", tmp_path / "class")


def test_it_is_never_claimed_that_a_stick_may_be_pulled_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not eject(tmp_path, "/dev/sdb1")  # nothing is mounted there: nothing is known
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("udisksctl", "gio"):
        (tools / name).write_text("#!/bin/sh\nexit 0\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    assert not eject(Path("/"), "/dev/sdb1")  # the tools say yes, but it is mounted still


def test_errors_of_sticks_are_of_files() -> None:
    assert issubclass(StickGone, FileError)
