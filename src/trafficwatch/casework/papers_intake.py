# SPDX-License-Identifier: GPL-3.0-or-later
"""The intake of a complaint and the identification of a case, in the order in which offices ask them.

Intake: who needs help, who is said to have done it, who reported (only who agreed to be named), what happened, the
condition in body, mind, among people and in spirit, needs and hopes. Identification: what happened where and when, what
the person hopes for and needs, who sent whom, and the block that is asked about trafficking alone.
"""

from __future__ import annotations

from trafficwatch.casework.papers_shared import Subject, nobody, subject
from trafficwatch.models.care import Account, CasePerson, Control, NeedArea, NeedsAssessment, Perpetrator, Role
from trafficwatch.models.case_papers import CaseForm, Items, Line, Lines, Part, Prose, Section, Signature, Ticks
from trafficwatch.models.casework import CaseRecord, Referral, Screening
from trafficwatch.models.directory import Service
from trafficwatch.models.forms import FormKind, Letterhead
from trafficwatch.models.migration import Journey
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t

_WAYS = ("direct", "message", "by_other", "referred")
_KINDS = ("physical", "psychic", "sexual", "exploitation", "trafficking", "neglect", "other")
_COURSE = ("before", "recruitment", "transit", "exploitation", "way_out")


def intake_form(work: Work, person_id: str, language: Language) -> CaseForm:
    """The intake of what a person told; raises CaseKeyNeeded, TrainingNeeded or RecordUnknown."""
    return _intake(subject(work, person_id, FormKind.INTAKE, language))


