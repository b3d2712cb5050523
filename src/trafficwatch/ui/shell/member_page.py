# SPDX-License-Identifier: GPL-3.0-or-later
"""One member of the desk: own passphrase, training recorded or withdrawn, removal.

Withdrawing and removing renew keys; the page says before what that means, shows how far it is, and says afterwards
which backups still open with what the member knew. It may be interrupted: the next unlock finishes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.staff import Ability
from trafficwatch.texts import current_language, explain_error, t
from trafficwatch.texts.labels import label as word
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.shell.training_form import TrainingForm, ability_words
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import Field, button, card, chip, label, line_edit, row
from trafficwatch.ui.widgets.secret import NewPassphrase, SecretField
from trafficwatch.ui.widgets.tab_order import put_in_order

if TYPE_CHECKING:
    from trafficwatch.models.backups import BackupRow
    from trafficwatch.models.staff import Training
    from trafficwatch.village.member_card import MemberCard


class MemberPage(Page):
    """`enter(member_id=...)`; without one it is about who is at work."""

    name = "member"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "", can_go_back=True)
        self._id = ""
        self._cards: list[QWidget] = []
        self._kept: dict[str, Any] = {}
        self.training: TrainingForm | None = None
        self.reason: QLineEdit | None = None
        self._busy, inside = card()
        self._how_far = label("", "strong")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        inside.addWidget(self._how_far)
        inside.addWidget(self._bar)
        inside.addWidget(label(t("member.interrupt"), "soft"))
        self._busy.hide()
        self.body.addWidget(self._busy)
        self.body.addStretch(1)

    def enter(self, *, member_id: str = "", **_: Any) -> None:
        self._id = member_id
        self._read()

    def unsaved(self) -> Unsaved | None:
        """The training or the reason that is being typed; never a passphrase."""
        if self.reason is not None and self.reason.text().strip():
            return Unsaved({"reason": self.reason.text()})
        if self.training is None or self.training.kinds.checkedButton() is None:
            return None
        return Unsaved(self.training.content())

    def restore(self, content: dict[str, Any]) -> None:
        self._kept = {key: value for key, value in content.items() if key != "about"}
        if self._cards:
            self._take_up()

    def failed(self, error: ExpectedError) -> None:
        self._rest()
        words = explain_error(error)
        if error.key == "wrong_passphrase" and not self.old.isHidden():
            self.old.wrong(words["message"])
            self.old.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        super().failed(error)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        from trafficwatch.village.member_card import member_card

        self.desk.tasks.store(self, lambda store: member_card(store, self._id), self._show)

    def _show(self, found: MemberCard) -> None:
        for each in self._cards:
            each.hide()
            each.deleteLater()
        self._cards.clear()
        self.training, self.reason = None, None
        member, self._id = found.member, found.member.id
        self.title.setText(member.name)
        self.subtitle.setText(word("category", member.category))
        self.subtitle.show()
        self._show_standing(found)
        if found.is_me:
            self._show_passphrase(member.name)
        if not member.left:
            self._show_training(found)
        if not found.is_me and not member.left:
            self._show_removal(found)
        self._take_up()
        put_in_order(self)

    def _take_up(self) -> None:
        """What was typed before."""
        if "kind" in self._kept and self.training is not None:
            self.training.restore(self._kept)
        if "reason" in self._kept and self.reason is not None:
            self.reason.setText(self._kept["reason"])
        self._kept = {}

    def _show_standing(self, found: MemberCard) -> None:
        inside = self._card(t("member.standing"))
        member = found.member
        states = [
            (t("settings.left"), Tone.NEUTRAL) if member.left else None,
            (t("member.has_passphrase"), Tone.OK)
            if found.has_passphrase
            else (t("member.no_passphrase"), Tone.NEUTRAL),
            (t("settings.trained"), Tone.OK) if member.trained else (t("settings.untrained"), Tone.NEUTRAL),
        ]
        inside.addLayout(side_by_side(*(chip(*state) for state in states if state is not None)))
        for training in found.trainings:
            inside.addWidget(label(_training_words(training)))
        if member.trained and found.has_passphrase and not found.has_case_key:
            inside.addWidget(label(t("member.key_waits") if found.can_pass else t("member.key_needs_trained"), "soft"))
            if found.can_pass:
                self.pass_key = button(t("member.pass_key"), self._pass_key, icon_name="key")
                inside.addLayout(row(self.pass_key))

    def _show_passphrase(self, name: str) -> None:
        inside = self._card(t("member.passphrase"))
        self.old = SecretField(t("member.old_passphrase"))
        self.new = NewPassphrase(lambda: (name, self.desk.state.name))
        self.change = button(t("member.change_passphrase"), self._change, icon_name="key")
        for widget in (self.old, self.new):
            inside.addWidget(widget)
        inside.addLayout(row(self.change))

    def _show_training(self, found: MemberCard) -> None:
        member = found.member
        if len(member.abilities) < len(Ability):
            more = t("ability.record_more"), t("ability.record_more_what")
            titles = more if member.trained else (t("member.record_training"), t("member.record_training_what"))
            inside = self._card(*titles)
            self.training = TrainingForm(self.desk.today, may_be_untrained=False)
            self.training.changed.connect(self.changed)
            self.record = button(t("member.record"), self._record, icon_name="check")
            inside.addWidget(self.training)
            inside.addLayout(row(self.record))
        if member.trained and not found.is_me and found.trainings:
            inside = self._card(t("member.withdraw"), t("member.withdraw_what"))
            self.reason = line_edit(limit=200)
            self.reason.textEdited.connect(self.changed)
            self._reason = Field(t("member.reason"), self.reason)
            self.withdraw = button(t("member.withdraw_now"), self._withdraw)
            inside.addWidget(self._reason)
            inside.addLayout(row(self.withdraw))

    def _show_removal(self, found: MemberCard) -> None:
        inside = self._card(t("member.remove"), t("member.remove_what", name=found.member.name))
        self.remove = button(t("member.remove_ask"), self._ask)
        inside.addLayout(row(self.remove))
        self.question = QFrame()
        self.question.setProperty("box", "bar")
        self.question.setProperty("tone", Tone.WARN.value)
        asked = QVBoxLayout(self.question)
        asked.setContentsMargins(px(14), px(10), px(14), px(12))
        asked.setSpacing(px(8))
        asked.addWidget(label(t("member.sure", name=found.member.name), "strong"))
        self.keep = button(t("member.keep"), self._keep)
        self.yes = button(t("member.remove_yes"), self._remove, role="danger")
        asked.addLayout(side_by_side(self.keep, self.yes))
        self.question.hide()
        inside.addWidget(self.question)

    def _card(self, title: str, subtitle: str = "") -> QVBoxLayout:
        frame, inside = card(title, subtitle)
        self.body.insertWidget(self.body.count() - 1, frame)
        self._cards.append(frame)
        frame.show()
        return inside

    # -- doing ---------------------------------------------------------------------------------------------------------

    def _change(self) -> None:
        self.old.wrong("" if self.old.text else t("member.old_missing"))
        wrong = self.new.check()
        if not self.old.text:
            bring(self, self.old)
        elif wrong is not None:
            bring(self, wrong)
        else:
            old, new = self.old.text, self.new.value

            def use_case(store: Any, progress: Callable[[int, int], None]) -> tuple[BackupRow, ...]:
                from trafficwatch.village.members import change_own_passphrase

                return change_own_passphrase(store, old, new, progress=progress)

            self._renew(self.change, use_case, t("member.changed"))

    def _record(self) -> None:
        if self.training is None:
            return
        wrong = self.training.check()
        if wrong is not None:
            bring(self, wrong)
            return
        answer, member_id = self.training.answer, self._id

        def use_case(store: Any) -> bool:
            from trafficwatch.village.members import record_training

            proof = answer.proof()
            return proof is not None and record_training(store, member_id, proof)

        self._start(self.record)
        self.desk.tasks.store(
            self, use_case, lambda has: self._done(t("member.recorded"), "" if has else t("member.key_needs_trained"))
        )

    def _pass_key(self) -> None:
        member_id = self._id

        def use_case(store: Any) -> None:
            from trafficwatch.village.members import pass_case_key

            pass_case_key(store, member_id)

        self._start(self.pass_key)
        self.desk.tasks.store(self, use_case, lambda _: self._done(t("member.key_passed")))

    def _withdraw(self) -> None:
        if self.reason is None:
            return
        reason, member_id = self.reason.text().strip(), self._id
        self._reason.wrong("" if reason else t("member.reason_missing"))
        if not reason:
            bring(self, self.reason)
            return

        def use_case(store: Any, progress: Callable[[int, int], None]) -> tuple[BackupRow, ...]:
            from trafficwatch.village.members import withdraw_training

            return withdraw_training(store, member_id, reason, progress=progress)

        self._renew(self.withdraw, use_case, t("member.withdrawn"))

    def _ask(self) -> None:
        self.question.show()
        bring(self, self.keep)

    def _keep(self) -> None:
        self.question.hide()
        self.remove.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self) -> None:
        member_id = self._id

        def use_case(store: Any, progress: Callable[[int, int], None]) -> tuple[BackupRow, ...]:
            from trafficwatch.village.members import remove_member

            return remove_member(store, member_id, progress=progress)

        self.question.hide()
        self._renew(self.remove, use_case, t("member.removed"))

    def _renew(self, pressed: QPushButton, use_case: Callable[..., tuple[BackupRow, ...]], said: str) -> None:
        """Something that renews keys: it may take a while, so it shows how far it is."""
        self._start(pressed)
        self.show_renewing()
        teller = self.desk.tasks.teller(self, self.told)
        self.desk.tasks.store(self, lambda store: use_case(store, teller), lambda left: self._renewed(said, left))

    def show_renewing(self) -> None:
        """That keys are being renewed; how far is not known yet."""
        self._how_far.setText(t("member.renewing"))
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(t("member.renewing"))
        self._busy.show()
        self.show_widget(self._busy)

    def told(self, done: int, total: int) -> None:
        """How far it is."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def _renewed(self, said: str, left: tuple[BackupRow, ...]) -> None:
        places = "; ".join(moment(each.made_at) for each in left)
        self._done(said, t("member.backups_left", count=len(left), dates=places) if left else "")

    def _start(self, pressed: QPushButton) -> None:
        self.clear_notices()
        pressed.setEnabled(False)
        for each in self._cards:
            each.setEnabled(False)

    def _rest(self) -> None:
        self._busy.hide()
        for each in self._cards:
            each.setEnabled(True)
            for pressed in each.findChildren(QPushButton):
                pressed.setEnabled(True)

    def _done(self, said: str, more: str = "") -> None:
        self._rest()
        self.settled.emit()
        self.tell(said, Tone.WARN if more else Tone.OK, more=more)
        self.desk.say(said)
        self._read()


def _training_words(training: Training) -> str:
    day = PartialDate.from_edtf(training.completed_on or "").format(current_language())
    named = ability_words({ability for ability in Ability if training.abilities.get(ability)})
    able = t("ability.only", own=named or t("ability.nothing")) if training.abilities else t("ability.all_count")
    parts = (word("training_kind", training.kind), day, training.organiser, training.certificate, able)
    return " · ".join(part for part in parts if part)
