# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a paper may name: others in a case, a recruiter, the person, and whose consent stands on a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from after_paper_tools import later_village
from store_tools import scratch
from test_case_papers_after import printed, refuse, share_anyway

from trafficwatch.casework.papers_own_data import received
from trafficwatch.casework.referral_form import referral_form
from trafficwatch.models.care import Account, CasePerson, ConflictOfInterest, Perpetrator
from trafficwatch.models.casework import Consent, Referral
from trafficwatch.models.forms import FormKind
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.reporting import AuthorityReport, Custody, EvidenceItem
from trafficwatch.models.staff import Volunteer
from trafficwatch.store.records import type_of
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, str]]]:
    with later_village(tmp_path_factory.mktemp("names")) as found:
        yield found


@pytest.fixture
def work(known: tuple[Store, dict[str, str]]) -> Iterator[Work]:
    with scratch(known[0]) as opened:
        yield opened


@pytest.fixture
def made(known: tuple[Store, dict[str, str]]) -> dict[str, str]:
    return known[1]


def grounds(work: Work, made: dict[str, str]) -> list[str]:
    """On which ground a referral went, as the own copy tells it."""
    return [ground for _, _, what, ground in received(work, made["person"], "id") if what == type_words("referral")]


def test_a_consent_for_named_offices_names_nobody_to_an_office_that_is_not_said(
    work: Work, made: dict[str, str]
) -> None:
    work.write(Consent, made["consent"], recipients={made["institution"]: True})
    assert "isi-person-name" in printed(work, FormKind.AUTHORITY_REPORT, made)
    work.write(AuthorityReport, made["authority_report"], institution_id=None)
    for kind in (FormKind.AUTHORITY_REPORT, FormKind.REPORT_SUMMARY):
        assert "isi-person" not in printed(work, kind, made)


def test_who_said_no_is_named_by_no_other_field(work: Work, made: dict[str, str]) -> None:
    """Nor by a part of a longer text; the person's own name is no secret to the person."""
    named = {
        (EvidenceItem, "obtained_from"): "Domi Saksi",
        (Custody, "from_whom"): "Bapak Domi Saksi (tetangga)",
        (Perpetrator, "standing_source"): "Kata Domi Saksi",
        (Account, "told_to"): "DOMI SAKSI",
        (Referral, "companion"): "Domi Saksi",
    }
    for (cls, name), text in named.items():
        work.write(cls, made[type_of(cls).name], **{name: text})
    work.write(Custody, made["custody"], to_whom="isi-person-name")
    kinds = (FormKind.AUTHORITY_REPORT, FormKind.INTAKE, FormKind.HANDOVER)

    def count() -> list[int]:
        papers = [printed(work, kind, made) for kind in kinds]
        papers.append(repr(referral_form(work, made["referral"], "id")))
        return [len(re.findall("domi saksi", paper, re.IGNORECASE)) for paper in papers]

    assert count() == [3, 1, 1, 1]
    for who, said in ((CasePerson, "agrees"), (AuthorityReport, "reporter_agrees")):
        with work.tried():
            name = "name" if who is CasePerson else "reporter_name"
            work.write(who, made[type_of(who).name], **{name: "Domi Saksi", said: False})
            assert count() == [0, 0, 0, 0]
            assert "isi-person-name" in printed(work, FormKind.AUTHORITY_REPORT, made)
            assert "domi saksi" not in printed(work, FormKind.OWN_DATA, made).casefold()


def test_a_recruiter_stays_unnamed_where_the_name_was_refused(work: Work, made: dict[str, str]) -> None:
    recruiter = work.write(Recruiter, None, name="Markus Tefa")
    work.write(Perpetrator, made["perpetrator"], recruiter_id=recruiter)
    assert "Markus Tefa" in printed(work, FormKind.AUTHORITY_REPORT, made)
    refuse(work, made, "perpetrator.name")
    assert "Markus Tefa" not in printed(work, FormKind.AUTHORITY_REPORT, made)


def test_a_letter_under_a_duty_tells_nothing_of_the_consent_that_was_taken_back(
    work: Work, made: dict[str, str]
) -> None:
    before = referral_form(work, made["referral"], "id").consent
    assert before is not None
    assert before.witness == "isi-consent-witness"
    work.write(Referral, made["referral"], handed_over_on="2026-11-21")
    assert grounds(work, made) == [t("case_forms_after.own.ground.consent")]
    work.write(Consent, made["consent"], withdrawn_on="2026-11-21")
    assert grounds(work, made) == [type_words("referral")]
    share_anyway(work, made)
    consent = referral_form(work, made["referral"], "id").consent
    assert consent is not None
    assert (consent.witness, consent.guardian, consent.language) == (None, None, None)
    assert consent.duty == t("records.duty.danger_to_life")
    assert grounds(work, made) == [t("records.duty.danger_to_life")]
    work.write(Referral, made["referral"], handed_over_on="2026-11-20")  # before it was taken back
    assert grounds(work, made) == [t("case_forms_after.own.ground.consent")]


def test_the_own_copy_tells_of_a_tie_but_not_whose(work: Work, made: dict[str, str]) -> None:
    tied, other = (work.write(Volunteer, None, name=name) for name in ("Relawan Terikat", "Relawan Lain"))
    about = {"person_id": made["person"], "noted_on": "2026-11-20", "conflict": "relative_of_recruiter"}
    work.write(ConflictOfInterest, None, **about, volunteer_id=tied, handed_to=other)
    content = printed(work, FormKind.OWN_DATA, made)
    assert t("case_forms_after.own.tie.arranged") in content
    absent = ("Relawan Terikat", "Relawan Lain", t("records.conflict.relative_of_recruiter"))
    assert [each for each in (*absent, "safe_contact-code_word", "safe_contact-never_tell") if each in content] == []
