# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting a resident: what goes along, why, and afterwards the way back at once. Nothing is erased here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt

from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.trash import Reason, delete_now, goes_along, restore
from trafficwatch.texts import t
from trafficwatch.texts.trail import deletion_words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, label
from trafficwatch.village.drafts import drop


@dataclass(frozen=True, slots=True)
class Loaded:
    """Who would be deleted, and how many other records would go along."""

    name: str
    others: int


class ResidentDeletePage(Page):
    """`enter(person_id=...)`."""

    name = "resident_delete"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("trash.delete"), can_go_back=True)
        self._person = ""
        self._frame, inside = card()
        self.what = label("")
        inside.addWidget(self.what)
        options = [(each.value, deletion_words(each.value).capitalize()) for each in Reason]
        self.reason = Choice(options, empty=t("trash.delete_choose"))
        self._reason = Field(t("trash.delete_why"), self.reason)
        inside.addWidget(self._reason)
        self.body.addWidget(self._frame)
        self.body.addStretch(1)
        self.keep = button(t("trash.keep"), self.desk.back)
        self.now = button(t("trash.delete_now"), self._delete, role="primary", icon_name="trash")
        self.now.setEnabled(False)
        self.footer(self.keep, primary=self.now)

    def enter(self, *, person_id: str = "", **_: Any) -> None:
        self._person = person_id

        def read(work: Any) -> Loaded:
            others = sum(goes_along(work, "person", person_id).values()) - 1
            return Loaded(resident_card(work, person_id).person.name or "", max(0, others))

        self.desk.tasks.work(self, read, self._show)

    def _show(self, found: Loaded) -> None:
        self.title.setText(t("trash.delete_ask", name=found.name))
        self.what.setText(t("trash.delete_what", count=found.others))
        self.now.setEnabled(True)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _delete(self) -> None:
        chosen = self.reason.value
        self._reason.wrong("" if chosen else t("trash.delete_missing"))
        if not chosen:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.now.setEnabled(False)
        person, draft_id, saving = self._person, self.draft_id, self.saving

        def drop_draft(work: Any) -> None:
            if draft_id is not None:
                drop(work, draft_id)

        def act(store: Any) -> None:
            delete_now(store, "person", person, Reason(chosen), also=drop_draft)
            saving.finish()

        self.desk.tasks.store(self, act, lambda _: self._deleted(), self._failed)

    def _failed(self, error: Any) -> None:
        self.now.setEnabled(True)
        self.failed(error)

    def _deleted(self) -> None:
        self.settled.emit()
        self.desk.say(t("trash.deleted"))
        self._frame.hide()
        self._footer.hide()
        told = self.tell(t("trash.deleted"), Tone.OK)
        told.add_action(t("trash.take_back"), self._take_back)
        told.add_action(t("trash.to_list"), lambda: self.desk.go("residents"))

    def _take_back(self) -> None:
        person, reason = self._person, t("trash.taken_back")
        self.desk.tasks.work(
            self,
            lambda work: restore(work, "person", person, reason),
            lambda _: self.desk.go("resident", person_id=person),
        )
