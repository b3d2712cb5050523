# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's page 'Desa': which village laptops are enrolled, how a new one is enrolled, how one is revoked.

Enrolment from the PPT's side: write the pack and read out the own digits; open the village's request; type the digits
that the village reads out; give the approval back. Exporting the PPT's key is done by the command line only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trafficwatch.models.exchange import Peer
from trafficwatch.sync.devices import DeviceKeyChanged
from trafficwatch.sync.enrolling import (
    Applicant,
    Source,
    Written,
    approve,
    pack,
    read_applicant,
    reply,
    revoke,
    write_pack,
)
from trafficwatch.sync.inbox import VillageRow, villages
from trafficwatch.sync.replies import ReplyDue, replies_due
from trafficwatch.texts import t
from trafficwatch.ui.exchange.keys_card import KeysCard
from trafficwatch.ui.exchange.own_key import OwnSide, own_side
from trafficwatch.ui.exchange.qr_codes import QrCodes, kept, read_folder, taken_up
from trafficwatch.ui.exchange.rows import bring
from trafficwatch.ui.ppt.due_card import due_words
from trafficwatch.ui.ppt.succession_card import SuccessionCard
from trafficwatch.ui.ppt.village_cards import ApplicantCard, EnrolCard, VillagesCard
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import button
from trafficwatch.ui.widgets.tab_order import put_in_order


