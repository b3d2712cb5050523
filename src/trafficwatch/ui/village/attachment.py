# SPDX-License-Identifier: GPL-3.0-or-later
"""One evidence file, opened inside the program: a photo, the sheets of a PDF, or why a recording can't be played here.

Nothing of it touches the disk but by an export, which asks for a reason and a place. What can't be shown says so, and
can still be exported; deleting moves it to the trash and asks why.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.casework.attachments import AttachmentRow, attachment, content, export
from trafficwatch.casework.file_kinds import Shown
from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Side
from trafficwatch.registry.trash import Reason, delete_now
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.attachment_words import about, breakable
from trafficwatch.ui.widgets.given_files import check_paper, read_photo
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, label, row, text_edit
from trafficwatch.ui.widgets.pdf_preview import PdfPreview
from trafficwatch.ui.widgets.photo_view import PhotoView
from trafficwatch.ui.widgets.tab_order import put_in_order

_REASON_LIMIT = 500


class AttachmentPage(Page):
    """One file; `enter(attachment_id=...)`."""

    name = "attachment"
    is_wide = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("evidence.one_title"), can_go_back=True)
        self._id = ""
        self._row: AttachmentRow | None = None
        self._facts = QVBoxLayout()
        self._facts.setSpacing(px(4))
        self.body.addLayout(self._facts)
        self._export_card = self._make_export()
        self._remove_card = self._make_remove()
        for part in (self._export_card, self._remove_card):
            part.hide()
            self.body.addWidget(part)
        self.photo, self.paper = PhotoView(), PdfPreview()
        for viewer in (self.photo, self.paper):
            viewer.hide()
            self.body.addWidget(viewer, 1)
        self._cannot = QVBoxLayout()
        self.body.addLayout(self._cannot)
        self.body.addStretch()
        self.take_away = button(t("evidence.remove"), self._ask_why, role="quiet", icon_name="trash")
        self.take_out = button(t("evidence.export"), self.open_export, icon_name="save")
        self._enable(there=False)
        if desk.state.trained:
            self.take_away.setVisible(desk.state.side is Side.VILLAGE)
            self.footer(self.take_away, self.take_out)
            self._primary = self.write  # for Ctrl+Enter, while its form is open

    def _make_export(self) -> QFrame:
        frame, column = card(t("evidence.export_title"))
        column.addWidget(Notice(t("evidence.export_warning"), Tone.WARN))
        self.reason = text_edit(lines=2)
        self.reason_field = Field(t("evidence.reason"), self.reason, t("evidence.reason_hint"))
        column.addWidget(self.reason_field)
        self.write = button(t("evidence.export_now"), self._ask_place, role="primary", icon_name="save")
        column.addLayout(row(self.write, button(t("evidence.cancel"), self._close)))
        self.reason.textChanged.connect(self.changed)
        return frame

    def _make_remove(self) -> QFrame:
        frame, column = card(t("evidence.remove_title"), t("evidence.remove_more"))
        choices = [(reason.value, t(f"evidence.removal.{reason.value}")) for reason in Reason]
        self.why = Choice(choices, empty=t("evidence.choose_reason"))
        self.why_field = Field(t("evidence.why_removed"), self.why)
        column.addWidget(self.why_field)
        self.sure = button(t("evidence.remove_now"), self._remove, role="danger", icon_name="trash")
        column.addLayout(row(self.sure, button(t("evidence.keep"), self._close)))
        return frame

    # -- showing -------------------------------------------------------------------------------------------------------

    def enter(self, *, attachment_id: str) -> None:  # type: ignore[override]
        self._id = attachment_id
        if not self.desk.state.trained:
            self.body.insertWidget(self.body.count() - 1, Notice(t("evidence.closed_why"), Tone.INFO))
            return
        self.desk.tasks.work(self, lambda work: attachment(work, attachment_id), self._show)

    def _show(self, found: AttachmentRow) -> None:
        self._row = found
        self._facts.addWidget(label(breakable(found.name), "strong"))
        self._facts.addWidget(label(about(found), "soft"))
        if found.note:
            self._facts.addWidget(label(found.note))
        self._enable(there=True)
        self.take_out.setFocus()
        self.desk.tasks.work(self, lambda work: content(work, self._id), self._open)

    def _open(self, plain: bytes) -> None:
        """Look at the file in the way of its kind; on the worker, for a large one takes a moment."""
        kind, tasks = self._row.kind if self._row else None, self.desk.tasks
        if kind is None or kind.shown is Shown.SOUND:
            words = t("evidence.sound") if kind else t("evidence.kind_unknown")
            self._cannot.addWidget(Notice(words, Tone.INFO, more=t("evidence.export_to_see")))
        elif kind.shown is Shown.PHOTO:
            tasks.do(self, lambda: read_photo(plain, kind.media_type), self._show_photo)
        else:
            tasks.do(self, lambda: check_paper(plain), lambda _: self._show_paper(plain))

    def _show_photo(self, image: QImage) -> None:
        self.photo.show()
        self.photo.show_photo(image)
        self._point_to(self.photo.area, self.photo)

    def _show_paper(self, plain: bytes) -> None:
        self.paper.show()
        self.paper.show_pdf(plain)
        count = len(self.paper.sheets)
        self.paper.words.setText(t("evidence.sheets", count=count) if count > 1 else t("evidence.one_sheet"))
        self.paper.setAccessibleName(f"{t('evidence.paper')}. {self.paper.words.text()}")
        self.paper.setFocus()

    def _enable(self, *, there: bool) -> None:
        for each in (self.take_out, self.take_away):
            each.setEnabled(there)

    # -- taking out ----------------------------------------------------------------------------------------------------

    def open_export(self) -> None:
        """Ask why, and where to."""
        self._remove_card.hide()
        self.write.setEnabled(True)
        self._open_card(self._export_card, self.reason)

    def unsaved(self) -> Unsaved | None:
        reason = self.reason.toPlainText()
        if not reason.strip():
            return None
        return Unsaved({"reason": reason}, self._row.person_id if self._row else None, case_text=True)

    def restore(self, content: dict[str, Any]) -> None:
        self.open_export()
        self.reason.setPlainText(str(content.get("reason", "")))

    def _ask_place(self) -> None:
        reason, found = self.reason.toPlainText().strip(), self._row
        if not reason or len(reason) > _REASON_LIMIT:
            words = t("evidence.reason_too_long", limit=_REASON_LIMIT) if reason else t("evidence.reason_missing")
            self.reason_field.wrong(words)
            self._point_to(self.reason, self.reason_field)
            return
        self.reason_field.wrong("")
        ending = found.kind.ending if found and found.kind else "bin"

        def write(path: Path) -> None:
            self.write.setEnabled(False)
            self.clear_notices()
            self.desk.tasks.store(
                self, lambda store: export(store, self._id, path, reason), lambda _: self._exported(path.name)
            )

        name = t("evidence.file_name", id=self._id[:8], ending=ending)
        self.desk.save_file(self, t("evidence.export_place"), write, name=name, kinds=f"*.{ending}")

    def _exported(self, name: str) -> None:
        self.reason.clear()
        self._close()
        self.settled.emit()
        self.tell(t("evidence.exported", file=name), more=t("evidence.exported_more"))

    # -- taking away ---------------------------------------------------------------------------------------------------

    def _ask_why(self) -> None:
        self._export_card.hide()
        self.write.setEnabled(False)
        self._open_card(self._remove_card, self.why)

    def _remove(self) -> None:
        reason = self.why.value
        if reason is None:
            self.why_field.wrong(t("evidence.reason_missing"))
            self._point_to(self.why, self.why_field)
            return
        self.why_field.wrong("")
        self.sure.setEnabled(False)
        attachment_id = self._id
        self.desk.tasks.store(
            self,
            lambda store: delete_now(store, "attachment", attachment_id, Reason(reason)),
            lambda _: self._removed(),
        )

    def _removed(self) -> None:
        self.settled.emit()
        self.desk.back()
        self.desk.say(t("evidence.removed"))

    # -- both ----------------------------------------------------------------------------------------------------------

    def failed(self, error: ExpectedError) -> None:
        super().failed(error)
        self.write.setEnabled(self._export_card.isVisibleTo(self))
        self.sure.setEnabled(True)

    def _open_card(self, frame: QFrame, first: QWidget) -> None:
        frame.show()
        put_in_order(self)
        self._point_to(first, frame)

    def _point_to(self, first: QWidget, whole: QWidget) -> None:
        first.setFocus()
        QTimer.singleShot(0, self, lambda: self._bring(first, whole))  # it has its place once the page is laid out

    def _bring(self, first: QWidget, whole: QWidget) -> None:
        self.show_widget(whole)
        self.show_widget(first)

    def _close(self) -> None:
        had_export = self._export_card.isVisibleTo(self)
        self._export_card.hide()
        self._remove_card.hide()
        self.write.setEnabled(False)
        (self.take_out if had_export else self.take_away).setFocus()
