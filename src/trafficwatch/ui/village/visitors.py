# SPDX-License-Identifier: GPL-3.0-or-later
"""People from elsewhere who come and go: those who are here first, then those who have left.

To be from elsewhere is no suspicion: the list has no marks and no colours of warning.
"""

from __future__ import annotations

from trafficwatch.registry.visitors import VisitorRow, visitors
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.recruiter_words import day_words
from trafficwatch.ui.village.register_list import RegisterList
from trafficwatch.ui.widgets.lines import Line


class VisitorsPage(RegisterList):
    """All of them, here or gone."""

    name = "visitors"

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            (t("visitors.title"), t("visitors.subtitle")),
            search=t("visitors.search"),
            new=t("visitors.new"),
            find=visitors,
            line=line_of,
            opens=lambda key: desk.go("visitor", visitor_id=key),
            begins=lambda name: desk.go("visitor", name=name),
            nobody=lambda text: t("visitors.none", text=text) if text else t("visitors.empty"),
            nobody_more=t("visitors.empty_more"),
        )


def line_of(row: VisitorRow) -> Line:
    """Here or gone, since when; where from, why, with whom."""
    if row.left_on:
        stands = t("visitors.left", day=day_words(row.left_on))
    elif row.arrived_on:
        stands = t("visitors.here_since", day=day_words(row.arrived_on))
    else:
        stands = t("visitors.here")
    parts = (
        stands,
        t("visitors.from", place=row.origin) if row.origin else "",
        row.purpose,
        t("visitors.with", host=row.host) if row.host else "",
        t("visitors.recruits", name=row.recruiter_name) if row.recruiter_name else "",
    )
    icon = "back" if row.left_on else "person"
    return Line(row.id, row.name, " · ".join(part for part in parts if part), Tone.NEUTRAL, icon)
