# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from an evaluation by the newest rules, and where each of them comes from."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from trafficwatch.models.screening import Answer, Finding, Risk, Subject, Value
from trafficwatch.resources import resource
from trafficwatch.screening import questionnaires
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.texts import LANGUAGES, catalogue

if TYPE_CHECKING:
    from trafficwatch.models.screening import Evaluation

QUESTIONNAIRE = questionnaires.get("screening@2")
RULES = questionnaires.rules("rules@2")
SUSPICION = ("E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR")
DOCUMENTS = re.compile(r"P2/2024|P11/2012|JUKNIS|SPM|UU 21/2007")


def said(*codes: str, years: int | None = 30) -> Evaluation:
    return evaluate(QUESTIONNAIRE, RULES, Subject(years), {code: Answer(Value.YES) for code in codes})


def test_the_newest_questionnaire_is_read_by_the_newest_rules() -> None:
    assert questionnaires.newest().rules == "rules@2"
    assert questionnaires.get("screening@1").rules == "rules@1"


def test_every_constant_is_cited_once_and_says_when_it_is_ours() -> None:
    file = json.loads(resource("questionnaires", "rules-2.json").read_bytes())
    assert sorted(citation.rule for citation in RULES.citations) == sorted(
        set(file) - {"id", "version", "duties", "citations"}
    )
    for part in (*RULES.citations, *RULES.duties):
        assert part.ours == ("ours" in part.source.lower()), part.source
        assert part.ours or DOCUMENTS.match(part.source), part.source
    for citation in RULES.citations:
        assert all(citation.text.of(language).endswith(".") for language in LANGUAGES)


def test_policy_of_ours_names_the_source_that_is_nearest() -> None:
    """The sources leave it open; what they do say is named, so that the PPT can judge our policy."""
    for part in (*RULES.citations, *RULES.duties):
        assert DOCUMENTS.search(part.source), part.source


@pytest.mark.parametrize(
    "codes",
    [
        ("C-BEFORE", "G-04"),
        ("C-BEFORE", "E-CAR-FORGE"),
        ("C-BEFORE", *SUSPICION),
        ("T-LEAVE",),
        ("C-BEFORE", "T-FAMILY"),
    ],
)
def test_an_attempt_is_delayed_and_reported_whatever_the_finding(codes: tuple[str, ...]) -> None:
    found = said(*codes)
    assert found.attempt
    assert {"delay_departure", "report_attempt"} <= set(found.duties)


@pytest.mark.parametrize("codes", [("C-BEFORE",), ("C-BEFORE", "E-PRO-RECRUIT"), SUSPICION])
def test_what_is_no_attempt_has_none_of_its_duties(codes: tuple[str, ...]) -> None:
    assert not {"delay_departure", "report_attempt"} & set(said(*codes).duties)


def test_reporting_is_open_to_all_that_speaks_for_it_and_urgent_in_danger() -> None:
    """The threshold to report is lower than the one to conclude (P2/2024 II.E); at danger it is at once."""
    for codes in (("G-04",), ("E-CAR-THREAT",), SUSPICION):
        assert "may_report" in said(*codes).duties
        assert "report_now" not in said(*codes).duties
        assert "report_now" in said(*codes, "T-FAMILY").duties
        assert "may_report" not in said(*codes, "T-FAMILY").duties
    assert not {"may_report", "report_now"} & set(said("E-PRO-RECRUIT").duties)


def test_evidence_is_supported_at_every_level_of_risk() -> None:
    found = [said("G-04"), said("G-04", "T-FAMILY"), said("G-04", "T-HELD")]
    assert [each.risk for each in found] == [Risk.LOW, Risk.MEDIUM, Risk.HIGH]
    assert all("support_evidence" in each.duties for each in found)


def test_rights_are_told_and_the_person_is_referred_from_a_suspicion_on() -> None:
    found = said(*SUSPICION)
    assert (found.finding, found.risk) == (Finding.SUSPECTED, Risk.LOW)
    assert {"refer_to_ppt", "tell_rights"} <= set(found.duties)
    assert "refer_to_ppt" not in said("G-04").duties


def test_body_and_life_come_before_the_report() -> None:
    found = said("T-MEDICAL", "T-SUICIDE", years=15)
    assert found.duties[:4] == ("medical_help", "stay_near", "report_now", "child_first")


def test_aid_is_always_due_and_never_depends_on_a_report() -> None:
    for found in (said(), said("G-04"), said(*SUSPICION), said("T-HELD"), said("T-CHILD", years=None)):
        assert found.duties[-1] == "first_aid"
    assert "tidak bergantung pada laporan polisi" in catalogue("screening")["duty.tell_rights"]["id"]


def test_every_duty_of_either_version_has_words() -> None:
    for ref in ("rules@1", "rules@2"):
        assert {f"duty.{duty.code}" for duty in questionnaires.rules(ref).duties} <= set(catalogue("screening"))
