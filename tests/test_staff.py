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
from trafficwatch.models.staff import Ability, Training, TrainingKind, Volunteer, abilities_of, is_trained
from trafficwatch.store.training import AbilityNeeded, TrainingNeeded, may_do, require_training
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import explain_error

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


@pytest.mark.parametrize(
    ("named", "opened"),
    [
        ({}, set(Ability)),
        ({"screening": True}, {Ability.SCREENING}),
        ({"monitoring": True, "follow_up": True, "screening": False}, {Ability.MONITORING, Ability.FOLLOW_UP}),
        ({"screening": False}, set()),
        ({"of_a_newer_program": True}, set()),
    ],
)
def test_a_training_opens_what_it_names_and_everything_if_it_names_nothing(
    named: dict[str, bool], opened: set[Ability]
) -> None:
    found = [training(abilities=named)]
    assert is_trained(found, TODAY)
    assert abilities_of(found, TODAY) == opened
    assert {ability for ability in Ability if is_trained(found, TODAY, ability)} == opened


def test_trainings_add_up_and_one_that_is_over_opens_nothing() -> None:
    over = training(abilities={"follow_up": True}, valid_until="2020")
    found = [training(abilities={"screening": True}), training(abilities={"monitoring": True}), over]
    assert abilities_of(found, TODAY) == {Ability.SCREENING, Ability.MONITORING}
    assert abilities_of([over], TODAY) == frozenset()
    assert abilities_of([], TODAY) == frozenset()


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


def test_a_task_asks_for_the_ability_that_opens_it(store: Store) -> None:
    with scratch(store) as work:
        train(work, VOLUNTEER, abilities={"screening": True})
        assert require_training(work, Ability.SCREENING) == VOLUNTEER
        assert {ability for ability in Ability if may_do(work, ability)} == {Ability.SCREENING}
        with pytest.raises(AbilityNeeded) as raised:
            require_training(work, Ability.NEEDS_ASSESSMENT)
        assert "Asesmen kebutuhan" in explain_error(raised.value, "id")["message"]
        assert "Needs assessment" in explain_error(raised.value, "en")["message"]


def test_without_any_training_the_whole_of_it_is_missing(store: Store) -> None:
    with scratch(store) as work:
        assert not any(may_do(work, ability) for ability in Ability)
        with pytest.raises(TrainingNeeded):
            require_training(work, Ability.SCREENING)
