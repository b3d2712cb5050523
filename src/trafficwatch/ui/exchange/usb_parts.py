# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the page 'Pakai flashdisk': the sticks to choose from, and what came, was written or lies there still."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.sync.usb import Old, Written
from trafficwatch.texts import t
from trafficwatch.ui.exchange.moments import moment, size
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.exchange.sticks import Stick, room_words
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.parts import button, card, label


class StickList(QWidget):
    """The sticks that are plugged in; the only one that can be written is chosen by itself."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._found: dict[str, Stick] = {}
        self.list = Lines(t("usb.sticks"))
        self.none = label(t("usb.none"), "soft")
        self.list.pointed.connect(self.chosen)
        column.addWidget(self.list)
        column.addWidget(self.none)
        self.list.hide()

    @property
    def stick(self) -> Stick | None:
        """The one that is chosen, if it can be written."""
        found = self._found.get(self.list.current)
        return found if found is not None and not found.is_locked else None

    def put(self, sticks: Sequence[Stick]) -> None:
        if tuple(self._found.values()) == tuple(sticks):
            return
        self._found = {str(stick.path): stick for stick in sticks}
        self.list.put(
            [
                Line(path, stick.label, room_words(stick), Tone.WARN if stick.is_locked else Tone.INFO, "stick")
                for path, stick in self._found.items()
            ]
        )
        usable = [path for path, stick in self._found.items() if not stick.is_locked]
        if len(usable) == 1:
            self.list.point(usable[0])
        self.list.setVisible(bool(sticks))
        self.none.setVisible(not sticks)


def result_card(lines: Sequence[Line], codes: Mapping[str, str]) -> QFrame:
    """What came of the files that lay on the stick, each with its check code."""
    made, column = card(t("exchange_desk.result.title"))
    shown = Lines(t("exchange_desk.result.title"))
    shown.put([replace(each, more=_with_code(each, codes)) for each in lines])
    column.addWidget(shown)
    return made


def _with_code(line: Line, codes: Mapping[str, str]) -> str:
    code = codes.get(line.key)
    return f"{line.more} {t('usb.code', code=code)}" if code else line.more


def written_card(written: Sequence[Written], kind: str) -> QFrame:
    """What lies on the stick now, read back and found whole."""
    made, column = card(t(f"usb.on_stick.{kind}"))
    shown = Lines(t(f"usb.on_stick.{kind}"))
    shown.put(
        [
            Line(
                each.bundle,
                t(f"usb.file.{kind}", number=each.number, count=each.records),
                t("usb.file_more", file=each.path.name, size=size(each.size), code=each.code),
                Tone.OK,
                "seal" if kind == "village" else "receipt",
            )
            for each in written
        ]
    )
    column.addWidget(shown)
    column.addWidget(label(t(f"usb.code_what.{kind}"), "small"))
    return made


def old_card(found: Sequence[Old], clear: Callable[[Sequence[str]], object]) -> QFrame:
    """Bundles of an earlier time; those that were answered can be deleted from the stick."""
    made, column = card(t("usb.old"), t("usb.old_what"))
    shown = Lines(t("usb.old"))
    shown.put([_old(each) for each in found])
    column.addWidget(shown)
    answered = [Path(each.path).name for each in found if each.answered]
    if answered:
        words = t("usb.clear", count=len(answered))
        column.addLayout(side_by_side(button(words, lambda: clear(answered), icon_name="trash")))
    return made


def _old(old: Old) -> Line:
    said = t("usb.old_answered") if old.answered else t("usb.old_waiting")
    tone, icon = (Tone.OK, "receipt") if old.answered else (Tone.INFO, "clock")
    name = t("usb.old_name", number=old.number, at=moment(old.made_at))
    return Line(old.bundle, name, said, tone, icon)
