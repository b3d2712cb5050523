# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of sharing without consent, and of a consent for some institutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QPushButton, QWidget

from trafficwatch.casework.disclosures import disclose, disclosures_of
from trafficwatch.models.care import TO_PPT, Duty
from trafficwatch.texts import t
from trafficwatch.ui.gallery.referral import person_of, read
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.consent import ConsentPage
from trafficwatch.ui.village.disclosure import DisclosurePage

_DRAFT = {"duty": "order_of_law", "reason": "Sidang besok pagi", "recipients": [TO_PPT], "lifted": ["phones"]}


def _empty(name: str) -> Callable[[Stage], QWidget]:
    return lambda stage: stage.page(DisclosurePage, person_id=person_of(stage, name))


def _filled(stage: Stage) -> QWidget:
    page = stage.page(DisclosurePage, draft=dict(_DRAFT), person_id=person_of(stage, "Yohanis"))
    page.save.click()
    return page


def _shared(stage: Stage) -> str:
    """Somebody whose data are shared; the stage's store keeps it for the scenes after."""
    person = person_of(stage, "Sumarni")

    def share(work: Any) -> None:
        if not disclosures_of(work, person):
            disclose(work, person, Duty.DANGER_TO_LIFE, [TO_PPT], "Perekrut mengancam akan datang malam ini")

    read(stage, share)
    return person


def _known(stage: Stage) -> QWidget:
    return stage.page(DisclosurePage, person_id=_shared(stage))


def _ending(stage: Stage) -> QWidget:
    page = stage.page(DisclosurePage, person_id=_shared(stage))
    for each in page.known.findChildren(QPushButton):
        if each.text() == t("disclosure.end"):
            each.click()
            break
    stage.settle()
    return page


def _consent_beside(stage: Stage) -> QWidget:
    return stage.page(ConsentPage, person_id=_shared(stage))


def _consent_some(stage: Stage) -> QWidget:
    draft = {"scopes": {"referral": "agreed", "share_case": "agreed"}, "allowed": ["religion"], "until": "2030"}
    page = stage.page(ConsentPage, draft=draft, person_id=person_of(stage, "Yohanis"))
    page.show_widget(page.to)
    return page


SCENES: tuple[Scene, ...] = (
    Scene("disclosure-empty", "village", _empty("Merlin")),
    Scene("disclosure-missing", "village", _filled),
    Scene("disclosure-known", "village", _known),
    Scene("disclosure-ending", "village", _ending),
    Scene("disclosure-untrained", "untrained", _empty("Yohanis")),
    Scene("disclosure-long", "long", _empty("Maria")),
    Scene("consent-beside-a-duty", "village", _consent_beside),
    Scene("consent-some", "village", _consent_some),
)
