# SPDX-License-Identifier: GPL-3.0-or-later
"""Recruiters, offers and visitors: never safe, only checked; the same number or name is pointed out. One store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as fields_of
from typing import Any

import pytest
from store_tools import VOLUNTEER, scratch, trained_store

from trafficwatch.models.people import Person
from trafficwatch.models.recruiting import Offer, Recruiter, Visitor
from trafficwatch.models.staff import Volunteer
from trafficwatch.registry.days import DayToCome
from trafficwatch.registry.journeys import save_journey
from trafficwatch.registry.mentions import mentions, name_key, phone_keys
from trafficwatch.registry.recruiters import (
    RecruiterLinked,
    RecruiterRow,
    recruiter_card,
    recruiters,
    remove_offer,
    remove_recruiter,
    save_offer,
    save_recruiter,
)
from trafficwatch.registry.residents import record_person
from trafficwatch.registry.trash import PartOfDeleted, restore, trash
from trafficwatch.registry.visitors import LeftBeforeArriving, remove_visitor, save_visitor, visitor_card, visitors
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Store, Work

TODAY = "2026-11-21"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(tmp_path_factory.mktemp("recruiters")) as found:
        with found.work() as work:
            work.write(Volunteer, VOLUNTEER, name="Maria Tefa")
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


def recruiter(work: Work, name: str = "Pak Anton", **fields: Any) -> str:
    return save_recruiter(work, {"name": name, **fields}).id


def journey(work: Work, name: str = "Ana", **fields: Any) -> str:
    person = record_person(work, name=name).person.id
    return save_journey(work, person, {"stage": "plan", "destination_country": "MY", **fields}).id


def named(work: Work, text: str = "") -> list[str]:
    page = recruiters(work, text)
    assert page.total == len(page.rows)
    return [row.name for row in page.rows]


# -- the list ----------------------------------------------------------------------------------------------------------


def test_pages_go_by_name_and_leave_out_the_deleted(work: Work) -> None:
    for name in ("maria", "Anton", "BUDI", "Citra"):
        recruiter(work, name)
    remove_recruiter(work, recruiter(work, "Aaron"))
    assert named(work) == ["Anton", "BUDI", "Citra", "maria"]
    page = recruiters(work, "", 1, 2)
    assert ([row.name for row in page.rows], page.total) == (["BUDI", "Citra"], 4)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sulaiman", ["H. Moh. Soelaiman"]),
        ("moh sol", []),
        ("muhammad soel", ["H. Moh. Soelaiman"]),
        ("maju", ["Bu Rina"]),
        ("0812 3456", ["Bu Rina"]),
        ("+62 812-3456", ["Bu Rina"]),
        ("tante", ["Bu Rina"]),
        ("0813", []),
        ("rina anton", []),
    ],
)
def test_typed_words_find_names_companies_and_numbers(work: Work, text: str, found: list[str]) -> None:
    recruiter(work, "H. Moh. Soelaiman")
    aliases = {"Tante Rin": True}
    recruiter(work, "Bu Rina", company="PT Maju Jaya", phones={"0812-3456-7890": ""}, aliases=aliases)
    assert named(work, text) == found


def test_rows_count_what_is_there(work: Work) -> None:
    of = recruiter(work)
    journey(work, recruiter_id=of)
    gone = journey(work, "Terhapus", recruiter_id=of)
    [person] = [each for each in work.records.select(Person) if each.name == "Terhapus"]
    work.write(Person, person.id, deleted="other")
    save_offer(work, of, {"work": "kebun"})
    remove_offer(work, save_offer(work, of, {"work": "pabrik"}).id)
    [row] = recruiters(work).rows
    assert (row.journeys, row.offers) == (1, 1)
    assert gone not in [each.id for each in recruiter_card(work, of).journeys]


# -- never safe --------------------------------------------------------------------------------------------------------


def test_nobody_is_safe_but_checked_on_a_day_or_not(work: Work) -> None:
    assert not any("safe" in each.name for each in (*fields_of(RecruiterRow), *fields_of(Recruiter)))
    of = recruiter(work, licence="SIP3MI 12", licence_checked_on="2026-01-05", licence_found="unchecked")
    assert recruiters(work).rows[0].checked is recruiter_card(work, of).checked is None
    save_recruiter(work, {"licence_found": "doubtful", "licence_checked_with": "Dinas"}, of)
    [row] = recruiters(work).rows
    assert (row.checked, row.checked_with, row.found) == (TODAY, "Dinas", "doubtful")
    save_recruiter(work, {"licence_found": "true", "licence_checked_on": "2026-11-03"}, of)
    assert recruiter_card(work, of).checked == "2026-11-03"
    save_recruiter(work, {"remark": "pindah"}, of)
    assert recruiter_card(work, of).checked == "2026-11-03"
    with pytest.raises(DayToCome):
        save_recruiter(work, {"licence_found": "true", "licence_checked_on": "2027"}, of)


def test_a_form_changes_what_it_shows_and_no_more(work: Work) -> None:
    of = recruiter(work, "  Pak   Anton ", phones={"0812": "", "0813": "rumah"})
    before = work.info.counter
    kept = save_recruiter(work, {"name": "Pak Anton", "phones": {"0812": "-", "0813": "rumah"}}, of)
    assert (kept.name, kept.phones, work.info.counter) == ("Pak Anton", {"0812": "-", "0813": "rumah"}, before)
    assert save_recruiter(work, {"phones": {"0813": "rumah"}}, of).phones == kept.phones
    seen = {"phones": frozenset({"0812", "0813"})}
    assert save_recruiter(work, {"phones": {"0813": "rumah"}}, of, seen).phones == {"0813": "rumah"}


# -- offers and removing -----------------------------------------------------------------------------------------------


def test_offers_come_with_the_latest_first(work: Work) -> None:
    of = recruiter(work)
    old = save_offer(work, of, {"heard_on": "2026-03", "work": "kebun"})
    new = save_offer(work, of, {"work": "pabrik"})
    assert new.heard_on == TODAY
    assert save_offer(work, of, {"wage": "2.000 RM"}, old.id).wage == "2.000 RM"
    assert [each.id for each in recruiter_card(work, of).offers] == [new.id, old.id]
    with pytest.raises(RecordUnknown):
        save_offer(work, recruiter(work, "Bu Rina"), {}, old.id)
    with pytest.raises(DayToCome):
        save_offer(work, of, {"heard_on": "2026-11-22"})


def test_a_linked_recruiter_stays(work: Work) -> None:
    of = recruiter(work)
    offer = save_offer(work, of, {"work": "kebun"}).id
    linked = journey(work, recruiter_id=of)
    visitor = save_visitor(work, {"name": "Tamu", "recruiter_id": of}).id
    with pytest.raises(RecruiterLinked) as refused:
        remove_recruiter(work, of)
    assert refused.value.params == {"journeys": 1, "visitors": 1}
    remove_visitor(work, visitor)
    [person] = [each for each in work.records.select(Person) if each.name == "Ana"]
    save_journey(work, person.id, {"recruiter_id": None}, linked)
    remove_recruiter(work, of)
    assert work.records.get(Recruiter, of).deleted == "entered_wrongly"
    assert work.records.get(Offer, offer).deleted == f"with:recruiter/{of}"


def test_what_was_deleted_lies_in_the_trash_and_comes_back_with_what_went_along(work: Work) -> None:
    of, tamu = recruiter(work), save_visitor(work, {"name": "Tamu"}).id
    kebun, pabrik = (save_offer(work, of, {"work": name}).id for name in ("kebun", "pabrik"))
    remove_offer(work, pabrik)
    remove_recruiter(work, of)
    remove_visitor(work, tamu)
    lies = {(row.type, row.label, row.reason, row.others) for row in trash(work).rows}
    reason = "entered_wrongly"
    assert lies == {
        ("recruiter", "Pak Anton", reason, 1),
        ("offer", "Pak Anton", reason, 0),
        ("visitor", "Tamu", reason, 0),
    }
    for type_name, each in (("offer", pabrik), ("offer", kebun)):
        with pytest.raises(PartOfDeleted):
            restore(work, type_name, each, "salah hapus")
    assert restore(work, "recruiter", of, "salah hapus") == 2
    assert [offer.id for offer in recruiter_card(work, of).offers] == [kebun]
    assert restore(work, "offer", pabrik, "salah hapus") == restore(work, "visitor", tamu, "salah hapus") == 1
    assert (len(recruiter_card(work, of).offers), visitors(work).total, trash(work).total) == (2, 1, 0)


# -- the same elsewhere ------------------------------------------------------------------------------------------------


def test_the_same_number_or_name_is_pointed_out(work: Work) -> None:
    of = recruiter(work, "Pak Anton", phones={"0812-3456-7890": ""}, aliases={"Moh. Soelaiman": True})
    other = recruiter(work, "Muhammad Sulaiman")
    phoned = journey(work, "Ana", recruiter_phone="0811 111 111 / +62 (0)812 3456 7890")
    called = journey(work, "Siti", recruiter_name="anton")
    own = journey(work, "Sendiri", recruiter_id=of, recruiter_name="Pak Anton", recruiter_phone="081234567890")
    visitor = save_visitor(work, {"name": "Tamu", "phones": {"6281234567890": ""}}).id
    journey(work, "Lain", recruiter_phone="0812-3456-7891", recruiter_name="Antonius")
    card = recruiter_card(work, of)
    assert [(each.type, each.id, each.name) for each in card.same_phone] == [
        ("journey", phoned, "Ana"),
        ("visitor", visitor, "Tamu"),
    ]
    assert {(each.type, each.id) for each in card.same_name} == {("recruiter", other), ("journey", called)}
    assert [each.id for each in card.journeys] == [own]


def test_the_deleted_are_not_pointed_out(work: Work) -> None:
    for name in ("Ana", "Siti"):
        journey(work, name, recruiter_name="Pak Anton", recruiter_phone="081234567890")
    ana, siti = work.records.select(Person)
    work.write(Person, ana.id, deleted="other")
    remove_recruiter(work, recruiter(work, "Anton", phones={"081234567890": ""}))
    found = mentions(work, ["0812 3456 7890"], ["Anton"])
    assert [(each.kind, each.person_id) for each in found] == [("phone", siti.id), ("name", siti.id)]


def test_a_common_name_fills_no_more_than_a_page(work: Work) -> None:
    person = record_person(work, name="Ana").person.id
    for _ in range(55):
        save_journey(work, person, {"recruiter_name": "Anton"})
    assert len(mentions(work, [], ["Anton"])) == 50


@pytest.mark.parametrize("typed", ["", None, "123", "tidak tahu"])
def test_what_is_no_number_is_like_nothing(typed: str | None) -> None:
    assert phone_keys(typed) == set()


def test_a_name_without_letters_is_like_nothing(work: Work) -> None:
    assert name_key(" - ") == ""
    journey(work, recruiter_name="-")
    assert mentions(work, ["-"], ["?", ""]) == ()


# -- visitors ----------------------------------------------------------------------------------------------------------


def test_who_is_here_comes_first_then_the_latest(work: Work) -> None:
    for name, came, left in (
        ("Lama", "2026-01", None),
        ("Baru", "2026-11-01", None),
        ("Pergi", "2026-11-02", "2026-11-05"),
    ):
        save_visitor(work, {"name": name, "arrived_on": came, "left_on": left})
    assert [row.name for row in visitors(work).rows] == ["Baru", "Lama", "Pergi"]
    page = visitors(work, "", 1, 1)
    assert ([row.name for row in page.rows], page.total) == (["Lama"], 3)


def test_a_visitor_is_found_by_host_and_linked_to_a_recruiter_with_offers(work: Work) -> None:
    of = recruiter(work, phones={"0812-3456-7890": ""})
    offer = save_offer(work, of, {"work": "kebun"})
    same = journey(work, recruiter_phone="0857 1111 2222")
    made = save_visitor(
        work, {"name": " Tuan  Lim ", "host": "Mama Yuli", "recruiter_id": of, "phones": {"085711112222": ""}}
    )
    save_visitor(work, {"name": "Lain", "origin": "Kupang"})
    [row] = visitors(work, "yuli").rows
    assert (row.id, row.name, row.recruiter_name) == (made.id, "Tuan Lim", "Pak Anton")
    assert [each.id for each in visitors(work, "0857").rows] == [made.id]
    card = visitor_card(work, made.id)
    assert card.recruiter is not None
    assert (card.recruiter.id, card.offers, [each.id for each in card.same]) == (of, (offer,), [same])
    assert not any("suspic" in each.name or "risk" in each.name for each in fields_of(Visitor))


def test_nobody_leaves_before_coming(work: Work) -> None:
    made = save_visitor(work, {"name": "Tamu", "arrived_on": "2026-11-10"})
    with pytest.raises(LeftBeforeArriving):
        save_visitor(work, {"left_on": "2026-11-09"}, made.id)
    with pytest.raises(DayToCome):
        save_visitor(work, {"arrived_on": "2026-12"}, made.id)
    assert save_visitor(work, {"left_on": "2026-11"}, made.id).left_on == "2026-11"
    remove_visitor(work, made.id)
    assert visitors(work).total == 0
