# SPDX-License-Identifier: GPL-3.0-or-later
"""Note signs and report: what was noticed, in ticks and few words, and to whom it was told (P2/2024 art. 4, 7).

For everyone, trained or not. `enter(note_id=None, person_id=None)`. Danger comes first, then the signs, then whom to
tell, with the numbers; nothing is concluded, and nobody is asked anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from trafficwatch.casework.overview import InstitutionRow, institutions
from trafficwatch.errors import ExpectedError
from trafficwatch.models.watching import SignNote
from trafficwatch.registry.browse import names_of
from trafficwatch.registry.trash import Reason, delete
from trafficwatch.screening import library
from trafficwatch.screening.signs import NoteCard, SignGroup, note_card, save_note, sign_groups
from trafficwatch.texts import t
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.resident_form import Form
from trafficwatch.ui.village.resident_sections import beside
from trafficwatch.ui.village.screening_help import to_call
from trafficwatch.ui.village.sign_parts import ReportCard, ResidentChoice, Signs, danger_bar
from trafficwatch.ui.widgets.parts import button, card
from trafficwatch.ui.widgets.tab_order import put_in_order

NOTED, TOLD_TO, TOLD_ON = "sign_note.noted_on", "sign_note.told_to", "sign_note.told_on"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the form begins with; `card` is None for a new note, `person_name` that of who it is begun about."""

    groups: tuple[SignGroup, ...]
    institutions: tuple[InstitutionRow, ...]
    card: NoteCard | None
    person_name: str


def load(work: Any, note_id: str | None, person_id: str | None) -> Loaded:
    """The signs that can be noted, whom to tell, and the note if it is a known one."""
    found = note_card(work, note_id) if note_id else None
    name = found.person_name if found else names_of(work, [person_id]).get(person_id, "") if person_id else ""
    return Loaded(sign_groups(library.newest(work)), institutions(work), found, name)


