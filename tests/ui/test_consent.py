# SPDX-License-Identifier: GPL-3.0-or-later
"""The consent page: asked one by one, refused as easily as given, taken back with a reason, kept as a sealed draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from trafficwatch.casework.care import save_care
from trafficwatch.casework.consents import agreement_of, consents_of
from trafficwatch.models.agreement import Agreement
from trafficwatch.models.care import Perpetrator
from trafficwatch.models.casework import Consent, ConsentScope
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.texts import t
from trafficwatch.texts.care import warning_words
from trafficwatch.ui.gallery.referral import person_of, read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.consent import ConsentPage
from trafficwatch.ui.village.refusable import REFUSABLE, fields_of, touched_groups
from trafficwatch.ui.widgets.notice import Notice

StageOf = Callable[[str], Stage]
ADULT, CHILD, REFERRED = "Sumarni", "Merlin", "Yohanis"


@pytest.fixture
def stage(stage_of: StageOf) -> Stage:
    return stage_of("village")


def open_page(stage: Stage, name: str, **more: Any) -> ConsentPage:
    page = stage.page(ConsentPage, person_id=person_of(stage, name), **more)
    page.activateWindow()
    return page


def press(page: ConsentPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(page.focusWidget() or page, key, modifier)


def save(page: ConsentPage, stage: Stage) -> None:
    press(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()


def agreement(stage: Stage, page: ConsentPage) -> Agreement:
    return read(stage, lambda work: agreement_of(work, page.person_id))


def last(stage: Stage, page: ConsentPage) -> Consent:
    return read(stage, lambda work: consents_of(work, page.person_id))[-1]


def test_nothing_is_chosen_beforehand_and_nothing_can_be_saved_empty(stage: Stage) -> None:
    page = open_page(stage, ADULT)
    assert page.questions.scopes == {}
    assert page.methods.value is None
    assert page.unsaved() is None
    save(page, stage)
    assert not page._problem.isHidden()
    assert read(stage, lambda work: consents_of(work, page.person_id)) == []
    assert stage.went == []


def test_keys_alone_agree_refuse_and_save(stage: Stage) -> None:
    page = open_page(stage, ADULT)
    page.questions.setFocus()
    for key in (Qt.Key.Key_Y, Qt.Key.Key_Y, Qt.Key.Key_T, Qt.Key.Key_Y, Qt.Key.Key_T):
        press(page, key)
        press(page, Qt.Key.Key_Down)
    press(page, Qt.Key.Key_N)
    page.fields.boxes["religion"].setFocus()
    press(page, Qt.Key.Key_Space)
    page.methods.radios["thumbprint"].setFocus()
    press(page, Qt.Key.Key_Space)
    page.language.setFocus()
    QTest.keyClicks(page.language, "Dawan")
    save(page, stage)
    assert stage.went == [("back", {})]
    assert stage.said[-1] == t("consent.saved")
    held = agreement(stage, page)
    assert held.scopes == {ConsentScope.SERVICE, ConsentScope.REFERRAL, ConsentScope.SHARE_CASE}
    assert held.refused == {"person.religion"}
    consent = last(stage, page)
    assert consent.scopes["report"] == consent.scopes["share_card"] == "refused"
    assert (consent.method, consent.language) == ("thumbprint", "Dawan")


def test_refusing_everything_takes_one_button_and_no_manner(stage: Stage) -> None:
    page = open_page(stage, ADULT)
    page.refuse_all.setFocus()
    press(page, Qt.Key.Key_Return)
    save(page, stage)
    assert stage.went == [("back", {})]
    assert set(last(stage, page).scopes.values()) == {"refused"}
    assert agreement(stage, page) == Agreement()


def test_a_yes_needs_the_manner_in_which_it_was_given(stage: Stage) -> None:
    page = open_page(stage, ADULT)
    page.questions.lines["service"].choose("yes")
    save(page, stage)
    assert page.manner.entry.accessibleDescription() == t("consent.method_missing")
    assert stage.went == []
    page.methods.put("witnessed")
    save(page, stage)
    assert page.witness.accessibleDescription() == t("consent.witness_missing")
    page.witness.setText("Kepala dusun")
    save(page, stage)
    assert last(stage, page).witness == "Kepala dusun"


def test_a_child_speaks_beside_the_guardian(stage: Stage) -> None:
    page = open_page(stage, CHILD)
    assert not page.child.isHidden()
    page.questions.lines["service"].choose("yes")
    page.methods.put("guardian")
    save(page, stage)
    assert page.guardian.accessibleDescription() == t("consent.guardian_missing")
    page.guardian.setText("Ibu Yakoba")
    page.child_view.setPlainText("Ingin sekolah lagi")
    save(page, stage)
    consent = last(stage, page)
    assert (consent.guardian, consent.child_view) == ("Ibu Yakoba", "Ingin sekolah lagi")


def test_an_adult_has_no_guardian_unless_one_agrees(stage: Stage) -> None:
    page = open_page(stage, ADULT)
    assert page.child.isHidden()
    page.methods.put("guardian")
    assert not page.child.isHidden()
    page.guardian.setText("Wali")
    page.methods.put("signature")
    page.questions.lines["service"].choose("yes")
    save(page, stage)
    assert last(stage, page).guardian is None


def withdraw_button(page: ConsentPage, key: str) -> QPushButton:
    return next(each for each in page.earlier.findChildren(QPushButton) if each.text() == t(key))


def test_taking_back_wants_a_reason_and_ends_it_at_once(stage: Stage) -> None:
    page = open_page(stage, REFERRED)
    assert ConsentScope.REFERRAL in agreement(stage, page).scopes
    opening = withdraw_button(page, "consent.withdraw")
    opening.setFocus()
    press(page, Qt.Key.Key_Return)
    sure = withdraw_button(page, "consent.withdraw_now")
    assert sure.isVisible()
    sure.click()
    stage.settle()
    assert ConsentScope.REFERRAL in agreement(stage, page).scopes
    QTest.keyClicks(page.focusWidget(), "Orangnya meminta")
    sure.setFocus()
    press(page, Qt.Key.Key_Return)
    stage.settle()
    assert agreement(stage, page).scopes == frozenset()
    assert last(stage, page).withdrawn_reason == "Orangnya meminta"
    assert not [each for each in page.earlier.findChildren(QPushButton) if each.isVisible()]


def test_a_reason_that_was_typed_is_a_sealed_draft_until_it_is_sent(stage: Stage) -> None:
    page = open_page(stage, REFERRED)
    consent = last(stage, page).id
    withdraw_button(page, "consent.withdraw").click()
    QTest.keyClicks(page.focusWidget(), "Orangnya meminta")
    left = page.unsaved()
    assert left is not None
    assert (left.content["reasons"], left.case_text) == ({consent: "Orangnya meminta"}, True)
    stage.clear()

    page = ConsentPage(stage.desk)  # as the frame does it: given back before the consents are read
    page.enter(person_id=left.content["about"]["person_id"])
    page.restore(dict(left.content))
    stage.settle()
    assert page.unsaved() == left
    settled: list[bool] = []
    page.settled.connect(lambda: settled.append(True))
    withdraw_button(page, "consent.withdraw_now").click()
    stage.settle()
    assert last(stage, page).withdrawn_reason == "Orangnya meminta"
    assert page.unsaved() is None
    assert settled == [True]
    page.deleteLater()


def test_a_reason_that_is_given_up_is_gone(stage: Stage) -> None:
    page = open_page(stage, REFERRED)
    withdraw_button(page, "consent.withdraw").click()
    QTest.keyClicks(page.focusWidget(), "Orangnya meminta")
    withdraw_button(page, "consent.keep").click()
    assert page.unsaved() is None


def test_case_text_is_sealed_whoever_has_the_page_open(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = open_page(stage, ADULT, draft={"explained": "Kisah"})
    left = page.unsaved()
    assert left is not None
    assert left.case_text
    page = open_page(stage, REFERRED)
    withdraw_button(page, "consent.withdraw").click()
    QTest.keyClicks(page.focusWidget(), "Orangnya meminta")
    assert page.unsaved() is None  # nowhere to seal it, and it would not be recorded either


def test_what_was_refused_earlier_stays_refused_until_the_person_allows_it_again(stage: Stage) -> None:
    page = open_page(stage, REFERRED)
    assert {group for group, box in page.fields.boxes.items() if box.isChecked()} == {"phones", "religion"}
    assert (page.fields.groups, page.fields.allowed, page.unsaved()) == ([], [], None)
    page.fields.boxes["religion"].setFocus()
    press(page, Qt.Key.Key_Space)
    assert page.fields.boxes["religion"].text() == t("consent.field_allowed", field=t("consent.field.religion"))
    page.fields.boxes["nik"].setChecked(True)
    left = page.unsaved()
    assert left is not None
    assert (left.content["fields"], left.content["allowed"]) == (["nik"], ["religion"])
    page = open_page(stage, REFERRED, draft=dict(left.content))
    assert page.unsaved() == left
    save(page, stage)
    assert agreement(stage, page).refused == {"person.phones", "person.nik", "person.kk_number"}
    assert last(stage, page).refused_fields["person.religion"] is False


def test_a_referral_can_be_agreed_to_for_some_institutions_and_some_time(stage: Stage) -> None:
    page = open_page(stage, ADULT)
    assert page.to.isHidden()
    page.questions.lines["referral"].choose("yes")
    assert not page.to.isHidden()
    first = next(iter(page.recipients.boxes))
    page.recipients.boxes[first].setFocus()
    press(page, Qt.Key.Key_Space)
    page.methods.put("signature")
    page.until.typed = "21-11-2020"
    save(page, stage)
    assert stage.went == []
    page.until.typed = "31-12-2030"
    left = page.unsaved()
    assert left is not None
    again = open_page(stage, ADULT, draft=dict(left.content))
    assert again.unsaved() == left
    save(again, stage)
    consent = last(stage, again)
    assert (consent.recipients, consent.valid_until) == ({first: True}, "2030-12-31")
    held = agreement(stage, again)
    others = [each for each in again.recipients.boxes if each != first]
    assert held.allows("referral", first)
    assert not any(held.allows("referral", each) for each in others)


def test_a_suspected_guardian_is_refused_and_pointed_out(stage: Stage) -> None:
    person = person_of(stage, CHILD)
    fields = {"standing": "alleged", "name": "Bapak Markus Neno"}
    read(stage, lambda work: save_care(work, "perpetrator", None, fields, person_id=person))
    page = open_page(stage, CHILD)
    page.questions.lines["service"].choose("yes")
    page.methods.put("guardian")
    page.guardian.setText("Markus Neno")
    page.guardian_relation.setText("Paman")
    save(page, stage)
    assert stage.went == []
    assert page.guardian.text() == "Markus Neno"
    page.guardian.setText("Ibu Yakoba")
    save(page, stage)
    assert (last(stage, page).guardian, last(stage, page).guardian_relation) == ("Ibu Yakoba", "Paman")
    suspect = {"standing": "alleged", "name": "Yakoba", "person_id": person}
    read(stage, lambda work: work.write(Perpetrator, None, **suspect))
    page = open_page(stage, CHILD)
    assert warning_words("guardian_suspected") in [each.text for each in page.findChildren(Notice)]


def test_a_draft_is_sealed_and_comes_back_whole(stage: Stage) -> None:
    page = open_page(stage, CHILD)
    page.questions.lines["referral"].choose("yes")
    page.fields.boxes["nik"].setChecked(True)
    page.methods.put("guardian")
    page.guardian.setText("Ibu Yakoba")
    page.child_view.setPlainText("takut pulang")
    left = page.unsaved()
    assert left is not None
    assert (left.case_text, left.subject) == (True, page.person_id)
    assert left.content["about"] == {"person_id": page.person_id}
    again = open_page(stage, CHILD, draft=dict(left.content))
    assert again.unsaved() == left


def test_an_untrained_volunteer_takes_down_refusals_and_the_card_only(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = open_page(stage, ADULT)
    line = page.questions.lines["referral"]
    line.setFocus()
    press(page, Qt.Key.Key_Y)
    assert line.value == ""
    press(page, Qt.Key.Key_T)
    page.questions.lines["share_card"].choose("yes")
    page.methods.put("signature")
    assert not page.witness.isVisible()
    left = page.unsaved()
    assert left is not None
    assert not left.case_text
    save(page, stage)
    assert stage.went == [("back", {})]
    assert agreement(stage, page).scopes == {ConsentScope.SHARE_CARD}


def test_every_group_is_of_fields_that_can_be_refused(stage: Stage) -> None:
    page = open_page(stage, ADULT)
    for box in page.fields.boxes.values():
        box.setChecked(True)
    page.questions.refuse_all()
    save(page, stage)
    refused = {name for members in REFUSABLE.values() for name in members}
    assert agreement(stage, page).refused == refused
    assert touched_groups(refused) == list(REFUSABLE)
    for name in fields_of(REFUSABLE):
        record_type, _, field = name.partition(".")
        spec = RECORD_TYPES[record_type].fields[field]
        assert not (spec.required and spec.target)  # without such a link nothing of a record can leave
