# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch screen questions|coverage|evaluate`: the questions and the rule, without any store."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.cli.questionnaires import check, xlsform
from trafficwatch.texts import current_language, t

if TYPE_CHECKING:
    from trafficwatch.screening.coverage import Coverage

_EVALUATION_LIMIT = 1_000_000


@click.group()
def screen() -> None:
    """Early screening: questions, coverage of the sources, evaluation."""


screen.add_command(xlsform)
screen.add_command(check)


@screen.command("questions")
@click.option("--questionnaire", help="id@version; the newest if not given.")
@pass_desk
def questions(desk: Desk, questionnaire: str | None) -> None:
    """List every question with its code, kind, element and source."""
    import msgspec

    from trafficwatch.screening import questionnaires

    asked = questionnaires.get(questionnaire) if questionnaire else questionnaires.newest()
    language = current_language()
    lines = [
        f"{entry.code:<18} {entry.kind.value:<8} {entry.element or '-':<6} {entry.text.of(language)}  [{entry.source}]"
        for entry in asked.entries
    ]
    entries = [
        {**msgspec.to_builtins(entry), "element": entry.element, "groups": list(entry.groups)}
        for entry in asked.entries
    ]
    desk.say({"questionnaire": asked.ref, "entries": entries}, "\n".join(lines))


@screen.command("coverage")
@pass_desk
def coverage(desk: Desk) -> None:
    """Show for every sign of the sources which questions ask about it, and which have none yet."""
    from trafficwatch.screening import questionnaires
    from trafficwatch.screening.coverage import coverage as cover
    from trafficwatch.screening.coverage import distinct, inventory

    asked = questionnaires.newest()
    found = cover(inventory(), asked)
    missing = [item.id for each in found for item in each.gaps]
    document = {
        "lists": [
            {"list": each.list.code, "items": [{"id": i.indicator.id, "codes": list(i.codes)} for i in each.rows]}
            for each in found
        ],
        "missing": missing,
        "distinct": distinct(inventory()),
    }
    desk.say(document, "\n".join(_table(found, asked.ref, distinct(inventory()))))


def _table(found: Iterable[Coverage], ref: str, count: int) -> Iterator[str]:
    """Per list covered/total, then each indicator with the questions that ask it; in the end what is missing."""
    language = current_language()
    rows = [row for each in found for row in each.rows]
    width = max(len(row.indicator.id) for row in rows)
    longest = max(len(row.indicator.gist.of(language)) for row in rows)
    for each in found:
        covered = f"{len(each.rows) - len(each.gaps)}/{len(each.rows)}"
        yield f"{each.list.title.of(language)}: {covered}  ({each.list.code}; {each.list.source})"
        for row in each.rows:
            gist = row.indicator.gist.of(language)
            yield f"  {row.indicator.id:<{width}}  {gist:<{longest}}  {', '.join(row.codes) or '-'}"
        yield ""
    yield t("cli.screen_distinct", count=count)
    missing = [row.indicator.id for row in rows if not row.codes]
    if missing:
        yield t("cli.screen_incomplete", missing=", ".join(missing))
    else:
        yield t("cli.screen_complete", total=len(rows), ref=ref)


@screen.command("evaluate")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@pass_desk
def evaluate(desk: Desk, file: Path) -> None:
    """Evaluate the answers in a JSON file (`-` for standard input); nothing is stored."""
    from trafficwatch.screening import wire
    from trafficwatch.store.files import read_limited

    if str(file) == "-":
        untrusted_bytes = sys.stdin.buffer.read(_EVALUATION_LIMIT)
    else:
        untrusted_bytes = read_limited(file, _EVALUATION_LIMIT)
    outcome = wire.answer(untrusted_bytes)
    desk.say(outcome, outcome["explanation"][current_language()])
