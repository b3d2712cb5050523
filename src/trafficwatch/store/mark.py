# SPDX-License-Identifier: GPL-3.0-or-later
"""The high-water mark outside the store, and how a store that was put back to an older state goes on (design 3, 7).

SQLCipher vouches for pages, not for their age. So what the store had reached lies in the user's own state folder, one
file per store folder, authenticated under the master key: the last row of the journal and its link, the counter, how
many bundles were made. It is written after the store, never ahead of it: a store that is behind its mark was put back.

Such a store, and one restored from a backup, starts a new epoch: bundle numbers begin anew under it, values are stamped
by a new author, and the counter jumps past what was forgotten, but not so far that a receiver would flag it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import func, insert, select, update

from trafficwatch.errors import ExpectedError
from trafficwatch.models.exchange import PeerStatus
from trafficwatch.models.tables import local
from trafficwatch.store import erasure, info, unacknowledged
from trafficwatch.store.check_exchange import PARTNER, partner_words
from trafficwatch.store.files import read_limited, write_whole
from trafficwatch.store.vault import derive
from trafficwatch.store.work import Store, Work

OLDER_STATE = "older_state"
"""The finding that this store was put back to an older state, and not by our own restoring: told until somebody says
that it was understood (`unacknowledged`)."""
ERASED_AGAIN = "erased_again"
"""The finding that what had been erased for good had come back with a backup, and is gone again."""
RESTORED, ERASE_AGAIN = "restored", "erase_again"
"""Rows of `store_info` that restoring leaves for the next unlock: what is known of the state that was replaced (its
counter, whom it had revoked), and what was erased there for good. The first is a finding as well."""

_STEP, _LEAP = 1_000, 100_000
"""How far the counter jumps past what is known to have been used, and past itself where nothing is known."""
_LIMIT = 4_096


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a store had reached."""

    vault: str
    device: str
    sequence: int
    link: str
    counter: int
    epoch: str
    bundles: int
    mac: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the mark of a store lies, and what authenticates it."""

    file: Path
    vault: str
    key: bytes


def place(marks: Path, folder: Path, vault: str, master: bytes) -> Place:
    """The mark of the store in `folder`. A copy of it elsewhere has a mark of its own."""
    where = hashlib.sha256(os.path.realpath(folder).encode(errors="surrogatepass")).hexdigest()[:8]
    return Place(marks / f"{vault}-{where}.json", vault, derive(master, "mark"))


def is_there(marks: Path, folder: Path, vault: str) -> bool:
    """Whether the store in `folder` has a mark."""
    return place(marks, folder, vault, bytes(32)).file.is_file()


def read(where: Place) -> Mark | None:
    """The mark, None if there is none that can be read; another key's has the `mac` ''."""
    try:
        found = msgspec.json.decode(read_limited(where.file, _LIMIT), type=Mark)
    except (ExpectedError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if found.vault != where.vault:
        return None
    genuine = hmac.compare_digest(found.mac.encode(), _mac(found, where.key).encode())
    return found if genuine else msgspec.structs.replace(found, mac="")


def watch(store: Store, marks: Path | None, vault: str) -> list[str]:
    """Look at an open store and its mark, and keep the mark from now on; what the desk has to say this once.

    A store that was restored, or put back to an older state, starts a new epoch. Without `marks` only the former shows.
    """

    def where(marks: Path) -> Place:
        return place(marks, store.folder, vault, store.keys.master)

    findings = _compare(store, read(where(marks)) if marks else None)
    findings += [ERASED_AGAIN] if _erase_again(store) else []
    if marks is not None:
        store.mark = lambda: write(store, where(marks))
        store.mark()
        store.closing.callback(lambda: store.mark())  # noqa: PLW0108 - the one that is set then
    if RESTORED in findings:  # not before: a power cut must not leave a restored store with the mark of the other
        with store.work() as work:
            info.put(work.connection, {RESTORED: None})
    return findings


def write(store: Store, where: Place) -> None:
    """Note what the store has reached. A folder that can't be written to is no reason to stop anybody."""
    with suppress(OSError, ExpectedError):
        with store.work() as work:
            found = _reached(work, where.vault)
        signed = msgspec.structs.replace(found, mac=_mac(found, where.key))
        if read(where) != signed:
            where.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(where.file, msgspec.json.encode(signed), private=True)


def _compare(store: Store, mark: Mark | None) -> list[str]:
    with store.work() as work:
        restored = info.get(work.connection, RESTORED)
        if restored is not None:
            _start_epoch(work, restored["counter"], f"backup {restored['backup']}")
            _revoke_again(work, restored["revoked"])
            return [RESTORED]
        if mark is not None and _is_behind(work, mark):
            _start_epoch(work, mark.counter if mark.mac else None, OLDER_STATE)
            unacknowledged.note(work, OLDER_STATE)
    return []


def _is_behind(work: Work, mark: Mark) -> bool:
    """Whether the store is not what it had become: the mark knows more, or something else. Another key's mark tells as
    much: keys were renewed since, or an older vault was put back too.
    """
    if mark.device != work.info.device or mark.bundles > _reached(work, mark.vault).bundles:
        return True
    table = local.journal
    link = work.connection.execute(
        select(table.c.link).where(table.c.device == mark.device, table.c.sequence == mark.sequence)
    ).scalar_one_or_none()
    return (link.hex() if link else "") != mark.link


def _reached(work: Work, vault: str) -> Mark:
    table, device = local.journal, work.info.device
    last = work.connection.execute(
        select(table.c.sequence, table.c.link)
        .where(table.c.device == device)
        .order_by(table.c.sequence.desc())
        .limit(1)
    ).one_or_none()
    sequence, link = (last.sequence, last.link.hex()) if last else (0, "")
    bundles = work.connection.execute(select(func.count()).select_from(local.bundle_out)).scalar_one()
    return Mark(vault, device, sequence, link, work.info.counter, work.info.epoch, bundles)


def _start_epoch(work: Work, used: int | None, why: str) -> None:
    """A new epoch, journalled with the one that it follows; `used` is the highest counter known to have been used."""
    parent, known = work.info.epoch, work.info.counter
    counter = known + _LEAP if used is None else max(known, used) + _STEP
    work.info = info.start_epoch(work.connection, work.info, secrets.token_hex(8), counter)
    work.note("restored", "device", work.info.device, f"{why}; epoch {parent}")


def _revoke_again(work: Work, devices: Collection[str]) -> None:
    """Whom the state that a backup took the place of trusted no more, nobody trusts again."""
    table = local.peer
    here = table.c.device.in_(list(devices)) & (table.c.status != PeerStatus.REVOKED.value)
    trusted = work.connection.execute(select(table.c.device).where(here)).scalars().all()
    work.connection.execute(update(table).where(here).values(status=PeerStatus.REVOKED.value, since=work.now))
    for row in work.connection.execute(select(table).where(table.c.device.in_(trusted))).all():
        work.note(PARTNER, "device", row.device, partner_words(row))


def _erase_again(store: Store) -> bool:
    """Erase what had been erased for good in the state that a backup took the place of; whether any of it was there.

    All of it in one transaction, which leaves [] until the free space has gone too.
    """
    with store.work() as work:
        waiting: list[Any] | None = info.get(work.connection, ERASE_AGAIN)
        if waiting is None:
            return False
        was_here = not waiting
        for type_name, record_id, ground in waiting:
            if not work.records.exists(type_name, record_id):
                row = {"type": type_name, "id": record_id, "at": work.now, "volunteer": work.volunteer}
                never_again = insert(local.erasure).prefix_with("OR IGNORE").values(**row, reason=ground)
                work.connection.execute(never_again)
            elif not erasure.is_erased(work.connection, type_name, record_id):
                erasure.take_out(work, type_name, record_id, erasure.Ground(ground))
                was_here = True
        info.put(work.connection, {ERASE_AGAIN: [] if was_here else None})
    if was_here:
        erasure.compact(store)
        with store.work() as work:
            info.put(work.connection, {ERASE_AGAIN: None})
    return was_here


def _mac(mark: Mark, key: bytes) -> str:
    body = msgspec.json.encode(msgspec.structs.replace(mark, mac=""))
    return hmac.digest(key, body, "sha256").hex()
