# SPDX-License-Identifier: GPL-3.0-or-later
"""The panic wipe at the desk: says first what only this laptop has, takes one word, and never goes off by mistake."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import StageOf
from hands import Key, Modifier
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from seats import Sit, seating
from store_tools import small_disk

from trafficwatch.app import ways
from trafficwatch.cli.practice import PPT_PASSPHRASE, VILLAGE_PASSPHRASE
from trafficwatch.models.backups import Reason
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.fields import Side
from trafficwatch.store import backup
from trafficwatch.store.unlock import open_store
from trafficwatch.store.vault import Keys, VaultDamaged, WrongPassphrase
from trafficwatch.store.work import Store
from trafficwatch.sync.outbox import outbox
from trafficwatch.texts import explain_error, t
from trafficwatch.ui.shell.panic_page import PanicPage


@pytest.fixture
def sit(qtbot: QtBot, founded: dict[str, tuple[Path, Keys]], tmp_path: Path) -> Iterator[Sit]:
    with seating(qtbot, founded, tmp_path) as found:
        yield found


def words(page: PanicPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


@pytest.mark.parametrize("side", list(Side))
def test_one_word_and_nobody_opens_this_laptop_by_passphrase(sit: Sit, side: Side, tmp_path: Path) -> None:
    passphrase = PPT_PASSPHRASE if side is Side.PPT else VILLAGE_PASSPHRASE
    seat = sit(side)
    hands = seat.unlock(passphrase)
    hands.do(Key.Key_6 if side is Side.PPT else Key.Key_7, Modifier.ControlModifier)
    hands.press_button(t("panic.open"))
    hands.type("hapus")
    hands.press(Key.Key_Return, Modifier.ControlModifier)
    assert seat.tasks.is_idle
    assert seat.restarts == []
    hands.reach(t("panic.wipe"))
    hands.press(Key.Key_Return)
    assert seat.is_locked()
    folder = tmp_path / side.value
    assert ways(folder) == {"recovery"}
    seat = sit(side)
    assert seat.hands.sees(t("unlock.wiped"))
    assert not seat.hands.sees(t("unlock.locked"))
    assert seat.hands.name == t("setup.recovery_code")
    with pytest.raises(WrongPassphrase):
        open_store(folder, passphrase)


def test_without_the_word_nothing_goes(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(PanicPage)
    assert QApplication.focusWidget() is page.word
    for typed in ("", "hapu", "hapus semua", "remove"):
        page.word.setText(typed)
        assert not page.wipe.isEnabled()
    page.word.setText(" Hapus ")
    assert page.wipe.isEnabled()
    page.keep.click()
    assert stage.went == [("back", {})]
    assert ways(stage.tasks._store.folder) == {"passphrase", "recovery"}  # type: ignore[union-attr]


def test_it_names_what_only_this_laptop_has(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(PanicPage)
    with stage.tasks._store.work() as work:  # type: ignore[union-attr]
        waiting = outbox(work).by_state[Delivery.WAITING.value]
    assert waiting
    assert t("panic.some", count=waiting) in words(page)
    shown = page.list.model()
    assert shown.rowCount() == waiting
    assert "Yohanis Oelatan" in {shown.index(row, 0).data().partition(".")[0] for row in range(waiting)}
    page.send.click()
    assert stage.went == [("send", {})]


def test_where_there_is_no_ppt_it_says_that_all_is_here_alone(stage_of: StageOf) -> None:
    page = stage_of("empty").page(PanicPage)
    assert t("panic.not_connected") in words(page)
    assert not page.send.isVisibleTo(page)
    page = stage_of("ppt").page(PanicPage)
    assert t("panic.only_here_ppt") in words(page)


def test_removing_the_codes_too_is_warned_of(stage_of: StageOf) -> None:
    stage = stage_of("empty")
    page = stage.page(PanicPage)
    assert t("panic.codes_warning") not in words(page)
    page.codes.click()
    stage.settle()
    assert t("panic.codes_warning") in words(page)
    page.word.setText("HAPUS")
    page.wipe.click()
    stage.settle()
    assert stage.went == [("lock", {})]
    assert ways(stage.tasks._store.folder) == frozenset()  # type: ignore[union-attr]


def test_a_write_protected_stick_is_told_before_and_the_desk_locks_all_the_same(
    stage_of: StageOf, tmp_path: Path
) -> None:
    stage = stage_of("village")
    store = stage.tasks._store
    assert isinstance(store, Store)
    with small_disk(tmp_path, "16m") as disk:
        made = backup.make(store, disk, Reason.BY_HAND)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        page = stage.page(PanicPage)
        told = t("panic.unchanged", count=1, places=made.place)
        assert told in words(page)
        page.word.setText("HAPUS")
        page.wipe.click()
        stage.settle()
        assert words(page).count(told) == 2
        assert stage.went == [("lock", {})]
        assert ways(store.folder) == {"recovery"}


def test_leaving_the_page_meanwhile_does_not_keep_the_desk_open(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(PanicPage)
    page.word.setText("HAPUS")
    page.wipe.click()
    assert stage.tasks._store.hurried  # type: ignore[union-attr]
    stage.clear()
    stage.settle()
    assert stage.went == [("lock", {})]


def test_a_wipe_that_was_not_possible_leaves_the_desk_open_and_says_so(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(PanicPage)
    store = stage.tasks._store
    assert isinstance(store, Store)
    (store.folder / "vault.json").rename(store.folder / "away")
    for leave in (False, True):
        page.word.setText("HAPUS")
        page.wipe.click()
        if leave:
            stage.clear()
        stage.settle()
        assert stage.went == []
        assert not store.hurried
        if not leave:
            assert explain_error(VaultDamaged())["message"] in words(page)
            assert page.wipe.isEnabled()
    assert stage.said == [explain_error(VaultDamaged())["message"]]


def test_a_store_that_can_not_be_read_does_not_stop_the_wipe(stage_of: StageOf) -> None:
    stage = stage_of("village")
    store = stage.tasks._store
    assert isinstance(store, Store)
    with store.work() as work:
        work.connection.exec_driver_sql("DROP TABLE backup")
    page = stage.page(PanicPage)
    assert t("panic.not_listed") in words(page)
    page.word.setText("HAPUS")
    page.wipe.click()
    stage.settle()
    assert stage.went == [("lock", {})]
    assert ways(store.folder) == {"recovery"}
