# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of care at the PPT: consent that was taken back, the PPT's own records, the policy, and answers to carry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.casework.attachments import AttachmentRow
from trafficwatch.casework.file_kinds import FILE_KINDS
from trafficwatch.models.accompanying import CasePart, DeepAssessment
from trafficwatch.models.aftercare import CarePolicy, FollowUp
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.care import TO_PPT, Disclosure, Duty, FirstAid
from trafficwatch.sync.inbox import CaseCare
from trafficwatch.sync.replies import ReplyDue
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.ppt.care_policy import CarePolicyPage
from trafficwatch.ui.ppt.case import CasePage
from trafficwatch.ui.ppt.cases import CasesPage
from trafficwatch.ui.ppt.inbox import InboxPage
from trafficwatch.ui.ppt.own_record import OwnRecordPage
from trafficwatch.ui.ppt.second_reading import SecondReadingPage
from trafficwatch.ui.ppt.villages import VillagesPage
from trafficwatch.ui.village.attachments import AttachmentsPage

LONG_PART = (
    "Rumah aman dan pemeriksaan kesehatan, termasuk pengantaran ke puskesmas dua kali seminggu selama perawatan."
)
_NAMES = {"i": "UPTD Perlindungan Perempuan dan Anak Kabupaten Kupang", "v": "Maria Tefa"}
_CARE = CaseCare(
    {
        "first_aid": (
            FirstAid(id="1", given_on="2026-11-15", given_by="v", place="Rumah bibi", result="Lebih tenang"),
        ),
        "follow_up": (
            FollowUp(id="2", planned_on="2026-12-01"),
            FollowUp(id="3", planned_on="2026-11-20", mind_scale=2),
        ),
        "case_part": (CasePart(id="4", institution_id="i", since="2026-11-19", part=LONG_PART),),
        "deep_assessment": (DeepAssessment(id="5", assessed_on="2026-11-20", institution_id="i", summary=LONG_PART),),
    },
    _NAMES,
)


def _case_id(stage: Stage) -> str:
    return stage.page(CasesPage).list.lines[0].key


def _case(stage: Stage, **changes: Any) -> CasePage:
    page = stage.page(CasePage, case_id=_case_id(stage))
    if page.found is not None:
        found, readings, _ = page.found
        page.show_found((replace(found, **changes), readings, _CARE))
    stage.settle()
    return page


def _taken_back(stage: Stage) -> QWidget:
    page = _case(stage)
    if page.found is not None:
        consents = tuple(replace(each, withdrawn_on="2026-11-20") for each in page.found[0].consents)
        return _case(stage, consents=consents, agreement=Agreement())
    return page


def _duty(stage: Stage) -> QWidget:
    duty = Disclosure(id="d", duty=Duty.CHILD_IN_DANGER.value, recipients={TO_PPT: True})
    return _case(stage, agreement=Agreement(duties=(duty,)))


def _with_files(stage: Stage) -> QWidget:
    return _case(stage, files=3)


def _files(stage: Stage) -> QWidget:
    """The list as it stands after a village's files have come."""
    page = stage.page(AttachmentsPage, person_id=_person_id(stage))
    rows = [("surat-kontrak.pdf", "application/pdf", 184_220), ("tangkapan-layar-percakapan.png", "image/png", 912_004)]
    page.show_files(
        "Yohanis Bere",
        tuple(
            AttachmentRow(
                str(size), "", name, FILE_KINDS[kind], size, "Dari kakaknya", "Maria Tefa", "2026-11-20T09:12"
            )
            for name, kind, size in rows
        ),
    )
    return page


def _person_id(stage: Stage) -> str:
    page = stage.page(CasePage, case_id=_case_id(stage))
    return page.found[0].person.id if page.found else ""


def _care(stage: Stage) -> QWidget:
    page = _case(stage)
    page.read_on(1_900)
    return page


def _own(of_type: str) -> Any:
    def make(stage: Stage) -> QWidget:
        page = stage.page(OwnRecordPage, of_type=of_type, case_id=_case_id(stage))
        page.save.click()
        return page

    return make


def _policy(stage: Stage) -> QWidget:
    return stage.page(CarePolicyPage)


def _policy_wrong(stage: Stage) -> QWidget:
    page = stage.page(CarePolicyPage)
    known = CarePolicy(id="1", set_on="2026-11-01", follow_up_start="return", follow_up_months=6, follow_up_days=30)
    page.show_policy(known)
    page.numbers["days"].setText("tiga puluh")
    page.save.click()
    return page


def _due(stage: Stage) -> QWidget:
    page = stage.page(InboxPage)
    names = ("Noelbaki, Kec. Kupang Tengah, Kab. Kupang, Nusa Tenggara Timur", "Tarus", *map(str, range(9)))
    page.due.put([ReplyDue(str(number), "53", name, number % 4) for number, name in enumerate(names)])
    return page


def _villages_due(stage: Stage) -> QWidget:
    page = stage.page(VillagesPage)
    device = page.list.list.lines[0].key
    page.show_due((ReplyDue(device, "53.01.08.2008", "Noelbaki", 3),))
    return page


def _reading(stage: Stage) -> QWidget:
    page = stage.page(CasePage, case_id=_case_id(stage))
    found = page.found[0] if page.found else None
    first = found.recorded if found else None
    again = stage.page(SecondReadingPage, screening_id=first.id if first else "", case_id="")
    if found is not None:
        consents = tuple(replace(each, withdrawn_on="2026-11-20") for each in found.consents)
        again.show_consent(consents, Agreement())
    return again


SCENES = (
    Scene("case-files", "ppt", _with_files),
    Scene("case-files-list", "ppt", _files),
    Scene("ppt-care-taken-back", "ppt", _taken_back),
    Scene("ppt-care-duty", "ppt", _duty),
    Scene("ppt-care-records", "ppt", _care),
    Scene("ppt-care-part", "ppt", _own("case_part")),
    Scene("ppt-care-assessment", "ppt", _own("deep_assessment")),
    Scene("ppt-care-policy", "ppt", _policy),
    Scene("ppt-care-policy-wrong", "ppt", _policy_wrong),
    Scene("ppt-care-due", "ppt", _due),
    Scene("ppt-care-villages-due", "ppt", _villages_due),
    Scene("ppt-care-reading", "ppt", _reading),
)
