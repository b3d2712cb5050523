# SPDX-License-Identifier: GPL-3.0-or-later
"""The first report to the authorities: what may stand on it without the person's agreement, and on what ground more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from desks import cli, done
from hypothesis import given
from hypothesis import strategies as st
from paper_tools import CODE, KOP, NAME, QUICK
from referral_tools import pages, positions, reader, squeezed, text
from reportlab.pdfbase import pdfmetrics
from screening_paper_tools import (
    ASIDE,
    CHILD,
    CONTACT,
    JOURNEY,
    NEVER_TELL,
    NOTE,
    agree,
    person_with_journey,
    screened,
    village,
    worked_case,
)
from store_tools import PASSPHRASE, scratch
from test_printed_text import NASTY

from trafficwatch.casework.consents import withdraw_consent
from trafficwatch.forms import first_report, screening_summary
from trafficwatch.forms.first_report import TO, report_pdf
from trafficwatch.forms.paper import A4, F4, PAPERS, REGULAR, Paper, font_face, printable
from trafficwatch.models.casework import Finding
from trafficwatch.models.forms import ContactRule, FormHead, FormKind, Signatory
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.screening import Element
from trafficwatch.models.screening_papers import AboutScreening, ElementShown, Events, Reported, ReportForm
from trafficwatch.registry.residents import agree_safe_contact, plan_journey, record_person
from trafficwatch.screening import library
from trafficwatch.screening.paper_words import FEW_SIGNS
from trafficwatch.screening.papers import report_form
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import LANGUAGES, Language, t

OF_JOURNEY = [JOURNEY[name] for name in ("destination_place", "work", "employer", "agency", "recruiter_name")]
LEAVES_SOON = "T-LEAVE"
"""A danger of medium level, to which the person alone decides about the name."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with village(tmp_path_factory.mktemp("report")) as found:
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


def printed(work: Work, screening: str, language: Language = "id", paper: Paper = A4) -> str:
    """What a reader sees, in a village with a whole letterhead."""
    form = report_form(work, screening, language)
    return squeezed(text(report_pdf(replace(form, head=replace(form.head, letterhead=KOP)), paper)))


def there(content: str, *words: str) -> list[str]:
    return [word for word in words if squeezed(word) in content]


def say(key: str, language: Language = "id") -> str:
    return t(f"screening_forms.{key}", language=language)


# Without agreement


def test_who_has_not_agreed_is_neither_named_nor_described(work: Work) -> None:
    person = person_with_journey(work)
    screening = worked_case(work, person, LEAVES_SOON)
    form = report_form(work, screening, "id")
    assert (form.reported, form.contact, form.grounds) == (None, None, ())
    content = printed(work, screening)
    assert there(content, NAME, *CONTACT, NEVER_TELL, *OF_JOURNEY, "0899", "36 tahun", NOTE, ASIDE) == []
    known = [say("report.contact_unknown"), "Hong Kong", "kerja paksa atau pelayanan paksa", "perekrutan"]
    by_hand = ["report.person_ask", "reported.name", "report.now_at", "events.parties"]
    positions(content, [squeezed(words) for words in (*known, *map(say, by_hand))])


def test_a_recruiter_whom_the_village_knows_is_named_in_any_case(work: Work) -> None:
    person = record_person(work, name=NAME).person.id
    recruiter = work.write(Recruiter, None, name="Bos Sanjaya", company="PT Laut Jaya", phones={"0877-1": "WA"})
    plan_journey(work, person, recruiter_id=recruiter, employer="Kapal Mawar")
    screening = worked_case(work, person)
    assert report_form(work, screening, "id").events.parties == "Bos Sanjaya (PT Laut Jaya, 0877-1)"
    content = printed(work, screening)
    assert there(content, "belum terbukti", "Bos Sanjaya", "Kapal Mawar", NAME) == ["belum terbukti", "Bos Sanjaya"]


def test_of_several_journeys_none_is_guessed(work: Work) -> None:
    person = person_with_journey(work)
    other = plan_journey(work, person, destination_country="MY", destination_place="Tawau").id
    agree(work, person, "report")
    assert report_form(work, worked_case(work, person), "id").events.place is None
    chosen = screened(work, person, ("E-PRO-RECRUIT",), journey_id=other)
    assert report_form(work, chosen, "id").events.place == "Tawau, Malaysia"


# With agreement


