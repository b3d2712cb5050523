#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A developer's front door: `python3 dev.py run`, `python3 dev.py test`, also `lint` and `fix`.

Standard library only; Linux, macOS and Windows (`py dev.py ...`). Every verb does, in this order:

1. refuse a Python that the program does not support;
2. look for the system libraries and tools the verb needs; on Debian and Ubuntu install them where no question has to be
   asked (root, or sudo without a password), else print the one line that does it and stop;
3. make `.venv` with this interpreter, and install the versions of `constraints.txt` into it when that file,
   `pyproject.toml` or the interpreter changed; pip follows the user's own configuration;
4. do the job.

The exit code is the job's own; 1 when something is missing, 2 for wrong usage, 130 after Ctrl-C.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.sha256"
OLDEST, NEWEST = (3, 11), (3, 14)

USAGE = """\
python3 dev.py run [ARGS]    the practice village in a window, or into out/ without one; with ARGS: `trafficwatch ARGS`
python3 dev.py test [ARGS]   the tests; ARGS go to pytest
python3 dev.py lint          ruff check, ruff format --check, mypy
python3 dev.py fix           ruff check --fix, ruff format
"""


class Need(NamedTuple):
    """A shared library or a command, and the packages of Debian and Ubuntu that bring it."""

    name: str
    packages: str


