# SPDX-License-Identifier: GPL-3.0-or-later
"""Strangers at the inbox, and a village that meets a stranger: nothing gets in, nothing gets out, nothing is told."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPSConnection
from typing import TYPE_CHECKING, Any

import pytest
import sync_tools
from desks import deliveries, dump, resident, shared_case
from network_tools import HOST, Network, network

from trafficwatch.models.exchange import PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.tables import local
from trafficwatch.sync import bundle, enrolling
from trafficwatch.sync.devices import own_ppt, set_status
from trafficwatch.sync.network import certificate, sending
from trafficwatch.sync.network.errors import CertificateWrong, InboxRefused
from trafficwatch.sync.network.exchanger import Phase
from trafficwatch.sync.network.line import Line
from trafficwatch.sync.network.spool import Quota

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def _standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("standing")) as found:
        yield found


@pytest.fixture
def standing(_standing: Network) -> Network:
    """One network for all who leave nothing behind, which they show."""
    _standing.events.clear()
    return _standing


def line(net: Network, port: int = 0) -> Line:
    return Line(f"https://{HOST}:{port or net.inbox.port}", net.ready.pin)


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def honest(net: Network) -> tuple[str, bytes]:
    """The sealed bundle that this village would send, and its name."""
    [sealed] = net.village.run(sending.prepare).result().sealed
    return sealed.sha256, sealed.path.read_bytes()


def send(net: Network, content: bytes, name: str = "") -> None:
    """Upload and ask for the answers, as an exchanger does; raises what the inbox says."""
    name = name or name_of(content)
    with line(net) as opened:
        opened.append(name, 0, len(content), content)
        opened.answers(name, "receipt")


def recipient(net: Network) -> str:
    def read(store: Any) -> str:
        with store.work() as work:
            return own_ppt(work).recipient

    return net.village.run(read).result()


def stays_out(net: Network, content: bytes) -> None:
    """The inbox refuses it, nothing of it stays, and the PPT's store is what it was."""
    before = net.ppt.run(dump).result()
    with pytest.raises(InboxRefused):
        send(net, content)
    assert net.ppt.run(dump).result() == before
    assert list(net.spool.iterdir()) == []
    assert set(net.kinds()) == {"refused"}


def test_a_bundle_of_a_stranger_who_knows_the_ppt(standing: Network) -> None:
    stranger = sync_tools.device("stranger")
    ppt = sync_tools.device("ppt", Side.PPT, "53.01")
    archive, _ = sync_tools.packed(stranger, ppt, [])
    stays_out(standing, bundle.seal(archive, [recipient(standing)]))


def test_a_bundle_of_a_revoked_device(net: Network) -> None:
    _, content = honest(net)

    def revoke(store: Any) -> None:
        with store.work() as work:
            [device] = work.connection.scalars(local.peer.select().where(local.peer.c.side == "village"))
            set_status(work, device, PeerStatus.REVOKED)

    net.ppt.run(revoke).result()
    stays_out(net, content)


def test_a_bundle_for_another_ppt_ends_with_its_first_bytes(standing: Network) -> None:
    other = sync_tools.device("other ppt", Side.PPT, "53.02")
    content = bundle.seal(bytes(3_000_000), [other.recipient])
    with line(standing) as opened, pytest.raises(InboxRefused):
        opened.append(name_of(content), 0, len(content), content[:4_096])
    assert list(standing.spool.iterdir()) == []
    with line(standing) as opened, pytest.raises(InboxRefused):  # and is not looked at again
        opened.append(name_of(content), 0, len(content), content[:100])


def test_garbage(standing: Network) -> None:
    for content in (b"x", bytes(5_000), b"age-encryption.org/v1\n" + bytes(70_000)):
        stays_out(standing, content)


def test_garbage_behind_a_header_for_this_ppt(standing: Network) -> None:
    stays_out(standing, bundle.seal(b"no archive" * 1_000, [recipient(standing)]))


