# SPDX-License-Identifier: GPL-3.0-or-later
"""A newer program's national entries reach a store that is in use; what a PPT changed of them wins, on every desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from desks import Desks, enrolled
from sqlalchemy import func, select
from store_tools import scratch

from trafficwatch.models.directory import Bilingual, Contact, ContactKind, DirectoryEntry, entry_id
from trafficwatch.models.institution import Institution
from trafficwatch.models.tables import local
from trafficwatch.ppt.directory import Gone, confirm_institution, retire, save_institution
from trafficwatch.store.work import Work
from trafficwatch.sync import enrolling
from trafficwatch.sync.devices import own_keys
from trafficwatch.sync.importing import take_in
from trafficwatch.village.directory import NATIONAL, WITHDRAWN, load_national, put_edition, renew_at_opening

FIRST = load_national()
SAPA = next(entry for entry in FIRST if entry.slug == "sapa-129")
LPSK = next(entry for entry in FIRST if entry.slug == "lpsk")
NEW_NUMBER = Contact(ContactKind.PHONE, "0800-129", sources=3)
NEW_ENTRY = replace(SAPA, id=entry_id("new"), slug="new", name=Bilingual("Layanan baru"))
SECOND: tuple[DirectoryEntry, ...] = (
    replace(SAPA, name=Bilingual("SAPA 129 baru"), contacts=(SAPA.contacts[0], NEW_NUMBER)),
    *(entry for entry in FIRST if entry.slug not in {"sapa-129", "lpsk", "kemnaker"}),
    NEW_ENTRY,
)
"""The next edition: one entry is corrected, two are gone, one is new."""


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with enrolled(tmp_path_factory.mktemp("editions")) as found:
        yield found


@pytest.fixture
def work(desks: Desks) -> Iterator[Work]:
    with scratch(desks.ppt) as found:
        yield found


def known(work: Work, entry: DirectoryEntry) -> Institution:
    return work.records.get(Institution, str(entry.id))


def differs(work: Work) -> int:
    table = local.difference
    query = select(func.count()).select_from(table).where(table.c.type == "institution")
    return work.connection.execute(query).scalar_one()


def test_the_edition_that_is_there_writes_nothing(desks: Desks) -> None:
    def journal() -> int:
        with desks.village.work() as work:
            return work.connection.execute(select(func.count()).select_from(local.journal)).scalar_one()

    before = journal()
    renew_at_opening(desks.village)
    assert journal() == before
    with scratch(desks.ppt) as work:
        confirm_institution(work, str(SAPA.id))
        state = work.records.state("institution", str(SAPA.id))
        put_edition(work, FIRST, 1)
        assert work.records.state("institution", str(SAPA.id)) == state  # nor does it make news of a check


def test_a_newer_edition_arrives_in_a_store_in_use(work: Work) -> None:
    put_edition(work, SECOND, 2)
    sapa = known(work, SAPA)
    assert sapa.name == "SAPA 129 baru"
    assert set(sapa.contacts) == {"phone:129", "phone:0800-129"}
    assert known(work, NEW_ENTRY).name == "Layanan baru"
    assert work.records.home("institution", str(NEW_ENTRY.id)) == NATIONAL
    assert known(work, LPSK).deleted == WITHDRAWN
    assert differs(work) == 0


def test_what_the_ppt_wrote_wins_over_every_later_edition(work: Work) -> None:
    own = {"phone:0380-129": {"note": "lewat PPT", "sources": 1}}
    save_institution(work, str(SAPA.id), {"name": "SAPA, lewat PPT Kupang", "contacts": own})
    confirm_institution(work, str(LPSK.id))
    retire(work, str(next(entry for entry in FIRST if entry.slug == "kp2mi").id), Gone.CLOSED)
    put_edition(work, SECOND, 2)
    sapa, lpsk = known(work, SAPA), known(work, LPSK)
    assert sapa.name == "SAPA, lewat PPT Kupang"
    assert set(sapa.contacts) == {"phone:129", "phone:0800-129", "phone:0380-129"}
    assert (lpsk.deleted, bool(lpsk.confirmed_on)) == (None, True)  # the PPT keeps what the program withdrew
    assert known(work, next(entry for entry in FIRST if entry.slug == "kp2mi")).deleted == "closed"
    assert differs(work) == 0


def test_an_older_program_leaves_a_newer_edition_alone(work: Work) -> None:
    put_edition(work, SECOND, 2)
    put_edition(work, FIRST, 1)
    assert known(work, SAPA).name == "SAPA 129 baru"
    assert set(known(work, SAPA).contacts) == {"phone:129", "phone:0800-129"}
    assert known(work, NEW_ENTRY).deleted is None


def test_what_was_withdrawn_may_come_back(work: Work) -> None:
    put_edition(work, SECOND, 2)
    put_edition(work, FIRST, 3)
    assert known(work, LPSK).deleted is None
    assert set(known(work, LPSK).contacts) == {f"{each.kind}:{each.value}" for each in LPSK.contacts}
    assert known(work, NEW_ENTRY).deleted == WITHDRAWN


@pytest.mark.parametrize("first", ["village", "ppt"])
def test_whichever_desk_gets_the_new_program_first_the_ppts_words_stand_everywhere(desks: Desks, first: str) -> None:
    with desks.ppt.work() as work:
        save_institution(work, str(SAPA.id), {"name": f"SAPA, lewat PPT ({first})"})
    with desks.village.work() as work:
        device = own_keys(work).device
        with work.tried():  # alone, as long as it has heard nothing, the village follows the program
            put_edition(work, SECOND, 2)
            assert known(work, SAPA).contacts.keys() == {"phone:129", "phone:0800-129"}
    edition = 2 if first == "village" else 3
    if first == "village":
        with desks.village.work() as work:
            put_edition(work, SECOND, edition)
        take_in(desks.village, enrolling.reply(desks.ppt, device, desks.stick))
    else:
        with desks.ppt.work() as work:
            put_edition(work, SECOND, edition)
        take_in(desks.village, enrolling.reply(desks.ppt, device, desks.stick))
    with desks.village.work() as work:
        assert known(work, SAPA).name == f"SAPA, lewat PPT ({first})"
        put_edition(work, SECOND, edition)  # the next time the desk is opened
        assert known(work, SAPA).name == f"SAPA, lewat PPT ({first})"
        assert differs(work) == 0
