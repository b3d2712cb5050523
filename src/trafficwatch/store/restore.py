# SPDX-License-Identifier: GPL-3.0-or-later
"""Restoring a backup: look first, then take the present store's place, which is set aside and never deleted.

The backup is copied beside the present store under a fresh key, with what must not be forgotten: revoked devices, what
was erased, where backups lie. When all of it is verified one rename says so (`restoring`); from there on, whatever
happens, `finish` moves the present store aside and the new one in, at the next unlock if need be. So after any accident
the old or the new store stands. No backup is touched.

Only what opens the present store too may replace it, and the vault keeps the slots of today: or a removed volunteer
would be back, with what was erased or revoked since. A store whose vault can't be read holds nobody up. What the
restored store needs to be told apart from what it was happens when it is first unlocked (`store.mark`).
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from trafficwatch.errors import FileError, StoreError
from trafficwatch.models.backups import Contents, Reason
from trafficwatch.models.exchange import PeerStatus
from trafficwatch.store import alone, mark, snapshot, tries, vault
from trafficwatch.store.backup import SAYS
from trafficwatch.store.files import DiskFull, read_limited, sync_folder, write_whole
from trafficwatch.store.folder import DATABASE, PREVIOUS, VAULT, as_noted
from trafficwatch.store.look import Source, contents, find, look, open_backup, way_in
from trafficwatch.store.mark import Mark
from trafficwatch.store.snapshot import Progress
from trafficwatch.store.vault import CaseKeyNotHere, Keys, Vault, VaultDamaged, WrongPassphrase, WrongRecoveryCode
from trafficwatch.store.vault_format import signed
from trafficwatch.store.vault_keys import label
from trafficwatch.store.vault_slots import wrap

__all__ = ["READY", "find", "finish", "look", "restore"]

READY = "restoring"
"""The folder in a store's folder that holds the store which is to take its place."""

_PREPARED, _ASIDE = ".restoring.tmp", "before-restore"
_NAME_ASIDE = re.compile(rf"{_ASIDE}-\d{{8}}-[0-9a-f]{{7}}")
_SAYS_ASIDE = "aside"
_LOGS = tuple(f"{DATABASE}-{kind}" for kind in ("wal", "shm", "journal"))
_BACKUP = "id, made_at, place, reason, size, records, sequence, key, gone_at"
_ROOM = 2**20


class BackupOfOtherVillage(StoreError):
    """The backup is not of this store; parameters `name` and `code`: whose it is."""

    key = "backup_of_other_village"


class RestoreLosesChanges(StoreError):
    """The present store has changes that the backup has not; parameter `changes`: how many."""

    key = "restore_loses_changes"


class RestoreUnsure(StoreError):
    """What was typed opens the backup, but not the present store: who has only that may not replace it."""

    key = "restore_unsure"


class RestoreNeedsCaseKey(StoreError):
    """The case text in the backup is under an earlier key, which only a trained volunteer or the sheet can open."""

    key = "restore_needs_case_key"


@dataclass(frozen=True, slots=True)
class _Present:
    """The store that is there now, as far as it can be known: with the same secret, and from its mark.

    `lost` counts changes that the backup has not; `key` is the database's, empty if it can't be read; `carried` is what
    must not be forgotten. Vault and keys are None for a store whose vault can't be read.
    """

    vault: Vault | None
    keys: Keys | None
    lost: int
    counter: int | None
    carried: dict[str, list[Any]]
    records: int = 0
    key: bytes = b""


# -- restoring ---------------------------------------------------------------------------------------------------------


