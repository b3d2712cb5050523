# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input by name: an error that says what is safe and what to do, exit code 1, nothing written, nothing lost."""

from __future__ import annotations

import contextlib
import json
import os
import resource as limits
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from desks import (
    NOELBAKI,
    PPT_PASSPHRASE,
    TARUS,
    VILLAGE_PASSPHRASE,
    Clock,
    Desks,
    Said,
    agree,
    cli,
    content,
    done,
    dump,
    enrolled,
    files,
    found_village,
    make_bundle,
    refused,
    resident,
    shared_case,
)
from sqlalchemy import text

from trafficwatch.casework.consents import record_consent
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.dates import NoSuchDay
from trafficwatch.models.exchange import BundleKind
from trafficwatch.models.identity import NikWarning
from trafficwatch.models.people import Person
from trafficwatch.registry.residents import plan_journey, record_person
from trafficwatch.store.files import DiskFull
from trafficwatch.store.unlock import open_store
from trafficwatch.sync import enrolling
from trafficwatch.sync.age import BundleDamaged, NotABundle, NotForThisRecipient
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def village(desks: Desks, *words: object, passphrase: str = VILLAGE_PASSPHRASE, language: str = "id") -> Said:
    return cli("--json", "--lang", language, "--store", desks.folder / "village", *words, passphrase=passphrase)


def ppt(desks: Desks, *words: object) -> Said:
    return cli("--json", "--store", desks.folder / "ppt", *words, passphrase=PPT_PASSPHRASE)


@contextlib.contextmanager
def untouched(desks: Desks) -> Iterator[None]:
    """Both desks are closed; not one byte of any file may change. That wrong passphrases are counted is no change."""
    desks.close()
    before = files(desks.folder)
    yield
    assert {name: found for name, found in files(desks.folder).items() if not name.endswith("tries.json")} == before


# -- unlocking ---------------------------------------------------------------------------------------------------------


def test_a_wrong_passphrase(desks: Desks) -> None:
    resident(desks.village)
    with untouched(desks):
        for wrong in ("", VILLAGE_PASSPHRASE.upper()):
            said = village(desks, "store", "info", passphrase=wrong)
            refused(said, "wrong_passphrase")
            assert not wrong or wrong not in said.out
    assert done(village(desks, "store", "info"))["records"]["person"] == 1


def test_every_error_speaks_both_languages(desks: Desks) -> None:
    with untouched(desks):
        said = [village(desks, "store", "info", passphrase="salah", language=language) for language in ("id", "en")]
    for part in ("message", "safe", "todo"):
        one, other = (refused(each, "wrong_passphrase")[part] for each in said)
        assert one != other
    plain = cli("--store", desks.folder / "village", "store", "info", passphrase="salah")
    assert (plain.code, plain.out) == (1, "")
    assert plain.err.splitlines() == [said[0].document[part] for part in ("message", "safe", "todo")]


def test_a_store_of_a_newer_program(desks: Desks) -> None:
    with desks.village.work() as work:
        work.connection.execute(text("UPDATE alembic_version SET version_num = '0099'"))
        work.connection.execute(text("UPDATE store_info SET value = '\"9.1\"' WHERE key = 'written_by'"))
    with untouched(desks):
        document = refused(village(desks, "store", "info"), "store_newer")
    assert "9.1" in document["message"]


