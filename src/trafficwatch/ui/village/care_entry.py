# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of any one record of a case, new or known; what is asked stands in `care_fields`.

`enter(of_type=..., person_id=..., record_id=None, **given)`; `given` are fields a new one begins with. How to reach the
person safely stands first, then what to keep in mind at this moment. Of a known record only what was changed here is
saved. An account is opened by naming why it is asked. A request for protection belongs to no case: it is entered
without a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.casework.care import RULES, save_care
from trafficwatch.casework.closing import CaseClosed
from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Record, Shape
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.texts import explain_error, t
from trafficwatch.texts.exchange import type_words
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.care_fields import ENTERED, FORMS, MOMENTS, OPENED_BY, FormPart, field_of
from trafficwatch.ui.village.care_inputs import CareInputs
from trafficwatch.ui.village.care_principles import PrinciplesLine
from trafficwatch.ui.village.care_reading import Entered, read_entry
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.resident_parts import safe_contact_bar
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.widgets.parts import button, card, label
from trafficwatch.ui.widgets.tab_order import put_in_order

_WRONG = {
    "asked_for_missing": "asked_for",
    "lone_visit": "alone_reason",
    "standing_lowered": "standing_source",
    "support_from_person": "giver",
    "return_not_safe": "placement",
    "child_placement": "child_agrees",
    "adult_placement": "chosen_by",
    "report_not_agreed": "institution_id",
}
"""Which field a refusal without a field is about."""


