# SPDX-License-Identifier: GPL-3.0-or-later
"""A questionnaire as an XLSForm (xlsform.org) for an office program or ODK, and back. Values and bytes, no files.

Nothing is lost: what XLSForm has no word for stands in columns and sheets of our own, whose names begin with `x_`;
other programs pass over them. The order of the rows is the order of the questions. Every cell is text.

    survey     one question a row; `begin_group`/`end_group` and `relevant` follow from the rest and are only compared
    choices    the four answers, always the same
    settings   id, version, titles, rules
    x_groups   the groups of signs;  x_modules  the modules and their gates;  x_help  what may stand where

Nothing is dropped in silence on the way back: a column that nobody reads, or one that was changed where only another
one counts, is refused by name, as are formulas and macros. What the questions must be is for `documents` to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from typing import Any, NoReturn

from trafficwatch.models.screening import Element, Entry, Mode, Place, Questionnaire, Value, Words
from trafficwatch.screening.documents import NO_FILE, BrokenQuestionnaireError, parse_document, shown
from trafficwatch.screening.xlsx_cells import Row, SheetsRefused, read_sheets
from trafficwatch.texts import LANGUAGES, Language, t
from trafficwatch.texts.labels import label

ANSWERS = "yes_no_unknown_declined"
TYPE = f"select_one {ANSWERS}"
SPOKEN: dict[Language, str] = {"id": "Bahasa Indonesia (id)", "en": "English (en)"}
"""How XLSForm calls the languages."""

_LABELS = {language: f"label::{name}" for language, name in SPOKEN.items()}
_HINTS = {language: f"hint::{name}" for language, name in SPOKEN.items()}
_SHORTS: dict[Language, str] = {"id": "x_short_id", "en": "x_short_en"}
_PLAIN = ("mode", "term", "risk", "lookalike", "sex", "module")
"""Members of a question that are one text or none; `x_` before them makes their columns."""
_COLUMNS: dict[str, tuple[str, ...]] = {
    "survey": (
        *("type", "name", *_LABELS.values(), *_HINTS.values(), "relevant", "x_kind", "x_places"),
        *(f"x_{name}" for name in _PLAIN),
        *("x_max_age", *_SHORTS.values(), "x_law", "x_indicators", "x_asks", "x_source"),
    ),
    "choices": ("list_name", "name", *_LABELS.values()),
    "settings": ("form_title", "x_title_en", "form_id", "version", "default_language", "x_rules"),
    "x_groups": ("code", "element", *_LABELS.values(), "asks"),
    "x_modules": ("code", "gate", *_LABELS.values()),
}
_CODES = re.compile(r"[\n,;]+")
_GROUP_ROWS = {"begin_group", "begin group", "end_group", "end group"}
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
_NUMBERED = re.compile(r"-[0-9]+$")
_CELL_LIMIT = 32_767
_MADE = datetime(2000, 1, 1, tzinfo=UTC)
_WIDE, _NARROW = 48, 18

Cells = Mapping[str, str]
"""The texts of one row by the heading of their column; empty ones are not there."""


# -- out ---------------------------------------------------------------------------------------------------------------


def write_xlsform(questionnaire: Questionnaire) -> bytes:
    """The XLSX; the same questionnaire gives the same bytes."""
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE.replace(tzinfo=None)})
        text, head = book.add_format({"num_format": "@", "text_wrap": True}), book.add_format({"bold": True})
        for name, columns in _COLUMNS.items():
            rows = [dict(zip(columns, columns, strict=True)), *_rows(name, questionnaire)]
            _sheet(book.add_worksheet(name), columns, rows, text, head)
        _sheet(book.add_worksheet("x_help"), ("column", "meaning"), _help(), text, head)
    return content.getvalue()


def _sheet(page: Any, columns: Sequence[str], rows: Sequence[Cells], text: Any, head: Any) -> None:
    for column, name in enumerate(columns):
        is_wide = "::" in name or name in {*_SHORTS.values(), "x_source", "meaning"}
        page.set_column(column, column, _WIDE if is_wide else _NARROW, text)
    for place, cells in enumerate(rows):
        for column, name in enumerate(columns):
            if cell := cells.get(name):
                if len(cell) > _CELL_LIMIT:
                    raise BrokenQuestionnaireError(file=NO_FILE, code=cells.get("name", name), reason=_said("too_long"))
                page.write_string(place, column, cell, text if place else head)
    page.freeze_panes(1, 0)


def _rows(sheet: str, questionnaire: Questionnaire) -> Iterable[Cells]:
    match sheet:
        case "survey":
            return _survey(questionnaire)
        case "choices":
            return ({"list_name": ANSWERS, "name": value, **_labels(_answer(value))} for value in Value)
        case "settings":
            return [_settings(questionnaire)]
        case "x_groups":
            return (
                {
                    "code": group.code,
                    "element": group.element,
                    **_labels(group.label),
                    "asks": "\n".join(group.asks),
                }
                for group in questionnaire.groups
            )
    return ({"code": each.code, "gate": each.gate, **_labels(each.label)} for each in questionnaire.modules)


def _settings(questionnaire: Questionnaire) -> Cells:
    return {
        "form_title": questionnaire.title.id,
        "x_title_en": questionnaire.title.en,
        "form_id": questionnaire.id,
        "version": str(questionnaire.version),
        "default_language": SPOKEN["id"],
        "x_rules": questionnaire.rules,
    }


def _survey(questionnaire: Questionnaire) -> Iterator[Cells]:
    """The questions in their order; those that follow one another under one heading, and below it in one group, are
    put into groups of the form.
    """
    headings = _headings(questionnaire)
    used: Counter[str] = Counter()

    def opened(name: str, inside: Iterable[Cells]) -> Iterator[Cells]:
        used[name] += 1
        unique = f"{name}-{used[name]}" if used[name] > 1 else name
        yield {"type": "begin_group", "name": unique, **_labels(headings[name])}
        yield from inside
        yield {"type": "end_group", "name": unique}

    def questions(entries: Iterable[Entry]) -> Iterator[Cells]:
        for group, members in groupby(entries, lambda entry: entry.groups[0] if entry.places else ""):
            rows = (_question(entry, questionnaire) for entry in members)
            yield from opened(f"group.{group}", rows) if group else rows

    for chapter, entries in groupby(questionnaire.entries, _chapter):
        yield from opened(chapter, questions(entries))


def _chapter(entry: Entry) -> str:
    if entry.module:
        return f"module.{entry.module}"
    return f"element.{entry.element}" if entry.element else f"kind.{entry.kind}"


def _headings(questionnaire: Questionnaire) -> dict[str, Words]:
    """What may stand above questions, by the name of the form's group, its number aside."""
    groups = {f"group.{group.code}": group.label for group in questionnaire.groups}
    modules = {f"module.{module.code}": module.label for module in questionnaire.modules}
    elements = {f"element.{element}": _words(f"screening.element.{element}") for element in Element}
    kinds = {
        f"kind.{entry.kind}": _words(f"xlsform.kind.{entry.kind}")
        for entry in questionnaire.entries
        if not entry.places
    }
    return groups | modules | elements | kinds


