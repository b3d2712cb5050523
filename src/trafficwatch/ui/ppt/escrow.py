# SPDX-License-Identifier: GPL-3.0-or-later
"""The PPT's page 'Bantu desa masuk kembali': reading out the code that opens a village's locked laptop.

The file proves which laptop asks; that it is the volunteer who asks is proved by calling back a known number and typing
the digits read out there. Only then, and with a reason, the code shows. It goes into no draft, and is gone with the
page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QVBoxLayout, QWidget

from trafficwatch.errors import ExpectedError
from trafficwatch.sync.escrow import EscrowRequest, open_request, read_out
from trafficwatch.texts import t
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import bring, side_by_side
from trafficwatch.ui.shell.desk import Desk, Unsaved
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.code_line import shown_code
from trafficwatch.ui.widgets.digits import DigitsEntry
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, card, empty, label, line_edit

_REASON = 200


class EscrowPage(Page):
    """One request for help at a time."""

    name = "escrow"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, t("escrow.desk.title"), t("escrow.desk.subtitle"), can_go_back=True)
        self._path: Path | None = None
        self._request: EscrowRequest | None = None
        self._before: Notice | None = None
        self.how, inside = card()
        inside.addWidget(label(t("escrow.desk.how")))
        inside.addWidget(label(t("escrow.desk.how_proof"), "soft"))
        self.claim = self._build_claim()
        self.proof = self._build_proof()
        self.shown = QWidget()
        self._shown = QVBoxLayout(self.shown)
        self._shown.setContentsMargins(0, 0, 0, 0)
        self._shown.setSpacing(px(14))
        for each in (self.how, self.claim, self.proof, self.shown):
            self.body.addWidget(each)
        self.body.addStretch(1)
        self.next = button(t("escrow.desk.open"), self._go_on, role="primary", icon_name="key")
        self.footer(primary=self.next)
        self._stand()

    def enter(self, **_: Any) -> None:
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def unsaved(self) -> Unsaved | None:
        """The request and what was typed about it; never the code."""
        if self._path is None or self._request is None:
            return None
        return Unsaved({"request": str(self._path), "digits": self.digits.text, "reason": self.reason.text()})

    def restore(self, content: dict[str, Any]) -> None:
        if content.get("request"):
            self.digits.put(str(content.get("digits", "")))
            self.reason.setText(str(content.get("reason", "")))
            self._read(Path(content["request"]))

    def failed(self, error: ExpectedError) -> None:
        self.next.setEnabled(True)
        super().failed(error)
        if self._request is not None:
            self.digits.setFocus(Qt.FocusReason.OtherFocusReason)
            self.digits.entry.selectAll()

    # -- building ------------------------------------------------------------------------------------------------------

    def _build_claim(self) -> QFrame:
        frame, self._claim = card(t("escrow.desk.request"))
        self.village: QLabel = label("", "lead")
        self.device = label("")
        self.made_at = label("")
        for each in (self.village, self.device, self.made_at):
            self._claim.addWidget(each)
        aside = button(t("escrow.desk.aside"), self._put_aside, role="quiet", icon_name="close")
        self._claim.addLayout(side_by_side(aside))
        return frame

    def _build_proof(self) -> QFrame:
        frame, inside = card(t("escrow.desk.call_title"))
        inside.addWidget(label(t("escrow.desk.call")))
        self.digits = DigitsEntry(t("escrow.desk.digits"))
        self.digits.changed.connect(self.changed)
        inside.addWidget(self.digits)
        self.reason = line_edit(limit=_REASON)
        self.reason.textEdited.connect(self.changed)
        self._reason = Field(t("escrow.desk.reason"), self.reason, t("escrow.desk.reason_hint"))
        inside.addWidget(self._reason)
        self.called = QCheckBox(t("escrow.desk.called"))
        self.called_wrong = label(t("escrow.desk.called_missing"), "error")
        self.called_wrong.hide()
        self.called.toggled.connect(self.called_wrong.hide)
        inside.addWidget(self.called)
        inside.addWidget(self.called_wrong)
        return frame

    # -- going on ------------------------------------------------------------------------------------------------------

    def _stand(self, code: str = "") -> None:
        """Show the step where things stand, and what its button does."""
        has_request = self._request is not None
        self.how.setVisible(not has_request and not code)
        self.claim.setVisible(has_request)
        self.proof.setVisible(has_request)
        self.shown.setVisible(bool(code))
        key = "done" if code else "show" if has_request else "open"
        self.next.setText(t(f"escrow.desk.{key}"))
        self.next.setEnabled(True)

    def _go_on(self) -> None:
        if not self.shown.isHidden():
            self._close_code()
        elif self._request is None:
            self.desk.open_file(self, t("escrow.desk.choose"), self._read, kinds="*.twe")
        elif self._is_complete():
            self._read_out(self._request)

    def _is_complete(self) -> bool:
        """Whether all that the code is given for is there; what is missing is said where it is, and gone to."""
        reason = self.reason.text().strip()
        self._reason.wrong("" if reason else t("escrow.desk.reason_missing"))
        self.called_wrong.setVisible(not self.called.isChecked())
        missing: list[QWidget] = [self.digits] if self.digits.complain() else []
        missing += [self._reason] if not reason else []
        missing += [self.called] if not self.called.isChecked() else []
        if missing:
            bring(self, missing[0])
        return not missing

    def _read(self, path: Path) -> None:
        self.clear_notices()
        self.desk.tasks.store(
            self, lambda store: open_request(store, path), lambda found: self.show_request(path, found)
        )

    def show_request(self, path: Path, found: EscrowRequest) -> None:
        """A request was opened: say whose it is, and what has to be done before the code shows."""
        self._path, self._request = path, found
        self.village.setText(found.name)
        self.device.setText(t("escrow.desk.device", code=found.village, device=found.device))
        self.made_at.setText(t("escrow.desk.made_at", at=moment(found.made_at)))
        self._drop_before()
        if found.read_before:
            self._before = Notice(t("escrow.desk.before", at=moment(found.read_before)), Tone.WARN)
            self._claim.insertWidget(self._claim.indexOf(self.made_at) + 1, self._before)
        self._stand()
        bring(self, self.digits)
        self.changed.emit()

    def _read_out(self, request: EscrowRequest) -> None:
        digits, reason = self.digits.text, self.reason.text()
        self.clear_notices()
        self.next.setEnabled(False)
        self.desk.tasks.store(self, lambda store: read_out(store, request, digits, reason), self.show_code)

    def show_code(self, code: str) -> None:
        """The code, as long as this page is open."""
        name = self._request.name if self._request is not None else ""
        self._forget()
        frame, inside = card(t("escrow.desk.code"), t("escrow.desk.code_how"))
        inside.addWidget(shown_code(code))
        warning = Notice(t("escrow.desk.code_once", name=name), Tone.WARN, more=t("escrow.desk.code_once_more"))
        self._shown.addWidget(frame)
        self._shown.addWidget(warning)
        self._stand(code)
        self.settled.emit()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        warning.announce()

    def _close_code(self) -> None:
        empty(self._shown)
        self.shown.hide()
        self._stand()
        self.desk.say(t("escrow.desk.closed"))

    def _put_aside(self) -> None:
        self._forget()
        self._stand()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        self.settled.emit()

    def _forget(self) -> None:
        self._path = self._request = None
        self.digits.put("")
        self.reason.clear()
        self.called.setChecked(False)
        self._drop_before()

    def _drop_before(self) -> None:
        if self._before is not None:
            self._before.hide()
            self._before.deleteLater()
            self._before = None
