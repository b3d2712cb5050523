# SPDX-License-Identifier: GPL-3.0-or-later
"""The letter of a referral that ends, or is drawn anew, while something is still under way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from trafficwatch.casework.overview import ReferralRow, open_referrals
from trafficwatch.casework.referrals import advance_referral
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.casework import Handover, Referral
from trafficwatch.models.forms import ReferralForm
from trafficwatch.ui.gallery.referral import read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.referral import ReferralPage


@pytest.fixture
def stage(stage_of: Callable[[str], Stage]) -> Stage:
    return stage_of("village")


def shown(stage: Stage) -> tuple[ReferralRow, ReferralPage]:
    """A referral that was handed over, and its page."""
    row = read(stage, open_referrals)[0]
    return row, stage.page(ReferralPage, person_id=row.person_id, referral_id=row.id)


def test_taking_back_is_asked_once_and_again_only_after_a_failure(stage: Stage) -> None:
    row, page = shown(stage)
    read(stage, lambda work: advance_referral(work, row.id, Handover.WITHDRAWN))
    page.letter.withdraw.click()
    page.letter.sure.click()
    assert not page.letter.sure.isEnabled()
    stage.settle()
    assert page.letter.sure.isEnabled()
    assert page._notices.count() == 1


@pytest.mark.parametrize("meanwhile", ["withdrawn", "another paper"])
def test_a_letter_that_arrives_late_is_not_offered(stage: Stage, meanwhile: str) -> None:
    row, page = shown(stage)
    letter, put_on_paper = page.letter, page.letter._put_on_paper
    loaded: list[int] = []
    letter.preview.loaded.connect(loaded.append)
    referral = read(stage, lambda work: work.records.get(Referral, row.id))
    over = dataclasses.replace(referral, handover=Handover.WITHDRAWN.value)

    def interrupted(form: ReferralForm, drawing: int) -> None:
        put_on_paper(form, drawing)
        letter._put_on_paper = put_on_paper  # type: ignore[method-assign]
        if meanwhile == "withdrawn":
            letter.show_referral(over, row.case_code, row.institution_name, Agreement())
        else:
            letter.paper.paper.choose("f4")

    letter._put_on_paper = interrupted  # type: ignore[method-assign]
    letter._draw()
    stage.settle()
    assert len(loaded) == (0 if meanwhile == "withdrawn" else 1)
    assert letter.paper.save.isEnabledTo(letter.paper) is (meanwhile != "withdrawn")
