# SPDX-License-Identifier: GPL-3.0-or-later
"""A population workbook taken into a real store: every row accounted for, nothing overwritten, and nothing twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from store_tools import reopened, trained_store
from workbook_tools import COLUMNS, KINDS, village_rows, write_table, write_village

from trafficwatch.models.people import Person
from trafficwatch.registry.browse import residents
from trafficwatch.registry.journeys import save_journey
from trafficwatch.registry.merging import merge
from trafficwatch.registry.residents import record_person
from trafficwatch.registry.trash import Reason, delete
from trafficwatch.registry.workbook.errors import NameColumnMissing, NoTable
from trafficwatch.registry.workbook.plan import Outcome
from trafficwatch.registry.workbook.take_in import Preview, planned, preview, take_in
from trafficwatch.registry.workbook.writing import blank_template, reason_words, refused_rows
from trafficwatch.store import search
from trafficwatch.store.work import Store

HEADER = ("Nama", "NIK", "No KK", "Tanggal lahir", "Alamat", "No HP")
MARIA = ("Maria Rekaan", "5301085705900001", "5301080101900001", "17-05-1990", "Dusun 1", "0812-0000-0001")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with trained_store(tmp_path) as found:
        yield found


def people(store: Store) -> dict[str, Person]:
    with store.work() as work:
        return {person.name or "": person for person in work.records.select(Person)}


def found(store: Store, text: str) -> list[str]:
    """The names that a search gives, in an index that says just what the records say."""
    with store.work() as work:
        assert search.agrees(work.connection)
        return sorted(row.name for row in residents(work, text, 0, 10).rows)


def looked(store: Store, folder: Path, *rows: tuple[Any, ...], header: tuple[str, ...] = HEADER) -> Preview:
    return preview(store, write_table(folder / "warga.xlsx", header, *rows))


def counts(seen: Preview) -> tuple[int, ...]:
    return tuple(seen.plan.counts().values())


def reasons(seen: Preview) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.reason) for one in seen.refusals]


def journal_size(store: Store) -> int:
    with store.work() as work:
        found = work.connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one()
    return int(found)


def test_every_row_of_a_dirty_village_is_accounted_for_and_the_second_time_changes_nothing(
    store: Store, tmp_path: Path
) -> None:
    village = village_rows(300)
    path = write_village(tmp_path / "penduduk.xlsx", village)
    seen = preview(store, path)
    assert (seen.layout, seen.book.hidden, seen.header_row) == ("opensid", ("Kode Data",), 1)
    assert seen.reading.counted.people == 300
    assert set(reasons(seen)) == village.refused
    assert len(seen.refusals) == len(KINDS)
    result = take_in(store, seen)
    assert result.counts == {"created": 288, "updated": 0, "unchanged": 0, "refused": 12}
    with store.work() as work:
        assert work.records.count("person") == 288

    before = journal_size(store)
    again = take_in(store, preview(store, path))
    assert again.counts == {"created": 0, "updated": 0, "unchanged": 288, "refused": 12}
    assert journal_size(store) == before


def test_nothing_is_written_before_it_is_taken_in(store: Store, tmp_path: Path) -> None:
    seen = looked(store, tmp_path, MARIA)
    assert counts(seen) == (1, 0, 0, 0)
    assert people(store) == {}
    take_in(store, seen)
    [maria] = people(store).values()
    assert (maria.nik, maria.nik_status, maria.birth_date) == (MARIA[1], "told", "1990-05-17")
    assert (maria.address, dict(maria.phones)) == ("Dusun 1", {"0812-0000-0001": "-"})


def test_only_empty_fields_are_filled_and_what_differs_is_listed(store: Store, tmp_path: Path) -> None:
    with store.work() as work:
        known = record_person(work, name="MARIA REKAAN", nik=MARIA[1], nik_status="seen", address="Dusun 7").person
    seen = looked(store, tmp_path, MARIA)
    assert counts(seen) == (0, 1, 0, 0)
    [differs] = seen.differs
    assert (differs.field, differs.kept, differs.offered, differs.person_id) == (
        "address",
        "Dusun 7",
        "Dusun 1",
        known.id,
    )
    take_in(store, seen)
    [after] = people(store).values()
    assert (after.name, after.nik_status, after.address) == ("MARIA REKAAN", "seen", "Dusun 7")
    assert (after.birth_date, after.kk_number) == ("1990-05-17", MARIA[2])
    assert counts(looked(store, tmp_path, MARIA)) == (0, 0, 1, 0)


def test_what_came_between_preview_and_taking_in_is_not_overwritten(store: Store, tmp_path: Path) -> None:
    seen = looked(store, tmp_path, MARIA)
    with store.work() as work:
        record_person(work, name="Maria R.", nik=MARIA[1], address="Dusun 9")
    result = take_in(store, seen)
    assert result.counts == {"created": 0, "updated": 1, "unchanged": 0, "refused": 0}
    [after] = people(store).values()
    assert (after.name, after.address) == ("Maria R.", "Dusun 9")


def test_without_a_nik_the_same_name_and_birth_date_is_only_a_hint(store: Store, tmp_path: Path) -> None:
    with store.work() as work:
        known = record_person(work, name="Siti Rekaan", birth_date="1990-05-17", address="Dusun 7").person
    row = ("SITI REKAAN", "", "", "17-05-1990", "Dusun 1", "")
    seen = looked(store, tmp_path, row)
    assert reasons(seen) == [(2, "Nama", "looks_like_known")]
    assert [step.person_id for step in seen.alike] == [known.id]
    assert take_in(store, seen).counts[Outcome.CREATED] == 0
    chosen = planned(store, seen, {2})
    assert counts(chosen) == (1, 0, 0, 0)
    take_in(store, chosen, as_new={2})
    assert sorted(people(store)) == ["SITI REKAAN", "Siti Rekaan"]
    assert counts(looked(store, tmp_path, row)) == (0, 0, 1, 0)  # the chosen one is now known
    assert counts(looked(store, tmp_path, ("Siti Rekaan", "", "", "18-05-1990", "", ""))) == (1, 0, 0, 0)


def test_two_rows_alike_without_nik_and_two_with_their_own(store: Store, tmp_path: Path) -> None:
    row = ("Siti Rekaan", "", "", "17-05-1990", "", "")
    seen = looked(store, tmp_path, row, row)
    assert reasons(seen) == [(3, "Nama", "same_as_row")]
    take_in(store, seen)
    assert reasons(looked(store, tmp_path, row, row)) == [(3, "Nama", "same_as_row")]
    twins = [("Siti Lain", f"530108570590000{n}", "", "17-05-1990", "", "") for n in (1, 2)]
    seen = looked(store, tmp_path, *twins)
    assert (counts(seen), [one.reason for one in seen.remarks]) == ((2, 0, 0, 0), ["same_name_and_birth"])


def test_whoever_has_another_nik_is_somebody_else_however_alike(store: Store, tmp_path: Path) -> None:
    with store.work() as work:
        record_person(work, name="Maria Rekaan", nik="5301085705900002", birth_date="1990-05-17")
    seen = looked(store, tmp_path, MARIA)
    assert (counts(seen), [one.reason for one in seen.remarks]) == ((1, 0, 0, 0), ["same_name_and_birth"])


def test_what_somebody_typed_becomes_no_formula(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "warga.csv"
    path.write_text("Nama;NIK;Alamat\n;1;=1+1\n", "utf-8")
    seen = preview(store, path)
    (tmp_path / "ditolak.xlsx").write_bytes(refused_rows(seen))
    cell = openpyxl.load_workbook(tmp_path / "ditolak.xlsx").worksheets[0]["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_nik_that_is_somebody_elses_is_refused(store: Store, tmp_path: Path) -> None:
    with store.work() as work:
        record_person(work, name="Yohanis Contoh", nik=MARIA[1], birth_date="1970-01-01")
    assert reasons(looked(store, tmp_path, MARIA)) == [(2, "NIK", "nik_of_another")]


def test_a_nik_on_two_cards_is_refused(store: Store, tmp_path: Path) -> None:
    with store.work() as work:
        for name in ("Maria R", "Maria S"):
            record_person(work, name=name, nik=MARIA[1])
    seen = looked(store, tmp_path, MARIA)
    assert [(one.reason, dict(one.params)) for one in seen.refusals] == [("several_known", {"people": 2})]


def test_a_temporary_nik_matches_nobody(store: Store, tmp_path: Path) -> None:
    temporary = "0530108200800001"
    seen = looked(
        store,
        tmp_path,
        ("Maria Rekaan", temporary, "", "17-05-1990", "", ""),
        ("Lain Rekaan", temporary, "", "17-05-1991", "", ""),
    )
    assert (counts(seen), {one.reason for one in seen.remarks}) == ((2, 0, 0, 0), {"nik_temporary"})


def test_a_deleted_resident_does_not_come_back(store: Store, tmp_path: Path) -> None:
    take_in(store, looked(store, tmp_path, MARIA))
    [maria] = people(store).values()
    with store.work() as work:
        delete(work, "person", maria.id, Reason.ENTERED_TWICE)
    seen = looked(store, tmp_path, MARIA)
    assert reasons(seen) == [(2, "Nama", "deleted_before")]


@pytest.mark.parametrize(
    ("code", "residency"), [("TIDAK TETAP", "dead"), ("2", "dead"), ("3", "moved"), ("4", "missing")]
)
@pytest.mark.parametrize("stage", ["departed", "returned"])
def test_nobody_on_a_journey_becomes_dead_by_a_sheet(
    store: Store, tmp_path: Path, code: str, residency: str, stage: str
) -> None:
    with store.work() as work:
        rina = record_person(work, name="Rina Pergi", nik=MARIA[1], nik_status="seen").person.id
        save_journey(work, rina, {"stage": stage, "departure_on": "2026-01-01", "destination_country": "MY"})
    values = {"nama": "Rina Pergi", "nik": MARIA[1], "status_dasar": code, "kk_level": "ANAK"}
    path = write_table(tmp_path / "opensid.xlsx", COLUMNS, tuple(values.get(name, "") for name in COLUMNS))
    seen = preview(store, path)
    take_in(store, seen)
    [after] = people(store).values()
    assert after.household_role == "child"
    told = [(one.field, one.kept, one.offered) for one in seen.differs]
    if stage == "departed":
        assert (after.residency, told) == (None, [("residency", "", residency)])
    else:
        assert (after.residency, told) == (residency, [])
    assert counts(preview(store, path)) == (0, 0, 1, 0)


def test_a_number_that_was_removed_does_not_come_back(store: Store, tmp_path: Path) -> None:
    with store.work() as work:
        lia = record_person(work, name=MARIA[0], nik=MARIA[1], phones={"0812-0000-0001": "suami"}).person.id
        record_person(work, lia, phones={"0812-0000-0001": None})
    row = (*MARIA[:2], "", "", "", "+62 812 0000 0001")
    seen = looked(store, tmp_path, row)
    assert (counts(seen), [(one.field, one.kept, one.offered) for one in seen.differs]) == (
        (0, 0, 1, 0),
        [("phones", "", "+62 812 0000 0001")],
    )
    take_in(store, looked(store, tmp_path, (*row[:-1], f"{row[-1]} / 0813-0000-0002")))
    assert [dict(one.phones) for one in people(store).values()] == [{"0813-0000-0002": "-"}]


def test_every_row_of_a_csv_with_a_lost_quote_is_counted(store: Store, tmp_path: Path) -> None:
    lines = ["Nama;NIK;Alamat", *(f"Orang {chr(97 + n)};;Dusun {n}" for n in range(20))]
    lines[5] = '"' + lines[5]
    path = tmp_path / "warga.csv"
    path.write_text("\n".join(lines), "utf-8")
    seen = preview(store, path)
    assert (counts(seen), reasons(seen)) == ((19, 0, 0, 1), [(6, "Nama", "quote_open")])
    assert "tanda petik" in reason_words(seen.refusals[0])


def test_cancelling_leaves_nothing(store: Store, tmp_path: Path) -> None:
    rows = [(f"Rekaan {'abcdefghij'[n]}", f"530108570590000{n}", "", "17-05-1990", "", "") for n in range(10)]
    seen, before = looked(store, tmp_path, *rows), journal_size(store)
    asked = iter([False] * 5 + [True] * 20)
    result = take_in(store, seen, cancelled=lambda: next(asked))
    assert (result.cancelled, sum(result.counts.values())) == (True, 0)
    assert (people(store), journal_size(store)) == ({}, before)
    store.hurried = True
    assert take_in(store, seen).cancelled
    assert people(store) == {}


def test_who_is_taken_in_can_be_found_and_who_was_not_leaves_nothing_in_the_index(store: Store, tmp_path: Path) -> None:
    with store.work() as work:
        record_person(work, name="Maria Rekaan", nik=MARIA[1])
    seen = looked(store, tmp_path, MARIA, ("Yosef Rekaan", "", "", "", "Dusun 4", ""))
    asked = iter([False, True])
    assert take_in(store, seen, cancelled=lambda: next(asked)).cancelled
    assert (found(store, "dusun"), found(store, "maria")) == ([], ["Maria Rekaan"])
    take_in(store, seen)
    assert (found(store, "dusun"), found(store, "yosef")) == (["Maria Rekaan", "Yosef Rekaan"], ["Yosef Rekaan"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is cut off by fork")
def test_a_program_that_ends_while_it_takes_in_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with store.work() as work:
        record_person(work, name="Maria Rekaan", nik=MARIA[1])
    seen, before = looked(store, tmp_path, MARIA, ("Yosef Rekaan", "", "", "", "", "")), journal_size(store)
    store.close()
    asked = iter([False])
    child = os.fork()
    if child == 0:
        try:
            take_in(reopened(store.folder, store.keys), seen, cancelled=lambda: next(asked))
        finally:
            os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    after = reopened(store.folder, store.keys)
    assert (list(people(after)), journal_size(after)) == (["Maria Rekaan"], before)
    assert (found(after, "maria"), found(after, "dusun")) == (["Maria Rekaan"], [])
    after.close()


def test_progress_reaches_the_end(store: Store, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    take_in(store, looked(store, tmp_path, MARIA), progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 1), (1, 1)]


def test_refused_rows_come_back_with_their_reason_and_can_be_taken_in_corrected(store: Store, tmp_path: Path) -> None:
    wrong = ("Maria Rekaan", "5301085705900001", "", "30-02-1990", "=1+1", "0812")
    seen = looked(store, tmp_path, ("Lain Rekaan", "5301085705900002", "", "", "", ""), wrong)
    path = tmp_path / "ditolak.xlsx"
    path.write_bytes(refused_rows(seen))
    book = openpyxl.load_workbook(path)
    header, row = book.worksheets[0].iter_rows(values_only=True)
    assert header == (*HEADER, "Alasan ditolak")
    assert row[1] == "5301085705900001"
    assert row[-1] == "Tanggal lahir: tanggal 30 tidak ada; bulan itu hanya sampai 28"
    book.worksheets[0]["D2"] = "28-02-1990"
    book.save(path)
    again = preview(store, path)
    assert (counts(again), again.not_kept) == ((1, 0, 0, 0), ("Alasan ditolak",))


def test_the_template_is_recognised_and_asks_for_text(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "kosong.xlsx"
    path.write_bytes(blank_template())
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert len(headings) == 18
    assert (sheet.column_dimensions["A"].max, sheet.column_dimensions["A"].number_format) == (18, "@")
    guided = [row[0] for row in book.worksheets[1].iter_rows(values_only=True, min_row=2)]
    assert [one for one in guided if one] == headings
    values = {"Nama lengkap": "Maria Rekaan", "NIK": MARIA[1], "Jenis kelamin": "P", "Status penduduk": "Hidup"}
    for column, heading in enumerate(headings, 1):
        if heading in values:
            sheet.cell(2, column).value = values[heading]
    book.save(path)
    seen = preview(store, path)
    assert (seen.layout, counts(seen), seen.not_kept) == ("template", (1, 0, 0, 0), ())
    [step] = seen.plan.steps
    assert (step.changes["sex"], step.changes["residency"]) == ("f", "present")


def test_unknown_columns_wait_for_somebody_to_say_what_they_are(store: Store, tmp_path: Path) -> None:
    path = write_table(tmp_path / "aneh.xlsx", ("Kolom satu", "Kolom dua"), ("Maria Rekaan", "17-05-1990"))
    seen = preview(store, path)
    assert (seen.ready, seen.columns, seen.header) == (False, {}, ("Kolom satu", "Kolom dua"))
    with pytest.raises(NameColumnMissing):
        take_in(store, seen)
    mapped = preview(store, path, columns={0: "name", 1: "birth_date"})
    assert counts(mapped) == (1, 0, 0, 0)
    assert not preview(store, path, columns={0: "name", 1: "name"}).ready


def test_an_empty_workbook_holds_no_table(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NoTable):
        preview(store, write_table(tmp_path / "kosong.xlsx"))


def test_what_is_not_needed_is_not_kept(store: Store, tmp_path: Path) -> None:
    seen = preview(store, write_village(tmp_path / "penduduk.xlsx", village_rows(15)))
    assert {"golongan_darah_id", "hamil", "cara_kb_id", "cacat_id", "ibu_nik", "suku"} <= set(seen.not_kept)
    assert len(seen.not_kept) + len(seen.columns) == len(COLUMNS) == 43
    kept = {name for step in seen.plan.steps for name in step.changes}
    assert kept <= set(Person.__dataclass_fields__)
    assert Counter(seen.columns.values()).most_common(1)[0][1] == 1


def test_a_card_that_was_merged_away_leads_to_the_card_that_stayed(store: Store, tmp_path: Path) -> None:
    with store.work() as work:
        born = {"birth_date": "1990-05-17"}
        ids = [
            record_person(work, name=name, nik=nik, nik_status="told", **born).person.id
            for name, nik in (("Marya", "5301085705900003"), ("Yohana", "5301085705900002"), (MARIA[0], MARIA[1]))
        ]
        merge(work, ids[1], ids[2])
        merge(work, ids[0], ids[1])
    seen = looked(store, tmp_path, MARIA)
    assert reasons(seen) == []
    assert [(step.outcome, step.person_id) for step in seen.plan.steps] == [(Outcome.UPDATED, ids[0])]
    take_in(store, seen)
    assert people(store)["Marya"].address == "Dusun 1"
    without = looked(store, tmp_path, (MARIA[0], "", *MARIA[2:]))
    assert [(step.refusals[0].reason, step.person_id) for step in without.plan.steps] == [("looks_like_known", ids[0])]
    with store.work() as work:
        delete(work, "person", ids[0], Reason.OTHER)
    assert [reason for _, _, reason in reasons(looked(store, tmp_path, MARIA))] == ["deleted_before"]
