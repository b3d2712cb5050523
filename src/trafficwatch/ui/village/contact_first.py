# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before all else on a page about a person: how to reach them safely, and that their card is deleted.

It is shown to whoever has the page open, also where the training for the rest of it is missing.
"""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QWidget

from trafficwatch.models.people import SafeContact
from trafficwatch.registry.browse import ResidentCard, resident_card
from trafficwatch.texts import t
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.shell.page import Page
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.resident_parts import safe_contact_bar
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.tab_order import put_in_order


def contact_first(page: Page, person_id: str, column: QBoxLayout) -> None:
    """Read it, and put it before what the column holds by then."""

    def show(found: ResidentCard) -> None:
        bars = before_all(page.desk, found.contact, in_trash=found.person.deleted is not None)
        for place, each in enumerate(bars):
            column.insertWidget(place, each)
        put_in_order(page)

    page.desk.tasks.work(page, lambda work: resident_card(work, person_id), show, slot="contact")


def before_all(desk: Desk, contact: SafeContact | None, *, in_trash: bool) -> list[QWidget]:
    """The rule for contact; for somebody in the trash also the way to bring the card back."""
    bars = [safe_contact_bar(contact)]
    if in_trash:
        gone = Notice(t("trash.in_trash"), Tone.WARN, more=t("trash.in_trash_more"))
        gone.add_action(t("trash.open"), lambda: desk.go("trash"))
        bars.append(gone)
    return bars
