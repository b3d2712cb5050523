# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line at both desks: set-up, forms, enrolment, bundles, keys; one document and one exit code each."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest
from desks import (
    HELPER_PASSPHRASE,
    NOELBAKI,
    PPT_PASSPHRASE,
    TRAINING,
    VILLAGE_PASSPHRASE,
    Clock,
    Desks,
    Said,
    agree,
    cli,
    done,
    dump,
    enrolled,
    files,
    found_ppt,
    found_village,
    refer,
    refused,
    resident,
    shared_case,
)
from referral_tools import squeezed, text
from sqlalchemy import select

from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.fields import Side
from trafficwatch.models.institution import Institution
from trafficwatch.models.staff import Category
from trafficwatch.models.tables import local
from trafficwatch.store.connection import StoreDamaged
from trafficwatch.store.unlock import open_store
from trafficwatch.store.vault import Stretching
from trafficwatch.sync import enrolling
from trafficwatch.village.founding import NewMember, found_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def village(desks: Desks, *words: object, passphrase: str = VILLAGE_PASSPHRASE) -> Said:
    return cli("--json", "--store", desks.folder / "village", *words, passphrase=passphrase)


def ppt(desks: Desks, *words: object) -> Said:
    return cli("--json", "--store", desks.folder / "ppt", *words, passphrase=PPT_PASSPHRASE)


