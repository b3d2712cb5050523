# SPDX-License-Identifier: GPL-3.0-or-later
"""The desk's own duties about data: the register of processing, the report on a lost laptop, what is due for erasure.

Everyone may open it: there are counts and facts here, no case text. Erasing is for coordinators and officers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QCheckBox, QFrame, QPushButton, QVBoxLayout, QWidget

from trafficwatch.casework.exposure import laptops
from trafficwatch.casework.papers_breach import STEPS, Loss, breach_form
from trafficwatch.casework.papers_processing import processing_form
from trafficwatch.casework.retention import Kept, Years, due_for_erasure, erase_due, goes_along, years_of
from trafficwatch.models.forms import code_of
from trafficwatch.registry.erasing import Erased, may_erase
from trafficwatch.texts import current_language, t
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.own_data import backups_words, kept_words
from trafficwatch.ui.village.shown_paper import ShownPaper
from trafficwatch.ui.widgets.date_field import DateField
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, empty, label, rule, text_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

ROWS = 20
"""So many of what is due are listed at once; what was erased makes room for the next."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the page shows: `due` with how many records would go, `total` of all that are due."""

    laptops: tuple[tuple[str, str], ...]
    due: tuple[tuple[Kept, int], ...]
    total: int
    years: Years
    may_erase: bool


