# SPDX-License-Identifier: GPL-3.0-or-later
"""Institutions as shared records: the directory that a PPT confirms and hands to its villages."""

from __future__ import annotations

from collections.abc import Mapping

from trafficwatch.models.fields import Leaving, Record, Side, date, elements, record, text


@record("institution", leaving=Leaving.ALWAYS, owner=Side.PPT)
class Institution(Record):
    """One institution. `contacts` maps `kind:value` to a note, `services` a Service to True.

    `confirmed_on` stays empty ('belum diperiksa') until a PPT has confirmed the contacts.
    """

    name: str | None = text(required=True, limit=200)
    kind: str | None = text(limit=40)
    services: Mapping[str, bool] = elements()
    area_code: str | None = text(limit=13)
    contacts: Mapping[str, str] = elements()
    source: str | None = text()
    checked_on: str | None = date()
    confirmed_on: str | None = date()
