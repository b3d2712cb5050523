# SPDX-License-Identifier: GPL-3.0-or-later
"""The way over the network when all goes well: what arrives, what is told, when it happens. The rest: `attacks/`."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from desks import PPT_PASSPHRASE, Desks, deliveries, enrolled, resident, screen, shared_case
from network_tools import HOST, Network, Worker, network

from trafficwatch.models.fields import Side
from trafficwatch.models.institution import Institution
from trafficwatch.models.tables import local
from trafficwatch.ppt.directory import confirm_institution
from trafficwatch.store import files
from trafficwatch.sync import enrolling
from trafficwatch.sync.devices import own_ppt
from trafficwatch.sync.importing import take_in
from trafficwatch.sync.network import certificate, sending
from trafficwatch.sync.network.address import Address, is_inbox, parse
from trafficwatch.sync.network.errors import AddressImpossible, PortTaken
from trafficwatch.sync.network.exchanger import Exchanger, Phase, Status
from trafficwatch.sync.network.plan import Plan, next_due, pause_after
from trafficwatch.sync.network.serving import Inbox, make_ready
from trafficwatch.sync.network.settings import Settings, choose, own_inbox
from trafficwatch.sync.network.spool import FOLDER
from trafficwatch.sync.replies import replies_due
from trafficwatch.village.panic import wipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trafficwatch.store.work import Store


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path) as found:
        yield found


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with enrolled(tmp_path) as found:
        yield found


def test_a_case_goes_out_and_its_receipt_comes_back(tmp_path: Path) -> None:
    with network(tmp_path, with_opener=True) as net:
        net.village.run(shared_case).result()
        found = net.exchange()
        assert set(deliveries(net.desks.village).values()) == {("received", "")}
        assert (found.phase, found.error, found.confirmed, found.sent) == (Phase.IDLE, None, 1, found.to_send)
        assert found.last_success == net.desks.clock.now
        assert [event.kind for event in net.events] == ["started", "taken"]
        assert [event.code for event in net.events] == ["", "53.01.08.2008"]
        assert list(net.spool.iterdir()) == list(net.own_spool.iterdir()) == []


def test_nothing_is_called_received_before_its_receipt(net: Network) -> None:
    """Everything was sent and the inbox holds it; the records are still under way."""
    net.village.run(resident).result()
    told = []

    def heard(status: Status) -> None:
        if status.phase is Phase.WAITING_FOR_RECEIPT:
            told.append((status.sent == status.to_send, status.confirmed, set(deliveries(net.desks.village).values())))

    Exchanger(net.village.run, heard).exchange()
    assert told == [(True, 0, {("in_bundle", "")})]


def test_with_nothing_to_send_it_knocks_and_hears_what_is_new(net: Network) -> None:
    net.village.run(resident).result()
    net.exchange()

    def confirm(store: Store) -> str:
        with store.work() as work:
            return confirm_institution(work, work.records.select(Institution)[0].id).id

    net.desks.clock.move(days=3)
    institution = net.ppt.run(confirm).result()
    before = deliveries(net.desks.village)
    assert net.exchange().phase is Phase.IDLE
    with net.desks.village.work() as work:
        assert work.records.get(Institution, institution).confirmed_on == "2026-11-24"
    assert deliveries(net.desks.village) == before
    assert net.events[-1].count == 0


def test_address_and_pin_come_with_the_reply_and_go_with_one(desks: Desks) -> None:
    """In replies alone, which also are due because of it; '' takes it away again."""

    def tell(address: str) -> tuple[str, str]:
        with desks.ppt.work() as work:
            choose(work, Settings(address=address))
            [due] = replies_due(work)
        take_in(desks.village, enrolling.reply(desks.ppt, due.device, desks.stick))
        with desks.ppt.work() as work:
            assert replies_due(work) == ()
        with desks.village.work() as work:
            return own_ppt(work).address, own_ppt(work).pin

    with desks.ppt.work() as work:
        assert replies_due(work) == ()
        pin = certificate.own_certificate(work).pin
    assert tell("https://ppt.example:8443") == ("https://ppt.example:8443", pin)
    with desks.ppt.work() as work:
        assert own_inbox(work) == ("https://ppt.example:8443", pin)
    assert tell("https://ppt.example") == ("https://ppt.example", pin)
    assert tell("") == ("", "")


def test_a_village_that_knows_no_inbox_says_so(desks: Desks) -> None:
    village = Worker(desks.village)
    exchanger = Exchanger(village.run)
    exchanger.exchange()
    assert exchanger.status.error is not None
    assert (exchanger.status.phase, exchanger.status.error.key) == (Phase.NOT_SET_UP, "inbox_unknown")
    village.end()


def test_who_may_not_read_cases_sends_the_rest(tmp_path: Path) -> None:
    with network(tmp_path) as net:
        person = net.village.run(shared_case).result()
        net.village.run(lambda store: screen(store, person)).result()
        net.village.end()
        net.desks.helper()
        net.village = Worker(net.desks.village)
        assert net.exchange().phase is Phase.IDLE
        states = deliveries(net.desks.village)
        assert {state for state, _ in states.values()} == {"received"}
        assert "screening" not in {kind for kind, _ in states}


# -- the exchanger's thread --------------------------------------------------------------------------------------------


def test_now_pause_resume_cancel_and_close(net: Network) -> None:
    """On its own thread: nothing happens without a plan or a click; paused in the middle it goes on from there."""
    told: queue.Queue[Status] = queue.Queue()
    net.village.run(lambda store: [shared_case(store, f"Nama {number}") for number in range(3)]).result()
    net.village.run(lambda store: chosen(store, Plan(is_on=False))).result()

    def heard(status: Status) -> None:
        if status.phase is Phase.SENDING and status.sent == 0 and not paused:
            paused.append(status)
            exchanger.pause()
        told.put(status)

    def until(phase: Phase) -> Status:
        while (status := told.get(timeout=60)).phase is not phase:
            pass
        return status

    paused: list[Status] = []
    exchanger = Exchanger(net.village.run, heard, chance=lambda: 0.5)
    exchanger.start()
    exchanger.now()
    until(Phase.PAUSED)
    assert {state for state, _ in deliveries(net.desks.village).values()} == {"in_bundle"}
    exchanger.resume()
    until(Phase.TAKING_IN)
    until(Phase.IDLE)
    assert {state for state, _ in deliveries(net.desks.village).values()} == {"received"}
    exchanger.pause()
    until(Phase.PAUSED)
    exchanger.cancel()
    exchanger.close()
    assert exchanger.join(30)


def chosen(store: Store, plan: Plan) -> Plan:
    with store.work() as work:
        sending.set_plan(work, plan)
    with store.work() as work:
        return sending.plan(work)


def test_an_exchange_that_is_due_by_plan_happens_by_itself(net: Network) -> None:
    done: queue.Queue[Status] = queue.Queue()
    assert net.village.run(lambda store: chosen(store, Plan(hours=(9, 9, 30, 4)))).result() == Plan(hours=(4, 9))
    exchanger = Exchanger(
        net.village.run,
        lambda status: done.put(status) if status.phase is Phase.IDLE and status.last_success else None,
        clock=net.desks.clock,
    )
    exchanger.start()
    first, resting = done.get(timeout=60), done.get(timeout=60)
    assert (first.next_attempt, first.last_success) == (None, net.desks.clock.now)
    assert resting.next_attempt is not None
    assert resting.next_attempt > net.desks.clock.now
    exchanger.close()
    assert exchanger.join(30)
    with net.desks.village.work() as work:
        assert sending.last_done(work) == net.desks.clock.now


WITA = timezone(timedelta(hours=8))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=WITA)


@pytest.mark.parametrize(
    ("plan", "last", "now", "due"),
    [
        (Plan(is_on=False), None, at(21, 9), None),
        (Plan(hours=()), None, at(21, 9), None),
        (Plan(hours=(8, 16)), at(21, 8, 30), at(21, 9), at(21, 16, 9)),
        (Plan(hours=(8, 16)), at(21, 8), at(21, 9), at(21, 8, 9)),
        (Plan(hours=(8, 16)), at(21, 16, 30), at(21, 23), at(22, 8, 9)),
        (Plan(hours=(23,)), at(20, 20), at(21, 1), at(20, 23, 9)),
        (Plan(hours=(8,)), None, at(21, 7), at(20, 8, 9)),
        (Plan(hours=(8,)), at(29, 8), at(21, 9), at(22, 8, 9)),
    ],
)
def test_when_the_next_exchange_is_due(plan: Plan, last: datetime | None, now: datetime, due: datetime | None) -> None:
    assert next_due(plan, last, now, 0.2) == due


def test_pauses_grow_to_an_hour_and_are_never_all_alike() -> None:
    assert [pause_after(failures, 1) for failures in (1, 2, 3, 7, 8, 1_000)] == [30, 60, 120, 1_920, 3_600, 3_600]
    assert pause_after(3, 0) == 60


# -- addresses, certificates, the spool --------------------------------------------------------------------------------


def test_addresses() -> None:
    assert parse("https://ppt.kupangkab.go.id") == Address("ppt.kupangkab.go.id", 443)
    assert parse("https://10.0.0.7:8443/") == Address("10.0.0.7", 8443)
    assert parse("https://[2001:db8::1]:1") == Address("2001:db8::1", 1)
    for wrong in ("", "http://a", "https://a:0", "https://a:65536", "https://a/b", "https://a@b", "https://a b", "a:1"):
        with pytest.raises(AddressImpossible):
            parse(wrong)
    assert is_inbox("", "")
    assert is_inbox("https://a", "0" * 64)
    assert not any(
        is_inbox(*each) for each in (("https://a", ""), ("", "0" * 64), ("x", "0" * 64), ("https://a", "Z" * 64))
    )


def test_the_certificate_is_made_once_and_its_key_is_on_no_disk(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    stage = files.stage

    def seen(path: Path, content: bytes, *, private: bool = False) -> files.Staged:
        assert private
        written.append(content)
        return stage(path, content, private=private)

    monkeypatch.setattr(certificate, "stage", seen)
    before = {path.name for path in (desks.folder / "ppt").rglob("*")}
    pins = {make_ready(desks.ppt).pin, make_ready(desks.ppt).pin}
    assert {path.name for path in (desks.folder / "ppt").rglob("*")} == before
    with desks.ppt.work() as work:
        kept = certificate.own_certificate(work)
    assert pins == {kept.pin}
    for content in written:
        assert content.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
        assert b"-----BEGIN PRIVATE KEY" not in content
    assert len({content.split(b"CERTIFICATE")[0] for content in written}) == 2  # another passphrase each time


def test_a_port_that_is_taken_is_named(net: Network) -> None:
    with net.desks.ppt.work() as work:
        choose(work, Settings(HOST, net.inbox.port))
    ready = net.ppt.run(make_ready).result()
    with pytest.raises(PortTaken):
        Inbox(ready, net.ppt.run).start()


def test_a_panic_wipe_empties_the_spool(desks: Desks) -> None:
    (desks.folder / "village" / FOLDER).mkdir()
    (desks.folder / "village" / FOLDER / ("a" * 64)).write_bytes(b"sealed")
    wipe(desks.village, also_codes=False)
    assert not (desks.folder / "village" / FOLDER).exists()


def test_serve_takes_in_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """The command itself, over a store in whose spool something lies about."""
    with network(tmp_path) as net:
        net.village.run(resident).result()
        net.stop()
        net.ppt.end()
        net.desks.ppt.close()
        (net.spool / "left").write_bytes(b"?")
        reading, writing = os.pipe()
        os.write(writing, f"{PPT_PASSPHRASE}\n".encode())
        os.close(writing)
        words = ["--store", tmp_path / "ppt", "--passphrase-fd", reading, "--json", "ppt", "serve"]
        more = ["--host", HOST, "--port", 0, "--address", "https://ppt.example"]
        command = [sys.executable, "-m", "trafficwatch.cli", *map(str, words + more)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[reading], text=True
        ) as served:
            os.close(reading)
            assert served.stdout
            assert served.stderr
            assert json.loads(served.stdout.readline())["event"] == "started"
            said = json.loads(served.stdout.readline())
            assert (said["address"], said["pin"]) == ("https://ppt.example", net.ready.pin)
            net.reach(said["port"])
            assert net.exchange().phase is Phase.IDLE
            served.send_signal(signal.SIGTERM)
            events = [json.loads(line) for line in served.stdout]
            assert (events, served.stderr.read()) == (
                [
                    {"event": "taken", "code": "53.01.08.2008", "count": 4},
                    {"event": "stopped", "code": "", "count": 0},
                ],
                "",
            )
        assert served.returncode == 0
        assert set(deliveries(net.desks.village).values()) == {("received", "")}
        with net.desks.village.work() as work:
            row = work.connection.execute(local.peer.select().where(local.peer.c.side == Side.PPT.value)).one()
            assert row.address == "https://ppt.example"
        net.serve_again()
