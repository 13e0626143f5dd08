"""From the numbers of a result to the bytes that a screen shows. No Qt; called in threads.

Pictures are float32, 0 to 1, in sRGB encoding. A pyramid of halved sizes keeps every zoom cheap: what
is seen is cut from the level just above the size it is shown at.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are outside."""

SMALLEST = 256
"""Levels of the pyramid end at about this size."""
_BAND = 64
"""Rows that are turned into bytes at a time."""


class Shown:
    """One item of a picture or mask as it can be shown at any zoom.

    Args:
        values: float32 ``(height, width)`` or ``(height, width, 1|3|4)``, 0 to 1; may be mapped from
            a file. It is read once a level is needed.
    """

    def __init__(self, values: Pixels) -> None:
        self.values = values[..., None] if values.ndim == 2 else values

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.values.shape[1], self.values.shape[0]

    @property
    def bytes(self) -> int:
        """How much memory it takes, about: the numbers, and the levels that are shown."""
        return self.values.nbytes + self.size[0] * self.size[1] * 4 * 4 // 3

    @cached_property
    def levels(self) -> list[Bytes]:
        """uint8 RGBA, straight alpha, at full size, half, a quarter and so on."""
        found = [rgba(self.values)]
        while max(found[-1].shape[:2]) > SMALLEST:
            found.append(_halved(found[-1]))
        return found

    def level(self, zoom: float) -> int:
        """Return the number of the smallest level that has enough pixels for a zoom."""
        number = 0
        while number + 1 < len(self.levels) and zoom * 2 ** (number + 1) <= 1.0:
            number += 1
        return number

    def at(self, x: int, y: int) -> tuple[float, ...]:
        """Return the numbers of one pixel as they are, not as they are shown."""
        return tuple(float(value) for value in self.values[y, x])


def _halved(picture: Bytes) -> Bytes:
    import cv2  # takes long: pictures in the making are small, and shown by the window's thread

    height, width = picture.shape[:2]
    half = (max(width // 2, 1), max(height // 2, 1))
    return np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA))


def rgba(values: Pixels) -> Bytes:
    """Return pixels as uint8 ``(height, width, 4)``; what is outside 0 to 1 or not a number is cut."""
    height, width, _ = values.shape
    made = np.empty((height, width, 4), np.uint8)
    for top in range(0, height, _BAND):  # bands stay in the processor's cache
        _into(made[top : top + _BAND], values[top : top + _BAND])
    return made


def _into(made: Bytes, values: Pixels) -> None:
    channels = values.shape[-1]
    scaled = np.nan_to_num(np.asarray(values, np.float32), nan=0.0, posinf=1.0, neginf=0.0)
    np.clip(scaled, 0.0, 1.0, out=scaled)
    scaled *= 255.0
    np.rint(scaled, out=scaled)
    made[..., :3] = scaled[..., :1] if channels == 1 else scaled[..., :3]
    made[..., 3] = scaled[..., 3] if channels == 4 else 255


def difference(one: Pixels, other: Pixels, gain: float = 1.0) -> Pixels:
    """Return how far two pictures of one size are apart, in each colour, times a gain.

    Raises:
        ValueError: Their sizes differ.
    """
    if one.shape[:2] != other.shape[:2]:
        sizes = " and ".join(f"{item.shape[1]} x {item.shape[0]}" for item in (one, other))
        raise ValueError(f"pictures of {sizes} have no difference")
    apart: Pixels = np.abs(_colors(one) - _colors(other)) * np.float32(gain)
    return apart


def _colors(values: Pixels) -> Pixels:
    """Return three channels, whatever there is."""
    channels = values[..., None] if values.ndim == 2 else values
    picked = channels[..., :3] if channels.shape[-1] >= 3 else np.repeat(channels[..., :1], 3, -1)
    return np.asarray(picked, np.float32)
