# SPDX-License-Identifier: GPL-3.0-or-later
"""Institutions as shared records: the directory that a PPT confirms and hands to its villages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.directory import ENOUGH_SOURCES
from trafficwatch.models.fields import Leaving, Record, Side, date, elements, record, text


@record("institution", leaving=Leaving.ALWAYS, owner=Side.PPT)
class Institution(Record):
    """One institution. `contacts` maps `kind:value` to {note, sources}, `services` a Service to True.

    `confirmed_on` stays empty ('belum diperiksa') until a PPT has confirmed the contacts; `checked_by` names who did.
    """

    name: str | None = text(required=True, limit=200)
    kind: str | None = text(limit=40)
    services: Mapping[str, bool] = elements()
    area_code: str | None = text(limit=13)
    contacts: Mapping[str, dict[str, Any]] = elements()
    source: str | None = text()
    checked_on: str | None = date()
    confirmed_on: str | None = date()
    checked_by: str | None = text(limit=200)
    address: str | None = text()
    hours: str | None = text(limit=200)


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to reach an institution: its kind (`models.directory.ContactKind`), the number or address, and a note."""

    kind: str
    value: str
    note: str | None = None


def reach_of(institution: Institution) -> list[Reach]:
    """What may be shown and printed: all contacts of a confirmed entry, else those with enough sources."""
    return [
        Reach(contact.partition(":")[0], contact.partition(":")[2], known.get("note"))
        for contact, known in institution.contacts.items()
        if institution.confirmed_on or known.get("sources", 0) >= ENOUGH_SOURCES
    ]


def contacts_to_print(institution: Institution) -> list[str]:
    """The numbers and addresses of `reach_of`."""
    return [each.value for each in reach_of(institution)]


def serves(area_code: str | None, place_code: str) -> bool:
    """Whether an institution of this area, None for the whole country, serves a place."""
    return not area_code or f"{place_code}.".startswith(f"{area_code}.")


def doubt(confirmed_on: str | None, today: str) -> str:
    """Why to call before sending somebody there: `never` confirmed, `old` if that is more than a year ago, else ''."""
    last = PartialDate.from_edtf(confirmed_on or "").latest()
    if last is None:
        return "never"
    return "old" if f"{last.year + 1:04}{last.isoformat()[4:]}" < today else ""


def in_order_to_call(contacts: Iterable[str]) -> tuple[str, ...]:
    """Numbers before addresses, the shortest number first: that is the one to remember."""
    return tuple(sorted(contacts, key=lambda contact: (any(map(str.isalpha, contact)), sum(map(str.isdigit, contact)))))
