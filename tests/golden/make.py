# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the golden stores of a release: in `tests`, `python -m golden.make`, once for every revision.

A village desk with a bit of everything, as this program writes it, in `tests/golden/REVISION/`, and the desk of its PPT
in `REVISION-ppt/`: the closed store, its passphrases in README.md, and `rows.json`: how many rows each table has and
the SHA-256 of them. The program writes the newest revision only, so they are made before the next migration is written,
with the program of that revision. `tests/test_golden_stores.py` wants a record of every type in one of the two.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import desks
from desks import HELPER_PASSPHRASE, PPT_PASSPHRASE, VILLAGE_PASSPHRASE, Clock, Desks
from questionnaire_tools import small
from sample_records import write_sample
from sqlalchemy import Connection, text

from trafficwatch import __version__
from trafficwatch.casework import attachments
from trafficwatch.models.casework import ConsentScope, Reading, Risk, Screening, ScreeningWay, StopReason
from trafficwatch.models.fields import Side
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.screening import Answer, By, Value
from trafficwatch.registry.duplicates import keep_apart
from trafficwatch.registry.recruiters import save_offer, save_recruiter
from trafficwatch.registry.relatives import RelativeInput, save_relatives
from trafficwatch.registry.residents import agree_safe_contact, check_document, plan_journey
from trafficwatch.registry.touch import record_check_in
from trafficwatch.registry.visitors import save_visitor
from trafficwatch.registry.visits import save_visit
from trafficwatch.screening import questionnaires
from trafficwatch.screening.second_reading import Seen, read_again
from trafficwatch.screening.sessions import record_screening, upgrade_screening
from trafficwatch.screening.signs import save_note, sign_groups
from trafficwatch.store import schema, vault
from trafficwatch.store.connection import connect
from trafficwatch.store.folder import DATABASE, PREVIOUS, VAULT
from trafficwatch.store.vault import Stretching
from trafficwatch.store.work import Store, Work
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.publishing import publish, write_replies
from trafficwatch.village.drafts import keep
from trafficwatch.village.founding import NewMember, add_member

HERE = Path(__file__).parent
PICTURE = b"\x89PNG\r\n\x1a\n" + b"an old bruise" * 9
README = """\
# A store at revision {revision}

Made by `tests/golden/make.py` with program {version}. Nobody in it exists. `tests/test_golden_stores.py` opens it.

- Passphrase of {name} (trained): `{trained}`
- Passphrase of Serafina Manek (not trained): `{helper}`
- Recovery code: `{code}`
- `rows.json`: the rows of each table and the SHA-256 of them, before any upgrade
"""


@dataclass(frozen=True)
class Filled:
    """A closed store that was at work for a while, and what opens it."""

    folder: Path
    name: str
    passphrase: str
    code: str
    keys: vault.Keys


def make() -> list[Path]:
    targets = [HERE / schema.HEAD, HERE / f"{schema.HEAD}-ppt"]
    if any(target.exists() for target in targets):
        raise SystemExit(f"{targets[0]} is there: a golden store is never made again")
    with tempfile.TemporaryDirectory() as name:
        for filled, target in zip(_fill(Path(name)), targets, strict=True):
            _keep(filled, target)
    return targets


def _keep(filled: Filled, target: Path) -> None:
    engine = connect(filled.folder / DATABASE, _key(filled.folder, filled.keys))
    with engine.connect() as connection:
        described = rows(connection)
    raw = engine.raw_connection()
    raw.cursor().execute("VACUUM")
    raw.close()
    engine.dispose()
    target.mkdir()
    for file in (VAULT, PREVIOUS, DATABASE):
        shutil.copyfile(filled.folder / file, target / file)
    (target / "rows.json").write_text(json.dumps(described, indent=1) + "\n", "utf-8")
    said = {"name": filled.name, "trained": filled.passphrase, "helper": HELPER_PASSPHRASE, "code": filled.code}
    (target / "README.md").write_text(README.format(revision=schema.HEAD, version=__version__, **said), "utf-8")


def columns(connection: Connection) -> dict[str, list[str]]:
    """Every table that the program fills, but its settings, with its columns in order."""
    found = {}
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).all():
        if name in {"alembic_version", "store_info"} or name.startswith(("sqlite_", "search_")):
            continue
        found[name] = [row[1] for row in connection.exec_driver_sql(f'PRAGMA table_info("{name}")')]
    return found


