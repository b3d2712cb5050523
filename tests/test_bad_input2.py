# SPDX-License-Identifier: GPL-3.0-or-later
"""More bad input by name: places to write to, odd files on a stick, folders that may not be read, claims in files."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desks import (
    HELPER_PASSPHRASE,
    NOELBAKI,
    PPT,
    PPT_PASSPHRASE,
    TARUS,
    VILLAGE_PASSPHRASE,
    Clock,
    Desks,
    Said,
    cli,
    content,
    done,
    dump,
    enrolled,
    files,
    found_ppt,
    found_village,
    make_bundle,
    refused,
    resident,
    shared_case,
)
from sqlalchemy import text

from trafficwatch.models.exchange import BundleKind, Delivery, PeerStatus
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.connection import StoreDamaged, StoreDiskFailed
from trafficwatch.store.erasure import Ground
from trafficwatch.store.files import FileExists, FileInStore, FileNotReadable, check_new, regular_files
from trafficwatch.store.health import examine
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.sync import enrolling
from trafficwatch.sync.enrolling import Applicant, read_applicant, read_pack_name
from trafficwatch.sync.enrolment import EnrolmentPracticeRefused, EnrolmentUnexpected
from trafficwatch.sync.importing import SenderPending, take_in
from trafficwatch.texts import LANGUAGES, catalogue, set_language
from trafficwatch.texts.exchange import (
    delivery_words,
    kind_words,
    leaving_words,
    reason_words,
    status_words,
    type_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSPHRASES = {"village": VILLAGE_PASSPHRASE, "ppt": PPT_PASSPHRASE}
SOURCES = Path(enrolling.__file__).parent


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def at(desks: Desks, side: str, *words: object, stdin: str = "") -> Said:
    return cli("--json", "--store", desks.folder / side, *words, passphrase=PASSPHRASES[side], stdin=stdin)


# -- where something is written ----------------------------------------------------------------------------------------


def test_no_file_takes_the_place_of_another(desks: Desks) -> None:
    pack = enrolling.write_pack(desks.ppt, desks.stick / "pack.twe")
    digits = pack.fingerprint
    desks.close()
    taken = desks.stick / "laporan.pdf"
    taken.write_text("mine")
    before = files(desks.folder)
    refused(at(desks, "ppt", "ppt", "pack", "--out", taken), "file_exists")
    refused(at(desks, "ppt", "ppt", "key", "export", "--reason", "Amplop", "--out", taken), "file_exists")
    refused(at(desks, "village", "form", "referral", "--blank", "--out", taken), "file_exists")
    words = ("enrol", "request", pack.path, "--digits", digits, "--out", taken)
    assert "laporan.pdf" in refused(at(desks, "village", *words), "file_exists")["message"]
    assert files(desks.folder) == before


def test_a_link_that_leads_nowhere_is_a_name_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "form.pdf").symlink_to(tmp_path / "gone")
    with pytest.raises(FileExists):
        check_new(tmp_path / "form.pdf", tmp_path / "store")


def test_nothing_is_written_into_the_store(desks: Desks) -> None:
    resident(desks.village)
    pack = enrolling.write_pack(desks.ppt, desks.stick / "pack.twe")
    request = enrolling.write_request(desks.village, pack.path, pack.fingerprint, desks.stick / "request.twe")
    with desks.village.work() as work:
        device = work.info.device
    [report] = desks.send()
    desks.close()
    before = files(desks.folder)
    village, ppt = desks.folder / "village", desks.folder / "ppt"
    (desks.folder / "short").symlink_to(ppt)
    for words in (
        ("ppt", "pack", "--out", ppt / "pack.twe"),
        ("ppt", "pack", "--out", desks.folder / "short" / "vault.json"),
        ("ppt", "key", "export", "--reason", "Amplop", "--out", desks.stick / ".." / "ppt" / "key"),
        ("ppt", "reply", device, "--out", ppt),
        ("ppt", "revoke", device, "--reason", "hilang", "--out", ppt),
        ("ppt", "approve", request.path, "--digits", request.fingerprint, "--out", ppt),
        ("bundle", "import", report, "--out", ppt),
    ):
        refused(at(desks, "ppt", *words), "file_in_store")
    for words in (
        ("form", "referral", "--blank", "--out", village / "form.pdf"),
        ("enrol", "request", pack.path, "--digits", pack.fingerprint, "--out", village / "request.twe"),
        ("bundle", "export", "--out", village),
    ):
        refused(at(desks, "village", *words), "file_in_store")
    (desks.folder / "short").unlink()
    assert files(desks.folder) == before


def test_the_same_receipt_may_be_written_again(desks: Desks) -> None:
    """It is the answer that was given before, not another file."""
    resident(desks.village)
    [report] = desks.send()
    desks.close()
    [first] = done(at(desks, "ppt", "bundle", "import", report))["imported"]
    [again] = done(at(desks, "ppt", "bundle", "import", report))["imported"]
    assert (again["again"], again["receipt"]) == (True, first["receipt"])


@pytest.mark.parametrize("folder", ["store", "store/deep", "./store/../store/x"])
def test_every_way_into_the_store_is_seen(tmp_path: Path, folder: str) -> None:
    (tmp_path / "store").mkdir()
    with pytest.raises(FileInStore):
        check_new(tmp_path / folder / "form.pdf", tmp_path / "store")
    check_new(tmp_path / "storehouse" / "form.pdf", tmp_path / "store")


# -- what lies on a stick ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system")
def test_a_pipe_on_the_stick_is_passed_over(desks: Desks) -> None:
    resident(desks.village)
    [report] = desks.send()
    os.mkfifo(desks.stick / "0-pipe.twb")
    (desks.stick / "1-folder.twb").mkdir()
    (desks.stick / "2-nowhere.twb").symlink_to(desks.stick / "gone")
    desks.close()
    for command in ("inspect", "verify"):
        [read] = next(iter(done(at(desks, "ppt", "bundle", command, desks.stick)).values()))
        assert read["file"] == str(report)
    [taken] = done(at(desks, "ppt", "bundle", "import", desks.stick))["imported"]
    assert taken["file"] == str(report)
    for command in ("import", "inspect", "verify"):
        refused(at(desks, "ppt", "bundle", command, desks.stick / "0-pipe.twb"), "file_not_readable")


@pytest.mark.skipif(sys.platform != "linux", reason="a file that gives an error when it is read")
def test_an_unreadable_file_on_the_stick_is_reported(desks: Desks) -> None:
    resident(desks.village)
    desks.send()
    (desks.stick / "0-broken.twb").symlink_to("/proc/self/mem")
    desks.close()
    said = at(desks, "ppt", "bundle", "import", desks.stick)
    taken, broken = said.document["imported"]
    assert said.code == 1
    assert (taken["number"], broken["error"], broken["sha256"]) == (1, "file_not_readable", None)
    assert broken["text"].startswith("0-broken.twb: ")


def test_what_was_refused_is_said_in_words(desks: Desks) -> None:
    with desks.ppt.work() as work:
        device = work.info.device
    path = make_bundle(desks.village, device, BundleKind.REPORT, ["no record", "nor this"], desks.stick / "odd.twb")
    desks.close()
    said = cli("--store", desks.folder / "ppt", "bundle", "import", path, passphrase=PPT_PASSPHRASE)
    assert said.code == 0
    assert "2 × Catatan lain: Baris ini rusak dan tidak dapat dibaca." in said.out
    assert "line_malformed" not in said.out


# -- folders that may not be read --------------------------------------------------------------------------------------


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """A folder that this process may not look into; root may everywhere, so for that time it is somebody else."""
    mode = folder.stat().st_mode
    folder.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(mode)


@pytest.mark.skipif(sys.platform == "win32", reason="rights work differently there")
def test_a_folder_that_may_not_be_read(desks: Desks) -> None:
    desks.close()
    folder = desks.folder / "village"
    with locked(folder):
        for opens in (open_store, recover_store):
            with pytest.raises(StoreDiskFailed):
                opens(folder, "x")
        with pytest.raises(FileNotReadable):
            regular_files(folder, ".twb")
        checks = {check.key: check.ok for check in examine(folder / "new")}
        document = cli("--json", "--store", folder, "store", "info", passphrase=VILLAGE_PASSPHRASE)
        refused(document, "store_disk_failed")
        words = ("store", "init", "--village", NOELBAKI[0], "--volunteer", "Maria")
        refused(cli("--json", "--store", folder, *words, passphrase=VILLAGE_PASSPHRASE), "store_disk_failed")
        source = folder / "in"
        refused(cli("--json", "--store", folder, "bundle", "import", source, passphrase="x"), "file_in_store")
    assert checks["rights"] is (os.geteuid() == 0)  # which asks for whom the program runs, so root is told yes
    assert done(at(desks, "village", "store", "info"))["code"] == NOELBAKI[0]


@pytest.mark.parametrize("name", ["store.db", "vault.json"])
def test_a_folder_in_the_place_of_a_file(desks: Desks, name: str) -> None:
    desks.close()
    path = desks.folder / "village" / name
    path.rename(desks.folder / "aside")
    path.mkdir()
    document = at(desks, "village", "store", "info")
    refused(document, "store_damaged" if name == "store.db" else "file_not_readable")
    if name == "store.db":
        with pytest.raises(StoreDamaged):
            open_store(path.parent, HELPER_PASSPHRASE)
    assert list(path.iterdir()) == []


# -- claims in enrolment files -----------------------------------------------------------------------------------------


def test_the_ppt_sees_who_asks_before_it_types_digits(desks: Desks) -> None:
    pack = enrolling.write_pack(desks.ppt, desks.stick / "pack.twe")
    request = enrolling.write_request(desks.village, pack.path, pack.fingerprint, desks.stick / "request.twe")
    found = read_applicant(desks.ppt, request.path)
    assert found == Applicant(NOELBAKI[0], NOELBAKI[1], NOELBAKI[1], found.device, found.known)
    assert [row.device for row in found.known] == [found.device]
    assert read_pack_name(pack.path, practice=False) == PPT[1]
    with pytest.raises(EnrolmentUnexpected):
        read_applicant(desks.ppt, pack.path)
    with pytest.raises(EnrolmentUnexpected):
        read_pack_name(request.path, practice=False)
    with pytest.raises(EnrolmentPracticeRefused):
        read_pack_name(pack.path, practice=True)
    desks.close()
    words = ("ppt", "approve", request.path, "--out", desks.stick)
    said = cli("--store", desks.folder / "ppt", *words, passphrase=PPT_PASSPHRASE, stdin=f"{request.fingerprint}\n")
    assert said.code == 0
    shown, asked = said.out.index(NOELBAKI[1]), said.out.index("30 angka yang dibacakan")
    assert shown < asked
    assert request.fingerprint not in said.out
    document = done(at(desks, "ppt", *words, "--digits", request.fingerprint))
    assert (document["village"], document["place"]) == NOELBAKI


def test_a_name_that_does_not_fit_the_code_is_seen(desks: Desks) -> None:
    """The applicant says Noelbaki and has the code of a neighbour, or one that no village has."""
    pack = enrolling.write_pack(desks.ppt, desks.stick / "pack.twe")
    for code, place in (("53.01.08.1007", TARUS[1]), ("DESA-X", ""), ("99.99.99.2999", "")):
        with desks.village.work() as work:
            values = {"value": f'"{code}"'}
            work.connection.execute(text("UPDATE store_info SET value = :value WHERE key = 'code'"), values)
        path = desks.stick / f"{code}.twe"
        enrolling.write_request(desks.village, pack.path, pack.fingerprint, path)
        found = read_applicant(desks.ppt, path)
        assert (found.code, found.place, found.name) == (code, place, NOELBAKI[1])
    desks.close()
    words = ("--store", desks.folder / "ppt", "ppt", "approve", path, "--digits", "1" * 30, "--out", desks.stick)
    said = cli(*words, passphrase=PPT_PASSPHRASE)
    assert (said.code, "tidak ada dalam daftar" in said.out) == (1, True)


def test_the_village_sees_the_ppts_name_first(desks: Desks) -> None:
    pack = enrolling.write_pack(desks.ppt, desks.stick / "pack.twe")
    desks.close()
    words = ("--store", desks.folder / "village", "enrol", "request", pack.path, "--out", desks.stick / "request.twe")
    said = cli(*words, passphrase=VILLAGE_PASSPHRASE, stdin=f"{pack.fingerprint}\n")
    assert said.code == 0
    assert said.out.index(PPT[1]) < said.out.index("30 angka yang dibacakan")
    assert pack.fingerprint not in said.out


def test_an_approval_that_is_imported_names_the_way(tmp_path: Path) -> None:
    clock = Clock()
    village, ppt = found_village(tmp_path / "village", clock), found_ppt(tmp_path / "ppt", clock)
    pack = enrolling.write_pack(ppt, tmp_path / "pack.twe")
    request = enrolling.write_request(village, pack.path, pack.fingerprint, tmp_path / "request.twe")
    _, approval = enrolling.approve(ppt, request.path, request.fingerprint, tmp_path)
    before = dump(village)
    with pytest.raises(SenderPending):
        take_in(village, approval)
    assert dump(village) == before
    for store in (village, ppt):
        store.close()
    options = ("--json", "--store", tmp_path / "village")
    for command in ("import", "verify", "inspect"):
        said = cli(*options, "bundle", command, approval, passphrase=VILLAGE_PASSPHRASE)
        assert "enrol accept" in refused(said, "sender_pending")["todo"]
    done(cli(*options, "enrol", "accept", approval, passphrase=VILLAGE_PASSPHRASE))


def test_a_stranger_is_no_pending_ppt(tmp_path: Path) -> None:
    clock = Clock()
    village, ppt = found_village(tmp_path / "village", clock), found_ppt(tmp_path / "ppt", clock)
    pack = enrolling.write_pack(ppt, tmp_path / "pack.twe")
    enrolling.write_request(village, pack.path, pack.fingerprint, tmp_path / "request.twe")
    stranger = found_ppt(tmp_path / "stranger", clock, ("53.02", "Kantor lain"))
    other = enrolling.write_pack(stranger, tmp_path / "other.twe")
    request = enrolling.write_request(village, other.path, other.fingerprint, tmp_path / "request2.twe")
    with village.work() as work:
        work.connection.execute(text("DELETE FROM peer WHERE code = '53.02'"))
    _, approval = enrolling.approve(stranger, request.path, request.fingerprint, tmp_path)
    for store in (village, ppt, stranger):
        store.close()
    said = cli("--json", "--store", tmp_path / "village", "bundle", "import", approval, passphrase=VILLAGE_PASSPHRASE)
    refused(said, "sender_unknown")


# -- words -------------------------------------------------------------------------------------------------------------

WIRE_REASONS = {"text_too_long", "value_impossible", "unreadable_date", "impossible_date"} | {
    *("year_out_of_range", "no_such_month", "no_such_day"),  # keys of the errors that a field's check raises
    *("record_twice", "record_type_unknown", "record_malformed", "history_malformed", "stamp_far_ahead"),
    *("line_malformed", "record_of_another_village", "field_owned_elsewhere", "link_missing"),
    *("no_consent", "fields_refused", "case_key_needed", "record_erased", "stays_here", "questionnaire_broken"),
    *("consent_withdrawn", "discarded", "undone", "file_missing", "attachment_kind_unknown", *map(str, Ground)),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_on_its_way_has_words(language: str) -> None:
    set_language("en" if language == "en" else "id")
    groups = (
        (type_words, RECORD_TYPES),
        (reason_words, WIRE_REASONS),
        (leaving_words, ("always", "share_card", "share_case", "follows")),
        (kind_words, BundleKind),
        (status_words, PeerStatus),
        (delivery_words, [*Delivery, None]),
    )
    others = {type_words("tidak dikenal"), reason_words("tidak dikenal")}
    for words, keys in groups:
        said = [words(key) for key in keys]
        assert len(set(said)) == len(said)
        assert not others & set(said)


def test_no_words_are_left_over() -> None:
    """Each text of the catalogue belongs to something that exists, so that a renamed key is seen."""
    keys = {"type": {*RECORD_TYPES, "other"}, "reason": {*WIRE_REASONS, "other"}}
    keys |= {"leaving": {"always", "share_card", "share_case", "follows", "duty"}, "kind": {*map(str, BundleKind)}}
    keys |= {"status": {*map(str, PeerStatus)}, "delivery": {*map(str, Delivery), "withheld"}}
    wanted = {f"{group}.{key}" for group, found in keys.items() for key in found} | {"refused_line"}
    assert set(catalogue("exchange")) == wanted


def test_every_reason_in_the_code_has_words() -> None:
    """What `sync` gives as a reason stands there as a plain text: each is looked up in the sources."""
    takes = ("reports.py", "peering.py", "restoring.py", "transferring.py", "attaching.py", "removing.py")
    sources = {name: (SOURCES / name).read_text("utf-8") for name in (*takes, "wire.py", "outbox.py")}
    refusals = ('Delivery.REFUSED, "', '_refused(state, "', '_refused(accepted, "')
    lines = [line for name in takes for line in sources[name].splitlines() if any(mark in line for mark in refusals)]
    found = {line.split('"')[-2] for line in lines}
    for name, mark in (("attaching.py", 'return ""'), ("wire.py", 'return "'), ("outbox.py", "yield standing")):
        found |= {line.split('"')[1] for line in sources[name].splitlines() if mark in line and '"' in line}
    assert {"link_missing", "history_malformed", "no_consent"} <= found
    assert found - {""} <= WIRE_REASONS


def test_a_shared_case_is_not_named_by_what_was_refused(desks: Desks) -> None:
    """The words are about kinds and reasons: no name of a person stands in what an import says."""
    shared_case(desks.village, "Yohanis Bere")
    [path] = desks.send()
    assert content(desks.ppt, path)[1]
    desks.close()
    said = cli("--store", desks.folder / "ppt", "bundle", "import", path, passphrase=PPT_PASSPHRASE)
    assert (said.code, "Bere" in said.out) == (0, False)
