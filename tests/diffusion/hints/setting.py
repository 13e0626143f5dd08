"""A picture for preprocessors: a dark disc, a thin stroke and a bright square on a slope of grey."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]

MASK: Pixels = np.zeros((1, 72, 96), np.float32)
"""A part of the scene."""
MASK[:, 10:30, 20:50] = 1
MASK.setflags(write=False)


def scene(height: int = 72, width: int = 96, turned: bool = False) -> Pixels:
    """Return one picture, ``(height, width, 3)``; turned by half a circle it is another one."""
    slope = np.linspace(0.55, 0.75, width, dtype=np.float32)
    made = np.repeat(np.tile(slope, (height, 1))[..., None], 3, -1)
    made *= np.array([1, 0.95, 0.85], np.float32)
    cv2.circle(made, (width // 3, height // 2), height // 4, (0.1, 0.2, 0.35), -1, cv2.LINE_AA)
    cv2.line(made, (width // 2, 6), (width - 8, height // 3), (0.15, 0.1, 0.1), 1, cv2.LINE_AA)
    square = slice(height * 3 // 5, height * 4 // 5), slice(width * 2 // 3, width * 5 // 6)
    made[square] = (0.98, 0.9, 0.3)
    return np.ascontiguousarray(made[::-1, ::-1] if turned else made)


def batch() -> Pixels:
    """Return two different pictures that refuse to be written to."""
    made = np.stack([scene(), scene(turned=True)])
    made.setflags(write=False)
    return made


def digest(made: Pixels) -> list[float]:
    """Return a few numbers that tell a hint from another: means over a grid of 3 x 4 fields."""
    height, width = made.shape[1] // 3 * 3, made.shape[2] // 4 * 4
    first: Any = made[0, :height, :width]
    fields = first.reshape(3, height // 3, 4, width // 4, -1).mean((1, 3, 4))
    return [round(float(value), 4) for value in fields.ravel()]
