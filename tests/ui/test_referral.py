# SPDX-License-Identifier: GPL-3.0-or-later
"""From a need to the letter in somebody's hand, by keyboard alone, and what may never be on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget
from referral_tools import text

from trafficwatch.casework.consents import consents_of, withdraw_consent
from trafficwatch.casework.overview import ReferralRow, care_of, open_referrals
from trafficwatch.casework.referrals import hand_over
from trafficwatch.models.casework import Handover, Referral
from trafficwatch.models.people import Person
from trafficwatch.registry.browse import resident_card
from trafficwatch.texts import t
from trafficwatch.ui.gallery.referral import person_of, read
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.village.consent import ConsentPage
from trafficwatch.ui.village.referral import ACCOUNT_STEP, CONSENT, INSTITUTION, LETTER, NEED, ReferralPage
from trafficwatch.ui.village.referrals import ReferralsPage

StageOf = Callable[[str], Stage]
Key = Qt.Key
NAME = "Sumarni"


@pytest.fixture
def stage(stage_of: StageOf) -> Stage:
    return stage_of("village")


def press(page: QWidget, *keys: Key, ctrl: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    for key in keys:
        QTest.keyClick(page.focusWidget() or page, key, modifier)


def write(page: QWidget, words: str) -> None:
    QTest.keyClicks(page.focusWidget(), words)


def tab_to(page: QWidget, target: QWidget) -> None:
    """Go there with the Tab key alone."""
    for _ in range(60):
        if page.focusWidget() is target:
            return
        press(page, Key.Key_Tab)
    raise AssertionError(f"Tab never reaches {target.accessibleName()}")


def go_on(page: ReferralPage, stage: Stage) -> None:
    press(page, Key.Key_Return, ctrl=True)
    stage.settle()


def opened(stage: Stage, **about: Any) -> ReferralPage:
    page = stage.page(ReferralPage, **about)
    page.activateWindow()
    return page


def agree(stage: Stage, person: str, *refused: str) -> None:
    """On the consent page, with keys: to help and referral, not to the rest."""
    page = stage.page(ConsentPage, person_id=person)
    page.activateWindow()
    tab_to(page, page.questions.lines["service"])
    press(page, Key.Key_Y, Key.Key_Down, Key.Key_Y)
    for _ in range(4):
        press(page, Key.Key_Down, Key.Key_T)
    for group in refused:
        tab_to(page, page.fields.boxes[group])
        press(page, Key.Key_Space)
    tab_to(page, page.methods.radios["signature"])
    press(page, Key.Key_Space)
    press(page, Key.Key_Return, ctrl=True)
    stage.settle()
    assert stage.went.pop() == ("back", {})


def fill_need(page: ReferralPage, stage: Stage) -> None:
    tab_to(page, page.need.services["health_rehabilitation"])
    press(page, Key.Key_Space)
    tab_to(page, page.need.urgencies["immediate"])
    press(page, Key.Key_Down, Key.Key_Space)
    tab_to(page, page.need.purpose)
    write(page, "Memeriksa luka")
    go_on(page, stage)


def save_pdf(page: ReferralPage, stage: Stage, path: Path) -> str:
    tab_to(page, page.letter.paper.save)
    press(page, Key.Key_Return)
    dialog = page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    entry = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(entry, QLineEdit)
    assert entry.text().startswith("rujukan-")
    dialog.setDirectory(str(path.parent))  # as if this were the folder of last time
    entry.selectAll()
    QTest.keyClicks(entry, path.name)
    QTest.keyClick(entry, Key.Key_Return)
    stage.settle()
    return text(path.read_bytes())


def test_from_the_need_to_the_saved_letter_without_a_mouse(stage: Stage, tmp_path: Path) -> None:
    person = person_of(stage, NAME)
    phone = next(iter(read(stage, lambda work: resident_card(work, person).person).phones), "")
    assert phone

    listed = stage.page(ReferralsPage)
    listed.activateWindow()
    listed.picker.setFocus()
    write(listed, "sumarni")
    press(listed, Key.Key_Return)
    stage.settle()
    assert stage.went.pop() == ("referral", {"person_id": person})

    page = opened(stage, person_id=person)
    fill_need(page, stage)
    assert page.step == INSTITUTION
    fitting = [radio for radio in page.institution.radios.values() if radio.text().startswith("Puskesmas")]
    tab_to(page, fitting[0])
    press(page, Key.Key_Space)
    go_on(page, stage)
    assert page.step == CONSENT
    go_on(page, stage)
    assert page.step == CONSENT  # not agreed yet
    tab_to(page, page.consent.open)
    left = page.unsaved()
    assert left is not None
    press(page, Key.Key_Return)
    assert stage.went.pop() == ("consent", {"person_id": person})

    agree(stage, person, "phones")
    page = opened(stage, draft=dict(left.content), person_id=person)
    assert page.step == CONSENT
    go_on(page, stage)
    assert page.step == ACCOUNT_STEP
    write(page, "Mei 2026 ditawari kerja")
    tab_to(page, page.account.fields["companion"].entry)
    write(page, "Maria (bibi)")
    go_on(page, stage)
    name, about = stage.went.pop()
    assert (name, about["person_id"]) == ("referral", person)

    page = opened(stage, **about)
    assert page.step == LETTER
    assert not page.next.isEnabled()
    words = save_pdf(page, stage, tmp_path / "surat.pdf")
    for told in (NAME, "Puskesmas", "Memeriksa luka", "Mei 2026 ditawari kerja", "Maria (bibi)", "DESA NOELBAKI"):
        assert told in words
    assert phone not in words
    assert t("forms.identity.phone") not in words

    go_on(page, stage)
    referral = read(stage, lambda work: work.records.get(Referral, about["referral_id"]))
    assert referral.handover == Handover.HANDED_OVER
    assert referral.urgency == "soon"
    assert not page._footer.isVisible()
    assert page.unsaved() is None


def test_without_service_urgency_or_institution_one_stays(stage: Stage) -> None:
    page = opened(stage, person_id=person_of(stage, NAME))
    go_on(page, stage)
    assert page.step == NEED
    assert page.focusWidget() is page.need.services["health_rehabilitation"]
    press(page, Key.Key_Space)
    go_on(page, stage)
    assert page.step == NEED
    assert page.focusWidget() is page.need.urgencies["immediate"]
    press(page, Key.Key_Space)
    assert page.need._now.isVisible()
    go_on(page, stage)
    go_on(page, stage)
    assert page.step == INSTITUTION
    assert page.institution._missing.isVisible()


def test_who_offers_what_is_needed_stands_first_and_honestly(stage: Stage) -> None:
    draft = {"services": ["legal_aid", "return"], "urgency": "normal", "step": INSTITUTION}
    page = opened(stage, draft=draft, person_id=person_of(stage, NAME))
    names = [radio.text() for radio in page.institution.radios.values()]
    assert names[0].startswith("UPTD PPA")
    assert names[1].startswith("K")  # KP2MI and the foreign ministry bring people home
    told = next(iter(page.institution.radios.values())).accessibleDescription()
    assert t("records.unconfirmed") in told
    assert "0840-0000-0801" in told
    chosen = next(iter(page.institution.radios))
    page.institution.radios[chosen].setChecked(True)
    press(page, Key.Key_Return, ctrl=True)
    page.earlier.click()
    assert page.institution.content == {"institution_id": chosen}


def referred(stage: Stage) -> ReferralRow:
    return read(stage, open_referrals)[0]


def test_a_draft_is_sealed_and_opens_where_it_was_left(stage: Stage) -> None:
    draft = {"services": ["legal_aid"], "urgency": "soon", "chronology": "Kisah", "step": ACCOUNT_STEP}
    person = person_of(stage, NAME)
    page = opened(stage, draft=draft, person_id=person)
    left = page.unsaved()
    assert left is not None
    assert (left.case_text, left.subject, page.step) == (True, person, ACCOUNT_STEP)
    assert left.content["about"] == {"person_id": person, "referral_id": None}
    again = opened(stage, draft=dict(left.content), **left.content["about"])
    assert again.unsaved() == left


def test_a_draft_survives_leaving_while_the_page_still_loads(stage: Stage) -> None:
    draft = {"services": ["legal_aid"], "chronology": "Kisah", "step": ACCOUNT_STEP}
    person = person_of(stage, NAME)
    page = ReferralPage(stage.desk)
    page.enter(person_id=person)
    assert page.unsaved() is None
    page.restore(draft)
    left = page.unsaved()
    assert left is not None
    assert (left.content, left.subject, left.case_text) == (draft, person, True)
    stage.settle()
    page.deleteLater()


def made(stage: Stage) -> ReferralPage:
    """A referral of this test's own that was not handed over, at its letter."""
    person = person_of(stage, NAME)
    agree(stage, person)
    page = opened(stage, draft={"services": ["return"], "urgency": "normal", "step": INSTITUTION}, person_id=person)
    next(iter(page.institution.radios.values())).setChecked(True)
    for _ in range(3):
        go_on(page, stage)
    _, about = stage.went.pop()
    return opened(stage, **about)


