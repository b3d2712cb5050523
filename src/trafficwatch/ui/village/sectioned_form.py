# SPDX-License-Identifier: GPL-3.0-or-later
"""A long form, one section at a time: the list to choose one from, and what has to be mended before it can be saved.

`show_section` shows one, `mark` says which have content or mistakes, `is_right` judges all and, when something is
wrong, says so at the top with a way to each. Ctrl+PgUp and Ctrl+PgDn go from section to section.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.village.resident_form import Form
from trafficwatch.ui.village.resident_sections import Section, SectionList, StepMark
from trafficwatch.ui.widgets.parts import button, empty, label
from trafficwatch.ui.widgets.tab_order import put_in_order


class SectionedForm(QWidget):
    """The sections of a page's form; `before` and `after` are for the page's footer."""

    def __init__(self, page: Page, form: Form, makers: Sequence[Callable[[], Section]]) -> None:
        super().__init__()
        self._page, self._form = page, form
        self.at = 0
        self.wrong = QFrame()
        self.wrong.setProperty("box", "bar")
        self.wrong.setProperty("tone", "danger")
        self._wrong_lines = QVBoxLayout(self.wrong)
        self._wrong_lines.setContentsMargins(px(12), px(9), px(12), px(9))
        self._wrong_lines.setSpacing(px(2))
        self.wrong.hide()
        self.sections = [self._made(make) for make in makers]
        self.list = SectionList([section.title for section in self.sections])
        self._arrange()
        self.before = button(t("resident.step.before"), lambda: self.show_section(self.at - 1), icon_name="back")
        self.after = button(t("resident.step.after"), lambda: self.show_section(self.at + 1), icon_name="forward")
        self.list.chosen.connect(self.show_section)
        for keys, way in (("Ctrl+PgUp", -1), ("Ctrl+PgDown", 1)):
            shortcut = QShortcut(QKeySequence(keys), page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._turn, way))

    def show_section(self, place: int) -> None:
        """One section is in sight; its first field gets the focus."""
        if not 0 <= place < len(self.sections):
            return
        self.at = place
        for number, section in enumerate(self.sections):
            section.setVisible(number == place)
        self.list.choose(place)
        put_in_order(self._page)
        self.before.setEnabled(place > 0)
        self.after.setEnabled(place < len(self.sections) - 1)
        self.mark()
        self._form.entries[self.sections[place].keys[0]].widget.setFocus()

    def mark(self) -> None:
        for place, section in enumerate(self.sections):
            entries = [self._form.entries[key] for key in section.keys]
            wrong = any(entry.problem() for entry in entries) and not self.wrong.isHidden()
            filled = any(entry.has_content for entry in entries)
            self.list.mark(place, StepMark.WRONG if wrong else StepMark.FILLED if filled else StepMark.EMPTY)

    def is_right(self) -> bool:
        """Whether all can be saved; else the first thing to mend gets the focus."""
        problems = self._form.problems()
        self._summary(problems)
        self.mark()
        return not problems

    def _made(self, make: Callable[[], Section]) -> Section:
        there = set(self._form.entries)
        section = make()
        section.keys = [key for key in self._form.entries if key not in there]
        return section

    def _arrange(self) -> None:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        for section in self.sections:
            column.addWidget(section)
        column.addStretch(1)
        beside = QVBoxLayout() if look().zoom >= COMPACT_FROM else QHBoxLayout()
        beside.setSpacing(px(24))
        beside.addWidget(self.list)
        beside.addWidget(holder, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(px(14))
        outer.addWidget(self.wrong)
        outer.addLayout(beside)

    def _turn(self, way: int) -> None:
        self.show_section(self.at + way)

    def _summary(self, problems: Mapping[str, str]) -> None:
        """At the top what has to be mended, each with a way to it."""
        empty(self._wrong_lines)
        self.wrong.setVisible(bool(problems))
        if not problems:
            return
        self._wrong_lines.addWidget(label(t("resident.error.summary"), "strong"))
        links = []
        for key, problem in problems.items():
            field = self._form.words(key)
            link = button(t("resident.error.line", field=field, problem=problem), partial(self._mend, key), role="link")
            self._wrong_lines.addWidget(link)
            links.append(link)
        put_in_order(self._page)
        links[0].setFocus()
        self._page.show_widget(self.wrong)

    def _mend(self, key: str) -> None:
        self.show_section(next(number for number, section in enumerate(self.sections) if key in section.keys))
        widget = self._form.entries[key].widget
        widget.setFocus()
        self._page.show_widget(widget)
