# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheet that stays with the family: what it says, and above all what it never says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from desks import cli, done, refused
from hypothesis import given
from hypothesis import strategies as st
from paper_tools import BARE_SHEET, CODE, FULL_SHEET, QUICK, Village, village, words_of
from referral_tools import pages, positions, reader, squeezed, text
from reportlab.pdfbase import pdfmetrics
from store_tools import PASSPHRASE
from test_printed_text import NASTY

from trafficwatch.forms import paper
from trafficwatch.forms.family_sheet import (
    CALL_LABELS,
    LABELS,
    OFFICES,
    SITUATIONS,
    blank_family_sheet_pdf,
    family_sheet_pdf,
)
from trafficwatch.forms.paper import A4, F4, PAPERS, REGULAR, Paper, printable
from trafficwatch.models.forms import FormHead, FormKind, FormLanguage, code_of
from trafficwatch.models.migration import Journey
from trafficwatch.models.papers import FamilyForm, Office, Told
from trafficwatch.registry.papers import (
    NEXT_DATES,
    FamilySheetForbidden,
    family_form,
    keep_from,
    next_dates,
)
from trafficwatch.registry.residents import plan_journey
from trafficwatch.registry.touch import record_check_in
from trafficwatch.store.records import RecordUnknown
from trafficwatch.texts import LANGUAGES, t

PARTS = ("told", "call", "dates", "papers", "word")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    with village(tmp_path_factory.mktemp("family")) as found:
        yield found


def sheet_of(known: Village, person: str, journey: str | None = None) -> FamilyForm:
    with known.store.work() as work:
        return family_form(work, person, journey, "id")


# On paper


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_sheet_says_all_on_two_pages(sheet: Paper, language: FormLanguage) -> None:
    form = replace(FULL_SHEET, head=replace(FULL_SHEET.head, language=language))
    pdf = family_sheet_pdf(form, sheet)
    found = pages(pdf)
    assert len(found) == 2
    content = squeezed("".join(found))
    order = [t("papers.family.title", language=language), t("papers.family.keep", language=language)]
    order += [t(f"papers.family.{key}", language=language) for key in (*PARTS[:3], "do", *PARTS[3:])]
    places = positions(content, [squeezed(words) for words in order])
    assert places == sorted(places)
    said = [*words_of(form.told), *form.papers, form.volunteer or "", form.volunteer_phone or ""]
    said += [words for office in form.offices for words in (office.name, *office.contacts, office.checked)]
    said += [day.format(language) for day in form.dates]
    said += [t(f"papers.family.{part}.{key}", language=language) for key in SITUATIONS for part in ("when", "do")]
    positions(content, [squeezed(words) for words in said])
    assert "RAHASIA" not in content
    assert (reader(pdf).metadata or {})["/Title"] == f"TW-LKG {CODE}"
    assert family_sheet_pdf(form, sheet) == pdf


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_sheet_has_every_part_and_label(sheet: Paper, language: FormLanguage) -> None:
    found = pages(blank_family_sheet_pdf(sheet, language))
    content = squeezed("".join(found))
    labels = [f"family.{key}" for key in (*PARTS, "do", "blank_dates", "papers_where", "word_line")]
    labels += [f"told.{field.name}" for field in fields(Told)]
    labels += [f"call.{name}" for name in ("there", "volunteer", "police")]
    positions(content, [squeezed(t(f"papers.{label}", language=language)) for label in labels])
    assert len(found) == 2
    assert "TW1:" not in content
    assert "None" not in content


def test_what_is_not_known_is_a_line_to_write_on() -> None:
    found = pages(family_sheet_pdf(BARE_SHEET, A4))
    content = "".join(found)
    positions(content, [t(f"papers.told.{field.name}") for field in fields(Told)])
    assert squeezed(t("papers.family.no_dates", days=30)) in squeezed(content)
    assert t("papers.family.papers_where") in content
    assert len(found) == 2


def test_the_last_offices_find_no_room() -> None:
    many = tuple(Office(f"Kantor {number}", (f"0380-{number}",), "x") for number in range(9))
    content = text(family_sheet_pdf(replace(FULL_SHEET, offices=many), A4))
    assert [number for number in range(9) if f"0380-{number}" in content] == list(range(OFFICES))


def test_a_long_paper_is_printed_smaller_and_not_cut() -> None:
    for paper_name in (*FULL_SHEET.papers, "Surat permintaan tenaga kerja (job order) lama"):
        content = text(family_sheet_pdf(replace(FULL_SHEET, papers=(paper_name,)), A4))
        assert "…" not in content.replace(t("papers.family.do"), "")


@QUICK
@given(st.data())
def test_any_text_anywhere_can_be_printed(data: st.DataObject) -> None:
    draw, some = data.draw, st.none() | NASTY
    form = FamilyForm(
        FormHead(FormKind.FAMILY, CODE, draw(st.sampled_from(LANGUAGES))),
        Told(*(draw(some) for _ in fields(Told))),
        (Office(draw(NASTY), (draw(NASTY), draw(NASTY)), draw(NASTY)),),
        draw(some), draw(some), (draw(NASTY), draw(NASTY)), draw(st.none() | st.integers(1, 366)),
    )  # fmt: skip
    content = squeezed(text(family_sheet_pdf(form, draw(st.sampled_from([A4, F4])))))
    assert squeezed(printable(form.told.name or ""))[:20] in content


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_their_columns(language: FormLanguage) -> None:
    paper.font_face()
    columns = {
        LABELS: [f"told.{field.name}" for field in fields(Told)],
        CALL_LABELS: [f"call.{name}" for name in ("there", "volunteer", "police")],
    }
    for em, keys in columns.items():
        for key in keys:
            assert pdfmetrics.stringWidth(t(f"papers.{key}", language=language), REGULAR, 1) + 0.3 < em, key


