# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's programs for the tests: age's reference implementation, its test vectors, ssh-keygen, tar, and a
second reader for the store.

A missing program skips the test and says which; with CI=true it fails, so that CI can't be green without them.
`age_reference()` installs the pinned packages of `tests/interop/package.json` beside it, once; `second_reader()` those
of `tests/interop/requirements.txt` into an environment of their own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
import zlib
from base64 import b64decode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

_FOLDER = Path(__file__).parent / "interop"


@dataclass(frozen=True, slots=True)
class Vector:
    """One C2SP test vector for age; `payload_sha256` and `file_key` are None where the vector has none."""

    name: str
    expect: str
    armored: bool
    identities: tuple[str, ...]
    file_key: bytes | None
    payload_sha256: str | None
    content: bytes

    def is_payload(self, plaintext: bytes) -> bool:
        return hashlib.sha256(plaintext).hexdigest() == self.payload_sha256


class AgeReference:
    """npm `age-encryption`, run as a program."""

    def open(self, bundle: Path, identities: Path) -> bytes:
        return run(tool("node"), "age_open.mjs", str(bundle), str(identities), folder=_FOLDER)

    def seal(self, plaintext: Path, recipients: Path) -> bytes:
        return run(tool("node"), "age_seal.mjs", str(plaintext), str(recipients), folder=_FOLDER)

    def new_key_pair(self) -> tuple[str, str]:
        """(identity, recipient) as text."""
        identity, recipient = run(tool("node"), "age_recipient.mjs", folder=_FOLDER).decode().split()
        return identity, recipient

    def vectors(self) -> dict[str, Vector]:
        encoded = json.loads(run(tool("node"), "age_vectors.mjs", folder=_FOLDER))
        return {name: _parse_vector(name, b64decode(content)) for name, content in encoded.items()}


def age_reference() -> AgeReference:
    """The installed reference; skips without node, npm or packages (fails with CI=true)."""
    problem = _install(tool("npm"))
    if problem is not None:
        _missing(problem)
    return AgeReference()


@cache
def _install(npm: str) -> str | None:
    """Why the pinned packages are not there, or None; tried once."""
    wanted: dict[str, str] = json.loads((_FOLDER / "package.json").read_text("utf-8"))["dependencies"]
    if all(_installed_version(package) == version for package, version in wanted.items()):
        return None
    options = ("--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
    try:
        run(npm, "install", *options, folder=_FOLDER, seconds=300)
    except subprocess.SubprocessError as error:
        return f"the packages of tests/interop could not be installed: {error}"
    return None


def second_reader() -> tuple[str, str]:
    """The command, without the store's path, that reads a store without our libraries."""
    problem = _install_reader()
    if problem is not None:
        _missing(problem)
    return str(_reader_python()), str(_FOLDER / "second_reader.py")


@cache
def _install_reader() -> str | None:
    """Why the second reader is not there, or None; tried once."""
    pins = _FOLDER / "requirements.txt"
    installed = _FOLDER / ".venv/installed.txt"
    if _reader_python().exists() and installed.is_file() and installed.read_bytes() == pins.read_bytes():
        return None
    venv.create(_FOLDER / ".venv", with_pip=True, clear=True)
    options = ("--quiet", "--disable-pip-version-check", "--only-binary=:all:")
    try:
        run(str(_reader_python()), "-m", "pip", "install", *options, "-r", str(pins), seconds=300)
    except subprocess.SubprocessError as error:
        return f"the packages of tests/interop could not be installed: {error}"
    installed.write_bytes(pins.read_bytes())
    return None


def _reader_python() -> Path:
    return _FOLDER / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def tool(name: str) -> str:
    """Path of a program; skips without it (fails with CI=true)."""
    return shutil.which(name) or _missing(f"this test needs the program {name}")


def run(*command: str, folder: Path | None = None, stdin: bytes = b"", seconds: int = 60) -> bytes:
    """Standard output of a program that must succeed; what it said instead is part of the error."""
    result = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, timeout=seconds, check=False)
    if result.returncode != 0:
        said = result.stderr.decode("utf-8", "replace").strip()
        raise subprocess.SubprocessError(f"{Path(command[0]).name} ended with {result.returncode}: {said}")
    return result.stdout


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _installed_version(package: str) -> str | None:
    manifest = _FOLDER / "node_modules" / package / "package.json"
    return json.loads(manifest.read_text("utf-8"))["version"] if manifest.is_file() else None


def _parse_vector(name: str, raw: bytes) -> Vector:
    head, _, content = raw.partition(b"\n\n")
    pairs = [line.split(": ", 1) for line in head.decode("utf-8").splitlines()]
    values = dict(pairs)
    unknown = values.keys() - {
        *("expect", "payload", "identity", "passphrase", "armored", "file key", "comment", "compressed"),
    }
    assert not unknown, f"vector {name} has keys that this reader does not know: {unknown}"
    return Vector(
        name=name,
        expect=values["expect"],
        armored=values.get("armored") == "yes",
        identities=tuple(value for key, value in pairs if key == "identity"),
        file_key=bytes.fromhex(values["file key"]) if "file key" in values else None,
        payload_sha256=values.get("payload"),
        content=zlib.decompress(content) if values.get("compressed") == "zlib" else content,
    )
