# SPDX-License-Identifier: GPL-3.0-or-later
"""An unlocked desk on the screen: rail, the one live page, status line; who was where, and what was left unsaved.

A page that is left with something unsaved gets a draft in the store; going back shows it as it was left. `rebuild`
makes everything anew after a change of language, theme or zoom. Locking keeps also where on the page somebody was; of a
page without anything unsaved only that and which records it was about.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.fields import Side
from trafficwatch.texts import t
from trafficwatch.ui.exchange.network import network_of
from trafficwatch.ui.shell import focus
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.findings import Findings
from trafficwatch.ui.shell.page import Page, PageClass, Saving
from trafficwatch.ui.shell.rail import Entry, Rail
from trafficwatch.ui.shell.status import StatusLine
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import empty, label, picture

if TYPE_CHECKING:
    from trafficwatch.sync.outbox import Outbox

DRAFT_AFTER = 1_500
"""Milliseconds from the first unsaved key to the draft."""
ABOUT = "about"
"""Says, in a draft, what its page was about: without it a known person's form would come back as someone new."""
AT_LOCK = "at_lock"
"""Marks, in a draft, the page that was open when the desk locked."""
FOCUS = "focus"
"""Says, in such a draft, where on the page somebody was."""
NOTHING_TYPED = "nothing_typed"
"""Marks such a draft when there was nothing unsaved on the page: it is used once and never offered."""


@dataclass(slots=True)
class Visit:
    """A page that was shown: what it is about, and what was left unsaved on it."""

    page: str
    about: dict[str, Any]
    content: dict[str, Any] | None = None
    draft_id: str | None = None
    was_open: bool = False
    place: focus.Place | None = None
    is_edited: bool = False
    is_settled: bool = False
    saving: Saving = field(default_factory=Saving)

    @property
    def is_over(self) -> bool:
        """What was typed is saved: there is nothing to come back to."""
        return self.is_settled or self.saving.is_done

    def is_same(self, other: Visit) -> bool:
        """Whether it is the same page about the same records, whatever it showed of them."""
        mine, theirs = ({name: of for name, of in each.about.items() if name.endswith("_id")} for each in (self, other))
        return self.page == other.page and mine == theirs and self.content is None


