# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a referral: every pair of steps, and every pair of what the two sides say."""

from __future__ import annotations

import pytest

from trafficwatch.casework.lifecycle import StepNotPossible, check_step, status
from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import Answered, Handover, Referral

DRAFT, CONSENTED, HANDED_OVER, WITHDRAWN = Handover
POSSIBLE = {
    (None, DRAFT),
    ("", DRAFT),
    (DRAFT, CONSENTED),
    (DRAFT, WITHDRAWN),
    (CONSENTED, HANDED_OVER),
    (CONSENTED, WITHDRAWN),
    (HANDED_OVER, WITHDRAWN),
}


@pytest.mark.parametrize("wanted", Handover)
@pytest.mark.parametrize("current", [None, "", *Handover])
def test_every_step(current: str | None, wanted: Handover) -> None:
    if (current, wanted) in POSSIBLE:
        check_step(current, wanted)
        return
    with pytest.raises(StepNotPossible) as caught:
        check_step(current, wanted)
    assert isinstance(caught.value, ConsentError)
    assert caught.value.params == {"current": current or "-", "wanted": wanted.value}


def test_a_referral_can_be_withdrawn_wherever_it_stands() -> None:
    for current in set(Handover) - {WITHDRAWN}:
        check_step(current.value, WITHDRAWN)


@pytest.mark.parametrize("answered", [None, *Answered])
@pytest.mark.parametrize("handover", [None, *Handover])
def test_status(handover: Handover | None, answered: Answered | None) -> None:
    found = status(Referral(id="r", handover=handover, answered=answered))
    if handover is WITHDRAWN:
        assert found == "withdrawn"
    elif answered is not None:
        assert found == answered.value
    else:
        assert found == ("draft" if handover is None else handover.value)
    assert found in {*map(str, Handover), *map(str, Answered)}


def test_the_words_are_those_of_the_lifecycle() -> None:
    assert [*map(str, Handover), *map(str, Answered)] == [
        *("draft", "consented", "handed_over", "withdrawn"),
        *("arrived", "accepted", "declined", "in_service", "finished"),
    ]
