# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing slots and renewing all keys of a vault: who stays opens the new keys, who went opens the former ones alone.

Key stretching is a quick hash here over the same inputs: it has its own tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_tools import FAST, HELPER, HELPER_PASSPHRASE, PASSPHRASE, VOLUNTEER, record_id

from trafficwatch.errors import ExpectedError
from trafficwatch.store import vault, vault_format, vault_slots
from trafficwatch.store.vault import (
    CaseKeyNotHere,
    Keys,
    LastWayIn,
    PassphraseNotGoodEnough,
    RotationUnfinished,
    Vault,
    VaultDamaged,
    WrongPassphrase,
    WrongRecoveryCode,
)

replace = msgspec.structs.replace


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """Key stretching that takes no time, and keys that are made once per secret."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vault_slots, "_stretch", lambda *inputs: hashlib.sha512(repr(inputs).encode()).digest())
        for made_once in ("_private_keys", "_public_bytes"):
            patched.setattr(vault_slots, made_once, cache(getattr(vault_slots, made_once)))
        yield


def two_volunteers() -> tuple[Vault, Keys, str, str]:
    """A vault with a trained and an untrained volunteer, and both codes."""
    made, keys, code = vault.create(PASSPHRASE, VOLUNTEER, trained=True, stretching=FAST)
    made = vault.add_volunteer(made, keys, HELPER_PASSPHRASE, HELPER, trained=False, stretching=FAST)
    made, escrow = vault.add_escrow(made, keys)
    return made, keys, code, escrow


def opened(found: Vault, secret: str) -> Keys | None:
    """The keys behind a passphrase or a code, None if it opens nothing. The file is written and read on the way."""
    found = vault.decode(vault.encode(found))
    try:
        return vault.open_with_passphrase(found, secret)
    except WrongPassphrase:
        try:
            return vault.open_with_recovery_code(found, secret)
        except (WrongRecoveryCode, ExpectedError) as error:
            if isinstance(error, VaultDamaged):
                raise
            return None


# -- slots -------------------------------------------------------------------------------------------------------------


def test_both_codes_open_and_say_which_they_are() -> None:
    made, keys, code, escrow = two_volunteers()
    assert opened(made, code) == Keys(keys.master, keys.case, None, "recovery")
    assert opened(made, escrow) == Keys(keys.master, keys.case, None, "escrow")
    again, other = vault.add_escrow(made, keys)
    assert (opened(again, escrow), opened(again, code) is None, opened(again, other) is None) == (None, False, False)
    renewed, new = vault.renew_recovery(again, keys)
    assert (opened(renewed, code), opened(renewed, other) is None, opened(renewed, new) is None) == (None, False, False)
    gone = vault.without(renewed, keys, kinds={"escrow"})
    assert (opened(gone, other), opened(gone, new) is None) == (None, False)


def test_a_new_case_key_reaches_every_code() -> None:
    """Where nobody was trained yet, and so nobody sealed anything."""
    made, keys, code = vault.create(PASSPHRASE, VOLUNTEER, trained=False, stretching=FAST)
    for change in (vault.add_escrow, vault.renew_recovery):
        with pytest.raises(CaseKeyNotHere):
            change(made, keys)
    made, escrow = vault.add_escrow(made, keys, nothing_sealed=True)
    cases = {getattr(opened(made, secret), "case", None) for secret in (code, escrow)}
    made, new = vault.renew_recovery(made, keys, nothing_sealed=True)
    later = {getattr(opened(made, secret), "case", None) for secret in (new, escrow)}
    assert (len(cases), len(later), cases & later) == (1, 1, set())
    assert opened(made, PASSPHRASE) == keys
    assert keys.case is None


def test_the_case_key_is_passed_on_without_knowing_the_passphrase() -> None:
    made, keys, *_ = two_volunteers()
    helper = opened(made, HELPER_PASSPHRASE)
    granted = vault.grant_case(made, keys, HELPER)
    assert opened(granted, HELPER_PASSPHRASE) == Keys(keys.master, keys.case, HELPER)
    assert (vault.has_slot(made, HELPER, with_case=True), vault.has_slot(granted, HELPER, with_case=True)) == (
        False,
        True,
    )
    assert helper is not None
    with pytest.raises(CaseKeyNotHere):
        vault.grant_case(made, helper, HELPER)


def test_a_changed_passphrase() -> None:
    made, keys, code, _ = two_volunteers()
    helper = opened(made, HELPER_PASSPHRASE)
    assert helper is not None
    changed = vault.change_passphrase(made, helper, HELPER_PASSPHRASE, "frasa baru pembantu", stretching=FAST)
    assert [opened(changed, each) for each in (HELPER_PASSPHRASE, "frasa baru pembantu", PASSPHRASE)] == [
        None,
        helper,
        keys,
    ]
    for old, new, named in (
        (PASSPHRASE, "frasa baru pembantu", WrongPassphrase),
        (HELPER_PASSPHRASE, PASSPHRASE, PassphraseNotGoodEnough),
    ):
        with pytest.raises(named):
            vault.change_passphrase(made, helper, old, new, stretching=FAST)
    at_work = opened(made, code)
    assert at_work is not None
    with pytest.raises(WrongPassphrase):
        vault.change_passphrase(made, at_work, PASSPHRASE, "frasa baru", stretching=FAST)


def test_who_knows_the_file_alone_forges_nothing() -> None:
    """A slot's public key lies open; what is sealed to it must come from somebody who had the vault open."""
    made, keys, *_ = two_volunteers()
    mine = Keys(b"m" * 32, b"c" * 32, VOLUNTEER)
    [slot] = [slot for slot in made.slots if slot.volunteer == VOLUNTEER]
    for anchor in (b"a" * 32, vault.derive(mine.master, "slot-anchor"), bytes(32)):
        taken = replace(
            slot,
            anchor=vault_slots.wrap(mine.master, anchor, vault_slots._label(made.vault, slot, "anchor")),
            master=vault_slots._seal(made.vault, slot, anchor, "master", mine.master),
            case=vault_slots._seal(made.vault, slot, anchor, "case", b"c" * 32),
        )
        forged = vault_format.signed(replace(made, slots=(taken,)), mine.master)
        with pytest.raises(VaultDamaged):
            vault.open_with_passphrase(forged, PASSPHRASE)
    assert opened(made, PASSPHRASE) == keys


