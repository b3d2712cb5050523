# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Pakai flashdisk', step by step for who has never done it, at both desks.

Plug in - take in what lies there for this desk - write and read back - let the system let go of it - what comes next.
A step that fails, as when the stick is pulled out, says so and can be done again; nothing is lost by it. 'May be pulled
out' is said only when the system has said so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.forms.handover_slip import slip_form
from trafficwatch.models.exchange import Delivery
from trafficwatch.models.fields import Side
from trafficwatch.sync import usb
from trafficwatch.sync.ejecting import eject
from trafficwatch.sync.exporting import NothingToSend
from trafficwatch.sync.inbox import VillageRow, villages
from trafficwatch.sync.outbox import outbox
from trafficwatch.sync.slips import by_taker, slip
from trafficwatch.sync.usb import Old, StickGone, Written
from trafficwatch.texts import current_language, t
from trafficwatch.ui.exchange.intake import Intake, Outcome
from trafficwatch.ui.exchange.results import lines, summary
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.exchange.sticks import Stick, sticks
from trafficwatch.ui.exchange.usb_parts import StickList, old_card, result_card, written_card
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.shown_paper import ShownPaper
from trafficwatch.ui.widgets.parts import button, card, empty, label, set_role
from trafficwatch.ui.widgets.progress import Progress
from trafficwatch.ui.widgets.steps import StepBar
from trafficwatch.ui.widgets.tab_order import put_in_order

LOOK_EVERY = 2_000
"""Milliseconds from one look for sticks to the next, while one is awaited."""

_TODO = {"village": ("slip", "carry", "ask", "back", "safe"), "ppt": ("slip", "carry", "back")}
"""What comes next, in order (`usb.next.<what>.<desk>`)."""


class Step(IntEnum):
    """Where one is."""

    PLUG_IN = 0
    TAKE = 1
    WRITE = 2
    LET_GO = 3
    DONE = 4


