# SPDX-License-Identifier: GPL-3.0-or-later
"""After an accident: the real program opens what is left, checks all of it, and goes on working.

`lost` is what was confirmed and is not there, `corrupt` whatever the store check finds or any error in opening.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from scenario import Acks, Scenario

from trafficwatch.registry.residents import record_person
from trafficwatch.store import mark
from trafficwatch.store.check import check
from trafficwatch.store.work import Store
from trafficwatch.sync import bundle, importing


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an accident has done; nothing, if both are empty."""

    lost: tuple[str, ...] = ()
    corrupt: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.lost and not self.corrupt


def judge(scenario: Scenario, root: Path, acks: Acks) -> Verdict:
    stores: dict[str, Store] = {}
    with patch.object(importing, "open_apart", bundle.open_bundle):  # a process of its own for each would take too long
        try:
            for name in scenario.stores:
                stores[name] = scenario.open(root, name, acks)
            corrupt = [f"{name}: {problem}" for name, store in stores.items() for problem in problems(store)]
            lost = scenario.missing(root, stores, acks)
            for store in stores.values():
                with store.work() as work:
                    record_person(work, name="Setelah kejadian")
            return Verdict(tuple(lost), tuple(corrupt))
        except Exception:
            return Verdict(corrupt=(traceback.format_exc(limit=-6),))
        finally:
            for store in stores.values():
                store.close()


def problems(store: Store) -> list[str]:
    """What the store check finds; and a store that lived through an accident was not put back to an older state."""
    found = [f"{finding.key} {finding.where}" for finding in check(store).findings]
    return [*found, *({mark.OLDER_STATE} & set(store.findings))]
