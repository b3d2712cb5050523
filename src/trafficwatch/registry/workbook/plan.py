# SPDX-License-Identifier: GPL-3.0-or-later
"""What taking in a sheet would do, row by row: create, update, leave unchanged or refuse; each row is just one of them.

A resident is known by a full NIK (16 digits, not a temporary one). Without one, equal name and birth date are a hint,
never a proof: such a row is unchanged if it says nothing new, else it is refused for somebody to look at, and created
only when asked for (`as_new`). Of known residents only empty fields are filled; what differs stays as it is and is
listed. So the same sheet again changes nothing. A sheet never says of somebody on a journey that they are dead, moved
or missing, for nobody would ask after them any more; nor does it bring back a telephone number that was removed. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from trafficwatch.models.identity import NIK_LENGTH, phone_key
from trafficwatch.models.people import Person, Residency
from trafficwatch.registry.workbook.rows import Finding, PersonRow, Reading
from trafficwatch.store.spelling import fold, plain, without_titles

_EXACT = frozenset({"nik", "kk_number", "birth_date", "sex", "household_role", "marital_status", "residency"})
_TOLD_ANYWAY = frozenset({"nik", "nik_status"})
"""What a matched row never changes: the NIK is how it was found, and how it is known is not the file's to say."""
_ENDS_TASKS = frozenset({Residency.DEAD, Residency.MOVED, Residency.MISSING})

LOOKS_ALIKE = frozenset({"looks_like_known", "same_as_row"})
_OF_NIK = frozenset({"several_known", "nik_of_another"})


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Known:
    """As much of a resident in the register as matching needs; `merged_into` is the card that it became part of."""

    id: str
    name: str
    nik: str
    birth_date: str
    deleted: bool
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """The residents in the register by full NIK, and by name and birth date, also by the name alone. What a card says
    that was merged into another one leads to the card that stayed.
    """

    by_nik: Mapping[str, Sequence[Known]]
    by_look: Mapping[tuple[str, str], Sequence[Known]]

    @classmethod
    def of(cls, people: Iterable[Known]) -> Index:
        by_nik: dict[str, dict[str, Known]] = {}
        by_look: dict[tuple[str, str], dict[str, Known]] = {}
        everybody = {known.id: known for known in people}
        for known in everybody.values():
            stays = _stays(known, everybody)
            if nik := full_nik(known.nik):
                by_nik.setdefault(nik, {})[stays.id] = stays
            for birth_date in {known.birth_date or "", ""}:
                by_look.setdefault(look(known.name, birth_date), {})[stays.id] = stays
        return cls(
            {nik: tuple(found.values()) for nik, found in by_nik.items()},
            {seen: tuple(found.values()) for seen, found in by_look.items()},
        )


