# SPDX-License-Identifier: GPL-3.0-or-later
"""The walls of the house: who may import whom, what stays pure, how long a file may be (docs: design 2).

`violations` walks the syntax trees of a package. It is first shown broken rules, one tiny tree each, then our own
sources. A message names the file, the line, the rule and the way out.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/trafficwatch"
MAX_LINES = 400
MAX_DOCSTRING_LINES = 20
SPDX = "# SPDX-License-Identifier: GPL-3.0-or-later"

JOBS = frozenset({"screening", "registry", "casework", "village", "ppt"})
"""One folder per job, with its rules and its use cases."""
COMPOSITION = frozenset({"app", "cli", "__main__"})
"""The only places that build real objects; they may import everything, and nobody may import them."""
MAY_IMPORT: dict[str, frozenset[str]] = {
    "": frozenset(),
    "errors": frozenset(),
    "resources": frozenset({"errors"}),
    "models": frozenset({"errors"}),
    "models/tables": frozenset({"errors", "models"}),
    "texts": frozenset({"errors", "resources"}),
    "store": frozenset({"errors", "resources", "models", "models/tables"}),
    **dict.fromkeys(JOBS, frozenset({"errors", "resources", "models", "models/tables", "store", "texts"})),
    "forms": frozenset({"errors", "resources", "models", "texts"}),
    "reports": frozenset({"errors", "resources", "models", "store"}),
    "sync": frozenset({"errors", "resources", "models", "models/tables", "store"}) | JOBS,
    "ui": frozenset({"errors", "resources", "models", "texts", "forms", "reports", "sync"}) | JOBS,
}
"""Package -> packages of ours that it may import besides itself: the table of design 2."""

DATABASE = frozenset({"sqlalchemy", "sqlcipher3", "sqlite3", "alembic", "psycopg"})
WORLD = frozenset(
    {"asyncio", "fileinput", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random"}
    | {"secrets", "shutil", "socket", "ssl", "subprocess", "tempfile", "threading", "time", "urllib"}
)
"""Modules that bring files, the network, other processes, a clock or randomness."""
QT = frozenset({"PySide6", "shiboken6"})
BANNED: dict[str, frozenset[str]] = {
    "models": DATABASE | WORLD | {"cryptography"},
    "texts": DATABASE | {"cryptography"},
    "forms": DATABASE,
    "ui": DATABASE | {"cryptography"},
}
"""Package -> modules from outside that it may not import; Qt is for `ui` and `app` alone."""
QT_ALLOWED = frozenset({"ui", "app"})

PURE = (
    "registry/check_ins.py",
    "registry/contradictions.py",
    "registry/procedural.py",
    "registry/warnings.py",
    "registry/workbook/cells.py",
    "registry/workbook/codes.py",
    "registry/workbook/layouts.py",
    "registry/workbook/plan.py",
    "registry/workbook/rows.py",
    "registry/workbook/values.py",
    "screening/evaluation.py",
    "screening/explanation.py",
    "screening/paper_entry.py",
    "sync/bech32.py",
    "sync/leaving.py",
    "sync/manifest.py",
    "sync/merge.py",
    "sync/padme.py",
    "sync/ustar.py",
)
"""Rules that take values and return values: no clock, no files, no randomness, nor in anything of ours they import.
All of `models/` outside `models/tables/` is held to the same."""
WORLD_CALLS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4"})
WORLD_BUILTINS = frozenset({"open", "input"})
LAZY = frozenset({"alembic", "rapidfuzz", "reportlab", "sqlalchemy", "xlsxwriter", "PySide6"})
"""Libraries that may not be imported before their first use (start-up budget)."""


@dataclass(frozen=True, slots=True)
class Module:
    """One source file: its path below the package, its dotted name and what it says."""

    path: str
    name: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full dotted name of all that is imported, at any depth of the code, by name or by string."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                start = self.package.split(".")[: -(node.level - 1) or None] if node.level else []
                base = ".".join([*start, *([node.module] if node.module else [])])
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and called(node) in {"import_module", "__import__"}:
                names = (arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant))
                yield from ((node.lineno, str(name)) for name in names)


def called(node: ast.Call) -> str:
    """The last part of the called name: `today` for `datetime.date.today()`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else builtin(node)


