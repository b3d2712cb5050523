# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person agreed to and refused on one day, on paper: in words, and in pictures for who does not read.

Each scope for itself, what must not be passed on, to whom, until when, in which language it was explained and what was
said, the witness, the guardian, and the child's own view. A consent that was taken back says so.
"""

from __future__ import annotations

from trafficwatch.casework.papers_shared import Subject, live, nobody, subject
from trafficwatch.models.case_papers import (
    CaseForm,
    Decision,
    Decisions,
    Items,
    Line,
    Lines,
    Notice,
    Part,
    Picture,
    Section,
    Signature,
    Ticks,
)
from trafficwatch.models.casework import Consent, ConsentMethod, ConsentScope
from trafficwatch.models.casework import Decision as Said
from trafficwatch.models.forms import FormKind, Letterhead
from trafficwatch.models.institution import Institution
from trafficwatch.models.refusable import REFUSABLE
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t

PICTURES = {
    ConsentScope.SERVICE: Picture.TALK,
    ConsentScope.REFERRAL: Picture.HOSPITAL,
    ConsentScope.SHARE_CARD: Picture.CARD,
    ConsentScope.SHARE_CASE: Picture.FOLDER,
    ConsentScope.REPORT: Picture.BADGE,
    ConsentScope.DEIDENTIFIED_USE: Picture.HIDDEN,
}


def consent_form(work: Work, consent_id: str, language: Language) -> CaseForm:
    """One consent in words; raises CaseKeyNeeded, TrainingNeeded or RecordUnknown."""
    return _in_words(*_read(work, consent_id, FormKind.CONSENT, language))


def blank_consent(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _in_words(nobody(FormKind.CONSENT, language, letterhead), Consent(id=""))


def consent_pictures(work: Work, consent_id: str, language: Language) -> CaseForm:
    """One consent in pictures; raises as `consent_form`."""
    return _in_pictures(*_read(work, consent_id, FormKind.CONSENT_PICTURES, language))


def blank_consent_pictures(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _in_pictures(nobody(FormKind.CONSENT_PICTURES, language, letterhead), Consent(id=""))


def _read(work: Work, consent_id: str, kind: FormKind, language: Language) -> tuple[Subject, Consent]:
    found = live(work, Consent, consent_id)
    of = subject(work, found.person_id or "", kind, language)
    return of, of.shown(found)


def _say(of: Subject, key: str, **params: str | int) -> str:
    return t(f"case_forms_intake.{key}", language=of.language, **params)


def _in_words(of: Subject, consent: Consent) -> CaseForm:
    explained = (
        Line(_say(of, "consent.language"), consent.language, half=True),
        Line(_say(of, "consent.by"), half=True),
        Line(_say(of, "consent.explained"), consent.explained, rows=2),
    )
    until = (
        Line(_say(of, "consent.recipients"), _recipients(of, consent)),
        Line(_say(of, "consent.until"), of.day(consent.valid_until)),
    )
    methods = Ticks(
        tuple((of.word("consent_method", each) or "", each == consent.method) for each in ConsentMethod),
        t("forms.consent.how", language=of.language),
    )
    beside = (
        Line(_say(of, "consent.witness"), consent.witness),
        Line(_say(of, "consent.guardian"), _guardian(consent)),
        Line(_say(of, "consent.child_view"), consent.child_view, rows=2),
    )
    return CaseForm(
        of.head,
        _say(of, "consent.title"),
        of.contact,
        (
            Section(_say(of, "section.explained"), (Lines(explained),)),
            Section(_say(of, "section.decisions"), (_decisions(of, consent), Lines(until)), _say(of, "hint.decisions")),
            Section(_say(of, "section.refused"), (_refused(of, consent),), _say(of, "hint.refused")),
            Section(_say(of, "section.manner"), (methods, Lines(beside)), _say(of, "hint.manner")),
        ),
        about=_who(of, consent),
        notices=_withdrawn(of, consent),
        text=_say(of, "consent.words"),
        signatures=_signatures(of, consent),
        notes=(t("forms.consent.note", language=of.language),),
    )


def _in_pictures(of: Subject, consent: Consent) -> CaseForm:
    return CaseForm(
        of.head,
        _say(of, "consent.pictures_title"),
        of.contact,
        (Section(_say(of, "section.decisions"), (_decisions(of, consent, with_pictures=True),)),),
        about=_who(of, consent),
        notices=_withdrawn(of, consent),
        signatures=_signatures(of, consent),
        notes=(_say(of, "note.read_out"), t("forms.consent.note", language=of.language)),
    )


def _withdrawn(of: Subject, consent: Consent) -> tuple[Notice, ...]:
    day = of.day(consent.withdrawn_on)
    text = _say(of, "consent.withdrawn_on", day=day) if day else None
    return (Notice(_say(of, "consent.withdrawn"), text),)


def _who(of: Subject, consent: Consent) -> tuple[Line, ...]:
    return (
        Line(_say(of, "name"), of.person.name),
        Line(_say(of, "day"), of.day(consent.given_on), half=True),
        Line(_say(of, "age"), of.age, half=True),
    )


def _decisions(of: Subject, consent: Consent, *, with_pictures: bool = False) -> Decisions:
    rows = tuple(
        Decision(
            t(f"consent.ask.{scope}", language=of.language),
            _is_agreed(consent, scope),
            t(f"consent.ask_more.{scope}", language=of.language),
            PICTURES[scope] if with_pictures else None,
        )
        for scope in ConsentScope
    )
    return Decisions(rows, _say(of, "yes"), _say(of, "no"))


def _is_agreed(consent: Consent, scope: ConsentScope) -> bool | None:
    said = consent.scopes.get(scope)
    return None if said is None else said == Said.AGREED


def _refused(of: Subject, consent: Consent) -> Part:
    """What must not be passed on, in the groups of the consent page; anything else is counted."""
    refused = {name for name, is_refused in consent.refused_fields.items() if is_refused}
    touched = {group: not refused.isdisjoint(members) for group, members in REFUSABLE.items()}
    groups = [(t(f"consent.field.{group}", language=of.language), is_on) for group, is_on in touched.items()]
    if of.is_blank:
        return Ticks(tuple(groups), columns=3)
    others = len(refused.difference(*REFUSABLE.values()))
    more = [_say(of, "consent.also", count=others)] if others else []
    return Items((*(name for name, is_on in groups if is_on), *more))


def _recipients(of: Subject, consent: Consent) -> str | None:
    named = [of.linked(Institution, each).name or "" for each, is_named in consent.recipients.items() if is_named]
    return ", ".join(sorted(filter(None, named))) or None


def _guardian(consent: Consent) -> str | None:
    if consent.guardian and consent.guardian_relation:
        return f"{consent.guardian} ({consent.guardian_relation})"
    return consent.guardian or consent.guardian_relation


def _signatures(of: Subject, consent: Consent) -> tuple[Signature, ...]:
    return (
        Signature(_say(of, "sign.person"), of.person.name, thumb=True),
        Signature(_say(of, "sign.witness"), consent.witness),
        Signature(_say(of, "sign.guardian"), consent.guardian, thumb=True),
    )
