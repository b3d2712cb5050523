# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of any record of a case: every kind filled by keys, saved and read back; drafts; what has to be mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from copies import copied
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from trafficwatch.casework.attachments import add
from trafficwatch.casework.care import care_of_person, protection_requests, save_care
from trafficwatch.casework.consents import record_consent
from trafficwatch.models.fields import Record, Shape
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.registry.recruiters import save_recruiter
from trafficwatch.registry.residents import record_person
from trafficwatch.registry.trash import Reason, delete
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.vault import Keys
from trafficwatch.texts import explain_error, set_language, t
from trafficwatch.texts.exchange import type_words
from trafficwatch.ui.gallery.journeys import do
from trafficwatch.ui.gallery.stage import Stage
from trafficwatch.ui.shell.entries import VILLAGE
from trafficwatch.ui.shell.frame import DeskFrame
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.theme.look import make_look, wear
from trafficwatch.ui.theme.palette import Theme
from trafficwatch.ui.village.care_entry import CareEntryPage
from trafficwatch.ui.village.care_fields import ENTERED, FORMS, VALUES
from trafficwatch.ui.village.case import PersonCasePage
from trafficwatch.ui.widgets.choice_line import ChoiceLine
from trafficwatch.ui.widgets.radios import Radios, Ticks
from trafficwatch.ui.widgets.rows import ChoiceRows, DayRows
from trafficwatch.village.drafts import Draft, drafts

