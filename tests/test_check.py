# SPDX-License-Identifier: GPL-3.0-or-later
"""`store check`: a whole store is called whole, and what was changed behind the program's back is found and named.

Rows are changed as somebody would who has the store's key and another program (security.md 6.B); damage to the file is
in `test_check_pages`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from canaries import CANARY, Canaries, hidden_in
from check_tools import copy_of, keys_of, lived_in, opened_again, opened_by_helper
from desks import VILLAGE_PASSPHRASE, Desks, cli
from sqlalchemy import select, update

from trafficwatch.models.fields import Side
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.registry import trash
from trafficwatch.store import journal, rotation
from trafficwatch.store.check import check
from trafficwatch.store.finding import find
from trafficwatch.store.work import Store
from trafficwatch.texts import catalogue


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with lived_in(tmp_path_factory.mktemp("lived-in")) as both:
        yield both


@pytest.fixture
def store(desks: Desks, tmp_path: Path) -> Iterator[Store]:
    with copy_of(desks, tmp_path) as opened:
        yield opened


# -- a whole store -----------------------------------------------------------------------------------------------------


def test_a_whole_store_is_called_whole(desks: Desks) -> None:
    for store in (desks.village, desks.ppt):
        report = check(store)
        assert report.findings == ()
        assert (report.ok, report.complete, report.sealed) == (True, True, True)
        assert min(report.pages, report.records, report.entries) > 20


def test_without_the_case_key_it_says_what_it_did_not_see(store: Store) -> None:
    store.close()
    helper = opened_by_helper(store.folder)
    report = check(helper)
    helper.close()
    assert (report.findings, report.sealed, report.complete) == ((), False, True)


def test_looking_changes_nothing_and_disturbs_nobody(store: Store) -> None:
    with store.work() as work:
        before = journal.head(work.connection, work.info.device)
    check(store)
    with store.work() as work:
        assert journal.head(work.connection, work.info.device) == before
        work.write(Person, None, name="Sesudahnya")
    assert check(store).ok


def test_after_a_rotation_there_is_no_false_alarm(store: Store) -> None:
    rotation.rotate(store)
    assert check(store).ok


def test_the_false_alarm_after_a_new_key_ends_with_the_log(store: Store) -> None:
    """Why the log is emptied first: right after a new key the pages in it are others than in the file."""
    with store.bare() as driver:
        driver.execute(f"PRAGMA rekey = \"x'{bytes(range(32)).hex()}'\"")
        assert driver.execute("PRAGMA cipher_integrity_check").fetchall()
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not driver.execute("PRAGMA cipher_integrity_check").fetchall()


# -- changed behind the program's back ---------------------------------------------------------------------------------

Behind = tuple[str, str, str]
"""SQL that somebody runs with the store's key, what is found, and of which type."""

BEHIND: list[Behind] = [
    ("UPDATE person SET name = 'Lain' WHERE name = 'Orang 7'", "value", "person"),
    ("UPDATE person SET aliases = '{\"Z\":true}' WHERE name = 'Orang 7'", "not_journalled", "person"),
    ("UPDATE person SET phones = '{}' WHERE name = 'Orang 7'", "value", "person"),
    ("UPDATE consent SET withdrawn_on = '2026-01-01'", "not_journalled", "consent"),
    ("UPDATE screening SET person_id = (SELECT id FROM person WHERE name = 'Orang 9')", "value", "screening"),
    ("UPDATE screening SET answers = NULL", "value", "screening"),
    ("UPDATE screening SET answers = x'00'", "sealed", "screening"),
    ("UPDATE referral SET purpose = institution_id", "sealed", "referral"),
    ("UPDATE record_state SET sealed = NULL WHERE type = 'screening'", "value", "screening"),
    ("UPDATE record_state SET sealed = x'00' WHERE type = 'referral'", "sealed", "referral"),
    ("UPDATE record_state SET history = '{}' WHERE type = 'journey'", "history", "journey"),
    ("UPDATE record_state SET history = '[' WHERE type = 'journey'", "history", "journey"),
    ("DELETE FROM difference", "difference", "person"),
    ("DELETE FROM record_state WHERE type = 'journey'", "record_halved", "journey"),
    ("DELETE FROM document", "record_halved", "document"),
    ("DELETE FROM journal WHERE type = 'document'", "not_journalled", "document"),
    (
        "UPDATE journal SET salt = NULL, changes = NULL, sealed = NULL, commitment = NULL WHERE type = 'document'",
        "emptied",
        "document",
    ),
    ("UPDATE attachment_content SET content = zeroblob(64)", "file", "attachment"),
    ("DELETE FROM attachment_content", "file", "attachment"),
    ("UPDATE person SET name = 'Kembali' WHERE deleted = 'erased'", "erased_is_back", "person"),
    ("UPDATE record_state SET unknown = '{}' WHERE id IN (SELECT id FROM erasure)", "erased_is_back", "person"),
    ("UPDATE document SET person_id = 'tidak ada'", "link", "document"),
    ("UPDATE store_info SET value = '3' WHERE key = 'counter'", "counter_behind", ""),
    ("UPDATE peer SET status = 'pending'", "partner", ""),
    ("UPDATE peer SET recipient = recipient || 'x'", "partner", ""),
    ("UPDATE delivery SET received_hash = NULL", "delivery", "person"),
    ("UPDATE journal SET at = '2020' WHERE sequence = 9", "chain", ""),
    ("DELETE FROM journal WHERE sequence = 9", "chain", ""),
    ("UPDATE journal SET sequence = sequence + 5000 WHERE sequence > 30", "chain", ""),
    ("UPDATE search_person SET words = 'lain'", "search_index", ""),
    ("DELETE FROM search_person WHERE name LIKE '%7'", "search_index", ""),
    ("UPDATE search_text_data SET block = zeroblob(40) WHERE id > 10", "search_index", ""),
    ("DELETE FROM search_text_idx", "search_index", ""),
    ("UPDATE search_person SET name = 'lain' WHERE name LIKE '%7'", "search_index", ""),
    ("UPDATE search_number SET digits = '081'", "search_index", ""),
    ("UPDATE search_word SET people = people + 1", "search_index", ""),
    ("INSERT INTO search_person (id, name, words) VALUES ('x', 'lain', '')", "search_index", ""),
]


