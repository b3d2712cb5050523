# SPDX-License-Identifier: GPL-3.0-or-later
"""What unlocking found out is told until somebody has understood it; and the backup that a desk makes by itself."""

from __future__ import annotations

import dataclasses
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import PPT_PASSPHRASE, VILLAGE_PASSPHRASE, Desks, enrolled, resident
from door_tools import opened, seated, with_sheet
from hands import Key, Modifier
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from trafficwatch.models.backups import Reason
from trafficwatch.models.fields import Side
from trafficwatch.store import unacknowledged
from trafficwatch.store.backup import backups, destroy, make, make_before, own_place
from trafficwatch.texts import t
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.shell.backups_page import known
from trafficwatch.ui.shell.daily import FIRST, LATER, Came, DailyBackup
from trafficwatch.ui.shell.findings import Findings
from trafficwatch.ui.village.home import HomePage
from trafficwatch.village.backups import OLD, Missing, is_away, make_by_hand, missing_away


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def put_back(folder: Path, passphrase: str) -> None:
    """Somebody copies the folder, more is recorded, and the copy is put in its place."""
    earlier = folder.with_name("earlier")
    opened(folder, passphrase).close()
    shutil.copytree(folder, earlier)
    store = opened(folder, passphrase)
    resident(store, "Adolfina Seubelan")
    store.close()
    shutil.rmtree(folder)
    earlier.rename(folder)


def test_a_village_that_was_put_back_says_so_until_it_is_understood(qtbot: QtBot, desks: Desks) -> None:
    folder = desks.folder / "village"
    with_sheet(desks)
    desks.close()
    put_back(folder, VILLAGE_PASSPHRASE)
    for is_told, is_pressed in ((True, False), (True, True), (False, False)):
        with seated(qtbot, folder) as seat:
            hands = seat.unlock(VILLAGE_PASSPHRASE)
            assert seat.is_open
            for key in (Key.Key_Plus, Key.Key_2, Key.Key_1):  # built anew, another page, back again
                assert hands.sees(t("findings.older_state")) is is_told
                assert hands.sees(t("findings.older_state_village")) is is_told
                hands.do(key, Modifier.ControlModifier)
            if is_pressed:
                hands.press_button(t("findings.understood"))
                assert not hands.sees(t("findings.older_state"))
                hands.do(Key.Key_2, Modifier.ControlModifier)
                assert not hands.sees(t("findings.older_state"))


