# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of escrow share: a request on its way, and what the journal says of it."""

from __future__ import annotations

import msgspec
from desks import Desks

from trafficwatch.models.exchange import Peer
from trafficwatch.store.work import Store
from trafficwatch.sync.devices import OwnKeys, own_keys, peers
from trafficwatch.sync.escrow import EscrowRequest, open_request, request, set_up

REASON = "Lembar hilang saat banjir"


def asked(desks: Desks) -> EscrowRequest:
    """Escrow set up at the village, its request opened at the PPT."""
    set_up(desks.village)
    return open_request(desks.ppt, request(desks.village.folder, desks.stick).path)


def notes(store: Store) -> list[tuple[str, str, str]]:
    """What the journal says of escrow: action, id, reason."""
    with store.work() as work:
        rows = work.connection.exec_driver_sql(
            "SELECT action, id, changes FROM journal WHERE action LIKE 'escrow%' ORDER BY sequence"
        ).fetchall()
    return [(row[0], row[1], msgspec.json.decode(row[2])["reason"][1]) for row in rows]


def own(store: Store) -> OwnKeys:
    with store.work() as work:
        return own_keys(work)


def known_to(store: Store) -> list[Peer]:
    with store.work() as work:
        return peers(work)
