# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to an answer, in words: who said so, when it was told, as part of what, asked by which version."""

from __future__ import annotations

from datetime import datetime

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.screening import Answer
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for


def told_at(at: str | None) -> str:
    """Day and hour as the clock on the wall showed them; '' for none, and for what a newer program may have written."""
    try:
        then = datetime.fromisoformat(at or "")
    except ValueError:
        return ""
    day = PartialDate.of(then.date()).format(current_language())
    return t("screening_desk.moment", day=day, hour=f"{then.hour:02}", minute=f"{then.minute:02}")


def about_answer(answer: Answer, *, with_source: bool = False) -> str:
    """When, of what, by which version; '' where nothing of it is known. With the source, who said so comes first."""
    said = [
        words_for("by", answer.by) if with_source and answer.by else "",
        t("screening_desk.told_at", when=when) if (when := told_at(answer.at)) else "",
        t("screening_desk.event", event=answer.event) if answer.event else "",
        t("screening_desk.asked_in", version=answer.asked.rpartition("@")[2]) if answer.asked else "",
    ]
    return " · ".join(filter(None, said))
