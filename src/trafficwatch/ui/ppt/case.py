# SPDX-License-Identifier: GPL-3.0-or-later
"""One received case at the PPT: how to reach the person first, then all that came, and the answer to the referral.

Only the steps that are possible now are offered, for one referral at a time: the newest that still waits, or the one
that was chosen on its card. Declining needs a reason, which stays with its referral. Page Up and Page Down read on: the
page has much to read and little to press.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.casework.lifecycle import status
from trafficwatch.models.casework import Answered, Referral
from trafficwatch.models.referral_life import next_answers
from trafficwatch.models.staff import Ability
from trafficwatch.ppt.answers import answer_referral
from trafficwatch.screening.second_reading import ReadingRow, readings_of
from trafficwatch.sync.inbox import CaseCare, ReceivedCase, case_care, received_case
from trafficwatch.texts import t
from trafficwatch.texts.labels import label as value_label
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.ppt import care_cards, case_parts
from trafficwatch.ui.ppt.reading_parts import readings_card
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import Field, button, card, label, text_edit
from trafficwatch.ui.widgets.tab_order import put_in_order

Found = tuple[ReceivedCase, tuple[ReadingRow, ...], CaseCare]
_FORWARD = (Answered.ACCEPTED, Answered.IN_SERVICE, Answered.FINISHED)


class CasePage(Page):
    """What came of one case."""

    name = "case"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("ppt_desk.case.title"), " ", can_go_back=True)
        self._case_id = ""
        self.found: Found | None = None
        self.second: QWidget | None = None
        self._referral: Referral | None = None
        self._chosen = ""
        self._content: QWidget | None = None
        self._person: str | None = None
        self.evidence = button("", self._see_files, icon_name="evidence")
        self.evidence.hide()
        self.corner.addWidget(self.evidence)
        self._build_decline()
        self._cards = QVBoxLayout()
        self._cards.setSpacing(px(14))
        self.body.addLayout(self._cards)
        self.body.addStretch(1)
        self.nothing = label("", "soft")
        self.decline = button(t("ppt_desk.answer.declined"), self._ask_reason, role="danger")
        self.arrived = button(t("ppt_desk.answer.arrived"), lambda: self._answer(Answered.ARRIVED))
        self.forward = button("", self._go_forward, role="primary")
        self.footer(self.nothing, self.decline, self.arrived, primary=self.forward)
        self._offer()

    def enter(self, **about: Any) -> None:
        self._case_id = about["case_id"]
        self._load()

    def unsaved(self) -> Unsaved | None:
        text = self.reason.toPlainText().strip()
        content = {"reason": text, "referral_id": self._chosen}
        return Unsaved(content, self._person, case_text=True) if text else None

    def restore(self, content: dict[str, Any]) -> None:
        self.reason.setPlainText(str(content.get("reason", "")))
        self._chosen = str(content.get("referral_id", ""))
        self.declining.show()
        self._show_again()

    def _load(self) -> None:
        case_id = self._case_id
        self.desk.tasks.work(self, lambda work: case_of(work, case_id), self.show_found, slot="case")

    def show_found(self, case: Found) -> None:
        """Fill the page."""
        self.found = case
        found, readings, care = case
        self._person = found.person.id
        self.evidence.setText(t("evidence.count", count=found.files))
        self.evidence.setVisible(found.files > 0)
        self.title.setText(found.case.code or t("ppt_desk.case.title"))
        self.subtitle.setText(t("ppt_desk.case.from", village=found.village_name))
        referrals = sorted(found.referrals, key=lambda each: each.referred_on or "")
        waiting = {each.id: each for each in referrals if next_answers(each.handover, each.answered)}
        is_declining = not self.declining.isHidden()
        if not self._chosen or (self._chosen not in waiting and not is_declining):
            self._chosen = next(reversed(waiting), "")
        self._referral = waiting.get(self._chosen)
        if is_declining:
            is_late = Answered.DECLINED not in self._steps()
            self.reason_field.wrong(t("ppt_desk.answer.no_longer") if is_late else "")
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
        self._content = QWidget()
        self._cards.addWidget(self._content)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        for notice in (case_parts.contact_card(found.contact), *care_cards.warnings(found.consents, found.agreement)):
            column.addWidget(notice)
        column.addWidget(case_parts.consent_card(found))
        for referral in reversed(referrals):
            to = care.names.get(referral.institution_id or "", "")
            is_other = referral.id in waiting and referral.id != self._chosen and not is_declining
            choose = partial(self._choose, referral.id) if is_other and self.desk.state.trained else None
            stands = case_parts.referral_card(
                found, referral, status(referral), to, waits=referral.id in waiting, choose=choose
            )
            column.addWidget(stands)
        write = self._write if self.desk.state.trained else None
        for type_name in care_cards.OWN:
            column.addWidget(care_cards.own_card(type_name, care, write))
        column.addWidget(case_parts.person_card(found))
        self.second = self._readings(found, readings)
        cards = case_parts.screening_card(found), self.second, case_parts.papers_card(found), care_cards.care_card(care)
        for frame in cards:
            if frame is not None:
                column.addWidget(frame)
        column.addWidget(case_parts.history_card(found))
        put_in_order(self)
        self._offer()

    def _see_files(self) -> None:
        self.desk.go("attachments", person_id=self._person)

    def _write(self, type_name: str, record_id: str | None) -> None:
        self.desk.go("own_record", of_type=type_name, case_id=self._case_id, record_id=record_id)

    def _readings(self, found: ReceivedCase, rows: tuple[ReadingRow, ...]) -> QWidget | None:
        """What second readers made of the screening, below the first finding."""
        first = found.recorded
        if first is None:
            return None
        asked = found.explanation.questionnaire if found.explanation else None
        about = {"screening_id": first.id, "case_id": self._case_id}
        read = partial(self.desk.go, "second_reading", **about) if self.desk.may(Ability.SCREENING) else None
        return readings_card(first, asked, rows, read)

    # -- answering ---------------------------------------------------------------------------------------------------

    def _build_decline(self) -> None:
        self.declining, column = card(t("ppt_desk.answer.decline"))
        self.reason = text_edit(lines=3)
        self.reason.textChanged.connect(self.changed)
        self.reason_field = Field(t("ppt_desk.answer.reason"), self.reason, t("ppt_desk.answer.reason_hint"))
        column.addWidget(self.reason_field)
        self.decline_no = button(t("ppt_desk.answer.decline_no"), self._keep)
        self.decline_yes = button(t("ppt_desk.answer.decline_yes"), self._decline, role="danger")
        column.addLayout(side_by_side(self.decline_no, self.decline_yes))
        self.body.addWidget(self.declining)
        self.declining.hide()

    def _steps(self) -> frozenset[Answered]:
        found = self._referral
        return next_answers(found.handover, found.answered) if found and self.desk.state.trained else frozenset()

    def _choose(self, referral_id: str) -> None:
        """Another referral is answered. While a reason is being written, it is of one of them: none can be chosen."""
        self._chosen = referral_id
        self.setFocus()
        self._show_again()
        self.desk.say(self.nothing.text())

    def _which(self) -> str:
        """The referral that is answered, where the case has others too."""
        if self.found is None or self._referral is None or len(self.found[0].referrals) < 2:
            return ""
        to = self.found[2].names.get(self._referral.institution_id or "", "")
        return t("ppt_desk.answer.for", referral=case_parts.referral_words(self._referral, to))

    def _offer(self) -> None:
        """Show the buttons of the steps that are possible now."""
        steps = self._steps()
        forward = next((step for step in _FORWARD if step in steps), None)
        self.forward.setVisible(forward is not None)
        if forward is not None:
            self.forward.setText(t(f"ppt_desk.answer.{forward.value}"))
        self.arrived.setVisible(Answered.ARRIVED in steps)
        self.decline.setVisible(Answered.DECLINED in steps)
        self.nothing.setText(self._which() if steps else t("ppt_desk.answer.nothing"))
        self.nothing.setVisible(bool(self.nothing.text()))
        self._enable(is_able=True)

    def _enable(self, *, is_able: bool) -> None:
        """No step is taken twice: until the answer is recorded none can be pressed, and the keys stay on the page."""
        if not is_able:
            self.setFocus()
        for each in (self.forward, self.arrived, self.decline, self.decline_yes, self.decline_no):
            each.setEnabled(is_able)
        self.decline_yes.setEnabled(is_able and Answered.DECLINED in self._steps())

    def _go_forward(self) -> None:
        steps = self._steps()
        forward = next((step for step in _FORWARD if step in steps), None)
        if forward is not None:
            self._answer(forward)

    def _ask_reason(self) -> None:
        self.declining.show()
        self._show_again()
        bring(self, self.reason)

    def _keep(self) -> None:
        self.reason.clear()
        self.reason_field.wrong("")
        self.declining.hide()
        self.settled.emit()
        self._show_again()
        self.decline.setFocus()

    def _show_again(self) -> None:
        if self.found is not None:
            self.show_found(self.found)

    def _decline(self) -> None:
        reason = self.reason.toPlainText().strip()
        self.reason_field.wrong("" if reason else t("ppt_desk.answer.reason_missing"))
        if reason:
            self._answer(Answered.DECLINED, reason)
        else:
            self.reason.setFocus()

    def _answer(self, answered: Answered, reason: str | None = None) -> None:
        referral = self._referral
        if referral is not None:
            self.clear_notices()
            self._enable(is_able=False)
            self.desk.tasks.work(
                self, lambda work: answer_referral(work, referral.id, answered, reason), self._answered
            )

    def _answered(self, referral: Referral) -> None:
        words = t("ppt_desk.answer.recorded", status=value_label("referral_status", status(referral)))
        self.tell(words, Tone.OK, more=t("ppt_desk.answer.tell_village"))
        self.desk.say(words)
        self.reason.clear()
        self.declining.hide()
        self.settled.emit()
        self._load()

    def failed(self, error: Any) -> None:
        super().failed(error)
        self._offer()

    def read_on(self, distance: int) -> None:
        """Scroll by so many pixels."""
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.value() + distance)


def case_of(work: Any, case_id: str) -> Found:
    """A case with the second readings of its screening, and its care."""
    found = received_case(work, case_id)
    return found, readings_of(work, found.recorded.id) if found.recorded else (), case_care(work, case_id)
