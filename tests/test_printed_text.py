# SPDX-License-Identifier: GPL-3.0-or-later
"""Any text on paper: nothing crashes, nothing vanishes unseen, nothing is taken for markup."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from referral_tools import (
    BARE,
    CODE,
    FULL,
    SECTIONS,
    heading,
    pages,
    positions,
    reader,
    squeezed,
    text,
)
from reportlab.pdfbase import pdfmetrics

from trafficwatch.forms import paper
from trafficwatch.forms.paper import A4, F4, PAPERS, REGULAR, REPLACEMENT, Paper, fit, printable
from trafficwatch.forms.referral import blank_referral_pdf, referral_pdf
from trafficwatch.forms.sheet import CONTACT, MIDDLE, NARROW, SHORT, WIDE
from trafficwatch.models.casework import Urgency
from trafficwatch.models.directory import Service
from trafficwatch.models.forms import (
    Addressee,
    Condition,
    ConsentGiven,
    ConsentShown,
    ContactRule,
    FormHead,
    FormKind,
    FormLanguage,
    Identity,
    Letterhead,
    ReferralForm,
    Signatory,
)
from trafficwatch.texts import LANGUAGES, t

# Any text

NASTY = st.text(st.characters(exclude_categories=()), max_size=120) | st.sampled_from(
    [
        "<b>x</b>",
        "&amp;",
        "<br/><para>",
        "]]>",
        "مرحبا",
        "שלום",
        "👩‍👧 王",
        "\x00\x07",
        "a\n\n\n\nb",
        "x" * 3000,
        "e\u0301",
        "\ud800",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_text_anywhere_can_be_printed(data: st.DataObject) -> None:
    draw = data.draw
    some = st.none() | NASTY
    head = FormHead(
        FormKind.REFERRAL, CODE, draw(st.sampled_from(LANGUAGES)),
        Letterhead((draw(NASTY),), draw(some), draw(some)), draw(some), draw(st.booleans()),
    )  # fmt: skip
    form = ReferralForm(
        head, ContactRule(draw(st.booleans()), *(draw(some) for _ in range(6))),
        Addressee(*(draw(some) for _ in range(4))), Signatory(*(draw(some) for _ in range(3))), None,
        draw(st.sampled_from([None, *Urgency])), Identity(*(draw(some) for _ in range(18))), draw(some), draw(some),
        Condition(*(draw(some) for _ in range(5))), (draw(NASTY),), draw(st.frozensets(st.sampled_from(Service))),
        draw(some), draw(some), (draw(NASTY), draw(NASTY)), Signatory(*(draw(some) for _ in range(3))),
        ConsentShown((ConsentGiven(draw(NASTY), None, draw(some)),), *(draw(some) for _ in range(4))), draw(some),
    )  # fmt: skip
    content = pages(referral_pdf(form, draw(st.sampled_from([A4, F4, replace(A4, text_pt=12.0)]))))
    assert t("forms.slip.title", language=head.language) in content[-1]


@settings(max_examples=50, deadline=None)
@given(NASTY)
def test_what_is_typed_is_on_the_paper(typed: str) -> None:
    content = squeezed(text(referral_pdf(replace(BARE, purpose=f"[{typed}]"), F4)))
    assert squeezed(f"[{printable(typed)}]") in content
    note = squeezed(t("forms.replaced", mark=REPLACEMENT))
    assert (note in content) is (REPLACEMENT in printable(typed))


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_every_character_is_kept_or_visibly_replaced(typed: str) -> None:
    shapeless = re.compile(
        "[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
    )
    wanted = [char for char in unicodedata.normalize("NFC", typed) if not shapeless.match(char)]
    wanted = [char for char in wanted if char not in "\n\r\t\u0085\u2028\u2029" and unicodedata.category(char) != "Zs"]
    shown = squeezed(printable(typed))
    assert len(shown) == len(wanted)
    known = paper.font_face().charToGlyph
    for char, instead in zip(wanted, shown, strict=True):
        assert instead in (char, REPLACEMENT)
        assert (instead == char) is (
            ord(char) in known and unicodedata.category(char)[0] != "C" and ord(char) < 0x10000
        )
    assert printable(printable(typed)) == printable(typed)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ibu\u00a0Ñoña\tž\r\nbaris", "Ibu Ñoña ž\nbaris"),
        ("a\n \n\n\n b\u2028c\n", "a\n\nb\nc"),
        ("e\u0301", "é"),
        ("\u202a+62 812\u202c", "+62 812"),
        ("co\u00adba", "coba"),
        ("\x1b\u0600\ue000", REPLACEMENT * 3),
        ("😀王ا", REPLACEMENT * 3),
    ],
)
def test_how_a_text_is_printed(typed: str, shown: str) -> None:
    assert printable(typed) == shown


def test_markup_is_printed_as_typed() -> None:
    typed = '<b>tebal</b> &lt; <a href="http://x.invalid">sini</a> <img src="/etc/passwd"/> {x} %s'
    form = replace(FULL, purpose=typed, documents=(typed,), identity=Identity(name=typed), signer="<i>A</i>")
    pdf = referral_pdf(form, A4)
    assert squeezed(text(pdf)).count(squeezed(typed)) == 3
    assert "<i>A</i>" in text(pdf)
    assert not any("/Annots" in page for page in reader(pdf).pages)


LONG = "Kewa Ina Tokan Wungubelen Lamanepa " * 600


@pytest.mark.parametrize("sheet", PAPERS.values(), ids=list(PAPERS))
def test_texts_of_any_length_are_printed_in_full(sheet: Paper) -> None:
    words = replace(
        FULL, contact=ContactRule(way=LONG, hours=LONG, never_tell=LONG), addressee=Addressee(name=LONG),
        identity=Identity(name=LONG, nik="9" * 9000), chronology=LONG, head=replace(FULL.head, number=LONG),
        consent=ConsentShown((ConsentGiven(LONG),), witness=LONG),
    )  # fmt: skip
    sheets = pages(referral_pdf(words, sheet))
    content = "\n".join(sheets)
    assert content.count("Lamanepa") == 9 * 600
    assert content.count("9") >= 9000
    assert content.count(t("forms.contact.title")) > 1
    assert t("forms.slip.title") in sheets[-1]


def test_a_long_name_under_a_signature_ends_in_an_ellipsis() -> None:
    assert "…" in text(referral_pdf(replace(FULL, signer=LONG), A4))
    assert "…" not in text(referral_pdf(replace(FULL, signer="Maria Goreti Fransiska Xaveria Bernadeta Ina"), A4))


@given(st.text(max_size=80), st.floats(5, 300))
def test_a_fitted_line_is_never_too_wide(typed: str, width: float) -> None:
    line = fit(typed, REGULAR, 8, width)
    ellipsis = pdfmetrics.stringWidth("…", REGULAR, 8)
    assert pdfmetrics.stringWidth(line, REGULAR, 8) <= max(width, ellipsis)
    assert line == " ".join(printable(typed).split()) or line.endswith("…")


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_their_columns(language: FormLanguage) -> None:
    paper.font_face()
    columns = {
        WIDE: [f"identity.{field.name}" for field in fields(Identity)],
        MIDDLE: [*(f"condition.{field.name}" for field in fields(Condition)), "service.note", "consent.language"],
        CONTACT: [f"contact.{name}" for name in ("way", "number", "through", "hours", "code_word", "never_tell")],
        NARROW: ["to.name", "to.attention", "person.phone", "person.role", "day", "consent.witness", "number"],
        SHORT: ["urgency"],
    }
    for em, keys in columns.items():
        number = "18. " if em == WIDE else ""
        for key in keys:
            wide = pdfmetrics.stringWidth(number + t(f"forms.{key}", language=language), REGULAR, 1)
            assert wide + 0.3 < em, key


@pytest.mark.parametrize("size", [9.5, 10, 11, 12])
def test_larger_text_keeps_the_order_and_the_slip(size: float) -> None:
    for sheet in (A4, F4):
        content = pages(referral_pdf(replace(FULL, urgency=Urgency.IMMEDIATE), replace(sheet, text_pt=size)))
        found = positions("\n".join(content), [heading(key) for key in SECTIONS])
        assert found == sorted(found)
        assert t("forms.slip.title") in content[-1]
        assert t("forms.slip.title") in pages(blank_referral_pdf(replace(sheet, text_pt=size), "id"))[-1]
