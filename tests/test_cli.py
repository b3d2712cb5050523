# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line as scripts use it: every command, its document, its exit code; the passphrase is never echoed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import click
import pytest
from desks import NOELBAKI, cli, done, refused
from referral_tools import reader

from trafficwatch.cli import trafficwatch
from trafficwatch.resources import resource
from trafficwatch.screening.questionnaires import newest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMANDS = {
    *("store backup", "store backups", "store restore", "store check"),
    *("store escrow on", "store escrow off", "store escrow request", "ppt escrow"),
    *("store init", "store info", "store recover", "place", "directory", "doctor"),
    *("screen questions", "screen coverage", "screen evaluate", "screen xlsform", "screen check"),
    *("form", "demo", "gallery", "device key export", "enrol request", "enrol accept"),
    *("ppt init", "ppt pack", "ppt approve", "ppt reply", "ppt confirm", "ppt revoke", "ppt key export"),
    *("ppt questionnaire list", "ppt questionnaire publish", "ppt questionnaire replies"),
    *("bundle export", "bundle inspect", "bundle verify", "bundle import"),
    *("residents import", "residents export", "ppt serve", "ppt code"),
    *("partner introduce", "partner list", "partner pair", "partner part"),
}
"""Those of the interfaces, and place, directory, residents, escrow, partner, ppt reply, ppt confirm and ppt code."""


def commands(group: click.Group = trafficwatch, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name)


def test_every_command_is_known_here() -> None:
    assert {" ".join(path) for path in commands()} == COMMANDS


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    said = cli(*path, "--help")
    assert (said.code, said.err) == (0, "")
    usage, summary, *_ = said.out.split("\n\n")
    assert re.match(rf"Usage: .*trafficwatch {' '.join(path)} ", usage)
    assert summary.strip().endswith(".")
    assert cli(*path, "-h").out == said.out


