# SPDX-License-Identifier: GPL-3.0-or-later
"""`trafficwatch gallery --out DIR`: every page, state and dialog of both desks as pictures, on made-up stores."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import click

from trafficwatch.cli.common import Desk, pass_desk
from trafficwatch.cli.demo import Account, enrol, exchange, found_desks, record_residents, refer
from trafficwatch.cli.demo import screen as screen_one
from trafficwatch.cli.practice import HELPER_PASSPHRASE, PPT_PASSPHRASE
from trafficwatch.texts import LANGUAGES, t

if TYPE_CHECKING:
    from trafficwatch.store.work import Store

LONG_NAME = "Maria Goreti Yosefina Anastasia Bernadeta Klaran Nahak Seran binti Antonius Fahik Taolin"
THEMES = ("light", "dark", "contrast")
ZOOMS = ("100", "200")


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the pictures.")
@click.option("--lang", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Only these languages.")
@click.option("--theme", "themes", multiple=True, type=click.Choice(THEMES), help="Only these; default light, dark.")
@click.option("--zoom", "zooms", multiple=True, type=click.Choice(("100", "150", "200")), help="Only these sizes.")
@click.option("--only", default="", help="Only scenes whose name starts so.")
@pass_desk
def gallery(
    desk: Desk, out: Path, languages: tuple[str, ...], themes: tuple[str, ...], zooms: tuple[str, ...], only: str
) -> None:
    """Draw every page, state and dialog of both desks as PNG, 1366x768."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from trafficwatch.ui.gallery.draw import draw

    chosen = [language for language in LANGUAGES if not languages or language in languages]
    with tempfile.TemporaryDirectory(prefix="gallery-") as folder, stores(Path(folder)) as found:
        count = draw(found, out, chosen, themes or THEMES[:2], tuple(map(int, zooms or ZOOMS)), only)
    desk.say({"out": str(out), "pictures": count}, t("cli.gallery_done", out=str(out), count=count))


@contextmanager
def stores(folder: Path) -> Iterator[dict[str, Store]]:
    """The desks that the gallery's pages stand on, by name (`ui.gallery.stage`); all are made up."""
    from trafficwatch.store.unlock import open_store

    account = Account(folder, quiet=True)
    with found_desks(folder, account) as (village, ppt):
        enrol(village, ppt, folder, account)
        people = record_residents(village, account)
        screening = screen_one(village, people["yohanis"], account)
        refer(village, people["yohanis"], screening, account)
        exchange(village, ppt, folder, account)
        _go_on(village, people)
        found = {"village": village, "ppt": ppt}
        untrained = copytree(folder / "stores" / "village", folder / "untrained")  # two can't have one store open
        found["untrained"] = open_store(untrained, HELPER_PASSPHRASE)
        found |= {name: _found(folder / name, name) for name in ("empty", "ppt_empty", "long")}
        _record_long(found["long"])
        try:
            yield found
        finally:
            for name in ("untrained", "empty", "ppt_empty", "long"):
                found[name].close()


def _found(folder: Path, name: str) -> Store:
    from trafficwatch.models.fields import Side
    from trafficwatch.models.staff import Category, TrainingKind
    from trafficwatch.village.founding import NewMember, TrainingProof, found_desk

    proof = TrainingProof(TrainingKind.TPPO_TRAINING, "2025-03", "Dinas PPPA", "TPPO/2025/017")
    is_ppt = name == "ppt_empty"
    place = ("53.01", "UPTD PPA Kabupaten Kupang") if is_ppt else ("53.01.08.2008", "Noelbaki, Kec. Kupang Tengah")
    who = LONG_NAME if name == "long" else "Maria Tefa"
    store, _ = found_desk(
        folder,
        NewMember(who, Category.OFFICER if is_ppt else Category.COORDINATOR, PPT_PASSPHRASE, proof),
        side=Side.PPT if is_ppt else Side.VILLAGE,
        code=place[0],
        name=place[1],
        practice=True,
    )
    return store


def _go_on(village: Store, people: dict[str, str]) -> None:
    """After the exchange life goes on: changes that wait to be sent."""
    from trafficwatch.registry.residents import record_person

    with village.work() as work:
        record_person(work, people["yohanis"], occupation="Buruh harian")
        record_person(work, name="Elisabet Naisoko", sex="f", birth_date="2004", wilayah_code=work.info.code)


def _record_long(store: Store) -> None:
    """People whose names and places are as long as they come."""
    from trafficwatch.registry.residents import check_document, plan_journey, record_person

    with store.work() as work:
        for number in range(60):
            person = record_person(
                work,
                name=f"{LONG_NAME} {number + 1}",
                birth_date="1990-05-17",
                sex="f",
                address="Dusun Oelnasi Tengah, RT 014/RW 007, di samping gereja lama dekat jembatan gantung",
                wilayah_code=work.info.code,
                phones={"+6281234567890": "milik kakak perempuan yang tinggal di rumah sebelah kanan"},
            ).person
            plan_journey(
                work,
                person.id,
                stage="preparing",
                destination_country="MY",
                destination_place="Kampung Sungai Pinang Dalam, Negeri Sembilan Darul Khusus",
                work="Pekerja rumah tangga dan pengasuh orang lanjut usia",
                departure_on="2026-12-02",
            )
            check_document(work, person.id, None, kind="passport", found="doubtful", number="X1234567", seen="photo")
