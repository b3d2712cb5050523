# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's case on one page: how to reach the person, how the case stands, and its records, a section at a time.

`enter(person_id=..., section="", of_type="")` opens a section by its name, or the one that has records of a type. Who
is not trained sees that there is a case, the safe contact, and who could take over; no case text.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from trafficwatch.casework.care_warnings import CareWarning
from trafficwatch.casework.case_forms import PAPERS
from trafficwatch.models.casework import Risk
from trafficwatch.models.forms import FormKind
from trafficwatch.models.staff import Ability
from trafficwatch.registry.trash import Reason, delete_now, restore
from trafficwatch.texts import t
from trafficwatch.texts.care import warning_words
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme import icons
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.care_reading import CLOSED, OPEN, CaseFile, read_case
from trafficwatch.ui.village.case_records import Hub, RecordsCard
from trafficwatch.ui.village.case_sections import SECTIONS, section_of
from trafficwatch.ui.village.contact_first import before_all
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.resident_parts import RISK_TONES, chips, date_words
from trafficwatch.ui.village.resident_sections import SectionList
from trafficwatch.ui.widgets.fold import FoldHead
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, empty
from trafficwatch.ui.widgets.tab_order import put_in_order

_BEGINNING = 120
"""So much of a section, in pixels at 100 %, tells that it is there."""
_STATE_TONES = {CLOSED: Tone.NEUTRAL, OPEN: Tone.INFO}


