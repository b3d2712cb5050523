# SPDX-License-Identifier: GPL-3.0-or-later
"""Two enrolled desks with real parts for end-to-end tests: a village, its PPT, a stick between them, a clock to set.

Founding and enrolling is done once per run, with key stretching at the floor; every test works on a copy of its own.
Copies are opened with the keys known from founding; tests of unlocking use passphrases and `open_store`.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import io
import json
import lzma
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from trafficwatch.casework.consents import record_consent
from trafficwatch.casework.referrals import advance_referral, draft_referral, open_case
from trafficwatch.cli import main
from trafficwatch.models.casework import ConsentScope, Decision, Handover, Referral
from trafficwatch.models.exchange import BundleKind
from trafficwatch.models.fields import Side
from trafficwatch.models.institution import Institution
from trafficwatch.models.screening import Answer, By, Value
from trafficwatch.models.staff import Category, TrainingKind
from trafficwatch.models.tables import local, metadata
from trafficwatch.registry.residents import record_person
from trafficwatch.resources import resource
from trafficwatch.screening import wire
from trafficwatch.screening.sessions import record_screening
from trafficwatch.store import vault, vault_slots
from trafficwatch.store.connection import connect
from trafficwatch.store.unlock import DATABASE, VAULT
from trafficwatch.store.vault import Keys, Stretching
from trafficwatch.store.work import Store
from trafficwatch.sync import bundle, enrolling, outgoing, ustar
from trafficwatch.sync.devices import own_keys, peers
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import Imported, take_in
from trafficwatch.sync.manifest import Manifest, decode
from trafficwatch.village.founding import NewMember, TrainingProof, add_member, found_desk

NOELBAKI = ("53.01.08.2008", "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur")
TARUS = ("53.01.08.2001", "Tarus, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur")
PPT = ("53.01", "UPTD PPA Kabupaten Kupang")
VILLAGE_PASSPHRASE = "empat kata di desa"
HELPER_PASSPHRASE = "empat kata relawan"
PPT_PASSPHRASE = "empat kata di kabupaten"
TRAINING = TrainingProof(TrainingKind.TPPO_TRAINING.value, "2025-03", "Dinas PPPA", "TPPO/2025/017")
MORNING = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
SHARED = (ConsentScope.SERVICE, ConsentScope.REFERRAL, ConsentScope.SHARE_CASE)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Desks:
    """Two enrolled desks: `folder` holds their stores, `stick` is what is carried between them."""

    folder: Path
    stick: Path
    village: Store
    ppt: Store
    clock: Clock

    def helper(self) -> Store:
        """The village's store as the untrained volunteer unlocks it; the trained one is locked out of it meanwhile."""
        self.village.close()
        self.village = reopened(self.folder / "village", _template()[1]["helper"], self.clock)
        return self.village

    def trained(self) -> Store:
        """The village's store as the trained volunteer unlocks it."""
        self.village.close()
        self.village = reopened(self.folder / "village", _template()[1]["village"], self.clock)
        return self.village

    def send(self) -> list[Path]:
        """The village exports onto the stick."""
        return [made.path for made in export(self.village, self.stick)]

    def deliver(self, path: Path) -> tuple[Imported, Path]:
        """The PPT takes a bundle in and puts the receipt on the stick."""
        done = take_in(self.ppt, path)
        return done, outgoing.write_answer(self.ppt, done.receipt or "", self.stick)

    def exchange(self) -> list[Imported]:
        """Out, in, and all receipts back; what the PPT made of each bundle."""
        delivered = [self.deliver(path) for path in self.send()]
        for _, receipt in delivered:
            take_in(self.village, receipt)
        return [done for done, _ in delivered]

    def close(self) -> None:
        self.village.close()
        self.ppt.close()


def found_village(folder: Path, clock: Clock, place: tuple[str, str] = NOELBAKI, *, practice: bool = False) -> Store:
    member = NewMember("Maria Tefa", Category.COORDINATOR, VILLAGE_PASSPHRASE, TRAINING)
    return _found(folder, member, Side.VILLAGE, place, clock, practice=practice)


