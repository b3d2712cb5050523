# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence files: recognised by content, sealed whole, held to their hash, taken out only with a reason."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from canaries import CANARY, hidden_in, look_everywhere
from desks import Desks, dump, enrolled, resident
from sqlalchemy import delete, func, select, update
from store_tools import small_disk

from trafficwatch.casework.attachments import (
    LIMIT,
    AttachmentDamaged,
    AttachmentKindUnknown,
    AttachmentThere,
    AttachmentTooLarge,
    add,
    attachment,
    attachment_count,
    attachments_of,
    content,
    export,
    pick,
    place,
)
from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.casework.file_kinds import FILE_KINDS, Shown, recognise
from trafficwatch.models.staff import Training
from trafficwatch.models.tables import Ciphertext, local
from trafficwatch.registry import trash
from trafficwatch.store import journal
from trafficwatch.store.files import DiskFull, FileExists, FileInStore, FileNotReadable
from trafficwatch.store.records import LinkMissing, RecordUnknown
from trafficwatch.store.sealing import CaseKeyNeeded, SealedValueDamaged, Sealer
from trafficwatch.store.training import TrainingNeeded
from trafficwatch.store.work import Store, Work

MP4 = b"\0\0\0\x20ftyp%bisom"
SOUND, FILM = (b"hdlr" + bytes(8) + kind for kind in (b"soun", b"vide"))
HEADS = {
    "image/jpeg": [b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1\0\x10Exif"],
    "image/png": [b"\x89PNG\r\n\x1a\n"],
    "image/webp": [b"RIFF\n\n\n\nWEBPVP8 "],
    "application/pdf": [b"%PDF-1.7\n"],
    "audio/wav": [b"RIFF\x24\0\0\0WAVEfmt "],
    "audio/mpeg": [b"ID3\x04\0", b"\xff\xfb\x90\x64", b"\xff\xf3\x40\xc0"],
    "audio/mp4": [MP4 % b"M4A " + SOUND, MP4 % b"mp42" + SOUND, MP4 % b"3gp4" + SOUND],
    "audio/ogg": [b"OggS\0\x02OpusHead"],
}
JPEG = HEADS["image/jpeg"][0]
NOT_TAKEN = {
    "empty": b"",
    "text": b"Kata Yohanis: saya dijanjikan gaji",
    "text in UTF-16": "\ufeffKata".encode("utf-16-le"),
    "picture of another kind": b"GIF89a",
    "drawing with code": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "film": MP4 % b"isom" + FILM,
    "film with sound": MP4 % b"mp42" + SOUND + FILM,
    "MP4 of nothing": MP4 % b"M4A ",
    "photo in an MP4": MP4 % b"heic" + SOUND,
    "AVI": b"RIFF\0\0\0\0AVI LIST",
    "AAC stream": b"\xff\xf1\x50\x80",
    "sign further inside": b" \xff\xd8\xff\xe0",
    "program": b"MZ\x90\0",
    "archive": b"PK\x03\x04",
}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


@pytest.fixture
def person(desks: Desks) -> str:
    return resident(desks.village, "Yohanis Bere")


def photo(text: str = "") -> bytes:
    return JPEG + text.encode()


def kept(store: Store, person: str, name: str = "Foto.jpg", file: bytes = JPEG, note: str = "") -> str:
    with store.work() as work:
        return add(work, person, name, file, note)


# -- what is taken -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("media_type", "head"), [(kind, head) for kind, heads in HEADS.items() for head in heads])
def test_a_kind_is_recognised_by_its_content(media_type: str, head: bytes) -> None:
    kind = recognise(head + bytes(100))
    assert kind is FILE_KINDS[media_type]
    assert kind.shown is {"image": Shown.PHOTO, "audio": Shown.SOUND}.get(media_type.partition("/")[0], Shown.PAPER)


def test_every_kind_is_tried() -> None:
    assert HEADS.keys() == FILE_KINDS.keys()


@pytest.mark.parametrize("file", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_what_is_not_taken(desks: Desks, person: str, file: bytes, tmp_path: Path) -> None:
    """Whatever its name says."""
    assert recognise(file) is None
    with pytest.raises(AttachmentKindUnknown):
        kept(desks.village, person, "foto.jpg", file)
    (path := tmp_path / "foto.jpg").write_bytes(file)
    with pytest.raises(AttachmentKindUnknown):
        pick(path)
    with desks.village.work() as work:
        assert attachment_count(work, person) == 0


def test_a_file_of_the_largest_size_is_kept_and_no_larger_one(desks: Desks, person: str, tmp_path: Path) -> None:
    largest = JPEG + bytes(LIMIT - len(JPEG))
    found = kept(desks.village, person, file=largest)
    with desks.village.work() as work:
        assert content(work, found) == largest
    (path := tmp_path / "besar.jpg").write_bytes(largest + b"\0")
    with pytest.raises(AttachmentTooLarge) as caught:
        kept(desks.village, person, file=largest + b"\0")
    with pytest.raises(AttachmentTooLarge):
        pick(path)
    assert caught.value.params == {"megabytes": 25}


def test_a_picked_file_is_read_and_left_alone(tmp_path: Path) -> None:
    (path := tmp_path / "Foto Yohanis.JPG").write_bytes(photo("isi"))
    picked = pick(path)
    assert (picked.name, picked.content, picked.kind.media_type) == ("Foto Yohanis.JPG", photo("isi"), "image/jpeg")
    assert path.read_bytes() == photo("isi")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipa.jpg")
    for path in (tmp_path / "pipa.jpg", tmp_path, tmp_path / "tidak ada.jpg", Path("/dev/zero")):
        with pytest.raises(FileNotReadable):
            pick(path)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("foto.jpg", "foto.jpg"),
        ("  fo\nto\x07\u202e.jpg ", "foto.jpg"),
        ("e\u0301.jpg", "é.jpg"),
        ("\udcff.jpg", ".jpg"),
        ("\x07", "-"),
        ("x" * 300 + ".jpeg", "x" * 195 + ".jpeg"),
        ("x" * 300, "x" * 200),
        ("x." + "y" * 300, "x." + "y" * 198),
    ],
)
def test_any_name_can_be_kept(desks: Desks, person: str, name: str, stored: str) -> None:
    found = kept(desks.village, person, name)
    with desks.village.work() as work:
        assert attachment(work, found).name == stored


