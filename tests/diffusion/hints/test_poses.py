"""People as points."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import ShapeError, UnsupportedError
from studio.core.values import Pose, Poses
from studio.diffusion.hints import poses

COCO = np.stack([np.arange(17), np.arange(17) + 100, np.full(17, 0.9)], -1).astype(np.float32)
WHOLE = np.stack([np.arange(133), np.arange(133) + 100, np.full(133, 0.9)], -1).astype(np.float32)


def test_points_of_coco_find_their_places() -> None:
    xs = [x for x, _, _ in poses.from_network(COCO, 0.3).points]
    assert xs == [0, 5.5, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3]


def test_the_neck_is_between_the_shoulders_and_as_sure_as_the_less_sure_one() -> None:
    points = COCO.copy()
    points[5, 2] = 0.4
    neck = poses.from_network(points, 0.3).points[1]
    np.testing.assert_allclose(neck, (5.5, 105.5, 0.4), atol=1e-6)
    points[5, 2] = 0.2
    assert poses.from_network(points, 0.3).points[1] == poses.ABSENT


def test_points_that_are_not_sure_are_not_there() -> None:
    points = COCO.copy()
    points[0, 2] = 0.1
    made = poses.from_network(points, 0.3)
    assert made.points[0] == poses.ABSENT
    assert poses.is_person(made)
    assert not poses.is_person(poses.from_network(COCO * (1, 1, 0), 0.3))


def test_hands_and_face_come_with_the_whole_body() -> None:
    made = poses.from_network(WHOLE, 0.3)
    assert [len(part) for part in (made.left_hand, made.right_hand, made.face)] == [21, 21, 68]
    assert (made.face[0][0], made.left_hand[0][0], made.right_hand[0][0]) == (23, 91, 112)
    less = poses.from_network(WHOLE, 0.3, hands=False, face=False)
    assert (less.left_hand, less.right_hand, less.face) == ((), (), ())
    assert less.points == made.points


def test_confidences_end_at_1() -> None:
    assert poses.from_network(COCO * np.float32(1.5), 0.3).points[0][2] == 1


def test_other_numbers_of_points_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="sees 21 points of a person"):
        poses.from_network(WHOLE[:21], 0.3)


def test_poses_are_scaled_with_their_picture() -> None:
    one = Pose(((2, 4, 0.5),) * 18, face=((1, 1, 1),))
    made = poses.scaled(Poses(((one,), ()), (10, 20)), 20, 10)
    assert made == Poses(((Pose(((4, 2, 0.5),) * 18, face=((2, 0.5, 1),)),), ()), (20, 10))


def test_edits_are_shares_of_the_picture() -> None:
    (made,) = poses.from_edits([[[0.5, 0.25, 1]] * 18], 200, 100)
    assert made == Pose(((100, 25, 1),) * 18)
    with pytest.raises(ShapeError, match="18 points, not 2"):
        poses.from_edits([[[0, 0, 1]] * 2], 8, 8)
