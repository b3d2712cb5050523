# SPDX-License-Identifier: GPL-3.0-or-later
"""Double cards: pairs that may be of one person, the most likely first, and the merges so far.

The whole register is looked through once, on the worker, when the page opens; a bar says how far it is, and it can be
stopped. A human being decides each pair: the same person (then which card stays, with what will happen), two people, or
later. Both decisions can be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.registry.duplicates import Likely, Pair, ask_again, keep_apart, look, pairs
from trafficwatch.registry.merging import Merged, PastMerge, Unmerged, merge, merges, preview, unmerge
from trafficwatch.texts import current_language, t
from trafficwatch.texts.trail import field_words
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.duplicate_parts import MergeForm, PairCard
from trafficwatch.ui.village.register_tabs import RegisterTabs
from trafficwatch.ui.widgets.lines import Pager
from trafficwatch.ui.widgets.parts import button, card, empty, label, rule
from trafficwatch.ui.widgets.progress import Progress
from trafficwatch.ui.widgets.tab_order import put_in_order

ROWS = 5


@dataclass(slots=True)
class Search:
    """One look through the register; told from the UI thread that it is no longer wanted."""

    is_cancelled: bool = False


class DuplicatesPage(Page):
    """Cards that may be of one person."""

    name = "duplicates"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("duplicates.title"), t("duplicates.subtitle"))
        self.body.addWidget(RegisterTabs(self))
        self._search = Search()
        self._likely: tuple[Likely, ...] = ()
        self._offset = self._past_offset = 0
        self._merges: tuple[PastMerge, ...] = ()
        self.form: MergeForm | None = None
        self.progress = Progress()
        self.body.addWidget(self.progress)
        self._list = QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        self.count = label("", "soft")
        column.addWidget(self.count)
        self._rows = _below(column, 14)
        self.pager = Pager(ROWS)
        self.pager.turned.connect(self._turn)
        column.addWidget(self.pager)
        self.again = button(t("duplicates.again"), self.look, icon_name="refresh")
        column.addLayout(side_by_side(self.again))
        self._past, past = card(t("duplicates.past"), t("duplicates.past_what"))
        self._past_rows = _below(past, 12)
        self.past_pager = Pager(ROWS)
        self.past_pager.turned.connect(self._turn_past)
        past.addWidget(self.past_pager)
        column.addWidget(self._past)
        self._list.hide()
        self.body.addWidget(self._list)
        self._place = _below(self.body, 0)
        self.body.addStretch(1)
        self.leave = button(t("duplicates.leave"), self.close_form)
        self.now = button(t("duplicates.merge_now"), self._merge, role="primary", icon_name="link")
        self.footer(self.leave, primary=self.now)
        self._footer.hide()
        self.destroyed.connect(self._stopper(self._search))

    def enter(self, **_: Any) -> None:
        self.look()

    # -- looking -------------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Look through the whole register."""
        self._search.is_cancelled = True
        search = self._search = Search()
        self.destroyed.connect(self._stopper(search))
        self._list.hide()
        self.clear_notices()
        self.progress.begin(100, self._far, self._stopper(search))
        told = self.desk.tasks.teller(self, self._told)

        def read(work: Any) -> tuple[tuple[Likely, ...] | None, tuple[PastMerge, ...]]:
            return look(work, told, lambda: search.is_cancelled), merges(work)

        self.desk.tasks.work(self, read, self._looked, self._failed, slot="look")

    @staticmethod
    def _stopper(search: Search) -> Any:
        def stop(*_: object) -> None:
            search.is_cancelled = True

        return stop

    @staticmethod
    def _far(done: int, total: int) -> str:
        return t("duplicates.looking", percent=done * 100 // max(1, total))

    def _told(self, done: int, total: int) -> None:
        self.progress.step(done * 100 // max(1, total))

    def _looked(self, found: tuple[tuple[Likely, ...] | None, tuple[PastMerge, ...]]) -> None:
        self.progress.end()
        likely, self._merges = found
        self._likely, self._offset, self._past_offset = likely or (), 0, 0
        self.count.setVisible(likely is not None)
        if likely is None:
            self.tell(t("duplicates.stopped"), Tone.INFO)
        self._show_past()
        self._turn(0)

    def _turn(self, offset: int) -> None:
        """Show the pairs from here; after the last one of a page was decided, those before."""
        last = max(0, len(self._likely) - 1) // ROWS * ROWS
        self._offset = min(offset, last)
        wanted = self._likely[self._offset : self._offset + ROWS]
        self.desk.tasks.work(self, lambda work: pairs(work, wanted), self._show, slot="pairs")

    def _show(self, found: tuple[Pair, ...]) -> None:
        empty(self._rows)
        total = len(self._likely)
        for pair in found:
            self._rows.addWidget(self._card(pair))
        number = QLocale(current_language()).toString
        self.count.setText(t("duplicates.count", total=number(total)) if total else t("duplicates.empty"))
        self.pager.put(self._offset, len(self._likely[self._offset : self._offset + ROWS]), total)
        self._list.setVisible(self.form is None)
        put_in_order(self)

    def _card(self, pair: Pair) -> PairCard:
        return PairCard(pair, lambda: self.open_form(pair), lambda: self._apart(pair), lambda: self._put_off(pair))

    # -- deciding ------------------------------------------------------------------------------------------------------

    def _apart(self, pair: Pair) -> None:
        first, second, before = pair.first.id, pair.second.id, self._likely
        self.clear_notices()

        def back() -> None:
            self._likely = before
            self.desk.tasks.work(self, lambda work: ask_again(work, first, second), lambda _: self._taken_back())

        def decided(_: object) -> None:
            self._drop(lambda each: {each.first, each.second} == {first, second})
            told = self.tell(t("duplicates.kept_apart"), Tone.OK)
            told.add_action(t("duplicates.undo"), back)

        self.desk.tasks.work(self, lambda work: keep_apart(work, first, second), decided)

    def _taken_back(self) -> None:
        self.clear_notices()
        self._turn(self._offset)

    def _put_off(self, pair: Pair) -> None:
        self._drop(lambda each: (each.first, each.second) == (pair.first.id, pair.second.id))

    def _drop(self, is_done: Any) -> None:
        self._likely = tuple(each for each in self._likely if not is_done(each))
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._turn(self._offset)

    def open_form(self, pair: Pair, reason: str = "", keep: str = "") -> None:
        """Ask which card stays."""
        self.close_form()
        self.clear_notices()
        form = self.form = MergeForm(pair)
        form.keep.choose(keep or pair.first.id)
        form.reason.setText(reason)
        form.edited.connect(self.changed)
        form.chosen.connect(self._ahead)
        self._place.addWidget(form)
        self._list.hide()
        self._footer.show()
        self.now.setEnabled(False)
        put_in_order(self)
        form.begin()
        form.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_form(self) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
            self._footer.hide()
            self._list.show()
            self.settled.emit()
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self.form is not None:
            self.close_form()
        else:
            super().keyPressEvent(event)

    def _ahead(self, keep: str, other: str) -> None:
        self.now.setEnabled(False)
        self.desk.tasks.work(self, lambda work: preview(work, keep, other), self._show_ahead, slot="ahead")

    def _show_ahead(self, found: Merged) -> None:
        if self.form is not None:
            self.form.show_ahead(found)
            put_in_order(self)
            self.now.setEnabled(True)

    def _merge(self) -> None:
        if self.form is None or not self.form.may_merge():
            return
        keep, other = self.form.wanted
        reason = self.form.reason.text().strip()
        self.now.setEnabled(False)

        def act(work: Any) -> tuple[PastMerge, ...]:
            merge(work, keep, other, reason)
            return merges(work)

        def merged(found: tuple[PastMerge, ...]) -> None:
            self._merges = found
            self.close_form()
            self._show_past()
            self._drop(lambda each: other in {each.first, each.second})
            told = self.tell(t("duplicates.merged"), Tone.OK, more=t("duplicates.merged_more"))
            told.add_action(t("duplicates.open"), lambda: self.desk.go("resident", person_id=keep))
            self.desk.say(t("duplicates.merged"))

        self.submit(act, merged, self._failed)

    def _failed(self, error: ExpectedError) -> None:
        self.progress.end()
        self.now.setEnabled(self.form is not None)
        self.failed(error)

    # -- merges so far -------------------------------------------------------------------------------------------------

    def _turn_past(self, offset: int) -> None:
        self._past_offset = offset
        self._show_past()

    def _show_past(self) -> None:
        empty(self._past_rows)
        self._past_offset = min(self._past_offset, max(0, len(self._merges) - 1) // ROWS * ROWS)
        shown = self._merges[self._past_offset : self._past_offset + ROWS]
        for number, each in enumerate(shown):
            if number:
                self._past_rows.addWidget(rule())
            self._past_rows.addWidget(self._past_row(each))
        self.past_pager.put(self._past_offset, len(shown), len(self._merges))
        self._past.setVisible(bool(self._merges))
        put_in_order(self)

    def _past_row(self, past: PastMerge) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(label(past.name, "strong"))
        column.addWidget(label(t("duplicates.past_row", other=past.other_name, at=moment(past.at)), "small"))
        back = button(t("duplicates.take_back"), lambda: self._unmerge(past), icon_name="undo")
        back.setAccessibleName(f"{back.text()}: {past.name} / {past.other_name}")
        column.addLayout(side_by_side(back))
        return made

    def _unmerge(self, past: PastMerge) -> None:
        self.clear_notices()
        self.desk.tasks.work(
            self, lambda work: (unmerge(work, past.pair_id), merges(work)), lambda found: self._unmerged(*found)
        )

    def _unmerged(self, done: Unmerged, left: tuple[PastMerge, ...]) -> None:
        self._merges = left
        self._show_past()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        own = {"consent.valid_until": "left_consent", "safe_contact.do_not_contact": "left_ban"}
        said = [t(f"duplicates.{own[key]}") for key in done.left if key in own]
        keys = (key.partition(".") for key in done.left if key not in own)
        fields = ", ".join(dict.fromkeys(field_words(of_type, name) for of_type, _, name in keys))
        more = " ".join((*said, *([t("duplicates.left", fields=fields)] if fields else ())))
        self.tell(t("duplicates.unmerged"), Tone.WARN if more else Tone.OK, more=more)
        self.desk.say(t("duplicates.unmerged"))

    # -- drafts --------------------------------------------------------------------------------------------------------

    def unsaved(self) -> Unsaved | None:
        """The reason that is being typed, and for which pair."""
        if self.form is None or not self.form.reason.text().strip():
            return None
        (keep, _), pair = self.form.wanted, self.form.pair
        return Unsaved(
            {
                "first": pair.first.id,
                "second": pair.second.id,
                "score": pair.score,
                "keep": keep,
                "reason": self.form.reason.text(),
            }
        )

    def restore(self, content: dict[str, Any]) -> None:
        one = Likely(str(content["first"]), str(content["second"]), int(content["score"]), ())

        def found(known: tuple[Pair, ...]) -> None:
            for pair in known:
                self.open_form(pair, str(content["reason"]), str(content["keep"]))

        self.desk.tasks.work(self, lambda work: pairs(work, (one,)), found)


def _below(column: QVBoxLayout, spacing: int) -> QVBoxLayout:
    """Room for rows that come later, in a widget of their own: Tab meets them where they stand."""
    room = QWidget()
    made = QVBoxLayout(room)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(px(spacing))
    column.addWidget(room)
    return made
