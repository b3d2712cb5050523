# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording and withdrawing consent, and asking what holds today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trafficwatch.casework.agreement import Agreement, agreement_on
from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import Consent
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.work import Work


class ReasonMissing(ConsentError):
    """A protective value yields only to a change that gives a reason."""

    key = "reason_missing"


def record_consent(
    work: Work, person_id: str, scopes: Mapping[str, str], /, *, refused_fields: Iterable[str] = (), **fields: Any
) -> Consent:
    """Record what a person agreed to and refused today; fields as in `models.casework.Consent`."""
    saved = work.write(
        Consent,
        None,
        person_id=person_id,
        given_on=fields.pop("given_on", work.today),
        scopes=dict(scopes),
        refused_fields=dict.fromkeys(refused_fields, True),
        **fields,
    )
    return work.records.get(Consent, saved)


def withdraw_consent(work: Work, consent_id: str, reason: str) -> Consent:
    """The person takes a consent back: from now on nothing leaves under it."""
    if not reason.strip():
        raise ReasonMissing
    work.write(Consent, consent_id, withdrawn_on=work.today, withdrawn_reason=reason)
    return work.records.get(Consent, consent_id)


def consents_of(work: Work, person_id: str) -> list[Consent]:
    return work.records.select(Consent, RECORD_TABLES["consent"].c.person_id == person_id)


def agreement_of(work: Work, person_id: str) -> Agreement:
    """What this person agrees to today."""
    return agreement_on(consents_of(work, person_id), work.today)
