# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan as a rule: whatever stands in the file and in the register, rows add up, nothing is overwritten or twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models.people import Person
from trafficwatch.registry.workbook.plan import Index, Known, Outcome, Plan, full_nik, look, make_plan, wanted
from trafficwatch.registry.workbook.rows import Finding, PersonRow, Reading

HEADINGS = {"name": "NAMA", "nik": "NIK"}
NIKS = ("5301085705900001", "5301085705900002", "0530108200800001", None)
NAMES = ("Siti Aminah", "SITI AMINAH", "Moh. Soelaiman", "Siti")
DATES = ("1990-05-17", "1990", None)

FIELDS = st.fixed_dictionaries(
    {"name": st.sampled_from(NAMES)},
    optional={
        "nik": st.sampled_from(NIKS),
        "birth_date": st.sampled_from(DATES),
        "address": st.sampled_from(("Dusun 1", "dusun 1", "Dusun 2", None)),
        "residency": st.sampled_from(("present", "dead")),
        "phones": st.sampled_from(({"0812-0000-0001": "-"}, {"+62 812 0000 0001": "-"}, {"0813-0000-0002": "-"})),
    },
)


def reading(rows: list[dict[str, Any]], refused: frozenset[int] = frozenset()) -> Reading:
    found = []
    for number, fields in enumerate(rows, 2):
        kept = {name: value for name, value in fields.items() if value is not None}
        if kept.get("nik"):
            kept["nik_status"] = "told"
        refusals = (Finding(number, "NAMA", "name_missing"),) if number in refused else ()
        found.append(PersonRow(number, (), kept, refusals))
    return Reading(tuple(found), headings=HEADINGS)


def planned(people: list[Person], rows: Reading, as_new: frozenset[int] = frozenset()) -> Plan:
    index = Index.of(
        Known(one.id, one.name or "", one.nik or "", one.birth_date or "", one.deleted is not None) for one in people
    )
    seen = wanted(rows.rows, index)
    return make_plan(rows, index, {one.id: one for one in people if one.id in seen}, as_new)


def applied(people: list[Person], plan: Plan) -> list[Person]:
    """The register after the plan was carried out."""
    after = {one.id: {name: getattr(one, name) for name in Person.__dataclass_fields__} for one in people}
    for number, step in enumerate(plan.steps):
        if step.outcome is Outcome.CREATED:
            after[f"new{len(people)}-{number}"] = {"id": f"new{len(people)}-{number}", **step.changes}
        elif step.person_id in after:
            after[step.person_id] |= step.changes
    return [Person(**fields) for fields in after.values()]


def register(fields: list[dict[str, Any]], deleted: set[int]) -> list[Person]:
    return [
        Person(id=f"p{n}", deleted="other" if n in deleted else None, **{k: v for k, v in one.items() if v is not None})
        for n, one in enumerate(fields)
    ]


def niks_of(people: list[Person]) -> Iterator[str]:
    return (nik for one in people if one.deleted is None and (nik := full_nik(one.nik)))


@given(
    st.lists(FIELDS, max_size=4),
    st.sets(st.integers(0, 3), max_size=2),
    st.lists(FIELDS, max_size=6),
    st.frozensets(st.integers(2, 7), max_size=2),
    st.frozensets(st.integers(2, 7), max_size=2),
)
def test_rows_add_up_nothing_is_overwritten_and_the_second_time_changes_nothing(
    known: list[dict[str, Any]],
    deleted: set[int],
    rows: list[dict[str, Any]],
    refused: frozenset[int],
    as_new: frozenset[int],
) -> None:
    people, sheet = register(known, deleted), reading(rows, refused)
    plan = planned(people, sheet, as_new)
    assert [step.row.number for step in plan.steps] == [row.number for row in sheet.rows]
    assert sum(plan.counts().values()) == len(rows)
    by_id = {one.id: one for one in people}
    for step in plan.steps:
        assert (step.outcome is Outcome.REFUSED) == bool(step.refusals)
        assert bool(step.changes) == (step.outcome in {Outcome.CREATED, Outcome.UPDATED})
        assert all(finding.row == step.row.number and finding.column for finding in step.refusals)
        if step.outcome is Outcome.UPDATED:
            person = by_id[step.person_id or ""]
            assert person.deleted is None
            assert not any(getattr(person, name) for name in step.changes)

    after = applied(people, plan)
    assert {one.id for one in after} >= by_id.keys()
    new = {nik for nik in niks_of(after) if nik not in set(niks_of(people))}
    assert all(sum(1 for found in niks_of(after) if found == nik) == 1 for nik in new)
    again = planned(after, sheet)
    assert not any(step.changes for step in again.steps)
    if not as_new:
        assert again.counts()[Outcome.REFUSED] == plan.counts()[Outcome.REFUSED]


def test_the_second_of_two_rows_with_one_nik_names_the_first_even_if_that_is_refused() -> None:
    rows = [{"name": "Siti", "nik": NIKS[0]}, {"name": "Lain", "nik": NIKS[0]}]
    plan = planned([], reading(rows, frozenset({2})))
    assert [(one.row, one.column, one.reason, one.params) for one in plan.steps[1].refusals] == [
        (3, "NIK", "nik_twice", {"first": 2})
    ]


def test_titles_and_old_spelling_do_not_make_a_nik_somebody_elses() -> None:
    person = Person(id="p", name="Muhammad Sulaiman", nik=NIKS[0], birth_date="1990-05-18")
    [step] = planned(
        [person], reading([{"name": "H. Moh. Soelaiman", "nik": NIKS[0], "birth_date": "1990-05-17"}])
    ).steps
    assert (step.outcome, [one.field for one in step.differs]) == (Outcome.UNCHANGED, ["name", "birth_date"])


def test_a_look_is_the_name_without_capitals_and_signs_and_the_birth_date() -> None:
    assert look("SITI  Aminah,", "1990") == look("Siti Aminah", "1990") != look("Siti Aminah", None)
