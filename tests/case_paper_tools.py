# SPDX-License-Identifier: GPL-3.0-or-later
"""A village where one person has a record of every kind, each text known by its field, and papers of it. Nobody exists.

`filled` writes a record whose every field holds something that stands nowhere else: `isi-perpetrator-part` for a text,
a day of its own for a date, the first choice or element where there are choices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from paper_tools import KOP, PRINTED, RULE
from screening_paper_tools import village
from store_tools import VOLUNTEER, write

from trafficwatch.models.care import Account, CasePerson, NeedsAssessment, Perpetrator, PlanAction, Role
from trafficwatch.models.case_papers import CaseForm
from trafficwatch.models.casework import CaseRecord, Consent, ConsentScope, Decision, Referral, Screening
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.fields import Field, Record, Shape
from trafficwatch.models.forms import FormHead, FormKind
from trafficwatch.models.institution import Institution
from trafficwatch.models.migration import Journey
from trafficwatch.models.people import Person, Relative, SafeContact
from trafficwatch.store.records import type_of
from trafficwatch.store.work import Store, Work
from trafficwatch.texts import t

ALL: Mapping[str, str] = {scope.value: Decision.AGREED.value for scope in ConsentScope}
FIRST = date(1990, 1, 1)
LONG_NAME = "Maria Goreti Fransiska Xaveria Bernadeta Ina Wungubelen Lamanepa"
STORY = (
    "Pada bulan Juni seorang kenalan datang ke rumah dan menawarkan pekerjaan di rumah makan. Ongkos ditanggung dulu. "
    "Di pelabuhan KTP diminta dan tidak dikembalikan. Setelah tiba, pekerjaannya lain: ia menjaga rumah dan warung "
    "dari pukul empat pagi sampai tengah malam, tanpa libur, tanpa gaji, dan pintu dikunci dari luar."
)


def head(kind: FormKind, code: str = "LRN-7Q4M-X", **more: Any) -> FormHead:
    return FormHead(kind, code, "id", KOP, printed_at=PRINTED, **more)


def form_of(*sections: Any, kind: FormKind = FormKind.INTAKE, blank: bool = False, **more: Any) -> CaseForm:
    """A paper with these sections; `blank` for handwriting."""
    top = FormHead(kind, "", "id") if blank else head(kind)
    return CaseForm(top, "FORMULIR CONTOH", RULE, tuple(sections), **more)


def text_of(type_name: str, field: Field, number: int) -> Any:
    """What stands in one field and nowhere else."""
    name = f"isi-{type_name}-{field.name}"
    special = {"destination_country": "HK", "code": "LRN-7Q4M", "questionnaire": "tppo-1"}
    if field.name in special:
        return special[field.name]
    if field.shape is Shape.ELEMENTS:
        keys = field.options or (name,)
        value = field.value_group and "immediate"
        return {keys[0]: value or (True if field.options or field.name == "aliases" else name)}
    shaped: dict[Shape, Any] = {
        Shape.TEXT: name[: field.limit],
        Shape.CHOICE: field.choices[0] if field.choices else None,
        Shape.DATE: (FIRST + timedelta(days=number)).isoformat(),
        Shape.FLAG: True,
        Shape.NUMBER: number,
    }
    return shaped[field.shape]


def filled(work: Work, cls: type[Record], **known: Any) -> str:
    """A record of this type with all its fields; links and what else is `known` as given. Gives its id."""
    record_type = type_of(cls)
    start = sum(map(ord, record_type.name)) * 7
    values = {
        field.name: text_of(record_type.name, field, start + place)
        for place, field in enumerate(record_type.fields.values())
        if field.shape is not Shape.LINK and field.name not in {"deleted", *known}
    }
    return write(work, cls, None, **values, **known)


def mark(type_name: str, name: str, language: str = "id") -> str:
    """What a paper shows of a text or a date that `filled` wrote."""
    record_type = next(each for each in RECORDS if type_of(each).name == type_name)
    fields = type_of(record_type).fields
    place = list(fields).index(name)
    value = text_of(type_name, fields[name], sum(map(ord, type_name)) * 7 + place)
    if fields[name].shape is Shape.DATE:
        return PartialDate.from_edtf(value).format(language)  # type: ignore[arg-type]
    return str(value)


RECORDS: tuple[type[Record], ...] = (
    Person,
    SafeContact,
    Relative,
    Journey,
    CaseRecord,
    Screening,
    Account,
    CasePerson,
    Perpetrator,
    NeedsAssessment,
    PlanAction,
    Referral,
    Consent,
)


@contextmanager
def known_village(folder: Path) -> Iterator[tuple[Store, dict[str, str]]]:
    """A store with somebody of whom everything is known, and the ids by type."""
    with village(folder) as store:
        with store.work() as work:
            made = everything(work)
        yield store, made


def everything(work: Work) -> dict[str, str]:
    """One record of each kind for one person who agreed to all; the reporter agreed to be named."""
    made = {"institution": write(work, Institution, None, name="UPTD PPA Teluk Sari")}
    made["person"] = filled(work, Person)
    own = {"person_id": made["person"]}
    made["case_record"] = filled(work, CaseRecord, **own, opened_by=VOLUNTEER)
    about = {**own, "case_id": made["case_record"]}
    made["safe_contact"] = filled(work, SafeContact, **own, do_not_contact=False)
    made["relative"] = filled(work, Relative, **own)
    made["journey"] = filled(work, Journey, **own)
    made["screening"] = filled(work, Screening, **own, screened_by=VOLUNTEER, answers={})
    for cls in (Account, Perpetrator, PlanAction):
        made[type_of(cls).name] = filled(work, cls, **about)
    made["case_person"] = filled(work, CasePerson, **about, role=Role.REPORTER.value)
    made["needs_assessment"] = filled(work, NeedsAssessment, **about, assessed_by=VOLUNTEER)
    to = {"institution_id": made["institution"], "referred_by": VOLUNTEER}
    made["referral"] = filled(work, Referral, **about, **to, replaces=None, handover="consented")
    made["consent"] = filled(
        work, Consent, **own, scopes=ALL, refused_fields={}, withdrawn_on=None, given_on="2026-11-20",
        valid_until="2027-11-20", recipients={made["institution"]: True},
    )  # fmt: skip
    return made


def label(key: str) -> str:
    return t(f"case_forms_intake.{key}", language="id")
