# SPDX-License-Identifier: GPL-3.0-or-later
"""Three ways of working with a case, as practised in P11/2012 IV.D, walked through the real windows by keys.

Rumah Perempuan Kupang, Damar and PTPAS. `PICTURES=FOLDER` keeps a picture of each station there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hands import Key
from pytestqt.qtbot import QtBot
from workflow_tools import (
    CLERGY,
    COUNSELLING,
    CTRL,
    LAWYERS,
    OTHER_HOUSE,
    POLICE,
    PUSKESMAS,
    SAFE_HOUSE,
    Ready,
    Walk,
    prepared,
    walking,
)

from trafficwatch.casework.care import care_of_person, save_care
from trafficwatch.casework.hearing import hear_reply
from trafficwatch.casework.referrals import ReferralInput, hand_over, refer
from trafficwatch.models.casework import Answered, CaseRecord, Referral
from trafficwatch.models.fields import Side
from trafficwatch.models.institution import Institution
from trafficwatch.models.people import Person
from trafficwatch.store.vault import Keys
from trafficwatch.texts import t
from trafficwatch.texts.labels import label

MARIANCE, DAMARIS, YULITA = "Mariance Latihan", "Damaris Latihan", "Yulita Latihan"
"""Nobody is called so."""


@pytest.fixture(scope="module")
def prepared_desks(founded: dict[str, tuple[Path, Keys]], tmp_path_factory: pytest.TempPathFactory) -> Ready:
    return prepared(founded, tmp_path_factory.mktemp("workflows"), MARIANCE, DAMARIS, YULITA)


@pytest.fixture
def ready(prepared_desks: Ready, tmp_path: Path) -> Ready:
    return prepared_desks.copy(tmp_path / "desks")


def test_rumah_perempuan_collects_analyses_refers_and_closes_with_the_task_force(
    qtbot: QtBot, ready: Ready, tmp_path: Path
) -> None:
    with walking(qtbot, ready, "kupang") as walk:
        person = walk.read(lambda work: person_of(work, MARIANCE))
        walk.to_case(MARIANCE)
        walk.station(t("case_page.none"), "Ibu RT 03", t("case_page.next.needs_assessment"))
        collect(walk)
        analyse(walk)
        refer_to_five(walk, person, tmp_path / "surat.pdf")
        refer_again(walk, person)
        close(walk, person)
        walk.do(Key.Key_Escape)  # each form that was saved brought the same page back, and left no other behind
        walk.reach(t("resident.screen"))
        care = walk.read(lambda work: care_of_person(work, person))
        (closure,) = care["closure"]
        assert (closure.reason, closure.person_part) == ("recovered", "Ia setuju")  # type: ignore[attr-defined]
        assert closure.task_force_part == "RT menemani"  # type: ignore[attr-defined]
        assert [len(care[name]) for name in ("account", "needs_assessment", "plan_action")] == [1, 1, 1]
        referrals = referrals_of(walk, person)
        assert sorted(named(walk, each) for each in referrals) == sorted(
            [POLICE, SAFE_HOUSE, OTHER_HOUSE, PUSKESMAS, COUNSELLING, CLERGY]
        )
        (declined,) = [each for each in referrals if each.heard == Answered.DECLINED]
        assert [named(walk, each) for each in referrals if each.replaces == declined.id] == [OTHER_HOUSE]


def collect(walk: Walk) -> None:
    """What happened, asked once and for a reason."""
    walk.section("story")
    walk.add(
        "account", asked_by="professional", recruitment="Diajak kenalan", exploitation="Upah ditahan", place="Ende"
    )
    walk.station("Ende", t("case_page.state.open"))


def analyse(walk: Walk) -> None:
    """What is needed, and who does what until when."""
    walk.section("needs")
    walk.add("needs_assessment", needs={"body": "soon", "safety": "immediate"}, wishes="Pulang ke ibu")
    walk.add("plan_action", action="Cari tempat aman", urgency="soon", doer="Maria Tefa", due_on="25-11-2026")
    walk.station(label("need_area", "safety"), "Cari tempat aman", "Maria Tefa")
    assert "Cari tempat aman" in walk.name, "what was written is not where one stands"
    walk.section("now")
    walk.station("Cari tempat aman", t("case_page.next.referral"))


def refer_to_five(walk: Walk, person: str, pdf: Path) -> None:
    """The police by keys, from the need to the letter; four others the same day."""
    walk.section("reports")
    walk.press_button(t("case_page.add_of", what=t("case_page.referrals")))
    walk.reach(label("service", "legal_aid"))
    walk.press(Key.Key_Space)
    walk.pick(label("urgency", "immediate"), label("urgency", "soon"))
    walk.do(Key.Key_Return, CTRL)
    walk.pick(walk.name, POLICE)
    walk.station(t("referral.offering"))
    walk.do(Key.Key_Return, CTRL)
    walk.station(t("referral.agreed"))
    walk.do(Key.Key_Return, CTRL)
    walk.fill(t("referral.chronology"), "Upah ditahan")
    walk.do(Key.Key_Return, CTRL)
    walk.press_button(t("printing.save"))
    walk.answer_dialog(str(pdf))
    walk.press_button(t("referral.hand_over"))
    walk.station(label("referral_status", "handed_over"), POLICE)
    assert pdf.read_bytes().startswith(b"%PDF")
    others = {
        SAFE_HOUSE: "temporary_shelter",
        PUSKESMAS: "health_rehabilitation",
        COUNSELLING: "psychological_strengthening",
        CLERGY: "psychological_strengthening",
    }

    def write(work: Any) -> None:
        for name, service in others.items():
            fields = {"services": {service: True}, "urgency": "soon", "chronology": "Upah ditahan"}
            made = refer(work, person, ReferralInput(institution_of(work, name), fields))
            hand_over(work, made.id)

    walk.read(write)
    walk.back_to_case()
    walk.section("reports")
    walk.station(POLICE, *others)
    assert len({each.case_id for each in referrals_of(walk, person)}) == 1


def refer_again(walk: Walk, person: str) -> None:
    """The safe house is full: its answer is written down, and another house is asked."""
    walk.press_button(t("resident.referral.see_of", name=SAFE_HOUSE))
    walk.press_button(t("referral_life.hear"))
    walk.pick(walk.name, label("referral_status", Answered.DECLINED), Key.Key_Down)
    walk.fill(t("referral_life.reason_needed"), "Penuh")
    walk.press_button(t("referral_life.save"))
    walk.station(t("referral_life.declined"), t("referral_life.heard_reason", reason="Penuh"))
    walk.press_button(t("referral_life.again"))
    walk.station(t("referral_life.again_title"), t("referral_life.has_declined"))
    walk.pick(walk.name, OTHER_HOUSE)
    for _ in range(3):
        walk.do(Key.Key_Return, CTRL)
    walk.station(t("referral_life.replaces"), OTHER_HOUSE)
    (made,) = [each for each in referrals_of(walk, person) if each.replaces]
    assert (made.handover, made.chronology, dict(made.services)) == (
        "consented",
        "Upah ditahan",
        {"temporary_shelter": True},
    )
    walk.back_to_case()


def close(walk: Walk, person: str) -> None:
    """Not over what is urgent; once all have served, with the person's word and the task force's."""
    walk.section("closing")
    walk.press_button(t("closing.title"))
    walk.station("5 rujukan mendesak", t("closing.about"))

    def serve(work: Any) -> None:
        for each in work.records.select(Referral):
            if each.person_id != person or each.heard == Answered.DECLINED:
                continue
            if each.handover != "handed_over":
                hand_over(work, each.id)
            for answer in (Answered.ACCEPTED, Answered.IN_SERVICE, Answered.FINISHED):
                hear_reply(work, each.id, answer)

    walk.read(serve)
    walk.back_to_case()
    walk.section("closing")
    walk.press_button(t("closing.title"))
    walk.mark(
        [label("closure_reason", each) for each in ("recovered", "own_wish")], label("closure_reason", "recovered")
    )
    for name, said in (("person_part", "Ia setuju"), ("task_force_part", "RT menemani"), ("remains", "Kabar bulanan")):
        walk.answer("closure", name, said)
    walk.do(Key.Key_Return, CTRL)
    walk.station(t("case_page.state.closed"), "RT menemani", "Ia setuju")


# -- Damar -------------------------------------------------------------------------------------------------------------


def test_damar_goes_from_safety_to_what_follows_the_verdict(qtbot: QtBot, ready: Ready) -> None:
    with walking(qtbot, ready, "damar") as walk:
        person = walk.read(lambda work: person_of(work, DAMARIS))
        walk.to_case(DAMARIS)
        walk.station("Ibu RT 03", t("case_page.none"))
        make_safe(walk)
        complain(walk)
        accompany(walk, person)
        choose_law(walk)
        watch_after_the_verdict(walk, person)
        care = walk.read(lambda work: care_of_person(work, person))
        (report,), (item,), (step,) = care["authority_report"], care["evidence_item"], care["custody"]
        assert (report.kind, report.receipt_number) == ("report", "STPL/7")  # type: ignore[attr-defined]
        assert (step.evidence_id, step.from_whom, step.to_whom) == (item.id, "Kantor desa", "Penyidik")  # type: ignore[attr-defined]
        tracks = {each.track: each for each in care["legal_track"]}  # type: ignore[attr-defined]
        assert tracks["criminal"].legal_stage == "verdict"  # type: ignore[attr-defined]
        assert tracks["restitution"].claimed == 9_000_000  # type: ignore[attr-defined]
        (watched,) = [each for each in care["accompaniment"] if each.task == "legal_monitoring"]  # type: ignore[attr-defined]
        assert dict(watched.delivered) == {"uptd_ppa": "2026-11-21", "law_enforcers": "2026-11-21"}  # type: ignore[attr-defined]
        (visit,) = [each for each in care["follow_up"] if each.done_on]  # type: ignore[attr-defined]
        assert (visit.done_on, visit.mind_scale, dict(visit.items)) == ("2026-11-21", 3, {"legal": "yes"})  # type: ignore[attr-defined]


def make_safe(walk: Walk) -> None:
    """First aid, and protection, which stands apart from the case."""
    walk.section("needs")
    walk.add("first_aid", companion="Ibu RT 03", acts={"listening": True, "protecting": True})
    walk.station(label("first_aid_act", "listening"), t("case_page.state.open"))
    walk.press_button(t("protection.open"))
    walk.press_button(t("protection.add"))
    walk.write("protection_request", protected="person", name=DAMARIS, protections={"safe_house": True}, status="asked")
    walk.station(t("protection.apart"), label("protected", "person"))
    walk.back_to_case()


def complain(walk: Walk) -> None:
    """The report with its receipt, the evidence and into whose hands it went."""
    walk.section("reports")
    said = {"kind": "report", "channel": "in_person", "institution_id": POLICE, "receipt_number": "STPL/7"}
    walk.add("authority_report", **said)
    walk.station(POLICE)
    walk.add("evidence_item", kind="letter", words="Surat kontrak", obtained_from="Damaris", kept_at="Kantor desa")
    walk.press_button("Surat kontrak")
    walk.press_button(t("case_page.hand_on"))
    walk.write("custody", to_whom="Penyidik")
    walk.press_button("Surat kontrak")
    walk.station("Kantor desa", t("case_page.chain"), "Penyidik")


def accompany(walk: Walk, person: str) -> None:
    """Counselling, with somebody who goes along; and the way to restitution, beside the crime."""

    def write(work: Any) -> None:
        house, lawyers = (institution_of(work, name) for name in (COUNSELLING, LAWYERS))
        task = {"task": "social_access", "institution_id": house, "done_on": work.today, "result": "Tenang"}
        save_care(work, "accompaniment", None, task, person_id=person)
        claim = {"track": "restitution", "legal_stage": "inquiry", "institution_id": lawyers, "claimed": 9_000_000}
        save_care(work, "legal_track", None, claim, person_id=person)

    walk.read(write)


def choose_law(walk: Walk) -> None:
    """The way that the person chose: the crime, and what was lost."""
    walk.section("support")
    walk.add("legal_track", track="criminal", legal_stage="reported", institution_id=POLICE, case_number="12/2026")
    walk.station(COUNSELLING, t("case_page.tasks.social"), label("legal_track", "restitution"))
    walk.add("loss", kind="income", amount=9_000_000, words="Upah enam bulan")
    walk.station(label("legal_track", "restitution"), t("case_page.loss_total", amount="9.000.000"))


def watch_after_the_verdict(walk: Walk, person: str) -> None:
    """The verdict, what monitoring showed and to whom it was taken, and a visit at home."""
    walk.press_button(label("legal_track", "criminal"))
    walk.press_button(t("case_page.edit"))
    walk.write("legal_track", legal_stage="verdict", stage_on="20-11-2026")
    walk.station(label("legal_stage", "verdict"))
    days = {"uptd_ppa": "21-11-2026", "law_enforcers": "21-11-2026"}
    walk.add("accompaniment", task="legal_monitoring", done_on="21-11-2026", result="Diputus", delivered=days)
    walk.press_button(label("task", "legal_monitoring"))
    walk.station("UPTD PPA: 21 November 2026")

    def bring_home(work: Any) -> None:
        save_care(work, "return_safety", None, {"return_verdict": "safe"}, person_id=person)
        home = {
            "placement": "family",
            "chosen_by": "person",
            "placed_on": "2026-11-20",
            "reintegration_on": "2026-11-20",
        }
        save_care(work, "placement", None, home, person_id=person)

    walk.read(bring_home)
    walk.section("follow_up")
    walk.press_button(t("case_page.follow_up"))
    walk.station(t("follow_up.contacts"))
    walk.press_button(t("follow_up.record_contact"))
    walk.write("follow_up", companion="Ibu RT 03", items={"legal": "yes"}, mind_scale=3, voice="Sudah tidur")
    walk.station(t("follow_up.quote", words="Sudah tidur"))


# -- PTPAS -------------------------------------------------------------------------------------------------------------


def test_ptpas_many_members_work_on_one_case_each_its_part(qtbot: QtBot, ready: Ready) -> None:
    with walking(qtbot, ready, "ptpas-desa") as walk:
        person = walk.read(lambda work: person_of(work, YULITA))
        code = walk.read(lambda work: referred(work, person))
        walk.do(Key.Key_5, CTRL)
        walk.press_button(t("exchange_desk.send.make"))
        walk.answer_dialog(str(ready.stick))
        walk.station(t("exchange_desk.send.written", count=1))
    with walking(qtbot, ready, "ptpas-ppt", Side.PPT) as walk:
        answer(walk, ready.stick, code)
    with walking(qtbot, ready, "ptpas-kembali") as walk:
        walk.do(Key.Key_5, CTRL)
        walk.press_button(t("exchange_desk.send.receipts"))
        walk.answer_dialog(str(ready.stick))
        walk.reach(t("exchange_desk.result.title"))
        walk.point(t("referral_life.news.accepted", count=1))
        walk.station(t("exchange_desk.send.stands.all_received"))
        walk.to_case(YULITA)
        walk.section("support")
        walk.station(*PARTS, *PARTS.values())
        walk.press_button(COUNSELLING)
        walk.station("Perlu pendampingan lama")
        care = walk.read(lambda work: care_of_person(work, person))
        parts = {each.part for each in care["case_part"]}  # type: ignore[attr-defined]
        assert parts == set(PARTS.values())
        (deep,), (referral,) = care["deep_assessment"], referrals_of(walk, person)
        assert deep.summary == "Perlu pendampingan lama"  # type: ignore[attr-defined]
        assert referral.answered == Answered.ACCEPTED


PARTS = {PUSKESMAS: "Visum dan obat", SAFE_HOUSE: "Tempat tinggal", LAWYERS: "Mendampingi sidang"}
"""Which organisation does what."""


def answer(walk: Walk, stick: Path, code: str) -> None:
    """The PPT takes in what came, shares out the work, assesses, accepts, and gives the answer back."""
    walk.press_button(t("ppt_desk.inbox.take"))
    walk.answer_dialog(str(stick))
    walk.station(t("exchange_desk.result.title"))
    walk.do(Key.Key_Return)
    walk.do(Key.Key_2, CTRL)
    walk.point(code)
    walk.do(Key.Key_Return)
    walk.station(code, YULITA, t("ppt_care.none.case_part"))
    for name, part in PARTS.items():
        walk.press_button(t("ppt_care.add.case_part"))
        walk.write("case_part", institution_id=name, part=part)
    walk.press_button(t("ppt_care.add.deep_assessment"))
    walk.write("deep_assessment", institution_id=COUNSELLING, summary="Perlu pendampingan lama")
    walk.reach(t("ppt_care.add.case_part"))
    walk.station(*PARTS, COUNSELLING)
    walk.press_button(t("ppt_desk.answer.accepted"))
    walk.station(label("referral_status", Answered.ACCEPTED))
    walk.do(Key.Key_1, CTRL)
    walk.press_button(t("ppt_care.due.write"))
    walk.answer_dialog(str(stick))
    walk.station(t("ppt_care.due.written", count=1))


# -- looking into the store --------------------------------------------------------------------------------------------


def person_of(work: Any, name: str) -> str:
    return next(str(each.id) for each in work.records.select(Person) if each.name == name)


def institution_of(work: Any, name: str) -> str:
    return next(str(each.id) for each in work.records.select(Institution) if each.name == name)


def referrals_of(walk: Walk, person: str) -> list[Referral]:
    return walk.read(lambda work: [each for each in work.records.select(Referral) if each.person_id == person])


def named(walk: Walk, referral: Referral) -> str:
    return walk.read(lambda work: work.records.get(Institution, referral.institution_id or "").name or "")


def referred(work: Any, person: str) -> str:
    """The person's referral to the police, handed over; gives the code of the case."""
    fields = {"services": {"legal_aid": True}, "urgency": "soon", "chronology": "Upah ditahan"}
    made = hand_over(work, refer(work, person, ReferralInput(institution_of(work, POLICE), fields)).id)
    return work.records.get(CaseRecord, made.case_id or "").code or ""
