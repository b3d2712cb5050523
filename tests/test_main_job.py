# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job from end to end: through the use cases step by step, and as the one command that a fresh clone runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from desks import (
    NOELBAKI,
    PPT,
    Clock,
    Desks,
    cli,
    content,
    enrol,
    enrolled,
    files,
    found_ppt,
    found_village,
    refused,
    reopened,
    screen_worked_case,
)
from referral_tools import reader, squeezed, text

from trafficwatch.casework.consents import agreement_of, record_consent
from trafficwatch.casework.lifecycle import StepNotPossible, status
from trafficwatch.casework.referral_form import referral_form
from trafficwatch.casework.referrals import ReferralNotAgreed, advance_referral, draft_referral, open_case
from trafficwatch.cli.demo import HELPER_PASSPHRASE, VILLAGE_PASSPHRASE
from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.referral import referral_pdf
from trafficwatch.models.casework import CaseRecord, Handover, Referral, Screening
from trafficwatch.models.exchange import BundleKind, Delivery
from trafficwatch.models.identity import check_case_code
from trafficwatch.models.institution import Institution
from trafficwatch.models.migration import Document, Journey
from trafficwatch.models.people import Person, SafeContact
from trafficwatch.models.screening import Element, Form, State
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.practice import PracticeOnly, populate
from trafficwatch.registry.residents import agree_safe_contact, check_document, plan_journey, record_person
from trafficwatch.screening.sessions import evaluate_screening
from trafficwatch.store import journal
from trafficwatch.store.unlock import open_store
from trafficwatch.sync.exporting import NothingToSend, export, preview
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.outgoing import write_answer

if TYPE_CHECKING:
    from pathlib import Path

    from trafficwatch.store.work import Store

CONSENT = {"service": "agreed", "referral": "agreed", "share_case": "agreed", "report": "refused"}


@dataclass(frozen=True)
class Job:
    """The ids of what the job recorded at the village."""

    person: str
    journey: str
    paper: str
    screening: str
    case: str
    referral: str


def test_the_whole_job_through_the_use_cases(tmp_path: Path) -> None:
    clock, stick = Clock(), tmp_path / "stick"
    stick.mkdir()
    village, ppt = found_village(tmp_path / "village", clock), found_ppt(tmp_path / "ppt", clock)
    desks = Desks(tmp_path, stick, village, ppt, clock)
    enrol(village, ppt, stick)
    person, journey, paper = record(village)
    screening = screen_worked_case(village, person)
    case, referral = refer(village, person)
    job = Job(person, journey, paper, screening, case, referral)
    assert_suspected(village, job)
    hand_over(village, job)
    exchange(desks)
    assert_arrived(desks, job)
    keys = {"village": village.keys, "ppt": ppt.keys}
    desks.close()
    for name, known in keys.items():  # and it is still there after both laptops were switched off
        store = reopened(tmp_path / name, known, clock)
        with store.work() as work:
            assert work.records.get(Screening, job.screening).finding == "suspected"
            assert (work.info.code, work.info.practice) == ((NOELBAKI if name == "village" else PPT)[0], False)
            assert journal.broken_at(work.connection, work.sealer, work.info.device) is None
        store.close()


def record(village: Store) -> tuple[str, str, str]:
    with village.work() as work:
        person = record_person(
            work, name="  Yohanis   Bere ", nik="5301081002900001", birth_date="1990-02-10", sex="m", religion="Katolik"
        ).person
        journey = plan_journey(work, person.id, stage="returned", destination_country="KR", work="buruh pelabuhan")
        paper = check_document(work, person.id, journey.id, kind="passport", seen="original", found="doubtful")
        agree_safe_contact(work, person.id, way="through_person", through="Mama Yuli", never_tell="Agen")
        assert (person.name, paper.checked_on, paper.checked_by) == ("Yohanis Bere", "2026-11-21", work.volunteer)
    return person.id, journey.id, paper.id


