# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence files of a person: the list, and adding one; at the PPT those that came from a village, to look at.

Only for trained volunteers; to others the page says so, kindly, and how many files there are. A file is read when it is
picked and kept when the form is saved; the original stays where it is, and the page says that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.casework.attachments import AttachmentRow, PickedFile, add, attachment_count, attachments_of, pick
from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Side
from trafficwatch.models.people import Person
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.attachment_words import about, breakable, icon_of, kind_words, size_words
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, empty, label, picture, row, rule, text_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

KINDS = "*.jpg *.jpeg *.png *.webp *.pdf *.wav *.mp3 *.m4a *.ogg *.oga *.opus;;*"
"""What the file dialog offers; what a file is, its content tells."""
_NOTE_LIMIT = 2_000


class AttachmentsPage(Page):
    """All files of one person; `enter(person_id=...)`."""

    name = "attachments"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("evidence.title"), can_go_back=True)
        self._person = ""
        self._list = QVBoxLayout()
        self._list.setSpacing(px(14))
        self.body.addLayout(self._list)
        self.body.addStretch(1)
        self.add = button(t("evidence.add"), self._add, role="primary", icon_name="plus")
        self.add.setEnabled(False)
        self._may_add = desk.state.trained and desk.state.side is Side.VILLAGE
        if self._may_add:
            self.footer(primary=self.add)

    def enter(self, *, person_id: str) -> None:  # type: ignore[override]
        self._person = person_id
        if self.desk.state.trained:
            self.desk.tasks.work(
                self, lambda work: (_name(work, person_id), attachments_of(work, person_id)), self._show
            )
        else:
            self.desk.tasks.work(
                self, lambda work: (_name(work, person_id), attachment_count(work, person_id)), self._show_closed
            )

    def _add(self) -> None:
        self.desk.go("attachment_add", person_id=self._person)

    def _show_closed(self, found: tuple[str, int]) -> None:
        """How many there are, and why they stay closed."""
        _say(self, found[0])
        frame, column = card(t("evidence.closed_title"))
        column.addWidget(label(t("evidence.closed", count=found[1]) if found[1] else t("evidence.none")))
        column.addWidget(label(t("evidence.closed_why"), "soft"))
        self._list.addWidget(frame)

    def _show(self, found: tuple[str, tuple[AttachmentRow, ...]]) -> None:
        self.show_files(*found)

    def show_files(self, name: str, rows: tuple[AttachmentRow, ...]) -> None:
        """Fill the page."""
        empty(self._list)
        _say(self, name)
        frame, column = card()
        if not rows:
            column.addWidget(label(t("evidence.none"), "strong"))
            column.addWidget(label(t("evidence.none_more"), "soft"))
        for place, each in enumerate(rows):
            if place:
                column.addWidget(rule())
            column.addWidget(self._line(each))
        self._list.addWidget(frame)
        if rows:
            is_village = self.desk.state.side is Side.VILLAGE
            self._list.addWidget(label(t("evidence.sealed") if is_village else t("evidence.sealed_ppt"), "small"))
        self.add.setEnabled(True)
        put_in_order(self)
        if self._may_add:
            self.add.setFocus()

    def _line(self, found: AttachmentRow) -> QWidget:
        see = button(t("evidence.open"), lambda: self.desk.go("attachment", attachment_id=found.id))
        see.setAccessibleName(t("evidence.open_of", name=found.name))
        return _line(icon_of(found.kind), found.name, about(found), found.note, see)


