# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between a village and its PPT's inbox, and the worker that store work is handed to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from trafficwatch.errors import NetworkError
from trafficwatch.store.work import Store

T = TypeVar("T")


class Run(Protocol):
    """Hands a use case on the store to the one worker of the desk; the future is cancelled when the desk closes."""

    def __call__(self, use_case: Callable[[Store], T], /) -> Future[T]: ...


class AddressImpossible(NetworkError):
    """What was typed is no `https://host:port`."""

    key = "address_impossible"


class PortTaken(NetworkError):
    """This computer can't listen there; parameter `port`."""

    key = "port_taken"


class InboxUnknown(NetworkError):
    """The PPT has told no address of an inbox."""

    key = "inbox_unknown"


class InboxUnreachable(NetworkError):
    """Nobody answers, or the connection broke without getting on."""

    key = "inbox_unreachable"


class CertificateWrong(NetworkError):
    """Who answers is not the PPT that this village enrolled with: nothing was sent."""

    key = "certificate_wrong"


class InboxRefused(NetworkError):
    """The inbox does not take this bundle."""

    key = "inbox_refused"


class InboxBusy(NetworkError):
    """The inbox asks to come again later."""

    key = "inbox_busy"

    def __init__(self, seconds: int = 60) -> None:
        super().__init__()
        self.seconds = seconds


class InboxUnexpected(NetworkError):
    """What answered does not speak as an inbox does."""

    key = "inbox_unexpected"
