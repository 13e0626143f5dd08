"""Boxes: how far they overlap, which of several is kept, in which order they are read.

Boxes are left, top, right, bottom in pixels. Every result depends on the boxes alone, never on
chance: equal scores are told apart by place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core.boxes import Box

Floats = NDArray[np.float32]


def area(box: Box) -> float:
    """Return the pixels of a box; 0 when it is empty."""
    left, top, right, bottom = box
    return max(0.0, right - left) * max(0.0, bottom - top)


def clipped(box: Box, width: int, height: int) -> Box:
    """Return the part of a box that lies inside a picture."""
    left, top, right, bottom = box
    return (
        min(max(left, 0.0), float(width)),
        min(max(top, 0.0), float(height)),
        min(max(right, 0.0), float(width)),
        min(max(bottom, 0.0), float(height)),
    )


def overlaps(box: Floats, others: Floats) -> Floats:
    """Return how far a box overlaps others: intersection over union, 0 to 1.

    Args:
        box: ``(4,)``.
        others: ``(count, 4)``.
    """
    near = np.maximum(box[:2], others[:, :2])
    far = np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.maximum(far - near, 0), 1)
    own = float(np.prod(np.maximum(box[2:] - box[:2], 0)))
    union = own + np.prod(np.maximum(others[:, 2:] - others[:, :2], 0), 1) - shared
    found: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return found


def best_of(boxes: Floats, scores: Floats, classes: NDArray[np.int64], limit: float) -> list[int]:
    """Choose among overlapping boxes of one class: greedy non-maximum suppression.

    The box with the highest score stays and takes out those that overlap it by more than `limit`;
    then the next, and so on. Boxes of different classes leave each other alone.

    Args:
        boxes: ``(count, 4)``.
        scores: ``(count,)``.
        classes: ``(count,)``.
        limit: Intersection over union, 0 to 1.

    Returns:
        Indices of those that stay, from the highest score down.

    Source:
        Felzenszwalb et al. 2010, "Object Detection with Discriminatively Trained Part-Based
        Models", section 7.3.
    """
    left, top, right, bottom = boxes.T
    waiting = np.lexsort((classes, bottom, right, left, top, -scores))
    chosen: list[int] = []
    while len(waiting):
        first, rest = waiting[0], waiting[1:]
        chosen.append(int(first))
        apart = classes[rest] != classes[first]
        waiting = rest[apart | (overlaps(boxes[first], boxes[rest]) <= limit)]
    return chosen


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Return indices of boxes row by row, from the left in each row.

    A row is what has its middle above the bottom of the row's highest box.
    """
    waiting = sorted(range(len(boxes)), key=lambda index: (boxes[index][1], boxes[index]))
    order: list[int] = []
    while waiting:
        bottom = boxes[waiting[0]][3]
        row = [at for at in waiting if boxes[at][1] + boxes[at][3] < 2 * bottom] or waiting[:1]
        order += sorted(row, key=lambda index: (boxes[index][0], boxes[index]))
        waiting = [at for at in waiting if at not in row]
    return order
