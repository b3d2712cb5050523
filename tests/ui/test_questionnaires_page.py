# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's questionnaires by keyboard: seen before they are published, carried to a village, refused in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from exchange_tools import choose, held, press, primary, told
from questionnaire_tools import (
    GONE,
    NEW_CODE,
    NEW_WORDS,
    NEWEST,
    NEXT,
    REF,
    REWORDED,
    REWORDS,
    document,
    spelled,
    stored,
)

from trafficwatch.screening import library
from trafficwatch.store.work import Store
from trafficwatch.sync.importing import take_in
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.ppt.questionnaires import QuestionnairesPage

StageOf = Callable[[str], Stage]
StoreOf = Callable[[str], Store]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def file_of(stick: Path, version: int = NEXT, name: str = "kuesioner.json") -> Path:
    path = stick / name
    path.write_text(spelled(document(version)), "utf-8")
    return path


def test_a_new_version_goes_from_a_file_to_a_village(stage_of: StageOf, store_of: StoreOf, stick: Path) -> None:
    stage = stage_of("ppt")
    ppt, page = held(stage), stage.page(QuestionnairesPage)
    assert page.versions.list.current == NEWEST.ref
    assert [line.key for line in page.versions.list.lines] == [f"screening@{n}" for n in range(NEWEST.version, 0, -1)]
    path = file_of(stick)
    primary(page)
    choose(stage, page, path)
    assert page.preview.isVisibleTo(page)
    assert page.unsaved() is not None
    changed = {line.key: line for line in page.preview.changes.list.lines}
    assert changed.keys() == {NEW_CODE, GONE, REWORDED}
    assert changed[NEW_CODE].name == NEW_WORDS
    assert changed[REWORDED].name == REWORDS
    assert NEWEST.entry(REWORDED).text.id in changed[REWORDED].more
    assert "Tidak ditanyakan lagi" in changed[GONE].more
    assert "1 baru, 1 tidak ditanyakan lagi, 1 dengan kata-kata lain" in page.preview.changes.words.text()
    with ppt.work() as work:
        assert stored(work) == []
    path.unlink()  # what is published is what was seen
    primary(page)
    stage.settle()
    assert f"Versi {NEXT} sudah diterbitkan" in told(page)
    assert page.unsaved() is None
    assert page.preview.isHidden()
    assert page.versions.list.lines[0].key == REF
    press(page.to_villages.write)
    choose(stage, page, stick)
    assert "1 laptop desa" in told(page)
    [reply] = stick.glob("*.twb")
    village = store_of("village")
    take_in(village, reply)
    with village.work() as work:
        assert library.newest(work).entry(REWORDED).text.id == REWORDS


def test_what_cannot_be_published_is_said_with_file_and_code(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("ppt_empty")
    page = stage.page(QuestionnairesPage)
    assert page.to_villages.write.isHidden()
    broken = file_of(stick, name="rusak.json")
    broken.write_text(broken.read_text("utf-8").replace(f'"code":"{REWORDED}"', '"code":"X-OTHER-1"'), "utf-8")
    for path, words in ((broken, ("rusak.json", REWORDED)), (file_of(stick, 1), ("kuesioner.json", "versi 1"))):
        press(page.next)
        choose(stage, page, path)
        assert all(word in told(page) for word in words)
        assert page.preview.isHidden()
        assert page.next.isEnabled()
    with held(stage).work() as work:
        assert (library.newest(work), stored(work)) == (NEWEST, [])


def test_one_that_was_opened_can_be_put_aside_and_is_found_again(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("ppt_empty")
    page = stage.page(QuestionnairesPage)
    primary(page)
    choose(stage, page, file_of(stick))
    unsaved = page.unsaved()
    assert unsaved is not None
    page = stage.page(QuestionnairesPage, draft=dict(unsaved.content))
    assert page.next.text() == f"Terbitkan versi {NEXT}"
    press(page.preview.aside)
    assert (page.unsaved(), page.preview.isHidden()) == (None, True)
    assert page.next.text() == "Buka berkas kuesioner baru…"
    with held(stage).work() as work:
        assert stored(work) == []


def test_a_version_is_saved_as_a_form_and_read_again(stage_of: StageOf, stick: Path) -> None:
    stage = stage_of("ppt_empty")
    page = stage.page(QuestionnairesPage)
    page.save_as_form(NEWEST.ref, stick / "kuesioner.xlsx")
    stage.settle()
    assert "kuesioner.xlsx" in told(page)
    primary(page)
    choose(stage, page, stick / "kuesioner.xlsx")
    assert f"versi {NEWEST.version} " in told(page)  # whole and sound, only its number is taken


def test_who_has_no_training_publishes_nothing(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    stage.desk.state = dataclasses.replace(stage.desk.state, trained=False)
    page = stage.page(QuestionnairesPage)
    assert page.next.isHidden()
    assert "petugas terlatih" in told(page)
    assert page.to_villages.write.isVisibleTo(page)
