# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaking a screening off: why, in plain words, and what becomes of what was told. And, afterwards, how to go on, and
how lists tell of it.

Nobody has to explain a stop to anybody; the reason only helps to choose the way to go on, and weighs on no finding.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QRadioButton

from trafficwatch.models.casework import ScreeningWay, StopReason
from trafficwatch.models.screening import Evaluation
from trafficwatch.screening.overview import ScreeningRow
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as words_for
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.screening_steps import Danger, Step
from trafficwatch.ui.village.screening_talk import Talk
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import card, label


class StopStep(Step):
    """In place of a step: why it is broken off."""

    def __init__(self, desk: Desk, talk: Talk) -> None:
        super().__init__(desk, talk)
        self.danger = Danger(desk, talk, self.paper_wanted.emit)
        self.column.addWidget(self.danger)
        frame, column = card(t("screening_desk.stop_title"), t("screening_desk.stop_lead"))
        column.setSpacing(px(4))
        self.reasons = QButtonGroup(self)
        for reason in StopReason:
            made = QRadioButton(words_for("stop_reason", reason))
            made.setProperty("reason", reason.value)
            made.setChecked(reason == talk.stopping)
            made.toggled.connect(self._chosen)
            self.reasons.addButton(made)
            column.addWidget(made)
        self.column.addWidget(frame)
        count = len(talk.new_answers)
        words = t("screening_desk.stop_keeps", count=count) if count else t("screening_desk.stop_keeps_draft")
        self.column.addWidget(Notice(words, Tone.INFO, more=t("screening_desk.stop_say")))
        self.column.addWidget(label(t("screening_desk.stop_quick"), "small"))

    @property
    def reason(self) -> StopReason | None:
        """None until one is chosen."""
        chosen = self.reasons.checkedButton()
        return StopReason(chosen.property("reason")) if chosen else None

    def begin(self) -> None:
        """At the first reason, or the one chosen before a rebuild; nothing is chosen for anybody."""
        (self.reasons.checkedButton() or self.reasons.buttons()[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen(self) -> None:
        """A page built anew, in another language or size, or a draft asks again with the same reason."""
        self.talk.stopping = self.reason.value if self.reason else ""
        self.touched.emit()

    def show_evaluation(self, evaluation: Evaluation) -> None:
        self.danger.show_evaluation(evaluation)


def about_screening(row: ScreeningRow) -> str:
    """By which version, from what, and whether it was broken off."""
    version = row.questionnaire.rpartition("@")[2]
    said = [
        t("screening_desk.version", version=version) if version else "",
        words_for("screening_way", row.way) if row.way == ScreeningWay.PAPER else "",
        stopped_words(row.stopped)[0] if row.stopped else "",
    ]
    return " · ".join(filter(None, said))


def stopped_words(stopped: str) -> tuple[str, str]:
    """That a talk was broken off and why; and what to mind before it goes on."""
    reason = words_for("stop_reason", stopped)
    words = t("screening_desk.stopped", reason=reason[:1].lower() + reason[1:])
    return words, t(f"screening_desk.stopped_{stopped}")
