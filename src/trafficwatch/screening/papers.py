# SPDX-License-Identifier: GPL-3.0-or-later
"""What the papers of a screening say: its summary, and the first report to the authorities (P2/2024 art. 7).

Both are put together from what is recorded, in words; nothing is written. Of an answer only the questionnaire's wording
appears, with who said so, never a note. What the person refused to pass on (`type.field`) stands on neither.

The report names the person, and tells of the journey more than the country, only on a named ground: the person agreed
to be reported or to share the case; or is a child, or a danger of the highest level is going on. Without agreement
of how to reach the person it says only whom never to tell. A recruiter whom the village knows is named in any case:
that is what a report is for (P2/2024 II.E).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from trafficwatch.models.casework import CaseRecord, Reading, Screening, SecondReading
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.forms import ContactRule, FormHead, FormKind, Signatory, code_of
from trafficwatch.models.letterhead import letterhead_of
from trafficwatch.models.migration import Journey
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.screening import Element, Value
from trafficwatch.models.screening_papers import ReportForm, SummaryForm
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.screening import library
from trafficwatch.screening.explanation import explain_in_parts
from trafficwatch.screening.paper_words import NAMING, Known, Words
from trafficwatch.screening.sessions import answers_of, evaluate_screening
from trafficwatch.store.agreeing import agreed, agreement_of
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t
from trafficwatch.texts.labels import label

_READ = frozenset({"answers", "finding", "risk", "age_at_events"})
"""What a second reading goes by."""


def summary_form(work: Work, screening_id: str, language: Language) -> SummaryForm:
    """The summary of a screening as it is recorded; raises CaseKeyNeeded, TrainingNeeded or RecordUnknown."""
    known = _known(work, screening_id)
    words = Words(known, language)
    explained = explain_in_parts(known.evaluation, known.questionnaire, known.rules, known.answers, language)
    elements = tuple(t(f"screening.element.{element}", language=language) for element in Element)
    why = tuple(line.text for line in explained.why[1:] if not line.text.startswith(elements))
    # That questions wait is said where there is danger: without a risk it would give it away.
    asked = tuple(line.text for line in explained.next) if known.tells and known.tells_result else ()
    volunteer = work.records.get(Volunteer, known.screening.screened_by or "")
    return SummaryForm(
        head=_head(work, FormKind.SCREENING, known, language),
        about=words.about(volunteer),
        finding=words.finding(explained.why[0].text),
        initial=explained.initial.text,
        risk=words.risk(explained.action[0].text),
        elements=words.elements(),
        why=why if known.tells and known.tells_result and known.tells_age else (),
        duties=words.duties(line.text for line in explained.action if line.is_item),
        duties_first=explained.is_danger and known.tells_result,
        next_title=asked[0] if asked else None,
        next=asked[1:],
        stopped=words.stopped(),
        second=_second_reading(work, known.screening, words) if known.tells_result else None,
        older=tuple(words.older(told) for told in _older(work, known)) if known.tells else (),
        signer=volunteer.name,
    )


def report_form(work: Work, screening_id: str, language: Language) -> ReportForm:
    """The first report from a screening, by who is at work; raises CaseKeyNeeded, TrainingNeeded or RecordUnknown.

    It is offered from medium risk up, and refused at no risk: whoever fears something may report it.
    """
    known = _known(work, screening_id)
    words = Words(known, language)
    has_agreed = any(known.agreement.agrees(scope) for scope in NAMING)
    grounds = words.grounds()
    reporter = work.records.get(Volunteer, work.volunteer or "")
    explained = explain_in_parts(known.evaluation, known.questionnaire, known.rules, known.answers, language)
    return ReportForm(
        head=_head(work, FormKind.REPORT, known, language),
        reporter=Signatory(reporter.name, label("category", reporter.category, language), reporter.phone),
        screened_on=words.day(known.screening.screened_on),
        risk=words.risk(explained.action[0].text),
        finding=words.finding(explained.why[0].text),
        initial=explained.initial.text,
        elements=words.elements(brief=True),
        events=words.events(is_named=bool(grounds)),
        contact=_contact(work, known, language, whole=has_agreed) if grounds else None,
        reported=words.reported(work.today) if grounds else None,
        grounds=grounds,
        questionnaire=known.questionnaire.ref,
    )


def _known(work: Work, screening_id: str) -> Known:
    found = evaluate_screening(work, screening_id)
    screening = found.screening
    person_id = screening.person_id or ""
    asked = library.get(work, screening.questionnaire or "")
    agreement = agreement_of(work, person_id)
    person = work.records.get(Person, person_id)
    years = PartialDate.from_edtf(person.birth_date or "").age_on(date.fromisoformat(work.today))
    rules = library.rules(work, asked)
    cases = work.records.select(CaseRecord, RECORD_TABLES["case_record"].c.person_id == person_id)
    journey = _journey(work, screening)
    return Known(
        screening,
        found.evaluation,
        asked,
        rules,
        library.known_answers(asked, answers_of(screening)),
        agreement,
        agreed(person, agreement),
        agreed(journey, agreement) if journey else None,
        work.records.get(Recruiter, journey.recruiter_id) if journey and journey.recruiter_id else None,
        cases[-1].code if cases else None,
        years is not None and years >= rules.adult_age,
    )


def _journey(work: Work, screening: Screening) -> Journey | None:
    """The journey that the screening is about; the only one if it does not say. Of several none is guessed."""
    table = RECORD_TABLES["journey"]
    journeys = work.records.select(Journey, table.c.person_id == (screening.person_id or ""))
    named = [journey for journey in journeys if journey.id == screening.journey_id]
    return (named or journeys)[0] if named or len(journeys) == 1 else None


def _head(work: Work, kind: FormKind, known: Known, language: Language) -> FormHead:
    code = known.case_code or code_of(known.screening.id)
    printed = datetime.fromisoformat(work.now).astimezone()
    return FormHead(kind, code, language, letterhead_of(work.info), practice=work.info.practice, printed_at=printed)


def _older(work: Work, known: Known) -> list[library.Told]:
    told = library.told(work, known.questionnaire.ref, answers_of(known.screening))
    return [each for each in told if not each.counts and each.answer.value is Value.YES]


def _second_reading(work: Work, screening: Screening, words: Words) -> str | None:
    """What the PPT found when it read the screening again, the last time."""
    found = work.records.select(SecondReading, RECORD_TABLES["second_reading"].c.screening_id == screening.id)
    return words.second(found[-1], is_overtaken=_is_overtaken(work, screening, found[-1])) if found else None


def _is_overtaken(work: Work, screening: Screening, reading: SecondReading) -> bool:
    """Whether something stands in the screening that the PPT can't have read.

    What it confirmed is not what stands there, an answer was told on a later day, or something was written by a laptop
    that knew the reading: its count is higher.
    """
    is_same = (reading.finding, reading.risk) == (screening.finding, screening.risk)
    if reading.reading == Reading.CONFIRMED and not is_same:
        return True
    if any((answer.at or "")[:10] > (reading.read_on or "") for answer in answers_of(screening).values()):
        return True
    return _last_write(work, "screening", screening.id) > _last_write(work, "second_reading", reading.id)


def _last_write(work: Work, type_name: str, record_id: str) -> int:
    """The highest count among what a second reading goes by; merging the person's cards changes nothing of it."""
    state = work.records.state(type_name, record_id)
    fields = state.fields.items() if state else ()
    return max((stamp.counter for key, of in fields if key.split("/")[0] in _READ for stamp in of.values), default=0)


def _contact(work: Work, known: Known, language: Language, *, whole: bool) -> ContactRule:
    """How to reach the person; without agreement to it only that one must not, and whom never to tell."""
    found = work.records.select(SafeContact, RECORD_TABLES["safe_contact"].c.person_id == known.person.id)
    if not found:
        return ContactRule()
    contact = agreed(found[-1], known.agreement)
    rule = ContactRule(do_not_contact=bool(contact.do_not_contact), never_tell=contact.never_tell)
    if not whole:
        return rule
    return replace(
        rule,
        way=label("contact_way", contact.way, language) or None,
        number=contact.number,
        through=contact.through,
        hours=contact.hours,
        code_word=contact.code_word,
    )
