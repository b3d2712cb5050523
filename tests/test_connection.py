# SPDX-License-Identifier: GPL-3.0-or-later
"""The file on the disk: really encrypted, with our settings really in force, and no second file ever attached."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlcipher3
from sqlalchemy import insert
from sqlalchemy.exc import DatabaseError, IntegrityError
from store_tools import content, copied, record_id, reopened, small_disk, template, trained_store

from trafficwatch.models.casework import Screening
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store import connection, journal
from trafficwatch.store.connection import (
    StoreBusy,
    StoreDamaged,
    StoreDiskFailed,
    StoreFull,
    StoreNotEncrypted,
    connect,
    named_errors,
)
from trafficwatch.store.work import Store

KEY = bytes(range(32))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with trained_store(tmp_path) as opened:
        yield opened


def hits(folder: Path, marker: str) -> list[str]:
    """Files in which a text stands, plain or in a compressed stream."""
    wanted = [marker.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    found = set[str]()
    for name, data in content(folder).items():
        streams = [data]
        for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
            try:
                streams.append(zlib.decompressobj().decompress(data[start.start() :], 10**6))
            except zlib.error:
                continue
        found |= {name for stream in streams for text in wanted if text in stream}
    return sorted(found)


def test_the_search_itself_finds_texts(tmp_path: Path) -> None:
    for name, data in {
        "a": b"..Kupang..",
        "b": "xKupangx".encode("utf-16-le"),
        "c": b"??" + zlib.compress(b"...Kupang..."),
        "d": b"Kupan",
    }.items():
        (tmp_path / name).write_bytes(data)
    assert hits(tmp_path, "Kupang") == ["a", "b", "c"]


def test_no_text_is_on_the_disk(store: Store) -> None:
    markers = ("PENANDA-NAMA", "5301019999990001", "PENANDA-CERITA", "PENANDA-TELEPON")
    with store.work() as work:
        person = work.write(Person, None, name=markers[0], nik=markers[1], phones={markers[3]: "sendiri"})
        work.write(
            Screening,
            None,
            person_id=person,
            questionnaire="x@1",
            screened_on="2026",
            screened_by=work.write(Volunteer, None, name="Serafina"),
            note=markers[2] * 200,
        )
    assert "store.db-wal" in content(store.folder)
    for closed in (False, True):
        if closed:
            store.close()
        files = content(store.folder)
        assert not any(data.startswith(b"SQLite format 3") for data in files.values())
        for marker in (*markers, "CREATE TABLE", "person", "Noelbaki"):
            assert hits(store.folder, marker) == []
    assert "store.db-wal" not in content(store.folder)
    with pytest.raises(sqlite3.DatabaseError), sqlite3.connect(store.folder / "store.db") as plain:
        plain.execute("SELECT count(*) FROM sqlite_master")
    plain.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("journal_mode", "wal"),
        ("cipher_log_level", "NONE"),
        ("temp_store", 2),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("mmap_size", 0),
        ("busy_timeout", 5000),
    ],
)
def test_a_setting_is_in_force(store: Store, pragma: str, value: object) -> None:
    with store.work() as work:
        assert work.connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_memory_is_locked_and_wiped(tmp_path: Path) -> None:
    code = (
        "import sys; from trafficwatch.store.connection import open_raw\n"
        "print(open_raw(sys.argv[1], bytes(32), []).execute('PRAGMA cipher_memory_security').fetchone())"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "x.db"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "('1',)"


def test_the_cipher_is_there(store: Store) -> None:
    with store.work() as work:
        assert work.connection.exec_driver_sql("PRAGMA cipher_version").scalar_one().startswith("4.")
        assert work.connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall() == []


def test_a_foreign_key_is_enforced(store: Store) -> None:
    with pytest.raises(IntegrityError), store.work() as work:
        work.connection.exec_driver_sql("INSERT INTO safe_contact (id, person_id) VALUES ('1', 'nobody')")


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        ("ATTACH '{}' AS lain", ()),
        ("ATTACH '{}' AS lain KEY ''", ()),
        ("ATTACH ? AS lain KEY ''", ("{}",)),
        ("ATTACH '{}' || '' AS lain KEY ''", ()),
        ("ATTACH (SELECT '{}') AS lain KEY ''", ()),
        ("ATTACH NULL AS lain", ()),
        ("ATTACH ':memory:' AS lain", ()),
        ("VACUUM INTO '{}'", ()),
    ],
)
def test_no_other_file_is_attached(store: Store, tmp_path: Path, statement: str, parameters: tuple[str, ...]) -> None:
    """A file attached without a key would be a plain one; the name may also hide in a parameter."""
    other = tmp_path / "lain.db"
    raw = store._engine.raw_connection()
    try:
        with pytest.raises(sqlcipher3.DatabaseError, match=r"not authorized|authorization denied"):
            raw.cursor().execute(statement.format(other), tuple(text.format(other) for text in parameters))
    finally:
        raw.close()
    assert not other.exists()


def test_vacuum_works(store: Store) -> None:
    with store.work() as work:
        person = work.write(Person, None, name="Maria")
    raw = store._engine.raw_connection()
    raw.cursor().execute("VACUUM")
    raw.close()
    with store.work() as work:
        assert work.records.get(Person, person).name == "Maria"


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(tmp_path: Path, length: int) -> None:
    """SQLCipher would silently take it as a passphrase."""
    with pytest.raises(ValueError, match="32 bytes"):
        connect(tmp_path / "store.db", b"k" * length)
    assert not (tmp_path / "store.db").exists()


def test_a_plain_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as plain:
        plain.execute("CREATE TABLE t (x)")
    plain.close()
    before = path.read_bytes()
    with pytest.raises(StoreNotEncrypted):
        connect(path, KEY)
    assert content(tmp_path) == {"store.db": before}


def test_a_library_without_a_cipher_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library's SQLite takes every PRAGMA silently and would make a plain file."""
    monkeypatch.setattr(connection, "sqlcipher3", sqlite3)
    with pytest.raises(StoreNotEncrypted):
        connect(tmp_path / "store.db", KEY)
    assert not any(content(tmp_path).values())


