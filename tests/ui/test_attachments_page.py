# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence files on the screen: adding, opening, exporting, removing, and that nothing of them lies about in clear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from canaries import CANARY, look_everywhere
from evidence_tools import adding, names, words
from exchange_tools import choose, held, press, primary, told
from PySide6.QtCore import QDir
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from trafficwatch.casework.attachments import add, attachments_of, content
from trafficwatch.casework.file_kinds import FILE_KINDS
from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.referral import blank_referral_pdf
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.texts import set_language, t
from trafficwatch.ui.gallery.evidence import DAMAGED, OGG, PAPER, PHOTO, SOUND, kept, of_name, photo
from trafficwatch.ui.gallery.referral import person_of, read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.entries import VILLAGE
from trafficwatch.ui.shell.frame import DeskFrame
from trafficwatch.ui.village.attachment import AttachmentPage
from trafficwatch.ui.village.attachment_words import breakable, kind_words, size_words
from trafficwatch.ui.village.attachments import AttachmentAddPage, AttachmentsPage
from trafficwatch.ui.village.resident import ResidentPage

StageOf = Callable[[str], Stage]


# -- words -------------------------------------------------------------------------------------------------------------


def test_sizes_and_names_in_words() -> None:
    set_language("id")
    assert [size_words(size) for size in (1, 1_499, 999_999, 1_000_000, 2_349_999, 24_990_000)] == [
        "1 KB",
        "1 KB",
        "1000 KB",
        "1,0 MB",
        "2,3 MB",
        "25,0 MB",
    ]
    set_language("en")
    assert size_words(2_300_000) == "2.3 MB"
    assert all(kind_words(kind) for kind in (*FILE_KINDS.values(), None))
    name = "x" * 100 + "_IMG-1.jpg"
    assert breakable(name).replace("\u200b", "") == name
    assert max(map(len, breakable(name).split("\u200b"))) <= 16


# -- the list ----------------------------------------------------------------------------------------------------------


