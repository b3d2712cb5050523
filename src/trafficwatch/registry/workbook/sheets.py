# SPDX-License-Identifier: GPL-3.0-or-later
"""Workbooks as rows of text: XLSX, XLSM, XLS, ODS and CSV, whatever the file's name says it is.

Nothing is guessed and nothing is lost in silence. Numbers become the digits that they are; from 10^15 on a number may
have lost its last digits (spreadsheets keep 15), and its cell is marked `digits_lost`. Dates become ISO dates, formulas
the result that was stored with them. Cells that can't be trusted keep a mark (`cells.SheetRow.odd`): whoever reads a
field from one refuses the row. Hidden sheets are never read, but named. Rows without anything are counted, not given.
"""

from __future__ import annotations

import csv
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from trafficwatch.registry.workbook.archive import COLUMNS_LIMIT, ROWS_LIMIT, Walked, fits, walk
from trafficwatch.registry.workbook.cells import DIGITS_LOST, MERGED, QUOTE_OPEN, SEVERAL_LINES, TOO_LONG, SheetRow
from trafficwatch.registry.workbook.errors import (
    SheetUnknown,
    WorkbookLocked,
    WorkbookTooLarge,
    WorkbookTooWide,
    WorkbookUnreadable,
)
from trafficwatch.store.files import FileNotReadable

FILE_LIMIT = 50 * 2**20
CELL_LIMIT = 2_000
LOSSY = 10**15
"""Numbers from here on: Excel keeps 15 digits, and puts zeros for the rest."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATORS = (";", ",", "\t")
_SAMPLE_LINES = 20
_JOINED_LINES = 20
"""Lines over which a cell in quotes is looked for its end."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that can be read."""

    name: str
    rows: tuple[SheetRow, ...]
    total: int
    formulas: int = 0
    merged: int = 0

    @property
    def empty(self) -> int:
        """Rows without anything, up to the last one with something."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook whose sheets are not read yet; `hidden` ones never are. `encoding` is that of a CSV, else empty;
    `walked` the sheets that a look into the archive found harmless, None for files that are none.
    """

    path: Path
    visible: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    encoding: str = ""
    walked: Mapping[str, Walked] | None = None


def open_book(path: Path) -> Book:
    """Look what sheets a file has. Raises the errors of `errors`, and FileNotReadable."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
        size = path.stat().st_size
    except OSError:
        raise FileNotReadable(file=path.name) from None
    if size > FILE_LIMIT:
        raise WorkbookTooLarge(file=path.name, megabytes=FILE_LIMIT // 2**20)
    if not start.startswith((_ZIP, _OLE)):
        _, encoding = _decode(path)
        return Book(path, (path.stem,), encoding=encoding)
    walked = walk(path) if start.startswith(_ZIP) else None
    if walked is None and zipfile.is_zipfile(path):  # two formats in one: nobody knows which of them is read
        raise WorkbookUnreadable(file=path.name)
    with _calamine(path) as workbook:
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        sheets = [one for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        shown = [one.name for one in sheets if one.visible == SheetVisibleEnum.Visible]
    return Book(path, tuple(shown), tuple(one.name for one in sheets if one.name not in shown), walked=walked)


def read_sheet(book: Book, name: str) -> Sheet:
    """The rows of a visible sheet. Raises SheetUnknown and the errors of `open_book`."""
    if name not in book.visible:
        raise SheetUnknown(sheet=name)
    if book.encoding:
        return _csv_sheet(book, name)
    if book.walked is not None and name not in book.walked:
        raise WorkbookUnreadable(file=book.path.name)
    walked = Walked() if book.walked is None else book.walked[name]
    with _calamine(book.path) as workbook:
        found = workbook.get_sheet_by_name(name)
        height, width = (found.end[0] + 1, found.end[1] + 1) if found.end else (0, 0)
        if not fits(height, width):
            raise WorkbookTooWide(file=book.path.name, rows=ROWS_LIMIT, columns=COLUMNS_LIMIT)
        covered: Mapping[int, frozenset[int]] = walked.covered
        if ranges := found.merged_cell_ranges:
            try:
                covered = _covered(ranges, height, width)
            except ValueError:
                raise WorkbookUnreadable(file=book.path.name) from None
        first = found.start[1] if found.start else 0
        rows = []
        for place, values in enumerate(found.iter_rows() if found.start else ()):
            if place in walked.odd or values.count("") < len(values):
                rows.append(_row(place, [""] * first + values, walked, covered))
    merged = sum(len(columns) for columns in covered.values())
    return Sheet(name, tuple(rows), rows[-1].number if rows else 0, walked.formulas, merged)


class _calamine:  # noqa: N801 - a context manager that is used like a function
    """The library's workbook; all that it may raise, a panic included, as WorkbookUnreadable or WorkbookLocked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: Any = None

    def __enter__(self) -> Any:
        from python_calamine import CalamineWorkbook

        try:
            self._open = CalamineWorkbook.from_path(self._path)
        except BaseException as error:  # a Rust panic is no Exception
            self._name(error)
            raise
        return self._open

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._open.close()
        if error is not None:
            self._name(error)

    def _name(self, error: BaseException) -> None:
        from python_calamine import CalamineError, PasswordError

        if isinstance(error, PasswordError):
            raise WorkbookLocked(file=self._path.name) from None
        if isinstance(error, CalamineError) or type(error).__name__ == "PanicException":
            raise WorkbookUnreadable(file=self._path.name) from None
        if isinstance(error, OSError):
            raise FileNotReadable(file=self._path.name) from None


