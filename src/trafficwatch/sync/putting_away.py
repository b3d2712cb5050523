# SPDX-License-Identifier: GPL-3.0-or-later
"""Village-safe memory: case text leaves the laptop once the PPT has it, and a follow-up stub stays (design 6).

What the PPT has confirmed in its present form goes, of everybody whose whole case it has confirmed and whom nothing
holds (`Stay`); what is nowhere else never goes. The journal loses it, backups made here go for a new one, others are
listed by `erasure.holding`. What a PPT could forget again is kept sealed to it (`sync.envelopes`). It happens by
itself some days after the receipt, and on click. docs/decisions/0017 says why.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from trafficwatch.errors import ConsentError, ExpectedError
from trafficwatch.models import stub
from trafficwatch.models.backups import Reason
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store import backup, ballast, clearing, erasure, info
from trafficwatch.store.erasure import CoordinatorNeeded, HoldingBackup, may_erase
from trafficwatch.store.training import require_reading
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import envelopes
from trafficwatch.sync.attaching import ATTACHMENT
from trafficwatch.sync.pinning import Pin, pinned
from trafficwatch.sync.stubbing import Going, Plan, Stay, due_on, own_ppt_of, plans, texts_about

__all__ = [
    "GRACE",
    "GRACES",
    "GraceImpossible",
    "PutAway",
    "Stay",
    "TextHeld",
    "TextState",
    "at_once",
    "away_of",
    "grace",
    "put_away",
    "run",
    "set_grace",
    "state",
]

GRACE = 7
"""[ours] So many days after the receipt the text goes by itself: who is in the middle of something still has it."""
GRACES = (0, 7, 14, 30)
_GRACE = "stub_grace"

_AWAY, _DELIVERY = local.put_away, local.delivery
_Key = tuple[str, str]


class GraceImpossible(ConsentError):
    """Not one of the numbers of days that can be chosen."""

    key = "grace_impossible"
    catalogue = "errors_put_away"


class TextHeld(ConsentError):
    """Something holds the text here; parameter `count`."""

    key = "text_held"
    catalogue = "errors_put_away"


@dataclass(frozen=True, slots=True)
class TextState:
    """How it stands with the case text of a person on this laptop: `here` records with text that would go, `away` those
    whose text is at the PPT since `since`, of which it has thrown `refused` away; when it goes by itself (ISO date), if
    nothing holds it.
    """

    here: int
    away: int
    since: str | None
    due_on: str | None
    stays: tuple[Stay, ...]
    pin: Pin | None
    refused: int = 0


@dataclass(frozen=True, slots=True)
class PutAway:
    """How many people's and records' text went, and the backups that still hold any."""

    people: int
    records: int
    backups: tuple[HoldingBackup, ...] = ()
    compacted: bool = True


# -- asking ------------------------------------------------------------------------------------------------------------


def grace(work: Work) -> int:
    """How many days after the receipt text goes by itself."""
    found = info.get(work.connection, _GRACE)
    return GRACE if found is None else int(found)


def set_grace(work: Work, days: int) -> None:
    """A coordinator's choice. Raises CoordinatorNeeded, GraceImpossible."""
    if not may_erase(work):
        raise CoordinatorNeeded
    if days not in GRACES:
        raise GraceImpossible
    info.put(work.connection, {_GRACE: days})
    work.note(_GRACE, "device", work.info.device, str(days))


def state(work: Work, person_id: str) -> TextState:
    """How it stands with the case text of one person."""
    known = away_of(work, person_id)
    away = [row.at for row in work.connection.execute(select(_AWAY)) if (row.type, row.id) in known]
    plan = plans(work, [person_id]).get(person_id, Plan()) if work.sealer.able else Plan()
    due = due_on(work, plan, grace(work)) if plan.going and not plan.held else None
    return TextState(
        len(plan.going),
        len(away),
        max(away, default=None),
        due,
        tuple(sorted(plan.stays, key=list(Stay).index)),
        pinned(work, person_id),
        _refused(work, known),
    )


def _refused(work: Work, away: Collection[_Key]) -> int:
    """How many of these records the PPT has refused since, or thrown away."""
    ppt = own_ppt_of(work)
    here = (_DELIVERY.c.recipient == (ppt.device if ppt else ""), _DELIVERY.c.state == Delivery.REFUSED.value)
    rows = work.connection.execute(select(_DELIVERY.c.type, _DELIVERY.c.id).where(*here))
    return sum((row.type, row.id) in away for row in rows)


