# SPDX-License-Identifier: GPL-3.0-or-later
"""What may leave the laptop, and why: a pure rule per record and field (design 6).

- counts, volunteers and their training leave always;
- a resident's card, journeys, papers and safe contact leave if the person agreed to share the card or the case;
- screening, case and referral leave if the person agreed to share the case;
- private notes never leave, refused fields never leave, and each side sends only the fields that it owns;
- a consent that went out earlier tells, once the card may no longer leave, what it was about and that it ended;
  nothing else of that person leaves then.

What may not leave is absent from the payload. What holds today is decided by
`casework.agreement`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trafficwatch.casework.agreement import CARD_SCOPES, CASE_SCOPES, Agreement
from trafficwatch.models.exchange import RecordState
from trafficwatch.models.fields import Field, Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES

_END_OF_CONSENT = frozenset(
    {"person_id", "given_on", "valid_until", "scopes", "refused_fields", "withdrawn_on", "deleted"}
)
"""What a recipient must learn of a consent that ended: whose, which, and that it ended. A list, so that no other field,
refused perhaps until then, leaves for the first time because the consent is over."""


@dataclass(frozen=True, slots=True)
class Departure:
    """What leaves of one record: the record with only those keys, and the reason per key (`always` or a scope)."""

    state: RecordState
    reasons: dict[str, str]


def leaves(state: RecordState, agreement: Agreement, side: Side, *, went_out: bool = False) -> Departure | None:
    """What may leave of a record from this side, None if nothing may. `went_out`: the recipient has it already."""
    record_type = RECORD_TYPES[state.type]
    reasons: dict[str, str] = {}
    sides = {spec.owner for spec in record_type.fields.values()}
    for key in state.fields:
        spec = record_type.field_of(key)
        reason = _reason(record_type.leaving if spec is None else spec.leaving, agreement)
        name = key.partition("/")[0]
        owned = side in sides if spec is None else spec.owner is side
        if reason and owned and f"{state.type}.{name}" not in agreement.refused:
            reasons[key] = reason
    if state.type == "consent" and went_out and not agreement.card:
        reasons |= {key: "withdrawal" for key in state.fields if _tells_end(record_type.field_of(key), side)}
    if any(link.required and link.name not in reasons for link in record_type.links) or not reasons:
        return None
    return Departure(RecordState(state.type, state.id, {key: state.fields[key] for key in reasons}), reasons)


def _reason(leaving: Leaving, agreement: Agreement) -> str:
    """Why something of this kind may leave, '' if it may not."""
    if leaving is Leaving.ALWAYS:
        return "always"
    scopes = {Leaving.CARD: CARD_SCOPES, Leaving.CASE: CASE_SCOPES}.get(leaving, ())
    return next((scope.value for scope in scopes if scope in agreement.scopes), "")


def _tells_end(spec: Field | None, side: Side) -> bool:
    return spec is not None and spec.owner is side and spec.name in _END_OF_CONSENT
