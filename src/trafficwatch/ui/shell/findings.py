# SPDX-License-Identifier: GPL-3.0-or-later
"""What unlocking found out about the store, told on the first page: what it is, what it means, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from trafficwatch.models.fields import Side
from trafficwatch.texts import t
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone


def tell(page: Page, findings: Iterable[str], side: Side) -> None:
    """One notice for each finding of `Store.findings`."""
    for finding in findings:
        words, more, tone = _said(finding, side)
        page.tell(words, tone, more=more)


def _said(finding: str, side: Side) -> tuple[str, str, Tone]:
    if finding == "older_state":
        return t("findings.older_state"), t(f"findings.older_state_{side.value}"), Tone.DANGER
    if finding == "restored":
        return t("findings.restored"), t(f"findings.restored_{side.value}"), Tone.WARN
    if finding == "erased_again":
        return t("findings.erased_again"), "", Tone.INFO
    return t(f"findings.{finding}"), t(f"findings.{finding}_more"), Tone.INFO
