# SPDX-License-Identifier: GPL-3.0-or-later
"""What an exchange costs: `python benchmarks/bundle.py [--records N] [--folder REAL_DISK] [--out FILE]`.

size    all bundles of one export, envelope and padding included, beside `gzip -9` of the same records as plain JSON
        Lines: type, id and the same fields, without stamps and contexts, which the bundle carries in addition
export  of N changed records, from the store to synced files, beside json + xz + age of the same lines, bundle by bundle
import  at the PPT with journal, search index and receipt, beside `executemany` of every row that it wrote, in one
        transaction of the same SQLCipher with the same PRAGMAs; the opener's child process is counted, too
seal    50 MB of pictures signed and sealed, opened and verified, beside `gpg --sign --encrypt` and `--decrypt`
        (Ed25519 and Curve25519, AES-256, no compression, as pictures have none left)

Goals: size <= 0.75, export <= 2 x, import <= 10 x, seal and open ahead of gpg. Medians of `--runs`; ours and the
reference alternate in the same run, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import people

from trafficwatch.casework.consents import record_consent
from trafficwatch.models.casework import ConsentScope, Decision
from trafficwatch.models.exchange import BundleKind, Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Category
from trafficwatch.models.tables import metadata
from trafficwatch.registry.residents import plan_journey, record_person
from trafficwatch.store import search, vault
from trafficwatch.store.connection import _PRAGMAS, open_raw
from trafficwatch.store.unlock import DATABASE, VAULT
from trafficwatch.store.vault import Stretching
from trafficwatch.store.work import Store
from trafficwatch.sync import age, bundle, enrolling, sshsig, ustar
from trafficwatch.sync.devices import own_keys
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.manifest import FORMAT, Manifest, Sender, recipient_hash
from trafficwatch.village.founding import NewMember, found_desk

PICTURES = 50_000_000
Json = dict[str, Any]


def timed(do: Callable[[], Any]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def beside(ours: list[float], theirs: list[float], goal: float) -> Json:
    mine, reference = statistics.median(ours), statistics.median(theirs)
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    return {"seconds": round(mine, 3), "reference": round(reference, 3), "ratio": round(ratio, 2), "goal": goal}


# -- two desks ---------------------------------------------------------------------------------------------------------


def desk(folder: Path, side: Side, code: str, name: str) -> Store:
    member = NewMember("Maria Tefa", Category.COORDINATOR, people.PASSPHRASE, people.PROOF)
    return found_desk(folder, member, side=side, code=code, name=name, practice=True, stretching=Stretching())[0]


def enrol(village: Store, ppt: Store, folder: Path) -> None:
    pack = enrolling.write_pack(ppt, folder / "pack.twe")
    request = enrolling.write_request(village, pack.path, pack.fingerprint, folder / "request.twe")
    _, approval = enrolling.approve(ppt, request.path, request.fingerprint, folder)
    enrolling.accept(village, approval)


def record(village: Store, count: int) -> None:
    """So many records that may leave: of each five, two residents, what they agreed to, and a journey."""
    chance = random.Random(3)
    agreed = {scope.value: Decision.AGREED.value for scope in ConsentScope}
    with village.work() as work:
        for number in range(count * 2 // 5):
            grown_up = f"{chance.randint(1955, 2005)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            person = record_person(work, **people.card(chance) | {"birth_date": grown_up}).person.id
            record_consent(work, person, agreed, method="thumbprint", language="Dawan")
            if number % 2:
                plan_journey(work, person, **people.journey(chance))


# -- size and export ---------------------------------------------------------------------------------------------------


def lines_of(ppt: Store, paths: list[Path]) -> list[list[Json]]:
    """The lines of each bundle."""
    with ppt.work() as work:
        identity = own_keys(work).identity
    found = []
    for path in paths:
        archive = bundle.unseal(path.read_bytes(), identity)
        members = {name: bytes(data) for name, data in ustar.read(archive, max_members=9, max_bytes=len(archive))}
        found.append([json.loads(line) for line in lzma.decompress(members["records.jsonl.xz"]).splitlines()])
    return found


def size(paths: list[Path], lines: list[list[Json]]) -> Json:
    records = [line for part in lines for line in part if "fields" in line]
    plain = "".join(
        json.dumps({"type": line["type"], "id": line["id"], **line["fields"]}, ensure_ascii=False) + "\n"
        for line in records
    ).encode()
    ours, theirs = sum(path.stat().st_size for path in paths), len(gzip.compress(plain, 9))
    about = {"bundles": len(paths), "records": len(records), "plain": len(plain)}
    return {**about, "bytes": ours, "reference": theirs, "ratio": round(ours / theirs, 3), "goal": 0.75}


def spelled_packed_sealed(parts: list[list[Json]], recipient: str, folder: Path) -> None:
    """json + xz + age of the same lines, to files."""
    to = age.Recipient.from_string(recipient)
    for number, part in enumerate(parts):
        text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in part).encode()
        packed = lzma.compress(text, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, preset=6)
        with (folder / f"{number}.age").open("wb") as file:
            file.write(age.encrypt(packed, [to]))
            os.fsync(file.fileno())


# -- import ------------------------------------------------------------------------------------------------------------


def rows_of(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, the search index included."""
    with store.work() as work:
        run = work.connection.exec_driver_sql
        names = [table.name for table in metadata.sorted_tables if table.name != "store_info"]
        return {name: [tuple(row) for row in run(f'SELECT * FROM "{name}"')] for name in names}


