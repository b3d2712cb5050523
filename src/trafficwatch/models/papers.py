# SPDX-License-Identifier: GPL-3.0-or-later
"""What the printed papers of the register show: frozen values, already worded in the paper's language.

As in `models.forms` a `str | None` that is None or blank is absent from the paper with its label, and a blank form for
handwriting is the same value with an empty code. Field names are the keys of the labels: `papers.<group>.<field>`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.forms import ContactRule, FormHead


@dataclass(frozen=True, slots=True)
class CardIdentity:
    """Who a resident is, as the village register asks it."""

    name: str | None = None
    aliases: str | None = None
    nik: str | None = None
    kk_number: str | None = None
    birth: str | None = None
    sex: str | None = None
    address: str | None = None
    phones: str | None = None
    household_role: str | None = None
    marital_status: str | None = None
    residency: str | None = None
    nationality: str | None = None
    religion: str | None = None
    education: str | None = None
    occupation: str | None = None
    trainings: str | None = None
    skills: str | None = None
    languages: str | None = None
    guardian: str | None = None


@dataclass(frozen=True, slots=True)
class Kin:
    """One relative; `about` is what matters of them: age, household, dependence, and whether they know."""

    name: str
    relation: str = ""
    phone: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class CardJourney:
    """A journey on the card."""

    stage: str | None = None
    destination: str | None = None
    route: str | None = None
    companions: str | None = None
    departure: str | None = None
    expected_return: str | None = None
    returned: str | None = None
    postponed: str | None = None
    work: str | None = None
    employer: str | None = None
    employer_contact: str | None = None
    agency: str | None = None
    recruiter: str | None = None
    wage: str | None = None
    terms: str | None = None
    costs: str | None = None
    debts: str | None = None
    motive: str | None = None
    visa: str | None = None
    contract: str | None = None
    papers_held_by: str | None = None
    procedural: str | None = None
    rhythm: str | None = None
    last_heard: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a person: what it is, how it was seen, against what and by whom it was checked, what was found."""

    kind: str
    details: str = ""
    seen: str = ""
    checked: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class CardForm:
    """The resident's card ('kartu kendali'); the contact rule stands first. `earlier` says each other journey in a
    line.
    """

    head: FormHead
    contact: ContactRule | None = None
    identity: CardIdentity = CardIdentity()
    relatives: tuple[Kin, ...] = ()
    journey: CardJourney = CardJourney()
    earlier: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Where somebody goes, as the family was told."""

    name: str | None = None
    destination: str | None = None
    work: str | None = None
    employer: str | None = None
    employer_contact: str | None = None
    agency: str | None = None
    recruiter: str | None = None
    departure: str | None = None
    expected_return: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """Whom to call; `checked` says when somebody confirmed the contacts."""

    name: str
    contacts: tuple[str, ...]
    checked: str


@dataclass(frozen=True, slots=True)
class FamilyForm:
    """The sheet that stays with the family. It carries no number of any paper, no code word and nothing that was found:
    whoever comes to the house may read it. `papers` are the kinds to copy, `dates` the next days to hear from each
    other, `days` the rhythm.
    """

    head: FormHead
    told: Told = Told()
    offices: tuple[Office, ...] = ()
    volunteer: str | None = None
    volunteer_phone: str | None = None
    papers: tuple[str, ...] = ()
    days: int | None = None
    dates: tuple[PartialDate, ...] = ()


class Column(StrEnum):
    """What a list of residents may show; texts: `papers.column.*`."""

    NAME = "name"
    BIRTH = "birth"
    SEX = "sex"
    ADDRESS = "address"
    PHONE = "phone"
    DESTINATION = "destination"
    STAGE = "stage"
    DEPARTURE = "departure"
    NIK = "nik"
    KK = "kk"


@dataclass(frozen=True, slots=True)
class ListForm:
    """A list of residents; every row has a cell for each column. `about` says which residents these are."""

    head: FormHead
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    about: str | None = None


@dataclass(frozen=True, slots=True)
class ResidentsSheet:
    """A list of residents for an office program: all cells are text. `notes` are label and value."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note_title: str
    notes: tuple[tuple[str, str], ...]


def labelled(part: CardIdentity | CardJourney | Told) -> tuple[tuple[str, str | None], ...]:
    """(field name, text) of a part whose fields are all `str | None`, in their order."""
    return tuple((field.name, getattr(part, field.name)) for field in fields(part))
