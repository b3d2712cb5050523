# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person can ask for about the own data: a copy, who received what, how long it is kept, and to have it erased.

`enter(person_id=...)`. Erasing says before what stays and what the PPT is told; it is a coordinator's decision, others
put the data into the trash for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout

from trafficwatch.casework.papers_own_data import own_data_form, received
from trafficwatch.casework.retention import Kept, kept_of
from trafficwatch.models.forms import code_of
from trafficwatch.models.staff import Ability
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.erasing import Erased, Ground, erase, may_erase
from trafficwatch.registry.trash import Reason, delete_now, goes_along
from trafficwatch.screening import library
from trafficwatch.texts import current_language, t
from trafficwatch.texts.exchange import type_words
from trafficwatch.ui.exchange.moments import day, moment
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.contact_first import contact_first
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.shown_paper import ShownPaper
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, empty, label, rule
from trafficwatch.ui.widgets.tab_order import put_in_order


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the page shows; `records` is how many would be erased."""

    name: str
    received: tuple[tuple[str, str, str, str], ...]
    kept: tuple[Kept, ...]
    records: int
    may_erase: bool


def kept_words(kept: Kept) -> str:
    """Until when a card or a case is kept."""
    what = f"{type_words(kept.type)} {kept.code}".strip()
    until = day(kept.until) or t("case_forms_after.kept.no_day")
    return f"{what}: {t(f'case_forms_after.kept.{kept.clock}', day=until)}"


class OwnDataPage(Page):
    """One person's data and rights."""

    name = "own_data"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("own_data.title"), can_go_back=True)
        self._person = ""
        self._loaded: Loaded | None = None
        self._asked: QFrame | None = None
        self._cards: list[QFrame] = []
        self._above = QVBoxLayout()
        self.body.addLayout(self._above)
        if not desk.state.trained:
            self.body.addWidget(GateCard(desk, Ability.CARRYING_OUT))
            self.body.addStretch(1)
            return
        frame, inside = card(t("own_data.copy"), t("own_data.copy_what"))
        inside.addWidget(Notice(t("own_data.home"), Tone.WARN, more=t("own_data.home_more")))
        self.copy = button(t("own_data.prepare"), self._prepare, role="primary", icon_name="document")
        inside.addLayout(side_by_side(self.copy))
        self.paper = ShownPaper(self, t("own_data.save_title"))
        inside.addWidget(self.paper)
        self._add(frame)
        frame, self._received = card(t("own_data.received"), t("own_data.received_what"))
        self._add(frame)
        frame, self._kept = card(t("own_data.kept"))
        self._add(frame)
        frame, self._erasing = card(t("own_data.erase"), t("own_data.erase_what"))
        for key in ("stays", "ppt", "others"):
            self._erasing.addWidget(label(t(f"own_data.erase_{key}")))
        self.erase = button(t("own_data.erase_all"), self._ask, role="danger", icon_name="trash")
        self._erasing.addLayout(side_by_side(self.erase))
        self._add(frame)
        self.body.addStretch(1)

    def _add(self, frame: QFrame) -> None:
        self._cards.append(frame)
        self.body.addWidget(frame)

    def enter(self, *, person_id: str) -> None:  # type: ignore[override]
        self._person = person_id
        contact_first(self, person_id, self._above)
        if not self.desk.state.trained:
            return

        def read(work: Any) -> Loaded | None:
            person = resident_card(work, person_id).person
            if person.deleted is not None:
                return None
            return Loaded(
                person.name or "",
                received(work, person_id, current_language()),
                kept_of(work, person_id),
                sum(goes_along(work, "person", person_id).values()),
                may_erase(work),
            )

        self.desk.tasks.work(self, read, self._show, slot="read")

    def _show(self, loaded: Loaded | None) -> None:
        if loaded is None:  # in the trash: taken out of it, all of this is there again
            for each in self._cards:
                each.hide()
            return
        self._loaded = loaded
        self.subtitle.setText(loaded.name)
        self.subtitle.setVisible(bool(loaded.name))
        for number, (on, to, what, ground) in enumerate(loaded.received):
            if number:
                self._received.addWidget(rule())
            self._received.addWidget(label(f"{day(on)} \u00b7 {to}", "strong"))
            self._received.addWidget(label(what))
            self._received.addWidget(label(ground, "small"))
        if not loaded.received:
            self._received.addWidget(label(t("own_data.nobody"), "soft"))
        for kept in loaded.kept:
            self._kept.addWidget(label(kept_words(kept)))
        put_in_order(self)
        self.copy.setFocus()

    # -- the copy ------------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        person, language = self._person, current_language()
        self.paper.show_form(
            lambda work: own_data_form(work, person, language, library.wordings(work, language)),
            t("own_data.file", code=code_of(person).casefold()),
        )

    # -- erasing -------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self._loaded is None:
            return
        if not self._loaded.may_erase:
            self.desk.go("resident_delete", person_id=self._person)
            return
        self._close()
        frame = QFrame()
        frame.setProperty("box", "bar")
        frame.setProperty("tone", Tone.DANGER.value)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(px(14), px(10), px(14), px(12))
        inside.setSpacing(px(8))
        inside.addWidget(label(t("own_data.erase_sure", name=self._loaded.name, count=self._loaded.records), "strong"))
        self.no = button(t("trash.keep"), self._close)
        self.yes = button(t("own_data.erase_now"), self._erase, role="danger")
        inside.addLayout(side_by_side(self.no, self.yes))
        self._erasing.addWidget(frame)
        frame.show()
        self._asked = frame
        put_in_order(self)
        bring(self, self.no)

    def _close(self) -> None:
        if self._asked is not None:
            self._asked.hide()
            self._asked.deleteLater()
            self._asked = None
            self.erase.setFocus()

    def _erase(self) -> None:
        self.yes.setEnabled(False)
        person = self._person

        def act(store: Any) -> Erased:
            delete_now(store, "person", person, Reason.PERSON_ASKED)
            return erase(store, "person", person, Ground.PERSON_ASKED)

        self.desk.tasks.store(self, act, self._erased, self._failed)

    def _failed(self, error: Any) -> None:
        self._close()
        self.failed(error)

    def _erased(self, done: Erased) -> None:
        self.paper.put_away()
        for each in self._cards:
            each.hide()
        empty(self._above)
        self.subtitle.hide()
        told = self.tell(t("own_data.erased", count=done.records), Tone.OK, more=backups_words(done))
        told.add_action(t("trash.to_list"), lambda: self.desk.go("residents"))


def backups_words(done: Erased) -> str:
    """The backups that still hold what was erased, '' for none."""
    if not done.backups:
        return ""
    places = "; ".join(f"{moment(each.made_at)}, {each.place}" for each in done.backups)
    return t("own_data.backups", places=places)
