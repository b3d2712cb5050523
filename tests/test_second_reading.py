# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT reads a screening again: the first finding stays, every reading is kept, differences are counted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desks import SHARED, Clock, Desks, agree, dump, enrolled, refer, reopened, resident, screen

from trafficwatch.models.casework import Finding, Reading, Risk, Screening
from trafficwatch.models.people import Person
from trafficwatch.models.screening import Answer, UnknownCodeError, Value
from trafficwatch.models.staff import Training, TrainingKind, Volunteer
from trafficwatch.screening import questionnaires
from trafficwatch.screening.second_reading import (
    CORRECTED,
    NOT_ASKED,
    NothingChanged,
    NothingToConfirm,
    ReadingReasonMissing,
    ScreeningChangedMeanwhile,
    Seen,
    disagreements,
    read_again,
    readings_of,
    to_read,
)
from trafficwatch.screening.sessions import record_screening
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.sealing import CaseKeyNeeded
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import FieldOwnedElsewhere, Store
from trafficwatch.sync.importing import take_in

DECEIT, LABOUR, NEWER = "E-CAR-DECEIT", "E-TUJ-LABOUR", "screening@99"
NOTHING = Seen(None, None, "")
WHOLE, BARE, STRANGE = "Yohanis Bere", "Tanpa Temuan", "Versi Lain"


@dataclass
class Came:
    """Folders of two desks between which three screenings went, and the keys to open them."""

    folder: Path
    keys: dict[str, Keys]


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> Came:
    """One whole screening, one whose finding and risk the person keeps back, one by a questionnaire that is new."""
    folder = tmp_path_factory.mktemp("second")
    with enrolled(folder) as desks:
        for name in (WHOLE, BARE, STRANGE):
            person = resident(desks.village, name)
            refused = ("screening.finding", "screening.risk") if name == BARE else ()
            agree(desks.village, person, *SHARED, refused=refused)
            if name == STRANGE:
                with desks.village.work() as work:
                    newer = replace(questionnaires.newest(), version=99)
                    record_screening(work, person, {DECEIT: Answer(Value.YES)}, questionnaire=newer)
            else:
                screen(desks.village, person)
            refer(desks.village, person)
        for path in desks.send():
            take_in(desks.ppt, path)
        keys = {"village": desks.village.keys, "ppt": desks.ppt.keys}
    return Came(folder, keys)


OpenDesk = Callable[..., Store]


@pytest.fixture
def desk(came: Came, tmp_path: Path) -> Iterator[OpenDesk]:
    """Opens a copy of one of the desks, with other keys or at another time where asked for."""
    with ExitStack() as opened:

        def copy(name: str, clock: Clock | None = None, **other: Any) -> Store:
            folder = tmp_path / name
            if not folder.exists():
                shutil.copytree(came.folder / name, folder)
            known = came.keys[name]
            keys = Keys(known.master, other.get("case", known.case), other.get("volunteer", known.volunteer))
            store = reopened(folder, keys, clock or Clock())
            opened.callback(store.close)
            return store

        yield copy


def screening_of(store: Store, name: str = WHOLE) -> str:
    with store.work() as work:
        person = next(each.id for each in work.records.select(Person) if each.name == name)
        return next(each.id for each in work.records.select(Screening) if each.person_id == person)


def again(
    store: Store,
    screening: str,
    reading: Reading = Reading.CONFIRMED,
    *about: Any,
    seen: Seen | None = None,
    **marks: Value,
) -> Any:
    """A second reading of what stands there now, or of what was `seen` before."""
    answers = {code.replace("_", "-"): value for code, value in marks.items()}
    with store.work() as work:
        seen = seen or Seen.of(work.records.get(Screening, screening))
        return read_again(work, screening, reading, *about, answers=answers, seen=seen)


def officer(store: Store, name: str) -> str:
    """One more trained officer of the PPT."""
    with store.work() as work:
        found = work.write(Volunteer, name=name)
        work.write(Training, volunteer_id=found, kind=TrainingKind.TPPO_TRAINING.value, completed_on="2025-01")
    return found


# -- both findings stand -----------------------------------------------------------------------------------------------


def test_agreeing_copies_the_finding_and_changes_nothing_of_the_first(desk: OpenDesk) -> None:
    ppt = desk("ppt")
    screening, before = screening_of(ppt), dump(ppt)
    second = again(ppt, screening)
    with ppt.work() as work:
        first = work.records.get(Screening, screening)
    assert (second.reading, second.finding, second.risk) == (Reading.CONFIRMED, first.finding, first.risk)
    assert (second.person_id, second.read_on, second.read_by) == (first.person_id, "2026-11-21", ppt.keys.volunteer)
    assert (second.reason, dict(second.answers)) == (None, {})
    after = dump(ppt)
    assert after["screening"] == before["screening"]
    assert set(before["record_state"]) <= set(after["record_state"])


