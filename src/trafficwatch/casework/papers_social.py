# SPDX-License-Identifier: GPL-3.0-or-later
"""The social data sheet that goes with a referral: what an institution asks about a person's life, told only once.

Order as in the census form and the psychosocial report of social workers: identity, family, living, then family,
skills, health, mind, neighbours, economy, legal state, strengths. It leaves with the referral, so it needs the same
consent, or the same duty.
"""

from __future__ import annotations

from collections.abc import Mapping

from trafficwatch.casework.papers_shared import Subject, live, nobody, subject
from trafficwatch.casework.referrals import ReferralNotAgreed
from trafficwatch.models.care import Account, NeedsAssessment
from trafficwatch.models.case_papers import CaseForm, Line, Lines, Scale, Section, Signature, Table
from trafficwatch.models.casework import ConsentScope, Handover, Referral
from trafficwatch.models.forms import FormKind, Letterhead
from trafficwatch.models.institution import Institution
from trafficwatch.models.people import Relative
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t

_LIVING = ("food", "clothes", "house", "health", "money")


def social_data_form(work: Work, referral_id: str, language: Language) -> CaseForm:
    """The sheet that goes with one referral; raises ReferralNotAgreed, CaseKeyNeeded, TrainingNeeded, RecordUnknown."""
    found = live(work, Referral, referral_id)
    to = found.institution_id
    of = subject(work, found.person_id or "", FormKind.SOCIAL_DATA, language, to)
    if found.handover == Handover.WITHDRAWN or not of.agreement.allows(ConsentScope.REFERRAL, to):
        raise ReferralNotAgreed
    return _social(of, of.shown(found))


def blank_social_data(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _social(nobody(FormKind.SOCIAL_DATA, language, letterhead), Referral(id=""))


def _social(of: Subject, referral: Referral) -> CaseForm:
    def say(key: str) -> str:
        return t(f"case_forms_intake.{key}", language=of.language)

    volunteer = of.volunteer(referral.referred_by)
    sections = [
        Section(say("section.person"), (_identity(of),), say("hint.person")),
        Section(say("section.family"), (_family(of),), say("hint.family")),
        Section(say("section.life"), (Lines(_life(of, referral)),), say("hint.life")),
    ]
    if of.is_blank:
        scale = Scale(tuple((say(f"living.{key}"), None) for key in _LIVING), say("living.low"), say("living.high"))
        sections.insert(2, Section(say("section.living"), (scale,), say("hint.living")))
    return CaseForm(
        of.head,
        say("social.title"),
        of.contact,
        tuple(sections),
        about=(
            Line(say("social.to"), of.linked(Institution, referral.institution_id).name),
            Line(say("day"), of.day(referral.referred_on), half=True),
            Line(say("social.from"), volunteer.name, half=True),
        ),
        notices=of.by_duty(ConsentScope.REFERRAL),
        signatures=(
            Signature(say("sign.person"), of.person.name, thumb=True),
            Signature(say("sign.writer"), volunteer.name, of.role(volunteer)),
        ),
        notes=(say("note.once"), t("forms.consent.note", language=of.language)),
    )


def _identity(of: Subject) -> Lines:
    """The lines of an intake, and the number of the family card beside the person's own."""
    name, nik, *others = of.identity().lines
    kk = Line(t("case_forms_intake.kk", language=of.language), of.person.kk_number)
    return Lines((name, nik, kk, *others), numbered=True)


def _family(of: Subject) -> Table:
    """Who belongs to the family, whom the person supports, and who is under the same roof."""

    def say(key: str) -> str:
        return t(f"case_forms_intake.family.{key}", language=of.language)

    def facts(each: Relative) -> str:
        said = ("together", each.lives_together), ("depends", each.depends_on_person)
        return ", ".join([*(say(key) for key, is_so in said if is_so), *([each.remark] if each.remark else [])])

    rows = tuple(
        (
            each.name or "",
            of.word("relation", each.relation) or "",
            of.day(each.birth_date) or "",
            each.phone or "",
            facts(each),
        )
        for each in of.all(Relative)
    )
    heads = tuple(say(key) for key in ("name", "relation", "born", "phone", "about"))
    return Table(heads, (4.2, 2.4, 2.5, 2.7, 5.2), rows, empty=6)


def _life(of: Subject, referral: Referral) -> tuple[Line, ...]:
    needs = of.latest(NeedsAssessment, "assessed_on")
    account = of.latest(Account, "told_on")
    person = of.person
    shown = (
        ("problem", referral.purpose),
        ("family", referral.condition_family),
        ("trainings", _with_words(person.trainings)),
        ("skills", _with_words(person.skills)),
        ("languages", _with_words(person.languages)),
        ("body", of.first((referral, "condition_body"), (needs, "body"))),
        ("mind", of.first((referral, "condition_mind"), (needs, "mind"))),
        ("social", of.first((referral, "condition_social"), (needs, "social"))),
        ("spiritual", referral.condition_spiritual),
        ("economic", needs.economic),
        ("legal", of.first((account, "legal_status"), (needs, "legal"))),
        ("safety", needs.safety),
        ("strengths", needs.strengths),
        ("wishes", of.first((referral, "needs_and_hopes"), (needs, "wishes"), (account, "wishes"))),
    )
    long = {"problem", "family", "body", "mind", "social", "wishes"}
    return tuple(
        Line(t(f"case_forms_intake.life.{key}", language=of.language), value, rows=2 if key in long else 1)
        for key, value in shown
    )


def _with_words(named: Mapping[str, str]) -> str | None:
    """`menjahit (2024), memasak`; '-' stands where nobody said how well or when."""
    said = (f"{name} ({words})" if words and words != "-" else name for name, words in named.items() if words)
    return ", ".join(said) or None
