# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may handle a person: the rule that every use case of handling asks first.

The case key keeps case text from who has no training; this rule keeps a training that has run out from counting, also
for reading: the slot with the key stays in the vault when the training lapses.
"""

from __future__ import annotations

from trafficwatch.errors import ConsentError
from trafficwatch.models.staff import Training, is_trained
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.records import Records
from trafficwatch.store.sealing import CaseKeyNeeded, Sealer
from trafficwatch.store.work import Work


class TrainingNeeded(ConsentError):
    """Handling a person begins with training (P2/2024 art. 5(2)a, 5(3))."""

    key = "training_needed"


def require_training(work: Work) -> str:
    """The volunteer at work, who must have recorded training that holds today."""
    if not _holds(work):
        raise TrainingNeeded
    return work.volunteer or ""


def may_read_cases(work: Work) -> bool:
    """Whether case text is for who is at work: with the case key, and with training that holds today."""
    return work.sealer.able and _holds(work)


def require_reading(work: Work) -> None:
    """Case text is about to be read; raises CaseKeyNeeded, or TrainingNeeded when the training has lapsed."""
    if not work.sealer.able:
        raise CaseKeyNeeded
    require_training(work)


def readable(work: Work) -> Records:
    """The records as who is at work may read them: without what is sealed unless `may_read_cases`."""
    return work.records if may_read_cases(work) else Records(work.connection, Sealer(None))


def _holds(work: Work) -> bool:
    found = work.records.select(Training, RECORD_TABLES["training"].c.volunteer_id == (work.volunteer or ""))
    return is_trained(found, work.today)
