# SPDX-License-Identifier: GPL-3.0-or-later
"""What the register's papers say: a resident's card for the village office, and the sheet that stays with a family.

Both are put together from what is recorded, in words; nothing is written. The private note, who told what, and what the
rules make of a journey stand on neither. Where somebody must not be contacted, no number of theirs is printed and no
sheet goes to the house.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from trafficwatch.errors import ConsentError
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.directory import InstitutionKind
from trafficwatch.models.forms import ContactRule, FormHead, FormKind, code_of
from trafficwatch.models.institution import Institution, contacts_to_print, in_order_to_call, serves
from trafficwatch.models.letterhead import letterhead_of
from trafficwatch.models.migration import Document, DocumentKind, Journey, Stage
from trafficwatch.models.papers import CardForm, CardIdentity, CardJourney, FamilyForm, Kin, Office, Paper, Told
from trafficwatch.models.people import Person, Relative, SafeContact
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.browse import resident_card
from trafficwatch.registry.check_ins import FIRST_AFTER_DAYS, every_days, standing
from trafficwatch.registry.days import earliest
from trafficwatch.registry.residents import NO_OWNER
from trafficwatch.registry.touch import check_ins_of
from trafficwatch.registry.warnings import is_abroad
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, catalogue, t
from trafficwatch.texts.labels import label

NEXT_DATES = 6
"""How many days to hear from each other stand on the family's sheet."""

WHOM_TO_CALL = (
    InstitutionKind.MIGRANT_PROTECTION,
    InstitutionKind.MISSION_ABROAD,
    InstitutionKind.FOREIGN_MINISTRY,
    InstitutionKind.PPT,
    InstitutionKind.UPTD_PPA,
    InstitutionKind.TASK_FORCE,
    InstitutionKind.NATIONAL_HOTLINE,
    InstitutionKind.POLICE,
)
"""Whom a family calls when something is wrong with somebody who is away, the first first [ours]."""

TO_COPY = (
    DocumentKind.PASSPORT,
    DocumentKind.VISA,
    DocumentKind.WORK_AGREEMENT,
    DocumentKind.PLACEMENT_AGREEMENT,
    DocumentKind.TICKET,
    DocumentKind.KTP,
    DocumentKind.KK,
    DocumentKind.FAMILY_PERMISSION,
)
"""Papers of which the family keeps a copy (UU 18/2017 art. 13; the choice is ours)."""
_ONLY_ABROAD = frozenset({DocumentKind.PASSPORT, DocumentKind.VISA, DocumentKind.PLACEMENT_AGREEMENT})


class FamilySheetForbidden(ConsentError):
    """This person must not be contacted, nor the family: no paper about the journey goes to the house."""

    key = "family_sheet_forbidden"


def card_form(work: Work, person_id: str, language: Language) -> CardForm:
    """The card of a resident as of today; raises RecordUnknown, also for one that is deleted."""
    found = resident_card(work, person_id)
    if found.person.deleted is not None:
        raise RecordUnknown(type="person")
    words = _Words(work, language)
    banned = bool(found.contact and found.contact.do_not_contact)
    current, *others = found.journeys or (None,)
    return CardForm(
        head_of(work, FormKind.CARD, code_of(person_id), language),
        words.rule(found.contact) if found.contact else None,
        words.identity(found.person, banned=banned),
        tuple(words.kin(each, banned=banned) for each in found.relatives),
        words.journey(current) if current else CardJourney(),
        tuple(words.in_a_line(each) for each in others if each is not None),
        tuple(words.paper(each) for each in found.documents),
    )


def family_form(work: Work, person_id: str, journey_id: str | None, language: Language) -> FamilyForm:
    """The family's sheet for a journey, without one for the latest; raises RecordUnknown, FamilySheetForbidden."""
    found = resident_card(work, person_id)
    journey = next((each for each in found.journeys if journey_id in {None, each.id}), None)
    if found.person.deleted is not None or journey is None:
        raise RecordUnknown(type="journey")
    if found.contact and found.contact.do_not_contact:
        raise FamilySheetForbidden
    words = _Words(work, language)
    volunteer = words.volunteer(work.volunteer)
    return FamilyForm(
        head_of(work, FormKind.FAMILY, code_of(journey.id), language),
        words.told(found.person, journey),
        _offices(work, language),
        volunteer.name if volunteer else None,
        volunteer.phone if volunteer else None,
        tuple(words.label("document_kind", kind) for kind in _to_copy(journey, found.documents)),
        every_days(journey),
        next_dates(work, journey),
    )


def keep_from(work: Work, person_id: str) -> tuple[str, ...]:
    """Who must not learn of the journey: for the screen, before the family's sheet is printed; never on the sheet."""
    found = resident_card(work, person_id)
    unaware = (each.name for each in found.relatives if each.knows_of_journey is False)
    return tuple(name for name in (found.contact.never_tell if found.contact else None, *unaware) if name)


