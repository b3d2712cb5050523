# SPDX-License-Identifier: GPL-3.0-or-later
"""The cards of a received case: how to reach the person, who it is, what was agreed, what was found, what happened.

What the person refused to pass on never came: it is named as not given, so that nobody asks for it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from trafficwatch.models.casework import ConsentScope, Decision, Referral
from trafficwatch.models.fields import Record
from trafficwatch.models.people import SafeContact
from trafficwatch.models.referral_life import contradicts
from trafficwatch.screening.explanation import explain
from trafficwatch.sync.inbox import ReceivedCase
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as value_label
from trafficwatch.ui.exchange.moments import day
from trafficwatch.ui.exchange.rows import side_by_side
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.countries import country_name
from trafficwatch.ui.widgets.element_columns import ElementColumns
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, chip, label

_URGENT = {"immediate": Tone.DANGER, "soon": Tone.WARN}
_RISK = {"high": Tone.DANGER, "medium": Tone.WARN, "low": Tone.NEUTRAL}
_PERSON_WORDS = {"sex": "sex", "marital_status": "marital"}
_PERSON = (
    "name",
    "aliases",
    "nik",
    "birth_place",
    "birth_date",
    "sex",
    "address",
    "phones",
    "nationality",
    "education",
    "religion",
    "occupation",
    "marital_status",
    "guardian_name",
    "guardian_address",
)
_REFERRAL = (
    "purpose",
    "services",
    "chronology",
    "condition_body",
    "condition_mind",
    "condition_social",
    "condition_spiritual",
    "condition_family",
    "services_given",
    "needs_and_hopes",
    "attachments",
    "companion",
)
_JOURNEY = (
    "stage",
    "destination_country",
    "destination_place",
    "work",
    "employer",
    "recruiter_name",
    "recruiter_phone",
    "agency",
    "departure_on",
    "promised_wage",
    "debts",
    "motive",
    "procedural",
)
_DOCUMENT = ("number", "issuer", "seen", "checked_against", "checked_on", "found", "remark")
_VALUE_GROUPS = {"stage": "stage", "procedural": "procedural", "seen": "seen", "found": "found"}
_DATES = {"birth_date", "departure_on", "checked_on"}


def contact_card(contact: SafeContact | None) -> QFrame:
    """How to reach the person safely: always the first thing to read."""
    if contact is not None and contact.do_not_contact:
        return Notice(t("forms.contact.forbidden"), Tone.DANGER, more=_contact_more(contact))
    if contact is None or not contact.way:
        return Notice(t("forms.contact.title"), Tone.WARN, more=t("forms.contact.unknown"))
    return Notice(t("forms.contact.title"), Tone.WARN, more=_contact_more(contact))


def _contact_more(contact: SafeContact) -> str:
    parts = (
        ("way", value_label("contact_way", contact.way)),
        ("number", contact.number),
        ("through", contact.through),
        ("hours", contact.hours),
        ("code_word", contact.code_word),
        ("never_tell", contact.never_tell),
    )
    said = [t("forms.contact.ask")] if contact.do_not_contact else []
    return "\n".join(
        [
            *said,
            *(t("ppt_desk.case.pair", words=t(f"forms.contact.{key}"), value=value) for key, value in parts if value),
        ]
    )


def person_card(found: ReceivedCase) -> QFrame:
    """Who it is about, as far as the person agreed."""
    frame, column = card(t("ppt_desk.case.person"))
    refused = found.agreement.refused
    values = {name: _value("person", name, getattr(found.person, name)) for name in _PERSON}
    if found.contact is not None and found.contact.do_not_contact and values["phones"]:
        values["phones"] = t("ppt_desk.case.phones_kept")
    column.addLayout(_facts(_given("person", values, refused)))
    return frame


def referral_words(referral: Referral, to: str) -> str:
    """Which of several referrals: its day, and to whom it goes."""
    of_day = t("ppt_desk.case.referral", day=day(referral.referred_on))
    return t("ppt_desk.case.referral_to", referral=of_day, institution=to) if to else of_day


def referral_card(
    found: ReceivedCase, referral: Referral, status: str, to: str, *, waits: bool, choose: Callable[[], object] | None
) -> QFrame:
    """One referral as it came: to which institution, urgency, what is asked for, what happened; `choose` makes it the
    one that is answered.
    """
    frame, column = card(t("ppt_desk.case.referral", day=day(referral.referred_on)))
    chips = [chip(value_label("referral_status", status), Tone.INFO, "referral")]
    if referral.urgency:
        words = t("ppt_desk.cases.urgency", urgency=value_label("urgency", referral.urgency))
        chips.append(chip(words, _URGENT.get(referral.urgency, Tone.NEUTRAL), "clock"))
    if waits:
        chips.append(chip(t("ppt_desk.case.waits"), Tone.WARN, "question"))
    column.addLayout(side_by_side(*chips))
    if to:
        column.addWidget(label(t("ppt_care.to", institution=to), "strong"))
    if referral.answer_reason:
        column.addWidget(label(t("ppt_desk.case.reason_given", reason=referral.answer_reason)))
    for words in _heard(referral):
        column.addWidget(label(words))
    values = {name: _value("referral", name, getattr(referral, name)) for name in _REFERRAL}
    column.addLayout(_facts(_given("referral", values, found.agreement.refused)))
    if choose is not None:
        answer = button(t("ppt_desk.answer.this"), choose, icon_name="referral")
        answer.setAccessibleName(t("ppt_desk.answer.this_of", referral=referral_words(referral, to)))
        column.addLayout(side_by_side(answer))
    return frame


def _heard(referral: Referral) -> Iterator[str]:
    """What the village heard from the institution itself, and whether that is not what is answered here."""
    if referral.heard:
        answer = value_label("referral_status", referral.heard)
        yield t("ppt_care.heard", answer=answer, day=day(referral.heard_on))
    if referral.heard_reason:
        yield t("ppt_care.heard_reason", reason=referral.heard_reason)
    if contradicts(referral):
        yield t("ppt_care.contradicts")


def consent_card(found: ReceivedCase) -> QFrame:
    """What the person agrees to today and what not, and which fields were kept back."""
    frame, column = card(t("ppt_desk.case.consent"))
    said = {scope for consent in found.consents for scope in consent.scopes}
    for scope in ConsentScope:
        agrees = scope in found.agreement.scopes
        if agrees or scope in said:
            words = value_label("consent_scope", scope.value)
            column.addWidget(
                chip(
                    t("ppt_desk.case.agreed", scope=words) if agrees else t("ppt_desk.case.not_agreed", scope=words),
                    Tone.OK if agrees else Tone.NEUTRAL,
                    "check" if agrees else "minus",
                )
            )
    if not said:
        column.addWidget(label(t("ppt_desk.case.no_consent")))
    if found.agreement.refused:
        column.addWidget(label(t("ppt_desk.case.refused", count=len(found.agreement.refused)), "soft"))
    return frame


def screening_card(found: ReceivedCase) -> QFrame | None:
    """The village's screening: its finding and risk stand; beside them its answers read again by its own rules."""
    recorded = found.recorded
    if recorded is None:
        return None
    frame, column = card(t("ppt_desk.case.screening", day=day(recorded.screened_on)))
    chips = []
    if recorded.finding:
        chips.append(chip(value_label("finding", recorded.finding), Tone.INFO, "screening"))
    if recorded.risk:
        words = value_label("risk", recorded.risk)
        chips.append(chip(words, _RISK.get(recorded.risk, Tone.NEUTRAL), "warning"))
    column.addLayout(side_by_side(*chips))
    if found.screening is None or found.explanation is None:
        column.addWidget(label(t("ppt_desk.case.no_answers"), "soft"))
        return frame
    columns = ElementColumns(found.explanation.questionnaire, most=4)
    columns.show_evaluation(found.screening.evaluation)
    column.addWidget(columns)
    reading = found.explanation
    words = explain(
        found.screening.evaluation, reading.questionnaire, reading.rules, reading.answers, current_language()
    )
    for line in words.splitlines():
        column.addWidget(label(line))
    return frame


