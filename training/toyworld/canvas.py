"""A picture being painted: masks of shapes, and colour laid through them."""

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from training.toyworld.palette import WORLD, Colour

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Field = npt.NDArray[np.floating[Any]]
Point = tuple[float, float]
_SHIFT = 4  # OpenCV takes sixteenths of a pixel


class Canvas:
    """A square picture; all lengths are world units (128 a side), at any resolution.

    Attributes:
        pixels: float32 ``(size, size, 3)``, 0 to 255.
        cover: uint8 ``(size, size)``, how much of each pixel has been painted over, 0 to 255.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.scale = size / WORLD
        self.pixels: Floats = np.zeros((size, size, 3), np.float32)
        self.cover: Bytes = np.zeros((size, size), np.uint8)
        line = (np.arange(size, dtype=np.float32) + 0.5) / self.scale - 0.5
        self.x: Floats = np.broadcast_to(line[None, :], (size, size))
        self.y: Floats = np.broadcast_to(line[:, None], (size, size))

    def pixel(self, length: float) -> int:
        """The nearest pixel border to a world coordinate."""
        return min(self.size, max(0, round((length + 0.5) * self.scale)))

    def polygon(self, points: Sequence[Point]) -> Bytes:
        """The anti-aliased mask of a filled polygon."""
        mask = np.zeros((self.size, self.size), np.uint8)
        corners = (np.asarray(points) + 0.5) * self.scale - 0.5
        fixed = np.round(corners * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255.0, cv2.LINE_AA, _SHIFT)
        return mask

    def ellipse(self, cx: float, cy: float, rx: float, ry: float) -> Bytes:
        """The anti-aliased mask of a filled ellipse."""
        mask = np.zeros((self.size, self.size), np.uint8)
        unit = self.scale * (1 << _SHIFT)
        half = (1 << _SHIFT) * (0.5 * self.scale - 0.5)
        centre = (round(cx * unit + half), round(cy * unit + half))
        axes = (round(rx * unit), round(ry * unit))
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 255.0, -1, cv2.LINE_AA, _SHIFT)
        return mask

    def paint(
        self,
        mask: Bytes,
        colour: Colour,
        *,
        shade: Field | None = None,
        highlight: Field | None = None,
    ) -> None:
        """Lay a colour through a mask.

        Args:
            mask: uint8 ``(size, size)``, 0 to 255.
            colour: sRGB, 0 to 255.
            shade: factor on the colour, ``(size, size)``; 1 leaves it.
            highlight: how far towards white, ``(size, size)``, 0 to 1.
        """
        left, top, width, height = cv2.boundingRect(mask)
        if not width:
            return
        part = (slice(top, top + height), slice(left, left + width))
        paint: Field = np.broadcast_to(np.array(colour, np.float32), (height, width, 3))
        if shade is not None:
            paint = paint * shade[part][..., None]
        if highlight is not None:
            paint = paint + (255 - paint) * highlight[part][..., None]
        alpha = mask[part][..., None].astype(np.float32) / 255
        target = self.pixels[part]
        target += (np.clip(paint, 0, 255) - target) * alpha
        np.maximum(self.cover, mask, out=self.cover)

    def distance(self, cx: float, cy: float) -> Floats:
        """Distance of every pixel to a point, in world units."""
        return np.asarray(np.hypot(self.x - cx, self.y - cy), np.float32)


def circle_points(count: int, start: float = 0.0, stop: float = 2 * math.pi) -> Floats:
    """Angles from ``start`` to ``stop``, both included, in radians."""
    return np.linspace(start, stop, count, dtype=np.float32)
