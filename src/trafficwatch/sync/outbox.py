# SPDX-License-Identifier: GPL-3.0-or-later
"""What the village's page 'Kirim' shows: how far each record is on its way, and what would leave now, record by record.

Built on the standings of `sync.exporting`, so that the page can't say anything else than what an export does. Nothing
is changed, and nothing leaves. A record is said to be where its present form is: changed after it was sent, it waits
again. What may not leave has no delivery state but a reason: `no_consent`, `fields_refused` when the person agreed and
refused what the record can't be without, or `stays_here` for what never leaves; unless the PPT's receipt says that it
has erased what it had of it. Without the case key the open part speaks for a record. A draft is no record: it is
counted beside them. Labels are names, for the screen of this laptop only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import case, func, literal_column, select

from trafficwatch.models.agreement import Agreement
from trafficwatch.models.care import TO_PPT
from trafficwatch.models.exchange import BundleKind, Delivery, Peer, PeerStatus, RecordState
from trafficwatch.models.fields import Leaving, Side
from trafficwatch.models.history import shown
from trafficwatch.models.people import Person
from trafficwatch.models.record_types import RECORD_TYPES
from trafficwatch.models.staff import Volunteer
from trafficwatch.models.tables import local
from trafficwatch.store.records import RecordUnknown
from trafficwatch.store.work import Work
from trafficwatch.sync import exporting
from trafficwatch.sync.devices import peers, require_side
from trafficwatch.sync.exporting import UNSETTLED, Known, Preview, Standing
from trafficwatch.sync.leaving import reason_to_leave
from trafficwatch.sync.parcels import is_form
from trafficwatch.sync.removing import removed_there
from trafficwatch.village import drafts

WITHHELD = "withheld"
"""Key in `Outbox.by_state` for records that have no delivery state."""


_Reached = tuple[Standing, Delivery | None, str]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One record: `label` is the name by which a volunteer knows it. `state` is None for what may not leave; `bundle`,
    its `number` and `sent_at` (when it was made) tell of the last bundle that carried it, also in an earlier form.
    `since` is when what waits was written.
    """

    type: str
    id: str
    label: str
    state: Delivery | None
    bundle: str | None
    sent_at: str | None
    reason: str
    number: int | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One bundle whose receipt still tells something: its number, when it was made, and for how many records."""

    bundle: str
    number: int
    made_at: str
    records: int


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some rows of all that fit."""

    rows: tuple[DeliveryRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """The page's head. `by_state` counts every record of this village once. `unanswered` are the bundles whose receipt
    still tells something: one that was lost is not waited for once its records have gone again. `waiting_since` is the
    oldest of what waits, `drafts` what who is at work has begun and not saved. `erased` counts records that were erased
    here after the PPT had them, `removed` those of them that its receipt says it has removed.
    """

    ppt_name: str | None
    ppt_status: PeerStatus | None
    preview: Preview | None
    by_state: Mapping[str, int]
    last_sent_at: str | None
    last_receipt_at: str | None
    unanswered: tuple[Unanswered, ...] = ()
    waiting_since: str | None = None
    drafts: int = 0
    erased: int = 0
    removed: int = 0

    @property
    def unconfirmed_bundles(self) -> int:
        return len(self.unanswered)


@dataclass(frozen=True, slots=True)
class LeavingRow:
    """One record that would leave: how many of its fields and why; `held_back` names (`type.field`) what the person
    refused and what is absent therefore.
    """

    type: str
    id: str
    label: str
    fields: int
    reasons: tuple[str, ...]
    held_back: tuple[str, ...] = ()

    @property
    def refused(self) -> int:
        return len(self.held_back)


def outbox(work: Work) -> Outbox:
    """The head of the page; `preview` is None without a PPT that has approved this device."""
    require_side(work, Side.VILLAGE)
    ppt = _partner(work)
    known = exporting.known_today(work, ppt)
    states: Counter[str] = Counter()
    waiting: list[Standing] = []

    def note(standing: Standing, state: Delivery | None) -> None:
        states[state or WITHHELD] += 1
        if state is Delivery.WAITING:
            waiting.append(standing)

    def counted(found: Iterable[Standing]) -> Iterator[Standing]:  # one pass for both counts: it reads every record
        for standing in found:
            note(standing, _state(standing)[0])
            yield standing

    with exporting.as_if_exported(work, known) as found:
        preview = exporting.preview_of(work, known, counted(found))
    for standing, reached, _ in _sealed(work, known):
        note(standing, reached)
    is_enrolled = ppt is not None and ppt.status is PeerStatus.ACTIVE
    sent, taken, device = local.bundle_out, local.bundle_in, ppt.device if ppt else ""
    last_sent = select(func.max(sent.c.created_at)).where(
        sent.c.recipient == device, sent.c.kind == BundleKind.REPORT.value
    )
    last_receipt = select(func.max(taken.c.received_at)).where(
        taken.c.sender == device, taken.c.kind == BundleKind.RECEIPT.value
    )
    erased = removed_there(work, device)
    return Outbox(
        ppt_name=ppt.name if ppt else None,
        ppt_status=ppt.status if ppt else None,
        preview=preview if is_enrolled else None,
        by_state={str(state): count for state, count in states.items()},
        last_sent_at=work.connection.execute(last_sent).scalar_one(),
        last_receipt_at=work.connection.execute(last_receipt).scalar_one(),
        unanswered=_unanswered(work, device),
        waiting_since=_oldest(work, device, waiting),
        drafts=drafts.count(work),
        erased=len(erased),
        removed=sum(each.removed_at is not None for each in erased),
    )


def _unanswered(work: Work, device: str) -> tuple[Unanswered, ...]:
    """The oldest first."""
    made, delivery = local.bundle_out, local.delivery
    query = (
        select(made.c.bundle, made.c.number, made.c.created_at, func.count())
        .join(delivery, (delivery.c.bundle == made.c.bundle) & (delivery.c.recipient == made.c.recipient))
        .where(delivery.c.recipient == device, delivery.c.state == Delivery.IN_BUNDLE.value)
        .group_by(made.c.bundle, made.c.number, made.c.created_at)
        .order_by(made.c.created_at, made.c.number)
    )
    return tuple(Unanswered(*row) for row in work.connection.execute(query))


def _oldest(work: Work, device: str, waiting: Iterable[Standing]) -> str | None:
    """Since when the longest waits; of the counts of today, which are always new, nobody says so."""
    since = _since(work, device)
    return min(filter(None, (since(each) for each in waiting if each.state.type != "tally")), default=None)


def _since(work: Work, device: str) -> Callable[[Standing], str | None]:
    """Since when a record waits: since the first change that no bundle has carried, and not before the person agreed to
    anything.
    """
    written, delivery, made = local.journal, local.delivery, local.bundle_out
    is_new = made.c.created_at.is_(None) | (written.c.at > made.c.created_at)
    query = (
        select(
            written.c.type,
            written.c.id,
            func.min(written.c.at).label("first"),
            func.min(case((is_new, written.c.at))).label("new"),
        )
        .outerjoin(
            delivery,
            (delivery.c.recipient == device) & (delivery.c.type == written.c.type) & (delivery.c.id == written.c.id),
        )
        .outerjoin(made, made.c.bundle == delivery.c.bundle)
        .where(written.c.type.in_(list(RECORD_TYPES)))
        .group_by(written.c.type, written.c.id)
    )
    found = {(row.type, row.id): row for row in work.connection.execute(query)}
    agreed: dict[str, str] = {}
    for name in ("consent", "disclosure"):
        for record, people in work.records.standing(name, "person_id").items():
            first = found[name, record].first if (name, record) in found else ""
            for person in people if first else ():
                agreed[person] = min(first, agreed.get(person, first))

    def since(standing: Standing) -> str | None:
        row = found.get((standing.state.type, standing.state.id))
        at = (row.new or row.first) if row else None
        return max(at, agreed.get(standing.subject, at)) if at else None

    return since


def deliveries(work: Work, state: Delivery | None = None, offset: int = 0, limit: int = 50) -> DeliveryPage:
    """The records of this village with their delivery state, those of one state if given."""
    require_side(work, Side.VILLAGE)
    ppt = _partner(work)
    known = exporting.known_today(work, ppt)
    page: list[_Reached] = []
    total = 0
    with exporting.as_if_exported(work, known) as found:
        for reached in _reached(work, known, found):
            if state is None or reached[1] is state:
                page += [reached] if offset <= total < offset + limit else []
                total += 1
    made = local.bundle_out
    rows = work.connection.execute(select(made.c.bundle, made.c.created_at, made.c.number))
    bundles = {row.bundle: row for row in rows}
    is_waiting = any(delivery is Delivery.WAITING for _, delivery, _ in page)
    since = _since(work, ppt.device if ppt else "") if is_waiting else None

    def shown(each: Standing, delivery: Delivery | None, reason: str) -> DeliveryRow:
        bundle = bundles.get(each.sent.bundle) if each.sent else None
        return DeliveryRow(
            type=each.state.type,
            id=each.state.id,
            label=_label(work, each),
            state=delivery,
            bundle=bundle.bundle if bundle else None,
            sent_at=bundle.created_at if bundle else None,
            reason=reason,
            number=bundle.number if bundle else None,
            since=since(each) if since and delivery is Delivery.WAITING else None,
        )

    return DeliveryPage(tuple(shown(*each) for each in page), total)


def what_leaves(work: Work, offset: int = 0, limit: int = 50) -> tuple[LeavingRow, ...]:
    """What the next export would carry, record by record; the same records that `preview` counts."""
    require_side(work, Side.VILLAGE)
    with exporting.as_if_exported(work, exporting.known_today(work, _partner(work))) as found:
        going = list(islice((each for each in found if each.goes), offset, offset + limit))
    return tuple(_leaving_row(work, each) for each in going)


def _leaving_row(work: Work, standing: Standing) -> LeavingRow:
    state, reasons = standing.state, standing.departure.reasons if standing.departure else {}
    refused = standing.agreement.refused_for(TO_PPT)
    held = {f"{state.type}.{key.partition('/')[0]}" for key in state.fields}
    return LeavingRow(
        type=state.type,
        id=state.id,
        label=_label(work, standing),
        fields=len({key.partition("/")[0] for key in reasons}),
        reasons=tuple(sorted(set(reasons.values()))),
        held_back=tuple(sorted(held & refused)),
    )


def _reached(work: Work, known: Known, found: Iterable[Standing]) -> Iterator[_Reached]:
    """Every record of this village with its delivery state and reason."""
    yield from ((standing, *_state(standing)) for standing in found)
    yield from _sealed(work, known)


def _state(standing: Standing) -> tuple[Delivery | None, str]:
    """Where the present form of a record is, and the reason if the way ends there."""
    row = standing.sent
    if row is not None and row.state == Delivery.REMOVED and not standing.goes:
        return Delivery.REMOVED, row.reason
    if standing.departure is None:
        leaving = RECORD_TYPES[standing.state.type].leaving
        if leaving is Leaving.NEVER:
            return None, "stays_here"
        return None, "fields_refused" if reason_to_leave(leaving, standing.agreement) else "no_consent"
    if row is not None and is_form(row.received_hash, standing.line_hash):
        return Delivery.RECEIVED, ""
    if row is not None and is_form(row.sent_hash, standing.line_hash) and row.state != Delivery.RECEIVED:
        return Delivery(row.state), row.reason
    return Delivery.WAITING, ""


def _sealed(work: Work, known: Known) -> Iterator[_Reached]:
    """Without the case key the records of cases: whether they may leave can be told, in which form can't, so the state
    is the last one known.
    """
    if work.sealer.able:
        return
    for name, record_type in RECORD_TYPES.items():
        for state in work.records.each_state(name) if record_type.leaving is Leaving.CASE else ():
            subject, row = exporting.subject_of(state), known.sent.get((name, state.id))
            standing = Standing(state, subject, known.agreements.get(subject, Agreement()), None, "", row)
            if not reason_to_leave(Leaving.CASE, standing.agreement):
                yield standing, None, "no_consent"
            elif row is not None and row.received_hash:
                yield standing, Delivery(row.state), row.reason
            else:
                yield standing, Delivery.WAITING, "case_key_needed"


def _label(work: Work, standing: Standing) -> str:
    """The name of the person or volunteer that a record is about, '' for others."""
    state, subject = standing.state, standing.subject
    try:
        if subject not in {"", UNSETTLED}:
            return work.records.get(Person, subject).name or ""
        if state.type in {"volunteer", "training"}:
            return work.records.get(Volunteer, _volunteer(state)).name or ""
    except RecordUnknown:  # a link that came from elsewhere may point to nothing
        pass
    return ""


def _volunteer(state: RecordState) -> str:
    if state.type == "volunteer":
        return state.id
    return str(shown(RECORD_TYPES[state.type].fields["volunteer_id"], state.fields["volunteer_id"]))


def _partner(work: Work) -> Peer | None:
    """The PPT that this village deals with, whatever its status: the one that `own_ppt` means or complains of."""
    table = local.peer
    latest_first = select(table.c.device).where(table.c.side == Side.PPT.value).order_by(literal_column("rowid").desc())
    known = {peer.device: peer for peer in peers(work)}
    order = (PeerStatus.ACTIVE, PeerStatus.REVOKED, PeerStatus.PENDING)
    found = [known[device] for device in work.connection.execute(latest_first).scalars()]
    return min(found, key=lambda peer: order.index(peer.status), default=None)
