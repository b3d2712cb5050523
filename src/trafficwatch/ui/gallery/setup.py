# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the way in: unlocking, the recovery sheet, the first run, settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import ExpectedError, named
from trafficwatch.models.fields import Side
from trafficwatch.models.staff import TrainingKind
from trafficwatch.texts import t
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.first_run import FirstRun
from trafficwatch.ui.shell.first_run_steps import Kept, MemberStep, PlaceStep
from trafficwatch.ui.shell.recovery_page import RecoveryPage
from trafficwatch.ui.shell.settings_page import SettingsPage
from trafficwatch.ui.shell.unlock import UnlockPage

CODE = "CHJPH-CSV83-D5N6V-PV3DR-DSQQF-0WBJ3-EDT7V"
"""Well formed, and of no store."""
LONG_NAME = "Maria Goreti Yosefina Anastasia Bernadeta Klaran Nahak Seran binti Antonius Fahik Taolin"
_NOELBAKI = "53.01.08.2008"


def _nothing(*_: Any) -> None:
    """What a scene needs no answer to."""


def unlock_page(stage: Stage, **other: Any) -> UnlockPage:
    """The locked screen, which opens nothing."""
    parts: dict[str, Any] = {
        "unlock": _nothing,
        "unlocked": _nothing,
        "recover": _nothing,
        "practice_passphrase": None,
        "settings": stage.desk.settings,
        "change": _nothing,
        "other": None,
    }
    return UnlockPage(stage.tasks, **(parts | other))


def first_run(stage: Stage, kept: Kept | None = None, side: Side = Side.VILLAGE, **other: Any) -> FirstRun:
    """The first run, which founds nothing."""
    return FirstRun(
        stage.tasks,
        side=side,
        found=lambda *_: (None, CODE),
        founded=_nothing,
        practice=_nothing,
        settings=stage.desk.settings,
        change=_nothing,
        places=lambda: stage.desk.places,
        kept=kept,
        **other,
    )


def _practice(stage: Stage) -> QWidget:
    known = "latihan desa bukan rahasia"  # the practice village's, shown on its door
    return unlock_page(stage, practice_passphrase=known, other=(t("shell.leave_practice"), _nothing))


def _wrong(stage: Stage) -> QWidget:
    page = unlock_page(stage)
    page.failed(named("wrong_passphrase", {}))
    page.passphrase.line.setText("empat kata")
    return page


def _too_soon(stage: Stage) -> QWidget:
    page = unlock_page(stage)
    page.passphrase.line.setText("empat kata")
    page.failed(named("too_soon", {"seconds": 16}))
    return page


def _damaged(stage: Stage) -> QWidget:
    page = unlock_page(stage)
    page.failed(named("vault_damaged", {}))
    return page


def _forgot(stage: Stage) -> QWidget:
    page = unlock_page(stage)
    page.forgot.click()
    page.code.line.insert(CODE[:17])
    return page


def _searching(stage: Stage) -> QWidget:
    page = first_run(stage, Kept(step=1))
    if isinstance(page.step, PlaceStep):
        page.step.picker.search("sukamaju")
    return page


def _not_found(stage: Stage) -> QWidget:
    page = first_run(stage, Kept(step=1))
    if isinstance(page.step, PlaceStep):
        page.step.picker.search("xqzw")
    return page


def _member(stage: Stage, name: str, kind: str, passphrase: str = "") -> QWidget:
    content = {
        "name": name,
        "category": "coordinator",
        "phone": "0812-0000-1234",
        "kind": kind,
        "completed_on": "Maret 2025" if kind else "",
        "organiser": "Dinas PPPA" if kind else "",
        "certificate": "",
    }
    page = first_run(stage, Kept(step=2, code=_NOELBAKI, member=content))
    if isinstance(page.step, MemberStep):
        page.step.form.passphrase.first.line.setText(passphrase)
    return page


