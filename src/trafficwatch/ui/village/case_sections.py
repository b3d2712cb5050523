# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections of a case's page, each built when it is opened: cards of records, or of what has a page of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from trafficwatch.casework.care_warnings import CareWarning
from trafficwatch.models.accompanying import Accompaniment, Loss, Task
from trafficwatch.models.care import CasePerson, Disclosure, Role
from trafficwatch.models.casework import Answered, ConsentScope, Handover
from trafficwatch.models.fields import Record
from trafficwatch.models.reporting import Custody, EvidenceItem
from trafficwatch.texts import t
from trafficwatch.texts.care import warning_words
from trafficwatch.texts.labels import label as words
from trafficwatch.texts.trail import field_words
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.village.care_inputs import in_thousands
from trafficwatch.ui.village.care_words import known_fields, what
from trafficwatch.ui.village.case_now import now_cards
from trafficwatch.ui.village.case_records import Hub, RecordsCard, record_fold
from trafficwatch.ui.village.case_text import CaseTextCard
from trafficwatch.ui.village.closing import closing_cards
from trafficwatch.ui.village.resident_parts import chips, date_words
from trafficwatch.ui.village.return_steps import ReturnSteps
from trafficwatch.ui.widgets.notice import Notice
from trafficwatch.ui.widgets.parts import button, card, chip, label, row, rule

_STATUS_TONES = {
    Answered.DECLINED.value: Tone.DANGER,
    Handover.DRAFT.value: Tone.NEUTRAL,
    Handover.WITHDRAWN.value: Tone.NEUTRAL,
}
_OF_PPT = ("case_part", "deep_assessment")
TASK_GROUPS = ("health", "legal", "social", "shelter", "return", "reintegration")
"""What the names of tasks begin with (MEK 4)."""

Build = Callable[[Hub], Iterator[QWidget]]


@dataclass(frozen=True, slots=True)
class CaseSection:
    """One section: what it counts, and its cards."""

    name: str
    types: tuple[str, ...]
    build: Build

    def count(self, hub: Hub) -> int:
        found = sum(len(hub.file.records.get(name, ())) for name in self.types)
        match self.name:
            case "consent":
                return found + len(hub.file.care.consents)
            case "reports":
                return found + len(hub.file.care.referrals)
        return found


def section_of(type_name: str) -> str:
    """The section in which records of a type stand; the first for an unknown one."""
    return next((each.name for each in SECTIONS if type_name in each.types), SECTIONS[0].name)


# -- sections ----------------------------------------------------------------------------------------------------------


def _now(hub: Hub) -> Iterator[QWidget]:
    yield from _gaps(hub)
    yield from now_cards(hub.desk, hub.person_id, hub.file)
    if hub.file.case is not None:
        yield CaseTextCard(hub.desk, hub.person_id, hub.again)


def _story(hub: Hub) -> Iterator[QWidget]:
    yield RecordsCard(hub, "account")
    yield RecordsCard(hub, "case_person", partial(_protect, hub))
    yield RecordsCard(hub, "perpetrator")
    yield RecordsCard(hub, "conflict_of_interest")


def _consent(hub: Hub) -> Iterator[QWidget]:
    yield RecordsCard(hub, "informing")
    yield _consents_card(hub)
    yield DisclosuresCard(hub)


def _reports(hub: Hub) -> Iterator[QWidget]:
    yield _referrals_card(hub)
    yield RecordsCard(hub, "authority_report")
    yield from _gaps(hub)
    yield RecordsCard(hub, "evidence_item", partial(_chain, hub))


def _support(hub: Hub) -> Iterator[QWidget]:
    """What the PPT wrote stands first, as soon as it wrote something."""
    written = [name for name in _OF_PPT if hub.file.records.get(name)]
    for name in written:
        yield RecordsCard(hub, name)
    yield TasksCard(hub)
    yield RecordsCard(hub, "legal_track")
    yield LossesCard(hub)
    for name in ("support", "conference"):
        yield RecordsCard(hub, name)
    for name in (each for each in _OF_PPT if each not in written):
        yield RecordsCard(hub, name)


