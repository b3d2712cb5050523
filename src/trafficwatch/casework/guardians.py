# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may not speak for a person: somebody who is said to have had a part in it, or who recruits on the person's way.

Names are compared in one spelling without titles, words of kinship ("Om") and degrees; what stands in brackets, after
"alias" or a stroke is a name of its own. The same name is refused. A name of which all words stand in the other one, in
full or as an initial, is only pointed out: a father and his son share words, and whoever merely does is told apart by
writing the name in full. Only who may read cases can compare at all, and nobody else takes down a guardian.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import permutations

from trafficwatch.errors import ConsentError
from trafficwatch.models.agreement import holds
from trafficwatch.models.care import Perpetrator
from trafficwatch.models.casework import Consent
from trafficwatch.models.migration import Journey
from trafficwatch.models.recruiting import Recruiter
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.agreeing import consents_of
from trafficwatch.store.spelling import TITLES, fold, plain
from trafficwatch.store.training import may_read_cases, readable
from trafficwatch.store.work import Work

NameKey = tuple[str, ...]


class GuardianSuspected(ConsentError):
    """The guardian bears the name of somebody who is said to have harmed the person."""

    key = "guardian_suspected"
    catalogue = "errors_care"


_KIN_WORDS = (
    "om oom paman pakde pakdhe paklik pakle bude budhe bulik bulek bibi bik tante kakak kak abang bang mas mbak mbok"
    " oma opa nenek nek kakek kek eyang mbah mama mami papa papi ayah ayahanda bunda ibunda adik wali saudara saudari"
)
_KIN = frozenset(_KIN_WORDS.split())
"""What is said of kin before a name. Elsewhere than here it may be a name: the search keeps it."""
_DEGREE_WORDS = (
    "sh se st ss sp si skm sag spd spdi sip sos ssos skom ssi skep sked sst amd amdkeb amdkep mh mm mt ma msi mpd mpdi"
    " mkes mkom mag mhum map mkn phd"
)
_DEGREES = frozenset(_DEGREE_WORDS.split())
_FEW = 4
_PARTS = re.compile(r"[()\[\]{}/;|]|\b(?:alias|aka|a\.k\.a|als|dipanggil|panggilan|nama panggilan)\b\.?", re.IGNORECASE)


def name_key(name: str | None) -> NameKey:
    """A whole name for comparing, the first one that a text gives; empty for none."""
    return next(iter(_keys(name)), ())


def name_keys(names: Iterable[str | None]) -> frozenset[NameKey]:
    """Names for comparing, without the empty ones; a text may give several."""
    return frozenset(key for name in names for key in _keys(name))


def _keys(text: str | None) -> list[NameKey]:
    """The names in a text. A part of nothing but titles ("paman" in brackets) is none, unless there is no other."""
    parts = [_without_degrees(part) for part in _PARTS.split(text or "")]
    named = [words for part in parts if (words := _bare(part))]
    return [tuple(sorted(map(fold, words))) for words in named or parts if words]


def _without_degrees(part: str) -> list[str]:
    """The plain words of a name; after a comma stand degrees, or the first name."""
    first, *others = part.split(",")
    return plain(first) + [word for other in others if "".join(plain(other)) not in _DEGREES for word in plain(other)]


def _bare(words: list[str]) -> list[str]:
    first = next((place for place, word in enumerate(words) if word not in TITLES | _KIN), len(words))
    return words[first:]


def may_be(one: NameKey, other: NameKey) -> bool:
    """Whether all words of one name stand in the other, at least one of them in full, others as an initial; or the two
    differ only in where a word ends.
    """
    few, many = sorted((one, other), key=len)
    left = [word for word in many if word not in few]
    shorter = [word for word in few if word not in many]
    for word in shorter:
        match = next((each for each in left if 1 in {len(word), len(each)} and word[0] == each[0]), None)
        if match is None:
            return len(many) <= _FEW and any("".join(order) == "".join(few) for order in permutations(many))
        left.remove(match)
    return len(shorter) < len(few)


def suspects(work: Work, person_id: str) -> frozenset[NameKey]:
    """Who is said to have harmed this person, and who recruited for the person's journeys."""
    said = readable(work).select(Perpetrator, RECORD_TABLES["perpetrator"].c.person_id == person_id)
    journeys = work.records.select(Journey, RECORD_TABLES["journey"].c.person_id == person_id)
    names = {name for each in said for name in (each.name, each.known_as)}
    names |= {each.recruiter_name for each in journeys}
    linked = {each.recruiter_id for each in said} | {each.recruiter_id for each in journeys}
    for recruiter_id in linked - {None, ""}:
        recruiter = work.records.get(Recruiter, recruiter_id or "")
        names |= {recruiter.name, *recruiter.aliases}
    return name_keys(names)


def is_suspected(work: Work, person_id: str, guardian: str | None) -> bool:
    """Whether a guardian bears the name of one of these."""
    return bool(name_keys((guardian,)) & suspects(work, person_id))


def guardians(work: Work, person_id: str) -> list[Consent]:
    """The consents that hold today and that a guardian gave; none for who may not read cases."""
    if not may_read_cases(work):
        return []
    return [each for each in consents_of(work, person_id) if holds(each, work.today) and name_key(each.guardian)]


def suspected_guardians(work: Work, person_id: str) -> tuple[str, ...]:
    """The consents that hold today though their guardian is suspected, as when that was told later; their ids."""
    known = suspects(work, person_id)
    return tuple(each.id for each in guardians(work, person_id) if name_keys((each.guardian,)) & known)


def similar_guardians(work: Work, person_id: str) -> tuple[str, ...]:
    """The consents that hold today of a guardian whose name is not that of a suspect, but may be; their ids."""
    known, found = suspects(work, person_id), []
    for each in guardians(work, person_id):
        keys = name_keys((each.guardian,))
        if not keys & known and any(may_be(key, suspect) for key in keys for suspect in known):
            found.append(each.id)
    return tuple(found)