def restore(
    folder: Path,
    backup: Path,
    secret: str,
    *,
    is_code: bool = False,
    discard_newer: bool = False,
    marks: Path | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress | None = None,
) -> Contents:
    """Put the store of a backup in the place of the closed one in `folder`, or into an empty folder.

    Raises what `look` does, StoreInUse, BackupOfOtherVillage, RestoreUnsure, RestoreNeedsCaseKey, DiskFull and the
    like, and, unless `discard_newer`, RestoreLosesChanges. Until it is done the present store is untouched.
    """
    with _held(folder):
        finish(folder)
        source = open_backup(folder, backup, secret, is_code=is_code, clock=clock)
        present = _look_at_present(folder, source, secret, marks, is_code=is_code)
        if not discard_newer and present.lost:
            raise RestoreLosesChanges(changes=present.lost)
        now = clock().astimezone(UTC).isoformat(timespec="seconds")
        with snapshot.disk_errors(folder.name):
            try:
                _prepare(folder, source, present, now, progress)
            except BaseException:
                shutil.rmtree(folder / _PREPARED, ignore_errors=True)
                raise
            (folder / _PREPARED).rename(folder / READY)
            sync_folder(folder)
        finish(folder)
        tries.clear(folder)  # what was typed opens the store that is there now
    return contents(source)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """The folder is there and nobody else's; if it was made for this and nothing comes of it, it goes again."""
    made: list[Path] = []
    try:
        with snapshot.disk_errors(folder.name):
            made = [each for each in (folder, *folder.parents) if not each.exists()]
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = alone.hold(folder)
        try:
            yield
        finally:
            held.release()
    except BaseException:
        with suppress(OSError):
            for each in made:
                (each / alone.LOCK).unlink(missing_ok=True)
                each.rmdir()
        raise


def finish(folder: Path) -> None:
    """Go on with a restore that was broken off: of one that was ready to the end, of any other nothing is left.

    Whoever calls holds the folder.
    """
    ready = folder / READY
    with snapshot.disk_errors(folder.name):
        if (folder / _PREPARED).is_dir():
            shutil.rmtree(folder / _PREPARED)
        if not ready.is_dir():
            return
        if (ready / DATABASE).is_file():  # so the one in the store's folder is still the one to set aside
            _set_aside(folder, ready, folder / _name_aside(ready))
        for name in (DATABASE, VAULT):
            if (ready / name).is_file():
                (ready / name).replace(folder / name)
                sync_folder(folder)
                sync_folder(ready)
        shutil.rmtree(ready)
        sync_folder(folder)


def _name_aside(ready: Path) -> str:
    """What the present store is to be called. Any other name is not ours: it might lead out of the folder."""
    said = (ready / _SAYS_ASIDE).read_text("ascii", "replace") if (ready / _SAYS_ASIDE).is_file() else ""
    if not _NAME_ASIDE.fullmatch(said):
        said = f"{_ASIDE}-{_new_id(datetime.now(UTC).isoformat())}"
        write_whole(ready / _SAYS_ASIDE, said.encode("ascii"), private=True)
    return said


def _set_aside(folder: Path, ready: Path, aside: Path) -> None:
    """Move the present store aside. A disk need not keep the order of renames: a file that is no longer in `ready` is
    the new one already, and what lies in `aside` is never written over.
    """
    new = {name for name in (DATABASE, VAULT) if not (ready / name).is_file()}
    old = [name for name in (*_LOGS, DATABASE, PREVIOUS, VAULT) if name not in new and (folder / name).exists()]
    if old:
        aside.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder)
    for name in old:
        if not (aside / name).exists():
            (folder / name).replace(aside / name)
        elif name not in {DATABASE, VAULT}:  # whose places the new ones take; a log must not lie beside a new database
            (folder / name).unlink()
    if old:
        sync_folder(aside)
        sync_folder(folder)


