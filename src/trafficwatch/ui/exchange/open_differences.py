# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences at either desk: each value, who wrote it and when, with which bundle it came; one is chosen, or another
one written, with a reason where a value protects somebody. What the other desk has to settle is shown, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Value
from trafficwatch.sync.differences import (
    NEWER,
    DifferenceGone,
    OpenDifference,
    Standing,
    field_of,
    needs_reason,
    open_differences,
    settle,
)
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import bring
from trafficwatch.ui.exchange.third_value import ThirdValue, third_value
from trafficwatch.ui.exchange.value_choice import ValueChoice
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.parts import Field, button, card, empty, label, line_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

REASON_LIMIT = 200
OTHER = "other"
"""The choice of a value that is none of those that stand."""


class OpenDifferencesPage(Page):
    """The list, and below it the one that is chosen."""

    name = "open_differences"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("differences.title"), t("differences.subtitle"), can_go_back=True)
        self._found: dict[str, OpenDifference] = {}
        self._shown: OpenDifference | None = None
        self.radios: ValueChoice | None = None
        self.third: ThirdValue | None = None
        self.list = Lines(t("differences.title"), height=260)
        self.list.pointed.connect(lambda _: self._point())
        self.body.addWidget(self.list)
        self.one, column = card(t("differences.values"))
        self.head = label("", "strong")
        column.addWidget(self.head)
        holder = QWidget()
        self._inside = QVBoxLayout(holder)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(px(10))
        column.addWidget(holder)
        self.reason = line_edit(limit=REASON_LIMIT)
        self.reason_field = Field(t("differences.reason"), self.reason, t("differences.reason_hint"))
        column.addWidget(self.reason_field)
        self.body.addWidget(self.one)
        self.nothing, nothing = card(t("differences.nothing"))
        nothing.addWidget(label(t("differences.nothing_how")))
        self.body.addWidget(self.nothing)
        self.body.addStretch(1)
        for each in (self.list, self.one, self.nothing):
            each.hide()
        self.now = button(t("differences.settle"), self._settle, role="primary", icon_name="check")
        self.now.setEnabled(False)
        self.footer(primary=self.now)

    def enter(self, **_: Any) -> None:
        if not self.desk.state.trained:
            self.tell(t("differences.some_hidden"), Tone.INFO)
        self._read()

    def failed(self, error: ExpectedError) -> None:
        super().failed(error)
        if isinstance(error, DifferenceGone):
            self._read()
        self._enable()

    def _read(self) -> None:
        self.desk.tasks.work(self, open_differences, self.show_found, slot="differences")

    def show_found(self, found: Sequence[OpenDifference]) -> None:
        """Fill the page; the first is chosen."""
        self._found = {f"{each.type}/{each.id}/{each.key}": each for each in found}
        self._shown = None
        self.list.put([_line(key, each) for key, each in self._found.items()])
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        if found and not self.list.current:
            self.list.point(next(iter(self._found)))
        self._point()

    # -- one difference ----------------------------------------------------------------------------------------------

    def _point(self) -> None:
        found = self._found.get(self.list.current)
        if found is self._shown and found is not None:
            return
        self._shown = found
        empty(self._inside)
        self.radios, self.third = None, None
        self.one.setVisible(found is not None)
        self.reason.clear()
        self.reason_field.wrong("")
        if found is not None:
            self.head.setText(_head(found))
            (self._build_read_only if found.settles else self._build_choice)(found)
        self._judge()
        put_in_order(self)

    def _build_read_only(self, found: OpenDifference) -> None:
        for each in found.values:
            self._inside.addWidget(label(_words(each), "strong"))
            self._inside.addWidget(label(_source(each), "soft"))
        words = t("differences.newer") if found.settles == NEWER else t("differences.theirs", who=found.settles)
        self._inside.addWidget(label(words, "lead"))

    def _build_choice(self, found: OpenDifference) -> None:
        options = [(str(place), _words(each), _source(each)) for place, each in enumerate(found.values)]
        self.third = third_value(field_of(found), found.field, self.desk.today)
        if self.third is not None:
            options.append((OTHER, t("differences.other"), ""))
        self.radios = ValueChoice(options)
        self.radios.changed.connect(self._judge)
        self._inside.addWidget(self.radios)
        if self.third is not None:
            self.third.changed.connect(self._judge)
            self._inside.addWidget(self.third)

    def _chosen(self) -> tuple[bool, Value]:
        """Whether a value is chosen, and which."""
        picked = self.radios.value if self.radios else None
        if self._shown is None or picked is None:
            return False, None
        if picked != OTHER:
            return True, self._shown.values[int(picked)].value
        value = self.third.value if self.third else None
        return value is not None, value

    def _judge(self) -> None:
        """Show what the choice asks for."""
        is_chosen, value = self._chosen()
        if self.third is not None and self.radios is not None:
            self.third.setVisible(self.radios.value == OTHER)
        standing = [each.value for each in self._shown.values] if self._shown else []
        needed = is_chosen and self._shown is not None and needs_reason(field_of(self._shown), standing, value)
        self.reason_field.setVisible(needed)
        self._enable()

    def _enable(self) -> None:
        self.now.setVisible(self._shown is not None and not self._shown.settles)
        self.now.setEnabled(self._chosen()[0])

    def _settle(self) -> None:
        is_chosen, value = self._chosen()
        found, reason = self._shown, self.reason.text().strip()
        if found is None or not is_chosen:
            return
        is_missing = self.reason_field.isVisibleTo(self) and not reason
        self.reason_field.wrong(t("differences.reason_missing") if is_missing else "")
        if is_missing:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.clear_notices()
        self.now.setEnabled(False)
        self.desk.tasks.work(
            self,
            lambda work: settle(work, found.type, found.id, found.key, value, reason),
            lambda _: self._settled(),
        )

    def _settled(self) -> None:
        words = t("differences.settled")
        self.tell(words, Tone.OK, more=t("differences.settled_more"))
        self.desk.say(words)
        self._read()
        bring(self, self.list)


def _line(key: str, found: OpenDifference) -> Line:
    values = " ↔ ".join(map(_words, found.values))
    who = t("differences.whose", who=found.settles) if found.settles and found.settles != NEWER else ""
    more = " · ".join(filter(None, [values, who]))
    return Line(key, _head(found), more, Tone.NEUTRAL if found.settles else Tone.WARN, "question")


def _head(found: OpenDifference) -> str:
    what = t("differences.element", field=found.field, element=found.element) if found.element else found.field
    if found.label:
        return t("differences.of", what=what, type=type_words(found.type), name=found.label)
    return t("differences.of_nobody", what=what, type=type_words(found.type))


def _words(found: Standing) -> str:
    return found.words or t("differences.empty")


def _source(found: Standing) -> str:
    """Who wrote a value, when, how it came, and whether it counts meanwhile."""
    if found.office:
        key = "came_in" if found.bundle is not None else "came"
        source = t(f"differences.{key}", office=found.office, at=moment(found.at), number=found.bundle or 0)
    elif found.by:
        source = t("differences.written_by", name=found.by, at=moment(found.at))
    else:
        source = t("differences.written_here", at=moment(found.at))
    used = t("differences.counts") if found.counts else ""
    return " ".join(filter(None, [source, used]))
