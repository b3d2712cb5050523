# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of screening pages share: somebody to talk to, what a page says, its buttons and its questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from trafficwatch.registry.residents import record_person
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.screening import ScreeningPage
from trafficwatch.ui.widgets.answer_line import AnswerLine

StageOf = Callable[[str], Stage]
SAFE = dict.fromkeys(("place", "alone", "unheard", "language"), "yes")


def somebody(stage: Stage, **fields: Any) -> str:
    """A grown-up whose card says when she was born."""
    fields = {"name": "Marselina Taek", "birth_date": "1996-03-04", **fields}
    person: str = ask(stage, lambda work: record_person(work, **fields).person.id)
    return person


def words(page: QWidget) -> str:
    """What can be read."""
    QApplication.processEvents()
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def pressed(page: QWidget, text: str) -> QPushButton:
    """The button with these words that can be seen."""
    QApplication.processEvents()
    return next(each for each in page.findChildren(QPushButton) if each.text() == text and each.isVisibleTo(page))


def line_of(page: ScreeningPage, code: str) -> AnswerLine:
    """The line of a question that can be seen."""
    assert page.step is not None
    QApplication.processEvents()
    return next(line for line in page.step.findChildren(AnswerLine) if line.code == code and line.isVisibleTo(page))
