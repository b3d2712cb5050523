# SPDX-License-Identifier: GPL-3.0-or-later
"""Announcements of new keys that are forged, unproven, or not the sender's to make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import Desks, dump, make_bundle
from sqlalchemy import select

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.models.exchange import BundleKind
from trafficwatch.models.tables import local
from trafficwatch.sync import age, rotation, sshsig, wire
from trafficwatch.sync.devices import (
    OwnKeys,
)
from trafficwatch.sync.importing import take_in

if TYPE_CHECKING:
    pass


from key_tools import REASON, desks, known, own, refusals

__all__ = ["desks"]


# -- attacks -----------------------------------------------------------------------------------------------------------


def line_of(keys: OwnKeys, **changes: str) -> str:
    line = rotation.line_of(keys)
    return wire.encode_control(
        wire.KeysLine(**{name: changes.get(name, getattr(line, name)) for name in line.__struct_fields__})
    )


def other_keys(device: str) -> OwnKeys:
    seed, identity = sshsig.generate_private_key(), age.generate_identity()
    return OwnKeys(device, seed, sshsig.public_key_of(seed), identity.to_string(), identity.recipient().to_string())


SMALL_ORDER = "01" + "00" * 31
NOT_CANONICAL = (2**255 - 19 + 9).to_bytes(32, "little").hex()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"proof": ""}, "keys_not_proven"),
        ({"device": "0" * 16}, "keys_not_proven"),
        ({"signing_key": SMALL_ORDER}, "unsafe_key"),
        ({"signing_key": NOT_CANONICAL}, "unsafe_key"),
        ({"recipient": "age1pq1" + "q" * 100}, "key_malformed"),
        ({"recipient": "another"}, "keys_not_proven"),
        ({"proof": "of another namespace"}, "keys_not_proven"),
        ({"proof": "of the former key"}, "keys_not_proven"),
    ],
    ids=["proof missing", "another device", "small order", "not canonical", "no recipient", "recipient exchanged",
         "proof in another namespace", "proof of the former key"],
)  # fmt: skip
def test_keys_that_are_not_proven_are_refused(desks: Desks, change: dict[str, str], key: str) -> None:
    """The line changes nothing and is journalled; the rest of the bundle is taken in."""
    present = own(desks.village)
    keys, change = other_keys(present.device), dict(change)
    if change.get("recipient") == "another":
        change["recipient"] = other_keys(present.device).recipient
    if change.get("proof"):
        signed = rotation._proven(keys.device, keys.signing_key.hex(), keys.recipient)
        is_former = change["proof"] == "of the former key"
        seed = present.signing_seed if is_former else keys.signing_seed
        namespace = rotation.NAMESPACE if is_former else "trafficwatch-bundle"
        change["proof"] = sshsig.sign(signed, private_key=seed, namespace=namespace).decode()
    forged = line_of(keys, **change)
    path = make_bundle(desks.village, own(desks.ppt).device, BundleKind.REPORT, [forged], desks.stick / "k.twb")
    take_in(desks.ppt, path)
    assert known(desks.ppt, desks.village).signing_key == present.signing_key
    assert refusals(desks.ppt) == [key]


def test_keys_of_a_third_device_are_refused(desks: Desks) -> None:
    """A village that announces the PPT's own key, or that of another device, would let its bundles be taken for it."""
    for keys in (own(desks.ppt),):
        stolen = OwnKeys(own(desks.village).device, keys.signing_seed, keys.signing_key, keys.identity, keys.recipient)
        path = make_bundle(
            desks.village, keys.device, BundleKind.REPORT, [line_of(stolen)], desks.stick / f"{keys.device}.twb"
        )
        take_in(desks.ppt, path)
    assert refusals(desks.ppt) == ["device_key_changed"]
    assert known(desks.ppt, desks.village).signing_key == own(desks.village).signing_key


def test_a_line_without_a_proof_member_is_no_line(desks: Desks) -> None:
    line = line_of(other_keys(own(desks.village).device)).replace('"proof"', '"prove"')
    path = make_bundle(desks.village, own(desks.ppt).device, BundleKind.REPORT, [line], desks.stick / "k.twb")
    assert [result.reason for result in take_in(desks.ppt, path).results] == ["line_malformed"]


def test_a_reason_is_wanted_and_stands_in_the_journal(desks: Desks) -> None:
    before = dump(desks.village)
    with pytest.raises(ReasonMissing):
        rotation.rotate(desks.village, "  ")
    assert dump(desks.village) == before
    rotation.rotate(desks.village, REASON)
    with desks.village.work() as work:
        rows = work.connection.execute(select(local.journal.c.changes).where(local.journal.c.action == "keys_changed"))
        assert [REASON in row for row in rows.scalars()] == [True]
