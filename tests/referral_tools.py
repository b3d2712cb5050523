# SPDX-License-Identifier: GPL-3.0-or-later
"""One referral in full, one with nothing but its code, and what a receiving office reads in their PDFs."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import fields, replace
from functools import cache

from pypdf import PdfReader

from trafficwatch.forms.paper import A4
from trafficwatch.forms.referral import (
    referral_pdf,
)
from trafficwatch.models.casework import Urgency
from trafficwatch.models.dates import PartialDate
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
from trafficwatch.texts import t

CODE = "LRN-7Q4M-X"
SECTIONS = (
    "identity",
    "purpose",
    "chronology",
    "condition",
    "services_given",
    "services_requested",
    "needs",
    "documents",
    "companion",
    "consent",
    "signatures",
)
BARE = ReferralForm(FormHead(FormKind.REFERRAL, CODE, "id"))
FULL = ReferralForm(
    FormHead(
        FormKind.REFERRAL,
        CODE,
        "id",
        Letterhead(
            ("PEMERINTAH KABUPATEN TELUK SARI", "KECAMATAN WAI LOLONG"), "GUGUS TUGAS DESA LEWO RANA", "Jalan 4"
        ),
        "463/012/LRN/XI/2026",
        printed_at=dt.datetime(2026, 11, 21, 14, 5, tzinfo=dt.UTC),
    ),
    ContactRule(
        way="Pesan singkat",
        number="0812-0000-4411",
        through="Ibu Maria",
        hours="Pagi",
        code_word="pesanan kue",
        never_tell="Pak Yanto",
    ),
    Addressee("UPTD PPA Teluk Sari", "Kepala Seksi", "Jalan Melati 12", "(0380) 000111"),
    Signatory("Yohana Tukan", "Relawan terlatih", "0813-0000-2209"),
    PartialDate(2026, 11, 21),
    Urgency.SOON,
    Identity(*(f"isian-{field.name}" for field in fields(Identity))),
    "Memohon pemeriksaan kesehatan.",
    "Mei 2026: ditawari kerja.\nJuni 2026: berangkat.",
    Condition("Luka bakar", "Sulit tidur", "Di rumah bibi", "Bertemu romo", "Ibu mendukung"),
    ("pertolongan psikologis awal", "pengobatan luka"),
    frozenset({Service.HEALTH_REHABILITATION, Service.LEGAL_AID}),
    "Visum bila perlu",
    "Upahnya dibayar",
    ("Salinan KK", "Foto percakapan"),
    Signatory("Maria W.", "Bibi", "0821-0000-7717"),
    ConsentShown(
        (ConsentGiven("Dirujuk ke UPTD", PartialDate(2026, 11, 19), "cap jempol"), ConsentGiven("Dilaporkan")),
        "Lamaholot",
        "Agnes Kelen",
        "Petrus (ayah)",
        "Perintah undang-undang",
    ),
    "Siti Lestari",
)


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf), strict=True)


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in reader(pdf).pages]


def text(pdf: bytes) -> str:
    return "\n".join(pages(pdf))


def sections(content: str) -> list[tuple[str, str]]:
    """(letter, heading) of every section, in order."""
    return re.findall(r"^ ?([A-K])\.  (.+)$", content, re.MULTILINE)


def squeezed(content: str) -> str:
    return re.sub(r"\s", "", content)


def heading(key: str, language: FormLanguage = "id") -> str:
    return t(f"forms.section.{key}", language=language)


def positions(content: str, words: list[str]) -> list[int]:
    """Where each of the words first stands; every one must be there."""
    assert [word for word in words if word not in content] == []
    return [content.index(word) for word in words]


@cache
def full() -> bytes:
    return referral_pdf(FULL, A4)


def long_form(count: int) -> ReferralForm:
    return replace(FULL, chronology="\n".join(f"baris {number} dari cerita" for number in range(count)))
