# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Dua laptop': the other laptops of this village, and getting back what the PPT has after a loss.

1. the two laptops are introduced: each writes a file, the other opens it and types the digits that are read out there;
2. a stick goes to and fro: write for the other laptop, take in what it wrote, bring its answer back;
3. a laptop that lost its data says that it waits for what the PPT has.
Who decides is a coordinator; exchanging is for everyone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.models.exchange import Peer, PeerStatus
from trafficwatch.sync import pairing, partners, peering, restoring
from trafficwatch.sync.enrolling import Written
from trafficwatch.sync.outgoing import write_answer
from trafficwatch.sync.pairing import Claim
from trafficwatch.sync.parcels import Exported
from trafficwatch.texts import t
from trafficwatch.ui.exchange.intake import Intake, Outcome
from trafficwatch.ui.exchange.own_key import own_side
from trafficwatch.ui.exchange.results import lines, summary
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.digits import DigitsEntry, DigitsShown
from trafficwatch.ui.widgets.lines import Lines
from trafficwatch.ui.widgets.parts import Field, button, card, chip, empty, label, line_edit, rule
from trafficwatch.ui.widgets.progress import Progress
from trafficwatch.ui.widgets.tab_order import put_in_order

_SHORT = 4
_TONES = {PeerStatus.ACTIVE: Tone.OK, PeerStatus.PENDING: Tone.WARN, PeerStatus.REVOKED: Tone.DANGER}


@dataclass(frozen=True, slots=True)
class Laptops:
    """The other laptops with how many records wait for each, this one's digits, and what may be done here."""

    others: tuple[tuple[Peer, int], ...]
    digits: str
    may_pair: bool
    is_waiting: bool


def laptops(work: Any) -> Laptops:
    """Read how this village's laptops stand to each other."""
    known = partners.partners(work)
    others = tuple(
        (peer, peering.waiting(work, peer.device) if peer.status is PeerStatus.ACTIVE else 0) for peer in known
    )
    return Laptops(others, own_side(work).digits, partners.may_pair(work), restoring.is_expected(work))


def short(device: str) -> str:
    """A laptop's name in letters that can be compared by eye."""
    return " ".join(device[start : start + _SHORT] for start in range(0, 2 * _SHORT, _SHORT)).upper()