def refer(village: Store, person: str) -> tuple[str, str]:
    """Case and draft; without consent no further step, and none may be left out."""
    with village.work() as work:
        case = open_case(work, person)
        institution = work.records.select(Institution)[0]
        referral = draft_referral(work, case, institution.id, urgency="soon", purpose="Bantuan hukum")
        assert status(referral) == "draft"
        assert check_case_code(case.code or "") == case.code
    for wanted, error in ((Handover.CONSENTED, ReferralNotAgreed), (Handover.HANDED_OVER, StepNotPossible)):
        with pytest.raises(error), village.work() as work:
            advance_referral(work, referral.id, wanted)
    with village.work() as work:
        refused = ["person.religion"]
        record_consent(work, person, CONSENT, refused_fields=refused, method="thumbprint", witness="Agus")
        assert agreement_of(work, person).scopes == {"service", "referral", "share_case"}
        advance_referral(work, referral.id, Handover.CONSENTED)
    return case.id, referral.id


def assert_suspected(store: Store, job: Job) -> None:
    with store.work() as work:
        found = evaluate_screening(work, job.screening)
    assert (found.screening.finding, found.screening.risk) == ("suspected", "low")
    assert (found.evaluation.finding, found.evaluation.forms) == ("suspected", (Form.LABOUR,))
    states = {element: (result.state, bool(result.by)) for element, result in found.evaluation.elements.items()}
    assert states == dict.fromkeys(Element, (State.STATED, True))


def hand_over(village: Store, job: Job) -> None:
    """The printed form says what the person lets it say."""
    with village.work() as work:
        assert status(advance_referral(work, job.referral, Handover.HANDED_OVER)) == "handed_over"
        form = referral_form(work, job.referral, "id")
        code = work.records.get(CaseRecord, job.case).code or "?"
    for paper in PAPERS.values():
        shown = squeezed(text(referral_pdf(form, paper)))
        assert [word for word in ("YohanisBere", code, "MamaYuli", "Bantuanhukum") if word not in shown] == []
        assert "Katolik" not in shown


def exchange(desks: Desks) -> None:
    with desks.village.work() as work:
        before = preview(work)
    [made] = export(desks.village, desks.stick)
    assert made.records == sum(before.counts.values()) == 11
    manifest, _ = content(desks.ppt, made.path)
    assert (manifest.kind, manifest.practice, manifest.sender.code) == (BundleKind.REPORT, False, NOELBAKI[0])
    desks.clock.move(hours=5)
    done = take_in(desks.ppt, made.path)
    assert (done.kind, done.sender, done.number, done.gap, done.again) == ("report", NOELBAKI[0], 1, 0, False)
    assert {result.state for result in done.results} == {Delivery.RECEIVED}
    receipt = write_answer(desks.ppt, done.receipt or "", desks.stick)
    assert take_in(desks.village, receipt).received == made.records
    with pytest.raises(NothingToSend):
        export(desks.village, desks.stick)


def assert_arrived(desks: Desks, job: Job) -> None:
    """The same case at the PPT, and nothing that was refused."""
    assert_suspected(desks.ppt, job)
    for cls, record_id in (
        (Journey, job.journey),
        (Document, job.paper),
        (Screening, job.screening),
        (CaseRecord, job.case),
        (Referral, job.referral),
    ):
        with desks.village.work() as work:
            here = work.records.get(cls, record_id)
        with desks.ppt.work() as work:
            assert work.records.get(cls, record_id) == here
    with desks.ppt.work() as work:
        person = work.records.get(Person, job.person)
        assert (person.name, person.nik, person.religion) == ("Yohanis Bere", "5301081002900001", None)
        assert [each.through for each in work.records.select(SafeContact)] == ["Mama Yuli"]


def test_invented_people_never_get_into_a_real_store(tmp_path: Path) -> None:
    with enrolled(tmp_path) as desks:
        with pytest.raises(PracticeOnly), desks.village.work() as work:
            populate(work, NOELBAKI[0])
        with desks.village.work() as work:
            assert work.records.select(Person) == []


# -- the one command ---------------------------------------------------------------------------------------------------

LEFT = {
    *("approval.twb", "langkah.md", "ppt-pack.twe", "receipt.twb", "referral-a4.pdf", "referral-blank-a4.pdf"),
    *("referral-blank-f4.pdf", "referral-f4.pdf", "report.twb", "steps.md", "village-request.twe"),
}


