# SPDX-License-Identifier: GPL-3.0-or-later
"""Volunteers and officers, and the training that the law asks before a victim is handled (P2/2024 art. 5(2)a, 5(3))."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Leaving, Record, choice, date, flag, link, record, text


class Category(StrEnum):
    """Who a member of the watch is (P2/2024 Lampiran II.A), reduced to what the rules need."""

    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    PROFESSIONAL = "professional"
    OFFICER = "officer"


class TrainingKind(StrEnum):
    """How the ability to handle victims is shown: TPPO training for the public, education for professionals."""

    TPPO_TRAINING = "tppo_training"
    PROFESSIONAL_EDUCATION = "professional_education"


@record("volunteer", leaving=Leaving.ALWAYS)
class Volunteer(Record):
    """A member of the village watch, or an officer of the PPT."""

    name: str | None = text(required=True, limit=200)
    category: str | None = choice(Category)
    phone: str | None = text(limit=40)
    left: bool | None = flag(protective=(True,))


@record("training", leaving=Leaving.ALWAYS)
class Training(Record):
    """One proof of training of a volunteer; `valid_until` is ours, the law names no expiry."""

    volunteer_id: str | None = link("volunteer", required=True)
    kind: str | None = choice(TrainingKind, required=True)
    organiser: str | None = text(limit=200)
    certificate: str | None = text(limit=100)
    completed_on: str | None = date(required=True)
    valid_until: str | None = date()


def is_trained(trainings: Iterable[Training], today: str) -> bool:
    """Whether any of a volunteer's trainings holds on a day (ISO date): only then may that person handle victims.

    A training that is only planned, its day of completion still ahead, does not hold yet.
    """
    for training in trainings:
        done = PartialDate.from_edtf(training.completed_on or "").earliest()
        until = PartialDate.from_edtf(training.valid_until or "").latest()
        is_over = until is not None and until.isoformat() < today
        is_ahead = done is not None and done.isoformat() > today
        if training.deleted is None and not is_over and not is_ahead:
            return True
    return False
