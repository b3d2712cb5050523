# SPDX-License-Identifier: GPL-3.0-or-later
"""What a record of care must not say: one small pure check per rule, and a table of which type has which.

A check gets the record as it would be, as it was (None for a new one), and what is known besides; it raises what is
wrong. What is only odd, as a broken chain of custody, is recorded and pointed out (`casework.care_warnings`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from trafficwatch.casework.guardians import GuardianSuspected, NameKey, name_key, name_keys
from trafficwatch.errors import ConsentError
from trafficwatch.models.accompanying import Accompaniment, Conference, Support
from trafficwatch.models.aftercare import (
    ChosenBy,
    FollowUp,
    FollowUpWay,
    ItemState,
    Placement,
    PlacementKind,
    ReturnVerdict,
)
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.care import (
    Account,
    AskedBy,
    ConflictOfInterest,
    FirstAid,
    NeedsAssessment,
    Outreach,
    Perpetrator,
    Standing,
)
from trafficwatch.models.casework import ConsentScope, Urgency
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.dates import ImpossibleDate, PartialDate
from trafficwatch.models.fields import Field, Record, Shape
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.reporting import AuthorityReport, ReportKind

_DONE = (
    "told_on went_on given_on assessed_on noted_on reported_on obtained_on done_on stage_on incurred_on held_on"
    " asked_on status_on standing_on placed_on ended_on"
)
DONE = frozenset(_DONE.split())
"""Days of what has happened; what is planned may lie ahead."""
SUMS = frozenset({"amount", "claimed", "granted", "paid"})
SCALES = frozenset({"mind_scale", "social_scale", "economic_scale"})
_LOWEST, _HIGHEST = 1, 5
_NEED_TEXTS = ("body", "mind", "social", "economic", "legal", "safety", "family_safety", "strengths", "wishes")
_HEADINGS = (
    *("openness", "shelter", "trusted_people", "interview", "danger", "mind_care", "medical_care"),
    "agreed",
)


class DoneAhead(ConsentError):
    """What was done can't lie on a day that is still to come; parameter `field`."""

    key = "done_ahead"
    catalogue = "errors_care"


class AskedForMissing(ConsentError):
    """Who asks for the course of events out of a need says which one."""

    key = "asked_for_missing"
    catalogue = "errors_care"


class NothingWritten(ConsentError):
    """An assessment or a conference of which nothing is written would count as done."""

    key = "nothing_written"
    catalogue = "errors_care"


class LoneVisit(ConsentError):
    """Somebody went alone and does not say why."""

    key = "lone_visit"
    catalogue = "errors_care"


class SupportFromPerson(ConsentError):
    """The person gives nothing for help."""

    key = "support_from_person"
    catalogue = "errors_care"


class StandingLowered(ConsentError):
    """What the law said about somebody is made less only with the source."""

    key = "standing_lowered"
    catalogue = "errors_care"


class ReportNotAgreed(ConsentError):
    """The person has not agreed to a report to this office, and no duty opens it."""

    key = "report_not_agreed"
    catalogue = "errors_care"


class ReturnNotSafe(ConsentError):
    """Nobody goes home before the latest assessment says that it is safe."""

    key = "return_not_safe"
    catalogue = "errors_care"


class ChildDisagrees(ConsentError):
    """No child is placed where it does not want to live."""

    key = "child_disagrees"
    catalogue = "errors_care"


class ChildPlacement(ConsentError):
    """A child's substitute family keeps its three promises, is chosen by the institution, and the child agrees."""

    key = "child_placement"
    catalogue = "errors_care"


class AdultPlacement(ConsentError):
    """A grown-up person chooses where to live."""

    key = "adult_placement"
    catalogue = "errors_care"


class SumNegative(ConsentError):
    """A sum of money is not below nothing; parameter `field`."""

    key = "sum_negative"
    catalogue = "errors_care"


class ScaleImpossible(ConsentError):
    """A scale runs from 1 to 5; parameter `field`."""

    key = "scale_impossible"
    catalogue = "errors_care"


@dataclass(frozen=True, slots=True)
class Known:
    """What a check may look at besides the record: the day, the person's names, whether the person is a child, or was
    on the day of a placement (None for not known), who gave a consent in the person's place, the latest word on going
    home, and what the person agrees to.
    """

    today: str
    names: frozenset[NameKey] = frozenset()
    is_child: bool | None = None
    guardians: frozenset[NameKey] = frozenset()
    verdict: str | None = None
    agreement: Agreement = field(default_factory=Agreement)


Check = Callable[[Any, Any, Known], None]


def check(type_name: str, record: Record, before: Record | None, known: Known) -> None:
    """Raise what is wrong with a record of care."""
    for spec in RECORD_TYPES[type_name].fields.values():
        _check_field(spec, getattr(record, spec.name), known)
    for each in CHECKS.get(type_name, ()):
        each(record, before, known)


def _check_field(spec: Field, value: Any, known: Known) -> None:
    """What holds for a field of this name or shape in whatever record it stands."""
    if value is None:
        return
    if spec.name in DONE and _is_ahead(value, known.today):
        raise DoneAhead(field=spec.name)
    if spec.name in SUMS and value < 0:
        raise SumNegative(field=spec.name)
    if spec.name in SCALES and not _LOWEST <= value <= _HIGHEST:
        raise ScaleImpossible(field=spec.name)
    if spec.shape is Shape.ELEMENTS and spec.options:
        _check_elements(spec, value)


