# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing what is done for a person: any kind in one way, in the open case, by who may, and closing the case again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from care_tools import LEAST, TODAY, save
from desks import Desks, enrolled, resident
from store_tools import scratch

from trafficwatch.casework import care
from trafficwatch.casework.care import READ, RULES, care_of_person, protection_requests, save_care
from trafficwatch.casework.care_checks import DoneAhead, LoneVisit, ReportNotAgreed
from trafficwatch.casework.care_warnings import CareWarning, care_warnings
from trafficwatch.casework.closing import (
    open_case_of,
)
from trafficwatch.casework.conflicts import ConflictThere, conflict_of
from trafficwatch.casework.consents import agreement_of, record_consent, withdraw_consent
from trafficwatch.casework.guardians import GuardianSuspected
from trafficwatch.casework.referrals import open_case
from trafficwatch.models import accompanying, aftercare, reporting
from trafficwatch.models import care as care_types
from trafficwatch.models.casework import CaseRecord, ConsentScope
from trafficwatch.models.checks import FieldUnknown, TextTooLong, ValueImpossible
from trafficwatch.models.fields import DECLARED, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.staff import Ability, Training, Volunteer
from trafficwatch.registry.trash import Reason, delete, restore
from trafficwatch.store.records import FieldMissing, RecordUnknown
from trafficwatch.store.training import AbilityNeeded, TrainingNeeded
from trafficwatch.store.work import Work


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with enrolled(Path(tmp_path_factory.mktemp("care"))) as found:
        yield found


@pytest.fixture
def work(desks: Desks) -> Iterator[Work]:
    with scratch(desks.village) as opened:
        yield opened


@pytest.fixture(scope="module")
def maria(desks: Desks) -> str:
    return resident(desks.village, "Maria Tefa", birth_date="1990-02-01")


# -- any kind ----------------------------------------------------------------------------------------------------------


def test_every_kind_of_care_is_written_here_or_has_a_way_of_its_own() -> None:
    modules = {each.__name__ for each in (care_types, reporting, accompanying, aftercare)}
    kinds = {kind.name for kind in DECLARED.values() if kind.cls.__module__ in modules}
    of_ppt = {name for name in kinds if DECLARED[name].fields["deleted"].owner is Side.PPT}
    assert set(RULES) == set(LEAST) == kinds - of_ppt - {"disclosure", "closure"}
    assert set(READ) | {"protection_request", "care_policy"} == kinds
    for name, rule in RULES.items():
        assert {rule.day, rule.by} - {""} <= RECORD_TYPES[name].fields.keys()
    for name, day in care._DAYS.items():
        assert day in RECORD_TYPES[name].fields


@pytest.mark.parametrize("type_name", RULES)
def test_a_kind_is_written_changed_read_deleted_and_restored(work: Work, maria: str, type_name: str) -> None:
    rule, more = RULES[type_name], {}
    if type_name == "conflict_of_interest":  # the own one is for others to delete
        more = {"volunteer_id": work.write(Volunteer, None, name="Rosa")}
    saved = save(work, maria, type_name, **more)
    if rule.day:
        assert getattr(saved, rule.day) == TODAY
    if rule.by:
        assert getattr(saved, rule.by) == more.get(rule.by, work.volunteer)
    if type_name == "protection_request":
        assert [each.id for each in protection_requests(work)] == [saved.id]
    else:
        assert saved.person_id == maria
        assert [each.id for each in care_of_person(work, maria)[type_name]] == [saved.id]
    text = next(
        each.name for each in RECORD_TYPES[type_name].fields.values() if each.shape == "text" and each.name != "deleted"
    )
    changed = save(work, maria, type_name, saved.id, **{text: "Lain"})
    assert getattr(changed, text) == "Lain"
    assert delete(work, type_name, saved.id, Reason.ENTERED_WRONGLY) >= 1
    with pytest.raises(RecordUnknown):
        save(work, maria, type_name, saved.id, **{text: "Lagi"})
    assert restore(work, type_name, saved.id, "Ternyata benar") >= 1


def test_the_first_handling_opens_the_case_and_all_else_stands_in_it(work: Work, maria: str) -> None:
    assert save(work, maria, "conflict_of_interest").case_id is None
    assert open_case_of(work, maria) is None
    first = save(work, maria, "outreach")
    case = open_case_of(work, maria)
    assert case is not None
    assert case.id == first.case_id == save(work, maria, "loss").case_id == save(work, maria, "follow_up").case_id
    assert len(work.records.select(CaseRecord)) == 1


