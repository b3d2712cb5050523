# SPDX-License-Identifier: GPL-3.0-or-later
"""On a full disk the pages that delete still delete: the ballast goes overboard for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from copies import copied
from PySide6.QtWidgets import QApplication, QPushButton
from store_tools import small_disk
from test_keeping import press

from trafficwatch.casework.attachments import attachment_count
from trafficwatch.models.people import Person
from trafficwatch.registry.trash import trash
from trafficwatch.store import ballast
from trafficwatch.store.connection import StoreFull
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store
from trafficwatch.ui.gallery.evidence import SOUND, kept, of_name
from trafficwatch.ui.gallery.keeping import ask, filled_trash, first_resident
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.attachment import AttachmentPage
from trafficwatch.ui.village.resident_delete import ResidentDeletePage
from trafficwatch.village.drafts import drafts, keep


@pytest.fixture
def stage(qapp: QApplication, founded: dict[str, tuple[Path, Keys]], tmp_path: Path) -> Iterator[Stage]:
    """A village's desk on a small disk, with its ballast."""
    with small_disk(tmp_path, "160m") as disk:
        store = copied(founded["village"], disk / "village")
        made = Stage(store)
        assert ballast.keep(store.folder)
        yield made
        made.finish()
        store.close()


def write_much(store: Store) -> None:
    with store.work() as work:
        for _ in range(50):
            work.write(Person, None, name="Penuh", address="x" * 400)


def fill(stage: Stage) -> Store:
    """Take all the room there is, until the store can't write any more."""
    store = stage.tasks._store
    assert isinstance(store, Store)
    with (store.folder.parent / "rubbish").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 12))
    with pytest.raises(StoreFull):
        write_much(store)
    assert ballast.is_kept(store.folder)
    return store


def test_a_resident_goes_to_the_trash(stage: Stage) -> None:
    person = first_resident(stage)
    page = stage.page(ResidentDeletePage, person_id=person)
    page.draft_id = ask(stage, lambda work: keep(work, page.name, {}))
    page.reason.choose("entered_twice")
    store = fill(stage)
    press(stage, page, "Ya, hapus")
    assert "Urungkan" in {each.text() for each in page.findChildren(QPushButton)}
    assert page.saving.is_done
    assert ask(stage, lambda work: work.records.get(Person, person).deleted) == "entered_twice"
    assert ask(stage, drafts) == ()
    assert not ballast.is_kept(store.folder)


def test_a_file_goes_to_the_trash(stage: Stage) -> None:
    person = kept(stage)
    page = stage.page(AttachmentPage, attachment_id=of_name(stage, person, SOUND))
    page.take_away.click()
    page.why.choose("entered_wrongly")
    store = fill(stage)
    page.sure.click()
    stage.settle()
    assert stage.went == [("back", {})]
    assert ask(stage, lambda work: attachment_count(work, person)) == 3
    assert not ballast.is_kept(store.folder)


def test_a_resident_is_erased(stage: Stage) -> None:
    page = filled_trash(stage)
    press(stage, page, "Hapus untuk selamanya…")
    page.ground.choose("person_asked")
    store = fill(stage)
    press(stage, page, "Ya, hapus untuk selamanya")
    assert ask(stage, trash).total == 0
    assert not ballast.is_kept(store.folder)
