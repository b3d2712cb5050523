# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines typed from the paper form: what they mean, what is refused and with which codes; nothing is guessed."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.question_table import SOURCES as PRINTED
from trafficwatch.forms.screening_paper import paper_pdf
from trafficwatch.models.paper_order import paper_order
from trafficwatch.models.screening import Answer, By, Mode, Questionnaire, Value
from trafficwatch.screening import questionnaires
from trafficwatch.screening.paper_entry import (
    NEAREST,
    SOURCES,
    VALUES,
    Entered,
    Problem,
    Trouble,
    answer,
    meant,
    parse,
)

CODE = re.compile(r"[A-Z](?:-[A-Z0-9]+)+")
ASKED = questionnaires.get("screening@1")
NEWEST = questionnaires.newest()
CODES = [entry.code for entry in ASKED.entries]
HERE = "E-PRO-RECRUIT"


@pytest.mark.parametrize("questionnaire", [ASKED, NEWEST], ids=lambda each: each.ref)
def test_every_code_means_its_question_as_printed_and_in_small_letters(questionnaire: Questionnaire) -> None:
    for entry in questionnaire.entries:
        for typed in (entry.code, entry.code.lower(), entry.code.replace("-", " ")):
            assert parse(f"{typed} y", questionnaire) == Entered(entry.code, Value.YES), typed
        assert parse(entry.code, questionnaire) == Entered(entry.code)


@given(st.text(max_size=40))
def test_no_line_breaks_it_and_what_it_gives_is_a_question(line: str) -> None:
    found = parse(line, ASKED, HERE)
    if isinstance(found, Entered):
        assert found.code in CODES
    else:
        assert set(found.codes) <= set(CODES)
        assert found.typed == found.typed.upper()


@given(
    st.sampled_from(CODES),
    st.sampled_from(sorted(VALUES)),
    st.none() | st.sampled_from(sorted(SOURCES)),
    st.sampled_from([" ", "  ", "=", ": ", "\t"]),
)
def test_code_answer_and_source_come_back(code: str, letter: str, source: str | None, between: str) -> None:
    line = between.join([code, letter, *([source] if source else [])])
    for typed in (line, line.lower(), f"  {line} "):
        assert parse(typed, ASKED) == Entered(code, VALUES[letter], SOURCES[source] if source else None)


@given(st.sampled_from(CODES), st.integers(1, 4))
def test_a_tail_means_one_question_or_is_refused_with_all_that_it_may_mean(code: str, parts: int) -> None:
    tail = "-".join(code.split("-")[-parts:])
    fitting = tuple(each for each in CODES if f"-{each}".replace("-0", "-").endswith(f"-{tail}".replace("-0", "-")))
    found = parse(f"{tail} u", ASKED)
    if tail == code or fitting == (code,):
        assert found == Entered(code, Value.UNKNOWN)
    else:
        assert isinstance(found, Problem)
        assert found.trouble is Trouble.AMBIGUOUS
        assert set(fitting) <= set(found.codes)


