# SPDX-License-Identifier: GPL-3.0-or-later
"""An untrained volunteer can't read case text: by no use case, search, export, print, command, nor from the store.

One case holds a canary in every sealed text of every record type (`untrained_tools`); each way out is walked as a
whole, so that what is new is tried without being named here. Pages are walked in `ui/test_untrained_pages.py`.
"""

from __future__ import annotations

import io
import lzma
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from canaries import hidden_in, look_everywhere
from desks import HELPER_PASSPHRASE, VILLAGE_PASSPHRASE, Desks, cli, dump, enrolled, reopened
from pypdf import PdfReader
from store_tools import dump as dump_of
from store_tools import scratch
from untrained_tools import Case, fill, shown_by_use_cases

from trafficwatch.cli import trafficwatch
from trafficwatch.models.backups import Reason
from trafficwatch.models.staff import Training
from trafficwatch.models.tables import Ciphertext
from trafficwatch.store import backup, vault
from trafficwatch.store.connection import connect
from trafficwatch.store.folder import DATABASE, VAULT
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store
from trafficwatch.sync import bundle, ustar
from trafficwatch.sync.devices import own_keys
from trafficwatch.sync.exporting import export
from trafficwatch.sync.ustar import ContainerMalformed


@dataclass
class Village:
    """A closed village with the case, its PPT, and the keys of who is trained and who is not."""

    desks: Desks
    case: Case
    keys: dict[str, Keys]

    def open(self, who: str) -> Store:
        return reopened(self.desks.folder / "village", self.keys[who], self.desks.clock)


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    with enrolled(tmp_path_factory.mktemp("untrained")) as desks:
        case, trained = fill(desks.village), desks.village.keys
        found = Village(desks, case, {"trained": trained, "untrained": desks.helper().keys})
        desks.village.close()
        yield found


# -- the store and the use cases ---------------------------------------------------------------------------------------


def test_no_use_case_tells_an_untrained_volunteer(village: Village) -> None:
    """Forms, searches, lists, the trail, the trash, drafts: whatever takes a transaction, asked in every way."""
    store = village.open("trained")
    with scratch(store) as work:
        shown = shown_by_use_cases(work, village.case)
        for training in work.records.select(Training):  # one that was withdrawn is none, though the key is still there
            work.write(Training, training.id, deleted="dicabut")
        assert work.sealer.able
        assert shown_by_use_cases(work, village.case) == {}
    store.close()
    for name in ("overview.care_of", "referral_form.referral_form", "attachments.content", "audit.trail"):
        assert any(each.endswith(name) for each in shown), name
    store = village.open("untrained")
    with scratch(store) as work:
        assert shown_by_use_cases(work, village.case, only=shown) == {}
    store.close()


def test_no_row_of_the_store_shows_it(village: Village) -> None:
    """All columns of all tables, as the keys of who is not trained open them."""
    store = village.open("untrained")
    rows = dump(store)
    store.close()
    assert hidden_in(repr(rows).encode()) == []
    cells = [cell for table in rows.values() for row in table for cell in row]
    assert len([cell for cell in cells if isinstance(cell, Ciphertext)]) > len(village.case.given) > 50


# -- what is carried out of the laptop ---------------------------------------------------------------------------------


def test_no_bundle_carries_it(village: Village, tmp_path: Path) -> None:
    """Opened with the PPT's keys: who is not trained sends no case text, though the person agrees to all."""
    carried = {}
    for who in ("untrained", "trained"):  # what was sent once is not sent again
        store = village.open(who)
        made = export(store, tmp_path)
        store.close()
        with village.desks.ppt.work() as work:
            own = own_keys(work).identity
        carried[who] = b"".join(unpacked(bundle.unseal(each.path.read_bytes(), own)) for each in made)
    assert hidden_in(carried["trained"])
    assert hidden_in(carried["untrained"]) == []


def test_no_backup_opens_for_it(village: Village, tmp_path: Path) -> None:
    store = village.open("untrained")
    place = Path(backup.make(store, tmp_path, Reason.BY_HAND).place)
    store.close()
    assert look_everywhere(place) == {}
    found = vault.decode((place / VAULT).read_bytes())
    keys = vault.open_with_passphrase(found, HELPER_PASSPHRASE)
    assert keys.case is None
    engine = connect(place / DATABASE, vault.store_keys(found, keys)[0])
    with engine.connect() as connection:
        rows = dump_of(connection)
    engine.dispose()
    assert len(rows["second_reading"]) == 2
    assert hidden_in(repr(rows).encode()) == []


