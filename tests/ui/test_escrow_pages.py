# SPDX-License-Identifier: GPL-3.0-or-later
"""Lost passphrases in the real windows: the printed sheet and the PPT's help both end with an open store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desks import PPT_PASSPHRASE, VILLAGE_PASSPHRASE, Desks, enrolled
from escrow_tools import REASON
from exchange_tools import choose, held, press, primary, told, type_digits
from hands import Hands, Key, Modifier
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from trafficwatch.app import make_door
from trafficwatch.models.fields import Side
from trafficwatch.store.unlock import open_store, recover_store
from trafficwatch.store.vault import WrongPassphrase, WrongRecoveryCode
from trafficwatch.store.work import Store
from trafficwatch.sync import enrolling
from trafficwatch.sync.escrow import ESCROW, EscrowStatus, request, set_up, state
from trafficwatch.texts import t
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.escrow import EscrowPage
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.settings_page import SettingsPage
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.shell.window import Shell
from trafficwatch.ui.widgets.digits import DigitsShown
from trafficwatch.village.setup import confirm_recovery_sheet, renew_recovery_code

CTRL = Modifier.ControlModifier
NEW = "lumbung padi biru sembilan"
StageOf = Callable[[str], Stage]


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


class Seat:
    """A person before the locked window of one desk."""

    def __init__(self, qtbot: QtBot, folder: Path, side: Side) -> None:
        self._qtbot = qtbot
        self._locked: list[object] = []
        door = make_door(
            side,
            folder,
            practice=False,
            settings_path=folder.parent / "settings.json",
            restart=self._locked.append,
        )
        self.tasks = Tasks()
        self.shell = Shell(door, Settings(), self.tasks)
        self.hands = Hands(qtbot, self.shell, self.tasks)

    def unlock(self, passphrase: str) -> Hands:
        self.hands.type(passphrase)
        self.hands.do(Key.Key_Return)
        assert self.is_open
        return self.hands

    @property
    def is_open(self) -> bool:
        return self.shell.desk is not None

    def lock(self) -> None:
        self.hands.press(Key.Key_L, CTRL)
        self._qtbot.waitUntil(lambda: bool(self._locked))

    def end(self) -> None:
        self.shell.hide()
        self.shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.tasks.close()


@contextmanager
def seat(qtbot: QtBot, folder: Path, side: Side) -> Iterator[Seat]:
    made = Seat(qtbot, folder, side)
    try:
        yield made
    finally:
        made.end()


def type_anew(hands: Hands, code: str, passphrase: str = NEW) -> None:
    """Into the recovery form: the code, whose laptop it is, a new passphrase twice; then Ctrl+Enter."""
    assert hands.name == t("setup.recovery_code")
    hands.type(code.replace("-", "").lower())
    hands.fill(t("unlock.name"), "Maria Tefa")
    hands.fill(t("setup.new_passphrase"), passphrase)
    hands.fill(t("setup.passphrase_again"), passphrase)
    hands.do(Key.Key_Return, CTRL)


def test_the_printed_sheet_opens_the_window_with_a_new_passphrase(qtbot: QtBot, desks: Desks) -> None:
    folder = desks.folder / "village"
    code = renew_recovery_code(desks.village)
    confirm_recovery_sheet(desks.village, code)
    desks.close()
    with seat(qtbot, folder, Side.VILLAGE) as village:
        village.hands.press_button(t("unlock.forgot"))
        type_anew(village.hands, code)
        assert village.is_open
        village.lock()
    opened_only_by(folder, NEW)


def test_the_ppt_opens_the_window_by_telephone(qtbot: QtBot, desks: Desks) -> None:
    folder, stick = desks.folder / "village", desks.stick
    confirm_recovery_sheet(desks.village, renew_recovery_code(desks.village))
    desks.close()
    with seat(qtbot, folder, Side.VILLAGE) as village:
        hands = village.unlock(VILLAGE_PASSPHRASE)
        hands.do(Key.Key_7, CTRL)
        hands.press_button(t("escrow.card.set_up"))
        assert hands.sees(t("escrow.card.chip_ready"))
        village.lock()

    with seat(qtbot, folder, Side.VILLAGE) as village:
        hands = village.hands
        hands.press_button(t("unlock.forgot"))
        hands.press_button(t("escrow.ask.link"))
        assert hands.name == t("escrow.ask.save")
        hands.do(Key.Key_Return)
        hands.answer_dialog(str(stick))
        [file] = stick.glob("permintaan-buka-*.twe")
        assert hands.sees(t("escrow.ask.saved", file=file.name))
        digits = village.shell.findChildren(DigitsShown)[0].digits.text()

    with seat(qtbot, desks.folder / "ppt", Side.PPT) as ppt:
        code = told_by_telephone(ppt, file, digits)

    with seat(qtbot, folder, Side.VILLAGE) as village:
        hands = village.hands
        hands.press_button(t("unlock.forgot"))
        hands.press_button(t("escrow.ask.link"))
        hands.press_button(t("escrow.ask.have_code"))
        assert hands.sees(t("escrow.ask.typing"))
        group, rest = code[:5], code[5:]
        type_anew(hands, ("0" if group[0] != "0" else "1") + group[1:] + rest)
        assert hands.sees("Kelompok ke-1")
        assert not village.is_open
        hands.press(Key.Key_Home)
        hands.press(Key.Key_Delete)
        hands.type(group[0].lower())
        hands.do(Key.Key_Return, CTRL)
        assert village.is_open
        assert hands.sees(t("findings.escrow_used"))
        assert not hands.sees(t("findings.sheet_used_more"))
        hands.do(Key.Key_1, CTRL)
        hands.press_button("Kode PPT dipakai")
        assert hands.sees(t("escrow.card.chip_used"))
        hands.press_button(t("escrow.card.again"))
        assert hands.sees(t("escrow.card.chip_ready"))
        village.lock()
    opened_only_by(folder, NEW)
    with pytest.raises(WrongRecoveryCode):
        recover_store(folder, code)


def told_by_telephone(ppt: Seat, file: Path, digits: str) -> str:
    """What the officer reads out, having called back and typed the digits."""
    hands = ppt.unlock(PPT_PASSPHRASE)
    hands.do(Key.Key_3, CTRL)
    hands.press_button(t("escrow.desk.title"))
    assert hands.name == t("escrow.desk.open")
    hands.do(Key.Key_Return)
    hands.answer_dialog(str(file))
    assert hands.name == t("escrow.desk.digits")
    hands.type("".join(digits.split()))
    hands.fill(t("escrow.desk.reason"), REASON)
    hands.reach(t("escrow.desk.called"))
    hands.press(Key.Key_Space)
    hands.do(Key.Key_Return, CTRL)
    assert hands.sees(t("escrow.desk.code"))
    groups = [each.text() for each in ppt.shell.findChildren(QLabel) if each.property("kind") == "number"]
    assert [len(group) for group in groups] == [5] * 7
    hands.do(Key.Key_Return, CTRL)
    assert not hands.sees(groups[0])
    ppt.lock()
    return "-".join(groups)


def opened_only_by(folder: Path, passphrase: str) -> None:
    open_store(folder, passphrase).close()
    with pytest.raises(WrongPassphrase):
        open_store(folder, VILLAGE_PASSPHRASE)


# -- the village's settings --------------------------------------------------------------------------------------------


def test_escrow_is_turned_off_after_one_more_question(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(SettingsPage)
    card = page.escrow
    assert card is not None
    press(card.set_up)
    stage.settle()
    assert stage.said == [t("escrow.card.said_ready")]
    assert page.focusWidget() is card.off
    press(card.off)
    assert page.focusWidget() is card.no
    press(card.no)
    assert card.question.isHidden()
    assert state(held(stage)).status is EscrowStatus.READY
    press(card.off)
    press(card.yes)
    stage.settle()
    assert state(held(stage)).status is EscrowStatus.OFF
    assert not (held(stage).folder / ESCROW).exists()


def test_a_lost_file_is_told_and_set_up_again(stage_of: StageOf) -> None:
    stage = stage_of("village")
    set_up(held(stage))
    (held(stage).folder / ESCROW).unlink()
    page = stage.page(SettingsPage)
    card = page.escrow
    assert card is not None
    assert card.how.text() == t("escrow.card.broken")
    press(card.set_up)
    stage.settle()
    assert state(held(stage)).status is EscrowStatus.READY


@pytest.mark.parametrize("name", ["empty", "untrained"])
def test_who_can_not_set_it_up_is_told_why(stage_of: StageOf, name: str) -> None:
    card = stage_of(name).page(SettingsPage).escrow
    assert card is not None
    shown = [each.text() for each in card.findChildren(QLabel) if not each.isHidden()]
    assert t("escrow.card.not_connected" if name == "empty" else "escrow.card.untrained") in shown
    assert card.set_up.isHidden()
    assert card.off.isHidden()


def test_a_ppt_has_no_such_card(stage_of: StageOf) -> None:
    assert stage_of("ppt").page(SettingsPage).escrow is None


# -- the PPT's page ----------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(stage_of: StageOf, tmp_path: Path) -> tuple[Stage, Path, str]:
    """The PPT's stage, a request of its practice village, and its digits."""
    village = held(stage_of("village"))
    set_up(village)
    made = request(village.folder, tmp_path)
    return stage_of("ppt"), made.path, made.digits