# From the register


def test_the_sheet_says_where_somebody_goes_and_whom_to_call(known: Village) -> None:
    found = sheet_of(known, known.maria)
    assert (found.told.destination, found.told.employer) == ("Kowloon, Hong Kong", "Keluarga Chan")
    assert (found.volunteer, found.volunteer_phone) == ("Yohana Tukan", "0813-0000-2209")
    assert [(office.name, office.contacts) for office in found.offices] == [
        ("KP2MI", ("0800-1000",)),
        ("UPTD PPA Kupang", ("0380-555",)),
        ("SAPA 129", ("129",)),
    ]
    assert [office.checked for office in found.offices[:2]] == ["belum diperiksa", "diperiksa PPT 2 November 2026"]
    assert found.papers[:3] == ("Paspor", "Visa kerja", "Perjanjian kerja")
    assert found.papers[-1] == "Kartu jaminan sosial"
    assert len(set(found.papers)) == len(found.papers)
    assert found.head.case_code == code_of(known.journey)
    assert sheet_of(known, known.maria, known.earlier).told.destination == "Malaysia"


def test_nothing_that_would_harm_stands_on_the_sheet(known: Village) -> None:
    form = sheet_of(known, known.maria)
    for sheet in PAPERS.values():
        content = text(family_sheet_pdf(form, sheet))
        for secret in ("pesanan kue", "5301085708900003", "0301081203120007", "C 1234567", "Meragukan", "Agnes"):
            assert secret not in content, secret
        assert content.count("Pak Yanto") == 1  # the recruiter, of whom the family was told
    assert "pesanan kue" not in repr(form)


def test_the_screen_learns_from_whom_to_keep_it(known: Village) -> None:
    with known.store.work() as work:
        assert keep_from(work, known.maria) == ("Pak Yanto", "Agnes Kelen")
        assert keep_from(work, known.bare) == ()


def test_no_sheet_goes_to_the_family_of_somebody_not_to_be_contacted(known: Village) -> None:
    with pytest.raises(FamilySheetForbidden):
        sheet_of(known, known.hidden)


def test_there_is_no_sheet_without_a_journey_of_that_person(known: Village) -> None:
    for person, journey in ((known.bare, None), (known.bare, known.journey), ("0" * 36, None)):
        with pytest.raises(RecordUnknown):
            sheet_of(known, person, journey)


def days(known: Village, **fields: object) -> list[str]:
    """The next dates of a journey with these fields, and a check-in if `heard` gives its day."""
    heard = fields.pop("heard", None)
    with known.store.work() as work, work.tried():
        journey = plan_journey(work, known.bare, **fields)
        if heard:
            record_check_in(work, journey.id, {"outcome": "reached", "tried_on": heard})
        return [day.edtf for day in next_dates(work, work.records.get(Journey, journey.id))]


def test_the_next_dates_follow_the_rhythm(known: Village) -> None:
    """Today is 21 November 2026."""
    planned = days(known, stage="preparing", departure_on="2026-12-03", check_in_days=14)
    assert planned == ["2026-12-10", "2026-12-24", "2027-01-07", "2027-01-21", "2027-02-04", "2027-02-18"]
    assert len(planned) == NEXT_DATES
    assert days(known, stage="departed", departure_on="2026-11-20", check_in_days=3)[:2] == ["2026-11-23", "2026-11-26"]
    heard = days(known, stage="departed", departure_on="2026-10-01", heard="2026-11-15")
    assert heard[:2] == ["2026-12-15", "2027-01-14"]
    overdue = days(known, stage="departed", departure_on="2026-01-01")
    assert overdue[0] == "2026-11-21"
    assert days(known, stage="preparing") == []
    assert days(known, stage="plan", departure_on="2026-01") == []
    assert days(known, stage="returned", departure_on="2026-01-01") == []
    assert days(known, stage="cancelled", departure_on="2026-12-01") == []


# The command


def test_the_command_writes_it_and_says_from_whom_to_keep_it(known: Village, tmp_path: Path) -> None:
    store = ("--store", known.store.folder)
    said = cli(*store, "form", "family", known.maria, "--out", tmp_path / "a.pdf", passphrase=PASSPHRASE)
    assert said.code == 0
    assert t("papers.cli.keep_from", who="Pak Yanto, Agnes Kelen") in said.out
    assert "Kowloon" in text((tmp_path / "a.pdf").read_bytes())
    other = ("form", "family", known.maria, "--journey", known.earlier, "--paper", "f4", "--out", tmp_path / "b.pdf")
    done(cli("--json", *store, *other, passphrase=PASSPHRASE))
    assert "Malaysia" in text((tmp_path / "b.pdf").read_bytes())
    no = cli("--json", *store, "form", "family", known.hidden, "--out", tmp_path / "c.pdf", passphrase=PASSPHRASE)
    refused(no, "family_sheet_forbidden")
    assert not (tmp_path / "c.pdf").exists()
    done(cli("--json", *store, "form", "family", "--blank", "--out", tmp_path / "d.pdf"))
    done(cli("--json", *store, "form", "card", "--blank", "--out", tmp_path / "e.pdf"))
    done(cli("--json", *store, "form", "card", known.maria, "--out", tmp_path / "f.pdf", passphrase=PASSPHRASE))
    assert "5301085708900003" in text((tmp_path / "f.pdf").read_bytes())
    for wrong in (
        ("list", "--blank"),
        ("card",),
        ("card", known.maria, known.bare),
        ("family", known.maria, "--blank"),
    ):
        assert cli(*store, "form", *wrong, "--out", tmp_path / "g.pdf").code == 2
