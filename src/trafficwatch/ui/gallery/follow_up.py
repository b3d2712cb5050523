# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of the follow-up: overdue and with a danger, over after six months, just begun, not home yet; the form."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from trafficwatch.casework.care import save_care
from trafficwatch.casework.follow_up_visits import record_follow_up
from trafficwatch.casework.follow_ups import follow_up_of
from trafficwatch.casework.returning import returning_of
from trafficwatch.models.aftercare import FollowUp
from trafficwatch.registry.browse import residents
from trafficwatch.registry.residents import agree_safe_contact, record_person
from trafficwatch.ui.gallery.journeys import do
from trafficwatch.ui.gallery.stage import Scene, Stage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.village.follow_up import FollowUpPage
from trafficwatch.ui.village.follow_ups import FollowUpsPage
from trafficwatch.ui.village.home import HomePage
from trafficwatch.ui.village.return_steps import ReturnSteps
from trafficwatch.ui.village.todo import TodoPage

LATE, OVER, BEGUN, CHILD = "Yuliana Benu", "Agustina Nitbani", "Marselina Kapitan", "Apriana Sanam"
"""Invented people: overdue and in danger again, at the end of the six months, just home, a child not home yet."""

_GOOD = {
    "free_of_trafficking": "yes",
    "no_stigma": "yes",
    "social_function": "yes",
    "livelihood": "partly",
    "schooling": "not_needed",
    "health": "yes",
}
_COURSES: dict[str, tuple[int, tuple[tuple[int, int, int], ...]]] = {
    LATE: (125, ((2, 2, 1), (2, 3, 2), (3, 3, 2))),
    OVER: (190, ((1, 2, 2), (2, 2, 2), (3, 3, 2), (3, 3, 3), (4, 3, 3), (4, 4, 3), (5, 4, 4))),
    BEGUN: (10, ()),
}
"""Days since somebody came home, and the three scales of each contact."""


def people(stage: Stage) -> dict[str, str]:
    """Name -> id; recorded unless they are there."""

    def known(work: Any) -> dict[str, str]:
        names = (*_COURSES, CHILD)
        if work.sealer.able and not residents(work, LATE, 0, 1).rows:
            for name in _COURSES:
                _record(work, name)
            record_person(work, name=CHILD, birth_date="2011-02", sex="f", wilayah_code=work.info.code)
        return {name: rows[0].id for name in names if (rows := residents(work, name, 0, 1).rows)}

    found: dict[str, str] = do(stage, known)
    return found


def come_home(work: Any, person_id: str, days: int) -> None:
    """Record that somebody came home to the family so many days ago, after it was found to be safe."""
    day = (date.fromisoformat(work.today) - timedelta(days)).isoformat()
    safety = {"assessed_on": day, "return_verdict": "safe", "place": "Rumah orang tua"}
    save_care(work, "return_safety", None, safety, person_id=person_id)
    placement = {"placement": "family", "placed_on": day, "chosen_by": "person", "place": "Dusun Latihan II"}
    save_care(work, "placement", None, placement, person_id=person_id)


def _record(work: Any, name: str) -> None:
    days, course = _COURSES[name]
    person = record_person(work, name=name, birth_date="1998-04-12", sex="f", wilayah_code=work.info.code).person.id
    agree_safe_contact(work, person, way="through_person", through="Mama Yosefina", hours="setelah jam 17.00")
    come_home(work, person, days)
    for number, (mind, social, economic) in enumerate(course):
        visit = follow_up_of(work, person).waiting[0]
        is_last = number == len(course) - 1
        fields: dict[str, Any] = {
            "done_on": visit.planned_on,
            "follow_up_way": "visit" if number % 2 == 0 else "phone",
            "companion": "Pendeta Markus",
            "items": _GOOD | ({"livelihood": "yes"} if number > 4 else {}),
            "mind_scale": mind,
            "social_scale": social,
            "economic_scale": economic,
            "voice": "Saya sudah bisa tidur. Anak-anak membuat saya kuat." if is_last else None,
        }
        if name == LATE and is_last:
            fields["danger_signs"] = {"new_offer": True, "recruiter_returns": True}
        record_follow_up(work, visit.id, fields)