def opened(stage: Stage, path: Path) -> EscrowPage:
    page = stage.page(EscrowPage)
    primary(page)
    choose(stage, page, path)
    return page


def test_nothing_shows_before_all_is_answered(asked: tuple[Stage, Path, str]) -> None:
    stage, path, digits = asked
    page = opened(stage, path)
    primary(page)
    assert page.focusWidget() is page.digits.entry
    type_digits(page, page.digits.entry, digits)
    primary(page)
    assert page.focusWidget() is page.reason
    page.reason.setText(REASON)
    primary(page)
    assert page.focusWidget() is page.called
    assert not page.called_wrong.isHidden()
    assert page.shown.isHidden()
    page.called.click()
    primary(page)
    stage.settle()
    assert not page.shown.isHidden()
    assert page.unsaved() is None


def test_wrong_digits_show_nothing_and_are_mended(asked: tuple[Stage, Path, str]) -> None:
    stage, path, digits = asked
    page = opened(stage, path)
    type_digits(page, page.digits.entry, "1" * 30)
    page.reason.setText(REASON)
    page.called.click()
    primary(page)
    stage.settle()
    assert "tidak cocok" in told(page)
    assert page.shown.isHidden()
    kept = page.unsaved()
    assert kept is not None
    again = stage.page(EscrowPage, draft=dict(kept.content))
    assert again.reason.text() == REASON
    assert not again.called.isChecked()
    type_digits(again, again.digits.entry, digits)
    again.called.click()
    primary(again)
    stage.settle()
    assert not again.shown.isHidden()


