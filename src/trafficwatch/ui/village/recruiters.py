# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who recruit in the village: search, list, open, record someone new."""

from __future__ import annotations

from trafficwatch.registry.recruiters import RecruiterRow, recruiters
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.village.recruiter_words import licence_sign, licence_words
from trafficwatch.ui.village.register_list import RegisterList
from trafficwatch.ui.widgets.lines import Line


class RecruitersPage(RegisterList):
    """All recruiters that the village knows of."""

    name = "recruiters"

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            (t("recruiters.title"), t("recruiters.subtitle")),
            search=t("recruiters.search"),
            new=t("recruiters.new"),
            find=recruiters,
            line=line_of,
            opens=lambda key: desk.go("recruiter", recruiter_id=key),
            begins=lambda name: desk.go("recruiter_edit", name=name),
            nobody=lambda text: t("recruiters.none", text=text) if text else t("recruiters.empty"),
            nobody_more=t("recruiters.empty_more"),
        )


def line_of(row: RecruiterRow) -> Line:
    """Name and company; below, whether and how the licence was checked, and how often we met the name."""
    tone, icon = licence_sign(row.found)
    parts = [licence_words(row.found, row.checked, row.checked_with)]
    if row.journeys:
        parts.append(t("recruiters.journeys", count=row.journeys))
    if row.offers:
        parts.append(t("recruiters.offers", count=row.offers))
    name = f"{row.name} · {row.company}" if row.company else row.name
    return Line(row.id, name, " · ".join(parts), tone, icon)
