# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of both desks: how things look, paper, security, who belongs to the desk, and about the program.

What shows is applied at once, and the window builds this page anew. Nothing here needs saving but a new volunteer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch import __version__
from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Side
from trafficwatch.texts import t
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.escrow_card import EscrowCard
from trafficwatch.ui.shell.member_list import MemberList
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings import LOCK_AFTER, PAPER_NAMES
from trafficwatch.ui.theme.look import COMPACT_FROM, ZOOMS, look, px
from trafficwatch.ui.theme.palette import Theme, Tone
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, chip, label, row

CHOICE_WIDTH = 360


class SettingsPage(Page):
    """The one place for all choices."""

    name = "settings"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("settings.title"))
        self._build_look()
        self._build_paper()
        self._build_security()
        self.escrow = self._build_escrow()
        self._build_data()
        self.members = MemberList(desk, self)
        self.members.changed.connect(self.changed)
        self.members.settled.connect(self.settled)
        self.body.addWidget(self.members)
        self._build_about()
        self.body.addStretch(1)

    def enter(self, **_: Any) -> None:
        self.members.read()
        if self.escrow is not None:
            self.escrow.read()
        self.desk.tasks.store(self, lambda store: str(store.folder), self._folder.setText)

    def failed(self, error: ExpectedError) -> None:
        super().failed(error)
        if self.escrow is not None:
            self.escrow.rest()

    def unsaved(self) -> Unsaved | None:
        """The new volunteer that is being typed, without the passphrase."""
        content = self.members.content()
        return Unsaved(content) if content else None

    def restore(self, content: dict[str, Any]) -> None:
        self.members.restore({key: value for key, value in content.items() if key != "about"})

    def _build_look(self) -> None:
        settings = self.desk.settings
        frame, column = card(t("settings.look"))
        inside: QBoxLayout = QVBoxLayout() if look().zoom >= COMPACT_FROM else QHBoxLayout()
        inside.setSpacing(px(16))
        column.addLayout(inside)
        languages = [("id", "Bahasa Indonesia"), ("en", "English")]
        self.language = self._choice(inside, t("settings.language"), languages, settings.language, self._language)
        zooms = [(str(zoom), t("settings.percent", zoom=zoom)) for zoom in ZOOMS]
        self.zoom = self._choice(inside, t("settings.zoom"), zooms, str(settings.zoom), self._zoom)
        themes = [(theme.value, t(f"settings.theme_{theme.value}")) for theme in Theme]
        self.theme = self._choice(inside, t("settings.theme"), themes, settings.theme.value, self._theme)
        self.body.addWidget(frame)

    def _build_paper(self) -> None:
        frame, inside = card(t("settings.printing"))
        papers = [(name, t(f"settings.paper_{name}")) for name in PAPER_NAMES]
        chosen = self.desk.settings.paper
        self.paper = self._choice(inside, t("settings.paper"), papers, chosen, self._paper, t("settings.paper_hint"))
        self.body.addWidget(frame)

    def _build_security(self) -> None:
        frame, inside = card(t("settings.security"))
        waits = [(str(minutes), t("settings.minutes", count=minutes)) for minutes in LOCK_AFTER]
        chosen = str(self.desk.settings.lock_after)
        self.wait = self._choice(inside, t("settings.lock_after"), waits, chosen, self._lock_after)
        self.lock_now = button(t("settings.lock_now"), self.desk.lock, icon_name="lock")
        inside.addLayout(row(self.lock_now))
        inside.addWidget(label(t("panic.hide_how"), "soft"))
        inside.addSpacing(px(6))
        inside.addWidget(label(t("settings.sheet"), "strong"))
        is_checked = self.desk.state.recovery_checked
        words = t("settings.sheet_checked") if is_checked else t("settings.sheet_unchecked")
        inside.addLayout(row(chip(words, Tone.OK if is_checked else Tone.WARN)))
        self.open_sheet = button(t("settings.sheet_open"), lambda: self.desk.go("recovery"), icon_name="key")
        inside.addLayout(row(self.open_sheet))
        inside.addSpacing(px(6))
        inside.addWidget(label(t("settings.new_passphrase"), "strong"))
        inside.addWidget(label(t("settings.new_passphrase_how"), "soft"))
        self.own = button(t("settings.own_page"), lambda: self.desk.go("member"), icon_name="person")
        inside.addLayout(row(self.own))
        inside.addSpacing(px(6))
        inside.addWidget(label(t("panic.title"), "strong"))
        inside.addWidget(label(t("panic.open_how"), "soft"))
        self.panic = button(t("panic.open"), lambda: self.desk.go("panic"), role="danger", icon_name="warning")
        inside.addLayout(row(self.panic))
        if self.desk.state.side is Side.VILLAGE:
            inside.addSpacing(px(6))
            inside.addWidget(label(t("protection.title"), "strong"))
            inside.addWidget(label(t("protection.subtitle"), "soft"))
            self.protection = button(t("protection.open"), lambda: self.desk.go("protection"), icon_name="shield")
            inside.addLayout(row(self.protection))
        self.body.addWidget(frame)

    def _build_escrow(self) -> EscrowCard | None:
        """The PPT's help is a village's matter."""
        if self.desk.state.side is Side.PPT:
            return None
        made = EscrowCard(self.desk, self)
        self.body.addWidget(made)
        return made

    def _build_data(self) -> None:
        frame, inside = card(t("settings.data"), t("settings.data_what"))
        self.backups = button(t("backups.title"), lambda: self.desk.go("backups"), icon_name="save")
        self.trail = button(t("trail_page.title"), lambda: self.desk.go("trail"), icon_name="clock")
        self.trash = button(t("trash.title"), lambda: self.desk.go("trash"), icon_name="trash")
        inside.addLayout(side_by_side(self.backups, self.trail, self.trash))
        inside.addSpacing(px(6))
        inside.addWidget(label(t("data_protection.open"), "strong"))
        inside.addWidget(label(t("data_protection.open_what"), "soft"))
        words = t("data_protection.open")
        self.protection = button(words, lambda: self.desk.go("data_protection"), icon_name="shield")
        inside.addLayout(row(self.protection))
        self.body.addWidget(frame)

    def _build_about(self) -> None:
        state = self.desk.state
        frame, inside = card(t("settings.about"))
        self._folder = label("…")
        self._folder.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._folder.setAccessibleName(t("settings.folder"))
        desk = t("settings.desk_ppt") if state.side is Side.PPT else t("settings.desk_village")
        for words, value in (
            (t("settings.version"), label(f"TrafficWatch {__version__}")),
            (desk, label(f"{state.name} ({state.code})")),
            (t("settings.folder"), self._folder),
            (t("settings.licence"), label(t("settings.licence_what"))),
            (t("settings.sources"), label(t("settings.sources_what"))),
        ):
            inside.addLayout(_pair(words, value))
        self.body.addWidget(frame)

    def _choice(
        self,
        inside: QBoxLayout,
        words: str,
        options: Iterable[tuple[str, str]],
        chosen: str,
        act: Callable[[str], None],
        hint: str = "",
    ) -> Choice:
        made = Choice(options)
        made.choose(chosen)
        made.activated.connect(lambda: act(made.value or ""))
        field = Field(words, made, hint)
        field.setMaximumWidth(px(CHOICE_WIDTH))
        inside.addWidget(field)
        return made

    # -- applied at once -----------------------------------------------------------------------------------------------

    def _language(self, value: str) -> None:
        self._apply(language=value)

    def _zoom(self, value: str) -> None:
        self._apply(zoom=int(value))

    def _theme(self, value: str) -> None:
        self._apply(theme=Theme(value))

    def _paper(self, value: str) -> None:
        self._apply(paper=value)

    def _lock_after(self, value: str) -> None:
        self._apply(lock_after=int(value))

    def _apply(self, **chosen: Any) -> None:
        settings = dataclasses.replace(self.desk.settings, **chosen)
        if settings != self.desk.settings:
            self.desk.change(settings)
            self.desk.say(t("settings.applied"))


def _pair(words: str, value: QWidget) -> QVBoxLayout:
    made = QVBoxLayout()
    made.setSpacing(px(2))
    made.addWidget(label(words, "small"))
    made.addWidget(value)
    return made
