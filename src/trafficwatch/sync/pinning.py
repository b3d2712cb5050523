# SPDX-License-Identifier: GPL-3.0-or-later
"""Pins: people whose case text stays on this laptop after the PPT's receipt, each with a reason (design 6).

Who handles somebody may need the text at hand; who pins says why, and the change log keeps it. A pin also opens the way
back: only for somebody who is pinned, text that was put away is taken in again when the PPT sends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select

from trafficwatch.errors import ConsentError
from trafficwatch.models.exchange import Context, RecordState
from trafficwatch.models.history import merge_contexts
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.stub import away, brought_back, name_of
from trafficwatch.models.tables import local
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import require_reading
from trafficwatch.store.work import Work

WORDS_LIMIT = 300
_PINNED, _AWAY = local.pinned, local.put_away


class PinReason(StrEnum):
    """Why text stays here."""

    HANDLING = "handling"
    HEARING = "hearing"
    RETURN = "return"
    OTHER = "other"


class PinReasonMissing(ConsentError):
    """Another reason than the listed ones is written in words."""

    key = "pin_reason_missing"
    catalogue = "errors_put_away"


@dataclass(frozen=True, slots=True)
class Pin:
    """Who pinned somebody, when and why; the reason is None for who may not read cases."""

    volunteer: str | None
    at: str
    why: PinReason | None
    words: str


def pin(work: Work, person_id: str, why: PinReason, words: str = "") -> None:
    """Keep the case text of a person here; pinned again, for the new reason. Raises PinReasonMissing, RecordUnknown,
    TrainingNeeded, CaseKeyNeeded.
    """
    require_reading(work)
    said = " ".join(words.split())[:WORDS_LIMIT]
    if why is PinReason.OTHER and not said:
        raise PinReasonMissing
    if work.records.get(Person, person_id).deleted is not None:
        raise RecordUnknown(type="person")
    work.connection.execute(delete(_PINNED).where(_PINNED.c.person_id == person_id))
    sealed = work.sealer.seal("pinned", person_id, "reason", {"why": why.value, "words": said})
    values = {"person_id": person_id, "volunteer": work.volunteer, "at": work.now, "reason": sealed}
    work.connection.execute(insert(_PINNED).values(**values))
    work.note("pin", "person", person_id, said or why.value, sealed=True)


def unpin(work: Work, person_id: str) -> None:
    """Let the case text go as everybody's. Raises TrainingNeeded, CaseKeyNeeded."""
    require_reading(work)
    if work.connection.execute(delete(_PINNED).where(_PINNED.c.person_id == person_id)).rowcount:
        work.note("unpin", "person", person_id, "")


def pinned(work: Work, person_id: str) -> Pin | None:
    """Whether somebody is pinned, and why."""
    row = work.connection.execute(select(_PINNED).where(_PINNED.c.person_id == person_id)).one_or_none()
    if row is None:
        return None
    if not work.sealer.able:
        return Pin(row.volunteer, row.at, None, "")
    found: Any = work.sealer.open("pinned", person_id, "reason", row.reason)
    return Pin(row.volunteer, row.at, PinReason(found["why"]), found["words"])


def pinned_people(work: Work) -> frozenset[str]:
    """Everybody who is pinned."""
    return frozenset(work.connection.execute(select(_PINNED.c.person_id)).scalars())


def for_merge(work: Work, state: RecordState | None, coming: RecordState) -> RecordState | None:
    """A record as a copy from the PPT may be merged into it: of somebody who is pinned, what was put away may come
    back, unless the copy is older than that: a PPT that was put back would else bring its old text in the place of the
    newest. The caller takes the merged record in.
    """
    if state is None or "person_id" not in RECORD_TYPES[state.type].fields:
        return state
    person = {text for texts in state.fields["person_id"].values.values() for text in texts}
    if not {f'"{each}"' for each in pinned_people(work)} & person or not _has_seen(coming, state):
        return state
    work.connection.execute(delete(_AWAY).where(_AWAY.c.type == state.type, _AWAY.c.id == state.id))
    return brought_back(state)


def _has_seen(coming: RecordState, state: RecordState) -> bool:
    """Whether what comes knows all that was put away."""
    for name in away(state.fields):
        known: Context = {}
        for key, field in coming.fields.items():
            known = merge_contexts(known, field.context) if name_of(key) == name else known
        if any(counter > known.get(device, 0) for device, counter in state.fields[name].context.items()):
            return False
    return True
