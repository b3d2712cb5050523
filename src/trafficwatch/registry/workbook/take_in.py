# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at a population workbook, then take it in: nothing is written before somebody has seen what would be.

`take_in` decides anew on every row inside its one transaction: what another page recorded since the preview is not
overwritten either. A backup is made before. Who cancels, locks the desk or fills the disk finds nothing taken in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

import msgspec
from sqlalchemy import select

from trafficwatch.models.backups import Reason
from trafficwatch.models.migration import Stage
from trafficwatch.models.people import Person, Verdict
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.registry.trash import MERGED
from trafficwatch.registry.workbook.codes import Codes
from trafficwatch.registry.workbook.errors import NameColumnMissing, NoTable
from trafficwatch.registry.workbook.layouts import FIELDS, FREE, HEADER_ROWS, Found, Layout, Layouts
from trafficwatch.registry.workbook.plan import Difference, Index, Known, Outcome, Plan, Step, make_plan, wanted
from trafficwatch.registry.workbook.rows import Finding, Reading, read_rows
from trafficwatch.registry.workbook.sheets import Book, Sheet, open_book, read_sheet
from trafficwatch.resources import resource
from trafficwatch.store import backup
from trafficwatch.store.work import Store, Work

Progress = Callable[[int, int], None]

_AT_ONCE = 500
_TELL_EVERY = 50


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page can show before anything is taken in.

    `columns` maps a column (from 0) to a field; `not_kept` are the headings that no field takes. `above` counts the
    rows up to the header, itself included. Without a column for the name it is not `ready`, and has no plan yet.
    """

    book: Book
    sheet: str
    layout: str
    grouped: bool
    header_row: int
    header: tuple[str, ...]
    columns: Mapping[int, str]
    not_kept: tuple[str, ...]
    total: int
    above: int
    empty: int
    formulas: int
    merged: int
    reading: Reading
    plan: Plan

    @property
    def ready(self) -> bool:
        return _is_complete(self.columns)

    @property
    def refusals(self) -> tuple[Finding, ...]:
        return tuple(finding for step in self.plan.steps for finding in step.refusals)

    @property
    def remarks(self) -> tuple[Finding, ...]:
        return tuple(finding for step in self.plan.steps for finding in step.remarks)

    @property
    def differs(self) -> tuple[Difference, ...]:
        return tuple(difference for step in self.plan.steps for difference in step.differs)

    @property
    def alike(self) -> tuple[Step, ...]:
        """Refused rows that may be taken in as new people when somebody says that they are (`as_new`)."""
        return tuple(step for step in self.plan.steps if step.may_be_new)


@dataclass(frozen=True, slots=True)
class Result:
    """What was taken in: the plan that was carried out; an empty one after `cancelled`."""

    plan: Plan
    cancelled: bool = False
    counts: Mapping[Outcome, int] = field(default_factory=dict)


@cache
def layouts() -> Layouts:
    return Layouts.of(msgspec.json.decode(resource("opensid", "layouts.json").read_bytes()))


@cache
def codes() -> Codes:
    return Codes.of(msgspec.json.decode(resource("opensid", "codes.json").read_bytes()))


def preview(
    store: Store,
    path: Path,
    *,
    sheet: str | None = None,
    columns: Mapping[int, str] | None = None,
    as_new: Collection[int] = (),
) -> Preview:
    """Read a workbook and say what taking it in would do.

    Without `sheet` the first visible one with a known header is taken, without `columns` those that are recognised.
    Raises the errors of `workbook.errors`, FileNotReadable.
    """
    book = open_book(path)
    chosen, found = _choose(book, sheet)
    mapping = dict(columns) if columns is not None else layouts().columns(found)
    below = chosen.rows[found.place + 1 :]
    with store.work() as work:
        today = date.fromisoformat(work.today)
        ready = _is_complete(mapping)
        reading = read_rows(below, found, mapping, codes(), today) if ready else Reading()
        plan = _plan(work, reading, as_new)
    return Preview(
        book,
        chosen.name,
        found.layout.name,
        found.layout.grouped,
        chosen.rows[found.place].number,
        found.header,
        mapping,
        tuple(cell for column, cell in enumerate(found.header) if cell and column not in mapping),
        chosen.total,
        found.place + 1,
        chosen.empty,
        chosen.formulas,
        chosen.merged,
        reading,
        plan,
    )


def planned(store: Store, seen: Preview, as_new: Collection[int]) -> Preview:
    """The same preview with other rows to be taken in as new people."""
    with store.work() as work:
        return replace(seen, plan=_plan(work, seen.reading, as_new))


def take_in(
    store: Store,
    seen: Preview,
    *,
    as_new: Collection[int] = (),
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Result:
    """Take in what a preview showed, all of it or nothing. Raises NameColumnMissing, and the store's errors."""
    if not seen.ready:
        raise NameColumnMissing
    if any(step.changes for step in seen.plan.steps):
        backup.make_before(store, Reason.IMPORT)
    try:
        with store.work() as work:
            plan = _plan(work, seen.reading, as_new)
            steps = [step for step in plan.steps if step.changes]
            with work.records.index.later():
                for done, step in enumerate(steps):
                    if cancelled() or store.hurried:
                        raise _Cancelled
                    work.write(Person, step.person_id, **step.changes)
                    if done % _TELL_EVERY == 0:
                        progress(done, len(steps))
            if cancelled() or store.hurried:
                raise _Cancelled
        progress(len(steps), len(steps))
    except _Cancelled:
        return Result(Plan(()), cancelled=True, counts=Plan(()).counts())
    return Result(plan, counts=plan.counts())


