# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person agrees to today, read from the store, and what may stand on a paper of what is recorded.

The rule is `models.agreement`. The order of consents is that of their first writing, which is never corrected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from trafficwatch.models.agreement import Agreement, agreement_on
from trafficwatch.models.care import Disclosure
from trafficwatch.models.casework import Consent
from trafficwatch.models.exchange import Stamp
from trafficwatch.models.fields import Record, Shape
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.records import type_of
from trafficwatch.store.training import readable
from trafficwatch.store.work import Work

T = TypeVar("T", bound=Record)


def consents_of(work: Work, person_id: str) -> list[Consent]:
    """All consents of a person, deleted ones included, in the order in which they were given."""
    return in_order_given(
        work, work.records.select(Consent, RECORD_TABLES["consent"].c.person_id == person_id, with_deleted=True)
    )


def in_order_given(work: Work, consents: Iterable[Consent]) -> list[Consent]:
    """By the stamp of its person, which is never corrected: a corrected day must not revive what was ended."""

    def given(consent: Consent) -> tuple[tuple[int, str], str]:
        state = work.records.state("consent", consent.id)
        stamps = state.fields["person_id"].values if state and "person_id" in state.fields else ()
        return min(stamps, default=Stamp(0, "")), consent.id

    return sorted(consents, key=given)


def disclosures_of(work: Work, person_id: str) -> list[Disclosure]:
    """What was shared about a person without consent, and under which duty, the latest last."""
    return readable(work).select(Disclosure, RECORD_TABLES["disclosure"].c.person_id == person_id)


def agreement_of(work: Work, person_id: str) -> Agreement:
    """What this person agrees to today, and what a duty opens."""
    return agreement_on(consents_of(work, person_id), work.today, disclosures_of(work, person_id))


def agreed(found: T, agreement: Agreement, recipient: str | None = None) -> T:
    """The record as this recipient may get it: every field empty that the person refused to pass on, or that needs the
    yes of somebody whom it would name.
    """
    record_type, kept_back = type_of(type(found)), agreement.refused_for(recipient)
    withheld: dict[str, Any] = {
        name: {} if field.shape is Shape.ELEMENTS else None
        for name, field in record_type.fields.items()
        if f"{record_type.name}.{name}" in kept_back or (field.needs and getattr(found, field.needs) is not True)
    }
    return replace(found, **withheld)
