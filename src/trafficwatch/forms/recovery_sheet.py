# SPDX-License-Identifier: GPL-3.0-or-later
"""The printed recovery sheet: the code in seven numbered groups and as a QR code, how to use it, how to keep it.

One page on A4 or F4. Whoever holds it opens every record, so it says whose laptop it is and nothing else; who keeps it
and since when is written by hand. The same input gives the same bytes.
"""

from __future__ import annotations

from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Spacer

from trafficwatch.forms import qr
from trafficwatch.forms.boxes import Rule
from trafficwatch.forms.paper import BOLD, GREY, INK, MM, REGULAR, PageMarks, Paper, build, styles
from trafficwatch.forms.parts import Heading, Part, WriteLine, item, paragraph
from trafficwatch.models.forms import FormLanguage
from trafficwatch.texts import t

_FORM = "TW-PML"
_PER_ROW = 4


def recovery_pdf(code: str, place: str, paper: Paper, language: FormLanguage, *, practice: bool = False) -> bytes:
    """The sheet for this code (groups with hyphens between them) of the desk at `place`."""

    def say(key: str) -> str:
        return t(f"setup.{key}", language=language)

    style, em = styles(paper.text_pt), paper.text_pt
    story = [
        _Head(say("paper_title"), code),
        Rule(),
        Spacer(0, 2 * MM),
        paragraph(f"{say('paper_of')} {place}", style.big),
        Spacer(0, 2 * MM),
        paragraph(say("paper_what"), style.text),
        Spacer(0, 5 * MM),
        _Code(say("paper_code"), code.split("-")),
        Spacer(0, 2 * MM),
        paragraph(say("paper_letters"), style.small),
        Spacer(0, 5 * MM),
    ]
    for heading, keys in (
        ("paper_use", ("paper_use_1", "paper_use_2", "paper_use_3", "paper_use_4")),
        ("paper_keep", ("paper_keep_1", "paper_keep_2", "paper_keep_3")),
    ):
        story += [Heading(say(heading), em), Spacer(0, 1 * MM)]
        story += [item(f"{number}.", say(key), style.text) for number, key in enumerate(keys, start=1)]
        story.append(Spacer(0, 5 * MM))
    for key in ("paper_made_on", "paper_kept_by", "paper_kept_at", "paper_signature"):
        story += [WriteLine(say(key), 10 * em, em), Spacer(0, 2 * MM)]
    return build(story, paper, _marks(language, practice=practice))


def _marks(language: FormLanguage, *, practice: bool) -> PageMarks:
    title = t("setup.paper_title", language=language)
    return PageMarks(
        title=_FORM,
        running=title,
        foot=f"{_FORM} · TrafficWatch",
        confidential=t("forms.confidential", language=language),
        page=t("forms.page", language=language, page="{page}", total="{total}"),
        language=language,
        practice=t("forms.practice", language=language) if practice else None,
        watermark="LATIHAN / PRACTICE",
    )


class _Head(Part):
    """The title at the left, the code as QR at the right."""

    QR = 34 * MM

    def __init__(self, title: str, code: str) -> None:
        super().__init__(self.QR, after=2)
        self.title, self.code = title, code

    def draw(self) -> None:
        self.label("TrafficWatch", 0, 0.5 * self.height + 14, BOLD, 11)
        self.label(self.title, 0, 0.5 * self.height - 12, BOLD, 22, grey=INK)
        qr.draw(self.canv, self.code, self.width - self.QR, 0, self.QR)


class _Code(Part):
    """The groups in a heavy frame, four in a row, each with its number."""

    ROW, SIZE = 16 * MM, 21

    def __init__(self, caption: str, groups: list[str]) -> None:
        self.rows = -(-len(groups) // _PER_ROW)
        super().__init__(self.rows * self.ROW + 11 * MM)
        self.caption, self.groups = caption, groups

    def draw(self) -> None:
        canvas = self.canv
        canvas.setLineWidth(1.6)
        canvas.rect(0, 0, self.width, self.height)
        self.label(self.caption, 10, self.height - 17, BOLD, 9, grey=GREY)
        step = (self.width - 20) / _PER_ROW
        for index, group in enumerate(self.groups):
            x = 10 + step * (index % _PER_ROW)
            y = self.height - 11 * MM - self.ROW * (index // _PER_ROW) - 0.55 * self.ROW
            self.label(str(index + 1), x, y + 17, REGULAR, 8)
            size = self.SIZE * min(1.0, (step - 8) / pdfmetrics.stringWidth(group, BOLD, self.SIZE))
            self.label(group, x, y - 4, BOLD, size, grey=INK)
