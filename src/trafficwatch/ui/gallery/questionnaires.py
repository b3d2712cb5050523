# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the PPT's questionnaires: the versions, one that waits to be published, and what went wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from trafficwatch.errors import named
from trafficwatch.models.publishing import PublishedQuestionnaire
from trafficwatch.models.screening import Kind, Questionnaire, Risk, Words
from trafficwatch.screening import questionnaires
from trafficwatch.screening.library import Version
from trafficwatch.screening.publishing import Edition, Preview, difference
from trafficwatch.sync.publishing import Published
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.questionnaires import QuestionnairesPage

FILE = Path("kuesioner-baru.xlsx")
LONG_FILE = Path("kuesioner-skrining-awal-untuk-semua-desa-" * 4 + "akhir.json")
LONG_WORDS = (
    "Apakah Anda pernah dijanjikan sesuatu yang ternyata lain, misalnya upah, tempat, atau jenis pekerjaannya? "
)


def _next(words: str = "", title: str = "") -> Questionnaire:
    """The version after the program's newest: a question new, one gone, one in other words, one read in another way."""
    newest = questionnaires.newest()
    signs = [entry for entry in newest.entries if entry.kind is Kind.SIGN]
    told = replace(signs[1], text=_words(words or "Apakah upah Anda ditahan oleh majikan atau agen?"))
    new = replace(signs[2], code="L-CAR-PHONE-1", text=_words(words or "Apakah ada yang menyimpan telepon Anda?"))
    changed = {signs[1].code: told}
    kept = [changed.get(entry.code, entry) for entry in newest.entries if entry.code != signs[0].code]
    read = [replace(entry, risk=Risk.HIGH) if entry.risk is Risk.MEDIUM else entry for entry in kept]
    called = _words(title) if title else newest.title
    return replace(newest, version=newest.version + 1, title=called, entries=(*read, new))


def _words(words: str) -> Words:
    return Words(words, words)


def _preview(made: Questionnaire) -> Preview:
    before = questionnaires.newest()
    return Preview(Version(made), before, difference(before, made), "")


def _page(stage: Stage) -> QuestionnairesPage:
    return stage.page(QuestionnairesPage)


def _pointed(stage: Stage) -> QWidget:
    page = _page(stage)
    page.versions.list.setFocus()
    page.versions.list.point(page.versions.list.lines[0].key)
    return page


def _end(stage: Stage) -> QWidget:
    page = _page(stage)
    page.show_widget(page.to_villages)
    return page


def _opened(stage: Stage) -> QWidget:
    page = _page(stage)
    page.show_preview(FILE, _preview(_next()))
    return page


def _long(stage: Stage) -> QWidget:
    page = _page(stage)
    title = "Kuesioner skrining awal untuk calon pekerja migran, keluarganya, dan warga yang sudah pulang " * 2
    page.show_preview(LONG_FILE, _preview(_next(LONG_WORDS * 2, title[:200])))
    return page


def _same(stage: Stage) -> QWidget:
    page = _page(stage)
    newest = questionnaires.newest()
    page.show_preview(FILE, _preview(replace(newest, version=newest.version + 1)))
    return page


def _published(stage: Stage) -> QWidget:
    page = _page(stage)
    stage.desk.say = stage.said.append
    made, before = _next(), questionnaires.newest()
    record = PublishedQuestionnaire(id="", ref=made.ref, published_on=stage.desk.today)
    page.show_published(made.version, Published(record, 12))
    stage.settle()
    editions = [
        Edition(Version(made, None, stage.desk.today), before, difference(before, made)),
        Edition(Version(before), None, None),
    ]
    page.show_found(editions, 12)
    return page


def _written(stage: Stage) -> QWidget:
    page = _page(stage)
    stage.desk.say = stage.said.append
    page.show_written([FILE] * 12)
    return page


def _broken(stage: Stage) -> QWidget:
    page = _page(stage)
    reason = "menuju pertanyaan yang tidak ada, E-CAR-PHONE"
    page.failed(named("screening_broken_questionnaire", {"file": FILE.name, "code": "L-CAR-DOC-1", "reason": reason}))
    return page


SCENES = (
    Scene("questionnaires-full", "ppt", _page),
    Scene("questionnaires-pointed", "ppt", _pointed),
    Scene("questionnaires-villages", "ppt", _end),
    Scene("questionnaires-empty", "ppt_empty", _end),
    Scene("questionnaires-preview", "ppt", _opened),
    Scene("questionnaires-long", "ppt", _long),
    Scene("questionnaires-same", "ppt", _same),
    Scene("questionnaires-published", "ppt", _published),
    Scene("questionnaires-written", "ppt", _written),
    Scene("questionnaires-broken", "ppt", _broken),
)
