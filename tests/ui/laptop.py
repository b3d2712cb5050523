# SPDX-License-Identifier: GPL-3.0-or-later
"""A laptop: a home, a folder for temporary files and one desk in it, at which a typist works in a process of its own.

`telling` reads every file that was left, raw, in wide letters, in base64, and unpacked.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desks import Clock, reopened
from typist import WORD

from trafficwatch.models.fields import Side
from trafficwatch.store.vault import Keys
from trafficwatch.village.drafts import drafts

_LOWER = WORD.lower()
_SPELLINGS = [_LOWER.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be")]
_BASE64 = [
    base64.b64encode(b"\0" * shift + word.encode())[4 if shift else 0 : 16]
    for word in (WORD, _LOWER, WORD.upper())
    for shift in range(3)
]


# -- reading the disk --------------------------------------------------------------------------------------------------


def has_canary(content: bytes) -> bool:
    lowered = content.lower()
    return any(each in lowered for each in _SPELLINGS) or any(each in content for each in _BASE64)


def unpacked(content: bytes) -> Iterator[bytes]:
    """Whatever begins like something packed by zlib, as far as it goes."""
    position = content.find(b"\x78")
    while position >= 0:
        if content[position : position + 2] in {b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"}:
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(content[position : position + (1 << 20)], 1 << 22)
        position = content.find(b"\x78", position + 1)


def tells(path: Path) -> bool:
    content = path.read_bytes()
    return has_canary(path.name.encode()) or has_canary(content) or any(map(has_canary, unpacked(content)))


def telling(folder: Path) -> list[str]:
    """The files under a folder in which a canary is to be found."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [str(path.relative_to(folder)) for path in files if tells(path)]


# -- a laptop ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Laptop:
    """A home, its folder for temporary files, and one desk in it; `chosen` is where somebody saves a letter."""

    root: Path
    side: Side
    keys: Keys | None

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def store(self) -> Path:
        return self.home / "data"

    @property
    def chosen(self) -> Path:
        return self.root / f"{WORD}-chosen"

    def work(self, end: str, **job: Any) -> tuple[int, list[dict[str, Any]]]:
        """Let the typist work; what it told. Its log tells nothing."""
        folders = {name: self.home / name for name in ("tmp", "cache", "config", "share", "state", "run", "here")}
        for folder in (*folders.values(), self.chosen):
            folder.mkdir(parents=True, exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, (Path(__file__).parent, Path(__file__).parents[1], *sys.path))),
            "QT_QPA_PLATFORM": "offscreen",
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folders["tmp"])),
            "XDG_CACHE_HOME": str(folders["cache"]),
            "XDG_CONFIG_HOME": str(folders["config"]),
            "XDG_DATA_HOME": str(folders["share"]),
            "XDG_STATE_HOME": str(folders["state"]),
            "XDG_RUNTIME_DIR": str(folders["run"]),
        }
        settings = folders["config"] / "settings.json"
        places = {"folder": str(self.store), "settings": str(settings), "chosen": str(self.chosen)}
        whole = {"side": self.side, "end": end, **places, **job}
        (self.root / "job.json").write_text(json.dumps(whole), "utf-8")
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("typist.py")), str(self.root / "job.json")],
            env=environment,
            cwd=folders["here"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert not has_canary(done.stderr.encode()), "the log tells what was typed"
        assert "Traceback" not in done.stderr, done.stderr
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert [each["text"] for each in told if each["what"] == "bug"] == []
        return done.returncode, told

    def drafts(self) -> str:
        """All that is kept as drafts, in clear."""
        assert self.keys is not None
        store = reopened(self.store, self.keys, Clock())
        with store.work() as work:
            found = drafts(work)
        store.close()
        return json.dumps([draft.content for draft in found])


def laptop(founded: dict[str, tuple[Path, Keys]], root: Path, side: Side) -> Laptop:
    name = "village" if side is Side.VILLAGE else "ppt"
    made = Laptop(root, side, founded[name][1])
    shutil.copytree(founded[name][0], made.store)
    return made
