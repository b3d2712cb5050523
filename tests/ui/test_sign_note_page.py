# SPDX-License-Identifier: GPL-3.0-or-later
"""Noting signs and reporting, trained or not: ticks, few words, to whom it was told; drafts and deleting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from trafficwatch.models.watching import SignNote
from trafficwatch.registry.browse import residents
from trafficwatch.registry.trash import trash
from trafficwatch.screening.signs import note_card, notes, save_note
from trafficwatch.texts import LANGUAGES, catalogue
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.signs import PLACE, known
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.village.screenings import ScreeningsPage
from trafficwatch.ui.village.sign_note import SignNotePage
from trafficwatch.ui.village.sign_notes import SignNotesPage

StageOf = Callable[[str], Stage]


def words(page: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def press(page: QWidget, text: str) -> None:
    next(each for each in page.findChildren(QPushButton) if each.text() == text).click()


def newest(stage: Stage) -> SignNote:
    rows = ask(stage, lambda work: notes(work).rows)
    note: SignNote = ask(stage, lambda work: note_card(work, rows[0].id).note)
    return note


def left(page: SignNotePage) -> dict[str, Any]:
    draft = page.unsaved()
    assert draft is not None
    assert not draft.case_text
    content: dict[str, Any] = json.loads(json.dumps(draft.content))
    return content


def test_somebody_untrained_notes_signs_by_keyboard(stage_of: StageOf) -> None:
    """From the kind refusal of screening to a note that was told to the police."""
    stage = stage_of("untrained")
    press(stage.page(ScreeningsPage), "Catat tanda dan laporkan")
    assert stage.went.pop() == ("sign_note", {})
    page = stage.page(SignNotePage)
    page.signs.setFocus()
    assert page.focusWidget() is page.signs.ticks["G-01"].box
    QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(page.focusWidget(), Qt.Key.Key_Space)
    place = page.form.entries["sign_note.place"].widget
    QTest.keyClicks(place, "Dermaga")
    done = [each for each in page.findChildren(QPushButton) if each.text() == "Sudah saya beri tahu"]
    assert done[0].accessibleName() == "Sudah saya beri tahu: Polsek, meja SPKT (latihan)"
    done[0].setFocus()
    QTest.keyClick(done[0], Qt.Key.Key_Return)
    QTest.keyClick(place, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    note = newest(stage)
    assert (dict(note.signs), note.place, note.noted_on) == ({"G-02": True}, "Dermaga", stage.desk.today)
    assert (note.told_to, note.told_on) == ("Polsek, meja SPKT (latihan)", stage.desk.today)
    assert stage.went == [("sign_notes", {})]
    assert stage.said[-1] == "Catatan tersimpan"


def test_danger_and_children_come_first_and_nothing_is_concluded(stage_of: StageOf) -> None:
    page = stage_of("untrained").page(SignNotePage)
    shown = words(page)
    assert "Ada nyawa yang terancam, atau ada anak? Laporkan sekarang" in shown
    assert shown.index("Ada nyawa") < shown.index("Tanda umum")
    assert "0840-0000-0803" in shown  # the police of the practice village
    assert "Menyimpan catatan belum berarti melapor" in shown
    texts = " ".join(both[language] for both in catalogue("signs").values() for language in LANGUAGES)
    assert not re.search(r"korban|victim|pelaku|perpetrator", f"{texts} {shown}", re.IGNORECASE)


def test_a_click_on_the_words_ticks_the_box(stage_of: StageOf) -> None:
    page = stage_of("untrained").page(SignNotePage)
    tick = page.signs.ticks["G-04"]
    QTest.mouseClick(tick, Qt.MouseButton.LeftButton)
    assert page.signs.chosen == {"G-04": True}
    QTest.mouseClick(tick.box, Qt.MouseButton.LeftButton)
    assert page.signs.chosen == {}


def test_the_resident_is_chosen_and_can_be_left_out_again(stage_of: StageOf) -> None:
    stage = stage_of("village")
    someone = ask(stage, lambda work: residents(work, "", 0, 1).rows)[0]
    page = stage.page(SignNotePage, person_id=someone.id)
    assert page.unsaved() is None
    assert f"Warga: {someone.name}" in words(page)
    page.person.remove.click()
    assert (page.person.person_id, page.person.picker.isHidden()) == (None, False)
    page.person.picker.picked.emit(someone.id, someone.name)
    assert page.focusWidget() is page.person.change
    page.form.entries["sign_note.words"].write("Diam saja")
    page.save.click()
    stage.settle()
    note = newest(stage)
    assert (note.person_id, note.words, note.told_to) == (someone.id, "Diam saja", None)
    assert stage.said[-1] == "Catatan tersimpan. Jangan lupa melapor."


def test_an_empty_note_and_a_day_to_come_are_refused_and_nothing_is_lost(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = stage.page(SignNotePage)
    page.save.click()
    stage.settle()
    assert "Catatan ini masih kosong." in words(page)
    assert page.save.isEnabled()
    page.signs.ticks["G-04"].box.setChecked(True)
    page.form.entries["sign_note.noted_on"].write("1-1-2027")
    page.save.click()
    stage.settle()
    assert "Tanggal itu belum tiba" in words(page)
    page.form.entries["sign_note.noted_on"].write("")
    page.form.entries["sign_note.told_on"].write("1-11-2026")
    page.save.click()
    stage.settle()
    assert "Tulis tanggalnya." in words(page)
    assert "Tulis juga kepada siapa." in words(page)
    assert (stage.went, ask(stage, notes).total) == ([], 0)
    assert left(page)["typed"]["sign_note.signs"] == {"G-04": True}


def test_a_draft_brings_everything_back(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    someone = ask(stage, lambda work: residents(work, "", 0, 1).rows)[0]
    page = stage.page(SignNotePage)
    assert page.unsaved() is None
    page.signs.ticks["P-OFFER"].box.setChecked(True)
    page.person.picker.picked.emit(someone.id, someone.name)
    page.form.entries["sign_note.words"].write("Dijanjikan kerja ringan")
    draft = page.unsaved()
    assert draft is not None
    assert draft.subject == someone.id
    again = stage.page(SignNotePage, draft=left(page))
    assert again.unsaved() == draft
    assert f"Warga: {someone.name}" in words(again)


def test_a_known_note_is_changed_beside_what_came_meanwhile(stage_of: StageOf) -> None:
    stage = stage_of("village")
    of = known(stage)[PLACE]
    page = stage.page(SignNotePage, note_id=of)
    assert "Dicatat oleh Melkianus Oelatan" in words(page)
    assert page.unsaved() is None
    page.signs.ticks["G-04"].box.setChecked(False)
    page.signs.ticks["G-05"].box.setChecked(True)
    draft = left(page)
    ask(stage, lambda work: save_note(work, {"signs": {"G-09": True}, "words": "Sudah pergi"}, of))
    page = stage.page(SignNotePage, draft=draft, note_id=of)
    page.save.click()
    stage.settle()
    note = ask(stage, lambda work: note_card(work, of).note)
    assert set(note.signs) == {"G-05", "G-07", "G-09", "P-OFFER"}
    assert (note.words, note.place) == ("Sudah pergi", PLACE)


def test_a_sign_of_another_version_is_shown_by_its_code(stage_of: StageOf) -> None:
    stage = stage_of("village")
    of = known(stage)[PLACE]
    ask(stage, lambda work: work.write(SignNote, of, signs={"G-77": True}))
    page = stage.page(SignNotePage, note_id=of)
    assert "Tanda dari kuesioner versi lain\nG-77" in words(page)
    assert page.signs.ticks["G-77"].box.isChecked()


def test_two_who_were_told_stand_beside_each_other(stage_of: StageOf) -> None:
    page = stage_of("village").page(SignNotePage)
    for name in ("Polsek", "PPT", "Polsek"):
        page.report.told.emit(name)
    assert page.form.entries["sign_note.told_to"].read() == "Polsek; PPT"


def test_a_note_is_deleted_after_a_question_and_lies_in_the_trash(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    of = known(stage)[PLACE]
    page = stage.page(SignNotePage, note_id=of)
    page.delete.click()
    press(page, "Jangan hapus")
    assert ask(stage, notes).total == 3
    page.delete.click()
    page.sure.click()
    stage.settle()
    assert (stage.went, ask(stage, notes).total) == ([("sign_notes", {})], 2)
    assert [(row.type, row.id) for row in ask(stage, trash).rows] == [("sign_note", of)]


def test_the_list_begins_with_what_was_told_to_nobody(stage_of: StageOf) -> None:
    stage = stage_of("village")
    ids = known(stage)
    page = stage.page(SignNotesPage)
    first, second, third = page.list.lines
    assert (first.key, first.tone, first.icon) == (ids[PLACE], Tone.WARN, "warning")
    assert first.more.startswith("belum dilaporkan · terlihat 21 November 2026 · Dermaga lama · 3 tanda")
    assert second.more.startswith("disampaikan kepada Bhabinkamtibmas Noelbaki, 5 November 2026 · terlihat 4 November")
    assert third.more.startswith("disampaikan kepada PPT · terlihat Oktober 2026 · Terminal · dicatat ")
    assert "1 catatan belum dilaporkan" in words(page)
    page.list.point(first.key)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert stage.went == [("sign_note", {"note_id": ids[PLACE]})]


def test_what_was_told_to_nobody_is_one_line_at_home(stage_of: StageOf) -> None:
    stage = stage_of("village")
    assert "catatan tanda belum dilaporkan" not in words(stage.page(HomePage))
    known(stage)
    page = stage.page(HomePage)
    assert "1 catatan tanda belum dilaporkan" in words(page)
    next(each for each in page.findChildren(QPushButton) if "1 catatan tanda" in each.accessibleName()).click()
    assert stage.went == [("sign_notes", {})]