def test_an_earlier_read_out_is_pointed_out(asked: tuple[Stage, Path, str]) -> None:
    stage, path, digits = asked
    page = opened(stage, path)
    assert "pernah dibacakan" not in told(page)
    type_digits(page, page.digits.entry, digits)
    page.reason.setText(REASON)
    page.called.click()
    primary(page)
    stage.settle()
    assert "pernah dibacakan" in told(opened(stage, path))


def test_a_revoked_laptop_is_refused(asked: tuple[Stage, Path, str], tmp_path: Path) -> None:
    stage, path, _ = asked
    (tmp_path / "stick").mkdir()
    ppt: Store = held(stage)
    page = opened(stage, path)
    device = page._request.device if page._request is not None else ""
    enrolling.revoke(ppt, device, tmp_path / "stick", "hilang")
    refused = opened(stage, path)
    assert "sudah dicabut" in told(refused)
    assert refused.claim.isHidden()
    assert refused.next.text() == t("escrow.desk.open")


def test_a_request_is_put_aside(asked: tuple[Stage, Path, str]) -> None:
    stage, path, _ = asked
    page = opened(stage, path)
    page.reason.setText(REASON)
    page._put_aside()
    assert (page.reason.text(), page.claim.isHidden(), page.unsaved()) == ("", True, None)


# -- the locked screen -------------------------------------------------------------------------------------------------


def test_help_that_was_not_set_up_is_named(qtbot: QtBot, desks: Desks) -> None:
    desks.close()
    folder = desks.folder / "locked"
    shutil.copytree(desks.folder / "village", folder)
    with seat(qtbot, folder, Side.VILLAGE) as village:
        hands = village.hands
        hands.press_button(t("unlock.forgot"))
        hands.press_button(t("escrow.ask.link"))
        hands.do(Key.Key_Return)
        hands.answer_dialog(str(desks.stick))
        assert hands.sees("Bantuan PPT belum disiapkan")
        assert hands.name == t("escrow.ask.save")
        assert list(desks.stick.iterdir()) == []
        hands.press(Key.Key_Escape)
        assert hands.name == t("setup.recovery_code")
        hands.press(Key.Key_Escape)
        assert hands.name == t("unlock.passphrase")


def test_a_ppt_asks_nobody_for_help(qtbot: QtBot, desks: Desks) -> None:
    desks.close()
    with seat(qtbot, desks.folder / "ppt", Side.PPT) as ppt:
        ppt.hands.press_button(t("unlock.forgot"))
        assert not any(each.text() == t("escrow.ask.link") for each in ppt.shell.findChildren(QLabel))
        ppt.hands.reach(t("unlock.cancel"))
        ppt.hands.press(Key.Key_Tab)
        assert ppt.hands.name != t("escrow.ask.link")
