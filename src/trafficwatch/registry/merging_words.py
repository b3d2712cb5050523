# SPDX-License-Identifier: GPL-3.0-or-later
"""What merging two cards does to how the person may be reached, and to what the person agreed to; and taking it back.

A no outlives the merge, and it outlives taking the merge back: after the person has spoken on the merged card, or a ban
on contact was set there, no consent that the merge ended comes back to life, what was denied there is not given by a
consent that goes back, and the ban holds for both cards.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from trafficwatch.models.agreement import holds, said
from trafficwatch.models.casework import Consent, Decision
from trafficwatch.models.exchange import Stamp, canonical
from trafficwatch.models.history import candidates
from trafficwatch.models.people import SafeContact
from trafficwatch.models.tables import RECORD_TABLES
from trafficwatch.store.erasure import is_erased
from trafficwatch.store.work import Work

WAYS = ("way", "number", "through", "hours", "code_word")
"""What an agreement about contact says beside its ban and whom never to tell."""

_CONTACT, _CONSENT = RECORD_TABLES["safe_contact"], RECORD_TABLES["consent"]
_SPOKEN = ("scopes", "refused_fields", "withdrawn_on")
"""Fields of a consent in which the person has said something."""


def given(work: Work, type_name: str, of_id: str) -> Stamp:
    """When a record got the person that it has, in the order of writing."""
    state = work.records.state(type_name, of_id)
    return min(state.fields["person_id"].values, default=Stamp(0, "")) if state else Stamp(0, "")


# -- how to reach the person -------------------------------------------------------------------------------------------


def contact_of(work: Work, person_id: str) -> SafeContact:
    """What is agreed, with nothing in it where nothing is."""
    found = work.records.select(SafeContact, _CONTACT.c.person_id == person_id)
    own = str(uuid.uuid5(uuid.UUID(person_id), "safe_contact"))
    return found[-1] if found else SafeContact(id=own, person_id=person_id)


def _joined(mine: SafeContact | Mapping[str, Any], theirs: SafeContact) -> dict[str, Any]:
    """What the agreement of the card that stays becomes: the way of the other only where there is none, every ban."""
    old = mine if isinstance(mine, Mapping) else _said(mine)
    found = dict(old)
    if not any(old[name] for name in WAYS):
        found |= {name: getattr(theirs, name) for name in WAYS}
    if theirs.do_not_contact and not old["do_not_contact"]:
        found["do_not_contact"] = True
    warnings = [text for text in (old["never_tell"], theirs.never_tell) if text]
    found["never_tell"] = "\n".join(dict.fromkeys(warnings)) or None
    return {name: value for name, value in found.items() if value != old[name]}


def _said(contact: SafeContact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in (*WAYS, "do_not_contact", "never_tell")}


def lost_ways(work: Work, keep_id: str, other_id: str) -> tuple[str, ...]:
    """In which ways the agreement of the other card says something that the merged one will not."""
    mine, theirs = _said(contact_of(work, keep_id)), contact_of(work, other_id)
    joined = mine | _joined(mine, theirs)
    return tuple(name for name in WAYS if getattr(theirs, name) not in (None, joined[name]))


def join_contacts(work: Work, keep_id: str, other_id: str, before: dict[str, str]) -> tuple[str, ...]:
    """Gives the fields in which the agreement of the card that stays has changed."""
    mine, theirs = contact_of(work, keep_id), contact_of(work, other_id)
    changes = _joined(mine, theirs)
    if changes:
        before |= {f"safe_contact/{name}": canonical(getattr(mine, name)) for name in changes}
        work.write(SafeContact, mine.id, person_id=keep_id, **changes)
    if work.records.exists("safe_contact", theirs.id) and theirs.deleted is None:
        work.write(SafeContact, theirs.id, deleted=f"with:person/{other_id}")
    return tuple(changes)


def is_banned_since(work: Work, person_id: str, merged: Stamp) -> bool:
    """Whether a ban on contact stands that was set after the merge."""
    mine = contact_of(work, person_id)
    state = work.records.state("safe_contact", mine.id) if mine.do_not_contact else None
    return state is not None and any(
        value is True and stamp > merged for stamp, value in candidates(state.fields["do_not_contact"])
    )


def part_contacts(
    work: Work, keep_id: str, other_id: str, before: Mapping[str, str], *, is_banned: bool
) -> Iterator[str]:
    """Give both cards the agreement that they had; a ban that was set since holds for both."""
    gone = _CONTACT.c.deleted == f"with:person/{other_id}"
    for each in work.records.select(SafeContact, _CONTACT.c.person_id == other_id, gone, with_deleted=True):
        work.write(SafeContact, each.id, deleted=None)
    old = {key.partition("/")[2]: json.loads(text) for key, text in before.items() if key.startswith("safe_contact/")}
    mine, theirs = contact_of(work, keep_id), contact_of(work, other_id)
    if is_banned:
        old.pop("do_not_contact", None)
        work.write(SafeContact, theirs.id, person_id=other_id, do_not_contact=True)
        yield "safe_contact.do_not_contact"
    now = _said(mine)
    set_then = _joined(now | old, theirs)
    changes = {name: old[name] for name in old if now[name] == set_then.get(name, old[name])}
    yield from (f"safe_contact.{name}" for name in old if name not in changes)
    if changes:
        work.write(SafeContact, mine.id, **changes)


# -- what the person agreed to -----------------------------------------------------------------------------------------


def end_consents(work: Work, keep_id: str, other_id: str, before: dict[str, str]) -> int:
    """End those consents of one card that give what the other card does not; gives how many. They lapsed yesterday."""
    cards = [_consents(work, keep_id), _consents(work, other_id)]
    denied = [{what for what, gives in _says(work, consents).items() if not gives} for consents in cards]
    until = _yesterday(work)
    ended = 0
    for consents, elsewhere in zip(cards, reversed(denied), strict=True):
        for consent in consents:
            if holds(consent, work.today) and not elsewhere.isdisjoint(_gives(consent)):
                before[f"consent/{consent.id}"] = canonical([consent.valid_until, until])
                work.write(Consent, consent.id, valid_until=until)
                ended += 1
    return ended


def is_spoken_since(work: Work, person_id: str, merged: Stamp) -> bool:
    """Whether a consent on the card was given, refused, changed or withdrawn after the merge."""
    return bool(_spoken_since(work, _consents(work, person_id), merged))


def end_denied(work: Work, person_id: str, going: Iterable[str], merged: Stamp) -> Iterator[str]:
    """End those of the consents that are about to leave the card which give what was denied on it since the merge.
    A field that may not leave ends them all: the refusal itself stays behind.
    """
    consents = _consents(work, person_id)
    says = _says(work, consents)
    denied = {what for what in _says(work, _spoken_since(work, consents, merged)) if not says[what]}
    fields = {what for what in denied if "." in what}
    for consent in consents:
        gives = _gives(consent) if consent.id in going and holds(consent, work.today) else set()
        if gives and (fields or not gives.isdisjoint(denied)):
            work.write(Consent, consent.id, valid_until=_yesterday(work))
            yield "consent.valid_until"


def revive_consents(work: Work, before: Mapping[str, str], *, is_late: bool) -> Iterator[str]:
    """Undo what `end_consents` did; not when it is too late: the person or a ban has spoken since."""
    for key, text in before.items():
        name, _, of_id = key.partition("/")
        if name != "consent" or is_erased(work.connection, name, of_id) or not work.records.exists(name, of_id):
            continue
        old, then = json.loads(text)
        if work.records.get(Consent, of_id).valid_until == then and not is_late:
            work.write(Consent, of_id, valid_until=old)
        else:
            yield "consent.valid_until"


def _yesterday(work: Work) -> str:
    return str(date.fromisoformat(work.today) - timedelta(1))


def _spoken_since(work: Work, consents: Iterable[Consent], merged: Stamp) -> list[Consent]:
    return [each for each in consents if _spoken(work, each.id) > merged]


def _spoken(work: Work, of_id: str) -> Stamp:
    """When something was last said in a consent."""
    state = work.records.state("consent", of_id)
    spoken = (field for key, field in state.fields.items() if key.partition("/")[0] in _SPOKEN) if state else ()
    return max((stamp for field in spoken for stamp in field.values), default=Stamp(0, ""))


def _consents(work: Work, person_id: str) -> list[Consent]:
    """All consents on a card, deleted ones too, in the order in which they were given."""
    found = work.records.select(Consent, _CONSENT.c.person_id == person_id, with_deleted=True)
    return sorted(found, key=lambda consent: (given(work, "consent", consent.id), consent.id))


def _says(work: Work, consents: Iterable[Consent]) -> dict[str, bool]:
    """What was spoken of, scopes and fields, and whether it is given today."""
    scopes, refused = said(consents, work.today)
    return scopes | {name: not is_refused for name, is_refused in refused.items()}


def _gives(consent: Consent) -> set[str]:
    agreed = {scope for scope, decision in consent.scopes.items() if decision == Decision.AGREED}
    return agreed | {name for name, refused in consent.refused_fields.items() if not refused}
