# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk as a power cut leaves it: what was synced is there, of the rest anything may be.

`Disk` takes the recorded operations of a process one by one. `crash` then gives one of the folders that a power cut at
this moment may leave: every unsynced write is kept, lost, or torn at 512 bytes; unsynced changes of names survive in
their order up to any point, as on a disk with a journal for its folders. A name is safe only when its folder was
synced, a content only when the file was: the strictest reading of POSIX.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

SECTOR = 512
KEPT = (0.0, 0.2, 0.5, 0.8, 1.0)
"""How likely an unsynced write survives: one of these per crash."""

Tree = dict[str, bytes | None]
"""Paths below the root with their content, None for a folder."""


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that a process did to a folder. `ack` carries what the process confirmed."""

    kind: str
    path: str = ""
    data: bytes = b""
    offset: int = 0
    other: str = ""


@dataclass(slots=True)
class File:
    """A file's content: what is safe, and the writes and truncations (data None) since."""

    safe: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def now(self) -> bytes:
        if not self.pending:
            return self.safe
        content = bytearray(self.safe)
        for offset, data in self.pending:
            _put(content, offset, data)
        return bytes(content)

    def sync(self) -> None:
        self.safe, self.pending = self.now(), []

    def crashed(self, kept: float, chance: random.Random) -> bytes:
        if not self.pending:
            return self.safe
        content = bytearray(self.safe)
        for offset, data in self.pending:
            if data is not None and chance.random() < 0.3:
                for start, piece in _sectors(offset, data):
                    if chance.random() < kept:
                        _put(content, start, piece)
            elif chance.random() < kept:
                _put(content, offset, data)
        return bytes(content)


class Disk:
    """The folder of a process while it works; paths are relative to the root."""

    def __init__(self, tree: Tree) -> None:
        self._names: dict[str, File | None] = {
            path: None if content is None else File(content) for path, content in tree.items()
        }
        self._safe_names = dict(self._names)
        self._changes: list[tuple[str, str, File | str | None]] = []

    def do(self, op: Op) -> None:
        getattr(self, f"_{op.kind}")(op)

    def now(self) -> Tree:
        """The folder as it would be without any accident."""
        return {path: None if file is None else file.now() for path, file in self._names.items()}

    def crash(self, chance: random.Random) -> Tree:
        """One of the folders that a power cut at this moment may leave."""
        kept = chance.choice(KEPT)
        names = dict(self._safe_names)
        for change in self._changes[: chance.randint(0, len(self._changes))]:
            _rename(names, *change)
        return {path: None if file is None else file.crashed(kept, chance) for path, file in sorted(names.items())}

    def _ack(self, op: Op) -> None:
        pass

    def _create(self, op: Op) -> None:
        if op.path not in self._names:
            self._change("link", op.path, File())

    def _mkdir(self, op: Op) -> None:
        self._change("link", op.path, None)

    def _rename(self, op: Op) -> None:
        self._change("rename", op.path, op.other)

    def _link(self, op: Op) -> None:
        """A second name of the same file."""
        self._change("link", op.other, self._file(op.path))

    def _remove(self, op: Op) -> None:
        self._change("unlink", op.path, None)

    def _write(self, op: Op) -> None:
        file = self._file(op.path)
        file.pending.append((op.offset if op.offset >= 0 else len(file.now()), op.data))

    def _copy(self, op: Op) -> None:
        """`offset` bytes on from where the target ends now, out of the file `other`."""
        file = self._file(op.path)
        start = len(file.now())
        file.pending.append((start, self._file(op.other).now()[start : start + op.offset]))

    def _truncate(self, op: Op) -> None:
        self._file(op.path).pending.append((op.offset, None))

    def _sync(self, op: Op) -> None:
        if op.path in self._names and self._names[op.path] is not None:
            self._file(op.path).sync()
            return
        touched = [number for number, change in enumerate(self._changes) if _touches(change, op.path)]
        last = touched[-1] + 1 if touched else 0
        for change in self._changes[:last]:
            _rename(self._safe_names, *change)
        del self._changes[:last]

    def _file(self, path: str) -> File:
        file = self._names[path]
        assert file is not None, path
        return file

    def _change(self, kind: str, path: str, other: File | str | None) -> None:
        self._changes.append((kind, path, other))
        _rename(self._names, kind, path, other)


def read_tree(root: Path) -> Tree:
    """A real folder, without SQLite's shared memory, which no power cut outlives."""
    return {
        path.relative_to(root).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if not path.name.endswith("-shm")
    }


def write_tree(root: Path, tree: Mapping[str, bytes | None]) -> None:
    """Put a folder where another was."""
    if root.exists():
        shutil.rmtree(root)
    root.mkdir()
    for path, content in tree.items():
        if content is None:
            (root / path).mkdir(parents=True, exist_ok=True)
        else:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)


def _rename(names: dict[str, File | None], kind: str, path: str, other: File | str | None) -> None:
    """Do one change of names: `link` puts a file or folder, `rename` moves one with all below it, `unlink` removes."""
    if kind == "unlink":
        names.pop(path, None)
    elif isinstance(other, str):
        for name in [name for name in names if name == path or name.startswith(f"{path}/")]:
            names[other + name[len(path) :]] = names.pop(name)
    else:
        names[path] = other


def _touches(change: tuple[str, str, File | str | None], folder: str) -> bool:
    paths = [change[1], *([change[2]] if isinstance(change[2], str) else [])]
    return any(PurePosixPath(path).parent == PurePosixPath(folder) for path in paths)


def _put(content: bytearray, offset: int, data: bytes | None) -> None:
    """Write, or with None truncate; what lies between the end and the offset is zero."""
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


def _sectors(offset: int, data: bytes) -> list[tuple[int, bytes]]:
    """A write cut at the borders of sectors."""
    pieces, start = [], offset
    while start < offset + len(data):
        end = min((start // SECTOR + 1) * SECTOR, offset + len(data))
        pieces.append((start, data[start - offset : end - offset]))
        start = end
    return pieces
