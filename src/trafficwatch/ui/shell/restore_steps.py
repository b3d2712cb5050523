# SPDX-License-Identifier: GPL-3.0-or-later
"""The two steps of restoring a backup: choosing one and opening it, then looking at what it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.ui.exchange.moments import day, moment, size
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.code_line import CodeField
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, label
from trafficwatch.ui.widgets.secret import SecretField

if TYPE_CHECKING:
    from trafficwatch.village.backups import Contents, Found

HEIGHT = 170
"""The list grows no higher: the passphrase below it has to be seen too (pixels at 100 %)."""


@dataclass(slots=True)
class Kept:
    """How far somebody is: it outlives a change of language or size, and is emptied when restoring ends.

    `place` is the folder that was chosen, `contents` what is about to be restored, opened with `secret`.
    """

    place: Path | None = None
    chosen: str = ""
    is_code: bool = False
    secret: str = field(default="", repr=False)
    contents: Contents | None = None

    def forget(self) -> None:
        """What was opened is closed again."""
        self.secret, self.contents = "", None


class ChooseStep(QWidget):
    """Which backup, and what opens it."""

    place_wanted = Signal()
    opened = Signal()
    """A backup was taken: what opens it comes next."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self._kept = kept
        self._found: dict[str, Found] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        frame, inside = card(t("restore.which"))
        self._where = label("", "soft")
        inside.addWidget(self._where)
        self.list = Lines(t("restore.which"), height=HEIGHT)
        self.list.pointed.connect(self._point)
        self.list.opened.connect(lambda _: self.opened.emit())
        inside.addWidget(self.list)
        self.search = button(t("restore.find"), self.place_wanted.emit, icon_name="stick")
        inside.addLayout(side_by_side(self.search))
        column.addWidget(frame)
        self._opening, inside = card(t("restore.open_with"))
        self.passphrase = SecretField(t("unlock.passphrase"), t("restore.passphrase_hint"))
        self.passphrase.line.textEdited.connect(lambda: self.passphrase.wrong(""))
        self.code = CodeField(t("setup.recovery_code"), t("restore.code_hint"))
        self.other = button("", lambda: self._open_with(is_code=not self._kept.is_code), role="link")
        for widget in (self.passphrase, self.code):
            inside.addWidget(widget)
        inside.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._opening)
        self._show_way_in()
        self.list.hide()
        self._opening.hide()

    def put(self, found: Sequence[Found]) -> None:
        """Offer these; what was chosen before stays so if it is still there."""
        place = self._kept.place
        self._found = {str(each.path): each for each in found}
        chosen = self._kept.chosen if self._kept.chosen in self._found else next(iter(self._found), "")
        if found:
            self._where.setText(t("restore.found"))
        else:
            self._where.setText(t("restore.none_here") if place is None else t("restore.none_there", place=str(place)))
        self.list.put([_line(each) for each in found])
        self.list.setVisible(bool(found))
        self._opening.setVisible(bool(found))
        self.list.point(chosen)

    @property
    def chosen(self) -> Path | None:
        found = self._found.get(self._kept.chosen)
        return found.path if found is not None else None

    @property
    def secret(self) -> str:
        """What was typed, '' for nothing."""
        return self.code.code if self._kept.is_code else self.passphrase.text

    def check(self) -> bool:
        """Say what is missing, if anything."""
        if self._kept.is_code:
            self.code.wrong("" if self.code.is_complete else t("setup.code_incomplete"))
            return self.code.is_complete
        self.passphrase.wrong("" if self.secret else t("restore.passphrase_missing"))
        return bool(self.secret)

    def wrong(self, sentence: str) -> None:
        """What was typed does not open the backup: it stays for mending."""
        if self._kept.is_code:
            self.code.wrong(sentence)
        else:
            self.passphrase.wrong(sentence)
            self.passphrase.line.selectAll()

    def clear(self) -> None:
        """Let go of what was typed."""
        self.passphrase.clear()
        self.code.clear()

    @property
    def first_field(self) -> QWidget:
        """Where one begins: at the search while there is nothing to open."""
        return self.list if self._found else self.search

    @property
    def way_in(self) -> QWidget:
        """Where the passphrase or code is typed."""
        return self.code if self._kept.is_code else self.passphrase

    def has_focus_in_secret(self) -> bool:
        """Whether Enter means: look."""
        return self.passphrase.line.hasFocus() or self.code.line.hasFocus()

    def _point(self, key: str) -> None:
        if key:
            self._kept.chosen = key
        self.passphrase.wrong("")
        self.code.wrong("")

    def _open_with(self, *, is_code: bool) -> None:
        self._kept.is_code = is_code
        self.clear()
        self._show_way_in()
        self.opened.emit()

    def _show_way_in(self) -> None:
        is_code = self._kept.is_code
        self.passphrase.setVisible(not is_code)
        self.code.setVisible(is_code)
        self.other.setText(t("restore.use_passphrase") if is_code else t("restore.use_code"))