def papers_card(found: ReceivedCase) -> QFrame | None:
    """Journeys and papers that came along."""
    if not (found.journeys or found.documents):
        return None
    frame, column = card(t("ppt_desk.case.papers"))
    refused = found.agreement.refused
    for journey in found.journeys:
        column.addWidget(label(t("ppt_desk.case.journey_title"), "strong"))
        column.addLayout(_facts(_given("journey", _values(journey, "journey", _JOURNEY), refused)))
    for document in found.documents:
        column.addWidget(label(value_label("document_kind", document.kind), "strong"))
        column.addLayout(_facts(_given("document", _values(document, "document", _DOCUMENT), refused)))
    return frame


def history_card(found: ReceivedCase) -> QFrame:
    """What happened when, the latest last."""
    frame, column = card(t("ppt_desk.case.history"))
    made = QGridLayout()
    made.setHorizontalSpacing(px(14))
    made.setVerticalSpacing(px(4))
    made.setColumnStretch(1, 1)
    for position, (at, words) in enumerate(sorted(_events(found), key=lambda event: event[0])):
        made.addWidget(label(day(at), "soft", wraps=False), position, 0)
        made.addWidget(label(words), position, 1)
    column.addLayout(made)
    return frame


def _events(found: ReceivedCase) -> Iterator[tuple[str, str]]:
    if found.recorded is not None and found.recorded.screened_on:
        yield found.recorded.screened_on, t("ppt_desk.case.event.screened")
    for consent in found.consents:
        if consent.given_on:
            count = sum(decision == Decision.AGREED for decision in consent.scopes.values())
            yield consent.given_on, t("ppt_desk.case.event.consent", count=count)
        if consent.withdrawn_on:
            yield consent.withdrawn_on, t("ppt_desk.case.event.withdrawn")
    if found.case.opened_on:
        yield found.case.opened_on, t("ppt_desk.case.event.opened")
    for referral in found.referrals:
        if referral.referred_on:
            yield referral.referred_on, t("ppt_desk.case.event.referred")
        if referral.handed_over_on:
            yield referral.handed_over_on, t("ppt_care.handed_over")
        if referral.answered_on and referral.answered:
            answer = value_label("referral_status", referral.answered)
            yield referral.answered_on, t("ppt_desk.case.event.answered", answer=answer)


