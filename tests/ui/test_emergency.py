# SPDX-License-Identifier: GPL-3.0-or-later
"""The emergency page: the numbers of the store, honestly marked, for everyone, and the card for the wall as a PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel
from referral_tools import pages

from trafficwatch.casework.overview import InstitutionRow, institutions
from trafficwatch.models.institution import Institution, in_order_to_call
from trafficwatch.texts import t
from trafficwatch.ui.gallery.referral import read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.emergency import EmergencyPage, emergency_rows

StageOf = Callable[[str], Stage]


def shown(page: EmergencyPage) -> list[str]:
    """What a screen reader is told of each tile, in order."""
    grid = page._grid
    tiles = [grid.itemAt(place).widget() for place in range(grid.count())]
    return [tile.accessibleName() for tile in tiles if isinstance(tile, QFrame)]


@pytest.mark.parametrize("desk", ["village", "untrained", "empty", "ppt"])
def test_every_desk_and_volunteer_sees_the_numbers(stage_of: StageOf, desk: str) -> None:
    stage = stage_of(desk)
    page = stage.page(EmergencyPage)
    first = shown(page)[0]
    assert first.startswith("SAPA 129")
    assert "129" in first
    assert t("records.unconfirmed") in first
    words = [label.text() for label in page.findChildren(QLabel)]
    assert {t(f"emergency.do.{key}") for key in ("danger", "hurt", "trafficking", "abroad")} <= set(words)


def test_a_number_that_a_ppt_has_checked_says_so(stage_of: StageOf) -> None:
    stage = stage_of("ppt")
    row = read(stage, lambda work: next(each for each in institutions(work) if each.name.startswith("SAPA")))
    read(stage, lambda work: work.write(Institution, row.id, confirmed_on="2026-11-02"))
    page = stage.page(EmergencyPage)
    assert t("records.confirmed_on", day="2 November 2026") in shown(page)[0]


def row(kind: str, *contacts: str, area: str | None = None) -> InstitutionRow:
    return InstitutionRow(kind, kind, kind, area, frozenset(), contacts, None, is_national=area is None)


def test_without_a_number_only_the_police_are_named() -> None:
    rows = [row("witness_protection", "148"), row("police"), row("puskesmas"), row("ngo", "0812"), row("ppt", "0380")]
    assert [each.kind for each in emergency_rows(rows)] == ["police", "ppt", "witness_protection"]
    known = row("police", "0380-110", area="53.01.08")
    assert emergency_rows([*rows, known])[0] is known
    assert [each.kind for each in emergency_rows([*rows, known])].count("police") == 1


def test_the_shortest_number_comes_first_and_addresses_last() -> None:
    contacts = ("lpsk@example.org", "+62 21 2924 4800", "0800-1000", "148")
    assert in_order_to_call(contacts) == ("148", "0800-1000", "+62 21 2924 4800", "lpsk@example.org")


def test_the_card_is_saved_on_the_paper_that_was_chosen(stage_of: StageOf, tmp_path: Path) -> None:
    stage = stage_of("village")
    page = stage.page(EmergencyPage)
    page.paper.paper.choose("f4")
    stage.settle()
    assert stage.desk.settings.paper == "f4"
    page.paper.save.click()
    dialog = page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.selectedFiles()[0].endswith(t("emergency.file_name"))
    path = tmp_path / "kartu.pdf"
    dialog.fileSelected.emit(str(path))
    stage.settle()
    [text] = pages(path.read_bytes())
    assert "129" in text
    assert path.stat().st_mode & 0o077 == 0
