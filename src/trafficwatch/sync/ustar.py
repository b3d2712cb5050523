# SPDX-License-Identifier: GPL-3.0-or-later
"""The inner archive of a bundle: plain ustar (POSIX.1-1988) of regular files, in exactly one spelling.

`write` gives every member mode 0644, owner and group 0, time 0, no prefix and no extension, and ends with two zero
blocks without record padding, so that `tar tf` lists it and the same members always give the same bytes.
`read` accepts only what `write` would have written: it takes name and size from a header, makes the header anew and
compares. Links, folders, pax and GNU headers, other owners, a wrong checksum or a byte hidden anywhere are therefore
all refused, and an archive carries nothing but its members. The order of its checks: count, header, name, repetition,
size, data, fill bytes; no length is believed before it was compared with the limit and with what is there.

Every refusal is `ContainerMalformed` with a plain-words `reason` for logs and tests. Members are handed over one by
one as read-only views: what follows a member is unchecked until the iterator has ended.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trafficwatch.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BLOCK = 512
_END = bytes(2 * BLOCK)
_NAME_BYTES = 100
_SIZE_DIGITS = 11
_CHECKSUM_SPAN = slice(148, 156)
_PART = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._-]+"
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")
_RAW_NAME = re.compile(rb"([ -~]+)\0*")
_RAW_SIZE = re.compile(rb"([0-7]{11})\0")


class ContainerMalformed(BundleError):
    """The archive inside a bundle is not one that we write; `params["reason"]` says where it differs."""

    key = "container_malformed"


def archive_size(sizes: Iterable[int]) -> int:
    """Bytes of an archive whose members have these sizes (bytes); always a multiple of `BLOCK`."""
    return sum(BLOCK + _rounded(size) for size in sizes) + len(_END)


def write(members: Sequence[tuple[str, bytes]]) -> bytes:
    """The archive of (name, content) in this order; ValueError for a name used twice or one that `read` refuses."""
    names = [name for name, _ in members]
    if len(set(names)) != len(names) or not all(_is_name(name) for name in names):
        raise ValueError(names)
    parts: list[bytes] = []
    for name, content in members:
        parts += (_header(name, len(content)), content, bytes(_rounded(len(content)) - len(content)))
    return b"".join((*parts, _END))


def read(untrusted_bytes: bytes, *, max_members: int, max_bytes: int) -> Iterator[tuple[str, memoryview]]:
    """Each member as (name, view of its content); at most `max_members`, with `max_bytes` of content in all.

    Raises ContainerMalformed, at the latest after the last member: exhaust it before you believe any of it.
    """
    view = memoryview(untrusted_bytes)
    seen: set[str] = set()
    position = content_bytes = 0
    while any(header := bytes(view[position : position + BLOCK])):
        if len(seen) == max_members:
            raise ContainerMalformed(reason="too many members")
        name, size = _parse_header(header)
        if name in seen:
            raise ContainerMalformed(reason="name twice")
        seen.add(name)
        content_bytes += size
        if content_bytes > max_bytes:
            raise ContainerMalformed(reason="too large")
        start = position + BLOCK
        position = start + _rounded(size)
        if position > len(view):
            raise ContainerMalformed(reason="cut off")
        if any(view[start + size : position]):
            raise ContainerMalformed(reason="fill bytes")
        yield name, view[start : start + size]
    if view[position:] != _END:
        raise ContainerMalformed(reason="end")


def _parse_header(header: bytes) -> tuple[str, int]:
    raw_name, raw_size = _RAW_NAME.fullmatch(header[:_NAME_BYTES]), _RAW_SIZE.fullmatch(header[124:136])
    if raw_name is None or raw_size is None:
        raise ContainerMalformed(reason="header")
    name, size = raw_name[1].decode("ascii"), int(raw_size[1], 8)
    if not _is_name(name):
        raise ContainerMalformed(reason="name")
    if header != _header(name, size):
        raise ContainerMalformed(reason="header")
    return name, size


def _is_name(name: str) -> bool:
    """Relative, at most 100 plain characters, no empty, `.` or `..` part."""
    return len(name) <= _NAME_BYTES and _NAME.fullmatch(name) is not None


def _header(name: str, size: int) -> bytes:
    """The 512 bytes before a member: name, mode, owner, group, size, time, checksum, type and magic."""
    if size >= 8**_SIZE_DIGITS:
        raise ValueError(size)
    header = bytearray(
        name.encode("ascii").ljust(_NAME_BYTES, b"\0")
        + b"0000644\0"
        + b"0000000\0" * 2
        + f"{size:0{_SIZE_DIGITS}o}\0".encode("ascii")
        + b"00000000000\0"
        + b" " * 8
        + b"0".ljust(101, b"\0")
        + b"ustar\x0000".ljust(72, b"\0")
        + b"0000000\0" * 2
    ).ljust(BLOCK, b"\0")
    header[_CHECKSUM_SPAN] = f"{sum(header):06o}\0 ".encode("ascii")
    return bytes(header)


def _rounded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
