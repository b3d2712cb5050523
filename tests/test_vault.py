# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault: who opens it gets the right keys, and whatever was done to the file, nobody gets wrong ones.

Tests that open thousands of vaults replace the key stretching by a quick hash over the same inputs; all others stretch.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampling import every
from store_tools import FAST, HELPER, HELPER_PASSPHRASE, PASSPHRASE, VOLUNTEER, record_id, template

from trafficwatch.errors import StoreError
from trafficwatch.store import vault, vault_format, vault_slots
from trafficwatch.store.recovery_code import RecoveryCodeMistyped
from trafficwatch.store.vault import (
    CAP_KIB,
    FLOOR_KIB,
    CaseKeyNotHere,
    Keys,
    PassphraseNotGoodEnough,
    Stretching,
    Vault,
    VaultDamaged,
    VaultNewer,
    WrongPassphrase,
    WrongRecoveryCode,
)

REFUSED = (VaultDamaged, VaultNewer, WrongPassphrase, WrongRecoveryCode)
replace = msgspec.structs.replace


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """A stand-in for Argon2id that takes the same inputs; gives the list of secrets that were stretched."""
    stretched: list[bytes] = []

    def stretch(secret: bytes, stretching: Stretching, salt: bytes, binding: bytes) -> bytes:
        stretched.append(secret)
        return hashlib.sha512(repr((secret, stretching, salt, binding)).encode()).digest()

    monkeypatch.setattr(vault_slots, "_stretch", stretch)
    for made_once in ("_private_keys", "_public_bytes"):
        monkeypatch.setattr(vault_slots, made_once, cache(getattr(vault_slots, made_once)))
    return stretched


def two_volunteers() -> tuple[Vault, Keys, str]:
    made, keys, code = vault.create(PASSPHRASE, VOLUNTEER, trained=True, stretching=FAST)
    return vault.add_volunteer(made, keys, HELPER_PASSPHRASE, HELPER, trained=False, stretching=FAST), keys, code


def outcomes(untrusted_bytes: bytes, code: str) -> list[Keys | type[StoreError]]:
    """What each of the three ways in gives: keys, or the error that refuses them."""
    ways: list[Callable[[Vault], Keys]] = [
        lambda opened: vault.open_with_recovery_code(opened, code),
        lambda opened: vault.open_with_passphrase(opened, PASSPHRASE),
        lambda opened: vault.open_with_passphrase(opened, HELPER_PASSPHRASE),
    ]
    found: list[Keys | type[StoreError]] = []
    try:
        decoded = vault.decode(untrusted_bytes)
    except REFUSED as error:
        return [type(error)] * 3
    for way in ways:
        try:
            found.append(way(decoded))
        except REFUSED as error:
            found.append(type(error))
    return found


# -- opening -----------------------------------------------------------------------------------------------------------


def test_each_way_in_gives_its_keys() -> None:
    """With real stretching throughout: the template was made with it."""
    known = template()
    found = vault.decode((known.folder / "vault.json").read_bytes())
    assert vault.open_with_passphrase(found, PASSPHRASE) == known.keys
    assert vault.open_with_recovery_code(found, known.code) == Keys(
        known.keys.master, known.keys.case, None, "recovery"
    )
    assert known.keys.volunteer == VOLUNTEER
    assert known.keys.case is not None
    assert known.helper == Keys(known.keys.master, None, HELPER)
    with pytest.raises(WrongPassphrase):
        vault.open_with_passphrase(found, PASSPHRASE + "x")


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("lima kata sandi", "  lima kata   sandi\t\n"),
        ("lima\u00a0kata", "lima kata"),
        ("caf\u00e9 di kota", "cafe\u0301 di kota"),
    ],
)
def test_blanks_and_composed_accents_do_not_matter(quick: list[bytes], chosen: str, typed: str) -> None:
    made, keys, _ = vault.create(chosen, VOLUNTEER, trained=True, stretching=FAST)
    assert vault.open_with_passphrase(made, typed) == keys


@pytest.mark.parametrize("typed", ["lima katasandi", "Lima kata sandi", "lima kata", "", "\udcff"])
def test_everything_else_matters(quick: list[bytes], typed: str) -> None:
    made, *_ = vault.create("lima kata sandi", VOLUNTEER, trained=True, stretching=FAST)
    with pytest.raises(WrongPassphrase):
        vault.open_with_passphrase(made, typed)


