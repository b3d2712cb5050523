# SPDX-License-Identifier: GPL-3.0-or-later
"""The next-best questions, pure: as few as possible, the most decisive first, and none that was answered already.

1. Danger. 2. What the facts themselves call for: the direct questions of a sign's group, of a gate's module. 3. The
questions of a module whose gate was answered yes: direct ones, then signs of elements of which nothing is known yet.
4. Direct questions, each weak element in turn, and in the same turn one gate: a gate states nothing, so it never comes
before a direct question. Once one gate is open the others wait for all of these. 5. What else an open module asks.
6. Signs of elements of which nothing is known yet: where the direct question was answered 'unknown' its signs come
first, where it was declined they come last, since nobody is pressed.

Only elements too weak for the path are asked about, none once the path is complete. A question of a module is never
proposed while its gate is not answered yes. That danger stops all questions is the evaluation's matter.
"""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from trafficwatch.models.screening import Element, Entry, Kind, Reason, State, Track, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trafficwatch.models.screening import ElementResult
    from trafficwatch.screening.facts import Case


def propose(case: Case, elements: Mapping[Element, ElementResult], reasons: Sequence[Reason]) -> tuple[str, ...]:
    """The codes of the questions to ask next, at most as many as the rules allow."""
    found: dict[str, None] = {}
    for entry in _Proposing(case, elements, reasons).candidates():
        if len(found) == case.rules.next_count:
            break
        found[entry.code] = None
    return tuple(found)


class _Proposing:
    """What every step needs: the elements that are too weak, and which modules are open."""

    def __init__(self, case: Case, elements: Mapping[Element, ElementResult], reasons: Sequence[Reason]) -> None:
        self._case = case
        self._states = {element: result.state for element, result in elements.items()}
        self._wanted = self._too_weak(reasons)
        self._unknown = [element for element in self._wanted if self._states[element] is State.UNKNOWN]
        self._elements: dict[str, set[Element]] = {}
        self._opened = {
            module.code for module in case.questionnaire.modules if case.values.get(module.gate) is Value.YES
        }

    def candidates(self) -> Iterator[Entry]:
        """Every question that may be asked, best first; the same one may come again. Lazy: few are ever needed."""
        entries = self._case.questionnaire.entries
        yield from self._open(entry for entry in entries if entry.kind is Kind.TRIAGE)
        if not self._wanted:
            return
        useful = [entry for entry in entries if self._serves(entry, self._wanted)]
        gates = self._gates(useful)
        worth = {entry.code for entry in chain(useful, gates)}
        yield from self._open(entry for entry in self._called_for() if entry.code in worth)
        direct = [entry for entry in useful if entry.kind is Kind.ELEMENT]
        signs = [entry for entry in useful if entry.kind is Kind.SIGN and self._serves(entry, self._unknown)]
        yield from self._open(entry for entry in chain(direct, signs) if entry.module)
        # What was answered keeps its place in the turn: otherwise the first element would always come first.
        columns = [self._of(element, direct) for element in self._wanted]
        yield from self._open(_in_turn(*columns, [] if self._opened else gates))
        yield from self._open(chain(gates, (entry for entry in useful if entry.module)))
        signs.sort(key=self._use)
        yield from self._open(_in_turn(*(self._of(element, signs) for element in self._unknown)))

    def _too_weak(self, reasons: Sequence[Reason]) -> list[Element]:
        """The elements that the path still needs to know better."""
        rules = self._case.rules
        path = rules.child_path if self._case.age.track is Track.CHILD else rules.adult_path
        is_none_stated = State.STATED not in {self._states[element] for element in path.stated_one_of}
        return [
            element
            for element in path.required
            if self._states[element] is State.UNKNOWN
            or (element in path.stated_one_of and is_none_stated)
            or (Reason.SAME_FACTS in reasons and self._states[element] is not State.STATED)
        ]

    def _open(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Those that were not asked yet, fit age and sex, and stand in no closed module."""
        years, sex = self._case.age.years, self._case.subject.sex
        for entry in entries:
            is_of_age = entry.max_age is None or years is None or years <= entry.max_age
            is_of_sex = entry.sex is None or sex is None or entry.sex is sex
            is_reached = entry.module is None or entry.module in self._opened
            if entry.code not in self._case.values and is_of_age and is_of_sex and is_reached:
                yield entry

    def _serves(self, entry: Entry, elements: Iterable[Element]) -> bool:
        if entry.code not in self._elements:  # asked again and again: this runs after every answer
            self._elements[entry.code] = self._case.elements(entry, as_child=self._case.may_be_child)
        return not self._elements[entry.code].isdisjoint(elements)

    def _of(self, element: Element, entries: Iterable[Entry]) -> list[Entry]:
        """Those for one element; the ones that are asked under another element come last."""
        return sorted(
            (entry for entry in entries if self._serves(entry, [element])),
            key=lambda entry: entry.element is not element,
        )

    def _called_for(self) -> Iterator[Entry]:
        """The questions that the facts themselves call for, and those of their groups."""
        questionnaire = self._case.questionnaire
        for fact in self._case.facts:
            groups = (questionnaire.group(group).asks for group in fact.entry.groups)
            for code in chain(fact.entry.asks, *groups):
                yield questionnaire.entry(code)

    def _gates(self, useful: Iterable[Entry]) -> list[Entry]:
        """The gates behind which something useful waits; first those whose own direct questions were answered yes."""
        case = self._case
        waiting = {entry.module for entry in useful if entry.code not in case.values}
        gates = [case.questionnaire.entry(each.gate) for each in case.questionnaire.modules if each.code in waiting]
        return sorted(gates, key=lambda gate: Value.YES not in {case.values.get(code) for code in gate.asks})

    def _use(self, sign: Entry) -> int:
        """Signs stand in for a direct question that could not be answered, and spare who did not want to."""
        groups = (self._case.questionnaire.group(group) for group in sign.groups)
        said = {self._case.values.get(code) for group in groups for code in group.asks}
        return (Value.DECLINED in said) - (Value.UNKNOWN in said)


def _in_turn(*columns: Iterable[Entry]) -> Iterator[Entry]:
    """The questions of each column in turn, so that none has to wait for another."""
    return (entry for row in zip_longest(*columns) for entry in row if entry)