class _Cancelled(Exception):
    """Undoes the transaction."""


def _is_complete(columns: Mapping[int, str]) -> bool:
    """Whether the names have a column, and no field has two."""
    fields = list(columns.values())
    return "name" in fields and len(set(fields)) == len(fields) and set(fields) <= set(FIELDS)


def _choose(book: Book, name: str | None) -> tuple[Sheet, Found]:
    """The sheet to read and its header; where no header is known, the fullest of the first rows is offered as one."""
    first: Sheet | None = None
    for each in book.visible if name is None else (name,):
        sheet = read_sheet(book, each)
        if found := layouts().find([row.cells for row in sheet.rows[:HEADER_ROWS]]):
            return sheet, found
        if first is None and sheet.rows:
            first = sheet
    if first is None:
        raise NoTable(file=book.path.name)
    rows = [row.cells for row in first.rows[:HEADER_ROWS]]
    place = max(range(len(rows)), key=lambda at: (len(rows[at]) - rows[at].count(""), -at))
    return first, Found(place, rows[place], Layout(FREE, dict(layouts().names)))


def _plan(work: Work, reading: Reading, as_new: Collection[int]) -> Plan:
    index = Index.of(_known(work))
    table, ids = RECORD_TABLES["person"], iter(sorted(wanted(reading.rows, index)))
    people: dict[str, Person] = {}
    while some := list(islice(ids, _AT_ONCE)):
        people |= {person.id: person for person in work.records.select(Person, table.c.id.in_(some), with_deleted=True)}
    journey = RECORD_TABLES["journey"]
    away = select(journey.c.person_id).where(journey.c.stage == Stage.DEPARTED.value, journey.c.deleted.is_(None))
    travelling = frozenset(work.connection.execute(away).scalars())
    return make_plan(reading, index, people, as_new, travelling, _removed_phones(work))


def _removed_phones(work: Work) -> dict[str, set[str]]:
    """The telephone numbers that were taken off people's cards, here or on any laptop: null in their place."""
    table = RECORD_TABLES["person"]
    query = select(table.c.id, table.c.phones).where(table.c.phones.contains(":null"))
    return {
        person_id: {number for number, owner in msgspec.json.decode(phones).items() if owner is None}
        for person_id, phones in work.connection.execute(query)
    }


def _known(work: Work) -> Iterator[Known]:
    table = RECORD_TABLES["person"]
    pair = RECORD_TABLES["person_pair"]
    same = select(pair.c.other_id, pair.c.person_id).where(pair.c.verdict == Verdict.SAME.value)
    merged: dict[str, str] = {row.other_id: row.person_id for row in work.connection.execute(same)}
    query = select(table.c.id, table.c.name, table.c.nik, table.c.birth_date, table.c.deleted)
    for of_id, name, nik, birth_date, deleted in work.connection.execute(query):
        into = merged.get(of_id, "") if deleted == MERGED else ""
        yield Known(of_id, name or "", nik or "", birth_date or "", deleted is not None, into)
