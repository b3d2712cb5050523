# SPDX-License-Identifier: GPL-3.0-or-later
"""A person whose case is full of canaries, and everything a village's store could still hold of them."""

from __future__ import annotations

import secrets
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from canaries import CANARY, Canaries
from desks import SHARED, Desks, _template, agree, reopened, resident
from sqlalchemy import insert, select
from store_pages import log_of, pages_of

from trafficwatch.models.casework import Consent, Handover, Referral, Screening
from trafficwatch.models.fields import RecordType, Shape, Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.store import info, journal
from trafficwatch.sync import importing
from trafficwatch.sync.bundle import open_bundle

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from trafficwatch.store.work import Store

CASE = [
    name
    for name, known in RECORD_TYPES.items()
    if known.sealed
    and "person_id" in known.fields
    and any(each.owner is Side.VILLAGE for each in known.fields.values())
]
"""Every type of which a village keeps case text about somebody."""
FILE = b"%PDF-1.7\n" + CANARY.encode() * 9_000 + b"\n%%EOF\n"


def canary_case(store: Store) -> str:
    """A person who shares the case, with one record of every type of it and a canary in every sealed field that a stub
    does without; gives the person's id.
    """
    person = resident(store, "Yohanis Bere")
    agree(store, person, *SHARED)
    canaries = Canaries()
    with store.work() as work:
        [institution, *_] = work.connection.execute(select(RECORD_TABLES["institution"].c.id)).scalars()
        canaries.ids = {"institution": institution, "volunteer": work.volunteer or "", "person": person}
        for name, record_type in RECORD_TYPES.items():
            if name in {*CASE, "recruiter", "journey", "case_record"}:
                values = canaries.of(record_type, Side.VILLAGE) | _open(record_type) | _DECIDED.get(name, {})
                canaries.ids[name] = work.write(record_type.cls, None, **values)
        attachment = canaries.ids["attachment"]
        content = work.sealer.seal_bytes("attachment", attachment, "content", FILE)
        work.connection.execute(insert(local.attachment_content).values(id=attachment, content=content))
        work.write(Screening, canaries.ids["screening"], risk="high")
        for count in range(20):  # long histories leave freed cells and overflow pages behind
            work.write(Referral, canaries.ids["referral"], purpose=f"{CANARY} {count} " * 30)
        assert work.records.get(Consent, canaries.ids["consent"]).explained
    return person


def _open(record_type: RecordType) -> dict[str, Any]:
    """What a stub keeps holds no canary: open fields, and sealed ones that are part of it."""
    kept = [each for each in record_type.fields.values() if each.stub or not each.sealed]
    values: dict[str, Any] = {each.name: {} for each in kept if each.shape is Shape.ELEMENTS}
    return values | {
        each.name: "isi"[: each.limit] for each in kept if each.shape is Shape.TEXT and each.name != "deleted"
    }


_DECIDED: dict[str, dict[str, Any]] = {
    "authority_report": {"next_on": None},
    "conference": {"next_on": None},
    "legal_track": {"next_on": None},
    "screening": {"note": None},
    "referral": {"handover": Handover.HANDED_OVER.value},
    "attachment": {"size": len(FILE), "sha256": sha256(FILE).hexdigest()},
}
"""What would keep the text here: a day to come, a private note, a referral that is not handed over yet."""


def everything(store: Store) -> bytes:
    """All pages of the database and its log in clear, and all that opens under the case key."""
    found = ""
    with store.work() as work:
        for name in RECORD_TYPES:
            found += "".join(str(state) for state in work.records.states(name))
        for row in work.connection.execute(select(local.journal).where(local.journal.c.sealed.is_not(None))):
            found += str(work.sealer.open(row.type, row.id, journal.place(row.device, row.sequence), row.sealed))
        for row in work.connection.execute(select(local.attachment_content)):
            found += str(work.sealer.open_bytes("attachment", row.id, "content", row.content))
        for row in work.connection.execute(select(local.quarantine).where(local.quarantine.c.content.is_not(None))):
            found += str(work.sealer.open("quarantine", row.sender, f"{row.bundle}/{row.line}", row.content))
    return found.encode() + b"".join([*pages_of(store), *log_of(store)])


def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundles are opened in this process: their way through a child has tests of its own, and takes its time."""
    monkeypatch.setattr(importing, "open_apart", open_bundle)


def keep_ppt(desks: Desks) -> Path:
    """A copy of the PPT's store as it is now: a backup."""
    desks.ppt.close()
    kept = desks.folder / f"kept-{secrets.token_hex(2)}"
    shutil.copytree(desks.folder / "ppt", kept)
    desks.ppt = reopened(desks.folder / "ppt", _template()[1]["ppt"], desks.clock)
    return kept


def put_ppt_back(desks: Desks, kept: Path) -> None:
    """The PPT's laptop breaks, and the backup takes its place: a new epoch begins there."""
    desks.ppt.close()
    shutil.rmtree(desks.folder / "ppt")
    shutil.copytree(kept, desks.folder / "ppt")
    desks.ppt = reopened(desks.folder / "ppt", _template()[1]["ppt"], desks.clock)
    with desks.ppt.work() as work:
        work.info = info.start_epoch(work.connection, work.info, secrets.token_hex(8), work.info.counter + 1_000)
