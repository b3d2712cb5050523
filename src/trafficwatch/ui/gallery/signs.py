# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of noted signs: the form new, filled and of a known note, the list with and without notes."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.registry.browse import residents
from trafficwatch.screening.signs import notes, save_note, told
from trafficwatch.ui.gallery.register import ask
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.sign_note import SignNotePage
from trafficwatch.ui.village.sign_notes import SignNotesPage

PLACE = "Dermaga lama"


def known(stage: Stage) -> dict[str, str]:
    """Notes of a stage by their place, recorded once: one that was told to nobody, one of a resident, one of words."""

    def record(work: Any) -> dict[str, str]:
        if not notes(work).rows:
            someone = residents(work, "", 0, 1).rows[0].id
            seen = {"G-04": True, "G-07": True, "P-OFFER": True}
            save_note(work, {"signs": seen, "place": PLACE, "words": "Diam saja, dijawabkan orang lain."})
            days = {"noted_on": "2026-11-04", "place": "Rumah kos RT 004"}
            first = save_note(work, {"signs": {"G-02": True}, "person_id": someone, **days})
            told(work, first.id, "Bhabinkamtibmas Noelbaki", "2026-11-05")
            words = {"words": "Tiga orang muda menunggu mobil tengah malam.", "place": "Terminal"}
            second = save_note(work, {**words, "noted_on": "2026-10"})
            save_note(work, {"told_to": "PPT"}, second.id)
        return {row.place or "": row.id for row in notes(work).rows}

    return ask(stage, record)


def _list(stage: Stage) -> QWidget:
    known(stage)
    return stage.page(SignNotesPage)


def _known(stage: Stage) -> QWidget:
    return stage.page(SignNotePage, note_id=known(stage)["Rumah kos RT 004"])


def _told(stage: Stage) -> QWidget:
    """The end of the form, once somebody was called."""
    page = stage.page(SignNotePage)
    page.signs.ticks["G-04"].box.setChecked(True)
    page.report.told.emit("Polsek")
    stage.settle()
    return page


def _deleting(stage: Stage) -> QWidget:
    page = stage.page(SignNotePage, note_id=known(stage)[PLACE])
    page.delete.click()
    stage.settle()
    return page


SCENES = (
    Scene("sign_notes-list", "village", _list),
    Scene("sign_notes-empty", "empty", lambda stage: stage.page(SignNotesPage)),
    Scene("sign_notes-long", "long", _list),
    Scene("sign_note-new", "untrained", lambda stage: stage.page(SignNotePage)),
    Scene("sign_note-told", "village", _told),
    Scene("sign_note-known", "village", _known),
    Scene("sign_note-long", "long", _known),
    Scene("sign_note-delete", "village", _deleting),
    Scene("sign_note-empty", "empty", lambda stage: stage.page(SignNotePage)),
)
