# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of one type on a case's page: a line for each, which opens to all that is known of it, and what to do.

What is the PPT's is read only. Deleting asks why, in place, and moves the record to the trash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.models.fields import Record, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.registry.trash import Reason
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.trail import deletion_words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village.care_fields import ENTERED
from trafficwatch.ui.village.care_reading import CLOSED, CaseFile
from trafficwatch.ui.village.care_words import known_fields, what, when_and_who
from trafficwatch.ui.village.resident_parts import facts
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, label, row
from trafficwatch.ui.widgets.tab_order import put_in_order

More = Callable[[Record], QWidget | None]
"""What stands below the fields of a record."""


@dataclass(frozen=True, slots=True)
class Hub:
    """What the parts of a case's page share; `delete(type, id, reason)` moves a record to the trash, `bring` scrolls to
    a part that came up, `again` shows the page anew. `papers` maps the types that have a
    printed form to what prints one of their records.
    """

    desk: Desk
    person_id: str
    file: CaseFile
    delete: Callable[[str, str, Reason], None]
    papers: Mapping[str, Callable[[str], None]]
    bring: Callable[[QWidget], None]
    again: Callable[[], None] = lambda: None

    @property
    def is_open(self) -> bool:
        """Whether something new may be written."""
        return self.file.state != CLOSED

    def add(self, type_name: str, **about: str) -> None:
        if type_name == "disclosure":
            self.desk.go("disclosure", person_id=self.person_id)
        else:
            self.desk.go("care_entry", of_type=type_name, person_id=self.person_id, **about)

    def edit(self, type_name: str, record_id: str) -> None:
        self.desk.go("care_entry", of_type=type_name, person_id=self.person_id, record_id=record_id)


class RecordsCard(QFrame):
    """One type: its records, the latest first, and the way to write another one."""

    def __init__(self, hub: Hub, type_name: str, more: More = lambda _: None) -> None:
        super().__init__()
        self._hub, self.type_name, self._more = hub, type_name, more
        self.setProperty("box", "card")
        self.setAccessibleName(type_words(type_name))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(18), px(14), px(18), px(16))
        self.column.setSpacing(px(8))
        self.column.addWidget(label(_first_up(type_words(type_name)), "heading"))
        self.folds: dict[str, Fold] = {}
        records = hub.file.records.get(type_name, ())
        if not records:
            self.column.addWidget(label(t(f"case_page.about.{type_name}"), "soft"))
        self._fill(records)
        is_ours = RECORD_TYPES[type_name].fields["deleted"].owner is Side.VILLAGE
        if is_ours and hub.is_open:
            self.add = button(t("case_page.add"), partial(hub.add, type_name), icon_name="plus")
            self.add.setAccessibleName(t("case_page.add_of", what=type_words(type_name)))
            self.column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def _fill(self, records: Sequence[Record]) -> None:
        for record in records:
            self.put(record)

    def put(self, record: Record) -> None:
        """The line of one record."""
        fold = record_fold(self._hub, self.type_name, record, self._more)
        self.folds[record.id] = fold
        self.column.addWidget(fold)


def record_fold(hub: Hub, type_name: str, record: Record, more: More = lambda _: None) -> Fold:
    """A record as a line that opens."""
    said = [what(type_name, record, hub.file.names), when_and_who(type_name, record, hub.file.names)]
    said += [t("put_away.away_record")] if (type_name, record.id) in hub.file.away else []
    fold = Fold("\n".join(part for part in said if part), lambda: _Opened(hub, type_name, record, more))
    fold.toggled.connect(lambda _: put_in_order(fold.window()))
    return fold


class _Opened(QWidget):
    """All fields of a record, and its buttons."""

    def __init__(self, hub: Hub, type_name: str, record: Record, more: More) -> None:
        super().__init__()
        self._hub, self._of = hub, (type_name, record.id)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(4), px(12), px(12))
        column.setSpacing(px(10))
        if self._of in hub.file.away:
            column.addWidget(Notice(t("put_away.away_here")))
        column.addLayout(facts(known_fields(type_name, record, hub.file.names)))
        if (extra := more(record)) is not None:
            column.addWidget(extra)
        if RECORD_TYPES[type_name].fields["deleted"].owner is not Side.VILLAGE:
            return
        called = what(type_name, record, hub.file.names)
        buttons = []
        if type_name in ENTERED:
            buttons.append(button(t("case_page.edit"), partial(hub.edit, type_name, record.id), icon_name="card"))
        if (prints := hub.papers.get(type_name)) is not None:
            buttons.append(button(t("case_page.print"), partial(prints, record.id), icon_name="print"))
        self.delete = button(t("case_page.delete"), self._ask, role="quiet", icon_name="trash")
        for each in (*buttons, self.delete):
            each.setAccessibleName(f"{each.text()}: {called}")
        column.addLayout(row(*buttons, self.delete))
        self._asked = self._question()
        self._asked.hide()
        column.addWidget(self._asked)

    def _question(self) -> QFrame:
        made, column = card(t("case_page.delete_ask"))
        made.setProperty("box", "sunken")
        options = [(each.value, _first_up(deletion_words(each.value))) for each in Reason]
        self.reason = Choice(options, empty=t("trash.delete_choose"))
        self._why = Field(t("trash.delete_why"), self.reason)
        self._why.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
        column.addWidget(self._why)
        self.sure = button(t("case_page.delete_now"), self._delete, role="danger", icon_name="trash")
        column.addLayout(row(self.sure, button(t("case_page.keep"), self._close)))
        return made

    def _ask(self) -> None:
        self._asked.show()
        put_in_order(self.window())
        self.reason.setFocus()
        self._hub.bring(self._asked)

    def _close(self) -> None:
        self._asked.hide()
        self.delete.setFocus()

    def _delete(self) -> None:
        chosen = self.reason.value
        self._why.wrong("" if chosen else t("trash.delete_missing"))
        if not chosen:
            self.reason.setFocus()
            return
        self.sure.setEnabled(False)
        self._hub.delete(*self._of, Reason(chosen))


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]
