# SPDX-License-Identifier: GPL-3.0-or-later
"""What may leave the laptop, and why: a pure rule per record and field (design 6).

- counts, volunteers and their training leave always, and recruiters with what they offer, but not who told of them;
- a resident's card, journeys, papers and safe contact leave if the person agreed to share the card or the case;
- screening, case, referral and all care leave if the person agreed to share the case;
- a named duty to share with the PPT opens card and case as consent does, and refused fields that it lifts: `duty`;
- who else is named in a record leaves only while the flag that this `needs` says yes in all its values;
- private notes, evidence, people from elsewhere and pairs of cards never leave, refused fields neither, and each side
  sends only the fields that it owns;
- when consent has ended, or a record was deleted, nothing new leaves: only the fields that `follow` what went out, so
  that the recipient learns of the end, of a ban on contact, and of a withdrawn referral.

What may not leave is absent from the payload. What holds today is decided by `models.agreement`. Nobody is asked where
both sides hold the same people's data by design: the other laptop of a village gets all but private notes and what the
PPT owns (`among_laptops`), a village that lost its laptop all that it once sent (`sync.restoring`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from trafficwatch.models.agreement import CARD_SCOPES, CASE_SCOPES, Agreement
from trafficwatch.models.care import TO_PPT
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import RecordState, canonical
from trafficwatch.models.fields import Field, Leaving, Shape, Side
from trafficwatch.models.history import shown
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.stub import away

DUTY = "duty"
"""The reason of what leaves without consent."""
_YES = canonical(value=True)
_SCOPES = {Leaving.CARD: CARD_SCOPES, Leaving.CASE: CASE_SCOPES}


@dataclass(frozen=True, slots=True)
class Departure:
    """What leaves of one record: only those keys of it, each with its reason: `always`, a scope, `duty`, `follows`."""

    state: RecordState
    reasons: dict[str, str]


def leaves(state: RecordState, agreement: Agreement, side: Side, *, went_out: bool = False) -> Departure | None:
    """What may leave of a record from this side, None if nothing may.

    `went_out`: the recipient has this record already; for a consent, anything of its person.
    """

    def reason_of(kind: Leaving) -> str:
        return reason_to_leave(kind, agreement)

    return _departure(state, agreement, frozenset({side}), TO_PPT, reason_of, went_out=went_out)


def handed_on(state: RecordState, agreement: Agreement, recipient: str, *, went_out: bool = False) -> Departure | None:
    """What a PPT may hand on of a record to another office, an institution by its id: whoever wrote it, all that the
    person agreed to have referred there, or a duty opens to it. None if nothing may.
    """

    def reason_of(kind: Leaving) -> str:
        if kind in {Leaving.ALWAYS, Leaving.NEVER}:
            return reason_to_leave(kind, agreement)
        scope = ConsentScope.REFERRAL
        return scope.value if agreement.agrees(scope, recipient) else DUTY if agreement.duty(recipient) else ""

    return _departure(state, agreement, frozenset(Side), recipient, reason_of, went_out=went_out)


def _departure(
    state: RecordState,
    agreement: Agreement,
    sides: Collection[Side],
    recipient: str,
    reason_of: Callable[[Leaving], str],
    *,
    went_out: bool,
) -> Departure | None:
    record_type = RECORD_TYPES[state.type]
    if record_type.leaving is Leaving.NEVER:
        return None
    gone, kept_back = is_deleted(state), agreement.refused_for(recipient)
    put_away = away(state.fields)  # the recipient has it: nothing goes in its place
    opened: dict[Leaving, str] = {}
    reasons: dict[str, str] = {}
    following: dict[str, str] = {}
    follows = False
    for key in state.fields.keys() - put_away:
        spec = record_type.field_of(key)
        if not (_owners(state.type).intersection(sides) if spec is None else spec.owner in sides):
            continue
        kind = record_type.leaving if spec is None else spec.leaving
        if kind not in opened:
            opened[kind] = "" if gone else reason_of(kind)
        reason, name = opened[kind], f"{state.type}.{key.partition('/')[0]}"
        if reason and name not in kept_back and not _is_unasked(state, spec):
            reasons[key] = DUTY if name in agreement.refused else reason
        elif spec is not None and (spec.follows or (spec.required and spec.shape is Shape.LINK)):
            following[key] = "follows"
        follows = follows or (spec is not None and spec.follows)
    if went_out and follows:
        reasons |= following
    if not reasons or not _required_links(state.type) <= reasons.keys() | put_away:
        return None
    return Departure(RecordState(state.type, state.id, {key: state.fields[key] for key in reasons}), reasons)


def _is_unasked(state: RecordState, spec: Field | None) -> bool:
    """Whether a field names somebody who has not said yes to that, or who also said something else."""
    if spec is None or not spec.needs:
        return False
    said = state.fields.get(spec.needs)
    return said is None or {text for texts in said.values.values() for text in texts} != {_YES}


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
    scopes = _SCOPES.get(leaving, ())
    agreed = next((scope.value for scope in scopes if scope in agreement.scopes), "")
    return agreed or (DUTY if scopes and agreement.duty(TO_PPT) else "")


def among_laptops(state: RecordState) -> RecordState:
    """Of a record what one laptop of a village writes to another: what the village owns, but private notes."""
    record_type = RECORD_TYPES[state.type]

    def goes(key: str) -> bool:
        spec = record_type.field_of(key)
        return Side.VILLAGE in _owners(state.type) if spec is None else spec.owner is Side.VILLAGE and not spec.private

    return RecordState(state.type, state.id, {key: field for key, field in state.fields.items() if goes(key)})
