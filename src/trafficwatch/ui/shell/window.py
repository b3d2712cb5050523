# SPDX-License-Identifier: GPL-3.0-or-later
"""The window: first run or unlocking, then the desk, then locked again by ending the process.

It knows no store: `Door` is what `app` supplies. Locking keeps the open page's draft and place, then `Door.restart`
starts a fresh, locked program and this one ends, because only the end of a process clears its memory (design 3). The
desk locks by Ctrl+L, when nobody touches it, when the laptop sleeps or its session locks (`watch`), and by F12, which
also hides it (`hiding`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Side
from trafficwatch.texts import explain_error, set_language, t
from trafficwatch.ui.shell import hiding, paths
from trafficwatch.ui.shell.daily import DailyBackup
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.door import Door
from trafficwatch.ui.shell.frame import AT_LOCK, NOTHING_TYPED, DeskFrame
from trafficwatch.ui.shell.idle import Idle
from trafficwatch.ui.shell.qt_texts import speak
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import OpenStore, Tasks
from trafficwatch.ui.shell.unlock import UnlockPage
from trafficwatch.ui.shell.watch import Watch
from trafficwatch.ui.theme.icons import app_icon
from trafficwatch.ui.theme.look import ZOOMS, make_look, wear
from trafficwatch.ui.theme.palette import Tone

if TYPE_CHECKING:
    from trafficwatch.ui.shell.restore_steps import Kept
    from trafficwatch.village.backups import Contents
    from trafficwatch.village.drafts import Draft
    from trafficwatch.village.setup import SetupState

WIDTH, HEIGHT = 1180, 720
_HIDE = QKeyCombination(Qt.Key.Key_F12).toCombined()
_LOCK = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L).toCombined()


class Shell(QMainWindow):
    """The one window of the program."""

    def __init__(self, door: Door, settings: Settings, tasks: Tasks) -> None:
        super().__init__()
        self._door = door
        self._settings = settings
        self._tasks = tasks
        self._frame: DeskFrame | None = None
        self._desk: Desk | None = None
        self._is_leaving = False
        self._restore: Kept | None = None
        self._covered: QWidget | None = None
        self.setWindowIcon(app_icon())
        self.resize(WIDTH, HEIGHT)
        self._idle = Idle(self)
        self._idle.over.connect(self.lock)
        self._idle.soon.connect(self._warn)
        for keys, act in (
            ("Ctrl++", lambda: self._step_zoom(1)),
            ("Ctrl+=", lambda: self._step_zoom(1)),
            ("Ctrl+-", lambda: self._step_zoom(-1)),
            ("Ctrl+0", lambda: self._zoom(100)),
        ):
            QShortcut(QKeySequence(keys), self, act)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self._wear()
        if door.hidden:
            self._cover()
        if door.practice and not door.has_store():
            self._put(_Waiting())
            tasks.do(self, door.prepare, lambda _: self._show_entrance())
        else:
            self._show_entrance()

    @property
    def desk(self) -> Desk | None:
        """The unlocked desk."""
        return self._desk

    @property
    def frame(self) -> DeskFrame | None:
        return self._frame

    # -- the way in ----------------------------------------------------------------------------------------------------

    def _show_entrance(self) -> None:
        door = self._door
        if self._restore is not None:
            from trafficwatch.ui.shell.restore_page import RestorePage

            shown: QWidget = RestorePage(
                self._tasks,
                restoring=door.restoring,
                kept=self._restore,
                restored=self._restored,
                leave=self._leave_restoring,
                settings=self._settings,
                change=self.change,
            )
        elif door.has_store():
            words = t("shell.leave_practice" if door.practice else "shell.open_practice")
            shown = UnlockPage(
                self._tasks,
                unlock=self._opening(door.unlock),
                unlocked=lambda store: self._open_desk(findings=store.findings),
                recover=self._opening(door.recover),
                request=door.request,
                ways=door.ways(),
                practice_passphrase=door.practice_passphrase,
                settings=self._settings,
                change=self.change,
                other=(words, door.switch),
                restore=self._begin_restoring,
            )
        else:
            from trafficwatch.ui.shell.first_run import FirstRun

            earlier = self._covered or self.centralWidget()
            shown = FirstRun(
                self._tasks,
                side=door.side,
                found=self._founding,
                founded=lambda _, code: self._open_desk(code),
                practice=door.switch,
                restore=self._begin_restoring,
                settings=self._settings,
                change=self.change,
                places=door.places,
                kept=earlier.kept if isinstance(earlier, FirstRun) else None,
            )
        self._put(shown)

    def _begin_restoring(self) -> None:
        from trafficwatch.ui.shell.restore_steps import Kept

        if self._tasks.is_idle:  # the desk may be about to open
            self._restore = Kept()
            self._show_entrance()

    def _leave_restoring(self) -> None:
        self._restore = None
        self._show_entrance()

    def _restored(self, contents: Contents, was_new: bool) -> None:  # noqa: FBT001 - a callable has no keywords
        from trafficwatch.ui.exchange.moments import moment

        self._leave_restoring()
        entrance = self._covered or self.centralWidget()
        if isinstance(entrance, UnlockPage):
            more = t("restore.done_new") if was_new else t("restore.done_aside")
            entrance.tell(t("restore.done", at=moment(contents.made_at)), Tone.OK, more=more)

    def _put(self, widget: QWidget) -> None:
        """Fill the window; behind the cover, if that is what is seen."""
        if self._covered is None:
            self.setCentralWidget(widget)
        else:
            self._covered.deleteLater()
            self._covered = widget

    def _opening(self, opener: Callable[..., OpenStore]) -> Callable[..., OpenStore]:
        def job(*given: str) -> OpenStore:
            store = opener(*given)
            self._tasks.take(store)
            return store

        return job

    def _founding(self, *given: Any) -> tuple[OpenStore, str]:
        store, code = self._door.found(*given)
        self._tasks.take(store)
        return store, code

    # -- the desk ------------------------------------------------------------------------------------------------------

    def _open_desk(self, recovery_code: str = "", findings: Sequence[str] = ()) -> None:
        self._tasks.work(self, _read_state, lambda found: self._enter(*found, recovery_code, findings))

    def _enter(
        self, state: SetupState, today: str, left_open: Draft | None, recovery_code: str, findings: Sequence[str]
    ) -> None:
        entries, pages = self._door.pages(state.side)
        self._desk = Desk(
            tasks=self._tasks,
            state=state,
            settings=self._settings,
            today=today,
            go=self._go,
            back=lambda: self._frame.back() if self._frame else None,
            say=lambda _: None,
            change=self.change,
            lock=self.lock,
            open_file=paths.open_file,
            save_file=paths.save_file,
            open_folder=paths.open_folder,
            reread=self._reread,
        )
        self._wear()
        self._frame = DeskFrame(self._desk, entries, pages, findings)
        self._put(self._frame)
        self._start_idle()
        self._watch = Watch(self)
        self._watch.left.connect(self.lock)
        self._watch.listen(int(self.winId()))
        if recovery_code or not (state.recovery_checked or state.practice):
            self._frame.go_from_rail(entries[0].page)
            self._go("recovery", code=recovery_code)
        elif left_open is not None and left_open.form in pages:
            self._frame.go_from_rail(entries[0].page)
            self._go(left_open.form, draft=left_open)
        else:
            self._frame.go_from_rail(entries[0].page)
        if self._door.draft_lost and self._frame.page is not None:
            self._frame.page.tell(t("shell.draft_lost"), Tone.WARN)
        self._daily = DailyBackup(self, self._desk)
        if self._covered is not None:  # hidden while the store was being opened
            self.hide_quickly()

    def _go(self, page: str, /, **about: Any) -> None:
        if self._frame is not None:
            self._frame.go(page, **about)

    def _reread(self) -> None:
        def again(found: tuple[SetupState, str, Draft | None]) -> None:
            if self._desk is not None and self._frame is not None:
                self._desk.state, self._desk.today, _ = found
                self._frame.read_delivery()
                self._frame.again()

        self._tasks.work(self, _read_state, again)

    # -- settings ------------------------------------------------------------------------------------------------------

    def change(self, settings: Settings) -> None:
        """Take and keep other settings; what shows is built anew only if it would look different."""
        before, self._settings = self._settings, settings
        self._door.save_settings(settings)
        if self._desk is not None:
            self._desk.settings = settings
            self._start_idle()
        if self._frame is None and not self._tasks.is_idle:
            return  # the entrance is waiting for an answer: what was chosen shows with the desk
        if (before.language, before.theme, before.zoom) != (settings.language, settings.theme, settings.zoom):
            self._wear()
            if self._frame is not None:
                self._frame.rebuild()
            else:
                self._show_entrance()

    def _step_zoom(self, step: int) -> None:
        position = ZOOMS.index(self._settings.zoom) + step
        self._zoom(ZOOMS[min(max(position, 0), len(ZOOMS) - 1)])

    def _zoom(self, zoom: int) -> None:
        self.change(dataclasses.replace(self._settings, zoom=zoom))

    def _wear(self) -> None:
        app = QApplication.instance()
        side = self._desk.state.side if self._desk is not None else self._door.side
        set_language(self._settings.language)
        if isinstance(app, QApplication):
            speak(app, self._settings.language)
            wear(app, make_look(self._settings.theme, self._settings.zoom, is_ppt=side is Side.PPT))
        if self._covered is None:
            self.setWindowTitle(f"TrafficWatch · {t('shell.ppt_desk' if side is Side.PPT else 'shell.village_desk')}")

    # -- the way out ---------------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Keep the open page's draft, start a fresh locked program, and end this one."""
        if self._frame is not None:
            self._leave(lambda kept: self._door.restart(not kept, False))  # noqa: FBT003 - a callable has no keywords

    def hide_quickly(self) -> None:
        """Nothing of the desk is to be seen any more, and it locks; once more shows the locked page again."""
        if self._frame is not None:
            self._leave(lambda kept: self._door.restart(not kept, True))  # noqa: FBT003
        elif self._covered is None:
            self._cover()
            self.showMinimized()
        else:
            self._uncover()

    def _cover(self) -> None:
        hiding.put_away(self)
        self._covered = self.takeCentralWidget() or QWidget()
        self._covered.hide()
        self.setCentralWidget(hiding.Cover())
        hiding.disguise(self)

    def _uncover(self) -> None:
        covered, self._covered = self._covered, None
        if covered is not None:
            self.setCentralWidget(covered)
            covered.show()
        hiding.undisguise(self)
        self._wear()
        self.showNormal()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the open page's draft, then close."""
        if self._frame is None or self._is_leaving:
            event.accept()
            return
        event.ignore()
        self._leave(lambda _: QApplication.quit())

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The two keys that must work everywhere; a shortcut of this window would not in a dialog over it."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and not event.isAutoRepeat():
            act = {_HIDE: self.hide_quickly, _LOCK: self.lock}.get(event.keyCombination().toCombined())
            if act is not None:
                act()
                return True
        return False

    def failed(self, error: ExpectedError) -> None:
        """What could not be read is told on the entrance or the open page."""
        target = self._frame.page if self._frame is not None else self._covered or self.centralWidget()
        target.failed(error)  # type: ignore[union-attr]

    def _start_idle(self) -> None:
        self._idle.start(self._settings.lock_after)

    def _warn(self, soon: bool) -> None:  # noqa: FBT001 - a signal's argument
        if self._frame is not None:
            self._frame.warn(soon)

    def _leave(self, then: Callable[[bool], None]) -> None:
        """Nothing stays on the screen while the draft is kept; if it can't be kept, leaving goes before the draft."""
        if self._is_leaving:
            return
        self._is_leaving = True
        self._idle.stop()
        self._tasks.hurry()
        self.hide()
        hiding.put_away(self)
        left: tuple[Callable[[Any], None], bool] | None = None
        with suppress(Exception):  # a page with a bug must not keep the desk open
            left = self._frame.at_lock() if self._frame is not None else None
        if left is None:
            then(True)  # noqa: FBT003 - nothing was lost
            return
        keep, is_typed = left

        def last(kept: bool) -> None:  # noqa: FBT001 - an answer
            then(kept or not is_typed)

        def first(kept: bool) -> None:  # noqa: FBT001
            if kept:
                then(True)  # noqa: FBT003
            else:
                self._tasks.do(self, self._door.make_room, lambda _: self._tasks.attempt(self, keep, last))

        self._tasks.attempt(self, keep, first)


class _Waiting(QLabel):
    """What is shown while the practice village is made, and why it can't be."""

    def __init__(self) -> None:
        super().__init__(t("shell.preparing_practice"))
        self.setProperty("kind", "lead")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def failed(self, error: ExpectedError) -> None:
        self.setText("\n".join(explain_error(error).values()))


def _read_state(work: Any) -> tuple[SetupState, str, Draft | None]:
    """Where the desk stands, the day, and the draft of the page that was open when it locked."""
    from trafficwatch.village.drafts import drafts, drop
    from trafficwatch.village.setup import setup_state

    found = drafts(work)
    left_open = next((draft for draft in found if (draft.content or {}).get(AT_LOCK)), None)
    if left_open is not None and (left_open.content or {}).get(NOTHING_TYPED):
        drop(work, left_open.id)
    return setup_state(work), work.today, left_open
