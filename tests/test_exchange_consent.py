# SPDX-License-Identifier: GPL-3.0-or-later
"""Consent decides what leaves, record by record and field by field: in the bundle as on the paper."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from desks import SHARED, Desks, agree, content, deliveries, dump, enrolled, refer, resident, screen, sent, shared_case
from pypdf import PdfReader
from sqlalchemy import text

from trafficwatch.casework.consents import ReasonMissing, agreement_of, record_consent, withdraw_consent
from trafficwatch.casework.referral_form import referral_form
from trafficwatch.casework.referrals import ReferralNotAgreed, draft_referral, open_case
from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.referral import referral_pdf
from trafficwatch.models.casework import Consent, ConsentScope, Screening, Tally
from trafficwatch.models.checks import FieldUnknown, ValueImpossible
from trafficwatch.models.institution import Institution
from trafficwatch.models.people import Person
from trafficwatch.registry.residents import agree_safe_contact, check_document, plan_journey, record_person
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.sync.exporting import NothingToSend, export, preview
from trafficwatch.sync.importing import take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OFFICE_TYPES = {"volunteer", "training", "tally"}
REGISTER_TYPES = {"person", "journey", "document", "safe_contact"}
CASE_TYPES = {"screening", "case_record", "referral"}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def card(desks: Desks, name: str = "Yohanis Bere") -> str:
    """A resident with a journey, a paper and a safe contact."""
    person = resident(desks.village, name, private_note="Rumahnya sering gelap")
    with desks.village.work() as work:
        journey = plan_journey(work, person, destination_country="MY")
        check_document(work, person, journey.id, kind="ktp", number="KTP-77", found="true")
        agree_safe_contact(work, person, through="Bibi Rosa", do_not_contact=False)
    return person


@pytest.mark.parametrize("asked", [False, True])
def test_who_did_not_agree_is_only_counted(desks: Desks, *, asked: bool) -> None:
    person = card(desks)
    screen(desks.village, person)
    if asked:
        agree(desks.village, person, ConsentScope.SERVICE, ConsentScope.REFERRAL)
    [path] = desks.send()
    assert sent(desks.ppt, path).keys() == OFFICE_TYPES
    done, _ = desks.deliver(path)
    assert done.refused == 0
    with desks.ppt.work() as work:
        [tally] = work.records.select(Tally)
        assert work.records.select(Person) == []
    assert (tally.people, tally.people_withheld, tally.journeys, tally.journeys_withheld) == (1, 1, 1, 1)
    assert person not in str(content(desks.ppt, path))


def test_a_shared_card_brings_no_case(desks: Desks) -> None:
    person = card(desks)
    agree(desks.village, person, ConsentScope.SERVICE, ConsentScope.REFERRAL, ConsentScope.SHARE_CARD, witness="Agus")
    screen(desks.village, person)
    refer(desks.village, person)
    [path] = desks.send()
    assert sent(desks.ppt, path).keys() == {*OFFICE_TYPES, *REGISTER_TYPES, "consent"}
    everything = str(content(desks.ppt, path))
    assert "Agus" not in everything
    assert "Rumahnya sering gelap" not in everything
    with desks.village.work() as work:
        assert [(tally.people, tally.people_withheld) for tally in work.records.select(Tally)] == [(1, 0)]


def test_refused_fields_are_absent_from_bundle_and_paper(desks: Desks) -> None:
    phone, purpose = "081200004411", "Minta dampingan ke rumah aman"
    person = resident(desks.village, religion="Keyakinan-X", phones={phone: "sendiri"}, occupation="Nelayan")
    refused = ("person.phones", "person.religion", "referral.purpose")
    agree(desks.village, person, *SHARED, refused=refused)
    referral = refer(desks.village, person, purpose=purpose, companion="Mama Yuli")
    with desks.village.work() as work:
        form = referral_form(work, referral.id, "id")
    for paper in PAPERS.values():
        pages = PdfReader(io.BytesIO(referral_pdf(form, paper)), strict=True).pages
        shown = " ".join(" ".join(page.extract_text().split()) for page in pages)
        assert [word for word in (phone, "Keyakinan-X", purpose) if word in shown] == []
        assert [word for word in ("Nelayan", "Mama Yuli") if word not in shown] == []
    [path] = desks.send()
    lines = {line["type"]: line for line in content(desks.ppt, path)[1]}
    for kind, name in (field.split(".") for field in refused):
        for part in ("fields", "stamps", "contexts", "others"):
            assert [key for key in lines[kind].get(part, {}) if key.partition("/")[0] == name] == []
    assert phone not in str(lines)
    assert "Keyakinan-X" not in str(lines)
    assert lines["person"]["fields"]["occupation"] == "Nelayan"
    assert lines["referral"]["fields"]["companion"] == "Mama Yuli"
    done, _ = desks.deliver(path)
    assert done.refused == 0
    with desks.ppt.work() as work:
        assert (work.records.get(Person, person).phones, work.records.get(Person, person).occupation) == ({}, "Nelayan")


def test_a_field_refused_later_no_longer_goes(desks: Desks) -> None:
    person = resident(desks.village, religion="Keyakinan-X")
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    desks.exchange()
    desks.clock.move(days=1)
    agree(desks.village, person, ConsentScope.SHARE_CARD, refused=("person.religion",))
    with desks.village.work() as work:
        record_person(work, person, religion="Keyakinan-Y", address="RT 4")
    [path] = desks.send()
    [line] = [line for line in content(desks.ppt, path)[1] if line["type"] == "person"]
    assert line["fields"]["address"] == "RT 4"
    assert "religion" not in line["fields"]


def test_of_a_withdrawn_consent_only_the_consent_travels(desks: Desks) -> None:
    person = card(desks)
    consent = agree(desks.village, person, *SHARED)
    screen(desks.village, person)
    desks.exchange()
    desks.clock.move(days=3)
    with desks.village.work() as work:
        withdraw_consent(work, consent, "Takut diketahui agen")
        record_person(work, person, address="RT 4")
    screen(desks.village, person)
    [path] = desks.send()
    lines = {line["type"]: line for line in content(desks.ppt, path)[1]}
    assert lines.keys() == {"consent", "safe_contact", "tally"}
    assert lines["safe_contact"]["fields"].keys() == {"person_id", "do_not_contact"}  # a ban must stay
    assert lines["consent"]["fields"]["withdrawn_on"] == "2026-11-24"
    assert "withdrawn_reason" not in lines["consent"]["fields"]
    assert "Takut" not in str(lines)
    assert lines["tally"]["fields"]["people_withheld"] == 1
    done, _ = desks.deliver(path)
    assert done.refused == 0
    with desks.ppt.work() as work:
        assert agreement_of(work, person).scopes == frozenset()
        assert work.records.get(Consent, consent).withdrawn_on == "2026-11-24"


def test_a_withdrawn_consent_is_sent_once(desks: Desks) -> None:
    person = card(desks)
    consent = agree(desks.village, person, *SHARED)
    desks.exchange()
    with desks.village.work() as work:
        withdraw_consent(work, consent, "Berubah pikiran")
    desks.exchange()
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)


def test_withdrawing_needs_a_reason(desks: Desks) -> None:
    consent = agree(desks.village, resident(desks.village), *SHARED)
    before = dump(desks.village)
    with pytest.raises(ReasonMissing), desks.village.work() as work:
        withdraw_consent(work, consent, "  ")
    assert dump(desks.village) == before


def test_consent_given_again_shares_again(desks: Desks) -> None:
    person = card(desks)
    consent = agree(desks.village, person, *SHARED)
    desks.exchange()
    with desks.village.work() as work:
        withdraw_consent(work, consent, "Berubah pikiran")
    desks.exchange()
    desks.clock.move(days=1)
    again = agree(desks.village, person, *SHARED)
    screen(desks.village, person)
    [path] = desks.send()
    found = sent(desks.ppt, path)
    assert found.keys() == {"consent", "document", "journey", "person", "safe_contact", "screening", "tally"}
    assert set(found["consent"]) == {consent, again}  # the old one with its details, which share_case covers again
    assert desks.deliver(path)[0].refused == 0
    with desks.ppt.work() as work:
        assert work.records.get(Consent, consent).withdrawn_on == "2026-11-21"
        assert work.records.get(Consent, again).withdrawn_on is None


def test_a_lapsed_consent_sends_nothing_more(desks: Desks) -> None:
    person = card(desks)
    agree(desks.village, person, *SHARED, valid_until="2026-11-30")
    desks.exchange()
    desks.clock.move(days=30)
    with desks.village.work() as work:
        record_person(work, person, address="RT 4")
    [path] = desks.send()
    assert "person" not in sent(desks.ppt, path)


def test_without_consent_there_is_no_form_and_no_step(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CASE)
    with desks.village.work() as work:
        referral = draft_referral(work, open_case(work, person), work.records.select(Institution)[0].id)
    before = dump(desks.village)
    with pytest.raises(ReferralNotAgreed), desks.village.work() as work:
        referral_form(work, referral.id, "id")
    with pytest.raises(ReferralNotAgreed):
        refer(desks.village, person)
    assert dump(desks.village) == before


def test_of_an_untrained_volunteer_the_register_goes_and_sealed_records_wait(desks: Desks) -> None:
    person = card(desks)
    agree(desks.village, person, *SHARED, witness="Agus")
    screening = screen(desks.village, person)
    refer(desks.village, person)
    helper = desks.helper()
    with helper.work() as work:
        seen = preview(work)
        assert work.records.get(Screening, screening).answers == {}
    assert seen.waiting_for_training == 3
    [path] = desks.send()
    lines = {line["type"]: line["fields"] for line in content(desks.ppt, path)[1]}
    assert lines.keys() == {*OFFICE_TYPES, *REGISTER_TYPES, "consent"}
    assert "Agus" not in str(lines)
    assert seen.counts == {kind: len(ids) for kind, ids in sent(desks.ppt, path).items()}
    done, receipt = desks.deliver(path)
    assert done.refused == 0
    desks.trained()
    [path] = desks.send()  # no receipt yet: everything goes again, with what waited
    lines = {line["type"]: line["fields"] for line in content(desks.ppt, path)[1]}
    assert lines.keys() == {*OFFICE_TYPES, *REGISTER_TYPES, "consent", *CASE_TYPES}
    assert lines["consent"]["witness"] == "Agus"
    assert desks.deliver(path)[0].refused == 0
    assert receipt.exists()


def test_an_untrained_volunteer_may_take_a_receipt_in(desks: Desks) -> None:
    shared_case(desks.village)
    [path] = desks.send()
    _, receipt = desks.deliver(path)
    desks.helper()
    take_in(desks.village, receipt)
    assert set(deliveries(desks.village).values()) == {("received", "")}
    with pytest.raises(NothingToSend):
        desks.send()


def test_an_untrained_volunteer_cannot_handle_a_person(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, *SHARED)
    desks.helper()
    before = dump(desks.village)
    for step in (screen, refer, lambda store, who: agree(store, who, *SHARED)):
        with pytest.raises(TrainingNeeded):
            step(desks.village, person)
    with pytest.raises(CaseKeyNeeded), desks.village.work() as work:
        record_consent(work, person, {"share_card": "agreed"}, witness="Agus")
    assert dump(desks.village) == before


def test_the_preview_names_what_goes_and_changes_nothing(desks: Desks) -> None:
    card(desks, "Marta Bere")
    agree(desks.village, card(desks), *SHARED)
    before = dump(desks.village)
    with desks.village.work() as work:
        seen = preview(work)
    assert dump(desks.village) == before
    [path] = desks.send()
    assert seen.counts == {kind: len(ids) for kind, ids in sent(desks.ppt, path).items()}
    assert (seen.withheld, seen.waiting_for_training) == (1, 0)
    assert seen.reasons == {"always": 3 + 1, "share_case": 5}


def test_fields_of_a_newer_version_stay_and_travel_on(desks: Desks) -> None:
    """A village with a newer program sends a field that this PPT does not know: kept, never dropped."""
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    with desks.village.work() as work:
        state = work.records.state("person", person)
        assert state is not None
        newer = type(state)("person", person, {**state.fields, "shoe_size": state.fields["name"]})
        work.records.put_state(newer, state, work.info.code)
    [done] = desks.exchange()
    assert done.refused == 0
    with desks.ppt.work() as work:
        state = work.records.state("person", person)
        assert state is not None
        assert [*state.fields["shoe_size"].values.values()] == [frozenset({'"Yohanis Bere"'})]
        assert work.connection.execute(text("SELECT count(*) FROM difference")).scalar_one() == 0


@pytest.mark.parametrize(
    ("scopes", "refused"),
    [
        ({"sharing": "agreed"}, ()),
        ({"share_case": "yes"}, ()),
        ({"share_case": "agreed"}, ("person.phone",)),
        ({"share_case": "agreed"}, ("phones",)),
    ],
)
def test_a_mistyped_consent_is_refused(desks: Desks, scopes: dict[str, str], refused: tuple[str, ...]) -> None:
    """A field that does not exist would refuse nothing, and let leave what was to stay."""
    person = resident(desks.village)
    before = dump(desks.village)
    with pytest.raises((ValueImpossible, FieldUnknown)), desks.village.work() as work:
        record_consent(work, person, scopes, refused_fields=refused)
    assert dump(desks.village) == before
