# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person agrees to today: the pure rule over that person's consents (P2/2024 II.D.2.c, e).

Of several consents the latest that speaks of a scope decides; what one day says twice, it must agree to twice, and of
dates that may be the same day (a month, a year, none) neither is the later. A withdrawn or lapsed consent agrees to
nothing, and earlier ones do not revive: consent given again is a new record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trafficwatch.models.casework import Consent, ConsentScope, Decision
from trafficwatch.models.dates import PartialDate

CARD_SCOPES = (ConsentScope.SHARE_CARD, ConsentScope.SHARE_CASE)
"""Scopes of which one is enough for the resident's card to leave: whoever shares the case shares who it is about."""
CASE_SCOPES = (ConsentScope.SHARE_CASE,)


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
    """What a person's consents (none of them deleted) agree to on a day (ISO date)."""
    known = list(consents)
    scopes: set[str] = set()
    refused: set[str] = set()
    for scope in ConsentScope:
        speaking = [consent for consent in known if scope in consent.scopes]
        latest = [c for c in speaking if not any(_is_later(other, c) for other in speaking)]
        if latest and all(c.scopes[scope] == Decision.AGREED and _holds(c, today) for c in latest):
            scopes.add(scope)
            refused |= {name for c in latest for name, is_refused in c.refused_fields.items() if is_refused}
    return Agreement(frozenset(scopes), frozenset(refused))


def _is_later(one: Consent, other: Consent) -> bool:
    """Whether one was given after the other whatever the days were that their dates leave open."""
    first = PartialDate.from_edtf(one.given_on or "").earliest()
    last = PartialDate.from_edtf(other.given_on or "").latest()
    return first is not None and last is not None and first > last


def _holds(consent: Consent, today: str) -> bool:
    """Neither withdrawn nor lapsed."""
    until = PartialDate.from_edtf(consent.valid_until or "").latest()
    return consent.withdrawn_on is None and (until is None or until.isoformat() >= today)