def _missing(stage: Stage) -> QWidget:
    page = first_run(stage, Kept(step=2, code=_NOELBAKI))
    page.next.click()
    return page


def _recovery(stage: Stage, code: str, then: Callable[[RecoveryPage], None] = _nothing) -> RecoveryPage:
    stage.desk.state = dataclasses.replace(stage.desk.state, recovery_checked=False)
    page = stage.page(RecoveryPage, code=code)
    then(page)
    return page


def _mistyped(page: RecoveryPage) -> None:
    page.written.click()
    if page.field is not None:
        page.field.line.insert(CODE.replace("D5N6V", "D5N6W"))
        page.failed(_error("recovery_code_mistyped", group=3))


def _confirmed(page: RecoveryPage) -> None:
    page.desk.state = dataclasses.replace(page.desk.state, recovery_checked=True)
    page.enter()


def _adding(stage: Stage, passphrase: str = "") -> QWidget:
    page = stage.page(SettingsPage)
    page.members.add.click()
    if page.members.form is not None:
        page.members.form.passphrase.first.line.setText(passphrase)
        page.show_widget(page.members.form.passphrase)
    return page


def _error(key: str, **params: str | int) -> ExpectedError:
    return named(key, params)


_TRAINED = TrainingKind.TPPO_TRAINING.value
SCENES: tuple[Scene, ...] = (
    Scene("unlock", "empty", unlock_page),
    Scene("unlock-practice", "empty", _practice),
    Scene("unlock-wrong", "empty", _wrong),
    Scene("unlock-too-soon", "empty", _too_soon),
    Scene("unlock-wiped", "empty", lambda stage: unlock_page(stage, ways=("recovery", "escrow"), request=_nothing)),
    Scene("unlock-nobody", "empty", lambda stage: unlock_page(stage, ways=())),
    Scene("unlock-damaged", "empty", _damaged),
    Scene("unlock-forgot", "empty", _forgot),
    Scene("unlock-ppt", "ppt_empty", unlock_page),
    Scene("setup-welcome", "empty", first_run),
    Scene("setup-welcome-ppt", "ppt_empty", lambda stage: first_run(stage, side=Side.PPT)),
    Scene("setup-place", "empty", lambda stage: first_run(stage, Kept(step=1))),
    Scene("setup-place-searching", "empty", _searching),
    Scene("setup-place-none", "empty", _not_found),
    Scene("setup-place-chosen", "empty", lambda stage: first_run(stage, Kept(step=1, code=_NOELBAKI))),
    Scene(
        "setup-place-ppt",
        "ppt_empty",
        lambda stage: first_run(stage, Kept(step=1, code="53.01", office="UPTD PPA Kabupaten Kupang"), side=Side.PPT),
    ),
    Scene("setup-member", "empty", lambda stage: _member(stage, "Maria Tefa", _TRAINED, "empat kata di dapur")),
    Scene("setup-member-untrained", "empty", lambda stage: _member(stage, LONG_NAME, "", "rahasia 12345")),
    Scene("setup-member-missing", "empty", _missing),
    Scene("recovery-code", "empty", lambda stage: _recovery(stage, CODE)),
    Scene("recovery-check", "empty", lambda stage: _recovery(stage, CODE, _mistyped)),
    Scene("recovery-lost", "empty", lambda stage: _recovery(stage, "")),
    Scene("recovery-done", "empty", lambda stage: _recovery(stage, "", _confirmed)),
    Scene("recovery-done-ppt", "ppt_empty", lambda stage: _recovery(stage, "", _confirmed)),
    Scene("settings", "village", lambda stage: stage.page(SettingsPage)),
    Scene("settings-long", "long", lambda stage: stage.page(SettingsPage)),
    Scene("settings-untrained", "untrained", lambda stage: stage.page(SettingsPage)),
    Scene("settings-adding", "village", lambda stage: _adding(stage, "sebelas pohon jati")),
    Scene("settings-ppt", "ppt", lambda stage: stage.page(SettingsPage)),
)
