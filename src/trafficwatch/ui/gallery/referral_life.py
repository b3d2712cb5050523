# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of a referral's life at the village: where it stands, what the institution answers, another institution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.casework.overview import open_referrals, referral_of
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.care import Disclosure, Duty
from trafficwatch.models.casework import Answered, Handover, Referral
from trafficwatch.models.exchange import BundleKind, Delivery, RecordResult
from trafficwatch.sync.importing import Imported
from trafficwatch.sync.replies import News
from trafficwatch.ui.exchange.intake import Outcome, Taken
from trafficwatch.ui.gallery.referral import person_of, read
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.village.referral import CONSENT, INSTITUTION, ReferralPage
from trafficwatch.ui.village.referrals import ReferralsPage
from trafficwatch.ui.village.send import SendPage

LONG = (
    "Rumah aman penuh sampai pertengahan Desember; untuk sementara dapat ditampung di rumah singgah dinas sosial "
    "asalkan ada surat pengantar dari desa dan didampingi keluarga yang dipercaya."
)
_GIVEN: dict[str, Any] = {"handover": Handover.HANDED_OVER.value, "handed_over_on": "2026-11-18"}
_DECLINED = _GIVEN | {"heard": Answered.DECLINED.value, "heard_on": "2026-11-20", "heard_reason": LONG}
_OTHERWISE = _DECLINED | {"answered": Answered.ACCEPTED.value, "answered_on": "2026-11-21", "answer_reason": "Dijemput"}


def _life(changes: dict[str, Any]) -> Callable[[Stage], ReferralPage]:
    """The page of the first referral as if it stood elsewhere."""

    def make(stage: Stage) -> ReferralPage:
        row = read(stage, open_referrals)[0]
        page = stage.page(ReferralPage, person_id=row.person_id, referral_id=row.id)
        known: Referral = replace(read(stage, lambda work: referral_of(work, row.id))[0], **changes)
        page.letter.show_referral(known, row.case_code, row.institution_name, Agreement())
        stage.settle()
        return page

    return make


def _hear(stage: Stage) -> QWidget:
    page = _life(_GIVEN)(stage)
    page.letter.life.hear.click()
    if page.letter.life.answers is not None:
        page.letter.life.answers.choose(Answered.DECLINED.value)
    page.letter.life.save.click()
    return page


def _duty(stage: Stage) -> QWidget:
    row = read(stage, open_referrals)[0]
    page = stage.page(ReferralPage, person_id=row.person_id, referral_id=row.id)
    known = read(stage, lambda work: referral_of(work, row.id))[0]
    to = known.institution_id or ""
    duty = Disclosure(id="d", duty=Duty.CHILD_IN_DANGER.value, recipients={to: True})
    page.letter.show_referral(known, row.case_code, row.institution_name, Agreement(duties=(duty,)))
    stage.settle()
    return page


def _again(stage: Stage) -> QWidget:
    row = read(stage, open_referrals)[0]
    return stage.page(ReferralPage, person_id=row.person_id, replaces=row.id)


def _call_first(stage: Stage) -> QWidget:
    draft = {"services": ["health_rehabilitation"], "urgency": "soon", "step": INSTITUTION}
    page = stage.page(ReferralPage, draft=draft, person_id=person_of(stage, "Yohanis"))
    next(iter(page.institution.radios.values())).click()
    return page


def _not_this_one(stage: Stage) -> QWidget:
    page = stage.page(ReferralPage, draft={"step": CONSENT}, person_id=person_of(stage, "Yohanis"))
    agreement = Agreement(frozenset({"referral"}), named={"referral": frozenset({"lain"})})
    page.consent.show_agreement("p", agreement, "ini")
    return page


def _list(stage: Stage) -> QWidget:
    rows = read(stage, open_referrals)
    page = stage.page(ReferralsPage)
    page.show_rows(
        (replace(rows[0], status="declined", waits=True, handed_over_on="2026-11-18", heard_on="2026-11-20"), *rows[1:])
    )
    return page


def _home(stage: Stage) -> QWidget:
    rows = read(stage, open_referrals)

    class _Home(HomePage):
        """The home page of a day on which an answer came."""

        def _show(self, found: Any) -> None:
            waiting = replace(rows[0], status="declined", waits=True, urgency="normal")
            super()._show(replace(found, referrals=(replace(rows[0], urgency="immediate"), waiting)))

    return stage.page(_Home)


def _news(stage: Stage) -> QWidget:
    page = stage.page(SendPage)
    stage.desk.say = stage.said.append
    results = tuple(RecordResult("referral", f"r{number}", Delivery.RECEIVED) for number in range(3))
    news = (News("deep_assessment", "", 1), News("referral", "accepted", 2), News("referral", "declined", 1))
    came = Imported("b", BundleKind.REPLY, 4, "53.01", again=False, gap=0, results=results, receipt=None, news=news)
    page.show_outcome(Outcome(Path("/media/FLASHDISK"), (Taken(Path("0d5b7c11.twb"), came),)))
    return page


SCENES = (
    Scene("referral-life-given", "village", _life(_GIVEN)),
    Scene("referral-life-hear", "village", _hear),
    Scene("referral-life-declined", "village", _life(_DECLINED)),
    Scene("referral-life-otherwise", "village", _life(_OTHERWISE)),
    Scene("referral-life-duty", "village", _duty),
    Scene("referral-life-again", "village", _again),
    Scene("referral-life-call-first", "village", _call_first),
    Scene("referral-life-not-this-one", "village", _not_this_one),
    Scene("referral-life-list", "village", _list),
    Scene("referral-life-home", "village", _home),
    Scene("referral-life-news", "village", _news),
)
