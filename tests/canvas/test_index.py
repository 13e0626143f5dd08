"""What is where, for many at once."""

from __future__ import annotations

import numpy as np
import pytest

from studio.canvas import index
from studio.canvas.curves import bend, direct
from tests.canvas.stage import METRICS

BOXES = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [5, 5, 25, 25]], np.float64)
LINES = bend(direct(np.array([[0.0, 0.0, 300.0, 0.0], [0.0, 100.0, 300.0, 100.0]]), METRICS))


def test_boxes_that_touch_a_rectangle() -> None:
    assert index.touching(BOXES, (8, 8, 12, 12)).tolist() == [0, 2]
    assert index.touching(BOXES, (50, 50, 60, 60)).tolist() == []
    assert index.touching(BOXES, (0, 0, 100, 100)).tolist() == [0, 1, 2]


def test_boxes_whole_in_a_rectangle() -> None:
    assert index.within(BOXES, (-1, -1, 31, 12)).tolist() == [0, 1]


def test_the_distance_of_curves_from_a_point() -> None:
    assert index.distances(LINES, (150, 30)).tolist() == pytest.approx([30, 70])
    assert index.distances(LINES, (-40, 0))[0] == pytest.approx(40)


def test_curves_that_enter_a_rectangle() -> None:
    assert index.passing(LINES, (100, -5, 120, 5)).tolist() == [True, False]
    assert index.passing(LINES, (100, 20, 120, 80)).tolist() == [False, False]


def test_a_stroke_cuts_what_it_crosses() -> None:
    assert index.crossing(LINES, [(150, -10), (150, 50)]).tolist() == [True, False]
    assert index.crossing(LINES, [(150, -10), (160, 50), (170, 120)]).tolist() == [True, True]
    assert index.crossing(LINES, [(10, 10), (290, 90)]).tolist() == [False, False]


def test_a_stroke_that_halts_on_a_corner_of_a_curve_cuts_it() -> None:
    corner = (float(LINES[0, 5, 0]), float(LINES[0, 5, 1]))
    above, below = (corner[0], corner[1] - 20), (corner[0], corner[1] + 20)
    assert index.crossing(LINES, [above, corner, below]).tolist()[0]


def test_bounds_of_nothing() -> None:
    assert index.bounds_of(np.zeros((0, 4))) is None
    assert index.bounds_of(BOXES) == (0, 0, 30, 25)


def test_places_beyond_arithmetic_are_brought_back() -> None:
    assert index.reachable(index.points([(1e308, -5)])).tolist() == [[1e7, -5]]
