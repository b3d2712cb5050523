# SPDX-License-Identifier: GPL-3.0-or-later
"""A look into a zipped workbook (XLSX, XLSM, ODS) before any library unpacks it.

Calamine lays a sheet out as one dense block, from the first cell to the last: two cells in far corners end the whole
process when memory runs out. So every sheet is first walked here, cell by cell and in constant memory, and one that
would not fit is refused by name. The walk also notes what calamine hides: error values and formulas without a result
both come out of it as empty cells. A member that says less than it unpacks to fails its check sum and is refused.
Calamine finds members whatever their capitals: so does the walk, and two that differ in nothing else are refused.
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
_PIECE = 2**16
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_WORKBOOK, _RELATIONS, _CONTENT = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "content.xml"
_BINARY = "xl/workbook.bin"
_SHOWN_ERROR = re.compile(r"#(?:N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!)|(?:Err|Galat):\d{3}", re.ASCII)
"""What stands in an ODS for an error, where the program that wrote it doesn't say so otherwise."""

_ERROR_LENGTH = 16

_Members = dict[str, zipfile.ZipInfo]


@dataclass(slots=True)
class Walked:
    """What the walk over one sheet found: how far it reaches, its formulas, and by row and column from 0 what
    is odd about a cell. `covered` are the cells of an ODS that merged ones hide, by row.
    """

    rows: int = 0
    columns: int = 0
    formulas: int = 0
    odd: dict[int, dict[int, str]] = field(default_factory=dict)
    covered: dict[int, frozenset[int]] = field(default_factory=dict)


