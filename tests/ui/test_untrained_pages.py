# SPDX-License-Identifier: GPL-3.0-or-later
"""No page tells an untrained volunteer case text: every page of both desks, in whatever it shows, says or would keep.

The case holds a canary in every sealed text (`untrained_tools`). A new page is tried as soon as it can be gone to.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from canaries import CANARY, hidden_in
from desks import enrolled, reopened
from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QWidget
from untrained_tools import Case, fill

from trafficwatch.app import pages
from trafficwatch.casework.case_forms import PAPERS
from trafficwatch.models.fields import Side
from trafficwatch.screening.training import practice_cases
from trafficwatch.store.vault import Keys
from trafficwatch.texts import set_language
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.page import Page, PageClass
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.widgets.pdf_preview import PdfPreview

KINDS: dict[str, tuple[Any, ...]] = {
    "paper": ("card", "family"),
    "screening_print": ("summary", "report"),
    "todo": ("case",),
}
"""What pages may be about beside a record."""
CODE = practice_cases()[0].code
"""A story to practise on."""
SAID = ("text", "toPlainText", "placeholderText", "title", "toolTip", "windowTitle", "accessibleName")
TELLING = {
    Side.VILLAGE: {"attachments", "trail", "consent"},
    Side.PPT: {"case", "second_reading"},
}
"""Pages that show it to who is trained, or the search would find nothing anywhere."""


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, qapp: QApplication
) -> Iterator[dict[tuple[Side, bool], tuple[Stage, Case]]]:
    """The case at both desks: (side, trained or not) -> a stage on a store of its own, and the ids of the case."""
    set_language("id")
    found, stores = {}, []
    with enrolled(tmp_path_factory.mktemp("pages")) as desks:
        for side, store in ((Side.VILLAGE, desks.village), (Side.PPT, desks.ppt)):
            case = fill(store)
            keys = store.keys
            untrained = desks.helper().keys if side is Side.VILLAGE else Keys(keys.master, None, keys.volunteer)
            for is_trained, those in ((True, keys), (False, untrained)):
                stores.append(reopened(store.folder, those, desks.clock))
                found[side, is_trained] = Stage(stores[-1], Settings(theme=Theme.LIGHT)), case
        yield found
        for stage, _ in found.values():
            stage.finish()
        for store in stores:
            store.close()


@pytest.mark.parametrize("side", Side)
def test_no_page_tells_an_untrained_volunteer(
    opened: dict[tuple[Side, bool], tuple[Stage, Case]], qapp: QApplication, side: Side
) -> None:
    wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=side is Side.PPT))
    known = pages(side)[1]
    stage, case = opened[side, False]
    assert not stage.desk.state.trained
    for name, page_class in known.items():
        for about in ways(page_class, case):
            assert hidden_in(told_by(stage.page(page_class, **about))) == [], (name, list(about))
    stage, case = opened[side, True]
    for name in TELLING[side]:
        shown = [hidden_in(told_by(stage.page(known[name], **about))) for about in ways(known[name], case)]
        assert any(shown), name


def ways(page_class: PageClass, case: Case) -> Iterator[dict[str, Any]]:
    """Every way to come to a page: about each record of the case, and searching for a canary."""
    asked = {each.name: each for each in inspect.signature(page_class.enter).parameters.values()}  # type: ignore[attr-defined]
    about = {name: found for name in asked if (found := id_of(name, case))}
    if "about" in asked:
        about |= {f"{of}_id": id_of(f"{of}_id", case) for of in ("person", "screening", "referral", "case")}
        about["code"] = CODE
    if "of_type" in asked and "record_id" in asked:
        yield from ({**about, "of_type": of, "record_id": record_id} for of, record_id in case.ids.items())
    elif "of_id" in asked:
        papers = ((kind, paper.of) for kind, paper in PAPERS.items())
        yield from ({**about, "kind": kind.value, "of_id": case.ids.get(of, "")} for kind, of in papers)
    elif "kind" in asked:
        yield from ({**about, "kind": kind} for kind in KINDS[page_class.name])
    else:
        yield about
        yield from ({**about, "text": CANARY[:-1]} for name in asked if name == "text")


def id_of(name: str, case: Case) -> str | None:
    of = name.removesuffix("_id")
    return case.ids.get({"case": "case_record", "member": "volunteer"}.get(of, of)) if of != name else None


def told_by(page: Page) -> bytes:
    """All that a page shows, says to a screen reader, lists, prints, or would keep as a draft."""
    told = [repr(page.unsaved())]
    for widget in (page, *page.findChildren(QWidget)):
        told += [str(said()) for name in SAID if callable(said := getattr(widget, name, None))]
        if isinstance(widget, QComboBox):
            told += [widget.itemText(at) for at in range(widget.count())]
        elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
            told += cells(widget.model())
        elif isinstance(widget, PdfPreview):
            told += [widget.document.getAllText(at).text() for at in range(widget.document.pageCount())]
    return "\n".join(told).encode()


def cells(model: QAbstractItemModel) -> list[str]:
    columns = range(model.columnCount() if isinstance(model, QAbstractTableModel) else 1)
    return [str(model.itemData(model.index(row, column))) for row in range(model.rowCount()) for column in columns]
