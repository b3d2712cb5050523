# SPDX-License-Identifier: GPL-3.0-or-later
"""The exchange in words: keys of record types, reasons, bundle kinds and states as a person reads them.

Types and reasons may come from a newer program at the other desk: an unknown one is named as such, never shown raw.
"""

from __future__ import annotations

from trafficwatch.texts import Language, catalogue, t


def type_words(record_type: str, language: Language | None = None) -> str:
    """A kind of record, for lists."""
    known = record_type if f"type.{record_type}" in catalogue("exchange") else "other"
    return t(f"exchange.type.{known}", language=language)


def reason_words(reason: str) -> str:
    """Why a record was refused, is withheld, or waits."""
    return t(f"exchange.reason.{reason if f'reason.{reason}' in catalogue('exchange') else 'other'}")


def leaving_words(reason: str) -> str:
    """Why something leaves: `always`, a scope of consent, or `follows`."""
    return t(f"exchange.leaving.{reason}")


def kind_words(kind: str) -> str:
    """What a bundle is for."""
    return t(f"exchange.kind.{kind}")


def status_words(status: str) -> str:
    """Whether a device is enrolled."""
    return t(f"exchange.status.{status}")


def delivery_words(state: str | None) -> str:
    """How far a record is on its way; None for what may not leave."""
    return t(f"exchange.delivery.{state or 'withheld'}")
