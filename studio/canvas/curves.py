"""The lines of links: cubic curves between sockets and reroutes, computed many at a time.

Arrays of points are float64 ``(count, 2)``, x and y on the canvas; arrays of lines are float64
``(count, SEGMENTS, 4)``, each line as x1, y1, x2, y2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from studio.canvas.metrics import Metrics
from studio.canvas.state import Point

Floats = npt.NDArray[np.float64]

SEGMENTS = 12
FINE = 40
"""Lines of a curve that is looked at closely."""
_BACK, _BACK_FACTOR, _BACK_RISE = 60.0, 0.35, 2.0
_VIA_FACTOR = 0.45
_DENSITY = 0.35
"""How much closer together the points are at the ends than in the middle."""
_PRODUCT = 2**18
"""OpenBLAS wakes all processors for products larger than this, which costs more than it saves."""


def tangents(across: Floats, metrics: Metrics) -> Floats:
    """Return how far a link leaves its sockets sideways, from how far apart these are.

    Args:
        across: Horizontal distance from output to input; negative: the link goes backwards.
        metrics: Sizes.
    """
    ahead = np.clip(across * metrics.link_factor, metrics.link_min, metrics.link_max)
    # Backwards it rises quickly from the shortest one, so that nothing jumps while a node is moved.
    back = np.minimum(_BACK - _BACK_FACTOR * across, metrics.link_min - _BACK_RISE * across)
    back = np.minimum(back, metrics.link_max)
    return np.where(across >= 0, ahead, back)


def direct(ends: Floats, metrics: Metrics) -> Floats:
    """Return the control points of links that pass no reroute.

    Args:
        ends: ``(count, 4)``: where each begins and ends.
        metrics: Sizes.

    Returns:
        ``(count, 8)``: x and y of four points.
    """
    reach = tangents(ends[:, 2] - ends[:, 0], metrics)
    points = np.empty((len(ends), 8))
    points[:, :2], points[:, 6:] = ends[:, :2], ends[:, 2:]
    points[:, 2], points[:, 3] = ends[:, 0] + reach, ends[:, 1]
    points[:, 4], points[:, 5] = ends[:, 2] - reach, ends[:, 3]
    return points


def through(path: Sequence[Point], metrics: Metrics) -> Floats:
    """Return the control points of one link that passes reroutes: one curve between each two.

    It leaves a reroute along the longer way to what comes next, level or upright.
    """
    places = np.asarray(path, np.float64)
    steps = np.diff(places, axis=0)
    headings = np.zeros_like(places)
    headings[[0, -1], 0] = 1.0
    for k in range(1, len(places) - 1):
        headings[k] = _heading(places[k + 1] - places[k - 1])
    reach = np.minimum(np.hypot(steps[:, 0], steps[:, 1]) * _VIA_FACTOR, metrics.link_max)
    leave, arrive = reach.copy(), reach.copy()
    leave[0] = tangents(steps[:1, 0], metrics)[0]
    arrive[-1] = tangents(steps[-1:, 0], metrics)[0]
    after = places[:-1] + headings[:-1] * leave[:, None]
    before = places[1:] - headings[1:] * arrive[:, None]
    return np.hstack([places[:-1], after, before, places[1:]])


def bend(controls: Floats) -> Floats:
    """Return the lines of curves, ``(count, SEGMENTS, 4)``, from their control points."""
    return _product(controls, _weights()).reshape(-1, SEGMENTS, 4)


def refined(lines: Floats) -> Floats:
    """Return the same curves in `FINE` lines each, ``(count, FINE, 4)``, for a close look."""
    return _product(lines.reshape(-1, SEGMENTS * 4), _refining()).reshape(-1, FINE, 4)


def reach_of(controls: Floats) -> Floats:
    """Return boxes, ``(count, 4)``, that hold the curves of these control points."""
    one, two, three, four = (controls[:, k : k + 2] for k in (0, 2, 4, 6))
    # Far quicker than a least and a most of so short rows.
    low = np.minimum(np.minimum(one, two), np.minimum(three, four))
    high = np.maximum(np.maximum(one, two), np.maximum(three, four))
    return np.hstack([low, high])


def _heading(way: Floats) -> tuple[float, float]:
    across, down = float(way[0]), float(way[1])
    if abs(across) * 2 >= abs(down):
        return (1.0 if across >= 0 else -1.0), 0.0
    return 0.0, (1.0 if down >= 0 else -1.0)


@cache
def _refining() -> Floats:
    """Return what turns lines into more of them, ``(SEGMENTS * 4, FINE * 4)``."""
    shares = _cubic(FINE) @ np.linalg.pinv(_cubic(SEGMENTS))
    table = np.zeros((SEGMENTS, 4, FINE, 4))
    for axis in range(2):
        begins, ends = shares[:-1].T, shares[1:].T
        table[:, axis, :, axis], table[:, axis, :, 2 + axis] = begins[:-1], ends[:-1]
        table[-1, 2 + axis, :, axis], table[-1, 2 + axis, :, 2 + axis] = begins[-1], ends[-1]
    return table.reshape(SEGMENTS * 4, FINE * 4)


@cache
def _weights() -> Floats:
    """Return what turns four control points into the ends of all lines, ``(8, SEGMENTS * 4)``."""
    cubic = _cubic(SEGMENTS)
    table = np.zeros((8, SEGMENTS, 4))
    for point in range(4):
        table[2 * point, :, 0] = table[2 * point + 1, :, 1] = cubic[:-1, point]
        table[2 * point, :, 2] = table[2 * point + 1, :, 3] = cubic[1:, point]
    return table.reshape(8, SEGMENTS * 4)


def _product(many: Floats, weights: Floats) -> Floats:
    """Multiply rows with a table, as many at a time as one processor does best."""
    found = np.empty((len(many), weights.shape[1]))
    step = _PRODUCT // weights.size
    for start in range(0, len(many), step):
        part = slice(start, start + step)
        np.matmul(many[part], weights, out=found[part])
    return found


def _cubic(segments: int) -> Floats:
    """Return the share of each control point at the ends of lines, ``(segments + 1, 4)``."""
    share = np.linspace(0, 1, segments + 1)
    share = share - _DENSITY * np.sin(2 * np.pi * share) / (2 * np.pi)
    rest = 1 - share
    return np.stack([rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3], 1)
