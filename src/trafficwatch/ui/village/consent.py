# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Persetujuan': what a person agrees to and refuses, asked one by one, and taking it back.

Nothing is chosen beforehand and refusing takes no more steps than agreeing. What was explained, the witness and the
child's own view are case text: only a trained volunteer writes them. Afterwards the page goes back to where it was
opened from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from trafficwatch.casework.care_warnings import CareWarning, care_warnings
from trafficwatch.casework.consents import record_consent, withdraw_consent
from trafficwatch.casework.overview import Care, InstitutionRow, care_of, institutions
from trafficwatch.models.agreement import TO_INSTITUTIONS
from trafficwatch.models.casework import ConsentMethod, Decision
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.people import Person
from trafficwatch.registry.browse import resident_card
from trafficwatch.texts import t
from trafficwatch.texts.care import warning_words
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.consent_parts import EarlierConsents, Methods, NotPassedOn, Questions
from trafficwatch.ui.village.contact_first import contact_first
from trafficwatch.ui.village.recipients import Recipients
from trafficwatch.ui.village.refusable import REFUSABLE, fields_of, touched_groups
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, empty, label, line_edit, row, text_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

_ADULT = 18
_OF_CHILD = frozenset({"guardian", "guardian_relation", "child_view"})
SHOWN = frozenset({CareWarning.CONFLICT, CareWarning.GUARDIAN_SUSPECTED, CareWarning.GUARDIAN_SIMILAR})
"""Of what is odd in a case, what speaks against taking this consent."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Whose consent it is, what holds, to whom it could go, and what to be careful of."""

    person: Person
    care: Care
    institutions: tuple[InstitutionRow, ...]
    warnings: tuple[CareWarning, ...]


