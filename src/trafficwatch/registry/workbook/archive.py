# SPDX-License-Identifier: GPL-3.0-or-later
"""A look into a zipped workbook (XLSX, XLSM, ODS) before any library unpacks it.

Calamine lays a sheet out as one dense block, from the first cell to the last: two cells in far corners end the whole
process when memory runs out. So every sheet is first walked here, cell by cell and in constant memory, and one that
would not fit is refused by name. The walk also notes what calamine hides: error values and formulas without a result
both come out of it as empty cells. A member that says less than it unpacks to fails its check sum and is refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from trafficwatch.registry.workbook.cells import ERROR, NO_RESULT
from trafficwatch.registry.workbook.errors import WorkbookTooLarge, WorkbookTooWide, WorkbookUnreadable

UNPACKED_LIMIT = 256 * 2**20
ROWS_LIMIT, COLUMNS_LIMIT = 300_000, 200
CELLS_LIMIT = 15_000_000
"""Cells of the dense block: about 32 bytes each."""

_AT_ONCE = 2**20
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_WORKBOOK, _RELATIONS, _CONTENT = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "content.xml"


@dataclass(slots=True)
class Walked:
    """What the walk over one sheet found: how far it reaches, its formulas, and by row and column from 0 what
    is odd about a cell.
    """

    rows: int = 0
    columns: int = 0
    formulas: int = 0
    odd: dict[int, dict[int, str]] = field(default_factory=dict)


def walk(path: Path) -> dict[str, Walked]:
    """Every sheet by name. Raises WorkbookTooLarge, WorkbookTooWide, WorkbookUnreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > UNPACKED_LIMIT:
                raise WorkbookTooLarge(file=path.name, megabytes=UNPACKED_LIMIT // 2**20)
            names = set(archive.namelist())
            _check_sums(archive)
            if _CONTENT in names:
                found = _walk_ods(archive)
            elif _WORKBOOK in names:
                found = _walk_xlsx(archive, names)
            else:
                raise WorkbookUnreadable(file=path.name)
    except (zipfile.BadZipFile, expat.ExpatError, NotImplementedError, RuntimeError, ValueError, KeyError, EOFError):
        raise WorkbookUnreadable(file=path.name) from None
    except _TooWide:
        raise WorkbookTooWide(file=path.name, rows=ROWS_LIMIT, columns=COLUMNS_LIMIT) from None
    return found


def fits(rows: int, columns: int) -> bool:
    return rows <= ROWS_LIMIT and columns <= COLUMNS_LIMIT and rows * columns <= CELLS_LIMIT


class _TooWide(Exception):
    """A sheet reaches too far."""


def _check_sums(archive: zipfile.ZipFile) -> None:
    for member in archive.infolist():
        with archive.open(member) as content:
            while content.read(_AT_ONCE):
                pass


def _parse(
    content: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Call `start` for every element by its name without prefix. A document type is refused: no office writes one."""
    parser = expat.ParserCreate()

    def no_doctype(*_: object) -> None:
        raise ValueError

    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if text is not None:
        parser.CharacterDataHandler = text
    parser.ParseFile(content)


# -- XLSX, XLSM ----------------------------------------------------------------------------------------------------


def _walk_xlsx(archive: zipfile.ZipFile, names: set[str]) -> dict[str, Walked]:
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def of_workbook(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            of_id = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            sheets[attributes["name"]] = of_id

    def of_relations(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and "worksheet" in attributes.get("Type", "worksheet"):
            targets[attributes["Id"]] = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")

    with archive.open(_WORKBOOK) as content:
        _parse(content, of_workbook)
    if _RELATIONS in names:
        with archive.open(_RELATIONS) as content:
            _parse(content, of_relations)
    members = {name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")}
    members |= set(targets.values()) & names
    walked = {}
    for member in sorted(members):
        with archive.open(member) as content:
            walked[member] = _walk_sheet(content)
    return {name: walked.get(targets.get(of_id, ""), Walked()) for name, of_id in sheets.items()}


def _walk_sheet(content: IO[bytes]) -> Walked:
    found, cell = Walked(), _Cell()

    def note() -> None:
        if cell.formula:
            found.formulas += 1
        if cell.filled:
            found.rows, found.columns = max(found.rows, cell.row + 1), max(found.columns, cell.column + 1)
            if not fits(found.rows, found.columns):
                raise _TooWide
        if cell.kind == "e" and cell.filled:
            found.odd.setdefault(cell.row, {})[cell.column] = ERROR
        elif cell.formula and not cell.told:
            found.odd.setdefault(cell.row, {})[cell.column] = NO_RESULT
        cell.filled = cell.told = cell.formula = False

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            note()
            if match := _REFERENCE.fullmatch(attributes.get("r", "")):
                cell.row, cell.column = int(match[2]) - 1, _column(match[1])
            else:
                cell.column += 1
            cell.kind = attributes.get("t", "")
        elif name in {"v", "is"}:
            cell.filled = True
        elif name == "f":
            cell.formula = True
        elif name == "row":
            note()
            cell.row, cell.column = int(attributes.get("r", cell.row + 2)) - 1, -1

    def text(data: str) -> None:
        if cell.filled and data.strip():
            cell.told = True

    _parse(content, start, text)
    note()
    return found


@dataclass(slots=True)
class _Cell:
    """The cell that the walk stands on: `filled` if it has a place for a value, `told` if one stands in it."""

    row: int = -1
    column: int = -1
    kind: str = ""
    filled: bool = False
    told: bool = False
    formula: bool = False


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


# -- ODS -----------------------------------------------------------------------------------------------------------


def _walk_ods(archive: zipfile.ZipFile) -> dict[str, Walked]:
    """Rows and cells may be repeated a million times by one number: only filled ones count."""
    walked: dict[str, Walked] = {}
    at = _Cell()
    table, repeated = Walked(), 1

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal table, repeated
        found = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "table":
            table = walked.setdefault(found.get("name", ""), Walked())
            at.row, repeated = -1, 1
        elif name == "table-row":
            at.row += repeated
            repeated, at.column = int(found.get("number-rows-repeated", 1)), 0
        elif name in {"table-cell", "covered-table-cell"}:
            at.column += (times := int(found.get("number-columns-repeated", 1)))
            if "formula" in found:
                table.formulas += times * repeated
            if "value-type" in found or "formula" in found:
                table.rows, table.columns = max(table.rows, at.row + repeated), max(table.columns, at.column)
                if not fits(table.rows, table.columns):
                    raise _TooWide

    with archive.open(_CONTENT) as content:
        _parse(content, start)
    return walked
