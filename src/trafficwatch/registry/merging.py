# SPDX-License-Identifier: GPL-3.0-or-later
"""Two cards of one person become one, and can be taken apart again; each in one transaction (design 4, 5).

All that belongs to the other card goes to the one that stays; what is empty there is filled, nothing there is
overwritten, a different name becomes an alias. A ban on contact on either card holds. A scope to which the person does
not agree on one card is not agreed to on the merged one: consents of the other card that give it end, and the person
has to be asked again. The other card then lies deleted, with `MERGED` as its reason, and its own way back.

A `PersonPair` notes what was moved and changed. Taking a merge back returns just that; what somebody changed or
recorded since stays with the card that stayed, and a no said since holds for both (`merging_words`). Links are not
sealed: whoever keeps the register can do both.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from trafficwatch.errors import InputError
from trafficwatch.models.checks import KEY_LIMIT
from trafficwatch.models.exchange import Stamp, canonical
from trafficwatch.models.fields import Shape, Side
from trafficwatch.models.people import NikStatus, Person, PersonPair, SafeContact, Verdict
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.registry.duplicates import compare, pair_id
from trafficwatch.registry.likeness import whole_nik
from trafficwatch.registry.merging_words import (
    contact_of,
    end_consents,
    end_denied,
    given,
    is_banned_since,
    is_spoken_since,
    join_contacts,
    lost_ways,
    part_contacts,
    revive_consents,
)
from trafficwatch.registry.trash import MERGED
from trafficwatch.store.erasure import ERASED, RecordErased, is_erased
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Work

_PAIR = RECORD_TABLES["person_pair"]
_STAYS = frozenset({"deleted", "name", "aliases", "nik", "nik_status", "private_note"})
"""Fields of a person that are not simply filled."""
_MOVED = tuple(
    name
    for name, found in RECORD_TYPES.items()
    if (link := found.fields.get("person_id")) and link.owner is Side.VILLAGE and found.cls is not PersonPair
)
"""What belongs to a person and goes along; how to reach the person is joined instead. The PPT's own stays its own."""
_ALIAS_LIMIT = KEY_LIMIT - len("aliases/")
_NOTED_LIMIT = KEY_LIMIT - len("before/")


class MergeContradicts(InputError):
    """On both cards a NIK was seen, and they differ: two people, unless there is a reason."""

    key = "merge_contradicts"


class MergeLater(InputError):
    """The card that stayed was itself merged into another one later: that has to be taken back first."""

    key = "merge_later"


