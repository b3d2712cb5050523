# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of a case: its sections filled and empty, its forms, its closing; sharing without consent, protection."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QPushButton, QWidget

from trafficwatch.casework.care import save_care
from trafficwatch.casework.disclosures import disclose
from trafficwatch.casework.overview import institutions
from trafficwatch.models.care import TO_PPT, Duty
from trafficwatch.registry.browse import residents
from trafficwatch.registry.residents import agree_safe_contact, record_person
from trafficwatch.texts import t
from trafficwatch.ui.gallery.journeys import do
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.care_entry import CareEntryPage
from trafficwatch.ui.village.case import PersonCasePage
from trafficwatch.ui.village.case_paper import CasePaperPage
from trafficwatch.ui.village.case_records import RecordsCard
from trafficwatch.ui.village.case_sections import SECTIONS
from trafficwatch.ui.village.closing import ClosingPage
from trafficwatch.ui.village.protection import ProtectionPage

CARED, NEW = "Dominggus Tafuli", "Kristina Bani"
"""Invented people: one with records of every kind, one without a case."""
DAY, EARLIER = "2025-02-11", "2025-01-20"
RECORDS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "account",
        {
            "told_on": DAY,
            "told_to": "Maria Tefa",
            "asked_by": "ppt",
            "asked_for": "Rute perjalanan, untuk menjemput dua teman",
            "before": "Bekerja di kebun bersama kakaknya. Ada utang untuk pengobatan ibu.",
            "recruitment": "Ditawari kerja di kebun sawit oleh seorang kenalan lewat telepon.",
            "exploitation": "Gaji tidak dibayar tujuh bulan. Paspor dipegang mandor.",
            "way_out": "Lari malam hari, ditolong sopir truk.",
            "place": "Kebun di Keningau, Sabah",
            "sector": "plantation",
            "controls": {"papers_held": True, "wages_held": True},
            "wishes": "Gajinya dibayar dan temannya pulang.",
        },
    ),
    ("case_person", {"role": "witness", "name": "Yosep Latihan", "agrees": False, "relation": "teman sekerja"}),
    (
        "perpetrator",
        {"standing": "alleged", "name": "Tidak dikenal", "known_as": "Om Berto", "part": "Menawari dan mengantar"},
    ),
    (
        "informing",
        {
            "kind": "explanation",
            "told_on": DAY,
            "language": "Dawan",
            "topics": {"process": True, "right_to_refuse": True},
        },
    ),
    (
        "outreach",
        {"went_on": EARLIER, "companion": "Kader posyandu", "place": "Rumah kakaknya", "met": "Kakak dan ibu"},
    ),
    (
        "first_aid",
        {"given_on": EARLIER, "companion": "Ibu RT", "acts": {"listening": True, "calming": True, "basic_needs": True}},
    ),
    (
        "needs_assessment",
        {
            "assessed_on": DAY,
            "needs": {"body": "soon", "legal": "normal"},
            "body": "Luka di kaki",
            "wishes": "Tinggal dekat ibu",
        },
    ),
    (
        "plan_action",
        {"action": "Antar ke puskesmas", "doer": "Maria Tefa", "due_on": DAY, "area": "body", "urgency": "soon"},
    ),
    (
        "plan_action",
        {"action": "Tanya gaji ke BP2MI", "doer": "Kakaknya", "due_on": "2025-03-01", "done_on": "2025-03-01"},
    ),
    ("authority_report", {"kind": "information", "channel": "in_person", "unit": "SPKT", "reported_on": DAY}),
    (
        "evidence_item",
        {"kind": "letter", "words": "Surat perjanjian kerja", "obtained_from": "Kakaknya", "kept_at": "Kantor desa"},
    ),
    ("accompaniment", {"task": "health_access", "done_on": DAY, "result": "Diobati", "delivered": {"uptd_ppa": DAY}}),
    ("accompaniment", {"task": "legal_report", "due_on": "2025-03-15"}),
    ("legal_track", {"track": "restitution", "legal_stage": "reported", "stage_on": DAY, "claimed": 14_000_000}),
    ("loss", {"kind": "income", "amount": 10_500_000, "words": "Gaji tujuh bulan", "incurred_on": "2024-12"}),
    ("loss", {"kind": "treatment", "amount": 250_000, "words": "Obat luka"}),
    ("support", {"given_on": DAY, "item": "Ongkos ke puskesmas", "amount": 50_000, "support_source": "village"}),
    (
        "conference",
        {"held_on": DAY, "led_by": "PPT Kabupaten", "agreed": "PPT menelepon BP2MI.", "next_on": "2025-03-20"},
    ),
    ("return_safety", {"assessed_on": DAY, "return_verdict": "safe", "place": "Rumah ibu"}),
    ("return_step", {"step": "family_tracing", "done_on": DAY, "result": "Ibu ditemukan"}),
    (
        "placement",
        {"placement": "family", "placed_on": DAY, "chosen_by": "person", "carer": "Ibunya", "place": "Dusun II"},
    ),
)


def people(stage: Stage) -> dict[str, str]:
    """Name -> id; recorded unless they are there."""

    def known(work: Any) -> dict[str, str]:
        if stage.desk.state.trained and not residents(work, CARED, 0, 1).rows:
            _record(work)
        return {name: rows[0].id for name in (CARED, NEW) if (rows := residents(work, name, 0, 1).rows)}

    found: dict[str, str] = do(stage, known)
    return found


