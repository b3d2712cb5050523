# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may handle a person: the rule that every use case of handling asks first.

The case key keeps case text from who has no training; this rule keeps a training that has run out from counting.
"""

from __future__ import annotations

from trafficwatch.errors import ConsentError
from trafficwatch.models.staff import Training, is_trained
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.work import Work


class TrainingNeeded(ConsentError):
    """Handling a person begins with training (P2/2024 art. 5(2)a, 5(3))."""

    key = "training_needed"


def require_training(work: Work) -> str:
    """The volunteer at work, who must have recorded training that holds today."""
    volunteer = work.volunteer or ""
    found = work.records.select(Training, RECORD_TABLES["training"].c.volunteer_id == volunteer)
    if not is_trained(found, work.today):
        raise TrainingNeeded
    return volunteer
