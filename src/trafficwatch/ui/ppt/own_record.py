# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT writes of a case: the part of one organisation, or what an assessment in depth found.

`enter(of_type=..., case_id=..., record_id=None)`. How to reach the person stands first, then what must be
known of the consent. The village reads it with the next reply. Of a known record only what was changed here is saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout

from trafficwatch.casework.overview import institutions
from trafficwatch.errors import ExpectedError
from trafficwatch.models.accompanying import CasePart, DeepAssessment
from trafficwatch.models.fields import Record, Shape
from trafficwatch.models.institution import Institution
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.ppt.care import own_of, save_own
from trafficwatch.sync.inbox import ReceivedCase, received_case
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.ui.ppt.care_cards import OWN, warnings
from trafficwatch.ui.ppt.case_parts import contact_card
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village.care_fields import FORMS, field_of
from trafficwatch.ui.village.care_inputs import CareInputs
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.widgets.parts import button, card
from trafficwatch.ui.widgets.tab_order import put_in_order


@dataclass(frozen=True, slots=True)
class Found:
    """What the page reads."""

    case: ReceivedCase
    record: Record | None
    institutions: tuple[tuple[str, str], ...]


class OwnRecordPage(Page):
    """One record of the PPT about a case."""

    name = "own_record"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("ppt_care.title"), " ", can_go_back=True)
        self._of, self._case_id, self._record = "", "", ""
        self._person: str | None = None
        self._waiting: Mapping[str, Any] | None = None
        self.form: CareInputs | None = None
        self._column = QVBoxLayout()
        self._column.setSpacing(px(14))
        self.body.addLayout(self._column)
        self.body.addStretch(1)
        self.save = button(t("ppt_care.save"), self._save, icon_name="save")
        self.save.setEnabled(False)
        self.footer(primary=self.save)

    def enter(self, of_type: str = "", case_id: str = "", record_id: str | None = None, **_: Any) -> None:
        self._of, self._case_id, self._record = of_type, case_id, record_id or ""
        if of_type not in OWN or not case_id:  # nothing was typed when the desk locked: what it was is not kept
            QTimer.singleShot(0, self, lambda: self.desk.go("cases"))
            return
        self.title.setText(type_words(of_type))
        self.desk.tasks.work(self, lambda work: _read(work, of_type, case_id, record_id), self._show)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, self._person, case_text=True)
        if self.form is None or not self.form.typed():
            return None
        content = {"typed": self.form.typed(whole=not self._record), "before": self.form.before()}
        return Unsaved(content, self._person, case_text=True)

    def restore(self, content: Mapping[str, Any]) -> None:
        if self.form is None:
            self._waiting = content
            return
        self._waiting = None
        self.form.write(content["typed"], content.get("before"))

    def _show(self, found: Found) -> None:
        case = found.case
        self._person = case.person.id
        self.subtitle.setText(t("ppt_care.of", code=case.case.code or "", village=case.village_name))
        for notice in (contact_card(case.contact), *warnings(case.consents, case.agreement)):
            self._column.addWidget(notice)
        form = CareInputs(self, self.desk, self._of, {"institution": found.institutions})
        for part in FORMS[self._of].parts:
            frame, column = card(t("ppt_care.part"), t("ppt_care.part_more"))
            for name in part.fields:
                beside(column, form.make(name))
            self._column.addWidget(frame)
        form.load_record(self._of, found.record or self._new())
        form.changed.connect(self.changed)
        self.form = form
        self.save.setEnabled(True)
        if self._waiting is not None:
            self.restore(self._waiting)
        put_in_order(self)
        next(iter(form.entries.values())).widget.setFocus()

    def _new(self) -> Record:
        """A new record begins with today, where a day must be named."""
        fields = (field_of(self._of, name) for name in FORMS[self._of].fields)
        days = {each.name: self.desk.today for each in fields if each.shape is Shape.DATE and each.required}
        made: Record = RECORD_TYPES[self._of].cls(id="", **days)
        return made

    def _save(self) -> None:
        form = self.form
        if form is None:
            return
        self.clear_notices()
        if problems := form.problems():
            widget = form.entries[next(iter(problems))].widget
            widget.setFocus()
            self.show_widget(widget)
            return
        case_id, record_id = self._case_id, self._record or None
        fields = form.values(self._of, whole=record_id is None)
        cls: Any = RECORD_TYPES[self._of].cls
        self.save.setEnabled(False)
        self.submit(lambda work: save_own(work, cls, case_id, record_id, fields), self._saved, self._not_saved)

    def _saved(self, _: CasePart | DeepAssessment) -> None:
        if self.form is not None:
            self.form.settle()
        self.settled.emit()
        self.desk.say(t("ppt_care.saved"))
        self.desk.go("case", case_id=self._case_id)

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self.failed(error)


def _read(work: Any, of_type: str, case_id: str, record_id: str | None) -> Found:
    cls: Any = RECORD_TYPES[of_type].cls
    record = next((each for each in own_of(work, cls, case_id) if each.id == record_id), None)
    choices = [(row.id, row.name) for row in institutions(work)]
    linked = getattr(record, "institution_id", None)
    if linked and linked not in dict(choices):
        choices.append((linked, work.records.get(Institution, linked).name or ""))
    return Found(received_case(work, case_id), record, tuple(choices))
