# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the exchange at the village: sending, receipts, and the steps of enrolment."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from trafficwatch.errors import named
from trafficwatch.models.exchange import BundleKind, Delivery, PeerStatus, RecordResult
from trafficwatch.sync.importing import Imported
from trafficwatch.sync.outbox import Outbox, Unanswered
from trafficwatch.texts import t
from trafficwatch.ui.exchange.intake import Outcome, Taken
from trafficwatch.ui.exchange.own_key import OwnSide
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village.connect import ConnectPage
from trafficwatch.ui.village.send import SendPage
from trafficwatch.ui.widgets.digits import DigitsEntry
from trafficwatch.ui.widgets.progress import Progress

DIGITS = "73518 20496 55172 08833 94160 27415"
PPT = "UPTD PPA Kabupaten Kupang"
PACK = Path("pengenal-ppt.twe")


def taken(kind: BundleKind, sender: str) -> Outcome:
    """Made-up files: one went well, one came again, one was refused in part, one can't be opened."""
    fine = tuple(RecordResult("person", f"p{number}", Delivery.RECEIVED) for number in range(29))
    odd = (RecordResult("referral", "r1", Delivery.REFUSED, "link_missing"),)
    files = (
        Taken(Path("0d5b7c11.twb"), Imported("b1", kind, 4, sender, again=False, gap=0, results=fine, receipt="r1")),
        Taken(Path("5e90aa02.twb"), Imported("b2", kind, 3, sender, again=True, gap=0, results=fine, receipt="r2")),
        Taken(
            Path("81c3f4d7.twb"),
            Imported("b3", kind, 6, sender, again=False, gap=1, results=fine + odd, receipt="r3", missing=(5,)),
        ),
        Taken(Path("foto-ktp.twb"), named("sender_unknown", {})),
    )
    return Outcome(Path("/media/FLASHDISK"), files, elsewhere=2)


def _send(stage: Stage) -> QWidget:
    return stage.page(SendPage)


def _send_open(stage: Stage) -> QWidget:
    page = stage.page(SendPage)
    page.leaving.toggle.click()
    stage.settle()
    page.show_widget(page.leaving.list)
    return page


def _send_each(stage: Stage) -> QWidget:
    page = stage.page(SendPage)
    page.each.list.setFocus()
    page.show_widget(page.each)
    return page


def _send_taken(stage: Stage) -> QWidget:
    page = stage.page(SendPage)
    stage.desk.say = stage.said.append
    page.show_outcome(taken(BundleKind.RECEIPT, "53.01"))
    return page


def _send_error(stage: Stage) -> QWidget:
    page = stage.page(SendPage)
    page.failed(named("disk_full", {"file": "0d5b7c11.twb"}))
    return page


def _send_unanswered(stage: Stage) -> QWidget:
    page = stage.page(SendPage)
    made = tuple(
        Unanswered(str(number), number, f"2026-11-{day:02}T02:10:00+00:00", count)
        for number, day, count in ((7, 2, 412), (8, 11, 96), (9, 21, 3))
    )
    states = {"waiting": 5, "in_bundle": 511, "received": 1_204, "refused": 2, "removed": 4, "withheld": 49}
    since = "2026-11-12T03:00:00+00:00"
    found = Outbox(PPT, PeerStatus.ACTIVE, None, states, made[-1].made_at, made[0].made_at, made, since, 2, 6, 4)
    page.show_standing(found, "2026-11-22")
    return page


def _connect(stage: Stage) -> QWidget:
    return stage.page(ConnectPage)


def _connect_digits(stage: Stage) -> QWidget:
    page = stage.page(ConnectPage)
    page.show_claim(PACK, PPT)
    page.typed.put("73518 2049 55172 08")
    page.typed.complain()
    return page


def _connect_wrong(stage: Stage) -> QWidget:
    page = stage.page(ConnectPage)
    page.show_claim(PACK, PPT)
    page.typed.put(DIGITS)
    page.failed(named("fingerprint_mismatch", {}))
    return page


def _connect_pending(stage: Stage) -> QWidget:
    page = stage.page(ConnectPage)
    page.show_side(OwnSide(DIGITS, PPT, PeerStatus.PENDING))
    return page


def _connect_revoked(stage: Stage) -> QWidget:
    page = stage.page(ConnectPage)
    page.show_side(OwnSide(DIGITS, PPT, PeerStatus.REVOKED))
    return page


def _widgets(_: Stage) -> QWidget:
    made = QWidget()
    made.setProperty("box", "page")
    column = QVBoxLayout(made)
    column.setContentsMargins(px(24), px(24), px(24), px(24))
    column.setSpacing(px(18))
    progress = Progress()
    progress.begin(12, lambda done, total: t("exchange_desk.progress.taking", done=done, total=total), lambda: None)
    progress.step(3)
    progress.show()
    column.addWidget(progress)
    for typed in ("", "73518 20496 5", "73518 2049 55172 08833", DIGITS):
        entry = DigitsEntry(t("exchange_desk.connect.type_digits"))
        entry.entry.setText(typed)
        entry.put(typed)
        column.addWidget(entry)
    column.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(made)
    return scroll


SCENES = (
    Scene("send-waiting", "village", _send),
    Scene("send-unanswered", "village", _send_unanswered),
    Scene("send-untrained", "untrained", _send),
    Scene("send-not-connected", "empty", _send),
    Scene("send-long", "long", _send),
    Scene("send-leaving", "village", _send_open),
    Scene("send-each", "village", _send_each),
    Scene("send-taken", "village", _send_taken),
    Scene("send-error", "village", _send_error),
    Scene("connect-1-pack", "empty", _connect),
    Scene("connect-2-digits", "empty", _connect_digits),
    Scene("connect-2-mismatch", "empty", _connect_wrong),
    Scene("connect-3-approval", "empty", _connect_pending),
    Scene("connect-4-done", "village", _connect),
    Scene("connect-revoked", "empty", _connect_revoked),
    Scene("exchange-widgets", "empty", _widgets),
)