def test_one_that_can_not_be_noted_stays(qtbot: QtBot, desks: Desks) -> None:
    stage = Stage(desks.village)
    page = stage.page(HomePage)
    with desks.village.work() as work:
        unacknowledged.note(work, "older_state")
        work.connection.exec_driver_sql(
            "CREATE TEMP TRIGGER no BEFORE INSERT ON journal BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        )
    Findings(("older_state", "upgraded")).show_on(page)
    for is_left, drop in ((True, "DROP TRIGGER no"), (False, "SELECT 1")):
        [pressed, *_] = [each for each in page.findChildren(QPushButton) if each.text() == t("findings.understood")]
        pressed.click()
        stage.settle()
        assert (page._pinned.count() == 2) is is_left
        with desks.village.work() as work:
            assert bool(unacknowledged.noted(work)) is is_left
            work.connection.exec_driver_sql(drop)
    stage.finish()


def test_a_ppt_that_was_put_back_says_what_it_must_do(qtbot: QtBot, desks: Desks) -> None:
    folder = desks.folder / "ppt"
    desks.close()
    put_back(folder, PPT_PASSPHRASE)
    with seated(qtbot, folder, Side.PPT) as seat:
        assert seat.unlock(PPT_PASSPHRASE).sees(t("findings.older_state_ppt"))


def test_a_way_in_with_the_sheet_tells_it_too(qtbot: QtBot, desks: Desks) -> None:
    folder = desks.folder / "village"
    code = with_sheet(desks)
    desks.close()
    put_back(folder, VILLAGE_PASSPHRASE)
    with seated(qtbot, folder) as seat:
        store = seat.shell._door.recover(code, "Maria Tefa", "lumbung padi biru sembilan")
        assert store.findings == ["sheet_used", "older_state", "backups_left"]  # one was thrown away
        store.close()


def test_every_finding_has_its_words(qtbot: QtBot, desks: Desks) -> None:
    stage = Stage(desks.village)
    page = stage.page(HomePage)
    findings = ("older_state", "restored", "erased_again", "rotation_finished", "upgraded", "backups_left")
    findings += ("escrow_used", "sheet_used")
    for side in Side:
        stage.desk.state = dataclasses.replace(stage.desk.state, side=side)
        Findings(findings).show_on(page)
        assert page._pinned.count() == len(findings)
    stage.finish()


# -- by itself ---------------------------------------------------------------------------------------------------------


def without_backups(desks: Desks) -> None:
    """Destroy what was backed up while the desks were enrolled."""
    with desks.village.work() as work:
        known = [row.id for row in backups(work) if row.gone_at is None]
    for each in known:
        destroy(desks.village, each)


def test_a_day_s_first_work_brings_a_backup_and_only_one(qtbot: QtBot, desks: Desks) -> None:
    folder = desks.folder / "village"
    with_sheet(desks)
    resident(desks.village)
    without_backups(desks)
    desks.close()
    with seated(qtbot, folder) as seat:
        hands = seat.unlock(VILLAGE_PASSPHRASE)
        timer = seat.shell._daily.timer
        assert (timer.isActive(), timer.interval()) == (True, FIRST)
        for _ in range(2):
            timer.timeout.emit()
            hands.settle()
            assert hands.sees(t("backups.daily_done"))
            assert (timer.isActive(), timer.interval()) == (True, LATER)
        with seat.store.work() as work:
            assert [row.reason for row in backups(work) if Path(row.place).is_dir()] == [Reason.DAILY]


def test_one_that_fails_is_told_quietly(qtbot: QtBot, desks: Desks) -> None:
    folder = desks.folder / "village"
    with_sheet(desks)
    resident(desks.village)
    desks.close()
    own_place(folder).rmdir()
    own_place(folder).write_text("no folder")
    with seated(qtbot, folder) as seat:
        hands = seat.unlock(VILLAGE_PASSPHRASE)
        seat.shell._daily.timer.timeout.emit()
        hands.settle()
        assert hands.sees(t("backups.daily_failed"))
        assert seat.shell._daily.timer.isActive()


def test_it_gives_way_to_whoever_waits_and_leaves_nothing(qtbot: QtBot, desks: Desks) -> None:
    without_backups(desks)
    stage, answered, held = Stage(desks.village), [], threading.Event()
    daily = DailyBackup(stage.tasks, stage.desk)
    for job in (held.wait, lambda: True):
        stage.tasks.do(stage.tasks, job, answered.append)
    assert daily._make(desks.village) is Came.GAVE_WAY
    assert list(own_place(desks.village.folder).iterdir()) == []
    held.set()
    stage.settle()
    assert daily._make(desks.village) is Came.MADE
    assert daily._make(desks.village) is Came.NOT_DUE
    daily.timer.stop()
    stage.finish()


def test_practice_is_not_backed_up(stage_of: object, qtbot: QtBot) -> None:
    stage = stage_of("village")  # type: ignore[operator]
    daily = DailyBackup(stage.tasks, stage.desk)
    assert not daily.timer.isActive()
    store = stage.tasks._store
    make_before(store, Reason.IMPORT)
    with store.work() as work:
        assert backups(work) == ()
    assert missing_away(store) is None


def test_the_first_import_of_a_day_brings_a_backup(qtbot: QtBot, desks: Desks) -> None:
    stage = Stage(desks.ppt)
    page = stage.page(InboxPage)
    for day in (1, 2):
        resident(desks.village)
        desks.send()
        for _ in range(2):
            page.take_folder(desks.stick)
            stage.settle()
        with desks.ppt.work() as work:
            assert [row.reason for row in backups(work)] == [Reason.IMPORT] * day
        desks.clock.move(days=1)
    stage.finish()


def test_it_gives_way_to_an_empty_page_that_locks(qtbot: QtBot, desks: Desks) -> None:
    """Nothing is kept of such a page, so that nobody waits behind the backup yet."""
    without_backups(desks)
    stage = Stage(desks.village)
    daily = DailyBackup(stage.tasks, stage.desk)
    stage.tasks.hurry()
    assert daily._make(desks.village) is Came.GAVE_WAY
    daily.timer.stop()
    stage.tasks.hurry(is_on=False)
    stage.finish()


def test_a_lock_hurries_what_runs(qtbot: QtBot, desks: Desks) -> None:
    folder, held = desks.folder / "village", threading.Event()
    with_sheet(desks)
    desks.close()
    with seated(qtbot, folder) as seat:
        hands = seat.unlock(VILLAGE_PASSPHRASE)
        seat.tasks.do(seat.tasks, held.wait, lambda _: None)
        assert not seat.store.hurried
        hands.press(Key.Key_L, Modifier.ControlModifier)
        is_hurried = seat.store.hurried
        held.set()
        qtbot.waitUntil(lambda: bool(seat.restarts))
        assert is_hurried


def test_an_import_that_somebody_waits_for_goes_on_without_its_backup(qtbot: QtBot, desks: Desks) -> None:
    stage = Stage(desks.ppt)
    page = stage.page(InboxPage)
    for number, (hurried, made) in enumerate(((True, []), (False, [Reason.IMPORT])), 1):
        resident(desks.village)
        desks.send()
        stage.tasks.hurry(is_on=hurried)
        page.take_folder(desks.stick)
        stage.settle()
        with desks.ppt.work() as work:
            assert [row.reason for row in backups(work)] == made
            assert work.connection.exec_driver_sql("SELECT count(*) FROM bundle_in").scalar_one() == number
    stage.finish()


# -- outside of the laptop ---------------------------------------------------------------------------------------------


def missing(desks: Desks) -> Missing | None:
    return missing_away(desks.village)


def test_a_desk_asks_for_a_backup_on_a_stick_once_a_month(qtbot: QtBot, desks: Desks) -> None:
    assert missing(desks) is None  # nobody is recorded yet
    resident(desks.village)
    make_by_hand(desks.village)
    make(desks.village, own_place(desks.village.folder), Reason.DAILY)
    assert missing(desks) == Missing(None)
    stage = Stage(desks.village)
    assert stage.page(HomePage).backup.words.text() == t("backups.line_none")
    away = make_by_hand(desks.village, desks.stick)
    desks.clock.move(days=OLD)
    assert missing(desks) is None
    assert not stage.page(HomePage).backup.isVisible()
    desks.clock.move(days=1)
    assert missing(desks) == Missing(away.made_at)
    page = stage.page(HomePage)
    assert page.backup.isVisible()
    page.backup.open.click()
    assert stage.went[-1] == ("backups", {})
    stage.finish()


def test_a_folder_on_a_stick_may_be_called_backups(qtbot: QtBot, desks: Desks) -> None:
    resident(desks.village)
    (desks.stick / "backups").mkdir()
    inside = make_by_hand(desks.village)
    away = make_by_hand(desks.village, desks.stick / "backups")
    assert missing(desks) is None
    assert [each.is_away for each in known(desks.village)[:2]] == [True, False]
    folder = desks.village.folder
    assert is_away(away, folder)
    other = folder / ".." / folder.name  # written otherwise, the same place
    assert not is_away(inside, other)
