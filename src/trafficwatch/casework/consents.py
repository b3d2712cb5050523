# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording and withdrawing consent; what holds today is read as `store.agreeing` says.

A guardian who is suspected, or a volunteer who is tied to the case, takes no part in a yes. What leaves about a child
is agreed to together with a guardian; where that can't wait, a duty stands in (`casework.disclosures`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from trafficwatch.casework.conflicts import require_no_conflict
from trafficwatch.casework.guardians import GuardianSuspected, is_suspected
from trafficwatch.errors import ConsentError
from trafficwatch.models.agreement import BY_DUTY, TO_INSTITUTIONS
from trafficwatch.models.casework import Consent, ConsentMethod, ConsentScope, Decision
from trafficwatch.models.checks import FieldUnknown, ValueImpossible, tidy
from trafficwatch.models.dates import PartialDate, Precision
from trafficwatch.models.fields import Field, Leaving
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store.agreeing import agreement_of, consents_of, in_order_given
from trafficwatch.store.records import FieldMissing, RecordUnknown
from trafficwatch.store.training import readable, require_reading, require_training
from trafficwatch.store.work import Work

__all__ = ["ReasonMissing", "agreement_of", "consents_of", "in_order_given", "record_consent", "withdraw_consent"]


class ReasonMissing(ConsentError):
    """A protective value yields only to a change that gives a reason."""

    key = "reason_missing"


class ConsentDayMissing(ConsentError):
    """A yes is of one day: of a month nobody can tell whether all of it has come."""

    key = "consent_day_missing"
    catalogue = "errors_care"


class GuardianMissing(ConsentError):
    """What leaves about a child is not agreed to by the child alone."""

    key = "guardian_missing"
    catalogue = "errors_care"


_ADULT = 18
_OF_CASE = frozenset({*TO_INSTITUTIONS, ConsentScope.SHARE_CASE})
"""Scopes of which a yes is part of handling a person."""


def record_consent(
    work: Work,
    person_id: str,
    scopes: Mapping[str, str],
    /,
    *,
    refused_fields: Iterable[str] = (),
    allowed_fields: Iterable[str] = (),
    **fields: Any,
) -> Consent:
    """Record what a person agreed to and refused today; fields as in `models.casework.Consent`. `allowed_fields` are
    those that were refused earlier and may be passed on again.

    A scope, a decision or a field (`record_type.field`) that does not exist is refused: mistyped, it would let leave
    what the person wanted to stay. To agree about a case is part of handling a person, and needs training, and what may
    be for some institutions only the case key, or a yes written blindly would widen it; a refusal is taken down by
    anyone. Raises ConsentDayMissing; and GuardianSuspected, GuardianMissing and ConflictThere where anything is agreed.
    """
    if work.records.get(Person, person_id).deleted is not None:
        raise RecordUnknown(type="person")
    refused, allowed = tuple(refused_fields), tuple(allowed_fields)
    if not (set(scopes) <= set(ConsentScope) and set(scopes.values()) <= set(Decision)):
        raise ValueImpossible(field="scopes")
    for name in (*refused, *allowed):
        check_refusable(name)
    if not set(refused).isdisjoint(allowed):
        raise ValueImpossible(field="refused_fields")
    if not all(work.records.exists("institution", each) for each in fields.get("recipients") or ()):
        raise ValueImpossible(field="recipients")
    agreed = {scope for scope, decision in scopes.items() if decision == Decision.AGREED}
    fields["given_on"] = given = tidy(fields.get("given_on", work.today))
    _check_days(work, given, tidy(fields.get("valid_until")), is_yes=bool(allowed or agreed))
    if agreed & _OF_CASE or any(_field(name).leaving is not Leaving.CARD for name in allowed):
        require_training(work)
    if agreed & TO_INSTITUTIONS:
        require_reading(work)
    if allowed or agreed:
        require_no_conflict(work, person_id)
        if is_suspected(work, person_id, fields.get("guardian")):
            raise GuardianSuspected
    if (allowed or agreed & BY_DUTY) and _is_alone(work, person_id, fields):
        raise GuardianMissing
    saved = work.write(
        Consent,
        None,
        person_id=person_id,
        scopes=dict(scopes),
        refused_fields=dict.fromkeys(refused, True) | dict.fromkeys(allowed, False),
        **fields,
    )
    return work.records.get(Consent, saved)


def _check_days(work: Work, given_on: Any, valid_until: Any, *, is_yes: bool) -> None:
    """Raise what is wrong with the days of a consent. A refusal holds whatever its day."""
    if given_on is None:
        raise FieldMissing(field="given_on")
    given = PartialDate.from_edtf(given_on)
    first, last = given.earliest(), PartialDate.from_edtf(valid_until or "").latest()
    if is_yes and (given.precision is not Precision.DAY or given.about):
        raise ConsentDayMissing
    if first is None or first.isoformat() > work.today:
        raise ValueImpossible(field="given_on")
    if last is not None and last < first:
        raise ValueImpossible(field="valid_until")


def _is_alone(work: Work, person_id: str, fields: Mapping[str, Any]) -> bool:
    """Whether a child, for certain, agrees without a guardian. Who the guardian is needs the case key: without it the
    way in which consent was given says that there was one.
    """
    born = PartialDate.from_edtf(work.records.get(Person, person_id).birth_date or "")
    if born.is_under(_ADULT, date.fromisoformat(work.today)) is not True:
        return False
    return not tidy(fields.get("guardian")) and (work.sealer.able or fields.get("method") != ConsentMethod.GUARDIAN)


def check_refusable(name: str) -> None:
    """Raise FieldUnknown or ValueImpossible unless a person may keep this field (`record_type.field`) to themselves."""
    if _field(name).follows:  # a ban on contact, once told, must stay with its record
        raise ValueImpossible(field=name)


def _field(name: str) -> Field:
    record_type, _, field = name.partition(".")
    if record_type not in RECORD_TYPES or field not in RECORD_TYPES[record_type].fields:
        raise FieldUnknown(field=name)
    return RECORD_TYPES[record_type].fields[field]


def withdraw_consent(work: Work, consent_id: str, reason: str) -> Consent:
    """The person takes a consent back: from now on nothing leaves under it. Needs no training.

    The reason is case text: without the case key the day is recorded alone, and a trained volunteer can add the reason.
    Done twice it changes nothing else.
    """
    if not reason.strip():
        raise ReasonMissing
    known = work.records.get(Consent, consent_id)
    more = {} if known.withdrawn_on else {"withdrawn_on": work.today}
    if work.sealer.able and not known.withdrawn_reason:
        more["withdrawn_reason"] = reason
    if more:
        work.write(Consent, consent_id, **more)
    return readable(work).get(Consent, consent_id)
