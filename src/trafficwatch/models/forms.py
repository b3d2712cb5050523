# SPDX-License-Identifier: GPL-3.0-or-later
"""What a printed form shows: frozen values, already worded in the form's language.

Every form starts with a `FormHead`; the other parts are shared as far as they fit. A `str | None` that is None or blank
is simply absent from the paper: no empty label, no mark, so that nobody can read from it what was refused or not known.
Texts may hold line breaks and any character; whoever fills these values has already applied consent and duty.
A blank form for handwriting is the same value with an empty case code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt

    from trafficwatch.models.casework import Urgency
    from trafficwatch.models.dates import PartialDate
    from trafficwatch.models.directory import Service

FormLanguage = Literal["id", "en"]

_CASE_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,14}[A-Z0-9])?")


class FormKind(StrEnum):
    """The forms that can be printed; `code` stands in the footer and in the QR code."""

    REFERRAL = "referral"
    CARD = "card"
    FAMILY = "family"
    LIST = "list"
    SCREENING = "screening"
    SCREENING_PAPER = "screening_paper"
    REPORT = "report"
    INTAKE = "intake"
    IDENTIFICATION = "identification"
    SOCIAL_DATA = "social_data"
    CONSENT = "consent"
    CONSENT_PICTURES = "consent_pictures"
    NEEDS = "needs"
    HANDOVER = "handover"
    AUTHORITY_REPORT = "authority_report"
    REPORT_SUMMARY = "report_summary"
    MONITORING = "monitoring"
    CLOSURE = "closure"
    OWN_DATA = "own_data"
    BREACH = "breach"
    PROCESSING = "processing"
    PROTECTION = "protection"
    DATA_HANDOVER = "data_handover"

    @property
    def code(self) -> str:
        return _CODES[self]


_CODES = {
    FormKind.REFERRAL: "RUJ",
    FormKind.CARD: "KWG",
    FormKind.FAMILY: "LKG",
    FormKind.LIST: "DWG",
    FormKind.SCREENING: "SKR",
    FormKind.SCREENING_PAPER: "LSK",
    FormKind.REPORT: "LAP",
    FormKind.INTAKE: "PGD",
    FormKind.IDENTIFICATION: "IDK",
    FormKind.SOCIAL_DATA: "DSO",
    FormKind.CONSENT: "PSJ",
    FormKind.CONSENT_PICTURES: "PSG",
    FormKind.NEEDS: "ASK",
    FormKind.HANDOVER: "BAS",
    FormKind.AUTHORITY_REPORT: "LPR",
    FormKind.REPORT_SUMMARY: "RGP",
    FormKind.MONITORING: "PTU",
    FormKind.CLOSURE: "PNT",
    FormKind.OWN_DATA: "SDS",
    FormKind.BREACH: "LKD",
    FormKind.PROCESSING: "RKP",
    FormKind.PROTECTION: "PLD",
    FormKind.DATA_HANDOVER: "STP",
}
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The issuing office: lines of government from large to small, then the unit, then address and contact."""

    government: tuple[str, ...] = ()
    unit: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class FormHead:
    """What every form carries. `case_code` names the case, or a paper that belongs to none: up to 16 of A-Z, 0-9 and
    inner hyphens, else ValueError; "" when blank.
    """

    kind: FormKind
    case_code: str
    language: FormLanguage
    letterhead: Letterhead | None = None
    number: str | None = None
    practice: bool = False
    printed_at: dt.datetime | None = None

    def __post_init__(self) -> None:
        if self.case_code and not _CASE_CODE.fullmatch(self.case_code):
            raise ValueError("case code")


@dataclass(frozen=True, slots=True)
class ContactRule:
    """How the person may safely be reached. With `do_not_contact` only `never_tell` is printed beside the ban."""

    do_not_contact: bool = False
    way: str | None = None
    number: str | None = None
    through: str | None = None
    hours: str | None = None
    code_word: str | None = None
    never_tell: str | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """The institution that a form goes to; `attention` is the person or desk ('u.p.')."""

    name: str | None = None
    attention: str | None = None
    address: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Someone who acts on the paper: the referrer or a companion."""

    name: str | None = None
    role: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """The eighteen lines of a district's intake form, in its order."""

    name: str | None = None
    nik: str | None = None
    birth: str | None = None
    sex: str | None = None
    address: str | None = None
    nationality: str | None = None
    phone: str | None = None
    education: str | None = None
    religion: str | None = None
    occupation: str | None = None
    marital_status: str | None = None
    children: str | None = None
    guardian_name: str | None = None
    guardian_address: str | None = None
    guardian_nationality: str | None = None
    guardian_occupation: str | None = None
    siblings: str | None = None
    relation_to_reported: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """The person's condition now: bio-psycho-social-spiritual, and the family."""

    bio: str | None = None
    psycho: str | None = None
    social: str | None = None
    spiritual: str | None = None
    family: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """One scope that the person agreed to, on which day, and how ('cap jempol')."""

    scope: str
    on: PartialDate | None = None
    how: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """What was agreed. `duty` names the recorded legal basis when something is shared without consent."""

    given: tuple[ConsentGiven, ...] = ()
    language: str | None = None
    witness: str | None = None
    guardian: str | None = None
    duty: str | None = None


@dataclass(frozen=True, slots=True)
class ReferralForm:
    """The printed referral in the order in which offices ask it; the contact rule stands first on the page.

    `services_given` and `documents` hold one entry per item. `signer` is the name under the person's or guardian's box.
    """

    head: FormHead
    contact: ContactRule | None = None
    addressee: Addressee = Addressee()
    referrer: Signatory = Signatory()
    referred_on: PartialDate | None = None
    urgency: Urgency | None = None
    identity: Identity = Identity()
    purpose: str | None = None
    chronology: str | None = None
    condition: Condition = Condition()
    services_given: tuple[str, ...] = ()
    services_requested: frozenset[Service] = frozenset()
    services_note: str | None = None
    needs_and_hopes: str | None = None
    documents: tuple[str, ...] = ()
    companion: Signatory = Signatory()
    consent: ConsentShown = ConsentShown()
    signer: str | None = None


def lines(part: Identity | Condition | Signatory | Addressee) -> tuple[tuple[str, str | None], ...]:
    """(field name, text) of a part whose fields are all `str | None`, in their order."""
    return tuple((field.name, getattr(part, field.name)) for field in fields(part))


def code_of(record_id: str) -> str:
    """What names a record on paper and says nothing about anybody: `7F3A-09C2`."""
    digits = record_id.replace("-", "").upper()[:_DIGITS]
    return f"{digits[: _DIGITS // 2]}-{digits[_DIGITS // 2 :]}"
