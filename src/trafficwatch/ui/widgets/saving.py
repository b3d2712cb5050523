# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a file where somebody chose to: whole or not at all, and never into the store's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QIODevice, QSaveFile

from trafficwatch.errors import named


def save_bytes(store: Any, path: Path, content: bytes) -> None:
    """For the worker (`tasks.store`). Raises the FileErrors of `store.files`, which is loaded with every open store."""
    if path.resolve().is_relative_to(store.folder.resolve()):
        raise named("file_in_store", {"file": path.name})
    target = QSaveFile(str(path))
    is_open = target.open(QIODevice.OpenModeFlag.WriteOnly)
    if not is_open or target.write(QByteArray(content)) != len(content) or not target.commit():
        raise named("file_not_writable", {"file": path.name})
