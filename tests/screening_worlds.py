# SPDX-License-Identifier: GPL-3.0-or-later
"""Questionnaires and answers for properties: both versions that come with the program, and arbitrary ones with modules.

An arbitrary questionnaire is as strange as the loader allows: any kind, any places and ages, modules that ask about
little. It grows from a number, which is quick; Hypothesis chooses the number, the person and the answers. Of those most
fall on few questions that matter together: otherwise hardly any world would come near a suspicion.
"""

from __future__ import annotations

import functools
import random

from hypothesis import strategies as st

from trafficwatch.models.screening import (
    Answer,
    By,
    Element,
    Entry,
    Form,
    Group,
    Kind,
    Lookalike,
    Module,
    Place,
    Questionnaire,
    Risk,
    Sex,
    Subject,
    Value,
    Words,
)
from trafficwatch.screening import questionnaires

Answers = dict[str, Answer]
World = tuple[Questionnaire, Subject, Answers]

CANARY = "Siti Kenari"
RULES = questionnaires.rules("rules@2")
SHIPPED = (questionnaires.get("screening@1"), questionnaires.get("screening@2"))
_NAMED = dict.fromkeys(RULES.before_departure_codes, Kind.CONTEXT)
_NAMED |= dict.fromkeys([RULES.child_code, *(code for duty in RULES.duties for code in duty.codes)], Kind.TRIAGE)
_GROUPS = {f"{element}{number}": element for element in Element for number in ("one", "two")}
_WORDS = Words("kata", "words")
_TEXTS = (_WORDS, _WORDS, _WORDS, "ours")


@functools.cache
def arbitrary(number: int) -> Questionnaire:
    """The questionnaire of this number: some entries of each kind, and none, one or two modules behind gates."""
    chance = random.Random(number)

    def places(least: int) -> tuple[Place, ...]:
        groups = chance.sample(sorted(_GROUPS), chance.randint(least, 3))
        form = {Element.TUJUAN: chance.choice(list(Form))}
        return tuple(Place(_GROUPS[each], each, form.get(_GROUPS[each]), age()) for each in groups)

    def age() -> int | None:
        return chance.choice([None, None, 13, 17])

    def entry(code: str, kind: Kind, module: str | None = None) -> Entry:
        is_element = kind is Kind.ELEMENT
        return Entry(
            code,
            kind,
            *_TEXTS,
            places=places(1 if kind in {Kind.ELEMENT, Kind.SIGN} else 0),
            term="istilah" if is_element else None,
            law=("UU",) if is_element else (),
            risk=chance.choice([Risk.MEDIUM, Risk.HIGH]) if kind is Kind.TRIAGE else None,
            lookalike=chance.choice([None, *Lookalike]),
            max_age=age(),
            sex=chance.choice([None, None, *Sex]),
            module=module,
        )

    def some(entries: list[Entry]) -> tuple[str, ...]:
        return tuple(each.code for each in chance.sample(entries, chance.randint(0, min(2, len(entries)))))

    names = chance.choice([(), ("m",), ("m", "n")])
    free = [entry(f"X-{each}", chance.choice([*Kind, Kind.ELEMENT, Kind.SIGN])) for each in range(chance.randint(2, 9))]
    kinds = (Kind.ELEMENT, Kind.SIGN, Kind.CONTEXT)
    inside = [
        entry(f"M-{name.upper()}{each}", chance.choice(kinds), name)
        for name in names
        for each in range(chance.randint(1, 3))
    ]
    gates = [Entry(f"C-{name.upper()}", Kind.CONTEXT, *_TEXTS, asks=some(free)) for name in names]
    every = [*free, *inside, *gates, *(entry(code, kind) for code, kind in _NAMED.items())]
    groups = tuple(Group(code, element, _WORDS, some([*free, *inside])) for code, element in _GROUPS.items())
    modules = tuple(Module(name, _WORDS, f"C-{name.upper()}") for name in names)
    return Questionnaire("arbitrary", 1, _WORDS, "rules@2", groups, tuple(chance.sample(every, len(every))), modules)


_DECISIVE = (
    *("E-PRO-RECRUIT", "L-PRO-REC-1", "L-CAR-DEBT-1", "E-CAR-THREAT", "L-CAR-DOC-1", "E-CAR-DEBT", "E-TUJ-LABOUR"),
    *("L-TUJ-1", "E-TUJ-HAZARD", "T-CHILD", "T-LEAVE", "C-BEFORE", "G-04", "C-CROSS"),
)


def pick(questionnaire: Questionnaire, number: int) -> str:
    """The code that the number stands for: for three of four numbers one that decides much."""
    codes = _decisive(questionnaire) if number % 4 else tuple(entry.code for entry in questionnaire.entries)
    return codes[number // 4 % len(codes)]


def _decisive(questionnaire: Questionnaire) -> tuple[str, ...]:
    if questionnaire in SHIPPED:
        return _DECISIVE
    kinds = (Kind.ELEMENT, Kind.SIGN)
    return tuple(entry.code for entry in questionnaire.entries if entry.kind in kinds) or (RULES.child_code,)


def _world(questionnaire: Questionnaire, subject: Subject, told: list[tuple[int, Answer]], *, is_safe: bool) -> World:
    dangers = {entry.code: Answer(Value.NO) for entry in questionnaire.entries if is_safe and entry.kind is Kind.TRIAGE}
    return questionnaire, subject, dangers | {pick(questionnaire, number): answer for number, answer in told}


arbitrary_questionnaires = st.integers(0, 9999).map(arbitrary)
_years = st.sampled_from([None, None, 0, 13, 17, 18, 30, 120])
subjects = st.builds(Subject, _years, st.sampled_from([None, *Sex]), st.sampled_from([None, None, 0, 14, 17, 18, 30]))
given_answers = st.builds(
    Answer,
    st.sampled_from([*Value, *[Value.YES] * 4]),
    st.sampled_from([None, *By]),
    st.sampled_from([None, f"{CANARY} 1", f"{CANARY} 1", f"{CANARY} 2"]),
    st.sampled_from([None, CANARY]),
)
one_more = st.tuples(st.integers(0, 9999), given_answers)
"""One more answer; `pick` says to which question."""
told = st.just([]) | st.lists(one_more, min_size=4, max_size=12)
shipped_worlds = st.builds(_world, st.sampled_from(SHIPPED), subjects, told, is_safe=st.booleans())
worlds = shipped_worlds | st.builds(_world, arbitrary_questionnaires, subjects, told, is_safe=st.booleans())
"""A questionnaire, a person, and some answers."""


def world_of(subject: Subject, *codes: str, version: int = 2) -> World:
    """A plain world to begin with: these questions of the program's own answered yes, every other danger no."""
    questionnaire = SHIPPED[version - 1]
    dangers = {entry.code: Answer(Value.NO) for entry in questionnaire.entries if entry.risk and not entry.max_age}
    return questionnaire, subject, dangers | dict.fromkeys(codes, Answer(Value.YES))


def number_of(code: str) -> int:
    """A number that `pick` takes for this question of the program's own."""
    return _DECISIVE.index(code) * 4 + 1
