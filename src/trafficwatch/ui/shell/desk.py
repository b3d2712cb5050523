# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page is given: the worker, who and where we are, and what the shell does for it.

A page never looks for the window or for another page: it asks `desk.go("resident", person_id=...)`. The shell fills the
callables; a page that is drawn for the gallery gets others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from trafficwatch.models.staff import Ability
    from trafficwatch.ui.shell.settings import Settings
    from trafficwatch.ui.shell.tasks import Tasks
    from trafficwatch.village.places import Places
    from trafficwatch.village.setup import SetupState


class Go(Protocol):
    """Show a page by its name, with what it is about; `draft` is a draft of that page to take up again."""

    def __call__(self, page: str, /, **about: Any) -> None: ...


class AskPath(Protocol):
    """Ask for a file or folder without stopping the program; `then` is called with the choice, if one is made."""

    def __call__(
        self, owner: QWidget, title: str, then: Callable[[Path], None], *, name: str = "", kinds: str = ""
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What a page holds that no record has yet. `content` is JSON; `case_text` seals it under the case key."""

    content: Mapping[str, Any]
    subject: str | None = None
    case_text: bool = False


class Desk:
    """One unlocked desk, as pages see it. `today` is an ISO date."""

    def __init__(
        self,
        *,
        tasks: Tasks,
        state: SetupState,
        settings: Settings,
        today: str,
        go: Go,
        back: Callable[[], None],
        say: Callable[[str], None],
        change: Callable[[Settings], None],
        lock: Callable[[], None],
        open_file: AskPath,
        save_file: AskPath,
        open_folder: AskPath,
        reread: Callable[[], None],
    ) -> None:
        self.tasks = tasks
        self.state = state
        self.settings = settings
        self.today = today
        self.go = go
        """Show another page."""
        self.back = back
        """Show the page before this one."""
        self.say = say
        """Put a sentence into the status line and tell it to a screen reader."""
        self.change = change
        """Take and keep other settings; language, theme and zoom show at once."""
        self.lock = lock
        self.open_file = open_file
        self.save_file = save_file
        self.open_folder = open_folder
        self.under_way: dict[str, Any] = {}
        """What goes on though its page was left, and what came of it until a page has shown it; by the page's name."""
        self.reread = reread
        """Read the set-up state again (after enrolment), then show the present page anew."""

    def may(self, ability: Ability) -> bool:
        """Whether who is at work may do the tasks of this ability: trained for it today, with the case key."""
        return self.state.trained and ability in self.state.abilities

    @cached_property
    def places(self) -> Places:
        """All villages of Indonesia; the first use on the worker thread takes a moment, so ask there."""
        from trafficwatch.village.places import Places

        return Places.load()
