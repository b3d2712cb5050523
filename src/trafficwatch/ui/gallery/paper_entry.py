# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of copying a paper form: whose it is, empty, half filled, a refused code, danger, untrained, longest names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.registry.browse import residents
from trafficwatch.screening.overview import screenings_of, worrying
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.paper_entry import PaperEntryPage

_TOLD = {
    **{code: {"value": "no"} for code in ("T-HURT", "T-HELD", "T-MEDICAL", "T-SUICIDE", "T-REACH")},
    "E-PRO-RECRUIT": {"value": "yes", "by": "person", "note": "Tetangga, bulan Mei"},
    "E-PRO-TRANSPORT": {"value": "yes", "by": "family"},
    "E-CAR-DECEIT": {"value": "unknown"},
    "E-CAR-THREAT": {"value": "declined"},
}


def _person(stage: Stage) -> str:
    """Somebody grown up who is not recorded as screened."""
    rows = ask(stage, lambda work: residents(work, "", 0, 50)).rows
    return next((row.id for row in rows if "Yohanis" not in row.name and (row.birth_date or "2") < "2000"), rows[0].id)


def page_of(stage: Stage, **content: Any) -> PaperEntryPage:
    """The page of one person, as a draft fills it."""
    draft = {"age": 24, "note": "", **content} if content else None
    return stage.page(PaperEntryPage, draft=draft, person_id=_person(stage))


def _filled(stage: Stage) -> QWidget:
    return page_of(stage, on="14-11-2026", answers=_TOLD)


def _list(stage: Stage) -> QWidget:
    """Down the list, with what belongs to an answer below it."""
    page = page_of(stage, on="14-11-2026", agreed=True, stopped="no_time", answers=_TOLD)
    page.list.point("E-PRO-RECRUIT")
    stage.settle()
    page.list.setFocus()
    page.show_widget(page.line or page.list)
    stage.settle()
    return page


def _typed(line: str) -> Callable[[Stage], QWidget]:
    def make(stage: Stage) -> QWidget:
        page = page_of(stage, on="14-11-2026", answers=_TOLD)
        page.quick.line.setText(line)
        page.quick.line.entered.emit()
        page.quick.line.setFocus()
        page.show_widget(page.quick)
        stage.settle()
        return page

    return make


def _danger(stage: Stage) -> QWidget:
    page = page_of(stage, on="14-11-2026", answers=_TOLD)
    page.quick.line.setText("T-HELD Y O")
    page.quick.line.entered.emit()
    stage.settle()
    return page


def _again(stage: Stage) -> QWidget:
    """A form of a day from which there is a screening already."""
    person = ask(stage, worrying)[0].person_id
    day = ask(stage, lambda work: screenings_of(work, person))[0].screened_on or ""
    year, month, date = day.split("-")
    return stage.page(PaperEntryPage, draft={"on": f"{date}-{month}-{year}", "age": 35}, person_id=person)


SCENES = (
    Scene("paper_entry-who", "village", lambda stage: stage.page(PaperEntryPage)),
    Scene("paper_entry-empty", "village", page_of),
    Scene("paper_entry-filled", "village", _filled),
    Scene("paper_entry-list", "village", _list),
    Scene("paper_entry-taken", "village", _typed("e-car-force y k")),
    Scene("paper_entry-unknown", "village", _typed("E-CAR-FRCE Y")),
    Scene("paper_entry-ambiguous", "village", _typed("1 y")),
    Scene("paper_entry-danger", "village", _danger),
    Scene("paper_entry-again", "village", _again),
    Scene("paper_entry-long", "long", _filled),
    Scene("paper_entry-untrained", "untrained", lambda stage: stage.page(PaperEntryPage)),
)
