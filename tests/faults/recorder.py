# SPDX-License-Identifier: GPL-3.0-or-later
"""From what strace has seen of a process to the operations on one folder, in their order.

Every call that changes a file must be known here: one that is not (`UnknownCall`) would be missing in the replay, so
the recording is refused. Whether nothing else was missed shows at the end: replayed without an accident, the operations
give the very folder that the process left (`crash_states.record`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from disk_model import Op

CALLS = (
    "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,truncate,fallocate,fsync,fdatasync,"
    "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,sendfile,"
    "copy_file_range"
)
STRACE = ("-f", "-y", "-xx", "-s", "67108864", "-e", f"trace={CALLS}")

_LINE = re.compile(r"^(?P<pid>\d+) +(?P<name>\w+)\((?P<args>.*)\) += (?P<result>-?\d+|\?)")
_UNFINISHED = re.compile(r"^(?P<pid>\d+) +(?P<start>.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(?P<pid>\d+) +<\.\.\. \w+ resumed>(?P<rest>.*)$")
_HANDLE = re.compile(r"^(?P<number>\d+|AT_FDCWD)<(?P<path>[^>]*)>(?P<gone>\(deleted\))?")
_BASE = re.compile(r'iov_base="([^"]*)"')


class UnknownCall(Exception):
    """The process changed a file in a way that the replay does not know."""


def operations(trace: Path, root: Path, acks: Path) -> list[Op]:
    """What the process did below `root`, and what it confirmed by writing to `acks`."""
    return list(_Recording(str(root), str(acks)).read(trace.read_text("ascii").splitlines()))


class _Recording:
    def __init__(self, root: str, acks: str) -> None:
        self._root, self._acks = f"{root}/", acks
        self._at: dict[str, int] = {}
        """Where the next plain write to an open file goes; -1 is its end."""

    def read(self, lines: Iterable[str]) -> Iterator[Op]:
        for line in _whole(lines):
            found = _LINE.match(line)
            if found and found["result"] not in {"?"} and int(found["result"]) >= 0:
                yield from self._call(found["name"], found["args"].split(", "), int(found["result"]))

    def _call(self, name: str, args: list[str], result: int) -> Iterator[Op]:
        if name in {"openat", "lseek", "write", "writev"}:
            yield from getattr(self, f"_{name}")(args, result)
        elif name == "pwrite64":
            yield from self._on(args[0], "write", data=_bytes(args[1])[:result], offset=int(args[3]))
        elif name == "ftruncate":
            yield from self._on(args[0], "truncate", offset=int(args[1]))
        elif name in {"fsync", "fdatasync"}:
            yield from self._on(args[0], "sync")
        elif name == "sendfile":
            yield from self._on(args[0], "copy", offset=result, other=self._source(args[1]))
        elif name in {"rename", "link", "unlink", "rmdir", "mkdir"}:
            yield from self._named(name, [_text(arg) for arg in args[: 1 + (name in {"rename", "link"})]])
        elif name == "linkat":
            yield from self._named("link", [_below(*args[:2]), _below(*args[2:4])])
        elif name in {"renameat", "renameat2"}:
            yield from self._named("rename", [_below(*args[:2]), _below(*args[2:4])])
        elif name in {"unlinkat", "mkdirat"}:
            yield from self._named(name.removesuffix("at"), [_below(*args[:2])])
        elif any(self._root.encode().hex() in arg.replace("\\x", "") for arg in args):
            raise UnknownCall(name)

    def _openat(self, args: list[str], result: int) -> Iterator[Op]:
        flags = set(args[2].split("|"))
        self._at[str(result)] = -1 if "O_APPEND" in flags else 0
        path = self._inside(_below(*args[:2]))
        if path is None:
            return
        if "O_CREAT" in flags:
            yield Op("create", path)
        if "O_TRUNC" in flags:
            yield Op("truncate", path)

    def _lseek(self, args: list[str], result: int) -> Iterator[Op]:
        self._at[_number(args[0])] = result
        yield from ()

    def _write(self, args: list[str], result: int) -> Iterator[Op]:
        number = _number(args[0])
        at = self._at.get(number, 0)
        yield from self._on(args[0], "write", data=_bytes(args[1])[:result], offset=at)
        self._at[number] = at if at < 0 else at + result

    def _writev(self, args: list[str], result: int) -> Iterator[Op]:
        path = _HANDLE.match(args[0])
        if path and _text(path["path"]) == self._acks:
            yield Op("ack", data=b"".join(_bytes(base) for base in _BASE.findall(", ".join(args)))[:result].strip())
        elif path and self._inside(_text(path["path"])):
            raise UnknownCall("writev")

    def _on(self, handle: str, kind: str, *, data: bytes = b"", offset: int = 0, other: str = "") -> Iterator[Op]:
        """An operation on an open file or folder, by the name it has now."""
        found = _HANDLE.match(handle)
        path = self._inside(_text(found["path"])) if found and not found["gone"] else None
        if path is not None:
            yield Op(kind, path, data, offset, other)

    def _source(self, handle: str) -> str:
        found = _HANDLE.match(handle)
        path = self._inside(_text(found["path"])) if found else None
        if path is None:
            raise UnknownCall("sendfile from elsewhere")
        return path

    def _named(self, kind: str, paths: list[str]) -> Iterator[Op]:
        inside = [self._inside(path) for path in paths]
        if None in inside:
            if any(inside):
                raise UnknownCall(f"{kind} across the root")
            return
        simple = {"unlink": "remove", "rmdir": "remove"}.get(kind, kind)
        yield Op(simple, str(inside[0]), other=str(inside[1]) if len(inside) > 1 else "")

    def _inside(self, path: str) -> str | None:
        """The path below the root, '' for the root itself; SQLite's shared memory is out: no accident outlives it."""
        return path[len(self._root) :] if f"{path}/".startswith(self._root) and not path.endswith("-shm") else None


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Calls in the order in which they ended; one that was cut by another thread's is put together again."""
    begun: dict[str, str] = {}
    for line in lines:
        if unfinished := _UNFINISHED.match(line):
            begun[unfinished["pid"]] = line.removesuffix(" <unfinished ...>")
        elif resumed := _RESUMED.match(line):
            yield begun.pop(resumed["pid"]) + resumed["rest"]
        else:
            yield line


def _bytes(quoted: str) -> bytes:
    r"""What stands in quotes, all of it as \xNN."""
    return bytes.fromhex(quoted.strip('"').replace("\\x", ""))


def _text(quoted: str) -> str:
    return _bytes(quoted).decode()


def _number(handle: str) -> str:
    return handle.partition("<")[0]


def _below(folder: str, name: str) -> str:
    found = _HANDLE.match(folder)
    return str(Path(_text(found["path"]) if found else "/") / _text(name))
