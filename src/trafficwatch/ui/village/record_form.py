# SPDX-License-Identifier: GPL-3.0-or-later
"""A page that is the form of one record: what is loaded, what its draft holds, and when it is saved.

The page gives two use cases: `read(work, id)`, whose answer goes to `shown`, which hands the record to `show`; and
`write(work, fields, id, seen)`. Of a known record only what was changed here is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject

from trafficwatch.errors import ExpectedError
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.resident_form import Form
from trafficwatch.ui.widgets.parts import button
from trafficwatch.ui.widgets.tab_order import put_in_order

Seen = Mapping[str, frozenset[str]]


class RecordForm(QObject):
    """The form of a page; `save` is its primary button. Keys of the inputs are `<group>.<field>`."""

    def __init__(
        self,
        page: Page,
        group: str,
        *,
        area: str,
        write: Callable[[Any, Mapping[str, Any], str | None, Seen], Any],
        saved: Callable[[Any], None],
    ) -> None:
        super().__init__(page)
        self._page, self._group = page, group
        self._write, self._saved = write, saved
        self._id: str | None = None
        self._is_loading = False
        self._waiting: Mapping[str, Any] | None = None
        self.form = Form(self, area)
        self.form.changed.connect(page.changed)
        self.save = button(t("recruiters.save"), self._save, role="primary", icon_name="save")

    def begin(self, **fields: Any) -> None:
        """The form of a new record."""
        self.form.load({f"{self._group}.{name}": value for name, value in fields.items()})
        put_in_order(self._page)
        self._focus()

    def load(self, record_id: str, read: Callable[[Any, str], Any], shown: Callable[[Any], None]) -> None:
        """Read a known record."""
        self._id = record_id
        self._is_loading = True
        self.save.setEnabled(False)
        self._page.desk.tasks.work(self._page, lambda work: read(work, record_id), shown)

    def show(self, record: Any) -> None:
        """The record, once it was read."""
        self.form.load_record(self._group, record)
        self._is_loading = False
        self.save.setEnabled(True)
        put_in_order(self._page)
        if self._page.hasFocus():
            self._focus()
        if self._waiting is not None:
            self.restore(self._waiting)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting)
        if not self.form.typed():
            return None
        name = self.form.entries[f"{self._group}.name"].read()
        typed = self.form.typed(whole=self._id is None)
        return Unsaved({"typed": typed, "before": self.form.before(), "name": name})

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._is_loading:
            self._waiting = content
            return
        self._waiting = None
        self.form.write(content["typed"], content.get("before"))

    def _focus(self) -> None:
        next(iter(self.form.entries.values())).widget.setFocus()

    def _save(self) -> None:
        if problems := self.form.problems():
            widget = self.form.entries[next(iter(problems))].widget
            widget.setFocus()
            self._page.show_widget(widget)
            return
        is_new, record_id, seen = self._id is None, self._id, self.form.gone(self._group)
        fields = self.form.values(self._group, whole=is_new)
        if is_new:
            fields = {name: value for name, value in fields.items() if value}
        self.save.setEnabled(False)
        self._page.submit(lambda work: self._write(work, fields, record_id, seen), self._done, self._not_saved)

    def _done(self, record: Any) -> None:
        self.form.settle()
        self._page.settled.emit()
        self._saved(record)

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self._page.failed(error)
