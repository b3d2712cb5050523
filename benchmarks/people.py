# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores full of invented people for the benchmarks, made once per size and kept as a template in the temporary folder.

The first people are saved by the real use case. The others are inserted in bulk: rows like those, with a journal whose
chain holds. Names go from very common to rare, one in ten is misspelled, as on real lists.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from trafficwatch.models.exchange import canonical
from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Category, TrainingKind
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.registry.residents import CardInput, DocumentInput, save_card
from trafficwatch.store import info, journal, schema, search
from trafficwatch.store.unlock import open_store
from trafficwatch.store.vault import Stretching
from trafficwatch.store.work import Store, Work
from trafficwatch.village.founding import NewMember, TrainingProof, found_desk

PASSPHRASE = "lima kata sandi yang panjang"
PROOF = TrainingProof(TrainingKind.TPPO_TRAINING.value, "2025-03", "Dinas PPPA", "TPPO/2025/017")
_SAMPLE, _CHUNK = 100, 2_000
_COMMON = (
    "Maria Yohanes Siti Ahmad Muhammad Agustinus Yuliana Petrus Kristina Fransiskus Suharto Sumarni Sri Endang Bambang"
    " Joko Budi Agus Dewi Ratna Nur Abdul Aminah Fatimah Khadijah Aisyah Zainal Rizki Fitri Novi Yanti Wati Slamet"
    " Sutrisno Hartono Wahyu Eko Dwi Tri Indah Lestari Rahayu Puji Astuti Kartika Ani Anita Rina Lina Dina Desi Susi"
    " Yosef Yakobus Antonius Benediktus Markus Lukas Matius Simon Stefanus Dominikus Hendrikus Marten Yermias Soleman"
    " Soeparman Tjahjono Djoemadi Daud Ismail Ibrahim Yusuf Usman Umar Ali Hasan Husein Oktaviana Melkianus Yuventus"
)
_FAMILIES = (
    "Tefa Bere Seran Nahak Klau Bria Berek Taek Un Abuk Kelen Lamak Boli Tukan Lein Hayon Koten Nenobais Nahabesi Ndun"
    " Manafe Pah Tlonaen Banamtuan Sanam Selan Nubatonis Oematan Kase Benu Neno Fallo Taneo Missa Nope Wijaya Saputra"
    " Pratama Nugroho Santoso Wibowo Setiawan Kurniawan Hidayat Rahman Hakim Siregar Nasution Lubis Simanjuntak Sitorus"
)
_GIVEN, _FAMILY = _COMMON.split(), _FAMILIES.split()


def card(chance: random.Random) -> dict[str, Any]:
    """The fields of an invented person."""
    words = [_one(chance, _GIVEN)]
    words += [_one(chance, _GIVEN)] if chance.random() < 0.4 else []
    words += [_one(chance, _FAMILY)] if chance.random() < 0.8 else []
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1950, 2010)
    village, sex = chance.randint(1, 12), chance.choice("fm")
    nik = f"530108{day + 40 * (sex == 'f'):02}{month:02}{year % 100:02}{chance.randint(1, 9999):04}"
    phone = f"08{chance.randint(11, 59)}-{chance.randint(1000, 9999)}-{chance.randint(100, 9999)}"
    return {
        "name": " ".join(words),
        "nik": nik,
        "kk_number": f"530108{chance.randint(10**9, 10**10 - 1)}",
        "birth_date": f"{year}-{month:02}-{day:02}",
        "birth_place": chance.choice(("Kupang", "Noelbaki", "Tarus", "Soe", "Atambua")),
        "sex": sex,
        "address": f"Dusun {chance.randint(1, 8)}, RT {chance.randint(1, 30):02} RW {village:02}, Noelbaki",
        "phones": {phone: "sendiri"} if chance.random() < 0.7 else {},
        "occupation": "petani",
    }


def journey(chance: random.Random) -> dict[str, Any]:
    country = chance.choice(("MY", "HK", "TW", "SG", "SA"))
    year, month = chance.randint(2024, 2027), chance.randint(1, 12)
    stage = chance.choice(("plan", "preparing", "departed", "returned"))
    departure = f"{year if stage in {'plan', 'preparing'} else min(year, 2025)}-{month:02}"
    return {"stage": stage, "destination_country": country, "work": "pekerja rumah tangga", "departure_on": departure}


def whole_card(chance: random.Random) -> CardInput:
    """A whole form: person, journey, one paper, safe contact."""
    paper = DocumentInput(None, {"kind": "passport", "seen": "copy", "found": "doubtful"})
    contact = {"way": "phone", "number": "0812-3456-7890", "do_not_contact": False}
    return CardInput(card(chance), journey(chance), None, (paper,), contact)


