# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole exchange of two laptops, a restore and a new code by the command line, as scripts do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from desks import (
    NOELBAKI,
    PPT_PASSPHRASE,
    VILLAGE_PASSPHRASE,
    Clock,
    cli,
    done,
    enrol,
    found_village,
    refused,
    resident,
)
from peer_tools import Laptops, device, two_laptops

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desks import Said

NEW = "53.25.08.2008"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Laptops]:
    with two_laptops(tmp_path) as found:
        yield found


def at(desks: Laptops, desk: str, *words: object) -> Said:
    passphrase = PPT_PASSPHRASE if desk == "ppt" else VILLAGE_PASSPHRASE
    return cli("--json", "--store", desks.folder / desk, *words, passphrase=passphrase)


def test_two_laptops_exchange_by_commands(desks: Laptops) -> None:
    person = resident(desks.village)
    village, second = device(desks.village), device(desks.second)
    desks.close()
    written = done(at(desks, "village", "partner", "introduce", "--out", desks.folder / "own.twe"))
    refused(at(desks, "village", "partner", "pair", written["file"], "--digits", "1" * 30), "paired_with_itself")
    refused(at(desks, "second", "partner", "pair", written["file"], "--digits", "1" * 30), "fingerprint_mismatch")
    paired = done(at(desks, "second", "partner", "pair", written["file"], "--digits", written["fingerprint"]))
    assert (paired["device"], paired["code"]) == (village, NOELBAKI[0])
    assert at(desks, "village", "bundle", "export", "--kind", "peer", "--out", desks.stick).code == 2
    [made] = done(at(desks, "village", "bundle", "export", "--kind", "peer", "--to", second, "--out", desks.stick))[
        "bundles"
    ]
    [read] = done(at(desks, "second", "bundle", "inspect", desks.stick))["inspected"]
    assert (read["kind"], read["file"], read["records"]) == ("peer", made["file"], made["records"])
    (desks.stick / "foto.twb").write_bytes(b"no bundle")
    said = at(desks, "second", "bundle", "import", desks.stick)
    taken, odd = said.document["imported"]
    assert (said.code, taken["received"], odd["error"]) == (1, made["records"], "not_a_bundle")
    (desks.stick / "foto.twb").unlink()
    # the bundle lies there still, sealed for the other laptop: no reason to complain
    documents: list[Any] = done(at(desks, "village", "bundle", "import", desks.stick))["imported"]
    assert {each.get("kind") or each["error"] for each in documents} == {"receipt", "not_for_this_recipient"}
    refused(
        at(desks, "village", "bundle", "export", "--kind", "peer", "--to", second, "--out", desks.stick),
        "nothing_to_send",
    )
    done(at(desks, "village", "partner", "part", second, "--reason", "hilang"))
    [gone] = done(at(desks, "village", "partner", "list"))["partners"]
    assert gone == {"device": second, "code": NOELBAKI[0], "status": "revoked"}
    assert person


def test_a_restore_and_a_new_code_by_commands(desks: Laptops) -> None:
    desks.village.close()
    fresh = found_village(desks.folder / "fresh", Clock())
    enrol(fresh, desks.ppt, desks.folder)
    new = device(fresh)
    fresh.close()
    desks.ppt.close()
    desks.second.close()
    export = ("bundle", "export", "--kind", "restore", "--to", new, "--out", desks.stick)
    refused(at(desks, "ppt", *export), "reason_missing")
    [made] = done(at(desks, "ppt", *export, "--reason", "laptop hilang"))["bundles"]
    refused(at(desks, "fresh", "bundle", "import", made["file"]), "restore_not_expected")
    [taken] = done(at(desks, "fresh", "bundle", "import", made["file"], "--restore"))["imported"]
    assert (taken["kind"], taken["refused"]) == ("restore", [])
    done(at(desks, "ppt", "ppt", "code", NOELBAKI[0], NEW, "--reason", "pemekaran"))
    refused(at(desks, "ppt", "ppt", "code", NOELBAKI[0], NEW, "--reason", "pemekaran"), "village_unknown")
    made = done(at(desks, "ppt", "ppt", "reply", new, "--out", desks.stick))
    done(at(desks, "fresh", "bundle", "import", made["file"]))
    assert done(at(desks, "fresh", "store", "info"))["code"] == NEW