def _question(entry: Entry, questionnaire: Questionnaire) -> Cells:
    texts = {_SHORTS[language]: entry.short.of(language) for language in LANGUAGES}
    return {
        "type": TYPE,
        "name": entry.code,
        **_labels(entry.text),
        **{_HINTS[language]: entry.help.of(language) + _aside(entry.mode, language) for language in LANGUAGES},
        "relevant": _relevant(entry, questionnaire),
        "x_kind": entry.kind,
        "x_places": "\n".join(map(_place, entry.places)),
        **{f"x_{name}": getattr(entry, name) or "" for name in _PLAIN},
        "x_max_age": "" if entry.max_age is None else str(entry.max_age),
        **texts,
        "x_law": "\n".join(entry.law),
        "x_indicators": "\n".join(entry.indicators),
        "x_asks": "\n".join(entry.asks),
        "x_source": entry.source,
    }


def _relevant(entry: Entry, questionnaire: Questionnaire) -> str:
    gates = {module.code: module.gate for module in questionnaire.modules}
    return f"${{{gates[entry.module]}}} = '{Value.YES}'" if entry.module else ""


def _aside(mode: str, language: Language) -> str:
    """What is never read aloud says so, also where nobody knows our column."""
    return f"\n{t('xlsform.observe', language=language)}" if mode == Mode.OBSERVE else ""