class CareEntryPage(Page):
    """One record of a case, to be written."""

    name = "care_entry"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("care_fields.title"), can_go_back=True)
        self.type_name = ""
        self._person: str | None = None
        self._record: str | None = None
        self._given: dict[str, Any] = {}
        self._waiting: Mapping[str, Any] | None = None
        self.form: CareInputs | None = None
        self._opened: list[QFrame] = []
        self._inside = QWidget()
        self.body.addWidget(self._inside)
        self.body.addStretch(1)
        self.save = button(t("care_fields.save"), self._save, role="primary", icon_name="save")
        self.save.setEnabled(False)
        self.footer(primary=self.save)
        shortcut = QShortcut(QKeySequence("Ctrl+S"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save.click)

    def enter(
        self, *, of_type: str = "", person_id: str | None = None, record_id: str | None = None, **given: str
    ) -> None:
        self.type_name, self._person, self._record = of_type, person_id, record_id
        self._given = given
        if of_type not in ENTERED:  # which form it was is not kept when the desk locks before anything is typed
            QTimer.singleShot(0, self, self._leave)
            return
        what = type_words(of_type)
        known = t("care_fields.title_known", what=what)
        self.title.setText(known if record_id else t("care_fields.title_new", what=what))
        abilities = RULES[of_type].abilities
        may = not abilities or not self.desk.state.abilities.isdisjoint(abilities)
        if not (self.desk.state.trained and may):
            gate = GateCard(self.desk, next(iter(abilities), None))
            self.body.insertWidget(self.body.count() - 1, gate)
            self._footer.hide()
            return
        self.desk.tasks.work(self, lambda work: read_entry(work, of_type, person_id, record_id), self._show)

    # -- drafts --------------------------------------------------------------------------------------------------------

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, self._person, case_text=True)
        if self.form is None or not self.form.typed():
            return None
        content = {"typed": self.form.typed(whole=self._record is None), "before": self.form.before()}
        return Unsaved(content, self._person, case_text=True)

    def restore(self, content: Mapping[str, Any]) -> None:
        if self.form is None:
            self._waiting = content
            return
        self._waiting = None
        self.form.write(content["typed"], content.get("before"))
        self._open()

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show(self, found: Entered) -> None:
        self.subtitle.setText(found.name)
        self.subtitle.setVisible(bool(found.name))
        form = CareInputs(self, self.desk, self.type_name, found.links)
        if self._record and found.record is None:
            self.tell(
                t("care_fields.gone", what=type_words(self.type_name)), Tone.WARN, more=t("care_fields.gone_more")
            )
            self._footer.hide()
            return
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        if self._person is not None:
            column.addWidget(safe_contact_bar(found.contact))
        if self.type_name in MOMENTS:
            column.addWidget(PrinciplesLine(MOMENTS[self.type_name]))
        for part in FORMS[self.type_name].parts:
            column.addWidget(self._card(form, part))
        record = found.record or self._new(found)
        form.load_record(self.type_name, record)
        form.changed.connect(self._edited)
        self.form = form
        self.save.setEnabled(True)
        if self._waiting is not None:
            self.restore(self._waiting)
        self._open()
        put_in_order(self)
        next(iter(form.entries.values())).widget.setFocus()

    def _card(self, form: CareInputs, part: FormPart) -> QFrame:
        made, column = card(t(f"care_fields.part.{part.name}"))
        opener = OPENED_BY.get(self.type_name)
        if opener and opener not in part.fields:
            self._opened.append(made)
        waiting: list[QWidget] = []
        for name in part.fields:
            entry = form.make(name)
            if not form.is_wide(name):
                waiting.append(entry)
            if waiting and (form.is_wide(name) or len(waiting) == 2):
                beside(column, *waiting)
                waiting = []
            if form.is_wide(name):
                beside(column, entry)
        if waiting:
            beside(column, *waiting)
        if opener in part.fields:
            self._why = label(t("care_fields.opens"), "soft")
            column.addWidget(self._why)
        return made

    def _new(self, found: Entered) -> Record:
        """What a new record begins with: today, and who is at work, where one of them must be named."""
        fields = [field_of(self.type_name, name) for name in FORMS[self.type_name].fields]
        given: dict[str, Any] = {
            each.name: self.desk.today for each in fields if each.shape is Shape.DATE and each.required
        }
        given |= {each.name: found.volunteer for each in fields if each.target == "volunteer" and each.required}
        made: Record = RECORD_TYPES[self.type_name].cls(id="", **given | self._given)
        return made

    def _open(self) -> None:
        """Show the parts that wait for their reason, once it is named."""
        opener = OPENED_BY.get(self.type_name)
        if opener is None or self.form is None:
            return
        is_open = self.form.entries[f"{self.type_name}.{opener}"].value() is not None
        for each in self._opened:
            each.setVisible(is_open)
        self._why.setVisible(not is_open)

    def _edited(self) -> None:
        self._open()
        self.changed.emit()

    # -- saving --------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        form = self.form
        if form is None:
            return
        self.clear_notices()
        if problems := form.problems():
            self._point_to(next(iter(problems)))
            return
        of_type, record_id, person_id = self.type_name, self._record, self._person
        fields, seen = form.values(of_type, whole=record_id is None), form.gone(of_type)
        if record_id is None:
            fields = {name: value for name, value in fields.items() if value is not None and value != {}}
        self.save.setEnabled(False)
        self.submit(
            lambda work: save_care(work, of_type, record_id, fields, person_id=person_id, seen=seen),
            lambda _: self._saved(form),
            self._not_saved,
        )

    def _saved(self, form: CareInputs) -> None:
        form.settle()
        self.settled.emit()
        self.desk.say(t("care_fields.saved", what=type_words(self.type_name)))
        self._leave()

    def _leave(self) -> None:
        if self._person is None:
            self.desk.go("protection")
        else:
            self.desk.go("person_case", person_id=self._person, of_type=self.type_name)

    def _not_saved(self, error: ExpectedError) -> None:
        """What is wrong with one field is said there as well; a closed case can be opened again."""
        self.save.setEnabled(True)
        if isinstance(error, CaseClosed):
            said = explain_error(error)
            closed = self.tell(said["message"], Tone.DANGER, more=f"{said['safe']} {said['todo']}")
            closed.add_action(t("closing.reopen_now"), partial(self.desk.go, "closing", person_id=self._person))
            return
        self.failed(error)
        key = f"{self.type_name}.{error.params.get('field') or _WRONG.get(error.key, '')}"
        if self.form is not None and key in self.form.entries:
            if (box := self.form.entries[key].box) is not None:
                box.wrong(explain_error(error)["message"])
            self.form.entries[key].widget.setFocus()

    def _point_to(self, key: str) -> None:
        if self.form is not None:
            entry = self.form.entries[key]
            entry.widget.setFocus()
            self.show_widget(entry.box or entry.widget)
