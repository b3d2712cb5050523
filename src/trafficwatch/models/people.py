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


class Residency(StrEnum):
    """Whether somebody lives in the village, as its register of residents says."""

    PRESENT = "present"
    AWAY = "away"
    MOVED = "moved"
    MISSING = "missing"
    DEAD = "dead"


class HouseholdRole(StrEnum):
    """The place in the family, as on the family card (KK)."""

    HEAD = "head"
    HUSBAND = "husband"
    WIFE = "wife"
    CHILD = "child"
    CHILD_IN_LAW = "child_in_law"
    GRANDCHILD = "grandchild"
    PARENT = "parent"
    PARENT_IN_LAW = "parent_in_law"
    OTHER_FAMILY = "other_family"
    HELPER = "helper"
    OTHER = "other"


class Relation(StrEnum):
    """What a relative is to the person on the card."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    GUARDIAN = "guardian"
    OTHER = "other"


class Verdict(StrEnum):
    """What somebody decided about two cards that look alike."""

    SAME = "same"
    DIFFERENT = "different"


class ContactWay(StrEnum):
    """How a person wants to be reached."""

    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"
    THROUGH_PERSON = "through_person"
    NONE = "none"


@record("person", leaving=Leaving.CARD)
class Person(Record):
    """A resident. One name field as on the card; `phones` maps a number to its owner, `aliases` a name to True.

    `trainings`, `skills` and `languages` map what it is to how well, or when; '-' where nobody said.
    """

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
    household_role: str | None = choice(HouseholdRole)
    residency: str | None = choice(Residency)
    trainings: Mapping[str, str] = elements()
    skills: Mapping[str, str] = elements()
    languages: Mapping[str, str] = elements()
    private_note: str | None = text(leaving=Leaving.NEVER, private=True)


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


@record("relative", leaving=Leaving.CARD)
class Relative(Record):
    """Somebody of the person's family: who depends on the person, and who has to be told."""

    person_id: str | None = link("person", required=True)
    name: str | None = text(required=True, limit=200)
    relation: str | None = choice(Relation)
    birth_date: str | None = date()
    phone: str | None = text(limit=40)
    lives_together: bool | None = flag()
    depends_on_person: bool | None = flag()
    knows_of_journey: bool | None = flag()
    remark: str | None = text()


@record("person_pair", leaving=Leaving.NEVER)
class PersonPair(Record):
    """Two cards that look alike, and what somebody decided about them; one record per pair on every laptop.

    Of cards that are the same, `person_id` is the one that stays and `other_id` the one that was merged into it.
    `moved` (type/id -> field) and `before` (field -> JSON of its value) are what taking the merge back needs.
    """

    person_id: str | None = link("person", required=True)
    other_id: str | None = link("person", required=True)
    verdict: str | None = choice(Verdict)
    moved: Mapping[str, str] = elements()
    before: Mapping[str, str] = elements()
    remark: str | None = text()
