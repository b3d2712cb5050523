# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Berbagi tanpa persetujuan': under which duty, to whom, why, and the end of it. It is all in red.

Only a trained volunteer begins it, and it stays on the change log; anyone may end it. Refused fields stay at home but
for those that are ticked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.casework.care_warnings import CareWarning, care_warnings
from trafficwatch.casework.consents import agreement_of
from trafficwatch.casework.disclosures import disclose, disclosures_of, end_disclosure
from trafficwatch.casework.overview import InstitutionRow, institutions
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.care import Disclosure, Duty
from trafficwatch.models.people import Person
from trafficwatch.registry.browse import resident_card
from trafficwatch.texts import t
from trafficwatch.texts.care import warning_words
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.contact_first import contact_first
from trafficwatch.ui.village.disclosure_parts import Disclosures, Duties, Lifted
from trafficwatch.ui.village.recipients import Recipients
from trafficwatch.ui.village.refusable import fields_of, touched_groups
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, empty, line_edit, text_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

SHOWN = frozenset({CareWarning.CONFLICT, CareWarning.CHILD_GROWN})
"""Of what is odd in a case, what speaks against sharing."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Who it is about, what is agreed and shared, to whom it could go, and what to be careful of."""

    person: Person
    agreement: Agreement
    disclosures: tuple[Disclosure, ...]
    institutions: tuple[InstitutionRow, ...]
    warnings: tuple[CareWarning, ...]


