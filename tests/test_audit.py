# SPDX-License-Identifier: GPL-3.0-or-later
"""The trail of changes in words, and undoing the last change of a record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from canaries import CANARY, Canaries, hidden_in
from desks import SHARED, Desks, agree, enrolled, refer, resident, screen, shared_case
from sqlalchemy import select
from store_tools import example, standing

from trafficwatch.casework.consents import withdraw_consent
from trafficwatch.models.casework import ConsentScope, Screening
from trafficwatch.models.exchange import RecordState
from trafficwatch.models.fields import Side
from trafficwatch.models.migration import Document, Journey
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.registry import trash
from trafficwatch.registry.residents import agree_safe_contact, check_document, plan_journey
from trafficwatch.store import erasure
from trafficwatch.store.check import check
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.sync.merge import merge_records
from trafficwatch.texts import LANGUAGES, catalogue, set_language
from trafficwatch.texts.trail import action_words, deletion_words, field_words
from trafficwatch.village.audit import TrailRow, UndoImpossible, trail, undo
from trafficwatch.village.audit_words import FieldChange, change_words


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as both:
        yield both


@pytest.fixture
def village(desks: Desks) -> Store:
    return desks.village


def latest(work: Work, **options: Any) -> TrailRow:
    return trail(work, limit=1, **options).rows[0]


def said(row: TrailRow) -> dict[str, tuple[str, str]]:
    return {f"{each.field} {each.element}".strip(): (each.old, each.new) for each in row.changes}


def refused(work: Work, sequence: int) -> str:
    """Why a change can't be undone; nothing is written."""
    before = trail(work).total
    with pytest.raises(UndoImpossible) as caught:
        undo(work, sequence)
    assert trail(work).total == before
    return caught.value.reason


# -- the trail ---------------------------------------------------------------------------------------------------------


def test_a_change_is_told_in_words(desks: Desks, village: Store) -> None:
    person = resident(village, sex="f", birth_date="1990-05")
    desks.clock.move(hours=1)
    with village.work() as work:
        work.write(Person, person, sex="m", birth_date="1991-05-02", phones={"0812": "sendiri"}, occupation=None)
        row = latest(work)
        assert (row.at, row.volunteer, row.device) == (work.now, "Maria Tefa", work.info.device)
        assert (row.action, row.type, row.id, row.label) == ("change", "person", person, "Yohanis Bere")
        assert said(row) == {
            "Jenis kelamin": ("Perempuan", "Laki-laki"),
            "Tanggal lahir": ("Mei 1990", "2 Mei 1991"),
            "Telepon 0812": ("", "sendiri"),
        }
        assert (row.hidden, row.erased, row.can_undo, row.reason) == (False, False, True, "")


