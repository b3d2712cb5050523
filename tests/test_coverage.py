# SPDX-License-Identifier: GPL-3.0-or-later
"""The newest questionnaire as content: complete against the sources, fit to be read aloud, fair to lawful lives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from trafficwatch.models.screening import (
    FINDINGS,
    Answer,
    Element,
    Finding,
    Form,
    Kind,
    Lookalike,
    Mode,
    Risk,
    Sex,
    Subject,
    Value,
)
from trafficwatch.screening import questionnaires
from trafficwatch.screening.coverage import SIGN_LISTS, coverage, distinct, inventory
from trafficwatch.screening.evaluation import evaluate

if TYPE_CHECKING:
    from trafficwatch.models.screening import Entry, Evaluation, Module

QUESTIONNAIRE = questionnaires.newest()
RULES = questionnaires.rules(QUESTIONNAIRE.rules)
ENTRIES = {entry.code: entry for entry in QUESTIONNAIRE.entries}
LISTS = inventory()
COVERED = {covered.list.code: covered for covered in coverage(LISTS, QUESTIONNAIRE)}
MODULES = {module.code: module for module in QUESTIONNAIRE.modules}
WOMAN, MAN, CHILD = Subject(27, Sex.FEMALE), Subject(30, Sex.MALE), Subject(15, Sex.FEMALE)


# -- complete ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "count"),
    [
        *(("labour", 43), ("sexual", 48), ("general", 11), ("terms", 25), ("child_forms", 6), ("places", 8)),
        *(("case", 3), ("key_questions", 17), ("modus", 22)),
    ],
)
def test_every_indicator_has_a_question(name: str, count: int) -> None:
    assert len(COVERED[name].rows) == count
    assert COVERED[name].gaps == ()
    assert len(COVERED) == 9


def test_a_gap_would_be_shown() -> None:
    first = coverage(LISTS, questionnaires.get("screening@1"))
    assert {item.id for each in first if each.list.code == "sexual" for item in each.gaps} == {
        *("S-TUJ-1", "S-TUJ-2", "S-TUJ-3", "S-TUJ-4B", "S-FORCE-3", "S-MOVE-3", "S-WAGE-1", "S-DEC-1")
    }


def test_the_two_lists_hold_51_distinct_indicators() -> None:
    assert distinct(LISTS) == 51
    codes = {row.indicator.id: row.codes for name in SIGN_LISTS for row in COVERED[name].rows}
    same = {item.id: item.same for each in LISTS for item in each.items if item.same}
    assert len(same) == 40
    assert all(codes[number] == codes[other] for number, other in same.items()), "one indicator, one question"


def test_inventory_and_entries_name_only_what_there_is() -> None:
    """A misspelt number or code would quietly cover nothing."""
    known = {item.id for each in LISTS for item in each.items}
    assert {number for entry in QUESTIONNAIRE.entries for number in entry.indicators} <= known
    assert {code for each in LISTS for item in each.items for code in item.codes} <= set(ENTRIES)
    assert sum(len(each.items) for each in LISTS) == len(known)


def test_a_fact_that_stands_twice_is_asked_once() -> None:
    places = {code: {(place.element.value, place.group) for place in ENTRIES[code].places} for code in ENTRIES}
    assert places["L-CAR-DEBT-1"] == {("proses", "recruitment"), ("cara", "debt")}
    assert places["L-CAR-THREAT-1"] == {("proses", "transport"), ("cara", "threat"), ("cara", "force")}
    assert places["L-PRO-STAY-1"] == {("proses", "reception"), ("cara", "movement")}
    assert places["L-TUJ-3"] == places["L-TUJ-4"] == {("tujuan", "work"), ("cara", "wages")}
    assert places["S-TUJ-2"] == {("tujuan", "sexual"), ("cara", "wages")}
    assert places["S-TUJ-4"] == {("tujuan", "sexual"), ("cara", "movement")}
    numbers = [number for entry in QUESTIONNAIRE.entries for number in entry.indicators if number[:2] in {"L-", "S-"}]
    assert len(numbers) == len(set(numbers)) == 43 + 48


def test_context_is_circumstances_alone() -> None:
    """Nobody's circumstances, and no open gate, ever speak for an element."""
    context = {entry.code for entry in QUESTIONNAIRE.entries if entry.kind is Kind.CONTEXT}
    assert context == {
        *("L-PRO-STAY-1", "L-CAR-VULN-1", "L-CAR-VULN-2", "L-CAR-VULN-3", "L-CAR-VULN-4", "S-CAR-VULN-5"),
        *("C-BEFORE", "C-CROSS", "C-NONPROC", "C-SCHOOL"),
        *("M-FISH-8", "M-HOME-9", "M-GUEST-7", "M-STREET-8", "M-BRIDE-9", "M-ORGAN-8"),
        *(module.gate for module in QUESTIONNAIRE.modules),
    }
    neutral = [entry.code for entry in QUESTIONNAIRE.entries if entry.term and entry.element is Element.PROSES]
    for subject in (MAN, CHILD):
        assert said(subject, *context, *neutral).finding is Finding.NOT_ENOUGH


