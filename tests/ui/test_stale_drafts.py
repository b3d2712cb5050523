# SPDX-License-Identifier: GPL-3.0-or-later
"""A draft may be weeks old: taken up again it brings what its writer changed, and undoes nothing that came since."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from trafficwatch.models.people import Person, Relative, SafeContact
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.relatives import RelativeInput, relatives_of, save_relatives
from trafficwatch.registry.residents import CardInput, DocumentInput, agree_safe_contact, record_person, save_card
from trafficwatch.registry.visits import save_visit, visits_of
from trafficwatch.ui.gallery.journeys import PLANNED, do, people
from trafficwatch.ui.gallery.residents import person
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village import restoring
from trafficwatch.ui.village.resident_edit import ResidentEditPage
from trafficwatch.ui.village.visit import VisitPage

StageOf = Callable[[str], Stage]


def left(page: Any) -> dict[str, Any]:
    """What is kept of a page that somebody leaves."""
    draft = page.unsaved()
    assert draft is not None
    content: dict[str, Any] = json.loads(json.dumps(draft.content))
    return content


def saved(stage: Stage, page: Any) -> None:
    page.save.click()
    stage.settle()
    assert stage.went


def test_a_false_paper_stays_false_and_who_may_not_know_stays_so(stage_of: StageOf) -> None:
    stage = stage_of("village")
    of = person(stage, "yuliana")
    given = CardInput({}, documents=(DocumentInput(None, {"kind": "passport", "found": "unchecked"}),))
    do(stage, lambda work: save_card(work, given, of))
    mother = do(stage, lambda work: save_relatives(work, of, [RelativeInput(None, {"name": "Rosa"})]))[-1].id
    page = stage.page(ResidentEditPage, person_id=of)
    line = next(line for line in page.papers.lines if line.kind == "passport" and line.found.value == "unchecked")
    line.write({"remark": "fotokopi buram"})
    next(box for box in page.relatives.boxes if box.id == mother).phone.setText("0840-0000-0909")
    draft = left(page)
    checked = {"found": "false", "number": "X9", "checked_against": "Imigrasi"}
    do(stage, lambda work: save_card(work, CardInput({}, documents=(DocumentInput(line.id, checked),)), of))
    known = RelativeInput(mother, {"name": "Rosa Bere", "knows_of_journey": False, "depends_on_person": True})
    do(stage, lambda work: save_relatives(work, of, [known]))
    saved(stage, stage.page(ResidentEditPage, draft=draft, person_id=of))
    card = do(stage, lambda work: resident_card(work, of))
    [paper] = [each for each in card.documents if each.id == line.id]
    assert (paper.found, paper.number, paper.checked_against) == ("false", "X9", "Imigrasi")
    assert paper.remark == "fotokopi buram"
    rosa: Relative = next(each for each in do(stage, lambda work: relatives_of(work, of)) if each.id == mother)
    assert (rosa.name, rosa.phone, rosa.knows_of_journey) == ("Rosa Bere", "0840-0000-0909", False)
    assert (rosa.depends_on_person, rosa.lives_together) == (True, None)


def test_elements_beside_those_that_were_changed_stay(stage_of: StageOf) -> None:
    stage = stage_of("village")
    of = person(stage, "yuliana")
    first = {"phones": {"0840-0000-0001": "ibu"}, "languages": {"Inggris": "sedikit"}, "aliases": {"Yuli": True}}
    do(stage, lambda work: record_person(work, of, **first))
    page = stage.page(ResidentEditPage, person_id=of)
    rows = page.form.entries["person.phones"]
    rows.write([*rows.read(), ["0840-0000-0002", "kakak"]])
    for key, more in {"languages": "Melayu", "aliases": "Ana"}.items():
        entry = page.form.entries[f"person.{key}"]
        entry.write(f"{entry.read()}; {more}")
    draft = left(page)
    since = {"phones": {"0840-0000-0001": "perekrut"}, "languages": {"Inggris": "lancar"}, "aliases": {"Yuli": None}}
    do(stage, lambda work: record_person(work, of, **since))
    saved(stage, stage.page(ResidentEditPage, draft=draft, person_id=of))
    found: Person = do(stage, lambda work: work.records.get(Person, of))
    assert found.phones["0840-0000-0001"] == "perekrut"
    assert "kakak" in found.phones.values()
    assert found.languages == {"Inggris": "lancar", "Melayu": "-"}
    assert found.aliases == {"Ana": True}


@pytest.mark.parametrize("through_draft", [False, True])
def test_an_answer_of_a_visit_is_not_undone(stage_of: StageOf, *, through_draft: bool) -> None:
    stage = stage_of("village")
    of = people(stage)[PLANNED][0]
    answers = {"readiness": {"language": "yes", "skills": "yes"}}
    visit = do(stage, lambda work: save_visit(work, of, answers)).id
    page = stage.page(VisitPage, person_id=of, visit_id=visit)
    entry = page.form.entries["visit.readiness"]
    entry.write({"language": "no", "skills": "yes"})
    draft = left(page)
    do(stage, lambda work: save_visit(work, of, {"readiness": {"skills": "no", "papers-complete": "no"}}, visit))
    if through_draft:
        page = stage.page(VisitPage, draft=draft, person_id=of, visit_id=visit)
    saved(stage, page)
    [found] = [each for each in do(stage, lambda work: visits_of(work, of)) if each.id == visit]
    assert dict(found.readiness) == {"language": "no", "skills": "no", "papers-complete": "no"}


def test_of_the_safe_contact_only_what_was_changed_is_saved(stage_of: StageOf) -> None:
    stage = stage_of("village")
    of = person(stage, "elisabet")
    do(stage, lambda work: agree_safe_contact(work, of, way="phone", number="0840-0000-0001"))
    page = stage.page(ResidentEditPage, person_id=of)
    page.form.entries["contact.hours"].write("malam")
    do(stage, lambda work: agree_safe_contact(work, of, way="visit", never_tell="Perekrut"))
    saved(stage, page)
    contact: SafeContact = do(stage, lambda work: resident_card(work, of)).contact
    assert (contact.hours, contact.way, contact.number, contact.never_tell) == ("malam", "visit", None, "Perekrut")


# -- elements in one line ----------------------------------------------------------------------------------------------


def test_an_alias_with_a_comma_is_not_split(stage_of: StageOf) -> None:
    stage = stage_of("village")
    of = person(stage, "yuliana")
    do(stage, lambda work: record_person(work, of, aliases={"Ahmad Yani, S.Pd": True, "Mat": True}))
    page = stage.page(ResidentEditPage, person_id=of)
    entry = page.form.entries["person.aliases"]
    assert entry.read() == "Ahmad Yani, S.Pd; Mat; Yuli"
    entry.write("Ahmad Yani, S.Pd; Yani")
    saved(stage, page)
    assert do(stage, lambda work: work.records.get(Person, of)).aliases == {"Ahmad Yani, S.Pd": True, "Yani": True}


def test_without_such_an_alias_commas_separate_too(stage_of: StageOf) -> None:
    page = stage_of("village").page(ResidentEditPage)
    entry = page.form.entries["person.aliases"]
    entry.write("Agus, Pak Gus; Gusti")
    assert entry.value() == dict.fromkeys(("Agus", "Pak Gus", "Gusti"), True)


# -- putting a draft onto what is there now ----------------------------------------------------------------------------


def test_answers_are_put_onto_those_of_now() -> None:
    before, mine = {"a": "yes", "b": "yes", "c": "no"}, {"a": "no", "c": "no", "d": "yes"}
    assert restoring.answers(before, mine, {"a": "yes", "b": "no", "c": "yes", "e": "no"}) == {
        "a": "no",
        "c": "yes",
        "d": "yes",
        "e": "no",
    }


def test_rows_are_put_onto_those_of_now() -> None:
    before, mine = [["0812", "a"], ["0813", "b"], ["0814", "c"]], [["0812", "a"], ["0814", "mine"], ["x", "new"]]
    now = [["0812", "now"], ["0813", "b"], ["0814", "c"], ["0815", "came"]]
    assert restoring.phones(before, mine, now) == [["0812", "now"], ["0814", "mine"], ["0815", "came"], ["x", "new"]]
