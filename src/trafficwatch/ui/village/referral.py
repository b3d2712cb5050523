# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Rujukan' of one person: need, institution, consent, account, letter.

A new referral is written when the letter is drawn (`casework.referrals.refer`); then the page goes on as the page of
that referral, which can be changed until it is handed over. What was begun is a draft, sealed as case text. Only
trained volunteers refer; others are told what they can do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from trafficwatch.casework.hearing import refer_again
from trafficwatch.casework.overview import (
    Care,
    InstitutionRow,
    ReferralRow,
    care_of,
    institutions,
    next_of,
    referral_of,
)
from trafficwatch.casework.referrals import ReferralInput, hand_over, refer
from trafficwatch.errors import ExpectedError
from trafficwatch.models.casework import Handover, Referral
from trafficwatch.models.people import Person
from trafficwatch.models.staff import Ability
from trafficwatch.registry.browse import resident_card
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.contact_first import contact_first
from trafficwatch.ui.village.gate import GateCard
from trafficwatch.ui.village.referral_account import ACCOUNT, AccountStep, ConsentStep
from trafficwatch.ui.village.referral_life import day_words
from trafficwatch.ui.village.referral_preview import PreviewStep
from trafficwatch.ui.village.referral_steps import InstitutionStep, NeedStep, Step
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button
from trafficwatch.ui.widgets.steps import StepBar
from trafficwatch.ui.widgets.tab_order import put_in_order

NEED, INSTITUTION, CONSENT, ACCOUNT_STEP, LETTER = range(5)
_NAMES = ("need", "institution", "consent", "account", "letter")
_CHANGEABLE = {None, Handover.DRAFT, Handover.CONSENTED}


@dataclass(frozen=True, slots=True)
class Found:
    """What the page reads; `referral` is None for a new one, `after` are those that follow it; `declined` is the one in
    whose place a new one stands.
    """

    person: Person
    care: Care
    institutions: tuple[InstitutionRow, ...]
    referral: Referral | None
    code: str
    after: tuple[ReferralRow, ...]
    declined: Referral | None


