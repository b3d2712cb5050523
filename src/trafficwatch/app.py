# SPDX-License-Identifier: GPL-3.0-or-later
"""The desks on the screen, built from real objects: the only place where windows and the store meet.

`run` starts a desk and gives the exit code. Qt comes first and alone: SQLAlchemy is imported on the worker thread while
the passphrase is being typed (start-up budget).
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from trafficwatch.models.fields import Side
from trafficwatch.ui.shell import crash
from trafficwatch.ui.shell import settings as settings_file
from trafficwatch.ui.shell.door import Door
from trafficwatch.ui.shell.entries import PPT, VILLAGE
from trafficwatch.ui.shell.rail import Entry
from trafficwatch.ui.shell.restoring import Restoring
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.shell.unlock import WAYS
from trafficwatch.ui.shell.window import Shell

if TYPE_CHECKING:
    from trafficwatch.store.work import Store
    from trafficwatch.ui.shell.page import Page, PageClass

VAULTS = ("vault.json", "vault.previous.json", "restoring")
PRACTICE = {Side.VILLAGE: "practice", Side.PPT: "practice-ppt"}
"""Folders of the practice stores, inside the folder of the real one."""
LOCKED = 75
"""Exit code of the event loop after which a fresh, locked program starts."""
NOBODY = "document"
"""What a hidden window's system is told of the program."""


@dataclass(frozen=True, slots=True)
class Next:
    """How the fresh program starts."""

    practice: bool
    draft_lost: bool = False
    hidden: bool = False


def run(
    side: Side,
    folder: Path,
    *,
    practice: bool = False,
    settings_path: Path,
    marks: Path | None = None,
    draft_lost: bool = False,
    hidden: bool = False,
    ready_fd: int | None = None,
) -> int:
    """Show a desk until it is closed or locked. `ready_fd` gets a line once the window has been painted.

    A `hidden` desk starts minimised behind a cover, under no name of ours.
    """
    _keep_memory_to_ourselves()
    gc.disable()  # for good, also while the last window ends: see ui.shell.garbage
    app = QApplication([NOBODY] if hidden else sys.argv[:1])
    app.setApplicationName(NOBODY if hidden else "TrafficWatch")
    tasks = Tasks()
    wanted: list[Next] = []

    def restart(following: Next) -> None:
        wanted.append(following)
        app.exit(LOCKED)

    place = folder / PRACTICE[side] if practice else folder
    door = make_door(
        side,
        place,
        practice=practice,
        settings_path=settings_path,
        marks=marks,
        restart=restart,
        draft_lost=draft_lost,
        hidden=hidden,
    )
    shell = Shell(door, _read_settings(settings_path), tasks)
    sys.excepthook = crash.hook(lambda: shell)
    if hidden:
        shell.showMinimized()
    else:
        shell.show()
        shell.raise_()
        shell.activateWindow()
    QTimer.singleShot(0, lambda: tasks.do(shell, _warm, lambda _: None))
    if ready_fd is not None:
        told = partial(os.write, ready_fd, b"ready\n")
        if hidden:  # nothing is painted
            QTimer.singleShot(0, told)
        else:
            FirstPaint(shell, told)
    code = app.exec()
    sys.excepthook = sys.__excepthook__
    tasks.close()
    if code != LOCKED:
        return code
    start_again(side, folder, wanted[-1], ready_fd=ready_fd)
    return 0


