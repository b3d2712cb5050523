# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs that were noticed: which ones, by whom, told to whom; never a verdict, and no training is needed. One store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from store_tools import HELPER, VOLUNTEER, helper_store, scratch, trained_store

from trafficwatch.models.people import Person
from trafficwatch.models.screening import UnknownCodeError
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.watching import SignNote
from trafficwatch.registry import trash
from trafficwatch.registry.residents import record_person
from trafficwatch.registry.trash import Reason
from trafficwatch.screening import questionnaires
from trafficwatch.screening.coverage import inventory
from trafficwatch.screening.days import NotedAhead
from trafficwatch.screening.signs import (
    NoteRow,
    NothingNoted,
    note_card,
    notes,
    save_note,
    sign_groups,
    told,
    untold,
)
from trafficwatch.store.records import FieldMissing, RecordUnknown
from trafficwatch.store.training import TrainingNeeded, require_training
from trafficwatch.store.work import Store, Work

TODAY = "2026-11-21"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Opened by the volunteer without training: nothing here asks for any."""
    with trained_store(tmp_path_factory.mktemp("signs")) as trained, trained.work() as work:
        work.write(Volunteer, VOLUNTEER, name="Maria Tefa")
        work.write(Volunteer, HELPER, name="Serafina Manek")
    with helper_store(trained.folder) as found:
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


def note(work: Work, **fields: object) -> str:
    return save_note(work, {"signs": {"G-04": True}, **fields}).id


# -- which signs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ref", ["screening@1", questionnaires.newest().ref])
def test_every_general_sign_and_every_sign_by_place_can_be_noted(ref: str) -> None:
    groups = sign_groups(questionnaires.get(ref))
    assert [group.code for group in groups] == ["general", "origin", "transit", "destination"]
    noted = {indicator for group in groups for entry in group.entries for indicator in entry.indicators}
    lists = {each.code: {item.id for item in each.items} for each in inventory()}
    assert len(lists["general"]) == 11
    assert lists["general"] | lists["places"] <= noted
    codes = [entry.code for group in groups for entry in group.entries]
    assert len(codes) == len(set(codes))


def test_a_questionnaire_without_signs_of_a_place_has_no_such_group() -> None:
    known = questionnaires.newest()
    bare = replace(known, entries=tuple(each for each in known.entries if each.code == "G-01"))
    assert [(group.code, len(group.entries)) for group in sign_groups(bare)] == [("general", 1)]


# -- noting ------------------------------------------------------------------------------------------------------------


def test_a_note_of_somebody_untrained_with_all_that_can_be_in_it(work: Work) -> None:
    with pytest.raises(TrainingNeeded):
        require_training(work)
    person = record_person(work, name="Yohanis Bere").person.id
    signs = {"G-04": True, "P-OFFER": True}
    fields: dict[str, Any] = {
        "person_id": person,
        "noted_on": "2026-11-20",
        "place": "Pelabuhan",
        "words": "Diam saja",
        "signs": signs,
    }
    made = save_note(work, fields)
    assert made == SignNote(id=made.id, noted_by=HELPER, **fields)
    card = note_card(work, made.id)
    assert (card.note, card.person_name, card.noted_by) == (made, "Yohanis Bere", "Serafina Manek")


def test_nothing_is_concluded_from_a_note() -> None:
    """No finding, no risk, no word of a victim: the record has no place for any."""
    assert not {"finding", "risk", "victim", "answers"} & set(SignNote.__dataclass_fields__)


def test_a_note_is_changed_sign_by_sign_and_keeps_who_made_it(work: Work) -> None:
    of = note(work, words="Sendirian", noted_on="2026-11-03")
    changed = save_note(work, {"signs": {"G-04": None, "G-05": True}}, of)
    assert (changed.signs, changed.words, changed.noted_on) == ({"G-05": True}, "Sendirian", "2026-11-03")
    assert changed.noted_by == HELPER


def test_a_note_says_something(work: Work) -> None:
    nothing: list[dict[str, Any]] = [{}, {"signs": {}}, {"place": "Pasar"}, {"words": "  "}, {"signs": {"G-04": None}}]
    for empty in nothing:
        with pytest.raises(NothingNoted):
            save_note(work, empty)
    of = note(work)
    with pytest.raises(NothingNoted):
        save_note(work, {"signs": {"G-04": None}}, of)
    assert save_note(work, {"signs": {"G-04": None}, "words": "Hanya ini"}, of).signs == {}


@pytest.mark.parametrize("code", ["G-99", "T-CHILD", "L-TUJ-1", ""])
def test_only_signs_can_be_noted(work: Work, code: str) -> None:
    with pytest.raises(UnknownCodeError):
        save_note(work, {"signs": {code: True}})
    assert notes(work).total == 0


def test_a_sign_of_another_version_stays_and_can_be_taken_back(work: Work) -> None:
    of = note(work, words="Lama")
    work.write(SignNote, of, signs={"G-77": True})
    assert save_note(work, {"words": "Baru"}, of).signs == {"G-04": True, "G-77": True}
    assert save_note(work, {"signs": {"G-77": None}}, of).signs == {"G-04": True}


@pytest.mark.parametrize("field", ["noted_on", "told_on"])
@pytest.mark.parametrize(("day", "may_be"), [(TODAY, True), ("2026-11-22", False), ("2026", True), ("2027", False)])
def test_a_day_to_come_is_refused(work: Work, field: str, day: str, *, may_be: bool) -> None:
    fields = {"signs": {"G-04": True}, "told_to": "Bhabinkamtibmas", field: day}
    if may_be:
        assert getattr(save_note(work, fields), field) == day
        return
    with pytest.raises(NotedAhead):
        save_note(work, fields)


# -- telling -----------------------------------------------------------------------------------------------------------


def test_to_whom_it_was_told_and_when(work: Work) -> None:
    first, second = note(work), note(work)
    assert untold(work) == 2
    assert (told(work, first, "PPT", "2026-11-20").told_to, untold(work)) == ("PPT", 1)
    assert told(work, second, "Maria Tefa").told_on == TODAY
    assert untold(work) == 0


def test_a_day_of_telling_needs_somebody_told(work: Work) -> None:
    of = note(work)
    with pytest.raises(FieldMissing):
        told(work, of, " ")
    with pytest.raises(FieldMissing):
        save_note(work, {"told_on": TODAY}, of)
    told(work, of, "PPT")
    with pytest.raises(FieldMissing):
        save_note(work, {"told_to": None}, of)
    assert save_note(work, {"told_to": None, "told_on": None}, of).told_to is None


# -- the list ----------------------------------------------------------------------------------------------------------


def test_what_was_told_to_nobody_comes_first_then_the_latest(work: Work) -> None:
    person = record_person(work, name="Ana").person.id
    days = {"a": "2026-11-01", "b": "2026-11-09", "c": "2026-11-20", "d": "2026-11-05"}
    made = {name: note(work, noted_on=day, place=name) for name, day in days.items()}
    told(work, made["c"], "PPT")
    told(work, made["a"], "PPT", "2026-11-02")
    save_note(work, {"person_id": person, "signs": {"G-05": True}}, made["d"])
    page = notes(work)
    assert [row.place for row in page.rows] == ["b", "d", "c", "a"]
    assert (page.total, page.untold) == (4, 2)
    assert page.rows[1] == NoteRow(made["d"], "2026-11-05", "Serafina Manek", "Ana", "d", 2, None, None)
    assert [row.place for row in notes(work, 1, 2).rows] == ["d", "c"]


def test_a_note_of_a_deleted_person_is_nowhere(work: Work) -> None:
    person = record_person(work, name="Ana").person.id
    note(work, person_id=person)
    other = note(work)
    work.write(Person, person, deleted="person_asked")  # came from another laptop, without its parts
    page = notes(work)
    assert ([row.id for row in page.rows], page.total, page.untold) == ([other], 1, 1)


def test_a_note_goes_to_the_trash_and_comes_back_without_training(work: Work) -> None:
    of = note(work, place="Pasar")
    assert trash.delete(work, "sign_note", of, Reason.ENTERED_WRONGLY) == 1
    assert (notes(work).total, untold(work)) == (0, 0)
    [row] = trash.trash(work).rows
    assert (row.type, row.id, row.label) == ("sign_note", of, "")
    trash.restore(work, "sign_note", of, "salah hapus")
    assert [row.place for row in notes(work).rows] == ["Pasar"]


def test_an_unknown_note_is_refused(work: Work) -> None:
    for use in (lambda: note_card(work, "nobody"), lambda: save_note(work, {"words": "a"}, "nobody")):
        with pytest.raises(RecordUnknown):
            use()