class ReferralPage(Page):
    """One referral; `enter(person_id=..., referral_id=None, replaces=None)`."""

    name = "referral"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("referral.title"), can_go_back=True)
        self.about: dict[str, Any] = {}
        self._found: Found | None = None
        self._draft: dict[str, Any] = {}
        self._is_dirty = False
        self._is_filling = False
        self.step = NEED
        self._contact = QVBoxLayout()
        self.body.addLayout(self._contact)
        if not desk.state.trained:
            notice = Notice(t("referral.untrained"), Tone.INFO, more=t("referral.untrained_more"))
            notice.add_action(t("referral.to_emergency"), lambda: desk.go("emergency"))
            self.body.addWidget(notice)
            self.body.addStretch(1)
            return
        self._bar = StepBar(self._names(), NEED)
        self.body.addWidget(self._bar)
        self.need, self.institution = NeedStep(desk), InstitutionStep(desk)
        self.consent, self.account = ConsentStep(desk), AccountStep()
        self.letter = PreviewStep(self)
        self.letter.given.connect(self._given)
        self.letter.withdrawn.connect(self._taken_back)
        self.letter.heard.connect(self._heard)
        self.letter.again.connect(self._again)
        self.steps: tuple[Step, ...] = (self.need, self.institution, self.consent, self.account, self.letter)
        for step in self.steps:
            step.hide()
            step.changed.connect(self._edited)
            self.body.addWidget(step)
        self.body.addStretch(1)
        self.earlier = button(t("referral.earlier"), self._earlier, icon_name="back")
        self.next = button("", self._next, role="primary")
        self.footer(self.earlier, primary=self.next)
        self._footer.hide()

    # -- loading -----------------------------------------------------------------------------------------------------

    def enter(
        self, person_id: str = "", referral_id: str | None = None, replaces: str | None = None, **_about: Any
    ) -> None:
        self.about = {"person_id": person_id, "referral_id": referral_id} | ({"replaces": replaces} if replaces else {})
        contact_first(self, person_id, self._contact)
        if referral_id is None and self.desk.state.trained and not self.desk.may(Ability.SCREENING):
            self._bar.hide()
            self.body.insertWidget(self.body.count() - 1, GateCard(self.desk, task="referral"))
        elif self.desk.state.trained:
            self._load()

    def _load(self) -> None:
        about = self.about
        self.desk.tasks.work(self, lambda work: _read(work, **about), self._show, slot="referral")

    def _show(self, found: Found) -> None:
        self._found = found
        self.title.setText(t("referral.title_of", name=found.person.name or ""))
        if found.declined is not None:
            self.institution.declined = found.declined.institution_id or ""
            self.tell(t("referral_life.again_title"), Tone.INFO, more=t("referral_life.again_from"))
        self.account.show_refused(found.care.agreement.refused)
        self._fill(self._draft or _content(found.referral) or _taken_over(found.declined))

    def _fill(self, content: Mapping[str, Any]) -> None:
        """Put what was kept or recorded into the steps, and go where it was left."""
        found = self._found
        if found is None:
            return
        self._is_filling = True
        for step in self.steps:
            step.put(content)
        self.institution.offer(found.institutions, self.need.chosen)
        self._is_filling = False
        self._go(LETTER if found.referral and not self._draft else min(content.get("step", NEED), ACCOUNT_STEP))

    # -- drafts ------------------------------------------------------------------------------------------------------

    def unsaved(self) -> Unsaved | None:
        if not self._is_dirty:
            return None
        if self._found is None:  # still loading: what was restored is all there is
            return Unsaved(self._draft, self.about["person_id"], case_text=True) if self._draft else None
        content: dict[str, Any] = {"about": self.about, "step": self.step}
        for step in self.steps:
            content |= step.content
        return Unsaved(content, self.about["person_id"], case_text=True)

    def restore(self, content: dict[str, Any]) -> None:
        if self.desk.state.trained:
            self._draft = content
            self._is_dirty = True
            self._fill(content)

    def _edited(self) -> None:
        if not self._is_filling:
            self._is_dirty = True
            self.changed.emit()

    # -- steps -------------------------------------------------------------------------------------------------------

    @property
    def _is_open(self) -> bool:
        """Whether this referral can still be changed."""
        referral = self._found.referral if self._found else None
        return referral is None or referral.handover in _CHANGEABLE

    def _names(self) -> list[str]:
        return [t(f"referral.step.{name}") for name in _NAMES]

    def _go(self, step: int) -> None:
        found = self._found
        if found is None:
            return
        self.step = step
        bar = StepBar(self._names(), step if self._is_open else len(_NAMES))
        self.body.replaceWidget(self._bar, bar)
        self._bar.hide()
        self._bar.deleteLater()
        self._bar = bar
        if step == INSTITUTION:
            self.institution.offer(found.institutions, self.need.chosen)
        if step == CONSENT:
            to = self.institution.content["institution_id"]
            self.consent.show_agreement(found.person.id, found.care.agreement, to)
        for number, each in enumerate(self.steps):
            each.setVisible(number == step)
        if step == LETTER and found.referral is not None:
            names = {row.id: row.name for row in found.institutions}
            name = names.get(found.referral.institution_id or "", "")
            doubt = self.institution.doubt_about(found.referral.institution_id)
            self.letter.show_referral(found.referral, found.code, name, found.care.agreement, found.after, doubt)
        self._dress_footer()
        self._scroll.verticalScrollBar().setValue(0)
        put_in_order(self)
        if (first := self.steps[step].first) is not None:
            first.setFocus()

    def _dress_footer(self) -> None:
        is_letter = self.step == LETTER
        self._footer.setVisible(self._is_open)
        self.earlier.setVisible(self.step > NEED)
        key = {ACCOUNT_STEP: "make", LETTER: "hand_over"}.get(self.step, "next")
        self.next.setText(t(f"referral.{key}"))
        self.next.setEnabled(not is_letter)
        self.next.setToolTip(t("referral.hand_over_first") if is_letter else "")
        self.next.setAccessibleDescription(self.next.toolTip())

    def _earlier(self) -> None:
        self.clear_notices()
        self._go(self.step - 1)

    def _next(self) -> None:
        self.clear_notices()
        if self.step == LETTER:
            self._hand_over()
        elif not self.steps[self.step].is_complete():
            if (focused := self.focusWidget()) is not None:
                self.show_widget(focused)
        elif self.step == ACCOUNT_STEP:
            self._save()
        else:
            self._go(self.step + 1)

    # -- saving ------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        """Write the referral and go on as its page, where the letter is; unchanged there is nothing to write."""
        person_id, referral_id, replaces = (
            self.about["person_id"],
            self.about["referral_id"],
            self.about.get("replaces"),
        )
        if referral_id is not None and not self._is_dirty:
            self._go(LETTER)
            return
        content = {name: value or None for step in self.steps for name, value in step.content.items()}
        institution_id = str(content.pop("institution_id"))
        content["services"] = dict.fromkeys(self.need.chosen, True)
        ask = ReferralInput(institution_id, content)
        self.next.setEnabled(False)

        def write(work: Any) -> Referral:
            return refer_again(work, replaces, ask) if replaces else refer(work, person_id, ask, referral_id)

        self.submit(write, self._saved, self._not_saved)

    def _saved(self, referral: Referral) -> None:
        self._is_dirty = False
        self.settled.emit()
        self.desk.say(t("referral.saved"))
        self.desk.go("referral", person_id=self.about["person_id"], referral_id=referral.id)

    def _not_saved(self, error: ExpectedError) -> None:
        self.next.setEnabled(True)
        self.failed(error)

    def _given(self) -> None:
        """Printed or saved: now it can be handed over."""
        self.next.setEnabled(self._is_open)
        self.next.setToolTip("")
        self.next.setAccessibleDescription("")

    def _hand_over(self) -> None:
        referral_id, day = self.about["referral_id"], self.letter.given_on
        if day.problem:
            day.setFocus()
            return
        on = day.edtf
        self.setFocus()  # a button that goes would take the keys out of the page
        self.next.setEnabled(False)
        self.desk.tasks.work(self, lambda work: hand_over(work, referral_id, on), self._handed_over, self._not_saved)

    def _handed_over(self, referral: Referral) -> None:
        day = day_words(referral.handed_over_on)
        self.tell(t("referral.handed_over", day=day), more=t("referral.handed_over_more"))
        self._load()

    def _heard(self) -> None:
        self.clear_notices()
        self.tell(t("referral_life.heard"))
        self._load()

    def _again(self) -> None:
        about = {"person_id": self.about["person_id"], "replaces": self.about["referral_id"]}
        self.desk.go("referral", **about)

    def _taken_back(self) -> None:
        self.clear_notices()
        self.tell(t("referral.taken_back"), more=t("referral.taken_back_more"))
        self._load()


def _read(work: Any, person_id: str, referral_id: str | None, replaces: str | None = None) -> Found:
    referral, code = referral_of(work, referral_id) if referral_id else (None, "")
    return Found(
        resident_card(work, person_id).person,
        care_of(work, person_id),
        institutions(work),
        referral,
        code,
        next_of(work, referral_id) if referral_id else (),
        referral_of(work, replaces)[0] if replaces else None,
    )


def _taken_over(declined: Referral | None) -> dict[str, Any]:
    """What a referral in the place of a declined one begins with: all of it but the institution."""
    found = _content(declined)
    return found | {"institution_id": None, "step": INSTITUTION} if found else {}


def _content(referral: Referral | None) -> dict[str, Any]:
    """A recorded referral as the steps take it."""
    if referral is None:
        return {}
    names = ("institution_id", "urgency", "purpose", *ACCOUNT)
    found: dict[str, Any] = {name: getattr(referral, name) for name in names}
    return found | {"services": [name for name, is_asked in referral.services.items() if is_asked]}
