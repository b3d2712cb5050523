# SPDX-License-Identifier: GPL-3.0-or-later
"""The questionnaire on paper, read back from the PDF: every question once, in the order of an interview."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from desks import cli, done
from referral_tools import positions, reader, squeezed
from reportlab.pdfbase import pdfmetrics

from trafficwatch.forms import qr, screening_paper
from trafficwatch.forms.paper import A4, BOLD, F4, REGULAR, Paper, font_face
from trafficwatch.forms.question_table import LARGE_PT
from trafficwatch.forms.screening_paper import paper_pdf, version_code
from trafficwatch.models.forms import FormKind, FormLanguage
from trafficwatch.models.paper_order import Part, paper_order, sections
from trafficwatch.models.screening import Element, Kind, Mode, Questionnaire
from trafficwatch.screening import questionnaires
from trafficwatch.texts import LANGUAGES, t

SHEETS: list[tuple[str, FormLanguage, Paper, bool]] = [
    ("screening@1", "id", A4, False),
    ("screening@1", "en", A4, True),
    ("screening@2", "en", F4, False),
    ("screening@2", "id", F4, True),
]


@dataclass(frozen=True)
class Printed:
    """One form as a reader sees it; `words` are pieces of text with their left edge and size."""

    asked: Questionnaire
    language: FormLanguage
    paper: Paper
    large: bool
    pdf: bytes
    pages: list[str]
    words: list[tuple[float, float, str]]

    @property
    def content(self) -> str:
        return squeezed("".join(self.pages))

    def say(self, key: str, **params: str | int) -> str:
        return squeezed(t(key, language=self.language, **params))


@pytest.fixture(scope="module", params=SHEETS, ids=lambda sheet: f"{sheet[0]}-{sheet[1]}-{sheet[2].name}")
def printed(request: pytest.FixtureRequest) -> Printed:
    ref, language, paper, large = request.param
    asked = questionnaires.get(ref)
    pdf = paper_pdf(asked, language, paper, large=large)
    words: list[tuple[float, float, str]] = []

    def visit(piece: str, around: list[float], matrix: list[float], _: object, size: float) -> None:
        if piece.strip():
            words.append((around[4] + matrix[4], size * matrix[0], piece.strip()))

    pages = [page.extract_text(visitor_text=visit) for page in reader(pdf).pages]
    return Printed(asked, language, paper, large, pdf, pages, words)


def test_every_question_stands_there_once_with_its_code(printed: Printed) -> None:
    found = Counter(re.findall(r"[A-Z]+(?:-[A-Z0-9]+)+", "\n".join(printed.pages).replace("-\n", "-")))
    gates = {module.gate for module in printed.asked.modules}
    entries = printed.asked.entries
    assert {entry.code: found[entry.code] - (entry.code in gates) for entry in entries} == {e.code: 1 for e in entries}
    assert [entry.code for entry in entries if squeezed(entry.text.of(printed.language)) not in printed.content] == []


def test_the_order_is_that_of_an_interview(printed: Printed) -> None:
    paper = "screening_forms.paper."
    keys = [f"{paper}{key}" for key in ("rule.free", "section.safety", "section.triage", "on_yes", "section.consent")]
    keys += [f"{paper}section.key", *(f"screening.element.{element}" for element in Element)]
    keys += [f"{paper}section.{key}" for key in ("around", "general")]
    places = positions(printed.content, [printed.say(key) for key in keys])
    assert places == sorted(places)
    codes = [printed.content.index(squeezed(entry.text.of(printed.language))) for entry in paper_order(printed.asked)]
    assert codes == sorted(codes)
    steps = positions(printed.content, [printed.say(f"{paper}on_yes.{key}") for key in ("stop", "call", "suspect")])
    assert places[3] < steps[0] < steps[2] < places[4]


def test_what_is_only_looked_at_and_what_is_for_some_alone_says_so(printed: Printed) -> None:
    looked_at = [entry for entry in printed.asked.entries if entry.mode is Mode.OBSERVE]
    children = [e for e in printed.asked.entries if e.max_age is not None and e.kind is not Kind.TRIAGE]
    for key, entries in (("observe", looked_at), ("child", children)):
        mark = printed.say(f"screening_forms.paper.{key}", years=17)
        assert printed.content.count(mark) == len(entries) > 0
        for entry in entries:
            assert f"{mark}{squeezed(entry.text.of(printed.language))}" in printed.content, entry.code


def test_every_page_says_which_it_is_and_has_room_for_the_code(printed: Printed) -> None:
    for number, content in enumerate(printed.pages, start=1):
        assert t("forms.page", language=printed.language, page=number, total=len(printed.pages)) in content
        assert f"TW-LSK · {printed.asked.ref.upper().replace('@', '-')}" in content
        assert t("screening_forms.code", language=printed.language) in content
    sides = [float(page.mediabox[side]) for page in reader(printed.pdf).pages for side in (2, 3)]
    paper = printed.paper
    assert sides == pytest.approx([paper.width, paper.height] * len(printed.pages), abs=0.01)


def test_a_module_begins_a_page_and_names_its_gate(printed: Printed) -> None:
    extra = [section for section in sections(printed.asked) if section.part is Part.MODULE]
    assert len(extra) == len(printed.asked.modules)
    pages, starts = [squeezed(page) for page in printed.pages], []
    for number, section in enumerate(extra, start=1):
        assert section.module is not None
        gate, label = printed.asked.entry(section.module.gate), section.module.label.of(printed.language)
        title = printed.say("screening_forms.paper.module", number=number, module=label)
        [start] = [place for place, page in enumerate(pages) if title in page]
        only = {"code": gate.code, "question": gate.text.of(printed.language)}
        assert printed.say("screening_forms.paper.module_only", **only) in pages[start]
        starts.append(start)
    for section, start, end in zip(extra, starts, [*starts[1:], len(pages)], strict=False):
        codes = re.findall("M-[A-Z]+-[0-9]|S-(?:TUJ|CAR)-[A-Z0-9-]*[0-9]", "".join(printed.pages[start:end]))
        assert codes == [entry.code for entry in section.entries]


def test_large_print_is_large_and_everything_stays_inside_the_margins(printed: Printed) -> None:
    question = printed.asked.entry("E-CAR-CONFINE").text.of(printed.language)
    size = LARGE_PT if printed.large else printed.paper.text_pt
    assert {round(size, 1) for _, size, word in printed.words if word == question} == {size}
    left, right = printed.paper.margin_x - 1, printed.paper.width - printed.paper.margin_x + 1
    ends = [(x, x + pdfmetrics.stringWidth(word, REGULAR, size), word) for x, size, word in printed.words]
    assert [word for x, end, word in ends if x < left or end > right] == []


def test_what_is_filled_in_at_the_end_stands_together(printed: Printed) -> None:
    paper = "screening_forms.paper."
    parts = [printed.say(f"{paper}{key}") for key in ("section.end", "end", "stopped_why", "notes", "keep")]
    assert any(all(part in squeezed(page) for part in parts) for page in printed.pages)


def test_what_the_letters_mean_stands_below_the_first_heading_in_large_print(printed: Printed) -> None:
    paper = "screening_forms.paper."
    places = positions(
        printed.content, [printed.say(f"{paper}{key}") for key in ("section.triage", "hint.triage", "from")]
    )
    if printed.large:
        assert places == sorted(places)
        legend = printed.say(f"{paper}from")
        assert all(legend in squeezed(page) for page in printed.pages if re.search("[A-Z]-[A-Z]+-[A-Z0-9]", page))


def test_the_letters_in_the_boxes_can_be_read(printed: Printed) -> None:
    letters = [size for _, size, word in printed.words if re.fullmatch("[YTUOKL]", word)]
    assert len(letters) == 6 * len(printed.asked.entries)
    assert min(letters) >= 8


def test_every_font_is_embedded(printed: Printed) -> None:
    names = set()
    for page in reader(printed.pdf).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            assert font["/FontDescriptor"]["/FontFile2"].get_data()
            names.add(re.sub(r"^/[A-Z]{6}\+", "", font["/BaseFont"]))
    assert names == {REGULAR, BOLD}
    assert "None" not in printed.content


def test_it_is_the_same_every_time() -> None:
    first = questionnaires.get("screening@1")
    assert paper_pdf(first, "id", F4) == paper_pdf(first, "id", F4)


def test_the_qr_code_names_form_and_version() -> None:
    newest = questionnaires.newest()
    assert version_code(newest) == f"SCREENING-{newest.version}"
    payload = qr.payload(FormKind.SCREENING_PAPER, version_code(newest))
    assert qr.read(payload) == (FormKind.SCREENING_PAPER, version_code(newest))
    assert version_code(replace(newest, id="z" * 30, version=123_456)) == "ZZZZZZZZZ-123456"


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_their_columns(language: FormLanguage) -> None:
    font_face()
    columns = {
        screening_paper.LABELS: ("age", "volunteer", "start", "sex", "end"),
        screening_paper.GUARDIAN: ("guardian",),
    }
    columns[screening_paper.CALL_LABELS] = tuple(f"call.{key}" for key in screening_paper.CALLS)
    for em, keys in columns.items():
        for key in keys:
            label = t(f"screening_forms.paper.{key}", language=language)
            assert pdfmetrics.stringWidth(label, REGULAR, 1) + 0.3 < em, key


def test_the_command_prints_it_without_a_store(tmp_path: Path) -> None:
    out = tmp_path / "blank.pdf"
    done(cli("--json", "form", "screening", "--blank", "--large", "--paper", "f4", "--out", out))
    [first, *_] = reader(out.read_bytes()).pages
    assert t("screening_forms.paper.title") in first.extract_text()
    assert float(first.mediabox[3]) == pytest.approx(F4.height, abs=0.01)
    for wrong in (("report", "--blank"), ("screening", "x", "--large"), ("card", "--blank", "--large"), ("screening",)):
        assert cli("form", *wrong, "--out", tmp_path / "no.pdf").code == 2
