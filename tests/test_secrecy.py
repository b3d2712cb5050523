# SPDX-License-Identifier: GPL-3.0-or-later
"""No name leaves in clear: a canary in every text of every record, looked for in every file, name and error.

Each canary starts with `Kanari`, so one search finds them all, in whatever case, width or base64 position.
"""

from __future__ import annotations

import base64
import hashlib
import json
import traceback
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from canaries import CANARY, Canaries, hidden_in, look_everywhere
from desks import (
    HELPER_PASSPHRASE,
    NOELBAKI,
    PPT,
    PPT_PASSPHRASE,
    SHARED,
    TRAINING,
    VILLAGE_PASSPHRASE,
    Clock,
    Desks,
    agree,
    cli,
    content,
    dump,
    enrol,
    enrolled,
    refer,
    resident,
    screen,
)
from sqlalchemy import select
from store_tools import add_volunteer_slot, keep_file

from trafficwatch.errors import ExpectedError
from trafficwatch.models.casework import Consent, Screening
from trafficwatch.models.fields import Field, Shape, Side
from trafficwatch.models.institution import Institution
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.screening import Answer, By, Value
from trafficwatch.models.staff import Category
from trafficwatch.models.tables import RECORD_TABLES, Ciphertext, local
from trafficwatch.registry.residents import plan_journey, record_person
from trafficwatch.screening.sessions import record_screening
from trafficwatch.store import vault, vault_slots
from trafficwatch.store.sealing import CaseKeyNeeded, SealedValueDamaged, Sealer
from trafficwatch.store.unlock import VAULT, open_store
from trafficwatch.store.vault import Keys, Stretching, VaultDamaged
from trafficwatch.sync import enrolling
from trafficwatch.sync.importing import take_in
from trafficwatch.texts import LANGUAGES, explain_error
from trafficwatch.village.founding import NewMember, add_member, found_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trafficwatch.store.work import Work


@pytest.mark.parametrize(
    "content",
    [
        b"xx Kanari07 xx",
        "KANARI07".encode("utf-16-le"),
        "Ibu kanari".encode("utf-16-be"),
        *(base64.b64encode(b"-" * shift + b"Kanari Bere") for shift in range(3)),
    ],
)
def test_the_search_finds_what_is_hidden(content: bytes) -> None:
    assert hidden_in(content)
    assert not hidden_in(content[::-1])


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def record_everything(desks: Desks) -> Canaries:
    """One record of every type of the village, as full as it can be; the person shares the case."""
    canaries = Canaries()
    with desks.village.work() as work:
        for name, record_type in RECORD_TYPES.items():
            if values := canaries.of(record_type, Side.VILLAGE):
                if name == "attachment":
                    file = b"%PDF-" + CANARY.encode()
                    values["sha256"] = canaries.given["attachment.sha256"] = hashlib.sha256(file).hexdigest()
                canaries.ids[name] = work.write(record_type.cls, None, **values)
                if name == "attachment":
                    keep_file(work, canaries.ids[name], file)
            else:
                canaries.ids[name] = work.records.select(Institution)[0].id
    agree(desks.village, canaries.ids["person"], *SHARED)
    return canaries


def answer_everything(desks: Desks, canaries: Canaries) -> None:
    """What the PPT owns, on the records that it has received, and an institution of its own."""
    with desks.ppt.work() as work:
        for name, record_type in RECORD_TYPES.items():
            if values := canaries.of(record_type, Side.PPT):
                work.write(record_type.cls, None if name == "institution" else canaries.ids[name], **values)


def test_no_canary_in_any_file(desks: Desks) -> None:
    canaries = record_everything(desks)
    paths = desks.send()
    delivered = [desks.deliver(path) for path in paths]
    assert [done.refused for done, _ in delivered] == [0] * len(paths)
    for _, receipt in delivered:
        take_in(desks.village, receipt)
    carried = json.dumps([content(desks.ppt, path)[1] for path in paths])
    there = {field for field, canary in canaries.given.items() if canary in carried}
    never = {
        f"{record_type.name}.{field.name}"
        for record_type in RECORD_TYPES.values()
        for field in record_type.fields.values()
        if field.leaving == "never"
    }
    assert there == canaries.given.keys() - never  # they did travel
    assert len(there) > 50
    answer_everything(desks, canaries)
    with desks.village.work() as work:
        reply = enrolling.reply(desks.ppt, work.info.device, desks.stick)
    take_in(desks.village, reply)
    assert {each.suffix for each in (desks.folder / "village").iterdir()} >= {".db-wal", ".db-shm"}
    assert look_everywhere(desks.folder) == {}  # while both stores are open
    desks.close()
    assert look_everywhere(desks.folder) == {}


