# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes beside the residents: recruiters, people from elsewhere, taking in a workbook, lists that leave."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget

from trafficwatch.registry.browse import residents
from trafficwatch.registry.recruiters import recruiters, save_offer, save_recruiter
from trafficwatch.registry.visitors import save_visitor, visitors
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.import_residents import ImportResidentsPage
from trafficwatch.ui.village.recruiter import RecruiterPage
from trafficwatch.ui.village.recruiter_edit import RecruiterEditPage
from trafficwatch.ui.village.recruiters import RecruitersPage
from trafficwatch.ui.village.residents import ResidentsPage
from trafficwatch.ui.village.residents_out import ListExportPage, ListPrintPage
from trafficwatch.ui.village.visitor import VisitorPage
from trafficwatch.ui.village.visitors import VisitorsPage

T = TypeVar("T")
LONG = "Maria Goreti Yosefina Anastasia Bernadeta Klaran Nahak Seran binti Antonius Fahik Taolin"
HEADINGS = (
    *("Nama lengkap", "NIK", "No. KK", "Jenis kelamin", "Tempat lahir", "Tanggal lahir", "Alamat", "Dusun", "RT", "RW"),
    *("Kedudukan dalam keluarga", "Status perkawinan", "Agama", "Pendidikan", "Pekerjaan", "Kewarganegaraan"),
    *("Status penduduk", "Nomor telepon"),
)
OTHERS = ("Orang", "Nomor", "L/P", "Lahir", "Keterangan")


def ask(stage: Stage, use_case: Callable[[Any], T]) -> T:
    """Run a use case on a stage's store."""
    found: list[T] = []
    stage.tasks.work(stage.tasks, use_case, found.append)
    stage.settle()
    return found[0]


def known(stage: Stage) -> dict[str, str]:
    """Recruiters and guests of a stage, recorded once."""

    def record(work: Any) -> dict[str, str]:
        is_long = stage.desk.state.volunteer_name == LONG
        first = LONG if is_long else "Anton Lasarus"
        there = {row.name: row.id for row in recruiters(work).rows}
        if first in there:
            return there | {row.name: row.id for row in visitors(work).rows}
        anton = save_recruiter(
            work,
            {
                "name": first,
                "kind": "person",
                "aliases": {"Om Anton": True},
                "company": "PT Karya Langit Timur Sejahtera Abadi Nusantara" if is_long else "PT Langit Timur",
                "phones": {"+6281234500011": "", "+6281234500012": "istri" if not is_long else LONG},
                "places": {"Pasar Noelbaki": True, "terminal Oebobo": True},
                "licence": "P3MI-0114",
                "licence_seen": "photo",
                "licence_checked_with": "BP3MI Kupang",
                "licence_checked_on": "2026-05-03",
                "licence_found": "doubtful",
                "told_by": "kepala dusun",
            },
        ).id
        for offer in (
            {"sector": "domestic_work", "destination_country": "MY", "wage": "RM 1.500", "heard_on": "2026-04-28"},
            {"work": "Petik sawit", "destination_country": "MY", "destination_place": "Sabah", "place": "pasar"},
        ):
            save_offer(work, anton, offer)
        save_recruiter(work, {"name": "Yosef Tallo", "phones": {"+6281234500011": ""}})
        checked = {"licence_checked_with": "Disnaker", "licence_checked_on": "2026-06-11", "licence_found": "true"}
        save_recruiter(work, {"name": "LPK Bina Kerja", "kind": "training_centre", **checked})
        save_recruiter(work, {"name": "Ibu Rini", "licence_found": "false", "licence_checked_on": "2026-07"})
        save_visitor(
            work,
            {
                "name": "Anton L.",
                "origin": LONG if is_long else "Atambua",
                "purpose": "mencari pekerja kebun",
                "host": "keluarga Nahabesi",
                "arrived_on": "2026-04-25",
                "phones": {"+6281234500011": ""},
                "recruiter_id": anton,
            },
        )
        save_visitor(work, {"name": "Ferdinan Bria", "origin": "Kefamenanu", "purpose": "berdagang kain"})
        past = {"arrived_on": "2026-01-10", "left_on": "2026-01-31"}
        save_visitor(work, {"name": "Suster Veronika", "origin": "Ende", "purpose": "mengunjungi keluarga", **past})
        there = {row.name: row.id for row in recruiters(work).rows}
        return there | {row.name: row.id for row in visitors(work).rows}

    return ask(stage, record)


def workbook(folder: Path, name: str, rows: Sequence[Sequence[str]]) -> Path:
    """A small workbook, every cell text."""
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

    path = folder / f"{name}.xlsx"
    with Workbook(path) as book:
        sheet = book.add_worksheet("Data Penduduk")
        for place, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write_string(place, column, cell)
    return path