# -- the command line --------------------------------------------------------------------------------------------------

COMMANDS: dict[str, list[str]] = {
    "bundle export": ["--out", "OUT"],
    "device key export": ["--allowed-signers"],
    "directory": [],
    "partner list": [],
    "residents export": ["--out", "OUT/list.xlsx", "--reason", "Rapat", "--search", "Marselina"],
    "store backup": ["--to", "OUT"],
    "store backups": [],
    "store check": [],
    "store info": [],
}
"""What reads a village's store, with what it asks for."""
OTHERS = {
    **dict.fromkeys(("demo", "gallery", "store init", "ppt init"), "makes a store of its own"),
    "doctor": "tells of the program and the disk",
    **dict.fromkeys(("place", "screen check", "screen coverage", "screen evaluate"), "opens no store"),
    **dict.fromkeys(("screen questions", "screen xlsform"), "writes questions, not answers"),
    **dict.fromkeys(("enrol accept", "enrol request", "bundle import", "residents import"), "takes in, gives nothing"),
    **dict.fromkeys(("bundle inspect", "bundle verify"), "reads a bundle, which carries nothing of it"),
    **dict.fromkeys(("partner introduce", "partner pair", "partner part"), "writes and takes in keys"),
    **dict.fromkeys(("store recover", "store restore"), "asks for the sheet, or puts a backup in its place"),
    **dict.fromkeys(("store escrow on", "store escrow off", "store escrow request"), "writes keys"),
}
"""Every other command, and why it is not tried; those of the PPT read another store."""
PAPERS_TRIED = {
    **dict.fromkeys(("card", "family", "list", "intake"), "person"),
    **dict.fromkeys(("screening", "report"), "screening"),
    "referral": "referral",
}
"""What `form` prints, each way once, and of what; the use cases that build every single paper are asked above."""


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name))


def test_every_command_is_tried_or_has_a_reason_not_to_be() -> None:
    known = {*COMMANDS, *OTHERS, "form"}
    assert {name for name in commands(trafficwatch) if name not in known and not name.startswith("ppt ")} == set()
    assert known <= set(commands(trafficwatch))


def test_no_command_tells_it(village: Village, tmp_path: Path) -> None:
    """What is printed, and every file that is written; the same referral is on paper for who is trained."""
    folder, case = village.desks.folder / "village", village.case
    for name, asked in COMMANDS.items():
        out = tmp_path / name
        out.mkdir()
        words = [*name.split(), *(word.replace("OUT", str(out)) for word in asked)]
        said = cli("--store", folder, *words, passphrase=HELPER_PASSPHRASE)
        assert said.code == (name == "store check"), (name, said)  # the case was not written as an exchange would
        assert hidden_in((said.out + said.err).encode()) == [], name
    for kind, of in PAPERS_TRIED.items():
        words = ["form", kind, case.ids[of], "--out", str(tmp_path / kind)]
        said = cli("--store", folder, *words, passphrase=HELPER_PASSPHRASE)
        assert said.code < 2, said
        assert hidden_in((said.out + said.err).encode()) == [], kind
    assert [path for path in tmp_path.rglob("*") if path.is_file() and hidden_in(unpacked(path.read_bytes()))] == []
    out = tmp_path / "letter.pdf"
    said = cli("--store", folder, "form", "referral", case.ids["referral"], "--out", out, passphrase=VILLAGE_PASSPHRASE)
    assert said.code == 0, said.out
    assert hidden_in(unpacked(out.read_bytes()))


def unpacked(content: bytes) -> bytes:
    """What a file says, and what is packed inside it: a sheet, a paper, the lines of a bundle."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).encode()
    with suppress(ContainerMalformed):
        members = ustar.read(content, max_members=9, max_bytes=len(content))
        return b"".join(lzma.decompress(data) if name.endswith(".xz") else bytes(data) for name, data in members)
    return content