def found_ppt(folder: Path, clock: Clock, place: tuple[str, str] = PPT, *, practice: bool = False) -> Store:
    member = NewMember("Petrus Nenobais", Category.OFFICER, PPT_PASSPHRASE, TRAINING)
    return _found(folder, member, Side.PPT, place, clock, practice=practice)


def enrol(village: Store, ppt: Store, folder: Path) -> None:
    """The whole ceremony by files; leaves them in `folder`, in place of those of an earlier one."""
    for left in folder.glob("*.twe"):
        left.unlink()
    pack = enrolling.write_pack(ppt, folder / "ppt-pack.twe")
    request = enrolling.write_request(village, pack.path, pack.fingerprint, folder / "village-request.twe")
    _, approval = enrolling.approve(ppt, request.path, request.fingerprint, folder)
    enrolling.accept(village, approval)


@contextlib.contextmanager
def enrolled(folder: Path) -> Iterator[Desks]:
    """A copy of two enrolled desks, with an empty stick."""
    template, keys = _template()
    for name in ("village", "ppt"):
        shutil.copytree(template / name, folder / name)
    (folder / "stick").mkdir()
    clock = Clock()
    stores = [reopened(folder / name, keys[name], clock) for name in ("village", "ppt")]
    desks = Desks(folder, folder / "stick", stores[0], stores[1], clock)
    try:
        yield desks
    finally:
        desks.close()


def reopened(folder: Path, keys: Keys, clock: Clock) -> Store:
    """A store opened with keys that are known already, which spares stretching a passphrase."""
    found = vault.decode((folder / VAULT).read_bytes())
    return Store(folder, connect(folder / DATABASE, vault.store_keys(found, keys)[0]), keys, clock)


# -- recording ---------------------------------------------------------------------------------------------------------


def resident(store: Store, name: str = "Yohanis Bere", **fields: Any) -> str:
    with store.work() as work:
        return record_person(work, name=name, **fields).person.id


def agree(store: Store, person: str, *scopes: ConsentScope, refused: tuple[str, ...] = (), **fields: Any) -> str:
    """The person agrees to these scopes and refuses all others; fields in `refused` may not leave."""
    said = {scope.value: (Decision.AGREED if scope in scopes else Decision.REFUSED).value for scope in ConsentScope}
    with store.work() as work:
        return record_consent(work, person, said, refused_fields=refused, **fields).id


def screen(store: Store, person: str) -> str:
    """A short screening that gives 'suspected'."""
    codes = ("E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR", "L-TUJ-2")
    answers = {code: Answer(Value.YES, By.PERSON, "pelabuhan") for code in codes}
    with store.work() as work:
        return record_screening(work, person, answers, age_at_events=35).screening.id


def screen_worked_case(store: Store, person: str) -> str:
    """The worked case of the practice village."""
    case = wire.read(resource("practice", "worked-case.json").read_bytes())
    with store.work() as work:
        done = record_screening(work, person, case.answers, age_at_events=case.subject.age_at_events)
    return done.screening.id


def refer(store: Store, person: str, **fields: Any) -> Referral:
    """A referral of that person to the first institution, handed over."""
    with store.work() as work:
        institution = work.records.select(Institution)[0]
        draft = draft_referral(work, open_case(work, person), institution.id, **fields)
        advance_referral(work, draft.id, Handover.CONSENTED)
        return advance_referral(work, draft.id, Handover.HANDED_OVER)


def shared_case(store: Store, name: str = "Yohanis Bere") -> str:
    """A resident who was screened, agrees that the case is shared, and is referred; gives the person's id."""
    person = resident(store, name)
    agree(store, person, *SHARED)
    screen(store, person)
    refer(store, person, purpose="Pendampingan", companion="Relawan desa")
    return person


# -- looking -----------------------------------------------------------------------------------------------------------


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, to see that nothing was written."""
    with store.work() as work:
        return {
            table.name: sorted((tuple(row) for row in work.connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def files(folder: Path) -> dict[str, str]:
    """Every file under a folder with its SHA-256."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def content(ppt: Store, path: Path) -> tuple[Manifest, list[dict[str, Any]]]:
    """The head and the lines of a bundle for this store's device, read without any check of ours."""
    with ppt.work() as work:
        archive = bundle.unseal(path.read_bytes(), own_keys(work).identity)
    members = {name: bytes(data) for name, data in ustar.read(archive, max_members=9, max_bytes=len(archive))}
    lines = lzma.decompress(members["records.jsonl.xz"]).decode().splitlines()
    return decode(members["manifest.json"]), [json.loads(line) for line in lines]