def test_another_key_is_refused(store: Store) -> None:
    store.close()
    before = content(store.folder)
    with pytest.raises(StoreDamaged):
        connect(store.folder / "store.db", KEY)
    assert content(store.folder) == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreDiskFailed):
        connect(tmp_path / "tidak" / "ada.db", KEY)


def test_who_comes_second_waits_and_is_told(store: Store) -> None:
    second = reopened(store.folder, template().keys)
    try:
        with second.work() as work:
            work.connection.exec_driver_sql("PRAGMA busy_timeout = 10")
        with store.work() as work:
            work.write(Person, None, name="Pertama")
            with pytest.raises(StoreBusy), second.work() as other:
                other.write(Person, None, name="Kedua")
        with second.work() as other:
            assert [person.name for person in other.records.select(Person)] == ["Pertama"]
    finally:
        second.close()


def test_no_value_stands_in_an_error(store: Store) -> None:
    """What ends in a report of an error must not carry a name or a number of a person."""
    table = RECORD_TABLES["person"]
    with pytest.raises(IntegrityError) as caught, store.work() as work:  # noqa: PT012
        for _ in range(2):
            work.connection.execute(insert(table).values(id=record_id(1), name="PENANDA-NAMA"))
    assert "PENANDA" not in f"{caught.value} {caught.value.orig}"


def test_an_error_of_ours_keeps_its_name(store: Store) -> None:
    with pytest.raises(DatabaseError, match="no such table"), named_errors(), store._engine.connect() as opened:
        opened.exec_driver_sql("SELECT * FROM tidak_ada")


