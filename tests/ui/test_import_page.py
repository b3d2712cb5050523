# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking in a workbook on the screen: nothing before the button, all or nothing after it, and every refusal told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from workbook_tools import village_rows as synthetic
from workbook_tools import write_village

from trafficwatch.registry.browse import counts, residents
from trafficwatch.registry.residents import record_person
from trafficwatch.registry.workbook.plan import Outcome
from trafficwatch.ui.gallery.register import HEADINGS, OTHERS, ask, village_rows, workbook
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village import import_intake
from trafficwatch.ui.village.import_residents import ImportResidentsPage

StageOf = Callable[[str], Stage]
Rows = Sequence[Sequence[str]]


def people(stage: Stage) -> int:
    return ask(stage, counts).people


def said(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget))


def opened(stage: Stage, path: Path) -> ImportResidentsPage:
    """The page after a file was chosen."""
    stage.desk.open_file = lambda _owner, _title, then, **_: then(path)
    page = stage.page(ImportResidentsPage)
    page.next.click()
    stage.settle()
    return page


def checked(stage: Stage, path: Path) -> ImportResidentsPage:
    """The page at the step that shows what would happen."""
    page = opened(stage, path)
    page.next.click()
    stage.settle()
    return page


def tiles(page: ImportResidentsPage) -> tuple[str, ...]:
    return tuple(page.tiles.numbers[outcome].text() for outcome in Outcome)


def lines(page: ImportResidentsPage) -> dict[str, str]:
    return {line.name: line.more for line in page.findings.list.lines}


def press(page: Page, words: str) -> None:
    (found,) = [each for each in page.findChildren(QPushButton) if each.text() == words and each.isVisibleTo(page)]
    found.click()


# -- file and columns --------------------------------------------------------------------------------------------------


def test_it_begins_with_a_file_and_says_what_is_safe(stage_of: StageOf) -> None:
    page = stage_of("village").page(ImportResidentsPage)
    assert page.focusWidget() is page.next
    assert (page.next.text(), page.unsaved()) == ("Pilih berkas …", None)
    assert "Belum ada yang disimpan." in said(page)