class PersonCasePage(Page):
    """The case of one person."""

    name = "person_case"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("case_page.title"), can_go_back=True)
        self._person = self._sought = ""
        self.section = ""
        self.hub: Hub | None = None
        self.resident = button(t("case_page.to_card"), self._to_card, icon_name="card")
        self.print = button(t("case_page.print"), icon_name="print")
        self.print.setEnabled(False)
        above = QWidget()
        self._above = QVBoxLayout(above)
        self._above.setContentsMargins(0, 0, 0, 0)
        self._above.setSpacing(px(10))
        corner, is_large = self.corner, look().zoom >= COMPACT_FROM
        if is_large:  # the buttons below the rule for contact: nothing keeps that out of sight
            corner = QVBoxLayout()
            self.body.addWidget(above)
            self.body.addLayout(corner)
        for each in (self.resident, self.print):
            corner.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft)
        if not is_large:
            self.body.addWidget(above)
        self._inside = QWidget()
        self.body.addWidget(self._inside)
        self.body.addStretch(1)
        self.list: SectionList | None = None
        self._scroll.verticalScrollBar().rangeChanged.connect(self._keep_in_sight)
        for keys, way in (("Ctrl+PgUp", -1), ("Ctrl+PgDown", 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._turn, way))

    def enter(self, *, person_id: str, section: str = "", of_type: str = "") -> None:  # type: ignore[override]
        self._person = person_id
        self.section = section or section_of(of_type)
        self._sought = of_type
        self._load()

    def where(self) -> dict[str, Any]:
        return {"section": self.section}

    def _load(self) -> None:
        trained, person_id = self.desk.state.trained, self._person
        self.desk.tasks.work(self, lambda work: read_case(work, person_id, trained=trained), self._show, slot="case")

    # -- showing -------------------------------------------------------------------------------------------------------

    def _show(self, file: CaseFile) -> None:
        self.title.setText(t("case_page.title_of", name=file.name))
        case = file.case
        about = (
            t("case_page.opened", code=case.code or "", day=date_words(case.opened_on)) if case else t("case_page.none")
        )
        self.subtitle.setText(about)
        self.subtitle.show()
        empty(self._above)
        for bar in before_all(self.desk, file.contact, in_trash=file.in_trash):
            self._above.addWidget(bar)
        if status := self._status(file):
            self._above.addLayout(chips(status))
        if file.in_trash:
            put_in_order(self)
            return
        if not self.desk.state.trained:
            self._show_untrained(file)
            return
        for kind in dict.fromkeys(each.warning for each in file.warnings):
            if kind is CareWarning.CHAIN_BROKEN:  # stands at the piece of evidence
                continue
            self._above.addWidget(Notice(warning_words(kind), Tone.WARN))
        self.hub = Hub(self.desk, self._person, file, self._delete, self._printers(), self._bring, self._load)
        self._fill_menu(file)
        self._build(self.hub)

    def _status(self, file: CaseFile) -> list[tuple[str, Tone]]:
        if file.case is None or not self.desk.state.trained:
            return []
        found = [(t(f"case_page.state.{file.state}"), _STATE_TONES.get(file.state, Tone.WARN))]
        if file.risk in {Risk.MEDIUM.value, Risk.HIGH.value}:
            found.append((words("risk", file.risk), RISK_TONES[file.risk]))
        return found

    def _show_untrained(self, file: CaseFile) -> None:
        if file.case is not None:
            self._above.addWidget(Notice(t("case_page.there"), Tone.INFO))
        self._above.addWidget(GateCard(self.desk, Ability.CARRYING_OUT))
        put_in_order(self)
        self.resident.setFocus()

    def _build(self, hub: Hub) -> None:
        """The list of sections with their counts, and room for the one that is open."""
        titles = [_counted(t(f"case_page.section.{each.name}"), each.count(hub)) for each in SECTIONS]
        if (layout := self._inside.layout()) is not None:
            empty(layout)
            QWidget().setLayout(layout)  # the only way to take a layout off
        beside = QVBoxLayout(self._inside) if look().zoom >= COMPACT_FROM else QHBoxLayout(self._inside)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(px(24))
        self.list = SectionList(titles)
        self.list.chosen.connect(self.show_section)
        holder = QWidget()
        self._holder = QVBoxLayout(holder)
        self._holder.setContentsMargins(0, 0, 0, 0)
        self._holder.setSpacing(px(14))
        beside.addWidget(self.list)
        beside.addWidget(holder, 1)
        names = [each.name for each in SECTIONS]
        self._fill(names.index(self.section) if self.section in names else 0)
        self._show_sought()

    def _show_sought(self) -> None:
        """The records that somebody comes for, or has just written, are in sight, once."""
        sought, self._sought = self._sought, ""
        found = (each for each in self._inside.findChildren(RecordsCard) if each.type_name == sought)
        records = next(found, None)
        first = next(iter(records.folds.values()), None) if records is not None else None
        if first is not None:
            first.head.setFocus()

    def _keep_in_sight(self) -> None:
        """The line that has the focus moves as long as the page is being laid out."""
        focused = self.focusWidget()
        if isinstance(focused, FoldHead):
            self.show_widget(focused)

    def show_section(self, place: int) -> None:
        """Another section: where it stands below the fold its beginning comes in sight."""
        self._fill(place)
        if (first := self._holder.itemAt(0)) is not None and (beginning := first.widget()) is not None:
            QTimer.singleShot(0, beginning, lambda: self._show_beginning(beginning))  # once it has its place

    def _show_beginning(self, part: QWidget) -> None:
        if (inside := self._scroll.widget()) is not None:
            top = part.mapTo(inside, part.rect().topLeft()).y()
            self._scroll.ensureVisible(0, top + min(px(_BEGINNING), part.height()), 0, px(8))

    def _fill(self, place: int) -> None:
        """One section is in sight, built anew; the focus is on its line in the list."""
        if self.hub is None or self.list is None or not 0 <= place < len(SECTIONS):
            return
        self.section = SECTIONS[place].name
        empty(self._holder)
        for each in SECTIONS[place].build(self.hub):
            self._holder.addWidget(each)
        self._holder.addStretch(1)
        self.list.choose(place)
        put_in_order(self)
        (self.list.buttons[place] if self.list.buttons else self.list.choice).setFocus()

    def _turn(self, way: int) -> None:
        names = [each.name for each in SECTIONS]
        if self.section in names:
            self.show_section(names.index(self.section) + way)

    # -- papers --------------------------------------------------------------------------------------------------------

    def _printers(self) -> dict[str, Any]:
        """Record type -> what prints one of its records, where one paper is made of it."""
        kinds: dict[str, list[FormKind]] = {}
        for kind, paper in PAPERS.items():
            kinds.setdefault(paper.of, []).append(kind)
        return {name: partial(self._print, found[0]) for name, found in kinds.items() if len(found) == 1}

    def _print(self, kind: FormKind, of_id: str) -> None:
        if kind is FormKind.OWN_DATA and of_id:  # says first what to think of, and has the questions in words
            self.desk.go("own_data", person_id=of_id)
            return
        self.desk.go("case_paper", kind=kind.value, person_id=self._person, of_id=of_id)

    def _fill_menu(self, file: CaseFile) -> None:
        """Every paper of this case, from the latest record it is made of; below, the blank forms."""
        menu, blank = QMenu(self.print), QMenu(t("case_page.blank"), self.print)
        ink = look().colours.accent_ink
        for kind, paper in PAPERS.items():
            if paper.of in {"", "protection_request"}:
                continue
            title = t(f"case_page.paper.{kind}")
            if of_id := self._latest(file, paper.of):
                menu.addAction(icons.icon("print", ink), title).triggered.connect(partial(self._pressed, kind, of_id))
            blank.addAction(icons.icon("document", ink), title).triggered.connect(partial(self._pressed, kind, ""))
        menu.addMenu(blank)
        self.print.setMenu(menu)
        self.print.setEnabled(True)

    def _pressed(self, kind: FormKind, of_id: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's signal
        self._print(kind, of_id)

    def _latest(self, file: CaseFile, type_name: str) -> str:
        match type_name:
            case "person":
                return self._person
            case "consent":
                return next((each.id for each in file.care.consents), "")
            case "referral":
                return next((each.id for each in file.care.referrals), "")
        return next((each.id for each in file.records.get(type_name, ())), "")

    # -- deleting ------------------------------------------------------------------------------------------------------

    def _delete(self, type_name: str, record_id: str, reason: Reason) -> None:
        self.clear_notices()
        self.desk.tasks.store(
            self,
            lambda store: delete_now(store, type_name, record_id, reason),
            lambda _: self._deleted(type_name, record_id),
        )

    def _deleted(self, type_name: str, record_id: str) -> None:
        told = self.tell(t("case_page.deleted"))
        told.add_action(t("trash.take_back"), partial(self._take_back, type_name, record_id))
        self._load()

    def _take_back(self, type_name: str, record_id: str) -> None:
        why = t("trash.taken_back")
        self.clear_notices()
        self.desk.tasks.work(self, lambda work: restore(work, type_name, record_id, why), lambda _: self._load())

    def _bring(self, part: QWidget) -> None:
        QTimer.singleShot(0, part, lambda: self.show_widget(part))  # once it has its place

    def _to_card(self) -> None:
        self.desk.go("resident", person_id=self._person)


def _counted(title: str, count: int) -> str:
    return t("case_page.counted", title=title, count=count) if count else title
