# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases and referrals: from the finding to a printed form in the person's hand, only as far as the person agreed."""

from __future__ import annotations

import os
from typing import Any

from trafficwatch.casework.consents import agreement_of
from trafficwatch.casework.lifecycle import check_step
from trafficwatch.errors import ConsentError
from trafficwatch.models.casework import CaseRecord, ConsentScope, Handover, Referral
from trafficwatch.models.identity import new_case_code
from trafficwatch.store.training import require_training
from trafficwatch.store.work import Work


class ReferralNotAgreed(ConsentError):
    """The person has not agreed to be referred, or took it back."""

    key = "referral_not_agreed"


def open_case(work: Work, person_id: str) -> CaseRecord:
    """A new case with its short code, which is all that is ever said of it outside."""
    volunteer = require_training(work)
    code = new_case_code(work.info.code, os.urandom(16))
    saved = work.write(CaseRecord, None, person_id=person_id, code=code, opened_on=work.today, opened_by=volunteer)
    return work.records.get(CaseRecord, saved)


def draft_referral(work: Work, case: CaseRecord, institution_id: str, /, **fields: Any) -> Referral:
    """A referral as a draft; fields as in `models.casework.Referral`."""
    volunteer = require_training(work)
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


def advance_referral(work: Work, referral_id: str, wanted: Handover) -> Referral:
    """Take the village's next step; nothing but a draft or a withdrawal goes without consent to be referred."""
    require_training(work)
    referral = work.records.get(Referral, referral_id)
    check_step(referral.handover, wanted)
    agreement = agreement_of(work, referral.person_id or "")
    if wanted is not Handover.WITHDRAWN and ConsentScope.REFERRAL not in agreement.scopes:
        raise ReferralNotAgreed
    work.write(Referral, referral_id, handover=wanted.value)
    return work.records.get(Referral, referral_id)
