# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule over a record of care, on both sides of its border; no store."""

from __future__ import annotations

from typing import Any

import pytest

from trafficwatch.casework.care_checks import (
    DONE,
    SUMS,
    AdultPlacement,
    AskedForMissing,
    ChildDisagrees,
    ChildPlacement,
    DoneAhead,
    Known,
    LoneVisit,
    NothingWritten,
    ReportNotAgreed,
    ReturnNotSafe,
    ScaleImpossible,
    StandingLowered,
    SumNegative,
    SupportFromPerson,
    check,
)
from trafficwatch.casework.care_warnings import gaps
from trafficwatch.casework.guardians import GuardianSuspected, name_keys
from trafficwatch.errors import ExpectedError
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.care import Disclosure
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.dates import ImpossibleDate
from trafficwatch.models.fields import Record
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.reporting import Custody, EvidenceItem

TODAY, TOMORROW = "2026-11-21", "2026-11-22"
ADULT, CHILD, UNKNOWN = Known(TODAY, is_child=False), Known(TODAY, is_child=True), Known(TODAY)
POLICE, CLINIC = "police", "clinic"
WRITTEN = {"needs_assessment": {"wishes": "Pulang"}, "conference": {"agreed": "PPT menelepon"}}


def made(type_name: str, **fields: Any) -> Record:
    record: Record = RECORD_TYPES[type_name].cls(id="r", **fields)
    return record


def refusal(type_name: str, known: Known = UNKNOWN, before: dict[str, Any] | None = None, **fields: Any) -> Any:
    """The class of what a check raises, None if it lets the record be."""
    old = made(type_name, **before) if before is not None else None
    try:
        check(type_name, made(type_name, **fields), old, known)
    except ExpectedError as error:
        return type(error)
    return None


# -- fields ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_name", "name"),
    [(kind.name, name) for kind in RECORD_TYPES.values() for name in kind.fields if name in DONE],
)
def test_what_was_done_was_not_done_tomorrow(type_name: str, name: str) -> None:
    known = Known(TODAY, verdict="safe")
    more = {"alone_reason": "dekat"} if type_name in {"outreach", "first_aid"} else {}
    more |= WRITTEN.get(type_name, {})
    assert refusal(type_name, known, **more, **{name: TODAY}) is None
    assert refusal(type_name, known, **more, **{name: "2026"}) is None
    assert refusal(type_name, known, **more, **{name: TOMORROW}) is DoneAhead


@pytest.mark.parametrize(
    ("type_name", "name"),
    [("plan_action", "due_on"), ("follow_up", "planned_on"), ("conference", "next_on"), ("accompaniment", "due_on")],
)
def test_what_is_planned_may_lie_ahead(type_name: str, name: str) -> None:
    assert refusal(type_name, **WRITTEN.get(type_name, {}), **{name: TOMORROW}) is None


@pytest.mark.parametrize(
    ("type_name", "name"),
    [(kind.name, name) for kind in RECORD_TYPES.values() for name in kind.fields if name in SUMS],
)
def test_no_sum_is_below_nothing(type_name: str, name: str) -> None:
    assert refusal(type_name, **{name: 0}) is None
    assert refusal(type_name, **{name: -1}) is SumNegative


@pytest.mark.parametrize("name", ["mind_scale", "social_scale", "economic_scale"])
def test_scales_run_from_1_to_5(name: str) -> None:
    assert [step for step in range(-1, 8) if refusal("follow_up", **{name: step}) is ScaleImpossible] == [-1, 0, 6, 7]


@pytest.mark.parametrize(
    ("type_name", "fields", "is_wrong"),
    [
        ("needs_assessment", {"needs": {"body": "soon"}}, False),
        ("needs_assessment", {"needs": {"body": "besok"}}, True),
        ("needs_assessment", {"needs": {"tubuh": "soon"}}, True),
        ("follow_up", {"items": {"health": "partly"}}, False),
        ("follow_up", {"items": {"health": "sehat"}}, True),
        ("follow_up", {"danger_signs": {"gone": True}}, False),
        ("follow_up", {"danger_signs": {"gone": "ya"}}, True),
        ("first_aid", {"acts": {"calming": True}, "companion": "Rosa"}, False),
        ("first_aid", {"acts": {"menenangkan": True}, "companion": "Rosa"}, True),
    ],
)
def test_maps_have_the_elements_and_values_that_screens_and_papers_know(
    type_name: str, fields: dict[str, Any], is_wrong: bool
) -> None:
    assert (refusal(type_name, **fields) is ValueImpossible) is is_wrong


