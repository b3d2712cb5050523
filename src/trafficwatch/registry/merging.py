# SPDX-License-Identifier: GPL-3.0-or-later
"""Two cards of one person become one, and can be taken apart again; each in one transaction (design 4, 5).

All that belongs to the other card goes to the one that stays; what is empty there is filled, nothing there is
overwritten, a different name becomes an alias. A ban on contact on either card holds. A scope to which the person does
not agree on one card is not agreed to on the merged one: consents of the other card that give it end, and the person
has to be asked again. The other card then lies deleted, with `MERGED` as its reason, and its own way back.

A `PersonPair` notes what was moved and changed. Taking a merge back returns just that; what somebody changed or
recorded since stays with the card that stayed. Links are not sealed: whoever keeps the register can do both.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from trafficwatch.errors import InputError
from trafficwatch.models.casework import Consent, Decision
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.exchange import Stamp, canonical
from trafficwatch.models.fields import Shape
from trafficwatch.models.people import NikStatus, Person, PersonPair, SafeContact, Verdict
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.registry.duplicates import compare, pair_id
from trafficwatch.registry.likeness import whole_nik
from trafficwatch.registry.trash import MERGED
from trafficwatch.store.erasure import ERASED, RecordErased, is_erased
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Work

_PAIR, _CONTACT, _CONSENT = (RECORD_TABLES[name] for name in ("person_pair", "safe_contact", "consent"))
_STAYS = frozenset({"deleted", "name", "aliases", "nik", "nik_status", "private_note"})
"""Fields of a person that are not simply filled."""
_MOVED = tuple(
    name for name, found in RECORD_TYPES.items() if "person_id" in found.fields and found.cls is not PersonPair
)
"""What belongs to a person and goes along; how to reach the person is joined instead."""


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
    """

    pair_id: str
    moved: Mapping[str, int]
    filled: tuple[str, ...]
    differs: tuple[str, ...]
    ended: int
    bans: bool


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
    differs = tuple(
        line.field for line in compare(keep, other) if line.same is False and not isinstance(line.first, Mapping)
    )
    before: dict[str, str] = {}
    ended = _end_consents(work, keep_id, other_id, before)
    moved = {f"{type_name}/{of_id}": "person_id" for type_name, of_id in _belonging(work, other_id)}
    for key in moved:
        _hand_over(work, key, keep_id)
    filled = _fill(work, keep, other, before)
    bans = _join_contacts(work, keep_id, other_id, before)
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
    return Merged(noted, Counter(key.partition("/")[0] for key in moved), filled, differs, ended, bans)


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
    left = [*_unfill(work, keep, other, pair.before), *_part_contacts(work, keep_id, other_id, pair.before)]
    back = [key for key in pair.moved if _owner(work, key) == keep_id]
    for key in sorted(back, key=lambda key: (_given(work, key), key)):
        _hand_over(work, key, other_id)
    left += _revive_consents(work, pair.before)
    nothing = {name: dict.fromkeys(getattr(pair, name)) for name in ("moved", "before")}
    work.write(PersonPair, noted, verdict=None, remark=None, **nothing)
    return Unmerged(keep_id, other_id, len(back), tuple(left))


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
    """When a record got the person that it has, in the order of writing."""
    name, _, of_id = key.partition("/")
    state = work.records.state(name, of_id)
    return min(state.fields["person_id"].values, default=Stamp(0, "")) if state else Stamp(0, "")


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
    if keep.nik is None and other.nik is not None:
        found |= {"nik": other.nik, "nik_status": other.nik_status}
    if other.name and other.name not in {keep.name, *keep.aliases}:
        found["aliases"] = {**found.get("aliases", {}), other.name: True}
    found.get("aliases", {}).pop(keep.name, None)
    return {name: value for name, value in found.items() if value != {}}


def _fill(work: Work, keep: Person, other: Person, before: dict[str, str]) -> tuple[str, ...]:
    changes = _filling(keep, other)
    for name, value in changes.items():
        if isinstance(value, Mapping):
            before |= {f"{name}/{key}": canonical(None) for key in value}
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
        elif mine.get(element) == theirs.get(element, True):
            changes.setdefault(name, {})[element] = None
        else:
            yield f"person.{name}"
    if changes:
        work.write(Person, keep.id, **changes)


# -- how to reach the person -------------------------------------------------------------------------------------------

_WAYS = ("way", "number", "through", "hours", "code_word")


def _contact(work: Work, person_id: str) -> SafeContact:
    """What is agreed, with nothing in it where nothing is."""
    found = work.records.select(SafeContact, _CONTACT.c.person_id == person_id)
    own = str(uuid.uuid5(uuid.UUID(person_id), "safe_contact"))
    return found[-1] if found else SafeContact(id=own, person_id=person_id)


