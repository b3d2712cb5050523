# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch screen questions|coverage|evaluate`: the questions and the rule, without any store."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.texts import current_language, t

_EVALUATION_LIMIT = 1_000_000


@click.group()
def screen() -> None:
    """Early screening: questions, coverage of the sources, evaluation."""


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
    from trafficwatch.screening.coverage import inventory

    found = cover(inventory(), questionnaires.newest())
    items = [item for each in found for item in each.rows]
    missing = [item.indicator.id for item in items if not item.codes]
    document = {
        "lists": [
            {"list": each.list.code, "items": [{"id": i.indicator.id, "codes": list(i.codes)} for i in each.rows]}
            for each in found
        ],
        "missing": missing,
    }
    lines = [f"{each.list.code}: {sum(bool(i.codes) for i in each.rows)}/{len(each.rows)}" for each in found]
    lines.append(
        t("cli.screen_incomplete", missing=", ".join(missing))
        if missing
        else t("cli.screen_complete", covered=len(items), total=len(items))
    )
    desk.say(document, "\n".join(lines))


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
