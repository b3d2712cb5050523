# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kinds of file are taken as evidence, told by their first bytes and never by their name. Pure.

A film is not taken: none of its size could be carried on, and one in an audio container would pass for a recording.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Shown(StrEnum):
    """How a file can be looked at."""

    PHOTO = "photo"
    PAPER = "paper"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file; `ending` is that of a file written anew, without the dot."""

    media_type: str
    ending: str
    shown: Shown


FILE_KINDS = {
    kind.media_type: kind
    for kind in (
        FileKind("image/jpeg", "jpg", Shown.PHOTO),
        FileKind("image/png", "png", Shown.PHOTO),
        FileKind("image/webp", "webp", Shown.PHOTO),
        FileKind("application/pdf", "pdf", Shown.PAPER),
        FileKind("audio/wav", "wav", Shown.SOUND),
        FileKind("audio/mpeg", "mp3", Shown.SOUND),
        FileKind("audio/mp4", "m4a", Shown.SOUND),
        FileKind("audio/ogg", "ogg", Shown.SOUND),
    )
}

_SIGNS = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"ID3[\x02-\x04]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]"), "audio/mpeg"),
    (re.compile(rb"OggS\0"), "audio/ogg"),
)
_BOX = re.compile(rb"....ftyp(?:M4A |M4B |mp4[12]|isom|iso2|3gp[4-6]|dash)", re.DOTALL)
_TRACK = re.compile(rb"hdlr.{8}(soun|vide)", re.DOTALL)
"""In an MP4 container: what one of its tracks is."""


def recognise(content: bytes) -> FileKind | None:
    """The kind of a file by its content, None for one that is not taken."""
    found = next((media_type for sign, media_type in _SIGNS if sign.match(content)), None)
    if found is None and _BOX.match(content) and set(_TRACK.findall(content)) == {b"soun"}:
        found = "audio/mp4"
    return FILE_KINDS[found] if found else None
