# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of the register beside the residents: search while typing, pages, Enter opens, and somebody new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QTimer

from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.register_tabs import RegisterTabs
from trafficwatch.ui.village.residents import PAUSE, SearchField
from trafficwatch.ui.widgets.lines import Line, Lines, Pager
from trafficwatch.ui.widgets.parts import button, card, label

AT_ONCE = 50
HEIGHT = 460


class Found(Protocol):
    """A page of what was searched for."""

    @property
    def rows(self) -> Sequence[Any]: ...
    @property
    def total(self) -> int: ...


class RegisterList(Page):
    """`find` is the use case (work, text, offset, limit), `line` one row of it as a line whose key `opens` takes."""

    is_wide = True

    def __init__(
        self,
        desk: Desk,
        words: tuple[str, str],
        *,
        search: str,
        new: str,
        find: Callable[[Any, str, int, int], Found],
        line: Callable[[Any], Line],
        opens: Callable[[str], object],
        begins: Callable[[str], object],
        nobody: Callable[[str], str],
        nobody_more: str,
    ) -> None:
        super().__init__(desk, *words)
        self._offset = 0
        self._find, self._line, self._begins, self._nobody_of = find, line, begins, nobody
        self.body.addWidget(RegisterTabs(self))
        self.search = SearchField()
        self.search.setPlaceholderText(search)
        self.search.setAccessibleName(search)
        self.search.setMaxLength(200)
        self.search.setClearButtonEnabled(True)
        self.body.addWidget(self.search)
        self.list = Lines(words[0], height=HEIGHT)
        self.list.opened.connect(opens)
        self.list.hide()
        self.body.addWidget(self.list)
        self.pager = Pager(AT_ONCE)
        self.pager.turned.connect(self._turn)
        self.body.addWidget(self.pager)
        self.nobody, inside = card()
        self.nobody_words = label("", "lead")
        self.nobody_more = label(nobody_more, "soft")
        inside.addWidget(self.nobody_words)
        inside.addWidget(self.nobody_more)
        self.nobody.hide()
        self.body.addWidget(self.nobody)
        self.body.addStretch(1)
        self.new = button(new, self._new, role="primary", icon_name="person-add")
        self.footer(primary=self.new)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(partial(self._turn, 0))
        self.search.textChanged.connect(self._timer.start)
        self.search.entered.connect(self._entered)
        self.search.went_down.connect(self._into_list)

    def enter(self, *, text: str = "", offset: int = 0) -> None:  # type: ignore[override]
        self.search.setText(text)
        self.search.setFocus()
        self._turn(offset)

    def where(self) -> dict[str, Any]:
        return {"text": self.search.text().strip(), "offset": self._offset}

    def _turn(self, offset: int) -> None:
        self._timer.stop()
        self._offset = offset
        text = self.search.text().strip()
        self.desk.tasks.work(
            self,
            lambda work: self._find(work, text, offset, AT_ONCE),
            lambda found: self._show(text, found),
            slot="search",
        )

    def _show(self, text: str, found: Found) -> None:
        self.list.put([self._line(row) for row in found.rows])
        self.list.setVisible(bool(found.rows))
        self.nobody.setVisible(not found.rows)
        self.nobody_words.setText(self._nobody_of(text))
        self.nobody_more.setVisible(not text)
        self.pager.put(self._offset, len(found.rows), found.total)

    def _entered(self) -> None:
        if len(self.list.lines) == 1 and not self._timer.isActive():
            self.list.opened.emit(self.list.lines[0].key)
        else:
            self._into_list()

    def _into_list(self) -> None:
        if self.list.lines and not self.list.isHidden():
            self.list.point(self.list.current or self.list.lines[0].key)
            self.list.setFocus()

    def _new(self) -> None:
        text = self.search.text().strip()
        self._begins(text if any(char.isalpha() for char in text) else "")
