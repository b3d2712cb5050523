# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a directory of institutions.

The file is JSON: `{"format": 1, "institutions": [...]}` in the shape of `models.directory.DirectoryEntry`; names and
notes are `{"id": ..., "en": ...}`. Unknown fields are ignored, so that a newer file can still be read.
"""

from __future__ import annotations

from dataclasses import dataclass

from trafficwatch.errors import InputError
from trafficwatch.models.directory import DirectoryEntry
from trafficwatch.resources import resource

FORMAT = 1


class DirectoryUnreadable(InputError):
    """A directory file isn't JSON of the shape we know."""

    key = "directory_unreadable"


@dataclass(frozen=True, slots=True)
class _File:
    format: int
    institutions: tuple[DirectoryEntry, ...]


def load_national() -> tuple[DirectoryEntry, ...]:
    """The national hotlines and institutions that come with the program, in the order to show them."""
    return parse_directory(resource("directory", "national.json").read_bytes())


def load_practice() -> tuple[DirectoryEntry, ...]:
    """The invented institutions of the practice village."""
    return parse_directory(resource("practice", "village.json").read_bytes())


def parse_directory(content: bytes) -> tuple[DirectoryEntry, ...]:
    """The institutions of a directory file; DirectoryUnreadable if it isn't one."""
    import msgspec

    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DirectoryUnreadable from error
    if file.format != FORMAT:
        raise DirectoryUnreadable
    return file.institutions
