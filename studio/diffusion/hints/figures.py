"""Poses drawn as OpenPose draws them: limbs in the colours of the rainbow, on black.

Source:
    Cao et al. 2019, OpenPose, arXiv:1812.08008: order of limbs and colours; Zhang et al. 2023,
    ControlNet, arXiv:2302.05543, whose networks were trained on such drawings.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.core.skeleton import COLOURS, LIMBS, Colour
from studio.core.values import Pose, PosePoint
from studio.diffusion.hints.pictures import Pixels

Canvas = NDArray[np.uint8]

_FINGERS = tuple(
    (0 if bone == 0 else 4 * finger + bone, 4 * finger + bone + 1)
    for finger in range(5)
    for bone in range(4)
)
_DIM = 0.6
"""Brightness of limbs; their points are full."""
_USUAL = 512
"""Shorter side of the pictures that the usual widths are meant for."""
_WIDTH, _RADIUS, _FACE = 4, 4, 3


def draw(people: Iterable[Pose], width: int, height: int) -> Pixels:
    """Draw people on black.

    Limbs are as thick for the size of the picture as in what the networks were trained on.

    Args:
        people: Points in pixels; those without confidence, and limbs that they belong to, are left
            out.
        width: Of the picture in pixels.
        height: Of the picture in pixels.

    Returns:
        float32 ``(height, width, 3)``, 0 to 1.
    """
    canvas = np.zeros((height, width, 3), np.uint8)
    size = min(width, height) / _USUAL
    for person in people:
        _body(canvas, person.points, size)
        for hand in (person.left_hand, person.right_hand):
            _hand(canvas, hand, size)
        for point in person.face:
            _dot(canvas, point, (255, 255, 255), _FACE * size)
    return np.asarray(canvas, np.float32) / np.float32(255)


def _body(canvas: Canvas, points: tuple[PosePoint, ...], size: float) -> None:
    limbs = np.zeros_like(canvas)
    for (start, end), colour in zip(LIMBS, COLOURS, strict=False):
        if _there(points, start, end):
            _limb(limbs, points[start], points[end], colour, _WIDTH * size)
    dimmed = np.asarray(limbs * _DIM, np.uint8)
    np.copyto(canvas, dimmed, where=limbs.any(-1, keepdims=True))
    for point, colour in zip(points, COLOURS, strict=True):
        _dot(canvas, point, colour, _RADIUS * size)


def _limb(canvas: Canvas, start: PosePoint, end: PosePoint, colour: Colour, width: float) -> None:
    """Draw a limb as an ellipse from one point to the other."""
    (x0, y0, _), (x1, y1, _) = start, end
    middle = round((x0 + x1) / 2), round((y0 + y1) / 2)
    axes = max(1, round(math.hypot(x1 - x0, y1 - y0) / 2)), max(1, round(width))
    angle = round(math.degrees(math.atan2(y1 - y0, x1 - x0)))
    outline = cv2.ellipse2Poly(middle, axes, angle, 0, 360, 1)
    cv2.fillConvexPoly(canvas, outline, colour)


def _hand(canvas: Canvas, points: tuple[PosePoint, ...], size: float) -> None:
    if not points:
        return
    for index, (start, end) in enumerate(_FINGERS):
        if _there(points, start, end):
            red, green, blue = colorsys.hsv_to_rgb(index / len(_FINGERS), 1, 1)
            colour = round(red * 255), round(green * 255), round(blue * 255)
            ends = (_place(points[start]), _place(points[end]))
            cv2.line(canvas, *ends, colour, max(1, round(2 * size)))
    for point in points:
        _dot(canvas, point, (0, 0, 255), _RADIUS * size)


def _dot(canvas: Canvas, point: PosePoint, colour: Colour, radius: float) -> None:
    if point[2] > 0:
        cv2.circle(canvas, _place(point), max(1, round(radius)), colour, -1)


def _there(points: tuple[PosePoint, ...], *indices: int) -> bool:
    return all(points[index][2] > 0 for index in indices)


def _place(point: PosePoint) -> tuple[int, int]:
    return round(point[0]), round(point[1])
