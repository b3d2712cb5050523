# SPDX-License-Identifier: GPL-3.0-or-later
"""Administrative codes that are replaced by others, as when a province is divided: 'code X is now Y'.

The PPT records it, with a reason. From then on records, devices and bundles of X are those of Y: records move home, and
a bundle that was made under X is still taken in. Its replies tell the village, which follows: its own code, its
records' homes, its other laptop. A village follows its PPT alone, only away from the code that it has, and only in the
newest reply; nobody else can move it. Two villages are never made one in this way: their records could not be told
apart again. The code of a PPT is the name under which it was enrolled, and stays.

A laptop itself never moves to another village: its key stands for one village (`DeviceKeyChanged`). It is wiped, and
founded anew there. What people told it stays with the village that was told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import msgspec
from sqlalchemy import delete, insert, select, update

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import InputError
from trafficwatch.models.exchange import Peer
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.store import info
from trafficwatch.store.work import Store, Work
from trafficwatch.sync import wire
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.devices import peers, require_side
from trafficwatch.sync.wire import Incoming

MOVED = "code_change"
"""The journal's action."""
_CODE = re.compile(r"\d\d\.\d\d\.\d\d\.\d{4}")


class CodeMalformed(InputError):
    """A village's code is written 53.01.08.2008."""

    key = "code_malformed"
    catalogue = "errors_pairing"


class CodeTaken(InputError):
    """The new code is that of another village; parameter `code`."""

    key = "code_taken"
    catalogue = "errors_pairing"


class VillageUnknown(InputError):
    """No village is enrolled here under this code; parameter `code`."""

    key = "village_unknown"
    catalogue = "errors_pairing"


def change_code(store: Store, old: str, new: str, reason: str) -> None:
    """PPT: this village has another code from now on.

    Raises ReasonMissing, CodeMalformed, VillageUnknown, CodeTaken.
    """
    with store.work() as work:
        require_side(work, Side.PPT)
        if not reason.strip():
            raise ReasonMissing
        if _CODE.fullmatch(new) is None:
            raise CodeMalformed
        villages = {peer.code for peer in peers(work) if peer.side == Side.VILLAGE}
        if old not in villages:
            raise VillageUnknown(code=old)
        if new in villages or _is_home(work, new):
            raise CodeTaken(code=new)
        _rename(work, old, new)
        work.note(MOVED, "village", new, f"{old}: {reason.strip()}")


def codes(work: Work) -> dict[str, str]:
    """Codes that were replaced, each with the one that is in force today."""
    table = local.code_change
    steps = {row.old: row.new for row in work.connection.execute(select(table))}

    def followed(code: str) -> str:
        while code in steps:
            code = steps[code]
        return code

    return {old: followed(old) for old in steps}


def said(work: Work, peer: Peer) -> Iterator[wire.CodeLine]:
    """What a reply tells a village of its own code."""
    for old, new in sorted(codes(work).items()):
        if new == peer.code and peer.side == Side.VILLAGE and work.info.side is Side.PPT:
            yield wire.CodeLine(old, new)


def heard(work: Work, line: wire.CodeLine) -> None:
    """A village's PPT says in its newest reply that a code is another one now."""
    if work.info.side is Side.VILLAGE and line.old == work.info.code != line.new and _CODE.fullmatch(line.new):
        _rename(work, line.old, line.new)
        work.note(MOVED, "village", line.new, line.old)


def renamed(work: Work, opened: Opened) -> Opened:
    """A bundle as it would be under the codes of today."""
    known = codes(work)
    if not known:
        return opened
    sender = msgspec.structs.replace(
        opened.manifest.sender, code=known.get(opened.manifest.sender.code, opened.manifest.sender.code)
    )
    records = tuple(Incoming(each.state, known.get(each.home, each.home)) for each in opened.lines.records)
    manifest = msgspec.structs.replace(opened.manifest, sender=sender)
    return replace(opened, manifest=manifest, lines=replace(opened.lines, records=records))


def _is_home(work: Work, code: str) -> bool:
    state = local.record_state
    found = work.connection.execute(select(state.c.id).where(state.c.home == code)).first()
    return code == work.info.code or found is not None


def _rename(work: Work, old: str, new: str) -> None:
    execute, table, state, peer = work.connection.execute, local.code_change, local.record_state, local.peer
    execute(delete(table).where(table.c.old.in_([old, new])))  # `new` may be an older code that comes back
    execute(insert(table).values(old=old, new=new, at=work.now))
    execute(update(state).where(state.c.home == old).values(home=new))
    execute(update(peer).where(peer.c.code == old).values(code=new))
    if work.info.code == old:
        info.put(work.connection, {"code": new})
        work.info = replace(work.info, code=new)