def make_door(
    side: Side,
    folder: Path,
    *,
    practice: bool,
    settings_path: Path,
    marks: Path | None = None,
    restart: Callable[[Next], None],
    draft_lost: bool = False,
    hidden: bool = False,
) -> Door:
    """What the window needs of the store in `folder`, without naming it."""

    def unlock(passphrase: str) -> Store:
        from trafficwatch.store import ballast
        from trafficwatch.store.unlock import open_store
        from trafficwatch.village.directory import renew_at_opening

        store = open_store(folder, passphrase, marks=marks)
        renew_at_opening(store)
        ballast.keep(folder)
        return store

    def recover(code: str, name: str, passphrase: str) -> Store:
        from trafficwatch.store.unlock import recover_store
        from trafficwatch.sync.escrow import settle
        from trafficwatch.village.founding import renew_passphrase

        store = recover_store(folder, code, marks=marks)
        try:
            renew_passphrase(store, name, passphrase)
            used = "escrow_used" if settle(store) else "sheet_used"
        finally:
            store.close()
        opened = unlock(passphrase)
        opened.findings = list(dict.fromkeys((used, *store.findings, *opened.findings)))
        return opened

    def request(target: Path) -> Any:
        from trafficwatch.sync import escrow

        return escrow.request(folder, target)

    def found(member: Any, code: str, name: str, is_practice: bool) -> tuple[Store, str]:  # noqa: FBT001
        from trafficwatch.village.founding import found_desk

        return found_desk(folder, member, side=side, code=code, name=name, practice=is_practice)

    def make_room() -> bool:
        from trafficwatch.store import ballast

        return ballast.release(folder)

    def places() -> Any:
        from trafficwatch.village.places import Places

        return Places.load()

    def prepare() -> None:
        from trafficwatch.cli.practice import found_practice

        if practice and not has_store(folder):
            found_practice(folder, side)

    from trafficwatch.cli.practice import PASSPHRASES

    return Door(
        side=side,
        practice=practice,
        has_store=lambda: has_store(folder),
        ways=lambda: ways(folder),
        prepare=prepare,
        unlock=unlock,
        recover=recover,
        request=request if side is Side.VILLAGE else None,
        found=found,
        restoring=_restoring(side, folder, marks, practice=practice),
        practice_passphrase=PASSPHRASES[side] if practice else None,
        switch=lambda: restart(Next(not practice)),
        pages=pages,
        places=places,
        make_room=make_room,
        save_settings=lambda chosen: _write_settings(settings_path, chosen),
        restart=lambda lost, hides: restart(Next(practice, draft_lost=lost, hidden=hides)),
        draft_lost=draft_lost,
        hidden=hidden,
    )


def _restoring(side: Side, folder: Path, marks: Path | None, *, practice: bool) -> Restoring:
    """What restores a backup into `folder`. All but the last two run on the worker, which imports."""

    def here() -> Any:
        from trafficwatch.village import backups

        return backups.found_here(folder)

    def find(place: Path) -> Any:
        from trafficwatch.village import backups

        return backups.found_in(place, folder)

    def look(backup: Path, secret: str, *, is_code: bool) -> Any:
        from trafficwatch.village import backups

        return backups.look(folder, backup, secret, is_code=is_code)

    def restore(backup: Path, secret: str, **options: Any) -> Any:
        from trafficwatch.village import backups

        return backups.restore(folder, backup, secret, marks=marks, **options)

    return Restoring(
        here=here,
        find=find,
        look=look,
        restore=restore,
        has_store=lambda: has_store(folder),
        fits=lambda contents: (contents.side, contents.practice) == (side.value, practice),
    )


def has_store(folder: Path) -> bool:
    return any((folder / name).exists() for name in VAULTS)


def ways(folder: Path) -> frozenset[str]:
    """The kinds of slots that the vault says it has: only for what the locked page offers, nothing is trusted."""
    try:
        untrusted = json.loads((folder / VAULTS[0]).read_bytes()[:65_536])
        return frozenset(str(slot["kind"]) for slot in untrusted["slots"])
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return WAYS


