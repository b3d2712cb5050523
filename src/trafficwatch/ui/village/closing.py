# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing a case, and opening it again; `enter(person_id=...)`.

What still stands against closing is said first, with the way to it. Closing asks why, what the person and the task
force had to say, and what remains. A closed case can be opened again with a reason; what closed it stays written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.casework.closing import close_case, hindrances, reopen_case
from trafficwatch.casework.principles import Moment
from trafficwatch.errors import ExpectedError, named
from trafficwatch.models.care import ClosureReason
from trafficwatch.models.staff import Ability
from trafficwatch.texts import explain_error, t
from trafficwatch.texts.labels import label as words
from trafficwatch.texts.trail import field_words
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.care_principles import PrinciplesLine
from trafficwatch.ui.village.care_reading import CLOSED, NONE, CaseFile, read_case
from trafficwatch.ui.village.care_words import known_fields
from trafficwatch.ui.village.case_records import Hub
from trafficwatch.ui.village.contact_first import before_all, contact_first
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.resident_parts import facts
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, label, rule, text_edit
from trafficwatch.ui.widgets.radios import Radios
from trafficwatch.ui.widgets.tab_order import put_in_order

TEXTS = ("person_part", "task_force_part", "remains")
_WRONG = {"person_not_asked": "person_part", "remains_missing": "remains", "reason_missing": "reopened_reason"}
"""Which input an error is about."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The case, and how much stands against closing it: key of the error -> how many."""

    file: CaseFile
    against: Mapping[str, int]