def test_a_recovery_code_opens_its_own_vault_alone(quick: list[bytes]) -> None:
    mine, keys, code = two_volunteers()
    others, _, other_code = two_volunteers()
    quick.clear()
    assert vault.open_with_recovery_code(mine, code.lower().replace("-", " ")).case == keys.case
    with pytest.raises(WrongRecoveryCode):
        vault.open_with_recovery_code(mine, other_code)
    with pytest.raises(WrongRecoveryCode):
        vault.open_with_recovery_code(replace(others, slots=others.slots[1:]), other_code)
    with pytest.raises(RecoveryCodeMistyped) as caught:
        vault.open_with_recovery_code(mine, ("Z" if code[0] != "Z" else "Y") + code[1:])
    assert caught.value.params == {"group": 1}
    assert quick == []  # a code is never stretched


def test_two_vaults_share_nothing(quick: list[bytes]) -> None:
    one, one_keys, one_code = two_volunteers()
    other, other_keys, other_code = two_volunteers()
    assert one_code != other_code
    assert {one_keys.master, one_keys.case}.isdisjoint({other_keys.master, other_keys.case})
    for part in ("id", "salt", "commit", "public", "anchor", "master"):
        assert len({getattr(slot, part) for slot in (*one.slots, *other.slots)}) == 6
    assert len({one.vault, one.store, one.case, other.vault, other.store, other.case}) == 6


def test_an_untrained_volunteers_slot_has_no_case_key(quick: list[bytes]) -> None:
    made, keys, _ = vault.create(PASSPHRASE, VOLUNTEER, trained=False, stretching=FAST)
    assert keys.case is None
    assert [slot.case is None for slot in made.slots] == [False, True]  # the printed code has it
    assert vault.open_with_passphrase(made, PASSPHRASE) == keys
    with pytest.raises(CaseKeyNotHere):
        vault.add_volunteer(made, keys, HELPER_PASSPHRASE, HELPER, trained=True, stretching=FAST)


def test_a_trained_volunteer_passes_the_case_key_on(quick: list[bytes]) -> None:
    made, keys, _ = two_volunteers()
    grown = vault.add_volunteer(made, keys, "frasa orang ketiga", record_id(3), trained=True, stretching=FAST)
    assert vault.open_with_passphrase(grown, "frasa orang ketiga") == Keys(keys.master, keys.case, record_id(3))
    assert grown.generation == made.generation + 1


def test_a_passphrase_is_one_volunteers_alone(quick: list[bytes]) -> None:
    """With somebody else's words a volunteer would open that one's slot, and write under that name."""
    made, keys, _ = two_volunteers()
    for taken in (PASSPHRASE, f" {HELPER_PASSPHRASE}\n"):
        with pytest.raises(PassphraseNotGoodEnough):
            vault.add_volunteer(made, keys, taken, record_id(3), trained=False, stretching=FAST)


def test_a_new_slot_takes_the_place_of_the_volunteers_earlier_one(quick: list[bytes]) -> None:
    made, keys, _ = two_volunteers()
    renewed = vault.add_volunteer(made, keys, "frasa baru pembantu", HELPER, trained=False, stretching=FAST)
    assert [slot.volunteer for slot in renewed.slots] == [None, VOLUNTEER, HELPER]
    assert vault.open_with_passphrase(renewed, "frasa baru pembantu") == Keys(keys.master, None, HELPER)
    assert vault.open_with_passphrase(renewed, PASSPHRASE) == keys
    with pytest.raises(WrongPassphrase):
        vault.open_with_passphrase(renewed, HELPER_PASSPHRASE)


def test_every_key_is_another(quick: list[bytes]) -> None:
    made, keys, _ = two_volunteers()
    derived = {
        *vault.store_keys(made, keys),
        vault.derive(keys.master, "vault-mac"),
        vault.derive(keys.master, "mark"),
        keys.master,
        keys.case,
    }
    assert len(derived) == 5
    assert {len(key or b"") for key in derived} == {32}
    assert keys.master.hex() not in repr(keys)
    assert repr(keys.master) not in repr(keys)


def test_calibrating_stays_between_floor_and_cap() -> None:
    assert vault.calibrate().allowed()


# -- the file ----------------------------------------------------------------------------------------------------------


