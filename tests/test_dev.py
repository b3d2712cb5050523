# SPDX-License-Identifier: GPL-3.0-or-later
"""The front door: what `dev.py` refuses, looks for, installs and starts; and what `.ci/run` runs.

Programs are not started: `call` is replaced by a list of what would have been started (the edge to the system).
"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system libraries are looked for on Linux")


class Machine:
    """A checkout of its own with a loaded `dev.py` that writes down what it would start."""

    def __init__(self, folder: Path, dev: ModuleType) -> None:
        self.folder, self.dev = folder, dev
        self.started: list[tuple[str, ...]] = []
        self.environment: dict[str, str] = {}
        self.codes: dict[str, int] = {}

    def call(self, command: list[str | Path], **environment: str) -> int:
        words = tuple(str(word).replace(f"{self.folder}{os.sep}", "") for word in command)
        self.started.append(words)
        self.environment = environment
        if "venv" in words:
            self.make_venv()
        return next((code for word, code in self.codes.items() if word in words), 0)

    def make_venv(self) -> None:
        python = self.folder / PYTHON
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()
        version = ".".join(map(str, sys.version_info[:3]))
        (self.folder / ".venv/pyvenv.cfg").write_text(f"home = x\nversion = {version}\n", "utf-8")

    def run(self, *arguments: str) -> tuple[int, list[tuple[str, ...]]]:
        """The exit code and the programs that were started."""
        self.started = []
        return self.dev.main(arguments), self.started


def load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Nothing is missing, there is no display, and `.venv` is not there yet."""
    for name in ("dev.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    dev = load(tmp_path / "dev.py")
    made = Machine(tmp_path, dev)
    monkeypatch.setattr(dev, "call", made.call)
    monkeypatch.setattr(dev, "is_present", lambda need: True)
    monkeypatch.setattr(dev, "silent_apt", lambda: None)
    monkeypatch.setattr(dev, "has_display", lambda: False)
    return made


PYTHON = str(Path(".venv/Scripts/python.exe" if sys.platform == "win32" else ".venv/bin/python"))
INSTALL = ("-m", "pip", "install", "--disable-pip-version-check", "-q", "-e", ".[ppt,dev]", "-c", "constraints.txt")


def test_the_first_time_it_makes_the_environment_and_later_it_does_not(machine: Machine) -> None:
    assert machine.run("test", "-k", "merge") == (
        0,
        [
            (sys.executable, "-m", "venv", ".venv"),
            (PYTHON, *INSTALL),
            (PYTHON, "-m", "pytest", "-k", "merge"),
        ],
    )
    assert machine.environment == {"QT_QPA_PLATFORM": "offscreen"}
    assert machine.run("test") == (0, [(PYTHON, "-m", "pytest", "-n", "auto", "--dist", "loadfile")])


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_it_installs_again_when_the_wanted_set_changed(machine: Machine, name: str) -> None:
    machine.run("test")
    with (machine.folder / name).open("a") as file:
        file.write("# changed\n")
    _, started = machine.run("test")
    assert any("pip" in command for command in started)


def test_an_environment_of_another_python_is_made_anew(machine: Machine) -> None:
    machine.run("test")
    (machine.folder / ".venv/pyvenv.cfg").write_text("version = 3.1.4\n", "utf-8")
    _, started = machine.run("test")
    assert started[0][1:4] == ("-m", "venv", "--clear")


def test_an_install_that_failed_is_tried_again(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.codes = {"pip": 2}
    code, started = machine.run("test")
    assert code == 1
    assert "pytest" not in started[-1]
    assert "could not install" in capsys.readouterr().err
    machine.codes = {}
    assert any("pip" in command for command in machine.run("test")[1])


def test_half_an_install_is_not_taken_for_the_old_one(machine: Machine) -> None:
    machine.run("test")
    constraints = machine.folder / "constraints.txt"
    before = constraints.read_bytes()
    constraints.write_bytes(before + b"# changed\n")
    machine.codes = {"pip": 1}
    machine.run("test")
    constraints.write_bytes(before)
    machine.codes = {}
    assert any("pip" in command for command in machine.run("test")[1])


def test_the_exit_code_is_the_one_of_the_job(machine: Machine) -> None:
    machine.codes = {"pytest": 5}
    assert machine.run("test")[0] == 5


def test_lint_runs_all_three_and_tells_the_worst(machine: Machine) -> None:
    machine.codes = {"check": 1}
    code, started = machine.run("lint")
    assert code == 1
    assert [command[2:] for command in started[-3:]] == [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
    ]


def test_fix_changes_the_files(machine: Machine) -> None:
    _, started = machine.run("fix")
    assert [command[2:] for command in started[-2:]] == [("ruff", "check", "--fix", "."), ("ruff", "format", ".")]


def test_run_does_the_whole_job_without_a_window(machine: Machine) -> None:
    _, started = machine.run("run")
    assert [command[1:] for command in started[-2:]] == [
        ("demo", "--out", "out"),
        ("gallery", "--out", "out/gallery"),
    ]
    assert machine.environment == {"QT_QPA_PLATFORM": "offscreen"}


def test_run_opens_the_practice_desk_where_there_is_a_display(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.dev, "has_display", lambda: True)
    assert machine.run("run")[1][-1][1:] == ("--store", "practice-desk", "--practice")
    assert machine.environment == {}


def test_run_passes_arguments_on(machine: Machine) -> None:
    assert machine.run("run", "doctor", "--json")[1][-1][1:] == ("doctor", "--json")


@pytest.mark.parametrize("arguments", [(), ("play",), ("lint", "src"), ("fix", "src")])
def test_wrong_usage_shows_the_verbs(
    machine: Machine, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert machine.run(*arguments) == (2, [])
    assert "dev.py test" in capsys.readouterr().err


def test_help_is_not_an_error(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert machine.run("--help") == (0, [])
    assert "dev.py run" in capsys.readouterr().out


@on_linux
@pytest.mark.parametrize("name", ["libEGL.so.1", "pdftotext"])
def test_what_is_missing_is_named_with_the_line_that_installs_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(machine.dev, "is_present", lambda need: need.name != name)
    assert machine.run("test") == (1, [])
    said = capsys.readouterr().err
    assert name in said
    [line] = [line for line in said.splitlines() if "apt-get" in line]
    assert re.fullmatch(r"  sudo apt-get update && sudo apt-get install -y --no-install-recommends [a-z0-9-]+", line)


@on_linux
def test_what_is_missing_is_installed_where_nobody_has_to_be_asked(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.dev, "is_present", lambda need: need.name not in {"pdftotext", "pdftoppm", "node"})
    monkeypatch.setattr(machine.dev, "silent_apt", lambda: ["apt-get"])
    machine.codes = {"update": 100}
    code, started = machine.run("test")
    assert code == 0
    assert started[:2] == [
        ("apt-get", "-q", "update"),
        ("apt-get", "-q", "install", "-y", "--no-install-recommends", "nodejs", "npm", "poppler-utils"),
    ]
    machine.codes = {"install": 100}
    assert machine.run("test")[0] == 1


def test_elsewhere_than_on_linux_what_is_missing_is_only_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine.dev, "is_present", lambda need: need.name != "xz")
    monkeypatch.setattr(machine.dev.sys, "platform", "darwin")
    assert machine.run("test")[0] == 0
    assert "not found: xz" in capsys.readouterr().out


@on_linux
def test_a_python_without_venv_names_its_package(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name))
    with pytest.raises(machine.dev.CannotGoOnError, match=r"python3\.\d+-venv"):
        machine.dev.prepare()


@on_linux
def test_each_job_asks_only_for_what_it_uses(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def names(verb: str) -> set[str]:
        return {need.name for need in machine.dev.needs_of(verb)}

    assert names("lint") == names("fix") == set()
    assert {"libEGL.so.1", "node"} <= names("test")
    assert not names("run") & {"node", "libxcb-cursor.so.0"}
    monkeypatch.setattr(machine.dev, "has_display", lambda: True)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "libxcb-cursor.so.0" in names("run")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert "libwayland-client.so.0" in names("run")


@on_linux
def test_what_is_present_is_found() -> None:
    dev = load(ROOT / "dev.py")
    there = {name: dev.is_present(dev.Need(name, "")) for name in ("sh", "libc.so.6", "no-such-tool", "libnone.so.1")}
    assert there == {"sh": True, "libc.so.6": True, "no-such-tool": False, "libnone.so.1": False}


@on_linux
def test_a_program_sees_its_environment_and_its_end_is_an_exit_code() -> None:
    dev = load(ROOT / "dev.py")
    code = "import os; os.environ['COLOUR'] == 'green' or os.abort(); os.kill(os.getpid(), 15)"
    assert dev.call([sys.executable, "-c", code], COLOUR="green") == 128 + 15


@on_linux
@pytest.mark.parametrize(("variable", "shown"), [("DISPLAY", True), ("WAYLAND_DISPLAY", True), ("TERM", False)])
def test_a_display_is_seen(monkeypatch: pytest.MonkeyPatch, variable: str, shown: bool) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, ":0")
    code = "import dev; print(dev.has_display())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(shown)


@pytest.mark.parametrize("version", [(3, 7), (3, 10), (3, 15)])
def test_another_python_is_refused_with_the_reason(machine: Machine, version: tuple[int, int]) -> None:
    problem = machine.dev.unsupported(version)
    assert problem.startswith("TrafficWatch needs Python 3.11 to 3.14; this is {}.{}".format(*version))


def test_nothing_is_touched_with_another_python(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine.dev, "NEWEST", (3, 10))
    assert machine.run("test") == (1, [])
    assert "needs Python" in capsys.readouterr().err


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_the_supported_pythons_are_those_of_the_package(machine: Machine, version: tuple[int, int]) -> None:
    assert machine.dev.unsupported(version) is None
    assert 'requires-python = ">=3.11,<3.15"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_an_old_python_can_read_the_refusal() -> None:
    ast.parse((ROOT / "dev.py").read_text("utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "dev.py", ".ci/run"])
def test_no_registry_address_is_committed(name: str) -> None:
    assert not re.search(r"https?://|index-url|find-links|trusted-host", (ROOT / name).read_text("utf-8"))


def test_ci_runs_the_tests_and_then_the_linters() -> None:
    script = ROOT / ".ci/run"
    commands = [line for line in script.read_text("utf-8").splitlines() if line.startswith("python3")]
    assert [command.split()[2] for command in commands] == ["test", "lint"]
    assert sys.platform == "win32" or os.access(script, os.X_OK)
