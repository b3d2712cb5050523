# SPDX-License-Identifier: GPL-3.0-or-later
"""A report or information to an office (P2/2024 art. 7, Lampiran II.E), and the page that its bearer takes along.

Both go in the order in which offices ask: who, what, when, where, evidence with its chain of custody. Who it is about
stands there only if the person agreed to be reported to this office, or a named duty does; else nothing that tells who
it is: no name, no safe contact, no journey, no relation to anybody, nothing of where a piece of evidence came from
or is kept. Whoever reports stays unnamed unless that was agreed, and so do others in the case.
"""

from __future__ import annotations

from collections.abc import Iterable

from trafficwatch.casework.papers_fields import each_line, lines
from trafficwatch.casework.papers_shared import Subject, live, nobody, subject
from trafficwatch.models.care import Account, CasePerson, Perpetrator
from trafficwatch.models.case_papers import CaseForm, Fixed, Line, Lines, Part, Prose, Section, Signature, Table
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.forms import ContactRule, FormKind, Letterhead
from trafficwatch.models.institution import Institution
from trafficwatch.models.migration import Journey
from trafficwatch.models.people import Person
from trafficwatch.models.reporting import AuthorityReport, Custody, EvidenceItem
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t

WRITE = "\u2026" * 24
"""A line to write on where the rest of the paper is filled."""
_IDENTITY = ("name", "nik", "birth", "sex", "address", "nationality", "phone", "occupation")
"""What a police desk asks of the eighteen lines."""
_COURSE = ("recruitment", "transit", "exploitation", "way_out")
_BRING = ("identity", "account", "evidence", "witnesses", "companion")
_RIGHTS = ("free", "read", "receipt", "progress", "services", "restitution")
_RECEIPT = ("unit", "officer", "lp_number", "receipt_number", "investigator", "next_on")


def authority_report_form(work: Work, report_id: str, language: Language) -> CaseForm:
    """One report as a paper; raises CaseKeyNeeded, TrainingNeeded or RecordUnknown."""
    return _report(*_read(work, report_id, FormKind.AUTHORITY_REPORT, language))


