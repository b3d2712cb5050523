# SPDX-License-Identifier: GPL-3.0-or-later
"""What was told, one by one: what lies behind a fact of the three columns, and the list of all answers.

The list keeps the order of the questionnaire. Questions about danger that were not asked stand in it as such, of the
others only their number is told: not asked is never 'no'. An answer that was asked by another version says by which and
stands with the words of that version; one that this version has no question for comes last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.screening import Answer, Element, Entry, Kind, Questionnaire, Value
from trafficwatch.screening.library import Told
from trafficwatch.texts import current_language, t
from trafficwatch.texts.citations import cited
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.answer_words import about_answer
from trafficwatch.ui.widgets.fold import Fold
from trafficwatch.ui.widgets.parts import chip, label, rule

_TONES = {Value.YES: Tone.INFO}
_ICONS = {Value.YES: "check", Value.NO: "close", Value.UNKNOWN: "question", Value.DECLINED: "minus"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the list; without an answer it was not asked."""

    question: str
    answer: Answer | None


def fact_details(entry: Entry, questionnaire: Questionnaire, answer: Answer | None) -> QWidget:
    """The legal basis of a fact, an example, and what was told about it."""
    language = current_language()
    made = QFrame()
    made.setProperty("box", "sunken")
    column = QVBoxLayout(made)
    column.setContentsMargins(px(12), px(9), px(12), px(10))
    column.setSpacing(px(6))
    if answer is not None:
        told = [words_for("answer", answer.value), words_for("by", answer.by)]
        column.addWidget(label(" · ".join(filter(None, told)), "strong"))
        if about := about_answer(answer):
            column.addWidget(label(about, "small"))
        if answer.note:
            column.addWidget(label(t("screening_desk.quoted", note=answer.note)))
    if entry.term:
        column.addWidget(label(t("screening_desk.legal_term", term=entry.term)))
        law = "; ".join(cited(each) for each in entry.law)
        column.addWidget(label(t("screening_desk.law", law=law)))
    else:
        places = [questionnaire.group(code).label.of(language) for code in dict.fromkeys(entry.groups)]
        column.addWidget(label(t("screening_desk.only_sign", groups=", ".join(places))))
    column.addWidget(label(t("screening_desk.source", source=cited(entry.source)), "small"))
    column.addWidget(label(entry.help.of(language)))
    return made


class AllAnswers(QFrame):
    """A card that opens the list."""

    def __init__(self, questionnaire: Questionnaire, told: Sequence[Told]) -> None:
        super().__init__()
        self._questionnaire, self._told = questionnaire, {each.code: each for each in told}
        self.setProperty("box", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(18), px(14), px(18), px(16))
        column.setSpacing(px(10))
        column.addWidget(label(t("screening_desk.answers_title"), "heading"))
        asked = sum(entry.code in self._told for entry in questionnaire.entries)
        count = t("screening_desk.answers_count", asked=asked, open=len(questionnaire.entries) - asked)
        column.addWidget(label(f"{count} {t('screening_desk.not_asked_is_no_no')}", "soft"))
        self.fold = Fold(t("screening_desk.answers_open"), self._list)
        column.addWidget(self.fold)

    def _list(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, px(4), 0, 0)
        column.setSpacing(px(6))
        for title, rows in self._parts():
            column.addWidget(label(title, "strong"))
            for row in rows:
                column.addWidget(_line(row))
                column.addWidget(rule())
        return made

    def _parts(self) -> Iterator[tuple[str, list[_Row]]]:
        entries = self._questionnaire.entries
        yield t("screening_desk.triage_title"), [self._row(entry) for entry in entries if entry.kind is Kind.TRIAGE]
        modules: Mapping[str, str] = {
            module.code: module.label.of(current_language()) for module in self._questionnaire.modules
        }
        titles = {
            **{element.value: t(f"screening.element.{element}") for element in Element},
            "": t("screening_desk.group_signs"),
            **modules,
        }
        for place, title in titles.items():
            rows = [
                self._row(entry)
                for entry in entries
                if entry.kind is not Kind.TRIAGE and entry.code in self._told and _part(entry) == place
            ]
            if rows:
                yield title, rows
        if older := [each for each in self._told.values() if not each.counts]:
            yield t("screening_desk.answers_older"), [_Row(_words(each), each.answer) for each in older]

    def _row(self, entry: Entry) -> _Row:
        told = self._told.get(entry.code)
        words = _words(told) if told and told.entry else entry.text.of(current_language())
        return _Row(words, told.answer if told else None)


def _part(entry: Entry) -> str:
    return entry.module or (entry.element.value if entry.element else "")


def _words(told: Told) -> str:
    """The question as it was asked; its bare code where that version is not known here."""
    if told.entry is None:
        return t("screening_desk.unknown_question", code=told.code)
    return told.entry.text.of(current_language())


def _line(row: _Row) -> QWidget:
    """A question, its answer at the right or below, and what belongs to it."""
    made = QWidget()
    is_stacked = look().zoom >= COMPACT_FROM
    line: QBoxLayout = QVBoxLayout(made) if is_stacked else QHBoxLayout(made)
    line.setContentsMargins(0, px(2), 0, px(2))
    line.setSpacing(px(6 if is_stacked else 16))
    words = QVBoxLayout()
    words.setSpacing(px(2))
    words.addWidget(label(row.question))
    answer = row.answer
    if answer is not None:
        if about := about_answer(answer, with_source=True):
            words.addWidget(label(about, "small"))
        if answer.note:
            words.addWidget(label(t("screening_desk.quoted", note=answer.note), "small"))
        shown = chip(words_for("answer", answer.value), _TONES.get(answer.value, Tone.NEUTRAL), _ICONS[answer.value])
    else:
        shown = chip(t("screening_desk.not_asked"), Tone.NEUTRAL, "minus")
    line.addLayout(words, 1)
    line.addWidget(shown, 0, Qt.AlignmentFlag.AlignLeft if is_stacked else Qt.AlignmentFlag.AlignTop)
    return made
