# SPDX-License-Identifier: GPL-3.0-or-later
"""The internet on both desks by keyboard: a real inbox, a real exchange, and words that say no more than is known."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from datetime import UTC, datetime

import pytest
from exchange_tools import held, press, told
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from trafficwatch.models.tables import local
from trafficwatch.store.work import Store
from trafficwatch.sync.network.plan import Plan
from trafficwatch.sync.network.sending import plan, set_plan
from trafficwatch.sync.network.settings import Settings, choose
from trafficwatch.sync.network.status import Phase, Status
from trafficwatch.sync.outbox import outbox
from trafficwatch.ui.exchange.network import network_of
from trafficwatch.ui.gallery.network import STATES
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.serve import ServePage, fingerprint
from trafficwatch.ui.shell.status import delivery_words
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.village.send import SendPage

StageOf = Callable[[str], Stage]


def by_state(stage: Stage) -> dict[str, int]:
    with held(stage).work() as work:
        return dict(outbox(work).by_state)


def test_from_desk_to_desk_over_the_internet(stage_of: StageOf, qtbot: QtBot) -> None:
    ppt, village = stage_of("ppt"), stage_of("village")
    with held(ppt).work() as work:
        choose(work, Settings("127.0.0.1", 0))
    served = ppt.page(ServePage)
    assert "Tidak menerima lewat internet." in served.said.text()
    press(served.act)
    qtbot.waitUntil(lambda: served.serving.is_running)
    port, pin = served.serving.port, served.serving.pin
    assert str(port) in served.said.text()
    with held(village).work() as work:
        table = local.peer
        work.connection.execute(update(table).values(address=f"https://127.0.0.1:{port}", pin=pin))
        set_plan(work, Plan(is_on=False))
    page = village.page(SendPage)
    card = page.network
    qtbot.waitUntil(lambda: card.now.isVisibleTo(page))
    waiting = by_state(village)["waiting"]
    assert waiting
    press(card.now)
    qtbot.waitUntil(lambda: served.serving.counts["taken"] == 1)
    qtbot.waitUntil(lambda: network_of(village.desk).status.last_success is not None)
    village.settle()
    assert "waiting" not in by_state(village)
    assert "Terakhir bertukar data lewat internet" in card.said.text()
    press(served.act)
    qtbot.waitUntil(lambda: not served.serving.is_running)
    assert "Mulai menerima" in served.act.text()


@pytest.mark.parametrize("name", STATES)
def test_no_state_says_received_and_each_has_its_buttons(stage_of: StageOf, name: str) -> None:
    page = stage_of("village").page(SendPage)
    page.network.show_status(STATES[name])
    said = f"{page.network.said.text()} {page.network.more.text()}"
    assert "sudah diterima" not in said
    assert "terkirim" not in said
    shown = {key for key in ("now", "pause", "resume", "cancel") if getattr(page.network, key).isVisibleTo(page)}
    expected = {
        "none": set(),
        "idle": {"now"},
        "never": {"now"},
        "refused": {"now"},
        "waiting": {"now", "cancel"},
        "paused": {"resume", "cancel"},
    }
    assert shown == expected.get(name, {"pause", "cancel"})


def test_back_off_is_shown_as_it_is(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(SendPage)
    at = datetime(2026, 11, 21, 6, 40, tzinfo=UTC)
    page.network.show_status(Status(Phase.WAITING, failures=3, next_attempt=at))
    assert f"sudah 3 kali dicoba. Mencoba lagi pukul {at.astimezone():%H.%M}." in page.network.said.text()
    network = network_of(stage.desk)
    network.status = Status(Phase.WAITING, failures=3, next_attempt=at)
    assert f"{at.astimezone():%H.%M}" in network.words()
    network.status = Status(Phase.SENDING)
    assert network.words() == "Bertukar data lewat internet …"
    network.status = Status(Phase.PAUSED)
    assert network.words() == ""


def test_the_plan_is_kept(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(SendPage)
    page.network.show_status(Status(Phase.IDLE))
    box = page.network.hours.boxes["12"]
    assert box.isChecked()  # the plan that holds until somebody chooses another
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    stage.settle()
    with held(stage).work() as work:
        assert plan(work) == Plan(is_on=True, hours=(8, 16, 20))


def test_the_status_line_tells_what_waits_and_since_when(stage_of: StageOf) -> None:
    stage = stage_of("village")
    with held(stage).work() as work:
        found = outbox(work)
    assert delivery_words(found).startswith(f"Belum terkirim: {found.by_state['waiting']} catatan menunggu sejak ")


def test_an_inbox_that_can_not_begin_says_why(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    page = stage.page(ServePage)
    page.port.setText("abc")
    press(page.keep)
    stage.settle()
    assert told(page)
    assert page.act.isEnabled()
    assert fingerprint("7f3a09c2") == "7F3A 09C2"


def test_nothing_is_handed_to_a_desk_that_has_closed(store_of: Callable[[str], Store]) -> None:
    tasks, ended = Tasks(), list[str]()
    tasks.take(store_of("village"))
    tasks.before_close(lambda: ended.append("network"))
    assert tasks.hand(lambda store: store.folder.name).result()
    tasks.drop()
    tasks.close()
    assert ended == ["network"]
    with pytest.raises(CancelledError):
        tasks.hand(lambda store: store).result()
