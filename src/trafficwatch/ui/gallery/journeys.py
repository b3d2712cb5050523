# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of journeys: a plan with warnings, somebody away and silent, the form, a visit, a check-in, papers, tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.models.migration import Stage as JourneyStage
from trafficwatch.registry.browse import resident_card, residents
from trafficwatch.registry.journeys import save_journey
from trafficwatch.registry.recruiters import save_recruiter
from trafficwatch.registry.relatives import RelativeInput, save_relatives
from trafficwatch.registry.residents import agree_safe_contact, check_document, record_person
from trafficwatch.registry.touch import record_check_in
from trafficwatch.registry.visits import save_visit
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.village.check_in import CheckInPage
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.village.journey import JourneyPage
from trafficwatch.ui.village.journey_edit import JourneyEditPage
from trafficwatch.ui.village.resident import ResidentPage
from trafficwatch.ui.village.resident_edit import ResidentEditPage
from trafficwatch.ui.village.resident_paper import ResidentPaperPage
from trafficwatch.ui.village.todo import TodoPage
from trafficwatch.ui.village.visit import VisitPage

PLANNED, AWAY, SILENT = "Domingus Kolobani", "Rosalinda Tefnai", "Katarina Mnir"
"""Invented people: about to leave with papers in doubt, away and heard of, away and silent."""


def do(stage: Stage, use_case: Callable[[Any], Any]) -> Any:
    """What a use case gives on the store of a stage."""
    found: list[Any] = []
    stage.tasks.work(stage.tasks, use_case, found.append)
    stage.settle()
    return found[0]


def people(stage: Stage) -> dict[str, tuple[str, str]]:
    """Name -> person and latest journey; recorded unless they are there."""

    def known(work: Any) -> dict[str, tuple[str, str]]:
        if not any(row.name == PLANNED for row in residents(work, PLANNED, 0, 5).rows):
            record(work)
        found = {name: residents(work, name, 0, 1).rows[0].id for name in (PLANNED, AWAY, SILENT)}
        return {name: (of_id, resident_card(work, of_id).journeys[0].id) for name, of_id in found.items()}

    found: dict[str, tuple[str, str]] = do(stage, known)
    return found


def record(work: Any) -> None:
    """Record the people of these scenes."""
    today = date.fromisoformat(work.today)

    def day(days: int) -> str:
        return (today + timedelta(days)).isoformat()

    recruiter = save_recruiter(
        work,
        {
            "name": "Anton Lakabela",
            "phones": {"0840-0000-0777": "-"},
            "company": "PT Maju Latihan",
            "licence_found": "doubtful",
            "licence_checked_with": "Disnaker",
            "licence_seen": "copy",
        },
    )
    planned = record_person(
        work,
        name=PLANNED,
        birth_date="2009-03-02",
        sex="m",
        address="Dusun Latihan II",
        wilayah_code=work.info.code,
        skills={"tukang batu": "-"},
        languages={"Melayu": "sedikit"},
    ).person.id
    journey = save_journey(
        work,
        planned,
        {
            "stage": "preparing",
            "destination_country": "MY",
            "destination_place": "Johor",
            "departure_on": day(9),
            "transits": {"1": "Kupang", "2": "Nunukan"},
            "companions": "Dua sepupu",
            "sector": "plantation",
            "work": "Panen sawit",
            "promised_wage": "RM 1.500",
            "debts": "Rp 4.000.000, potong gaji",
            "debt_to": "Anton Lakabela",
            "costs": "Rp 2.500.000 untuk paspor",
            "visa_kind": "visit",
            "papers_held_by": "recruiter",
            "recruiter_id": recruiter.id,
            "recruiter_phone": "0840-0000-0777",
            "motive": "Membantu biaya sekolah adik",
            "answers": {"registered": "no", "passport": "yes", "work_visa": "no", "family_permission": "unknown"},
        },
    ).id
    check_document(
        work,
        planned,
        journey,
        kind="ktp",
        found="true",
        seen="original",
        checked_against="KK",
        states={"birth_date": "2009-03-02", "name": PLANNED},
    )
    check_document(
        work,
        planned,
        journey,
        kind="passport",
        found="false",
        seen="photo",
        number="C0000017",
        states={"birth_date": "2004-03-02", "name": "Domingus Kolo"},
    )
    save_relatives(
        work,
        planned,
        [
            RelativeInput(
                None,
                {
                    "name": "Yosefina Kolobani",
                    "relation": "parent",
                    "phone": "0840-0000-0301",
                    "knows_of_journey": True,
                },
            ),
            RelativeInput(
                None,
                {
                    "name": "Marten Kolobani",
                    "relation": "sibling",
                    "knows_of_journey": False,
                    "depends_on_person": True,
                    "lives_together": True,
                },
            ),
        ],
    )
    save_visit(
        work,
        planned,
        {
            "journey_id": journey,
            "visited_on": day(-5),
            "met": "Ibunya",
            "readiness": {"papers-complete": "no", "language": "yes"},
            "explained": {"rights": True},
            "next_visit_on": day(-1),
        },
    )
    away = record_person(work, name=AWAY, birth_date="1996", sex="f", wilayah_code=work.info.code).person.id
    agree_safe_contact(work, away, way="message", number="+999 0000 0021", hours="setelah jam 20.00", code_word="panen")
    left = save_journey(
        work,
        away,
        {
            "stage": "departed",
            "destination_country": "SG",
            "departure_on": day(-100),
            "sector": "domestic_work",
            "employer": "Keluarga Lim (latihan)",
            "recruiter_name": "Anton",
            "recruiter_phone": "0840-0000-0777",
        },
    ).id
    record_check_in(
        work,
        left,
        {"tried_on": day(-92), "outcome": "reached", "place": "Bedok", "answers": {"well": "yes", "paid": "yes"}},
    )
    record_check_in(work, left, {"tried_on": day(-41), "outcome": "family_heard", "place": "Bedok"})
    silent = record_person(work, name=SILENT, birth_date="1989-11", sex="f", wilayah_code=work.info.code).person.id
    gone = save_journey(
        work,
        silent,
        {
            "stage": "departed",
            "destination_country": "KH",
            "destination_place": "Poipet",
            "departure_on": day(-150),
            "sector": "online_work",
            "recruiter_id": recruiter.id,
        },
    ).id
    record_check_in(
        work,
        gone,
        {"tried_on": day(-120), "outcome": "reached", "place": "Poipet", "answers": {"free": "no", "papers": "no"}},
    )
    record_check_in(work, gone, {"tried_on": day(-60), "outcome": "no_answer"})