def _needs(hub: Hub) -> Iterator[QWidget]:
    for name in ("outreach", "first_aid", "needs_assessment", "plan_action"):
        yield RecordsCard(hub, name)
    made, column = card(t("protection.title"), t("protection.subtitle"))
    column.addLayout(row(button(t("protection.open"), partial(hub.desk.go, "protection"), icon_name="shield")))
    yield made


def _home(hub: Hub) -> Iterator[QWidget]:
    if hub.file.returning is not None:
        steps = ReturnSteps(hub.desk, hub.person_id, is_open=hub.is_open)
        steps.put(hub.file.returning)
        yield steps
    for name in ("return_safety", "return_step", "placement"):
        yield RecordsCard(hub, name)


def _follow_up(hub: Hub) -> Iterator[QWidget]:
    made, column = card(t("case_page.section.follow_up"), t("case_page.about.follow_up"))
    go = button(
        t("case_page.follow_up"), partial(hub.desk.go, "follow_ups", person_id=hub.person_id), icon_name="calendar"
    )
    column.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)
    yield made


SECTIONS = (
    CaseSection("now", (), _now),
    CaseSection(
        "story",
        ("account", "case_person", "perpetrator", "conflict_of_interest"),
        _story,
    ),
    CaseSection("consent", ("informing", "disclosure"), _consent),
    CaseSection(
        "needs",
        ("outreach", "first_aid", "needs_assessment", "plan_action"),
        _needs,
    ),
    CaseSection("reports", ("authority_report", "evidence_item", "custody"), _reports),
    CaseSection(
        "support",
        ("accompaniment", "legal_track", "loss", "support", "conference", "case_part", "deep_assessment"),
        _support,
    ),
    CaseSection("home", ("return_step", "return_safety", "placement"), _home),
    CaseSection("follow_up", ("follow_up",), _follow_up),
    CaseSection("closing", ("closure",), closing_cards),
)


# -- cards that are more than a list -----------------------------------------------------------------------------------


class TasksCard(RecordsCard):
    """The tasks of accompaniment under the services they belong to, and which are not written down yet."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub, "accompaniment")

    def _fill(self, records: Sequence[Record]) -> None:
        for group in TASK_GROUPS:
            tasks = [task.value for task in Task if task.value.startswith(f"{group}_")]
            found = [each for each in records if isinstance(each, Accompaniment) and each.task in tasks]
            if not found:
                continue
            self.column.addWidget(label(t(f"case_page.tasks.{group}"), "strong"))
            for each in found:
                self.put(each)
            there = {each.task for each in found}
            if left := [words("task", task) for task in tasks if task not in there]:
                self.column.addWidget(label(t("case_page.tasks.left", tasks="; ".join(left)), "small"))


class LossesCard(RecordsCard):
    """The ledger of losses, with their sum."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub, "loss")

    def _fill(self, records: Sequence[Record]) -> None:
        super()._fill(records)
        total = sum(each.amount or 0 for each in records if isinstance(each, Loss))
        if records:
            self.column.addWidget(label(t("case_page.loss_total", amount=in_thousands(total)), "strong"))


