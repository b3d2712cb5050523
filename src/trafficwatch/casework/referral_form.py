# SPDX-License-Identifier: GPL-3.0-or-later
"""What a referral's paper says: the records of one referral as the values of the printed form.

Consent governs the paper as it governs the bundle: without consent to be referred there is no form, and a field that
the person refused is None, which the paper does not show at all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from trafficwatch.casework.referrals import ReferralNotAgreed
from trafficwatch.casework.unnamed import unnamed, without_names
from trafficwatch.models.agreement import Agreement, agreement_on
from trafficwatch.models.casework import CaseRecord, Consent, ConsentScope, Decision, Handover, Referral, Urgency
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.directory import Service
from trafficwatch.models.forms import (
    Addressee,
    Condition,
    ConsentGiven,
    ConsentShown,
    ContactRule,
    FormHead,
    FormKind,
    Identity,
    Letterhead,
    ReferralForm,
    Signatory,
)
from trafficwatch.models.institution import Institution, contacts_to_print
from trafficwatch.models.letterhead import letterhead_of
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.agreeing import agreed, consents_of, disclosures_of
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Work
from trafficwatch.texts import t

Language = Literal["id", "en"]


def referral_form(
    work: Work, referral_id: str, language: Language, letterhead: Letterhead | None = None
) -> ReferralForm:
    """The form of one referral, under the desk's own place unless a letterhead is given.

    Raises ReferralNotAgreed, CaseKeyNeeded, TrainingNeeded or RecordUnknown.
    """
    require_training(work)
    referral = work.records.get(Referral, referral_id)
    consents = consents_of(work, referral.person_id or "")
    agreement = agreement_on(consents, work.today, disclosures_of(work, referral.person_id or ""))
    ended = referral.deleted is not None or referral.handover == Handover.WITHDRAWN
    to = referral.institution_id or ""
    if ended or not agreement.allows(ConsentScope.REFERRAL, to):
        raise ReferralNotAgreed
    case = work.records.get(CaseRecord, referral.case_id or "")
    person = agreed(work.records.get(Person, referral.person_id or ""), agreement, to)
    institution = work.records.get(Institution, to)
    referral = without_names(agreed(referral, agreement, to), unnamed(work, person.id))
    contact = contact_of(work, person.id, agreement)
    if contact and contact.do_not_contact:
        person = replace(person, phones={})
    return ReferralForm(
        head=FormHead(
            kind=FormKind.REFERRAL,
            case_code=case.code or "",
            language=language,
            letterhead=letterhead or letterhead_of(work.info),
            practice=work.info.practice,
            printed_at=datetime.fromisoformat(work.now).astimezone(),
        ),
        contact=rule_of(contact, language) if contact else None,
        addressee=_addressee(institution, language),
        referrer=_signatory(work.records.get(Volunteer, referral.referred_by or ""), language),
        referred_on=_day(referral.referred_on),
        urgency=Urgency(referral.urgency) if referral.urgency else None,
        identity=identity_of(person, language),
        purpose=referral.purpose,
        chronology=referral.chronology,
        condition=Condition(
            bio=referral.condition_body,
            psycho=referral.condition_mind,
            social=referral.condition_social,
            spiritual=referral.condition_spiritual,
            family=referral.condition_family,
        ),
        services_given=_items(referral.services_given),
        services_requested=frozenset(Service(name) for name in referral.services if name in set(Service)),
        needs_and_hopes=referral.needs_and_hopes,
        documents=_items(referral.attachments),
        companion=Signatory(name=referral.companion),
        consent=_consent([agreed(consent, agreement, to) for consent in consents], agreement, to, language),
        signer=person.name,
    )


def identity_of(person: Person, language: Language) -> Identity:
    place_and_date = [person.birth_place, _words(person.birth_date, language)]
    return Identity(
        name=person.name,
        nik=person.nik,
        birth=", ".join(part for part in place_and_date if part) or None,
        sex=t(f"records.sex.{person.sex}", language=language) if person.sex else None,
        address=person.address,
        nationality=person.nationality,
        phone="; ".join(f"{number} ({owner})" if owner else number for number, owner in person.phones.items()) or None,
        education=person.education,
        religion=person.religion,
        occupation=person.occupation,
        marital_status=t(f"records.marital.{person.marital_status}", language=language)
        if person.marital_status
        else None,
        guardian_name=person.guardian_name,
        guardian_address=person.guardian_address,
    )


def contact_of(work: Work, person_id: str, agreement: Agreement) -> SafeContact | None:
    """How to reach the person, without what was refused."""
    found = work.records.select(SafeContact, RECORD_TABLES["safe_contact"].c.person_id == person_id)
    return agreed(found[-1], agreement) if found else None


def rule_of(contact: SafeContact, language: Language) -> ContactRule:
    return ContactRule(
        do_not_contact=bool(contact.do_not_contact),
        way=t(f"records.contact_way.{contact.way}", language=language) if contact.way else None,
        number=contact.number,
        through=contact.through,
        hours=contact.hours,
        code_word=contact.code_word,
        never_tell=contact.never_tell,
    )


def _addressee(institution: Institution, language: Language) -> Addressee:
    """Name and contacts, with the day on which a PPT confirmed them or that nobody has."""
    contacts = ", ".join(contacts_to_print(institution))
    day = _words(institution.confirmed_on, language)
    checked = (
        t("records.confirmed_on", language=language, day=day) if day else t("records.unconfirmed", language=language)
    )
    return Addressee(name=institution.name, contact=f"{contacts} ({checked})" if contacts else None)


def _signatory(volunteer: Volunteer, language: Language) -> Signatory:
    role = t(f"records.category.{volunteer.category}", language=language) if volunteer.category else None
    return Signatory(name=volunteer.name, role=role, phone=volunteer.phone)


def _consent(consents: list[Consent], agreement: Agreement, to: str, language: Language) -> ConsentShown:
    """The scopes that hold today, each with its day; witness and guardian of the consent to be referred. Without that
    consent the duty under which this institution gets the letter.
    """
    is_agreed = agreement.agrees(ConsentScope.REFERRAL, to)
    duty = None if is_agreed else agreement.duty(to)
    given = [
        ConsentGiven(
            scope=t(f"records.consent_scope.{scope}", language=language),
            on=_day(consent.given_on),
            how=t(f"records.consent_method.{consent.method}", language=language) if consent.method else None,
        )
        for scope in ConsentScope
        if scope in agreement.scopes and (consent := _latest(consents, scope)) is not None
    ]
    deciding = _latest(consents, ConsentScope.REFERRAL) if is_agreed else None
    return ConsentShown(
        given=tuple(given),
        language=deciding.language if deciding else None,
        witness=deciding.witness if deciding else None,
        guardian=deciding.guardian if deciding else None,
        duty=t(f"records.duty.{duty}", language=language) if duty else None,
    )


def _latest(consents: list[Consent], scope: ConsentScope) -> Consent | None:
    agreed_to = [consent for consent in consents if consent.scopes.get(scope) == Decision.AGREED]
    return agreed_to[-1] if agreed_to else None


def _items(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _words(edtf: str | None, language: Language) -> str | None:
    return PartialDate.from_edtf(edtf).format(language) if edtf else None


def _day(edtf: str | None) -> PartialDate | None:
    return PartialDate.from_edtf(edtf) if edtf else None
