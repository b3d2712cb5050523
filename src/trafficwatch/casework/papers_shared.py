# SPDX-License-Identifier: GPL-3.0-or-later
"""What all builders of case papers share: `Subject`, the person whom a paper is about, with the records of the case.

A builder reads records through it alone: each comes without the fields that the person refused, and without those that
name somebody who did not agree to it (`store.agreeing.agreed`, `casework.unnamed`). The subject of a blank form is
nobody: every record is empty, so that one function lays out both, and what is missing becomes a line to write on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from trafficwatch.casework.guardians import NameKey
from trafficwatch.casework.referral_form import contact_of, identity_of, rule_of
from trafficwatch.casework.unnamed import unnamed, without_names
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.case_papers import Line, Lines, Notice
from trafficwatch.models.casework import CaseRecord, ConsentScope
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Record
from trafficwatch.models.forms import ContactRule, FormHead, FormKind, Letterhead, code_of, lines
from trafficwatch.models.letterhead import letterhead_of
from trafficwatch.models.people import Person
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.agreeing import agreed, agreement_of
from trafficwatch.store.records import RecordUnknown, type_of
from trafficwatch.store.training import require_reading
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, catalogue, t
from trafficwatch.texts.labels import label

T = TypeVar("T", bound=Record)
_HALF = frozenset(
    {"nationality", "phone", "education", "religion", "occupation", "marital_status", "siblings"}
    | {"guardian_nationality", "guardian_occupation", "relation_to_reported"}
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a paper is about, in which language and for which recipient: the id of an institution, or `ppt`. Without one
    no duty opens anything. `work` is None for a blank form.
    """

    head: FormHead
    person: Person = field(default_factory=lambda: Person(id=""))
    contact: ContactRule = field(default_factory=ContactRule)
    agreement: Agreement = field(default_factory=Agreement)
    recipient: str | None = None
    work: Work | None = None
    unnamed: frozenset[NameKey] = frozenset()

    @property
    def language(self) -> Language:
        return self.head.language

    @property
    def is_blank(self) -> bool:
        return self.work is None

    def all(self, cls: type[T], day: str = "") -> list[T]:
        """The person's records of a type but the deleted ones, in the order of writing, or of the date field `day`."""
        if self.work is None:
            return []
        table = RECORD_TABLES[type_of(cls).name]
        found = [self.shown(each) for each in self.work.records.select(cls, table.c.person_id == self.person.id)]
        return sorted(found, key=lambda each: getattr(each, day) or "") if day else found

    def latest(self, cls: type[T], day: str = "") -> T:
        """The last of them; an empty record where there is none."""
        found = self.all(cls, day)
        return found[-1] if found else cls(id="")

    def linked(self, cls: type[T], record_id: str | None) -> T:
        """The record that a link names, which is nobody's own: an institution, a volunteer. Empty without one."""
        return self.work.records.get(cls, record_id) if self.work and record_id else cls(id="")

    def shown(self, found: T) -> T:
        """The record as it may be printed."""
        return without_names(agreed(found, self.agreement, self.recipient), self.unnamed)

    def first(self, *fields: tuple[Record, str]) -> str | None:
        """The first of these fields that holds something; where one of them was refused none stands in for it."""
        kept_back = self.agreement.refused_for(self.recipient)
        if any(f"{type_of(type(found)).name}.{name}" in kept_back for found, name in fields):
            return None
        return next((value for found, name in fields if (value := getattr(found, name))), None)

    def recruiter(self, recruiter_id: str | None, name: str) -> str | None:
        """The name of a recruiter whom the village knows, unless the field `name`, for which it stands, was refused."""
        return None if name in self.agreement.refused_for(self.recipient) else self.linked(Recruiter, recruiter_id).name

    def by_duty(self, scope: ConsentScope) -> tuple[Notice, ...]:
        """What says that a paper goes to its recipient under a duty, where the person did not agree."""
        duty = None if self.agreement.agrees(scope, self.recipient) else self.agreement.duty(self.recipient)
        text = self.word("duty", duty)
        return (Notice(t("case_forms.by_duty", language=self.language), text),) if text else ()

    # Words

    def word(self, group: str, value: str | None) -> str | None:
        return label(group, value, self.language) or None

    def words(self, group: str, chosen: Mapping[str, Any], order: Iterable[str] = ()) -> str | None:
        """The words of the elements of a map that are on, in one line; in this order, if one is given."""
        return ", ".join(label(group, name, self.language) for name in order or chosen if chosen.get(name)) or None

    def day(self, edtf: str | None) -> str | None:
        return PartialDate.from_edtf(edtf).format(self.language) if edtf else None

    def volunteer(self, volunteer_id: str | None) -> Volunteer:
        return self.linked(Volunteer, volunteer_id)

    @property
    def at_work(self) -> Volunteer:
        """Who prints the paper."""
        return self.volunteer(self.work.volunteer if self.work else None)

    def role(self, volunteer: Volunteer) -> str:
        """What a volunteer is, '' where nobody said: a signature then has a line for it."""
        return label("category", volunteer.category, self.language)

    def country(self, code: str | None) -> str | None:
        return (t(f"countries.{code}", language=self.language) if code in catalogue("countries") else code) or None

    @property
    def age(self) -> str | None:
        """Years today, where the birth date is known well enough."""
        if self.work is None:
            return None
        years = PartialDate.from_edtf(self.person.birth_date or "").age_on(date.fromisoformat(self.work.today))
        return None if years is None else t("case_forms.years", language=self.language, years=years)

    def identity(self) -> Lines:
        """The eighteen numbered lines of a district's intake form."""
        return Lines(
            tuple(
                Line(t(f"forms.identity.{name}", language=self.language), value, half=name in _HALF)
                for name, value in lines(identity_of(self.person, self.language))
            ),
            numbered=True,
        )


def subject(work: Work, person_id: str, kind: FormKind, language: Language, recipient: str | None = None) -> Subject:
    """Whom a paper is about, as consent lets it be printed: code of the case, safe contact, identity.

    Raises CaseKeyNeeded, TrainingNeeded, or RecordUnknown, also for somebody who was deleted.
    """
    require_reading(work)
    person = live(work, Person, person_id)
    agreement = agreement_of(work, person_id)
    cases = work.records.select(CaseRecord, RECORD_TABLES["case_record"].c.person_id == person_id)
    contact = contact_of(work, person_id, agreement)
    person = agreed(person, agreement, recipient)
    if contact and contact.do_not_contact:
        person = replace(person, phones={})
    code = agreed(cases[-1], agreement, recipient).code if cases else None
    return Subject(
        paper_head(work, kind, code or code_of(person_id), language),
        person,
        rule_of(contact, language) if contact else ContactRule(),
        agreement,
        recipient,
        work,
        unnamed(work, person_id),
    )


def nobody(kind: FormKind, language: Language, letterhead: Letterhead | None = None) -> Subject:
    """Of whom a blank form is."""
    return Subject(FormHead(kind, "", language, letterhead))


def paper_head(work: Work, kind: FormKind, code: str, language: Language) -> FormHead:
    """The head of a paper that is printed now, under the desk's own place."""
    printed = datetime.fromisoformat(work.now).astimezone()
    return FormHead(kind, code, language, letterhead_of(work.info), practice=work.info.practice, printed_at=printed)


def live(work: Work, cls: type[T], record_id: str) -> T:
    """A record that was not deleted; raises RecordUnknown."""
    found = work.records.get(cls, record_id)
    if found.deleted is not None:
        raise RecordUnknown(type=type_of(cls).name)
    return found