@given(st.sampled_from(CODES), st.sampled_from(sorted(VALUES)))
def test_an_answer_alone_is_for_the_question_where_one_stands(code: str, letter: str) -> None:
    assert parse(letter, ASKED, code) == Entered(code, VALUES[letter])
    assert parse(letter, ASKED) == Problem(Trouble.NOTHING)
    assert parse(letter, ASKED, "X-99") == Problem(Trouble.NOTHING)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("recruit y", "E-PRO-RECRUIT"),
        ("e-pro-transp y", "E-PRO-TRANSPORT"),
        ("g-4 y", "G-04"),
        ("g 004 y", "G-04"),
        ("rec-1 y", "L-PRO-REC-1"),
        ("held y", "T-HELD"),
        ("E–PRO–RECRUIT y", "E-PRO-RECRUIT"),
        ("e.pro.recruit y", "E-PRO-RECRUIT"),
    ],
)
def test_what_is_enough_to_mean_a_question(line: str, code: str) -> None:
    assert parse(line, ASKED) == Entered(code, Value.YES)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", Problem(Trouble.NOTHING)),
        (" - ", Problem(Trouble.NOTHING)),
        ("E-PRO-REC y", Problem(Trouble.AMBIGUOUS, "E-PRO-REC", ("E-PRO-RECRUIT", "E-PRO-RECEIVE"))),
        ("debt-3 y", Problem(Trouble.AMBIGUOUS, "DEBT-3", ("L-CAR-DEBT-3", "S-CAR-DEBT-3"))),
        ("g-04 x", Problem(Trouble.NO_SUCH_ANSWER, "X")),
        ("g-04 y x", Problem(Trouble.NO_SUCH_SOURCE, "X")),
        ("y x", Problem(Trouble.NO_SUCH_SOURCE, "X")),
    ],
)
def test_what_is_refused(line: str, problem: Problem) -> None:
    assert parse(line, ASKED, HERE) == problem


@pytest.mark.parametrize("line", ["E-PRO-RECRIUT Y", "e-pro-recriut"])
def test_an_unknown_code_is_refused_with_the_nearest_ones(line: str) -> None:
    found = parse(line, ASKED)
    assert isinstance(found, Problem)
    assert (found.trouble, found.typed, found.codes[0]) == (Trouble.UNKNOWN, "E-PRO-RECRIUT", "E-PRO-RECRUIT")
    assert len(found.codes) == NEAREST


def test_a_number_means_itself_and_no_longer_one() -> None:
    assert meant("G-1", CODES) == ("G-01",)
    assert "G-11" not in meant("1", CODES)
    assert meant("B-CA-1", ["A-B-CAT-1", "A-B-CAT-12"]) == ("A-B-CAT-1",)


# -- the answer --------------------------------------------------------------------------------------------------------


def test_what_was_noted_beside_an_answer_stays() -> None:
    entry = ASKED.entry(HERE)
    before = Answer(Value.YES, By.FAMILY, "pelabuhan", "bulan Mei")
    same = answer(Entered(HERE, Value.YES), entry, before)
    assert same == before
    assert answer(Entered(HERE, Value.NO), entry, before) == Answer(Value.NO, None, "pelabuhan", "bulan Mei")
    assert answer(Entered(HERE, Value.YES, By.PERSON), entry, before) == Answer(
        Value.YES, By.PERSON, "pelabuhan", "bulan Mei"
    )
    assert answer(Entered(HERE), entry, before) is None


def test_a_yes_to_what_is_only_looked_at_was_seen() -> None:
    looked_at = next(entry for entry in ASKED.entries if entry.mode is Mode.OBSERVE)
    assert answer(Entered(looked_at.code, Value.YES), looked_at, None) == Answer(Value.YES, By.OBSERVED)
    assert answer(Entered(looked_at.code, Value.YES, By.FAMILY), looked_at, None) == Answer(Value.YES, By.FAMILY)
    assert answer(Entered(looked_at.code, Value.NO), looked_at, None) == Answer(Value.NO)
    assert answer(Entered(HERE, Value.YES), ASKED.entry(HERE), None) == Answer(Value.YES)


# -- as on paper -------------------------------------------------------------------------------------------------------


def test_the_order_is_that_of_the_printed_form() -> None:
    pages = PdfReader(io.BytesIO(paper_pdf(NEWEST, "id", PAPERS["a4"]))).pages
    printed = CODE.findall("\n".join(page.extract_text() for page in pages).replace("-\n", "-"))
    known = {entry.code for entry in NEWEST.entries}
    order = [entry.code for entry in paper_order(NEWEST)]
    assert list(dict.fromkeys(code for code in printed if code in known)) == order
    assert len(order) == len(known)


def test_who_says_so_is_typed_with_the_letters_that_stand_in_the_boxes() -> None:
    assert {letter: by for by, letter in PRINTED.items()} == SOURCES
