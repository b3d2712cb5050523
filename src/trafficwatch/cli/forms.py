# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch form KIND [ID ...]`: a printed form as PDF, filled or blank."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.models.case_papers import KINDS, numbered
from trafficwatch.models.forms import FormKind
from trafficwatch.texts import current_language, t

if TYPE_CHECKING:
    from trafficwatch.forms.paper import Paper
    from trafficwatch.models.case_papers import CaseForm
    from trafficwatch.store.work import Work

_HANDOVER = FormKind.DATA_HANDOVER.value
_OTHERS = ("referral", "card", "family", "list", "screening", "report", _HANDOVER)
_CASE = tuple(kind.value for kind in KINDS)
_COLUMNS = ("name", "birth", "sex", "address", "phone", "destination", "stage", "departure", "nik", "kk")


@click.command()
@click.argument("kind", type=click.Choice([*_OTHERS, *_CASE]))
@click.argument("record_ids", metavar="[ID|FILE]...", nargs=-1)
@click.option("--blank", is_flag=True, help="The same form with lines to write on.")
@click.option("--large", is_flag=True, help="For the blank form of a screening: in large print.")
@click.option("--journey", "journey_id", help="For the family's sheet: this journey and not the latest.")
@click.option("--search", default="", help="For a list: residents whom this text may mean.")
@click.option("--column", "columns", type=click.Choice(_COLUMNS), multiple=True, help="For a list: what it shows.")
@click.option("--number", help="For a paper of case work: the number that the office gave it.")
@click.option("--paper", type=click.Choice(["a4", "f4"]), default="a4", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@pass_desk
def form(
    desk: Desk,
    kind: str,
    record_ids: tuple[str, ...],
    journey_id: str | None,
    search: str,
    columns: tuple[str, ...],
    number: str | None,
    paper: str,
    out: Path,
    *,
    blank: bool,
    large: bool,
) -> None:
    """Write a form as PDF. ID is a referral's id, a resident's for a card or a family's sheet, or a screening's for its
    summary or a first report; a list takes any number of residents, none for everybody. The blank form of a screening
    is the newest questionnaire of the program. A paper of case work takes the id of what it is about: a resident's for
    intake and identification, a referral's for social_data, else of the record that it prints. The paper for a stick,
    data_handover, takes the files that this desk wrote onto it, all for the same desk.
    """
    from trafficwatch.forms.paper import PAPERS
    from trafficwatch.store.files import check_new, write_whole

    if kind in {"list", "report"} and blank:
        raise click.UsageError(f"a {kind} can't be blank")
    if large and not (kind == "screening" and blank):
        raise click.UsageError("only the blank form of a screening has a large print")
    if number and kind not in _CASE:
        raise click.UsageError("only a paper of case work takes a number")
    if kind == _HANDOVER and bool(record_ids) == blank:
        raise click.UsageError("give either FILES or --blank")
    if kind not in {"list", _HANDOVER} and len(record_ids) != (0 if blank or _is_of_nothing(kind) else 1):
        raise click.UsageError("give either an ID or --blank")
    check_new(out, desk.folder)
    words = t("cli.form_written", file=str(out))
    sheet = PAPERS[paper]
    if blank:
        pdf = _blank_screening(sheet, large=large) if kind == "screening" else _blank(kind, sheet, number)
    else:
        with desk.open() as opened, opened.work() as work:
            if kind == "list":
                pdf = _list(work, record_ids, search, columns, sheet)
            elif kind == "family":
                pdf, beware = _family(work, record_ids[0], journey_id, sheet)
                words = "\n".join([words, *beware])
            elif kind == _HANDOVER:
                pdf = _of_stick(work, record_ids, sheet)
            elif kind in _CASE:
                pdf = _of_case(work, FormKind(kind), "".join(record_ids), number, sheet)
            else:
                pdf = _of_record(work, kind, record_ids[0], sheet)
    write_whole(out, pdf, private=True)
    desk.say({"form": kind, "file": str(out)}, words)


def _is_of_nothing(kind: str) -> bool:
    """Whether a paper is about no record, and so takes no ID."""
    if kind not in _CASE:
        return False
    from trafficwatch.casework.case_forms import PAPERS

    return not PAPERS[FormKind(kind)].of


def _of_case(work: Work, kind: FormKind, record_id: str, number: str | None, paper: Paper) -> bytes:
    from trafficwatch.casework.case_forms import case_form

    if kind is FormKind.OWN_DATA:
        from trafficwatch.casework.papers_own_data import own_data_form
        from trafficwatch.screening import library

        language = current_language()
        asked = library.wordings(work, language)
        return _case_pdf(own_data_form(work, record_id, language, asked), number, paper)
    return _case_pdf(case_form(work, kind, record_id, current_language()), number, paper)


def _case_pdf(form: CaseForm, number: str | None, paper: Paper) -> bytes:
    from trafficwatch.forms.case_paper import case_paper_pdf

    return case_paper_pdf(numbered(form, number), paper)


def _blank(kind: str, paper: Paper, number: str | None) -> bytes:
    if kind in _CASE:
        from trafficwatch.casework.case_forms import blank_form

        return _case_pdf(blank_form(FormKind(kind), current_language()), number, paper)
    if kind == _HANDOVER:
        from trafficwatch.forms.handover_slip import blank_slip_form

        return _case_pdf(blank_slip_form(current_language()), None, paper)
    from trafficwatch.forms.family_sheet import blank_family_sheet_pdf
    from trafficwatch.forms.referral import blank_referral_pdf
    from trafficwatch.forms.resident_card import blank_resident_card_pdf

    blanks = {"referral": blank_referral_pdf, "card": blank_resident_card_pdf, "family": blank_family_sheet_pdf}
    return blanks[kind](paper, current_language())


def _blank_screening(paper: Paper, *, large: bool) -> bytes:
    from trafficwatch.forms.screening_paper import paper_pdf
    from trafficwatch.screening import questionnaires

    return paper_pdf(questionnaires.newest(), current_language(), paper, large=large)


def _of_record(work: Work, kind: str, record_id: str, paper: Paper) -> bytes:
    if kind in {"screening", "report"}:
        return _of_screening(work, kind, record_id, paper)
    if kind == "card":
        from trafficwatch.forms.resident_card import resident_card_pdf
        from trafficwatch.registry.papers import card_form

        return resident_card_pdf(card_form(work, record_id, current_language()), paper)
    from trafficwatch.casework.referral_form import referral_form
    from trafficwatch.forms.referral import referral_pdf

    return referral_pdf(referral_form(work, record_id, current_language()), paper)


def _of_screening(work: Work, kind: str, screening_id: str, paper: Paper) -> bytes:
    from trafficwatch.forms.first_report import report_pdf
    from trafficwatch.forms.screening_summary import summary_pdf
    from trafficwatch.screening.papers import report_form, summary_form

    if kind == "report":
        return report_pdf(report_form(work, screening_id, current_language()), paper)
    return summary_pdf(summary_form(work, screening_id, current_language()), paper)


def _family(work: Work, person_id: str, journey_id: str | None, paper: Paper) -> tuple[bytes, list[str]]:
    """The sheet, and from whom to keep it."""
    from trafficwatch.forms.family_sheet import family_sheet_pdf
    from trafficwatch.registry.papers import family_form, keep_from

    pdf = family_sheet_pdf(family_form(work, person_id, journey_id, current_language()), paper)
    who = ", ".join(keep_from(work, person_id))
    return pdf, [t("papers.cli.keep_from", who=who)] if who else []


def _of_stick(work: Work, files: tuple[str, ...], paper: Paper) -> bytes:
    from trafficwatch.forms.handover_slip import slip_form
    from trafficwatch.sync.slips import by_taker, slip
    from trafficwatch.sync.usb import identify

    written = identify(work, map(Path, files))
    if len(by_taker(work, written)) > 1:
        raise click.UsageError("the files are for several desks: one paper for each")
    return _case_pdf(slip_form(slip(work, written, current_language())), None, paper)


def _list(work: Work, ids: tuple[str, ...], search: str, columns: tuple[str, ...], paper: Paper) -> bytes:
    from trafficwatch.forms.resident_list import resident_list_pdf
    from trafficwatch.models.papers import Column
    from trafficwatch.registry.lists import COLUMNS, Wanted, list_form

    shown = tuple(map(Column, columns)) or COLUMNS
    return resident_list_pdf(list_form(work, Wanted(search, ids=ids or None), current_language(), shown), paper)
