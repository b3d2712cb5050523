# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of a person's data and rights, and of the desk's own duties about data."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from trafficwatch.casework.retention import Clock, Kept, Years
from trafficwatch.ui.gallery.keeping import first_resident
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.data_protection import DataProtectionPage, Loaded
from trafficwatch.ui.village.own_data import OwnDataPage

_LONG = "Maria Goreti Yosefina Anastasia Bernadeta Klaran Nahak Seran binti Antonius Fahik Taolin"


def own_data(stage: Stage, name: str = "") -> OwnDataPage:
    """The page of a resident."""
    return stage.page(OwnDataPage, person_id=first_resident(stage, name))


def _copy(stage: Stage) -> QWidget:
    page = own_data(stage, "Yohanis")
    page.copy.click()
    stage.settle()
    return page


def _erase(stage: Stage) -> QWidget:
    page = own_data(stage)
    page.erase.click()
    stage.settle()
    return page


def protection(stage: Stage) -> DataProtectionPage:
    """The desk's page."""
    return stage.page(DataProtectionPage)


def _due(stage: Stage, *, may_erase: bool) -> QWidget:
    """What is due at another desk, for here nothing is old enough."""
    page = protection(stage)
    case = Kept("1", "Yohanis Bere", "case_record", "2", "K7M2-9QXR-S", Clock.CASE_CLOSED, "2020-03-01", "2025-03-01")
    card = Kept("3", _LONG, "person", "3", "", Clock.GONE, "2021-08-17", "2026-08-17")
    laptop = (("0011223344556677", stage.desk.state.name),)
    page._show(Loaded(laptop, ((case, 14), (card, 32)), 31, Years(5, is_ours=False), may_erase))  # noqa: SLF001
    stage.settle()
    return page


def _sure(stage: Stage) -> QWidget:
    page = _due(stage, may_erase=True)
    assert isinstance(page, DataProtectionPage)  # noqa: S101
    page.erasers[1].click()
    stage.settle()
    return page


def _breach(stage: Stage) -> QWidget:
    page = protection(stage)
    page.lost_on.typed = "20 November 2026"
    page.how.setPlainText("Tas hilang di kapal feri; laptopnya tertutup dan terkunci.")
    page.steps["ppt"].setChecked(True)
    page.breach.click()
    stage.settle()
    return page


SCENES = (
    Scene("rights-own", "village", partial(own_data, name="Yohanis")),
    Scene("rights-copy", "village", _copy),
    Scene("rights-nobody", "village", own_data),
    Scene("rights-erase", "village", _erase),
    Scene("rights-long", "long", own_data),
    Scene("rights-untrained", "untrained", own_data),
    Scene("rights-desk", "village", protection),
    Scene("rights-desk-breach", "village", _breach),
    Scene("rights-desk-due", "village", partial(_due, may_erase=True)),
    Scene("rights-desk-sure", "village", _sure),
    Scene("rights-desk-not-mine", "untrained", partial(_due, may_erase=False)),
    Scene("rights-desk-ppt", "ppt", protection),
)