def test_links_choices_and_elements_have_words(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        journey = plan_journey(work, person, destination_country="MY", stage="plan", departure_on="2026-12-01")
        check_document(work, person, journey.id, kind="passport", found="doubtful")
        assert said(trail(work).rows[1])["Negara tujuan"] == ("", "Malaysia")
        words = said(latest(work))
        assert words["Diperiksa pada"] == ("", "21 November 2026")
        assert words["Orang"] == ("", "Yohanis Bere")
        assert words["Diperiksa oleh"] == ("", "Maria Tefa")
        assert words["Perjalanan"] == ("", "Perjalanan")
        assert words["Jenis"] == ("", "Paspor")
    agree(village, person, *SHARED, refused=("journey.employer",))
    with village.work() as work:
        words = said(latest(work))
        assert words["Persetujuan Dilaporkan kepada pihak berwajib"] == ("", "Tidak setuju")
        assert words["Tidak boleh dibagikan Perjalanan: Majikan"] == ("", "Ya")


def test_the_latest_comes_first_page_by_page(village: Store) -> None:
    for name in "ABCDE":
        resident(village, name)
    with village.work() as work:
        whole = trail(work, limit=500)
        assert whole.total == len(whole.rows)
        assert [row.label for row in whole.rows[:5]] == ["E", "D", "C", "B", "A"]
        pages = [trail(work, offset=offset, limit=2).rows for offset in range(0, whole.total, 2)]
        assert tuple(row for page in pages for row in page) == whole.rows


def test_all_about_one_person_and_nothing_else(village: Store) -> None:
    other = shared_case(village, "Maria Seran")
    person = shared_case(village)
    with village.work() as work:
        found = trail(work, person_id=person, limit=500)
        assert {row.type for row in found.rows} == {"person", "consent", "screening", "case_record", "referral"}
        assert {row.label for row in found.rows} == {"Yohanis Bere"}
        others = trail(work, person_id=other, limit=500)
        assert {row.sequence for row in found.rows}.isdisjoint(row.sequence for row in others.rows)
        assert trail(work, person_id=person, limit=1).total == found.total == others.total


def test_case_text_is_for_the_trained(desks: Desks) -> None:
    person = resident(desks.village)
    screen(desks.village, person)
    with desks.village.work() as work:
        row = latest(work)
        assert not row.hidden
        assert said(row)["Hasil awal"][1]
        assert said(row)["Jawaban L-TUJ-2"] == ("", "Ya")
    with desks.helper().work() as work:
        row = latest(work)
        assert (row.type, row.hidden) == ("screening", True)
        assert said(row).keys() == {"Orang", "Daftar pertanyaan", "Tanggal skrining", "Pelaku skrining"}


def test_case_text_is_not_for_whose_training_has_lapsed(desks: Desks, village: Store) -> None:
    person = resident(village)
    screen(village, person)
    with village.work() as work:
        training = RECORD_TYPES["training"].cls
        for each in work.records.select(training):
            work.write(training, each.id, valid_until="2026-11-20")
        row = next(row for row in trail(work).rows if row.type == "screening")
        assert (row.hidden, row.can_undo) == (True, False)


def test_the_deleted_have_no_name_and_the_erased_nothing(village: Store) -> None:
    person = resident(village, f"{CANARY} Bere")
    with village.work() as work:
        work.write(Person, person, name=f"{CANARY} Lain")
        trash.delete(work, "person", person, trash.Reason.ENTERED_TWICE)
        row = latest(work)
        assert (row.label, said(row)) == ("", {"Dihapus": ("", "tercatat dua kali")})
    erasure.erase(village, "person", person, erasure.Ground.PERSON_ASKED)
    with village.work() as work:
        found = trail(work, person_id=person).rows
        assert len(found) == 4
        assert hidden_in(repr(found).encode()) == []
        assert [row.erased for row in found] == [False, True, True, True]
        assert (found[0].action, found[0].reason) == ("erased", "diminta orang itu")


def test_what_went_along_with_another_says_so(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        journey = plan_journey(work, person, destination_country="MY")
        trash.delete(work, "person", person, trash.Reason.OTHER)
        row = next(row for row in trail(work).rows if row.id == journey.id)
        assert said(row) == {"Dihapus": ("", "ikut terhapus")}
        trash.restore(work, "person", person, "salah hapus")
        assert (latest(work).action, latest(work).reason) == ("restore", "salah hapus")


@pytest.mark.parametrize(
    ("of_type", "key", "value", "element", "word"),
    [
        ("journey", "answers/work_visa", "no", "Apakah ada visa kerja, atau sedang diurus?", "Tidak"),
        ("check_in", "answers/afraid", "yes", "Adakah orang yang membuat Anda takut?", "Ya"),
        ("check_in", "answers/baru", "unknown", "baru", "Tidak tahu"),
        ("home_visit", "readiness/language", "no", "language", "Tidak"),
        ("home_visit", "explained/cost", True, "cost", "Ya"),
        ("document", "states/birth_date", "1990", "Tanggal lahir", "1990"),
        ("document", "states/official", "Pak Kades", "Pejabat yang mengetahui", "Pak Kades"),
        ("screening", "answers/E-PRO-RECRUIT", {"value": "yes"}, "E-PRO-RECRUIT", "Ya"),
    ],
)
def test_elements_are_told_in_words(of_type: str, key: str, value: Any, element: str, word: str) -> None:
    found = change_words(RECORD_TYPES[of_type], key, None, value, {})
    assert (found.element, found.new) == (element, word)


def test_what_a_newer_program_wrote_is_shown_as_it_is() -> None:
    person = RECORD_TYPES["person"]
    assert change_words(person, "sex", "x", None, {}) == FieldChange("Jenis kelamin", "", "x", "")
    assert change_words(person, "birth_date", "kemarin", 7, {}) == FieldChange("Tanggal lahir", "", "kemarin", "7")
    assert change_words(person, "baru", 3, "tiga", {}) == FieldChange("Isian lain", "", "3", "tiga")
    assert action_words("teleported") == action_words("other")
    assert deletion_words("whim") == deletion_words("other")


def test_a_damaged_sealed_row_is_told_of_and_does_not_stop_the_page(village: Store) -> None:
    person = resident(village)
    screen(village, person)
    with village.work() as work:
        work.connection.exec_driver_sql("UPDATE journal SET sealed = x'00' WHERE type = 'screening'")
        assert latest(work).hidden


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_value_and_action_has_words(village: Store, language: str) -> None:
    set_language("en" if language == "en" else "id")
    other = field_words("person", "no such field")
    targets = dict.fromkeys(RECORD_TYPES, "00000000-0000-4000-8000-000000000000")
    for record_type in RECORD_TYPES.values():
        for field in record_type.fields.values():
            assert field_words(record_type.name, field.name) != other
            for value in field.choices or ([example(field, targets)] if field.shape != "elements" else []):
                words = change_words(record_type, field.name, None, value, {})
                assert words.new
                assert words.new != value or not field.choices or language == "en"
    with village.work() as work:
        assert {row.action for row in trail(work, limit=500).rows} <= {
            key.removeprefix("action.") for key in catalogue("trail") if key.startswith("action.")
        }


# -- undoing -----------------------------------------------------------------------------------------------------------


def test_undoing_puts_back_what_was(village: Store) -> None:
    person = resident(village, phones={"0811": "ibu"}, address="Dusun 1")
    with village.work() as work:
        before = work.records.get(Person, person)
        work.write(Person, person, address=None, phones={"0811": None, "0812": "sendiri"}, occupation="tani")
        undo(work, latest(work).sequence)
        assert work.records.get(Person, person) == before
        note, change, *_ = trail(work).rows
        assert (note.action, change.action) == ("undo", "change")
        assert said(change)["Pekerjaan"] == ("tani", "")
    assert check(village).ok


def test_an_undone_change_can_be_done_again(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        work.write(Person, person, address="Dusun 2")
        undo(work, latest(work).sequence)
        undo(work, trail(work).rows[1].sequence)
        assert work.records.get(Person, person).address == "Dusun 2"


def test_case_text_is_undone_by_the_trained(desks: Desks) -> None:
    person = resident(desks.village)
    screening = screen(desks.village, person)
    with desks.village.work() as work:
        work.write(Screening, screening, note="salah", answers={"L-TUJ-2": {"value": "no"}})
        sequence = latest(work).sequence
    with desks.helper().work() as work, pytest.raises(CaseKeyNeeded):
        undo(work, sequence)
    with desks.trained().work() as work:
        undo(work, sequence)
        found = work.records.get(Screening, screening)
        assert (found.note, found.answers["L-TUJ-2"]["value"]) == (None, "yes")


def test_only_the_last_change_is_undone(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        work.write(Person, person, address="Dusun 2")
        first = latest(work).sequence
        assert latest(work).can_undo
        work.write(Person, person, occupation="tani")
        assert refused(work, first) == "later_change"
        assert [row.can_undo for row in trail(work).rows[:3]] == [True, False, False]


def test_what_is_not_as_it_was_journalled_is_not_undone(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        work.write(Person, person, address="Dusun 2")
        work.connection.exec_driver_sql("UPDATE person SET address = 'Dusun 9'")
        assert refused(work, latest(work).sequence) == "later_change"


def test_what_another_desk_changed_is_not_undone(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        work.write(Person, person, address="Dusun 2")
        ours = latest(work).sequence
        known = work.records.state("person", person)
        assert known is not None
        theirs = RecordState("person", person, {"address": standing((2, "f", "Dusun 3"))})
        work.take_in(merge_records(known, theirs), work.info.code)
        assert refused(work, latest(work).sequence) == "other_desk"
        assert refused(work, ours) == "later_change"


def test_new_records_deletions_and_notes_are_not_undone(village: Store) -> None:
    person = resident(village)
    with village.work() as work:
        assert refused(work, latest(work).sequence) == "created"
        trash.delete(work, "person", person, trash.Reason.OTHER)
        assert refused(work, latest(work).sequence) == "deletion"
        trash.restore(work, "person", person, "salah hapus")
        note, change, *_ = trail(work).rows
        assert refused(work, note.sequence) == "no_change"
        assert refused(work, change.sequence) == "deletion"
        assert refused(work, 10**9) == "no_change"
    erasure.erase(village, "person", person, erasure.Ground.PERSON_ASKED)
    with village.work() as work:
        assert refused(work, change.sequence) == "erased"


def test_undoing_takes_no_protection_away(village: Store) -> None:
    person = resident(village)
    consent = agree(village, person, ConsentScope.SHARE_CARD)
    with village.work() as work:
        contact = agree_safe_contact(work, person, way="phone").id
        paper = check_document(work, person, kind="passport", found="true").id
        for change in (
            lambda: withdraw_consent(work, consent, "tidak mau lagi"),
            lambda: work.write(SafeContact, contact, do_not_contact=True),
            lambda: work.write(Document, paper, found="false"),
        ):
            change()
            assert refused(work, latest(work).sequence) == "protective"
            assert not latest(work).can_undo
        work.write(Document, paper, found="true")
        undo(work, latest(work).sequence)  # to undo this protects again
        assert work.records.get(Document, paper).found == "false"


def test_nothing_of_it_shows_in_an_error(village: Store) -> None:
    canaries = Canaries()
    with village.work() as work:
        person = work.write(Person, None, **canaries.of(RECORD_TYPES["person"], Side.VILLAGE))
        work.write(Person, person, name=f"{CANARY} Lain")
        journey = work.write(Journey, None, person_id=person, work=CANARY)
        work.write(Journey, journey, work=f"{CANARY} 2")
        sequence = (
            work.connection.execute(select(local.journal.c.sequence).where(local.journal.c.id == person))
            .scalars()
            .first()
        )
        with pytest.raises(UndoImpossible) as caught:
            undo(work, sequence)
    assert hidden_in(f"{caught.value!r} {caught.value} {caught.value.params}".encode()) == []


def test_a_referral_is_undone_by_its_own_rules(village: Store) -> None:
    """Handing over is not protective; withdrawing is."""
    person = resident(village)
    agree(village, person, *SHARED)
    referral = refer(village, person)
    with village.work() as work:
        assert latest(work).can_undo
        work.write(RECORD_TYPES["referral"].cls, referral.id, handover="withdrawn")
        assert refused(work, latest(work).sequence) == "protective"
