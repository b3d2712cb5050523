# SPDX-License-Identifier: GPL-3.0-or-later
"""The papers of intake, identification, social data, needs and consent: what they say, and what was refused on none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from case_paper_tools import ALL, RECORDS, known_village, label, mark
from desks import cli, done
from paper_tools import NAME
from referral_tools import pages, positions, reader, squeezed, text
from screening_paper_tools import agree
from store_tools import PASSPHRASE, VOLUNTEER, helper_store, scratch, write

from trafficwatch.casework.case_forms import PAPERS, blank_form, case_form
from trafficwatch.casework.consents import record_consent, withdraw_consent
from trafficwatch.casework.referrals import ReferralNotAgreed
from trafficwatch.forms.case_paper import case_paper_pdf
from trafficwatch.forms.paper import A4, F4
from trafficwatch.forms.paper import PAPERS as SHEETS
from trafficwatch.models.care import CasePerson, Disclosure, Duty, Perpetrator
from trafficwatch.models.case_papers import KINDS, CaseForm, numbered
from trafficwatch.models.casework import Consent
from trafficwatch.models.fields import Shape
from trafficwatch.models.forms import FormKind
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.refusable import REFUSABLE
from trafficwatch.models.staff import Training
from trafficwatch.registry.residents import record_person
from trafficwatch.store.records import RecordUnknown, type_of
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import LANGUAGES, Language, t

Made = dict[str, str]
OURS = (
    FormKind.INTAKE,
    FormKind.IDENTIFICATION,
    FormKind.SOCIAL_DATA,
    FormKind.NEEDS,
    FormKind.CONSENT,
    FormKind.CONSENT_PICTURES,
)
CHOICES = {
    "person.sex": "Perempuan",
    "person.marital_status": "Belum kawin",
    "perpetrator.standing": "Terduga",
    "account.controls": "Surat-surat ditahan",
    "needs_assessment.needs": "Sangat segera",
    "screening.risk": "Rendah",
    "referral.services": "Rehabilitasi kesehatan",
}
"""What of fields without a text of their own stands on at least one of the papers."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Made]]:
    with known_village(tmp_path_factory.mktemp("case-forms")) as found:
        yield found


@pytest.fixture
def work(known: tuple[Store, Made]) -> Iterator[Work]:
    with scratch(known[0]) as found:
        yield found


@pytest.fixture
def made(known: tuple[Store, Made]) -> Made:
    return known[1]


def form_of(work: Work, made: Made, kind: FormKind, language: Language = "id") -> CaseForm:
    return case_form(work, kind, made[PAPERS[kind].of], language)


def said(form: CaseForm) -> str:
    """Everything that a paper may print."""
    return repr(form)


def marks() -> dict[str, str]:
    """Field -> what a paper shows of it, for texts and dates."""
    return {
        f"{type_of(cls).name}.{field.name}": mark(type_of(cls).name, field.name)
        for cls in RECORDS
        for field in type_of(cls).fields.values()
        if field.shape in {Shape.TEXT, Shape.DATE} and field.name not in {"deleted", "code", "questionnaire"}
    }


# What they say


PRINTED = {
    FormKind.INTAKE: (
        "person.name person.nik person.birth_date person.address person.guardian_name perpetrator.name "
        "perpetrator.known_as perpetrator.part case_person.name case_person.relation account.before account.way_out "
        "account.motive account.asked_for referral.condition_body referral.condition_spiritual account.wishes "
        "referral.attachments case_record.opened_on safe_contact.code_word safe_contact.never_tell"
    ),
    FormKind.IDENTIFICATION: (
        "person.name account.place journey.departure_on account.wishes referral.chronology journey.destination_place "
        "journey.recruiter_name journey.agency account.exploitation account.legal_status screening.screened_on"
    ),
    FormKind.SOCIAL_DATA: (
        "person.kk_number person.religion relative.name relative.birth_date relative.remark referral.purpose "
        "referral.condition_family needs_assessment.economic needs_assessment.strengths referral.referred_on"
    ),
    FormKind.NEEDS: (
        "needs_assessment.body needs_assessment.family_safety needs_assessment.strengths needs_assessment.wishes "
        "plan_action.action plan_action.doer plan_action.due_on plan_action.result needs_assessment.assessed_on"
    ),
    FormKind.CONSENT: (
        "consent.language consent.explained consent.witness consent.guardian consent.guardian_relation "
        "consent.child_view person.name"
    ),
    FormKind.CONSENT_PICTURES: "person.name consent.witness consent.guardian",
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=list(SHEETS))
@pytest.mark.parametrize("kind", OURS)
def test_what_is_known_is_printed_on_one_or_two_pages(work: Work, made: Made, kind: FormKind, sheet: object) -> None:
    pdf = case_paper_pdf(form_of(work, made, kind), A4 if sheet is A4 else F4)
    shown = marks()
    content = squeezed(text(pdf)).removeprefix("LATIHAN/PRACTICE")
    positions(content, [squeezed(shown[name]) for name in PRINTED[kind].split()])
    assert content.startswith(squeezed(t("forms.contact.title")))
    assert "LRN-7Q4M" in content
    assert "None" not in content
    assert "korban" not in content.lower()
    assert len(pages(pdf)) <= 2


