# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking for a file: by keyboard, without stopping the program, and without a trace of where it was."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from trafficwatch.ui.shell.paths import save_file


def test_a_file_is_chosen_and_its_folder_is_not_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    secret = tmp_path / "Rujukan Yohanis"
    secret.mkdir()
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    chosen: list[Path] = []
    save_file(owner, "Simpan", chosen.append, name="surat.pdf", kinds="*.pdf")
    dialog = owner.findChild(QFileDialog)
    dialog.setDirectory(str(secret))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(chosen))
    assert chosen == [secret / "surat.pdf"]
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    written = [path.read_text("utf-8") for path in (tmp_path / "settings").rglob("*") if path.is_file()]
    assert not any("Yohanis" in text for text in written)