def walk(path: Path) -> dict[str, Walked]:
    """Every table by the name of its sheet. Raises WorkbookTooLarge, WorkbookTooWide, WorkbookUnreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > UNPACKED_LIMIT:
                raise WorkbookTooLarge(file=path.name, megabytes=UNPACKED_LIMIT // 2**20)
            members = _members(archive)
            _check_sums(archive)
            kinds = members.keys() & {_CONTENT, _WORKBOOK, _BINARY}
            if kinds == {_CONTENT}:
                found = _walk_ods(archive, members)
            elif kinds == {_WORKBOOK}:
                found = _walk_xlsx(archive, members)
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


def _members(archive: zipfile.ZipFile) -> _Members:
    """The members by name as `_key` spells it. Of two with one name nobody knows which is meant: ValueError."""
    members = {_key(member.filename): member for member in archive.infolist()}
    if len(members) != len(archive.infolist()):
        raise ValueError
    return members


def _key(name: str) -> str:
    return name.replace("\\", "/").casefold()


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
    size = _PIECE
    while piece := content.read(size):  # each piece twice as long: one long token is read again with every piece
        parser.Parse(piece, False)  # noqa: FBT003 - expat's signature
        size *= 2
    parser.Parse(b"", True)  # noqa: FBT003


# -- XLSX, XLSM ----------------------------------------------------------------------------------------------------


def _walk_xlsx(archive: zipfile.ZipFile, members: _Members) -> dict[str, Walked]:
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def of_workbook(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            if attributes["name"] in sheets:
                raise ValueError
            of_id = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            sheets[attributes["name"]] = of_id

    def of_relations(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            if attributes["Id"] in targets:
                raise ValueError
            targets[attributes["Id"]] = _key(attributes["Target"])

    with archive.open(members[_WORKBOOK]) as content:
        _parse(content, of_workbook)
    if _RELATIONS in members:
        with archive.open(members[_RELATIONS]) as content:
            _parse(content, of_relations)
    wanted = {key for key in members if "/worksheets/" in key and key.endswith(".xml")}
    for target in (targets.get(of_id, "") for of_id in sheets.values()):
        wanted |= {_member(target), _member(f"/{target}")} & members.keys()
    walked = {}
    for key in sorted(wanted):
        with archive.open(members[key]) as content:
            walked[key] = _walk_sheet(content)
    named = {name: _member(targets.get(of_id, "")) for name, of_id in sheets.items()}
    return {name: walked[member] for name, member in named.items() if member in walked}


def _member(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


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


_VALUES = frozenset({"value", "date-value", "time-value", "boolean-value", "string-value"})


def _walk_ods(archive: zipfile.ZipFile, members: _Members) -> dict[str, Walked]:
    """Rows and cells may be repeated a million times by one number: only filled ones count."""
    walked: dict[str, _Table] = {}
    table = _Table()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal table
        if name == "table":
            table.end_row()
            table = walked.setdefault(_of(attributes, "name"), _Table())
            table.row, table.rows_at_once = -1, 1
        elif name == "table-row":
            table.end_row()
            table.row += table.rows_at_once
            table.rows_at_once, table.column = _times(attributes, "number-rows-repeated"), 0
        elif name in {"table-cell", "covered-table-cell"}:
            table.end_cell()
            table.start_cell(attributes, covered=name == "covered-table-cell")

    def text(data: str) -> None:
        if len(table.shown) < _ERROR_LENGTH:
            table.shown += data.strip()

    with archive.open(members[_CONTENT]) as content:
        _parse(content, start, text)
    table.end_row()
    return {name: one.whole() for name, one in walked.items()}


class _Table:
    """A sheet of an ODS while it is walked. What is odd is kept once for all rows that one row is repeated to."""

    def __init__(self) -> None:
        self.row, self.rows_at_once, self.column = -1, 1, 0
        self.shown = ""
        self._found = Walked()
        self._cell: tuple[range, bool] | None = None
        self._error = self._told = False
        self._odd: dict[int, str] = {}
        self._covered: set[int] = set()
        self._rows: list[tuple[range, dict[int, str], frozenset[int]]] = []

    def start_cell(self, attributes: dict[str, str], *, covered: bool) -> None:
        first, found = self.column, self._found
        self.column += (times := _times(attributes, "number-columns-repeated"))
        formula = any(key.rpartition(":")[2] == "formula" for key in attributes)
        kinds = {value for key, value in attributes.items() if key.rpartition(":")[2] == "value-type"}
        columns = range(first, min(self.column, COLUMNS_LIMIT))
        if formula:
            found.formulas += times * self.rows_at_once
        if kinds or formula:
            found.rows = max(found.rows, self.row + self.rows_at_once)
            found.columns = max(found.columns, self.column)
            if not fits(found.rows, found.columns):
                raise _TooWide
        if covered:
            self._covered.update(columns)
        self._cell, self.shown = (columns, formula), ""
        self._error = "error" in kinds
        self._told = any(value.strip() for key, value in attributes.items() if key.rpartition(":")[2] in _VALUES)

    def end_cell(self) -> None:
        if self._cell is None:
            return
        columns, formula = self._cell
        if self._error or (formula and _SHOWN_ERROR.fullmatch(self.shown)):
            self._odd.update(dict.fromkeys(columns, ERROR))
        elif formula and not (self._told or self.shown):
            self._odd.update(dict.fromkeys(columns, NO_RESULT))
        self._cell = None

    def end_row(self) -> None:
        self.end_cell()
        if (self._odd or self._covered) and self.row < ROWS_LIMIT:
            rows = range(self.row, min(self.row + self.rows_at_once, ROWS_LIMIT))
            self._rows.append((rows, self._odd, frozenset(self._covered)))
        self._odd, self._covered = {}, set()

    def whole(self) -> Walked:
        """What was found, as far as the sheet really reaches."""
        for rows, odd, covered in self._rows:
            kept = covered & frozenset(range(self._found.columns))
            for row in range(rows.start, min(rows.stop, self._found.rows)):
                if odd:
                    self._found.odd[row] = odd
                if kept:
                    self._found.covered[row] = kept
        return self._found


def _of(attributes: dict[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def _times(attributes: dict[str, str], name: str) -> int:
    times = int(_of(attributes, name) or 1)
    if times < 0:
        raise ValueError
    return times
