# SPDX-License-Identifier: GPL-3.0-or-later
"""Which questionnaire is asked and read: the program's, the published ones beside it; none that changes a version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from questionnaire_tools import GONE, NEW_CODE, NEWEST, NEXT, REF, REWORDED, REWORDS, RULES, document, rules_of, spelled
from store_tools import scratch, trained_store, write

from trafficwatch.errors import InputError
from trafficwatch.models.publishing import PublishedQuestionnaire
from trafficwatch.models.screening import Answer, Value
from trafficwatch.screening import library
from trafficwatch.screening.documents import BrokenQuestionnaireError
from trafficwatch.screening.library import QuestionnaireOfAnotherName, VersionChanged
from trafficwatch.screening.publishing import preview
from trafficwatch.screening.questionnaires import UnknownQuestionnaireError
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import t

YES = Answer(Value.YES)


def said(rule: str, **params: str | int) -> str:
    return t(f"questionnaire.{rule}", language=None, **params)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with trained_store(Path(tmp_path_factory.mktemp("library"))) as opened:
        yield opened


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


def keep(work: Work, content: str | dict[str, Any], ref: str = REF) -> None:
    """As it came from the PPT, or as a newer program let it in."""
    text = content if isinstance(content, str) else spelled(content)
    write(work, PublishedQuestionnaire, ref=ref, published_on="2026-11-20", content=text)


def test_a_published_version_is_asked_and_the_old_one_stays(work: Work) -> None:
    assert library.newest(work) == NEWEST
    keep(work, document())
    assert library.newest(work).ref == REF
    assert library.newest(work).entry(REWORDED).text.id == REWORDS
    assert library.get(work, NEWEST.ref) == NEWEST
    assert library.get(work, NEWEST.ref).entry(REWORDED).text.id != REWORDS
    refs = [(found.questionnaire.version, found.published_on) for found in library.versions(work)]
    assert refs == [(NEXT, "2026-11-20"), *((number, None) for number in range(NEWEST.version, 0, -1))]
    with pytest.raises(UnknownQuestionnaireError):
        library.get(work, f"screening@{NEXT + 1}")


def test_the_highest_version_wins_in_whatever_order_they_came(work: Work) -> None:
    keep(work, document(NEXT + 9), f"screening@{NEXT + 9}")
    keep(work, document())
    assert library.newest(work).version == NEXT + 9


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"questionnaire":{}}', '{"questionnaire":[]}', "{" * 5_000])
def test_what_this_program_cannot_read_counts_as_not_there(work: Work, content: str) -> None:
    keep(work, content or " x ")
    assert library.newest(work) == NEWEST
    with pytest.raises(UnknownQuestionnaireError):
        library.get(work, REF)


def test_what_lies_under_another_ref_than_its_own_counts_as_not_there(work: Work) -> None:
    keep(work, document(), f"screening@{NEXT + 5}")
    assert library.newest(work) == NEWEST


def test_a_version_never_changes(work: Work) -> None:
    changed = document(NEWEST.version)
    with pytest.raises(VersionChanged) as raised:
        library.admit(work, spelled(changed))
    assert raised.value.params == {"ref": NEWEST.ref}
    keep(work, document())
    with pytest.raises(VersionChanged):
        library.admit(work, spelled(document(without=())))
    again = spelled(document()).replace('{"questionnaire"', '{ "questionnaire"', 1)
    assert library.admit(work, again).questionnaire.ref == REF


def test_only_the_screening_is_published(work: Work) -> None:
    other = document()
    other["questionnaire"]["id"] = "survey"
    with pytest.raises(QuestionnaireOfAnotherName):
        library.admit(work, spelled(other))


def test_rules_that_came_with_a_version_read_it_and_later_ones(work: Work) -> None:
    new = rules_of(1007, next_count=1)
    keep(work, document(rules=new))
    assert library.rules(work, library.newest(work)).next_count == 1
    assert library.rules(work, NEWEST) == RULES
    later = document(NEXT + 1)
    later["questionnaire"]["rules"] = "rules@1007"
    library.admit(work, spelled(later))
    keep(work, later, f"screening@{NEXT + 1}")
    assert library.rules(work, library.newest(work)).version == 1007


def test_a_program_that_brings_the_same_version_later_changes_nothing(work: Work) -> None:
    """What was asked before the program was updated is still read as it was."""
    keep(work, document(NEWEST.version, rules=rules_of(RULES.version, next_count=1)), NEWEST.ref)
    found = library.get(work, NEWEST.ref)
    assert found.entry(REWORDED).text.id == REWORDS
    assert library.rules(work, found).next_count == 1


def test_rules_are_as_unchanging_as_questions(work: Work) -> None:
    with pytest.raises(VersionChanged) as raised:
        library.admit(work, spelled(document(rules=rules_of(RULES.version, next_count=1))))
    assert raised.value.params == {"ref": NEWEST.rules}


def test_program_and_ppt_never_share_a_number(work: Work) -> None:
    """A release of the program with a number that the PPT took would cut villages off from what the PPT published."""
    assert NEWEST.version < library.FIRST_PUBLISHED > RULES.version
    for content, code in (
        (document(library.FIRST_PUBLISHED - 1), f"screening@{library.FIRST_PUBLISHED - 1}"),
        (document(NEWEST.version + 1), f"screening@{NEWEST.version + 1}"),
        (document(rules=rules_of(RULES.version + 1)), f"rules@{RULES.version + 1}"),
    ):
        with pytest.raises(BrokenQuestionnaireError) as raised:
            library.admit(work, spelled(content))
        assert raised.value.params["code"] == code
        assert raised.value.params["reason"] == said("number_of_program", first=library.FIRST_PUBLISHED)
    assert library.admit(work, spelled(document(rules=rules_of(library.FIRST_PUBLISHED)))).questionnaire.ref == REF


def changed(code: str, version: int = NEXT, **changes: Any) -> dict[str, Any]:
    content = document(version)
    next(entry for entry in content["questionnaire"]["entries"] if entry["code"] == code).update(changes)
    return content


RECRUITED = [{"element": "proses", "group": NEWEST.entry("E-PRO-RECRUIT").groups[0]}]


@pytest.mark.parametrize(
    ("content", "code", "rule", "other"),
    [
        (changed("T-HELD", risk="low"), "T-HELD", "risk_lowered", "high"),
        (changed("T-HELD", places=[]), "T-HELD", "element_lost", "cara"),
        (changed("E-CAR-DECEIT", places=RECRUITED), "E-CAR-DECEIT", "element_lost", "cara"),
        (changed(REWORDED, kind="sign", term=None, law=[]), REWORDED, "kind_changed", "element"),
        (changed("T-HELD", kind="context", risk=None), "T-HELD", "kind_changed", "triage"),
    ],
)
def test_a_code_keeps_what_it_means(work: Work, content: dict[str, Any], code: str, rule: str, other: str) -> None:
    with pytest.raises(BrokenQuestionnaireError) as raised:
        library.admit(work, spelled(content), "kuesioner.json")
    assert raised.value.params == {"file": "kuesioner.json", "code": code, "reason": said(rule, other=other)}


def test_a_code_may_come_to_mean_more(work: Work) -> None:
    deceit = document()["questionnaire"]["entries"]
    places = next(entry["places"] for entry in deceit if entry["code"] == "E-CAR-DECEIT")
    assert library.admit(work, spelled(changed("E-CAR-DECEIT", places=[*places, *RECRUITED])))
    assert library.admit(work, spelled(changed("T-LEAVE", risk="high")))


def test_a_code_that_was_left_out_comes_back_as_nothing_less(work: Work) -> None:
    keep(work, document(without=(GONE, "T-REACH")))
    with pytest.raises(BrokenQuestionnaireError) as raised:
        library.admit(work, spelled(changed("T-REACH", NEXT + 1, risk="low")))
    assert raised.value.params["reason"] == said("risk_lowered", other="high")


def test_a_code_is_held_to_what_the_ppt_made_of_it_last(work: Work) -> None:
    """A version from before another one is not held to what came later."""
    keep(work, changed("T-LEAVE", NEXT + 1, risk="high"), f"screening@{NEXT + 1}")
    assert library.admit(work, spelled(document()))
    with pytest.raises(BrokenQuestionnaireError):
        library.admit(work, spelled(document(NEXT + 2)))


def test_a_village_does_not_hold_its_ppt_to_a_release_that_the_ppt_may_not_have(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_EVERYWHERE", 0)  # as if every version of this program were such a release
    lower = changed("T-HELD", risk="low")
    assert library.admit(work, spelled(lower)).questionnaire.ref == REF
    with pytest.raises(BrokenQuestionnaireError):
        preview(work, lower, "kuesioner.json")  # the PPT that has it knows better


def _unknown_rules() -> dict[str, Any]:
    content = document()
    content["questionnaire"]["rules"] = "rules@77"
    return content


def _other_rules() -> dict[str, Any]:
    return {**document(), "rules": rules_of(10077)}


def _rules_without_their_question() -> dict[str, Any]:
    return document(rules=rules_of(1007, child_code="X-NONE-1"))


def _twice() -> dict[str, Any]:
    content = document()
    content["questionnaire"]["entries"].append(content["questionnaire"]["entries"][0])
    return content


def _more_than_a_questionnaire() -> dict[str, Any]:
    return {**document(), "note": "x"}


@pytest.mark.parametrize(
    "broken",
    [_unknown_rules, _other_rules, _rules_without_their_question, _twice, _more_than_a_questionnaire],
)
def test_what_refers_to_nothing_is_not_let_in(work: Work, broken: Any) -> None:
    with pytest.raises(BrokenQuestionnaireError):
        library.admit(work, spelled(broken()))


def test_no_bytes_at_all_end_in_anything_but_an_expected_error(work: Work) -> None:
    for content in ("", "null", "1", '"x"', "[{}]", '{"questionnaire": null}', '{"questionnaire":{},"rules":[]}'):
        with pytest.raises(InputError):
            library.admit(work, content)


def test_a_document_is_decoded_once(work: Work) -> None:
    keep(work, document())
    assert library.newest(work) is library.newest(work)


def test_the_highest_number_is_that_of_program_and_store(work: Work) -> None:
    assert library.highest(work) == NEWEST.version
    keep(work, document())
    assert library.highest(work) == NEXT


def test_answers_are_told_in_the_words_in_which_they_were_asked(work: Work) -> None:
    keep(work, document())
    old = Answer(Value.YES, asked=NEWEST.ref)
    answers = {GONE: old, NEW_CODE: YES, REWORDED: old, "L-LOST-1": Answer(Value.NO, asked="screening@99999")}
    found = {each.code: each for each in library.told(work, REF, answers)}
    assert list(found) == [REWORDED, NEW_CODE, *sorted([GONE, "L-LOST-1"])]
    assert (found[REWORDED].entry, found[REWORDED].ref) == (NEWEST.entry(REWORDED), NEWEST.ref)
    assert (found[GONE].entry, found[GONE].counts) == (NEWEST.entry(GONE), False)
    assert (found[NEW_CODE].ref, found[NEW_CODE].counts) == (REF, True)
    assert (found["L-LOST-1"].entry, found["L-LOST-1"].counts) == (None, False)
    assert library.known_answers(library.newest(work), answers).keys() == {REWORDED, NEW_CODE}
