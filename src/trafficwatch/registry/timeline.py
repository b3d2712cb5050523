# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened on a journey, in the order of its days: dates, papers that were checked, visits, check-ins. Pure.

An event carries codes and no sentences; `words` says it in a language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import CheckIn, Document, HomeVisit, Journey, Stage
from trafficwatch.texts import Language, t
from trafficwatch.texts.labels import label

PLANNED, DEPARTED, POSTPONED = "planned", "departed", "postponed"
EXPECTED_BACK, RETURNED = "expected_back", "returned"
PAPER, VISIT, CHECK_IN = "paper", "visit", "check_in"

_AWAY = frozenset({Stage.DEPARTED, Stage.RETURNED})
_ORDER = (PAPER, VISIT, PLANNED, POSTPONED, DEPARTED, CHECK_IN, EXPECTED_BACK, RETURNED)


@dataclass(frozen=True, slots=True)
class Event:
    """One event: `on` as EDTF, None for a day nobody knows; `record` and `by` (a volunteer) where there is one."""

    on: str | None
    kind: str
    params: Mapping[str, str] = field(default_factory=dict)
    by: str | None = None
    record: str | None = None


def timeline(
    journey: Journey, documents: Iterable[Document], visits: Iterable[HomeVisit], attempts: Iterable[CheckIn]
) -> tuple[Event, ...]:
    """All events of a journey, the earliest first; those of no known day at the end."""
    found = [*_of_dates(journey), *_of_papers(documents), *_of_visits(visits), *_of_attempts(attempts)]
    return tuple(sorted(found, key=lambda event: (_day(event.on), _ORDER.index(event.kind))))


def words(event: Event, language: Language | None = None) -> str:
    """What happened, without its day."""
    if event.kind == PAPER:
        kind, found = event.params["kind"] or None, event.params["found"] or "unchecked"
        said = {
            "kind": label("document_kind", kind, language),
            "found": label("found", found, language),
        }
        return t("journey.event.paper", language=language, **said)
    if event.kind == CHECK_IN:
        said = {"outcome": label("outcome", event.params["outcome"] or None, language), **_place(event)}
        return t(f"journey.event.check_in{'_at' if said.get('place') else ''}", language=language, **said)
    return t(f"journey.event.{event.kind}", language=language)


def _place(event: Event) -> dict[str, str]:
    return {"place": event.params["place"]} if event.params.get("place") else {}


def _of_dates(journey: Journey) -> Iterator[Event]:
    left = DEPARTED if journey.stage in _AWAY else PLANNED
    days = [(journey.departure_on, left), (journey.returned_on, RETURNED)]
    if journey.stage == Stage.POSTPONED:
        days.append((journey.postponed_until, POSTPONED))
    if journey.returned_on is None:
        days.append((journey.expected_return_on, EXPECTED_BACK))
    yield from (Event(on, kind) for on, kind in days if on)


def _of_papers(documents: Iterable[Document]) -> Iterator[Event]:
    for each in documents:
        if each.checked_on:
            params = {"kind": each.kind or "", "found": each.found or ""}
            yield Event(each.checked_on, PAPER, params, each.checked_by, each.id)


def _of_visits(visits: Iterable[HomeVisit]) -> Iterator[Event]:
    return (Event(each.visited_on, VISIT, {}, each.visited_by, each.id) for each in visits)


def _of_attempts(attempts: Iterable[CheckIn]) -> Iterator[Event]:
    for each in attempts:
        params = {"outcome": each.outcome or "", "place": each.place or ""}
        yield Event(each.tried_on, CHECK_IN, params, each.tried_by, each.id)


def _day(edtf: str | None) -> date:
    return PartialDate.from_edtf(edtf or "").earliest() or date.max
