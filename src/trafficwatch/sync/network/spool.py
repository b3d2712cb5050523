# SPDX-License-Identifier: GPL-3.0-or-later
"""The inbox's spool: uploads under way and answers to fetch, in a folder of the store's folder.

A folder per bundle, named by the SHA-256 of its sealed bytes: `upload` grows, `bundle` is whole and has that hash, and
`<kind of answers>/<n>-<sha256>-<bundle id>` are sealed answers, made once so that a broken download goes on in the same
bytes.
Nothing in it is readable without a key of a desk, nothing of it is needed: what is lost is sent again.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from trafficwatch.store.files import DiskFull

FOLDER = "spool"
_NAME = re.compile(r"[0-9a-f]{64}")
_ANSWER = re.compile(r"[0-9]{2}-([0-9a-f]{64})-([0-9a-f\-]{36})")
_UPLOAD, _BUNDLE = "upload", "bundle"


class Answer(NamedTuple):
    """One sealed answer: its name in the spool, hash and size of its bytes, and the id of the bundle inside."""

    name: str
    sha256: str
    bundle: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Quota:
    """How much the spool may hold, and for how long nobody may care for something in it."""

    entries: int = 2_000
    bytes: int = 1_000_000_000
    idle_seconds: int = 7 * 86_400
    stale_seconds: int = 600
    """What rests for longer gives way when there is no room, but for bundles that were not taken in yet."""


class SpoolFull(Exception):
    """There is no room for another upload now."""


class Spool:
    """The folder. Only the inbox's own thread works on it."""

    def __init__(self, folder: Path, clock: Callable[[], float], quota: Quota) -> None:
        self._folder, self._clock, self._quota = folder, clock, quota
        folder.mkdir(mode=0o700, exist_ok=True)

    def held(self, name: str) -> int:
        """How many bytes of a bundle are here."""
        for part in (_UPLOAD, _BUNDLE):
            with suppress(OSError):
                return (self._folder / name / part).stat().st_size
        return 0

    def bundle(self, name: str) -> Path | None:
        """The whole bundle, if it is here."""
        path = self._folder / name / _BUNDLE
        return path if path.is_file() else None

    def begin(self, name: str, size: int) -> None:
        """Make room for an upload of that size; raises SpoolFull."""
        place = self._folder / name
        if place.is_dir():
            return
        self._forget(self._quota.idle_seconds)
        if not self._has_room(size):
            self._forget(self._quota.stale_seconds, also_bundles=False)
            if not self._has_room(size):
                raise SpoolFull
        place.mkdir(mode=0o700)

    def append(self, name: str, data: bytes) -> None:
        """Add bytes at the end of an upload; raises SpoolFull if the disk has no room for them."""
        try:
            with (self._folder / name / _UPLOAD).open("ab", buffering=0) as file:
                if file.write(data) != len(data):
                    raise SpoolFull
            os.utime(self._folder / name, (self._clock(), self._clock()))
        except OSError:
            raise SpoolFull from None

    def start(self, name: str, count: int) -> bytes:
        """The first bytes of an upload."""
        with (self._folder / name / _UPLOAD).open("rb") as file:
            return file.read(count)

    def complete(self, name: str) -> bool:
        """Whether the upload has the hash that it is named by: then it is the bundle, else it is gone."""
        with (self._folder / name / _UPLOAD).open("rb") as file:
            is_whole = hashlib.file_digest(file, "sha256").hexdigest() == name
        if is_whole:
            (self._folder / name / _UPLOAD).replace(self._folder / name / _BUNDLE)
        else:
            self.drop(name)
        return is_whole

    def answer(self, name: str, kind: str, answers: Iterable[tuple[str, bytes]]) -> None:
        """Keep answers (bundle id, sealed bytes) to a bundle. Raises DiskFull."""
        place = self._folder / name
        prepared = place / f"{secrets.token_hex(6)}.tmp"
        try:
            prepared.mkdir(mode=0o700)
            for number, (bundle, sealed) in enumerate(answers):
                (prepared / f"{number:02}-{hashlib.sha256(sealed).hexdigest()}-{bundle}").write_bytes(sealed)
            prepared.rename(place / kind)
        except OSError:
            shutil.rmtree(prepared, ignore_errors=True)
            raise DiskFull(file=FOLDER) from None

    def answers(self, name: str, kind: str) -> list[Answer] | None:
        """The answers of a kind to a bundle in the order in which they were given, None while there are none."""
        try:
            files = sorted((self._folder / name / kind).iterdir())
            found = [(_ANSWER.fullmatch(file.name), file.stat().st_size) for file in files]
        except OSError:
            return None
        return [Answer(parts[0], parts[1], parts[2], size) for parts, size in found if parts]

    def answer_file(self, name: str, kind: str, answer: str) -> Path | None:
        path = self._folder / name / kind / answer
        return path if _ANSWER.fullmatch(answer) and path.is_file() else None

    def drop(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def _has_room(self, size: int) -> bool:
        places = [place for place in self._folder.iterdir() if place.is_dir()]
        taken = sum(file.stat().st_size for place in places for file in place.rglob("*") if file.is_file())
        return len(places) < self._quota.entries and taken + size <= self._quota.bytes

    def _forget(self, seconds: int, *, also_bundles: bool = True) -> None:
        """Drop what nobody has cared for, and what is none of ours."""
        for place in list(self._folder.iterdir()):
            is_meant = also_bundles or self._is_answered(place) or not (place / _BUNDLE).is_file()
            if not _NAME.fullmatch(place.name) or (is_meant and place.stat().st_mtime < self._clock() - seconds):
                shutil.rmtree(place, ignore_errors=True)

    def _is_answered(self, place: Path) -> bool:
        return any(each.is_dir() for each in place.iterdir())
