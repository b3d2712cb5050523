# SPDX-License-Identifier: GPL-3.0-or-later
"""What to talk over before somebody leaves, or to ask about while away: rules, each with its place. Pure.

A warning blames nobody and decides nothing. `high` leads to the advice to postpone together with the family (P2/2024
II.C MEK 1.f) and to triage; `medium` to look into it together; `note` is worth knowing. Of a paper that gets worse the
warnings never become fewer or lighter. A journey that is over (returned, cancelled) has none. Which weight a warning
has, and the days, are [ours]. Sentences: `journey_rules.warning.CODE.title`, `.why`, with the parameters.

A child is who may leave before the 18th birthday: judged on the earliest day of departure that is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import (
    ContractKind,
    Document,
    Found,
    Holder,
    Journey,
    Procedural,
    Sector,
    Stage,
    VisaKind,
)
from trafficwatch.models.people import Person
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.registry.contradictions import contradictions, same_name
from trafficwatch.registry.procedural import decide
from trafficwatch.store.spelling import plain

ADULT_YEARS = 18
"""JUKNIS 2.2."""
SOON_DAYS = 14
"""[ours] A departure within these days is soon."""
HOME_COUNTRY = "ID"

Weight = Literal["high", "medium", "note"]
WEIGHTS: tuple[Weight, ...] = ("high", "medium", "note")
"""The heaviest first."""

POSTPONE, TRIAGE, LOOK_TOGETHER = "postpone", "triage", "look_together"
"""Advice; sentences: `journey_rules.advice.*`."""

_OVER = frozenset({Stage.RETURNED, Stage.CANCELLED})
_NO_EMPLOYER = frozenset({Sector.STUDY, Sector.MARRIAGE})
_WRONG_VISA = frozenset({VisaKind.VISIT, VisaKind.PILGRIMAGE})
_NEGATIONS = frozenset(("tidak", "tak", "tdk", "belum", "blm", "tanpa", "no", "not", "none"))
_ABSENT = frozenset(("ada", "punya", "tahu", "tau", "jelas", "diketahui", "perlu", "dipungut", "berutang", "known"))
_NOTHING = frozenset(("nihil", "nol", "kosong", "gratis", "unknown", "nothing"))
_FILLING_WORDS = (
    "utang hutang pinjaman biaya ongkos rupiah apa apapun sama sekali sekarang saat ini debt debts cost costs any yet"
)
_FILLERS = frozenset(_FILLING_WORDS.split())
"""What may stand beside a denial without taking anything away from it."""
_POWERFUL_WORDS = (
    "agen agent agensi agency calo sponsor perekrut recruiter broker makelar perantara pl majikan bos boss employer pt"
    " p3mi perusahaan company"
)
_POWERFUL = frozenset(_POWERFUL_WORDS.split())
"""Words for those who recruit and employ, as people say whom they owe."""
_JUKNIS_DEBT, _MEK_POSTPONE = "JUKNIS 2.1, 2.3", "P2/2024 II.C MEK 1.f"


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - in the register a warning is this
    """One warning; `params` fill its sentences."""

    code: str
    weight: Weight
    citation: str
    params: Mapping[str, str] = field(default_factory=dict)


def warnings(
    person: Person, journey: Journey, documents: Sequence[Document], recruiter: Recruiter | None, today: date
) -> tuple[Warning, ...]:
    """What to talk over, the heaviest first; papers that were looked at for another journey are left out."""
    if journey.stage in _OVER:
        return ()
    papers = [paper for paper in documents if paper.journey_id in {None, journey.id}]
    found = [
        *_of_age(person, journey, today),
        *_of_papers(person, journey, papers),
        *_of_departure(journey, papers, today),
        *_of_money(journey, recruiter),
        *_of_work(journey),
        *_of_recruiter(journey, recruiter),
        *_of_procedure(journey),
    ]
    return tuple(sorted(found, key=lambda each: WEIGHTS.index(each.weight)))


def advice(found: Sequence[Warning]) -> tuple[str, ...]:
    """What the warnings lead to, () for nothing to do."""
    weights = {each.weight for each in found}
    if "high" in weights:
        return (POSTPONE, TRIAGE)
    return (LOOK_TOGETHER,) if "medium" in weights else ()


def is_abroad(journey: Journey) -> bool:
    """Whether a journey leads out of the country, as far as it is known."""
    return journey.destination_country not in {None, HOME_COUNTRY}


# -- the rules ---------------------------------------------------------------------------------------------------------


def _of_age(person: Person, journey: Journey, today: date) -> Iterator[Warning]:
    leaves = PartialDate.from_edtf(journey.departure_on or "").earliest() or today
    on = leaves if journey.stage == Stage.DEPARTED else max(leaves, today)
    is_child = PartialDate.from_edtf(person.birth_date or "").is_under(ADULT_YEARS, on)
    if is_child:
        yield Warning("child", "high", "JUKNIS 2.2; P2/2024 II.C MEK 1")
    elif is_child is None:
        yield Warning("age_unsure", "medium", "[ours]; JUKNIS 2.2")


def _of_papers(person: Person, journey: Journey, papers: Sequence[Document]) -> Iterator[Warning]:
    false, doubtful = (_count(papers, found) for found in (Found.FALSE, Found.DOUBTFUL))
    if false:
        yield Warning("false_paper", "high", _MEK_POSTPONE, {"count": str(false)})
    if doubtful:
        yield Warning("doubtful_paper", "medium", "P2/2024 II.B.1.f.2", {"count": str(doubtful)})
    differ = [each.about for each in contradictions(person, journey, papers)]
    if "age" in differ:
        yield Warning("age_differs", "high", "P2/2024 I.A; P11/2012 III.C.2.a.11")
    if "expired" in differ:
        yield Warning("expired_paper", "medium", "[ours]", {"count": str(differ.count("expired"))})
    if others := [about for about in differ if about not in {"age", "expired"}]:
        yield Warning("papers_differ", "medium", "P2/2024 I.A, II.B.1.f.2", {"count": str(len(others))})


def _of_departure(journey: Journey, papers: Sequence[Document], today: date) -> Iterator[Warning]:
    day = PartialDate.from_edtf(journey.departure_on or "")
    first, last = day.earliest(), day.latest()
    if journey.stage not in {None, Stage.PLAN, Stage.PREPARING} or first is None or last is None:
        return
    if last < today:
        yield Warning("departure_passed", "medium", "[ours]; P2/2024 II.B.1.f.2")
    elif first <= today + timedelta(SOON_DAYS):
        days = {"days": str(max(0, (first - today).days))}
        if _count(papers, Found.FALSE) or _count(papers, Found.DOUBTFUL):
            yield Warning("leaves_soon", "high", _MEK_POSTPONE, days)
        elif not papers or any(paper.found != Found.TRUE for paper in papers):
            yield Warning("leaves_soon", "medium", "[ours]; P2/2024 II.B.1.f.2", days)


def _of_money(journey: Journey, recruiter: Recruiter | None) -> Iterator[Warning]:
    owes = _says(journey.debts) or _says(journey.debt_to)
    if owes and _owed_to_the_powerful(journey, recruiter):
        yield Warning("debt_to_recruiter", "high", _JUKNIS_DEBT)
    elif owes:
        yield Warning("debt", "medium", _JUKNIS_DEBT)
    if _says(journey.costs):
        yield Warning("costs", "note", "JUKNIS 2.3; PP 59/2021 art. 4(4)")
    if journey.papers_held_by in {Holder.RECRUITER, Holder.EMPLOYER}:
        yield Warning("papers_held", "high", "JUKNIS 2.3; P2/2024 I.A")


def _of_work(journey: Journey) -> Iterator[Warning]:
    if journey.sector not in _NO_EMPLOYER:
        if not _names(journey.employer):
            yield Warning("unknown_employer", "medium", "UU 18/2017 art. 15(2); PP 59/2021 art. 4(4)")
        if journey.contract_kind in {ContractKind.NONE, ContractKind.SPOKEN}:
            yield Warning("no_contract", "medium", "UU 18/2017 art. 13, 15(2)")
        if journey.contract_kind == ContractKind.SIGNED_UNREAD:
            yield Warning("unread_contract", "medium", "PP 59/2021 art. 4(4); UU 18/2017 art. 15(2)")
        if journey.visa_kind in _WRONG_VISA:
            yield Warning("wrong_visa", "high", "UU 18/2017 art. 13")


def _of_recruiter(journey: Journey, recruiter: Recruiter | None) -> Iterator[Warning]:
    licence = recruiter.licence_found if recruiter else None
    if licence in {Found.DOUBTFUL, Found.FALSE}:
        yield Warning("recruiter_doubtful", "high", f"{_MEK_POSTPONE}; PP 59/2021 art. 4(4)")
    elif licence != Found.TRUE and (recruiter or _says(journey.recruiter_name) or _says(journey.agency)):
        yield Warning("recruiter_unchecked", "medium", "PP 59/2021 art. 4(4)")


def _of_procedure(journey: Journey) -> Iterator[Warning]:
    decided = decide(journey.answers, abroad=is_abroad(journey)).procedural
    if Procedural.NO in {journey.procedural, decided}:
        yield Warning("not_procedural", "medium", "P2/2024 II.B.2.c; UU 18/2017 art. 13")


def _count(papers: Sequence[Document], found: Found) -> int:
    return sum(paper.found == found for paper in papers)


def _says(text: str | None) -> bool:
    """Whether a text says that there is something: 'tidak ada utang', 'belum tahu', 'Rp 0' and signs alone do not.

    Only what holds nothing but a denial denies: 'gratis, nanti potong gaji' and 'tidak gratis' speak of something.
    """
    said = [word if word.strip("0") else "nol" for word in plain(text or "") if word != "rp"]
    words = [word for word in said if word not in _FILLERS]
    if not words:
        return bool(said)
    is_denied = words[0] in _NEGATIONS | _NOTHING and {*words} <= _NEGATIONS | _NOTHING | _ABSENT
    return not is_denied or any(one in _NEGATIONS and two in _NOTHING for one, two in pairwise(words))


def _names(text: str | None) -> bool:
    """Whether a text names somebody: one that begins with a denial does not, whatever follows."""
    words = [word for word in plain(text or "") if word.strip("0")]
    if not words or words[0] in _NOTHING:
        return False
    return words[0] not in _NEGATIONS or (len(words) > 1 and words[1] not in _ABSENT)


def _owed_to_the_powerful(journey: Journey, recruiter: Recruiter | None) -> bool:
    """Whether the debt is with who recruits or employs: by a word for them, or by their name."""
    owed_to = journey.debt_to or ""
    if _POWERFUL & {*plain(owed_to), *plain(journey.debts or "")}:
        return True
    names = [journey.recruiter_name, journey.agency, journey.employer]
    names += [recruiter.name, recruiter.company, *recruiter.aliases] if recruiter else []
    return _says(owed_to) and any(_says(name) and same_name(owed_to, name or "") for name in names)