def builtin(node: ast.Call) -> str:
    """The called name when it stands alone: `open` for `open(x)`, nothing for `bundle.open(x)`."""
    return node.func.id if isinstance(node.func, ast.Name) else ""


def read(package: Path) -> dict[str, Module]:
    """All modules of a package by dotted name."""
    modules = {}
    for file in sorted(package.rglob("*.py")):
        path = file.relative_to(package)
        parts = [package.name, *path.with_suffix("").parts]
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = file.read_text("utf-8")
        modules[name] = Module(path.as_posix(), name, text, ast.parse(text))
    return modules


def layer(name: str) -> str | None:
    """The row of the table that a dotted name belongs to; "" for the package itself, None for a foreign module."""
    top, *parts = name.split(".")
    if top != PACKAGE.name:
        return None
    if parts[:2] == ["models", "tables"]:
        return "models/tables"
    is_own_attribute = not parts or (parts[0].startswith("__") and parts[0] != "__main__")
    return "" if is_own_attribute else parts[0]


def wrong_imports(module: Module) -> Iterator[tuple[int, str]]:
    own = layer(module.name) or ""
    if own not in MAY_IMPORT and own not in COMPOSITION:
        yield 1, f"{own} is in no row of the table in design 2: move it, or add the row there and in MAY_IMPORT"
        return
    banned = BANNED.get(own, frozenset()) | (frozenset() if own in QT_ALLOWED else QT)
    for line, name in module.imports():
        target = layer(name)
        if target is None and name.split(".")[0] in banned:
            yield line, f"{own or 'the package'} may not import {name}: let a package do it that may, and pass values"
        elif target is not None and own not in COMPOSITION and target not in MAY_IMPORT[own] | {own, ""}:
            yield line, f"{own or 'the package'} may not import {name} (design 2): pass values in, or move the code"


def impure(module: Module) -> Iterator[tuple[int, str]]:
    for line, name in module.imports():
        if name.split(".")[0] in WORLD | DATABASE | QT:
            yield line, f"a pure module may not import {name}: take the value as a parameter"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and (called(node) in WORLD_CALLS or builtin(node) in WORLD_BUILTINS):
            yield node.lineno, f"a pure module may not call {called(node)}(): take the value as a parameter"


def pure_closure(modules: dict[str, Module], pure: tuple[str, ...]) -> list[Module]:
    """The pure modules and all modules of ours that they import, without `texts`, which reads its catalogues."""
    is_model = {name for name in modules if layer(name) == "models"}
    waiting = sorted(is_model | {name for name, module in modules.items() if module.path in pure})
    reached: dict[str, Module] = {}
    while waiting:
        name = waiting.pop()
        if name in modules and name not in reached and layer(name) != "texts":
            reached[name] = modules[name]
            targets = [target for _, target in modules[name].imports()]
            waiting += [part for target in targets for part in (target, target.rpartition(".")[0])]
    return [reached[name] for name in sorted(reached)]


def untidy(module: Module) -> Iterator[tuple[int, str]]:
    lines = module.text.splitlines()
    if SPDX not in lines[: 2 if lines and lines[0].startswith("#!") else 1]:
        yield 1, f"the first line must be `{SPDX}`"
    docstring = ast.get_docstring(module.tree)
    if not docstring:
        yield 1, "a module starts with a docstring: its contract"
    elif len(docstring.splitlines()) > MAX_DOCSTRING_LINES:
        yield (
            1,
            f"the module's docstring is over {MAX_DOCSTRING_LINES} lines: keep the contract, move the rest to docs/",
        )
    yield from too_long(module.text)
    if layer(module.name) != "cli":
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and builtin(node) == "print":
                yield node.lineno, "only the command line prints: return the value, or raise an expected error"


def too_long(text: str) -> Iterator[tuple[int, str]]:
    if (count := len(text.splitlines())) > MAX_LINES:
        yield MAX_LINES, f"{count} lines, over {MAX_LINES}: split the file along its jobs"


