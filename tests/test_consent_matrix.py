# SPDX-License-Identifier: GPL-3.0-or-later
"""Must-show of care: every field of every record type that is about a person, times consent refused -> absent.

Everything about five people lies in one store, with a text of its own in every field. Two agree to share their case:
what the one refuses the other lets go, half of the fields each, so that every text is sought both where it must be
missing and where it must be found. The third agreed to nothing; for the fourth a duty holds; the fifth refuses all the
groups that the consent page offers. The bundle is opened and searched as data, by key, and as text.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from desks import Desks, agree, content, enrolled
from store_tools import keep_file

from trafficwatch.casework.disclosures import disclose
from trafficwatch.models.care import TO_PPT, Account, CasePerson, Duty
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.evidence import Attachment
from trafficwatch.models.fields import Field, Leaving, RecordType, Shape, Side
from trafficwatch.models.institution import Institution
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.refusable import REFUSABLE as GROUPS
from trafficwatch.models.staff import Volunteer
from trafficwatch.store.work import Work

TYPES = [
    kind
    for kind in RECORD_TYPES.values()
    if kind.leaving in {Leaving.CARD, Leaving.CASE} and any(each.owner is Side.VILLAGE for each in kind.fields.values())
]
ONE, OTHER, SILENT, ENDANGERED, GROUPED = "one", "other", "silent", "endangered", "grouped"
PEOPLE = (ONE, OTHER, SILENT, ENDANGERED, GROUPED)
SISTERS = {
    "guardian": "person.guardian_name person.guardian_address consent.guardian consent.guardian_relation",
    "chronology": "referral.chronology account.before account.exploitation outreach.words screening.answers",
    "health": "referral.condition_mind needs_assessment.body follow_up.mind conference.mind_care"
    " conference.medical_care",
    "family": "referral.condition_family relative.name relative.phone relative.remark return_safety.family_state"
    " return_safety.social follow_up.social conference.trusted_people",
}
"""Where one fact stands in several records: of a group that is refused none of these leaves."""


def fields_of(kind: RecordType) -> Iterator[Field]:
    """What the village writes and a person may keep back; `deleted` would take the whole record away."""
    return (each for each in kind.fields.values() if each.owner is Side.VILLAGE and each.name != "deleted")


def may_be_refused(field: Field) -> bool:
    return not field.follows and not (field.required and field.target)


REFUSABLE = [f"{kind.name}.{each.name}" for kind in TYPES for each in fields_of(kind) if may_be_refused(each)]
REFUSED = {ONE: REFUSABLE[::2], OTHER: REFUSABLE[1::2], SILENT: [], ENDANGERED: REFUSABLE[::2]}
REFUSED[GROUPED] = [name for members in GROUPS.values() for name in members]
CONSENT = ("language", "explained", "witness", "guardian", "guardian_relation", "child_view")
LIFTED = REFUSABLE[2]
TELLING = next(name for name in (ONE, OTHER) if "account.told_to" not in REFUSED[name])


@dataclass(frozen=True)
class World:
    """Who is who, which texts stand in which field of whom, and what left: lines by record id, and the whole text."""

    people: Mapping[str, str]
    canaries: Mapping[str, Mapping[str, str]]
    lines: Mapping[str, dict[str, Any]]
    text: str


def value_of(field: Field, number: int, made: Mapping[str, str]) -> Any:
    """A value that stands nowhere else where the shape allows it."""
    canary = f"isi{number:05d}x"
    if field.shape is Shape.ELEMENTS:
        return {canary: True}
    return {
        Shape.TEXT: canary[: field.limit],
        Shape.CHOICE: field.choices[-1] if field.choices else None,
        Shape.DATE: "2026-03-01",
        Shape.FLAG: True,
        Shape.NUMBER: 700_000_000 + number,
        Shape.LINK: made.get(field.target),
    }[field.shape]


def one_of_each(work: Work, numbers: Iterator[int], made: dict[str, str]) -> tuple[str, dict[str, str]]:
    """A record of each type about a new person; gives the person, and `type.field` -> its text."""
    canaries: dict[str, str] = {}
    for kind in TYPES:
        if kind.name in {"consent", "disclosure"}:
            continue
        values = {}
        for field in fields_of(kind):
            values[field.name] = value = value_of(field, next(numbers), made)
            found = next(iter(value)) if isinstance(value, dict) else str(value)
            if field.shape in {Shape.TEXT, Shape.NUMBER, Shape.ELEMENTS} and field.limit >= len("isi00000x"):
                canaries[f"{kind.name}.{field.name}"] = found
        if kind.cls is Attachment:
            file = b"\xff\xd8\xff\xe0" + canaries["attachment.name"].encode()
            values["sha256"] = canaries["attachment.sha256"] = hashlib.sha256(file).hexdigest()
            values["size"] = len(file)
            del canaries["attachment.size"]
        made[kind.name] = work.write(kind.cls, str(uuid.uuid4()), **values)
        if kind.cls is Attachment:
            keep_file(work, made[kind.name], file)
    return made["person"], canaries


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with enrolled(Path(tmp_path_factory.mktemp("matrix"))) as desks:
        yield _exported(desks)


def _exported(desks: Desks) -> World:
    numbers = count(1)
    people: dict[str, str] = {}
    canaries: dict[str, dict[str, str]] = {}
    with desks.village.work() as work:
        office = work.records.select(Institution)[0].id
        other = work.write(Volunteer, None, name="Relawan lain")  # who takes the consent is tied to no case
        for name in PEOPLE:
            made = {"institution": office, "volunteer": other}
            people[name], canaries[name] = one_of_each(work, numbers, made)
    for name in (ONE, OTHER, GROUPED):
        said = {field: f"isi{next(numbers):05d}x" for field in CONSENT}
        agree(desks.village, people[name], *ConsentScope, refused=tuple(REFUSED[name]), method="signature", **said)
        canaries[name] |= {f"consent.{field}": canary for field, canary in said.items()}
    agree(desks.village, people[ENDANGERED], refused=tuple(REFUSED[ENDANGERED]))
    with desks.village.work() as work:
        disclose(work, people[ENDANGERED], Duty.DANGER_TO_LIFE, [TO_PPT], "Diancam", lifted=[LIFTED])
    with desks.village.work() as work:
        about = {"person_id": people[TELLING]}
        work.write(CasePerson, None, **about, role="reporter", agrees=False, name="Domi Saksi")
        work.write(Account, None, **about, told_on="2026-03-01", asked_by="ppt", told_to="Bapak Domi Saksi (tetangga)")
    lines = [line for path in desks.send() for line in content(desks.ppt, path)[1]]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    return World(people, canaries, {line["id"]: line for line in lines}, text)


def keys_of(world: World, name: str) -> set[str]:
    """`type.field` of all that left about somebody, in any part of a line."""
    person = world.people[name]
    found: set[str] = set()
    for line in world.lines.values():
        if person in {line["id"], line.get("fields", {}).get("person_id")}:
            for part in ("fields", "stamps", "contexts", "others"):
                found |= {f"{line['type']}.{key.partition('/')[0]}" for key in line.get(part, {})}
    return found


def written(name: str) -> set[str]:
    return {f"{kind.name}.{each.name}" for kind in TYPES for each in fields_of(kind)}


@pytest.mark.parametrize("name", [ONE, OTHER])
def test_what_was_refused_is_absent_and_the_rest_is_there(world: World, name: str) -> None:
    refused = set(REFUSED[name])
    if "attachment.sha256" in refused:  # without its file an attachment is nothing
        refused |= {f"attachment.{field}" for field in RECORD_TYPES["attachment"].fields}
    found = keys_of(world, name)
    assert found & refused == set()
    never = {f"{kind.name}.{each.name}" for kind in TYPES for each in fields_of(kind) if each.leaving is Leaving.NEVER}
    assert not found & never
    for field, canary in world.canaries[name].items():
        if field in refused or field in never:
            assert canary not in world.text, field
        else:
            assert canary in world.text, field


def test_between_them_the_two_refuse_every_field_that_can_be_refused() -> None:
    assert set(REFUSED[ONE]) | set(REFUSED[OTHER]) == set(REFUSABLE)
    assert set(REFUSED[ONE]).isdisjoint(REFUSED[OTHER])
    assert len(REFUSABLE) > 250
    assert {each.partition(".")[0] for each in REFUSABLE} == {kind.name for kind in TYPES}


@pytest.mark.parametrize("group", SISTERS)
def test_a_refused_group_leaves_by_no_other_field_that_tells_the_same(world: World, group: str) -> None:
    canaries, found = world.canaries[GROUPED], keys_of(world, GROUPED)
    assert canaries["person.name"] in world.text
    for name in SISTERS[group].split():
        assert name not in found
        assert canaries[name] not in world.text, name


def test_who_said_no_to_being_named_leaves_by_no_other_field(world: World) -> None:
    accounts = [line["fields"] for line in world.lines.values() if line["type"] == "account"]
    told = [fields for fields in accounts if fields.get("person_id") == world.people[TELLING]]
    assert ["told_to" in fields for fields in told].count(True) == 1
    assert len(told) == 2
    assert "Domi" not in world.text
    assert world.canaries[TELLING]["account.told_to"] in world.text


def test_of_whom_nobody_asked_nothing_leaves(world: World) -> None:
    assert world.people[SILENT] not in world.text
    assert [field for field, canary in world.canaries[SILENT].items() if canary in world.text] == []


def test_a_duty_brings_the_case_but_not_what_was_refused_unless_it_lifts_that(world: World) -> None:
    refused = set(REFUSED[ENDANGERED]) - {LIFTED}
    found = keys_of(world, ENDANGERED)
    assert found & refused == set()
    assert {LIFTED, "screening.answers", "disclosure.reason"} - set(REFUSED[ENDANGERED]) <= found
    assert LIFTED in found
    assert [
        field
        for field in refused & world.canaries[ENDANGERED].keys()
        if world.canaries[ENDANGERED][field] in world.text
    ] == []
