# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of residents as an XLSX workbook for an office program: the list, and a sheet that says what it is.

Every cell is text: a NIK keeps its digits and zeros, a date known only in part stays as it is, and nothing that
somebody typed becomes a formula or a link. The same list gives the same bytes; nobody's name is in the file's metadata.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from trafficwatch.models.papers import ResidentsSheet

CELL_LIMIT = 32_767
"""Characters that a cell of an XLSX takes."""
_MADE = datetime(2000, 1, 1, tzinfo=UTC)
_NARROW, _WIDE = 12, 48
_LOOKED_AT = 200
"""Rows by which the columns are given their width."""


def residents_xlsx(sheet: ResidentsSheet) -> bytes:
    """The workbook."""
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE.replace(tzinfo=None)})
        _write(book, sheet.title, (sheet.columns, *sheet.rows), head=True)
        _write(book, sheet.note_title, sheet.notes, head=False)
    return content.getvalue()


def _write(book: Any, name: str, rows: Sequence[Sequence[str]], *, head: bool) -> None:
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    page = book.add_worksheet(name)
    for column in range(len(rows[0])):
        longest = max(len(row[column]) for row in rows[:_LOOKED_AT])
        page.set_column(column, column, min(max(longest + 2, _NARROW), _WIDE), text)
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                is_label = place == 0 if head else column == 0
                page.write_string(place, column, _fitting(cell), bold if is_label else text)
    if head:
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
    page.ignore_errors({"number_stored_as_text": f"A1:Z{len(rows)}"})


def _fitting(cell: str) -> str:
    return cell if len(cell) <= CELL_LIMIT else f"{cell[: CELL_LIMIT - 1]}…"
