# SPDX-License-Identifier: GPL-3.0-or-later
"""Replies of the PPT: what each carries, which villages wait for one, and what a village takes in (design 5, 7).

A reply holds the device's standing, directory, questionnaires and care policy; for an active device also all that the
PPT wrote about people of that village, and the PPT's officers who are named there. Nothing about another village's
people is ever in it. Case text leaves only by the hand of who has the case key, and is taken in only by such a one.

A village takes in what belongs to the PPT, and of its own records the fields that the PPT owns. One that can't be taken
in is set aside with its reason; a questionnaire that can't be asked is refused, and the old version stays in use.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import msgspec
from sqlalchemy import literal_column, select

from trafficwatch.casework.lifecycle import status as status_of
from trafficwatch.errors import InputError
from trafficwatch.models.casework import Referral
from trafficwatch.models.exchange import BundleKind, Delivery, Peer, PeerStatus, RecordResult, RecordState
from trafficwatch.models.fields import Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.screening import library
from trafficwatch.store.erasure import RecordErased
from trafficwatch.store.records import is_sealed
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Work
from trafficwatch.sync import outgoing, telling, wire
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.devices import peers
from trafficwatch.sync.exporting import subject_of
from trafficwatch.sync.merge import merge_records
from trafficwatch.sync.parcels import form_hash, is_form
from trafficwatch.sync.partners import partners
from trafficwatch.sync.setting_aside import in_order, links_missing, one_by_one, set_aside, targets, was_erased

Carried = tuple[RecordState, str]
"""A record and its home."""

QUESTIONNAIRE_BROKEN = "questionnaire_broken"
"""Why a questionnaire was refused; code and cause stand in the journal."""
_OFFICER = "volunteer"
_SAID = "said"
"""Where a reply's row keeps hashes of its control lines, beside those of its records: what is new there is news too."""


class ReplyNeedsCaseKey(CaseKeyNeeded):
    """The reply holds case text, and who is at work has no case key."""

    key = "reply_needs_case_key"
    catalogue = "errors_referral"


@dataclass(frozen=True, slots=True)
class ReplyDue:
    """A village device that has not been written all that it should know; `answers` counts what is about its people."""

    device: str
    code: str
    name: str
    answers: int


@dataclass(frozen=True, slots=True)
class News:
    """So many records of a type that are new; of referrals, so many that stand there now."""

    type: str
    status: str
    count: int


@cache
def _owners(type_name: str) -> frozenset[Side]:
    return frozenset(spec.owner for spec in RECORD_TYPES[type_name].fields.values())


def _is_of_ppt(type_name: str) -> bool:
    """Whether nobody but a PPT writes records of this type."""
    return _owners(type_name) == {Side.PPT}


# -- the PPT -----------------------------------------------------------------------------------------------------------


def villages(work: Work) -> list[Peer]:
    """The village devices that are written to."""
    return [peer for peer in peers(work) if peer.side == Side.VILLAGE and peer.status is PeerStatus.ACTIVE]


def make_replies(work: Work, devices: Iterable[Peer]) -> list[str]:
    """A reply for each of these village devices, in the transaction that changed what they carry; the bundles' ids."""
    to_all, by_village = _for_all(work), _by_village(work)
    return [_make(work, village, _carried(village, to_all, by_village)) for village in devices]


def make_reply(work: Work, village: Peer) -> str:
    """A reply for one village device."""
    return make_replies(work, [village])[0]


def replies_due(work: Work) -> tuple[ReplyDue, ...]:
    """The active village devices for which there is news since their last reply, as far as who is at work can tell."""
    to_all, by_village = _for_all(work), _by_village(work)
    due = []
    for village in villages(work):
        told = _last_reply(work, village)[1]
        news = [
            state
            for state, _ in _carried(village, to_all, by_village)
            if not is_form(told.get(f"{state.type}/{state.id}"), form_hash(state))
        ]
        if news or not _hashes(telling.said_to(work, village)) <= set(told.get(_SAID, "").split()):
            answers = sum(RECORD_TYPES[state.type].leaving is Leaving.CASE for state in news)
            due.append(ReplyDue(village.device, village.code, village.name, answers))
    return tuple(due)


def ready_replies(work: Work) -> list[str]:
    """The reply of every active village device: a fresh one where there is news, else the last one again."""
    due, known = {each.device for each in replies_due(work)}, villages(work)
    fresh = [village for village in known if village.device in due]
    made = dict(zip((village.device for village in fresh), make_replies(work, fresh) if fresh else (), strict=True))
    return [made.get(village.device) or _last_reply(work, village)[0] for village in known]