# -- kept and read -----------------------------------------------------------------------------------------------------


def test_a_file_comes_back_as_it_was_with_who_and_when(desks: Desks, person: str) -> None:
    first = kept(desks.village, person, "Foto paspor.jpg", photo("1"), "Difoto di rumah kakaknya")
    desks.clock.move(hours=1)
    second = kept(desks.village, person, "Suara.ogg", HEADS["audio/ogg"][0])
    other = resident(desks.village, "Sumarni")
    kept(desks.village, other, file=photo("2"))
    with desks.village.work() as work:
        rows = attachments_of(work, person)
        assert [row.id for row in rows] == [second, first]
        assert rows[1] == attachment(work, first)
        assert (rows[1].person_id, rows[1].name, rows[1].kind) == (person, "Foto paspor.jpg", FILE_KINDS["image/jpeg"])
        assert (rows[1].size, rows[1].note) == (len(photo("1")), "Difoto di rumah kakaknya")
        assert (rows[1].added_by, rows[1].added_at) == ("Maria Tefa", "2026-11-21T01:00:00+00:00")
        assert rows[0].added_at > rows[1].added_at
        assert content(work, first) == photo("1")
        assert attachment_count(work, person) == 2


def test_the_same_file_again_is_noticed(desks: Desks, person: str) -> None:
    first = kept(desks.village, person)
    with pytest.raises(AttachmentThere):
        kept(desks.village, person, "nama lain.png")
    kept(desks.village, resident(desks.village, "Sumarni"))
    with desks.village.work() as work:
        delete_record(work, first)
    kept(desks.village, person)


