# SPDX-License-Identifier: GPL-3.0-or-later
"""What to talk over about a journey: its warnings with their reasons, what to do about them, and where papers differ.

Each warning says what, why and by which rule. The family decides; nobody is blamed, and nobody is called safe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from trafficwatch.errors import InputError
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import Document
from trafficwatch.registry.contradictions import JOURNEY, PERSON, Contradiction
from trafficwatch.registry.journeys import warning_words
from trafficwatch.registry.warnings import POSTPONE, TRIAGE, Warning, advice  # noqa: A004
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.countries import country_name
from trafficwatch.ui.widgets.parts import TONE_ICONS, button, card, chip, label, picture, rule

WEIGHT_TONES = {"high": Tone.DANGER, "medium": Tone.WARN, "note": Tone.INFO}
_DAYS = frozenset({"birth_date", "age", "expired"})


def warnings_card(
    found: Sequence[Warning], *, trained: bool, postpone: Callable[[], object] | None, screen: Callable[[], object]
) -> QFrame:
    """What the warnings lead to, and all of them, the heaviest first. `postpone` is None where it is too late."""
    made, column = card(t("journey_page.section.warnings"))
    leads_to = [each for each in advice(found) if each != POSTPONE or postpone is not None]
    for code in leads_to:
        if code != TRIAGE or trained:
            column.addWidget(label(t(f"journey_rules.advice.{code}"), "strong"))
    buttons = []
    if POSTPONE in leads_to and postpone is not None:
        column.addWidget(label(t("journey_page.family_decides"), "soft"))
        buttons.append(button(t("journey_page.postpone"), postpone, icon_name="clock"))
    if TRIAGE in leads_to and trained:
        buttons.append(button(t("journey_page.screen"), screen, icon_name="screening"))
    elif TRIAGE in leads_to:
        column.addWidget(label(t("journey_page.untrained_triage")))
    is_large = look().zoom >= COMPACT_FROM
    if buttons:
        beside = QVBoxLayout() if is_large else QHBoxLayout()
        beside.setSpacing(px(10))
        for each in buttons:
            beside.addWidget(each, 0, Qt.AlignmentFlag.AlignLeft)
        if isinstance(beside, QHBoxLayout):
            beside.addStretch(1)
        column.addLayout(beside)
    grid = QGridLayout()
    grid.setSpacing(px(10))
    columns = 1 if is_large or len(found) == 1 else 2
    for place, warning in enumerate(found):
        grid.addWidget(_warning(warning), place // columns, place % columns)
    for number in range(columns):
        grid.setColumnStretch(number, 1)
    column.addLayout(grid)
    return made


def _warning(warning: Warning) -> QFrame:
    tone = WEIGHT_TONES[warning.weight]
    made = QFrame()
    made.setProperty("box", "bar")
    made.setProperty("tone", tone.value)
    row = QHBoxLayout(made)
    row.setContentsMargins(px(12), px(9), px(12), px(9))
    row.setSpacing(px(10))
    row.addWidget(picture(TONE_ICONS[tone], 22, look().colours.tone(tone).ink), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(px(3))
    title, why = warning_words(warning)
    column.addWidget(label(title, "strong"))
    column.addWidget(label(why))
    source = warning.citation.replace("[ours]", t("journey_page.our_rule"))
    said = t("journey_page.by_rule", weight=t(f"journey_page.weight.{warning.weight}"), source=source)
    column.addWidget(label(said, "small"))
    column.addStretch(1)
    row.addLayout(column, 1)
    made.setAccessibleName(title)
    return made


def contradictions_card(found: Sequence[Contradiction], papers: Iterable[Document]) -> QFrame:
    """What does not agree, each source with its own words."""
    made, column = card(t("journey_page.section.contradictions"), t("journey_page.contradictions_help"))
    kinds = {paper.id: words("document_kind", paper.kind) for paper in papers}
    names = {PERSON: t("journey_page.source.person"), JOURNEY: t("journey_page.source.journey"), **kinds}
    for place, each in enumerate(found):
        if place:
            column.addWidget(rule())
        column.addWidget(chip(t(f"journey_rules.contradiction.{each.about}"), Tone.WARN))
        said = [
            t("journey_page.says", source=names.get(source, source), value=_value(each.about, value))
            for source, value in each.values
        ]
        column.addWidget(label("\n".join(said)))
    return made


def _value(about: str, value: str) -> str:
    """What a source says: a stored date in words, a country by its name, all else as it stands there."""
    if about == "country":
        return country_name(value)
    if about == "sex":
        return words("sex", value) if value in {"f", "m"} else value
    if about in _DAYS:
        try:
            return PartialDate.from_edtf(value).format(current_language())
        except InputError:
            return value
    return value