def test_only_what_the_form_changed_is_written(work: Work, maria: str) -> None:
    saved = save(work, maria, "first_aid", acts={"calming": True, "listening": True}, words="Tenang")
    before = work.records.state("first_aid", saved.id)
    same = {"acts": {"calming": True, "listening": True}, "words": " Tenang ", "companion": "Mama Rosa"}
    assert save(work, maria, "first_aid", saved.id, **same) == saved
    assert work.records.state("first_aid", saved.id) == before
    seen = {"acts": frozenset({"calming"})}
    found: Any = save_care(work, "first_aid", saved.id, {"acts": {"linking": True}}, seen=seen)
    assert found.acts == {"linking": True, "listening": True}


def test_a_contact_that_was_made_was_made_by_who_is_at_work(work: Work, maria: str) -> None:
    planned = save(work, maria, "follow_up", planned_on="2027-01-05")
    assert planned.done_by is None
    done = save(work, maria, "follow_up", planned.id, done_on=TODAY, follow_up_way="phone")
    assert (done.done_by, done.planned_on) == (work.volunteer, "2027-01-05")
    assert save(work, maria, "follow_up", done_on="2026-11-19", follow_up_way="phone").planned_on == "2026-11-19"


def test_the_latest_comes_first_whenever_it_was_written(work: Work, maria: str) -> None:
    days = ("2026-03-01", "2026-11", "2025", "2026-05-05")
    made = {day: save(work, maria, "informing", told_on=day).id for day in days}
    found = care_of_person(work, maria)["informing"]
    assert [each.id for each in found] == [made[day] for day in ("2026-11", "2026-05-05", "2026-03-01", "2025")]


