# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of care for tests: the least that each kind needs, and saving one as a form would."""

from __future__ import annotations

from typing import Any

from trafficwatch.casework.care import save_care
from trafficwatch.store.work import Work

TODAY = "2026-11-21"
LEAST: dict[str, dict[str, Any]] = {
    "account": {"asked_by": "ppt"},
    "case_person": {"role": "witness"},
    "perpetrator": {"standing": "alleged"},
    "informing": {"kind": "explanation"},
    "outreach": {"companion": "Mama Rosa"},
    "first_aid": {"companion": "Mama Rosa"},
    "needs_assessment": {"wishes": "Pulang"},
    "plan_action": {"action": "Buka rekening", "doer": "Maria", "due_on": "2026-12-01"},
    "conflict_of_interest": {"conflict": "other"},
    "protection_request": {"protected": "reporter", "status": "prepared"},
    "authority_report": {"kind": "information", "channel": "letter"},
    "evidence_item": {"kind": "letter", "words": "Surat kontrak"},
    "custody": {"from_whom": "Maria", "to_whom": "Polsek"},
    "accompaniment": {"task": "health_access"},
    "legal_track": {"track": "criminal", "legal_stage": "reported"},
    "loss": {"kind": "income", "words": "Gaji enam bulan"},
    "support": {"item": "Beras", "support_source": "village"},
    "conference": {"agreed": "PPT menelepon"},
    "return_step": {"step": "family_tracing"},
    "return_safety": {"return_verdict": "safe"},
    "placement": {"placement": "institution", "chosen_by": "person"},
    "follow_up": {},
}


def save(work: Work, person: str | None, type_name: str, record_id: str | None = None, **fields: Any) -> Any:
    """A new record with what it must have, or a changed one."""
    more = LEAST[type_name] if record_id is None else {}
    if type_name == "custody" and record_id is None:
        more = {"evidence_id": save(work, person, "evidence_item").id, **more}
    about = None if type_name == "protection_request" else person
    return save_care(work, type_name, record_id, {**more, **fields}, person_id=about)
