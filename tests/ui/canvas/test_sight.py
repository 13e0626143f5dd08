"""Only what is in sight is painted."""

from __future__ import annotations

import numpy as np

from studio.ui.canvas.sight import Sight


def test_a_line_counts_where_its_box_touches_any_part() -> None:
    sight = Sight((0, 0, 1000, 1000), ((0, 0, 100, 100), (900, 900, 1000, 1000)))
    lines = np.array([[10, 10, 20, 20], [500, 500, 510, 510], [880, 990, 890, 995.0]])
    assert sight.lines(lines).tolist() == [True, False, True]


def test_without_parts_a_line_counts_in_the_rectangle_around() -> None:
    lines = np.array([[[500, 500, 510, 510], [2000, 0, 2000, 9.0]]])
    assert Sight((0, 0, 1000, 1000)).lines(lines).tolist() == [[True, False]]
