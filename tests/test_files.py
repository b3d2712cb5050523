# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing whole files: after any accident the old or the new content stands, and nothing half-written beside it.

Faults are put into the calls that reach the disk, one after the other; a full disk is a real one where we may mount it.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest
from store_tools import small_disk

from trafficwatch.store.files import (
    DiskFull,
    FileNotReadable,
    FileNotWritable,
    FileTooLarge,
    StagedFiles,
    WriteNotVerified,
    read_limited,
    stage,
    write_whole,
)

OLD, NEW = b"lama" * 1_000, b"baru" * 2_000


def test_a_new_file_and_a_replaced_one(tmp_path: Path) -> None:
    path = tmp_path / "berkas"
    for content in (b"", OLD, NEW):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["berkas"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_a_private_file_was_never_open_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def fsync(descriptor: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))

    monkeypatch.setattr(os, "fsync", fsync)
    write_whole(tmp_path / "kunci", NEW, private=True)
    assert seen[0] == 0o600
    assert stat.S_IMODE((tmp_path / "kunci").stat().st_mode) == 0o600


def test_a_staged_file_appears_only_when_it_is_published(tmp_path: Path) -> None:
    staged = stage(tmp_path / "bungkus.twb", NEW)
    assert not (tmp_path / "bungkus.twb").exists()
    assert staged.temporary.read_bytes() == NEW
    staged.publish()
    assert [file.name for file in tmp_path.iterdir()] == ["bungkus.twb"]
    dropped = stage(tmp_path / "lain.twb", NEW)
    dropped.discard()
    dropped.discard()
    assert [file.name for file in tmp_path.iterdir()] == ["bungkus.twb"]


@pytest.mark.parametrize(
    "call", ["os.fsync", "os.open", "os.fdopen", "pathlib.Path.replace", "pathlib.Path.read_bytes"]
)
@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (OSError(errno.EIO, "disk"), FileNotWritable),
        (OSError(errno.ENOSPC, "full"), DiskFull),
        (OSError(errno.EDQUOT, "quota"), DiskFull),
        (OSError(errno.EFBIG, "limit"), DiskFull),
        (PermissionError(errno.EACCES, "no"), FileNotWritable),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_fault_at_any_step_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, fault: BaseException, named: type[BaseException]
) -> None:
    path = tmp_path / "berkas"
    path.write_bytes(OLD)

    def fail(*_: object, **__: object) -> None:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(call, fail)
        with pytest.raises(named) as caught:
            write_whole(path, NEW)
    if named is not KeyboardInterrupt:
        assert caught.value.params == {"file": "berkas"}  # type: ignore[attr-defined]
    assert path.read_bytes() == OLD
    assert [file.name for file in tmp_path.iterdir()] == ["berkas"]


def test_a_folder_that_cannot_be_synced_is_told_and_the_new_file_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter([True, False])

    def fsync(_: int) -> None:
        if not next(calls):
            raise OSError(errno.EIO, "disk")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        with pytest.raises(FileNotWritable):
            write_whole(tmp_path / "berkas", NEW)
    assert (tmp_path / "berkas").read_bytes() == NEW


def test_a_stick_that_gives_back_something_else_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "berkas"
    path.write_bytes(OLD)

    def lying_fsync(descriptor: int) -> None:
        os.pwrite(descriptor, b"?", 7)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lying_fsync)
        with pytest.raises(WriteNotVerified) as caught:
            write_whole(path, NEW)
    assert caught.value.params == {"file": "berkas"}
    assert path.read_bytes() == OLD
    assert [file.name for file in tmp_path.iterdir()] == ["berkas"]


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "isi").touch()
    for path in (tmp_path / "tidak" / "ada", tmp_path / "map"):
        with pytest.raises(FileNotWritable):
            write_whole(path, NEW)
    assert [file.name for file in tmp_path.iterdir()] == ["map"]


def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    with small_disk(tmp_path, "200k") as disk:
        (disk / "lain").write_bytes(b"0" * 190_000)
        path = disk / "berkas"
        write_whole(path, b"lama")
        with pytest.raises(DiskFull) as caught:
            write_whole(path, b"0" * 50_000)
        assert caught.value.params == {"file": "berkas"}
        assert path.read_bytes() == b"lama"
        assert sorted(file.name for file in disk.iterdir()) == ["berkas", "lain"]


# -- several at once ---------------------------------------------------------------------------------------------------


def test_files_of_one_block_appear_together_at_its_end(tmp_path: Path) -> None:
    with StagedFiles() as files:
        files.add(tmp_path / "satu", OLD)
        files.add(tmp_path / "dua", NEW, private=True)
        assert not (tmp_path / "satu").exists()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"satu": OLD, "dua": NEW}


def test_files_of_a_block_that_fails_never_appear(tmp_path: Path) -> None:
    (tmp_path / "satu").write_bytes(OLD)
    with pytest.raises(KeyError), StagedFiles() as files:  # noqa: PT012
        files.add(tmp_path / "satu", NEW)
        raise KeyError
    with pytest.raises(FileNotWritable), StagedFiles() as files:  # noqa: PT012
        files.add(tmp_path / "satu", NEW)
        files.add(tmp_path / "tidak" / "ada", NEW)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"satu": OLD}


def test_a_file_that_cannot_appear_leaves_no_other_half_made(tmp_path: Path) -> None:
    (tmp_path / "map").mkdir()
    with pytest.raises(FileNotWritable), StagedFiles() as files:  # noqa: PT012
        for name in ("satu", "map", "dua"):
            files.add(tmp_path / name, NEW)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["map", "satu"]


# -- reading -----------------------------------------------------------------------------------------------------------


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "berkas"
    path.write_bytes(b"0" * 2_000_000)
    assert len(read_limited(path, 2_000_000)) == 2_000_000
    with pytest.raises(FileTooLarge) as caught:
        read_limited(path, 1_999_999)
    assert caught.value.params == {"file": "berkas", "megabytes": 1}


def test_a_huge_hole_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "lubang").open("wb") as file:
        file.truncate(20 * 10**9)
    with pytest.raises(FileTooLarge):
        read_limited(tmp_path / "lubang", 1_000)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither")
def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipa")
    (tmp_path / "putus").symlink_to(tmp_path / "tidak-ada")
    for path in (tmp_path / "pipa", tmp_path / "putus", tmp_path, tmp_path / "tidak-ada", Path("/dev/zero")):
        with pytest.raises(FileNotReadable) as caught:
            read_limited(path, 1_000)
        assert caught.value.params == {"file": path.name}


def test_a_file_that_goes_away_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise OSError(errno.EIO, "stick pulled")

    (tmp_path / "berkas").write_bytes(OLD)
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.open", gone)
        with pytest.raises(FileNotReadable):
            read_limited(tmp_path / "berkas", 10_000)