def test_what_was_delivered_has_a_day_that_has_come() -> None:
    assert refusal("accompaniment", delivered={"opd": TODAY}) is None
    assert refusal("accompaniment", delivered={"opd": TOMORROW}) is DoneAhead
    assert refusal("accompaniment", delivered={"opd": True}) is ImpossibleDate
    assert issubclass(refusal("accompaniment", delivered={"opd": "kemarin"}), ImpossibleDate)


# -- the person's interest ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_name", WRITTEN)
def test_what_holds_nothing_was_not_done(type_name: str) -> None:
    assert refusal(type_name) is NothingWritten
    assert refusal(type_name, **WRITTEN[type_name]) is None


def test_the_account_is_asked_for_a_named_need() -> None:
    assert refusal("account", asked_by="need") is AskedForMissing
    assert refusal("account", asked_by="need", asked_for="Rujukan ke puskesmas") is None
    assert refusal("account", asked_by="ppt") is None


@pytest.mark.parametrize("type_name", ["outreach", "first_aid"])
def test_nobody_goes_alone_without_saying_so(type_name: str) -> None:
    assert refusal(type_name) is LoneVisit
    assert refusal(type_name, companion="Mama Rosa") is None
    assert refusal(type_name, alone_reason="Darurat malam hari") is None


def test_a_visit_that_was_made_says_who_came_along() -> None:
    assert refusal("follow_up", done_on=TODAY, follow_up_way="visit") is LoneVisit
    assert refusal("follow_up", done_on=TODAY, follow_up_way="phone") is None
    assert refusal("follow_up", planned_on=TODAY, follow_up_way="visit") is None


def test_the_person_never_pays() -> None:
    known = Known(TODAY, names=name_keys(["Maria Tefa", "Mia"]))
    for giver in ("Maria Tefa", "Ibu MARIA  TEFA", "mia"):
        assert refusal("support", known, giver=giver) is SupportFromPerson
    for giver in ("Maria", "Desa Noelbaki", None):
        assert refusal("support", known, giver=giver) is None


def test_who_gave_consent_for_the_person_is_not_written_down_as_suspect_beside_it() -> None:
    known = Known(TODAY, guardians=name_keys(["Yohanes Bere"]))
    assert refusal("perpetrator", known, standing="alleged", name="Johanis Bere") is GuardianSuspected
    assert refusal("perpetrator", known, standing="alleged", known_as="Bapak Yohanis Bere") is GuardianSuspected
    assert refusal("perpetrator", known, standing="alleged", name="Yohanes Bere Tua") is None
    assert refusal("perpetrator", Known(TODAY), standing="alleged") is None


def test_a_standing_is_lowered_only_with_its_source() -> None:
    before = {"standing": "accused", "standing_source": "Jaksa"}
    assert refusal("perpetrator", before=before, standing="suspect", standing_source="Jaksa") is StandingLowered
    assert refusal("perpetrator", before=before, standing="suspect") is StandingLowered
    assert refusal("perpetrator", before=before, standing="suspect", standing_source="Putusan 12/2026") is None
    assert refusal("perpetrator", before=before, standing="convicted", standing_source="Jaksa") is None
    assert refusal("perpetrator", before={}, standing="alleged") is None


def test_a_report_is_the_persons_word_and_information_is_everybodys() -> None:
    agreeing = Known(TODAY, agreement=Agreement(frozenset({"report"}), named={"report": frozenset({POLICE})}))
    report = {"kind": "report", "institution_id": POLICE}
    assert refusal("authority_report", **report) is ReportNotAgreed
    assert refusal("authority_report", agreeing, **report) is None
    assert refusal("authority_report", agreeing, **(report | {"institution_id": CLINIC})) is ReportNotAgreed
    assert refusal("authority_report", kind="information", institution_id=POLICE) is None
    assert refusal("authority_report", before=report, **report, summary="Lebih lengkap") is None
    duty = Disclosure(id="d", duty="order_of_law", recipients={POLICE: True})
    assert refusal("authority_report", Known(TODAY, agreement=Agreement(duties=(duty,))), **report) is None


SAFE_ADULT = Known(TODAY, is_child=False, verdict="safe")
SAFE_CHILD = Known(TODAY, is_child=True, verdict="safe")
CHILDS = {
    "placement": "substitute_family",
    "chosen_by": "institution",
    "child_agrees": True,
    **dict.fromkeys(("keeps_safe", "keeps_well", "keeps_caring"), True),
}


