# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms that were begun and not saved yet, each volunteer's own.

A draft is no record: it is never exported, journalled or counted. What a form of handling holds is case text and is
sealed under the case key, and closed to who is not trained any more; the rest is plain in the encrypted store.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, func, insert, literal_column, select

from trafficwatch.models.exchange import canonical
from trafficwatch.models.tables import local
from trafficwatch.store.sealing import SealedValueDamaged
from trafficwatch.store.training import may_read_cases
from trafficwatch.store.work import Work

_DRAFT = local.draft


@dataclass(frozen=True, slots=True)
class Draft:
    """One form as it was left; `subject` is the person it is about, `content` None when it can't be opened."""

    id: str
    form: str
    subject: str | None
    saved_at: str
    content: dict[str, Any] | None


def keep(
    work: Work,
    form: str,
    content: Mapping[str, Any],
    *,
    subject: str | None = None,
    draft_id: str | None = None,
    case_text: bool = False,
) -> str:
    """Keep a form as it stands under the id `draft_id`, in place of what was kept under it; gives the id.

    Raises CaseKeyNeeded when `case_text` and the volunteer has no case key.
    """
    if draft_id:
        _delete(work, draft_id)
    of_id, whole = draft_id or str(uuid.uuid4()), dict(content)
    work.connection.execute(
        insert(_DRAFT).values(
            id=of_id,
            volunteer=work.volunteer,
            form=form,
            subject=subject,
            saved_at=work.now,
            content=None if case_text else canonical(whole),
            sealed=work.sealer.seal("draft", of_id, "content", whole) if case_text else None,
        )
    )
    return of_id


def drafts(work: Work) -> tuple[Draft, ...]:
    """The drafts of the volunteer at work, the newest first."""
    newest_first = select(_DRAFT).where(_own(work)).order_by(literal_column("rowid").desc())
    may_read = may_read_cases(work)
    return tuple(
        Draft(row.id, row.form, row.subject, row.saved_at, _content(work, row, may_read=may_read))
        for row in work.connection.execute(newest_first)
    )


def count(work: Work) -> int:
    """How many drafts who is at work has."""
    return work.connection.execute(select(func.count()).select_from(_DRAFT).where(_own(work))).scalar_one()


def drop(work: Work, draft_id: str) -> None:
    """The form was saved or given up."""
    _delete(work, draft_id)


def _own(work: Work) -> ColumnElement[bool]:
    return _DRAFT.c.volunteer.is_not_distinct_from(work.volunteer)


def _delete(work: Work, draft_id: str) -> None:
    work.connection.execute(delete(_DRAFT).where(_DRAFT.c.id == draft_id, _own(work)))


def _content(work: Work, row: Any, *, may_read: bool) -> dict[str, Any] | None:
    if row.sealed is None:
        return cast("dict[str, Any]", json.loads(row.content))
    if not may_read:
        return None
    with contextlib.suppress(SealedValueDamaged):
        return cast("dict[str, Any]", work.sealer.open("draft", row.id, "content", row.sealed))
    return None
