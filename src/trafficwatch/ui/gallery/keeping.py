# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of how data are kept: change log, trash, deleting a resident, backups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.backups_page import BackupsPage, Known
from trafficwatch.ui.shell.trail_page import TrailPage
from trafficwatch.ui.shell.trash_page import TrashPage
from trafficwatch.ui.village.resident_delete import ResidentDeletePage


def ask(stage: Stage, use_case: Callable[[Any], Any]) -> Any:
    """What one transaction on the stage's store gives."""
    found: list[Any] = []
    stage.tasks.work(stage.tasks, use_case, found.append)
    stage.settle()
    return found[0]


def first_resident(stage: Stage, text: str = "") -> str:
    """The id of the first resident of the list."""
    from trafficwatch.registry.browse import residents

    return str(ask(stage, lambda work: residents(work, text).rows[0].id))


def _trail(stage: Stage) -> QWidget:
    return stage.page(TrailPage)


def _trail_of_one(stage: Stage) -> QWidget:
    return stage.page(TrailPage, person_id=first_resident(stage))


def _delete(stage: Stage) -> QWidget:
    return stage.page(ResidentDeletePage, person_id=first_resident(stage))


def filled_trash(stage: Stage) -> TrashPage:
    """The trash with somebody in it; who was there before stays there."""
    from trafficwatch.registry.trash import Reason, delete, trash

    def fill(work: Any) -> None:
        if not trash(work).total:
            from trafficwatch.registry.residents import CardInput, save_card

            twice = save_card(work, CardInput({"name": "Yuliana Nahabesi (dua kali)"})).person.id
            delete(work, "person", twice, Reason.ENTERED_TWICE)

    ask(stage, fill)
    return stage.page(TrashPage)


def _trash(stage: Stage) -> QWidget:
    return filled_trash(stage)


def _trash_empty(stage: Stage) -> QWidget:
    return stage.page(TrashPage)


def _backups(stage: Stage) -> QWidget:
    return stage.page(BackupsPage)


def _backups_known(stage: Stage) -> QWidget:
    from trafficwatch.models.backups import BackupRow, Reason

    def row(day: str, place: str, reason: Reason) -> BackupRow:
        return BackupRow(f"{day}-abc", f"2026-11-{day}T02:10:00+00:00", place, reason, 2_430_000, 148, 300)

    page = stage.page(BackupsPage)
    home = "C:/Users/Relawan/AppData/Local/trafficwatch/backups"
    page._show(  # noqa: SLF001 - places of another laptop, which no store here has
        (
            Known(row("21", f"{home}/20261121-4f0a91c", Reason.DAILY), is_here=True, is_away=False),
            Known(row("19", "E:/cadangan/20261119-77b2e1d", Reason.BY_HAND), is_here=False, is_away=True),
        )
    )
    return page


def _backups_making(stage: Stage) -> QWidget:
    page = stage.page(BackupsPage)
    page.show_making()
    page.told(70, 100)
    return page


SCENES = (
    Scene("trail-full", "village", _trail),
    Scene("trail-one", "untrained", _trail_of_one),
    Scene("trail-ppt", "ppt", _trail),
    Scene("trail-long", "long", _trail),
    Scene("trash-full", "empty", _trash),
    Scene("trash-empty", "village", _trash_empty),
    Scene("resident-delete", "village", _delete),
    Scene("backups-none", "village", _backups),
    Scene("backups-known", "village", _backups_known),
    Scene("backups-making", "village", _backups_making),
)
