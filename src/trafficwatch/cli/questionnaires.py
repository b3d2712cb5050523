# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch screen xlsform|check`: a questionnaire for an office program or ODK, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.texts import t

if TYPE_CHECKING:
    from trafficwatch.models.screening import Questionnaire

_ZIP = b"PK\x03\x04"


@click.command("xlsform")
@click.option("--questionnaire", help="id@version; the newest if not given.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The XLSX to write.")
@pass_desk
def xlsform(desk: Desk, questionnaire: str | None, out: Path) -> None:
    """Write a questionnaire of the program as an XLSForm, to be changed in an office program or asked with ODK."""
    from trafficwatch.screening import questionnaires
    from trafficwatch.screening.xlsform import write_xlsform
    from trafficwatch.store.files import check_new, write_whole

    check_new(out, desk.folder)
    asked = questionnaires.get(questionnaire) if questionnaire else questionnaires.newest()
    write_whole(out, write_xlsform(asked))
    count = len(asked.entries)
    desk.say(
        {"questionnaire": asked.ref, "entries": count, "file": str(out)},
        t("xlsform.written", questionnaire=asked.ref, count=count, file=str(out)),
    )


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_desk
def check(desk: Desk, file: Path) -> None:
    """Say what is wrong with a questionnaire: JSON, alone or as it is published, or an XLSForm."""
    from trafficwatch.screening.documents import MOST_BYTES
    from trafficwatch.store.files import read_limited

    asked = _read(read_limited(file, MOST_BYTES), file.name)
    count = len(asked.entries)
    desk.say(
        {"questionnaire": asked.ref, "entries": count, "file": str(file)},
        t("xlsform.sound", questionnaire=asked.ref, count=count, file=file.name),
    )


def _read(untrusted_content: bytes, name: str) -> Questionnaire:
    """The questionnaire, whole and sound, its rules included; raises BrokenQuestionnaireError."""
    from trafficwatch.screening import documents, library, questionnaires, xlsform

    rules = None
    if untrusted_content.startswith(_ZIP):
        asked = xlsform.read_xlsform(untrusted_content, name)
    elif "questionnaire" in documents.decode(untrusted_content, name):
        version = library.decode(untrusted_content.decode(), name)
        asked, rules = version.questionnaire, version.rules
    else:
        asked = documents.parse_document(untrusted_content, name)
    try:
        documents.check_rules(rules or questionnaires.rules(asked.rules), asked, name)
    except questionnaires.UnknownQuestionnaireError:
        documents.refuse(documents.Problem(asked.ref, "unknown_rules", other=asked.rules), name)
    return asked
