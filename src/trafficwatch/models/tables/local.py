# SPDX-License-Identifier: GPL-3.0-or-later
"""What a store keeps for itself: who it is, histories, differences, the journal, peers and bundles.

Nothing of this is a shared record; it never leaves the laptop as it is.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from trafficwatch.models.tables.columns import Sealed, metadata

store_info = Table(
    "store_info",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Settings of this store by key (`store.info` types them), as canonical JSON."""

record_state = Table(
    "record_state",
    metadata,
    Column("type", String(40), nullable=False),
    Column("id", String(36), nullable=False),
    Column("history", Text, nullable=False),
    Column("home", String(20), nullable=False),
    Column("counter", Integer, nullable=False),
    Column("unknown", Text),
    Column("sealed", Sealed()),
    PrimaryKeyConstraint("type", "id"),
    Index("ix_record_state_counter", "counter"),
)
"""Stamps and contexts of each shared record, whose it is (`home`: a village or PPT code), fields of newer versions;
`sealed` holds the whole state of sealed fields (`store.records`)."""

difference = Table(
    "difference",
    metadata,
    Column("type", String(40), nullable=False),
    Column("id", String(36), nullable=False),
    Column("key", String(200), nullable=False),
    Column("counter", Integer, nullable=False),
    Column("device", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("type", "id", "key", "counter", "device", "position"),
    ForeignKeyConstraint(["type", "id"], ["record_state.type", "record_state.id"]),
)
"""Values that stand beside the shown one until a person settles the difference."""

journal = Table(
    "journal",
    metadata,
    Column("device", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    Column("volunteer", String(36)),
    Column("action", String(20), nullable=False),
    Column("type", String(40), nullable=False),
    Column("id", String(36), nullable=False),
    Column("counter", Integer, nullable=False),
    Column("salt", LargeBinary),
    Column("changes", Text),
    Column("sealed", Sealed()),
    Column("commitment", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
    PrimaryKeyConstraint("device", "sequence"),
    Index("ix_journal_record", "type", "id"),
)
"""Every change: who, when, which record, old -> new; hash-chained per device (`store.journal`)."""

own_device = Table(
    "own_device",
    metadata,
    Column("device", String(16), primary_key=True),
    Column("signing_seed", LargeBinary, nullable=False),
    Column("identity", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
)
"""This device's own keys: Ed25519 seed (32 bytes) and age identity."""

peer = Table(
    "peer",
    metadata,
    Column("device", String(16), primary_key=True),
    Column("side", String(10), nullable=False),
    Column("code", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("signing_key", LargeBinary, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("status", String(10), nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("since", String(32), nullable=False),
    Column("address", Text, nullable=False, server_default=""),
    Column("pin", String(64), nullable=False, server_default=""),
    UniqueConstraint("signing_key"),
)
"""Devices that this one exchanges bundles with; `address` and `pin` are where a PPT takes bundles in over the network,
and the SHA-256 of its certificate, both '' if it does not."""

peer_key = Table(
    "peer_key",
    metadata,
    Column("device", String(16), nullable=False),
    Column("signing_key", LargeBinary, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("since", String(32), nullable=False),
    Column("until", String(32), nullable=False),
    PrimaryKeyConstraint("device", "signing_key"),
)
"""Keys that a peer has replaced: bundles signed with them before, or sealed to them, are still opened `until` then."""

own_key = Table(
    "own_key",
    metadata,
    Column("device", String(16), nullable=False),
    Column("signing_seed", LargeBinary, nullable=False),
    Column("identity", Text, nullable=False),
    Column("since", String(32), nullable=False),
    Column("until", String(32), nullable=False),
    PrimaryKeyConstraint("device", "signing_seed"),
)
"""Keys that this device has replaced: `identity` opens what was sealed to it before, `until` then."""

own_certificate = Table(
    "own_certificate",
    metadata,
    Column("pin", String(64), primary_key=True),
    Column("certificate", LargeBinary, nullable=False),
    Column("private_key", LargeBinary, nullable=False),
    Column("created_at", String(32), nullable=False),
)
"""The certificate (DER) and key (PKCS #8) of the inbox over the network; `pin` is the certificate's SHA-256."""

code_change = Table(
    "code_change",
    metadata,
    Column("old", String(20), primary_key=True),
    Column("new", String(20), nullable=False),
    Column("at", String(32), nullable=False),
)
"""Administrative codes that were replaced: records at home under the old one are at home under the new one."""

bundle_out = Table(
    "bundle_out",
    metadata,
    Column("bundle", String(36), primary_key=True),
    Column("recipient", String(16), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("epoch", String(36), nullable=False),
    Column("number", Integer, nullable=False),
    Column("manifest_hash", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("records", Text, nullable=False),
    Column("answers", String(36)),
    Column("archive", LargeBinary),
    Column("received_at", String(32)),
    UniqueConstraint("recipient", "epoch", "number"),
)
"""Bundles made here. `archive` keeps a receipt's signed inside until no bundle can ask for it again; a receipt that was
made anew has none, and `answers` names the new one."""

bundle_in = Table(
    "bundle_in",
    metadata,
    Column("sender", String(16), nullable=False),
    Column("epoch", String(36), nullable=False),
    Column("number", Integer, nullable=False),
    Column("bundle", String(36), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("manifest_hash", String(64), nullable=False),
    Column("received_at", String(32), nullable=False),
    Column("results", Text, nullable=False),
    Column("parent", String(36), nullable=False, server_default=""),
    Column("undone_at", String(32)),
    PrimaryKeyConstraint("sender", "epoch", "number"),
)
"""Bundles taken in, with what became of each record; `parent` is the epoch from which the sender's own one sprang."""

before_import = Table(
    "before_import",
    metadata,
    Column("bundle", String(36), nullable=False),
    Column("type", String(40), nullable=False),
    Column("id", String(36), nullable=False),
    Column("state", Sealed()),
    PrimaryKeyConstraint("bundle", "type", "id"),
)
"""What a record that a bundle changed was before, with its whole history, and what became of it (`sync.undoing`)."""

delivery = Table(
    "delivery",
    metadata,
    Column("recipient", String(16), nullable=False),
    Column("type", String(40), nullable=False),
    Column("id", String(36), nullable=False),
    Column("sent_hash", String(64)),
    Column("bundle", String(36)),
    Column("received_hash", String(64)),
    Column("state", String(12), nullable=False),
    Column("reason", String(60), nullable=False, server_default=""),
    PrimaryKeyConstraint("recipient", "type", "id"),
)
"""How far each record's way to a recipient is: the hash of what was sent, and of what a receipt has confirmed."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("sender", String(16), nullable=False),
    Column("bundle", String(36), nullable=False),
    Column("line", Integer, nullable=False),
    Column("type", String(40), nullable=False),
    Column("id", String(36), nullable=False),
    Column("reason", String(60), nullable=False),
    Column("content", Sealed()),
    PrimaryKeyConstraint("sender", "bundle", "line"),
)
"""Records of a bundle that could not be taken in, kept until they are settled."""

pinned = Table(
    "pinned",
    metadata,
    Column("person_id", String(36), primary_key=True),
    Column("volunteer", String(36)),
    Column("at", String(32), nullable=False),
    Column("reason", Sealed(), nullable=False),
)
"""People whose case text stays on this laptop after the PPT's receipt, and why."""

put_away = Table(
    "put_away",
    metadata,
    Column("type", String(40), nullable=False),
    Column("id", String(36), nullable=False),
    Column("at", String(32), nullable=False),
    Column("bundle", String(36), nullable=False),
    PrimaryKeyConstraint("type", "id"),
)
"""Records whose case text was taken off this laptop, after the receipt for `bundle`."""

erasure_told = Table(
    "erasure_told",
    metadata,
    Column("recipient", String(16), nullable=False),
    Column("type", String(40), nullable=False),
    Column("id", String(36), nullable=False),
    Column("bundle", String(36), nullable=False),
    Column("removed_at", String(32)),
    PrimaryKeyConstraint("recipient", "type", "id"),
)
"""Erasures that a recipient was told of, in which bundle, and since when its receipt says that it has removed it."""

draft = Table(
    "draft",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("volunteer", String(36)),
    Column("form", String(40), nullable=False),
    Column("subject", String(36)),
    Column("saved_at", String(32), nullable=False),
    Column("content", Text),
    Column("sealed", Sealed()),
    CheckConstraint("(content IS NULL) <> (sealed IS NULL)", name="ck_draft_content"),
)
"""Forms that were not saved yet, as JSON; of a form that holds case text `sealed` is written, never `content`."""

attachment_content = Table(
    "attachment_content",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("content", Sealed(), nullable=False),
)
"""The files of attachments, whole and sealed, by the id of their record."""

backup = Table(
    "backup",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("made_at", String(32), nullable=False),
    Column("place", Text, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("size", Integer, nullable=False),
    Column("records", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("gone_at", String(32)),
)
"""Backups made from this store: where, how much, up to which row of the journal, and the key of its own that each has;
`gone_at` is set once it was destroyed."""

erasure = Table(
    "erasure",
    metadata,
    Column("type", String(40), nullable=False),
    Column("id", String(36), nullable=False),
    Column("at", String(32), nullable=False),
    Column("volunteer", String(36)),
    Column("reason", String(40), nullable=False),
    PrimaryKeyConstraint("type", "id"),
)
"""Records whose content was erased for good: nothing that arrives later may bring it back."""
