# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking for files and folders without stopping the program (`desk.open_file` and its kin).

Qt's own dialog is used everywhere: it speaks our Indonesian, works by keyboard alone, looks the same on every laptop.
A file that exists is refused by the use case, so the dialog does not offer to overwrite it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def open_file(owner: QWidget, title: str, then: Callable[[Path], None], *, name: str = "", kinds: str = "") -> None:
    """One existing file; `kinds` is a pattern such as `*.twb`."""
    dialog = _dialog(owner, title, then, name, kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()


def save_file(owner: QWidget, title: str, then: Callable[[Path], None], *, name: str = "", kinds: str = "") -> None:
    """A file to write; `name` is what it will be called if nothing else is typed."""
    dialog = _dialog(owner, title, then, "", kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
    dialog.selectFile(name)
    dialog.open()


def open_folder(owner: QWidget, title: str, then: Callable[[Path], None], *, name: str = "", kinds: str = "") -> None:
    """A folder or stick."""
    dialog = _dialog(owner, title, then, name, kinds)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.open()


def _dialog(owner: QWidget, title: str, then: Callable[[Path], None], name: str, kinds: str) -> QFileDialog:
    dialog = QFileDialog(owner, title, str(Path(name or Path.home())))
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    if kinds:
        dialog.setNameFilter(kinds)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.finished.connect(lambda _: _forget(dialog))
    return dialog


def _forget(dialog: QFileDialog) -> None:
    """Where files were taken from and put may tell of a person: Qt would write it into a file of its own."""
    dialog.setHistory([])
    dialog.setDirectory(str(Path.home()))
    dialog.deleteLater()
