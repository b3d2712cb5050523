# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person may keep from being passed on, in plain groups: each stands for fields of records (`type.field`).

A group has every field that tells the same: what somebody says about the family stands in more than one record. Not in
it are the number of the safe contact, which keeps a person safe (the page says so), and what the PPT itself wrote.

Texts: `consent.field.<group>`.
"""

from __future__ import annotations

REFUSABLE: dict[str, tuple[str, ...]] = {
    "nik": ("person.nik", "person.kk_number"),
    "phones": ("person.phones",),
    "address": ("person.address",),
    "birth": ("person.birth_date", "person.birth_place"),
    "religion": ("person.religion",),
    "education": ("person.education",),
    "occupation": ("person.occupation",),
    "marital_status": ("person.marital_status",),
    "guardian": ("person.guardian_name", "person.guardian_address", "consent.guardian", "consent.guardian_relation"),
    "pictures": (
        "attachment.name",
        "attachment.media_type",
        "attachment.sha256",
        "attachment.size",
        "attachment.note",
        "evidence_item.attachment_id",
    ),
    "chronology": (
        "referral.chronology",
        "account.before",
        "account.recruitment",
        "account.transit",
        "account.exploitation",
        "account.way_out",
        "authority_report.summary",
        "outreach.words",
        "screening.answers",
    ),
    "health": (
        "referral.condition_body",
        "referral.condition_mind",
        "needs_assessment.body",
        "needs_assessment.mind",
        "follow_up.mind",
        "follow_up.mind_scale",
        "conference.mind_care",
        "conference.medical_care",
    ),
    "family": (
        "referral.condition_social",
        "referral.condition_spiritual",
        "referral.condition_family",
        "needs_assessment.social",
        "needs_assessment.family_safety",
        "relative.name",
        "relative.relation",
        "relative.birth_date",
        "relative.phone",
        "relative.lives_together",
        "relative.depends_on_person",
        "relative.knows_of_journey",
        "relative.remark",
        "return_safety.family_state",
        "return_safety.social",
        "follow_up.social",
        "follow_up.social_scale",
        "conference.trusted_people",
    ),
}