@pytest.mark.parametrize("damage", ["cut", "empty", "changed", "no json", "weakened", "too long", "newer"])
def test_a_damaged_vault(desks: Desks, damage: str) -> None:
    path = desks.folder / "village/vault.json"
    whole = path.read_bytes()
    found = json.loads(whole)
    found["generation"] += 1  # a byte that no slot depends on: only the MAC tells
    weak, newer = json.loads(whole), json.loads(whole)
    newer["format"] = [2, 0]
    for slot in weak["slots"]:
        if slot["stretching"]:
            slot["stretching"]["memory_kib"] = 8
    path.write_bytes(
        {
            "cut": whole[:-40],
            "empty": b"",
            "changed": json.dumps(found).encode(),
            "no json": b"\x00" * 900,
            "weakened": json.dumps(weak).encode(),
            "too long": whole + b" " * 300_000,
            "newer": json.dumps(newer).encode(),
        }[damage]
    )
    with untouched(desks):
        refused(village(desks, "store", "info"), "vault_newer" if damage == "newer" else "vault_damaged")
    shutil.copy(path.with_name("vault.previous.json"), path)  # as the error advises
    assert done(village(desks, "store", "info"))["code"] == NOELBAKI[0]


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "plain", "another", "gone"])
def test_a_damaged_store(desks: Desks, damage: str) -> None:
    desks.close()
    path = desks.folder / "village/store.db"
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[:-5_000],
            "noise": os.urandom(len(whole)),
            "empty": b"",
            "plain": b"SQLite format 3\x00" + whole[16:],
            "another": (desks.folder / "ppt/store.db").read_bytes(),
            "gone": b"",
        }[damage]
    )
    if damage == "gone":
        path.unlink()
    with untouched(desks):
        refused(village(desks, "store", "info"), "store_not_encrypted" if damage == "plain" else "store_damaged")
    path.write_bytes(whole)
    done(village(desks, "store", "info"))


def test_no_store_there(tmp_path: Path) -> None:
    refused(cli("--json", "--store", tmp_path / "none", "store", "info", passphrase="x"), "no_store")
    assert list(tmp_path.iterdir()) == []


# -- what is typed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"--village": "Desa Tidak Ada Di Mana Pun"}, "unknown_place"),
        ({"--village": "99.99.99.9999"}, "unknown_place"),
        ({"--village": "suka maju"}, "village_ambiguous"),
        ({"--trained-on": "31-2-2025"}, "no_such_day"),
        ({"--trained-on": "kemarin"}, "unreadable_date"),
        ({"--volunteer": "   "}, "field_missing"),
        ({"--trained-on": "2025", "--certificate": "a\x00b"}, "value_impossible"),
    ],
    ids=lambda given: " ".join(given)[:24] if isinstance(given, dict) else given,
)
def test_a_village_that_cannot_be_set_up(tmp_path: Path, options: dict[str, str], error: str) -> None:
    given = {"--village": NOELBAKI[0], "--volunteer": "Maria", **options}
    words = [word for pair in given.items() for word in pair]
    refused(cli("--json", "--store", tmp_path / "new", "store", "init", *words, passphrase=VILLAGE_PASSPHRASE), error)
    assert files(tmp_path) == {}
    if error == "field_missing":  # what failed half-way stands in nobody's way
        words[-1] = "Maria"
        done(cli("--json", "--store", tmp_path / "new", "store", "init", *words, passphrase=VILLAGE_PASSPHRASE))


def test_a_passphrase_too_short_to_hold(tmp_path: Path) -> None:
    words = ("store", "init", "--village", NOELBAKI[0], "--volunteer", "Maria")
    refused(cli("--json", "--store", tmp_path / "new", *words, passphrase="pendek"), "passphrase_too_short")
    assert files(tmp_path) == {}


@pytest.mark.parametrize(("code", "name"), [("Kab. Kupang", "UPTD"), ("", "UPTD"), ("5" * 21, "UPTD"), ("53.01", "")])
def test_a_ppt_whose_files_no_village_could_read(tmp_path: Path, code: str, name: str) -> None:
    words = ("ppt", "init", "--code", code, "--name", name, "--officer", "Petrus")
    refused(cli("--json", "--store", tmp_path / "new", *words, passphrase=PPT_PASSPHRASE), "value_impossible")
    assert files(tmp_path) == {}


@pytest.mark.parametrize("typed", ["1990-02-30", "2026-13", "1990-00-10"])
def test_an_impossible_date(desks: Desks, typed: str) -> None:
    person = resident(desks.village, birth_date="1990")
    before = dump(desks.village)
    for record in (lambda work: record_person(work, name="Marta", birth_date=typed),
                   lambda work: record_person(work, person, birth_date=typed),
                   lambda work: plan_journey(work, person, departure_on=typed)):  # fmt: skip
        with pytest.raises(Exception, match=r"no_such|impossible|unreadable"), desks.village.work() as work:
            record(work)
    assert dump(desks.village) == before