def _record(work: Any) -> None:
    for name in (CARED, NEW):
        record_person(
            work, name=name, birth_date="1996-05", sex="m" if name == CARED else "f", wilayah_code=work.info.code
        )
    person_id = residents(work, CARED, 0, 1).rows[0].id
    agree_safe_contact(
        work, person_id, way="phone", number="+6281200000000", hours="Setelah pukul 17", never_tell="Om Berto"
    )
    disclose(work, person_id, Duty.DANGER_TO_LIFE, [TO_PPT], "Diancam orang yang membawanya")
    tie = {"conflict": "relative_of_person", "words": "Sepupu jauh"}  # last: whoever is tied may not disclose
    save_care(work, "conflict_of_interest", None, tie, person_id=person_id)
    for of_type, fields in RECORDS:
        saved = save_care(work, of_type, None, fields, person_id=person_id)
        if of_type == "evidence_item":
            chain = {"evidence_id": saved.id, "from_whom": "Kakaknya", "to_whom": "Maria Tefa", "given_on": DAY}
            save_care(work, "custody", None, chain, person_id=person_id)
    request = {
        "protected": "volunteer",
        "protections": {"guard": True},
        "status": "asked",
        "threat": "Didatangi malam hari",
    }
    save_care(work, "protection_request", None, request)


def _case(stage: Stage, section: str, name: str = CARED) -> Any:
    return stage.page(PersonCasePage, person_id=people(stage)[name], section=section)


def _opened(stage: Stage, section: str) -> QWidget:
    page = _case(stage, section)
    for each in (card for card in page.findChildren(RecordsCard) if card.isVisibleTo(page)):
        for fold in each.folds.values():
            fold.head.click()
    stage.settle()
    return page  # type: ignore[no-any-return]


def _deleting(stage: Stage) -> QWidget:
    page = _opened(stage, "story")
    next(each for each in page.findChildren(QPushButton) if each.text() == t("case_page.delete")).click()
    stage.settle()
    return page


def _entry(stage: Stage, of_type: str) -> Any:
    return stage.page(CareEntryPage, of_type=of_type, person_id=people(stage)[CARED])


def _wrong(stage: Stage) -> QWidget:
    page = _entry(stage, "outreach")
    page.save.click()
    stage.settle()
    return page  # type: ignore[no-any-return]


def _account(stage: Stage) -> QWidget:
    page = _entry(stage, "account")
    page.form.entries["account.asked_by"].write("need")
    stage.settle()
    return page  # type: ignore[no-any-return]


def _closing(stage: Stage) -> QWidget:
    return stage.page(ClosingPage, person_id=people(stage)[CARED])


def _long(stage: Stage, section: str) -> QWidget:
    """The longest names, in a line and in a card."""

    def filled(work: Any) -> str:
        someone = residents(work, "", 0, 1).rows[0]
        far = institutions(work)[0].id if institutions(work) else None
        task = {"task": "health_access", "institution_id": far, "result": someone.name, "words": someone.name * 3}
        save_care(work, "accompaniment", None, task, person_id=someone.id)
        save_care(work, "case_person", None, {"role": "witness", "name": someone.name}, person_id=someone.id)
        return someone.id

    person_id = do(stage, filled)
    return stage.page(PersonCasePage, person_id=person_id, section=section)


def _untrained(stage: Stage) -> QWidget:
    someone = do(stage, lambda work: residents(work, "Yohanis", 0, 1).rows[0].id)
    return stage.page(PersonCasePage, person_id=someone)


def _entry_untrained(stage: Stage) -> QWidget:
    someone = do(stage, lambda work: residents(work, "Yohanis", 0, 1).rows[0].id)
    return stage.page(CareEntryPage, of_type="first_aid", person_id=someone)


def _protection(stage: Stage) -> QWidget:
    people(stage)
    return stage.page(ProtectionPage)


def _paper(stage: Stage) -> QWidget:
    someone = people(stage)[CARED]
    return stage.page(CasePaperPage, kind="intake", person_id=someone, of_id=someone)


WRITTEN = ("account", "perpetrator", "informing", "needs_assessment", "accompaniment", "placement", "authority_report")
"""Forms that have inputs of every shape between them."""
EMPTY = ("now", "story", "consent", "support")

SCENES = (
    *(Scene(f"case-{each.name}", "village", partial(_case, section=each.name)) for each in SECTIONS),
    *(Scene(f"case-{name}-open", "village", partial(_opened, section=name)) for name in ("story", "reports")),
    *(Scene(f"case-{name}-empty", "village", partial(_case, section=name, name=NEW)) for name in EMPTY),
    Scene("case-deleting", "village", _deleting),
    Scene("case-long", "long", partial(_long, section="support")),
    Scene("case-untrained", "untrained", _untrained),
    *(Scene(f"care-entry-{of_type}", "village", partial(_entry, of_type=of_type)) for of_type in WRITTEN),
    Scene("care-entry-account-open", "village", _account),
    Scene("care-entry-wrong", "village", _wrong),
    Scene("care-entry-untrained", "untrained", _entry_untrained),
    Scene("case-closing-page", "village", _closing),
    Scene("protection", "village", _protection),
    Scene("protection-empty", "empty", lambda stage: stage.page(ProtectionPage)),
    Scene("protection-untrained", "untrained", lambda stage: stage.page(ProtectionPage)),
    Scene("case-paper", "village", _paper),
)
