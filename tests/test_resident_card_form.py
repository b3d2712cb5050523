# SPDX-License-Identifier: GPL-3.0-or-later
"""The resident's card on paper: what it says, in which order, and what never stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_tools import BARE_CARD, CODE, FULL_CARD, KOP, NAME, QUICK, Village, village, words_of
from referral_tools import pages, positions, reader, squeezed, text
from reportlab.pdfbase import pdfmetrics
from test_printed_text import NASTY

from trafficwatch.forms import paper, qr
from trafficwatch.forms.paper import A4, F4, PAPERS, REGULAR, REPLACEMENT, Paper, printable
from trafficwatch.forms.resident_card import LABELS, blank_resident_card_pdf, resident_card_pdf
from trafficwatch.models.forms import ContactRule, FormHead, FormKind, FormLanguage
from trafficwatch.models.papers import CardForm, CardIdentity, CardJourney, Kin
from trafficwatch.models.papers import Paper as CheckedPaper
from trafficwatch.registry.papers import card_form, code_of
from trafficwatch.registry.trash import Reason, delete
from trafficwatch.store.records import RecordUnknown
from trafficwatch.texts import LANGUAGES, t

SECTIONS = ("identity", "relatives", "journey", "earlier", "papers")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    with village(tmp_path_factory.mktemp("card")) as found:
        yield found


def card(known: Village, person: str, language: FormLanguage = "id") -> CardForm:
    with known.store.work() as work:
        return card_form(work, person, language)


# On paper


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
def test_a_full_card_says_all_in_its_order_on_two_pages(sheet: Paper) -> None:
    pdf = resident_card_pdf(FULL_CARD, sheet)
    found = pages(pdf)
    assert len(found) == 2
    content = squeezed("".join(found))
    order = [t("forms.contact.title"), KOP.unit or "", t("papers.card.title"), t("papers.personal")]
    order += [f"{letter}.  {t(f'papers.section.{key}')}" for letter, key in zip("ABCDE", SECTIONS, strict=True)]
    places = positions(content, [squeezed(words) for words in order])
    assert places == sorted(places)
    said = [*words_of(FULL_CARD.contact), *words_of(FULL_CARD.identity), *words_of(FULL_CARD.journey)]
    said += [words for part in (*FULL_CARD.relatives, *FULL_CARD.papers) for words in words_of(part)]
    positions(content, [squeezed(words) for words in (*said, *FULL_CARD.earlier)])
    assert f"TW-KWG · {CODE}" in found[0]
    assert "RAHASIA" in found[1]
    box = reader(pdf).pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx((sheet.width, sheet.height))


def test_what_is_not_known_leaves_no_label() -> None:
    content = text(resident_card_pdf(BARE_CARD, A4))
    assert "Siti" in content
    labels = [f"papers.identity.{field.name}" for field in fields(CardIdentity) if field.name != "name"]
    labels += [f"papers.journey.{field.name}" for field in fields(CardJourney)]
    assert [label for label in labels if f"{t(label)} :" in content or f"{t(label)}\n:" in content] == []
    assert not any(t(f"papers.section.{key}") in content for key in SECTIONS[1:])
    assert squeezed(t("papers.contact.unknown")) in squeezed(content)


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_card_has_every_section_and_label(sheet: Paper, language: FormLanguage) -> None:
    found = pages(blank_resident_card_pdf(sheet, language))
    content = "\n".join(found)
    labels = [f"papers.identity.{field.name}" for field in fields(CardIdentity)]
    labels += [f"papers.journey.{field.name}" for field in fields(CardJourney)]
    labels += [f"papers.section.{key}" for key in SECTIONS] + [f"papers.kin.{field.name}" for field in fields(Kin)]
    positions(squeezed(content), [squeezed(t(label, language=language)) for label in labels])
    assert len(found) == 2
    assert "TW1:" not in content
    assert "None" not in content


def test_who_must_not_be_contacted_is_said_first_and_the_way_is_not() -> None:
    banned = replace(FULL_CARD, contact=ContactRule(do_not_contact=True, number="0812-1", never_tell="Pak Yanto"))
    content = text(resident_card_pdf(banned, A4))
    places = positions(content, [t("forms.contact.forbidden"), "Pak Yanto", t("papers.card.title")])
    assert places == sorted(places)
    assert "0812-1" not in content
    assert squeezed(t("papers.contact.ask")) in squeezed(content)


def test_the_code_is_read_back_and_says_nothing_personal() -> None:
    payload = qr.payload(FormKind.CARD, code_of("7f3a09c2-aaaa-4bbb-8ccc-ddddeeeeffff"))
    assert payload.startswith("TW1:KWG:7F3A-09C2:")
    assert qr.read(payload) == (FormKind.CARD, CODE)
    assert qr.read(payload.replace("KWG", "LKG")) is None


def test_title_language_and_practice_are_in_the_file() -> None:
    practice = replace(FULL_CARD, head=replace(FULL_CARD.head, practice=True, language="en"))
    found = reader(resident_card_pdf(practice, F4))
    assert (found.metadata or {})["/Title"] == f"TW-KWG {CODE}"
    assert found.trailer["/Root"]["/Lang"] == "en"
    assert all("LATIHAN" in page.extract_text() for page in found.pages)
    assert "LATIHAN" not in text(resident_card_pdf(FULL_CARD, F4))
    assert resident_card_pdf(FULL_CARD, A4) == resident_card_pdf(FULL_CARD, A4)


LONG = "Kewa Ina Tokan Wungubelen Lamanepa " * 150


def test_texts_of_any_length_are_printed_in_full() -> None:
    form = CardForm(
        FULL_CARD.head, ContactRule(way=LONG), CardIdentity(name=LONG, nik="9" * 4000), (Kin(LONG, LONG),),
        CardJourney(destination=LONG), (LONG,), (CheckedPaper("KTP", LONG), CheckedPaper(LONG)),
    )  # fmt: skip
    for sheet in PAPERS.values():
        content = text(resident_card_pdf(form, sheet))
        assert content.count("Lamanepa") == 8 * 150
        assert content.count("9") >= 4000


@QUICK
@given(st.data())
def test_any_text_anywhere_can_be_printed(data: st.DataObject) -> None:
    draw, some = data.draw, st.none() | NASTY
    form = CardForm(
        FormHead(FormKind.CARD, CODE, draw(st.sampled_from(LANGUAGES))),
        ContactRule(draw(st.booleans()), *(draw(some) for _ in range(6))),
        CardIdentity(*(draw(some) for _ in fields(CardIdentity))),
        (Kin(*(draw(NASTY) for _ in fields(Kin))),),
        CardJourney(*(draw(some) for _ in fields(CardJourney))),
        (draw(NASTY),),
        (CheckedPaper(*(draw(NASTY) for _ in fields(CheckedPaper))),),
    )
    kind = printable(form.papers[0].kind)
    content = squeezed(text(resident_card_pdf(form, draw(st.sampled_from([A4, F4])))))
    assert squeezed(kind)[:20] in content
    assert (squeezed(t("papers.replaced", language=form.head.language, mark=REPLACEMENT)) in content) or (
        REPLACEMENT not in kind
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_their_column(language: FormLanguage) -> None:
    paper.font_face()
    for cls, group in ((CardIdentity, "identity"), (CardJourney, "journey")):
        for field in fields(cls):
            label = t(f"papers.{group}.{field.name}", language=language)
            assert pdfmetrics.stringWidth(label, REGULAR, 1) + 0.3 < LABELS, label


# From the register


def test_the_card_says_what_is_recorded(known: Village) -> None:
    found = card(known, known.maria)
    assert found.contact is not None
    assert (found.contact.way, found.contact.code_word) == ("Pesan singkat", "pesanan kue")
    assert found.identity.name == NAME
    assert found.identity.nik == "5301085708900003 (Terlihat di kartu)"
    assert found.identity.birth == "Larantuka, Agustus 1990"
    assert found.identity.phones == "0812-0000-4411 (Ibu Maria); 0813"
    assert (found.identity.aliases, found.identity.skills) == ("Mama Ina", "menjahit")
    journey = found.journey
    assert (journey.stage, journey.destination, journey.route) == ("Persiapan", "Kowloon, Hong Kong", "Kupang, Batam")
    assert (journey.departure, journey.recruiter) == ("3 Desember 2026", "Pak Yanto (0853-0000-1188)")
    assert found.earlier == ("2014, Malaysia, Sudah pulang",)
    passport = found.papers[0]
    assert (passport.kind, passport.details, passport.found) == ("Paspor", "C 1234567", "Meragukan")
    assert passport.checked == "KTP, 21 November 2026, Yohana Tukan"
    assert [(kin.name, kin.relation) for kin in found.relatives] == [
        ("Agnes Kelen", "Anak"),
        ("Petrus", "Kakak atau adik"),
    ]
    assert found.relatives[0].about == "tanggungan, TIDAK tahu tentang perjalanan"
    assert found.head.letterhead is not None
    assert (found.head.case_code, found.head.practice) == (code_of(known.maria), True)
    assert "RAHASIA-SENDIRI" not in repr(found)
    assert card(known, known.maria, "en").journey.stage == "Preparing"


def test_a_card_of_somebody_not_to_be_contacted_has_no_number(known: Village) -> None:
    content = text(resident_card_pdf(card(known, known.hidden), A4))
    assert "0811-0000" not in content
    assert t("forms.contact.forbidden") in content
    assert "suaminya" in content


def test_who_is_deleted_or_unknown_has_no_card(known: Village) -> None:
    with known.store.work() as work, work.tried():
        delete(work, "person", known.bare, Reason.ENTERED_TWICE)
        with pytest.raises(RecordUnknown):
            card_form(work, known.bare, "id")
    with pytest.raises(RecordUnknown):
        card(known, "0" * 36)
    assert card(known, known.bare).identity.name == "Siti"
