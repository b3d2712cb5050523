# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of consent, referral and the emergency page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from trafficwatch.casework.overview import open_referrals
from trafficwatch.registry.browse import residents
from trafficwatch.texts import t
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.consent import ConsentPage
from trafficwatch.ui.village.emergency import EmergencyPage
from trafficwatch.ui.village.referral import ACCOUNT_STEP, CONSENT, INSTITUTION, NEED, ReferralPage
from trafficwatch.ui.village.referrals import ReferralsPage

T = TypeVar("T")
_NEED = {"services": ["health_rehabilitation", "legal_aid"], "urgency": "immediate"}


def read(stage: Stage, use_case: Callable[[Any], T]) -> T:
    """What a use case gives on the stage's store."""
    found: list[T] = []
    stage.tasks.work(stage.tasks, use_case, found.append)
    stage.settle()
    return found[0]


def person_of(stage: Stage, name: str) -> str:
    """The id of the first resident whose name holds this."""
    return read(stage, lambda work: residents(work, name, 0, 1)).rows[0].id


def _list(stage: Stage) -> QWidget:
    return stage.page(ReferralsPage)


def _searching(text: str) -> Callable[[Stage], QWidget]:
    def make(stage: Stage) -> QWidget:
        page = stage.page(ReferralsPage)
        QTest.keyClicks(page.picker.entry, text)
        stage.settle()
        return page

    return make


def _step(step: int, name: str) -> Callable[[Stage], QWidget]:
    def make(stage: Stage) -> QWidget:
        return stage.page(ReferralPage, draft={**_NEED, "step": step}, person_id=person_of(stage, name))

    return make


def _missing(stage: Stage) -> QWidget:
    page = stage.page(ReferralPage, person_id=person_of(stage, "Sumarni"))
    page.next.click()
    return page


def _letter(stage: Stage) -> QWidget:
    row = read(stage, open_referrals)[0]
    return stage.page(ReferralPage, person_id=row.person_id, referral_id=row.id)


def _withdraw(stage: Stage) -> QWidget:
    page = _letter(stage)
    if isinstance(page, ReferralPage):
        page.letter.withdraw.click()
    return page


def _untrained(stage: Stage) -> QWidget:
    return stage.page(ReferralPage, person_id=person_of(stage, "Yohanis"))


def _consent(name: str) -> Callable[[Stage], QWidget]:
    return lambda stage: stage.page(ConsentPage, person_id=person_of(stage, name))


def _consent_withdraw(stage: Stage) -> QWidget:
    page = stage.page(ConsentPage, person_id=person_of(stage, "Yohanis"))
    for each in page.earlier.findChildren(QPushButton):
        if each.text() == t("consent.withdraw"):
            each.click()
            break
    return page


def _consent_incomplete(stage: Stage) -> QWidget:
    page = stage.page(ConsentPage, person_id=person_of(stage, "Merlin"))
    page.questions.lines["service"].choose("yes")
    page.save.click()
    return page


def _emergency(stage: Stage) -> QWidget:
    return stage.page(EmergencyPage)


SCENES = (
    Scene("referrals-full", "village", _list),
    Scene("referrals-empty", "empty", _list),
    Scene("referrals-untrained", "untrained", _list),
    Scene("referrals-searching", "long", _searching("maria")),
    Scene("referrals-no-result", "village", _searching("zzz")),
    Scene("referral-1-need", "village", _step(NEED, "Sumarni")),
    Scene("referral-1-missing", "village", _missing),
    Scene("referral-2-institution", "village", _step(INSTITUTION, "Sumarni")),
    Scene("referral-3-not-agreed", "village", _step(CONSENT, "Sumarni")),
    Scene("referral-3-agreed", "village", _step(CONSENT, "Yohanis")),
    Scene("referral-4-account", "village", _step(ACCOUNT_STEP, "Yohanis")),
    Scene("referral-4-long", "long", _step(ACCOUNT_STEP, "Maria")),
    Scene("referral-5-letter", "village", _letter),
    Scene("referral-5-withdraw", "village", _withdraw),
    Scene("referral-untrained", "untrained", _untrained),
    Scene("consent-earlier", "village", _consent("Yohanis")),
    Scene("consent-withdraw", "village", _consent_withdraw),
    Scene("consent-new-child", "village", _consent("Merlin")),
    Scene("consent-incomplete", "village", _consent_incomplete),
    Scene("consent-untrained", "untrained", _consent("Sumarni")),
    Scene("consent-long", "long", _consent("Maria")),
    Scene("emergency-village", "village", _emergency),
    Scene("emergency-empty", "empty", _emergency),
    Scene("emergency-ppt", "ppt", _emergency),
)