class ConsentPage(Page):
    """One person's consent; `enter(person_id=...)`."""

    name = "consent"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("consent.title"), t("consent.subtitle"), can_go_back=True)
        self.person_id = ""
        self._is_child = False
        self._refused: frozenset[str] = frozenset()
        trained = desk.state.trained
        self._contact, self._first = QVBoxLayout(), QVBoxLayout()
        self.body.addLayout(self._contact)
        self.body.addLayout(self._first)
        self.earlier = EarlierConsents(keeps_reason=trained)
        self.earlier.withdrawn.connect(self._withdraw)
        self.earlier.edited.connect(self._edited)
        self.earlier.asked.connect(self._show_question)
        self.earlier.hide()
        self.body.addWidget(self.earlier)
        box, inside = card(t("consent.questions"), t("consent.questions_more"))
        self.questions = Questions(trained=trained)
        self.refuse_all = button(t("consent.refuse_all"), self.questions.refuse_all)
        inside.addWidget(self.questions)
        inside.addLayout(row(self.refuse_all))
        self._problem = label("", "error")
        self._problem.hide()
        inside.addWidget(self._problem)
        self.body.addWidget(box)
        box, inside = card(t("consent.fields"), t("consent.fields_more"))
        self.fields = NotPassedOn(REFUSABLE, trained=trained)
        inside.addWidget(self.fields)
        self.body.addWidget(box)
        self.to, inside = card(t("consent.recipients"), t("consent.recipients_more"))
        self.recipients = Recipients(with_ppt=False)
        inside.addWidget(Field(t("consent.only"), self.recipients))
        self.to.hide()
        self.body.addWidget(self.to)
        self._add_manner(trained=trained)
        self._add_child()
        self._add_duty()
        self.body.addStretch(1)
        self.save = button(t("consent.save"), self._save, role="primary", icon_name="consent")
        self.footer(button(t("consent.leave"), self.desk.back), primary=self.save)
        for part in (self.questions, self.fields, self.recipients, self.methods, self.until):
            part.changed.connect(self._edited)
        for entry in self._entries().values():
            entry.textChanged.connect(self._edited)

    def _add_manner(self, *, trained: bool) -> None:
        box, inside = card(t("consent.manner"), t("consent.manner_more"))
        self.methods = Methods()
        self.manner = Field(t("consent.method"), self.methods)
        inside.addWidget(self.manner)
        self.language, self.witness = line_edit(limit=100), line_edit(limit=200)
        self.explained = text_edit(lines=2)
        self.witness_field = Field(t("consent.witness"), self.witness)
        self.until = DateField(t("consent.until"))
        self.until_field = Field(t("consent.until"), self.until, t("consent.until_hint"))
        inside.addWidget(self.until_field)
        parts = (
            Field(t("consent.language"), self.language, t("consent.language_hint")),
            Field(t("consent.explained"), self.explained, t("consent.explained_hint")),
            self.witness_field,
        )
        for part in parts:
            part.setVisible(trained)
            inside.addWidget(part)
        untrained = label(t("consent.untrained_manner"), "soft")
        untrained.setVisible(not trained)
        inside.addWidget(untrained)
        self.body.addWidget(box)

    def _add_child(self) -> None:
        self.child, inside = card(t("consent.child"), t("consent.child_more"))
        self.guardian = line_edit(limit=200)
        self.guardian_field = Field(t("consent.guardian"), self.guardian, t("consent.guardian_hint"))
        self.guardian_relation = line_edit(limit=200)
        self.child_view = text_edit(lines=3)
        inside.addWidget(self.guardian_field)
        inside.addWidget(Field(t("consent.relation"), self.guardian_relation, t("consent.relation_hint")))
        inside.addWidget(Field(t("consent.child_view"), self.child_view, t("consent.child_view_hint")))
        self.child.hide()
        self.body.addWidget(self.child)

    def _add_duty(self) -> None:
        box, inside = card(t("consent.duty"), t("consent.duty_more"))
        go = button(t("consent.to_duty"), self._to_duty, role="danger", icon_name="warning")
        inside.addLayout(row(go))
        self.body.addWidget(box)

    def _to_duty(self) -> None:
        self.desk.go("disclosure", person_id=self.person_id)

    # -- loading -----------------------------------------------------------------------------------------------------

    def enter(self, person_id: str = "", **_about: Any) -> None:
        self.person_id = person_id
        contact_first(self, person_id, self._contact)
        self._load()

    def _load(self) -> None:
        person_id = self.person_id

        def read(work: Any) -> Loaded:
            found = dict.fromkeys(each.warning for each in care_warnings(work, person_id))
            shown = tuple(each for each in found if each in SHOWN)
            return Loaded(resident_card(work, person_id).person, care_of(work, person_id), institutions(work), shown)

        self.desk.tasks.work(self, read, self._show, slot="care")

    def _show(self, found: Loaded) -> None:
        person, care = found.person, found.care
        self._refused = care.agreement.refused
        self.title.setText(t("consent.title_of", name=person.name or ""))
        empty(self._first)
        for notice in self._before_all(found):
            self._first.addWidget(notice)
        self.earlier.put(care.agreement, care.consents, {each.id: each.name for each in found.institutions})
        self.earlier.setVisible(bool(care.consents))
        self.fields.keep(touched_groups(care.agreement.refused))
        self.recipients.offer(found.institutions)
        born = PartialDate.from_edtf(person.birth_date or "")
        is_known = born.age_range_on(date.fromisoformat(self.desk.today)) is not None
        self._is_child = is_known and born.is_under(_ADULT, date.fromisoformat(self.desk.today)) is not False
        self._show_child()
        self.save.setEnabled(person.deleted is None)
        put_in_order(self)

    def _before_all(self, found: Loaded) -> list[Notice]:
        """What must be seen first: sharing under a duty, and who should not take or give this consent."""
        notices = [Notice(warning_words(each), Tone.WARN) for each in found.warnings]
        duties = dict.fromkeys(each.duty for each in found.care.agreement.duties)
        if duties:
            words = "; ".join(word("duty", duty) for duty in duties)
            shared = Notice(t("consent.shared_anyway", duties=words), Tone.DANGER)
            shared.add_action(t("consent.see_duty"), self._to_duty)
            notices.insert(0, shared)
        return notices

    # -- drafts ------------------------------------------------------------------------------------------------------

    def unsaved(self) -> Unsaved | None:
        texts = {name: _text(entry) for name, entry in self._entries().items() if _text(entry)}
        found: dict[str, Any] = {
            "scopes": self.questions.scopes,
            "fields": self.fields.groups,
            "allowed": self.fields.allowed,
            "recipients": self.recipients.chosen,
            "method": self.methods.value,
            "until": self.until.typed,
            "reasons": self.earlier.reasons,
            **texts,
        }
        if not any(found.values()):
            return None
        content = {"about": {"person_id": self.person_id}, **found}
        return Unsaved(content, self.person_id, case_text=self.desk.state.trained or bool(texts or found["reasons"]))

    def restore(self, content: dict[str, Any]) -> None:
        self.questions.put(content.get("scopes") or {})
        self.fields.put(content.get("fields") or (), content.get("allowed") or ())
        self.recipients.put(content.get("recipients") or ())
        self.until.typed = content.get("until") or ""
        self.methods.put(content.get("method"))
        self.earlier.keep(content.get("reasons") or {})
        for name, entry in self._entries().items():
            _put_text(entry, content.get(name) or "")
        self._show_child()

    def _entries(self) -> dict[str, QLineEdit | QPlainTextEdit]:
        return {
            "language": self.language,
            "explained": self.explained,
            "witness": self.witness,
            "guardian": self.guardian,
            "guardian_relation": self.guardian_relation,
            "child_view": self.child_view,
        }

    def _edited(self) -> None:
        self._show_child()
        self.changed.emit()

    def _show_child(self) -> None:
        by_guardian = self.methods.value == ConsentMethod.GUARDIAN
        self.child.setVisible(self.desk.state.trained and (self._is_child or by_guardian))
        sends = any(self.questions.scopes.get(scope) == Decision.AGREED for scope in TO_INSTITUTIONS)
        self.to.setVisible(self.desk.state.trained and sends)

    # -- saving ------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        self.clear_notices()
        if not self._is_complete():
            return
        person_id, scopes, refused = self.person_id, self.questions.scopes, fields_of(self.fields.groups)
        texts = {name: _text(entry) for name, entry in self._entries().items() if _text(entry)}
        if self.child.isHidden():
            texts = {name: text for name, text in texts.items() if name not in _OF_CHILD}
        allowed = [name for name in fields_of(self.fields.allowed) if name in self._refused]
        given: dict[str, Any] = {"method": self.methods.value, "valid_until": self.until.edtf, **texts}
        if not self.to.isHidden():
            given["recipients"] = dict.fromkeys(self.recipients.chosen, True)
        self.save.setEnabled(False)
        self.submit(
            lambda work: record_consent(
                work, person_id, scopes, refused_fields=refused, allowed_fields=allowed, **given
            ),
            lambda _: self._saved(),
            self._not_saved,
        )

    def _is_complete(self) -> bool:
        """Whether all is there that must be; else what is missing is said where it belongs."""
        agrees = Decision.AGREED.value in self.questions.scopes.values()
        trained, method = self.desk.state.trained, self.methods.value
        is_empty = not (self.questions.scopes or self.fields.groups or self.fields.allowed)
        until = (PartialDate.from_edtf(self.until.edtf) if self.until.edtf else PartialDate()).latest()
        is_over = until is not None and until < date.fromisoformat(self.desk.today)
        self._problem.setText(t("consent.nothing_answered") if is_empty else "")
        self._problem.setVisible(is_empty)
        problems: list[tuple[Field, str, bool]] = [
            (self.manner, t("consent.method_missing"), agrees and method is None),
            (
                self.until_field,
                t("consent.until_over") if self.until.is_valid else self.until.problem,
                is_over or not self.until.is_valid,
            ),
            (
                self.witness_field,
                t("consent.witness_missing"),
                trained and method == ConsentMethod.WITNESSED and not self.witness.text().strip(),
            ),
            (
                self.guardian_field,
                t("consent.guardian_missing"),
                agrees and not self.child.isHidden() and not self.guardian.text().strip(),
            ),
        ]
        for field, sentence, is_wrong in problems:
            field.wrong(sentence if is_wrong else "")
        wrong: list[QWidget] = [field for field, _, is_wrong in problems if is_wrong]
        first = self.questions if is_empty else next(iter(wrong), None)
        if first is not None:
            first.setFocus()
            self.show_widget(first)
        return first is None

    def _saved(self) -> None:
        self.settled.emit()
        self.desk.say(t("consent.saved"))
        self.desk.back()

    def _not_saved(self, error: Any) -> None:
        self.save.setEnabled(True)
        self.failed(error)

    def _show_question(self, question: QWidget) -> None:
        QTimer.singleShot(0, question, lambda: self.show_widget(question))  # once it has its place

    def _withdraw(self, consent_id: str, reason: str) -> None:
        self.desk.tasks.work(
            self, lambda work: withdraw_consent(work, consent_id, reason), lambda _: self._taken_back(consent_id)
        )

    def _taken_back(self, consent_id: str) -> None:
        self.earlier.forget(consent_id)
        if self.unsaved() is None:
            self.settled.emit()
        else:
            self.changed.emit()
        self.clear_notices()
        self.tell(t("consent.taken_back"), Tone.OK, more=t("consent.taken_back_more"))
        self._load()


def _text(entry: QLineEdit | QPlainTextEdit) -> str:
    return (entry.text() if isinstance(entry, QLineEdit) else entry.toPlainText()).strip()


def _put_text(entry: QLineEdit | QPlainTextEdit, text: str) -> None:
    if isinstance(entry, QLineEdit):
        entry.setText(text)
    else:
        entry.setPlainText(text)
