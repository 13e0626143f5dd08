"""The six solids, shaded by hand."""

import math
from collections.abc import Callable

import cv2
import numpy as np

from training.toyworld.canvas import Canvas, Floats, Point, circle_points
from training.toyworld.palette import COLOURS, WORLD, Colour
from training.toyworld.scene import Thing


def draw_thing(canvas: Canvas, thing: Thing) -> None:
    """Paint one solid."""
    centre = (thing.x * WORLD, thing.y * WORLD)
    _SOLIDS[thing.kind](canvas, COLOURS[thing.colour], *centre, thing.radius)


def _slanted(canvas: Canvas, cx: float, cy: float, r: float) -> Floats:
    """Light from the upper left on something flat."""
    along = ((canvas.x - cx) * 0.5 + (canvas.y - cy) * 0.8) / r + 0.4
    return np.asarray(1.04 - 0.24 * np.clip(along, 0, 1.6), np.float32)


def _ball(canvas: Canvas, colour: Colour, cx: float, cy: float, r: float) -> None:
    away = canvas.distance(cx - 0.35 * r, cy - 0.4 * r) / r
    shade = 1.08 - 0.34 * np.clip(away, 0, 1.6) ** 1.4
    shine = 0.55 * np.exp(-((away / 0.22) ** 2))
    canvas.paint(canvas.ellipse(cx, cy, r, r), colour, shade=shade, highlight=shine)


def _cube(canvas: Canvas, colour: Colour, cx: float, cy: float, r: float) -> None:
    depth, half = 0.36 * r, 0.84 * r
    left, right = cx - half - depth / 2, cx + half - depth / 2
    top, bottom = cy - half + depth / 2, cy + half + depth / 2
    lid = [(left, top), (right, top), (right + depth, top - depth), (left + depth, top - depth)]
    side = [
        (right, top),
        (right + depth, top - depth),
        (right + depth, bottom - depth),
        (right, bottom),
    ]
    front = [(left, top), (right, top), (right, bottom), (left, bottom)]
    ones = np.ones_like(canvas.x)
    canvas.paint(canvas.polygon(lid), colour, highlight=0.28 * ones)
    canvas.paint(canvas.polygon(side), colour, shade=0.62 * ones)
    shade = 0.98 - 0.1 * np.clip((canvas.y - cy) / r, -1, 1)
    canvas.paint(canvas.polygon(front), colour, shade=shade)


def _cone(canvas: Canvas, colour: Colour, cx: float, cy: float, r: float) -> None:
    base, half = cy + 0.8 * r, 0.92 * r
    rim = [
        (cx + half * math.cos(a), base + 0.24 * r * math.sin(a))
        for a in circle_points(20, 0, math.pi)
    ]
    # The width of the cone at each height turns a column into a place around the axis.
    width = np.maximum((canvas.y - cy + 1.1 * r) / (1.9 * r), 0.15) * half
    shade = 0.9 - 0.3 * np.clip((canvas.x - cx) / width, -1, 1)
    canvas.paint(canvas.polygon([(cx, cy - 1.08 * r), *rim]), colour, shade=shade)


def _star(canvas: Canvas, colour: Colour, cx: float, cy: float, r: float) -> None:
    points: list[Point] = []
    for corner in range(10):
        reach = 1.12 * r if corner % 2 == 0 else 0.5 * r
        angle = math.pi * (corner / 5 - 0.5)
        points.append((cx + reach * math.cos(angle), cy + reach * math.sin(angle) + 0.06 * r))
    canvas.paint(canvas.polygon(points), colour, shade=_slanted(canvas, cx, cy, r))


def _heart(canvas: Canvas, colour: Colour, cx: float, cy: float, r: float) -> None:
    t = circle_points(49)[:-1]
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    points = list(zip(cx + x * r / 16.5, cy + (y + 2) * r / 15.5, strict=True))
    away = canvas.distance(cx - 0.45 * r, cy - 0.42 * r) / (0.2 * r)
    shade = _slanted(canvas, cx, cy, r)
    canvas.paint(canvas.polygon(points), colour, shade=shade, highlight=0.45 * np.exp(-(away**2)))


def _ring(canvas: Canvas, colour: Colour, cx: float, cy: float, r: float) -> None:
    hole = canvas.ellipse(cx, cy, 0.48 * r, 0.48 * r)
    mask = np.asarray(cv2.subtract(canvas.ellipse(cx, cy, r, r), hole), np.uint8)
    across = np.clip(np.abs(canvas.distance(cx, cy) / r - 0.74) / 0.26, 0, 1)
    shade = 1.02 - 0.3 * across**2 - 0.12 * np.clip((canvas.y - cy) / r, -1, 1)
    canvas.paint(mask, colour, shade=shade)


_SOLIDS: dict[str, Callable[[Canvas, Colour, float, float, float], None]] = {
    "ball": _ball,
    "cube": _cube,
    "cone": _cone,
    "star": _star,
    "heart": _heart,
    "ring": _ring,
}