def test_the_file_comes_back_and_names_nobody(quick: list[bytes]) -> None:
    made, *_ = two_volunteers()
    assert vault.decode(vault.encode(made)) == made
    plain = re.compile(r"[0-9a-f-]{16,36}|[A-Za-z0-9+/]{16,1622}={0,2}|passphrase|recovery|store")
    texts = strings(json.loads(vault.encode(made)))
    assert len(texts) == 34
    assert [text for text in texts if not plain.fullmatch(text)] == []


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


def test_a_changed_bit_anywhere_never_gives_keys(quick: list[bytes]) -> None:
    made, _, code = two_volunteers()
    whole = vault.encode(made)
    assert all(isinstance(found, Keys) for found in outcomes(whole, code))
    seen = set[Any]()
    head = whole.index(b'"case"')
    for place in [*range(head), *every(range(head, len(whole)), 3)]:
        changed = bytearray(whole)
        changed[place] ^= 1 << (place % 8)
        found = outcomes(bytes(changed), code)
        assert not any(isinstance(keys, Keys) for keys in found), place
        seen |= {*found}
    assert seen == set(REFUSED)


def test_every_bit_of_one_slot(quick: list[bytes]) -> None:
    """All eight bits of each byte but in the midst of a key, base64's unused ones among them, in the recovery slot."""
    made, _, code = vault.create(PASSPHRASE, VOLUNTEER, trained=True, stretching=FAST)
    whole = vault.encode(made)
    of_keys = {place for key in re.finditer(rb'"[^"]{200,}"', whole) for place in range(key.start() + 9, key.end() - 9)}
    places = [place for place in range(whole.index(b'"passphrase"')) if place not in of_keys]
    assert len(places) > 500
    for place in places:
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            with pytest.raises(REFUSED):
                vault.open_with_recovery_code(vault.decode(bytes(changed)), code)


def test_a_truncated_file_is_refused_at_every_length(quick: list[bytes]) -> None:
    made, *_ = two_volunteers()
    whole = vault.encode(made)
    for length in range(len(whole)):
        with pytest.raises(VaultDamaged):
            vault.decode(whole[:length])


def test_blanks_are_the_one_thing_that_may_change(quick: list[bytes]) -> None:
    """A file that went through an editor still opens; everything else about its spelling is fixed."""
    made, _, code = two_volunteers()
    whole = vault.encode(made)
    for same in (whole.replace(b"\n", b"\r\n") + b"\n", msgspec.json.encode(made)):
        assert all(isinstance(found, Keys) for found in outcomes(same, code))
    for changed in (
        whole + b"{}",
        whole.replace(b'"epoch": 1', b'"epoch": 1, "epoch": 1'),
        whole.replace(b'"epoch": 1', b'"epoch": 1, "more": 1'),
        whole.replace(b'"mac"', b'"m\\u0061c"'),
        whole.replace(b'"generation": 2', b'"generation": ' + b"9" * 30),
        b"\xef\xbb\xbf" + whole,
        b" " * vault.VAULT_LIMIT + whole,
    ):
        assert outcomes(changed, code) == [VaultDamaged] * 3


@given(st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_any_other_file_is_refused(untrusted_bytes: bytes) -> None:
    with pytest.raises(VaultDamaged):
        vault.decode(untrusted_bytes)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(VaultDamaged):
        vault.decode(b'{"format": [1, 0], "slots": ' + b"[" * 60_000)


@pytest.mark.parametrize("untrusted_bytes", [b'{"format": [2, 0]}', b'{"format": [7, 3], "slots": "anders"}'])
def test_a_newer_format_is_refused_by_name(untrusted_bytes: bytes) -> None:
    with pytest.raises(VaultNewer) as caught:
        vault.decode(untrusted_bytes)
    assert caught.value.params == {"format": json.loads(untrusted_bytes)["format"][0]}


# -- bounds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stretching",
    [
        Stretching(FLOOR_KIB - 1, 3, 4),
        Stretching(0, 3, 4),
        Stretching(-1, 3, 4),
        Stretching(CAP_KIB + 1, 3, 4),
        Stretching(2**32 - 1, 3, 4),
        Stretching(2**70, 3, 4),
        Stretching(FLOOR_KIB, 2, 4),
        Stretching(FLOOR_KIB, 11, 4),
        Stretching(FLOOR_KIB, 2**40, 4),
        Stretching(FLOOR_KIB, 3, 0),
        Stretching(FLOOR_KIB, 3, 9),
        None,
    ],
)
def test_stretching_out_of_bounds_is_refused_before_it_is_tried(
    quick: list[bytes], stretching: Stretching | None
) -> None:
    made, _, code = two_volunteers()
    quick.clear()
    weakened = tuple(replace(slot, stretching=stretching) if slot.volunteer else slot for slot in made.slots)
    assert outcomes(vault.encode(replace(made, slots=weakened)), code) == [VaultDamaged] * 3
    assert quick == []


