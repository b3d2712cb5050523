# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of one institution of the directory at the PPT, new or known; and whether somebody has tried its contacts.

'I called, and it is right' saves what was typed and records that who is at work has checked it today. An institution
that serves nobody any more is retired with a reason, asked about once more in place, and can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.directory import InstitutionKind, Service
from trafficwatch.models.institution import Institution, doubt
from trafficwatch.ppt.directory import Gone, confirm_institution, institution, retire, save_institution, take_back
from trafficwatch.texts import catalogue, current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.ppt.institution_parts import AreaChoice, ContactList
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village import restoring
from trafficwatch.ui.village.record_form import RecordForm, Seen
from trafficwatch.ui.village.resident_form import Entry, Form
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, empty, label
from trafficwatch.ui.widgets.radios import Ticks
from trafficwatch.ui.widgets.tab_order import put_in_order


class InstitutionPage(Page):
    """One institution, to be written."""

    name = "institution"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("directory.form_new"), t("directory.form_subtitle"), can_go_back=True)
        self._confirms = False
        self._known: Institution | None = None
        holder = QWidget()  # so that Tab finds what is told before the rest
        self._told = QVBoxLayout(holder)
        self._told.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(holder)
        self.record = RecordForm(self, "institution", area="directory", write=self._write, saved=self._saved)
        form = self.form = self.record.form
        self._fields = QWidget()
        fields = QVBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(px(14))
        self.body.addWidget(self._fields)
        box, inside = card(t("directory.who"))
        kinds = [(each.value, words("institution_kind", each.value)) for each in InstitutionKind]
        beside(inside, form.line("institution.name", required=True), form.choice("institution.kind", kinds))
        fields.addWidget(box)
        box, inside = card(t("directory.reach"), t("directory.reach_more"))
        beside(inside, self._contacts(form))
        fields.addWidget(box)
        box, inside = card(t("directory.serves"))
        beside(inside, self._area(form))
        beside(inside, self._services(form))
        fields.addWidget(box)
        box, inside = card(t("directory.place"))
        beside(inside, form.text("institution.address"))
        beside(inside, form.line("institution.hours"))
        beside(inside, form.text("institution.source"))
        fields.addWidget(box)
        self.retiring = RetireCard()
        self.retiring.wanted.clicked.connect(self._ask_retire)
        self.retiring.yes.clicked.connect(self._retire)
        self.retiring.hide()
        self.body.addWidget(self.retiring)
        self.body.addStretch(1)
        self.save = self.record.save
        self.confirm = button(t("directory.confirm"), self._confirm, icon_name="check")
        self.footer(self.confirm, primary=self.save)

    def enter(self, *, institution_id: str | None = None, name: str = "") -> None:  # type: ignore[override]
        if institution_id is None:
            self.record.begin(name=name, area_code=self.desk.state.code)
            return
        self.confirm.setEnabled(False)
        self.record.load(institution_id, institution, self.show_record)

    def unsaved(self) -> Unsaved | None:
        return self.record.unsaved()

    def restore(self, content: Mapping[str, Any]) -> None:
        self.record.restore(content)

    # -- inputs that no other form has ---------------------------------------------------------------------------------

    def _contacts(self, form: Form) -> Field:
        self.contacts = made = ContactList()
        made.rebuilt.connect(partial(put_in_order, self))
        field = form.field("institution.contacts", made)

        def write(rows: Any) -> None:
            made.typed = rows

        def value() -> Any:
            return made.contacts

        entry = Entry(
            made,
            field,
            lambda: made.typed,
            write,
            value,
            lambda stored: made.set_contacts(stored or {}),
            lambda: made.problem,
            merge=_merge_rows,
        )
        form.add("institution.contacts", entry, made.changed)
        return field

    def _area(self, form: Form) -> Field:
        self.area = made = AreaChoice(self.desk)
        field = form.field("institution.area_code", made)

        def write(typed: Any) -> None:
            made.typed = typed

        entry = Entry(made, field, lambda: made.typed, write, lambda: made.code, made.show_code, lambda: made.problem)
        form.add("institution.area_code", entry, made.changed)
        return field

    def _services(self, form: Form) -> Field:
        self.services = made = Ticks([(each.value, words("service", each)) for each in Service])
        field = form.field("institution.services", made)
        entry = Entry(
            made, field, lambda: made.ticked, made.tick, lambda: made.ticked, made.tick, merge=restoring.answers
        )
        form.add("institution.services", entry, made.changed)
        return field

    # -- the record ----------------------------------------------------------------------------------------------------

    def show_record(self, known: Institution) -> None:
        """The institution as it is stored."""
        self._known = known
        self.title.setText(known.name or t("directory.form_known"))
        self.record.show(known)
        is_retired = known.deleted is not None
        for each in (self.save, self.confirm, self._fields):
            each.setEnabled(not is_retired)
        for shown in (self._footer, self.retiring):
            shown.setVisible(not is_retired)
        empty(self._told)
        told = retired_notice(known, self._take_back) if is_retired else checked_notice(known, self.desk.today)
        self._told.addWidget(told)
        put_in_order(self)

    def _write(self, work: Any, fields: Mapping[str, Any], institution_id: str | None, seen: Seen) -> Institution:
        saved = save_institution(work, institution_id, fields, seen)
        return confirm_institution(work, saved.id) if self._confirms else saved

    def _confirm(self) -> None:
        """Save, and record the check."""
        entry = self.form.entries["institution.contacts"]
        if not self.contacts.contacts and entry.box is not None:
            entry.box.wrong(t("directory.confirm_none"))
            bring(self, self.contacts)
            return
        self._confirms = True
        self.save.click()
        self._confirms = self.save.isEnabled() is False  # what is wrong in the form has stopped it

    def _saved(self, _: Institution) -> None:
        self.desk.say(t("directory.confirmed") if self._confirms else t("directory.saved"))
        self.desk.go("directory")

    def failed(self, error: Any) -> None:
        self._confirms = False
        super().failed(error)

    # -- no longer in use ----------------------------------------------------------------------------------------------

    def _ask_retire(self) -> None:
        name = (self._known.name if self._known else None) or ""
        self.retiring.ask(t("directory.retire_sure", name=name))
        put_in_order(self)
        bring(self, self.retiring.no)

    def _retire(self) -> None:
        known, reason = self._known, Gone(self.retiring.reason.value or Gone.CLOSED)
        if known is not None:
            self.submit(lambda work: retire(work, known.id, reason), lambda _: self._left(t("directory.retire_done")))

    def _take_back(self) -> None:
        if (known := self._known) is not None:
            self.submit(lambda work: take_back(work, known.id), self._taken_back)

    def _taken_back(self, known: Institution) -> None:
        self.desk.say(t("directory.taken_back"))
        self.show_record(known)

    def _left(self, words: str) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(words)
        self.desk.go("directory")


