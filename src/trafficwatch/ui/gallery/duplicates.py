# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of double cards: pairs to decide about, which card stays, merges so far, nobody, the search under way."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.ui.gallery.keeping import ask
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.duplicate_parts import PairCard
from trafficwatch.ui.village.duplicates import DuplicatesPage

_ADDRESS = "Dusun 2, RT 05 RW 02, Noelbaki"


def fill(work: Any) -> None:
    """Invented people of whom some are recorded twice; who was there before stays there."""
    from trafficwatch.registry.browse import residents
    from trafficwatch.registry.residents import agree_safe_contact, plan_journey, record_person

    if residents(work, "Soelaiman Kenari").total:
        return

    def put(name: str, birth_date: str, **fields: Any) -> str:
        return record_person(work, name=name, birth_date=birth_date, **fields).person.id

    one = put("H. Moh. Soelaiman Kenari", "1975~", sex="m", address=_ADDRESS, phones={"0812-3456-7890": "sendiri"})
    two = put("Muhammad Sulaiman Kenari", "1976-03-12", sex="m", nik="5301081203760001", nik_status="seen")
    plan_journey(work, one, stage="plan", destination_country="MY")
    plan_journey(work, two, stage="plan", destination_country="MY")
    agree_safe_contact(work, one, way="visit", do_not_contact=True)
    put("Mariana Kenari", "1990-05-12", nik="5301085205900001", nik_status="seen", phones={"0813-1111-2222": "kakak"})
    put("Maryana Kenari", "1990-05-12", nik="5301085205900002", nik_status="seen", phones={"081311112222": "-"})


def pair_card(page: DuplicatesPage, name: str) -> PairCard:
    """The card of the pair in which this name stands."""
    return next(each for each in page.findChildren(PairCard) if name in each.accessibleName() and each.isVisible())


def filled(stage: Stage) -> DuplicatesPage:
    ask(stage, fill)
    return stage.page(DuplicatesPage)


def asked(stage: Stage, name: str = "Soelaiman Kenari") -> DuplicatesPage:
    """The question which card stays."""
    page = filled(stage)
    pair_card(page, name).same.click()
    stage.settle()
    return page


def _full(stage: Stage) -> QWidget:
    return filled(stage)


def _same(stage: Stage) -> QWidget:
    return asked(stage)


def _contradicts(stage: Stage) -> QWidget:
    page = asked(stage, "Mariana Kenari")
    page.now.click()
    stage.settle()
    return page


def _past(stage: Stage) -> QWidget:
    from trafficwatch.registry.merging import merge, merges
    from trafficwatch.registry.residents import record_person

    def act(work: Any) -> None:
        if not merges(work):
            fields = {"birth_date": "1969", "address": _ADDRESS}
            stays, goes = (
                record_person(work, name=name, **fields).person.id for name in ("Djoko Kenari", "Joko Kenari")
            )
            merge(work, stays, goes)

    ask(stage, act)
    return stage.page(DuplicatesPage)


def _empty(stage: Stage) -> QWidget:
    return stage.page(DuplicatesPage)


def _looking(stage: Stage) -> QWidget:
    page = stage.page(DuplicatesPage)
    page._list.hide()  # noqa: SLF001 - as while it looks, which is over at once on a small register
    page.progress.begin(100, page._far, lambda: None)  # noqa: SLF001
    page.progress.step(42)
    stage.settle()
    return page


def _long(stage: Stage) -> QWidget:
    from trafficwatch.registry.browse import residents
    from trafficwatch.registry.residents import record_person

    long = "Maria Goreti Yohana Fransiska Kenarilampung " * 4

    def act(work: Any) -> None:
        if not residents(work, "Kenarilampung").total:
            for _ in range(2):
                record_person(work, name=long.strip(), birth_date="1988", address=_ADDRESS * 3)

    ask(stage, act)
    return stage.page(DuplicatesPage)


SCENES = (
    Scene("duplicates-empty", "untrained", _empty),
    Scene("duplicates-full", "village", _full),
    Scene("duplicates-same", "village", _same),
    Scene("duplicates-contradicts", "village", _contradicts),
    Scene("duplicates-past", "empty", _past),
    Scene("duplicates-looking", "empty", _looking),
    Scene("duplicates-long", "long", _long),
)
