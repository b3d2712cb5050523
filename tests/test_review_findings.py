# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stranger's review found, one test each: consent that never widens, keys that are not shared, bans that hold.

They stand together because each was a hole that the tests of its own module had not looked for.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from desks import SHARED, Desks, agree, content, enrolled, refer, resident, screen, shared_case
from pypdf import PdfReader

from trafficwatch.casework.consents import agreement_of, record_consent, withdraw_consent
from trafficwatch.casework.referral_form import referral_form
from trafficwatch.casework.referrals import ReferralNotAgreed, advance_referral
from trafficwatch.forms.paper import A4
from trafficwatch.forms.referral import referral_pdf
from trafficwatch.models.casework import Consent, ConsentScope, Decision, Handover
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.screening import Answer, Value
from trafficwatch.models.staff import Category
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.residents import agree_safe_contact, record_person
from trafficwatch.screening.sessions import ScreeningOfAnother, record_screening
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.vault import PassphraseNotGoodEnough, Stretching
from trafficwatch.village.founding import NewMember, VolunteerUnknown, add_member, found_desk, renew_passphrase


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    with enrolled(tmp_path) as found:
        yield found


def lines_of(desks: Desks) -> dict[str, dict[str, object]]:
    [path] = desks.send()
    found = {line["type"]: line for line in content(desks.ppt, path)[1]}
    done, _ = desks.deliver(path)
    assert done.refused == 0
    return found


def test_withdrawing_a_consent_never_widens_what_leaves(desks: Desks) -> None:
    person = resident(desks.village, phones={"0812999": "sendiri"})
    first = agree(desks.village, person, ConsentScope.SHARE_CARD, refused=("person.phones",))
    desks.clock.move(days=1)
    agree(desks.village, person, ConsentScope.SHARE_CASE)
    with desks.village.work() as work:
        withdraw_consent(work, first, "Berubah pikiran")
        assert agreement_of(work, person).refused == {"person.phones"}
    assert "0812999" not in str(lines_of(desks)["person"])


def test_a_later_no_reaches_the_ppt(desks: Desks) -> None:
    person = shared_case(desks.village)
    desks.exchange()
    desks.clock.move(days=1)
    with desks.village.work() as work:
        record_consent(work, person, dict.fromkeys(ConsentScope, Decision.REFUSED.value))
    desks.exchange()
    with desks.ppt.work() as work:
        assert agreement_of(work, person).scopes == frozenset()


def test_a_ban_and_a_withdrawn_referral_follow_what_went_out(desks: Desks) -> None:
    person = resident(desks.village)
    consent = agree(desks.village, person, *SHARED)
    with desks.village.work() as work:
        agree_safe_contact(work, person, way="phone", number="0812777")
    referral = refer(desks.village, person)
    desks.exchange()
    with desks.village.work() as work:
        agree_safe_contact(work, person, do_not_contact=True)
        advance_referral(work, referral.id, Handover.WITHDRAWN)
        withdraw_consent(work, consent, "Takut")
    desks.exchange()
    with desks.ppt.work() as work:
        [contact] = work.records.select(SafeContact)
        assert contact.do_not_contact is True
        assert work.records.get(type(referral), referral.id).handover == "withdrawn"


def test_a_person_has_one_safe_contact_and_the_last_word_counts(desks: Desks) -> None:
    person = resident(desks.village)
    with desks.village.work() as work:
        agree_safe_contact(work, person, way="phone", number="0812777", through="suami")
        agree_safe_contact(work, person, way="through_person", through="bibi")
        [contact] = work.records.select(SafeContact)
    assert (contact.through, contact.number) == ("bibi", None)


def test_under_a_ban_no_number_is_printed_and_the_ban_cannot_be_refused(desks: Desks) -> None:
    person = resident(desks.village, phones={"081234567890": "sendiri"})
    agree(desks.village, person, *SHARED)
    referral = refer(desks.village, person)
    with desks.village.work() as work:
        agree_safe_contact(work, person, do_not_contact=True)
        pdf = referral_pdf(referral_form(work, referral.id, "id"), A4)
        with pytest.raises(ValueImpossible):
            record_consent(work, person, {"referral": "agreed"}, refused_fields=["safe_contact.do_not_contact"])
    assert "081234567890" not in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_withdrawn_referral_prints_no_more(desks: Desks) -> None:
    person = shared_case(desks.village)
    referral = refer(desks.village, person)
    with desks.village.work() as work:
        advance_referral(work, referral.id, Handover.WITHDRAWN)
        with pytest.raises(ReferralNotAgreed):
            referral_form(work, referral.id, "id")


