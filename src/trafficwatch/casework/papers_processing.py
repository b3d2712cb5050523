# SPDX-License-Identifier: GPL-3.0-or-later
"""The register of processing: per kind of record what is kept, why and on which ground, who sees it, where it goes.

It is generated from the declarations that the program itself obeys (`models.record_types`) and from the rule of
`casework.retention`: it can't say anything else than what is done. Only numbers of records are counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from trafficwatch.casework.papers_shared import Subject, nobody, paper_head
from trafficwatch.casework.retention import KEEP_YEARS, Years, goes_with, years_of
from trafficwatch.models.case_papers import CaseForm, Fixed, Line, Section, Signature, Table
from trafficwatch.models.fields import Leaving, RecordType, Shape, Side
from trafficwatch.models.forms import FormKind, Letterhead
from trafficwatch.models.record_types import AREAS, RECORD_TYPES
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t
from trafficwatch.texts.exchange import type_words
from trafficwatch.texts.trail import field_words

_COLUMNS = ("data", "fields", "sees", "goes", "long")
_SHARES = (2, 4.6, 2.8, 2.6, 1.9)


def processing_form(work: Work, _about_nobody: str, language: Language) -> CaseForm:
    """The register of this desk; it is about no record."""
    of = Subject(paper_head(work, FormKind.PROCESSING, work.info.code.replace(".", "-"), language), work=work)
    return _processing(of, years_of(work))


def blank_processing(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _processing(nobody(FormKind.PROCESSING, language, letterhead), Years(KEEP_YEARS, is_ours=True))


def _say(of: Subject, key: str, **params: str | int) -> str:
    return t(f"case_forms_after.processing.{key}", language=of.language, **params)


def _processing(of: Subject, years: Years) -> CaseForm:
    by = of.at_work
    return CaseForm(
        of.head,
        _say(of, "title"),
        None,
        (*_sections(of, years), Section(_say(of, "grounds"), (_grounds(of),))),
        about=(
            Line(_say(of, "office"), of.work.info.name if of.work else None),
            Line(_say(of, "keeper"), None),
        ),
        text=_say(of, "opening"),
        signatures=(Signature(_say(of, "sign"), by.name, of.role(by)),),
        notes=(_say(of, "note.generated"), _say(of, "note.ours" if years.is_ours else "note.ppt", years=years.years)),
        confidential=False,
    )


def _sections(of: Subject, years: Years) -> Iterator[Section]:
    """A section for each area of the model, with its purpose."""
    heads = tuple(_say(of, name) for name in _COLUMNS)
    for area in AREAS:
        name = area.__name__.rpartition(".")[2]
        types = [each for each in RECORD_TYPES.values() if each.cls.__module__ == area.__name__]
        rows = tuple(_row(of, each, years) for each in types)
        why = Fixed((_say(of, f"why.{name}"),))
        names = tuple(row[0] for row in rows)
        yield Section(_say(of, f"area.{name}"), (why, Table(heads, _SHARES, rows, stubs=names, empty=0)))


def _row(of: Subject, record_type: RecordType, years: Years) -> tuple[str, ...]:
    name = type_words(record_type.name, of.language)
    count = of.work.records.count(record_type.name) if of.work else 0
    return (
        _say(of, "counted", name=name, count=count) if of.work else name,
        ", ".join(dict.fromkeys(_fields(of, record_type))),
        _sees(of, record_type),
        _goes(of, record_type),
        _say(of, f"long.{goes_with(record_type)}", years=years.years),
    )


def _fields(of: Subject, record_type: RecordType) -> Iterator[str]:
    for field in record_type.fields.values():
        if field.name != "deleted" and not (field.shape is Shape.LINK and field.target in {"person", "case_record"}):
            yield field_words(record_type.name, field.name, of.language)


def _sees(of: Subject, record_type: RecordType) -> str:
    sees = "some_sealed" if record_type.sealed else "open"
    return " ".join((_say(of, f"sees.{sees}"), _say(of, f"writes.{_writer(record_type)}")))


def _writer(record_type: RecordType) -> str:
    owners = {field.owner for field in record_type.fields.values() if field.name != "deleted"}
    return "both" if len(owners) > 1 else "ppt" if owners == {Side.PPT} else "village"


def _goes(of: Subject, record_type: RecordType) -> str:
    """Where it goes, and the fields that stay behind all the same."""
    stay = [
        field_words(record_type.name, field.name, of.language)
        for field in record_type.fields.values()
        if field.leaving is Leaving.NEVER and record_type.leaving is not Leaving.NEVER
    ]
    said = [_say(of, "goes.from_ppt" if _writer(record_type) == "ppt" else f"goes.{record_type.leaving}")]
    said += [_say(of, "goes.but", fields=", ".join(stay))] if stay else []
    return " ".join(said)


def _grounds(of: Subject) -> Fixed:
    return Fixed(
        tuple(_say(of, f"ground.{name}") for name in ("keeping", "consent", "duty", "paper", "secret", "rights"))
    )
