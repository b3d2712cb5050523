# SPDX-License-Identifier: GPL-3.0-or-later
"""Erasing for good what lies in the trash: a coordinator's or officer's decision, with its ground (design 4).

Volunteers delete and restore; nobody erases by mistake what was not deleted before. What is erased stays so, on every
device that hears of it.
"""

from __future__ import annotations

from trafficwatch.errors import InputError
from trafficwatch.models.fields import Leaving
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.store import ballast, belonging, erasure
from trafficwatch.store.erasure import CoordinatorNeeded, Erased, Ground, HoldingBackup, holding, may_erase
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Store

__all__ = ["CoordinatorNeeded", "Erased", "Ground", "HoldingBackup", "NotDeleted", "erase", "holding", "may_erase"]


_HANDLING = {Leaving.CASE, Leaving.NEVER}
"""What belongs to handling a person: case data and evidence."""
_NO_HANDLING = {"person_pair", "visitor"}
"""What stays in the village though it tells nothing of a case."""


class NotDeleted(InputError):
    """Only what was deleted before can be erased."""

    key = "not_deleted"


def erase(store: Store, type_name: str, record_id: str, ground: Ground) -> Erased:
    """Erase a deleted record and all that belongs to it; gives the backups that still hold it. On a full disk the
    ballast makes room for it.

    Raises CoordinatorNeeded, TrainingNeeded for case data, RecordUnknown, NotDeleted.
    """
    with store.work() as work:
        if not may_erase(work):
            raise CoordinatorNeeded
        if work.records.get(RECORD_TYPES[type_name].cls, record_id).deleted is None:
            raise NotDeleted
        if any(
            RECORD_TYPES[name].leaving in _HANDLING
            for name, _ in belonging.group(work.connection, type_name, record_id)
            if name not in _NO_HANDLING
        ):
            require_training(work)
    return ballast.room(store.folder, lambda: erasure.erase(store, type_name, record_id, ground))
