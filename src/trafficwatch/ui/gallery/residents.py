# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the register: the list, who may be the same person, a card, and the sections of its form."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.registry.browse import residents
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.village.resident_edit import ResidentEditPage
from trafficwatch.ui.village.residents import ResidentsPage


def person(stage: Stage, text: str = "") -> str:
    """The id of the first resident who fits."""
    found: list[Any] = []
    stage.tasks.work(stage.tasks, lambda work: residents(work, text, 0, 1).rows[0].id, found.append)
    stage.settle()
    return str(found[0])


def _list(stage: Stage, text: str = "") -> QWidget:
    return stage.page(ResidentsPage, text=text)


def _alike(stage: Stage, text: str) -> QWidget:
    page = stage.page(ResidentsPage, text=text)
    page.new.click()
    stage.settle()
    return page


def _card(stage: Stage, text: str = "") -> QWidget:
    return stage.page(ResidentPage, person_id=person(stage, text))


def _card_banned(stage: Stage) -> QWidget:
    from trafficwatch.registry.residents import agree_safe_contact

    chosen = person(stage, "sumarni")
    stage.tasks.work(
        stage.tasks,
        lambda work: agree_safe_contact(work, chosen, do_not_contact=True, never_tell="Perekrut dan keluarganya"),
        lambda _: None,
    )
    stage.settle()
    return stage.page(ResidentPage, person_id=chosen)


def _form(stage: Stage, section: int, text: str = "yuliana") -> QWidget:
    page = stage.page(ResidentEditPage, person_id=person(stage, text))
    page.show_section(section)
    return page


def _new(stage: Stage) -> QWidget:
    page = stage.page(ResidentEditPage, name="Yohana Bere")
    page.form.entries["person.nik"].write("5301085408010001")
    page.nik.left()
    stage.settle()
    return page


def _wrong(stage: Stage) -> QWidget:
    page = stage.page(ResidentEditPage)
    page.form.entries["person.birth_date"].write("31-02-1990")
    page.form.entries["person.phones"].write([["belum ada", "kakak"]])
    page.save.click()
    return page


def _paper_open(stage: Stage) -> QWidget:
    page = stage.page(ResidentEditPage, person_id=person(stage, "yuliana"))
    page.show_section(5)
    page.papers.add.click()
    return page


SCENES = (
    Scene("residents-full", "village", _list),
    Scene("residents-found", "village", partial(_list, text="nahabesi")),
    Scene("residents-nothing", "village", partial(_list, text="siti x")),
    Scene("residents-empty", "empty", _list),
    Scene("residents-long", "long", _list),
    Scene("residents-alike", "village", partial(_alike, text="Yuliana Nahabesi")),
    Scene(
        "residents-alike-long",
        "long",
        partial(
            _alike, text="Maria Goreti Yosefina Anastasia Bernadeta Klaran Nahak Seran binti Antonius Fahik Taolin"
        ),
    ),
    Scene("residents-card", "village", partial(_card, text="yuliana")),
    Scene("residents-card-cared-for", "village", partial(_card, text="yohanis")),
    Scene("residents-card-untrained", "untrained", partial(_card, text="yohanis")),
    Scene("residents-card-banned", "village", _card_banned),
    Scene("residents-card-long", "long", _card),
    Scene("residents-card-bare", "village", partial(_card, text="elisabet")),
    Scene("residents-new", "village", _new),
    Scene("residents-form-wrong", "village", _wrong),
    Scene("residents-form-identity", "village", partial(_form, section=0)),
    Scene("residents-form-contact", "village", partial(_form, section=1)),
    Scene("residents-form-family", "village", partial(_form, section=2)),
    Scene("residents-form-journey", "village", partial(_form, section=3)),
    Scene("residents-form-over", "village", partial(_form, section=3, text="sumarni")),
    Scene("residents-form-recruiter", "village", partial(_form, section=4)),
    Scene("residents-form-documents", "village", partial(_form, section=5)),
    Scene("residents-form-paper-open", "village", _paper_open),
    Scene("residents-form-long", "long", partial(_form, section=0, text="")),
)
