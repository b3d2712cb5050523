# SPDX-License-Identifier: GPL-3.0-or-later
"""Workbooks that we write: the rows that were refused, to be corrected and taken in again, and an empty template.

Every cell is text: a NIK keeps its digits, and nothing that somebody typed becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import msgspec

from trafficwatch.registry.workbook.plan import Outcome
from trafficwatch.registry.workbook.rows import Finding
from trafficwatch.registry.workbook.take_in import Preview, codes
from trafficwatch.resources import resource
from trafficwatch.texts import t

TEMPLATE = "template"
_CHOSEN = ("sex", "household_role", "marital_status", "residency")
_FAMILY = ("No. KK", "Alamat")
_WIDTH, _WIDE = 18, 70


def reason_words(finding: Finding) -> str:
    """Why a row is refused, or what is odd about it, with the column that it is about."""
    words = t(f"workbook.reason.{finding.reason}", language=None, **finding.params)
    return t("workbook.in_column", column=finding.column, reason=words) if finding.column else words


def refused_rows(seen: Preview) -> bytes:
    """The refused rows as an XLSX: the columns of the file, then why. A family's number and address, which stand above
    its members in the file, become columns.
    """
    steps = [step for step in seen.plan.steps if step.outcome is Outcome.REFUSED]
    width = max([len(seen.header), *(len(step.row.cells) for step in steps)])
    family = _FAMILY if seen.grouped else ()
    rows: list[Sequence[str]] = [(*_wide(seen.header, width), *family, t("workbook.why"))]
    for step in steps:
        above = step.row.family
        told = ((above.kk_number or "", above.address or "") if above else ("", "")) if seen.grouped else ()
        why = "; ".join(reason_words(finding) for finding in step.refusals)
        rows.append((*_wide(step.row.cells, width), *told, why))

    def write(book: Any) -> None:
        _sheet(book, t("workbook.refused_sheet"), rows, [_WIDTH] * (len(rows[0]) - 1) + [_WIDE])

    return _xlsx(write)


def blank_template() -> bytes:
    """An empty XLSX with our columns, and a second sheet that explains them."""
    columns, example = _template()
    guide: list[Sequence[str]] = [
        (
            t("workbook.guide.column"),
            t("workbook.guide.meaning"),
            t("workbook.guide.example"),
            t("workbook.guide.words"),
        )
    ]
    for heading, name in columns:
        guide.append((heading, t(f"workbook.hint.{name}"), example[heading], _words(name)))
    guide.append(("", t("workbook.guide.rule"), "", ""))

    def write(book: Any) -> None:
        _sheet(book, t("workbook.template_sheet"), [[heading for heading, _ in columns]], [_WIDTH] * len(columns))
        _sheet(book, t("workbook.guide_sheet"), guide, [_WIDTH * 2, _WIDE, _WIDTH * 2, _WIDE])

    return _xlsx(write)


def _template() -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The template's headings with their fields, in order, and an example for each."""
    data: dict[str, Any] = msgspec.json.decode(resource("opensid", "layouts.json").read_bytes())
    found = next(one for one in data["layouts"] if one["name"] == TEMPLATE)
    return list(found["columns"].items()), data["example"]


def _words(name: str) -> str:
    """The words that a column takes, where it takes no others: the first one of each code."""
    if name not in _CHOSEN:
        return ""
    return ", ".join(codes().spelled[name])


def _wide(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))


def _xlsx(write: Any) -> bytes:
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        write(book)
    return content.getvalue()


def _sheet(book: Any, name: str, rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    """A sheet of text, its first row in bold and always in sight. Cells that are still empty are text too."""
    text, head = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width, text)
    for place, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell:
                sheet.write_string(place, column, cell, head if place == 0 else text)
    sheet.freeze_panes(1, 0)