def _joined(mine: SafeContact | Mapping[str, Any], theirs: SafeContact) -> dict[str, Any]:
    """What the agreement of the card that stays becomes: the way of the other only where there is none, every ban."""
    old = mine if isinstance(mine, Mapping) else _said(mine)
    found = dict(old)
    if not any(old[name] for name in _WAYS):
        found |= {name: getattr(theirs, name) for name in _WAYS}
    if theirs.do_not_contact and not old["do_not_contact"]:
        found["do_not_contact"] = True
    warnings = [text for text in (old["never_tell"], theirs.never_tell) if text]
    found["never_tell"] = "\n".join(dict.fromkeys(warnings)) or None
    return {name: value for name, value in found.items() if value != old[name]}


def _said(contact: SafeContact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in (*_WAYS, "do_not_contact", "never_tell")}


def _join_contacts(work: Work, keep_id: str, other_id: str, before: dict[str, str]) -> bool:
    mine, theirs = _contact(work, keep_id), _contact(work, other_id)
    changes = _joined(mine, theirs)
    if changes:
        before |= {f"safe_contact/{name}": canonical(getattr(mine, name)) for name in changes}
        work.write(SafeContact, mine.id, person_id=keep_id, **changes)
    if work.records.exists("safe_contact", theirs.id) and theirs.deleted is None:
        work.write(SafeContact, theirs.id, deleted=f"with:person/{other_id}")
    return "do_not_contact" in changes


def _part_contacts(work: Work, keep_id: str, other_id: str, before: Mapping[str, str]) -> Iterator[str]:
    gone = _CONTACT.c.deleted == f"with:person/{other_id}"
    for each in work.records.select(SafeContact, _CONTACT.c.person_id == other_id, gone, with_deleted=True):
        work.write(SafeContact, each.id, deleted=None)
    old = {key.partition("/")[2]: json.loads(text) for key, text in before.items() if key.startswith("safe_contact/")}
    if not old:
        return
    mine, theirs = _contact(work, keep_id), _contact(work, other_id)
    now = _said(mine)
    set_then = _joined(now | old, theirs)
    changes = {name: old[name] for name in old if now[name] == set_then.get(name, old[name])}
    yield from (f"safe_contact.{name}" for name in old if name not in changes)
    if changes:
        work.write(SafeContact, mine.id, **changes)


# -- what the person agreed to -----------------------------------------------------------------------------------------


def _end_consents(work: Work, keep_id: str, other_id: str, before: dict[str, str]) -> int:
    """End those consents of one card that give what the other card does not; gives how many. They lapsed yesterday."""
    cards = [_consents(work, keep_id), _consents(work, other_id)]
    denied = [{what for what, gives in _says(work, consents).items() if not gives} for consents in cards]
    until = str(date.fromisoformat(work.today) - timedelta(1))
    ended = 0
    for consents, elsewhere in zip(cards, reversed(denied), strict=True):
        for consent in consents:
            if _holds(work, consent) and not elsewhere.isdisjoint(_gives(consent)):
                before[f"consent/{consent.id}"] = canonical([consent.valid_until, until])
                work.write(Consent, consent.id, valid_until=until)
                ended += 1
    return ended


def _revive_consents(work: Work, before: Mapping[str, str]) -> Iterator[str]:
    for key, text in before.items():
        name, _, of_id = key.partition("/")
        if name != "consent" or _owner(work, key) is None:
            continue
        old, then = json.loads(text)
        if work.records.get(Consent, of_id).valid_until == then:
            work.write(Consent, of_id, valid_until=old)
        else:
            yield "consent.valid_until"


def _consents(work: Work, person_id: str) -> list[Consent]:
    """All consents on a card, deleted ones too, in the order in which they were given."""
    found = work.records.select(Consent, _CONSENT.c.person_id == person_id, with_deleted=True)
    return sorted(found, key=lambda consent: (_given(work, f"consent/{consent.id}"), consent.id))


def _says(work: Work, consents: Iterable[Consent]) -> dict[str, bool]:
    """What was spoken of, and whether it is given today: the last consent that speaks of it decides. Only what
    `casework.agreement` makes of it counts for leaving; `tests/test_merging.py` holds the two together.
    """
    found: dict[str, bool] = {}
    for consent in consents:
        holds = _holds(work, consent)
        found |= {scope: holds and decision == Decision.AGREED for scope, decision in consent.scopes.items()}
        found |= {name: not refused for name, refused in consent.refused_fields.items() if refused or holds}
    return found


def _gives(consent: Consent) -> set[str]:
    agreed = {scope for scope, decision in consent.scopes.items() if decision == Decision.AGREED}
    return agreed | {name for name, refused in consent.refused_fields.items() if not refused}


def _holds(work: Work, consent: Consent) -> bool:
    given = PartialDate.from_edtf(consent.given_on or "").latest()
    until = PartialDate.from_edtf(consent.valid_until or "").latest()
    is_given = given is not None and given.isoformat() <= work.today
    is_over = until is not None and until.isoformat() < work.today
    return is_given and not is_over and consent.withdrawn_on is None and consent.deleted is None