def pages(side: Side) -> tuple[Sequence[Entry], Mapping[str, PageClass]]:
    """The navigation of a desk, and all its pages by name."""
    from trafficwatch.ui.exchange.open_differences import OpenDifferencesPage
    from trafficwatch.ui.exchange.set_aside import SetAsidePage
    from trafficwatch.ui.exchange.usb import UsbPage
    from trafficwatch.ui.shell.backups_page import BackupsPage
    from trafficwatch.ui.shell.member_page import MemberPage
    from trafficwatch.ui.shell.panic_page import PanicPage
    from trafficwatch.ui.shell.recovery_page import RecoveryPage
    from trafficwatch.ui.shell.settings_page import SettingsPage
    from trafficwatch.ui.shell.trail_page import TrailPage
    from trafficwatch.ui.shell.trash_page import TrashPage
    from trafficwatch.ui.village.data_protection import DataProtectionPage
    from trafficwatch.ui.village.emergency import EmergencyPage

    found: list[type[Page]] = [
        BackupsPage,
        DataProtectionPage,
        EmergencyPage,
        MemberPage,
        OpenDifferencesPage,
        SetAsidePage,
        SettingsPage,
        RecoveryPage,
        TrailPage,
        TrashPage,
        PanicPage,
        UsbPage,
    ]
    if side is Side.PPT:
        from trafficwatch.ui.ppt.bring_back import BringBackPage
        from trafficwatch.ui.ppt.care_policy import CarePolicyPage
        from trafficwatch.ui.ppt.case import CasePage
        from trafficwatch.ui.ppt.cases import CasesPage
        from trafficwatch.ui.ppt.differences import DifferencesPage
        from trafficwatch.ui.ppt.directory import DirectoryPage
        from trafficwatch.ui.ppt.escrow import EscrowPage
        from trafficwatch.ui.ppt.inbox import InboxPage
        from trafficwatch.ui.ppt.institution import InstitutionPage
        from trafficwatch.ui.ppt.own_record import OwnRecordPage
        from trafficwatch.ui.ppt.questionnaires import QuestionnairesPage
        from trafficwatch.ui.ppt.second_reading import SecondReadingPage
        from trafficwatch.ui.ppt.serve import ServePage
        from trafficwatch.ui.ppt.villages import VillagesPage
        from trafficwatch.ui.village.attachment import AttachmentPage
        from trafficwatch.ui.village.attachments import AttachmentsPage

        found += [BringBackPage, CasePage, CasesPage, EscrowPage, InboxPage, QuestionnairesPage, VillagesPage]
        found += [DifferencesPage, SecondReadingPage, OwnRecordPage, CarePolicyPage, ServePage]
        found += [DirectoryPage, InstitutionPage, AttachmentPage, AttachmentsPage]
        return PPT, {page.name: page for page in found}
    from trafficwatch.ui.village.pages import PAGES as VILLAGE_PAGES

    found += VILLAGE_PAGES
    return VILLAGE, {page.name: page for page in found}


def start_again(side: Side, folder: Path, following: Next, *, ready_fd: int | None = None) -> None:
    """Start a fresh program on the same store, detached from this one."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "trafficwatch.cli"]
    flags = {"--practice": following.practice, "--draft-lost": following.draft_lost, "--hidden": following.hidden}
    chosen = [name for name, is_set in flags.items() if is_set]
    arguments = ["--store", str(folder), *chosen, *(["ppt"] if side is Side.PPT else [])]
    if sys.platform == "win32":
        detached = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        subprocess.Popen([*program, *arguments], creationflags=detached)
        return
    handed_on = () if ready_fd is None else (ready_fd,)
    arguments = [*(["--ready-fd", str(ready_fd)] if handed_on else []), *arguments]
    subprocess.Popen([*program, *arguments], pass_fds=handed_on, start_new_session=True)


class FirstPaint(QObject):
    """Calls once, after a window has been painted for the first time."""

    def __init__(self, window: QWidget, then: Callable[[], object]) -> None:
        super().__init__(window)
        self._then = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return False


def _warm() -> None:
    """Import on the worker what the desk needs once it is unlocked."""
    import trafficwatch.store.unlock
    import trafficwatch.village.setup  # noqa: F401


def _keep_memory_to_ourselves() -> None:
    """No core dump and no other program of the same user may read our memory (Linux: PR_SET_DUMPABLE 0)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)


def _read_settings(path: Path) -> Settings:
    try:
        return settings_file.decode(path.read_bytes()[:65_536])
    except OSError:
        return Settings()


def _write_settings(path: Path, settings: Settings) -> None:
    """A choice that can't be kept holds until the program ends; nobody is stopped by it."""
    from contextlib import suppress

    from trafficwatch.errors import FileError
    from trafficwatch.store.files import write_whole

    with suppress(OSError, FileError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, settings_file.encode(settings))
