# SPDX-License-Identifier: GPL-3.0-or-later
"""`store check` and the file: every flipped bit, swapped page and page of an older copy is found, and what lies on a
damaged page is named (security.md 6.B, B1 and B2).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from check_tools import closed, copy_of, keys_of, lived_in, opened_again, put_file
from desks import VILLAGE_PASSPHRASE, Desks, cli, resident, screen
from sampling import every
from sqlalchemy import select
from store_pages import PAGE, pages_of

from trafficwatch.errors import StoreError
from trafficwatch.models.exchange import PeerStatus
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.registry import trash
from trafficwatch.store.check import check
from trafficwatch.store.check_pages import Finding, look_at_pages
from trafficwatch.store.folder import DATABASE
from trafficwatch.store.work import Store
from trafficwatch.sync.devices import peers, set_status


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with lived_in(tmp_path_factory.mktemp("lived-in")) as both:
        yield both


@pytest.fixture
def store(desks: Desks, tmp_path: Path) -> Iterator[Store]:
    with copy_of(desks, tmp_path) as opened:
        yield opened


# -- damaged pages -----------------------------------------------------------------------------------------------------


def test_every_flipped_bit_is_found(store: Store) -> None:
    """400 flips, at least one on every page."""
    whole, chance = closed(store), random.Random(4)
    pages = len(whole) // PAGE
    for attempt in range(400):
        number = attempt if attempt < pages else chance.randrange(pages)
        place = number * PAGE + chance.randrange(PAGE)
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        put_file(store.folder, bytes(damaged))
        try:
            opened = opened_again(store.folder)
        except StoreError:  # on a page without which it does not even open
            continue
        found = look_at_pages(opened)[1]
        opened.close()
        assert found in ([Finding("page", {"page": number + 1})], [Finding("file_unreadable")]), (number + 1, place)


@pytest.mark.parametrize("number", [0, 1, 4, 30, 70])
def test_the_command_names_the_page_or_that_the_store_does_not_open(store: Store, number: int) -> None:
    damaged = bytearray(closed(store))
    damaged[number * PAGE + 200] ^= 4
    put_file(store.folder, bytes(damaged))
    said = cli("--store", store.folder, "--json", "store", "check", passphrase=VILLAGE_PASSPHRASE)
    assert said.code == 1
    if "error" in said.document:
        assert said.document["error"] == "store_damaged"
    else:
        first = said.document["findings"][0]
        assert (first["finding"], first["page"], said.document["complete"]) == ("page", number + 1, False)


def test_a_swapped_page_is_found(store: Store) -> None:
    whole = closed(store)
    for one, other in ((20, 30), (5, 6), (40, 41)):
        swapped = bytearray(whole)
        swapped[one * PAGE : (one + 1) * PAGE] = whole[other * PAGE : (other + 1) * PAGE]
        swapped[other * PAGE : (other + 1) * PAGE] = whole[one * PAGE : (one + 1) * PAGE]
        put_file(store.folder, bytes(swapped))
        opened = opened_again(store.folder)
        assert {found.where.get("page") for found in check(opened).findings} >= {one + 1, other + 1}
        opened.close()


def test_what_lies_on_a_damaged_page_is_named(store: Store) -> None:
    """The first page of every table in turn: whatever can't be read any more is named."""
    with store.bare() as driver:
        query = "SELECT name, rootpage FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
        roots = dict(driver.execute(query).fetchall())
        filled = {name for name in roots if driver.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]}
    whole = closed(store)
    named: dict[str, set[tuple[str, str]]] = {}
    for name in filled - {"alembic_version", "store_info"}:  # without these it does not even open
        damaged = bytearray(whole)
        damaged[(roots[name] - 1) * PAGE + 99] ^= 1
        put_file(store.folder, bytes(damaged))
        opened = opened_again(store.folder)
        findings = check(opened).findings
        named[name] = {(each.key, str(each.where.get("type", each.where.get("table", "")))) for each in findings}
        opened.close()
    for name, said in named.items():
        assert ("page", "") in said
        if name in RECORD_TYPES:
            assert ("record_unreadable", name) in said
        elif name == "attachment_content":
            assert ("record_unreadable", "attachment") in said
        elif name == "record_state":
            assert ("record_unreadable", "person") in said
        elif name == "journal":
            assert ("entry_unreadable", "") in said
        elif name.startswith("search_"):
            assert ("search_damaged", "") in said
        else:
            assert ("table_unreadable", name) in said
    assert len(named.keys() & RECORD_TYPES.keys()) > 15


# -- pages of an older copy --------------------------------------------------------------------------------------------


def rename(store: Store) -> None:
    with store.work() as work:
        for found in work.records.select(Person)[::5]:
            work.write(Person, found.id, name="Orang Lain", address="Jalan Baru")


def add(store: Store) -> None:
    for number in range(4):
        resident(store, f"Baru {number}")


def screen_again(store: Store) -> None:
    with store.work() as work:
        person = work.records.select(Person)[0].id
    screen(store, person)


def delete_one(store: Store) -> None:
    with store.work() as work:
        trash.delete(work, "person", work.records.select(Person)[0].id, trash.Reason.OTHER)


def revoke(store: Store) -> None:
    with store.work() as work:
        set_status(work, peers(work)[0].device, PeerStatus.REVOKED)


def settle(store: Store) -> None:
    with store.work() as work:
        differing = work.connection.execute(select(local.difference.c.id)).scalars().first()
        work.write(Person, differing, name="Sudah jelas")


CHANGES: list[Callable[[Store], None]] = [rename, add, screen_again, revoke, settle]


@pytest.mark.parametrize("change", [delete_one, *(pytest.param(each, marks=pytest.mark.long) for each in CHANGES)])
def test_every_page_of_an_older_copy_is_found(store: Store, change: Callable[[Store], None]) -> None:
    """Such a page has a valid seal: both of SQLCipher's and SQLite's own checks may pass. Page by page, each that says
    anything else than the present one is put back.
    """
    with store.bare() as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    old, old_pages = (store.folder / DATABASE).read_bytes(), pages_of(store)
    change(store)
    with store.bare() as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    new_pages = pages_of(store)
    new = closed(store)
    pairs = enumerate(zip(old_pages, new_pages, strict=False))
    differing = [number for number, (was, now) in pairs if was != now]
    assert differing
    unseen, unseen_by_sqlite = [], 0
    for number in every(differing, 3):
        mixed = bytearray(new)
        mixed[number * PAGE : (number + 1) * PAGE] = old[number * PAGE : (number + 1) * PAGE]
        put_file(store.folder, bytes(mixed))
        opened = opened_again(store.folder)
        report = check(opened)
        unseen += [number + 1] if report.ok else []
        unseen_by_sqlite += not keys_of(report) & {"page", "structure", "record_misfiled", "file_unreadable"}
        opened.close()
    assert unseen == []
    assert unseen_by_sqlite or change is add