def _look_at_present(folder: Path, source: Source, secret: str, marks: Path | None, *, is_code: bool) -> _Present:
    found = _present_vault(folder, source, secret, is_code=is_code)
    if found is None and _is_of_other_village(folder, source, marks):
        raise _other_village(source)
    live, keys = found or (None, None)
    reached = _mark(folder, marks, source.vault.vault, *(each for each in (keys, source.keys) if each))
    lost, counter = (0, None) if reached is None else (_behind(source, reached), reached.counter)
    for key in vault.store_keys(live, keys) if live and keys else ():
        with (
            suppress(StoreError),  # what can't be read has nothing to lose but what its mark tells
            snapshot.store_errors(),
            snapshot.reading(folder / DATABASE, [key], live=True) as now,
        ):
            facts = snapshot.facts(now)
            lost = facts.sequence - _common(now, source)
            counter = max(counter or 0, int(facts.info["counter"]))
            carried = _carried(now, source.facts.sequence)
            return _Present(live, keys, lost, counter, carried, sum(facts.counts.values()), key)
    return _Present(live, keys, lost, counter, {})


def _present_vault(folder: Path, source: Source, secret: str, *, is_code: bool) -> tuple[Vault, Keys] | None:
    """The vault of the present store and its keys, None if it can't be read at all.

    Raises BackupOfOtherVillage, and RestoreUnsure: else an earlier way in were enough to undo what was decided since.
    """
    for name in (VAULT, PREVIOUS):
        with suppress(FileError, VaultDamaged):
            found = vault.decode(read_limited(folder / name, vault.VAULT_LIMIT))
            if found.vault != source.vault.vault:
                raise _other_village(source)
            try:
                return found, way_in(found, secret, is_code=is_code)
            except (WrongPassphrase, WrongRecoveryCode):
                raise RestoreUnsure from None
    return None


def _is_of_other_village(folder: Path, source: Source, marks: Path | None) -> bool:
    """Whether what lies in the folder has a mark, and is by that not what the backup was made from."""
    if marks is None or not any((folder / name).exists() for name in (VAULT, PREVIOUS, DATABASE)):
        return False
    known = {path.name for path in marks.glob(mark.place(marks, folder, "*", bytes(32)).file.name)}
    return bool(known) and mark.place(marks, folder, source.vault.vault, bytes(32)).file.name not in known


def _other_village(source: Source) -> BackupOfOtherVillage:
    return BackupOfOtherVillage(name=source.facts.info["name"], code=source.facts.info["code"])


def _mark(folder: Path, marks: Path | None, vault_id: str, *keys: Keys) -> Mark | None:
    for each in keys if marks is not None else ():
        found = mark.read(mark.place(marks, folder, vault_id, each.master)) if marks else None
        if found is not None and found.mac:
            return found
    return None


def _behind(source: Source, reached: Mark) -> int:
    """How many changes a backup lacks of what a mark tells."""
    with snapshot.reading(source.folder / DATABASE, source.database_keys, live=source.is_live) as connection:
        return (
            0
            if _link(connection, reached.device, reached.sequence) == reached.link
            else max(reached.sequence - source.facts.sequence, 1)
        )


def _common(now: Any, source: Source) -> int:
    """The last row of the journal that the present store and the backup share."""
    query = "SELECT sequence, link FROM journal WHERE device = ? ORDER BY sequence DESC"
    with snapshot.reading(source.folder / DATABASE, source.database_keys, live=source.is_live) as connection:
        for sequence, link in connection.execute(query, (source.facts.device,)):
            if _link(now, source.facts.device, sequence) == bytes(link).hex():
                return int(sequence)
    return 0


def _link(connection: Any, device: str, sequence: int) -> str:
    query = "SELECT link FROM journal WHERE device = ? AND sequence = ?"
    found = connection.execute(query, (device, sequence)).fetchone()
    return bytes(found[0]).hex() if found else ""


def _carried(now: Any, sequence: int) -> dict[str, list[Any]]:
    """What the restored store must not forget. A backup made after it holds at least all that it has itself."""
    revoked = (PeerStatus.REVOKED.value,)
    rows = now.execute(f"SELECT {_BACKUP} FROM backup ORDER BY rowid").fetchall()  # noqa: S608
    return {
        "backup": [(*row[:6], min(row[6], sequence), *row[7:]) for row in rows],
        "erasure": [list(row) for row in now.execute("SELECT type, id, reason FROM erasure")],
        "revoked": [device for (device,) in now.execute("SELECT device FROM peer WHERE status = ?", revoked)],
    }