def written(before: dict[str, list[tuple[Any, ...]]], after: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[Any]]:
    found = {}
    for name, rows in after.items():
        known = set(map(repr, before[name]))
        found[name] = [row for row in rows if repr(row) not in known]
    return {name: rows for name, rows in found.items() if rows}


def execute_many(raw: Any, rows: dict[str, list[Any]]) -> None:
    raw.execute("BEGIN IMMEDIATE")
    for name, found in rows.items():
        raw.executemany(f'INSERT OR REPLACE INTO "{name}" VALUES ({", ".join("?" * len(found[0]))})', found)
    raw.execute("COMMIT")


def importing(ppt: Store, paths: list[Path], copy: Path) -> Json:
    """All bundles of one export into the PPT's store, and the rows that this wrote into a copy of it as it was."""
    before = rows_of(ppt)
    key = vault.store_keys(vault.decode((copy / VAULT).read_bytes()), ppt.keys)[0]
    ours = timed(lambda: [take_in(ppt, path) for path in paths])
    rows = written(before, rows_of(ppt))
    raw = open_raw(str(copy / DATABASE), key, _PRAGMAS)
    theirs = timed(lambda: execute_many(raw, rows))
    raw.close()
    return {**beside([ours], [theirs], 10), "rows": {name: len(found) for name, found in rows.items()}}


# -- seal and open -----------------------------------------------------------------------------------------------------


def sealing(runs: int, folder: Path) -> Json:
    content = random.Random(5).randbytes(PICTURES)
    (folder / "pictures").write_bytes(content)
    identity, seed = age.generate_identity(), sshsig.generate_private_key()
    recipient, signing_key = identity.recipient().to_string(), sshsig.public_key_of(seed)
    village = Peer(
        "a" * 16, Side.VILLAGE, "53.01.08.2008", "", signing_key, recipient, PeerStatus.ACTIVE, practice=True
    )
    head = Manifest(
        format=FORMAT,
        bundle="00000000-0000-4000-8000-000000000001",
        kind=BundleKind.REPORT,
        practice=True,
        sender=Sender("village", village.code, village.device, sshsig.fingerprint(signing_key)),
        recipients=(recipient_hash(recipient),),
        epoch="e" * 16,
        number=1,
        previous="",
        created_at="2026-11-21T01:00:00+00:00",
        journal_head="",
        records=0,
        unpacked=0,
    )
    trust = bundle.Trust(recipient, practice=True, peers=[village], received={}, counter=1)
    sealed, gpg = folder / "pictures.twb", Gpg(folder)

    def seal() -> None:
        archive, _ = bundle.pack(head, b"", seed, [(folder / "pictures").read_bytes()])
        sealed.write_bytes(bundle.seal(archive, [recipient]))

    def open_() -> None:
        opened = bundle.open_bundle(sealed.read_bytes(), identity.to_string(), trust)
        (folder / "opened").write_bytes(next(iter(opened.files.values())))

    times: dict[str, list[float]] = {"seal": [], "gpg_seal": [], "open": [], "gpg_open": []}
    with patch.object(bundle, "SEALED_LIMIT", 2 * PICTURES):
        for _ in range(runs):
            for name, do in (("seal", seal), ("gpg_seal", gpg.seal), ("open", open_), ("gpg_open", gpg.open)):
                times[name].append(timed(do))
    gpg.close()
    assert (folder / "opened").read_bytes() == content == (folder / "by-gpg").read_bytes()
    both = [one + other for one, other in zip(times["seal"], times["open"], strict=True)]
    theirs = [one + other for one, other in zip(times["gpg_seal"], times["gpg_open"], strict=True)]
    return {**beside(both, theirs, 1), **{name: round(statistics.median(found), 3) for name, found in times.items()}}


