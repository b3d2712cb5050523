# SPDX-License-Identifier: GPL-3.0-or-later
"""The papers of what comes after: report, handing over, follow-up, closure, protection, own data, breach, register."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from after_paper_tools import later_village, lived
from case_paper_tools import LONG_NAME, filled, text_of
from referral_tools import pages, squeezed
from store_tools import helper_store, scratch

from trafficwatch.casework.case_forms import PAPERS as PRINTED
from trafficwatch.casework.case_forms import blank_form, case_form
from trafficwatch.casework.papers_own_data import AT_HOME, OTHERS, PRIVATE, own_data_form
from trafficwatch.casework.referrals import ReferralNotAgreed
from trafficwatch.forms.case_paper import case_paper_pdf
from trafficwatch.forms.paper import PAPERS
from trafficwatch.models.care import CasePerson, Disclosure
from trafficwatch.models.casework import Consent, ConsentScope, Referral, Screening
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.day_words import in_words, number_words
from trafficwatch.models.fields import Shape
from trafficwatch.models.forms import FormKind
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import AREAS, RECORD_TYPES
from trafficwatch.models.reporting import AuthorityReport
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import catalogue, t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.trail import field_words

ELSEWHERE = frozenset({"person_pair", "second_reading"})
"""Two cards that look alike are no data of one person; the PPT alone writes the other."""
NO_MARK = frozenset(
    {"case_record.code", "screening.questionnaire", "journey.destination_country", "referral.replaces"}
    | {"closure.reopened_reason"}
)
ABOUT_ONE = (
    FormKind.HANDOVER,
    FormKind.AUTHORITY_REPORT,
    FormKind.REPORT_SUMMARY,
    FormKind.MONITORING,
    FormKind.CLOSURE,
    FormKind.OWN_DATA,
)
OURS = (*ABOUT_ONE, FormKind.PROTECTION, FormKind.BREACH, FormKind.PROCESSING)
SHOWN: dict[FormKind, tuple[str, ...]] = {
    FormKind.HANDOVER: ("referral.purpose", "referral.attachments", "referral.condition_body", "person.nik"),
    FormKind.AUTHORITY_REPORT: (
        *("person.nik", "perpetrator.part", "perpetrator.phone", "case_person.words", "authority_report.summary"),
        *("journey.employer", "account.place", "evidence_item.words", "evidence_item.kept_at", "custody.condition"),
        *("authority_report.unit", "authority_report.reporter_name"),
    ),
    FormKind.REPORT_SUMMARY: (
        *("person.name", "perpetrator.name", "authority_report.summary", "account.place", "evidence_item.words"),
        *("authority_report.lp_number", "authority_report.receipt_number", "authority_report.next_on"),
    ),
    FormKind.MONITORING: ("follow_up.mind", "follow_up.voice", "follow_up.agreed", "follow_up.planned_on"),
    FormKind.CLOSURE: ("closure.person_part", "closure.task_force_part", "closure.remains", "closure.closed_on"),
}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, dict[str, str]]]:
    with later_village(tmp_path_factory.mktemp("after")) as found:
        yield found


@pytest.fixture
def work(known: tuple[Store, dict[str, str]]) -> Iterator[Work]:
    with scratch(known[0]) as opened:
        yield opened


@pytest.fixture
def made(known: tuple[Store, dict[str, str]]) -> dict[str, str]:
    return known[1]


def printed(work: Work, kind: FormKind, made: dict[str, str]) -> str:
    """All that stands on a paper, before it is laid out."""
    return repr(case_form(work, kind, made.get(PRINTED[kind].of, ""), "id"))


def refuse(work: Work, made: dict[str, str], *names: str) -> None:
    work.write(Consent, made["consent"], refused_fields=dict.fromkeys(names, True))


def share_anyway(work: Work, made: dict[str, str]) -> None:
    """Share with the institution under a duty."""
    about = {"person_id": made["person"], "decided_by": work.volunteer, "recipients": {made["institution"]: True}}
    what = {"duty": "danger_to_life", "disclosed_on": "2026-11-20", "reason": "Nyawanya terancam"}
    work.write(Disclosure, None, **about, **what)


# -- what stands there, and what doesn't -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SHOWN)
def test_a_paper_shows_what_is_known_and_nothing_of_what_was_refused(
    work: Work, made: dict[str, str], kind: FormKind
) -> None:
    marks = {name: mark_of(name) for name in SHOWN[kind]}
    content = printed(work, kind, made)
    assert [name for name, each in marks.items() if each not in content] == []
    for name, each in marks.items():
        with work.tried():
            refuse(work, made, name)
            assert each not in printed(work, kind, made), name


def mark_of(name: str) -> str:
    """What a paper shows of a field that `filled` wrote."""
    of_type, _, field_name = name.partition(".")
    fields = RECORD_TYPES[of_type].fields
    value = text_of(of_type, fields[field_name], sum(map(ord, of_type)) * 7 + list(fields).index(field_name))
    return PartialDate.from_edtf(value).format("id") if fields[field_name].shape is Shape.DATE else str(value)


def test_who_reports_stays_unnamed_without_a_yes(work: Work, made: dict[str, str]) -> None:
    names = ("isi-authority_report-reporter_name", "isi-authority_report-reporter_phone", "Yohana Tukan")
    assert all(name in printed(work, FormKind.AUTHORITY_REPORT, made) for name in names)
    for said in (False, None):
        work.write(AuthorityReport, made["authority_report"], reporter_agrees=said)
        for kind in (FormKind.AUTHORITY_REPORT, FormKind.REPORT_SUMMARY):
            assert [name for name in names if name in printed(work, kind, made)] == []


def test_a_witness_who_did_not_agree_is_counted_and_not_named(work: Work, made: dict[str, str]) -> None:
    work.write(CasePerson, made["case_person"], agrees=False)
    content = printed(work, FormKind.AUTHORITY_REPORT, made)
    assert "isi-case_person" not in content
    assert t("case_forms_after.report.others.unnamed") in content


@pytest.mark.parametrize("kind", [FormKind.AUTHORITY_REPORT, FormKind.REPORT_SUMMARY])
def test_who_did_not_agree_to_be_reported_is_not_told_of(work: Work, made: dict[str, str], kind: FormKind) -> None:
    refused = {ConsentScope.REPORT.value: "refused"}
    work.write(Consent, made["consent"], scopes=refused)
    content = printed(work, kind, made)
    telling = (
        "isi-person",
        "isi-journey",
        "isi-account",
        "isi-safe_contact",
        "perpetrator-relation",
        "_whom",
        "kept_at",
    )
    assert [each for each in telling if each in content] == []
    assert "isi-authority_report-summary" in content

    share_anyway(work, made)
    content = printed(work, kind, made)
    assert "isi-person-name" in content
    assert t("records.duty.danger_to_life") in content


def test_handing_over_goes_with_consent_to_that_institution_only(work: Work, made: dict[str, str]) -> None:
    case_form(work, FormKind.HANDOVER, made["referral"], "id")
    work.write(Consent, made["consent"], recipients={made["institution"]: False, "elsewhere": True})
    with pytest.raises(ReferralNotAgreed):
        case_form(work, FormKind.HANDOVER, made["referral"], "id")


def test_a_withdrawn_referral_is_not_handed_over(work: Work, made: dict[str, str]) -> None:
    work.write(Referral, made["referral"], handover="withdrawn")
    with pytest.raises(ReferralNotAgreed):
        case_form(work, FormKind.HANDOVER, made["referral"], "id")


def test_the_day_of_handing_over_is_in_words_once_it_is_known(work: Work, made: dict[str, str]) -> None:
    work.write(Referral, made["referral"], handed_over_on="2026-11-21")
    day = "Sabtu, tanggal dua puluh satu, bulan November, tahun dua ribu dua puluh enam"
    assert day in printed(work, FormKind.HANDOVER, made)
    work.write(Referral, made["referral"], handed_over_on="2026-11")
    assert "November" not in case_form(work, FormKind.HANDOVER, made["referral"], "id").text


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "satu"),
        (11, "sebelas"),
        (12, "dua belas"),
        (20, "dua puluh"),
        (31, "tiga puluh satu"),
        (100, "seratus"),
        (1000, "seribu"),
        (1999, "seribu sembilan ratus sembilan puluh sembilan"),
        (2026, "dua ribu dua puluh enam"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert number_words(number) == words


def test_a_day_in_english_has_its_weekday() -> None:
    assert in_words(date(2026, 11, 21), "en") == "Saturday, 21 November 2026"


def test_a_request_for_protection_names_no_case(work: Work, made: dict[str, str]) -> None:
    form = case_form(work, FormKind.PROTECTION, made["protection_request"], "id")
    assert form.contact is None
    assert form.head.case_code not in {"LRN-7Q4M", ""}
    assert "LRN-7Q4M" not in repr(form)
    assert "isi-protection_request-threat" in repr(form)


# -- the own data ------------------------------------------------------------------------------------------------------


def test_the_own_data_are_all_there_but_what_tells_of_others(work: Work, made: dict[str, str]) -> None:
    links = {**made, "volunteer": work.volunteer}
    for name, record_type in RECORD_TYPES.items():
        if "person_id" in record_type.fields and name not in {*made, *ELSEWHERE}:
            known = {link.name: links[link.target] for link in record_type.links if link.target in links}
            filled(work, record_type.cls, **known)
    refuse(work, made, "person.nik", "referral.purpose")  # counts for others, never for the own copy
    content = printed(work, FormKind.OWN_DATA, made)
    texts = {
        f"{name}.{field.name}": f"isi-{name}-{field.name}"[: field.limit]
        for name, record_type in RECORD_TYPES.items()
        if ("person_id" in record_type.fields or name == "person") and name not in ELSEWHERE
        for field in record_type.fields.values()
        if field.shape is Shape.TEXT and field.name != "deleted" and f"{name}.{field.name}" not in NO_MARK
    }
    absent = {name for name, each in texts.items() if each not in content}
    assert absent == {name for name in PRIVATE | OTHERS | AT_HOME if name in texts}


def test_others_are_in_the_own_data_only_with_their_yes(work: Work, made: dict[str, str]) -> None:
    assert "isi-case_person-name" in printed(work, FormKind.OWN_DATA, made)
    work.write(CasePerson, made["case_person"], agrees=None)
    work.write(AuthorityReport, made["authority_report"], reporter_agrees=False)
    content = printed(work, FormKind.OWN_DATA, made)
    assert "isi-case_person-name" not in content
    assert "isi-authority_report-reporter_name" not in content


def test_questions_stand_there_in_words(work: Work, made: dict[str, str]) -> None:
    work.write(Screening, made["screening"], answers={"E-1": {"value": "yes", "by": "person", "note": "di pelabuhan"}})
    form = own_data_form(work, made["person"], "id", {"E-1": "Apakah suratnya diambil?"})
    assert "Apakah suratnya diambil?: Ya, Orangnya sendiri, di pelabuhan" in repr(form)


def test_the_own_data_tell_who_received_them(work: Work, made: dict[str, str]) -> None:
    content = printed(work, FormKind.OWN_DATA, made)
    assert t("case_forms_after.own.received.nobody") not in content
    assert content.count("UPTD PPA Teluk Sari") > 2
    work.write(Referral, made["referral"], deleted="entered_wrongly")
    work.write(AuthorityReport, made["authority_report"], deleted="entered_wrongly")
    content = printed(work, FormKind.OWN_DATA, made)
    assert t("case_forms_after.own.received.nobody") in content
    assert t("case_forms_after.own.deleted") in content  # it is held still


# -- counts and facts --------------------------------------------------------------------------------------------------


def test_a_breach_is_told_in_counts_without_training(known: tuple[Store, dict[str, str]]) -> None:
    store, made = known
    with helper_store(store.folder) as helper, helper.work() as work:
        content = printed(work, FormKind.BREACH, made)
        assert "isi-" not in content
        assert "Yohana Tukan" in content  # who could open it
        assert type_words("evidence_item") in content
        register = printed(work, FormKind.PROCESSING, made)
        assert "isi-" not in register
        for kind in (*ABOUT_ONE, FormKind.PROTECTION):
            with pytest.raises(CaseKeyNeeded):
                printed(work, kind, made)


def test_the_report_is_due_three_days_after_it_was_noticed(work: Work) -> None:
    lines = {line.label: line.value for line in case_form(work, FormKind.BREACH, "", "en").about}
    noticed, due = (lines[t(f"case_forms_after.breach.{key}", language="en")] for key in ("noticed", "due"))
    assert noticed is not None
    assert due is not None
    assert (noticed.partition(" ")[0], due.partition(" ")[0]) == ("21", "24")
    assert noticed.partition(" at ")[2] == due.partition(" at ")[2]


def test_a_laptop_that_nobody_knows_is_refused(work: Work) -> None:
    with pytest.raises(RecordUnknown):
        case_form(work, FormKind.BREACH, "0123456789abcdef", "id")


def test_the_register_has_every_type_and_field_that_there_is(work: Work, made: dict[str, str]) -> None:
    content = printed(work, FormKind.PROCESSING, made)
    for name, record_type in RECORD_TYPES.items():
        assert type_words(name) in content
        own = [field.name for field in record_type.fields.values() if field.name != "deleted"]
        links = {link.name for link in record_type.links if link.target in {"person", "case_record"}}
        assert [field for field in own if field not in links and field_words(name, field) not in content] == []
    names = {area.__name__.rpartition(".")[2] for area in AREAS}
    there = {key.rpartition(".")[2] for key in catalogue("case_forms_after") if key.startswith("processing.why.")}
    assert there == names


# -- as printed --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "paper"), [*product(OURS[:-1], PAPERS), (FormKind.PROCESSING, "a4")])
def test_blank_papers_fill_two_pages_at_most(kind: FormKind, paper: str) -> None:
    found = pages(case_paper_pdf(blank_form(kind, "id"), PAPERS[paper]))
    most = {FormKind.REPORT_SUMMARY: 1, FormKind.CLOSURE: 1, FormKind.PROTECTION: 1, FormKind.PROCESSING: 8}
    assert len(found) <= most.get(kind, 2)
    assert not re.search(r"isi-|None|\bon=", "".join(found))


@pytest.mark.parametrize(
    ("kind", "paper", "most"),
    [
        (FormKind.HANDOVER, "a4", 2),
        (FormKind.AUTHORITY_REPORT, "f4", 3),
        (FormKind.REPORT_SUMMARY, "a4", 1),
        (FormKind.MONITORING, "f4", 2),
        (FormKind.CLOSURE, "a4", 1),
        (FormKind.PROTECTION, "f4", 1),
    ],
)
def test_the_longest_names_stand_whole(work: Work, made: dict[str, str], kind: FormKind, paper: str, most: int) -> None:
    lived(work, made)
    found = pages(case_paper_pdf(case_form(work, kind, made[PRINTED[kind].of], "id"), PAPERS[paper]))
    assert squeezed(LONG_NAME) in squeezed("".join(found))
    assert len(found) <= most


def test_a_person_of_whom_little_is_known_has_papers_too(work: Work) -> None:
    person = work.write(Person, None, name="Siti")
    own = {"person_id": person}
    by = {"reported_on": "2026-11", "reported_by": work.volunteer}
    report = work.write(AuthorityReport, None, **own, **by, kind="information", channel="letter")
    form = case_form(work, FormKind.OWN_DATA, person, "en")
    assert "Siti" in "".join(pages(case_paper_pdf(form, PAPERS["a4"])))
    found = "".join(pages(case_paper_pdf(case_form(work, FormKind.AUTHORITY_REPORT, report, "en"), PAPERS["f4"])))
    assert "INFORMATION" in found
    assert "Siti" not in found


def test_a_deleted_report_has_no_paper(work: Work, made: dict[str, str]) -> None:
    work.write(AuthorityReport, made["authority_report"], deleted="entered_wrongly")
    with pytest.raises(RecordUnknown):
        case_form(work, FormKind.AUTHORITY_REPORT, made["authority_report"], "id")
