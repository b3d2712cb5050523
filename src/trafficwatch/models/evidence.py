# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence: photos, papers and recordings that were given to the watch, with who added what when.

The file itself is not a field: it lies sealed in the store (`models.tables.local.attachment_content`), and leaves with
its record, as it was added (`sync.attaching`): its hash is what the chain of custody holds on to.
"""

from __future__ import annotations

from trafficwatch.models.fields import Leaving, Record, link, number, record, text


@record("attachment", leaving=Leaving.CASE)
class Attachment(Record):
    """One file about a person; `sha256` in hex and `size` in bytes are of the file as it was added."""

    person_id: str | None = link("person", required=True)
    name: str | None = text(required=True, limit=200, sealed=True)
    media_type: str | None = text(limit=100, sealed=True)
    sha256: str | None = text(limit=64, sealed=True)
    size: int | None = number(sealed=True)
    note: str | None = text(sealed=True)
    added_by: str | None = link("volunteer")
    added_at: str | None = text(limit=32)
