# SPDX-License-Identifier: GPL-3.0-or-later
"""Papers of what comes after: one contact of the follow-up, the end of a case, and a request for protection.

Monitoring: how it stands item by item (SPM F.b), three scales with words, danger signs, the person's own voice, what
was agreed. Closure: why, the person's part, the task force's, what remains. Protection (P2/2024 Lampiran BAB V) is kept
apart from any case: its paper names none.
"""

from __future__ import annotations

from trafficwatch.casework.papers_fields import each_line, lines
from trafficwatch.casework.papers_report import WRITE
from trafficwatch.casework.papers_shared import Subject, live, nobody, paper_head, subject
from trafficwatch.models.aftercare import DangerSign, FollowUp, FollowUpItem, FollowUpWay, ItemState
from trafficwatch.models.care import (
    Closure,
    ClosureReason,
    Protected,
    Protection,
    ProtectionRequest,
)
from trafficwatch.models.case_papers import (
    CaseForm,
    Line,
    Lines,
    Part,
    Prose,
    Scale,
    Section,
    Signature,
    Table,
    Ticks,
)
from trafficwatch.models.casework import CaseRecord
from trafficwatch.models.forms import FormKind, Letterhead, code_of
from trafficwatch.models.institution import Institution, contacts_to_print
from trafficwatch.store.training import require_reading
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t

_SCALES = ("mind", "social", "economic")


def monitoring_form(work: Work, follow_up_id: str, language: Language) -> CaseForm:
    """One contact of the follow-up; raises CaseKeyNeeded, TrainingNeeded or RecordUnknown."""
    found = live(work, FollowUp, follow_up_id)
    of = subject(work, found.person_id or "", FormKind.MONITORING, language)
    return _monitoring(of, of.shown(found))