def village_rows(stage: Stage) -> list[tuple[str, ...]]:
    """Rows of every kind: new, completed, the same name again, and refused for different reasons."""
    [yuliana] = ask(stage, lambda work: residents(work, "yuliana", 0, 1).rows)
    return [
        HEADINGS,
        ("Zeltara Vorqui", "9901085203920003", "9901082001070001", "P", "Kupang", "12-03-1992", "", "Dusun 2"),
        ("Brudol Fimgath", "9901081207850004", "9901082001070001", "L", "Soe", "12-07-1985", "", "Dusun 1"),
        ("Hulrem Jepkor", "990108", "", "L", "", "01-01-1990", "", "Dusun 1"),
        ("", "9901080101900009", "", "L", "", "01-01-1990"),
        ("Lumnax Pyrrud", "", "", "X", "", "31-02-1990"),
        ("Syltev Wopyar", "9901086505010007", "", "L", "", "25-05-2001", "", "Dusun 3"),
        (yuliana.name, "", "", "P", "Kupang", yuliana.birth_date or ""),
    ]


def _recruiters(stage: Stage) -> QWidget:
    known(stage)
    return stage.page(RecruitersPage)


def _recruiter(stage: Stage, name: str) -> QWidget:
    people = known(stage)
    return stage.page(RecruiterPage, recruiter_id=people[LONG if LONG in people and name == "Anton Lasarus" else name])


def _offer(stage: Stage) -> QWidget:
    page = stage.page(RecruiterPage, recruiter_id=known(stage)["Yosef Tallo"])
    page.add.click()
    return page


def _recruiter_form(stage: Stage, name: str) -> QWidget:
    people = known(stage)
    chosen = people[LONG if LONG in people else name]
    return stage.page(RecruiterEditPage, recruiter_id=chosen)


def _visitors(stage: Stage) -> QWidget:
    known(stage)
    return stage.page(VisitorsPage)


def _visitor(stage: Stage) -> QWidget:
    return stage.page(VisitorPage, visitor_id=known(stage)["Anton L."])


def _filtered(stage: Stage) -> QWidget:
    page = stage.page(ResidentsPage, narrowed={"stage": "preparing"}, sort="departure")
    if page.filter.is_folded:
        page.filter.opens.click()
    return page


def _import(stage: Stage, rows: Callable[[Stage], Sequence[Sequence[str]]], step: int = 1) -> ImportResidentsPage:
    page = stage.page(ImportResidentsPage)
    with tempfile.TemporaryDirectory(prefix="gallery-") as folder:
        page.take(workbook(Path(folder), "buku-penduduk", rows(stage)))
        stage.settle()
    if step > 1:
        page.next.click()
        stage.settle()
    return page


def _unknown(stage: Stage) -> QWidget:
    rows = [OTHERS, ("Zeltara Vorqui", "1", "P", "1992", "rumah biru"), ("Brudol Fimgath", "2", "L", "1985", "")]
    return _import(stage, lambda _: rows)


def _alike(stage: Stage) -> QWidget:
    page = _import(stage, village_rows, 2)
    page.findings.choose("alike")
    return page


SCENES = (
    Scene("register-residents-filtered", "village", _filtered),
    Scene("register-recruiters", "village", _recruiters),
    Scene("register-recruiters-empty", "empty", lambda stage: stage.page(RecruitersPage)),
    Scene("register-recruiters-long", "long", _recruiters),
    Scene("register-recruiter", "village", partial(_recruiter, name="Anton Lasarus")),
    Scene("register-recruiter-bare", "village", partial(_recruiter, name="Yosef Tallo")),
    Scene("register-recruiter-long", "long", partial(_recruiter, name="Anton Lasarus")),
    Scene("register-recruiter-offer", "village", _offer),
    Scene("register-recruiter-form", "village", partial(_recruiter_form, name="Anton Lasarus")),
    Scene("register-recruiter-form-long", "long", partial(_recruiter_form, name="Anton Lasarus")),
    Scene("register-visitors", "village", _visitors),
    Scene("register-visitors-empty", "empty", lambda stage: stage.page(VisitorsPage)),
    Scene("register-visitor", "village", _visitor),
    Scene("register-visitor-long", "long", _visitor),
    Scene("register-visitor-new", "village", lambda stage: stage.page(VisitorPage, name="Dominggus")),
    Scene("register-import", "village", lambda stage: stage.page(ImportResidentsPage)),
    Scene("register-import-columns", "village", partial(_import, rows=village_rows)),
    Scene("register-import-unknown", "village", _unknown),
    Scene("register-import-check", "village", partial(_import, rows=village_rows, step=2)),
    Scene("register-import-alike", "village", _alike),
    Scene("register-print", "village", lambda stage: stage.page(ListPrintPage)),
    Scene("register-export", "village", lambda stage: stage.page(ListExportPage)),
)