class VillagesPage(Page):
    """The villages of this PPT."""

    name = "villages"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("ppt_desk.villages.title"), t("ppt_desk.villages.subtitle"))
        self._request: Source | None = None
        self._folder: Path | None = None
        self._rows: Sequence[VillageRow] = ()
        self.help = button(t("escrow.desk.title"), lambda: desk.go("escrow"), icon_name="unlock")
        self.corner.addWidget(self.help)
        self.applicant = ApplicantCard()
        self.applicant.changed.connect(self.changed)
        self.applicant.put_aside.connect(self._put_aside)
        self.list = VillagesCard()
        self.list.revoke_wanted.connect(self._ask_revoke)
        self.list.reply_wanted.connect(self._ask_reply)
        self.list.bring_back_wanted.connect(lambda device: desk.go("bring_back", device=device))
        self.enrol = EnrolCard()
        self.enrol.pack_wanted.connect(self._ask_pack)
        self.enrol.codes_wanted.connect(self._show_codes)
        self.enrol.pictures_wanted.connect(self._ask_pictures)
        self.codes = QrCodes(self)
        self.keys = KeysCard(self)
        self.keys.replaced.connect(self._load)
        self.succession = SuccessionCard(self)
        for widget in (self.applicant, self.list, self.enrol, self.codes, self.keys, self.succession):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.next = button(t("ppt_desk.villages.open_request"), self._go_on, role="primary", icon_name="key")
        self.footer(primary=self.next)

    def enter(self, **_: Any) -> None:
        self._load()

    def unsaved(self) -> Unsaved | None:
        if self._request is None:
            return None
        return Unsaved({"request": kept(self._request), "digits": self.applicant.digits.text})

    def restore(self, content: dict[str, Any]) -> None:
        self.applicant.digits.put(str(content.get("digits", "")))
        if content.get("request"):
            self._read_request(taken_up(content["request"]))

    def _load(self) -> None:
        self.desk.tasks.work(
            self,
            lambda work: (villages(work), replies_due(work), own_side(work)),
            lambda found: self._show(*found),
            super().failed,
            slot="villages",
        )

    def _show(self, rows: Sequence[VillageRow], due: Sequence[ReplyDue], own: OwnSide) -> None:
        self._rows = rows
        self.show_due(due)
        self.enrol.put(own.digits)
        self.keys.load()
        self.succession.load()

    def show_due(self, due: Sequence[ReplyDue]) -> None:
        """Say for which villages an answer waits."""
        self.list.put(self._rows, {each.device: due_words(each) for each in due})

    # -- our pack ----------------------------------------------------------------------------------------------------

    def _ask_pack(self) -> None:
        title = t("ppt_desk.villages.save_pack")
        self.desk.save_file(self, title, self._write_pack, name=t("ppt_desk.villages.pack_name"), kinds="*.twe")

    def _write_pack(self, path: Path) -> None:
        self.clear_notices()
        self.desk.tasks.store(self, lambda store: write_pack(store, path), self._pack_written)

    def _pack_written(self, written: Written) -> None:
        self._tell_done(t("ppt_desk.villages.pack_written", file=written.path.name), t("ppt_desk.villages.pack_next"))
        self.enrol.put(written.fingerprint)

    # -- approving a request -----------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self._request is None:
            self.desk.open_file(self, t("ppt_desk.villages.choose_request"), self._read_request, kinds="*.twe")
        elif not self.applicant.digits.complain():
            self.desk.open_folder(self, t("ppt_desk.villages.choose_stick"), self._approve)

    def _show_codes(self) -> None:
        self.desk.tasks.store(self, pack, self.codes.put)

    def _ask_pictures(self) -> None:
        self.desk.open_folder(self, t("enrolment.qr_folder"), self._read_pictures)

    def _read_pictures(self, folder: Path) -> None:
        self.clear_notices()
        self.desk.tasks.do(self, lambda: read_folder(folder), self._read_request, slot="request")

    def _read_request(self, source: Source) -> None:
        self.clear_notices()
        self.desk.tasks.store(
            self, lambda store: read_applicant(store, source), lambda found: self.show_applicant(source, found)
        )

    def show_applicant(self, source: Source, found: Applicant) -> None:
        """A request was read: say who it claims to be from, and ask for the digits."""
        self._request = source
        self.applicant.put(found)
        put_in_order(self)
        self.next.setText(t("ppt_desk.villages.approve"))
        bring(self, self.applicant.digits)
        self.changed.emit()

    def _put_aside(self) -> None:
        self._request = None
        self.applicant.clear()
        self.next.setText(t("ppt_desk.villages.open_request"))
        self.next.setFocus()
        self.settled.emit()

    def _approve(self, folder: Path, *, renewed: bool = False) -> None:
        request, digits = self._request, self.applicant.digits.text
        revoked, reason = self.applicant.replaced, self.applicant.reason.text()
        if request is not None:
            self._folder = folder
            self.clear_notices()
            self.next.setEnabled(False)
            self.desk.tasks.store(
                self,
                lambda store: approve(store, request, digits, folder, revoked=revoked, reason=reason, renewed=renewed),
                lambda found: self._approved(*found),
            )

    def _approved(self, village: Peer, path: Path) -> None:
        self.next.setEnabled(True)
        self._put_aside()
        self._tell_done(
            t("ppt_desk.villages.approved", name=village.name),
            t("ppt_desk.villages.approved_next", file=path.name),
        )
        self._load()

    # -- villages that are enrolled ----------------------------------------------------------------------------------

    def _ask_reply(self, device: str) -> None:
        self.desk.open_folder(self, t("ppt_desk.villages.choose_stick"), lambda folder: self._reply(device, folder))

    def _ask_revoke(self, device: str, reason: str) -> None:
        self.desk.open_folder(
            self, t("ppt_desk.villages.choose_stick"), lambda folder: self._revoke(device, folder, reason)
        )

    def _revoke(self, device: str, folder: Path, reason: str) -> None:
        self.clear_notices()
        self._enable(is_able=False)
        self.desk.tasks.store(self, lambda store: revoke(store, device, folder, reason), self._revoked)

    def _revoked(self, path: Path) -> None:
        self._tell_done(t("ppt_desk.villages.revoked"), t("ppt_desk.villages.revoked_next", file=path.name))
        self._enable(is_able=True)
        self._load()

    def _reply(self, device: str, folder: Path) -> None:
        self.clear_notices()
        self._enable(is_able=False)
        self.desk.tasks.store(self, lambda store: reply(store, device, folder), self._replied)

    def _replied(self, path: Path) -> None:
        self._tell_done(t("ppt_desk.villages.replied", file=path.name), t("ppt_desk.villages.replied_next"))
        self._enable(is_able=True)
        self._load()

    def _enable(self, *, is_able: bool) -> None:
        for each in (self.list.reply, self.list.revoke):
            each.setEnabled(is_able)

    def _tell_done(self, words: str, more: str) -> None:
        self.tell(words, Tone.OK, more=more)
        self.desk.say(words)

    def failed(self, error: Any) -> None:
        self.next.setEnabled(True)
        self._enable(is_able=True)
        super().failed(error)
        folder = self._folder
        if isinstance(error, DeviceKeyChanged) and folder is not None and self._request is not None:
            asked = self.tell(t("enrolment.renewed_ask"), Tone.WARN)
            asked.add_action(t("enrolment.renewed_yes"), lambda: self._approve(folder, renewed=True))
        self._load()  # approving and revoking hold even when their file could not be written
        if self._request is not None:
            self.applicant.digits.setFocus()
            self.applicant.digits.entry.selectAll()