def test_the_card_tells_how_many_and_leads_there(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = kept(stage)
    page = stage.page(ResidentPage, person_id=person)
    assert page.evidence.text() == "Berkas bukti (4)"
    press(page.evidence)
    assert stage.went == [("attachments", {"person_id": person})]
    nobody = stage.page(ResidentPage, person_id=person_of(stage, "Elisabet"))
    assert nobody.evidence.text() == "Berkas bukti"


def test_the_list_tells_kind_size_day_who_and_note(stage_of: StageOf) -> None:
    stage = stage_of("village")
    person = kept(stage)
    page = stage.page(AttachmentsPage, person_id=person)
    said = words(page)
    for part in (
        PHOTO,
        "Foto JPEG · ",
        "Rekaman suara OGG · 400 KB · ditambahkan ",
        " oleh Melkianus Oelatan",
        "WhatsApp",
    ):
        assert part in said
    see = [each for each in page.findChildren(QPushButton) if each.text() == t("evidence.open")]
    assert [each.accessibleName() for each in see] == [f"Buka {name}" for name in (PHOTO, PAPER, SOUND, DAMAGED)]
    press(see[1])
    press(page.add)
    primary(page)
    assert stage.went == [
        ("attachment", {"attachment_id": of_name(stage, person, PAPER)}),
        *[("attachment_add", {"person_id": person})] * 2,
    ]


def test_an_empty_list_says_what_belongs_here(stage_of: StageOf) -> None:
    stage = stage_of("village")
    page = stage.page(AttachmentsPage, person_id=person_of(stage, "Elisabet"))
    assert "Belum ada berkas bukti untuk orang ini." in words(page)
    assert page.add.hasFocus()


def test_without_training_there_is_a_number_and_the_reason(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    person = person_of(stage, "Sumarni")
    assert "Belum ada berkas bukti" in words(stage.page(AttachmentsPage, person_id=person))
    found = "11111111-1111-4111-8111-111111111111"
    row = insert(RECORD_TABLES["attachment"]).values(id=found, person_id=person)
    read(stage, lambda work: work.connection.execute(row))
    page = stage.page(AttachmentsPage, person_id=person)
    assert "Ada 1 berkas bukti untuk orang ini." in words(page)
    assert t("evidence.closed_why") in words(page)
    assert not page.add.isVisibleTo(page)
    primary(page)
    one = stage.page(AttachmentPage, attachment_id=found)
    assert not one.take_out.isVisibleTo(one)
    assert t("evidence.closed_why") in words(one)
    new = stage.page(AttachmentAddPage, draft={"note": "x", "path": "/x"}, person_id=person)
    assert t("evidence.closed_why") in words(new)
    assert new.unsaved() is None
    assert stage.went == []
    card = stage.page(ResidentPage, person_id=person)
    assert (card.evidence.text(), card.evidence.isEnabled()) == ("Berkas bukti (1)", False)


# -- adding ------------------------------------------------------------------------------------------------------------


def test_a_file_is_added_by_keyboard(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    person, page = adding(stage)
    (path := tmp_path / "Foto paspor.jpg").write_bytes(photo(7))
    assert page.choose.hasFocus()
    press(page.choose)
    choose(stage, page, path)
    assert "Foto paspor.jpg" in words(page)
    assert "Berkas aslinya tetap ada di tempat semula" in told(page)
    assert page.focusWidget() is page.note
    QTest.keyClicks(page.note, "Dari ibunya")
    primary(page)
    stage.settle()
    [row] = read(stage, lambda work: attachments_of(work, person))
    assert (row.name, row.note, row.added_by) == ("Foto paspor.jpg", "Dari ibunya", "Melkianus Oelatan")
    assert read(stage, lambda work: content(work, row.id)) == path.read_bytes() == photo(7)
    assert stage.went == [("back", {})]
    assert "Aslinya masih ada" in stage.said[-1]


@pytest.mark.parametrize(
    ("file", "said"),
    [(b"Kata Yohanis", "bukan foto, PDF, atau rekaman"), (None, "tidak dapat dibaca"), (PHOTO, "sudah tersimpan")],
)
def test_what_can_not_be_added_says_why(stage_of: StageOf, tmp_path: Path, file: bytes | str | None, said: str) -> None:
    stage = stage_of("village")
    is_twice = file == PHOTO
    person, page = adding(stage)
    read(stage, lambda work: add(work, person, "lama.jpg", photo()))
    path = tmp_path / "foto.jpg"
    if file is not None:
        path.write_bytes(photo() if isinstance(file, str) else file)
    page.take(path)
    stage.settle()
    page.save.click()
    stage.settle()
    assert said in told(page)
    assert names(stage, person) == ["lama.jpg"]
    assert stage.went == []
    assert page.save.isEnabled() is is_twice
    (good := tmp_path / "lain.jpg").write_bytes(photo(3))
    page.take(good)
    stage.settle()
    page.save.click()
    stage.settle()
    assert names(stage, person) == ["lain.jpg", "lama.jpg"]


def test_a_note_too_long_is_told_before_saving(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    person, page = adding(stage)
    (path := tmp_path / "foto.jpg").write_bytes(photo())
    page.take(path)
    stage.settle()
    page.note.setPlainText("x" * 2_001)
    page.save.click()
    stage.settle()
    assert "paling panjang 2000 huruf" in words(page)
    assert names(stage, person) == []


def test_a_draft_reads_the_file_again_and_keeps_the_note_without_it(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    person, page = adding(stage)
    assert page.unsaved() is None
    (path := tmp_path / "foto.jpg").write_bytes(photo())
    page.take(path)
    stage.settle()
    page.note.setPlainText("Dari ibunya")
    left = page.unsaved()
    assert left is not None
    assert (left.subject, left.case_text) == (person, True)
    _, page = adding(stage, draft=dict(left.content))
    assert (page.note.toPlainText(), page.save.isEnabled()) == ("Dari ibunya", True)
    path.unlink()
    _, page = adding(stage, draft=dict(left.content))
    assert (page.note.toPlainText(), page.save.isEnabled()) == ("Dari ibunya", False)
    assert "tidak dapat dibaca" in told(page)


def test_from_the_card_to_the_file_and_back_without_a_draft_left(
    stage_of: StageOf, qtbot: QtBot, tmp_path: Path
) -> None:
    stage = stage_of("village")
    person = person_of(stage, "Elisabet")
    pages = {page.name: page for page in (ResidentPage, AttachmentsPage, AttachmentAddPage, AttachmentPage)}
    frame = DeskFrame(stage.desk, VILLAGE, pages)
    stage.desk.go, stage.desk.back = frame.go, frame.back
    qtbot.addWidget(frame)
    frame.show()

    def there(page: type[QWidget]) -> None:
        qtbot.waitUntil(lambda: isinstance(frame.page, page) and stage.tasks.is_idle)

    frame.go("resident", person_id=person)
    there(ResidentPage)
    frame.page.evidence.click()
    there(AttachmentsPage)
    frame.page.add.click()
    there(AttachmentAddPage)
    (path := tmp_path / "foto.jpg").write_bytes(photo())
    frame.page.take(path)
    qtbot.waitUntil(frame.page.save.isEnabled)
    frame.rebuild()  # another language or size
    qtbot.waitUntil(lambda: frame.page.save.isEnabled() and stage.tasks.is_idle)
    frame.page.save.click()
    there(AttachmentsPage)
    [see] = [each for each in frame.page.findChildren(QPushButton) if each.text() == t("evidence.open")]
    see.click()
    there(AttachmentPage)
    qtbot.waitUntil(frame.page.photo.isVisible)
    frame.back()
    there(AttachmentsPage)
    frame.back()
    there(ResidentPage)
    assert frame.page.evidence.text() == "Berkas bukti (1)"
    assert read(stage, lambda work: work.connection.execute(select(local.draft)).all()) == []


# -- nothing lies about ------------------------------------------------------------------------------------------------


def files_in(*folders: Path) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_nothing_of_an_opened_file_is_in_any_file(
    stage_of: StageOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store's folder, the temporary folder and the home of whoever adds, opens and leaves files of every kind."""
    home, temporary, stick = (tmp_path / name for name in ("home", "tmp", "stick"))
    for folder in (home, temporary, stick):
        folder.mkdir()
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(temporary))
    assert QDir.tempPath() == str(temporary)
    stage = stage_of("village")
    person = person_of(stage, "Elisabet")
    hidden = f" {CANARY} Bere ".encode() * 200
    pdf = blank_referral_pdf(PAPERS["a4"], "id") + b"\n%" + hidden
    for name, file in (("foto.jpg", photo() + hidden), ("surat.pdf", pdf), ("suara.ogg", OGG + hidden)):
        page = stage.page(AttachmentAddPage, person_id=person)
        (stick / name).write_bytes(file)
        page.take(stick / name)
        stage.settle()
        page.note.setPlainText(f"Dari ibu {CANARY}")
        page.save.click()
        stage.settle()
        one = stage.page(AttachmentPage, attachment_id=of_name(stage, person, name))
        assert one.grab().width() > 100
        left = one.photo.isVisibleTo(one) or one.paper.isVisibleTo(one) or "diputar" in told(one)
        assert left
        stage.clear()
    assert len(names(stage, person)) == 3
    folder = held(stage).folder
    assert look_everywhere(folder) == {}
    assert files_in(home, temporary) == set()
    held(stage).close()
    assert look_everywhere(folder) == {}
