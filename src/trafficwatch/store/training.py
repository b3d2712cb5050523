# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may handle a person: the rule that every use case of handling asks first.

The case key keeps case text from who has no training; this rule keeps a training that has run out from counting, also
for reading: the slot with the key stays in the vault when the training lapses. Any training lets read; each of the five
abilities opens its own tasks (P2/2024 Lampiran II.D.2).
"""

from __future__ import annotations

from trafficwatch.errors import ConsentError
from trafficwatch.models.staff import Ability, Training, is_trained
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.records import Records
from trafficwatch.store.sealing import CaseKeyNeeded, Sealer
from trafficwatch.store.work import Work


class TrainingNeeded(ConsentError):
    """Handling a person begins with training (P2/2024 art. 5(2)a, 5(3))."""

    key = "training_needed"


class AbilityNeeded(ConsentError):
    """This task asks for an ability that no training of the volunteer names; parameter `ability`."""

    key = "ability_needed"


def require_training(work: Work, ability: Ability | None = None) -> str:
    """The volunteer at work, who must have recorded training that holds today, one that opens the task if it is named.

    Raises TrainingNeeded without any training, AbilityNeeded when none of them names the ability.
    """
    found = _trainings(work)
    if not is_trained(found, work.today):
        raise TrainingNeeded
    if ability is not None and not is_trained(found, work.today, ability):
        raise AbilityNeeded(ability=ability.value)
    return work.volunteer or ""


def may_do(work: Work, ability: Ability) -> bool:
    """Whether the trainings of who is at work open this task; case text may be out of reach all the same."""
    return is_trained(_trainings(work), work.today, ability)


def may_read_cases(work: Work) -> bool:
    """Whether case text is for who is at work: with the case key, and with training that holds today."""
    return work.sealer.able and is_trained(_trainings(work), work.today)


def require_reading(work: Work) -> None:
    """Case text is about to be read; raises CaseKeyNeeded, or TrainingNeeded when the training has lapsed."""
    if not work.sealer.able:
        raise CaseKeyNeeded
    require_training(work)


def readable(work: Work) -> Records:
    """The records as who is at work may read them: without what is sealed unless `may_read_cases`."""
    return work.records if may_read_cases(work) else Records(work.connection, Sealer(None))


def _trainings(work: Work) -> list[Training]:
    return work.records.select(Training, RECORD_TABLES["training"].c.volunteer_id == (work.volunteer or ""))
