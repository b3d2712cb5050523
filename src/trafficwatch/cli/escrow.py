# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch store escrow on|off|request` (village) and `ppt escrow` (PPT): the last way back in, by telephone."""

from __future__ import annotations

from pathlib import Path

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.texts import t

_PATH = click.Path(path_type=Path, readable=False)
_FILE = click.Path(path_type=Path, dir_okay=False, readable=False)


@click.group("escrow")
def escrow() -> None:
    """The PPT's help to get back in, when passphrase and recovery sheet are lost."""


@escrow.command("on")
@pass_desk
def escrow_on(desk: Desk) -> None:
    """Seal a code for the PPT, in place of an earlier one; nobody sees it."""
    from trafficwatch.sync.escrow import set_up

    with desk.open() as opened:
        found = set_up(opened)
    desk.say({"status": found.status.value, "ppt": found.ppt}, t("escrow.cli.on", ppt=found.ppt))


@escrow.command("off")
@pass_desk
def escrow_off(desk: Desk) -> None:
    """Take the PPT's way in back."""
    from trafficwatch.sync.escrow import turn_off

    with desk.open() as opened:
        found = turn_off(opened)
    desk.say({"status": found.status.value}, t("escrow.cli.off"))


@escrow.command("request")
@click.option("--to", "target", type=_PATH, required=True, help="A folder or stick, or a new file.")
@pass_desk
def escrow_request(desk: Desk, target: Path) -> None:
    """Copy the sealed request file of the locked store, and show its 30 digits to read out."""
    from trafficwatch.sync.escrow import request

    made = request(desk.folder, target)
    desk.say(
        {"file": str(made.path), "digits": made.digits},
        t("escrow.cli.saved", file=str(made.path), digits=made.digits),
    )


@click.command("escrow")
@click.argument("file", type=_FILE)
@click.option("--digits", help="The 30 digits that the village reads out, called back on a known number.")
@click.option("--reason", prompt=True, help="Why the code is read out; it is written into the journal.")
@pass_desk
def ppt_escrow(desk: Desk, file: Path, digits: str | None, reason: str) -> None:
    """Show whose request a file is, and print its code once if the digits are right."""
    from trafficwatch.sync.escrow import open_request, read_out

    with desk.open() as opened:
        found = open_request(opened, file)
        about = {"name": found.name, "village": found.village, "device": found.device, "made_at": found.made_at}
        if not desk.as_json:
            words = t(
                "escrow.cli.request", name=found.name, village=found.village, device=found.device, made_at=found.made_at
            )
            click.echo(words)
        typed = digits or click.prompt(t("cli.type_digits"))
        code = read_out(opened, found, typed, reason)
    desk.say({**about, "code": code}, t("escrow.cli.read_out", code=code))
