# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding and risk of a screening after a merge: two laptops' answers together may say more than each alone.

The answers are read again by the rules of their own questionnaire. What says more is written, in the village whose
record it is; nothing is ever made less by itself: that an evaluation now says less, or something else, is a matter for
a second look by a person (`second_look`). The PPT writes nothing into a village's record; its page reads again anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from trafficwatch.errors import ExpectedError
from trafficwatch.models.casework import Finding, Risk, Screening
from trafficwatch.models.exchange import Delivery, RecordResult
from trafficwatch.models.screening import Evaluation
from trafficwatch.models.stub import is_away
from trafficwatch.screening.sessions import evaluate_screening
from trafficwatch.store.work import Work

_FINDINGS, _RISKS = list(Finding), list(Risk)


def reread(work: Work, results: Iterable[RecordResult]) -> None:
    """Read again the screenings among what was just taken in, as far as who is at work can."""
    for each in results:
        if (each.type, each.state) == ("screening", Delivery.RECEIVED):
            found = _now(work, each.id)
            if found is not None and work.records.home("screening", each.id) == work.info.code:
                _raise(work, *found)


def second_look(work: Work) -> tuple[str, ...]:
    """The screenings whose answers say something else than what is recorded."""
    known = [(each, _now(work, each.id)) for each in work.records.select(Screening)]
    return tuple(
        each.id for each, now in known if now and (each.finding, each.risk) != (now[1].finding.value, now[1].risk.value)
    )


def _now(work: Work, screening_id: str) -> tuple[Screening, Evaluation] | None:
    """A screening and what its answers say; None where that can't be told, as when they were put away."""
    state = work.records.state("screening", screening_id) if work.sealer.able else None
    if state is None or is_away(state.fields, "answers"):
        return None
    try:
        found = evaluate_screening(work, screening_id)
    except ExpectedError:
        return None
    return (found.screening, found.evaluation) if found.screening.answers else None


def _raise(work: Work, screening: Screening, evaluation: Evaluation) -> None:
    more: dict[str, str] = {}
    if _rank(_FINDINGS, evaluation.finding) > _rank(_FINDINGS, screening.finding):
        more["finding"] = evaluation.finding.value
    if _rank(_RISKS, evaluation.risk) > _rank(_RISKS, screening.risk):
        more["risk"] = evaluation.risk.value
    if more:
        work.write(Screening, screening.id, **more)


def _rank(order: list[Finding] | list[Risk], value: str | None) -> int:
    return [each.value for each in order].index(value) if value in {each.value for each in order} else -1