@pytest.mark.parametrize(
    "words",
    [
        ("no-such-command",),
        ("--no-such-option",),
        ("--lang", "jv", "doctor"),
        ("screen",),
        ("screen", "evaluate"),
        ("form", "referral", "--out", "x.pdf"),
        ("form", "referral", "some-id", "--blank", "--out", "x.pdf"),
        ("form", "referral", "--blank", "--paper", "letter", "--out", "x.pdf"),
        ("form", "diary", "--blank", "--out", "x.pdf"),
        ("device", "key", "export"),
        ("bundle", "export", "--out", "no-such-folder"),
        ("ppt", "approve", "request.twe", "--out", "no-such-folder"),
        ("--passphrase-fd", "987", "store", "info"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = cli("--store", tmp_path, *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("Usage: ")
    assert list(tmp_path.iterdir()) == []


def test_a_passphrase_that_is_no_text_is_said_without_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "trafficwatch.cli", "--passphrase-fd", "0", "--store", str(tmp_path), "store"]
    ended = subprocess.run([*command, "info"], input=b"rahasia\xff\n", capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert b"UTF-8" in ended.stderr
    assert b"rahasia" not in ended.stderr
    assert b"Traceback" not in ended.stderr


# -- without a store ---------------------------------------------------------------------------------------------------


def test_places_are_found_by_typing() -> None:
    found = done(cli("--json", "place", "noelbaki"))["places"]
    assert found == [{"code": NOELBAKI[0], "path": NOELBAKI[1]}]
    assert cli("place", "noelbaki").out == f"{NOELBAKI[0]}  {NOELBAKI[1]}\n"
    assert done(cli("--json", "place", "tidak", "ada", "desa", "begini"))["places"] == []


def test_doctor_says_what_it_found(tmp_path: Path) -> None:
    said = cli("--json", "--store", tmp_path / "new", "doctor")
    assert {check["check"] for check in said.document["checks"]} == {"cipher", "resources", "rights", "space", "clock"}
    assert said.code == (0 if all(check["ok"] for check in said.document["checks"]) else 1)
    assert list(tmp_path.iterdir()) == []


def test_questions_and_their_coverage() -> None:
    document = done(cli("--json", "screen", "questions"))
    assert document["questionnaire"] == newest().ref
    assert {"code", "kind", "element", "text", "source", "groups"} <= document["entries"][0].keys()
    covered = done(cli("--json", "screen", "coverage"))
    assert {"labour", "sexual", "general", "terms", "child_forms", "places", "key_questions", "modus"} <= {
        each["list"] for each in covered["lists"]
    }
    assert all(item["codes"] for each in covered["lists"] for item in each["items"])
    assert (covered["missing"], covered["distinct"]) == ([], 51)
    table = cli("screen", "coverage").out
    assert "48/48" in table
    assert "tidak menyimpan uang, menyerahkannya" in next(line for line in table.splitlines() if "S-TUJ-2" in line)
    assert table.splitlines()[-1].startswith("Tidak ada yang kurang")
    assert "E-PRO-RECRUIT" in cli("screen", "questions").out
    refused(cli("--json", "screen", "questions", "--questionnaire", "screening@99"), "screening_unknown_questionnaire")


def evaluate(name: str) -> dict[str, Any]:
    return done(cli("--json", "screen", "evaluate", resource("practice", f"{name}.json")))


def test_the_harbour_worker_is_suspected() -> None:
    found = evaluate("worked-case")
    assert found.keys() == {
        *("track", "elements", "finding", "attempt", "forms", "lookalikes", "risk", "risk_by", "duties", "next"),
        *("explanation", "questionnaire", "rules", "reasons", "follows"),
    }
    assert (found["finding"], found["track"], found["forms"]) == ("suspected", "adult", ["labour"])
    states = {element: (result["state"], bool(result["by"])) for element, result in found["elements"].items()}
    assert states == dict.fromkeys(("proses", "cara", "tujuan"), ("stated", True))
    assert "E-PRO-RECRUIT" in found["elements"]["proses"]["by"]
    assert "E-CAR-DECEIT" in found["elements"]["cara"]["by"]
    assert "E-TUJ-LABOUR" in found["elements"]["tujuan"]["by"]
    assert "dugaan" in found["explanation"]["id"]
    assert "suspect" in found["explanation"]["en"]


def test_the_maid_is_not_suspected() -> None:
    found = evaluate("maid")
    assert found["finding"] != "suspected"
    assert "stated" not in {found["elements"][element]["state"] for element in ("cara", "tujuan")}
    assert "bukan korban" not in found["explanation"]["id"]


def test_everything_unknown_is_not_enough() -> None:
    found = evaluate("everything-unknown")
    assert (found["finding"], found["track"]) == ("not_enough_information", "age_unknown")
    assert {result["state"] for result in found["elements"].values()} == {"unknown"}


def test_answers_may_come_by_standard_input() -> None:
    command = [sys.executable, "-m", "trafficwatch.cli", "--json", "screen", "evaluate", "-"]
    content = resource("practice", "worked-case.json").read_bytes()
    ended = subprocess.run(command, input=content, capture_output=True, check=True)
    assert json.loads(ended.stdout) == evaluate("worked-case")
    spoiled = subprocess.run(command, input=content[:-9], capture_output=True, check=False)
    assert (spoiled.returncode, json.loads(spoiled.stdout)["error"]) == (1, "screening_not_json")


def test_the_explanation_is_the_answer_for_people(tmp_path: Path) -> None:
    file = resource("practice", "maid.json")
    document = evaluate("maid")
    for language in ("id", "en"):
        assert cli("--lang", language, "screen", "evaluate", file).out == f"{document['explanation'][language]}\n"
    missing = cli("screen", "evaluate", tmp_path / "none.json")
    assert (missing.code, missing.out) == (1, "")
    assert len(missing.err.splitlines()) == 3


@pytest.mark.parametrize("paper", ["a4", "f4"])
def test_a_blank_form_needs_no_store(tmp_path: Path, paper: str) -> None:
    out = tmp_path / "blank.pdf"
    document = done(cli("--json", "form", "referral", "--blank", "--paper", paper, "--out", out))
    assert document == {"form": "referral", "file": str(out)}
    width, height = {"a4": (210, 297), "f4": (215, 330)}[paper]
    box = reader(out.read_bytes()).pages[0].mediabox
    assert (round(float(box.width) * 25.4 / 72), round(float(box.height) * 25.4 / 72)) == (width, height)