def _values(record: Record, type_name: str, names: Iterable[str]) -> dict[str, str]:
    return {name: _value(type_name, name, getattr(record, name)) for name in names}


def _value(type_name: str, name: str, value: Any) -> str:
    """A field's value in words, '' for none."""
    if not value:
        return ""
    if name in _DATES:
        return day(value)
    if type_name == "person" and name in _PERSON_WORDS:
        return value_label(_PERSON_WORDS[name], value)
    if name == "destination_country":
        return country_name(value)
    if name == "services":
        return ", ".join(value_label("service", service) for service, wanted in value.items() if wanted)
    if name == "phones":
        return ", ".join(f"{number} ({owner})" if owner else number for number, owner in value.items())
    if isinstance(value, Mapping):
        return ", ".join(key for key, holds in value.items() if holds)
    return value_label(_VALUE_GROUPS[name], value) if name in _VALUE_GROUPS else str(value)


def _given(type_name: str, values: Mapping[str, str], refused: Iterable[str]) -> dict[str, str]:
    """Words of the fields -> their values; what was refused is named as not given, what is empty is left out."""
    kept = set(refused)
    return {
        t(f"ppt_desk.case.{type_name}.{name}"): t("ppt_desk.case.not_given") if f"{type_name}.{name}" in kept else value
        for name, value in values.items()
        if value or f"{type_name}.{name}" in kept
    }


def _facts(pairs: Mapping[str, str]) -> QVBoxLayout | QGridLayout:
    """Words beside their values, or above them where letters are large."""
    if look().zoom >= COMPACT_FROM:
        stacked = QVBoxLayout()
        stacked.setSpacing(px(4))
        for words, value in pairs.items():
            stacked.addWidget(label(words, "soft"))
            stacked.addWidget(label(value))
        return stacked
    made = QGridLayout()
    made.setHorizontalSpacing(px(16))
    made.setVerticalSpacing(px(6))
    made.setColumnStretch(0, 1)
    made.setColumnStretch(1, 3)
    for position, (words, value) in enumerate(pairs.items()):
        made.addWidget(label(words, "soft"), position, 0, Qt.AlignmentFlag.AlignTop)
        made.addWidget(label(value), position, 1, Qt.AlignmentFlag.AlignTop)
    return made
