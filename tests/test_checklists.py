# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of a home visit: whole, in both languages, every item with its place."""

from __future__ import annotations

import json
from itertools import pairwise

import msgspec
import pytest

from trafficwatch.registry.checklists import Bilingual, Checklist, departure_information, home_visit
from trafficwatch.resources import resource
from trafficwatch.texts import catalogue

LISTS = {"home-visit": home_visit, "departure-information": departure_information}


@pytest.mark.parametrize("name", LISTS)
def test_every_item_has_a_code_of_its_own_words_and_a_place(name: str) -> None:
    found = LISTS[name]()
    assert found.version >= 1
    codes = [item.code for item in found.items]
    assert len(codes) == len(set(codes))
    for item in found.items:
        assert item.code.replace("-", "").isalpha()
        assert f"checklist.group.{item.group}" in catalogue("journey_rules")
        assert item.source.startswith(("P2/2024", "PP 59/2021", "[ours]"))
        for words in (item.words, *([item.hint] if item.hint else [])):
            assert words.said("id") == words.id != words.said("en") == words.en


@pytest.mark.parametrize("name", LISTS)
def test_a_group_stands_together(name: str) -> None:
    groups = [item.group for item in LISTS[name]().items]
    changes = [one for one, other in pairwise(groups) if one != other]
    assert len(changes) + 1 == len(set(groups))


def test_the_visit_covers_what_the_regulation_names() -> None:
    """P2/2024 II.B.1.f.1, and mental readiness P11/2012 III.C.2.a.7."""
    named = {item.group for item in home_visit().items if "P2/2024 II.B.1.f" in item.source}
    assert named >= {"documents", "language", "skills", "funds", "protection", "income", "mental"}
    assert named >= {"safety_net", "procedure", "contacts"}
    assert any("P11/2012 III.C.2.a.7" in item.source for item in home_visit().items if item.group == "mental")


def test_the_information_is_what_the_regulation_owes() -> None:
    """PP 59/2021 art. 4(4) as forms-and-data.md 1.9 lists it; nothing of ours among it."""
    owed = {
        *("rights", "job", "social-security", "official-steps", "cost", "trafficking", "drugs", "radicalisation"),
        *("health", "law-culture", "agreements", "licensed", "countries", "complaints"),
    }
    assert {item.code for item in departure_information().items} == owed
    assert {item.source for item in departure_information().items} == {"PP 59/2021 art. 4(4)"}


def test_every_group_has_words_and_no_word_stands_for_nothing() -> None:
    used = {item.group for read in LISTS.values() for item in read().items}
    worded = {key.rpartition(".")[2] for key in catalogue("journey_rules") if key.startswith("checklist.group.")}
    assert worded == used


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_whole_or_not_at_all(name: str) -> None:
    content = json.loads(resource("checklists", f"{name}.json").read_text("utf-8"))
    content["items"][0]["weight"] = 3
    with pytest.raises(msgspec.ValidationError, match="weight"):
        msgspec.convert(content, Checklist)


def test_a_sentence_speaks_the_asked_language() -> None:
    assert (Bilingual("satu", "one").said("id"), Bilingual("satu", "one").said("en")) == ("satu", "one")
