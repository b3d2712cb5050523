# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch ppt questionnaire list|publish|replies`: the questionnaires that the PPT gives to its villages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.texts import t

if TYPE_CHECKING:
    from trafficwatch.screening.publishing import Difference

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
_PARTS = ("added", "removed", "reworded", "reread")


@click.group("questionnaire")
def ppt_questionnaire() -> None:
    """The questionnaire for early screening, in its versions."""


@ppt_questionnaire.command("list")
@pass_desk
def list_versions(desk: Desk) -> None:
    """List every version, the newest first, and what it changed of the one before."""
    from trafficwatch.screening.publishing import editions

    with desk.open() as opened, opened.work() as work:
        found = editions(work)
    rows = []
    lines = []
    for each in found:
        asked, day = each.version.questionnaire, each.version.published_on
        changes = _codes(each.difference)
        rows.append({"questionnaire": asked.ref, "published_on": day, "entries": len(asked.entries), **changes})
        origin = t("questionnaires.published_on", day=day) if day else t("questionnaires.of_the_program")
        lines += [t("questionnaires.line", ref=asked.ref, origin=origin, count=len(asked.entries)), *_words(changes)]
    desk.say({"questionnaires": rows}, "\n".join(lines))


@ppt_questionnaire.command("publish")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, readable=False))
@click.option("--preview", is_flag=True, help="Only say what would change.")
@click.option("--out", type=_FOLDER, help="Folder for the replies to the villages.")
@pass_desk
def publish(desk: Desk, file: Path, out: Path | None, *, preview: bool) -> None:
    """Publish the questionnaire in FILE (JSON or XLSForm) and make a reply for every village."""
    from trafficwatch.sync import publishing

    with desk.open() as opened:
        found = publishing.preview_file(opened, file)
        ref, changes = found.version.questionnaire.ref, _codes(found.difference)
        if preview:
            desk.say({"questionnaire": ref, **changes}, "\n".join([ref, *_words(changes)]))
            return
        done = publishing.publish(opened, found.content.encode(), file.name)
        written = publishing.write_replies(opened, out) if out else ()
    desk.say(
        {"questionnaire": ref, "villages": done.villages, "files": [str(path) for path in written], **changes},
        "\n".join(
            [t("questionnaires.cli_published", ref=ref, count=done.villages), *_words(changes), *map(str, written)]
        ),
    )


@ppt_questionnaire.command("replies")
@click.option("--out", type=_FOLDER, required=True, help="Folder for the replies to the villages.")
@pass_desk
def replies(desk: Desk, out: Path) -> None:
    """Write the latest reply for every village, with the questionnaires in it."""
    from trafficwatch.sync.publishing import write_replies

    with desk.open() as opened:
        written = write_replies(opened, out)
    desk.say(
        {"files": [str(path) for path in written]},
        "\n".join([t("questionnaires.cli_replies", count=len(written)), *map(str, written)]),
    )


def _codes(found: Difference | None) -> dict[str, Any]:
    """What changed, by the codes of the questions."""
    if found is None:
        return {}
    return {name: [entry.code for entry in getattr(found, name)] for name in _PARTS} | {"new_rules": found.new_rules}


def _words(changes: dict[str, Any]) -> list[str]:
    said = [
        "  " + t(f"questionnaires.cli_{name}", codes=", ".join(changes[name])) for name in _PARTS if changes.get(name)
    ]
    return [*said, *([t("questionnaires.new_rules")] if changes.get("new_rules") else [])]
