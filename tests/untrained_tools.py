# SPDX-License-Identifier: GPL-3.0-or-later
"""A case whose every sealed text holds a canary, written from the declarations: a new record type is there by itself.

Nothing but sealed text holds one, so wherever a canary shows, case text shows.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import inspect
import pkgutil
import uuid
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from enum import Enum
from itertools import product
from types import ModuleType
from typing import Any, get_type_hints

from canaries import CANARY, hidden_in
from sqlalchemy import insert
from store_tools import write

from trafficwatch.casework import attachments
from trafficwatch.models.casework import ConsentScope
from trafficwatch.models.exchange import FieldState, RecordState, Stamp, canonical
from trafficwatch.models.fields import Field, RecordType, Shape, Side
from trafficwatch.models.forms import FormKind
from trafficwatch.models.identity import new_case_code
from trafficwatch.models.institution import Institution
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.registry.recruiters import save_recruiter
from trafficwatch.registry.residents import plan_journey, record_person
from trafficwatch.screening import questionnaires
from trafficwatch.store.work import Store, Work
from trafficwatch.village.drafts import keep

NAME = "Marselina Taek"
FILE = b"\x89PNG\r\n\x1a\n" + f"{CANARY}-berkas".encode()
SPECIAL: dict[str, Any] = {
    "attachment.sha256": hashlib.sha256(FILE).hexdigest(),
    "attachment.size": len(FILE),
    "attachment.media_type": "image/png",
    "attachment.added_at": "2026-11-20T01:00:00+00:00",
    "screening.questionnaire": questionnaires.newest().ref,
    "consent.scopes": dict.fromkeys(ConsentScope, "agreed"),
    "consent.refused_fields": {},
    "referral.services": {"legal_aid": True},
    "second_reading.answers": {"E-CAR-DECEIT": "no"},
    "disclosure.recipients": {"ppt": True},
    "disclosure.lifted": {},
}
"""What must be told as it is, to be taken for a case at all."""
KEPT_OPEN = {"deleted", "withdrawn_on", "valid_until", "ended_on", "reopened_on"}
"""Fields that would end what they stand in."""


@dataclasses.dataclass
class Case:
    """The ids of its records by type, and which canary stands for which sealed field."""

    ids: dict[str, str]
    given: dict[str, str]


def fill(store: Store) -> Case:
    """Write the case, and once more for somebody else as it lies in the trash; with a file and drafts."""
    with store.work() as work:
        person = _person(work)
        case = Case({"person": person, "volunteer": work.volunteer or ""}, {})
        case.ids["institution"] = work.records.select(Institution)[0].id
        if work.info.side is Side.VILLAGE:
            case.ids["journey"] = plan_journey(work, person, stage="returned", destination_country="MY").id
            case.ids["recruiter"] = save_recruiter(work, {"name": "Markus"}).id
        gone = Case({**case.ids, "person": _person(work)}, case.given)
        for name in _types():
            if name not in case.ids:
                case.ids[name] = _write(work, RECORD_TYPES[name], case)
                gone.ids[name] = _write(work, RECORD_TYPES[name], gone, deleted="Salah catat")
        for kind in ("referral", "screening", "consent"):
            keep(work, kind, {"about": {}, "purpose": f"{CANARY}-draf"}, subject=person, case_text=True)
        sealed = work.sealer.seal_bytes(*attachments.place(case.ids["attachment"]), FILE)
        work.connection.execute(insert(local.attachment_content).values(id=case.ids["attachment"], content=sealed))
    return case


def _types() -> Iterator[str]:
    """Types with sealed text, and what they link to, in an order in which every link finds its target."""
    wanted = {name for name, declared in RECORD_TYPES.items() if declared.sealed}
    for name in reversed(RECORD_TYPES):
        if name in wanted:
            wanted |= {link.target for link in RECORD_TYPES[name].links if link.required}
    return (name for name in RECORD_TYPES if name in wanted)


def _person(work: Work) -> str:
    known = {"name": NAME, "birth_date": "1996-03-04"}
    if work.info.side is Side.VILLAGE:
        return record_person(work, **known).person.id
    return _put(work, RECORD_TYPES["person"], known)


def _write(work: Work, declared: RecordType, case: Case, **others: Any) -> str:
    values = {field.name: _value(work, declared, field, case) for field in declared.fields.values()}
    return _put(work, declared, values | others)


def _put(work: Work, declared: RecordType, values: Mapping[str, Any]) -> str:
    """As the village writes it, or as the PPT has taken it in."""
    if work.info.side is Side.VILLAGE:
        return write(work, declared.cls, None, **values)
    stamp, record_id = Stamp(work.info.counter + 1, "e" * 16), str(uuid.uuid4())
    told: dict[str, Any] = {}
    for name, value in values.items():
        is_map = declared.fields[name].shape is Shape.ELEMENTS if name in declared.fields else False
        told |= {f"{name}/{key}": part for key, part in value.items()} if is_map else {name: value}
    fields = {
        key: FieldState({stamp: frozenset({canonical(value)})}, {stamp.device: stamp.counter})
        for key, value in told.items()
        if value is not None
    }
    work.take_in(RecordState(declared.name, record_id, fields), "53.01.08.2008")
    return record_id


def _value(work: Work, declared: RecordType, field: Field, case: Case) -> Any:
    place = f"{declared.name}.{field.name}"
    if field.name in KEPT_OPEN:
        return None
    if place in SPECIAL:
        return SPECIAL[place]
    if place == "case_record.code":
        return new_case_code(work.info.code, b"\0" * 16)
    canary = f"{CANARY}{len(case.given):04}"
    if field.sealed and field.shape is Shape.TEXT:
        case.given[place] = canary
        return canary
    if place == "screening.answers":
        case.given[place] = canary
        return {"E-PRO-RECRUIT": {"value": "yes", "by": "person", "note": canary}}
    plain: dict[Shape, Any] = {
        Shape.TEXT: "Isi kolom"[: field.limit],
        Shape.CHOICE: field.choices[0] if field.choices else None,
        Shape.DATE: "2026-11-20",
        Shape.FLAG: True,
        Shape.NUMBER: 3,
        Shape.LINK: case.ids.get(field.target),
        Shape.ELEMENTS: dict.fromkeys(field.options[:1], True),
    }
    return plain[field.shape]


# -- every use case ----------------------------------------------------------------------------------------------------


def use_cases() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the jobs and the exchange that takes a transaction."""
    for job in ("casework", "screening", "registry", "village", "ppt", "sync"):
        package = importlib.import_module(f"trafficwatch.{job}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield from _of_module(importlib.import_module(found.name))


def _of_module(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, function in vars(module).items():
        if not inspect.isfunction(function) or function.__module__ != module.__name__ or name.startswith("_"):
            continue
        first = next(iter(inspect.signature(function).parameters.values()), None)
        if first is not None and first.annotation in {"Work", Work}:
            yield f"{module.__name__}.{name}", function


def shown_by_use_cases(work: Work, case: Case, only: Container[str] | None = None) -> dict[str, int]:
    """Which use cases give a canary away, and in how many ways they could be asked; all of it is undone."""
    found: Counter[str] = Counter()
    for name, function in use_cases():
        for arguments in _arguments(function, case) if only is None or name in only else ():
            said = ""
            with suppress(Exception), work.tried():  # what refuses, or can't make sense of it, tells nothing
                said = _told(function(work, *arguments))
            found[name] += bool(hidden_in(said.encode()))
    return dict(+found)


def _told(value: Any) -> str:
    return repr(list(value)) if isinstance(value, Iterator) else repr(value)


def _arguments(function: Callable[..., Any], case: Case) -> Iterator[tuple[Any, ...]]:
    """Every way to fill what the function asks for with what there is; none where something else is asked."""
    with suppress(NameError):  # a type that is imported for the type checker only
        hints = get_type_hints(function)
        asked = list(inspect.signature(function).parameters.values())[1:]
        needed = [each.name for each in asked if each.default is each.empty and each.kind is not each.VAR_KEYWORD]
        for any_id in case.ids.values() if "record_id" in needed else [case.ids["person"]]:
            yield from product(*(_choices(name, hints.get(name), case, any_id) for name in needed))


def _choices(name: str, hint: Any, case: Case, any_id: str) -> list[Any]:
    if hint is FormKind:
        return []  # what builds each paper is asked by itself
    if inspect.isclass(hint) and issubclass(hint, Enum):
        return list(hint)
    if name == "language":
        return ["id"]
    if name.endswith("_id"):
        target = {"case": "case_record", "note": "sign_note", "visit": "home_visit"}.get(name[:-3], name[:-3])
        return [case.ids.get(target, any_id)]
    return [CANARY] if hint is str else []