def away_of(work: Work, person_id: str) -> frozenset[_Key]:
    """The records of a person whose text is at the PPT, as (type, id)."""
    known = texts_about(work, person_id)
    return frozenset(
        (row.type, row.id) for row in work.connection.execute(select(_AWAY)) if (row.type, row.id) in known
    )


# -- doing -------------------------------------------------------------------------------------------------------------


def put_away(store: Store, person_id: str) -> PutAway:
    """Put the text of one person away now. Raises TextHeld, TrainingNeeded, CaseKeyNeeded."""

    def chosen(work: Work) -> list[Plan]:
        require_reading(work)
        plan = plans(work, [person_id]).get(person_id, Plan())
        if plan.held:
            raise TextHeld(count=len(plan.held))
        return [plan] if plan.going else []

    return _do(store, chosen)


def run(store: Store) -> PutAway:
    """Put away the text of everybody whose days are over; who has no case key at hand does nothing."""

    def chosen(work: Work) -> list[Plan]:
        if work.info.side is not Side.VILLAGE or not work.sealer.able:
            return []
        due = [
            plan for plan in plans(work, None).values() if plan.going and due_on(work, plan, grace(work)) <= work.today
        ]
        _ask_for_copies(work, due)
        return [plan for plan in due if not plan.held]

    return _do(store, chosen)


def at_once(store: Store) -> None:
    """What a receipt that was just taken in lets go, where the coordinator wants no days in between. What fails here is
    tried again at the next unlocking.
    """
    with store.work() as work:
        waits = grace(work) > 0 or work.info.side is not Side.VILLAGE
    if not waits:
        with suppress(ExpectedError):
            run(store)


def _do(store: Store, chosen: Callable[[Work], list[Plan]]) -> PutAway:
    with store.work() as work:
        found = chosen(work)
        going = [each for plan in found for each in plan.going]
        if going:
            envelopes.let_go(work)
        for each in going:
            _put_away(work, each)
    if not going:
        return PutAway(0, 0)
    compacted = ballast.room(store.folder, lambda: erasure.compact(store))
    keys = [(each.state.type, each.state.id) for each in going]
    _renew_backups(store, keys)
    with store.work() as work:
        return PutAway(len(found), len(going), erasure.holding(work, keys), compacted)


def _put_away(work: Work, each: Going) -> None:
    state, key = each.state, (each.state.type, each.state.id)
    home = work.records.home(*key) or work.info.code
    work.clear(state, stub.put_away(state, each.keys), home, clearing.PUT_AWAY)
    if state.type == ATTACHMENT:
        clearing.drop_file(work.connection, state.id)
    work.connection.execute(delete(_AWAY).where(_AWAY.c.type == key[0], _AWAY.c.id == key[1]))
    bundle = each.copy.bundle if each.copy else ""
    work.connection.execute(insert(_AWAY).values(type=key[0], id=key[1], at=work.now, bundle=bundle))
    if each.form is not None:  # what is confirmed is now confirmed as what is left of it
        ppt = own_ppt_of(work)
        here = (_DELIVERY.c.recipient == (ppt.device if ppt else ""), _DELIVERY.c.type == key[0])
        values = {"sent_hash": each.form, "received_hash": each.form}
        work.connection.execute(update(_DELIVERY).where(*here, _DELIVERY.c.id == key[1]).values(**values))


def _ask_for_copies(work: Work, plans: Iterable[Plan]) -> None:
    """What the PPT has confirmed and no copy is kept of goes once more, and then there is one."""
    ppt = own_ppt_of(work)
    for plan in plans:
        if ppt is not None and plan.held == {Stay.NO_COPY}:
            for each in plan.going:
                if each.form is not None and each.copy is None:
                    of_type = (_DELIVERY.c.recipient == ppt.device, _DELIVERY.c.type == each.state.type)
                    again = update(_DELIVERY).where(*of_type, _DELIVERY.c.id == each.state.id)
                    work.connection.execute(again.values(received_hash=""))


def _renew_backups(store: Store, keys: Collection[_Key]) -> None:
    """Destroy the automatic backups that hold the text; first a new one takes their place. What fails is listed."""
    with store.work() as work:
        holding = {row.id for row in erasure.holding(work, keys)}
        own = backup.own_place(store.folder.absolute())
        rows = [row for row in backup.backups(work) if row.id in holding and Path(row.place).parent == own]
    going = [row for row in rows if row.reason is not Reason.BY_HAND]
    if not going:
        return
    with suppress(ExpectedError):
        backup.make(store, backup.own_place(store.folder), Reason.DAILY)
        for row in going:
            with suppress(ExpectedError):
                backup.destroy(store, row.id)
