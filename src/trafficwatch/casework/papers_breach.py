# SPDX-License-Identifier: GPL-3.0-or-later
"""The report on a lost laptop that is due within 72 hours (UU 27/2022 art. 46), prepared from what the desk knows.

Which laptop, since when, who could open it and how it is locked, how many people and which kinds of data were on it,
what the PPT has and what would be lost, what was done, and whom to tell how. Counts and facts alone: nobody is named
but who could open it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from trafficwatch.casework.exposure import Exposure, due_at, exposure
from trafficwatch.casework.papers_shared import Subject, nobody, paper_head
from trafficwatch.models.case_papers import CaseForm, Fixed, Items, Line, Lines, Part, Section, Signature, Table, Ticks
from trafficwatch.models.dates import PartialDate
from trafficwatch.models.forms import FormKind, Letterhead, code_of
from trafficwatch.store.work import Work
from trafficwatch.texts import Language, t
from trafficwatch.texts.exchange import type_words

STEPS = ("revoked", "passphrases", "wiped", "police", "ppt", "people")
"""What can have been done, in the order in which it helps."""
_INFORM = ("ppt", "agency", "people", "police")
_REACH = ("forbidden", "safe", "unknown")
_NOTHING = Exposure(
    device="",
    office="",
    since=None,
    is_own=True,
    revoked=None,
    openers=(),
    codes=(),
    people=0,
    reach={},
    held=(),
    last_away=None,
)


@dataclass(frozen=True, slots=True)
class Loss:
    """What only people know of it. `device` is '' for this laptop, `lost_on` EDTF, `noticed_at` an ISO time."""

    device: str = ""
    lost_on: str | None = None
    noticed_at: str | None = None
    how: str | None = None
    done: Collection[str] = ()


def breach_form(work: Work, loss: Loss, language: Language) -> CaseForm:
    """The report; raises RecordUnknown for a device that is not known here."""
    known = exposure(work, loss.device)
    of = Subject(paper_head(work, FormKind.BREACH, code_of(known.device), language), work=work)
    return _breach(of, known, loss, loss.noticed_at or work.now)


def breach_of(work: Work, device: str, language: Language) -> CaseForm:
    """The report on a device of which nothing is told yet but that it is lost; '' for this one."""
    return breach_form(work, Loss(device), language)


def blank_breach(language: Language, letterhead: Letterhead | None = None) -> CaseForm:
    return _breach(nobody(FormKind.BREACH, language, letterhead), _NOTHING, Loss(), "")


def _say(of: Subject, key: str, **params: str | int) -> str:
    return t(f"case_forms_after.breach.{key}", language=of.language, **params)


def _breach(of: Subject, known: Exposure, loss: Loss, noticed_at: str) -> CaseForm:
    by = of.at_work
    return CaseForm(
        of.head,
        _say(of, "title"),
        None,
        (
            Section(_say(of, "laptop"), (_laptop(of, known, loss),)),
            Section(_say(of, "locked"), _locked(of, known)),
            Section(_say(of, "data"), _data(of, known)),
            Section(_say(of, "kept"), (_kept(of, known),)),
            Section(_say(of, "done"), _done(of, known, loss)),
            Section(_say(of, "inform"), _inform(of, known), _say(of, "inform_hint")),
        ),
        about=(
            Line(_say(of, "office"), known.office),
            Line(_say(of, "noticed"), _moment(of, noticed_at), half=True),
            Line(_say(of, "due"), _moment(of, due_at(noticed_at).isoformat()) if noticed_at else None, half=True),
        ),
        text=_say(of, "opening"),
        signatures=(
            Signature(_say(of, "sign.by"), by.name, of.role(by)),
            Signature(_say(of, "sign.receiver"), None, ""),
        ),
        notes=(_say(of, "note"),),
    )


def _laptop(of: Subject, known: Exposure, loss: Loss) -> Lines:
    """Which one, and what happened to it."""
    return Lines(
        (
            Line(_say(of, "device"), code_of(known.device) if known.device else None, half=True),
            Line(_say(of, "since"), of.day(known.since), half=True),
            Line(_say(of, "lost_on"), of.day(loss.lost_on)),
            Line(_say(of, "how"), loss.how, rows=3),
        )
    )


def _locked(of: Subject, known: Exposure) -> tuple[Part, ...]:
    """How it is locked, and who has a way in."""
    who = tuple(f"{each.name}: {_say(of, 'opens_case' if each.with_case else 'opens')}" for each in known.openers)
    codes = tuple(_say(of, f"code.{kind}") for kind in known.codes)
    return (
        Fixed((_say(of, "locked.facts"), _say(of, "locked.case"), _say(of, "locked.open"))),
        Items((*who, *codes), rows=4, label=_say(of, "openers")),
    )


def _data(of: Subject, known: Exposure) -> tuple[Part, ...]:
    """How many people, and how many records of which kind; how many of them are nowhere else."""
    heads = tuple(_say(of, f"data.{name}") for name in ("type", "records", "confirmed", "only_there"))
    rows = tuple(
        (type_words(each.type, of.language), str(each.records), str(each.confirmed), str(each.only_there))
        for each in known.held
    )
    if rows:
        lost = str(sum(each.only_there for each in known.held))
        rows += ((_say(of, "data.all"), str(known.records), str(known.confirmed), lost),)
    people = str(known.people) if known.device else None
    return Lines((Line(_say(of, "people"), people),)), Table(heads, (5, 2, 2, 2), rows, empty=6)


def _kept(of: Subject, known: Exposure) -> Lines:
    """What can be had back."""
    if not known.device:
        return Lines((Line(_say(of, "backup")), Line(_say(of, "from_ppt"))))
    if not known.is_own:
        return Lines((Line(_say(of, "from_ppt"), _say(of, "at_ppt", count=known.records)),))
    backup = _moment(of, known.last_away) if known.last_away else _say(of, "no_backup")
    confirmed = _say(of, "confirmed", count=known.confirmed, total=known.records)
    return Lines((Line(_say(of, "from_ppt"), confirmed), Line(_say(of, "backup"), backup)))


def _done(of: Subject, known: Exposure, loss: Loss) -> tuple[Part, ...]:
    steps = {step for step in STEPS if step in loss.done or (step == "revoked" and known.revoked)}
    shown = tuple((_say(of, f"step.{step}"), step in steps) for step in STEPS)
    return (Ticks(shown, columns=1),) if steps or of.is_blank else (Fixed((_say(of, "nothing_done"),)),)


def _inform(of: Subject, known: Exposure) -> tuple[Part, ...]:
    whom = Fixed(tuple(_say(of, f"inform.{each}") for each in _INFORM))
    reach = (Line(_say(of, f"reach.{each}"), str(known.reach[each]) if known.reach else None) for each in _REACH)
    return whom, Lines(tuple(reach))


def _moment(of: Subject, at: str) -> str | None:
    """A time of the desk's own clock in words."""
    if not at:
        return None
    local = datetime.fromisoformat(at).astimezone()
    day = PartialDate.of(local.date()).format(of.language)
    return _say(of, "moment", day=day, hour=f"{local.hour:02}", minute=f"{local.minute:02}")
