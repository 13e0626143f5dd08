"""Cuts a picture into tiles: where they lie, and what they need of their surroundings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import RangeError


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of a picture, in its own pixels; right and bottom lie outside.

    Attributes:
        left: First column.
        top: First row.
        right: Column after the last.
        bottom: Row after the last.
    """

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Return the columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Return the rows."""
        return self.bottom - self.top

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return rows and columns, to index an array with."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def grown(self, by: int) -> Tile:
        """Return the rectangle with a border around it, which may leave the picture."""
        return Tile(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def moved(self, across: int, down: int) -> Tile:
        """Return the rectangle elsewhere."""
        return Tile(self.left + across, self.top + down, self.right + across, self.bottom + down)

    def scaled(self, by: int) -> Tile:
        """Return the rectangle in a picture that is so many times larger."""
        return Tile(self.left * by, self.top * by, self.right * by, self.bottom * by)

    def within(self, height: int, width: int) -> Tile:
        """Return the part of the rectangle that lies in a picture."""
        left, top = max(self.left, 0), max(self.top, 0)
        return Tile(left, top, min(self.right, width), min(self.bottom, height))


def tiles(height: int, width: int, edge: int) -> Iterator[Tile]:
    """Cut a picture into tiles of nearly equal size, at most `edge` a side, row by row.

    Every pixel lies in exactly one tile.

    Raises:
        RangeError: The edge is below 1.
    """
    if edge < 1:
        raise RangeError(f"a tile edge of {edge} is below 1", fix="choose 1 or more")
    for top, bottom in _spans(height, edge):
        for left, right in _spans(width, edge):
            yield Tile(left, top, right, bottom)


def count(height: int, width: int, edge: int) -> int:
    """Return how many tiles `tiles` cuts."""
    return -(-height // edge) * -(-width // edge)


def fade(start: int, end: int, length: int, half: int, scale: int) -> NDArray[np.float32]:
    """Return the weights of a tile along one axis: half a sine up and down across its cuts.

    With those of its neighbours they add up to one everywhere, as long as no tile is shorter than
    two ramps are long. There is no ramp at the borders of the picture.

    Args:
        start: Where the tile begins.
        end: Where it ends.
        length: Of the picture.
        half: How far a ramp reaches to either side of a cut.
        scale: Weights for each pixel.

    Returns:
        float32, for ``start - half`` to ``end + half``, as far as that lies in the picture.
    """
    low, high = max(start - half, 0) * scale, min(end + half, length) * scale
    places = np.arange(low, high) + 0.5
    weights = np.ones(high - low, np.float64)
    if half and start > 0:
        weights *= _ramp((places - start * scale) / (half * scale))
    if half and end < length:
        weights *= 1 - _ramp((places - end * scale) / (half * scale))
    return weights.astype(np.float32)


def _ramp(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rise from 0 at -1 to 1 at 1."""
    return (1 + np.sin(np.pi / 2 * np.clip(places, -1, 1))) / 2


def _spans(length: int, edge: int) -> list[tuple[int, int]]:
    """Cut a length into nearly equal parts of at most `edge`."""
    parts = -(-length // edge)
    cuts = [length * part // parts for part in range(parts + 1)] if parts else [0]
    return list(pairwise(cuts))
