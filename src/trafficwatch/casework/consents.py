# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording and withdrawing consent, and asking what holds today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trafficwatch.casework.agreement import Agreement, agreement_on
from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import Consent, ConsentScope, Decision
from trafficwatch.models.checks import FieldUnknown, ValueImpossible
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.work import Work


class ReasonMissing(ConsentError):
    """A protective value yields only to a change that gives a reason."""

    key = "reason_missing"


def record_consent(
    work: Work, person_id: str, scopes: Mapping[str, str], /, *, refused_fields: Iterable[str] = (), **fields: Any
) -> Consent:
    """Record what a person agreed to and refused today; fields as in `models.casework.Consent`.

    A scope, a decision or a refused field (`record_type.field`) that does not exist is refused: mistyped, it would let
    leave what the person wanted to stay.
    """
    refused = tuple(refused_fields)
    if not (set(scopes) <= set(ConsentScope) and set(scopes.values()) <= set(Decision)):
        raise ValueImpossible(field="scopes")
    for name in refused:
        record_type, _, field = name.partition(".")
        if record_type not in RECORD_TYPES or field not in RECORD_TYPES[record_type].fields:
            raise FieldUnknown(field=name)
    saved = work.write(
        Consent,
        None,
        person_id=person_id,
        given_on=fields.pop("given_on", work.today),
        scopes=dict(scopes),
        refused_fields=dict.fromkeys(refused, True),
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
