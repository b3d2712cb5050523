# SPDX-License-Identifier: GPL-3.0-or-later
"""Who counts as trained on a day, and that handling a person is refused to everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_tools import DATES, HELPER, VOLUNTEER, helper_store, record_id, scratch, trained_store

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.staff import Training, TrainingKind, Volunteer, is_trained
from trafficwatch.store.training import TrainingNeeded, require_training
from trafficwatch.store.work import Store, Work

TODAY = "2026-11-21"
"""The day of the stores' clock."""


def training(**fields: Any) -> Training:
    known = {"volunteer_id": VOLUNTEER, "kind": TrainingKind.TPPO_TRAINING.value, "completed_on": "2025-03"}
    return Training(id=record_id(1), **{**known, **fields})


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({}, True),
        ({"kind": TrainingKind.PROFESSIONAL_EDUCATION.value}, True),
        ({"valid_until": "2026-11-20"}, False),
        ({"valid_until": "2026-11-21"}, True),
        ({"valid_until": "2026-11-22"}, True),
        ({"valid_until": "2026-10"}, False),
        ({"valid_until": "2026-11"}, True),
        ({"valid_until": "2025"}, False),
        ({"valid_until": "2026"}, True),
        ({"valid_until": ""}, True),
        ({"deleted": "salah catat"}, False),
        ({"deleted": "salah catat", "valid_until": "2030"}, False),
        ({"completed_on": "2026-11-21"}, True),
        ({"completed_on": "2026-11-22"}, False),
        ({"completed_on": "2026-12"}, False),
        ({"completed_on": "2026-11"}, True),
        ({"completed_on": "2026"}, True),
        ({"completed_on": "2027"}, False),
        ({"completed_on": "2027", "valid_until": "2030"}, False),
        ({"completed_on": ""}, True),
        ({"completed_on": None}, True),
    ],
)
def test_whether_a_training_holds_today(fields: dict[str, Any], holds: bool) -> None:
    assert is_trained([training(**fields)], TODAY) is holds


def test_without_a_training_nobody_is_trained() -> None:
    assert is_trained([], TODAY) is False


def test_one_training_that_holds_is_enough() -> None:
    over, deleted, valid = training(valid_until="2020"), training(deleted="ganda"), training()
    assert is_trained([over, deleted], TODAY) is False
    assert is_trained([over, deleted, valid], TODAY) is True


@given(st.lists(DATES, max_size=3), DATES, DATES.filter(bool))
def test_more_trainings_never_take_training_away(untils: list[str], done: str, until: str) -> None:
    trainings = [training(completed_on=done, valid_until=text) for text in untils]
    if is_trained(trainings, TODAY):
        assert is_trained([*trainings, training(valid_until=until)], TODAY)
    last = PartialDate.from_edtf(until).latest()
    assert last is not None
    assert is_trained([training(valid_until=until)], TODAY) is (last.isoformat() >= TODAY)


# -- in a store --------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with trained_store(tmp_path) as opened:
        yield opened


def train(work: Work, volunteer: str, **fields: Any) -> str:
    if not work.records.exists("volunteer", volunteer):
        work.write(Volunteer, volunteer, name="Relawan")
    values = {"kind": TrainingKind.TPPO_TRAINING, "completed_on": "2025-03", **fields}
    return work.write(Training, None, volunteer_id=volunteer, **values)


def test_who_is_trained_may_handle_a_person(store: Store) -> None:
    with scratch(store) as work:
        train(work, VOLUNTEER)
        assert require_training(work) == VOLUNTEER


@pytest.mark.parametrize("fields", [{"valid_until": "2026-11-20"}, {"completed_on": "2026-12"}])
def test_a_training_that_does_not_hold_is_none(store: Store, fields: dict[str, str]) -> None:
    with scratch(store) as work:
        train(work, VOLUNTEER, **fields)
        with pytest.raises(TrainingNeeded):
            require_training(work)


def test_a_training_that_was_deleted_is_none(store: Store) -> None:
    with scratch(store) as work:
        work.write(Training, train(work, VOLUNTEER), deleted="salah catat")
        with pytest.raises(TrainingNeeded):
            require_training(work)


def test_the_training_of_somebody_else_does_not_count(store: Store) -> None:
    with store.work() as work:
        train(work, VOLUNTEER)
    store.close()
    with helper_store(store.folder) as helper:
        with helper.work() as work:
            assert work.volunteer == HELPER
            with pytest.raises(TrainingNeeded):
                require_training(work)
        with helper.work() as work:  # the rule asks for the record; the case key still keeps the text
            train(work, HELPER)
            assert require_training(work) == HELPER
            assert not work.sealer.able


def test_who_opened_with_the_recovery_code_is_nobody(store: Store) -> None:
    with scratch(store) as work:
        train(work, VOLUNTEER)
        work.volunteer = None
        with pytest.raises(TrainingNeeded):
            require_training(work)