@pytest.mark.parametrize(
    ("type_name", "fields", "error"),
    [
        ("informing", {"told_on": "2026-11-22"}, DoneAhead),
        ("outreach", {"companion": "  "}, LoneVisit),
        ("loss", {"words": ""}, FieldMissing),
        ("loss", {"kind": "uang"}, ValueImpossible),
        ("loss", {"amount": "banyak"}, ValueImpossible),
        ("case_person", {"name": "x" * 201}, TextTooLong),
        ("loss", {"jumlah": 1}, FieldUnknown),
        ("loss", {"deleted": "other"}, FieldUnknown),
        ("loss", {"person_id": None}, FieldUnknown),
        ("authority_report", {"kind": "report"}, ReportNotAgreed),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_written(
    work: Work, maria: str, type_name: str, fields: dict[str, Any], error: type[Exception]
) -> None:
    open_case(work, maria)
    with pytest.raises(error):
        save(work, maria, type_name, **fields)
    assert work.records.count(type_name) == 0


def test_a_record_points_to_nothing_of_somebody_else(work: Work, maria: str) -> None:
    other = work.write(RECORD_TYPES["person"].cls, None, name="Lain")
    of_other, evidence = save(work, other, "outreach"), save(work, other, "evidence_item")
    for type_name, fields in (("loss", {"case_id": of_other.case_id}), ("custody", {"evidence_id": evidence.id})):
        with pytest.raises(RecordUnknown):
            save(work, maria, type_name, **fields)
    with pytest.raises(RecordUnknown):
        save(work, maria, "outreach", of_other.id, words="Bukan dia")
    with pytest.raises(RecordUnknown):
        save(work, None, "loss")


# -- who may -----------------------------------------------------------------------------------------------------------


def trained_for(work: Work, *abilities: Ability) -> None:
    for training in work.records.select(Training):
        work.write(Training, training.id, abilities=dict.fromkeys(abilities, True))


@pytest.mark.parametrize("type_name", RULES)
def test_each_kind_asks_for_its_ability(work: Work, maria: str, type_name: str) -> None:
    wanted = RULES[type_name].abilities
    for ability in Ability:
        with work.tried():
            trained_for(work, ability)
            if not wanted or ability in wanted or type_name == "custody":
                continue
            with pytest.raises(AbilityNeeded):
                save(work, maria, type_name)
    for ability in wanted:
        with work.tried():
            trained_for(work, ability)
            save(work, maria, type_name)


def test_without_training_or_case_key_nothing_is_written_or_read(desks: Desks, work: Work, maria: str) -> None:
    consent = record_consent(work, maria, AGREES, guardian="Yohanis Bere")
    work.write(care_types.Perpetrator, None, person_id=maria, standing="alleged", name="Yohanis Bere")
    assert [each.id for each in care_warnings(work, maria)] == [consent.id]
    for training in work.records.select(Training):
        work.write(Training, training.id, valid_until="2026-11-20")
    assert care_warnings(work, maria) == ()
    with pytest.raises(TrainingNeeded):
        save(work, maria, "conflict_of_interest")
    with pytest.raises(TrainingNeeded):
        care_of_person(work, maria)


# -- ties and guardians ------------------------------------------------------------------------------------------------


AGREES = {ConsentScope.SERVICE.value: "agreed"}


def test_who_is_tied_to_the_case_is_warned_and_takes_no_yes(work: Work, maria: str) -> None:
    assert conflict_of(work, maria) is None
    tie = save(work, maria, "conflict_of_interest", conflict="relative_of_recruiter")
    assert conflict_of(work, maria) == tie
    assert [(each.warning, each.id) for each in care_warnings(work, maria)] == [(CareWarning.CONFLICT, tie.id)]
    with pytest.raises(ConflictThere):
        record_consent(work, maria, AGREES)
    record_consent(work, maria, {ConsentScope.SERVICE.value: "refused"})
    save(work, maria, "first_aid")
    work.write(care_types.ConflictOfInterest, tie.id, deleted="entered_wrongly")  # by somebody else
    record_consent(work, maria, AGREES)


def test_a_guardian_who_is_suspected_does_not_speak_for_the_person(work: Work, maria: str) -> None:
    save(work, maria, "perpetrator", name="Yohanis Bere", known_as="Om Jo")
    for guardian in ("Johanes Bere", "om jo"):
        with pytest.raises(GuardianSuspected):
            record_consent(work, maria, AGREES, guardian=guardian)
    record_consent(work, maria, {ConsentScope.SERVICE.value: "refused"}, guardian="Om Jo")
    record_consent(work, maria, AGREES, guardian="Yohanis Bere Nenohai")


@pytest.mark.parametrize("through", ["recruiter_id", "recruiter_name"])
def test_nor_does_who_recruited_on_the_way(work: Work, maria: str, through: str) -> None:
    recruiter = work.write(RECORD_TYPES["recruiter"].cls, None, name="PT Maju", aliases={"Pak Dullah": True})
    value = recruiter if through == "recruiter_id" else "Dullah"
    work.write(RECORD_TYPES["journey"].cls, None, person_id=maria, **{through: value})
    with pytest.raises(GuardianSuspected):
        record_consent(work, maria, AGREES, guardian="Dullah")


def test_a_suspect_is_not_told_beside_a_consent_that_he_gave(work: Work, maria: str) -> None:
    consent = record_consent(work, maria, AGREES, guardian="Yohanis Bere")
    with pytest.raises(GuardianSuspected):
        save(work, maria, "perpetrator", name="Yohanis Bere")
    withdraw_consent(work, consent.id, "Wali diduga ikut")
    save(work, maria, "perpetrator", name="Yohanis Bere")
    assert care_warnings(work, maria) == ()


def test_a_guardian_who_became_a_suspect_elsewhere_is_pointed_out(work: Work, maria: str) -> None:
    consent = record_consent(work, maria, AGREES, guardian="Yohanis Bere")
    work.write(care_types.Perpetrator, None, person_id=maria, standing="alleged", name="Yohanis Bere")
    evidence = save(work, maria, "evidence_item", obtained_from="Maria")
    step = save(work, maria, "custody", evidence_id=evidence.id, from_whom="Rosa")
    found = [(each.warning, each.id) for each in care_warnings(work, maria)]
    assert found == [(CareWarning.GUARDIAN_SUSPECTED, consent.id), (CareWarning.CHAIN_BROKEN, step.id)]


# -- what was refused earlier ------------------------------------------------------------------------------------------


def test_a_field_that_was_refused_is_allowed_again(work: Work, maria: str) -> None:
    record_consent(work, maria, AGREES, refused_fields=["person.nik", "person.address"])
    record_consent(work, maria, {}, allowed_fields=["person.nik"])
    assert agreement_of(work, maria).refused == {"person.address"}
    for wrong in (["person.nama"], ["consent.scopes"]):
        with pytest.raises((FieldUnknown, ValueImpossible)):
            record_consent(work, maria, {}, allowed_fields=wrong)
    with pytest.raises(ValueImpossible):
        record_consent(work, maria, {}, allowed_fields=["person.nik"], refused_fields=["person.nik"])
    with pytest.raises(ValueImpossible):
        record_consent(work, maria, AGREES, recipients={maria: True})
