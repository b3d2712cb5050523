# SPDX-License-Identifier: GPL-3.0-or-later
"""What anybody at the laptop may keep: signs that were noticed, and to whom they were reported (P2/2024 art. 4, 7).

Noticing is no screening: no question is asked, nothing is concluded, and no training is needed. So nothing here is
under the case key; who notes something is asked for signs by their codes and for few words.
"""

from __future__ import annotations

from collections.abc import Mapping

from trafficwatch.models.fields import Leaving, Record, date, elements, link, record, text


@record("sign_note", leaving=Leaving.NEVER)
class SignNote(Record):
    """Signs that a volunteer noticed; `signs` maps the code of a general sign or a sign by place to True.

    `person_id` only when it is a resident on a card. `told_to` and `told_on`: to whom it was reported, and when. It
    leaves by mouth or on paper, for often nobody could be asked whether it may.
    """

    person_id: str | None = link("person")
    noted_on: str | None = date(required=True)
    noted_by: str | None = link("volunteer", required=True)
    signs: Mapping[str, bool] = elements()
    place: str | None = text(limit=200)
    words: str | None = text()
    told_to: str | None = text(limit=200)
    told_on: str | None = date()
