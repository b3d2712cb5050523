# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence files of a person: photos, papers and recordings, kept whole and sealed inside the store.

Only who may read cases adds, lists, opens or exports them; how many there are is told to all. A file is recognised by
its content (`casework.file_kinds`), sealed under the case key in one piece, and held to its hash at every reading.
Nothing of it is ever written in clear, but by `export`: where somebody chose to, and with a reason that the journal
keeps. The file that was picked stays where it lay. They are deleted as any record is (`registry.trash`); their content
goes with erasure (`store.erasure`).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, insert, select

from trafficwatch.casework.consents import ReasonMissing
from trafficwatch.casework.file_kinds import FILE_KINDS, FileKind, recognise
from trafficwatch.errors import InputError, StoreError
from trafficwatch.models.evidence import Attachment
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.stub import TextAtPpt
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store.files import FileTooLarge, StagedFiles, check_new, read_limited
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.sealing import SealedValueDamaged
from trafficwatch.store.training import require_reading
from trafficwatch.store.work import Store, Work

LIMIT = 25_000_000
"""Bytes of one file: a photo, a scan or half an hour of talk, not a film."""
_NAME_LIMIT = 200


class AttachmentTooLarge(InputError):
    """The file is larger than one that is kept; parameter `megabytes`."""

    key = "attachment_too_large"


class AttachmentKindUnknown(InputError):
    """The content is of none of the kinds that are kept, or the file is empty."""

    key = "attachment_kind_unknown"


class AttachmentThere(InputError):
    """This very file is kept of this person already."""

    key = "attachment_there"


class AttachmentDamaged(StoreError):
    """What is kept of the file is not what was added, or nothing is."""

    key = "attachment_damaged"


@dataclass(frozen=True, slots=True)
class PickedFile:
    """A file that was picked and not kept yet."""

    name: str
    content: bytes
    kind: FileKind


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """One file of a person; `added_by` is the name of the volunteer. A kind that this version does not know is None."""

    id: str
    person_id: str
    name: str
    kind: FileKind | None
    size: int
    note: str
    added_by: str
    added_at: str


def pick(path: Path) -> PickedFile:
    """Read a file that somebody chose; a regular one of a kind and size that is kept."""
    try:
        content = read_limited(path, LIMIT)
    except FileTooLarge:
        raise AttachmentTooLarge(megabytes=LIMIT // 1_000_000) from None
    return PickedFile(_tidy_name(path.name), content, _kind_of(content))


def add(work: Work, person_id: str, name: str, content: bytes, note: str = "") -> str:
    """Keep a file of a person; gives its id. Raises AttachmentTooLarge, -KindUnknown, -There, CaseKeyNeeded."""
    require_reading(work)
    if len(content) > LIMIT:
        raise AttachmentTooLarge(megabytes=LIMIT // 1_000_000)
    kind, digest = _kind_of(content), hashlib.sha256(content).hexdigest()
    if any(known.sha256 == digest for known in _of(work, person_id)):
        raise AttachmentThere
    saved = work.write(
        Attachment,
        None,
        person_id=person_id,
        name=_tidy_name(name),
        media_type=kind.media_type,
        sha256=digest,
        size=len(content),
        note=note,
        added_by=work.volunteer,
        added_at=work.now,
    )
    sealed = work.sealer.seal_bytes(*place(saved), content)
    work.connection.execute(insert(local.attachment_content).values(id=saved, content=sealed))
    return saved


def place(attachment_id: str) -> tuple[str, str, str]:
    """Where the content of a file is sealed (`store.sealing`)."""
    return "attachment", attachment_id, "content"


def attachment_count(work: Work, person_id: str) -> int:
    """How many files are kept of a person; needs no training."""
    table = RECORD_TABLES["attachment"]
    query = select(func.count()).where(table.c.person_id == person_id, table.c.deleted.is_(None))
    return work.connection.execute(query).scalar_one()


def attachments_of(work: Work, person_id: str) -> tuple[AttachmentRow, ...]:
    """All files of a person, the latest first."""
    require_reading(work)
    names = _volunteers(work)
    return tuple(_row(found, names) for found in reversed(_of(work, person_id)))


def attachment(work: Work, attachment_id: str) -> AttachmentRow:
    """One file, without its content."""
    require_reading(work)
    return _row(_get(work, attachment_id), _volunteers(work))


def content(work: Work, attachment_id: str) -> bytes:
    """The file as it was added. Raises AttachmentDamaged."""
    require_reading(work)
    found, table = _get(work, attachment_id), local.attachment_content
    sealed = work.connection.execute(select(table.c.content).where(table.c.id == attachment_id)).scalar_one_or_none()
    if sealed is None:
        raise AttachmentDamaged if found.sha256 else TextAtPpt(type="attachment")
    try:
        plain = work.sealer.open_bytes(*place(attachment_id), sealed)
    except SealedValueDamaged:
        raise AttachmentDamaged from None
    if hashlib.sha256(plain).hexdigest() != found.sha256:
        raise AttachmentDamaged
    return plain


def export(store: Store, attachment_id: str, path: Path, reason: str) -> None:
    """Write the file in clear where somebody chose to, for its owner alone; the journal keeps who, when and why."""
    if not reason.strip():
        raise ReasonMissing
    check_new(path, store.folder)
    with StagedFiles() as files, store.work() as work:
        plain = content(work, attachment_id)
        work.note("export", "attachment", attachment_id, reason.strip(), sealed=True)
        files.add(path, plain, private=True)


def _of(work: Work, person_id: str) -> list[Attachment]:
    return work.records.select(Attachment, RECORD_TABLES["attachment"].c.person_id == person_id)


def _get(work: Work, attachment_id: str) -> Attachment:
    found = work.records.get(Attachment, attachment_id)
    if found.deleted is not None:
        raise RecordUnknown(type="attachment")
    return found


def _volunteers(work: Work) -> dict[str, str]:
    return {each.id: each.name or "" for each in work.records.select(Volunteer, with_deleted=True)}


def _row(found: Attachment, names: Mapping[str, str]) -> AttachmentRow:
    return AttachmentRow(
        found.id,
        found.person_id or "",
        found.name or "",
        FILE_KINDS.get(found.media_type or ""),
        found.size or 0,
        found.note or "",
        names.get(found.added_by or "", ""),
        found.added_at or "",
    )


def _kind_of(content: bytes) -> FileKind:
    kind = recognise(content)
    if kind is None:
        raise AttachmentKindUnknown
    return kind


def _tidy_name(name: str) -> str:
    """A file's name as it may stand in a record: what can't be printed is left out, the ending is kept."""
    printable = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    tidy = unicodedata.normalize("NFC", printable).strip() or "-"
    stem, dot, ending = tidy.rpartition(".")
    if len(tidy) <= _NAME_LIMIT:
        return tidy
    return stem[: _NAME_LIMIT - len(ending) - 1] + dot + ending if len(ending) < 10 else tidy[:_NAME_LIMIT]
