# SPDX-License-Identifier: GPL-3.0-or-later
"""The village of `case_paper_tools` after the referral: reports, evidence, follow-up, closure. Nobody exists.

`lived` writes the same as people would, with the longest names that are usual, to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from case_paper_tools import LONG_NAME, STORY, everything, filled
from screening_paper_tools import village
from store_tools import HELPER, VOLUNTEER

from trafficwatch.models.aftercare import FollowUp, FollowUpItem
from trafficwatch.models.care import CasePerson, Closure, Perpetrator, ProtectionRequest, Role
from trafficwatch.models.casework import Referral
from trafficwatch.models.evidence import Attachment
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.reporting import AuthorityReport, Custody, EvidenceItem
from trafficwatch.models.staff import Volunteer
from trafficwatch.store.work import Store, Work

MORE: dict[str, dict[str, Any]] = {
    "authority_report": {"reported_by": VOLUNTEER},
    "evidence_item": {},
    "custody": {},
    "follow_up": {
        "done_by": VOLUNTEER,
        "items": {"health": "partly"},
        "mind_scale": 2,
        "social_scale": 3,
        "economic_scale": 4,
    },
    "closure": {"closed_by": VOLUNTEER, "reopened_on": None, "reopened_reason": None},
}


@contextmanager
def later_village(folder: Path) -> Iterator[tuple[Store, dict[str, str]]]:
    """A store with all that a paper of what comes after shows, and the ids by type."""
    with village(folder) as store:
        with store.work() as work:
            made = everything(work)
            add_later(work, made)
            work.write(Volunteer, HELPER, name="Serafina Manek", category="volunteer")
        yield store, made


def add_later(work: Work, made: dict[str, str]) -> None:
    """One record of each kind that papers of what comes after go by; the reporter agreed to be named."""
    about = {"person_id": made["person"], "case_id": made["case_record"]}
    to = {"institution_id": made["institution"]}
    made["authority_report"] = filled(work, AuthorityReport, **about, **to, **MORE["authority_report"])
    made["evidence_item"] = filled(work, EvidenceItem, **about)
    link = {"person_id": made["person"], "evidence_id": made["evidence_item"]}
    made["custody"] = filled(work, Custody, **link)
    made["follow_up"] = filled(work, FollowUp, **about, **MORE["follow_up"])
    made["closure"] = filled(work, Closure, **about, **MORE["closure"])
    made["protection_request"] = filled(work, ProtectionRequest, **to, asked_by=VOLUNTEER)
    made["attachment"] = filled(work, Attachment, person_id=made["person"], added_by=VOLUNTEER)


def lived(work: Work, made: dict[str, str]) -> None:
    """Put long and usual words in the place of the marks."""
    person: dict[str, Any] = {
        "name": LONG_NAME,
        "nik": "5301085708900003",
        "birth_date": "1990-08-17",
        "address": "Dusun Lewo Kukung, RT 012/RW 004, belakang Kapela Santa Perawan Maria, Desa Lewo Rana",
        "phones": {"0812-0000-4411": "Ibu Maria", "0813-0000-2209": "sendiri"},
    }
    work.write(Person, made["person"], **person)
    work.write(SafeContact, made["safe_contact"], never_tell="Pak Yanto, mertuanya, dan perekrut dari Batam")
    work.write(
        AuthorityReport,
        made["authority_report"],
        unit="Unit Perlindungan Perempuan dan Anak, Satuan Reserse Kriminal",
        officer="Ajun Inspektur Polisi Dua Yohanes Baptista Kopong Wungubelen",
        reporter_name=LONG_NAME,
        summary=f"{STORY}\n\n{STORY}",
        next_on="2026-12-01",
    )
    for place in range(3):
        about = {"person_id": made["person"], "case_id": made["case_record"]}
        item = filled(
            work,
            EvidenceItem,
            **about,
            words="Surat jalan dan tiket kapal Kupang-Surabaya atas nama orang lain, dilipat dua, sudut kanan robek",
            obtained_from=LONG_NAME,
            kept_at="Lemari terkunci di kantor desa, laci kedua",
            obtained_on=f"2026-10-0{place + 1}",
        )
        filled(
            work,
            Custody,
            person_id=made["person"],
            evidence_id=item,
            from_whom=LONG_NAME,
            to_whom="Penyidik Unit PPA Polres Teluk Sari",
            purpose="Pemeriksaan",
            condition="Utuh, dalam amplop tersegel",
            given_on=f"2026-11-0{place + 1}",
            receipt_number="014/STP/XI/2026",
        )
        filled(work, CasePerson, **about, role=Role.WITNESS.value, agrees=place != 1, name=f"{LONG_NAME} {place}")
        filled(work, Perpetrator, **about, name=f"Yanto {LONG_NAME}", part=STORY)
    items = {item.value: "partly" for item in FollowUpItem}
    signs = {"new_offer": True, "debt_presses": True}
    work.write(FollowUp, made["follow_up"], items=items, danger_signs=signs, voice=STORY, agreed=STORY)
    work.write(Closure, made["closure"], person_part=STORY, task_force_part=STORY, remains=STORY)
    work.write(ProtectionRequest, made["protection_request"], name=LONG_NAME, threat=STORY, words=STORY)
    condition = {f"condition_{name}": STORY for name in ("body", "mind", "social", "spiritual", "family")}
    work.write(Referral, made["referral"], purpose=STORY, attachments="KTP asli\nTiga helai pakaian", **condition)
