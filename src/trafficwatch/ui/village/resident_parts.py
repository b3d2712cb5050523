# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections of a resident's card: safe contact, facts, journeys, papers, care. Only what is known stands there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from trafficwatch.casework.overview import Care, ReferralRow
from trafficwatch.models.casework import Answered, ConsentScope, Handover, Risk
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.migration import Document, Journey, Procedural
from trafficwatch.models.people import ContactWay, Person, Relative, SafeContact
from trafficwatch.registry.journeys import warning_words
from trafficwatch.registry.warnings import Warning  # noqa: A004
from trafficwatch.screening.overview import ScreeningRow
from trafficwatch.texts import current_language, t
from trafficwatch.texts.labels import label as words
from trafficwatch.ui.shell.desk import Desk
from trafficwatch.ui.theme.look import COMPACT_FROM, look, px
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.countries import country_name
from trafficwatch.ui.village.journey_warnings import WEIGHT_TONES
from trafficwatch.ui.village.resident_form import listed
from trafficwatch.ui.village.residents_table import STAGE_TONES
from trafficwatch.ui.village.screening_stop import about_screening
from trafficwatch.ui.widgets.document_checks import found_chip, in_short
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, chip, label, picture, rule
from trafficwatch.ui.widgets.phone_list import show_number, shown_owner

RISK_TONES = {Risk.LOW.value: Tone.NEUTRAL, Risk.MEDIUM.value: Tone.WARN, Risk.HIGH.value: Tone.DANGER}
_PROCEDURAL_TONES = {Procedural.YES.value: Tone.OK, Procedural.NO.value: Tone.WARN}
_STATUS_TONES = {
    Handover.DRAFT.value: Tone.NEUTRAL,
    Handover.CONSENTED.value: Tone.INFO,
    Handover.HANDED_OVER.value: Tone.INFO,
    Handover.WITHDRAWN.value: Tone.NEUTRAL,
    Answered.ARRIVED.value: Tone.INFO,
    Answered.ACCEPTED.value: Tone.OK,
    Answered.DECLINED.value: Tone.DANGER,
    Answered.IN_SERVICE.value: Tone.OK,
    Answered.FINISHED.value: Tone.OK,
}


def date_words(edtf: str | None) -> str:
    """A stored date in words, '' for none."""
    return PartialDate.from_edtf(edtf).format(current_language()) if edtf else ""


def age_words(birth: str | None, today: str) -> str:
    """The age in completed years, as far as it is known."""
    ages = PartialDate.from_edtf(birth or "").age_range_on(date.fromisoformat(today))
    if ages is None:
        return ""
    low, high = ages
    return t("resident.age", age=low) if low == high else t("resident.age_range", low=low, high=high)


