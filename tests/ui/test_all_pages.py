# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page that is written can be gone to on one of the desks, under a name of its own."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import trafficwatch.ui
from trafficwatch.app import pages
from trafficwatch.models.fields import Side
from trafficwatch.ui.shell.page import Page


def written() -> Iterator[type[Page]]:
    """Every page class below `trafficwatch.ui`, those of the gallery and those that others are made from aside.

    What a test made from a page says nothing about it.
    """
    for module in pkgutil.walk_packages(trafficwatch.ui.__path__, "trafficwatch.ui."):
        if ".gallery" in module.name:
            continue
        found = vars(importlib.import_module(module.name)).values()
        classes = (each for each in found if isinstance(each, type) and issubclass(each, Page))
        yield from (each for each in classes if not any(_is_ours(heir) for heir in each.__subclasses__()))


def _is_ours(page: type[Page]) -> bool:
    return page.__module__.startswith("trafficwatch.") and ".gallery" not in page.__module__


def test_every_page_can_be_gone_to() -> None:
    known = {page for side in Side for page in pages(side)[1].values()}
    classes = set(written())
    assert len(classes) > 20
    assert classes == known


def test_pages_have_names_of_their_own() -> None:
    classes = set(written())
    assert len({page.name for page in classes}) == len(classes)
    assert all(page.name for page in classes)
