# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the files that come with the program lie: `resources/` and `migrations/`.

In a checkout they lie at the top of the tree; in an installed package the build puts them inside `trafficwatch/`.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parents[1] / name


def resource(*parts: str) -> Path:
    """Path of a file under `resources/`, read-only."""
    return _folder("resources").joinpath(*parts)


def migrations() -> Path:
    """Folder of the schema migrations."""
    return _folder("migrations")
