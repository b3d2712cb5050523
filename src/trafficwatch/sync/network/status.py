# SPDX-License-Identifier: GPL-3.0-or-later
"""How an exchange over the network stands, for the desk to show. `sent` is what the inbox has said it holds: never what
was only handed to the network. That a record is received only a signed receipt says, and that shows in the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from trafficwatch.errors import ExpectedError


class Phase(StrEnum):
    """What is going on; of these `WAITING` is after a failure, until `next_attempt`."""

    NOT_SET_UP = "not_set_up"
    IDLE = "idle"
    PREPARING = "preparing"
    CONNECTING = "connecting"
    SENDING = "sending"
    WAITING_FOR_RECEIPT = "waiting_for_receipt"
    FETCHING = "fetching"
    TAKING_IN = "taking_in"
    WAITING = "waiting"
    PAUSED = "paused"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Status:
    """Bytes and bundles of the present exchange, or of the last one; `confirmed` bundles have all their answers here.

    `error` is why it does not go on, or what of the last exchange was refused; `next_attempt` when it does.
    """

    phase: Phase = Phase.IDLE
    sent: int = 0
    to_send: int = 0
    fetched: int = 0
    to_fetch: int = 0
    bundles: int = 0
    confirmed: int = 0
    failures: int = 0
    next_attempt: datetime | None = None
    last_success: datetime | None = None
    error: ExpectedError | None = None
