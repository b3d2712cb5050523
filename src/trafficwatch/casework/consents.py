# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording and withdrawing consent; what holds today is read as `store.agreeing` says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import Consent, ConsentScope, Decision
from trafficwatch.models.checks import FieldUnknown, ValueImpossible
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.agreeing import agreement_of, consents_of, in_order_given
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Work

__all__ = ["ReasonMissing", "agreement_of", "consents_of", "in_order_given", "record_consent", "withdraw_consent"]


class ReasonMissing(ConsentError):
    """A protective value yields only to a change that gives a reason."""

    key = "reason_missing"


def record_consent(
    work: Work, person_id: str, scopes: Mapping[str, str], /, *, refused_fields: Iterable[str] = (), **fields: Any
) -> Consent:
    """Record what a person agreed to and refused today; fields as in `models.casework.Consent`.

    A scope, a decision or a refused field (`record_type.field`) that does not exist is refused: mistyped, it would let
    leave what the person wanted to stay. To agree about a case is part of handling a person, and needs training;
    a refusal is taken down by anyone.
    """
    refused = tuple(refused_fields)
    if not (set(scopes) <= set(ConsentScope) and set(scopes.values()) <= set(Decision)):
        raise ValueImpossible(field="scopes")
    for name in refused:
        record_type, _, field = name.partition(".")
        if record_type not in RECORD_TYPES or field not in RECORD_TYPES[record_type].fields:
            raise FieldUnknown(field=name)
        if RECORD_TYPES[record_type].fields[field].follows:  # a ban on contact, once told, must stay with its record
            raise ValueImpossible(field=name)
    if fields.setdefault("given_on", work.today) > work.today:
        raise ValueImpossible(field="given_on")
    if any(scopes.get(scope) == Decision.AGREED for scope in (ConsentScope.REFERRAL, ConsentScope.SHARE_CASE)):
        require_training(work)
    saved = work.write(
        Consent,
        None,
        person_id=person_id,
        scopes=dict(scopes),
        refused_fields=dict.fromkeys(refused, True),
        **fields,
    )
    return work.records.get(Consent, saved)


def withdraw_consent(work: Work, consent_id: str, reason: str) -> Consent:
    """The person takes a consent back: from now on nothing leaves under it. Needs no training.

    The reason is case text: without the case key the day is recorded alone, and a trained volunteer can add the reason.
    """
    if not reason.strip():
        raise ReasonMissing
    more = {"withdrawn_reason": reason} if work.sealer.able else {}
    work.write(Consent, consent_id, withdrawn_on=work.today, **more)
    return work.records.get(Consent, consent_id)