# -- renewing ----------------------------------------------------------------------------------------------------------


def test_rotating_renews_all_and_keeps_the_former_until_settled() -> None:
    made, keys, code, escrow = two_volunteers()
    rotated, new = vault.rotate(made, keys, remove={HELPER})
    assert (new.volunteer, rotated.epoch, rotated.generation) == (VOLUNTEER, 2, made.generation + 1)
    assert opened(rotated, PASSPHRASE) == new
    assert opened(rotated, code) == Keys(new.master, new.case, None, "recovery")
    assert opened(rotated, escrow) == Keys(new.master, new.case, None, "escrow")
    assert opened(rotated, HELPER_PASSPHRASE) is None
    assert vault.store_keys(rotated, new)[1:] == vault.store_keys(made, keys)
    assert vault.case_keys(rotated, new) == (new.case, keys.case)
    settled = vault.settle(rotated, new)
    assert len(vault.store_keys(settled, new)) == len(vault.case_keys(settled, new)) == 1
    assert opened(settled, PASSPHRASE) == new
    for old in (keys, Keys(keys.master, None, HELPER)):
        with pytest.raises(VaultDamaged):
            vault.rotate(settled, old)
        with pytest.raises(VaultDamaged):
            vault.store_keys(settled, old)


def test_while_it_is_unfinished_nothing_is_begun() -> None:
    made, keys, *_ = two_volunteers()
    rotated, new = vault.rotate(made, keys)
    half = Keys(new.master, keys.case, VOLUNTEER)
    for holder in (new, half):
        with pytest.raises(RotationUnfinished):
            vault.rotate(rotated, holder)
    with pytest.raises(RotationUnfinished):
        vault.add_volunteer(rotated, half, "frasa orang ketiga", record_id(3), trained=True, stretching=FAST)
    vault.add_volunteer(rotated, new, "frasa orang ketiga", record_id(3), trained=True, stretching=FAST)


def test_without_the_case_key_the_case_key_stays() -> None:
    made, keys, code, _ = two_volunteers()
    helper = opened(made, HELPER_PASSPHRASE)
    assert helper is not None
    with pytest.raises(CaseKeyNotHere):
        vault.rotate(made, helper, untrain={VOLUNTEER})
    rotated, new = vault.rotate(made, helper)
    assert (new.case, rotated.cases) == (None, ())
    assert opened(rotated, PASSPHRASE) == Keys(new.master, keys.case, VOLUNTEER)
    full, newer = vault.rotate(vault.settle(rotated, new), Keys(new.master, keys.case, VOLUNTEER))
    untrained = replace(newer, case=None)
    half = vault.settle(full, untrained)
    assert (half.former, half.cases) == (None, full.cases)
    again, newest = vault.rotate(half, untrained)
    trained = opened(again, code)
    assert trained is not None
    assert vault.case_keys(again, trained) == (newer.case, keys.case)
    assert vault.settle(vault.settle(again, newest), trained).cases == ()


def test_the_last_passphrase_stays() -> None:
    made, keys, *_ = two_volunteers()
    everybody = {VOLUNTEER, HELPER}
    with pytest.raises(LastWayIn):
        vault.rotate(made, keys, remove=everybody)
    with pytest.raises(LastWayIn):
        vault.without(made, keys, volunteers=everybody)
    assert opened(vault.without(made, keys, volunteers={HELPER}), HELPER_PASSPHRASE) is None


