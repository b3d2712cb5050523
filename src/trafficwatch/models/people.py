# SPDX-License-Identifier: GPL-3.0-or-later
"""People of the village: the resident's card and how a person may safely be reached."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trafficwatch.models.fields import Leaving, Record, choice, date, elements, flag, link, record, text


class Sex(StrEnum):
    """As written on the identity card."""

    FEMALE = "f"
    MALE = "m"


class NikStatus(StrEnum):
    """How the NIK is known; it is an attribute, never a key (design 4)."""

    SEEN = "seen"
    TOLD = "told"
    NONE = "none"


class Marital(StrEnum):
    """The four states that family cards use."""

    SINGLE = "single"
    MARRIED = "married"
    DIVORCED = "divorced"
    WIDOWED = "widowed"


class ContactWay(StrEnum):
    """How a person wants to be reached."""

    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"
    THROUGH_PERSON = "through_person"
    NONE = "none"


@record("person", leaving=Leaving.CARD)
class Person(Record):
    """A resident. One name field as on the card; `phones` maps a number to its owner, `aliases` a name to True."""

    name: str | None = text(required=True, limit=200)
    aliases: Mapping[str, bool] = elements()
    nik: str | None = text(limit=32)
    nik_status: str | None = choice(NikStatus)
    kk_number: str | None = text(limit=32)
    birth_date: str | None = date()
    birth_place: str | None = text(limit=200)
    sex: str | None = choice(Sex)
    address: str | None = text()
    wilayah_code: str | None = text(limit=13)
    phones: Mapping[str, str] = elements()
    nationality: str | None = text(limit=100)
    education: str | None = text(limit=100)
    religion: str | None = text(limit=100)
    occupation: str | None = text(limit=200)
    marital_status: str | None = choice(Marital)
    guardian_name: str | None = text(limit=200)
    guardian_address: str | None = text()
    private_note: str | None = text(leaving=Leaving.NEVER)


@record("safe_contact", leaving=Leaving.CARD)
class SafeContact(Record):
    """How to reach a person without harm; stands first on every page and form. Not sealed: everyone must see it."""

    person_id: str | None = link("person", required=True)
    way: str | None = choice(ContactWay)
    number: str | None = text(limit=40)
    through: str | None = text(limit=200)
    hours: str | None = text(limit=200)
    code_word: str | None = text(limit=100)
    do_not_contact: bool | None = flag(protective=(True,), follows=True)
    never_tell: str | None = text()
