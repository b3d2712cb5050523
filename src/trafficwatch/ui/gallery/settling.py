# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of what waits for a person after an import: differences, records set aside, gaps, steps, undoing."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.sync.differences import OpenDifference, Standing
from trafficwatch.sync.gaps import Gap
from trafficwatch.sync.importing import Stage as Step
from trafficwatch.sync.inbox import BundleRow
from trafficwatch.sync.quarantine import SetAside
from trafficwatch.sync.undoing import ImportBuiltOn, Obstacle
from trafficwatch.texts import t
from trafficwatch.ui.exchange.attention import Waits
from trafficwatch.ui.exchange.import_steps import ImportSteps
from trafficwatch.ui.exchange.open_differences import OpenDifferencesPage
from trafficwatch.ui.exchange.set_aside import SetAsidePage
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.widgets.progress import Progress

NOELBAKI = "Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur"
AT = "2026-11-20T02:15:00+00:00"
LATER = "2026-11-21T01:40:00+00:00"


def _values(first: tuple[str | bool | None, str], second: tuple[str | bool | None, str]) -> tuple[Standing, ...]:
    (one, one_words), (other, other_words) = first, second
    return (
        Standing(one, one_words, "Maria Tefa", "", AT, None, counts=False, protects=False),
        Standing(other, other_words, "", f"{NOELBAKI}, laptop 2", LATER, 4, counts=True, protects=other is True),
    )


def _found(settles: str) -> tuple[OpenDifference, ...]:
    """Made-up differences: a name, a choice, and one that protects."""
    name = _values(("Yohanis Bere", "Yohanis Bere"), ("Yohanes Bere", "Yohanes Bere"))
    contact = _values((None, ""), (True, "Ya"))
    stage = _values(("plan", "Berencana berangkat"), ("abroad", "Sudah di tempat tujuan"))
    return (
        OpenDifference("person", "p", "name", "Yohanis Bere", "Nama", "", settles, name),
        OpenDifference("safe_contact", "c", "do_not_contact", "Yohanis Bere", "Jangan dihubungi", "", settles, contact),
        OpenDifference("journey", "j", "stage", "Yohanis Bere", "Tahap perjalanan", "", settles, stage),
    )


def _differences(stage: Stage) -> QWidget:
    page = stage.page(OpenDifferencesPage)
    page.show_found(_found(""))
    return page


def _protective(stage: Stage) -> QWidget:
    page = stage.page(OpenDifferencesPage)
    page.show_found(_found(""))
    page.list.point("safe_contact/c/do_not_contact")
    if page.radios is not None:
        page.radios.choose("0")
    page.now.click()
    stage.settle()
    page.show_widget(page.reason_field)
    return page


def _third(stage: Stage) -> QWidget:
    page = stage.page(OpenDifferencesPage)
    page.show_found(_found(""))
    if page.radios is not None:
        page.radios.choose("other")
        stage.settle()
        page.show_widget(page.radios)
    return page


def _theirs(stage: Stage) -> QWidget:
    page = stage.page(OpenDifferencesPage)
    page.show_found(_found(NOELBAKI))
    return page


def _no_differences(stage: Stage) -> QWidget:
    return stage.page(OpenDifferencesPage)


def _aside(reason: str, type_name: str, line: int, number: int) -> SetAside:
    return SetAside((f"b{number}", -line), type_name, f"r{line}", reason, AT, "d1", NOELBAKI, number, is_kept=True)


def _some() -> tuple[SetAside, ...]:
    return (
        *(_aside("undone", "journey", line, 7) for line in (1, 2)),
        *(_aside("link_missing", "screening", line, 6) for line in (3, 4, 5)),
        _aside("link_missing", "referral", 6, 6),
        _aside("text_too_long", "home_visit", 7, 4),
        replace(_aside("line_malformed", "", 8, 4), is_kept=False),
    )


def _set_aside(stage: Stage) -> QWidget:
    page = stage.page(SetAsidePage)
    page.show_found(_some())
    return page


def _no_reason(stage: Stage) -> QWidget:
    page = stage.page(SetAsidePage)
    page.show_found(_some())
    page.throw.click()
    stage.settle()
    page.show_widget(page.reason_field)
    return page


def _nothing_aside(stage: Stage) -> QWidget:
    return stage.page(SetAsidePage)


def _waits() -> Waits:
    gap = Gap("d1", "e", (3, 4, 7), is_current=True)
    return Waits(2, 7, (gap,), {"d1": NOELBAKI})


def _inbox(stage: Stage) -> QWidget:
    page = stage.page(InboxPage)
    page.attention.put(_waits())
    stage.settle()
    page.show_widget(page.attention)
    return page


def _home(stage: Stage) -> QWidget:
    page = stage.page(HomePage)
    page.attention.put(Waits(2, 0, (), {}))
    stage.settle()
    page.show_widget(page.attention)
    return page


def _undo(stage: Stage) -> QWidget:
    page = stage.page(InboxPage)
    page.list.point(page.list.lines[0].key)
    stage.settle()
    page.undo.put(BundleRow("b", NOELBAKI, 4, "report", AT, 29, 0, None, can_undo=True))
    page.undo.fold.head.click()
    stage.settle()
    page.undo.failed(ImportBuiltOn([Obstacle("changed", "referral", 1), Obstacle("linked", "case_part", 2)]))
    page.show_widget(page.undo)
    return page


def _steps(_: Stage) -> QWidget:
    made = QWidget()
    made.setProperty("box", "page")
    column = QVBoxLayout(made)
    column.setContentsMargins(px(24), px(24), px(24), px(24))
    column.setSpacing(px(18))
    for step in Step:
        progress, steps = Progress(), ImportSteps()
        progress.column.addWidget(steps)
        progress.begin(5, lambda done, total: t("exchange_desk.progress.taking", done=done, total=total), lambda: None)
        progress.step(2)
        progress.show()
        steps.put(step, 12, 30)
        column.addWidget(progress)
    column.addStretch(1)
    return made


SCENES = (
    Scene("differences", "village", _differences),
    Scene("differences-reason", "village", _protective),
    Scene("differences-other", "village", _third),
    Scene("differences-theirs", "ppt", _theirs),
    Scene("differences-none", "ppt", _no_differences),
    Scene("set-aside", "ppt", _set_aside),
    Scene("set-aside-no-reason", "ppt", _no_reason),
    Scene("set-aside-untrained", "untrained", _set_aside),
    Scene("set-aside-none", "village", _nothing_aside),
    Scene("inbox-waits", "ppt", _inbox),
    Scene("home-waits", "village", _home),
    Scene("inbox-undo", "ppt", _undo),
    Scene("import-steps", "empty", _steps),
)
