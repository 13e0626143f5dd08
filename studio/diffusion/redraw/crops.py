"""What a redraw sees of a picture, and the size at which it draws.

A crop lies inside the picture, always: it is moved inwards, and made smaller where it cannot fit.
So nothing is ever filled up with black, and nothing wraps round a border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import RangeError
from studio.diffusion.redraw.settings import SizeBy
from studio.diffusion.tiling import Tile

MOST_ENLARGED = 8.0
"""Times that a crop is enlarged at most when the size is chosen for the user."""
MOST_SIDE = 8192
"""Most pixels a side that a crop is drawn at."""
SEEN = 1 / 255
"""Least value of a mask that counts for where a crop lies: one step of a byte."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a picture, and the size at which it is drawn.

    Attributes:
        tile: Where it lies in the picture, in pixels.
        width: At which it is drawn, in pixels, a multiple of 8.
        height: At which it is drawn, in pixels, a multiple of 8.
    """

    tile: Tile
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class WorkSize:
    """The size at which crops are drawn.

    Attributes:
        by: ``auto`` draws as many pixels as the model was trained on, in the proportions of the
            crop; ``fixed`` at `width` and `height`, to whose proportions the crop is widened;
            ``factor`` at so many times the size of the crop.
        native: Pixels, width times height, that the model was trained on.
        width: For ``fixed``, in pixels.
        height: For ``fixed``, in pixels.
        factor: For ``factor``, 1 or more.
        allow_smaller: Whether ``auto`` and ``fixed`` may draw at less than the size of the crop.
        multiple: What width and height are multiples of.
    """

    by: SizeBy = "auto"
    native: int = 512 * 512
    width: int = 512
    height: int = 512
    factor: float = 2.0
    allow_smaller: bool = False
    multiple: int = 8

    def of(self, width: int, height: int) -> tuple[int, int]:
        """Return the width and height at which a crop of this size is drawn.

        Raises:
            RangeError: A side would be over 8192 pixels.
        """
        across, down = self._wanted(width, height)
        if not self.allow_smaller:
            across, down = max(across, self._up(width)), max(down, self._up(height))
        if max(across, down) > MOST_SIDE:
            raise RangeError(
                f"a crop of {width} x {height} would be drawn at {across} x {down}",
                fix=f"stay below {MOST_SIDE} pixels a side, or allow a smaller size",
            )
        return across, down

    def _wanted(self, width: int, height: int) -> tuple[int, int]:
        if self.by == "fixed":
            larger = 1.0 if self.allow_smaller else max(width / self.width, height / self.height, 1)
            return self._up(self.width * larger), self._up(self.height * larger)
        if self.by == "factor":
            return self._up(width * self.factor), self._up(height * self.factor)
        factor = min(math.sqrt(self.native / (width * height)), MOST_ENLARGED)
        return self._near(width * factor), self._near(height * factor)

    def _near(self, length: float) -> int:
        return max(round(length / self.multiple), 1) * self.multiple

    def _up(self, length: float) -> int:
        # Lengths that are whole but for rounding stay.
        return max(math.ceil(length / self.multiple - 1e-6), 1) * self.multiple


def bounds(mask: NDArray[np.float32]) -> Tile | None:
    """Return the smallest rectangle around what a mask ``(height, width)`` shows, if anything."""
    rows = np.flatnonzero((mask >= SEEN).any(1))
    columns = np.flatnonzero((mask >= SEEN).any(0))
    if not len(rows):
        return None
    return Tile(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def crop_around(box: Tile, height: int, width: int, padding: int, size: WorkSize) -> Crop:
    """Return what is redrawn for a box in a picture.

    The box gets a border, grows to the proportions of the size at which it is drawn, and is moved
    into the picture; where the picture is too small for it, it keeps to the picture's side.

    Args:
        box: What is to be seen for certain; inside the picture.
        height: Of the picture.
        width: Of the picture.
        padding: Border in pixels.
        size: How large it is drawn.
    """
    seen = box.grown(padding).within(height, width)
    across, down = size.of(seen.width, seen.height)
    wide = max(seen.width, round(seen.height * across / down))
    high = max(seen.height, round(seen.width * down / across))
    left, right = _span(seen.left, seen.right, wide, width)
    top, bottom = _span(seen.top, seen.bottom, high, height)
    tile = Tile(left, top, right, bottom)
    if (tile.width, tile.height) == (wide, high):
        return Crop(tile, across, down)
    # The proportions cannot be had; as many pixels in those of the crop show it undistorted.
    free = size if size.by != "fixed" else replace(size, by="auto", native=across * down)
    return Crop(tile, *free.of(tile.width, tile.height))


def _span(start: int, end: int, length: int, limit: int) -> tuple[int, int]:
    """Grow a span evenly to a length, and move it into 0 to `limit`; shorter if it must be."""
    length = min(length, limit)
    start -= (length - (end - start)) // 2
    start = min(max(start, 0), limit - length)
    return start, start + length
