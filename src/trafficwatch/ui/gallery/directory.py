# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the directory: the PPT's list and form, and the village's page of whom to call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.casework.overview import InstitutionRow
from trafficwatch.models.directory import Service
from trafficwatch.models.institution import Institution, Reach
from trafficwatch.ppt.directory import DirectoryRow, directory
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.directory import DUE, DirectoryPage
from trafficwatch.ui.ppt.institution import InstitutionPage
from trafficwatch.ui.village.directory import InstitutionsPage

LONG = "Unit Pelaksana Teknis Daerah Perlindungan Perempuan dan Anak Kabupaten Kupang, Provinsi Nusa Tenggara Timur"


def rows_of(stage: Stage) -> tuple[DirectoryRow, ...]:
    """The directory of a stage's store."""
    found: list[tuple[DirectoryRow, ...]] = []
    stage.tasks.work(stage.tasks, directory, found.append)
    stage.settle()
    return found[0]


def _named(stage: Stage, name: str) -> str:
    return next(row.id for row in rows_of(stage) if name in row.name)


def _list(stage: Stage) -> QWidget:
    return stage.page(DirectoryPage)


def _list_none(stage: Stage) -> QWidget:
    return stage.page(DirectoryPage, text="tidak ada yang begini")


def _list_due(stage: Stage) -> QWidget:
    page = stage.page(DirectoryPage, state=DUE)
    page.list.setFocus()
    page.list.point(page.list.lines[0].key)
    return page


def _new(stage: Stage) -> QWidget:
    return stage.page(InstitutionPage)


def _known(stage: Stage) -> InstitutionPage:
    return stage.page(InstitutionPage, institution_id=_named(stage, "LPSK"))


def _below(stage: Stage) -> QWidget:
    page = _known(stage)
    page.show_widget(page.retiring)
    return page


def _retiring(stage: Stage) -> QWidget:
    page = stage.page(InstitutionPage, institution_id=_named(stage, "SAPA"))
    page.retiring.wanted.click()
    stage.settle()
    return page


def _shown(**known: Any) -> Callable[[Stage], QWidget]:
    """The form of an institution in a state that the store's own have not."""

    def make(stage: Stage) -> QWidget:
        page = stage.page(InstitutionPage, institution_id=_named(stage, "SAPA"))
        contacts: dict[str, dict[str, Any]] = {
            "phone:0380-821234": {"note": "malam hari hubungi petugas jaga", "sources": 1}
        }
        record = Institution(id=_named(stage, "SAPA"), name=LONG, area_code="53.01.08", contacts=contacts, **known)
        page.show_record(record)
        stage.settle()
        return page

    return make


def _wrong(stage: Stage) -> QWidget:
    page = stage.page(InstitutionPage)
    page.contacts.rows[0].value.setText("tanya Pak Camat")
    page.confirm.click()
    stage.settle()
    return page


def _village(**about: Any) -> Callable[[Stage], QWidget]:
    return lambda stage: stage.page(InstitutionsPage, **about)


def _village_checked(stage: Stage) -> QWidget:
    """One that was checked by somebody, one that was checked long ago, one without a number; with the longest names."""
    page = stage.page(InstitutionsPage)
    reach = (Reach("phone", "0380-821234", "malam hari hubungi petugas jaga"), Reach("whatsapp", "0812-0000-0999"))
    contacts = tuple(each.value for each in reach)
    services = frozenset(each.value for each in Service)
    more: dict[str, Any] = {
        "address": "Jalan Timor Raya km 17, di samping kantor camat",
        "hours": "Senin–Jumat 08.00–15.00",
    }
    base = InstitutionRow(
        "1", LONG, "uptd_ppa", "53.01", services, contacts, "2026-11-02", is_national=False, reach=reach
    )
    checked = replace(base, checked_by="Petrus Nenobais, Kepala Seksi Pelindungan", **more)
    old = replace(base, confirmed_on="2025-03-02", doubt="old", checked_by="Petrus Nenobais")
    none = replace(base, contacts=(), reach=(), confirmed_on=None, doubt="never")
    page.show_rows((checked, old, none), {"53.01": "Kab. Kupang"})
    stage.settle()
    return page


def _village_none(stage: Stage) -> QWidget:
    """As before a PPT has written anything: nobody in the directory offers a service."""
    page = stage.page(InstitutionsPage, service=Service.TEMPORARY_SHELTER)
    page.show_rows(tuple(replace(row, services=frozenset()) for row in page.shown), {})
    stage.settle()
    return page


SCENES = (
    Scene("directory-full", "ppt", _list),
    Scene("directory-due", "ppt", _list_due),
    Scene("directory-none", "ppt_empty", _list_none),
    Scene("directory-new", "ppt_empty", _new),
    Scene("directory-known", "ppt", _known),
    Scene("directory-below", "ppt", _below),
    Scene("directory-old", "ppt", _shown(confirmed_on="2025-03-02", checked_by="Petrus Nenobais")),
    Scene("directory-checked", "ppt", _shown(confirmed_on="2026-11-02", checked_by="Petrus Nenobais")),
    Scene("directory-retired", "ppt", _shown(deleted="closed")),
    Scene("directory-retiring", "ppt", _retiring),
    Scene("directory-wrong", "ppt_empty", _wrong),
    Scene("institutions-full", "village", _village()),
    Scene("institutions-service", "village", _village(service="health_rehabilitation")),
    Scene("institutions-checked", "untrained", _village_checked),
    Scene("institutions-none", "untrained", _village_none),
)