def test_bytes_that_are_not_what_they_are_called_are_asked_for_again(net: Network) -> None:
    name, content = honest(net)
    damaged = content[:-1] + bytes([content[-1] ^ 1])
    with line(net) as opened:
        assert opened.append(name, 0, len(content), damaged) == (0, False)
        assert opened.append(name, 0, len(content), content) == (len(content), True)


def test_wrong_offsets_write_nothing(net: Network) -> None:
    name, content = honest(net)
    with line(net) as opened:
        assert opened.append(name, 0, len(content), content[:5_000]) == (5_000, False)
        for offset in (0, 4_999, 5_001):
            assert opened.append(name, offset, len(content), content[offset : offset + 100]) == (5_000, False)
        assert opened.append(name, 5_000, len(content), content[5_000:]) == (len(content), True)
        assert opened.append(name, 0, len(content), content) == (len(content), True)
        assert len(opened.answers(name, "receipt") or ()) == 1


def test_impossible_headers(standing: Network) -> None:
    for offset, length in (
        ("-1", "9"),
        ("0", "32000001"),
        ("0", "1"),
        ("0", ""),
        ("", "9"),
        ("0", "9" * 30),
        ("¹", "9"),
    ):
        said = {"Upload-Offset": offset.encode(), "Upload-Length": length.encode()}
        assert ask(standing, "PATCH", f"/v1/bundles/{'a' * 64}", said, b"xyz") == STRANGER
    assert list(standing.spool.iterdir()) == []


STRANGER = (403, b"", {"content-length": "0", "connection": "close"})