@pytest.mark.parametrize("module", MODULES.values(), ids=lambda module: module.code)
def test_a_module_is_a_few_questions_behind_a_gate(module: Module) -> None:
    entries = [entry for entry in QUESTIONNAIRE.entries if entry.module == module.code]
    assert 5 <= len(entries) <= 9
    gate = ENTRIES[module.gate]
    assert (gate.kind, gate.module) == (Kind.CONTEXT, None)
    assert any(ENTRIES[code].kind is Kind.ELEMENT for code in gate.asks)
    signs = {place.element for entry in entries if entry.kind is Kind.SIGN for place in entry.places}
    assert {Element.CARA, Element.TUJUAN} <= signs
    assert all(entry.kind in {Kind.SIGN, Kind.CONTEXT} for entry in entries)


# -- fit to be read aloud ----------------------------------------------------------------------------------------------

BLAME = re.compile(
    r"\b(korban|pelaku|tersangka|bersalah|salahmu|mengaku|dosa|nakal|bodoh|malas|pelacur|psk|wts|lonte|ilegal|haram"
    r"|kabur|victim|guilty|suspect|prostitute|whore|illegal|confess|fault|stupid)\b",
    re.IGNORECASE,
)
DOCUMENT = re.compile(r"\b(JUKNIS|P2/2024|P11/2012|SPM|UU 21/2007)\b")


@pytest.mark.parametrize("entry", QUESTIONNAIRE.entries, ids=lambda entry: entry.code)
def test_an_entry_can_be_read_aloud(entry: Entry) -> None:
    assert DOCUMENT.search(entry.source), "a source names a document and a place, or says that it is ours"
    assert entry.text.id.startswith("Apakah ")
    for text in (entry.text.id, entry.text.en):
        assert text.endswith("?")
        assert text.count("?") == 1
        assert len(text) <= 110
    assert entry.help.id.startswith("Contoh: ")
    assert entry.help.en.startswith("Example: ")
    for short in (entry.short.id, entry.short.en):
        assert not short.endswith((".", "?"))
        assert short[0].islower() or short.startswith(("KTP", "ID card"))
    for words in (entry.text, entry.short):
        assert not BLAME.search(f"{words.id} {words.en}")
    assert not re.search(r"\bkorban\b|\bvictim", f"{entry.help.id} {entry.help.en}"), "no verdict before identification"
    assert not re.search(r"^Apakah (\w+ )?(tidak|belum|bukan)\b", entry.text.id), "yes to a negated question is unclear"


def test_what_only_eyes_can_answer_is_not_read_aloud() -> None:
    for entry in QUESTIONNAIRE.entries:
        assert (entry.mode is Mode.OBSERVE) == bool(
            re.match(r"Apakah (ada tanda|ceritanya|bertingkah|surat identitasnya|tampak|terlihat)", entry.text.id)
        ), entry.code


def test_no_question_is_asked_twice() -> None:
    for texts in ([e.text.id for e in QUESTIONNAIRE.entries], [e.text.en for e in QUESTIONNAIRE.entries]):
        assert len(texts) == len(set(texts))


def test_what_is_sexual_is_not_read_to_a_small_child() -> None:
    """Only of whom it concerns: behind a gate that asks about the place; the direct questions say how with a child."""
    sexual = [entry for entry in QUESTIONNAIRE.entries if {place.group for place in entry.places} & {"sexual"}]
    for entry in sexual:
        is_gated = entry.module in {"sexual", "guest"}
        assert is_gated or "anak kecil jangan dibacakan" in entry.help.id, entry.code
    assert "anak kecil jangan dibacakan" in ENTRIES[MODULES["sexual"].gate].help.id


# -- fair to lawful lives, plain about unlawful ones -------------------------------------------------------------------


def said(subject: Subject, *codes: str) -> Evaluation:
    """Evaluate these codes answered yes and every other direct question answered no."""
    answers = {entry.code: Answer(Value.NO) for entry in QUESTIONNAIRE.entries if entry.kind is Kind.ELEMENT}
    answers |= {code: Answer(Value.YES) for code in codes}
    return evaluate(QUESTIONNAIRE, RULES, subject, answers)


