# SPDX-License-Identifier: GPL-3.0-or-later
"""Every shared record type by its wire name, in an order in which records link only to types before their own.

The order follows from the declared links, not from which module was imported first.
"""

from __future__ import annotations

from graphlib import TopologicalSorter

from trafficwatch.models import (
    accompanying,
    aftercare,
    care,
    casework,
    evidence,
    institution,
    migration,
    people,
    publishing,
    recruiting,
    reporting,
    staff,
    watching,
)
from trafficwatch.models.fields import DECLARED, RecordType

AREAS = (
    staff,
    institution,
    publishing,
    people,
    recruiting,
    migration,
    watching,
    casework,
    evidence,
    care,
    reporting,
    accompanying,
    aftercare,
)
"""The modules whose record types are shared."""


def _in_order() -> list[str]:
    links = {name: sorted({link.target for link in declared.links}) for name, declared in sorted(DECLARED.items())}
    return list(TopologicalSorter(links).static_order())


RECORD_TYPES: dict[str, RecordType] = {name: DECLARED[name] for name in _in_order()}
