# SPDX-License-Identifier: GPL-3.0-or-later
"""The paper that goes with a stick: what was handed over and its check codes, nobody's name but who signs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desks import PPT_PASSPHRASE, VILLAGE_PASSPHRASE, Desks, cli, done, enrolled, refused, shared_case
from pypdf import PdfReader

from trafficwatch.forms.case_paper import case_paper_pdf
from trafficwatch.forms.handover_slip import blank_slip_form, slip_form
from trafficwatch.forms.paper import PAPERS
from trafficwatch.forms.qr import read
from trafficwatch.models.forms import FormKind
from trafficwatch.sync import usb
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.slips import by_taker, slip

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        shared_case(found.village, "Yohanis Bere")
        yield found


def text_of(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    return " ".join(reader.pages[0].extract_text().split())


@pytest.mark.parametrize("paper", ["a4", "f4"])
def test_the_paper_of_a_village_and_of_its_ppt(desks: Desks, paper: str) -> None:
    written = usb.write(desks.village, desks.stick)
    with desks.village.work() as work:
        assert by_taker(work, written) == (written,)
        there = text_of(case_paper_pdf(slip_form(slip(work, written, "id")), PAPERS[paper]))
    for words in (written[0].code, written[0].path.name, "1 berkas", "UPTD PPA Kabupaten Kupang", "Maria Tefa"):
        assert words in there
    assert "Yohanis" not in there
    back = usb.write_answers(desks.ppt, [take_in(desks.ppt, written[0].path).receipt or ""], desks.stick)
    with desks.ppt.work() as work:
        answer = text_of(case_paper_pdf(slip_form(slip(work, back, "id")), PAPERS[paper]))
    assert "SERAH TERIMA TANDA TERIMA" in answer
    assert back[0].code in answer
    assert "Noelbaki" in answer


@pytest.mark.parametrize("paper", ["a4", "f4"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_blank_paper(paper: str, language: str) -> None:
    blank = text_of(case_paper_pdf(blank_slip_form(language), PAPERS[paper]))  # type: ignore[arg-type]
    assert "SHA-256" in blank


def test_the_code_of_the_paper_says_its_kind_alone(desks: Desks) -> None:
    written = usb.write(desks.village, desks.stick)
    with desks.village.work() as work:
        head = slip(work, written, "id").head
    from trafficwatch.forms.qr import payload

    assert read(payload(head.kind, head.case_code)) == (FormKind.DATA_HANDOVER, head.case_code)
    assert head.case_code.replace("-", "").lower() == written[0].bundle[:8]


def test_by_command_for_files_on_a_stick(desks: Desks, tmp_path: Path) -> None:
    [written] = usb.write(desks.village, desks.stick)
    desks.village.close()
    place = ("--store", tmp_path / "village", "--json")
    out = tmp_path / "slip.pdf"
    done(cli(*place, "form", "data_handover", written.path, "--out", out, passphrase=VILLAGE_PASSPHRASE))
    assert written.code in text_of(out.read_bytes())
    foreign = desks.stick / "deadbeef.twb"
    foreign.write_bytes(b"x")
    refused(
        cli(*place, "form", "data_handover", foreign, "--out", tmp_path / "no.pdf", passphrase=VILLAGE_PASSPHRASE),
        "file_not_readable",
    )
    done(cli(*place, "form", "data_handover", "--blank", "--out", tmp_path / "blank.pdf"))
    assert cli(*place, "form", "data_handover", "--out", tmp_path / "none.pdf", passphrase=PPT_PASSPHRASE).code == 2
