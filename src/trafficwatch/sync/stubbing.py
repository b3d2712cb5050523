# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose case text can be put away, which of it, and what holds it here (`sync.putting_away` does it).

A person's text goes as a whole or not at all: everything must be confirmed in its present form, nothing half done may
be about it, and a sealed copy of each record must be there that the PPT can open. What may never leave the laptop, and
what lies in the trash, is nowhere else: it stays, and holds nothing but itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from trafficwatch.casework.closing import is_open
from trafficwatch.errors import ExpectedError
from trafficwatch.models.casework import Handover
from trafficwatch.models.exchange import Peer, RecordState
from trafficwatch.models.fields import Side
from trafficwatch.models.history import shown
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.stub import texts_of
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store.sealing import SealedValueDamaged
from trafficwatch.store.work import Work
from trafficwatch.sync import envelopes, exporting
from trafficwatch.sync.attaching import ATTACHMENT
from trafficwatch.sync.devices import own_ppt, require_side
from trafficwatch.sync.envelopes import Envelope
from trafficwatch.sync.exporting import UNSETTLED, Standing
from trafficwatch.sync.leaving import is_deleted
from trafficwatch.sync.parcels import form_hash, is_form
from trafficwatch.sync.pinning import pinned_people

_SMALL, _HEADS = 16_384, 3_500
"""A copy of an attachment's bundle tells by its size whether the file is in it, but not of a file smaller than this."""
_Key = tuple[str, str]


class Stay(StrEnum):
    """Why text stays: the last two hold only what they name, the others all of a person."""

    PINNED = "pinned"
    UNSENT = "unsent"
    DIFFERENCE = "difference"
    DRAFT = "draft"
    QUARANTINE = "quarantine"
    PLAN_OPEN = "plan_open"
    NO_COPY = "no_copy"
    NEVER_LEAVES = "never_leaves"
    IN_TRASH = "in_trash"


HOLDS = frozenset(Stay) - {Stay.NEVER_LEAVES, Stay.IN_TRASH}


@dataclass(frozen=True, slots=True)
class Going:
    """One record whose text can go: which keys, the form of what is left of it, and the copy that is kept."""

    state: RecordState
    keys: frozenset[str]
    form: str | None
    copy: Envelope | None


@dataclass(slots=True)
class Plan:
    """What is to be done for one person."""

    going: list[Going] = field(default_factory=list)
    stays: set[Stay] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    since: str = ""

    @property
    def held(self) -> set[Stay]:
        return self.stays & HOLDS


def plans(work: Work, people: Collection[str] | None) -> dict[str, Plan]:
    """What can go, by person: of these, or of everybody."""
    require_side(work, Side.VILLAGE)
    ppt = own_ppt_of(work)
    if ppt is None:
        return {}
    found: dict[str, Plan] = {}
    known, copies = exporting.known_today(work, ppt), envelopes.by_record(work, ppt)
    texts = None if people is None else _states(work, people)
    last: dict[str, list[RecordState]] = {}
    for standing in exporting.standings(work, known, texts):
        for person in _about(standing):
            plan = found.setdefault(person, Plan())
            plan.ids.add(standing.state.id)
            if standing.state.type == "follow_up":
                last.setdefault(person, []).append(standing.state)
            _judge(work, plan, standing, copies)
    for person in found if people is None else people:
        plan = found.setdefault(person, Plan())
        _leave_planned(plan, last.get(person, []))
        _add_theirs(work, plan, person)
        plan.ids.add(person)
        if person in pinned_people(work):
            plan.stays.add(Stay.PINNED)
    found = {person: plan for person, plan in found.items() if plan.going or plan.stays}
    _hold_what_is_unfinished(work, found.values())
    return found


def _about(standing: Standing) -> list[str]:
    if not RECORD_TYPES[standing.state.type].sealed:
        return []
    if standing.subject != UNSETTLED:
        return [standing.subject] if standing.subject else []
    return [str(each) for each in exporting.people_of(standing.state)]


def _judge(work: Work, plan: Plan, standing: Standing, copies: dict[_Key, list[Envelope]]) -> None:
    """One record: what of it can go, or what holds its person."""
    state, texts = standing.state, texts_of(standing.state)
    if is_deleted(state):
        plan.stays |= {Stay.IN_TRASH} if texts else set()
        return
    if any(each.differs for each in state.fields.values()):
        plan.stays.add(Stay.DIFFERENCE)
    if standing.goes:
        plan.stays.add(Stay.UNSENT)
    if _is_task(work, state):
        plan.stays.add(Stay.PLAN_OPEN)
    there = standing.departure.state.fields.keys() if standing.departure else frozenset()
    theirs = {key for key in texts if _owner(state, key) is Side.PPT}
    going = (texts & there) | theirs
    if texts - going:
        plan.stays.add(Stay.NEVER_LEAVES)
    if not going:
        return
    received = standing.sent.received_hash if standing.sent else None
    form: str | None = None
    copy: Envelope | None = None
    if standing.departure and texts & there:
        left = {key: each for key, each in standing.departure.state.fields.items() if key not in going}
        form = form_hash(RecordState(state.type, state.id, left))
        copy = _copy(state, received, copies.get((state.type, state.id), []))
        if not is_form(received, standing.line_hash):
            plan.stays.add(Stay.UNSENT)
        elif copy is None:
            plan.stays.add(Stay.NO_COPY)
        else:
            plan.since = max(plan.since, _received_on(work, copy))
    plan.going.append(Going(state, frozenset(going), form, copy))