class SignNotePage(Page):
    """The form of one note."""

    name = "sign_note"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("signs.title"), t("signs.subtitle"), can_go_back=True)
        self._note: str | None = None
        self._person: str | None = None
        self._is_loading = True
        self._waiting: Mapping[str, Any] | None = None
        self.corner.addWidget(button(t("signs.all_notes"), lambda: desk.go("sign_notes"), role="quiet"))
        form = self.form = Form(self, "signs")
        self.body.addWidget(danger_bar(desk))
        box, inside = card(t("signs.seen"), t("signs.seen_more"))
        self.signs = Signs()
        inside.addWidget(self.signs)
        form.add("sign_note.signs", self.signs.entry(), self.signs.changed)
        self.body.addWidget(box)
        box, inside = card(t("signs.where_when"))
        beside(inside, form.date(NOTED, desk.today, allows_today=True), form.line("sign_note.place"))
        self.person = ResidentChoice(desk)
        inside.addWidget(form.field("sign_note.person_id", self.person))
        form.add("sign_note.person_id", self.person.entry(), self.person.changed)
        beside(inside, form.text("sign_note.words", 3))
        self.body.addWidget(box)
        self.report = ReportCard()
        self.report.told.connect(self._told)
        self.body.addWidget(self.report)
        box, inside = card(t("signs.told"), t("signs.told_more"))
        beside(inside, form.line(TOLD_TO), form.date(TOLD_ON, desk.today, allows_today=True))
        self.body.addWidget(box)
        self._deleting()
        self.body.addStretch(1)
        self.save = button(t("signs.save"), self._save, role="primary", icon_name="save")
        self.save.setEnabled(False)
        self.footer(primary=self.save)
        form.changed.connect(self._edited)
        shortcut = QShortcut(QKeySequence("Ctrl+S"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save.click)

    def enter(self, *, note_id: str | None = None, person_id: str | None = None) -> None:  # type: ignore[override]
        self._note, self._person = note_id, person_id
        self.desk.tasks.work(self, lambda work: load(work, note_id, person_id), self._show)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, self.person.person_id)
        if not self.form.typed():
            return None
        typed = self.form.typed(whole=self._note is None)
        return Unsaved({"typed": typed, "before": self.form.before()}, self.person.person_id)

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._is_loading:
            self._waiting = content
            return
        self._waiting = None
        self.form.write(content["typed"], content.get("before"))

    def _show(self, loaded: Loaded) -> None:
        found = loaded.card
        self.signs.put(loaded.groups, found.note.signs if found else ())
        self.report.put(to_call(loaded.institutions, medical=False))
        self.person.know(loaded.person_name)
        if found is not None:
            self.title.setText(t("signs.title_known"))
            self.subtitle.setText(t("signs.noted_by", name=found.noted_by))
            self.delete.show()
        begun = SignNote(id="", noted_on=self.desk.today, person_id=self._person)
        self.form.load_record("sign_note", found.note if found else begun)
        self._is_loading = False
        self.save.setEnabled(True)
        put_in_order(self)
        if self.hasFocus():
            self.signs.setFocus()
        if self._waiting is not None:
            self.restore(self._waiting)

    # -- telling and saving --------------------------------------------------------------------------------------------

    def _told(self, name: str) -> None:
        """Somebody was called just now; a second one is written beside the first."""
        entry = self.form.entries[TOLD_TO]
        before = entry.read().strip()
        if name not in before:
            entry.write(f"{before}; {name}" if before else name)
        self.form.entries[TOLD_ON].load(self.desk.today)
        self.changed.emit()
        bring(self, entry.widget)

    def _edited(self) -> None:
        put_in_order(self)  # the picker and the chosen resident take turns
        self.changed.emit()

    def _problems(self) -> list[str]:
        """Keys of what has to be mended first; says it under each field."""
        found = list(self.form.problems())
        entries = self.form.entries
        for key, is_missing, words in (
            (NOTED, not entries[NOTED].read().strip(), "need_day"),
            (TOLD_TO, bool(entries[TOLD_ON].value()) and not entries[TOLD_TO].value(), "need_told_to"),
        ):
            if key not in found and (box := entries[key].box) is not None:
                box.wrong(t(f"signs.{words}") if is_missing else "")
                found += [key] if is_missing else []
        return [key for key in entries if key in found]

    def _save(self) -> None:
        if wrong := self._problems():
            bring(self, self.form.entries[wrong[0]].widget)
            return
        is_new, note_id = self._note is None, self._note
        fields = self.form.values("sign_note", whole=is_new)
        if is_new:
            fields = {name: value for name, value in fields.items() if value}
        elif gone := self.form.gone("sign_note")["signs"]:
            fields["signs"] = fields.get("signs", {}) | dict.fromkeys(gone)
        self.save.setEnabled(False)
        self.submit(lambda work: save_note(work, fields, note_id), self._saved, self._not_saved)

    def _saved(self, note: SignNote) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(t("signs.saved") if note.told_to else t("signs.saved_untold"))
        self.desk.go("sign_notes")

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self._keep_it()
        self.failed(error)

    # -- deleting ------------------------------------------------------------------------------------------------------

    def _deleting(self) -> None:
        self.delete = button(t("signs.delete"), self._ask_delete, role="quiet", icon_name="trash")
        self._ask, inside = card(t("signs.delete_ask"), t("signs.delete_more"))
        self.sure = button(t("signs.delete_sure"), self._delete, role="danger", icon_name="trash")
        inside.addLayout(side_by_side(self.sure, button(t("signs.delete_not"), self._keep_it)))
        self.body.addLayout(side_by_side(self.delete))
        self.body.addWidget(self._ask)
        self.delete.hide()
        self._ask.hide()

    def _ask_delete(self) -> None:
        self.delete.hide()
        self._ask.show()
        put_in_order(self)
        bring(self, self.sure)

    def _keep_it(self) -> None:
        self._ask.hide()
        self.sure.setEnabled(True)
        self.delete.setVisible(self._note is not None)

    def _delete(self) -> None:
        note_id = self._note or ""
        self.sure.setEnabled(False)
        self.submit(
            lambda work: delete(work, "sign_note", note_id, Reason.ENTERED_WRONGLY),
            lambda _: self._deleted(),
            self._not_saved,
        )

    def _deleted(self) -> None:
        self.form.settle()
        self.settled.emit()
        self.desk.say(t("signs.deleted"))
        self.desk.go("sign_notes")
