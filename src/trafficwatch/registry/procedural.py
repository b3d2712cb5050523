# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a journey follows the official procedure, from questions in plain words. Pure.

Nobody knows whether a journey 'is procedural'; everybody knows whether there is a work visa. Each question asks for
what has to be there when the person leaves, so that something still on its way counts as yes. One no decides: not by
the procedure. Only when all are answered yes is it by the procedure; else it is not known yet, and the open questions
say what to find out. This is no judgement on the person, who may have been told that all is in order.

Abroad the list is that of UU 18/2017 art. 13 with what P2/2024 II.B.2.c counts. Within the country no seed has a
list: those questions are ours, on the same words of P2/2024. Sentences: `journey_rules.procedural.*`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trafficwatch.models.migration import Procedural

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and where it comes from; `[ours]` is our policy."""

    code: str
    citation: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the answers say: `by` are the questions that decide, `open` those without a yes or no."""

    procedural: Procedural
    by: tuple[str, ...]
    open: tuple[str, ...]


_ADULT = Question("adult", "[ours]; JUKNIS 2.2")
_SENDER = Question("official_sender", "P2/2024 II.B.2.c; PP 59/2021 art. 4(4)")
_COUNTED = "P2/2024 II.B.2.c"

QUESTIONS_ABROAD = (
    _ADULT,
    Question("registered", "UU 18/2017 art. 1"),
    _SENDER,
    Question("job_order", _COUNTED),
    Question("open_country", "PP 59/2021 art. 4(4)"),
    Question("family_permission", f"UU 18/2017 art. 13; {_COUNTED}"),
    Question("marital_statement", "UU 18/2017 art. 13"),
    Question("competence", "UU 18/2017 art. 13"),
    Question("health", "UU 18/2017 art. 13"),
    Question("passport", "UU 18/2017 art. 13"),
    Question("work_visa", "UU 18/2017 art. 13"),
    Question("placement_agreement", "UU 18/2017 art. 13; [ours] without an agent"),
    Question("work_agreement", "UU 18/2017 art. 13, 15(2)"),
    Question("briefing", f"{_COUNTED}; PP 59/2021 art. 4(4)"),
)
QUESTIONS_WITHIN = (
    _ADULT,
    _SENDER,
    Question("known_employer", "[ours]; P2/2024 II.B.1.f.1"),
    Question("family_knows", f"[ours]; {_COUNTED}"),
    Question("work_terms", f"[ours]; {_COUNTED}"),
    Question("village_knows", "[ours]; P2/2024 II.B.1.f.2"),
)


def questions(*, abroad: bool) -> tuple[Question, ...]:
    """The questions for a journey abroad or within the country, in the order in which they are asked."""
    return QUESTIONS_ABROAD if abroad else QUESTIONS_WITHIN


def decide(answers: Mapping[str, str], *, abroad: bool) -> Decision:
    """What the answers (question -> yes, no or unknown) say; other questions and other words say nothing."""
    codes = [question.code for question in questions(abroad=abroad)]
    refused = tuple(code for code in codes if answers.get(code) == NO)
    left = tuple(code for code in codes if answers.get(code) not in {YES, NO})
    if refused:
        return Decision(Procedural.NO, refused, left)
    if left:
        return Decision(Procedural.UNKNOWN, (), left)
    return Decision(Procedural.YES, tuple(codes), ())
