# SPDX-License-Identifier: GPL-3.0-or-later
"""What may leave the laptop, and why: a pure rule per record and field (design 6).

- counts, volunteers and their training leave always, and recruiters with what they offer, but not who told of them;
- a resident's card, journeys, papers and safe contact leave if the person agreed to share the card or the case;
- screening, case and referral leave if the person agreed to share the case;
- private notes, evidence, people from elsewhere and pairs of cards never leave, refused fields neither, and each side
  sends only the fields that it owns;
- when consent has ended, or a record was deleted, nothing new leaves: only the fields that `follow` what went out, so
  that the recipient learns of the end, of a ban on contact, and of a withdrawn referral.

What may not leave is absent from the payload. What holds today is decided by `models.agreement`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from trafficwatch.models.agreement import CARD_SCOPES, CASE_SCOPES, Agreement
from trafficwatch.models.exchange import RecordState
from trafficwatch.models.fields import Leaving, Shape, Side
from trafficwatch.models.history import shown
from trafficwatch.models.record_types import RECORD_TYPES

_SCOPES = {Leaving.CARD: CARD_SCOPES, Leaving.CASE: CASE_SCOPES}


@dataclass(frozen=True, slots=True)
class Departure:
    """What leaves of one record: it with only those keys, and the reason per key (`always`, a scope, or `follows`)."""

    state: RecordState
    reasons: dict[str, str]


def leaves(state: RecordState, agreement: Agreement, side: Side, *, went_out: bool = False) -> Departure | None:
    """What may leave of a record from this side, None if nothing may.

    `went_out`: the recipient has this record already; for a consent, anything of its person.
    """
    record_type = RECORD_TYPES[state.type]
    if record_type.leaving is Leaving.NEVER:
        return None
    gone = is_deleted(state)
    opened: dict[Leaving, str] = {}
    reasons: dict[str, str] = {}
    following: dict[str, str] = {}
    follows = False
    for key in state.fields:
        spec = record_type.field_of(key)
        if not (side in _owners(state.type) if spec is None else spec.owner is side):
            continue
        kind = record_type.leaving if spec is None else spec.leaving
        if kind not in opened:
            opened[kind] = "" if gone else reason_to_leave(kind, agreement)
        reason = opened[kind]
        if reason and f"{state.type}.{key.partition('/')[0]}" not in agreement.refused:
            reasons[key] = reason
        elif spec is not None and (spec.follows or (spec.required and spec.shape is Shape.LINK)):
            following[key] = "follows"
        follows = follows or (spec is not None and spec.follows)
    if went_out and follows:
        reasons |= following
    if not reasons or not _required_links(state.type) <= reasons.keys():
        return None
    return Departure(RecordState(state.type, state.id, {key: state.fields[key] for key in reasons}), reasons)


@cache
def _owners(type_name: str) -> frozenset[Side]:
    return frozenset(spec.owner for spec in RECORD_TYPES[type_name].fields.values())


@cache
def _required_links(type_name: str) -> frozenset[str]:
    """The fields without which nothing of a record of this type can leave."""
    return frozenset(link.name for link in RECORD_TYPES[type_name].links if link.required)


def is_deleted(state: RecordState) -> bool:
    """Whether the record says that it was deleted."""
    field = state.fields.get("deleted")
    return field is not None and shown(RECORD_TYPES[state.type].fields["deleted"], field) is not None


def reason_to_leave(leaving: Leaving, agreement: Agreement) -> str:
    """Why something of this kind may leave, '' if it may not."""
    if leaving is Leaving.ALWAYS:
        return "always"
    return next((scope.value for scope in _SCOPES.get(leaving, ()) if scope in agreement.scopes), "")