def _copy(state: RecordState, form: str | None, copies: Iterable[Envelope]) -> Envelope | None:
    """The sealed copy of a record in just the form that the PPT has confirmed, an attachment's with its file."""
    least = 0
    if state.type == ATTACHMENT:
        size = shown(RECORD_TYPES[ATTACHMENT].fields["size"], state.fields["size"]) if "size" in state.fields else None
        least = size + _HEADS if isinstance(size, int) and size >= _SMALL else 2**62
    known = [each for each in copies if each.form == form and each.size >= least]
    return known[-1] if known else None


def _received_on(work: Work, copy: Envelope) -> str:
    """The day of the PPT's receipt by its clock; if that is ahead of ours, the day on which the bundle was made."""
    said = (copy.received_at or copy.made_at)[:10]
    return said if said <= work.today else copy.made_at[:10]


def due_on(work: Work, plan: Plan, grace: int) -> str:
    """The day from which on the text of a person goes by itself."""
    since = plan.since or max((_last_written(work, each.state) for each in plan.going), default=work.today)
    return (date.fromisoformat(since) + timedelta(grace)).isoformat()


def _last_written(work: Work, state: RecordState) -> str:
    table = local.journal
    last = select(func.max(table.c.at)).where(table.c.type == state.type, table.c.id == state.id)
    return str(work.connection.execute(last).scalar_one() or work.today)[:10]


def _is_task(work: Work, state: RecordState) -> bool:
    """Whether a record is something that is still to be done here, in a case that is open."""

    def said(name: str) -> Any:
        known = state.fields.get(name)
        return shown(RECORD_TYPES[state.type].fields[name], known) if known else None

    if state.type == "referral":
        waits = said("handover") in {None, Handover.DRAFT, Handover.CONSENTED}
    elif "next_on" in RECORD_TYPES[state.type].fields:
        waits = (said("next_on") or "") >= work.today
    else:
        waits = state.type in {"plan_action", "accompaniment"} and bool(said("due_on")) and not said("done_on")
    case_id = said("case_id") if waits else None
    return waits and (case_id is None or is_open(work, str(case_id)))


def _leave_planned(plan: Plan, visits: list[RecordState]) -> None:
    """A contact that is still to be made keeps why it was put off."""
    spec = RECORD_TYPES["follow_up"].fields

    def day(state: RecordState, name: str) -> str:
        return str(shown(spec[name], state.fields[name]) or "") if name in state.fields else ""

    last = max((day(each, "done_on") for each in visits), default="")
    ahead = {each.id for each in visits if not day(each, "done_on") and day(each, "planned_on") > last}
    plan.going = [each for each in plan.going if each.state.id not in ahead]


def _add_theirs(work: Work, plan: Plan, person: str) -> None:
    """What the PPT itself wrote about the person goes too: it has it."""
    for name, record_type in RECORD_TYPES.items():
        if record_type.sealed and {each.owner for each in record_type.fields.values()} == {Side.PPT}:
            table = RECORD_TABLES[name]
            if "person_id" not in record_type.fields:
                continue
            for each in work.connection.execute(select(table.c.id).where(table.c.person_id == person)).scalars().all():
                state = work.records.state(name, each)
                if state is not None and (texts := texts_of(state)):
                    plan.going.append(Going(state, texts, None, None))


def _hold_what_is_unfinished(work: Work, plans: Collection[Plan]) -> None:
    """Drafts and records set aside hold everybody whom they mention."""
    rows = work.connection.execute(select(local.draft)).all()
    drafts = [f"{row.subject} {row.content or _open(work, 'draft', row.id, 'content', row.sealed)}" for row in rows]
    aside = [
        f"{row.id} {_open(work, 'quarantine', row.sender, f'{row.bundle}/{row.line}', row.content)}"
        for row in work.connection.execute(select(local.quarantine)).all()
    ]
    for plan in plans:
        plan.stays |= {Stay.DRAFT} if any(each in text for text in drafts for each in plan.ids) else set()
        plan.stays |= {Stay.QUARANTINE} if any(each in text for text in aside for each in plan.ids) else set()


def _open(work: Work, of: str, record_id: str, key: str, sealed: Any) -> str:
    if sealed is None:
        return ""
    with suppress(SealedValueDamaged):
        return str(work.sealer.open(of, record_id, key, sealed))
    return ""


def _owner(state: RecordState, key: str) -> Side | None:
    spec = RECORD_TYPES[state.type].field_of(key)
    return spec.owner if spec else None


def texts_about(work: Work, person_id: str) -> set[_Key]:
    """The records about a person that may hold case text."""
    found: set[_Key] = set()
    for name, record_type in RECORD_TYPES.items():
        if record_type.sealed and "person_id" in record_type.fields:
            table = RECORD_TABLES[name]
            ids = work.connection.execute(select(table.c.id).where(table.c.person_id == person_id)).scalars()
            found |= {(name, each) for each in ids}
    return found


def _states(work: Work, people: Collection[str]) -> Iterator[RecordState]:
    for person in people:
        for key in sorted(texts_about(work, person)):
            if (found := work.records.state(*key)) is not None:
                yield found


def own_ppt_of(work: Work) -> Peer | None:
    """The PPT that this laptop sends to, None without one."""
    try:
        return own_ppt(work)
    except ExpectedError:
        return None