def rows(connection: Connection, of: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """How many rows each table has, and the SHA-256 of them; `of` names the tables and columns, else all are meant."""
    found = {}
    for name, wanted in (of or columns(connection)).items():
        chosen = ", ".join(f'"{column}"' for column in wanted)
        content = sorted(repr(tuple(row)) for row in connection.exec_driver_sql(f'SELECT {chosen} FROM "{name}"'))
        found[name] = {"rows": len(content), "sha256": hashlib.sha256("\n".join(content).encode()).hexdigest()}
    return found


def _fill(folder: Path) -> list[Filled]:
    """A village that has been at work for a while, and its PPT."""
    clock, stick = Clock(), folder / "stick"
    stick.mkdir()
    codes: list[str] = []
    found = desks.found_desk

    def remembering(*args: Any, **options: Any) -> Any:
        made = found(*args, **options)
        codes.append(made[1])
        return made

    with patch.object(desks, "found_desk", remembering):
        village = desks.found_village(folder / "village", clock, practice=True)
        ppt = desks.found_ppt(folder / "ppt", clock, practice=True)
    for desk in (village, ppt):
        helper = NewMember("Serafina Manek", desks.Category.VOLUNTEER, HELPER_PASSPHRASE)
        add_member(desk, helper, stretching=Stretching())
    desks.enrol(village, ppt, folder)
    pair = Desks(folder, stick, village, ppt, clock)
    for name in ("Yohanis Bere", "Maria Goreti Bano"):
        person = desks.shared_case(village, name)
        with village.work() as work:
            journey = plan_journey(work, person, stage="returned", destination_country="MY", work="kebun")
            check_document(work, person, journey.id, kind="passport", seen="original", found="doubtful")
            agree_safe_contact(work, person, way="through_person", through="Mama Yuli", never_tell="Agen")
            _register(work, person, journey.id)
            _screenings(work, person)
            keep(work, "card", {"name": name, "phones": []}, subject=person)
            keep(work, "referral", {"purpose": "Bantuan hukum"}, subject=person, case_text=True)
    pair.exchange()
    publish(ppt, small(), "kuesioner.json")
    take_in(village, write_replies(ppt, stick)[0])
    _second_readings(ppt)
    clock.move(days=1)
    desks.agree(village, person, ConsentScope.SERVICE)
    other = desks.resident(village, "Belum dikirim", birth_date="1990~")
    with village.work() as work:
        keep_apart(work, person, other, "Bukan satu orang")
    for desk in (village, ppt):
        _rest(desk)
    people = ("Maria Tefa", VILLAGE_PASSPHRASE), ("Petrus Nenobais", PPT_PASSPHRASE)
    keys = village.keys, ppt.keys
    pair.close()
    opened = zip((village.folder, ppt.folder), people, codes, keys, strict=True)
    return [Filled(where, *who, code, each) for where, who, code, each in opened]


def _register(work: Work, person: str, journey: str) -> None:
    """What else the register knows of one person: family, recruiter, offer, visit, an attempt to hear, a visitor."""
    save_relatives(work, person, [RelativeInput(None, {"name": "Yuliana Bere", "relation": "parent"})])
    recruiter = save_recruiter(work, {"name": "Markus", "phones": {"0812 0000 0000": "sendiri"}}).id
    save_offer(work, recruiter, {"destination_country": "MY", "work": "kebun"})
    save_visit(work, person, {"journey_id": journey, "met": "ibu"})
    record_check_in(work, journey, {"outcome": "no_answer"})
    save_visitor(work, {"name": "Orang dari kota", "recruiter_id": recruiter})


def _screenings(work: Work, person: str) -> None:
    """One that was broken off and moved to the newest questions, one copied from paper, noted signs, a file."""
    told = {"E-PRO-RECRUIT": Answer(Value.YES, By.FAMILY, note="Bibi"), "E-CAR-DECEIT": Answer(Value.DECLINED)}
    older = questionnaires.get("screening@1")
    way = {"way": ScreeningWay.TALK, "stopped": StopReason.UPSET}
    talk = record_screening(work, person, told, questionnaire=older, note="Menangis", **way)
    upgrade_screening(work, talk.screening.id)
    record_screening(work, person, told, way=ScreeningWay.PAPER, screened_on="2026-11-20")
    [general, *_] = sign_groups(questionnaires.newest())
    noted = {"person_id": person, "signs": {general.entries[0].code: True}, "place": "Pasar", "words": "Tidak bicara"}
    save_note(work, {**noted, "told_to": "Kepala desa", "told_on": "2026-11-20"})
    attachments.add(work, person, "foto.png", PICTURE, "Luka lama")


def _rest(desk: Store) -> None:
    """One record of every type that this side writes and that has none yet."""
    with desk.work() as work:
        for name, record_type in RECORD_TYPES.items():
            owners = {field.owner for field in record_type.fields.values()}
            is_ours = owners == {Side.PPT} if work.info.side is Side.PPT else Side.VILLAGE in owners
            if is_ours and not work.records.count(name):
                write_sample(work, name)


def _second_readings(ppt: Store) -> None:
    """The PPT confirms one screening and changes another."""
    with ppt.work() as work:
        first, second, *_ = work.records.select(Screening)
        read_again(work, first.id, Reading.CONFIRMED, seen=Seen.of(first))
        changed = {"risk": Risk.HIGH, "reason": "Ada ancaman", "answers": {"E-CAR-DECEIT": Value.NO}}
        read_again(work, second.id, Reading.CHANGED, seen=Seen.of(second), **changed)


def _key(folder: Path, keys: vault.Keys) -> bytes:
    return vault.store_keys(vault.decode((folder / VAULT).read_bytes()), keys)[0]


if __name__ == "__main__":
    sys.stdout.write(f"{make()}\n")