def _page(stage: Stage, page: Any, name: str, **about: Any) -> Any:
    person_id, journey_id = people(stage)[name]
    return stage.page(page, person_id=person_id, journey_id=journey_id, **about)


def _journey(stage: Stage, name: str) -> Any:
    return _page(stage, JourneyPage, name)


def _postponing(stage: Stage) -> Any:
    page = _page(stage, JourneyPage, PLANNED)
    page.steps.ask(JourneyStage.POSTPONED)
    stage.settle()
    return page


def _none(stage: Stage) -> QWidget:
    someone = do(stage, lambda work: residents(work, "elisabet", 0, 1).rows[0].id)
    return stage.page(JourneyPage, person_id=someone)


def _long(stage: Stage, page: Any, **about: Any) -> Any:
    someone = do(stage, lambda work: residents(work, "", 0, 1).rows[0].id)
    return stage.page(page, person_id=someone, **about)


def _form(stage: Stage, section: str) -> Any:
    return _page(stage, JourneyEditPage, PLANNED, section=section)


def _check_in(stage: Stage, *, worry: bool = False) -> Any:
    page = stage.page(CheckInPage, journey_id=people(stage)[AWAY][1])
    if worry:
        page.outcome.choose("reached")
        page.questions.lines["free"].choose("no")
        page.questions.lines["afraid"].choose("yes")
    return page


def _too_early(stage: Stage) -> QWidget:
    return stage.page(CheckInPage, journey_id=people(stage)[PLANNED][1])


def _visit(stage: Stage, *, known: bool = False) -> Any:
    person_id, journey_id = people(stage)[PLANNED]
    if not known:
        return stage.page(VisitPage, person_id=person_id, journey_id=journey_id)
    from trafficwatch.registry.visits import visits_of

    visit = do(stage, lambda work: visits_of(work, person_id)[0].id)
    return stage.page(VisitPage, person_id=person_id, journey_id=journey_id, visit_id=visit)


def _card(stage: Stage) -> QWidget:
    return stage.page(ResidentPage, person_id=people(stage)[PLANNED][0])


def _family(stage: Stage) -> Any:
    page = stage.page(ResidentEditPage, person_id=people(stage)[PLANNED][0])
    page.show_section(2)
    return page


def _home(stage: Stage, page: Any) -> Any:
    people(stage)
    return stage.page(page)


SCENES = (
    Scene("journeys-plan", "village", partial(_journey, name=PLANNED)),
    Scene("journeys-plan-untrained", "untrained", partial(_journey, name=PLANNED)),
    Scene("journeys-postponing", "village", _postponing),
    Scene("journeys-away", "village", partial(_journey, name=AWAY)),
    Scene("journeys-silent", "village", partial(_journey, name=SILENT)),
    Scene("journeys-none", "village", _none),
    Scene("journeys-long", "long", partial(_long, page=JourneyPage)),
    Scene("journeys-form-plan", "village", partial(_form, section="plan")),
    Scene("journeys-form-work", "village", partial(_form, section="work")),
    Scene("journeys-form-recruiter", "village", partial(_form, section="recruiter")),
    Scene("journeys-form-procedure", "village", partial(_form, section="procedure")),
    Scene("journeys-visit-new", "village", _visit),
    Scene("journeys-visit", "village", partial(_visit, known=True)),
    Scene("journeys-visit-long", "long", partial(_long, page=VisitPage)),
    Scene("journeys-check-in", "village", _check_in),
    Scene("journeys-check-in-worry", "village", partial(_check_in, worry=True)),
    Scene("journeys-check-in-worry-untrained", "untrained", partial(_check_in, worry=True)),
    Scene("journeys-check-in-early", "village", _too_early),
    Scene("journeys-card", "village", _card),
    Scene("journeys-family", "village", _family),
    Scene("journeys-paper", "village", partial(_page, page=ResidentPaperPage, name=PLANNED, kind="family")),
    Scene("journeys-home", "village", partial(_home, page=HomePage)),
    Scene("journeys-todo", "village", partial(_home, page=TodoPage)),
    Scene("journeys-todo-none", "empty", lambda stage: stage.page(TodoPage)),
)
