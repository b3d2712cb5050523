# SPDX-License-Identifier: GPL-3.0-or-later
"""What the papers of a screening show: frozen values, already worded in the paper's language.

As in `models.forms` a `str | None` that is None or blank is absent from the paper with its label. Of an answer only the
questionnaire's wording appears and who said so, never a note.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from trafficwatch.models.forms import ContactRule, FormHead, Signatory
from trafficwatch.models.screening import Element


@dataclass(frozen=True, slots=True)
class ElementShown:
    """One element: its state in words, direct facts, signs, and the law behind the direct ones; `note` explains."""

    element: Element
    state: str
    facts: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AboutScreening:
    """When and how it was taken, and whose rule applies; labels: `screening_forms.about.*`."""

    screened_on: str | None = None
    screened_by: str | None = None
    way: str | None = None
    person: str | None = None
    track: str | None = None
    answers: str | None = None
    questionnaire: str | None = None


@dataclass(frozen=True, slots=True)
class SummaryForm:
    """The summary of a screening. `stopped` says why it was broken off, `second` what the PPT found on reading again.

    `duties_first`: there is danger, and what to do comes before everything else. `older` are answers to questions that
    the questionnaire does not have any more.
    """

    head: FormHead
    about: AboutScreening
    finding: str
    initial: str
    risk: str
    elements: tuple[ElementShown, ...]
    why: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    duties_first: bool = False
    next_title: str | None = None
    next: tuple[str, ...] = ()
    stopped: str | None = None
    second: str | None = None
    older: tuple[str, ...] = ()
    signer: str | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """Who needs protection, as far as it may be said; labels: `screening_forms.reported.*`."""

    name: str | None = None
    age: str | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """What is known of the course of events; labels: `screening_forms.events.*`."""

    form: str | None = None
    modus: str | None = None
    place: str | None = None
    since: str | None = None
    work: str | None = None
    parties: str | None = None


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The first report to the authorities. `grounds` say why the person is named; without any `reported` and `contact`
    are None, and the paper has lines to fill in by hand once the person has agreed.
    """

    head: FormHead
    reporter: Signatory
    screened_on: str | None
    risk: str
    finding: str
    initial: str
    elements: tuple[ElementShown, ...]
    events: Events = Events()
    contact: ContactRule | None = None
    reported: Reported | None = None
    grounds: tuple[str, ...] = ()
    questionnaire: str | None = None


def labelled(part: AboutScreening | Reported | Events) -> tuple[tuple[str, str | None], ...]:
    """(field name, text) of a part whose fields are all `str | None`, in their order."""
    return tuple((field.name, getattr(part, field.name)) for field in fields(part))
