# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's first page 'Kotak masuk': taking bundles in, giving receipts back, and what came of every bundle.

A file of an unknown sender is refused and left where it lies. Receipts go back on the same stick; they can be written
again at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trafficwatch.ppt.directory import DirectoryRow, due
from trafficwatch.sync.importing import SenderPending
from trafficwatch.sync.inbox import BundleRow, RefusedRow, bundles, refused_of, villages
from trafficwatch.sync.outgoing import write_answer
from trafficwatch.texts import t
from trafficwatch.texts.exchange import reason_words, type_words
from trafficwatch.ui.exchange.attention import AttentionCard
from trafficwatch.ui.exchange.intake import Intake, Outcome
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.results import lines, summary
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.exchange.undo_card import UndoCard
from trafficwatch.ui.ppt.due_card import DueCard
from trafficwatch.ui.ppt.removed_card import RemovedCard
from trafficwatch.ui.shell.backup_line import BackupLine
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.draft_list import DraftList
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line, Lines, Pager
from trafficwatch.ui.widgets.parts import button, card, label
from trafficwatch.ui.widgets.progress import Progress

PAGE = 30


class InboxPage(Page):
    """What came from the villages."""

    name = "inbox"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("ppt_desk.inbox.title"), t("ppt_desk.inbox.subtitle"))
        self.directory = button(t("directory.title"), lambda: desk.go("directory"), icon_name="building")
        self.corner.addWidget(self.directory)
        self.corner.addWidget(button(t("usb.title"), lambda: desk.go("usb"), icon_name="stick"))
        self.corner.addWidget(button(t("serve.open"), lambda: desk.go("serve"), icon_name="link"))
        self._rows: dict[str, BundleRow] = {}
        self._names: dict[str, str] = {}
        self._outcome: Outcome | None = None
        self._is_writing = False
        self.progress = Progress()
        self.intake = Intake(self, self.progress)
        self.intake.finished.connect(self.show_outcome)
        self.body.addWidget(self.progress)
        self._build_result()
        self.attention = AttentionCard(self)
        self.body.addWidget(self.attention)
        self.due = DueCard(self)
        self.body.addWidget(self.due)
        self.removed = RemovedCard(self)
        self.body.addWidget(self.removed)
        self.drafts = DraftList(self)
        self.body.addWidget(self.drafts)
        self._build_history()
        self._build_empty()
        self.backup = BackupLine(desk)
        self.body.addWidget(self.backup)
        self.body.addStretch(1)
        self.one = button(t("ppt_desk.inbox.one_file"), self._ask_file, icon_name="inbox")
        self.folder = button(t("ppt_desk.inbox.take"), self._ask_folder, role="primary", icon_name="stick")
        self.footer(self.one, primary=self.folder)
        self._enable()

    def enter(self, **_: Any) -> None:
        if not self.desk.state.trained:
            self.tell(t("ppt_desk.trained_only"), Tone.INFO)
        self._load(0)
        self.desk.tasks.work(self, due, self._count_due, slot="directory")
        self.attention.read()
        self.due.read()
        self.removed.read()
        self.drafts.read()
        self.backup.read()

    def _count_due(self, found: Sequence[DirectoryRow]) -> None:
        """Say on the way to the directory how many institutions have to be called."""
        if found:
            self.directory.setText(t("directory.title_due", count=len(found)))

    # -- the cards ---------------------------------------------------------------------------------------------------

    def _build_result(self) -> None:
        self.result, column = card(t("exchange_desk.result.title"))
        self.result_list = Lines(t("exchange_desk.result.title"))
        column.addWidget(self.result_list)
        self.write_all = button("", self._write_all, icon_name="receipt")
        self.write_elsewhere = button(t("ppt_desk.inbox.elsewhere"), self._ask_all, icon_name="folder")
        column.addLayout(side_by_side(self.write_all, self.write_elsewhere))
        self.body.addWidget(self.result)
        self.result.hide()

    def _build_history(self) -> None:
        self.history, column = card(t("ppt_desk.inbox.history"))
        self.list = Lines(t("ppt_desk.inbox.history"))
        self.list.pointed.connect(self._point)
        self.pager = Pager(PAGE)
        self.pager.turned.connect(self._load)
        column.addWidget(self.list)
        column.addWidget(self.pager)
        self.hint = label(t("ppt_desk.inbox.choose"), "small")
        column.addWidget(self.hint)
        self.detail = label("", "strong")
        self.refused = Lines(t("ppt_desk.inbox.refused"), height=220)
        self.receipt = button(t("ppt_desk.inbox.receipt"), self._ask_receipt, icon_name="receipt")
        for widget in (self.detail, self.refused):
            column.addWidget(widget)
            widget.hide()
        column.addLayout(side_by_side(self.receipt))
        self.receipt.hide()
        self.undo = UndoCard(self)
        self.undo.undone.connect(self._reread)
        column.addWidget(self.undo)
        self.body.addWidget(self.history)
        self.history.hide()

    def _build_empty(self) -> None:
        self.nothing, column = card(t("ppt_desk.inbox.empty"))
        column.addWidget(label(t("ppt_desk.inbox.empty_how")))
        to_villages = button(t("ppt_desk.inbox.to_villages"), lambda: self.desk.go("villages"), icon_name="village")
        column.addLayout(side_by_side(to_villages))
        self.body.addWidget(self.nothing)
        self.nothing.hide()

    # -- the history -------------------------------------------------------------------------------------------------

    def _load(self, offset: int) -> None:
        self.desk.tasks.work(
            self,
            lambda work: (bundles(work, offset, PAGE + 1), {row.code: row.name for row in villages(work)}),
            lambda found: self._show(offset, *found),
            super().failed,
            slot="bundles",
        )

    def _show(self, offset: int, rows: Sequence[BundleRow], names: dict[str, str]) -> None:
        shown = rows[:PAGE]
        self._names = names
        self._rows = {row.bundle: row for row in shown}
        self.list.put([_bundle(row) for row in shown])
        self.pager.put(offset, len(shown), goes_on=len(rows) > PAGE)
        self.history.setVisible(bool(shown))
        self.nothing.setVisible(not shown)
        if self._outcome is not None:
            self.result_list.put(lines(self._outcome, names))
        self._point(self.list.current)

    def _point(self, bundle: str) -> None:
        row = self._rows.get(bundle)
        self.receipt.setVisible(row is not None and row.receipt is not None)
        self.undo.put(row)
        self.hint.setVisible(row is None)
        self.detail.hide()
        self.refused.hide()
        if row is not None and row.refused:
            self.desk.tasks.work(
                self,
                lambda work: refused_of(work, bundle),
                lambda found: self._show_refused(row, found),
                slot="refused",
            )

    def _show_refused(self, row: BundleRow, found: Sequence[RefusedRow]) -> None:
        if self.list.current == row.bundle:
            self.detail.setText(t("ppt_desk.inbox.refused_of", count=len(found), number=row.number))
            self.refused.put(
                [
                    Line(f"{each.type}/{each.id}", type_words(each.type), reason_words(each.reason), Tone.WARN)
                    for each in found
                ]
            )
            self.detail.show()
            self.refused.show()

    def _reread(self) -> None:
        self.attention.read()
        self._load(0)

    # -- taking in ---------------------------------------------------------------------------------------------------

    def _enable(self) -> None:
        can = self.desk.state.trained and not self.intake.is_running
        self.one.setEnabled(can)
        self.folder.setEnabled(can)
        for each in (self.write_all, self.write_elsewhere, self.receipt):
            each.setEnabled(not self._is_writing)

    def _ask_folder(self) -> None:
        self.desk.open_folder(self, t("ppt_desk.inbox.choose_folder"), self.take_folder)

    def _ask_file(self) -> None:
        self.desk.open_file(self, t("ppt_desk.inbox.choose_file"), self.take_file, kinds="*.twb")

    def take_folder(self, folder: Path) -> None:
        """Take in every bundle of a folder or stick."""
        self.result.hide()
        self.intake.take_folder(folder)
        self._enable()

    def take_file(self, path: Path) -> None:
        """Take in one bundle."""
        self.result.hide()
        self.intake.take_file(path)
        self._enable()

    def show_outcome(self, outcome: Outcome) -> None:
        """Say what came of the files, and offer to write their receipts."""
        words, more, tone = summary(outcome)
        self.tell(words, tone, more=more)
        self.desk.say(words)
        self._outcome = outcome
        receipts = _receipts(outcome)
        self.result_list.put(lines(outcome, self._names))
        self.result.setVisible(bool(outcome.files))
        self.write_all.setText(t("ppt_desk.inbox.write_all", count=len(receipts), folder=outcome.folder.name or "/"))
        for widget in (self.write_all, self.write_elsewhere):
            widget.setVisible(bool(receipts))
        if receipts:
            bring(self, self.write_all)
        self._enable()
        self._reread()

    def failed(self, error: Any) -> None:
        super().failed(error)
        if isinstance(error, SenderPending):
            self.tell(t("ppt_desk.inbox.pending"), Tone.WARN)
        self._enable()

    # -- receipts ----------------------------------------------------------------------------------------------------

    def _write_all(self) -> None:
        if self._outcome is not None:
            self._write(self._outcome.folder, _receipts(self._outcome))

    def _ask_all(self) -> None:
        if self._outcome is not None:
            receipts = _receipts(self._outcome)
            self.desk.open_folder(self, t("ppt_desk.inbox.choose_stick"), lambda folder: self._write(folder, receipts))

    def _ask_receipt(self) -> None:
        row = self._rows.get(self.list.current)
        if row is not None and row.receipt is not None:
            receipts = [row.receipt]
            self.desk.open_folder(self, t("ppt_desk.inbox.choose_stick"), lambda folder: self._write(folder, receipts))

    def _write(self, folder: Path, receipts: Sequence[str]) -> None:
        if self._is_writing:
            return
        self.clear_notices()
        self._is_writing = True
        self._enable()
        self.desk.tasks.store(
            self,
            lambda store: [write_answer(store, receipt, folder) for receipt in receipts],
            self._written,
            self._not_written,
        )

    def _not_written(self, error: Any) -> None:
        self._is_writing = False
        self.failed(error)

    def _written(self, paths: Sequence[Path]) -> None:
        self._is_writing = False
        self._enable()
        words = t("ppt_desk.inbox.written", count=len(paths))
        files = ", ".join(path.name for path in paths)
        self.tell(words, Tone.OK, more=t("ppt_desk.inbox.written_more", files=files))
        self.desk.say(words)


def _receipts(outcome: Outcome) -> list[str]:
    found = [each for done in outcome.taken for each in (done.receipt, *done.later) if each]
    return list(dict.fromkeys(found))


def _bundle(row: BundleRow) -> Line:
    said = [t("ppt_desk.inbox.bundle_received", at=moment(row.received_at), count=row.received)]
    if row.refused:
        said.append(t("exchange_desk.result.refused", count=row.refused))
    if row.undone_at:
        said.append(t("import_undo.was_undone", at=moment(row.undone_at)))
    name = t("ppt_desk.inbox.bundle", name=row.sender_name, number=row.number)
    return Line(row.bundle, name, " ".join(said), Tone.WARN if row.refused else Tone.OK, "seal")
