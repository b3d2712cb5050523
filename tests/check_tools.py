# SPDX-License-Identifier: GPL-3.0-or-later
"""A village that was lived in, for tests of `store check`: copies of its store, and its file put back damaged."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desks import SHARED, Clock, Desks, _template, agree, enrolled, refer, reopened, resident, screen
from store_tools import standing

from trafficwatch.casework import attachments
from trafficwatch.models.casework import Screening
from trafficwatch.models.exchange import RecordState
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry import browse, duplicates, recruiters, relatives, touch, trash, visitors, visits
from trafficwatch.registry.residents import agree_safe_contact, check_document, plan_journey
from trafficwatch.screening import signs
from trafficwatch.store import erasure
from trafficwatch.store.check import Report
from trafficwatch.store.folder import DATABASE
from trafficwatch.store.work import Store, Work
from trafficwatch.sync.merge import merge_records

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360606000000004000127348803"
    "0000000049454e44ae426082"
)


@contextmanager
def lived_in(folder: Path) -> Iterator[Desks]:
    """Two desks with something of everything: shared and not, deleted, erased, different, sealed, received."""
    with enrolled(folder) as desks:
        village = desks.village
        people = [resident(village, f"Orang {number}", phones={"0812": "sendiri"}) for number in range(25)]
        for person in people[:3]:
            agree(village, person, *SHARED)
            screen(village, person)
            refer(village, person)
        with village.work() as work:
            left = {"stage": "departed", "departure_on": "2026-01-02"}
            journey = plan_journey(work, people[0], destination_country="MY", **left)
            check_document(work, people[0], journey.id, kind="passport")
            agree_safe_contact(work, people[0], way="phone", number="0812")
            attachments.add(work, people[0], "bukti.png", PNG)
            registered(work, people, journey.id)
            trash.delete(work, "person", people[3], trash.Reason.OTHER)
            known = work.records.state("person", people[4])
            assert known is not None
            theirs = RecordState("person", people[4], {"name": standing((1, "f", "Nama lain"))})
            work.take_in(merge_records(known, theirs), work.info.code)
        desks.exchange()
        erasure.erase(village, "person", people[2], erasure.Ground.PERSON_ASKED)
        desks.exchange()
        with village.work() as work:
            browse.residents(work, "Orang")  # makes the search index
        with desks.village.bare() as driver:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield desks


def registered(work: Work, people: list[str], journey_id: str) -> None:
    """What else the register keeps."""
    recruiter = recruiters.save_recruiter(work, {"name": "Anton Perekrut"}).id
    recruiters.save_offer(work, recruiter, {"work": "kebun"})
    visitors.save_visitor(work, {"name": "Tamu Desa"})
    relatives.save_relatives(work, people[0], (relatives.RelativeInput(None, {"name": "Ibu Orang"}),))
    visits.save_visit(work, people[0], {"journey_id": journey_id, "met": "ibu"})
    touch.record_check_in(work, journey_id, {"outcome": "no_answer"})
    duplicates.keep_apart(work, people[5], people[6], "")
    signs.save_note(work, {"signs": {"G-01": True}, "person_id": people[0]})
    of_ppt(work, people[0])


def of_ppt(work: Work, person: str) -> None:
    """What only a PPT writes, as if it had come from there."""
    screening = work.records.select(Screening, RECORD_TABLES["screening"].c.person_id == person)[0].id
    reading = {"screening_id": screening, "person_id": person, "read_by": work.volunteer, "read_on": "2026-11-20"}
    edition = {"ref": "screening@1000", "published_on": "2026-11-20", "content": "{}"}
    for name, values in (("second_reading", {**reading, "reading": "confirmed"}), ("questionnaire", edition)):
        fields = {key: standing((1, "p", value)) for key, value in values.items()}
        work.take_in(RecordState(name, str(uuid.uuid4()), fields), work.info.code)


@contextmanager
def copy_of(desks: Desks, folder: Path) -> Iterator[Store]:
    """A copy of that village, opened."""
    shutil.copytree(desks.folder / "village", folder / "village")
    opened = opened_again(folder / "village")
    try:
        yield opened
    finally:
        opened.close()


def opened_by_helper(folder: Path) -> Store:
    return reopened(folder, _template()[1]["helper"], Clock())


def opened_again(folder: Path) -> Store:
    return reopened(folder, _template()[1]["village"], Clock())


def keys_of(report: Report) -> set[str]:
    return {finding.key for finding in report.findings}


def put_file(folder: Path, content: bytes) -> None:
    """Another database in the place of the closed one."""
    for path in folder.glob(f"{DATABASE}*"):
        path.unlink()
    (folder / DATABASE).write_bytes(content)


def closed(store: Store) -> bytes:
    """The whole database once the store is closed."""
    with store.bare() as driver:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return (store.folder / DATABASE).read_bytes()
