# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is deleted is screened, read, named and printed no more, whichever record the deletion came with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from questionnaire_tools import NEXT, document, spelled
from screening_paper_tools import screened, village
from store_tools import scratch, write

from trafficwatch.models.casework import Reading, Screening
from trafficwatch.models.people import Person
from trafficwatch.models.publishing import PublishedQuestionnaire
from trafficwatch.models.screening import Answer, By, Value
from trafficwatch.models.watching import SignNote
from trafficwatch.registry.residents import record_person
from trafficwatch.screening.papers import report_form, summary_form
from trafficwatch.screening.second_reading import Seen, read_again, to_read
from trafficwatch.screening.sessions import answers_of, evaluate_screening, record_screening, upgrade_screening
from trafficwatch.screening.signs import note_card, save_note, told
from trafficwatch.screening.wire import OLDEST, ImpossibleAgeError, tidy_event
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Store, Work

MORE = {"E-TUJ-LABOUR": Answer(Value.YES, By.PERSON)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with village(tmp_path_factory.mktemp("gone")) as found:
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


def somebody(work: Work) -> str:
    return record_person(work, name="X", sex="f").person.id


def _read_again(work: Work, _person: str, screening: str) -> Any:
    return read_again(work, screening, Reading.CONFIRMED, seen=Seen.of(work.records.get(Screening, screening)))


USES: dict[str, Callable[[Work, str, str], Any]] = {
    "go on": lambda work, person, screening: record_screening(work, person, MORE, screening_id=screening),
    "evaluate": lambda work, _person, screening: evaluate_screening(work, screening),
    "upgrade": lambda work, _person, screening: upgrade_screening(work, screening),
    "report": lambda work, _person, screening: report_form(work, screening, "id"),
    "summary": lambda work, _person, screening: summary_form(work, screening, "id"),
    "to read": lambda work, _person, screening: to_read(work, screening),
    "read again": _read_again,
}


@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
@pytest.mark.parametrize("gone", ["person", "screening"])
def test_a_screening_that_is_gone_is_neither_read_nor_written(
    work: Work, use: Callable[[Work, str, str], Any], gone: str
) -> None:
    person = somebody(work)
    screening = screened(work, person, ("E-PRO-RECRUIT",), age_at_events=30)
    content = spelled(document(NEXT))
    write(work, PublishedQuestionnaire, None, ref=f"screening@{NEXT}", published_on="2026-11-20", content=content)
    cls, of = (Person, person) if gone == "person" else (Screening, screening)
    work.write(cls, of, deleted="person_asked")  # came from another laptop, without its parts
    before = work.records.state("screening", screening)
    with pytest.raises(RecordUnknown):
        use(work, person, screening)
    assert work.records.state("screening", screening) == before


def test_nobody_who_is_deleted_is_screened(work: Work) -> None:
    person = somebody(work)
    work.write(Person, person, deleted="person_asked")
    with pytest.raises(RecordUnknown):
        record_screening(work, person, MORE)
    assert work.records.select(Screening) == []


def test_a_note_names_nobody_who_is_deleted(work: Work) -> None:
    person = somebody(work)
    about, free = (save_note(work, {"words": "Diam", "person_id": who}).id for who in (person, None))
    work.write(Person, person, deleted="person_asked")
    before = work.records.select(SignNote)
    uses: tuple[Callable[[], Any], ...] = (
        lambda: save_note(work, {"words": "Baru", "person_id": person}),
        lambda: save_note(work, {"person_id": person}, free),
        lambda: save_note(work, {"words": "Lain"}, about),
        lambda: told(work, about, "PPT"),
        lambda: note_card(work, about),
    )
    for use in uses:
        with pytest.raises(RecordUnknown):
            use()
    assert work.records.select(SignNote) == before
    work.write(SignNote, free, deleted="entered_wrongly")
    for use in (lambda: note_card(work, free), lambda: told(work, free, "PPT")):
        with pytest.raises(RecordUnknown):
            use()


# -- what a screening takes in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("age", [-5, -1, OLDEST + 1, 900])
def test_an_age_that_cannot_be_is_refused(work: Work, age: int) -> None:
    person = somebody(work)
    with pytest.raises(ImpossibleAgeError):
        record_screening(work, person, MORE, age_at_events=age)
    assert work.records.select(Screening) == []
    assert record_screening(work, person, MORE, age_at_events=OLDEST).screening.age_at_events == OLDEST


def test_ways_to_write_one_event_are_one_event(work: Work) -> None:
    first, second, third = "  Pelabuhan \u00a0Tenau ", "PELABUHAN TENAU", "\uff30elabuhan\ttenau"
    assert {tidy_event(event) for event in (first, second, third)} == {"pelabuhan tenau"}
    assert [tidy_event(event) for event in (None, "", " \t")] == [None] * 3
    yes = Answer(Value.YES, By.PERSON)
    answers = {
        "E-PRO-RECRUIT": replace(yes, event=first),
        "E-CAR-DECEIT": replace(yes, event=second),
        "E-TUJ-LABOUR": replace(yes, event=third),
        "L-TUJ-2": replace(yes, event=" "),
    }
    found = record_screening(work, somebody(work), answers, age_at_events=30)
    assert {answer.event for answer in answers_of(found.screening).values()} == {"pelabuhan tenau", None}
    assert found.evaluation.finding == "suspected"


def test_an_event_that_was_kept_untidied_is_compared_as_well(work: Work) -> None:
    person = somebody(work)
    yes = Answer(Value.YES, By.PERSON)
    event = "Pelabuhan"
    codes = ("E-PRO-RECRUIT", "E-CAR-DECEIT")
    first = record_screening(work, person, {code: replace(yes, event=event) for code in codes}, age_at_events=30)
    stored = {code: {"value": "yes", "by": "person", "event": event} for code in codes}
    work.write(Screening, first.screening.id, answers=stored)
    more = {code: replace(yes, event=event) for code in ("E-TUJ-LABOUR", "L-TUJ-2")}
    assert record_screening(work, person, more, screening_id=first.screening.id).evaluation.finding == "suspected"