def next_dates(work: Work, journey: Journey) -> tuple[PartialDate, ...]:
    """The next days to hear from somebody, by the journey's rhythm; none where the day of departure is not known."""
    today, rhythm = date.fromisoformat(work.today), every_days(journey)
    if journey.stage == Stage.DEPARTED:
        due = standing(journey, check_ins_of(work, journey.id), today).due_on
        first = max(due, today).toordinal() if due else None
    else:
        leaves = earliest(journey.departure_on)
        first = leaves.toordinal() + min(FIRST_AFTER_DAYS, rhythm) if leaves and leaves >= today else None
    if first is None or journey.stage in {Stage.RETURNED, Stage.CANCELLED}:
        return ()
    days = range(first, min(first + NEXT_DATES * rhythm, date.max.toordinal()), rhythm)
    return tuple(PartialDate.of(date.fromordinal(day)) for day in days)


def head_of(work: Work, kind: FormKind, code: str, language: Language) -> FormHead:
    """The head of a paper of this desk, printed now."""
    printed = datetime.fromisoformat(work.now).astimezone()
    return FormHead(kind, code, language, letterhead_of(work.info), practice=work.info.practice, printed_at=printed)


def phone_words(phones: Mapping[str, str]) -> str | None:
    """Numbers with their owners, where those are known."""
    said = (f"{number} ({owner})" if owner and owner != NO_OWNER else number for number, owner in phones.items())
    return "; ".join(said) or None


def country_words(code: str | None, language: Language) -> str | None:
    """A country by its name; a code without one as it is."""
    return t(f"countries.{code}", language=language) if code in catalogue("countries") else code


def day_words(edtf: str | None, language: Language) -> str | None:
    """A stored date in words, None for none."""
    return PartialDate.from_edtf(edtf).format(language) if edtf else None


def _offices(work: Work, language: Language) -> tuple[Office, ...]:
    """Whom to call from here, in the order of `WHOM_TO_CALL`, the near before the national; with contacts that may be
    printed.
    """
    known = [each for each in work.records.select(Institution) if serves(each.area_code, work.info.code)]
    wanted = [each for each in known if each.kind in set(WHOM_TO_CALL) and contacts_to_print(each)]
    wanted.sort(key=lambda each: (WHOM_TO_CALL.index(InstitutionKind(each.kind or "")), -len(each.area_code or "")))
    return tuple(
        Office(each.name or "", in_order_to_call(contacts_to_print(each)), _checked(each, language)) for each in wanted
    )


def _checked(office: Institution, language: Language) -> str:
    day = day_words(office.confirmed_on, language)
    if day is None:
        return t("records.unconfirmed", language=language)
    return t("records.confirmed_on", language=language, day=day)


def _to_copy(journey: Journey, documents: Iterable[Document]) -> list[DocumentKind]:
    """What to copy, and what else is recorded for this journey."""
    usual = [kind for kind in TO_COPY if is_abroad(journey) or kind not in _ONLY_ABROAD]
    recorded = [DocumentKind(each.kind) for each in documents if each.kind and each.journey_id in {None, journey.id}]
    return list(dict.fromkeys([*usual, *(kind for kind in recorded if kind is not DocumentKind.OTHER)]))