def test_handing_over_is_asked_once_and_again_only_after_a_failure(stage: Stage) -> None:
    page = made(stage)
    person, referral = page.about["person_id"], page.about["referral_id"]
    page._given()
    consent = read(stage, lambda work: consents_of(work, person))[-1].id
    read(stage, lambda work: withdraw_consent(work, consent, "tidak mau lagi"))
    page.next.click()
    assert not page.next.isEnabled()
    stage.settle()
    assert page.next.isEnabled()
    assert read(stage, lambda work: work.records.get(Referral, referral)).handover == Handover.CONSENTED


def test_only_the_letter_that_is_shown_is_printed_or_saved(stage: Stage) -> None:
    page = made(stage)
    page.earlier.click()
    press(page, Key.Key_P, ctrl=True)
    page.letter.paper._save()
    assert page._notices.count() == 0
    assert page.findChild(QFileDialog) is None


def test_a_letter_that_can_still_be_changed_is_changed_in_place(stage: Stage) -> None:
    page = made(stage)
    about, person = page.about, page.about["person_id"]
    page.earlier.click()
    assert page.step == ACCOUNT_STEP
    assert page.unsaved() is None
    tab_to(page, page.account.fields["needs_and_hopes"].entry)
    write(page, "Pulang")
    go_on(page, stage)
    assert stage.went.pop() == ("referral", about)
    rows = read(stage, lambda work: care_of(work, person)).referrals
    assert [row.id for row in rows] == [about["referral_id"]]
    changed = read(stage, lambda work: work.records.get(Referral, about["referral_id"]))
    assert (changed.needs_and_hopes, dict(changed.services)) == ("Pulang", {"return": True})
    read(stage, lambda work: hand_over(work, changed.id))
    assert opened(stage, **about)._footer.isHidden()


