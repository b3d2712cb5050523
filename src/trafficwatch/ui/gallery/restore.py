# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of restoring a backup on the locked desk, and of what the first page says after unlocking."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import named
from trafficwatch.ui.gallery.setup import CODE, first_run, unlock_page
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.shell.findings import Findings
from trafficwatch.ui.shell.restore_page import RestorePage
from trafficwatch.ui.shell.restore_steps import ChooseStep, ContentsStep, Kept
from trafficwatch.ui.shell.restoring import Restoring
from trafficwatch.ui.village.home import HomePage
from trafficwatch.village.backups import Contents, Found, Missing

_MADE = "2026-11-21T02:10:00+00:00"
_HOME = Path("C:/Users/Relawan/AppData/Local/trafficwatch")
_STICK = Path("E:/cadangan")
FOUND = (
    Found(_HOME / "backups/20261121-4f0a91c", "2026-11-21", 2_430_000, is_aside=False),
    Found(_HOME / "backups/20261120-9c11b02", "2026-11-20", 2_412_000, is_aside=False),
    Found(_HOME / "before-restore-20261104-0bd77a1", "2026-11-04", 2_398_000, is_aside=True),
)
CONTENTS = Contents(
    made_at=_MADE,
    version="0.1.0",
    side="village",
    code="53.01.08.2008",
    name="Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur",
    practice=False,
    device="00112233aabbccdd",
    sequence=300,
    counts={"volunteer": 3, "training": 2, "institution": 9, "person": 84, "journey": 41, "document": 120, "tally": 0},
    size=2_430_000,
)


def restore_page(
    stage: Stage,
    kept: Kept | None = None,
    *,
    found: tuple[Found, ...] = FOUND,
    has_store: bool = True,
    fits: bool = True,
) -> RestorePage:
    """The page, which restores nothing."""

    def nothing(*_: Any, **__: Any) -> Contents:
        return CONTENTS

    page = RestorePage(
        stage.tasks,
        restoring=Restoring(
            here=lambda: found,
            find=lambda _: (),
            look=nothing,
            restore=nothing,
            has_store=lambda: has_store,
            fits=lambda _: fits,
        ),
        kept=kept or Kept(),
        restored=lambda *_: None,
        leave=lambda: None,
        settings=stage.desk.settings,
        change=lambda _: None,
    )
    stage.settle()
    return page


def _wrong(stage: Stage) -> QWidget:
    page = restore_page(stage)
    if isinstance(page.step, ChooseStep):
        page.step.passphrase.line.setText("empat kata")
    page.failed(named("wrong_passphrase", {}))
    return page


def _code(stage: Stage) -> QWidget:
    page = restore_page(stage, Kept(is_code=True))
    if isinstance(page.step, ChooseStep):
        page.step.code.line.insert(CODE[:17])
    return page


def _damaged(stage: Stage) -> QWidget:
    page = restore_page(stage)
    page.failed(named("backup_damaged", {"file": "20261121-4f0a91c"}))
    return page


def _opened(contents: Contents = CONTENTS) -> Kept:
    return Kept(chosen=str(FOUND[0].path), contents=contents)


def _failed(stage: Stage, key: str, **params: str | int) -> QWidget:
    page = restore_page(stage, _opened())
    page.failed(named(key, params))
    stage.settle()
    return page


def _busy(stage: Stage) -> QWidget:
    page = restore_page(stage, _opened())
    if isinstance(page.step, ContentsStep):
        page.step.begin()
        page.step.told(60, 100)
    return page


def _long(stage: Stage) -> QWidget:
    kinds = ("volunteer", "training", "institution", "person", "safe_contact", "journey", "document", "consent")
    more = ("screening", "case_record", "referral", "attachment", "tally", "of_a_newer_program")
    counts = dict.fromkeys((*kinds, *more), 12345)
    return restore_page(stage, _opened(dataclasses.replace(CONTENTS, name="Desa Sukamaju " * 14, counts=counts)))


def _home_found(stage: Stage, *findings: str) -> QWidget:
    page = stage.page(HomePage)
    Findings(findings).show_on(page)
    return page


def _home_line(stage: Stage, last: str | None) -> QWidget:
    page = stage.page(HomePage)
    page.backup.put(Missing(last))
    stage.settle()
    page.show_widget(page.backup)
    return page


def _inbox(stage: Stage) -> QWidget:
    page = stage.page(InboxPage)
    Findings(("older_state",)).show_on(page)
    page.backup.put(Missing(None))
    return page


SCENES = (
    Scene("restore-none", "empty", lambda stage: restore_page(stage, found=())),
    Scene("restore-none-there", "empty", lambda stage: restore_page(stage, Kept(place=_STICK), found=())),
    Scene("restore-chosen", "empty", restore_page),
    Scene("restore-code", "empty", _code),
    Scene("restore-wrong", "empty", _wrong),
    Scene("restore-damaged", "empty", _damaged),
    Scene("restore-contents", "empty", lambda stage: restore_page(stage, _opened())),
    Scene("restore-contents-new", "empty", lambda stage: restore_page(stage, _opened(), has_store=False)),
    Scene("restore-contents-long", "empty", _long),
    Scene("restore-of-practice", "empty", lambda stage: restore_page(stage, _opened(), fits=False)),
    Scene("restore-loses", "empty", lambda stage: _failed(stage, "restore_loses_changes", changes=17)),
    Scene("restore-unsure", "empty", lambda stage: _failed(stage, "restore_unsure")),
    Scene(
        "restore-other-village",
        "empty",
        lambda stage: _failed(stage, "backup_of_other_village", name="Tanah Merah", code="53.01.08.2003"),
    ),
    Scene("restore-busy", "empty", _busy),
    Scene("restore-link", "empty", lambda stage: unlock_page(stage, restore=lambda: None)),
    Scene("restore-link-first", "empty", lambda stage: first_run(stage, restore=lambda: None)),
    Scene("found-older", "village", lambda stage: _home_found(stage, "older_state")),
    Scene("found-restored", "village", lambda stage: _home_found(stage, "restored", "erased_again")),
    Scene("found-upgraded", "village", lambda stage: _home_found(stage, "upgraded", "rotation_finished")),
    Scene("found-left", "village", lambda stage: _home_found(stage, "escrow_used", "backups_left")),
    Scene("found-older-ppt", "ppt", _inbox),
    Scene("backup-line", "village", lambda stage: _home_line(stage, None)),
    Scene("backup-line-old", "village", lambda stage: _home_line(stage, _MADE)),
)
