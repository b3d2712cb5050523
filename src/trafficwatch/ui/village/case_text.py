# SPDX-License-Identifier: GPL-3.0-or-later
"""The card on a case's page that says where the case text is: here and until when, or at the PPT, and what holds it.

From here it is put away by hand, or pinned with a reason, asked in its place (design 6).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QFrame, QVBoxLayout

from trafficwatch.sync.pinning import WORDS_LIMIT, PinReason, pin, unpin
from trafficwatch.sync.putting_away import PutAway, TextState, put_away, state
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village.resident_parts import date_words
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, empty, label, line_edit, row
from trafficwatch.ui.widgets.tab_order import put_in_order


class CaseTextCard(QFrame):
    """`changed` is called when text went, so that the page shows itself anew."""

    def __init__(self, desk: Desk, person_id: str, changed: Callable[[], None]) -> None:
        super().__init__()
        self._desk, self._person, self._changed = desk, person_id, changed
        self.setProperty("box", "card")
        self.setAccessibleName(t("put_away.title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(8))
        column.addWidget(label(t("put_away.title"), "heading"))
        self._said = QVBoxLayout()
        self._said.setSpacing(px(6))
        column.addLayout(self._said)
        self.now = button(t("put_away.now"), self._put_away, icon_name="inbox")
        self.pin = button(t("put_away.pin"), self._ask, icon_name="lock")
        self.unpin = button(t("put_away.unpin"), self._unpin, icon_name="undo")
        column.addLayout(row(self.now, self.pin, self.unpin))
        self._asked = self._question()
        column.addWidget(self._asked)
        for each in (self.now, self.pin, self.unpin, self._asked):
            each.hide()
        self._load()

    def failed(self, error: Exception) -> None:
        """Said where it was asked."""
        self._said.addWidget(label(str(getattr(error, "message", "")) or t("put_away.failed"), "wrong"))

    def _load(self) -> None:
        self._desk.tasks.work(self, lambda work: state(work, self._person), self._show)

    def _show(self, found: TextState) -> None:
        empty(self._said)
        for line in _lines(found):
            self._said.addWidget(label(line))
        self.now.setVisible(found.due_on is not None)
        self.pin.setVisible(found.pin is None and found.here > 0)
        self.unpin.setVisible(found.pin is not None)
        self._asked.hide()
        put_in_order(self.window())

    # -- pinning -------------------------------------------------------------------------------------------------------

    def _question(self) -> QFrame:
        made, column = card(t("put_away.pin_ask"), t("put_away.pin_more"))
        made.setProperty("box", "sunken")
        reasons = [(each.value, t(f"put_away.why.{each}")) for each in PinReason]
        self.reason = Choice(reasons, empty=t("put_away.choose"))
        self._why = Field(t("put_away.pin_why"), self.reason)
        self.words = line_edit(limit=WORDS_LIMIT)
        said = Field(t("put_away.pin_words"), self.words)
        for each in (self._why, said):
            each.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
            column.addWidget(each)
        self.sure = button(t("put_away.pin_now"), self._pin, icon_name="lock")
        column.addLayout(row(self.sure, button(t("put_away.keep"), self._close)))
        return made

    def _ask(self) -> None:
        self._asked.show()
        put_in_order(self.window())
        self.reason.setFocus()

    def _close(self) -> None:
        self._asked.hide()
        self.pin.setFocus()

    def _pin(self) -> None:
        chosen, words = self.reason.value, self.words.text()
        is_said = bool(chosen) and (chosen != PinReason.OTHER or bool(words.strip()))
        self._why.wrong("" if is_said else t("put_away.pin_missing"))
        if not is_said or not chosen:
            self.reason.setFocus()
            return
        act = partial(pin, person_id=self._person, why=PinReason(chosen), words=words)
        self._desk.tasks.work(self, act, lambda _: self._load())

    def _unpin(self) -> None:
        self._desk.tasks.work(self, lambda work: unpin(work, self._person), lambda _: self._load())

    # -- putting away --------------------------------------------------------------------------------------------------

    def _put_away(self) -> None:
        self.now.setEnabled(False)
        self._desk.tasks.store(self, lambda store: put_away(store, self._person), self._gone)

    def _gone(self, done: PutAway) -> None:
        days = ", ".join(date_words(each.made_at[:10]) for each in done.backups)
        self._desk.say(t("put_away.done_but", days=days) if days else t("put_away.done"))
        self._changed()


def _lines(found: TextState) -> list[str]:
    """How it stands, in sentences."""
    said = [t("put_away.refused", count=found.refused)] if found.refused else []
    if found.away:
        said.append(t("put_away.away", count=found.away, day=date_words((found.since or "")[:10])))
    if found.pin is not None and found.pin.why is not None:
        said.append(t("put_away.pinned", why=found.pin.words or t(f"put_away.why.{found.pin.why}")))
    if found.due_on is not None:
        said.append(t("put_away.due", day=date_words(found.due_on)))
    held = [t(f"put_away.stay.{each}") for each in found.stays if each != "pinned"]
    if held:
        said += [t("put_away.stays"), *(f"• {each}" for each in held)]
    return said or [t("put_away.nothing")]
