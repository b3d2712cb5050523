# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that was killed while somebody was writing offers what was written: which form, about whom, from when."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desks import Clock, reopened
from laptop import laptop
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot
from seats import sitting

from trafficwatch.cli.practice import PPT_PASSPHRASE, VILLAGE_PASSPHRASE
from trafficwatch.models.casework import CaseRecord
from trafficwatch.models.fields import Side
from trafficwatch.registry.browse import residents
from trafficwatch.store.vault import Keys
from trafficwatch.texts import t

SIDES = {
    Side.VILLAGE: (VILLAGE_PASSPHRASE, "resident_edit"),
    Side.PPT: (PPT_PASSPHRASE, "case"),
}


@pytest.mark.parametrize("side", [pytest.param(Side.VILLAGE, marks=pytest.mark.long), Side.PPT])
def test_it_is_offered_back(qtbot: QtBot, founded: dict[str, tuple[Path, Keys]], tmp_path: Path, side: Side) -> None:
    made, (passphrase, form) = laptop(founded, tmp_path, side), SIDES[side]
    assert made.keys is not None
    store = reopened(made.store, made.keys, Clock())
    with store.work() as work:
        person, case = residents(work, "Yohanis").rows[0], work.records.select(CaseRecord)[0].id
    store.close()
    about = {"case_id": case} if side is Side.PPT else {"person_id": person.id}
    code, told = made.work("crash", passphrase=passphrase, person=person.id, pages=[(form, about)])
    assert code == -9
    typed = told[-1]["typed"]
    with sitting(qtbot, made.store, side) as seat:
        hands = seat.unlock(passphrase)
        hands.reach(t("drafts.go_on"))
        words = f"{t('drafts.go_on')}: {t(f'drafts.form_{form}')}: {person.name}, tersimpan "
        assert hands.name.startswith(words)
        assert re.fullmatch(r"\d\d-\d\d \d\d\.\d\d", hands.name.removeprefix(words))
        hands.press_button(t("drafts.go_on"))
        page = seat.shell.frame.page  # type: ignore[union-attr]
        assert page.name == form
        shown = [each.text() for each in page.findChildren(QLineEdit)]
        shown += [each.toPlainText() for each in page.findChildren(QPlainTextEdit)]
        assert any(canary in text for canary in typed for text in shown)