# -- the store that takes the place ------------------------------------------------------------------------------------


def _prepare(folder: Path, source: Source, present: _Present, now: str, progress: Progress | None) -> None:
    """The restored store in a folder of its own, verified."""
    prepared, key = folder / _PREPARED, os.urandom(32)
    if shutil.disk_usage(folder).free < source.size + _ROOM:
        raise DiskFull(file=folder.name)
    changed = vault.encode(_vault(source, present, key))
    aside_id = _new_id(now)
    aside = f"{_ASIDE}-{aside_id}"
    prepared.mkdir(mode=0o700)
    rows = _rows(folder, source, present, aside_id, aside, now)

    def change(copy: Any) -> None:
        _change(copy, source, present, rows)

    with snapshot.reading(source.folder / DATABASE, source.database_keys, live=source.is_live) as connection:
        snapshot.copy(connection, prepared / DATABASE, key, change, progress)
    write_whole(prepared / VAULT, changed, private=True)
    write_whole(prepared / _SAYS_ASIDE, aside.encode("ascii"), private=True)
    snapshot.verify(prepared / DATABASE, key, source.facts)
    sync_folder(prepared)


def _new_id(now: str) -> str:
    return f"{now[:10].replace('-', '')}-{secrets.token_hex(4)[:7]}"


def _vault(source: Source, present: _Present, key: bytes) -> Vault:
    """The slots of today over the restored database, or those of the backup where today's are out of reach."""
    keys = present.keys
    if present.vault is None or keys is None:
        return vault.for_store(vault.for_backup(source.vault, source.keys, key), source.keys)
    live = present.vault
    if source.vault.case != live.case and keys.case and source.keys.case:
        earlier = wrap(keys.case, source.keys.case, label(live, "case"))
        live = signed(msgspec.structs.replace(live, cases=(*live.cases, earlier)), keys.master)
    try:
        return vault.for_store(vault.rewrapped(source.vault, live, keys, key), keys)
    except CaseKeyNotHere:
        raise RestoreNeedsCaseKey from None


def _rows(
    folder: Path, source: Source, present: _Present, aside_id: str, aside: str, now: str
) -> list[tuple[Any, ...]]:
    """Rows for the table of backups: those of the present store, this one, and the present store itself set aside."""
    rows, facts = list(present.carried.get("backup", ())), source.facts
    said = facts.info.get(SAYS)
    if said and said["id"] not in {row[0] for row in rows}:
        records, place = sum(facts.counts.values()), as_noted(source.folder, folder)
        key = source.database_keys[0]
        rows.append(
            (said["id"], said["made_at"], place, said["reason"], source.size, records, facts.sequence, key, None)
        )
    if (folder / DATABASE).is_file():
        size = (folder / DATABASE).stat().st_size
        reason = Reason.SET_ASIDE.value
        rows.append((aside_id, now, aside, reason, size, present.records, facts.sequence, present.key, None))
    return rows


def _change(copy: Any, source: Source, present: _Present, rows: list[tuple[Any, ...]]) -> None:
    """What the restored store is told before it is opened for the first time."""
    said = source.facts.info.get(SAYS) or {"id": source.folder.name}
    revoked, erased = present.carried.get("revoked", []), present.carried.get("erasure", [])
    restored = {"backup": said["id"], "counter": present.counter, "revoked": revoked}
    notes = {mark.RESTORED: restored, **({mark.ERASE_AGAIN: erased} if erased else {})}
    copy.execute("DELETE FROM store_info WHERE key = ?", (SAYS,))
    for name, value in notes.items():
        copy.execute("INSERT OR REPLACE INTO store_info (key, value) VALUES (?, ?)", (name, json.dumps(value)))
    if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'backup'").fetchone():
        places = ", ".join("?" * 9)
        copy.executemany(f"INSERT OR REPLACE INTO backup ({_BACKUP}) VALUES ({places})", rows)  # noqa: S608
