# SPDX-License-Identifier: GPL-3.0-or-later
"""The fifteen principles: whole, in both languages, each at its moments, and never a wall of text."""

from __future__ import annotations

from trafficwatch.casework.principles import MOST, Moment, at, principles
from trafficwatch.texts import LANGUAGES

LONGEST = 150
"""Letters of a sentence that is read in passing."""


def test_all_fifteen_are_there_in_the_order_of_the_law() -> None:
    assert "".join(each.code for each in principles()) == "abcdefghijklmno"
    assert [each.source for each in principles()] == [f"P2/2024 Lampiran II.D.2.{code}" for code in "abcdefghijklmno"]


def test_every_principle_appears_at_some_moment_and_no_moment_has_too_many() -> None:
    shown = {moment: at(moment) for moment in Moment}
    assert {each.code for found in shown.values() for each in found} == set("abcdefghijklmno")
    assert [moment for moment, found in shown.items() if not 1 <= len(found) <= MOST] == []


def test_a_principle_is_a_short_title_and_one_plain_sentence_in_both_languages() -> None:
    for each in principles():
        assert each.title.id != each.title.en
        assert each.words.id != each.words.en
        for language in LANGUAGES:
            assert 0 < len(each.title.of(language)) <= 40
            assert each.words.of(language).endswith(".")
            assert len(each.words.of(language)) <= LONGEST


def test_what_the_law_forbids_is_said_where_it_can_happen() -> None:
    """Payment at support, touch where one is alone with somebody, a tie to the recruiter where it is noted."""
    for moment, code in (
        (Moment.SUPPORT, "m"),
        (Moment.VISIT, "k"),
        (Moment.MINOR, "k"),
        (Moment.CONFLICT, "h"),
        (Moment.CONSENT, "c"),
        (Moment.FIRST_AID, "b"),
    ):
        assert code in {each.code for each in at(moment)}, moment