@pytest.mark.parametrize("stretching", [Stretching(FLOOR_KIB, 3, 1), Stretching(CAP_KIB, 10, 8)])
def test_stretching_within_bounds_is_accepted(quick: list[bytes], stretching: Stretching) -> None:
    made, keys, _ = vault.create(PASSPHRASE, VOLUNTEER, trained=True, stretching=stretching)
    assert vault.open_with_passphrase(vault.decode(vault.encode(made)), PASSPHRASE) == keys


@pytest.mark.parametrize(
    "changes", [{"salt": b"0" * 15}, {"salt": b""}, {"commit": b"0" * 31}, {"commit": b""}, {"stretching": FAST}]
)
def test_parts_of_another_size_are_refused(quick: list[bytes], changes: dict[str, Any]) -> None:
    made, *_ = two_volunteers()
    odd = replace(made, slots=(replace(made.slots[0], **changes), *made.slots[1:]))
    with pytest.raises(VaultDamaged):
        vault.decode(vault.encode(odd))


# -- moved slots -------------------------------------------------------------------------------------------------------


def test_a_slot_opens_in_no_other_vault() -> None:
    """Real stretching: the slot's key itself is bound to the vault."""
    mine = vault.decode((template().folder / "vault.json").read_bytes())
    other, other_keys, _ = vault.create("frasa orang lain lagi", VOLUNTEER, trained=True, stretching=FAST)
    moved = replace(other, slots=(*other.slots, mine.slots[1]))
    signed = replace(moved, mac=vault_format._mac(moved, other_keys.master))
    with pytest.raises(WrongPassphrase):
        vault.open_with_passphrase(signed, PASSPHRASE)


def test_no_part_of_a_slot_fits_another(quick: list[bytes]) -> None:
    """Whatever is exchanged between two slots, even when it is signed again by somebody with the master key."""
    made, keys, code = two_volunteers()
    recovery, trained, helper = made.slots
    for part in ("id", "volunteer", "salt", "commit", "public", "master"):
        changed = replace(helper, **{part: getattr(trained, part)})
        moved = replace(made, slots=(recovery, trained, changed))
        signed = replace(moved, mac=vault_format._mac(moved, keys.master))
        with pytest.raises((WrongPassphrase, VaultDamaged)):
            vault.open_with_passphrase(signed, HELPER_PASSPHRASE)
    moved = replace(made, slots=(recovery, trained, replace(helper, case=trained.case)))
    signed = replace(moved, mac=vault_format._mac(moved, keys.master))
    with pytest.raises(VaultDamaged):
        vault.open_with_passphrase(signed, HELPER_PASSPHRASE)
    assert vault.open_with_recovery_code(signed, code).master == keys.master


def test_slots_taken_away_added_back_or_reordered_are_seen(quick: list[bytes]) -> None:
    made, keys, code = two_volunteers()
    grown = vault.add_volunteer(made, keys, "frasa orang ketiga", record_id(3), trained=False, stretching=FAST)
    for slots in (
        grown.slots[:3],
        grown.slots[::-1],
        (*grown.slots, grown.slots[1]),
        (grown.slots[0], replace(grown.slots[1], case=None), *grown.slots[2:]),
    ):
        with pytest.raises(VaultDamaged):
            vault.open_with_recovery_code(replace(grown, slots=slots), code)
    older = replace(made, generation=grown.generation, epoch=grown.epoch + 1)
    with pytest.raises(VaultDamaged):
        vault.open_with_recovery_code(older, code)


def test_a_changed_vault_gets_no_new_slot(quick: list[bytes]) -> None:
    """Adding a volunteer signs the whole file; it must not bless what somebody did to it meanwhile."""
    made, keys, _ = two_volunteers()
    other, *_ = two_volunteers()
    for changed in (replace(made, slots=made.slots[1:]), replace(made, mac=b""), other):
        with pytest.raises(VaultDamaged):
            vault.add_volunteer(changed, keys, "frasa orang ketiga", record_id(3), trained=False, stretching=FAST)
