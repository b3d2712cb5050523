# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a journey follows the procedure: one no decides, only all yes is yes, the rest is open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficwatch.models.migration import Procedural
from trafficwatch.registry.procedural import NO, QUESTIONS_ABROAD, QUESTIONS_WITHIN, YES, decide, questions
from trafficwatch.texts import LANGUAGES, catalogue, t

CODES = {abroad: [question.code for question in questions(abroad=abroad)] for abroad in (True, False)}
ANSWERS = st.dictionaries(st.sampled_from(CODES[True] + CODES[False]), st.sampled_from([YES, NO, "unknown", "baru"]))


@pytest.mark.parametrize("abroad", [True, False])
def test_all_yes_is_by_the_procedure(abroad: bool) -> None:
    decision = decide(dict.fromkeys(CODES[abroad], YES), abroad=abroad)
    assert (decision.procedural, list(decision.by), decision.open) == (Procedural.YES, CODES[abroad], ())


@pytest.mark.parametrize("abroad", [True, False])
def test_one_no_decides_and_the_rest_stays_open(abroad: bool) -> None:
    for code in CODES[abroad]:
        decision = decide({code: NO}, abroad=abroad)
        assert (decision.procedural, decision.by) == (Procedural.NO, (code,))
        assert list(decision.open) == [other for other in CODES[abroad] if other != code]


@pytest.mark.parametrize("said", ["unknown", "", "word of a newer program"])
def test_what_is_not_known_is_never_no(said: str) -> None:
    answers = dict.fromkeys(CODES[True], YES) | {"work_visa": said}
    decision = decide(answers, abroad=True)
    assert (decision.procedural, decision.by, decision.open) == (Procedural.UNKNOWN, (), ("work_visa",))


def test_questions_of_the_other_kind_say_nothing() -> None:
    assert decide({"work_visa": NO}, abroad=False).procedural is Procedural.UNKNOWN
    assert decide({"village_knows": NO, "not a question": NO}, abroad=True).by == ()


@given(st.data(), st.booleans())
def test_the_order_of_answers_decides_nothing(data: st.DataObject, abroad: bool) -> None:
    answers = data.draw(ANSWERS)
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert decide(answers, abroad=abroad) == decide(shuffled, abroad=abroad)


@given(ANSWERS, st.booleans(), st.sampled_from(CODES[True] + CODES[False]))
def test_another_no_never_makes_it_better(answers: dict[str, str], abroad: bool, code: str) -> None:
    before, after = (decide(each, abroad=abroad) for each in (answers, answers | {code: NO}))
    if before.procedural is Procedural.NO:
        assert after.procedural is Procedural.NO
        assert set(before.by) <= set(after.by)
    assert after.procedural is not Procedural.YES or code not in CODES[abroad]


@given(ANSWERS, st.booleans())
def test_every_question_is_answered_or_open(answers: dict[str, str], abroad: bool) -> None:
    decision = decide(answers, abroad=abroad)
    said = {code for code in CODES[abroad] if answers.get(code) in {YES, NO}}
    assert said | set(decision.open) == set(CODES[abroad])
    assert said.isdisjoint(decision.open)
    assert set(decision.by) <= said


def test_every_question_has_words_and_a_place() -> None:
    asked = {question.code for question in (*QUESTIONS_ABROAD, *QUESTIONS_WITHIN)}
    worded = {key for key in catalogue("journey_rules") if key.startswith("procedural.")}
    assert worded == {f"procedural.{code}.{part}" for code in asked for part in ("question", "why")}
    assert all(question.citation for question in (*QUESTIONS_ABROAD, *QUESTIONS_WITHIN))
    assert all(len(codes) == len(set(codes)) for codes in CODES.values())


def test_who_travels_within_the_country_needs_no_permission_and_no_office() -> None:
    for language in LANGUAGES:
        asked = t("journey_rules.procedural.family_knows.question", language=language)
        said = [t(f"journey_rules.warning.not_procedural.{part}", language=language) for part in ("title", "why")]
        assert not any(word in asked for word in ("izin", "permi"))
        assert not any(word in each for each in said for word in ("resmi", "official"))
