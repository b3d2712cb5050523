# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands on the paper that goes with a stick: the files, their numbers and check codes, from whom to whom.

Counts and codes alone: no resident is named, and no case. The same for a village that hands over bundles and for a PPT
that hands receipts back (`forms.handover_slip` prints it).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from trafficwatch.models.fields import Side
from trafficwatch.models.forms import FormHead, FormKind, FormLanguage, code_of
from trafficwatch.models.letterhead import letterhead_of
from trafficwatch.models.slips import HandoverSlip, SlipRow
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import local
from trafficwatch.store.work import Work
from trafficwatch.sync.devices import peers
from trafficwatch.sync.usb import Written


def by_taker(work: Work, written: Sequence[Written]) -> tuple[tuple[Written, ...], ...]:
    """The same files, those for each desk by themselves: each gets a paper of its own."""
    made = local.bundle_out
    query = select(made.c.bundle, made.c.recipient).where(made.c.bundle.in_([each.bundle for each in written]))
    taker = {row.bundle: row.recipient for row in work.connection.execute(query)}
    found: dict[str, list[Written]] = {}
    for each in written:
        found.setdefault(taker[each.bundle], []).append(each)
    return tuple(map(tuple, found.values()))


def slip(work: Work, written: Sequence[Written], language: FormLanguage) -> HandoverSlip:
    """The paper for files that this desk made for one other (`by_taker`) and that lie on a stick."""
    made = local.bundle_out
    device = work.connection.execute(select(made.c.recipient).where(made.c.bundle == written[0].bundle)).scalar_one()
    taker = next((peer.name for peer in peers(work) if peer.device == device), None)
    member = work.records.get(Volunteer, work.volunteer) if work.volunteer else None
    return HandoverSlip(
        head=FormHead(
            FormKind.DATA_HANDOVER,
            code_of(written[0].bundle),
            language,
            letterhead_of(work.info),
            practice=work.info.practice,
            printed_at=datetime.fromisoformat(work.now).astimezone(),
        ),
        answers=work.info.side is Side.PPT,
        giver=work.info.name,
        taker=taker,
        made_at=work.now,
        signer=member.name if member else None,
        rows=tuple(SlipRow(each.path.name, each.number, each.records, each.code) for each in written),
    )