def ready_reply(work: Work, device: str) -> str:
    """The reply of one active village device: a fresh one where there is news, else the last one again."""
    village = next(village for village in villages(work) if village.device == device)
    is_due = device in {each.device for each in replies_due(work)}
    return make_reply(work, village) if is_due else _last_reply(work, village)[0]


def _hashes(lines: Iterable[str]) -> set[str]:
    return {hashlib.sha256(line.encode()).hexdigest()[:16] for line in lines}


def carried(work: Work, village: Peer) -> list[Carried]:
    """All that a reply to this device carries."""
    return _carried(village, _for_all(work), _by_village(work))


def _make(work: Work, village: Peer, carried: Iterable[Carried]) -> str:
    lines = telling.said_to(work, village)
    records = {_SAID: " ".join(sorted(_hashes(lines)))}
    for state, home in carried:
        lines.append(wire.encode_record(state, home))
        records[f"{state.type}/{state.id}"] = form_hash(state)
    bundle_id, _ = outgoing.make(work, village, BundleKind.REPLY, lines, records=records, answers=village.device)
    return bundle_id


def _carried(village: Peer, to_all: list[Carried], by_village: Mapping[str, list[Carried]]) -> list[Carried]:
    """A device that is revoked hears of no person any more: nobody knows in whose hands it is."""
    is_active = village.status is PeerStatus.ACTIVE
    return to_all + (by_village.get(village.code, []) if is_active else [])


def _for_all(work: Work) -> list[Carried]:
    """What every village gets: nothing for which another PPT vouches, that came with a case. Questionnaires go by
    version: one may be read by rules that came with an earlier one.
    """
    types = [name for name, known in RECORD_TYPES.items() if known.leaving is Leaving.ALWAYS and _is_of_ppt(name)]
    found = [state for name in types for state in work.records.states(name)]
    found.sort(key=lambda state: _version(state) if state.type == "questionnaire" else 0)
    of_others = {partner.code for partner in partners(work)}
    at_home = ((state, work.records.home(state.type, state.id) or work.info.code) for state in found)
    return [(state, home) for state, home in at_home if home not in of_others]


def _version(state: RecordState) -> int:
    return max(map(library.version, targets(state, "ref")))


def _by_village(work: Work) -> dict[str, list[Carried]]:
    """By village code what the PPT wrote about its people; nothing without the case key, as from a village."""
    found: dict[str, list[Carried]] = {}
    if not work.sealer.able:
        return found
    own, people = work.info.code, _homes(work, "person")
    for name, known in RECORD_TYPES.items():
        if known.leaving is not Leaving.CASE or Side.PPT not in _owners(name):
            continue
        homes = _homes(work, name)
        for state in work.records.each_state(name):
            if _is_of_ppt(name):
                told, village = state, people.get(subject_of(state), own) if homes[state.id] == own else own
            else:
                told, village = _answered(state), homes[state.id]
            if told.fields and village != own:
                found.setdefault(village, []).append((told, homes[state.id]))
    officers = {state.id: state for state in work.records.each_state(_OFFICER)}
    homes = _homes(work, _OFFICER)
    for carried in found.values():
        named = {officer for state, _ in carried for officer in _linked(state, _OFFICER)}
        carried += [(officers[each], own) for each in sorted(named) if homes.get(each) == own]
    return found


def _answered(state: RecordState) -> RecordState:
    """Of a village's record the fields that the PPT owns."""
    record_type = RECORD_TYPES[state.type]
    fields = {
        key: field
        for key, field in state.fields.items()
        if (spec := record_type.field_of(key)) is not None and spec.owner is Side.PPT
    }
    return RecordState(state.type, state.id, fields)


def _linked(state: RecordState, target: str) -> Iterator[str]:
    """The records of one type that a record points to."""
    for link in RECORD_TYPES[state.type].links:
        if link.target == target:
            yield from targets(state, link.name)


def _homes(work: Work, type_name: str) -> dict[str, str]:
    table = local.record_state
    rows = work.connection.execute(select(table.c.id, table.c.home).where(table.c.type == type_name))
    return {row.id: row.home for row in rows}


def _last_reply(work: Work, village: Peer) -> tuple[str, dict[str, str]]:
    """The bundle id of the last reply, which every village has since it was approved, and what it carried; none since
    this store was put back to an older state: then each village has to hear of that, or what is forgotten here it will
    never send again.
    """
    table = local.bundle_out
    of_now = table.c.epoch == work.info.epoch
    query = (
        select(table.c.bundle, table.c.records)
        .where(table.c.recipient == village.device, table.c.kind == BundleKind.REPLY.value, of_now)
        .order_by(literal_column("bundle_out.rowid").desc())
    )
    row = work.connection.execute(query).first()
    return (row.bundle, msgspec.json.decode(row.records)) if row else ("", {})


