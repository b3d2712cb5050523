# SPDX-License-Identifier: GPL-3.0-or-later
"""A screening and the version it was taken in: what was told stays as it was asked, what is new is asked once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from desks import MORNING, enrolled
from questionnaire_tools import GONE, NEW_CODE, NEWEST, NEXT, REF, REWORDED, document, spelled
from sqlalchemy import select
from store_tools import scratch, write

from trafficwatch.models.casework import Finding, Screening, ScreeningWay, StopReason
from trafficwatch.models.publishing import PublishedQuestionnaire
from trafficwatch.models.screening import RISKS, Answer, By, Risk, Track, Value
from trafficwatch.models.staff import Training
from trafficwatch.models.tables import local
from trafficwatch.registry.residents import record_person
from trafficwatch.screening import library
from trafficwatch.screening.sessions import (
    UpgradeLowers,
    answers_of,
    evaluate_screening,
    record_screening,
    upgrade_screening,
)
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.ui.village.screening_talk import Talk, open_talk, save_talk

YES, NO = Answer(Value.YES, By.PERSON), Answer(Value.NO, By.PERSON)
NOW = MORNING.astimezone().isoformat(timespec="minutes")
EARLIER = "2026-10-02T16:30+08:00"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with enrolled(Path(tmp_path_factory.mktemp("versions"))) as desks:
        yield desks.village


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


@pytest.fixture
def person(work: Work) -> str:
    return record_person(work, name="Yohanis Bere").person.id


def publish(work: Work, version: int = NEXT, without: tuple[str, ...] = (GONE,)) -> None:
    content = spelled(document(version, without=without))
    write(work, PublishedQuestionnaire, ref=f"screening@{version}", published_on="2026-11-20", content=content)


def journal_rows(work: Work) -> int:
    return len(work.connection.execute(select(local.journal.c.sequence)).all())


# -- when and how something was told -----------------------------------------------------------------------------------


def test_an_answer_says_when_it_was_told(work: Work, person: str) -> None:
    told = {REWORDED: YES, GONE: replace(NO, at=EARLIER)}
    done = record_screening(work, person, told, way=ScreeningWay.TALK, stopped=StopReason.UPSET)
    found = answers_of(done.screening)
    assert (found[REWORDED].at, found[GONE].at) == (NOW, EARLIER)
    assert datetime.fromisoformat(NOW) == MORNING
    assert (done.screening.way, done.screening.stopped) == ("talk", "upset")
    assert done.screening.screened_on == work.today


def test_an_answer_told_again_keeps_its_time_and_a_changed_one_gets_its_own(work: Work, person: str) -> None:
    first = record_screening(work, person, {REWORDED: replace(YES, at=EARLIER), GONE: replace(YES, at=EARLIER)})
    of_id, known = first.screening.id, answers_of(first.screening)
    more = {REWORDED: replace(known[REWORDED], note="di pasar"), GONE: replace(known[GONE], value=Value.NO)}
    done = record_screening(work, person, more, screening_id=of_id)
    found = answers_of(done.screening)
    assert (found[REWORDED].at, found[REWORDED].note) == (EARLIER, "di pasar")
    assert (found[GONE].at, found[GONE].value) == (NOW, Value.NO)


def test_the_same_once_more_changes_nothing(work: Work, person: str) -> None:
    first = record_screening(work, person, {REWORDED: YES}, stopped=StopReason.NO_TIME)
    before = journal_rows(work)
    record_screening(work, person, {REWORDED: YES}, screening_id=first.screening.id, stopped=StopReason.NO_TIME)
    assert journal_rows(work) == before
    done = record_screening(work, person, {}, screening_id=first.screening.id)
    assert done.screening.stopped is None


def test_copying_from_paper_is_no_moment_of_telling(work: Work, person: str) -> None:
    told = {REWORDED: YES, GONE: replace(YES, at=EARLIER)}
    done = record_screening(work, person, told, way=ScreeningWay.PAPER, screened_on="2026-10-02")
    found = answers_of(done.screening)
    assert (found[REWORDED].at, found[GONE].at) == (None, EARLIER)
    assert (done.screening.way, done.screening.screened_on) == ("paper", "2026-10-02")
    again = record_screening(work, person, {}, screening_id=done.screening.id)
    assert (again.screening.way, again.screening.screened_on) == ("paper", "2026-10-02")


# -- age ---------------------------------------------------------------------------------------------------------------


def test_an_age_is_kept_until_it_is_taken_back(work: Work, person: str) -> None:
    of_id = record_screening(work, person, {REWORDED: YES}, age_at_events=15).screening.id
    kept = record_screening(work, person, {GONE: YES}, screening_id=of_id)
    assert (kept.screening.age_at_events, kept.evaluation.track) == (15, Track.CHILD)
    taken_back = record_screening(work, person, {}, screening_id=of_id, age_at_events=None)
    assert (taken_back.screening.age_at_events, taken_back.evaluation.track) == (None, Track.AGE_UNKNOWN)
    assert evaluate_screening(work, of_id).screening.age_at_events is None


def test_an_age_that_is_cleared_in_a_talk_is_not_saved(work: Work, person: str) -> None:
    of_id = record_screening(work, person, {REWORDED: YES}, age_at_events=15).screening.id
    talk = Talk.begin(open_talk(work, person, of_id))
    save_talk(work, talk, of_id)
    assert evaluate_screening(work, of_id).screening.age_at_events == 15
    talk.age = None
    save_talk(work, talk, of_id)
    assert evaluate_screening(work, of_id).screening.age_at_events is None


@pytest.mark.parametrize(
    ("born", "risk"), [("2012", Risk.HIGH), ("2008~", Risk.LOW), ("1990-08-17", Risk.LOW), (None, Risk.LOW)]
)
def test_a_mis_keyed_no_hides_no_child(work: Work, born: str | None, risk: Risk) -> None:
    """In the store and in a talk that goes on; where the birth date leaves it open, the no is believed."""
    person = record_person(work, name="Anak Bere", birth_date=born).person.id
    done = record_screening(work, person, {"T-CHILD": NO}, age_at_events=14)
    assert (done.screening.risk, done.evaluation.risk) == (risk, risk)
    of_id = done.screening.id
    assert evaluate_screening(work, of_id).evaluation.risk is risk
    assert Talk.begin(open_talk(work, person, of_id)).evaluate() == done.evaluation


# -- versions ----------------------------------------------------------------------------------------------------------


def test_a_record_stays_on_its_version_until_it_is_moved(work: Work, person: str) -> None:
    first = record_screening(work, person, {GONE: YES})
    publish(work)
    more = record_screening(work, person, {REWORDED: YES}, screening_id=first.screening.id)
    assert more.screening.questionnaire == NEWEST.ref
    assert evaluate_screening(work, first.screening.id).evaluation.questionnaire == NEWEST.ref
    assert record_screening(work, person, {NEW_CODE: YES}).screening.questionnaire == REF


def test_moving_a_record_keeps_what_was_told_and_asks_what_is_new(work: Work, person: str) -> None:
    other = record_screening(work, person, {REWORDED: NO, GONE: NO})
    publish(work)
    done = upgrade_screening(work, other.screening.id)
    assert (done.screening.questionnaire, done.evaluation.questionnaire) == (REF, REF)
    found = answers_of(done.screening)
    assert found.keys() == {REWORDED, GONE}
    assert {(each.asked, each.value, each.at) for each in found.values()} == {(NEWEST.ref, Value.NO, NOW)}
    assert {REWORDED, GONE}.isdisjoint(done.evaluation.next)
    shown = {each.code: each for each in library.told(work, REF, found)}
    assert (shown[GONE].entry, shown[GONE].counts) == (NEWEST.entry(GONE), False)
    assert shown[REWORDED].entry == NEWEST.entry(REWORDED)
    more = {NEW_CODE: YES, REWORDED: replace(found[REWORDED], value=Value.YES)}
    later = record_screening(work, person, more, screening_id=other.screening.id)
    assert {code: each.asked for code, each in answers_of(later.screening).items()} == {
        GONE: NEWEST.ref,
        NEW_CODE: None,
        REWORDED: None,
    }
    assert NEW_CODE in later.evaluation.elements[library.get(work, REF).entry(NEW_CODE).places[0].element].by


def test_moved_twice_an_answer_keeps_the_version_it_was_first_asked_in(work: Work, person: str) -> None:
    of_id = record_screening(work, person, {REWORDED: NO}).screening.id
    publish(work)
    upgrade_screening(work, of_id)
    record_screening(work, person, {NEW_CODE: NO}, screening_id=of_id)
    publish(work, NEXT + 1)
    found = answers_of(upgrade_screening(work, of_id).screening)
    assert {code: each.asked for code, each in found.items()} == {REWORDED: NEWEST.ref, NEW_CODE: REF}


def test_on_the_newest_version_nothing_is_moved(work: Work, person: str) -> None:
    of_id = record_screening(work, person, {REWORDED: YES}).screening.id
    before = journal_rows(work)
    assert upgrade_screening(work, of_id).screening.questionnaire == NEWEST.ref
    assert journal_rows(work) == before


def test_no_version_makes_less_of_what_was_told(work: Work, person: str) -> None:
    first = record_screening(work, person, {GONE: YES})
    assert first.evaluation.finding is not Finding.NOT_ENOUGH
    publish(work)
    before = journal_rows(work)
    with pytest.raises(UpgradeLowers) as raised:
        upgrade_screening(work, first.screening.id)
    assert raised.value.params == {"ref": REF}
    assert journal_rows(work) == before
    work.write(Screening, first.screening.id, finding=Finding.NOT_ENOUGH.value, risk=Risk.HIGH.value)
    assert first.evaluation.risk is not RISKS[-1]
    with pytest.raises(UpgradeLowers):
        upgrade_screening(work, first.screening.id)


def test_a_version_that_is_not_here_can_still_be_moved_from(work: Work, person: str) -> None:
    of_id = record_screening(work, person, {REWORDED: YES}).screening.id
    work.write(Screening, of_id, questionnaire="screening@88888", answers={"L-LOST-1": {"value": "yes"}})
    done = upgrade_screening(work, of_id)
    found = answers_of(done.screening)
    assert done.screening.questionnaire == NEWEST.ref
    assert {each.asked for each in found.values()} == {"screening@88888"}
    assert "L-LOST-1" in found


def test_only_who_is_trained_moves_a_record(work: Work, person: str) -> None:
    of_id = record_screening(work, person, {REWORDED: YES}).screening.id
    publish(work)
    for each in work.records.select(Training):
        work.write(Training, each.id, valid_until="2026-01-01")
    with pytest.raises(TrainingNeeded):
        upgrade_screening(work, of_id)