def _place(place: Place) -> str:
    parts = [place.element, place.group, place.form or "", "" if place.max_age is None else str(place.max_age)]
    return "/".join(parts).rstrip("/")


def _labels(words: Words) -> Cells:
    return {_LABELS[language]: words.of(language) for language in LANGUAGES}


def _answer(value: Value) -> Words:
    return Words(*(label("answer", value, language) for language in LANGUAGES))


def _words(key: str) -> Words:
    return Words(*(t(key, language=language) for language in LANGUAGES))


def _help() -> Sequence[Cells]:
    """What our own columns mean, in the language of the desk."""
    own = [name for columns in _COLUMNS.values() for name in columns if name.startswith("x_")]
    rows = [(name, t(f"xlsform.help.{name}")) for name in own]
    rows += [("begin_group, end_group", t("xlsform.help.groups")), ("relevant", t("xlsform.help.relevant"))]
    return [{"column": t("xlsform.help.column"), "meaning": t("xlsform.help.meaning")}] + [
        {"column": name, "meaning": meaning} for name, meaning in rows
    ]


# -- in ----------------------------------------------------------------------------------------------------------------


def read_xlsform(untrusted_content: bytes, file: str) -> Questionnaire:
    """The questionnaire of an XLSForm, checked; raises BrokenQuestionnaireError with file, code (or place) and reason.

    `file` is the name that the error shows.
    """
    form = _Form(untrusted_content, file)
    questionnaire = parse_document(form.document(), file)
    form.compare(questionnaire)
    return questionnaire