class Gpg:
    """GnuPG with a key of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._home = folder, Path(tempfile.mkdtemp(prefix="gpg-"))
        self._home.chmod(0o700)
        who = ("--passphrase", "", "--quick-generate-key", "desa@example.org")
        self._run("--pinentry-mode", "loopback", *who, "ed25519", "sign", "never")
        listed = self._run("--list-keys", "--with-colons").splitlines()
        fingerprint = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
        self._run("--pinentry-mode", "loopback", "--passphrase", "", "--quick-add-key", fingerprint, "cv25519", "encr")

    def _run(self, *words: str) -> str:
        command = (
            "gpg",
            "--homedir",
            str(self._home),
            "--batch",
            "--yes",
            "--quiet",
            "--trust-model",
            "always",
            *words,
        )
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    def seal(self) -> None:
        out, what = str(self._folder / "pictures.gpg"), str(self._folder / "pictures")
        how = ("--compress-algo", "none", "--cipher-algo", "AES256", "--recipient", "desa@example.org")
        self._run(*how, "--output", out, "--sign", "--encrypt", what)

    def open(self) -> None:
        self._run("--output", str(self._folder / "by-gpg"), "--decrypt", str(self._folder / "pictures.gpg"))

    def close(self) -> None:
        subprocess.run(("gpgconf", "--homedir", str(self._home), "--kill", "all"), check=False)
        shutil.rmtree(self._home, ignore_errors=True)


def exchanging(count: int, runs: int, folder: Path) -> dict[str, Json]:
    village = desk(folder / "village", Side.VILLAGE, "53.01.08.2008", "Noelbaki")
    ppt = desk(folder / "ppt", Side.PPT, "53.01", "UPTD PPA Kabupaten Kupang")
    enrol(village, ppt, folder)
    record(village, count)
    with ppt.work() as work:
        recipient = own_keys(work).recipient
        search.ensure(work.connection)
    ours, theirs = [], []
    for run in range(runs):  # unconfirmed, so that every export carries the same records
        out = folder / f"out-{run}"
        (out / "by-hand").mkdir(parents=True)
        paths: list[Path] = []
        ours.append(timed(lambda out=out, paths=paths: paths.extend(made.path for made in export(village, out))))
        parts = lines_of(ppt, paths)
        theirs.append(timed(lambda out=out, parts=parts: spelled_packed_sealed(parts, recipient, out / "by-hand")))
    ppt.close()
    shutil.copytree(folder / "ppt", folder / "copy")
    ppt = people.opened(folder / "ppt")
    found = {"size": size(paths, parts), "export": beside(ours, theirs, 2)}
    found["import"] = importing(ppt, paths, folder / "copy")
    village.close()
    ppt.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        results = {
            **exchanging(chosen.records, chosen.runs, Path(name)),
            "seal_and_open": sealing(chosen.runs, Path(name)),
        }
    for what, found in results.items():
        sys.stdout.write(f"{what:14} " + "  ".join(f"{key} {value}" for key, value in found.items()) + "\n")
    if chosen.out:
        chosen.out.write_text(json.dumps({"load": os.getloadavg(), **results}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
