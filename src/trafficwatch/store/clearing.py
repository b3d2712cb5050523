# SPDX-License-Identifier: GPL-3.0-or-later
"""What else a store keeps of a record's content, when part of it is cleared away and the rest stays.

Two actions of the journal clear: PUT_AWAY takes case text off a laptop once the PPT has it, REMOVED takes from the PPT
what may be there no longer. Their row tells anew all that stays, so that the check of the store can go on from it; rows
before it keep who did what and when, and the chain holds. Free space goes with `erasure.compact`, and
`erasure.holding` lists the backups made before.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from trafficwatch.models.exchange import RecordState
from trafficwatch.models.tables import local

PUT_AWAY, REMOVED = "put_away", "taken_out"
CLEARED = frozenset({PUT_AWAY, REMOVED})


def forget(connection: Connection, record: RecordState, *, only_sealed: bool) -> None:
    """Empty the rows of the journal about a record, `only_sealed` those with case text; no import that changed it can
    be undone any more.
    """
    rows, before = local.journal, local.before_import
    here = [rows.c.type == record.type, rows.c.id == record.id]
    if only_sealed:
        here.append(rows.c.sealed.is_not(None))
    nothing = {"salt": None, "changes": None, "sealed": None, "commitment": None}
    connection.execute(update(rows).where(*here).values(**nothing))
    changed_by = select(before.c.bundle).where(before.c.type == record.type, before.c.id == record.id)
    connection.execute(delete(before).where(before.c.bundle.in_(changed_by)))


def drop_file(connection: Connection, attachment_id: str) -> None:
    """Delete the file of an attachment."""
    table = local.attachment_content
    connection.execute(delete(table).where(table.c.id == attachment_id))
