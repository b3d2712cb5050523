# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle opened by other people's programs alone: age-encryption, tar, ssh-keygen, xz (docs/bundle.md, last part)."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from desks import NOELBAKI, PPT_PASSPHRASE, VILLAGE_PASSPHRASE, cli, enrolled, shared_case
from interop_tools import age_reference, run, tool

if TYPE_CHECKING:
    from pathlib import Path

NAMESPACE = "trafficwatch-bundle"
MEMBERS = ["manifest.json", "manifest.sig", "records.jsonl.xz", "padding"]


@dataclass(frozen=True)
class ByHand:
    """What somebody holds who has the key files and no program of ours; `folder` holds the unpacked members."""

    folder: Path
    archive: Path
    signers: Path
    bundle: Path
    identity: Path
    person: str

    def member(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.member("manifest.json"))
        return found

    @property
    def principal(self) -> str:
        return f"{NOELBAKI[0]}/{self.manifest['sender']['device']}"

    def verify(self, content: bytes, *, principal: str | None = None, namespace: str = NAMESPACE) -> bytes:
        words = ("-f", str(self.signers), "-I", principal or self.principal, "-n", namespace)
        signature = ("-s", str(self.folder / "manifest.sig"))
        return run(tool("ssh-keygen"), "-Y", "verify", *words, *signature, stdin=content)


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> ByHand:
    """A report that left a village, opened with the key that `ppt key export` wrote."""
    folder = tmp_path_factory.mktemp("by-hand")
    with enrolled(folder) as desks:
        person = shared_case(desks.village)
        [bundle] = desks.send()
    identity, signers, archive = folder / "ppt.key", folder / "signers", folder / "report.tar"
    leaving = ("ppt", "key", "export", "--reason", "Uji buka dengan tangan", "--out", identity)
    assert cli("--store", folder / "ppt", *leaving, passphrase=PPT_PASSPHRASE).code == 0
    line = ("device", "key", "export", "--allowed-signers")
    signers.write_text(cli("--store", folder / "village", *line, passphrase=VILLAGE_PASSPHRASE).out)
    archive.write_bytes(age_reference().open(bundle, identity))
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    run(tool("tar"), "xf", str(archive), folder=unpacked)
    return ByHand(unpacked, archive, signers, bundle, identity, person)


def test_nothing_shows_from_outside(by_hand: ByHand) -> None:
    head, _, _ = by_hand.bundle.read_bytes().partition(b"\n--- ")
    lines = head.decode("ascii").splitlines()
    assert lines[0] == "age-encryption.org/v1"
    assert [line.split()[:2] for line in lines if line.startswith("->")] == [["->", "mlkem768x25519"]]


def test_tar_lists_the_members_in_order(by_hand: ByHand) -> None:
    assert run(tool("tar"), "tf", str(by_hand.archive)).decode().split() == MEMBERS
    listed = run(tool("tar"), "tvf", str(by_hand.archive), "--numeric-owner", "--utc").decode().splitlines()
    assert {(line.split()[0], line.split()[1], line.split()[3]) for line in listed} == {
        ("-rw-r--r--", "0/0", "1970-01-01")
    }


def test_ssh_keygen_accepts_the_manifest(by_hand: ByHand) -> None:
    said = by_hand.verify(by_hand.member("manifest.json")).decode()
    assert said.startswith(f'Good "{NAMESPACE}" signature for {by_hand.principal} with ED25519 key SHA256:')
    assert said.split()[-1] == by_hand.manifest["sender"]["key"]


def test_ssh_keygen_refuses_anything_else(by_hand: ByHand) -> None:
    content = by_hand.member("manifest.json")
    refused: list[tuple[bytes, dict[str, str]]] = [
        (content.replace(b'"number":1', b'"number":2'), {}),
        (content, {"principal": f"{NOELBAKI[0]}/0000000000000000"}),
        (content, {"namespace": "trafficwatch-enrolment"}),
    ]
    for spoiled, how in refused:
        with pytest.raises(subprocess.SubprocessError):
            by_hand.verify(spoiled, **how)


def test_the_members_are_those_of_the_manifest(by_hand: ByHand) -> None:
    listed = {member["name"]: (member["bytes"], member["sha256"]) for member in by_hand.manifest["members"]}
    assert list(listed) == MEMBERS[2:]
    for name, (size, digest) in listed.items():
        assert len(by_hand.member(name)) == size
        assert run(tool("sha256sum"), name, folder=by_hand.folder).decode().split() == [digest, name]
    assert set(by_hand.member("padding")) <= {0}


def test_xz_gives_json_lines(by_hand: ByHand) -> None:
    plain = run(tool("xz"), "-d", "-c", "records.jsonl.xz", folder=by_hand.folder)
    manifest, lines = by_hand.manifest, [json.loads(line) for line in plain.splitlines()]
    assert (manifest["kind"], manifest["format"], manifest["number"]) == ("report", [1, 1], 1)
    assert (manifest["records"], manifest["unpacked"]) == (len(lines), len(plain))
    assert plain.endswith(b"\n")
    [person] = [line for line in lines if line["type"] == "person"]
    assert (person["id"], person["home"], person["fields"]["name"]) == (by_hand.person, NOELBAKI[0], "Yohanis Bere")
    assert {"screening", "consent", "referral"} <= {line["type"] for line in lines}


def test_another_identity_opens_nothing(by_hand: ByHand, tmp_path: Path) -> None:
    age = age_reference()
    other = tmp_path / "other.key"
    other.write_text(age.new_key_pair()[0])
    with pytest.raises(subprocess.SubprocessError):
        age.open(by_hand.bundle, other)
