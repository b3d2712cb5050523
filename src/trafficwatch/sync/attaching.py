# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of attachments on their way: each goes with its record, in a bundle of its own, until a receipt says that it
arrived (design 7).

A file goes as it was added, told by its hash: evidence that somebody has written anew proves nothing any more
(docs/decisions/0018). Who refuses to pass on pictures and papers keeps back the hash, and with it the record. On the
way in a file is taken only with the record that names it, and only of a kind that is kept here; sealed under the case
key like one that was added here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from trafficwatch.casework.attachments import LIMIT, AttachmentDamaged, place
from trafficwatch.casework.file_kinds import recognise
from trafficwatch.models.exchange import RecordState
from trafficwatch.models.tables import local
from trafficwatch.store.sealing import SealedValueDamaged
from trafficwatch.store.work import Work
from trafficwatch.sync.bundle import Opened
from trafficwatch.sync.leaving import is_deleted
from trafficwatch.sync.setting_aside import targets

ATTACHMENT = "attachment"
_FILE = local.attachment_content


def may_go(state: RecordState) -> bool:
    """Whether of an attachment that much leaves that its file can go with it, or its end."""
    return is_deleted(state) or any(targets(state, "sha256"))


def file_of(work: Work, state: RecordState) -> bytes:
    """The file of an attachment, as it was added; raises AttachmentDamaged."""
    found = _kept(work, state.id)
    if found is None:
        raise AttachmentDamaged
    return found


def can_go(work: Work, attachment_id: str) -> bool:
    """Whether the file is here and whole: one that is not is told of by the check of the store, and stops no export."""
    return _kept(work, attachment_id) is not None


def why_not(work: Work, opened: Opened, state: RecordState) -> str:
    """Why an attachment can't be taken in, '' if it can, and for every other record."""
    if state.type != ATTACHMENT:
        return ""
    content = _brought(opened, state)
    if content is None:
        return "" if _is_there(work, state.id) else "file_missing"
    return "" if len(content) <= LIMIT and recognise(content) else "attachment_kind_unknown"


def take(work: Work, opened: Opened, state: RecordState) -> None:
    """Keep the file that came with an attachment, in the place of one that is damaged; a whole one stays."""
    content = _brought(opened, state) if state.type == ATTACHMENT else None
    if content is None or _kept(work, state.id) is not None:
        return
    work.connection.execute(delete(_FILE).where(_FILE.c.id == state.id))
    sealed = work.sealer.seal_bytes(*place(state.id), content)
    work.connection.execute(insert(_FILE).values(id=state.id, content=sealed))


def _brought(opened: Opened, state: RecordState) -> bytes | None:
    """The file in this bundle that the record names by its one hash."""
    named: Sequence[str] = sorted(set(targets(state, "sha256")))
    return opened.files.get(named[0]) if len(named) == 1 else None


def _is_there(work: Work, attachment_id: str) -> bool:
    return work.connection.execute(select(_FILE.c.id).where(_FILE.c.id == attachment_id)).first() is not None


def _kept(work: Work, attachment_id: str) -> bytes | None:
    """The file that is kept of an attachment, None if there is none or it is not the one that its record names."""
    sealed = work.connection.execute(select(_FILE.c.content).where(_FILE.c.id == attachment_id)).scalar_one_or_none()
    state = work.records.state(ATTACHMENT, attachment_id)
    if sealed is None or state is None:
        return None
    try:
        content = work.sealer.open_bytes(*place(attachment_id), sealed)
    except SealedValueDamaged:
        return None
    return content if hashlib.sha256(content).hexdigest() in set(targets(state, "sha256")) else None
