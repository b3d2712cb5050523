# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of evidence files. The files are made here: a landscape, a blank form, the head of a recording; nobody's."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from trafficwatch.casework.attachments import add, attachments_of
from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.referral import blank_referral_pdf
from trafficwatch.ui.gallery.referral import person_of, read
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.attachment import AttachmentPage
from trafficwatch.ui.village.attachments import AttachmentAddPage, AttachmentsPage

PHOTO, PAPER, SOUND = "IMG-20261120-WA0003.jpg", "Kontrak kerja.pdf", "Pesan suara 20-11.ogg"
DAMAGED = "Foto rusak.png"
LONG = "IMG_20261120_" + "fotokopi_paspor_dan_kontrak_kerja_halaman_depan_" * 3 + "01.jpg"
LONG_NOTE = "Diterima dari ibunya di rumah, Dusun Oelnasi Tengah, di samping gereja lama dekat jembatan gantung. " * 4
OGG = b"OggS\0\x02" + bytes(400_000)


def photo(seed: int = 0, size: tuple[int, int] = (1600, 1200), kind: str = "JPEG") -> bytes:
    """A picture of hills under the sun."""
    width, height = size
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#9fc7e8"))
    painter = QPainter(image)
    painter.setPen(QColor("#f2c14e"))
    painter.setBrush(QColor("#f2c14e"))
    painter.drawEllipse(QPointF(width * 0.75, height * 0.25), width * 0.06, width * 0.06)
    for ink, top in (("#5b8c5a", 0.45), ("#3f6b47", 0.6), ("#7a5c3e", 0.8)):
        tops = [0.0, -0.12, 0.04, -0.08 - seed * 0.01, 0.05]
        hills = [QPointF(width * step / 4, height * (top + lift)) for step, lift in enumerate(tops)]
        painter.setPen(QColor(ink))
        painter.setBrush(QColor(ink))
        painter.drawPolygon(QPolygonF([*hills, QPointF(width, height), QPointF(0, height)]))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, kind)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def keep(stage: Stage, person: str, files: Sequence[tuple[str, bytes, str]]) -> None:
    """Add files that the person does not have yet."""
    there = {row.name for row in read(stage, lambda work: attachments_of(work, person))}
    for name, content, note in files:
        if name not in there:
            read(stage, partial(_add, person=person, name=name, content=content, note=note))


def _add(work: object, *, person: str, name: str, content: bytes, note: str) -> str:
    return add(work, person, name, content, note)  # type: ignore[arg-type]


def kept(stage: Stage) -> str:
    """Somebody with a file of every kind."""
    person = person_of(stage, "Sumarni")
    files = (
        (DAMAGED, b"\x89PNG\r\n\x1a\n" + bytes(2_000), ""),
        (SOUND, OGG, "Suara perekrut, menurut Sumarni. Diterima lewat WhatsApp."),
        (PAPER, blank_referral_pdf(PAPERS["a4"], "id"), ""),
        (PHOTO, photo(), "Foto tempat penampungan, diterima dari kakaknya tanggal 20 November."),
    )
    keep(stage, person, files)
    return person


def of_name(stage: Stage, person: str, name: str) -> str:
    """The id of the file with this name."""
    rows = read(stage, lambda work: attachments_of(work, person))
    return next(row.id for row in rows if row.name.startswith(name[:20]))


def _list(stage: Stage) -> QWidget:
    return stage.page(AttachmentsPage, person_id=kept(stage))


def _empty(stage: Stage) -> QWidget:
    return stage.page(AttachmentsPage, person_id=person_of(stage, "Elisabet"))


def _untrained(stage: Stage) -> QWidget:
    return stage.page(AttachmentsPage, person_id=person_of(stage, "Sumarni"))


def _of_long(stage: Stage) -> str:
    person = person_of(stage, "Maria")
    keep(stage, person, [(LONG, photo(1), LONG_NOTE)])
    return person


def _long(stage: Stage) -> QWidget:
    return stage.page(AttachmentsPage, person_id=_of_long(stage))


def _long_one(stage: Stage) -> QWidget:
    person = _of_long(stage)
    return stage.page(AttachmentPage, attachment_id=of_name(stage, person, LONG))


def _one(name: str) -> Callable[[Stage], AttachmentPage]:
    def make(stage: Stage) -> AttachmentPage:
        person = kept(stage)
        return stage.page(AttachmentPage, attachment_id=of_name(stage, person, name))

    return make


def _enlarged(stage: Stage) -> QWidget:
    page = _one(PHOTO)(stage)
    page.photo.larger.click()
    page.photo.larger.click()
    return page


def _export(stage: Stage) -> QWidget:
    page = _one(PHOTO)(stage)
    page.take_out.click()
    return page


def _export_wrong(stage: Stage) -> QWidget:
    page = _one(PAPER)(stage)
    page.take_out.click()
    page.write.click()
    return page


def _remove(stage: Stage) -> QWidget:
    page = _one(SOUND)(stage)
    page.take_away.click()
    return page


def _add_page(stage: Stage) -> AttachmentAddPage:
    return stage.page(AttachmentAddPage, person_id=person_of(stage, "Elisabet"))


def picked(stage: Stage, page: AttachmentAddPage, name: str, content: bytes) -> AttachmentAddPage:
    """The page after somebody chose this file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        page.take(path)
        stage.settle()
    return page


def _adding(name: str, content: Callable[[], bytes]) -> Callable[[Stage], QWidget]:
    return lambda stage: picked(stage, _add_page(stage), name, content())


SCENES = (
    Scene("evidence-list", "village", _list),
    Scene("evidence-empty", "village", _empty),
    Scene("evidence-untrained", "untrained", _untrained),
    Scene("evidence-long", "long", _long),
    Scene("evidence-add", "village", _add_page),
    Scene("evidence-add-picked", "village", _adding("Foto paspor.jpg", partial(photo, 2))),
    Scene("evidence-add-long", "village", _adding(LONG, partial(photo, 3))),
    Scene("evidence-add-refused", "village", _adding("Video.mp4", lambda: b"\0\0\0\x18ftypmp42")),
    Scene("evidence-photo", "village", _one(PHOTO)),
    Scene("evidence-photo-enlarged", "village", _enlarged),
    Scene("evidence-photo-long", "long", _long_one),
    Scene("evidence-photo-damaged", "village", _one(DAMAGED)),
    Scene("evidence-paper", "village", _one(PAPER)),
    Scene("evidence-sound", "village", _one(SOUND)),
    Scene("evidence-export", "village", _export),
    Scene("evidence-export-wrong", "village", _export_wrong),
    Scene("evidence-remove", "village", _remove),
)
