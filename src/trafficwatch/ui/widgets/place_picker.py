# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing a village (or a kabupaten/kota) by typing its name, from the list that comes with the program.

The list is read and searched on the worker. Results name the whole path, since hundreds of villages share a name.
Down goes from the line into the results, Enter takes the one that is marked; [Change] opens the search again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from trafficwatch.models.places import Place, UnknownPlace
from trafficwatch.texts import t
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.parts import button, label, picture

if TYPE_CHECKING:
    from trafficwatch.ui.shell.tasks import Tasks
    from trafficwatch.village.places import Places

Level = Literal["desa", "kabupaten"]
WAIT = 150
"""Milliseconds without a key before a search starts."""
HEIGHT = 300
"""The results grow no higher than this (pixels at 100 %)."""
SHORTEST = 2
"""Letters from which a search makes sense."""
_LIMIT = 20
_SLOT = "places"


class PlacePicker(QWidget):
    """`picked` tells code and path when a place was chosen by hand; `code` is None while none is."""

    picked = Signal(str, str)
    cleared = Signal()
    """[Change] was pressed: no place is chosen until another is."""

    def __init__(
        self,
        tasks: Tasks,
        places: Callable[[], Places],
        *,
        level: Level = "desa",
        near: str = "",
        name: str = "",
    ) -> None:
        """`near` is a code whose neighbours come first; `name` is what screen readers call the line."""
        super().__init__()
        self._tasks, self._places, self._level, self._near = tasks, places, level, near
        self._code: str | None = None
        self._shown_for = ""
        self._found: dict[str, Place] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        self._build_search(column, name or t("setup.place_search"))
        self._build_chosen(column)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self._search)
        self.setFocusProxy(self.line)

    @property
    def code(self) -> str | None:
        """The dotted code of the chosen place."""
        return self._code

    def set_code(self, code: str | None) -> None:
        """Show a place by its code, if there is such a place."""
        self._code = code or None
        if self._code is None:
            self._show_search()
            return
        wanted = self._code
        self._tasks.do(self, lambda: self._places().get(wanted), self._show_chosen, self._unknown, slot="place")

    def search(self, text: str) -> None:
        """Search for this at once, as if it had been typed."""
        self.line.setText(text)
        self._show_search()
        self._search()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Read the list while the user begins to type."""
        super().showEvent(event)
        self._tasks.do(self, lambda: self._places().get("11"), lambda _: None, slot="warm")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        key = event.key()
        if self.line.hasFocus() and key == Qt.Key.Key_Down and self._found:
            self.results.setFocus(Qt.FocusReason.TabFocusReason)
        elif key not in {Qt.Key.Key_Return, Qt.Key.Key_Enter} or event.modifiers() or not self._enter():
            super().keyPressEvent(event)

    def _enter(self) -> bool:
        """Take the marked result, if it belongs to what stands in the line now, else search; False if neither."""
        if self.change.hasFocus():
            self.change.click()
            return True
        typed = self.line.text().strip()
        if not self.line.isVisible() or len(typed) < SHORTEST:
            return False
        if typed != self._shown_for:
            self._search()
            return True
        if self.results.current:
            self._take(self.results.current)
        return bool(self.results.current)

    # -- building ------------------------------------------------------------------------------------------------------

    def _build_search(self, column: QVBoxLayout, name: str) -> None:
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        example = t("setup.place_example_kabupaten") if self._level == "kabupaten" else t("setup.place_example_desa")
        self.line.setPlaceholderText(example)
        self.line.setMaxLength(120)
        self.line.setClearButtonEnabled(False)
        self.line.textEdited.connect(self._typed)
        self.results = Lines(t("setup.place_results"), height=HEIGHT)
        self.results.opened.connect(self._take)
        self.results.hide()
        self._told = label("", "small")
        self._told.hide()
        column.addWidget(self.line)
        column.addWidget(self.results)
        column.addWidget(self._told)

    def _build_chosen(self, column: QVBoxLayout) -> None:
        self._chosen = QFrame()
        self._chosen.setProperty("box", "bar")
        self._chosen.setProperty("tone", Tone.OK.value)
        beside = QHBoxLayout(self._chosen)
        beside.setContentsMargins(px(12), px(8), px(8), px(8))
        beside.setSpacing(px(10))
        beside.addWidget(picture("check", 20, look().colours.ok.ink))
        self._path = label("", "strong")
        beside.addWidget(self._path, 1)
        self.change = button(t("setup.place_change"), self._search_again)
        beside.addWidget(self.change)
        self._chosen.hide()
        column.addWidget(self._chosen)

    # -- searching -----------------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._timer.start()

    def _search(self) -> None:
        self._timer.stop()
        typed = self.line.text().strip()
        if len(typed) < SHORTEST:
            self._show_results(typed, ())
            return
        self._tasks.do(self, lambda: self._find(typed), lambda found: self._show_results(typed, found), slot=_SLOT)

    def _find(self, typed: str) -> Sequence[Place]:
        if self._level == "desa":
            return self._places().search(typed, _LIMIT, self._near)
        return find_kabupaten(self._places(), typed)[:_LIMIT]

    def _show_results(self, typed: str, found: Sequence[Place]) -> None:
        self._shown_for = typed
        self._found = {place.code: place for place in found}
        self.results.setVisible(bool(found))
        self.results.put([_line(place) for place in found])
        if found:
            self.results.point(found[0].code)
            self.results.scrollToTop()
        if len(typed) < SHORTEST:
            said = ""
        elif found:
            said = t("setup.place_found", count=len(found))
        else:
            said = t("setup.place_none", typed=typed)
        self._told.setText(said)
        self._told.setVisible(bool(said))
        if said:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.line, said))

    # -- choosing ------------------------------------------------------------------------------------------------------

    def _take(self, code: str) -> None:
        place = self._found[code]
        self._code = code
        self._show_chosen(place)
        self.picked.emit(place.code, place.path)

    def _show_chosen(self, place: Place) -> None:
        had_focus = self.line.hasFocus() or self.results.hasFocus()
        self._path.setText(place.path)
        self._chosen.setAccessibleName(place.path)
        self.change.setAccessibleDescription(place.path)
        self._chosen.show()
        self.setFocusProxy(self.change)
        for widget in (self.line, self.results, self._told):
            widget.hide()
        if had_focus:
            self.change.setFocus(Qt.FocusReason.OtherFocusReason)

    def _unknown(self, _error: object) -> None:
        self._code = None
        self._show_search()

    def _search_again(self) -> None:
        self._code = None
        self._show_search()
        self.cleared.emit()
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_search(self) -> None:
        self.setFocusProxy(self.line)
        self._chosen.hide()
        self.line.show()


def _line(place: Place) -> Line:
    return Line(place.code, place.name, place.path.partition(", ")[2], icon="village")


def find_kabupaten(places: Places, typed: str) -> list[Place]:
    """The kabupaten and kota of which every word typed begins a word of the name or of the provinsi, best first."""
    from trafficwatch.village.places import fold, plain

    words = [word for word in plain(typed).split() if word not in {"kab", "kabupaten", "prov", "provinsi"}]
    ranked = []
    for place, own, parts in _spelt(places):
        if words and all(any(part.startswith((word, fold(word))) for part in parts) for word in words):
            is_named = all(any(part.startswith((word, fold(word))) for part in own) for word in words)
            ranked.append((not is_named, len(own), place.code, place))
    return [place for *_, place in sorted(ranked, key=lambda entry: entry[:3])]


@lru_cache(maxsize=1)
def _spelt(places: Places) -> list[tuple[Place, frozenset[str], frozenset[str]]]:
    """Every kabupaten and kota with the words of its name and of its whole path, as written and in one spelling."""
    from trafficwatch.village.places import fold, plain

    def words(text: str) -> frozenset[str]:
        written = plain(text).split()
        return frozenset(written) | frozenset(map(fold, written))

    return [(place, words(place.kabupaten), words(place.path)) for place in all_kabupaten(places)]


def all_kabupaten(places: Places) -> list[Place]:
    """All kabupaten and kota, by code: there are some 500 of the codes there could be."""
    found = []
    for provinsi in range(11, 100):
        if _get(places, str(provinsi)) is not None:
            areas = (_get(places, f"{provinsi}.{number:02}") for number in range(1, 100))
            found += [area for area in areas if area is not None]
    return found


def _get(places: Places, code: str) -> Place | None:
    try:
        return places.get(code)
    except UnknownPlace:
        return None