def test_who_has_no_training_can_take_a_consent_back(desks: Desks) -> None:
    person = resident(desks.village)
    consent = agree(desks.village, person, *SHARED, witness="Kepala dusun", language="Bahasa Dawan")
    add_member(desks.village, NewMember("Agus", Category.VOLUNTEER, "frasa agus sendiri"), stretching=Stretching())
    helper = open_store(desks.village.folder, "frasa agus sendiri")
    with helper.work() as work:
        withdraw_consent(work, consent, "Diminta lewat telepon")
        assert agreement_of(work, person).scopes == frozenset()
    helper.close()
    with desks.village.work() as work:
        kept = work.records.get(Consent, consent)
    assert (kept.witness, kept.language, kept.withdrawn_reason) == ("Kepala dusun", "Bahasa Dawan", None)


def test_two_volunteers_never_share_a_passphrase(tmp_path: Path) -> None:
    same = "satu frasa berdua"
    member = NewMember("Maria", Category.COORDINATOR, same)
    store, _ = found_desk(
        tmp_path, member, side="village", code="53.01.08.2008", name="N", practice=True, stretching=Stretching()
    )
    before = (tmp_path / "vault.json").read_bytes()
    with pytest.raises(PassphraseNotGoodEnough):
        add_member(store, NewMember("Agus", Category.VOLUNTEER, same), stretching=Stretching())
    with store.work() as work:
        assert work.records.count("volunteer") == 1
    assert (tmp_path / "vault.json").read_bytes() == before
    store.close()


def test_the_recovery_code_gives_a_volunteer_a_new_passphrase(tmp_path: Path) -> None:
    member = NewMember("Maria Tefa", Category.COORDINATOR, "frasa yang terlupa")
    store, code = found_desk(
        tmp_path, member, side="village", code="53.01.08.2008", name="N", practice=True, stretching=Stretching()
    )
    store.close()
    recovered = recover_store(tmp_path, code)
    with pytest.raises(VolunteerUnknown):
        renew_passphrase(recovered, "Orang Lain", "frasa baru sekali", stretching=Stretching())
    volunteer = renew_passphrase(recovered, "maria  tefa", "frasa baru sekali", stretching=Stretching())
    recovered.close()
    again = open_store(tmp_path, "frasa baru sekali")
    assert again.keys.volunteer == volunteer
    again.close()


def test_consent_of_tomorrow_is_impossible_and_a_deleted_one_blocks_older_ones(desks: Desks) -> None:
    person = resident(desks.village)
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    desks.clock.move(days=1)
    with desks.village.work() as work:
        with pytest.raises(ValueImpossible):
            record_consent(work, person, {"share_card": "agreed"}, given_on="2062-11-01")
        refusal = record_consent(work, person, {"share_card": "refused"})
        work.write(Consent, refusal.id, deleted="salah catat")
        assert agreement_of(work, person).scopes == frozenset()


def test_agreed_again_on_the_same_day_holds(desks: Desks) -> None:
    person = resident(desks.village)
    first = agree(desks.village, person, ConsentScope.SHARE_CARD)
    with desks.village.work() as work:
        withdraw_consent(work, first, "Ragu")
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    with desks.village.work() as work:
        assert agreement_of(work, person).scopes == {ConsentScope.SHARE_CARD}


def test_a_deleted_card_that_never_left_stays(desks: Desks) -> None:
    person = resident(desks.village, "Salah Catat")
    agree(desks.village, person, ConsentScope.SHARE_CARD)
    with desks.village.work() as work:
        work.write(Person, person, deleted="dobel")
    found = lines_of(desks)
    assert "Salah Catat" not in str(found)
    assert found["tally"]["fields"]["people"] == 0


def test_going_on_with_a_screening_keeps_its_person_and_questions(desks: Desks) -> None:
    person, other = resident(desks.village), resident(desks.village, "Orang Lain")
    agree(desks.village, person, *SHARED)
    screening = screen(desks.village, person)
    with desks.village.work() as work:
        with pytest.raises(ScreeningOfAnother):
            record_screening(work, other, {"T-HELD": Answer(Value.YES)}, screening_id=screening)
        table = RECORD_TABLES["screening"]
        assert work.connection.execute(table.select()).one().person_id == person


def test_no_value_stands_in_an_unexpected_database_error(desks: Desks) -> None:
    with desks.village.work() as work:
        work.connection.exec_driver_sql(
            "CREATE TEMP TRIGGER broken BEFORE INSERT ON person BEGIN SELECT raise(ABORT, 'x'); END"
        )
        with pytest.raises(Exception, match="x") as caught:
            record_person(work, None, name="Yohanis Rahasia")
    assert "Rahasia" not in str(caught.value)
