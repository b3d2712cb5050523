# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of residents on paper or as a workbook, as it stands on the screen: narrowed and ordered the same way.

A printed list shows no number of anybody unless it is asked for. A workbook holds everything, so it asks for a reason,
which the change log keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QCheckBox, QGridLayout

from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.resident_list import resident_list_pdf
from trafficwatch.models.papers import Column, ListForm
from trafficwatch.registry.browse import residents
from trafficwatch.registry.handing_out import save_list
from trafficwatch.registry.listing import Sort
from trafficwatch.registry.lists import COLUMNS, Wanted, list_form
from trafficwatch.reports.residents_xlsx import residents_xlsx
from trafficwatch.texts import current_language, t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.paper_actions import PaperActions
from trafficwatch.ui.village.residents_filter import unpacked
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, label, line_edit
from trafficwatch.ui.widgets.pdf_preview import PdfPreview

REASON_LIMIT = 200


def wanted_of(text: str, narrowed: Mapping[str, Any] | None, sort: str) -> Wanted:
    """What the page of residents says of its list."""
    return Wanted(text, unpacked(narrowed or {}), Sort(sort))


class ListPrintPage(Page):
    """The list on paper."""

    name = "list_print"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("import_page.print.title"), t("import_page.print.subtitle"), can_go_back=True)
        self._wanted = Wanted()
        box, inside = card(t("import_page.print.columns"))
        grid = QGridLayout()
        grid.setSpacing(px(8))
        beside = 2 if look().zoom >= COMPACT_FROM else 5
        self.columns: dict[Column, QCheckBox] = {}
        for place, each in enumerate(Column):
            tick = QCheckBox(t(f"papers.column.{each.value}"))
            tick.setChecked(each in COLUMNS)
            tick.setEnabled(each is not Column.NAME)
            tick.toggled.connect(self._draw)
            self.columns[each] = tick
            grid.addWidget(tick, place // beside, place % beside)
        inside.addLayout(grid)
        self.body.addWidget(box)
        self.paper = PaperActions(self, t("import_page.print.save"), t("import_page.print.file"), is_secret=True)
        self.paper.turned.connect(lambda _: self._draw())
        self.body.addWidget(self.paper)
        self.preview = PdfPreview()
        self.body.addWidget(self.preview)
        self.body.addStretch(1)

    def enter(  # type: ignore[override]
        self, *, text: str = "", narrowed: Mapping[str, Any] | None = None, sort: str = Sort.NAME
    ) -> None:
        self._wanted = wanted_of(text, narrowed, sort)
        self.paper.print.setFocus()
        self._draw()

    @property
    def chosen(self) -> tuple[Column, ...]:
        return tuple(column for column, tick in self.columns.items() if tick.isChecked())

    def _draw(self) -> None:
        wanted, columns, language = self._wanted, self.chosen, current_language()
        self.paper.offer(b"")

        def read(work: Any) -> ListForm:
            return list_form(work, wanted, language, columns)

        self.desk.tasks.work(self, read, self._put_on_paper, slot="list")

    def _put_on_paper(self, form: ListForm) -> None:
        paper = PAPERS[self.paper.paper_name]
        self.desk.tasks.do(self, lambda: resident_list_pdf(form, paper), self._show, slot="pdf")

    def _show(self, pdf: bytes) -> None:
        self.paper.offer(pdf)
        self.preview.show_pdf(pdf)


class ListExportPage(Page):
    """The list as a workbook."""

    name = "list_export"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("import_page.export.title"), t("import_page.export.subtitle"), can_go_back=True)
        self._wanted = Wanted()
        self.body.addWidget(Notice(t("import_page.export.personal"), Tone.WARN, more=t("import_page.export.careful")))
        box, inside = card(t("import_page.export.what"))
        self.count = label("", "lead")
        inside.addWidget(self.count)
        inside.addWidget(label(t("import_page.export.holds"), "soft"))
        self.reason = line_edit(limit=REASON_LIMIT)
        self.reason.textChanged.connect(self.changed)
        self._reason = Field(t("import_page.export.reason"), self.reason, t("import_page.export.reason_hint"))
        inside.addWidget(self._reason)
        self.body.addWidget(box)
        self.body.addStretch(1)
        self.save = button(t("import_page.export.save"), self._ask_where, role="primary", icon_name="save")
        self.save.setEnabled(False)
        self.footer(primary=self.save)

    def enter(  # type: ignore[override]
        self, *, text: str = "", narrowed: Mapping[str, Any] | None = None, sort: str = Sort.NAME
    ) -> None:
        self._wanted = wanted = wanted_of(text, narrowed, sort)
        self.reason.setFocus()
        self.desk.tasks.work(
            self,
            lambda work: residents(work, wanted.text, 0, 1, wanted.narrowed, wanted.sort).total,
            self._show,
        )

    def unsaved(self) -> Unsaved | None:
        typed = self.reason.text().strip()
        return Unsaved({"typed": {"reason": typed}}) if typed else None

    def restore(self, content: Mapping[str, Any]) -> None:
        self.reason.setText(content["typed"]["reason"])

    def _show(self, total: int) -> None:
        number = QLocale(current_language()).toString(total)
        self.count.setText(t("import_page.export.count", count=number))
        self.save.setEnabled(bool(total))

    def _ask_where(self) -> None:
        if not self.reason.text().strip():
            self._reason.wrong(t("import_page.export.reason_missing"))
            self.reason.setFocus()
            return
        self._reason.wrong("")
        title, name = t("import_page.export.title"), t("import_page.export.file")
        self.desk.save_file(self, title, self._write, name=name, kinds="*.xlsx")

    def _write(self, path: Path) -> None:
        wanted, reason, language = self._wanted, self.reason.text(), current_language()
        self.save.setEnabled(False)

        self.desk.tasks.store(
            self,
            lambda store: save_list(store, path, wanted, reason, language, residents_xlsx),
            lambda _: self._saved(path.name),
            self._not_saved,
        )

    def _saved(self, name: str) -> None:
        self.save.setEnabled(True)
        self.reason.clear()
        self.settled.emit()
        self.clear_notices()
        self.tell(t("import_page.export.saved", file=name), more=t("import_page.export.careful"))

    def _not_saved(self, error: Any) -> None:
        self.save.setEnabled(True)
        self.failed(error)