def demo(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """As `dev.py run` starts it on a machine without a display, with warnings as errors."""
    command = [sys.executable, "-W", "error", "-m", "trafficwatch.cli", *options, "demo", "--out", str(out)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "out"
    ended = demo(folder)
    assert (ended.returncode, ended.stderr) == (0, "")
    steps = re.findall(r"^ ?(\d+)\. ", ended.stdout, re.MULTILINE)
    assert steps == [str(number) for number in range(1, len(steps) + 1)]
    assert len(steps) > 12
    return folder


def visible(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")}


def test_the_demo_leaves_its_results(out: Path) -> None:
    assert visible(out) == LEFT
    assert sorted(path.name for path in (out / "stores").iterdir()) == ["ppt", "village"]
    for paper in PAPERS.values():
        name = f"{paper.name.lower()}.pdf"
        filled, blank = (out / f"referral-{name}").read_bytes(), (out / f"referral-blank-{name}").read_bytes()
        for pdf in (filled, blank):
            box = reader(pdf).pages[0].mediabox
            assert (float(box.width), float(box.height)) == pytest.approx((paper.width, paper.height), abs=0.01)
        assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]", text(filled))
        assert "LATIHAN" in text(filled)


def test_the_demo_tells_each_step_in_both_languages(out: Path) -> None:
    accounts = {name: (out / name).read_text("utf-8") for name in ("langkah.md", "steps.md")}
    numbers = {name: re.findall(r"^(\d+)\. ", account, re.MULTILINE) for name, account in accounts.items()}
    assert numbers["langkah.md"] == numbers["steps.md"]
    assert "Ada dugaan tindak pidana perdagangan orang (TPPO)" in accounts["langkah.md"]
    assert "{" not in "".join(accounts.values())
    for account in accounts.values():
        assert NOELBAKI[1] in account


def test_the_demo_shows_what_an_untrained_volunteer_sees(out: Path) -> None:
    for passphrase, able in ((VILLAGE_PASSPHRASE, True), (HELPER_PASSPHRASE, False)):
        store = open_store(out / "stores/village", passphrase)
        with store.work() as work:
            [screening] = work.records.select(Screening)
            assert len(work.records.select(Person)) >= 12
            assert work.info.practice
        store.close()
        assert (store.keys.case is not None, bool(screening.answers)) == (able, able)


def test_the_demo_bundle_is_marked_and_sealed_for_its_ppt(out: Path) -> None:
    store = open_store(out / "stores/ppt", "latihan ppt bukan rahasia")
    manifest, lines = content(store, out / "report.twb")
    with store.work() as work:
        agreed = {person.id for person in work.records.select(Person)}
        [referral] = work.records.select(Referral, RECORD_TABLES["referral"].c.handover == "handed_over")
    store.close()
    assert (manifest.practice, manifest.kind, manifest.sender.code) == (True, BundleKind.REPORT, NOELBAKI[0])
    assert {line["id"] for line in lines if line["type"] == "person"} == agreed == {referral.person_id}
    assert "person.religion" in json.dumps(lines)  # the refusal is told, what was refused is not
    [person] = [line for line in lines if line["type"] == "person"]
    assert [key for key in person["fields"] if key.startswith(("phones", "religion"))] == []


@pytest.mark.long
def test_the_demo_runs_again_in_its_own_folder(out: Path) -> None:
    before = files(out)
    ended = demo(out, "--json", "--lang", "en")
    assert (ended.returncode, ended.stderr) == (0, "")
    document = json.loads(ended.stdout)  # one document, no steps around it
    assert (document["out"], set(document["files"])) == (str(out), LEFT)
    assert visible(out) == LEFT
    after = files(out)
    assert [
        name for name in ("report.twb", "receipt.twb", "stores/ppt/vault.json") if after[name] == before[name]
    ] == []


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "sub"])
@pytest.mark.parametrize("marked", [False, True])
def test_the_demo_refuses_a_folder_with_other_files(tmp_path: Path, name: str, *, marked: bool) -> None:
    """A folder of an earlier demo too, once somebody has put something into it."""
    if marked:
        (tmp_path / ".trafficwatch-demo").touch()
        (tmp_path / "report.twb").write_bytes(b"of an earlier demo")
    if name == "sub":
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_text("mine")
    before = files(tmp_path)
    refused(cli("--json", "demo", "--out", tmp_path), "folder_not_empty")
    assert files(tmp_path) == before
    assert (tmp_path / name).exists()