def test_a_damaged_page_is_named_when_it_is_met(store: Store) -> None:
    with store.work() as work:
        for number in range(200):
            work.write(Person, None, name=f"Orang {number}", address="x" * 1_000)
    store.close()
    path = store.folder / "store.db"
    data = bytearray(path.read_bytes())
    for start in range(
        len(data) * 3 // 4 // 4096 * 4096, len(data), 4096
    ):  # the schema is read when the file is opened
        data[start + 100] ^= 1
    path.write_bytes(data)
    damaged = reopened(store.folder, template().keys)
    try:
        with pytest.raises(StoreDamaged), damaged.work() as work:
            work.records.select(Person)
    finally:
        damaged.close()


# -- the disk ----------------------------------------------------------------------------------------------------------


def fill(store: Store) -> int:
    """Write until it fails; gives how many records stood before the last try."""
    for written in range(5_000):
        with store.work() as work:
            work.write(Person, None, name=f"Orang {written}", address="x" * 2_000)
    raise AssertionError("the disk never filled")


def check_whole(folder: Path) -> list[str | None]:
    """The names that a store holds once it is opened again, all of it sound."""
    again = reopened(folder, template().keys)
    with again.work() as work:
        assert work.connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        assert work.connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall() == []
        assert journal.broken_at(work.connection, work.sealer, work.info.device) is None
        names = sorted((person.name or "" for person in work.records.select(Person)), key=lambda name: int(name[6:]))
    again.close()
    assert names == [f"Orang {number}" for number in range(len(names))]
    return list(names)


def test_a_full_disk_keeps_all_that_was_saved(tmp_path: Path) -> None:
    with small_disk(tmp_path, "2400k") as disk:
        with trained_store(disk) as store:
            with pytest.raises(StoreFull):
                fill(store)
            with pytest.raises(StoreFull):
                fill(store)  # again: the failed transaction is really over
            with store.work() as work:
                saved = work.records.count("person")
            with pytest.raises(StoreFull), store.work() as work:  # noqa: PT012
                work.connection.exec_driver_sql("PRAGMA cache_size = 20")  # so that the disk is met in mid-transaction
                with work.tried():
                    for number in range(1_000):
                        work.write(Person, None, name=f"Orang {number}", address="x" * 2_000)
        assert len(check_whole(store.folder)) == saved > 10
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        again = reopened(store.folder, template().keys)
        with again.work() as work:
            work.write(Person, None, name=f"Orang {saved}", address="x" * 2_000)
        again.close()
        assert len(check_whole(store.folder)) == saved + 1


def test_a_database_at_its_limit_is_full_too(store: Store) -> None:
    """SQLite's own limit, which needs no rights: the same error on every system."""
    with store.work() as work:
        pages = work.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        work.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(StoreFull):
        fill(store)
    with store.work() as work:
        saved = work.records.count("person")
    store.close()
    assert len(check_whole(store.folder)) == saved > 0


LIMITED = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_connection import fill, reopened
from trafficwatch.store.vault import Keys
from trafficwatch.store.connection import StoreDiskFailed
store = reopened(Path({folder!r}), Keys(bytes.fromhex({master!r}), None, None))
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
try:
    fill(store)
except StoreDiskFailed:
    with store.work() as work:
        print(work.records.count("person"))
    store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_disk_that_refuses_keeps_all_that_was_saved(tmp_path: Path) -> None:
    """A limit of the file system, in a process of its own: the write itself fails, not the space."""
    folder = copied(tmp_path)
    code = LIMITED.format(tests=str(Path(__file__).parent), folder=str(folder), master=template().keys.master.hex())
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(check_whole(folder)) == int(done.stdout) > 10


def test_a_new_key_that_is_broken_off_is_named() -> None:
    """In the library's own words, which it has for whatever went wrong."""
    driver = sqlcipher3.connect(":memory:")
    driver.execute("CREATE TABLE satu (id)")
    with pytest.raises(StoreDiskFailed), named_errors():
        driver.execute("PRAGMA rekey = 'kunci'")
    driver.close()