def violations(package: Path, pure: tuple[str, ...] = ()) -> list[str]:
    """Every broken rule as `file:line: rule`; empty when the walls stand."""
    modules = read(package)
    found = [f"{path}:1: is listed as pure and does not exist" for path in pure if not (package / path).is_file()]
    for module in modules.values():
        found += [f"{module.path}:{line}: {rule}" for check in (wrong_imports, untidy) for line, rule in check(module)]
    for module in pure_closure(modules, pure):
        found += [f"{module.path}:{line}: {rule}" for line, rule in impure(module)]
    return found


def test_our_walls_stand() -> None:
    assert violations(PACKAGE, PURE) == []


def test_no_file_outside_the_package_is_too_long() -> None:
    files = [ROOT / "dev.py"]
    ours = (ROOT / folder for folder in ("tests", "benchmarks", "packaging", "migrations"))
    files += [file for folder in ours for file in folder.rglob("*.py") if ".venv" not in file.parts]
    assert {str(file.relative_to(ROOT)): list(too_long(file.read_text("utf-8"))) for file in files} == {
        str(file.relative_to(ROOT)): [] for file in files
    }


def test_the_command_line_starts_without_heavy_libraries() -> None:
    code = f"import sys, trafficwatch.cli; print(sorted({set(LAZY)!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


HEAD = f'{SPDX}\n"""Contract."""\n'


def build(folder: Path, files: dict[str, str], head: str = HEAD) -> Path:
    """A package with these files, each below a correct head."""
    package = folder / PACKAGE.name
    for path, body in files.items():
        file = package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{head}{body}\n", "utf-8")
    return package


BROKEN = {
    "table: a job imports a page": (
        "casework/plan.py",
        "import trafficwatch.ui.shell",
        "may not import trafficwatch.ui",
    ),
    "table: one job imports another": ("village/visit.py", "from trafficwatch.registry import find", "registry.find"),
    "table: models import texts": ("models/people.py", "from trafficwatch.texts import t", "trafficwatch.texts.t"),
    "table: models import resources": ("models/people.py", "from trafficwatch import resources", "resources"),
    "table: models import their tables": ("models/__init__.py", "from . import tables", "trafficwatch.models.tables"),
    "table: ui imports tables": ("ui/page.py", "from trafficwatch.models import tables", "trafficwatch.models.tables"),
    "table: ui imports the store": ("ui/page.py", "from trafficwatch.store import vault", "trafficwatch.store.vault"),
    "table: sync imports texts": ("sync/export.py", "from trafficwatch import texts", "trafficwatch.texts"),
    "table: somebody imports cli": ("ui/page.py", "from trafficwatch import cli", "trafficwatch.cli"),
    "table: somebody imports app": ("store/open.py", "import trafficwatch.app", "trafficwatch.app"),
    "table: relative import": ("store/open.py", "from ..sync import merge", "trafficwatch.sync.merge"),
    "table: relative import in a package": (
        "store/__init__.py",
        "from ..sync.merge import go",
        "trafficwatch.sync.merge.go",
    ),
    "table: relative import of a package": (
        "store/deep/open.py",
        "from ... import sync",
        "may not import trafficwatch.sync",
    ),
    "table: import inside a function": ("forms/a.py", "def f():\n    import trafficwatch.store", "trafficwatch.store"),
    "table: import for types": ("forms/a.py", "if TYPE_CHECKING:\n    from trafficwatch.store import x", "store.x"),
    "table: import by string": ("forms/a.py", "importlib.import_module('trafficwatch.store')", "trafficwatch.store"),
    "table: unknown package": ("helpers/misc.py", "", "helpers is in no row"),
    "ban: database in ui": ("ui/page.py", "from sqlalchemy import select", "sqlalchemy.select"),
    "ban: cipher in ui": ("ui/page.py", "import sqlcipher3.dbapi2", "sqlcipher3"),
    "ban: crypto in ui": ("ui/page.py", "def f():\n    from cryptography import x509", "cryptography.x509"),
    "ban: database in models": ("models/people.py", "import sqlalchemy", "models may not import sqlalchemy"),
    "ban: files in models": ("models/people.py", "from pathlib import Path", "models may not import pathlib.Path"),
    "ban: Qt in texts": ("texts/__init__.py", "from PySide6.QtCore import QLocale", "texts may not import PySide6"),
    "ban: Qt in a job": ("screening/rules.py", "import PySide6", "screening may not import PySide6"),
    "ban: Qt in cli": ("cli.py", "from PySide6 import QtWidgets", "cli may not import PySide6"),
    "pure: randomness": ("sync/merge.py", "import secrets", "a pure module may not import secrets"),
    "pure: files": ("sync/merge.py", "def f():\n    return open('x')", "may not call open()"),
    "pure: clock": ("sync/merge.py", "now = datetime.datetime.now(datetime.UTC)", "may not call now()"),
    "pure: day": ("sync/merge.py", "from datetime import date as d\nx = d.today()", "may not call today()"),
    "pure: fresh id": ("sync/merge.py", "import uuid\nx = uuid.uuid4()", "may not call uuid4()"),
    "pure: clock in a model": ("models/people.py", "x = datetime.now()", "may not call now()"),
    "tidy: too long": ("store/open.py", "x = 1\n" * 400, "over 400: split"),
    "tidy: prints": ("store/open.py", "print('hello')", "only the command line prints"),
}


