# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of attachments travel with their records, each in a bundle of its own, until a receipt says that they came."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desks import SHARED, Desks, agree, enrolled, resident
from sqlalchemy import delete, select, update
from stub_tools import read_here

from trafficwatch.casework import attachments
from trafficwatch.casework.consents import record_consent
from trafficwatch.models.casework import Decision
from trafficwatch.models.evidence import Attachment
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.refusable import REFUSABLE
from trafficwatch.models.tables import local
from trafficwatch.registry import trash
from trafficwatch.sync import attaching, importing
from trafficwatch.sync.exporting import NothingToSend
from trafficwatch.sync.importing import take_in, verify
from trafficwatch.sync.outbox import deliveries

PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 300
SOUND = b"OggS\0\x02OpusHead" + bytes(range(256))


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    read_here(monkeypatch)
    with enrolled(tmp_path) as found:
        yield found


@pytest.fixture
def person(desks: Desks) -> str:
    found = resident(desks.village)
    agree(desks.village, found, *SHARED)
    return found


def kept(desks: Desks, person: str, content: bytes = PHOTO, name: str = "bukti.jpg") -> str:
    with desks.village.work() as work:
        return attachments.add(work, person, name, content, "Surat yang disita")


def state_of(desks: Desks, attachment_id: str) -> tuple[Delivery | None, str]:
    with desks.village.work() as work:
        rows = deliveries(work, None, 0, 1_000).rows
    return next((row.state, row.reason) for row in rows if row.id == attachment_id)


def files_in(desks: Desks, paths: list[Path]) -> list[set[str]]:
    return [set(verify(desks.ppt, path).files) for path in paths]


def at_ppt(desks: Desks, attachment_id: str) -> bytes:
    with desks.ppt.work() as work:
        return attachments.content(work, attachment_id)


def test_a_file_arrives_as_it_was_added_and_goes_once(desks: Desks, person: str) -> None:
    found, other = kept(desks, person), kept(desks, person, SOUND, "rekaman.ogg")
    sent = desks.send()
    hashes = [{hashlib.sha256(each).hexdigest()} for each in (PHOTO, SOUND)]
    assert [each for each in files_in(desks, sent) if each] in (hashes, hashes[::-1])
    for path in sent:
        take_in(desks.village, desks.deliver(path)[1])
    assert (at_ppt(desks, found), at_ppt(desks, other)) == (PHOTO, SOUND)
    assert state_of(desks, found) == (Delivery.RECEIVED, "")
    with pytest.raises(NothingToSend):
        desks.send()


def test_a_note_that_is_corrected_later_goes_without_the_file(desks: Desks, person: str) -> None:
    found = kept(desks, person)
    desks.exchange()
    with desks.village.work() as work:
        work.write(Attachment, found, note="Surat yang disita, halaman dua")
    sent = desks.send()
    assert files_in(desks, sent) == [set()]
    desks.deliver(sent[0])
    with desks.ppt.work() as work:
        assert attachments.attachments_of(work, person)[0].note == "Surat yang disita, halaman dua"
    assert at_ppt(desks, found) == PHOTO


def test_a_bundle_that_was_lost_is_made_again_with_the_file(desks: Desks, person: str) -> None:
    found = kept(desks, person)
    for path in desks.send():
        path.unlink()
    desks.exchange()
    assert at_ppt(desks, found) == PHOTO


def test_who_refuses_pictures_keeps_the_record_back_too(desks: Desks, person: str) -> None:
    with desks.village.work() as work:
        record_consent(work, person, dict.fromkeys(SHARED, Decision.AGREED), refused_fields=REFUSABLE["pictures"])
    found = kept(desks, person)
    assert not any(files_in(desks, desks.send()))
    desks.exchange()
    with desks.ppt.work() as work:
        assert not work.records.exists("attachment", found)
    assert state_of(desks, found)[0] is None


def test_a_damaged_file_stops_no_export(desks: Desks, person: str) -> None:
    found = kept(desks, person)
    with desks.village.work() as work:
        work.connection.execute(delete(local.attachment_content))
    assert not any(result.id == found for done in desks.exchange() for result in done.results)
    assert state_of(desks, found)[0] is Delivery.WAITING


def test_what_is_deleted_is_told_without_the_file(desks: Desks, person: str) -> None:
    found = kept(desks, person)
    desks.exchange()
    with desks.village.work() as work:
        trash.delete(work, "attachment", found, next(iter(trash.Reason)))
    sent = desks.send()
    assert files_in(desks, sent) == [set()]
    desks.deliver(sent[0])
    with desks.ppt.work() as work:
        assert work.records.get(Attachment, found).deleted is not None


@pytest.mark.parametrize(
    ("carried", "reason"),
    [
        ({}, "file_missing"),
        ({"0" * 64: PHOTO}, "file_missing"),
        ({hashlib.sha256(PHOTO).hexdigest(): b"MZ\x90\0"}, "attachment_kind_unknown"),
    ],
    ids=["no file", "the file of another", "a program"],
)
def test_a_record_without_its_file_is_set_aside(
    desks: Desks, person: str, monkeypatch: pytest.MonkeyPatch, carried: dict[str, bytes], reason: str
) -> None:
    found = kept(desks, person)
    [path] = [path for path in desks.send() if verify(desks.ppt, path).files]
    real = importing.verify
    monkeypatch.setattr(importing, "verify", lambda *a, **k: replace(real(*a, **k), files=carried))
    done = take_in(desks.ppt, path)
    assert [(result.state, result.reason) for result in done.results if result.id == found] in (
        [(Delivery.REFUSED, reason)],
        [(Delivery.REFUSED, "link_missing")],
    )
    with desks.ppt.work() as work:
        assert work.connection.execute(select(local.attachment_content)).first() is None


def test_a_whole_file_is_never_replaced_and_a_damaged_one_is(desks: Desks, person: str) -> None:
    found = kept(desks, person)
    path = next(path for path in desks.send() if verify(desks.ppt, path).files)
    desks.exchange()
    opened = verify(desks.ppt, path)
    state = opened.lines.records[0].state
    table = local.attachment_content
    with desks.ppt.work() as work:
        before = work.connection.execute(select(table.c.content)).scalar_one()
        attaching.take(work, opened, state)
        assert work.connection.execute(select(table.c.content)).scalar_one() == before
        work.connection.execute(update(table).values(content=work.sealer.seal_bytes("attachment", "x", "y", b"")))
        attaching.take(work, opened, state)
    assert at_ppt(desks, found) == PHOTO
