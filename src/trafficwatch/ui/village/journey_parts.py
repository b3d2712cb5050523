# SPDX-License-Identifier: GPL-3.0-or-later
"""The cards of a journey: keeping in touch, plan and promises, the official way, and who recruits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import Journey
from trafficwatch.registry.check_ins import Standing, every_days
from trafficwatch.registry.journeys import RECRUITER, JourneyCard
from trafficwatch.registry.procedural import questions
from trafficwatch.registry.warnings import is_abroad
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.countries import country_name
from trafficwatch.ui.village.journey_sections import DECISION_TONES, decided, why_decided
from trafficwatch.ui.village.recruiter_words import Mentions, licence_sign, licence_words
from trafficwatch.ui.village.resident_parts import date_words, facts
from trafficwatch.ui.widgets.parts import button, card, chip, label, picture
from trafficwatch.ui.widgets.phone_list import show_number

STANDING_TONES = {
    "none": Tone.NEUTRAL,
    "not_due": Tone.NEUTRAL,
    "due": Tone.INFO,
    "overdue": Tone.WARN,
    "silent": Tone.DANGER,
}
_SIGNS = {"yes": "check", "no": "close", "": "question", "unknown": "question"}


def where(journey: Journey) -> str:
    """The destination in words."""
    parts = (journey.destination_place, country_name(journey.destination_country))
    return ", ".join(part for part in parts if part) or t("resident.journey.somewhere")


def day_of(day: date | None) -> str:
    return PartialDate.of(day).format(current_language()) if day else ""


def standing_card(journey: Journey, standing: Standing, desk: Desk) -> QFrame:
    """When somebody was heard of last, where, when the next word is due; and what to do about silence."""
    made, column = card(t("journey_page.section.touch"))
    said = t(f"journey_rules.check_in.status.{standing.status}")
    column.addWidget(chip(said, STANDING_TONES[standing.status]))
    for code in standing.alarm:
        column.addWidget(label(t(f"journey_rules.check_in.{code}.alarm"), "error"))
    is_waited_for = standing.due_on is not None and standing.due_on.isoformat() <= desk.today
    waited = "due_since" if is_waited_for else "next_due"
    heard = day_of(standing.last_heard_on) or t("journey_page.never_heard")
    pairs = [
        (t("journey_page.last_heard"), heard),
        (t("journey_page.last_place"), standing.last_place),
        (t(f"journey_page.{waited}"), day_of(standing.due_on) or t("journey_page.due_now")),
        (t("journey_page.rhythm"), t("journey_page.every_days", count=every_days(journey))),
        (t("journey_page.in_vain"), str(standing.failed_since) if standing.failed_since else ""),
    ]
    column.addLayout(facts(pairs))
    if standing.status == "silent":
        column.addWidget(label(t("journey_page.silent_help"), "strong"))
        column.addLayout(what_now(desk, journey.person_id or ""))
    return made


def what_now(desk: Desk, person_id: str) -> QBoxLayout:
    """What a worrying word or silence leads to: whom to call, and a screening by somebody trained."""
    is_stacked = look().zoom >= COMPACT_FROM
    row = QBoxLayout(QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight)
    row.setSpacing(px(10))
    emergency = button(t("journey_page.emergency"), lambda: desk.go("emergency"), role="danger", icon_name="emergency")
    row.addWidget(emergency, 0, Qt.AlignmentFlag.AlignLeft)
    if desk.state.trained:
        screening = button(
            t("journey_page.screen"), lambda: desk.go("screening", person_id=person_id), icon_name="screening"
        )
        row.addWidget(screening, 0, Qt.AlignmentFlag.AlignLeft)
    else:
        row.addWidget(label(t("journey_page.untrained_triage")), 1)
    row.addStretch(1)
    return row


def plan_card(journey: Journey) -> QFrame:
    """What is planned, with whom, and why."""
    made, column = card(t("journey_page.section.plan"))
    route = sorted(journey.transits.items(), key=lambda each: (len(each[0]), each[0]))
    pairs = [
        ("departure_on", date_words(journey.departure_on)),
        ("expected_return_on", date_words(journey.expected_return_on)),
        ("postponed_until", date_words(journey.postponed_until) if journey.stage == "postponed" else ""),
        ("returned_on", date_words(journey.returned_on)),
        ("transits", " → ".join(place for _, place in route)),
        ("companions", journey.companions),
        ("motive", journey.motive),
        ("visa_kind", words("visa_kind", journey.visa_kind)),
    ]
    _facts(column, pairs)
    return made


def promise_card(journey: Journey) -> QFrame:
    """What was promised, and what it costs."""
    made, column = card(t("journey_page.section.promise"))
    pairs = [
        ("sector", words("sector", journey.sector)),
        ("work", journey.work),
        ("employer", journey.employer),
        ("employer_phone", show_number(journey.employer_phone or "")),
        ("employer_address", journey.employer_address),
        ("promised_wage", journey.promised_wage),
        ("promised_terms", journey.promised_terms),
        ("contract_kind", words("contract_kind", journey.contract_kind)),
        ("papers_held_by", words("holder", journey.papers_held_by)),
        ("costs", journey.costs),
        ("debts", journey.debts),
        ("debt_to", journey.debt_to),
    ]
    _facts(column, pairs)
    return made


def procedure_card(found: JourneyCard, answer: Callable[[], object]) -> QFrame:
    """What the answers decide, why, and each question that has one."""
    made, column = card(t("journey_page.section.procedure"))
    decision, journey = found.decision, found.journey
    column.addWidget(chip(decided(decision, abroad=is_abroad(journey)), DECISION_TONES[decision.procedural]))
    column.addWidget(label(why_decided(decision)))
    if journey.procedural and journey.procedural != decision.procedural:
        column.addWidget(label(t("journey_page.noted", said=words("procedural", journey.procedural)), "soft"))
    for question in questions(abroad=is_abroad(journey)):
        said = journey.answers.get(question.code, "")
        if not said:
            continue
        tone = {"yes": Tone.OK, "no": Tone.WARN}.get(said, Tone.NEUTRAL)
        row = QHBoxLayout()
        row.setSpacing(px(10))
        ink = look().colours.tone(tone).ink
        row.addWidget(picture(_SIGNS.get(said, "question"), 18, ink), 0, Qt.AlignmentFlag.AlignTop)
        asked = t(f"journey_rules.procedural.{question.code}.question")
        row.addWidget(label(t("journey_page.answered", question=asked, answer=words("answer", said))), 1)
        column.addLayout(row)
        if question.code in decision.by and said == "no":
            column.addWidget(label(t(f"journey_rules.procedural.{question.code}.why"), "small"))
    again = button(t("journey_page.answer"), answer, icon_name="question")
    column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
    return made


def recruiter_card(found: JourneyCard, desk: Desk) -> QFrame:
    """Who recruits, whether the licence was checked, and where the same number or name is written."""
    made, column = card(t("journey_page.section.recruiter"))
    journey, recruiter = found.journey, found.recruiter
    if recruiter is not None:
        column.addWidget(label(recruiter.name or "", "strong"))
        said = licence_words(recruiter.licence_found, recruiter.licence_checked_on, recruiter.licence_checked_with)
        tone, icon_name = licence_sign(recruiter.licence_found)
        row = QHBoxLayout()
        row.setSpacing(px(10))
        row.addWidget(picture(icon_name or "warning", 18, look().colours.tone(tone).ink), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(said), 1)
        column.addLayout(row)
        go = button(t("journey_page.open_recruiter"), lambda: desk.go("recruiter", recruiter_id=recruiter.id))
        column.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)
    pairs = [
        ("recruiter_name", journey.recruiter_name),
        ("recruiter_phone", show_number(journey.recruiter_phone or "")),
        ("agency", journey.agency),
    ]
    if recruiter is None and any(value for _, value in pairs):
        column.addWidget(chip(t("journey_page.recruiter_unregistered"), Tone.NEUTRAL, "question"))
    if recruiter is None or any(value for _, value in pairs):
        _facts(column, pairs)
    linked = next((each.journeys for each in found.shared if each.kind == RECRUITER), ())
    if linked:
        column.addWidget(label(t("journey_page.other_journeys", count=len(linked)), "strong"))
        for journey_of in linked:
            column.addWidget(_other(desk, journey_of.person_id or "", journey_of.id, journey_of.name))
    known = {each.id for each in linked}
    same = [each for shared in found.shared for each in (*shared.journeys, *shared.others) if each.id not in known]
    if same:
        column.addWidget(label(t("journey_page.same_elsewhere"), "strong"))
        elsewhere = Mentions(desk)
        elsewhere.put(same)
        column.addWidget(elsewhere)
    return made


def _other(desk: Desk, person_id: str, journey_id: str, name: str) -> QWidget:
    return button(name, lambda: desk.go("journey", person_id=person_id, journey_id=journey_id), role="link")


def _facts(column: QVBoxLayout, pairs: list[tuple[str, str | None]]) -> None:
    if any(value for _, value in pairs):
        column.addLayout(facts((t(f"journey_page.field.{name}"), value) for name, value in pairs))
    else:
        column.addWidget(label(t("resident.nothing.facts"), "soft"))
