# SPDX-License-Identifier: GPL-3.0-or-later
"""The icons: one style, black ink only, really drawn, tinted as asked, and there when the code names them."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtGui import QColor, QImage

import trafficwatch
from trafficwatch.resources import resource
from trafficwatch.ui.theme.icons import app_icon, icon, pixmap

NAMES = sorted(path.stem for path in resource("icons").glob("*.svg") if path.stem != "app")
STYLE = {
    "viewBox": "0 0 24 24",
    "fill": "none",
    "stroke": "#000",
    "stroke-width": "1.75",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}
SHAPES = {"path", "circle", "rect"}
PLACE = {"d", "cx", "cy", "r", "x", "y", "width", "height", "rx"}
USE = re.compile(r"""\b(?:icon|pixmap)\(\s*"([\w-]+)"|\bicon_name\s*=\s*"([\w-]+)\"""")

pytestmark = pytest.mark.usefixtures("qapp")


def inked(image: QImage) -> list[QColor]:
    """The colours of the fully painted pixels."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return [pixel for pixel in pixels if pixel.alpha() == 255]


def margin(image: QImage) -> int:
    """How many painted pixels lie on the picture's edge, where a shape may be cut off."""
    last = image.width() - 1
    edge = [(x, y) for x in range(last + 1) for y in range(last + 1) if {x, y} & {0, last}]
    return sum(image.pixelColor(x, y).alpha() > 0 for x, y in edge)


def uses(code: str) -> set[str]:
    return {first or second for first, second in USE.findall(code)}


@pytest.mark.parametrize("name", NAMES)
def test_icon_keeps_the_style(name: str) -> None:
    root = ET.fromstring(resource("icons", f"{name}.svg").read_text("utf-8"))
    assert root.attrib == STYLE
    assert len(root)
    for shape in root:
        assert shape.tag.rpartition("}")[2] in SHAPES
        assert not len(shape)
        assert shape.text is None
        assert {key: value for key, value in shape.attrib.items() if key not in PLACE} in (
            {},
            {"fill": "#000"},
            {"fill": "#000", "stroke": "none"},
        )


@pytest.mark.parametrize("name", NAMES)
def test_icon_is_drawn_in_its_colour_and_not_cut_off(name: str) -> None:
    image = pixmap(name, "#c81e5a", 20, 2.0).toImage()
    ink = inked(image)
    assert ink
    for pixel in ink:  # where soft edges meet, Qt rounds
        assert (pixel.red(), pixel.green(), pixel.blue()) == pytest.approx((200, 30, 90), abs=2)
    assert margin(image) == 0


def test_no_two_icons_look_the_same() -> None:
    pictures = {bytes(pixmap(name, "#000000", 20, 1.0).toImage().constBits()): name for name in NAMES}
    assert len(pictures) == len(NAMES)


def test_icon_has_the_usual_sizes_and_is_drawn_once() -> None:
    assert {size.width() for size in icon("home", "#000000").availableSizes()} >= {16, 20, 24, 32, 40, 48}
    assert icon("home", "#000000") is icon("home", "#000000")
    assert pixmap("home", "#000000", 20, 1.5).devicePixelRatio() == 1.5
    assert pixmap("home", "#000000", 20, 1.5).deviceIndependentSize().width() == 20
    assert pixmap("home", "#000000", 20, 1.5) is pixmap("home", "#000000", 20, 1.5)


def test_app_icon_is_drawn_at_every_size() -> None:
    for size in (16, 24, 32, 48, 64, 128, 256):
        image = app_icon().pixmap(size, size).toImage()
        assert image.width() == size
        assert len({pixel.name() for pixel in inked(image)}) >= 3


def test_unknown_icon_is_a_bug() -> None:
    with pytest.raises(FileNotFoundError):
        icon("nothing-of-ours", "#000000")


def test_every_icon_the_code_names_exists() -> None:
    named = {
        (path.name, name)
        for path in Path(trafficwatch.__file__).parent.rglob("*.py")
        for name in uses(path.read_text("utf-8"))
    }
    assert {(file, name) for file, name in named if name not in NAMES} == set()


def test_uses_are_found() -> None:
    code = (
        'x = icon("home", ink)\nCard(icon_name="chip-stated")\ny = icons.pixmap("key", c, 20, 1.0)\nz = lexicon("no")'
    )
    assert uses(code) == {"home", "chip-stated", "key"}
