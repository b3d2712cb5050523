# SPDX-License-Identifier: GPL-3.0-or-later
"""Volunteers and officers, and the training that the law asks before a victim is handled (P2/2024 art. 5(2)a, 5(3))."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Leaving, Record, choice, date, elements, flag, link, record, text


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


class Ability(StrEnum):
    """What a training enables to do for a victim (P2/2024 Lampiran II.D.2, abilities a-e); each opens its tasks."""

    SCREENING = "screening"
    NEEDS_ASSESSMENT = "needs_assessment"
    CARRYING_OUT = "carrying_out"
    MONITORING = "monitoring"
    FOLLOW_UP = "follow_up"


@record("volunteer", leaving=Leaving.ALWAYS)
class Volunteer(Record):
    """A member of the village watch, or an officer of the PPT."""

    name: str | None = text(required=True, limit=200)
    category: str | None = choice(Category)
    phone: str | None = text(limit=40)
    left: bool | None = flag(protective=(True,))


@record("training", leaving=Leaving.ALWAYS)
class Training(Record):
    """One proof of training of a volunteer; `valid_until` is ours, the law names no expiry. `abilities` maps an Ability
    to True; one that names none was recorded before they were asked for, and opens all five.
    """

    volunteer_id: str | None = link("volunteer", required=True)
    kind: str | None = choice(TrainingKind, required=True)
    organiser: str | None = text(limit=200)
    certificate: str | None = text(limit=100)
    completed_on: str | None = date(required=True)
    valid_until: str | None = date()
    abilities: Mapping[str, bool] = elements(of=Ability)


def is_trained(trainings: Iterable[Training], today: str, ability: Ability | None = None) -> bool:
    """Whether any of a volunteer's trainings holds on a day (ISO date), and opens the tasks of an ability if one is
    named: only then may that person handle victims.
    """
    held = (training for training in trainings if _holds(training, today))
    return any(ability is None or ability in _named(training) for training in held)


def abilities_of(trainings: Collection[Training], today: str) -> frozenset[Ability]:
    """What a volunteer's trainings enable to do on a day (ISO date)."""
    return frozenset(ability for ability in Ability if is_trained(trainings, today, ability))


def _named(training: Training) -> frozenset[Ability]:
    """The abilities of a training, all five if it was recorded without any."""
    if not training.abilities:
        return frozenset(Ability)
    return frozenset(ability for ability in Ability if training.abilities.get(ability))


def _holds(training: Training, today: str) -> bool:
    """A training that is only planned, its day of completion still ahead, does not hold yet."""
    done = PartialDate.from_edtf(training.completed_on or "").earliest()
    until = PartialDate.from_edtf(training.valid_until or "").latest()
    is_over = until is not None and until.isoformat() < today
    is_ahead = done is not None and done.isoformat() > today
    return training.deleted is None and not is_over and not is_ahead
