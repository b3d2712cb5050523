# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person agrees to today: the pure rule over that person's consents (P2/2024 II.D.2.c, e).

Of several consents the latest that speaks of a scope decides: by day, and within a day in the order in which they were
written; a date that leaves several days open (a month, a year, none) counts against what it gives. A withdrawn, lapsed
or deleted consent agrees to nothing, and earlier ones do not revive: consent given again is a new record. A refused
field stays refused, whatever became of the consent that refused it, until a later one that holds says the opposite:
withdrawing must never widen what leaves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trafficwatch.models.casework import Consent, ConsentScope, Decision
from trafficwatch.models.dates import PartialDate

CARD_SCOPES = (ConsentScope.SHARE_CARD, ConsentScope.SHARE_CASE)
"""Scopes of which one is enough for the resident's card to leave: whoever shares the case shares who it is about."""
CASE_SCOPES = (ConsentScope.SHARE_CASE,)
_Word = tuple[date, str, bool]
"""Day, scope or field, and whether it is given."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What holds for one person today: the scopes agreed to, and the fields (`type.field`) refused."""

    scopes: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()

    @property
    def card(self) -> bool:
        """Whether the person's card may leave; else the person is only counted."""
        return not self.scopes.isdisjoint(CARD_SCOPES)


def agreement_on(consents: Iterable[Consent], today: str) -> Agreement:
    """What a person's consents, deleted ones included, in the order of writing, agree to on a day (ISO date)."""
    scopes: list[_Word] = []
    fields: list[_Word] = []
    for consent in consents:
        holds = _holds(consent, today)
        for scope, decision in consent.scopes.items():
            scopes.append(_word(consent, scope, gives=holds and decision == Decision.AGREED))
        for name, is_refused in consent.refused_fields.items():
            if is_refused or holds:
                fields.append(_word(consent, name, gives=not is_refused))
    return Agreement(
        frozenset(scope for scope, gives in _last(scopes).items() if gives),
        frozenset(name for name, gives in _last(fields).items() if not gives),
    )


def _word(consent: Consent, name: str, *, gives: bool) -> _Word:
    """What a consent says of a scope or field, on the first day it may be of if it gives, on the last if it takes."""
    day = PartialDate.from_edtf(consent.given_on or "")
    return (day.earliest() or date.min) if gives else (day.latest() or date.max), name, gives


def _last(words: list[_Word]) -> dict[str, bool]:
    return {name: gives for _, name, gives in sorted(words, key=lambda word: word[0])}


def _holds(consent: Consent, today: str) -> bool:
    """Neither withdrawn, nor lapsed, nor deleted."""
    until = PartialDate.from_edtf(consent.valid_until or "").latest()
    return consent.withdrawn_on is None and consent.deleted is None and (until is None or until.isoformat() >= today)
