# SPDX-License-Identifier: GPL-3.0-or-later
"""The enrolment sheet: who a desk is, as QR codes for the other desk to photograph, with the 30 digits to read out.

One page on A4 or F4. Nothing on it is secret: who has it can send this desk something, and is believed nothing. The
digits stand on it for who reads them out over the telephone, not for who photographs the sheet, and it says so. The
same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Spacer

from trafficwatch.forms import qr
from trafficwatch.forms.boxes import Rule
from trafficwatch.forms.paper import BOLD, GREY, INK, MM, PageMarks, Paper, build, printable, styles
from trafficwatch.forms.parts import Part, item, paragraph
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.forms import FormLanguage
from trafficwatch.texts import t

_FORM = "TW-DFT"
_COLUMNS = 3


def enrolment_pdf(
    kind: str,
    name: str,
    day: str,
    digits: str,
    codes: Sequence[str],
    paper: Paper,
    language: FormLanguage,
    *,
    practice: bool = False,
) -> bytes:
    """The sheet of the desk called `name`; `kind` as in its enrolment file, `codes` the texts of the QR codes."""

    def say(key: str, **params: str | int) -> str:
        return t(f"enrolment.paper_{key}", language=language, **params)

    style = styles(paper.text_pt)
    title = say(f"title_{kind}")
    story = [
        paragraph(title, style.kop_big),
        Rule(),
        Spacer(0, 3 * MM),
        paragraph(printable(name), style.big),
        paragraph(say("made_on", day=PartialDate.from_edtf(day).format(language)), style.text),
        Spacer(0, 2 * MM),
        paragraph(say(f"what_{kind}"), style.text),
        Spacer(0, 3 * MM),
        *(item(f"{number}.", say(f"how_{number}"), style.text) for number in (1, 2, 3)),
        Spacer(0, 4 * MM),
        _Codes(codes, [say("part", number=number, total=len(codes)) for number in range(1, len(codes) + 1)]),
        Spacer(0, 4 * MM),
        _Digits(say("digits"), digits.split()),
        Spacer(0, 2 * MM),
        paragraph(say("digits_how"), style.small),
    ]
    marks = PageMarks(
        title=_FORM,
        running=title,
        foot=f"{_FORM} · TrafficWatch",
        confidential="",
        page=t("forms.page", language=language, page="{page}", total="{total}"),
        language=language,
        practice=t("forms.practice", language=language) if practice else None,
        watermark="LATIHAN / PRACTICE",
    )
    return build(story, paper, marks)


class _Codes(Part):
    """The codes side by side, each with its number below."""

    SIZE, FOOT = 57 * MM, 6 * MM

    def __init__(self, codes: Sequence[str], captions: Sequence[str]) -> None:
        rows = -(-len(codes) // _COLUMNS)
        super().__init__(rows * (self.SIZE + self.FOOT))
        self.codes, self.captions = codes, captions

    def draw(self) -> None:
        step = self.width / _COLUMNS
        for index, (code, caption) in enumerate(zip(self.codes, self.captions, strict=True)):
            x = step * (index % _COLUMNS) + (step - self.SIZE) / 2
            y = self.height - (index // _COLUMNS + 1) * (self.SIZE + self.FOOT)
            qr.draw(self.canv, code, x, y + self.FOOT, self.SIZE)
            self.label(caption, x + 6, y + 6, BOLD, 9, grey=GREY)


class _Digits(Part):
    """The six groups in a frame."""

    def __init__(self, caption: str, groups: Sequence[str]) -> None:
        super().__init__(21 * MM)
        self.caption, self.groups = caption, groups

    def draw(self) -> None:
        self.canv.setLineWidth(1.2)
        self.canv.rect(0, 0, self.width, self.height)
        self.label(self.caption, 10, self.height - 16, BOLD, 9, grey=GREY)
        step = (self.width - 20) / len(self.groups)
        for index, group in enumerate(self.groups):
            self.label(group, 10 + step * index, 14, BOLD, 19, grey=INK)
