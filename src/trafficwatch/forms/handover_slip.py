# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper that goes with a stick, 'berita acara serah terima paket data', filled or blank, for bundles or receipts.

It says which files were handed over and how to see that they are still the same, and has two boxes to sign in.
"""

from __future__ import annotations

from datetime import datetime

from trafficwatch.models.case_papers import CaseForm, Fixed, Line, Lines, Section, Signature, Table
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.forms import FormHead, FormKind, FormLanguage, Letterhead
from trafficwatch.models.slips import HandoverSlip
from trafficwatch.texts import t

_COLUMNS = ("file", "number", "records", "code")
_SHARES = (2.4, 1.5, 1.5, 4.0)
_ROWS = 4
"""Rows to write in on the blank form."""


def blank_slip_form(language: FormLanguage, letterhead: Letterhead | None = None) -> CaseForm:
    """The same paper for handwriting."""
    return slip_form(HandoverSlip(FormHead(FormKind.DATA_HANDOVER, "", language, letterhead)))


def slip_form(slip: HandoverSlip) -> CaseForm:
    """The paper, for `forms.case_paper.case_paper_pdf`."""
    kind = "receipts" if slip.answers else "bundles"

    def say(key: str, **params: str | int) -> str:
        return t(f"handover_slip.{key}", language=slip.head.language, **params)

    at = datetime.fromisoformat(slip.made_at).astimezone() if slip.made_at else None
    rows = tuple((row.file, str(row.number), str(row.records), row.code) for row in slip.rows)
    heads = tuple(say(f"column.{name}") for name in _COLUMNS)
    total = say("total", files=len(rows), records=sum(row.records for row in slip.rows)) if rows else None
    return CaseForm(
        slip.head,
        say(f"title.{kind}"),
        None,
        (
            Section(
                say(f"files.{kind}"),
                (Table(heads, _SHARES, rows, empty=_ROWS), Lines((Line(say("sum"), total),))),
            ),
            Section(say("check"), (Fixed((say("check.what"), say("check.how"), say("check.differs"))),)),
            Section(say("next"), (Fixed((say(f"next.{kind}"), say("next.sealed"))),)),
        ),
        about=(
            Line(say("giver"), slip.giver),
            Line(say("taker"), slip.taker),
            Line(say("day"), PartialDate.of(at.date()).format(slip.head.language) if at else None, half=True),
            Line(say("hour"), f"{at.hour:02}.{at.minute:02}" if at else None, half=True),
        ),
        text=say(f"opening.{kind}"),
        signatures=(Signature(say("sign.giver"), slip.signer, ""), Signature(say("sign.taker"), None, "")),
        notes=(say("note"),),
        confidential=False,
    )
