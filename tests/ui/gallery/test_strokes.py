"""Painting masks: what strokes cover, and that undo brings everything back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.gallery.strokes import Brush, Painting


def empty(width: int = 200, height: int = 150) -> Painting:
    return Painting(np.zeros((height, width), np.uint8))


def drawn(painting: Painting, brush: Brush, *points: tuple[float, float]) -> None:
    painting.begin()
    for start, end in pairwise(points):
        painting.stroke(start, end, brush)
    painting.end()


def test_a_stroke_covers_what_is_within_the_brush_and_nothing_else() -> None:
    painting = empty()
    drawn(painting, Brush(size=20, feather=0), (50, 75), (150, 75))
    assert painting.mask[75, 100] == 255
    assert painting.mask[75 - 9, 100] == 255
    assert painting.mask[75 - 12, 100] == 0
    assert painting.mask[75, 20] == 0


def test_a_feathered_rim_falls_off_towards_the_outside() -> None:
    painting = empty()
    drawn(painting, Brush(size=60, feather=20), (100, 75), (100, 75))
    values = painting.mask[75, 100:131].astype(int)
    assert values[0] == 255
    assert (np.diff(values) <= 0).all()
    assert 60 < values[20] < 200


def test_passing_a_place_twice_in_one_stroke_adds_nothing_twice() -> None:
    painting = empty()
    brush = Brush(size=20, feather=0, opacity=0.5)
    drawn(painting, brush, (50, 75), (150, 75), (50, 75))
    assert painting.mask[75, 100] == 128
    drawn(painting, brush, (50, 75), (150, 75))
    assert painting.mask[75, 100] > 180


def test_the_eraser_takes_away() -> None:
    painting = empty()
    painting.rectangle((0, 0, 200, 150))
    drawn(painting, Brush(size=20, feather=0, erase=True), (100, 75), (100, 75))
    assert painting.mask[75, 100] == 0
    assert painting.mask[10, 10] == 255


def test_filling_stops_where_the_value_differs() -> None:
    painting = empty()
    drawn(painting, Brush(size=6, feather=0), (100, 0), (100, 149))
    painting.fill((10, 10))
    assert painting.mask[75, 20] == 255
    assert painting.mask[75, 150] == 0


def test_a_stroke_outside_of_the_picture_leaves_no_step() -> None:
    painting = empty()
    drawn(painting, Brush(), (-500, -500), (-400, -500))
    assert not painting.can_undo


stroke = st.tuples(
    st.tuples(st.floats(-20, 220), st.floats(-20, 170)),
    st.tuples(st.floats(-20, 220), st.floats(-20, 170)),
    st.floats(1, 80),
    st.booleans(),
)


@given(st.lists(stroke, max_size=6))
def test_undo_to_the_start_and_redo_to_the_end(strokes: list[tuple]) -> None:  # type: ignore[type-arg]
    painting = empty()
    for start, end, size, erase in strokes:
        drawn(painting, Brush(size, size / 4, 0.8, erase), start, end)
    painting.invert()
    after = painting.mask.copy()
    while painting.can_undo:
        painting.undo()
    assert not painting.mask.any()
    while painting.can_redo:
        painting.redo()
    assert (painting.mask == after).all()
