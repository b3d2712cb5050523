# SPDX-License-Identifier: GPL-3.0-or-later
"""One institution to be called: its first number as large as it can be read aloud from, whose it is, and how sure."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel

from trafficwatch.casework.overview import InstitutionRow
from trafficwatch.models.institution import in_order_to_call
from trafficwatch.texts import t
from trafficwatch.ui.theme.look import px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.institution_words import checked_words, is_checked, reach_words
from trafficwatch.ui.widgets.parts import card, chip, label


def institution_card(row: InstitutionRow, more: Iterable[str] = ()) -> QFrame:
    """The card; `more` are softer lines below the name. Tab stops at it, a screen reader reads it in one go."""
    made, column = card()
    made.setProperty("box", "call")  # a card with a ring for the keyboard
    column.setSpacing(px(4))
    known, said = {each.value: reach_words(each) for each in row.reach}, [line for line in more if line]
    contacts = in_order_to_call(row.contacts)
    for contact in contacts[:1]:
        column.addWidget(_number(contact, "number"))
        if (more_of_it := known.get(contact, contact)) != contact:
            column.addWidget(label(more_of_it.removeprefix(contact).strip(" ()"), "small"))
    for contact in contacts[1:]:
        column.addWidget(_number(known.get(contact, contact), "lead"))
    column.addWidget(label(row.name, "strong"))
    for line in said:
        column.addWidget(label(line, "small"))
    if contacts:
        checked = checked_words(row)
        column.addWidget(chip(checked, Tone.OK) if is_checked(row) else chip(checked, Tone.NEUTRAL, "question"))
        if row.confirmed_on and row.checked_by:
            said.append(t("directory.by", by=row.checked_by))
            column.addWidget(label(said[-1], "small"))
        numbers = ", ".join(known.get(each, each) for each in contacts)
        words = t("emergency.say", name=row.name, numbers=numbers, checked=checked)
    else:
        column.addWidget(label(t("emergency.no_number")))
        words = f"{row.name}. {t('emergency.no_number')}"
    column.addStretch(1)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAccessibleName(" ".join([words, *said]))
    return made


def _number(contact: str, kind: str) -> QLabel:
    """A number that can be selected with the mouse and copied; it may break anywhere rather than be cut off."""
    made = label(contact, kind)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
