# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lost laptop lays open, in counts and facts alone: for the report that is due within 72 hours.

At the village it is counted on this store, which is the lost laptop's own restored from a backup, or that of another
laptop of the village; at the PPT only what came from that village can be counted. Nothing here is case text: it needs
no training, for whoever is left must be able to write the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from trafficwatch.models.backups import Reason
from trafficwatch.models.exchange import PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.people import ContactWay, SafeContact
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store.backup import backups, own_place
from trafficwatch.store.belonging import person_there
from trafficwatch.store.erasure import ERASED
from trafficwatch.store.folder import read_vault
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Work

HOURS = 72
"""UU 27/2022 art. 46: 3 x 24 hours."""


@dataclass(frozen=True, slots=True)
class Opener:
    """A volunteer who could open the laptop; `with_case`: case text as well."""

    name: str
    with_case: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Records of one type on the laptop, and how many of them the PPT has."""

    type: str
    records: int
    confirmed: int

    @property
    def only_there(self) -> int:
        return max(0, self.records - self.confirmed)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is known of a laptop and what was on it. `openers` and `codes` (recovery, escrow) only where the vault is
    here; `reach` counts people by how they may be told: forbidden, safe, unknown. `revoked` is None where the desk that
    could revoke it is another one; `last_away` is when the last backup was made outside of the laptop.
    """

    device: str
    office: str
    since: str | None
    is_own: bool
    revoked: bool | None
    openers: tuple[Opener, ...]
    codes: tuple[str, ...]
    people: int
    reach: Mapping[str, int]
    held: tuple[Held, ...]
    last_away: str | None

    @property
    def records(self) -> int:
        return sum(each.records for each in self.held)

    @property
    def confirmed(self) -> int:
        return sum(each.records - each.only_there for each in self.held)


def exposure(work: Work, device: str = "") -> Exposure:
    """What is known here of a device, without an id of this one; raises RecordUnknown."""
    if not device or device == work.info.device:
        return _own(work)
    table = local.peer
    row = work.connection.execute(select(table).where(table.c.device == device)).one_or_none()
    if row is None:
        raise RecordUnknown(type="device")
    people, reach = _reach(work, row.code)
    return Exposure(
        device=device,
        office=row.name,
        since=row.since[:10],
        is_own=False,
        revoked=PeerStatus(row.status) is PeerStatus.REVOKED,
        openers=(),
        codes=(),
        people=people,
        reach=reach,
        held=tuple(Held(name, count, count) for name, count in _counts(work, row.code).items()),
        last_away=None,
    )


def laptops(work: Work) -> tuple[tuple[str, str], ...]:
    """The laptops that a report can be about, device and office: this one, at the PPT those of its villages."""
    table = local.peer
    rows = work.connection.execute(
        select(table.c.device, table.c.name).where(table.c.side == Side.VILLAGE.value).order_by(table.c.name)
    )
    others = tuple((row.device, row.name) for row in rows) if work.info.side is Side.PPT else ()
    return ((work.info.device, work.info.name), *others)


def due_at(noticed_at: str) -> datetime:
    """When the report is due at the latest, of a time in ISO format. Pure."""
    return datetime.fromisoformat(noticed_at).astimezone() + timedelta(hours=HOURS)


def _own(work: Work) -> Exposure:
    slots = read_vault(work.folder).slots
    names = {each.id: each.name or "" for each in work.records.select(Volunteer)}
    openers = (Opener(names.get(slot.volunteer or "", "?"), slot.case is not None) for slot in slots if slot.volunteer)
    confirmed = _confirmed(work)
    people, reach = _reach(work)
    return Exposure(
        device=work.info.device,
        office=work.info.name,
        since=work.info.created_at[:10],
        is_own=True,
        revoked=None,
        openers=tuple(sorted(openers, key=lambda each: each.name)),
        codes=tuple(kind for kind in ("recovery", "escrow") if any(slot.kind == kind for slot in slots)),
        people=people,
        reach=reach,
        held=tuple(Held(name, count, min(count, confirmed.get(name, 0))) for name, count in _counts(work).items()),
        last_away=_last_away(work),
    )


def _counts(work: Work, home: str | None = None) -> dict[str, int]:
    """Records by type, in the trash as well, but none that was erased; those of one village if given."""
    found: dict[str, int] = {}
    state = local.record_state
    for name in RECORD_TYPES:
        table = RECORD_TABLES[name]
        query = select(func.count()).select_from(table).where(table.c.deleted.is_distinct_from(ERASED))
        if home is not None:
            ours = select(state.c.id).where(state.c.type == name, state.c.home == home)
            query = query.where(table.c.id.in_(ours))
        if count := work.connection.execute(query).scalar_one():
            found[name] = count
    return found


def _confirmed(work: Work) -> dict[str, int]:
    """Records by type of which a receipt says that the PPT has them, perhaps in an earlier form."""
    table, peer = local.delivery, local.peer
    count = func.count(table.c.id.distinct()).label("records")
    of_ppt = table.c.recipient.in_(select(peer.c.device).where(peer.c.side == Side.PPT.value))
    query = select(table.c.type, count).where(table.c.received_hash.is_not(None), of_ppt)
    return {row.type: row.records for row in work.connection.execute(query.group_by(table.c.type))}


def _reach(work: Work, home: str | None = None) -> tuple[int, Mapping[str, int]]:
    """How many people, and of how many is known how they may be told."""
    table, state = RECORD_TABLES["person"], local.record_state
    query = select(table.c.id).where(table.c.deleted.is_(None))
    if home is not None:
        query = query.where(table.c.id.in_(select(state.c.id).where(state.c.type == "person", state.c.home == home)))
    people = set(work.connection.execute(query).scalars())
    reach = dict.fromkeys(("forbidden", "safe", "unknown"), 0)
    rules = {each.person_id: each for each in work.records.select(SafeContact, person_there("safe_contact"))}
    for person in people:
        rule = rules.get(person)
        if rule is not None and rule.do_not_contact:
            reach["forbidden"] += 1
        elif rule is not None and rule.way not in {None, ContactWay.NONE.value}:
            reach["safe"] += 1
        else:
            reach["unknown"] += 1
    return len(people), reach


def _last_away(work: Work) -> str | None:
    inside = own_place(work.folder).absolute()
    made = (
        row.made_at
        for row in backups(work)
        if row.gone_at is None and row.reason is Reason.BY_HAND and Path(row.place).parent != inside
    )
    return next(iter(made), None)
