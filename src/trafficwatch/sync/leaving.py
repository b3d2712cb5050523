# SPDX-License-Identifier: GPL-3.0-or-later
"""What may leave the laptop, and why: a pure rule per record and field (design 6).

- counts, volunteers and their training leave always;
- a resident's card, journeys, papers and safe contact leave if the person agreed to share the card or the case;
- screening, case and referral leave if the person agreed to share the case;
- private notes never leave, refused fields never leave, and each side sends only the fields that it owns;
- a consent that went out earlier goes out again when it is withdrawn, and nothing else of that person does.

What may not leave is absent from the payload. What holds today is decided by
`casework.agreement`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trafficwatch.casework.agreement import CARD_SCOPES, CASE_SCOPES, Agreement
from trafficwatch.models.exchange import RecordState
from trafficwatch.models.fields import Field, Leaving, Side
from trafficwatch.models.record_types import RECORD_TYPES


@dataclass(frozen=True, slots=True)
class Departure:
    """What leaves of one record: the record with only those keys, and the reason per key (`always` or a scope)."""

    state: RecordState
    reasons: dict[str, str]


def leaves(state: RecordState, agreement: Agreement, side: Side, *, went_out: bool = False) -> Departure | None:
    """What may leave of a record from this side, None if nothing may. `went_out`: the recipient has it already."""
    record_type = RECORD_TYPES[state.type]
    reasons: dict[str, str] = {}
    for key in state.fields:
        spec = record_type.field_of(key)
        reason = _reason(record_type.leaving if spec is None else spec.leaving, agreement)
        name = key.partition("/")[0]
        if reason and (spec is None or spec.owner is side) and f"{state.type}.{name}" not in agreement.refused:
            reasons[key] = reason
    if state.type == "consent" and went_out:
        reasons |= {key: reasons.get(key, "withdrawal") for key in state.fields if _is_core(record_type.field_of(key))}
    if any(link.required and link.name not in reasons for link in record_type.links) or not reasons:
        return None
    return Departure(RecordState(state.type, state.id, {key: state.fields[key] for key in reasons}), reasons)


def _reason(leaving: Leaving, agreement: Agreement) -> str:
    """Why something of this kind may leave, '' if it may not."""
    if leaving is Leaving.ALWAYS:
        return "always"
    scopes = {Leaving.CARD: CARD_SCOPES, Leaving.CASE: CASE_SCOPES}.get(leaving, ())
    return next((scope.value for scope in scopes if scope in agreement.scopes), "")


def _is_core(spec: Field | None) -> bool:
    """The fields of a consent that tell what it was about and that it is withdrawn; nothing sealed."""
    return spec is not None and not spec.sealed and spec.leaving is not Leaving.NEVER
