# SPDX-License-Identifier: GPL-3.0-or-later
"""Qt's own texts in Indonesian: standard buttons, context menus, file and print dialogs. Qt ships no Indonesian.

`speak(app, language)` makes Qt and its numbers and dates speak the language from now on, and may be called again at any
time; open widgets get Qt's LanguageChange. The texts stand in `resources/qt/id.json`: Qt's context -> Qt's English
source -> Indonesian; what isn't there stays English.

Qt gets them as a `.qm` in memory. Overriding `QTranslator.translate` would be shorter, but PySide 6.12 then drops a
reference to None at each call without a disambiguation, which kills Python 3.11.
"""

from __future__ import annotations

import json
import struct
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QTranslator

from trafficwatch.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QApplication

    from trafficwatch.texts import Language

_MAGIC = bytes.fromhex("3cb86418caef9c95cd211cbf60a1bddd")
_HASHES, _MESSAGES = 0x42, 0x69
_END, _TRANSLATION, _SOURCE, _CONTEXT = 1, 3, 6, 7


def qm(texts: Mapping[str, Mapping[str, str]]) -> bytes:
    """Context -> source -> translation as Qt's `.qm`: messages, and where each lies, by the hash of its source."""
    index: list[tuple[int, int]] = []
    messages = b""
    for context, pairs in texts.items():
        for source, text in pairs.items():
            index.append((_elf_hash(source.encode()), len(messages)))
            messages += _part(_TRANSLATION, text.encode("utf-16-be"))
            messages += _part(_SOURCE, source.encode()) + _part(_CONTEXT, context.encode()) + bytes([_END])
    hashes = b"".join(struct.pack(">II", *entry) for entry in sorted(index))
    return _MAGIC + _part(_HASHES, hashes) + _part(_MESSAGES, messages)


def _part(tag: int, content: bytes) -> bytes:
    return struct.pack(">BI", tag, len(content)) + content


def _elf_hash(source: bytes) -> int:
    value = 0
    for byte in source:
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ (high >> 24)) & ~high
    return value or 1


@cache
def _indonesian() -> bytes:
    """Kept for as long as the program runs: Qt reads in these very bytes."""
    return qm(json.loads(resource("qt", "id.json").read_text("utf-8")))


class QtTexts(QTranslator):
    """Qt's texts in Indonesian."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.load(_indonesian())


def speak(app: QApplication, language: Language) -> None:
    """Qt's texts, numbers and dates in this language."""
    QLocale.setDefault(QLocale("id_ID" if language == "id" else "en_GB"))
    spoken = app.findChild(QtTexts)
    if language == "id" and spoken is None:
        app.installTranslator(QtTexts(app))
    elif language == "en" and spoken is not None:
        app.removeTranslator(spoken)
        spoken.setParent(None)
