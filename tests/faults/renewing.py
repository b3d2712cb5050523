# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys: a member is removed, which renews all of them; a passphrase is changed. After any accident somebody gets in."""

from __future__ import annotations

import random
from pathlib import Path

import desks
from desks import HELPER_PASSPHRASE, VILLAGE_PASSPHRASE
from saving import missing_saves, save_one
from scenario import Ack, Acks, Scenario, opened, quick, two_desks

from trafficwatch.models.staff import Volunteer
from trafficwatch.store import vault
from trafficwatch.store.folder import read_vault
from trafficwatch.store.vault import Stretching, WrongPassphrase
from trafficwatch.store.work import Store
from trafficwatch.village import members

NEW_PASSPHRASE = "lima kata sandi yang baru"


def village_with_a_case(root: Path) -> None:
    two_desks(root)
    village = opened(root, "village")
    desks.shared_case(village, "Yohanis Bere")
    village.close()


def remove_member(root: Path, ack: Ack, chance: random.Random, rounds: int) -> None:
    """The untrained member leaves; the next save is under the new keys."""
    village = opened(root, "village")
    with village.work() as work:
        helper = next(found.id for found in work.records.select(Volunteer) if found.id != work.volunteer)
    ack(saved=save_one(village, 0, chance), number=0)
    members.remove_member(village, helper)
    ack(removed=helper)
    ack(saved=save_one(village, 1, chance), number=1)
    village.close()


def missing_removal(root: Path, stores: dict[str, Store], acks: Acks) -> list[str]:
    """What was saved is there and opens; who was confirmed to be gone does not get in."""
    lost = missing_saves(root, stores, acks)
    removed = next((ack["removed"] for ack in acks if "removed" in ack), None)
    if removed is not None:
        with stores["village"].work() as work:
            lost += [] if work.records.get(Volunteer, removed).left else ["that a member has left"]
        lost += [] if shut(root, HELPER_PASSPHRASE) else ["the door: a removed member gets in"]
    return lost


def shut(root: Path, passphrase: str) -> bool:
    """Whether no slot of the village's vault opens with a passphrase."""
    try:
        with quick():
            vault.open_with_passphrase(read_vault(root / "village"), passphrase)
    except WrongPassphrase:
        return True
    return False


def change_passphrase(root: Path, ack: Ack, chance: random.Random, rounds: int) -> None:
    village = opened(root, "village")
    members.change_own_passphrase(village, VILLAGE_PASSPHRASE, NEW_PASSPHRASE, stretching=Stretching())
    ack(changed=True)
    ack(saved=save_one(village, 0, chance), number=0)
    village.close()


def open_with_either(root: Path, name: str, acks: Acks) -> Store:
    """With the new passphrase if it was confirmed, else with whichever opens; never with both."""
    if any("changed" in ack for ack in acks):
        return opened(root, name, NEW_PASSPHRASE)
    try:
        return opened(root, name, VILLAGE_PASSPHRASE)
    except WrongPassphrase:
        return opened(root, name, NEW_PASSPHRASE)


def missing_change(root: Path, stores: dict[str, Store], acks: Acks) -> list[str]:
    changed = any("changed" in ack for ack in acks)
    lost = ["the door: the former passphrase opens"] if changed and not shut(root, VILLAGE_PASSPHRASE) else []
    return [*lost, *missing_saves(root, stores, acks)]


REMOVE = Scenario("remove-member", village_with_a_case, remove_member, missing_removal)
PASSPHRASE = Scenario("passphrase", village_with_a_case, change_passphrase, missing_change, open=open_with_either)
