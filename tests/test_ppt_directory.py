# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory at the PPT: what is written, when a check counts, who did it, and what villages get of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from desks import PPT, TARUS, Desks, enrolled
from store_tools import scratch

from trafficwatch.casework.overview import institutions
from trafficwatch.models.directory import Service, contact_is_possible
from trafficwatch.models.institution import Institution
from trafficwatch.models.places import UnknownPlace
from trafficwatch.ppt.directory import (
    ContactImpossible,
    Gone,
    InstitutionKnown,
    InstitutionRetired,
    NoContact,
    confirm_institution,
    directory,
    due,
    matching,
    retire,
    save_institution,
    take_back,
)
from trafficwatch.store.records import FieldMissing
from trafficwatch.store.work import FieldOwnedElsewhere, Work
from trafficwatch.sync import enrolling
from trafficwatch.sync.devices import own_keys
from trafficwatch.sync.importing import take_in

PHONE, OTHER = "phone:0380-821234", "whatsapp:0812-0000-0999"
KNOWN = {"note": None, "sources": 1}
SHELTER: dict[str, Any] = {
    "name": "Rumah Aman Sinar Harapan",
    "kind": "shelter",
    "area_code": PPT[0],
    "services": {Service.TEMPORARY_SHELTER.value: True},
    "contacts": {PHONE: KNOWN},
    "address": "Jalan Timor Raya km 17",
    "hours": "24 jam",
}


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with enrolled(tmp_path_factory.mktemp("directory")) as found:
        yield found


@pytest.fixture
def work(desks: Desks) -> Iterator[Work]:
    with scratch(desks.ppt) as found:
        yield found


def at(work: Work, day: str) -> None:
    work.today, work.now = day, f"{day}T08:00:00+00:00"


def test_a_new_institution_is_kept_whole_and_waits_to_be_called(work: Work) -> None:
    saved = save_institution(work, None, SHELTER | {"name": "  rumah  aman Sinar Harapan "})
    assert saved.name == "rumah aman Sinar Harapan"
    assert (saved.area_code, saved.address, saved.hours) == (PPT[0], SHELTER["address"], "24 jam")
    assert saved.contacts == {PHONE: KNOWN}
    assert saved.services == {"temporary_shelter": True}
    assert saved.confirmed_on is None
    assert saved.id in {row.id for row in due(work)}
    assert work.records.home("institution", saved.id) == PPT[0]


def test_who_called_and_when_is_kept_and_counts_for_a_year(work: Work) -> None:
    known = save_institution(work, None, SHELTER)
    checked = confirm_institution(work, known.id)
    assert (checked.confirmed_on, checked.checked_on) == (work.today, work.today)
    assert checked.checked_by == "Petrus Nenobais"
    assert known.id not in {row.id for row in due(work)}
    at(work, "2027-11-21")
    assert known.id not in {row.id for row in due(work)}
    at(work, "2027-11-22")
    [row] = [row for row in due(work) if row.id == known.id]
    assert (row.doubt, row.is_due) == ("old", True)


def test_a_new_number_takes_the_check_back_but_a_note_or_address_does_not(work: Work) -> None:
    known = save_institution(work, None, SHELTER)
    confirm_institution(work, known.id)
    noted = save_institution(
        work, known.id, {"address": "Jalan Baru 1", "contacts": {PHONE: {**KNOWN, "note": "siang"}}}
    )
    assert noted.confirmed_on == work.today
    changed = save_institution(work, known.id, {"contacts": {OTHER: KNOWN}}, {"contacts": frozenset({PHONE})})
    assert changed.contacts == {OTHER: KNOWN}
    assert (changed.confirmed_on, changed.checked_by) == (None, None)


def test_a_number_that_the_form_never_showed_stays(work: Work) -> None:
    known = save_institution(work, None, SHELTER)
    changed = save_institution(work, known.id, {"contacts": {OTHER: KNOWN}}, {"contacts": frozenset()})
    assert set(changed.contacts) == {PHONE, OTHER}


@pytest.mark.parametrize(
    ("kind", "value", "possible"),
    [
        ("phone", "129", True),
        ("phone", "(0380) 821 234", True),
        ("phone", "tanya Pak Camat", False),
        ("whatsapp", "", False),
        ("email", "ppt@kupangkab.go.id", True),
        ("email", "ppt.kupangkab.go.id", False),
        ("email", "@kupangkab.go.id", False),
        ("email", "ppt@kupangkab", False),
        ("email", "ppt kupang@kupangkab.go.id", False),
        ("web", "peduliwni.kemlu.go.id", True),
        ("web", "kemlu", False),
        ("web", "a@b.go.id", False),
    ],
)
def test_only_what_reaches_somebody_is_a_contact(kind: str, value: str, possible: bool) -> None:
    assert contact_is_possible(kind, value) is possible


