# SPDX-License-Identifier: GPL-3.0-or-later
"""Sync, whole: inbox over the network, keys replaced, codes changed, undo, what was put away, erasures told.

Self-contained: imports nothing of the program, so that it does the same forever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = {
    "peer_key": ("device:16 signing_key* recipient since:32 until:32", "device signing_key"),
    "own_key": ("device:16 signing_seed* identity since:32 until:32", "device signing_seed"),
    "own_certificate": ("pin:64 certificate* private_key* created_at:32", "pin"),
    "code_change": ("old:20 new:20 at:32", "old"),
    "before_import": ("bundle:36 type:40 id:36 state*?", "bundle type id"),
    "pinned": ("person_id:36 volunteer:36? at:32 reason*", "person_id"),
    "put_away": ("type:40 id:36 at:32 bundle:36", "type id"),
    "erasure_told": ("recipient:16 type:40 id:36 bundle:36 removed_at:32?", "recipient type id"),
}
"""Columns and primary key of the new tables: `name:16` is a text of so many characters, `name*` bytes, `name?` may be
empty."""


def upgrade() -> None:
    for table, (columns, key) in TABLES.items():
        op.create_table(
            table,
            *map(_column, columns.split()),
            sa.PrimaryKeyConstraint(*key.split(), name=op.f(f"pk_{table}")),
        )
    op.add_column("peer", sa.Column("address", sa.Text(), nullable=False, server_default=""))
    op.add_column("peer", sa.Column("pin", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("bundle_in", sa.Column("parent", sa.String(length=36), nullable=False, server_default=""))
    op.add_column("bundle_in", sa.Column("undone_at", sa.String(length=32), nullable=True))


def _column(written: str) -> sa.Column:
    nullable = written.endswith("?")
    name, _, size = written.rstrip("?").partition(":")
    kind = sa.LargeBinary() if name.endswith("*") else sa.String(length=int(size)) if size else sa.Text()
    return sa.Column(name.rstrip("*"), kind, nullable=nullable)
