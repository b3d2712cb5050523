# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be written of a journey, wherever the form stands: the steps that it takes, its days and its fields.

Steps: plan and preparing in either direction, then departed, then returned; postponed and cancelled in place of
leaving, and back. Who was only planning, or was talked into waiting, may be gone the next day: that is a step as well.
Anything else was typed wrongly, and is taken back on the change log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trafficwatch.errors import InputError
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.identity import clean_name
from trafficwatch.models.migration import Journey, Stage
from trafficwatch.registry.days import earliest, latest, require_past
from trafficwatch.registry.procedural import decide
from trafficwatch.registry.touch import require_answers
from trafficwatch.registry.warnings import is_abroad
from trafficwatch.store.work import Work
from trafficwatch.texts import t
from trafficwatch.texts.labels import label

STEPS: Mapping[Stage | None, frozenset[Stage]] = {
    None: frozenset(Stage),
    Stage.PLAN: frozenset({Stage.PREPARING, Stage.DEPARTED, Stage.POSTPONED, Stage.CANCELLED}),
    Stage.PREPARING: frozenset({Stage.PLAN, Stage.DEPARTED, Stage.POSTPONED, Stage.CANCELLED}),
    Stage.POSTPONED: frozenset({Stage.PLAN, Stage.PREPARING, Stage.DEPARTED, Stage.CANCELLED}),
    Stage.CANCELLED: frozenset({Stage.PLAN, Stage.PREPARING}),
    Stage.DEPARTED: frozenset({Stage.RETURNED}),
    Stage.RETURNED: frozenset(),
}
"""Which stages may follow which."""

_COUNTRY_LETTERS, _MOST_DAYS = 2, 366


class StageImpossible(InputError):
    """A journey can't come from one stage to the other in one step; parameters `before`, `after`."""

    key = "stage_impossible"


class BackBeforeLeaving(InputError):
    """Nobody returns before leaving."""

    key = "back_before_leaving"


def clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form as they are kept; raises ValueImpossible."""
    kept = dict(fields)
    for name in ("recruiter_name", "employer", "agency"):
        if kept.get(name):
            kept[name] = clean_name(kept[name])
    if country := (kept.get("destination_country") or "").strip().upper():
        if not (country.isascii() and country.isalpha() and len(country) == _COUNTRY_LETTERS):
            raise ValueImpossible(field="destination_country")
        kept["destination_country"] = country
    days = kept.get("check_in_days")
    if days is not None and not (isinstance(days, int) and 1 <= days <= _MOST_DAYS):
        raise ValueImpossible(field="check_in_days")
    if kept.get("stage") and kept["stage"] not in set(Stage):
        raise ValueImpossible(field="stage")
    require_answers("answers", kept.get("answers"))
    return kept


def checked(work: Work, before: Journey | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be written of a journey: the changes of a form, and what the answers among them decide.

    Raises StageImpossible, DayToCome, BackBeforeLeaving.
    """
    kept = dict(changes)
    if "stage" in kept and before is not None:
        _require_step(before, kept["stage"])
    if kept.get("answers") and "procedural" not in kept:
        kept["procedural"] = _decided(before, kept)
    _require_days(work, before, kept)
    return kept


def _require_step(before: Journey, stage: str | None) -> None:
    """A stage that is known is not forgotten either: from there every step would be open."""
    known = Stage(before.stage) if before.stage else None
    if (known or stage) and stage not in STEPS[known]:
        said = label("stage", stage) if stage else t("journey.no_stage")
        raise StageImpossible(before=label("stage", known), after=said)


def _require_days(work: Work, before: Journey | None, changes: Mapping[str, Any]) -> None:
    """What has happened lies in the past, and coming back after leaving; only what changes is looked at."""
    stage = changes.get("stage", before.stage if before else None)
    left, back = (changes.get(name, getattr(before, name, None)) for name in ("departure_on", "returned_on"))
    if stage in {Stage.DEPARTED, Stage.RETURNED} and changes.keys() & {"stage", "departure_on"}:
        require_past(work, "departure_on", left)
    if "returned_on" in changes:
        require_past(work, "returned_on", back)
    if changes.keys() & {"departure_on", "returned_on"}:
        first, last = earliest(left), latest(back)
        if first and last and last < first:
            raise BackBeforeLeaving


def _decided(before: Journey | None, changes: Mapping[str, Any]) -> str:
    answers = {**(before.answers if before else {}), **changes["answers"]}
    country = changes.get("destination_country", before.destination_country if before else None)
    where = Journey(id="", destination_country=country)
    return decide({code: said for code, said in answers.items() if said}, abroad=is_abroad(where)).procedural.value