# What PySide6 links to and a bare Debian or Ubuntu with Python lacks (ldd, then apt's own dependency closure).
QT = (
    Need("libEGL.so.1", "libegl1"),
    Need("libGL.so.1", "libgl1"),
    Need("libxkbcommon.so.0", "libxkbcommon0"),
    Need("libdbus-1.so.3", "libdbus-1-3"),
    Need("libfontconfig.so.1", "libfontconfig1"),
    Need("libglib-2.0.so.0", "libglib2.0-0"),
    Need("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
)
X11 = (
    Need("libxcb-cursor.so.0", "libxcb-cursor0"),
    Need("libxcb-icccm.so.4", "libxcb-icccm4"),
    Need("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Need("libxcb-randr.so.0", "libxcb-randr0"),
    Need("libxcb-shape.so.0", "libxcb-shape0"),
    Need("libxcb-shm.so.0", "libxcb-shm0"),
    Need("libxcb-sync.so.1", "libxcb-sync1"),
    Need("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    Need("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    Need("libX11-xcb.so.1", "libx11-xcb1"),
)
WAYLAND = (
    Need("libwayland-client.so.0", "libwayland-client0"),
    Need("libwayland-cursor.so.0", "libwayland-cursor0"),
    Need("libwayland-egl.so.1", "libwayland-egl1"),
)
# Programs that are not ours and must be able to read what ours writes.
TEST_TOOLS = (
    Need("ssh-keygen", "openssh-client"),
    Need("xz", "xz-utils"),
    Need("tar", "tar"),
    Need("pdftotext", "poppler-utils"),
    Need("pdftoppm", "poppler-utils"),
    Need("node", "nodejs npm"),
)
# What watches and hinders system calls in `tests/faults`; there is nothing like it elsewhere.
STRACE = Need("strace", "strace")


class CannotGoOnError(Exception):
    """Something is missing that this script may not or can't provide; the message says what to do."""


def say(text: str) -> None:
    print(f"dev.py: {text}", flush=True)


def call(command: Sequence[str | Path], **environment: str) -> int:
    """Run a program in the checkout and give its exit code (128 + n when signal n ended it)."""
    code = subprocess.run([*map(str, command)], cwd=ROOT, env={**os.environ, **environment}, check=False).returncode
    return code if code >= 0 else 128 - code


def unsupported(version: tuple[int, int]) -> str | None:
    """Why this Python can't be used, or None."""
    if OLDEST <= version <= NEWEST:
        return None
    this, oldest, newest = (".".join(map(str, one)) for one in (version, OLDEST, NEWEST))
    return f"TrafficWatch needs Python {oldest} to {newest}; this is {this}. Try `python{newest} dev.py ...`."


def has_display() -> bool:
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def is_present(need: Need) -> bool:
    if ".so" not in need.name:
        return shutil.which(need.name) is not None
    try:
        ctypes.CDLL(need.name)
    except OSError:
        return False
    return True


def needs_of(verb: str) -> list[Need]:
    """The libraries and tools that `verb` uses on this machine."""
    needs: list[Need] = []
    if sys.platform.startswith("linux") and verb in {"run", "test"}:
        needs += QT
        if verb == "run" and has_display():
            needs += WAYLAND if os.environ.get("WAYLAND_DISPLAY") else X11
    if verb == "test":
        needs += TEST_TOOLS
        needs += [STRACE] if sys.platform.startswith("linux") else []
    return needs


def apt_line(packages: Iterable[str], prefix: str = "sudo ") -> str:
    install = f"{prefix}apt-get install -y --no-install-recommends {' '.join(packages)}"
    return f"{prefix}apt-get update && {install}"


def silent_apt() -> list[str] | None:
    """How apt-get starts here without a question to the user, or None."""
    if sys.platform == "win32" or shutil.which("apt-get") is None:
        return None
    start = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    if os.geteuid() == 0:
        return start
    if (
        shutil.which("sudo") is None
        or subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode
    ):
        return None
    return ["sudo", "-n", *start]


def provide(missing: Sequence[Need]) -> None:
    """Install what is missing with apt, or say how to; elsewhere than on Linux only name it."""
    if not missing:
        return
    names = ", ".join(need.name for need in missing)
    if not sys.platform.startswith("linux"):
        say(f"not found: {names}; the tests that use it can't pass.")
        return
    packages = sorted({package for need in missing for package in need.packages.split()})
    apt = silent_apt()
    if apt:
        say(f"installing {' '.join(packages)} (for {names})")
        call([*apt, "-q", "update"])  # with old lists the install may still work
        if call([*apt, "-q", "install", "-y", "--no-install-recommends", *packages]) == 0:
            return
    how = "Then run this again. Elsewhere than on Debian and Ubuntu the packages have other names."
    raise CannotGoOnError(f"missing on this machine: {names}. Install with:\n\n  {apt_line(packages)}\n\n{how}")


def venv_program(name: str) -> Path:
    return VENV / "Scripts" / f"{name}.exe" if sys.platform == "win32" else VENV / "bin" / name


def fingerprint() -> str:
    """Changes with everything that decides what is installed in `.venv`."""
    digest = hashlib.sha256(repr((sys.version_info[:2], sys.platform)).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update(hashlib.sha256((ROOT / name).read_bytes()).digest())
    return digest.hexdigest()


def venv_version() -> tuple[int, int] | None:
    """The Python that `.venv` was made with, None when there is no usable one."""
    settings = VENV / "pyvenv.cfg"
    if not settings.is_file() or not venv_program("python").exists():
        return None
    found = re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)", settings.read_text("utf-8"), re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else None


def make_venv() -> None:
    if Path(sys.prefix).resolve() == VENV:
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        provide([Need("the Python modules venv and ensurepip", "python{}.{}-venv".format(*sys.version_info[:2]))])
    say("making .venv with Python {}.{}".format(*sys.version_info[:2]))
    fresh = ["--clear"] if VENV.exists() and venv_version() != sys.version_info[:2] else []
    if call([sys.executable, "-m", "venv", *fresh, VENV]):
        raise CannotGoOnError("could not make .venv; what Python said stands above.")


def prepare() -> None:
    """Bring `.venv` to the state that `pyproject.toml` and `constraints.txt` ask for; usually nothing to do."""
    wanted = fingerprint()
    is_current = venv_version() == sys.version_info[:2] and STAMP.is_file() and STAMP.read_text("utf-8") == wanted
    if is_current:
        return
    STAMP.unlink(missing_ok=True)
    make_venv()
    say("installing the pinned packages (a few minutes the first time)")
    install = ["-m", "pip", "install", "--disable-pip-version-check", "-q", "-e", ".[ppt,dev]", "-c", "constraints.txt"]
    if call([venv_program("python"), *install]):
        raise CannotGoOnError("could not install the packages; what pip said stands above.")
    STAMP.write_text(wanted, "utf-8")


def run(arguments: Sequence[str]) -> int:
    program = venv_program("trafficwatch")
    if has_display():
        return call([program, *(arguments or ["--store", "practice-desk", "--practice"])])
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    if arguments:
        return call([program, *arguments], **offscreen)
    say("no display: doing the whole main job on the practice village without a window; look into out/")
    code = call([program, "demo", "--out", "out"], **offscreen)
    if code:
        return code
    say("drawing every page of both desks into out/gallery/ (a few minutes)")
    return call([program, "gallery", "--out", "out/gallery"], **offscreen)


def tools(*commands: Sequence[str]) -> int:
    """Run all of them, whatever the earlier ones said; the worst exit code."""
    return max(call([venv_program("python"), "-m", *command]) for command in commands)


def do(verb: str, arguments: Sequence[str]) -> int:
    if verb == "run":
        return run(arguments)
    if verb == "test":
        whole = [] if arguments else ["-n", "auto", "--dist", "loadfile"]  # a part is quicker without other processes
        return call([venv_program("python"), "-m", "pytest", *whole, *arguments], QT_QPA_PLATFORM="offscreen")
    if verb == "lint":
        return tools(["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    return tools(["ruff", "check", "--fix", "."], ["ruff", "format", "."])


def main(argv: Sequence[str]) -> int:
    verb, arguments = (argv[0], argv[1:]) if argv else ("", [])
    if verb in {"-h", "--help"}:
        print(USAGE, end="")
        return 0
    if verb not in {"run", "test", "lint", "fix"} or (arguments and verb in {"lint", "fix"}):
        print(USAGE, end="", file=sys.stderr)
        return 2
    try:
        problem = unsupported(sys.version_info[:2])
        if problem:
            raise CannotGoOnError(problem)
        provide([need for need in needs_of(verb) if not is_present(need)])
        prepare()
        return do(verb, arguments)
    except CannotGoOnError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
