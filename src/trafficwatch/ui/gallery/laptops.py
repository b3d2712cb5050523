# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of two laptops in one village, and of giving a village its data back."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import named
from trafficwatch.models.exchange import BundleKind, Peer, PeerStatus
from trafficwatch.sync.pairing import Claim
from trafficwatch.ui.exchange.laptops import Laptops, LaptopsPage
from trafficwatch.ui.gallery.exchange import DIGITS, taken
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.bring_back import BringBackPage, Village

FILE = Path("laptop-desa.twe")
CODE = "53.01.08.2008"
NAME = "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"


def _other(device: str, status: PeerStatus = PeerStatus.ACTIVE) -> Peer:
    return Peer(device, "village", CODE, NAME, b"", "", status, practice=True)


TWO = ((_other("4f2a09c1d3b7e655"), 14), (_other("90bb17e2aa01c4d8", PeerStatus.REVOKED), 0))


def _alone(stage: Stage) -> QWidget:
    return stage.page(LaptopsPage)


def _paired(stage: Stage, *, may_pair: bool = True, is_waiting: bool = False) -> LaptopsPage:
    page = stage.page(LaptopsPage)
    page.show_laptops(Laptops(TWO, DIGITS, may_pair, is_waiting))
    if is_waiting:
        page.show_widget(page.waits)
    return page


def _digits(stage: Stage) -> QWidget:
    page = stage.page(LaptopsPage)
    page.show_claim(FILE, Claim(NAME, CODE, "4f2a09c1d3b7e655"))
    page.typed.put("73518 2049 55172 08")
    page.typed.complain()
    return page


def _wrong(stage: Stage) -> QWidget:
    page = stage.page(LaptopsPage)
    page.failed(named("not_one_village", {"code": "53.01.08.2001"}))
    return page


def _taken(stage: Stage) -> QWidget:
    page = stage.page(LaptopsPage)
    stage.desk.say = stage.said.append
    page.show_laptops(Laptops(TWO, DIGITS, may_pair=True, is_waiting=False))

    page.tell_outcome(taken(BundleKind.PEER, CODE))
    return page


def _parting(stage: Stage) -> QWidget:
    page = _paired(stage)
    page.ask_parting(TWO[0][0].device)
    return page


def _bring_back(stage: Stage) -> QWidget:
    page = stage.page(BringBackPage)
    page.clear_notices()
    page.show_village(Village(TWO[0][0], (_other("1c20aa4477b9e011"),)))
    return page


SCENES = (
    Scene("laptops-alone", "village", _alone),
    Scene("laptops-two", "village", _paired),
    Scene("laptops-helper", "untrained", partial(_paired, may_pair=False)),
    Scene("laptops-waiting", "village", partial(_paired, is_waiting=True)),
    Scene("laptops-digits", "village", _digits),
    Scene("laptops-refused", "village", _wrong),
    Scene("laptops-taken", "village", _taken),
    Scene("laptops-parting", "village", _parting),
    Scene("ppt-bring-back", "ppt", _bring_back),
)