class DataProtectionPage(Page):
    """Three cards, and the paper that was asked for below them."""

    name = "data_protection"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("data_protection.title"), t("data_protection.subtitle"), can_go_back=True)
        self._asked: QWidget | None = None
        self.erasers: list[QPushButton] = []
        self._kept: dict[str, Any] = {}
        frame, inside = card(t("data_protection.register"), t("data_protection.register_what"))
        self.register = button(t("data_protection.register_prepare"), self._register, icon_name="document")
        inside.addLayout(side_by_side(self.register))
        self.body.addWidget(frame)
        frame, inside = card(t("data_protection.due"))
        self.years = label("", "soft")
        inside.addWidget(self.years)
        self._due = QVBoxLayout()
        self._due.setSpacing(px(12))
        inside.addLayout(self._due)
        self.body.addWidget(frame)
        self._build_breach()
        self.paper = ShownPaper(self, t("data_protection.save_title"))
        self.body.addWidget(self.paper)
        self.body.addStretch(1)

    def _build_breach(self) -> None:
        frame, inside = card(t("data_protection.breach"), t("data_protection.breach_what"))
        self.laptop = Choice([])
        inside.addWidget(Field(t("data_protection.laptop"), self.laptop))
        self.lost_on = DateField(t("data_protection.lost_on"), today=self.desk.today, allows_today=True)
        self.lost_on.changed.connect(self.changed)
        inside.addWidget(Field(t("data_protection.lost_on"), self.lost_on))
        self.how = text_edit(lines=3)
        self.how.textChanged.connect(self.changed)
        inside.addWidget(Field(t("data_protection.how"), self.how, t("data_protection.how_hint")))
        inside.addWidget(label(t("data_protection.done"), "strong"))
        self.steps: dict[str, QCheckBox] = {}
        for step in STEPS:
            self.steps[step] = box = QCheckBox(t(f"data_protection.step.{step}"))
            box.toggled.connect(self.changed)
            inside.addWidget(box)
        self.breach = button(t("data_protection.breach_prepare"), self._breach, role="primary", icon_name="warning")
        inside.addLayout(side_by_side(self.breach))
        self.body.addWidget(frame)

    def enter(self, **_: Any) -> None:
        def read(work: Any) -> Loaded:
            due = due_for_erasure(work)
            counted = tuple((each, len(goes_along(work, each))) for each in due[:ROWS])
            return Loaded(laptops(work), counted, len(due), years_of(work), may_erase(work))

        self.desk.tasks.work(self, read, self._show, slot="read")

    def _show(self, loaded: Loaded) -> None:
        chosen = self._kept.get("laptop") or self.laptop.value
        self.laptop.clear()
        for device, office in loaded.laptops:
            self.laptop.addItem(f"{code_of(device)} \u00b7 {office.partition(',')[0]}", device)
        self.laptop.choose(chosen) if chosen else self.laptop.setCurrentIndex(0)
        ours = "years_ours" if loaded.years.is_ours else "years_ppt"
        self.years.setText(t(f"data_protection.{ours}", years=loaded.years.years))
        self._asked = None
        self.erasers.clear()
        empty(self._due)
        for number, (kept, count) in enumerate(loaded.due):
            if number:
                self._due.addWidget(rule())
            self._due.addWidget(self._row(kept, count, can_erase=loaded.may_erase))
        if not loaded.due:
            self._due.addWidget(label(t("data_protection.nothing_due"), "soft"))
        elif loaded.total > len(loaded.due):
            self._due.addWidget(label(t("data_protection.more_due", count=loaded.total - len(loaded.due)), "soft"))
        put_in_order(self)
        self.register.setFocus()

    # -- drafts --------------------------------------------------------------------------------------------------------

    def unsaved(self) -> Unsaved | None:
        done = [step for step, box in self.steps.items() if box.isChecked()]
        if not (self.lost_on.typed or self.how.toPlainText() or done):
            return None
        content = {"laptop": self.laptop.value, "lost_on": self.lost_on.typed, "how": self.how.toPlainText()}
        return Unsaved({**content, "done": done})

    def restore(self, content: dict[str, Any]) -> None:
        self._kept = content
        self.laptop.choose(content.get("laptop"))
        self.lost_on.typed = str(content.get("lost_on", ""))
        self.how.setPlainText(str(content.get("how", "")))
        for step in content.get("done", ()):
            if step in self.steps:
                self.steps[step].setChecked(True)

    # -- papers --------------------------------------------------------------------------------------------------------

    def _register(self) -> None:
        language = current_language()
        self.paper.show_form(lambda work: processing_form(work, "", language), t("data_protection.register_file"))

    def _breach(self) -> None:
        if not self.lost_on.is_valid:
            self.lost_on.show_problem()
            self.lost_on.setFocus()
            return
        language = current_language()
        loss = Loss(
            self.laptop.value or "",
            self.lost_on.edtf or None,
            how=self.how.toPlainText().strip() or None,
            done=frozenset(step for step, box in self.steps.items() if box.isChecked()),
        )
        self.paper.show_form(lambda work: breach_form(work, loss, language), t("data_protection.breach_file"))

    # -- what is due ---------------------------------------------------------------------------------------------------

    def _row(self, kept: Kept, count: int, *, can_erase: bool) -> QWidget:
        made = QFrame()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(label(kept.name, "strong"))
        column.addWidget(label(kept_words(kept)))
        column.addWidget(label(t("data_protection.records", count=count), "small"))
        if can_erase:
            gone = button(t("data_protection.erase"), partial(self._ask, column, kept, count), icon_name="trash")
            gone.setAccessibleName(f"{gone.text()}: {kept.name}")
            self.erasers.append(gone)
            column.addLayout(side_by_side(gone))
        else:
            column.addWidget(label(t("data_protection.coordinator"), "small"))
        return made

    def _ask(self, column: QVBoxLayout, kept: Kept, count: int) -> None:
        self._close()
        frame = QFrame()
        frame.setProperty("box", "bar")
        frame.setProperty("tone", Tone.DANGER.value)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(px(14), px(10), px(14), px(12))
        inside.setSpacing(px(8))
        sure = "sure_card" if kept.type == "person" else "sure_case"
        inside.addWidget(label(t(f"data_protection.{sure}", name=kept.name, count=count), "strong"))
        inside.addWidget(label(t("data_protection.sure_more")))
        self.no = button(t("trash.keep"), self._close)
        self.yes = button(t("trash.erase_now"), partial(self._erase, kept), role="danger")
        inside.addLayout(side_by_side(self.no, self.yes))
        column.addWidget(frame)
        frame.show()
        self._asked = frame
        put_in_order(self)
        bring(self, self.no)

    def _close(self) -> None:
        if self._asked is not None:
            self._asked.hide()
            self._asked.deleteLater()
            self._asked = None

    def _erase(self, kept: Kept) -> None:
        self.yes.setEnabled(False)
        self.desk.tasks.store(self, lambda store: erase_due(store, kept.type, kept.id), self._erased, self._failed)

    def _failed(self, error: Any) -> None:
        self._close()
        self.failed(error)

    def _erased(self, done: Erased) -> None:
        self.tell(t("data_protection.erased", count=done.records), Tone.OK, more=backups_words(done))
        self.enter()
