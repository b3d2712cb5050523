# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do at the desks of a schedule: record, change, agree, withdraw, refer, merge, delete, erase, settle and
answer, by the use cases that their pages call. Whatever a desk refuses is counted, and changes nothing.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schedule_model import Message, Model
from schedule_world import PPT, Device

from trafficwatch.casework.consents import record_consent, withdraw_consent
from trafficwatch.casework.referrals import advance_referral, draft_referral, open_case
from trafficwatch.errors import ExpectedError
from trafficwatch.models.accompanying import CasePart
from trafficwatch.models.aftercare import FollowUpStart
from trafficwatch.models.casework import Answered, ConsentScope, Decision, Handover
from trafficwatch.models.fields import Shape
from trafficwatch.models.institution import Institution
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import RECORD_TABLES, local
from trafficwatch.ppt.answers import answer_referral
from trafficwatch.ppt.care import save_own, set_policy
from trafficwatch.registry import merging, trash
from trafficwatch.registry.residents import agree_safe_contact, record_person
from trafficwatch.store import erasure
from trafficwatch.store.work import Work

VILLAGES = ("a", "a2", "b")
LAPTOPS = {"a": "a2", "a2": "a"}
"""The two laptops of one village."""
ROUNDS = 12
"""So many exchanges at the end are more than enough to come to rest."""
_NAMES = ("Yohanis Bere", "Marta Bere", "Yosef Tefa", "Rosa Manek")
_FIELDS: dict[str, tuple[Any, ...]] = {
    "name": _NAMES,
    "address": ("RT 1", "RT 2", "RT 3", None),
    "occupation": ("Nelayan", "Petani", None),
    "phones": ({"0812": "sendiri"}, {"0812": None}, {"0813": "ibu"}),
    "private_note": ("Catatan", "Lain"),
}
TYPES = frozenset(
    {
        *("volunteer", "training", "institution", "questionnaire", "care_policy", "person", "safe_contact", "tally"),
        *("person_pair", "consent", "case_record", "referral", "case_part"),
    }
)
"""The types of which there are records here: the others are not asked for, table by table."""
_REFUSABLE = ("person.phones", "person.address", "referral.purpose")


