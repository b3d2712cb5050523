# SPDX-License-Identifier: GPL-3.0-or-later
"""The printed summary of a screening: what decides it and the law behind it, and what never stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from desks import cli, done, refused
from hypothesis import given
from hypothesis import strategies as st
from paper_tools import CODE, KOP, NAME, QUICK
from questionnaire_tools import GONE, NEXT, document, spelled
from referral_tools import pages, positions, reader, squeezed, text
from screening_paper_tools import ASIDE, CHILD, NOTE, agree, person_with_journey, screened, village, worked_case
from store_tools import PASSPHRASE, VOLUNTEER, helper_store, scratch, write
from test_printed_text import NASTY

from trafficwatch.casework.referrals import open_case
from trafficwatch.forms.paper import A4, BOLD, F4, PAPERS, REGULAR, Paper, printable
from trafficwatch.forms.screening_summary import summary_pdf
from trafficwatch.models.casework import Screening, SecondReading, StopReason
from trafficwatch.models.forms import FormHead, FormKind, code_of
from trafficwatch.models.publishing import PublishedQuestionnaire
from trafficwatch.models.screening import Answer, By, Element, Value
from trafficwatch.models.screening_papers import AboutScreening, ElementShown, SummaryForm
from trafficwatch.registry import trash
from trafficwatch.registry.residents import record_person
from trafficwatch.screening import library
from trafficwatch.screening.papers import summary_form
from trafficwatch.screening.sessions import record_screening, upgrade_screening
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import LANGUAGES, Language, t


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with village(tmp_path_factory.mktemp("summary")) as found:
        yield found


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    with scratch(store) as found:
        yield found


@pytest.fixture
def worked(work: Work) -> str:
    return worked_case(work, person_with_journey(work))


def somebody(work: Work) -> str:
    return record_person(work, name="X", sex="f").person.id


def content_of(form: SummaryForm) -> str:
    return squeezed(text(summary_pdf(form, A4)))


def headings(language: Language, *keys: str) -> list[str]:
    return [squeezed(t(f"screening_forms.summary.{key}", language=language)) for key in keys]


# What it says


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_names_the_elements_what_decides_them_and_the_law(work: Work, worked: str, language: Language) -> None:
    form = summary_form(work, worked, language)
    content = content_of(form)
    places = positions(content, headings(language, "finding", "elements", "why", "duties", "next"))
    assert places == sorted(places)
    stated = t("screening.state.stated", language=language)
    assert [(each.element, each.state) for each in form.elements] == [(element, stated) for element in Element]
    cara = form.elements[1]
    entry = library.newest(work).entry("E-CAR-DECEIT")
    fact = t("screening_forms.fact.termed", language=language, fact=entry.short.of(language), term=entry.term or "")
    assert cara.facts[0] == t("screening_forms.fact.document", language=language, fact=fact)
    assert (len(cara.facts), len(cara.signs) > 2) == (2, True)
    said = [words for each in form.elements for words in (*each.facts, *each.signs, *each.law)]
    said += [form.finding, form.initial, form.risk, *form.why, *form.duties, *form.next]
    said += [form.about.questionnaire or "", "Yohana Tukan"]
    positions(content, [squeezed(words) for words in said])
    for each in form.elements:
        assert squeezed("".join([*each.facts, *each.signs])) in content


def test_the_law_is_named_as_lawyers_name_it(work: Work, worked: str) -> None:
    assert summary_form(work, worked, "id").elements[1].law == (
        "Permen PPPA 2/2024 pasal 1(1)",
        "UU 21/2007 pasal 1(1)",
        "UU 14/2009 (Protokol Palermo) pasal 3(a)",
    )
    assert summary_form(work, worked, "en").elements[2].law[1] == "UU 21/2007 art. 1(1) and 1(7)"


def test_facts_stand_in_the_columns_and_not_again_in_the_explanation(work: Work, worked: str) -> None:
    form = summary_form(work, worked, "id")
    assert form.why
    assert not [line for line in form.why if line.startswith(("PROSES", "CARA", "TUJUAN"))]
    assert form.finding not in form.why


def test_danger_puts_what_to_do_before_everything_else(work: Work, worked: str) -> None:
    form = summary_form(work, screened(work, somebody(work), CHILD, age_at_events=14), "id")
    assert form.duties_first
    content = content_of(form)
    places = positions(content, headings("id", "duties", "elements", "why"))
    assert places == sorted(places)
    assert form.elements[1].note == t("screening_forms.child_needs_no_means")
    positions(content, [squeezed(t("screening.stop_questions")), squeezed(form.elements[1].note)])
    assert not summary_form(work, worked, "id").duties_first


def test_an_interview_that_was_broken_off_says_so(work: Work, worked: str) -> None:
    broken = screened(work, somebody(work), ("E-PRO-RECRUIT",), stopped=StopReason.UPSET)
    said = t("screening_forms.stopped", reason=t("records.stop_reason.upset"))
    assert squeezed(said) in content_of(summary_form(work, broken, "id"))
    assert summary_form(work, worked, "id").stopped is None


def test_little_known_is_no_all_clear(work: Work) -> None:
    little = screened(work, somebody(work), {"E-PRO-RECRUIT": Value.NO, "E-CAR-THREAT": Value.DECLINED})
    form = summary_form(work, little, "id")
    content = content_of(form)
    assert squeezed(t("screening.finding.not_enough_information")) in content
    assert content.count(squeezed(t("screening_forms.nothing"))) == 3
    assert form.about.answers == f"{t('records.answer.no')} 1, {t('records.answer.declined')} 1"
    assert not re.search("bukankorban|notavictim", content, re.IGNORECASE)


def test_what_the_ppt_found_on_reading_again_stands_beside_it(work: Work) -> None:
    person = somebody(work)
    screening = screened(work, person, ("E-PRO-RECRUIT", "E-CAR-THREAT"), age_at_events=30)
    about = {"screening_id": screening, "person_id": person, "read_on": "2026-11-20", "read_by": VOLUNTEER}
    found = {"reading": "changed", "finding": "suspected", "risk": "high", "reason": "ALASAN-PPT"}
    write(work, SecondReading, None, **about, **found)
    content = content_of(summary_form(work, screening, "id"))
    second = t("screening_forms.second.changed", day="20 November 2026", finding="Dugaan TPPO", risk="Tinggi")
    positions(content, [squeezed(t("screening.finding.needs_clarification")), squeezed(second)])
    assert "ALASAN-PPT" not in content


def second_reading(work: Work, person: str, screening: str, finding: str, **about: str) -> str:
    fields = {"screening_id": screening, "person_id": person, "read_on": "2026-11-21", "read_by": VOLUNTEER, **about}
    return write(work, SecondReading, None, finding=finding, **fields)


def test_a_reading_that_the_village_has_overtaken_says_so(work: Work) -> None:
    person = somebody(work)
    screening = screened(work, person, ("E-PRO-RECRUIT",), age_at_events=30)
    second_reading(work, person, screening, "needs_clarification", reading="changed", risk="low", reason="A")
    new = t("screening_forms.second.overtaken")
    assert new not in (summary_form(work, screening, "id").second or "")
    record_screening(work, person, {}, screening_id=screening, note="Catatan lain")
    assert new not in (summary_form(work, screening, "id").second or "")
    record_screening(work, person, {"E-CAR-THREAT": Answer(Value.NO, By.PERSON)}, screening_id=screening)
    assert (summary_form(work, screening, "id").second or "").endswith(new)
    assert squeezed(new) in content_of(summary_form(work, screening, "id"))


@pytest.mark.parametrize(("read_on", "finding", "is_new"), [
    ("2026-11-21", "not_enough_information", False),
    ("2026-11-21", "suspected", True),
    ("2026-11-20", "not_enough_information", True),
])  # fmt: skip
def test_a_reading_of_something_else_is_told_by_what_it_confirmed_and_when(
    work: Work, read_on: str, finding: str, *, is_new: bool
) -> None:
    """As when the village went on before the reading had come back to it."""
    person = somebody(work)
    screening = screened(work, person, {"E-PRO-RECRUIT": Value.NO}, age_at_events=30)
    found = work.records.get(Screening, screening)
    assert (found.finding, found.risk) == ("not_enough_information", "low")
    second_reading(work, person, screening, finding, reading="confirmed", risk="low", read_on=read_on)
    said = summary_form(work, screening, "id").second or ""
    assert said.endswith(t("screening_forms.second.overtaken")) is is_new


def test_an_answer_that_the_newest_version_does_not_ask_is_named(work: Work) -> None:
    screening = screened(work, somebody(work), (GONE, "L-TUJ-1"), age_at_events=30)
    asked = library.newest(work)
    content = spelled(document(NEXT, without=(GONE,)))
    write(work, PublishedQuestionnaire, None, ref=f"screening@{NEXT}", published_on="2026-11-20", content=content)
    upgrade_screening(work, screening)
    form = summary_form(work, screening, "id")
    assert form.about.questionnaire == f"screening@{NEXT}"
    assert form.older == (f"{asked.entry(GONE).short.id} ({GONE}, {asked.ref})",)
    assert squeezed(form.older[0]) in content_of(form)


# What it never says


def test_no_name_no_note_and_no_number_stand_on_it(work: Work) -> None:
    person = person_with_journey(work)
    screening = screened(work, person, CHILD, age_at_events=14)
    assert summary_form(work, screening, "id").head.case_code == code_of(screening)
    code = open_case(work, person).code
    for language in LANGUAGES:
        form = summary_form(work, screening, language)
        content = text(summary_pdf(form, F4))
        assert form.head.case_code == code
        assert [word for word in (NAME, "0812", "0899", "Yanto", "Kowloon") if word in content] == []
        assert [word for word in (NOTE, ASIDE) if word in content or word in repr(form)] == []


def test_what_was_refused_leaves_no_trace(work: Work) -> None:
    person = somebody(work)
    screening = screened(work, person, CHILD, age_at_events=14)
    assert summary_form(work, screening, "id").about.person == "Perempuan, 14 tahun saat kejadian"
    agree(work, person, "service", refused=("person.sex", "screening.age_at_events", "screening.answers"))
    form = summary_form(work, screening, "id")
    content = content_of(form)
    assert (form.why, form.elements, form.next_title, form.next) == ((), (), None, ())
    for name in ("person", "answers"):
        assert getattr(form.about, name) is None
        assert squeezed(t(f"screening_forms.about.{name}")) not in content
    assert form.risk == t("screening_forms.risk", level="Tinggi")
    agree(work, person, "service", refused=("screening.finding", "screening.risk"))
    form = summary_form(work, screening, "id")
    assert (form.finding, form.risk) == ("", "")
    assert form.initial


REFUSED = ("screening.answers", "screening.finding", "screening.risk", "screening.age_at_events")


def test_what_was_refused_does_not_come_out_by_what_follows_from_it(work: Work) -> None:
    person = somebody(work)
    screening = screened(work, person, CHILD, age_at_events=16)
    second_reading(work, person, screening, "suspected", reading="changed", risk="high", reason="A")
    whole = summary_form(work, screening, "id")
    assert (whole.about.track, whole.duties_first, whole.second is None) == ("Anak", True, False)
    given_away = [*whole.duties, *whole.next, *whole.why, whole.second or "", "Disebut jelas", "Dugaan TPPO", "Tinggi"]
    agree(work, person, "service", refused=REFUSED)
    form = summary_form(work, screening, "id")
    content = content_of(form)
    assert [words for words in given_away if squeezed(words) in content] == []
    assert (form.elements, form.about.track, form.duties_first) == ((), None, False)
    assert not re.search("anak", content, re.IGNORECASE)


@pytest.mark.parametrize(("refused", "gone"), [
    ("screening.risk", {"duties", "next", "second", "why", "risk"}),
    ("screening.finding", {"duties", "next", "second", "why", "finding"}),
    ("screening.answers", {"elements", "next", "why"}),
    ("screening.age_at_events", {"why"}),
])  # fmt: skip
def test_each_refusal_takes_what_would_give_it_away(work: Work, refused: str, gone: set[str]) -> None:
    person = somebody(work)
    screening = screened(work, person, CHILD, age_at_events=16)
    second_reading(work, person, screening, "suspected", reading="changed", risk="high", reason="A")
    agree(work, person, "service", refused=(refused,))
    form = summary_form(work, screening, "id")
    parts = ("duties", "next_title", "second", "why", "risk", "finding", "elements")
    assert {part.removesuffix("_title") for part in parts if not getattr(form, part)} == gone
    if refused == "screening.age_at_events":
        assert t("screening.duty.child_first") not in form.duties
        assert (form.finding, form.risk) == ("Dugaan TPPO", t("screening_forms.risk", level="Tinggi"))
        assert {each.note for each in form.elements} == {None}


def test_only_who_may_read_cases_gets_it_and_nobody_once_it_is_deleted(tmp_path: Path) -> None:
    with village(tmp_path) as store:
        with store.work() as work:
            screening, other = (screened(work, somebody(work), CHILD) for _ in range(2))
            trash.delete(work, "screening", other, trash.Reason.ENTERED_TWICE)
            with pytest.raises(RecordUnknown):
                summary_form(work, other, "id")
        store.close()
        with helper_store(store.folder) as helper, helper.work() as work, pytest.raises(CaseKeyNeeded):
            summary_form(work, screening, "id")


# On paper


FULL = SummaryForm(
    FormHead(FormKind.SCREENING, CODE, "id", KOP),
    AboutScreening(*(f"isian-{field.name}" for field in fields(AboutScreening))),
    "Temuan", "Awal", "Risiko",
    tuple(ElementShown(element, "Keadaan", (f"fakta-{element}",), (f"tanda-{element}",), ("UU 1",), "Sebab")
          for element in Element),
    ("Alasan",), ("Tugas",), duties_first=False, next_title="Tanyakan", next=("Apa?",), stopped="Henti", second="Kedua",
    older=("Lama",), signer=NAME,
)  # fmt: skip


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
def test_a_usual_summary_fills_one_page_and_embeds_its_fonts(sheet: Paper) -> None:
    pdf = summary_pdf(FULL, sheet)
    [content] = pages(pdf)
    about = [f"isian-{field.name}" for field in fields(AboutScreening)]
    facts = [f"{kind}-{element}" for kind in ("fakta", "tanda") for element in Element]
    said = [*about, *facts, "Temuan", "Awal", "Risiko", "Alasan", "Tugas", "Apa?", "Henti", "Kedua", "Lama"]
    positions(squeezed(content), [squeezed(words) for words in said])
    assert (reader(pdf).metadata or {})["/Title"] == f"TW-SKR {CODE}"
    assert summary_pdf(FULL, sheet) == pdf
    resources: Any = reader(pdf).pages[0]["/Resources"]
    names = {re.sub(r"^/[A-Z]{6}\+", "", font["/BaseFont"]) for font in resources["/Font"].values()}
    assert names == {REGULAR, BOLD}
    assert all(font["/FontDescriptor"]["/FontFile2"].get_data() for font in resources["/Font"].values())


def test_more_facts_than_a_page_holds_go_on_on_the_next() -> None:
    many = tuple(f"fakta nomor {number} yang panjang sekali supaya halamannya penuh" for number in range(45))
    elements = tuple(ElementShown(element, "Disebut jelas", many, many) for element in Element)
    found = pages(summary_pdf(replace(FULL, elements=elements), A4))
    assert len(found) > 1
    assert squeezed("".join(found)).count("faktanomor44yang") == 6
    assert all(t("screening.element.cara") in page for page in found[1:2])


def test_columns_that_are_too_long_for_the_first_page_begin_on_it() -> None:
    many = tuple(f"fakta nomor {number} yang panjang sekali supaya halamannya penuh" for number in range(25))
    elements = tuple(ElementShown(element, "Disebut jelas", many, ()) for element in Element)
    first, second = map(squeezed, pages(summary_pdf(replace(FULL, elements=elements), A4)))
    assert first.count("faktanomor9yang") == 3
    assert second.count("faktanomor24yang") == 3


@QUICK
@given(st.data())
def test_any_text_anywhere_can_be_printed(data: st.DataObject) -> None:
    draw, some = data.draw, st.none() | NASTY
    element = ElementShown(Element.CARA, "Disebut jelas", (draw(NASTY),), (draw(NASTY),), (draw(NASTY),), draw(some))
    form = replace(
        FULL, about=AboutScreening(*(draw(some) for _ in fields(AboutScreening))), finding=draw(NASTY),
        risk=draw(NASTY), elements=(element,) * 3, why=(draw(NASTY),), duties=(draw(NASTY),), next=(draw(NASTY),),
        stopped=draw(some), second=draw(some), older=(draw(NASTY),), signer=draw(some),
    )  # fmt: skip
    content = squeezed(text(summary_pdf(form, draw(st.sampled_from([A4, F4])))))
    assert squeezed(printable(form.finding))[:20] in content


def test_the_command_writes_it(tmp_path: Path) -> None:
    with village(tmp_path) as store:
        with store.work() as work:
            screening = worked_case(work, somebody(work))
        at = ("--json", "--store", store.folder, "form", "screening")
        done(cli(*at, screening, "--paper", "f4", "--out", tmp_path / "a.pdf", passphrase=PASSPHRASE))
        pdf = (tmp_path / "a.pdf").read_bytes()
        assert squeezed(t("screening.finding.suspected.adult")) in squeezed(text(pdf))
        assert float(reader(pdf).pages[0].mediabox[3]) == pytest.approx(F4.height, abs=0.01)
        refused(cli(*at, VOLUNTEER, "--out", tmp_path / "b.pdf", passphrase=PASSPHRASE), "record_unknown")
