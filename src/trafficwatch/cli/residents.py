# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch residents import` and `export`: the village's population workbook, in (first as a preview) and out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.texts import current_language, t

if TYPE_CHECKING:
    from trafficwatch.registry.workbook.rows import Finding
    from trafficwatch.registry.workbook.take_in import Preview

_FILE = click.Path(path_type=Path, dir_okay=False, readable=False)
_SHOWN = 20
"""Findings that are printed; all of them are in the answer with `--json` and in the file of `--failed`."""


@click.group()
def residents() -> None:
    """The register of residents."""


@residents.command("import")
@click.argument("file", type=_FILE, required=False)
@click.option("--sheet", help="The sheet to read; without it the first one with known columns.")
@click.option(
    "--map", "mapped", multiple=True, metavar="COLUMN=FIELD", help="What a column is; no FIELD leaves it out."
)
@click.option("--apply", "applied", is_flag=True, help="Take it in; without it only what would be done is said.")
@click.option("--failed", type=_FILE, help="Write the refused rows, each with its reason, into this new XLSX.")
@click.option("--template", type=_FILE, help="Write an empty template into this new XLSX instead.")
@pass_desk
def import_(
    desk: Desk,
    file: Path | None,
    sheet: str | None,
    mapped: tuple[str, ...],
    failed: Path | None,
    template: Path | None,
    *,
    applied: bool,
) -> None:
    """Take in a workbook of residents (XLSX, XLS, ODS, CSV): OpenSID, SIAK, BIP, our template or any other table."""
    from trafficwatch.store.files import check_new, write_whole

    if (file is None) == (template is None):
        raise click.UsageError("give either a FILE or --template")
    for new in filter(None, (failed, template)):
        check_new(new, desk.folder)
    if template is not None:
        from trafficwatch.registry.workbook.writing import blank_template

        write_whole(template, blank_template())
        desk.say({"template": str(template)}, t("workbook.cli.written", file=str(template)))
    if file is not None:
        _import(desk, file, sheet, mapped, failed, applied=applied)


@residents.command("export")
@click.option("--out", type=_FILE, required=True, help="The new XLSX.")
@click.option("--search", default="", help="Only residents whom this text may mean.")
@click.option("--reason", required=True, help="What the list is for; kept in the change log.")
@pass_desk
def export(desk: Desk, out: Path, search: str, reason: str) -> None:
    """Write the list of residents as an XLSX with all numbers as text."""
    from trafficwatch.registry.lists import Wanted, export_list
    from trafficwatch.reports.residents_xlsx import residents_xlsx
    from trafficwatch.store.files import check_new, write_whole

    check_new(out, desk.folder)
    with desk.open() as opened, opened.work() as work:
        sheet = export_list(work, Wanted(search), reason, current_language())
        write_whole(out, residents_xlsx(sheet), private=True)
    count = len(sheet.rows)
    desk.say({"file": str(out), "residents": count}, t("papers.cli.exported", count=count, file=str(out)))


def _import(
    desk: Desk, file: Path, sheet: str | None, mapped: tuple[str, ...], failed: Path | None, *, applied: bool
) -> None:
    from trafficwatch.registry.workbook.errors import NameColumnMissing
    from trafficwatch.registry.workbook.take_in import preview, take_in
    from trafficwatch.registry.workbook.writing import refused_rows
    from trafficwatch.store.files import write_whole

    with desk.open() as opened:
        seen = preview(opened, file, sheet=sheet)
        if mapped:
            seen = preview(opened, file, sheet=seen.sheet, columns=_columns(seen, mapped))
        if not seen.ready:
            raise NameColumnMissing
        if applied:
            seen = dataclasses.replace(seen, plan=take_in(opened, seen).plan)
    if failed is not None:
        write_whole(failed, refused_rows(seen), private=True)
    document = {**_document(seen), "applied": applied, "failed": str(failed) if failed else None}
    lines = list(_lines(seen, applied=applied))
    if failed is not None:
        lines.append(t("workbook.cli.written", file=str(failed)))
    desk.say(document, "\n".join(lines))


