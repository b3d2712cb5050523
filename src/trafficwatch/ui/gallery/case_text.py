# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of where case text is: held here, about to go, pinned, gone to the PPT; and the question why it is pinned."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from trafficwatch.sync.pinning import Pin, PinReason
from trafficwatch.sync.putting_away import TextState
from trafficwatch.sync.removing import Removal
from trafficwatch.sync.stubbing import Stay
from trafficwatch.ui.gallery.keeping import first_resident
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.village.case import PersonCasePage
from trafficwatch.ui.village.case_text import CaseTextCard

_STATES = {
    "held": TextState(4, 0, None, None, (Stay.UNSENT, Stay.PLAN_OPEN, Stay.NEVER_LEAVES), None),
    "due": TextState(12, 0, None, "2025-02-24", (), None),
    "away": TextState(0, 12, "2025-02-24T08:00:00+00:00", None, (Stay.NEVER_LEAVES,), None),
    "pinned": TextState(
        12, 0, None, None, (Stay.PINNED,), Pin(None, "2025-02-17", PinReason.OTHER, "Sidang minggu depan")
    ),
}


def _shown(stage: Stage, *, name: str) -> QWidget:
    page = stage.page(PersonCasePage, person_id=first_resident(stage, "Yohanis"))
    part = _card(page)
    part._show(_STATES[name])  # noqa: SLF001 - as the worker would
    page.show_widget(part)
    return page


def _asking(stage: Stage) -> QWidget:
    page = stage.page(PersonCasePage, person_id=first_resident(stage, "Yohanis"))
    part = _card(page)
    part._show(_STATES["due"])  # noqa: SLF001
    part.pin.click()
    page.show_widget(part)
    return page


def _card(page: QWidget) -> CaseTextCard:
    [found] = page.findChildren(CaseTextCard)
    return found


def _removed(stage: Stage) -> QWidget:
    page = stage.page(InboxPage)
    reasons = (("consent_withdrawn", 9), ("person_asked", 4))
    page.removed.put([Removal("2025-02-24T08:00:00+00:00", "Noelbaki", 13, reasons)])
    page.show_widget(page.removed)
    return page


SCENES = (
    Scene("removed", "ppt", _removed),
    *(Scene(f"case-text-{name}", "village", partial(_shown, name=name)) for name in _STATES),
    Scene("case-text-pin", "village", _asking),
)
