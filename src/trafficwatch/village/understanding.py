# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding that unlocking keeps telling until a volunteer says that it was understood; who and when is journalled."""

from __future__ import annotations

from trafficwatch.store import unacknowledged
from trafficwatch.store.work import Work

UNDERSTOOD = "understood"


def understand(work: Work, finding: str) -> None:
    """Tell this finding no more; one that is told only once needs no note."""
    if unacknowledged.forget(work, finding):
        work.note(UNDERSTOOD, "device", work.info.device, finding)
