# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a PPT's inbox listens, and where a village knows it: rows of the store, told in packs and replies."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import literal_column, select, update

from trafficwatch.models.exchange import Peer
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store import info
from trafficwatch.store.work import Work
from trafficwatch.sync.devices import require_side
from trafficwatch.sync.network import address as addresses
from trafficwatch.sync.network.errors import AddressImpossible

_KEY = "inbox"


@dataclass(frozen=True, slots=True)
class Settings:
    """Which address of this computer the inbox listens on, and the one that villages are told, '' for none."""

    host: str = "0.0.0.0"  # noqa: S104 - villages come from outside
    port: int = 8443
    address: str = ""


def settings(work: Work) -> Settings:
    """PPT: what was chosen for the inbox."""
    return Settings(**(info.get(work.connection, _KEY) or {}))


def choose(work: Work, chosen: Settings) -> None:
    """PPT: set up the inbox; villages hear of a changed address in their next reply. Raises AddressImpossible."""
    require_side(work, Side.PPT)
    if chosen.address:
        addresses.parse(chosen.address)
    if not 0 <= chosen.port <= 65_535:
        raise AddressImpossible
    info.put(work.connection, {_KEY: asdict(chosen)})


def own_inbox(work: Work) -> tuple[str, str]:
    """Address and pin of this PPT's inbox for others to know, both '' if it has none."""
    table = local.own_certificate
    pin = work.connection.execute(select(table.c.pin).order_by(literal_column("rowid").desc())).scalar()
    address = settings(work).address
    return (address, pin) if address and pin else ("", "")


def has_served(work: Work) -> bool:
    """Whether there ever was an inbox, of which villages may have heard."""
    return work.connection.execute(select(local.own_certificate.c.pin)).first() is not None


def learn(work: Work, device: str, address: str, pin: str) -> None:
    """Village: where a PPT takes bundles in from now on; what is no inbox is not learnt."""
    if addresses.is_inbox(address, pin):
        table = local.peer
        work.connection.execute(update(table).where(table.c.device == device).values(address=address, pin=pin))


def has_inbox(ppt: Peer) -> bool:
    return bool(ppt.address and ppt.pin)
