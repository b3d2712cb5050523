# SPDX-License-Identifier: GPL-3.0-or-later
"""Recruiters and their offers reach the PPT without who told; a journey that names one arrives once its person agrees.

Visitors, and what was decided about look-alikes, stay in the village.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import Desks, agree, content, enrolled, resident, sent

from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.migration import Journey
from trafficwatch.models.people import PersonPair
from trafficwatch.models.recruiting import Offer, Recruiter, Visitor
from trafficwatch.registry.residents import plan_journey
from trafficwatch.sync import outbox
from trafficwatch.sync.importing import take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INFORMANT = "Mama Yuli yang bercerita"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def recruiter_with_offer(desks: Desks) -> tuple[str, str]:
    with desks.village.work() as work:
        recruiter = work.write(
            Recruiter,
            None,
            name="Pak Anton",
            kind="person",
            phones={"0812 3456": "WhatsApp"},
            places={"Tarus": True},
            licence_found="unchecked",
            told_by=INFORMANT,
        )
        offer = work.write(
            Offer,
            None,
            recruiter_id=recruiter,
            heard_on="2026-11",
            destination_country="MY",
            wage="2.000 RM",
            told_by=INFORMANT,
        )
    return recruiter, offer


def test_a_recruiter_and_an_offer_arrive_without_who_told(desks: Desks) -> None:
    recruiter, offer = recruiter_with_offer(desks)
    [path] = desks.send()
    carried = sent(desks.ppt, path)
    assert (carried["recruiter"], carried["offer"]) == ([recruiter], [offer])
    assert INFORMANT not in str(content(desks.ppt, path)[1])
    done, receipt = desks.deliver(path)
    assert done.refused == 0
    take_in(desks.village, receipt)
    with desks.ppt.work() as work:
        found = work.records.get(Recruiter, recruiter)
        assert (found.name, found.phones, found.places) == ("Pak Anton", {"0812 3456": "WhatsApp"}, {"Tarus": True})
        assert (found.licence_found, found.told_by) == ("unchecked", None)
        [offered] = work.records.select(Offer)
        assert (offered.recruiter_id, offered.wage, offered.told_by) == (recruiter, "2.000 RM", None)
    with desks.village.work() as work:
        assert work.records.get(Recruiter, recruiter).told_by == INFORMANT


def test_a_journey_that_names_a_recruiter_arrives_after_consent(desks: Desks) -> None:
    recruiter, _ = recruiter_with_offer(desks)
    person = resident(desks.village)
    with desks.village.work() as work:
        journey = plan_journey(work, person, destination_country="MY", recruiter_id=recruiter).id
    assert [done.refused for done in desks.exchange()] == [0]
    with desks.ppt.work() as work:
        assert work.records.select(Journey) == []
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    [path] = desks.send()
    assert sent(desks.ppt, path)["journey"] == [journey]
    assert desks.deliver(path)[0].refused == 0
    with desks.ppt.work() as work:
        assert work.records.get(Journey, journey).recruiter_id == recruiter


def test_recruiter_journey_and_person_arrive_together(desks: Desks) -> None:
    """Everything in one bundle: the recruiter comes before what links to it."""
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    recruiter, _ = recruiter_with_offer(desks)
    with desks.village.work() as work:
        journey = plan_journey(work, person, recruiter_id=recruiter).id
    [done] = desks.exchange()
    assert done.refused == 0
    with desks.ppt.work() as work:
        assert work.records.get(Journey, journey).recruiter_id == recruiter


def test_visitors_and_pairs_stay_in_the_village(desks: Desks) -> None:
    person, other = resident(desks.village), resident(desks.village, "Johannes Bere")
    for each in (person, other):
        agree(desks.village, each, ConsentScope.SHARE_CASE)
    recruiter, _ = recruiter_with_offer(desks)
    with desks.village.work() as work:
        visitor = work.write(Visitor, None, name="Pak Hasan", host="Pak RT", recruiter_id=recruiter)
        pair = work.write(PersonPair, None, person_id=person, other_id=other, verdict="different")
        rows = {row.id: (row.state, row.reason) for row in outbox.deliveries(work).rows}
        assert (rows[visitor], rows[pair]) == ((None, "stays_here"),) * 2
    [path] = desks.send()
    assert not {"visitor", "person_pair"} & sent(desks.ppt, path).keys()
    assert "Hasan" not in str(content(desks.ppt, path)[1])
