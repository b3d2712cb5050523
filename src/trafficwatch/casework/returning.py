# SPDX-License-Identifier: GPL-3.0-or-later
"""Coming home: what is done and what is still missing before somebody is placed, and after (SPM E, F.b.2-3; MEK 4).

`steps` is pure: it says what is missing and what speaks against going on. What a record may not say is checked where it
is saved (`casework.care_checks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trafficwatch.casework.closing import cases_of, open_case_of
from trafficwatch.casework.following import day_of
from trafficwatch.models.aftercare import (
    ChosenBy,
    FollowUp,
    Placement,
    PlacementKind,
    ReturnSafety,
    ReturnStep,
    ReturnStepKind,
    ReturnVerdict,
)
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.people import Person
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.training import require_reading
from trafficwatch.store.work import Work

ADULT = 18
_READ = ("return_step", "placement", "follow_up")
_WITH_FAMILY = frozenset({PlacementKind.FAMILY.value, PlacementKind.SUBSTITUTE_FAMILY.value})


class StepState(StrEnum):
    """How far a step is; `STOP` speaks against going on."""

    DONE = "done"
    OPEN = "open"
    STOP = "stop"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of coming home: `type` is the record that says so, `on` the day of the latest one."""

    name: str
    state: StepState
    type: str
    on: str | None = None
    is_before: bool = True
    """Whether it belongs before the placement."""
    record_id: str | None = None
    """The placement that has to be completed, where there is one."""


@dataclass(frozen=True, slots=True)
class Returning:
    """All steps in their order; `is_prepared` once nothing before the placement is open or speaks against it."""

    steps: tuple[Step, ...]

    @property
    def is_prepared(self) -> bool:
        fine = {StepState.DONE, StepState.NOT_NEEDED}
        return all(each.state in fine for each in self.steps if each.is_before)


def returning_of(work: Work, person_id: str) -> Returning:
    """How far somebody is on the way home. Raises RecordUnknown, CaseKeyNeeded, TrainingNeeded."""
    require_reading(work)
    person = work.records.get(Person, person_id)
    of_person = {name: RECORD_TABLES[name].c.person_id == person_id for name in _READ}
    placed = work.records.select(Placement, of_person["placement"])
    placement = _newest(placed)
    return Returning(
        steps(
            is_child_on(person, (placement and placement.placed_on) or work.today),
            work.records.select(ReturnStep, of_person["return_step"]),
            assessments_of(work, person_id),
            placed,
            work.records.select(FollowUp, of_person["follow_up"]),
        )
    )


def is_child_on(person: Person, edtf: str) -> bool | None:
    """Whether somebody was under age on the day of a placement; None where the dates can't tell."""
    day, born = PartialDate.from_edtf(edtf), PartialDate.from_edtf(person.birth_date or "")
    said = {born.is_under(ADULT, each) if each else None for each in (day.earliest(), day.latest())}
    return said.pop() if len(said) == 1 else None


def assessments_of(work: Work, person_id: str) -> list[ReturnSafety]:
    """The assessments of the open case, or of the last one: what was safe in an earlier case is not known to be now.

    Raises CaseKeyNeeded, TrainingNeeded.
    """
    require_reading(work)
    case = open_case_of(work, person_id) or next(reversed(cases_of(work, person_id)), None)
    table = RECORD_TABLES["return_safety"]
    return work.records.select(ReturnSafety, table.c.case_id == case.id) if case else []


def deciding(assessed: Iterable[ReturnSafety]) -> ReturnSafety | None:
    """The latest assessment; of those that may be of the same day one that does not say safe comes first."""
    days = [(each, PartialDate.from_edtf(each.assessed_on or "")) for each in assessed]
    last = max((day.earliest() or date.min for _, day in days), default=date.min)
    latest = [each for each, day in days if (day.latest() or date.max) >= last]
    return max(latest, key=lambda each: (each.return_verdict != ReturnVerdict.SAFE, each.id), default=None)


def steps(
    is_child: bool | None,  # noqa: FBT001 - None: not known
    made: Sequence[ReturnStep],
    assessed: Sequence[ReturnSafety],
    placed: Sequence[Placement],
    followed: Sequence[FollowUp],
) -> tuple[Step, ...]:
    """Who is not known to be grown up has a child's safeguards."""
    placement = _newest(placed)
    is_home = placement is None or placement.placement in _WITH_FAMILY
    is_with_others = placement is not None and placement.placement == PlacementKind.SUBSTITUTE_FAMILY

    def taken(kind: ReturnStepKind, *, is_needed: bool = True, is_before: bool = True) -> Step:
        day = max((each.done_on or "" for each in made if each.step == kind), default=None)
        missing = StepState.OPEN if is_needed else StepState.NOT_NEEDED
        return Step(kind.value, missing if day is None else StepState.DONE, "return_step", day, is_before)

    found = [
        taken(ReturnStepKind.FAMILY_TRACING, is_needed=is_home),
        _safety(assessed),
        taken(ReturnStepKind.FAMILY_PREPARED, is_needed=is_home),
        taken(ReturnStepKind.NEIGHBOURS_PREPARED),
    ]
    if is_child is not False:
        found += [_agreed(placement), _criteria(placement, is_needed=placement is None or is_with_others)]
    else:
        found.append(_chosen(placement))
    day = placement.placed_on if placement else None
    found += [
        Step("placed", StepState.DONE if placement else StepState.OPEN, "placement", day, is_before=False),
        taken(ReturnStepKind.JOURNEY_HOME, is_before=False),
    ]
    waits = [each for each in followed if day_of(each.planned_on)]
    found.append(Step("followed", StepState.DONE if waits else StepState.OPEN, "follow_up", None, is_before=False))
    return tuple(found)


def _newest(placed: Sequence[Placement]) -> Placement | None:
    return max(placed, key=lambda each: (each.placed_on or "", each.id), default=None)


def _safety(assessed: Sequence[ReturnSafety]) -> Step:
    """The latest assessment decides, whatever an earlier one said."""
    latest = deciding(assessed)
    if latest is None:
        return Step("safety", StepState.OPEN, "return_safety")
    is_safe = latest.return_verdict == ReturnVerdict.SAFE
    return Step("safety", StepState.DONE if is_safe else StepState.STOP, "return_safety", latest.assessed_on)


def _agreed(placement: Placement | None) -> Step:
    """A child's own agreement (SPM F.b.3); a no speaks against it."""
    said = placement.child_agrees if placement else None
    state = {True: StepState.DONE, False: StepState.STOP, None: StepState.OPEN}[said]
    day = placement.placed_on if placement and said else None
    return Step("child_agrees", state, "placement", day, record_id=_id(placement))


def _criteria(placement: Placement | None, *, is_needed: bool) -> Step:
    """The three criteria of a child's substitute family (SPM F.b.2)."""
    kept = (placement.keeps_safe, placement.keeps_well, placement.keeps_caring) if placement else (None,)
    state = StepState.STOP if False in kept else StepState.DONE if all(kept) else StepState.OPEN
    if not is_needed:
        state = StepState.NOT_NEEDED
    return Step("criteria", state, "placement", record_id=_id(placement))


def _chosen(placement: Placement | None) -> Step:
    """An adult chooses (SPM E.a, F.b.2)."""
    if placement is None or placement.chosen_by is None:
        return Step("own_choice", StepState.OPEN, "placement", record_id=_id(placement))
    state = StepState.DONE if placement.chosen_by == ChosenBy.PERSON else StepState.STOP
    return Step("own_choice", state, "placement", placement.placed_on, record_id=placement.id)


def _id(placement: Placement | None) -> str | None:
    return placement.id if placement else None
