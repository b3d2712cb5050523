# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of setting up a desk, one widget each: welcome, place, who answers for the laptop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from trafficwatch.models.fields import Side
from trafficwatch.texts import t
from trafficwatch.ui.shell.front import mark
from trafficwatch.ui.shell.member_form import MemberForm
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.widgets.parts import Field, button, card, label, line_edit, picture
from trafficwatch.ui.widgets.place_picker import PlacePicker

if TYPE_CHECKING:
    from trafficwatch.ui.shell.tasks import Tasks
    from trafficwatch.village.places import Places

NAME_LIMIT = 200


@dataclass(slots=True)
class Kept:
    """What was typed so far, without the passphrase: it outlives a change of language or size."""

    step: int = 0
    code: str = ""
    path: str = ""
    office: str = ""
    member: dict[str, Any] = field(default_factory=dict)


def step_names(side: Side) -> tuple[str, ...]:
    """The steps as the step bar names them; a PPT asks nobody to be let in."""
    names = (t("setup.step_place"), t("setup.step_who"), t("setup.step_sheet"))
    return names if side is Side.PPT else (*names, t("setup.step_ppt"))


class Welcome(QWidget):
    """Two doors: set this laptop up, or try with invented people. Who comes with a backup restores it."""

    def __init__(
        self,
        side: Side,
        start: Callable[[], None],
        practice: Callable[[], None],
        restore: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        heading = label(t("setup.welcome"), "title")
        lead = label(t("setup.welcome_ppt") if side is Side.PPT else t("setup.welcome_village"), "lead")
        for words in (heading, lead):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        if look().zoom < COMPACT_FROM:
            column.addWidget(mark(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(heading)
        column.addWidget(lead)
        column.addSpacing(px(14))
        is_stacked = look().zoom >= COMPACT_FROM
        doors: QBoxLayout = QVBoxLayout() if is_stacked else QHBoxLayout()
        doors.setSpacing(px(18))
        is_ppt = side is Side.PPT
        self.start = button(t("setup.start_ppt") if is_ppt else t("setup.start_village"), start, role="primary")
        self.practice = button(t("setup.practice_ppt") if is_ppt else t("setup.practice_village"), practice)
        title = t("setup.real_title_ppt") if is_ppt else t("setup.real_title_village")
        doors.addWidget(_door("district" if is_ppt else "village", title, t("setup.real_what"), self.start), 1)
        doors.addWidget(_door("practice", t("setup.practice_title"), t("setup.practice_what"), self.practice), 1)
        column.addLayout(doors)
        column.addSpacing(px(6))
        safe = label(t("setup.offline"), "soft")
        safe.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(safe)
        if restore is not None:
            self.restore = button(t("restore.link_first"), restore, role="link")
            column.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setFocusProxy(self.start)


class PlaceStep(QWidget):
    """Where the desk stands; a PPT also gives the name of its service."""

    def __init__(
        self,
        side: Side,
        tasks: Tasks,
        places: Callable[[], Places],
        kept: Kept,
        picked: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._side, self._kept, self._picked = side, kept, picked
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        is_ppt = side is Side.PPT
        column.addWidget(label(t("setup.where_ppt") if is_ppt else t("setup.where_village"), "title"))
        column.addWidget(label(t("setup.where_why_ppt") if is_ppt else t("setup.where_why_village"), "soft"))
        frame, inside = card()
        words = t("setup.place_kabupaten") if is_ppt else t("setup.place_desa")
        self.picker = PlacePicker(tasks, places, level="kabupaten" if is_ppt else "desa", name=words)
        self._place = Field(words, self.picker, t("setup.place_hint_ppt") if is_ppt else t("setup.place_hint"))
        inside.addWidget(self._place)
        self.office: QLineEdit | None = None
        if is_ppt:
            self.office = line_edit(kept.office, limit=NAME_LIMIT)
            self._office = Field(t("setup.office"), self.office, t("setup.office_hint"))
            self.office.textEdited.connect(self._office_typed)
            inside.addWidget(self._office)
        column.addWidget(frame)
        self.picker.picked.connect(self._take)
        self.picker.cleared.connect(lambda: self._take("", ""))
        if kept.code:
            self.picker.set_code(kept.code)
        self.setFocusProxy(self.picker)

    def check(self) -> QWidget | None:
        """Say what is missing; gives the widget to mend."""
        self._place.wrong("" if self._kept.code else t("setup.place_missing"))
        if not self._kept.code:
            return self.picker
        if self.office is None:
            return None
        self._kept.office = " ".join(self.office.text().split())
        self._office.wrong("" if self._kept.office else t("setup.office_missing"))
        return None if self._kept.office else self.office

    def _take(self, code: str, path: str) -> None:
        self._kept.code, self._kept.path = code, path
        self._place.wrong("")
        if self.office is not None and code and not self.office.text().strip():
            kabupaten = path.partition(",")[0].replace("Kab. ", "Kabupaten ", 1)
            self.office.setText(t("setup.office_default", kabupaten=kabupaten))
            self._office_typed()
        self._picked(code)

    def _office_typed(self) -> None:
        if self.office is not None:
            self._kept.office = self.office.text()
            self._office.wrong("")


class MemberStep(QWidget):
    """Who answers for this laptop, and that person's passphrase."""

    def __init__(self, side: Side, kept: Kept) -> None:
        super().__init__()
        self._kept = kept
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        column.addWidget(label(t("setup.who"), "title"))
        column.addWidget(label(t("setup.who_why"), "soft"))
        frame, inside = card()
        self.form = MemberForm(
            side, QDate.currentDate().toString(Qt.DateFormat.ISODate), lambda: (kept.path, kept.office)
        )
        if kept.member:
            self.form.restore(kept.member)
        self.form.changed.connect(self._keep)
        inside.addWidget(self.form)
        column.addWidget(frame)
        self.setFocusProxy(self.form)

    def _keep(self) -> None:
        self._kept.member = self.form.content()


def _door(icon_name: str, title: str, text: str, act: QWidget) -> QFrame:
    frame, inside = card()
    inside.setSpacing(px(8))
    inside.addWidget(picture(icon_name, 34, look().colours.accent_ink))
    inside.addWidget(label(title, "heading"))
    inside.addWidget(label(text), 1)
    inside.addSpacing(px(4))
    inside.addWidget(act)
    return frame
