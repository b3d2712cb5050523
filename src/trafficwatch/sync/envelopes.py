# SPDX-License-Identifier: GPL-3.0-or-later
"""The sealed copy of what was put away: nobody in the village can read it, the PPT can (docs/decisions/0017).

A PPT that was put back to a backup forgets what it had confirmed since. A laptop that had put the text away would then
have lost the only copy. So a report with case text stays in the store as it went out, an age file to the PPT's key
alone, while text that it carried is put away, or may be soon; and goes again as it is when the PPT starts a new epoch.
Of one form of a record one copy is enough, so copies never outgrow what was put away and what waits for a receipt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, literal_column, select, update

from trafficwatch.models.exchange import BundleKind, Delivery, Peer
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.stub import texts_of
from trafficwatch.models.tables import local
from trafficwatch.store.work import Work
from trafficwatch.sync.parcels import Made

_OUT = local.bundle_out
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One sealed copy: which record in which form it holds, and since when the PPT is known to have it."""

    bundle: str
    form: str
    made_at: str
    received_at: str | None
    size: int
    records: int


def kept(work: Work, made: Iterable[Made]) -> Iterator[Made]:
    """The same bundles, those with case text kept sealed; and what no copy is needed of any more is let go."""
    for each in made:
        row = work.connection.execute(select(_OUT.c.records).where(_OUT.c.bundle == each.bundle)).one()
        if any(_has_text(work, *key) for key in _keys(row.records)):
            work.connection.execute(update(_OUT).where(_OUT.c.bundle == each.bundle).values(archive=each.sealed))
        yield each
    let_go(work)


def due(work: Work, ppt: Peer) -> list[Made]:
    """The bundles that go again as they were: the PPT has said that it had them, and has since forgotten it. What it
    has removed meanwhile does not.
    """
    forgotten = {row.bundle for row in _rows(work) if row.recipient == ppt.device and row.received_at == ""}
    removed = _removed(work)
    query = select(_OUT).where(_OUT.c.bundle.in_(forgotten)).order_by(_OUT.c.number)
    held = [(row, _keys(row.records)) for row in work.connection.execute(query)]
    return [
        Made(row.bundle, row.archive, len(keys))
        for row, keys in held
        if any(RECORD_TYPES[key[0]].sealed and key not in removed for key in keys)
    ]


def by_record(work: Work, ppt: Peer) -> dict[_Key, list[Envelope]]:
    """The copies of each record that are there."""
    found: dict[_Key, list[Envelope]] = {}
    for row in _rows(work):
        if row.recipient == ppt.device:
            held = json.loads(row.records)
            for key, form in held.items():
                copy = Envelope(row.bundle, form, row.created_at, row.received_at, row.size, len(held))
                found.setdefault(_key(key), []).append(copy)
    return found


def let_go(work: Work) -> None:
    """Drop the copies that stand for nothing: neither for text that was put away, nor for the form of a record that was
    sent last, or confirmed last, nor for what a PPT has forgotten; and each that holds what was erased for good, which
    is nowhere. What the PPT has removed stands for nothing.
    """
    rows, away, removed = _rows(work), _away(work), _removed(work)
    table, order = local.delivery, {row.bundle: position for position, row in enumerate(rows)}
    forms = {
        (row.recipient, row.type, row.id): {row.sent_hash, row.received_hash}
        for row in work.connection.execute(select(table))
    }
    erased = {(row.type, row.id) for row in work.connection.execute(select(local.erasure.c.type, local.erasure.c.id))}
    newer: set[tuple[str, _Key, str]] = set()
    for row in reversed(rows):
        held = {_key(text): form for text, form in json.loads(row.records).items()}
        stands = False
        for key, form in held.items():
            this = (row.recipient, key, form)
            is_latest = form in forms.get((row.recipient, *key), ()) and this not in newer
            is_of_text = order[row.bundle] <= order.get(away.get(key, ""), -1)
            is_wanted = is_latest or is_of_text or row.received_at == ""
            stands = stands or (RECORD_TYPES[key[0]].sealed and key not in removed and is_wanted)
            newer.add(this)
        if not stands or erased & held.keys():
            work.connection.execute(update(_OUT).where(_OUT.c.bundle == row.bundle).values(archive=None))


def _has_text(work: Work, type_name: str, record_id: str) -> bool:
    state = work.records.state(type_name, record_id) if RECORD_TYPES[type_name].sealed else None
    return state is not None and bool(texts_of(state))


def _away(work: Work) -> dict[_Key, str]:
    """What was put away, each with the bundle whose copy holds it."""
    return {(row.type, row.id): row.bundle for row in work.connection.execute(select(local.put_away))}


def _removed(work: Work) -> set[_Key]:
    """What the PPT has erased, as it was told."""
    table = local.delivery
    rows = work.connection.execute(select(table.c.type, table.c.id).where(table.c.state == Delivery.REMOVED.value))
    return {(row.type, row.id) for row in rows}


def _rows(work: Work) -> list[Row[Any]]:
    columns = (_OUT.c.bundle, _OUT.c.recipient, _OUT.c.records, _OUT.c.created_at, _OUT.c.received_at)
    query = select(*columns, func.length(_OUT.c.archive).label("size")).where(
        _OUT.c.kind == BundleKind.REPORT.value, _OUT.c.archive.is_not(None)
    )
    return list(work.connection.execute(query.order_by(literal_column("bundle_out.rowid"))))


def _keys(records: str) -> list[_Key]:
    return [_key(each) for each in json.loads(records)]


def _key(text: str) -> _Key:
    type_name, _, record_id = text.partition("/")
    return type_name, record_id
