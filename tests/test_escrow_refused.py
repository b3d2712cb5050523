# SPDX-License-Identifier: GPL-3.0-or-later
"""Escrow files that a PPT refuses: forged, changed, of another desk; each doubt has a name, and nothing is read out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from desks import (
    NOELBAKI,
    TARUS,
    Desks,
    enrol,
    enrolled,
    found_ppt,
    found_village,
)
from escrow_tools import REASON, asked, known_to, notes, own

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.errors import BundleError
from trafficwatch.sync import age, enrolling, escrow_file, sshsig, ustar
from trafficwatch.sync.devices import WrongDesk
from trafficwatch.sync.enrolment import FingerprintMismatch
from trafficwatch.sync.escrow import (
    open_request,
    read_out,
    request,
    set_up,
)
from trafficwatch.sync.escrow_file import (
    NAMESPACE,
    Escrow,
    EscrowDamaged,
    EscrowForAnotherPpt,
    EscrowOfOtherVillage,
    EscrowOfRevokedDevice,
    EscrowOfUnknownDevice,
    EscrowPracticeRefused,
    EscrowUnexpected,
    unseal,
)
from trafficwatch.sync.manifest import FORMAT, FormatNewer, recipient_hash

VILLAGE_CODE = NOELBAKI[0]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def sealed_by(desks: Desks, change: Callable[[Escrow], Escrow] = lambda each: each, **how: object) -> Path:
    """A file as the village would seal it, changed before or after it was signed."""
    mine, ppt = own(desks.village), own(desks.ppt).recipient
    code = "CHJPH-CSV83-D5N6V-PV3DR-DSQQF-0WBJ3-EDT7V"
    made_at = "2026-11-21T01:00:00+00:00"
    escrow = Escrow(FORMAT, False, VILLAGE_CODE, mine.device, "0" * 16, code, recipient_hash(ppt), made_at)
    body = msgspec.json.encode(change(escrow))
    signature = sshsig.sign(
        body,
        private_key=how.get("seed", mine.signing_seed),  # type: ignore[arg-type]
        namespace=str(how.get("namespace", NAMESPACE)),
    )
    members = [("escrow.json", body), ("escrow.sig", signature)]
    if "swap" in how:
        members[0] = ("escrow.json", body.replace(b"2026-11-21", b"2026-11-22"))
    path = desks.stick / "permintaan.twe"
    path.write_bytes(age.encrypt(ustar.write(members), [age.Recipient.from_string(ppt)]))
    return path


def changed(**values: object) -> Callable[[Escrow], Escrow]:
    return lambda escrow: msgspec.structs.replace(escrow, **values)


def test_the_forger_of_these_tests_can_forge(desks: Desks) -> None:
    assert open_request(desks.ppt, sealed_by(desks)).village == VILLAGE_CODE


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (changed(village=TARUS[0]), EscrowOfOtherVillage),
        (changed(device="0" * 16), EscrowOfOtherVillage),
        (changed(practice=True), EscrowPracticeRefused),
        (changed(recipient="0" * 64), EscrowForAnotherPpt),
        (changed(format=(2, 0)), FormatNewer),
        (changed(code="CHJPH-CSV83-D5N6V-PV3DR-DSQQF-0WBJ3-EDT7W"), EscrowDamaged),
        (changed(vault="../../etc"), EscrowDamaged),
        (changed(made_at="kemarin"), EscrowDamaged),
        (changed(made_at="2026-11-21T01:00:00"), EscrowDamaged),
    ],
)
def test_what_an_enrolled_device_may_not_claim(
    desks: Desks, change: Callable[[Escrow], Escrow], error: type[BundleError]
) -> None:
    with pytest.raises(error):
        open_request(desks.ppt, sealed_by(desks, change))


def test_a_key_that_is_not_enrolled_is_refused(desks: Desks) -> None:
    with pytest.raises(EscrowOfUnknownDevice):
        open_request(desks.ppt, sealed_by(desks, seed=sshsig.generate_private_key()))


@pytest.mark.parametrize("how", [{"namespace": "trafficwatch-enrolment"}, {"swap": True}])
def test_a_signature_for_something_else_is_refused(desks: Desks, how: dict[str, object]) -> None:
    with pytest.raises(EscrowDamaged):
        open_request(desks.ppt, sealed_by(desks, **how))


def test_a_revoked_device_is_refused_by_name(desks: Desks) -> None:
    set_up(desks.village)
    path = request(desks.village.folder, desks.stick).path
    found = open_request(desks.ppt, path)
    enrolling.revoke(desks.ppt, found.device, desks.stick, "hilang")
    with pytest.raises(EscrowOfRevokedDevice) as refusal:
        open_request(desks.ppt, path)
    assert refusal.value.params == {"village": VILLAGE_CODE}
    with pytest.raises(EscrowOfRevokedDevice):
        read_out(desks.ppt, found, request(desks.village.folder, desks.stick).digits, REASON)
    assert notes(desks.ppt) == []


def test_every_changed_byte_and_every_cut_is_refused(desks: Desks) -> None:
    set_up(desks.village)
    whole = request(desks.village.folder, desks.stick).path.read_bytes()
    mine = own(desks.ppt)
    known = escrow_file.unseal(whole, [mine.identity], known_to(desks.ppt), practice=False)
    assert known[0].village == VILLAGE_CODE
    for place in range(0, len(whole), 7):
        wrong = bytearray(whole)
        wrong[place] ^= 0x10
        for untrusted_bytes in (bytes(wrong), whole[:place]):
            with pytest.raises(BundleError):
                unseal(untrusted_bytes, [mine.identity], known_to(desks.ppt), practice=False)


def test_another_kind_of_file_is_told_apart(desks: Desks) -> None:
    pack = enrolling.write_pack(desks.ppt, desks.stick / "pack.twe").path
    huge = desks.stick / "besar.twe"
    huge.write_bytes(age.encrypt(bytes(60_000), [age.Recipient.from_string(own(desks.ppt).recipient)]))
    for path in (pack, huge):
        with pytest.raises(EscrowUnexpected):
            open_request(desks.ppt, path)


def test_a_practice_desk_and_a_real_one_do_not_mix(tmp_path: Path, desks: Desks) -> None:
    ppt = found_ppt(tmp_path / "practice-ppt", desks.clock, practice=True)
    village = found_village(tmp_path / "practice", desks.clock, practice=True)
    enrol(village, ppt, tmp_path)
    set_up(village)
    path = request(village.folder, desks.stick).path
    assert open_request(ppt, path).village == VILLAGE_CODE
    with pytest.raises(EscrowForAnotherPpt):
        open_request(desks.ppt, path)
    village.close()
    ppt.close()


def test_nothing_is_read_out_without_digits_and_reason(desks: Desks) -> None:
    found = asked(desks)
    digits = request(desks.village.folder, desks.stick).digits
    with pytest.raises(ReasonMissing):
        read_out(desks.ppt, found, digits, " ")
    for wrong in ("", digits[:-1], digits[::-1] if digits != digits[::-1] else "0" * 30):
        with pytest.raises(FingerprintMismatch):
            read_out(desks.ppt, found, wrong, REASON)
    assert notes(desks.ppt) == []
    with pytest.raises(WrongDesk):
        read_out(desks.village, found, digits, REASON)
