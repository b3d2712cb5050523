# SPDX-License-Identifier: GPL-3.0-or-later
"""The follow-up stub: a record whose case text was put away, because the PPT has it (design 6). Pure.

What went leaves a field without values under its name: only the context stays, that is, up to where it was known here.
So an older copy of the text, whoever brings it, is covered and does not come back, a value that nobody here had seen
comes in and is lost nowhere, and nothing is ever sent in its place. Of a map the elements' keys go as well: they tell
as much as their values. Open fields stay, and of the sealed ones those that are declared `stub`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from trafficwatch.errors import InputError
from trafficwatch.models.exchange import FieldState, RecordState
from trafficwatch.models.fields import RecordType, Value
from trafficwatch.models.history import covers, merge_contexts
from trafficwatch.models.record_types import RECORD_TYPES


class TextAtPpt(InputError):
    """The text was put away: the PPT has it, and what is not here can't be changed here; parameter `type`."""

    key = "text_at_ppt"
    catalogue = "errors_put_away"


def name_of(key: str) -> str:
    """The field that a wire key (`field` or `field/element`) names."""
    return key.partition("/")[0]


def is_text(record_type: RecordType, key: str) -> bool:
    """Whether a wire key holds case text that a stub does without; what a newer version keeps there is one too."""
    field = record_type.field_of(key)
    return record_type.sealed if field is None else field.sealed and not field.stub


def texts_of(state: RecordState) -> frozenset[str]:
    """The keys of a record that hold case text which a stub does without."""
    record_type = RECORD_TYPES[state.type]
    return frozenset(key for key, field in state.fields.items() if field.values and is_text(record_type, key))


def put_away(state: RecordState, going: Collection[str]) -> RecordState:
    """The record without the values of these keys."""
    left: dict[str, FieldState] = {key: field for key, field in state.fields.items() if key not in going}
    for key in going:
        before = left.get(name_of(key))
        left[name_of(key)] = _without_values(before, state.fields[key])
    return RecordState(state.type, state.id, left)


def away(fields: Mapping[str, FieldState]) -> frozenset[str]:
    """The names of the fields whose values were put away."""
    return frozenset(key for key, field in fields.items() if not field.values)


def is_away(fields: Mapping[str, FieldState], name: str) -> bool:
    """Whether the values of a field were put away."""
    return name in fields and not fields[name].values


def check_here(type_name: str, fields: Mapping[str, FieldState], key: str, value: Value) -> None:
    """Raise TextAtPpt where something would be written over what was put away: nobody here has seen what is there."""
    if value is not None and is_away(fields, name_of(key)):
        raise TextAtPpt(type=type_name)


def absorbed(state: RecordState) -> RecordState:
    """The record after a merge: of maps, too, what was put away does not come back."""
    gone = away(state.fields)
    old = [key for key in state.fields if "/" in key and name_of(key) in gone]
    if not old:
        return state
    left = {key: field for key, field in state.fields.items() if key not in old}
    for key in old:
        field, known = state.fields[key], state.fields[name_of(key)]
        new = {stamp: texts for stamp, texts in field.values.items() if not covers(known.context, stamp)}
        if new:
            left[key] = FieldState(new, merge_contexts(field.context, known.context))
        else:
            left[name_of(key)] = _without_values(left[name_of(key)], field)
    return RecordState(state.type, state.id, left)


def brought_back(state: RecordState) -> RecordState:
    """The record as one that its text may be merged into again."""
    gone = away(state.fields)
    return RecordState(state.type, state.id, {key: field for key, field in state.fields.items() if key not in gone})


def _without_values(one: FieldState | None, other: FieldState) -> FieldState:
    return FieldState({}, merge_contexts(one.context, other.context) if one else other.context)
