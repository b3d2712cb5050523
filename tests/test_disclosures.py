# SPDX-License-Identifier: GPL-3.0-or-later
"""Sharing without consent, over a store and to the district: who may, with what reason, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import Desks, agree, content, enrolled, resident, screen, sent
from sqlalchemy import select
from store_tools import scratch

from trafficwatch.casework.consents import ReasonMissing, agreement_of
from trafficwatch.casework.disclosures import (
    NotAChild,
    OrderMissing,
    RecipientMissing,
    disclose,
    disclosures_of,
    end_disclosure,
)
from trafficwatch.models.care import TO_PPT, Disclosure, Duty
from trafficwatch.models.casework import Screening
from trafficwatch.models.checks import FieldUnknown, ValueImpossible
from trafficwatch.models.institution import Institution
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Training
from trafficwatch.models.tables import local
from trafficwatch.registry.trash import Reason, delete
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.work import Work
from trafficwatch.sync.exporting import preview
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.outbox import what_leaves

WHY = "Diancam akan dibunuh"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with enrolled(Path(tmp_path_factory.mktemp("duty"))) as found:
        yield found


@pytest.fixture
def work(desks: Desks) -> Iterator[Work]:
    with scratch(desks.village) as opened:
        yield opened


@pytest.fixture(scope="module")
def grown(desks: Desks) -> str:
    return resident(desks.village, "Maria Tefa", birth_date="1990")


def share(work: Work, person: str, duty: Duty = Duty.DANGER_TO_LIFE, **changes: Any) -> Disclosure:
    said: dict[str, Any] = {"recipients": [TO_PPT], "reason": WHY} | changes
    return disclose(work, person, duty, said.pop("recipients"), said.pop("reason"), **said)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": "  "}, ReasonMissing),
        ({"recipients": []}, RecipientMissing),
        ({"recipients": ["polisi"]}, ValueImpossible),
        ({"duty": Duty.ORDER_OF_LAW}, OrderMissing),
        ({"duty": Duty.ORDER_OF_LAW, "ordered_by": " "}, OrderMissing),
        ({"duty": Duty.CHILD_IN_DANGER}, NotAChild),
        ({"lifted": ["person.nama"]}, FieldUnknown),
        ({"lifted": ["consent.scopes"]}, ValueImpossible),
    ],
)
def test_what_a_duty_must_have(work: Work, grown: str, changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        share(work, grown, **changes)
    assert disclosures_of(work, grown) == []


def test_a_duty_to_an_office_opens_its_papers_and_is_written_with_all_of_it(work: Work, grown: str) -> None:
    office, other = (each.id for each in work.records.select(Institution)[:2])
    order = {"ordered_by": "Polres Kupang, surat 12/XI/2026", "lifted": ["person.nik"]}
    saved = share(work, grown, Duty.ORDER_OF_LAW, recipients=[office], **order)
    assert (saved.decided_by, saved.disclosed_on, saved.ordered_by) == (work.volunteer, work.today, order["ordered_by"])
    assert (saved.recipients, saved.lifted, saved.reason) == ({office: True}, {"person.nik": True}, WHY)
    agreement = agreement_of(work, grown)
    assert [to for to in (office, other, TO_PPT) if agreement.allows("report", to)] == [office]


def test_a_child_and_who_may_be_one_is_protected(work: Work) -> None:
    for birth in ("2015-05-05", None, "2008"):
        person = work.write(Person, None, name="Anak", birth_date=birth)
        assert share(work, person, Duty.CHILD_IN_DANGER).duty == Duty.CHILD_IN_DANGER


def test_it_stands_in_the_journal_with_its_reason_sealed(work: Work, grown: str) -> None:
    saved = share(work, grown)
    end_disclosure(work, saved.id, "Sudah aman di rumah keluarga")
    journal = local.journal
    rows = work.connection.execute(select(journal).where(journal.c.id == saved.id)).all()
    assert [row.action for row in rows] == ["create", "disclose", "change", "end_disclosure"]
    assert {row.volunteer for row in rows} == {work.volunteer}
    assert all(WHY not in str(row) and "Sudah aman" not in str(row) for row in rows)


def test_it_ends_once_with_a_reason_and_opens_nothing_from_then_on(work: Work, grown: str) -> None:
    saved = share(work, grown)
    assert agreement_of(work, grown).card
    with pytest.raises(ReasonMissing):
        end_disclosure(work, saved.id, " ")
    ended = end_disclosure(work, saved.id, "Aman")
    assert ended.ended_on == work.today
    assert not agreement_of(work, grown).card
    assert end_disclosure(work, saved.id, "Lagi") == ended
    delete(work, "disclosure", share(work, grown).id, Reason.ENTERED_WRONGLY)
    assert not agreement_of(work, grown).card


def test_who_is_not_trained_ends_it_but_does_not_begin_it(tmp_path: Path) -> None:
    with enrolled(tmp_path) as desks:
        person = resident(desks.village)
        with desks.village.work() as work:
            saved = share(work, person).id
            assert disclosures_of(work, person)[0].reason == WHY
        with scratch(desks.village) as work:
            for training in work.records.select(Training):
                work.write(Training, training.id, valid_until="2026-11-20")
            with pytest.raises(TrainingNeeded):
                share(work, person)
        with desks.helper().work() as work:
            assert agreement_of(work, person).card
            with pytest.raises(CaseKeyNeeded):
                share(work, person)
            end_disclosure(work, saved, "Sudah aman")
            assert not agreement_of(work, person).card
            assert work.records.get(Disclosure, saved).reason is None


def test_the_case_goes_to_the_ppt_under_the_duty_and_then_its_end(tmp_path: Path) -> None:
    with enrolled(tmp_path) as desks:
        person = resident(desks.village, nik="5301010203040001", religion="Keyakinan-X")
        agree(desks.village, person, refused=("person.nik", "person.religion"))
        screening = screen(desks.village, person)
        with desks.village.work() as work:
            assert preview(work).withheld == 1
            duty = share(work, person, lifted=["person.nik"]).id
            never_asked = work.write(Person, None, name="Yang belum ditanya")
            share(work, never_asked)
        with desks.village.work() as work:
            found = preview(work)
            assert (found.withheld, found.reasons["duty"]) == (0, 6)
            assert {row.type for row in what_leaves(work) if "duty" in row.reasons} == {
                "person",
                "consent",
                "screening",
                "disclosure",
            }
        [path] = desks.send()
        text = str(content(desks.ppt, path)[1])
        assert never_asked in sent(desks.ppt, path)["person"]
        assert "5301010203040001" in text
        assert WHY in text
        assert "Keyakinan-X" not in text
        done, receipt = desks.deliver(path)
        assert done.refused == 0
        with desks.ppt.work() as work:
            assert work.records.get(Screening, screening).person_id == person
            assert work.records.get(Disclosure, duty).duty == Duty.DANGER_TO_LIFE
        take_in(desks.village, receipt)
        with desks.village.work() as work:
            end_disclosure(work, duty, "Sudah aman")
        [path] = desks.send()
        assert set(sent(desks.ppt, path)) >= {"disclosure"}
        assert "screening" not in sent(desks.ppt, path)
        desks.deliver(path)
        with desks.ppt.work() as work:
            assert work.records.get(Disclosure, duty).ended_on == work.today
