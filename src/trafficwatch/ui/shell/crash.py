# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bug looks like: a calm dialog, and a report without anything personal.

The report holds the kind of exception and where it came from (file, line, function of ours), never its text: a text may
hold a name. What was saved is safe, because every change is a transaction; what is being typed stays on the page.
"""

from __future__ import annotations

import platform
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from trafficwatch import __version__
from trafficwatch.texts import t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.widgets.parts import button, label, row

ExceptHook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def report(kind: type[BaseException], trace: TracebackType | None) -> str:
    """What developers need and nobody is harmed by."""
    head = f"TrafficWatch {__version__}, Python {platform.python_version()}, {platform.system()}"
    places = (f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace))
    return "\n".join([head, kind.__name__, *places])


def hook(parent: Callable[[], QWidget | None]) -> ExceptHook:
    """An exception hook that shows the dialog over a window; of several bugs at once only the first is shown."""

    def show(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(130)
            return
        if not any(isinstance(each, CrashDialog) and each.isVisible() for each in QApplication.topLevelWidgets()):
            dialog = CrashDialog(report(kind, trace), parent())
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    return show


class CrashDialog(QDialog):
    """Says that something went wrong, what is safe, and offers the report to copy."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(t("shell.crash_title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(18), px(20), px(16))
        column.setSpacing(px(12))
        column.addWidget(label(t("shell.crash_title"), "heading"))
        column.addWidget(label(t("shell.crash_text")))
        details = QPlainTextEdit(text)
        details.setReadOnly(True)
        details.setTabChangesFocus(True)
        details.setAccessibleName(t("shell.crash_report"))
        details.setMinimumHeight(px(90))
        column.addWidget(details, 1)
        go_on = button(t("shell.crash_go_on"), self.accept, role="primary")
        copy = button(t("shell.crash_copy"), lambda: QApplication.clipboard().setText(text))
        column.addLayout(row(copy, go_on))
        go_on.setDefault(True)
        go_on.setFocus()
        self.resize(px(520), px(370))
