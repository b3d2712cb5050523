# SPDX-License-Identifier: GPL-3.0-or-later
"""What every printed paper of case work shows: one frozen value, `CaseForm`, already worded in its language.

A builder (`casework.papers_*`) fills it, having applied consent; `forms.case_paper` lays it out. None or blank is
absent from a filled form with its label, so that nobody can read from it what was refused or not known; a part without
values is absent, and so is a section without parts. A blank form for handwriting is the same value with an empty case
code: there every label stands, with lines to write on (`rows`, `empty`). What is not on the blank form the builder
leaves out there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from trafficwatch.models.forms import ContactRule, FormHead, FormKind

KINDS = (
    FormKind.INTAKE,
    FormKind.IDENTIFICATION,
    FormKind.SOCIAL_DATA,
    FormKind.CONSENT,
    FormKind.CONSENT_PICTURES,
    FormKind.NEEDS,
    FormKind.HANDOVER,
    FormKind.AUTHORITY_REPORT,
    FormKind.REPORT_SUMMARY,
    FormKind.MONITORING,
    FormKind.CLOSURE,
    FormKind.OWN_DATA,
    FormKind.BREACH,
    FormKind.PROCESSING,
    FormKind.PROTECTION,
)
"""The papers of case work (`casework.case_forms` says how each is made)."""

CLASSIFICATION: Mapping[FormKind, str] = {
    FormKind.INTAKE: "460",
    FormKind.IDENTIFICATION: "460",
    FormKind.SOCIAL_DATA: "460",
    FormKind.CONSENT: "460",
    FormKind.CONSENT_PICTURES: "460",
    FormKind.NEEDS: "460",
    FormKind.HANDOVER: "460",
    FormKind.MONITORING: "460",
    FormKind.CLOSURE: "460",
    FormKind.AUTHORITY_REPORT: "331",
    FormKind.REPORT_SUMMARY: "331",
}
"""Under which code villages file such a letter: 460 social affairs, 331 police. Which form goes where is [ours]; a form
that fits none has none.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """`label : value`. `rows` are the lines to write on; one that is `half` wide shares its row with the next half."""

    label: str
    value: str | None = None
    rows: int = 1
    half: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Label lines whose values stand in one column; `numbered` as in offices' forms, counting only what is there."""

    lines: tuple[Line, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text of any length, under a label of its own if it has one."""

    text: str | None = None
    rows: int = 3
    label: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A numbered list; `rows` are the numbers to write at."""

    items: tuple[str, ...] = ()
    rows: int = 3
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table. `shares` divide the width; every row has a cell for each column. A blank one has a row to write in
    for each of the `stubs`, what stands in its first column, and then `empty` ones.
    """

    columns: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    stubs: tuple[str, ...] = ()
    empty: int = 4


@dataclass(frozen=True, slots=True)
class Ticks:
    """Boxes to tick, all of them shown; absent from a filled form when none is on. `columns` 0: one after the other."""

    options: tuple[tuple[str, bool], ...]
    label: str = ""
    columns: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """From 1 to 5 for each row, `low` and `high` saying what the ends mean; a row without a value is absent."""

    rows: tuple[tuple[str, int | None], ...]
    low: str
    high: str


class Picture(StrEnum):
    """What a pictogram shows, for who does not read."""

    TALK = "talk"
    HOSPITAL = "hospital"
    CARD = "card"
    FOLDER = "folder"
    BADGE = "badge"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a person says yes or no to; None has not been decided, and is absent from a filled form.

    `about` explains it. With a `picture` it is printed large.
    """

    text: str
    agreed: bool | None = None
    about: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided, each with a box for yes and one for no, in words given by `yes` and `no`."""

    rows: tuple[Decision, ...]
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning in a black frame under its `title`: absent from blank forms, and without text."""

    title: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """What the form itself says, blank as filled: one entry, or several of a list."""

    texts: tuple[str, ...]


Part = Lines | Prose | Items | Table | Ticks | Scale | Decisions | Notice | Fixed


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the paper with a letter and a title in capitals; `hint` says on blank forms what belongs there."""

    title: str
    parts: tuple[Part, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One box to sign in. A `role` that is None has no line; `thumb` leaves room for a thumbprint."""

    caption: str
    name: str | None = None
    role: str | None = None
    thumb: bool = False


@dataclass(frozen=True, slots=True)
class CaseForm:
    """One paper of case work.

    `contact` stands first, in a black frame: without a rule, `ContactRule()`, it says that it has to be asked first;
    None only for a paper about no single person. `title` is in capitals; `about` are lines under it: who, when, by
    whom. `text` is said before the sections, `notes` in small print after the signatures.
    """

    head: FormHead
    title: str
    contact: ContactRule | None
    sections: tuple[Section, ...]
    about: tuple[Line, ...] = ()
    subtitle: str = ""
    notices: tuple[Notice, ...] = ()
    text: str = ""
    signatures: tuple[Signature, ...] = ()
    notes: tuple[str, ...] = ()
    confidential: bool = True


def numbered(form: CaseForm, number: str | None) -> CaseForm:
    """The same paper under the number that the office gave it."""
    return replace(form, head=replace(form.head, number=number))


def file_number(head: FormHead) -> str | None:
    """The number with the code that it is filed under before it; on a blank form the code and a stroke to go on at."""
    code = CLASSIFICATION.get(head.kind)
    number = (head.number or "").strip()
    if not code or number.startswith(f"{code}/") or (head.case_code and not number):
        return number or None
    return f"{code}/{number}"
