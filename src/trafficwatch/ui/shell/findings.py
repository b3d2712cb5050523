# SPDX-License-Identifier: GPL-3.0-or-later
"""What unlocking found out about the store: what it is, what it means, what to do.

It stays on every page until somebody says that it was understood; till then the store remembers what matters most.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt

from trafficwatch.models.fields import Side
from trafficwatch.texts import t
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.notice import Notice


class Findings:
    """Those of `Store.findings` that nobody has answered for yet, shown on one page after the other."""

    def __init__(self, findings: Iterable[str] = ()) -> None:
        self._left = list(findings)
        self._is_told = False

    def show_on(self, page: Page) -> None:
        """One notice for each at the top of the page; a screen reader hears them once."""
        notices = []
        for finding in self._left:
            words, more, tone = _said(finding, page.desk.state.side)
            notice = Notice(words, tone, more=more)
            notice.add_action(t("findings.understood"), partial(self._understand, page, finding))
            notices.append(notice)
        page.pin(notices)
        for notice in notices if not self._is_told else ():
            notice.announce()
        self._is_told = True

    def _understand(self, page: Page, finding: str) -> None:
        def use_case(work: Any) -> None:
            from trafficwatch.village.understanding import understand

            understand(work, finding)

        def done(_: None) -> None:
            self._left = [each for each in self._left if each != finding]
            self.show_on(page)
            page.setFocus(Qt.FocusReason.OtherFocusReason)

        page.desk.tasks.work(page, use_case, done)


def _said(finding: str, side: Side) -> tuple[str, str, Tone]:
    if finding == "older_state":
        return t("findings.older_state"), t(f"findings.older_state_{side.value}"), Tone.DANGER
    if finding == "restored":
        return t("findings.restored"), t(f"findings.restored_{side.value}"), Tone.WARN
    if finding == "erased_again":
        return t("findings.erased_again"), "", Tone.INFO
    tone = Tone.WARN if finding in {"backups_left", "escrow_used"} else Tone.INFO
    return t(f"findings.{finding}"), t(f"findings.{finding}_more"), tone
