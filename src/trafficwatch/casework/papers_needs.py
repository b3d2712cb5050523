# SPDX-License-Identifier: GPL-3.0-or-later
"""The initial assessment of needs (MEK 3) with the plan of actions that was made with the person.

Each area with its urgency and what is needed, the strengths, the wishes in the person's own words, and who does what
until when.
"""

from __future__ import annotations

from trafficwatch.casework.papers_shared import Subject, live, nobody, subject
from trafficwatch.models.care import NeedArea, NeedsAssessment, PlanAction
from trafficwatch.models.case_papers import CaseForm, Line, Prose, Section, Signature, Table
from trafficwatch.models.forms import FormKind, Letterhead
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t


def needs_form(work: Work, assessment_id: str, language: Language) -> CaseForm:
    """One assessment with the person's plan as it is today; raises CaseKeyNeeded, TrainingNeeded or RecordUnknown."""
    found = live(work, NeedsAssessment, assessment_id)
    of = subject(work, found.person_id or "", FormKind.NEEDS, language)
    return _needs(of, of.shown(found))


def blank_needs(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _needs(nobody(FormKind.NEEDS, language, letterhead), NeedsAssessment(id=""))


def _needs(of: Subject, found: NeedsAssessment) -> CaseForm:
    def say(key: str) -> str:
        return t(f"case_forms_intake.{key}", language=of.language)

    assessor = of.volunteer(found.assessed_by)
    areas = [(of.word("need_area", area) or "", area) for area in NeedArea]
    rows = tuple(
        (name, of.word("urgency", found.needs.get(area)) or "", getattr(found, area) or "") for name, area in areas
    )
    plan = tuple(
        (
            each.action or "",
            each.doer or "",
            of.day(each.due_on) or "",
            " ".join(part for part in (of.day(each.done_on), each.result) if part),
        )
        for each in of.all(PlanAction, "due_on")
    )
    who = (
        Line(say("name"), of.person.name),
        Line(say("day"), of.day(found.assessed_on), half=True),
        Line(say("assessor"), assessor.name, half=True),
    )
    return CaseForm(
        of.head,
        say("needs.title"),
        of.contact,
        (
            Section(
                say("section.areas"),
                (
                    Table(
                        (say("needs.area"), say("needs.urgency"), say("needs.what")),
                        (3, 2, 7),
                        tuple(row for row in rows if any(row[1:])),
                        stubs=tuple(name for name, _ in areas),
                        empty=0,
                    ),
                ),
                say("hint.areas"),
            ),
            Section(say("section.strengths"), (Prose(found.strengths, rows=2),), say("hint.strengths")),
            Section(say("section.wishes"), (Prose(found.wishes, rows=2),), say("hint.needs")),
            Section(
                say("section.plan"),
                (
                    Table(
                        (say("plan.action"), say("plan.doer"), say("plan.due"), say("plan.done")),
                        (5, 3, 2.3, 4),
                        plan,
                        empty=6,
                    ),
                ),
                say("hint.plan"),
            ),
        ),
        about=who,
        signatures=(
            Signature(say("sign.person"), of.person.name, thumb=True),
            Signature(say("sign.assessor"), assessor.name, of.role(assessor)),
        ),
        notes=(say("note.initial_needs"),),
    )