def _check_elements(spec: Field, value: Mapping[str, Any]) -> None:
    """Elements of other names, or with other values, would be on no screen and on no paper."""
    is_flag = not spec.value_group and spec.name != "delivered"
    wrong_value = is_flag and any(not isinstance(each, bool) for each in value.values())
    if wrong_value or not set(value) <= set(spec.options):
        raise ValueImpossible(field=spec.name)


def _is_ahead(edtf: str, today: str) -> bool:
    first = PartialDate.from_edtf(edtf).earliest()
    return first is not None and first > date.fromisoformat(today)


def _values(field: str, options: type[StrEnum], found: Iterable[Any]) -> None:
    if not all(each in set(options) for each in found):
        raise ValueImpossible(field=field)


def _tie(record: ConflictOfInterest, before: ConflictOfInterest | None, _known: Known) -> None:
    """Who is tied would else be free by writing another name over the own one."""
    if before is not None and before.volunteer_id != record.volunteer_id:
        raise ValueImpossible(field="volunteer_id")


def _account(record: Account, _: object, _known: Known) -> None:
    if record.asked_by == AskedBy.NEED and not record.asked_for:
        raise AskedForMissing


def _not_alone(record: Outreach | FirstAid, _: object, _known: Known) -> None:
    if not record.companion and not record.alone_reason:
        raise LoneVisit


def _follow_up(record: FollowUp, _: object, _known: Known) -> None:
    is_visit = record.done_on is not None and record.follow_up_way == FollowUpWay.VISIT
    if is_visit and not record.companion and not record.alone_reason:
        raise LoneVisit
    _values("items", ItemState, record.items.values())


def _needs(record: NeedsAssessment, _: object, _known: Known) -> None:
    _values("needs", Urgency, record.needs.values())
    if not (record.needs or any(getattr(record, name) for name in _NEED_TEXTS)):
        raise NothingWritten


def _conference(record: Conference, _: object, _known: Known) -> None:
    if not any(getattr(record, name) for name in _HEADINGS):
        raise NothingWritten


def _support(record: Support, _: object, known: Known) -> None:
    if name_key(record.giver) in known.names:
        raise SupportFromPerson


def _delivered(record: Accompaniment, _: object, known: Known) -> None:
    for day in record.delivered.values():
        if not isinstance(day, str):
            raise ImpossibleDate
        if _is_ahead(day, known.today):
            raise DoneAhead(field="delivered")


def _perpetrator(record: Perpetrator, before: Perpetrator | None, known: Known) -> None:
    if name_keys((record.name, record.known_as)) & known.guardians:
        raise GuardianSuspected
    order = list(Standing)
    if before is None or before.standing is None or record.standing is None:
        return
    is_lowered = order.index(Standing(record.standing)) < order.index(Standing(before.standing))
    if is_lowered and (not record.standing_source or record.standing_source == before.standing_source):
        raise StandingLowered


def _report(record: AuthorityReport, before: AuthorityReport | None, known: Known) -> None:
    """Information about what happens is open to everybody (art. 7); to report a person's case is the person's word."""
    is_same = before is not None and (before.kind, before.institution_id) == (record.kind, record.institution_id)
    is_agreed = known.agreement.allows(ConsentScope.REPORT, record.institution_id)
    if record.kind == ReportKind.REPORT and not is_same and not is_agreed:
        raise ReportNotAgreed


def _placement(record: Placement, before: Placement | None, known: Known) -> None:
    """SPM F.b.2-3. A shelter needs no safe home first: it is for whom none is safe. Who is not known to be grown up has
    a child's safeguards. What stands already, or went wrong and is over, may be written down as it is.
    """
    is_new = before is None or before.placement != record.placement
    if is_new and record.placement != PlacementKind.INSTITUTION and known.verdict != ReturnVerdict.SAFE:
        raise ReturnNotSafe
    if before is not None and not is_new and (record.ended_on or _stands(record, before)):
        return
    if known.is_child is False and record.chosen_by != ChosenBy.PERSON:
        raise AdultPlacement
    if known.is_child is not False and record.child_agrees is False:
        raise ChildDisagrees
    if known.is_child is not False and record.placement == PlacementKind.SUBSTITUTE_FAMILY:
        promised = (record.keeps_safe, record.keeps_well, record.keeps_caring, record.child_agrees)
        if record.chosen_by != ChosenBy.INSTITUTION or not all(promised):
            raise ChildPlacement


def _stands(record: Placement, before: Placement) -> bool:
    """Whether nothing changed of what decides about a placement."""
    terms = ("placed_on", "chosen_by", "child_agrees", "keeps_safe", "keeps_well", "keeps_caring")
    return all(getattr(record, name) == getattr(before, name) for name in terms)


CHECKS: Mapping[str, tuple[Check, ...]] = {
    "account": (_account,),
    "conflict_of_interest": (_tie,),
    "outreach": (_not_alone,),
    "first_aid": (_not_alone,),
    "needs_assessment": (_needs,),
    "perpetrator": (_perpetrator,),
    "authority_report": (_report,),
    "accompaniment": (_delivered,),
    "support": (_support,),
    "conference": (_conference,),
    "placement": (_placement,),
    "follow_up": (_follow_up,),
}
"""Record type -> what is checked besides what holds for every field."""