class LaptopsPage(Page):
    """Reached from the page of the connection with the PPT."""

    name = "laptops"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("laptops.title"), t("laptops.subtitle"), can_go_back=True)
        self._pack: Path | None = None
        self._parting: str | None = None
        self.progress = Progress()
        self.intake = Intake(self, self.progress)
        self.intake.finished.connect(self.show_outcome)
        self.taken = Lines(t("laptops.taken"))
        self.taken.hide()
        self.body.addWidget(self.progress)
        self.body.addWidget(self.taken)
        self.body.addWidget(self._exchange_card())
        self.body.addWidget(self._part_card())
        self.body.addWidget(self._introduce_card())
        self.body.addWidget(self._restore_card())
        self.body.addStretch(1)

    def enter(self, **_: Any) -> None:
        self._load()

    def unsaved(self) -> Unsaved | None:
        return Unsaved({"pack": str(self._pack), "digits": self.typed.text}) if self._pack else None

    def restore(self, content: dict[str, Any]) -> None:
        self.typed.put(str(content.get("digits", "")))
        if content.get("pack"):
            self._read(Path(content["pack"]))

    def _load(self) -> None:
        self.desk.tasks.work(self, laptops, self.show_laptops, slot="laptops")

    def show_laptops(self, found: Laptops) -> None:
        """Show how things stand."""
        empty(self._others)
        for place, (peer, waiting) in enumerate(found.others):
            if place:
                self._others.addWidget(rule())
            self._show_other(peer, waiting, may_part=found.may_pair)
        if not found.others:
            self._others.addWidget(label(t("laptops.none")))
        is_paired = any(peer.status is PeerStatus.ACTIVE for peer, _ in found.others)
        self.take.setVisible(is_paired or found.is_waiting)
        self.own.put(found.digits)
        for each in (self.write_own, self.open_other, self.wait):
            each.setEnabled(found.may_pair)
        self.not_yours.setVisible(not found.may_pair)
        self.wait.setVisible(not found.is_waiting)
        self.waits.setVisible(found.is_waiting)
        put_in_order(self)

    # -- exchanging --------------------------------------------------------------------------------------------------

    def _exchange_card(self) -> QFrame:
        frame, column = card(t("laptops.exchange"), t("laptops.exchange_how"))
        holder = QWidget()
        self._others = QVBoxLayout(holder)
        self._others.setContentsMargins(0, 0, 0, 0)
        self._others.setSpacing(px(10))
        column.addWidget(holder)
        self.take = button(t("laptops.take"), self._ask_taking, icon_name="folder")
        column.addLayout(side_by_side(self.take))
        return frame

    def _show_other(self, peer: Peer, waiting: int, *, may_part: bool) -> None:
        words = t("laptops.other", device=short(peer.device))
        status = chip(t(f"laptops.status.{peer.status.value}"), _TONES[peer.status])
        self._others.addLayout(side_by_side(label(words, "strong"), status))
        if peer.status is not PeerStatus.ACTIVE:
            return
        self._others.addWidget(label(t("laptops.waiting", count=waiting) if waiting else t("laptops.even")))
        send = button(t("laptops.send"), lambda: self._ask_sending(peer.device), role="primary", icon_name="send")
        part = button(t("laptops.part"), lambda: self.ask_parting(peer.device), role="quiet")
        part.setEnabled(may_part)
        self._others.addLayout(side_by_side(send, part))

    def _ask_sending(self, device: str) -> None:
        self.desk.open_folder(self, t("laptops.choose_stick"), lambda folder: self._send(device, folder))

    def _send(self, device: str, folder: Path) -> None:
        self.clear_notices()
        self.desk.tasks.store(self, lambda store: peering.export(store, device, folder), self._sent)

    def _sent(self, made: Sequence[Exported]) -> None:
        words = t("laptops.sent", records=sum(each.records for each in made), files=len(made))
        self.tell(words, Tone.OK, more=t("laptops.sent_next"))
        self.desk.say(words)
        self._load()

    def _ask_taking(self) -> None:
        self.desk.open_folder(self, t("laptops.choose_stick"), self.intake.take_folder)

    def tell_outcome(self, outcome: Outcome) -> None:
        """Say what came of the files."""
        words, more, tone = summary(outcome)
        self.tell(words, tone, more=more)
        self.desk.say(words)
        self.taken.put(lines(outcome, {}))
        self.taken.setVisible(bool(outcome.files))

    def show_outcome(self, outcome: Outcome) -> None:
        """Say what came of the files, and put the answers beside them."""
        self.tell_outcome(outcome)
        answers = [each for done in outcome.taken for each in (done.receipt, *done.later) if each]
        if answers:
            folder = outcome.folder
            self.desk.tasks.store(
                self,
                lambda store: [write_answer(store, each, folder) for each in answers],
                self._answered,
            )
        self._load()

    def _answered(self, made: Sequence[Path]) -> None:
        self.tell(t("laptops.answered", count=len(made)), Tone.INFO)

    # -- introducing -------------------------------------------------------------------------------------------------

    def _introduce_card(self) -> QFrame:
        frame, column = card(t("laptops.introduce"), t("laptops.introduce_how"))
        self.not_yours = label(t("laptops.coordinators"), "strong")
        column.addWidget(self.not_yours)
        self.write_own = button(t("laptops.write_own"), self._ask_own, icon_name="stick")
        self.open_other = button(t("laptops.open_other"), self._ask_other, icon_name="folder")
        column.addLayout(side_by_side(self.write_own, self.open_other))
        column.addWidget(label(t("laptops.own_digits"), "strong"))
        self.own = DigitsShown()
        column.addWidget(self.own)
        self.claim = label("", "lead")
        self.typed = DigitsEntry(t("laptops.type_digits"))
        self.typed.changed.connect(self.changed)
        self.trust = button(t("laptops.trust"), self._pair, role="primary")
        column.addWidget(self.claim)
        column.addWidget(self.typed)
        column.addLayout(side_by_side(self.trust))
        for each in (self.claim, self.typed, self.trust):
            each.hide()
        return frame

    def _ask_own(self) -> None:
        name = t("laptops.file_name")
        self.desk.save_file(self, t("laptops.write_own"), self._write_own, name=name, kinds="*.twe")

    def _write_own(self, path: Path) -> None:
        self.clear_notices()
        self.desk.tasks.store(self, lambda store: pairing.write_pack(store, path), self._own_written)

    def _own_written(self, written: Written) -> None:
        words = t("laptops.own_written", file=written.path.name)
        self.tell(words, Tone.OK, more=t("laptops.own_next"))
        self.desk.say(words)

    def _ask_other(self) -> None:
        self.desk.open_file(self, t("laptops.open_other"), self._read, kinds="*.twe")

    def _read(self, path: Path) -> None:
        self.clear_notices()
        self.desk.tasks.store(
            self, lambda store: pairing.read_claim(store, path), lambda found: self.show_claim(path, found)
        )

    def show_claim(self, path: Path, found: Claim) -> None:
        """A file was read: say from whom it claims to be, and ask for the digits."""
        self._pack = path
        self.claim.setText(t("laptops.claims", name=found.name, device=short(found.device)))
        for each in (self.claim, self.typed, self.trust):
            each.show()
        bring(self, self.typed)
        self.changed.emit()

    def _pair(self) -> None:
        path, digits = self._pack, self.typed.text
        if path is not None and not self.typed.complain():
            self.clear_notices()
            self.desk.tasks.store(self, lambda store: pairing.pair(store, path, digits), self._paired)

    def _paired(self, other: Peer) -> None:
        self._pack = None
        self.typed.put("")
        for each in (self.claim, self.typed, self.trust):
            each.hide()
        self.settled.emit()
        words = t("laptops.paired", device=short(other.device))
        self.tell(words, Tone.OK, more=t("laptops.paired_next"))
        self.desk.say(words)
        self._load()

    # -- parting -----------------------------------------------------------------------------------------------------

    def _part_card(self) -> QFrame:
        self.parting, column = card()
        self.part_title = label("", "heading")
        column.addWidget(self.part_title)
        column.addWidget(label(t("laptops.part_how"), "soft"))
        self._why = line_edit(limit=200)
        self.reason = Field(t("laptops.part_why"), self._why)
        column.addWidget(self.reason)
        stop = button(t("laptops.part_now"), self._part, role="danger")
        keep = button(t("laptops.keep"), self.parting.hide, role="quiet")
        column.addLayout(side_by_side(stop, keep))
        self.parting.hide()
        return self.parting

    def ask_parting(self, device: str) -> None:
        """Ask why, before that laptop is trusted no more."""
        self._parting = device
        title = t("laptops.part_of", device=short(device))
        self.part_title.setText(title)
        self.parting.setAccessibleName(title)
        self._why.clear()
        self.reason.wrong("")
        self.parting.show()
        bring(self, self.reason)

    def _part(self) -> None:
        device, reason = self._parting, self._why.text().strip()
        self.reason.wrong("" if reason else t("laptops.part_why_missing"))
        if not reason:
            self._why.setFocus()
        elif device is not None:
            self.clear_notices()
            self.desk.tasks.store(
                self, lambda store: pairing.part(store, device, reason), lambda _: self._parted(device)
            )

    def _parted(self, device: str) -> None:
        if self._parting == device:  # else another laptop has been asked about since
            self._parting = None
            self._why.clear()
            self.parting.hide()
        words = t("laptops.parted", device=short(device))
        self.tell(words, Tone.OK, more=t("laptops.parted_next"))
        self.desk.say(words)
        self._load()

    # -- getting back ------------------------------------------------------------------------------------------------

    def _restore_card(self) -> QFrame:
        frame, column = card(t("laptops.back"), t("laptops.back_how"))
        self.wait = button(t("laptops.wait"), self._wait)
        self.waits = label(t("laptops.waits"), "strong")
        column.addLayout(side_by_side(self.wait))
        column.addWidget(self.waits)
        return frame

    def _wait(self) -> None:
        self.clear_notices()
        self.desk.tasks.store(self, restoring.expect, lambda _: self._load())
