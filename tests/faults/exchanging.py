# SPDX-License-Identifier: GPL-3.0-or-later
"""The exchange: the village exports, the PPT takes in and answers, the village takes the receipts in.

What is repeated after an accident must change nothing and give the same answer; whatever of it was confirmed is there.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import desks
from saving import NAME
from scenario import Ack, Acks, Scenario, opened, two_desks

from trafficwatch.errors import ExpectedError
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.people import Person
from trafficwatch.store.work import Store
from trafficwatch.sync import outgoing
from trafficwatch.sync.exporting import export
from trafficwatch.sync.importing import take_in

BUNDLES = 2


def bundles_on_the_stick(root: Path) -> None:
    """The village has put its bundles on the stick; the PPT has seen none."""
    two_desks(root)
    village = opened(root, "village")
    for number in range(BUNDLES):
        desks.shared_case(village, f"{NAME} {number}")
        for path in export(village, root / "stick"):
            path.path.rename(root / "stick" / f"{number}.twb")
    village.close()


def receipts_on_the_stick(root: Path) -> None:
    """The PPT has answered; the village has not seen it."""
    bundles_on_the_stick(root)
    (root / "answers").mkdir()
    ppt = opened(root, "ppt")
    for number, path in enumerate(_bundles(root / "stick")):
        receipt = take_in(ppt, path).receipt or ""
        outgoing.write_answer(ppt, receipt, root / "stick").rename(root / "answers" / f"{number}.twb")
    ppt.close()


def cases_to_send(root: Path) -> None:
    two_desks(root)
    village = opened(root, "village")
    desks.shared_case(village, f"{NAME} 0")
    village.close()


def export_bundles(root: Path, ack: Ack, chance: random.Random, rounds: int) -> None:
    """The village exports again and again, with one more case each time."""
    village = opened(root, "village")
    for number in range(rounds):
        try:
            ack(sent=[made.path.name for made in export(village, root / "stick")])
            desks.shared_case(village, f"{NAME} {number + 1}")
            ack(case=f"{NAME} {number + 1}")
        except ExpectedError as error:
            ack(refused=error.key)
    village.close()


def import_bundles(root: Path, ack: Ack, chance: random.Random, rounds: int) -> None:
    """The PPT takes in what lies on the stick and puts its receipts there."""
    ppt = opened(root, "ppt")
    for path in _bundles(root / "stick"):
        try:
            done = take_in(ppt, path)
            ack(taken=path.name, receipt=done.receipt, received=done.received)
            ack(answer=outgoing.write_answer(ppt, done.receipt or "", root / "stick").name)
        except ExpectedError as error:
            ack(refused=error.key)
    ppt.close()


def import_receipts(root: Path, ack: Ack, chance: random.Random, rounds: int) -> None:
    village = opened(root, "village")
    for path in _bundles(root / "answers"):
        try:
            ack(receipt=take_in(village, path).bundle)
        except ExpectedError as error:
            ack(refused=error.key)
    village.close()


def missing_exports(root: Path, stores: dict[str, Store], acks: Acks) -> list[str]:
    """The PPT reads every confirmed bundle, in order, and what the village sends next; it then has all the cases."""
    confirmed = [name for ack in acks for name in ack.get("sent", ())]
    lost = [f"bundle {number}" for number, name in enumerate(confirmed) if not (root / "stick" / name).is_file()]
    for name in confirmed:
        take_in(stores["ppt"], root / "stick" / name)
    for made in export(stores["village"], root / "stick"):
        take_in(stores["ppt"], made.path)
    wanted = {f"{NAME} 0", *(ack["case"] for ack in acks if "case" in ack)}
    return [*lost, *(f"case {name}" for name in wanted - _people(stores["ppt"]))]


def missing_imports(root: Path, stores: dict[str, Store], acks: Acks) -> list[str]:
    """Each bundle taken in again changes nothing and gives the same receipt, the others go in now."""
    taken = {ack["taken"]: ack for ack in acks if "taken" in ack}
    answers = {ack["answer"] for ack in acks if "answer" in ack}
    lost = [f"receipt {number}" for number, name in enumerate(sorted(answers)) if not (root / "stick" / name).is_file()]
    for path in _bundles(root / "stick"):
        done = take_in(stores["ppt"], path)
        known = taken.get(path.name)
        if known and (done.again, done.receipt, done.received) != (True, known["receipt"], known["received"]):
            lost.append(f"import of {path.name}")
        if not done.received or done.refused:
            lost.append(f"records of {path.name}")
        answer = outgoing.write_answer(stores["ppt"], done.receipt or "", root / "stick")
        take_in(stores["village"], answer)
        answer.unlink()
    missing = {f"{NAME} {number}" for number in range(BUNDLES)} - _people(stores["ppt"])
    return [*lost, *(f"case {name}" for name in missing), *_unconfirmed(stores["village"])]


def missing_receipts(root: Path, stores: dict[str, Store], acks: Acks) -> list[str]:
    """A receipt that was taken in is known; with all of them nothing is left to send."""
    known = {ack["receipt"] for ack in acks if "receipt" in ack}
    again = {done.bundle for path in _bundles(root / "answers") if (done := take_in(stores["village"], path)).again}
    return [*(f"receipt {number}" for number, _ in enumerate(known - again)), *_unconfirmed(stores["village"])]


def _unconfirmed(village: Store) -> Iterable[str]:
    """What the village still holds for unconfirmed though every receipt has come."""
    waiting = [what for what, (state, _) in desks.deliveries(village).items() if state == Delivery.IN_BUNDLE.value]
    return [f"{len(waiting)} records without a receipt"] if waiting else []


def _people(store: Store) -> set[str]:
    with store.work() as work:
        return {str(found.name) for found in work.records.select(Person) if (found.name or "").startswith(NAME)}


def _bundles(folder: Path) -> list[Path]:
    """Those that were there before, in their order."""
    return [path for number in range(BUNDLES) if (path := folder / f"{number}.twb").is_file()]


BOTH = ("village", "ppt")
EXPORT = Scenario("export", cases_to_send, export_bundles, missing_exports, rounds=2, stores=BOTH)
IMPORT = Scenario("import", bundles_on_the_stick, import_bundles, missing_imports, stores=BOTH)
RECEIPTS = Scenario("receipts", receipts_on_the_stick, import_receipts, missing_receipts)