def test_another_finding_stands_beside_the_first(desk: OpenDesk) -> None:
    ppt = desk("ppt")
    screening = screening_of(ppt)
    second = again(ppt, screening, Reading.CHANGED, Finding.NEEDS_CLARIFICATION, None, " Bukan perekrut. ")
    with ppt.work() as work:
        first = work.records.get(Screening, screening)
    assert (first.finding, second.finding) == (Finding.SUSPECTED, Finding.NEEDS_CLARIFICATION)
    assert (second.risk, second.reason) == (first.risk, "Bukan perekrut.")


@pytest.mark.parametrize(
    ("about", "error"),
    [
        ((Finding.NEEDS_CLARIFICATION, None, " "), ReadingReasonMissing),
        ((Finding.SUSPECTED, None, "Alasan"), NothingChanged),
        ((None, None, "Alasan"), NothingChanged),
    ],
)
def test_a_change_says_what_and_why(desk: OpenDesk, about: tuple[Any, ...], error: type[Exception]) -> None:
    ppt = desk("ppt")
    before = dump(ppt)
    with pytest.raises(error):
        again(ppt, screening_of(ppt), Reading.CHANGED, *about)
    assert dump(ppt) == before


def test_a_screening_without_a_finding_needs_a_whole_one(desk: OpenDesk) -> None:
    ppt = desk("ppt")
    screening = screening_of(ppt, BARE)
    with pytest.raises(NothingToConfirm):
        again(ppt, screening)
    with pytest.raises(NothingToConfirm):
        again(ppt, screening, Reading.CHANGED, Finding.SUSPECTED, None, "Jelas")
    second = again(ppt, screening, Reading.CHANGED, Finding.SUSPECTED, Risk.HIGH, "Jelas")
    assert (second.finding, second.risk) == (Finding.SUSPECTED, Risk.HIGH)


def test_every_reading_is_kept_and_the_newest_stands_first(desk: OpenDesk) -> None:
    ppt = desk("ppt")
    screening = screening_of(ppt)
    other = desk("ppt", volunteer=officer(ppt, "Ruth Manafe"))
    first, second = again(ppt, screening), again(other, screening)
    third = again(ppt, screening, Reading.CHANGED, None, Risk.HIGH, "Masih diancam")
    with ppt.work() as work:
        rows = readings_of(work, screening)
    assert [row.record.id for row in rows] == [third.id, second.id, first.id]
    assert [row.reader for row in rows] == ["Petrus Nenobais", "Ruth Manafe", "Petrus Nenobais"]


# -- who may -----------------------------------------------------------------------------------------------------------


def test_only_the_ppt_reads_again(desk: OpenDesk) -> None:
    village = desk("village")
    before = dump(village)
    with pytest.raises(FieldOwnedElsewhere):
        again(village, screening_of(village))
    assert dump(village) == before


@pytest.mark.parametrize("case", [CaseKeyNeeded, TrainingNeeded])
def test_only_who_may_read_cases_reads_again(desk: OpenDesk, case: type[Exception]) -> None:
    before_training = Clock(datetime(2025, 1, 1, tzinfo=UTC))
    ppt = desk("ppt", case=None) if case is CaseKeyNeeded else desk("ppt", before_training)
    screening = screening_of(ppt)
    for use in (to_read, readings_of):
        with ppt.work() as work, pytest.raises(case):
            use(work, screening)
    with ppt.work() as work, pytest.raises(case):
        disagreements(work)
    with pytest.raises(case):
        again(ppt, screening, seen=NOTHING)


def test_an_unknown_screening_is_named(desk: OpenDesk) -> None:
    with pytest.raises(RecordUnknown):
        again(desk("ppt"), "00000000-0000-4000-8000-000000000000", seen=NOTHING)


# -- question by question ----------------------------------------------------------------------------------------------


def test_only_values_that_differ_are_kept(desk: OpenDesk) -> None:
    ppt = desk("ppt")
    marks = {"E_CAR_DECEIT": Value.UNKNOWN, "E_TUJ_LABOUR": Value.YES, "T_HURT": Value.NO}
    assert dict(again(ppt, screening_of(ppt), **marks).answers) == {DECEIT: "unknown", "T-HURT": "no"}
    with pytest.raises(UnknownCodeError):
        again(ppt, screening_of(ppt), X_Y=Value.NO)
    assert dict(again(ppt, screening_of(ppt, STRANGE), E_CAR_DECEIT=Value.NO).answers) == {DECEIT: "no"}