class RetireCard(QFrame):
    """Why an institution is retired, asked about once more in place."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("box", "card")
        self.setAccessibleName(t("directory.retire"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("directory.retire"), "heading"))
        column.addWidget(label(t("directory.retire_more"), "soft"))
        self.reason = Choice([(each.value, _first_up(gone_words(each.value))) for each in Gone])
        column.addWidget(Field(t("directory.retire_why"), self.reason))
        self.wanted = button(t("directory.retire_ask"), role="danger")
        column.addLayout(side_by_side(self.wanted))
        self.question = QWidget()
        inside = QVBoxLayout(self.question)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(px(8))
        self._asked = label("", "strong")
        inside.addWidget(self._asked)
        self.no = button(t("directory.retire_no"), self._close)
        self.yes = button(t("directory.retire_yes"), role="danger")
        inside.addLayout(side_by_side(self.no, self.yes))
        self.question.hide()
        column.addWidget(self.question)

    def ask(self, words: str) -> None:
        self._asked.setText(words)
        self.question.show()

    def _close(self) -> None:
        self.question.hide()
        self.wanted.setFocus()


def checked_notice(known: Institution, today: str) -> Notice:
    """Whether and when its contacts were tried, and by whom."""
    day = PartialDate.from_edtf(known.confirmed_on or "").format(current_language())
    more = "" if known.area_code else t("directory.is_national")
    match doubt(known.confirmed_on, today):
        case "never":
            return Notice(t("directory.is_never"), Tone.INFO, more=f"{t('directory.is_never_more')} {more}".strip())
        case "old":
            return Notice(t("directory.is_old", day=day), Tone.WARN, more=t("directory.is_old_more"))
    if known.checked_by:
        return Notice(t("directory.is_checked", day=day, by=known.checked_by), Tone.OK, more=more)
    return Notice(t("directory.is_checked_ppt", day=day), Tone.OK, more=more)


def retired_notice(known: Institution, take_it_back: Any) -> Notice:
    """That it is not in use any more, why, and the way back."""
    told = t("directory.is_retired", reason=gone_words(known.deleted or ""))
    made = Notice(told, Tone.WARN, more=t("directory.is_retired_more"))
    made.add_action(t("directory.take_back"), take_it_back)
    return made


def gone_words(reason: str) -> str:
    """Why it was retired; a reason of a newer program is another one."""
    return t(f"directory.gone.{reason if f'gone.{reason}' in catalogue('directory') else 'other'}")


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _merge_rows(before: Any, mine: Any, now: Any) -> list[list[str]]:
    """Contacts of a draft put onto what is stored now: taken out and added are mine, the rest is that of now."""
    old, wanted = ([tuple(row) for row in rows] for rows in (before, mine))
    there = [tuple(row) for row in now]
    kept = [row for row in there if row in wanted or row not in old]
    return [list(row) for row in [*kept, *(row for row in wanted if row not in old and row not in kept)]]
