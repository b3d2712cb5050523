# SPDX-License-Identifier: GPL-3.0-or-later
"""The printed referral, read back from the PDF: what stands where, and that what is absent leaves no trace."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
from referral_tools import (
    BARE,
    FULL,
    SECTIONS,
    full,
    heading,
    pages,
    positions,
    reader,
    sections,
    squeezed,
    text,
)

from trafficwatch.forms.paper import A4
from trafficwatch.forms.referral import (
    referral_pdf,
)
from trafficwatch.models.dates import UNKNOWN, PartialDate
from trafficwatch.models.forms import (
    Condition,
    ConsentGiven,
    ConsentShown,
    ContactRule,
    FormLanguage,
    Identity,
    Signatory,
    lines,
)
from trafficwatch.texts import LANGUAGES, t

# What stands where


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_order_is_the_one_in_which_offices_ask(language: FormLanguage) -> None:
    content = text(referral_pdf(replace(FULL, head=replace(FULL.head, language=language)), A4))
    order = [
        t("forms.contact.title", language=language),
        "GUGUS TUGAS DESA",
        t("forms.referral.title", language=language),
        "UPTD PPA Teluk Sari",
        "Yohana Tukan",
        "21 November 2026",
        t("records.urgency.soon", language=language),
        *(f"{letter}.  {heading(key, language)}" for letter, key in zip("ABCDEFGHIJK", SECTIONS, strict=True)),
        t("forms.slip.title", language=language),
    ]
    found = positions(content, order)
    assert found == sorted(found)


def test_every_value_is_printed() -> None:
    content = squeezed(text(full()))
    values = [value for part in (FULL.identity, FULL.condition, FULL.addressee, FULL.referrer, FULL.companion)
              for _, value in lines(part)]  # fmt: skip
    contact = FULL.contact
    assert contact
    values += [contact.way, contact.number, contact.through, contact.hours, contact.code_word, contact.never_tell]
    values += [FULL.purpose, FULL.services_note, FULL.needs_and_hopes, FULL.signer, *FULL.services_given]
    values += [*FULL.documents, "Dirujuk ke UPTD (19 November 2026, cap jempol)", "Dilaporkan", FULL.head.number]
    values += ["Lamaholot", "Agnes Kelen", "Petrus (ayah)", "Perintah undang-undang", "Juni 2026: berangkat."]
    assert [value for value in values if squeezed(value or "?") not in content] == []


def test_the_contact_rule_stands_above_everything_else() -> None:
    heights: list[tuple[float, str]] = []

    def visit(piece: str, _cm: object, matrix: list[float], *_: object) -> None:
        if piece.strip():
            heights.append((matrix[5], piece.strip()))

    reader(full()).pages[0].extract_text(visitor_text=visit)
    top = max(heights)[0]
    assert {piece for height, piece in heights if height > top - 2} == {"BACA DULU: CARA AMAN MENGHUBUNGI", "RAHASIA"}
    assert pages(full())[0].startswith("BACA DULU")


def test_a_ban_on_contact_hides_every_way() -> None:
    rule = replace(FULL.contact or ContactRule(), do_not_contact=True)
    content = text(referral_pdf(replace(FULL, contact=rule), A4))
    assert t("forms.contact.forbidden") in content
    assert "Pak Yanto" in content
    assert all(word not in content for word in ("0812-0000-4411", "pesanan kue", "Ibu Maria", "Pesan singkat"))


@pytest.mark.parametrize("rule", [None, ContactRule(), ContactRule(number=" \n", never_tell="Pak Yanto")])
def test_without_an_agreed_way_the_referrer_is_asked_first(rule: ContactRule | None) -> None:
    content = squeezed(text(referral_pdf(replace(FULL, contact=rule), A4)))
    assert squeezed(t("forms.contact.unknown")) in content
    assert ("PakYanto" in content) is bool(rule and rule.never_tell)


# What is refused or unknown leaves no trace


@pytest.mark.parametrize("absent", [None, "", "  \n\u200b "])
@pytest.mark.parametrize("name", [field.name for field in fields(Identity)])
def test_an_absent_identity_line_leaves_no_trace(name: str, absent: str | None) -> None:
    content = text(referral_pdf(replace(FULL, identity=replace(FULL.identity, **{name: absent})), A4))
    part = content[content.index(heading("identity")) : content.index(heading("purpose"))]
    labels = re.findall(r"(\d+)\. (.+?)\s*:", part)
    expected = [t(f"forms.identity.{field.name}") for field in fields(Identity) if field.name != name]
    assert labels == [(str(number), label) for number, label in enumerate(expected, start=1)]


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("identity", {"identity": Identity()}),
        ("purpose", {"purpose": None}),
        ("chronology", {"chronology": " "}),
        ("condition", {"condition": Condition()}),
        ("services_given", {"services_given": ("", " ")}),
        ("services_requested", {"services_requested": frozenset(), "services_note": None}),
        ("needs", {"needs_and_hopes": None}),
        ("documents", {"documents": ()}),
        ("companion", {"companion": Signatory()}),
        ("consent", {"consent": ConsentShown()}),
    ],
)
def test_an_empty_section_is_absent_and_the_letters_close_up(key: str, change: dict[str, object]) -> None:
    content = text(referral_pdf(replace(FULL, **change), A4))  # type: ignore[arg-type]
    left = [heading(other) for other in SECTIONS if other != key]
    assert sections(content) == list(zip("ABCDEFGHIJ", left, strict=True))


def test_a_form_with_nothing_but_its_code_has_no_empty_labels() -> None:
    content = text(referral_pdf(replace(BARE, referred_on=UNKNOWN), A4))
    assert sections(content) == [("A", heading("signatures"))]
    before = content[: content.index(heading("signatures"))]
    assert ":" not in before.replace(t("forms.contact.title"), "")
    assert all(t(f"forms.{key}") not in before for key in ("to", "from", "urgency", "number"))


def test_only_what_is_known_of_a_consent_is_printed() -> None:
    consent = ConsentShown((ConsentGiven("Satu", PartialDate(2026)), ConsentGiven("Dua", UNKNOWN, "lisan")))
    content = text(referral_pdf(replace(FULL, consent=consent), A4))
    assert "Satu (2026)" in content
    assert "Dua (lisan)" in content
    assert t("forms.consent.witness") not in content[content.index("Dua") : content.index(heading("signatures"))]
