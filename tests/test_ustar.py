# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive: tar programs read it and can make the very same bytes, and it comes back as it was written."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import interop_tools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.sync import ustar
from trafficwatch.sync.ustar import BLOCK, ContainerMalformed

if TYPE_CHECKING:
    from pathlib import Path

DIGEST_NAME = "files/" + "0123456789abcdef" * 4
MEMBERS = [
    ("manifest.json", b'{"format": [1, 0]}\n'),
    ("empty", b""),
    (DIGEST_NAME, bytes(range(256)) * 2),
    ("padding", bytes(BLOCK + 1)),
]
NAMES = st.lists(
    st.text("ab.-", min_size=1, max_size=9).filter(lambda part: part not in (".", "..")), min_size=1, max_size=4
).map("/".join)
CONTENTS = st.binary(max_size=1_100)


def read(content: bytes, *, max_members: int = 10, max_bytes: int = 10_000) -> list[tuple[str, bytes]]:
    members = ustar.read(content, max_members=max_members, max_bytes=max_bytes)
    return [(name, bytes(view)) for name, view in members]


def test_round_trip_of_a_bundle() -> None:
    assert read(ustar.write(MEMBERS)) == MEMBERS


@given(st.dictionaries(NAMES, CONTENTS, max_size=6))
def test_round_trip(members: dict[str, bytes]) -> None:
    archive = ustar.write(list(members.items()))
    assert read(archive) == list(members.items())
    assert len(archive) == ustar.archive_size(map(len, members.values()))


def test_without_members_it_is_two_zero_blocks() -> None:
    assert ustar.write([]) == bytes(2 * BLOCK)
    assert read(bytes(2 * BLOCK)) == []


def test_members_come_one_by_one_as_views_that_cannot_be_written() -> None:
    archive = bytearray(ustar.write(MEMBERS))
    archive[-1] = 1  # refused, but only after the last member
    members = ustar.read(bytes(archive), max_members=4, max_bytes=10_000)
    views = [next(members)[1] for _ in MEMBERS]
    assert all(view.readonly for view in views)
    with pytest.raises(ContainerMalformed) as caught:
        next(members)
    assert caught.value.params == {"reason": "end"}


def test_limits_are_inclusive() -> None:
    archive = ustar.write(MEMBERS)
    total = sum(len(content) for _, content in MEMBERS)
    assert read(archive, max_members=4, max_bytes=total) == MEMBERS
    for max_members, max_bytes, reason in ((3, total, "too many members"), (4, total - 1, "too large")):
        with pytest.raises(ContainerMalformed) as caught:
            read(archive, max_members=max_members, max_bytes=max_bytes)
        assert caught.value.params == {"reason": reason}


@pytest.mark.parametrize(
    "name",
    ["", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/./b", "a b", "a\\b", "c:a", "a\n", "d\u00e9sa", "a" * 101],
)
def test_names_that_are_not_written(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the names are the whole message
        ustar.write([(name, b"")])


@pytest.mark.parametrize("name", ["a", ".a", "..a", "...", "a..", "a" * 100, "A-1_b.c/d", DIGEST_NAME])
def test_names_that_are_written(name: str) -> None:
    assert read(ustar.write([(name, b"x")])) == [(name, b"x")]


def test_a_name_twice_is_not_written() -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        ustar.write([("a", b""), ("b", b""), ("a", b"")])


def test_a_size_that_eleven_digits_cannot_hold() -> None:
    assert ustar._header("a", 8**11 - 1)[124:136] == b"77777777777\0"
    with pytest.raises(ValueError, match=str(8**11)):
        ustar._header("a", 8**11)


# --- other programs


def test_tar_lists_and_extracts_it(tmp_path: Path) -> None:
    archive = tmp_path / "inner.tar"
    archive.write_bytes(ustar.write(MEMBERS))
    tar = interop_tools.tool("tar")
    listed = interop_tools.run(tar, "tf", str(archive)).decode().splitlines()
    assert listed == [name for name, _ in MEMBERS]
    for name, content in MEMBERS:
        assert interop_tools.run(tar, "xOf", str(archive), name) == content


def test_the_standard_library_reads_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(ustar.write(MEMBERS)), mode="r:") as archive:
        found = archive.getmembers()
        assert [member.name for member in found] == [name for name, _ in MEMBERS]
        assert all(member.isreg() and member.mtime == 0 and member.mode == 0o644 for member in found)
        assert [archive.extractfile(member).read() for member in found] == [content for _, content in MEMBERS]  # type: ignore[union-attr]


def test_gnu_tar_makes_the_same_bytes(tmp_path: Path) -> None:
    """So a bundle can be made without our program, too."""
    tar = interop_tools.tool("tar")
    if b"GNU tar" not in interop_tools.run(tar, "--version"):
        pytest.skip("this tar has other options")
    for name, content in MEMBERS:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    options = ("--format=ustar", "-b1", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--mode=0644")
    made = interop_tools.run(tar, *options, "-cf", "-", *(name for name, _ in MEMBERS), folder=tmp_path)
    assert made == ustar.write(MEMBERS)