def _columns(seen: Preview, mapped: Iterable[str]) -> dict[int, str]:
    """The columns as recognised, but for those that somebody said something about."""
    from trafficwatch.registry.workbook.layouts import FIELDS, key_of

    columns = dict(seen.columns)
    for each in mapped:
        name, sign, field = each.rpartition("=")
        places = [place for place, cell in enumerate(seen.header) if cell and key_of(cell) == key_of(name)]
        if not sign or len(places) != 1:
            raise click.UsageError(
                f"--map {each}: give COLUMN=FIELD, with one of the columns {', '.join(filter(None, seen.header))}"
            )
        if field and field not in FIELDS:
            raise click.UsageError(f"--map {each}: the fields are {', '.join(FIELDS)}")
        columns = {place: known for place, known in columns.items() if place != places[0] and known != field}
        if field:
            columns[places[0]] = field
    return columns


def _document(seen: Preview) -> dict[str, Any]:
    from trafficwatch.registry.workbook.writing import reason_words

    def told(findings: Iterable[Finding]) -> list[dict[str, Any]]:
        return [
            {"row": one.row, "column": one.column, "reason": one.reason, "text": reason_words(one)} for one in findings
        ]

    return {
        "file": str(seen.book.path),
        "sheet": seen.sheet,
        "hidden_sheets": seen.book.hidden,
        "encoding": seen.book.encoding or None,
        "layout": seen.layout,
        "header_row": seen.header_row,
        "columns": {seen.header[column]: field for column, field in seen.columns.items()},
        "not_kept": seen.not_kept,
        "rows": {
            "total": seen.total,
            "above": seen.above,
            "empty": seen.empty,
            **dataclasses.asdict(seen.reading.counted),
        },
        "formulas": seen.formulas,
        "merged_cells": seen.merged,
        **{outcome.value: count for outcome, count in seen.plan.counts().items()},
        "refusals": told(seen.refusals),
        "remarks": told(seen.remarks),
        "differs": [{"row": one.row, "person": one.person_id, "field": one.field} for one in seen.differs],
    }


def _lines(seen: Preview, *, applied: bool) -> Iterator[str]:
    counted = seen.reading.counted
    layout = t(f"workbook.layout.{seen.layout}")
    yield t("workbook.cli.head", file=seen.book.path.name, sheet=seen.sheet, layout=layout, row=seen.header_row)
    yield t(
        "workbook.cli.rows",
        total=seen.total,
        people=counted.people,
        families=counted.families,
        headings=counted.headings,
        empty=seen.empty,
        after=counted.after_end,
        above=seen.above,
    )
    if seen.book.hidden:
        yield t("workbook.cli.hidden", sheets=", ".join(seen.book.hidden))
    if seen.formulas:
        yield t("workbook.cli.formulas", count=seen.formulas)
    if seen.merged:
        yield t("workbook.cli.merged", count=seen.merged)
    if seen.not_kept:
        yield t("workbook.cli.not_kept", columns=", ".join(seen.not_kept))
    counts = {outcome.value: count for outcome, count in seen.plan.counts().items()}
    yield t("workbook.cli.done" if applied else "workbook.cli.planned", language=None, **counts)
    if seen.differs:
        yield t("workbook.cli.differs", count=len(seen.differs))
    if seen.refusals:
        yield t("workbook.cli.refused")
        yield from _findings(seen.refusals)
    if seen.remarks:
        yield t("workbook.cli.remarks")
        yield from _findings(seen.remarks)


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    from trafficwatch.registry.workbook.writing import reason_words

    for one in findings[:_SHOWN]:
        yield "  " + t("workbook.cli.finding", row=one.row, words=reason_words(one))
    if len(findings) > _SHOWN:
        yield "  " + t("workbook.cli.more", count=len(findings) - _SHOWN)
