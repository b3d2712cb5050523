# SPDX-License-Identifier: GPL-3.0-or-later
"""Screenings as they are printed: the worked case, a child, and hands to record and read back. Nobody exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paper_tools import NAME
from store_tools import VOLUNTEER, trained_store, write

from trafficwatch.casework.consents import record_consent
from trafficwatch.models.screening import Answer, By, Value
from trafficwatch.models.staff import Training, TrainingKind, Volunteer
from trafficwatch.registry.residents import agree_safe_contact, plan_journey, record_person
from trafficwatch.resources import resource
from trafficwatch.screening import wire
from trafficwatch.screening.sessions import record_screening
from trafficwatch.store.work import Store, Work

NOTE, ASIDE = "CATATAN-PRIBADI", "CATATAN-JAWABAN"
"""Never on any paper: the note of a screening, and what was noted beside an answer."""
CONTACT = ("0812-0000-4411", "pesanan kue", "Ibu Maria", "Pagi sebelum pukul 8")
NEVER_TELL = "Pak Domi dan perekrutnya"
JOURNEY: dict[str, Any] = {
    "stage": "departed", "destination_country": "HK", "destination_place": "Kowloon Tong", "departure_on": "2026-05-03",
    "sector": "domestic_work", "work": "merawat orang tua", "employer": "Keluarga Chan Tai Man dan Wong Siu Ming",
    "agency": "PT Sinar Harapan Bahari Nusantara Sejahtera", "recruiter_name": "Pak Yanto",
    "recruiter_phone": "0853-0000-1188",
}  # fmt: skip
CHILD = ("E-PRO-RECRUIT", "E-TUJ-UNDERAGE", "T-CHILD", "L-TUJ-2")


@contextmanager
def village(folder: Path) -> Iterator[Store]:
    """A store with trained Yohana at work."""
    with trained_store(folder) as store:
        with store.work() as work:
            work.write(Volunteer, VOLUNTEER, name="Yohana Tukan", phone="0813-0000-2209", category="volunteer")
            fields = {"kind": TrainingKind.TPPO_TRAINING.value, "completed_on": "2025-03"}
            write(work, Training, None, volunteer_id=VOLUNTEER, **fields)
        yield store


def agree(work: Work, person: str, *scopes: str, refused: tuple[str, ...] = ()) -> str:
    return record_consent(work, person, dict.fromkeys(scopes, "agreed"), refused_fields=refused).id


def person_with_journey(work: Work, **fields: Any) -> str:
    """Somebody of whom the village knows where they went and how to reach them safely."""
    about = {"name": NAME, "birth_date": "1990-08-17", "sex": "f", "phones": {"0899-0000-1234": ""}, **fields}
    person = record_person(work, **about).person.id
    plan_journey(work, person, **JOURNEY)
    number, code_word, through, hours = CONTACT
    agree_safe_contact(
        work, person, way="message", number=number, code_word=code_word, through=through, hours=hours,
        never_tell=NEVER_TELL,
    )  # fmt: skip
    return person


def screened(work: Work, person: str, codes: Mapping[str, Value] | tuple[str, ...], **more: Any) -> str:
    """A screening in which the person says yes to these, or answers so."""
    values = codes if isinstance(codes, Mapping) else dict.fromkeys(codes, Value.YES)
    answers = {code: Answer(value, By.PERSON, note=ASIDE) for code, value in values.items()}
    return record_screening(work, person, answers, note=NOTE, **more).screening.id


def worked_case(work: Work, person: str, *more: str) -> str:
    """The worked case of JUKNIS 2.4, and what else was answered yes."""
    case = wire.read(resource("practice", "worked-case.json").read_bytes())
    answers = {**case.answers, **{code: Answer(Value.YES, By.FAMILY) for code in more}}
    return record_screening(work, person, answers, age_at_events=35, note=NOTE).screening.id