def _one(chance: random.Random, names: Sequence[str]) -> str:
    name = names[min(int(chance.expovariate(4 / len(names))), len(names) - 1)]
    if chance.random() >= 0.1:
        return name
    letters = list(name.lower())
    letters[chance.randrange(len(letters))] = chance.choice("aiueonrstklmh")
    return "".join(letters).title()


# -- stores ------------------------------------------------------------------------------------------------------------


def filled(folder: Path, people: int) -> Path:
    """A copy of the closed store with this many people, in `folder`."""
    kept = Path(tempfile.gettempdir()) / f"trafficwatch-benchmark-{schema.HEAD}-{search.VERSION}-{people}"
    if not kept.exists():
        making = Path(tempfile.mkdtemp(prefix="benchmark-"))
        _make(making / "store", people)
        (making / "store").rename(kept)
        making.rmdir()
    return Path(shutil.copytree(kept, folder))


def _make(folder: Path, people: int) -> None:
    store, _ = found_desk(
        folder,
        NewMember("Maria Tefa", Category.COORDINATOR, PASSPHRASE, PROOF),
        side=Side.VILLAGE,
        code="53.01.08.2008",
        name="Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur",
        practice=True,
        stretching=Stretching(),
    )
    chance = random.Random(1)
    with store.work() as work:
        sample = [save_card(work, whole_card(chance)).person.id for _ in range(min(_SAMPLE, people))]
        example = Example(work, sample[0])
    for done in range(len(sample), people, _CHUNK):
        with store.work() as work:
            example.insert(work, chance, min(_CHUNK, people - done))
    with store.work() as work:
        info.put(work.connection, {"search": None})
        search.ensure(work.connection)
    store.close()


class Example:
    """The rows of a card that was really saved, from which those of others are made."""

    def __init__(self, work: Work, person: str) -> None:
        table = RECORD_TABLES["journey"]
        of_journey = work.connection.execute(select(table.c.id).where(table.c.person_id == person)).scalar_one()
        self.ids = {"person": person, "journey": of_journey}
        self.states = {name: self._row(work.connection, local.record_state, name, of) for name, of in self.ids.items()}
        self.entries = {name: self._row(work.connection, local.journal, name, of) for name, of in self.ids.items()}

    def _row(self, connection: Connection, table: Any, name: str, of_id: str) -> dict[str, Any]:
        found = connection.execute(select(table).where(table.c.type == name, table.c.id == of_id)).mappings().one()
        return dict(found)

    def insert(self, work: Work, chance: random.Random, people: int) -> None:
        """So many more people, one in three with a journey."""
        last = local.journal.c.sequence.desc()
        sequence, link = work.connection.execute(
            select(local.journal.c.sequence, local.journal.c.link).order_by(last).limit(1)
        ).one()
        rows: dict[str, list[dict[str, Any]]] = {"person": [], "journey": [], "record_state": [], "journal": []}
        for name, fields in _records(chance, people):
            sequence += 1
            columns = {key: canonical(value) if isinstance(value, dict) else value for key, value in fields.items()}
            rows[name].append({key: value if value != "{}" else None for key, value in columns.items()})
            rows["record_state"].append({**self.states[name], "id": fields["id"], "counter": sequence})
            entry = {**self.entries[name], "id": fields["id"], "counter": sequence, "sequence": sequence}
            entry["changes"] = canonical({key: [None, value] for key, value in fields.items() if key != "id"})
            digest = _hash(entry["salt"], entry["changes"].encode(), b"")
            what = ("device", "sequence", "at", "volunteer", "action", "type", "id", "counter")
            link = _hash(link, canonical([entry[key] for key in what]).encode(), digest)
            rows["journal"].append({**entry, "digest": digest, "link": link})
        for name, table in (*RECORD_TABLES.items(), ("record_state", local.record_state), ("journal", local.journal)):
            if rows.get(name):
                work.connection.execute(insert(table), rows[name])
        table = local.store_info
        work.connection.execute(update(table).where(table.c.key == "counter").values(value=json.dumps(sequence)))
        if journal.head(work.connection, work.info.device) != link.hex():
            raise RuntimeError("the journal's chain does not hold")


def _records(chance: random.Random, people: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for _ in range(people):
        person = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        yield "person", {"id": person, **card(chance)}
        if chance.random() < 1 / 3:
            of_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
            yield "journey", {"id": of_id, "person_id": person, **journey(chance)}


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


def opened(folder: Path) -> Store:
    return open_store(folder, PASSPHRASE)
