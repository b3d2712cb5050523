# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk in a process of its own in which canaries are typed into every form: `python typist.py JOB.json`.

The job says which desk, where it lies, what its pages are about and how the process ends: `crash` kills it with the
last form unsaved, `lock` locks the desk, `first` is the first run. What was typed where goes to standard output, one
JSON document for each page. The test reads the log, and all that is left on the disk.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from trafficwatch.app import make_door
from trafficwatch.models.fields import Side
from trafficwatch.models.migration import Stage
from trafficwatch.ui.gallery.stage import await_event
from trafficwatch.ui.shell import crash
from trafficwatch.ui.shell.frame import DeskFrame
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.shell.unlock import UnlockPage
from trafficwatch.ui.shell.window import Shell
from trafficwatch.ui.widgets.printing import draw

WORD = "Kenarilampungmerah"
"""Long enough to be nowhere by chance, in any spelling."""
Editor = QLineEdit | QPlainTextEdit


class Typist:
    """Types, and remembers what where."""

    def __init__(self, job: dict[str, Any], shell: Shell, tasks: Tasks) -> None:
        self.job, self.shell, self.tasks = job, shell, tasks
        self.number = 0
        self.expects_bugs = False
        self._hook = crash.hook(lambda: shell)

    # -- typing --------------------------------------------------------------------------------------------------------

    def fill(self, where: QWidget, done: set[int] | None = None) -> list[str]:
        """A canary of its own into every editor that takes one, seen or not; passwords too."""
        typed = []
        for editor in [*where.findChildren(QLineEdit), *where.findChildren(QPlainTextEdit)]:
            if not editor.isEnabled() or editor.isReadOnly() or (done is not None and id(editor) in done):
                continue
            self.number += 1
            canary = f"{WORD}{self.number:03}"
            before = _text(editor)
            QTest.keyClicks(editor, canary)
            if canary in _text(editor) and canary not in before:
                typed.append(canary)
        self.settle()
        return typed

    def caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """A bug as the program takes it; one that was not provoked ends the test."""
        if not self.expects_bugs:
            self.tell("bug", text="".join(traceback.format_exception(kind, error, trace)))
            os._exit(3)
        self._hook(kind, error, trace)

    def tell(self, what: str, **more: Any) -> None:
        sys.stdout.write(json.dumps({"what": what, **more}) + "\n")
        sys.stdout.flush()

    # -- waiting -------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        self.until(lambda: self.tasks.is_idle and not self._is_pausing())

    def until(self, is_so: Callable[[], bool]) -> None:
        QApplication.processEvents()
        while not is_so():
            await_event()
        QApplication.processEvents()

    def _is_pausing(self) -> bool:
        page = self.shell.frame.page if self.shell.frame is not None else None
        timers = page.findChildren(QTimer) if page is not None else []
        return any(timer.isActive() and timer.isSingleShot() for timer in timers)

    # -- the desk ------------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> DeskFrame:
        assert self.shell.frame is not None
        return self.shell.frame

    @property
    def page(self) -> Page:
        assert self.frame.page is not None
        return self.frame.page

    def unlock(self) -> None:
        """A wrong passphrase first, then the right one."""
        entrance = self.shell.centralWidget()
        assert isinstance(entrance, UnlockPage)
        self.tell("unlock", typed=self.fill(entrance))
        QTest.keyClick(entrance.passphrase.line, Qt.Key.Key_Return)
        self.settle()
        entrance.passphrase.clear()
        QTest.keyClicks(entrance.passphrase.line, self.job["passphrase"])
        QTest.keyClick(entrance.passphrase.line, Qt.Key.Key_Return)
        self.until(lambda: self.shell.frame is not None and self.frame.page is not None)
        self.settle()

    def visit(self, page: str, about: dict[str, Any]) -> None:
        """Go to a page, open what is folded, and fill it; leaving it keeps its draft."""
        self.frame.go(page, **about)
        self.settle()
        shown: list[str] = []
        for _ in self._stages(page):
            shown += self.fill(self.page)
        left = self.page.unsaved()
        kept = [] if left is None else [each for each in shown if each in json.dumps(dict(left.content))]
        self.tell("page", page=page, typed=shown, kept=kept)

    def _stages(self, page: str) -> Iterator[None]:
        """The forms of a page, one after the other."""
        if page == "screening":
            safe = dict.fromkeys(("place", "alone", "unheard", "language"), "yes")
            for step in (1, 3):
                self.page.restore({"step": step, "safety": safe})
                self.settle()
                yield
            return
        shown: Any = self.page
        match page:
            case "settings":
                shown.members.add.click()
            case "member" if shown.training is not None:
                shown.training.kinds.buttons()[0].click()
            case "journey":
                shown.steps.ask(Stage.POSTPONED)
            case "attachment":
                shown.open_export()
            case "follow_ups":
                shown._ask(shown._found.waiting[0].id)
            case "attachment_add":
                shown.take(Path(self.job["chosen"]) / self.job["evidence"])
        self.settle()
        yield

    def save_letter(self, place: Path, about: dict[str, Any]) -> None:
        """The letter of a referral into the chosen folder, through the dialog; and onto a printer that prints there."""
        self.frame.go("referral", **about)
        self.settle()
        paper = self.page.letter.paper  # type: ignore[attr-defined]
        paper.save.click()
        (dialog,) = [each for each in self.page.findChildren(QFileDialog) if each.isVisible()]
        dialog.setDirectory(str(place))
        edit = dialog.findChild(QLineEdit, "fileNameEdit")
        edit.setText("surat.pdf")
        QTest.keyClick(edit, Qt.Key.Key_Return)
        self.settle()
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(place / "cetak.pdf"))
        draw(paper._pdf, printer)

    def provoke(self) -> None:
        """Bugs with canaries in their texts, on the worker and here: what the crash dialog shows."""

        def on_the_worker(work: Any) -> None:
            person = self.job["person"]
            work.connection.exec_driver_sql("INSERT INTO person (id, name) VALUES (?, ?)", (person, WORD))

        def anywhere(_: Any) -> None:
            raise ValueError(WORD)

        self.expects_bugs = True
        for use_case in (on_the_worker, anywhere):
            self.tasks.work(self.shell, use_case, lambda _: None)
            self.until(lambda: self._crash() is not None)
            dialog = self._crash()
            assert dialog is not None
            texts = [each.toPlainText() for each in dialog.findChildren(QPlainTextEdit)]
            self.tell("crash", report="\n".join(texts))
            dialog.reject()
            self.until(lambda: self._crash() is None)
        self.expects_bugs = False

    def _crash(self) -> QDialog | None:
        found = (each for each in QApplication.topLevelWidgets() if isinstance(each, crash.CrashDialog))
        return next((each for each in found if each.isVisible()), None)


