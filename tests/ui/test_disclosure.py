# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Berbagi tanpa persetujuan': nothing beforehand, all that must be there, by keys alone, and its end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from trafficwatch.casework.care_warnings import CareWarning
from trafficwatch.casework.consents import agreement_of
from trafficwatch.casework.disclosures import disclose, disclosures_of
from trafficwatch.models.care import TO_PPT, Disclosure, Duty
from trafficwatch.models.people import Person
from trafficwatch.texts import t
from trafficwatch.texts.care import warning_words
from trafficwatch.ui.gallery.referral import person_of, read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.consent import ConsentPage
from trafficwatch.ui.village.disclosure import DisclosurePage
from trafficwatch.ui.village.send import SendPage
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import label

StageOf = Callable[[str], Stage]
PERSON, REFUSING = "Sumarni", "Yohanis"


def opened(stage: Stage, name: str = PERSON, **more: object) -> DisclosurePage:
    page = stage.page(DisclosurePage, person_id=person_of(stage, name), **more)  # type: ignore[arg-type]
    page.activateWindow()
    return page


def press(page: DisclosurePage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(page.focusWidget() or page, key, modifier)


def save(page: DisclosurePage, stage: Stage) -> None:
    press(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()


def known(stage: Stage, page: DisclosurePage) -> list[Disclosure]:
    return read(stage, lambda work: disclosures_of(work, page.person_id))


def fill(page: DisclosurePage) -> None:
    page.duties.put("danger_to_life")
    page.recipients.put([TO_PPT])
    page.reason.setPlainText("Diancam dibunuh")


@pytest.fixture
def stage(stage_of: StageOf) -> Stage:
    return stage_of("village")


def test_keys_alone_share_with_a_reason_and_what_is_missing_is_said_first(stage: Stage) -> None:
    page = opened(stage)
    assert page.unsaved() is None
    save(page, stage)
    assert page.duties.accessibleDescription() == t("disclosure.duty_missing")
    page.duties.radios["order_of_law"].setFocus()
    press(page, Qt.Key.Key_Space)
    save(page, stage)
    assert page.ordered_by.accessibleDescription() == t("disclosure.ordered_by_missing")
    QTest.keyClicks(page.ordered_by, "Polres Kupang 12/2026")
    save(page, stage)
    assert page.recipients.boxes[TO_PPT].hasFocus()
    press(page, Qt.Key.Key_Space)
    save(page, stage)
    assert page.reason.hasFocus()
    assert known(stage, page) == []
    QTest.keyClicks(page.reason, "Surat perintah")
    save(page, stage)
    assert stage.went == [("back", {})]
    [found] = known(stage, page)
    assert (found.duty, found.ordered_by, found.reason) == ("order_of_law", "Polres Kupang 12/2026", "Surat perintah")
    assert found.recipients == {TO_PPT: True}


def test_a_draft_is_sealed_and_comes_back_whole(stage: Stage) -> None:
    page = opened(stage, REFUSING)
    assert set(page.lifted.boxes) == {"phones", "religion"}
    fill(page)
    page.lifted.boxes["phones"].setChecked(True)
    left = page.unsaved()
    assert left is not None
    assert (left.case_text, left.subject) == (True, page.person_id)
    again = opened(stage, REFUSING, draft=dict(left.content))
    assert again.unsaved() == left
    save(again, stage)
    assert known(stage, again)[0].lifted == {"person.phones": True}


def test_what_is_shared_is_seen_in_red_and_ended_with_a_reason(stage: Stage) -> None:
    page = opened(stage)
    fill(page)
    save(page, stage)
    consent = stage.page(ConsentPage, person_id=page.person_id)
    assert any(
        t("consent.shared_anyway", duties="Nyawa terancam") in each.text for each in consent.findChildren(Notice)
    )
    send = stage.page(SendPage)
    words = {each.text(): each.property("kind") for each in send.leaving.findChildren(type(label()))}
    assert words[t("exchange.leaving.duty")] == "error"
    page = opened(stage)
    assert not page.lifting.isVisible()
    end = next(each for each in page.known.findChildren(QPushButton) if each.text() == t("disclosure.end"))
    end.setFocus()
    press(page, Qt.Key.Key_Return)
    sure = next(each for each in page.known.findChildren(QPushButton) if each.text() == t("disclosure.end_now"))
    sure.click()
    stage.settle()
    assert known(stage, page)[0].ended_on is None
    QTest.keyClicks(page.focusWidget(), "Sudah aman")
    sure.click()
    stage.settle()
    assert known(stage, page)[0].ended_on is not None
    assert not read(stage, lambda work: agreement_of(work, page.person_id)).card


def test_who_is_not_trained_begins_nothing(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = opened(stage)
    assert not page.form.isVisible()
    save(page, stage)
    assert known(stage, page) == []
    assert stage.went == []


def test_a_child_who_has_grown_up_is_pointed_out(stage: Stage) -> None:
    person = person_of(stage, PERSON)
    read(stage, lambda work: work.write(Person, person, birth_date="2012-01-01"))
    read(stage, lambda work: disclose(work, person, Duty.CHILD_IN_DANGER, [TO_PPT], "Diancam"))
    grown = warning_words(CareWarning.CHILD_GROWN)
    assert grown not in {each.text for each in opened(stage).findChildren(Notice)}
    read(stage, lambda work: work.write(Person, person, birth_date="1990-01-01"))
    page = opened(stage)
    assert grown in {each.text for each in page.findChildren(Notice)}
