# SPDX-License-Identifier: GPL-3.0-or-later
"""Drafts: each volunteer's own, sealed where they hold case text, and no trace of them anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desks, agree, dump, enrolled, resident, sent
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.tables import Ciphertext, local
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.village.drafts import Draft, drafts, drop, keep

FORM = {"name": "Maria Tefa", "phones": [{"number": "0812", "owner": ""}], "seen": True, "page": 2, "none": None}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def test_a_draft_comes_back_as_it_was(desks: Desks) -> None:
    person = resident(desks.village)
    with desks.village.work() as work:
        first = keep(work, "card", FORM)
        second = keep(work, "referral", FORM, subject=person, case_text=True)
    with desks.village.work() as work:
        now = work.now
        assert drafts(work) == (
            Draft(second, "referral", person, now, FORM),
            Draft(first, "card", None, now, FORM),
        )


def test_keeping_again_replaces_and_comes_first(desks: Desks) -> None:
    with desks.village.work() as work:
        first = keep(work, "card", {"name": "M"})
        keep(work, "card", {"name": "A"})
    desks.clock.move(days=-1)
    with desks.village.work() as work:
        assert keep(work, "card", {"name": "Maria"}, draft_id=first) == first
        assert [each.content for each in drafts(work)] == [{"name": "Maria"}, {"name": "A"}]
        assert drafts(work)[0].saved_at == work.now
        drop(work, first)
        assert [each.content for each in drafts(work)] == [{"name": "A"}]
        assert keep(work, "card", {"name": "Maria"}, draft_id=first) == first
        drop(work, "unknown")
        assert [each.content for each in drafts(work)] == [{"name": "Maria"}, {"name": "A"}]


def test_a_draft_is_seen_by_its_own_volunteer_alone(desks: Desks) -> None:
    with desks.village.work() as work:
        theirs = keep(work, "card", FORM)
    with desks.helper().work() as work:
        assert drafts(work) == ()
        drop(work, theirs)
        own = keep(work, "card", {"name": "lain"})
        assert [each.id for each in drafts(work)] == [own]
    with desks.trained().work() as work:
        assert [(each.id, each.content) for each in drafts(work)] == [(theirs, FORM)]


def test_case_text_is_sealed(desks: Desks) -> None:
    with desks.village.work() as work:
        draft = keep(work, "screening", {"note": "Kanari"}, case_text=True)
        row = work.connection.execute(select(local.draft)).one()
        assert row.content is None
        assert b"Kanari" not in row.sealed.data
        volunteer = work.volunteer
    before = dump(desks.village)
    helper = desks.helper()
    with pytest.raises(CaseKeyNeeded), helper.work() as work:
        keep(work, "screening", {"note": "Kanari"}, case_text=True)
    assert dump(helper) == before
    with helper.work() as work:
        work.connection.execute(update(local.draft).values(volunteer=work.volunteer))
        assert [(each.id, each.content) for each in drafts(work)] == [(draft, None)]
        work.connection.execute(update(local.draft).values(volunteer=volunteer))
    with desks.trained().work() as work:
        assert drafts(work)[0].content == {"note": "Kanari"}
        work.connection.execute(update(local.draft).values(sealed=Ciphertext(bytes(60))))
        assert drafts(work)[0].content is None


def test_a_draft_is_plain_or_sealed_never_both_or_neither(desks: Desks) -> None:
    for content, sealed in (("{}", Ciphertext(b"x")), (None, None)):
        with pytest.raises(IntegrityError), desks.village.work() as work:
            work.connection.execute(
                insert(local.draft).values(id="satu", form="card", saved_at=work.now, content=content, sealed=sealed)
            )


def test_a_draft_leaves_no_trace_and_never_leaves(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, *ConsentScope)
    before = dump(desks.village)
    with desks.village.work() as work:
        keep(work, "card", FORM, subject=person)
        keep(work, "referral", FORM, subject=person, case_text=True)
    after = dump(desks.village)
    assert len(after.pop("draft")) == 2
    assert before.pop("draft") == []
    assert after == before
    [bundle] = desks.send()
    assert "draft" not in sent(desks.ppt, bundle)
    with desks.village.work() as work:
        for each in drafts(work):
            drop(work, each.id)
    assert dump(desks.village)["draft"] == []