def test_the_order_is_the_one_in_which_offices_ask(work: Work, made: Made) -> None:
    order = {
        FormKind.INTAKE: ("person", "reported", "reporter", "account", "condition", "needs", "papers"),
        FormKind.IDENTIFICATION: ("whose", "happened", "chronology", "trafficking"),
        FormKind.SOCIAL_DATA: ("person", "family", "life"),
        FormKind.NEEDS: ("areas", "strengths", "wishes", "plan"),
        FormKind.CONSENT: ("explained", "decisions", "refused", "manner"),
    }
    for kind, keys in order.items():
        assert [section.title for section in form_of(work, made, kind).sections] == [
            label(f"section.{key}") for key in keys
        ]


def test_somebody_of_whom_nothing_is_known_has_a_paper_without_empty_labels(work: Work) -> None:
    bare = record_person(work, name="Siti").person.id
    content = text(case_paper_pdf(case_form(work, FormKind.INTAKE, bare, "id"), A4))
    lines = content[content.index("A.  ") : content.index(label("sign.person"))].splitlines()
    assert [line.strip() for line in lines if line.strip()] == ["A.  IDENTITAS ORANG YANG DIDAMPINGI", "1. Nama : Siti"]


@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=list(SHEETS))
def test_every_blank_form_has_its_sections_on_two_pages_at_most(kind: FormKind, sheet: object) -> None:
    form = blank_form(kind, "id")
    pdf = case_paper_pdf(form, A4 if sheet is A4 else F4)
    content = squeezed(text(pdf))
    positions(content, [squeezed(section.title) for section in form.sections])
    assert len(reader(pdf).pages) <= 2
    assert "None" not in content
    assert "TW1:" not in content


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", OURS)
def test_a_blank_form_asks_all_that_the_filled_one_can_say(
    work: Work, made: Made, kind: FormKind, language: Language
) -> None:
    blank, whole = blank_form(kind, language), form_of(work, made, kind, language)
    assert {section.title for section in whole.sections} <= {section.title for section in blank.sections}
    assert blank.title == whole.title
    assert [box.caption for box in blank.signatures] == [box.caption for box in whole.signatures]


def test_the_table_knows_every_kind_that_it_names(made: Made) -> None:
    assert set(OURS) <= set(PAPERS) <= set(KINDS)


# What was refused, and who may read


@pytest.mark.parametrize("kind", OURS)
def test_a_refused_field_is_on_no_paper(work: Work, made: Made, kind: FormKind) -> None:
    before = said(form_of(work, made, kind))
    printed = {name: words for name, words in {**marks(), **CHOICES}.items() if words in before and not _follows(name)}
    assert [name for name in PRINTED[kind].split() if name not in printed] == []
    record_consent(work, made["person"], ALL, refused_fields=tuple(printed))
    form = form_of(work, made, kind)
    content = said(form) + squeezed(text(case_paper_pdf(form, A4)))
    assert [name for name, words in printed.items() if re.search(rf"{re.escape(words)}(?!_)", content)] == []


def _follows(name: str) -> bool:
    record_type, _, field = name.partition(".")
    found = next(type_of(cls) for cls in RECORDS if type_of(cls).name == record_type)
    return found.fields[field].follows