class AttachmentAddPage(Page):
    """A new file of one person: pick, note, save; `enter(person_id=...)`."""

    name = "attachment_add"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("evidence.add_title"), can_go_back=True)
        self._person = ""
        self._path: Path | None = None
        self._picked: PickedFile | None = None
        if not desk.state.trained:
            self.body.addWidget(Notice(t("evidence.closed_why"), Tone.INFO))
            self.body.addStretch(1)
            return
        frame, column = card(t("evidence.file"))
        column.addWidget(label(t("evidence.file_more"), "soft"))
        self._chosen = QVBoxLayout()
        column.addLayout(self._chosen)
        self.choose = button(t("evidence.choose"), self._ask, icon_name="folder")
        column.addLayout(row(self.choose))
        self.body.addWidget(frame)
        frame, column = card(t("evidence.about"))
        self.note = text_edit(lines=3)
        self.note_field = Field(t("evidence.note"), self.note, t("evidence.note_hint"), optional=t("evidence.optional"))
        column.addWidget(self.note_field)
        self.body.addWidget(frame)
        self.original = Notice(t("evidence.original"), Tone.WARN, more=t("evidence.original_more"))
        self.original.hide()
        self.body.addWidget(self.original)
        self.body.addStretch(1)
        self.save = button(t("evidence.save"), self._save, role="primary")
        self.save.setEnabled(False)
        self.footer(button(t("evidence.cancel"), desk.back), primary=self.save)
        self.note.textChanged.connect(self.changed)

    def enter(self, *, person_id: str) -> None:  # type: ignore[override]
        self._person = person_id
        self.desk.tasks.work(self, lambda work: _name(work, person_id), lambda name: _say(self, name))
        if self.desk.state.trained:
            self._point_to(self.choose)

    def unsaved(self) -> Unsaved | None:
        """The note, and where the file lies: its content is read again."""
        if not self.desk.state.trained or not (self._path or self.note.toPlainText().strip()):
            return None
        content = {"path": str(self._path or ""), "note": self.note.toPlainText()}
        return Unsaved(content, self._person, case_text=True)

    def restore(self, content: dict[str, Any]) -> None:
        if not self.desk.state.trained:
            return
        self.note.setPlainText(str(content.get("note", "")))
        if path := str(content.get("path", "")):
            self.take(Path(path))

    def failed(self, error: ExpectedError) -> None:
        super().failed(error)
        if self.desk.state.trained:
            self.save.setEnabled(self._picked is not None)

    def _ask(self) -> None:
        self.desk.open_file(self, t("evidence.choose_title"), self.take, kinds=KINDS)

    def take(self, path: Path) -> None:
        """This file was chosen."""
        self.clear_notices()
        self.desk.tasks.do(self, lambda: pick(path), lambda picked: self._show(path, picked), slot="file")

    def _show(self, path: Path, picked: PickedFile) -> None:
        self._path, self._picked = path, picked
        empty(self._chosen)
        said = " · ".join((kind_words(picked.kind), size_words(len(picked.content))))
        self._chosen.addWidget(_line(icon_of(picked.kind), picked.name, said))
        self.original.show()
        self.choose.setText(t("evidence.choose_other"))
        self.save.setEnabled(True)
        self._point_to(self.note)
        self.desk.say(t("evidence.chosen", name=picked.name, about=said))
        self.changed.emit()

    def _save(self) -> None:
        picked, person_id, note = self._picked, self._person, self.note.toPlainText()
        if picked is None:
            return
        if len(note) > _NOTE_LIMIT:
            self.note_field.wrong(t("evidence.note_too_long", limit=_NOTE_LIMIT))
            self._point_to(self.note)
            return
        self.save.setEnabled(False)
        self.clear_notices()
        self.submit(lambda work: add(work, person_id, picked.name, picked.content, note), lambda _: self._saved())

    def _point_to(self, entry: QWidget) -> None:
        entry.setFocus()
        QTimer.singleShot(0, self, lambda: self.show_widget(entry))  # it has its place once the page is laid out

    def _saved(self) -> None:
        self.settled.emit()
        self.desk.back()
        self.desk.say(t("evidence.saved"))


def _name(work: Any, person_id: str) -> str:
    return work.records.get(Person, person_id).name or ""


def _say(page: Page, name: str) -> None:
    page.subtitle.setText(name)
    page.subtitle.setVisible(bool(name))


def _line(icon: str, name: str, more: str, note: str = "", action: QWidget | None = None) -> QWidget:
    """One file: what it is, its name, what else is known; a button beside it, or below when the letters are large."""
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, px(2), 0, px(2))
    line.setSpacing(px(12))
    line.addWidget(picture(icon, 24), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(px(3))
    words.addWidget(label(breakable(name), "strong"))
    words.addWidget(label(more, "small"))
    if note:
        words.addWidget(label(note))
    line.addLayout(words, 1)
    if action is not None:
        is_stacked = look().zoom >= COMPACT_FROM
        (words if is_stacked else line).addWidget(action, 0, Qt.AlignmentFlag.AlignLeft)
    return made