def _text(editor: Editor) -> str:
    return editor.text() if isinstance(editor, QLineEdit) else editor.toPlainText()


def at_the_desk(typist: Typist, job: dict[str, Any]) -> None:
    typist.unlock()
    for page, about in job["pages"]:
        typist.visit(page, about)
    if "letter" in job:
        typist.save_letter(Path(job["chosen"]), job["letter"])
    typist.provoke()
    page, about = job["pages"][-1]
    typist.frame.go(page, **about)
    typist.settle()
    typed = typist.fill(typist.page)
    if job["end"] == "crash":
        typist.until(lambda: not typist.frame._drafting.isActive())  # so long after the first key, by itself
        typist.settle()
    typist.tell("end", typed=typed)
    if job["end"] == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    typist.shell.lock()


def at_first(typist: Typist) -> None:
    """The first run, step by step, as far as it can be filled."""
    first = typist.shell.centralWidget()
    for step in range(3):
        typist.settle()
        typist.tell("first", step=step, typed=typist.fill(first))
        if step < 2:
            first._show(step + 1)  # type: ignore[attr-defined]
    os.kill(os.getpid(), signal.SIGKILL)


def main(job: dict[str, Any]) -> int:
    app = QApplication(["typist"])
    tasks = Tasks()
    door = make_door(
        Side(job["side"]),
        Path(job["folder"]),
        practice=False,
        settings_path=Path(job["settings"]),
        restart=lambda _: app.quit(),
    )
    shell = Shell(door, Settings(), tasks)
    typist = Typist(job, shell, tasks)
    sys.excepthook = typist.caught
    shell.show()
    act = at_first if job["end"] == "first" else (lambda each: at_the_desk(each, job))
    QTimer.singleShot(0, lambda: act(typist))
    code = app.exec()
    tasks.close()
    return code


if __name__ == "__main__":
    sys.exit(main(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
