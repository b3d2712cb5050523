# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy of the own data for the person: everything that is held about that person, in plain words.

It goes through every declared record type, so that a new one is never forgotten: each record a table of its fields, in
the parts by which they leave or stay. Then who received what when, and how long it is kept. Refusals do not count here:
it is the person's own. Left out is what would tell who somebody else is, unless that somebody agreed, what a volunteer
noted for the desk alone, and what must not be read at home. It begins with what to think of before it is taken there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import select, tuple_

from trafficwatch.casework.papers_fields import Worded
from trafficwatch.casework.papers_shared import Subject, nobody, subject
from trafficwatch.casework.retention import kept_of
from trafficwatch.casework.unnamed import without_names
from trafficwatch.models.agreement import Agreement, agreement_on
from trafficwatch.models.care import ConflictOfInterest, Disclosure
from trafficwatch.models.case_papers import CaseForm, Fixed, Line, Lines, Section, Signature, Table, Ticks
from trafficwatch.models.casework import ConsentScope, Handover, Referral
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Leaving, Record
from trafficwatch.models.forms import FormKind, Letterhead
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.reporting import AuthorityReport
from trafficwatch.models.tables import local
from trafficwatch.store import belonging
from trafficwatch.store.agreeing import agreed, consents_of, disclosures_of
from trafficwatch.store.erasure import is_erased
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t
from trafficwatch.texts.exchange import type_words

PRIVATE = frozenset({"person.private_note", "screening.note", "sign_note.words"})
"""What a volunteer noted for the desk alone."""
OTHERS = frozenset(
    {
        *(f"perpetrator.{name}" for name in ("name", "known_as", "sex", "age", "address", "phone", "occupation")),
        *("perpetrator.relation", "perpetrator.recruiter_id", "perpetrator.standing_source"),
        *("relative.phone", "relative.birth_date", "account.told_to"),
        *("evidence_item.obtained_from", "custody.from_whom", "custody.to_whom"),
        *(f"conflict_of_interest.{name}" for name in ("volunteer_id", "conflict", "words", "handed_to")),
    }
)
"""What would tell who somebody else is. Fields with a flag of their own (`Field.needs`) go by that flag."""
AT_HOME = frozenset({"safe_contact.code_word", "safe_contact.never_tell"})
"""What harms if somebody else reads the copy: the agreed word, and from whom it is kept."""
_NOT_OWN = frozenset({"person_pair"})
_LINKS = frozenset({"person_id", "case_id", "deleted"})
_RIGHTS = ("correct", "erase", "withdraw", "ask")
_HOME = ("who", "leave", "tear")
_AT_ONCE = 400

_Key = tuple[str, str]


def own_data_form(work: Work, person_id: str, language: Language, asked: Mapping[str, str] | None = None) -> CaseForm:
    """Everything about one person; `asked` has the wording of screening questions by their code.

    Raises CaseKeyNeeded, TrainingNeeded or RecordUnknown.
    """
    of = subject(work, person_id, FormKind.OWN_DATA, language)
    worded = Worded(work, language, asked or {})
    known = _known(work, person_id)
    parts = {leaving: tuple(_tables(of, worded, known, leaving)) for leaving in Leaving}
    by = of.at_work
    return CaseForm(
        of.head,
        _say(of, "own.title"),
        replace(of.contact, code_word=None, never_tell=None),
        (
            Section(_say(of, "own.home"), (Fixed(tuple(_say(of, f"own.home.{name}") for name in _HOME)),)),
            *(Section(_say(of, f"own.part.{leaving}"), parts[leaving]) for leaving in Leaving if parts[leaving]),
            Section(_say(of, "own.received"), (_received(of, known),)),
            Section(_say(of, "own.kept"), (Lines(tuple(_kept(of))),)),
            Section(_say(of, "own.rights"), (Fixed(tuple(_say(of, f"own.right.{name}") for name in _RIGHTS)),)),
        ),
        text=_say(of, "own.opening"),
        signatures=(
            Signature(_say(of, "own.sign.person"), of.person.name, thumb=True),
            Signature(_say(of, "own.sign.giver"), by.name, of.role(by)),
        ),
        notes=(_say(of, "own.left_out"),),
    )


