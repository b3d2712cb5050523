# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line (docs: interfaces). Exit codes: 0 done, 1 refused by an expected error, 2 usage.

Passphrases come from a file descriptor or a prompt, never from an argument or the environment. Heavy libraries are
imported inside the commands, so that `--help` stays quick.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trafficwatch import __version__
from trafficwatch.cli.backups import backup, backups, restore
from trafficwatch.cli.bundles import bundle
from trafficwatch.cli.checks import check
from trafficwatch.cli.common import Desk, report_error
from trafficwatch.cli.demo import demo
from trafficwatch.cli.enrolment import device, enrol, ppt
from trafficwatch.cli.escrow import escrow, ppt_escrow
from trafficwatch.cli.forms import form
from trafficwatch.cli.gallery import gallery
from trafficwatch.cli.partners import partner, ppt_code
from trafficwatch.cli.publishing import ppt_questionnaire
from trafficwatch.cli.residents import residents
from trafficwatch.cli.screening import screen
from trafficwatch.cli.serving import serve
from trafficwatch.cli.stores import directory, doctor, place, store
from trafficwatch.errors import ExpectedError
from trafficwatch.models.fields import Side
from trafficwatch.texts import LANGUAGES, set_language


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.option(
    "--store",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, readable=False),
    help="Folder of the store.",
)
@click.option("--passphrase-fd", type=int, help="Read the passphrase from this file descriptor.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="id", show_default=True, help="Language of the answers.")
@click.option("--practice", is_flag=True, help="The practice desk, with invented people.")
@click.option("--draft-lost", is_flag=True, hidden=True, help="The desk locked and could not keep a draft.")
@click.option("--hidden", is_flag=True, hidden=True, help="Start minimised, behind a cover.")
@click.option("--ready-fd", type=int, hidden=True, help="Write a line here once the window is shown.")
@click.version_option(__version__)
@click.pass_context
def trafficwatch(
    context: click.Context,
    folder: Path | None,
    passphrase_fd: int | None,
    ready_fd: int | None,
    *,
    as_json: bool,
    lang: str,
    practice: bool,
    draft_lost: bool,
    hidden: bool,
) -> None:
    """Watch over residents who migrate, screen early, refer with consent, and hand sealed bundles to the PPT.

    Without a command the village desk opens.
    """
    set_language("en" if lang == "en" else "id")
    context.obj = Desk(
        folder,
        passphrase_fd,
        as_json=as_json,
        practice=practice,
        draft_lost=draft_lost,
        hidden=hidden,
        ready_fd=ready_fd,
    )
    if context.invoked_subcommand is None:
        context.obj.show(Side.VILLAGE)


for command in (backup, backups, restore):
    store.add_command(command)
for command in (store, place, directory, doctor, screen, form, device, enrol, ppt, bundle, demo, gallery, residents):
    trafficwatch.add_command(command)
trafficwatch.add_command(partner)
store.add_command(check)
store.add_command(escrow)
ppt.add_command(ppt_code)
ppt.add_command(ppt_escrow)
ppt.add_command(ppt_questionnaire)
ppt.add_command(serve)


def main() -> None:
    """Run one command; an expected error is a sentence and exit code 1."""
    try:
        trafficwatch()
    except ExpectedError as error:
        report_error(error, as_json="--json" in sys.argv[1:])
        sys.exit(1)
