# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job in the real windows, by keyboard alone, from a new name in the register to the receipt of the PPT.

Also to be run on a real window system:
`xvfb-run -a env QT_QPA_PLATFORM=xcb .venv/bin/python -m pytest tests/ui/test_main_job_by_keyboard.py`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desks import Clock, deliveries, reopened
from hands import Hands, Key, Modifier
from pypdf import PdfReader
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from trafficwatch.app import make_door
from trafficwatch.cli.practice import PPT_PASSPHRASE, VILLAGE_PASSPHRASE
from trafficwatch.models.casework import CaseRecord, Consent, ConsentMethod, ConsentScope, Finding, Referral, Screening
from trafficwatch.models.directory import Service
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.fields import Side
from trafficwatch.models.migration import Document, Journey
from trafficwatch.models.people import Person
from trafficwatch.screening import questionnaires
from trafficwatch.store.vault import Keys
from trafficwatch.store.work import Store
from trafficwatch.texts import t
from trafficwatch.texts.labels import label
from trafficwatch.ui.shell.settings import Settings
from trafficwatch.ui.shell.tasks import Tasks
from trafficwatch.ui.shell.window import Shell

NAME = "Adolfina Seubelan"
PHONE = "081255507713"
YES = ("E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-LABOUR")
UNKNOWN = "E-PRO-TRANSPORT"
CTRL = Modifier.ControlModifier


class Mouse(QObject):
    """Counts what a mouse or a finger would do to the program."""

    kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.Wheel, QEvent.Type.TouchBegin)

    def __init__(self) -> None:
        super().__init__()
        self.used = 0

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.used += event.type() in self.kinds
        return False


@pytest.fixture
def folder(founded: dict[str, tuple[Path, Keys]], tmp_path: Path) -> Path:
    for name in ("village", "ppt"):
        shutil.copytree(founded[name][0], tmp_path / name)
    (tmp_path / "stick").mkdir()
    return tmp_path


@contextmanager
def seat(qtbot: QtBot, folder: Path, side: Side, passphrase: str) -> Iterator[Hands]:
    """The desk in this folder, unlocked by typing its passphrase, and locked in the end with Ctrl+L."""
    locked: list[bool] = []
    door = make_door(
        side,
        folder,
        practice=False,
        settings_path=folder.parent / "settings.json",
        restart=lambda following: locked.append(following.practice),
    )
    tasks = Tasks()
    shell = Shell(door, Settings(), tasks)
    try:
        hands = Hands(qtbot, shell, tasks)
        assert hands.name == t("unlock.passphrase")
        hands.type(passphrase)
        hands.do(Key.Key_Return)
        yield hands
        hands.press(Key.Key_L, CTRL)
        qtbot.waitUntil(lambda: bool(locked))
    finally:
        shell.hide()
        shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        tasks.close()


def test_main_job_by_keyboard(
    qtbot: QtBot, qapp: QApplication, folder: Path, founded: dict[str, tuple[Path, Keys]]
) -> None:
    mouse = Mouse()
    qapp.installEventFilter(mouse)
    pdf, stick = folder / "surat.pdf", folder / "stick"

    with seat(qtbot, folder / "village", Side.VILLAGE, VILLAGE_PASSPHRASE) as hands:
        record(hands)
        screen(hands)
        refer(hands, pdf)
        send(hands, stick)
    with opened(folder / "village", founded["village"][1]) as village:
        person, case = recorded(village)

    with seat(qtbot, folder / "ppt", Side.PPT, PPT_PASSPHRASE) as hands:
        take_in(hands, stick)
        open_case(hands, case.code or "")
    with opened(folder / "ppt", founded["ppt"][1]) as ppt:
        received(ppt, person)

    with seat(qtbot, folder / "village", Side.VILLAGE, VILLAGE_PASSPHRASE) as hands:
        take_receipt(hands, stick)
    with opened(folder / "village", founded["village"][1]) as village:
        confirmed(village, person)

    text = printed(pdf)
    assert NAME in text
    assert PHONE.removeprefix("0") not in digits(text)
    qapp.removeEventFilter(mouse)
    assert mouse.used == 0


# -- the village -------------------------------------------------------------------------------------------------------


