# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person agrees to today: the pure rule over that person's consents (P2/2024 II.D.2.c, e).

Of several consents the one written last that speaks of a scope decides. The typed day decides nothing between them: on
a laptop whose clock fell back, an older 'yes' would win over a newer 'no'. A consent whose day may still be to come
agrees to nothing yet, nor does a withdrawn, lapsed or deleted one, and earlier ones do not revive: consent given again
is a new record. A refused field stays refused, whatever became of the consent that refused it, until a later one that
holds says the opposite: withdrawing must never widen what leaves.
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
    """What a person's consents, deleted ones included, in the order of writing, agree to on a day (ISO date)."""
    scopes, refused = said(consents, today)
    return Agreement(
        frozenset(scope for scope, gives in scopes.items() if gives),
        frozenset(name for name, is_refused in refused.items() if is_refused),
    )


def said(consents: Iterable[Consent], today: str) -> tuple[dict[str, bool], dict[str, bool]]:
    """What such consents speak of: each scope and whether it is agreed to, each field and whether it is refused."""
    scopes: dict[str, bool] = {}
    refused: dict[str, bool] = {}
    for consent in consents:
        is_held = holds(consent, today)
        for scope, decision in consent.scopes.items():
            scopes[scope] = is_held and decision == Decision.AGREED
        for name, is_refused in consent.refused_fields.items():
            if is_refused or is_held:
                refused[name] = bool(is_refused)
    return scopes, refused


def holds(consent: Consent, today: str) -> bool:
    """Given by today for certain; neither withdrawn, nor lapsed, nor deleted."""
    given = PartialDate.from_edtf(consent.given_on or "").latest()
    until = PartialDate.from_edtf(consent.valid_until or "").latest()
    is_given = given is not None and given.isoformat() <= today
    is_over = until is not None and until.isoformat() < today
    return is_given and not is_over and consent.withdrawn_on is None and consent.deleted is None
