# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of handing over a person to a service ('berita acara serah terima'), from a referral.

In the order that such records have: the day and the place in words, who hands over to whom, the person, papers and
belongings, the condition, the purpose, signatures with witnesses. What is known only at the door is a line to write
on. It is printed as the referral is: only while the person agrees to be referred there, or a named duty stands in.
"""

from __future__ import annotations

from trafficwatch.casework.papers_report import WRITE
from trafficwatch.casework.papers_shared import Subject, live, nobody, subject
from trafficwatch.casework.referrals import ReferralNotAgreed
from trafficwatch.models.case_papers import CaseForm, Fixed, Items, Line, Lines, Prose, Section, Signature
from trafficwatch.models.casework import ConsentScope, Handover, Referral
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.day_words import in_words
from trafficwatch.models.forms import FormKind, Letterhead
from trafficwatch.models.institution import Institution, contacts_to_print
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t

_CONDITION = ("body", "mind", "social", "spiritual", "family")
_PRINTED = {"body": "bio", "mind": "psycho"}
"""What the referral's letter calls them."""


def handover_form(work: Work, referral_id: str, language: Language) -> CaseForm:
    """The record of handing over for one referral; raises ReferralNotAgreed, CaseKeyNeeded, TrainingNeeded or
    RecordUnknown.
    """
    referral = live(work, Referral, referral_id)
    to = referral.institution_id
    of = subject(work, referral.person_id or "", FormKind.HANDOVER, language, to)
    if referral.handover == Handover.WITHDRAWN or not of.agreement.allows(ConsentScope.REFERRAL, to):
        raise ReferralNotAgreed
    return _handover(of, of.shown(referral))


def blank_handover(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _handover(nobody(FormKind.HANDOVER, language, letterhead), Referral(id=""))


def _say(of: Subject, key: str, **params: str | int) -> str:
    return t(f"case_forms_after.{key}", language=of.language, **params)


def _handover(of: Subject, referral: Referral) -> CaseForm:
    to = of.linked(Institution, referral.institution_id)
    giver = of.volunteer(referral.referred_by)
    condition = tuple(
        Line(
            t(f"forms.condition.{_PRINTED.get(name, name)}", language=of.language),
            getattr(referral, f"condition_{name}"),
            rows=2,
        )
        for name in _CONDITION
    )
    services = of.words("service", referral.services)
    purpose = (Prose(referral.purpose, rows=3), Lines((Line(_say(of, "handover.services"), services),)))
    return CaseForm(
        of.head,
        _say(of, "handover.title"),
        of.contact,
        (
            Section(_say(of, "handover.first"), (Lines(_first(of, giver.name, giver.phone, of.role(giver))),)),
            Section(_say(of, "handover.second"), (Lines(_second(of, to)),)),
            Section(
                _say(of, "handover.person"),
                (of.identity(),),
                _say(of, "handover.person_hint"),
            ),
            Section(_say(of, "handover.things"), (_things(of, referral),), _say(of, "handover.things_hint")),
            Section(_say(of, "handover.condition"), (Lines(condition),), _say(of, "handover.condition_hint")),
            Section(_say(of, "handover.purpose"), purpose),
            Section(_say(of, "handover.closing"), (Fixed((_say(of, "handover.closing_words"),)),)),
        ),
        notices=of.by_duty(ConsentScope.REFERRAL),
        text=_opening(of, referral),
        signatures=(
            Signature(_say(of, "handover.sign.first"), giver.name, of.role(giver)),
            Signature(_say(of, "handover.sign.second"), None, ""),
            Signature(_say(of, "handover.sign.person"), of.person.name, thumb=True),
            Signature(_say(of, "handover.sign.witness", number=1), referral.companion, ""),
            Signature(_say(of, "handover.sign.witness", number=2), None, ""),
        ),
        notes=(_say(of, "handover.note"),),
    )


def _opening(of: Subject, referral: Referral) -> str:
    """The day in words where it is known to the day; the place is written at the door."""
    day = PartialDate.from_edtf(referral.handed_over_on or "")
    first = day.earliest()
    is_known = first is not None and first == day.latest() and not day.about
    words = in_words(first, of.language) if is_known and first else WRITE
    return _say(of, "handover.opening", day=words, place=WRITE)


def _first(of: Subject, name: str | None, phone: str | None, role: str) -> tuple[Line, ...]:
    office = of.head.letterhead.unit if of.head.letterhead else None
    return _party(of, name, role, office, phone)


def _second(of: Subject, to: Institution) -> tuple[Line, ...]:
    return _party(of, None, None, to.name, ", ".join(contacts_to_print(to)))


def _party(of: Subject, name: str | None, role: str | None, office: str | None, phone: str | None) -> tuple[Line, ...]:
    """Name, position, office, telephone: what is not known yet is a line to write on."""
    blank = None if of.is_blank else WRITE
    found = (("name", name, False), ("role", role, True), ("phone", phone, True), ("office", office, False))
    return tuple(
        Line(_say(of, f"handover.party.{key}"), value or (None if key == "phone" else blank), half=half)
        for key, value, half in found
    )


def _things(of: Subject, referral: Referral) -> Items:
    """Papers and belongings that go along, and lines for what is seen to be handed over."""
    known = tuple(line.strip() for line in (referral.attachments or "").splitlines() if line.strip())
    return Items(() if of.is_blank else (*known, WRITE, WRITE), rows=5)