# -- backups -----------------------------------------------------------------------------------------------------------


def test_a_backup_opens_with_the_same_secrets_over_its_own_key() -> None:
    made, keys, code, _ = two_volunteers()
    backup = vault.for_backup(made, keys, b"b" * 32)
    assert backup.purpose == "backup"
    for secret in (PASSPHRASE, HELPER_PASSPHRASE, code):
        found = opened(backup, secret)
        assert found is not None
        assert vault.store_keys(backup, found) == (b"b" * 32,)
    assert vault.for_store(backup, keys).purpose == "store"
    with pytest.raises(VaultDamaged):
        vault.for_store(replace(backup, purpose="store"), keys)


def test_a_backup_within_reach_follows_every_rotation() -> None:
    """Its case text stays under the case key of its day, however many there have been since."""
    made, keys, *_ = two_volunteers()
    first, backup, live, holder = keys.case, vault.for_backup(made, keys, b"b" * 32), made, keys
    earlier = []
    for removed in ({HELPER}, set(), set()):
        earlier.insert(0, holder.case)
        live, holder = vault.rotate(live, holder, remove=removed)
        backup = vault.rewrapped(backup, live, holder, b"b" * 32)
        assert vault.rewrapped(backup, live, holder, b"b" * 32).cases == backup.cases
        live = vault.settle(live, holder)
        assert opened(backup, HELPER_PASSPHRASE) is None
        found = opened(backup, PASSPHRASE)
        assert found == holder
        assert vault.store_keys(backup, found) == (b"b" * 32,)
        assert vault.case_keys(backup, found) == (holder.case, *earlier)
    assert earlier[-1] == first


def test_a_backup_that_was_out_of_reach_is_left_as_it_is() -> None:
    made, keys, *_ = two_volunteers()
    backup = vault.for_backup(made, keys, b"b" * 32)
    live, holder = vault.rotate(made, keys)
    live, holder = vault.rotate(vault.settle(live, holder), holder)
    with pytest.raises(CaseKeyNotHere):
        vault.rewrapped(backup, live, holder, b"b" * 32)
    with pytest.raises(CaseKeyNotHere):
        vault.rewrapped(backup, live, replace(holder, case=None), b"b" * 32)
    other, other_keys, *_ = two_volunteers()
    with pytest.raises(VaultDamaged):
        vault.rewrapped(backup, other, other_keys, b"b" * 32)


# -- any history -------------------------------------------------------------------------------------------------------

PEOPLE = [record_id(number) for number in range(1, 5)]
STEPS = st.tuples(
    st.sampled_from(["add", "remove", "untrain", "grant", "rotate", "recovery", "escrow", "change", "void"]),
    st.sampled_from(PEOPLE),
    st.booleans(),
)


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=12))
def test_whatever_was_done_exactly_those_open_who_may(history: list[tuple[str, str, bool]]) -> None:
    """A model beside it: secret -> whether it gives the case key; and everything that ever stopped opening."""
    made, keys, code = vault.create("frasa pendiri", VOLUNTEER, trained=True, stretching=FAST)
    may: dict[Any, tuple[str, bool]] = {VOLUNTEER: ("frasa pendiri", True), "recovery": (code, True)}
    gone: set[str] = set()
    for number, (step, person, trained) in enumerate(history):
        before = {secret for secret, _ in may.values()}
        if step == "add":
            made = vault.add_volunteer(made, keys, f"frasa {number}", person, trained=trained, stretching=FAST)
            may[person] = (f"frasa {number}", trained)
        elif step == "grant":
            made = vault.grant_case(made, keys, person)
            may |= {person: (may[person][0], True)} if person in may else {}
        elif step == "change":
            made = vault.change_passphrase(made, keys, may[VOLUNTEER][0], f"frasa {number}", stretching=FAST)
            may[VOLUNTEER] = (f"frasa {number}", True)
        elif step in {"recovery", "escrow"}:
            made, new = (vault.renew_recovery if step == "recovery" else vault.add_escrow)(made, keys)
            may[step] = (new, True)
        elif step == "void":
            made = vault.without(made, keys, kinds={"escrow"})
            may.pop("escrow", None)
        else:
            removed, untrained = ({person} if step == name else set[str]() for name in ("remove", "untrain"))
            made, keys = vault.rotate(made, keys, remove=removed, untrain=untrained)
            made = vault.settle(made, keys)
            if step == "remove":
                may.pop(person, None)
            elif step == "untrain" and person in may:
                may[person] = (may[person][0], False)
        gone |= before - {secret for secret, _ in may.values()}
    for who, (secret, with_case) in may.items():
        kind = who if who in {"recovery", "escrow"} else "passphrase"
        volunteer = None if kind != "passphrase" else who
        assert opened(made, secret) == Keys(keys.master, keys.case if with_case else None, volunteer, kind)
    assert [secret for secret in gone if opened(made, secret) is not None] == []
    assert len(made.slots) == len(may)