def _stays(known: Known, everybody: Mapping[str, Known]) -> Known:
    """The card that somebody's card is part of by now, itself if it was never merged away."""
    passed = {known.id}
    while known.merged_into in everybody and known.merged_into not in passed:
        known = everybody[known.merged_into]
        passed.add(known.id)
    return known


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the register and the sheet differ; the register stays as it is."""

    row: int
    person_id: str
    field: str
    kept: str
    offered: str


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one row; `person_id` of the resident it was matched with or looks like."""

    row: PersonRow
    outcome: Outcome
    refusals: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()
    person_id: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    differs: tuple[Difference, ...] = ()

    @property
    def may_be_new(self) -> bool:
        """Whether the row is refused for nothing but that it looks like somebody: `as_new` would create it."""
        return len(self.refusals) == 1 and self.refusals[0].reason in LOOKS_ALIKE


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row that is a resident, in order."""

    steps: tuple[Step, ...]

    def counts(self) -> dict[Outcome, int]:
        found = Counter(step.outcome for step in self.steps)
        return {outcome: found[outcome] for outcome in Outcome}


def full_nik(nik: str | None) -> str:
    """A NIK by which somebody is known; '' for a temporary one or anything else."""
    whole = nik is not None and len(nik) == NIK_LENGTH and nik.isascii() and nik.isdecimal()
    return nik if whole and nik and not nik.startswith("0") else ""


def look(name: str | None, birth_date: str | None) -> tuple[str, str]:
    return " ".join(plain(name or "")), birth_date or ""


def wanted(rows: Iterable[PersonRow], index: Index) -> set[str]:
    """The ids of the residents whose whole records `make_plan` has to see."""
    return {known.id for row in rows for known in (*_by_nik(row, index), *_by_look(row, index))}


def make_plan(
    reading: Reading,
    index: Index,
    people: Mapping[str, Person],
    as_new: Collection[int] = (),
    travelling: Collection[str] = frozenset(),
    removed: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Plan:
    """Decide on every row; `people` holds those that are `wanted`, `as_new` rows that only look like somebody known.

    `travelling` are the people with a journey that they departed on and are not back from; `removed` are
    the telephone numbers that were taken off somebody's card.
    """
    planner = _Planner(index, people, as_new, reading.headings, travelling, removed)
    return Plan(tuple(planner.step(row) for row in reading.rows))


def _by_nik(row: PersonRow, index: Index) -> Sequence[Known]:
    return index.by_nik.get(full_nik(row.fields.get("nik")), ())


def _by_look(row: PersonRow, index: Index) -> Sequence[Known]:
    """Whoever has this name and birth date; without one, whoever has the name, first those whose date is not known."""
    found = index.by_look.get(_look_of(row), ())
    return [known for known in found if not known.birth_date] or found


class _Planner:
    """The rows decided on so far."""

    def __init__(
        self,
        index: Index,
        people: Mapping[str, Person],
        as_new: Collection[int],
        headings: Mapping[str, str],
        travelling: Collection[str],
        removed: Mapping[str, Collection[str]],
    ) -> None:
        self._travelling, self._removed = travelling, removed
        self._nik_column, self._name_column = headings.get("nik", ""), headings.get("name", "")
        self._index, self._people, self._as_new = index, people, as_new
        self._row_of_nik: dict[str, int] = {}
        self._row_of_person: dict[str, int] = {}
        self._created: dict[tuple[str, str], list[PersonRow]] = {}

    def step(self, row: PersonRow) -> Step:
        nik = full_nik(row.fields.get("nik"))
        first = self._row_of_nik.setdefault(nik, row.number) if nik else row.number
        refusals = list(row.refusals)
        if first != row.number:
            refusals.append(Finding(row.number, self._nik_column, "nik_twice", {"first": first}))
        if refusals:
            return Step(row, Outcome.REFUSED, tuple(refusals), row.remarks)
        return self._of_nik(row, nik) or self._of_look(row, nik) or self._create(row)

    def _of_nik(self, row: PersonRow, nik: str) -> Step | None:
        found = _by_nik(row, self._index)
        if not nik or not found:
            return None
        standing = [known for known in found if not known.deleted]
        if not standing:
            return self._refuse(row, "deleted_before", found[0])
        if len(standing) > 1:
            return self._refuse(row, "several_known", standing[0], people=len(standing))
        person = self._people[standing[0].id]
        if not _may_be(row, person):
            return self._refuse(row, "nik_of_another", standing[0])
        return self._match(row, person)

    def _of_look(self, row: PersonRow, nik: str) -> Step | None:
        """Whoever has a full NIK of their own is somebody else, however alike."""
        alike = [known for known in _by_look(row, self._index) if not (nik and full_nik(known.nik))]
        free = [known for known in alike if known.id not in self._row_of_person]
        for known in free:
            if not known.deleted and _says_nothing_new(row, self._people[known.id]):
                return self._match(row, self._people[known.id])
        if row.number in self._as_new:
            return None
        if free:
            return self._refuse(row, "deleted_before" if free[0].deleted else "looks_like_known", free[0])
        if alike:
            return self._refuse(row, "same_as_row", alike[0], first=self._row_of_person[alike[0].id])
        for other in self._created.get(_look_of(row), ()):
            if not (nik and full_nik(other.fields.get("nik"))):
                return self._refuse(row, "same_as_row", None, first=other.number)
        return None

    def _match(self, row: PersonRow, person: Person) -> Step:
        self._row_of_person[person.id] = row.number
        changes, differs = {}, []
        for name, offered in row.fields.items():
            kept = getattr(person, name)
            if not kept:
                if taken := self._fillable(person, name, offered):
                    changes[name] = taken
                if taken != offered:
                    differs.append(Difference(row.number, person.id, name, _shown(taken), _shown(offered)))
            elif name not in _TOLD_ANYWAY and not _is_same(name, kept, offered):
                differs.append(Difference(row.number, person.id, name, _shown(kept), _shown(offered)))
        if changes.keys() <= {"nik_status"}:  # alone it says nothing
            changes = {}
        outcome = Outcome.UPDATED if changes else Outcome.UNCHANGED
        return Step(row, outcome, (), row.remarks, person.id, changes, tuple(differs))

    def _fillable(self, person: Person, name: str, offered: Any) -> Any:
        """What of an offered value an empty field may take."""
        if name == "residency" and offered in _ENDS_TASKS and person.id in self._travelling:
            return ""
        if name == "phones":
            gone = {phone_key(number) for number in self._removed.get(person.id, ())}
            return {number: owner for number, owner in offered.items() if phone_key(number) not in gone}
        return offered

    def _create(self, row: PersonRow) -> Step:
        remarks = row.remarks
        if _by_look(row, self._index) or self._created.get(_look_of(row)):
            remarks = (*remarks, Finding(row.number, self._name_column, "same_name_and_birth"))
        self._created.setdefault(_look_of(row), []).append(row)
        return Step(row, Outcome.CREATED, (), remarks, None, row.fields)

    def _refuse(self, row: PersonRow, reason: str, known: Known | None, **params: str | int) -> Step:
        column = self._nik_column if reason in _OF_NIK else self._name_column
        refusal = Finding(row.number, column, reason, params)
        return Step(row, Outcome.REFUSED, (refusal,), row.remarks, known.id if known else None)


def _look_of(row: PersonRow) -> tuple[str, str]:
    return look(row.fields.get("name"), row.fields.get("birth_date"))


def _may_be(row: PersonRow, person: Person) -> bool:
    """Whether a row with somebody's NIK can be that person: an equal birth date, or a word of the name."""
    if person.birth_date and person.birth_date == row.fields.get("birth_date"):
        return True
    names = {word for name in (person.name or "", *person.aliases) for word in _folded(name)}
    return not names.isdisjoint(_folded(row.fields["name"]))


def _folded(name: str) -> Iterator[str]:
    return (fold(word) for word in without_titles(plain(name)))


def _says_nothing_new(row: PersonRow, person: Person) -> bool:
    return all(
        _is_same(name, getattr(person, name), offered) for name, offered in row.fields.items() if name != "nik_status"
    )


def _is_same(name: str, kept: Any, offered: Any) -> bool:
    """Whether two values of a field say the same; in words capitals and signs don't count."""
    if name == "phones":
        return {phone_key(number) for number in offered} <= {phone_key(number) for number in kept or ()}
    if name in _EXACT or not kept:
        return bool(kept == offered)
    return plain(kept) == plain(offered)


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, Mapping) else str(value)
