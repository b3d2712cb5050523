# SPDX-License-Identifier: GPL-3.0-or-later
"""An evidence file in words: its kind, its size, who added it when, its name however long."""

from __future__ import annotations

import re

from trafficwatch.casework.attachments import AttachmentRow
from trafficwatch.casework.file_kinds import FileKind, Shown
from trafficwatch.texts import t
from trafficwatch.ui.exchange.moments import moment

ICONS = {Shown.PHOTO: "photo", Shown.PAPER: "document", Shown.SOUND: "sound", None: "question"}
_BREAK = "\u200b"
"""Takes no room, and lets a line end there."""


def icon_of(kind: FileKind | None) -> str:
    return ICONS[kind.shown if kind else None]


def kind_words(kind: FileKind | None) -> str:
    """'Foto JPEG' and the like."""
    return t(f"evidence.kind.{kind.ending if kind else 'other'}")


def size_words(size: int) -> str:
    """The size of a file in KB, from a million bytes on in MB."""
    if size < 1_000_000:
        return t("evidence.kilobytes", count=max(1, round(size / 1_000)))
    whole, tenth = divmod(round(size / 100_000), 10)
    return t("evidence.megabytes", whole=whole, tenth=tenth)


def about(row: AttachmentRow) -> str:
    """Kind, size, when and by whom it was added, in one line."""
    added = t("evidence.added", when=moment(row.added_at), name=row.added_by)
    return " · ".join((kind_words(row.kind), size_words(row.size), added))


def breakable(name: str) -> str:
    """A file's name that can be shown on several lines: such names have no blanks."""
    return re.sub(r"([-_.,;+()]+|[^\W_]{16})(?=.)", rf"\1{_BREAK}", name)


def wrappable(text: str) -> str:
    """A text in which a word that is longer than a line may stand on several."""
    return re.sub(r"\S{30,}", lambda found: breakable(found[0]), text)
