# SPDX-License-Identifier: GPL-3.0-or-later
"""What the village's page 'Kirim' shows: how far each record is on its way, and what would leave now, record by record.

Built on the standings of `sync.exporting`, so that the page can't say anything else than what an export does. Nothing
is changed, and nothing leaves. A record is said to be where its present form is: changed after it was sent, it waits
again. What may not leave has no delivery state but a reason: `no_consent`, `fields_refused` when the person agreed and
refused what the record can't be without, or `stays_here` for what never leaves. Without the case key the open part
speaks for a record. Labels are names, for the screen of this laptop only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import func, literal_column, select

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

WITHHELD = "withheld"
"""Key in `Outbox.by_state` for records that have no delivery state."""


_Reached = tuple[Standing, Delivery | None, str]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One record: `label` is the name by which a volunteer knows it. `state` is None for what may not leave; `bundle`
    and `sent_at` (when it was made) tell of the last bundle that carried it, also in an earlier form.
    """

    type: str
    id: str
    label: str
    state: Delivery | None
    bundle: str | None
    sent_at: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some rows of all that fit."""

    rows: tuple[DeliveryRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """The page's head. `unconfirmed_bundles` counts those whose receipt still tells something: a bundle that was lost
    counts no more once its records have gone again.
    """

    ppt_name: str | None
    ppt_status: PeerStatus | None
    preview: Preview | None
    by_state: Mapping[str, int]
    last_sent_at: str | None
    last_receipt_at: str | None
    unconfirmed_bundles: int


@dataclass(frozen=True, slots=True)
class LeavingRow:
    """One record that would leave: how many of its fields and why, and how many the person refused."""

    type: str
    id: str
    label: str
    fields: int
    reasons: tuple[str, ...]
    refused: int


def outbox(work: Work) -> Outbox:
    """The head of the page; `preview` is None without a PPT that has approved this device."""
    require_side(work, Side.VILLAGE)
    ppt = _partner(work)
    known = exporting.known_today(work, ppt)
    states: Counter[str] = Counter()

    def counted(found: Iterable[Standing]) -> Iterator[Standing]:  # one pass for both counts: it reads every record
        for standing in found:
            states[_state(standing)[0] or WITHHELD] += 1
            yield standing

    with exporting.as_if_exported(work, known) as found:
        preview = exporting.preview_of(work, known, counted(found))
    states.update(reached or WITHHELD for _, reached, _ in _sealed(work, known))
    is_enrolled = ppt is not None and ppt.status is PeerStatus.ACTIVE
    sent, taken, delivery, device = local.bundle_out, local.bundle_in, local.delivery, ppt.device if ppt else ""
    last_sent = select(func.max(sent.c.created_at)).where(
        sent.c.recipient == device, sent.c.kind == BundleKind.REPORT.value
    )
    last_receipt = select(func.max(taken.c.received_at)).where(
        taken.c.sender == device, taken.c.kind == BundleKind.RECEIPT.value
    )
    unconfirmed = select(func.count(delivery.c.bundle.distinct())).where(
        delivery.c.recipient == device, delivery.c.state == Delivery.IN_BUNDLE.value
    )
    return Outbox(
        ppt_name=ppt.name if ppt else None,
        ppt_status=ppt.status if ppt else None,
        preview=preview if is_enrolled else None,
        by_state={str(state): count for state, count in states.items()},
        last_sent_at=work.connection.execute(last_sent).scalar_one(),
        last_receipt_at=work.connection.execute(last_receipt).scalar_one(),
        unconfirmed_bundles=work.connection.execute(unconfirmed).scalar_one(),
    )


def deliveries(work: Work, state: Delivery | None = None, offset: int = 0, limit: int = 50) -> DeliveryPage:
    """The records of this village with their delivery state, those of one state if given."""
    require_side(work, Side.VILLAGE)
    known = exporting.known_today(work, _partner(work))
    page: list[_Reached] = []
    total = 0
    with exporting.as_if_exported(work, known) as found:
        for reached in _reached(work, known, found):
            if state is None or reached[1] is state:
                page += [reached] if offset <= total < offset + limit else []
                total += 1
    table = local.bundle_out
    made_at = {
        row.bundle: row.created_at for row in work.connection.execute(select(table.c.bundle, table.c.created_at))
    }
    rows = []
    for each, delivery, reason in page:
        bundle = each.sent.bundle if each.sent else None
        sent_at = made_at.get(bundle or "")
        rows.append(DeliveryRow(each.state.type, each.state.id, _label(work, each), delivery, bundle, sent_at, reason))
    return DeliveryPage(tuple(rows), total)


def what_leaves(work: Work, offset: int = 0, limit: int = 50) -> tuple[LeavingRow, ...]:
    """What the next export would carry, record by record; the same records that `preview` counts."""
    require_side(work, Side.VILLAGE)
    with exporting.as_if_exported(work, exporting.known_today(work, _partner(work))) as found:
        going = list(islice((each for each in found if each.goes), offset, offset + limit))
    return tuple(_leaving_row(work, each) for each in going)


def _leaving_row(work: Work, standing: Standing) -> LeavingRow:
    state, reasons = standing.state, standing.departure.reasons if standing.departure else {}
    held = {key.partition("/")[0] for key in state.fields}
    return LeavingRow(
        type=state.type,
        id=state.id,
        label=_label(work, standing),
        fields=len({key.partition("/")[0] for key in reasons}),
        reasons=tuple(sorted(set(reasons.values()))),
        refused=sum(f"{state.type}.{name}" in standing.agreement.refused_for(TO_PPT) for name in held),
    )


def _reached(work: Work, known: Known, found: Iterable[Standing]) -> Iterator[_Reached]:
    """Every record of this village with its delivery state and reason."""
    yield from ((standing, *_state(standing)) for standing in found)
    yield from _sealed(work, known)


def _state(standing: Standing) -> tuple[Delivery | None, str]:
    """Where the present form of a record is, and the reason if the way ends there."""
    row = standing.sent
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
