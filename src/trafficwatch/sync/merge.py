# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging two states of one record: pure, commutative, associative and idempotent (design 5).

Each field is a multi-value register. It keeps the values that the other side's context does not cover; what both hold
stays; what one side has and the other has seen and replaced goes. More than one remaining value is a difference: both
are kept, one is shown, until a person settles it. A field that is absent was not sent and changes nothing.

Contexts are kept per field (docs/decisions/0003): a record may be sent in part, so a context per record would claim
knowledge of fields that never travelled, and the merge would lose them.
"""

from __future__ import annotations

from trafficwatch.models.exchange import FieldState, RecordState, Stamp
from trafficwatch.models.history import covers, merge_contexts

FAR_AHEAD = 1_000_000
"""A counter further ahead than this of everything known is flagged: an honest device never gets there."""


def merge_fields(one: FieldState, other: FieldState) -> FieldState:
    """The field after both states are known."""
    values: dict[Stamp, frozenset[str]] = {}
    for here, there in ((one, other), (other, one)):
        for stamp, texts in here.values.items():
            if stamp in there.values or not covers(there.context, stamp):
                values[stamp] = values.get(stamp, frozenset()) | texts
    return FieldState(values, merge_contexts(one.context, other.context))


def merge_records(one: RecordState, other: RecordState) -> RecordState:
    """The record after both states are known; both must be states of the same record."""
    if (one.type, one.id) != (other.type, other.id):
        raise ValueError("two different records")
    fields = dict(one.fields)
    for key, state in other.fields.items():
        fields[key] = merge_fields(fields[key], state) if key in fields else state
    return RecordState(one.type, one.id, fields)


def highest_counter(record: RecordState) -> int:
    """The highest counter that a record mentions, in stamps or contexts."""
    counters = [counter for state in record.fields.values() for counter in state.context.values()]
    counters += [stamp.counter for state in record.fields.values() for stamp in state.values]
    return max(counters, default=0)