def sent(ppt: Store, path: Path) -> dict[str, list[str]]:
    """Which records a bundle carries: type -> ids."""
    found: dict[str, list[str]] = {}
    for line in content(ppt, path)[1]:
        found.setdefault(line["type"], []).append(line["id"])
    return found


def deliveries(store: Store) -> dict[tuple[str, str], tuple[str, str]]:
    """(type, id) -> (delivery state, reason) at the village."""
    with store.work() as work:
        rows = work.connection.execute(select(local.delivery))
        return {(row.type, row.id): (row.state, row.reason) for row in rows}


def make_bundle(store: Store, recipient: str, kind: BundleKind, lines: list[str], path: Path) -> Path:
    """A genuine bundle of this store with lines that no use case would write; `recipient` is a device."""
    with store.work() as work:
        peer = next(peer for peer in peers(work) if peer.device == recipient)
        _, archive = outgoing.make(work, peer, kind, lines)
    path.write_bytes(bundle.seal(archive, [peer.recipient]))
    return path


# -- the command line --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


def cli(*words: object, passphrase: str | None = None, stdin: str = "") -> Said:
    """Run `trafficwatch WORDS` here, its passphrase through a pipe as a script would hand it over."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    arguments = [str(word) for word in words]
    before = sys.argv, sys.stdin
    with contextlib.ExitStack() as stack:
        if passphrase is not None:
            reading, writing = os.pipe()
            stack.callback(os.close, reading)
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(f"{passphrase}\n".encode())
            arguments = ["--passphrase-fd", str(reading), *arguments]
        sys.argv, sys.stdin = ["trafficwatch", *arguments], io.StringIO(stdin)
        stack.enter_context(patch.object(vault_slots, "_stretch", _stretched))
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            sys.argv, sys.stdin = before
    return Said(code, out.getvalue(), err.getvalue())


def done(said: Said) -> dict[str, Any]:
    assert (said.code, said.err) == (0, "")
    return said.document


def refused(said: Said, error: str) -> dict[str, Any]:
    assert (said.code, said.err) == (1, "")
    assert said.document.keys() == {"error", "message", "safe", "todo"}
    assert (said.document["error"], all(said.document.values())) == (error, True)
    return said.document


_stretch = vault_slots._stretch


def _stretched(secret: bytes, stretching: Stretching, salt: bytes, binding: bytes) -> bytes:
    """The key from a passphrase as ever, but stretched once per run: every copy of the template has the same salts."""
    known = _stretch if secret == b"calibration" else _stretched_once
    return known(secret, stretching, salt, binding)


_stretched_once = cache(_stretch)


# -- the template ------------------------------------------------------------------------------------------------------


def _found(
    folder: Path, member: NewMember, side: Side, place: tuple[str, str], clock: Clock, *, practice: bool
) -> Store:
    code, name = place
    return found_desk(
        folder, member, side=side, code=code, name=name, practice=practice, clock=clock, stretching=Stretching()
    )[0]


@cache
def _template() -> tuple[Path, dict[str, Keys]]:
    """A folder with two enrolled desks, and the keys to open them: village, helper (untrained), PPT."""
    folder = Path(tempfile.mkdtemp(prefix="desks-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    clock = Clock()
    village, ppt = found_village(folder / "village", clock), found_ppt(folder / "ppt", clock)
    helper = NewMember("Serafina Manek", Category.VOLUNTEER, HELPER_PASSPHRASE)
    volunteer = add_member(village, helper, stretching=Stretching())
    enrol(village, ppt, folder)
    keys = {
        "village": village.keys,
        "helper": Keys(village.keys.master, None, volunteer),
        "ppt": ppt.keys,
    }
    village.close()
    ppt.close()
    return folder, keys
