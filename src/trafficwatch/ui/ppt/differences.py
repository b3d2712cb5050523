# SPDX-License-Identifier: GPL-3.0-or-later
"""How often second readers would have given another value, question by question: to find words that are unclear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trafficwatch.screening.second_reading import CORRECTED, NOT_ASKED, Disagreement, disagreements
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.parts import button, card, label

HEIGHT = 520


class DifferencesPage(Page):
    """The questions that were seen differently, the greatest share first."""

    name = "differences"
    is_wide = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk, t("second_reading.differences.title"), t("second_reading.differences.subtitle"), can_go_back=True
        )
        self.list = Lines(t("second_reading.differences.title"), height=HEIGHT)
        self.list.hide()
        self.body.addWidget(self.list)
        self.same = label("", "soft")
        self.same.hide()
        self.body.addWidget(self.same)
        self.nothing, column = card(t("second_reading.differences.none"))
        column.addWidget(label(t("second_reading.differences.none_how")))
        column.addLayout(
            side_by_side(button(t("second_reading.differences.to_cases"), lambda: desk.go("cases"), icon_name="card"))
        )
        self.nothing.hide()
        self.body.addWidget(self.nothing)
        self.body.addStretch(1)

    def enter(self, **_: Any) -> None:
        if self.desk.state.trained:
            self.desk.tasks.work(self, disagreements, self.show_found)
        else:
            self.tell(t("ppt_desk.trained_only"), Tone.INFO)

    def show_found(self, found: Sequence[Disagreement]) -> None:
        """Fill the page."""
        differing = [each for each in found if each.differ]
        self.list.put([_line(each) for each in differing])
        self.list.setVisible(bool(differing))
        self.nothing.setVisible(not differing)
        same = len(found) - len(differing)
        self.same.setText(t("second_reading.differences.same", count=same))
        self.same.setVisible(bool(same))
        if differing:
            self.list.setFocus()


def _line(found: Disagreement) -> Line:
    question = found.entry.text.of(current_language()) if found.entry else found.code
    kinds = ", ".join(
        t("second_reading.differences.kind", first=_first(first), second=words_for("answer", second), count=count)
        for (first, second), count in sorted(found.kinds.items(), key=lambda kind: (-kind[1], kind[0]))
    )
    more = t(
        "second_reading.differences.more",
        differ=found.differ,
        readings=found.readings,
        kinds=kinds,
        code=found.code,
    )
    if found.is_few:
        more = f"{t('second_reading.differences.few', readings=found.readings)}. {more}"
    name = t("second_reading.differences.name", percent=round(100 * found.share), question=question)
    return Line(found.code, name, more, Tone.NEUTRAL if found.is_few else Tone.WARN, "question")


def _first(value: str) -> str:
    if value in {NOT_ASKED, CORRECTED}:
        return t(f"second_reading.differences.{value}")
    return words_for("answer", value)
