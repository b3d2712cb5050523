# SPDX-License-Identifier: GPL-3.0-or-later
"""Escrow end to end on real desks: sealed at the village, read out at the PPT, used once; and every doubt refused."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desks import (
    NOELBAKI,
    PPT_PASSPHRASE,
    VILLAGE_PASSPHRASE,
    Clock,
    Desks,
    cli,
    done,
    enrol,
    enrolled,
    found_ppt,
    found_village,
    refused,
)
from escrow_tools import REASON, asked, notes, own

from trafficwatch.store import backup, rotation, vault
from trafficwatch.store.connection import StoreDamaged
from trafficwatch.store.files import FileExists, FileInStore
from trafficwatch.store.folder import read_vault
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.vault import CaseKeyNotHere, Stretching, WrongRecoveryCode
from trafficwatch.store.work import Store
from trafficwatch.sync.devices import NotEnrolled, WrongDesk
from trafficwatch.sync.escrow import (
    ESCROW,
    EscrowMissing,
    EscrowNotSetUp,
    EscrowState,
    EscrowStatus,
    open_request,
    read_out,
    request,
    set_up,
    settle,
    state,
    turn_off,
)
from trafficwatch.sync.escrow_file import (
    EscrowDamaged,
    EscrowForAnotherPpt,
)
from trafficwatch.texts import t
from trafficwatch.village.founding import renew_passphrase
from trafficwatch.village.setup import renew_recovery_code

NEW = "lumbung padi biru sembilan"
VILLAGE_CODE = NOELBAKI[0]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def code_of(desks: Desks) -> str:
    found = asked(desks)
    return read_out(desks.ppt, found, request(desks.village.folder, desks.stick).digits, REASON)


def come_back(desks: Desks, code: str, new: str = NEW) -> None:
    """The volunteer types the code with a new passphrase; the desk is open again afterwards."""
    desks.village.close()
    opened = recover_store(desks.folder / "village", code)
    renew_passphrase(opened, "Maria Tefa", new, stretching=Stretching())
    assert settle(opened)
    opened.close()
    desks.village = open_store(desks.folder / "village", new, clock=desks.clock)


# -- the whole way -----------------------------------------------------------------------------------------------------


def test_the_ppt_reads_out_what_opens_the_village(desks: Desks) -> None:
    found = asked(desks)
    assert (found.village, found.name, found.read_before) == (*NOELBAKI, "")
    made = request(desks.village.folder, desks.stick)
    code = read_out(desks.ppt, found, made.digits.replace(" ", "-"), f" {REASON} ")
    assert code not in repr(found)
    with desks.village.work() as work:
        device = work.info.device
    assert notes(desks.ppt) == [("escrow_read", device, REASON)]
    come_back(desks, code.lower().replace("-", " "))
    assert desks.village.keys.case is not None
    assert notes(desks.village)[-1][0] == "escrow_used"


def test_a_code_works_once(desks: Desks) -> None:
    code = code_of(desks)
    come_back(desks, code)
    folder = desks.village.folder
    assert state(desks.village).status is EscrowStatus.USED
    assert not (folder / ESCROW).exists()
    with pytest.raises(EscrowNotSetUp):
        request(folder, desks.stick)
    desks.village.close()
    with pytest.raises(WrongRecoveryCode):
        recover_store(folder, code)
    shutil.copy(folder / "vault.previous.json", folder / "vault.json")
    with pytest.raises(WrongRecoveryCode):
        recover_store(folder, code)


def test_a_used_code_opens_no_copied_vault_and_no_backup(desks: Desks) -> None:
    code = code_of(desks)
    folder = desks.village.folder
    copied = (folder / "vault.json").read_bytes()
    row = backup.make(desks.village, desks.folder, "by_hand")
    come_back(desks, code)
    desks.village.close()
    with pytest.raises(WrongRecoveryCode):
        vault.open_with_recovery_code(vault.decode((Path(row.place) / "vault.json").read_bytes()), code)
    (folder / "vault.json").write_bytes(copied)
    with pytest.raises(StoreDamaged):
        recover_store(folder, code)


def test_what_is_turned_off_opens_no_backup(desks: Desks) -> None:
    code = code_of(desks)
    row = backup.make(desks.village, desks.folder, "by_hand")
    there = Path(row.place) / "vault.json"
    vault.open_with_recovery_code(vault.decode(there.read_bytes()), code)
    turn_off(desks.village)
    with pytest.raises(WrongRecoveryCode):
        vault.open_with_recovery_code(vault.decode(there.read_bytes()), code)


@pytest.mark.parametrize("end", [turn_off, set_up])
def test_a_former_ppt_s_code_opens_no_copied_vault(desks: Desks, end: Callable[[Store], EscrowState]) -> None:
    code = code_of(desks)
    folder = desks.village.folder
    copied = (folder / "vault.json").read_bytes()
    end(desks.village)
    desks.village.close()
    (folder / "vault.json").write_bytes(copied)
    with pytest.raises(StoreDamaged):
        recover_store(folder, code)


def test_keys_are_renewed_for_a_replaced_code_only(desks: Desks) -> None:
    before = desks.village.keys.master
    set_up(desks.village)
    assert desks.village.keys.master == before
    code = code_of(desks)
    assert desks.village.keys.master != before
    assert state(desks.village).status is EscrowStatus.READY
    come_back(desks, code)


@pytest.mark.parametrize("end", [set_up, turn_off])
def test_keys_are_renewed_at_the_next_unlock_if_the_power_goes(
    desks: Desks, monkeypatch: pytest.MonkeyPatch, end: Callable[[Store], EscrowState]
) -> None:
    set_up(desks.village)
    folder, epoch = desks.village.folder, read_vault(desks.village.folder).epoch
    with monkeypatch.context() as patched:
        patched.setattr(rotation, "begin", lambda *_, **__: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            end(desks.village)
    desks.village.close()
    desks.village = open_store(folder, VILLAGE_PASSPHRASE, clock=desks.clock)
    assert (desks.village.findings, read_vault(folder).epoch) == (["rotation_finished"], epoch + 1)


def test_escrow_is_set_up_anew_after_use(desks: Desks) -> None:
    first = code_of(desks)
    come_back(desks, first)
    desks.clock.move(hours=1)
    found = asked(desks)
    assert found.read_before
    code = read_out(desks.ppt, found, request(desks.village.folder, desks.stick).digits, REASON)
    assert code != first
    come_back(desks, code, f"{NEW} lagi")


def test_the_printed_sheet_leaves_escrow_alone(tmp_path: Path) -> None:
    clock = Clock()
    ppt = found_ppt(tmp_path / "ppt", clock)
    village = found_village(tmp_path / "village", clock)
    enrol(village, ppt, tmp_path)
    set_up(village)
    sheet = renew_recovery_code(village)
    village.close()
    opened = recover_store(tmp_path / "village", sheet)
    renew_passphrase(opened, "Maria Tefa", NEW, stretching=Stretching())
    assert not settle(opened)
    assert state(opened).status is EscrowStatus.READY
    opened.close()
    ppt.close()


def test_rotation_keeps_the_code(desks: Desks) -> None:
    code = code_of(desks)
    rotation.rotate(desks.village)
    assert state(desks.village).status is EscrowStatus.READY
    come_back(desks, code)


# -- where the village stands ------------------------------------------------------------------------------------------


def test_a_village_knows_where_it_stands(desks: Desks) -> None:
    assert state(desks.village).status is EscrowStatus.OFF
    assert set_up(desks.village).status is EscrowStatus.READY
    assert turn_off(desks.village).status is EscrowStatus.OFF
    assert not (desks.village.folder / ESCROW).exists()
    assert [action for action, _, _ in notes(desks.village)] == ["escrow_on", "escrow_off"]


def test_what_was_turned_off_opens_nothing(desks: Desks) -> None:
    code = code_of(desks)
    turn_off(desks.village)
    desks.village.close()
    with pytest.raises(WrongRecoveryCode):
        recover_store(desks.village.folder, code)


def test_a_new_seal_makes_the_earlier_code_void(desks: Desks) -> None:
    earlier = code_of(desks)
    later = code_of(desks)
    desks.village.close()
    with pytest.raises(WrongRecoveryCode):
        recover_store(desks.village.folder, earlier)
    recover_store(desks.village.folder, later).close()


def test_a_changed_or_lost_file_is_noticed_while_somebody_can_act(desks: Desks) -> None:
    set_up(desks.village)
    path = desks.village.folder / ESCROW
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(sealed)
    assert state(desks.village).status is EscrowStatus.BROKEN
    path.unlink()
    assert state(desks.village).status is EscrowStatus.BROKEN
    assert set_up(desks.village).status is EscrowStatus.READY


def test_another_ppt_wants_a_new_seal(desks: Desks) -> None:
    set_up(desks.village)
    other = found_ppt(desks.folder / "other", desks.clock, ("53.03", "UPTD PPA Kabupaten TTS"))
    desks.clock.move(hours=1)
    enrol(desks.village, other, desks.folder)
    found = state(desks.village)
    assert (found.status, found.ppt) == (EscrowStatus.OTHER_PPT, "UPTD PPA Kabupaten TTS")
    with pytest.raises(EscrowForAnotherPpt):
        open_request(other, request(desks.village.folder, desks.stick).path)
    assert set_up(desks.village).status is EscrowStatus.READY
    assert open_request(other, request(desks.village.folder, desks.stick).path).village == VILLAGE_CODE
    other.close()


def test_only_an_enrolled_village_seals(tmp_path: Path, desks: Desks) -> None:
    alone = found_village(tmp_path / "alone", desks.clock)
    assert state(alone).status is EscrowStatus.NOT_CONNECTED
    with pytest.raises(NotEnrolled):
        set_up(alone)
    assert not (alone.folder / ESCROW).exists()
    alone.close()
    with pytest.raises(WrongDesk):
        set_up(desks.ppt)


def test_who_has_no_case_key_seals_nothing(desks: Desks) -> None:
    with pytest.raises(CaseKeyNotHere):
        set_up(desks.helper())
    assert state(desks.village).status is EscrowStatus.OFF


# -- the request -------------------------------------------------------------------------------------------------------


def test_a_request_says_nothing_and_is_saved_once(desks: Desks) -> None:
    set_up(desks.village)
    made = request(desks.village.folder, desks.stick)
    content = made.path.read_bytes()
    assert made.path.name == f"permintaan-buka-{hashlib.sha256(content).hexdigest()[:8]}.twe"
    assert len(made.digits.replace(" ", "")) == 30
    for told in (VILLAGE_CODE, "Noelbaki", own(desks.village).device):
        assert told.encode() not in content
    assert request(desks.village.folder, desks.stick) == made
    assert request(desks.village.folder, desks.folder / "kirim.twe").digits == made.digits
    made.path.write_bytes(b"something else")
    with pytest.raises(FileExists):
        request(desks.village.folder, desks.stick)
    with pytest.raises(FileInStore):
        request(desks.village.folder, desks.village.folder)


def test_a_request_without_escrow_is_named(desks: Desks) -> None:
    folder = desks.village.folder
    with pytest.raises(EscrowNotSetUp):
        request(folder, desks.stick)
    set_up(desks.village)
    content = (folder / ESCROW).read_bytes()
    for wrong in (content[:-1], content + b"\0", b"", bytes(len(content))):
        (folder / ESCROW).write_bytes(wrong)
        with pytest.raises(EscrowDamaged):
            request(folder, desks.stick)
    (folder / ESCROW).unlink()
    with pytest.raises(EscrowMissing):
        request(folder, desks.stick)
    assert list(desks.stick.iterdir()) == []


# -- the command line --------------------------------------------------------------------------------------------------


def test_the_whole_way_by_commands(desks: Desks) -> None:
    desks.close()
    village, ppt = ("--json", "--store", desks.folder / "village"), ("--json", "--store", desks.folder / "ppt")
    on = done(cli(*village, "store", "escrow", "on", passphrase=VILLAGE_PASSPHRASE))
    assert on["status"] == "ready"
    made = done(cli(*village, "store", "escrow", "request", "--to", desks.stick))
    words = (*ppt, "ppt", "escrow", made["file"], "--reason", REASON, "--digits")
    refused(cli(*words, "12345 " * 6, passphrase=PPT_PASSPHRASE), "fingerprint_mismatch")
    read = done(cli(*words, made["digits"], passphrase=PPT_PASSPHRASE))
    assert (read["village"], read["name"]) == NOELBAKI
    desks.village.close()
    opened = recover_store(desks.folder / "village", read["code"])
    opened.close()
    assert done(cli(*village, "store", "escrow", "off", passphrase=VILLAGE_PASSPHRASE)) == {"status": "off"}
    refused(cli(*village, "store", "escrow", "request", "--to", desks.stick), "escrow_not_set_up")


@pytest.mark.parametrize("used", ["escrow_used", "sheet_used"])
def test_the_command_says_what_to_do_with_the_code(desks: Desks, used: str) -> None:
    code = code_of(desks) if used == "escrow_used" else renew_recovery_code(desks.village)
    desks.close()
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "w") as pipe:
        pipe.write(f"{code}\n")
        pipe.flush()
        words = ("store", "recover", "--volunteer", "Maria Tefa", "--code-fd", reading)
        said = cli("--lang", "id", "--store", desks.folder / "village", *words, passphrase=NEW)
    assert said.code == 0
    for key in ("escrow_used_more", "sheet_used_more"):
        assert (t(f"findings.{key}") in said.out) is (key == f"{used}_more")
