# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the page of double cards: a pair side by side, and the question which card stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from trafficwatch.models.identity import show_phone
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.registry.duplicates import Line, Pair
from trafficwatch.registry.likeness import LIKELY, VERY_LIKELY
from trafficwatch.registry.merging import Merged, contradicts
from trafficwatch.registry.merging_words import WAYS
from trafficwatch.registry.residents import NO_OWNER
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.labels import label as words
from trafficwatch.texts.trail import field_words
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.residents_table import birth_words
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, chip, empty, label, line_edit, rule

_SAYS = {
    True: ("duplicates.same", Tone.OK, "check"),
    False: ("duplicates.differs", Tone.WARN, "warning"),
    None: ("duplicates.one_only", Tone.NEUTRAL, "minus"),
}


def value_words(name: str, value: object) -> str:
    """A field of a card in words, '-' for nothing."""
    if isinstance(value, Mapping):
        if name == "phones":
            owned = ((show_phone(number) or number, owner) for number, owner in value.items())
            found = [number if owner == NO_OWNER else f"{number} ({owner})" for number, owner in owned]
        else:
            found = list(value)
        return ", ".join(found) or "-"
    text = str(value or "")
    if name == "birth_date":
        return birth_words(text) or "-"
    return words("sex", text) if name == "sex" and text else text or "-"


def contact_words(contact: SafeContact) -> str:
    """What is agreed about reaching a person, field by field, '-' for nothing."""
    found = []
    for name in WAYS:
        if value := getattr(contact, name):
            said = words("contact_way", value) if name == "way" else show_phone(value) if name == "number" else value
            found.append(f"{field_words('safe_contact', name)}: {said or value}")
    return "; ".join(found) or "-"


def _names(fields: Iterable[str]) -> str:
    """Fields of a person, or `type.field`, in words."""
    return ", ".join(field_words(*(name.split(".") if "." in name else ("person", name))) for name in fields)


def title_of(person: Person, number: int) -> str:
    """Which of two cards this is, for whoever chooses."""
    about = ", ".join(filter(None, (person.name, birth_words(person.birth_date), person.address)))
    return t("duplicates.card", number=number, about=about)


def score_chip(score: int) -> QFrame:
    if score >= VERY_LIKELY:
        return chip(t("duplicates.very_likely"), Tone.WARN, "people")
    if score >= LIKELY:
        return chip(t("duplicates.likely"), Tone.INFO, "people")
    return chip(t("duplicates.possible"), Tone.NEUTRAL, "people")


