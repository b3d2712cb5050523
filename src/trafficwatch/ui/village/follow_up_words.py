# SPDX-License-Identifier: GPL-3.0-or-later
"""A contact of a follow-up that is due, in words: for the home page and the list of all that is to do."""

from __future__ import annotations

from trafficwatch.casework.follow_ups import DueRow
from trafficwatch.texts import t
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.resident_parts import date_words, how_to_reach


def due_words(row: DueRow) -> str:
    """Whose contact was planned for which day, and how to reach the person safely; nobody goes where that is barred."""
    day = date_words(row.planned_on)
    if row.contact is not None and row.contact.do_not_contact:
        return t("follow_up.home_banned", name=row.name, day=day)
    how = how_to_reach(row.contact)
    reach = t("follow_up.home_reach", how=how) if how else t("follow_up.home_reach_none")
    return f"{t('follow_up.home_line', name=row.name, day=day)}\n{reach}"


def late_words(days: int) -> str:
    if days > 0:
        return t("follow_up.late", days=days)
    return t("follow_up.in_days", days=-days) if days else t("follow_up.today")


def late_tone(days: int) -> Tone:
    return Tone.WARN if days > 0 else Tone.INFO
