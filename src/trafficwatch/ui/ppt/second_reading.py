# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT reads a screening again: the first finding, its answers to look through, and what the reader makes of it.

`enter(screening_id=..., case_id=...)`. Nothing here changes what the village recorded. A question may be marked with
the value that the reader would have given, also one that has no answer; what the rules would say of these values is
shown, and the reader decides. Another finding or risk needs a reason. What the village sent since the page was read is
shown before anything is saved: marks and reason stay, to agree or not is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.casework.consents import agreement_of, consents_of
from trafficwatch.errors import ExpectedError
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.casework import Consent, Reading
from trafficwatch.models.screening import FINDINGS, RISKS, Answer, Element, Entry, Finding, Kind, Risk, Value
from trafficwatch.screening.second_reading import ScreeningChangedMeanwhile, Seen, ToRead, read_again, to_read
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.exchange.moments import day
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.ppt.care_cards import warnings
from trafficwatch.ui.ppt.reading_parts import MarkLine, finding_chips
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.choice_line import NO, YES, ChoiceLine, Option, walk_from
from trafficwatch.ui.widgets.element_columns import ElementColumns
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Choice, Field, button, card, empty, label, text_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

FACTS = 4
"""Facts named per element before only their number is."""
_DANGER, _OTHER = "danger", "other"
_PARTS = (_DANGER, *Element, _OTHER)