def chips(said: Iterable[tuple[str, Tone]]) -> QGridLayout:
    """Chips beside each other; when the letters are large, two in a row."""
    made = QGridLayout()
    made.setSpacing(px(6))
    columns = 2 if look().zoom >= COMPACT_FROM else 6
    for place, (text, tone) in enumerate(said):
        made.addWidget(chip(text, tone), place // columns, place % columns, Qt.AlignmentFlag.AlignLeft)
    made.setColumnStretch(columns, 1)
    return made


def facts(pairs: Iterable[tuple[str, str | None]]) -> QGridLayout:
    """Words and what is known, two beside each other; what is not known is left out."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(px(24))
    grid.setVerticalSpacing(px(10))
    columns = 1 if look().zoom >= COMPACT_FROM else 2
    known = [(said, value) for said, value in pairs if value]
    for place, (said, value) in enumerate(known):
        cell = QVBoxLayout()
        cell.setSpacing(0)
        cell.addWidget(label(said, "small"))
        cell.addWidget(label(value))
        cell.addStretch(1)
        grid.addLayout(cell, place // columns, place % columns)
    for column in range(columns):
        grid.setColumnStretch(column, 1)
    return grid


def safe_contact_bar(contact: SafeContact | None) -> QWidget:
    """How the person may be reached. With a ban nothing stands beside it but whom never to tell, as on paper."""
    never = t("resident.contact.never_tell", who=contact.never_tell) if contact and contact.never_tell else ""
    if contact and contact.do_not_contact:
        return Notice(t("resident.contact.ban"), Tone.DANGER, more=never)
    said = how_to_reach(contact)
    if not said:
        return Notice(t("resident.contact.none"), Tone.NEUTRAL, more=never)
    return Notice(t("resident.contact.safe", how=said), Tone.INFO, more=never)


def how_to_reach(contact: SafeContact | None) -> str:
    """The safe way in one line, '' for none."""
    if contact is None or contact.do_not_contact:
        return ""
    through = contact.through and t("resident.contact.through", who=contact.through)
    is_through = contact.through and contact.way == ContactWay.THROUGH_PERSON
    parts = (
        contact.way and not is_through and words("contact_way", contact.way),
        through,
        contact.number and show_number(contact.number),
        contact.hours,
        contact.code_word and t("resident.contact.code_word", word=contact.code_word),
    )
    return " · ".join(part for part in parts if part)


def identity_card(person: Person) -> QFrame:
    made, column = card(t("resident.section.identity"))
    nik = f"{person.nik} ({words('nik_status', person.nik_status)})" if person.nik and person.nik_status else person.nik
    born = ", ".join(part for part in (person.birth_place, date_words(person.birth_date)) if part)
    pairs = [
        ("aliases", ", ".join(name for name, kept in person.aliases.items() if kept)),
        ("nik", nik or words("nik_status", person.nik_status)),
        ("kk_number", person.kk_number),
        ("birth", born),
        ("address", person.address),
        ("nationality", person.nationality),
        ("education", person.education),
        ("occupation", person.occupation),
        ("skills", ", ".join(listed(person.skills))),
        ("languages", ", ".join(listed(person.languages))),
        ("trainings", ", ".join(listed(person.trainings))),
        ("household_role", words("household_role", person.household_role)),
        ("residency", words("residency", person.residency)),
        ("religion", person.religion),
        ("marital_status", words("marital", person.marital_status)),
    ]
    _facts_or_nothing(column, pairs)
    return made


def family_card(person: Person) -> QFrame:
    made, column = card(t("resident.section.kin"))
    phones = (
        show_number(number) + (f" ({shown_owner(owner)})" if shown_owner(owner) else "")
        for number, owner in person.phones.items()
    )
    pairs = [
        ("phones", "\n".join(phones)),
        ("guardian_name", person.guardian_name),
        ("guardian_address", person.guardian_address),
        ("private_note", person.private_note),
    ]
    _facts_or_nothing(column, pairs)
    return made


def relatives_card(relatives: Sequence[Relative]) -> QFrame:
    """The family: who depends on the person, and who must not learn of the journey."""
    made, column = card(t("resident.section.relatives"))
    if not relatives:
        column.addWidget(label(t("resident.nothing.facts"), "soft"))
    for place, each in enumerate(relatives):
        if place:
            column.addWidget(rule())
        knows = [] if each.knows_of_journey is not False else [chip(t("resident.relative.unaware"), Tone.WARN)]
        column.addLayout(_line(label(each.name or "", "strong"), *knows))
        about = (
            words("relation", each.relation),
            date_words(each.birth_date),
            show_number(each.phone or ""),
            t("resident.relative.depends") if each.depends_on_person else "",
            t("resident.relative.together") if each.lives_together else "",
            t("resident.relative.aware") if each.knows_of_journey else "",
        )
        if said := " · ".join(part for part in about if part):
            column.addWidget(label(said, "soft"))
        if each.remark:
            column.addWidget(label(each.remark))
    return made


def journeys_card(journeys: Sequence[Journey], worst: Mapping[str, Warning], desk: Desk, person_id: str) -> QFrame:
    """Each journey in a line with its heaviest warning; all else stands on its page."""
    made, column = card(t("resident.section.journey"))
    if not journeys:
        column.addWidget(label(t("resident.nothing.journey"), "soft"))
    for place, journey in enumerate(journeys):
        if place:
            column.addWidget(rule())
        parts = (journey.destination_place, country_name(journey.destination_country))
        where = ", ".join(part for part in parts if part) or t("resident.journey.somewhere")
        go = partial(desk.go, "journey", person_id=person_id, journey_id=journey.id)
        see = button(t("resident.journey.open"), go)
        see.setAccessibleName(t("resident.journey.open_of", place=where))
        said = [chip(words("stage", journey.stage), STAGE_TONES[journey.stage])] if journey.stage else []
        column.addLayout(_line(label(where, "strong"), *said, see))
        day = date_words(journey.departure_on)
        about = (t("resident.journey.leaves", day=day) if day else "", journey.work, journey.recruiter_name)
        if line := " · ".join(part for part in about if part):
            column.addWidget(label(line, "soft"))
        signs = []
        if (warning := worst.get(journey.id)) is not None:
            signs.append((warning_words(warning)[0], WEIGHT_TONES[warning.weight]))
        if journey.procedural in _PROCEDURAL_TONES:
            signs.append((words("procedural", journey.procedural), _PROCEDURAL_TONES[journey.procedural]))
        if signs:
            column.addLayout(chips(signs))
    add = button(t("resident.journey.add"), partial(desk.go, "journey_edit", person_id=person_id), icon_name="plus")
    column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
    return made


def documents_card(documents: Sequence[Document]) -> QFrame:
    made, column = card(t("resident.section.documents"))
    if not documents:
        column.addWidget(label(t("resident.nothing.documents"), "soft"))
    for place, paper in enumerate(documents):
        if place:
            column.addWidget(rule())
        column.addLayout(_line(label(words("document_kind", paper.kind), "strong"), found_chip(paper.found)))
        checked = ""
        if paper.checked_against and paper.checked_on:
            checked = t("resident.paper.checked", against=paper.checked_against, day=date_words(paper.checked_on))
        elif paper.checked_against:
            checked = t("resident.paper.against", against=paper.checked_against)
        short = in_short(paper.seen, paper.number, paper.valid_until)
        about = " · ".join(part for part in (short, paper.issuer) if part)
        for said in (about, checked):
            if said:
                column.addWidget(label(said, "soft"))
        if paper.remark:
            column.addWidget(label(paper.remark))
    return made


def care_cards(care: Care, screenings: Sequence[ScreeningRow], desk: Desk, person_id: str) -> Iterable[QFrame]:
    """Consent, screenings and referrals."""
    yield _consent_card(care)
    yield _screenings_card(screenings, desk)
    yield _referrals_card(care.referrals, desk, person_id)


def _consent_card(care: Care) -> QFrame:
    made, column = card(t("resident.section.consent"))
    agreed = [scope.value for scope in ConsentScope if scope in care.agreement.scopes]
    if not agreed:
        column.addWidget(label(t("resident.nothing.consent"), "soft"))
    for scope in agreed:
        line = QHBoxLayout()
        line.setSpacing(px(8))
        line.addWidget(picture("check", 20, look().colours.ok.ink), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label(words("consent_scope", scope)), 1)
        column.addLayout(line)
    if care.consents:
        column.addWidget(label(t("resident.consent.last", day=date_words(care.consents[0].given_on)), "soft"))
    if care.agreement.refused:
        column.addWidget(label(t("resident.consent.refused", count=len(care.agreement.refused)), "soft"))
    return made


def _screenings_card(screenings: Sequence[ScreeningRow], desk: Desk) -> QFrame:
    made, column = card(t("resident.section.screening"))
    if not screenings:
        column.addWidget(label(t("resident.nothing.screening"), "soft"))
    for place, each in enumerate(screenings):
        if place:
            column.addWidget(rule())
        day = date_words(each.screened_on)
        said = [each.finding and words("finding", each.finding), each.risk and words("risk", each.risk)]
        tones = [Tone.INFO, RISK_TONES.get(each.risk or "", Tone.NEUTRAL)]
        shown = [chip(text, tone) for text, tone in zip(said, tones, strict=True) if text]
        widgets: list[QWidget] = [label(day, "strong"), *shown]
        if shown:
            see = button(
                t("resident.screening.see"), partial(desk.go, "screening_result", screening_id=each.id), role="quiet"
            )
            see.setAccessibleName(t("resident.screening.see_of", day=day))
            widgets.append(see)
        column.addLayout(_line(*widgets))
        column.addWidget(label(about_screening(each), "soft"))
        if not shown:
            column.addWidget(label(t("resident.screening.sealed"), "soft"))
    return made


def _referrals_card(referrals: Sequence[ReferralRow], desk: Desk, person_id: str) -> QFrame:
    made, column = card(t("resident.section.referral"))
    if not referrals:
        column.addWidget(label(t("resident.nothing.referral"), "soft"))
    for place, each in enumerate(referrals):
        if place:
            column.addWidget(rule())
        title = each.institution_name or t("resident.referral.somewhere")
        widgets: list[QWidget] = [
            label(title, "strong"),
            chip(words("referral_status", each.status), _STATUS_TONES[each.status]),
        ]
        if desk.state.trained:
            go = partial(desk.go, "referral", person_id=person_id, referral_id=each.id)
            see = button(t("resident.referral.see"), go, role="quiet")
            see.setAccessibleName(t("resident.referral.see_of", name=title))
            widgets.append(see)
        column.addLayout(_line(*widgets))
        day = date_words(each.referred_on)
        column.addWidget(label(t("resident.referral.about", day=day, code=each.case_code), "soft"))
    return made


def _facts_or_nothing(column: QVBoxLayout, pairs: Sequence[tuple[str, str | None]]) -> None:
    if any(value for _, value in pairs):
        column.addLayout(facts((t(f"resident.field.{name}"), value) for name, value in pairs))
    else:
        column.addWidget(label(t("resident.nothing.facts"), "soft"))


def _line(title: QWidget, *others: QWidget) -> QGridLayout:
    """A heading with chips and buttons at its right, below it when the letters are large."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(px(10))
    grid.setVerticalSpacing(px(6))
    stacked = look().zoom >= COMPACT_FROM
    grid.addWidget(title, 0, 0)
    for place, other in enumerate(others, 1):
        grid.addWidget(other, *((place, 0) if stacked else (0, place)), Qt.AlignmentFlag.AlignLeft)
    grid.setColumnStretch(0, 1)
    return grid