def test_bad_input_is_refused_by_name(work: Work) -> None:
    known = save_institution(work, None, SHELTER)
    with pytest.raises(ContactImpossible) as caught:
        save_institution(work, known.id, {"contacts": {"phone:tanya": KNOWN}})
    assert caught.value.params == {"value": "tanya"}
    with pytest.raises(UnknownPlace):
        save_institution(work, known.id, {"area_code": "Kupang"})
    with pytest.raises(InstitutionKnown):
        save_institution(work, None, {"name": "RUMAH AMAN sinar harapan", "area_code": PPT[0]})
    assert save_institution(work, None, {"name": "Rumah Aman Sinar Harapan", "area_code": "53"}).area_code == "53"
    with pytest.raises(InstitutionKnown):
        save_institution(work, known.id, {"area_code": "53"})
    with pytest.raises(FieldMissing):
        save_institution(work, None, {"kind": "shelter"})
    empty = save_institution(work, None, {"name": "Kantor tanpa nomor"})
    with pytest.raises(NoContact):
        confirm_institution(work, empty.id)


def test_what_is_retired_rests_until_it_is_taken_back(work: Work) -> None:
    known = save_institution(work, None, SHELTER)
    confirm_institution(work, known.id)
    retire(work, known.id, Gone.CLOSED)
    [row] = [row for row in directory(work) if row.id == known.id]
    assert (row.retired, row.is_due) == ("closed", False)
    with pytest.raises(InstitutionRetired):
        save_institution(work, known.id, {"hours": "pagi"})
    with pytest.raises(InstitutionRetired):
        confirm_institution(work, known.id)
    save_institution(work, None, SHELTER)  # its name is free again
    back = take_back(work, known.id)
    assert (back.deleted, back.confirmed_on) == (None, None)


def test_saving_again_changes_nothing(work: Work) -> None:
    known = save_institution(work, None, SHELTER)
    before = work.records.state("institution", known.id)
    save_institution(work, known.id, SHELTER, {"contacts": frozenset({PHONE})})
    assert work.records.state("institution", known.id) == before


def test_words_find_by_name_and_number_and_the_nearest_stand_first(work: Work) -> None:
    near = save_institution(work, None, SHELTER | {"name": "Puskesmas Tarus", "area_code": TARUS[0]})
    save_institution(work, None, SHELTER)
    rows = directory(work)
    assert rows[0].id == near.id
    assert rows[-1].area_code is None
    assert [row.name for row in matching(rows, "harapan rum")] == ["Rumah Aman Sinar Harapan"]
    assert {row.name for row in matching(rows, "0380 8212")} == {"Rumah Aman Sinar Harapan", "Puskesmas Tarus"}
    assert matching(rows, "harapan polisi") == []


def test_only_the_ppt_keeps_it(desks: Desks) -> None:
    with scratch(desks.village) as work, pytest.raises(FieldOwnedElsewhere):
        save_institution(work, None, SHELTER)


def test_a_village_reads_what_was_checked_by_whom_and_no_longer_what_was_retired(desks: Desks) -> None:
    with desks.ppt.work() as work:
        known = confirm_institution(work, save_institution(work, None, SHELTER).id)
        other = save_institution(work, None, SHELTER | {"name": "Belum dihubungi"})
        gone = save_institution(work, None, SHELTER | {"name": "Sudah tutup"})
        save_institution(work, None, SHELTER | {"name": "Di tempat lain", "area_code": "53.02"})
        retire(work, gone.id, Gone.CLOSED)
    with desks.village.work() as work:
        device = own_keys(work).device
    take_in(desks.village, enrolling.reply(desks.ppt, device, desks.stick))
    with desks.village.work() as work:
        rows = {row.id: row for row in institutions(work, Service.TEMPORARY_SHELTER) if row.area_code == PPT[0]}
        assert work.records.get(Institution, gone.id).deleted == "closed"
    assert set(rows) == {known.id, other.id}
    row = rows[known.id]
    assert (row.checked_by, row.confirmed_on, row.doubt) == ("Petrus Nenobais", "2026-11-21", "")
    assert (row.contacts, row.address, row.hours) == (("0380-821234",), SHELTER["address"], "24 jam")
    assert (rows[other.id].contacts, rows[other.id].doubt) == ((), "never")  # nobody has called the number yet