def test_no_canary_in_the_files_of_a_main_job(tmp_path: Path) -> None:
    """Members with canary names found desks and enrol; a canary resident is screened, referred, sent and confirmed."""
    clock, folders = Clock(), {name: tmp_path / name for name in ("village", "ppt", "stick")}
    folders["stick"].mkdir()

    def found(side: Side, place: tuple[str, str], passphrase: str) -> Any:
        member = NewMember(f"{CANARY} Tefa", Category.COORDINATOR, passphrase, TRAINING, f"0812 {CANARY}")
        return found_desk(
            folders[side.value],
            member,
            side=side,
            code=place[0],
            name=place[1],
            practice=False,
            clock=clock,
            stretching=Stretching(),
        )[0]

    desks = Desks(
        tmp_path,
        folders["stick"],
        found(Side.VILLAGE, NOELBAKI, VILLAGE_PASSPHRASE),
        found(Side.PPT, PPT, PPT_PASSPHRASE),
        clock,
    )
    add_member(desks.village, NewMember(f"{CANARY} Manek", Category.VOLUNTEER, "x" * 20), stretching=Stretching())
    enrol(desks.village, desks.ppt, desks.stick)
    person = resident(desks.village, f"{CANARY} Bere", phones={f"0811 {CANARY}": CANARY}, private_note=CANARY)
    agree(desks.village, person, *SHARED, witness=f"{CANARY} Kolo", explained=CANARY)
    answers = {code: Answer(Value.YES, By.PERSON, CANARY, CANARY) for code in ("E-PRO-RECRUIT", "E-CAR-DECEIT")}
    with desks.village.work() as work:
        plan_journey(work, person, recruiter_name=f"{CANARY} Agen")
        record_screening(work, person, answers, note=CANARY)
    refer(desks.village, person, chronology=CANARY, companion=f"{CANARY} Yuli")
    [done] = desks.exchange()
    assert done.refused == 0
    notice = enrolling.revoke(desks.ppt, done_by(desks), desks.stick, "hilang")
    take_in(desks.village, notice)
    assert look_everywhere(tmp_path) == {}
    desks.close()
    assert look_everywhere(tmp_path) == {}


def done_by(desks: Desks) -> str:
    with desks.village.work() as work:
        return work.info.device


def _ours_and_sealed(field: Field) -> bool:
    return field.sealed and field.owner is Side.VILLAGE


# -- errors ------------------------------------------------------------------------------------------------------------


def said_by(error: BaseException) -> str:
    """Everything that an error says to anybody: texts in both languages, parameters, and a printed traceback."""
    parts = [str(error), repr(error), repr(error.args), "".join(traceback.format_exception(error, limit=0))]
    if isinstance(error, ExpectedError):
        parts += [repr(error.params), *(str(explain_error(error, language)) for language in LANGUAGES)]
    return "\n".join(parts)


IMPOSSIBLE: tuple[Any, ...] = (
    f"{CANARY} " * 4_000,
    f"{CANARY}\x07",
    {f"{CANARY}\x07": f"{CANARY}\x07"},
    f"{CANARY}\ud800",
)


def test_an_impossible_value_is_refused_without_repeating_it(desks: Desks) -> None:
    before = dump(desks.village)
    tried = 0
    for record_type in RECORD_TYPES.values():
        for field in record_type.fields.values():
            texts = (*IMPOSSIBLE, CANARY) if field.shape not in {Shape.TEXT, Shape.ELEMENTS} else IMPOSSIBLE
            for value in texts:
                if isinstance(value, dict) != (field.shape is Shape.ELEMENTS):
                    continue
                with pytest.raises(ExpectedError) as raised, desks.village.work() as work:
                    work.write(record_type.cls, None, **{field.name: value})
                assert not hidden_in(said_by(raised.value).encode("utf-8", "surrogatepass")), field
                tried += 1
    assert tried > 200
    assert dump(desks.village) == before


UNKNOWN_ID = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    "step",
    [
        lambda work: plan_journey(work, UNKNOWN_ID, work=CANARY),
        lambda work: record_person(work, UNKNOWN_ID, name=CANARY),
        lambda work: record_person(work, name=CANARY, birth_date=f"{CANARY} 1990"),
        lambda work: record_person(work, name=CANARY, nik=CANARY, birth_date=f"{CANARY}-02-30"),
        lambda work: record_screening(work, UNKNOWN_ID, {CANARY: Answer(Value.YES, note=CANARY)}),
        lambda work: work.write(Consent, None, person_id=UNKNOWN_ID, given_on="2026", explained=CANARY),
    ],
)
def test_a_refused_step_says_nothing_personal(desks: Desks, step: Callable[[Work], object]) -> None:
    before = dump(desks.village)
    with pytest.raises(ExpectedError) as raised, desks.village.work() as work:
        step(work)
    assert not hidden_in(said_by(raised.value).encode()) or raised.value.key == "screening_unknown_code"
    assert dump(desks.village) == before


def test_even_a_bug_in_the_database_names_nobody(desks: Desks) -> None:
    """An unexpected error of the database ends in a crash report: it may not carry the values of the statement."""
    person = resident(desks.village)
    with pytest.raises(Exception, match="UNIQUE") as raised, desks.village.work() as work:
        work.connection.execute(RECORD_TABLES["person"].insert().values(id=person, name=CANARY))
    assert not hidden_in(said_by(raised.value).encode())