def test_a_refused_field_is_said_at_its_input_and_missing_on_the_letter(stage: Stage, tmp_path: Path) -> None:
    person = person_of(stage, NAME)
    agree(stage, person, "chronology", "birth")
    draft = {"services": ["return"], "urgency": "normal", "chronology": "Rahasia besar", "step": INSTITUTION}
    page = opened(stage, draft=draft, person_id=person)
    next(iter(page.institution.radios.values())).setChecked(True)
    go_on(page, stage)
    go_on(page, stage)
    assert page.account._refused["chronology"].isVisible()
    assert not page.account._refused["condition_body"].isVisible()
    go_on(page, stage)
    _, about = stage.went.pop()
    words = save_pdf(opened(stage, **about), stage, tmp_path / "surat.pdf")
    known: Person = read(stage, lambda work: resident_card(work, person).person)
    assert known.birth_date == "1984-03-21"
    for absent in ("Rahasia besar", "21 Maret 1984", t("forms.section.chronology"), t("forms.identity.birth")):
        assert absent not in words


def test_another_paper_draws_the_letter_anew(stage: Stage) -> None:
    row = referred(stage)
    page = opened(stage, person_id=row.person_id, referral_id=row.id)
    heights = []
    for paper in ("a4", "f4"):
        page.letter.paper.paper.choose(paper)
        stage.settle()
        heights.append(page.letter.preview.document.pagePointSize(0).height())
    assert heights == pytest.approx([842, 935], abs=1)
    assert stage.desk.settings.paper == "f4"


def test_taking_a_referral_back_ends_its_letter(stage: Stage) -> None:
    row = referred(stage)
    page = opened(stage, person_id=row.person_id, referral_id=row.id)
    tab_to(page, page.letter.withdraw)
    press(page, Key.Key_Return)
    assert page.focusWidget() is page.letter.sure
    press(page, Key.Key_Return)
    stage.settle()
    assert not page.letter.preview.isVisible()
    assert page.letter.preview.sheets == []
    assert not page.letter.paper.save.isEnabled()
    shown = page._notices.count()
    page.letter.paper.show()
    press(page, Key.Key_P, ctrl=True)
    assert page._notices.count() == shown  # neither printed nor told that there is no printer
    assert read(stage, open_referrals) == ()


def test_the_list_tells_urgency_and_status_in_words(stage: Stage) -> None:
    page = stage.page(ReferralsPage)
    [line] = page.list.lines
    row = referred(stage)
    assert line.name == f"{row.person_name} · {row.case_code}"
    assert line.more.startswith(f"{t('records.urgency.soon')} · {t('records.referral_status.handed_over')}")
    page.list.setFocus()
    press(page, Key.Key_Down, Key.Key_Return)
    assert stage.went == [("referral", {"person_id": row.person_id, "referral_id": row.id})]


def test_the_empty_list_says_so(stage_of: StageOf) -> None:
    page = stage_of("empty").page(ReferralsPage)
    assert page.empty.text() == t("referral.none")
    assert page.empty.isVisible()
    assert not page.list.isVisible()


def test_an_untrained_volunteer_is_told_what_to_do(stage_of: StageOf) -> None:
    stage = stage_of("untrained")
    page = opened(stage, person_id=person_of(stage, "Yohanis"))
    assert not page._footer.isVisible()
    assert page.unsaved() is None
    page.restore({"step": LETTER})
    tab_to(page, next(each for each in page.findChildren(QPushButton) if each.text() == t("referral.to_emergency")))
    press(page, Key.Key_Return)
    assert stage.went == [("emergency", {})]
    listed = stage.page(ReferralsPage)
    assert not hasattr(listed, "picker")