def test_a_refused_part_is_not_in_the_pdf_with_its_label(work: Work, made: Made) -> None:
    agree(work, made["person"], *ALL, refused=REFUSABLE["nik"] + REFUSABLE["guardian"])
    content = text(case_paper_pdf(form_of(work, made, FormKind.SOCIAL_DATA), A4))
    gone = [t("forms.identity.nik"), label("kk"), t("forms.identity.guardian_name"), "isi-person-nik"]
    assert [words for words in gone if words in content] == []
    assert f"2. {t('forms.identity.birth')}" in content


def test_a_recruiter_whom_the_village_knows_does_not_stand_in_for_a_refused_name(work: Work, made: Made) -> None:
    recruiter = write(work, type_by_name("recruiter"), None, name="Pak Yanto Perekrut")
    write(work, Perpetrator, made["perpetrator"], name=None, known_as=None, recruiter_id=recruiter)
    assert "Pak Yanto Perekrut" in said(form_of(work, made, FormKind.INTAKE))
    agree(work, made["person"], *ALL, refused=("perpetrator.name",))
    assert "Pak Yanto Perekrut" not in said(form_of(work, made, FormKind.INTAKE))


@pytest.mark.parametrize(("kind", "refused", "others"), [
    (FormKind.IDENTIFICATION, "referral.chronology", ("account.before", "account.way_out")),
    (FormKind.SOCIAL_DATA, "referral.condition_body", ("needs_assessment.body",)),
    (FormKind.INTAKE, "account.wishes", ("needs_assessment.wishes", "referral.needs_and_hopes")),
])  # fmt: skip
def test_nothing_of_the_same_kind_stands_in_for_what_was_refused(
    work: Work, made: Made, kind: FormKind, refused: str, others: tuple[str, ...]
) -> None:
    record_type, _, name = refused.partition(".")
    shown = marks()
    with work.tried():
        write(work, type_by_name(record_type), made[record_type], **{name: None})
        assert shown[others[0]] in said(form_of(work, made, kind))
    agree(work, made["person"], *ALL, refused=(refused,))
    assert [other for other in others if shown[other] in said(form_of(work, made, kind))] == []


def type_by_name(name: str) -> type:
    from trafficwatch.models.record_types import RECORD_TYPES

    return RECORD_TYPES[name].cls


@pytest.mark.parametrize("agrees", [False, None])
def test_a_reporter_who_did_not_agree_is_not_named(work: Work, made: Made, agrees: bool | None) -> None:
    write(work, CasePerson, made["case_person"], agrees=agrees)
    form = form_of(work, made, FormKind.INTAKE)
    assert "isi-case_person" not in said(form)
    assert label("section.reporter") not in text(case_paper_pdf(form, A4))


def test_where_somebody_must_not_be_contacted_no_number_is_printed(work: Work, made: Made) -> None:
    write(work, SafeContact, made["safe_contact"], do_not_contact=True)
    for kind in OURS:
        content = text(case_paper_pdf(form_of(work, made, kind), A4))
        assert t("forms.contact.forbidden") in content
        assert [words for words in ("isi-person-phones", "isi-safe_contact-number") if words in content] == []


def test_the_social_data_leave_only_with_the_referral(work: Work, made: Made) -> None:
    record_consent(work, made["person"], {"referral": "refused"})
    with pytest.raises(ReferralNotAgreed):
        form_of(work, made, FormKind.SOCIAL_DATA)
    other = write(work, type_by_name("institution"), None, name="Lembaga lain")
    record_consent(work, made["person"], {"referral": "agreed"}, recipients={other: True})
    with pytest.raises(ReferralNotAgreed):
        form_of(work, made, FormKind.SOCIAL_DATA)