def record(hands: Hands) -> None:
    """Search a name that nobody has, and record its card: who, how to reach, where to, which paper."""
    hands.do(Key.Key_2, CTRL)
    assert hands.name == t("residents.search.name")
    hands.type(NAME)
    hands.settle()
    assert hands.sees(t("residents.none.text", text=NAME))
    hands.press_button(t("residents.new.button"))

    assert hands.name == t("resident.field.name")
    hands.fill(t("resident.field.birth_date"), "12-03-1991")
    hands.choose(t("resident.field.sex"), label("sex", "f"))
    hands.fill(t("resident.field.address"), "RT 03/RW 02")
    hands.press(Key.Key_PageDown, CTRL)
    hands.fill(t("widgets.phone.number", place=1), PHONE)
    hands.fill(t("widgets.phone.owner", place=1), "kakak")
    for _ in range(2):
        hands.press(Key.Key_PageDown, CTRL)
    hands.choose(t("resident.field.stage"), label("stage", "returned"))
    hands.fill(t("resident.field.departure_on"), "Mei 2024")
    hands.fill(t("resident.field.destination_place"), "Johor")
    for _ in range(2):
        hands.press(Key.Key_PageDown, CTRL)
    passport = label("document_kind", "passport")
    hands.choose(t("widgets.paper.kind"), passport)
    hands.press_button(t("widgets.paper.add"))
    hands.choose(t("widgets.paper.field", paper=passport, field=t("widgets.paper.seen")), label("seen", "photo"))
    hands.choose(t("widgets.paper.field", paper=passport, field=t("widgets.paper.found")), label("found", "doubtful"))
    hands.fill(t("widgets.paper.field", paper=passport, field=t("widgets.paper.number")), "X1234567")
    hands.do(Key.Key_S, CTRL)
    assert hands.sees(NAME)


def screen(hands: Hands) -> None:
    """From the card: it is safe, there is no danger, the person agrees, and tells."""
    hands.press_button(t("resident.screen"))
    while t("screening_desk.next") not in hands.name:
        assert t("screening_desk.no_answer") in hands.name
        hands.type("y")
        hands.press(Key.Key_Down)
    hands.do(Key.Key_Return)
    assert hands.sees(t("screening_desk.triage_title"))
    while t("screening_desk.next") not in hands.name:
        hands.type("t")
        hands.press(Key.Key_Down)
    hands.do(Key.Key_Return)
    assert t("screening_desk.consent_question") in hands.name
    hands.type("y")
    hands.do(Key.Key_Return, CTRL)

    questions = questionnaires.newest()
    asked = {entry.text.of("id"): entry.code for entry in questions.entries}
    told: set[str] = set()
    while code := next((asked[text] for text in asked if hands.name.startswith(text)), ""):
        hands.type("y" if code in YES else "t")
        hands.press(Key.Key_Down)
        told.add(code)
    assert told >= set(YES)
    unknown = questions.entry(UNKNOWN)
    hands.press_button(next(group.label.of("id") for group in questions.groups if group.code in unknown.groups))
    hands.reach(unknown.text.of("id"))
    hands.type("u")
    hands.do(Key.Key_Return, CTRL)
    assert hands.sees(label("finding", Finding.SUSPECTED))


def refer(hands: Hands, pdf: Path) -> None:
    """From the result: what is needed, who can give it, what the person agrees to, the letter, handed over."""
    hands.press_button(t("screening_desk.refer"))
    hands.reach(label("service", Service.PSYCHOLOGICAL_STRENGTHENING))
    hands.press(Key.Key_Space)
    hands.pick(label("urgency", "immediate"), label("urgency", "soon"))
    hands.fill(t("referral.purpose"), "Pendampingan")
    hands.do(Key.Key_Return, CTRL)
    hands.press(Key.Key_Space)
    hands.do(Key.Key_Return, CTRL)
    hands.press_button(t("referral.to_consent"))
    for scope in ConsentScope:
        hands.reach(t(f"consent.ask.{scope}"))
        agrees = scope in {ConsentScope.SERVICE, ConsentScope.REFERRAL, ConsentScope.SHARE_CASE}
        hands.type("y" if agrees else "t")
    hands.reach(t("consent.field.phones"))
    hands.press(Key.Key_Space)
    hands.pick(t("consent.method.signature"), t(f"consent.method.{ConsentMethod.THUMBPRINT}"), Key.Key_Right)
    hands.press_button(t("consent.save"))
    assert hands.sees(t("referral.agreed"))
    hands.do(Key.Key_Return, CTRL)
    hands.fill(t("referral.chronology"), "Dijanjikan kerja di toko.")
    hands.fill(t("referral.companion"), "Maria, bibi")
    hands.do(Key.Key_Return, CTRL)
    hands.press_button(t("printing.save"))
    hands.answer_dialog(str(pdf))
    assert hands.sees(t("printing.saved", file=pdf.name))
    hands.press_button(t("referral.hand_over"))
    assert hands.sees(label("referral_status", "handed_over"))


