# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch store check`: is the store whole and unchanged, and what is wrong with which record.

Exit code 0 when nothing was found, 1 otherwise. Nothing personal is printed: records are named by kind and id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.models.dates import PartialDate
from trafficwatch.texts import current_language, t
from trafficwatch.texts.exchange import type_words

if TYPE_CHECKING:
    from trafficwatch.store.check_pages import Finding

_SHOWN = 50
"""How many findings are printed as text; the JSON document has them all."""


@click.command("check")
@pass_desk
def check(desk: Desk) -> None:
    """Check pages, links, journal and every value; says which record is wrong."""
    from trafficwatch.store.check import check as look
    from trafficwatch.store.unacknowledged import noted

    with desk.open() as opened:
        report = look(opened)
        with opened.work() as work:
            waiting = noted(work)
    found = [
        {"finding": finding, "since": since, "message": _waiting(finding, since)} for finding, since in waiting.items()
    ]
    found += [_said(finding) for finding in report.findings]
    todo = " ".join(_todo({each.key for each in report.findings}, is_waiting=bool(waiting)))
    document = {
        "ok": not found,
        "pages": report.pages,
        "records": report.records,
        "journal": report.entries,
        "case_text_checked": report.sealed,
        "complete": report.complete,
        "findings": found,
        "todo": todo,
    }
    lines = [f"- {each['message']}" for each in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(t("trail.check_more", count=len(found) - _SHOWN))
    if report.complete:
        lines.insert(0, t("trail.check_looked_at", pages=report.pages, records=report.records, entries=report.entries))
    if report.complete and not report.sealed:
        lines.append(t("trail.check_without_case_text"))
    lines.append(todo or t("trail.check_clean"))
    desk.say(document, "\n".join(lines))
    if found:
        raise SystemExit(1)


def _todo(keys: set[str], *, is_waiting: bool) -> Iterator[str]:
    if is_waiting:
        yield t("trail.check_waiting_todo")
    if keys:
        yield t("trail.check_index_todo") if keys == {"search_index"} else t("trail.check_todo")


def _waiting(finding: str, since: str) -> str:
    """What an unlock found out and nobody has answered for yet."""
    day = PartialDate.parse(since[:10]).format(current_language())
    return t("trail.check_waiting", finding=t(f"findings.{finding}"), day=day)


def _said(finding: Finding) -> dict[str, Any]:
    """One finding as a document, with its sentence."""
    words = {**finding.where, **{name: type_words(finding.where[name]) for name in _TYPES if name in finding.where}}
    field = finding.where.get("field")
    key = f"{finding.key}_field" if field else finding.key
    return {"finding": finding.key, **finding.where, "message": t(f"trail.check.{key}", **words)}


_TYPES = ("type", "target")
