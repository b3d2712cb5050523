# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of replaced keys share: two desks that open bundles in this process, and what each knows of keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desks import Desks, agree, content, enrolled, make_bundle, resident
from sqlalchemy import select

from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import BundleKind, Peer
from trafficwatch.models.tables import local
from trafficwatch.store.work import Store
from trafficwatch.sync import enrolling, importing, rotation
from trafficwatch.sync.bundle import open_bundle
from trafficwatch.sync.devices import (
    OwnKeys,
    own_keys,
    peers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

REASON = "Relawan lama berhenti"


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    """Bundles are opened in this process, without a backup before: both have tests of their own, and take long."""
    monkeypatch.setattr(importing, "open_apart", open_bundle)
    monkeypatch.setattr(importing.backup, "make_before", lambda *_: None)
    with enrolled(tmp_path) as found:
        yield found


def shared(store: Store, name: str = "Yohanis Bere") -> str:
    person = resident(store, name)
    agree(store, person, ConsentScope.SHARE_CARD)
    return person


def own(store: Store) -> OwnKeys:
    with store.work() as work:
        return own_keys(work)


def known(store: Store, other: Store) -> Peer:
    """How a desk knows another one."""
    with store.work() as work:
        return next(peer for peer in peers(work) if peer.device == own(other).device)


def waiting(store: Store) -> tuple[str, ...]:
    with store.work() as work:
        return rotation.state(work).waiting


def rotate(store: Store) -> OwnKeys:
    rotation.rotate(store, REASON)
    return own(store)


def reply(desks: Desks) -> Path:
    """What the PPT tells its village now."""
    return enrolling.reply(desks.ppt, own(desks.village).device, desks.stick)


def signed_by(desks: Desks, path: Path, store: Store) -> str:
    return content(store, path)[0].sender.key


def refusals(store: Store) -> list[str]:
    table = local.journal
    with store.work() as work:
        rows = work.connection.execute(select(table.c.changes).where(table.c.action == "refused")).scalars()
        return [row.split(": ")[-1].rstrip('"]}') for row in rows]


def bundle_as(desks: Desks, keys: OwnKeys, kind: BundleKind, lines: list[str]) -> Path:
    """A bundle of the village signed with these keys, as who has stolen them could make it."""
    with desks.village.work() as work:
        work.connection.execute(
            local.own_device.update().values(signing_seed=keys.signing_seed, identity=keys.identity)
        )
    return make_bundle(desks.village, own(desks.ppt).device, kind, lines, desks.stick / "forged.twb")