def test_a_duty_opens_them_and_stands_in_black_on_the_paper(work: Work, made: Made) -> None:
    record_consent(work, made["person"], {"referral": "refused"}, refused_fields=("person.nik", "person.religion"))
    write(
        work, Disclosure, None, person_id=made["person"], duty=Duty.DANGER_TO_LIFE.value, disclosed_on="2026-11-20",
        decided_by=VOLUNTEER, reason="ancaman", recipients={made["institution"]: True}, lifted={"person.nik": True},
    )  # fmt: skip
    content = text(case_paper_pdf(form_of(work, made, FormKind.SOCIAL_DATA), A4))
    positions(content, [t("case_forms.by_duty"), t(f"records.duty.{Duty.DANGER_TO_LIFE}"), "isi-person-nik"])
    assert "isi-person-religion" not in content
    assert "isi-person-nik" not in said(form_of(work, made, FormKind.INTAKE))


def test_a_consent_says_what_was_refused_to_whom_and_that_it_was_taken_back(work: Work, made: Made) -> None:
    scopes = {"service": "agreed", "report": "refused"}
    refused_fields = ("person.nik", "journey.debts")
    given = record_consent(work, made["person"], scopes, refused_fields=refused_fields, method="thumbprint").id
    for kind in (FormKind.CONSENT, FormKind.CONSENT_PICTURES):
        form = case_form(work, kind, given, "id")
        content = squeezed(text(case_paper_pdf(form, A4)))
        asked = [t(f"consent.ask.{scope}") for scope in ("service", "report")]
        positions(content, [squeezed(words) for words in asked])
        assert squeezed(t("consent.ask.referral")) not in content
        assert label("consent.withdrawn") not in said(replace(form, notices=()))
    content = text(case_paper_pdf(case_form(work, FormKind.CONSENT, given, "id"), A4))
    also = t("case_forms_intake.consent.also", count=1)
    positions(content, [t("consent.field.nik"), also, t("records.consent_method.thumbprint")])
    withdraw_consent(work, given, "ALASAN-CABUT")
    content = text(case_paper_pdf(case_form(work, FormKind.CONSENT, given, "id"), A4))
    assert label("consent.withdrawn") in content
    assert "ALASAN-CABUT" not in content


def test_nothing_of_a_deleted_record_is_printed(work: Work, made: Made) -> None:
    for kind in OURS:
        cls = {"person": Person, "consent": Consent}.get(PAPERS[kind].of)
        of = PAPERS[kind].of
        with work.tried():
            write(work, cls or type_by_name(of), made[of], deleted="entered_twice")
            with pytest.raises(RecordUnknown):
                form_of(work, made, kind)


def test_only_who_may_read_cases_gets_them(tmp_path: Path) -> None:
    with known_village(tmp_path) as (store, made):
        with store.work() as work, work.tried():
            for training in work.records.select(Training):
                write(work, Training, training.id, valid_until="2026-01-01")
            for kind in OURS:
                with pytest.raises(TrainingNeeded):
                    form_of(work, made, kind)
        store.close()
        with helper_store(store.folder) as helper, helper.work() as work:
            for kind in OURS:
                with pytest.raises(CaseKeyNeeded):
                    form_of(work, made, kind)


# By command


def test_a_number_and_a_name_of_sixty_letters_are_printed(work: Work, made: Made) -> None:
    write(work, Person, made["person"], name=NAME, aliases={})
    pdf = case_paper_pdf(numbered(form_of(work, made, FormKind.INTAKE), "012/LRN/XI/2026"), A4)
    content = squeezed(text(pdf))
    assert content.count(squeezed(NAME)) == 2
    assert "Nomor:460/012/LRN/XI/2026" in content


def test_the_command_prints_them_filled_and_blank(tmp_path: Path) -> None:
    with known_village(tmp_path / "desk") as (store, made):
        at = ("--json", "--store", store.folder, "form")
    out, blank = tmp_path / "terima.pdf", tmp_path / "kosong.pdf"
    done(cli(*at, "intake", made["person"], "--number", "7/XI", "--out", out, passphrase=PASSPHRASE))
    assert "460/7/XI" in text(out.read_bytes())
    done(cli(*at, "consent_pictures", "--blank", "--paper", "f4", "--out", blank))
    assert t("case_forms_intake.yes") in text(blank.read_bytes())
    assert cli(*at, "needs", "--out", tmp_path / "x.pdf", passphrase=PASSPHRASE).code == 2
    assert cli(*at, "card", made["person"], "--number", "7", "--out", tmp_path / "x.pdf").code == 2