class UsbPage(Page):
    """Five steps with a stick."""

    name = "usb"

    def __init__(self, desk: Desk) -> None:
        kind = "ppt" if desk.state.side is Side.PPT else "village"
        super().__init__(desk, t("usb.title"), t(f"usb.subtitle.{kind}"), can_go_back=True)
        self._kind = kind
        self.seek: Callable[[], tuple[Stick, ...]] = sticks
        self.step = Step.PLUG_IN
        self.stick: Stick | None = None
        self.written: tuple[Written, ...] = ()
        self._takers: tuple[tuple[Written, ...], ...] = ()
        self._outcome: Outcome | None = None
        self._codes: dict[str, str] = {}
        self._villages: dict[str, str] = {}
        self._is_busy = False
        self._bar = QVBoxLayout()
        self.progress = Progress()
        self.intake = Intake(self, self.progress)
        self.intake.finished.connect(self.show_outcome)
        self._inside = QVBoxLayout()
        self._inside.setSpacing(px(14))
        self.paper = ShownPaper(self, t("usb.save_slip"), is_secret=False)
        self.body.addLayout(self._bar)
        self.body.addWidget(self.progress)
        self.body.addLayout(self._inside)
        self.body.addWidget(self.paper)
        self.body.addStretch(1)
        self.other = button("", self._go_other)
        self.next = button("", self._go_on, role="primary")
        self.footer(self.other, primary=self.next)
        self.watch = QTimer(self)
        self.watch.setInterval(LOOK_EVERY)
        self.watch.timeout.connect(self.look)
        self.list = StickList()
        self.put(Step.PLUG_IN)

    def enter(self, **_: Any) -> None:
        if self.is_at_ppt:
            self.desk.tasks.work(self, villages, self._name, slot="villages")
        self.look()
        self.watch.start()

    @property
    def is_at_ppt(self) -> bool:
        return self._kind == "ppt"

    # -- the steps -----------------------------------------------------------------------------------------------------

    def put(self, step: Step) -> None:
        """Show a step from its beginning."""
        self.step = step
        empty(self._bar)
        empty(self._inside)
        self._bar.addWidget(StepBar([t(f"usb.step.{each.name.lower()}.{self._kind}") for each in Step], step))
        show = (self._plug_in, self._take, self._write, self._let_go, self._done)[step]
        show()
        put_in_order(self)
        if step is not Step.PLUG_IN:
            self.next.setFocus()

    def _card(self, title: str, *sentences: str) -> QVBoxLayout:
        frame, column = card(title)
        for words in sentences:
            column.addWidget(label(words))
        self._inside.addWidget(frame)
        return column

    def _plug_in(self) -> None:
        column = self._card(t("usb.plug_in"), t("usb.plug_in_how"))
        self.list = StickList()
        self.list.chosen.connect(lambda _: self._enable())
        column.addWidget(self.list)
        self._say(t("usb.use"), t("usb.folder"))

    def _take(self) -> None:
        self._card(t(f"usb.take.{self._kind}"), t("usb.take_how"))
        self._say(t("usb.again"), t("usb.other_stick"))
        self._do_take()

    def _write(self) -> None:
        if self._outcome is not None and self._outcome.files:
            self._inside.addWidget(result_card(lines(self._outcome, self._names), self._codes))
        count = len(self._answers)
        if self._kind == "ppt":
            self._card(t("usb.write.ppt"), t("usb.write_how.ppt", count=count) if count else t("usb.write_none.ppt"))
        else:
            self._card(t("usb.write.village"), t("usb.write_how.village"))
        has_something = self._kind == "village" or count
        self._say(t(f"usb.write_now.{self._kind}") if has_something else t("usb.skip"), t("usb.other_stick"))
        self._look_for_old()

    def _let_go(self) -> None:
        if self.written:
            self._inside.addWidget(written_card(self.written, self._kind))
        column = self._card(t("usb.let_go"), t("usb.let_go_how"))
        if self.stick is not None and not self.stick.device:
            column.addWidget(label(t("usb.let_go_folder"), "strong"))
            self._say(t("usb.by_hand"), "")
        else:
            self._say(t("usb.eject"), t("usb.by_hand"))

    def _done(self) -> None:
        todo = _TODO[self._kind] if self.written else ("nothing",)
        column = self._card(t("usb.what_next"), *(t(f"usb.next.{each}.{self._kind}") for each in todo))
        for each in self._takers:
            column.addLayout(side_by_side(self._slip_button(each)))
        if self.written:
            self._inside.addWidget(written_card(self.written, self._kind))
        self._say(t("usb.finish"), t("usb.once_more"))

    def _slip_button(self, files: tuple[Written, ...]) -> QWidget:
        """Printing the paper for one desk."""

        def read(work: Any) -> Any:
            return slip_form(slip(work, files, current_language()))

        codes = ", ".join(each.path.name for each in files)
        made = button(t("usb.slip"), lambda: self.paper.show_form(read, t("usb.slip_name")), icon_name="print")
        if len(self._takers) > 1:
            made.setText(t("usb.slip_of", files=codes))
        return made

    def _say(self, primary: str, other: str) -> None:
        """The words of the two buttons below, '' for none."""
        self.next.setText(primary)
        self.other.setText(other)
        self.other.setVisible(bool(other))
        set_role(self.next, "primary")
        self._enable()

    def _enable(self) -> None:
        has_stick = self.list.stick is not None if self.step is Step.PLUG_IN else True
        may_take = self._kind == "village" or self.desk.state.trained
        self.next.setEnabled(has_stick and may_take and not self._is_busy)
        self.other.setEnabled(may_take and not self._is_busy)

    def _go_on(self) -> None:
        if self.step is Step.PLUG_IN and self.list.stick is not None:
            self._use(self.list.stick)
        elif self.step is Step.TAKE:
            self._do_take()
        elif self.step is Step.WRITE:
            self._do_write()
        elif self.step is Step.LET_GO:
            self._do_eject() if self.stick is not None and self.stick.device else self.put(Step.DONE)
        elif self.step is Step.DONE:
            self.desk.go("inbox" if self._kind == "ppt" else "send")

    def _go_other(self) -> None:
        self.clear_notices()
        if self.step is Step.PLUG_IN:
            self.desk.open_folder(self, t("usb.choose_folder"), lambda path: self._use(Stick(path, path.name)))
        elif self.step is Step.LET_GO:
            self.put(Step.DONE)
        else:
            self._start_again()

    def _start_again(self) -> None:
        self.stick, self.written, self._takers, self._outcome = None, (), (), None
        self.paper.put_away()
        self.put(Step.PLUG_IN)
        self.look()
        self.watch.start()

    # -- 1: which stick ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """See which sticks are plugged in."""
        if self.step is Step.PLUG_IN:
            self.desk.tasks.do(self, self.seek, self.show_sticks, slot="sticks")

    def show_sticks(self, found: Sequence[Stick]) -> None:
        """Show these to choose from."""
        if self.step is Step.PLUG_IN:
            self.list.put(found)
            put_in_order(self)
            self._enable()

    def _use(self, stick: Stick) -> None:
        self.watch.stop()
        self.stick = stick
        self.clear_notices()
        self.put(Step.TAKE)

    @property
    def _folder(self) -> Path:
        return self.stick.path if self.stick is not None else Path()

    # -- 2: what lies there --------------------------------------------------------------------------------------------

    def _do_take(self) -> None:
        self._busy(is_on=True)
        self.intake.take_folder(self._folder)

    def show_outcome(self, outcome: Outcome) -> None:
        """Say what came of the files that lay there, and go on."""
        paths = [file.path for file in outcome.files]
        self.desk.tasks.do(
            self,
            lambda: usb.codes_of(outcome.folder, paths),
            lambda codes: self.show_taken(outcome, codes),
        )

    def show_taken(self, outcome: Outcome, codes: dict[str, str]) -> None:
        """Say what was taken in, and go on to writing, each file with its check code; if cancelled, stay here."""
        self._busy(is_on=False)
        self._outcome, self._codes = outcome, codes
        words, more, tone = summary(outcome)
        if not (outcome.files or outcome.left):
            words = t(f"usb.nothing_here.{self._kind}")
        self.tell(words, tone, more=more)
        if outcome.left:
            self.next.setFocus()
        else:
            self.put(Step.WRITE)

    @property
    def _answers(self) -> list[str]:
        """The receipts that what was taken in has called for."""
        taken = self._outcome.taken if self._outcome is not None else []
        return list(dict.fromkeys(each for done in taken for each in (done.receipt, *done.later) if each))

    def _name(self, rows: Sequence[VillageRow]) -> None:
        self._villages = {row.code: row.name for row in rows}

    @property
    def _names(self) -> dict[str, str]:
        """What the senders are called."""
        taken = self._outcome.taken if self._outcome is not None else []
        ppt = {} if self.is_at_ppt else {done.sender: t("exchange_desk.send.the_ppt") for done in taken}
        return self._villages | ppt

    # -- 3: writing ----------------------------------------------------------------------------------------------------

    def _do_write(self) -> None:
        self.clear_notices()
        folder, answers = self._folder, self._answers
        if self._kind == "ppt" and not answers:
            self.put(Step.LET_GO)
            return
        self._busy(is_on=True)

        def write(store: Any) -> tuple[tuple[Written, ...], tuple[tuple[Written, ...], ...]]:
            made = usb.write_answers(store, answers, folder) if self._kind == "ppt" else usb.write(store, folder)
            with store.work() as work:
                return made, by_taker(work, made)

        self.desk.tasks.store(self, write, lambda found: self.show_written(*found), self._not_written)

    def show_written(self, made: tuple[Written, ...], takers: tuple[tuple[Written, ...], ...]) -> None:
        """Say that these lie on the stick, read back and found whole."""
        self._busy(is_on=False)
        self.written, self._takers = made, takers
        self.tell(t(f"usb.written.{self._kind}", count=len(made)), Tone.OK, more=t(f"usb.written_more.{self._kind}"))
        self.put(Step.LET_GO)

    def _not_written(self, error: ExpectedError) -> None:
        if isinstance(error, NothingToSend):
            self.desk.tasks.work(
                self, lambda work: outbox(work).by_state.get(Delivery.REFUSED, 0), self.show_nothing_new
            )
        else:
            self.failed(error)

    def show_nothing_new(self, refused: int) -> None:
        """Say that nothing new is there to be written, and that the PPT has refused so many records, if it has."""
        self._busy(is_on=False)
        more = t("usb.refused_there", count=refused) if refused else ""
        self.tell(t("usb.nothing_to_write"), Tone.WARN if refused else Tone.OK, more=more)
        self.put(Step.LET_GO)

    def _look_for_old(self) -> None:
        folder = self._folder
        if self._kind == "village":
            self.desk.tasks.store(self, lambda store: usb.old_bundles(store, folder), self.show_old, lambda _: None)

    def show_old(self, found: Sequence[Old]) -> None:
        """Show what lies there from an earlier time."""
        if found and self.step is Step.WRITE:
            self._inside.addWidget(old_card(found, self._clear))
            put_in_order(self)

    def _clear(self, names: Sequence[str]) -> None:
        folder = self._folder
        self.clear_notices()
        self.desk.tasks.store(self, lambda store: usb.clear(store, folder, names), self._cleared)

    def _cleared(self, count: int) -> None:
        self.tell(t("usb.cleared", count=count))
        self.put(Step.WRITE)

    # -- 4: letting go -------------------------------------------------------------------------------------------------

    def _do_eject(self) -> None:
        stick = self.stick
        if stick is not None:
            self._busy(is_on=True)
            self.clear_notices()
            self.desk.tasks.do(self, lambda: eject(stick.path, stick.device), self.show_released)

    def show_released(self, is_released: bool) -> None:  # noqa: FBT001 - an answer
        """Say 'may be pulled out' only if the system said so."""
        self._busy(is_on=False)
        if is_released:
            self.tell(t("usb.released"), Tone.OK)
            self.put(Step.DONE)
        else:
            self.tell(t("usb.not_released"), Tone.WARN, more=t("usb.not_released_more"))

    # -- trouble -------------------------------------------------------------------------------------------------------

    def failed(self, error: ExpectedError) -> None:
        """The step can be done again; a stick that is gone is said to be so whatever the system called it."""
        self._busy(is_on=False)
        if self.step > Step.PLUG_IN and not self._folder.is_dir():
            error = StickGone(file=self._folder.name)
        super().failed(error)

    def _busy(self, *, is_on: bool) -> None:
        self._is_busy = is_on
        self._enable()
