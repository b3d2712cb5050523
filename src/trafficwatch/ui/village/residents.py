# SPDX-License-Identifier: GPL-3.0-or-later
"""The register: search, list, open; and only after a search, record someone new.

Typing asks after a short pause, on the worker, and paging happens in SQL. Enter in the search field answers a pending
search first and then opens the marked row: at once when only one resident fits, else at the next Enter, so that nobody
opens a card unseen. Down goes into the list. Who records someone new first sees who may be the same person. Filters
narrow the list, never the question who that may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from trafficwatch.models.identity import NIK_LENGTH, check_nik, clean_name
from trafficwatch.registry.browse import ResidentPage as Found
from trafficwatch.registry.browse import ResidentRow, residents, similar
from trafficwatch.registry.listing import Sort
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.village.countries import country_name
from trafficwatch.ui.village.register_tabs import RegisterTabs
from trafficwatch.ui.village.residents_filter import ResidentsFilter, packed, unpacked
from trafficwatch.ui.village.residents_table import ResidentTable, birth_words, chips_of
from trafficwatch.ui.widgets.parts import button, card, chip, label, row
from trafficwatch.ui.widgets.tab_order import put_in_order

PAUSE = 150
"""Milliseconds without typing after which the search begins."""
AT_ONCE = 50
"""Rows on a page of the list."""


class SearchField(QLineEdit):
    """A line that hands on Enter and Down."""

    entered = Signal()
    went_down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        else:
            super().keyPressEvent(event)


class ResidentsPage(Page):
    """All residents of the village."""

    name = "residents"
    is_wide = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("residents.title"))
        self._found = Found((), 0)
        self._offset = 0
        self._shown: str | None = None
        self._opens = False
        self.menu = QMenu(self)
        opens = self._make_menu()
        self.corner.addWidget(opens)
        self.body.addWidget(RegisterTabs(self))
        self.search = SearchField()
        self.search.setPlaceholderText(t("residents.search.hint"))
        self.search.setAccessibleName(t("residents.search.name"))
        self.search.setAccessibleDescription(t("residents.search.keys"))
        self.search.setMaxLength(200)
        self.search.setClearButtonEnabled(True)
        self.body.addWidget(self.search)
        self.filter = ResidentsFilter(opens)
        self.body.addWidget(self.filter)
        self._list = QWidget()
        self._fill_list()
        self.body.addWidget(self._list, 1)
        self._nobody, nobody = card()
        self._nobody_words = label("", "lead")
        self._nobody_more = label(t("residents.none.more"), "soft")
        nobody.addWidget(self._nobody_words)
        nobody.addWidget(self._nobody_more)
        self.first = button(t("residents.empty.import"), partial(desk.go, "import_residents"), icon_name="folder")
        nobody.addLayout(row(self.first))
        self.body.addWidget(self._nobody)
        self.alike = Alike()
        self.alike.chosen.connect(self._open)
        self.body.addWidget(self.alike)
        self.body.addStretch(0)
        self._hint = label(t("residents.new.search_first"), "small", wraps=False)
        self.to_list = button(t("residents.alike.back"), self._leave_alike)
        self.new = button(t("residents.new.button"), self._new_pressed, role="primary")
        self.footer(self._hint, self.to_list, primary=self.new)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self._ask)
        self.search.textEdited.connect(self._typed)
        self.search.textChanged.connect(lambda text: None if text else self._typed())
        self.search.entered.connect(self._entered)
        self.search.went_down.connect(self._into_list)
        self.filter.changed.connect(self._filtered)
        self.table.opened.connect(lambda number: self._open(self._found.rows[number].id))
        self.table.left_upwards.connect(self.search.setFocus)
        self._list.hide()
        self._nobody.hide()
        self._leave_alike()
        put_in_order(self)

    def enter(  # type: ignore[override]
        self, *, text: str = "", narrowed: Mapping[str, Any] | None = None, sort: str = Sort.NAME, offset: int = 0
    ) -> None:
        self.search.setText(text)
        self.filter.choose(unpacked(narrowed or {}), Sort(sort))
        self.search.setFocus()
        self._offset = offset
        self._ask()

    def where(self) -> dict[str, Any]:
        return {**self._listed(), "offset": self._offset}

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self.alike.isVisible():
            self._leave_alike()
        else:
            super().keyPressEvent(event)

    # -- the list ------------------------------------------------------------------------------------------------------

    def _make_menu(self) -> QPushButton:
        """What is done with the whole list: one button, since there is no room for three."""
        opens = button(t("residents.menu.title"), icon_name="menu")
        menu = self.menu
        menu.addAction(t("residents.menu.import"), partial(self.desk.go, "import_residents"))
        self.to_print = menu.addAction(t("residents.menu.print"), lambda: self._take_out("list_print"))
        self.to_export = menu.addAction(t("residents.menu.export"), lambda: self._take_out("list_export"))
        opens.setMenu(menu)
        return opens

    def _take_out(self, page: str) -> None:
        self.desk.go(page, **self._listed())

    def _listed(self) -> dict[str, Any]:
        """What says which residents are listed, in which order."""
        narrowed = packed(self.filter.wanted)
        return {"text": self.search.text().strip(), "narrowed": narrowed, "sort": self.filter.sort.value}

    def _filtered(self) -> None:
        self._offset = 0
        self._ask()

    def _fill_list(self) -> None:
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        self.table = ResidentTable()
        column.addWidget(self.table, 1)
        self.before = button(t("residents.list.before"), lambda: self._turn(-AT_ONCE), icon_name="back")
        self.after = button(t("residents.list.after"), lambda: self._turn(AT_ONCE), icon_name="forward")
        self.count = label("", "soft", wraps=False)
        paging = row(self.before, self.after, self.count)
        column.addLayout(paging)

    def _typed(self) -> None:
        self._leave_alike()
        self._offset = 0
        self._opens = False
        self._timer.start()
        self._may_add()

    def _entered(self) -> None:
        if self._timer.isActive() or self._shown is None:
            self._opens = True
            if self._timer.isActive():
                self._ask()
        elif self.search.text().strip() and self._found.rows:
            self._open(self._found.rows[max(0, self.table.currentIndex().row())].id)
        else:
            self.focusNextPrevChild(True)  # noqa: FBT003 - Qt's signature

    def _into_list(self) -> None:
        if self._found.rows and self._list.isVisible():
            self.table.selectRow(max(0, self.table.currentIndex().row()))
            self.table.setFocus()

    def _turn(self, by: int) -> None:
        self._offset = max(0, self._offset + by)
        self._ask()

    def _ask(self) -> None:
        self._timer.stop()
        self._shown = None
        text, offset = self.search.text().strip(), self._offset
        wanted, sort = self.filter.wanted, self.filter.sort
        self.table.residents.sorting = sort
        self.desk.tasks.work(
            self,
            lambda work: residents(work, text, offset, AT_ONCE, wanted, sort),
            lambda found: self._show(text, found),
            slot="search",
        )

    def _show(self, text: str, found: Found) -> None:
        self._shown, self._found = text, found
        self.table.residents.show(found.rows)
        self.table.scrollToTop()
        if text and found.rows:
            self.table.selectRow(0)
        number = QLocale(current_language()).toString
        last = self._offset + len(found.rows)
        is_whole = found.total == len(found.rows)
        said = (
            t("residents.list.all", total=number(found.total))
            if is_whole
            else t("residents.list.range", first=number(self._offset + 1), last=number(last), total=number(found.total))
        )
        self.count.setText(said)
        self.before.setVisible(not is_whole)
        self.after.setVisible(not is_whole)
        self.before.setEnabled(self._offset > 0)
        self.after.setEnabled(last < found.total)
        is_narrowed = bool(self.filter.narrows)
        nobody = t("residents.none.text", text=text) if text else t("residents.empty.text")
        self._nobody_words.setText(t("residents.none.filtered") if is_narrowed else nobody)
        self._nobody_more.setText(t("residents.none.widen") if is_narrowed else t("residents.none.more"))
        self._nobody_more.setVisible(bool(text) or is_narrowed)
        self.first.setVisible(not (text or is_narrowed))
        self.filter.setVisible(bool(found.total or text or is_narrowed))
        for action in (self.to_print, self.to_export):
            action.setEnabled(bool(found.total))
        self._leave_alike()
        if text:
            words = said if found.total else self._nobody_words.text()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.search, words))
        if self._opens and found.total == 1:
            self._open(found.rows[0].id)
        self._opens = False

    def _open(self, person_id: str) -> None:
        self.desk.go("resident", person_id=person_id)

    # -- someone new ---------------------------------------------------------------------------------------------------

    def _may_add(self) -> None:
        """Only who has searched may add; on an empty register there is nobody to find."""
        text = self.search.text().strip()
        is_empty = self._shown == text == "" and not (self._found.total or self.filter.narrows)
        self.new.setEnabled(is_empty or (bool(text) and self._shown == text))
        self.new.setText(t("residents.empty.first") if is_empty else t("residents.new.button"))
        self._hint.setVisible(not text and bool(self._found.total))

    def _new_pressed(self) -> None:
        if self.alike.isVisible():
            self._go_new()
            return
        name, nik = self._wanted()
        if not (name or nik):
            self._go_new()
            return
        self.desk.tasks.work(
            self, lambda work: similar(work, name, None, nik or None), self._show_alike, slot="similar"
        )

    def _wanted(self) -> tuple[str, str]:
        """What was searched for, as the name or the NIK of someone new; neither when it is another number."""
        text = clean_name(self.search.text())
        nik = check_nik(text).nik
        if nik.isdecimal():
            return "", nik if len(nik) == NIK_LENGTH else ""
        return text if any(char.isalpha() for char in text) else "", ""

    def _show_alike(self, rows: tuple[ResidentRow, ...]) -> None:
        if not rows:
            self._go_new()
            return
        self.alike.show_rows(self.search.text().strip(), rows)
        self._list.hide()
        self._nobody.hide()
        self._hint.hide()
        self.alike.show()
        self.to_list.show()
        self.new.setText(t("residents.alike.new"))
        put_in_order(self)
        self.alike.buttons[0].setFocus()

    def _leave_alike(self) -> None:
        had_focus = self.alike.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.alike.hide()
        self.to_list.hide()
        if self._shown is not None:
            self._list.setVisible(bool(self._found.total))
            self._nobody.setVisible(not self._found.total)
        self._may_add()
        if had_focus:
            self.search.setFocus()

    def _go_new(self) -> None:
        name, nik = self._wanted()
        self.desk.go("resident_edit", name=name, **({"nik": nik} if nik else {}))


class Alike(QWidget):
    """Residents who may be the one about to be recorded, beside each other; `chosen` carries the id of one."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(10))
        self._title = label("", "heading")
        column.addWidget(self._title)
        column.addWidget(label(t("residents.alike.more"), "soft"))
        self._grid = QGridLayout()
        self._grid.setSpacing(px(12))
        column.addLayout(self._grid)
        column.addStretch(1)
        self.cards: list[QFrame] = []
        self.buttons: list[QPushButton] = []

    def show_rows(self, text: str, rows: tuple[ResidentRow, ...]) -> None:
        self._title.setText(t("residents.alike.title", text=text))
        self.buttons.clear()
        while self.cards:
            old = self.cards.pop()
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        columns = 1 if look().zoom >= COMPACT_FROM else 3
        for place, each in enumerate(rows):
            made = self._card(each)
            self._grid.addWidget(made, place // columns, place % columns)
            self.cards.append(made)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)

    def _card(self, resident: ResidentRow) -> QFrame:
        made, column = card()
        column.addWidget(label(resident.name, "strong"))
        facts = (birth_words(resident.birth_date), resident.address or "", country_name(resident.destination))
        for fact in facts:
            if fact:
                column.addWidget(label(fact))
        chips = QHBoxLayout()
        chips.setSpacing(px(6))
        for said, tone in chips_of(resident):
            chips.addWidget(chip(said, tone))
        chips.addStretch(1)
        column.addLayout(chips)
        column.addStretch(1)
        same = button(t("residents.alike.same"), lambda: self.chosen.emit(resident.id))
        same.setAccessibleName(t("residents.alike.same_as", name=resident.name))
        column.addWidget(same)
        self.buttons.append(same)
        return made