@pytest.mark.parametrize(("sql", "key", "type_name"), BEHIND)
def test_what_was_changed_behind_the_journal_is_found(store: Store, sql: str, key: str, type_name: str) -> None:
    with store.bare() as driver:
        driver.execute("PRAGMA foreign_keys = OFF")
        assert driver.execute(sql).rowcount
    found = [finding for finding in check(store).findings if finding.key == key]
    assert found
    if type_name:
        assert type_name in {finding.where["type"] for finding in found}


def test_a_search_index_that_disagrees_is_made_anew_and_nothing_else_is_to_be_done(store: Store) -> None:
    with store.bare() as driver:
        words = driver.execute("SELECT words FROM search_person WHERE name = 'orang 7'").fetchone()
        driver.execute("UPDATE search_person SET words = 'lain' WHERE name = 'orang 7'")
        driver.execute("INSERT INTO search_text (search_text) VALUES ('rebuild')")  # so that it agrees with itself
    with store.work() as work:
        assert find(work.connection, "orang 7", 0, 50).total == 0
    said = checked(store, "--json")
    assert (said.code, [each["finding"] for each in said.document["findings"]]) == (1, ["search_index"])
    assert "sekali lagi" in said.document["todo"]
    with opened_again(store.folder).work() as work:
        now = work.connection.exec_driver_sql("SELECT words FROM search_person WHERE name = 'orang 7'").one()
        assert (find(work.connection, "orang 7", 0, 50).total, tuple(now)) == (1, tuple(words))
    assert checked(store, "--json").document["ok"]


def test_a_sealed_change_is_not_seen_without_the_case_key_and_an_open_one_is(store: Store) -> None:
    with store.bare() as driver:
        driver.execute("UPDATE screening SET answers = x'00', screened_on = '2020-01-01' WHERE deleted IS NULL")
    store.close()
    helper = opened_by_helper(store.folder)
    [*found] = check(helper).findings
    helper.close()
    assert {(finding.key, finding.where["field"]) for finding in found} == {("value", "screened_on")}


def test_a_stamp_ahead_of_our_counter_is_found(store: Store) -> None:
    table = local.record_state
    with store.work() as work:
        row = work.connection.execute(select(table.c.id, table.c.history).where(table.c.type == "journey")).one()
        history = json.loads(row.history)
        history["context"][work.info.device] = work.info.counter + 7
        spoilt = update(table).where(table.c.id == row.id).values(history=json.dumps(history))
        work.connection.execute(spoilt)
    assert ("stamp_ahead", row.id) in {(found.key, found.where.get("id")) for found in check(store).findings}