class _Form:
    """The sheets of a form while they are read."""

    def __init__(self, untrusted_content: bytes, file: str) -> None:
        self._file = file
        try:
            sheets = read_sheets(untrusted_content, _COLUMNS)
        except SheetsRefused as refused:
            self._refuse(refused.place, refused.reason)
        sheets.setdefault("x_modules", ())
        self._rows = {name: self._named(name, sheets.get(name)) for name in _COLUMNS}
        if len(self._rows["settings"]) != 1:
            self._refuse("settings", "settings")

    def document(self) -> dict[str, Any]:
        """What the sheets say, in the shape of a questionnaire's JSON. Nothing is judged."""
        (settings,) = self._rows["settings"]
        return {
            "id": settings.get("form_id", ""),
            "version": _number(settings.get("version", "")),
            "title": {"id": settings.get("form_title", ""), "en": settings.get("x_title_en", "")},
            "rules": settings.get("x_rules", ""),
            "groups": [
                {
                    "code": each.get("code", ""),
                    "element": each.get("element", ""),
                    "label": _said_in(each, _LABELS),
                    "asks": _codes(each.get("asks", "")),
                }
                for each in self._rows["x_groups"]
            ],
            "modules": [
                {"code": each.get("code", ""), "gate": each.get("gate", ""), "label": _said_in(each, _LABELS)}
                for each in self._rows["x_modules"]
            ],
            "entries": [self._entry(each) for each in self._rows["survey"] if each.get("type") not in _GROUP_ROWS],
        }

    def compare(self, questionnaire: Questionnaire) -> None:
        """Refuse what was changed where something else counts: headings, `relevant`, the four answers."""
        headings = _headings(questionnaire)
        entries = {entry.code: entry for entry in questionnaire.entries}
        for row in self._rows["survey"]:
            name, relevant = row.get("name", ""), row.get("relevant")
            if row["type"] not in _GROUP_ROWS:
                if relevant and relevant.split() != _relevant(entries[name], questionnaire).split():
                    self._refuse(name, "relevant")
            elif row["type"].startswith("begin"):
                heading = headings.get(name) or headings.get(_NUMBERED.sub("", name))
                if heading is None:
                    self._refuse(name, "group_unknown")
                if _labels(heading) != {column: row.get(column, "") for column in _LABELS.values()}:
                    self._refuse(name, "group_words")
        answers = [row.get("name", "") for row in self._rows["choices"] if row.get("list_name") == ANSWERS]
        if answers != list(Value) or len(answers) != len(self._rows["choices"]):
            self._refuse("choices", "choices")

    def _entry(self, row: Cells) -> dict[str, Any]:
        code = row.get("name", "")
        if row.get("type") != TYPE:
            self._refuse(code, "type", type=TYPE)
        entry: dict[str, Any] = {
            "code": code,
            "kind": row.get("x_kind", ""),
            "text": _said_in(row, _LABELS),
            "short": _said_in(row, _SHORTS),
            "help": {
                language: words.removesuffix(_aside(row.get("x_mode", ""), language))
                for language, words in _said_in(row, _HINTS).items()
            },
            "source": row.get("x_source", ""),
            "places": [self._place(code, each) for each in _codes(row.get("x_places", ""))],
            "law": _lines(row.get("x_law", "")),
            "indicators": _codes(row.get("x_indicators", "")),
            "asks": _codes(row.get("x_asks", "")),
            **{name: row[f"x_{name}"] for name in _PLAIN if f"x_{name}" in row},
        }
        if "x_max_age" in row:
            entry["max_age"] = _number(row["x_max_age"])
        return entry

    def _place(self, code: str, told: str) -> dict[str, Any]:
        parts = [part.strip() for part in told.split("/")]
        if not 2 <= len(parts) <= 4:
            self._refuse(code, "places")
        element, group, form, age = (*parts, "", "")[:4]
        found: dict[str, Any] = {"element": element, "group": group}
        return found | ({"form": form} if form else {}) | ({"max_age": _number(age)} if age else {})

    def _named(self, sheet: str, rows: tuple[Row, ...] | None) -> list[Cells]:
        """The rows of a sheet below its headings, each text under its heading."""
        if rows is None:
            self._refuse(sheet, "no_sheet")
        head = {column: text.strip() for column, text in rows[0].cells.items()} if rows else {}
        missing = [name for name in _COLUMNS[sheet] if rows and name not in head.values()]
        if missing:
            self._refuse(sheet, "no_column", column=missing[0])
        if len(set(head.values())) < len(head):
            self._refuse(sheet, "column_twice")
        named: list[Cells] = []
        for row in rows[1:]:
            found = {head.get(column, ""): text for column, text in row.cells.items() if text.strip()}
            if unknown := found.keys() - set(_COLUMNS[sheet]):
                self._refuse(f"{sheet} {row.number}", "unknown_column", column=shown(min(unknown)))
            if found:
                named.append({name: text if _is_text(name) else text.strip() for name, text in found.items()})
        return named

    def _refuse(self, code: str, reason: str, **params: str) -> NoReturn:
        code, file = shown(code) or "XLSX", shown(self._file) or NO_FILE
        raise BrokenQuestionnaireError(file=file, code=code, reason=_said(reason, **params)) from None


def _said(reason: str, **params: str) -> str:
    return t(f"xlsform.reason.{reason}", language=None, **params)


def _is_text(column: str) -> bool:
    return "::" in column or column in {*_SHORTS.values(), "form_title", "x_title_en", "x_source"}


def _said_in(row: Cells, columns: Mapping[Language, str]) -> dict[Language, str]:
    return {language: row.get(column, "") for language, column in columns.items()}


def _codes(told: str) -> list[str]:
    return [code for each in _CODES.split(told) if (code := each.strip())]


def _lines(told: str) -> list[str]:
    return [line for each in told.split("\n") if (line := each.strip())]


def _number(told: str) -> int | str:
    """A number; what is none stays text, for the check of the questionnaire to refuse."""
    return int(told) if _NUMBER.fullmatch(told) else told