LAWFUL = {
    "licensed live-in maid, hard days": (
        WOMAN,
        *("C-HOME", "E-PRO-RECRUIT", "E-PRO-SEND", "E-PRO-HARBOUR", "E-PRO-RECEIVE", "L-PRO-STAY-1", "L-CAR-VULN-3"),
        *("L-CAR-VULN-4", "L-TUJ-2", "L-TUJ-3", "L-PRO-TRA-4"),
    ),
    "licensed fisherman, hard work at sea": (
        MAN,
        *("C-FISH", "E-PRO-RECRUIT", "E-PRO-SEND", "E-PRO-RECEIVE", "E-PRO-TRANSPORT", "L-PRO-STAY-1", "L-PRO-STAY-2"),
        *("L-CAR-ISO-2", "L-CAR-ISO-3", "L-TUJ-1", "L-TUJ-2", "M-FISH-3", "M-FISH-6", "M-FISH-8", "L-CAR-VULN-4"),
    ),
    "happily married abroad through a go-between": (
        WOMAN,
        *("C-BRIDE", "E-PRO-RECRUIT", "E-PRO-SEND", "E-PRO-RECEIVE", "L-CAR-VULN-3", "L-CAR-VULN-4", "M-BRIDE-9"),
    ),
    "adopted through the social affairs office": (
        Subject(2),
        *("C-ADOPT", "T-CHILD", "E-PRO-TRANSFER", "E-PRO-RECEIVE", "E-PRO-HARBOUR"),
    ),
    "raised by relatives, without papers": (Subject(9), "C-ADOPT", "T-CHILD", "E-PRO-TRANSFER", "M-ADOPT-5"),
    "salon worker with a contract": (WOMAN, "C-GUEST", "C-SEXUAL", "E-PRO-RECRUIT", "L-PRO-STAY-1", "L-TUJ-2"),
    "customer service by telephone": (MAN, "C-SCAM", "E-PRO-RECRUIT", "L-TUJ-2"),
    "gives a kidney to a brother": (MAN, "C-ORGAN", "E-PRO-TRANSPORT"),
    "carries parcels on a motorcycle": (MAN, "C-STREET", "E-PRO-RECRUIT", "L-CAR-WAGE-2"),
    "went abroad on a visit visa by choice": (MAN, "C-NONPROC", "L-CAR-VULN-1", "C-CROSS", "E-PRO-TRANSPORT"),
}


@pytest.mark.parametrize("name", LAWFUL)
def test_a_lawful_life_is_no_suspicion(name: str) -> None:
    subject, *codes = LAWFUL[name]
    found = said(subject, *codes)
    assert FINDINGS.index(found.finding) < FINDINGS.index(Finding.SUSPECTED)
    assert found.risk is (Risk.HIGH if "T-CHILD" in codes else Risk.LOW)
    hard = {"L-TUJ-1", "L-TUJ-2", "L-TUJ-3", "M-FISH-6"} & set(codes)
    assert (Lookalike.BAD_WORKING_CONDITIONS in found.lookalikes) == bool(hard)


def test_circumstances_and_hardship_of_every_trade_together_suspect_no_adult() -> None:
    codes = [
        entry.code
        for entry in QUESTIONNAIRE.entries
        if entry.kind is Kind.CONTEXT or entry.lookalike or (entry.term and entry.element is Element.PROSES)
    ]
    codes = [code for code in codes if ENTRIES[code].max_age is None]
    assert said(MAN, *codes).finding is Finding.NEEDS_CLARIFICATION


UNLAWFUL = {
    "scam compound": (MAN, Form.ILLICIT_ACTIVITY, "C-SCAM", "M-SCAM-1", "M-SCAM-3", "M-SCAM-6", "E-CAR-CONFINE"),
    "sold on in the compound": (MAN, Form.SLAVERY_LIKE, "M-SCAM-2", "M-SCAM-7", "E-CAR-FORCE"),
    "kept on a ship": (MAN, Form.LABOUR, "C-FISH", "M-FISH-2", "M-FISH-5", "E-CAR-CONFINE"),
    "contract marriage": (WOMAN, Form.FORCED_MARRIAGE, "C-BRIDE", "M-BRIDE-3", "M-BRIDE-7", "E-CAR-DECEIT"),
    "bride put to work": (WOMAN, Form.SERVITUDE, "M-BRIDE-9", "E-PRO-SEND", "M-BRIDE-6", "E-CAR-DEBT"),
    "baby for a price": (Subject(0), Form.SALE_OF_CHILD, "C-ADOPT", "M-ADOPT-1", "M-ADOPT-3"),
    "kidney for money": (MAN, Form.ORGAN_REMOVAL, "C-ORGAN", "M-ORGAN-3", "M-ORGAN-5", "E-TUJ-ORGAN"),
    "child begging for a boss": (Subject(8), Form.BEGGING, "C-STREET", "M-STREET-1", "M-STREET-3"),
    "courier kept in the dark": (CHILD, Form.ILLICIT_ACTIVITY, "E-PRO-RECRUIT", "M-STREET-6"),
    "maid passed on and threatened": (WOMAN, Form.SERVITUDE, "C-HOME", "M-HOME-1", "M-HOME-7", "E-CAR-COERCE"),
    "hostess in debt": (WOMAN, Form.SEXUAL, "C-GUEST", "E-PRO-RECRUIT", "M-GUEST-1", "M-GUEST-6", "E-CAR-DEBT"),
    "deceived into sexual services": (WOMAN, Form.SEXUAL, "S-CAR-DEC-1", "E-PRO-RECRUIT", "E-TUJ-PROSTITUTION"),
    "child in a recording": (CHILD, Form.SEXUAL, "C-SEXUAL", "P-ONLINE", "M-SEX-1"),
}


@pytest.mark.parametrize("name", UNLAWFUL)
def test_a_known_modus_is_recognised(name: str) -> None:
    subject, form, *codes = UNLAWFUL[name]
    found = said(subject, *codes)
    assert (found.finding, found.forms) == (Finding.SUSPECTED, (form,))