def test_a_file_of_nobody_is_not_kept(desks: Desks) -> None:
    before = dump(desks.village)
    with pytest.raises(LinkMissing):
        kept(desks.village, "11111111-1111-4111-8111-111111111111")
    assert dump(desks.village) == before


def delete_record(work: Work, attachment_id: str) -> int:
    return trash.delete(work, "attachment", attachment_id, trash.Reason.PERSON_ASKED)


def test_what_was_deleted_is_listed_no_more_until_it_is_restored(desks: Desks, person: str) -> None:
    found = kept(desks.village, person, file=photo("isi"))
    with desks.village.work() as work:
        assert delete_record(work, found) == 1
    with desks.village.work() as work:
        assert attachments_of(work, person) == ()
        assert attachment_count(work, person) == 0
        for step in (attachment, content):
            with pytest.raises(RecordUnknown):
                step(work, found)
        trash.restore(work, "attachment", found, "Salah pencet")
        assert content(work, found) == photo("isi")


# -- sealed ------------------------------------------------------------------------------------------------------------


def test_no_file_on_the_disk_tells_anything_of_it(desks: Desks, person: str) -> None:
    kept(desks.village, person, f"{CANARY} Bere.jpg", photo(f"{CANARY} isi " * 5_000), f"Dari ibu {CANARY}")
    assert look_everywhere(desks.folder) == {}
    desks.village.close()
    assert look_everywhere(desks.folder) == {}


STEPS: dict[str, Callable[[Work, str, str], object]] = {
    "add": lambda work, person, _: add(work, person, "lain.jpg", photo("lain")),
    "list": lambda work, person, _: attachments_of(work, person),
    "look": lambda work, _, found: attachment(work, found),
    "open": lambda work, _, found: content(work, found),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_without_training_there_is_only_a_number(
    desks: Desks, person: str, step: Callable[[Work, str, str], object], tmp_path: Path
) -> None:
    found = kept(desks.village, person)
    with desks.village.work() as work:
        [training] = (each for each in work.records.select(Training) if each.volunteer_id == work.volunteer)
        work.write(Training, training.id, valid_until="2026-11-20")
    before = dump(desks.village)
    with pytest.raises(TrainingNeeded), desks.village.work() as work:
        step(work, person, found)
    with pytest.raises(TrainingNeeded):
        export(desks.village, found, tmp_path / "keluar.jpg", "Diminta polisi")
    desks.helper()
    with pytest.raises(CaseKeyNeeded), desks.village.work() as work:
        step(work, person, found)
    with pytest.raises(CaseKeyNeeded):
        export(desks.village, found, tmp_path / "keluar.jpg", "Diminta polisi")
    with desks.village.work() as work:
        assert attachment_count(work, person) == 1
    assert not (tmp_path / "keluar.jpg").exists()
    assert dump(desks.village) == before


def test_what_an_untrained_volunteer_finds_in_the_rows(desks: Desks, person: str) -> None:
    text = f"{CANARY} {CANARY} {CANARY}"
    found = kept(desks.village, person, f"{text}.jpg", photo(text), text)
    export(desks.village, found, desks.stick / "bukti.jpg", f"Untuk polisi: {text}")
    with desks.helper().work() as work:
        sealed = work.connection.execute(select(local.attachment_content.c.content)).scalar_one()
        assert not hidden_in(sealed.data)
        with pytest.raises(SealedValueDamaged):
            Sealer(desks.village.keys.master).open_bytes(*place(found), sealed)
    cells = [cell for rows in dump(desks.village).values() for row in rows for cell in row]
    assert not hidden_in(repr([cell for cell in cells if not isinstance(cell, Ciphertext)]).encode())


def stored(work: Work, attachment_id: str) -> Ciphertext:
    table = local.attachment_content
    found: Ciphertext = work.connection.execute(select(table.c.content).where(table.c.id == attachment_id)).scalar_one()
    return found


def test_damage_of_any_kind_is_told(desks: Desks, person: str) -> None:
    one, other = kept(desks.village, person, file=photo("1")), kept(desks.village, person, file=photo("2"))
    with desks.village.work() as work:
        good = stored(work, one)
        flipped = Ciphertext(good.data[:50] + bytes([good.data[50] ^ 1]) + good.data[51:])
        changed = work.sealer.seal_bytes(*place(one), photo("3"))
        table = local.attachment_content
        for wrong in (flipped, changed, stored(work, other), Ciphertext(b""), None):
            here = table.c.id == one
            work.connection.execute(
                delete(table).where(here) if wrong is None else update(table).where(here).values(content=wrong)
            )
            with pytest.raises(AttachmentDamaged):
                content(work, one)
        assert content(work, other) == photo("2")
        assert len(attachments_of(work, person)) == 2


def test_a_full_disk_keeps_all_or_nothing(tmp_path: Path) -> None:
    with enrolled(tmp_path / "d") as desks, small_disk(tmp_path, "1m") as disk:
        found = kept(desks.village, resident(desks.village), file=JPEG + os.urandom(1_500_000))
        rows = journal_rows(desks.village)
        with pytest.raises(DiskFull):
            export(desks.village, found, disk / "bukti.jpg", "Diminta polisi")
        assert list(disk.iterdir()) == []
        assert journal_rows(desks.village) == rows


# -- taken out ---------------------------------------------------------------------------------------------------------


def journal_rows(store: Store) -> int:
    with store.work() as work:
        return work.connection.execute(select(func.count()).select_from(local.journal)).scalar_one()


def test_an_export_writes_the_file_for_its_owner_alone_and_keeps_the_reason(desks: Desks, person: str) -> None:
    found, path = kept(desks.village, person, file=photo("isi")), desks.stick / "bukti.jpg"
    export(desks.village, found, path, " Diminta penyidik Polres Kupang ")
    assert path.read_bytes() == photo("isi")
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in desks.stick.iterdir() if each.suffix != ".twe"] == ["bukti.jpg"]
    with desks.village.work() as work:
        table = local.journal
        row = work.connection.execute(select(table).where(table.c.action == "export")).one()
        assert (row.type, row.id, row.volunteer, row.changes) == ("attachment", found, work.volunteer, "{}")
        said = work.sealer.open(row.type, row.id, journal.place(row.device, row.sequence), row.sealed)
        assert isinstance(said, dict)
        assert said["changes"] == {"reason": [None, "Diminta penyidik Polres Kupang"]}
        assert journal.broken_at(work.connection, work.sealer, row.device) is None


