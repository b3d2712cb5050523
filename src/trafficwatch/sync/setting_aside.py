# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of a bundle on their way in: their order, what they point to, and keeping aside what was not taken in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import insert

from trafficwatch.models.exchange import Delivery, RecordResult, RecordState
from trafficwatch.models.history import candidates
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.tables import local
from trafficwatch.store.erasure import RecordErased, is_erased
from trafficwatch.store.work import Work
from trafficwatch.sync import wire
from trafficwatch.sync.bundle import Opened


def in_order(opened: Opened) -> list[tuple[RecordState, str]]:
    """Parents before the records that link to them."""
    order = {name: position for position, name in enumerate(RECORD_TYPES)}
    found = sorted(opened.lines.records, key=lambda incoming: order[incoming.state.type])
    return [(incoming.state, incoming.home) for incoming in found]


def one_by_one(found: Iterable[tuple[RecordState, str]], step: Callable[[], None]) -> Iterator[tuple[RecordState, str]]:
    """The records, with a step told before each: it tells how far the import is, and raises what ends it."""
    for each in found:
        step()
        yield each


def was_erased(work: Work, state: RecordState) -> bool:
    """Whether the record, or one that it is about, was erased here for good."""
    links = RECORD_TYPES[state.type].links
    about = [(link.target, target) for link in links for target in targets(state, link.name)]
    return any(is_erased(work.connection, *key) for key in ((state.type, state.id), *about))


def targets(state: RecordState, name: str) -> Iterable[str]:
    """All texts that stand in a field, for a link the ids it points to."""
    field = state.fields.get(name)
    return (str(value) for _, value in candidates(field) if value is not None) if field else ()


def links_missing(work: Work, state: RecordState, *, whole: bool) -> bool:
    """Whether it points to a record that is not here, or, of a whole record, to none where it must."""
    for link in RECORD_TYPES[state.type].links:
        found = list(targets(state, link.name))
        if (whole and link.required and not found) or not all(work.records.exists(link.target, each) for each in found):
            return True
    return False


def set_aside(work: Work, opened: Opened, results: Sequence[RecordResult]) -> list[RecordResult]:
    """Keep what was not taken in: lines that could not be read, whose results are given, and records refused here.

    `results` are those of the records in order. Content needs the case key; without it, and of what was erased here,
    only the reason is kept.
    """
    kept = [(line.line, line.type, line.id, line.reason, line.content) for line in opened.lines.refused]
    for position, (result, (state, home)) in enumerate(zip(results, in_order(opened), strict=True), start=1):
        if result.state is Delivery.REFUSED:
            kept.append((-position, result.type, result.id, result.reason, wire.encode_record(state, home)))
    bundle, sender = opened.manifest.bundle, opened.manifest.sender.device
    for line, type_name, record_id, reason, content in kept:
        place = f"{bundle}/{line}"
        is_gone = reason in {RecordErased.key, "consent_withdrawn"} or is_erased(work.connection, type_name, record_id)
        is_kept = work.sealer.able and content != "" and not is_gone
        sealed = work.sealer.seal("quarantine", sender, place, content) if is_kept else None
        values = {"type": type_name, "id": record_id, "reason": reason, "content": sealed}
        work.connection.execute(insert(local.quarantine).values(sender=sender, bundle=bundle, line=line, **values))
    return [RecordResult(line.type, line.id, Delivery.REFUSED, line.reason) for line in opened.lines.refused]