class PairCard(QFrame):
    """Two cards beside each other, what speaks for one person, and three answers."""

    def __init__(
        self, pair: Pair, same: Callable[[], object], apart: Callable[[], object], later: Callable[[], object]
    ) -> None:
        super().__init__()
        self.setProperty("box", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(score_chip(pair.score))
        reasons = ", ".join(t(f"duplicates.reason.{reason.value}") for reason in pair.reasons)
        column.addWidget(label(t("duplicates.because", reasons=reasons), "soft"))
        column.addLayout(self._grid(pair))
        names = f"{pair.first.name} / {pair.second.name}"
        self.setAccessibleName(names)
        self.same = button(t("duplicates.is_same"), same, icon_name="link")
        self.apart = button(t("duplicates.is_apart"), apart, icon_name="people")
        self.later = button(t("duplicates.later"), later, role="quiet", icon_name="clock")
        for each in (self.same, self.apart, self.later):
            each.setAccessibleName(f"{each.text()}: {names}")
        column.addLayout(side_by_side(self.same, self.apart, self.later))

    def _grid(self, pair: Pair) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(14))
        grid.setVerticalSpacing(px(6))
        is_stacked = look().zoom >= COMPACT_FROM
        lines = [*pair.lines]
        if any(pair.journeys):
            lines.append(Line("journeys", str(pair.journeys[0]), str(pair.journeys[1]), pair.journeys[0] == 0 or None))
        at, first_column = 0, 0 if is_stacked else 1
        if not is_stacked:
            grid.setColumnMinimumWidth(0, px(130))
            grid.setColumnMinimumWidth(3, px(190))
        for place in (0, 1):
            grid.setColumnStretch(first_column + place, 1)
            grid.addWidget(label(t("duplicates.card_number", number=place + 1), "strong"), at, first_column + place)
        for line in lines:
            at += 1
            is_count = line.field == "journeys"
            named = label(t("duplicates.journeys") if is_count else field_words("person", line.field), "small")
            shown = [label(value_words(line.field, value)) for value in (line.first, line.second)]
            sign = QLabel() if is_count else self._sign(line)
            if is_stacked:
                grid.addWidget(rule(), at, 0, 1, 2)
                grid.addWidget(named, at + 1, 0)
                grid.addWidget(sign, at + 1, 1)
                at += 2
            else:
                grid.addWidget(named, at, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(sign, at, 3, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            for place, each in enumerate(shown):
                grid.addWidget(each, at, first_column + place, Qt.AlignmentFlag.AlignTop)
        return grid

    @staticmethod
    def _sign(line: Line) -> QFrame:
        key, tone, icon = _SAYS[line.same]
        return chip(t(key), tone, icon)


class MergeForm(QFrame):
    """Which card stays, and what will happen; `chosen` asks for the look ahead with (stays, goes)."""

    chosen = Signal(str, str)
    edited = Signal()

    def __init__(self, pair: Pair) -> None:
        super().__init__()
        self.pair = pair
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        frame, inside = card(t("duplicates.merge_title"), t("duplicates.merge_what"))
        both = (pair.first, pair.second)
        for number, each in enumerate(both, 1):
            inside.addWidget(label(title_of(each, number)))
        options = [(each.id, t("duplicates.card_number", number=number)) for number, each in enumerate(both, 1)]
        self.keep = Choice(options)
        stays = Field(t("duplicates.keep"), self.keep, t("duplicates.keep_hint"))
        inside.addWidget(stays)
        self._asks = contradicts(*both)
        self.reason = line_edit(limit=200)
        self._reason = Field(t("duplicates.reason_asked"), self.reason, t("duplicates.reason_hint"))
        self._reason.setVisible(self._asks)
        inside.addWidget(self._reason)
        for field in (stays, self._reason):
            # once the order of Tab is put anew, Qt would go by it from the last button back here
            field.setFocusProxy(None)  # type: ignore[arg-type]
        column.addWidget(frame)
        self._frame, self._happens = card(t("duplicates.happens"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(px(8))
        self._happens.addLayout(self._lines)
        self._frame.hide()
        column.addWidget(self._frame)
        self.keep.currentIndexChanged.connect(self._ask)
        self.reason.textEdited.connect(self.edited)

    @property
    def wanted(self) -> tuple[str, str]:
        """The card that stays, and the other."""
        stays = self.keep.value or self.pair.first.id
        return stays, self.pair.second.id if stays == self.pair.first.id else self.pair.first.id

    def begin(self) -> None:
        self.chosen.emit(*self.wanted)

    def may_merge(self) -> bool:
        """Whether a reason stands where one is needed; says so if not."""
        is_missing = self._asks and not self.reason.text().strip()
        self._reason.wrong(t("duplicates.reason_missing") if is_missing else "")
        if is_missing:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        return not is_missing

    def show_ahead(self, found: Merged) -> None:
        empty(self._lines)
        for tone, said in self._said(found):
            line = QWidget()
            inside = QVBoxLayout(line)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.setSpacing(px(4))
            if tone is not Tone.NEUTRAL:
                inside.addWidget(chip(t("duplicates.mind"), tone, "warning"))
            inside.addWidget(label(said))
            self._lines.addWidget(line)
        self._frame.show()

    def _ask(self) -> None:
        self.edited.emit()
        self.begin()

    def _said(self, found: Merged) -> list[tuple[Tone, str]]:
        said: list[tuple[Tone, str]] = []
        if found.ended:
            said.append((Tone.WARN, t("duplicates.ends", count=found.ended)))
        if found.bans:
            said.append((Tone.WARN, t("duplicates.bans")))
        if found.contacts:
            stays, goes = map(contact_words, found.contacts)
            said.append((Tone.WARN, t("duplicates.contacts", stays=stays, goes=goes)))
        niks = [each.nik for each in (self.pair.first, self.pair.second) if each.id == self.wanted[0]]
        replaced = {"nik", "nik_status"} if "nik" in found.filled and any(niks) else set()
        if replaced:
            said.append((Tone.WARN, t("duplicates.nik_seen", told=niks[0] or "")))
        counted = ", ".join(f"{type_words(name)}: {count}" for name, count in found.moved.items())
        said.append((Tone.NEUTRAL, t("duplicates.moves", what=counted) if counted else t("duplicates.moves_nothing")))
        if fields := _names(name for name in found.filled if name not in replaced):
            said.append((Tone.NEUTRAL, t("duplicates.fills", fields=fields)))
        kept = [name for name in found.differs if name != "name" and not name.startswith("safe_contact.")]
        if fields := _names(kept):
            said.append((Tone.NEUTRAL, t("duplicates.keeps", fields=fields)))
        if "name" in found.differs:
            said.append((Tone.NEUTRAL, t("duplicates.name_kept")))
        said.append((Tone.NEUTRAL, t("duplicates.goes")))
        return said
