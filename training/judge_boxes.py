"""Says how well boxes were found, without any model."""

from collections.abc import Sequence

import numpy as np

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


def overlap(first: Box, second: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    common = max(0.0, width) * max(0.0, height)
    return common / max(_area(first) + _area(second) - common, 1e-9)


def average_precision(
    found: Sequence[Sequence[tuple[float, Box]]],
    truth: Sequence[Sequence[Box]],
    least: float = 0.5,
) -> float:
    """Area under the curve of precision over recall, 0 to 1.

    Args:
        found: for each picture confidences and boxes.
        truth: for each picture the boxes that should be found.
        least: overlap from which on a box counts as found; each counts once.

    Source: Everingham et al. 2010, "The PASCAL visual object classes challenge", every point of
    the curve.
    """
    ranked = sorted(
        ((sure, picture, box) for picture, boxes in enumerate(found) for sure, box in boxes),
        key=lambda item: -item[0],
    )
    left = [list(boxes) for boxes in truth]
    hits = np.array([_take(left[picture], box, least) for _, picture, box in ranked], float)
    count = sum(len(boxes) for boxes in truth)
    if not count or not len(hits):
        return 0.0
    right = hits.cumsum()
    precision = right / np.arange(1, len(hits) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float((best_from_here * hits).sum() / count)


def _take(left: list[Box], box: Box, least: float) -> bool:
    """Take the box that overlaps most out of those left to find, if it overlaps enough."""
    best = max(left, key=lambda other: overlap(other, box), default=None)
    if best is None or overlap(best, box) < least:
        return False
    left.remove(best)
    return True


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
