# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the page 'Berbagi tanpa persetujuan': the three duties with their ground, and what is shared already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QRadioButton, QVBoxLayout, QWidget

from trafficwatch.models.care import TO_PPT, Disclosure, Duty
from trafficwatch.models.dates import PartialDate
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.reason_question import QuestionWords, ReasonQuestion
from trafficwatch.ui.village.refusable import refused_names
from trafficwatch.ui.widgets.parts import chip, empty, label, rule


class Duties(QWidget):
    """One of the three, with when it holds and on what it rests; none chosen beforehand."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(2))
        self._group = QButtonGroup(self)
        self.radios: dict[str, QRadioButton] = {}
        for duty in Duty:
            radio = QRadioButton(word("duty", duty))
            more = f"{t(f'disclosure.when.{duty}')} {t(f'disclosure.ground.{duty}')}"
            radio.setAccessibleDescription(more)
            radio.toggled.connect(lambda _: self.changed.emit())
            self._group.addButton(radio)
            self.radios[duty.value] = radio
            column.addWidget(radio)
            for words, kind in ((t(f"disclosure.when.{duty}"), ""), (t(f"disclosure.ground.{duty}"), "small")):
                below = label(words, kind)
                below.setContentsMargins(px(31), 0, 0, px(2))
                column.addWidget(below)
        self.setFocusProxy(next(iter(self.radios.values())))

    @property
    def value(self) -> str | None:
        return next((duty for duty, radio in self.radios.items() if radio.isChecked()), None)

    def put(self, duty: str | None) -> None:
        if duty in self.radios:
            self.radios[duty].setChecked(True)


class Lifted(QWidget):
    """Which of the refused parts this duty needs all the same; those that are not refused are not asked."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._wanted: set[str] = set()
        self.boxes: dict[str, QCheckBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(2))

    @property
    def groups(self) -> list[str]:
        """What is ticked."""
        return [group for group, box in self.boxes.items() if box.isChecked()] if self.boxes else sorted(self._wanted)

    def put(self, groups: Iterable[str]) -> None:
        self._wanted = set(groups)
        for group, box in self.boxes.items():
            box.setChecked(group in self._wanted)

    def offer(self, groups: Iterable[str]) -> None:
        """These are refused; what is ticked stays ticked."""
        self._wanted = set(self.groups)
        self.boxes.clear()
        empty(self._column)
        for group in groups:
            self.boxes[group] = box = QCheckBox(t(f"consent.field.{group}"))
            box.toggled.connect(lambda _: self.changed.emit())
            self._column.addWidget(box)
        self.put(self._wanted)


class Disclosures(QFrame):
    """What is shared without consent now, each with its end, and what was."""

    ended = Signal(str, str)
    """A disclosure's id and the reason."""
    asked = Signal(QWidget)
    """The question whether to end one came up in this widget."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("box", "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px(18), px(14), px(18), px(16))
        self._column.setSpacing(px(10))
        self.hide()

    def put(self, found: Iterable[Disclosure], names: Mapping[str, str], *, keeps_reason: bool) -> None:
        """Show these, the latest first; `names` are those of institutions by id."""
        empty(self._column)
        self._column.addWidget(label(t("disclosure.now"), "heading"))
        latest_first = sorted(found, key=lambda each: (each.ended_on is not None, -_order(each.disclosed_on)))
        for number, each in enumerate(latest_first):
            if number:
                self._column.addWidget(rule())
            self._column.addWidget(_Line(each, names, self.ended.emit, self.asked.emit, keeps_reason=keeps_reason))
        self.setVisible(bool(latest_first))


class _Line(QWidget):
    """One disclosure: to whom, why, since when, and the way to end it."""

    def __init__(
        self,
        found: Disclosure,
        names: Mapping[str, str],
        end: Callable[[str, str], None],
        asked: Callable[[QWidget], None],
        *,
        keeps_reason: bool,
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        duty = word("duty", found.duty)
        column.addWidget(label(t("disclosure.line", duty=duty, day=_day(found.disclosed_on)), "strong"))
        if found.ended_on is None:
            column.addWidget(chip(t("disclosure.holds"), Tone.DANGER))
        else:
            column.addWidget(chip(t("disclosure.ended", day=_day(found.ended_on)), Tone.NEUTRAL, "undo"))
        to = [
            t("disclosure.to_ppt") if each == TO_PPT else names.get(each, "")
            for each, on in found.recipients.items()
            if on
        ]
        facts = [t("disclosure.to", names="; ".join(each for each in to if each))]
        if lifted := refused_names(name for name, is_lifted in found.lifted.items() if is_lifted):
            facts.append(t("disclosure.lifted_line", fields=lifted))
        facts += [t("disclosure.ordered_line", who=found.ordered_by)] if found.ordered_by else []
        facts += [t("disclosure.reason_line", reason=found.reason)] if found.reason else []
        for words in facts:
            column.addWidget(label(words))
        if found.ended_on is not None:
            return
        question_words = QuestionWords(
            ask=t("disclosure.end"),
            ask_this=t("disclosure.end_this", duty=duty),
            title=t("disclosure.end_title"),
            more=t("disclosure.end_more"),
            sure=t("disclosure.end_now"),
            keep=t("disclosure.keep"),
        )
        question = ReasonQuestion(question_words, partial(end, found.id), keeps_reason=keeps_reason)
        question.asked.connect(asked)
        column.addWidget(question)


def _order(edtf: str | None) -> int:
    first = PartialDate.from_edtf(edtf or "").earliest()
    return first.toordinal() if first else 0


def _day(edtf: str | None) -> str:
    return PartialDate.from_edtf(edtf or "").format(current_language())
