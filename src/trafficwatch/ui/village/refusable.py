# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person may keep from being passed on, in plain groups: each stands for fields of records (`type.field`).

The groups are what stands on forms; a refusal of a group refuses all of its fields.
"""

from __future__ import annotations

from collections.abc import Iterable

from trafficwatch.texts import t

REFUSABLE: dict[str, tuple[str, ...]] = {
    "nik": ("person.nik", "person.kk_number"),
    "phones": ("person.phones",),
    "address": ("person.address",),
    "birth": ("person.birth_date", "person.birth_place"),
    "religion": ("person.religion",),
    "education": ("person.education",),
    "occupation": ("person.occupation",),
    "marital_status": ("person.marital_status",),
    "guardian": ("person.guardian_name", "person.guardian_address"),
    "chronology": ("referral.chronology",),
    "health": ("referral.condition_body", "referral.condition_mind"),
    "family": ("referral.condition_social", "referral.condition_spiritual", "referral.condition_family"),
}


def fields_of(groups: Iterable[str]) -> list[str]:
    """The fields of these groups."""
    return [field for group in groups for field in REFUSABLE[group]]


def groups_of(fields: Iterable[str]) -> list[str]:
    """The groups that are refused as a whole."""
    refused = set(fields)
    return [group for group, members in REFUSABLE.items() if refused.issuperset(members)]


def refused_names(fields: Iterable[str]) -> str:
    """The groups of which anything is refused, in words: `NIK dan nomor KK · Agama`."""
    refused = set(fields)
    touched = [group for group, members in REFUSABLE.items() if not refused.isdisjoint(members)]
    return " · ".join(t(f"consent.field.{group}") for group in touched)
