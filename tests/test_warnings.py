# SPDX-License-Identifier: GPL-3.0-or-later
"""What to talk over before somebody leaves: each rule on its own, and that a worse paper never warns less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models.migration import Document, Found, Journey, Sector, Stage, VisaKind
from trafficwatch.models.people import Person
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.registry import procedural
from trafficwatch.registry.warnings import (
    LOOK_TOGETHER,
    POSTPONE,
    SOON_DAYS,
    TRIAGE,
    WEIGHTS,
    Warning,  # noqa: A004
    advice,
    warnings,
)
from trafficwatch.texts import LANGUAGES, catalogue, t

TODAY = date(2026, 11, 21)
ADULT, CALM = {"birth_date": "1990-05-25"}, {"stage": "preparing", "destination_country": "MY", "employer": "Tan"}
RAISED: dict[str, Warning] = {}
"""Every warning that a test of this file has seen, for their words."""


def person(**fields: Any) -> Person:
    return Person(id="p", **{**ADULT, **fields})


def journey(**fields: Any) -> Journey:
    """A journey that nobody needs to worry about, but for what is given."""
    return Journey(id="j", person_id="p", **{**CALM, **fields})


def paper(found: str | None, place: int = 1, **fields: Any) -> Document:
    return Document(id=f"d{place}", person_id="p", kind="passport", found=found, **fields)


def recruiter(**fields: Any) -> Recruiter:
    return Recruiter(id="r", name="Anton Seran", **fields)


def found(
    whom: Person | None = None, plan: Journey | None = None, *papers: Document, by: Recruiter | None = None
) -> dict[str, str]:
    """The codes and weights of what is to be talked over."""
    raised = warnings(whom or person(), plan or journey(), papers, by, TODAY)
    RAISED.update({each.code: each for each in raised})
    assert len({each.code for each in raised}) == len(raised)
    return {each.code: each.weight for each in raised}


def test_a_calm_journey_has_none() -> None:
    assert found() == {}
    assert advice(()) == ()


@pytest.mark.parametrize(
    ("birth", "leaves", "stage", "expected"),
    [
        ("2008-11-20", None, "plan", {}),
        ("2008-11-22", None, "plan", {"child": "high"}),
        ("2008-12-10", "2027-01-01", "plan", {}),
        ("2008-12-10", "2027", "plan", {}),
        ("2008-12-10", "2026", "plan", {"child": "high"}),  # may leave tomorrow
        ("2008-06-01", "2026", "plan", {}),
        ("2008", "2027-01-01", "plan", {}),
        ("2009-01-02", "2027-01-01", "plan", {"child": "high"}),
        ("2009", "2027-01-01", "plan", {"age_unsure": "medium"}),
        ("2009", "2027-03-01", "plan", {"age_unsure": "medium"}),
        (None, None, "plan", {"age_unsure": "medium"}),
        ("2008-06-01", "2026-05-01", "departed", {"child": "high"}),
        ("2008-04-01", "2026-05-01", "departed", {}),
    ],
)
def test_a_child(birth: str | None, leaves: str | None, stage: str, expected: dict[str, str]) -> None:
    said = found(person(birth_date=birth), journey(departure_on=leaves, stage=stage), paper("true"))
    said.pop("leaves_soon", None)
    assert said == expected


def test_papers() -> None:
    assert found(None, None, paper("true"), paper(None, 2), paper("unchecked", 3)) == {}
    assert found(None, None, paper("false")) == {"false_paper": "high"}
    assert found(None, None, paper("doubtful"), paper("doubtful", 2)) == {"doubtful_paper": "medium"}
    assert RAISED["doubtful_paper"].params == {"count": "2"}
    elsewhere = paper("false", journey_id="another")
    assert found(None, None, elsewhere) == {}
    assert found(None, None, paper("false", journey_id="j")) == {"false_paper": "high"}


def test_what_papers_say() -> None:
    card = person(name="Maria Bano", nik="5301086505900003")
    assert found(card, None, paper("true", states={"birth_date": "1985"})) == {"age_differs": "high"}
    states = {"name": "Rosa Tefa", "nik": "5301086505900004", "birth_date": "1990-06-25"}
    assert found(card, None, paper("true", states=states)) == {"papers_differ": "medium"}
    assert RAISED["papers_differ"].params == {"count": "3"}
    ended = paper("true", valid_until="2027-01")
    assert found(card, journey(departure_on="2027-05-01"), ended) == {"expired_paper": "medium"}


@pytest.mark.parametrize(
    ("leaves", "results", "expected"),
    [
        ("2026-12-05", ["true"], {}),
        ("2026-12-05", [], {"leaves_soon": "medium"}),
        ("2026-12-05", ["true", None], {"leaves_soon": "medium"}),
        ("2026-12-05", ["unchecked"], {"leaves_soon": "medium"}),
        ("2026-12-05", ["doubtful"], {"leaves_soon": "high", "doubtful_paper": "medium"}),
        ("2026-12-05", ["false", "true"], {"leaves_soon": "high", "false_paper": "high"}),
        ("2026-12-06", ["false"], {"false_paper": "high"}),
        ("2026-12", ["unchecked"], {"leaves_soon": "medium"}),
        ("2026", ["unchecked"], {"leaves_soon": "medium"}),
        ("2026-11-20", ["unchecked"], {"departure_passed": "medium"}),
        (None, ["unchecked"], {}),
    ],
)
def test_a_departure_that_is_near(leaves: str | None, results: list[str | None], expected: dict[str, str]) -> None:
    papers = [paper(result, place) for place, result in enumerate(results)]
    for stage in (None, "plan", "preparing"):
        assert found(None, journey(departure_on=leaves, stage=stage), *papers) == expected
    for stage in ("departed", "postponed"):
        far = {code: weight for code, weight in expected.items() if code not in {"leaves_soon", "departure_passed"}}
        assert found(None, journey(departure_on=leaves, stage=stage), *papers) == far


def test_how_near() -> None:
    assert SOON_DAYS == 14
    found(None, journey(departure_on="2026-12-05"))
    assert RAISED["leaves_soon"].params == {"days": "14"}
    found(None, journey(departure_on="2026"))
    assert RAISED["leaves_soon"].params == {"days": "0"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"debts": "5 juta"}, {"debt": "medium"}),
        ({"debts": "5 juta", "debt_to": "Bank desa"}, {"debt": "medium"}),
        ({"debts": "5 juta", "debt_to": "Pak Anton Seran"}, {"debt_to_recruiter": "high"}),
        ({"debt_to": "ANTON SERAN"}, {"debt_to_recruiter": "high"}),
        ({"debts": "10 juta kepada majikan"}, {"debt_to_recruiter": "high"}),
        ({"debt_to": "sponsor"}, {"debt_to_recruiter": "high"}),
        ({"debt_to": "Tan"}, {"debt_to_recruiter": "high"}),
        ({"debts": "belum lunas"}, {"debt": "medium"}),
        ({"debts": "tidak ada, hanya 5 juta"}, {"debt": "medium"}),
        *(({"debts": said}, {}) for said in ("tidak ada utang", "-", "0", "Rp 0", "nihil", "tidak", "Belum ada", "")),
        ({"debts": "tidak ada", "debt_to": "-"}, {}),
        *(
            ({"debts": said}, {})
            for said in ("Tidak punya utang sama sekali", "utang belum ada", "Rp 0,00", "no debts")
        ),
        *(
            ({"debts": said}, {"debt_to_recruiter": "high"})
            for said in (
                "Gratis, nanti potong gaji 8 bulan ke agen",
                "belum jelas jumlahnya, ke calo",
                "Tidak ada, semua dibayar calo dulu dan diganti dari gaji",
            )
        ),
        *(
            ({"debts": said}, {"debt": "medium"})
            for said in ("nol di depan, 10 juta belakangan", "Kosong, tapi sertifikat rumah digadaikan", "utang")
        ),
        *(({"debts": said}, {"debt": "medium"}) for said in ("ada, belum jelas", "ada utang", "tidak nol")),
        ({"costs": "tidak gratis"}, {"costs": "note"}),
        ({"costs": "tanpa biaya"}, {}),
        ({"costs": "3 juta untuk paspor"}, {"costs": "note"}),
        ({"costs": "gratis"}, {}),
        ({"papers_held_by": "recruiter"}, {"papers_held": "high"}),
        ({"papers_held_by": "employer"}, {"papers_held": "high"}),
        *(({"papers_held_by": whom}, {}) for whom in ("person", "family", "unknown")),
        ({"employer": None}, {"unknown_employer": "medium"}),
        ({"employer": "belum tahu"}, {"unknown_employer": "medium"}),
        ({"employer": "belum tahu, katanya di kebun"}, {"unknown_employer": "medium"}),
        ({"employer": None, "sector": "study"}, {}),
        ({"contract_kind": "none"}, {"no_contract": "medium"}),
        ({"contract_kind": "spoken"}, {"no_contract": "medium"}),
        ({"contract_kind": "signed_unread"}, {"unread_contract": "medium"}),
        ({"contract_kind": "read_and_signed"}, {}),
        ({"visa_kind": "visit"}, {"wrong_visa": "high"}),
        ({"visa_kind": "pilgrimage"}, {"wrong_visa": "high"}),
        ({"visa_kind": "visit", "sector": "marriage"}, {}),
        *(({"visa_kind": kind}, {}) for kind in ("work", "not_needed", "none", "unknown")),
        ({"procedural": "no"}, {"not_procedural": "medium"}),
        ({"procedural": "yes"}, {}),
        ({"answers": {"work_visa": "no"}}, {"not_procedural": "medium"}),
        ({"answers": {"work_visa": "no"}, "procedural": "yes"}, {"not_procedural": "medium"}),
        ({"answers": {"work_visa": "no"}, "destination_country": "ID"}, {}),
        ({"answers": {"village_knows": "no"}, "destination_country": None}, {"not_procedural": "medium"}),
        ({"answers": {"work_visa": "unknown"}}, {}),
    ],
)
def test_the_terms_of_a_journey(fields: dict[str, Any], expected: dict[str, str]) -> None:
    by = recruiter(licence_found="true", company="PT Maju", aliases={"Om Ton": True})
    assert found(None, journey(**fields), by=by) == expected


def test_a_debt_to_the_company_or_by_another_name() -> None:
    by = recruiter(licence_found="true", company="Maju Bersama", aliases={"Om Ton": True})
    for owed in ("Maju Bersama", "Om Ton"):
        assert found(None, journey(debts="1 juta", debt_to=owed), by=by) == {"debt_to_recruiter": "high"}
    assert found(None, journey(debts="1 juta", debt_to="Om Ton")) == {"debt": "medium"}


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("true", {}),
        ("unchecked", {"recruiter_unchecked": "medium"}),
        (None, {"recruiter_unchecked": "medium"}),
        ("doubtful", {"recruiter_doubtful": "high"}),
        ("false", {"recruiter_doubtful": "high"}),
    ],
)
def test_a_recruiter(licence: str | None, expected: dict[str, str]) -> None:
    assert found(by=recruiter(licence_found=licence)) == expected


@pytest.mark.parametrize("field", ["recruiter_name", "agency"])
def test_a_recruiter_who_is_only_named(field: str) -> None:
    assert found(None, journey(**{field: "Anton"})) == {"recruiter_unchecked": "medium"}
    assert found(None, journey(**{field: "tidak ada"})) == {}


@pytest.mark.parametrize("stage", ["returned", "cancelled"])
def test_a_journey_that_is_over_has_none(stage: str) -> None:
    assert found(person(birth_date="2020"), journey(stage=stage), paper("false"), by=recruiter()) == {}


def test_the_heaviest_comes_first_and_leads_to_advice() -> None:
    plan = journey(costs="1 juta", contract_kind="spoken", visa_kind="visit")
    raised = warnings(person(), plan, [], None, TODAY)
    assert [each.weight for each in raised] == list(WEIGHTS)
    assert advice(raised) == (POSTPONE, TRIAGE)
    assert advice(raised[1:]) == (LOOK_TOGETHER,)
    assert advice(raised[2:]) == ()


def all_warnings() -> Iterator[Warning]:
    """One of each kind, made anew so that the test of the words stands alone."""
    plans = [
        journey(
            visa_kind="visit", costs="1", debts="1", contract_kind="none", employer=None, papers_held_by="employer"
        ),
        journey(contract_kind="signed_unread", debts="1", debt_to="calo", procedural="no", departure_on="2026-11-25"),
        journey(departure_on="2026-01-01"),
        journey(departure_on="2027-01-01"),
    ]
    papers = [
        paper("false", states={"birth_date": "1985", "name": "Rosa"}, valid_until="2026-12-01"),
        paper("doubtful", 2, states={"name": "Maria"}),
    ]
    for plan in plans:
        for whom in (person(), person(birth_date="2015"), person(birth_date=None)):
            for by in (recruiter(), recruiter(licence_found="false")):
                yield from warnings(whom, plan, papers, by, TODAY)


def test_every_warning_has_words_and_a_place() -> None:
    made = {each.code: each for each in all_warnings()}
    worded = {key.removeprefix("warning.") for key in catalogue("journey_rules") if key.startswith("warning.")}
    assert worded == {f"{code}.{part}" for code in made for part in ("title", "why")}
    for code, each in made.items():
        assert each.citation
        for part in ("title", "why"):
            wanted = {
                name for _, name, _, _ in Formatter().parse(catalogue("journey_rules")[f"warning.{code}.{part}"]["id"])
            }
            assert wanted - {None} <= each.params.keys()
            assert all(
                t(f"journey_rules.warning.{code}.{part}", language=language, **each.params) for language in LANGUAGES
            )
    worded = {key.removeprefix("advice.") for key in catalogue("journey_rules") if key.startswith("advice.")}
    assert worded == {POSTPONE, TRIAGE, LOOK_TOGETHER}


WORSE = [Found.TRUE, Found.UNCHECKED, Found.DOUBTFUL, Found.FALSE]
TEXTS = st.sampled_from([None, "tidak ada", "5 juta", "Anton Seran", "agen"])
PLANS = st.builds(
    journey,
    stage=st.sampled_from(Stage),
    destination_country=st.sampled_from([None, "ID", "MY"]),
    departure_on=st.sampled_from([None, "2026-11-21", "2026-12-05", "2026", "2027-05", "2025"]),
    **dict.fromkeys(("debts", "debt_to", "costs", "employer", "agency", "recruiter_name"), TEXTS),
    sector=st.none() | st.sampled_from(Sector),
    visa_kind=st.none() | st.sampled_from(VisaKind),
    answers=st.dictionaries(
        st.sampled_from([question.code for question in procedural.QUESTIONS_ABROAD]),
        st.sampled_from(["yes", "no"]),
        max_size=3,
    ),
)
PAPERS = st.lists(
    st.builds(
        paper,
        st.none() | st.sampled_from(WORSE),
        st.integers(1, 9),
        states=st.dictionaries(st.sampled_from(["name", "birth_date"]), st.sampled_from(["Maria", "1985", "2010"])),
        valid_until=st.sampled_from([None, "2026-11-30"]),
        journey_id=st.sampled_from([None, "j", "another"]),
    ),
    min_size=1,
    max_size=4,
)


def weights(raised: tuple[Warning, ...]) -> list[int]:
    """How many there are that are at least so heavy, per weight."""
    return [sum(WEIGHTS.index(each.weight) <= place for each in raised) for place in range(len(WEIGHTS))]


@given(PLANS, PAPERS, st.data())
def test_a_worse_paper_never_warns_less(plan: Journey, papers: list[Document], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(papers) - 1))
    rank = WORSE.index(Found(papers[place].found or "unchecked"))
    worse = [*papers]
    worse[place] = replace(papers[place], found=data.draw(st.sampled_from(WORSE[rank:])))
    before, now = (warnings(person(), plan, some, None, TODAY) for some in (papers, worse))
    assert all(one <= other for one, other in zip(weights(before), weights(now), strict=True))


@given(PLANS, PAPERS, st.sampled_from([None, *WORSE]))
def test_the_order_of_papers_decides_nothing(plan: Journey, papers: list[Document], licence: str | None) -> None:
    by = recruiter(licence_found=licence)
    one, other = (warnings(person(), plan, some, by, TODAY) for some in (papers, papers[::-1]))
    assert one == other
    assert (advice(one) == (POSTPONE, TRIAGE)) is any(each.weight == "high" for each in one)
