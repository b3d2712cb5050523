# SPDX-License-Identifier: GPL-3.0-or-later
"""Walking a case through real windows by keys: to a person's case, through its sections, and through any form of it.

`ready` gives a village and its PPT with institutions of the district and with people who agreed, founded once per
module; every walk has a copy. The store is opened with the keys known from founding, on a clock that stands, which
spares stretching a passphrase. `PICTURES=FOLDER` keeps a picture of each station there.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from desks import Clock, reopened
from hands import Hands, Key, Modifier
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from trafficwatch.app import make_door
from trafficwatch.casework.consents import record_consent
from trafficwatch.models.casework import ConsentScope, Decision
from trafficwatch.models.fields import Field, Shape, Side
from trafficwatch.ppt.directory import confirm_institution, save_institution
from trafficwatch.registry.residents import agree_safe_contact, record_person
from trafficwatch.store.vault import Keys
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.publishing import write_replies
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.labels import label
from trafficwatch.texts.trail import field_words
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.shell.window import Shell
from trafficwatch.ui.village.care_fields import DAYS, FORMS, field_of, is_scale
from trafficwatch.ui.village.care_inputs import FEW
from trafficwatch.ui.village.case import PersonCasePage
from trafficwatch.ui.village.case_sections import SECTIONS

T = TypeVar("T")
CTRL = Modifier.ControlModifier
PICTURES = os.environ.get("PICTURES")
SIZE = (1366, 768)
POLICE, SAFE_HOUSE, OTHER_HOUSE = "Polres Latihan", "Rumah Aman Latihan", "Rumah Singgah Latihan"
PUSKESMAS, COUNSELLING, CLERGY, LAWYERS = (
    "Puskesmas Latihan",
    "Rumah Konseling Latihan",
    "Paroki Latihan",
    "LBH Latihan",
)
INSTITUTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    POLICE: ("police", ("legal_aid",)),
    SAFE_HOUSE: ("shelter", ("temporary_shelter",)),
    OTHER_HOUSE: ("shelter", ("temporary_shelter",)),
    PUSKESMAS: ("puskesmas", ("health_rehabilitation",)),
    COUNSELLING: ("ngo", ("psychological_strengthening",)),
    CLERGY: ("religious", ("psychological_strengthening", "social_rehabilitation")),
    LAWYERS: ("legal_aid", ("legal_aid",)),
}
SAFELY = {"way": "through_person", "through": "Ibu RT 03", "hours": "pagi", "never_tell": "paman"}


@dataclass(frozen=True)
class Ready:
    """Two desks that know each other; `keys` open them."""

    folder: Path
    keys: Mapping[str, Keys]

    def copy(self, folder: Path) -> Ready:
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Ready(folder, self.keys)

    @property
    def stick(self) -> Path:
        return self.folder / "stick"


def prepared(founded: Mapping[str, tuple[Path, Keys]], folder: Path, *people: str) -> Ready:
    """The gallery's desks with the district's institutions, confirmed, and these grown-ups, who agreed to all."""
    ready = Ready(folder, {name: founded[name][1] for name in ("village", "ppt")})
    for name in ready.keys:
        shutil.copytree(founded[name][0], folder / name)
    ready.stick.mkdir()
    ppt, village = (reopened(folder / name, ready.keys[name], Clock()) for name in ("ppt", "village"))
    with ppt.work() as work:
        for place, (name, (kind, services)) in enumerate(INSTITUTIONS.items()):
            fields = {"name": name, "kind": kind, "area_code": "53.01", "services": dict.fromkeys(services, True)}
            made = save_institution(work, None, {**fields, "contacts": {f"phone:038000010{place}": {"sources": 1}}})
            confirm_institution(work, made.id)
    for path in write_replies(ppt, ready.stick):
        take_in(village, path)
        path.unlink()
    with village.work() as work:
        for name in people:
            person = record_person(work, name=name, birth_date="1994-03-02", sex="f").person.id
            agree_safe_contact(work, person, **SAFELY)
            scopes = dict.fromkeys(ConsentScope, Decision.AGREED.value)
            record_consent(work, person, scopes, method="thumbprint", witness="Ibu RT 03")
    village.close()
    ppt.close()
    return ready


class Walk(Hands):
    """Somebody at one desk who walks a case through it."""

    def __init__(self, qtbot: QtBot, shell: Shell, tasks: Tasks, name: str) -> None:
        super().__init__(qtbot, shell, tasks)
        self._walk = name
        self._stations = 0

    # -- looking -------------------------------------------------------------------------------------------------------

    def station(self, *words: str) -> None:
        """These words stand on the screen; a picture of it is kept if somebody wants them."""
        self.settle()
        labels = [each.text() for each in self._shell.findChildren(QLabel) if each.isVisible()]
        missing = [each for each in words if not any(each in text for text in labels)]
        self._stations += 1
        if PICTURES:
            self.picture(Path(PICTURES) / f"{self._walk}-{self._stations:02}.png")
        assert not missing, f"{missing} missing in {labels}"

    def read(self, use_case: Callable[[Any], T]) -> T:
        """Ask the open store, or let a use case write into it."""
        found: list[T] = []
        self._tasks.work(self._tasks, use_case, found.append)
        self.settle()
        return found[0]

    # -- going ---------------------------------------------------------------------------------------------------------

    def to_case(self, name: str) -> None:
        """From the list of residents over the card to the case."""
        self.do(Key.Key_2, CTRL)
        self.type(name)
        self.settle()
        self.press(Key.Key_Tab)
        while name not in self.entry and name not in self.name:
            self.press(Key.Key_Tab)
        self.do(Key.Key_Return)
        self.press_button(t("case_page.title"))
        assert isinstance(self._page, PersonCasePage)

    def back_to_case(self) -> None:
        """By Esc, from wherever the way led."""
        for _ in range(9):
            if isinstance(self._page, PersonCasePage):
                return
            self.do(Key.Key_Escape)
        raise AssertionError("Esc never comes back to the case")

    def section(self, name: str) -> None:
        """Go through the sections of the case to this one."""
        names = [each.name for each in SECTIONS]
        assert isinstance(self._page, PersonCasePage)
        way = names.index(name) - names.index(self._page.section)
        for _ in range(abs(way)):
            self.press(Key.Key_PageDown if way > 0 else Key.Key_PageUp, CTRL)
        assert t(f"case_page.section.{name}") in self.name
        self.settle()

    # -- writing -------------------------------------------------------------------------------------------------------

    def add(self, type_name: str, **said: Any) -> None:
        """From the section that has records of this type: a new one."""
        self.press_button(t("case_page.add_of", what=type_words(type_name)))
        self.write(type_name, **said)

    def write(self, type_name: str, **said: Any) -> None:
        """Fill the form that is open, field by field in its order, and save it."""
        for name in FORMS[type_name].fields:
            if name in said:
                self.answer(type_name, name, said[name])
        self.station()
        self.do(Key.Key_Return, CTRL)

    def answer(self, type_name: str, name: str, said: Any) -> None:
        field, called = field_of(type_name, name), field_words(type_name, name)
        match field.shape:
            case Shape.CHOICE if field.required and len(field.choices) <= FEW:
                self.mark([label(field.group, each) for each in field.choices], label(field.group, said))
            case Shape.CHOICE:
                self.choose(called, label(field.group, said))
            case Shape.LINK:
                self.choose(called, said)
            case Shape.ELEMENTS:
                self._elements(field, said)
            case Shape.NUMBER if is_scale(field):
                self.mark([t(f"care_fields.scale.{step}") for step in range(1, 6)], t(f"care_fields.scale.{said}"), 5)
            case Shape.DATE:
                self.reach(called)
                self.press(Key.Key_A, CTRL)
                self.type(said)
            case _:
                self.fill(called, str(said))

    def mark(self, options: list[str], wanted: str, columns: int = 2) -> None:
        """One of several radio buttons, by the arrow keys."""
        self.reach(options[0])
        place = options.index(wanted)
        for key, times in ((Key.Key_Down, place // columns), (Key.Key_Right, place % columns)):
            for _ in range(times):
                self.press(key)
        self.press(Key.Key_Space)
        assert self.name == wanted

    def _elements(self, field: Field, said: Mapping[str, Any]) -> None:
        for each in field.options:
            if each not in said:
                continue
            words = label(field.group, each)
            if said[each] is True:
                self.reach(words)
                self.press(Key.Key_Space)
            elif field.name in DAYS:
                self.fill(words, said[each])
            else:
                self.choose(words, label(field.value_group, said[each]))

    @property
    def _page(self) -> object:
        return self._shell.frame.page if self._shell.frame is not None else None


@contextmanager
def walking(qtbot: QtBot, ready: Ready, name: str, side: Side = Side.VILLAGE) -> Iterator[Walk]:
    """The real window of one of the two desks, unlocked."""
    which = "ppt" if side is Side.PPT else "village"
    folder = ready.folder / which
    door = make_door(side, folder, practice=False, settings_path=ready.folder / "settings.json", restart=lambda _: None)
    tasks = Tasks()
    opener = dataclasses.replace(door, unlock=lambda _: reopened(folder, ready.keys[which], Clock()))
    shell = Shell(opener, Settings(), tasks)
    shell.resize(*SIZE)
    try:
        walk = Walk(qtbot, shell, tasks, name)
        walk.type("apa saja")
        walk.do(Key.Key_Return)
        yield walk
    finally:
        shell.hide()
        shell.deleteLater()
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        tasks.close()