def test_what_the_rules_say_of_the_readers_values(desk: OpenDesk) -> None:
    ppt = desk("ppt")
    known, unknown = screening_of(ppt), screening_of(ppt, STRANGE)
    with ppt.work() as work:
        found, strange = to_read(work, known), to_read(work, unknown)
    assert found.asked is not None
    assert found.person_name == WHOLE
    assert {each.code for each in found.told} >= {DECEIT, LABOUR}
    assert all(each.entry for each in found.told)
    assert found.asked.evaluate(found.told, {}).finding == found.screening.finding
    doubted = dict.fromkeys((DECEIT, LABOUR), Value.UNKNOWN)
    assert found.asked.evaluate(found.told, doubted).finding is Finding.NEEDS_CLARIFICATION
    assert found.asked.evaluate(found.told, {"T-HURT": Value.YES}).risk is Risk.HIGH
    assert (strange.asked, [each.entry for each in strange.told]) == (None, [None])


def test_differences_are_counted_per_question_and_reader(desk: OpenDesk) -> None:
    ppt = desk("ppt")
    with ppt.work() as work:
        assert disagreements(work) == ()
    other = desk("ppt", volunteer=officer(ppt, "Ruth Manafe"))
    screening = screening_of(ppt)
    again(ppt, screening, E_CAR_DECEIT=Value.UNKNOWN)
    again(ppt, screening)  # the same reader agrees after all
    again(other, screening, E_CAR_DECEIT=Value.NO, T_HURT=Value.YES)
    with ppt.work() as work:
        found = disagreements(work)
    assert [(each.code, each.readings, each.differ, each.kinds) for each in found] == [
        ("T-HURT", 1, 1, {(NOT_ASKED, "yes"): 1}),
        (DECEIT, 2, 1, {("yes", "no"): 1}),
        ("E-PRO-RECRUIT", 2, 0, {}),
        (LABOUR, 2, 0, {}),
        ("L-TUJ-2", 2, 0, {}),
    ]
    assert [each.share for each in found][:2] == [1.0, 0.5]
    assert all(each.is_few and each.entry is not None and each.entry.code == each.code for each in found)


def test_enough_readings_are_not_few(desk: OpenDesk) -> None:
    ppt = desk("ppt")
    screening = screening_of(ppt)
    again(ppt, screening, E_CAR_DECEIT=Value.NO)
    for number in range(4):
        again(desk("ppt", volunteer=officer(ppt, f"Petugas {number}")), screening)
    with ppt.work() as work:
        first = disagreements(work)[0]
    assert (first.code, first.share, first.is_few) == (DECEIT, 0.2, False)


def test_what_the_village_corrects_later_stays_counted(desk: OpenDesk, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    clock = Clock()
    desks = Desks(tmp_path, tmp_path / "stick", desk("village", clock), desk("ppt", clock), clock)
    screening = screening_of(desks.ppt)
    second = again(desks.ppt, screening, E_CAR_DECEIT=Value.NO)
    clock.move(hours=1)
    with desks.village.work() as work:
        person = work.records.get(Screening, screening).person_id or ""
        record_screening(work, person, {DECEIT: Answer(Value.NO)}, screening_id=screening)
    for path in desks.send():
        take_in(desks.ppt, path)
    with desks.ppt.work() as work:
        assert work.records.get(Screening, screening).answers[DECEIT]["value"] == "no"
        assert readings_of(work, screening)[0].record == second
        assert disagreements(work)[0].kinds == {(CORRECTED, "no"): 1}


@pytest.mark.parametrize("reading", [(Reading.CONFIRMED,), (Reading.CHANGED, None, Risk.HIGH, "Diancam")])
def test_only_what_was_seen_can_be_read_again(desk: OpenDesk, tmp_path: Path, reading: tuple[Any, ...]) -> None:
    (tmp_path / "stick").mkdir()
    clock = Clock()
    desks = Desks(tmp_path, tmp_path / "stick", desk("village", clock), desk("ppt", clock), clock)
    screening = screening_of(desks.ppt)
    with desks.ppt.work() as work:
        seen = Seen.of(to_read(work, screening).screening)
    clock.move(hours=1)
    with desks.village.work() as work:  # finding and risk stay: the answers alone are others
        person = work.records.get(Screening, screening).person_id or ""
        record_screening(work, person, {"T-HURT": Answer(Value.UNKNOWN)}, screening_id=screening)
    for path in desks.send():
        take_in(desks.ppt, path)
    before = dump(desks.ppt)
    with pytest.raises(ScreeningChangedMeanwhile):
        again(desks.ppt, screening, *reading, seen=seen)
    assert dump(desks.ppt) == before
    with desks.ppt.work() as work:
        now = Seen.of(to_read(work, screening).screening)
    assert (now.finding, now.risk) == (seen.finding, seen.risk)
    assert again(desks.ppt, screening, *reading, seen=now).screening_id == screening
