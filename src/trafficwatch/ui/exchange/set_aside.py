# SPDX-License-Identifier: GPL-3.0-or-later
"""Records that were set aside when a bundle was taken in: what, from whom, since when and why; to try again, or to
throw away with a reason. No names stand here: whoever has no training may look too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trafficwatch.sync.outgoing import write_answer
from trafficwatch.sync.quarantine import Place, SetAside, Settled, discard, kept_aside, try_again
from trafficwatch.texts import t
from trafficwatch.texts.exchange import reason_words, type_words
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.parts import Field, button, card, label, line_edit

REASON_LIMIT = 200


class SetAsidePage(Page):
    """One entry per bundle, kind of record and reason."""

    name = "set_aside"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("set_aside.title"), t("set_aside.subtitle"), can_go_back=True)
        self._groups: dict[str, list[SetAside]] = {}
        self._receipts: tuple[str, ...] = ()
        self._pointed = ""
        self.list = Lines(t("set_aside.title"))
        self.list.pointed.connect(lambda _: self._point())
        self.body.addWidget(self.list)
        self.chosen, column = card(t("set_aside.chosen"))
        self.what = label("")
        column.addWidget(self.what)
        self.reason = line_edit(limit=REASON_LIMIT)
        self.reason_field = Field(
            t("set_aside.reason"), self.reason, t(f"set_aside.reason_hint.{desk.state.side.value}")
        )
        column.addWidget(self.reason_field)
        self.throw = button(t("set_aside.throw"), self._throw, role="danger", icon_name="trash")
        column.addLayout(side_by_side(self.throw))
        self.body.addWidget(self.chosen)
        self.answers, answers = card(t("set_aside.answers"))
        answers.addWidget(label(t("set_aside.answers_how")))
        self.write = button(t("set_aside.write"), self._ask_folder, icon_name="stick")
        answers.addLayout(side_by_side(self.write))
        self.body.addWidget(self.answers)
        self.nothing, nothing = card(t("set_aside.nothing"))
        nothing.addWidget(label(t("set_aside.nothing_how")))
        self.body.addWidget(self.nothing)
        self.body.addStretch(1)
        for each in (self.list, self.chosen, self.answers, self.nothing):
            each.hide()
        self.one = button(t("set_aside.try_one"), lambda: self._try(self._current()))
        self.all = button(t("set_aside.try_all"), self._try_all, role="primary", icon_name="refresh")
        self.footer(self.one, primary=self.all)

    def enter(self, **_: Any) -> None:
        if not self.desk.state.trained:
            self.tell(t("set_aside.trained_only"), Tone.INFO)
        self._read()

    def failed(self, error: Any) -> None:
        super().failed(error)
        self._enable()

    def _read(self) -> None:
        self.desk.tasks.work(self, kept_aside, self.show_found, slot="aside")

    def show_found(self, found: Sequence[SetAside]) -> None:
        """Fill the list."""
        self._groups = {}
        for each in found:
            self._groups.setdefault("/".join((each.place[0], each.type, each.reason)), []).append(each)
        self.list.put([_line(key, group) for key, group in self._groups.items()])
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        if found and not self.list.current:
            self.list.point(next(iter(self._groups)))
        self._point()

    def _current(self) -> list[SetAside]:
        return self._groups.get(self.list.current, [])

    def _point(self) -> None:
        if self.list.current != self._pointed:  # a reason is given for one entry, never for the next
            self._pointed = self.list.current
            self.reason.clear()
            if self.reason.property("wrong"):
                self.reason_field.wrong("")
        group = self._current()
        self.chosen.setVisible(bool(group) and self.desk.state.trained)
        if group:
            self.what.setText(_what(group))
        self._enable()

    def _enable(self) -> None:
        trained = self.desk.state.trained
        self.one.setEnabled(trained and any(each.is_kept for each in self._current()))
        self.all.setEnabled(trained and bool(self._groups))
        self.throw.setEnabled(trained)

    # -- settling ----------------------------------------------------------------------------------------------------

    def _try_all(self) -> None:
        self._try([each for group in self._groups.values() for each in group])

    def _try(self, chosen: Sequence[SetAside]) -> None:
        places = [each.place for each in chosen]
        if places:
            self._begin()
            self.desk.tasks.work(self, lambda work: try_again(work, places), self._tried)

    def _tried(self, done: Settled) -> None:
        words = t("set_aside.tried", count=done.done) if done.done else t("set_aside.tried_none")
        self._settled(words, done, Tone.OK if done.done else Tone.INFO)

    def _throw(self) -> None:
        places: list[Place] = [each.place for each in self._current()]
        reason = self.reason.text().strip()
        self.reason_field.wrong("" if reason else t("set_aside.reason_missing"))
        if not reason:
            self.reason.setFocus()
            return
        self._begin()
        self.desk.tasks.work(self, lambda work: discard(work, places, reason), self._thrown)

    def _thrown(self, done: Settled) -> None:
        self.reason.clear()
        self._settled(t("set_aside.thrown", count=done.done), done, Tone.OK)

    def _begin(self) -> None:
        self.clear_notices()
        for each in (self.one, self.all, self.throw):
            each.setEnabled(False)

    def _settled(self, words: str, done: Settled, tone: Tone) -> None:
        self.tell(words, tone)
        self.desk.say(words)
        self._receipts = tuple(dict.fromkeys((*self._receipts, *done.receipts)))
        self.answers.setVisible(bool(self._receipts))
        if done.receipts:
            bring(self, self.write)
        self._read()

    # -- receipts ----------------------------------------------------------------------------------------------------

    def _ask_folder(self) -> None:
        self.desk.open_folder(self, t("set_aside.choose_stick"), self.write_to)

    def write_to(self, folder: Path) -> None:
        """Write the receipts that were made anew into this folder."""
        receipts = self._receipts
        self.desk.tasks.store(
            self, lambda store: [write_answer(store, each, folder) for each in receipts], self._written
        )

    def _written(self, paths: Sequence[Path]) -> None:
        self._receipts = ()
        self.answers.hide()
        words = t("set_aside.written", count=len(set(paths)))
        self.tell(words, Tone.OK)
        self.desk.say(words)


def _line(key: str, group: Sequence[SetAside]) -> Line:
    first = group[0]
    name = t("set_aside.name", count=len(group), what=type_words(first.type), sender=first.sender)
    more = t("set_aside.more", reason=reason_words(first.reason), number=first.number, at=moment(first.since))
    return Line(key, name, more, Tone.WARN, "folder")


def _what(group: Sequence[SetAside]) -> str:
    first = group[0]
    if not any(each.is_kept for each in group):
        return t("set_aside.how.not_kept")
    how = first.reason if first.reason in {"link_missing", "undone", "record_type_unknown"} else "other"
    return t(f"set_aside.how.{how}")