def test_a_chain_that_was_written_anew_is_known_by_the_mark(store: Store) -> None:
    """Who has the store's key can change a record, its row in the journal, and every link after it."""
    with store.work() as work:
        table = local.journal
        rows = work.connection.execute(select(table).order_by(table.c.sequence)).all()
        mark = (rows[-1].sequence, rows[-1].link.hex())
        victim = next(row for row in rows if row.type == "person" and row.changes and '"Orang 7"' in row.changes)
        previous = b""
        for row in rows:
            changes = row.changes.replace("Orang 7", "Lain") if row is victim else row.changes
            entry = journal.Entry(row.device, row.at, row.volunteer, row.action, row.type, row.id, row.counter)
            digest = row.digest
            if row is victim:
                digest = journal._hash(row.salt, changes.encode(), row.commitment or b"")
            link = journal._link(previous, entry, row.sequence, digest)
            here = (table.c.device == row.device, table.c.sequence == row.sequence)
            work.connection.execute(update(table).where(*here).values(changes=changes, digest=digest, link=link))
            previous = link
        work.connection.exec_driver_sql("UPDATE person SET name = 'Lain' WHERE name = 'Orang 7'")
    assert keys_of(check(store)) <= {"search_index"}
    assert "chain_rewritten" in keys_of(check(store, mark))
    assert "behind_mark" in keys_of(check(store, (mark[0] + 5, mark[1])))


def test_a_whole_store_agrees_with_its_mark(store: Store) -> None:
    with store.work() as work:
        table = local.journal
        last = work.connection.execute(select(table).order_by(table.c.sequence.desc())).first()
        assert last is not None
    assert check(store, (last.sequence, last.link.hex())).ok
    assert check(store, (0, "")).ok


def test_a_damaged_index_of_links_names_the_record(store: Store) -> None:
    with store.bare() as driver:
        driver.execute("PRAGMA writable_schema = ON")
        [root] = driver.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_journey_person_id'").fetchone()
        driver.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = 'ix_document_journey_id'", (root,))
        driver.execute("PRAGMA writable_schema = RESET")
    found = check(store).findings
    assert {finding.key for finding in found} & {"record_misfiled", "structure"}


# -- what it says ------------------------------------------------------------------------------------------------------


def checked(store: Store, *options: str) -> Any:
    store.close()
    return cli("--store", store.folder, *options, "store", "check", passphrase=VILLAGE_PASSPHRASE)


def test_the_command_says_that_all_is_well(store: Store) -> None:
    said = checked(store, "--json")
    assert said.code == 0
    document = said.document
    assert (document["ok"], document["findings"], document["case_text_checked"]) == (True, [], True)
    spoken = checked(store, "--lang", "en")
    assert spoken.code == 0
    assert "The data are whole" in spoken.out


def test_the_command_names_the_record_and_says_what_to_do(store: Store) -> None:
    with store.bare() as driver:
        driver.execute("UPDATE person SET address = 'Rahasia' WHERE name = 'Orang 7'")
        [person] = driver.execute("SELECT id FROM person WHERE name = 'Orang 7'").fetchone()
    said = checked(store, "--json")
    assert (said.code, said.err) == (1, "")
    [finding] = [each for each in said.document["findings"] if each["finding"] != "search_index"]
    assert (finding["type"], finding["id"], finding["field"]) == ("person", person, "address")
    assert person in finding["message"]
    spoken = checked(store, "--lang", "en")
    assert spoken.code == 1
    assert person in spoken.out
    assert "Restore the latest backup" in spoken.out
    assert "Rahasia" not in spoken.out + json.dumps(said.document)


def test_nothing_personal_is_printed(store: Store) -> None:
    """Every text of every record is a canary, and everything is damaged."""
    canaries = Canaries()
    with store.work() as work:
        canaries.ids = {"institution": work.records.values("institution", "id")[0], "volunteer": work.volunteer or ""}
        for name, record_type in RECORD_TYPES.items():
            if name in trash.DELETABLE or name == "recruiter":
                canaries.ids[name] = work.write(record_type.cls, None, **canaries.of(record_type, Side.VILLAGE))
        work.connection.exec_driver_sql(f"UPDATE person SET phones = '{{\"{CANARY} 1\":\"x\"}}', name = '{CANARY} 2'")
        for name in ("consent", "document", "journey"):
            work.connection.exec_driver_sql(f"UPDATE {name} SET person_id = '{canaries.ids['person']}'")
        work.connection.exec_driver_sql("UPDATE record_state SET history = '{\"' WHERE type = 'safe_contact'")
        work.connection.exec_driver_sql("UPDATE record_state SET sealed = x'00'")
    for options in ((), ("--json",), ("--lang", "en")):
        said = checked(store, *options)
        assert said.code == 1
        assert hidden_in((said.out + said.err).encode()) == []


def test_every_finding_has_its_sentence() -> None:
    words = {key.removeprefix("check.") for key in catalogue("trail") if key.startswith("check.")}
    sources = [
        Path(check.__code__.co_filename).with_name(f"{name}.py") for name in ("check", "check_pages", "check_exchange")
    ]
    found = {
        part.split('"')[1]
        for file in sources
        for part in file.read_text("utf-8").split("Finding(")[1:]
        if part.startswith('"')
    }
    with_field = {"value", "sealed", "not_journalled"}
    assert words == (found - {"value"}) | {f"{key}_field" for key in with_field}
