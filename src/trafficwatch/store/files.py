# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a file so that after any accident either the old or the new content stands, whole.

Temporary file beside the target with its rights set before the first byte, write, flush, fsync, read back, rename,
fsync of the folder. A full disk or a pulled stick raises a named error and leaves no partial file behind.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trafficwatch.errors import FileError


class DiskFull(FileError):
    """There is no room for the file; parameter `file`."""

    key = "disk_full"


class FileNotWritable(FileError):
    """The file can't be written there; parameter `file`."""

    key = "file_not_writable"


class FileNotReadable(FileError):
    """The file can't be read; parameter `file`."""

    key = "file_not_readable"


class FileTooLarge(FileError):
    """The file is larger than anything the program makes; parameters `file` and `megabytes`."""

    key = "file_too_large"


class FileExists(FileError):
    """There is a file of that name already; parameter `file`."""

    key = "file_exists"


class FileInStore(FileError):
    """The chosen place is the store's own folder; parameter `file`."""

    key = "file_in_store"


class WriteNotVerified(FileError):
    """What was read back is not what was written; parameter `file`."""

    key = "write_not_verified"


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is safely on the disk under a temporary name; it appears with `publish` or goes with `discard`."""

    temporary: Path
    path: Path

    def publish(self) -> None:
        with _named_errors(self.path, self.temporary):
            self.temporary.replace(self.path)
            sync_folder(self.path.parent)

    def discard(self) -> None:
        with contextlib.suppress(OSError):
            self.temporary.unlink()


def stage(path: Path, content: bytes, *, private: bool = False) -> Staged:
    """Write and read back `content` beside `path`; `private` gives the owner alone the right to read it (mode 0600)."""
    temporary = path.with_name(f".{secrets.token_hex(6)}.tmp")
    with _named_errors(path, temporary):
        with os.fdopen(_create(temporary, 0o600 if private else 0o644), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if temporary.read_bytes() != content:
            raise WriteNotVerified(file=path.name)
    return Staged(temporary, path)


class StagedFiles:
    """Files that appear together when the block ends well, and not at all when anything in it fails.

    `with StagedFiles() as files, store.work() as work: ... files.add(path, content)`: the transaction commits first,
    then the files appear; a full disk undoes both.
    """

    def __init__(self) -> None:
        self._staged: list[Staged] = []

    def __enter__(self) -> StagedFiles:
        return self

    def add(self, path: Path, content: bytes, *, private: bool = False) -> None:
        self._staged.append(stage(path, content, private=private))

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        try:
            if failed is None:
                for file in self._staged:
                    file.publish()
        finally:
            for file in self._staged:
                file.discard()


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Put `content` at `path`: after any accident either the old or the new content stands there, whole."""
    stage(path, content, private=private).publish()


def check_outside(path: Path, store: Path) -> None:
    """Raise FileInStore for a place in the store's folder: nothing but the store itself is written there."""
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(store)):
        raise FileInStore(file=path.name)


def check_new(path: Path, store: Path) -> None:
    """Before writing where somebody chose to: FileInStore, or FileExists for a name that is taken already."""
    check_outside(path, store)
    if os.path.lexists(path):
        raise FileExists(file=path.name)


def regular_files(folder: Path, suffix: str) -> list[Path]:
    """The regular files of a folder with that ending, by name; pipes, devices and folders are passed over.

    Raises FileNotReadable if the folder can't be looked into.
    """
    try:
        with os.scandir(folder) as found:
            return sorted(folder / entry.name for entry in found if entry.name.endswith(suffix) and entry.is_file())
    except OSError:
        raise FileNotReadable(file=folder.name) from None


def read_limited(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; never follows the program into a device or a pipe."""
    try:
        if not path.is_file():
            raise FileNotReadable(file=path.name)
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError:
        raise FileNotReadable(file=path.name) from None
    if len(content) > limit:
        raise FileTooLarge(file=path.name, megabytes=limit // 1_000_000)
    return content


def _create(path: Path, mode: int) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)


@contextlib.contextmanager
def _named_errors(path: Path, temporary: Path) -> Iterator[None]:
    """Any failure leaves no temporary file; what the disk did is named."""
    try:
        yield
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if not isinstance(error, OSError):
            raise
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise DiskFull(file=path.name) from None
        raise FileNotWritable(file=path.name) from None


def sync_folder(folder: Path) -> None:
    """Make the rename itself durable; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