@pytest.mark.parametrize("scope", ["report", "share_case"])
def test_who_has_agreed_is_named_with_the_way_to_reach_them_first(work: Work, scope: str) -> None:
    person = person_with_journey(work)
    consent = agree(work, person, scope)
    screening = worked_case(work, person, LEAVES_SOON)
    content = printed(work, screening)
    said = [*CONTACT, NEVER_TELL, "LAPORAN AWAL", *OF_JOURNEY, NAME, "36 tahun", "Perempuan", say(f"ground.{scope}")]
    positions(content, [squeezed(words) for words in said])
    assert content.index(squeezed(CONTACT[0])) < content.index("LAPORANAWAL") < content.index(squeezed(NAME))
    assert there(content, say("report.person_ask"), "0899", NOTE, ASIDE) == []
    withdraw_consent(work, consent, "Takut")
    assert there(printed(work, screening), NAME, *CONTACT) == []


def test_another_agreement_names_nobody(work: Work) -> None:
    person = person_with_journey(work)
    agree(work, person, "service", "referral", "share_card")
    assert report_form(work, worked_case(work, person, LEAVES_SOON), "id").grounds == ()


@pytest.mark.parametrize("codes", [(LEAVES_SOON,), ("T-HURT",)])
def test_a_refused_name_is_absent_with_its_label(work: Work, codes: tuple[str, ...]) -> None:
    person = person_with_journey(work)
    agree(work, person, "report", refused=("person.name", "safe_contact.number", "journey.employer"))
    content = printed(work, worked_case(work, person, *codes))
    assert there(content, NAME, CONTACT[0], JOURNEY["employer"]) == []
    after = content[content.index(squeezed(say("report.person"))) :]
    assert not after.removeprefix(squeezed(say("report.person"))).startswith(f"{say('reported.name')}:")
    assert there(content, CONTACT[1], "36 tahun", JOURNEY["agency"]) == [CONTACT[1], "36 tahun", JOURNEY["agency"]]


def test_a_ban_on_contact_hides_every_way(work: Work) -> None:
    person = person_with_journey(work)
    agree_safe_contact(work, person, do_not_contact=True, number=CONTACT[0], never_tell=NEVER_TELL)
    agree(work, person, "report")
    content = printed(work, worked_case(work, person))
    assert there(content, t("forms.contact.forbidden"), say("report.contact_ask"), NEVER_TELL, CONTACT[0]) == [
        t("forms.contact.forbidden"), say("report.contact_ask"), NEVER_TELL,
    ]  # fmt: skip


# Other grounds


def test_a_child_is_named_and_the_paper_says_why(work: Work) -> None:
    person = person_with_journey(work, name="Anak Bere", birth_date="2012-01-01", sex="m")
    screening = screened(work, person, CHILD, age_at_events=14)
    for language in LANGUAGES:
        content = printed(work, screening, language)
        assert there(content, "Anak Bere", say("ground.child", language), NEVER_TELL) == [
            "Anak Bere", say("ground.child", language), NEVER_TELL,
        ]  # fmt: skip
        assert there(content, *CONTACT, say("ground.danger", language)) == []


def test_who_may_be_a_child_is_named_as_one_and_a_grown_up_is_not(work: Work) -> None:
    codes = ("E-PRO-RECRUIT", "E-TUJ-LABOUR")
    unsure = record_person(work, name="Tidak Pasti").person.id
    form = report_form(work, screened(work, unsure, codes), "id")
    assert (form.grounds, form.reported) == ((say("ground.maybe_child"),), Reported("Tidak Pasti"))
    grown = record_person(work, name="Sudah Dewasa", birth_date="1990-08-17").person.id
    assert report_form(work, screened(work, grown, CHILD, age_at_events=14), "id").grounds == ()


def test_great_danger_is_a_ground_and_a_lesser_one_is_none(work: Work) -> None:
    person = person_with_journey(work)
    held = worked_case(work, person, "T-HELD")
    assert report_form(work, held, "id").grounds == (say("ground.danger"),)
    content = printed(work, held)
    assert there(content, NAME, NEVER_TELL, *CONTACT) == [NAME, NEVER_TELL]
    assert there(content, library.newest(work).entry("T-HELD").short.id) != []
    lesser = report_form(work, worked_case(work, person, LEAVES_SOON), "id")
    assert (lesser.grounds, "sedang" in lesser.risk) == ((), True)


def test_who_keeps_answers_and_age_back_is_not_called_a_child_with_stated_elements(work: Work) -> None:
    person = record_person(work, name="Anak Bere").person.id
    screening = screened(work, person, CHILD, age_at_events=16)
    agree(work, person, "report", refused=("screening.answers", "screening.age_at_events", "screening.finding"))
    form = report_form(work, screening, "id")
    assert (form.elements, form.finding, form.reported) == ((), "", Reported("Anak Bere"))
    assert there(printed(work, screening), "Disebut jelas", "PROSES", "16 tahun") == []


# What is known