class SecondReadingPage(Page):
    """The form of one second reading."""

    name = "second_reading"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("second_reading.title"), can_go_back=True)
        self._found: ToRead | None = None
        self._screening_id = self._case_id = ""
        self._waiting: Mapping[str, Any] | None = None
        self._marks: dict[str, Value] = {}
        self.lines: dict[str, MarkLine] = {}
        self.folds: list[tuple[Fold, frozenset[str]]] = []
        above = QWidget()
        self._above = QVBoxLayout(above)
        self._above.setContentsMargins(0, 0, 0, 0)
        self._above.setSpacing(px(14))
        self.body.addWidget(above)
        self._build_own()
        self.body.addStretch(1)
        self.save = button(t("second_reading.save"), self._save, icon_name="save")
        self.save.setEnabled(False)
        self.footer(primary=self.save)

    def enter(self, **about: Any) -> None:
        self._screening_id, self._case_id = about["screening_id"], about["case_id"]
        self._load()

    def _load(self) -> None:
        screening_id = self._screening_id
        self.desk.tasks.work(self, lambda work: _read(work, screening_id), self._show)

    def _show(self, read: tuple[ToRead, Sequence[Consent], Agreement]) -> None:
        found, consents, agreement = read
        self.show_found(found)
        self.show_consent(consents, agreement)

    def show_consent(self, consents: Sequence[Consent], agreement: Agreement) -> None:
        """Say above all else when the person took the consent back."""
        for notice in warnings(consents, agreement):
            self._above.insertWidget(0, notice)

    def unsaved(self) -> Unsaved | None:
        if self._waiting is not None:
            return Unsaved(self._waiting, case_text=True)
        reason = self.reason.toPlainText().strip()
        if self._found is None or not (self._marks or self.agree.value or reason):
            return None
        content = {
            "marks": {code: value.value for code, value in self._marks.items()},
            "agree": self.agree.value,
            "finding": self.finding.value,
            "risk": self.risk.value,
            "reason": reason,
            "seen": asdict(Seen.of(self._found.screening)),
        }
        return Unsaved(content, self._found.screening.person_id, case_text=True)

    def restore(self, content: Mapping[str, Any]) -> None:
        if self._found is None:
            self._waiting = content
            return
        self._waiting = None
        now, seen = Seen.of(self._found.screening), content.get("seen") or {}
        is_changed = seen != asdict(now)
        self._marks = {str(code): Value(value) for code, value in content.get("marks", {}).items()}
        for fold, codes in self.folds:
            if not fold.is_open and not codes.isdisjoint(self._marks):
                fold.head.click()
        for code, line in self.lines.items():
            line.show_mark(self._marks.get(code))
        self._marks = {code: line.mark for code, line in self.lines.items() if line.mark is not None}
        self.agree.show_value("" if is_changed else str(content.get("agree", "")))
        finding, risk = content.get("finding"), content.get("risk")
        # what was only shown and never chosen follows the screening
        self.finding.choose(now.finding if finding == seen.get("finding") else finding)
        self.risk.choose(now.risk if risk == seen.get("risk") else risk)
        self.reason.setPlainText(str(content.get("reason", "")))
        self._fit()
        if is_changed:
            self.failed(ScreeningChangedMeanwhile())

    # -- what is read ------------------------------------------------------------------------------------------------

    def show_found(self, found: ToRead) -> None:
        """Fill the page; what the reader has filled in stays."""
        left = self.unsaved()
        self.lines, self.folds = {}, []
        empty(self._above)
        self._found = found
        first = found.screening
        self.subtitle.setText(t("second_reading.of", name=found.person_name, day=day(first.screened_on)))
        self.subtitle.show()
        if found.readings:
            self._above.addWidget(Notice(t("second_reading.earlier", count=len(found.readings)), Tone.INFO))
        self._above.addWidget(self._first_card(found))
        self._above.addWidget(self._answers_card(found))
        unasked = list(_unasked(found))
        if unasked:
            self._above.addWidget(self._others_card(unasked))
        self.finding.choose(first.finding)
        self.risk.choose(first.risk)
        self.agree.setVisible(self._can_agree)
        self.save.setEnabled(True)
        self._fit()
        put_in_order(self)
        if left is not None:
            self.restore(left.content)

    def _first_card(self, found: ToRead) -> QWidget:
        frame, column = card(t("second_reading.first"))
        first = found.screening
        if chips := finding_chips(first.finding, first.risk):
            column.addLayout(side_by_side(*chips))
        column.addWidget(label(t("second_reading.first_stays" if self._can_agree else "second_reading.first_missing")))
        if found.asked is not None:
            columns = ElementColumns(found.asked.questionnaire, most=FACTS)
            columns.show_evaluation(found.asked.evaluate(found.told, {}))
            column.addWidget(columns)
        return frame

    def _answers_card(self, found: ToRead) -> QWidget:
        frame, column = card(t("second_reading.answers"))
        if not found.told:
            column.addWidget(label(t("second_reading.answers_none"), "soft"))
            return frame
        column.addWidget(label(t("second_reading.answers_lead"), "soft"))
        for part, told in _by_part((each.entry, each) for each in found.told):
            column.addWidget(label(_part_words(part), "strong"))
            for each in told:
                column.addWidget(self._line(each.code, each.entry, each.answer))
        return frame

    def _others_card(self, entries: Iterable[Entry]) -> QWidget:
        frame, column = card(t("second_reading.others"), t("second_reading.others_lead"))
        for part, found in _by_part((entry, entry) for entry in entries):
            words = t("second_reading.fold", group=_part_words(part), count=len(found))
            fold = Fold(words, partial(self._lines_of, found))
            fold.toggled.connect(lambda _: put_in_order(self))
            self.folds.append((fold, frozenset(entry.code for entry in found)))
            column.addWidget(fold)
        return frame

    def _lines_of(self, entries: Iterable[Entry]) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        for entry in entries:
            column.addWidget(self._line(entry.code, entry, None))
        return made

    def _line(self, code: str, entry: Entry | None, first: Answer | None) -> MarkLine:
        line = MarkLine(code, entry, first)
        line.show_mark(self._marks.get(code))
        line.marked.connect(lambda: self._marked(line))
        line.step.connect(lambda way: self._walk(line, way))
        self.lines[code] = line
        return line

    # -- what the reader makes of it ---------------------------------------------------------------------------------

    def _build_own(self) -> None:
        frame, column = card(t("second_reading.yours"))
        self.by_rules = label("", "strong")
        column.addWidget(self.by_rules)
        options = [Option(YES, t("second_reading.agree_yes")), Option(NO, t("second_reading.agree_no"))]
        self.agree = ChoiceLine(t("second_reading.agree"), options)
        self.agree.chosen.connect(lambda _: self._edited())
        self.agree.step.connect(lambda way: self._walk(self.agree, way))
        column.addWidget(self.agree)
        self.agree_wrong = label("", "error")
        column.addWidget(self.agree_wrong)
        self.finding = Choice([(each.value, words_for("finding", each)) for each in FINDINGS], empty="–")
        self.risk = Choice([(each.value, words_for("risk", each)) for each in RISKS], empty="–")
        self.finding_field = Field(t("second_reading.finding"), self.finding)
        self.risk_field = Field(t("second_reading.risk"), self.risk)
        self.reason = text_edit(lines=4)
        self.reason_field = Field(t("second_reading.reason"), self.reason, t("second_reading.reason_hint"))
        for field in (self.finding_field, self.risk_field, self.reason_field):
            column.addWidget(field)
        self.finding.currentIndexChanged.connect(lambda _: self._edited())
        self.risk.currentIndexChanged.connect(lambda _: self._edited())
        self.reason.textChanged.connect(self._edited)
        self.body.addWidget(frame)
        self._fit()

    @property
    def _can_agree(self) -> bool:
        first = self._found.screening if self._found else None
        return first is None or None not in {first.finding, first.risk}

    @property
    def _is_changed(self) -> bool:
        return self.agree.value == NO or not self._can_agree

    def _marked(self, line: MarkLine) -> None:
        if line.mark is None:
            self._marks.pop(line.code, None)
        else:
            self._marks[line.code] = line.mark
        self._edited()

    def _edited(self) -> None:
        self._fit()
        if self._found is not None:
            self.changed.emit()

    def _fit(self) -> None:
        """What is asked now, and what the rules would say of the marked values."""
        for field in (self.finding_field, self.risk_field):
            field.setVisible(self._is_changed)
        self.agree_wrong.hide()
        asked = self._found.asked if self._found else None
        self.by_rules.setVisible(asked is not None and bool(self._marks))
        if self._found is not None and asked is not None and self._marks:
            said = asked.evaluate(self._found.told, self._marks)
            finding, risk = words_for("finding", said.finding), words_for("risk", said.risk)
            self.by_rules.setText(t("second_reading.by_rules", finding=finding, risk=risk))

    def _walk(self, here: QWidget, way: int) -> None:
        """To the next or previous question; after the last one to the reason."""
        target = walk_from(self, here, way)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            self.show_widget(target)
        elif way > 0:
            bring(self, self.finding if self._is_changed else self.reason)

    # -- saving ------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        found = self._found
        if found is None or (wrong := self._wrong()) is not None:
            if found is not None and wrong is not None:
                bring(self, wrong)
            return
        verdict = Reading.CHANGED if self._is_changed else Reading.CONFIRMED
        finding = Finding(self.finding.value) if self.finding.value else None
        risk = Risk(self.risk.value) if self.risk.value else None
        reason, marks, seen = self.reason.toPlainText(), dict(self._marks), Seen.of(found.screening)
        self.clear_notices()
        self.save.setEnabled(False)
        self.submit(
            lambda work: read_again(work, found.screening.id, verdict, finding, risk, reason, marks, seen=seen),
            lambda _: self._saved(),
            self._not_saved,
        )

    def _wrong(self) -> QWidget | None:
        """Where something is missing; it is said there."""
        is_changed, first = self._is_changed, self._found.screening if self._found else None
        is_same = first is not None and (self.finding.value, self.risk.value) == (first.finding, first.risk)
        missing = {
            self.finding_field: "finding_missing" if not self.finding.value else "nothing_changed" if is_same else "",
            self.risk_field: "" if self.risk.value else "risk_missing",
            self.reason_field: "" if self.reason.toPlainText().strip() else "reason_missing",
        }
        wrong: QWidget | None = None
        for field, key in missing.items():
            said = key if is_changed else ""
            field.wrong(t(f"second_reading.{said}") if said else "")
            wrong = wrong or (field.entry if said else None)
        if not is_changed and self.agree.value != YES:
            self.agree_wrong.setText(t("second_reading.agree_missing"))
            self.agree_wrong.show()
            wrong = self.agree
        return wrong

    def _saved(self) -> None:
        self._marks = {}
        self.agree.show_value("")
        self.reason.clear()
        self.settled.emit()
        self.desk.say(t("second_reading.saved"))
        self.desk.go("case", case_id=self._case_id)

    def _not_saved(self, error: ExpectedError) -> None:
        if isinstance(error, ScreeningChangedMeanwhile):
            self._load()  # it is said when the new one stands on the page
            return
        self.save.setEnabled(True)
        self.failed(error)


def _unasked(found: ToRead) -> Iterator[Entry]:
    """The questions of the screening's version that have no answer."""
    told = {each.code for each in found.told}
    return (entry for entry in (found.asked.questionnaire.entries if found.asked else ()) if entry.code not in told)


def _by_part(pairs: Iterable[tuple[Entry | None, Any]]) -> Iterator[tuple[str, list[Any]]]:
    """What belongs to danger, to each element and to none, in this order, as far as there is any."""
    found: dict[str, list[Any]] = {part: [] for part in _PARTS}
    for entry, each in pairs:
        is_danger = entry is not None and entry.kind is Kind.TRIAGE
        found[_DANGER if is_danger else (entry.element if entry else None) or _OTHER].append(each)
    return ((part, inside) for part, inside in found.items() if inside)


def _part_words(part: str) -> str:
    return t(f"screening.element.{part}") if part in list(Element) else t(f"second_reading.{part}")


def _read(work: Any, screening_id: str) -> tuple[ToRead, Sequence[Consent], Agreement]:
    """What is read again, and what holds of the person's consent now."""
    found = to_read(work, screening_id)
    person = found.screening.person_id or ""
    return found, consents_of(work, person), agreement_of(work, person)