def test_the_day_that_is_not_there_is_named(desks: Desks) -> None:
    with pytest.raises(NoSuchDay) as raised, desks.village.work() as work:
        record_person(work, name="Marta", birth_date="1990-02-30")
    assert raised.value.params == {"day": 30, "last": 28}


def test_a_nik_of_15_digits_is_kept_and_pointed_out(desks: Desks) -> None:
    with desks.village.work() as work:
        recorded = record_person(work, name="Yohanis Bere", nik="5301 0810 0290 001", nik_status="seen")
    assert recorded.nik_warnings == (NikWarning.WRONG_LENGTH,)
    assert (recorded.person.nik, recorded.person.nik_status) == ("530108100290001", "seen")
    agree(desks.village, recorded.person.id, ConsentScope.SHARE_CARD)
    [taken] = desks.exchange()
    assert taken.refused == 0
    with desks.ppt.work() as work:
        assert work.records.get(Person, recorded.person.id).nik == "530108100290001"


# -- bundles -----------------------------------------------------------------------------------------------------------


def sealed(desks: Desks) -> Path:
    shared_case(desks.village)
    [path] = desks.send()
    return path


def test_a_truncated_bundle(desks: Desks) -> None:
    path = sealed(desks)
    whole, before = path.read_bytes(), dump(desks.ppt)
    for kept in (0, 20, len(whole) - 1, len(whole) // 2):
        path.write_bytes(whole[:kept])
        with pytest.raises(BundleDamaged):
            take_in(desks.ppt, path)
        assert dump(desks.ppt) == before
    with untouched(desks):
        for command in ("import", "inspect", "verify"):
            refused(ppt(desks, "bundle", command, path), "bundle_damaged")
    path.write_bytes(whole)
    [taken] = done(ppt(desks, "bundle", "import", path))["imported"]
    assert (taken["number"], taken["gap"], taken["again"], taken["refused"]) == (1, 0, False, [])


def test_one_flipped_bit(desks: Desks) -> None:
    path = sealed(desks)
    whole, before = path.read_bytes(), dump(desks.ppt)
    for place in (0.0, 0.02, 0.2, 0.5, 1.0):
        spoiled = bytearray(whole)
        spoiled[int(place * (len(whole) - 1))] ^= 0b100
        path.write_bytes(spoiled)
        with pytest.raises((BundleDamaged, NotABundle, NotForThisRecipient)):
            take_in(desks.ppt, path)
        assert dump(desks.ppt) == before
    with untouched(desks):
        refused(ppt(desks, "bundle", "import", path), "bundle_damaged")


def test_an_unknown_sender(desks: Desks) -> None:
    """A stranger knows the PPT's recipient from its pack, which is no secret; that is not enough."""
    stranger = found_village(desks.folder / "stranger", Clock(), TARUS)
    pack = enrolling.write_pack(desks.ppt, desks.stick / "pack.twe")
    enrolling.write_request(stranger, pack.path, pack.fingerprint, desks.stick / "request.twe")
    with desks.ppt.work() as work:
        device = work.info.device
    path = make_bundle(stranger, device, BundleKind.REPORT, [], desks.stick / "stranger.twb")
    stranger.close()
    with untouched(desks):
        refused(ppt(desks, "bundle", "import", path), "sender_unknown")
        said = ppt(desks, "bundle", "import", desks.stick)
        assert said.code == 1
        [listed] = said.document["imported"]
    assert (listed["error"], listed["sha256"]) == ("sender_unknown", files(desks.stick)["stranger.twb"])


def test_what_is_no_bundle_at_all(desks: Desks) -> None:
    odd = desks.stick / "photo.twb"
    odd.write_bytes(os.urandom(5_000))
    with untouched(desks):
        refused(ppt(desks, "bundle", "import", odd), "not_a_bundle")
        refused(ppt(desks, "bundle", "import", desks.stick / "gone.twb"), "file_not_readable")
        refused(village(desks, "enrol", "accept", odd), "not_a_bundle")
        words = ("enrol", "request", odd, "--digits", "1" * 30, "--out", desks.stick / "request.twe")
        refused(village(desks, *words), "enrolment_malformed")


# -- a full disk -------------------------------------------------------------------------------------------------------


@pytest.fixture
def tiny_disk(desks: Desks) -> Iterator[Path]:
    """A real file system with room for one page; only root may mount one."""
    folder = desks.folder / "tiny"
    folder.mkdir()
    mounted = sys.platform == "linux" and shutil.which("mount") is not None and os.geteuid() == 0
    command = ("mount", "-t", "tmpfs", "-o", "size=4096", "tmpfs", str(folder))
    if not mounted or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root; the limit of a process stands in for it")
    yield folder
    subprocess.run(("umount", str(folder)), check=True)


def test_a_full_disk_at_export(desks: Desks, tiny_disk: Path) -> None:
    shared_case(desks.village)
    before = dump(desks.village)
    with pytest.raises(DiskFull):
        export(desks.village, tiny_disk)
    assert dump(desks.village) == before
    assert list(tiny_disk.iterdir()) == []
    desks.close()
    refused(village(desks, "bundle", "export", "--out", tiny_disk), "disk_full")
    assert list(tiny_disk.iterdir()) == []
    [made] = done(village(desks, "bundle", "export", "--out", desks.stick))["bundles"]
    [taken] = done(ppt(desks, "bundle", "import", made["file"]))["imported"]
    assert (taken["number"], taken["gap"], taken["refused"]) == (1, 0, [])


def test_a_disk_that_fills_up_between_two_bundles(desks: Desks, tiny_disk: Path) -> None:
    """The first of two bundles is on the stick already when the second no longer fits: neither is left there."""
    subprocess.run(("mount", "-o", "remount,size=150k", str(tiny_disk)), check=True)
    with desks.village.work() as work:  # cards travel before journeys: 900 kB that pack well, then 240 kB of noise
        for number in range(80):
            person = record_person(work, name=f"Warga {number}", address="山" * 2_000, guardian_address="海" * 2_000)
            record_consent(work, person.person.id, {"share_card": "agreed"})
        for _ in range(60):
            noise = "".join(chr(0x4E00 + byte) for byte in os.urandom(4_000))
            plan_journey(work, person.person.id, debts=noise[:2_000], motive=noise[2_000:])
    before = dump(desks.village)
    with pytest.raises(DiskFull):
        export(desks.village, tiny_disk)
    assert dump(desks.village) == before
    assert list(tiny_disk.iterdir()) == []
    paths = desks.send()
    assert [content(desks.ppt, path)[0].number for path in paths] == [1, 2]
    assert [path.stat().st_size < 150_000 for path in paths] == [True, False]


@pytest.mark.skipif(sys.platform == "win32", reason="processes have no such limit on Windows")
def test_a_file_that_may_not_grow_at_export(desks: Desks) -> None:
    """The same without root: the kernel refuses to let any file of the process grow beyond the limit."""
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    with desks.village.work() as work:
        for _ in range(60):
            plan_journey(work, person, motive=os.urandom(1_000).hex())
    before = dump(desks.village)
    desks.close()
    command = [sys.executable, "-m", "trafficwatch.cli", "--json", "--passphrase-fd", "0"]
    words = ["--store", str(desks.folder / "village"), "bundle", "export", "--out", str(desks.stick)]
    ended = subprocess.run(
        [*command, *words],
        input=VILLAGE_PASSPHRASE.encode(),
        capture_output=True,
        check=False,
        preexec_fn=lambda: limits.setrlimit(limits.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert (ended.returncode, json.loads(ended.stdout)["error"]) == (1, "disk_full")
    assert files(desks.stick) == {}
    store = open_store(desks.folder / "village", VILLAGE_PASSPHRASE)
    assert dump(store) == before
    store.close()
    [made] = done(village(desks, "bundle", "export", "--out", desks.stick))["bundles"]
    assert done(ppt(desks, "bundle", "inspect", made["file"]))["number"] == 1
