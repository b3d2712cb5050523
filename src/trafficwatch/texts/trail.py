# SPDX-License-Identifier: GPL-3.0-or-later
"""The change log in words: what was done, which field, why something was deleted.

Actions, fields and reasons may come from a newer program: an unknown one is named as such, never shown raw.
"""

from __future__ import annotations

from trafficwatch.texts import Language, catalogue, t


def action_words(action: str) -> str:
    """What was done, as the journal names it."""
    return t(f"trail.action.{action if f'action.{action}' in catalogue('trail') else 'other'}")


def deletion_words(reason: str) -> str:
    """Why a record is deleted; what went along with another says so."""
    if reason.startswith("with:"):
        return t("trail.deleted.along")
    return t(f"trail.deleted.{reason if f'deleted.{reason}' in catalogue('trail') else 'other'}")


def field_words(type_name: str, name: str, language: Language | None = None) -> str:
    """A field of a record type, as lists of changes name it."""
    known = catalogue("trail")
    key = next((key for key in (f"{type_name}.{name}", name) if f"field.{key}" in known), "other")
    return t(f"trail.field.{key}", language=language)