@pytest.mark.parametrize(("path", "body", "rule"), BROKEN.values(), ids=BROKEN)
def test_a_broken_wall_is_seen(tmp_path: Path, path: str, body: str, rule: str) -> None:
    found = violations(build(tmp_path, {path: body}), ("sync/merge.py",) if path == "sync/merge.py" else ())
    assert found
    assert all(line.startswith(f"{path}:") for line in found)
    assert any(rule in line for line in found), found


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('"""Contract."""\n', "the first line must be"),
        (f"\n{HEAD}", "the first line must be"),
        (f"{SPDX}\nx = 1\n", "starts with a docstring"),
        (f'{SPDX}\n"""' + "a\n" * (MAX_DOCSTRING_LINES + 1) + '"""\n', "over 20 lines"),
    ],
)
def test_a_wrong_head_is_seen(tmp_path: Path, text: str, rule: str) -> None:
    [found] = violations(build(tmp_path, {"store/open.py": text}, head=""))
    assert found.startswith("store/open.py:1:")
    assert rule in found


def test_impurity_behind_a_pure_module_is_seen(tmp_path: Path) -> None:
    package = build(tmp_path, {"sync/merge.py": "from trafficwatch.sync import clock", "sync/clock.py": "import time"})
    assert violations(package, ("sync/merge.py",)) == [
        "sync/clock.py:3: a pure module may not import time: take the value as a parameter"
    ]


def test_a_pure_module_that_went_away_is_seen(tmp_path: Path) -> None:
    assert violations(build(tmp_path, {"errors.py": ""}), ("sync/merge.py",)) == [
        "sync/merge.py:1: is listed as pure and does not exist"
    ]


STANDING = {
    "__init__.py": ["__version__ = '1'"],
    "__main__.py": ["from trafficwatch.cli import main"],
    "app.py": ["from PySide6 import QtWidgets", "from trafficwatch.store import vault", "from trafficwatch import ui"],
    "cli.py": ["import sqlalchemy", "from trafficwatch.app import build", "print('hello')"],
    "errors.py": [],
    "models/people.py": ["from datetime import date", "from uuid import UUID", "from trafficwatch.errors import E"],
    "models/tables/people.py": ["import sqlalchemy", "from ..people import Person"],
    "texts/__init__.py": ["from pathlib import Path", "from trafficwatch.errors import E"],
    "store/vault.py": [
        "import os",
        "from trafficwatch.models.tables import people",
        "from trafficwatch import __version__",
    ],
    "screening/rules.py": ["from trafficwatch.texts import t", "from . import other", "now = 1"],
    "sync/merge.py": ["from trafficwatch.models.people import Person", "def f(now, age): return now, age.open(now)"],
    "sync/export.py": ["import time", "from trafficwatch.casework.rules import may_leave", "x = time.time()"],
    "ui/shell/window.py": [
        "from PySide6 import QtGui",
        "from trafficwatch.sync.export import plan",
        "from .. import shell",
    ],
}


def test_standing_walls_are_left_alone(tmp_path: Path) -> None:
    package = build(tmp_path, {path: "\n".join(lines) for path, lines in STANDING.items()})
    assert violations(package, ("sync/merge.py", "screening/rules.py")) == []