def ask(
    net: Network, method: str, path: str, headers: Any = None, body: bytes = b""
) -> tuple[int, bytes, dict[str, str]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = HTTPSConnection(HOST, net.inbox.port, context=context, timeout=20)
    connection.request(method, path, body or None, headers or {})
    said = connection.getresponse()
    found = said.status, said.read(), {key.lower(): value for key, value in said.getheaders()}
    connection.close()
    return found


def test_strangers_hear_one_answer(standing: Network) -> None:
    name = "0" * 64
    asked = [
        ("GET", "/"),
        ("POST", "/v1/bundles"),
        ("GET", "/v1/bundles/../../vault.json"),
        ("GET", f"/v1/bundles/{name}/receipt/..%2f..%2f..%2fvault.json"),
        ("GET", f"/v1/bundles/{name}/receipt/bundle"),
        ("GET", f"/v1/bundles/{name}/bundle"),
        ("PUT", f"/v1/bundles/{name}"),
        ("PATCH", f"/v1/bundles/{name}"),
        ("GET", f"/v1/bundles/{name[:-1]}/receipt"),
        ("GET", "/docs"),
    ]
    assert {each: ask(standing, *each) for each in asked} == dict.fromkeys(asked, STRANGER)
    assert ask(standing, "GET", f"/v1/bundles/{name}/receipt")[:2] == (409, b"")


def test_a_bundle_sent_again_gets_the_same_receipt_and_changes_nothing(net: Network) -> None:
    net.village.run(resident).result()
    name, content = honest(net)
    net.exchange()
    before = net.ppt.run(dump).result()
    with line(net) as opened:
        opened.append(name, 0, len(content), content)
        [receipt] = opened.answers(name, "receipt") or ()
    assert net.ppt.run(dump).result() == before
    assert net.kinds() == ["taken", "again"]
    assert receipt.bundle in {row[0] for row in net.rows(net.ppt, "bundle_out")}
    assert net.village.run(lambda store: sending.wanted(store, (receipt.bundle,))).result() == frozenset()


def test_two_clients_at_once_with_the_same_bundle(net: Network) -> None:
    net.village.run(shared_case).result()
    name, content = honest(net)
    start = threading.Barrier(2)

    def client(_: int) -> str:
        start.wait(10)
        with line(net) as opened:
            held, is_done = opened.held(name, len(content))
            while not is_done:
                piece = content[held : held + 500]
                held, is_done = (
                    opened.append(name, held, len(content), piece) if piece else opened.held(name, len(content))
                )
            found = None
            while found is None:
                found = opened.answers(name, "receipt")
        return found[0].sha256

    with ThreadPoolExecutor(2) as clients:
        receipts = set(clients.map(client, range(2)))
    assert len(receipts) == 1
    assert len(net.rows(net.ppt, "bundle_in")) == 1


def test_a_full_spool_sends_villages_away_until_there_is_room(tmp_path: Path) -> None:
    with network(tmp_path, quota=Quota(entries=1)) as net:
        with line(net) as opened:
            opened.append("b" * 64, 0, 5_000, b"age")
        exchanger = net.exchanger(wait=lambda seconds: exchanger.cancel())
        exchanger.exchange()
        assert (exchanger.status.phase, exchanger.status.error.key) == (Phase.WAITING, "inbox_busy")
        assert exchanger.status.sent == 0
        (net.spool / ("b" * 64)).rename(tmp_path / "gone")
        assert net.exchange().phase is Phase.IDLE


def test_another_certificate_hears_nothing(net: Network) -> None:
    """Somebody else answers at the PPT's address: not one byte of HTTP goes there."""
    heard: list[bytes] = []
    context = certificate.server_context(certificate.make(), net.desks.folder)
    with socket.create_server((HOST, 0)) as listening:

        def answer() -> None:
            guest, _ = listening.accept()
            with context.wrap_socket(guest, server_side=True) as opened:
                heard.append(opened.recv(1_000))

        thread = threading.Thread(target=answer)
        thread.start()
        net.village.run(resident).result()
        net.reach(listening.getsockname()[1])
        exchanger = net.exchanger(wait=lambda _: exchanger.cancel())
        exchanger.exchange()
        thread.join(10)
    assert heard == [b""]
    assert isinstance(exchanger.status.error, CertificateWrong)
    assert set(deliveries(net.desks.village).values()) == {("in_bundle", "")}


@pytest.mark.parametrize("year", [1999, pytest.param(2199, marks=pytest.mark.long)])
def test_a_clock_off_by_years_does_no_harm(tmp_path: Path, year: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The village's clock is wrong, and by this computer's the certificate is not valid yet, or no more."""
    valid = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC)
    monkeypatch.setattr(certificate, "_FROM", valid[0])
    monkeypatch.setattr(certificate, "_UNTIL", valid[1])
    with network(tmp_path) as net:
        net.desks.clock.now = datetime(year, 6, 1, tzinfo=UTC)
        net.village.run(resident).result()
        assert net.exchange().phase is Phase.IDLE
        assert set(deliveries(net.desks.village).values()) == {("received", "")}


def test_a_village_that_is_revoked_meanwhile_hears_no_and_keeps_its_records(net: Network) -> None:
    net.village.run(resident).result()
    [device] = {row[0] for row in net.rows(net.ppt, "peer") if row[1] == "village"}
    net.ppt.run(lambda store: enrolling.revoke(store, device, net.desks.stick, "hilang")).result()
    found = net.exchange()
    assert (found.phase, found.error.key if found.error else "") == (Phase.REFUSED, "inbox_refused")
    assert set(deliveries(net.desks.village).values()) == {("in_bundle", "")}
    assert list(net.own_spool.iterdir()) == []


def test_an_answer_that_was_changed_on_the_way_is_not_taken_in(net: Network) -> None:
    """Even the inbox itself can only give what its PPT has signed."""
    net.village.run(resident).result()
    name, content = honest(net)
    with line(net) as opened:
        opened.append(name, 0, len(content), content)
        opened.answers(name, "waiting")
    for file in (net.spool / name / "waiting").iterdir():
        changed = bytearray(file.read_bytes())
        changed[-1] ^= 1
        file.write_bytes(changed)
    exchanger = net.exchanger(wait=lambda _: exchanger.cancel())
    exchanger.exchange()
    assert exchanger.status.error.key == "inbox_unexpected"
    assert set(deliveries(net.desks.village).values()) == {("in_bundle", "")}


def test_made_by_us(net: Network) -> None:
    """The control of these tests: what the helpers here send is taken in when it is honest."""
    send(net, honest(net)[1])
    assert net.kinds() == ["taken"]
