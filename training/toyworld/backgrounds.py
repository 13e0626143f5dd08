"""What lies behind the things."""

from random import Random

import cv2
import numpy as np

from training.toyworld.canvas import Bytes, Canvas, Floats
from training.toyworld.palette import PLAIN, WORLD, Colour

_SUNSET: tuple[Colour, ...] = ((66, 58, 110), (160, 96, 130), (226, 160, 130), (240, 196, 150))
_HORIZON = 78.0


def draw_background(canvas: Canvas, name: str, rng: Random) -> None:
    """Fill the canvas; ``rng`` places what no caption names (stars, the height of the sunset)."""
    if name in PLAIN:
        canvas.pixels[:] = PLAIN[name]
    elif name == "sky":
        canvas.pixels[:] = _gradient(canvas, ((160, 198, 240), (232, 242, 250)), (0, 1))
    elif name == "sunset":
        shift = rng.uniform(-0.08, 0.08)
        stops = tuple(stop - shift for stop in (0, 0.4, 0.75, 1))
        canvas.pixels[:] = _gradient(canvas, _SUNSET, stops)
    elif name == "night":
        _night(canvas, rng)
    else:
        _grid(canvas)
    canvas.cover[:] = 0


def _gradient(canvas: Canvas, colours: tuple[Colour, ...], stops: tuple[float, ...]) -> Floats:
    height = canvas.y[:, 0] / WORLD
    parts = [np.interp(height, stops, [c[i] for c in colours]) for i in range(3)]
    return np.stack(parts, -1).astype(np.float32)[:, None, :]


def _night(canvas: Canvas, rng: Random) -> None:
    canvas.pixels[:] = _gradient(canvas, ((12, 14, 36), (26, 30, 62)), (0, 1))
    for _ in range(rng.randint(10, 17)):
        x, y, r = rng.uniform(3, 125), rng.uniform(3, 125), rng.choice((0.75, 1.0, 1.25))
        canvas.paint(canvas.ellipse(x, y, r, r), (235, 235, 215))


def _grid(canvas: Canvas) -> None:
    canvas.pixels[:] = (206, 206, 214)
    floor = np.zeros((canvas.size, canvas.size), np.uint8)
    floor[canvas.pixel(_HORIZON) :] = 255
    canvas.paint(floor, (168, 168, 178))
    lines = np.zeros_like(floor)
    for k in range(-7, 8):
        _line(canvas, lines, (64 + k * 9, _HORIZON), (64 + k * 34, 128))
    for depth in (0, 4, 10, 19, 32, 49):
        _line(canvas, lines, (-1, _HORIZON + depth), (129, _HORIZON + depth))
    lines[: canvas.pixel(_HORIZON - 0.5)] = 0
    canvas.paint(lines, (112, 112, 124))


def _line(
    canvas: Canvas, mask: Bytes, start: tuple[float, float], end: tuple[float, float]
) -> None:
    fixed = [
        tuple(round(((v + 0.5) * canvas.scale - 0.5) * 16) for v in point) for point in (start, end)
    ]
    cv2.line(mask, fixed[0], fixed[1], 255.0, max(1, round(canvas.scale)), cv2.LINE_AA, 4)