class _Words:
    """Records in the words of one language."""

    def __init__(self, work: Work, language: Language) -> None:
        self.work, self.language = work, language

    def label(self, group: str, value: str | None) -> str:
        return label(group, value, self.language)

    def say(self, key: str, **params: str | int) -> str:
        return t(f"papers.{key}", language=self.language, **params)

    def day(self, edtf: str | None) -> str | None:
        return day_words(edtf, self.language)

    def volunteer(self, volunteer_id: str | None) -> Volunteer | None:
        table = RECORD_TABLES["volunteer"]
        found = self.work.records.select(Volunteer, table.c.id == volunteer_id) if volunteer_id else []
        return found[0] if found else None

    def rule(self, contact: SafeContact) -> ContactRule:
        return ContactRule(
            do_not_contact=bool(contact.do_not_contact),
            way=self.label("contact_way", contact.way),
            number=contact.number,
            through=contact.through,
            hours=contact.hours,
            code_word=contact.code_word,
            never_tell=contact.never_tell,
        )

    def identity(self, person: Person, *, banned: bool) -> CardIdentity:
        how = self.label("nik_status", person.nik_status)
        return CardIdentity(
            name=person.name,
            aliases=", ".join(name for name, there in person.aliases.items() if there),
            nik=f"{person.nik} ({how})" if person.nik and how else person.nik or how,
            kk_number=person.kk_number,
            birth=_joined(person.birth_place, self.day(person.birth_date)),
            sex=self.label("sex", person.sex),
            address=person.address,
            phones=None if banned else phone_words(person.phones),
            household_role=self.label("household_role", person.household_role),
            marital_status=self.label("marital", person.marital_status),
            residency=self.label("residency", person.residency),
            nationality=person.nationality,
            religion=person.religion,
            education=person.education,
            occupation=person.occupation,
            trainings=_listed(person.trainings),
            skills=_listed(person.skills),
            languages=_listed(person.languages),
            guardian=_joined(person.guardian_name, None if banned else person.guardian_address),
        )

    def kin(self, relative: Relative, *, banned: bool) -> Kin:
        born = self.day(relative.birth_date)
        knows = relative.knows_of_journey
        about = [
            self.say("kin.born", day=born) if born else None,
            self.say("kin.together") if relative.lives_together else None,
            self.say("kin.depends") if relative.depends_on_person else None,
            None if knows is None else self.say("kin.knows" if knows else "kin.unaware"),
            relative.remark,
        ]
        phone = "" if banned else relative.phone or ""
        return Kin(relative.name or "", self.label("relation", relative.relation), phone, _joined(*about) or "")

    def place(self, journey: Journey) -> str | None:
        return _joined(journey.destination_place, country_words(journey.destination_country, self.language))

    def job(self, journey: Journey) -> str | None:
        return _joined(self.label("sector", journey.sector), journey.work)

    def recruiter(self, journey: Journey) -> str | None:
        """Who recruited, by the link and as told; of a linked one whether the licence was checked."""
        told = _with(journey.recruiter_name, journey.recruiter_phone)
        if not journey.recruiter_id:
            return told
        found = self.work.records.get(Recruiter, journey.recruiter_id)
        known = _with(found.name, _joined(found.company, "; ".join(found.phones)))
        return "; ".join(part for part in (known, told if told != known else None) if part)

    def journey(self, journey: Journey) -> CardJourney:
        now = standing(journey, check_ins_of(self.work, journey.id), date.fromisoformat(self.work.today))
        heard = PartialDate.of(now.last_heard_on).format(self.language) if now.last_heard_on else None
        return CardJourney(
            stage=self.label("stage", journey.stage),
            destination=self.place(journey),
            route=_joined(*(place for _, place in sorted(journey.transits.items()))),
            companions=journey.companions,
            departure=self.day(journey.departure_on),
            expected_return=self.day(journey.expected_return_on),
            returned=self.day(journey.returned_on),
            postponed=self.day(journey.postponed_until) if journey.stage == Stage.POSTPONED else None,
            work=self.job(journey),
            employer=journey.employer,
            employer_contact=_joined(journey.employer_address, journey.employer_phone),
            agency=journey.agency,
            recruiter=self.recruiter(journey),
            wage=journey.promised_wage,
            terms=journey.promised_terms,
            costs=journey.costs,
            debts=_with(journey.debts, journey.debt_to),
            motive=journey.motive,
            visa=self.label("visa_kind", journey.visa_kind),
            contract=self.label("contract_kind", journey.contract_kind),
            papers_held_by=self.label("holder", journey.papers_held_by),
            procedural=self.label("procedural", journey.procedural),
            rhythm=self.say("every", days=every_days(journey)) if journey.stage == Stage.DEPARTED else None,
            last_heard=_joined(heard, now.last_place),
        )

    def in_a_line(self, journey: Journey) -> str:
        period = "–".join(day for day in map(self.day, (journey.departure_on, journey.returned_on)) if day)
        where = self.place(journey) or self.say("somewhere")
        return _joined(period, where, self.job(journey), self.label("stage", journey.stage)) or where

    def paper(self, document: Document) -> Paper:
        issued, until = self.day(document.issued_on), self.day(document.valid_until)
        checker = self.volunteer(document.checked_by)
        details = [
            document.number,
            document.issuer,
            self.say("paper.issued", day=issued) if issued else None,
            self.say("paper.until", day=until) if until else None,
            document.remark,
        ]
        checked = [document.checked_against, self.day(document.checked_on), checker.name if checker else None]
        return Paper(
            self.label("document_kind", document.kind),
            _joined(*details) or "",
            self.label("seen", document.seen),
            _joined(*checked) or "",
            self.label("found", document.found or "unchecked"),
        )

    def told(self, person: Person, journey: Journey) -> Told:
        return Told(
            name=person.name,
            destination=self.place(journey),
            work=self.job(journey),
            employer=journey.employer,
            employer_contact=_joined(journey.employer_address, journey.employer_phone),
            agency=journey.agency,
            recruiter=_with(journey.recruiter_name, journey.recruiter_phone) or self.recruiter(journey),
            departure=self.day(journey.departure_on),
            expected_return=self.day(journey.expected_return_on),
        )


def _joined(*parts: str | None) -> str | None:
    return ", ".join(part for part in parts if part) or None


def _with(text: str | None, more: str | None) -> str | None:
    """A text with more about it in brackets."""
    return f"{text} ({more})" if text and more else text or more


def _listed(elements: Mapping[str, Any]) -> str | None:
    """Elements with what is known of them."""
    said = (f"{name} ({more})" if more and more != NO_OWNER else name for name, more in elements.items())
    return ", ".join(said) or None