def blank_own_data(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    """The request for it, by hand."""
    of = nobody(FormKind.OWN_DATA, language, letterhead)
    wanted = tuple((_say(of, f"own.wanted.{name}"), False) for name in ("copy", "received", "correct", "erase"))
    who = (Line(_say(of, "name")), Line(_say(of, "own.guardian")), Line(_say(of, "own.reach")))
    return CaseForm(
        of.head,
        _say(of, "own.request"),
        of.contact,
        (
            Section(_say(of, "own.wanted"), (Ticks(wanted, columns=1), Lines((Line(_say(of, "own.about"), rows=4),)))),
            Section(_say(of, "own.answer"), (Lines((Line(_say(of, "own.done"), rows=3),)),)),
            Section(_say(of, "own.home"), (Fixed(tuple(_say(of, f"own.home.{name}") for name in _HOME)),)),
        ),
        about=who,
        signatures=(
            Signature(_say(of, "own.sign.person"), thumb=True),
            Signature(_say(of, "own.sign.giver"), role=""),
        ),
    )


def _say(of: Subject, key: str, **params: str | int) -> str:
    return t(f"case_forms_after.{key}", language=of.language, **params)


def _known(work: Work, person_id: str) -> list[_Key]:
    """Everything that is held about a person, in the trash as well."""
    group = belonging.group(work.connection, "person", person_id)
    return [key for key in group if not is_erased(work.connection, *key)]


# -- what is held ------------------------------------------------------------------------------------------------------


def _tables(of: Subject, worded: Worded, known: list[_Key], leaving: Leaving) -> Iterator[Table]:
    """A table for each record of the types that leave so: what it is, and its fields."""
    if of.work is None:
        return
    numbers: Counter[str] = Counter()
    for type_name, record_type in RECORD_TYPES.items():
        ids = [record_id for name, record_id in known if name == type_name]
        if record_type.leaving is not leaving or type_name in _NOT_OWN:
            continue
        for record_id in ids:
            numbers[type_name] += 1
            found: Record = of.work.records.get(record_type.cls, record_id)
            title = type_words(type_name, worded.language)
            title = f"{title} {numbers[type_name]}" if len(ids) > 1 else title
            shown = without_names(agreed(found, Agreement()), of.unnamed)
            rows = (*_rows(worded, type_name, shown), *_tie(worded, found))
            if found.deleted is not None:
                in_trash = t("case_forms_after.own.deleted", language=worded.language)
                rows += ((worded.name(type_name, "deleted"), in_trash),)
            yield Table((title, ""), (1, 2), rows)


def _rows(worded: Worded, type_name: str, found: Record) -> Iterator[tuple[str, str]]:
    for name in RECORD_TYPES[type_name].fields:
        if name in _LINKS or f"{type_name}.{name}" in PRIVATE | OTHERS | AT_HOME:
            continue
        if value := worded.value(type_name, name, getattr(found, name)):
            yield worded.name(type_name, name), value


def _tie(worded: Worded, found: Record) -> Iterator[tuple[str, str]]:
    """Of a volunteer's tie only that there is one, and whether somebody takes over."""
    if isinstance(found, ConflictOfInterest):
        state = "arranged" if found.handed_to else "there"
        said = t(f"case_forms_after.own.tie.{state}", language=worded.language)
        yield worded.name("conflict_of_interest", "conflict"), said


# -- who received it ---------------------------------------------------------------------------------------------------


def received(work: Work, person_id: str, language: Language) -> tuple[tuple[str, str, str, str], ...]:
    """Who received what about a person: day (EDTF), to whom, what, on which ground; the latest first."""
    of = subject(work, person_id, FormKind.OWN_DATA, language)
    return tuple(_goings(of, _known(work, person_id)))


def _received(of: Subject, known: list[_Key]) -> Table | Fixed:
    heads = tuple(_say(of, f"own.received.{name}") for name in ("day", "to", "what", "ground"))
    rows = tuple((of.day(day) or "", *rest) for day, *rest in _goings(of, known))
    return Table(heads, (2, 3, 4, 3), rows) if rows else Fixed((_say(of, "own.received.nobody"),))


def _goings(of: Subject, known: list[_Key]) -> Iterator[tuple[str, str, str, str]]:
    found = [*_bundles(of, known), *_by_hand(of)]
    yield from sorted(found, key=lambda each: each[0], reverse=True)


def _bundles(of: Subject, known: list[_Key]) -> Iterator[tuple[str, str, str, str]]:
    """What went in bundles, each bundle with its records of this person by type."""
    if of.work is None:
        return
    sent, made, peer = local.delivery, local.bundle_out, local.peer
    went: dict[str, tuple[str, str, str | None, Counter[str]]] = {}
    for start in range(0, len(known), _AT_ONCE):
        query = (
            select(sent.c.type, sent.c.recipient, made.c.bundle, made.c.created_at, made.c.received_at, peer.c.name)
            .join(made, made.c.bundle == sent.c.bundle)
            .outerjoin(peer, peer.c.device == sent.c.recipient)
            .where(tuple_(sent.c.type, sent.c.id).in_(known[start : start + _AT_ONCE]))
        )
        for row in of.work.connection.execute(query):
            first = (row.created_at[:10], row.name or row.recipient, row.received_at, Counter[str]())
            went.setdefault(row.bundle, first)[3][row.type] += 1
    for day, name, confirmed, types in went.values():
        what = ", ".join(f"{type_words(each, of.language)} ({count})" for each, count in sorted(types.items()))
        state = "confirmed" if confirmed else "sent"
        yield day, name, what, _say(of, f"own.ground.{state}", day=of.day((confirmed or day)[:10]) or "")


def _by_hand(of: Subject) -> Iterator[tuple[str, str, str, str]]:
    """What was handed over, reported, or shared under a duty."""
    whole = replace(of, agreement=Agreement())
    worded = Worded(of.work, of.language)

    def name(institution_id: str | None) -> str:
        return worded.value("referral", "institution_id", institution_id) or ""

    for referral in whole.all(Referral):
        if referral.handed_over_on or referral.handover == Handover.HANDED_OVER:
            day = referral.handed_over_on or referral.referred_on or ""
            yield day, name(referral.institution_id), type_words("referral", of.language), _ground(of, referral, day)
    for report in whole.all(AuthorityReport):
        ground = _say(of, "own.ground.report")
        yield report.reported_on or "", name(report.institution_id), type_words("authority_report", of.language), ground
    for each in whole.all(Disclosure):
        to = worded.value("disclosure", "recipients", each.recipients) or ""
        what = each.reason or ""
        yield each.disclosed_on or "", to, what, of.word("duty", each.duty) or ""


def _ground(of: Subject, referral: Referral, day: str) -> str:
    """What held on the day of handing over: the person's consent to this institution, or a duty; else nothing but that
    it was a referral. What ended on that very day is not taken to have held.
    """
    last = PartialDate.from_edtf(day).latest() if day else None
    if of.work is None or last is None:
        return type_words("referral", of.language)
    then = last.isoformat()
    consents = [
        replace(each, withdrawn_on=None) if _is_later(each.withdrawn_on, then) else each
        for each in consents_of(of.work, of.person.id)
    ]
    duties = [
        replace(each, ended_on=None) if _is_later(each.ended_on, then) else each
        for each in disclosures_of(of.work, of.person.id)
    ]
    held, to = agreement_on(consents, then, duties), referral.institution_id
    if held.agrees(ConsentScope.REFERRAL, to):
        return _say(of, "own.ground.consent")
    return of.word("duty", held.duty(to)) or type_words("referral", of.language)


def _is_later(ended: str | None, day: str) -> bool:
    first = PartialDate.from_edtf(ended).earliest() if ended else None
    return first is not None and first.isoformat() > day


def _kept(of: Subject) -> Iterator[Line]:
    """Until when the card and every case are kept."""
    if of.work is None:
        return
    for each in kept_of(of.work, of.person.id):
        what = f"{type_words(each.type, of.language)} {each.code}".strip()
        yield Line(what, _say(of, f"kept.{each.clock}", day=of.day(each.until) or _say(of, "kept.no_day")))
