# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch store backup|backups|restore`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trafficwatch.cli.common import Desk, first_line, pass_desk
from trafficwatch.texts import t
from trafficwatch.texts.exchange import type_words

if TYPE_CHECKING:
    from trafficwatch.models.backups import BackupRow, Contents

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("backup")
@click.option("--to", type=_FOLDER, help="A folder or a stick; without it beside the store.")
@pass_desk
def backup(desk: Desk, to: Path | None) -> None:
    """Make a backup, read it back and verify it."""
    from trafficwatch.village.backups import make_by_hand

    with desk.open() as opened:
        row = make_by_hand(opened, to)
    desk.say(
        dataclasses.asdict(row),
        t("cli_backups.made", place=row.place, records=row.records, size=row.size // 1_000),
    )


@click.command("backups")
@pass_desk
def backups(desk: Desk) -> None:
    """List the backups of this store, the latest first."""
    from trafficwatch.village.backups import backups, is_reachable

    with desk.open() as opened, opened.work() as work:
        rows = [(row, is_reachable(row)) for row in backups(work)]
    desk.say(
        {"backups": [{**dataclasses.asdict(row), "here": here} for row, here in rows]},
        "\n".join(_line(row, here=here) for row, here in rows) or t("cli_backups.none"),
    )


@click.command("restore")
@click.argument("folder", type=_FOLDER)
@click.option("--look", is_flag=True, help="Only say what the backup holds.")
@click.option("--discard-newer", is_flag=True, help="Restore even if the present store has changes that it lacks.")
@click.option("--code-fd", type=int, help="Open it with the recovery code from this file descriptor.")
@pass_desk
def restore(desk: Desk, folder: Path, code_fd: int | None, *, look: bool, discard_newer: bool) -> None:
    """Put the store of a backup in the place of this one, which is set aside."""
    from trafficwatch.village import backups

    is_code = code_fd is not None
    secret = desk.passphrase() if code_fd is None else first_line(code_fd)
    if look:
        found = backups.look(desk.folder, folder, secret, is_code=is_code)
        desk.say(dataclasses.asdict(found), _contents(found))
        return
    found = backups.restore(desk.folder, folder, secret, is_code=is_code, discard_newer=discard_newer, marks=desk.marks)
    desk.say(dataclasses.asdict(found), f"{_contents(found)}\n{t('cli_backups.restored')}")


def _contents(found: Contents) -> str:
    day, size = found.made_at[:10], found.size // 1_000
    head = t("cli_backups.contents", day=day, name=found.name, code=found.code, records=found.records, size=size)
    return "\n".join([head, *(f"  {type_words(name)}: {count}" for name, count in found.counts.items() if count)])


def _line(row: BackupRow, *, here: bool) -> str:
    state = t("cli_backups.gone") if row.gone_at else t("cli_backups.here") if here else t("cli_backups.away")
    day, size = row.made_at[:16].replace("T", " "), row.size // 1_000
    return t("cli_backups.row", day=day, records=row.records, size=size, state=state, place=row.place)
