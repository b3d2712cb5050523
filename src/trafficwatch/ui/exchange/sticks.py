# SPDX-License-Identifier: GPL-3.0-or-later
"""The sticks that are plugged in, as a person knows them: by their label, and how much room they have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLocale, QStorageInfo

from trafficwatch.sync.ejecting import is_removable
from trafficwatch.texts import current_language, t


@dataclass(frozen=True, slots=True)
class Stick:
    """One drive that can be pulled out; a folder that was chosen instead has no `device`."""

    path: Path
    label: str
    free: int = 0
    total: int = 0
    device: str = ""
    is_locked: bool = False
    """It can only be read."""


def sticks() -> tuple[Stick, ...]:
    """All that are plugged in and can be looked into. For the worker: a drive that sleeps takes its time."""
    found = []
    for volume in QStorageInfo.mountedVolumes():
        path, device = Path(volume.rootPath()), bytes(volume.device().data()).decode(errors="replace")
        if volume.isValid() and volume.isReady() and is_removable(path, device):
            label = volume.name() or path.name or volume.rootPath()
            total, free = volume.bytesTotal(), volume.bytesAvailable()
            found.append(Stick(path, label, free, total, device, volume.isReadOnly()))
    return tuple(sorted(found, key=lambda stick: stick.label.casefold()))


def room_words(stick: Stick) -> str:
    """How much room a stick has."""
    if stick.is_locked:
        return t("usb.locked")
    return t("usb.room", free=_bytes(stick.free), total=_bytes(stick.total))


def _bytes(count: int) -> str:
    locale = QLocale("id_ID" if current_language() == "id" else "en_GB")
    return locale.formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
