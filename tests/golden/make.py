# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the golden store of a release: in `tests`, `python -m golden.make`, once for every revision.

A village desk with a bit of everything, as this program writes it, in `tests/golden/REVISION/`: the closed store, its
passphrases in README.md, and `rows.json`: how many rows each table has and the SHA-256 of them. The program writes the
newest revision only, so it is made before the next migration is written, with the program of that revision.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import desks
from desks import HELPER_PASSPHRASE, VILLAGE_PASSPHRASE, Clock, Desks
from sqlalchemy import Connection, text

from trafficwatch import __version__
from trafficwatch.models.casework import ConsentScope
from trafficwatch.registry.recruiters import save_offer, save_recruiter
from trafficwatch.registry.relatives import RelativeInput, save_relatives
from trafficwatch.registry.residents import agree_safe_contact, check_document, plan_journey
from trafficwatch.registry.touch import record_check_in
from trafficwatch.registry.visitors import save_visitor
from trafficwatch.registry.visits import save_visit
from trafficwatch.store import schema, vault
from trafficwatch.store.connection import connect
from trafficwatch.store.folder import DATABASE, PREVIOUS, VAULT
from trafficwatch.store.vault import Stretching
from trafficwatch.store.work import Work
from trafficwatch.village.drafts import keep
from trafficwatch.village.founding import NewMember, add_member

HERE = Path(__file__).parent
README = """\
# A store at revision {revision}

Made by `tests/golden/make.py` with program {version}. Nobody in it exists. `tests/test_upgrade.py` opens it.

- Passphrase of Maria Tefa (trained): `{trained}`
- Passphrase of Serafina Manek (not trained): `{helper}`
- Recovery code: `{code}`
- `rows.json`: the rows of each table and the SHA-256 of them, before any upgrade
"""


def make() -> Path:
    target = HERE / schema.HEAD
    if target.exists():
        raise SystemExit(f"{target} is there: a golden store is never made again")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        code, keys = _fill(folder)
        engine = connect(folder / "village" / DATABASE, _key(folder / "village", keys))
        with engine.connect() as connection:
            described = rows(connection)
        raw = engine.raw_connection()
        raw.cursor().execute("VACUUM")
        raw.close()
        engine.dispose()
        target.mkdir()
        for file in (VAULT, PREVIOUS, DATABASE):
            shutil.copyfile(folder / "village" / file, target / file)
    (target / "rows.json").write_text(json.dumps(described, indent=1) + "\n", "utf-8")
    said = {"trained": VILLAGE_PASSPHRASE, "helper": HELPER_PASSPHRASE, "code": code, "version": __version__}
    (target / "README.md").write_text(README.format(revision=schema.HEAD, **said), "utf-8")
    return target


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


def _fill(folder: Path) -> tuple[str, vault.Keys]:
    """A village that has been at work for a while; its recovery code and keys."""
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
    add_member(
        village, NewMember("Serafina Manek", desks.Category.VOLUNTEER, HELPER_PASSPHRASE), stretching=Stretching()
    )
    desks.enrol(village, ppt, folder)
    pair = Desks(folder, stick, village, ppt, clock)
    for name in ("Yohanis Bere", "Maria Goreti Bano"):
        person = desks.shared_case(village, name)
        with village.work() as work:
            journey = plan_journey(work, person, stage="returned", destination_country="MY", work="kebun")
            check_document(work, person, journey.id, kind="passport", seen="original", found="doubtful")
            agree_safe_contact(work, person, way="through_person", through="Mama Yuli", never_tell="Agen")
            _register(work, person, journey.id)
            keep(work, "card", {"name": name, "phones": []}, subject=person)
            keep(work, "referral", {"purpose": "Bantuan hukum"}, subject=person, case_text=True)
    pair.exchange()
    clock.move(days=1)
    desks.agree(village, person, ConsentScope.SERVICE)
    desks.resident(village, "Belum dikirim", birth_date="1990~")
    keys = village.keys
    pair.close()
    return codes[0], keys


def _register(work: Work, person: str, journey: str) -> None:
    """What else the register knows of one person: family, recruiter, offer, visit, an attempt to hear, a visitor."""
    save_relatives(work, person, [RelativeInput(None, {"name": "Yuliana Bere", "relation": "parent"})])
    recruiter = save_recruiter(work, {"name": "Markus", "phones": {"0812 0000 0000": "sendiri"}}).id
    save_offer(work, recruiter, {"destination_country": "MY", "work": "kebun"})
    save_visit(work, person, {"journey_id": journey, "met": "ibu"})
    record_check_in(work, journey, {"outcome": "no_answer"})
    save_visitor(work, {"name": "Orang dari kota", "recruiter_id": recruiter})


def _key(folder: Path, keys: vault.Keys) -> bytes:
    return vault.store_keys(vault.decode((folder / VAULT).read_bytes()), keys)[0]


if __name__ == "__main__":
    sys.stdout.write(f"{make()}\n")
