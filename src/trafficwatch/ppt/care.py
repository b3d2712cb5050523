# SPDX-License-Identifier: GPL-3.0-or-later
"""What the PPT itself writes about a case, and the rules of care that it sets for its villages.

Several organisations have their part in one case (P11/2012 IV.D), and authorised services assess in depth (MEK 3). Both
are records of the PPT, which a village reads. The policy says from which day follow-up counts, for how long and how
often (SPM F.b.5), and how long closed cases are kept; there is one, and it goes to every village.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from trafficwatch.errors import InputError
from trafficwatch.models.accompanying import CasePart, DeepAssessment
from trafficwatch.models.aftercare import CarePolicy, FollowUpStart
from trafficwatch.models.casework import CaseRecord
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.records import RecordUnknown, type_of
from trafficwatch.store.training import require_reading, require_training
from trafficwatch.store.work import Work

T = TypeVar("T", CasePart, DeepAssessment)
LEAST_MONTHS, MOST_MONTHS = 6, 60
MOST_DAYS, MOST_YEARS = 92, 50
DEFAULT_MONTHS, DEFAULT_DAYS = 6, 30
_PAST = ("assessed_on", "explained_on")
_SPANS = (("since", "until"), ("assessed_on", "explained_on"))


class CareDayAhead(InputError):
    """What was done is dated in the future."""

    key = "care_day_ahead"
    catalogue = "errors_referral"


class CareDaysReversed(InputError):
    """Something ends, or is explained, before it began."""

    key = "care_days_reversed"
    catalogue = "errors_referral"


class PolicyOutOfRange(InputError):
    """A setting of care is outside of what is allowed; parameters `least` and `most`."""

    key = "policy_out_of_range"
    catalogue = "errors_referral"


def save_own(work: Work, cls: type[T], case_id: str, record_id: str | None, fields: Mapping[str, Any]) -> T:
    """Write what an organisation does in a case, or an assessment in depth: new without `record_id`.

    Raises CareDayAhead, CareDaysReversed, RecordUnknown, what the store says of values and links, TrainingNeeded,
    CaseKeyNeeded, and at a village FieldOwnedElsewhere.
    """
    require_reading(work)
    case = work.records.get(CaseRecord, case_id)
    if record_id is not None and work.records.get(cls, record_id).case_id != case_id:
        raise RecordUnknown(type=type_of(cls).name)
    for name in _PAST:
        first = _day(fields.get(name)).earliest()
        if first is not None and first.isoformat() > work.today:
            raise CareDayAhead
    for begin, end in _SPANS:
        first, last = _day(fields.get(begin)).earliest(), _day(fields.get(end)).latest()
        if first is not None and last is not None and last < first:
            raise CareDaysReversed
    saved = work.write(cls, record_id, case_id=case.id, person_id=case.person_id, **fields)
    return work.records.get(cls, saved)


def own_of(work: Work, cls: type[T], case_id: str) -> tuple[T, ...]:
    """The records of one kind that the PPT wrote about a case, the latest first; raises as any reading of case text."""
    require_reading(work)
    table = RECORD_TABLES[type_of(cls).name]
    return tuple(reversed(work.records.select(cls, table.c.case_id == case_id)))


def policy_of(work: Work) -> CarePolicy | None:
    """The rules of care that hold, None before a PPT has set any."""
    return next(reversed(work.records.select(CarePolicy)), None)


def set_policy(work: Work, start: FollowUpStart, months: int, days: int, keep_years: int | None) -> CarePolicy:
    """Set the rules of care; follow-up is never shorter than six months (SPM F.b.5). Raises PolicyOutOfRange."""
    require_training(work)
    for value, least, most in (
        (months, LEAST_MONTHS, MOST_MONTHS),
        (days, 1, MOST_DAYS),
        (keep_years or 1, 1, MOST_YEARS),
    ):
        if not least <= value <= most:
            raise PolicyOutOfRange(least=least, most=most)
    known = policy_of(work)
    saved = work.write(
        CarePolicy,
        known.id if known else None,
        set_on=work.today,
        follow_up_start=start.value,
        follow_up_months=months,
        follow_up_days=days,
        keep_years=keep_years,
    )
    return work.records.get(CarePolicy, saved)


def _day(edtf: str | None) -> PartialDate:
    return PartialDate.from_edtf(edtf or "")
