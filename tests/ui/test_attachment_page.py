# SPDX-License-Identifier: GPL-3.0-or-later
"""One evidence file on the screen: opened inside the program, taken out with a reason, taken away."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from evidence_tools import names, opened, words
from exchange_tools import choose, press, primary, told
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from sqlalchemy import delete, select

from trafficwatch.casework.attachments import attachment_count
from trafficwatch.models.tables import local
from trafficwatch.ui.gallery.evidence import DAMAGED, PAPER, PHOTO, SOUND, kept, photo
from trafficwatch.ui.gallery.referral import read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.attachment import AttachmentPage

StageOf = Callable[[str], Stage]


# -- opening -----------------------------------------------------------------------------------------------------------


def test_a_photo_is_opened(stage_of: StageOf) -> None:
    page = opened(stage_of("village"), PHOTO)
    assert page.photo.isVisibleTo(page)
    assert not page.paper.isVisibleTo(page)
    assert page.photo.area.hasFocus()
    assert page.title.text() == "Berkas bukti"
    for part in (PHOTO, "Foto JPEG", "Foto tempat penampungan"):
        assert part in words(page)


def test_a_pdf_is_opened_sheet_by_sheet(stage_of: StageOf) -> None:
    page = opened(stage_of("village"), PAPER)
    assert page.paper.isVisibleTo(page)
    assert page.paper.words.text() == f"{len(page.paper.sheets)} lembar"
    assert page.paper.accessibleName() == f"Dokumen. {page.paper.words.text()}"
    assert len(page.paper.sheets) > 1


def test_a_recording_says_that_it_is_not_played_here(stage_of: StageOf) -> None:
    page = opened(stage_of("village"), SOUND)
    assert "tidak dapat diputar" in told(page)
    assert page.take_out.isEnabled()
    assert not page.photo.isVisibleTo(page)


def test_a_damaged_picture_says_so_and_can_still_be_exported(stage_of: StageOf) -> None:
    page = opened(stage_of("village"), DAMAGED)
    assert "rusak" in told(page)
    assert page.take_out.isEnabled()
    assert not page.photo.isVisibleTo(page)


def test_a_file_whose_content_is_gone_says_so(stage_of: StageOf) -> None:
    stage = stage_of("village")
    kept(stage)
    read(stage, lambda work: work.connection.execute(delete(local.attachment_content)))
    page = opened(stage, PHOTO)
    assert "hilang atau tidak lagi sama" in told(page)
    assert PHOTO in words(page)


# -- taking out --------------------------------------------------------------------------------------------------------


def test_an_export_asks_why_and_where(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = opened(stage, PHOTO)
    press(page.take_out)
    assert page.reason.hasFocus()
    primary(page)
    assert "Isi alasannya dahulu." in words(page)
    assert page.findChild(QFileDialog) is None
    QTest.keyClicks(page.reason, "Diminta penyidik")
    primary(page)
    dialog = page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    chosen = Path(dialog.selectedFiles()[0]).name
    assert (chosen[:6], chosen[-4:], len(chosen)) == ("bukti-", ".jpg", 18)  # nobody's name
    choose(stage, page, path := tmp_path / "keluar.jpg")
    assert path.read_bytes() == photo()
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "keluar.jpg sudah ditulis, dan ekspor ini tercatat." in told(page)
    assert not page.reason.isVisibleTo(page)
    assert page.unsaved() is None
    primary(page)
    assert not [each for each in page.findChildren(QFileDialog) if each.isVisible()]
    table = local.journal
    rows = read(stage, lambda work: work.connection.execute(select(table).where(table.c.action == "export")).all())
    assert [row.id for row in rows] == [page._id]


def test_a_failed_export_keeps_the_reason(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = opened(stage, PHOTO)
    page.take_out.click()
    page.reason.setPlainText("Diminta penyidik")
    (path := tmp_path / "ada.jpg").write_bytes(b"lama")
    page.write.click()
    choose(stage, page, path)
    assert "ada.jpg sudah ada di sana." in told(page)
    assert path.read_bytes() == b"lama"
    assert (page.reason.toPlainText(), page.write.isEnabled()) == ("Diminta penyidik", True)
    left = page.unsaved()
    assert left is not None
    assert left.case_text
    again = stage.page(AttachmentPage, draft=dict(left.content), attachment_id=page._id)
    assert again.reason.isVisibleTo(again)
    assert again.reason.toPlainText() == "Diminta penyidik"


def test_removing_asks_why_and_goes_back(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person, page = kept(stage), opened(stage, SOUND)
    page.take_away.click()
    page.sure.click()
    stage.settle()
    assert "Isi alasannya dahulu." in words(page)
    assert SOUND in names(stage, person)
    page.why.choose("entered_wrongly")
    page.sure.click()
    stage.settle()
    assert SOUND not in names(stage, person)
    assert stage.went == [("back", {})]
    assert read(stage, lambda work: attachment_count(work, person)) == 3
