# SPDX-License-Identifier: GPL-3.0-or-later
"""What the PPT hands to all its villages beside the directory: the questionnaires in use."""

from __future__ import annotations

from trafficwatch.models.fields import Leaving, Record, Side, date, record, text

CONTENT_LIMIT = 600_000
"""Characters of one questionnaire; a line of a bundle holds a million."""


@record("questionnaire", leaving=Leaving.ALWAYS, owner=Side.PPT)
class PublishedQuestionnaire(Record):
    """One version of a questionnaire, whole: `content` is the document that `screening.questionnaires` reads.

    A version never changes once it is published; `ref` is its id@version.
    """

    ref: str | None = text(required=True, limit=40)
    published_on: str | None = date(required=True)
    content: str | None = text(required=True, limit=CONTENT_LIMIT)
