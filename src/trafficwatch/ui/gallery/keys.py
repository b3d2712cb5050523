# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of enrolment and keys: QR codes on the screen, a village's next laptop, replaced keys, succession of a PPT."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.sync.enrolling import Applicant
from trafficwatch.sync.inbox import VillageRow
from trafficwatch.sync.rotation import KeyState
from trafficwatch.ui.exchange.rows import bring
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.villages import VillagesPage
from trafficwatch.ui.village.connect import ConnectPage

NOELBAKI = "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"
LOST = VillageRow(
    device="9bdca4fe8965c648",
    code="53.01.08.2008",
    name=NOELBAKI,
    status=PeerStatus.ACTIVE,
    since="2026-02-03T02:00:00+00:00",
    last_bundle_at="2026-11-02T02:00:00+00:00",
    bundles=12,
    received=340,
    refused=0,
)
CHANGED = KeyState("2026-11-20T02:00:00+00:00", "2027-05-19T02:00:00+00:00", ("UPTD PPA Kabupaten Kupang",))


def _codes(stage: Stage) -> QWidget:
    page = stage.page(VillagesPage)
    page.enrol.codes.click()
    stage.settle()
    bring(page, page.codes)
    return page


def _next_laptop(stage: Stage) -> QWidget:
    page = stage.page(VillagesPage)
    known = (LOST,)
    page.show_applicant(
        Path("permintaan.twe"), Applicant("53.01.08.2008", NOELBAKI, NOELBAKI, "00112233aabbccdd", known)
    )
    page.applicant.old[LOST.device].setChecked(True)
    return page


def _ppt_keys(stage: Stage) -> QWidget:
    page = stage.page(VillagesPage)
    page.keys.put(CHANGED)
    page.keys.change.click()
    stage.settle()
    bring(page, page.keys)
    return page


def _succession(stage: Stage) -> QWidget:
    page = stage.page(VillagesPage)
    page.succession.compare.show()
    stage.settle()
    bring(page, page.succession)
    return page


def _village_keys(stage: Stage) -> QWidget:
    page = stage.page(ConnectPage)
    page.keys.put(CHANGED)
    stage.settle()
    bring(page, page.keys)
    return page


SCENES = (
    Scene("keys-codes", "ppt", _codes),
    Scene("keys-next-laptop", "ppt", _next_laptop),
    Scene("keys-replace", "ppt", _ppt_keys),
    Scene("keys-succession", "ppt", _succession),
    Scene("keys-village", "village", _village_keys),
)
