# SPDX-License-Identifier: GPL-3.0-or-later
"""Workbooks as rows of text: XLSX, XLSM, XLS, ODS and CSV, whatever the file's name says it is.

Nothing is guessed and nothing is lost in silence. Numbers become the digits that they are; from 10^15 on a number may
have lost its last digits (spreadsheets keep 15), and its cell is marked `digits_lost`. Dates become ISO dates, formulas
the result that was stored with them. Cells that can't be trusted keep a mark (`cells.SheetRow.odd`): whoever reads a
field from one refuses the row. Hidden sheets are never read, but named. Rows without anything are counted, not given.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from trafficwatch.registry.workbook.archive import COLUMNS_LIMIT, ROWS_LIMIT, Walked, fits, walk
from trafficwatch.registry.workbook.cells import DIGITS_LOST, MERGED, TOO_LONG, SheetRow
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
    """A workbook whose sheets are not read yet; `hidden` ones never are. `encoding` is that of a CSV, else empty."""

    path: Path
    visible: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    encoding: str = ""
    walked: Mapping[str, Walked] = field(default_factory=dict)


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
    walked = walk(path) if start.startswith(_ZIP) else {}
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
    with _calamine(book.path) as workbook:
        found = workbook.get_sheet_by_name(name)
        if not fits(found.total_height, found.total_width):
            raise WorkbookTooWide(file=book.path.name, rows=ROWS_LIMIT, columns=COLUMNS_LIMIT)
        walked = book.walked.get(name, Walked())
        covered = {} if found.start is None else _covered(found.merged_cell_ranges or ())
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


def _row(place: int, values: Iterable[Any], walked: Walked, covered: Mapping[int, set[int]]) -> SheetRow:
    cells, odd = [], dict.fromkeys(covered.get(place, ()), MERGED)
    for column, value in enumerate(values):
        text = _text(value)
        if type(value) in {int, float} and abs(value) >= LOSSY:
            odd[column] = DIGITS_LOST
        elif len(text) > CELL_LIMIT:
            odd[column], text = TOO_LONG, text[:CELL_LIMIT]
        cells.append(text)
    return SheetRow(place + 1, tuple(cells), odd | walked.odd.get(place, {}))


def _covered(ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> dict[int, set[int]]:
    """The cells of merged ranges that show the value of the first one, by row."""
    covered: dict[int, set[int]] = {}
    for (top, left), (bottom, right) in ranges:
        for row in range(top, min(bottom, top + ROWS_LIMIT) + 1):
            columns = set(range(left, min(right, COLUMNS_LIMIT) + 1))
            covered.setdefault(row, set()).update(columns - {left} if row == top else columns)
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
        for place, values in enumerate(_lines(text, _separator(text))):
            row = _row(place, values, Walked(), {})
            if any(row.cells):
                rows.append(row)
                if not fits(place + 1, len(row.cells)):
                    raise WorkbookTooWide(file=book.path.name, rows=ROWS_LIMIT, columns=COLUMNS_LIMIT)
    except csv.Error:
        raise WorkbookUnreadable(file=book.path.name) from None
    return Sheet(name, tuple(rows), rows[-1].number if rows else 0)


def _lines(text: str, separator: str) -> Iterator[list[str]]:
    yield from csv.reader(StringIO(text, newline=""), delimiter=separator)


def _separator(text: str) -> str:
    """The separator that parts most of the first lines into equally many cells; Excel here writes `;`."""

    def width(separator: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        for _, cells in zip(range(_SAMPLE_LINES), _lines(text, separator), strict=False):
            widths[len(cells)] += 1
        widths.pop(1, None)
        return max(((count, size) for size, count in widths.items()), default=(0, 0))

    return max(_SEPARATORS, key=width)