def test_a_known_layout_is_recognised(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    before = people(stage)
    page = opened(stage, workbook(tmp_path, "warga", village_rows(stage)))
    text = said(page)
    assert "Dikenali sebagai lembar isian kami, judul kolom di baris 1." in text
    assert "Kedudukan dalam keluarga" in text
    assert not page.columns_step.choices
    assert people(stage) == before


def test_an_unknown_layout_is_mapped_by_hand(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    rows = [OTHERS, ("Zeltara Vorqui", "1", "P", "1992", "rumah biru"), ("Brudol Fimgath", "2", "L", "1985", "")]
    page = opened(stage, workbook(tmp_path, "lain", rows))
    assert "Pilih kolom yang memuat nama warga." in said(page)
    page.columns_step.choices[3].choose("birth_date")
    page.next.click()
    assert page.columns_step.choices[0].hasFocus()
    page.columns_step.choices[0].choose("name")
    page.columns_step.choices[4].choose("name")
    page.next.click()
    assert "“Nama” dipilih untuk dua kolom. Pilih satu saja." in said(page)
    page.columns_step.choices[4].choose(None)
    page.next.click()
    stage.settle()
    assert (tiles(page), page.next.text()) == (("2", "0", "0", "0"), "Masukkan 2 warga")
    page.next.click()
    stage.settle()
    (one,) = ask(stage, lambda work: residents(work, "Zeltara")).rows
    assert one.birth_date == "1992"


def test_the_columns_of_a_known_layout_can_be_changed(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = opened(
        stage, workbook(tmp_path, "warga", [HEADINGS, ("Zeltara Vorqui", "", "", "", "Kupang", "", "", "Soe")])
    )
    page.columns_step.change.click()
    assert page.columns_step.choices[HEADINGS.index("Dusun")].value == "hamlet"
    page.columns_step.choices[HEADINGS.index("Tempat lahir")].choose(None)
    page.columns_step.choices[HEADINGS.index("Dusun")].choose("birth_place")
    page.next.click()
    stage.settle()
    assert page.seen is not None
    assert page.seen.reading.rows[0].fields["birth_place"] == "Soe"


def test_another_sheet_is_read_when_it_is_chosen(stage_of: StageOf, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number, name in enumerate(("RT 01", "RT 02", "Lama")):
        sheet = book.create_sheet(name)
        sheet.append(HEADINGS)
        for place in range(number + 1):
            sheet.append([f"Zeltara Vorqui{'abc'[place]}"])
        sheet.sheet_state = "hidden" if name == "Lama" else "visible"
    del book["Sheet"]
    book.save(tmp_path / "dua.xlsx")
    stage = stage_of("village")
    page = opened(stage, tmp_path / "dua.xlsx")
    assert "Lembar tersembunyi tidak dibaca: Lama." in said(page)
    assert page.columns_step.sheet.value == "RT 01"
    page.columns_step.sheet.setFocus()
    QTest.keyClick(page.columns_step.sheet, Qt.Key.Key_Down)
    stage.settle()
    page.next.click()
    assert tiles(page) == ("2", "0", "0", "0")


def test_what_is_no_workbook_is_told_and_another_can_be_chosen(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    wrong = tmp_path / "surat.xlsx"
    wrong.write_bytes(b"PK\x03\x04 nothing of the kind")
    page = opened(stage, wrong)
    assert "surat.xlsx" in said(page)
    assert (page.next.text(), page.next.isEnabled(), page.unsaved()) == ("Pilih berkas …", True, None)


# -- what would happen -------------------------------------------------------------------------------------------------


def test_every_refused_row_has_its_reasons(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    before = people(stage)
    page = checked(stage, workbook(tmp_path, "warga", village_rows(stage)))
    assert tiles(page) == ("3", "0", "0", "4")
    assert page.findings.buttons["refused"].text() == "Ditolak: 4"
    found = lines(page)
    assert found["Baris 4 · Hulrem Jepkor"] == "NIK: NIK terdiri dari 6 angka, bukan 16"
    assert found["Baris 5"] == "Nama lengkap: nama kosong"
    assert found["Baris 6 · Lumnax Pyrrud"].splitlines() == [
        "Jenis kelamin: “X” bukan kode atau kata yang dikenal",
        "Tanggal lahir: tanggal 31 tidak ada; bulan itu hanya sampai 28",
    ]
    assert page.findings.buttons["differs"].isHidden()
    assert (page.safe.text(), people(stage)) == ("Belum ada yang disimpan.", before)


def test_what_differs_and_what_is_odd_is_listed(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    nik, fields = "9901085203920003", {"nik_status": "told", "sex": "f", "occupation": "Petani"}
    ask(stage, lambda work: record_person(work, name="Zeltara Vorqui", nik=nik, **fields))
    rows = [HEADINGS, ("Zeltara Vorqui", nik, "", "L", "", "13-03-1992", *[""] * 8, "Guru")]
    page = checked(stage, workbook(tmp_path, "warga", rows))
    assert tiles(page) == ("0", "1", "0", "0")
    assert page.findings.kind == "differs"
    assert lines(page) == {
        "Baris 2 · Jenis kelamin · Zeltara Vorqui": "Di kartu: Perempuan · di berkas: Laki-laki",
        "Baris 2 · Pekerjaan · Zeltara Vorqui": "Di kartu: Petani · di berkas: Guru",
    }
    page.findings.buttons["remarks"].click()
    assert "NIK memuat tanggal lahir lain" in lines(page)["Baris 2 · Zeltara Vorqui"]


def test_somebody_alike_is_taken_in_only_when_told_to(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = checked(stage, workbook(tmp_path, "warga", village_rows(stage)))
    page.findings.buttons["alike"].click()
    (tick,) = page.findings.ticks
    assert tick.text().startswith("Baris 8: Yuliana Nahabesi, 14 Agustus 2001")
    tick.setFocus()
    QTest.keyClick(tick, Qt.Key.Key_Space)
    stage.settle()
    assert (tiles(page), page.next.text()) == (("4", "0", "0", "3"), "Masukkan 4 warga")
    assert page.findings.buttons["refused"].text() == "Ditolak: 3"
    QTest.keyClick(tick, Qt.Key.Key_Space)
    stage.settle()
    assert tiles(page) == ("3", "0", "0", "4")
    tick.click()
    page.next.click()
    stage.settle()
    assert len(ask(stage, lambda work: residents(work, "yuliana nahabesi")).rows) == 2


def test_many_refusals_are_shown_a_page_at_a_time(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = checked(stage, workbook(tmp_path, "warga", [HEADINGS, *[("", "", "", "L", "Soe", "1990")] * 60]))
    assert (tiles(page)[3], len(lines(page)), page.findings.pager.isHidden()) == ("60", 25, False)
    page.findings.pager.later.click()
    assert next(iter(lines(page))) == "Baris 27"


# -- taking in ---------------------------------------------------------------------------------------------------------


def test_it_is_taken_in_and_the_same_again_changes_nothing(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    before = people(stage)
    village = synthetic(60, share=0.2)
    path = write_village(tmp_path / "opensid.xlsx", village)
    page = checked(stage, path)
    refused = len({row for row, _, _ in village.refused})
    settled: list[bool] = []
    page.settled.connect(lambda: settled.append(True))
    page.next.click()
    stage.settle()
    assert settled == [True]
    assert people(stage) == before + 60 - refused
    assert page.result.text() == f"{60 - refused} warga baru, 0 kartu dilengkapi."
    assert (page.next.text(), page.unsaved()) == ("Lihat daftar warga", None)
    page.next.click()
    assert stage.went.pop() == ("residents", {})
    again = checked(stage, path)
    assert tiles(again) == ("0", "0", str(60 - refused), str(refused))
    assert again.safe.text().startswith("Tidak ada yang perlu dimasukkan")
    assert not again.next.isEnabled()


def test_refused_rows_are_saved_as_a_file(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = checked(stage, workbook(tmp_path, "warga", village_rows(stage)))
    page.next.click()
    stage.settle()
    out = tmp_path / "ditolak.xlsx"
    stage.desk.save_file = lambda _owner, _title, then, **_: then(out)
    press(page, "Simpan baris yang ditolak …")
    stage.settle()
    sheet = openpyxl.load_workbook(out).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][-1] == "Alasan ditolak"
    assert [row[0] for row in rows[1:]] == ["Hulrem Jepkor", None, "Lumnax Pyrrud", "Yuliana Nahabesi"]
    assert "ditolak.xlsx tersimpan." in said(page)


def test_an_empty_template_is_saved_and_fits(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    out = tmp_path / "kosong.xlsx"
    stage.desk.save_file = lambda _owner, _title, then, **_: then(out)
    page = stage.page(ImportResidentsPage)
    page.template.click()
    stage.settle()
    assert openpyxl.load_workbook(out).worksheets[0]["A1"].value == "Nama lengkap"


def test_who_cancels_finds_nothing_taken_in(stage_of: StageOf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The worker waits before the first row until the button was pressed."""
    stage = stage_of("village")
    before = people(stage)
    page = checked(stage, workbook(tmp_path, "warga", village_rows(stage)))
    reached, pressed = threading.Event(), threading.Event()
    whole = import_intake.take_in

    def waiting(store: Any, seen: Any, **rest: Any) -> Any:
        reached.set()
        assert pressed.wait(60)
        return whole(store, seen, **rest)

    monkeypatch.setattr(import_intake, "take_in", waiting)
    page.next.click()
    assert reached.wait(60)
    assert not page.next.isEnabled()
    page.progress.stop.click()
    assert "Tidak ada yang akan disimpan." in page.progress.count.text()
    pressed.set()
    stage.settle()
    assert people(stage) == before
    assert "Dibatalkan. Tidak ada yang dimasukkan." in said(page)
    assert (page.next.text(), page.next.isEnabled()) == ("Masukkan 3 warga", True)


# -- drafts ------------------------------------------------------------------------------------------------------------


def test_coming_back_goes_on_at_the_same_step(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = checked(stage, workbook(tmp_path, "warga", village_rows(stage)))
    page.findings.buttons["alike"].click()
    page.findings.ticks[0].click()
    stage.settle()
    left = page.unsaved()
    assert left is not None
    assert "Zeltara" not in str(left.content)
    again = stage.page(ImportResidentsPage, draft=dict(left.content))
    assert (tiles(again), again.next.text()) == (("4", "0", "0", "3"), "Masukkan 4 warga")


def test_a_file_that_is_gone_is_told(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    path = workbook(tmp_path, "warga", village_rows(stage))
    page = checked(stage, path)
    left = page.unsaved()
    assert left is not None
    path.unlink()
    again = stage.page(ImportResidentsPage, draft=dict(left.content))
    assert "warga.xlsx" in said(again)
    assert (again.next.text(), again.unsaved()) == ("Pilih berkas …", None)


def test_the_step_before_can_be_gone_to(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = checked(stage, workbook(tmp_path, "warga", village_rows(stage)))
    page.before.click()
    assert page.next.text() == "Lanjut, periksa isinya"
    page.before.click()
    assert (page.next.text(), page.before.isHidden()) == ("Pilih berkas …", True)
