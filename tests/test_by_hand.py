# SPDX-License-Identifier: GPL-3.0-or-later
"""A third party's script (`interop/by_hand.sh`: age-encryption, tar, xz, ssh-keygen alone) opens our bundles and makes
one that the PPT takes in and answers, as docs/bundle.md says.
"""

from __future__ import annotations

import json
import subprocess
import uuid
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from desks import PPT, Desks, enrolled
from golden.bundle_set import HERE as GOLDEN
from golden.bundle_set import keys_of
from interop_tools import age_reference, run, tool

from trafficwatch.models.exchange import Delivery, Peer, PeerStatus
from trafficwatch.models.fields import Side
from trafficwatch.models.people import Person
from trafficwatch.sync import outgoing, sshsig
from trafficwatch.sync.bundle import NAMESPACE
from trafficwatch.sync.devices import own_keys, save_peer
from trafficwatch.sync.importing import take_in

SCRIPT = Path(__file__).parent / "interop/by_hand.sh"
VILLAGE = "53.01.08.2001"
DEVICE = "00000000000000aa"


def by_hand(*words: object) -> bytes:
    return run(tool("bash"), str(SCRIPT), *map(str, words))


@dataclass(frozen=True)
class ThirdParty:
    """Keys made by ssh-keygen and age-encryption, and a folder."""

    folder: Path
    identity: Path
    ssh_key: Path
    recipient: str

    @property
    def signing_key(self) -> bytes:
        blob = b64decode(self.ssh_key.with_suffix(".pub").read_text("utf-8").split()[1])
        return blob[-32:]

    def peer(self) -> Peer:
        known = (self.signing_key, self.recipient, PeerStatus.ACTIVE, False)
        return Peer(DEVICE, Side.VILLAGE, VILLAGE, "Tarus", *known)


@pytest.fixture
def third(tmp_path: Path) -> ThirdParty:
    identity, recipient = age_reference().new_key_pair()
    (tmp_path / "third.key").write_text(identity + "\n", "utf-8")
    run(tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", "third", "-f", str(tmp_path / "third_ed25519"))
    return ThirdParty(tmp_path, tmp_path / "third.key", tmp_path / "third_ed25519", recipient)


@pytest.mark.parametrize("made_by", sorted(path.name for path in GOLDEN.iterdir()))
def test_bundles_of_every_format_are_opened_by_hand(made_by: str, tmp_path: Path) -> None:
    age_reference()
    keys, expected = keys_of(GOLDEN / made_by), json.loads((GOLDEN / made_by / "expected.json").read_text("utf-8"))
    sender, receiver = keys["village"], keys["ppt"]
    (tmp_path / "ppt.key").write_text(receiver.identity + "\n", "utf-8")
    line = sshsig.allowed_signers_line(f"{sender.code}/{sender.id}", sender.signing_key, NAMESPACE)
    (tmp_path / "signers").write_text(line + "\n", "utf-8")
    report = GOLDEN / made_by / "report.twb"
    said = by_hand("open", report, tmp_path / "ppt.key", tmp_path / "signers", tmp_path / "out").decode()
    assert f'Good "{NAMESPACE}" signature for {sender.code}/{sender.id}' in said
    assert "records.jsonl.xz: OK" in said
    text = (tmp_path / "out/records.jsonl").read_text("utf-8")
    assert [json.loads(found) for found in text.splitlines()] == expected["report.twb"]["lines"]


def test_a_bundle_of_somebody_else_is_not_opened_as_the_villages(tmp_path: Path) -> None:
    age_reference()
    keys = keys_of(GOLDEN / "1.0")
    (tmp_path / "ppt.key").write_text(keys["ppt"].identity + "\n", "utf-8")
    line = sshsig.allowed_signers_line("53.01.08.2008/x", keys["ppt"].signing_key, NAMESPACE)
    (tmp_path / "signers").write_text(line + "\n", "utf-8")
    with pytest.raises(subprocess.SubprocessError):
        by_hand("open", GOLDEN / "1.0/report.twb", tmp_path / "ppt.key", tmp_path / "signers", tmp_path / "out")


def lines_of(person: str) -> list[dict[str, Any]]:
    """A tally and a resident who shares the card, written down as docs/bundle.md says."""
    at = {"home": VILLAGE, "stamp": [1, DEVICE], "context": {DEVICE: 1}}
    consent = {"person_id": person, "scopes/share_card": "agreed", "given_on": "2026-11-20", "method": "thumbprint"}
    return [
        {"type": "person", "id": person, **at, "fields": {"name": "Yohanis Bere", "a_field_of_theirs": [1]}},
        {"type": "consent", "id": str(uuid.UUID(int=2, version=4)), **at, "fields": consent},
    ]


def made(third: ThirdParty, desks: Desks, lines: list[dict[str, Any]]) -> Path:
    with desks.ppt.work() as work:
        ppt = own_keys(work)
    records, head, recipients = (third.folder / name for name in ("records.jsonl", "head.json", "ppt.recipient"))
    records.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    recipients.write_text(ppt.recipient + "\n", "utf-8")
    hashed = run(tool("sha256sum"), stdin=ppt.recipient.encode()).decode().split()[0]
    fingerprint = run(tool("ssh-keygen"), "-l", "-f", str(third.ssh_key.with_suffix(".pub"))).decode().split()[1]
    said = {
        "format": [1, 1],
        "bundle": str(uuid.UUID(int=1, version=4)),
        "kind": "report",
        "practice": False,
        "sender": {"side": "village", "code": VILLAGE, "device": DEVICE, "key": fingerprint},
        "recipients": [hashed],
        "epoch": "0123456789abcdef",
        "parent": "",
        "number": 1,
        "previous": "",
        "created_at": "2026-11-21T01:00:00+00:00",
        "journal_head": "",
    }
    head.write_text(json.dumps(said), "utf-8")
    bundle = desks.stick / "third.twb"
    by_hand("make", records, recipients, third.ssh_key, head, bundle)
    return bundle


def test_a_bundle_made_by_hand_is_taken_in_and_answered(third: ThirdParty, tmp_path: Path) -> None:
    person = str(uuid.UUID(int=7, version=4))
    (tmp_path / "desks").mkdir()
    with enrolled(tmp_path / "desks") as desks:
        with desks.ppt.work() as work:
            save_peer(work, third.peer())
        bundle = made(third, desks, lines_of(person))
        done = take_in(desks.ppt, bundle)
        assert {(result.type, result.state, result.reason) for result in done.results} == {
            ("person", Delivery.RECEIVED, ""),
            ("consent", Delivery.RECEIVED, ""),
        }
        with desks.ppt.work() as work:
            assert work.records.get(Person, person).name == "Yohanis Bere"
            ppt = own_keys(work)
        receipt = outgoing.write_answer(desks.ppt, done.receipt or "", desks.stick)
        line = sshsig.allowed_signers_line(f"{PPT[0]}/{ppt.device}", ppt.signing_key, NAMESPACE)
        (tmp_path / "ppt.signers").write_text(line + "\n", "utf-8")
        by_hand("open", receipt, third.identity, tmp_path / "ppt.signers", tmp_path / "receipt")
    lines = [json.loads(text) for text in (tmp_path / "receipt/records.jsonl").read_text("utf-8").splitlines()]
    head, *results = lines
    assert (head["type"], head["number"], head["bundle"]) == ("receipt", 1, str(uuid.UUID(int=1, version=4)))
    assert {(each["of"], each["state"]) for each in results} == {("person", "received"), ("consent", "received")}
