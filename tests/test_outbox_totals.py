# SPDX-License-Identifier: GPL-3.0-or-later
"""The outbox adds up: every record counted once, 'received' only by a receipt, and what has none is named by number."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from desks import Desks, agree, enrolled, resident, shared_case
from sqlalchemy import func, select

from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.registry.residents import record_person
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.outbox import Outbox, deliveries, outbox
from trafficwatch.village.drafts import drop, keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trafficwatch.store.work import Store


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def head(store: Store) -> Outbox:
    with store.work() as work:
        return outbox(work)


def by_receipts(store: Store) -> set[str]:
    """`type/id` of what a receipt has confirmed, read from what was made and taken in alone."""
    made, came = local.bundle_out, local.bundle_in
    confirmed: set[str] = set()
    with store.work() as work:
        sent = {row.bundle: set(json.loads(row.records)) for row in work.connection.execute(select(made))}
        answered = work.connection.execute(select(made.c.bundle).where(made.c.received_at.is_not(None))).scalars()
        taken = work.connection.execute(select(came.c.results).where(came.c.kind == "receipt")).scalars()
        said = {f"{of}/{of_id}" for text in taken for of, of_id, state, _ in json.loads(text) if state == "received"}
        for bundle in answered:
            confirmed |= sent[bundle] & said
    return confirmed


def check(store: Store) -> Counter[str]:
    """The head, the list and the receipts tell the same; gives the counts."""
    found = head(store)
    with store.work() as work:
        page = deliveries(work, None, 0, 10_000)
        own = [name for name, kind in RECORD_TYPES.items() if any(f.owner == "village" for f in kind.fields.values())]
        table = local.record_state
        ours = table.c.type.in_(own) & (table.c.home == work.info.code)
        records: Any = work.connection.execute(select(func.count()).select_from(table).where(ours)).scalar_one()
    has_tally = any(row.type == "tally" for row in page.rows)
    with store.work() as work:
        is_kept = bool(work.records.values("tally", "id"))
    assert sum(found.by_state.values()) == page.total == len(page.rows) == records + (has_tally and not is_kept)
    counted = Counter(str(row.state or "withheld") for row in page.rows)
    assert counted == Counter(found.by_state)
    received = {f"{row.type}/{row.id}" for row in page.rows if row.state is Delivery.RECEIVED}
    assert received <= by_receipts(store)
    assert found.unconfirmed_bundles == len({row.bundle for row in page.rows if row.state is Delivery.IN_BUNDLE})
    return counted


def test_every_record_is_counted_once_all_the_way(desks: Desks) -> None:
    shared_case(desks.village)
    resident(desks.village, "Tidak Setuju")
    assert check(desks.village)["received"] == 0
    first = desks.send()
    assert check(desks.village).keys() == {"in_bundle", "withheld"}
    receipts = [desks.deliver(path)[1] for path in first]
    assert check(desks.village)["received"] == 0  # the PPT has it, but its word is not here
    for receipt in receipts:
        take_in(desks.village, receipt)
    assert check(desks.village).keys() == {"received", "withheld"}
    agree(desks.village, resident(desks.village, "Setuju Kemudian"), ConsentScope.SHARE_CARD)
    assert check(desks.village)["waiting"] == 3  # card, consent and the counts
    desks.send()
    assert check(desks.village).keys() == {"received", "in_bundle", "withheld"}


def test_which_bundles_have_no_receipt_since_when(desks: Desks) -> None:
    person = shared_case(desks.village)
    desks.send()
    desks.clock.move(days=3)
    with desks.village.work() as work:
        record_person(work, person, address="Dusun 2")
    found = head(desks.village)
    assert [(each.number, each.made_at[:10]) for each in found.unanswered] == [(1, "2026-11-21")]
    assert found.unanswered[0].records > 1
    [path] = desks.send()  # again: all of it, under the next number
    again = head(desks.village).unanswered
    assert [(each.number, each.made_at[:10], each.records) for each in again] == [
        (2, "2026-11-24", found.unanswered[0].records)
    ]
    take_in(desks.village, desks.deliver(path)[1])
    assert head(desks.village).unanswered == ()


def test_since_when_it_waits(desks: Desks) -> None:
    desks.exchange()
    person = resident(desks.village)
    assert head(desks.village).waiting_since is None  # of the counts, which are new every day, nobody says so
    desks.clock.move(days=2)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    assert head(desks.village).waiting_since == "2026-11-23T01:00:00+00:00"  # nobody had agreed before
    desks.exchange()
    assert head(desks.village).waiting_since is None
    desks.clock.move(days=1)
    with desks.village.work() as work:
        record_person(work, person, address="Dusun 2")
    desks.clock.move(days=5)
    with desks.village.work() as work:
        record_person(work, person, address="Dusun 3")
        [row] = [each for each in deliveries(work, Delivery.WAITING, 0, 50).rows if each.type == "person"]
    assert head(desks.village).waiting_since == row.since == "2026-11-24T01:00:00+00:00"
    assert row.number == 2


def test_a_draft_is_counted_beside_the_records(desks: Desks) -> None:
    before = check(desks.village)
    with desks.village.work() as work:
        draft = keep(work, "resident_edit", {"typed": {}})
    assert head(desks.village).drafts == 1
    assert check(desks.village) == before
    with desks.village.work() as work:
        drop(work, draft)
    assert head(desks.village).drafts == 0
