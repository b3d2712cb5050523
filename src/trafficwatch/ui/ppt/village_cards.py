# SPDX-License-Identifier: GPL-3.0-or-later
"""The cards of the page 'Desa': a request that waits for its digits, the list of villages, and our own digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.sync.enrolling import Applicant
from trafficwatch.sync.inbox import VillageRow
from trafficwatch.texts import t
from trafficwatch.texts.exchange import status_words
from trafficwatch.ui.exchange.moments import moment
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.digits import DigitsEntry, DigitsShown
from trafficwatch.ui.widgets.lines import Line, Lines
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import Field, button, label, line_edit

_TONES = {PeerStatus.ACTIVE: Tone.OK, PeerStatus.PENDING: Tone.WARN, PeerStatus.REVOKED: Tone.DANGER}


class _Card(QFrame):
    """A card with a heading; `column` is where its parts go."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("box", "card")
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(18), px(14), px(18), px(16))
        self.column.setSpacing(px(10))
        self.heading = label(title, "heading")
        self.column.addWidget(self.heading)


class ApplicantCard(_Card):
    """Who a request claims to be from, what the official list says of its code, and the digits to type."""

    changed = Signal()
    put_aside = Signal()

    def __init__(self) -> None:
        super().__init__(t("ppt_desk.villages.applicant"))
        self.claim = label("", "lead")
        self.code = label("")
        self.place = label("", "strong")
        for widget in (self.claim, self.code, self.place):
            self.column.addWidget(widget)
        self._doubt: Notice | None = None
        self._known = QWidget()
        self._known_rows = QVBoxLayout(self._known)
        self._known_rows.setContentsMargins(0, 0, 0, 0)
        self._known_rows.setSpacing(px(6))
        self.column.addWidget(self._known)
        self.old: dict[str, QCheckBox] = {}
        self.reason = line_edit()
        self.why = Field(t("enrolment.reason"), self.reason, t("enrolment.reason_hint"))
        self.column.addWidget(self.why)
        self.column.addWidget(label(t("ppt_desk.villages.applicant_how")))
        self.digits = DigitsEntry(t("ppt_desk.villages.type_digits"))
        self.digits.changed.connect(self.changed)
        self.column.addWidget(self.digits)
        aside = button(t("ppt_desk.villages.put_aside"), self.put_aside.emit, role="quiet", icon_name="close")
        self.column.addLayout(side_by_side(aside))
        self.hide()

    def put(self, found: Applicant) -> None:
        self._drop_doubt()
        self.claim.setText(t("ppt_desk.villages.claims", name=found.name))
        self.code.setText(t("ppt_desk.villages.code", code=found.code))
        self.place.setText(
            t("ppt_desk.villages.official", place=found.place)
            if found.place
            else t("ppt_desk.villages.not_listed", code=found.code)
        )
        if found.place.casefold() != found.name.casefold():
            self._doubt = Notice(t("ppt_desk.villages.differs"), Tone.WARN)
            self.column.insertWidget(self.column.indexOf(self.place) + 1, self._doubt)
        self._put_known(found)
        self.show()

    @property
    def replaced(self) -> list[str]:
        """The laptops that are to be revoked with the approval."""
        return [device for device, box in self.old.items() if box.isChecked()]

    def _put_known(self, found: Applicant) -> None:
        """Which laptops this village has already; each other one may be revoked in the same step."""
        self._drop_known()
        if found.known:
            self._known_rows.addWidget(label(t("enrolment.known_title"), "strong"))
        for row in found.known:
            is_same, is_revoked = row.device == found.device, row.status is PeerStatus.REVOKED
            keys = {
                (False, False): "enrolment.known_active",
                (False, True): "enrolment.known_revoked",
                (True, False): "enrolment.known_same",
                (True, True): "enrolment.known_same_revoked",
            }
            words = t(keys[is_same, is_revoked], device=row.device, since=moment(row.since))
            self._known_rows.addWidget(label(words, "strong" if is_same and is_revoked else "soft"))
            if not is_same and not is_revoked:
                box = QCheckBox(t("enrolment.known_revoke", device=row.device))
                box.toggled.connect(lambda _: self.why.setVisible(bool(self.replaced)))
                self.old[row.device] = box
                self._known_rows.addWidget(box)

    def _drop_known(self) -> None:
        while (item := self._known_rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.old = {}
        self.reason.clear()
        self.why.hide()

    def clear(self) -> None:
        self._drop_doubt()
        self._drop_known()
        self.digits.put("")
        self.hide()

    def _drop_doubt(self) -> None:
        if self._doubt is not None:
            self._doubt.deleteLater()
            self._doubt = None


class VillagesCard(_Card):
    """All villages; for the one that is pointed at, what can be done. Revoking is asked about once more, in place."""

    revoke_wanted = Signal(str, str)
    reply_wanted = Signal(str)
    bring_back_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(t("ppt_desk.villages.enrolled"))
        self._rows: dict[str, VillageRow] = {}
        self.empty = label(t("ppt_desk.villages.empty"))
        self.list = Lines(t("ppt_desk.villages.enrolled"))
        self.list.pointed.connect(self._point)
        self.column.addWidget(self.empty)
        self.column.addWidget(self.list)
        self.hint = label(t("ppt_desk.villages.choose"), "small")
        self.column.addWidget(self.hint)
        self._tools = QWidget()
        tools = QVBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(px(8))
        self.reply = button(t("ppt_desk.villages.reply"), lambda: self.reply_wanted.emit(self.list.current))
        self.bring_back = button(t("laptops.desk.open"), lambda: self.bring_back_wanted.emit(self.list.current))
        self.revoke = button(t("ppt_desk.villages.revoke"), self._ask, role="danger")
        tools.addLayout(side_by_side(self.reply, self.bring_back, self.revoke))
        self.column.addWidget(self._tools)
        self.question = QFrame()
        self.question.setProperty("box", "bar")
        self.question.setProperty("tone", Tone.DANGER.value)
        asked = QVBoxLayout(self.question)
        asked.setContentsMargins(px(14), px(10), px(14), px(12))
        asked.setSpacing(px(8))
        self._asked = label("", "strong")
        asked.addWidget(self._asked)
        asked.addWidget(label(t("ppt_desk.villages.revoke_means")))
        self.reason = line_edit()
        self.why = Field(t("enrolment.reason"), self.reason, t("enrolment.reason_hint"))
        asked.addWidget(self.why)
        self.no = button(t("ppt_desk.villages.revoke_no"), self._close)
        self.yes = button(t("ppt_desk.villages.revoke_yes"), self._revoke, role="danger")
        asked.addLayout(side_by_side(self.no, self.yes))
        self.column.addWidget(self.question)
        self._close()
        self._tools.hide()

    def put(self, rows: Sequence[VillageRow], due: Mapping[str, str]) -> None:
        """`due` has the words for what waits to be carried to a device."""
        self._rows = {row.device: row for row in rows}
        self.list.put([_line(row, due.get(row.device, "")) for row in rows])
        self.list.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self._point(self.list.current)

    def _point(self, device: str) -> None:
        row = self._rows.get(device)
        self.question.hide()
        self._tools.setVisible(row is not None)
        self.hint.setVisible(row is None and bool(self._rows))
        self.revoke.setVisible(row is not None and row.status is not PeerStatus.REVOKED)
        self.bring_back.setVisible(row is not None and row.status is PeerStatus.ACTIVE)

    def _ask(self) -> None:
        row = self._rows.get(self.list.current)
        if row is not None:
            self._asked.setText(t("ppt_desk.villages.revoke_sure", name=row.name))
            self.question.show()
            self.no.setFocus()

    def _close(self) -> None:
        was_open = self.question.isVisible()
        self.question.hide()
        if was_open:
            self.revoke.setFocus()

    def _revoke(self) -> None:
        if not self.reason.text().strip():
            self.why.wrong(t("enrolment.reason_wanted"))
            self.reason.setFocus()
            return
        self.question.hide()
        self.revoke_wanted.emit(self.list.current, self.reason.text())
        self.reason.clear()


class EnrolCard(_Card):
    """How a village is enrolled, in order, with our pack and our digits to read out."""

    pack_wanted = Signal()
    codes_wanted = Signal()
    pictures_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(t("ppt_desk.villages.enrol"))
        self.column.addWidget(label(t("ppt_desk.villages.enrol_pack")))
        pack = button(t("ppt_desk.villages.write_pack"), self.pack_wanted.emit, icon_name="stick")
        self.pack = pack
        self.codes = button(t("enrolment.qr_show"), self.codes_wanted.emit)
        self.column.addLayout(side_by_side(pack, self.codes))
        self.column.addWidget(label(t("ppt_desk.villages.enrol_digits")))
        self.own = DigitsShown()
        self.column.addWidget(self.own)
        self.column.addWidget(label(t("ppt_desk.villages.enrol_request")))
        self.pictures = button(t("enrolment.qr_read"), self.pictures_wanted.emit, icon_name="search")
        self.column.addLayout(side_by_side(self.pictures))
        self.column.addWidget(label(t("enrolment.qr_read_how"), "small"))

    def put(self, digits: str) -> None:
        self.own.put(digits)


def _line(row: VillageRow, due: str) -> Line:
    said = [t("ppt_care.due.here", what=due)] if due else []
    said += [t("ppt_desk.villages.status", status=status_words(row.status.value), at=moment(row.since))]
    if row.last_bundle_at:
        said.append(t("ppt_desk.villages.last", at=moment(row.last_bundle_at)))
        said.append(t("ppt_desk.villages.counts", bundles=row.bundles, received=row.received, refused=row.refused))
    else:
        said.append(t("ppt_desk.villages.no_bundle"))
    if row.put_back_at:
        said.append(t("enrolment.put_back", at=moment(row.put_back_at)))
    name = t("ppt_desk.villages.name", name=row.name, code=row.code)
    return Line(row.device, name, " ".join(said), _TONES[row.status], "village")