def _row(place: int, values: Iterable[Any], walked: Walked, covered: Mapping[int, frozenset[int]]) -> SheetRow:
    cells, odd = [], dict.fromkeys(covered.get(place, ()), MERGED)
    for column, value in enumerate(values):
        text = _text(value)
        if type(value) in {int, float} and abs(value) >= LOSSY:
            odd[column] = DIGITS_LOST
        elif len(text) > CELL_LIMIT:
            odd[column], text = TOO_LONG, text[:CELL_LIMIT]
        cells.append(text)
    return SheetRow(place + 1, tuple(cells), odd | walked.odd.get(place, {}))


def _covered(
    ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]], rows: int, columns: int
) -> dict[int, frozenset[int]]:
    """The cells of merged ranges that show the value of the first one, by row, as far as the sheet reaches. Ranges that
    lie on one another are a ValueError: no office writes them, and they could be as many as somebody likes.
    """
    covered: dict[int, frozenset[int]] = {}
    left_over = rows * columns
    for (top, left), (bottom, right) in ranges:
        across = frozenset(range(left, min(right + 1, columns)))
        down = range(top, min(bottom + 1, rows))
        left_over -= len(down) * len(across)
        if left_over < 0:
            raise ValueError
        for row in down if across else ():
            cells = across - {left} if row == top else across
            covered[row] = covered[row] | cells if row in covered else cells
    return covered


def _text(value: Any) -> str:
    """A cell as text, with all digits that it has."""
    match value:
        case str():
            return " ".join(value.split()) if value else ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < LOSSY:
            return str(int(value))
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
    return str(value)


# -- CSV ---------------------------------------------------------------------------------------------------------------


def _decode(path: Path) -> tuple[str, str]:
    """The text of a file and its encoding: by its mark, else UTF-8, else the Windows one of this country."""
    try:
        content = path.read_bytes()
    except OSError:
        raise FileNotReadable(file=path.name) from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif content.startswith(b"\xef\xbb\xbf"):
        encodings = ("utf-8-sig",)
    else:
        encodings = ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and text.strip() and not text.lstrip().startswith("<"):  # a web page that is named .xls
            return text, encoding
    raise WorkbookUnreadable(file=path.name)


def _csv_sheet(book: Book, name: str) -> Sheet:
    text, _ = _decode(book.path)
    rows: list[SheetRow] = []
    try:
        for place, (values, broken, lines) in enumerate(_records(text, _separator(text))):
            row = replace(_row(place, values, Walked(), {}), broken=broken, lines=lines)
            if any(row.cells):
                rows.append(row)
                if not fits(place + 1, len(row.cells)):
                    raise WorkbookTooWide(file=book.path.name, rows=ROWS_LIMIT, columns=COLUMNS_LIMIT)
    except csv.Error:
        raise WorkbookUnreadable(file=book.path.name) from None
    return Sheet(name, tuple(rows), rows[-1].number if rows else 0)


def _records(text: str, separator: str) -> Iterator[tuple[list[str], str, int]]:
    """Every row with why it can't be trusted and its count of lines. A quote that nothing closes costs its own line
    only, not those that follow; one that joins lines with more than one cell may have swallowed somebody, and is said.
    """
    lines, place = list(StringIO(text, newline="")), 0
    while place < len(lines):
        line, broken, taken = lines[place], "", 1
        cells = line.rstrip("\r\n").split(separator)
        if len(line) > csv.field_size_limit():
            raise csv.Error
        if '"' in line:
            reader = csv.reader(lines[place : place + _JOINED_LINES], delimiter=separator, strict=True)
            try:
                cells = next(reader)
            except csv.Error:
                broken = QUOTE_OPEN
            else:
                taken = reader.line_num
                broken = SEVERAL_LINES if taken > 1 and _may_swallow(cells, separator) else ""
        place += taken
        yield cells, broken, taken


def _may_swallow(cells: list[str], separator: str) -> bool:
    """Whether a cell of several lines may hold cells of other rows. A line break in a cell (Alt+Enter) does no harm,
    nor does a comma as in `Jl. Mawar, RT 1`.
    """
    inside = (cell.replace(f"{separator} ", " ") for cell in cells if "\n" in cell or "\r" in cell)
    return len(cells) == 1 or any(separator in cell for cell in inside)


def _separator(text: str) -> str:
    """The separator that parts most of the first lines into equally many cells; Excel here writes `;`."""

    def width(separator: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        for cells, _, _ in islice(_records(text, separator), _SAMPLE_LINES):
            widths[len(cells)] += 1
        widths.pop(1, None)
        return max(((count, size) for size, count in widths.items()), default=(0, 0))

    return max(_SEPARATORS, key=width)
