# SPDX-License-Identifier: GPL-3.0-or-later
"""One member of a desk as its page shows it: who it is, the trainings, and what this person can open on this laptop."""

from __future__ import annotations

from dataclasses import dataclass

from trafficwatch.models.staff import Training
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store import vault
from trafficwatch.store.folder import read_vault
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import may_read_cases
from trafficwatch.store.work import Store
from trafficwatch.village.setup import Member, desk_members


@dataclass(frozen=True, slots=True)
class MemberCard:
    """`has_passphrase` and `has_case_key` are of this member on this laptop; `can_pass` is of who is at work."""

    member: Member
    trainings: tuple[Training, ...]
    has_passphrase: bool
    has_case_key: bool
    is_me: bool
    can_pass: bool


def member_card(store: Store, member_id: str = "") -> MemberCard:
    """One member, without an id the one at work; raises RecordUnknown."""
    keys = read_vault(store.folder)
    with store.work() as work:
        member_id = member_id or work.volunteer or ""
        found = next((member for member in desk_members(work) if member.id == member_id), None)
        if found is None:
            raise RecordUnknown(type="volunteer")
        trainings = work.records.select(Training, RECORD_TABLES["training"].c.volunteer_id == member_id)
        return MemberCard(
            found,
            tuple(trainings),
            vault.has_slot(keys, member_id),
            vault.has_slot(keys, member_id, with_case=True),
            work.volunteer == member_id,
            may_read_cases(work),
        )
