# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch partner introduce|pair|list|part`, both desks: another laptop of the village, the PPT of another
district. `trafficwatch ppt code`: a village has another administrative code.
"""

from __future__ import annotations

from pathlib import Path

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.texts import t

_FILE = click.Path(path_type=Path, dir_okay=False, readable=False)


@click.group()
def partner() -> None:
    """The other laptops of a village, and the PPTs of other districts."""


@partner.command("introduce")
@click.option("--out", type=_FILE, required=True)
@pass_desk
def introduce(desk: Desk, out: Path) -> None:
    """Write the file by which the other desk knows this one, and show its 30 digits to read out."""
    from trafficwatch.sync.pairing import write_pack

    with desk.open() as opened:
        written = write_pack(opened, out)
    desk.say(
        {"file": str(out), "fingerprint": written.fingerprint},
        t("cli.pack_written", file=str(out), fingerprint=written.fingerprint),
    )


@partner.command("pair")
@click.argument("file", type=_FILE)
@click.option("--digits", help="The 30 digits that are read out at the other desk.")
@pass_desk
def pair_(desk: Desk, file: Path, digits: str | None) -> None:
    """Trust the desk whose file this is, if the digits are right."""
    from trafficwatch.sync.pairing import pair, read_claim

    with desk.open() as opened:
        claim = read_claim(opened, file)
        if not desk.as_json:
            click.echo(t("cli.partner_claims", name=claim.name, code=claim.code))
        found = pair(opened, file, digits or click.prompt(t("cli.type_digits")))
    desk.say(
        {"device": found.device, "code": found.code, "name": found.name},
        t("cli.partner_paired", name=found.name, device=found.device),
    )


@partner.command("list")
@pass_desk
def list_(desk: Desk) -> None:
    """Whom this desk exchanges with, beside its PPT or its villages."""
    from trafficwatch.sync.partners import partners

    with desk.open() as opened, opened.work() as work:
        found = partners(work)
    desk.say(
        {"partners": [{"device": each.device, "code": each.code, "status": each.status.value} for each in found]},
        "\n".join(f"{each.device} {each.code} {each.name}: {each.status.value}" for each in found),
    )


@partner.command("part")
@click.argument("device")
@click.option("--reason", prompt=True, help="Why; it is written into the journal.")
@pass_desk
def part_(desk: Desk, device: str, reason: str) -> None:
    """Trust a partner no more."""
    from trafficwatch.sync.pairing import part

    with desk.open() as opened:
        part(opened, device, reason)
    desk.say({"device": device}, t("cli.partner_gone", device=device))


@click.command("code")
@click.argument("old")
@click.argument("new")
@click.option("--reason", prompt=True, help="Why; it is written into the journal.")
@pass_desk
def ppt_code(desk: Desk, old: str, new: str, reason: str) -> None:
    """A village has another administrative code from now on; its next reply tells it."""
    from trafficwatch.sync.moving import change_code

    with desk.open() as opened:
        change_code(opened, old, new, reason)
    desk.say({"old": old, "new": new}, t("cli.code_changed", old=old, new=new))
