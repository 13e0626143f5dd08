"""What is where, for all nodes or links at once; no tree is needed below 100,000 of them.

Boxes are float64 ``(count, 4)``: left, top, right, bottom. Lines are as in `studio.canvas.curves`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from studio.canvas.curves import Floats
from studio.canvas.state import Point, Rect

Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

_FAR = 1e7
_ASIDE = 1.234e-5


def touching(among: Floats, rect: Rect) -> Rows:
    """Return the rows of boxes that touch a rectangle."""
    left, top, right, bottom = rect
    mask = (among[:, 0] <= right) & (among[:, 2] >= left)
    mask &= (among[:, 1] <= bottom) & (among[:, 3] >= top)
    return np.flatnonzero(mask)


def within(among: Floats, rect: Rect) -> Rows:
    """Return the rows of boxes that lie whole in a rectangle."""
    left, top, right, bottom = rect
    mask = (among[:, 0] >= left) & (among[:, 2] <= right)
    mask &= (among[:, 1] >= top) & (among[:, 3] <= bottom)
    return np.flatnonzero(mask)


def around(point: Point, distance: float) -> Rect:
    """Return the square around a point."""
    return point[0] - distance, point[1] - distance, point[0] + distance, point[1] + distance


def distances(lines: Floats, point: Point) -> Floats:
    """Return how far each curve passes from a point, ``(count,)``."""
    start, way = lines[..., :2], lines[..., 2:] - lines[..., :2]
    to = np.asarray(point) - start
    length = np.maximum((way**2).sum(-1), 1e-12)
    share = np.clip((to * way).sum(-1) / length, 0, 1)
    gap = to - way * share[..., None]
    closest: Floats = np.sqrt((gap**2).sum(-1).min(-1))
    return closest


def passing(lines: Floats, rect: Rect) -> Mask:
    """Tell which curves enter a rectangle."""
    low, high = np.asarray(rect[:2]), np.asarray(rect[2:])
    start, way = lines[..., :2], lines[..., 2:] - lines[..., :2]
    way = np.where(np.abs(way) < 1e-12, 1e-12, way)
    enter, leave = (low - start) / way, (high - start) / way
    first = np.minimum(enter, leave).max(-1)
    last = np.maximum(enter, leave).min(-1)
    found: Mask = ((first <= last) & (last >= 0) & (first <= 1)).any(-1)
    return found


def crossing(lines: Floats, stroke: Sequence[Point]) -> Mask:
    """Tell which curves a stroke cuts."""
    # Exactly through a corner all turns are zero; so it passes where nobody sees a difference.
    stroke = [(x + _ASIDE, y - 2 * _ASIDE) for x, y in stroke]
    found = np.zeros(len(lines), np.bool_)
    start, end = lines[..., :2], lines[..., 2:]
    for one, other in pairwise(stroke):
        first, last = np.asarray(one), np.asarray(other)
        sides = _turn(first, last, start) * _turn(first, last, end)
        ends = _turn(start, end, first) * _turn(start, end, last)
        found |= ((sides <= 0) & (ends <= 0) & (sides + ends < 0)).any(-1)
    return found


def bounds_of(among: Floats) -> Rect | None:
    """Return the rectangle around boxes."""
    if not len(among):
        return None
    left, top = among[:, :2].min(0)
    right, bottom = among[:, 2:].max(0)
    return float(left), float(top), float(right), float(bottom)


def grown(rect: Rect, by: float) -> Rect:
    """Return a rectangle with more room on all sides."""
    return rect[0] - by, rect[1] - by, rect[2] + by, rect[3] + by


def holds(rect: Rect, point: Point) -> bool:
    """Tell whether a point is in a rectangle."""
    return rect[0] <= point[0] <= rect[2] and rect[1] <= point[1] <= rect[3]


def rect(box: Floats) -> Rect:
    """Return one row of boxes as plain numbers."""
    left, top, right, bottom = box.tolist()
    return left, top, right, bottom


def boxes(rects: Sequence[Rect]) -> Floats:
    """Return rectangles as an array, also when there are none."""
    return np.array(rects, np.float64).reshape(-1, 4)


def points(places: Iterable[Point]) -> Floats:
    """Return points as an array, also when there are none."""
    return np.fromiter(chain.from_iterable(places), np.float64).reshape(-1, 2)


def reachable(places: Floats) -> Floats:
    """Return points that arithmetic stands, whatever a file says."""
    return np.clip(places, -_FAR, _FAR)


def _turn(one: Floats, other: Floats, third: Floats) -> Floats:
    """Return on which side of a line a point is: positive, negative or 0."""
    there, here = other - one, third - one
    side: Floats = there[..., 0] * here[..., 1] - there[..., 1] * here[..., 0]
    return side
