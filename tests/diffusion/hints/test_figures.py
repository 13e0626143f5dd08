"""Poses drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core.skeleton import COLOURS, LIMBS, standing
from studio.core.values import Pose
from studio.diffusion.hints import figures
from tests.diffusion.hints.setting import digest

BODY = Pose(standing(512, 512))
HAND = tuple((100.0 + 8 * k, 60.0 + 5 * (k % 4), 1.0) for k in range(21))
ALL = replace(BODY, left_hand=HAND, face=((250.0, 60.0, 1.0),) * 68)
GOLDEN = [0.0062, 0.0375, 0.0198, 0.0, 0.0, 0.03, 0.0346, 0.0, 0.0, 0.0152, 0.0126, 0.0]


def test_a_figure_is_the_same_as_ever() -> None:
    np.testing.assert_allclose(digest(figures.draw([ALL], 512, 512)[None]), GOLDEN, atol=1e-4)


def test_points_have_their_colours() -> None:
    made = figures.draw([BODY], 512, 512)
    for (x, y, _), colour in zip(BODY.points, COLOURS, strict=True):
        np.testing.assert_allclose(made[round(y), round(x)] * 255, colour)


@pytest.mark.parametrize("limb", range(len(LIMBS)))
def test_limbs_have_the_colours_of_the_rainbow_a_little_darker(limb: int) -> None:
    ends = LIMBS[limb]
    places = {ends[0]: (40.0, 60.0, 1.0), ends[1]: (440.0, 300.0, 1.0)}
    alone = Pose(tuple(places.get(k, (0.0, 0.0, 0.0)) for k in range(18)))
    made = figures.draw([alone], 512, 512)
    np.testing.assert_array_equal(made[180, 240] * 255, np.array(COLOURS[limb]) * 3 // 5)


def test_nobody_is_black() -> None:
    assert not figures.draw([], 64, 48).any()
    assert figures.draw([], 64, 48).shape == (48, 64, 3)
    assert not figures.draw([Pose(((9, 9, 0),) * 18)], 64, 48).any()


def test_a_limb_without_one_end_is_left_out() -> None:
    cut = replace(BODY, points=(*BODY.points[:4], (0, 0, 0), *BODY.points[5:]))
    (x0, y0, _), (x1, y1, _) = BODY.points[3], BODY.points[4]
    middle = round((y0 + y1) / 2), round((x0 + x1) / 2)
    assert figures.draw([BODY], 512, 512)[middle].any()
    assert not figures.draw([cut], 512, 512)[middle].any()


def test_people_may_reach_out_of_the_picture() -> None:
    moved = Pose(tuple((x - 400, y * 3 - 700, seen) for x, y, seen in BODY.points))
    assert figures.draw([moved], 512, 512).shape == (512, 512, 3)


def test_hands_and_faces_are_drawn() -> None:
    made = figures.draw([ALL], 512, 512)
    np.testing.assert_allclose(made[60, 250], 1)
    np.testing.assert_allclose(made[60, 100], (0, 0, 1))


def test_lines_are_as_thick_for_the_size_of_the_picture() -> None:
    shares = [
        (figures.draw([Pose(standing(side, side))], side, side).max(-1) > 0).mean()
        for side in (512, 1024)
    ]
    np.testing.assert_allclose(shares[0], shares[1], rtol=0.1)


def test_smaller_pictures_still_have_lines() -> None:
    assert (figures.draw([Pose(standing(32, 32))], 32, 32) > 0).sum() > 60
