# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch form KIND [ID]`: a printed form as PDF, filled or blank."""

from __future__ import annotations

from pathlib import Path

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.texts import current_language, t


@click.command()
@click.argument("kind", type=click.Choice(["referral"]))
@click.argument("record_id", required=False)
@click.option("--blank", is_flag=True, help="The same form with lines to write on.")
@click.option("--paper", type=click.Choice(["a4", "f4"]), default="a4", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@pass_desk
def form(desk: Desk, kind: str, record_id: str | None, *, blank: bool, paper: str, out: Path) -> None:
    """Write a form as PDF; ID is the record's id."""
    from trafficwatch.forms.paper import PAPERS
    from trafficwatch.forms.referral import blank_referral_pdf, referral_pdf
    from trafficwatch.store.files import check_new, write_whole

    if blank == bool(record_id):
        raise click.UsageError("give either an ID or --blank")
    check_new(out, desk.folder)
    if record_id is None:
        pdf = blank_referral_pdf(PAPERS[paper], current_language())
    else:
        from trafficwatch.casework.referral_form import referral_form

        with desk.open() as opened, opened.work() as work:
            pdf = referral_pdf(referral_form(work, record_id, current_language()), PAPERS[paper])
    write_whole(out, pdf, private=True)
    desk.say({"form": kind, "file": str(out)}, t("cli.form_written", file=str(out)))
