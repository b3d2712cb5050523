# SPDX-License-Identifier: GPL-3.0-or-later
"""A page: a title, notices, a scrolling body, and a footer with its one primary button, always in sight.

One page lives at a time; going elsewhere ends it, and what it held unsaved is kept as a draft by the shell. A page is
built in the language and look of the moment. Subclasses fill `body` in `__init__` and load in `enter(**about)`.

Keys: Enter goes to the next field or presses the button it stands on; Ctrl+Enter presses the primary button; Esc goes
back; Page Up and Page Down scroll.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from trafficwatch.errors import ExpectedError
from trafficwatch.texts import explain_error, t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, empty, label, set_role

T = TypeVar("T")
WIDTH = 980
"""Lines do not grow longer than this (pixels at 100 %): long lines are hard to read."""


class Saving:
    """Whether what a page held is in the store; told by the worker, asked by the draft that waits behind it."""

    def __init__(self) -> None:
        self.is_done = False

    def finish(self) -> None:
        self.is_done = True


class Page(QWidget):
    """Base of all pages. `name` is how others go there."""

    name: ClassVar[str] = ""
    is_wide: ClassVar[bool] = False
    """Whether the body may use the whole width (lists, tables)."""
    reads_outbox: ClassVar[bool] = False
    """Whether entering the page reads how far the records are on their way, and says so by `outbox_read`."""
    outbox_read = Signal(object)
    changed = Signal()
    """Something unsaved was typed: the shell keeps a draft soon."""
    settled = Signal()
    """What was typed is saved: its draft is no longer needed."""

    def __init__(self, desk: Desk, title: str, subtitle: str = "", *, can_go_back: bool = False) -> None:
        super().__init__()
        self.desk = desk
        self.draft_id: str | None = None
        self.saving = Saving()
        self.setProperty("box", "page")
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll, 1)
        inside = QWidget()
        inside.setProperty("box", "page")
        self._scroll.setWidget(inside)
        column = QHBoxLayout(inside)
        column.setContentsMargins(px(24), px(16), px(24), px(24))
        content = QWidget()
        if not self.is_wide:
            content.setMaximumWidth(px(WIDTH))
        column.addWidget(content, 1)
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(px(14))
        self._head(title, subtitle, can_go_back=can_go_back)
        self._pinned, self._notices = QVBoxLayout(), QVBoxLayout()
        for notices in (self._pinned, self._notices):
            notices.setSpacing(px(8))
            self.body.addLayout(notices)
        self._footer = QFrame()
        self._footer.setProperty("box", "footer")
        self._footer.hide()
        outer.addWidget(self._footer)
        self._primary: QPushButton | None = None

    def enter(self, **about: Any) -> None:
        """Load what the page is about; called once, when it is on the screen."""

    def where(self) -> dict[str, Any]:
        """What `enter` has to be told more, so that coming back shows the list as it was left."""
        return {}

    def unsaved(self) -> Unsaved | None:
        """What would be lost if the page closed now."""
        return None

    def restore(self, content: dict[str, Any]) -> None:
        """Take up a draft of this page, in addition to `enter`."""

    def failed(self, error: ExpectedError) -> None:
        """An expected error as three sentences at the top, told to a screen reader and scrolled to."""
        self.clear_notices()
        words = explain_error(error)
        self.tell(words["message"], Tone.DANGER, more=f"{words['safe']} {words['todo']}")

    def submit(
        self,
        use_case: Callable[[Any], T],
        done: Callable[[T], None],
        failed: Callable[[ExpectedError], None] | None = None,
    ) -> None:
        """Save what the page holds, and drop its draft in the same transaction.

        Whoever leaves or locks meanwhile gets no draft of it (`Saving`): taken up, it would be saved a second time.
        """
        from trafficwatch.village.drafts import drop

        saving, draft_id = self.saving, self.draft_id

        def saved(work: Any) -> T:
            value = use_case(work)
            if draft_id is not None:
                drop(work, draft_id)
            return value

        self.desk.tasks.work(self, saved, done, failed, committed=saving.finish)

    def tell(self, text: str, tone: Tone = Tone.OK, *, more: str = "") -> Notice:
        """A notice at the top of the page."""
        notice = Notice(text, tone, more=more)
        self._notices.addWidget(notice)
        notice.announce()
        self._scroll.verticalScrollBar().setValue(0)
        return notice

    def clear_notices(self) -> None:
        empty(self._notices)

    def pin(self, notices: Iterable[Notice]) -> None:
        """Notices that stay above all others, in place of those pinned before."""
        empty(self._pinned)
        for notice in notices:
            self._pinned.addWidget(notice)

    def footer(self, *others: QWidget, primary: QPushButton | None = None) -> None:
        """The pinned row: other buttons first, the primary one last, at the right."""
        row = QHBoxLayout(self._footer)
        row.setContentsMargins(px(24), px(10), px(24), px(10))
        row.setSpacing(px(10))
        row.addStretch(1)
        for other in others:
            row.addWidget(other)
        if primary is not None:
            set_role(primary, "primary")
            row.addWidget(primary)
            self._primary = primary
        self._footer.show()

    def show_widget(self, widget: QWidget) -> None:
        """Scroll until a widget is in sight."""
        self._scroll.ensureWidgetVisible(widget, 0, px(40))

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802, FBT001 - Qt's name
        moved = super().focusNextPrevChild(forward)
        focused = self.focusWidget()
        if moved and focused is not None and self._scroll.isAncestorOf(focused):
            self.show_widget(focused)
        return moved

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self._primary is not None and self._primary.isEnabled():
                self._primary.click()
        elif is_enter and isinstance(focused := self.focusWidget(), QAbstractButton):
            focused.click()
        elif is_enter and isinstance(focused, QLineEdit | QComboBox):
            self.focusNextPrevChild(True)  # noqa: FBT003 - Qt's signature
        elif event.key() == Qt.Key.Key_Escape:
            self.desk.back()
        elif event.key() in {Qt.Key.Key_PageDown, Qt.Key.Key_PageUp} and not event.modifiers():
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.value() + (bar.pageStep() if event.key() == Qt.Key.Key_PageDown else -bar.pageStep()))
        else:
            super().keyPressEvent(event)

    def _head(self, title: str, subtitle: str, *, can_go_back: bool) -> None:
        if can_go_back:
            back = button(t("shell.back"), self.desk.back, role="quiet", icon_name="back")
            self.body.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        is_stacked = look().zoom >= COMPACT_FROM
        row = QBoxLayout(QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight)
        row.setSpacing(px(12))
        self.title = label(title, "title")
        row.addWidget(self.title, 1, Qt.AlignmentFlag.AlignTop)
        self.corner = QBoxLayout(row.direction())
        self.corner.setSpacing(px(8))
        row.addLayout(self.corner)
        row.setAlignment(self.corner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(row)
        self.subtitle = label(subtitle, "soft")
        self.subtitle.setVisible(bool(subtitle))
        self.body.addWidget(self.subtitle)


PageClass = Callable[[Desk], Page]
"""What makes a page."""
