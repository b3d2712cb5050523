# SPDX-License-Identifier: GPL-3.0-or-later
"""Who belongs to the desk, and one more: part of the settings page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Ability
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.member_form import MemberForm
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.training_form import ability_words
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import button, card, chip, empty, label, row, rule
from trafficwatch.ui.widgets.tab_order import put_in_order

if TYPE_CHECKING:
    from trafficwatch.village.setup import Member


class MemberList(QWidget):
    """A card with all members and, on request, the form for one more. Errors are told on the page."""

    changed = Signal()
    settled = Signal()

    def __init__(self, desk: Desk, page: Page) -> None:
        super().__init__()
        self._desk, self._page = desk, page
        self._is_ppt = desk.state.side is Side.PPT
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(px(14))
        frame, inside = card(t("settings.officers") if self._is_ppt else t("settings.volunteers"))
        rows = QWidget()
        self._rows = QVBoxLayout(rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(px(8))
        inside.addWidget(rows)
        words = t("settings.add_officer") if self._is_ppt else t("settings.add_volunteer")
        self.add = button(words, self._open, icon_name="person-add")
        inside.addLayout(row(self.add))
        if not desk.state.trained:
            inside.addWidget(label(t("settings.add_untrained"), "small"))
        self._inside = inside
        self.form: MemberForm | None = None
        self._form_box: QWidget | None = None
        outer.addWidget(frame)

    def read(self) -> None:
        """Read who belongs to the desk."""
        from trafficwatch.village.setup import desk_members

        self._desk.tasks.work(self._page, desk_members, self._show, slot="members")

    def content(self) -> dict[str, Any] | None:
        """The form as it is typed, without the passphrase; None while there is none or nothing is typed."""
        if self.form is None:
            return None
        content = self.form.content()
        return content if content["name"] or content["phone"] or content["kind"] is not None else None

    def restore(self, content: dict[str, Any]) -> None:
        self._open()
        if self.form is not None:
            self.form.restore(content)

    def _show(self, members: tuple[Member, ...]) -> None:
        empty(self._rows)
        for number, member in enumerate(members):
            if number:
                self._rows.addWidget(rule())
            self._rows.addWidget(_member(member, partial(self._desk.go, "member", member_id=member.id)))
        put_in_order(self._page)

    def _open(self) -> None:
        if self.form is not None:
            return
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, px(6), 0, 0)
        column.setSpacing(px(14))
        column.addWidget(rule())
        heading = t("settings.new_officer") if self._is_ppt else t("settings.new_volunteer")
        column.addWidget(label(heading, "heading"))
        column.addWidget(label(t("settings.own_passphrase"), "soft"))
        state = self._desk.state
        self.form = MemberForm(state.side, self._desk.today, lambda: (state.name, state.volunteer_name))
        self.form.changed.connect(self.changed)
        column.addWidget(self.form)
        self.save = button(t("settings.save_member"), self._save, role="primary")
        self.cancel = button(t("settings.cancel"), self._close)
        column.addLayout(row(self.save, self.cancel))
        self._inside.addWidget(box)
        box.show()
        self._form_box = box
        self.add.hide()
        self.form.setFocus(Qt.FocusReason.OtherFocusReason)
        first = self.form.name
        QTimer.singleShot(0, first, lambda: self._page.show_widget(first))  # once it has its place

    def _close(self) -> None:
        self.form = None
        if self._form_box is not None:
            self._form_box.hide()
            self._form_box.deleteLater()
            self._form_box = None
        self.add.show()
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.settled.emit()

    def _save(self) -> None:
        if self.form is None:
            return
        wrong = self.form.check()
        if wrong is not None:
            wrong.setFocus(Qt.FocusReason.OtherFocusReason)
            self._page.show_widget(wrong)
            return
        joining = self.form.joining

        def use_case(store: Any) -> str:
            from trafficwatch.village.founding import add_member

            add_member(store, joining.member())
            return joining.name

        self.save.setEnabled(False)
        self._desk.tasks.store(self, use_case, self._saved)

    def failed(self, error: Any) -> None:
        """Told at the top of the page; what was typed stays."""
        if self.form is not None:
            self.save.setEnabled(True)
        self._page.failed(error)

    def _saved(self, name: str) -> None:
        self._close()
        self._page.clear_notices()
        self._page.tell(t("settings.added", name=name), more=t("settings.added_more"))
        self._desk.say(t("settings.added_quietly"))
        self.read()


def _member(member: Member, go: Callable[[], None]) -> QWidget:
    made = QWidget()
    beside: QBoxLayout = QVBoxLayout(made) if look().zoom >= COMPACT_FROM else QHBoxLayout(made)
    beside.setContentsMargins(0, 0, 0, 0)
    beside.setSpacing(px(6))
    names = QVBoxLayout()
    names.setSpacing(0)
    names.addWidget(label(member.name, "strong"))
    names.addWidget(label(word("category", member.category), "soft"))
    if member.trained and not member.left and len(member.abilities) < len(Ability):
        names.addWidget(label(t("ability.only", own=ability_words(member.abilities) or t("ability.nothing")), "soft"))
    beside.addLayout(names, 1)
    if member.left:
        beside.addWidget(chip(t("settings.left"), Tone.NEUTRAL))
    elif member.trained:
        beside.addWidget(chip(t("settings.trained"), Tone.OK))
    else:
        beside.addWidget(chip(t("settings.untrained"), Tone.NEUTRAL))
    opening = button(t("settings.open_member"), go)
    opening.setAccessibleName(f"{opening.text()}: {member.name}")
    beside.addWidget(opening)
    return made
