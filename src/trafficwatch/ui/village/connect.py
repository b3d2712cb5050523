# SPDX-License-Identifier: GPL-3.0-or-later
"""The page 'Hubungkan dengan PPT': the enrolment ceremony from the village's side, taken up where it stands.

1. the PPT's pack comes on a stick, or as pictures of its QR codes; its digits are typed as the PPT reads them out, this
   laptop never shows them;
2. the request goes back on the stick or as QR codes, and this laptop's own digits are read out to the PPT;
3. the PPT's approval is taken in.

Afterwards the page says which PPT this is, and lets the keys of this laptop be replaced.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFrame, QLabel

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.sync.devices import DeviceKeyChanged
from trafficwatch.sync.enrolling import Source, Written, accept, read_pack_name, waiting_request, write_request
from trafficwatch.texts import t
from trafficwatch.ui.exchange.keys_card import KeysCard
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.own_key import OwnSide, own_side
from trafficwatch.ui.exchange.qr_codes import QrCodes, kept, read_folder, taken_up
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.digits import DigitsEntry, DigitsShown
from trafficwatch.ui.widgets.parts import button, card, label
from trafficwatch.ui.widgets.steps import StepBar

_PACK, _REQUEST, _APPROVAL, _DONE = range(4)


class ConnectPage(Page):
    """Enrolment of this laptop with a PPT."""

    name = "connect"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("exchange_desk.connect.title"), t("exchange_desk.connect.subtitle"), can_go_back=True)
        self._pack: Source | None = None
        self._request: Path | None = None
        self._step = _PACK
        self._bar: StepBar | None = None
        self._cards = {
            _PACK: self._pack_card(),
            _REQUEST: self._digits_card(),
            _APPROVAL: self._approval_card(),
            _DONE: self._done_card(),
        }
        for each in self._cards.values():
            self.body.addWidget(each)
            each.hide()
        self.codes = QrCodes(self)
        self.keys = KeysCard(self)
        for more in (self.codes, self.keys):
            self.body.addWidget(more)
            more.hide()
        self.body.addStretch(1)
        self.again = button(t("exchange_desk.connect.again"), self._start_again, role="quiet", icon_name="undo")
        self.next = button(t("exchange_desk.connect.choose_pack"), self._go_on, role="primary")
        self.footer(self.again, primary=self.next)
        self.again.hide()

    def enter(self, **_: Any) -> None:
        self._load()

    def unsaved(self) -> Unsaved | None:
        if self._pack is None or self._step > _REQUEST:
            return None
        return Unsaved({"pack": kept(self._pack), "digits": self.typed.text})

    def restore(self, content: dict[str, Any]) -> None:
        self.typed.put(str(content.get("digits", "")))
        if content.get("pack"):
            self._read_pack(taken_up(content["pack"]))

    def _load(self) -> None:
        self.desk.tasks.work(self, own_side, self.show_side, slot="side")

    def show_side(self, found: OwnSide) -> None:
        """Stand where enrolment stands."""
        self.own.put(found.digits)
        self._name_ppt(found)
        self.keys.setVisible(found.ppt_status is PeerStatus.ACTIVE)
        if found.ppt_status is PeerStatus.ACTIVE:
            self.keys.load()
        if self._pack is None:
            steps = {PeerStatus.PENDING: _APPROVAL, PeerStatus.ACTIVE: _DONE}
            self._stand(steps.get(found.ppt_status, _PACK) if found.ppt_status else _PACK)
        if found.ppt_status is PeerStatus.REVOKED and self._step == _PACK:
            self.tell(t("exchange_desk.connect.revoked", name=found.ppt_name), Tone.DANGER)

    # -- the four cards ----------------------------------------------------------------------------------------------

    def _pack_card(self) -> QFrame:
        frame, column = card(t("exchange_desk.connect.pack"))
        column.addWidget(label(t("exchange_desk.connect.pack_how")))
        self.read_codes = button(t("enrolment.qr_read"), self._ask_pictures, icon_name="search")
        column.addLayout(side_by_side(self.read_codes))
        column.addWidget(label(t("enrolment.qr_read_how"), "small"))
        return frame

    def _digits_card(self) -> QFrame:
        frame, column = card(t("exchange_desk.connect.compare"))
        self.claim = label("", "lead")
        column.addWidget(self.claim)
        column.addWidget(label(t("exchange_desk.connect.compare_how")))
        self.typed = DigitsEntry(t("exchange_desk.connect.type_digits"))
        self.typed.changed.connect(self.changed)
        column.addWidget(self.typed)
        other = button(t("exchange_desk.connect.other_pack"), self._ask_pack, role="quiet", icon_name="folder")
        column.addLayout(side_by_side(other))
        return frame

    def _approval_card(self) -> QFrame:
        frame, column = card(t("exchange_desk.connect.approval"))
        self.waiting_for = label("", "lead")
        column.addWidget(self.waiting_for)
        column.addWidget(label(t("exchange_desk.connect.request_how")))
        column.addWidget(label(t("exchange_desk.connect.own_digits"), "strong"))
        self.own = DigitsShown()
        column.addWidget(self.own)
        column.addWidget(label(t("exchange_desk.connect.own_digits_how"), "soft"))
        self.show_codes = button(t("enrolment.qr_show"), self._show_codes)
        column.addLayout(side_by_side(self.show_codes))
        column.addWidget(label(t("exchange_desk.connect.approval_how")))
        return frame

    def _done_card(self) -> QFrame:
        frame, column = card(t("exchange_desk.connect.done"))
        self.partner: QLabel = label("", "lead")
        column.addWidget(self.partner)
        column.addWidget(label(t("exchange_desk.connect.done_how")))
        self.since = label("")
        column.addWidget(self.since)
        column.addWidget(label(t("enrolment.connected_digits"), "strong"))
        self.theirs = DigitsShown()
        column.addWidget(self.theirs)
        laptops = button(t("laptops.title"), lambda: self.desk.go("laptops"), icon_name="link")
        column.addLayout(side_by_side(laptops))
        return frame

    # -- going on ----------------------------------------------------------------------------------------------------

    def _stand(self, step: int) -> None:
        """Show the step where it stands, and what its button does."""
        self._step = step
        for each, frame in self._cards.items():
            frame.setVisible(each == step)
        if self._bar is not None:
            self._bar.hide()
            self._bar.deleteLater()
        shown = {_PACK: 0, _REQUEST: 1, _APPROVAL: 2, _DONE: 3}[step]
        names = [
            t("exchange_desk.connect.step.pack"),
            t("exchange_desk.connect.step.compare"),
            t("exchange_desk.connect.step.approval"),
        ]
        self._bar = StepBar(names, shown)
        self.body.insertWidget(self.body.indexOf(self._cards[_PACK]), self._bar)
        words = {
            _PACK: t("exchange_desk.connect.choose_pack"),
            _REQUEST: t("exchange_desk.connect.write_request"),
            _APPROVAL: t("exchange_desk.connect.take_approval"),
            _DONE: t("exchange_desk.connect.to_send"),
        }
        self.next.setText(words[step])
        self.codes.clear()
        self.again.setVisible(step != _PACK)

    def _go_on(self) -> None:
        if self._step == _PACK:
            self._ask_pack()
        elif self._step == _REQUEST:
            if not self.typed.complain():
                title = t("exchange_desk.connect.save_request")
                self.desk.save_file(
                    self, title, self._write, name=t("exchange_desk.connect.request_name"), kinds="*.twe"
                )
        elif self._step == _APPROVAL:
            self.desk.open_file(self, t("exchange_desk.connect.open_approval"), self._accept, kinds="*.twb")
        else:
            self.desk.go("send")

    def _start_again(self) -> None:
        self._pack = None
        self.typed.put("")
        self.clear_notices()
        self._stand(_PACK)
        self.settled.emit()

    def _ask_pack(self) -> None:
        self.desk.open_file(self, t("exchange_desk.connect.open_pack"), self._read_pack, kinds="*.twe")

    def _ask_pictures(self) -> None:
        self.desk.open_folder(self, t("enrolment.qr_folder"), self._read_pictures)

    def _read_pictures(self, folder: Path) -> None:
        self.clear_notices()
        self.desk.tasks.do(self, lambda: read_folder(folder), self._read_pack, slot="pack")

    def _show_codes(self) -> None:
        self.desk.tasks.store(self, waiting_request, self.codes.put)

    def _read_pack(self, source: Source) -> None:
        is_practice = self.desk.state.practice
        self.clear_notices()
        self.desk.tasks.do(
            self,
            lambda: read_pack_name(source, practice=is_practice),
            lambda name: self.show_claim(source, name),
            slot="pack",
        )

    def show_claim(self, source: Source, name: str) -> None:
        """A pack was read: say who it claims to be from, and ask for the digits."""
        self._pack = source
        self.claim.setText(t("exchange_desk.connect.claims", name=name))
        self._stand(_REQUEST)
        bring(self, self.typed)
        self.changed.emit()

    def _write(self, path: Path, *, renewed: bool = False) -> None:
        pack, digits = self._pack, self.typed.text
        if pack is not None:
            self._request = path
            self.clear_notices()
            self.next.setEnabled(False)
            self.desk.tasks.store(
                self, lambda store: write_request(store, pack, digits, path, renewed=renewed), self._written
            )

    def _written(self, written: Written) -> None:
        self.next.setEnabled(True)
        self._pack = None
        self.typed.put("")
        self.settled.emit()
        words = t("exchange_desk.connect.request_written", file=written.path.name)
        self.tell(words, Tone.OK)
        self.desk.say(words)
        self._load()
        self.desk.reread()

    def _accept(self, path: Path) -> None:
        self.clear_notices()
        self.next.setEnabled(False)
        self.desk.tasks.store(self, lambda store: accept(store, path), lambda _: self._accepted())

    def _accepted(self) -> None:
        self.next.setEnabled(True)
        self.desk.say(t("exchange_desk.connect.done"))
        self._load()
        self.desk.reread()

    def failed(self, error: Any) -> None:
        self.next.setEnabled(True)
        super().failed(error)
        again = self._request
        if isinstance(error, DeviceKeyChanged) and again is not None:
            asked = self.tell(t("enrolment.renewed_ask"), Tone.WARN)
            asked.add_action(t("enrolment.renewed_yes"), lambda: self._write(again, renewed=True))
        if self._step == _REQUEST:
            self.typed.setFocus()
            self.typed.entry.selectAll()

    def _name_ppt(self, found: OwnSide) -> None:
        self.waiting_for.setText(t("exchange_desk.connect.waiting_for", name=found.ppt_name) if found.ppt_name else "")
        self.since.setText(t("enrolment.connected_since", at=moment(found.ppt_since)) if found.ppt_since else "")
        self.theirs.put(found.ppt_digits)
        self.partner.setText(t("exchange_desk.connect.connected_with", name=found.ppt_name) if found.ppt_name else "")
