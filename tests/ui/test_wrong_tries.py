# SPDX-License-Identifier: GPL-3.0-or-later
"""Many wrong passphrases hold a guesser up wherever one can be typed, and nobody who has a code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desks import VILLAGE_PASSPHRASE, Desks, enrolled
from door_tools import Seat, opened, seated, with_sheet
from escrow_tools import REASON, asked
from hands import Hands, Key, Modifier
from pytestqt.qtbot import QtBot

from trafficwatch.store import tries
from trafficwatch.store.connection import StoreDamaged
from trafficwatch.sync.escrow import read_out, request
from trafficwatch.texts import t
from trafficwatch.ui.shell.restore_page import RestorePage
from trafficwatch.ui.shell.restore_steps import ChooseStep
from trafficwatch.village.backups import make_by_hand

NEW = "lumbung padi biru sembilan"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def guess(folder: Path, often: int = 9) -> None:
    for _ in range(often):
        tries.note_wrong(folder, datetime.now(UTC))


@pytest.mark.parametrize("by_ppt", [False, True])
def test_a_code_opens_at_once_after_many_wrong_passphrases(qtbot: QtBot, desks: Desks, by_ppt: bool) -> None:
    code, folder = with_sheet(desks), desks.folder / "village"
    if by_ppt:
        code = read_out(desks.ppt, asked(desks), request(folder, desks.stick).digits, REASON)
    desks.close()
    guess(folder)
    with seated(qtbot, folder) as seat:
        store = seat.shell._door.recover(code, "Maria Tefa", NEW)
        store.close()
    assert not (folder / "tries.json").exists()
    opened(folder, NEW).close()


def test_the_sheet_opens_the_window_after_many_wrong_passphrases(qtbot: QtBot, desks: Desks) -> None:
    code, folder = with_sheet(desks), desks.folder / "village"
    desks.close()
    guess(folder)
    with seated(qtbot, folder) as seat:
        hands = seat.hands
        seat.unlock(VILLAGE_PASSPHRASE)
        assert not seat.is_open
        hands.press_button(t("unlock.forgot"))
        hands.type(code.replace("-", "").lower())
        hands.fill(t("unlock.name"), "Maria Tefa")
        hands.fill(t("setup.new_passphrase"), NEW)
        hands.fill(t("setup.passphrase_again"), NEW)
        hands.do(Key.Key_Return, Modifier.ControlModifier)
        assert seat.is_open


def test_the_replaced_passphrase_opens_no_copied_vault(qtbot: QtBot, desks: Desks) -> None:
    code, folder = with_sheet(desks), desks.folder / "village"
    desks.close()
    copied = (folder / "vault.json").read_bytes()
    with seated(qtbot, folder) as seat:
        seat.shell._door.recover(code, "Maria Tefa", NEW).close()
    (folder / "vault.json").write_bytes(copied)
    with pytest.raises(StoreDamaged):
        opened(folder, VILLAGE_PASSPHRASE)


def looked(seat: Seat, typed: str) -> ChooseStep | None:
    """What was typed is tried on the backup; the step if it stays shut."""
    hands: Hands = seat.hands
    hands.type(typed)
    hands.do(Key.Key_Return)
    page = seat.shell.centralWidget()
    assert isinstance(page, RestorePage)
    return page.step if isinstance(page.step, ChooseStep) else None


def test_backups_can_t_be_guessed_at_without_waiting(qtbot: QtBot, desks: Desks) -> None:
    code, folder = with_sheet(desks), desks.folder / "village"
    make_by_hand(desks.village)
    desks.close()
    with seated(qtbot, folder) as seat:
        hands = seat.hands
        hands.press_button(t("restore.link"))
        hands.reach(t("restore.which"))
        hands.press(Key.Key_Return)
        for number in range(2):
            step = looked(seat, f"salah nomor {number} sekali")
            assert step is not None
            assert hands.sees(t("restore.wrong_passphrase"))
        guess(folder, 7)
        step = looked(seat, VILLAGE_PASSPHRASE)
        assert step is not None, "the right one waits too"
        told = step.passphrase.field._error.text()
        seconds = int("".join(letter for letter in told if letter.isdigit()))
        assert told == t("errors_store.too_soon.message", seconds=seconds)
        assert tries.wait_after(9) - 30 <= seconds <= tries.wait_after(9)
        assert step.passphrase.line.hasFocus()
        hands.press_button(t("restore.use_code"))
        assert looked(seat, code.replace("-", "").lower()) is None
        assert hands.sees(t("restore.contents"))
