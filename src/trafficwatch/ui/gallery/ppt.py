# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the PPT desk: inbox, villages, cases, one case in its states."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import named
from trafficwatch.models.exchange import BundleKind
from trafficwatch.sync.enrolling import Applicant
from trafficwatch.ui.gallery.exchange import taken
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.case import CasePage
from trafficwatch.ui.ppt.cases import CasesPage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.ppt.villages import VillagesPage

REQUEST = Path("permintaan-desa.twe")
NOELBAKI = "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"


def _inbox(stage: Stage) -> QWidget:
    return stage.page(InboxPage)


def _inbox_taken(stage: Stage) -> QWidget:
    page = stage.page(InboxPage)
    stage.desk.say = stage.said.append
    page.show_outcome(taken(BundleKind.REPORT, "53.01.08.2008"))
    return page


def _inbox_error(stage: Stage) -> QWidget:
    page = stage.page(InboxPage)
    page.failed(named("sender_unknown", {}))
    return page


def _inbox_bundle(stage: Stage) -> QWidget:
    page = stage.page(InboxPage)
    page.list.setFocus()
    page.list.point(page.list.lines[0].key)
    return page


def _villages(stage: Stage) -> QWidget:
    return stage.page(VillagesPage)


def _villages_applicant(stage: Stage) -> QWidget:
    page = stage.page(VillagesPage)
    page.show_applicant(REQUEST, Applicant("53.01.08.2008", NOELBAKI, NOELBAKI, "00112233aabbccdd"))
    return page


def _villages_doubt(stage: Stage) -> QWidget:
    page = stage.page(VillagesPage)
    page.show_applicant(REQUEST, Applicant("53.01.08.2001", NOELBAKI, "Desa Sukamaju " * 12, "00112233aabbccdd"))
    return page


def _villages_revoke(stage: Stage) -> QWidget:
    page = stage.page(VillagesPage)
    page.list.list.point(page.list.list.lines[0].key)
    page.list.revoke.click()
    return page


def _cases(stage: Stage) -> QWidget:
    return stage.page(CasesPage)


def _case(stage: Stage) -> CasePage:
    case_id = stage.page(CasesPage).list.lines[0].key
    return stage.page(CasePage, case_id=case_id)


def _case_below(stage: Stage) -> QWidget:
    page = _case(stage)
    page.read_on(900)
    return page


def _case_end(stage: Stage) -> QWidget:
    page = _case(stage)
    page.read_on(100_000)
    return page


def _case_decline(stage: Stage) -> QWidget:
    page = _case(stage)
    page.decline.click()
    page.decline_yes.click()
    return page


SCENES = (
    Scene("inbox-full", "ppt", _inbox),
    Scene("inbox-empty", "ppt_empty", _inbox),
    Scene("inbox-taken", "ppt", _inbox_taken),
    Scene("inbox-bundle", "ppt", _inbox_bundle),
    Scene("inbox-error", "ppt", _inbox_error),
    Scene("villages-full", "ppt", _villages),
    Scene("villages-empty", "ppt_empty", _villages),
    Scene("villages-applicant", "ppt", _villages_applicant),
    Scene("villages-doubt", "ppt", _villages_doubt),
    Scene("villages-revoke", "ppt", _villages_revoke),
    Scene("cases-full", "ppt", _cases),
    Scene("cases-empty", "ppt_empty", _cases),
    Scene("case-top", "ppt", _case),
    Scene("case-middle", "ppt", _case_below),
    Scene("case-end", "ppt", _case_end),
    Scene("case-decline", "ppt", _case_decline),
)
