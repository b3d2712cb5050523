# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory at the PPT: an entry counts as checked once an officer has confirmed its contacts."""

from __future__ import annotations

from trafficwatch.models.institution import Institution
from trafficwatch.store.work import Work


def confirm_institution(work: Work, institution_id: str) -> Institution:
    """Record that the contacts of an institution were tried today and are right."""
    known = work.records.get(Institution, institution_id)
    work.write(Institution, known.id, checked_on=work.today, confirmed_on=work.today)
    return work.records.get(Institution, known.id)