@pytest.mark.parametrize(
    ("where", "reason", "error"),
    [
        ("stick/ada.jpg", "Diminta polisi", FileExists),
        ("village/bukti.jpg", "Diminta polisi", FileInStore),
        ("stick/bukti.jpg", "  ", ReasonMissing),
    ],
)
def test_an_export_that_may_not_be(desks: Desks, person: str, where: str, reason: str, error: type[Exception]) -> None:
    found = kept(desks.village, person)
    (desks.stick / "ada.jpg").write_bytes(b"lama")
    places = {"stick": desks.stick, "village": desks.village.folder}
    folder, _, name = where.partition("/")
    rows = journal_rows(desks.village)
    with pytest.raises(error):
        export(desks.village, found, places[folder] / name, reason)
    assert journal_rows(desks.village) == rows
    assert (desks.stick / "ada.jpg").read_bytes() == b"lama"
    assert not (desks.stick / "bukti.jpg").exists()
    assert not (desks.village.folder / "bukti.jpg").exists()


def test_a_damaged_file_is_not_exported(desks: Desks, person: str) -> None:
    found, path = kept(desks.village, person), desks.stick / "bukti.jpg"
    with desks.village.work() as work:
        work.connection.execute(delete(local.attachment_content))
    rows = journal_rows(desks.village)
    with pytest.raises(AttachmentDamaged):
        export(desks.village, found, path, "Diminta polisi")
    assert not path.exists()
    assert journal_rows(desks.village) == rows