@pytest.mark.skipif(sys.platform != "linux", reason="a socket that keeps packets apart")
def test_a_passphrase_may_come_in_pieces(desks: Desks) -> None:
    """One read gives what is there by then; the first line counts, however slowly it is written."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        for piece in (VILLAGE_PASSPHRASE[:5], VILLAGE_PASSPHRASE[5:], "\r\nsecond line", "third"):
            ours.send(piece.encode())
        ours.shutdown(socket.SHUT_WR)
        store = desks.folder / "village"
        said = cli("--passphrase-fd", theirs.fileno(), "--json", "--store", store, "store", "info")
    assert done(said)["code"] == NOELBAKI[0]


# -- the village -------------------------------------------------------------------------------------------------------


def test_a_village_is_set_up_once(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    words = ("store", "init", "--village", "noelbaki", "--volunteer", "Maria Tefa", "--trained-on", "Maret 2025")
    said = cli("--json", "--store", folder, *words, passphrase=VILLAGE_PASSPHRASE)
    document = done(said)
    assert (document["village"], document["path"]) == NOELBAKI
    assert len(document["recovery_code"].split("-")) == 7
    assert VILLAGE_PASSPHRASE not in said.out
    assert sorted(path.name for path in folder.iterdir()) == ["store.db", "vault.json"]
    refused(cli("--json", "--store", folder, *words, passphrase=VILLAGE_PASSPHRASE), "store_exists")
    store = open_store(folder, VILLAGE_PASSPHRASE)
    assert store.keys.case is not None
    store.close()


def test_the_recovery_code_gives_a_new_passphrase(tmp_path: Path) -> None:
    member = NewMember("Maria Tefa", Category.COORDINATOR, VILLAGE_PASSPHRASE, TRAINING)
    store, code = found_desk(
        tmp_path / "v",
        member,
        side=Side.VILLAGE,
        code=NOELBAKI[0],
        name=NOELBAKI[1],
        practice=False,
        stretching=Stretching(),
    )
    store.close()

    def recover(name: str, typed: str) -> Said:
        reading, writing = os.pipe()
        with os.fdopen(reading), os.fdopen(writing, "w") as pipe:
            pipe.write(f"{typed}\n")
            pipe.flush()
            words = ("store", "recover", "--volunteer", name, "--code-fd", reading)
            return cli("--json", "--store", tmp_path / "v", *words, passphrase="frasa baru yang panjang")

    before = files(tmp_path / "v")
    wrong = ("0" if code[0] != "0" else "1") + code[1:]
    refused(recover("Maria Tefa", wrong), "recovery_code_mistyped")
    refused(recover("Tidak Ada", code), "volunteer_unknown")
    assert files(tmp_path / "v") == before
    copied = (tmp_path / "v/vault.json").read_bytes()
    said = recover("maria tefa", code.lower())
    assert done(said).keys() == {"volunteer"}
    assert code not in said.out
    opened = open_store(tmp_path / "v", "frasa baru yang panjang")
    assert (opened.keys.case is not None, opened.keys.volunteer) == (True, said.document["volunteer"])
    opened.close()
    (tmp_path / "v/vault.json").write_bytes(copied)
    with pytest.raises(StoreDamaged):
        open_store(tmp_path / "v", VILLAGE_PASSPHRASE)


def test_info_counts_and_names_the_partner(desks: Desks) -> None:
    resident(desks.village, "Yohanis Bere")
    desks.village.close()
    document = done(village(desks, "store", "info"))
    assert (document["side"], document["code"], document["name"]) == ("village", *NOELBAKI)
    assert (document["records"]["person"], document["records"]["volunteer"]) == (1, 2)
    assert [(each["code"], each["status"]) for each in document["partners"]] == [("53.01", "active")]
    said = cli("--store", desks.folder / "village", "store", "info", passphrase=HELPER_PASSPHRASE)
    assert "Bere" not in said.out
    assert NOELBAKI[1] in said.out
    for passphrase in (VILLAGE_PASSPHRASE, HELPER_PASSPHRASE):
        assert passphrase not in said.out + said.err


def test_a_filled_form_is_printed(desks: Desks) -> None:
    person = resident(desks.village, "Yohanis Bere")
    agree(desks.village, person, ConsentScope.REFERRAL)
    referral = refer(desks.village, person, purpose="Pendampingan hukum")
    desks.village.close()
    out = desks.stick / "form.pdf"
    assert done(village(desks, "form", "referral", referral.id, "--paper", "f4", "--out", out))["file"] == str(out)
    shown = squeezed(text(out.read_bytes()))
    assert "YohanisBere" in shown
    assert "Pendampinganhukum" in shown
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    refused(village(desks, "form", "referral", person, "--out", desks.stick / "no.pdf"), "record_unknown")
    words = ("form", "referral", referral.id, "--out", desks.stick / "no.pdf")
    refused(village(desks, *words, passphrase=HELPER_PASSPHRASE), "training_needed")
    assert not (desks.stick / "no.pdf").exists()


# -- enrolment and exchange --------------------------------------------------------------------------------------------


def test_a_ppt_is_set_up_once(tmp_path: Path) -> None:
    named = ("--code", "53.01", "--name", "UPTD PPA", "--officer", "Petrus", "--trained-on", "2024")
    arguments = ("--json", "--store", tmp_path / "ppt", "ppt", "init", *named)
    document = done(cli(*arguments, passphrase=PPT_PASSPHRASE))
    assert (document["ppt"], len(document["recovery_code"])) == ("53.01", 41)
    refused(cli(*arguments, passphrase=PPT_PASSPHRASE), "store_exists")


def test_enrolment_by_commands(tmp_path: Path) -> None:
    stick, clock = tmp_path / "stick", Clock()
    stick.mkdir()
    for found in (found_village(tmp_path / "village", clock), found_ppt(tmp_path / "ppt", clock)):
        found.close()
    passphrases = {"village": VILLAGE_PASSPHRASE, "ppt": PPT_PASSPHRASE}

    def at(side: str, *words: object) -> dict[str, Any]:
        return done(cli("--json", "--store", tmp_path / side, *words, passphrase=passphrases[side]))

    pack = at("ppt", "ppt", "pack", "--out", stick / "pack.twe")
    assert [len(group) for group in pack["fingerprint"].split()] == [5] * 6
    words = ("enrol", "request", stick / "pack.twe", "--digits", pack["fingerprint"], "--out", stick / "request.twe")
    request = at("village", *words)
    words = ("ppt", "approve", stick / "request.twe", "--digits", request["fingerprint"], "--out", stick)
    approved = at("ppt", *words)
    assert approved["village"] == NOELBAKI[0]
    assert at("village", "enrol", "accept", approved["file"]) == {"ppt": "53.01", "status": "active"}
    [made] = at("village", "bundle", "export", "--out", stick)["bundles"]
    assert at("ppt", "bundle", "verify", made["file"]) == {"verified": True, "bundle": made["bundle"]}


def test_a_bundle_goes_and_comes_back(desks: Desks) -> None:
    shared_case(desks.village)
    desks.close()
    [made] = done(village(desks, "bundle", "export", "--out", desks.stick))["bundles"]
    head = done(ppt(desks, "bundle", "inspect", made["file"]))
    assert (head["kind"], head["number"], head["practice"], head["received_before"]) == ("report", 1, False, False)
    assert (head["bundle"], head["records"]) == (made["bundle"], made["records"])
    assert head["sender"].startswith(f"{NOELBAKI[0]}/")
    [taken] = done(ppt(desks, "bundle", "import", made["file"]))["imported"]
    assert (taken["received"], taken["refused"], taken["again"]) == (made["records"], [], False)
    assert done(ppt(desks, "bundle", "inspect", made["file"]))["received_before"] is True
    [again] = done(ppt(desks, "bundle", "import", made["file"]))["imported"]
    assert (again["again"], again["receipt"]) == (True, taken["receipt"])
    [confirmed] = done(village(desks, "bundle", "import", taken["receipt"]))["imported"]
    assert (confirmed["kind"], confirmed["received"], confirmed["receipt"]) == ("receipt", made["records"], None)
    refused(village(desks, "bundle", "export", "--out", desks.stick), "nothing_to_send")
    refused(ppt(desks, "bundle", "export", "--out", desks.stick), "wrong_desk")


def test_a_folder_is_taken_in_by_number(desks: Desks) -> None:
    """File names say nothing; a bundle must not come before the one that it builds on."""
    for round_ in range(3):
        resident(desks.village, f"Warga {round_}")
        for number, path in enumerate(desks.send(), start=round_):
            path.rename(desks.stick / f"{9 - number}.twb")
    (desks.stick / "0.twb").write_bytes(b"not a bundle")
    (desks.stick / "1.twb").mkdir()
    (desks.stick / "notes.txt").write_text("not looked at")
    desks.close()
    said = ppt(desks, "bundle", "import", desks.stick)
    documents = said.document["imported"]
    assert said.code == 1  # one was refused, the others went in
    assert [each.get("number") for each in documents] == [1, 2, 3, None]
    assert [each["gap"] for each in documents[:3]] == [0] * 3
    assert [(each["error"], bool(each["sha256"])) for each in documents[3:]] == [("not_a_bundle", True)]
    empty = desks.folder / "empty"
    empty.mkdir()
    assert done(ppt(desks, "bundle", "import", empty)) == {"imported": []}
    said = cli("--store", desks.folder / "ppt", "bundle", "import", empty, passphrase=PPT_PASSPHRASE)
    assert ".twb" in said.out


def test_a_gap_is_shown(desks: Desks) -> None:
    resident(desks.village)
    desks.send()[0].unlink()
    [path] = desks.send()
    desks.close()
    said = cli("--store", desks.folder / "ppt", "bundle", "import", path, passphrase=PPT_PASSPHRASE)
    assert said.code == 0
    assert "Nomor sebelumnya yang belum sampai: 1." in said.out


def test_the_directory_is_confirmed_and_travels(desks: Desks) -> None:
    with desks.ppt.work() as work:
        institution = work.records.select(Institution)[0]
    desks.close()
    document = done(ppt(desks, "ppt", "confirm", institution.id))
    assert document["institution"] == institution.id
    refused(village(desks, "ppt", "confirm", institution.id), "wrong_desk")
    device = done(village(desks, "store", "info"))["device"]
    reply = done(ppt(desks, "ppt", "reply", device, "--out", desks.stick))
    [taken] = done(village(desks, "bundle", "import", reply["file"]))["imported"]
    assert (taken["kind"], taken["refused"]) == ("reply", [])
    listed = {each["id"]: each for each in done(village(desks, "directory"))["institutions"]}
    assert listed[institution.id]["confirmed_on"] == document["confirmed_on"]


def test_a_device_is_revoked_by_command(desks: Desks) -> None:
    desks.close()
    device = done(village(desks, "store", "info"))["device"]
    notice = done(ppt(desks, "ppt", "revoke", device, "--reason", "hilang", "--out", desks.stick))["file"]
    done(village(desks, "bundle", "import", notice))
    refused(village(desks, "bundle", "export", "--out", desks.stick), "device_revoked")
    refused(ppt(desks, "ppt", "revoke", "0" * 16, "--reason", "hilang", "--out", desks.stick), "device_unknown")


def test_the_signing_key_as_ssh_wants_it(desks: Desks) -> None:
    desks.close()
    device = done(village(desks, "store", "info"))["device"]
    line = done(village(desks, "device", "key", "export", "--allowed-signers"))["allowed_signers"]
    principal, namespaces, kind, key = line.split()
    assert (principal, kind) == (f"{NOELBAKI[0]}/{device}", "ssh-ed25519")
    assert namespaces == 'namespaces="trafficwatch-bundle"'
    assert key.startswith("AAAAC3NzaC1lZDI1NTE5")


def test_the_opening_key_leaves_with_a_reason(desks: Desks) -> None:
    before = dump(desks.ppt)
    desks.close()
    out = desks.stick / "ppt.key"
    refused(ppt(desks, "ppt", "key", "export", "--reason", "  ", "--out", out), "reason_missing")
    refused(village(desks, "ppt", "key", "export", "--reason", "x", "--out", out), "wrong_desk")
    assert not out.exists()
    said = ppt(desks, "ppt", "key", "export", "--reason", "Amplop di brankas kantor", "--out", out)
    assert done(said) == {"file": str(out)}
    identity = out.read_text().splitlines()[-1]
    assert identity.startswith("AGE-SECRET-KEY-PQ-1")
    assert identity not in said.out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    store = open_store(desks.folder / "ppt", PPT_PASSPHRASE)
    with store.work() as work:
        last = work.connection.execute(select(local.journal).order_by(local.journal.c.sequence.desc())).first()
        assert last is not None
    assert (last.action, last.volunteer) == ("key_export", store.keys.volunteer)
    assert json.loads(last.changes) == {"reason": [None, "Amplop di brankas kantor"]}
    assert {table for table, rows in dump(store).items() if rows != before[table]} == {"journal"}
    store.close()


def test_digits_are_asked_for_when_not_given(desks: Desks) -> None:
    pack = enrolling.write_pack(desks.ppt, desks.stick / "pack.twe")
    desks.close()
    words = ("enrol", "request", pack.path, "--out", desks.stick / "request.twe")
    arguments = ("--store", desks.folder / "village", *words)
    said = cli(*arguments, passphrase=VILLAGE_PASSPHRASE, stdin=f"{pack.fingerprint}\n")
    assert said.code == 0
    assert pack.fingerprint not in said.out  # its own digits are shown, those of the other side are typed
    assert (desks.stick / "request.twe").exists()
