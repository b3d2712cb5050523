# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of one field: writing a value, what stands, and what is shown. Pure.

A value replaces everything that its writer had seen. Values that did not see each other stand side by side; the newest
stamp is shown, unless a protective value (withdrawn consent, do-not-contact, higher risk, deletion) stands among them.
"""

from __future__ import annotations

import json

from trafficwatch.models.exchange import Context, FieldState, Stamp, canonical
from trafficwatch.models.fields import ANY, Field, Value


def merge_contexts(one: Context, other: Context) -> Context:
    """Everything that either side knows."""
    return {device: max(one.get(device, 0), other.get(device, 0)) for device in one.keys() | other.keys()}


def covers(context: Context, stamp: Stamp) -> bool:
    """Whether the value with this stamp is known there, as standing or as replaced."""
    return context.get(stamp.device, 0) >= stamp.counter


def written(previous: FieldState | None, value: Value, stamp: Stamp) -> FieldState:
    """The field after this device wrote `value`, having seen everything in `previous`."""
    known = previous.context if previous else {}
    return FieldState({stamp: frozenset({canonical(value)})}, merge_contexts(known, {stamp.device: stamp.counter}))


def candidates(state: FieldState) -> list[tuple[Stamp, Value]]:
    """All standing values, newest stamp first; equal values once, with their newest stamp."""
    found: dict[str, Stamp] = {}
    for stamp, texts in state.values.items():
        for text in texts:
            found[text] = max(stamp, found.get(text, stamp))
    return [(stamp, json.loads(text)) for text, stamp in sorted(found.items(), key=lambda item: (item[1], item[0]))][
        ::-1
    ]


def shown(field: Field | None, state: FieldState) -> Value:
    """The value to show: the strongest protective one if any stands, else the one with the newest stamp."""
    standing = candidates(state)
    if not standing:
        return None
    return max(standing, key=lambda item: (_strength(field, item[1]), item[0], canonical(item[1])))[1]


def _strength(field: Field | None, value: Value) -> int:
    """0 for an ordinary value, more for a protective one."""
    if field is None or value is None:
        return 0
    if field.protective == (ANY,):
        return 1
    return field.protective.index(value) + 1 if value in field.protective else 0
