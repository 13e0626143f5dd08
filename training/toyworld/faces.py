"""Cartoon faces: skin, hair, eyes, mouth, glasses, hat."""

import cv2
import numpy as np

from training.toyworld.canvas import Bytes, Canvas, Point
from training.toyworld.palette import COLOURS, HAIR, SKIN, WORLD, Colour
from training.toyworld.scene import Face

_INK: Colour = (34, 26, 30)
_LIPS: Colour = (150, 24, 44)
_FRAME: Colour = (22, 22, 30)


def draw_face(canvas: Canvas, face: Face) -> None:
    """Paint a face, from the hair behind it to the hat upon it."""
    cx, cy, r = face.x * WORLD, face.y * WORLD, face.radius
    _hair_behind(canvas, face, cx, cy, r)
    _head(canvas, face, cx, cy, r)
    for side in (-1, 1):
        _eye(canvas, face, cx + side * 0.4 * r, cy - 0.1 * r, r)
    if face.glasses:
        bridge = _rectangle(cx - 0.1 * r, cy - 0.16 * r, cx + 0.1 * r, cy - 0.05 * r)
        canvas.paint(canvas.polygon(bridge), _FRAME)
    red, green, blue = SKIN[face.skin]
    nose = canvas.ellipse(cx, cy + 0.2 * r, 0.09 * r, 0.11 * r)
    canvas.paint(nose, (0.78 * red, 0.78 * green, 0.78 * blue))
    _mouth(canvas, face.expression, cx, cy + 0.62 * r, r)
    if face.hat:
        _hat(canvas, COLOURS[face.hat], cx, cy - 0.56 * r, r)


def _rectangle(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _above(canvas: Canvas, mask: Bytes, height: float) -> Bytes:
    """The part of a mask above a height."""
    mask[canvas.pixel(height) :] = 0
    return mask


def _hair_behind(canvas: Canvas, face: Face, cx: float, cy: float, r: float) -> None:
    if face.long_hair:
        top = canvas.ellipse(cx, cy - 0.12 * r, 1.24 * r, 1.22 * r)
        fall = canvas.polygon(
            [
                (cx - 1.24 * r, cy - 0.1 * r),
                (cx + 1.24 * r, cy - 0.1 * r),
                (cx + 1.18 * r, cy + 1.2 * r),
                (cx - 1.18 * r, cy + 1.2 * r),
            ]
        )
        mask = np.asarray(cv2.max(top, fall), np.uint8)
    else:
        crown = canvas.ellipse(cx, cy - 0.16 * r, 1.2 * r, 1.18 * r)
        mask = _above(canvas, crown, cy + 0.25 * r)
    canvas.paint(mask, HAIR[face.hair])


def _head(canvas: Canvas, face: Face, cx: float, cy: float, r: float) -> None:
    line = max(1.2, 0.045 * r)
    canvas.paint(canvas.ellipse(cx, cy, r + line, 1.14 * r + line), _INK)
    along = ((canvas.x - cx) * 0.5 + (canvas.y - cy) * 0.5) / r + 0.3
    shade = 1.02 - 0.12 * np.clip(along, 0, 1.2)
    canvas.paint(canvas.ellipse(cx, cy, r, 1.14 * r), SKIN[face.skin], shade=shade)
    fringe = _above(canvas, canvas.ellipse(cx, cy, r + line, 1.14 * r + line), cy - 0.52 * r)
    canvas.paint(fringe, HAIR[face.hair])


def _eye(canvas: Canvas, face: Face, x: float, y: float, r: float) -> None:
    open_wide = 0.24 if face.expression == "surprised" else 0.17
    canvas.paint(canvas.ellipse(x, y, 0.21 * r, open_wide * r), (250, 250, 250))
    canvas.paint(canvas.ellipse(x, y, 0.11 * r, 0.12 * r), (26, 26, 34))
    if face.glasses:
        inside = canvas.ellipse(x, y, 0.27 * r, 0.25 * r)
        rim = cv2.subtract(canvas.ellipse(x, y, 0.37 * r, 0.35 * r), inside)
        canvas.paint(np.asarray(rim, np.uint8), _FRAME)


def _mouth(canvas: Canvas, expression: str, cx: float, cy: float, r: float) -> None:
    if expression == "surprised":
        canvas.paint(canvas.ellipse(cx, cy, 0.19 * r, 0.27 * r), _LIPS)
        return
    across = [float(u) for u in np.linspace(-1, 1, 17)]
    if expression == "smiling":  # an open mouth: a flat upper lip, a round lower one
        upper = [(cx + 0.5 * r * u, cy - (0.16 + 0.02 * u * u) * r) for u in across]
        lower = [(cx + 0.5 * r * u, cy + (0.26 - 0.42 * u * u) * r) for u in across]
    else:  # a thick arch with its ends down
        upper = [(cx + 0.5 * r * u, cy - (0.2 - 0.36 * u * u) * r) for u in across]
        lower = [(cx + 0.5 * r * u, cy + (0.02 + 0.18 * u * u) * r) for u in across]
    canvas.paint(canvas.polygon(upper + lower[::-1]), _LIPS)


def _hat(canvas: Canvas, colour: Colour, cx: float, brim: float, r: float) -> None:
    dome = _above(canvas, canvas.ellipse(cx, brim, 1.02 * r, 0.98 * r), brim)
    shade = 1.0 - 0.25 * np.clip((canvas.x - cx) / r + 0.2, 0, 1.2)
    canvas.paint(dome, colour, shade=shade)
    red, green, blue = colour
    edge = _rectangle(cx - 1.34 * r, brim - 0.14 * r, cx + 1.34 * r, brim + 0.1 * r)
    canvas.paint(canvas.polygon(edge), (0.82 * red, 0.82 * green, 0.82 * blue))
