# SPDX-License-Identifier: GPL-3.0-or-later
"""Restoring a backup through the real, locked window by keyboard: seen first, agreed to, and back as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import (
    HELPER_PASSPHRASE,
    PPT_PASSPHRASE,
    VILLAGE_PASSPHRASE,
    Clock,
    Desks,
    enrolled,
    files,
    found_village,
    resident,
)
from door_tools import Seat, opened, seated, with_sheet
from hands import Hands, Key, Modifier
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from trafficwatch.models.fields import Side
from trafficwatch.registry.browse import residents
from trafficwatch.store.work import Store
from trafficwatch.texts import t
from trafficwatch.ui.shell.first_run import FirstRun
from trafficwatch.ui.shell.restore_page import RestorePage
from trafficwatch.ui.shell.restore_steps import ChooseStep, ContentsStep
from trafficwatch.village.backups import backups, make_by_hand
from trafficwatch.village.members import remove_member
from trafficwatch.village.setup import desk_members

BEFORE, AFTER = "Yohanis Bere", "Adolfina Seubelan"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def names(store: Store) -> list[str]:
    with store.work() as work:
        return sorted(row.name for row in residents(work).rows)


def page_of(seat: Seat) -> RestorePage:
    page = seat.shell.centralWidget()
    assert isinstance(page, RestorePage)
    return page


def choose(hands: Hands, place: Path) -> None:
    """From the locked window to a backup that lies in a folder."""
    hands.press_button(t("restore.find"))
    hands.answer_dialog(str(place))
    assert hands.name == t("restore.which")


def look(hands: Hands, passphrase: str) -> None:
    hands.press(Key.Key_Return)
    assert hands.name == t("unlock.passphrase")
    hands.type(passphrase)
    hands.do(Key.Key_Return)


def test_a_backup_is_looked_at_agreed_to_and_restored(qtbot: QtBot, desks: Desks) -> None:
    folder = desks.folder / "village"
    with_sheet(desks)
    resident(desks.village, BEFORE)
    made = make_by_hand(desks.village, desks.stick)
    resident(desks.village, AFTER)
    desks.close()
    with seated(qtbot, folder) as seat:
        hands = seat.hands
        hands.press_button(t("restore.link"))
        assert hands.sees(t("restore.none_here"))
        choose(hands, desks.stick)
        look(hands, VILLAGE_PASSPHRASE)
        assert hands.sees("Noelbaki")
        assert hands.sees(t("restore.version", version="0.1.0", size=f"{round(made.size / 1_000)} KB")[:30])
        assert hands.sees(t("exchange.type.person"))
        assert hands.sees(t("restore.replaces"))
        before = files(folder)
        hands.press_button(t("restore.go"))
        assert hands.sees(t("restore.loses_more"))
        step = page_of(seat).step
        assert isinstance(step, ContentsStep)
        assert hands.name == t("restore.ask_no")
        assert {name: known for name, known in files(folder).items() if name in before} == before
        hands.press(Key.Key_Return)
        assert not step.is_asking
        hands.press_button(t("restore.go"))
        hands.press_button(t("restore.ask_yes"))
        assert hands.sees(t("restore.done_aside"))
        seat.unlock(VILLAGE_PASSPHRASE)
        assert seat.is_open
        assert hands.sees(t("findings.restored"))
        assert names(seat.store) == [BEFORE]
        with seat.store.work() as work:
            [aside] = [row.place for row in backups(work) if row.reason.value == "set_aside"]
    with seated(qtbot, folder) as seat:  # what was set aside can come back in the same way
        hands = seat.hands
        hands.press_button(t("restore.link"))
        page, step = page_of(seat), page_of(seat).step
        assert isinstance(step, ChooseStep)
        assert [line.key for line in step.list.lines] == [aside]
        hands.reach(t("restore.which"))
        look(hands, VILLAGE_PASSPHRASE)
        hands.press_button(t("restore.go"))
        if isinstance(page.step, ContentsStep) and page.step.is_asking:
            hands.press_button(t("restore.ask_yes"))
        seat.unlock(VILLAGE_PASSPHRASE)
        assert names(seat.store) == [AFTER, BEFORE]


def test_a_new_laptop_begins_with_the_backup_and_the_sheet(qtbot: QtBot, desks: Desks, tmp_path: Path) -> None:
    code = with_sheet(desks)
    resident(desks.village, BEFORE)
    make_by_hand(desks.village, desks.stick)
    desks.close()
    with seated(qtbot, tmp_path / "new" / "desk") as seat:
        hands = seat.hands
        assert isinstance(seat.shell.centralWidget(), FirstRun)
        hands.press_button(t("restore.link_first"))
        choose(hands, desks.stick)
        hands.press_button(t("restore.use_code"))
        assert hands.name == t("setup.recovery_code")
        hands.type(code.replace("-", "").lower())
        hands.do(Key.Key_Return)
        assert hands.sees(t("restore.begins"))
        hands.press_button(t("restore.go"))
        assert hands.sees(t("restore.done_new"))
        seat.unlock(VILLAGE_PASSPHRASE)
        assert seat.is_open
        assert names(seat.store) == [BEFORE]


def test_who_was_removed_is_not_let_in_by_an_old_backup(qtbot: QtBot, desks: Desks) -> None:
    folder, drawer = desks.folder / "village", desks.folder / "drawer"
    with_sheet(desks)
    resident(desks.village, BEFORE)
    made = make_by_hand(desks.village, desks.stick)
    drawer.mkdir()
    shutil.move(made.place, drawer / "old")  # out of reach when the keys are renewed
    desks.close()
    store = opened(folder, VILLAGE_PASSPHRASE)
    with store.work() as work:
        [helper] = [row.id for row in desk_members(work) if row.id != work.volunteer]
    remove_member(store, helper)
    store.close()
    with seated(qtbot, folder) as seat:
        hands = seat.hands
        hands.press_button(t("restore.link"))
        choose(hands, drawer)
        look(hands, VILLAGE_PASSPHRASE)
        hands.press_button(t("restore.go"))
        hands.press_button(t("restore.ask_yes"))
        seat.unlock(HELPER_PASSPHRASE)
        assert not seat.is_open
        assert hands.sees(t("errors_store.wrong_passphrase.message"))
        hands.press(Key.Key_A, Modifier.ControlModifier)
        seat.unlock(VILLAGE_PASSPHRASE)
        assert seat.is_open


def test_what_opens_the_backup_alone_is_asked_for_something_else(qtbot: QtBot, desks: Desks) -> None:
    folder, drawer = desks.folder / "village", desks.folder / "drawer"
    with_sheet(desks)
    resident(desks.village, BEFORE)
    made = make_by_hand(desks.village, desks.stick)
    drawer.mkdir()
    shutil.move(made.place, drawer / "old")
    desks.close()
    store = opened(folder, VILLAGE_PASSPHRASE)
    with store.work() as work:
        [helper] = [row.id for row in desk_members(work) if row.id != work.volunteer]
    remove_member(store, helper)
    store.close()
    with seated(qtbot, folder) as seat:
        hands = seat.hands
        hands.press_button(t("restore.link"))
        choose(hands, drawer)
        look(hands, HELPER_PASSPHRASE)
        before = files(folder)
        hands.press_button(t("restore.go"))
        assert hands.sees(t("errors_store.restore_unsure.message"))
        page = page_of(seat)
        assert isinstance(page.step, ChooseStep)
        assert (page.kept.secret, page.step.secret) == ("", "")
        assert files(folder) == before
        hands.reach(t("restore.which"))
        look(hands, VILLAGE_PASSPHRASE)
        hands.press_button(t("restore.go"))
        hands.press_button(t("restore.ask_yes"))
        seat.unlock(VILLAGE_PASSPHRASE)
        assert seat.is_open


def test_a_wrong_passphrase_is_told_where_it_was_typed_and_nothing_is_kept(qtbot: QtBot, desks: Desks) -> None:
    with_sheet(desks)
    make_by_hand(desks.village)
    desks.close()
    with seated(qtbot, desks.folder / "village") as seat:
        hands = seat.hands
        hands.press_button(t("restore.link"))
        hands.reach(t("restore.which"))
        look(hands, "empat kata yang lain")
        page = page_of(seat)
        step = page.step
        assert isinstance(step, ChooseStep)
        assert hands.sees(t("restore.wrong_passphrase"))
        assert step.passphrase.line.hasFocus()
        hands.type(VILLAGE_PASSPHRASE)
        hands.do(Key.Key_Return)
        assert page.kept.secret == VILLAGE_PASSPHRASE
        assert VILLAGE_PASSPHRASE not in repr(page.kept)
        hands.reach(t("setup.larger"))
        hands.do(Key.Key_Return)  # built anew in larger letters: what was opened stays open
        assert hands.sees(t("restore.contents"))
        again = page_of(seat)
        assert again is not page
        hands.do(Key.Key_Escape)
        assert (again.kept.secret, again.kept.contents) == ("", None)
        assert isinstance(again.step, ChooseStep)
        assert again.step.secret == ""
        hands.do(Key.Key_Escape)
        seat.unlock(VILLAGE_PASSPHRASE)
        assert seat.is_open


def test_another_village_s_backup_and_a_damaged_one_change_nothing(qtbot: QtBot, desks: Desks, tmp_path: Path) -> None:
    other = found_village(tmp_path / "other", Clock(), ("53.01.08.2003", "Tanah Merah"))
    make_by_hand(other, desks.stick)
    other.close()
    with_sheet(desks)
    desks.close()
    folder = desks.folder / "village"
    before = files(folder)
    with seated(qtbot, folder) as seat:
        hands = seat.hands
        hands.press_button(t("restore.link"))
        choose(hands, desks.stick)
        look(hands, VILLAGE_PASSPHRASE)
        assert hands.sees("Tanah Merah")
        hands.press_button(t("restore.go"))
        told = t("errors_store.backup_of_other_village.message", name="Tanah Merah", code="53.01.08.2003")
        assert hands.sees(told)
        [database] = desks.stick.rglob("store.db")
        content = bytearray(database.read_bytes())
        content[9_000] ^= 1
        database.write_bytes(content)
        hands.do(Key.Key_Escape)
        hands.reach(t("restore.which"))
        look(hands, VILLAGE_PASSPHRASE)
        assert isinstance(page_of(seat).step, ChooseStep)
        assert hands.sees(t("errors_file.backup_damaged.message", file=database.parent.name))
    assert {name: known for name, known in files(folder).items() if name in before} == before


def test_a_backup_of_the_ppt_is_not_for_a_village(qtbot: QtBot, desks: Desks, tmp_path: Path) -> None:
    make_by_hand(desks.ppt, desks.stick)
    desks.close()
    with seated(qtbot, tmp_path / "new" / "desk", Side.VILLAGE) as seat:
        hands = seat.hands
        hands.press_button(t("restore.link_first"))
        choose(hands, desks.stick)
        look(hands, PPT_PASSPHRASE)
        assert hands.sees(t("restore.does_not_fit"))
        assert not page_of(seat).next.isEnabled()
        assert QApplication.focusWidget() is page_of(seat).earlier
        assert not (tmp_path / "new" / "desk").exists()
