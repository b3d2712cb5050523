# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory of institutions and hotlines: whom to call, and for which service.

A number is data with its sources and two dates: `checked_on`, when somebody last looked it up, and `confirmed_on`, when
a PPT confirmed it for its villages. Without the second it is shown as 'belum diperiksa'. Old numbers live long on
paper, so `models.institution.contacts_to_print` leaves out what fewer than two independent sources name, until a PPT
confirms it (our policy).
National entries come with the program (`village.directory`); those of a district come from its PPT.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID, uuid5

from trafficwatch.models.identity import phone_key

NAMESPACE = UUID("482fda2f-c9d4-4e3d-bab5-3884c92433c2")
"""Ids of entries that come with the program: uuid5 of this and their slug, so that they never change."""

ENOUGH_SOURCES = 2


class Service(StrEnum):
    """The six services of P2/2024 Lampiran II.C (first list, items 1-6), and temporary shelter."""

    HEALTH_REHABILITATION = "health_rehabilitation"
    SOCIAL_REHABILITATION = "social_rehabilitation"
    PSYCHOLOGICAL_STRENGTHENING = "psychological_strengthening"
    RETURN = "return"
    SOCIAL_REINTEGRATION = "social_reintegration"
    LEGAL_AID = "legal_aid"
    TEMPORARY_SHELTER = "temporary_shelter"


class InstitutionKind(StrEnum):
    """What an institution is (P2/2024 II.C and II.E; JUKNIS 4)."""

    PPT = "ppt"
    UPTD_PPA = "uptd_ppa"
    WOMEN_AND_CHILDREN_AGENCY = "women_and_children_agency"
    SOCIAL_AGENCY = "social_agency"
    LABOUR_AGENCY = "labour_agency"
    TASK_FORCE = "task_force"
    POLICE = "police"
    PROSECUTOR = "prosecutor"
    WITNESS_PROTECTION = "witness_protection"
    MIGRANT_PROTECTION = "migrant_protection"
    FOREIGN_MINISTRY = "foreign_ministry"
    MISSION_ABROAD = "mission_abroad"
    IMMIGRATION = "immigration"
    PUSKESMAS = "puskesmas"
    HOSPITAL = "hospital"
    SHELTER = "shelter"
    LEGAL_AID = "legal_aid"
    RELIGIOUS = "religious"
    NGO = "ngo"
    VILLAGE_GOVERNMENT = "village_government"
    NATIONAL_HOTLINE = "national_hotline"
    OTHER = "other"


class ContactKind(StrEnum):
    """How a contact is used."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in Indonesian, and in English where it differs."""

    id: str
    en: str = ""

    def of(self, language: str) -> str:
        """The text in a language, else the Indonesian one."""
        return (self.en if language == "en" else "") or self.id


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach an institution. `sources` counts independent sources; 0 means as many as the institution has."""

    kind: ContactKind
    value: str
    note: Bilingual | None = None
    sources: int = 0


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the entry was read: how many independent sources, and which."""

    count: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One entry. `area_code` is the dotted code of the area it serves, None for the whole country."""

    id: UUID
    slug: str
    name: Bilingual
    kind: InstitutionKind
    services: tuple[Service, ...]
    area_code: str | None
    contacts: tuple[Contact, ...]
    sources: Sources
    note: Bilingual | None = None
    checked_on: date | None = None
    confirmed_on: date | None = None

    def serves(self, place_code: str) -> bool:
        """Whether a place (dotted code) lies in the area that this institution serves."""
        return self.area_code is None or place_code == self.area_code or place_code.startswith(f"{self.area_code}.")


def contact_is_possible(kind: str, value: str) -> bool:
    """Whether somebody could be reached by it: a number has digits, an address the signs that make it one."""
    if kind in {ContactKind.PHONE, ContactKind.WHATSAPP}:
        return bool(phone_key(value))
    before, sign, after = value.partition("@")
    is_address = "." in (after or value).strip(".") and not any(map(str.isspace, value))
    return is_address and bool(sign and before) == (kind == ContactKind.EMAIL)


def entry_id(slug: str) -> UUID:
    """The fixed id of an entry that comes with the program."""
    return uuid5(NAMESPACE, slug)
