# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing typed is left in clear on the disk: canaries in every form of both desks, a crash, a lock, a saved letter.

The desk runs in a process of its own, with a home and a folder for temporary files of its own (`typist`). Afterwards
every file that it left is read, raw, in wide letters, in base64, and unpacked; only the PDF in the chosen folder may
tell. Its log, and what its crash dialog shows, are read as well.
"""

from __future__ import annotations

import base64
import os
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from desks import Clock, reopened
from laptop import Laptop, has_canary, laptop, telling
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas
from typist import WORD

from trafficwatch.app import pages
from trafficwatch.casework.attachments import add
from trafficwatch.casework.care import save_care
from trafficwatch.cli.practice import PPT_PASSPHRASE, VILLAGE_PASSPHRASE
from trafficwatch.models.casework import CaseRecord, Referral, Screening
from trafficwatch.models.fields import Side
from trafficwatch.registry.browse import residents
from trafficwatch.registry.recruiters import save_recruiter
from trafficwatch.registry.residents import plan_journey, record_person
from trafficwatch.store.vault import Keys
from trafficwatch.ui.shell.draft_list import FORMS
from trafficwatch.ui.shell.page import Page
from trafficwatch.village.setup import desk_members

UNTYPED = {
    Side.VILLAGE: {"connect", "laptops", "trash", "duplicates", "import_residents"},
    Side.PPT: {"villages", "escrow", "member", "trash", "questionnaires", "care_policy"},
}
"""Forms that take digits alone or begin with a file, that need an officer without training, something in the trash or
two cards that look alike."""
EVIDENCE = "bukti.pdf"
EVERY = os.environ.get("CANARIES") == "every"
"""Before the crash every form is filled; before the lock all of them only if asked for, otherwise the last one."""


def test_the_search_finds_what_is_hidden(tmp_path: Path) -> None:
    text = f"Ibu {WORD}007 dari Noelbaki"
    hidden = [
        text.encode("utf-16-le"),
        text.upper().encode(),
        base64.b64encode(b"ab" + text.encode()),
        b"%PDF" + os.urandom(100) + zlib.compress(text.encode() * 3) + os.urandom(100),
        b"%PDF" + zlib.compress(text.encode("utf-16-be"), 9),
    ]
    for number, content in enumerate(hidden):
        (tmp_path / f"{number}.bin").write_bytes(content)
    (tmp_path / "none.bin").write_bytes(os.urandom(1 << 20) + text[::-1].encode())
    (tmp_path / f"{WORD}.txt").write_bytes(b"x")
    assert sorted(telling(tmp_path)) == [*(f"{number}.bin" for number in range(5)), f"{WORD}.txt"]


def village_job(made: Laptop) -> dict[str, Any]:
    """Every page of the village and what it is about; the one who is referred bears a canary for a name."""
    assert made.keys is not None
    store = reopened(made.store, made.keys, Clock())
    with store.work() as work:
        person = residents(work, "Yohanis").rows[0].id
        record_person(work, person, name=f"{WORD} Bere", address=f"Dusun {WORD}")
        screening = work.records.select(Screening)[0].id
        referral = work.records.select(Referral)[0].id
        planned = plan_journey(work, person, stage="preparing", destination_place=WORD).id
        away = plan_journey(work, person, stage="departed", departure_on="2026-01-02").id
        recruiter = save_recruiter(work, {"name": f"{WORD} Calo"}).id
        helper = next(each.id for each in desk_members(work) if not each.trained)
        save_care(work, "follow_up", None, {"planned_on": work.today}, person_id=person)  # one that can be put off
        attached = add(work, person, f"{WORD}.pdf", evidence(f"dalam {WORD}"), note=WORD)
    store.close()
    made.chosen.mkdir()
    (made.chosen / EVIDENCE).write_bytes(evidence(f"luar {WORD}"))
    about = {
        "attachment": {"attachment_id": attached},
        "attachment_add": {"person_id": person},
        "attachments": {"person_id": person},
        "care_entry": {"of_type": "first_aid", "person_id": person},
        "case_paper": {"kind": "intake", "person_id": person, "of_id": person},
        "check_in": {"journey_id": away},
        "closing": {"person_id": person},
        "consent": {"person_id": person},
        "follow_up": {"person_id": person},
        "follow_ups": {"person_id": person},
        "journey": {"person_id": person, "journey_id": planned},
        "journey_edit": {"person_id": person, "journey_id": planned},
        "member": {"member_id": helper},
        "own_data": {"person_id": person},
        "paper": {"kind": "family", "person_id": person, "journey_id": planned},
        "paper_entry": {"person_id": person},
        "person_case": {"person_id": person},
        "recruiter": {"recruiter_id": recruiter},
        "referral": {"person_id": person},
        "resident": {"person_id": person},
        "residents": {"text": WORD},
        "screening": {"person_id": person},
        "screening_print": {"screening_id": screening, "kind": "report"},
        "screening_result": {"screening_id": screening},
        "training_case": {"code": "LAT-01"},
        "visit": {"person_id": person, "journey_id": planned},
    }
    return {
        "passphrase": VILLAGE_PASSPHRASE,
        "person": person,
        "letter": {"person_id": person, "referral_id": referral},
        "evidence": EVIDENCE,
        "pages": visits(Side.VILLAGE, about, last=("resident_edit", {})),
    }


def evidence(text: str) -> bytes:
    """A paper with this text in clear."""
    made = BytesIO()
    canvas = Canvas(made, pageCompression=0)
    canvas.drawString(72, 720, text)
    canvas.save()
    return made.getvalue()


def ppt_job(made: Laptop) -> dict[str, Any]:
    assert made.keys is not None
    store = reopened(made.store, made.keys, Clock())
    with store.work() as work:
        case = work.records.select(CaseRecord)[0].id
        screening = work.records.select(Screening)[0].id
        person = residents(work, "Yohanis").rows[0].id
        attached = add(work, person, f"{WORD}.pdf", evidence(f"dalam {WORD}"), note=WORD)
    store.close()
    about = {"case_id": case}
    every = {
        "attachment": {"attachment_id": attached},
        "attachments": {"person_id": person},
        "case": about,
        "own_record": {**about, "of_type": "case_part"},
        "second_reading": {**about, "screening_id": screening},
    }
    return {"passphrase": PPT_PASSPHRASE, "person": person, "pages": visits(Side.PPT, every, last=("case", about))}


def visits(
    side: Side, about: dict[str, dict[str, Any]], *, last: tuple[str, dict[str, Any]]
) -> list[tuple[str, dict[str, Any]]]:
    """Every page of a desk, `last` at the end."""
    return [*((name, about.get(name, {})) for name in sorted(pages(side)[1])), last]


# -- the tests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", list(Side))
def test_nothing_typed_is_on_the_disk_after_a_crash_and_after_a_lock(
    founded: dict[str, tuple[Path, Keys]], tmp_path: Path, side: Side
) -> None:
    made = laptop(founded, tmp_path, side)
    job = village_job(made) if side is Side.VILLAGE else ppt_job(made)

    code, told = made.work("crash", **job)
    assert code == -9
    check_what_was_told(side, made, told)
    assert telling(made.home) == []
    if side is Side.VILLAGE:
        assert WORD in "".join(page.extract_text() for page in PdfReader(made.chosen / "surat.pdf").pages)
        assert {path.name for path in made.chosen.iterdir()} == {"surat.pdf", "cetak.pdf", EVIDENCE}

        (made.chosen / "surat.pdf").unlink()

    again = job if EVERY else {**job, "pages": job["pages"][-1:]}
    code, told = made.work("lock", **again)
    assert code == 0
    check_what_was_told(side, made, told, filled=None if EVERY else {job["pages"][-1][0]})
    assert telling(made.home) == []


def check_what_was_told(
    side: Side, made: Laptop, told: list[dict[str, Any]], *, filled: set[str] | None = None
) -> None:
    """Every form, or those `filled`, took canaries and kept them as a draft, the last one by itself; no report of a bug
    has one.
    """
    kept = {each["page"]: each["kept"] for each in told if each["what"] == "page"}
    every = {name for name, page in pages(side)[1].items() if is_form(page)} - UNTYPED[side]
    forms = every if filled is None else filled & kept.keys()
    assert {name for name, canaries in kept.items() if canaries} >= forms
    drafts_now = made.drafts()
    for name in forms:
        assert all(canary in drafts_now for canary in kept[name]), name
    reports = [each["report"] for each in told if each["what"] == "crash"]
    assert len(reports) == 2
    assert not has_canary("".join(reports).encode())
    assert told[-1]["what"] == "end"
    assert told[-1]["typed"]
    assert any(canary in drafts_now for canary in told[-1]["typed"])


def is_form(page: Any) -> bool:
    return isinstance(page, type) and page.unsaved is not Page.unsaved


def test_every_form_has_a_name_in_the_list_of_drafts() -> None:
    forms = {name for side in Side for name, page in pages(side)[1].items() if is_form(page)}
    assert forms <= FORMS


@pytest.mark.parametrize("side", list(Side))
def test_nothing_typed_while_setting_up_is_on_the_disk(tmp_path: Path, side: Side) -> None:
    made = Laptop(tmp_path, side, None)
    code, told = made.work("first")
    assert code == -9
    assert len([canary for each in told for canary in each["typed"]]) > 4
    (made.home / "something.txt").write_text("for the search")
    assert telling(made.home) == []
