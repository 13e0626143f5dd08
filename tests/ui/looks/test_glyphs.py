from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from studio.canvas.layout import SocketShape
from studio.paths import resources
from studio.ui.looks.glyphs import glyph_pixmap, known_type, mark_path, type_color
from studio.ui.looks.looks import Looks

SHAPES: tuple[SocketShape, ...] = ("one", "many", "optional")


@pytest.fixture
def looks(qapp: QApplication) -> Looks:
    return Looks(resources())


def covered(pixmap: QPixmap) -> frozenset[tuple[int, int]]:
    image = pixmap.toImage()
    return frozenset(
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 127
    )


def test_no_two_types_and_shapes_look_alike_without_their_colors(looks: Looks) -> None:
    marks = [
        covered(glyph_pixmap(looks, kind, shape, 12, 2))
        for kind in looks.tokens["glyph"]
        for shape in SHAPES
    ]
    assert all(len(one ^ other) >= 12 for one, other in itertools.combinations(marks, 2))


def test_a_ring_is_mostly_open_and_a_coin_mostly_closed(looks: Looks) -> None:
    ring, coin = mark_path("dot", "optional", 0.27), mark_path("dot", "one", 0.27)
    off_middle = coin.currentPosition()
    off_middle.setX(0.55)
    off_middle.setY(0)
    assert coin.contains(off_middle)
    assert not ring.contains(off_middle)


def test_plain_marks_have_no_glyph(looks: Looks) -> None:
    plain = mark_path("square", "one", 0.27, plain=True)
    assert plain.elementCount() < mark_path("square", "one", 0.27).elementCount()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Image", "Image"), ("Sequence[Image]", "Image"), ("int", "number"), ("str", "text"),
        ("any:T", "any"), ("SomethingOfAPack", "any"),
    ],
)  # fmt: skip
def test_every_value_type_has_a_mark(looks: Looks, kind: str, name: str) -> None:
    assert known_type(looks.theme, kind) == name
    assert type_color(looks.theme, kind).name() == looks.theme.color(f"type.{name}").name()
    assert not glyph_pixmap(looks, kind, "one", 12).isNull()


def test_the_mark_is_in_the_color_of_its_type(looks: Looks) -> None:
    image = glyph_pixmap(looks, "Image", "one", 12, 2).toImage()
    assert image.pixelColor(12, 12).name() == looks.theme.color("type.Image").name()
    assert image.pixelColor(0, 0).alpha() == Qt.GlobalColor.color0.value
