# SPDX-License-Identifier: GPL-3.0-or-later
"""All scenarios of the laboratory, by name."""

from __future__ import annotations

from copying import BACKUP, RESTORE, UPGRADE
from exchanging import EXPORT, IMPORT, RECEIPTS
from renewing import PASSPHRASE, REMOVE
from saving import SAVE
from scenario import Scenario

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (SAVE, EXPORT, IMPORT, RECEIPTS, REMOVE, PASSPHRASE, BACKUP, RESTORE, UPGRADE)
}
