# SPDX-License-Identifier: GPL-3.0-or-later
"""Each page about a person says first how to reach them, and if they are in the trash; also untrained and at 200 %."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from copies import copied
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from trafficwatch.casework.consents import record_consent
from trafficwatch.registry.residents import agree_safe_contact, record_person
from trafficwatch.registry.trash import Reason, delete_now
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.vault import Keys
from trafficwatch.texts import set_language, t
from trafficwatch.ui.gallery.care import CARED, people
from trafficwatch.ui.gallery.journeys import do
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.village.case import PersonCasePage
from trafficwatch.ui.village.case_sections import SECTIONS
from trafficwatch.ui.village.closing import ClosingPage
from trafficwatch.ui.village.consent import ConsentPage
from trafficwatch.ui.village.disclosure import DisclosurePage
from trafficwatch.ui.village.follow_up import FollowUpPage
from trafficwatch.ui.village.own_data import OwnDataPage
from trafficwatch.ui.village.referral import ReferralPage
from trafficwatch.ui.widgets.notice import Notice

PAGES = (ConsentPage, DisclosurePage, ReferralPage, FollowUpPage, OwnDataPage, ClosingPage, PersonCasePage)


@pytest.fixture(scope="module")
def stages(
    qapp: QApplication, founded: dict[str, tuple[Path, Keys]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Stage]]:
    """The desk of who is trained and of who is not."""
    folder, made, stores = tmp_path_factory.mktemp("contact"), {}, []
    set_language("id")
    wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=False))

    def of(name: str) -> Stage:
        if name not in made:
            stores.append(copied(founded[name], folder / name))
            made[name] = Stage(stores[-1], Settings(theme=Theme.LIGHT))
        return made[name]

    yield of
    for stage in made.values():
        stage.finish()
    for store in stores:
        store.close()


def banned(stage: Stage) -> str:
    person: str = do(stage, lambda work: record_person(work, name="Kristina Latihan", sex="f").person.id)
    do(stage, lambda work: agree_safe_contact(work, person, do_not_contact=True, never_tell="Om Berto"))
    return person


def notices(page: Page) -> list[Notice]:
    """From the top."""
    found = [each for each in page.findChildren(Notice) if each.isVisibleTo(page)]
    return sorted(found, key=lambda each: top(page, each))


def top(page: Page, widget: QWidget) -> int:
    return widget.mapTo(page, QPoint(0, 0)).y()


@pytest.mark.parametrize("desk", ["village", "untrained"])
def test_a_ban_stands_first_on_every_page(stages: Callable[[str], Stage], desk: str) -> None:
    stage = stages(desk)
    person = banned(stage)
    for page_class in PAGES:
        page = stage.page(page_class, person_id=person)
        first, *others = notices(page)
        assert first.text.startswith(t("resident.contact.ban")), page_class
        assert "Om Berto" in first.text
        assert not [each for each in others if t("resident.contact.ban") in each.text], page_class


def test_who_is_in_the_trash_is_said_to_be_and_nothing_is_written(stages: Callable[[str], Stage]) -> None:
    stage = stages("village")
    person = banned(stage)
    store = stage.tasks._store
    delete_now(store, "person", person, Reason.ENTERED_TWICE)
    for decision in ("agreed", "refused"):
        with pytest.raises(RecordUnknown), store.work() as work:
            record_consent(work, person, {"report": decision}, method="signature")
    for page_class in (ConsentPage, DisclosurePage, OwnDataPage, ClosingPage, PersonCasePage):
        page = stage.page(page_class, person_id=person)
        said = [each.text for each in notices(page)]
        assert t("trash.in_trash") in said[1], (page_class, said)
        save = getattr(page, "save", None)
        assert save is None or not save.isEnabled(), page_class


def test_at_200_percent_the_rule_is_in_sight_and_a_section_comes_in_sight(
    qapp: QApplication, stages: Callable[[str], Stage]
) -> None:
    stage = stages("village")
    person = people(stage)[CARED]
    wear(qapp, make_look(Theme.LIGHT, 200, is_ppt=False))
    try:
        page = stage.page(PersonCasePage, person_id=person)
        bar = notices(page)[0]
        assert "Setelah pukul 17" in bar.text
        assert top(page, bar) + bar.height() < page.height()
        page.show_section(len(SECTIONS) - 2)
        stage.settle()
        beginning = page._holder.itemAt(0).widget()
        assert 0 < top(page, beginning) < page.height() - 100
    finally:
        wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=False))
