# SPDX-License-Identifier: GPL-3.0-or-later
"""One bench for all tests of a file: its folder in memory, and the process that forks those who do the real thing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from bench import Bench, lacking


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    if lacking():
        if os.environ.get("CI") == "true":
            pytest.fail(lacking())
        pytest.skip(lacking())
    with Bench() as found:
        yield found