# -- the village -------------------------------------------------------------------------------------------------------


def needs_case_key(opened: Opened) -> bool:
    """Whether anything in a reply is case text."""
    return any(
        is_sealed(RECORD_TYPES[incoming.state.type], key)
        for incoming in opened.lines.records
        for key in incoming.state.fields
    )


def take(work: Work, opened: Opened, step: Callable[[], None]) -> tuple[list[RecordResult], str | None]:
    """Apply the PPT's device list to this device, its directory and questionnaires, and what it says of our people."""
    telling.heard(work, opened)
    results = [merge(work, opened, state, home) for state, home in one_by_one(in_order(opened), step)]
    return results + set_aside(work, opened, results), None


def standing(work: Work) -> frozenset[tuple[str, str, str]]:
    """What the PPT has told of our people: each referral with where it stands, each record of the PPT's own."""
    heard = {("referral", each.id, status_of(each)) for each in work.records.select(Referral) if each.answered}
    types = [name for name, known in RECORD_TYPES.items() if known.leaving is Leaving.CASE and _is_of_ppt(name)]
    return frozenset(heard | {(name, each, "") for name in types for each in work.records.values(name, "id")})


def news(before: frozenset[tuple[str, str, str]], after: frozenset[tuple[str, str, str]]) -> tuple[News, ...]:
    """What came between two standings."""
    counted = Counter((type_name, value) for type_name, _, value in after - before)
    return tuple(News(type_name, value, count) for (type_name, value), count in sorted(counted.items()))


def merge(work: Work, opened: Opened, state: RecordState, home: str) -> RecordResult:
    """Merge one record of the PPT, or say why not."""
    sender = opened.manifest.sender

    def refused(reason: str) -> RecordResult:
        return RecordResult(state.type, state.id, Delivery.REFUSED, reason)

    if was_erased(work, state):
        return refused(RecordErased.key)
    known_home = work.records.home(state.type, state.id)
    if home == work.info.code:
        if known_home is None:
            return refused("link_missing")
        accepted = _theirs(state)
    else:
        accepted = state
    if reason := _why_not(work, accepted, home, known_home, sender.code):
        return refused(reason)
    previous = work.records.state(state.type, state.id)
    merged = merge_records(previous, accepted) if previous else accepted
    if problem := _problem(work, previous, merged):
        work.note("refused", "device", sender.device, f"{opened.manifest.bundle[:8]}.twb: {problem}")
        return refused(QUESTIONNAIRE_BROKEN)
    work.take_in(merged, home)
    return RecordResult(state.type, state.id, Delivery.RECEIVED)


def _theirs(state: RecordState) -> RecordState:
    """Of our own record what the PPT may write; fields of newer versions as well, wherever it writes at all."""
    record_type = RECORD_TYPES[state.type]

    def may(key: str) -> bool:
        spec = record_type.field_of(key)
        return (Side.PPT in _owners(state.type)) if spec is None else spec.owner is Side.PPT

    return RecordState(state.type, state.id, {key: field for key, field in state.fields.items() if may(key)})


def _why_not(work: Work, state: RecordState, home: str, known_home: str | None, sender: str) -> str:
    """Why a record of a reply is refused, '' if it is not. What every village gets may be at home anywhere."""
    is_for_all = RECORD_TYPES[state.type].leaving is Leaving.ALWAYS and _is_of_ppt(state.type)
    is_own = home == work.info.code
    if is_own and not state.fields:
        return "field_owned_elsewhere"
    may_be_theirs = home == sender and (_is_of_ppt(state.type) or state.type == _OFFICER)
    if not is_for_all and (not (is_own or may_be_theirs) or known_home not in {None, home}):
        return "record_of_another_village"
    return "link_missing" if links_missing(work, state, whole=not is_own) else ""


def _problem(work: Work, previous: RecordState | None, state: RecordState) -> str:
    """Why a questionnaire may not be kept as it would stand then, '' if it may; other records always may."""
    if state.type != "questionnaire":
        return ""
    ref, content, deleted = (list(targets(state, name)) for name in ("ref", "content", "deleted"))
    if len(ref) != 1 or len(content) != 1 or deleted or (previous and list(targets(previous, "ref")) != ref):
        return f"{', '.join(ref)}: {library.VersionChanged.key}"
    try:
        found = library.admit(work, content[0]).questionnaire.ref
    except InputError as error:
        return ": ".join([ref[0], error.key, *map(str, error.params.values())])
    return "" if [found] == ref else f"{ref[0]}: {found}"