class ClosingPage(Page):
    """The end of a case."""

    name = "closing"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("closing.title"), can_go_back=True)
        self._person = ""
        self._file: CaseFile | None = None
        self._waiting: Mapping[str, Any] | None = None
        above = QWidget()
        self._above = QVBoxLayout(above)
        self._above.setContentsMargins(0, 0, 0, 0)
        self._above.setSpacing(px(14))
        self.body.addWidget(above)
        self.closing = self._closing_card()
        self.reopening, inside = card(t("closing.reopen"), t("closing.reopen_more"))
        self.reason_again = text_edit(lines=3)
        self.again = Field(field_words("closure", "reopened_reason"), self.reason_again)
        inside.addWidget(self.again)
        for each in (self.closing, self.reopening):
            each.hide()
            self.body.addWidget(each)
        self.body.addStretch(1)
        self.save = button(t("closing.close"), self._save, role="primary", icon_name="lock")
        self.save.setEnabled(False)
        self.footer(button(t("closing.leave"), desk.back), primary=self.save)
        self.reasons.changed.connect(self.changed)
        for entry in (*self.texts.values(), self.reason_again):
            entry.textChanged.connect(self.changed)

    def _closing_card(self) -> QFrame:
        made, inside = card(t("closing.about"))
        self.reasons = Radios([(each.value, words("closure_reason", each.value)) for each in ClosureReason])
        self.boxes = {"reason": Field(field_words("closure", "reason"), self.reasons)}
        self.texts = {name: text_edit(lines=3) for name in TEXTS}
        hints = {name: t(f"closing.hint.{name}") for name in TEXTS}
        self.boxes |= {name: Field(field_words("closure", name), self.texts[name], hints[name]) for name in TEXTS}
        for each in self.boxes.values():
            each.setFocusProxy(None)  # type: ignore[arg-type] # the stubs know no None
            inside.addWidget(each)
        return made

    def enter(self, *, person_id: str) -> None:  # type: ignore[override]
        self._person = person_id
        if not self.desk.state.trained:
            self._above.addWidget(GateCard(self.desk, Ability.CARRYING_OUT))
            contact_first(self, person_id, self._above)
            self._footer.hide()
            return
        self.desk.tasks.work(self, lambda work: _read(work, person_id), self._show)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, self._person, case_text=True)
        typed = {name: entry.toPlainText() for name, entry in self._entries().items() if entry.toPlainText().strip()}
        if self.reasons.value:
            typed["reason"] = self.reasons.value
        return Unsaved({"closing": typed}, self._person, case_text=True) if typed else None

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._file is None:
            self._waiting = content
            return
        self._waiting = None
        typed = content["closing"]
        self.reasons.choose(typed.get("reason"))
        for name, entry in self._entries().items():
            entry.setPlainText(typed.get(name, ""))

    def _entries(self) -> dict[str, Any]:
        return {**self.texts, "reopened_reason": self.reason_again}

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show(self, found: Loaded) -> None:
        self._file = file = found.file
        self.subtitle.setText(" · ".join(part for part in (file.name, file.case.code if file.case else "") if part))
        self.subtitle.show()
        is_closed = file.state == CLOSED
        above = before_all(self.desk, file.contact, in_trash=file.in_trash)
        if file.state == NONE:
            above.append(Notice(t("case_page.none"), Tone.INFO))
        elif not is_closed:
            above.append(PrinciplesLine(Moment.CLOSURE))
        above += [] if is_closed else [self._hindrance(key, count) for key, count in found.against.items() if count]
        for each in above:
            self._above.addWidget(each)
        self.closing.setVisible(not is_closed and file.state != NONE and not file.in_trash)
        self.reopening.setVisible(is_closed and not file.in_trash)
        if is_closed:
            self.title.setText(t("closing.reopen_title"))
            self.save.setText(t("closing.reopen_now"))
        self.save.setEnabled(file.state != NONE and not file.in_trash)
        put_in_order(self)
        (self.reason_again if is_closed else self.reasons).setFocus()
        if self._waiting is not None:
            self.restore(self._waiting)

    def _hindrance(self, key: str, count: int) -> Notice:
        said = explain_error(named(key, {"count": count}))
        made = Notice(said["message"], Tone.WARN, more=said["todo"])
        made.add_action(
            t("closing.to_case"), partial(self.desk.go, "person_case", person_id=self._person, section="now")
        )
        return made

    # -- saving --------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        self.clear_notices()
        file = self._file
        if file is None or file.case is None:
            return
        for each in (*self.boxes.values(), self.again):
            each.wrong("")
        if file.closure is not None:
            closure_id, why = file.closure.id, self.reason_again.toPlainText()
            self._submit(lambda work: reopen_case(work, closure_id, why), t("closing.reopened"))
            return
        reason, case_id = self.reasons.value, file.case.id
        if reason is None:
            self._point_to("reason", t("closing.reason_missing"))
            return
        texts = {name: entry.toPlainText().strip() for name, entry in self.texts.items()}
        self._submit(lambda work: close_case(work, case_id, ClosureReason(reason), **texts), t("closing.closed"))

    def _submit(self, use_case: Any, said: str) -> None:
        self.save.setEnabled(False)
        self.submit(use_case, lambda _: self._saved(said), self._not_saved)

    def _saved(self, said: str) -> None:
        self.settled.emit()
        self.desk.say(said)
        self.desk.go("person_case", person_id=self._person, section="closing")

    def _not_saved(self, error: ExpectedError) -> None:
        self.save.setEnabled(True)
        self.failed(error)
        if error.key in _WRONG:
            self._point_to(_WRONG[error.key], explain_error(error)["message"])

    def _point_to(self, name: str, sentence: str) -> None:
        box = self.again if name == "reopened_reason" else self.boxes[name]
        box.wrong(sentence)
        box.entry.setFocus()
        self.show_widget(box)


def closing_cards(hub: Hub) -> Iterator[QWidget]:
    """The section of a case's page: whether it is closed, and the way to change that."""
    made, column = card(t("case_page.section.closing"))
    state = hub.file.state
    column.addWidget(label(t("case_page.none") if state == NONE else t(f"closing.state.{state}")))
    if state != NONE:
        key = "reopen_title" if state == CLOSED else "title"
        icon = "unlock" if state == CLOSED else "lock"
        go = button(t(f"closing.{key}"), partial(hub.desk.go, "closing", person_id=hub.person_id), icon_name=icon)
        column.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)
    for each in hub.file.closures:
        column.addWidget(rule())
        column.addLayout(facts(known_fields("closure", each, hub.file.names)))
    yield made


def _read(work: Any, person_id: str) -> Loaded:
    file = read_case(work, person_id, trained=True)
    return Loaded(file, hindrances(work, file.case.id) if file.case else {})
