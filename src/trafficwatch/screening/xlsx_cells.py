# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheets of a small XLSX as rows of text, within narrow limits: a questionnaire, not a register.

Calamine lays a sheet out as one dense block, from the first cell to the last, so that two cells in far corners end the
process; here every cell is read on its own, in constant memory. Text stays as it was written, line breaks and blanks
included. Whatever could make a cell say something else than what stands in it is refused: formulas, macros, a document
type, parts that pretend to be smaller than they are. Untrusted bytes in, values out; no files.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any
from xml.parsers import expat

FILE_LIMIT = 2 * 2**20
UNPACKED_LIMIT = 16 * 2**20
ROWS_LIMIT, COLUMNS_LIMIT = 12_000, 60

_WORKBOOK, _RELATIONS, _STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Python unpacks the other kinds without a limit; no office uses them."""
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, LookupError),
)
"""What the libraries raise for an archive or a part of it that is no such thing."""


class SheetsRefused(Exception):
    """The workbook is not read. `reason` is one of unreadable, too_large, too_wide, macro, formula; `place` where."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


@dataclass(frozen=True, slots=True)
class Row:
    """One row with anything in it: its number in the sheet, and its texts by column from 0."""

    number: int
    cells: dict[int, str]


def read_sheets(untrusted_content: bytes, wanted: Collection[str]) -> dict[str, tuple[Row, ...]]:
    """The wanted sheets that are there, by their name in small letters. Raises SheetsRefused."""
    if len(untrusted_content) > FILE_LIMIT:
        raise SheetsRefused("too_large")
    try:
        with zipfile.ZipFile(BytesIO(untrusted_content)) as archive:
            members = archive.infolist()
            if any(member.filename.casefold().endswith("vbaproject.bin") for member in members):
                raise SheetsRefused("macro")
            if sum(member.file_size for member in members) > UNPACKED_LIMIT:
                raise SheetsRefused("too_large")
            if any(member.compress_type not in _PACKED for member in members):
                raise SheetsRefused("unreadable")
            return _Workbook(archive).sheets(wanted)
    except _BROKEN:
        raise SheetsRefused("unreadable") from None


class _Workbook:
    """An open archive; what is wrong with it is one of `_BROKEN`."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def sheets(self, wanted: Collection[str]) -> dict[str, tuple[Row, ...]]:
        targets = {each["Id"]: each["Target"] for each in self._elements(_RELATIONS, "Relationship")}
        found = {}
        strings: tuple[str, ...] | None = None
        for sheet in self._elements(_WORKBOOK, "sheet"):
            name = sheet["name"].strip().lower()
            if name in wanted:
                if name in found:
                    raise SheetsRefused("unreadable", name)
                strings = self._strings() if strings is None else strings
                found[name] = self._rows(name, targets[_local(sheet, "id")], strings)
        return found

    def _elements(self, member: str, wanted: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name.rpartition(":")[2] == wanted:
                found.append(attributes)

        with self._archive.open(member) as content:
            _parse(content, StartElementHandler=start)
        return found

    def _strings(self) -> tuple[str, ...]:
        if _STRINGS not in self._archive.namelist():
            return ()
        reader = _Strings()
        with self._archive.open(_STRINGS) as content:
            _parse(
                content,
                StartElementHandler=reader.start,
                EndElementHandler=reader.end,
                CharacterDataHandler=reader.text.add,
            )
        return tuple(reader.found)

    def _rows(self, name: str, target: str, strings: tuple[str, ...]) -> tuple[Row, ...]:
        reader = _Cells(name, strings)
        member = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        with self._archive.open(member) as content:
            _parse(
                content,
                StartElementHandler=reader.start,
                EndElementHandler=reader.end,
                CharacterDataHandler=reader.text.add,
            )
        return tuple(Row(number, reader.rows[number]) for number in sorted(reader.rows))


@dataclass(slots=True)
class _Text:
    """What stands inside `<t>` or `<v>`; a reading aid beside it (`<rPh>`) is none of it."""

    parts: list[str] = field(default_factory=list)
    wanted: bool = False
    aside: int = 0

    def start(self, name: str) -> None:
        self.aside += name == "rPh"
        self.wanted = name in {"t", "v"} and not self.aside

    def end(self, name: str) -> None:
        self.aside -= name == "rPh"
        self.wanted = False

    def add(self, data: str) -> None:
        if self.wanted:
            self.parts.append(data)

    def take(self) -> str:
        whole = "".join(self.parts)
        self.parts.clear()
        return whole


class _Strings:
    """The strings that cells share, in order."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.text = _Text()

    def start(self, name: str, _: dict[str, str]) -> None:
        self.text.start(name.rpartition(":")[2])

    def end(self, name: str) -> None:
        self.text.end(name.rpartition(":")[2])
        if name.rpartition(":")[2] == "si":
            self.found.append(_unescaped(self.text.take()))


class _Cells:
    """One sheet while it is read: what stands in which row and column."""

    def __init__(self, sheet: str, strings: tuple[str, ...]) -> None:
        self.rows: dict[int, dict[int, str]] = {}
        self.text = _Text()
        self._sheet, self._strings = sheet, strings
        self._row, self._column, self._kind = 0, -1, ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), -1
        elif local == "c":
            self._column += 1
            if match := _REFERENCE.fullmatch(attributes.get("r", "")):
                self._column, self._row = _number(match[1]), int(match[2])
            self._kind = attributes.get("t", "n")
        elif local == "f":
            raise SheetsRefused("formula", f"{self._sheet}!{_letters(self._column)}{self._row}")
        self.text.start(local)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        self.text.end(local)
        if local == "c" and (shown := self._shown(self.text.take())):
            if not (0 < self._row <= ROWS_LIMIT and 0 <= self._column < COLUMNS_LIMIT):
                raise SheetsRefused("too_wide", self._sheet)
            self.rows.setdefault(self._row, {})[self._column] = shown

    def _shown(self, told: str) -> str:
        match self._kind:
            case "s":
                return self._strings[int(told)] if told else ""
            case "n":
                return _digits(told)
            case "inlineStr":
                return _unescaped(told)
        return told


def _parse(content: IO[bytes], **handlers: Any) -> None:
    parser = expat.ParserCreate()

    def no_doctype(*_: object) -> None:
        raise ValueError

    parser.StartDoctypeDeclHandler = no_doctype
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    parser.Parse(content.read(), True)  # noqa: FBT003 - in pieces, one long name or text takes quadratic time


def _local(attributes: dict[str, str], wanted: str) -> str:
    """An attribute whatever its prefix (`r:id`)."""
    return next(value for key, value in attributes.items() if ":" in key and key.rpartition(":")[2] == wanted)


def _digits(told: str) -> str:
    """A number as one writes it: 2, not 2.0."""
    if not told or told.lstrip("-").isdecimal():
        return told
    number = float(told)
    return str(int(number)) if number.is_integer() else told


def _unescaped(text: str) -> str:
    """Characters that XML can't hold stand as _x000A_; those that no text should have stay as they are written."""

    def character(match: re.Match[str]) -> str:
        found = chr(int(match[1], 16))
        return found if found.isprintable() or found in "\t\n\r" else match[0]

    return _ESCAPED.sub(character, text).replace("\r\n", "\n") if "_x" in text else text


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _letters(column: int) -> str:
    letters = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        letters, column = chr(ord("A") + rest) + letters, column - 1
    return letters
