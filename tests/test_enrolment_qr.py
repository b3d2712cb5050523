# SPDX-License-Identifier: GPL-3.0-or-later
"""An enrolment goes from screen or paper through a camera: all parts, in any order, of one sheet, from any picture."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zlib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtPdf import QPdfDocument
from sync_tools import Device, device

from trafficwatch.forms.enrolment_sheet import enrolment_pdf
from trafficwatch.forms.paper import PAPERS
from trafficwatch.models.fields import Side
from trafficwatch.store.files import FileNotReadable
from trafficwatch.sync import enrolment, enrolment_qr, pictures
from trafficwatch.sync.enrolment_qr import QrDamaged, QrMissing, QrMixed, QrNotFound, joined, parts
from trafficwatch.sync.pictures import PictureTooLarge, PictureUnreadable, read_codes


@cache
def pack(name: str = "UPTD PPA Kabupaten Kupang") -> bytes:
    ppt: Device = device(name, Side.PPT, "53.01")
    found = enrolment.Enrolment(
        (1, 1), "ppt_pack", False, Side.PPT, "53.01", name, ppt.id, ppt.signing_key, ppt.recipient,
        "2026-11-21T01:00:00+00:00", address="https://ppt.kupangkab.go.id:8443", pin="a" * 64,
    )  # fmt: skip
    return enrolment.encode(found, ppt.signing_seed)


@cache
def sheet() -> Image.Image:
    """The printed sheet at 150 dots per inch, as an office scanner sees it."""
    digits = enrolment.fingerprint(b"k", "r")
    pdf = enrolment_pdf(
        "ppt_pack", "UPTD PPA Kabupaten Kupang", "2026-11-21", digits, parts(pack()), PAPERS["a4"], "id"
    )
    document, buffer = QPdfDocument(), QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    assert document.pageCount() == 1
    image = document.render(0, QSize(1240, 1754))
    document.close()
    found = Image.frombytes("RGBA", (image.width(), image.height()), bytes(image.constBits()), "raw", "BGRA")
    paper = Image.new("RGBA", found.size, "white")
    return Image.alpha_composite(paper, found).convert("L")


def photographed(number: int) -> Image.Image:
    """The sheet on a table: askew, out of perspective, blurred, in poor light, with noise."""
    chance = random.Random(number)
    table = Image.new("L", (1700, 2200), 90)
    table.paste(sheet(), (230, 223))
    corners = [chance.uniform(0, 120) for _ in range(8)]
    quad = (corners[0], corners[1], corners[2], 2200 - corners[3], 1700 - corners[4], 2200 - corners[5],
            1700 - corners[6], corners[7])  # fmt: skip
    photo = table.transform(table.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    photo = photo.rotate(chance.uniform(-20, 20) + chance.choice([0, 90, 180, 270]), expand=True, fillcolor=90)
    shade = Image.linear_gradient("L").resize(photo.size)
    photo = Image.blend(photo, shade, 0.25).filter(ImageFilter.GaussianBlur(1.0))
    noise = Image.frombytes("L", photo.size, chance.randbytes(photo.width * photo.height))
    return Image.blend(photo, noise, 0.12)


def saved(folder: Path, name: str, image: Image.Image, **options: object) -> Path:
    image.save(folder / name, **options)
    return folder / name


# -- the texts ---------------------------------------------------------------------------------------------------------


def test_a_pack_is_a_few_codes_that_any_camera_reads() -> None:
    texts = parts(pack())
    assert len(texts) == 7 - 1
    assert all(set(text) <= set(enrolment_qr._ALPHABET) and len(text) <= 500 for text in texts)
    assert joined(texts) == pack()


@given(st.binary(max_size=3_000), st.randoms())
def test_parts_come_back_in_any_order_and_more_than_once(content: bytes, chance: random.Random) -> None:
    texts = 2 * parts(content)
    chance.shuffle(texts)
    assert joined([*texts, "https://example.org", "TW1:RUJ:KPG-7Q4M:2XBD"]) == content


def test_missing_mixed_and_damaged_parts_are_named() -> None:
    texts, others = parts(pack()), parts(pack("UPTD PPA Kabupaten Belu"))
    with pytest.raises(QrMissing) as missing:
        joined([texts[0], texts[3], texts[0]])
    assert missing.value.params == {"missing": "2, 3, 5, 6", "total": 6}
    with pytest.raises(QrMixed):
        joined([*texts[:-1], others[-1]])
    with pytest.raises(QrMixed):
        joined([*texts, texts[1][:-1] + ("A" if texts[1][-1] != "A" else "B")])
    with pytest.raises(QrDamaged):
        joined([texts[0][:-1] + ("A" if texts[0][-1] != "A" else "B"), *texts[1:]])
    for none in ([], ["https://example.org"], ["TWE1"], ["TWE1AAAAAAAA01AA"]):
        with pytest.raises(QrNotFound):
            joined(none)


def test_a_deflated_bomb_is_damaged() -> None:
    packed = zlib.compress(bytes(1_000_000), 9)
    text = enrolment_qr.encode45(packed)
    head = enrolment_qr.hashlib.sha256(packed).hexdigest()[:8].upper()
    with pytest.raises(QrDamaged):
        joined([f"TWE1{head}11{text}"])


@given(st.text(alphabet=enrolment_qr._ALPHABET, min_size=1, max_size=40))
def test_any_text_is_read_or_named(text: str) -> None:
    with contextlib.suppress(QrDamaged):
        assert joined([f"TWE1AAAAAAAA11{text}"]) is not None


# -- pictures ----------------------------------------------------------------------------------------------------------


def test_a_scan_and_poor_photos_of_the_sheet_are_read(tmp_path: Path) -> None:
    """Each picture alone is enough; kinds, turns and sizes differ."""
    assert joined(read_codes([saved(tmp_path, "scan.png", sheet())])) == pack()
    for number in range(3):
        photo = saved(tmp_path, f"foto{number}.jpg", photographed(number), quality=60)
        assert joined(read_codes([photo])) == pack()


def test_pictures_of_single_codes_are_put_together(tmp_path: Path) -> None:
    halves = []
    for number, top in enumerate((0, 790)):
        half = Image.new("L", sheet().size, 255)
        box = (0, top, 1240, top + (790 if not top else 964))
        half.paste(sheet().crop(box), box[:2])
        ImageDraw.Draw(half).rectangle((0, 0, 40, 40), fill=0)
        halves.append(saved(tmp_path, f"{number}.webp", half))
    texts = [read_codes([half]) for half in halves]
    assert all(0 < len(found) < 6 for found in texts)
    assert joined(read_codes(reversed(halves))) == pack()


def test_a_phone_that_notes_its_turn_in_the_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = saved(tmp_path, "foto.jpg", sheet(), exif=exif)
    assert joined(read_codes([turned])) == pack()


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = zlib.compress(bytes(1_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(60_001, 1_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, width: int, height: int) -> None:
    (tmp_path / "foto.png").write_bytes(png_that_claims(width, height))
    with pytest.raises(PictureTooLarge):
        read_codes([tmp_path / "foto.png"])


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    whole = io.BytesIO()
    sheet().save(whole, "JPEG")
    for content in (b"", b"%PDF-1.7", b"\xff\xd8\xff", whole.getvalue()[:2_000], pack(), png_that_claims(100, 100)):
        (tmp_path / "foto.jpg").write_bytes(content)
        with pytest.raises(PictureUnreadable):
            read_codes([tmp_path / "foto.jpg"])
    sheet().convert("P").save(tmp_path / "foto.gif")
    with pytest.raises(PictureUnreadable):  # kinds that are not wanted are not even tried
        read_codes([tmp_path / "foto.gif"])
    with pytest.raises(FileNotReadable):
        read_codes([tmp_path])
    assert pictures.FILE_LIMIT < 100_000_000
