# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the PPT's help to get back in: the locked screen, the village's settings, the PPT's page."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import named
from trafficwatch.sync.escrow import EscrowRequest, EscrowState, EscrowStatus, Request
from trafficwatch.ui.gallery.setup import CODE, unlock_page
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.escrow import EscrowPage
from trafficwatch.ui.shell.ask_ppt import AskPpt
from trafficwatch.ui.shell.settings_page import SettingsPage

MADE = Request(Path("permintaan-buka-3f9a01c7.twe"), "48210 93377 01562 88914 60035 27741")
ASKED = EscrowRequest(
    "53.01.08.2008",
    "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur",
    "00112233aabbccdd",
    "2026-11-02T03:20:00+00:00",
    "",
    b"",
)
_PPT = "UPTD PPA Kabupaten Kupang"
_SINCE = "2026-11-02T03:20:00+00:00"


def _nothing(_: AskPpt) -> None:
    """The panel as it opens."""


def _asking(stage: Stage, then: Callable[[AskPpt], None] = _nothing) -> QWidget:
    page = unlock_page(stage, request=lambda _: MADE)
    page.forgot.click()
    page.no_sheet.click()
    if page.ask_ppt is not None:
        then(page.ask_ppt)
    return page


def _forgot(stage: Stage) -> QWidget:
    page = unlock_page(stage, request=lambda _: MADE)
    page.forgot.click()
    return page


def _missing(stage: Stage) -> QWidget:
    page = unlock_page(stage, request=lambda _: MADE)
    page.forgot.click()
    page.no_sheet.click()
    page.failed(named("escrow_not_set_up", {}))
    return page


def _typing(panel: AskPpt) -> None:
    panel.show_saved(MADE)
    panel.have_code.click()


def _settings(stage: Stage, status: EscrowStatus, *, asks: bool = False, is_trained: bool = True) -> QWidget:
    stage.desk.state = dataclasses.replace(stage.desk.state, trained=is_trained)
    page = stage.page(SettingsPage)
    if page.escrow is not None:
        page.escrow.show_state(EscrowState(status, _PPT, _SINCE))
        if asks:
            page.escrow.off.click()
        stage.settle()
        page.show_widget(page.escrow.off)
    return page


def _request(stage: Stage, name: str = ASKED.name, before: str = "") -> EscrowPage:
    page = stage.page(EscrowPage)
    page.show_request(MADE.path, dataclasses.replace(ASKED, name=name, read_before=before))
    return page


def _incomplete(stage: Stage) -> QWidget:
    page = _request(stage, "Desa Sukamaju " * 12, _SINCE)
    page.digits.put(MADE.digits)
    stage.settle()
    page.next.click()
    stage.settle()
    return page


def _code(stage: Stage) -> QWidget:
    page = _request(stage)
    page.show_code(CODE)
    return page


def _refused(stage: Stage) -> QWidget:
    page = stage.page(EscrowPage)
    page.failed(named("escrow_of_revoked_device", {"village": "53.01.08.2008"}))
    return page


SCENES: tuple[Scene, ...] = (
    Scene("escrow-forgot", "empty", _forgot),
    Scene("escrow-ask", "empty", _asking),
    Scene("escrow-ask-saved", "empty", lambda stage: _asking(stage, lambda panel: panel.show_saved(MADE))),
    Scene("escrow-ask-not-set-up", "empty", _missing),
    Scene("escrow-ask-typing", "empty", lambda stage: _asking(stage, _typing)),
    Scene("escrow-settings-off", "village", lambda stage: _settings(stage, EscrowStatus.OFF)),
    Scene("escrow-settings-ready", "village", lambda stage: _settings(stage, EscrowStatus.READY)),
    Scene("escrow-settings-sure", "village", lambda stage: _settings(stage, EscrowStatus.READY, asks=True)),
    Scene("escrow-settings-broken", "village", lambda stage: _settings(stage, EscrowStatus.BROKEN)),
    Scene("escrow-settings-other", "village", lambda stage: _settings(stage, EscrowStatus.OTHER_PPT)),
    Scene("escrow-settings-used", "village", lambda stage: _settings(stage, EscrowStatus.USED)),
    Scene("escrow-settings-alone", "empty", lambda stage: _settings(stage, EscrowStatus.NOT_CONNECTED)),
    Scene(
        "escrow-settings-untrained",
        "untrained",
        lambda stage: _settings(stage, EscrowStatus.READY, is_trained=False),
    ),
    Scene("escrow-desk", "ppt", lambda stage: stage.page(EscrowPage)),
    Scene("escrow-desk-request", "ppt", _request),
    Scene("escrow-desk-incomplete", "ppt", _incomplete),
    Scene("escrow-desk-code", "ppt", _code),
    Scene("escrow-desk-refused", "ppt", _refused),
)