def blank_authority_report(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _report(nobody(FormKind.AUTHORITY_REPORT, language, letterhead), AuthorityReport(id=""))


def report_summary_form(work: Work, report_id: str, language: Language) -> CaseForm:
    """One page for whoever goes to report; raises as `authority_report_form`."""
    return _summary(*_read(work, report_id, FormKind.REPORT_SUMMARY, language))


def blank_report_summary(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _summary(nobody(FormKind.REPORT_SUMMARY, language, letterhead), AuthorityReport(id=""))


def _read(work: Work, report_id: str, kind: FormKind, language: Language) -> tuple[Subject, AuthorityReport]:
    report = live(work, AuthorityReport, report_id)
    of = subject(work, report.person_id or "", kind, language, report.institution_id)
    return of, of.shown(report)


def _say(of: Subject, key: str, **params: str | int) -> str:
    return t(f"case_forms_after.{key}", language=of.language, **params)


def _names(of: Subject, report: AuthorityReport) -> bool:
    """Whether the paper may tell who it is about."""
    return of.is_blank or of.agreement.allows(ConsentScope.REPORT, report.institution_id)


def _contact(of: Subject, report: AuthorityReport) -> ContactRule | None:
    """How to reach the person; whom never to tell would say who it is."""
    return of.contact if _names(of, report) else None


# -- the report --------------------------------------------------------------------------------------------------------


def _report(of: Subject, report: AuthorityReport) -> CaseForm:
    to = of.linked(Institution, report.institution_id)
    is_named = _names(of, report)
    account = of.latest(Account, "told_on") if is_named else Account(id="")
    journey = of.latest(Journey, "departure_on") if is_named else Journey(id="")
    return CaseForm(
        of.head,
        _say(of, f"report.title.{report.kind or 'blank'}"),
        _contact(of, report),
        (
            Section(_say(of, "report.person"), _who(of, report), _say(of, "report.person_hint")),
            Section(_say(of, "report.done_by"), (_perpetrators(of, is_named=is_named),)),
            Section(_say(of, "report.others"), (_others(of, is_named=is_named),), _say(of, "report.others_hint")),
            Section(_say(of, "report.what"), _what(of, report, account), _say(of, "report.what_hint")),
            Section(_say(of, "report.when"), (_when(of, journey, account),)),
            Section(_say(of, "report.where"), (_where(of, journey, account),)),
            Section(_say(of, "report.evidence"), _evidence(of, is_named=is_named), _say(of, "report.evidence_hint")),
            Section(_say(of, "report.reporter"), (_reporter(of, report),), _say(of, "report.reporter_hint")),
        ),
        about=(
            Line(t("forms.to", language=of.language), to.name),
            *each_line(of, report, "unit", "officer", "channel", "reported_on", half=("channel", "reported_on")),
        ),
        notices=of.by_duty(ConsentScope.REPORT),
        text=_say(of, "report.opening"),
        signatures=(
            Signature(_say(of, "report.sign.bearer"), _bearer(of, report), ""),
            Signature(_say(of, "report.sign.receiver"), report.officer, ""),
        ),
        notes=(_say(of, "report.note.secret"), _say(of, "report.note.initial")),
    )


def _who(of: Subject, report: AuthorityReport) -> tuple[Part, ...]:
    if not _names(of, report):
        return (Prose(_say(of, "report.unnamed")),)
    asked = {t(f"forms.identity.{name}", language=of.language) for name in _IDENTITY}
    known = tuple(each for each in of.identity().lines if each.label in asked)
    return (Lines((*known, Line(_say(of, "report.age"), of.age, half=True))),)


def _perpetrators(of: Subject, *, is_named: bool) -> Table:
    """Who is said to have done it, always with how far the law has come; the relation would tell who the person is."""
    rows = tuple(
        (
            _together(each.name, each.known_as, each.sex, each.age, each.relation if is_named else None),
            _together(of.word("standing", each.standing), of.day(each.standing_on), each.standing_source),
            _together(each.address, each.phone, each.occupation),
            _together(each.part, of.recruiter(each.recruiter_id, "perpetrator.name")),
        )
        for each in of.all(Perpetrator)
    )
    heads = tuple(_say(of, f"report.done_by.{name}") for name in ("who", "standing", "reach", "part"))
    return Table(heads, (3, 2.4, 3, 3.6), rows, empty=2)


def _others(of: Subject, *, is_named: bool) -> Table:
    """Witnesses and others who agreed to be named; who did not is only counted in."""
    rows = tuple(
        (
            of.word("role", each.role) or "",
            each.name or _say(of, "report.others.unnamed"),
            _together(each.phone, each.address),
            _together(each.relation if is_named else None, each.words),
        )
        for each in of.all(CasePerson)
    )
    heads = tuple(_say(of, f"report.others.{name}") for name in ("role", "name", "reach", "words"))
    return Table(heads, (2, 3, 3, 4), rows, empty=2)


def _what(of: Subject, report: AuthorityReport, account: Account) -> tuple[Part, ...]:
    told = [text for name in _COURSE if (text := getattr(account, name))]
    controls = each_line(of, account, "controls", "sector", "motive")
    return Prose(report.summary or "\n\n".join(told), rows=6), Lines(controls)


def _when(of: Subject, journey: Journey, account: Account) -> Lines:
    gone = each_line(of, journey, "departure_on", "returned_on", half=("departure_on", "returned_on"))
    return Lines((*gone, Line(_say(of, "report.told_on"), of.day(account.told_on))))


def _where(of: Subject, journey: Journey, account: Account) -> Lines:
    there = each_line(of, journey, "destination_country", "destination_place", "transits", "employer", "agency")
    return Lines((Line(_say(of, "report.place"), account.place), *there))


def _evidence(of: Subject, *, is_named: bool) -> tuple[Part, ...]:
    found = of.all(EvidenceItem, "obtained_on")
    number = {each.id: str(place) for place, each in enumerate(found, start=1)}
    pieces = tuple(
        (
            number[each.id],
            of.word("evidence_kind", each.kind) or "",
            each.words or "",
            _together(each.obtained_from if is_named else None, of.day(each.obtained_on)),
            (each.kept_at or "") if is_named else "",
        )
        for each in found
    )
    steps = tuple(
        (
            number.get(each.evidence_id or "", ""),
            of.day(each.given_on) or "",
            (each.from_whom or "") if is_named else "",
            (each.to_whom or "") if is_named else "",
            _together(each.purpose, each.condition),
            each.receipt_number or "",
        )
        for each in of.all(Custody, "given_on")
    )
    heads = tuple(_say(of, f"report.piece.{name}") for name in ("number", "kind", "what", "from", "kept"))
    custody = tuple(_say(of, f"report.custody.{name}") for name in ("number", "day", "from", "to", "why", "receipt"))
    return (
        Table(heads, (0.7, 2.2, 4.4, 3, 2.4), pieces, empty=4),
        Table(custody, (0.7, 1.9, 2.6, 2.6, 3, 1.9), steps, empty=2),
    )


def _reporter(of: Subject, report: AuthorityReport) -> Lines:
    """Whoever reports, only with a yes."""
    return lines(of, report, "reporter_name", "reporter_phone")


def _bearer(of: Subject, report: AuthorityReport) -> str | None:
    """Who brings the paper signs it; the name is left to be written where nobody agreed to be named."""
    return of.volunteer(report.reported_by).name if report.reporter_agrees else None


# -- the page to take along --------------------------------------------------------------------------------------------


def _summary(of: Subject, report: AuthorityReport) -> CaseForm:
    to = of.linked(Institution, report.institution_id)
    journey = of.latest(Journey, "departure_on") if _names(of, report) else Journey(id="")
    account = of.latest(Account, "told_on") if _names(of, report) else Account(id="")
    return CaseForm(
        of.head,
        _say(of, "summary.title"),
        _contact(of, report),
        (
            Section(_say(of, "summary.say"), (Lines(_to_say(of, report, journey, account)),), _say(of, "summary.hint")),
            Section(_say(of, "summary.bring"), (Fixed(tuple(_say(of, f"summary.bring.{name}") for name in _BRING)),)),
            Section(_say(of, "summary.rights"), (Fixed(tuple(_say(of, f"summary.right.{name}") for name in _RIGHTS)),)),
            Section(_say(of, "summary.write"), (Lines(_to_write(of, report)),)),
        ),
        about=(Line(_say(of, "summary.office"), to.name or WRITE),),
        notices=of.by_duty(ConsentScope.REPORT),
        text=_say(of, "summary.opening"),
        notes=(_say(of, "summary.note"),),
    )


def _to_say(of: Subject, report: AuthorityReport, journey: Journey, account: Account) -> tuple[Line, ...]:
    """Who, what, when, where, evidence: a line each, for telling it in this order."""
    person = of.person if _names(of, report) else Person(id="")
    done_by = _joined((each.name or each.known_as for each in of.all(Perpetrator)), ", ")
    what = report.summary or account.exploitation
    when = _joined((of.day(journey.departure_on), of.day(journey.returned_on)), " \u2013 ")
    where = _joined((account.place, journey.destination_place, of.country(journey.destination_country)), ", ")
    evidence = _joined((each.words for each in of.all(EvidenceItem, "obtained_on")), "; ")
    told = (("person", person.name), ("done_by", done_by), ("what", what), ("when", when), ("where", where))
    return tuple(
        Line(_say(of, f"summary.{name}"), value, 2 if name == "what" else 1, half=name in {"when", "where"})
        for name, value in (*told, ("evidence", evidence))
    )


def _to_write(of: Subject, report: AuthorityReport) -> tuple[Line, ...]:
    """Numbers that a desk gives: what is known, and lines for the rest."""
    known = each_line(of, report, *_RECEIPT)
    write = None if of.is_blank else WRITE
    return tuple(Line(each.label, each.value or write, half=True) for each in known)


def _together(*parts: str | None) -> str:
    return _joined(parts, "\n") or ""


def _joined(parts: Iterable[str | None], between: str) -> str | None:
    return between.join(part for part in parts if part) or None
