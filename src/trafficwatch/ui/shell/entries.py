# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the navigation of each desk, in order."""

from __future__ import annotations

from trafficwatch.ui.shell.rail import Entry

VILLAGE = (
    Entry("home", "home"),
    Entry("residents", "people"),
    Entry("screenings", "screening"),
    Entry("referrals", "referral"),
    Entry("send", "send"),
    Entry("emergency", "emergency"),
    Entry("settings", "settings"),
)
PPT = (
    Entry("inbox", "inbox"),
    Entry("cases", "card"),
    Entry("villages", "village"),
    Entry("questionnaires", "question"),
    Entry("emergency", "emergency"),
    Entry("settings", "settings"),
)
