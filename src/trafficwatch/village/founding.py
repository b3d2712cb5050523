# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting up a desk: the store, its first volunteer or officer with the training recorded, and the national directory.

Only who has recorded training gets the case key (P2/2024 art. 5(2)a, 5(3)); the printed recovery code opens both.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from trafficwatch.errors import InputError
from trafficwatch.models.checks import ValueImpossible
from trafficwatch.models.fields import Side
from trafficwatch.models.identity import clean_name
from trafficwatch.models.staff import Ability, Category, Training, Volunteer, is_trained
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store import rotation
from trafficwatch.store.files import StagedFiles
from trafficwatch.store.unlock import Clock, create_store, stage_volunteer_slot, utc_now
from trafficwatch.store.vault import Stretching
from trafficwatch.store.work import Store, Work
from trafficwatch.village.directory import renew_directory

_CODE = re.compile(r"[0-9A-Za-z.\-]{1,20}")


class VolunteerUnknown(InputError):
    """Not exactly one volunteer has that name; parameter `found`."""

    key = "volunteer_unknown"


@dataclass(frozen=True, slots=True)
class TrainingProof:
    """What shows that somebody was trained; dates are EDTF. Without `abilities` nothing was said of them: all count."""

    kind: str
    completed_on: str
    organiser: str | None = None
    certificate: str | None = None
    valid_until: str | None = None
    abilities: frozenset[Ability] = frozenset()


@dataclass(frozen=True, slots=True)
class NewMember:
    """A volunteer or officer who gets a passphrase of their own; `training` None gives the register only."""

    name: str
    category: Category
    passphrase: str
    training: TrainingProof | None = None
    phone: str | None = None


def found_desk(
    folder: Path,
    member: NewMember,
    *,
    side: Side,
    code: str,
    name: str,
    practice: bool,
    clock: Clock = utc_now,
    stretching: Stretching | None = None,
) -> tuple[Store, str]:
    """A new desk with its first member; also the recovery code, which is shown this once and kept nowhere."""
    _check_office(code, name)
    volunteer = str(uuid.uuid4())

    def begin(work: Work) -> None:
        _record_member(work, volunteer, member)
        renew_directory(work)

    return create_store(
        folder,
        member.passphrase,
        volunteer,
        trained=member.training is not None,
        side=side,
        code=code,
        name=name,
        practice=practice,
        clock=clock,
        stretching=stretching,
        begin=begin,
    )


def add_member(store: Store, member: NewMember, *, stretching: Stretching | None = None) -> str:
    """One more volunteer or officer with a passphrase of their own; gives the id."""
    volunteer = str(uuid.uuid4())
    trained = member.training is not None
    with StagedFiles() as files, store.work() as work:
        _record_member(work, volunteer, member)
        stage_volunteer_slot(store, files, member.passphrase, volunteer, trained=trained, stretching=stretching)
    return volunteer


def renew_passphrase(store: Store, name: str, passphrase: str, *, stretching: Stretching | None = None) -> str:
    """Give the volunteer with this name a new passphrase, on a store opened with the recovery code; gives the id."""
    wanted = clean_name(name).casefold()
    with StagedFiles() as files, store.work() as work:
        there = (each for each in work.records.select(Volunteer) if not each.left)
        named = (each for each in there if (each.name or "").casefold() == wanted)
        found = [each for each in named if work.records.home("volunteer", each.id) == work.info.code]
        if len(found) != 1:
            raise VolunteerUnknown(found=len(found))
        of_volunteer = RECORD_TABLES["training"].c.volunteer_id == found[0].id
        trained = is_trained(work.records.select(Training, of_volunteer), work.today)
        work.note("new_passphrase", "volunteer", found[0].id, f"{store.keys.kind} code")
        rotation.want(work)
        stage_volunteer_slot(store, files, passphrase, found[0].id, trained=trained, stretching=stretching)
    return found[0].id


def _check_office(code: str, name: str) -> None:
    """What stands in every bundle and enrolment file must be what the other side will accept there."""
    if not _CODE.fullmatch(code):
        raise ValueImpossible(field="code")
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise ValueImpossible(field="name")


def _record_member(work: Work, volunteer: str, member: NewMember) -> None:
    work.write(Volunteer, volunteer, name=member.name, category=member.category.value, phone=member.phone)
    if member.training is not None:
        write_training(work, volunteer, member.training)


def write_training(work: Work, volunteer: str, proof: TrainingProof) -> str:
    """Record a training; gives its id."""
    return work.write(
        Training,
        None,
        volunteer_id=volunteer,
        kind=proof.kind,
        organiser=proof.organiser,
        certificate=proof.certificate,
        completed_on=proof.completed_on,
        valid_until=proof.valid_until,
        abilities={ability.value: ability in proof.abilities for ability in Ability if proof.abilities},
    )
