# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person agrees to today: the pure rule over that person's consents (P2/2024 II.D.2.c, e) and named duties.

Of several consents the one written last that speaks of a scope decides. The typed day decides nothing between them: on
a laptop whose clock fell back, an older 'yes' would win over a newer 'no'. A consent whose day may still be to come
agrees to nothing yet, nor does a withdrawn, lapsed or deleted one, and earlier ones do not revive: consent given again
is a new record. A refused field stays refused, whatever became of the consent that refused it, until a later one that
holds says the opposite: withdrawing must never widen what leaves.

A duty (`models.care.Disclosure`) opens what may be shared, to the recipients that it names and to nobody else, for as
long as it holds: not one that was deleted, has ended, or has a day that may still be to come. A refused field stays
refused under it too, unless it lifts just that one. No duty opens the help itself or the use without names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trafficwatch.models.care import TO_PPT, Disclosure, Duty
from trafficwatch.models.casework import Consent, ConsentScope, Decision
from trafficwatch.models.dates import PartialDate

CARD_SCOPES = (ConsentScope.SHARE_CARD, ConsentScope.SHARE_CASE)
"""Scopes of which one is enough for the resident's card to leave: whoever shares the case shares who it is about."""
CASE_SCOPES = (ConsentScope.SHARE_CASE,)
TO_INSTITUTIONS = frozenset({ConsentScope.REFERRAL, ConsentScope.REPORT})
"""Scopes that a consent may give for some institutions only."""
BY_DUTY = frozenset({*TO_INSTITUTIONS, *CARD_SCOPES})
"""Scopes that a named duty may stand in for."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What holds for one person today: the scopes agreed to, and the fields (`type.field`) refused.

    `named` has the scopes that were given for some institutions only, with their ids; `duties` are the disclosures that
    hold. A recipient is `models.care.TO_PPT` or the id of an institution; None is somebody not known, and so nobody of
    those who were named.
    """

    scopes: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)
    duties: tuple[Disclosure, ...] = ()

    @property
    def card(self) -> bool:
        """Whether the person's card may leave; else the person is only counted."""
        return not self.scopes.isdisjoint(CARD_SCOPES) or self.duty(TO_PPT) is not None

    def agrees(self, scope: str, recipient: str | None = None) -> bool:
        """Whether the person said yes to a scope, and to this recipient if the yes is for some only."""
        return scope in self.scopes and recipient in self.named.get(scope, {recipient})

    def allows(self, scope: str, recipient: str | None = None) -> bool:
        """Whether something may be done: the person agrees, or a duty names this recipient."""
        return self.agrees(scope, recipient) or (scope in BY_DUTY and self.duty(recipient) is not None)

    def duty(self, recipient: str | None) -> Duty | None:
        """The duty under which something is shared with a recipient; of several the one that was recorded last."""
        return next((Duty(each.duty or "") for each in reversed(self._to(recipient))), None)

    def refused_for(self, recipient: str | None) -> frozenset[str]:
        """The fields that this recipient does not get: what was refused, but what a duty to it lifts."""
        lifted = {name for each in self._to(recipient) for name, is_lifted in each.lifted.items() if is_lifted is True}
        return self.refused - lifted

    def _to(self, recipient: str | None) -> list[Disclosure]:
        return [each for each in self.duties if recipient is not None and each.recipients.get(recipient) is True]


def agreement_on(consents: Iterable[Consent], today: str, disclosures: Iterable[Disclosure] = ()) -> Agreement:
    """What a person's consents, deleted ones included, in the order of writing, agree to on a day (ISO date), and what
    that person's disclosures open.
    """
    known = tuple(consents)
    scopes, refused = said(known, today)
    given = frozenset(scope for scope, gives in scopes.items() if gives)
    last = {scope: consent for consent in known for scope in consent.scopes}
    named = {
        scope: frozenset(each for each, is_named in last[scope].recipients.items() if is_named is True)
        for scope in given & TO_INSTITUTIONS
        if last[scope].recipients
    }
    duties = tuple(each for each in disclosures if opens(each, today))
    return Agreement(given, frozenset(name for name, is_refused in refused.items() if is_refused), named, duties)


def opens(disclosure: Disclosure, today: str) -> bool:
    """Whether a disclosure holds: under a duty that we know, begun by today for certain, neither ended nor deleted."""
    is_over = disclosure.ended_on is not None or disclosure.deleted is not None
    return disclosure.duty in set(Duty) and not is_over and _has_come(disclosure.disclosed_on, today)


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
    until = PartialDate.from_edtf(consent.valid_until or "").latest()
    is_over = until is not None and until.isoformat() < today
    is_ended = consent.withdrawn_on is not None or consent.deleted is not None
    return _has_come(consent.given_on, today) and not is_over and not is_ended


def _has_come(edtf: str | None, today: str) -> bool:
    """Whether a day lies behind us, whatever is not known of it."""
    last = PartialDate.from_edtf(edtf or "").latest()
    return last is not None and last.isoformat() <= today
