"""People as points: the order of OpenPose, where networks' points go in it, edits, a first figure.

Source:
    Cao et al. 2019, OpenPose, arXiv:1812.08008; Lin et al. 2014, COCO, arXiv:1405.0312; Jin et al.
    2020, COCO-WholeBody, arXiv:2007.11858.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import ShapeError, UnsupportedError
from studio.core.values import Pose, PosePoint, Poses
from studio.core.widgets import BODY_POINTS

Points = NDArray[np.float32]
People = Iterable[Iterable[Sequence[float]]]

ABSENT: PosePoint = (0.0, 0.0, 0.0)

_COCO = 17
_WHOLE_BODY = 133
_OF_COCO = (0, -1, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
"""Which of COCO's 17 points each of OpenPose's 18 is; -1 is between the shoulders."""
_SHOULDERS = (5, 6)
_FACE, _LEFT_HAND, _RIGHT_HAND = slice(23, 91), slice(91, 112), slice(112, 133)


def from_network(points: Points, least: float, *, hands: bool = True, face: bool = True) -> Pose:
    """Return the pose of what a network saw.

    Args:
        points: float32 ``(17 or 133, 3)``: x and y in pixels and a confidence, in the order of COCO
            or COCO-WholeBody.
        least: Confidence below which a point is not there.
        hands: Whether hands are kept, where there are any.
        face: Whether the face is kept, where there is one.

    Raises:
        UnsupportedError: There is another number of points.
    """
    if len(points) not in (_COCO, _WHOLE_BODY):
        raise UnsupportedError(
            f"the network sees {len(points)} points of a person, not {_COCO} or {_WHOLE_BODY}",
            fix="choose a network that was trained on COCO or COCO-WholeBody",
        )
    shoulders = points[list(_SHOULDERS)]
    neck = np.append(shoulders[:, :2].mean(0), shoulders[:, 2].min())
    body = np.stack([neck if index < 0 else points[index] for index in _OF_COCO])
    whole = len(points) == _WHOLE_BODY
    parts = (_LEFT_HAND, whole and hands), (_RIGHT_HAND, whole and hands), (_FACE, whole and face)
    further = (_seen(points[part], least) if kept else () for part, kept in parts)
    return Pose(_seen(body, least), *further)


def _seen(points: Points, least: float) -> tuple[PosePoint, ...]:
    return tuple(
        (float(x), float(y), float(min(seen, 1))) if seen >= least else ABSENT
        for x, y, seen in points
    )


def is_person(pose: Pose) -> bool:
    """Tell whether any point of a body is there."""
    return any(seen > 0 for _, _, seen in pose.points)


def scaled(poses: Poses, width: int, height: int) -> Poses:
    """Bring poses to pictures of another size, stretched as a picture would be."""
    across, down = width / max(poses.size[0], 1), height / max(poses.size[1], 1)

    def moved(points: tuple[PosePoint, ...]) -> tuple[PosePoint, ...]:
        return tuple((x * across, y * down, seen) for x, y, seen in points)

    return Poses(
        tuple(
            tuple(
                Pose(*(moved(p) for p in (one.points, one.left_hand, one.right_hand, one.face)))
                for one in item
            )
            for item in poses.items
        ),
        (width, height),
    )


def from_edits(people: People, width: int, height: int) -> tuple[Pose, ...]:
    """Return people drawn by hand.

    Args:
        people: Each 18 points: shares of the width and height, and a confidence.
        width: Of the picture in pixels.
        height: Of the picture in pixels.

    Raises:
        ShapeError: A person has other than 18 points.
    """
    made = []
    for person in people:
        points = tuple((float(x) * width, float(y) * height, float(s)) for x, y, s in person)
        if len(points) != BODY_POINTS:
            raise ShapeError(
                f"a person has {BODY_POINTS} points, not {len(points)}", fix="edit the pose again"
            )
        made.append(Pose(points))
    return tuple(made)