def _page(stage: Stage, page: type[Page], name: str, **about: Any) -> Any:
    return stage.page(page, person_id=people(stage)[name], **about)


def _untrained(stage: Stage) -> QWidget:
    """What the trained have planned, as far as everyone may see it."""

    def planned(work: Any) -> str:
        person_id = residents(work, "", 0, 1).rows[0].id
        if not follow_up_of(work, person_id).waiting:
            agree_safe_contact(work, person_id, way="through_person", through="Mama Yosefina")
            for days in (-12, 18):
                day = (date.fromisoformat(work.today) + timedelta(days)).isoformat()
                work.write(FollowUp, None, person_id=person_id, planned_on=day)
        return person_id

    return stage.page(FollowUpsPage, person_id=do(stage, planned))


def _postponing(stage: Stage) -> Any:
    person_id = people(stage)[LATE]
    waiting = do(stage, lambda work: follow_up_of(work, person_id).waiting)
    page = stage.page(FollowUpsPage, person_id=person_id)
    page.postponing.ask(waiting[0])
    stage.settle()
    return page


def _form(stage: Stage, *, worry: bool = False) -> Any:
    person_id = people(stage)[LATE]
    visit = do(stage, lambda work: follow_up_of(work, person_id).waiting[0].id)
    page = stage.page(FollowUpPage, person_id=person_id, follow_up_id=visit)
    if worry:
        page.form.write({"follow_up.items": {"no_stigma": "no"}, "follow_up.danger_signs": {"threatened": True}})
        stage.settle()
        if page.worry is not None:
            page.show_widget(page.worry)
    return page


def _home(stage: Stage, page: type[Page]) -> QWidget:
    people(stage)
    return stage.page(page)


def _long(stage: Stage, page: type[Page]) -> QWidget:
    someone = do(stage, lambda work: residents(work, "", 0, 1).rows[0].id)

    def placed(work: Any) -> None:
        if not follow_up_of(work, someone).waiting:
            come_home(work, someone, 80)

    do(stage, placed)
    return stage.page(page, person_id=someone) if page is not HomePage else stage.page(page)


class _Steps(Page):
    """The list of steps by itself; on the desk it stands in a case."""

    name = "return_steps"

    def enter(self, *, person_id: str) -> None:  # type: ignore[override]
        self.list = ReturnSteps(self.desk, person_id)
        self.body.addWidget(self.list)
        self.body.addStretch(1)
        self.desk.tasks.work(self, lambda work: returning_of(work, person_id), self.list.put)


def _steps(stage: Stage, name: str) -> QWidget:
    return stage.page(partial(_Steps, title=name), person_id=people(stage)[name])


SCENES = (
    Scene("follow-up-late", "village", partial(_page, page=FollowUpsPage, name=LATE)),
    Scene("follow-up-postponing", "village", _postponing),
    Scene("follow-up-over", "village", partial(_page, page=FollowUpsPage, name=OVER)),
    Scene("follow-up-begun", "village", partial(_page, page=FollowUpsPage, name=BEGUN)),
    Scene("follow-up-not-home", "village", partial(_page, page=FollowUpsPage, name=CHILD)),
    Scene("follow-up-untrained", "untrained", _untrained),
    Scene("follow-up-long", "long", partial(_long, page=FollowUpsPage)),
    Scene("follow-up-form", "village", _form),
    Scene("follow-up-form-worry", "village", partial(_form, worry=True)),
    Scene("follow-up-home", "village", partial(_home, page=HomePage)),
    Scene("follow-up-home-long", "long", partial(_long, page=HomePage)),
    Scene("follow-up-todo", "village", partial(_home, page=TodoPage)),
    Scene("return-steps", "village", partial(_steps, name=LATE)),
    Scene("return-steps-child", "village", partial(_steps, name=CHILD)),
)
