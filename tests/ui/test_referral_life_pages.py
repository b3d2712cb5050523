# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a referral on the pages of both desks: what was heard, another institution, what waits to be carried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from exchange_tools import held, told
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from trafficwatch.casework.hearing import hear_reply
from trafficwatch.casework.overview import ReferralRow, open_referrals
from trafficwatch.models.accompanying import DeepAssessment
from trafficwatch.models.aftercare import CarePolicy
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.casework import Answered, Referral
from trafficwatch.sync.replies import replies_due
from trafficwatch.ui.gallery.referral import read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.care_cards import taken_back_on, warnings
from trafficwatch.ui.ppt.care_policy import CarePolicyPage
from trafficwatch.ui.ppt.case import CasePage
from trafficwatch.ui.ppt.cases import CasesPage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.ppt.own_record import OwnRecordPage
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.village.referral import ACCOUNT_STEP, INSTITUTION, LETTER, ReferralPage

StageOf = Callable[[str], Stage]


def words(page: QWidget) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisibleTo(page))


@pytest.fixture
def stage(stage_of: StageOf) -> Stage:
    return stage_of("village")


def opened(stage: Stage) -> tuple[ReferralRow, ReferralPage]:
    row = read(stage, open_referrals)[0]
    return row, stage.page(ReferralPage, person_id=row.person_id, referral_id=row.id)


def test_a_decline_is_heard_and_another_institution_asked(stage: Stage) -> None:
    row, page = opened(stage)
    life = page.letter.life
    assert life.other.isHidden()
    life.hear.click()
    assert life.answers is not None
    life.answers.choose(Answered.DECLINED.value)
    life.save.click()
    assert life.reason.hasFocus() or "Tulis alasan penolakannya." in words(page)
    life.reason.setPlainText("Tempat penuh")
    life.save.click()
    stage.settle()
    assert "Jawaban dicatat." in told(page)
    assert "Keterangan lembaga: Tempat penuh" in words(page)
    known = read(stage, lambda work: work.records.get(Referral, row.id))
    assert (known.heard, known.heard_reason) == ("declined", "Tempat penuh")
    life.other.click()
    assert stage.went.pop() == ("referral", {"person_id": row.person_id, "replaces": row.id})
    again = stage.page(ReferralPage, person_id=row.person_id, replaces=row.id)
    assert again.step == INSTITUTION
    assert again.institution.content == {"institution_id": None}
    assert again.need.content["purpose"] == (known.purpose or "")
    other = next(each for each in again.institution.radios if each != known.institution_id)
    again.institution.radios[other].click()
    while again.step < ACCOUNT_STEP:
        again.next.click()
    again.next.click()
    stage.settle()
    referrals = read(stage, lambda work: work.records.select(Referral))
    assert [(each.replaces, each.institution_id, each.purpose) for each in referrals if each.replaces] == [
        (row.id, other, known.purpose)
    ]


def test_what_presses_stands_first_on_the_home_page(stage: Stage) -> None:
    row = read(stage, open_referrals)[0]
    read(stage, lambda work: hear_reply(work, row.id, Answered.DECLINED, reason="Penuh"))
    page = stage.page(HomePage)
    buttons = [each.accessibleName() for each in page._todo_card.findChildren(QPushButton)]
    assert buttons[0] == f"Buka: {row.person_name} ({row.case_code}): rujukan ditolak, putuskan langkah berikutnya"
    assert sum(row.case_code in each for each in buttons) == 1


def test_who_was_never_confirmed_is_called_first(stage: Stage) -> None:
    row, page = opened(stage)
    page.institution.radios[next(iter(page.institution.radios))].setChecked(True)
    notice = page.institution.doubt_about(page.institution.content["institution_id"])
    assert notice is not None
    assert "belum pernah memastikan" in notice.text
    page.institution._has_called(str(page.institution.content["institution_id"]))
    assert page.institution.doubt_about(page.institution.content["institution_id"]) is None
    assert page.step == LETTER
    assert row.id


def test_the_ppt_sees_that_consent_was_taken_back(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    page = stage.page(CasePage, case_id=stage.page(CasesPage).list.lines[0].key)
    assert page.found is not None
    found = page.found[0]
    assert taken_back_on(found.consents, found.agreement) is None
    ended = tuple(replace(each, withdrawn_on="2026-11-20") for each in found.consents)
    [notice] = warnings(ended, Agreement())
    assert notice.text.startswith("Persetujuan membagikan kasus ini ditarik pada 20 November 2026.")
    page.show_found((replace(found, consents=ended, agreement=Agreement()), *page.found[1:]))
    stage.settle()
    assert words(page).index("BACA DULU") < words(page).index("ditarik pada 20 November 2026")


def test_the_ppt_writes_an_assessment_and_its_policy_and_carries_both(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("ppt")
    case_id = stage.page(CasesPage).list.lines[0].key
    page = stage.page(OwnRecordPage, of_type="deep_assessment", case_id=case_id)
    page.save.click()
    assert stage.went == []  # the summary is missing
    assert page.form is not None
    page.form.entries["deep_assessment.summary"].write("Perlu konseling mingguan")
    draft = page.unsaved()
    assert draft is not None
    assert draft.case_text
    page.save.click()
    stage.settle()
    assert stage.went.pop() == ("case", {"case_id": case_id})
    store = held(stage)
    with store.work() as work:
        [kept] = work.records.select(DeepAssessment)
    assert (kept.summary, kept.assessed_on) == ("Perlu konseling mingguan", stage.desk.today)
    assert "Perlu konseling mingguan" not in words(stage.page(CasesPage))
    policy = stage.page(CarePolicyPage)
    policy.numbers["months"].setText("5")
    policy.save.click()
    stage.settle()
    assert "paling sedikit 6" in told(policy)
    policy.numbers["months"].setText("12")
    policy.save.click()
    stage.settle()
    with store.work() as work:
        assert [each.follow_up_months for each in work.records.select(CarePolicy)] == [12]
    inbox = stage.page(InboxPage)
    assert not inbox.due.isHidden()
    inbox.due.write_to(tmp_path)
    stage.settle()
    assert len(list(tmp_path.glob("*.twb"))) == 1
    assert inbox.due.isHidden()
    with store.work() as work:
        assert replies_due(work) == ()
