# SPDX-License-Identifier: GPL-3.0-or-later
"""Every paper of case work by its kind: how it is built from which record, and its blank form.

The one table that the commands and the screens go by. `forms.case_paper.case_paper_pdf` prints what it gives,
`models.case_papers.numbered` puts the office's number on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trafficwatch.casework.papers_after import (
    blank_closure,
    blank_monitoring,
    blank_protection,
    closure_form,
    monitoring_form,
    protection_form,
)
from trafficwatch.casework.papers_breach import blank_breach, breach_of
from trafficwatch.casework.papers_consent import blank_consent, blank_consent_pictures, consent_form, consent_pictures
from trafficwatch.casework.papers_handover import blank_handover, handover_form
from trafficwatch.casework.papers_intake import blank_identification, blank_intake, identification_form, intake_form
from trafficwatch.casework.papers_needs import blank_needs, needs_form
from trafficwatch.casework.papers_own_data import blank_own_data, own_data_form
from trafficwatch.casework.papers_processing import blank_processing, processing_form
from trafficwatch.casework.papers_report import (
    authority_report_form,
    blank_authority_report,
    blank_report_summary,
    report_summary_form,
)
from trafficwatch.casework.papers_social import blank_social_data, social_data_form
from trafficwatch.models.case_papers import CaseForm
from trafficwatch.models.forms import FormKind, Letterhead
from trafficwatch.store.work import Work
from trafficwatch.texts import Language

Builder = Callable[[Work, str, Language], CaseForm]
"""The filled paper of one record; raises CaseKeyNeeded, TrainingNeeded, RecordUnknown."""
Blank = Callable[[Language, Letterhead | None], CaseForm]
"""The same paper for handwriting."""


@dataclass(frozen=True, slots=True)
class Printed:
    """How one kind of paper is made. `of` is the type of the record whose id the builder takes; "" when it takes none
    and is given "".
    """

    of: str
    build: Builder
    blank: Blank


PAPERS: Mapping[FormKind, Printed] = {
    FormKind.INTAKE: Printed("person", intake_form, blank_intake),
    FormKind.IDENTIFICATION: Printed("person", identification_form, blank_identification),
    FormKind.SOCIAL_DATA: Printed("referral", social_data_form, blank_social_data),
    FormKind.NEEDS: Printed("needs_assessment", needs_form, blank_needs),
    FormKind.CONSENT: Printed("consent", consent_form, blank_consent),
    FormKind.CONSENT_PICTURES: Printed("consent", consent_pictures, blank_consent_pictures),
    FormKind.HANDOVER: Printed("referral", handover_form, blank_handover),
    FormKind.AUTHORITY_REPORT: Printed("authority_report", authority_report_form, blank_authority_report),
    FormKind.REPORT_SUMMARY: Printed("authority_report", report_summary_form, blank_report_summary),
    FormKind.MONITORING: Printed("follow_up", monitoring_form, blank_monitoring),
    FormKind.CLOSURE: Printed("closure", closure_form, blank_closure),
    FormKind.PROTECTION: Printed("protection_request", protection_form, blank_protection),
    FormKind.OWN_DATA: Printed("person", own_data_form, blank_own_data),
    FormKind.BREACH: Printed("", breach_of, blank_breach),
    FormKind.PROCESSING: Printed("", processing_form, blank_processing),
}


def case_form(work: Work, kind: FormKind, record_id: str, language: Language) -> CaseForm:
    """The filled paper of this kind; KeyError for a kind that is none of case work (a bug)."""
    return PAPERS[kind].build(work, record_id, language)


def blank_form(kind: FormKind, language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    """The paper of this kind for handwriting."""
    return PAPERS[kind].blank(language, letterhead)