class DisclosuresCard(RecordsCard):
    """Sharing without consent stands in red while it holds, with the way to end it."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub, "disclosure")

    def _fill(self, records: Sequence[Record]) -> None:
        for each in records:
            if isinstance(each, Disclosure) and each.ended_on is None:
                known = dict(known_fields("disclosure", each, self._hub.file.names))
                to = ", ".join(known[field_words("disclosure", "recipients")].splitlines())
                red = Notice(t("case_page.disclosed", duty=words("duty", each.duty), to=to), Tone.DANGER)
                red.add_action(t("case_page.end_disclosure"), partial(self._hub.add, "disclosure"))
                self.column.addWidget(red)
            self.put(each)


def _protect(hub: Hub, person: Record) -> QWidget | None:
    """Whoever reported may ask for protection; that stands apart from the case."""
    if not isinstance(person, CasePerson) or person.role != Role.REPORTER:
        return None
    return button(t("protection.open"), partial(hub.desk.go, "protection"), icon_name="shield")


def _gaps(hub: Hub) -> Iterator[QWidget]:
    """Which piece of evidence somebody gave away who did not have it, as far as recorded."""
    odd = {each.id for each in hub.file.warnings if each.warning is CareWarning.CHAIN_BROKEN}
    steps = hub.file.records.get("custody", ())
    of = {each.evidence_id for each in steps if isinstance(each, Custody) and each.id in odd}
    for item in hub.file.records.get("evidence_item", ()):
        if item.id in of:
            called = what("evidence_item", item, hub.file.names)
            said = t("case_page.open.record", type=called, what=warning_words(CareWarning.CHAIN_BROKEN))
            yield Notice(said, Tone.WARN)


def _holder(item: Record, steps: Sequence[Custody]) -> str:
    """Who has a piece of evidence now, as far as recorded; `steps` the latest first."""
    if steps:
        return steps[0].to_whom or ""
    return (item.kept_at or item.obtained_from or "") if isinstance(item, EvidenceItem) else ""


def _chain(hub: Hub, item: Record) -> QWidget:
    """Through whose hands a piece of evidence went, from the first to the last."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    steps = [
        each
        for each in hub.file.records.get("custody", ())
        if isinstance(each, Custody) and each.evidence_id == item.id
    ]
    column.addWidget(label(t("case_page.chain"), "strong"))
    if not steps:
        column.addWidget(label(t("case_page.about.custody"), "soft"))
    for each in reversed(steps):
        column.addWidget(record_fold(hub, "custody", each))
    if hub.is_open:
        about = {"evidence_id": item.id, "from_whom": _holder(item, steps)}
        add = button(t("case_page.hand_on"), partial(hub.add, "custody", **about), icon_name="plus")
        add.setAccessibleName(f"{add.text()}: {what('evidence_item', item, hub.file.names)}")
        column.addLayout(row(add))
    return made


def _consents_card(hub: Hub) -> QFrame:
    made, column = card(t("case_page.consents"))
    care = hub.file.care
    agreed = [scope.value for scope in ConsentScope if scope in care.agreement.scopes]
    column.addWidget(label(t("case_page.agreed_today") if agreed else t("case_page.about.consent"), "soft"))
    if agreed:
        column.addLayout(chips([(words("consent_scope", scope), Tone.OK) for scope in agreed]))
    for each in care.consents:
        how = words("consent_method", each.method)
        said = [
            date_words(each.given_on),
            how,
            t("consent.withdrawn", day=date_words(each.withdrawn_on)) if each.withdrawn_on else "",
        ]
        column.addWidget(rule())
        column.addWidget(label(" · ".join(part for part in said if part)))
    go = button(
        t("case_page.to_consent"), partial(hub.desk.go, "consent", person_id=hub.person_id), icon_name="consent"
    )
    column.addLayout(row(go))
    return made


def _referrals_card(hub: Hub) -> QFrame:
    made, column = card(t("case_page.referrals"))
    if not hub.file.care.referrals:
        column.addWidget(label(t("case_page.about.referral"), "soft"))
    for place, each in enumerate(hub.file.care.referrals):
        if place:
            column.addWidget(rule())
        where = each.institution_name or t("resident.referral.somewhere")
        column.addWidget(label(where, "strong"))
        tone = _STATUS_TONES.get(each.status, Tone.INFO)
        about = {"person_id": hub.person_id, "referral_id": each.id}
        see = button(t("resident.referral.see"), partial(hub.desk.go, "referral", **about), role="quiet")
        see.setAccessibleName(t("resident.referral.see_of", name=where))
        day = label(date_words(each.referred_on), "soft")
        column.addLayout(row(chip(words("referral_status", each.status), tone), day, see))
    if hub.is_open:
        add = button(t("case_page.add"), partial(hub.desk.go, "referral", person_id=hub.person_id), icon_name="plus")
        add.setAccessibleName(t("case_page.add_of", what=t("case_page.referrals")))
        column.addLayout(row(add))
    return made
