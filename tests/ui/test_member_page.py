# SPDX-License-Identifier: GPL-3.0-or-later
"""A member's page: each button does to the real vault what it says, and what was wrong is said beside its field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import StageOf
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from trafficwatch.cli.practice import HELPER_PASSPHRASE, VILLAGE_PASSPHRASE
from trafficwatch.store.folder import read_vault
from trafficwatch.store.vault import Keys, WrongPassphrase, open_with_passphrase
from trafficwatch.store.work import Store
from trafficwatch.ui.gallery.members import of
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.member_page import MemberPage

NEW = "lumbung padi biru sembilan"


def opens(folder: Path, passphrase: str) -> Keys:
    return open_with_passphrase(read_vault(folder), passphrase)


def words(page: MemberPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def folder_of(stage: Stage) -> Path:
    store = stage.tasks._store
    assert isinstance(store, Store)
    return store.folder


def press(stage: Stage, button: Callable[[], object]) -> None:
    button()
    stage.settle()


def test_ones_own_passphrase_is_changed_with_the_old_one(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = of(stage, is_me=True)
    for line in (page.new.first.line, page.new.second.line):
        QTest.keyClicks(line, NEW)
    press(stage, page.change.click)
    assert "Ketik frasa sandi yang sekarang." in words(page)
    QTest.keyClicks(page.old.line, "bukan frasa sandi saya")
    press(stage, page.change.click)
    assert page.old.line.property("wrong")
    assert opens(folder_of(stage), VILLAGE_PASSPHRASE)
    page.old.line.selectAll()
    QTest.keyClicks(page.old.line, VILLAGE_PASSPHRASE)
    press(stage, page.change.click)
    assert "Frasa sandi Anda sudah diganti." in words(page)
    assert page.old.text == ""
    assert opens(folder_of(stage), NEW).case is not None
    with pytest.raises(WrongPassphrase):
        opens(folder_of(stage), VILLAGE_PASSPHRASE)


def test_recorded_training_opens_cases_and_withdrawing_it_closes_them(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = of(stage, is_me=False)
    assert page.training is not None
    assert opens(folder_of(stage), HELPER_PASSPHRASE).case is None
    press(stage, page.record.click)
    assert "Pilih salah satu." in words(page)
    page.training.kinds.buttons()[0].click()
    page.training.date.typed = "2025-03"
    left = page.unsaved()
    assert left is not None
    assert left.content["kind"] == "tppo_training"
    press(stage, page.record.click)
    assert "Pelatihan sudah dicatat." in words(page)
    earlier = opens(folder_of(stage), HELPER_PASSPHRASE).case
    assert earlier is not None
    press(stage, page.withdraw.click)
    assert "Tulis alasannya dengan singkat." in words(page)
    assert page.reason is not None
    QTest.keyClicks(page.reason, "Sertifikat ternyata palsu")
    left = page.unsaved()
    assert left is not None
    assert left.content == {"reason": "Sertifikat ternyata palsu"}
    press(stage, page.withdraw.click)
    assert "Pelatihan sudah dicabut" in words(page)
    assert opens(folder_of(stage), HELPER_PASSPHRASE).case is None
    assert opens(folder_of(stage), VILLAGE_PASSPHRASE).case != earlier
    assert "Belum terlatih" in words(page)


def test_who_was_removed_gets_in_no_more(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = of(stage, is_me=False)
    before = opens(folder_of(stage), VILLAGE_PASSPHRASE)
    page.remove.click()
    page.keep.click()
    assert not page.question.isVisibleTo(page)
    page.remove.click()
    press(stage, page.yes.click)
    assert "Anggota sudah dikeluarkan" in words(page)
    assert "Sudah keluar" in words(page)
    assert not page._busy.isVisibleTo(page)
    with pytest.raises(WrongPassphrase):
        opens(folder_of(stage), HELPER_PASSPHRASE)
    assert opens(folder_of(stage), VILLAGE_PASSPHRASE).master != before.master


def test_nobody_removes_or_withdraws_themselves(stage_of: StageOf) -> None:
    page = of(stage_of("village"), is_me=True)
    for name in ("remove", "withdraw"):
        assert not hasattr(page, name)


def test_who_can_t_read_cases_does_not_send_the_last_one_away_who_can(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = of(stage, is_me=False)
    page.remove.click()
    press(stage, page.yes.click)
    assert "satu-satunya yang dapat membuka kasus" in words(page)
    assert opens(folder_of(stage), VILLAGE_PASSPHRASE).case is not None
    assert page.remove.isEnabled()
