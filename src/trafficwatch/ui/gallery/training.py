# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of practice: the list, a case untouched, and marked with right, wrong and open answers."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.training import TrainingCasePage, TrainingPage


def _list(stage: Stage) -> QWidget:
    return stage.page(TrainingPage)


def _case(stage: Stage) -> QWidget:
    return stage.page(TrainingCasePage, code="LAT-02")


def _marked(stage: Stage) -> QWidget:
    page = stage.page(TrainingCasePage, code="LAT-09")
    for code in ("E-PRO-RECRUIT", "E-CAR-DECEIT", "T-CHILD"):
        page.lines[code].choose("yes")
    page.finding.choose("suspected")
    page.check.click()
    return page


SCENES = (
    Scene("training", "untrained", _list),
    Scene("training-case", "village", _case),
    Scene("training-marked", "village", _marked),
)