def blank_intake(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _intake(nobody(FormKind.INTAKE, language, letterhead))


def identification_form(work: Work, person_id: str, language: Language) -> CaseForm:
    """What is known for the identification of a person's case; raises as `intake_form`."""
    return _identification(subject(work, person_id, FormKind.IDENTIFICATION, language))


def blank_identification(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _identification(nobody(FormKind.IDENTIFICATION, language, letterhead))


def _say(of: Subject, key: str) -> str:
    return t(f"case_forms_intake.{key}", language=of.language)


def _intake(of: Subject) -> CaseForm:
    case = of.latest(CaseRecord, "opened_on")
    account = of.latest(Account, "told_on")
    needs = of.latest(NeedsAssessment, "assessed_on")
    referral = of.latest(Referral, "referred_on")
    condition = tuple(
        Line(t(f"forms.condition.{name}", language=of.language), value, rows=rows)
        for name, value, rows in (
            ("bio", referral.condition_body, 2),
            ("psycho", referral.condition_mind, 2),
            ("social", referral.condition_social, 1),
            ("spiritual", referral.condition_spiritual, 1),
        )
    )
    wanted = (
        Line(_say(of, "needed"), _needed(of, needs), rows=2),
        Line(
            _say(of, "hopes"), of.first((account, "wishes"), (needs, "wishes"), (referral, "needs_and_hopes")), rows=2
        ),
    )
    taker = of.volunteer(case.opened_by)
    return CaseForm(
        of.head,
        _say(of, "intake.title"),
        of.contact,
        (
            Section(_say(of, "section.person"), (of.identity(),), _say(of, "hint.person")),
            Section(_say(of, "section.reported"), _reported(of), _say(of, "hint.reported")),
            Section(_say(of, "section.reporter"), _reporter(of), _say(of, "hint.reporter")),
            Section(_say(of, "section.account"), _account(of, account), _say(of, "hint.account")),
            Section(_say(of, "section.condition"), (Lines(condition),), _say(of, "hint.condition")),
            Section(_say(of, "section.needs"), (Lines(wanted),), _say(of, "hint.needs")),
            Section(_say(of, "section.papers"), (Items(_papers(referral), rows=2),), _say(of, "hint.papers")),
        ),
        about=_received(of, case.opened_on, taker.name),
        signatures=(
            Signature(_say(of, "sign.person"), of.person.name, thumb=True),
            Signature(_say(of, "sign.taker"), taker.name, of.role(taker)),
        ),
        notes=(_say(of, "note.once"), t("forms.consent.note", language=of.language)),
    )


def _identification(of: Subject) -> CaseForm:
    screening = of.latest(Screening, "screened_on")
    account = of.latest(Account, "told_on")
    needs = of.latest(NeedsAssessment, "assessed_on")
    referral = of.latest(Referral, "referred_on")
    journey = of.latest(Journey, "departure_on")
    reader = of.volunteer(screening.screened_by)
    first = (
        Line(_say(of, "finding"), of.word("finding", screening.finding), half=True),
        Line(_say(of, "risk"), of.word("risk", screening.risk), half=True),
    )
    happened = (
        Line(_say(of, "form_of"), of.word("sector", of.first((account, "sector"), (journey, "sector")))),
        Line(_say(of, "place"), account.place),
        Line(_say(of, "time"), of.day(journey.departure_on)),
        Line(
            _say(of, "hopes"), of.first((account, "wishes"), (needs, "wishes"), (referral, "needs_and_hopes")), rows=2
        ),
        Line(_say(of, "services"), of.words("service", referral.services, Service)),
        Line(_say(of, "sent_by")),
    )
    came = Ticks(tuple((_say(of, f"came.{way}"), False) for way in ("alone", "with")), _say(of, "came"))
    trafficking = (
        Line(_say(of, "route"), _route(of, journey)),
        Line(_say(of, "transport")),
        Line(_say(of, "means"), of.words("control", account.controls, Control), rows=2),
        Line(_say(of, "recruited_by"), _recruiter(of, journey)),
        Line(_say(of, "exploited"), account.exploitation, rows=2),
        Line(_say(of, "violation"), account.legal_status),
        Line(_say(of, "criminalised")),
    )
    kinds = Ticks(tuple((_say(of, f"kind.{kind}"), False) for kind in _KINDS), _say(of, "kind"))
    known = Lines((Line(_say(of, "name"), of.person.name), *_age_and_sex(of), *(() if of.is_blank else first)))
    return CaseForm(
        of.head,
        _say(of, "identification.title"),
        of.contact,
        (
            Section(_say(of, "section.whose"), (known,)),
            Section(_say(of, "section.happened"), (kinds, Lines(happened), came)),
            Section(
                _say(of, "section.chronology"),
                (Prose(_chronology(of, referral, account), rows=7),),
                _say(of, "hint.account"),
            ),
            Section(_say(of, "section.trafficking"), (Lines(trafficking),), _say(of, "hint.trafficking")),
        ),
        about=_received(of, screening.screened_on, reader.name),
        signatures=(
            Signature(_say(of, "sign.person"), of.person.name, thumb=True),
            Signature(_say(of, "sign.identifier"), reader.name, of.role(reader)),
        ),
        notes=(_say(of, "note.true"), _say(of, "note.initial")),
    )


def _received(of: Subject, day: str | None, taker: str | None) -> tuple[Line, ...]:
    return (
        Line(_say(of, "day"), of.day(day), half=True),
        Line(_say(of, "taker"), taker, half=True),
    )


def _age_and_sex(of: Subject) -> tuple[Line, ...]:
    sex = t(f"records.sex.{of.person.sex}", language=of.language) if of.person.sex else None
    return (
        Line(t("forms.identity.sex", language=of.language), sex, half=True),
        Line(_say(of, "age"), of.age, half=True),
    )


def _reported(of: Subject) -> tuple[Part, ...]:
    """Each of those who are said to have done it, with how far the law has come beside the name."""
    found = of.all(Perpetrator) or [Perpetrator(id="")]
    return tuple(Lines(_about_reported(of, each), numbered=True) for each in found)


def _about_reported(of: Subject, each: Perpetrator) -> tuple[Line, ...]:
    name = each.name or each.known_as or of.recruiter(each.recruiter_id, "perpetrator.name")
    standing = of.word("standing", each.standing)
    alias = each.known_as if each.name else None
    shown = (
        ("name", f"{name} – {standing}" if name and standing else name or standing),
        ("known_as", alias),
        ("sex", each.sex),
        ("birth", None),
        ("age", each.age),
        ("address", each.address),
        ("nationality", None),
        ("phone", each.phone),
        ("religion", None),
        ("occupation", each.occupation),
        ("relation", each.relation),
        ("part", each.part),
    )
    full = {"name", "address", "part", "relation"}
    return tuple(Line(_say(of, f"reported.{key}"), value, half=key not in full) for key, value in shown)


def _reporter(of: Subject) -> tuple[Part, ...]:
    """How the complaint came in, and who reported; `Subject.all` leaves out who did not agree to be named."""
    ways = Ticks(tuple((_say(of, f"way.{way}"), False) for way in _WAYS), _say(of, "way"))
    found = [each for each in of.all(CasePerson) if each.role == Role.REPORTER] or [CasePerson(id="")]
    return (ways, *(Lines(_about_reporter(of, each), numbered=True) for each in found))


def _about_reporter(of: Subject, each: CasePerson) -> tuple[Line, ...]:
    return (
        Line(_say(of, "reporter.name"), each.name),
        Line(_say(of, "reporter.birth"), half=True),
        Line(_say(of, "reporter.phone"), each.phone, half=True),
        Line(_say(of, "reporter.address"), each.address),
        Line(_say(of, "reporter.occupation"), each.occupation, half=True),
        Line(_say(of, "reporter.relation"), each.relation, half=True),
        Line(_say(of, "reporter.relation_to_reported")),
    )


def _account(of: Subject, account: Account) -> tuple[Part, ...]:
    """The course of events: part by part where it is recorded, as one field to write in on a blank form."""
    if of.is_blank:
        return (Prose(rows=8),)
    asked = of.word("asked_by", account.asked_by)
    reason = ": ".join(part for part in (asked, account.asked_for) if part)
    head = (
        Line(_say(of, "told_on"), of.day(account.told_on), half=True),
        Line(_say(of, "told_to"), account.told_to, half=True),
        Line(_say(of, "asked_by"), reason or None),
        Line(_say(of, "place"), account.place, half=True),
        Line(_say(of, "form_of"), of.word("sector", account.sector), half=True),
        Line(_say(of, "means"), of.words("control", account.controls, Control)),
        Line(_say(of, "violation"), account.legal_status),
        Line(_say(of, "motive"), account.motive),
    )
    return (Lines(head), *(Prose(getattr(account, part), label=_say(of, f"course.{part}")) for part in _COURSE))


def _chronology(of: Subject, referral: Referral, account: Account) -> str | None:
    """As it was written for a referral, else the account; refused for the one it stands in neither."""
    told = (of.first((referral, "chronology"), (account, part)) for part in _COURSE)
    return "\n".join(dict.fromkeys(text for text in told if text)) or None


def _needed(of: Subject, needs: NeedsAssessment) -> str | None:
    """Where something is needed, and how urgent it is."""
    said = (
        f"{of.word('need_area', area)} ({of.word('urgency', urgency)})"
        for area in NeedArea
        if (urgency := needs.needs.get(area))
    )
    return ", ".join(said) or None


def _papers(referral: Referral) -> tuple[str, ...]:
    return tuple(line.strip() for line in (referral.attachments or "").splitlines())


def _route(of: Subject, journey: Journey) -> str | None:
    stops = [place for _, place in sorted(journey.transits.items()) if place]
    end = ", ".join(part for part in (journey.destination_place, of.country(journey.destination_country)) if part)
    return " – ".join([*stops, end] if end else stops) or None


def _recruiter(of: Subject, journey: Journey) -> str | None:
    name = journey.recruiter_name or of.recruiter(journey.recruiter_id, "journey.recruiter_name")
    return ", ".join(part for part in (name, journey.agency) if part) or None
