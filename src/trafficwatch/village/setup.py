# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a desk is set up: who is at work, whether the recovery sheet was checked, whether the PPT has approved it.

The recovery code is shown once. That it was written down is known when somebody has typed it from the sheet; if it was
never seen, a new one takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import literal_column, select

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.staff import Ability, Training, Volunteer, abilities_of, is_trained
from trafficwatch.models.tables import local
from trafficwatch.store import rotation
from trafficwatch.store.files import StagedFiles
from trafficwatch.store.unlock import check_recovery_code, stage_recovery_slot
from trafficwatch.store.work import Store, Work

_CHECKED, _RENEWED = "recovery_checked", "recovery_renewed"


@dataclass(frozen=True, slots=True)
class SetupState:
    """`trained`: who is at work has a training that holds today and the case key; `ppt` None is not enrolled at all.

    `abilities` are those of who is at work, none without the case key.
    """

    side: Side
    practice: bool
    code: str
    name: str
    volunteer_name: str
    trained: bool
    recovery_checked: bool
    ppt: PeerStatus | None
    abilities: frozenset[Ability]


@dataclass(frozen=True, slots=True)
class Member:
    """One volunteer or officer of this desk; `trained`: a training is recorded that holds today, for `abilities`."""

    id: str
    name: str
    category: str | None
    trained: bool
    left: bool
    abilities: frozenset[Ability]


def setup_state(work: Work) -> SetupState:
    """Where this desk stands today, for who is at work."""
    me = next((member for member in desk_members(work) if member.id == work.volunteer), None)
    return SetupState(
        work.info.side,
        work.info.practice,
        work.info.code,
        work.info.name,
        me.name if me else "",
        work.sealer.able and me is not None and me.trained,
        _recovery_checked(work),
        _ppt(work),
        me.abilities if me and work.sealer.able else frozenset(),
    )


def desk_members(work: Work) -> tuple[Member, ...]:
    """All members of the desk by name, those who left too."""
    trainings: dict[str | None, list[Training]] = {}
    for training in work.records.select(Training):
        trainings.setdefault(training.volunteer_id, []).append(training)

    def member(each: Volunteer) -> Member:
        held = trainings.get(each.id, [])
        able = abilities_of(held, work.today)
        return Member(each.id, each.name or "", each.category, is_trained(held, work.today), bool(each.left), able)

    ours = (
        each for each in work.records.select(Volunteer) if work.records.home("volunteer", each.id) == work.info.code
    )
    members = map(member, ours)
    return tuple(sorted(members, key=lambda member: (member.name.casefold(), member.id)))


def who_may(work: Work, ability: Ability | None) -> tuple[str, ...]:
    """The names of the others at this desk whose training opens a task, to hand it over to; None for any training."""
    others = (member for member in desk_members(work) if member.id != work.volunteer and not member.left)
    return tuple(member.name for member in others if (ability in member.abilities if ability else member.trained))


def confirm_recovery_sheet(store: Store, code: str) -> None:
    """Note that the sheet is there: this code, typed from it, opens the vault. Raises what the vault says if not."""
    check_recovery_code(store, code)
    with store.work() as work:
        work.note(_CHECKED, "device", work.info.device, "recovery code")


def renew_recovery_code(store: Store) -> str:
    """A new recovery code, shown this once; the earlier one opens nothing any more, nor does a copied vault with it.

    Raises CaseKeyNotHere where case text may exist that this volunteer can't open.
    """
    with StagedFiles() as files, store.work() as work:
        work.note(_RENEWED, "device", work.info.device, "recovery code")
        rotation.want(work)
        nobody_trained = work.records.count("training") == 0  # then nobody ever had the case key to seal with
        code = stage_recovery_slot(store, files, nothing_sealed=nobody_trained)
    rotation.rotate_if_possible(store)
    return code


def _recovery_checked(work: Work) -> bool:
    """Whether the code that holds now was typed from its sheet."""
    table = local.journal
    about_the_code = select(table.c.action).where(
        table.c.device == work.info.device, table.c.action.in_([_CHECKED, _RENEWED])
    )
    last = work.connection.execute(about_the_code.order_by(table.c.sequence.desc()).limit(1))
    return last.scalar_one_or_none() == _CHECKED


def _ppt(work: Work) -> PeerStatus | None:
    """The status of the PPT that has approved this desk, else of the one asked last."""
    table = local.peer
    latest_first = select(table.c.status).where(table.c.side == Side.PPT.value).order_by(literal_column("rowid").desc())
    found = [PeerStatus(status) for status in work.connection.execute(latest_first).scalars()]
    return PeerStatus.ACTIVE if PeerStatus.ACTIVE in found else next(iter(found), None)