class DisclosurePage(Page):
    """Sharing without consent for one person; `enter(person_id=...)`."""

    name = "disclosure"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("disclosure.title"), t("disclosure.subtitle"), can_go_back=True)
        self.person_id = ""
        self._refused: frozenset[str] = frozenset()
        self._contact = QVBoxLayout()
        self.body.addLayout(self._contact)
        self.body.addWidget(Notice(t("disclosure.warning"), Tone.DANGER, more=t("disclosure.warning_more")))
        self._first = QVBoxLayout()
        self.body.addLayout(self._first)
        self.known = Disclosures()
        self.known.ended.connect(self._end)
        self.known.asked.connect(self._bring_up)
        self.body.addWidget(self.known)
        self.form = QWidget()
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        for part in self._parts():
            column.addWidget(part)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.save = button(t("disclosure.share"), self._save, role="primary", icon_name="warning")
        self.footer(button(t("disclosure.leave"), self.desk.back), primary=self.save)
        for signal in (self.duties.changed, self.recipients.changed, self.lifted.changed):
            signal.connect(self._edited)
        for text in (self.ordered_by.textChanged, self.reason.textChanged):
            text.connect(self._edited)
        if not desk.state.trained:
            self.form.hide()
            self.save.hide()
            self.save.setEnabled(False)
            self._contact.addWidget(Notice(t("disclosure.untrained"), Tone.INFO, more=t("disclosure.untrained_more")))

    def _parts(self) -> tuple[QWidget, ...]:
        which, inside = card(t("disclosure.which"))
        self.duties = Duties()
        self.duty = Field(t("disclosure.duty"), self.duties)
        self.ordered_by = line_edit(limit=200)
        self.ordered = Field(t("disclosure.ordered_by"), self.ordered_by, t("disclosure.ordered_by_hint"))
        self.ordered.hide()
        inside.addWidget(self.duty)
        inside.addWidget(self.ordered)
        to, inside = card(t("disclosure.recipients"), t("disclosure.recipients_more"))
        self.recipients = Recipients(with_ppt=True)
        self.to = Field(t("disclosure.who"), self.recipients)
        inside.addWidget(self.to)
        why, inside = card(t("disclosure.why"))
        self.reason = text_edit(lines=3)
        self.why = Field(t("disclosure.reason"), self.reason, t("disclosure.reason_hint"))
        inside.addWidget(self.why)
        self.lifting, inside = card(t("disclosure.lifted"), t("disclosure.lifted_more"))
        self.lifted = Lifted()
        inside.addWidget(self.lifted)
        self.lifting.hide()
        return which, to, why, self.lifting

    # -- loading -----------------------------------------------------------------------------------------------------

    def enter(self, person_id: str = "", **_about: Any) -> None:
        self.person_id = person_id
        contact_first(self, person_id, self._contact)
        self._load()

    def _load(self) -> None:
        person_id = self.person_id

        def read(work: Any) -> Loaded:
            person = resident_card(work, person_id).person
            known = tuple(disclosures_of(work, person_id))
            found = dict.fromkeys(each.warning for each in care_warnings(work, person_id))
            shown = tuple(each for each in found if each in SHOWN)
            return Loaded(person, agreement_of(work, person_id), known, institutions(work), shown)

        self.desk.tasks.work(self, read, self._show, slot="disclosures")

    def _show(self, found: Loaded) -> None:
        self.title.setText(t("disclosure.title_of", name=found.person.name or ""))
        empty(self._first)
        for each in found.warnings:
            self._first.addWidget(Notice(warning_words(each), Tone.WARN))
        names = {each.id: each.name for each in found.institutions}
        self.known.put(found.disclosures, names, keeps_reason=self.desk.state.trained)
        self.recipients.offer(found.institutions)
        self._refused = found.agreement.refused
        groups = touched_groups(self._refused)
        self.lifted.offer(groups)
        self.lifting.setVisible(bool(groups))
        self.save.setEnabled(found.person.deleted is None and self.desk.state.trained)
        put_in_order(self)

    # -- drafts ------------------------------------------------------------------------------------------------------

    def unsaved(self) -> Unsaved | None:
        found = {
            "duty": self.duties.value,
            "ordered_by": self.ordered_by.text().strip(),
            "recipients": self.recipients.chosen,
            "reason": self.reason.toPlainText().strip(),
            "lifted": self.lifted.groups,
        }
        if not any(found.values()):
            return None
        return Unsaved({"about": {"person_id": self.person_id}, **found}, self.person_id, case_text=True)

    def restore(self, content: dict[str, Any]) -> None:
        self.duties.put(content.get("duty"))
        self.ordered_by.setText(content.get("ordered_by") or "")
        self.recipients.put(content.get("recipients") or ())
        self.reason.setPlainText(content.get("reason") or "")
        self.lifted.put(content.get("lifted") or ())

    def _edited(self) -> None:
        self.ordered.setVisible(self.duties.value == Duty.ORDER_OF_LAW)
        self.changed.emit()

    # -- saving ------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        self.clear_notices()
        duty = self.duties.value
        if not self._is_complete() or duty is None:
            return
        person_id, to, reason = self.person_id, self.recipients.chosen, self.reason.toPlainText()
        lifted = [name for name in fields_of(self.lifted.groups) if name in self._refused]
        ordered_by = "" if self.ordered.isHidden() else self.ordered_by.text()
        self.save.setEnabled(False)
        self.submit(
            lambda work: disclose(work, person_id, Duty(duty), to, reason, ordered_by=ordered_by, lifted=lifted),
            lambda _: self._saved(),
            self._not_saved,
        )

    def _is_complete(self) -> bool:
        """Whether all is there that must be; else what is missing is said where it belongs."""
        problems = (
            (self.duty, t("disclosure.duty_missing"), self.duties.value is None),
            (
                self.ordered,
                t("disclosure.ordered_by_missing"),
                not self.ordered.isHidden() and not self.ordered_by.text().strip(),
            ),
            (self.to, t("disclosure.who_missing"), not self.recipients.chosen),
            (self.why, t("disclosure.reason_missing"), not self.reason.toPlainText().strip()),
        )
        for field, sentence, is_wrong in problems:
            field.wrong(sentence if is_wrong else "")
        first = next((field for field, _, is_wrong in problems if is_wrong), None)
        if first is not None:
            first.entry.setFocus()
            self._bring_up(first)
        return first is None

    def _saved(self) -> None:
        self.settled.emit()
        self.desk.say(t("disclosure.shared"))
        self.desk.back()

    def _not_saved(self, error: Any) -> None:
        self.save.setEnabled(True)
        self.failed(error)

    def _bring_up(self, question: QWidget) -> None:
        QTimer.singleShot(0, question, lambda: self.show_widget(question))  # once it has its place

    def _end(self, disclosure_id: str, reason: str) -> None:
        self.desk.tasks.work(
            self, lambda work: end_disclosure(work, disclosure_id, reason), lambda _: self._has_ended()
        )

    def _has_ended(self) -> None:
        self.clear_notices()
        self.tell(t("disclosure.has_ended"), Tone.OK, more=t("disclosure.has_ended_more"))
        self._load()