@pytest.mark.parametrize("verdict", [None, "not_yet", "not_safe"])
@pytest.mark.parametrize("placement", ["family", "substitute_family", "community"])
def test_nobody_goes_home_before_it_is_safe(placement: str, verdict: str | None) -> None:
    known = Known(TODAY, is_child=False, verdict=verdict)
    assert refusal("placement", known, placement=placement, chosen_by="person") is ReturnNotSafe
    assert refusal("placement", SAFE_ADULT, placement=placement, chosen_by="person") is None
    assert refusal("placement", known, placement="institution", chosen_by="person") is None
    home = {"placement": placement, "chosen_by": "person"}
    assert refusal("placement", known, before=home, **home, ended_on=TODAY) is None  # it went wrong: write that down


def test_an_adult_chooses_where_to_live() -> None:
    for placement in ("family", "substitute_family", "institution"):
        assert refusal("placement", SAFE_ADULT, placement=placement, chosen_by="person") is None
        assert refusal("placement", SAFE_ADULT, placement=placement, chosen_by="institution") is AdultPlacement


@pytest.mark.parametrize("known", [SAFE_CHILD, Known(TODAY, verdict="safe")], ids=["child", "age not known"])
def test_a_childs_substitute_family_meets_all_conditions(known: Known) -> None:
    assert refusal("placement", known, **CHILDS) is None
    for name in ("child_agrees", "keeps_safe", "keeps_well", "keeps_caring"):
        assert refusal("placement", known, **(CHILDS | {name: None})) is ChildPlacement
    for name in ("keeps_safe", "keeps_well", "keeps_caring"):
        assert refusal("placement", known, **(CHILDS | {name: False})) is ChildPlacement
        assert refusal("placement", known, before=CHILDS, **(CHILDS | {name: False})) is ChildPlacement
    assert refusal("placement", known, **(CHILDS | {"chosen_by": "other"})) is ChildPlacement
    assert refusal("placement", known, placement="family", chosen_by="other") is None


@pytest.mark.parametrize("placement", ["family", "substitute_family", "community", "institution"])
@pytest.mark.parametrize("known", [SAFE_CHILD, Known(TODAY, verdict="safe")], ids=["child", "age not known"])
def test_no_child_is_placed_where_it_does_not_want_to_be(known: Known, placement: str) -> None:
    said = CHILDS | {"placement": placement, "child_agrees": False}
    assert refusal("placement", known, **said) is ChildDisagrees
    assert refusal("placement", known, before=CHILDS | {"placement": placement}, **said) is ChildDisagrees
    assert refusal("placement", known, **said, ended_on=TODAY) is ChildDisagrees
    assert refusal("placement", known, before=said, **said, words="Ia ingin pulang") is None  # it stands already
    assert refusal("placement", known, before=CHILDS | {"placement": placement}, **said, ended_on=TODAY) is None
    assert refusal("placement", SAFE_ADULT, **(said | {"chosen_by": "person"})) is None


# -- the chain of custody ----------------------------------------------------------------------------------------------


def step(number: int, from_whom: str, to_whom: str, given_on: str | None = "2026-11-01") -> Custody:
    return Custody(id=str(number), from_whom=from_whom, to_whom=to_whom, given_on=given_on)


@pytest.mark.parametrize(
    ("broken", "steps"),
    [
        ([], [step(1, "Maria Tefa", "Polsek")]),
        ([], [step(1, "Kantor Desa", "Polsek")]),
        ([], [step(1, "Ibu maria tefa", "Polsek"), step(2, "POLSEK", "Polres", "2026-11-02")]),
        (["1"], [step(1, "Rosa", "Polsek")]),
        (["2"], [step(1, "Maria Tefa", "Polsek"), step(2, "Maria Tefa", "Polres", "2026-11-02")]),
        (["2"], [step(2, "Rosa", "Polres", "2026-11-02"), step(1, "Maria Tefa", "Polsek")]),
        ([], [step(2, "Polsek", "Polres"), step(1, "Maria Tefa", "Polsek")]),  # on one day in either order
    ],
)
def test_a_gap_in_the_chain_is_seen(broken: list[str], steps: list[Custody]) -> None:
    item = EvidenceItem(id="e", obtained_from="Maria Tefa", kept_at="Kantor desa")
    assert [found.id for found in gaps(item, steps)] == broken
    assert list(gaps(EvidenceItem(id="e"), steps[:1])) == []