def blank_monitoring(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    """The same to take along on a visit."""
    return _monitoring(nobody(FormKind.MONITORING, language, letterhead), FollowUp(id=""))


def closure_form(work: Work, closure_id: str, language: Language) -> CaseForm:
    """How a case was closed; raises as `monitoring_form`."""
    found = live(work, Closure, closure_id)
    of = subject(work, found.person_id or "", FormKind.CLOSURE, language)
    return _closure(of, of.shown(found))


def blank_closure(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _closure(nobody(FormKind.CLOSURE, language, letterhead), Closure(id=""))


def protection_form(work: Work, request_id: str, language: Language) -> CaseForm:
    """A request for protection as an application; raises as `monitoring_form`."""
    require_reading(work)
    found = live(work, ProtectionRequest, request_id)
    head = paper_head(work, FormKind.PROTECTION, code_of(request_id), language)
    return _protection(Subject(head, work=work), found)


def blank_protection(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _protection(nobody(FormKind.PROTECTION, language, letterhead), ProtectionRequest(id=""))


def _say(of: Subject, key: str, **params: str | int) -> str:
    return t(f"case_forms_after.{key}", language=of.language, **params)


# -- monitoring --------------------------------------------------------------------------------------------------------


def _monitoring(of: Subject, found: FollowUp) -> CaseForm:
    by = of.volunteer(found.done_by)
    ways = tuple((of.word("follow_up_way", way) or "", way == found.follow_up_way) for way in FollowUpWay)
    signs = tuple((of.word("danger_sign", sign) or "", found.danger_signs.get(sign) is True) for sign in DangerSign)
    scales = tuple((_say(of, f"monitoring.{name}"), getattr(found, f"{name}_scale")) for name in _SCALES)
    in_words = tuple(Line(_say(of, f"monitoring.{name}"), getattr(found, name), rows=2) for name in _SCALES)
    how = (Ticks(ways, _say(of, "monitoring.way")), lines(of, found, "companion", "alone_reason"))
    scale = Scale(scales, _say(of, "monitoring.low"), _say(of, "monitoring.high"))
    return CaseForm(
        of.head,
        _say(of, "monitoring.title"),
        of.contact,
        (
            Section(_say(of, "monitoring.how"), how, _say(of, "monitoring.how_hint")),
            Section(_say(of, "monitoring.items"), (_items(of, found),), _say(of, "monitoring.items_hint")),
            Section(_say(of, "monitoring.progress"), (scale, Lines(in_words)), _say(of, "monitoring.progress_hint")),
            Section(_say(of, "monitoring.danger"), (Ticks(signs, columns=2),), _say(of, "monitoring.danger_hint")),
            Section(_say(of, "monitoring.voice"), (Prose(found.voice, rows=3),), _say(of, "monitoring.voice_hint")),
            Section(_say(of, "monitoring.agreed"), (Prose(found.agreed, rows=2),), _say(of, "monitoring.agreed_hint")),
            Section(_say(of, "monitoring.missed"), (Prose(found.missed_reason, rows=1),)),
        ),
        about=(
            Line(_say(of, "name"), of.person.name),
            *each_line(of, found, "planned_on", "done_on", half=("planned_on", "done_on")),
        ),
        signatures=(
            Signature(_say(of, "sign.person"), of.person.name, thumb=True),
            Signature(_say(of, "monitoring.sign"), by.name, of.role(by)),
        ),
        notes=(_say(of, "monitoring.note"),),
    )


def _items(of: Subject, found: FollowUp) -> Part:
    """A column for each way it may stand, to be ticked by hand, or ticked."""
    states = tuple(of.word("item_state", state) or "" for state in ItemState)
    if of.is_blank:
        names = tuple(of.word("follow_up_item", item) or "" for item in FollowUpItem)
        return Table((_say(of, "monitoring.item"), *states), (5, 1, 1.5, 1.2, 1.7, 2), stubs=names, empty=0)
    rows = tuple(
        (of.word("follow_up_item", item) or "", of.word("item_state", found.items[item]) or "")
        for item in FollowUpItem
        if found.items.get(item) in set(ItemState)
    )
    return Table((_say(of, "monitoring.item"), _say(of, "monitoring.state")), (3, 1), rows)


# -- closure -----------------------------------------------------------------------------------------------------------


def _closure(of: Subject, found: Closure) -> CaseForm:
    case = of.linked(CaseRecord, found.case_id)
    by = of.volunteer(found.closed_by)
    reasons = tuple((of.word("closure_reason", each) or "", each == found.reason) for each in ClosureReason)
    opened = tuple(each_line(of, case, "opened_on", half=("opened_on",)))
    again = lines(of, found, "reopened_on", "reopened_reason")
    return CaseForm(
        of.head,
        _say(of, "closure.title"),
        of.contact,
        (
            Section(_say(of, "closure.reason"), (Ticks(reasons, columns=2),)),
            Section(
                _say(of, "closure.person_part"),
                (Prose(found.person_part, rows=4),),
                _say(of, "closure.person_part_hint"),
            ),
            Section(
                _say(of, "closure.task_force_part"),
                (Prose(found.task_force_part, rows=4),),
                _say(of, "closure.task_force_part_hint"),
            ),
            Section(_say(of, "closure.remains"), (Prose(found.remains, rows=4),), _say(of, "closure.remains_hint")),
            *(() if of.is_blank else (Section(_say(of, "closure.reopened"), (again,)),)),
        ),
        about=(
            Line(_say(of, "name"), of.person.name),
            *opened,
            *each_line(of, found, "closed_on", half=("closed_on",)),
        ),
        signatures=(
            Signature(_say(of, "sign.person"), of.person.name, thumb=True),
            Signature(_say(of, "closure.sign.volunteer"), by.name, of.role(by)),
            Signature(_say(of, "closure.sign.task_force"), None, ""),
        ),
        notes=(_say(of, "closure.note"), _say(of, "closure.data")),
    )


# -- protection --------------------------------------------------------------------------------------------------------


def _protection(of: Subject, found: ProtectionRequest) -> CaseForm:
    to = of.linked(Institution, found.institution_id)
    by = of.volunteer(found.asked_by)
    whom = tuple((of.word("protected", each) or "", each == found.protected) for each in Protected)
    wanted = tuple((of.word("protection", each) or "", found.protections.get(each) is True) for each in Protection)
    reach = (
        Line(_say(of, "name"), found.name or (None if of.is_blank else WRITE)),
        Line(_say(of, "protection.phone"), found.phone),
    )
    standing = Section(_say(of, "protection.status"), (lines(of, found, "status", "status_on"),))
    return CaseForm(
        of.head,
        _say(of, "protection.title"),
        None,
        (
            Section(_say(of, "protection.whom"), (Ticks(whom), Lines(reach)), _say(of, "protection.whom_hint")),
            Section(_say(of, "protection.threat"), (Prose(found.threat, rows=5),), _say(of, "protection.threat_hint")),
            Section(_say(of, "protection.wanted"), (Ticks(wanted, columns=2), Prose(found.words, rows=2))),
            *(() if of.is_blank else (standing,)),
        ),
        about=(
            Line(t("forms.to", language=of.language), to.name, half=False),
            Line(_say(of, "protection.contacts"), ", ".join(contacts_to_print(to)) or None),
            *each_line(of, found, "asked_on", half=("asked_on",)),
        ),
        text=_say(of, "protection.opening"),
        signatures=(
            Signature(_say(of, "protection.sign.asks"), by.name, of.role(by)),
            Signature(_say(of, "protection.sign.protected"), found.name, thumb=True),
            Signature(_say(of, "protection.sign.receiver"), None, ""),
        ),
        notes=(_say(of, "protection.note"),),
    )
