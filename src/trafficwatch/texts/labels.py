# SPDX-License-Identifier: GPL-3.0-or-later
"""The word for one value of a record: `label("stage", "plan")` is `Rencana`.

Groups: answer, by, category, consent_method, consent_scope, contact_way, contract_kind, decision, delivery,
document_kind, element, finding, form, found, holder, household_role, institution_kind, marital, nik_status, outcome,
procedural, recruiter_kind, referral_status, relation, residency, risk, sector, seen, service, sex, stage, state, track,
training_kind, urgency, verdict, visa_kind.
"""

from __future__ import annotations

from trafficwatch.texts import Language, t

_OF_SCREENING = {
    "element": "element",
    "finding": "finding.short",
    "form": "form",
    "risk": "risk.level",
    "state": "state",
    "track": "track",
}
"""Groups that the explanation of a screening speaks of too."""


def label(group: str, value: str | None, language: Language | None = None) -> str:
    """The word for a value in the chosen language, '' for none; KeyError for an unknown one (a bug)."""
    if value is None:
        return ""
    if group in _OF_SCREENING:
        return t(f"screening.{_OF_SCREENING[group]}.{value}", language=language)
    return t(f"records.{group}.{value}", language=language)
