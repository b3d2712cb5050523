# SPDX-License-Identifier: GPL-3.0-or-later
"""What was begun and not saved, offered on the first page of both desks: which form, about whom, from when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from trafficwatch.registry.browse import names_of
from trafficwatch.texts import t
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.look import look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.parts import button, card, empty, label, picture
from trafficwatch.ui.widgets.tab_order import put_in_order
from trafficwatch.village.drafts import Draft, drafts, drop

MOST = 6
"""Lines at once; when one is finished or discarded the next one shows."""
FORMS = frozenset(
    {"resident_edit", "screening", "referral", "consent", "attachment", "attachment_add", "connect", "laptops"}
    | {"journey", "journey_edit", "visit", "check_in"}
    | {"settings", "trash", "member", "case", "villages", "escrow"}
    | {"second_reading", "recruiter", "recruiter_edit", "visitor", "import_residents", "list_export", "duplicates"}
    | {"own_record", "care_policy", "institution", "data_protection"}
    | {"sign_note", "paper_entry", "questionnaires"}
    | {"follow_up", "follow_ups"}
    | {"care_entry", "closing", "disclosure"}
)
"""Pages with a name of their own for what is begun on them (`drafts.form_<page>`)."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The drafts of who is at work, the newest first; `names` maps the people they are about to their names."""

    drafts: tuple[Draft, ...]
    names: Mapping[str, str]


def begun(work: Any) -> Begun:
    """Read what was begun."""
    found = drafts(work)
    return Begun(found, names_of(work, {draft.subject for draft in found if draft.subject}))


class DraftList(QWidget):
    """A card on a page with a line for each draft; nothing when there is none."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page, self._desk = page, page.desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame, self._lines = card(t("drafts.title"))
        column.addWidget(frame)
        self.hide()

    def read(self) -> None:
        """Read and show what was begun."""
        self._desk.tasks.work(self, begun, self.put, slot="begun")

    def failed(self, error: Any) -> None:
        """The list stays as it is; what keeps the store from being read, the page says for itself."""

    def put(self, found: Begun) -> None:
        """Show these."""
        empty(self._lines, begin=1)  # the first one is the title
        for draft in found.drafts[:MOST]:
            self._lines.addWidget(self._line(draft, found.names))
        self.setVisible(bool(found.drafts))
        put_in_order(self._page)

    def _line(self, draft: Draft, names: Mapping[str, str]) -> QWidget:
        words = _words(draft, names)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, px(2), 0, px(2))
        row.setSpacing(px(10))
        row.addWidget(picture("clock", 22, look().colours.tone(Tone.NEUTRAL).ink))
        row.addWidget(label(words), 1)
        if draft.content is not None:
            go_on = button(t("drafts.go_on"), partial(self._desk.go, draft.form, draft=draft))
            go_on.setAccessibleName(f"{go_on.text()}: {words}")
            discard = button(t("drafts.discard"), role="quiet", icon_name="trash")
            discard.setAccessibleName(f"{discard.text()}: {words}")
            discard.clicked.connect(lambda: self._discard(draft, discard))
            row.addWidget(go_on)
            row.addWidget(discard)
        return line

    def _discard(self, draft: Draft, pressed: QPushButton) -> None:
        """The first press asks, in place; the second throws the draft away."""
        if pressed.text() != t("drafts.discard_sure"):
            pressed.setText(t("drafts.discard_sure"))
            pressed.setAccessibleName(f"{pressed.text()}: {pressed.accessibleName()}")
            return
        pressed.setEnabled(False)
        self._desk.tasks.work(self, lambda work: drop(work, draft.id), lambda _: self._discarded())

    def _discarded(self) -> None:
        self._desk.say(t("drafts.discarded"))
        self.read()


def _words(draft: Draft, names: Mapping[str, str]) -> str:
    form = t(f"drafts.form_{draft.form if draft.form in FORMS else 'other'}")
    if draft.content is None:
        return t("drafts.sealed", form=form)
    when = f"{datetime.fromisoformat(draft.saved_at).astimezone():%d-%m %H.%M}"
    typed = draft.content.get("typed", {})
    name = names.get(draft.subject or "") or typed.get("person.name") or draft.content.get("name")
    return t("drafts.of", form=form, name=name, when=when) if name else t("drafts.line", form=form, when=when)