def test_the_passphrase_is_in_no_file_and_no_answer(desks: Desks) -> None:
    desks.close()
    said = cli("--store", desks.folder / "village", "store", "info", passphrase=f"{CANARY} salah")
    assert not hidden_in((said.out + said.err).encode())
    store = open_store(desks.folder / "village", VILLAGE_PASSPHRASE)
    volunteer = store.keys.volunteer or ""
    add_volunteer_slot(store, f"{CANARY} {CANARY} {CANARY}", volunteer, trained=True, stretching=Stretching())
    store.close()
    assert look_everywhere(desks.folder) == {}


# -- the untrained volunteer -------------------------------------------------------------------------------------------


def test_the_untrained_slot_opens_no_screening(desks: Desks) -> None:
    """Tried on the raw rows of the store, with every key that the untrained passphrase leads to."""
    canaries = record_everything(desks)
    person = resident(desks.village, "Yohanis Bere")
    agree(desks.village, person, *SHARED)
    screen(desks.village, person)
    sealed_fields = {
        f"{record_type.name}.{field.name}"
        for record_type in RECORD_TYPES.values()
        for field in record_type.fields.values()
        if field.sealed
    }
    desks.village.close()
    opened = open_store(desks.folder / "village", HELPER_PASSPHRASE, clock=desks.clock)
    try:
        assert opened.keys.case is None
        raw = dump(opened)
        cells = [cell for rows in raw.values() for row in rows for cell in row]
        readable = repr([cell for cell in cells if not isinstance(cell, Ciphertext)])
        there = {field for field, canary in canaries.given.items() if canary in readable}
        assert there == canaries.given.keys() - sealed_fields
        blobs = [cell for cell in cells if isinstance(cell, Ciphertext)]
        assert len(blobs) > 30
        assert [blob for blob in blobs if hidden_in(blob.data)] == []
        keys = [opened.keys.master, *derived_keys(desks.folder / "village", opened.keys)]
        with opened.work() as work:
            places = sealed_places(work)
            sealed = {name for name, kind in RECORD_TYPES.items() if any(map(_ours_and_sealed, kind.fields.values()))}
            assert {place[0] for place, _ in places} == sealed
            for place, blob in places:
                with pytest.raises(CaseKeyNeeded):
                    work.sealer.open(*place, blob)
                for key in keys:
                    with pytest.raises(SealedValueDamaged):
                        Sealer(key).open(*place, blob)
    finally:
        opened.close()
    desks.trained()
    with desks.village.work() as work:  # the very same rows open with the case key
        assert all(work.sealer.open(*place, blob) is not None for place, blob in sealed_places(work))
        assert work.records.get(Screening, canaries.ids["screening"]).note == canaries.given["screening.note"]


def sealed_places(work: Work) -> list[tuple[tuple[str, str, str], Ciphertext]]:
    """((type, id, field), ciphertext) of every sealed cell in the record tables."""
    return [
        ((name, row.id, field.name), row._mapping[field.name])
        for name, record_type in RECORD_TYPES.items()
        for row in work.connection.execute(select(RECORD_TABLES[name]))
        for field in record_type.fields.values()
        if field.sealed and row._mapping[field.name] is not None
    ]


def derived_keys(folder: Path, keys: Keys) -> Iterator[bytes]:
    """Every other key in reach: what comes from the master key, and what the passphrase makes of any slot."""
    found = vault.decode((folder / VAULT).read_bytes())
    yield from (*vault.store_keys(found, keys), *(vault.derive(keys.master, purpose) for purpose in ("mark", "case")))
    assert [slot.kind for slot in found.slots if slot.case is not None] == ["recovery", "passphrase"]
    cases = [slot for slot in found.slots if slot.case is not None]
    for slot in found.slots:
        if slot.stretching is None:
            continue
        of_slot = vault_slots.binding(found.vault, slot)
        derived = vault_slots._stretch(HELPER_PASSPHRASE.encode(), slot.stretching, slot.salt, of_slot)
        yield from (derived[:32], derived[32:])
        for trained in cases:
            mine = {"commit": derived[32:], "public": vault_slots._public_bytes(derived[:32])}
            taken = msgspec.structs.replace(slot, case=trained.case, **mine)
            with pytest.raises(VaultDamaged):
                vault_slots.from_passphrase(found.vault, taken, HELPER_PASSPHRASE)


def test_the_untrained_journal_tells_no_answer(desks: Desks) -> None:
    person = resident(desks.village)
    screening = screen(desks.village, person)
    desks.helper()
    with desks.village.work() as work:
        rows = work.connection.execute(select(local.journal).where(local.journal.c.id == screening)).all()
    assert [row.action for row in rows] == ["create"]
    assert rows[0].sealed is not None
    assert "E-PRO-RECRUIT" not in rows[0].changes
    assert "suspected" not in rows[0].changes