class MergedIsDeleted(InputError):
    """The card that stayed lies in the trash, and has to be restored first."""

    key = "merged_is_deleted"


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: records moved by type, fields filled, fields in which the other card says something else (which
    stays on it), consents that ended because the cards disagree, and whether a ban on contact was taken over.

    A field is one of the person, or `safe_contact.field`; `contacts` holds the agreements of both cards as they were,
    first that of the card that stays, where that of the other is not taken over whole.
    """

    pair_id: str
    moved: Mapping[str, int]
    filled: tuple[str, ...]
    differs: tuple[str, ...]
    ended: int
    bans: bool
    contacts: tuple[SafeContact, ...]


@dataclass(frozen=True, slots=True)
class Unmerged:
    """What taking a merge back did: the two cards, how many records went back, and the fields (`type.field`) that
    somebody had changed since and that therefore stay.
    """

    person_id: str
    other_id: str
    moved: int
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PastMerge:
    """One merge that can be taken back."""

    pair_id: str
    person_id: str
    name: str
    other_name: str
    at: str


def merge(work: Work, keep_id: str, other_id: str, reason: str = "") -> Merged:
    """Let the second card become part of the first; raises RecordUnknown, and MergeContradicts without a `reason` where
    one is needed.
    """
    keep, other = work.records.get(Person, keep_id), work.records.get(Person, other_id)
    if keep_id == other_id or keep.deleted or other.deleted:
        raise RecordUnknown(type="person")
    if contradicts(keep, other) and not reason.strip():
        raise MergeContradicts
    lost = lost_ways(work, keep_id, other_id)
    contacts = (contact_of(work, keep_id), contact_of(work, other_id)) if lost else ()
    before: dict[str, str] = {}
    ended = end_consents(work, keep_id, other_id, before)
    moved = {f"{type_name}/{of_id}": "person_id" for type_name, of_id in _belonging(work, other_id)}
    for key in moved:
        _hand_over(work, key, keep_id)
    filled = _fill(work, keep, other, before)
    joined = join_contacts(work, keep_id, other_id, before)
    differs = tuple(
        line.field
        for line in compare(keep, other)
        if line.same is False and not isinstance(line.first, Mapping) and line.field not in filled
    )
    differs += tuple(f"safe_contact.{name}" for name in lost)
    filled += tuple(f"safe_contact.{name}" for name in joined if name != "do_not_contact")
    bans = "do_not_contact" in joined
    work.write(Person, other_id, deleted=MERGED)
    noted = pair_id(keep_id, other_id)
    work.write(
        PersonPair,
        noted,
        person_id=keep_id,
        other_id=other_id,
        verdict=Verdict.SAME.value,
        moved=moved,
        before=before,
        remark=reason,
    )
    return Merged(noted, Counter(key.partition("/")[0] for key in moved), filled, differs, ended, bans, contacts)


def preview(work: Work, keep_id: str, other_id: str) -> Merged:
    """What `merge` would do, also where it asks for a reason; changes nothing."""
    with work.tried():
        return merge(work, keep_id, other_id, "-")


def contradicts(keep: Person, other: Person) -> bool:
    """Whether on both cards a whole NIK was seen, and they differ."""
    niks = {whole_nik(each.nik) if each.nik_status == NikStatus.SEEN else "" for each in (keep, other)}
    return len(niks) == 2 and "" not in niks


def unmerge(work: Work, noted: str) -> Unmerged:
    """Take a merge back; raises RecordUnknown, RecordErased, MergeLater, MergedIsDeleted."""
    pair = work.records.get(PersonPair, noted)
    keep_id, other_id = pair.person_id or "", pair.other_id or ""
    if pair.verdict != Verdict.SAME:
        raise RecordUnknown(type="person_pair")
    keep, other = work.records.get(Person, keep_id), work.records.get(Person, other_id)
    if is_erased(work.connection, "person", other_id):
        raise RecordErased(type="person")
    if keep.deleted:
        raise MergeLater if keep.deleted == MERGED else MergedIsDeleted
    if other.deleted == MERGED:
        work.write(Person, other_id, deleted=None)
    merged, back = _merged(work, noted), [key for key in pair.moved if _owner(work, key) == keep_id]
    is_banned = is_banned_since(work, keep_id, merged)
    is_late = is_banned or is_spoken_since(work, keep_id, merged)
    left = [*_unfill(work, keep, other, pair.before)]
    left += part_contacts(work, keep_id, other_id, pair.before, is_banned=is_banned)
    left += end_denied(work, keep_id, {key.removeprefix("consent/") for key in back}, merged)
    for key in sorted(back, key=lambda key: (_given(work, key), key)):
        _hand_over(work, key, other_id)
    left += revive_consents(work, pair.before, is_late=is_late)
    nothing = {name: dict.fromkeys(getattr(pair, name)) for name in ("moved", "before")}
    work.write(PersonPair, noted, verdict=None, remark=None, **nothing)
    return Unmerged(keep_id, other_id, len(back), tuple(dict.fromkeys(left)))


def merges(work: Work) -> tuple[PastMerge, ...]:
    """The merges that stand, the latest first."""
    found = work.records.select(PersonPair, _PAIR.c.verdict == Verdict.SAME.value)
    people = {each for pair in found for each in (pair.person_id, pair.other_id)}
    table = RECORD_TABLES["person"]
    rows = work.connection.execute(
        select(table.c.id, table.c.name, table.c.deleted).where(table.c.id.in_(people))
    ).all()
    names = {row.id: row.name or "" for row in rows}
    here = {row.id for row in rows if row.deleted is None}
    journal = local.journal
    said = select(journal.c.id, func.max(journal.c.at).label("at")).where(journal.c.type == "person_pair")
    at = {row.id: row.at for row in work.connection.execute(said.group_by(journal.c.id))}
    return tuple(
        PastMerge(pair.id, pair.person_id or "", names[pair.person_id], names[pair.other_id], at.get(pair.id, ""))
        for pair in reversed(found)
        if pair.person_id in here and not is_erased(work.connection, "person", pair.other_id or "")
    )


# -- what belongs to a card --------------------------------------------------------------------------------------------


def _belonging(work: Work, person_id: str) -> Iterator[tuple[str, str]]:
    """All records of a person, deleted ones too, consents in the order in which they were given: it decides."""
    for name in _MOVED:
        if name == "safe_contact":
            continue
        table = RECORD_TABLES[name]
        mine = select(table.c.id).where(table.c.person_id == person_id, table.c.deleted.is_distinct_from(ERASED))
        found = [(name, of_id) for of_id in work.connection.execute(mine.order_by(table.c.id)).scalars()]
        yield from sorted(found, key=lambda key: (_given(work, "/".join(key)), key)) if name == "consent" else found


def _hand_over(work: Work, key: str, person_id: str) -> None:
    name, _, of_id = key.partition("/")
    work.write(RECORD_TYPES[name].cls, of_id, person_id=person_id)


def _owner(work: Work, key: str) -> str | None:
    """Whose record this is now, None for one that is not there any more."""
    name, _, of_id = key.partition("/")
    if name not in _MOVED or is_erased(work.connection, name, of_id):
        return None
    table = RECORD_TABLES[name]
    return work.connection.execute(select(table.c.person_id).where(table.c.id == of_id)).scalar_one_or_none()


def _given(work: Work, key: str) -> Stamp:
    name, _, of_id = key.partition("/")
    return given(work, name, of_id)


def _merged(work: Work, noted: str) -> Stamp:
    """When the merge was noted, which is the last thing that it does."""
    state = work.records.state("person_pair", noted)
    return max(state.fields["verdict"].values, default=Stamp(0, "")) if state else Stamp(0, "")


# -- the card itself ---------------------------------------------------------------------------------------------------


def _filling(keep: Person, other: Person) -> dict[str, Any]:
    """What the card that stays gets from the other."""
    found: dict[str, Any] = {}
    for name, field in RECORD_TYPES["person"].fields.items():
        mine, theirs = getattr(keep, name), getattr(other, name)
        if field.shape is Shape.ELEMENTS:
            if more := {key: value for key, value in theirs.items() if key not in mine}:
                found[name] = more
        elif name not in _STAYS and mine is None and theirs is not None:
            found[name] = theirs
    is_seen = other.nik_status == NikStatus.SEEN != keep.nik_status
    if other.nik is not None and (keep.nik is None or is_seen):
        found |= {"nik": other.nik, "nik_status": other.nik_status}
    alias = _alias(other.name or "")
    if alias and alias != _alias(keep.name or "") and alias not in keep.aliases:
        found["aliases"] = {**found.get("aliases", {}), alias: True}
    found.get("aliases", {}).pop(keep.name, None)
    return {name: value for name, value in found.items() if value not in ({}, getattr(keep, name))}


def _alias(name: str) -> str:
    """A name as far as an alias holds, in whole words where there are some."""
    if len(name) <= _ALIAS_LIMIT:
        return name
    cut = name[: _ALIAS_LIMIT + 1]
    return (cut.rpartition(" ")[0] or cut[:_ALIAS_LIMIT]).strip()


def _noted(name: str, element: str) -> tuple[str, str]:
    """How `before` notes an element that was not there: under its name, or beside a short one if that is too long."""
    key = f"{name}/{element}"
    if len(key) <= _NOTED_LIMIT:
        return key, canonical(None)
    return f"{name}/{uuid.uuid5(uuid.NAMESPACE_OID, element)}", canonical(element)


def _fill(work: Work, keep: Person, other: Person, before: dict[str, str]) -> tuple[str, ...]:
    changes = _filling(keep, other)
    for name, value in changes.items():
        if isinstance(value, Mapping):
            before |= dict(_noted(name, element) for element in value)
        else:
            before[name] = canonical(getattr(keep, name))
    if changes:
        work.write(Person, keep.id, **changes)
    return tuple(changes)


def _unfill(work: Work, keep: Person, other: Person, before: Mapping[str, str]) -> Iterator[str]:
    """Give back what was filled; yields the fields that were changed since."""
    changes: dict[str, Any] = {}
    for key, text in before.items():
        name, _, element = key.partition("/")
        if name not in RECORD_TYPES["person"].fields:
            continue
        mine, theirs = getattr(keep, name), getattr(other, name)
        if not isinstance(mine, Mapping):
            if mine == theirs:
                changes[name] = json.loads(text)
            else:
                yield f"person.{name}"
            continue
        element = json.loads(text) or element
        if mine.get(element) == theirs.get(element, True):
            changes.setdefault(name, {})[element] = None
        else:
            yield f"person.{name}"
    if changes:
        work.write(Person, keep.id, **changes)
