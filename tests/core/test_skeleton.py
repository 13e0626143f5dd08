"""The skeleton of poses."""

from __future__ import annotations

import pytest

from studio.core.skeleton import COLOURS, LIMBS, standing
from studio.core.spec import Input
from studio.core.widgets import BODY_POINTS, Points


def test_there_is_a_colour_for_every_point_and_every_limb() -> None:
    assert len(COLOURS) == len(set(COLOURS)) == BODY_POINTS
    assert len(LIMBS) == BODY_POINTS - 1


def test_the_limbs_join_all_points_without_a_circle() -> None:
    joined = {0}
    for _ in LIMBS:
        joined |= {end for limb in LIMBS if joined & set(limb) for end in limb}
    assert joined == set(range(BODY_POINTS))


@pytest.mark.parametrize("size", [(512, 512), (768, 384), (64, 640), (1, 1)])
def test_who_stands_is_inside_and_looks_at_us(size: tuple[int, int]) -> None:
    points = standing(*size)
    assert all(0 <= x <= size[0] and 0 <= y <= size[1] and seen == 1 for x, y, seen in points)
    assert points[2][0] < points[5][0]
    assert points[0][1] < points[1][1] < points[8][1] < points[10][1]


def test_who_stands_may_be_edited() -> None:
    assert Input("edits", "points", widget=Points()).problem([list(standing(1, 1))]) is None
