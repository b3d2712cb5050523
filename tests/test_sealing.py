# SPDX-License-Identifier: GPL-3.0-or-later
"""Case text under the case key: it opens in its place alone, and without the key no tool reads it.

The last part looks at the rows as they lie in the database, with every key that an untrained volunteer's slot gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.exc import StatementError
from store_tools import (
    HELPER_PASSPHRASE,
    PARTS,
    copied,
    dump,
    helper_store,
    one_of_each,
    reopened,
    standing,
    template,
    trained_store,
)

from trafficwatch.models.casework import Consent, Referral, Screening
from trafficwatch.models.exchange import RecordState, canonical
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, Ciphertext, local
from trafficwatch.store import sealing, vault
from trafficwatch.store.journal import broken_at
from trafficwatch.store.sealing import CaseKeyNeeded, SealedValueDamaged, Sealer
from trafficwatch.store.unlock import open_store
from trafficwatch.store.work import Store, Work

SEALER = Sealer(bytes(range(32)))
PLACE = ("screening", "8f6a3f0e-0000-4000-8000-000000000001", "note")
SECRET = "PENANDA-RAHASIA"


@given(PARTS | st.none() | st.integers() | st.lists(st.text()))
def test_a_value_comes_back_in_its_place(value: Any) -> None:
    sealed = SEALER.seal(*PLACE, value)
    assert canonical(SEALER.open(*PLACE, sealed)) == canonical(value)
    assert len(sealed.data) % 32 == (12 + 16) % 32


def test_the_length_does_not_betray_the_answer() -> None:
    lengths = {
        answer: len(SEALER.seal(*PLACE, {"value": answer}).data) for answer in ("yes", "no", "unknown", "declined")
    }
    assert len(set(lengths.values())) == 1


@given(st.binary(max_size=100) | st.sampled_from([65_527, 65_528, 65_529, 200_000]).map(bytes))
def test_a_file_comes_back_in_its_place_and_its_length_does_not_betray_it(content: bytes) -> None:
    sealed = SEALER.seal_bytes(*PLACE, content)
    assert SEALER.open_bytes(*PLACE, sealed) == content
    assert (len(sealed.data) - 12 - 16) % 65_536 == 0
    with pytest.raises(SealedValueDamaged):
        SEALER.open_bytes(PLACE[0], PLACE[1], "else", sealed)
    with pytest.raises(CaseKeyNeeded):
        Sealer(None).seal_bytes(*PLACE, content)
    with pytest.raises(CaseKeyNeeded):
        Sealer(None).open_bytes(*PLACE, sealed)


def test_the_same_value_is_never_sealed_alike() -> None:
    assert len({SEALER.seal(*PLACE, "ya").data for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "elsewhere",
    [
        ("referral", PLACE[1], PLACE[2]),
        (PLACE[0], PLACE[1][:-1] + "2", PLACE[2]),
        (PLACE[0], PLACE[1], "finding"),
        (PLACE[0], PLACE[1] + PLACE[2], ""),
    ],
)
def test_a_value_does_not_open_elsewhere(elsewhere: tuple[str, str, str]) -> None:
    with pytest.raises(SealedValueDamaged) as caught:
        SEALER.open(*elsewhere, SEALER.seal(*PLACE, "ya"))
    assert caught.value.params == {"type": elsewhere[0], "field": elsewhere[2]}


def test_a_changed_value_does_not_open() -> None:
    data = SEALER.seal(*PLACE, "ya").data
    changed = [data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :] for place in range(len(data))]
    for untrusted_bytes in (*changed, *(data[:length] for length in range(len(data))), data + b"\0"):
        with pytest.raises(SealedValueDamaged):
            SEALER.open(*PLACE, Ciphertext(untrusted_bytes))


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealedValueDamaged):
        Sealer(bytes(32)).open(*PLACE, SEALER.seal(*PLACE, "ya"))


def test_without_a_key_nothing_is_sealed_or_opened() -> None:
    unable = Sealer(None)
    assert (unable.able, SEALER.able) == (False, True)
    with pytest.raises(CaseKeyNeeded):
        unable.seal(*PLACE, "ya")
    with pytest.raises(CaseKeyNeeded):
        unable.open(*PLACE, SEALER.seal(*PLACE, "ya"))


# -- in the store ------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with trained_store(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("value", ["cerita", b"cerita", {"nilai": "ya"}, 7])
def test_a_sealed_column_refuses_anything_else(store: Store, value: Any) -> None:
    for table, column in (
        (RECORD_TABLES["screening"], "note"),
        (local.journal, "sealed"),
        (local.record_state, "sealed"),
    ):
        with store.work() as work, pytest.raises(StatementError) as caught:
            work.connection.execute(update(table).values({column: value}))
        assert isinstance(caught.value.orig, TypeError)
    with store.work() as work, pytest.raises(StatementError):
        work.connection.execute(insert(RECORD_TABLES["screening"]).values(id="1", note=value))


def test_damage_is_named_by_field_and_moved_text_is_damage(store: Store) -> None:
    with store.work() as work:
        made = one_of_each(work)
        other = work.write(Screening, None, **_required(work, made), note="lain")
    table = RECORD_TABLES["screening"]
    with store.work() as work:
        note = work.connection.execute(select(table.c.note).where(table.c.id == made["screening"])).scalar_one()
        work.connection.execute(update(table).where(table.c.id == other).values(note=note))
    with store.work() as work, pytest.raises(SealedValueDamaged) as caught:
        work.records.get(Screening, other)
    assert caught.value.params == {"type": "screening", "field": "note"}


def _required(work: Work, made: dict[str, str]) -> dict[str, Any]:
    known = work.records.get(Screening, made["screening"])
    return {name: getattr(known, name) for name in ("person_id", "questionnaire", "screened_on", "screened_by")}


# -- who lacks the key -------------------------------------------------------------------------------------------------


def write_case(store: Store) -> dict[str, str]:
    """A case in every form that the store has: fields, elements changed one by one, differences, unknown fields."""
    secrets = (f"{SECRET}-{number}" for number in range(99))
    with store.work() as work:
        made = one_of_each(work)
        work.write(
            Screening,
            made["screening"],
            answers={f"KODE-{SECRET}": {"value": "yes", "note": next(secrets)}, "satu": None},
            note=next(secrets),
            finding="suspected",
        )
        work.write(Screening, made["screening"], answers={f"LAGI-{SECRET}": {"value": "no"}}, note=None)
        work.write(Referral, made["referral"], services={f"layanan-{SECRET}": True})
        known = work.records.state("referral", made["referral"])
        assert known is not None
        apart = {
            "purpose": standing((1, "a", next(secrets)), (1, "b", next(secrets))),
            f"services/beda-{SECRET}": standing((2, "a", True), (2, "b", None)),
            f"baru-{SECRET}": standing((3, "a", next(secrets))),
        }
        work.take_in(RecordState("referral", made["referral"], {**known.fields, **apart}), "53.01.08.2008")
    return made


def test_an_untrained_volunteer_keeps_the_register_and_reads_no_case(store: Store) -> None:
    made = write_case(store)
    store.close()
    with helper_store(store.folder) as helper, helper.work() as work:
        for name, record_type in RECORD_TYPES.items():
            found: Any = work.records.get(record_type.cls, made[name])
            for field in record_type.fields.values():
                if field.sealed:
                    assert not getattr(found, field.name), field.name
                elif field.name != "deleted":
                    assert getattr(found, field.name), field.name
            known = work.records.state(name, made[name])
            assert known is not None
            fields = [record_type.field_of(key) for key in known.fields]
            assert not any(field is None or field.sealed for field in fields)
            assert known in work.records.states(name)
        work.write(Person, made["person"], occupation="Petani")
        assert work.records.get(Person, made["person"]).occupation == "Petani"


def test_an_untrained_volunteer_stops_a_referral_and_leaves_its_text_whole(store: Store) -> None:
    """What keeps a person safe is open to all; what is sealed stays as it was, differences included."""
    made = write_case(store)
    with store.work() as work:
        before = {name: work.records.state(name, made[name]) for name in ("referral", "consent")}
        referral = work.records.get(Referral, made["referral"])
    store.close()
    with helper_store(store.folder) as helper, helper.work() as work:
        work.write(Referral, made["referral"], handover="withdrawn")
        work.write(Consent, made["consent"], withdrawn_on="2026-11-21", scopes={"referral": "refused"})
    again = reopened(store.folder, template().keys)
    with again.work() as work:
        for name, touched in (("referral", {"handover"}), ("consent", {"withdrawn_on", "scopes/referral"})):
            old, new = before[name], work.records.state(name, made[name])
            assert old is not None
            assert new is not None
            changed = {key for key in new.fields if new.fields[key] != old.fields.get(key)}
            assert (changed, old.fields.keys() - new.fields.keys()) == (touched, set())
        assert work.records.get(Referral, made["referral"]) == replace(referral, handover="withdrawn")
        assert broken_at(work.connection, work.sealer, work.info.device) is None
    again.close()


def test_an_untrained_volunteer_writes_no_case_text(store: Store) -> None:
    write_case(store)
    store.close()
    with helper_store(store.folder) as helper:
        with helper.work() as work:
            before = dump(work.connection)
            fields = {"person_id": before["person"][0][0], "questionnaire": "x@1", "screened_on": "2026"}
            volunteer = before["volunteer"][0][0]
        with pytest.raises(CaseKeyNeeded), helper.work() as work:
            work.write(Screening, None, **fields, screened_by=volunteer, answers={"A": {"value": "yes"}})
        text: list[dict[str, Any]] = [{"purpose": "ditimpa"}, {"services": {"dua": None, "tiga": True}}]
        for changes in text:
            with pytest.raises(CaseKeyNeeded), helper.work() as work:
                work.write(Referral, before["referral"][0][0], handover="withdrawn", **changes)
        with helper.work() as work:
            assert dump(work.connection) == before


def test_the_trained_volunteer_reads_it_all_again(store: Store) -> None:
    made = write_case(store)
    with store.work() as work:
        screening = work.records.get(Screening, made["screening"])
        assert screening.answers.keys() == {"dua", f"KODE-{SECRET}", f"LAGI-{SECRET}"}
        assert (screening.note, screening.finding) == (None, "suspected")
        referral = work.records.get(Referral, made["referral"])
        assert {f"layanan-{SECRET}", "satu"} <= referral.services.keys()
        known = work.records.state("referral", made["referral"])
        assert known is not None
        assert {key for key, field in known.fields.items() if field.differs} == {"purpose", f"services/beda-{SECRET}"}
        assert f"baru-{SECRET}" in known.fields


def test_no_row_shows_case_text_or_opens_with_an_untrained_volunteers_keys(tmp_path: Path) -> None:
    """With the passphrase itself: all that unlocking gives is tried on every row."""
    folder = copied(tmp_path)
    trained = reopened(folder, template().keys)
    write_case(trained)
    trained.close()
    helper = open_store(folder, HELPER_PASSPHRASE)
    assert helper.keys.case is None
    found = vault.decode((folder / "vault.json").read_bytes())
    with helper.work() as work:
        rows = dump(work.connection)
        raw = {table: work.connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings().all() for table in rows}
        volunteer_keys = [
            helper.keys.master,
            *vault.store_keys(found, helper.keys),
            *(vault.derive(helper.keys.master, purpose) for purpose in ("vault-mac", "case", "attach", "backup")),
        ]
    helper.close()
    for table, entries in raw.items():
        for row in entries:
            for column, value in row.items():
                stored = value if isinstance(value, bytes) else str(value).encode()
                assert SECRET.encode() not in stored, (table, column)
    tried = 0
    for name in ("screening", "referral", "consent"):
        for row in raw[name]:
            for field in (field for field in RECORD_TYPES[name].fields.values() if field.sealed):
                if row[field.name] is None:
                    continue
                data, place = row[field.name], sealing._place(name, row["id"], field.name)
                for key in volunteer_keys:
                    tried += 1
                    with pytest.raises(InvalidTag):
                        ChaCha20Poly1305(key).decrypt(data[:12], data[12:], place)
    assert tried > 100


def test_erasing_a_sealed_value_is_no_secret_kept(store: Store) -> None:
    """A field that was emptied reads as empty, and which one it was is sealed as well."""
    with store.work() as work:
        made = one_of_each(work)
        work.write(Screening, made["screening"], note=None, risk=None)
        known = work.records.state("screening", made["screening"])
        assert known is not None
        assert {"note", "risk"} <= known.fields.keys()
        history = work.connection.execute(
            select(local.record_state.c.history).where(local.record_state.c.id == made["screening"])
        ).scalar_one()
    assert "note" not in history
    assert "risk" not in history
