# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases and referrals: from the finding to a printed form in the person's hand, only as far as the person agreed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trafficwatch.casework.closing import CaseClosed, cases_of, open_case_of
from trafficwatch.casework.consents import agreement_of
from trafficwatch.casework.lifecycle import check_step
from trafficwatch.errors import ConsentError, InputError
from trafficwatch.models.casework import CaseRecord, ConsentScope, Handover, Referral
from trafficwatch.models.checks import tidy
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.identity import new_case_code
from trafficwatch.models.staff import Ability
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Work


class ReferralNotAgreed(ConsentError):
    """The person has not agreed to be referred, or took it back."""

    key = "referral_not_agreed"


class ReferralDayAhead(InputError):
    """A handover or an answer is dated in the future."""

    key = "referral_day_ahead"
    catalogue = "errors_referral"


class ReferralDayEarlier(InputError):
    """A handover is dated before the referral, or an answer before the handover."""

    key = "referral_day_earlier"
    catalogue = "errors_referral"


@dataclass(frozen=True, slots=True)
class ReferralInput:
    """The whole form of a referral; fields as in `models.casework.Referral`, `services` complete."""

    institution_id: str
    fields: Mapping[str, Any]


def open_case(work: Work, person_id: str) -> CaseRecord:
    """A new case with its short code, which is all that is ever said of it outside."""
    volunteer = require_training(work)
    code = new_case_code(work.info.code, os.urandom(16))
    saved = work.write(CaseRecord, None, person_id=person_id, code=code, opened_on=work.today, opened_by=volunteer)
    return work.records.get(CaseRecord, saved)


def current_case(work: Work, person_id: str) -> CaseRecord:
    """The open case of a person, a new one if there never was any. Raises CaseClosed if it has to be opened again."""
    if found := open_case_of(work, person_id):
        return found
    if cases_of(work, person_id):
        raise CaseClosed
    return open_case(work, person_id)


def draft_referral(work: Work, case: CaseRecord, institution_id: str, /, **fields: Any) -> Referral:
    """A referral as a draft; fields as in `models.casework.Referral`. Referring is part of the ability to screen
    (P2/2024 Lampiran II.D.2 a.3); handing over and withdrawing are for everybody who was trained.
    """
    volunteer = require_training(work, Ability.SCREENING)
    saved = work.write(
        Referral,
        None,
        case_id=case.id,
        person_id=case.person_id,
        institution_id=institution_id,
        referred_on=work.today,
        referred_by=volunteer,
        handover=Handover.DRAFT.value,
        **fields,
    )
    return work.records.get(Referral, saved)


def advance_referral(work: Work, referral_id: str, wanted: Handover, on: str | None = None) -> Referral:
    """Take the village's next step; nothing but a draft or a withdrawal goes without consent to be referred there, or a
    duty that names the institution. `on` is the day of a handover, today if none is given.
    """
    require_training(work)
    referral = work.records.get(Referral, referral_id)
    check_step(referral.handover, wanted)
    agreement = agreement_of(work, referral.person_id or "")
    if wanted is not Handover.WITHDRAWN and not agreement.allows(ConsentScope.REFERRAL, referral.institution_id):
        raise ReferralNotAgreed
    day: dict[str, Any] = {}
    if wanted is Handover.HANDED_OVER:
        day["handed_over_on"] = on or work.today
        check_day(day["handed_over_on"], work.today, referral.referred_on)
    work.write(Referral, referral_id, handover=wanted.value, **day)
    return work.records.get(Referral, referral_id)


def refer(work: Work, person_id: str, ask: ReferralInput, referral_id: str | None = None) -> Referral:
    """Write the referral that a person agreed to, in a case that is opened if there is none; it stands at CONSENTED.

    With `referral_id` one that was not handed over yet is changed: only what differs is written, so that a difference
    in a field nobody touched stays open. Raises CaseClosed, ReferralNotAgreed, StepNotPossible.
    """
    require_training(work, Ability.SCREENING)
    if referral_id is None:
        draft = draft_referral(work, current_case(work, person_id), ask.institution_id, **ask.fields)
        return advance_referral(work, draft.id, Handover.CONSENTED)
    before = work.records.get(Referral, referral_id)
    if before.person_id != person_id:
        raise RecordUnknown(type="referral")
    changes = _changed(before, {"institution_id": ask.institution_id, **ask.fields})
    if before.handover != Handover.CONSENTED:
        check_step(before.handover, Handover.CONSENTED)
    elif not changes:
        return before
    else:  # that one goes back to draft: nobody has it yet
        changes["handover"] = Handover.DRAFT.value
    if changes:
        work.write(Referral, referral_id, **changes)
    return advance_referral(work, referral_id, Handover.CONSENTED)


def _changed(before: Referral, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that differ from the record; of `services` those that differ, None for those asked no more."""
    changed = {
        name: value
        for name, value in fields.items()
        if name != "services" and getattr(before, name, None) != tidy(value)
    }
    if "services" in fields:
        wanted = dict.fromkeys(before.services) | dict(fields["services"])
        if services := {name: asked for name, asked in wanted.items() if before.services.get(name) != asked}:
            changed["services"] = services
    return changed


def hand_over(work: Work, referral_id: str, on: str | None = None) -> Referral:
    """The referral was given to the institution, or to the person to take there; raises ReferralDayAhead and so on."""
    return advance_referral(work, referral_id, Handover.HANDED_OVER, on)


def check_day(day: str, today: str, earliest: str | None) -> None:
    """Raise ReferralDayAhead for a day that has not come yet, ReferralDayEarlier for one before what it follows."""
    given, start = PartialDate.from_edtf(day), PartialDate.from_edtf(earliest or "").earliest()
    first, last = given.earliest(), given.latest()
    if first is not None and first.isoformat() > today:
        raise ReferralDayAhead
    if last is not None and start is not None and last < start:
        raise ReferralDayEarlier