def test_form_modus_means_and_sources_stand_there_in_few_words(work: Work) -> None:
    screening = screened(work, person_with_journey(work), tuple(e.code for e in library.newest(work).entries))
    form = report_form(work, screening, "id")
    modules = [module.label.id for module in library.newest(work).modules]
    assert (form.events.modus or "").split("; ") == modules
    cara = form.elements[1]
    assert cara.facts[0].startswith(t("screening_forms.facts.person", facts="penipuan; ").strip())
    assert cara.signs[-1] == t("screening_forms.more_signs", count=_signs(work, form) - FEW_SIGNS)
    english = report_form(work, screening, "en").elements[1].facts[0]
    assert library.newest(work).entry("E-CAR-DECEIT").short.en in english


def _signs(work: Work, form: ReportForm) -> int:
    """How many signs of means an answer of yes to everything gives."""
    asked = library.newest(work).entries
    kinds = library.rules(work, library.newest(work)).indicating_kinds
    assert form.elements[1].element is Element.CARA
    return sum(e.kind in kinds and any(p.element is Element.CARA for p in e.places) for e in asked)


def test_it_says_to_whom_from_whom_and_has_lines_for_the_receipt(work: Work) -> None:
    screening = worked_case(work, record_person(work, name="X").person.id)
    for language in LANGUAGES:
        content = printed(work, screening, language, F4)
        labels = [*(f"report.to.{key}" for key in TO), "report.kind.report", "report.kind.information"]
        labels += ["report.channel.direct", "report.channel.service", "report.channel.online", "report.channel.other"]
        labels += ["report.protection", "report.evidence.witness", "report.receiver.number", "report.receiver.day"]
        words = [say(label, language) for label in labels]
        positions(content, [squeezed(word) for word in (*words, "DESA LEWO RANA", "Yohana Tukan", "0813-0000-2209")])
        assert "None" not in content


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_usual_report_fills_one_page(work: Work, language: Language) -> None:
    person = person_with_journey(work)
    agree(work, person, "report")
    screening = worked_case(work, person, LEAVES_SOON)
    form = report_form(work, screening, language)
    for paper in PAPERS.values():
        pdf = report_pdf(replace(form, head=replace(form.head, letterhead=KOP)), paper)
        assert len(pages(pdf)) == 1
        assert report_pdf(replace(form, head=replace(form.head, letterhead=KOP)), paper) == pdf
        resources: Any = reader(pdf).pages[0]["/Resources"]
        assert all(font["/FontDescriptor"]["/FontFile2"].get_data() for font in resources["/Font"].values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_their_columns(language: Language) -> None:
    font_face()
    columns = {
        first_report.LABELS: [*(f"events.{field.name}" for field in fields(Events)), "report.evidence"],
        first_report.PERSON: [
            *(f"reported.{field.name}" for field in fields(Reported)),
            *(f"report.{key}" for key in ("ground", "office", "kind", "channel")),
        ],
        first_report.LABELS + first_report.LONGER: ["report.now_at"],
        screening_summary.LABELS: [f"about.{field.name}" for field in fields(AboutScreening)],
    }
    columns[first_report.LABELS] += ["about.screened_on", "about.questionnaire"]
    for em, keys in columns.items():
        for key in keys:
            assert pdfmetrics.stringWidth(say(key, language), REGULAR, 1) + 0.3 < em, key


@QUICK
@given(st.data())
def test_any_text_anywhere_can_be_printed(data: st.DataObject) -> None:
    draw, some = data.draw, st.none() | NASTY
    element = ElementShown(Element.CARA, "Disebut jelas", (draw(NASTY),), (draw(NASTY),), (), draw(some))
    form = ReportForm(
        FormHead(FormKind.REPORT, CODE, draw(st.sampled_from(LANGUAGES)), KOP), Signatory(draw(some), draw(some)),
        draw(some), draw(NASTY), draw(NASTY), draw(NASTY), (element,) * 3,
        Events(*(draw(some) for _ in fields(Events))),
        ContactRule(draw(st.booleans()), *(draw(some) for _ in range(6))),
        Reported(*(draw(some) for _ in fields(Reported))), (draw(NASTY),), draw(some),
    )  # fmt: skip
    content = squeezed(text(report_pdf(form, draw(st.sampled_from([A4, F4])))))
    assert squeezed(printable(form.finding))[:20] in content


def test_the_command_writes_it(tmp_path: Path) -> None:
    with village(tmp_path) as store:
        with store.work() as work:
            person = person_with_journey(work)
            found = screened(work, person, ("E-PRO-RECRUIT", LEAVES_SOON), age_at_events=30)
        out = tmp_path / "report.pdf"
        done(cli("--json", "--store", store.folder, "form", "report", found, "--out", out, passphrase=PASSPHRASE))
    content = squeezed(text(out.read_bytes()))
    assert there(content, NAME, t(f"screening.finding.{Finding.NOT_ENOUGH}"), "risiko: sedang") == [
        t(f"screening.finding.{Finding.NOT_ENOUGH}"), "risiko: sedang",
    ]  # fmt: skip
