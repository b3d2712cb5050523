# SPDX-License-Identifier: GPL-3.0-or-later
"""Take in the village's population workbook, in steps: file, columns, what would happen, what happened.

Nothing is stored before the third step's button is pressed; then everything or nothing, also when somebody leaves
(`import_intake`). Who leaves before comes back to the same step: the file is read again. A draft holds its name and the
choices, nothing of what it says.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.registry.handing_out import save_workbook
from trafficwatch.registry.workbook.plan import Outcome
from trafficwatch.registry.workbook.take_in import Preview, Result, planned, preview
from trafficwatch.registry.workbook.writing import blank_template, refused_rows
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.import_columns import ColumnsStep
from trafficwatch.ui.village.import_findings import Findings, Tiles
from trafficwatch.ui.village.import_intake import NAME, Intake
from trafficwatch.ui.widgets.parts import button, card, empty, label, row
from trafficwatch.ui.widgets.progress import Progress
from trafficwatch.ui.widgets.steps import StepBar
from trafficwatch.ui.widgets.tab_order import put_in_order

STEPS = ("file", "columns", "check", "done")
KINDS = "*.xlsx *.xlsm *.xls *.ods *.csv"


class ImportResidentsPage(Page):
    """The four steps; `seen` is what the workbook says."""

    name = NAME

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("import_page.title"), can_go_back=True)
        self.seen: Preview | None = None
        self._path: Path | None = None
        self._as_new: set[int] = set()
        self._at = 0
        self._wanted_step = 1
        self._is_busy = self._is_counted = False
        self._intake: Intake | None = None
        self._bar = QVBoxLayout()
        self.body.addLayout(self._bar)
        self.progress = Progress()
        self.body.addWidget(self.progress)
        self.file_step = self._file_step()
        self.columns_step = ColumnsStep()
        self.columns_step.asked.connect(lambda sheet: self._read(sheet=sheet))
        self.check_step, check = self._column()
        self.tiles = Tiles()
        self.findings = Findings()
        self.findings.marked.connect(self._mark)
        self.safe = label(t("import_page.nothing_yet"), "strong")
        self.rest = label("", "soft")
        for part in (self.safe, self.tiles, self.rest, self.findings):
            check.addWidget(part)
        self.done_step, done = self._column()
        box, inside = card(t("import_page.done"))
        self.result = label("", "lead")
        self.result_more = label("", "soft")
        self.keep_refused = button(t("import_page.refused.save"), self._ask_refused, icon_name="save")
        self.again = button(t("import_page.another"), self._start_again, role="quiet", icon_name="refresh")
        inside.addWidget(self.result)
        inside.addWidget(self.result_more)
        inside.addLayout(row(self.keep_refused))
        inside.addLayout(row(self.again))
        done.addWidget(box)
        for step in (self.file_step, self.columns_step, self.check_step, self.done_step):
            self.body.addWidget(step)
        self.body.addStretch(1)
        self.before = button(t("import_page.before"), self._back, icon_name="back")
        self.next = button("", self._on, role="primary")
        self.footer(self.before, primary=self.next)
        self._show_step(0)

    def enter(self, **_: Any) -> None:
        """Go on with what is still being taken in, or say what came of it."""
        intake: Intake | None = self.desk.under_way.get(NAME)
        if intake is not None:
            self._path, self._as_new, self.seen = intake.seen.book.path, set(intake.as_new), intake.seen
            self.columns_step.put(intake.seen)
            self._show_plan(intake.seen)
            self._show_step(STEPS.index("check"))
            self._follow(intake)

    def unsaved(self) -> Unsaved | None:
        if self._path is None or self._at >= STEPS.index("done"):
            return None
        columns = self.seen.columns if self.seen else {}
        return Unsaved(
            {
                "typed": {},
                "path": str(self._path),
                "sheet": self.seen.sheet if self.seen else None,
                "columns": [[column, field] for column, field in columns.items()],
                "as_new": sorted(self._as_new),
                "step": self._at,
                "name": self._path.name,
            }
        )

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._intake is not None or self._at == STEPS.index("done"):
            return
        self._path = Path(content["path"])
        self._as_new = set(content["as_new"])
        self._wanted_step = max(1, content["step"])
        columns = {int(column): field for column, field in content["columns"]}
        self._read(sheet=content["sheet"], columns=columns or None)

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _column(self) -> tuple[QWidget, QVBoxLayout]:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.body.spacing())
        return made, column

    def _file_step(self) -> QWidget:
        made, column = self._column()
        box, inside = card(t("import_page.file.title"))
        inside.addWidget(label(t("import_page.file.which"), "lead"))
        for line in ("matched", "filled", "not_kept", "backup"):
            inside.addWidget(label(t(f"import_page.file.{line}")))
        inside.addWidget(label(t("import_page.nothing_yet"), "strong"))
        column.addWidget(box)
        box, inside = card(t("import_page.template.title"), t("import_page.template.more"))
        self.template = button(t("import_page.template.save"), self._ask_template, icon_name="save")
        inside.addLayout(row(self.template))
        column.addWidget(box)
        return made

    def _show_step(self, at: int) -> None:
        self._at = at
        empty(self._bar)
        self._bar.addWidget(StepBar([t(f"import_page.step.{name}") for name in STEPS], at))
        for place, step in enumerate((self.file_step, self.columns_step, self.check_step, self.done_step)):
            step.setVisible(place == at)
        self.before.setVisible(at in {1, 2})
        self._enable()
        put_in_order(self)
        self.next.setFocus()
        self._scroll.verticalScrollBar().setValue(0)

    def _enable(self) -> None:
        """The primary button says what it does, and can't while something is under way."""
        seen = self.seen
        words, may = t("import_page.next.file"), True
        if self._at == 1:
            words, may = t("import_page.next.columns"), seen is not None
        elif self._at == 2 and seen is not None:
            count = sum(bool(step.changes) for step in seen.plan.steps)
            number = QLocale(current_language()).toString(count)
            words, may = t("import_page.next.check", count=number), count > 0
        elif self._at == 3:
            words = t("import_page.next.done")
        self.next.setText(words)
        self.next.setEnabled(may and not self._is_busy)
        self.before.setEnabled(not self._is_busy)
        for step in (self.columns_step, self.findings, self.template):
            step.setEnabled(not self._is_busy)

    def _on(self) -> None:
        match self._at:
            case 0:
                self.desk.open_file(self, t("import_page.next.file"), self.take, kinds=KINDS)
            case 1:
                self._check()
            case 2:
                self._take_in()
            case _:
                self.desk.go("residents")

    def _check(self) -> None:
        """On to what would happen, with the columns as they were chosen."""
        seen, chosen = self.seen, self.columns_step.chosen
        if seen is None or not self.columns_step.judge():
            return
        if chosen is None:
            self._show_step(2)
        else:
            self._wanted_step = 2
            self._read(sheet=seen.sheet, columns=chosen)

    def _back(self) -> None:
        self._show_step(self._at - 1)

    def _start_again(self) -> None:
        self.seen = self._path = None
        self._as_new.clear()
        self.clear_notices()
        self._show_step(0)

    # -- reading -------------------------------------------------------------------------------------------------------

    def take(self, path: Path) -> None:
        """Read the file that was chosen."""
        self._path = path
        self._as_new.clear()
        self._wanted_step = 1
        self.seen = None
        self.changed.emit()
        self._read()

    def _read(self, *, sheet: str | None = None, columns: Mapping[int, str] | None = None) -> None:
        """Read the file again with these choices."""
        path, as_new = self._path, frozenset(self._as_new)
        if path is None:
            return
        self.clear_notices()
        self._busy(t("import_page.reading", file=path.name))
        self.desk.tasks.store(
            self,
            lambda store: preview(store, path, sheet=sheet, columns=columns, as_new=as_new),
            self._read_done,
            self._not_read,
        )

    def _read_done(self, seen: Preview) -> None:
        self._free()
        self.seen = seen
        self._as_new &= {step.row.number for step in seen.plan.steps}
        self.columns_step.put(seen)
        self._show_plan(seen)
        step = self._wanted_step if seen.ready else 1
        self._wanted_step = 1
        self.changed.emit()
        if step != self._at:
            self._show_step(step)
        else:
            self._enable()
            put_in_order(self)

    def _not_read(self, error: ExpectedError) -> None:
        self._free()
        if self.seen is None:
            self._path = None
            self._show_step(0)
        self.failed(error)

    def _show_plan(self, seen: Preview) -> None:
        self.tiles.put(seen.plan.counts())
        counted = seen.reading.counted
        others = seen.empty + counted.families + counted.headings + counted.after_end
        number = QLocale(current_language()).toString
        said = t("import_page.rows", people=number(counted.people), sheet=seen.sheet)
        self.rest.setText(f"{said} {t('import_page.other_rows', count=number(others))}" if others else said)
        self._tell_safe(seen)
        self.findings.put(seen, self._as_new)

    def _tell_safe(self, seen: Preview) -> None:
        has_changes = any(step.changes for step in seen.plan.steps)
        self.safe.setText(t("import_page.nothing_yet") if has_changes else t("import_page.no_change"))

    def _mark(self, number: int, is_new: bool) -> None:  # noqa: FBT001 - a signal's argument
        """A row that looks like somebody known is somebody else after all."""
        seen = self.seen
        if seen is None:
            return
        (self._as_new.add if is_new else self._as_new.discard)(number)
        as_new = frozenset(self._as_new)
        self.changed.emit()
        self.desk.tasks.store(self, lambda store: planned(store, seen, as_new), self._replanned)

    def _replanned(self, seen: Preview) -> None:
        self.seen = seen
        self.tiles.put(seen.plan.counts())
        self._tell_safe(seen)
        self.findings.count(seen)
        self._enable()

    # -- taking in -----------------------------------------------------------------------------------------------------

    def _take_in(self) -> None:
        if self.seen is None:
            return
        self.clear_notices()
        intake = Intake(self.desk, self.seen, frozenset(self._as_new))
        self._follow(intake)
        intake.start(self.draft_id)

    def _follow(self, intake: Intake) -> None:
        self._intake = intake
        intake.follow(self)
        intake.told.connect(self._told)
        intake.ended.connect(self._ended)
        if intake.is_over:
            self._ended()
        else:
            self._busy(t("import_page.backing_up"), intake.stop)

    def _ended(self) -> None:
        intake = self._intake
        if intake is None or self.isHidden():  # left: whoever comes back is told
            return
        self._intake = None
        intake.shown()
        if intake.result is not None:
            self._taken_in(intake.result)
        elif intake.error is not None:
            self._free()
            self.failed(intake.error)

    def _told(self, done: int, total: int) -> None:
        number = QLocale(current_language()).toString

        def words(at: int, of: int) -> str:
            return t("import_page.taking_in", done=number(at), total=number(of))

        if not self._is_counted and self._intake is not None:
            self._is_counted = True
            self.progress.begin(total, words, self._intake.stop, t("import_page.stopping"))
        self.progress.step(done)

    def _taken_in(self, result: Result) -> None:
        self._free()
        if result.cancelled or self.seen is None:
            self.tell(t("import_page.cancelled"), Tone.INFO, more=t("import_page.cancelled_more"))
            return
        self.seen = dataclasses.replace(self.seen, plan=result.plan)
        self.settled.emit()
        number = QLocale(current_language()).toString
        counts = {outcome.value: number(count) for outcome, count in result.counts.items()}
        self.result.setText(t("import_page.result", created=counts["created"], updated=counts["updated"]))
        refused = result.counts[Outcome.REFUSED]
        more = t("import_page.result_more", unchanged=counts["unchanged"], refused=counts["refused"])
        self.result_more.setText(f"{more} {t('import_page.result_refused')}" if refused else more)
        self.keep_refused.setVisible(bool(refused))
        self.desk.say(t("import_page.done"))
        self._show_step(3)

    def _busy(self, words: str, stop: Any = None) -> None:
        self._is_busy, self._is_counted = True, False
        self._enable()
        self.progress.stop.setVisible(stop is not None)
        self.progress.begin(0, lambda _done, _total: words, stop or (lambda: None), t("import_page.stopping"))

    def _free(self) -> None:
        self._is_busy = False
        self.progress.end()
        self._enable()

    # -- files ---------------------------------------------------------------------------------------------------------

    def _ask_template(self) -> None:
        title, name = t("import_page.template.save"), t("import_page.template.file")
        self.desk.save_file(self, title, partial(self._write, blank_template), name=name, kinds="*.xlsx")

    def _ask_refused(self) -> None:
        seen = self.seen
        if seen is not None:
            title, name = t("import_page.refused.save"), t("import_page.refused.file")
            self.desk.save_file(
                self, title, partial(self._write, lambda: refused_rows(seen)), name=name, kinds="*.xlsx"
            )

    def _write(self, make: Any, path: Path) -> None:
        self.desk.tasks.store(
            self, lambda store: save_workbook(store, path, make()), lambda _: self._written(path.name)
        )

    def _written(self, name: str) -> None:
        self.clear_notices()
        self.tell(t("import_page.written", file=name))