@dataclass
class AtDesks:
    """A schedule under way, as far as the desks go."""

    devices: dict[str, Device]
    model: Model
    chance: random.Random
    folder: Path
    counts: Counter[str] = field(default_factory=Counter)
    waiting: list[Message] = field(default_factory=list)
    villages: tuple[str, ...] = VILLAGES

    # -- at a desk -------------------------------------------------------------------------------------------------

    def at(self, name: str, do: Callable[[Work], object]) -> bool:
        """One transaction of one desk; whether the desk did it."""
        try:
            with self.devices[name].store.work() as work:
                do(work)
                self.model.absorb(name, work)
        except ExpectedError as error:
            self.counts[f"refused: {error.key}"] += 1
            return False
        return True

    def pick(self, work: Work, type_name: str, *, own: bool = True) -> str | None:
        """A record of this type, deleted ones too."""
        table, kept = RECORD_TABLES[type_name], local.record_state
        home = (kept.c.home == work.info.code) if own else (kept.c.home != work.info.code)
        query = kept.select().where(kept.c.type == type_name, home).order_by(table.c.id)
        found = [row.id for row in work.connection.execute(query.join(table, table.c.id == kept.c.id))]
        return self.chance.choice(found) if found else None

    def resident(self, name: str) -> None:
        said = {key: self.chance.choice(values) for key, values in _FIELDS.items() if self.chance.random() < 0.5}
        self.at(name, lambda work: record_person(work, **said | {"name": self.chance.choice(_NAMES)}))

    def edit(self, name: str) -> None:
        def do(work: Work) -> None:
            if person := self.pick(work, "person"):
                key = self.chance.choice(list(_FIELDS))
                record_person(work, person, **{key: self.chance.choice(_FIELDS[key])})

        self.at(name, do)

    def contact(self, name: str) -> None:
        def do(work: Work) -> None:
            if person := self.pick(work, "person"):
                ban = self.chance.choice((True, False))
                agree_safe_contact(work, person, through=self.chance.choice(("Bibi", "Paman")), do_not_contact=ban)

        self.at(name, do)

    def consent(self, name: str) -> None:
        scopes = {scope.value: Decision.AGREED.value for scope in ConsentScope}
        if self.chance.random() < 0.4:
            scopes[ConsentScope.SHARE_CASE.value] = Decision.REFUSED.value
        if self.chance.random() < 0.2:
            scopes[ConsentScope.SHARE_CARD.value] = Decision.REFUSED.value
        refused = [each for each in _REFUSABLE if self.chance.random() < 0.2]
        allowed = [each for each in _REFUSABLE if each not in refused and self.chance.random() < 0.3]

        def do(work: Work) -> None:
            if person := self.pick(work, "person"):
                record_consent(work, person, scopes, refused_fields=refused, allowed_fields=allowed)

        self.at(name, do)

    def withdraw(self, name: str) -> None:
        def do(work: Work) -> None:
            if consent := self.pick(work, "consent"):
                withdraw_consent(work, consent, "Berubah pikiran")

        self.at(name, do)

    def case(self, name: str) -> None:
        def do(work: Work) -> None:
            if person := self.pick(work, "person"):
                institution = work.records.select(Institution)[0].id
                draft = draft_referral(work, open_case(work, person), institution, purpose="Pendampingan")
                advance_referral(work, draft.id, Handover.CONSENTED)
                advance_referral(work, draft.id, Handover.HANDED_OVER)

        self.at(name, do)

    def withdraw_referral(self, name: str) -> None:
        def do(work: Work) -> None:
            if referral := self.pick(work, "referral"):
                advance_referral(work, referral, Handover.WITHDRAWN)

        self.at(name, do)

    def delete(self, name: str) -> None:
        type_name = self.chance.choice(("person", "person", "consent", "safe_contact", "case_record"))

        def do(work: Work) -> None:
            if record := self.pick(work, type_name):
                if self.chance.random() < 0.4:
                    trash.restore(work, type_name, record, "Keliru")
                else:
                    trash.delete(work, type_name, record, next(iter(trash.Reason)))

        self.at(name, do)

    def erase(self, name: str) -> None:
        def do(work: Work) -> None:
            if person := self.pick(work, "person"):
                erasure.take_out(work, "person", person, erasure.Ground.PERSON_ASKED)
                self.counts["erased"] += 1

        self.at(name, do)

    def merge(self, name: str) -> None:
        def do(work: Work) -> None:
            if (keep := self.pick(work, "person")) and (other := self.pick(work, "person")):
                merging.merge(work, keep, other, "Orang yang sama")
                self.counts["cards merged"] += 1

        def undo(work: Work) -> None:
            if past := merging.merges(work):
                merging.unmerge(work, past[0].pair_id)

        self.at(name, undo if self.chance.random() < 0.3 else do)

    def settle(self, name: str) -> None:
        """Somebody settles one difference that shows here, in a field that this desk owns."""

        def do(work: Work) -> None:
            table = local.difference
            rows = work.connection.execute(table.select().order_by(table.c.type, table.c.id, table.c.key)).all()
            mine = [row for row in rows if RECORD_TYPES[row.type].field_of(row.key).owner is work.info.side]
            if not mine:
                return
            row = self.chance.choice(mine)
            key, value = row.key, json.loads(row.value)
            spec = RECORD_TYPES[row.type].field_of(key)
            changes = {spec.name: {key.partition("/")[2]: value} if spec.shape is Shape.ELEMENTS else value}
            work.write(RECORD_TYPES[row.type].cls, row.id, **changes)
            self.counts["differences settled"] += 1

        self.at(name, do)

    def answer(self, name: str = PPT) -> None:
        def do(work: Work) -> None:
            if referral := self.pick(work, "referral", own=False):
                answer_referral(work, referral, self.chance.choice(list(Answered)), "Jadwal penuh")

        self.at(name, do)

    def part(self, name: str = PPT) -> None:
        def do(work: Work) -> None:
            if case := self.pick(work, "case_record", own=False):
                known = self.pick(work, "case_part")
                institution = work.records.select(Institution)[0].id
                of_case = known and work.records.get(CasePart, known).case_id
                fields = {"institution_id": institution, "part": self.chance.choice(("Rumah aman", "Hukum"))}
                save_own(work, CasePart, of_case or case, known if of_case else None, fields)

        self.at(name, do)

    def policy(self, name: str = PPT) -> None:
        months = self.chance.randint(6, 9)
        self.at(name, lambda work: set_policy(work, FollowUpStart.REINTEGRATION, months, 30, 5))
