# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the exchange over the internet: the card of a village in every state, and the PPT's page for its inbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import named
from trafficwatch.sync.network.status import Phase, Status
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.serve import ServePage
from trafficwatch.ui.village.send import SendPage

THEN = datetime(2026, 11, 21, 4, 15, tzinfo=UTC)
SOON = datetime(2026, 11, 21, 6, 40, tzinfo=UTC)
STATES = {
    "none": Status(Phase.NOT_SET_UP),
    "idle": Status(Phase.IDLE, last_success=THEN, next_attempt=SOON),
    "never": Status(Phase.IDLE),
    "connecting": Status(Phase.CONNECTING),
    "sending": Status(Phase.SENDING, sent=612_000, to_send=1_480_000, bundles=2, last_success=THEN),
    "receipt": Status(Phase.WAITING_FOR_RECEIPT, sent=1_480_000, to_send=1_480_000, bundles=2),
    "fetching": Status(Phase.FETCHING, fetched=20_000, to_fetch=64_000),
    "waiting": Status(
        Phase.WAITING,
        failures=3,
        next_attempt=SOON,
        last_success=THEN,
        error=named("inbox_unreachable", {}),
    ),
    "paused": Status(Phase.PAUSED, sent=612_000, to_send=1_480_000, last_success=THEN),
    "refused": Status(Phase.REFUSED, error=named("certificate_wrong", {}), last_success=THEN),
}


def _card(name: str) -> Callable[[Stage], QWidget]:
    def make(stage: Stage) -> QWidget:
        page = stage.page(SendPage)
        page.network.show_status(STATES[name])
        stage.settle()
        page.show_widget(page.network)
        return page

    return make


def _serve(stage: Stage) -> QWidget:
    return stage.page(ServePage)


def _running(stage: Stage) -> QWidget:
    page = stage.page(ServePage)
    page.show_running(8443, THEN.isoformat(), {"taken": 14, "again": 2, "refused": 3, "later": 1})
    page.show_pin("7f3a09c2" * 8)
    return page


def _trouble(stage: Stage) -> QWidget:
    page = stage.page(ServePage)
    page.failed(named("port_taken", {"port": 8443}))
    return page


SCENES = (
    *(Scene(f"send-network-{name}", "village", _card(name)) for name in STATES),
    Scene("serve-stopped", "ppt", _serve),
    Scene("serve-running", "ppt", _running),
    Scene("serve-trouble", "ppt", _trouble),
)