class ContentsStep(QWidget):
    """What the backup holds, and what restoring it will do."""

    def __init__(self, contents: Contents, *, fits: bool, replaces: bool) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        if not fits:
            column.addWidget(Notice(t("restore.does_not_fit"), Tone.DANGER, more=t("restore.does_not_fit_more")))
        frame, inside = card(moment(contents.made_at))
        inside.addWidget(label(t("restore.from", name=contents.name, code=contents.code), "strong"))
        inside.addWidget(label(t("restore.version", version=contents.version, size=size(contents.size)), "soft"))
        inside.addLayout(_counts(contents))
        column.addWidget(frame)
        self.words = label(t("restore.replaces") if replaces else t("restore.begins"))
        self.words.setVisible(fits)
        column.addWidget(self.words)
        self._asked: QFrame | None = None
        self._room = QVBoxLayout()
        column.addLayout(self._room)
        self._busy, inside = card()
        inside.addWidget(label(t("restore.busy"), "strong"))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(t("restore.busy"))
        inside.addWidget(self._bar)
        inside.addWidget(label(t("restore.busy_more"), "soft"))
        self._busy.hide()
        column.addWidget(self._busy)

    def ask(self, question: str, what: str, yes: Callable[[], None]) -> QPushButton:
        """Ask once more, for something would not be there any more; gives the answer that changes nothing."""
        self.close_question()
        frame = self._asked = QFrame()
        frame.setProperty("box", "bar")
        frame.setProperty("tone", Tone.WARN.value)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(px(14), px(10), px(14), px(12))
        inside.setSpacing(px(8))
        inside.addWidget(label(question, "strong"))
        inside.addWidget(label(what))
        self.no = button(t("restore.ask_no"))
        self.yes = button(t("restore.ask_yes"), yes, role="danger")
        inside.addLayout(side_by_side(self.no, self.yes))
        frame.setAccessibleName(question)
        self._room.addWidget(frame)
        frame.show()
        return self.no

    def close_question(self) -> None:
        if self._asked is not None:
            self._asked.hide()
            self._asked.deleteLater()
            self._asked = None

    @property
    def is_asking(self) -> bool:
        return self._asked is not None

    def begin(self) -> None:
        """It is being restored; how far is not known yet."""
        self.close_question()
        self._bar.setRange(0, 0)
        self._busy.show()

    def told(self, done: int, total: int) -> None:
        """How far the copy is, in pages of the database."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def rest(self) -> None:
        self._busy.hide()


def _line(found: Found) -> Line:
    known = t("restore.line", day=day(found.day) or found.path.name, size=size(found.size))
    kind = f"{t('restore.aside')} " if found.is_aside else ""
    return Line(str(found.path), known, f"{kind}{found.path}", icon="save")


def _counts(contents: Contents) -> QGridLayout:
    """How many records of each kind, in columns."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(px(10))
    grid.setVerticalSpacing(px(4))
    kinds = [(type_words(name), count) for name, count in contents.counts.items() if count]
    columns = 1 if look().zoom >= COMPACT_FROM else 2
    rows = -(-len(kinds) // columns)
    for position, (words, count) in enumerate(kinds):
        across, down = divmod(position, rows)
        number = label(str(count), "strong", wraps=False)
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(number, down, 3 * across)
        grid.addWidget(label(words), down, 3 * across + 1)
        grid.setColumnStretch(3 * across + 1, 1)
    if not kinds:
        grid.addWidget(label(t("restore.holds_nothing"), "soft"), 0, 0)
    return grid
