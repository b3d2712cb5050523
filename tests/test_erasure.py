# SPDX-License-Identifier: GPL-3.0-or-later
"""Erasure: of a record nothing is left but that it was, on no page of the file, and nothing brings it back.

Pages are decrypted here by hand with the store's key, free ones and free parts included (security.md 6.B, B11).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3
from canaries import CANARY, Canaries, hidden_in
from desks import Desks, agree, deliveries, enrolled, resident, screen, sent
from sqlalchemy import insert, select
from store_pages import PAGE, key_of, log_of, pages_of
from store_tools import record_id, standing

from trafficwatch.models.casework import ConsentScope, Screening
from trafficwatch.models.exchange import Delivery, RecordState
from trafficwatch.models.fields import Side
from trafficwatch.models.migration import Journey
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.registry import browse, trash
from trafficwatch.store import erasure, journal
from trafficwatch.store.erasure import ERASED, Ground, RecordErased
from trafficwatch.store.folder import DATABASE
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Store, Work
from trafficwatch.sync.exporting import NothingToSend
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.merge import merge_records
from trafficwatch.village import drafts

OF_A_PERSON = trash.DELETABLE


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as both:
        yield both


@pytest.fixture
def village(desks: Desks) -> Store:
    return desks.village


# -- reading pages -----------------------------------------------------------------------------------------------------


def pages(store: Store) -> bytes:
    """Every page of the database and its log, decrypted whatever it is used for."""
    return b"".join([*pages_of(store), *log_of(store)])


def exported(store: Store, folder: Path) -> bytes:
    """The database as another program with the key writes it out in clear."""
    store.close()
    plain = folder / "plain.db"
    connection = sqlcipher3.connect(str(store.folder / DATABASE))
    connection.execute(f"PRAGMA key = \"x'{key_of(store).hex()}'\"")
    connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
    connection.execute("SELECT sqlcipher_export('plain')")
    connection.close()
    return plain.read_bytes()


def sealed_texts(store: Store) -> bytes:
    """Everything that opens under the case key."""
    found = ""
    with store.work() as work:
        for name in RECORD_TYPES:
            found += "".join(str(state) for state in work.records.states(name))
        for row in work.connection.execute(select(local.journal).where(local.journal.c.sealed.is_not(None))):
            found += str(work.sealer.open(row.type, row.id, journal.place(row.device, row.sequence), row.sealed))
        for draft in drafts.drafts(work):
            found += json.dumps(draft.content)
        for row in work.connection.execute(select(local.quarantine).where(local.quarantine.c.content.is_not(None))):
            found += str(work.sealer.open("quarantine", row.sender, f"{row.bundle}/{row.line}", row.content))
        for row in work.connection.execute(select(local.attachment_content)):
            found += str(work.sealer.open_bytes("attachment", row.id, "content", row.content))
    return found.encode()


# -- a person full of canaries -----------------------------------------------------------------------------------------


def canary_person(store: Store) -> str:
    """A person and one record of each type that belongs to one, canaries in every text, and all that a store keeps
    beside records; gives the person's id.
    """
    canaries = Canaries()
    with store.work() as work:
        [institution, *_] = work.connection.execute(select(RECORD_TABLES["institution"].c.id)).scalars()
        recruiter = work.write(Recruiter, None, name="Pak Anton")  # is not erased with the person
        canaries.ids = {"institution": institution, "volunteer": work.volunteer or "", "recruiter": recruiter}
        for name, record_type in RECORD_TYPES.items():
            if name in OF_A_PERSON:
                canaries.ids[name] = work.write(record_type.cls, None, **canaries.of(record_type, Side.VILLAGE))
        person, screening = canaries.ids["person"], canaries.ids["screening"]
        for count in range(30):  # long histories leave freed cells and overflow pages behind
            work.write(Person, person, private_note=f"{CANARY} {count} " * 50)
            work.write(Screening, screening, note=f"{CANARY} {count} " * 200)
        theirs = RecordState("person", person, {"name": standing((1, "f", f"{CANARY} lain"))})
        known = work.records.state("person", person)
        assert known is not None
        work.take_in(merge_records(known, theirs), work.info.code)
        content = work.sealer.seal_bytes("attachment", canaries.ids["attachment"], "content", CANARY.encode() * 9000)
        work.connection.execute(insert(local.attachment_content).values(id=canaries.ids["attachment"], content=content))
        drafts.keep(work, "resident", {"name": CANARY}, subject=person)
        drafts.keep(work, "journey", {"person": person, "work": CANARY})
        drafts.keep(work, "screening", {"person": person, "note": CANARY}, case_text=True)
        for line, record in ((1, person), (2, record_id(7))):
            text = work.sealer.seal("quarantine", "f" * 16, f"b/{line}", f"{CANARY} {person}")
            values = {"sender": "f" * 16, "bundle": "b", "line": line, "type": "person", "id": record}
            work.connection.execute(insert(local.quarantine).values(**values, reason="link_missing", content=text))
        work.note("export", "attachment", canaries.ids["attachment"], f"{CANARY} diminta", sealed=True)
        work.note("restore", "person", person, f"{CANARY} diminta")
    return person


def test_the_hunt_finds_what_is_there(village: Store, tmp_path: Path) -> None:
    """The control: before anything is erased, and on pages that were freed without care, canaries are found."""
    canary_person(village)
    assert hidden_in(pages(village))
    assert hidden_in(sealed_texts(village))
    with village.bare() as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        driver.execute("PRAGMA secure_delete = OFF")
        driver.execute("DELETE FROM safe_contact")
        driver.execute("DELETE FROM journal")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert hidden_in(pages(village))
    assert hidden_in(exported(village, tmp_path))


def test_of_an_erased_person_no_page_says_anything(village: Store, tmp_path: Path) -> None:
    person = canary_person(village)
    other = resident(village, "Maria Seran")
    done = erasure.erase(village, "person", person, Ground.PERSON_ASKED)
    assert (done.records, done.compacted, done.backups) == (len(OF_A_PERSON), True, ())
    assert (village.folder / f"{DATABASE}-wal").stat().st_size == 0
    assert hidden_in(pages(village)) == []
    assert hidden_in(sealed_texts(village)) == []
    with village.work() as work:
        assert [row.id for row in browse.residents(work).rows] == [other]
        assert work.connection.execute(select(local.draft)).all() == []
        assert journal.broken_at(work.connection, work.sealer, work.info.device) is None
    found = exported(village, tmp_path)
    assert b"Maria Seran" in found
    assert hidden_in(found) == []


def test_before_it_is_written_anew_the_erased_is_gone_from_every_page_in_use(village: Store) -> None:
    """A full disk can keep the database from being written anew: the content is gone from it all the same."""
    person = canary_person(village)
    with village.bare() as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        driver.set_authorizer(lambda action, *_: 1 if action == sqlcipher3.SQLITE_ATTACH else 0)  # VACUUM attaches
    done = erasure.erase(village, "person", person, Ground.PERSON_ASKED)
    assert not done.compacted
    assert hidden_in(pages(village)) == []


def test_what_stays_is_a_tombstone(village: Store) -> None:
    person = canary_person(village)
    erasure.erase(village, "person", person, Ground.RETENTION_OVER)
    with village.work() as work:
        rows = {(row.type, row.id): row for row in work.connection.execute(select(local.erasure))}
        assert {type_name for type_name, _ in rows} == set(OF_A_PERSON)
        for (type_name, record), row in rows.items():
            assert (row.at, row.volunteer, row.reason) == (work.now, work.volunteer, "retention_over")
            left = work.connection.execute(
                select(RECORD_TABLES[type_name]).where(RECORD_TABLES[type_name].c.id == record)
            ).one()
            said = {name: value for name, value in left._asdict().items() if value is not None}
            assert said.keys() == {"id", "deleted", *erasure.tombstone_links(type_name)}
            assert said["deleted"] == ERASED
            state = work.records.state(type_name, record)
            assert state is not None
            assert state.fields.keys() == said.keys() - {"id"}
            entries = work.connection.execute(
                select(local.journal).where(local.journal.c.type == type_name, local.journal.c.id == record)
            ).all()
            *before, last = sorted(entries, key=lambda entry: entry.sequence)
            assert before
            for entry in before:
                assert (entry.salt, entry.changes, entry.sealed, entry.commitment) == (None,) * 4
            assert (last.action, json.loads(last.changes)) == (ERASED, {"reason": [None, "retention_over"]})
        assert {row.content for row in work.connection.execute(select(local.quarantine))} == {None}


def test_erasing_again_changes_nothing(village: Store) -> None:
    person = canary_person(village)
    erasure.erase(village, "person", person, Ground.PERSON_ASKED)
    with village.work() as work:
        head = journal.head(work.connection, work.info.device)
    assert erasure.erase(village, "person", person, Ground.RETENTION_OVER).records == 0
    with village.work() as work:
        assert journal.head(work.connection, work.info.device) == head


def test_one_part_of_a_person_is_erased_alone(village: Store) -> None:
    person = resident(village)
    agree(village, person, ConsentScope.SERVICE, ConsentScope.SHARE_CASE)
    screening = screen(village, person)
    assert erasure.erase(village, "screening", screening, Ground.CONSENT_WITHDRAWN).records == 1
    with village.work() as work:
        assert work.records.get(Person, person).name == "Yohanis Bere"
        assert work.records.select(Screening) == []


def test_what_is_not_there_is_not_erased(village: Store) -> None:
    with pytest.raises(RecordUnknown):
        erasure.erase(village, "person", record_id(9), Ground.PERSON_ASKED)


def test_a_damaged_sealed_value_does_not_keep_a_record_from_being_erased(village: Store) -> None:
    person = canary_person(village)
    with village.work() as work:
        table = RECORD_TABLES["screening"]
        work.connection.exec_driver_sql("UPDATE record_state SET sealed = x'00' WHERE type = 'screening'")
        work.connection.exec_driver_sql("UPDATE screening SET note = x'00'")
        work.connection.exec_driver_sql("UPDATE quarantine SET content = x'00' WHERE line = 1")
        work.connection.exec_driver_sql("UPDATE draft SET sealed = x'00' WHERE sealed IS NOT NULL")
        assert work.connection.execute(select(table.c.note)).scalar_one() is not None
    assert erasure.erase(village, "person", person, Ground.PERSON_ASKED).records == len(OF_A_PERSON)
    assert hidden_in(pages(village)) == []


def test_the_untrained_can_be_made_to_erase_nothing_less(desks: Desks) -> None:
    """Erasing needs no key: what is sealed goes unread."""
    person = canary_person(desks.village)
    assert erasure.erase(desks.helper(), "person", person, Ground.PERSON_ASKED).records == len(OF_A_PERSON)
    village = desks.trained()
    assert hidden_in(pages(village)) == []
    with village.work() as work:
        for name in OF_A_PERSON:
            [state] = [each for each in work.records.states(name) if work.records.exists(name, each.id)]
            assert hidden_in(str(state).encode()) == []


# -- nothing comes back ------------------------------------------------------------------------------------------------


def test_nothing_is_written_about_the_erased(village: Store) -> None:
    person = resident(village)
    erasure.erase(village, "person", person, Ground.PERSON_ASKED)
    with village.work() as work:
        with pytest.raises(RecordErased):
            work.write(Person, person, name="Yohanis Bere")
        with pytest.raises(RecordErased):
            work.write(Journey, None, person_id=person, destination_country="MY")
        with pytest.raises(RecordErased):
            trash.restore(work, "person", person, "salah hapus")
        assert trash.trash(work).total == 0
        assert work.records.select(Journey) == []


def test_a_merge_brings_nothing_back(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        there = work.records.state("person", person)
        assert there is not None
    erasure.erase(village, "person", person, Ground.PERSON_ASKED)
    with village.work() as work:
        before = journal.head(work.connection, work.info.device)
        work.take_in(there, work.info.code)
        assert work.records.get(Person, person) == Person(id=person, deleted=ERASED)
        assert journal.head(work.connection, work.info.device) == before


def shared(desks: Desks) -> str:
    person = resident(desks.village, f"{CANARY} Bere")
    agree(desks.village, person, ConsentScope.SERVICE, ConsentScope.SHARE_CASE)
    return person


def test_a_bundle_brings_nothing_back(desks: Desks, village: Store) -> None:
    """The PPT has erased; the village, which has not, sends the person again, and something new about them."""
    person = shared(desks)
    desks.exchange()
    erasure.erase(desks.ppt, "person", person, Ground.RETENTION_OVER)
    with village.work() as work:
        work.write(Person, person, occupation=f"{CANARY} tani")
        journey = work.write(Journey, None, person_id=person, work=f"{CANARY} kebun")
    [path] = desks.send()
    done, receipt = desks.deliver(path)
    reasons = {(each.type, each.id): (each.state, each.reason) for each in done.results}
    assert reasons["person", person] == reasons["journey", journey] == (Delivery.REFUSED, "record_erased")
    assert take_in(desks.ppt, path).results == done.results
    with desks.ppt.work() as work:
        assert work.records.get(Person, person) == Person(id=person, deleted=ERASED)
        assert work.records.select(Journey) == []
        aside = work.connection.execute(select(local.quarantine)).all()
        assert {(row.id, row.content) for row in aside} == {(person, None), (journey, None)}
    erasure.compact(desks.ppt)
    assert hidden_in(pages(desks.ppt)) == []
    assert hidden_in(sealed_texts(desks.ppt)) == []
    take_in(village, receipt)
    assert deliveries(village)["person", person] == ("refused", "record_erased")
    with pytest.raises(NothingToSend):
        desks.send()
    with village.work() as work:
        work.write(Person, person, occupation="nelayan")
    [path] = desks.send()
    assert sent(desks.ppt, path)["person"] == [person]  # changed since, it is offered again, and refused again


def test_the_ppt_learns_of_an_erasure_in_the_village_as_of_a_deletion(desks: Desks, village: Store) -> None:
    person = shared(desks)
    screening = screen(village, person)
    desks.exchange()
    erasure.erase(village, "person", person, Ground.PERSON_ASKED)
    [done] = desks.exchange()
    assert done.refused == 0
    with desks.ppt.work() as work:
        assert work.records.get(Person, person).deleted == ERASED
        assert work.records.get(Screening, screening).deleted == ERASED
        assert browse.residents(work).total == 0
    with pytest.raises(NothingToSend):
        desks.send()


# -- backups -----------------------------------------------------------------------------------------------------------


def note_backup(work: Work, backup: str, *, gone: bool = False) -> None:
    """What a backup made now is noted as."""
    table = local.journal
    sequence = max(work.connection.execute(select(table.c.sequence)).scalars())
    values: dict[str, Any] = {"made_at": work.now, "place": f"cadangan/{backup}", "reason": "daily", "size": 1}
    values |= {"records": 1, "sequence": sequence, "key": bytes(32), "gone_at": work.now if gone else None}
    work.connection.execute(insert(local.backup).values(id=backup, **values))


def test_the_backups_that_still_hold_it_are_named(desks: Desks, village: Store) -> None:
    for backup in ("before", "between", "destroyed"):
        desks.clock.move(hours=1)
        with village.work() as work:
            note_backup(work, backup, gone=backup == "destroyed")
        if backup == "before":
            person = resident(village)
    with village.work() as work:
        other = work.write(Person, None, name="Maria Seran")
        work.write(Person, other, occupation="tani")
    done = erasure.erase(village, "person", person, Ground.PERSON_ASKED)
    place = str(village.folder / "cadangan" / "between")
    assert [(held.id, held.place, held.records) for held in done.backups] == [("between", place, 1)]
    desks.clock.move(hours=1)
    with village.work() as work:
        note_backup(work, "after")
    assert [held.id for held in erasure.erase(village, "person", other, Ground.PERSON_ASKED).backups] == ["after"]
    with village.work() as work:
        assert [(held.id, held.records) for held in erasure.holding(work)] == [("after", 1), ("between", 1)]
        assert [held.id for held in erasure.holding(work, [("person", person)])] == ["between"]


def test_the_canary_hunt_reads_pages_rightly(village: Store) -> None:
    """The decryption agrees with the library: after the salt page 1 goes on with the page size and the file format."""
    found = pages(village)
    assert found[:4] == (PAGE).to_bytes(2, "big") + bytes((2, 2))
    assert b"CREATE TABLE" in found
