# SPDX-License-Identifier: GPL-3.0-or-later
"""The practice desks that anyone can try: invented people, passphrases that are no secret."""

from __future__ import annotations

from pathlib import Path

from trafficwatch.models.fields import Side
from trafficwatch.texts import t

VILLAGE_PASSPHRASE = "latihan desa bukan rahasia"
HELPER_PASSPHRASE = "latihan relawan baru saja"
PPT_PASSPHRASE = "latihan ppt bukan rahasia"
PASSPHRASES = {Side.VILLAGE: VILLAGE_PASSPHRASE, Side.PPT: PPT_PASSPHRASE}


def found_practice(folder: Path, side: Side) -> None:
    """A practice desk in this folder; a village with its residents, ready to be opened."""
    from trafficwatch.models.staff import Category, TrainingKind
    from trafficwatch.registry.practice import populate, practice_data
    from trafficwatch.village.founding import NewMember, TrainingProof, found_desk
    from trafficwatch.village.places import Places

    place = Places.load().search("noelbaki", limit=1)[0]
    trained, _ = practice_data()["volunteers"]
    proof = {key: value for key, value in trained["trainings"][0].items() if key != "kind"}
    training = TrainingProof(TrainingKind.TPPO_TRAINING, **proof)
    is_ppt = side is Side.PPT
    member = NewMember(
        t("demo.officer_name") if is_ppt else trained["name"],
        Category.OFFICER if is_ppt else Category.COORDINATOR,
        PASSPHRASES[side],
        training,
    )
    store, _ = found_desk(
        folder,
        member,
        side=side,
        code=place.code[:5] if is_ppt else place.code,
        name=t("demo.ppt_name") if is_ppt else place.path,
        practice=True,
    )
    try:
        if not is_ppt:
            with store.work() as work:
                populate(work, work.info.code)
    finally:
        store.close()
