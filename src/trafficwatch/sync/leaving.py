# SPDX-License-Identifier: GPL-3.0-or-later
"""What may leave the laptop, and why: a pure rule per record and field (design 6).

- counts, volunteers and their training leave always;
- a resident's card, journeys, papers and safe contact leave if the person agreed to share the card or the case;
- screening, case and referral leave if the person agreed to share the case;
- private notes never leave, refused fields never leave, and each side sends only the fields that it owns;
- when consent has ended, or a record was deleted, nothing new leaves: only the fields that `follow` what went out, so
  that the recipient learns of the end, of a ban on contact, and of a withdrawn referral.

What may not leave is absent from the payload. What holds today is decided by `casework.agreement`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trafficwatch.casework.agreement import CARD_SCOPES, CASE_SCOPES, Agreement
from trafficwatch.models.exchange import RecordState
from trafficwatch.models.fields import Leaving, Shape, Side
from trafficwatch.models.history import shown
from trafficwatch.models.record_types import RECORD_TYPES


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
    sides = {spec.owner for spec in record_type.fields.values()}
    is_deleted = "deleted" in state.fields and shown(record_type.fields["deleted"], state.fields["deleted"]) is not None
    reasons: dict[str, str] = {}
    following: dict[str, str] = {}
    for key in state.fields:
        spec = record_type.field_of(key)
        if not (side in sides if spec is None else spec.owner is side):
            continue
        reason = "" if is_deleted else _reason(record_type.leaving if spec is None else spec.leaving, agreement)
        if reason and f"{state.type}.{key.partition('/')[0]}" not in agreement.refused:
            reasons[key] = reason
        elif spec is not None and (spec.follows or (spec.required and spec.shape is Shape.LINK)):
            following[key] = "follows"
    known = (record_type.field_of(key) for key in (*reasons, *following))
    if went_out and any(spec is not None and spec.follows for spec in known):
        reasons |= following
    if any(link.required and link.name not in reasons for link in record_type.links) or not reasons:
        return None
    return Departure(RecordState(state.type, state.id, {key: state.fields[key] for key in reasons}), reasons)


def _reason(leaving: Leaving, agreement: Agreement) -> str:
    """Why something of this kind may leave, '' if it may not."""
    if leaving is Leaving.ALWAYS:
        return "always"
    scopes = {Leaving.CARD: CARD_SCOPES, Leaving.CASE: CASE_SCOPES}.get(leaving, ())
    return next((scope.value for scope in scopes if scope in agreement.scopes), "")