PROTECTION = "protection_request"
ADULT = "1990-05-17"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def stage(
    qapp: QApplication, founded: dict[str, tuple[Path, Keys]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """One desk for all kinds: each writes records of its own."""
    store = copied(founded["village"], tmp_path_factory.mktemp("care") / "village")
    made = Stage(store, Settings(theme=Theme.LIGHT))
    set_language("id")
    wear(qapp, make_look(Theme.LIGHT, 100, is_ppt=False))
    do(made, lambda work: save_recruiter(work, {"name": "Om Latihan"}))
    yield made
    made.finish()
    store.close()


@pytest.fixture
def person(stage: Stage) -> str:
    """Somebody new, who has agreed to a report, and of whom there is a picture."""

    def recorded(work: Any) -> str:
        found = record_person(work, name="Dominggus Latihan", birth_date=ADULT, sex="m").person.id
        record_consent(work, found, {"report": "agreed"}, method="signature")
        add(work, found, "foto.png", PNG + found.encode())
        return found

    return str(do(stage, recorded))


def opened(stage: Stage, of_type: str, person: str | None, **about: Any) -> CareEntryPage:
    return stage.page(CareEntryPage, of_type=of_type, person_id=person, **about)


def records(stage: Stage, of_type: str, person: str | None) -> tuple[Record, ...]:
    def read(work: Any) -> tuple[Record, ...]:
        return care_of_person(work, person)[of_type] if person else protection_requests(work)

    found: tuple[Record, ...] = do(stage, read)
    return found


def first(widget: QWidget, kind: type[QWidget]) -> Any:
    return widget if isinstance(widget, kind) else widget.findChildren(kind)[0]


def fill(page: CareEntryPage, of_type: str, name: str) -> Any:
    """Write something into an input with keys alone; gives what should be kept."""
    assert page.form is not None
    entry = page.form.entries[f"{of_type}.{name}"]
    widget, field = entry.widget, RECORD_TYPES[of_type].fields[name]
    match widget:
        case QLineEdit() | QPlainTextEdit():
            typed = "2500000" if field.shape is Shape.NUMBER else "Kain merah"
            QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClicks(widget, typed)
            return int(typed) if field.shape is Shape.NUMBER else typed
        case QComboBox():
            QTest.keyClick(widget, Qt.Key.Key_Home)
            QTest.keyClick(widget, Qt.Key.Key_Down)
            return widget.currentData()
        case ChoiceLine():
            QTest.keyClick(widget, Qt.Key.Key_Y)
            return True
        case Radios():
            radio = first(widget, QRadioButton)
            QTest.keyClick(radio, Qt.Key.Key_Space)
            assert radio.isChecked()
            return next(iter(widget.radios))
        case Ticks():
            QTest.keyClick(first(widget, QCheckBox), Qt.Key.Key_Space)
            return {next(iter(widget.boxes)): True}
        case ChoiceRows():
            QTest.keyClick(first(widget, QComboBox), Qt.Key.Key_Down)
            return {next(iter(widget.choices)): VALUES[field.value_group][0]}
        case DayRows():
            QTest.keyClicks(first(widget, QLineEdit), "11-02-2026")
            return {next(iter(widget.lines)): "2026-02-11"}
    line = first(widget, QLineEdit)
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, "11-02-2026")
    return "2026-02-11"


@pytest.mark.parametrize("of_type", ENTERED)
def test_every_kind_is_filled_by_keys_and_read_back(stage: Stage, person: str, of_type: str) -> None:
    about = None if of_type == PROTECTION else person
    if of_type == "custody":
        piece = {"kind": "letter", "words": "Surat kontrak"}
        do(stage, lambda work: save_care(work, "evidence_item", None, piece, person_id=person))
    if of_type == "placement":
        safe = {"return_verdict": "safe"}
        do(stage, lambda work: save_care(work, "return_safety", None, safe, person_id=person))
    page = opened(stage, of_type, about)
    kept = {name: fill(page, of_type, name) for name in FORMS[of_type].fields}
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    stage.settle()
    (saved,) = records(stage, of_type, about)
    assert {name: getattr(saved, name) for name in kept} == kept
    assert stage.went[-1][0] == ("protection" if about is None else "person_case")
    assert page.unsaved() is None


def test_the_account_opens_once_its_reason_is_named(stage: Stage, person: str) -> None:
    page = opened(stage, "account", person)
    assert page.form is not None
    story = page.form.entries["account.before"].widget
    assert not story.isVisible()
    QTest.keyClick(first(page.form.entries["account.asked_by"].widget, QRadioButton), Qt.Key.Key_Space)
    assert story.isVisible()


def test_what_must_be_named_is_said_at_its_field(stage: Stage, person: str) -> None:
    page = opened(stage, "support", person)
    assert page.form is not None
    page.form.entries["support.amount"].write("banyak")
    page.save.click()
    texts = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert texts.count(t("care_fields.missing")) == 2  # what was given, and who gives
    assert t("care_fields.no_number") in texts
    assert page.focusWidget() is page.form.entries["support.item"].widget
    assert records(stage, "support", person) == ()


def test_a_rule_that_refuses_points_to_what_it_is_about(stage: Stage, person: str) -> None:
    page = opened(stage, "outreach", person)
    assert page.form is not None
    page.form.entries["outreach.place"].write("Rumah kakaknya")
    page.save.click()
    stage.settle()
    reason = page.form.entries["outreach.alone_reason"].widget
    assert page.focusWidget() is reason
    assert reason.property("wrong")
    assert page.save.isEnabled()
    draft = page.unsaved()
    assert draft is not None
    assert draft.case_text
    assert draft.subject == person


def test_of_a_known_record_only_what_was_changed_is_saved(stage: Stage, person: str) -> None:
    fields = {"given_on": "2026-02-11", "companion": "Ibu RT", "acts": {"listening": True, "calming": True}}
    known = do(stage, lambda work: save_care(work, "first_aid", None, fields, person_id=person).id)
    page = opened(stage, "first_aid", person, record_id=known)
    assert page.form is not None
    assert page.form.typed() == {}
    ticks = page.form.entries["first_aid.acts"].widget
    assert isinstance(ticks, Ticks)
    ticks.boxes["calming"].click()
    later = {"acts": {"linking": True}, "words": "Ditambah di laptop lain"}
    do(stage, lambda work: save_care(work, "first_aid", known, later, person_id=person))
    page.save.click()
    stage.settle()
    (saved,) = records(stage, "first_aid", person)
    assert (dict(saved.acts), saved.words) == ({"listening": True, "linking": True}, later["words"])  # type: ignore[attr-defined]


def test_a_record_that_was_deleted_elsewhere_is_not_written_anew(stage: Stage, person: str) -> None:
    known = do(
        stage, lambda work: save_care(work, "loss", None, {"kind": "wealth", "words": "Motor"}, person_id=person)
    ).id
    do(stage, lambda work: delete(work, "loss", known, Reason.ENTERED_TWICE))
    page = opened(stage, "loss", person, record_id=known)
    what = type_words("loss")
    assert t("care_fields.gone", what=what) in {each.text() for each in page.findChildren(QLabel)}
    assert not page.save.isVisible()
    said = explain_error(RecordUnknown(type="loss"))
    assert what in said["message"]


@pytest.fixture
def frame(qtbot: QtBot, stage: Stage) -> Iterator[DeskFrame]:
    """The desk around the pages; afterwards the stage notes again where they want to go."""
    stage.clear()
    before = stage.desk.go, stage.desk.back
    made = DeskFrame(stage.desk, VILLAGE, {page.name: page for page in (CareEntryPage, PersonCasePage)})
    stage.desk.go, stage.desk.back = made.go, made.back
    qtbot.addWidget(made)
    made.show()
    yield made
    stage.desk.go, stage.desk.back = before


def test_what_was_typed_is_there_after_the_lock(frame: DeskFrame, stage: Stage, person: str) -> None:
    frame.go("care_entry", of_type="plan_action", person_id=person)
    stage.settle()
    page = frame.page
    assert isinstance(page, CareEntryPage)
    assert page.form is not None
    QTest.keyClicks(page.form.entries["plan_action.action"].widget, "Antar ke puskesmas")
    draft = locked(stage, frame)
    frame.go("care_entry", draft=draft)
    stage.settle()
    again = frame.page
    assert isinstance(again, CareEntryPage)
    assert again.form is not None
    assert again.form.entries["plan_action.action"].value() == "Antar ke puskesmas"
    again.form.entries["plan_action.doer"].write("Kakaknya")
    again.save.click()
    stage.settle()
    assert [each.action for each in records(stage, "plan_action", person)] == ["Antar ke puskesmas"]  # type: ignore[attr-defined]
    assert do(stage, drafts) == ()


def test_what_was_saved_is_not_gone_back_through(frame: DeskFrame, stage: Stage, person: str) -> None:
    frame.go("person_case", person_id=person)
    for number in range(2):
        frame.go("care_entry", of_type="conference", person_id=person)
        stage.settle()
        assert isinstance(frame.page, CareEntryPage)
        assert frame.page.form is not None
        frame.page.form.entries["conference.agreed"].write(f"Langkah {number}")
        frame.page.save.click()
        stage.settle()
    assert [each.page for each in frame._history] == ["person_case"]


def test_after_the_lock_without_a_word_one_is_at_the_case(frame: DeskFrame, stage: Stage, person: str) -> None:
    frame.go("care_entry", of_type="loss", person_id=person)
    stage.settle()
    draft = locked(stage, frame)
    assert type_words("loss") not in json.dumps(draft.content)
    frame.go("care_entry", draft=draft)
    stage.settle()
    assert isinstance(frame.page, PersonCasePage)


def locked(stage: Stage, frame: DeskFrame) -> Draft:
    """The draft that locking keeps of the page that is shown; then the page is gone."""
    left = frame.at_lock()
    assert left is not None
    do(stage, left[0])
    (draft,) = do(stage, drafts)
    frame.page.hide()  # type: ignore[union-attr]
    frame._history.clear()
    frame._page.deleteLater()  # type: ignore[union-attr]
    frame._page = None
    return draft  # type: ignore[no-any-return]


def test_a_sum_with_cents_of_nothing_is_read_back_and_kept(stage: Stage, person: str) -> None:
    page = opened(stage, "support", person)
    assert page.form is not None
    fill(page, "support", "item")
    fill(page, "support", "support_source")
    entry = page.form.entries["support.amount"].widget
    QTest.keyClicks(entry, "Rp 1.500.000,50")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    said = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert t("care_fields.unclear_number") in said
    for _ in range(2):
        QTest.keyClick(entry, Qt.Key.Key_Backspace)
    QTest.keyClicks(entry, "00")
    said = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert "Terbaca: Rp 1.500.000" in said
    page.save.click()
    stage.settle()
    (saved,) = records(stage, "support", person)
    assert saved.amount == 1_500_000  # type: ignore[attr-defined]