class DeskFrame(QWidget):
    """Rail, page and status line of one desk; `pages` maps a name to its class, `findings` is `Store.findings`."""

    def __init__(
        self, desk: Desk, entries: Sequence[Entry], pages: Mapping[str, PageClass], findings: Iterable[str] = ()
    ) -> None:
        super().__init__()
        self._desk = desk
        self._entries = entries
        self._pages = pages
        self._findings = Findings(findings)
        self._history: list[Visit] = []
        self._page: Page | None = None
        self._drafting = QTimer(self)
        self._drafting.setSingleShot(True)
        self._drafting.setInterval(DRAFT_AFTER)
        self._drafting.timeout.connect(self._keep_draft)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._build()
        if desk.state.side is Side.VILLAGE:
            network = network_of(desk)
            network.changed.connect(lambda _: self._status.show_network(network.words()))
            network.came.connect(self.read_delivery)
            network.look()

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        return self._page

    @property
    def status(self) -> StatusLine:
        return self._status

    def go(self, page: str, /, **about: Any) -> None:
        """Show a page; `draft` in `about` is a `village.drafts.Draft` of it to take up again."""
        self._leave()
        draft = about.pop("draft", None)
        visit = Visit(page, about)
        if draft is not None:
            content = dict(draft.content or {})
            visit.was_open, visit.place = content.pop(AT_LOCK, False), content.pop(FOCUS, None)
            visit.about = {**content.get(ABOUT, {}), **about}
            if content.pop(NOTHING_TYPED, False):
                visit.was_open = False
            else:
                visit.content, visit.draft_id = content, draft.id
        was_saved = bool(self._history) and self._history[-1].is_over
        self._history = [each for each in self._history if not each.is_over]
        if was_saved and self._history and self._history[-1].is_same(visit):
            self._history.pop()  # the page that opened the form is shown anew, not twice
        self._history.append(visit)
        self._show(visit)

    def go_from_rail(self, page: str) -> None:
        """A fresh start from the navigation: there is nothing to go back to."""
        self._leave()
        self._history.clear()
        self.go(page)

    def back(self) -> None:
        """The page before this one, as it was left; from the first page nowhere."""
        earlier = [each for each in self._history[:-1] if not each.is_over]
        if not earlier:
            return
        self._leave()
        self._history = earlier
        self._show(earlier[-1])

    def again(self) -> None:
        """The present page anew, e.g. after who we are has changed."""
        self._leave()
        if self._history:
            self._show(self._history[-1])

    def rebuild(self) -> None:
        """Everything anew in the language and look of now; the focus stays where it was, as far as that can be."""
        place = focus.place_on(self._page) if self._page is not None else None
        self._leave()
        empty(self._outer)
        self._page = None
        self._build()
        if self._history:
            self._history[-1].place = place
            self._show(self._history[-1])

    def unsaved(self) -> tuple[str, Unsaved, str] | None:
        """The present page's name, what it holds unsaved, and the id of its draft."""
        if self._page is None or self._history[-1].is_over:
            return None
        found = self._page.unsaved()
        if found is None:
            return None
        self._page.draft_id = self._page.draft_id or str(uuid.uuid4())
        content = {ABOUT: self._history[-1].about, **found.content}
        return self._page.name, replace(found, content=content), self._page.draft_id

    def at_lock(self) -> tuple[Callable[[Any], None], bool] | None:
        """What keeps the present page for after the lock, and whether anything typed is in it; None if nothing is."""
        page, visit = self._page, self._history[-1] if self._history else None
        if page is None or visit is None or visit.is_over:
            return None
        page.draft_id = page.draft_id or str(uuid.uuid4())
        left = self.unsaved()
        is_typed = left is not None
        if left is None:  # ids only: what else a page was told may be a name or a code
            ids = {name: value for name, value in visit.about.items() if name.endswith("_id")}
            content = {ABOUT: ids, NOTHING_TYPED: True}
            left = page.name, Unsaved(content, case_text=self._desk.state.trained), page.draft_id
        saving, keep = visit.saving, keep_draft(*left, at_lock=True, place=focus.place_on(page))

        def unless_saved(work: Any) -> None:
            """The save that was under way may have succeeded meanwhile."""
            if not saving.is_done:
                keep(work)

        return unless_saved, is_typed

    def warn(self, soon: bool) -> None:  # noqa: FBT001 - a signal's argument
        """Say that the desk will lock soon, or take it back."""
        self._soon.setVisible(soon)
        if soon:
            said = QAccessibleAnnouncementEvent(self._soon, self._soon.accessibleName())
            said.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(said)

    def read_delivery(self) -> None:
        """Ask how far the records are on their way to the PPT; a PPT has no one to send to yet."""
        from trafficwatch.sync.outbox import outbox

        if self._desk.state.side is Side.VILLAGE:
            self._desk.tasks.work(self, outbox, self._show_delivery, slot="delivery")

    def _show_delivery(self, found: Outbox) -> None:
        self._is_delivery_known = True
        self._status.show_delivery(found)

    # -- building ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        desk, is_compact = self._desk, look().zoom >= COMPACT_FROM
        if desk.state.practice:
            self._outer.addWidget(_strip(t("shell.practice"), Tone.WARN, "practice"))
        middle = QWidget()
        row: QBoxLayout = QVBoxLayout(middle) if is_compact else QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        words = t("shell.ppt_desk") if desk.state.side is Side.PPT else t("shell.village_desk")
        place = desk.state.name.partition(",")[0]
        self._rail = Rail(self._entries, self.go_from_rail, desk.lock, desk_words=words, place=place)
        row.addWidget(self._rail)
        self._holder = QVBoxLayout()
        self._holder.setContentsMargins(0, 0, 0, 0)
        row.addLayout(self._holder, 1)
        self._outer.addWidget(middle, 1)
        self._soon = _strip(t("shell.locks_soon"), Tone.WARN, "lock")
        self._soon.hide()
        self._outer.addWidget(self._soon)
        self._status = StatusLine(desk.tasks)
        self._is_delivery_known = False
        self._outer.addWidget(self._status)
        desk.say = self._status.say

    def _show(self, visit: Visit) -> None:
        page = self._pages[visit.page](self._desk)
        page.draft_id = visit.draft_id
        visit.saving = page.saving
        page.changed.connect(self._changed)
        page.settled.connect(self._settled)
        page.outbox_read.connect(self._show_delivery)
        self._put(page)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        page.enter(**visit.about)
        if visit.content is not None:
            page.restore(visit.content)
        if visit.was_open:
            self._drafting.start()  # keeps it again, no longer marked as the page to show after unlocking
            visit.was_open = False
        if visit.place is not None:
            place, visit.place = visit.place, None
            focus.Return(page, place, self._desk.tasks)
        if not (self._is_delivery_known or page.reads_outbox):
            self.read_delivery()

    def place(self, page: Page) -> None:
        """Put a page that was made elsewhere into the frame."""
        self._put(page)
        self.read_delivery()

    def _put(self, page: Page) -> None:
        self._page = page
        self._holder.addWidget(page)
        self._rail.point_to(page.name)
        self._findings.show_on(page)
        page.show()

    def _leave(self) -> None:
        """Keep what the present page holds, and end the page."""
        if self._page is None:
            return
        page, visit = self._page, self._history[-1]
        visit.content = None
        visit.about |= page.where()
        if (left := self.unsaved()) is not None:
            visit.content = dict(left[1].content)
            self._keep_draft()
        elif visit.is_edited and not visit.is_over and page.draft_id is not None:
            self._drop(page.draft_id)  # all that was typed was taken back
            page.draft_id = None
        self._drafting.stop()
        visit.draft_id = page.draft_id
        self._page = None
        self._holder.removeWidget(page)
        self._desk.tasks.forget(page)
        page.hide()
        page.deleteLater()

    # -- drafts --------------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        visit = self._history[-1]
        visit.is_settled, visit.is_edited = False, True
        if self._page is not None and visit.saving.is_done:
            self._page.saving = visit.saving = Saving()
        if not self._drafting.isActive():
            self._drafting.start()

    def _keep_draft(self) -> None:
        if (left := self.unsaved()) is None:
            return
        saving = self._history[-1].saving
        keep = keep_draft(*left)

        def unless_saved(work: Any) -> bool:
            """The save that was under way may have succeeded meanwhile."""
            if not saving.is_done:
                keep(work)
            return not saving.is_done

        self._desk.tasks.work(self, unless_saved, lambda kept: self._desk.say(t("shell.draft_kept")) if kept else None)

    def failed(self, error: Any) -> None:
        """A draft that could not be kept is told on the page."""
        if self._page is not None:
            self._page.failed(error)

    def _settled(self) -> None:
        QTimer.singleShot(0, self, self.read_delivery)  # after what the next page reads
        self._drafting.stop()
        visit = self._history[-1]
        visit.is_settled = True
        if self._page is None or self._page.draft_id is None:
            return
        draft_id, self._page.draft_id = self._page.draft_id, None
        self._drop(draft_id)

    def _drop(self, draft_id: str) -> None:
        from trafficwatch.village.drafts import drop

        self._desk.tasks.work(self, lambda work: drop(work, draft_id), lambda _: None)


def keep_draft(
    page: str, left: Unsaved, draft_id: str, *, at_lock: bool = False, place: focus.Place | None = None
) -> Callable[[Any], str]:
    """The use case that keeps a page's draft; `at_lock` marks the one to show again after unlocking, at `place`."""
    from trafficwatch.village.drafts import keep

    content = {**left.content, AT_LOCK: True, FOCUS: place} if at_lock else left.content
    return lambda work: keep(work, page, content, subject=left.subject, draft_id=draft_id, case_text=left.case_text)


def _strip(text: str, tone: Tone, icon_name: str) -> QFrame:
    made = QFrame()
    made.setProperty("box", "strip")
    made.setProperty("tone", tone.value)
    row = QHBoxLayout(made)
    row.setContentsMargins(px(16), px(4), px(16), px(4))
    row.setSpacing(px(8))
    row.addWidget(picture(icon_name, 18, look().colours.tone(tone).ink))
    row.addWidget(label(text), 1)
    made.setAccessibleName(text)
    return made