def send(hands: Hands, stick: Path) -> None:
    """One bundle onto the stick."""
    hands.do(Key.Key_5, CTRL)
    hands.press_button(t("exchange_desk.send.make"))
    hands.answer_dialog(str(stick))
    assert hands.sees(t("exchange_desk.send.written", count=1))
    assert len(list(stick.glob("*.twb"))) == 1


def take_receipt(hands: Hands, stick: Path) -> None:
    """The receipt from the stick; then everything that may leave has been received."""
    hands.do(Key.Key_5, CTRL)
    assert hands.sees(t("exchange_desk.send.stands.unconfirmed", count=1))
    hands.press_button(t("exchange_desk.send.receipts"))
    hands.answer_dialog(str(stick))
    assert hands.sees(t("exchange_desk.send.stands.all_received"))


# -- the PPT -----------------------------------------------------------------------------------------------------------


def take_in(hands: Hands, stick: Path) -> None:
    """The bundle from the stick, its receipt back onto it."""
    hands.press_button(t("ppt_desk.inbox.take"))
    hands.answer_dialog(str(stick))
    assert t("ppt_desk.inbox.write_all", count=1, folder=stick.name) == hands.name
    hands.do(Key.Key_Return)
    assert hands.sees(t("ppt_desk.inbox.written", count=1))


def open_case(hands: Hands, code: str) -> None:
    """The case that came, with the person's name on it."""
    hands.do(Key.Key_2, CTRL)
    hands.point(code)
    hands.do(Key.Key_Return)
    assert hands.sees(code)
    assert hands.sees(NAME)


# -- what came of it ---------------------------------------------------------------------------------------------------


@contextmanager
def opened(folder: Path, keys: Keys) -> Iterator[Store]:
    store = reopened(folder, keys, Clock())
    try:
        yield store
    finally:
        store.close()


def recorded(village: Store) -> tuple[Person, CaseRecord]:
    """All that the volunteer told is in the village's store."""
    with village.work() as work:
        (person,) = [each for each in work.records.select(Person) if each.name == NAME]
        (journey,) = [each for each in work.records.select(Journey) if each.person_id == person.id]
        (paper,) = [each for each in work.records.select(Document) if each.person_id == person.id]
        (screening,) = [each for each in work.records.select(Screening) if each.person_id == person.id]
        (case,) = [each for each in work.records.select(CaseRecord) if each.person_id == person.id]
    assert (person.birth_date, person.sex) == ("1991-03-12", "f")
    assert list(person.phones.values()) == ["kakak"]
    assert (journey.stage, journey.departure_on, journey.destination_place) == ("returned", "2024-05", "Johor")
    assert (paper.kind, paper.seen, paper.found, paper.number) == ("passport", "photo", "doubtful", "X1234567")
    assert {code for code, answer in screening.answers.items() if answer["value"] == "yes"} == set(YES)
    assert screening.answers[UNKNOWN]["value"] == "unknown"
    assert screening.finding == Finding.SUSPECTED
    return person, case


def received(ppt: Store, sent: Person) -> None:
    """The PPT has the person, without the telephone, and the case with screening and referral."""
    with ppt.work() as work:
        person = work.records.get(Person, sent.id)
        (screening,) = [each for each in work.records.select(Screening) if each.person_id == sent.id]
        (case,) = [each for each in work.records.select(CaseRecord) if each.person_id == sent.id]
        (referral,) = [each for each in work.records.select(Referral) if each.case_id == case.id]
    assert person is not None
    assert (person.name, dict(person.phones)) == (NAME, {})
    assert screening.finding == Finding.SUSPECTED
    assert (referral.chronology, referral.handover) == ("Dijanjikan kerja di toko.", "handed_over")


def confirmed(village: Store, person: Person) -> None:
    """Every record of this person counts as received at the PPT."""
    with village.work() as work:
        theirs = {("person", person.id)}
        for kind, record_class in (
            ("journey", Journey),
            ("document", Document),
            ("consent", Consent),
            ("screening", Screening),
            ("case_record", CaseRecord),
        ):
            theirs |= {(kind, each.id) for each in work.records.select(record_class) if each.person_id == person.id}
        cases = {each_id for kind, each_id in theirs if kind == "case_record"}
        theirs |= {("referral", each.id) for each in work.records.select(Referral) if each.case_id in cases}
    states = deliveries(village)
    assert {kind: states[kind, each_id][0] for kind, each_id in theirs} == dict.fromkeys(
        (kind for kind, _ in theirs), Delivery.RECEIVED
    )


def printed(pdf: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(pdf).pages).split())


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())
